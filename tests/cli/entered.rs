//! Several codes in what was handed over, and some that are not written as they were sent: none is lost without a word.

use countersign::holder::Outcome;

use crate::world::{Machine, World};

/// A machine that is licensed with emergency steps, the answer that it holds, and its next emergency code with a symbol left out.
fn slipped(world: &World) -> (Machine<'_>, String, String) {
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &["--emergency", "4x7"]);
    let pc = world.machine("pc");
    pc.install(&file);
    let answer = desk.answer(&pc.request(&key));
    pc.apply(&answer);
    let mut code = desk.run(["emergency", &key]).done().code();
    code.remove(8);
    (pc, answer, code)
}

/// A desk answers in the thread in which it answered before.
#[test]
fn an_emergency_code_above_an_older_answer_is_entered() {
    let world = World::new();
    let (pc, answer, code) = slipped(&world);
    let quoted: Vec<String> = answer.lines().map(|line| format!("> {line}")).collect();
    let mail = format!(
        "Here is the emergency code:\n\n{code}\n\nOn Monday the desk wrote:\n{}\n",
        quoted.join("\n")
    );
    // It is explained as it will be taken.
    let said = pc.run(["inspect", "-"]).piped(&code).done();
    said.prints("emergency code");
    let said = pc.run(["apply"]).piped(&mail).done();
    said.tells("response code").tells("re-validate by");
    // Once it is in force nothing is new, and that is said of it.
    let again = pc.run(["apply"]).piped(&mail).done();
    again.tells("in force already");
}

#[cfg(target_os = "linux")]
#[test]
fn an_emergency_code_that_was_read_out_is_typed() {
    let world = World::new();
    let (pc, _, code) = slipped(&world);
    let seen = pc.run(["apply"]).typed(&format!("{code}\n"));
    assert!(seen.contains("re-validate by"), "{seen}");
    // What is asked for is all that is taken, and not the first of it.
    assert!(seen.contains("Type the code row by row"), "{seen}");
}

/// A shell would take the lines below the code for commands.
#[cfg(target_os = "linux")]
#[test]
fn nothing_of_a_pasted_mail_is_left_for_the_shell() {
    let world = World::new();
    let (pc, answer, code) = slipped(&world);
    let mail = format!("Dear customer,\n\n{answer}\n\nKind regards\n");
    let below = "-- \nThe desk\necho a command\nTel. +47 555";
    let (said, left) = pc.run(["apply"]).pasted(&[&format!("{mail}{below}")]);
    assert_eq!((said.exit, left.as_str()), (0, ""), "{said}");
    // A slow line brings a mail in pieces; the code is whole with the first.
    let (said, left) = pc.run(["apply"]).pasted(&[&mail, "-- \nThe desk\n", below]);
    assert_eq!((said.exit, left.as_str()), (0, ""), "{said}");
    // Nor where no code came out of it, and whoever was asked left.
    let begun = format!("{}\n", &answer[..40]);
    let pieces = [&begun, &format!("\u{4}{below}"), below];
    let (said, left) = pc.run(["apply"]).pasted(&pieces);
    assert_eq!((said.exit, left.as_str()), (3, ""), "{said}");
    let (said, left) = pc.run(["inspect"]).pasted(&[&format!("{code}\n{below}")]);
    assert_eq!((said.exit, left.as_str()), (0, ""), "{said}");
}

/// Whoever drags a file into a terminal gets its path typed, in quotes where it has a blank.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_is_dragged_to_the_prompt_is_read() {
    let world = World::new();
    let (pc, _, code) = slipped(&world);
    let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let mail = world.file("the answer.eml", format!("Dear customer,\n\n{code}\n"));
    let note = world.file("note.txt", wide(&format!("\u{feff}{code}\r\n")));
    let typed = [
        format!("\"{}\"", mail.display()),
        format!("'{}' ", mail.display()),
        mail.display().to_string().replace(' ', "\\ "),
        note.display().to_string(),
    ];
    for typed in typed {
        let seen = pc.run(["apply"]).typed(&format!("{typed}\n"));
        let taken = seen.contains("re-validate by") || seen.contains("in force already");
        assert!(taken, "{typed}\n{seen}");
    }
    let nothing = pc
        .run(["apply"])
        .typed("\"/nowhere/a file.txt\"\n\u{4}\u{4}");
    assert!(nothing.contains("That is no row of a code"), "{nothing}");
}

/// Whoever sends both wants to know what stands in the way of the loan.
#[test]
fn a_card_does_not_hide_that_its_loan_was_refused() {
    let world = World::new();
    let site = super::loans::site(&world, "2");
    let (laptop, other) = (site.workstation("laptop"), site.workstation("other"));
    let loan = site.answer(&site.ask(&laptop, &["--days", "5"]));
    let card = site.machine.run(["site", "card"]).done().code();
    let both = format!("{card}\n\n{loan}\n");
    other.run(["apply"]).piped(&both).owes(4, "other_request");
    other.run(["apply"]).piped(&card).done();
    laptop.run(["apply"]).piped(&both).done().tells("on loan");
}

/// What is looked at before is what is taken.
#[test]
fn an_application_looks_at_a_loan_beside_its_card() {
    let world = World::new();
    let site = super::loans::site(&world, "2");
    let laptop = site.workstation("laptop");
    let card = site.machine.run(["site", "card"]).done().code();
    laptop.apply(&card);
    let loan = site.answer(&site.ask(&laptop, &["--days", "5"]));
    let state = laptop.state_of(&site.key);
    let mut known: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&state).unwrap()).unwrap();
    known["cards"] = serde_json::json!([]);
    std::fs::write(&state, known.to_string()).unwrap();
    std::fs::remove_file(laptop.kept("machine/cards.json")).unwrap();
    let product = std::fs::read_to_string(&site.file).unwrap();
    let now = std::time::Duration::from_secs(world.now().cast_unsigned());
    let app = countersign::App::builder(&product).home(&laptop.home());
    let app = app.facts(laptop.facts_now());
    let app = app.clock(std::time::SystemTime::UNIX_EPOCH + now);
    let app = app.build().unwrap();
    assert_eq!(app.preview(&loan).unwrap_err().kind(), "not_trusted");
    let both = format!("{card}\n\n{loan}\n");
    let seen = app.preview(&both).unwrap();
    assert!(matches!(seen, Outcome::Applied(_)), "{seen:?}");
    assert_eq!(app.preview(&loan).unwrap_err().kind(), "not_trusted");
    assert!(matches!(app.preview(&card), Ok(Outcome::CardKnown(_))));
    app.apply(&both).unwrap();
    laptop.check().done();
}

/// The new request above cannot be read; the old one, which nobody meant, is not answered in its place.
#[test]
fn a_quoted_request_is_not_answered_for_one_that_is_damaged() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let (old, new) = (desk.sell("survey", &[]), desk.sell("survey", &[]));
    let pc = world.machine("pc");
    pc.install(&file);
    let (wrong, right) = (pc.request(&old), pc.request(&new));
    let mut lost = 0;
    let damaged: String = right
        .split('-')
        .map(|group| {
            lost += 1;
            if lost % 2 == 0 && lost < 16 {
                "?????"
            } else {
                group
            }
        })
        .collect::<Vec<_>>()
        .join("-");
    let quoted: Vec<String> = wrong.lines().map(|line| format!("> {line}")).collect();
    let mail = |own: &str| {
        let quoted = quoted.join("\n");
        format!("the one below was of the wrong ship, answer this:\n\n{own}\n\n{quoted}\n")
    };
    desk.run(["respond", "-"])
        .piped(mail(&damaged))
        .owes(3, "damaged");
    assert_eq!(desk.seats_taken(&old), 0);
    // A forwarded one, with nothing that is damaged, is what is meant.
    desk.run(["respond", "-"]).piped(mail("")).done();
    assert_eq!(desk.seats_taken(&old), 1);
    desk.run(["respond", "-"]).piped(mail(&right)).done();
    assert_eq!(desk.seats_taken(&new), 1);
}

/// What the words say beside an answer, scripts get too: the other codes, where each stands, and what cannot be read.
#[test]
fn scripts_get_what_stands_beside_a_code() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &["--seats", "2"]);
    let pc = world.machine("pc");
    pc.install(&file);
    let request = pc.request(&key);
    let (first, later) = (desk.answer(&request), pc.request_with(&key, &["--new"]));
    let quote = |code: &str| {
        let lines = code.lines().map(|line| format!("> {line}"));
        lines.collect::<Vec<_>>().join("\n")
    };
    let torn = later.lines().next().unwrap();
    let mail = format!("{request}\n\nYou wrote:\n{}\n\n{torn}\n", quote(&first));
    let object = desk.respond(&mail).with_json_exits(8);
    assert_eq!(
        (&object["standing"], &object["restored_row"]),
        (&"plain".into(), &().into())
    );
    assert_eq!(object["others"][0]["kind"], "grant");
    assert_eq!(object["others"][0]["standing"], "quoted");
    assert_eq!(object["damaged"][0]["kind"], "activate");
    // The same at the machine, and on a line of a batch.
    let mail = format!("{first}\n\nYou wrote:\n{}\n", quote(&request));
    let entered = pc.run(["apply"]).piped(&mail).json();
    assert_eq!(entered["others"][0]["kind"], "activate");
    assert_eq!(entered["others"][0]["license_key"], key.as_str());
    let line = serde_json::json!({ "code": mail.replace(&first, &later) });
    let batch = desk
        .run(["respond", "--batch", "-"])
        .piped(line.to_string());
    let objects = batch.done().objects();
    assert_eq!(objects[0]["others"][0]["standing"], "quoted");
    let message = objects[0]["warnings"].to_string();
    assert!(message.contains(", which is quoted"), "{message}");
}
