//! A code before this machine: whether its signature holds, and what applying it would change.

use super::{Known, OnThisMachine, Trust};
use crate::cli::json::{self, Named, Shown, shown};
use crate::cli::{Context, machine_home};
use crate::holder::state::LicenseState;
use crate::holder::{HolderError, Home, products};
use crate::holder::{Outcome, apply};
use crate::machine::Facts;
use crate::messages;
use crate::protocol::desk_certificate::DeskCertificate;
use crate::protocol::digest::{ActivationId, product_tag};
use crate::protocol::emergency::Emergency;
use crate::protocol::grant::SignedGrant;
use crate::protocol::loan::{SignedLoan, SiteCertificate};
use crate::protocol::product::ProductFile;
use crate::protocol::requests::{Activate, Borrow, Return, Sync};
use crate::text::{Code, Kind};

/// What the homes of this machine make of a code, beside which these certificates of desks stand. A home that cannot be read is passed over: others may know
/// more.
pub(crate) fn on_machine(context: &Context, code: &Code, desks: &[Code]) -> OnThisMachine {
    let mut place = OnThisMachine::default();
    let facts = context.environment.facts();
    for home in machine_home::all(context).unwrap_or_default() {
        let view = View::of(&home);
        match code.kind() {
            Kind::Activate | Kind::Sync | Kind::Borrow => request(&mut place, &view, code),
            Kind::Return | Kind::LoanReturn => given_up(&mut place, &view, code),
            Kind::Grant => answer(&mut place, &view, (&home, &facts), (code, desks)),
            Kind::Loan | Kind::LoanWithCertificate => {
                lent(&mut place, &view, (&home, &facts), code);
            }
            Kind::SiteCard => card(&mut place, &view, code),
            Kind::DeskCertificate => desk(&mut place, &view, code),
            Kind::Emergency => emergency(&mut place, &view, (&home, &facts), code),
        }
    }
    place
}

/// What a home holds.
struct View {
    products: Vec<ProductFile>,
    licenses: Vec<LicenseState>,
}

impl View {
    fn of(home: &Home) -> View {
        View {
            products: products::list(home).unwrap_or_default(),
            licenses: home
                .survey()
                .map(|(licenses, _)| licenses)
                .unwrap_or_default(),
        }
    }

    fn file(&self, id: &str) -> Option<&ProductFile> {
        self.products.iter().find(|file| file.product().id == id)
    }

    fn known(&self, license: &LicenseState) -> Known {
        Known {
            product: self
                .file(&license.product)
                .map(|file| file.product().clone()),
            license_key: Some(license.license_key),
            customer: None,
        }
    }

    fn with_activation(&self, id: ActivationId) -> Option<&LicenseState> {
        self.licenses.iter().find(|license| {
            let held = license.held.iter().map(|held| held.standing.activation);
            let pending = license
                .pending
                .iter()
                .map(|pending| pending.standing.activation);
            let replaced = license.replaced.iter().map(|it| it.activation);
            held.chain(pending)
                .chain(replaced)
                .chain(license.given_up().map(|given| given.activation))
                .any(|known| known == id)
        })
    }
}

fn request(place: &mut OnThisMachine, view: &View, code: &Code) {
    let own = view.licenses.iter().find_map(|license| {
        let pending = license.pending.iter().find(|pending| {
            pending.request.kind == code.kind() && *pending.request.payload == *code.payload()
        });
        pending.map(|pending| (license, pending))
    });
    if let Some((license, pending)) = own {
        place.known = place.known.clone().or(view.known(license));
        let words = messages::inspect::made_here(pending.created.day()).to_string();
        place.sheet.say(messages::label::this_machine(), words);
        place.sheet.object.pending = Some(Shown(pending.created));
        return;
    }
    let found = match code.kind() {
        Kind::Activate => Activate::decode(code.payload())
            .ok()
            .map(|request| by_tag(view, &request)),
        Kind::Sync => Sync::decode(code.payload())
            .ok()
            .and_then(|request| view.with_activation(request.activation))
            .map(|license| view.known(license)),
        _ => Borrow::decode(code.payload())
            .ok()
            .and_then(|request| {
                view.licenses
                    .iter()
                    .find(|license| license.license_key == request.key)
            })
            .map(|license| view.known(license)),
    };
    place.known = place.known.clone().or(found.unwrap_or_default());
}

/// The product with the tag of a request; two bytes may be those of two products, then neither is named.
fn by_tag(view: &View, request: &Activate) -> Known {
    let mut fits = view
        .products
        .iter()
        .map(ProductFile::product)
        .filter(|product| product_tag(&product.id) == request.product_tag);
    let product = fits.next().filter(|_| fits.next().is_none());
    Known {
        product: product.cloned(),
        license_key: Some(request.key),
        customer: None,
    }
}

fn given_up(place: &mut OnThisMachine, view: &View, code: &Code) {
    let returned = Return::decode(code.payload()).ok();
    if let Some(license) = returned.and_then(|returned| view.with_activation(returned.activation)) {
        place.known = place.known.clone().or(view.known(license));
    }
}

fn answer(
    place: &mut OnThisMachine,
    view: &View,
    (home, facts): (&Home, &Facts),
    (code, desks): (&Code, &[Code]),
) {
    if let Ok(signed) = SignedGrant::decode(code.payload()) {
        let tag = signed.grant.request_tag;
        let fits = |license: &&LicenseState| {
            let held = license.held.iter().map(|held| held.request.tag());
            held.chain(license.pending.iter().map(|pending| pending.request.tag()))
                .any(|known| known == tag)
        };
        if let Some(license) = view.licenses.iter().find(fits) {
            place.known = place.known.clone().or(view.known(license));
        }
    }
    match apply::preview_beside(home, code, desks, facts) {
        Ok(outcome) => {
            place.trust = Some(Trust::Holds(messages::inspect::verified_here().to_owned()));
            would(place, &outcome);
        }
        Err(error @ HolderError::NotTrusted(_)) => {
            place.trust = Some(Trust::Fails(error.to_string()))
        }
        Err(HolderError::OtherRequest) if place.trust.is_none() => {
            place.trust = Some(Trust::Unknown(
                messages::inspect::no_request_here().to_owned(),
            ));
        }
        Err(HolderError::OtherRequest) => {}
        Err(error) => would_refuse(place, &error),
    }
}

fn would_refuse(place: &mut OnThisMachine, error: &HolderError) {
    let words = messages::inspect::would_refuse(error).to_string();
    place.sheet.say(messages::label::this_machine(), words);
    place.sheet.object.refused = Some(Named(error.kind()));
}

fn would(place: &mut OnThisMachine, outcome: &Outcome) {
    let (words, changes) = match outcome {
        Outcome::Applied(applied) => {
            let changes = applied.changes();
            let taken_in = applied.taken_in.iter().map(ToString::to_string);
            let changed = changes.iter().map(ToString::to_string);
            let said: Vec<String> = taken_in.chain(changed).collect();
            let words = match (&applied.before, said.is_empty()) {
                (None, _) => messages::inspect::would_license(&applied.which.product).to_string(),
                (Some(_), true) => messages::inspect::would_change_nothing().to_owned(),
                (Some(_), false) => messages::inspect::would_change(said.join(", ")).to_string(),
            };
            (words, changes)
        }
        Outcome::AlreadyApplied(_) => (messages::inspect::in_force().to_owned(), Vec::new()),
        Outcome::AlreadyNewer(_) => (messages::inspect::later_in_force().to_owned(), Vec::new()),
        Outcome::CardKnown(_) => (outcome.to_string(), Vec::new()),
        Outcome::DeskKnown(_) => (
            messages::inspect::desk_would_be_known().to_owned(),
            Vec::new(),
        ),
    };
    place.sheet.say(messages::label::this_machine(), words);
    place.sheet.object.outcome = Some(outcome.name());
    place.sheet.object.changes = Some(json::changes(&changes));
}

/// The license and product under which a site's certificate holds, if one known here does.
fn verify_site(view: &View, site: &SiteCertificate) -> Option<Known> {
    view.licenses.iter().find_map(|license| {
        let file = view.file(&license.product)?;
        file.roots(license.epoch)
            .verify_site(site.clone(), license.license_key)
            .ok()?;
        Some(view.known(license))
    })
}

fn card(place: &mut OnThisMachine, view: &View, code: &Code) {
    let Ok(site) = SiteCertificate::decode(code.payload()) else {
        return;
    };
    trust_site(place, verify_site(view, &site));
}

/// A loan that this machine asked for, or whatever else is known of it.
fn lent(place: &mut OnThisMachine, view: &View, (home, facts): (&Home, &Facts), code: &Code) {
    match apply::preview(home, code, facts) {
        Ok(outcome) => {
            place.trust = Some(Trust::Holds(messages::inspect::verified_here().to_owned()));
            would(place, &outcome);
        }
        Err(error @ HolderError::NotTrusted(_)) => {
            place.trust = Some(Trust::Fails(error.to_string()))
        }
        Err(_) => loan(place, view, code),
    }
}

fn loan(place: &mut OnThisMachine, view: &View, code: &Code) {
    if let Ok((site, _)) = SiteCertificate::decode_with_loan(code.payload()) {
        trust_site(place, verify_site(view, &site));
    } else if SignedLoan::decode(code.payload()).is_ok() && place.trust.is_none() {
        place.trust = Some(Trust::Unknown(
            messages::inspect::loan_elsewhere().to_owned(),
        ));
    }
}

fn trust_site(place: &mut OnThisMachine, found: Option<Known>) {
    match found {
        Some(known) => {
            place.known = place.known.clone().or(known);
            place.trust = Some(Trust::Holds(messages::inspect::site_licensed().to_owned()));
        }
        None if place.trust.is_none() => {
            place.trust = Some(Trust::Unknown(messages::inspect::site_unknown().to_owned()));
        }
        None => {}
    }
}

fn desk(place: &mut OnThisMachine, view: &View, code: &Code) {
    let Ok(certificate) = DeskCertificate::decode(code.payload()) else {
        return;
    };
    let holds = view
        .products
        .iter()
        .find(|file| file.roots(0).verify_desk(certificate.clone()).is_ok());
    match holds {
        Some(file) => {
            place
                .known
                .product
                .get_or_insert_with(|| file.product().clone());
            place.trust = Some(Trust::Holds(
                messages::inspect::signed_by_vendor(&file.product().name).to_string(),
            ));
        }
        None if !matches!(place.trust, Some(Trust::Holds(_))) => {
            place.trust = Some(Trust::Unknown(
                messages::inspect::vendor_unknown().to_owned(),
            ));
        }
        None => {}
    }
}

fn emergency(place: &mut OnThisMachine, view: &View, (home, facts): (&Home, &Facts), code: &Code) {
    let Ok(emergency) = Emergency::decode(code.payload()) else {
        return;
    };
    for license in &view.licenses {
        let Some(held) = &license.held else { continue };
        let grant = SignedGrant::decode(&held.grant).map(|signed| signed.grant);
        let holder = held
            .standing
            .standing()
            .map(|standing| standing.holder_digest(&license.product, license.license_key));
        let (Ok(grant), Ok(holder)) = (grant, holder) else {
            continue;
        };
        let Some(terms) = grant.emergency else {
            continue;
        };
        if emergency.belongs_to(&terms, &holder, grant.generation) {
            place.known = place.known.clone().or(view.known(license));
            place.trust = Some(Trust::Holds(
                messages::inspect::emergency_of_this().to_owned(),
            ));
            // A copy of the home may still hold what was given up.
            if let Err(error @ HolderError::GivenUp { .. }) = apply::preview(home, code, facts) {
                would_refuse(place, &error);
                return;
            }
            let days = u16::from(emergency.step) * u16::from(terms.days.get());
            let until = grant.revalidate_by.map(|day| day.plus(days));
            let words = until.map_or_else(
                || messages::inspect::nothing_would_change().to_owned(),
                |until| messages::inspect::would_be_due(until).to_string(),
            );
            place.sheet.say(messages::label::this_machine(), words);
            place.sheet.object.revalidate_by = Some(shown(until));
            return;
        }
    }
    if place.trust.is_none() {
        place.trust = Some(Trust::Unknown(
            messages::inspect::emergency_of_none().to_owned(),
        ));
    }
}
