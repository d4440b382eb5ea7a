//! What a license is bound to.

use super::*;

#[test]
fn another_database_is_named() {
    let mut vendor = Vendor::new(1);
    vendor.product.bind = vec!["server".into(), "database".into()];
    vendor.product.fingerprint = false;
    let mut computer = Computer::with(&vendor, 1);
    let given: &'static [(String, String)] =
        bound(&[("server", "."), ("database", "nexus")]).leak();
    let asked = computer
        .ask(&vendor, |wanted| wanted.bindings = given)
        .unwrap();
    computer.apply(&vendor.answer(&asked, |_| ())).unwrap();
    // Another workstation, the same shared state.
    computer.facts = facts(2);
    let ask = |given: &[(&str, &str)]| {
        let bindings = bound(given);
        let input = CheckInput {
            bindings: &bindings,
            ..CheckInput::new(computer.here(), built())
        };
        let report = check_product(&vendor.file(), &computer.home, &input).unwrap();
        (
            report.state,
            report
                .refusal
                .map(|refusal| refusal.to_string())
                .unwrap_or_default(),
        )
    };
    assert_eq!(
        ask(&[]).0,
        State::Licensed,
        "what is not handed in is not compared"
    );
    assert_eq!(
        ask(&[("server", "PC1.example.org"), ("database", "NEXUS")]).0,
        State::Licensed
    );
    let (state, words) = ask(&[("server", "pc1"), ("database", "nexus_copy")]);
    assert_eq!(state, State::WrongMachine);
    assert_eq!(
        words,
        "the license is bound to database \"nexus\", not to \"nexus_copy\""
    );
    assert_eq!(
        ask(&[("server", ".")]).0,
        State::WrongMachine,
        "this workstation is not the server"
    );
}

#[test]
fn a_usb_key_is_plugged_in_or_the_demo_runs() {
    let mut vendor = Vendor::new(1);
    vendor.product.demo_days = 30;
    vendor.product.demo_features = vec!["reports".into()];
    vendor.product.demo_limits = vec![("employees".into(), 5)];
    let usb: &'static UsbDevice = Box::leak(Box::new("0529:0001:8a3f21".parse().unwrap()));
    let mut computer = Computer::with(&vendor, 1);
    let asked = computer
        .ask(&vendor, |wanted| wanted.usb = Some(usb))
        .unwrap();
    computer.apply(&vendor.answer(&asked, |_| ())).unwrap();
    let report = computer.check(&vendor);
    assert_eq!(
        (report.state, kinds(&report)),
        (State::Demo, vec!["usb_missing"])
    );
    assert_eq!(report.limits, [("employees".to_owned(), 5)]);
    computer.facts.usb_devices = Listed::Given(vec![usb.clone()]);
    assert_eq!(computer.check(&vendor).state, State::Licensed);
    computer.facts.usb_devices = Listed::default();
    let over = computer.check_at(&vendor, noon().plus(30 * DAY));
    assert_eq!(
        (over.state, refused(&over)),
        (State::Unlicensed, "usb_missing")
    );
}

#[test]
fn few_known_parts_bind_weakly() {
    let vendor = Vendor::new(1);
    let mut computer = Computer::with(&vendor, 1);
    computer.facts = Facts {
        machine_id: facts(1).machine_id,
        ..Facts::default()
    };
    let asked = computer.ask(&vendor, |_| ()).unwrap();
    computer.apply(&vendor.answer(&asked, |_| ())).unwrap();
    let report = computer.check(&vendor);
    assert!(report.allowed() && report.weakly_bound);
    computer.facts = Facts::default();
    assert_eq!(computer.check(&vendor).state, State::WrongMachine);
}

#[test]
fn a_repaired_machine_is_still_itself() {
    let vendor = Vendor::new(1);
    let (mut computer, _) = licensed(&vendor);
    computer.facts.mac = "3c:ec:ef:99:99:99".into();
    computer.facts.product_uuid = Fact::default();
    assert_eq!(computer.check(&vendor).state, State::Licensed);
    // Of the hardware that everybody can read, one part at least is there and the same.
    computer.facts.disk_serial = Fact::default();
    assert_eq!(computer.check(&vendor).state, State::Warning);
}
