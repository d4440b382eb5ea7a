//! `schema/json.schema.json` describes what every command prints, and takes nothing else.

mod four_eyes;
mod kept_safe;
mod mails;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::world::json::{command, commands, unfit};
use crate::world::{Run, Site, World};

/// Objects by the command that printed them.
#[derive(Default)]
struct Printed(BTreeMap<&'static str, Vec<Value>>);

impl Printed {
    /// Runs a command that prints, and keeps what it printed.
    #[track_caller]
    fn all(&mut self, exit: i32, words: &'static str, run: Run<'_>) -> Vec<Value> {
        let name = command(&[words]).or_else(|| command(&words.split('-').collect::<Vec<_>>()));
        assert_eq!(name, Some(words));
        let objects = run.arg("--json").exits(exit).objects();
        assert!(!objects.is_empty(), "{words} printed nothing");
        self.0.entry(words).or_default().extend(objects.clone());
        objects
    }

    #[track_caller]
    fn one(&mut self, words: &'static str, run: Run<'_>) -> Value {
        let mut objects = self.all(0, words, run);
        assert_eq!(objects.len(), 1, "{words}: {objects:?}");
        objects.remove(0)
    }
}

fn text(object: &Value, name: &str) -> String {
    object[name].as_str().unwrap().to_owned()
}

/// Every command through a license's life.
fn lived() -> Printed {
    let world = World::new();
    let mut it = Printed::default();
    let vendor = world.machine("desk");
    let init = ["desk", "init", "--no-passphrase", "--vendor", "Nordic"];
    it.one("desk-init", vendor.run(init));
    let clock = ["desk", "clock", "--right", "--reason", "a new battery"];
    it.one("desk-clock", vendor.run(clock));
    let add = ["product", "add", "survey", "--name", "Survey", "--limit"];
    let parts = ["users", "--feature", "export", "--text", "for"];
    let demo = ["--bind", "server", "--demo-days", "3", "--edition", "pro"];
    it.one(
        "product-add",
        vendor.run(add.iter().chain(&parts).chain(&demo)),
    );
    let change = ["product", "change", "survey", "--feature", "print"];
    it.one("product-change", vendor.run(change));
    it.one("product-show", vendor.run(["product", "show", "survey"]));
    it.one("product-list", vendor.run(["product", "list"]));
    let file = "survey.product";
    let export = ["product", "export", "survey", "-o", file];
    it.one("product-export", vendor.run(export));

    let sell = ["license", "new", "--product", "survey", "--customer", "A"];
    let terms = [
        "--seats",
        "2",
        "--feature",
        "export",
        "--limit",
        "users=5:2040-12-31",
    ];
    let more = ["--emergency", "2x7", "--text", "for=A", "--edition", "pro"];
    let sold = it.one(
        "license-new",
        vendor.run(sell.iter().chain(&terms).chain(&more)),
    );
    let key = text(&sold, "license_key");
    it.one("license-list", vendor.run(["license", "list"]));
    it.one("desk-report", vendor.run(["desk", "report"]));
    it.one("license-mail", vendor.run(["license", "mail", &key]));
    it.all(
        8,
        "respond",
        vendor.run(["respond", "--batch", "-"]).piped("no code\n"),
    );

    let ship = world.machine("ship");
    it.one("status", ship.run(["status"]));
    it.one("product-install", ship.run(["product", "install", file]));
    it.one("status", ship.run(["status"]));
    it.one("check", ship.run(["check"]));
    it.one("alias", ship.run(["alias", "db=db.example.com"]));
    let ask = ["request", "activate", &key, "--bind", "server=db"];
    let ways = ["--spell", "--qr"];
    let asked = it.one("request-activate", ship.run(ask.iter().chain(&ways)));
    let request = text(&asked, "code");
    it.one("pending-list", ship.run(["pending", "list"]));
    for machine in [&ship, &vendor] {
        it.one("inspect", machine.run(["inspect"]).piped(&request));
    }
    it.all(3, "inspect", ship.run(["inspect"]).piped(&request[..50]));
    it.one(
        "respond",
        vendor.run(["respond", "--dry-run"]).piped(&request),
    );
    let mail = [
        "respond",
        "--mail",
        "--to",
        "a@example.com",
        "--from",
        "b@example.com",
    ];
    let answered = it.one("respond", vendor.run(mail).piped(&request));
    let answer = text(&answered, "code");
    for machine in [&ship, &vendor] {
        it.one("inspect", machine.run(["inspect"]).piped(&answer));
    }
    it.one("apply", ship.run(["apply"]).piped(&answer));
    it.one("apply", ship.run(["apply"]).piped(&answer));
    it.one("check", ship.run(["check"]));
    it.all(16, "check", ship.run(["check", "--count", "users=9"]));
    it.all(15, "check", ship.run(["check", "--feature", "print"]));
    it.all(
        116,
        "run",
        ship.run(["run", "--count", "users=9"])
            .arg("--json")
            .arg("--")
            .arg("true"),
    );

    let change = ["license", "change", &key, "--seats", "+1"];
    it.one("license-change", vendor.run(change));
    world.days_pass(28);
    it.one("check", ship.run(["check"]));
    let spoken = it.one("emergency", vendor.run(["emergency", &key]));
    let spoken = text(&spoken, "code");
    it.one("inspect", ship.run(["inspect"]).piped(&spoken));
    it.one("apply", ship.run(["apply"]).piped(&spoken));
    let synced = it.one("request-sync", ship.run(["request", "sync"]));
    let synced = text(&synced, "code");
    it.one("inspect", vendor.run(["inspect"]).piped(&synced));
    let line = synced.replace('\n', " ") + "\n";
    it.one(
        "respond",
        vendor.run(["respond", "--batch", "-"]).piped(line),
    );
    it.one("status", ship.run(["status", "--count", "users=2"]));
    it.one(
        "pending-forget",
        ship.run(["pending", "forget", "--yes", &key]),
    );
    let given = it.one("return", ship.run(["return", "--yes"]));
    let given = text(&given, "code");
    it.one("inspect", vendor.run(["inspect"]).piped(&given));
    it.one("respond", vendor.run(["respond"]).piped(&given));

    let float = ["--type", "floating", "--seats", "2", "--feature", "export"];
    let floating = vendor.run(sell.iter().chain(&float)).done().line();
    let pc = world.machine("pc");
    pc.run(["product", "install", file]).done();
    let ask = ["request", "activate", &floating, "--bind", "server=db"];
    let request = pc.run(ask).done().code();
    let answer = vendor.run(["respond"]).piped(&request).done().code();
    pc.apply(&answer);
    it.one("seat-share", pc.run(["seat", "share"]));
    it.one("seat-hold", pc.run(["seat", "hold"]));
    let taken = it.one("seat-take", pc.run(["seat", "take"]));
    let token = text(&taken, "token");
    it.one("seat-keep", pc.run(["seat", "keep", &token]));
    it.one("seat-list", pc.run(["seat", "list"]));
    pc.run(["seat", "take"]).done();
    it.all(16, "seat-take", pc.run(["seat", "take"]));
    it.one("seat-release", pc.run(["seat", "release", &token]));
    pc.run(["seat", "take"]).done();
    let disconnect = ["seat", "disconnect", "1", "--reason", "a break"];
    let hold_for = disconnect.iter().chain(&["--hold-for", "anna"]);
    it.one("seat-disconnect", pc.run(hold_for));
    it.one("seat-list", pc.run(["seat", "list"]));

    let other = world.machine("other");
    other.run(["product", "install", file]).done();
    let ask = ["request", "activate", &key, "--bind", "server=db"];
    let request = other.run(ask).done().code();
    let answered = it.one("respond", vendor.run(["respond"]).piped(&request));
    let lost = text(&answered, "activation");
    it.one("license-show", vendor.run(["license", "show", &key]));
    let release = ["release", &lost, "--lost", "--reason", "it sank"];
    it.one("release", vendor.run(release));
    let third = world.machine("third");
    third.run(["product", "install", file]).done();
    let request = third.run(ask).done().code();
    let revoke = ["license", "revoke", &key, "--reason", "unpaid"];
    it.one("license-revoke", vendor.run(revoke));
    let more = ["license", "new", "--product", "survey", "--customer", "A"];
    let twice = vendor.run(more).done().line();
    let void = ["license", "void", &twice, "--reason", "typed twice"];
    it.one("license-void", vendor.run(void));
    it.one(
        "license-note",
        vendor.run(["license", "note", &key, "by boat"]),
    );
    it.all(
        8,
        "respond",
        vendor
            .run(["respond", "--batch", "-"])
            .piped(request.replace('\n', " ")),
    );
    it.all(0, "ledger-history", vendor.run(["ledger", "history"]));
    let follow = ["ledger", "follow", "--until-now"];
    it.all(0, "ledger-follow", vendor.run(follow));
    it.one("ledger-verify", vendor.run(["ledger", "verify"]));
    it.one(
        "desk-passphrase",
        vendor.run(["desk", "passphrase", "--no-passphrase"]),
    );
    let asks = ["desk", "request", "ann", "--no-passphrase"];
    it.one("desk-request", vendor.run(asks));
    let limits = ["--max-seats", "5", "--product", "survey"];
    let certify = ["desk", "certify", "ann"];
    it.one("desk-certify", vendor.run(certify.iter().chain(&limits)));
    it.all(0, "desk-keys", vendor.run(["desk", "keys"]));
    let rotate = ["desk", "rotate", "--reason", "stolen"];
    it.one("desk-rotate", vendor.run(rotate));
    let remove = ["desk", "remove", "ann", "--reason", "left"];
    it.one("desk-remove", vendor.run(remove));
    kept_safe::lived(&mut it);
    four_eyes::lived(&mut it);
    mails::lived(&mut it);

    lent(&world, &mut it);
    let refused = vendor.run(["respond"]).piped(&request).exits(6);
    assert_eq!(refused.stdout, "");
    it.all(6, "respond", vendor.run(["respond"]).piped(&request));
    it.all(3, "apply", pc.run(["apply"]).piped(&answer[..50]));
    it
}

/// Every command of a site, and of a workstation that borrows.
fn lent(world: &World, it: &mut Printed) {
    let site = Site::new(
        world,
        &["--feature", "lv"],
        &["--feature", "lv", "--lend", "7", "--seats", "2"],
    );
    it.one("site-init", site.admin(["site", "init", "--new", "--yes"]));
    let request = site
        .machine
        .run(["request", "sync", "--site"])
        .done()
        .code();
    let accept = ["--accept-site-key", "--reason", "a new key"];
    let answer = site.desk.respond_with(&request, &accept).done().code();
    site.machine.apply(&answer);
    let rules = ["site", "rules", "set", "-"];
    it.one(
        "site-rules-set",
        site.admin(rules).piped("reserve 1 user:anna"),
    );
    it.one(
        "site-rules-show",
        site.machine.run(["site", "rules", "show"]),
    );
    let test = ["site", "rules", "test", "--user", "anna", "--host", "ws-14"];
    it.one("site-rules-test", site.machine.run(test));
    it.one("site-status", site.machine.run(["site", "status"]));
    it.one("site-card", site.machine.run(["site", "card"]));
    it.one("site-lending", site.admin(["site", "lending", "on"]));
    let laptop = site.workstation("laptop");
    let borrow = ["request", "borrow", &site.key, "--days", "3"];
    let asked = it.one("request-borrow", laptop.run(borrow));
    let asked = text(&asked, "code");
    it.one("respond", site.respond(&asked, &["--dry-run"]));
    let answer = it.one("respond", site.respond(&asked, &[]));
    it.one("apply", laptop.run(["apply"]).piped(text(&answer, "code")));
    it.one("seat-list", site.machine.run(["seat", "list"]));
    it.one("site-report", site.machine.run(["site", "report"]));
    it.one("loan-list", site.machine.run(["loan", "list"]));
    it.one("loan-show", site.machine.run(["loan", "show", "1"]));
    it.one("loan-note", site.machine.run(["loan", "note", "1", "chen"]));
    let extend = ["request", "extend", "--days", "3"];
    it.one("request-extend", laptop.run(extend));
    let back = it.one("return", laptop.run(["return", "--yes"]));
    it.one(
        "respond",
        site.machine.run(["respond"]).piped(text(&back, "code")),
    );
    named(it, &site);
    let new = world.secret("new", "open barley\n");
    let change = [
        "site",
        "password",
        "--new-passphrase-file",
        new.to_str().unwrap(),
    ];
    it.one("site-password", site.admin(change));
}

/// Every command about the users of a license.
fn named(it: &mut Printed, site: &Site<'_>) {
    let key = site
        .desk
        .sell("survey", &["--type", "named", "--seats", "2"]);
    let request = site.machine.request_with(&key, &["--site"]);
    site.machine.apply(&site.desk.answer(&request));
    let user = |words: &[&str]| {
        site.admin(["user"].iter().chain(words))
            .arg("--license")
            .arg(&key)
    };
    it.one("user-assign", user(&["assign", "anna", "bob"]));
    it.one("user-unassign", user(&["unassign", "bob"]));
    it.one("user-list", user(&["list"]));
}

/// An object with something in it that is not as it was: a name, a value of another type, something more, something less.
fn mutated(object: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    walk(object, &mut String::new(), &mut |path| {
        let parent = |of: &Value| of.pointer(path.rsplit_once('/').unwrap().0).cloned();
        let name = path.rsplit_once('/').unwrap().1;
        let above = path.rsplit_once('/').unwrap().0;
        let mut other = object.clone();
        *other.pointer_mut(path).unwrap() = json!({ "other": 1 });
        found.push((format!("{path} is an object"), other));
        if parent(object).is_some_and(|it| it.is_object()) {
            let mut more = object.clone();
            let map = more.pointer_mut(above).unwrap().as_object_mut().unwrap();
            map.insert(format!("{name}_more"), json!(1));
            found.push((format!("{path}_more is there"), more));
        }
    });
    found
}

/// Names that vendors and customers choose, below which anything may be called so.
const FREE: [&str; 11] = [
    "/limits",
    "/pools",
    "/texts",
    "/ends",
    "/ended",
    "/bindings",
    "/demo_limits",
    "/says/limits",
    "/says/pools",
    "/says/texts",
    "/says/ends",
];

fn walk(value: &Value, path: &mut String, each: &mut impl FnMut(&str)) {
    let members: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(name, it)| (name.clone(), it)).collect(),
        Value::Array(list) => list
            .iter()
            .enumerate()
            .map(|(at, it)| (at.to_string(), it))
            .collect(),
        _ => return,
    };
    for (name, member) in members {
        let length = path.len();
        path.push('/');
        path.push_str(&name);
        if !FREE.contains(&path.as_str()) {
            each(path);
            walk(member, path, each);
        }
        path.truncate(length);
    }
}

#[test]
fn every_command_is_described_and_nothing_else_is_taken() {
    let printed = lived();
    let seen: BTreeSet<&str> = printed.0.keys().copied().collect();
    let described: BTreeSet<&str> = commands().filter(|it| *it != "failure").collect();
    assert_eq!(seen, described);
    let mut tried = 0;
    for (words, objects) in &printed.0 {
        let args: Vec<&str> = words.splitn(2, '-').collect();
        for object in objects {
            assert_eq!(unfit(&args, object), Vec::<String>::new());
            for (how, other) in mutated(object) {
                tried += 1;
                assert!(
                    !unfit(&args, &other).is_empty(),
                    "{words}: {how}\n{object:#}"
                );
            }
        }
    }
    assert!(tried > 1000, "{tried}");
}
