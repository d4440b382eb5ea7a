//! A disk that is full, read-only, or where something stands in the way: said, nothing lost, nothing half.

use std::fs;

use crate::world::{Desk, Machine, World};

fn sold<'w>(world: &'w World) -> (Desk<'w>, Machine<'w>, String) {
    world.sold(&[], &["--seats", "2"])
}

/// The disk as [`crate::world`]'s `disk.c` plays it: also root has to believe it.
#[cfg(target_os = "linux")]
mod played {
    use super::{fs, sold};
    use crate::world::{Disk, World};

    /// Another program has the files open, as scanners and editors do on Windows.
    #[test]
    fn a_file_that_another_program_holds_is_said_to_be_held() {
        let world = World::new();
        let (desk, ship, key) = sold(&world);
        let answer = desk.answer(&ship.request(&key));
        let disk = Disk::new(&world, "held", "homes");
        let apply = || ship.run(["apply"]).piped(&answer);
        disk.under(apply())
            .refused(1, "file_held")
            .tells("another program holds this file")
            .tells("close the program that has it open");
        apply().done();
    }

    /// What each command says on a full disk and on a read-only one; afterwards the same command does its work.
    fn every_writer(state: &'static str) {
        let world = World::new();
        let (desk, ship, key) = sold(&world);
        let disk = Disk::new(&world, state, "homes");
        let kind = if state == "full" {
            "disk_full"
        } else {
            "read_only"
        };

        let new = world.machine("new");
        disk.under(new.run(["desk", "init", "--vendor", "A", "--no-passphrase"]))
            .refused(1, kind);
        let file = world.path().join("files/survey.product");
        disk.under(new.run(["product", "install"]).arg(&file))
            .refused(1, kind);

        disk.under(desk.run(["product", "add", "two", "--name", "Two"]))
            .refused(1, kind);
        disk.under(desk.run(["license", "new", "--product", "survey", "--customer", "A"]))
            .refused(1, kind);

        let activate = || ship.run(["request", "activate", &key]);
        disk.under(activate()).refused(1, kind);
        ship.check().refused(10, "not_licensed");
        let request = activate().done().code();

        disk.under(desk.respond(&request)).refused(1, kind);
        assert_eq!(desk.seats_taken(&key), 0);
        let answer = desk.answer(&request);

        disk.under(ship.run(["apply"]).piped(&answer))
            .refused(1, kind);
        assert_eq!(ship.request(&key), request, "the request still waits");
        ship.apply(&answer);
        disk.under(ship.run(["pending", "list"])).done();

        // A check goes on without writing; that the time could not be kept is said.
        world.days_pass(3);
        disk.under(ship.check()).done().tells("could not be kept");
        ship.check().done().silent();

        let another = ship
            .run(["request", "activate", &key, "--new"])
            .done()
            .code();
        disk.under(ship.run(["pending", "forget", &key, "--yes"]))
            .refused(1, kind);
        ship.apply(&desk.answer(&another));
        desk.run(["ledger", "verify"]).done();
    }

    #[test]
    fn a_full_disk() {
        every_writer("full");
    }

    #[test]
    fn a_read_only_disk() {
        every_writer("read-only");
    }

    /// SQLite needs its -wal beside the ledger, also to read: said as what it is. A machine reads without it.
    #[test]
    fn on_a_read_only_disk_a_desk_says_what_must_be_writable() {
        let world = World::new();
        let (desk, ship, key) = sold(&world);
        desk.license(&ship, &key);
        let disk = Disk::new(&world, "read-only", "homes");
        disk.under(desk.run(["license", "show", &key]))
            .exits(1)
            .tells("may not be written")
            .tells("must be writable");
        disk.under(ship.run(["status"])).done();
    }

    #[test]
    fn a_broken_disk_loses_nothing_of_a_ledger() {
        let world = World::new();
        let (desk, ship, key) = sold(&world);
        let request = ship.request(&key);
        let disk = Disk::new(&world, "broken", "homes/desk");
        // What readers and writers share beside the ledger is made first: SQLite tells of that as of a full disk, whatever it was.
        let beside = |spare: &usize| {
            let run = disk.under(desk.respond(&request));
            let run = run.env("DISK_SPARE", spare.to_string());
            run.with_json_exits(1)["error"]["kind"] == "disk_full"
        };
        let spare = (0..50).find(|spare| !beside(spare)).unwrap();
        let run = disk.under(desk.respond(&request));
        let run = run.env("DISK_SPARE", spare.to_string());
        run.owes(1, "ledger_io");
        assert_eq!(desk.seats_taken(&key), 0);
        desk.respond(&request).done();
        desk.run(["ledger", "verify"]).done();
    }

    /// A place that remembers what is given up says no, before anything is; and one that breaks in between leaves what the same command finishes.
    #[test]
    fn a_disk_that_breaks_while_a_license_is_given_up() {
        let world = World::new();
        let (desk, ship, key) = sold(&world);
        desk.license(&ship, &key);
        let give_up = || ship.run(["return", "--yes"]);
        let anchor = Disk::new(&world, "broken", "users/ship/anchor");
        anchor.under(give_up()).refused(1, "anchor_closed");
        ship.check().done();
        let disk = Disk::new(&world, "broken", "");
        let half = (0..50).find(|spare| {
            let run = disk.under(give_up()).env("DISK_SPARE", spare.to_string());
            let said = run.with_json_exits(1);
            said["error"]["kind"] == "half_given_up" || {
                ship.check().done();
                false
            }
        });
        assert!(half.is_some());
        ship.check().refused(10, "returned");
        let code = give_up().done().code();
        desk.respond(&code).done();
        assert_eq!(desk.seats_taken(&key), 0);
    }

    #[test]
    fn where_no_process_can_be_kept_out_no_seat_is_taken() {
        let world = World::new();
        let desk = world.desk("desk");
        let file = desk.product("survey", &[]);
        let key = desk.sell("survey", &["--type", "floating", "--seats", "2"]);
        let site = world.machine("site");
        site.install(&file);
        desk.license(&site, &key);
        let disk = Disk::new(&world, "no-locks", "homes/site/machine/seats");
        let take = || site.run(["seat", "take", "--user", "anna", "--for", "10m"]);
        disk.under(take()).refused(1, "no_locks");
        take().done();
    }

    #[test]
    fn without_random_numbers_nothing_secret_is_made() {
        let world = World::new();
        let (desk, ship, key) = sold(&world);
        let system = Disk::new(&world, "no-entropy", "");
        let ask = || ship.run(["request", "activate", &key]);
        system.under(ask()).refused(1, "no_entropy");
        let init = ["desk", "init", "--vendor", "A", "--no-passphrase"];
        let new = world.machine("new");
        system.under(new.run(init)).refused(1, "no_entropy");
        desk.respond(&ask().done().code()).done();

        let system = Disk::new(&world, "repeating", "");
        let sell = || desk.run(["license", "new", "--product", "survey", "--customer", "A"]);
        system.under(sell()).done();
        system.under(sell()).refused(1, "keys_used_up");
        sell().done();
    }

    /// The limit on a file's size stands for a quota.
    #[test]
    fn a_file_that_may_not_grow() {
        let world = World::new();
        let (desk, ship, key) = sold(&world);
        let limit = "trap '' XFSZ; ulimit -f 0";
        ship.run(["request", "activate", &key])
            .after(limit)
            .refused(1, "io");
        let request = ship.request(&key);
        let said = desk.respond(&request).after(limit).exits(1);
        assert_eq!(said.stdout, "", "{said}");
        let answer = desk.answer(&request);
        ship.run(["apply"])
            .piped(&answer)
            .after(limit)
            .refused(1, "io");
        ship.apply(&answer);
        desk.run(["product", "export", "survey", "-o", "survey.product"])
            .after(limit)
            .exits(1);
        let old = fs::read_to_string(world.path().join("files/survey.product")).unwrap();
        assert!(
            old.starts_with("countersign product v1"),
            "the old file is whole"
        );
    }
}

#[test]
fn a_file_where_a_directory_should_be() {
    let world = World::new();
    let (desk, ship, key) = sold(&world);
    let request = ship.request(&key);
    let answer = desk.answer(&request);

    let blocked = world.machine("blocked");
    fs::write(blocked.home(), "a file").unwrap();
    let file = world.path().join("files/survey.product");
    blocked
        .run(["product", "install"])
        .arg(&file)
        .refused(1, "io")
        .tells("blocked");
    blocked
        .run(["desk", "init", "--vendor", "A", "--no-passphrase"])
        .refused(1, "io");
    blocked.run(["status"]).exits(1);

    // The same further down: the license's directory.
    fs::rename(ship.kept("machine/licenses"), ship.kept("machine/aside")).unwrap();
    fs::write(ship.kept("machine/licenses"), "").unwrap();
    ship.run(["apply"])
        .piped(&answer)
        .refused(1, "io")
        .tells("licenses");
    ship.run(["request", "activate", &key]).refused(1, "io");
    fs::remove_file(ship.kept("machine/licenses")).unwrap();
    fs::rename(ship.kept("machine/aside"), ship.kept("machine/licenses")).unwrap();
    ship.apply(&answer);
}

#[test]
fn a_link_to_nowhere_and_a_directory_where_a_file_should_be() {
    let world = World::new();
    let (desk, ship, key) = sold(&world);
    let state = ship.state_of(&key);
    fs::create_dir_all(&state).unwrap();
    ship.run(["request", "activate", &key]).refused(1, "io");
    ship.check().refused(1, "io");
    fs::remove_dir(&state).unwrap();
    desk.license(&ship, &key);
    ship.check().done();
}

/// Another command is at work in the same home for longer than is waited.
#[test]
fn a_home_that_is_in_use() {
    let world = World::new();
    let (desk, ship, key) = sold(&world);
    let request = ship.request(&key);
    let answer = desk.answer(&request);
    let lock = fs::OpenOptions::new()
        .write(true)
        .open(ship.kept("machine/lock"))
        .unwrap();
    lock.lock().unwrap();
    let said = ship
        .run(["--json", "apply"])
        .piped(&answer)
        .exits(1)
        .tells("another process is at work here");
    assert!(said.stderr.contains("what to do: "), "{said}");
    assert_eq!(said.json()["error"]["kind"], "busy");
    // A check never waits.
    ship.check().refused(10, "not_licensed");
    lock.unlock().unwrap();
    ship.apply(&answer);
    ship.check().done();
}
