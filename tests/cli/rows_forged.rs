//! Rows that somebody with a database tool, and perhaps a clerk's key, puts there for a moment: whoever is about to sign by them refuses, and a
//! verification names them (SPEC.md 9.9).

use countersign::issuer::history::chain;
use countersign::issuer::ledger::{Act, Event, Ledger, LedgerError, SignerId, TermsId};
use rusqlite::Connection;

use super::four_eyes::{SALE, approve, by, desk_with, proposes};
use super::four_eyes_forged::{forge, last, signed};
use crate::world::{Desk, World};

fn sql(desk: &Desk<'_>, sql: &str) {
    let ledger = Connection::open(desk.kept("desk/ledger.db")).unwrap();
    assert!(ledger.execute(sql, []).unwrap() > 0, "{sql}");
}

/// A clerk signs that something was proposed, and edits what the desk says of itself with it.
#[test]
fn what_a_desk_says_of_itself_comes_of_the_events_that_say_so() {
    let world = World::new();
    let desk = desk_with(&world, "seats>5");
    desk.by("root", &["desk", "rotate", "--reason", "r"]).done();
    let number = proposes(&desk, "ann", &SALE);
    let place = desk.kept("desk/ledger.db");
    let before = std::fs::read(&place).unwrap();
    for (name, value) in [
        ("root", "(SELECT value FROM meta WHERE name = 'spare')"),
        ("spare", "(SELECT value FROM meta WHERE name = 'root')"),
        ("spare", "lower(hex(zeroblob(32)))"),
        ("epoch", "'200'"),
        ("vendor", "'Somebody'"),
        ("mail", "'eve@example.com'"),
        ("approve survey", "''"),
        ("proposals", "''"),
    ] {
        sql(
            &desk,
            &format!("UPDATE meta SET value = {value} WHERE name = '{name}'"),
        );
        forge(&desk, "ann", |_| {});
        let said = desk.run(["ledger", "verify"]).owes(5, "ledger_edited");
        said.tells("what the desk says about itself is not as the history has it")
            .tells(name);
        for acts in [
            &["desk", "rotate", "--reason", "r"][..],
            &["ledger", "checkpoint"],
            &["product", "export", "survey"],
        ] {
            let said = desk.by("root", acts).said();
            assert!(matches!(said.exit, 4..=6), "{name} {said}");
        }
        std::fs::write(&place, &before).unwrap();
    }
    approve(&desk, "bo", &number).done();
    desk.run(["ledger", "verify"]).done();
}

/// An order that a clerk's own program signed, beyond the limits of his key.
#[test]
fn an_order_beyond_the_key_that_signed_it_is_not_answered() {
    let world = World::new();
    let desk = desk_with(&world, "seats>50000");
    let ship = world.machine("ship");
    ship.install(&desk.export("survey"));
    let sale: Vec<&str> = SALE[..7]
        .iter()
        .copied()
        .chain(["5", "--type", "floating"])
        .collect();
    let key = by(&desk, "ann", &sale).done().stdout.trim().to_owned();
    let asked = ship.request(&key);
    let (mut event, before, certificate) = last(&desk);
    let mut facts: serde_json::Value = serde_json::from_str(&event.data).unwrap();
    let order = facts["order"].as_i64().unwrap();
    let mut ledger = Ledger::open(&desk.kept("desk/ledger.db")).unwrap();
    let terms = ledger.audit(|tx| tx.terms(TermsId(order)));
    let mut terms = terms.map_err(|error: LedgerError| error).unwrap().unwrap();
    drop(ledger);
    terms.seats = 5_000.try_into().unwrap();
    let digest: String = terms
        .digest("survey")
        .iter()
        .map(|it| format!("{it:02x}"))
        .collect();
    facts["terms"] = digest.into();
    event.data = facts.to_string();
    signed(&desk, &mut event, &before, &certificate, "ann");
    sql(
        &desk,
        &format!("UPDATE terms SET seats = 5000 WHERE id = {order}"),
    );
    let ledger = Connection::open(desk.kept("desk/ledger.db")).unwrap();
    let row = (
        event.id.0,
        &event.data,
        event.act.unwrap().signature,
        event.hash,
    );
    let set = "UPDATE history SET data = ?2, signature = ?3, hash = ?4 WHERE id = ?1";
    ledger.execute(set, row).unwrap();
    drop(ledger);
    for who in ["root", "ann", "zoe"] {
        desk.by(who, &["respond"])
            .piped(&asked)
            .owes(5, "ledger_edited")
            .tells("is not signed by a key that may do that");
    }
    desk.run(["ledger", "verify"]).owes(5, "ledger_edited");
}

#[test]
fn a_seed_key_that_nobody_sealed_is_not_used() {
    let world = World::new();
    let (desk, ship, _) = world.sold(&[], &[]);
    let key = desk.sell("survey", &["--emergency", "4x7"]);
    let asked = ship.request(&key);
    sql(
        &desk,
        "INSERT INTO sealed_key (key, holder, sealing, sealed, event)
         SELECT key + 1, holder, sealing, sealed, event FROM sealed_key",
    );
    desk.respond(&asked)
        .owes(5, "seed_key_shut")
        .tells("countersign ledger verify");
    sql(&desk, "DELETE FROM sealed_key WHERE key = 2");
    ship.apply(&desk.respond(&asked).done().stdout);
    desk.run(["emergency", &key]).done();
}

#[test]
fn a_product_that_was_edited_answers_nobody() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &[]);
    let asked = ship.request(&key);
    sql(&desk, "UPDATE product SET version = version + 1");
    desk.respond(&asked)
        .owes(5, "ledger_edited")
        .tells("product survey");
    sql(&desk, "UPDATE product SET version = version - 1");
    desk.respond(&asked).done();
}

/// A key that lies where the new root is to be made would become that.
#[test]
fn a_key_that_somebody_put_there_does_not_become_the_new_root() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.product("survey", &[]);
    let safe = world.secret(
        "safe.pem",
        std::fs::read(desk.kept("desk/spare.pem")).unwrap(),
    );
    let thief = world.desk("thief");
    std::fs::copy(thief.kept("desk/root.pem"), desk.kept("desk/spare.pem")).unwrap();
    let replace = [
        "desk",
        "replace-root",
        "--stolen",
        "root",
        "--reason",
        "r",
        "--no-passphrase",
    ];
    desk.run(replace)
        .arg("--key")
        .arg(&safe)
        .refused(1, "kept_file")
        .tells("a key lies in");
    std::fs::remove_file(desk.kept("desk/spare.pem")).unwrap();
    desk.run(replace).arg("--key").arg(&safe).done();
    desk.run(["ledger", "verify"]).done();
}

/// Writes an event over the last one, as somebody else signed it.
fn signed_by(desk: &Desk<'_>, who: &str, edit: impl FnOnce(&mut Event)) {
    let (mut event, before, _) = last(desk);
    let ledger = Connection::open(desk.kept("desk/ledger.db")).unwrap();
    let (signer, certificate): (i64, Vec<u8>) = ledger
        .query_row(
            "SELECT s.id, s.certificate FROM signer s JOIN desk_key k ON k.certificate = s.certificate WHERE k.name = ?1 ORDER BY k.id DESC",
            [who],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    edit(&mut event);
    let signature = event.act.unwrap().signature;
    let signer = SignerId(signer);
    event.act = Some(Act { signer, signature });
    signed(desk, &mut event, &before, &certificate, who);
    let set = "UPDATE history SET data = ?2, signer = ?3, signature = ?4, hash = ?5 WHERE id = ?1";
    let signature = event.act.unwrap().signature;
    let row = (event.id.0, &event.data, signer.0, signature, event.hash);
    assert_eq!(ledger.execute(set, row).unwrap(), 1);
}

/// Three clerks' keys, each of which signed something.
fn busy(world: &World) -> Desk<'_> {
    let desk = world.desk("desk");
    desk.product("survey", &[]);
    for (who, options) in [("ann", &[][..]), ("bo", &[]), ("mia", &["--manager"])] {
        desk.certify(who, options);
        let sale = ["license", "new", "--product", "survey", "--customer", who];
        by(&desk, who, &sale).done();
    }
    desk
}

fn finds(desk: &Desk<'_>, says: &str) {
    desk.run(["ledger", "verify"])
        .owes(5, "ledger_edited")
        .tells(says);
}

#[test]
fn a_third_release_in_a_year_is_a_managers() {
    let world = World::new();
    let desk = busy(&world);
    let file = desk.export("survey");
    let key = desk.sell("survey", &["--seats", "1"]);
    for nth in 0..3 {
        let machine = world.machine(&format!("m{nth}"));
        machine.install(&file);
        machine.apply(&desk.respond(&machine.request(&key)).done().stdout);
        let release = ["release", &key, "--lost", "--reason", "r", "--override"];
        let all = if nth < 2 { &release[..5] } else { &release[..] };
        by(&desk, "mia", all).done();
        desk.run(["ledger", "verify"]).done();
    }
    signed_by(&desk, "ann", |_| {});
    finds(&desk, "sets a rule aside, and is no manager's");
}

#[test]
fn an_answer_that_sets_a_rule_aside_is_a_managers() {
    let world = World::new();
    let desk = busy(&world);
    let ship = world.machine("ship");
    ship.install(&desk.export("survey"));
    let key = desk.sell("survey", &[]);
    ship.apply(&desk.answer_by("ann", &ship.request(&key)));
    desk.run(["ledger", "verify"]).done();
    // No act: whoever can write there makes the chain anew.
    let (mut event, before, _) = last(&desk);
    let mut facts: serde_json::Value = serde_json::from_str(&event.data).unwrap();
    facts["overridden"] = true.into();
    event.data = facts.to_string();
    let hash = chain(&before, &event);
    let ledger = Connection::open(desk.kept("desk/ledger.db")).unwrap();
    let set = "UPDATE history SET data = ?2, hash = ?3 WHERE id = ?1";
    ledger
        .execute(set, (event.id.0, &event.data, hash))
        .unwrap();
    finds(&desk, "sets a rule aside, and is no manager's");
}

/// A manager's own program defines a product whose file would trust her.
#[test]
fn a_product_names_the_roots_of_the_desk_and_no_others() {
    let world = World::new();
    let desk = busy(&world);
    let change = ["product", "change", "survey", "--feature", "sonar"];
    by(&desk, "mia", &change).done();
    let place = desk.kept("desk/ledger.db");
    let thief = world.desk("thief");
    let theirs = std::fs::read_to_string(thief.product("other", &[])).unwrap();
    let theirs = theirs.lines().find(|it| it.starts_with("root: ")).unwrap();
    let mut ledger = Ledger::open(&place).unwrap();
    let mut product = ledger
        .audit(|tx| tx.products())
        .map_err(|error: LedgerError| error)
        .unwrap()
        .remove(0);
    drop(ledger);
    let own = product
        .definition
        .lines()
        .find(|it| it.starts_with("root: "));
    product.definition = product.definition.replace(own.unwrap(), theirs);
    let ledger = Connection::open(&place).unwrap();
    let set = "UPDATE product SET definition = ?1";
    ledger.execute(set, [&product.definition]).unwrap();
    drop(ledger);
    let digest: String = product
        .digest()
        .iter()
        .map(|it| format!("{it:02x}"))
        .collect();
    signed_by(&desk, "mia", |event| {
        let mut facts: serde_json::Value = serde_json::from_str(&event.data).unwrap();
        facts["row"] = digest.into();
        event.data = facts.to_string();
    });
    finds(&desk, "names other roots than those of the desk");
    desk.by("root", &["product", "export", "survey"])
        .owes(5, "ledger_edited");
}

/// Whoever was removed has her key still, and orders with it.
#[test]
fn an_order_of_a_key_that_was_removed_is_not_answered() {
    let world = World::new();
    let desk = busy(&world);
    let ship = world.machine("ship");
    ship.install(&desk.export("survey"));
    let sale = ["license", "new", "--product", "survey", "--customer", "E"];
    // While it stands, it is hers to sign.
    let key = by(&desk, "bo", &sale).done().stdout.trim().to_owned();
    signed_by(&desk, "ann", |_| {});
    desk.respond(&ship.request_with(&key, &["--new"])).done();
    by(&desk, "mia", &["desk", "remove", "ann", "--reason", "r"]).done();
    let key = by(&desk, "bo", &sale).done().stdout.trim().to_owned();
    let asked = ship.request_with(&key, &["--new"]);
    signed_by(&desk, "ann", |_| {});
    for who in ["root", "bo", "mia"] {
        desk.by(who, &["respond"])
            .piped(&asked)
            .owes(5, "ledger_edited")
            .tells("is not signed by a key that may do that");
    }
}
