//! A ledger from before a thousand answers takes them back, and serves all of those machines again.

use std::fs;

use super::life::{DAY, return_code, sync, sync_code};
use super::*;
use crate::issuer::history::{LEDGER_RESTORE, NewEvent, Recorder, RestoreFacts};
use crate::issuer::policy::Colour;
use crate::issuer::respond::Effect;
use crate::issuer::respond::readopt::{Found, OfLicense, OfMachine, ReadoptError, readopt};
use crate::protocol::digest::ActivationId;

/// A machine of this story: what it holds, and of which license.
struct Machine {
    key: LicenseKey,
    id: ActivationId,
    held: (u64, u16),
    returned: bool,
}

/// All codes that went to and fro.
#[derive(Default)]
struct Mails {
    found: Vec<Found>,
    answers: usize,
}

impl Mails {
    fn keep(&mut self, code: &Code) {
        self.found.push(Found {
            code: code.clone(),
            sender: None,
        });
    }

    fn asked(&mut self, desk: &mut Desk, code: &Code, now: Seconds) -> Answer {
        let answer = desk.reply_at(code, now).unwrap().answer().unwrap();
        self.keep(code);
        self.keep(&answer.code);
        self.answers += 1;
        answer
    }
}

/// Puts the ledger back as it was, and says so in its history.
fn put_back(desk: &mut Desk, backup: &std::path::Path, now: Seconds) {
    let file = desk.home.path().join("back.db");
    fs::copy(backup, &file).unwrap();
    desk.ledger = Ledger::open(&file).unwrap();
    let facts = RestoreFacts {
        lost: Some(1_000),
        reason: "the disk died".to_owned(),
    };
    let event = NewEvent {
        kind: LEDGER_RESTORE,
        license: None,
        activation: None,
        previous: None,
        data: history::to_json(&facts).unwrap(),
    };
    desk.ledger
        .write(|tx| Recorder::by_hand(tx, hand(Actor { now, ..BY }))?.record(tx, event))
        .unwrap();
}

fn sold(desk: &mut Desk, terms: &OrderTerms, count: u32, seed: u64) -> Vec<LicenseKey> {
    let sold = products::sell(&mut desk.ledger, terms, count, hand(BY), &mut entropy(seed));
    sold.unwrap().keys
}

#[test]
fn a_thousand_answers_are_taken_back() {
    let mut desk = Desk::new();
    let one = terms(1, LicenseType::Standalone);
    let mut keys = sold(&mut desk, &one, 200, 1);
    let (mut mails, mut machines) = (Mails::default(), Vec::new());
    // A hundred machines are known to the backup.
    for (number, key) in (1..).zip(keys.drain(..100)) {
        let answer = desk.respond(&activate(key, number, number.into())).unwrap();
        machines.push(Machine {
            key,
            id: answer.activation,
            held: (number.into(), 1),
            returned: false,
        });
    }
    let backup = desk.home.path().join("backup.db");
    desk.ledger.back_up(&backup).unwrap();

    // Since then: 300 licenses sold, 400 machines activated, 500 re-validations, 50 returns, and as many machines in their places.
    let now = NOW.plus(DAY);
    keys.extend(sold(&mut desk, &one, 200, 2));
    let floating = OrderTerms {
        expires: Some(now.day().plus(400)),
        grace_days: 60,
        ..terms(9, LicenseType::Floating)
    };
    keys.extend(sold(&mut desk, &floating, 100, 3));
    for (number, key) in (1_001..).zip(&keys) {
        let code = code(&activate(*key, number, number.into()));
        let answer = mails.asked(&mut desk, &code, now);
        machines.push(Machine {
            key: *key,
            id: answer.activation,
            held: (number.into(), 1),
            returned: false,
        });
    }
    for (request, it) in (10_000..).zip(&mut machines) {
        let code = sync_code(&sync(it.key, it.id, it.held, request, now));
        mails.asked(&mut desk, &code, now);
        it.held = (request, 2);
    }
    let mut heirs = Vec::new();
    for (number, it) in (5_000..).zip(machines.iter_mut().skip(80).take(50)) {
        let code = return_code(it.id, it.held.0);
        desk.reply_at(&code, now).unwrap();
        mails.keep(&code);
        mails.answers += 1;
        it.returned = true;
        let code = self::code(&activate(it.key, number, number.into()));
        let answer = mails.asked(&mut desk, &code, now.plus(60));
        heirs.push(Machine {
            key: it.key,
            id: answer.activation,
            held: (number.into(), 1),
            returned: false,
        });
    }
    machines.extend(heirs);
    assert_eq!(mails.answers, 1_000);
    assert_eq!(desk.findings(), [""; 0]);

    // What is handed over comes in no order.
    let later = now.plus(DAY);
    put_back(&mut desk, &backup, later);
    mails
        .found
        .sort_by_key(|it| blake3::hash(it.code.payload()).to_hex());
    let by = Actor { now: later, ..BY };
    let taken = readopt(&mut desk.ledger, mails.found.clone(), hand(by)).unwrap();
    assert_eq!(taken.unproven, []);
    assert_eq!(taken.returned, 50);
    let of = |it: &&OfMachine| it.result.is_err();
    let refused: Vec<&OfMachine> = taken.machines.iter().filter(of).collect();
    let new = |it: &&OfMachine| matches!(&it.result, Ok(it) if it.license == OfLicense::New);
    assert_eq!(taken.machines.iter().filter(new).count(), 300);
    // Of those that were given up none has its seat.
    for it in refused {
        let own = machines.iter().find(|own| own.id == it.activation);
        assert!(own.unwrap().returned, "{it:?}");
    }
    assert_eq!(desk.findings(), [""; 0]);
    let again = readopt(&mut desk.ledger, mails.found, hand(by)).unwrap();
    let known = |it: &OfMachine| match &it.result {
        Ok(it) => it.answers == 0,
        Err(error) => !matches!(error, ReadoptError::NotPutBack),
    };
    assert!(again.machines.iter().all(known));

    // Each of the others is served, as the same machine; each of those that were given up is not.
    let all: u32 = machines.iter().filter(|it| !it.returned).count() as u32;
    assert_eq!(all, 500);
    for (request, it) in (20_000..).zip(&machines) {
        let code = sync_code(&sync(it.key, it.id, it.held, request, later));
        match desk.reply_at(&code, later) {
            Ok(reply) => {
                assert!(!it.returned);
                assert_eq!(reply.effect(), Effect::Synced(Colour::Green));
            }
            Err(error) => assert!(it.returned, "{error}"),
        }
    }
    let taken = |desk: &mut Desk, key: &LicenseKey| desk.taken(*key);
    let mut sold: Vec<LicenseKey> = machines.iter().map(|it| it.key).collect();
    sold.sort_unstable();
    sold.dedup();
    let seats: u32 = sold.iter().map(|key| taken(&mut desk, key)).sum();
    // 400 standalone licenses, and 100 floating ones with nine each.
    assert_eq!(seats, 400 + 100 * 9);
    assert_eq!(desk.findings(), [""; 0]);
}
