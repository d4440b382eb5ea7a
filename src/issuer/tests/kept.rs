//! What is kept of requests that get no answer: up to a bound, and each by the secret that it opens.

use std::collections::HashMap;

use super::evidence::{last_word, pair, refusals};
use super::life::{DAY, licensed, return_code, secret, sync, sync_code};
use super::*;
use crate::issuer::life::{self, LifeError, Named};
use crate::issuer::policy::moves::Move;
use crate::issuer::policy::{Colour, Warning};
use crate::issuer::respond::{Effect, Sent, keep_evidence, not_recorded, rehearse, unknown_keys};
use crate::protocol::commitment::SyncProof;
use crate::protocol::digest::ActivationId;
use crate::protocol::requests::Sync;

#[test]
fn twenty_refusals_of_an_activation_a_year_are_told_and_more_are_counted() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    life::release(
        &mut desk.ledger,
        Named::License(key),
        "stolen",
        false,
        hand(BY),
    )
    .unwrap();
    let ask = |desk: &mut Desk, number: u64, now: Seconds| {
        let code = sync_code(&sync(key, id, (1, 1), number, now));
        desk.reply_at(&code, now).unwrap_err();
    };
    for number in 0..23 {
        ask(&mut desk, 100 + number, NOW);
    }
    assert_eq!(refusals(&mut desk, key).len(), 20);
    let view = products::license(&mut desk.ledger, key).unwrap().unwrap();
    let more = desk.ledger.read(|tx| not_recorded(tx, &view.activations));
    assert_eq!(more.unwrap(), [(view.activations[0].id, 3)]);
    // The first may not tell of itself again before a year is over.
    ask(&mut desk, 200, NOW.plus(364 * DAY));
    assert_eq!(refusals(&mut desk, key).len(), 20);
    ask(&mut desk, 201, NOW.plus(365 * DAY));
    assert_eq!(refusals(&mut desk, key).len(), 21);
    assert_eq!(desk.findings(), [""; 0]);
    desk.edit("UPDATE refused SET day = day - 365");
    assert_ne!(desk.findings(), [""; 0]);
}

#[test]
fn evidence_is_kept_without_a_key() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    life::release(
        &mut desk.ledger,
        Named::License(key),
        "stolen",
        false,
        hand(BY),
    )
    .unwrap();
    let code = sync_code(&sync(key, id, (1, 1), 2, NOW));
    for _ in 0..2 {
        let (ledger, options) = (&mut desk.ledger, &desk.options);
        let refusal = rehearse(ledger, &code, options, BY).unwrap_err();
        keep_evidence(ledger, (&code).into(), &refusal, BY).unwrap();
    }
    assert_eq!(refusals(&mut desk, key), [pair("given_up", "held")]);
}

#[test]
fn returns_before_their_request_are_kept_up_to_a_bound() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(1, LicenseType::Standalone));
    let request = activate(key, 1, 1);
    let id = request.commitment.activation_id();
    // Others of the same number, which nobody asked for.
    let flood = (5_000..6_000)
        .map(|number| return_code(id, number))
        .collect();
    let kept = super::batches::run(&mut desk, flood, 1);
    assert!(kept.iter().all(|(_, result)| result.is_ok()));
    let refused = desk.returned(id, 1).unwrap_err();
    assert_eq!(refused.kind().name(), "too_many_early");
    // As it says: then it is taken.
    desk.respond(&request).unwrap();
    assert_eq!(desk.returned(id, 1).unwrap(), Effect::Returned);
    assert_eq!(desk.findings(), [""; 0]);
    desk.edit(
        "WITH RECURSIVE n(i) AS (SELECT 100000 UNION ALL SELECT i + 1 FROM n WHERE i < 1098998) \
         INSERT INTO early_return SELECT i, x'01020304', zeroblob(10) FROM n",
    );
    let other = |number| return_code(secret(number).commitment(key).activation_id(), number);
    assert!(
        desk.reply_at(&other(7_001), NOW).is_ok(),
        "the last of a million"
    );
    let error = desk.reply_at(&other(7_002), NOW).unwrap_err();
    assert_eq!(error.kind().name(), "too_many_early");
}

#[test]
fn only_the_secret_that_was_given_up_gets_a_receipt_again() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(1, LicenseType::Standalone));
    let id = secret(1).commitment(key).activation_id();
    assert_eq!(desk.returned(id, 1).unwrap(), Effect::ReturnedEarly);
    assert_eq!(
        desk.returned(id, 2).unwrap(),
        Effect::ReturnedEarly,
        "it is another"
    );
    assert_eq!(desk.returned(id, 1).unwrap(), Effect::Repeated);
}

/// A desk that knows the activation does not say that its request never came.
#[test]
fn a_return_that_opens_nothing_is_told_of() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    let warnings = |desk: &mut Desk, id, request| {
        let reply = desk.reply_at(&return_code(id, request), NOW).unwrap();
        assert_eq!(reply.effect(), Effect::ReturnedEarly);
        let Reply::Receipt(receipt) = reply else {
            panic!("a RETURN gets a receipt");
        };
        receipt.warnings
    };
    let told = warnings(&mut desk, id, 77);
    assert_eq!(told, [Warning::OpensNothing(id)]);
    assert!(told[0].to_string().contains(&id.to_string()));
    let unknown = secret(5).commitment(key).activation_id();
    assert_eq!(warnings(&mut desk, unknown, 5), []);
    assert_eq!(desk.taken(key), 1);
}

/// Requests whose activations have one number: under two licenses, and two under one.
fn twins(one: LicenseKey, other: LicenseKey) -> ((u64, u64), (u64, u64)) {
    let (mut across, mut within) = (None, None);
    let (mut first, mut second): (HashMap<ActivationId, u64>, HashMap<ActivationId, u64>) =
        Default::default();
    for number in 10_000.. {
        let id = |key| secret(number).commitment(key).activation_id();
        if let Some(twin) = first.insert(id(one), number) {
            within.get_or_insert((twin, number));
        }
        second.insert(id(other), number);
        across = across.or_else(|| second.get(&id(one)).map(|twin| (number, *twin)));
        if let (Some(across), Some(within)) = (across, within) {
            return (across, within);
        }
    }
    unreachable!()
}

#[test]
fn two_activations_of_one_number_are_told_apart_by_their_key() {
    let mut desk = Desk::new();
    let [one, other] = [4, 3].map(|seats| desk.sell(&terms(seats, LicenseType::Standalone)));
    let ((mine, theirs), (first, second)) = twins(one, other);
    let id = desk.respond(&activate(one, 1, mine)).unwrap().activation;
    let twin = desk
        .respond(&activate(other, 1, theirs))
        .unwrap()
        .activation;
    assert_eq!(id, twin);
    let unclear = life::release(
        &mut desk.ledger,
        Named::Activation(id, None),
        "x",
        false,
        hand(BY),
    );
    let unclear = unclear.unwrap_err();
    assert_eq!(unclear.kind(), "which_activation");
    let LifeError::Which(list) = unclear else {
        panic!("{unclear}")
    };
    assert_eq!(list, [(one, id), (other, id)]);
    // Each is answered for itself.
    desk.sync(&sync(one, id, (mine, 1), 5, NOW)).unwrap();
    desk.sync(&sync(other, id, (theirs, 1), 6, NOW)).unwrap();
    // What opens neither is nobody's evidence.
    let random = Sync {
        proof: SyncProof([7; 10]),
        ..sync(one, id, (mine, 1), 7, NOW)
    };
    assert!(desk.sync(&random).is_err());
    assert_eq!(
        (
            refusals(&mut desk, one).len(),
            refusals(&mut desk, other).len()
        ),
        (0, 0)
    );
    let named = Named::Activation(id, Some(other));
    let released = life::release(&mut desk.ledger, named, "stolen", false, hand(BY)).unwrap();
    assert_eq!(released.key, other);
    assert_eq!((desk.taken(one), desk.taken(other)), (1, 0));
    let unknown = LicenseKey::from_number(12_345_678_901).unwrap();
    let nobody = desk
        .ledger
        .read(|tx| life::only_named(tx, Named::Activation(id, Some(unknown))));
    assert!(matches!(nobody, Err(LifeError::Refused(_))));
    // Under one license there are no two: not one after the other, nor in one batch.
    desk.respond(&activate(one, 2, first)).unwrap();
    let same = desk.respond(&activate(one, 3, second)).unwrap_err();
    assert_eq!(same.kind(), "same_name");
    assert_eq!(desk.findings(), [""; 0]);
    let mut desk = Desk::new();
    assert_eq!(desk.sell(&terms(4, LicenseType::Standalone)), one);
    let codes = vec![
        code(&activate(one, 2, first)),
        code(&activate(one, 3, second)),
    ];
    let results = super::batches::run(&mut desk, codes, 1);
    assert_eq!(results.iter().filter(|(_, it)| it.is_ok()).count(), 1);
}

#[test]
fn a_move_that_is_held_is_told_with_what_it_proves() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    for (from, to) in [((1, 1), 2), ((2, 2), 3)] {
        let moved = Sync {
            fingerprint: Some(machine(u16::try_from(to).unwrap() * 100)),
            ..sync(key, id, from, to, NOW)
        };
        let answer = desk.sync(&moved).unwrap();
        let why = Move::Mismatch;
        let nth = u32::from(from.1);
        assert_eq!(answer.warnings, [Warning::Moved { why, nth, of: 2 }]);
        assert_eq!(answer.effect, Effect::Synced(Colour::Green));
    }
    let third = Sync {
        fingerprint: Some(machine(900)),
        ..sync(key, id, (3, 3), 4, NOW)
    };
    let error = desk.sync(&third).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("moved 2 times in 365 days, and its seats allow 2"),
        "{error}"
    );
    assert_eq!(desk.refusal(&repaired(key, 300, 9)), "held_for_manager");
    assert_eq!(
        refusals(&mut desk, key),
        [
            pair("held_for_manager", "held"),
            pair("held_for_manager", "unproven")
        ]
    );
    assert_eq!(last_word(&mut desk, key).as_deref(), Some("green"));
}

#[test]
fn unknown_keys_are_counted_by_sender_up_to_a_bound() {
    let mut desk = Desk::new();
    let code = code(&activate(
        LicenseKey::from_number(12_345_678_901).unwrap(),
        1,
        1,
    ));
    let refusal = desk.reply_at(&code, NOW.minus(DAY)).unwrap_err();
    let mut ask = |sender: Option<&str>, now: Seconds| {
        let by = Actor { now, ..BY };
        keep_evidence(
            &mut desk.ledger,
            Sent {
                code: &code,
                sender,
            },
            &refusal,
            by,
        )
        .unwrap();
        unknown_keys(&mut desk.ledger, now.day()).unwrap()
    };
    assert_eq!(
        ask(None, NOW.minus(DAY)),
        (2, 1),
        "the desk counted it itself"
    );
    assert_eq!(ask(None, NOW), (1, 1));
    for number in 2..=100 {
        let sender = format!("{number}@example.com");
        assert_eq!(ask(Some(&sender), NOW), (number, number as usize));
    }
    assert_eq!(ask(Some("more@example.com"), NOW), (101, 100));
    assert_eq!(ask(Some("2@example.com"), NOW), (102, 100));
    assert_eq!(ask(Some("more@example.com"), NOW.plus(DAY)), (1, 1));
    assert_eq!(desk.findings(), [""; 0]);
}
