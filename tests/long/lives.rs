//! What honest machines meet in eight years, by simulation: how many lives met a clerk because a machine changed, and whether one was ever refused
//! after it had been answered. `cargo test --release --test long_lives -- --nocapture`; SECURITY.md states the shares.
//!
//! The desk's rule is the library's ([`moves::judge`], [`moves::own`]); of the machine's, the comparison is, and what it carries over is written here
//! after SPEC.md 6.4. The rates of repairs are guesses, by and large those of public statistics on disks and boards.

// In a test a panic is how it fails.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use countersign::issuer::ledger::{Counts, Reference};
use countersign::issuer::policy::moves::{self, Asked, Contact};
use countersign::machine::{Component, Components, Fingerprint, Verdict};
use countersign::protocol::date::Day;
use countersign::protocol::digest::{ActivationId, Standing};

const LIVES: u64 = 10_000;
const YEARS: i32 = 8;
const BOARD: usize = 2;
const CARD: usize = 3;
const DISK: usize = 4;

/// Numbers that are the same at each run (splitmix64).
struct Chance(u64);

impl Chance {
    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// With a chance of `share`, 0 to 1.
    fn with(&mut self, share: f64) -> bool {
        ((self.number() >> 11) as f64) < share * (1u64 << 53) as f64
    }
}

/// A kind of machine.
struct Kind {
    name: &'static str,
    /// Machine id, root file system, board, network card, disk: what is known at all.
    knows: [bool; 5],
    /// What every user of the system can read, of the hardware.
    shown: &'static [Component],
    /// The share of days on which root asks; others cannot read the board where it is not shown.
    root: f64,
    /// The share of days on which a part cannot be read.
    away: [f64; 5],
    /// How often the network card is another for a while (docks that look built in), by day.
    flips: f64,
    /// Machines on one license, with one image of the system where there are several.
    machines: usize,
    /// The share of days on which a backup of the home is put back.
    restored: f64,
}

const LINUX: &[Component] = &[Component::NetworkCard, Component::SystemDisk];
const ALL: &[Component] = &[
    Component::Board,
    Component::NetworkCard,
    Component::SystemDisk,
];

const PLAIN: Kind = Kind {
    name: "desktop",
    knows: [true; 5],
    shown: LINUX,
    root: 0.0,
    away: [0.0; 5],
    flips: 0.0,
    machines: 1,
    restored: 0.0,
};

fn kinds() -> Vec<Kind> {
    vec![
        PLAIN,
        Kind {
            name: "desktop, root and user in turn",
            root: 0.3,
            ..PLAIN
        },
        Kind {
            name: "laptop with docks",
            root: 0.1,
            flips: 0.02,
            ..PLAIN
        },
        Kind {
            name: "laptop without a card when undocked",
            away: [0.0, 0.0, 0.0, 0.4, 0.0],
            ..PLAIN
        },
        Kind {
            name: "ZFS",
            knows: [true, false, true, true, false],
            root: 0.3,
            away: [0.0, 0.0, 0.0, 0.003, 0.0],
            ..PLAIN
        },
        Kind {
            name: "KVM guest",
            knows: [true, true, true, false, false],
            root: 0.5,
            ..PLAIN
        },
        Kind {
            name: "VM with a numbered disk",
            knows: [true, true, true, false, true],
            root: 0.3,
            ..PLAIN
        },
        Kind {
            name: "Windows",
            shown: ALL,
            ..PLAIN
        },
        Kind {
            name: "WSL",
            knows: [true, true, false, false, false],
            ..PLAIN
        },
        Kind {
            name: "image handed out by IT, 5 seats",
            machines: 5,
            ..PLAIN
        },
        Kind {
            name: "service without devices, and a shell",
            root: 0.5,
            away: [0.0, 0.5, 0.0, 0.0, 0.5],
            ..PLAIN
        },
        Kind {
            name: "snap or flatpak",
            knows: [true, false, false, true, false],
            ..PLAIN
        },
        Kind {
            name: "backups put back",
            restored: 1.0 / 365.0,
            ..PLAIN
        },
    ]
}

/// What happens to a machine, by year.
const DISK_REPLACED: f64 = 0.15;
const BOARD_REPLACED: f64 = 0.05;
const CARD_REPLACED: f64 = 0.05;
const INSTALLED_ANEW: f64 = 0.25;

#[derive(Default)]
struct Met {
    manager: u32,
    refused: u32,
    moves: u32,
    exchanges: u32,
}

struct Machine {
    parts: [u16; 5],
    dock: u16,
    docked: bool,
    /// The day on which each part was last read.
    read: [i32; 5],
    held: Fingerprint,
    before: Fingerprint,
    reference: Reference,
    bad: i32,
    next: i32,
}

fn fingerprint(parts: &[u16; 5]) -> Option<Fingerprint> {
    let mut bytes = [0; Fingerprint::LEN];
    for (n, value) in parts.iter().enumerate().filter(|(_, value)| **value != 0) {
        bytes[0] |= 1 << n;
        bytes[1 + 2 * n..3 + 2 * n].copy_from_slice(&value.to_be_bytes());
    }
    Fingerprint::from_bytes(&bytes).ok()
}

fn standing(print: Fingerprint) -> Standing {
    Standing {
        activation: ActivationId([1; 4]),
        fingerprint: Some(print),
        bindings: None,
        usb: None,
    }
}

/// SPEC.md 6.1 and 6.4.
fn holds(kind: &Kind, bound: &Fingerprint, found: &Fingerprint) -> bool {
    let shown: Components = kind.shown.iter().copied().collect();
    let (compared, asked) = (bound.compare(found), shown.and(bound.known()));
    compared.verdict() != Verdict::Mismatch
        && (asked.is_empty() || !asked.and(compared.equal).is_empty())
}

/// What a SYNC says: what is read, and of what stood what this user may not read and what was read in the last 72 hours.
fn said(kind: &Kind, machine: &Machine, found: &Fingerprint, day: i32) -> Fingerprint {
    let shown: Components = kind.shown.iter().copied().collect();
    let mut carried: Components = Component::ALL
        .into_iter()
        .enumerate()
        .filter(|(n, it)| {
            let denied = *n == BOARD && !shown.contains(Component::Board);
            !found.known().contains(*it) && (denied || day - machine.read[*n] < 3)
        })
        .map(|(_, it)| it)
        .collect();
    if found.known().and(shown).is_empty() {
        carried = carried.without(shown);
    }
    found.with(&machine.held, carried)
}

fn life(kind: &Kind, every: i32, seed: u64) -> Met {
    let mut chance = Chance(seed);
    let mut last = 10u16;
    let mut new = || {
        last += 1;
        last
    };
    let image = [new(), new()];
    let mut met = Met::default();
    let mut counts = Counts::default();
    let seats = u16::try_from(kind.machines).unwrap();
    let mut machines: Vec<Machine> = (0..kind.machines)
        .map(|_| {
            let own = [image[0], image[1], new(), new(), new()];
            let parts = std::array::from_fn(|n| if kind.knows[n] { own[n] } else { 0 });
            let mut first = parts;
            if !kind.shown.contains(&Component::Board) && !chance.with(kind.root) && parts[0] != 0 {
                first[BOARD] = 0;
            }
            let held = fingerprint(&first).unwrap();
            Machine {
                parts,
                dock: new(),
                docked: false,
                read: [0; 5],
                held,
                before: held,
                reference: Reference::of(Some(held), Day::new(2000).unwrap()),
                bad: 0,
                next: every,
            }
        })
        .collect();
    for day in 1..365 * YEARS {
        let today = Day::new(u16::try_from(2000 + day).unwrap()).unwrap();
        for machine in &mut machines {
            let known = machine.parts;
            let set = |parts: &mut [u16; 5], n: usize, value: u16| {
                if known[n] != 0 {
                    parts[n] = value;
                }
            };
            if chance.with(DISK_REPLACED / 365.0) {
                set(&mut machine.parts, DISK, new());
                if chance.with(0.3) {
                    set(&mut machine.parts, 1, new());
                }
            }
            if chance.with(BOARD_REPLACED / 365.0) {
                set(&mut machine.parts, BOARD, new());
                set(&mut machine.parts, CARD, new());
            }
            if chance.with(CARD_REPLACED / 365.0) {
                set(&mut machine.parts, CARD, new());
            }
            if chance.with(INSTALLED_ANEW / 365.0) {
                set(&mut machine.parts, 0, new());
                set(&mut machine.parts, 1, new());
            }
            if chance.with(kind.flips) {
                machine.docked = !machine.docked;
            }
            let mut seen = machine.parts;
            if machine.docked && seen[CARD] != 0 {
                seen[CARD] = machine.dock;
            }
            if !kind.shown.contains(&Component::Board) && !chance.with(kind.root) {
                seen[BOARD] = 0;
            }
            for (n, part) in seen.iter_mut().enumerate() {
                if chance.with(kind.away[n]) {
                    *part = 0;
                }
            }
            let Some(found) = fingerprint(&seen) else {
                continue;
            };
            for (n, part) in seen.iter().enumerate().filter(|(_, part)| **part != 0) {
                let _ = part;
                machine.read[n] = day;
            }
            if chance.with(kind.restored) {
                std::mem::swap(&mut machine.held, &mut machine.before);
            }
            let fits = holds(kind, &machine.held, &found);
            machine.bad = if fits { 0 } else { machine.bad + 1 };
            // A person acts on the third day of the 72 hours.
            if day < machine.next && machine.bad < 3 {
                continue;
            }
            machine.next = day + every;
            let asks = said(kind, machine, &found, day);
            let stands = standing(asks);
            let asked = Asked {
                contact: Contact::Sync,
                stands: &stands,
                seats: 1,
                of: seats,
                today,
            };
            let judged = moves::judge(&machine.reference, &standing(machine.held), &counts, &asked);
            met.moves += u32::from(judged.counted.is_some());
            met.exchanges += judged.exchanged.len();
            // The manager answers all the same: he is the remedy.
            met.manager += u32::from(judged.beyond);
            (counts, machine.reference) = (judged.counts, judged.reference);
            (machine.before, machine.held) = (machine.held, asks);
            met.refused += u32::from(machine.bad >= 3 && !holds(kind, &asks, &found));
            machine.bad = 0;
        }
    }
    met
}

#[test]
fn what_honest_machines_meet_in_eight_years() {
    println!(
        "| kind | contact every | met a manager | moves | exchanges | refused after an answer |"
    );
    println!("|---|---|---|---|---|---|");
    let mut most = 0.0_f64;
    for every in [30, 365] {
        for kind in kinds() {
            let (mut manager, mut refused, mut moves, mut exchanges) = (0, 0, 0, 0);
            for seed in 0..LIVES {
                let met = life(&kind, every, seed + 1);
                manager += u32::from(met.manager > 0);
                refused += u32::from(met.refused > 0);
                moves += met.moves;
                exchanges += met.exchanges;
            }
            let of = |many: u32| f64::from(many) / LIVES as f64;
            println!(
                "| {} | {every} days | {:.1} % | {:.1} | {:.1} | {:.2} % |",
                kind.name,
                100.0 * of(manager),
                of(moves),
                of(exchanges),
                100.0 * of(refused)
            );
            assert_eq!(refused, 0, "{}: an answer must heal", kind.name);
            most = most.max(of(manager));
        }
    }
    assert!(most < 0.4, "{most}: SECURITY.md states the shares");
}
