//! Edits whose history was forged to fit them.

use std::path::Path;

use countersign::issuer::audit::{Place, Wrong};
use countersign::issuer::ledger::{EventId, Ledger, TermsId};
use rusqlite::Connection;

use super::super::lived::{Lived, findings, listed, rechain};

/// Replaces one digest by another in the history, and makes the chain anew.
fn forge(path: &Path, digests: [[u8; 32]; 2]) {
    let [old, new] = digests.map(hex::encode);
    let ledger = Connection::open(path).unwrap();
    let changed = ledger
        .execute(
            "UPDATE history SET data = replace(data, ?, ?)",
            [&old, &new],
        )
        .unwrap();
    assert!(changed > 0);
    ledger.close().unwrap();
    rechain(path);
}

fn terms_digest(path: &Path, id: i64) -> [u8; 32] {
    let mut ledger = Ledger::open(path).unwrap();
    let terms = ledger.read(|tx| tx.terms(TermsId(id))).unwrap().unwrap();
    terms.digest("survey")
}

fn answer_digest(path: &Path, event: i64) -> [u8; 32] {
    let mut ledger = Ledger::open(path).unwrap();
    let answers = ledger.read(|tx| tx.answers(EventId(event - 1), 1)).unwrap();
    answers[0].digest()
}

/// With a chain made anew to fit: seats out of nowhere contradict each other still.
#[test]
fn more_seats_in_use_than_there_are_are_found_in_a_forged_history() {
    let lived = Lived::new();
    let path = lived.copy();
    let honest = terms_digest(&path, 1);
    let ledger = Connection::open(&path).unwrap();
    ledger
        .execute("UPDATE terms SET seats = 1 WHERE id = 1", [])
        .unwrap();
    ledger.close().unwrap();
    forge(&path, [honest, terms_digest(&path, 1)]);
    let found = findings(&path);
    let kinds: Vec<_> = found.iter().map(|it| (it.place, it.wrong)).collect();
    let listed = listed(&found);
    assert!(
        kinds.contains(&(Place::History, Wrong::TooManySeats)),
        "{listed:#?}"
    );
    let last = Some(&(Place::History, Wrong::NotSigned));
    assert_eq!(kinds.last(), last, "{listed:#?}");
}

/// With a chain made anew to fit: who has no key cannot make a grant, nor have one for something else.
#[test]
fn a_forged_history_signs_nothing() {
    let lived = Lived::new();
    let event = |path: &Path| -> i64 {
        let ledger = Connection::open(path).unwrap();
        ledger
            .query_row("SELECT max(event) FROM answer", [], |row| row.get(0))
            .unwrap()
    };
    for (edit, wrong, says) in [
        // The last byte of the signature; the clock in the request; the seats in the grant; what was ordered.
        (
            "UPDATE answer SET grant_ = CAST(substr(grant_, 1, length(grant_) - 1) || x'00' AS BLOB) WHERE event = ?",
            Wrong::NotSigned,
            "does not hold",
        ),
        (
            "UPDATE answer SET request = CAST(replace(request, substr(request, 22, 4), x'01020304') AS BLOB) WHERE event = ?",
            Wrong::Disagrees,
            "answers another request",
        ),
        (
            "UPDATE answer SET grant_ = CAST(substr(grant_, 1, 15) || x'0009' || substr(grant_, 18) AS BLOB) WHERE event = ?",
            Wrong::Disagrees,
            "than its history row says",
        ),
        (
            "UPDATE answer SET grant_ = CAST(substr(grant_, 1, 9) || x'ffff' || substr(grant_, 12) AS BLOB) WHERE event = ?",
            Wrong::Disagrees,
            "than was ordered",
        ),
        (
            "UPDATE answer SET stood = (SELECT stood FROM answer WHERE event = (SELECT min(event) FROM answer)) WHERE event = ?",
            Wrong::Disagrees,
            "another machine",
        ),
        (
            "UPDATE answer SET commitment = zeroblob(12) WHERE event = ?",
            Wrong::Disagrees,
            "another request's commitment",
        ),
    ] {
        let path = lived.copy();
        let event = event(&path);
        let honest = answer_digest(&path, event);
        let ledger = Connection::open(&path).unwrap();
        ledger.execute(edit, [event]).unwrap();
        ledger.close().unwrap();
        forge(&path, [honest, answer_digest(&path, event)]);
        let found = findings(&path);
        // The next act speaks for the answer, too.
        assert_eq!(found.len(), 2, "{edit}: {:#?}", listed(&found));
        assert_eq!(found[1].wrong, Wrong::NotSigned, "{}", found[1]);
        let it = &found[0];
        assert_eq!((it.place, it.wrong), (Place::Answer, wrong), "{edit}: {it}");
        assert!(it.to_string().contains(says), "{edit}: {it}");
    }
}
