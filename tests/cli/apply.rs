//! `apply`: what is taken, what is refused and why, and that nothing is lost by it.

use countersign::license_key::LicenseKey;
use countersign::machine::Fingerprint;
use countersign::protocol::digest::{MachineBinding, key_id, request_digest};
use countersign::protocol::grant::SignedGrant;
use countersign::protocol::requests::Activate;
use countersign::protocol::trust::GrantContext;
use countersign::signing::keys::SigningKey;
use countersign::signing::signer::Signer as _;
use countersign::text::{Code, Kind};
use serde_json::json;

use crate::world::{Desk, Machine, World, altered, decoded, mistyped};

fn sold<'w>(world: &'w World) -> (Desk<'w>, Machine<'w>, String) {
    let product = ["--feature", "export", "--limit", "users"];
    let order = ["--seats", "5", "--feature", "export", "--limit", "users=5"];
    world.sold(&product, &order)
}

#[test]
fn an_answer_is_taken_and_said() {
    let world = World::new();
    let (desk, ship, key) = sold(&world);
    let answer = desk.answer(&ship.request(&key));
    let object = ship.run(["apply"]).piped(&answer).json();
    for (name, value) in [
        ("outcome", "applied"),
        ("product", "survey"),
        ("license_key", &key),
        ("type", "standalone"),
        ("revalidate_by", "2040-03-31"),
    ] {
        assert_eq!(object[name], value, "{name}");
    }
    assert_eq!(object["limits"]["users"], 5);
    let again = ship.run(["apply"]).piped(&answer).json();
    assert_eq!(again["outcome"], "already_applied");
    ship.apply(&answer).tells("in force already");
    ship.check().done();
}

#[test]
fn what_the_license_allows_is_said_row_by_row() {
    let world = World::new();
    let (desk, ship, key) = sold(&world);
    let answer = desk.answer(&ship.request(&key));
    ship.apply(&answer).tells("standalone\nseats ");
}

#[test]
fn typing_errors_are_mended_and_named() {
    let world = World::new();
    let (desk, ship, key) = sold(&world);
    let answer = desk.answer(&ship.request(&key));
    let wrong = mistyped(&answer, 2);
    let object = ship.run(["apply"]).piped(&wrong).json();
    assert_eq!(
        object["corrections"],
        serde_json::json!(["row 1 group 1", "row 1 group 2"])
    );
    ship.apply(&wrong)
        .tells("2 characters corrected: row 1 group 1 and row 1 group 2")
        .tells("in force already");
    // Too many in one row: it is named, and the others are not.
    let said = ship
        .run(["apply"])
        .piped(mistyped(&answer, 5))
        .refused(3, "damaged")
        .tells("row 1");
    assert!(!said.stderr.contains("row 2"), "{said}");
    // A character nobody can read is written as a question mark.
    ship.apply(&answer.replacen(&answer[6..9], "???", 1));
}

#[test]
fn a_torn_code_is_named_by_its_rows() {
    let world = World::new();
    let (desk, ship, key) = sold(&world);
    let request = ship.request(&key);
    let answer = desk.answer(&request);
    let rows: Vec<&str> = answer.lines().collect();
    let half = rows[..rows.len() / 2].join("\n");
    ship.run(["apply"])
        .piped(&half)
        .refused(3, "damaged")
        .tells(&format!("row {} is missing", rows.len() / 2 + 1));
    let other = rows[rows.len() / 2..].join("\n");
    ship.run(["apply"]).piped(&other).refused(3, "damaged");
    let gap: Vec<&str> = rows
        .iter()
        .enumerate()
        .filter(|(row, _)| *row != 2)
        .map(|(_, text)| *text)
        .collect();
    ship.run(["apply"])
        .piped(gap.join("\n"))
        .refused(3, "damaged")
        .tells("row 3");
    let torn = request.lines().take(2).collect::<Vec<_>>().join("\n");
    desk.respond(&torn).refused(3, "damaged");
    ship.apply(&answer);
}

#[test]
fn what_is_no_answer_to_this_machine() {
    let world = World::new();
    let (desk, ship, key) = sold(&world);
    let request = ship.request(&key);
    let apply = |text: &str| ship.run(["apply"]).piped(text);
    apply("").refused(3, "no_code");
    apply("Dear customer,\nthank you for your order of 2040-03-01.\n")
        .refused(3, "no_code")
        .tells("paste the whole message");
    apply(&request)
        .refused(4, "wrong_kind")
        .tells("this is a request code");

    // Another machine's answer, here and on a machine that asked nothing.
    let other = world.machine("other");
    other.install(&world.path().join("files/survey.product"));
    let foreign = desk.answer(&other.request(&key));
    apply(&foreign)
        .refused(4, "other_request")
        .tells("another machine");
    world
        .machine("bare")
        .run(["apply"])
        .piped(&foreign)
        .refused(4, "other_request");

    // Another product's.
    let deep = desk.product("deep", &[]);
    let third = world.machine("third");
    third.install(&deep);
    apply(&desk.answer(&third.request(&desk.sell("deep", &[])))).refused(4, "other_request");

    // After all that the right one is taken.
    ship.apply(&desk.answer(&request));
    apply(&foreign).refused(4, "other_request");
    ship.check().done();
}

#[test]
fn an_altered_answer_is_not_trusted() {
    let world = World::new();
    let (desk, ship, key) = sold(&world);
    let answer = desk.answer(&ship.request(&key));
    let length = decoded(&answer).payload().len();
    // Key id, generation, issued, revalidate by, seats, flags' type, signature: each byte but the request tag.
    for byte in (0..length).filter(|byte| ![1, 2].contains(byte)) {
        let said = ship.run(["apply"]).piped(altered(&answer, byte)).said();
        let malformed = said.exit == 4 && said.stderr.contains("error: ");
        assert!(
            said.exit == 5 || (malformed && byte < length - 64),
            "byte {byte}: {said}"
        );
        ship.check().exits(10);
    }
    ship.run(["apply"])
        .piped(altered(&answer, 8))
        .refused(5, "not_trusted")
        .tells("ask the vendor for a new one");
    ship.run(["apply"])
        .piped(altered(&answer, 1))
        .refused(4, "other_request");
    ship.run(["apply"])
        .piped(altered(&answer, length - 1))
        .refused(5, "not_trusted");
    ship.apply(&answer);
}

/// Everything is right but who signed: a stranger with a root key of his own, who knows the format as well as we do.
#[test]
fn a_forged_signature_is_not_trusted() {
    let world = World::new();
    let (desk, ship, key) = sold(&world);
    let request = ship.request(&key);
    let answer = desk.answer(&request);

    let stranger = SigningKey::from_pem(
        &std::fs::read_to_string("keys/demo-root.pem").unwrap(),
        None,
    )
    .unwrap();
    let asked = Activate::decode(decoded(&request).payload()).unwrap();
    let key: LicenseKey = key.parse().unwrap();
    let fingerprint: Option<Fingerprint> = asked.fingerprint;
    let standing = MachineBinding {
        activation: asked.commitment.activation_id(),
        fingerprint,
        bindings: None,
        usb: None,
    };
    let context = GrantContext {
        request_digest: request_digest(Kind::Activate, decoded(&request).payload()),
        holder: standing.holder_digest("survey", key),
        site_key: None,
    };
    let sign = |signer: &SigningKey, mut signed: SignedGrant| {
        signed.grant.key_id = key_id(&signer.public());
        let subject = context.subject(&signed.grant).unwrap();
        let transcript =
            context.transcript(&signer.public(), None, subject, &signed.grant.encode_body());
        signed.signature = signer.sign(&transcript).unwrap();
        Code::new(Kind::Grant, signed.encode()).to_text().unwrap()
    };
    let signed = || SignedGrant::decode(decoded(&answer).payload()).unwrap();

    // The same steps with the desk's own key make the desk's own bytes: nothing else is wrong with the forgery.
    let pem = std::fs::read_to_string(desk.kept("desk/root.pem")).unwrap();
    assert_eq!(
        sign(&SigningKey::from_pem(&pem, None).unwrap(), signed()),
        answer
    );

    ship.run(["apply"])
        .piped(sign(&stranger, signed()))
        .refused(5, "not_trusted");
    // Also where it pretends to be by the right key.
    let mut pretends = decoded(&sign(&stranger, signed())).payload().to_vec();
    pretends[0] = decoded(&answer).payload()[0];
    let pretends = Code::new(Kind::Grant, pretends).to_text().unwrap();
    ship.run(["apply"])
        .piped(pretends)
        .refused(5, "not_trusted");
    ship.apply(&answer);
}

#[test]
fn answers_may_cross() {
    let world = World::new();
    let (desk, ship, key) = sold(&world);
    let other_key = desk.sell("survey", &[]);
    let (one, two) = (ship.request(&key), ship.request(&other_key));
    let (to_two, to_one) = (desk.answer(&two), desk.answer(&one));
    ship.apply(&to_two).tells(&other_key);
    ship.apply(&to_one).tells(&key);
    assert_eq!(
        ship.run(["pending", "list", "--json"])
            .done()
            .objects()
            .len(),
        0
    );

    // Two requests for one license: the later answer is in force, whichever is entered first.
    let early = ship
        .run(["request", "activate", &key, "--new"])
        .done()
        .code();
    let late = ship
        .run(["request", "activate", &key, "--new"])
        .done()
        .code();
    let first = desk.answer(&early);
    world.days_pass(1);
    let second = desk.answer(&late);
    ship.apply(&second).tells("licensed: survey");
    let before = world.snapshot();
    ship.apply(&first).tells("a later response");
    assert_eq!(
        ship.run(["apply"]).piped(&first).json()["outcome"],
        "already_newer"
    );
    ship.apply(&to_one).tells("a later response");
    assert!(before == world.snapshot());
    let object = ship.check_with(&["--license", &key]).json();
    assert_eq!(object["revalidate_by"], world.day(30));
}

#[test]
fn changes_are_told() {
    let world = World::new();
    let (desk, ship, key) = sold(&world);
    desk.license(&ship, &key);
    world.days_pass(10);
    let request = ship
        .run(["request", "activate", &key, "--new"])
        .done()
        .code();
    let answer = desk.answer(&request);
    let object = ship.run(["apply"]).piped(&answer).json();
    let later = json!([
        { "what": "revalidate_by", "entry": null, "before": "2040-03-31", "after": "2040-04-10" },
    ]);
    assert_eq!(object["changes"], later, "{object}");
    // An entry may have any name, that of a term, too.
    let more = ["license", "change", &key, "--limit", "users=7"];
    let changed = desk.run(more).json();
    assert_eq!(changed["changes"][0]["what"], "entry", "{changed}");
    assert_eq!(changed["changes"][0]["entry"], "users", "{changed}");
}
