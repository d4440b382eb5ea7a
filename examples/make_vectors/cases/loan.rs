//! Category `loan`: a LOAN held against its BORROW and its site's certificate (SPEC.md 12.3).

mod chain;
mod refused;

use std::num::NonZeroU8;

use countersign::license_key::LicenseKey;
use countersign::protocol::date::Day;
use countersign::protocol::desk_certificate::ONE_PRODUCT;
use countersign::protocol::digest::{
    Digest, MachineBinding, holder_digest, request_digest, request_tag,
};
use countersign::protocol::entitlements::{EntitledText, Entitlement, Entitlements};
use countersign::protocol::grant::{Grant, SignedGrant};
use countersign::protocol::loan::{Lent, Loan, SignedLoan, SiteCertificate};
use countersign::protocol::requests::Borrow;
use countersign::protocol::trust::{Transcript, certificate_digest};
use countersign::text::Kind;
use ed25519_dalek::Signer;

use super::world::{
    DESK, Desk, NOW, PRODUCT, ROOT, SITE, SPARE, STRANGER, certify, entitlements, full_grant, key,
    license, other_fingerprint, public, secret, standing,
};
use super::{
    CATALOGUE, DESK_LIMIT, Expect, File, OLD_EPOCH, SIGNATURE, SITE_LIMIT, UNFIT_KEY, WIRE, forge,
};

/// A site as its certificate shows it, and the digest of that certificate.
#[derive(Clone)]
struct Site {
    certificate: SiteCertificate,
    digest: Digest,
}

/// What a workstation holds when it is handed a LOAN.
#[derive(Clone)]
struct Case {
    product: &'static str,
    least_epoch: u8,
    site: Site,
    request: Borrow,
    loan: SignedLoan,
    catalogue: Option<&'static str>,
}

/// What the site was granted, before a case changes it.
struct LoanTerms {
    product: &'static str,
    key: LicenseKey,
    desk: Option<Desk>,
    site_key: [u8; 32],
    grant: Grant,
}

/// The site, whose grant is signed by a root, or by the desk in the terms.
fn site(change: impl FnOnce(&mut LoanTerms)) -> Site {
    let holder = standing().holder_digest(PRODUCT, license());
    let mut terms = LoanTerms {
        product: PRODUCT,
        key: license(),
        desk: None,
        site_key: public(SITE),
        grant: full_grant(ROOT, &holder),
    };
    change(&mut terms);
    let signer = if terms.desk.is_some() { DESK } else { ROOT };
    let request_digest = request_digest(Kind::Activate, b"the site's request is not shown");
    let machine = standing().machine_digest();
    let grant = Grant {
        key_id: countersign::protocol::digest::key_id(&public(signer)),
        request_tag: request_tag(&request_digest),
        ..terms.grant
    };
    let transcript = Transcript {
        kind: Kind::Grant,
        issuer: public(signer),
        parent: terms.desk.as_ref().map_or([0; 32], |desk| desk.digest),
        request_digest,
        holder: holder_digest(terms.product, terms.key, &machine),
        subject: if grant.site { terms.site_key } else { [0; 32] },
        body: &grant.encode_body(),
    }
    .to_bytes();
    let signature = key(signer).sign(&transcript).to_bytes();
    Site {
        digest: certificate_digest(&transcript, &signature),
        certificate: SiteCertificate {
            desk: terms.desk.map(|desk| desk.certificate),
            public_key: terms.site_key,
            request_digest,
            machine,
            grant: SignedGrant { grant, signature },
        },
    }
}

fn borrow() -> Borrow {
    Borrow {
        key: license(),
        commitment: secret(0x30).commitment(license()),
        fingerprint: other_fingerprint(),
        days: NonZeroU8::new(14).unwrap(),
        clock: NOW,
        certificate_tag: [0; 2],
        extends: None,
        wanted: None,
    }
}

/// The longest loan of the last seat with everything the site has.
fn loan() -> Loan {
    Loan {
        request_tag: request_tag(&request_digest(Kind::Borrow, &borrow().encode())),
        serial: 41,
        seat: 4,
        issued: NOW,
        until: NOW.day().plus(14),
        lent: Lent::These(everything()),
    }
}

/// The entries of the site's grant.
fn everything() -> Entitlements {
    entitlements(&[(0, None), (1, Some(10)), (3, Some(500))])
}

impl Case {
    /// An honest loan of this site, after `edit`.
    fn lent(site: &Site, edit: impl FnOnce(&mut Loan)) -> Case {
        let mut case = Case {
            product: PRODUCT,
            least_epoch: 3,
            site: site.clone(),
            request: borrow(),
            loan: SignedLoan {
                loan: loan(),
                signature: [0; 64],
            },
            catalogue: None,
        };
        edit(&mut case.loan.loan);
        case.signed(SITE)
    }

    fn signed(mut self, signer: u8) -> Case {
        let standing = MachineBinding {
            activation: self.request.commitment.activation_id(),
            fingerprint: Some(self.request.fingerprint),
            bindings: None,
            usb: None,
        };
        let transcript = Transcript {
            kind: Kind::Loan,
            issuer: self.site.certificate.public_key,
            parent: self.site.digest,
            request_digest: request_digest(Kind::Borrow, &self.request.encode()),
            holder: standing.holder_digest(self.product, self.request.key),
            subject: [0; 32],
            body: &self.loan.loan.encode_body(),
        };
        self.loan.signature = key(signer).sign(&transcript.to_bytes()).to_bytes();
        self
    }

    fn with(mut self, change: impl FnOnce(&mut Case)) -> Case {
        change(&mut self);
        self
    }

    fn head(&self, name: &str, comment: &str, expect: Expect) -> File {
        File::judged("loan", name, comment, expect)
            .line("root", hex::encode(public(ROOT)))
            .line("root", hex::encode(public(SPARE)))
            .line("least-epoch", self.least_epoch)
            .line("product", self.product)
            .optional("catalogue", self.catalogue)
            .line(
                "request",
                format_args!("B {}", hex::encode(self.request.encode())),
            )
    }

    fn file(&self, name: &str, comment: &str, expect: Expect) -> File {
        self.head(name, comment, expect)
            .line("site", hex::encode(self.site.certificate.encode()))
            .line("loan", hex::encode(self.loan.encode()))
    }

    fn file_with_certificate(&self, name: &str, comment: &str, expect: Expect) -> File {
        let both = self.site.certificate.encode_with_loan(&self.loan);
        self.head(name, comment, expect)
            .line("loan-with-certificate", hex::encode(both))
    }
}

pub(super) fn files() -> Vec<File> {
    let (taken, untrusted) = (taken(), refused::untrusted());
    [taken, untrusted, refused::site_limits(), chain::files()].concat()
}

fn by_desk(
    change: impl FnOnce(&mut countersign::protocol::desk_certificate::DeskCertificate),
) -> Site {
    let desk = certify(ROOT, change);
    site(|terms| terms.desk = Some(desk))
}

fn taken() -> Vec<File> {
    let site_ = site(|_| {});
    let endless = site(|terms| (terms.grant.expires, terms.grant.revalidate_by) = (None, None));
    let last = NOW.plus(30 * 86_400);
    vec![
        Case::lent(&site_, |_| {}).file(
            "site-by-root",
            "the longest loan of the last seat with everything the site has",
            Ok(()),
        ),
        Case::lent(&by_desk(|_| {}), |_| {}).file(
            "site-by-desk",
            "the site was granted its license by a desk",
            Ok(()),
        ),
        Case::lent(&by_desk(|_| {}), |_| {}).file_with_certificate(
            "with-certificate",
            "kind K: certificate and loan in one code",
            Ok(()),
        ),
        Case::lent(&site_, |_| {})
            .with(|c| c.request.extends = Some(40))
            .signed(SITE)
            .file("extended", "the BORROW extends loan 40", Ok(())),
        Case::lent(&site_, |loan| {
            (loan.issued, loan.until) = (last, last.day().plus(14))
        })
        .file(
            "last-day",
            "until the day of revalidate by + longest loan",
            Ok(()),
        ),
        Case::lent(&site_, |loan| loan.lent = Lent::Everything).file(
            "everything",
            "bit 0: all that the site's grant contains, and no list",
            Ok(()),
        ),
        Case::lent(&by_desk(|_| {}), |loan| loan.lent = Lent::Everything).file_with_certificate(
            "everything-with-certificate",
            "kind K with bit 0",
            Ok(()),
        ),
        Case::lent(&by_desk(|c| c.kinds |= ONE_PRODUCT), |_| {}).file(
            "site-by-desk-of-one-product",
            "the desk is certified for this product only",
            Ok(()),
        ),
        Case::lent(&endless, |loan| {
            (loan.issued, loan.until) = (NOW.plus(86_400 * 4000), Day::new(6531).unwrap())
        })
        .file(
            "endless-site",
            "a site whose license has no last day lends years later",
            Ok(()),
        ),
    ]
}
