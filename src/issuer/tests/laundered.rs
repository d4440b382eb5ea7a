//! A row of the ledger that is edited for a moment, so that an honest answer or act goes by it, and put back: it is refused, and where another program
//! did not refuse it, a verification names it (SPEC.md 9.9).

mod refused;

use super::desks::certify;
use super::life::{licensed, sync};
use super::*;
use crate::issuer::history::act;
use crate::issuer::ledger::{EmergencyAllowance, TermsId};
use crate::issuer::life::{self, LifeError, Named};
use crate::issuer::names;
use crate::protocol::desk_certificate::{MANAGER, MAY_GRANT, MAY_GRANT_EMERGENCY};
use crate::protocol::digest::ActivationId;

impl Desk {
    /// Somebody with a database tool and a key: the chain made anew over what was edited, and each act signed again.
    fn signs_anew(&mut self) {
        let events = self.ledger.audit(|tx| tx.events(EventId(0), 1_000));
        let hex = |bytes: &[u8]| -> String { bytes.iter().map(|it| format!("{it:02x}")).collect() };
        let mut head = [0; 32];
        for mut event in events.unwrap() {
            let id = event.id.0;
            let statement = act(&head, &event, &[]);
            if let Some(done) = &mut event.act {
                done.signature = signer(7).sign(&statement).unwrap();
                let signature = hex(&done.signature);
                self.edit(&format!(
                    "UPDATE history SET signature = x'{signature}' WHERE id = {id}"
                ));
            }
            head = history::chain(&head, &event);
            let hash = hex(&head);
            self.edit(&format!(
                "UPDATE history SET hash = x'{hash}' WHERE id = {id}"
            ));
        }
    }

    /// What is found once this was edited, and signed anew.
    fn forged(&mut self, sql: &str) -> Vec<String> {
        assert_eq!(self.findings(), [""; 0]);
        self.edit(sql);
        self.signs_anew();
        self.findings()
    }

    fn note(&mut self, key: LicenseKey, text: &str) {
        names::add_note(&mut self.ledger, Named::License(key), text, hand(BY)).unwrap();
    }

    fn changed(
        &mut self,
        key: LicenseKey,
        edit: impl Fn(&mut OrderTerms),
    ) -> Result<(), LifeError> {
        let edit = |old: &OrderTerms, _: &Product| -> Result<OrderTerms, LifeError> {
            let mut new = old.clone();
            edit(&mut new);
            Ok(new)
        };
        life::change(&mut self.ledger, key, edit, None, hand(BY)).map(|_| ())
    }

    /// How many events there are.
    fn events(&mut self) -> i64 {
        let last = self.ledger.read(|tx| tx.last_event()).unwrap();
        last.map_or(0, |it| it.id.0)
    }
}

/// One finding, which names the license and the event, and says this.
fn names_it(findings: &[String], (event, key): (i64, LicenseKey), says: &str) {
    let row = format!("history row {event} (license {key})");
    let own: Vec<&String> = findings.iter().filter(|it| it.starts_with(&row)).collect();
    assert!(
        own.iter().any(|it| it.contains(says)),
        "{row} … {says}: {findings:#?}"
    );
}

/// A floating license of three seats: sold (2), activated (3), noted (4), activated (5), noted (6).
fn lived() -> (Desk, LicenseKey) {
    let (mut desk, key, _) = licensed(3, LicenseType::Floating);
    // It asked for no number, and got all.
    let fewer = Options {
        seats: NonZeroU16::new(1),
        ..Options::default()
    };
    desk.options = fewer;
    let id = id_of(&mut desk, key);
    desk.sync(&sync(key, id, (1, 1), 2, NOW)).unwrap();
    desk.note(key, "one");
    desk.respond(&activate(key, 2, 3)).unwrap();
    desk.note(key, "two");
    assert_eq!(desk.events(), 7);
    (desk, key)
}

fn id_of(desk: &mut Desk, key: LicenseKey) -> ActivationId {
    let view = products::license(&mut desk.ledger, key).unwrap().unwrap();
    view.activations[0].standing.activation
}

#[test]
fn what_a_change_does_not_say_is_found() {
    for (edit, says) in [
        (
            "replace(data, '{\"what\":\"seats\",\"before\":{\"value\":{\"number\":3}},\"after\":{\"value\":{\"number\":9}}},', '')",
            "says",
        ),
        ("replace(data, '\"number\":9', '\"number\":4')", "says"),
    ] {
        let (mut desk, key) = lived();
        desk.changed(key, |it| {
            it.seats = NonZeroU16::new(9).unwrap();
            it.grace_days = 31;
        })
        .unwrap();
        let findings = desk.forged(&format!("UPDATE history SET data = {edit} WHERE id = 8"));
        names_it(&findings, (8, key), says);
    }
    // Nor may it change what no change changes.
    let (mut desk, key) = lived();
    desk.changed(key, |it| it.grace_days = 31).unwrap();
    let digest = |desk: &mut Desk| {
        let terms = desk.ledger.read(|tx| tx.terms(TermsId(2)));
        history::Hex(terms.unwrap().unwrap().digest("infinitime")).to_string()
    };
    assert_eq!(desk.findings(), [""; 0]);
    let honest = digest(&mut desk);
    desk.edit("UPDATE terms SET note = 'paid' WHERE id = 2");
    let edited = digest(&mut desk);
    desk.edit(&format!(
        "UPDATE history SET data = replace(data, '{honest}', '{edited}')"
    ));
    desk.signs_anew();
    names_it(&desk.findings(), (8, key), "says");
}

/// The order of the history is what a row said in between.
#[test]
fn an_answer_by_what_did_not_stand_is_found() {
    for (edit, event, says) in [
        // Revoked before the second machine was answered.
        (
            "UPDATE history SET kind = 'license_revoke', data = replace(data, '\"reason\"', '\"revoked\":true,\"reason\"') WHERE id = 5",
            6,
            "revoked",
        ),
        // Of another order in between.
        (
            "UPDATE history SET data = replace(data, '\"order\":1', '\"order\":2') WHERE id = 6",
            6,
            "order",
        ),
        // Seats in use that were not there.
        (
            "UPDATE history SET data = replace(data, '\"taken\":2', '\"taken\":1') WHERE id = 6",
            6,
            "seats",
        ),
        (
            "UPDATE history SET data = replace(data, '\"taken\":1', '\"taken\":0') WHERE id = 5",
            5,
            "says",
        ),
        (
            "UPDATE history SET data = replace(data, '\"taken\":1', '\"taken\":3') WHERE id IN (4, 5);\
          UPDATE history SET data = replace(data, '\"taken\":2', '\"taken\":4') WHERE id = 6",
            6,
            "more seats",
        ),
        // A part of its history passed by.
        (
            "UPDATE history SET previous = 3 WHERE id = 7",
            7,
            "changed more",
        ),
        (
            "UPDATE history SET previous = 1 WHERE id = 7",
            7,
            "go on from",
        ),
    ] {
        let (mut desk, key) = lived();
        if edit.contains("previous = 3") {
            // No two go on from one: what stood in between was taken out of its history.
            desk.edit("UPDATE history SET license = NULL, previous = NULL WHERE id = 4");
        }
        desk.edit(edit);
        desk.signs_anew();
        let findings = desk.findings();
        names_it(&findings, (event, key), says);
    }
}

/// Two events that go on from the same one: what came in between was passed by.
#[test]
fn no_two_events_go_on_from_one() {
    let (desk, _) = lived();
    let file = Connection::open(desk.home.path().join("ledger.db")).unwrap();
    let twice = file.execute("UPDATE history SET previous = 5 WHERE id = 7", []);
    assert!(twice.is_err(), "the table itself does not allow it");
}

#[test]
fn a_machine_that_was_released_and_answered_is_found() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    desk.note(key, "lost?");
    desk.sync(&sync(key, id, (1, 1), 2, NOW)).unwrap();
    let digest = "0".repeat(64);
    let findings = desk.forged(&format!(
        "UPDATE history SET kind = 'release', activation = 1, \
         data = '{{\"order\":1,\"taken\":0,\"freed\":1,\"holder\":\"{digest}\"}}' WHERE id = 4"
    ));
    names_it(&findings, (5, key), "released");
}

/// What was granted beyond what was ordered, by a key that is not held to it.
#[test]
fn a_grant_beyond_its_order_is_found() {
    for edit in [
        "UPDATE terms SET seats = 1",
        "UPDATE terms SET emergency_steps = 1",
        "UPDATE terms SET emergency_days = 1",
        "UPDATE terms SET emergency_steps = 0, emergency_days = 0",
    ] {
        let mut desk = Desk::new();
        let key = desk.sell(&OrderTerms {
            emergency: Some(EmergencyAllowance {
                steps: 2.try_into().unwrap(),
                days: 7.try_into().unwrap(),
            }),
            ..terms(2, LicenseType::Floating)
        });
        desk.respond(&activate(key, 1, 1)).unwrap();
        assert_eq!(desk.findings(), [""; 0]);
        let digest = |desk: &mut Desk| {
            let terms = desk.ledger.read(|tx| tx.terms(TermsId(1)));
            history::Hex(terms.unwrap().unwrap().digest("infinitime")).to_string()
        };
        let honest = digest(&mut desk);
        desk.edit(edit);
        let edited = digest(&mut desk);
        desk.edit(&format!(
            "UPDATE history SET data = replace(data, '{honest}', '{edited}')"
        ));
        desk.signs_anew();
        let findings = desk.findings();
        assert!(
            findings.iter().any(|it| it.contains("than was ordered")),
            "{edit}: {findings:#?}"
        );
    }
}

/// What is ordered otherwise.
type Edit = fn(&mut OrderTerms);

/// Whoever has a clerk's key and the ledger sells by hand: his limits are held against it.
#[test]
fn an_order_beyond_the_limits_of_its_signer_is_found() {
    let lending = |it: &mut OrderTerms| it.lend_days = 7.try_into().ok();
    let emergency = |it: &mut OrderTerms| {
        it.emergency = Some(EmergencyAllowance {
            steps: 2.try_into().unwrap(),
            days: 7.try_into().unwrap(),
        });
    };
    let changes: [(Edit, bool); 6] = [
        (|_| (), false),
        (|it| it.seats = NonZeroU16::new(6).unwrap(), true),
        (|it| it.grace_days = 31, true),
        (|it| it.grace_days = 0, true),
        (lending, true),
        (emergency, true),
    ];
    for (change, beyond) in changes {
        for kind in ["new", "change"] {
            let mut desk = Desk::new();
            let certificate = certify("infinitime", |_| ());
            desk.enroll("ann", &certificate);
            let clerk = Issuer::desk(signer(8), certificate).unwrap();
            let sold = terms(5, LicenseType::Floating);
            let mut other = sold.clone();
            change(&mut other);
            other.customer = "Eve".into();
            match kind {
                "new" => {
                    let by = clerk.hand(BY);
                    let entropy = &mut entropy(5);
                    products::sell(&mut desk.ledger, &other, 1, by, entropy).unwrap();
                }
                _ => {
                    let key = desk.sell(&sold);
                    let edit = |_: &OrderTerms, _: &Product| -> Result<OrderTerms, LifeError> {
                        Ok(other.clone())
                    };
                    life::change(&mut desk.ledger, key, edit, None, clerk.hand(BY)).unwrap();
                }
            }
            let findings = desk.findings();
            assert_eq!(findings.len(), usize::from(beyond), "{kind}: {findings:?}");
            assert!(
                findings.iter().all(|it| it.contains("may not grant")),
                "{findings:?}"
            );
        }
    }
}

/// What is as it was before, a manager may have sold; and a manager's limits are his as well.
#[test]
fn a_clerk_changes_what_is_not_beyond_him_of_an_order_that_is() {
    for kinds in [MAY_GRANT, MAY_GRANT | MAY_GRANT_EMERGENCY | MANAGER] {
        let mut desk = Desk::new();
        let certificate = certify("infinitime", |it| it.kinds = kinds);
        desk.enroll("ann", &certificate);
        let clerk = Issuer::desk(signer(8), certificate).unwrap();
        let key = desk.sell(&terms(9, LicenseType::Floating));
        for (seats, beyond) in [(9, false), (10, true)] {
            let edit = |old: &OrderTerms, _: &Product| -> Result<OrderTerms, LifeError> {
                Ok(OrderTerms {
                    seats: NonZeroU16::new(seats).unwrap(),
                    customer: format!("Eve {seats}"),
                    ..old.clone()
                })
            };
            life::change(&mut desk.ledger, key, edit, None, clerk.hand(BY)).unwrap();
            assert_eq!(desk.findings().len(), usize::from(beyond));
        }
    }
}
