//! What a refused request proves and what is kept of it (SPEC.md 9.8).

mod gave_away;

use std::num::NonZeroU8;

use super::changes::edit;
use super::life::{DAY, NO_OLD_MAIL, licensed, secret, sync, sync_code};
use super::*;
use crate::issuer::history::Actor;
use crate::issuer::ledger::{EmergencyAllowance, Event};
use crate::issuer::life::{self, Named};
use crate::issuer::policy::{Colour, Warning};
use crate::issuer::respond::Effect;
use crate::protocol::commitment::SyncProof;
use crate::protocol::requests::Sync;

pub(super) fn events(desk: &mut Desk, key: LicenseKey) -> Vec<Event> {
    let view = products::license(&mut desk.ledger, key).unwrap().unwrap();
    let last = view.license.event;
    desk.ledger
        .read(|tx| history::of_license(tx, last))
        .unwrap()
}

/// Effect and proof of each refusal that the history tells of.
pub(super) fn refusals(desk: &mut Desk, key: LicenseKey) -> Vec<(String, String)> {
    let told = events(desk, key)
        .into_iter()
        .filter(|it| it.kind == "refused");
    let text = |facts: &serde_json::Value, name| facts[name].as_str().unwrap().to_owned();
    told.map(|it| {
        let facts = serde_json::from_str(&it.data).unwrap();
        (text(&facts, "verdict"), text(&facts, "proof"))
    })
    .collect()
}

pub(super) fn pair(verdict: &str, proof: &str) -> (String, String) {
    (verdict.into(), proof.into())
}

/// What the desk would show as the last word on a machine.
pub(super) fn last_word(desk: &mut Desk, key: LicenseKey) -> Option<String> {
    let events = events(desk, key);
    events
        .iter()
        .rev()
        .find_map(|event| history::verdict(event).unwrap())
        .map(|it| it.0)
}

#[test]
fn a_random_secret_writes_nothing_against_an_innocent() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    desk.sync(&sync(key, id, (1, 1), 2, NOW)).unwrap();
    let random = Sync {
        proof: SyncProof([7; 10]),
        ..sync(key, id, (1, 1), 3, NOW.plus(99))
    };
    let refused = desk.sync(&random).unwrap_err();
    assert_eq!(refused.kind().name(), "held_for_manager");
    assert!(refused.to_string().starts_with("unproven: "), "{refused}");
    // A secret that opens one generation and claims another is no better.
    let claims = sync(key, id, (2, 1), 4, NOW.plus(99));
    assert_eq!(desk.sync(&claims).unwrap_err().kind(), "held_for_manager");
    assert_eq!(
        refusals(&mut desk, key),
        [pair("unproven", "unproven"), pair("unproven", "unproven")]
    );
    assert_eq!(last_word(&mut desk, key).as_deref(), Some("green"));
    assert!(desk.sync(&sync(key, id, (2, 2), 5, NOW.plus(99))).is_ok());
    assert_eq!(desk.findings(), [""; 0]);
}

#[test]
fn red_speaks_against_a_machine_only_where_nobody_else_knew_its_secret() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    desk.options.supersede_reason = Some("two mails crossed".into());
    // 2 and 3 are answers to what 1 revealed; 3 goes on, so 2 is held by a copy.
    desk.sync(&sync(key, id, (1, 1), 2, NOW)).unwrap();
    desk.sync(&sync(key, id, (1, 1), 3, NOW.plus(1))).unwrap();
    desk.sync(&sync(key, id, (3, 3), 4, NOW.plus(2))).unwrap();
    let copy = desk.sync(&sync(key, id, (2, 2), 5, NOW.plus(3)));
    let said = copy.unwrap_err().to_string();
    assert!(
        said.starts_with("red: ") && !said.contains("read an earlier"),
        "{said}"
    );
    assert_eq!(last_word(&mut desk, key).as_deref(), Some("red"));
    // Whoever read one of these mails can write as much.
    for from in [(1, 1), (2, 2)] {
        let later = NOW.plus(4 + NO_OLD_MAIL);
        let reader = desk.sync_at(&sync(key, id, from, 6 + from.0, later), later);
        let said = reader.unwrap_err().to_string();
        assert!(
            said.contains("or somebody who read an earlier request"),
            "{said}"
        );
    }
    let known = || pair("red", "known_to_readers");
    assert_eq!(
        refusals(&mut desk, key),
        [pair("red", "held"), known(), known()]
    );
    assert_eq!(desk.findings(), [""; 0]);
}

#[test]
fn a_reader_of_mail_does_not_make_an_innocent_red() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    desk.sync(&sync(key, id, (1, 1), 2, NOW)).unwrap();
    desk.sync(&sync(key, id, (2, 2), 3, NOW.plus(1))).unwrap();
    let later = NOW.plus(1 + NO_OLD_MAIL);
    let reader = sync(key, id, (1, 1), 4, later);
    let refused = desk.sync_at(&reader, later).unwrap_err();
    assert_eq!(refused.kind(), "held_for_manager");
    assert_eq!(refusals(&mut desk, key), [pair("red", "known_to_readers")]);
    assert_eq!(last_word(&mut desk, key).as_deref(), Some("green"));
}

#[test]
fn lost_and_returned_machines_that_ask_again_are_recorded() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    life::release(
        &mut desk.ledger,
        Named::License(key),
        "stolen",
        false,
        hand(BY),
    )
    .unwrap();
    let thief = sync(key, id, (1, 1), 2, NOW);
    assert_eq!(desk.sync(&thief).unwrap_err().kind(), "given_up");
    assert_eq!(refusals(&mut desk, key), [pair("given_up", "held")]);
    let told: Vec<String> = events(&mut desk, key)
        .iter()
        .map(|it| history::tell(it, None))
        .collect();
    assert!(told.last().unwrap().contains("it was over"), "{told:?}");
    // Found again, it gives up what it holds: nothing comes free twice, and that is kept.
    assert_eq!(desk.returned(id, 1).unwrap(), Effect::Returned);
    assert_eq!(desk.returned(id, 1).unwrap(), Effect::Repeated);
    assert_eq!(desk.taken(key), 0);
    assert_eq!(events(&mut desk, key).last().unwrap().kind, "return");

    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    desk.returned(id, 1).unwrap();
    // Whoever read the RETURN can make this of it.
    let reader = sync(key, id, (1, 1), 2, NOW);
    assert_eq!(desk.sync(&reader).unwrap_err().kind(), "given_up");
    let random = Sync {
        proof: SyncProof([7; 10]),
        ..sync(key, id, (1, 1), 3, NOW)
    };
    assert_eq!(desk.sync(&random).unwrap_err().kind(), "given_up");
    assert_eq!(
        refusals(&mut desk, key),
        [
            pair("given_up", "known_to_readers"),
            pair("given_up", "unproven")
        ]
    );
    assert_eq!(desk.findings(), [""; 0]);
}

/// Who releases what was replaced releases that and nothing else; it is not helped out by telephone, nor is a generation after which others were proven.
#[test]
fn what_is_over_is_not_taken_for_what_is_in_use() {
    let allowance = EmergencyAllowance {
        steps: NonZeroU8::new(4).unwrap(),
        days: NonZeroU8::new(7).unwrap(),
    };
    let mut desk = Desk::new();
    let key = desk.sell(&OrderTerms {
        emergency: Some(allowance),
        ..terms(1, LicenseType::Standalone)
    });
    let first = desk.respond(&activate(key, 1, 1)).unwrap().activation;
    let speak = |desk: &mut Desk, id, generation| {
        let step = life::Step {
            generation,
            ..life::Step::default()
        };
        let name = Named::Activation(id, None);
        let spoken = life::emergency(&mut desk.ledger, &desk.issuer, name, step, BY);
        spoken
            .map(|it| it.generation)
            .map_err(|error| error.kind().name())
    };
    for (from, to) in [((1, 1), 2), ((2, 2), 3), ((3, 3), 4)] {
        let asked = NOW.plus(to as u32);
        desk.sync(&sync(key, first, from, to, asked)).unwrap();
    }
    assert_eq!(speak(&mut desk, first, None), Ok(4));
    assert_eq!(
        speak(&mut desk, first, Some(3)),
        Ok(3),
        "an answer was lost"
    );
    assert_eq!(speak(&mut desk, first, Some(2)), Err("held_for_manager"));
    let second = desk.respond(&activate(key, 1, 9)).unwrap().activation;
    assert_eq!(speak(&mut desk, first, None), Ok(4), "it runs on");
    let name = Named::Activation(first, None);
    let released = life::release(&mut desk.ledger, name, "gone", false, hand(BY)).unwrap();
    assert_eq!((released.activation, released.freed), (first, 0));
    assert_eq!(released.held_by, Some(second));
    assert_eq!(desk.taken(key), 1);
    assert_eq!(speak(&mut desk, second, None), Ok(5));
    assert_eq!(desk.findings(), [""; 0]);
}

/// A ledger that was put back knows fewer generations than the machine: nothing it answers would be newer there, whoever says so.
#[test]
fn a_machine_ahead_of_the_ledger_activates_anew() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    desk.options.override_reason = Some("restored".into());
    let ahead = sync(key, id, (7, 4), 8, NOW);
    let refused = desk.sync(&ahead).unwrap_err();
    assert!(refused.to_string().contains("put back"), "{refused}");
    assert_eq!(
        desk.respond(&activate(key, 1, 9)).unwrap().effect,
        Effect::Replaced
    );
}

/// However many others wrote before: a secret is told in any case.
#[test]
fn a_secret_is_told_beyond_the_twenty() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    let random = |number: u64| Sync {
        proof: SyncProof([7; 10]),
        ..sync(key, id, (1, 1), number, NOW)
    };
    for number in 100..125 {
        desk.sync(&random(number)).unwrap_err();
    }
    assert_eq!(refusals(&mut desk, key).len(), 20);
    life::revoke(&mut desk.ledger, key, "not paid", hand(BY)).unwrap();
    let asks = sync(key, id, (1, 1), 2, NOW);
    assert_eq!(desk.sync(&asks).unwrap_err().kind(), "revoked");
    assert_eq!(
        refusals(&mut desk, key).last(),
        Some(&pair("revoked", "held"))
    );
    let again = sync(key, id, (1, 1), 3, NOW);
    assert_eq!(desk.sync(&again).unwrap_err().kind(), "revoked");
    assert_eq!(refusals(&mut desk, key).len(), 21);
    assert_eq!(desk.findings(), [""; 0]);
}

/// Junk before, or between, hides no machine that was released as lost; one that was returned has nothing to hide.
#[test]
fn junk_does_not_hide_a_machine_that_was_released_as_lost() {
    for junk_first in [true, false] {
        let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
        let junk = |desk: &mut Desk| {
            for number in 100..125_u64 {
                let mut proof = [0; 10];
                entropy(number)(&mut proof);
                let random = Sync {
                    proof: SyncProof(proof),
                    ..sync(key, id, (1, 1), number, NOW)
                };
                desk.sync(&random).unwrap_err();
            }
        };
        let lost = |desk: &mut Desk| {
            life::release(
                &mut desk.ledger,
                Named::License(key),
                "stolen",
                false,
                hand(BY),
            )
            .unwrap();
        };
        if junk_first {
            junk(&mut desk);
            lost(&mut desk);
        } else {
            lost(&mut desk);
            junk(&mut desk);
        }
        let thief = sync(key, id, (1, 1), 2, NOW);
        assert_eq!(desk.sync(&thief).unwrap_err().kind(), "given_up");
        let kept = refusals(&mut desk, key);
        assert_eq!(kept.len(), 21);
        assert_eq!(kept.last(), Some(&pair("given_up", "held")));
        // It turns up and gives up what it holds: that is kept too.
        assert_eq!(desk.returned(id, 1).unwrap(), Effect::Returned);
        assert_eq!(events(&mut desk, key).last().unwrap().kind, "return");
        assert_eq!(desk.findings(), [""; 0]);
    }
}

/// Nothing speaks against a machine that gave its activation up, not even a secret that was never revealed.
#[test]
fn what_was_returned_is_held_by_nobody() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    desk.options.supersede_reason = Some("two mails crossed".into());
    desk.sync(&sync(key, id, (1, 1), 2, NOW)).unwrap();
    desk.sync(&sync(key, id, (1, 1), 3, NOW.plus(1))).unwrap();
    desk.returned(id, 3).unwrap();
    let other = sync(key, id, (2, 2), 4, NOW.plus(2));
    assert_eq!(desk.sync(&other).unwrap_err().kind(), "given_up");
    assert_eq!(
        refusals(&mut desk, key),
        [pair("given_up", "known_to_readers")]
    );
}

#[test]
fn a_clock_at_its_end_does_not_make_old_mail_of_what_comes_later() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    desk.options.supersede_reason = Some("two mails crossed".into());
    desk.sync(&sync(key, id, (1, 1), 2, NOW)).unwrap();
    desk.sync(&sync(key, id, (1, 1), 3, NOW.plus(1))).unwrap();
    let far = sync(key, id, (3, 3), 4, Seconds(u32::MAX));
    let told = desk.sync(&far).unwrap().warnings;
    assert!(matches!(told[..], [Warning::ClockOff(_)]), "{told:?}");
    // The first contact of a copy is told, whatever the clocks say.
    let copy = |number, clock| sync_code(&sync(key, id, (2, 2), number, clock));
    let error = desk.reply_at(&copy(5, NOW.plus(2)), NOW).unwrap_err();
    assert_eq!(error.kind().name(), "held_for_manager");
    assert_eq!(refusals(&mut desk, key).last(), Some(&pair("red", "held")));
    // Whoever read it can write more, but none that is younger than the desk can have it.
    let error = desk.reply_at(&copy(7, Seconds(u32::MAX)), NOW).unwrap_err();
    assert_eq!(error.kind().name(), "overtaken");
    // Up to 26 hours ahead of the desk a clock may be, and so the request is as old as that, and again as much.
    for (after, kind) in [
        (2 * 26 * 3600, "overtaken"),
        (2 * 26 * 3600 + 1, "held_for_manager"),
    ] {
        let now = NOW.plus(3 * DAY);
        let error = desk.reply_at(&copy(6, NOW.plus(after)), now).unwrap_err();
        assert_eq!(error.kind().name(), kind, "{after}");
    }
    assert_eq!(desk.findings(), [""; 0]);
}

/// The manager looks into it and the mail is handed in again: it says the same as the first time, though its secret is known since.
#[test]
fn the_same_request_gets_the_same_verdict_again() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    desk.options.supersede_reason = Some("two mails crossed".into());
    desk.sync(&sync(key, id, (1, 1), 2, NOW)).unwrap();
    desk.sync(&sync(key, id, (1, 1), 3, NOW.plus(1))).unwrap();
    // A copy with a clock that is ahead goes on.
    let ahead = sync(key, id, (3, 3), 4, NOW.plus(3 * 3600));
    desk.reply_at(&sync_code(&ahead), NOW.plus(2)).unwrap();
    let code = sync_code(&sync(key, id, (2, 2), 5, NOW.plus(3)));
    let mut said = Vec::new();
    for days in [0, 0, 5] {
        let refused = desk.reply_at(&code, NOW.plus(4 + days * DAY)).unwrap_err();
        said.push((refused.kind().name(), refused.to_string()));
        if days == 0 {
            // Whoever read it writes another of it.
            let reader = sync(key, id, (2, 2), 6 + said.len() as u64, NOW.plus(3));
            let refused = desk.reply_at(&sync_code(&reader), NOW.plus(4)).unwrap_err();
            assert_eq!(refused.kind().name(), "overtaken");
        }
    }
    assert!(said.iter().all(|it| it == &said[0]), "{said:?}");
    assert_eq!(said[0].0, "held_for_manager");
    assert_eq!(refusals(&mut desk, key), [pair("red", "held")]);
    desk.options.supersede_reason = None;
    desk.options.override_reason = Some("the copy was wiped".into());
    desk.reply_at(&code, NOW.plus(6 * DAY)).unwrap();
    assert_eq!(desk.findings(), [""; 0]);
}
