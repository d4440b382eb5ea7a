//! What is given up together: all that a home asked for and that may have been answered, and what other homes of the computer hold of the same seat.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::super::apply::preview;
use super::super::durable::killed;
use super::super::give_up::{again, ends_too};
use super::super::report::{Refusal, State};
use super::super::sync::sync;
use super::returning::returned;
use super::*;
use crate::protocol::requests::Return;

/// Another home on the same computer, of the same account.
fn second_home(computer: &Computer, vendor: &Vendor) -> Home {
    let home = Home::new(&computer.path("second"), Audience::Owner);
    let home = home.with_anchors(anchors(&computer.dir));
    products::install(&home, &vendor.file()).unwrap();
    home
}

/// The answer of a desk that takes the machine for the one that asked before: the next generation, a while later.
fn next(vendor: &Vendor, asked: &Asked, generation: u16) -> Code {
    vendor.answer(asked, |grant| {
        grant.generation = generation;
        grant.issued = noon().plus(u32::from(generation) * 60);
    })
}

fn state_in(computer: &mut Computer, home: &Home, vendor: &Vendor) -> State {
    let own = std::mem::replace(&mut computer.home, home.clone());
    let state = computer.check(vendor).state;
    computer.home = own;
    state
}

/// Asked twice, answered twice: which of both answers was entered makes no difference.
#[test]
fn all_that_may_have_been_answered_is_given_up_at_once() {
    let vendor = Vendor::new(1);
    for entered in [&[][..], &[0], &[1], &[0, 1], &[1, 0]] {
        let mut computer = Computer::with(&vendor, 1);
        let asked = [false, true].map(|anew| {
            let asked = computer.ask(&vendor, |wanted| wanted.anew = anew);
            asked.unwrap()
        });
        let [one, two] = [0, 1].map(|nth| next(&vendor, &asked[nth], 1 + nth as u16));
        let answers = [&one, &two];
        for nth in entered {
            computer.apply(answers[*nth]).unwrap();
        }
        let given = returned(&computer).unwrap();
        let mut ids = vec![given.activation, given.also[0].0];
        // What is in force stands first.
        let first = if *entered == [0] { 0 } else { 1 };
        assert_eq!(ids[0], asked[first].activation, "{entered:?}");
        ids.sort_by_key(|id| id.0);
        let mut both = asked.clone().map(|asked| asked.activation);
        both.sort_by_key(|id| id.0);
        assert_eq!((ids, given.also.len()), (both.to_vec(), 1), "{entered:?}");
        assert_ne!(given.code, given.also[0].1);
        // Again, and each by itself.
        let repeated = returned(&computer).unwrap();
        assert!(repeated.repeated);
        assert_eq!((&repeated.code, &repeated.also), (&given.code, &given.also));
        let each = again(&computer.home, key(), Some(given.also[0].0)).unwrap();
        assert_eq!((each.code, each.also.len()), (given.also[0].1.clone(), 0));
        let last = again(&computer.home, key(), None).unwrap();
        assert_eq!((&last.code, &last.also), (&given.code, &given.also));
        // Neither answer brings it back, whatever it grants; and that is said before, too.
        for answer in answers {
            assert_eq!(computer.apply(answer).unwrap_err().kind(), "given_up");
            let seen = preview(&computer.home, answer, &computer.facts);
            assert_eq!(seen.unwrap_err().kind(), "given_up");
        }
        assert_eq!(computer.check(&vendor).state, State::Returned);
        // Whoever wants it again asks anew.
        let anew = computer.ask(&vendor, |_| ()).unwrap();
        computer.apply(&next(&vendor, &anew, 9)).unwrap();
        assert_eq!(computer.check(&vendor).state, State::Licensed);
        for answer in answers {
            let late = computer.apply(answer);
            assert!(late.is_err() || late.unwrap().name() == "already_newer");
        }
        assert_eq!(computer.check(&vendor).state, State::Licensed);
    }
}

/// Two homes of one account, one seat: the second took the place of the first, so its return ends the first. Its own return ends nothing of the second.
#[test]
fn another_home_ends_with_what_took_its_place() {
    let vendor = Vendor::new(1);
    for second_goes in [true, false] {
        let (mut computer, _) = licensed(&vendor);
        let (one, two) = (computer.home.clone(), second_home(&computer, &vendor));
        let first = computer.check(&vendor).activation.unwrap();
        computer.home = two.clone();
        let asked = computer.ask(&vendor, |_| ()).unwrap();
        computer.apply(&next(&vendor, &asked, 2)).unwrap();
        if !second_goes {
            computer.home = one.clone();
            assert_eq!(ends_too(&one, key(), &computer.facts).unwrap(), []);
            assert!(returned(&computer).unwrap().ends_too.is_empty());
            assert_eq!(state_in(&mut computer, &two, &vendor), State::Licensed);
            continue;
        }
        assert_eq!(ends_too(&two, key(), &computer.facts).unwrap(), [first]);
        let given = returned(&computer).unwrap();
        assert_eq!((given.also.len(), &given.ends_too), (0, &vec![first]));
        assert_eq!(returned(&computer).unwrap().ends_too, [first]);
        computer.home = one;
        let report = computer.check(&vendor);
        let with = Some(asked.activation);
        assert!(
            matches!(report.refusal, Some(Refusal::Returned { with: by, .. }) if by == with),
            "{report:?}"
        );
        // It has a code of its own, which the desk wants too; and nothing else ends with that.
        assert_eq!(ends_too(&two, key(), &computer.facts).unwrap(), []);
        let own = returned(&computer).unwrap();
        assert_eq!((own.activation, own.repeated), (first, false));
        assert!(own.ends_too.is_empty());
        assert!(matches!(
            computer.check(&vendor).refusal,
            Some(Refusal::Returned { with: None, .. })
        ));
    }
}

/// A seat of its own stays: another one that was paid for, one that the desk gave since, one of another computer that shares the account's directory.
#[test]
fn another_seat_on_the_computer_is_left_alone() {
    let vendor = Vendor::new(1);
    for case in ["paid", "given since", "another computer"] {
        let mut computer = Computer::with(&vendor, 1);
        let one = computer.home.clone();
        if case == "another computer" {
            computer.facts = facts(2);
        }
        let asked = computer.ask(&vendor, |_| ()).unwrap();
        computer.apply(&next(&vendor, &asked, 1)).unwrap();
        computer.facts = facts(1);
        let two = second_home(&computer, &vendor);
        computer.home = two.clone();
        let generation = if case == "paid" { 1 } else { 2 };
        let second = computer.ask(&vendor, |_| ()).unwrap();
        let answer = next(&vendor, &second, generation);
        computer.apply(&answer).unwrap();
        if case == "given since" {
            computer.home = one.clone();
            let since = vendor.answer(&asked, |grant| {
                grant.generation = 3;
                grant.issued = noon().plus(600);
            });
            assert_eq!(computer.apply(&since).unwrap().name(), "applied");
            computer.home = two.clone();
        }
        assert_eq!(
            ends_too(&two, key(), &computer.facts).unwrap(),
            [],
            "{case}"
        );
        assert!(returned(&computer).unwrap().ends_too.is_empty(), "{case}");
        if case == "another computer" {
            computer.facts = facts(2);
        }
        assert_eq!(
            state_in(&mut computer, &one, &vendor),
            State::Licensed,
            "{case}"
        );
    }
}

/// What the first home asked for itself since is in the mail: a return in the second home leaves it alone, whatever comes of that. Once it was answered
/// without a seat of its own it would have said so; and its own return gives up what it holds.
#[test]
fn another_home_whose_answer_is_in_the_mail_is_left_alone() {
    let vendor = Vendor::new(1);
    let (mut computer, _) = licensed(&vendor);
    let one = computer.home.clone();
    let first = computer.check(&vendor).activation.unwrap();
    let two = second_home(&computer, &vendor);
    computer.home = two.clone();
    let second = computer.ask(&vendor, |_| ()).unwrap();
    computer.apply(&next(&vendor, &second, 2)).unwrap();
    assert_eq!(ends_too(&two, key(), &computer.facts).unwrap(), [first]);
    computer.home = one.clone();
    let (request, standing) = asks_again(&computer, &vendor);
    // Whether it was made before the other began or since: what becomes of it is not known here.
    assert_eq!(ends_too(&two, key(), &computer.facts).unwrap(), []);
    computer.home = two.clone();
    let given = returned(&computer).unwrap();
    assert_eq!((given.also.len(), given.ends_too.len()), (0, 0));
    computer.home = one.clone();
    assert_eq!(computer.check(&vendor).state, State::Licensed);
    let answer = vendor.sign(Kind::Sync, request.payload(), &standing, |grant| {
        grant.generation = 3;
        grant.issued = noon().plus(600);
    });
    assert_eq!(computer.apply(&answer).unwrap().name(), "applied");
    assert_eq!(computer.check(&vendor).state, State::Licensed);
    // It has a seat of its own, which the return of the other has nothing to do with, and its own gives it up.
    computer.home = two;
    assert!(returned(&computer).unwrap().ends_too.is_empty());
    computer.home = one;
    assert_eq!(returned(&computer).unwrap().activation, first);
}

/// A SYNC of the activation that is held, and what it stands for.
fn asks_again(computer: &Computer, vendor: &Vendor) -> (Code, MachineBinding) {
    let wanted = super::super::sync::Wanted {
        key: key(),
        site_key: None,
        site: None,
        before: &[],
        bindings: &[],
        usb: None,
        anew: false,
    };
    let here = computer.at(noon().plus(60));
    let asked = sync(&computer.home, &vendor.file(), &wanted, &here, |buffer| {
        buffer.fill(123);
        Ok::<(), std::io::Error>(())
    });
    let held = computer.home.license(key()).unwrap().unwrap().held.unwrap();
    (asked.unwrap().asked.code, held.standing.standing().unwrap())
}

/// Three homes, each with its own seat but the last, which took the place of the one that was answered last: the first is not of that chain.
#[test]
fn only_the_home_whose_place_was_taken_ends() {
    let vendor = Vendor::new(1);
    let mut computer = Computer::with(&vendor, 1);
    let answered = |computer: &mut Computer, generation, minutes: u32| {
        let asked = computer.ask(&vendor, |_| ()).unwrap();
        let answer = vendor.answer(&asked, |grant| {
            grant.generation = generation;
            grant.issued = noon().plus(minutes * 60);
        });
        computer.apply(&answer).unwrap();
        asked.activation
    };
    let home = |computer: &Computer, name: &str| {
        let home = Home::new(&computer.path(name), Audience::Owner);
        let home = home.with_anchors(anchors(&computer.dir));
        products::install(&home, &vendor.file()).unwrap();
        home
    };
    let a = computer.home.clone();
    answered(&mut computer, 1, 1);
    let c = home(&computer, "c");
    computer.home = c.clone();
    let third = answered(&mut computer, 1, 2);
    let b = home(&computer, "b");
    computer.home = b.clone();
    answered(&mut computer, 2, 3);
    assert_eq!(ends_too(&b, key(), &computer.facts).unwrap(), [third]);
    assert_eq!(returned(&computer).unwrap().ends_too, [third]);
    assert_eq!(state_in(&mut computer, &a, &vendor), State::Licensed);
    assert_eq!(state_in(&mut computer, &c, &vendor), State::Returned);
}

/// A home that was copied before a return, and then asked anew: what it held is given up with what it got since, both codes.
#[test]
fn what_was_given_up_elsewhere_is_given_up_with_what_came_after_it() {
    let vendor = Vendor::new(1);
    let (mut computer, _) = licensed(&vendor);
    let first = computer.check(&vendor).activation.unwrap();
    let copy = computer.path("copy");
    copy_tree(&computer.path("home"), &copy);
    let given = returned(&computer).unwrap();
    computer.home = Home::new(&copy, Audience::Owner).with_anchors(anchors(&computer.dir));
    assert_eq!(computer.check(&vendor).state, State::Returned);
    let anew = computer.ask(&vendor, |wanted| wanted.anew = true).unwrap();
    let answer = vendor.answer(&anew, |grant| {
        grant.generation = 2;
        grant.issued = noon().plus(3600);
    });
    computer.apply(&answer).unwrap();
    assert_eq!(computer.check(&vendor).state, State::Licensed);
    let both = returned(&computer).unwrap();
    assert_eq!(both.activation, anew.activation);
    assert_eq!(both.also, [(first, given.code)]);
}

/// A SYNC that is in the mail while its activation is replaced in its home: the return gives up what it held, and what took its place.
#[test]
fn a_replaced_activation_that_waits_for_an_answer_is_given_up_by_what_it_held() {
    let vendor = Vendor::new(1);
    let (mut computer, _) = licensed(&vendor);
    let first = computer.check(&vendor).activation.unwrap();
    let held = computer.home.license(key()).unwrap().unwrap().held.unwrap();
    let before = held.request.commitment().unwrap();
    let (request, standing) = asks_again(&computer, &vendor);
    let anew = computer.ask(&vendor, |wanted| wanted.anew = true).unwrap();
    computer.apply(&next(&vendor, &anew, 2)).unwrap();
    let given = returned(&computer).unwrap();
    assert_eq!((given.activation, given.also.len()), (anew.activation, 1));
    let (id, code) = &given.also[0];
    let told = Return::decode(code.payload()).unwrap();
    assert_eq!((*id, told.activation), (first, first));
    assert_eq!(told.secret.commitment(key()), before);
    // The answer that comes now is none.
    let answer = vendor.sign(Kind::Sync, request.payload(), &standing, |grant| {
        grant.generation = 3;
        grant.issued = noon().plus(600);
    });
    assert_eq!(computer.apply(&answer).unwrap_err().kind(), "other_request");
    assert_eq!(computer.check(&vendor).state, State::Returned);
}

/// An answer to another home that was overtaken by one that is given up since; one that has a seat of its own is taken.
#[test]
fn a_late_answer_to_another_home_is_no_license_where_it_was_overtaken() {
    let vendor = Vendor::new(1);
    for (generation, taken) in [(2, false), (1, true)] {
        let mut computer = Computer::with(&vendor, 1);
        let first = computer.ask(&vendor, |_| ()).unwrap();
        let one = computer.home.clone();
        computer.home = second_home(&computer, &vendor);
        let second = computer.ask(&vendor, |_| ()).unwrap();
        computer.apply(&next(&vendor, &second, generation)).unwrap();
        returned(&computer).unwrap();
        computer.home = one;
        // What is asked for since is taken, though the desk's clock was years ahead before.
        let wanted = Wanted {
            key: key(),
            bindings: &[],
            seats: None,
            usb: None,
            site_key: None,
            anew: true,
        };
        let later = computer.at(noon().plus(HOUR));
        let asked = activate(&computer.home, &vendor.file(), &wanted, &later, |buffer| {
            buffer.fill(99);
            Ok::<(), std::io::Error>(())
        });
        let answer = vendor.answer(&asked.unwrap(), |_| ());
        let seen = preview(&computer.home, &answer, &computer.facts).unwrap();
        assert_eq!(seen.name(), "applied");
        let late = vendor.answer(&first, |_| ());
        let seen = preview(&computer.home, &late, &computer.facts);
        let said = computer.apply(&late);
        assert_eq!((said.is_ok(), seen.is_ok()), (taken, taken));
        if let Err(error) = said {
            assert_eq!(error.kind(), "given_up");
        }
    }
}

/// As above, of a home that asked more than once, beside one whose place it took.
#[test]
fn a_return_of_many_that_is_killed_anywhere_is_healed_by_the_next() {
    let vendor = Vendor::new(1);
    for place in 0.. {
        let (mut computer, _) = licensed(&vendor);
        let one = computer.home.clone();
        computer.home = second_home(&computer, &vendor);
        for generation in [2, 3] {
            let asked = computer.ask(&vendor, |wanted| wanted.anew = true).unwrap();
            computer.apply(&next(&vendor, &asked, generation)).unwrap();
        }
        killed::at(Some(place));
        let died = catch_unwind(AssertUnwindSafe(|| returned(&computer))).is_err();
        killed::at(None);
        let given = returned(&computer).unwrap();
        assert_eq!((given.also.len(), given.ends_too.len()), (1, 1), "{place}");
        assert_eq!(computer.check(&vendor).state, State::Returned);
        assert_eq!(state_in(&mut computer, &one, &vendor), State::Returned);
        if !died {
            // Two tombstones in each anchor, one more where the first home is known, and the home.
            assert_eq!(place, 12, "before and after each");
            return;
        }
    }
}
