//! `product add`, `change`, `list`, `show`, `export`, `install`.

use std::fs;

use serde_json::json;

use crate::world::World;

#[test]
fn a_product_is_defined_and_shown() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.run(["product", "list"])
        .done()
        .tells("no products yet");
    let options = [
        "--feature",
        "export",
        "--feature",
        "import",
        "--limit",
        "users",
        "--edition",
        "basic",
        "--edition",
        "pro",
        "--maintained",
        "export",
        "--bind",
        "server,database",
        "--demo-days",
        "30",
        "--demo-feature",
        "import",
        "--demo-limit",
        "users=2",
    ];
    let said = desk
        .run(
            ["--json", "product", "add", "survey", "--name", "Survey"]
                .iter()
                .chain(&options),
        )
        .done();
    assert_eq!(said.json(), json!({ "product": "survey", "version": 1 }));

    let shown = desk.run(["product", "show", "survey"]).json();
    for (name, value) in [
        ("product", json!("survey")),
        ("version", json!(1)),
        ("name", json!("Survey")),
        ("vendor", json!("Nordic Survey AS")),
        ("mail", json!("desk@example.com")),
        ("editions", json!(["basic", "pro"])),
        ("features", json!(["export", "import"])),
        ("limits", json!(["users"])),
        ("maintained", json!(["export"])),
        ("bind", json!(["server", "database"])),
        ("fingerprint", json!(true)),
        ("demo_days", json!(30)),
        ("demo_features", json!(["import"])),
        ("demo_limits", json!({ "users": 2 })),
    ] {
        assert_eq!(shown[name], value, "{name}");
    }
    assert_eq!(desk.run(["product", "list"]).json(), shown);
    let words = desk.run(["product", "show", "survey"]).done().silent();
    let fingerprint = shown["root_fingerprints"][0].as_str().unwrap();
    words
        .prints(fingerprint)
        .prints("the machine, server and database")
        .prints("30 days with import and users=2");
}

#[test]
fn a_catalogue_grows() {
    let world = World::new();
    let desk = world.desk("desk");
    let first = desk.product("survey", &["--feature", "export"]);
    let old = fs::read_to_string(&first).unwrap();
    desk.run(["product", "change", "survey"])
        .refused(2, "usage")
        .tells("nothing to change");
    desk.run(["product", "change", "survey", "--feature", "export"])
        .refused(2, "bad_product");
    desk.run(["product", "change", "other", "--feature", "x"])
        .refused(2, "unknown_product");
    desk.run([
        "product",
        "change",
        "survey",
        "--feature",
        "import",
        "--name",
        "Survey 2",
    ])
    .done()
    .tells("version 2");

    // A machine takes the newer file, and does not go back.
    let ship = world.machine("ship");
    ship.install(&first)
        .tells("Survey of Nordic Survey AS is installed");
    let new = desk.export("survey");
    ship.install(&new).tells("updated from version 1 to 2");
    ship.install(&new).tells("installed already");
    let old = world.file("old.product", old);
    ship.install(&old).tells("in the newer version 2");
    let shown = ship.run(["product", "show", "survey"]).json();
    assert_eq!(shown["features"], json!(["export", "import"]));
    ship.run(["product", "show", "other"])
        .refused(2, "unknown_product");
    ship.run(["product", "list"]).done().prints("Survey 2");
}

#[test]
fn what_is_no_product_is_refused() {
    let world = World::new();
    let desk = world.desk("desk");
    let add = |id: &str, options: &[&str]| {
        desk.run(
            ["product", "add", id, "--name", "Survey"]
                .iter()
                .chain(options),
        )
    };
    let long = "a".repeat(33);
    for id in [
        "Survey",
        "1survey",
        "sur vey",
        "",
        "../survey",
        "survé",
        &long,
    ] {
        add(id, &[]).refused(2, "bad_product");
    }
    add("survey", &["--feature", "a", "--feature", "a"]).refused(2, "bad_product");
    add("survey", &["--feature", "a", "--maintained", "b"]).refused(2, "bad_product");
    add("survey", &["--demo-days", "3", "--demo-feature", "b"]).refused(2, "bad_product");
    add("survey", &["--no-fingerprint"]).refused(2, "usage");
    add("survey", &["--demo-limit", "users"]).refused(2, "usage");
    add("survey", &[]).done();
    add("survey", &[]).refused(1, "product_exists");
    desk.run(["product", "show", "other"])
        .refused(2, "unknown_product");
}

#[test]
fn export_writes_whole_files() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let printed = desk
        .run(["product", "export", "survey"])
        .done()
        .silent()
        .stdout;
    assert_eq!(fs::read_to_string(&file).unwrap(), printed);
    desk.run(["product", "export", "survey", "-o", "no/such/directory"])
        .refused(1, "io")
        .tells("no/such/directory");
    let object = desk
        .run(["product", "export", "survey", "-o", "again.product"])
        .json();
    assert_eq!(
        object,
        json!({ "product": "survey", "file": "again.product" })
    );
}

#[test]
fn a_product_file_that_is_none_or_was_altered() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &["--demo-days", "30"]);
    let good = fs::read_to_string(&file).unwrap();
    let ship = world.machine("ship");
    let install = |name: &str| ship.run(["product", "install", name]);

    install("nowhere.product")
        .refused(1, "no_file")
        .tells("nowhere.product");
    install(".").refused(1, "no_file");
    world.file("letter", "Dear customer,\nhere is your file.\n");
    install("letter").refused(3, "not_a_product_file");
    world.file("empty", "");
    install("empty").refused(3, "not_a_product_file");

    for (from, to) in [
        ("demo-days: 30", "demo-days: 9999"),
        ("name: Survey", "name: survey"),
        ("\n— survey ", "\n— other "),
        ("fingerprint: yes\n", ""),
    ] {
        assert!(good.contains(from), "{from:?} is not in {good}");
        world.file("altered", good.replace(from, to));
        install("altered").refused(5, "bad_product_file");
    }
    assert!(!ship.kept("machine/products/survey.product").exists());
    install(file.to_str().unwrap()).done();
}

#[test]
fn another_root_for_a_known_product_is_refused() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let ship = world.machine("ship");
    let object = ship.run(["product", "install"]).arg(&file).json();
    assert_eq!(object["outcome"], "installed");
    let fingerprint = object["root_fingerprint"].as_str().unwrap();

    let stranger = world.desk("stranger");
    stranger
        .run(["product", "add", "survey", "--name", "Survey"])
        .done();
    stranger
        .run(["product", "change", "survey", "--feature", "more"])
        .done();
    stranger
        .run(["product", "export", "survey", "-o", "forged.product"])
        .done();
    ship.run(["product", "install", "forged.product"])
        .refused(5, "other_root")
        .tells(fingerprint)
        .tells("ask the vendor by another way");
}

/// Git, an editor and PowerShell's `>` write the same file down in other ways.
#[test]
fn a_product_file_is_read_however_it_was_written_down() {
    let world = World::new();
    let file = std::fs::read_to_string(world.desk("desk").product("survey", &[])).unwrap();
    let windows = file.replace('\n', "\r\n");
    let wide = |text: &str, unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    };
    let marked = format!("\u{feff}{windows}");
    let written = [
        windows.clone().into_bytes(),
        marked.clone().into_bytes(),
        wide(&marked, u16::to_le_bytes),
        wide(&marked, u16::to_be_bytes),
        wide(&windows, u16::to_le_bytes),
    ];
    for (number, bytes) in written.into_iter().enumerate() {
        let machine = world.machine(&format!("machine-{number}"));
        let path = world.file(&format!("{number}.product"), bytes);
        machine.run(["product", "install"]).arg(&path).done();
        let kept = machine.kept("machine/products/survey.product");
        assert_eq!(std::fs::read_to_string(kept).unwrap(), file, "{number}");
    }
    // What it says is signed: no other letter is let pass with them.
    let other = world.file(
        "other.product",
        wide(&marked.replace("survey", "surveY"), u16::to_le_bytes),
    );
    let machine = world.machine("other");
    machine
        .run(["product", "install"])
        .arg(&other)
        .refused(5, "bad_product_file");
}

/// On Windows no file can be called so, in any directory and with any ending.
#[test]
fn no_product_is_called_like_a_device() {
    let world = World::new();
    let desk = world.desk("desk");
    for id in ["con", "nul", "aux", "prn", "com1", "lpt9"] {
        desk.run(["product", "add", id, "--name", "P"])
            .refused(2, "bad_product")
            .tells("no device");
    }
    desk.run(["product", "add", "console", "--name", "P"])
        .done();
}
