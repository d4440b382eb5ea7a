//! `desk answer`: mails are answered unattended, as a mail system hands them over (SPEC.md 9.19).

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::world::{Desk, Machine, Run, World};

pub(super) const KARI: &str = "kari@aurora.example";

/// A desk with a clerk's key for unattended answers, which sold one license.
pub(super) fn desk_with<'w>(world: &'w World, order: &[&str]) -> (Desk<'w>, Machine<'w>, String) {
    let sold = world.sold(&[], order);
    sold.0
        .certify("robot", &["--max-seats", "100", "--kinds", "grant"]);
    sold
}

/// A mail with this id, from `sender`.
pub(super) fn mail(id: &str, sender: &str, headers: &str, body: &str) -> String {
    format!(
        "Return-Path: <{sender}>\nReceived: from mx.example by desk.example; Thu, 1 Mar 2040 12:00:00 +0000\n\
         From: Kari <{sender}>\nTo: desk@example.com\nSubject: license, please\nMessage-ID: <{id}@aurora.example>\n\
         Date: Thu, 1 Mar 2040 12:00:00 +0000\n{headers}\nHello,\n\n{body}\n\nKari\n"
    )
}

pub(super) fn answer<'w>(desk: &Desk<'w>, mail: &str) -> Run<'w> {
    desk.by("robot", &["desk", "answer"]).piped(mail)
}

/// What became of a mail.
#[track_caller]
pub(super) fn became(desk: &Desk<'_>, mail: &str) -> (String, String) {
    let object = answer(desk, mail).json();
    let text = |name: &str| object[name].as_str().unwrap_or_default().to_owned();
    (text("became"), text("why"))
}

/// The mails in the outbox, the sent ones last.
pub(super) fn outbox(desk: &Desk<'_>) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for part in ["new", "cur"] {
        let place = desk.home().join("desk/outbox").join(part);
        let entries = fs::read_dir(place).into_iter().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|it| it.unwrap().path()).collect();
        paths.sort();
        found.extend(
            paths
                .into_iter()
                .map(|it| (it.clone(), fs::read_to_string(it).unwrap())),
        );
    }
    found
}

pub(super) fn inbox(desk: &Desk<'_>) -> Vec<Value> {
    let listed = desk.run(["--json", "desk", "inbox", "list"]).done().stdout;
    listed
        .lines()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect()
}

pub(super) fn another<'w>(desk: &Desk<'w>, name: &str) -> Machine<'w> {
    let machine = desk.world().machine(name);
    machine.install(&desk.world().path().join("files/survey.product"));
    machine
}

#[test]
fn a_request_is_answered_in_its_thread_and_once() {
    let world = World::new();
    let (desk, ship, key) = desk_with(&world, &["--seats", "2"]);
    let thread = "References: <0@aurora.example>\n <1@example.com>\nIn-Reply-To: <1@example.com>\n";
    let asked = mail("2", KARI, thread, &ship.request(&key));
    let object = answer(&desk, &asked).json();
    assert_eq!(
        (object["became"].as_str(), object["to"].as_str()),
        (Some("answered"), Some(KARI))
    );
    assert_eq!(object["requests"][0]["became"], "answered");
    let sent = outbox(&desk);
    let [(path, text)] = sent.as_slice() else {
        panic!("{sent:?}")
    };
    assert_eq!(object["mail"].as_str(), path.to_str());
    for header in [
        "From: \"Nordic Survey AS\" <desk@example.com>",
        "To: <kari@aurora.example>",
        "Auto-Submitted: auto-replied",
        "X-Loop: desk@example.com",
        "In-Reply-To: <2@aurora.example>",
        "<0@aurora.example> <1@example.com>",
    ] {
        assert!(text.contains(header), "{header}\n{text}");
    }
    ship.apply(text);
    ship.check().done();
    // The same mail again, by another way: sent meanwhile, or not.
    for _ in 0..2 {
        let again = asked.replace("mx.example", "other.example");
        assert_eq!(became(&desk, &again).0, "before");
        assert_eq!(outbox(&desk).len(), 1);
        let sent = desk
            .home()
            .join("desk/outbox/cur")
            .join(path.file_name().unwrap());
        let _ = fs::rename(path, sent);
    }
    // Nobody becomes the contact of a license by what his mail says of him.
    let license = desk.run(["license", "show", &key]).json();
    assert_eq!(license["contact"], Value::Null);
    desk.run(["ledger", "verify"]).done();
    // Our own answer comes back, by a program that bounces everything.
    let back = text.replace("Auto-Submitted: auto-replied\r\n", "");
    assert_eq!(became(&desk, &back), ("ignored".into(), "own_mail".into()));
}

/// Somebody was killed after the mail lay there, and before the ledger knew.
#[test]
fn whoever_was_killed_in_between_is_taken_up_where_he_was() {
    let world = World::new();
    let (desk, ship, key) = desk_with(&world, &[]);
    let asked = mail("1", KARI, "", &ship.request(&key));
    let before = world.path().join("before.db");
    desk.run(["ledger", "backup", before.to_str().unwrap()])
        .done();
    answer(&desk, &asked).done();
    let first = outbox(&desk);
    let ledger = desk.home().join("desk/ledger.db");
    for beside in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{beside}", ledger.display()));
    }
    // The answer itself is another then, for the ledger is yesterday's; the mail is not laid down again.
    fs::copy(&before, &ledger).unwrap();
    assert_eq!(became(&desk, &asked).0, "answered");
    assert_eq!(outbox(&desk), first);
    assert_eq!(became(&desk, &asked).0, "before");
}

/// The table of mails, each with a good request in it, and one without.
#[test]
fn mails_of_programs_and_lists_are_never_answered() {
    let world = World::new();
    let (desk, ship, key) = desk_with(&world, &[]);
    let request = ship.request(&key);
    for (nth, (headers, wanted, why)) in [
        ("Auto-Submitted: auto-replied\n", "ignored", "auto_reply"),
        (
            "X-Autoreply: yes\nPrecedence: bulk\n",
            "ignored",
            "auto_reply",
        ),
        (
            "Content-Type: multipart/report; report-type=delivery-status; boundary=x\n",
            "ignored",
            "bounce",
        ),
        ("X-Loop: Desk@example.com\n", "ignored", "own_mail"),
        ("Auto-Submitted: auto-generated\n", "held", "auto_generated"),
        ("List-Id: <survey.lists.example>\n", "held", "list"),
        ("Precedence: bulk\n", "held", "bulk"),
        ("X-Auto-Response-Suppress: All\n", "held", "suppressed"),
        ("Reply-To: noreply@aurora.example\n", "held", "no_person"),
    ]
    .into_iter()
    .enumerate()
    {
        let asked = mail(&nth.to_string(), KARI, headers, &request);
        assert_eq!(
            became(&desk, &asked),
            (wanted.into(), why.into()),
            "{headers}"
        );
    }
    let null = mail("n", KARI, "", &request).replacen(&format!("<{KARI}>"), "<>", 1);
    assert_eq!(became(&desk, &null), ("ignored".into(), "bounce".into()));
    let own = mail("o", "desk@example.com", "", &request);
    assert_eq!(became(&desk, &own), ("ignored".into(), "own_mail".into()));
    let daemon = mail("d", "MAILER-DAEMON@mx.example", "", &request);
    assert_eq!(became(&desk, &daemon), ("ignored".into(), "bounce".into()));
    for (id, sender, body, why) in [
        (
            "q",
            KARI,
            "> ".to_owned() + &request.replace('\n', "\n> "),
            "quoted",
        ),
        ("l", "root@localhost", request.clone(), "no_sender"),
    ] {
        assert_eq!(
            became(&desk, &mail(id, sender, "", &body)),
            ("held".into(), why.into())
        );
    }
    for (id, body, why) in [("t", "thank you!", "no_request"), ("e", "", "no_request")] {
        assert_eq!(
            became(&desk, &mail(id, KARI, "", body)),
            ("left".into(), why.into())
        );
    }
    for (text, why) in [("", "no_mail"), ("not a mail", "no_mail")] {
        assert_eq!(became(&desk, text), ("left".into(), why.into()));
    }
    let damaged: String = request
        .lines()
        .map(|row| row[..row.len() - 9].to_owned() + "\n")
        .collect();
    assert_eq!(
        became(&desk, &mail("b", KARI, "", &damaged)),
        ("left".into(), "damaged".into())
    );
    assert_eq!(outbox(&desk), []);
    assert_eq!((desk.seats_taken(&key), inbox(&desk).len()), (0, 7));
    // Of what was answered by now nobody has to look at what else came.
    desk.answer(&request);
    let list = mail("again", KARI, "List-Id: <survey.lists.example>\n", &request);
    assert_eq!(became(&desk, &list), ("left".into(), "list".into()));
}

#[test]
fn refusals_are_mailed_to_who_knows_a_key_and_five_a_day() {
    let world = World::new();
    let (desk, ship, key) = desk_with(&world, &["--contact", KARI]);
    desk.license(&ship, &key);
    let others: Vec<Machine<'_>> = (0..7)
        .map(|nth| another(&desk, &format!("m{nth}")))
        .collect();
    for (nth, machine) in others.iter().enumerate() {
        let asked = mail(&nth.to_string(), KARI, "", &machine.request(&key));
        let wanted = match nth < 5 {
            true => ("refused".into(), String::new()),
            false => ("held".into(), "mailed_enough".into()),
        };
        assert_eq!(became(&desk, &asked), wanted, "{nth}");
    }
    let sent = outbox(&desk);
    assert_eq!(sent.len(), 5);
    for (_, text) in &sent {
        assert!(text.contains("no seat of the license is free"), "{text}");
        assert!(!text.contains("RSP1"), "{text}");
    }
    // The same request under new ids: said once a day.
    world.days_pass(1);
    for (nth, wanted) in ["refused", "quiet", "quiet"].into_iter().enumerate() {
        let asked = mail(&format!("again{nth}"), KARI, "", &others[0].request(&key));
        assert_eq!(became(&desk, &asked).0, wanted);
    }
    assert_eq!(outbox(&desk).len(), 6);
}

/// A loop: an answer is asked for again and again, by mails with ids of their own.
#[test]
fn what_was_answered_is_mailed_once_a_day() {
    let world = World::new();
    let (desk, ship, key) = desk_with(&world, &[]);
    let request = ship.request(&key);
    let mut became_all = Vec::new();
    for nth in 0..10 {
        became_all.push(became(&desk, &mail(&nth.to_string(), KARI, "", &request)).0);
    }
    assert_eq!(
        became_all.iter().filter(|it| *it == "answered").count(),
        1,
        "{became_all:?}"
    );
    // Other people, as the mails say, who send the same.
    for nth in 0..10 {
        let sender = format!("p{nth}@aurora.example");
        assert_eq!(
            became(&desk, &mail("x", &sender, "", &request)).0,
            "answered"
        );
    }
    world.days_pass(1);
    assert_eq!(
        became(&desk, &mail("later", KARI, "", &request)).0,
        "answered"
    );
    assert_eq!((outbox(&desk).len(), desk.seats_taken(&key)), (12, 1));
    let codes: Vec<String> = outbox(&desk)
        .iter()
        .map(|(_, text)| text.lines().filter(|it| it.starts_with("RSP1")).collect())
        .collect();
    assert!(codes.iter().all(|it| *it == codes[0]), "{codes:?}");
}

#[test]
fn guesses_of_keys_are_counted_and_tell_nothing() {
    let world = World::new();
    let (desk, ship, key) = desk_with(&world, &["--seats", "3", "--contact", KARI]);
    let foreign = world.desk("other");
    foreign.product("survey", &[]);
    let eve = "eve@evil.example";
    let guess = |nth: usize| {
        let wrong = foreign.sell("survey", &[]);
        mail(&format!("guess{nth}"), eve, "", &ship.request(&wrong))
    };
    let all: Vec<String> = (0..24).map(|nth| became(&desk, &guess(nth)).0).collect();
    assert_eq!(all.iter().filter(|it| *it == "held").count(), 20, "{all:?}");
    assert_eq!(
        all.iter().filter(|it| *it == "counted").count(),
        4,
        "{all:?}"
    );
    // The next one is right, and Eve learns nothing; nor does whoever else she says she is, the contact apart.
    let right = ship.request(&key);
    let object = answer(&desk, &mail("right", eve, "", &right)).json();
    assert_ne!(object["became"], "answered", "{object}");
    assert_eq!((outbox(&desk), desk.seats_taken(&key)), (vec![], 0));
    assert_eq!(became(&desk, &mail("own", KARI, "", &right)).0, "answered");
    let said = desk.run(["desk", "report"]).done().stdout;
    assert!(said.contains(eve) && said.contains("M-20"), "{said}");
    // A contact who mistyped is told so.
    let wrong = foreign.sell("survey", &[]);
    let typo = mail("typo", KARI, "", &another(&desk, "second").request(&wrong));
    assert_eq!(became(&desk, &typo).0, "refused");
    assert!(
        outbox(&desk)[0]
            .1
            .contains("we know of no license with this key")
            || outbox(&desk)[1]
                .1
                .contains("we know of no license with this key")
    );
}

#[test]
fn only_the_contact_is_answered_where_that_is_wanted() {
    let world = World::new();
    let (desk, ship, key) = desk_with(
        &world,
        &["--seats", "2", "--contact", &format!("Kari <{KARI}>")],
    );
    let only = |text: &str| {
        let run = desk
            .by("robot", &["desk", "answer", "--only-contact"])
            .piped(text);
        run.json()["became"].as_str().unwrap().to_owned()
    };
    let request = ship.request(&key);
    assert_eq!(only(&mail("1", "eve@evil.example", "", &request)), "held");
    assert_eq!(
        only(&mail("2", "KARI@aurora.example", "", &request)),
        "answered"
    );
}

/// A license comes back by mail: its seat is free, and there is nothing to send.
#[test]
fn a_return_is_taken_and_a_form_is_answered_to_whoever_filled_it_in() {
    let world = World::new();
    let (desk, ship, key) = desk_with(&world, &[]);
    let form = format!("Reply-To: {KARI}\n");
    let asked = mail("1", "noreply@example.com", &form, &ship.request(&key));
    let object = answer(&desk, &asked).json();
    assert_eq!(
        (object["became"].as_str(), object["to"].as_str()),
        (Some("answered"), Some(KARI))
    );
    ship.apply(&outbox(&desk)[0].1);
    let gives_back = ship.run(["return", "--yes"]).done().code();
    let object = answer(&desk, &mail("2", KARI, "", &gives_back)).json();
    assert_eq!(
        (object["became"].as_str(), &object["mail"]),
        (Some("answered"), &Value::Null),
        "{object}"
    );
    assert_eq!(object["requests"][0]["became"], "taken");
    assert_eq!((outbox(&desk).len(), desk.seats_taken(&key)), (1, 0));
}
