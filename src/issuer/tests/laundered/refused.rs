//! What goes by a row that was edited is refused before anything is signed.

use super::*;
use crate::issuer::life::Step;
use crate::issuer::tests::life::sync_code;

/// Something that is done with a license.
type Act<'a> = &'a dyn Fn(&mut Ledger) -> Result<(), LifeError>;

/// What somebody who may write the file edits for a moment, and what he waits for.
#[test]
fn nothing_goes_by_a_row_that_was_edited() {
    let edits = [
        // What was ordered.
        "UPDATE terms SET seats = 900",
        "UPDATE terms SET grace_days = 900",
        "UPDATE terms SET expires = 9000",
        "UPDATE terms SET emergency_steps = 31",
        "UPDATE terms SET maintenance = 9000",
        "UPDATE terms SET event = 1",
        // The license: of another order, revoked, seats in use, what it used up, an earlier event.
        "UPDATE license SET terms = 1",
        "UPDATE license SET withdrawn = 1",
        "UPDATE license SET taken = 0",
        "UPDATE license SET event = 3",
        "UPDATE license SET event = 4, terms = 2, taken = NULL",
        "UPDATE license SET event = 5, terms = 2",
        "UPDATE license SET event = 1",
        "UPDATE license SET event = 99",
        // Who holds it.
        "UPDATE activation SET seats = 0",
        "UPDATE activation SET proven = 7",
        "UPDATE activation SET first = first + 1",
        "UPDATE activation SET event = 3",
        "UPDATE activation SET event = 6",
        // What its event says, and what came of it.
        "UPDATE history SET data = replace(data, '\"taken\":1', '\"taken\":0')",
        "UPDATE history SET signature = zeroblob(64) WHERE kind = 'license_change'",
        "UPDATE history SET hash = zeroblob(32)",
    ];
    for edit in edits {
        let mut desk = Desk::new();
        desk.sell(&terms(7, LicenseType::Floating));
        let key = desk.sell(&OrderTerms {
            emergency: Some(EmergencyAllowance {
                steps: 2.try_into().unwrap(),
                days: 7.try_into().unwrap(),
            }),
            ..terms(3, LicenseType::Floating)
        });
        desk.options.seats = NonZeroU16::new(1);
        let id = desk.respond(&activate(key, 1, 1)).unwrap().activation;
        desk.changed(key, |it| it.grace_days = 20).unwrap();
        assert_eq!(desk.findings(), [""; 0]);
        let before = desk.events();
        let only = match edit {
            it if it.contains("UPDATE license SET") => format!("{edit} WHERE id = 2"),
            it => it.to_owned(),
        };
        desk.edit(&only);
        let issuer = &desk.issuer;
        let name = Named::License(key);
        let ask = code(&activate(key, 2, 9));
        let again = sync_code(&sync(key, id, (1, 1), 8, NOW));
        let ledger = &mut desk.ledger;
        let mut found = Vec::new();
        for asked in [ask, again] {
            found.push(
                respond(ledger, issuer, &asked, &desk.options, BY)
                    .unwrap_err()
                    .kind(),
            );
        }
        let acts: [Act<'_>; 4] = [
            &|it| life::revoke(it, key, "unpaid", hand(BY)),
            &|it| names::add_note(it, name, "paid", hand(BY)).map(|_| ()),
            &|it| life::release(it, name, "lost", false, hand(BY)).map(|_| ()),
            &|it| life::emergency(it, issuer, name, Step::default(), BY).map(|_| ()),
        ];
        // What goes by the license alone vouches for no activation.
        let of_holder = edit.starts_with("UPDATE activation");
        for act in acts.iter().skip(if of_holder { 2 } else { 0 }) {
            found.push(act(ledger).unwrap_err().kind());
        }
        if !of_holder {
            let changed = desk.changed(key, |it| it.grace_days = 1);
            found.push(changed.unwrap_err().kind());
        }
        let names: Vec<&str> = found.iter().map(|it| it.name()).collect();
        assert!(
            names.iter().all(|it| *it == "ledger_edited"),
            "{edit}: {names:?}"
        );
        assert_eq!(desk.events(), before, "{edit}: nothing was recorded");
    }
}

/// A row far beyond what any desk gets to is no number to go on from.
#[test]
fn a_history_that_ends_beyond_all_is_said() {
    for id in [i64::MAX, i64::MAX - 1, 1 << 62] {
        let (mut desk, key, id_) = licensed(3, LicenseType::Floating);
        let beyond = format!(
            "INSERT INTO history SELECT {id}, at, actor, kind, license, activation, NULL, data, signer, signature, hash FROM history WHERE id = 1"
        );
        desk.edit(&beyond);
        let error = desk.respond(&activate(key, 2, 2)).unwrap_err();
        assert_eq!(error.kind().name(), "ledger_edited");
        let error = life::release(
            &mut desk.ledger,
            Named::Activation(id_, None),
            "lost",
            false,
            hand(BY),
        );
        assert_eq!(error.unwrap_err().kind().name(), "ledger_edited");
        assert!(!desk.findings().is_empty());
    }
    for table in ["license", "activation"] {
        let (mut desk, key, _) = licensed(3, LicenseType::Floating);
        desk.edit(&format!("UPDATE {table} SET id = {}", i64::MAX));
        let sold = products::sell(
            &mut desk.ledger,
            &terms(1, LicenseType::Standalone),
            1,
            hand(BY),
            &mut entropy(99),
        );
        let answered = desk.respond(&activate(key, 2, 2));
        assert!(answered.is_err(), "{table}");
        assert_eq!(sold.is_err(), table == "license");
        assert!(!desk.findings().is_empty());
    }
}

/// Two desks at one ledger: what one wrote, the other goes by.
#[test]
fn another_desk_at_the_same_ledger_goes_on_from_what_it_finds() {
    let (mut desk, key, id) = licensed(9, LicenseType::Floating);
    let mut other = Ledger::open(&desk.home.path().join("ledger.db")).unwrap();
    desk.options.seats = NonZeroU16::new(1);
    desk.sync(&sync(key, id, (1, 1), 2, NOW)).unwrap();
    let issuer = Issuer::root(signer(7));
    for turn in 0..3 {
        let asks = code(&activate(key, 10 + turn, 10 + u64::from(turn)));
        respond(&mut other, &issuer, &asks, &desk.options, BY).unwrap();
        desk.respond(&activate(key, 20 + turn, 20 + u64::from(turn)))
            .unwrap();
        names::add_note(
            &mut other,
            Named::License(key),
            &format!("turn {turn}"),
            hand(BY),
        )
        .unwrap();
        desk.changed(key, |it| it.grace_days += 1).unwrap();
    }
    assert_eq!(desk.findings(), [""; 0]);
}
