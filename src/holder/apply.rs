//! Taking an answer: what it is, whether it is trusted, what it changes; then durable, and only then said (SPEC.md 5.5).
//!
//! Nothing here knows whether ACTIVATE or SYNC was asked, nor which issuer answered: a grant is the whole state of a license.

mod incoming;
mod new;

use super::answers::{Answer, Answers};
use super::cards;
use super::clock::{Look, Mark};
use super::emergency;
use super::error::HolderError;
use super::evidence;
use super::history;
use super::home::Home;
use super::json::Bytes;
use super::lock::Lock;
use super::memory::Memory;
use super::outcome::{Applied, Outcome, Which};
use super::parts::Parts;
use super::places::{News, Places};
use super::products;
use super::request::{Here, commitments, overtake};
use super::secrets::Secrets;
use super::state::{Held, HistoryEntry, LicenseState, Pending, Replaced, Request, grant_digest};
use super::sync::{Change, changes};
use super::terms::Terms;
use crate::machine::Facts;
use crate::protocol::desk_certificate::DeskCertificate;
use crate::protocol::digest::ActivationId;
use crate::protocol::grant::{Grant, SignedGrant};
use crate::protocol::loan::SiteCertificate;
use crate::protocol::product::ProductFile;
use crate::protocol::requests::Sync;
use crate::protocol::trust::{TrustError, Verified};
use crate::text::{Code, Kind};

use incoming::{Incoming, Trusted};
use new::New;

/// Applies an answer. The same again, and an older one, change nothing and are no errors.
///
/// # Errors
/// In the order of SPEC.md 5.5: `wrong_kind`, `other_request`, `not_trusted`; for an emergency code `other_emergency`; besides, what the file system says. Nothing is changed then.
pub fn apply(home: &Home, code: &Code, here: &Here<'_>) -> Result<Outcome, HolderError> {
    apply_beside(home, code, &[], here)
}

/// The same where certificates of desks came with it: one of them may have signed it.
///
/// # Errors
/// As [`apply`].
pub fn apply_beside(
    home: &Home,
    code: &Code,
    desks: &[&Code],
    here: &Here<'_>,
) -> Result<Outcome, HolderError> {
    let beside = Beside::of(desks.iter().copied());
    if code.kind() == Kind::DeskCertificate {
        let certificate = DeskCertificate::decode(code.payload())?;
        return products::introduce_desk(home, &certificate).map(Outcome::DeskKnown);
    }
    if code.kind() == Kind::Emergency {
        return emergency::apply(home, code, here);
    }
    if code.kind() == Kind::SiteCard {
        let site = SiteCertificate::decode(code.payload())?;
        return cards::take(home, &site).map(Outcome::CardKnown);
    }
    let signed = Incoming::read(code)?;
    // Looked at first: what changes nothing needs no right to write here, and nobody is to wait for it.
    if let Weighed::Known(outcome) = weigh(home, &signed, code.payload(), &beside, here.facts)? {
        return Ok(outcome);
    }
    let lock = home.lock()?;
    match weigh(home, &signed, code.payload(), &beside, here.facts)? {
        Weighed::Known(outcome) => Ok(outcome),
        Weighed::New(new) => new.write(home, &lock, code.payload(), here),
    }
}

/// What [`apply`] would say about a response, nothing being changed and nothing locked.
///
/// # Errors
/// As [`apply`].
pub fn preview(home: &Home, code: &Code, facts: &Facts) -> Result<Outcome, HolderError> {
    preview_beside(home, code, &[], facts)
}

/// The same where a site's cards and desks' certificates stand beside it: those would be taken first.
///
/// # Errors
/// As [`preview`].
pub fn preview_beside(
    home: &Home,
    code: &Code,
    beside: &[Code],
    facts: &Facts,
) -> Result<Outcome, HolderError> {
    if code.kind() == Kind::Emergency {
        return emergency::preview(home, code, facts);
    }
    if code.kind() == Kind::DeskCertificate {
        let certificate = DeskCertificate::decode(code.payload())?;
        return products::welcome_desk(home, &certificate).map(Outcome::DeskKnown);
    }
    if code.kind() == Kind::SiteCard {
        let site = SiteCertificate::decode(code.payload())?;
        return cards::look(home, &site).map(Outcome::CardKnown);
    }
    let signed = Incoming::read(code)?;
    match weigh(
        home,
        &signed,
        code.payload(),
        &Beside::of(beside.iter()),
        facts,
    )? {
        Weighed::Known(outcome) => Ok(outcome),
        Weighed::New(new) => Ok(new.outcome()),
    }
}

/// Which of these emergency codes is one of a license in this home (SPEC.md 8): of what may be meant by one that is not written as it was read out.
///
/// # Errors
/// What the file system says.
pub fn recognize(home: &Home, guesses: &[Code]) -> Result<Option<usize>, HolderError> {
    emergency::recognize(home, guesses)
}

/// What stands in a text beside the answer that is looked at.
#[derive(Default)]
struct Beside {
    cards: Vec<Bytes>,
    desks: Vec<DeskCertificate>,
}

impl Beside {
    fn of<'c>(codes: impl Iterator<Item = &'c Code>) -> Beside {
        let mut beside = Beside::default();
        for code in codes {
            match code.kind() {
                Kind::SiteCard => beside.cards.push(Bytes(code.payload().to_vec())),
                // One that cannot be read is refused by itself.
                Kind::DeskCertificate => beside
                    .desks
                    .extend(DeskCertificate::decode(code.payload()).ok()),
                _ => {}
            }
        }
        beside
    }
}

/// An answer that was looked at.
enum Weighed {
    Known(Outcome),
    New(Box<New>),
}

/// Finds the request that is answered. Tags are two bytes, so several requests may bear the same one: all are tried.
fn weigh(
    home: &Home,
    signed: &Incoming,
    payload: &[u8],
    beside: &Beside,
    facts: &Facts,
) -> Result<Weighed, HolderError> {
    let (mut refused, mut late) = (None, None);
    let (licenses, unfit) = home.survey()?;
    let mut unfit = unfit.into_iter().next();
    let places = Places { home, facts };
    for mut license in licenses {
        refuse_given_up(home, &license, signed, payload)?;
        // Each is verified where it is used.
        license.cards.extend_from_slice(&beside.cards);
        let dead = dead(places, &mut license);
        if let Some(held) = dead.as_ref().filter(|held| *held.grant == *payload) {
            return Err(gone(held));
        }
        if let Some(outcome) = seen_before(home, &license, payload)? {
            return Ok(Weighed::Known(outcome));
        }
        let mut asked: Vec<Pending> = license.pending.clone();
        asked.extend(license.held.as_ref().map(answered));
        asked.retain(|pending| signed.may_answer(&pending.request));
        if asked.is_empty() {
            let mut given = license.given_up();
            let given = given.find(|given| signed.may_answer(&given.request));
            late = late.or(given.map(|given| given.activation));
            continue;
        }
        let known = products::load(home, &license.product)
            .and_then(|file| Ok((products::desks(home, &file, license.epoch)?, file)));
        let known = known.map(|(mut desks, file)| {
            let roots = file.roots(license.epoch);
            // What the answer that is held here was signed under is known here, too.
            let held = license.held.as_ref().and_then(|it| it.desk.as_ref());
            let held = held.and_then(|it| DeskCertificate::decode(it).ok());
            let beside = beside.desks.iter().cloned().chain(held);
            desks.extend(beside.filter_map(|it| roots.verify_desk(it).ok()));
            (desks, file)
        });
        let (desks, file) = match known {
            Ok(known) => known,
            // Another request may be meant.
            Err(error) => {
                unfit = unfit.or(Some(error));
                continue;
            }
        };
        for pending in asked {
            match signed.verify(&file, &license, &pending, &desks) {
                Ok(trusted) => {
                    let (key, activation) = (license.license_key, pending.standing.activation);
                    let answer = Answer::new(&trusted.grant, &pending.standing);
                    let gone = places.returned(key, activation).is_some();
                    let lent = pending.request.kind == Kind::Borrow;
                    if gone || !lent && places.is_overtaken(key, &answer, pending.created) {
                        return Err(HolderError::GivenUp { activation });
                    }
                    let unbound = |why| HolderError::Unbound {
                        key,
                        product: license.product.clone(),
                        why,
                    };
                    pending.standing.fits(file.product()).map_err(unbound)?;
                    return Ok(compare(file, license, pending, trusted));
                }
                Err(error) => refused = Some(error),
            }
        }
    }
    Err(match (refused, unfit, late) {
        (Some(error), ..) => HolderError::NotTrusted(error),
        // The request may stand in the file that cannot be read.
        (None, Some(error), _) => error,
        (None, None, Some(activation)) => HolderError::GivenUp { activation },
        (None, None, None) => HolderError::OtherRequest,
    })
}

/// An answer to what was given up, late or once more, brings nothing back.
fn refuse_given_up(
    home: &Home,
    license: &LicenseState,
    signed: &Incoming,
    payload: &[u8],
) -> Result<(), HolderError> {
    let Some(last) = license.returned.first() else {
        return Ok(());
    };
    let applied = history::contains(home, license.license_key, grant_digest(payload))?;
    let mut pending = license.pending.iter();
    let open = pending.any(|it| signed.may_answer(&it.request));
    let mut given = license.returned.iter().filter(|_| !open);
    let answered = given.find(|given| signed.may_answer(&given.request));
    match answered.or(Some(last).filter(|_| applied)) {
        Some(given) => Err(HolderError::GivenUp {
            activation: given.activation,
        }),
        None => Ok(()),
    }
}

/// Takes what is held out of a state that was copied before it was given up, as the anchor knows: nothing brings that back, and what was asked for since
/// is not measured against it.
fn dead(places: Places<'_>, license: &mut LicenseState) -> Option<Held> {
    let key = license.license_key;
    let returned = |held: &mut Held| places.returned(key, held.standing.activation).is_some();
    let held = license.held.take_if(returned)?;
    // It is given up once more with what comes next: its code may be what its seat waits for.
    license.replaced.push(Replaced::of(held.clone()));
    Some(held)
}

fn gone(held: &Held) -> HolderError {
    HolderError::GivenUp {
        activation: held.standing.activation,
    }
}

/// Recognises bytes that were applied here before; only while what is held is trusted: an edited state must not bar its repair.
fn seen_before(
    home: &Home,
    license: &LicenseState,
    payload: &[u8],
) -> Result<Option<Outcome>, HolderError> {
    let Some(held) = &license.held else {
        return Ok(None);
    };
    let in_force = *held.grant == *payload;
    let key = license.license_key;
    if !in_force && !history::contains(home, key, grant_digest(payload))? {
        return Ok(None);
    }
    let file = products::load(home, &license.product)?;
    if evidence::verify_held(&file, license).is_err() {
        return Ok(None);
    }
    let which = which(license, held.standing.activation);
    Ok(Some(if in_force {
        Outcome::AlreadyApplied(which)
    } else {
        Outcome::AlreadyNewer(which)
    }))
}

/// The request of the grant held, as if it were still pending: its issuer may answer it once more.
fn answered(held: &Held) -> Pending {
    Pending {
        request: held.request.clone(),
        standing: held.standing.clone(),
        created: held.applied_at,
        superseded: true,
    }
}

/// Holds a trusted answer against what is held. Only a grant that is itself trusted can make an answer old: an edited state must not bar its repair.
fn compare(
    file: ProductFile,
    license: LicenseState,
    pending: Pending,
    trusted: Trusted,
) -> Weighed {
    let grant = &trusted.grant;
    let before = evidence::verify_held(&file, &license).ok().flatten();
    let held = license.held.as_ref().zip(before.as_ref());
    if let Some((held, before)) = held {
        // Generations count within one activation; between two of them the later signature is the newer.
        let newer = if let Some((last, loan)) = held.loan().zip(trusted.loan) {
            match before.issuer() == grant.issuer() {
                // A site counts its loans, whatever its clock says; with another key it begins anew.
                true => loan > last,
                false => grant.issued > before.issued,
            }
        } else if held.standing.activation == pending.standing.activation {
            let from = asked_from(&pending.request);
            is_newer(
                (grant.generation, from),
                before.generation,
                revealed(&license, held),
            )
        } else {
            (grant.issued, grant.generation) > (before.issued, before.generation)
        };
        if !newer {
            let which = which(&license, held.standing.activation);
            return Weighed::Known(Outcome::AlreadyNewer(which));
        }
    }
    Weighed::New(Box::new(New {
        file,
        license,
        pending,
        trusted,
        before,
    }))
}

/// Whether an answer within one activation, by its generation and the one from which it was asked for, is newer than what is held: by its number, and
/// because this machine has not asked on since from a later generation, the last of which is `revealed`. What that SYNC proves would make a copy of a
/// machine that goes on from elsewhere (SPEC.md 9.2).
pub fn is_newer((generation, from): (u16, u16), held: u16, revealed: u16) -> bool {
    generation > held && from >= revealed
}

/// The generation from which a request was made; 0 for an ACTIVATE.
fn asked_from(request: &Request) -> u16 {
    match request.kind {
        Kind::Sync => Sync::decode(&request.payload).map_or(0, |sync| sync.generation),
        _ => 0,
    }
}

/// The last generation of the activation held whose secret a SYNC gave away.
fn revealed(license: &LicenseState, held: &Held) -> u16 {
    let of_this = |pending: &&Pending| pending.standing.activation == held.standing.activation;
    let pending = license.pending.iter().filter(of_this);
    let requests = pending
        .map(|pending| &pending.request)
        .chain([&held.request]);
    requests.map(asked_from).max().unwrap_or(0)
}

fn which(license: &LicenseState, activation: ActivationId) -> Which {
    Which {
        product: license.product.clone(),
        license_key: license.license_key,
        activation,
    }
}
