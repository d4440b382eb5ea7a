use std::collections::HashSet;

use super::*;
use std::ops::ControlFlow;

use crate::issuer::ledger::{LedgerError, LicenseId};
use crate::issuer::products::Wanted;
use crate::protocol::product::ProductFile;

fn listed(desk: &mut Desk, wanted: &Wanted) -> Vec<LicenseKey> {
    let mut keys = Vec::new();
    products::for_each_license(&mut desk.ledger, wanted, LicenseId(0), NOW.day(), |it| {
        keys.push(it.license.key);
        Ok::<_, LedgerError>(ControlFlow::Continue(()))
    })
    .unwrap();
    keys
}

#[test]
fn ten_thousand_licenses_are_all_different_and_one_event() {
    let mut desk = Desk::new();
    let order = terms(1, LicenseType::Standalone);
    let keys = products::sell(&mut desk.ledger, &order, 10_000, hand(BY), &mut entropy(1))
        .unwrap()
        .keys;
    assert_eq!(keys.iter().collect::<HashSet<_>>().len(), 10_000);
    assert_eq!(listed(&mut desk, &Wanted::default()), keys);
    let report = audit::verify(&mut desk.ledger, |_, _| ()).unwrap();
    assert_eq!(
        (report.events, report.licenses, report.wrong),
        (2, 10_000, 0)
    );
}

#[test]
fn keys_that_are_sold_already_are_drawn_again() {
    let mut desk = Desk::new();
    let order = terms(1, LicenseType::Standalone);
    let first = products::sell(&mut desk.ledger, &order, 20, hand(BY), &mut entropy(1))
        .unwrap()
        .keys;
    // The same randomness again: its first 20 draws are known.
    let second = products::sell(&mut desk.ledger, &order, 20, hand(BY), &mut entropy(1))
        .unwrap()
        .keys;
    assert!(second.iter().all(|key| !first.contains(key)));
    assert_eq!(desk.findings(), [""; 0]);
    let stuck = products::sell(
        &mut desk.ledger,
        &order,
        2,
        hand(BY),
        &mut |bytes: &mut [u8]| bytes.fill(1),
    );
    assert_eq!(stuck.unwrap_err().kind(), "keys_used_up");
    assert_eq!(listed(&mut desk, &Wanted::default()).len(), 40);
}

#[test]
fn licenses_are_listed_by_customer_and_product() {
    let mut desk = Desk::new();
    let root = SigningKey::from_seed(&[7; 32]);
    products::add(
        &mut desk.ledger,
        Product {
            id: "second".into(),
            ..product(&root)
        },
        hand(BY),
    )
    .unwrap();
    let mine = desk.sell(&terms(1, LicenseType::Standalone));
    let theirs = OrderTerms {
        customer: "ACME Ltd".into(),
        product: ProductId(2),
        ..terms(2, LicenseType::Standalone)
    };
    let theirs = desk.sell(&theirs);
    let customer = |part: &str| Wanted {
        customer: Some(products::folded(part)),
        ..Wanted::default()
    };
    assert_eq!(listed(&mut desk, &customer("acme")), [theirs]);
    assert_eq!(listed(&mut desk, &customer("SÖHNE")), [mine]);
    assert_eq!(listed(&mut desk, &customer("%")), []);
    let product = Wanted {
        product: Some(ProductId(1)),
        ..Wanted::default()
    };
    assert_eq!(listed(&mut desk, &product), [mine]);
}

#[test]
fn a_catalogue_only_ever_grows() {
    let mut desk = Desk::new();
    let root = SigningKey::from_seed(&[7; 32]);
    let again = products::add(&mut desk.ledger, product(&root), hand(BY));
    assert_eq!(again.unwrap_err().kind(), "product_exists");
    let mut more = product(&root);
    more.catalogue.push((Entry::Limit, "readers".into()));
    products::change(&mut desk.ledger, more.clone(), hand(BY)).unwrap();
    assert_eq!(
        products::show(&mut desk.ledger, "infinitime")
            .unwrap()
            .version,
        2
    );
    more.catalogue.swap(0, 1);
    let moved = products::change(&mut desk.ledger, more, hand(BY));
    assert_eq!(moved.unwrap_err().kind(), "catalogue_shrinks");
    let fewer = products::change(&mut desk.ledger, product(&root), hand(BY));
    assert_eq!(fewer.unwrap_err().kind(), "catalogue_shrinks");
    assert_eq!(desk.findings(), [""; 0]);
}

#[test]
fn orders_fit_their_product() {
    let mut desk = Desk::new();
    let refused = |terms: OrderTerms, desk: &mut Desk| {
        products::sell(&mut desk.ledger, &terms, 1, hand(BY), &mut entropy(1))
            .unwrap_err()
            .kind()
    };
    let good = terms(1, LicenseType::Standalone);
    assert_eq!(
        refused(
            OrderTerms {
                edition: 3,
                ..good.clone()
            },
            &mut desk
        ),
        "bad_order"
    );
    for wrong in [
        Entitlement::number(0, 1),
        Entitlement::feature(1),
        Entitlement::feature(2),
    ] {
        let terms = OrderTerms {
            entitlements: Entitlements::new(vec![wrong]).unwrap(),
            ..good.clone()
        };
        assert_eq!(refused(terms, &mut desk), "bad_order");
    }
    assert_eq!(
        refused(
            OrderTerms {
                product: ProductId(7),
                ..good.clone()
            },
            &mut desk
        ),
        "bad_order"
    );
    assert_eq!(
        refused(
            OrderTerms {
                customer: " ".into(),
                ..good
            },
            &mut desk
        ),
        "bad_order"
    );
}

#[test]
fn an_exported_product_file_is_one_that_machines_install() {
    let mut desk = Desk::new();
    let root = signer(7);
    let file = products::export(&mut desk.ledger, "infinitime", &root).unwrap();
    let installed = ProductFile::parse(&file).unwrap();
    assert_eq!(installed.signer().to_bytes(), root.public());
    assert_eq!(installed.product().version, 1);
    let other = signer(8);
    let refused = products::export(&mut desk.ledger, "infinitime", &other);
    assert_eq!(refused.unwrap_err().kind(), "not_a_root");
}
