//! What a policy says needs another's approval is proposed by one and done by another (SPEC.md 9.18).

use crate::world::{Desk, Run, World};

/// Two clerks and a manager, each with a key of his own, and what needs approval.
pub(super) fn desk_with<'w>(world: &'w World, rules: &str) -> Desk<'w> {
    let desk = world.desk("desk");
    desk.product("survey", &[]);
    desk.certify("ann", &["--max-seats", "100"]);
    desk.certify("bo", &["--max-seats", "100"]);
    desk.certify("zoe", &["--manager"]);
    policy(&desk, rules);
    desk
}

pub(super) fn policy(desk: &Desk<'_>, rules: &str) {
    desk.by("root", &["desk", "policy", "survey", "--approve", rules])
        .done();
}

/// What somebody does with the key of his name.
pub(super) fn by<'w>(desk: &Desk<'w>, who: &str, args: &[&str]) -> Run<'w> {
    let own = ["--as", who, "--key", who];
    let args: Vec<&str> = args.iter().chain(&own).copied().collect();
    desk.run(args)
}

pub(super) const SALE: [&str; 8] = [
    "license",
    "new",
    "--product",
    "survey",
    "--customer",
    "Aurora",
    "--seats",
    "6",
];

/// Does what falls under the policy, and gives back the number of the proposal.
pub(super) fn proposes(desk: &Desk<'_>, who: &str, args: &[&str]) -> String {
    let said = by(desk, who, args).with_json_exits(9);
    assert_eq!(said["error"]["kind"], "proposed", "{said}");
    said["error"]["proposal"].as_i64().unwrap().to_string()
}

pub(super) fn approve<'w>(desk: &Desk<'w>, who: &str, number: &str) -> Run<'w> {
    by(desk, who, &["desk", "inbox", "approve", number])
}

pub(super) fn waiting(desk: &Desk<'_>) -> usize {
    let listed = desk.run(["--json", "desk", "inbox", "list"]).done();
    listed.stdout.lines().count()
}

pub(super) fn sold(desk: &Desk<'_>) -> usize {
    let listed = desk.run(["--json", "license", "list"]).done();
    listed.stdout.matches("\"license_key\"").count()
}

#[test]
fn a_sale_is_proposed_by_one_and_done_by_another() {
    let world = World::new();
    let desk = desk_with(&world, "seats>5");
    let small: Vec<&str> = SALE[..7].iter().copied().chain(["5"]).collect();
    by(&desk, "ann", &small).done();
    let said = by(&desk, "ann", &SALE).owes(9, "proposed");
    said.tells("another approves this first: seats>5")
        .tells("nothing else was done");
    let number = proposes(&desk, "ann", &SALE);
    let listed = desk.run(["desk", "inbox", "list"]).done().stdout;
    assert!(
        listed.contains("ann (key ann): countersign license new"),
        "{listed}"
    );
    let shown = desk.run(["desk", "inbox", "show", &number]).done().stdout;
    assert!(shown.contains("by ann (key ann), "), "{shown}");
    let report = desk.run(["desk", "report"]).done().stdout;
    assert!(
        report.contains("waits for another's approval:\n"),
        "{report}"
    );
    assert!(report.contains(listed.trim()), "{report}");
    let report = desk.run(["--json", "desk", "report"]).done().stdout;
    let reported = report
        .lines()
        .find(|it| it.contains("\"section\":\"proposed\""))
        .unwrap();
    let reported: serde_json::Value = serde_json::from_str(reported).unwrap();
    assert_eq!(
        (&reported["key"], reported["proposal"].to_string()),
        (&"ann".into(), number.clone())
    );
    // The same again is the same one, and of somebody else it is his to approve.
    let said = by(&desk, "bo", &SALE).owes(9, "proposed");
    said.tells("it waits already")
        .tells("ann proposed it")
        .tells("and approve it with your key");
    assert_eq!((waiting(&desk), sold(&desk)), (1, 1));
    let shown = desk.run(["desk", "inbox", "show", &number]).done().stdout;
    assert!(shown.contains("license new --product=survey"), "{shown}");
    let how = format!("countersign desk inbox approve {number} --key NAME --as NAME");
    approve(&desk, "ann", &number)
        .refused(6, "own_proposal")
        .tells(&how);
    let as_ann = [
        "desk", "inbox", "approve", &number, "--as", "Ann", "--key", "bo",
    ];
    desk.run(as_ann).refused(6, "own_proposal");
    assert_eq!((waiting(&desk), sold(&desk)), (1, 1));
    desk.run(["ledger", "verify"]).done();
    let done = approve(&desk, "bo", &number).done();
    assert_eq!(done.stdout.lines().count(), 1, "{done}");
    assert_eq!((waiting(&desk), sold(&desk)), (0, 2));
    let key = done.stdout.trim();
    let shown = desk.run(["desk", "inbox", "show", &number]).done().stdout;
    assert!(
        shown.contains("the license was sold") && shown.contains(key),
        "{shown}"
    );
    for again in ["approve", "decline"] {
        by(&desk, "zoe", &["desk", "inbox", again, &number]).refused(6, "proposal_decided");
    }
    let shown = desk
        .run(["--json", "desk", "inbox", "show", &number])
        .done()
        .json();
    assert_eq!(shown["state"], "approved");
    assert_eq!(
        (&shown["proposed_by"], &shown["decided_by"]),
        (&"ann".into(), &"bo".into())
    );
    let told = desk.run(["ledger", "history"]).done().stdout;
    assert!(told.contains("proposed: license new"), "{told}");
    assert!(told.contains("of ann was approved"), "{told}");
    desk.run(["ledger", "verify"]).done();
}

#[test]
fn what_is_declined_is_not_done() {
    let world = World::new();
    let desk = desk_with(&world, "seats>5");
    let number = proposes(&desk, "ann", &SALE);
    let args = [
        "desk",
        "inbox",
        "decline",
        &number,
        "--note",
        "not without a contract",
    ];
    by(&desk, "bo", &args).done();
    approve(&desk, "zoe", &number).refused(6, "proposal_decided");
    assert_eq!((waiting(&desk), sold(&desk)), (0, 0));
    let all = desk
        .run(["--json", "desk", "inbox", "list", "--all"])
        .done()
        .json();
    assert_eq!(
        (&all["state"], &all["note"]),
        (&"declined".into(), &"not without a contract".into())
    );
    // It may be proposed again, and whoever did takes it back himself.
    let again = proposes(&desk, "ann", &SALE);
    assert_ne!(again, number);
    by(&desk, "ann", &["desk", "inbox", "decline", &again]).done();
    approve(&desk, "bo", "1").refused(4, "unknown_proposal");
    approve(&desk, "bo", "9999").refused(4, "unknown_proposal");
    desk.run(["ledger", "verify"]).done();
}

/// Every rule refuses what falls under it, and nothing that does not.
#[test]
fn each_rule_holds_wherever_it_can_be_met() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &["--emergency", "3x7"]);
    let spare = desk.sell("survey", &[]);
    let request = ship.request(&key);
    ship.apply(&desk.answer(&request));
    let far = world.day(500);
    let sale = |option, value| {
        let words = [
            "license",
            "new",
            "--product",
            "survey",
            "--customer",
            "Aurora",
        ];
        words
            .into_iter()
            .chain([option, value])
            .collect::<Vec<&str>>()
    };
    let change = |option, value| vec!["license", "change", &key, option, value];
    let again = ship.run(["request", "sync", "--new"]).done().code();
    let respond = |option, value| vec!["respond", &again, option, value];
    let cases: Vec<(&str, Vec<&str>)> = vec![
        ("seats>5", sale("--seats", "6")),
        ("seats>5", sale("--count", "6")),
        ("seats>5", change("--seats", "6")),
        ("grace>90d", sale("--grace", "91")),
        ("grace>90d", sale("--grace", "0")),
        ("grace>90d", change("--grace", "91")),
        ("grace>90d", respond("--grace", "91")),
        ("grace>90d", respond("--grace", "0")),
        ("grace>90d", respond("--until", &far)),
        ("term>400d", sale("--seats", "1")),
        ("term>400d", sale("--expires", &far)),
        ("loan>7d", sale("--lend=8", "--type=floating")),
        ("loan>7d", change("--lend=8", "--type=floating")),
        (
            "revoke",
            vec!["license", "revoke", &key, "--reason", "unpaid"],
        ),
        (
            "revoke",
            vec!["license", "void", &spare, "--reason", "mistake"],
        ),
        (
            "release",
            vec!["release", &key, "--lost", "--reason", "stolen"],
        ),
        ("emergency", vec!["emergency", &key]),
    ];
    for (rule, args) in cases {
        policy(&desk, rule);
        let mut run: Vec<&str> = args.clone();
        run.extend(["--key", "root"]);
        let said = desk.run(run).owes(9, "proposed");
        said.tells(rule);
        desk.by("root", &["desk", "policy", "survey", "--none"])
            .done()
            .tells("as before: countersign desk inbox list");
    }
    // None of them did anything.
    ship.check().done();
    desk.run(["ledger", "verify"]).done();
    policy(&desk, "seats>5,grace>90d,loan>7d");
    desk.run(respond("--grace", "90")).done();
    desk.run(change("--seats", "5")).done();
    desk.run(["ledger", "verify"]).done();
}

/// A clerk who may set nothing aside proposes it, and a manager does.
#[test]
fn an_override_is_proposed_to_a_manager() {
    let world = World::new();
    let desk = desk_with(&world, "override");
    let file = desk.export("survey");
    let key = desk.sell("survey", &[]);
    let ship = world.machine("ship");
    ship.install(&file);
    desk.license(&ship, &key);
    for reason in ["stolen", "sunk"] {
        let args = ["release", &key, "--lost", "--reason", reason];
        by(&desk, "ann", &args).done();
        let other = world.machine(reason);
        other.install(&file);
        desk.license(&other, &key);
    }
    let args = ["release", &key, "--lost", "--reason", "burnt"];
    by(&desk, "ann", &args).refused(6, "held_for_manager");
    let args = ["release", &key, "--lost", "--reason", "burnt", "--override"];
    let number = proposes(&desk, "ann", &args);
    approve(&desk, "bo", &number).refused(6, "needs_manager");
    assert_eq!((waiting(&desk), desk.seats_taken(&key)), (1, 1));
    approve(&desk, "zoe", &number).done();
    assert_eq!((waiting(&desk), desk.seats_taken(&key)), (0, 0));
    desk.run(["ledger", "verify"]).done();
}

/// What is approved is an answer to the request that was proposed, and the machine takes it.
#[test]
fn an_answer_is_done_as_it_was_proposed() {
    let world = World::new();
    let desk = desk_with(&world, "grace>90d");
    let file = desk.export("survey");
    let key = desk.sell("survey", &[]);
    let ship = world.machine("ship");
    ship.install(&file);
    let request = ship.request(&key);
    let args = ["respond", &request, "--grace", "120"];
    let number = proposes(&desk, "ann", &args);
    assert_eq!(desk.seats_taken(&key), 0);
    let dry = [&args[..], &["--dry-run"]].concat();
    by(&desk, "ann", &dry).refused(9, "needs_approval");
    let batch = by(&desk, "ann", &["respond", "--batch", "-", "--grace", "120"])
        .piped(request.replace('\n', " "));
    let line = batch.exits(8).stdout;
    assert!(line.contains("needs_approval"), "{line}");
    assert_eq!(waiting(&desk), 1);
    ship.apply(&approve(&desk, "bo", &number).done().stdout);
    ship.check().done();
    desk.run(["ledger", "verify"]).done();
    // Proposed, and meanwhile answered as any request is.
    let again = ship.run(["request", "sync"]).done().code();
    let number = proposes(&desk, "ann", &["respond", &again, "--grace", "120"]);
    desk.answer_by("bo", &again);
    approve(&desk, "bo", &number).refused(6, "proposal_differs");
    assert_eq!(waiting(&desk), 1);
    desk.run(["ledger", "verify"]).done();
}

#[test]
fn what_changed_since_is_not_done() {
    let world = World::new();
    let desk = desk_with(&world, "seats>5,revoke");
    let key = desk.sell("survey", &[]);
    let raise = proposes(&desk, "ann", &["license", "change", &key, "--seats", "+5"]);
    let args = ["license", "revoke", &key, "--reason", "unpaid"];
    let revoke = proposes(&desk, "ann", &args);
    by(&desk, "ann", &["license", "change", &key, "--seats", "2"]).done();
    approve(&desk, "bo", &raise).refused(6, "proposal_differs");
    approve(&desk, "bo", &revoke).done();
    let undo = ["license", "revoke", &key, "--reason", "paid", "--undo"];
    let undo = proposes(&desk, "bo", &undo);
    // Whoever is no clerk here any more had it proposed by nobody.
    let gone = ["desk", "remove", "bo", "--reason", "left", "--key", "root"];
    desk.run(gone).done();
    approve(&desk, "ann", &undo).refused(6, "key_removed");
    assert_eq!(waiting(&desk), 2);
    desk.run(["ledger", "verify"]).done();
}

#[test]
fn only_the_root_says_what_needs_approval() {
    let world = World::new();
    let desk = desk_with(&world, "seats>5");
    let say = |who: &str, rules: &str| {
        by(
            &desk,
            who,
            &["desk", "policy", "survey", "--approve", rules],
        )
    };
    say("zoe", "override").refused(6, "needs_root");
    for wrong in [
        "",
        "seat>5",
        "seats>0",
        "seats>70000",
        "grace>-1",
        "grace>9",
        "revoke,revoke",
    ] {
        say("root", wrong).refused(2, "usage");
    }
    say("root", "seats>5").refused(2, "nothing_to_change");
    desk.by("root", &["desk", "policy", "sonar", "--none"])
        .refused(2, "unknown_product");
    desk.run(["desk", "policy", "sonar"])
        .refused(2, "unknown_product");
    let shown = desk.run(["--json", "desk", "policy"]).done().json();
    assert_eq!(shown["approve"], serde_json::json!(["seats>5"]));
    desk.by("root", &["desk", "policy", "survey", "--none"])
        .done();
    by(&desk, "ann", &SALE).done();
    desk.run(["ledger", "verify"]).done();
}

/// The roots are bound by it, too: one proposes, and somebody else approves.
#[test]
fn the_root_is_bound_by_it() {
    let world = World::new();
    let desk = desk_with(&world, "seats>5");
    let number = proposes(&desk, "root", &SALE);
    approve(&desk, "root", &number).refused(6, "own_proposal");
    approve(&desk, "zoe", &number).done();
    desk.run(["ledger", "verify"]).done();
}
