//! What is known before a request, and when it is made, repeated or refused.

use super::super::products::{Installed, install};
use super::*;

#[test]
fn product_files_are_taken_once_and_only_from_their_vendor() {
    let vendor = Vendor::new(1);
    let computer = Computer::new(1);
    let install = |vendor: &Vendor| install(&computer.home, &vendor.file());
    assert_eq!(install(&vendor).unwrap(), Installed::New);
    assert_eq!(install(&vendor).unwrap(), Installed::Already);
    let mut next = Vendor::new(1);
    next.product.version = 2;
    assert_eq!(install(&next).unwrap(), Installed::Updated { from: 1 });
    assert_eq!(
        install(&vendor).unwrap(),
        Installed::AlreadyNewer { version: 2 }
    );
    let mut other = Vendor::new(2);
    other.product.version = 3;
    assert_eq!(install(&other).unwrap_err().kind(), "other_root");
    assert_eq!(products::list(&computer.home).unwrap().len(), 1);
    assert_eq!(
        products::load(&computer.home, "timetracker")
            .unwrap()
            .product()
            .version,
        2
    );
    for id in ["nexus", "../timetracker"] {
        assert_eq!(
            products::load(&computer.home, id).unwrap_err().kind(),
            "unknown_product"
        );
    }
}

#[test]
fn bindings_are_all_given_and_no_others() {
    let mut vendor = Vendor::new(1);
    vendor.product.bind = vec!["server".into(), "database".into()];
    vendor.product.fingerprint = false;
    let mut computer = Computer::with(&vendor, 1);
    let ask = |computer: &mut Computer, given: &[(&str, &str)]| {
        let given = bound(given);
        computer.ask(&vendor, |wanted| {
            wanted.bindings = Box::leak(given.clone().into_boxed_slice())
        })
    };
    assert_eq!(
        ask(&mut computer, &[]).unwrap_err().kind(),
        "missing_binding"
    );
    let unknown = ask(&mut computer, &[("server", "."), ("datbase", "x")]).unwrap_err();
    assert_eq!(unknown.kind(), "unknown_binding");
    assert_eq!(
        ask(&mut computer, &[("server", " "), ("database", "x")])
            .unwrap_err()
            .kind(),
        "bad_machine_value"
    );
    let asked = ask(&mut computer, &[("database", "Nexus"), ("server", ".")]).unwrap();
    assert_eq!(
        asked.bindings,
        bound(&[("server", "pc1"), ("database", "nexus")])
    );
    assert!(
        ask(
            &mut computer,
            &[("server", "PC1.example.org"), ("database", "nexus")]
        )
        .unwrap()
        .repeated
    );
    let request = Activate::decode(asked.code.payload()).unwrap();
    let names = computer.facts.host_names(&[]);
    let expected = Bindings::new([("server", "pc1"), ("database", "nexus")], &names).unwrap();
    assert_eq!(
        (request.fingerprint, request.bindings),
        (None, Some(expected.digest()))
    );
}

#[test]
fn a_machine_that_knows_nothing_is_told_so() {
    let vendor = Vendor::new(1);
    let mut computer = Computer::with(&vendor, 1);
    computer.facts = Facts::default();
    assert_eq!(
        computer.ask(&vendor, |_| ()).unwrap_err().kind(),
        "weak_machine"
    );
}

#[test]
fn a_license_is_of_one_product() {
    let vendor = Vendor::new(1);
    let (mut computer, _) = licensed(&vendor);
    let mut other = Vendor::new(1);
    other.product.id = "nexus".into();
    assert_eq!(
        computer.ask(&other, |_| ()).unwrap_err().kind(),
        "other_product"
    );
}

#[test]
fn the_same_request_is_repeated_and_a_new_one_is_not() {
    let vendor = Vendor::new(1);
    let mut computer = Computer::with(&vendor, 1);
    let first = computer.ask(&vendor, |_| ()).unwrap();
    let again = computer.ask(&vendor, |_| ()).unwrap();
    assert!(again.repeated && again.code == first.code);
    let seats = computer
        .ask(&vendor, |wanted| {
            wanted.seats = std::num::NonZeroU16::new(3)
        })
        .unwrap();
    let anew = computer.ask(&vendor, |wanted| wanted.anew = true).unwrap();
    assert!(!seats.repeated && !anew.repeated && anew.code != first.code);
    assert_eq!(
        computer
            .home
            .license(key())
            .unwrap()
            .unwrap()
            .open()
            .count(),
        3
    );
}

#[test]
fn a_held_license_is_activated_anew_only_on_purpose() {
    let vendor = Vendor::new(1);
    let (mut computer, _) = licensed(&vendor);
    assert_eq!(
        computer.ask(&vendor, |_| ()).unwrap_err().kind(),
        "already_licensed"
    );
    assert!(computer.ask(&vendor, |wanted| wanted.anew = true).is_ok());
}

#[test]
fn a_forgotten_request_is_not_answered() {
    let vendor = Vendor::new(1);
    let mut computer = Computer::with(&vendor, 1);
    let one = computer.ask(&vendor, |_| ()).unwrap();
    let two = computer.ask(&vendor, |wanted| wanted.anew = true).unwrap();
    let tag = request_tag(&request_digest(one.code.kind(), one.code.payload()));
    assert_eq!(
        super::super::request::forget(&computer.home, key(), Some(tag)).unwrap(),
        1
    );
    assert_eq!(
        computer
            .apply(&vendor.answer(&one, |_| ()))
            .unwrap_err()
            .kind(),
        "other_request"
    );
    assert_eq!(
        computer.apply(&vendor.answer(&two, |_| ())).unwrap().name(),
        "applied"
    );
}
