//! Loans that no workstation takes.

use super::*;

pub(super) fn untrusted() -> Vec<File> {
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

pub(super) fn site_limits() -> Vec<File> {
    let granted = site(|_| {});
    let beyond = |name, comment, edit: fn(&mut Loan)| {
        Case::lent(&granted, edit).file(name, comment, SITE_LIMIT)
    };
    let month = |terms: &mut LoanTerms| terms.grant.expires = Some(NOW.day().plus(13));
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
