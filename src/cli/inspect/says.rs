//! What the bytes of a code say (SPEC.md 4), before anybody has said that they may be believed.

use super::{Known, Sheet};
use crate::cli::json::{Named, Says, Shown, ShownBy, shown};
use crate::cli::words;
use crate::machine::Fingerprint;
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
            sheet.say("activation", returned.activation);
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
            sheet.say("step", emergency.step);
            sheet.object.step = Some(emergency.step);
        }
    }
    Ok(sheet)
}

fn activate(sheet: &mut Sheet<Says>, request: &Activate) {
    sheet.say("license", request.key);
    sheet.object.license_key = Some(Shown(request.key));
    let activation = request.commitment.activation_id();
    sheet.say("activation", activation);
    sheet.object.activation = Some(Shown(activation));
    clock(sheet, request.clock);
    machine(
        sheet,
        request.fingerprint.as_ref(),
        request.bindings.is_some(),
        request.usb.is_some(),
    );
    match request.seats {
        Some(seats) => sheet.say("seats wanted", seats),
        None => sheet.say("seats wanted", "all that are free"),
    }
    sheet.object.seats = Some(request.seats.map(|seats| seats.get()));
    site_key(sheet, request.site_key.is_some());
}

fn sync(sheet: &mut Sheet<Says>, request: &Sync) {
    sheet.say("activation", request.activation);
    sheet.object.activation = Some(Shown(request.activation));
    sheet.say("generation held", request.generation);
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
        sheet.say("loans out", site.loans_out);
        sheet.object.loans_out = Some(site.loans_out);
    }
}

fn site_key(sheet: &mut Sheet<Says>, brought: bool) {
    if brought {
        sheet.say("site", "brings a site key");
        sheet.object.site_key = Some(true);
    }
}

fn borrow(sheet: &mut Sheet<Says>, request: &Borrow, product: Option<&Product>) {
    sheet.say("license", request.key);
    sheet.object.license_key = Some(Shown(request.key));
    sheet.say("days wanted", request.days);
    sheet.object.days = Some(request.days.get());
    clock(sheet, request.clock);
    machine(sheet, Some(&request.fingerprint), false, false);
    if let Some(serial) = request.extends {
        sheet.say("extends", format_args!("loan {serial}"));
        sheet.object.extends = Some(serial);
    }
    if let Some(wanted) = &request.wanted {
        entitlements(sheet, wanted, product);
    }
}

fn clock(sheet: &mut Sheet<Says>, clock: Seconds) {
    let words = format!("{clock}, by the machine's clock");
    sheet.say("made on", words);
    sheet.object.clock = Some(Shown(clock));
}

fn machine(sheet: &mut Sheet<Says>, fingerprint: Option<&Fingerprint>, bindings: bool, usb: bool) {
    let shown = [
        (fingerprint.is_some(), "a fingerprint"),
        (bindings, "bindings"),
        (usb, "a USB key"),
    ];
    let shown: Vec<&str> = shown
        .iter()
        .filter(|(is, _)| *is)
        .map(|(_, what)| *what)
        .collect();
    sheet.say("machine shown by", words::list(shown));
    sheet.object.machine = Some(ShownBy {
        fingerprint: fingerprint.is_some(),
        bindings,
        usb,
    });
}

fn grant(sheet: &mut Sheet<Says>, grant: &Grant, product: Option<&Product>) {
    sheet.say("generation", grant.generation);
    sheet.object.generation = Some(grant.generation);
    sheet.say("issued", grant.issued);
    sheet.object.issued = Some(Shown(grant.issued));
    sheet.say("type", grant.license_type.name());
    sheet.object.r#type = Some(Named(grant.license_type));
    sheet.say("seats", grant.seats);
    sheet.object.seats = Some(Some(grant.seats));
    if grant.edition != 0 {
        let name = product.and_then(|product| product.edition_name(grant.edition));
        let words = name.map_or_else(|| format!("number {}", grant.edition), str::to_owned);
        sheet.say("edition", &words);
        sheet.object.edition = Some(words);
    }
    sheet.say("expires", words::day_or(grant.expires, "never"));
    sheet.object.expires = Some(shown(grant.expires));
    let maintenance = words::day_or(grant.maintenance, "for ever");
    sheet.say("maintenance", maintenance);
    sheet.object.maintenance = Some(shown(grant.maintenance));
    let revalidate_by = words::day_or(grant.revalidate_by, "never needed");
    sheet.say("re-validate by", revalidate_by);
    sheet.object.revalidate_by = Some(shown(grant.revalidate_by));
    if grant.site {
        sheet.say("site", "signs with a site key");
        sheet.object.site = Some(true);
    }
    if let Some(days) = grant.max_loan {
        let words = format!("for {}", words::count(days.get(), "day"));
        sheet.say("may lend", words);
        sheet.object.max_loan = Some(days.get());
    }
    if let Some(terms) = grant.emergency {
        let words = format!(
            "{} of {}",
            words::count(terms.steps, "step"),
            words::count(terms.days.get(), "day")
        );
        sheet.say("emergency", words);
        sheet.object.emergency = Some(format!("{}x{}", terms.steps, terms.days));
    }
    entitlements(sheet, &grant.entitlements, product);
}

fn loan(sheet: &mut Sheet<Says>, signed: &SignedLoan, product: Option<&Product>) {
    let loan = &signed.loan;
    sheet.say("loan", loan.serial);
    sheet.object.loan = Some(loan.serial);
    sheet.say("seat", u32::from(loan.seat) + 1);
    sheet.object.seat = Some(loan.seat);
    sheet.say("issued", loan.issued);
    sheet.object.issued = Some(Shown(loan.issued));
    sheet.say("until", loan.until);
    sheet.object.until = Some(Shown(loan.until));
    match &loan.lent {
        Lent::These(list) => entitlements(sheet, list, product),
        Lent::Everything => {
            sheet.say("contains", "all that the site has");
            sheet.object.everything = Some(true);
        }
    }
}

fn site(sheet: &mut Sheet<Says>, site: &SiteCertificate) {
    let grant = &site.grant.grant;
    let (words, by) = match site.desk {
        Some(_) => ("a desk of the vendor", "desk"),
        None => ("the vendor", "root"),
    };
    sheet.say("site licensed by", words);
    sheet.object.site_licensed_by = Some(by);
    sheet.say("site's seats", grant.seats);
    sheet.object.site_seats = Some(grant.seats);
    let expires = words::day_or(grant.expires, "never");
    sheet.say("site's license expires", expires);
    sheet.object.site_expires = Some(shown(grant.expires));
}

fn desk(sheet: &mut Sheet<Says>, certificate: &DeskCertificate) {
    sheet.say("certificate", certificate.serial);
    sheet.object.serial = Some(certificate.serial);
    sheet.say("epoch", certificate.epoch);
    sheet.object.epoch = Some(certificate.epoch);
    let kinds = [
        (MAY_GRANT, "grants"),
        (MAY_GRANT_LENDING, "lending"),
        (MAY_GRANT_EMERGENCY, "emergency codes"),
        (ONE_PRODUCT, "one product only"),
        (MANAGER, "what the manager does"),
    ];
    let kinds = kinds.iter().filter(|(bit, _)| certificate.kinds & bit != 0);
    let kinds: Vec<&str> = kinds.map(|(_, words)| *words).collect();
    sheet.say("signs", words::list(&kinds));
    sheet.object.kinds = Some(kinds);
    let until = words::day_or(certificate.not_after, "for ever");
    sheet.say("signs until", until);
    sheet.object.not_after = Some(shown(certificate.not_after));
    let limits = [
        ("most seats", certificate.max_seats),
        ("longest grace", certificate.max_grace),
        ("longest loan", certificate.max_loan.into()),
        ("emergency days", certificate.max_emergency.into()),
    ];
    for (name, limit) in limits {
        match limit {
            0 => sheet.say(name, "no limit"),
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
