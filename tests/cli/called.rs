//! What machines are called: what the mails of their requests say, and what the vendor notes.

use serde_json::json;

use crate::world::{Desk, Machine, World};

/// A desk that sells what is bound to a server, and an office with two machines whose mails say their names.
fn offices<'w>(world: &'w World) -> (Desk<'w>, String, [Machine<'w>; 2]) {
    let desk = world.desk("desk");
    let file = desk.product("survey", &["--bind", "server"]);
    let key = desk.sell("survey", &["--seats", "2"]);
    let machines = ["alpha", "beta"].map(|name| {
        let machine = world.machine(name);
        machine.change(|facts| facts.host_name = format!("{name}-pc").as_str().into());
        machine.install(&file);
        machine
    });
    (desk, key, machines)
}

fn mail(machine: &Machine<'_>, key: &str, server: &str) -> String {
    let bind = format!("server={server}");
    let ask = ["request", "activate", key, "--bind", &bind, "--mail"];
    let ask = machine.run(ask.iter().chain(&["--from", "kari@example.no"]));
    ask.done().stdout
}

#[test]
fn what_a_mail_says_of_a_machine_is_kept_and_shown() {
    let world = World::new();
    let (desk, key, [alpha, beta]) = offices(&world);
    let one = mail(&alpha, &key, "db1.example.com");
    desk.run(["respond", "-"])
        .piped(&one)
        .done()
        .tells("as it says: host alpha-pc, server db1");
    // Once is enough.
    let again = desk.run(["respond", "-"]).piped(&one).done();
    assert!(!again.stderr.contains("as it says"), "{again}");
    // Quoted, and passed on with another of its kind: each has its own.
    let two = mail(&beta, &key, "db2.example.com");
    let quoted: String = [&one, &two]
        .iter()
        .flat_map(|it| it.lines())
        .map(|it| format!("> {it}\n"))
        .collect();
    desk.run(["respond", "-"]).piped(quoted).done();
    let show = desk.run(["license", "show", &key]).json();
    let says = |nth: usize| show["activations"][nth]["says"].clone();
    let bound = json!({"server": "db1"});
    assert_eq!(
        (&says(0)["host"], &says(0)["bound_to"]),
        (&"alpha-pc".into(), &bound)
    );
    assert_eq!(says(1)["host"], "beta-pc");
    desk.run(["license", "show", &key])
        .done()
        .prints("    as it says: host beta-pc, server db2");
    // It is found by that, and named where it holds a seat that another wants.
    desk.run(["license", "list", "--machine", "BETA"])
        .done()
        .prints(&key);
    desk.run(["license", "list", "--machine", "SERVER db1"])
        .done()
        .prints(&key);
    desk.run(["license", "list", "--machine", "gamma"])
        .done()
        .tells("no licenses");
    let third = world.machine("third");
    third.install(&desk.export("survey"));
    let bind = ["--bind", "server=db3.example.com"];
    let request = third.request_with(&key, &bind);
    desk.respond(&request)
        .owes(6, "no_seat_free")
        .tells("(as it says: host alpha-pc, server db1)");
    desk.run(["ledger", "verify"]).done();
}

/// A mail is somebody's prose: what is no name, or another machine's, is not taken for one.
#[test]
fn what_else_a_mail_says_is_no_name() {
    let world = World::new();
    let (desk, key, [alpha, _]) = offices(&world);
    let bind = ["--bind", "server=db1.example.com"];
    let request = alpha.request_with(&key, &bind);
    let text = format!(
        "host is down since Monday\nactivation A-1\nhost elsewhere\nbound to colour red\nhost: \u{202e}odd\n\n{request}\n"
    );
    desk.run(["respond", "-"]).piped(&text).done();
    let show = desk.run(["license", "show", &key]).json();
    assert!(show["activations"][0]["says"].is_null(), "{show}");
    // As a phone writes it, which has no room for more.
    let short = format!("bound to: server db1.example.com\n{request}\n");
    desk.run(["respond", "-"]).piped(&short).done();
    let show = desk.run(["license", "show", &key]).json();
    assert_eq!(
        show["activations"][0]["says"]["bound_to"]["server"],
        "db1.example.com"
    );
}

#[test]
fn a_clerk_notes_what_people_call_it() {
    let world = World::new();
    let (desk, ship, key) = super::check::licensed(&world, &[], &[]);
    let activation = ship.check().json()["activation"]
        .as_str()
        .unwrap()
        .to_owned();
    let note = |of: &str, text: &str| desk.run(["license", "note", of, text]);
    note(&activation, "Anna's laptop").done().tells(&key);
    note(&activation, "Anna's laptop").refused(2, "nothing_to_change");
    note(&key, "pays late").done();
    note(&key, " ").refused(2, "usage");
    note("A-1", "x").refused(4, "unknown_activation");
    note("828-150-156-1139", "x").refused(4, "unknown_key");
    let object = desk.run(["license", "show", &key]).json();
    assert_eq!(object["activations"][0]["note"], "Anna's laptop");
    assert_eq!(object["noted"], "pays late");
    desk.run(["license", "show", &key])
        .done()
        .prints("noted: Anna's laptop")
        .prints("pays late");
    // The last one counts, and none is lost.
    note(&activation, "Olav's laptop").done();
    desk.run(["ledger", "history", &key])
        .done()
        .prints(&format!("noted of {activation}: Anna's laptop"))
        .prints(&format!("noted of {activation}: Olav's laptop"));
    let other = world.machine("other");
    other.install(&desk.export("survey"));
    desk.respond(&other.request(&key))
        .owes(6, "no_seat_free")
        .tells("(noted: Olav's laptop)");
    desk.run(["ledger", "verify"]).done();
}
