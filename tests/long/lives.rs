//! What honest machines meet in eight years, by simulation: how many lives met a message, a clerk, a manager, a refusal, RED; and how many stood still for
//! a day. `cargo test --release --test long_lives -- --nocapture`; SECURITY.md states the shares. `LIVES=200` lives fewer of each kind than 10,000,
//! `KIND=guests` only the kinds of that name.
//!
//! The rules are the library's own: what a machine is bound to and carries over ([`Seen`], [`Sight`], [`Parts`]), which answers it takes ([`is_newer`]),
//! what time it goes by, and everything that the desk decides. Written here is what people, mails and repairs do. The rates are guesses, by and large
//! those of public statistics on disks and boards.

// In a test a panic is how it fails.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

#[path = "lives/chance.rs"]
mod chance;
#[path = "lives/clocks.rs"]
mod clocks;
#[path = "lives/desk.rs"]
mod desk;
#[path = "lives/fate.rs"]
mod fate;
#[path = "lives/kinds.rs"]
mod kinds;
#[path = "lives/life.rs"]
mod life;
#[path = "lives/mails.rs"]
mod mails;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use kinds::{KINDS, Kind};
use life::{Lived, live};

/// The most lives of a kind that may meet a manager, where mails are not lost and do not cross, and nobody uses up moves by asking twice.
const MOST_MANAGERS: f64 = 0.4;

/// What the lives of one kind came to.
#[derive(Clone, Copy, Default)]
struct Shares {
    lives: u64,
    messages: u64,
    yellow: u64,
    manager: u64,
    refused: u64,
    red: u64,
    stood_still: u64,
    /// Days on which they did, all together.
    days: u64,
    unhealed: u64,
    old: u64,
    moves: u64,
    exchanges: u64,
}

impl Shares {
    fn add(&mut self, lived: &Lived) {
        let (met, one) = (&lived.met, |is: bool| u64::from(is));
        self.lives += 1;
        self.messages += u64::from(met.messages);
        self.yellow += one(met.yellow > 0);
        self.manager += one(met.manager > 0);
        self.refused += one(met.refused > 0);
        self.red += one(met.red > 0);
        self.stood_still += one(lived.stood_still > 0);
        self.days += u64::from(lived.stood_still);
        self.unhealed += one(lived.unhealed > 0);
        self.old += one(met.old > 0);
        self.moves += u64::from(met.moves);
        self.exchanges += u64::from(met.exchanges);
    }

    fn row(&self, kind: &Kind, every: i32) -> String {
        let each = |many: u64| many as f64 / self.lives as f64;
        let share = |many: u64| format!("{:.1} %", 100.0 * each(many));
        format!(
            "| {} | {every} | {:.1} | {} | {} | {} | {} | {} | {} | {:.1} | {:.1} | {:.1} |",
            kind.name,
            each(self.messages),
            share(self.yellow),
            share(self.manager),
            share(self.old),
            share(self.refused),
            share(self.red),
            share(self.stood_still),
            each(self.days),
            each(self.moves),
            each(self.exchanges),
        )
    }
}

fn lives() -> u64 {
    let asked = std::env::var("LIVES").ok();
    asked.map_or(10_000, |lives| lives.parse().expect("LIVES is a number"))
}

#[test]
fn what_honest_machines_meet_in_eight_years() {
    let only = std::env::var("KIND").ok();
    let jobs: Vec<(i32, &Kind)> = [30, 365]
        .into_iter()
        .flat_map(|every| KINDS.iter().map(move |kind| (every, kind)))
        .filter(|(_, kind)| only.as_ref().is_none_or(|only| kind.name.contains(only)))
        .collect();
    let (next, lives) = (AtomicUsize::new(0), lives());
    let work = || {
        let mut done = Vec::new();
        loop {
            let job = next.fetch_add(1, Ordering::Relaxed);
            let Some((every, kind)) = jobs.get(job) else {
                return done;
            };
            let mut shares = Shares::default();
            (1..=lives).for_each(|seed| shares.add(&live(kind, *every, seed)));
            done.push((job, shares));
        }
    };
    let workers = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let done: BTreeMap<usize, Shares> = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .flat_map(|it| it.join().unwrap())
            .collect()
    });
    println!(
        "| kind | contact every, days | messages | clerk | manager | old mail | refused | RED | stood still | days of it | moves | exchanges |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|");
    for (job, shares) in &done {
        let (every, kind) = jobs[*job];
        println!("{}", shares.row(kind, every));
    }
    for (job, shares) in &done {
        let kind = jobs[*job].1;
        assert_eq!(shares.red, 0, "{}: nobody honest is RED", kind.name);
        assert_eq!(shares.refused, 0, "{}: there is a remedy", kind.name);
        assert_eq!(shares.unhealed, 0, "{}: an answer must heal", kind.name);
        let managers = shares.manager as f64 / shares.lives as f64;
        let asks_much = kind.twice || !kind.mails.at_once();
        let few = managers < MOST_MANAGERS || asks_much || lives < 100;
        assert!(few, "{}: {managers}", kind.name);
    }
}
