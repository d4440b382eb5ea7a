//! elec calc: a license is added, activated (journey D.1) and transferred (D.4); floating licenses (D.2) and who uses them (D.3). The words are those of its manual.

use serde_json::Value;

use crate::world::{Desk, Holder, Machine, Run, World};

/// Where the floating license is, and whoever reaches it.
struct Manager<'w> {
    desk: Desk<'w>,
    machine: Machine<'w>,
    key: String,
}

impl<'w> Manager<'w> {
    /// "The licence server is used to distribute licences on workstations equipped with elec calc."
    fn new(world: &'w World, order: &[&str]) -> Manager<'w> {
        let desk = world.desk("trace");
        let catalogue = ["--feature", "lv", "--feature", "mv", "--pool", "design"];
        let file = desk.product("eleccalc", &catalogue);
        let order: Vec<&str> = ["--type", "floating"]
            .iter()
            .chain(order)
            .copied()
            .collect();
        let key = desk.sell("eleccalc", &order);
        let machine = world.machine("manager");
        machine.install(&file);
        desk.license(&machine, &key);
        Manager { desk, machine, key }
    }

    /// What a workstation does when elec calc is launched there: "a connection is automatically established with the Licensing manager", which is its own ssh.
    fn launch(&self, user: &str, workstation: &str) -> Run<'w> {
        let (user, host) = (["--user", user], ["--host", workstation]);
        let hold = ["seat", "hold", "--program", "eleccalc", "--feature", "lv"];
        self.machine.run(hold.iter().chain(&user).chain(&host))
    }

    fn seats(&self) -> Value {
        self.machine.run(["seat", "list"]).json()
    }
}

/// "Floating licence: elec calc is installed on several workstations however many licences are owned. The number of instances of the software used
/// simultaneously cannot exceed the number of licences."
#[test]
fn the_number_of_instances_used_simultaneously_cannot_exceed_the_number_of_licenses() {
    let world = World::new();
    let manager = Manager::new(&world, &["--seats", "2", "--feature", "lv"]);
    let anna = Holder::start(&manager.launch("anna", "ws-14"));
    // A process on the manager's own host takes the other.
    let local = manager.machine.run([
        "run",
        "--",
        "sh",
        "-c",
        "echo $COUNTERSIGN_SEAT; read end; exit 0",
    ]);
    let local = Holder::start(&local);
    assert_eq!((&*anna.line, &*local.line), ("seat 1", "2"));
    let said = manager.launch("chen", "ws-15").owes(16, "no_seat");
    assert!(
        said.stderr.contains("all 2 seats are in use: anna"),
        "{said}"
    );
    assert_eq!(anna.end(), 0);
    let chen = Holder::start(&manager.launch("chen", "ws-15"));
    assert_eq!(chen.line, "seat 1");
    // "The licence administrator" buys one more; what runs goes on meanwhile.
    let change = ["license", "change", &manager.key, "--seats", "+1"];
    manager.desk.run(change).done();
    let sync = manager.machine.run(["request", "sync"]).done().code();
    manager
        .machine
        .apply(&manager.desk.answer(&sync))
        .tells("seats 2 → 3");
    let dana = Holder::start(&manager.launch("dana", "ws-09"));
    assert_eq!(dana.line, "seat 3");
    manager.launch("emil", "ws-01").owes(16, "no_seat");
}

/// "First the licence must be added to the Licensing manager … This licence must then be activated in order to be able to use it (Activation Web / Activation Mail /
/// Activation String). The activated licence appears in the list of available licences. Each workstation … will be able to use this licence."
#[test]
fn a_license_is_added_and_activated_by_string_or_by_mail() {
    let world = World::new();
    let desk = world.desk("trace");
    let catalogue = ["--feature", "lv", "--feature", "mv"];
    let file = desk.product("eleccalc", &catalogue);
    for how in ["string", "mail"] {
        let order = ["--type", "floating", "--seats", "2", "--feature", "lv"];
        let key = desk.sell("eleccalc", &order);
        let machine = world.machine(how);
        machine.install(&file);
        machine.check().exits(10);
        let ask = ["request", "activate", &key];
        let ask = machine.run(ask.iter().chain(&["--mail"][..usize::from(how == "mail")]));
        let request = ask.done().stdout;
        assert_eq!(request.contains("Subject:"), how == "mail", "{request}");
        machine.run(["seat", "hold"]).exits(10);
        machine.apply(&desk.respond(&request).done().code());
        let listed = machine.run(["status"]).done();
        listed.prints(&key).prints("seats           2");
        let user = Holder::start(&machine.run(["seat", "hold", "--host", "ws-14"]));
        assert_eq!(user.line, "seat 1");
        assert_eq!(user.end(), 0);
    }
}

/// "Standalone: elec calc is used on a single workstation." "When changing workstation, the licence must be transferred from the old workstation and activated on
/// the new workstation" (Transfer licence by Mail).
#[test]
fn a_license_is_transferred_from_the_old_workstation_to_the_new_one() {
    let world = World::new();
    let desk = world.desk("trace");
    let file = desk.product("eleccalc", &["--feature", "lv"]);
    for order in [
        ["--seats", "1"].as_slice(),
        &["--type", "floating", "--seats", "3"],
    ] {
        let key = desk.sell("eleccalc", &[order, &["--feature", "lv"]].concat());
        let [old, new] = ["old", "new"].map(|name| world.machine(&format!("{name} {key}")));
        for machine in [&old, &new] {
            machine.install(&file);
        }
        desk.license(&old, &key);
        let run = |machine: &Machine<'_>| {
            let run = ["run", "--feature", "lv", "--", "true"];
            machine.run(run).said().exit
        };
        assert_eq!(run(&old), 0);
        // It is on one machine at a time.
        let early = new.request(&key);
        desk.respond(&early).owes(6, "no_seat_free");
        let mail = old.run(["return", "--yes", "--mail"]).done().stdout;
        assert_eq!(run(&old), 110);
        desk.respond(&mail).done().tells("freed");
        new.apply(&desk.answer(&early));
        assert_eq!((run(&old), run(&new)), (110, 0));
    }
}

/// "The Licensing manager can also be used to monitor licence utilisation (Which workstation is using which licence? Know how long it has been used, etc.)."
#[test]
fn which_workstation_uses_which_license_and_how_long_it_has_been_used() {
    let world = World::new();
    let order = ["--seats", "10", "--feature", "lv", "--pool", "design=2"];
    let manager = Manager::new(&world, &order);
    let anna = Holder::start(&manager.launch("anna", "ws-14"));
    world.hours_pass(3);
    let seen = manager.machine.run(["seat", "list"]).done();
    let words = format!(
        "Survey  {}  10 seats: 1 in use, 9 free; design: 0 of 2 in use",
        manager.key
    );
    let seen = seen.prints(&words);
    for words in [
        "anna",
        "ws-14",
        "eleccalc",
        "lv",
        "2040-03-01 12:00",
        "3 h 0 min",
        "a connection, process",
    ] {
        assert!(seen.stdout.contains(words), "{words}: {seen}");
    }
    let taken = manager.seats()["taken"][0].clone();
    assert_eq!(taken["workstation"], "ws-14");
    assert_eq!(taken["seconds"], 3 * 3600);
    // "A dead client's seat comes back by itself."
    anna.kill();
    let seats = manager.seats();
    assert_eq!((&seats["in_use"], &seats["free"]), (&0.into(), &10.into()));
    manager
        .machine
        .run(["seat", "list"])
        .done()
        .prints("seat 1 came back by itself: ws-14 (anna");
    // "The Licensing manager allows you to … monitor licence use": looking back, too.
    manager
        .machine
        .run(["site", "report", "--by", "host"])
        .done()
        .prints("ws-14");
}

/// "A licence can contain modules and/or options": of a module there may be fewer seats than of the license.
#[test]
fn a_license_contains_modules_and_options() {
    let world = World::new();
    let order = ["--seats", "3", "--feature", "lv", "--pool", "design=1"];
    let manager = Manager::new(&world, &order);
    let launch = |feature: &str| {
        let run = [
            "run",
            "--feature",
            feature,
            "--",
            "sh",
            "-c",
            "echo up; read end; exit 0",
        ];
        manager.machine.run(run)
    };
    let designer = Holder::start(&launch("design"));
    launch("design")
        .owes(116, "no_seat")
        .tells("the only seat of design is in use");
    launch("mv")
        .exits(115)
        .tells("the license does not contain mv");
    let other = Holder::start(&launch("lv"));
    assert_eq!(designer.end(), 0);
    let designer = Holder::start(&launch("design"));
    assert_eq!((designer.end(), other.end()), (0, 0));
}
