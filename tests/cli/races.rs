//! Several processes at once at one site: seats are lent, given back, used and taken away, and none is lent twice or lost.

mod waiting;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write as _};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{Machine, Run, Site, World};

/// A site with so many seats, which lends them for seven days.
fn plain<'w>(world: &'w World, seats: &str) -> Site<'w> {
    let order = ["--seats", seats, "--lend", "30", "--feature", "lv"];
    Site::new(world, &["--feature", "lv"], &order)
}

/// A machine as a thread uses it: how the program is started there.
struct Part {
    name: String,
    program: OsString,
    args: Vec<OsString>,
    envs: Vec<(OsString, OsString)>,
}

impl Part {
    fn of(name: &str, run: &Run<'_>) -> Part {
        let process = run.process();
        let envs = process.get_envs();
        Part {
            name: name.to_owned(),
            program: process.get_program().to_owned(),
            args: process.get_args().map(OsString::from).collect(),
            envs: envs
                .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
                .collect(),
        }
    }

    fn site(site: &Site<'_>) -> Part {
        Part::of("the site", &site.admin::<&str>([]))
    }

    fn machine(name: &str, machine: &Machine<'_>) -> Part {
        Part::of(name, &machine.run::<&str>([]))
    }

    fn start(&self, args: &[&str]) -> Child {
        let mut process = Command::new(&self.program);
        process.args(&self.args).args(args).env_clear();
        process.envs(self.envs.iter().cloned());
        process.stdin(Stdio::piped()).stdout(Stdio::piped());
        process.stderr(Stdio::piped()).spawn().unwrap()
    }

    fn run(&self, args: &[&str], input: &str) -> Said {
        ended(self.start(args), input)
    }
}

/// How a process ended.
struct Said {
    exit: i32,
    stdout: String,
    stderr: String,
}

impl Said {
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("{}", self.stderr))
    }

    #[track_caller]
    fn done(self) -> Said {
        assert_eq!(self.exit, 0, "{}", self.stderr);
        self
    }

    /// It was done, or refused so.
    #[track_caller]
    fn or(&self, refused: i32) -> bool {
        let known = self.exit == 0 || self.exit == refused;
        assert!(known, "{}: {}", self.exit, self.stderr);
        self.exit == 0
    }
}

fn ended(mut child: Child, input: &str) -> Said {
    // Whoever has ended by now reads nothing.
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(input.as_bytes());
    }
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().unwrap();
    Said {
        exit: status.code().unwrap_or(-1),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
    }
}

/// Starts all of these, and then gives each what it reads.
fn at_once<const N: usize>(runs: [(&Part, &[&str], &str); N]) -> [Said; N] {
    let started = runs.map(|(part, args, input)| (part.start(args), input));
    started.map(|(child, input)| ended(child, input))
}

/// The book is whole, has so many loans, each with its own number, and the vendor hears nothing that is wrong.
#[track_caller]
fn book_holds(site: &Site<'_>, loans: usize) {
    let all = ["loan", "list", "--all", "--json"];
    let all = site.machine.run(all).done().objects();
    let numbers: Vec<u64> = all.iter().map(|it| it["loan"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=loans as u64).collect::<Vec<_>>());
    assert_eq!(site.machine.run(["site", "status"]).json()["lending"], "on");
    let request = site.machine.run(["request", "sync"]).done().code();
    let said = site.desk.respond(&request).json();
    assert_eq!(said["warnings"], json!([]), "{said}");
    site.desk.run(["ledger", "verify"]).done();
}

/// Who has which seat, by what they were told.
#[derive(Default)]
struct Seats(Mutex<BTreeMap<u64, String>>);

impl Seats {
    fn has(&self, seat: u64, who: &str) {
        let before = self.0.lock().unwrap().insert(seat, who.to_owned());
        assert_eq!(before, None, "seat {seat} is {who}'s, too");
    }

    /// Before it is given back: from then on it may be anybody's.
    fn gives_back(&self, seat: u64) {
        self.0.lock().unwrap().remove(&seat).unwrap();
    }
}

/// A workstation's turn: it borrows, enters the loan, and gives it back. Whether it had a seat.
fn borrows(site: &Part, laptop: &Part, key: &str, seats: &Seats) -> bool {
    let ask = ["request", "borrow", key, "--days", "3", "--new"];
    let request = laptop.run(&ask, "").done().stdout;
    let answer = site.run(&["--json", "respond"], &request);
    if !answer.or(16) {
        return false;
    }
    let answer = answer.json();
    let seat = answer["seat"].as_u64().unwrap();
    seats.has(seat, &laptop.name);
    let code = answer["code"].as_str().unwrap();
    laptop.run(&["apply"], code).done();
    let back = laptop.run(&["return", "--yes"], "").done().stdout;
    seats.gives_back(seat);
    site.run(&["respond"], &back).done();
    true
}

/// A program at the site has a seat for a moment.
fn holds(site: &Part, seats: &Seats) -> bool {
    let mut child = site.start(&["seat", "hold"]);
    let mut line = String::new();
    let out = child.stdout.as_mut().unwrap();
    BufReader::new(out).read_line(&mut line).unwrap();
    let seat = line.trim_end().strip_prefix("seat ");
    let seat: Option<u64> = seat.map(|number| number.parse().unwrap());
    if let Some(seat) = seat {
        seats.has(seat, "the site's own");
        seats.gives_back(seat);
    }
    assert_eq!(ended(child, "").or(16), seat.is_some());
    seat.is_some()
}

/// Three seats, as many workstations, and two programs at the site that want one: whoever is told that he has a seat has it alone.
#[test]
fn seats_that_are_lent_given_back_and_used_at_once_are_nobodys_twice() {
    const TURNS: usize = 3;
    let world = World::new();
    let site = plain(&world, "3");
    let names = ["one", "two", "three"];
    let laptops = names.map(|name| Part::machine(name, &site.workstation(name)));
    let (at, seats, over) = (Part::site(&site), Seats::default(), AtomicBool::new(false));
    let lent = thread::scope(|scope| {
        let (at, seats, over, key) = (&at, &seats, &over, &*site.key);
        let borrowers = laptops.each_ref().map(|laptop| {
            scope.spawn(move || {
                (0..TURNS)
                    .filter(|_| borrows(at, laptop, key, seats))
                    .count()
            })
        });
        let holders = [(); 2].map(|()| {
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    holds(at, seats);
                }
            })
        });
        let looks = scope.spawn(move || {
            while !over.load(Ordering::Relaxed) {
                let seen = at.run(&["--json", "seat", "list"], "").done().json();
                let of = |name: &str| seen[name].as_u64().unwrap();
                assert!(of("in_use") + of("lent") <= 3, "{seen}");
            }
        });
        let lent = borrowers.map(|it| it.join());
        over.store(true, Ordering::Relaxed);
        for it in holders.into_iter().chain([looks]) {
            it.join().unwrap();
        }
        lent.map(Result::unwrap).into_iter().sum::<usize>()
    });
    // All are free, and each can be had.
    assert_eq!(site.counts(), (0, 0, 3));
    book_holds(&site, lent);
    for name in ["four", "five", "six"] {
        site.lend(&site.workstation(name), "2");
    }
    assert_eq!(site.counts(), (0, 3, 0));
}

/// The only seat comes back while another workstation asks for it.
#[test]
fn a_seat_that_comes_back_while_it_is_asked_for_is_lent_once_and_not_lost() {
    let world = World::new();
    let site = plain(&world, "1");
    let at = Part::site(&site);
    let laptops = ["one", "two"].map(|name| Part::machine(name, &site.workstation(name)));
    let ask = ["request", "borrow", &site.key, "--days", "3", "--new"];
    let lend = |laptop: &Part| {
        let request = laptop.run(&ask, "").done().stdout;
        let answer = at.run(&["respond"], &request).done().stdout;
        laptop.run(&["apply"], &answer).done();
    };
    lend(&laptops[0]);
    for turn in 0..4 {
        let (has, wants) = (&laptops[turn % 2], &laptops[1 - turn % 2]);
        let back = has.run(&["return", "--yes"], "").done().stdout;
        let request = wants.run(&ask, "").done().stdout;
        let respond: &[&str] = &["respond"];
        let [taken, lent] = at_once([(&at, respond, &back), (&at, respond, &request)]);
        taken.done();
        let answer = match lent.or(16) {
            true => lent.stdout,
            false => at.run(respond, &request).done().stdout,
        };
        wants.run(&["apply"], &answer).done();
        assert_eq!(site.counts(), (0, 1, 0));
        // Each more time that somebody gives back early on one seat is reserved until the vendor was asked.
        site.sync(&[], &[]);
    }
    book_holds(&site, 5);
}

/// A license is given up, or has a seat lent: never both.
#[test]
fn a_license_that_is_given_up_while_a_loan_is_signed_is_one_of_the_two() {
    for later in [0, 150, 400, 1000] {
        let world = World::new();
        let site = plain(&world, "2");
        let at = Part::site(&site);
        let laptop = site.workstation("laptop");
        let request = site.ask(&laptop, &["--days", "3"]);
        let mut lent = at.start(&["respond"]);
        let reads = lent.stdin.as_mut().unwrap();
        reads.write_all(request.as_bytes()).unwrap();
        drop(lent.stdin.take());
        thread::sleep(Duration::from_millis(later));
        let given_up = at.run(&["return", "--yes"], "");
        let lent = ended(lent, "");
        assert_ne!(given_up.exit == 0, lent.exit == 0, "{}", lent.stderr);
        match lent.exit {
            0 => {
                assert_eq!(given_up.exit, 6, "{}", given_up.stderr);
                laptop.apply(&lent.stdout);
                assert_eq!(site.counts(), (0, 1, 1));
            }
            _ => {
                assert_eq!(lent.stdout, "");
                site.desk.respond(&given_up.stdout).done().tells("given up");
                let again = at.run(&["respond"], &request);
                assert!(
                    again.exit != 0 && again.stdout.is_empty(),
                    "{}",
                    again.stderr
                );
            }
        }
    }
}

/// The license has one seat of two from now on, while both are asked for.
#[test]
fn of_a_license_that_shrinks_while_it_lends_no_more_are_lent_than_it_had() {
    for _ in 0..3 {
        let world = World::new();
        let site = plain(&world, "2");
        let at = Part::site(&site);
        let laptops = ["one", "two"].map(|name| site.workstation(name));
        let [one, two] = laptops.each_ref().map(|it| site.ask(it, &["--days", "3"]));
        let change = ["license", "change", &site.key, "--seats", "1"];
        site.desk.run(change).done();
        let sync = site.machine.run(["request", "sync"]).done().code();
        let smaller = site.desk.answer(&sync);
        let respond: &[&str] = &["respond"];
        let [applied, first, second] = at_once([
            (&at, &["apply"], &smaller),
            (&at, respond, &one),
            (&at, respond, &two),
        ]);
        applied.done();
        let lent = usize::from(first.or(16)) + usize::from(second.or(16));
        assert!(lent > 0, "{}", first.stderr);
        // Whatever came first: from now on there is none.
        let third = site.ask(&site.workstation("three"), &["--days", "3"]);
        assert!(!at.run(respond, &third).or(16));
        assert!(!at.run(&["seat", "hold"], "").or(16));
        assert_eq!(site.seats()["lent"], lent);
        book_holds(&site, lent);
    }
}

/// One workstation asks twice, by two codes, and each is answered twice: it is one seat.
#[test]
fn a_workstation_that_is_answered_twice_at_once_has_one_seat() {
    for _ in 0..3 {
        let world = World::new();
        let site = plain(&world, "3");
        let at = Part::site(&site);
        let laptop = site.workstation("laptop");
        let [one, two] = [&[][..], &["--new"]]
            .map(|new| site.ask(&laptop, &[["--days", "3"].as_slice(), new].concat()));
        assert_ne!(one, two);
        let respond: &[&str] = &["respond"];
        let said = at_once([
            (&at, respond, &one),
            (&at, respond, &two),
            (&at, respond, &one),
            (&at, respond, &two),
        ]);
        let [a, b, c, d] = said.map(|it| it.done().stdout);
        assert_eq!((&a, &b), (&c, &d));
        assert_eq!(site.counts(), (0, 1, 2));
        book_holds(&site, 2);
        laptop.apply(&a);
        laptop.apply(&b);
    }
}
