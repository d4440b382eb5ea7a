use std::num::NonZeroUsize;

use super::*;
use crate::issuer::ledger::LedgerError;
use crate::issuer::respond::{Batch, LineError, Verdict};

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
        .respond(&mut desk.ledger, &mut entropy(5), codes, read, |page| {
            results.extend(page);
            Ok::<(), LedgerError>(())
        })
        .unwrap();
    results
}

fn requests(desk: &mut Desk, count: u64) -> Vec<Code> {
    let keys = u32::try_from(count).unwrap();
    let order = terms(1, LicenseType::Standalone);
    let keys = products::sell(&mut desk.ledger, &order, keys, BY, &mut entropy(3)).unwrap();
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
        assert_eq!(answers[300].as_ref().unwrap().verdict, Verdict::Repeated);
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
        let report = history::verify(&mut desk.ledger, |_, _| ()).unwrap();
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
        &mut entropy(5),
        codes,
        |code| Ok::<_, ()>(code.clone()),
        |page| {
            seen += page.len();
            Ok::<(), LedgerError>(())
        },
    );
    assert!(result.is_err());
    assert_eq!(seen, 0, "nothing is shown that is not kept");
    desk.edit("DROP TRIGGER full");
    let report = history::verify(&mut desk.ledger, |_, _| ()).unwrap();
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
                let issuer = Issuer::root(SigningKey::from_seed(&[7; 32]).unwrap());
                for number in writer * 100..writer * 100 + 30 {
                    let code = code(&activate(key, number, number.into()));
                    let answer = respond(
                        &mut ledger,
                        &issuer,
                        &code,
                        &Options::default(),
                        BY,
                        &mut entropy(1),
                    );
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
