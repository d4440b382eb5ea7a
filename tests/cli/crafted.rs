//! Requests and answers that no version of the program makes: somebody writes them by hand, as the library lets him.

use std::cell::Cell;
use std::collections::HashMap;

use countersign::license_key::LicenseKey;
use countersign::machine::Fingerprint;
use countersign::protocol::commitment::{Commitment, RequestSecret};
use countersign::protocol::digest::ActivationId;
use countersign::protocol::requests::{Activate, Return, Sync};
use countersign::text::{Code, Kind};

use crate::world::{World, decoded};

/// The request of a machine, otherwise.
fn activate(request: &str, change: impl FnOnce(&mut Activate)) -> String {
    let mut asked = Activate::decode(decoded(request).payload()).unwrap();
    change(&mut asked);
    text(Kind::Activate, asked.encode())
}

fn text(kind: Kind, payload: Vec<u8>) -> String {
    Code::new(kind, payload).to_text().unwrap()
}

#[test]
fn a_good_code_with_another_content_is_named() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &[]);
    let answer = desk.answer(&ship.request(&key));
    let mut payload = decoded(&answer).payload().to_vec();
    payload.truncate(payload.len() - 1);
    let odd = ship.run(["apply"]).piped(text(Kind::Grant, payload));
    odd.refused(4, "malformed");
    ship.apply(&answer);
}

#[test]
fn what_binds_is_what_the_product_asks_for() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &[]);
    let request = ship.request(&key);
    let bare = activate(&request, |asked| asked.fingerprint = None);
    desk.respond(&bare).owes(6, "unbound");
    let more = activate(&request, |asked| asked.bindings = Some([7; 8]));
    desk.respond(&more).owes(6, "not_asked_for");
    desk.respond(&request).done();

    let file = desk.product("base", &["--bind", "server"]);
    let key = desk.sell("base", &[]);
    let office = world.machine("office");
    office.install(&file);
    let server = ["--bind", "server=db1.example.com"];
    let request = office.request_with(&key, &server);
    let without = activate(&request, |asked| asked.bindings = None);
    desk.respond(&without).owes(6, "needs_bindings");
    desk.respond(&request).done();
}

#[test]
fn a_site_key_is_fit_for_signatures_and_new_ones_are_held_for_the_clerk() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &[]);
    let request = ship.request(&key);
    let unfit = activate(&request, |asked| asked.site_key = Some([0; 32]));
    desk.respond(&unfit).owes(6, "unfit_site_key");
    desk.license(&ship, &key);
    let request = ship.run(["request", "sync"]).done().code();
    let mut asked = Sync::decode(decoded(&request).payload()).unwrap();
    // The base point of the curve: a key that is fit.
    let mut site_key = [0x66; 32];
    site_key[0] = 0x58;
    asked.site_key = Some(site_key);
    let with = text(Kind::Sync, asked.encode());
    desk.respond(&with).owes(6, "new_site_key");
}

/// A desk keeps a thousand returns of an activation that nobody asked for yet, and not more: whoever makes them up fills no disk.
#[test]
fn so_many_returns_come_before_their_requests() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.product("survey", &[]);
    let early = |number: u16| {
        let mut secret = [9; 12];
        secret[..2].copy_from_slice(&number.to_be_bytes());
        let given_up = Return {
            activation: ActivationId([1, 2, 3, 4]),
            secret: RequestSecret::new(secret),
        };
        text(Kind::Return, given_up.encode()).replace('\n', " ")
    };
    let codes: Vec<String> = (1..=1001).map(early).collect();
    let batch = world.file("returns", codes.join("\n"));
    let said = desk.run(["--json", "respond", "--batch"]).arg(&batch);
    let said = said.exits(8);
    let objects = said.objects();
    let refused = objects
        .iter()
        .filter(|it| it["error"]["kind"] == "too_many_early");
    assert_eq!((objects.len(), refused.count()), (1001, 1));
}

#[test]
fn a_desk_signs_with_its_own_key() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &[]);
    let request = ship.request(&key);
    let other = world.desk("other");
    std::fs::copy(other.kept("desk/root.pem"), desk.kept("desk/root.pem")).unwrap();
    desk.respond(&request).refused(5, "foreign_key");
}

/// Secrets whose activations have one number: of two licenses, and twice of one.
fn twins(one: LicenseKey, other: LicenseKey) -> ([Commitment; 2], [Commitment; 2]) {
    let (mut across, mut within) = (None, None);
    let (mut first, mut second) = (HashMap::new(), HashMap::new());
    for number in 0_u64.. {
        let mut secret = [0; 12];
        secret[..8].copy_from_slice(&number.to_be_bytes());
        let of = |key| RequestSecret::new(secret).commitment(key);
        let (mine, theirs) = (of(one), of(other));
        if let Some(twin) = first.insert(mine.activation_id(), mine) {
            within.get_or_insert([twin, mine]);
        }
        second.insert(theirs.activation_id(), theirs);
        let twin = second.get(&mine.activation_id());
        across = across.or(twin.map(|twin| [mine, *twin]));
        if let (Some(across), Some(within)) = (across, within) {
            return (across, within);
        }
    }
    unreachable!()
}

#[test]
fn two_activations_of_one_number_are_told_apart_or_refused() {
    let world = World::new();
    let (desk, ship, first) = world.sold(&[], &[]);
    let four = |key: &str| desk.run(["license", "change", key, "--seats", "4"]).done();
    four(&first);
    let second = desk.sell("survey", &[]);
    let (one, other) = (first.parse().unwrap(), second.parse().unwrap());
    let ([mine, theirs], [twin, same]) = twins(one, other);
    let machine = Cell::new(0);
    let request = ship.request(&first);
    // Each of another machine.
    let ask = |key, commitment| {
        machine.set(machine.get() + 1);
        activate(&request, |asked| {
            asked.key = key;
            asked.commitment = commitment;
            let mut bytes = [machine.get(); Fingerprint::LEN];
            bytes[0] = 0x1f;
            asked.fingerprint = Some(Fingerprint::from_bytes(&bytes).unwrap());
        })
    };
    let id = mine.activation_id().to_string();
    for (key, commitment) in [(one, mine), (other, theirs)] {
        desk.respond(&ask(key, commitment)).done();
    }
    let release = ["release", &id, "--lost", "--reason", "stolen"];
    desk.run(release).owes(2, "which_activation").tells(&second);
    let named = [&release[..2], &[&second], &release[2..]].concat();
    assert_eq!(desk.run(named).json()["license_key"], second);
    desk.respond(&ask(one, twin)).done();
    desk.respond(&ask(one, same)).owes(6, "same_name");
    desk.run(["ledger", "verify"]).done();
}
