//! Product files: one text for one product, trusted by its signature alone (SPEC.md 10).

use std::convert::Infallible;

use countersign::protocol::note::NoteError;
use countersign::protocol::product::{Entry, Product, ProductError, ProductFile, RootFingerprint};
use ed25519_dalek::Signer;

use super::trust::key;

fn product() -> Product {
    let names = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    Product {
        id: "survey".to_owned(),
        version: 2,
        name: "Survey Ålesund".to_owned(),
        vendor: "Nordic Survey AS".to_owned(),
        mail: Some("desk@example.com".to_owned()),
        roots: [1, 2]
            .map(|seed| key(seed).verifying_key().to_bytes())
            .to_vec(),
        editions: names(&["basic", "pro"]),
        catalogue: vec![
            (Entry::Feature, "export".to_owned()),
            (Entry::Limit, "users".to_owned()),
            (Entry::Feature, "desktop".to_owned()),
        ],
        maintained: names(&["desktop"]),
        bind: names(&["server", "database"]),
        fingerprint: true,
        demo_days: 30,
        demo_features: names(&["export"]),
        demo_limits: vec![("users".to_owned(), 2)],
        ..Product::default()
    }
}

fn file(product: &Product, seed: u8) -> String {
    let root = key(seed);
    let sign = |text: &[u8]| Ok::<_, Infallible>(root.sign(text).to_bytes());
    product
        .to_file(&root.verifying_key().to_bytes(), sign)
        .unwrap()
}

#[test]
fn a_file_says_what_the_product_is() {
    let parsed = ProductFile::parse(&file(&product(), 1)).unwrap();
    assert_eq!(parsed.product(), &product());
    assert_eq!(
        (
            product().feature("desktop"),
            product().limit("users"),
            product().limit("desktop")
        ),
        (Some(2), Some(1), None)
    );
    assert_eq!(
        (
            product().edition("pro"),
            product().edition_name(2),
            product().edition_name(0)
        ),
        (Some(2), Some("pro"), None)
    );
}

#[test]
fn every_altered_byte_is_noticed() {
    let good = file(&product(), 1);
    for at in 0..good.len() {
        let mut bytes = good.clone().into_bytes();
        bytes[at] ^= 1;
        if let Ok(altered) = String::from_utf8(bytes) {
            assert!(ProductFile::parse(&altered).is_err(), "byte {at}");
        }
    }
}

#[test]
fn a_stranger_cannot_sign_and_the_spare_root_can() {
    let other = ProductFile::parse(&file(&product(), 9));
    assert_eq!(
        other.map(|_| ()),
        Err(ProductError::Note(NoteError::Signature))
    );
    let [live, spare] = [1, 2].map(|seed| ProductFile::parse(&file(&product(), seed)).unwrap());
    assert!(live.may_be_replaced_by(&spare));
    assert_ne!(live.root_fingerprint(), spare.root_fingerprint());
    let moved = Product {
        roots: vec![key(9).verifying_key().to_bytes()],
        ..product()
    };
    assert!(!live.may_be_replaced_by(&ProductFile::parse(&file(&moved, 9)).unwrap()));
}

#[test]
fn one_product_has_one_text() {
    let text = product().to_text();
    assert_eq!(Product::parse_text(&text), Ok(product()));
    assert!(matches!(
        Product::parse_text(&text.replace("version: 2", "version: 02")),
        Err(ProductError::Rule(_))
    ));
    assert!(matches!(
        Product::parse_text(&text.replace("fingerprint: yes", "fingerprint: maybe")),
        Err(ProductError::Rule(_))
    ));
    assert!(matches!(
        Product::parse_text(&format!("{text}colour: red\n")),
        Err(ProductError::Line(20, _))
    ));
    assert_eq!(
        Product::parse_text("hello\n"),
        Err(ProductError::NotAProduct)
    );
}

#[test]
fn products_that_cannot_work_are_refused() {
    let refused = |change: fn(&mut Product)| {
        let mut product = product();
        change(&mut product);
        product.check().is_err()
    };
    assert!(refused(|p| p.id = "Survey".to_owned()));
    assert!(refused(|p| p.id = "s".repeat(33)));
    assert!(refused(|p| p.roots.clear()));
    assert!(refused(|p| p.roots[0] = [0; 32]));
    assert!(refused(|p| p
        .catalogue
        .push((Entry::Limit, "export".to_owned()))));
    assert!(refused(|p| p
        .catalogue
        .push((Entry::Limit, "a b".to_owned()))));
    assert!(refused(|p| p.maintained.push("users".to_owned())));
    assert!(refused(|p| p.demo_limits.push(("export".to_owned(), 1))));
    assert!(refused(|p| (p.fingerprint, p.bind) = (false, Vec::new())));
}

#[test]
fn root_fingerprints_are_read_as_people_write_them() {
    let fingerprint = RootFingerprint::of(&[7; 32]);
    let text = fingerprint.to_string();
    assert_eq!(text.len(), 29);
    assert_eq!(text.parse(), Ok(fingerprint));
    assert_eq!(
        text.replace('-', " ").to_lowercase().parse(),
        Ok(fingerprint)
    );
    assert!(text[..28].parse::<RootFingerprint>().is_err());
}
