//! The life of a license on one machine: SYNC and RETURN, and what goes wrong on the way.

use super::super::give_up::give_up;
use super::super::report::State;
use super::super::sync::{Synced, Wanted as Again, sync};
use super::*;
use crate::protocol::commitment::Commitment;
use crate::protocol::requests::Sync;
use proptest::prelude::*;

pub(super) fn again(
    computer: &mut Computer,
    vendor: &Vendor,
    change: impl Fn(&mut Again<'_>),
) -> Result<Synced, HolderError> {
    // Another secret each time, 255 times.
    computer.entropy = computer.entropy.wrapping_add(1);
    let entropy = computer.entropy;
    let mut wanted = Again {
        key: key(),
        site_key: None,
        site: None,
        before: &[],
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
    /// What stood with each generation, from the first.
    pub(super) standings: Vec<MachineBinding>,
    pub(super) commitment: Commitment,
    /// The latest generation whose secret was revealed.
    proven: u16,
}

impl<'a> Desk<'a> {
    pub(super) fn of(vendor: &'a Vendor, asked: &Asked) -> Desk<'a> {
        let request = Activate::decode(asked.code.payload()).unwrap();
        Desk {
            vendor,
            standings: vec![MachineBinding {
                activation: request.commitment.activation_id(),
                fingerprint: request.fingerprint,
                bindings: request.bindings,
                usb: request.usb,
            }],
            commitment: request.commitment,
            proven: 1,
        }
    }

    pub(super) fn answer(&mut self, synced: &Synced, change: impl Fn(&mut Grant)) -> Code {
        let request = read(synced);
        let mut standing = self.standings[usize::from(request.generation) - 1].clone();
        standing.fingerprint = request.fingerprint.or(standing.fingerprint);
        standing.bindings = request.bindings.or(standing.bindings);
        standing.usb = request.usb.or(standing.usb);
        self.standings.push(standing.clone());
        self.proven = self.proven.max(request.generation);
        self.commitment = request.commitment;
        let generation = u16::try_from(self.standings.len()).unwrap();
        let payload = synced.asked.code.payload();
        self.vendor.sign(Kind::Sync, payload, &standing, |grant| {
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
        Err(error) => error.kind().name(),
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

    let first = desk.commitment;
    let Outcome::Applied(applied) = computer
        .apply(&desk.answer(&synced, |grant| {
            grant.seats = 8;
            grant.revalidate_by = Some(day("2027-02-01"));
            grant.entitlements = Entitlements::new(vec![Entitlement::number(2, 500)]).unwrap();
        }))
        .unwrap()
    else {
        panic!("not applied")
    };
    let words: Vec<String> = applied.changes().iter().map(ToString::to_string).collect();
    assert_eq!(
        words,
        [
            "seats 5 → 8",
            "re-validate by 2026-12-22 → 2027-02-01",
            "reports on → off",
            "desktop on → off",
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
    computer.facts.disk_serial = Some("1-new-disk".to_owned()).into();
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
    computer.facts.product_uuid = None.into();
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
    let old = std::mem::replace(&mut computer.facts.disk_serial, "1-new-disk".into());
    let lost = again(&mut computer, &vendor, |_| ()).unwrap();
    let lost = desk.answer(&lost, |_| ());
    computer.facts.disk_serial = old;
    let synced = again(&mut computer, &vendor, |_| ()).unwrap();
    assert!(synced.changes.is_empty() && read(&synced).fingerprint.is_none());
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
    assert_eq!(error.kind().name(), "secret_lost");
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
    assert_eq!(error.kind().name(), "given_up");

    // A copy made before, used from elsewhere, with the answer that was under way.
    computer.facts = facts(1);
    computer.home =
        Home::new(&computer.path("backup"), Audience::Owner).with_anchors(anchors(&computer.dir));
    assert_eq!(computer.check(&vendor).state, State::Returned);
    let error = again(&mut computer, &vendor, |_| ()).unwrap_err();
    assert_eq!(error.kind().name(), "given_up");
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
    let repeated = again(&mut computer, &vendor, |_| ()).unwrap().asked;
    assert!(repeated.repeated && repeated.code == synced.asked.code);
    let answer = desk.answer(&synced, |_| ());
    assert_eq!(name(&computer, &answer), "applied");
    assert_eq!(
        computer.check(&vendor).bindings,
        bound(&[("server", "db2"), ("database", "nexus")])
    );
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// Ask; anew or not.
    Ask(bool),
    /// Another disk.
    Disk(u8),
    /// The desk answers one of the requests that were mailed, in any order.
    Answer(usize),
    /// One of the answers arrives, in any order, perhaps again.
    Apply(usize),
    /// The home is copied away.
    BackUp,
    /// And put back, where it is no older than the last generation that is proven, or will be by a mail that is under way.
    Restore,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => any::<bool>().prop_map(Step::Ask),
        1 => (0..3u8).prop_map(Step::Disk),
        3 => (0..8usize).prop_map(Step::Answer),
        3 => (0..8usize).prop_map(Step::Apply),
        1 => Just(Step::BackUp),
        1 => Just(Step::Restore),
    ]
}

fn generation_held(computer: &Computer) -> u16 {
    let license = computer.home.license(key()).unwrap().unwrap();
    let payload = license.held.unwrap().grant;
    SignedGrant::decode(&payload).unwrap().grant.generation
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Lost, repeated and crossed mail, backups, other disks: the license stays in force, no answer is ever "not trusted", and the next exchange heals.
    #[test]
    fn no_history_of_mail_ends_badly(steps in prop::collection::vec(step(), 1..24)) {
        let vendor = Vendor::new(1);
        let (mut computer, mut desk) = start(&vendor);
        let (mut mailed, mut answers): (Vec<Synced>, Vec<Code>) = (Vec::new(), Vec::new());
        let (mut backup, mut revealed) = (None, 1);
        for step in steps {
            match step {
                Step::Ask(anew) => {
                    let synced = again(&mut computer, &vendor, |wanted| wanted.anew = anew).unwrap();
                    let generation = read(&synced).generation;
                    prop_assert!(generation >= desk.proven);
                    revealed = revealed.max(generation);
                    mailed.push(synced);
                }
                Step::Disk(number) => computer.facts.disk_serial = Some(format!("{number}-disk")).into(),
                Step::Answer(which) if !mailed.is_empty() => {
                    let synced = mailed[which % mailed.len()].clone();
                    // What opens an older generation is the desk's to refuse.
                    if read(&synced).generation >= desk.proven {
                        mailed.retain(|other| other.asked.code != synced.asked.code);
                        answers.push(desk.answer(&synced, |_| ()));
                    }
                }
                Step::Apply(which) if !answers.is_empty() => {
                    let said = name(&computer, &answers[which % answers.len()]);
                    prop_assert!(["applied", "already_applied", "already_newer", "other_request"].contains(&said), "{}", said);
                }
                Step::BackUp => {
                    let _ = std::fs::remove_dir_all(computer.path("backup"));
                    copy_tree(&computer.path("home"), &computer.path("backup"));
                    backup = Some(generation_held(&computer));
                }
                Step::Restore if backup.is_some_and(|generation| generation >= revealed) => {
                    std::fs::remove_dir_all(computer.path("home")).unwrap();
                    copy_tree(&computer.path("backup"), &computer.path("home"));
                }
                _ => {}
            }
            prop_assert!(computer.check(&vendor).allowed());
        }
        let synced = again(&mut computer, &vendor, |wanted| wanted.anew = true).unwrap();
        let answer = desk.answer(&synced, |_| ());
        prop_assert_eq!(name(&computer, &answer), "applied");
        prop_assert!(computer.check(&vendor).warnings.is_empty());
    }
}
