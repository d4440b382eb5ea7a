use super::*;
use crate::issuer::ledger::LedgerError;

/// Three licences of one order and one of another, two activations, one of them replaced, two products.
fn used() -> Desk {
    let mut desk = Desk::new();
    let root = SigningKey::from_seed(&[7; 32]).unwrap();
    let more = Product {
        id: "second".into(),
        ..product(&root)
    };
    products::add(&mut desk.ledger, more, BY).unwrap();
    let order = terms(2, LicenseType::Floating);
    let keys = products::sell(&mut desk.ledger, &order, 3, BY, &mut entropy(1)).unwrap();
    desk.sell(&terms(9, LicenseType::Standalone));
    desk.respond(&activate(keys[0], 1, 1)).unwrap();
    desk.respond(&activate(keys[1], 2, 2)).unwrap();
    desk.respond(&activate(keys[1], 2, 3)).unwrap();
    desk
}

#[test]
fn every_edit_is_found_and_named() {
    let edits = [
        (
            "UPDATE history SET at = at + 1 WHERE id = 3",
            "history row 3",
        ),
        (
            "UPDATE history SET actor = 'eve' WHERE id = 1",
            "history row 1",
        ),
        (
            "UPDATE history SET data = replace(data, ':1,', ':2,') WHERE id = 5",
            "history row 5",
        ),
        (
            "UPDATE history SET previous = NULL WHERE id = 6",
            "history row 6",
        ),
        (
            "UPDATE history SET hash = zeroblob(32) WHERE id = 2",
            "history row 2",
        ),
        (
            "DELETE FROM history WHERE id = 5",
            "history row 5 is missing",
        ),
        (
            "DELETE FROM history WHERE id = 7",
            "the answer of history row 7 is not in the history",
        ),
        (
            "UPDATE answer SET grant_ = zeroblob(90) WHERE event = 5",
            "the answer of history row 5",
        ),
        (
            "UPDATE answer SET generation = 3 WHERE event = 7",
            "the answer of history row 7",
        ),
        (
            "UPDATE answer SET request = x'41' WHERE event = 6",
            "the answer of history row 6",
        ),
        (
            "UPDATE answer SET activation = 1 WHERE event = 6",
            "the answer of history row 6",
        ),
        (
            "DELETE FROM answer WHERE event = 6",
            "history row 6 has lost its answer",
        ),
        (
            "UPDATE answer SET event = 99 WHERE event = 7",
            "the answer of history row 99",
        ),
        ("UPDATE terms SET seats = 200 WHERE id = 1", "order 1"),
        ("UPDATE terms SET customer = 'Eve' WHERE id = 2", "order 2"),
        ("UPDATE terms SET grace_days = 0 WHERE id = 1", "order 1"),
        ("DELETE FROM terms WHERE id = 2", "order 2"),
        ("UPDATE license SET terms = 2 WHERE id = 1", "license"),
        ("UPDATE license SET terms = 2 WHERE id = 3", "license"),
        (
            "UPDATE license SET key = 12345678901 WHERE id = 3",
            "history row 3",
        ),
        ("UPDATE license SET taken = 0 WHERE id = 1", "license"),
        ("UPDATE license SET taken = NULL WHERE id = 1", "license"),
        ("UPDATE license SET taken = 0 WHERE id = 3", "license"),
        ("UPDATE license SET event = 5 WHERE id = 3", "license"),
        ("UPDATE license SET event = 6 WHERE id = 2", "license"),
        ("DELETE FROM license WHERE id = 4", "history row 4"),
        (
            "INSERT INTO license VALUES (9, 12345678901, 1, NULL, 3, 0, x'', x'', x'')",
            "license 123-456-789-01",
        ),
        ("UPDATE activation SET seats = 1 WHERE id = 1", "activation"),
        ("UPDATE license SET moves = x'' WHERE id = 2", "license"),
        (
            "UPDATE license SET exchanges = x'000100000001' WHERE id = 1",
            "license",
        ),
        (
            "UPDATE license SET returns = x'000100000001' WHERE id = 3",
            "license",
        ),
        ("UPDATE license SET revoked = 1 WHERE id = 3", "license"),
        (
            "UPDATE activation SET reference = NULL WHERE id = 2",
            "activation",
        ),
        (
            "UPDATE activation SET reference_since = reference_since - 1 WHERE id = 2",
            "activation",
        ),
        ("UPDATE activation SET had = x'' WHERE id = 1", "activation"),
        (
            "UPDATE activation SET weak_accepted = 1 WHERE id = 1",
            "activation",
        ),
        (
            "UPDATE activation SET resting = 1, resting_until = 9 WHERE id = 1",
            "activation",
        ),
        (
            "UPDATE answer SET parent = 3 WHERE event = 7",
            "the answer of history row 7",
        ),
        (
            "UPDATE product SET weak = 'refuse' WHERE id = 1",
            "product infinitime",
        ),
        (
            "UPDATE activation SET fingerprint = NULL WHERE id = 2",
            "activation",
        ),
        ("UPDATE activation SET license = 3 WHERE id = 2", "license"),
        ("UPDATE activation SET event = 6 WHERE id = 2", "activation"),
        (
            "DELETE FROM activation WHERE id = 1",
            "activation that is gone",
        ),
        (
            "INSERT INTO activation SELECT 9, 99, aid, generation, fingerprint, bindings, usb, site_key, 0, first, last, \
          event, proven, superseded, ended, reference, reference_since, had, weak_accepted, resting, resting_until \
          FROM activation WHERE id = 1",
            "activation",
        ),
        (
            "UPDATE product SET definition = replace(definition, 'yes', 'no') WHERE id = 1",
            "product infinitime",
        ),
        (
            "UPDATE product SET version = 9 WHERE id = 2",
            "product second",
        ),
        ("DELETE FROM product WHERE id = 2", "product second is gone"),
        (
            "INSERT INTO meta VALUES ('mail', 'eve@example.com')",
            "what the desk says about itself",
        ),
    ];
    for (sql, named) in edits {
        let mut desk = used();
        assert_eq!(desk.findings(), [""; 0]);
        desk.edit(sql);
        let findings = match history::verify(&mut desk.ledger, |_, _| ()) {
            Ok(report) => report.findings.iter().map(ToString::to_string).collect(),
            Err(error) => vec![error.to_string()],
        };
        assert!(
            findings.iter().any(|it| it.contains(named)),
            "{sql}: {findings:?}"
        );
    }
}

#[test]
fn what_no_row_can_hold_is_damage() {
    let mut desk = used();
    desk.edit("UPDATE license SET key = 5 WHERE id = 2");
    let error = history::verify(&mut desk.ledger, |_, _| ()).unwrap_err();
    assert!(matches!(error, LedgerError::Damaged(_)), "{error}");
}

#[test]
fn progress_is_told_and_the_head_is_the_last_row() {
    let mut desk = used();
    let mut told = Vec::new();
    let report = history::verify(&mut desk.ledger, |done, of| told.push((done, of))).unwrap();
    assert_eq!(told, [(7, 7)]);
    let counts = (
        report.events,
        report.answers,
        report.licenses,
        report.activations,
    );
    assert_eq!(counts, (7, 3, 4, 2));
    let last = desk.ledger.read(|tx| tx.last_event()).unwrap().unwrap();
    assert_eq!(report.head, last.hash);
}
