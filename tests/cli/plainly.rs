//! What is said to whoever reads a report, a mail or an exit code says what it means, and nothing where nothing is wrong.

use std::process::Stdio;

use crate::world::World;

#[test]
fn a_mail_announces_what_a_machine_does_not_know_yet() {
    let world = World::new();
    let (desk, first, key) = world.sold(&[], &["--seats", "2"]);
    let mail = || desk.run(["license", "mail", &key]);
    let change = |option: [&str; 2]| {
        desk.run(["license", "change", &key, option[0], option[1]])
            .done()
    };
    mail().done().prints("is ready");
    let second = world.machine("second");
    second.install(&desk.export("survey"));
    desk.license(&first, &key);
    desk.license(&second, &key);
    mail().refused(6, "nothing_to_announce");
    // Where mails go, and to whom, no machine learns.
    change(["--contact", "anna@example.com"]);
    change(["--customer", "Beta"]);
    mail()
        .refused(6, "nothing_to_announce")
        .tells("license change");
    change(["--grace", "40"]);
    mail().done().prints("40");
    // One knows it, the other does not.
    let sync = |machine: &crate::world::Machine<'_>| {
        let request = machine.run(["request", "sync"]).done().code();
        machine.apply(&desk.answer(&request))
    };
    sync(&first);
    mail().done().prints("40");
    sync(&second);
    mail().refused(6, "nothing_to_announce");
    change(["--grace", "50"]);
    change(["--grace", "40"]);
    mail().refused(6, "nothing_to_announce");
    // Who learned of the one has to learn of the other.
    change(["--grace", "50"]);
    sync(&first);
    change(["--grace", "40"]);
    mail().done().prints("50");
    sync(&first);
    mail().refused(6, "nothing_to_announce");
}

#[test]
fn fewer_seats_than_are_in_use_are_sold_and_said() {
    let world = World::new();
    let (desk, first, key) = world.sold(&[], &["--seats", "2"]);
    let second = world.machine("second");
    second.install(&desk.export("survey"));
    desk.license(&first, &key);
    let answered = desk.respond(&second.request(&key)).json();
    second.apply(answered["code"].as_str().unwrap());
    let change = |seats: &str| {
        desk.run(["license", "change", &key, "--seats", seats])
            .done()
    };
    let activation = answered["activation"].as_str().unwrap();
    change("1").tells(&format!("2 seats are in use, and 1 is sold: when they ask next, the newest machines keep what is left, or are refused: {activation}"));
    // As it says.
    let ask = |machine: &crate::world::Machine<'_>| machine.run(["request", "sync"]).done().code();
    desk.respond(&ask(&second)).owes(6, "no_seat_free");
    first.apply(&desk.answer(&ask(&first)));
    assert!(!change("2").stderr.contains("in use"));
}

#[test]
fn quiet_says_only_what_is_wrong() {
    let world = World::new();
    let (desk, machine, key) = world.sold(&["--feature", "export"], &[]);
    desk.license(&machine, &key);
    let said = machine.run(["check", "-q"]).done();
    assert_eq!((said.stdout.as_str(), said.stderr.as_str()), ("", ""));
    machine
        .run(["check", "-q", "--feature", "export"])
        .refused(15, "feature_missing");
    assert!(machine.run(["check"]).done().stdout.contains("licensed"));
}

#[test]
fn what_is_not_counted_is_not_above_nothing() {
    let world = World::new();
    let (desk, machine, key) = world.sold(&["--limit", "users"], &["--limit", "users=5"]);
    desk.license(&machine, &key);
    machine
        .check_with(&["--count", "user=3"])
        .refused(16, "over_limit")
        .tells("user is not counted: survey has no such limit");
    machine
        .check_with(&["--count", "users=6"])
        .refused(16, "over_limit");
    machine.check_with(&["--count", "users=5"]).done();
}

/// Whoever runs a program by it tells the program's 2 from ours.
#[test]
fn a_program_that_is_run_has_its_exit_codes_for_itself() {
    let world = World::new();
    let (desk, machine, key) = world.sold(&[], &[]);
    desk.license(&machine, &key);
    machine.run(["run", "--", "sh", "-c", "exit 2"]).exits(2);
    for words in [
        &["run", "--nosuch", "--", "true"][..],
        &["run"],
        &["-q", "run", "--nosuch"],
        &["run", "--count", "x", "--", "true"],
    ] {
        machine.run(words).refused(102, "usage");
    }
    machine
        .run(["check", "--nosuch", "run"])
        .refused(2, "usage");
}

#[test]
fn what_status_says_of_a_check_is_what_a_check_ends_with() {
    let world = World::new();
    let machine = world.machine("bare");
    let status = machine.run(["status"]).json();
    assert_eq!(status["error"]["exit"], 10);
    machine.check().refused(10, "no_product");
}

/// `| head` is no failure that anybody has to read of.
#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_told_nothing() {
    let world = World::new();
    let (desk, _, key) = world.sold(&[], &[]);
    for words in [
        &["license", "show", &key][..],
        &["license", "list"],
        &["ledger", "history", "--json"],
        &["tour", "--nosuch"],
    ] {
        let mut process = desk.run(words).process();
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        process.stdin(Stdio::null()).stdout(writer);
        let said = process.stderr(Stdio::piped()).output().unwrap();
        let stderr = String::from_utf8_lossy(&said.stderr).into_owned();
        match words[0] {
            "tour" => assert!(stderr.contains("--nosuch"), "{stderr}"),
            _ => {
                assert_eq!(said.status.code(), Some(141), "{words:?}: {stderr}");
                assert_eq!(stderr, "", "{words:?}");
            }
        }
    }
}

/// Who is at work is whose account it is, whatever a variable says.
#[cfg(unix)]
#[test]
fn who_is_at_work_is_known_without_a_variable() {
    let world = World::new();
    let (desk, ..) = world.sold(&[], &[]);
    let id = std::process::Command::new("id")
        .arg("-un")
        .output()
        .unwrap();
    let account = String::from_utf8(id.stdout).unwrap();
    let mut sell = desk
        .run(["license", "new", "--product", "survey", "--customer", "C"])
        .process();
    // Anybody can set these: they say nothing of who he is.
    for name in ["USER", "LOGNAME"] {
        sell.env(name, "somebody-else");
    }
    assert!(sell.output().unwrap().status.success());
    let history = desk.run(["ledger", "history"]).done().stdout;
    let last = history.lines().last().unwrap();
    assert!(
        last.contains(&format!("  {} (key root)  ", account.trim())),
        "{last}"
    );
}
