//! NEXUS IC: a 13-digit key, bound to a database server and a database, offshore. Each test is a point of its users' journey.

use crate::world::{Desk, Machine, Run, World};
#[cfg(unix)]
use crate::world::{Holder, Site};
use serde_json::json;

const PRODUCT: &[&str] = &["--bind", "server,database", "--no-fingerprint"];
const ORDER: &[&str] = &["--type", "floating", "--seats", "5", "--emergency", "4x7"];
const BOUND: &[&str] = &[
    "--bind",
    "server=DB1.fleet.example",
    "--bind",
    "database=Nexus",
];

/// Ashore: the desk. On board: the database server, whose directory all workstations share, and which is licensed.
fn fleet(world: &World) -> (Desk<'_>, Machine<'_>, String) {
    let desk = world.desk("desk");
    let file = desk.product("nexus", PRODUCT);
    let key = desk.sell("nexus", ORDER);
    let server = world.machine("db1");
    // For everybody who can reach the directory.
    let install = server.run(["product", "install", "--system"]);
    install.arg(&file).done();
    let request = server.request_with(&key, &[BOUND, &["--system"]].concat());
    server.apply(&desk.answer(&request));
    (desk, server, key)
}

/// A launch of the application on a workstation, which looks into the shared directory.
fn launch<'w>(
    workstation: &Machine<'w>,
    shared: &Machine<'_>,
    server: &str,
    database: &str,
) -> Run<'w> {
    let server = format!("server={server}");
    let database = format!("database={database}");
    let check = ["check", "--bind", &server, "--bind", &database];
    workstation.run_at(&shared.home(), check)
}

/// One pair of codes.
fn re_validate(desk: &Desk<'_>, holder: &Machine<'_>, options: &[&str]) {
    let request = holder.run(["request", "sync"]).done().code();
    holder.apply(&desk.respond_with(&request, options).done().code());
}

/// 1. The desk creates a 13-digit key and mails it. Migrating from a dongle is one change of the license.
#[test]
fn the_key_is_mailed_and_the_dongle_retired() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("nexus", PRODUCT);
    let order = ["--usb", "0529:0001:78", "--contact", "chief@ship.example"];
    let key = desk.sell("nexus", &[ORDER, &order].concat());
    assert_eq!(key.chars().filter(char::is_ascii_digit).count(), 13);
    let mail = desk.run(["license", "mail", &key]).done().silent();
    for words in [
        "To: chief@ship.example",
        &format!("countersign request activate {key}"),
    ] {
        assert!(mail.stdout.contains(words), "{words}: {mail}");
    }
    let server = world.machine("db1");
    server.install(&file);
    server.plug(&["0529:0001:78"]);
    let with_dongle = [BOUND, &["--usb", "auto"]].concat();
    server.apply(&desk.answer(&server.request_with(&key, &with_dongle)));
    desk.run(["license", "change", &key, "--usb", "none"])
        .done();
    let request = server
        .run(["request", "sync", "--usb", "none"])
        .done()
        .code();
    server.apply(&desk.answer(&request));
    server.plug(&[]);
    server.check().done().silent();
}

/// 2. The license is the database's: one shared state, many workstations, and every name of the server means the server.
#[test]
fn every_name_of_the_server_means_the_server() {
    let world = World::new();
    let (_, server, _) = fleet(&world);
    for name in [
        ".",
        "(local)",
        "(LOCAL)",
        "localhost",
        "LocalHost",
        "127.0.0.1",
        "::1",
        "192.0.2.7",
        "db1",
        "DB1",
        "db1.fleet.example",
        "Db1.Fleet.Example.",
        "tcp:db1,1433",
        "np:db1",
    ] {
        launch(&server, &server, name, "NEXUS").done().silent();
    }
    for workstation in ["bridge", "engine-room", "purser"] {
        let workstation = world.machine(workstation);
        for name in ["db1", "DB1", "db1.fleet.example", "DB1.FLEET.EXAMPLE,1433"] {
            launch(&workstation, &server, name, "nexus").done().silent();
        }
        // Here these mean the workstation itself, which is not the server.
        for name in [".", "localhost", "127.0.0.1"] {
            launch(&workstation, &server, name, "nexus").refused(13, "wrong_binding");
        }
        // No name is a fact of the machine: nothing in the state is this workstation's.
        workstation
            .run_at(&server.home(), ["check"])
            .done()
            .silent();
    }
    launch(&server, &server, "db2", "nexus")
        .refused(13, "wrong_binding")
        .tells("bound to server \"db1\", not to \"db2\"");
    let error = launch(&server, &server, "db1", "archive").with_json_exits(13)["error"].clone();
    assert_eq!(
        (&error["binding"], &error["bound"], &error["found"]),
        (&json!("database"), &json!("nexus"), &json!("archive"))
    );
}

/// 3. The grant states server, database, type, concurrent licenses and grace; the desk sees the names in the mail beside the code.
#[test]
fn what_the_grant_states() {
    let world = World::new();
    let (_, server, key) = fleet(&world);
    let object = server.check().json();
    for (name, value) in [
        ("bindings", json!({ "server": "db1", "database": "nexus" })),
        ("type", json!("floating")),
        ("seats", json!(5)),
        ("revalidate_by", json!(world.day(30))),
        ("days_left", json!(30)),
    ] {
        assert_eq!(object[name], value, "{name}");
    }
    let mail = server
        .run(["request", "sync", "--mail", "--bind", "server=db7"])
        .done();
    for words in [key.as_str(), "server db7", "database nexus", "SYN1:"] {
        assert!(mail.stdout.contains(words), "{words}: {mail}");
    }
}

/// 4. Each launch checks with no contact. "Only X days left" warns ahead; after it, refused until re-validated, which resets the grace.
#[test]
fn the_grace_counts_down_and_is_reset() {
    let world = World::new();
    let (desk, server, _) = fleet(&world);
    let bridge = world.machine("bridge");
    let launch = || launch(&bridge, &server, "db1", "nexus");
    for _ in 0..=22 {
        launch().done().silent();
        world.days_pass(1);
    }
    for left in (1..=7).rev() {
        let days = if left == 1 { "day" } else { "days" };
        launch()
            .done()
            .tells(&format!("only {left} {days} left in grace period"));
        world.days_pass(1);
    }
    launch()
        .done()
        .tells("this is the last day of the grace period");
    world.days_pass(1);
    for _ in 0..3 {
        launch()
            .refused(12, "overdue")
            .tells("countersign request sync");
        world.days_pass(50);
    }
    re_validate(&desk, &server, &[]);
    launch().done().silent();
    assert_eq!(launch().json()["days_left"], 30);
    // Each contact counts from its own day, not from the end of the last grace.
    world.days_pass(10);
    re_validate(&desk, &server, &[]);
    assert_eq!(launch().json()["days_left"], 30);
}

/// 5. Going offshore: re-validate before leaving; for one long trip a longer grace, which ends by itself.
#[test]
fn a_long_trip_has_a_longer_grace_once() {
    let world = World::new();
    let (desk, server, _) = fleet(&world);
    re_validate(&desk, &server, &["--until", "2040-09-15"]);
    assert_eq!(server.check().json()["revalidate_by"], "2040-09-15");
    world.days_pass(180);
    server.check().done().silent();
    world.days_pass(18);
    assert_eq!(world.day(0), "2040-09-15");
    server.check().done().tells("this is the last day");
    world.days_pass(1);
    server.check().refused(12, "overdue");
    // The next answer has the grace of the license again: nobody had to take anything back.
    re_validate(&desk, &server, &[]);
    assert_eq!(server.check().json()["revalidate_by"], world.day(30));
}

/// 5. Out there with nothing but a radio: a code short enough to read aloud, also where the last answer never arrived.
#[test]
fn an_emergency_code_by_radio() {
    let world = World::new();
    let (desk, server, key) = fleet(&world);
    world.days_pass(31);
    server.check().refused(12, "overdue");
    let read_out = desk.run(["emergency", &key]).done();
    let symbols = read_out.stdout.chars().filter(char::is_ascii_alphanumeric);
    assert_eq!(symbols.count(), 22, "{read_out}");
    // As it is heard and written down: small letters, no dashes.
    let heard = read_out.stdout.trim().to_lowercase().replace('-', " ");
    server
        .run(["apply"])
        .piped(&heard)
        .done()
        .tells("re-validate by");
    server.check().done();
    server
        .run(["apply"])
        .piped(&heard)
        .done()
        .tells("in force already");

    // Back in reach it asks, is answered, and the mail never arrives: out there it still holds generation 1.
    let request = server.run(["request", "sync"]).done().code();
    desk.answer(&request);
    world.days_pass(14);
    server.check().refused(12, "overdue");
    let newest = desk.run(["emergency", &key]).done().stdout;
    server
        .run(["apply"])
        .piped(&newest)
        .refused(4, "other_emergency")
        .tells("the generation that countersign status --home ");
    let status = server.run(["status"]).done();
    assert!(status.stdout.contains("generation 1"), "{status}");
    let held = desk.run(["emergency", &key, "--gen", "1"]).done().stdout;
    server.run(["apply"]).piped(&held).done();
    server.check().done();

    // The code moves the day, never the last day of anything else, and not for ever: four steps there are.
    world.days_pass(60);
    server.check().refused(12, "overdue");
    desk.run(["emergency", &key, "--gen", "1", "--until", &world.day(0)])
        .refused(6, "emergency_used_up");
    // The same request gets the same answer, which is over by now: both sides are told what to do, and the second exchange is an ordinary one.
    let request = server.run(["request", "sync"]).done().code();
    let late = desk.respond(&request).done();
    let late = late.tells("its grace ended on").code();
    server
        .apply(&late)
        .tells("ask again with countersign request sync");
    server.check().refused(12, "overdue");
    let answer = server.run(["request", "sync"]).done().code();
    let answer = desk.respond(&answer).done().tells("green").code();
    server.apply(&answer);
    server.check().done().silent();
}

/// 6. The database is restored on another server, or renamed: told "re-validate", one pair of codes, done.
#[test]
fn restored_on_another_server() {
    let world = World::new();
    let (desk, server, key) = fleet(&world);
    let bridge = world.machine("bridge");
    world.days_pass(3);
    launch(&bridge, &server, "db2", "nexus")
        .refused(13, "wrong_binding")
        .tells("re-validate")
        .tells("countersign request sync --bind NAME=VALUE");
    let request = server
        .run(["request", "sync", "--bind", "server=db2"])
        .done()
        .tells("server db1 → db2")
        .code();
    let said = desk
        .respond(&request)
        .done()
        .tells("moved to other bindings (5 of 10 in 365 days)");
    // Until the answer is there the old server goes on.
    launch(&bridge, &server, "db1", "nexus").done();
    server.apply(&said.code());
    launch(&bridge, &server, "DB2.fleet.example", "Nexus")
        .done()
        .silent();
    launch(&bridge, &server, "db1", "nexus").refused(13, "wrong_binding");
    assert_eq!(desk.seats_taken(&key), 5, "it takes no other seats");

    // Renamed is the same; a third time within the year is the manager's.
    let renamed = server
        .run(["request", "sync", "--bind", "database=nexus2"])
        .done();
    server.apply(&desk.answer(&renamed.code()));
    launch(&bridge, &server, "db2", "NEXUS2").done().silent();
    let third = server
        .run(["request", "sync", "--bind", "server=db9"])
        .done()
        .code();
    desk.respond(&third).owes(6, "held_for_manager");
    let manager = ["--override", "--reason", "the class of ships is renamed"];
    server.apply(&desk.respond_with(&third, &manager).done().code());
    launch(&bridge, &server, "db9", "nexus2").done().silent();
    desk.run(["ledger", "verify"]).done();
}

/// 3. "Number of concurrent licenses available to your organisation": so many are used at once, by users of any workstation, and none beyond the grace.
#[cfg(unix)]
#[test]
fn no_more_licenses_are_used_at_once_than_there_are() {
    let world = World::new();
    let (desk, server, _) = fleet(&world);
    let launch = |user: &str| {
        let hold = ["seat", "hold", "--user", user, "--host", "bridge"];
        server.run(hold)
    };
    let users = ["anna", "bob", "chen", "dana", "emil"];
    let mut holders: Vec<Holder> = users.iter().map(|it| Holder::start(&launch(it))).collect();
    launch("finn")
        .owes(16, "no_seat")
        .tells("all 5 seats are in use: anna");
    holders.pop().unwrap().end();
    let finn = Holder::start(&launch("finn"));
    // Whoever runs goes on when the grace is over; nobody starts until the license was re-validated.
    world.days_pass(31);
    holders.pop().unwrap().end();
    launch("gina").owes(12, "overdue");
    re_validate(&desk, &server, &[]);
    let gina = Holder::start(&launch("gina"));
    for holder in holders.into_iter().chain([finn, gina]) {
        assert_eq!(holder.end(), 0);
    }
}

/// Named users (7): "You will need to … assign a NEXUS IC license to at least one user. Users who are not selected will get a message saying that they are not authorised. This
/// includes the user account that you are logged in under when you set up this license. If you assign more licenses than you have available, NEXUS will remove any
/// additional licenses above your total automatically."
#[cfg(unix)]
#[test]
fn users_by_name_are_authorised_and_nobody_else_is() {
    let world = World::new();
    let site = Site::of("named", &world, &[], &["--seats", "3"]);
    let own = std::process::Command::new("id")
        .arg("-un")
        .output()
        .unwrap();
    let own = String::from_utf8(own.stdout).unwrap().trim().to_owned();
    let admin = |words: &[&str], names: &[&str]| site.admin(words.iter().chain(names));
    let authorised = |user: &str| site.machine.check_with(&["--user", user]);
    // Nobody is selected, and whoever set it up is not either.
    let refused = site.machine.check().owes(17, "not_named");
    refused.tells(&format!("{own} is not among the users of license"));
    admin(&["user", "assign"], &["anna", "bob", "chen"]).done();
    for user in ["anna", "bob", "chen"] {
        authorised(user).done();
    }
    for user in [&own, "dana"] {
        let words = format!("{user} is not among the users of license");
        authorised(user).owes(17, "not_named").tells(&words);
    }
    // Offshore as well: no contact is asked for, for as long as the grace is.
    world.days_pass(25);
    authorised("anna").done().tells("left in grace period");
    // More than there are cannot be assigned; of a smaller total the newest are removed, and said.
    admin(&["user", "assign"], &["dana"]).refused(6, "no_place");
    let change = ["license", "change", &site.key, "--seats", "1"];
    site.desk.run(change).done();
    site.sync(&[], &[]).tells("bob and chen had the newest");
    authorised("anna").done();
    for user in ["bob", "chen"] {
        authorised(user).owes(17, "not_named");
    }
    site.machine.run(["user", "list"]).done().prints("anna\n");
    world.days_pass(31);
    authorised("anna").owes(12, "overdue");
    site.sync(&[], &[]);
    authorised("anna").done();
}
