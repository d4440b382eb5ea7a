//! What is given up stays given up, whatever stops the program, and wherever the home was copied to.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::super::durable::killed;
use super::super::give_up::{GivenUp, again, give_up};
use super::super::lock::Lock;
use super::super::report::State;
use super::*;

pub(super) fn returned(computer: &Computer) -> Result<GivenUp, HolderError> {
    give_up(&computer.home, key(), &computer.here())
}

/// A copy of the home, made before, on the same computer.
fn copied(computer: &mut Computer, audience: Audience) -> Home {
    let copy = computer.path("copy");
    if !copy.exists() {
        copy_tree(&computer.path("home"), &copy);
    }
    Home::new(&copy, audience).with_anchors(anchors(&computer.dir))
}

#[test]
fn a_copy_is_given_up_too_whatever_it_claims_to_be() {
    let vendor = Vendor::new(1);
    let (mut computer, _) = licensed(&vendor);
    // As the chmod that made a private home one for everybody did, which was kept in another anchor.
    let private = copied(&mut computer, Audience::Owner);
    let public = copied(&mut computer, Audience::Everyone);
    assert!(returned(&computer).unwrap().remembered);
    for home in [private, public] {
        computer.home = home;
        assert_eq!(computer.check(&vendor).state, State::Returned);
        assert_eq!(
            computer.check_at(&vendor, noon().plus(DAY)).state,
            State::Returned
        );
    }
}

/// At each rename, before and after: the next time heals it, and no copy runs once a code was shown.
#[test]
fn a_return_that_is_killed_anywhere_is_healed_by_the_next() {
    let vendor = Vendor::new(1);
    for place in 0.. {
        let (mut computer, _) = licensed(&vendor);
        let copy = copied(&mut computer, Audience::Owner);
        killed::at(Some(place));
        let died = catch_unwind(AssertUnwindSafe(|| returned(&computer))).is_err();
        killed::at(None);
        let given = returned(&computer).unwrap();
        assert_eq!(returned(&computer).unwrap().code, given.code);
        assert_eq!(
            again(&computer.home, key(), Some(given.activation))
                .unwrap()
                .code,
            given.code
        );
        assert_eq!(computer.check(&vendor).state, State::Returned);
        computer.home = copy;
        for anchor in ["anchor", "anchor of all"] {
            let hidden = computer.path("hidden");
            std::fs::rename(computer.path(anchor), &hidden).unwrap();
            assert_eq!(
                computer.check(&vendor).state,
                State::Returned,
                "{place} {anchor}"
            );
            std::fs::rename(&hidden, computer.path(anchor)).unwrap();
        }
        if !died {
            assert_eq!(place, 6, "two anchors and the home, before and after each");
            return;
        }
    }
}

/// The tombstone's temporary cannot be made: a directory that is not empty stands in its place, for root too.
fn close(computer: &Computer, anchor: &str, closed: bool) {
    let entry = std::fs::read_dir(computer.path(anchor).join("activations"));
    let entry = entry.unwrap().next().unwrap().unwrap().path();
    let mut new = entry.clone().into_os_string();
    new.push(".new");
    let new = std::path::PathBuf::from(new);
    if closed {
        std::fs::create_dir_all(new.join("stands in the way")).unwrap();
    } else {
        std::fs::remove_dir_all(new).unwrap();
    }
}

#[test]
fn an_anchor_that_holds_an_entry_and_cannot_be_written_stops_the_return() {
    let vendor = Vendor::new(1);
    let (computer, _) = licensed(&vendor);
    let before = (
        std::fs::read(computer.state_path()).unwrap(),
        snapshot(&computer.path("anchor")),
    );
    close(&computer, "anchor", true);
    let error = returned(&computer).unwrap_err();
    assert_eq!(error.kind().name(), "anchor_closed");
    close(&computer, "anchor", false);
    let after = (
        std::fs::read(computer.state_path()).unwrap(),
        snapshot(&computer.path("anchor")),
    );
    assert_eq!(before, after);
    assert_eq!(
        computer.check(&vendor).state,
        State::Licensed,
        "the first anchor was put back too"
    );
    returned(&computer).unwrap();
    // Once it says so, that it cannot be written any more is nobody's concern.
    std::fs::create_dir_all(computer.path("anchor/lock.away")).unwrap();
    std::fs::remove_file(computer.path("anchor/lock")).unwrap();
    std::fs::create_dir(computer.path("anchor/lock")).unwrap();
    assert!(returned(&computer).unwrap().repeated);
}

fn snapshot(path: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(snapshot(&path));
        } else {
            found.push((path.clone(), std::fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

#[test]
fn a_home_that_cannot_be_written_keeps_its_license() {
    let vendor = Vendor::new(1);
    let (computer, _) = licensed(&vendor);
    let mut new = computer.state_path().into_os_string();
    new.push(".new");
    let new = std::path::PathBuf::from(new);
    std::fs::create_dir_all(new.join("stands in the way")).unwrap();
    assert!(returned(&computer).is_err());
    assert_eq!(computer.check(&vendor).state, State::Licensed);
    std::fs::remove_dir_all(new).unwrap();
    returned(&computer).unwrap();
    assert_eq!(computer.check(&vendor).state, State::Returned);
}

#[test]
fn an_anchor_at_work_is_waited_for_and_then_stops_the_return() {
    let vendor = Vendor::new(1);
    let (computer, _) = licensed(&vendor);
    let lock = Lock::wait(&computer.path("anchor"), Audience::Owner).unwrap();
    assert_eq!(returned(&computer).unwrap_err().kind(), "busy");
    assert_eq!(computer.check(&vendor).state, State::Licensed);
    drop(lock);
    returned(&computer).unwrap();
}

#[test]
fn where_no_anchor_ever_was_the_code_is_given_and_that_is_said() {
    let vendor = Vendor::new(1);
    let mut computer = Computer::with(&vendor, 1);
    for anchor in ["anchor", "anchor of all"] {
        std::fs::write(computer.path(anchor), "").unwrap();
    }
    let asked = computer.ask(&vendor, |_| ()).unwrap();
    computer.apply(&vendor.answer(&asked, |_| ())).unwrap();
    let given = returned(&computer).unwrap();
    assert!(!given.remembered);
    computer.home = Home::new(&computer.path("home"), Audience::Owner);
    assert!(!returned(&computer).unwrap().remembered);
}

/// A request that is given up, and whose answer comes to a copy that was made before.
#[test]
fn the_answer_to_what_was_given_up_brings_no_copy_to_life() {
    let vendor = Vendor::new(1);
    let mut computer = Computer::with(&vendor, 1);
    let asked = computer.ask(&vendor, |_| ()).unwrap();
    let copy = copied(&mut computer, Audience::Owner);
    returned(&computer).unwrap();
    computer.home = copy;
    let error = computer.apply(&vendor.answer(&asked, |_| ())).unwrap_err();
    assert_eq!(error.kind().name(), "given_up");
}

#[test]
fn no_secret_is_ever_taken_away_by_a_return() {
    let vendor = Vendor::new(1);
    let (mut computer, _) = licensed(&vendor);
    computer.ask(&vendor, |wanted| wanted.anew = true).unwrap();
    let secrets = computer.path(&format!("home/machine/secrets/{}.json", key().digits()));
    let before = std::fs::read(&secrets).unwrap();
    returned(&computer).unwrap();
    returned(&computer).unwrap();
    assert_eq!(std::fs::read(&secrets).unwrap(), before);
}

/// Machines that share an account's directory, each with a seal of its own, do not push one another out.
#[test]
fn two_machines_share_an_anchor() {
    let vendor = Vendor::new(1);
    let (mut computer, _) = licensed(&vendor);
    let copy = copied(&mut computer, Audience::Owner);
    returned(&computer).unwrap();
    let own = std::mem::replace(&mut computer.facts, facts(2));
    // The other machine keeps a tombstone of its own, as one that gives its copy up.
    computer.home = copied(&mut computer, Audience::Owner);
    returned(&computer).unwrap();
    computer.facts = own;
    std::fs::remove_dir_all(computer.path("copy")).unwrap();
    copy_tree(&computer.path("home"), &computer.path("copy"));
    computer.home = copy;
    assert_eq!(computer.check(&vendor).state, State::Returned);
}
