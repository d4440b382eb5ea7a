//! Categories that say what is trusted: answers, loans, emergency steps, product files, notes of users.

use countersign::license_key::LicenseKey;
use countersign::machine::Fingerprint;
use countersign::protocol::commitment::Commitment;
use countersign::protocol::desk_certificate::DeskCertificate;
use countersign::protocol::digest::{ActivationId, MachineBinding, request_digest};
use countersign::protocol::emergency::{Emergency, chain, seed as seed_of};
use countersign::protocol::grant::{EmergencyTerms, SignedGrant};
use countersign::protocol::loan::{SignedLoan, SiteCertificate};
use countersign::protocol::product::{Entry, ProductFile};
use countersign::protocol::requests::Borrow;
use countersign::protocol::site_note::{SignedNote, SiteNoteError};
use countersign::protocol::trust::{GrantContext, PublicKey, Roots, TrustError};
use countersign::protocol::wire::WireError;
use countersign::text::Kind;

use super::{Vector, is_ok, verdict};

/// Why something is refused, in the words of SPEC.md 12.
pub(super) struct Reason(pub(super) &'static str);

impl From<WireError> for Reason {
    fn from(_: WireError) -> Reason {
        Reason("wire")
    }
}

impl From<TrustError> for Reason {
    fn from(error: TrustError) -> Reason {
        Reason(match error {
            TrustError::UnfitKey => "unfit_key",
            TrustError::Signature => "signature",
            TrustError::OldEpoch => "old_epoch",
            TrustError::DeskLimit(_) => "desk_limit",
            TrustError::Catalogue => "catalogue",
            TrustError::SiteLimit(_) => "site_limit",
        })
    }
}

impl From<SiteNoteError> for Reason {
    fn from(error: SiteNoteError) -> Reason {
        Reason(match error {
            SiteNoteError::Form => "form",
            SiteNoteError::OtherLicense => "other_license",
            SiteNoteError::OtherSite => "other_site",
            SiteNoteError::Signature => "signature",
        })
    }
}

pub(super) fn said(found: Result<(), Reason>) -> Result<(), String> {
    found.map_err(|reason| reason.0.to_owned())
}

pub(super) fn roots(
    product: &str,
    catalogue: &[Entry],
    keys: &[String],
    least_epoch: u8,
) -> Result<Roots, TrustError> {
    let keys = keys.iter().map(|key| {
        let bytes: [u8; 32] = hex::decode(key).unwrap().try_into().unwrap();
        PublicKey::from_bytes(&bytes)
    });
    let keys = keys.collect::<Result<_, _>>()?;
    Ok(Roots::new(product, catalogue.to_vec(), keys, least_epoch))
}

/// What the lines of the product file are, as far as a file says.
pub(super) fn catalogue(vector: &mut Vector) -> Vec<Entry> {
    let line = vector.optional("catalogue").unwrap_or_default();
    let words = line.split_whitespace();
    words.map(|word| Entry::from_line(word).unwrap()).collect()
}

/// Kind letter and payload.
fn request(vector: &mut Vector) -> (Kind, Vec<u8>) {
    let line = vector.one("request");
    let (letter, payload) = line.split_once(' ').unwrap();
    let [letter] = letter.as_bytes() else {
        panic!("request: {line}")
    };
    let kind = Kind::from_letter(*letter).unwrap();
    (kind, hex::decode(payload).unwrap())
}

pub(super) fn answer(vector: &mut Vector) {
    let expected = verdict(vector);
    let keys = vector.some("root");
    let desks = vector.all("desk");
    let least_epoch = vector.parsed("least-epoch");
    let key: LicenseKey = vector.parsed("license-key");
    let eight = |text: String| <[u8; 8]>::try_from(hex::decode(text).unwrap()).unwrap();
    let fingerprint = vector.optional("fingerprint").map(|text| {
        let bytes = hex::decode(text).unwrap().try_into().unwrap();
        Fingerprint::from_bytes(&bytes).unwrap()
    });
    let standing = MachineBinding {
        activation: ActivationId(vector.array("activation")),
        fingerprint,
        bindings: vector.optional("bindings").map(eight),
        usb: vector.optional("usb").map(eight),
    };
    let site_key = vector.optional("site-key");
    let (kind, payload) = request(vector);
    let product = vector.one("product");
    let catalogue = catalogue(vector);
    let context = GrantContext {
        request_digest: request_digest(kind, &payload),
        holder: standing.holder_digest(&product, key),
        site_key: site_key.map(|key| hex::decode(key).unwrap().try_into().unwrap()),
    };
    for grant in vector.some("grant") {
        let judge = || -> Result<(), Reason> {
            let roots = roots(&product, &catalogue, &keys, least_epoch)?;
            let mut verified = Vec::new();
            for desk in &desks {
                let certificate = DeskCertificate::decode(&hex::decode(desk).unwrap())?;
                verified.push(roots.verify_desk(certificate)?);
            }
            let signed = SignedGrant::decode(&hex::decode(&grant).unwrap())?;
            roots.verify_grant(&signed, &context, &verified)?;
            Ok(())
        };
        assert_eq!(said(judge()), expected, "{grant}");
    }
}

pub(super) fn loan(vector: &mut Vector) {
    let expected = verdict(vector);
    let keys = vector.some("root");
    let least_epoch = vector.parsed("least-epoch");
    let product = vector.one("product");
    let catalogue = catalogue(vector);
    let (kind, payload) = request(vector);
    let whole = vector.optional("loan-with-certificate");
    let parts = whole
        .is_none()
        .then(|| (vector.bytes("site"), vector.bytes("loan")));
    let judge = || -> Result<(), Reason> {
        let request = Borrow::decode(&payload)?;
        let (site, signed) = match (&whole, &parts) {
            (Some(both), _) => SiteCertificate::decode_with_loan(&hex::decode(both).unwrap())?,
            (None, Some((site, loan))) => {
                (SiteCertificate::decode(site)?, SignedLoan::decode(loan)?)
            }
            (None, None) => panic!("no loan"),
        };
        let roots = roots(&product, &catalogue, &keys, least_epoch)?;
        let site = roots.verify_site(site, request.key)?;
        let standing = MachineBinding {
            activation: request.commitment.activation_id(),
            fingerprint: Some(request.fingerprint),
            bindings: None,
            usb: None,
        };
        let holder = standing.holder_digest(&product, request.key);
        site.verify_loan(&signed, request_digest(kind, &payload), holder, &catalogue)?;
        Ok(())
    };
    assert_eq!(said(judge()), expected);
}

pub(super) fn emergency(vector: &mut Vector) {
    let accepted = is_ok(vector);
    let holder = vector.array("holder");
    let generation = vector.parsed("generation");
    let terms = EmergencyTerms {
        anchor: vector.array("anchor"),
        steps: vector.parsed("steps"),
        days: vector.parsed("days"),
    };
    let moves = Emergency::decode(&vector.bytes("emergency"))
        .ok()
        .filter(|emergency| emergency.belongs_to(&terms, &holder, generation))
        .map(|emergency| u16::from(emergency.step) * u16::from(terms.days.get()));
    let expected = accepted.then(|| vector.parsed("moves-by"));
    assert_eq!(moves, expected);
}

pub(super) fn seed(vector: &mut Vector) {
    assert!(is_ok(vector));
    let (steps, days) = (vector.parsed("steps"), vector.parsed("days"));
    let (generation, holder) = (vector.parsed("generation"), vector.array("holder"));
    let commitment = Commitment(vector.array("commitment"));
    let key = vector.array("seed-key");
    let x0 = seed_of(&key, &commitment, generation, (steps, days));
    assert_eq!(x0, vector.array("x0"));
    let anchor = chain(&holder, generation, 0, steps, x0);
    assert_eq!(anchor, vector.array("anchor"));
}

pub(super) fn product(vector: &mut Vector) {
    let ok = is_ok(vector);
    let file = ProductFile::parse(&vector.text());
    if ok {
        let print = file.unwrap().root_fingerprint();
        assert_eq!(print.to_string(), vector.one("root-fingerprint"));
    } else {
        assert!(file.is_err());
    }
}

pub(super) fn note(vector: &mut Vector) {
    let expected = verdict(vector);
    let product = vector.one("product");
    let key: LicenseKey = vector.parsed("license-key");
    let site_key = vector.array("site-key");
    let number = vector.optional("number");
    let users = vector.all("user");
    let rules = vector.all("rule");
    let read = SignedNote::read(&vector.text(), &product, key, &site_key);
    match &read {
        Ok(note) => {
            assert_eq!(Some(note.number.to_string()), number);
            let named: Vec<String> = note.users.iter().map(ToString::to_string).collect();
            assert_eq!(named, users);
            let ruled = note.rules.iter().map(|it| format!("{} {it}", it.line));
            assert_eq!(ruled.collect::<Vec<_>>(), rules);
        }
        Err(_) => assert_eq!((number, users, rules), (None, Vec::new(), Vec::new())),
    }
    assert_eq!(said(read.map(drop).map_err(Reason::from)), expected);
}
