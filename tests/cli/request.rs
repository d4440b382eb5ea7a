//! `request activate`, `pending list`, `pending forget`.

use std::fs;

use crate::world::{World, decoded};

#[test]
fn the_code_stands_alone_and_comes_again() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &[]);
    let ship = world.machine("ship");
    ship.install(&file);
    let activate = || ship.run(["request", "activate", &key]);
    let first = activate()
        .done()
        .tells("send the code to desk@example.com")
        .tells("countersign apply");
    let code = first.code();
    assert!(code.starts_with("REQ1: "), "{code}");
    assert_eq!(activate().done().tells("the same code again").code(), code);
    // The key in words is the same key.
    let words: Vec<String> = key.split('-').map(str::to_owned).collect();
    assert_eq!(
        ship.run(
            ["request", "activate"]
                .map(str::to_owned)
                .into_iter()
                .chain(words)
        )
        .done()
        .code(),
        code
    );

    let another = activate().arg("--new").done().code();
    assert_ne!(another, code);
    let waiting = ship.run(["pending", "list", "--json"]).done().objects();
    let codes: Vec<_> = waiting
        .iter()
        .map(|request| request["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, [&code, &another]);
}

#[test]
fn json_has_what_a_script_needs() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &["--bind", "server,database"]);
    let key = desk.sell("survey", &[]);
    let ship = world.machine("ship");
    ship.install(&file);
    let options = [
        "request",
        "activate",
        &key,
        "--bind",
        "server=(local)",
        "--bind",
        "database=Nexus",
    ];
    let object = ship.run(options).json();
    assert_eq!(object["kind"], "activate");
    assert_eq!(object["license_key"], key);
    assert_eq!(object["verdict"], "new");
    assert_eq!(object["product"], "survey");
    assert_eq!(object["mail"], "desk@example.com");
    assert_eq!(
        object["bindings"],
        serde_json::json!({ "server": "ship", "database": "nexus" })
    );
    assert!(
        object["activation"].as_str().unwrap().starts_with("A-"),
        "{object}"
    );
    assert!(
        object["created"]
            .as_str()
            .unwrap()
            .starts_with("2040-03-01T12:00:00"),
        "{object}"
    );
    for name in ["corrections", "warnings"] {
        assert_eq!(object[name], serde_json::json!([]), "{name}");
    }
    let code = object["code"].as_str().unwrap();
    assert_eq!(decoded(code).to_text().unwrap(), code);
    assert_eq!(ship.run(options).json()["verdict"], "repeated");
}

#[test]
fn what_a_product_is_bound_to_must_be_said() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &["--bind", "server,database"]);
    let plain = desk.product("plain", &[]);
    let key = desk.sell("survey", &[]);
    let ship = world.machine("ship");
    ship.install(&file);
    let activate = |options: &[&str]| ship.run(["request", "activate", &key].iter().chain(options));
    activate(&[])
        .refused(2, "missing_binding")
        .tells("add --bind server=VALUE --bind database=VALUE");
    activate(&["--bind", "server=db1"])
        .refused(2, "missing_binding")
        .tells("add --bind database=VALUE");
    activate(&[
        "--bind",
        "server=db1",
        "--bind",
        "database=x",
        "--bind",
        "room=7",
    ])
    .refused(2, "unknown_binding");
    activate(&["--bind", "server"])
        .refused(2, "usage")
        .tells("NAME=VALUE");
    activate(&["--bind", "server= ", "--bind", "database=x"]).refused(2, "usage");
    activate(&["--bind", "server=(localdb)\\v11", "--bind", "database=x"])
        .refused(2, "bad_machine_value");
    activate(&["--bind", "server=a b", "--bind", "database=x"]).refused(2, "bad_machine_value");

    ship.install(&plain);
    ship.run([
        "request",
        "activate",
        &key,
        "--product",
        "plain",
        "--bind",
        "server=db1",
    ])
    .refused(2, "unknown_binding")
    .tells("leave --bind out");
}

#[test]
fn a_machine_that_knows_nothing_of_itself() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &[]);
    let container = world.machine("container");
    container.change(|facts| *facts = countersign::machine::Facts::default());
    container.install(&file);
    container
        .run(["request", "activate", &key])
        .refused(6, "weak_machine")
        .tells("machine id");
}

#[test]
fn without_or_with_several_products() {
    let world = World::new();
    let desk = world.desk("desk");
    let (one, two) = (desk.product("survey", &[]), desk.product("deep", &[]));
    let key = desk.sell("survey", &[]);
    let ship = world.machine("ship");
    ship.run(["request", "activate", &key])
        .refused(2, "no_product")
        .tells("countersign product install FILE");
    ship.install(&one);
    ship.install(&two);
    ship.run(["request", "activate", &key])
        .refused(2, "usage")
        .tells("deep and survey")
        .tells("say which: --product");
    ship.run(["request", "activate", &key, "--product", "other"])
        .refused(2, "unknown_product");
    let request = ship.request_with(&key, &["--product", "survey"]);
    // The key is this product's from now on.
    ship.run(["request", "activate", &key, "--product", "deep"])
        .refused(4, "other_product");

    let other = world.machine("other");
    other.install(&two);
    desk.respond(&other.request(&key))
        .owes(4, "other_product")
        .tells("this license is for Survey");
    desk.answer(&request);
}

#[test]
fn pending_requests_are_listed_and_forgotten() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let (key, other) = (
        desk.sell("survey", &["--seats", "3"]),
        desk.sell("survey", &[]),
    );
    let ship = world.machine("ship");
    ship.install(&file);
    ship.run(["pending", "list"])
        .done()
        .tells("no request waits for an answer");
    ship.run(["pending", "forget", &key, "--yes"])
        .refused(4, "unknown_license");

    let request = ship.request(&key);
    ship.request(&other);
    ship.run(["pending", "list"])
        .done()
        .prints(&key)
        .prints("2040-03-01")
        .prints(&other)
        .silent();
    let listed = ship.run(["pending", "list", "--json"]).done().objects();
    assert_eq!(listed.len(), 2);
    let first = listed
        .iter()
        .find(|request| request["license_key"] == key.as_str())
        .unwrap();
    assert_eq!(
        (
            first["code"].as_str(),
            first["kind"].as_str(),
            first["product"].as_str()
        ),
        (Some(request.as_str()), Some("activate"), Some("survey"))
    );

    let forget = ["pending", "forget", &key];
    ship.run(forget).refused(2, "usage").tells("add --yes");
    ship.run(forget).arg("--no-input").refused(2, "usage");
    let answer = desk.answer(&request);
    let forgotten = ship.run(forget).arg("--yes").json();
    assert_eq!(
        forgotten,
        serde_json::json!({ "license_key": key, "forgotten": 1 })
    );
    ship.run(forget)
        .arg("--yes")
        .done()
        .tells("no request waits for an answer");
    // One that is in force and waits for nothing has nothing to forget.
    desk.license(&ship, &other);
    ship.run(["pending", "forget", &other, "--yes"])
        .done()
        .tells("no request waits for an answer");
    ship.run(["apply"])
        .piped(&answer)
        .refused(4, "other_request");
    assert_eq!(
        ship.run(["pending", "list", "--json"])
            .done()
            .objects()
            .len(),
        0
    );

    // The desk's seat is not lost: the same machine asks again and replaces its own.
    desk.license(&ship, &key);
    assert_eq!(desk.seats_taken(&key), 1);
}

#[cfg(unix)]
#[test]
fn machine_wide_licenses_are_for_everybody_to_read() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &["--seats", "2"]);
    let ship = world.machine("ship");
    let run = |args: &[&str]| ship.run_at_home_of_user(args);

    // The product in the user's home, the license for all: the product comes along.
    run(&["product", "install"]).arg(&file).done();
    let request = run(&["request", "activate", &key, "--system"])
        .done()
        .code();
    let answer = desk.answer(&request);
    run(&["apply"]).piped(&answer).done();
    run(&["check"]).done().prints("licensed: survey");
    let for_all = world.path().join("homes/ship for all/machine");
    let digits = key.replace('-', "");
    let mode = |path: &str| {
        fs::metadata(for_all.join(path))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode("licenses"), 0o755);
    assert_eq!(mode(&format!("licenses/{digits}.json")), 0o644);
    assert_eq!(mode("products/survey.product"), 0o644);
    // What gives the license up is for its owner alone.
    assert_eq!(mode(&format!("secrets/{digits}.json")), 0o600);

    // Another user of the machine sees it; a license of one's own stays one's own.
    let neighbour = world.machine("neighbour");
    let all = world.path().join("homes/ship for all");
    let check = neighbour
        .run_at_home_of_user(["check"])
        .env("COUNTERSIGN_TEST_SYSTEM", &all);
    check.refused(13, "wrong_machine");
    let own = world.machine("own");
    own.run_at_home_of_user(["product", "install"])
        .arg(&file)
        .done();
    let request = own
        .run_at_home_of_user(["request", "activate", &key])
        .done()
        .code();
    own.run_at_home_of_user(["apply"])
        .piped(desk.answer(&request))
        .done();
    let secret = fs::metadata(
        world
            .path()
            .join("users/own/.local/share/countersign/machine/licenses"),
    )
    .unwrap();
    assert_eq!(secret.permissions().mode() & 0o777, 0o700);
}

#[test]
fn homes_by_option_by_variable_and_by_default() {
    let world = World::new();
    let machine = world.machine("desk");
    let init = ["desk", "init", "--vendor", "A", "--no-passphrase"];
    machine.run_at_home_of_user(init).done();
    assert!(
        world
            .path()
            .join("users/desk/.local/share/countersign/desk/ledger.db")
            .exists()
            || !cfg!(target_os = "linux")
    );
    let named = world.path().join("homes/named");
    machine
        .run_at_home_of_user(init)
        .env("COUNTERSIGN_HOME", &named)
        .done();
    assert!(named.join("desk/ledger.db").exists());
    // The option counts more than the variable, and may stand behind the command.
    let option = world.path().join("homes/option");
    machine
        .run_at_home_of_user(init)
        .env("COUNTERSIGN_HOME", &named)
        .arg("--home")
        .arg(&option)
        .done();
    assert!(option.join("desk/ledger.db").exists());
    // An empty variable is none.
    machine
        .run_at_home_of_user(init)
        .env("COUNTERSIGN_HOME", "")
        .refused(1, "desk_exists");
}
