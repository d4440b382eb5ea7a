//! Text of others never plays with the terminal: what is kept is plain, and what comes along is shown for what it is.

use serde_json::Value;

use crate::world::{Desk, World};

/// One of each range that is not shown.
const HIDDEN: [(&str, &str); 9] = [
    ("\u{1b}", "U+001B"),
    ("\u{9b}", "U+009B"),
    ("\u{61c}", "U+061C"),
    ("\u{200b}", "U+200B"),
    ("\u{202e}", "U+202E"),
    ("\u{2066}", "U+2066"),
    ("\u{feff}", "U+FEFF"),
    ("\u{fffa}", "U+FFFA"),
    ("\u{e0041}", "U+E0041"),
];

fn hidden_in(text: &str) -> bool {
    text.chars()
        .any(|c| c != '\n' && countersign::text::show::is_hidden(c))
}

fn desk(world: &World) -> Desk<'_> {
    let desk = world.desk("desk");
    desk.product("survey", &["--bind", "vessel", "--no-fingerprint"]);
    desk
}

/// Customer, contact, reason, vendor, product, and who acts: refused before anything is kept, and the character is named.
#[test]
fn what_is_kept_is_plain() {
    let world = World::new();
    let desk = desk(&world);
    let key = desk.sell("survey", &[]);
    for (character, name) in HIDDEN {
        let text = format!("Aurora{character}Shipping");
        let mail = format!("a{character}b@example.com");
        let named = format!("A{character}B <a@example.com>");
        let new = ["license", "new", "--product", "survey", "--customer"];
        for contact in [&mail, &named] {
            desk.run(new)
                .arg("A")
                .arg("--contact")
                .arg(contact)
                .refused(2, "bad_order")
                .tells(name);
        }
        for (args, kind) in [
            (
                &["license", "new", "--product", "survey", "--customer", &text][..],
                "bad_order",
            ),
            (
                &["license", "change", &key, "--customer", &text],
                "bad_order",
            ),
            (
                &["license", "change", &key, "--contact", &named],
                "bad_order",
            ),
            (&["license", "revoke", &key, "--reason", &text], "usage"),
            (&["release", "A-1", "--lost", "--reason", &text], "usage"),
            (
                &["respond", "--override", "--reason", &text, "REQ1: 0"],
                "usage",
            ),
        ] {
            desk.run(args).refused(2, kind).tells(name);
        }
        desk.run(["product", "add", "two", "--name", &text])
            .refused(2, "bad_product");
        let other = world.machine("other");
        other
            .run(["desk", "init", "--no-passphrase", "--vendor", &text])
            .refused(2, "usage")
            .tells(name);
        desk.run(new)
            .arg("A")
            .arg("--as")
            .arg(&text)
            .refused(2, "usage")
            .tells(name)
            .tells("--as");
    }
    // Persian and Indian names are written with joiners.
    for name in ["علی\u{200c}رضا", "ශ්\u{200d}රී ලංකා"] {
        let key = desk
            .run(["license", "new", "--product", "survey", "--customer", name])
            .done()
            .line();
        desk.run(["license", "show", &key]).done().prints(name);
    }
}

#[test]
fn what_comes_along_is_shown_for_what_it_is() {
    let world = World::new();
    let desk = desk(&world);
    let key = desk.sell("survey", &[]);
    let ship = world.machine("ship");
    ship.install(&world.path().join("files/survey.product"));

    // The names of files, and words that were to be codes.
    for name in [
        "no\u{1b}[2Kne",
        "no\u{202e}ne",
        "no\nerror: ne",
        "no\u{e0041}ne",
    ] {
        let path = format!("./{name}");
        for args in [
            &["apply", &path][..],
            &["product", "install", &path],
            &["apply", "1", &path, "2"],
        ] {
            let said = ship.run(args).said();
            assert!(said.exit != 0 && !hidden_in(&said.stderr), "{said}");
            assert_eq!(said.stderr.matches("\nerror: ").count(), 0, "{said}");
        }
        let said = ship.run(["--json", "apply", &path]).said();
        assert!(!hidden_in(&said.stdout), "{said}");
        let object = said.json();
        let message = object["error"]["message"].as_str().unwrap();
        assert!(
            message.contains(name),
            "for scripts it is the same text: {said}"
        );
    }

    // What a request is bound to, on the machine, in the mail, and at the desk.
    let bind = "vessel=Auro\u{202e}ra\u{200b}";
    let request = ship
        .run(["request", "activate", &key, "--bind", bind])
        .said();
    if request.exit == 0 {
        let mail = ship
            .run(["request", "activate", &key, "--bind", bind, "--mail"])
            .done();
        for said in [
            &request,
            &mail,
            &desk.run(["inspect"]).piped(&request.stdout).done(),
            &desk.run(["respond"]).piped(&request.stdout).done(),
            &desk.run(["license", "show", &key]).done(),
            &desk.run(["ledger", "history", &key]).done(),
            &desk
                .run(["--json", "inspect"])
                .piped(&request.stdout)
                .done(),
        ] {
            let all = said.stdout.replace('\r', "") + &said.stderr;
            assert!(!hidden_in(&all), "{said}");
        }
    }
}

/// Who sent a mail is anybody's to write.
#[test]
fn a_sender_is_kept_only_where_it_is_plain() {
    let world = World::new();
    let desk = desk(&world);
    let key = desk.sell("survey", &[]);
    let ship = world.machine("ship");
    ship.install(&world.path().join("files/survey.product"));
    let request = ship
        .run(["request", "activate", &key, "--bind", "vessel=aurora"])
        .done()
        .code();
    for (character, _) in HIDDEN {
        let mail = format!(
            "From: Eve{character} <eve{character}@example.com>\r\nTo: desk@example.com\r\nSubject: a{character}b\r\n\r\n{request}\r\n"
        );
        let said = desk.run(["respond"]).piped(&mail).done();
        assert!(!hidden_in(&(said.stdout.clone() + &said.stderr)), "{said}");
        assert!(!said.stderr.contains("is kept as the contact"), "{said}");
    }
    let shown = desk.run(["license", "show", &key]).json();
    assert_eq!(shown["contact"], Value::Null, "{shown}");
}
