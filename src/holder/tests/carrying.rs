//! What a machine says of itself, and what it is bound to: hiding is no cure, nobody is bound to nothing, unread is not gone.

use super::super::report::{Refusal, State};
use super::super::sync::Synced;
use super::session::{again, name, start};
use super::*;
use crate::machine::{Component, Components};
use crate::protocol::requests::Sync;

fn sent(synced: &Synced) -> Option<Components> {
    let sync = Sync::decode(synced.asked.code.payload()).unwrap();
    sync.fingerprint.map(|it| it.known())
}

/// The machine without these parts.
fn hide(parts: &[Component]) -> Facts {
    let mut facts = facts(1);
    for part in parts {
        match part {
            Component::MachineId => facts.machine_id = None.into(),
            Component::RootFileSystem => facts.root_fs_uuid = None.into(),
            Component::Board => facts.product_uuid = None.into(),
            Component::NetworkCard => facts.mac = None.into(),
            Component::SystemDisk => facts.disk_serial = None.into(),
        }
    }
    facts
}

fn denied() -> crate::machine::Fact {
    serde_json::from_str(r#"{"denied": true}"#).unwrap()
}

/// A license of five known parts, where one copied text file is found and the rest is hidden.
#[test]
fn a_copied_text_file_is_no_machine() {
    let vendor = Vendor::new(1);
    let (mut computer, _) = start(&vendor);
    let shown: Vec<Component> = Components::readable_by_all().iter().collect();
    // One of those that everybody can read is enough.
    computer.facts = hide(&shown[1..]);
    assert_eq!(computer.check(&vendor).state, State::Licensed);
    computer.facts = hide(&shown);
    let report = computer.check(&vendor);
    assert_eq!(report.state, State::Warning);
    let words = report.warnings[0].to_string();
    assert!(words.contains("cannot be read"), "{words}");
    let report = computer.check_at(&vendor, noon().plus(72 * HOUR));
    assert_eq!(report.state, State::WrongMachine);
    let words = report.refusal.unwrap().to_string();
    assert!(words.contains("cannot be read"), "{words}");
    // Another machine with the text file.
    let mut all = shown.clone();
    all.extend([Component::RootFileSystem, Component::Board]);
    computer.facts = hide(&all);
    assert_eq!(
        computer.check_at(&vendor, noon().plus(72 * HOUR)).state,
        State::WrongMachine
    );
}

/// And its SYNC says at once that they are gone: the answer heals it, and the desk judges it.
#[test]
fn what_is_hidden_is_not_carried_where_the_machine_would_be_missed_by_it() {
    let vendor = Vendor::new(1);
    let (mut computer, mut desk) = start(&vendor);
    let shown: Vec<Component> = Components::readable_by_all().iter().collect();
    computer.facts = hide(&shown);
    assert_eq!(computer.check(&vendor).state, State::Warning);
    let synced = again(&mut computer, &vendor, |_| ()).unwrap();
    let shown = Components::readable_by_all();
    assert!(sent(&synced).unwrap().and(shown).is_empty());
    assert_eq!(name(&computer, &desk.answer(&synced, |_| ())), "applied");
    assert_eq!(
        computer.check_at(&vendor, noon().plus(100 * HOUR)).state,
        State::Licensed
    );
}

#[test]
fn parts_unread_for_72_hours_are_unknown_and_those_denied_never() {
    let vendor = Vendor::new(1);
    let (mut computer, _) = start(&vendor);
    computer.facts.mac = None.into();
    computer.facts.product_uuid = denied();
    assert_eq!(
        sent(&again(&mut computer, &vendor, |_| ()).unwrap()),
        None,
        "as it stood"
    );
    // It was there when the answer was applied.
    let later = |computer: &mut Computer, wall: Seconds| {
        let facts = computer.facts.clone();
        let here = Here {
            facts: &facts,
            wall,
            aliases: &[],
        };
        let wanted = super::super::sync::Wanted {
            key: key(),
            site_key: None,
            site: None,
            before: &[],
            bindings: &[],
            usb: None,
            anew: false,
        };
        let filled = |buffer: &mut [u8]| {
            buffer.fill(77);
            Ok::<(), std::io::Error>(())
        };
        super::super::sync::sync(&computer.home, &vendor.file(), &wanted, &here, filled).unwrap()
    };
    let before = later(&mut computer, noon().plus(72 * HOUR - 1));
    assert!(before.asked.repeated);
    let after = later(&mut computer, noon().plus(72 * HOUR));
    assert_eq!(
        sent(&after).unwrap().to_string(),
        "machine id, root file system, main board, system disk"
    );
    assert_eq!(
        after.changes[0].to_string(),
        "network card no longer there to be read"
    );
    assert!(later(&mut computer, noon().plus(73 * HOUR)).asked.repeated);
}

#[test]
fn a_state_that_does_not_hold_sends_all_that_is_read_and_no_more() {
    let vendor = Vendor::new(1);
    let (mut computer, _) = start(&vendor);
    let text = std::fs::read_to_string(computer.state_path()).unwrap();
    let mut state: serde_json::Value = serde_json::from_str(&text).unwrap();
    let grant = state["held"]["grant"].as_str().unwrap().to_owned();
    state["held"]["grant"] = format!("{}00", &grant[..grant.len() - 2]).into();
    std::fs::write(computer.state_path(), state.to_string()).unwrap();
    computer.facts.mac = None.into();
    let synced = again(&mut computer, &vendor, |_| ()).unwrap();
    assert_eq!(
        sent(&synced).unwrap().to_string(),
        "machine id, root file system, main board, system disk"
    );
}

#[test]
fn nobody_is_bound_to_nothing() {
    let mut vendor = Vendor::new(1);
    vendor.product.bind = vec!["server".into()];
    vendor.product.fingerprint = false;
    let bindings: &'static [(String, String)] = bound(&[("server", "db1")]).leak();
    let mut computer = Computer::with(&vendor, 1);
    let asked = computer
        .ask(&vendor, |wanted| wanted.bindings = bindings)
        .unwrap();
    let answer = vendor.answer(&asked, |_| ());
    // The same license for a product that wants the machine's fingerprint.
    let mut wants = Vendor::new(1);
    wants.product.version = 2;
    wants.product.bind = vec!["server".into()];
    products::install(&computer.home, &wants.file()).unwrap();
    assert_eq!(computer.apply(&answer).unwrap_err().kind(), "unbound");
    computer.home = Home::new(&computer.path("home"), Audience::Owner);
    std::fs::remove_file(computer.path("home/machine/products/timetracker.product")).unwrap();
    products::install(&computer.home, &vendor.file()).unwrap();
    computer.apply(&answer).unwrap();
    assert_eq!(computer.check(&vendor).state, State::Licensed);
    let refused = |computer: &Computer, vendor: &Vendor| {
        let report = computer.check(vendor);
        assert_eq!(report.state, State::Unlicensed);
        report.refusal.map(|it| (it.kind(), it.to_string()))
    };
    let (kind, words) = refused(&computer, &wants).unwrap();
    assert_eq!(kind, "unbound");
    assert!(words.contains("fingerprint is missing"), "{words}");
    // And for one that is not bound to a server.
    vendor.product.bind = vec!["database".into()];
    let (kind, words) = refused(&computer, &vendor).unwrap();
    assert_eq!(kind, "unbound");
    assert!(words.contains("\"server\""), "{words}");
    // A SYNC binds it as the product is bound.
    assert!(sent(&again(&mut computer, &wants, |_| ()).unwrap()).is_some());
}

#[test]
fn a_machine_that_knows_nothing_is_not_asked_for() {
    let mut vendor = Vendor::new(1);
    vendor.product.bind = vec!["server".into()];
    let bindings: &'static [(String, String)] = bound(&[("server", "db1")]).leak();
    let usb: &'static crate::machine::UsbDevice =
        Box::leak(Box::new("0529:0001:8a3f21".parse().unwrap()));
    let mut computer = Computer::with(&vendor, 1);
    computer.facts = Facts::default();
    let error = computer
        .ask(&vendor, |wanted| {
            wanted.bindings = bindings;
            wanted.usb = Some(usb);
        })
        .unwrap_err();
    assert_eq!(error.kind().name(), "weak_machine");
    // One that knows little is, and hears what that means.
    computer.facts.machine_id = facts(1).machine_id;
    let ask = |computer: &mut Computer, usb| {
        let asked = computer.ask(&vendor, |wanted| {
            wanted.bindings = bindings;
            wanted.usb = usb;
        });
        asked.unwrap().weak
    };
    assert!(ask(&mut computer, None));
    assert!(!ask(&mut computer, Some(usb)));
    computer.facts = facts(1);
    assert!(!ask(&mut computer, None));
}

/// Of two answers the newer one counts, to the generation and to the minute.
#[test]
fn which_of_two_answers_is_newer() {
    let vendor = Vendor::new(1);
    // The same activation: generations count, whatever was signed when.
    for (generation, said) in [(1, "already_newer"), (2, "applied")] {
        let (mut computer, desk) = start(&vendor);
        let synced = again(&mut computer, &vendor, |_| ()).unwrap();
        let standing = desk.standings[0].clone();
        let answer = vendor.sign(
            Kind::Sync,
            synced.asked.code.payload(),
            &standing,
            |grant| {
                grant.generation = generation;
                grant.issued = noon().minus(60);
            },
        );
        assert_eq!(name(&computer, &answer), said, "generation {generation}");
    }
    // Another activation: the later signature, and with the same minute the higher generation.
    for (later, generation, said) in [
        (0, 1, "already_newer"),
        (0, 2, "applied"),
        (60, 1, "applied"),
    ] {
        let (mut computer, _) = start(&vendor);
        let asked = computer.ask(&vendor, |wanted| wanted.anew = true).unwrap();
        let answer = vendor.answer(&asked, |grant| {
            grant.generation = generation;
            grant.issued = noon().plus(later);
        });
        assert_eq!(name(&computer, &answer), said, "{later} {generation}");
    }
    let (mut computer, _) = start(&vendor);
    let asked = computer.ask(&vendor, |wanted| wanted.anew = true).unwrap();
    let answer = vendor.answer(&asked, |grant| {
        grant.generation = 9;
        grant.issued = noon().minus(60);
    });
    assert_eq!(name(&computer, &answer), "already_newer");
}

#[test]
fn the_refusal_of_a_changed_machine_says_which_parts() {
    let vendor = Vendor::new(1);
    let (mut computer, _) = start(&vendor);
    computer.facts = facts(2);
    computer.facts.mac = None.into();
    let refusal = computer.check(&vendor).refusal.unwrap();
    let Refusal::WrongMachine { different, .. } = &refusal else {
        panic!("{refusal}")
    };
    assert_eq!(different.len(), 4);
}
