//! A text with several requests: all are answered, each machine takes its own, and what is not answered is named.

use serde_json::Value;

use crate::world::{Desk, Machine, Said, World};

/// A desk, a license of so many seats, and machines that ask for one each.
struct Fleet<'w> {
    desk: Desk<'w>,
    key: String,
    ships: Vec<Machine<'w>>,
    requests: Vec<String>,
}

fn fleet<'w>(world: &'w World, seats: &str, names: &[&str]) -> Fleet<'w> {
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &["--seats", seats]);
    let ships: Vec<Machine<'w>> = names.iter().map(|it| world.machine(it)).collect();
    ships.iter().for_each(|it| drop(it.install(&file)));
    let requests = ships.iter().map(|it| it.request(&key)).collect();
    Fleet {
        desk,
        key,
        ships,
        requests,
    }
}

impl Fleet<'_> {
    fn text(&self) -> String {
        format!(
            "Hello,\n\nhere they are:\n\n{}\nRegards\n",
            self.requests.join("\nand\n\n")
        )
    }

    fn answered(&self, text: &str) -> Said {
        self.desk.run(["respond", "-"]).piped(text).done()
    }
}

fn objects(of: &Value) -> Vec<Value> {
    of["replies"].as_array().unwrap().clone()
}

#[test]
fn all_requests_of_a_text_are_answered_and_each_machine_takes_its_own() {
    let world = World::new();
    let fleet = fleet(&world, "3", &["ship", "tug", "buoy"]);
    let said = fleet.answered(&fleet.text());
    let said = said
        .tells("read-back phrase of request code 3 of 3: ")
        .tells("read-back phrase of response code 3 of 3: ");
    assert_eq!(said.stdout.matches("RSP1: ").count(), 3, "{said}");
    assert_eq!(said.stderr.matches("activated: ").count(), 3, "{said}");
    assert!(!said.stderr.contains("also contains"), "{said}");
    for ship in &fleet.ships {
        ship.apply(&said.stdout);
        ship.check().done();
    }
    assert_eq!(fleet.desk.seats_taken(&fleet.key), 3);
    // The same text again, and some of it.
    let again = fleet.answered(&fleet.text());
    assert_eq!(again.stdout, said.stdout);
    let alone = fleet.desk.respond(&fleet.requests[1]).done();
    assert!(said.stdout.contains(alone.stdout.trim_end()), "{said}");
    let object = fleet.desk.run(["respond", "-"]).piped(fleet.text()).json();
    let replies = objects(&object);
    assert_eq!(replies.len(), 3);
    assert_eq!(object["code"], replies[0]["code"]);
    assert_eq!(object["also"][1]["code"], replies[2]["code"]);
    assert_eq!(
        replies[1]["code"].as_str().unwrap(),
        alone.stdout.trim_end()
    );
    for reply in &replies {
        assert_eq!(reply["verdict"], "repeated");
        assert_eq!(reply["request"]["kind"], "activate");
    }
    fleet.desk.run(["ledger", "verify"]).done();
}

#[test]
fn a_request_that_is_refused_keeps_no_other_from_its_answer() {
    let world = World::new();
    let fleet = fleet(&world, "2", &["ship", "tug", "buoy"]);
    let text = fleet.text();
    // Nothing is done in a dry run.
    let tried = fleet.desk.run(["respond", "-", "--dry-run"]).piped(&text);
    tried.done().tells("with each if it came alone");
    assert_eq!(objects(&tried.json()).len(), 3);
    assert_eq!(fleet.desk.seats_taken(&fleet.key), 0);
    let run = fleet.desk.run(["respond", "-"]).piped(&text);
    let said = run.exits(8);
    let named = format!(
        "not answered: request code of license {} (phrase ",
        fleet.key
    );
    let said = said
        .tells(&named)
        .tells("no seat is free: 2 of 2 are taken");
    assert_eq!(said.stdout.matches("RSP1: ").count(), 2, "{said}");
    let object = run.with_json_exits(8);
    let replies = objects(&object);
    assert_eq!(replies[2]["error"]["kind"], "no_seat_free", "{object}");
    assert_eq!(replies[2]["error"]["license_key"], fleet.key.as_str());
    assert!(replies[1]["error"].is_null(), "{object}");
    // Where none is answered the command fails as the first of them does, and the other is named.
    let second = fleet.desk.sell("survey", &[]);
    fleet
        .desk
        .run(["license", "revoke", &second, "--reason", "unpaid"])
        .done();
    let other = fleet.ships[0].request(&second);
    let none = format!("{}\n\n{other}\n", fleet.requests[2]);
    let run = fleet.desk.run(["respond", "-"]).piped(&none);
    run.owes(6, "no_seat_free")
        .tells("none of the 2 requests is answered: ")
        .tells(&format!("; request code of license {second} (phrase "));
    let error = run.with_json_exits(6);
    let also = &error["error"]["not_answered"][0];
    assert_eq!(
        (&also["kind"], &also["license_key"]),
        (&"revoked".into(), &second.into())
    );
}

/// Two products, one request twice, a response and a quoted request beside: each is answered once, and what is not is named.
#[test]
fn what_else_stands_in_a_text_is_not_answered() {
    let world = World::new();
    let fleet = fleet(&world, "3", &["ship", "tug", "buoy"]);
    let (desk, ship) = (&fleet.desk, &fleet.ships[0]);
    let other = desk.product("drawing", &[]);
    ship.install(&other);
    let drawing = desk.sell("drawing", &[]);
    let asked = ship.request_with(&drawing, &["--product", "drawing"]);
    let answer = desk.answer(&fleet.requests[1]);
    let quoted = fleet.requests[2].lines().map(|it| format!("> {it}\n"));
    let quoted: String = quoted.collect();
    let text = format!(
        "{}\n\n{asked}\n\n{}\n\nYou sent us:\n\n{answer}\n\nOn Monday you wrote:\n{quoted}\n",
        fleet.requests[0], fleet.requests[0]
    );
    let said = fleet.answered(&text);
    assert_eq!(said.stdout.matches("RSP1: ").count(), 2, "{said}");
    let said = said
        .tells("the text also contains: ")
        .tells("which is quoted")
        .tells("response code");
    ship.apply(&said.stdout);
    ship.check_with(&["--product", "survey"]).done();
    let object = desk.run(["respond", "-"]).piped(&text).json();
    assert_eq!(objects(&object)[1]["product"], "drawing");
    assert_eq!(objects(&object)[0]["others"].as_array().unwrap().len(), 2);
    // A mail that only quotes is somebody's who passes it on.
    let passed_on = quoted
        + "\n> and the other:\n>\n"
        + &format!("> {}\n", fleet.requests[1].replace('\n', "\n> "));
    let said = fleet.answered(&passed_on);
    assert_eq!(said.stdout.matches("RSP1: ").count(), 2, "{said}");
}

/// The old machine's return code and the new machine's request come in one mail, in any order.
#[test]
fn what_is_given_back_in_a_text_is_free_for_what_is_asked_in_it() {
    let world = World::new();
    let fleet = fleet(&world, "1", &["old", "new"]);
    fleet.desk.license(&fleet.ships[0], &fleet.key);
    let back = fleet.ships[0].run(["return", "--yes"]).done().code();
    let text = format!("new one:\n{}\n\nold one:\n{back}\n", fleet.requests[1]);
    let said = fleet
        .answered(&text)
        .tells("seat freed")
        .tells("activated: ");
    assert_eq!(said.stdout.matches("RSP1: ").count(), 1, "{said}");
    fleet.ships[1].apply(&said.stdout);
    let object = fleet.desk.run(["respond", "-"]).piped(&text).json();
    let replies = objects(&object);
    assert_eq!(
        (&replies[0]["kind"], &replies[0]["verdict"]),
        (&"return".into(), &"repeated".into())
    );
    assert_eq!(object["code"], replies[1]["code"]);
    assert_eq!(fleet.answered(&text).stdout, said.stdout);
    fleet.desk.run(["ledger", "verify"]).done();
}

/// What a clerk decides for one request by an option is for no other.
#[test]
fn an_option_is_for_one_request() {
    let world = World::new();
    let fleet = fleet(&world, "3", &["ship", "tug"]);
    let text = fleet.text();
    let before = world.snapshot();
    let run = |options: &[&str]| {
        fleet
            .desk
            .run(["respond", "-"].iter().chain(options))
            .piped(&text)
    };
    run(&["--grace", "90"])
        .refused(2, "usage")
        .tells("2 requests that are not answered yet");
    assert_eq!(world.snapshot(), before);
    fleet.desk.respond(&fleet.requests[0]).done();
    let object = run(&["--grace", "90"]).json();
    let replies = objects(&object);
    let days = |nth: usize| replies[nth]["revalidate_by"].as_str().unwrap().to_owned();
    assert_eq!(days(1), world.day(90));
    assert!(days(0) < days(1), "{object}");
}

/// A mail with a request in its text and another one attached, answered with one mail that is as good for each machine.
#[test]
fn a_mail_is_answered_with_one_mail() {
    let world = World::new();
    let fleet = fleet(&world, "2", &["ship", "tug", "buoy"]);
    let attached = |code: &str| {
        format!(
            "--b\r\nContent-Type: text/plain; name=\"request.txt\"\r\nContent-Disposition: attachment; filename=\"request.txt\"\r\n\r\n{}\r\n",
            code.replace('\n', "\r\n")
        )
    };
    let mail = format!(
        "From: Kari <kari@example.no>\r\nTo: desk@example.com\r\nSubject: two\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nMine:\r\n{}\r\nRegards\r\n{}{}--b--\r\n",
        fleet.requests[0].replace('\n', "\r\n"),
        attached(&fleet.requests[1]),
        attached(&fleet.requests[2]),
    );
    let run = fleet.desk.run(["respond", "-", "--mail"]).piped(&mail);
    let said = run.exits(8);
    let said = said
        .prints("To: <kari@example.no>")
        .prints("Subject: License responses ")
        .prints("is not answered: no seat of the license is free")
        .prints("response-code-2.png");
    for ship in &fleet.ships[..2] {
        ship.apply(&said.stdout);
        ship.check().done();
    }
    let object = run.with_json_exits(8);
    assert!(
        object["message"]
            .as_str()
            .unwrap()
            .contains("kari@example.no")
    );
    let shown = fleet.desk.run(["license", "show", &fleet.key]).done();
    shown.prints("kari@example.no");
}

/// Nobody is mailed what is another customer's.
#[test]
fn one_mail_is_not_for_two_customers() {
    let world = World::new();
    let fleet = fleet(&world, "1", &["ship", "tug"]);
    let desk = &fleet.desk;
    let other = desk.sell("survey", &["--contact", "olav@example.no"]);
    let contact = [
        "license",
        "change",
        &fleet.key,
        "--contact",
        "kari@example.no",
    ];
    desk.run(contact).done();
    let text = format!(
        "{}\n\n{}\n",
        fleet.requests[0],
        fleet.ships[1].request(&other)
    );
    let run = desk.run(["respond", "-", "--mail"]).piped(&text);
    run.refused(2, "usage")
        .tells("kari@example.no and olav@example.no")
        .tells("--to ADDRESS");
    assert_eq!(desk.seats_taken(&fleet.key), 0);
    run.arg("--to")
        .arg("agent@example.no")
        .done()
        .prints("RSP1: ");
}

/// A second request that is torn is not lost without a word, nor with exit code 0.
#[test]
fn a_request_that_cannot_be_read_is_not_answered() {
    let world = World::new();
    let fleet = fleet(&world, "2", &["ship", "tug"]);
    let torn: Vec<&str> = fleet.requests[1].lines().collect();
    let text = format!(
        "{}\n\n{}\n",
        fleet.requests[0],
        torn[..torn.len() - 2].join("\n")
    );
    let run = fleet.desk.run(["respond", "-"]).piped(&text);
    let said = run.exits(8).tells("request code that is damaged");
    fleet.ships[0].apply(&said.stdout);
}

/// A mailbox as a mail program keeps it: whole mails, each behind an envelope.
fn mailbox(fleet: &Fleet<'_>, senders: &[&str]) -> String {
    let mails = fleet.ships.iter().zip(senders).map(|(ship, from)| {
        let ask = ["request", "activate", &fleet.key, "--mail", "--from", from];
        let mail = ship.run(ask).done().stdout;
        format!("From {from} Fri Mar  2 10:00:00 2040\n{mail}\n")
    });
    mails.collect()
}

#[test]
fn each_mail_of_a_mailbox_is_answered() {
    const THEM: &str = "it@yard.example";
    let world = World::new();
    let fleet = fleet(&world, "4", &["ship", "tug", "buoy"]);
    let text = mailbox(&fleet, &[THEM, "IT@yard.example", THEM]);
    // In a dry run first, and as Windows ends lines.
    for text in [text.clone(), text.replace('\n', "\r\n")] {
        let tried = fleet.desk.run(["respond", "-", "--dry-run"]).piped(&text);
        assert_eq!(objects(&tried.json()).len(), 3);
    }
    let said = fleet
        .desk
        .run(["respond", "-", "--mail"])
        .piped(&text)
        .done();
    assert!(!said.stderr.contains("also contains"), "{said}");
    assert!(said.stdout.contains("To: <it@yard.example>"), "{said}");
    for ship in &fleet.ships {
        ship.apply(&said.stdout);
    }
    assert_eq!(fleet.desk.seats_taken(&fleet.key), 3);
    // What somebody writes below an envelope that is none stays in his mail.
    let body = format!(
        "From {THEM} Fri Mar  2 10:00:00 2040\nFrom: {THEM}\nMessage-ID: <a@b>\n\nFrom tug:\nSubject: x\nTo: y\n\n{}\n\nFrom here on nothing.\n",
        fleet.requests[1]
    );
    let again = fleet.answered(&body).tells("answered before");
    assert_eq!(again.stdout.matches("RSP1: ").count(), 1, "{again}");
}

#[test]
fn mails_of_several_people_in_a_mailbox_are_nobodys() {
    let world = World::new();
    let fleet = fleet(&world, "2", &["ship", "tug"]);
    let text = mailbox(&fleet, &["it@yard.example", "eve@elsewhere.example"]);
    let run = fleet.desk.run(["respond", "-", "--mail"]).piped(&text);
    run.exits(2).tells("no mail address is known");
    let to = ["respond", "-", "--mail", "--to", "it@yard.example"];
    let said = fleet.desk.run(to).piped(&text).done();
    for ship in &fleet.ships {
        ship.apply(&said.stdout);
    }
    let show = fleet
        .desk
        .run(["license", "show", &fleet.key, "--json"])
        .json();
    assert!(show["contact"].is_null(), "{show}");
}

/// Files that end without a line break, put one behind another; and what people put between.
#[test]
fn requests_are_told_apart_however_they_are_joined() {
    let world = World::new();
    let fleet = fleet(&world, "3", &["ship", "tug", "buoy"]);
    let bare: Vec<&str> = fleet.requests.iter().map(|it| it.trim_end()).collect();
    for between in ["", " ", ", ", "; ", " and ", "/", "\n"] {
        let text = bare.join(between);
        let object = fleet.desk.run(["respond", "-"]).piped(&text).json();
        assert_eq!(objects(&object).len(), 3, "{between:?}: {text}");
        // As a chat keeps them, on one line.
        let line = text.replace('\n', " ");
        let object = fleet.desk.run(["respond", "-"]).piped(&line).json();
        assert_eq!(objects(&object).len(), 3, "{between:?}: {line}");
    }
    // A return before what asks for its seat.
    fleet.ships[0].apply(&fleet.answered(&fleet.requests[0]).stdout);
    let returned = fleet.ships[0].run(["return", "--yes"]).done().code();
    let again = fleet.ships[0].request(&fleet.key);
    let text = format!("{}{}", returned.trim_end(), again.trim_end());
    fleet.answered(&text).tells("activated: ");
    assert_eq!(fleet.desk.seats_taken(&fleet.key), 3);
}
