//! The life of a licence on one machine: SYNC and RETURN, and what goes wrong on the way.

use super::super::give_up::give_up;
use super::super::report::State;
use super::super::sync::{Synced, Wanted as Again, sync};
use super::*;
use crate::protocol::commitment::Commitment;
use crate::protocol::requests::Sync;

pub(super) fn again(
    computer: &mut Computer,
    vendor: &Vendor,
    change: impl Fn(&mut Again<'_>),
) -> Result<Synced, HolderError> {
    computer.entropy = computer.entropy.wrapping_add(16);
    let entropy = computer.entropy;
    let mut wanted = Again {
        key: key(),
        bindings: &[],
        usb: None,
        anew: false,
    };
    change(&mut wanted);
    let here = computer.here();
    sync(&computer.home, &vendor.file(), &wanted, &here, |buffer| {
        buffer.fill(entropy);
        Ok::<(), std::io::Error>(())
    })
}

fn read(synced: &Synced) -> Sync {
    Sync::decode(synced.asked.code.payload()).unwrap()
}

/// A desk that remembers what stands, as the real one does, and takes the facts of a SYNC only from the SYNC.
pub(super) struct Desk<'a> {
    pub(super) vendor: &'a Vendor,
    pub(super) standing: Standing,
    pub(super) commitment: Commitment,
    pub(super) generation: u16,
}

impl<'a> Desk<'a> {
    pub(super) fn of(vendor: &'a Vendor, asked: &Asked) -> Desk<'a> {
        let request = Activate::decode(asked.code.payload()).unwrap();
        Desk {
            vendor,
            standing: Standing {
                activation: request.commitment.activation_id(),
                fingerprint: request.fingerprint,
                bindings: request.bindings,
                usb: request.usb,
            },
            commitment: request.commitment,
            generation: 1,
        }
    }

    pub(super) fn answer(&mut self, synced: &Synced, change: impl Fn(&mut Grant)) -> Code {
        let request = read(synced);
        self.standing.fingerprint = request.fingerprint.or(self.standing.fingerprint);
        self.standing.bindings = request.bindings.or(self.standing.bindings);
        self.standing.usb = request.usb.or(self.standing.usb);
        self.commitment = request.commitment;
        self.generation += 1;
        let generation = self.generation;
        let payload = synced.asked.code.payload();
        self.vendor
            .sign(Kind::Sync, payload, &self.standing, |grant| {
                grant.generation = generation;
                change(grant);
            })
    }
}

pub(super) fn start<'a>(vendor: &'a Vendor) -> (Computer, Desk<'a>) {
    let mut computer = Computer::with(vendor, 1);
    let asked = computer.ask(vendor, |_| ()).unwrap();
    computer.apply(&vendor.answer(&asked, |_| ())).unwrap();
    (computer, Desk::of(vendor, &asked))
}

pub(super) fn name(computer: &Computer, code: &Code) -> &'static str {
    match computer.apply(code) {
        Ok(outcome) => outcome.name(),
        Err(error) => error.kind(),
    }
}

#[test]
fn a_sync_opens_the_generation_held_and_repeats_nothing_that_stands() {
    let vendor = Vendor::new(1);
    let (mut computer, mut desk) = start(&vendor);
    let synced = again(&mut computer, &vendor, |_| ()).unwrap();
    assert!(!synced.asked.repeated && synced.changes.is_empty());
    let request = read(&synced);
    assert_eq!(request.generation, 1);
    assert!(desk.commitment.opened_by(key(), &request.proof));
    assert_eq!(
        (request.fingerprint, request.bindings, request.usb),
        (None, None, None)
    );
    assert!(computer.check(&vendor).allowed(), "in force meanwhile");

    let once_more = again(&mut computer, &vendor, |_| ()).unwrap();
    assert!(once_more.asked.repeated && once_more.asked.code == synced.asked.code);
    let other = again(&mut computer, &vendor, |wanted| wanted.anew = true).unwrap();
    assert!(!other.asked.repeated && other.asked.code != synced.asked.code);
    assert!(
        read(&other).fingerprint.is_some(),
        "asked anew, all is said"
    );

    let first = desk.commitment;
    let Outcome::Applied(applied) = computer
        .apply(&desk.answer(&synced, |grant| {
            grant.seats = 8;
            grant.revalidate_by = Some(day("2027-02-01"));
            grant.entitlements = Entitlements::new(vec![Entitlement {
                index: 2,
                value: Some(500),
            }])
            .unwrap();
        }))
        .unwrap()
    else {
        panic!("not applied")
    };
    let words: Vec<String> = applied
        .after
        .differences(&applied.before.unwrap())
        .into_iter()
        .map(|it| format!("{} {} → {}", it.what, it.before, it.after))
        .collect();
    assert_eq!(
        words,
        [
            "seats 5 → 8",
            "re-validate by 2026-12-22 → 2027-02-01",
            "reports yes → no",
            "desktop yes → no",
            "employees 250 → 500"
        ]
    );
    // The next one opens the second generation, and the first secret is gone.
    let third = read(&again(&mut computer, &vendor, |_| ()).unwrap());
    assert_eq!(third.generation, 2);
    assert!(desk.commitment.opened_by(key(), &third.proof));
    assert!(!first.opened_by(key(), &third.proof));
}

#[test]
fn what_changed_is_said_and_heals() {
    let vendor = Vendor::new(1);
    let (mut computer, mut desk) = start(&vendor);
    computer.facts.disk_serial = Some("new-disk-1".into());
    let synced = again(&mut computer, &vendor, |_| ()).unwrap();
    let words: Vec<String> = synced.changes.iter().map(ToString::to_string).collect();
    assert_eq!(words, ["system disk changed"]);
    assert!(read(&synced).fingerprint.is_some());
    assert!(
        again(&mut computer, &vendor, |_| ())
            .unwrap()
            .asked
            .repeated
    );
    let answer = desk.answer(&synced, |_| ());
    assert_eq!(name(&computer, &answer), "applied");
    assert!(computer.check(&vendor).warnings.is_empty());
    let next = again(&mut computer, &vendor, |_| ()).unwrap();
    assert!(next.changes.is_empty() && read(&next).fingerprint.is_none());

    // A user who reads less of the same machine has nothing to say either.
    computer.facts.product_uuid = None;
    assert!(
        again(&mut computer, &vendor, |_| ())
            .unwrap()
            .asked
            .repeated
    );
}

/// The desk answered a change whose answer was lost, and the machine was changed back: the next request must say so.
#[test]
fn a_lost_answer_leaves_nothing_in_doubt() {
    let vendor = Vendor::new(1);
    let (mut computer, mut desk) = start(&vendor);
    let old = computer.facts.disk_serial.replace("new-disk-1".into());
    let lost = again(&mut computer, &vendor, |_| ()).unwrap();
    let lost = desk.answer(&lost, |_| ());
    computer.facts.disk_serial = old;
    let synced = again(&mut computer, &vendor, |_| ()).unwrap();
    assert!(synced.changes.is_empty());
    assert!(
        read(&synced).fingerprint.is_some(),
        "the desk may know another disk"
    );
    let answer = desk.answer(&synced, |_| ());
    assert_eq!(name(&computer, &answer), "applied");
    assert_eq!(name(&computer, &lost), "already_newer");
    assert!(computer.check(&vendor).warnings.is_empty());
}

#[test]
fn crossing_answers_and_old_mail_are_harmless() {
    let vendor = Vendor::new(1);
    for swapped in [false, true] {
        let (mut computer, mut desk) = start(&vendor);
        let one = again(&mut computer, &vendor, |_| ()).unwrap();
        let two = again(&mut computer, &vendor, |wanted| wanted.anew = true).unwrap();
        let mut answers = [desk.answer(&one, |_| ()), desk.answer(&two, |_| ())];
        if swapped {
            answers.reverse();
        }
        assert_eq!(name(&computer, &answers[0]), "applied");
        let second = name(&computer, &answers[1]);
        assert_eq!(second, if swapped { "already_newer" } else { "applied" });
        for answer in &answers {
            assert!(name(&computer, answer).starts_with("already"));
        }
        assert!(computer.check(&vendor).allowed());
        let next = read(&again(&mut computer, &vendor, |_| ()).unwrap());
        assert_eq!(next.generation, 3);
        assert!(desk.commitment.opened_by(key(), &next.proof));
    }
}

#[test]
fn a_lost_secret_is_said_with_what_to_do() {
    let vendor = Vendor::new(1);
    let (mut computer, _) = start(&vendor);
    std::fs::remove_dir_all(computer.path("home/machine/secrets")).unwrap();
    let error = again(&mut computer, &vendor, |_| ()).unwrap_err();
    assert_eq!(error.kind(), "secret_lost");
    assert!(error.hint().contains("--new"), "{}", error.hint());
    assert!(computer.ask(&vendor, |wanted| wanted.anew = true).is_ok());
}

#[test]
fn what_was_given_up_is_not_asked_for_again() {
    let vendor = Vendor::new(1);
    let (mut computer, mut desk) = start(&vendor);
    let synced = again(&mut computer, &vendor, |_| ()).unwrap();
    let late = desk.answer(&synced, |_| ());
    copy_tree(&computer.path("home"), &computer.path("backup"));
    // The fingerprint plays no part in a return.
    computer.facts = Facts {
        machine_id: computer.facts.machine_id.clone(),
        ..facts(9)
    };
    give_up(&computer.home, key(), &computer.here()).unwrap();
    assert!(computer.apply(&late).is_err());
    let error = again(&mut computer, &vendor, |_| ()).unwrap_err();
    assert_eq!(error.kind(), "given_up");

    // A copy made before, used from elsewhere, with the answer that was under way.
    computer.facts = facts(1);
    computer.home =
        Home::new(&computer.path("backup"), Audience::Owner).with_anchor(&computer.path("anchor"));
    assert_eq!(computer.check(&vendor).state, State::Returned);
    let error = again(&mut computer, &vendor, |_| ()).unwrap_err();
    assert_eq!(error.kind(), "given_up");
    let _ = computer.apply(&late);
    assert_eq!(computer.check(&vendor).state, State::Returned);
}

#[test]
fn another_server_is_one_exchange() {
    let mut vendor = Vendor::new(1);
    vendor.product.fingerprint = false;
    vendor.product.bind = vec!["server".into(), "database".into()];
    let mut computer = Computer::with(&vendor, 1);
    let pairs = bound(&[("server", "db1"), ("database", "nexus")]);
    let pairs: &'static [(String, String)] = Box::leak(pairs.into_boxed_slice());
    let asked = computer
        .ask(&vendor, |wanted| wanted.bindings = pairs)
        .unwrap();
    computer.apply(&vendor.answer(&asked, |_| ())).unwrap();
    let mut desk = Desk::of(&vendor, &asked);
    assert!(
        read(&again(&mut computer, &vendor, |_| ()).unwrap())
            .bindings
            .is_none()
    );

    let renamed = bound(&[("server", "DB2.example.org")]);
    let renamed: &'static [(String, String)] = Box::leak(renamed.into_boxed_slice());
    let synced = again(&mut computer, &vendor, |wanted| wanted.bindings = renamed).unwrap();
    let words: Vec<String> = synced.changes.iter().map(ToString::to_string).collect();
    assert_eq!(words, ["server db1 → db2"]);
    let answer = desk.answer(&synced, |_| ());
    assert_eq!(name(&computer, &answer), "applied");
    assert_eq!(
        computer.check(&vendor).bindings,
        bound(&[("server", "db2"), ("database", "nexus")])
    );
}
