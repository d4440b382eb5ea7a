//! `inspect`: any code, anywhere, nothing changed.

use super::{World, exists};

#[test]
fn a_request_is_explained_with_and_without_a_desk() {
    let world = World::new();
    let request = world.request(&[]);
    let nowhere = world.json("nowhere", &["inspect", &request]);
    assert_eq!(
        (&nowhere["kind"], &nowhere["product"], &nowhere["desk"]),
        (&"activate".into(), &().into(), &().into())
    );
    assert_eq!(nowhere["says"]["license_key"], world.key.as_str());
    assert!(!exists(&world.path("nowhere")));
    let desk = world.json("desk", &["inspect", &request]);
    assert_eq!(
        (
            &desk["product"],
            &desk["customer"],
            &desk["desk"]["verdict"]
        ),
        (&"survey".into(), &"Bjørn & Søn".into(), &"activated".into())
    );
    let again = world.json("desk", &["inspect", &request]);
    assert_eq!(again, desk, "looking changes nothing");
    let machine = world.json("machine", &["inspect", &request]);
    assert!(machine["machine"]["pending"].is_string(), "{machine}");
}

#[test]
fn a_response_says_what_it_would_change_and_whether_it_can_be_trusted() {
    let world = World::new();
    let request = world.request(&[]);
    let response = world.ok_with("desk", &["respond"], request.as_bytes());
    let before = world.json("machine", &["inspect", &response]);
    assert_eq!(
        (&before["signature"]["holds"], &before["machine"]["outcome"]),
        (&true.into(), &"applied".into())
    );
    assert_eq!(
        (
            &before["says"]["features"][0],
            &before["says"]["limits"]["users"]
        ),
        (&"export".into(), &5.into())
    );
    world.ok_with("machine", &["apply"], response.as_bytes());
    assert_eq!(
        world.json("machine", &["inspect", &response])["machine"]["outcome"],
        "already_applied"
    );
    assert_eq!(
        world.json("desk", &["inspect", &response])["signature"]["holds"],
        true
    );
    let stranger = world.json("stranger", &["inspect", &response]);
    assert_eq!(
        (
            &stranger["signature"]["checked"],
            &stranger["signature"]["holds"]
        ),
        (&false.into(), &().into())
    );
    let words = world.ok("stranger", &["inspect", &response]);
    assert!(words.contains("cannot be checked here"), "{words}");
}

#[test]
fn of_a_damaged_code_it_says_what_it_can() {
    let world = World::new();
    let request = world.request(&[]);
    let mut rows: Vec<&str> = request.trim().lines().collect();
    rows[1] = "AAAAA-BBBBB-CCC99-88877-66655-44433";
    let done = world.run("nowhere", &["inspect", &rows.join("\n")]);
    assert_eq!(done.exit, 3);
    for said in [
        "request code",
        "row 1  right",
        "row 2  cannot be read",
        "row 3  right",
    ] {
        assert!(done.out.contains(said), "{said} in {}", done.out);
    }
    let object = world.json("nowhere", &["inspect", &rows.join("\n")]);
    assert_eq!(
        (&object["rows"][1]["state"], &object["error"]["exit"]),
        (&"unreadable".into(), &3.into())
    );
    assert_eq!(world.run("nowhere", &["inspect", "hello"]).exit, 3);
}

#[test]
fn an_altered_response_does_not_hold() {
    let world = World::new();
    let response = world.ok_with("desk", &["respond"], world.request(&[]).as_bytes());
    let code = countersign::text::read(&response, &[]).unwrap().code;
    let mut payload = code.payload().to_vec();
    *payload.last_mut().unwrap() ^= 1;
    let altered = countersign::text::Code::new(code.kind(), payload)
        .to_text()
        .unwrap();
    let object = world.json("machine", &["inspect", &altered]);
    assert_eq!(
        (
            &object["signature"]["checked"],
            &object["signature"]["holds"]
        ),
        (&true.into(), &false.into())
    );
}

/// Of several codes each is named with its license and its phrase.
#[test]
fn the_other_codes_of_a_text_are_named() {
    let world = World::new();
    let request = world.request(&[]);
    let response = world.ok_with("desk", &["respond"], request.as_bytes());
    let alone = world.json("machine", &["inspect", &request]);
    let both = format!("{response}\n\n{request}");
    let explained = world.json("machine", &["inspect", &both]);
    let others = explained["others"].as_array().unwrap();
    assert_eq!(others.len(), 1, "{explained}");
    assert_eq!(
        [&explained["kind"], &others[0]["kind"]],
        ["grant", "activate"]
    );
    assert_eq!(others[0]["phrase"], alone["phrase"]);
    assert_eq!(others[0]["license_key"], world.key.as_str());
}
