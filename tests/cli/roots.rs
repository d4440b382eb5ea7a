//! A root that was stolen: another takes its place, in a product file that machines take from the root that stays.

use std::fs;
use std::path::PathBuf;

use crate::world::{Desk, Run, World};

/// A copy of the live root, as a thief has it, and the spare as it lies in the safe.
fn stolen(desk: &Desk<'_>) -> (PathBuf, PathBuf) {
    let world = desk.world();
    let copy = |name: &str, to: &str| {
        let bytes = fs::read(desk.kept(&format!("desk/{name}"))).unwrap();
        world.secret(to, bytes)
    };
    let both = (
        copy("root.pem", "stolen.pem"),
        copy("spare.pem", "safe.pem"),
    );
    fs::remove_file(desk.kept("desk/spare.pem")).unwrap();
    both
}

fn replace<'w>(desk: &Desk<'w>, key: &PathBuf) -> Run<'w> {
    desk.run(["desk", "replace-root", "--stolen", "root"])
        .arg("--reason")
        .arg("burglary")
        .arg("--no-passphrase")
        .arg("--key")
        .arg(key)
}

#[test]
fn machines_take_the_new_file_from_the_root_that_stays() {
    let world = World::new();
    let desk = world.desk("desk");
    let old = desk.product("survey", &[]);
    desk.certify("ann", &[]);
    let key = desk.sell("survey", &["--seats", "5"]);
    let old = world.file("old.product", fs::read(old).unwrap());
    let (thiefs, safe) = stolen(&desk);
    let (by_root, by_ann, by_spare) = (
        world.machine("by-root"),
        world.machine("by-ann"),
        world.machine("by-spare"),
    );
    for machine in [&by_root, &by_ann, &by_spare] {
        machine.install(&old);
    }
    desk.license(&by_root, &key);
    by_ann.apply(&desk.answer_by("ann", &by_ann.request(&key)));
    let asks = by_spare.request(&key);
    let by_the_spare = desk.by(safe.to_str().unwrap(), &["respond"]);
    by_spare.apply(&by_the_spare.piped(&asks).done().code());

    // The thief's own desk, from a copy of the ledger, signs whatever he likes.
    let thief = world.machine("thief");
    fs::create_dir_all(thief.kept("desk")).unwrap();
    for name in ["desk/ledger.db", "desk/root.pem"] {
        fs::copy(desk.kept(name), thief.kept(name)).unwrap();
    }

    // The stolen one itself says nothing of it, nor a clerk.
    replace(&desk, &thiefs)
        .refused(6, "needs_root")
        .tells("the root that stays");
    desk.by(
        "ann",
        &["desk", "replace-root", "--stolen", "root", "--reason", "r"],
    )
    .refused(6, "needs_root");
    let asked = desk.run(["desk", "replace-root", "--stolen", "root", "--reason", "r"]);
    asked.refused(6, "needs_root").tells("--key FILE");
    let object = replace(&desk, &safe).json();
    assert_eq!(object["keys"][0], "ann");
    assert_eq!(object["machines"].as_array().unwrap().len(), 2, "{object}");
    desk.run(["ledger", "verify"]).done();
    // Again would be for the one that was made just now: it is said so.
    replace(&desk, &safe).refused(6, "needs_root");
    // The one that was dropped lies where it lay: it is named for what it is.
    let sell = ["license", "new", "--product", "survey", "--customer", "C"];
    for does in [&sell[..], &["ledger", "checkpoint"]] {
        desk.run(does)
            .refused(6, "needs_root")
            .tells("was a root of this desk, and was dropped");
    }
    fs::copy(&safe, desk.kept("desk/root.pem")).unwrap();
    replace(&desk, &safe).refused(6, "needs_root");
    desk.run(["desk", "replace-root", "--stolen", "spare", "--reason", "r"])
        .refused(1, "kept_file")
        .tells("take it to the safe first");

    let new = desk.export("survey");
    let shown = fs::read_to_string(&new).unwrap();
    assert_eq!(
        shown.lines().filter(|it| it.starts_with("root: ")).count(),
        2
    );
    // Before the file comes, everybody goes on, and takes what the root that stays signs, or certified.
    for machine in [&by_root, &by_ann, &by_spare] {
        machine.check().done();
    }
    let sync = by_ann.run(["request", "sync"]).done().code();
    by_ann.apply(&desk.answer_by("ann", &sync));
    by_ann.check().done();
    // With it what the stolen root signed is over, until it was re-validated; the others go on.
    for machine in [&by_root, &by_ann, &by_spare] {
        machine.run(["product", "install"]).arg(&new).done();
    }
    by_ann.check().done();
    by_spare.check().done();
    by_root
        .check()
        .refused(5, "not_trusted")
        .tells("re-validate it: countersign request sync");
    let sync = by_root.run(["request", "sync"]).done().code();
    by_root.apply(&desk.answer(&sync));
    by_root.check().done();
    desk.run(["ledger", "verify"]).done();
    let told = desk.run(["ledger", "history"]).done().stdout;
    assert!(told.contains("a root key was dropped"), "{told}");

    // The thief: nothing of his is taken where the new file is. Nor does his own product file take its place.
    let late = world.machine("late");
    late.install(&new);
    let asks = late.request(&key);
    let answer = thief.run(["respond"]).piped(&asks).done().code();
    late.run(["apply"]).piped(&answer).refused(5, "not_trusted");
    thief
        .run(["product", "change", "survey", "--name", "Mine"])
        .done();
    thief
        .run(["product", "change", "survey", "--name", "Mine too"])
        .done();
    thief
        .run(["product", "change", "survey", "--name", "All mine"])
        .done();
    let his = world.path().join("files/his.product");
    thief
        .run(["product", "export", "survey", "-o"])
        .arg(&his)
        .done();
    late.run(["product", "install"])
        .arg(&his)
        .refused(5, "other_root");
    // Where it is not, he is believed as ever, and his file keeps out the vendor's for good.
    let far = world.machine("far");
    far.install(&old);
    far.apply(
        &thief
            .run(["respond"])
            .piped(far.request(&key))
            .done()
            .code(),
    );
    far.check().done();
    far.run(["product", "install"]).arg(&his).done();
    let told = far.run(["product", "install"]).arg(&new).done();
    assert!(told.stderr.contains("newer"), "{told}");
    // At the desk his key does nothing any more.
    desk.by(thiefs.to_str().unwrap(), &["respond"])
        .piped(&asks)
        .refused(5, "foreign_key");
    desk.by(thiefs.to_str().unwrap(), &["desk", "certify", "ann"])
        .exits(6);
    let change = ["license", "change", &key, "--seats", "6"];
    desk.by(thiefs.to_str().unwrap(), &change)
        .refused(6, "needs_root")
        .tells("was dropped");
}

#[test]
fn what_is_older_is_read_as_it_was() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &[]);
    desk.license(&ship, &key);
    let (backup, week) = (world.path().join("b.db"), world.path().join("week"));
    desk.run(["ledger", "backup"]).arg(&backup).done();
    desk.run(["ledger", "checkpoint", "-o"]).arg(&week).done();
    let (thiefs, safe) = stolen(&desk);
    fs::remove_file(desk.kept("desk/root.pem")).unwrap();
    fs::copy(&safe, desk.kept("desk/root.pem")).unwrap();
    desk.run([
        "desk",
        "replace-root",
        "--stolen",
        "root",
        "--reason",
        "r",
        "--no-passphrase",
    ])
    .done();
    desk.run(["ledger", "verify", "--against"])
        .arg(&week)
        .done();
    // An answer that the thief puts in under the dropped root is named.
    let thief = world.machine("thief");
    fs::create_dir_all(thief.kept("desk")).unwrap();
    fs::copy(desk.kept("desk/ledger.db"), thief.kept("desk/ledger.db")).unwrap();
    fs::copy(&thiefs, thief.kept("desk/root.pem")).unwrap();
    let sync = ship.run(["request", "sync"]).done().code();
    thief.run(["respond"]).piped(&sync).owes(5, "foreign_key");
    // A backup from before has the stolen root: it is put back, and the root replaced by the same new one.
    let new = fs::read(desk.kept("desk/spare.pem")).unwrap();
    desk.run(["ledger", "restore"])
        .arg(&backup)
        .arg("--reason")
        .arg("r")
        .arg("--discard-newer")
        .done();
    let again = ["desk", "replace-root", "--stolen", "root", "--reason", "r"];
    desk.run(again).refused(1, "kept_file").tells("say --new ");
    desk.run(again)
        .arg("--new")
        .arg(desk.kept("desk/spare.pem"))
        .done();
    assert_eq!(fs::read(desk.kept("desk/spare.pem")).unwrap(), new);
    // Whoever was dropped does not make himself a root by the backup.
    desk.run([
        "ledger",
        "restore",
        "--discard-newer",
        "--reason",
        "r",
        "--key",
    ])
    .arg(&thiefs)
    .arg(&backup)
    .refused(6, "needs_root")
    .tells("and was dropped");
    desk.run(["ledger", "verify"]).done();
}

#[test]
fn the_vendors_name_and_address_are_in_every_file() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &[]);
    desk.product("other", &[]);
    desk.certify("ann", &[]);
    let change = |more: &[&str]| desk.run(["desk", "change"].iter().chain(more));
    change(&["--mail", "desk@example.com", "--vendor", "Nordic Survey AS"])
        .refused(2, "nothing_to_change");
    change(&["--mail", "nowhere"]).refused(2, "usage");
    change(&["--vendor", " "]).refused(2, "usage");
    change(&[]).refused(2, "usage");
    change(&["--vendor", "Ann's", "--key", "ann"]).refused(6, "needs_manager");
    let object = change(&["--vendor", "Nordic Group", "--mail", "keys@nordic.example"]).json();
    assert_eq!(object["products"], serde_json::json!(["survey", "other"]));
    let file = desk.export("survey");
    ship.run(["product", "install"]).arg(&file).done();
    let asked = ship.run(["request", "activate", &key]).done();
    asked.tells("keys@nordic.example");
    change(&["--mail", "none"]).done();
    let text = fs::read_to_string(desk.export("other")).unwrap();
    assert!(
        text.contains("vendor: Nordic Group\n") && !text.contains("mail:"),
        "{text}"
    );
    let told = desk.run(["ledger", "history"]).done();
    told.prints("the vendor is called Nordic Group, and requests go to keys@nordic.example");
    desk.run(["ledger", "verify"]).done();
}

#[test]
fn a_backup_of_before_is_told_of_as_such_and_products_go_on_above_what_was_shipped() {
    let world = World::new();
    let desk = world.desk("desk");
    let first = desk.product("survey", &["--feature", "gnss"]);
    let machine = world.machine("machine");
    machine.install(&first);
    let backup = world.path().join("files/backup.db");
    desk.run(["ledger", "backup"]).arg(&backup).done();

    let (_, safe) = stolen(&desk);
    replace(&desk, &safe).done();
    fs::copy(&safe, desk.kept("desk/root.pem")).unwrap();
    desk.run(["product", "change", "survey", "--feature", "lidar"])
        .done();
    let shipped = world.file("shipped.product", fs::read(desk.export("survey")).unwrap());
    machine.run(["product", "install"]).arg(&shipped).done();

    let restore = |option: &str| {
        desk.run(["ledger", "restore", option, "--reason", "disk"])
            .arg(&backup)
    };
    let told = restore("--dry-run").done();
    assert!(
        told.stderr.contains("of before a root was replaced"),
        "{}",
        told.stderr
    );
    let object = restore("--discard-newer").json();
    assert_eq!(object["root_returns"], true, "{object}");
    assert_eq!(object["products_behind"][0], "survey", "{object}");

    // The file itself is not written over by an earlier version.
    desk.run(["product", "export", "survey", "-o"])
        .arg(&shipped)
        .refused(1, "kept_file")
        .tells("is version 3, and the ledger has version 1");
    fs::remove_file(world.path().join("files/survey.product")).unwrap();
    // What was shipped is not to be had by changing the product once: machines take no other file of that version.
    desk.run(["product", "change", "survey", "--feature", "sonar"])
        .done();
    machine
        .run(["product", "install"])
        .arg(desk.export("survey"))
        .done()
        .tells("in the newer version 3");
    desk.run(["product", "change", "survey", "--name", "Survey 2"])
        .done();
    machine
        .run(["product", "install"])
        .arg(desk.export("survey"))
        .done()
        .tells("by another file of the same version 3");
    // Nor is anything lost then that the ledger has.
    let take_over = || {
        desk.run(["product", "change", "survey", "--shipped"])
            .arg(&shipped)
    };
    take_over().refused(2, "catalogue_shrinks");
    restore("--discard-newer").done();
    assert_eq!(take_over().json()["version"], 4);
    let told = machine
        .run(["product", "install"])
        .arg(desk.export("survey"))
        .done();
    assert!(
        told.stderr.contains("updated from version 3 to 4"),
        "{}",
        told.stderr
    );
    let shown = machine.run(["product", "show", "survey"]).done().stdout;
    assert!(
        shown.contains("lidar") && !shown.contains("sonar"),
        "{shown}"
    );
    desk.run(["ledger", "verify"]).done();
}

#[test]
fn a_product_file_of_somebody_else_or_of_another_product_is_not_taken_over() {
    let world = World::new();
    let desk = world.desk("desk");
    let own = desk.product("survey", &[]);
    let own = world.file("own.product", fs::read(own).unwrap());
    desk.product("other", &[]);
    let strange = world.desk("strange");
    let strange = strange.product("survey", &["--feature", "gnss"]);
    let take_over =
        |id: &str, file: &PathBuf| desk.run(["product", "change", id, "--shipped"]).arg(file);
    take_over("survey", &strange).refused(5, "not_a_root");
    take_over("other", &own).refused(2, "bad_product");
    take_over("nosuch", &own).refused(2, "bad_product");
    take_over("survey", &own)
        .arg("--name")
        .arg("Survey")
        .refused(2, "usage");
    // One that is no later than what the ledger has; of one version that has another name or another demo, the ledger has not all.
    let nothing = || {
        take_over("survey", &own)
            .refused(2, "bad_product")
            .tells("there is nothing to take over");
    };
    nothing();
    let backup = world.path().join("files/backup.db");
    desk.run(["ledger", "backup"]).arg(&backup).done();
    let change = |option: &str, value: &str| {
        desk.run(["product", "change", "survey", option, value])
            .done();
    };
    change("--demo-days", "30");
    let shipped = world.file("shipped.product", fs::read(desk.export("survey")).unwrap());
    desk.run(["ledger", "restore", "--discard-newer", "--reason", "disk"])
        .arg(&backup)
        .done();
    change("--name", "Survey 2");
    nothing();
    assert_eq!(take_over("survey", &shipped).json()["version"], 3);
    take_over("survey", &shipped).refused(2, "bad_product");
    let file = fs::read_to_string(desk.export("survey")).unwrap();
    assert!(file.contains("demo-days: 30"), "{file}");
    desk.run(["ledger", "verify"]).done();
}
