//! Mails as their programs save them, there and back through the real program, and the contact that the desk learns from them.

use base64ct::{Base64, Encoding};

use crate::world::{Desk, Machine, World};

struct Site<'w> {
    desk: Desk<'w>,
    ship: Machine<'w>,
    key: String,
    request: String,
}

/// A machine that asks, and a desk that may know whom to write to.
fn site<'w>(world: &'w World, contact: &[&str]) -> Site<'w> {
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", contact);
    let ship = world.machine("ship");
    ship.install(&file);
    let request = ship.request(&key);
    Site {
        desk,
        ship,
        key,
        request,
    }
}

impl Site<'_> {
    fn contact(&self) -> serde_json::Value {
        let license = self.desk.run(["license", "show", &self.key]).json();
        license["contact"].clone()
    }

    fn history(&self) -> String {
        let history = self.desk.run(["ledger", "history", &self.key]).done();
        history.stdout
    }
}

fn headers(from: &str) -> String {
    format!(
        "From: {from}\r\nTo: desk@example.com\r\nSubject: license for the ship\r\nDate: Mon, 02 Mar 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\n"
    )
}

fn plain(from: &str, text: &str) -> String {
    let text = text.replace('\n', "\r\n");
    let headers = headers(from);
    format!(
        "{headers}Content-Type: text/plain; charset=utf-8\r\n\r\nHello,\r\n\r\n{text}\r\n\r\n-- \r\nThe ship\r\nTel. +47 555 123 45 67\r\n"
    )
}

/// Text in lines of 76 characters.
fn in_base64(text: &[u8]) -> String {
    let text = Base64::encode_string(text);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(76)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    lines.join("\r\n")
}

/// The code as each of these mails has it.
fn mails(from: &str, code: &str, quoted: &str) -> Vec<(&'static str, Vec<u8>)> {
    let headers = headers(from);
    let simple = plain(from, code);
    let html = format!(
        "<html><body><p>Hello,</p><p>{}</p></body></html>",
        code.replace('\n', "<br>\r\n")
    );
    let both = format!(
        "{headers}Content-Type: multipart/alternative; boundary=\"=_b\"\r\n\r\n--=_b\r\nContent-Type: text/plain\r\n\r\n{}\r\n--=_b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--=_b--\r\n",
        code.replace('\n', "\r\n")
    );
    let only_html = format!("{headers}Content-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n");
    let forwarded = format!(
        "{headers}Content-Type: multipart/mixed; boundary=\"=_f\"\r\n\r\n--=_f\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n--=_f\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n{}\r\n--=_f--\r\n",
        plain("somebody@elsewhere.example", code)
    );
    let encoded = format!(
        "{headers}Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        in_base64(format!("Grüße,\r\n{code}\r\n").as_bytes())
    );
    let attached = format!(
        "{headers}Content-Type: multipart/mixed; boundary=\"=_a\"\r\n\r\n--=_a\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n--=_a\r\nContent-Type: application/octet-stream; name=\"code.txt\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--=_a--\r\n",
        in_base64(code.as_bytes())
    );
    let subject = format!(
        "{}Thread-Topic: x\r\n\r\nThe code is in the subject.\r\n",
        headers.replace("license for the ship", &code.replace('\n', "\r\n "))
    );
    let units =
        |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let wide = format!(
        "{headers}Content-Type: text/plain; charset=utf-16le\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        in_base64(&units(code))
    );
    let cited = |text: &str| text.replace('\n', "\n> ");
    let under = plain(
        from,
        &format!("{code}\n\nOn Monday you wrote:\n> {}", cited(quoted)),
    );
    let over = plain(
        from,
        &format!(
            "Thank you.\n\nOn Monday you wrote:\n> {}\n> > {}",
            cited(code),
            quoted.replace('\n', "\n> > ")
        ),
    );
    vec![
        ("plain", simple.clone().into_bytes()),
        ("HTML beside the text", both.into_bytes()),
        ("HTML alone", only_html.into_bytes()),
        ("forwarded as an attachment", forwarded.into_bytes()),
        ("attached as anything", attached.into_bytes()),
        ("in the subject", subject.into_bytes()),
        ("base64", encoded.into_bytes()),
        ("UTF-16 in base64", wide.into_bytes()),
        ("over the other code", under.into_bytes()),
        ("quoted", over.into_bytes()),
        (
            "out of a mailbox",
            format!(
                "From x Mon Mar  2 09:00:00 2026\n{}",
                simple.replace("\r\n", "\n")
            )
            .into_bytes(),
        ),
    ]
}

#[test]
fn every_mail_there_and_back() {
    let world = World::new();
    let site = site(&world, &[]);
    let answer = site.desk.answer(&site.request);
    let from = "Zoë Ås <zoe@example.org>";
    for (name, mail) in mails(from, &site.request, &answer) {
        let file = world.file("request.eml", mail);
        let said = site.desk.run(["respond"]).arg(&file).done();
        assert_eq!(said.code(), answer, "{name}");
        assert!(!said.stderr.contains("corrected"), "{name}: {said}");
        assert_eq!(site.contact(), "zoe@example.org", "{name}");
    }
    for (name, mail) in mails("desk@example.com", &answer, &site.request) {
        world.file("answer.eml", mail);
        let object = site.ship.run(["apply", "answer.eml"]).json();
        assert_eq!(object["license_key"], site.key.as_str(), "{name}: {object}");
        assert_eq!(object["corrections"], serde_json::json!([]), "{name}");
    }
    site.ship.check().done();
    // Of a mailbox with several mails nobody knows who sent the code.
    let first = plain("first@example.org", "Hello.");
    let box_of_two = format!(
        "From x Mon Mar  2 09:00:00 2026\r\n{first}\r\nFrom y Mon Mar  2 09:00:00 2026\r\n{}",
        plain(from, &site.request)
    );
    world.file("both.mbox", box_of_two);
    let said = site.desk.run(["respond", "both.mbox"]).done();
    assert_eq!(said.code(), answer);
    assert!(!said.stderr.contains("first@example.org"), "{said}");
    // The whole mail as UTF-16, as an editor saves it: the code is found, whoever sent it is not.
    let text = plain("else@example.org", &site.request);
    let mut wide = vec![0xff, 0xfe];
    wide.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    world.file("request.txt", wide);
    let said = site.desk.run(["respond", "request.txt"]).done();
    assert_eq!(said.code(), answer);
}

/// The mail that `--mail` wrote, saved by whoever got it; nobody needs `Re:` or `In-Reply-To`.
#[test]
fn our_own_mails_there_and_back() {
    let world = World::new();
    let site = site(&world, &[]);
    let ask = [
        "request",
        "activate",
        &site.key,
        "--mail",
        "--from",
        "Zoë Ås <zoe@example.org>",
    ];
    let mail = site.ship.run(ask).done();
    world.file("request.eml", &mail.stdout);
    let answer = site.desk.run(["respond", "request.eml", "--mail"]).done();
    assert!(
        answer.stdout.contains("\r\nTo: <zoe@example.org>\r\n"),
        "{answer}"
    );
    world.file("answer.eml", &answer.stdout);
    let said = site.ship.run(["apply", "answer.eml"]).done();
    assert!(said.stderr.contains("licensed: survey"), "{said}");
    site.ship.check().done().silent();
    // Whom to write to may be said otherwise; what the desk knows stays.
    let other = [
        "respond",
        "request.eml",
        "--mail",
        "--to",
        "boss@example.org",
    ];
    let answer = site.desk.run(other).done();
    assert!(
        answer.stdout.contains("\r\nTo: <boss@example.org>\r\n"),
        "{answer}"
    );
    assert_eq!(site.contact(), "zoe@example.org");
    // Without --from, whoever sent it is nobody.
    let unsaid = site
        .ship
        .run(["request", "activate", &site.key, "--mail", "--new"])
        .done();
    let said = site.desk.run(["respond"]).piped(&unsaid.stdout).done();
    assert!(!said.stderr.contains("localhost"), "{said}");
}

#[test]
fn the_sender_becomes_the_contact_where_none_is_known() {
    let world = World::new();
    let site = site(&world, &[]);
    assert_eq!(site.contact(), serde_json::Value::Null);
    let mail = plain("Zoë <zoe@example.org>", &site.request);
    // Looking keeps nothing.
    let before = world.snapshot();
    site.desk.run(["respond", "--dry-run"]).piped(&mail).done();
    assert!(before == world.snapshot());
    assert_eq!(site.contact(), serde_json::Value::Null);

    let said = site.desk.respond(&mail).done();
    assert!(
        said.stderr.contains(&format!(
            "zoe@example.org is kept as the contact of license {}",
            site.key
        )),
        "{said}"
    );
    assert_eq!(site.contact(), "zoe@example.org");
    site.desk
        .run(["license", "show", &site.key])
        .done()
        .prints("zoe@example.org");
    let history = site.history();
    assert!(history.contains("zoe@example.org"), "{history}");
    // The same mail once more: the same code, nothing new, nothing to say about who sent it.
    let before = world.snapshot();
    let again = site.desk.respond(&mail).done();
    assert_eq!(again.stdout, said.stdout);
    assert!(!again.stderr.contains("zoe@"), "{again}");
    assert!(before == world.snapshot());
}

#[test]
fn another_sender_than_the_known_contact_is_warned_of() {
    let world = World::new();
    let site = site(&world, &["--contact", "Ops <ops@example.org>"]);
    let mail = plain("eve@example.net", &site.request);
    let said = site.desk.respond(&mail).done();
    assert!(
        said.stderr
            .contains("warning: this mail came from eve@example.net"),
        "{said}"
    );
    assert!(
        said.stderr.contains(&format!(
            "countersign license change {} --contact eve@example.net",
            site.key
        )),
        "{said}"
    );
    assert_eq!(site.contact(), "Ops <ops@example.org>");
    let history = site.history();
    assert!(!history.contains("eve@"), "{history}");
    let object = site.desk.respond(&mail).json();
    assert_eq!(object["warnings"][0]["kind"], "other_sender", "{object}");
    // The contact in other letters is the contact.
    let known = plain("OPS <Ops@Example.org>", &site.request);
    let said = site.desk.respond(&known).done();
    assert!(!said.stderr.contains("this mail came from"), "{said}");
}

#[test]
fn senders_that_are_nobody_are_passed_over() {
    let world = World::new();
    let site = site(&world, &[]);
    for nobody in [
        "root <someone@localhost>",
        "someone@db1",
        "undisclosed-recipients:;",
        "<>",
        "not an address",
        "a@b.example@c.example",
        "=?utf-8?q?x=0D=0ABcc:_y?= <z>",
        // The desk itself passed it on.
        "Desk <Desk@Example.com>",
    ] {
        let mail = plain(nobody, &site.request);
        let said = site.desk.respond(&mail).done();
        assert!(!said.stderr.contains("contact"), "{nobody}: {said}");
        assert_eq!(site.contact(), serde_json::Value::Null, "{nobody}");
        let unsent = site.desk.respond_with(&mail, &["--mail"]).exits(2);
        assert!(unsent.stderr.contains("--to ADDRESS"), "{nobody}: {unsent}");
    }
}
