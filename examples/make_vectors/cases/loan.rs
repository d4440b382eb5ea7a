//! Category `loan`: a LOAN held against its BORROW and its site's certificate (SPEC.md 12.3).

use std::num::NonZeroU8;

use countersign::license_key::LicenseKey;
use countersign::protocol::date::Day;
use countersign::protocol::desk_certificate::ONE_PRODUCT;
use countersign::protocol::digest::{Digest, Standing, holder_digest, request_digest, request_tag};
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
struct Terms {
    product: &'static str,
    key: LicenseKey,
    desk: Option<Desk>,
    site_key: [u8; 32],
    grant: Grant,
}

/// The site, whose grant is signed by a root, or by the desk in the terms.
fn site(change: impl FnOnce(&mut Terms)) -> Site {
    let holder = standing().holder_digest(PRODUCT, license());
    let mut terms = Terms {
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
        let standing = Standing {
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
    [taken(), untrusted(), site_limits()].concat()
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

fn untrusted() -> Vec<File> {
    let honest = Case::lent(&site(|_| {}), |_| {});
    let no = |name, comment, case: Case| case.file(name, comment, SIGNATURE);
    let other_license = LicenseKey::from_number(12_345_678_902).unwrap();
    let renewed = site(|terms| terms.grant.generation = 2);
    let small = site(|terms| terms.site_key = forge::SMALL_ORDER);
    let stranger = public(STRANGER);
    vec![
        no(
            "other-product",
            "the site is licensed for another product of the vendor",
            Case::lent(&site(|terms| terms.product = "survey-2"), |_| {}),
        ),
        no(
            "other-license",
            "the site is licensed under another license key",
            Case::lent(&site(|terms| terms.key = other_license), |_| {}),
        ),
        no(
            "other-request",
            "answers another BORROW of the same workstation",
            honest.clone().with(|c| c.request.clock = NOW.plus(1)),
        ),
        no(
            "other-certificate",
            "signed under an earlier grant of the site than the one that is shown",
            honest.clone().with(|c| c.site = renewed),
        ),
        no(
            "altered-loan",
            "until one day later than signed",
            honest
                .clone()
                .with(|c| c.loan.loan.until = NOW.day().plus(13)),
        ),
        no(
            "altered-site-grant",
            "the site raised its own seats",
            honest
                .clone()
                .with(|c| c.site.certificate.grant.grant.seats = 50)
                .signed(SITE),
        ),
        no(
            "other-site-key",
            "the certificate shows another key than the one that was granted lending",
            honest
                .clone()
                .with(|c| c.site.certificate.public_key = stranger)
                .signed(STRANGER),
        ),
        no(
            "stranger",
            "the loan is signed by a stranger",
            honest.clone().signed(STRANGER),
        ),
        Case::lent(&by_desk(|c| c.epoch = 2), |_| {}).file(
            "desk-old-epoch",
            "the site was granted its license by a desk of an epoch before the least one",
            OLD_EPOCH,
        ),
        Case::lent(&by_desk(|c| c.max_seats = 4), |_| {}).file(
            "desk-limit",
            "the site's grant is beyond its desk's certificate",
            DESK_LIMIT,
        ),
        Case::lent(&small, |_| {}).file(
            "small-order-site-key",
            "the site's site key is of small order",
            UNFIT_KEY,
        ),
        wrong_bytes(&honest),
    ]
}

/// A loan whose payload is cut.
fn wrong_bytes(honest: &Case) -> File {
    let mut loan = honest.loan.encode();
    loan.pop();
    honest
        .head("cut", "the last byte of the loan is missing", WIRE)
        .line("site", hex::encode(honest.site.certificate.encode()))
        .line("loan", hex::encode(loan))
}

fn site_limits() -> Vec<File> {
    let granted = site(|_| {});
    let beyond = |name, comment, edit: fn(&mut Loan)| {
        Case::lent(&granted, edit).file(name, comment, SITE_LIMIT)
    };
    let month = |terms: &mut Terms| terms.grant.expires = Some(NOW.day().plus(13));
    let no_lending = site(|terms| terms.grant.max_loan = None);
    let ends = NOW.day().plus(100);
    let text = |text: &str| Entitlement::text(4, EntitledText::new(text).unwrap());
    let rich = site(|terms| {
        let mut entries: Vec<Entitlement> = everything().iter().cloned().collect();
        entries.push(text("Aurora Shipping"));
        entries.push(Entitlement::feature(5).until(Some(ends)));
        entries.push(Entitlement::number(6, 7).until(Some(ends)));
        terms.grant.entitlements = Entitlements::new(entries).unwrap();
    });
    let lent = |name, comment, entry: Entitlement, expect| {
        let list = Entitlements::new(vec![entry]).unwrap();
        Case::lent(&rich, |loan| loan.lent = Lent::These(list))
            .with(|case| case.catalogue = Some("feature limit feature pool text feature limit"))
            .file(name, comment, expect)
    };
    vec![
        Case::lent(&no_lending, |_| {}).file(
            "not-lending",
            "the site was not granted to lend",
            SITE_LIMIT,
        ),
        beyond(
            "older-than-grant",
            "the loan is a second older than the site's grant",
            |loan| loan.issued = NOW.minus(1),
        ),
        beyond("too-long", "one day longer than the longest loan", |loan| {
            loan.until = loan.until.plus(1)
        }),
        Case::lent(&site(month), |_| {}).file(
            "beyond-expires",
            "one day longer than the site's own license",
            SITE_LIMIT,
        ),
        beyond(
            "beyond-revalidate-by",
            "one day after revalidate by + longest loan",
            |loan| {
                (loan.issued, loan.until) = (NOW.plus(31 * 86_400), NOW.day().plus(45));
            },
        ),
        beyond("seat", "the seat after the site's last", |loan| {
            loan.seat = 5
        }),
        beyond("limit-above", "a limit above the site's", |loan| {
            loan.lent = Lent::These(entitlements(&[(1, Some(11))]))
        }),
        lent(
            "pool-of-one",
            "one of a pool",
            Entitlement::number(3, 1),
            Ok(()),
        ),
        lent(
            "pool-of-two",
            "two of a pool",
            Entitlement::number(3, 2),
            SITE_LIMIT,
        ),
        lent(
            "pool-of-none",
            "none of a pool",
            Entitlement::number(3, 0),
            SITE_LIMIT,
        ),
        lent("text", "the site's text", text("Aurora Shipping"), Ok(())),
        lent(
            "other-text",
            "another text than the site's",
            text("Borealis Shipping"),
            SITE_LIMIT,
        ),
        lent(
            "feature-that-ends",
            "a feature that ends on the same day",
            Entitlement::feature(5).until(Some(ends)),
            Ok(()),
        ),
        lent(
            "feature-without-its-end",
            "a feature that ends, as one that does not",
            Entitlement::feature(5),
            SITE_LIMIT,
        ),
        lent(
            "feature-ends-later",
            "a feature that ends a day later than the site's",
            Entitlement::feature(5).until(Some(ends.plus(1))),
            SITE_LIMIT,
        ),
        lent(
            "limit-that-ends",
            "less of a limit that ends on the same day",
            Entitlement::number(6, 3).until(Some(ends)),
            Ok(()),
        ),
        lent(
            "limit-without-its-end",
            "a limit that ends, as one that does not",
            Entitlement::number(6, 7),
            SITE_LIMIT,
        ),
        Case::lent(&rich, |loan| loan.lent = Lent::Everything)
            .with(|case| case.catalogue = Some("text"))
            .file(
                "catalogue",
                "the site's own grant does not fit the workstation's product file",
                CATALOGUE,
            ),
        beyond(
            "feature-unknown",
            "a feature the site does not have",
            |loan| loan.lent = Lent::These(entitlements(&[(2, None)])),
        ),
    ]
}
