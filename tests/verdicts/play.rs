//! A line of the table, played: by the program, and by an application in the library.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use countersign::App;
use countersign::app::{License, Needs, Refused};
use countersign::failure::FailureKind;
use countersign::machine::{Component, Components, Fact, Facts};
use countersign::protocol::product::RootFingerprint;

use super::Line;
use crate::world::{DAY, Desk, Machine, World};

const EVERYTHING: &[&str] = &[
    "--feature",
    "export",
    "--feature",
    "import",
    "--limit",
    "users",
    "--maintained",
    "import",
];
pub(super) const USB: &str = "0951:1666:60a44c4138a0f311c9a10a2f";
/// The key of a license that nobody here has.
const ANOTHER: &str = "828-150-156-1139";
const SERVER: &[&str] = &["--bind", "server=db1.example.com"];

pub(super) struct Play<'a> {
    line: &'a Line<'a>,
    world: &'a World,
    desk: Desk<'a>,
    machine: Machine<'a>,
    /// Another computer, whose parts are put into the machine.
    other: Machine<'a>,
    product: PathBuf,
    key: String,
    saved: Option<PathBuf>,
    emergency: Option<String>,
    /// A product file of another vendor is the one that is compiled in and installed.
    stranger: Option<PathBuf>,
}

impl<'a> Play<'a> {
    pub(super) fn new(line: &'a Line<'a>, world: &'a World) -> Play<'a> {
        let desk = world.desk("desk");
        let mut options = EVERYTHING.to_vec();
        match line.product {
            "plain" => {}
            "demo" => options.extend([
                "--demo-days",
                "30",
                "--demo-feature",
                "export",
                "--demo-limit",
                "users=2",
            ]),
            "server" => options.extend(["--no-fingerprint", "--bind", "server"]),
            "both" => options.extend(["--bind", "server"]),
            other => panic!("{other} is no product of the table"),
        }
        let product = desk.product("survey", &options);
        let sold: Vec<String> = line
            .sold
            .split_whitespace()
            .filter(|word| *word != "--usb")
            .map(|word| match word.split_once('+') {
                Some((before, days)) => {
                    format!("{before}{}", world.day(days.parse().unwrap()))
                }
                None => word.to_owned(),
            })
            .collect();
        let sold: Vec<&str> = sold.iter().map(String::as_str).collect();
        let key = desk.sell("survey", &sold);
        let machine = world.machine("ship");
        let mut play = Play {
            line,
            world,
            desk,
            machine,
            other: world.machine("another"),
            product,
            key,
            saved: None,
            emergency: None,
            stranger: None,
        };
        for step in line.happened.split(',').map(str::trim) {
            play.step(step);
        }
        play
    }

    /// What happens: `install`; `ask`, `ask anew`, `license`, `license again`, `sync`, `forget`, `return`, `emergency`; `check` by the program; `days N` pass;
    /// the `clock N` is set so many days ahead; `restart`; parts are others (`card`, `disk`, `board`, `other machine`, `other system id`, `readable
    /// parts`: all those of hardware that every user of this kind of system can read), come back (`readable back`) or are not read (`hide …`); a USB key is there (`plug`) or not; `save` and `restore` of the home; the home is made `empty`; somebody edits
    /// or damages a file; a `stranger` is the vendor whom the application trusts.
    fn step(&mut self, step: &str) {
        let (verb, rest) = step.split_once(' ').unwrap_or((step, ""));
        let bound = matches!(self.line.product, "server" | "both");
        let mut options: Vec<&str> = if bound { SERVER.to_vec() } else { Vec::new() };
        if self.line.sold.contains("--usb") {
            options.extend(["--usb", "auto"]);
        }
        let machine = &self.machine;
        match (verb, rest) {
            ("install", _) => {
                machine.install(&self.product);
            }
            ("ask", _) => {
                if rest == "anew" {
                    options.push("--new");
                }
                machine.request_with(&self.key, &options);
            }
            ("license", "again") => self.apply(
                &self
                    .desk
                    .answer(&machine.request_with(&self.key, &[&options[..], &["--new"]].concat())),
            ),
            ("license", _) => {
                self.apply(&self.desk.answer(&machine.request_with(&self.key, &options)));
            }
            ("sync", _) => {
                let request = machine.run(["request", "sync"]).done().code();
                self.apply(&self.desk.answer(&request));
            }
            ("forget", _) => {
                machine
                    .run(["pending", "forget", &self.key, "--yes"])
                    .done();
            }
            ("return", _) => {
                machine.run(["return", "--yes"]).done();
            }
            ("emergency", _) => {
                let code = self.desk.run(["emergency", &self.key]).done().code();
                self.apply(&code);
                self.emergency = Some(code);
            }
            ("check", _) => {
                machine.check().said();
            }
            ("days", days) => self.world.days_pass(days.parse().unwrap()),
            ("clock", days) => machine.clock_ahead(days.parse::<i64>().unwrap() * DAY),
            ("restart", _) => machine.restart(),
            ("plug", _) => machine.plug(&[USB]),
            ("unplug", _) => machine.plug(&[]),
            ("save", _) => {
                let saved = self.world.path().join("saved");
                copy(&machine.home(), &saved);
                self.saved = Some(saved);
            }
            ("restore", _) => {
                fs::remove_dir_all(machine.home()).unwrap();
                copy(self.saved.as_ref().unwrap(), &machine.home());
            }
            ("empty", _) => {
                fs::remove_dir_all(machine.home()).unwrap();
                machine.install(&self.product);
            }
            ("edit" | "damage" | "lose", what) => self.spoil(verb, what),
            ("stranger", _) => self.stranger = Some(self.by_a_stranger()),
            _ => self.parts(verb, rest),
        }
    }

    fn apply(&self, code: &str) {
        self.machine.apply(code);
    }

    /// Parts of the machine are others, or are not read.
    fn parts(&self, verb: &str, rest: &str) {
        let other = self.other.facts();
        let own = self.world.machine("ship").facts();
        self.machine.change(|facts| match (verb, rest) {
            ("card", _) => facts.mac = other.mac,
            ("disk", _) => facts.disk_serial = other.disk_serial,
            ("board", _) => facts.product_uuid = other.product_uuid,
            ("readable", "parts") => take_readable(facts, other),
            ("readable", "back") => take_readable(facts, own),
            ("other", "machine") => *facts = other,
            ("other", "system id") => facts.machine_id = other.machine_id,
            ("hide", "card") => facts.mac = Fact::default(),
            ("hide", "readable") => take_readable(facts, Facts::default()),
            ("hide", "all") => {
                facts.machine_id = Fact::default();
                facts.root_fs_uuid = Fact::default();
                facts.product_uuid = Fact::default();
                facts.mac = Fact::default();
                facts.disk_serial = Fact::default();
            }
            ("only", "system id of it") => {
                let id = facts.machine_id.clone();
                *facts = other;
                facts.machine_id = id;
            }
            _ => panic!("{verb} {rest} is no step of the table"),
        });
    }

    /// Files are edited, damaged or lost.
    fn spoil(&self, verb: &str, what: &str) {
        let digits: String = self.key.chars().filter(char::is_ascii_digit).collect();
        let state = self.machine.state_of(&self.key);
        match (verb, what) {
            ("edit", "grant") => edit(&state, |state| {
                let grant = state["held"]["grant"].as_str().unwrap().to_owned();
                let last = if grant.ends_with('0') { "1" } else { "0" };
                state["held"]["grant"] = format!("{}{last}", &grant[..grant.len() - 1]).into();
            }),
            ("edit", "binding") => edit(&state, |state| {
                state["held"]["standing"]["activation"] = "A-77".into();
            }),
            ("damage", "") => fs::write(&state, "{").unwrap(),
            ("damage", "clock mark") => {
                self.machine.check().said();
                fs::write(
                    self.machine.kept(&format!("machine/clock/{digits}.json")),
                    "{",
                )
                .unwrap();
            }
            ("damage", "history") => fs::write(
                self.machine
                    .kept(&format!("machine/history/{digits}.jsonl")),
                "{\n",
            )
            .unwrap(),
            ("lose", "secrets") => {
                fs::remove_file(self.machine.kept(&format!("machine/secrets/{digits}.json")))
                    .unwrap()
            }
            _ => panic!("{verb} {what} is no step of the table"),
        }
    }

    /// The product of this id by another vendor; the machine has it in the place of the first.
    fn by_a_stranger(&self) -> PathBuf {
        let desk = self.world.desk("strange desk");
        let file = desk.product("survey", EVERYTHING);
        fs::copy(&file, self.machine.kept("machine/products/survey.product")).unwrap();
        file
    }

    /// The root key of somebody who signed nothing.
    fn strange_root() -> RootFingerprint {
        RootFingerprint::of(&[9; 32])
    }

    pub(super) fn verdicts(&self) -> (String, String) {
        let copied = self.world.path().join("copied");
        copy(&self.machine.home(), &copied);
        let anchor = self.world.path().join("users/ship/anchor");
        for (from, to) in [("of all", "anchor-of-all"), ("of one", "anchor-of-one")] {
            if anchor.join(from).exists() {
                copy(&anchor.join(from), &copied.join(to));
            }
        }
        // The recorded facts have the uptime of this moment, as the program was handed them.
        let by_program = self.by_program();
        (by_program, self.by_application(&copied))
    }

    fn by_program(&self) -> String {
        let mut args = vec!["--json".to_owned(), "check".to_owned()];
        args.extend(self.line.asked.split_whitespace().map(|word| match word {
            "stranger" => Self::strange_root().to_string(),
            "own" => self.key.clone(),
            "another" => ANOTHER.to_owned(),
            word => word.to_owned(),
        }));
        let said = self.machine.run(args).said();
        let object = said.json();
        if said.exit != 0 {
            let kind = object["error"]["kind"].as_str().unwrap();
            return format!("{} {kind}", said.exit);
        }
        let state = object["state"].as_str().unwrap();
        match object["warnings"][0]["kind"].as_str() {
            Some(kind) => format!("{state} {kind}"),
            None => state.to_owned(),
        }
    }

    fn by_application(&self, home: &Path) -> String {
        let product = fs::read_to_string(self.stranger.as_ref().unwrap_or(&self.product)).unwrap();
        let now = self.world.now() + self.machine.ahead();
        let app = App::builder(&product)
            .home(home)
            .clock(SystemTime::UNIX_EPOCH + Duration::from_secs(now.cast_unsigned()))
            .facts(self.machine.facts_now())
            .build()
            .unwrap();
        match app.check_for(&needs(self.line.asked, &self.key)) {
            Ok(license) => fit(&license),
            Err(Refused::TooMany { .. }) => said(FailureKind::OverLimit),
            Err(refused) => said(refused.kind()),
        }
    }
}

fn fit(license: &License) -> String {
    let warned = license.warnings().first().map(|warning| warning.kind());
    match (license.is_demo(), warned) {
        (true, None) => "demo".to_owned(),
        (true, Some(kind)) => format!("demo {kind}"),
        (false, None) => "licensed".to_owned(),
        (false, Some(kind)) => format!("warning {kind}"),
    }
}

fn said(kind: FailureKind) -> String {
    format!("{} {}", kind.exit().0, kind.name())
}

fn needs(asked: &str, own: &str) -> Needs {
    let mut needs = Needs::default();
    let mut words = asked.split_whitespace();
    while let (Some(option), Some(value)) = (words.next(), words.next()) {
        let pair = value.split_once('=');
        needs = match (option, pair) {
            ("--feature", None) => needs.feature(value),
            ("--count", Some((limit, count))) => needs.at_most(limit, count.parse().unwrap()),
            ("--bind", Some((name, value))) => needs.bound_to(name, value),
            ("--trust", None) => needs.signed_by(Play::strange_root()),
            ("--license", None) if value == "own" => needs.license(own.parse().unwrap()),
            ("--license", None) => needs.license(ANOTHER.parse().unwrap()),
            _ => panic!("{option} {value} is nothing that is asked for"),
        };
    }
    needs
}

/// Those parts of a machine that hardware bears and every user can read are the ones of another.
fn take_readable(facts: &mut Facts, of: Facts) {
    facts.mac = of.mac;
    facts.disk_serial = of.disk_serial;
    if Components::readable_by_all().contains(Component::Board) {
        facts.product_uuid = of.product_uuid;
    }
}

fn edit(path: &Path, change: impl FnOnce(&mut serde_json::Value)) {
    let mut state = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    change(&mut state);
    fs::write(path, serde_json::to_vec(&state).unwrap()).unwrap();
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}
