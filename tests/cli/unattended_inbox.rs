//! Mails that are not answered unattended: they wait in the inbox until somebody decides (SPEC.md 9.19).

use std::fs;

use serde_json::Value;

use super::unattended::{KARI, another, answer, became, desk_with, inbox, mail, outbox};
use crate::world::World;

/// Half of a mail is routine, and the other half is somebody's to decide.
#[test]
fn what_is_not_routine_waits_and_is_answered_when_somebody_approves_it() {
    let world = World::new();
    let (desk, ship, key) = desk_with(&world, &["--seats", "2"]);
    desk.license(&ship, &key);
    // The fork rule: an older state of the machine asks.
    let copy = world.path().join("copy");
    let place = ship.kept("machine");
    copy_all(&place, &copy);
    let newer = ship.run(["request", "sync", "--new"]).done().code();
    ship.apply(&desk.answer(&newer));
    fs::remove_dir_all(&place).unwrap();
    copy_all(&copy, &place);
    let asks = ship.run(["request", "sync", "--new"]).done().code();
    let other = another(&desk, "second").request(&key);
    let asked = mail("1", KARI, "", &format!("{other}\n\n{asks}"));
    let object = answer(&desk, &asked).json();
    assert_eq!(
        (object["became"].as_str(), object["why"].as_str()),
        (Some("held"), Some("needs_supersede")),
        "{object}"
    );
    assert_eq!(object["requests"].as_array().unwrap().len(), 2, "{object}");
    let name = object["inbox"].as_str().unwrap();
    assert_eq!(outbox(&desk).len(), 1);
    assert!(
        outbox(&desk)[0]
            .1
            .contains("we look into it and write to you")
    );
    let waiting = inbox(&desk);
    assert_eq!(
        (
            waiting.len(),
            waiting[0]["requests"].as_array().unwrap().len()
        ),
        (1, 1),
        "{waiting:?}"
    );
    desk.run(["desk", "inbox", "list"])
        .done()
        .prints(name)
        .prints(KARI);
    desk.run(["desk", "inbox", "show", name])
        .done()
        .prints("license, please")
        .tells("--supersede");
    desk.run(["desk", "inbox", "approve", name])
        .owes(6, "needs_supersede");
    let approve = [
        "desk",
        "inbox",
        "approve",
        name,
        "--supersede",
        "--reason",
        "by phone",
    ];
    let object = desk.run(approve).json();
    assert_eq!(object["to"], KARI);
    let sent = outbox(&desk);
    assert_eq!(sent.len(), 2);
    let (_, text) = sent
        .iter()
        .find(|it| Some(it.0.to_str().unwrap()) == object["mail"].as_str())
        .unwrap();
    assert!(text.contains("In-Reply-To: <1@aurora.example>"), "{text}");
    ship.apply(text);
    assert_eq!(inbox(&desk), Vec::<Value>::new());
    desk.run(approve).refused(6, "proposal_decided");
    desk.run(["desk", "inbox", "decline", name])
        .refused(6, "proposal_decided");
    desk.run(["desk", "inbox", "show", "M-99"])
        .refused(4, "unknown_proposal");
    desk.run(["desk", "inbox", "show", "none"])
        .refused(2, "usage");
    let all = desk.run(["desk", "inbox", "list", "--all"]).json();
    assert_eq!(all["state"], "approved");
}

fn copy_all(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy_all(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

#[test]
fn a_mail_is_declined_with_a_note_and_nothing_goes_back() {
    let world = World::new();
    let (desk, ship, key) = desk_with(&world, &[]);
    let asked = mail("1", KARI, "Precedence: bulk\n", &ship.request(&key));
    answer(&desk, &asked).done().tells("M-1");
    let declined = [
        "desk",
        "inbox",
        "decline",
        "M-1",
        "--note",
        "an advertisement",
    ];
    desk.run(declined).done();
    desk.run(["desk", "inbox", "show", "M-1"])
        .done()
        .prints("an advertisement");
    assert_eq!(became(&desk, &asked), ("before".into(), "declined".into()));
    assert_eq!((outbox(&desk), desk.seats_taken(&key)), (vec![], 0));
    // Whom it goes to is said where the mail does not say it.
    let nobody = mail("2", "root@localhost", "", &ship.request(&key));
    answer(&desk, &nobody).done().tells("M-2");
    desk.run(["desk", "inbox", "approve", "M-2"])
        .refused(2, "usage");
    desk.run(["desk", "inbox", "approve", "M-2", "--to", KARI])
        .done();
    assert!(outbox(&desk)[0].1.contains("To: <kari@aurora.example>"));
}

#[test]
fn the_inbox_has_an_end() {
    let world = World::new();
    let (desk, ship, key) = desk_with(&world, &[]);
    let request = ship.request(&key);
    let held = |nth: usize| {
        became(
            &desk,
            &mail(&nth.to_string(), KARI, "Precedence: bulk\n", &request),
        )
    };
    for nth in 0..20 {
        assert_eq!(held(nth).0, "held");
    }
    assert_eq!(held(20), ("left".into(), "inbox_full".into()));
    assert_eq!(inbox(&desk).len(), 20);
}

/// As many guesses at once, by somebody whose own request is good.
#[test]
fn a_mail_with_many_requests_waits() {
    let world = World::new();
    let (desk, ship, key) = desk_with(&world, &["--seats", "30"]);
    let mut requests = vec![ship.request(&key)];
    requests.extend((0..20).map(|nth| another(&desk, &format!("m{nth}")).request(&key)));
    let many = mail("many", KARI, "", &requests.join("\n\n"));
    assert_eq!(became(&desk, &many), ("held".into(), "many".into()));
    let some = mail("some", KARI, "", &requests[1..].join("\n\n"));
    assert_eq!(became(&desk, &some).0, "answered");
    assert_eq!((outbox(&desk).len(), desk.seats_taken(&key)), (1, 20));
    desk.run(["desk", "inbox", "approve", "M-1"]).done();
    assert_eq!((outbox(&desk).len(), desk.seats_taken(&key)), (2, 21));
}

#[test]
fn an_option_of_answers_is_for_no_proposal() {
    let world = World::new();
    let desk = super::four_eyes::desk_with(&world, "seats>5");
    let number = super::four_eyes::proposes(&desk, "ann", &super::four_eyes::SALE);
    for option in [["--to", KARI], ["--grace", "9"]] {
        let words = [
            "desk", "inbox", "approve", &number, "--key", "bo", "--as", "bo",
        ];
        let words: Vec<&str> = words.into_iter().chain(option).collect();
        desk.run(words).refused(2, "usage");
    }
}
