use std::num::NonZeroUsize;

use super::life::{return_code, secret, sync, sync_code};
use super::*;
use crate::issuer::respond::Stopped;
use crate::issuer::respond::{Batch, Effect, LineError};
use crate::protocol::digest::ActivationId;

pub(super) type Results = Vec<(Code, Result<Reply, LineError<()>>)>;

pub(super) fn run(desk: &mut Desk, codes: Vec<Code>, workers: usize) -> Results {
    let mut results = Vec::new();
    let batch = Batch {
        issuer: &desk.issuer,
        options: &desk.options,
        by: BY,
        workers: NonZeroUsize::new(workers).unwrap(),
    };
    let read = |code: &Code| {
        if code.payload().is_empty() {
            Err(())
        } else {
            Ok(code.clone())
        }
    };
    batch
        .respond(&mut desk.ledger, codes, read, |page| {
            results.extend(page);
            Ok::<(), Stopped>(())
        })
        .unwrap();
    results
}

pub(super) fn requests(desk: &mut Desk, count: u64) -> Vec<Code> {
    let keys = u32::try_from(count).unwrap();
    let order = terms(1, LicenseType::Standalone);
    let keys = products::sell(&mut desk.ledger, &order, keys, hand(BY), &mut entropy(3))
        .unwrap()
        .keys;
    (0..)
        .zip(keys)
        .map(|(number, key)| code(&activate(key, 1, number)))
        .collect()
}

#[test]
fn a_batch_answers_in_order_what_one_after_the_other_would() {
    let mut codes = requests(&mut Desk::new(), 600);
    codes.insert(300, codes[7].clone());
    codes.insert(301, Code::new(Kind::Activate, Vec::new()));
    codes.insert(302, Code::new(Kind::Grant, vec![1]));
    let unknown = activate(LicenseKey::from_number(12_345_678_901).unwrap(), 1, 77_777);
    codes.insert(303, code(&unknown));
    let mut outcomes = Vec::new();
    for workers in [1, 3] {
        let mut desk = Desk::new();
        requests(&mut desk, 600);
        let results = run(&mut desk, codes.clone(), workers);
        assert!(results.iter().map(|(code, _)| code).eq(&codes));
        let answers: Vec<Option<Answer>> = results
            .into_iter()
            .map(|(_, result)| result.ok().and_then(Reply::answer))
            .collect();
        assert_eq!(answers[300].as_ref().unwrap().effect, Effect::Repeated);
        assert_eq!(
            answers[300].as_ref().unwrap().code,
            answers[7].as_ref().unwrap().code
        );
        let unanswered: Vec<usize> = answers
            .iter()
            .enumerate()
            .filter(|(_, it)| it.is_none())
            .map(|(at, _)| at)
            .collect();
        assert_eq!(unanswered, [301, 302, 303]);
        let report = audit::verify(&mut desk.ledger, |_, _| ()).unwrap();
        assert_eq!((report.answers, report.wrong), (600, 0));
        outcomes.push(answers);
    }
    assert_eq!(outcomes[0], outcomes[1]);
}

#[test]
fn one_license_is_not_oversold_within_a_batch() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(150, LicenseType::Standalone));
    let codes = (0..200)
        .map(|number| code(&activate(key, number, number.into())))
        .collect();
    let results = run(&mut desk, codes, 2);
    assert_eq!(
        results.iter().filter(|(_, result)| result.is_ok()).count(),
        150
    );
    assert_eq!(desk.taken(key), 150);
    assert_eq!(desk.findings(), [""; 0]);
}

#[test]
fn nothing_is_kept_of_a_batch_that_the_ledger_cannot_take() {
    let mut desk = Desk::new();
    let codes = requests(&mut desk, 300);
    desk.edit("CREATE TRIGGER full BEFORE INSERT ON history WHEN NEW.id = 200 BEGIN SELECT raise(ABORT, 'full'); END");
    let batch = Batch {
        issuer: &desk.issuer,
        options: &desk.options,
        by: BY,
        workers: NonZeroUsize::new(2).unwrap(),
    };
    let mut seen = 0;
    let result = batch.respond(
        &mut desk.ledger,
        codes,
        |code| Ok::<_, ()>(code.clone()),
        |page| {
            seen += page.len();
            Ok::<(), Stopped>(())
        },
    );
    assert!(result.is_err());
    assert_eq!(seen, 0, "nothing is shown that is not kept");
    desk.edit("DROP TRIGGER full");
    let report = audit::verify(&mut desk.ledger, |_, _| ()).unwrap();
    assert_eq!(
        (report.answers, report.activations, report.wrong),
        (0, 0, 0)
    );
}

#[test]
fn two_writers_take_turns() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(60, LicenseType::Standalone));
    let path = desk.home.path().join("ledger.db");
    let granted: u32 = std::thread::scope(|scope| {
        let mut writers = Vec::new();
        for writer in 0..3_u16 {
            let path = &path;
            writers.push(scope.spawn(move || {
                let mut ledger = Ledger::open(path).unwrap();
                let mut granted = 0;
                let issuer = Issuer::root(signer(7));
                for number in writer * 100..writer * 100 + 30 {
                    let code = code(&activate(key, number, number.into()));
                    let answer = respond(&mut ledger, &issuer, &code, &Options::default(), BY);
                    let answer = answer.ok().and_then(Reply::answer);
                    granted += answer.map_or(0, |it| u32::from(it.grant.seats));
                }
                granted
            }));
        }
        writers
            .into_iter()
            .map(|writer| writer.join().unwrap())
            .sum()
    });
    assert_eq!(granted, 60);
    assert_eq!(desk.taken(key), 60);
    assert_eq!(desk.findings(), [""; 0]);
}

/// What became of a batch: what each line was told, and the end of the history.
fn ends(desk: &mut Desk, codes: &[Code], workers: usize) -> (Vec<&'static str>, [u8; 32]) {
    let told = run(desk, codes.to_vec(), workers)
        .into_iter()
        .map(|(_, result)| match result {
            Ok(reply) => reply.effect().name(),
            Err(LineError::Respond(why)) => why.error.kind().name(),
            Err(LineError::Unread(())) => "unread",
        });
    let told = told.collect();
    let report = audit::verify(&mut desk.ledger, |_, _| ()).unwrap();
    assert_eq!(report.wrong, 0, "{:?}", report.findings);
    (told, report.head)
}

/// The same from lines that are signed beside as from lines that are signed one after the other.
pub(super) fn told(codes: &[Code], mut desk: impl FnMut() -> Desk) -> Vec<&'static str> {
    let (expected, head) = ends(&mut desk(), codes, 1);
    let (found, end) = ends(&mut desk(), codes, 3);
    for (at, (found, expected)) in found.iter().zip(&expected).enumerate() {
        assert_eq!(found, expected, "line {} of {}", at + 1, codes.len());
    }
    assert_eq!(end, head);
    expected
}

fn called(key: LicenseKey, request: u64) -> ActivationId {
    secret(request).commitment(key).activation_id()
}

/// A machine asks again and again, and all of it comes in one batch, the ACTIVATE too.
#[test]
fn a_chain_of_syncs_in_one_batch_is_green() {
    let sold = || {
        let mut desk = Desk::new();
        let key = desk.sell(&terms(1, LicenseType::Standalone));
        (desk, key)
    };
    let (_, key) = sold();
    let id = called(key, 1);
    for length in [127, 128, 129, 300] {
        let chain = (1..length).map(|from| {
            let generation = u16::try_from(from).unwrap();
            sync_code(&sync(key, id, (from, generation), from + 1, NOW))
        });
        let mut codes = vec![code(&activate(key, 1, 1))];
        codes.extend(chain);
        codes.push(return_code(id, length));
        codes.push(code(&activate(key, 2, 9_999)));
        let told = told(&codes, || sold().0);
        assert_eq!((told[0], told.last()), ("activated", Some(&"activated")));
        let between = &told[1..told.len() - 2];
        assert!(between.iter().all(|it| *it == "green"), "{told:?}");
        assert_eq!(told[told.len() - 2], "returned");
    }
}

/// Whatever lines come in whatever order: many at a time are judged as one after the other.
#[test]
fn signing_beside_changes_no_verdict() {
    let sold = || {
        let mut desk = Desk::new();
        let order = terms(2, LicenseType::Standalone);
        let keys = products::sell(&mut desk.ledger, &order, 12, hand(BY), &mut entropy(3))
            .unwrap()
            .keys;
        let filler = desk.sell(&terms(900, LicenseType::Standalone));
        (desk, keys, filler)
    };
    let (_, keys, filler) = sold();
    for seed in 0..3 {
        let mut lines: Vec<(u32, Code)> = Vec::new();
        let mut random = entropy(seed);
        let mut put = |step: u32, jitter: u32, code: Code| {
            let mut bytes = [0; 4];
            random(&mut bytes);
            lines.push((step + u32::from_be_bytes(bytes) % jitter, code));
        };
        for (number, key) in keys.iter().enumerate() {
            let (machine, key) = (u16::try_from(number).unwrap(), *key);
            let first = 100 * (u64::from(machine) + 1);
            let (id, late) = (called(key, first), NOW.plus(60));
            let chained = |from: u16, to: u64, clock| {
                sync_code(&sync(
                    key,
                    id,
                    (first + u64::from(from) - 1, from),
                    first + to,
                    clock,
                ))
            };
            put(0, 90, code(&activate(key, machine, first)));
            for from in 1..5 {
                put(40 * u32::from(from), 90, chained(from, from.into(), late));
            }
            // A second one from the same generation, one of before, one that anybody can write.
            put(150, 90, chained(2, 20, late.plus(60)));
            put(100, 200, chained(1, 21, NOW));
            put(100, 200, chained(60, 22, late));
            put(210, 90, code(&activate(key, machine, first + 30)));
            put(230, 90, chained(5, 23, late.plus(90)));
            put(250, 90, return_code(id, first + 4));
            put(250, 90, return_code(called(key, first + 30), first + 30));
            put(300, 90, code(&activate(key, 7_000 + machine, first + 40)));
            put(300, 90, chained(5, 24, late.plus(120)));
        }
        for number in 0..400_u16 {
            put(
                0,
                390,
                code(&activate(
                    filler,
                    8_000 + number,
                    50_000 + u64::from(number),
                )),
            );
        }
        lines.sort_by_key(|(at, _)| *at);
        let codes: Vec<Code> = lines.into_iter().map(|(_, code)| code).collect();
        let told = told(&codes, || sold().0);
        for verdict in [
            "green",
            "replaced",
            "returned",
            "given_up",
            "held_for_manager",
        ] {
            assert!(told.contains(&verdict), "{verdict} in {told:?}");
        }
    }
}
