//! Codes that a clerk does not see, and codes that somebody only quotes: what is seen and new comes first, and nobody acts unasked on what is hidden.

mod shapes;

use super::{Done, World};
use shapes::{HIDDEN, SEEN};

struct Desk {
    world: World,
    /// A request of another machine for another license: what was hidden or quoted.
    other: String,
    /// What the clerk sees.
    code: String,
}

impl Desk {
    fn new() -> Desk {
        let world = World::new();
        let sell = [
            "license",
            "new",
            "--product",
            "survey",
            "--customer",
            "Else",
        ];
        let key = world.ok("desk", &sell).trim().to_owned();
        world.ok("elsewhere", &["product", "install", "survey.product"]);
        let bind = ["--bind", "server=db9", "--bind", "database=Other"];
        let ask = [&["request", "activate", &key][..], &bind].concat();
        let other = world.ok("elsewhere", &ask);
        let code = world.request(&[]);
        Desk {
            world,
            other: other.trim().to_owned(),
            code: code.trim().to_owned(),
        }
    }

    fn mail(&self, shape: &str) -> String {
        shape
            .replace("{other}", &self.other)
            .replace("{code}", &self.code)
            .replace("{quoted}", &quoted(&self.other))
            .replace("{one line}", &self.other.replace(['\n', ' '], ""))
    }

    fn dry(&self, mail: &str) -> Done {
        let dry = ["--json", "respond", "--dry-run"];
        self.world.run_with("desk", &dry, mail.as_bytes())
    }

    /// The license that would be answered.
    fn answered(&self, name: &str, shape: &str) -> String {
        let done = self.dry(&self.mail(shape));
        assert_eq!(done.exit, 0, "{name}: {}", done.talk);
        let object: serde_json::Value = serde_json::from_str(&done.out).unwrap();
        object["license_key"].as_str().unwrap().to_owned()
    }
}

fn quoted(code: &str) -> String {
    let rows = code.lines().map(|row| format!("> {row}"));
    rows.collect::<Vec<_>>().join("\n")
}

const HTML: &str =
    "From: a@b.c\nSubject: hello\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n";
const ALTERNATIVE: &str =
    "From: a@b.c\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=\"b\"\n\n";
const PLAIN: &str = "From: a@b.c\nSubject: hello\nMIME-Version: 1.0\n\n";

/// No honest code is refused because of how the mail is made.
#[test]
fn what_is_seen_is_not_taken_for_hidden() {
    let desk = Desk::new();
    for (name, shape) in SEEN {
        let code = match shape {
            _ if shape.contains("HTML") => "<pre>{code}</pre>",
            _ if shape.starts_with("{\\rtf") => "{one row after another}",
            _ => "{code}",
        };
        let rows = desk.code.replace('\n', "\\par ");
        let mail = of(shape, "").replace("CODE", code);
        let (half, _) = desk.code.split_at(desk.code.len() * 3 / 5);
        let mail = desk.mail(&mail).replace("HALF", half);
        let mail = mail.replace("{one row after another}", &rows);
        let done = desk.dry(&mail);
        assert_eq!(done.exit, 0, "{name}: {}\n{mail}", done.talk);
        let refused = desk
            .world
            .run_with("desk", &["respond", "--dry-run"], mail.as_bytes());
        assert!(
            !refused.talk.contains("not seen"),
            "{name}: {}",
            refused.talk
        );
    }
}

fn of(shape: &str, seen: &str) -> String {
    let shape = shape.replace("HTML", HTML).replace("PLAIN", PLAIN);
    shape.replace("SEEN", seen)
}

#[test]
fn what_is_seen_is_answered_and_not_what_is_hidden() {
    let desk = Desk::new();
    for (name, shape) in HIDDEN {
        let seen = if name == "rich text" {
            "{code}"
        } else {
            "<pre>{code}</pre>"
        };
        let seen = if shape.contains("HTML") {
            seen
        } else {
            "{code}"
        };
        let key = desk.answered(name, &of(shape, seen).replace("\\*\\comment {other}", ""));
        assert_eq!(key, desk.world.key, "{name}");
    }
}

#[test]
fn nobody_acts_on_a_code_that_is_hidden_alone() {
    let desk = Desk::new();
    for (name, shape) in HIDDEN {
        let mail = desk.mail(&of(shape, "Please call me."));
        for command in [&["respond"][..], &["respond", "--dry-run"]] {
            let done = desk.world.run_with("desk", command, mail.as_bytes());
            assert_eq!(done.exit, 3, "{name}: {}", done.talk);
            assert_eq!(done.out, "", "{name}");
            assert!(
                done.talk.contains("mail programs do not show"),
                "{name}: {}",
                done.talk
            );
        }
        let refused = desk
            .world
            .run_with("desk", &["--json", "respond"], mail.as_bytes());
        assert!(refused.out.contains("\"hidden_code\"") || refused.talk.contains("hidden_code"));
        let told = desk.world.run_with("desk", &["inspect"], mail.as_bytes());
        assert_eq!(told.exit, 0, "{name}: {}", told.talk);
        assert!(told.talk.contains("not seen"), "{name}: {}", told.talk);
    }
    // Alone it is what the clerk hands over.
    assert_eq!(desk.dry(&desk.other).exit, 0);
    let line = desk.mail("{\"code\":\"<html><!-- {one line} --><p>Please call.</p></html>\"}\n");
    let batch = desk
        .world
        .run_with("desk", &["respond", "--batch", "-"], line.as_bytes());
    assert_eq!(batch.exit, 8, "{}", batch.talk);
    assert!(batch.out.contains("hidden_code"), "{}", batch.out);
}

/// A code that is seen and damaged is no reason to take another one that is not.
#[test]
fn a_damaged_code_that_is_seen_gives_no_way_to_a_hidden_one() {
    let desk = Desk::new();
    let damaged = desk
        .code
        .replacen(&desk.code[8..30], "?????-?????-?????-????", 1);
    for (name, shape) in HIDDEN.iter().take(3) {
        let mail = desk.mail(&of(shape, &format!("<pre>{damaged}</pre>")));
        let done = desk.dry(&mail);
        assert_eq!(done.exit, 3, "{name}: {}", done.talk);
        for said in ["row 1 cannot be read", "mail programs do not show"] {
            assert!(done.talk.contains(said), "{name}: {}", done.talk);
        }
    }
    // The text beside HTML is meant where it is what that HTML shows, and is no way around what it shows instead.
    let alternative = |html: &str| {
        let shape = format!(
            "{ALTERNATIVE}--b\n\n{{other}}\n--b\nContent-Type: text/html\n\n{html}\n--b--\n"
        );
        desk.dry(&desk.mail(&shape))
    };
    let done = alternative(&format!("<pre>{damaged}</pre>"));
    assert_eq!(done.exit, 3, "{}", done.talk);
    assert!(done.talk.contains("row 1 cannot be read"), "{}", done.talk);
    let ruins = desk
        .other
        .replacen(&desk.other[8..30], "?????-?????-?????-????", 1);
    let done = alternative(&format!("<pre>{ruins}</pre>"));
    assert_eq!(done.exit, 0, "{}", done.talk);
    assert!(!done.talk.contains("damaged"), "{}", done.talk);
    // One slip is mended, and it is what is answered.
    let slip = desk.code.replacen(&desk.code[8..10], "", 1);
    let mail = desk.mail(&of(HIDDEN[0].1, &format!("<pre>{slip}</pre>")));
    let done = desk.dry(&mail);
    assert!(done.out.contains(&desk.world.key), "{}", done.talk);
}

/// What somebody quotes is no answer for what he wrote himself, which cannot be read: of the same kind, of another that goes to the same desk, or of none that
/// can be told.
#[test]
fn what_is_quoted_is_not_taken_for_what_was_written() {
    let desk = Desk::new();
    let damaged = desk
        .code
        .replacen(&desk.code[8..30], "?????-?????-?????-????", 1);
    let without = damaged.strip_prefix("REQ1: ").unwrap();
    for own in [
        damaged.clone(),
        damaged.replace("REQ1", "SYN1"),
        without.to_owned(),
    ] {
        let mail = desk.mail(&of(
            &format!("PLAIN{own}\n\nOn Monday a@b.c wrote:\n{{quoted}}\n"),
            "",
        ));
        let done = desk.dry(&mail);
        assert_eq!(done.exit, 3, "{own}: {}", done.talk);
        // A row of which too little is left may also be one that is missing.
        for said in ["row 1 ", "the quoted request code"] {
            assert!(done.talk.contains(said), "{own}: {}", done.talk);
        }
    }
}

/// An honest mail answered below the quote: the new code is answered, wherever it stands.
#[test]
fn what_was_written_comes_before_what_was_quoted() {
    let desk = Desk::new();
    for (name, shape) in [
        (
            "above",
            "PLAINOn Monday a@b.c wrote:\n{quoted}\n\nSorry, this one:\n\n{code}\n",
        ),
        ("below", "PLAIN{code}\n\nOn Monday a@b.c wrote:\n{quoted}\n"),
        ("above, a comma behind", "PLAIN{quoted}\n\nKari: {code}.\n"),
        (
            "html",
            "HTML<blockquote type=cite><p>Hello</p><pre>{other}</pre></blockquote><pre>{code}</pre>",
        ),
        (
            "alternatives",
            "From: a@b.c\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=\"b\"\n\n--b\nContent-Type: text/plain\n\n{other}\n--b\nContent-Type: text/html\n\n<pre>{code}</pre>\n--b--\n",
        ),
    ] {
        assert_eq!(
            desk.answered(name, &of(shape, "")),
            desk.world.key,
            "{name}"
        );
    }
    // Only quoted, it is what is meant.
    let key = desk.answered("alone", &of("PLAINPlease answer this:\n{quoted}\n", ""));
    assert_ne!(key, desk.world.key);
    let both = desk.mail(&of("PLAIN{quoted}\n\n{code}\n", ""));
    let dry = ["respond", "--dry-run"];
    let said = desk.world.run_with("desk", &dry, both.as_bytes());
    assert!(said.talk.contains("which is quoted"), "{}", said.talk);
}

/// A return code that nobody sees frees nothing, alone and beside one that somebody wrote; seen, both are taken.
#[test]
fn a_hidden_return_code_is_not_taken_too() {
    let world = World::new();
    world.ok("other", &["product", "install", "survey.product"]);
    let give_back = |machine: &str, server: &str| {
        let bind = ["--bind", server, "--bind", "database=One"];
        let ask = [&["request", "activate", &world.key][..], &bind].concat();
        let answer = world.ok_with("desk", &["respond"], world.ok(machine, &ask).as_bytes());
        world.ok_with(machine, &["apply"], answer.as_bytes());
        world.ok(machine, &["return", "--yes"])
    };
    let (own, other) = (
        give_back("machine", "server=db1"),
        give_back("other", "server=db2"),
    );
    let taken = || world.json("desk", &["license", "show", &world.key])["seats_taken"].clone();
    assert_eq!(taken(), 2);
    let mail = |seen: &str, hidden: &str| {
        format!("{HTML}<p>Hello</p><pre>{seen}</pre><div style=\"display:none\">{hidden}</div>")
    };
    let done = world.run_with(
        "desk",
        &["respond"],
        mail("Please call.", &other).as_bytes(),
    );
    assert_eq!(done.exit, 3, "{}", done.talk);
    assert_eq!(taken(), 2);
    // Beside one that is seen: that one is taken, the other is named.
    let said = world.run_with("desk", &["respond"], mail(&own, &other).as_bytes());
    assert_eq!(said.exit, 0, "{}", said.talk);
    assert!(said.talk.contains("not seen"), "{}", said.talk);
    assert_eq!(taken(), 1);
    // So are all parts of an alternative that is not shown.
    let nested = format!(
        "{ALTERNATIVE}--b\nContent-Type: multipart/mixed; boundary=\"c\"\n\n--c\nContent-Type: text/plain\n\n{other}\n--c--\n--b\nContent-Type: text/html\n\n<pre>{own}</pre>\n--b--\n"
    );
    let said = world.run_with("desk", &["respond"], nested.as_bytes());
    assert_eq!(taken(), 1, "{}", said.talk);
    let done = world.run_with("desk", &["respond"], other.as_bytes());
    assert_eq!(done.exit, 0, "{}", done.talk);
    assert_eq!(taken(), 0);
}

#[test]
fn the_other_code_of_a_line_is_said() {
    let desk = Desk::new();
    let one = |code: &str| code.replace('\n', " ");
    let line = format!("{} {}\n", one(&desk.code), one(&desk.other));
    let batch = desk
        .world
        .run_with("desk", &["respond", "--batch", "-"], line.as_bytes());
    assert_eq!(batch.exit, 0, "{}", batch.talk);
    let object: serde_json::Value = serde_json::from_str(batch.out.trim()).unwrap();
    assert_eq!(object["license_key"], desk.world.key.as_str());
    assert_eq!(object["warnings"][0]["kind"], "another_code", "{object}");
}
