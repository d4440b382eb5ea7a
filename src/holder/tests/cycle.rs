//! Request, answer, apply, check, give up: in every order in which people do it.

use super::super::apply::preview;
use super::super::give_up::give_up;
use super::super::report::{Refusal, State};
use super::session::{again, name, start};
use super::*;
use crate::protocol::commitment::RequestSecret;
use crate::protocol::requests::{Return, Sync};

#[test]
fn from_nothing_to_licensed() {
    let vendor = Vendor::new(1);
    let mut computer = Computer::with(&vendor, 1);
    let before = computer.check(&vendor);
    assert_eq!(
        (before.state, before.refusal.unwrap().kind().name()),
        (State::Unlicensed, "not_licensed")
    );

    let asked = computer.ask(&vendor, |_| ()).unwrap();
    assert!(!asked.repeated);
    let waiting = computer.check(&vendor).refusal.unwrap();
    assert!(
        matches!(&waiting, Refusal::NotLicensed { pending: true, .. }),
        "{waiting}"
    );

    let answer = vendor.answer(&asked, |_| ());
    let shown = preview(&computer.home, &answer, &computer.facts).unwrap();
    assert_eq!(
        computer.home.license(key()).unwrap().unwrap().held,
        None,
        "a preview changes nothing"
    );
    let Outcome::Applied(applied) = computer.apply(&answer).unwrap() else {
        panic!("not applied")
    };
    assert_eq!(shown, Outcome::Applied(applied.clone()));
    assert_eq!(applied.before, None);
    assert_eq!(applied.after.edition.as_deref(), Some("professional"));

    let report = computer.check(&vendor);
    assert_eq!(report.state, State::Licensed, "{:?}", report.refusal);
    assert!(report.allowed() && report.warnings.is_empty());
    assert_eq!(report.days_left, Some(30));
    assert_eq!(report.features, ["reports", "desktop"]);
    assert_eq!(report.limits, [("employees".to_owned(), 250)]);
    assert_eq!(report.activation, Some(asked.activation));
}

#[test]
fn the_same_answer_twice_is_no_error() {
    let vendor = Vendor::new(1);
    let (computer, answer) = licensed(&vendor);
    let state = std::fs::read(computer.state_path()).unwrap();
    assert!(matches!(
        computer.apply(&answer),
        Ok(Outcome::AlreadyApplied(_))
    ));
    assert_eq!(std::fs::read(computer.state_path()).unwrap(), state);
}

#[test]
fn two_answers_in_either_order() {
    let vendor = Vendor::new(1);
    for swapped in [false, true] {
        let mut computer = Computer::with(&vendor, 1);
        let one = computer.ask(&vendor, |_| ()).unwrap();
        let two = computer.ask(&vendor, |wanted| wanted.anew = true).unwrap();
        let mut answers = [
            vendor.answer(&one, |_| ()),
            vendor.answer(&two, |grant| grant.generation = 2),
        ];
        if swapped {
            answers.reverse();
        }
        let outcomes = answers
            .each_ref()
            .map(|answer| computer.apply(answer).unwrap().name());
        assert_eq!(
            outcomes,
            if swapped {
                ["applied", "already_newer"]
            } else {
                ["applied"; 2]
            }
        );
        let report = computer.check(&vendor);
        assert_eq!(
            (report.state, report.activation),
            (State::Licensed, Some(two.activation))
        );
        for answer in &answers {
            assert!(
                computer
                    .apply(answer)
                    .unwrap()
                    .name()
                    .starts_with("already")
            );
        }
    }
}

#[test]
fn answers_that_are_not_for_this_machine() {
    let vendor = Vendor::new(1);
    let (mut one, mut two) = (Computer::with(&vendor, 1), Computer::with(&vendor, 2));
    let asked = one.ask(&vendor, |_| ()).unwrap();
    two.ask(&vendor, |_| ()).unwrap();
    let state = std::fs::read(two.state_path()).unwrap();
    let kind = |code: &Code| two.apply(code).unwrap_err().kind();
    assert_eq!(kind(&vendor.answer(&asked, |_| ())), "other_request");
    assert_eq!(kind(&asked.code), "wrong_kind");
    assert_eq!(kind(&Code::new(Kind::Grant, vec![1, 2, 3])), "malformed");
    assert_eq!(
        std::fs::read(two.state_path()).unwrap(),
        state,
        "a wrong paste changes nothing"
    );
}

#[test]
fn answers_that_nobody_trusted_signed() {
    let (vendor, forger) = (Vendor::new(1), Vendor::new(2));
    let mut computer = Computer::with(&vendor, 1);
    let asked = computer.ask(&vendor, |_| ()).unwrap();
    let forged = forger.answer(&asked, |grant| grant.key_id = vendor.terms().key_id);
    assert_eq!(computer.apply(&forged).unwrap_err().kind(), "not_trusted");
    let mut altered = vendor.answer(&asked, |_| ()).payload().to_vec();
    altered[16] ^= 1;
    let altered = Code::new(Kind::Grant, altered);
    assert_eq!(computer.apply(&altered).unwrap_err().kind(), "not_trusted");
    // Another machine's facts under this request's digest.
    let request = Activate::decode(asked.code.payload()).unwrap();
    let spliced = MachineBinding {
        activation: request.commitment.activation_id(),
        fingerprint: Fingerprint::of(&facts(2), &key().to_bytes()),
        bindings: None,
        usb: None,
    };
    let spliced = vendor.sign(Kind::Activate, asked.code.payload(), &spliced, |_| ());
    assert_eq!(computer.apply(&spliced).unwrap_err().kind(), "not_trusted");
}

/// What a SYNC of a later version leaves behind, answered: standing facts replaced, secrets and history kept.
#[test]
fn a_sync_is_answered_like_anything_else() {
    let vendor = Vendor::new(1);
    let (computer, first) = licensed(&vendor);
    let mut license = computer.home.license(key()).unwrap().unwrap();
    let held = license.held.clone().unwrap();
    let secret = RequestSecret::new([7; 12]);
    let moved = Facts {
        mac: "3c:ec:ef:77:77:77".into(),
        ..facts(1)
    };
    let fingerprint = Fingerprint::of(&moved, &key().to_bytes());
    let sync = Sync {
        activation: held.standing.activation,
        generation: 1,
        proof: secret.sync_proof(),
        commitment: secret.commitment(key()),
        clock: noon(),
        fingerprint,
        bindings: None,
        usb: None,
        site_key: None,
        site: None,
    };
    let mut stands = held.standing.clone();
    stands.fingerprint =
        fingerprint.map(|fingerprint| crate::holder::Array(fingerprint.to_bytes()));
    license.pending.push(crate::holder::state::Pending {
        request: crate::holder::state::Request {
            kind: Kind::Sync,
            payload: crate::holder::Bytes(sync.encode()),
        },
        standing: stands.clone(),
        created: noon(),
        superseded: false,
    });
    computer.home.keep(&license).unwrap();

    let standing = stands.standing().unwrap();
    let answer = vendor.sign(Kind::Sync, &sync.encode(), &standing, |grant| {
        grant.generation = 2;
        grant.seats = 8;
        grant.revalidate_by = Some(day("2027-02-01"));
    });
    let Outcome::Applied(applied) = computer.apply(&answer).unwrap() else {
        panic!("not applied")
    };
    let words: Vec<String> = applied.changes().iter().map(ToString::to_string).collect();
    assert_eq!(
        words,
        ["seats 5 → 8", "re-validate by 2026-12-22 → 2027-02-01"]
    );
    assert_eq!(computer.apply(&first).unwrap().name(), "already_newer");
    assert_eq!(computer.check(&vendor).state, State::Licensed);
}

#[test]
fn what_is_given_up_stays_given_up() {
    let vendor = Vendor::new(1);
    let (mut computer, answer) = licensed(&vendor);
    copy_tree(&computer.path("home"), &computer.path("backup"));
    let given = give_up(&computer.home, key(), &computer.here()).unwrap();
    let code = Return::decode(given.code.payload()).unwrap();
    assert_eq!(code.activation, given.activation);
    assert_eq!(
        code.secret.commitment(key()).activation_id(),
        given.activation
    );
    assert_eq!(computer.check(&vendor).state, State::Returned);
    let again = give_up(&computer.home, key(), &computer.at(noon().plus(DAY))).unwrap();
    assert!(again.repeated && again.code == given.code && again.at == given.at);
    assert_eq!(computer.apply(&answer).unwrap_err().kind(), "given_up");

    // Restored in place, or used from elsewhere: the anchor remembers.
    let fresh = computer.home.clone();
    computer.home =
        Home::new(&computer.path("backup"), Audience::Owner).with_anchors(anchors(&computer.dir));
    assert_eq!(computer.check(&vendor).state, State::Returned);
    // A new activation is another matter.
    computer.home = fresh;
    let asked = computer.ask(&vendor, |_| ()).unwrap();
    computer.apply(&vendor.answer(&asked, |_| ())).unwrap();
    assert_eq!(computer.check(&vendor).state, State::Licensed);
}

#[test]
fn a_request_can_be_given_up_before_its_answer() {
    let vendor = Vendor::new(1);
    let mut computer = Computer::with(&vendor, 1);
    let asked = computer.ask(&vendor, |_| ()).unwrap();
    let given = give_up(&computer.home, key(), &computer.here()).unwrap();
    assert_eq!(given.activation, asked.activation);
    assert_eq!(
        computer
            .apply(&vendor.answer(&asked, |_| ()))
            .unwrap_err()
            .kind(),
        "given_up"
    );
}

/// Two mails crossed, and the machine asked on from the answer to the second: what the first brings now would make it a copy of itself.
#[test]
fn what_was_left_behind_is_not_applied() {
    for asks_on in [false, true] {
        let vendor = Vendor::new(1);
        let (mut computer, mut desk) = start(&vendor);
        let first = again(&mut computer, &vendor, |_| ()).unwrap();
        let second = again(&mut computer, &vendor, |wanted| wanted.anew = true).unwrap();
        assert_eq!(name(&computer, &desk.answer(&second, |_| ())), "applied");
        if !asks_on {
            // Nothing was asked for since: the later answer is the one that the desk goes on from.
            assert_eq!(name(&computer, &desk.answer(&first, |_| ())), "applied");
            continue;
        }
        let third = again(&mut computer, &vendor, |_| ()).unwrap();
        let late = desk.answer(&first, |_| ());
        assert_eq!(name(&computer, &late), "already_newer");
        assert_eq!(name(&computer, &desk.answer(&third, |_| ())), "applied");
    }
}
