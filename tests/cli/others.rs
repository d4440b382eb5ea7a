//! Several users of one computer: root, who installs for all, and one who may write nowhere.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::world::{Desk, Machine, Run, World};

/// A machine-wide home with a product, and who it is read by. Nothing where the tests are not root's, who alone can be somebody else.
fn installed<'w>(world: &'w World, demo: &str) -> Option<(Desk<'w>, Machine<'w>)> {
    let probe = std::process::Command::new("setpriv")
        .args(NOBODY)
        .arg("true")
        .status();
    if !probe.is_ok_and(|status| status.success()) {
        return None;
    }
    let desk = world.desk("desk");
    let file = desk.product("survey", &["--demo-days", demo]);
    let pc = world.machine("pc");
    for open in [
        "",
        "homes",
        "users",
        "users/pc",
        "users/pc/anchor",
        "files",
        "tmp",
    ] {
        let path = world.path().join(open);
        fs::create_dir_all(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let install = ["product", "install", "--system"];
    pc.run_at_home_of_user(install).arg(file).done();
    Some((desk, pc))
}

const NOBODY: [&str; 3] = ["--reuid=65534", "--regid=65534", "--clear-groups"];

fn by_nobody<'w>(run: Run<'w>) -> Run<'w> {
    run.after("exec setpriv --reuid=65534 --regid=65534 --clear-groups \"$0\" \"$@\"")
}

#[test]
fn a_demo_of_the_whole_computer_begins_with_roots_first_look() {
    let world = World::new();
    let Some((_, pc)) = installed(&world, "5") else {
        return;
    };
    let check = || pc.run_at_home_of_user(["check"]);
    for _ in 0..2 {
        by_nobody(check())
            .refused(10, "demo_not_kept")
            .tells("sudo countersign check");
        world.days_pass(1);
    }
    for run in [check(), by_nobody(check())] {
        let said = run.done().prints("4 days left");
        assert!(said.tells("the demo ends in 4 days").stderr.lines().count() == 2);
    }
    // Days that nobody else looked at pass for him too.
    world.days_pass(5);
    by_nobody(check()).refused(10, "demo_over");
}

#[test]
fn in_a_home_for_all_its_owner_alone_asks_applies_and_returns() {
    let world = World::new();
    let Some((desk, pc)) = installed(&world, "0") else {
        return;
    };
    let key = desk.sell("survey", &[]);
    let run = |args: &[&str]| pc.run_at_home_of_user(args);
    by_nobody(run(&["request", "activate", &key, "--system"]))
        .refused(1, "not_owner")
        .tells("sudo");
    let request = run(&["request", "activate", &key, "--system"])
        .done()
        .code();
    let answer = desk.answer(&request);
    by_nobody(run(&["apply"]).piped(&answer))
        .refused(1, "not_owner")
        .tells("sudo");
    run(&["apply"]).piped(&answer).done();
    // What changes nothing may be said to anybody.
    by_nobody(run(&["apply"]).piped(&answer)).done();
    by_nobody(run(&["check"])).done().prints(&key).silent();
    by_nobody(run(&["return", "--yes"])).refused(1, "not_owner");
    // Whoever may only read cannot lock root out.
    let lock = fs::metadata(pc.home_for_all().join("machine/lock")).unwrap();
    assert_eq!(lock.permissions().mode() & 0o777, 0o600);
    run(&["return", "--yes"]).done();
    by_nobody(run(&["check"])).refused(10, "returned");
}

/// Whoever only reads a home for all hears no more of answers than root, who enters them: nothing, until root puts a backup back.
#[test]
fn root_and_a_user_hear_the_same_of_a_home_for_all() {
    let world = World::new();
    let Some((desk, pc)) = installed(&world, "0") else {
        return;
    };
    let key = desk.sell("survey", &[]);
    let run = |args: &[&str]| pc.run_at_home_of_user(args);
    let exchange = |ask: &[&str]| {
        let answer = desk.answer(&run(ask).done().code());
        run(&["apply"]).piped(answer).done();
        by_nobody(run(&["check"])).done().silent();
        run(&["check"]).done().silent();
    };
    exchange(&["request", "activate", &key, "--system"]);
    let digits: String = key.chars().filter(char::is_ascii_digit).collect();
    let state = format!("machine/licenses/{digits}.json");
    let state = pc.home_for_all().join(state);
    let before = fs::read(&state).unwrap();
    exchange(&["request", "sync"]);
    fs::write(&state, before).unwrap();
    for said in [run(&["check"]), by_nobody(run(&["check"]))] {
        said.done().tells("older than the answer");
    }
}

/// Who has a license of his own is told of one for all accounts, and root asks for that: each goes on with his own, and gives it back.
#[test]
fn a_license_of_his_own_stays_his_beside_one_for_all() {
    let world = World::new();
    let Some((desk, pc)) = installed(&world, "0") else {
        return;
    };
    for own in ["users/pc", "users/pc/anchor"] {
        std::os::unix::fs::chown(world.path().join(own), Some(65534), Some(65534)).unwrap();
    }
    let key = desk.sell("survey", &["--grace", "0"]);
    let run = |args: &[&str]| pc.run_at_home_of_user(args);
    let his = |args: &[&str]| by_nobody(run(args));
    let request = his(&["request", "activate", &key]).done().code();
    his(&["apply"]).piped(desk.answer(&request)).done();
    let request = run(&["request", "activate", &key, "--system"])
        .done()
        .code();
    run(&["apply"]).piped(desk.answer(&request)).done();
    his(&["request", "sync", &key]).done().code();
    // Root's is given back, and does not stand before his.
    run(&["return", "--yes"]).done();
    his(&["check"]).done().prints(&key);
    his(&["request", "sync"]).done().code();
    // Nor does another license of root's.
    let other = desk.sell("survey", &["--grace", "0"]);
    let request = run(&["request", "activate", &other, "--system"])
        .done()
        .code();
    run(&["apply"]).piped(desk.answer(&request)).done();
    assert_eq!(his(&["request", "sync"]).json()["license_key"], key);
    run(&["return", "--yes", &other]).done();
    his(&["return", "--yes"]).done().code();
    his(&["check"]).exits(10);
}

/// One damaged file of the whole computer's stops nobody who has a good license of his own.
#[test]
fn a_damaged_home_for_all_stops_nobody_with_a_license_of_his_own() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &["--seats", "2"]);
    let pc = world.machine("pc");
    let run = |args: &[&str]| pc.run_at_home_of_user(args);
    run(&["product", "install", "--system"]).arg(&file).done();
    run(&["product", "install"]).arg(&file).done();
    let damaged = pc
        .home_for_all()
        .join("machine/licenses/1000000000000.json");
    fs::create_dir_all(damaged.parent().unwrap()).unwrap();
    fs::write(&damaged, "{").unwrap();
    let product = pc.home_for_all().join("machine/products/survey.product");
    for (path, good) in [
        (&damaged, None),
        (&product, Some(fs::read(&product).unwrap())),
    ] {
        let request = run(&["request", "activate", &key, "--new"]).done().code();
        run(&["apply"]).piped(desk.answer(&request)).done();
        run(&["check"]).done().prints(&key);
        // It is named all the same to whoever looks.
        let status = run(&["status"]).exits(5);
        status.prints(&key).tells("damaged");
        let sync = run(&["request", "sync"]).done().code();
        run(&["apply"]).piped(desk.answer(&sync)).done();
        run(&["return", "--yes"]).done();
        match good {
            Some(good) => fs::write(path, good).unwrap(),
            None => {
                fs::remove_file(path).unwrap();
                fs::write(&product, "").unwrap();
            }
        }
    }
}

/// A home that is copied, and made readable by all, or looked at with other variables, after its license was returned.
#[test]
fn a_return_is_not_undone_by_a_mode_or_a_variable() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &[]);
    let pc = world.machine("pc");
    pc.install(&file);
    desk.license(&pc, &key);
    let copy = world.machine("copy");
    pc.copy_home_to(&copy);
    pc.run(["return", "--yes"]).done();
    let check = || pc.run_at(&copy.home(), ["check"]);
    check().refused(10, "returned");
    let mode = |mode| {
        let machine = copy.home().join("machine");
        fs::set_permissions(machine, fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(0o755);
    check().refused(10, "returned");
    mode(0o700);
    for name in ["HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"] {
        let elsewhere = world.path().join("elsewhere");
        check().env(name, elsewhere).refused(10, "returned");
    }
}

/// What root does for a user is done in that user's directories, and nowhere that a link of his leads.
#[test]
fn root_writes_through_no_link_of_a_users() {
    const ADA: u32 = 65534;
    let world = World::new();
    let Some((desk, pc)) = installed(&world, "5") else {
        return;
    };
    let file = world.path().join("files/survey.product");
    let key = desk.sell("survey", &["--seats", "9"]);
    let adas = |path: &std::path::Path| {
        std::os::unix::fs::lchown(path, Some(ADA), Some(ADA)).unwrap();
    };
    let (roots, adas_own) = (world.path().join("roots"), world.path().join("adas"));
    for directory in [&roots, &adas_own] {
        fs::create_dir(directory).unwrap();
    }
    adas(&adas_own);
    let home = pc.home();
    for below in ["machine", "machine/products", "machine/demo"] {
        let _ = fs::remove_dir_all(&home);
        fs::create_dir_all(home.join("machine")).unwrap();
        adas(&home);
        adas(&home.join("machine"));
        let place = home.join(below);
        let _ = fs::remove_dir(&place);
        std::os::unix::fs::symlink(&roots, &place).unwrap();
        adas(&place);
        let install = || pc.run(["product", "install"]).arg(&file);
        if below == "machine/demo" {
            install().done();
            pc.check().done();
        } else {
            let said = install().exits(1);
            said.tells("run it as the user who owns the files");
        }
        assert_eq!(fs::read_dir(&roots).unwrap().count(), 0, "{below}");
        // Where it leads to what is his own, it is his to move it.
        fs::remove_file(&place).unwrap();
        std::os::unix::fs::symlink(&adas_own, &place).unwrap();
        adas(&place);
        install().done();
    }
    // His anchor, when root asks for him.
    let anchor = world.path().join("users/pc/anchor");
    let _ = fs::remove_dir_all(&anchor);
    adas(anchor.parent().unwrap());
    std::os::unix::fs::symlink(&roots, &anchor).unwrap();
    adas(&anchor);
    let request = pc.run(["request", "activate", &key]).done().code();
    pc.run(["apply"]).piped(desk.answer(&request)).done();
    pc.check().done();
    pc.run(["return", "--yes"]).done();
    assert_eq!(fs::read_dir(&roots).unwrap().count(), 0);
    // Each directory of his home, whatever root does there for him: his parts may be exchanged, time passes, answers come.
    fs::remove_file(&anchor).unwrap();
    for below in ["parts", "clock", "drift", "history", "secrets", "licenses"] {
        let _ = fs::remove_dir_all(&home);
        fs::create_dir_all(home.join("machine")).unwrap();
        adas(&home);
        adas(&home.join("machine"));
        pc.install(&file);
        let request = pc.request_with(&key, &["--new"]);
        pc.apply(&desk.answer(&request));
        let sync = pc.run(["request", "sync"]).done().code();
        let answer = desk.answer(&sync);
        let place = home.join("machine").join(below);
        let _ = fs::remove_dir_all(&place);
        std::os::unix::fs::symlink(&roots, &place).unwrap();
        adas(&place);
        world.days_pass(1);
        for part in ["other1", "other2"] {
            pc.change(|facts| facts.machine_id = part.into());
            pc.change(|facts| facts.root_fs_uuid = part.into());
            pc.change(|facts| facts.mac = format!("00:1b:21:3a:4f:0{}", &part[5..]).into());
            pc.check().said();
            pc.run(["status"]).said();
            pc.run(["request", "sync", "--new"]).said();
            pc.run(["apply"]).piped(&answer).said();
        }
        pc.run(["pending", "forget", "--yes"]).said();
        pc.run(["return", "--yes"]).said();
        assert_eq!(fs::read_dir(&roots).unwrap().count(), 0, "{below}");
        world.days_pass(100);
    }
    // What was made for him is his.
    let made = fs::metadata(adas_own.join("survey.product"));
    use std::os::unix::fs::MetadataExt;
    assert!(made.is_ok_and(|it| it.uid() == ADA));
}
