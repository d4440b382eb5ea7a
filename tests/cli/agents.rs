//! Keys in an ssh-agent, which a test plays: a desk's work with them, and each way in which an agent does not sign.

use std::fs;

use crate::world::agent::{Agent, Does, line};
use crate::world::{Desk, Machine, Run, World};

/// A desk whose root, the key of seed 7, lies in an agent; the agent also holds Ann's, of seed 8.
fn desk<'w>(world: &'w World, agent: &Agent) -> Machine<'w> {
    let desk = world.machine("desk");
    let key = world.file("desk.pub", line(7));
    let init = desk.run(["desk", "init", "--vendor", "Nordic Survey AS"]);
    let init = init.arg("--no-passphrase").arg("--agent").arg(key);
    let said = agent.with(init).done();
    said.tells("only says where that key lies");
    desk
}

/// Who asks whom.
struct Work<'w> {
    world: &'w World,
    agent: &'w Agent,
    desk: Machine<'w>,
}

impl<'w> Work<'w> {
    fn new(world: &'w World, agent: &'w Agent) -> Work<'w> {
        let work = Work {
            world,
            agent,
            desk: desk(world, agent),
        };
        work.run(&["product", "add", "survey", "--name", "Survey"])
            .done();
        work.export().done();
        work
    }

    fn run(&self, args: &[&str]) -> Run<'w> {
        self.agent.with(self.desk.run(args))
    }

    fn export(&self) -> Run<'w> {
        self.run(&["product", "export", "survey", "-o", "survey.product"])
    }

    fn sell(&self, seats: &str) -> String {
        let new = [
            "license",
            "new",
            "--product",
            "survey",
            "--customer",
            "Aurora",
            "--seats",
            seats,
        ];
        self.run(&new).done().line()
    }

    fn asks(&self, name: &str, key: &str) -> (Machine<'w>, String) {
        let ship = self.world.machine(name);
        ship.install(&self.world.path().join("files/survey.product"));
        let request = ship.request(key);
        (ship, request)
    }
}

#[test]
fn a_desk_works_with_keys_in_an_agent_and_no_pem() {
    let world = World::new();
    let agent = Agent::new(&world, &[7, 8]);
    let work = Work::new(&world, &agent);
    let file = fs::read_to_string(work.desk.kept("desk/root.pem")).unwrap();
    let expected = format!(
        "countersign key elsewhere v1\nplace: ssh-agent\nkey: {}\n",
        line(7).strip_suffix(" somebody at work").unwrap()
    );
    assert_eq!(file, expected);
    // The spare one is put away, and no private key is left here.
    fs::rename(
        work.desk.kept("desk/spare.pem"),
        world.path().join("tmp/spare.pem"),
    )
    .unwrap();
    work.run(&["desk", "request", "ann", "--agent", &line(8)])
        .done()
        .tells("says where your key");
    work.run(&["desk", "certify", "ann"]).done();
    for (path, content) in world.snapshot() {
        let text = String::from_utf8_lossy(&content);
        assert!(!text.contains("PRIVATE KEY"), "{}", path.display());
    }
    let key = work.sell("4");
    let (ship, request) = work.asks("ship", &key);
    let by_ann = |run: Run<'_>| run.env("COUNTERSIGN_KEY", "ann").done();
    let answer = by_ann(work.run(&["respond"]).piped(&request)).stdout;
    ship.apply(&answer);
    ship.check().done();
    let batch: Vec<String> = ["one", "two", "three"]
        .map(|name| work.asks(name, &key).1.replace('\n', " "))
        .into();
    let batch = world.file("batch.txt", batch.join("\n"));
    let answered = work
        .run(&["respond", "--batch"])
        .arg(batch)
        .done()
        .objects();
    assert_eq!(answered.len(), 3);
    work.run(&["ledger", "checkpoint", "-o", "head.txt"]).done();
    work.run(&["ledger", "verify", "--against", "head.txt"])
        .done();
    work.run(&["desk", "rotate", "--reason", "a test"]).done();
    work.export().done();
    work.run(&["ledger", "backup", "backup.db"]).done();
    work.run(&["ledger", "restore", "backup.db", "--reason", "a test"])
        .done();
    let remove = ["desk", "remove", "ann", "--reason", "left", "--key", "root"];
    work.run(&remove).done();
    work.run(&["ledger", "verify"]).done();
}

/// Nothing is looked at before it is asked for: a desk that has its keys in files leaves an agent alone, and opens no other connection (`.ci/run`).
#[test]
fn an_agent_that_no_key_names_is_not_spoken_to() {
    let world = World::new();
    let agent = Agent::new(&world, &[7]);
    let desk: Desk<'_> = world.desk("desk");
    let run = |args: &[&str]| agent.with(desk.run(args)).done();
    run(&["product", "add", "survey", "--name", "Survey"]);
    run(&["product", "export", "survey", "-o", "survey.product"]);
    let key = run(&[
        "license",
        "new",
        "--product",
        "survey",
        "--customer",
        "Aurora",
    ])
    .line();
    let ship = world.machine("ship");
    agent
        .with(ship.run(["product", "install", "survey.product"]))
        .done();
    let request = agent
        .with(ship.run(["request", "activate", &key]))
        .done()
        .code();
    let answer = agent.with(desk.respond(&request)).done().code();
    agent.with(ship.run(["apply"])).piped(answer).done();
    run(&["desk", "request", "ann", "--no-passphrase"]);
    run(&["desk", "certify", "ann"]);
    run(&["ledger", "checkpoint"]);
    assert_eq!(agent.met(), 0);
}

#[test]
fn each_way_in_which_an_agent_does_not_sign_is_told() {
    let world = World::new();
    let agent = Agent::new(&world, &[7, 8]);
    let work = Work::new(&world, &agent);
    let key = work.sell("1");
    let (ship, request) = work.asks("ship", &key);
    let cases = [
        (Does::HoldsNone, 1, "key_absent", "ssh-add -X"),
        (Does::HoldsOthers, 1, "key_absent", "ssh-add FILE"),
        (Does::Silent, 1, "no_agent", "SSH_AUTH_SOCK"),
        (Does::Halts, 1, "no_agent", "SSH_AUTH_SOCK"),
        (Does::Garbage, 1, "no_agent", "not the protocol"),
        (Does::TooLong, 1, "no_agent", "not the protocol"),
        (Does::Empty, 1, "no_agent", "not the protocol"),
        (Does::Miscounts, 1, "no_agent", "not the protocol"),
        (Does::TwoWays, 5, "signer_wrong", "in two ways"),
    ];
    let answers = |does| {
        agent.does(does);
        let run = work.run(&["respond"]).piped(&request);
        // Where an answer comes, it may take its time.
        match does {
            Does::Silent | Does::Halts | Does::SilentAt(_) => {
                run.env("COUNTERSIGN_TEST_PATIENCE", "500")
            }
            _ => run,
        }
    };
    for (does, exit, kind, words) in cases {
        answers(does).refused(exit, kind).tells(words);
    }
    for at in 1..=3 {
        for (does, exit, kind, words) in [
            (Does::RefusesAt(at), 1, "signer_failed", "refused to sign"),
            (Does::LockedAt(at), 1, "key_absent", "is locked"),
            (Does::GoesAwayAt(at), 1, "no_agent", "it went away"),
            (Does::WrongAt(at), 5, "signer_wrong", "does not hold"),
            (Does::RsaAt(at), 1, "no_agent", "not the protocol"),
        ] {
            answers(does).refused(exit, kind).tells(words);
        }
    }
    // Somebody is to agree, and goes away.
    let silent = answers(Does::SilentAt(3)).refused(1, "no_agent");
    silent.tells("said nothing for 3 seconds");
    // Where nobody listens, and where nobody said who would.
    let alone = work.desk.run(["respond"]).piped(&request);
    alone
        .refused(1, "no_agent")
        .tells("SSH_AUTH_SOCK is not set");
    let alone = alone.env("SSH_AUTH_SOCK", world.path().join("tmp/gone"));
    alone.refused(1, "no_agent");
    // The same request gets one answer then, and no other.
    agent.does(Does::Signs);
    let answer = work.run(&["respond"]).piped(&request).done().code();
    agent.does(Does::HoldsNone);
    let again = work.run(&["respond"]).piped(&request).done().code();
    assert_eq!(answer, again);
    ship.apply(&answer);
    work.desk.run(["ledger", "verify"]).done();
}

#[test]
fn a_batch_that_an_agent_leaves_is_whole_the_next_time() {
    let world = World::new();
    let agent = Agent::new(&world, &[7]);
    let work = Work::new(&world, &agent);
    let key = work.sell("40");
    let lines: Vec<String> = (0..40)
        .map(|at| work.asks(&format!("ship {at}"), &key).1.replace('\n', " "))
        .collect();
    let batch = world.file("batch.txt", lines.join("\n"));
    let run = work.run(&["respond", "--batch"]).arg(&batch);
    agent.does(Does::GoesAwayAt(20));
    run.exits(1);
    agent.does(Does::Signs);
    let first = run.done().objects();
    let again = run.done().objects();
    assert_eq!(first.len(), 40);
    for (first, again) in first.iter().zip(&again) {
        assert!(first["code"].is_string(), "{first}");
        assert_eq!(first["code"], again["code"]);
    }
    let shown = work.run(&["--json", "license", "show", &key]).done().json();
    assert_eq!(shown["seats_taken"].as_u64(), Some(40));
    work.run(&["ledger", "verify"]).done();
}

#[test]
fn a_key_that_is_none_for_a_desk_is_not_enrolled() {
    let world = World::new();
    let agent = Agent::new(&world, &[7]);
    let desk = world.machine("desk");
    let rsa = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAQ== me";
    let ecdsa = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAA me";
    let short = line(7).replace("AAAAI", "AAAAH");
    for (key, kind) in [
        (rsa, "not_ed25519"),
        (ecdsa, "not_ed25519"),
        (&*short, "not_a_key"),
        ("ssh-ed25519", "not_a_key"),
        ("ssh-ed25519 AAAA*", "not_a_key"),
    ] {
        let init = desk.run([
            "desk",
            "init",
            "--vendor",
            "V",
            "--no-passphrase",
            "--agent",
            key,
        ]);
        agent.with(init).refused(1, kind);
    }
    let text = world.file("text", "a text of another kind\n");
    for key in [text.as_path(), &world.path().join("files/none")] {
        let init = desk.run([
            "desk",
            "init",
            "--vendor",
            "V",
            "--no-passphrase",
            "--agent",
        ]);
        let kind = if key == text { "not_a_key" } else { "no_file" };
        agent.with(init.arg(key)).refused(1, kind);
    }
    // Nobody here has the private half.
    let init = desk.run([
        "desk",
        "init",
        "--vendor",
        "V",
        "--no-passphrase",
        "--agent",
        &line(9),
    ]);
    agent.with(init).refused(1, "key_absent");
    // One key is no two.
    let (one, same) = (line(7), line(7));
    let both = [
        "desk",
        "init",
        "--vendor",
        "V",
        "--agent",
        &one,
        "--spare-agent",
        &same,
    ];
    agent.with(desk.run(both)).refused(1, "same_keys");
}

#[test]
fn a_file_that_says_where_a_key_lies_is_read_strictly() {
    let world = World::new();
    let agent = Agent::new(&world, &[7]);
    let work = Work::new(&world, &agent);
    let file = work.desk.kept("desk/root.pem");
    let good = fs::read_to_string(&file).unwrap();
    let checkpoint = || work.run(&["ledger", "checkpoint"]);
    for (edit, with, kind) in [
        ("elsewhere v1", "elsewhere v2", "not_a_key"),
        ("place: ssh-agent", "place: gpg-agent", "not_a_key"),
        ("place: ssh-agent\n", "", "not_a_key"),
        (
            "key: ssh-ed25519 AAAAC",
            "key: ssh-ed25519 AAAAD",
            "not_a_key",
        ),
        ("key: ", "kex: ", "not_a_key"),
        ("key: ", "pin: 1234\nkey: ", "not_a_key"),
    ] {
        assert!(good.contains(edit));
        fs::write(&file, good.replace(edit, with)).unwrap();
        checkpoint().refused(1, kind);
    }
    fs::write(&file, format!("{good}pin: 1234\n")).unwrap();
    checkpoint().refused(1, "not_a_key");
    // What editors and other systems do to a text does not count.
    fs::write(&file, format!("\u{feff}{}\r\n", good.replace('\n', "\r\n"))).unwrap();
    checkpoint().done();
}

#[test]
fn what_has_no_passphrase_here_says_where_it_has_one() {
    let world = World::new();
    let agent = Agent::new(&world, &[7, 8]);
    let work = Work::new(&world, &agent);
    let words = world.secret("words", "harvest barley\n");
    // The spare one lies here, in a file.
    let change = work.run(&["desk", "passphrase", "--new-passphrase-file"]);
    let change = change.arg(&words);
    change
        .done()
        .tells("spare.pem has the new passphrase")
        .tells("lies in an ssh-agent");
    let named = work.run(&["desk", "passphrase", "--no-passphrase", "--key"]);
    let named = named.arg(work.desk.kept("desk/root.pem"));
    named.refused(2, "usage").tells("ssh-keygen -p");
    fs::remove_file(work.desk.kept("desk/spare.pem")).unwrap();
    change.refused(2, "usage").tells("ssh-keygen -p");
    // A name that has a key file keeps it.
    work.run(&["desk", "request", "ann", "--agent", &line(8)])
        .done();
    fs::remove_file(work.desk.kept("desk/keys/ann.request")).unwrap();
    let other = work.run(&["desk", "request", "ann", "--agent", &line(7)]);
    other.refused(1, "kept_file");
    work.run(&["desk", "request", "ann"]).done();
}

/// A desk that is begun anew takes key files that name a place, as it takes a PEM.
#[test]
fn the_files_of_an_earlier_desk_are_taken() {
    let world = World::new();
    let agent = Agent::new(&world, &[7, 8]);
    let old = Work::new(&world, &agent);
    let anew = world.machine("another desk");
    let run = anew.run([
        "desk",
        "init",
        "--product",
        "survey.product",
        "--no-passphrase",
        "--root-key",
    ]);
    let run = run.arg(old.desk.kept("desk/root.pem")).arg("--spare-key");
    let run = agent.with(run.arg(old.desk.kept("desk/spare.pem")));
    agent.does(Does::HoldsNone);
    run.refused(1, "key_absent");
    agent.does(Does::Signs);
    run.done();
    let files = [&old.desk, &anew].map(|it| fs::read(it.kept("desk/root.pem")).unwrap());
    assert_eq!(files[0], files[1]);
    agent.with(anew.run(["ledger", "checkpoint"])).done();
}
