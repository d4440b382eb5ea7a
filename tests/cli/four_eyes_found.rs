//! Four eyes where somebody goes past them: with a program that knows no policy, in the ledger's file, at the same moment, or by an old backup.

use std::fs;

use rusqlite::Connection;

use super::four_eyes::{SALE, approve, by, desk_with, proposes, sold, waiting};
use crate::world::{Desk, World};

/// The ledger as somebody with the file and another program writes it.
fn edited(desk: &Desk<'_>, edit: impl FnOnce(&Connection)) {
    let ledger = Connection::open(desk.kept("desk/ledger.db")).unwrap();
    edit(&ledger);
}

fn found(desk: &Desk<'_>, what: &str) {
    let said = desk.run(["ledger", "verify"]).with_json_exits(5);
    let findings = said["error"]["findings"].to_string();
    assert!(findings.contains(what), "{findings}");
}

/// A program that knows nothing of the policy: the machines do not, either, and the verification shows it.
#[test]
fn what_nobody_approved_is_found() {
    let world = World::new();
    let desk = desk_with(
        &world,
        "seats>5,grace>90d,term>400d,loan>7d,override,revoke,release,emergency",
    );
    let file = desk.export("survey");
    let rules = "seats>5,grace>90d,term>400d,loan>7d,override,revoke,release,emergency";
    let set = |value: &str| {
        edited(&desk, |it| {
            let sql = "UPDATE meta SET value = ?1 WHERE name = 'approve survey'";
            it.execute(sql, [value]).unwrap();
        });
    };
    let kept = desk.kept("desk/ledger.db");
    let before = world.path().join("before.sqlite");
    let long = [
        "license",
        "new",
        "--product",
        "survey",
        "--customer",
        "A",
        "--emergency",
        "3x7",
    ];
    set("");
    let key = by(&desk, "ann", &long).done().line();
    let spare = by(&desk, "ann", &long).done().line();
    set(rules);
    found(
        &desk,
        "falls under the policy of its product, and nobody approved it",
    );
    let ship = world.machine("ship");
    ship.install(&file);
    ship.apply(&desk.answer_by("ann", &ship.request(&key)));
    let again = ship.run(["request", "sync"]).done().code();
    fs::copy(&kept, &before).unwrap();
    let count = |desk: &Desk<'_>| {
        let said = desk.run(["ledger", "verify"]).with_json_exits(5);
        said["error"]["wrong"].as_u64().unwrap()
    };
    let known = count(&desk);
    let acts: Vec<Vec<&str>> = vec![
        SALE.to_vec(),
        vec!["license", "change", &key, "--seats", "6"],
        vec!["license", "change", &key, "--grace", "91"],
        vec![
            "license", "change", &key, "--lend", "8", "--type", "floating",
        ],
        vec!["license", "revoke", &key, "--reason", "unpaid"],
        vec!["license", "void", &spare, "--reason", "mistake"],
        vec!["release", &key, "--lost", "--reason", "stolen"],
        vec!["respond", &again, "--grace", "91"],
        vec!["emergency", &key, "--key", "root"],
    ];
    for act in acts {
        fs::copy(&before, &kept).unwrap();
        set("");
        match act.contains(&"--key") {
            true => desk.run(&act).done(),
            false => by(&desk, "ann", &act).done(),
        };
        set(rules);
        assert_eq!(count(&desk), known + 1, "{act:?}");
    }
}

/// Whoever writes to the ledger's file makes nothing of a proposal: it is signed, and so is what is approved.
#[test]
fn a_proposal_that_was_edited_is_not_done() {
    let world = World::new();
    let desk = desk_with(&world, "seats>5");
    let number = proposes(&desk, "ann", &SALE);
    edited(&desk, |it| {
        let sql =
            "UPDATE history SET data = replace(data, 'Aurora', 'Borealis') WHERE kind = 'propose'";
        assert_eq!(it.execute(sql, []).unwrap(), 1);
    });
    approve(&desk, "bo", &number).refused(1, "ledger_damaged");
    assert_eq!(sold(&desk), 0);
    found(&desk, "was altered");
}

/// A backup is the ledger of its day: what waited then may have been done since, and is not done a second time.
#[test]
fn what_waited_when_the_backup_was_made_is_not_done_again() {
    let world = World::new();
    let desk = desk_with(&world, "seats>5");
    let number = proposes(&desk, "ann", &SALE);
    let backup = world.path().join("backup.sqlite");
    desk.run(["ledger", "backup"]).arg(&backup).done();
    let restore = desk
        .run(["ledger", "restore"])
        .arg(&backup)
        .arg("--reason=disk")
        .arg("--key=root");
    // Nothing was done since: it waits.
    restore.done();
    assert_eq!((waiting(&desk), sold(&desk)), (1, 0));
    approve(&desk, "bo", &number).done();
    let restore = restore.arg("--discard-newer");
    restore
        .clone()
        .arg("--dry-run")
        .done()
        .tells("waited by the backup and would be declined");
    restore.done().tells(&format!(
        "proposal {number} of ann waited by the backup and is declined, for it may have been done since: \
         countersign license new --product=survey"
    ));
    assert_eq!((waiting(&desk), sold(&desk)), (0, 0));
    approve(&desk, "bo", &number).refused(6, "proposal_decided");
    let again = proposes(&desk, "ann", &SALE);
    assert_ne!(again, number);
    // A ledger that cannot be looked at may have known more, too.
    desk.run(["ledger", "backup"])
        .arg(world.path().join("second"))
        .done();
    fs::remove_file(desk.kept("desk/ledger.db")).unwrap();
    let second = world.path().join("second");
    let gone = desk
        .run(["ledger", "restore"])
        .arg(&second)
        .arg("--reason=disk")
        .arg("--key=root");
    let object = gone.json();
    assert_eq!(
        object["proposals_declined"].to_string(),
        format!("[{again}]")
    );
    assert_eq!((waiting(&desk), sold(&desk)), (0, 0));
    desk.run(["ledger", "verify"]).done();
}

#[cfg(unix)]
#[test]
fn of_two_who_approve_at_once_one_does_it() {
    let world = World::new();
    let desk = desk_with(&world, "seats>5");
    let number = proposes(&desk, "ann", &SALE);
    let both = ["bo", "zoe"].map(|who| {
        let mut process = approve(&desk, who, &number).process();
        process.stdout(std::process::Stdio::piped());
        process.stderr(std::process::Stdio::piped());
        process.spawn().unwrap()
    });
    let mut codes: Vec<i32> = both
        .into_iter()
        .map(|it| it.wait_with_output().unwrap().status.code().unwrap())
        .collect();
    codes.sort_unstable();
    assert_eq!((codes, sold(&desk), waiting(&desk)), (vec![0, 6], 1, 0));
    desk.run(["ledger", "verify"]).done();
}
