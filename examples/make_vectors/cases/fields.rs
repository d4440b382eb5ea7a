//! A payload's fields as JSON, with the names of SPEC.md 12.1.

use countersign::protocol::date::Day;
use countersign::protocol::desk_certificate::DeskCertificate;
use countersign::protocol::emergency::Emergency;
use countersign::protocol::entitlements::{Content, Entitlement, Entitlements};
use countersign::protocol::grant::SignedGrant;
use countersign::protocol::loan::{Lent, SignedLoan, SiteCertificate};
use countersign::protocol::requests::{Activate, Borrow, Return, Sync};
use countersign::protocol::wire::WireError;
use countersign::text::Kind;
use serde_json::{Value, json};

/// All fields of a payload of this kind.
pub(crate) fn of(kind: Kind, payload: &[u8]) -> Result<Value, WireError> {
    Ok(match kind {
        Kind::Activate => activate(&Activate::decode(payload)?),
        Kind::Sync => sync(&Sync::decode(payload)?),
        Kind::Return | Kind::LoanReturn => given_up(&Return::decode(payload)?),
        Kind::Grant => grant(&SignedGrant::decode(payload)?),
        Kind::Borrow => borrow(&Borrow::decode(payload)?),
        Kind::Loan => loan(&SignedLoan::decode(payload)?),
        Kind::LoanWithCertificate => {
            let (certificate, signed) = SiteCertificate::decode_with_loan(payload)?;
            json!({ "certificate": site(&certificate), "loan": loan(&signed) })
        }
        Kind::SiteCard => site(&SiteCertificate::decode(payload)?),
        Kind::DeskCertificate => desk(&DeskCertificate::decode(payload)?),
        Kind::Emergency => {
            let emergency = Emergency::decode(payload)?;
            json!({ "step": emergency.step, "x": hex::encode(emergency.x) })
        }
    })
}

fn activate(request: &Activate) -> Value {
    json!({
        "product_tag": hex::encode(request.product_tag),
        "license_key": request.key.digits(),
        "commitment": hex::encode(request.commitment.0),
        "clock": request.clock.0,
        "fingerprint": request.fingerprint.as_ref().map(|print| hex::encode(print.to_bytes())),
        "bindings": request.bindings.map(hex::encode),
        "seats": request.seats,
        "usb": request.usb.map(hex::encode),
        "site_key": request.site_key.map(hex::encode),
    })
}

fn sync(request: &Sync) -> Value {
    let site = request.site.map(|site| {
        json!({
            "loans_out": site.loans_out,
            "last_serial": site.last_serial,
            "head": hex::encode(site.head),
        })
    });
    json!({
        "activation": hex::encode(request.activation.0),
        "generation": request.generation,
        "s": hex::encode(request.proof.0),
        "commitment": hex::encode(request.commitment.0),
        "clock": request.clock.0,
        "fingerprint": request.fingerprint.as_ref().map(|print| hex::encode(print.to_bytes())),
        "bindings": request.bindings.map(hex::encode),
        "usb": request.usb.map(hex::encode),
        "site_key": request.site_key.map(hex::encode),
        "site": site,
    })
}

fn given_up(request: &Return) -> Value {
    json!({
        "activation": hex::encode(request.activation.0),
        "r": hex::encode(request.secret.reveal()),
    })
}

fn borrow(request: &Borrow) -> Value {
    json!({
        "license_key": request.key.digits(),
        "commitment": hex::encode(request.commitment.0),
        "fingerprint": hex::encode(request.fingerprint.to_bytes()),
        "days": request.days,
        "clock": request.clock.0,
        "certificate_tag": hex::encode(request.certificate_tag),
        "loan_serial": request.extends,
        "wanted": request.wanted.as_ref().map(|wanted| wanted.iter().map(|entry| entry.index).collect::<Vec<_>>()),
    })
}

fn grant(signed: &SignedGrant) -> Value {
    let grant = &signed.grant;
    let emergency = grant.emergency.map(|terms| {
        json!({
            "anchor": hex::encode(terms.anchor),
            "steps": terms.steps,
            "days": terms.days,
        })
    });
    json!({
        "key_id": hex::encode([grant.key_id]),
        "request_tag": hex::encode(grant.request_tag),
        "generation": grant.generation,
        "issued": grant.issued.0,
        "expires": grant.expires.map(Day::number),
        "maintenance": grant.maintenance.map(Day::number),
        "revalidate_by": grant.revalidate_by.map(Day::number),
        "seats": grant.seats,
        "edition": grant.edition,
        "type": grant.license_type.name(),
        "site": grant.site,
        "longest_loan": grant.max_loan,
        "emergency": emergency,
        "entitlements": entitlements(&grant.entitlements),
        "signature": hex::encode(signed.signature),
    })
}

fn loan(signed: &SignedLoan) -> Value {
    let loan = &signed.loan;
    json!({
        "request_tag": hex::encode(loan.request_tag),
        "loan_serial": loan.serial,
        "seat": loan.seat,
        "issued": loan.issued.0,
        "until": loan.until.number(),
        "entitlements": match &loan.lent {
            Lent::These(list) => entitlements(list),
            Lent::Everything => Value::Null,
        },
        "signature": hex::encode(signed.signature),
    })
}

fn site(certificate: &SiteCertificate) -> Value {
    json!({
        "desk": certificate.desk.as_ref().map(desk),
        "public_key": hex::encode(certificate.public_key),
        "request_digest": hex::encode(certificate.request_digest),
        "machine_digest": hex::encode(certificate.machine),
        "grant": grant(&certificate.grant),
    })
}

fn desk(certificate: &DeskCertificate) -> Value {
    json!({
        "serial": certificate.serial,
        "not_after": certificate.not_after.map(Day::number),
        "epoch": certificate.epoch,
        "kinds": certificate.kinds,
        "most_seats": certificate.max_seats,
        "longest_grace": certificate.max_grace,
        "longest_loan": certificate.max_loan,
        "longest_emergency": certificate.max_emergency,
        "public_key": hex::encode(certificate.public_key),
        "signature": hex::encode(certificate.signature),
    })
}

fn entitlements(list: &Entitlements) -> Value {
    let said = |entry: &Entitlement| {
        let value = match &entry.content {
            Content::Feature { .. } => Value::Null,
            Content::Number { value, .. } => json!(value),
            Content::Text(text) => json!(text.as_str()),
        };
        json!([entry.index, value, entry.content.ends().map(Day::number)])
    };
    list.iter().map(said).collect()
}
