//! A desk's ledger with a row of every kind, as the program itself makes them.

use std::fs;
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};

use countersign::issuer::audit::{self, Finding, Report};
use countersign::issuer::desk::Root;
use countersign::issuer::history;
use countersign::issuer::ledger::{
    Act, ActivationRow, Event, EventId, Ledger, LedgerError, LicenseId, OrderTerms, SignerId,
};
use countersign::issuer::life::{self, LifeError, Named, Step};
use countersign::issuer::products;
use countersign::issuer::respond::Issuer;
use countersign::machine::Fingerprint;
use countersign::protocol::date::Seconds;
use countersign::protocol::grant::LicenseType;
use countersign::protocol::product::Product;
use rusqlite::Connection;
use tempfile::TempDir;

use super::work::{Work, clerk, product, secret, signer, terms};

/// A ledger as bytes of its file, and as it was at some moments before.
pub(crate) struct Lived {
    directory: TempDir,
    now: Vec<u8>,
    pub(crate) before: Vec<PathBuf>,
}

impl Lived {
    /// Lives a life of some weeks: sold, activated, synced, replaced, given back, released, refused, revoked, changed, helped out.
    pub(crate) fn new() -> Lived {
        let directory = tempfile::tempdir().unwrap();
        let home = directory.path().join("home");
        let (desk, mut work) = Work::begin(&home);
        let mut before = Vec::new();
        let mut keep = |work: &mut Work| {
            let copy = directory.path().join(format!("before-{}", work.day));
            save(&desk.ledger_path(), &copy);
            before.push(copy);
            work.day += 1;
        };

        let dear = work.sell(&terms(1, "Aurora", 3, LicenseType::Floating), 3);
        keep(&mut work);
        let cheap = work.sell(&terms(2, "Borealis", 1, LicenseType::Standalone), 2);
        let first = work.activate("survey", dear[0], 1, 1).unwrap();
        let other = work.activate("survey", dear[0], 2, 2).unwrap();
        let only = work.activate("plotter", cheap[0], 3, 3).unwrap();
        keep(&mut work);
        // Another signer; a SYNC that changes nothing, and one that changes the machine.
        let root = Issuer::root(signer(&desk, Root::Live));
        work.issuer = clerk(&mut work, &root);
        work.sync(dear[0], first, (1, 1), 4, None).unwrap();
        let moved = Fingerprint::from_bytes(&[31, 3, 1, 3, 2, 3, 3, 3, 4, 9, 9]).unwrap();
        work.sync(cheap[0], only, (3, 1), 5, Some(moved)).unwrap();
        keep(&mut work);
        // A copy of the first machine speaks up: refused once, and once superseded.
        let refused = work.sync(dear[0], first, (1, 1), 6, None).unwrap_err();
        assert_eq!(refused.kind(), "needs_supersede");
        work.options.supersede_reason = Some("restored from a backup".into());
        work.sync(dear[0], first, (1, 1), 7, None).unwrap();
        work.options.supersede_reason = None;
        keep(&mut work);
        // Its own activation anew; one given back, one lost, one given back before it asked.
        let again = work.activate("plotter", cheap[0], 3, 8).unwrap();
        work.give_back(other, 2).unwrap();
        let lost = work.activate("survey", dear[1], 4, 9).unwrap();
        let by_now = work.by();
        life::release(
            &mut work.ledger,
            Named::Activation(lost, None),
            "stolen",
            false,
            work.issuer.hand(by_now),
        )
        .unwrap();
        let early = secret(10).commitment(dear[1]).activation_id();
        work.give_back(early, 10).unwrap();
        work.give_back(secret(11).commitment(dear[2]).activation_id(), 11)
            .unwrap();
        let given_up = work.activate("survey", dear[1], 5, 10).unwrap_err();
        assert_eq!(given_up.kind(), "given_up");
        keep(&mut work);
        // Help by telephone, a revocation taken back and one that stands, a change that shrinks what is in use.
        let by_now = work.by();
        life::emergency(
            &mut work.ledger,
            &work.issuer,
            Named::Activation(again, None),
            Step::default(),
            by_now,
        )
        .unwrap();
        work.activate("survey", dear[0], 6, 12).unwrap();
        life::revoke(
            &mut work.ledger,
            cheap[1],
            "unpaid",
            work.issuer.hand(by_now),
        )
        .unwrap();
        life::restore(&mut work.ledger, dear[2], "paid", work.issuer.hand(by_now)).unwrap_err();
        life::revoke(
            &mut work.ledger,
            dear[2],
            "unpaid",
            work.issuer.hand(by_now),
        )
        .unwrap();
        life::restore(&mut work.ledger, dear[2], "paid", work.issuer.hand(by_now)).unwrap();
        let fewer = |old: &OrderTerms, _: &Product| -> Result<OrderTerms, LifeError> {
            Ok(OrderTerms {
                seats: NonZeroU16::MIN,
                ..old.clone()
            })
        };
        life::change(
            &mut work.ledger,
            dear[0],
            fewer,
            None,
            work.issuer.hand(by_now),
        )
        .unwrap();
        // Given back so often that the seats rest; once a clerk frees them.
        let often = work.sell(&terms(2, "Cassiopeia", 1, LicenseType::Standalone), 2);
        for (license, key) in (0_u8..).zip(&often) {
            for turn in 0..7 {
                let (on, request) = (
                    20 + 10 * license + turn,
                    100 + u64::from(10 * license + turn),
                );
                let id = work.activate("plotter", *key, on, request).unwrap();
                work.give_back(id, request).unwrap();
                if (license, turn) == (0, 6) {
                    let id = Named::Activation(id, None);
                    life::free(&mut work.ledger, id, "by post", work.issuer.hand(by_now)).unwrap();
                }
            }
        }
        let named = Product {
            name: "Survey Two".into(),
            ..product("survey", &desk)
        };
        products::change(&mut work.ledger, named, root.hand(by_now)).unwrap();
        keep(&mut work);

        drop(work);
        let now = fs::read(desk.ledger_path()).unwrap();
        Lived {
            directory,
            now,
            before,
        }
    }

    /// A fresh copy of the ledger.
    pub(crate) fn copy(&self) -> PathBuf {
        let path = self.directory.path().join("ledger.db");
        for companion in ["ledger.db-wal", "ledger.db-shm"] {
            let _ = fs::remove_file(self.directory.path().join(companion));
        }
        fs::write(&path, &self.now).unwrap();
        path
    }

    /// A fresh copy, edited.
    pub(crate) fn edited(&self, sql: &str) -> PathBuf {
        let path = self.copy();
        let ledger = Connection::open(&path).unwrap();
        ledger
            .execute_batch(sql)
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        ledger.close().unwrap();
        path
    }
}

/// The whole content of a ledger in another file.
fn save(ledger: &Path, copy: &Path) {
    let ledger = Connection::open(ledger).unwrap();
    let into = format!("VACUUM INTO '{}'", copy.display());
    ledger.execute_batch(&into).unwrap();
}

/// What verification reports.
pub(crate) fn verify(path: &Path) -> Result<Report, LedgerError> {
    audit::verify(&mut Ledger::open(path)?, |_, _| ())
}

/// What verification finds.
pub(crate) fn findings(path: &Path) -> Vec<Finding> {
    verify(path).unwrap().findings
}

/// Findings in one line each.
pub(crate) fn listed(findings: &[Finding]) -> Vec<String> {
    let line = |it: &Finding| format!("{} {}: {it}", it.place.name(), it.wrong.name());
    findings.iter().map(line).collect()
}

/// Makes the chain anew, as whoever may write the database can.
pub(crate) fn rechain(path: &Path) {
    let ledger = Connection::open(path).unwrap();
    let mut events = ledger
        .prepare("SELECT id, at, actor, kind, license, activation, previous, data, signer, signature FROM history ORDER BY id")
        .unwrap();
    let events: Vec<Event> = events
        .query_map([], |row| {
            Ok(Event {
                id: EventId(row.get(0)?),
                at: Seconds(row.get(1)?),
                actor: row.get(2)?,
                kind: row.get(3)?,
                license: row.get::<_, Option<i64>>(4)?.map(LicenseId),
                activation: row.get::<_, Option<i64>>(5)?.map(ActivationRow),
                previous: row.get::<_, Option<i64>>(6)?.map(EventId),
                data: row.get(7)?,
                act: row.get::<_, Option<i64>>(8)?.map(|signer| Act {
                    signer: SignerId(signer),
                    signature: row.get(9).unwrap(),
                }),
                hash: [0; 32],
            })
        })
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut head = [0; 32];
    for event in events {
        head = history::chain(&head, &event);
        let sql = "UPDATE history SET hash = ?2 WHERE id = ?1";
        ledger.execute(sql, (event.id.0, head)).unwrap();
    }
}
