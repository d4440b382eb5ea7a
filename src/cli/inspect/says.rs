//! What the bytes of a code say (SPEC.md 4), before anybody has said that they may be believed.

use serde_json::{Value, json};

use super::{Known, Sheet};
use crate::cli::{json as names, words};
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
pub(crate) fn says(code: &Code, known: &Known) -> Result<Sheet, WireError> {
    let payload = code.payload();
    let product = known.product.as_ref();
    let mut sheet = Sheet::default();
    match code.kind() {
        Kind::Activate => activate(&mut sheet, &Activate::decode(payload)?),
        Kind::Sync => sync(&mut sheet, &Sync::decode(payload)?),
        Kind::Return | Kind::LoanReturn => {
            let returned = Return::decode(payload)?;
            sheet.same("activation", "activation", returned.activation);
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
            sheet.put("step", "step", emergency.step, emergency.step);
        }
    }
    Ok(sheet)
}

fn activate(sheet: &mut Sheet, request: &Activate) {
    sheet.same("license", "license_key", request.key);
    sheet.same(
        "activation",
        "activation",
        request.commitment.activation_id(),
    );
    clock(sheet, request.clock);
    machine(
        sheet,
        request.fingerprint.as_ref(),
        request.bindings.is_some(),
        request.usb.is_some(),
    );
    match request.seats {
        Some(seats) => sheet.put("seats wanted", "seats", seats, seats.get()),
        None => sheet.put("seats wanted", "seats", "all that are free", Value::Null),
    }
    if request.site_key.is_some() {
        sheet.put("site", "site_key", "brings a site key", true);
    }
}

fn sync(sheet: &mut Sheet, request: &Sync) {
    sheet.same("activation", "activation", request.activation);
    sheet.put(
        "generation held",
        "generation",
        request.generation,
        request.generation,
    );
    clock(sheet, request.clock);
    machine(
        sheet,
        request.fingerprint.as_ref(),
        request.bindings.is_some(),
        request.usb.is_some(),
    );
    if request.site_key.is_some() {
        sheet.put("site", "site_key", "brings a site key", true);
    }
    if let Some(site) = request.site {
        sheet.put("loans out", "loans_out", site.loans_out, site.loans_out);
    }
}

fn borrow(sheet: &mut Sheet, request: &Borrow, product: Option<&Product>) {
    sheet.same("license", "license_key", request.key);
    sheet.put("days wanted", "days", request.days, request.days.get());
    clock(sheet, request.clock);
    machine(sheet, Some(&request.fingerprint), false, false);
    if let Some(serial) = request.extends {
        sheet.put("extends", "extends", format!("loan {serial}"), serial);
    }
    if let Some(wanted) = &request.wanted {
        entitlements(sheet, wanted, product);
    }
}

fn clock(sheet: &mut Sheet, clock: Seconds) {
    sheet.put(
        "made on",
        "clock",
        format!("{clock}, by the machine's clock"),
        clock.to_string(),
    );
}

fn machine(sheet: &mut Sheet, fingerprint: Option<&Fingerprint>, bindings: bool, usb: bool) {
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
    let value = json!({ "fingerprint": fingerprint.is_some(), "bindings": bindings, "usb": usb });
    sheet.put("machine shown by", "machine", words::list(shown), value);
}

fn grant(sheet: &mut Sheet, grant: &Grant, product: Option<&Product>) {
    sheet.put(
        "generation",
        "generation",
        grant.generation,
        grant.generation,
    );
    sheet.same("issued", "issued", grant.issued);
    sheet.same("type", "type", grant.license_type.name());
    sheet.put("seats", "seats", grant.seats, grant.seats);
    if grant.edition != 0 {
        let name = product.and_then(|product| product.edition_name(grant.edition));
        let words = name.map_or_else(|| format!("number {}", grant.edition), str::to_owned);
        sheet.put("edition", "edition", &words, words.clone());
    }
    sheet.put(
        "expires",
        "expires",
        words::day_or(grant.expires, "never"),
        names::day(grant.expires),
    );
    sheet.put(
        "maintenance",
        "maintenance",
        words::day_or(grant.maintenance, "for ever"),
        names::day(grant.maintenance),
    );
    sheet.put(
        "re-validate by",
        "revalidate_by",
        words::day_or(grant.revalidate_by, "never needed"),
        names::day(grant.revalidate_by),
    );
    if grant.site {
        sheet.put("site", "site", "signs with a site key", true);
    }
    if let Some(days) = grant.max_loan {
        sheet.put(
            "may lend",
            "max_loan",
            format!("for {}", words::count(days.get(), "day")),
            days.get(),
        );
    }
    if let Some(terms) = grant.emergency {
        let words = format!(
            "{} of {}",
            words::count(terms.steps, "step"),
            words::count(terms.days.get(), "day")
        );
        sheet.put(
            "emergency",
            "emergency",
            words,
            format!("{}x{}", terms.steps, terms.days),
        );
    }
    entitlements(sheet, &grant.entitlements, product);
}

fn loan(sheet: &mut Sheet, signed: &SignedLoan, product: Option<&Product>) {
    let loan = &signed.loan;
    sheet.put("loan", "loan", loan.serial, loan.serial);
    sheet.put("seat", "seat", u32::from(loan.seat) + 1, loan.seat);
    sheet.same("issued", "issued", loan.issued);
    sheet.same("until", "until", loan.until);
    match &loan.lent {
        Lent::These(list) => entitlements(sheet, list, product),
        Lent::Everything => sheet.put("contains", "everything", "all that the site has", true),
    }
}

fn site(sheet: &mut Sheet, site: &SiteCertificate) {
    let grant = &site.grant.grant;
    let by = if site.desk.is_some() {
        "a desk of the vendor"
    } else {
        "the vendor"
    };
    sheet.put(
        "site licensed by",
        "site_licensed_by",
        by,
        if site.desk.is_some() { "desk" } else { "root" },
    );
    sheet.put("site's seats", "site_seats", grant.seats, grant.seats);
    sheet.put(
        "site's license expires",
        "site_expires",
        words::day_or(grant.expires, "never"),
        names::day(grant.expires),
    );
}

fn desk(sheet: &mut Sheet, certificate: &DeskCertificate) {
    sheet.put(
        "certificate",
        "serial",
        certificate.serial,
        certificate.serial,
    );
    sheet.put("epoch", "epoch", certificate.epoch, certificate.epoch);
    let kinds = [
        (MAY_GRANT, "grants"),
        (MAY_GRANT_LENDING, "lending"),
        (MAY_GRANT_EMERGENCY, "emergency codes"),
        (ONE_PRODUCT, "one product only"),
        (MANAGER, "what the manager does"),
    ];
    let kinds = kinds.iter().filter(|(bit, _)| certificate.kinds & bit != 0);
    let kinds: Vec<&str> = kinds.map(|(_, words)| *words).collect();
    sheet.put("signs", "kinds", words::list(&kinds), json!(kinds));
    sheet.put(
        "signs until",
        "not_after",
        words::day_or(certificate.not_after, "for ever"),
        names::day(certificate.not_after),
    );
    let limits = [
        ("most seats", "max_seats", u32::from(certificate.max_seats)),
        ("longest grace", "max_grace", certificate.max_grace.into()),
        ("longest loan", "max_loan", certificate.max_loan.into()),
        (
            "emergency days",
            "max_emergency",
            certificate.max_emergency.into(),
        ),
    ];
    for (name, key, limit) in limits {
        let words = if limit == 0 {
            "no limit".to_owned()
        } else {
            limit.to_string()
        };
        sheet.put(name, key, words, limit);
    }
}

fn entitlements(sheet: &mut Sheet, list: &Entitlements, product: Option<&Product>) {
    let contents = Contents::of(list, product);
    let rows = words::contents(&contents, None);
    for (name, value) in names::contents(&contents) {
        match rows.iter().find(|(row, _)| *row == name) {
            Some((row, words)) => sheet.put(row, &name, words, value),
            None => sheet.put_only(&name, value),
        }
    }
}
