//! The ways in which a code may be handed over, and those in which it may not.

use crate::world::{Desk, World};

struct Given<'w> {
    desk: Desk<'w>,
    request: String,
    answer: String,
}

fn given(world: &World) -> Given<'_> {
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &[]);
    let ship = world.machine("ship");
    ship.install(&file);
    let request = ship.request(&key);
    let answer = desk.answer(&request);
    Given {
        desk,
        request,
        answer,
    }
}

#[test]
fn as_words_as_a_pipe_as_a_file() {
    let world = World::new();
    let Given {
        desk,
        request,
        answer,
    } = given(&world);
    let words: Vec<&str> = request.split_whitespace().collect();
    let file = world.file("request.txt", &request);
    let at = format!("@{}", file.display());
    for args in [
        vec![request.as_str()],
        words,
        vec![&at],
        vec!["@request.txt"],
        vec![file.to_str().unwrap()],
    ] {
        let said = desk.run(["respond"].iter().chain(&args)).done();
        assert_eq!(said.code(), answer, "{args:?}");
    }
    for args in [&["respond"][..], &["respond", "-"]] {
        assert_eq!(desk.run(args).piped(&request).done().code(), answer);
    }
}

#[test]
fn as_it_arrives_in_mails() {
    let world = World::new();
    let Given {
        desk,
        request,
        answer,
    } = given(&world);
    let quoted = format!(
        "On Monday the ship wrote:\n> Hello,\n>\n> {}\n> Regards\n\n-- \nDesk, room 101\n",
        request.replace('\n', "\n> ")
    );
    let crlf = format!(
        "Subject: license\r\n\r\n{}\r\n",
        request.replace('\n', "\r\n")
    );
    let lower = request.to_lowercase();
    let together: String = request.replace(['-', '\n'], "");
    let wrapped = request.replace('-', "-\n");
    let bytes = |text: &str, order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        text.encode_utf16().flat_map(order).collect()
    };
    let mut little = vec![0xff, 0xfe];
    little.extend(bytes(&quoted, u16::to_le_bytes));
    let mut big = vec![0xfe, 0xff];
    big.extend(bytes(&quoted, u16::to_be_bytes));
    let mut latin = b"M\xfcller schrieb:\n".to_vec();
    latin.extend(request.as_bytes());
    for (name, text) in [
        ("quoted", quoted.clone().into_bytes()),
        ("crlf", crlf.into_bytes()),
        ("lower", lower.into_bytes()),
        ("together", together.into_bytes()),
        ("wrapped", wrapped.into_bytes()),
        ("utf-16 le", little),
        ("utf-16 be", big),
        ("latin-1", latin),
    ] {
        let said = desk.run(["respond"]).piped(text).done();
        assert_eq!(said.code(), answer, "{name}");
    }
    // A mail with both: each command takes its own and says what else there is.
    let both = format!("{request}\n\n{answer}\n");
    let said = desk
        .respond(&both)
        .done()
        .tells("the text also contains: response code (phrase ");
    assert_eq!(said.code(), answer);
}

#[test]
fn what_is_mended_is_said_to_scripts_too() {
    let world = World::new();
    let Given {
        desk,
        request,
        answer,
    } = given(&world);
    let wrong = crate::world::mistyped(&request, 1);
    let object = desk.respond(&wrong).json();
    assert_eq!(object["code"], answer.as_str());
    assert_eq!(object["corrections"], serde_json::json!(["row 1 group 1"]));
    desk.respond(&wrong)
        .done()
        .tells("1 character corrected: row 1 group 1");
    assert!(
        desk.respond(&wrong)
            .arg("-q")
            .done()
            .silent()
            .stdout
            .starts_with("RSP1")
    );
}

#[test]
fn what_cannot_be_read_is_refused() {
    let world = World::new();
    let Given {
        desk,
        request,
        answer,
    } = given(&world);
    let respond = |text: &[u8]| desk.run(["respond"]).piped(text);
    respond(b"").refused(3, "no_code");
    // Torn off after the first bytes: all that a program without photos needs to see that it is a picture.
    let picture = if cfg!(feature = "photos") {
        "picture_damaged"
    } else {
        "pictures_not_read"
    };
    respond(b"\x89PNG\r\n\x1a\n").refused(3, picture);
    respond(b"\xff\xd8\xff\xe0").refused(3, picture);
    respond(&[0; 4096]).refused(3, "no_code");
    desk.run(["respond", "@nowhere.txt"])
        .refused(1, "no_file")
        .tells("nowhere.txt");
    desk.run(["respond", "nowhere.txt"]).refused(1, "no_file");
    desk.run(["respond", "nowhere"]).refused(3, "no_code");
    desk.run(["respond", "@."]).refused(1, "no_file");
    desk.run(["respond", "@"]).refused(1, "no_file");

    // Up to 16 MiB are read, from a pipe and from a file.
    let mut large = request.clone().into_bytes();
    large.resize(16 << 20, b' ');
    assert_eq!(respond(&large).done().code(), answer);
    large.push(b' ');
    respond(&large).refused(3, "too_large").tells("16 MiB");
    world.file("large.txt", &large);
    desk.run(["respond", "@large.txt"])
        .refused(3, "too_large")
        .tells("large.txt");
}

/// Text that looks like codes and is none costs no more than a moment, and is no panic.
#[test]
fn noise_is_no_code() {
    let world = World::new();
    let Given { desk, .. } = given(&world);
    let dashes = "-".repeat(100_000);
    let groups = "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE-FFFFF\n".repeat(2_000);
    let prefixes = "REQ1: ".repeat(10_000);
    let illegible = "?????-?????-?????-?????-?????-?????\n".repeat(500);
    for noise in [dashes, groups, prefixes, illegible] {
        let said = desk.respond(&noise).exits(3);
        assert!(said.stderr.contains("what to do"), "{said}");
    }
}

/// A pipe that is named like a file: what comes out of it is read, and nobody is waited for who never comes.
#[cfg(unix)]
#[test]
fn pipes_are_read_and_not_waited_for() {
    let world = World::new();
    let Given { desk, request, .. } = given(&world);
    let pipe = world.path().join("files/pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    for name in ["@pipe", "./pipe"] {
        desk.run(["respond", name])
            .owes(1, "no_file")
            .tells("nobody writes to it")
            .tells("`-` reads standard input");
    }
    let (to, text) = (pipe.clone(), request.clone());
    let writer = std::thread::spawn(move || std::fs::write(to, text));
    let answer = desk.run(["respond", "@pipe"]).done().code();
    writer.join().unwrap().unwrap();
    std::fs::remove_file(&pipe).unwrap();
    // What a shell's `<(COMMAND)` hands over.
    let handed = desk
        .run(["respond", "/dev/fd/9"])
        .after("exec 9<&0 </dev/null");
    assert_eq!(handed.piped(&request).done().code(), answer);
    let stdin = desk.run(["respond", "@/dev/stdin"]);
    assert_eq!(stdin.piped(&request).done().code(), answer);
}

/// A mail of many parts that never end, each with nothing but a soft line break: no panic, no long work, and a code among them is found.
#[test]
fn a_mail_of_unclosed_quoted_parts_is_no_panic() {
    let world = World::new();
    let Given {
        desk,
        request,
        answer,
    } = given(&world);
    let head =
        "From: a@b.example\r\nTo: c@d.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n";
    let part = "--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n";
    let bomb = format!("{head}{}", format!("{part}=\r\n").repeat(20_000));
    let respond = |text: &str| desk.run(["respond"]).piped(text.as_bytes());
    respond(&bomb).refused(3, "no_code");
    let with_code = format!("{bomb}{part}{request}=\r\n--b--\r\n");
    assert_eq!(respond(&with_code).done().code(), answer);
}
