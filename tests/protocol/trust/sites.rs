//! Sites that lend.

use super::*;

fn site(product: &str) -> (SigningKey, Result<Verified<SiteCertificate>, TrustError>) {
    let lending = key(7);
    let standing = MachineBinding {
        activation: ActivationId([1, 2, 3, 4]),
        fingerprint: None,
        bindings: Some([5; 8]),
        usb: None,
    };
    let context = context(Some(public(&lending)));
    let certificate = SiteCertificate {
        desk: None,
        public_key: public(&lending),
        request_digest: context.request_digest,
        machine: standing.machine_digest(),
        grant: sign_grant(&key(1), None, grant(&key(1), true), &context),
    };
    let decoded = SiteCertificate::decode(&certificate.encode()).unwrap();
    (lending, roots_of(product).verify_site(decoded, license()))
}

#[test]
fn a_site_lends_its_own_product_only() {
    assert!(site("survey").1.is_ok());
    assert_eq!(site("other").1, Err(TrustError::Signature));
}

#[test]
fn a_site_that_was_not_granted_to_lend_lends_nothing() {
    let (site_key, certificate) = site("survey");
    let mut certificate = certificate.unwrap().into_inner();
    let context = context(Some(public(&site_key)));
    let floating = Grant {
        max_loan: None,
        ..grant(&key(1), true)
    };
    certificate.grant = sign_grant(&key(1), None, floating, &context);
    // The certificate itself is good: its own machine takes the grant.
    let own = roots().verify_grant(&certificate.grant, &context, &[]);
    assert!(own.is_ok_and(|grant| grant.site));
    assert!(matches!(
        roots().verify_site(certificate, license()),
        Err(TrustError::SiteLimit(_))
    ));
}

#[test]
fn a_loan_lies_within_its_site() {
    let (lending, certificate) = site("survey");
    let certificate = certificate.unwrap();
    let (digest, holder) = (request_digest(Kind::Borrow, b"b"), [8; 32]);
    let verify = |edit: &dyn Fn(&mut Loan)| {
        let issued = Seconds(200_000_000);
        let mut loan = Loan {
            request_tag: [0; 2],
            serial: 1,
            seat: 4,
            issued,
            until: issued.day().plus(14),
            lent: Lent::These(entitlements(10)),
        };
        edit(&mut loan);
        let signature = lending
            .sign(&certificate.loan_transcript(digest, holder, &loan.encode_body()))
            .to_bytes();
        certificate
            .verify_loan(&SignedLoan { loan, signature }, digest, holder, &LINES)
            .map(|_| ())
    };
    assert_eq!(verify(&|_| {}), Ok(()));
    let refused: [&dyn Fn(&mut Loan); 6] = [
        &|loan| loan.seat = 5,
        &|loan| loan.until = loan.until.plus(1),
        &|loan| loan.issued = loan.issued.minus(1),
        &|loan| loan.lent = Lent::These(entitlements(11)),
        &|loan| {
            (loan.issued, loan.until) = (loan.issued.plus(95 * 86_400), loan.issued.day().plus(101))
        },
        &|loan| {
            (loan.issued, loan.until) = (loan.issued.plus(40 * 86_400), loan.issued.day().plus(45))
        },
    ];
    for edit in refused {
        assert!(matches!(verify(edit), Err(TrustError::SiteLimit(_))));
    }
    let loan = Loan {
        request_tag: [0; 2],
        serial: 1,
        seat: 0,
        issued: Seconds(200_000_000),
        until: Day::new(1).unwrap(),
        lent: Lent::These(entitlements(1)),
    };
    let forged = SignedLoan {
        signature: key(8).sign(b"x").to_bytes(),
        loan,
    };
    assert_eq!(
        certificate
            .verify_loan(&forged, digest, holder, &LINES)
            .map(|_| ()),
        Err(TrustError::Signature)
    );
}
