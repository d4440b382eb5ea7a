//! What is looked at in the ledger for an answer, counted: of a license that is on a thousand machines no more than of one that is on three.

use super::batches::run;
use super::life::{return_code, sync, sync_code};
use super::*;
use crate::issuer::ledger::work;
use crate::issuer::life::{self, LifeError, Named};

/// A desk with a license that so many machines have, and the looks that each of these takes: an ACTIVATE of one more, a SYNC, a RETURN, and
/// somebody who names none of them.
fn looks(machines: u16) -> [u64; 4] {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(machines + 1, LicenseType::Standalone));
    // Others come between them, so that their events do not lie together.
    let other = desk.sell(&terms(machines + 2, LicenseType::Standalone));
    let numbers = 1..=machines;
    let of = |key, machine: u16| {
        code(&activate(
            key,
            machine,
            u64::from(machine) + key_number(key),
        ))
    };
    let codes = numbers
        .flat_map(|it| [of(key, it), of(other, it)])
        .collect();
    let all = run(&mut desk, codes, 1);
    let answers: Vec<Answer> = all
        .into_iter()
        .map(|(_, reply)| reply.unwrap().answer().unwrap())
        .collect();
    let number = |machine: u16| u64::from(machine) + key_number(key);
    let id = |machine: u16| answers[2 * usize::from(machine) - 2].activation;

    let one_more = activate(key, machines + 1, number(machines + 1));
    let activates = work::of(|| drop(desk.respond(&one_more).unwrap()));
    let request = sync(key, id(1), (number(1), 1), 70_000, NOW);
    let syncs = work::of(|| drop(desk.reply_at(&sync_code(&request), NOW).unwrap()));
    let code = return_code(id(2), number(2));
    let returns = work::of(|| drop(desk.reply_at(&code, NOW).unwrap()));
    // Of several machines that are meant by a key, none is named.
    let by_key = work::of(|| {
        let which = life::release(
            &mut desk.ledger,
            Named::License(key),
            "lost",
            false,
            hand(BY),
        );
        assert!(matches!(which, Err(LifeError::Which(_))));
    });
    assert_eq!(desk.findings(), Vec::<String>::new());
    [activates, syncs, returns, by_key]
}

fn key_number(key: LicenseKey) -> u64 {
    10_000 * (key.number() % 7)
}

#[test]
fn an_answer_looks_no_oftener_into_a_large_license() {
    let (few, many) = (looks(3), looks(1_000));
    assert_eq!(few, many);
    assert!(many.iter().all(|looks| *looks < 40), "{many:?}");
}
