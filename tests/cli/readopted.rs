//! A ledger that was put back from a backup takes back what it answered since: from old mails, and from what machines show.

use std::fs;
use std::path::PathBuf;

use crate::world::{Desk, Machine, Run, World, altered};

/// Codes and mails that leave the desk or come to it, as a clerk keeps them.
struct Kept(PathBuf);

impl Kept {
    fn new(world: &World, name: &str) -> Kept {
        let directory = world.path().join(name);
        fs::create_dir_all(&directory).unwrap();
        Kept(directory)
    }

    fn keep(&self, text: &str) {
        let nth = fs::read_dir(&self.0).unwrap().count();
        fs::write(self.0.join(format!("{nth:05}")), text).unwrap();
    }
}

fn backup(desk: &Desk<'_>) -> PathBuf {
    let file = desk.world().path().join("before.db");
    desk.run(["ledger", "backup", file.to_str().unwrap()])
        .done();
    file
}

/// The ledger as it was, whatever it has by now.
fn put_back(desk: &Desk<'_>, file: &PathBuf) {
    desk.run(["ledger", "restore"])
        .arg(file)
        .arg("--reason")
        .arg("the disk died")
        .arg("--discard-newer")
        .done();
}

fn readopt<'w>(desk: &Desk<'w>, from: &PathBuf) -> Run<'w> {
    desk.run(["ledger", "readopt"]).arg(from)
}

/// A machine asks, is answered, and both mails are kept.
fn licensed(desk: &Desk<'_>, machine: &Machine<'_>, key: &str, kept: &Kept) {
    let request = machine.request(key);
    let answer = desk.respond(&request).done().stdout;
    kept.keep(&request);
    kept.keep(&answer);
    machine.apply(&answer);
}

fn synced(desk: &Desk<'_>, machine: &Machine<'_>, kept: &Kept) {
    let request = machine.run(["request", "sync", "--new"]).done().code();
    let answer = desk.respond(&request).done().stdout;
    kept.keep(&request);
    kept.keep(&answer);
    machine.apply(&answer);
}

fn whole(desk: &Desk<'_>) {
    desk.run(["ledger", "verify"]).done();
}

#[test]
fn what_was_sold_and_answered_since_the_backup_is_known_again() {
    let world = World::new();
    let (desk, ship, old) = world.sold(&["--feature", "export"], &["--seats", "2"]);
    let file = desk.export("survey");
    let kept = Kept::new(&world, "mails");
    licensed(&desk, &ship, &old, &kept);
    let before = backup(&desk);
    world.hours_pass(2);
    // Asked again twice; and another license, sold, activated and asked for again.
    synced(&desk, &ship, &kept);
    world.hours_pass(2);
    synced(&desk, &ship, &kept);
    let options = [
        "--feature",
        "export",
        "--grace",
        "30",
        "--expires",
        "2041-05-01",
        "--type",
        "floating",
        "--seats",
        "7",
    ];
    let new = desk.sell("survey", &options);
    let bridge = world.machine("bridge");
    bridge.install(&file);
    licensed(&desk, &bridge, &new, &kept);
    world.hours_pass(2);
    synced(&desk, &bridge, &kept);
    let terms = |key: &str| {
        let shown = desk.run(["--json", "license", "show", key]).done().json();
        let names = [
            "seats",
            "type",
            "expires",
            "grace_days",
            "edition",
            "contains",
        ];
        names.map(|name| shown[name].clone())
    };
    let sold = terms(&new);
    put_back(&desk, &before);
    world.hours_pass(2);
    // Nobody is served: one is behind, the other unknown.
    let sync = ship.run(["request", "sync", "--new"]).done().code();
    desk.respond(&sync)
        .owes(6, "held_for_manager")
        .tells("countersign request held");
    desk.respond(&bridge.run(["request", "sync", "--new"]).done().code())
        .refused(4, "unknown_activation")
        .tells("ledger readopt");

    let object = readopt(&desk, &kept.0).json();
    assert_eq!(object["machines"].as_array().unwrap().len(), 2, "{object}");
    let of = |key: &str| {
        let machines = object["machines"].as_array().unwrap();
        machines
            .iter()
            .find(|it| it["license_key"] == key)
            .unwrap()
            .clone()
    };
    assert_eq!(
        (&of(&new)["answers"], &of(&new)["license"]),
        (&2.into(), &"new".into())
    );
    assert_eq!(
        (&of(&old)["answers"], &of(&old)["license"]),
        (&2.into(), &"known".into())
    );
    whole(&desk);
    assert_eq!(terms(&new), sold);
    assert_eq!((desk.seats_taken(&old), desk.seats_taken(&new)), (1, 7));
    let told = desk.run(["ledger", "history", &new]).done();
    assert!(
        told.stdout
            .contains("taken back that the ledger had lost, generation 2"),
        "{told}"
    );
    for machine in [&ship, &bridge] {
        machine.apply(&desk.answer(&machine.run(["request", "sync", "--new"]).done().code()));
        machine.check().done();
    }
    whole(&desk);
    // Once more nothing is new.
    readopt(&desk, &kept.0).done().prints("known already");
    whole(&desk);
}

#[test]
fn a_machine_shows_what_it_holds() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    desk.certify("ann", &[]);
    let before = backup(&desk);
    desk.certify("bo", &[]);
    let (mut machines, none) = (Vec::new(), Kept::new(&world, "nothing"));
    for (name, clerk) in [("one", "root"), ("two", "ann"), ("three", "bo")] {
        let key = desk
            .run([
                "license",
                "new",
                "--product",
                "survey",
                "--customer",
                "C",
                "--key",
                clerk,
            ])
            .done()
            .line();
        let machine = world.machine(name);
        machine.install(&file);
        machine.apply(&desk.answer_by(clerk, &machine.request(&key)));
        machines.push((machine, key));
    }
    put_back(&desk, &before);
    readopt(&desk, &none.0).refused(3, "no_code");
    for (machine, key) in &machines {
        let shown = machine
            .run(["request", "held", "--mail", "--from", "mate@ship.example"])
            .done();
        machine
            .run(["request", "held"])
            .done()
            .tells("they ask for nothing");
        let mail = world.file("held.eml", &shown.stdout);
        let said = readopt(&desk, &mail).done();
        said.prints("the license is new here");
        let of = desk.run(["--json", "license", "show", key]).done().json();
        assert_eq!(of["contact"], "mate@ship.example", "{of}");
        whole(&desk);
        let sync = machine.run(["request", "sync"]).done().code();
        machine.apply(
            &desk
                .run(["respond", "--key", "root"])
                .piped(&sync)
                .done()
                .code(),
        );
        machine.check().done();
    }
    whole(&desk);
    let nobody = world.machine("nobody");
    nobody.install(&file);
    nobody.run(["request", "held"]).exits(10);
}

#[test]
fn nothing_is_taken_back_twice_or_beyond_what_was_granted() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let spare = desk.sell("survey", &[]);
    let before = backup(&desk);
    let key = desk.sell("survey", &[]);
    let (first, second) = (world.machine("first"), world.machine("second"));
    let (ones, twos) = (Kept::new(&world, "ones"), Kept::new(&world, "twos"));
    first.install(&file);
    second.install(&file);
    licensed(&desk, &first, &key, &ones);
    world.hours_pass(1);
    // A copy of the first, that the customer keeps; the first gives the license up, and the second has it.
    let given_up = first.run(["return", "--yes"]).done().code();
    desk.respond(&given_up).done();
    world.hours_pass(1);
    licensed(&desk, &second, &key, &twos);
    // Nothing was lost yet.
    readopt(&desk, &ones.0)
        .refused(6, "not_lost")
        .tells("was never put back");
    put_back(&desk, &before);

    // One seat is what an answer proves. Whoever had it last has it, where both are handed over.
    let both = desk.run(["ledger", "readopt"]).arg(&ones.0).arg(&twos.0);
    let object = both.with_json_exits(8);
    let machines = object["machines"].as_array().unwrap();
    assert_eq!(machines[0]["answers"], 1, "{object}");
    assert_eq!(machines[1]["error"]["kind"], "no_seat_free", "{object}");
    assert_eq!(desk.seats_taken(&key), 1);
    readopt(&desk, &ones.0)
        .refused(6, "no_seat_free")
        .tells("license change KEY --seats N");
    second.check().done();
    whole(&desk);

    // In the other order the one that was returned has it: until its return code comes again, and no second seat.
    put_back(&desk, &before);
    readopt(&desk, &ones.0).done();
    readopt(&desk, &twos.0).refused(6, "no_seat_free");
    desk.respond(&given_up).done();
    readopt(&desk, &twos.0).done();
    readopt(&desk, &ones.0).done().prints("known already");
    assert_eq!(desk.seats_taken(&key), 1);
    whole(&desk);

    // The return code first: what it gives up is not taken back at all.
    put_back(&desk, &before);
    desk.respond(&given_up).done();
    readopt(&desk, &ones.0).refused(6, "given_up");
    assert!(!desk.run(["license", "list"]).done().stdout.contains(&key));

    // An answer without its request, with another's, altered; one of a key that was revoked again.
    let answer = fs::read_to_string(ones.0.join("00001")).unwrap();
    let request = fs::read_to_string(ones.0.join("00000")).unwrap();
    let alone = world.file("alone", &answer);
    readopt(&desk, &alone)
        .refused(4, "other_request")
        .tells("request held");
    let forged = world.file(
        "forged",
        format!("{request}\n\n{}", altered(answer.trim(), 12)),
    );
    readopt(&desk, &forged).refused(5, "not_trusted");
    readopt(&desk, &twos.0).done();
    desk.run(["license", "revoke", &key, "--reason", "not paid"])
        .done();
    put_back(&desk, &before);
    desk.run(["license", "show", &spare]).done();
}

#[test]
fn what_was_answered_otherwise_since_is_not_undone() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &[]);
    let kept = Kept::new(&world, "mails");
    licensed(&desk, &ship, &key, &kept);
    let before = backup(&desk);
    world.hours_pass(1);
    let copy = world.path().join("copy");
    copy_home(&ship.home(), &copy);
    synced(&desk, &ship, &kept);
    put_back(&desk, &before);
    world.hours_pass(1);
    // A copy of the machine from before asks in its place.
    let twin = ship
        .run(["request", "sync", "--new"])
        .arg("--home")
        .arg(&copy);
    desk.answer(&twin.done().code());
    readopt(&desk, &kept.0)
        .refused(6, "overtaken")
        .tells("find out whether two machines use it");
    whole(&desk);
}

fn copy_home(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy_home(&entry.path(), &to),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
}

#[test]
fn a_thief_is_not_taken_back_and_a_change_since_stands() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    desk.certify("ann", &[]);
    let key = desk.sell("survey", &["--expires", "2040-12-31"]);
    let before = backup(&desk);
    let kept = Kept::new(&world, "mails");
    // In what is lost: a renewal; and a license of a clerk who is removed.
    desk.run(["license", "change", &key, "--expires", "2041-12-31"])
        .done();
    let ship = world.machine("ship");
    ship.install(&file);
    licensed(&desk, &ship, &key, &kept);
    let hers = desk
        .run([
            "license",
            "new",
            "--product",
            "survey",
            "--customer",
            "C",
            "--key",
            "ann",
        ])
        .done()
        .line();
    let office = world.machine("office");
    office.install(&file);
    let asked = office.request(&hers);
    let answered = desk.answer_by("ann", &asked);
    let of_ann = world.file("ann", format!("{asked}\n{answered}"));
    put_back(&desk, &before);
    readopt(&desk, &kept.0).done().prints("expires");
    let expires = |desk: &Desk<'_>| {
        desk.run(["--json", "license", "show", &key]).done().json()["expires"].clone()
    };
    assert_eq!(expires(&desk), "2041-12-31");
    desk.run([
        "desk", "remove", "ann", "--reason", "stolen", "--key", "root",
    ])
    .done();
    readopt(&desk, &of_ann).refused(6, "key_removed");
    whole(&desk);
    // What the desk says since the ledger was put back, no older answer changes.
    put_back(&desk, &before);
    world.hours_pass(1);
    desk.run(["license", "change", &key, "--expires", "2040-11-30"])
        .done();
    readopt(&desk, &kept.0).done();
    assert_eq!(expires(&desk), "2040-11-30");
    whole(&desk);
    // Long after the ledger was put back nothing can have been lost.
    put_back(&desk, &before);
    world.days_pass(40);
    let late = Kept::new(&world, "late");
    let third = desk.sell("survey", &[]);
    let (new, file) = (world.machine("new"), desk.world().path().join("later.db"));
    new.install(&desk.export("survey"));
    desk.run(["ledger", "backup"]).arg(&file).done();
    licensed(&desk, &new, &third, &late);
    fs::copy(&file, desk.kept("desk/ledger.db")).unwrap();
    let _ = fs::remove_file(desk.kept("desk/ledger.db-wal"));
    readopt(&desk, &late.0)
        .refused(6, "not_lost")
        .tells("out of the ledger");
}
