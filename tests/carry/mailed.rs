//! `--mail`: a message that mail programs take, and that nobody can put a header into.

use super::World;

/// The value of a header, unfolded; a message has each once.
fn header(message: &str, name: &str) -> String {
    let (head, _) = message.split_once("\r\n\r\n").unwrap();
    let head = head.replace("\r\n ", " ");
    let found: Vec<&str> = head
        .split("\r\n")
        .filter_map(|line| line.strip_prefix(&format!("{name}: ")))
        .collect();
    assert_eq!(found.len(), 1, "{name} in {head}");
    found[0].to_owned()
}

#[test]
fn a_request_is_a_whole_message_and_is_answered_as_one() {
    let world = World::new();
    let message = world.request(&["--mail", "--from", "Zoë Ås <zoe@example.org>"]);
    assert_eq!(header(&message, "To"), "<desk@example.com>");
    assert!(header(&message, "From").ends_with("<zoe@example.org>"));
    let id = header(&message, "Message-ID");
    assert!(
        id.ends_with("@countersign.invalid>") && id.len() > 30,
        "{id}"
    );
    assert!(
        message.is_ascii() && message.split("\r\n").all(|line| line.len() <= 78),
        "{message}"
    );
    for said in [
        "server db1",
        "database plant =C3=A6r=C3=B8",
        &world.key,
        "image/png",
    ] {
        assert!(message.contains(said), "{said} in {message}");
    }
    let response = world.ok_with("desk", &["respond", "--mail"], message.as_bytes());
    assert!(
        header(&response, "To").ends_with("<zoe@example.org>"),
        "{response}"
    );
    assert!(header(&response, "From").ends_with("<desk@example.com>"));
    let done = world.run_with("machine", &["apply"], response.as_bytes());
    assert_eq!(done.exit, 0, "{}", done.talk);
}

#[test]
fn addresses_that_would_be_headers_are_refused() {
    let world = World::new();
    let request = world.request(&[]);
    for wrong in ["x@y\r\nBcc: all@example.com", "a@b, c@d", "nobody"] {
        let done = world.run_with(
            "desk",
            &["respond", "--mail", "--to", wrong],
            request.as_bytes(),
        );
        assert_eq!((done.exit, done.out.as_str()), (2, ""), "{wrong:?}");
    }
}

#[test]
fn without_an_address_it_is_said_and_nothing_is_lost() {
    let world = World::new();
    let key = world.ok(
        "desk",
        &[
            "license",
            "new",
            "--product",
            "survey",
            "--customer",
            "Nobody",
        ],
    );
    let ask = [
        "request",
        "activate",
        key.trim(),
        "--bind",
        "server=x",
        "--bind",
        "database=y",
    ];
    let request = world.ok("machine", &ask);
    let done = world.run_with("desk", &["respond", "--mail"], request.as_bytes());
    assert_eq!(done.exit, 2);
    assert!(done.talk.contains("--to ADDRESS"), "{}", done.talk);
    let message = world.ok_with(
        "desk",
        &["respond", "--mail", "--to", "a@b.example"],
        request.as_bytes(),
    );
    assert_eq!(header(&message, "To"), "<a@b.example>");
    let unnamed = world.run("machine", &[&ask[..], &["--mail"]].concat());
    assert!(unnamed.talk.contains("--from ADDRESS"), "{}", unnamed.talk);
}
