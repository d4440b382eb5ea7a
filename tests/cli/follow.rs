//! `ledger follow`: each event once and in order, whatever is interrupted, put back or exchanged beneath it.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Stdio};

use rusqlite::Connection;
use serde_json::Value;

use crate::world::{Desk, Machine, World};

fn begun<'w>(world: &'w World) -> (Desk<'w>, Machine<'w>, String) {
    world.sold(&[], &["--seats", "2", "--order", "A-2041"])
}

/// The events that there are after a cursor.
fn after(desk: &Desk<'_>, cursor: &str) -> Vec<Value> {
    let follow = ["ledger", "follow", "--until-now", "--since", cursor];
    let said = desk.run(follow).with_json().done();
    match said.stdout.as_str() {
        "" => Vec::new(),
        _ => said.objects(),
    }
}

fn cursor(event: &Value) -> &str {
    event["cursor"].as_str().unwrap()
}

fn kinds(events: &[Value]) -> Vec<&str> {
    let kinds = events.iter().map(|it| it["kind"].as_str().unwrap());
    kinds.collect()
}

/// A program that follows, and what it has read.
struct Follower {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Follower {
    fn of(desk: &Desk<'_>, cursor: &str) -> Follower {
        let run = desk.run(["ledger", "follow", "--since", cursor]);
        let mut process = run.with_json().process();
        process.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = process.spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Follower { child, out }
    }

    fn next(&mut self) -> Value {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn an_event_says_whose_it_is_and_who_did_it() {
    let world = World::new();
    let (desk, ship, key) = begun(&world);
    desk.license(&ship, &key);
    desk.run(["license", "change", &key, "--seats", "3", "--as", "mia"])
        .done();
    let events = after(&desk, "0");
    assert_eq!(
        kinds(&events),
        [
            "desk_init",
            "product_add",
            "license_new",
            "activate",
            "license_change"
        ]
    );
    for (number, event) in (1..).zip(&events) {
        assert_eq!(event["event"], number, "{event}");
        let hash = cursor(event).strip_prefix(&format!("{number}:")).unwrap();
        assert_eq!(hash.len(), 64, "{event}");
    }
    assert_eq!(events[0]["product"], Value::Null);
    assert_eq!(events[1]["product"], "survey");
    let answered = &events[3];
    assert_eq!(answered["license_key"], key);
    assert_eq!(answered["product"], "survey");
    assert_eq!(answered["order"], "A-2041");
    assert_eq!(answered["key"], "root");
    assert!(answered["activation"].as_str().unwrap().starts_with("A-"));
    assert!(answered["at"].as_str().unwrap().ends_with('Z'));
    let changed = &events[4];
    assert_eq!(changed["actor"], "mia");
    assert_eq!(changed["facts"]["changes"][0]["what"], "seats");
    // The end of the chain is that of the history.
    let head = desk.run(["ledger", "verify"]).json()["head"].clone();
    assert_eq!(cursor(changed), format!("5:{}", head.as_str().unwrap()));
    // For people it is a line of the history.
    let history = desk.run(["ledger", "history"]).done().stdout;
    let followed = desk.run(["ledger", "follow", "--until-now"]).done().stdout;
    assert_eq!(followed, history);
}

#[test]
fn each_event_comes_once_however_often_it_is_begun_anew() {
    let world = World::new();
    let (desk, ship, key) = begun(&world);
    desk.license(&ship, &key);
    let all = after(&desk, "0");
    let (mut found, mut since) = (Vec::new(), "0".to_owned());
    loop {
        let follow = ["ledger", "follow", "--most", "3", "--until-now", "--since"];
        let said = desk.run(follow).arg(&since).with_json().done();
        if said.stdout.is_empty() {
            break;
        }
        found.extend(said.objects());
        since = cursor(found.last().unwrap()).to_owned();
    }
    assert_eq!(found, all);
    // Its number alone says where to go on, too.
    assert_eq!(after(&desk, "2"), all[2..]);
    // What ends by itself does not wait for more.
    let most = ["ledger", "follow", "--most", "2"];
    assert_eq!(desk.run(most).with_json().done().objects(), all[..2]);
}

#[test]
fn what_happens_is_given_out_to_whoever_waits() {
    let world = World::new();
    let (desk, ship, key) = begun(&world);
    let mut both = [Follower::of(&desk, "2"), Follower::of(&desk, "3")];
    assert_eq!(both[0].next()["kind"], "license_new");
    desk.license(&ship, &key);
    for follower in &mut both {
        let event = follower.next();
        assert_eq!(
            (&event["event"], &event["kind"]),
            (&4.into(), &"activate".into())
        );
    }
    // Each in its order, and the desk is not kept waiting.
    for number in 0..5 {
        desk.run(["license", "note", &key, &format!("seen {number}")])
            .done();
    }
    for follower in &mut both {
        let reasons: Vec<Value> = (0..5)
            .map(|_| follower.next()["facts"]["reason"].clone())
            .collect();
        assert_eq!(reasons, ["seen 0", "seen 1", "seen 2", "seen 3", "seen 4"]);
    }
}

/// A restore wants the ledger for itself: nobody who follows it is in its way. Afterwards what was followed is another history.
#[test]
fn a_ledger_that_is_put_back_is_told_of() {
    let world = World::new();
    let (desk, ship, key) = begun(&world);
    let backup = world.path().join("files/backup.db");
    desk.run(["ledger", "backup"]).arg(&backup).done();
    let before = after(&desk, "0");
    desk.license(&ship, &key);
    let lost = after(&desk, cursor(before.last().unwrap()));
    assert_eq!(kinds(&lost), ["activate"]);
    let mut follower = Follower::of(&desk, cursor(&before[1]));
    assert_eq!(
        (follower.next(), follower.next()),
        (before[2].clone(), lost[0].clone())
    );
    desk.run(["ledger", "restore", "--discard-newer", "--reason", "edited"])
        .arg(&backup)
        .done();
    // As many events as before, and one of them another.
    let told = follower.next();
    assert_eq!(told["error"]["kind"], "other_history", "{told}");
    assert_eq!(told["error"]["restored"], Value::from(vec![4]), "{told}");
    assert_eq!(follower.child.wait().unwrap().code(), Some(4));
    let since = [
        "ledger",
        "follow",
        "--until-now",
        "--since",
        cursor(&lost[0]),
    ];
    let said = desk
        .run(since)
        .refused(4, "other_history")
        .tells("--since 3");
    assert!(!said.stderr.contains("verify"), "{said}");
    // As it is advised.
    let anew = after(&desk, "3");
    assert_eq!(kinds(&anew), ["ledger_restore"]);
    assert_ne!(cursor(&anew[0]), cursor(&lost[0]));
    // Whoever had nothing that was given up goes on as ever.
    assert_eq!(after(&desk, cursor(&before[2])), anew);
}

#[test]
fn a_ledger_that_is_cut_off_or_exchanged_is_told_of() {
    let world = World::new();
    let (desk, _, _) = begun(&world);
    let last = after(&desk, "0").pop().unwrap();
    let refused = |cursor: &str| {
        desk.run(["ledger", "follow", "--since", cursor])
            .refused(4, "other_history")
            .tells("ledger verify")
    };
    refused("4");
    refused(&format!("3:{}", "0".repeat(64)));
    // Another desk's history is as long as this one.
    let other = world.desk("other");
    other.product("survey", &[]);
    other.sell("survey", &[]);
    fs::copy(other.kept("desk/ledger.db"), desk.kept("desk/ledger.db")).unwrap();
    refused(cursor(&last));
    assert_eq!(after(&desk, "3"), Vec::<Value>::new());
}

#[test]
fn a_cursor_is_one_or_it_is_not_taken() {
    let world = World::new();
    let (desk, _, _) = begun(&world);
    for cursor in ["x", "-1", "3:", "3:abc", ""] {
        desk.run(["ledger", "follow", &format!("--since={cursor}")])
            .refused(2, "usage")
            .tells("--since");
    }
    desk.run(["ledger", "follow", "--most", "0"])
        .refused(2, "usage");
    world
        .machine("ship")
        .run(["ledger", "follow"])
        .refused(1, "desk_missing");
}

/// Nothing more happens in it, and whoever read it is gone: it does not stay for ever.
#[cfg(unix)]
#[test]
fn it_ends_when_its_reader_has_gone() {
    let world = World::new();
    let (desk, _, _) = begun(&world);
    let mut process = desk.run(["ledger", "follow"]).with_json().process();
    process.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = process.spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut lines = String::new();
    for _ in 0..3 {
        out.read_line(&mut lines).unwrap();
    }
    drop(out);
    assert_eq!(child.wait().unwrap().code(), Some(141));
    let mut said = String::new();
    let mut words = child.stderr.take().unwrap();
    words.read_to_string(&mut said).unwrap();
    assert_eq!(said, "");
}

/// Whoever has the ledger for himself for longer than one waits keeps an event back, and no more.
#[test]
fn a_ledger_in_use_is_waited_for() {
    let world = World::new();
    let (desk, _, key) = begun(&world);
    let alone = Connection::open(desk.kept("desk/ledger.db")).unwrap();
    alone
        .pragma_update(None, "locking_mode", "exclusive")
        .unwrap();
    alone.execute_batch("BEGIN IMMEDIATE; COMMIT").unwrap();
    let mut follower = Follower::of(&desk, "2");
    // Where nobody is to wait, it is said.
    desk.run(["ledger", "follow", "--until-now"])
        .exits(1)
        .tells("in use");
    drop(alone);
    assert_eq!(follower.next()["license_key"], key);
}
