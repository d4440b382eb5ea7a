//! Many processes at few seats, killed at random, watched by what is no part of the program: never more than the license has, and none lost.
//!
//! `SEATS_PROCESSES`, `SEATS_TIMES` and `SEATS_SEATS` make it more than a sample; `tests/long/seats` does.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use countersign::holder::{Audience, Home};
use countersign::protocol::date::Seconds;
use countersign::protocol::product::SeatUnit;
use countersign::seats::{
    Ask, Counted, Holding, Moment, Place, Process, Seat, SeatError, Seats, Who,
};

use super::seats::site;
use crate::world::World;

/// How many seats there are.
fn most() -> u16 {
    u16::try_from(number("SEATS_SEATS", 5)).unwrap()
}

/// Where a worker is told what to do.
const WORK: &str = "SEATS_WORK";

fn number(name: &str, sample: usize) -> usize {
    let given = std::env::var(name).ok();
    given.map_or(sample, |text| text.parse().unwrap())
}

fn seats(home: &Path) -> Seats {
    let key = "828-150-156-1139".parse().unwrap();
    let home = Home::new(home, Audience::Owner);
    let counted = Counted {
        seats: most(),
        pools: Vec::new(),
        unit: SeatUnit::Process,
    };
    Seats::open(Place::of(&home, key), key, counted).unwrap()
}

fn take(seats: &Seats) -> Result<Seat, SeatError> {
    let who = Who {
        user: "worker".to_owned(),
        host: "here".to_owned(),
        program: "crowd".to_owned(),
        process: Process::this(),
    };
    seats.take(&Ask {
        who: &who,
        features: &[],
        holding: Holding::Process,
        patience: Duration::ZERO,
        now: &|| Moment {
            wall: Seconds(600_000_000),
            boot: None,
        },
    })
}

/// Whether a process of this number runs: one that was killed and is not yet waited for does not.
fn runs(id: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let state = stat
        .rsplit(')')
        .next()
        .and_then(|rest| rest.split_whitespace().next());
    state.is_some_and(|state| !matches!(state, "Z" | "X"))
}

/// Writes down that this process has a seat, where no process that runs has the same one.
fn note(held: &Path, number: u16) {
    assert!((1..=most()).contains(&number), "seat {number}");
    let path = held.join(number.to_string());
    loop {
        match File::create_new(&path) {
            Ok(mut file) => {
                file.write_all(std::process::id().to_string().as_bytes())
                    .unwrap();
                return;
            }
            Err(_) => {
                let mut other = String::new();
                let read = File::open(&path).and_then(|mut file| file.read_to_string(&mut other));
                // Killed between two of its steps, before it could write its number.
                let other: u32 = read
                    .ok()
                    .and_then(|_| other.parse().ok())
                    .unwrap_or(u32::MAX);
                assert!(
                    !runs(other),
                    "seat {number} is held by {other} and {}",
                    std::process::id()
                );
                fs::remove_file(&path).unwrap();
            }
        }
    }
}

/// One of many, when the test below starts it.
#[test]
#[ignore = "a worker of the test below"]
fn worker() {
    let Some(work) = std::env::var_os(WORK).map(PathBuf::from) else {
        return;
    };
    let seats = seats(&work.join("home"));
    let mut taken = 0;
    while taken < number("SEATS_TIMES", 40) {
        match take(&seats) {
            Ok(seat) => {
                note(&work.join("held"), seat.number());
                taken += 1;
                fs::remove_file(work.join("held").join(seat.number().to_string())).unwrap();
                drop(seat);
            }
            // In a crowd the gate may be somebody else's for long: it is tried again.
            Err(error) => assert!(
                error.kind() == "no_seat" || error.kind() == "seats_busy",
                "{error}"
            ),
        }
    }
}

fn work(at: &Path) -> Child {
    let mut worker = Command::new(std::env::current_exe().unwrap());
    worker.args(["--exact", "cli::crowd::worker", "--ignored", "--nocapture"]);
    worker.env(WORK, at).stdin(Stdio::null());
    worker
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Numbers that look drawn, the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most as u64).unwrap()
    }
}

#[test]
fn a_crowd_that_is_killed_at_random_never_holds_more_and_loses_none() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["home/machine", "held"] {
        fs::create_dir_all(dir.path().join(name)).unwrap();
    }
    let ours = seats(&dir.path().join("home"));
    let processes = number("SEATS_PROCESSES", 16);
    let mut chance = Chance(88_172_645_463_325_252);
    let mut workers: Vec<Child> = (0..processes).map(|_| work(dir.path())).collect();
    // As many as there are come to their end, and as many again are killed.
    for _ in 0..processes {
        std::thread::sleep(Duration::from_millis(chance.below(30) as u64));
        let at = chance.below(workers.len());
        workers[at].kill().unwrap();
        workers.push(work(dir.path()));
    }
    let mut ended = 0;
    for worker in workers {
        let output = worker.wait_with_output().unwrap();
        let said =
            String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(0) => ended += 1,
            // Killed.
            None => {}
            Some(code) => panic!("{code}: {said}"),
        }
    }
    assert!(ended > 0);
    let all: Vec<Seat> = (0..most()).map(|_| take(&ours).unwrap()).collect();
    assert_eq!(take(&ours).unwrap_err().kind(), "no_seat");
    drop(all);
}

/// The programs hold the seats, whatever becomes of what started them.
#[test]
fn programs_whose_wrappers_are_killed_hold_their_seats_to_the_end() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "3"]);
    let held = world.path().join("files/held");
    fs::create_dir(&held).unwrap();
    // A directory can be made once: two programs with one seat would be seen.
    let script = "mkdir held/$COUNTERSIGN_SEAT || touch two; touch $$; sleep 0.05; rmdir held/$COUNTERSIGN_SEAT";
    let run = machine.run(["run", "--wait", "10m", "--", "sh", "-c", script]);
    let mut chance = Chance(1_234_567);
    let runs = number("SEATS_PROCESSES", 16);
    let mut wrappers: Vec<Child> = (0..runs)
        .map(|_| {
            let mut process = run.process();
            process.stdin(Stdio::null()).stderr(Stdio::null());
            process.spawn().unwrap()
        })
        .collect();
    // One after the other is killed, while it waits or while its program runs.
    let mut killed = 0;
    for wrapper in &mut wrappers {
        std::thread::sleep(Duration::from_millis(chance.below(80) as u64));
        if chance.below(2) == 0 && wrapper.try_wait().unwrap().is_none() {
            wrapper.kill().unwrap();
            killed += 1;
        }
    }
    for mut wrapper in wrappers {
        let code = wrapper.wait().unwrap().code();
        assert!(matches!(code, Some(0) | None), "{code:?}");
    }
    assert!(killed > 0);
    for _ in 0..600 {
        if fs::read_dir(&held).unwrap().count() == 0 {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(!world.path().join("files/two").exists());
    let ended = || machine.run(["seat", "list"]).json()["in_use"] == 0;
    for _ in 0..600 {
        if ended() {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(ended());
}

/// A child that is forked from an application has a copy of its seat: its end frees nothing, and the application's frees it although the child lives.
#[test]
fn what_an_application_starts_has_no_seat_of_it() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("machine")).unwrap();
    let seats = seats(dir.path());
    let seat = take(&seats).unwrap();
    let mut child = Command::new("sleep").arg("60").spawn().unwrap();
    let open = fs::read_dir(format!("/proc/{}/fd", child.id())).unwrap();
    let open = open.filter_map(|it| fs::read_link(it.ok()?.path()).ok());
    let inherited: Vec<PathBuf> = open.filter(|path| path.starts_with(dir.path())).collect();
    assert_eq!(inherited, Vec::<PathBuf>::new());
    drop(seat);
    let all: Vec<Seat> = (0..most()).map(|_| take(&seats).unwrap()).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    drop(all);
}
