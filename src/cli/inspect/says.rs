//! What the bytes of a code say (SPEC.md 4), before anybody has said that they may be believed.

use super::{Known, Sheet};
use crate::cli::json::{Named, Says, Shown, ShownBy, shown};
use crate::cli::words;
use crate::machine::Fingerprint;
use crate::messages;
use crate::protocol::contents::Contents;
use crate::protocol::date::Seconds;
use crate::protocol::desk_certificate::{
    DeskCertificate, MANAGER, MAY_GRANT, MAY_GRANT_EMERGENCY, MAY_GRANT_LENDING, ONE_PRODUCT,
};
use crate::protocol::emergency::Emergency;
use crate::protocol::entitlements::Entitlements;
use crate::protocol::grant::{Grant, SignedGrant};
use crate::protocol::loan::{Lent, SignedLoan, SiteCertificate};
use crate::protocol::product::Product;
use crate::protocol::requests::{Activate, Borrow, Return, Sync};
use crate::protocol::wire::WireError;
use crate::text::{Code, Kind};

/// The facts in a code's payload, with the names of its product where that is known.
///
/// # Errors
/// Bytes that are none of this version's, although every check held.
pub(crate) fn says(code: &Code, known: &Known) -> Result<Sheet<Says>, WireError> {
    let payload = code.payload();
    let product = known.product.as_ref();
    let mut sheet = Sheet::default();
    match code.kind() {
        Kind::Activate => activate(&mut sheet, &Activate::decode(payload)?),
        Kind::Sync => sync(&mut sheet, &Sync::decode(payload)?),
        Kind::Return | Kind::LoanReturn => {
            let returned = Return::decode(payload)?;
            sheet.say(messages::label::activation(), returned.activation);
            sheet.object.activation = Some(Shown(returned.activation));
        }
        Kind::Grant => grant(&mut sheet, &SignedGrant::decode(payload)?.grant, product),
        Kind::Borrow => borrow(&mut sheet, &Borrow::decode(payload)?, product),
        Kind::Loan => loan(&mut sheet, &SignedLoan::decode(payload)?, product),
        Kind::LoanWithCertificate => {
            let (site, signed) = SiteCertificate::decode_with_loan(payload)?;
            loan(&mut sheet, &signed, product);
            self::site(&mut sheet, &site);
        }
        Kind::SiteCard => {
            let site = SiteCertificate::decode(payload)?;
            self::site(&mut sheet, &site);
            grant(&mut sheet, &site.grant.grant, product);
        }
        Kind::DeskCertificate => desk(&mut sheet, &DeskCertificate::decode(payload)?),
        Kind::Emergency => {
            let emergency = Emergency::decode(payload)?;
            sheet.say(messages::label::step(), emergency.step);
            sheet.object.step = Some(emergency.step);
        }
    }
    Ok(sheet)
}

fn activate(sheet: &mut Sheet<Says>, request: &Activate) {
    sheet.say(messages::label::license(), request.key);
    sheet.object.license_key = Some(Shown(request.key));
    let activation = request.commitment.activation_id();
    sheet.say(messages::label::activation(), activation);
    sheet.object.activation = Some(Shown(activation));
    clock(sheet, request.clock);
    machine(
        sheet,
        request.fingerprint.as_ref(),
        request.bindings.is_some(),
        request.usb.is_some(),
    );
    match request.seats {
        Some(seats) => sheet.say(messages::label::seats_wanted(), seats),
        None => sheet.say(
            messages::label::seats_wanted(),
            messages::inspect::all_free_seats(),
        ),
    }
    sheet.object.seats = Some(request.seats.map(|seats| seats.get()));
    site_key(sheet, request.site_key.is_some());
}

fn sync(sheet: &mut Sheet<Says>, request: &Sync) {
    sheet.say(messages::label::activation(), request.activation);
    sheet.object.activation = Some(Shown(request.activation));
    sheet.say(messages::label::generation_held(), request.generation);
    sheet.object.generation = Some(request.generation);
    clock(sheet, request.clock);
    machine(
        sheet,
        request.fingerprint.as_ref(),
        request.bindings.is_some(),
        request.usb.is_some(),
    );
    site_key(sheet, request.site_key.is_some());
    if let Some(site) = request.site {
        sheet.say(messages::label::loans_out(), site.loans_out);
        sheet.object.loans_out = Some(site.loans_out);
    }
}

fn site_key(sheet: &mut Sheet<Says>, brought: bool) {
    if brought {
        sheet.say(
            messages::label::site(),
            messages::inspect::brings_site_key(),
        );
        sheet.object.site_key = Some(true);
    }
}

fn borrow(sheet: &mut Sheet<Says>, request: &Borrow, product: Option<&Product>) {
    sheet.say(messages::label::license(), request.key);
    sheet.object.license_key = Some(Shown(request.key));
    sheet.say(messages::label::days_wanted(), request.days);
    sheet.object.days = Some(request.days.get());
    clock(sheet, request.clock);
    machine(sheet, Some(&request.fingerprint), false, false);
    if let Some(serial) = request.extends {
        sheet.say(messages::label::extends(), messages::inspect::loan(serial));
        sheet.object.extends = Some(serial);
    }
    if let Some(wanted) = &request.wanted {
        entitlements(sheet, wanted, product);
    }
}

fn clock(sheet: &mut Sheet<Says>, clock: Seconds) {
    let words = messages::inspect::by_machines_clock(clock);
    sheet.say(messages::label::made_on(), words);
    sheet.object.clock = Some(Shown(clock));
}

fn machine(sheet: &mut Sheet<Says>, fingerprint: Option<&Fingerprint>, bindings: bool, usb: bool) {
    let shown = [
        (fingerprint.is_some(), messages::inspect::a_fingerprint()),
        (bindings, messages::inspect::some_bindings()),
        (usb, messages::inspect::a_usb_key()),
    ];
    let shown: Vec<&str> = shown
        .iter()
        .filter(|(is, _)| *is)
        .map(|(_, what)| *what)
        .collect();
    sheet.say(messages::label::shown_by(), words::list(shown));
    sheet.object.machine = Some(ShownBy {
        fingerprint: fingerprint.is_some(),
        bindings,
        usb,
    });
}

fn grant(sheet: &mut Sheet<Says>, grant: &Grant, product: Option<&Product>) {
    sheet.say(messages::label::generation(), grant.generation);
    sheet.object.generation = Some(grant.generation);
    sheet.say(messages::label::issued(), grant.issued);
    sheet.object.issued = Some(Shown(grant.issued));
    sheet.say(messages::label::license_type(), grant.license_type.words());
    sheet.object.r#type = Some(Named(grant.license_type));
    sheet.say(messages::label::seats(), grant.seats);
    sheet.object.seats = Some(Some(grant.seats));
    if grant.edition != 0 {
        let name = product.and_then(|product| product.edition_name(grant.edition));
        let words = name.map_or_else(
            || messages::inspect::edition_number(grant.edition).to_string(),
            str::to_owned,
        );
        sheet.say(messages::label::edition(), &words);
        sheet.object.edition = Some(words);
    }
    sheet.say(
        messages::label::expires(),
        words::day_or(grant.expires, messages::terms::never()),
    );
    sheet.object.expires = Some(shown(grant.expires));
    let maintenance = words::day_or(grant.maintenance, messages::terms::for_ever());
    sheet.say(messages::label::maintenance(), maintenance);
    sheet.object.maintenance = Some(shown(grant.maintenance));
    let revalidate_by = words::day_or(grant.revalidate_by, messages::terms::never_needed());
    sheet.say(messages::label::revalidate_by(), revalidate_by);
    sheet.object.revalidate_by = Some(shown(grant.revalidate_by));
    if grant.site {
        sheet.say(
            messages::label::site(),
            messages::inspect::signs_with_site_key(),
        );
        sheet.object.site = Some(true);
    }
    if let Some(days) = grant.max_loan {
        let words = messages::inspect::lends_for(days.get());
        sheet.say(messages::label::may_lend(), words);
        sheet.object.max_loan = Some(days.get());
    }
    if let Some(terms) = grant.emergency {
        let words = messages::terms::steps_of_days(terms.days.get(), terms.steps);
        sheet.say(messages::label::emergency(), words);
        sheet.object.emergency = Some(format!("{}x{}", terms.steps, terms.days));
    }
    entitlements(sheet, &grant.entitlements, product);
}

fn loan(sheet: &mut Sheet<Says>, signed: &SignedLoan, product: Option<&Product>) {
    let loan = &signed.loan;
    sheet.say(messages::label::loan(), loan.serial);
    sheet.object.loan = Some(loan.serial);
    sheet.say(messages::label::seat(), u32::from(loan.seat) + 1);
    sheet.object.seat = Some(loan.seat);
    sheet.say(messages::label::issued(), loan.issued);
    sheet.object.issued = Some(Shown(loan.issued));
    sheet.say(messages::label::until(), loan.until);
    sheet.object.until = Some(Shown(loan.until));
    match &loan.lent {
        Lent::These(list) => entitlements(sheet, list, product),
        Lent::Everything => {
            sheet.say(
                messages::label::contains(),
                messages::inspect::everything_of_site(),
            );
            sheet.object.everything = Some(true);
        }
    }
}

fn site(sheet: &mut Sheet<Says>, site: &SiteCertificate) {
    let grant = &site.grant.grant;
    let (words, by) = match site.desk {
        Some(_) => (messages::inspect::a_desk_of_vendor(), "desk"),
        None => (messages::inspect::the_vendor(), "root"),
    };
    sheet.say(messages::label::site_licensed_by(), words);
    sheet.object.site_licensed_by = Some(by);
    sheet.say(messages::label::site_seats(), grant.seats);
    sheet.object.site_seats = Some(grant.seats);
    let expires = words::day_or(grant.expires, messages::terms::never());
    sheet.say(messages::label::site_expires(), expires);
    sheet.object.site_expires = Some(shown(grant.expires));
}

fn desk(sheet: &mut Sheet<Says>, certificate: &DeskCertificate) {
    sheet.say(messages::label::certificate(), certificate.serial);
    sheet.object.serial = Some(certificate.serial);
    sheet.say(messages::label::epoch(), certificate.epoch);
    sheet.object.epoch = Some(certificate.epoch);
    let kinds = [
        (MAY_GRANT, "grants", messages::inspect::may_grant()),
        (
            MAY_GRANT_LENDING,
            "lending",
            messages::inspect::may_grant_lending(),
        ),
        (
            MAY_GRANT_EMERGENCY,
            "emergency_codes",
            messages::inspect::may_grant_emergency(),
        ),
        (ONE_PRODUCT, "one_product", messages::inspect::one_product()),
        (MANAGER, "manager", messages::inspect::manager()),
    ];
    let kinds = kinds
        .iter()
        .filter(|(bit, ..)| certificate.kinds & bit != 0);
    let (names, words): (Vec<&str>, Vec<&str>) =
        kinds.map(|(_, name, words)| (*name, *words)).unzip();
    sheet.say(messages::label::signs(), words::list(words));
    sheet.object.kinds = Some(names);
    let until = words::day_or(certificate.not_after, messages::terms::for_ever());
    sheet.say(messages::label::signs_until(), until);
    sheet.object.not_after = Some(shown(certificate.not_after));
    let limits = [
        (messages::label::most_seats(), certificate.max_seats),
        (messages::label::longest_grace(), certificate.max_grace),
        (messages::label::longest_loan(), certificate.max_loan.into()),
        (
            messages::label::emergency_days(),
            certificate.max_emergency.into(),
        ),
    ];
    for (name, limit) in limits {
        match limit {
            0 => sheet.say(name, messages::inspect::no_limit()),
            limit => sheet.say(name, limit),
        }
    }
    sheet.object.max_seats = Some(certificate.max_seats);
    sheet.object.max_grace = Some(certificate.max_grace);
    sheet.object.max_loan = Some(certificate.max_loan);
    sheet.object.max_emergency = Some(certificate.max_emergency);
}

fn entitlements(sheet: &mut Sheet<Says>, list: &Entitlements, product: Option<&Product>) {
    let contents = Contents::of(list, product);
    sheet.rows.extend(words::contents(&contents, None));
    sheet.object.contents = Some(contents.into());
}
