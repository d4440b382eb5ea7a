//! Proposals that no program of ours made, signed with a clerk's own key in the ledger's file, for another to approve: nothing but what can be proposed is done.

use std::fs;

use countersign::issuer::history::{act, chain};
use countersign::issuer::ledger::{Act, Event, EventId, Ledger};
use countersign::signing::keys::SigningKey;
use countersign::signing::signer::TriedSigner;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::four_eyes::{SALE, approve, by, desk_with, proposes, sold};
use crate::world::{Desk, World};

/// The last event with the chain before it, and the certificate under which it was signed.
pub(super) fn last(desk: &Desk<'_>) -> (Event, [u8; 32], Vec<u8>) {
    let mut ledger = Ledger::open(&desk.kept("desk/ledger.db")).unwrap();
    ledger
        .audit(|tx| {
            let event = tx.last_event()?.unwrap();
            let before = tx.event(EventId(event.id.0 - 1))?.unwrap().hash;
            let signers = tx.signers()?;
            let signer = event.act.map(|it| it.signer);
            let signer = signers.into_iter().find(|it| Some(it.id) == signer);
            let certificate = signer.map(|it| it.certificate).unwrap_or_default();
            Ok::<_, countersign::issuer::ledger::LedgerError>((event, before, certificate))
        })
        .unwrap()
}

/// Signs an event with a clerk's key, and makes the chain good.
pub(super) fn signed(
    desk: &Desk<'_>,
    event: &mut Event,
    before: &[u8; 32],
    certificate: &[u8],
    who: &str,
) {
    let pem = fs::read_to_string(desk.kept(&format!("desk/keys/{who}.pem"))).unwrap();
    let key = TriedSigner::new(SigningKey::from_pem(&pem, None).unwrap()).unwrap();
    let signer = event.act.unwrap().signer;
    let statement = act(before, event, certificate);
    let signature = key.sign(&statement).unwrap();
    event.act = Some(Act { signer, signature });
    event.hash = chain(before, event);
}

/// Makes of the last proposal another one, with the key of whoever signs it.
pub(super) fn forge(desk: &Desk<'_>, who: &str, edit: impl FnOnce(&mut Value)) {
    let (mut event, before, certificate) = last(desk);
    let mut facts: Value = serde_json::from_str(&event.data).unwrap();
    edit(&mut facts);
    event.data = facts.to_string();
    signed(desk, &mut event, &before, &certificate, who);
    let ledger = Connection::open(desk.kept("desk/ledger.db")).unwrap();
    let sql = "UPDATE history SET data = ?2, signature = ?3, hash = ?4 WHERE id = ?1";
    let signature = event.act.unwrap().signature;
    let row = (event.id.0, &event.data, signature, event.hash);
    assert_eq!(ledger.execute(sql, row).unwrap(), 1);
}

/// Runs a case on the ledger as it was, and puts that back.
fn each(
    desk: &Desk<'_>,
    cases: impl IntoIterator<Item = (Value, i32, &'static str)>,
    number: &str,
) {
    let place = desk.kept("desk/ledger.db");
    let before = fs::read(&place).unwrap();
    for (change, exit, kind) in cases {
        forge(desk, "ann", |facts| {
            for (name, value) in change.as_object().unwrap() {
                match name.as_str() {
                    "command" => facts["command"] = value.clone(),
                    name => facts["deed"][name] = value.clone(),
                }
            }
        });
        let shown = desk.run(["desk", "inbox", "show", number]).said().stdout;
        let odd = |it: char| it.is_control() && it != '\n' || "\u{202e}\u{2066}".contains(it);
        assert!(!shown.contains(odd), "{change}: {shown:?}");
        // By whoever may do most: a root.
        desk.run([
            "desk", "inbox", "approve", number, "--as", "vera", "--key", "root",
        ])
        .refused(exit, kind);
        for ending in ["-wal", "-shm"] {
            let _ = fs::remove_file(desk.kept(&format!("desk/ledger.db{ending}")));
        }
        fs::write(&place, &before).unwrap();
    }
}

fn words(text: &str) -> Value {
    text.split(' ').filter(|it| !it.is_empty()).collect()
}

#[test]
fn what_cannot_be_proposed_is_not_done() {
    let world = World::new();
    let desk = desk_with(&world, "seats>5");
    let number = proposes(&desk, "ann", &SALE);
    let out = world.path().join("files").join("out");
    let out = out.display();
    let commands = [
        String::new(),
        "nonsense".to_owned(),
        "desk certify eve --manager".to_owned(),
        "desk certify ann --max-seats=60000".to_owned(),
        "desk remove bo --reason=x".to_owned(),
        "desk rotate --reason=x".to_owned(),
        "desk replace-root --stolen=spare --reason=x".to_owned(),
        "desk change --mail=eve@example.com".to_owned(),
        "desk clock --right --reason=x".to_owned(),
        "desk policy survey --none".to_owned(),
        "desk passphrase".to_owned(),
        format!("desk inbox approve {number}"),
        format!("desk inbox decline {number}"),
        "desk keys".to_owned(),
        "product add eve --name=Eve".to_owned(),
        "product change survey --name=Eve".to_owned(),
        format!("product export survey -o {out}"),
        format!("ledger backup {out}"),
        format!("ledger export {out}"),
        format!("ledger import {out}"),
        format!("ledger restore {out} --reason=x --discard-newer"),
        format!("ledger checkpoint -o {out}"),
        format!("ledger readopt {out}"),
        "ledger verify".to_owned(),
        "ledger follow --until-now".to_owned(),
        "license list".to_owned(),
        "license mail 828-150-156-1139".to_owned(),
        "license note 828-150-156-1139 x".to_owned(),
        "license show 828-150-156-1139".to_owned(),
        format!("run -- cp /etc/hostname {out}"),
        format!("man {out}"),
        "tour".to_owned(),
        "completions bash".to_owned(),
        "inspect x".to_owned(),
        format!("respond --batch={out}"),
        format!("respond --qr={out} x"),
        "respond --dry-run x".to_owned(),
        "respond --mail x".to_owned(),
        "--home=elsewhere license new --product=survey --customer=Aurora --seats=6".to_owned(),
        "license new --product=survey --customer=Aurora --seats=6 --home=elsewhere".to_owned(),
        "license new --product=survey --customer=Aurora --seats=6 --as=bo".to_owned(),
        "license new --product=survey --customer=Aurora --seats=6 --key=root".to_owned(),
        "license new --product=survey --customer=Aurora --seats=6 --passphrase-file=x".to_owned(),
        "license new --product=survey --customer=Aurora --seats=6 --json".to_owned(),
        "license new --product=survey --customer=Aurora --seats=6 --help".to_owned(),
        "license new --product=survey --customer=Aurora --seats=6 --seats=7".to_owned(),
    ];
    let strange = |it: String| (json!({ "command": words(&it) }), 6, "proposal_differs");
    each(&desk, commands.into_iter().map(strange), &number);
    approve(&desk, "bo", &number).done();
}

/// Each thing that can be proposed, behind the words of another: what is done is what was signed as what it does, or nothing.
#[test]
fn what_is_done_is_what_was_proposed() {
    let world = World::new();
    let desk = desk_with(&world, "seats>5");
    desk.product("plotter", &[]);
    let file = desk.export("survey");
    let (key, spare) = (
        desk.sell("survey", &[]),
        desk.sell("survey", &["--emergency", "3x7"]),
    );
    let ship = world.machine("ship");
    ship.install(&file);
    desk.license(&ship, &spare);
    let request = ship.run(["request", "sync"]).done().code();
    let number = proposes(&desk, "ann", &SALE);
    let differs = "proposal_differs";
    let sale = "license new --product=survey --customer=Aurora";
    let mut cases: Vec<(Value, i32, &str)> = [
        format!("license change --seats=60 {key}"),
        format!("license revoke --reason=unpaid {key}"),
        format!("license void --reason=mistake {key}"),
        format!("release --lost --reason=stolen {spare}"),
        format!("emergency {spare}"),
        format!("respond --grace=90 {request}"),
        format!("{sale} --seats=7"),
        format!("{sale} --seats=6 --count=2"),
        format!("{sale} --seats=6 --count=1000000"),
        format!("{sale} --seats=6 --expires=2041-01-01"),
        format!("{sale} --seats=6 --note=x"),
        "license new --product=plotter --customer=Aurora --seats=6".to_owned(),
        "license new --product=survey --customer=Borealis --seats=6".to_owned(),
    ]
    .into_iter()
    .map(|it| {
        (
            json!({ "command": words(&it.replace('\n', " ")) }),
            6,
            differs,
        )
    })
    .collect();
    // The words are right, and what they are said to do is not.
    for deed in [
        json!({ "kind": "license_change" }),
        json!({ "product": "plotter" }),
        json!({ "license": 1 }),
        json!({ "activation": 1 }),
        json!({ "terms": "00".repeat(32) }),
        json!({ "licenses": 2 }),
        json!({ "overrides": true }),
        json!({ "reason": "x" }),
        json!({ "seats": 1 }),
    ] {
        cases.push((deed, 6, differs));
    }
    // What is odd in a word is refused as where it is typed.
    for name in ["A\u{1b}[2J", "A\nstate  approved", "A\u{202e}B", ""] {
        let mut command = words("license new --product=survey --seats=6");
        let customer = format!("--customer={name}");
        command.as_array_mut().unwrap().push(customer.into());
        cases.push((json!({ "command": command }), 2, "bad_order"));
    }
    // What is no proposal at all.
    for (name, value) in [
        ("command", json!(7)),
        ("kind", json!(7)),
        ("seats", json!(-1)),
    ] {
        cases.push((json!({ name: value }), 1, "ledger_damaged"));
    }
    each(&desk, cases, &number);
    ship.check().done();
    // As it was it is done, and once.
    approve(&desk, "bo", &number).done();
    let ledger = Connection::open(desk.kept("desk/ledger.db")).unwrap();
    let sql = "UPDATE meta SET value = ?1 WHERE name = 'proposals'";
    assert_eq!(ledger.execute(sql, [&number]).unwrap(), 1);
    drop(ledger);
    approve(&desk, "zoe", &number).refused(6, "proposal_decided");
    assert_eq!(sold(&desk), 3);
}

/// Nobody proposes in another's name, nor with a key that is none here any more.
#[test]
fn whoever_is_no_clerk_proposes_nothing() {
    let world = World::new();
    let desk = desk_with(&world, "seats>5");
    let number = proposes(&desk, "ann", &SALE);
    let place = desk.kept("desk/ledger.db");
    let before = fs::read(&place).unwrap();
    // With another's key under her certificate.
    forge(&desk, "bo", |facts| facts["deed"]["licenses"] = json!(1));
    approve(&desk, "zoe", &number).refused(1, "ledger_damaged");
    fs::write(&place, &before).unwrap();
    // A rule that was said to be met is nobody's reason.
    desk.by("root", &["desk", "policy", "survey", "--none"])
        .done();
    approve(&desk, "bo", &number).done();
    desk.by(
        "root",
        &["desk", "policy", "survey", "--approve", "seats>5"],
    )
    .done();
    let number = proposes(&desk, "ann", &SALE);
    let (proposal, _, certificate) = last(&desk);
    let row = proposal.id.0;
    by(&desk, "bo", &["desk", "inbox", "decline", &number]).done();
    desk.run(["desk", "remove", "ann", "--reason", "left", "--key", "root"])
        .done();
    // After she left, she writes one more into the file.
    let (end, ..) = last(&desk);
    let mut event = Event {
        id: EventId(end.id.0 + 1),
        at: end.at,
        ..proposal
    };
    signed(&desk, &mut event, &end.hash, &certificate, "ann");
    let number = event.id.0.to_string();
    let ledger = Connection::open(&place).unwrap();
    let sql = "INSERT INTO history SELECT ?1, ?2, actor, kind, NULL, NULL, NULL, data, signer, ?3, ?4 \
         FROM history WHERE id = ?5";
    let (signature, at) = (event.act.unwrap().signature, event.at.0);
    let values = (event.id.0, at, signature, event.hash, row);
    assert_eq!(ledger.execute(sql, values).unwrap(), 1);
    let sql = "UPDATE meta SET value = ?1 WHERE name = 'proposals'";
    ledger.execute(sql, [&number]).unwrap();
    drop(ledger);
    approve(&desk, "bo", &number).refused(6, "key_removed");
    assert_eq!(sold(&desk), 1);
    desk.run(["ledger", "verify"]).exits(5);
}
