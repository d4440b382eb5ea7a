//! One computer and several users: what root licensed is everybody's, and needs nothing of them.

use std::path::PathBuf;

use crate::world::{Disk, Machine, Run, World};

/// Another user of the computer: the parts are the same, the home is not, and what is machine-wide cannot be written.
struct User<'w> {
    world: &'w World,
    account: Machine<'w>,
    all: PathBuf,
    disk: Disk,
}

impl<'w> User<'w> {
    fn of(world: &'w World, computer: &Machine<'_>, name: &str) -> User<'w> {
        let account = world.machine(name);
        account.change(|facts| *facts = computer.facts());
        let all = computer.home_for_all();
        let below = all
            .strip_prefix(world.path())
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        User {
            world,
            account,
            all,
            disk: Disk::new(world, "read-only", &below),
        }
    }

    fn run(&self, args: &[&str]) -> Run<'w> {
        let run = self.account.run_at_home_of_user(args);
        self.disk
            .under(run.env("COUNTERSIGN_TEST_SYSTEM", &self.all))
    }

    fn has_a_home(&self) -> bool {
        let user = self.world.path().join("users").join("anna");
        user.join(".local/share/countersign").exists()
    }
}

#[test]
fn a_license_for_everybody() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &["--emergency", "4x7", "--seats", "2"]);
    let computer = world.machine("computer");
    let root = |args: &[&str]| computer.run_at_home_of_user(args);
    root(&["product", "install", "--system"]).arg(&file).done();
    let request = root(&["request", "activate", &key, "--system"])
        .done()
        .code();
    let answer = desk.answer(&request);
    root(&["apply"]).piped(&answer).done();

    let anna = User::of(&world, &computer, "anna");
    anna.run(&["check"])
        .done()
        .prints("licensed: survey")
        .silent();
    assert!(anna.run(&["status"]).done().stdout.contains(&key));

    // She was sent the mail too: it has been entered already, and that is no failure.
    let said = anna.run(&["--json", "apply"]).piped(&answer).done();
    assert_eq!(said.json()["outcome"], "already_applied");

    // Nor does she need a license of her own: no second seat is asked for.
    anna.run(&["request", "activate", &key])
        .refused(6, "already_licensed")
        .tells("this machine already holds license");
    assert!(!anna.has_a_home(), "nothing was begun");

    // An emergency code that root has entered is in force for her, and known.
    let spoken = desk.run(["emergency", &key]).done().stdout;
    root(&["apply"]).piped(&spoken).done();
    let said = anna.run(&["--json", "apply"]).piped(&spoken).done();
    assert_eq!(said.json()["outcome"], "already_applied");

    // What would change something is root's, and she is told so.
    let request = root(&["request", "sync"]).done().code();
    let update = desk.answer(&request);
    anna.run(&["apply"]).piped(&update).owes(1, "read_only");
    root(&["apply"]).piped(&update).done();
    assert_eq!(desk.seats_taken(&key), 1);

    // Where she wants one of her own all the same, she says so; the computer has one seat, whoever asks.
    let own = anna
        .run(&["request", "activate", &key, "--new"])
        .done()
        .code();
    let said = desk
        .respond(&own)
        .done()
        .tells("activated in the place of another");
    anna.run(&["apply"]).piped(said.code()).done();
    assert_eq!(desk.seats_taken(&key), 1);
}

/// A user of a computer on which nothing is machine-wide, and who may not make it so, has a license of their own.
#[test]
fn a_license_of_ones_own() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &[]);
    let computer = world.machine("computer");
    let anna = User::of(&world, &computer, "anna");
    anna.run(&["product", "install"]).arg(&file).done();
    let request = anna.run(&["request", "activate", &key]).done().code();
    anna.run(&["apply"]).piped(desk.answer(&request)).done();
    anna.run(&["check"])
        .done()
        .prints("licensed: survey")
        .silent();
    let code = anna.run(&["return", "--yes"]).done().code();
    desk.respond(&code).done().tells("seat freed");
}
