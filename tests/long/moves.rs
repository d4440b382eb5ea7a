//! The most machines that one seat ever licenses in a year, by a search of everything that can be asked for: exchanges, parts that are forgotten, put
//! in again or replaced, machines that activate anew, RETURNs, and copies of every file on every machine. `cargo test --release --test long_moves`.
//!
//! The rules asked are the desk's own ([`moves::judge`], [`moves::own`], [`moves::returned`]) and the comparison of the machine's check. The license is
//! perpetual and has one seat: what was granted once runs for the whole year. The cheater writes requests by hand, copies what the disk bears to every
//! machine and hides any part of a machine from the program. What the hardware bears he cannot choose, so each value belongs to one machine; no two
//! parts that are asked for belong to the same one, for that licenses one machine where two would be.
//!
//! With USB keys, of which he buys as many as he likes, each being in one machine at a time, what stands and what was licensed multiply. So keys are
//! searched on Linux, where network card and disk are all that the hardware bears, with them and without, which says what they add.
//!
//! The search is exact, not a sample: only what the rule can tell apart is kept of a state, of states that are the same the one that licenses more, and
//! it goes on until nothing new is found. SECURITY.md states the bound.

// In a test a panic is how it fails.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "moves/parts.rs"]
mod parts;

use std::collections::HashMap;

use countersign::issuer::ledger::{Counts, Reference};
use countersign::issuer::policy::moves::{self, Asked, Contact};
use countersign::machine::{Assessment, Component, Components, Fingerprint};
use countersign::protocol::date::Day;
use countersign::protocol::digest::{ActivationId, MachineBinding};

use parts::{fingerprint, parts, standing};

/// A value of one part, by what the rule can know of it. What the disk bears is copied to every machine: it is `REFERENCE` or unknown.
type Value = u8;
const UNKNOWN: Value = 0;
/// As in the reference.
const REFERENCE: Value = 1;
/// As it stands, where that is another.
const STANDS: Value = 2;
/// One that it had besides, of a machine that is licensed.
const HAD: Value = 3;
/// One that it had besides, of a machine that is not.
const HAD_IDLE: Value = 4;
/// Of a machine that was never seen.
const NEW: Value = 5;

/// Machine id, root file system, board, network card, disk.
type Parts = [Value; 5];
/// No USB key, the one that stands, or one that was never seen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    None,
    Stands,
    New,
}

/// What is searched.
#[derive(Clone, Copy)]
struct Search {
    /// What every user can read.
    shown: Components,
    /// Whether machines have a board.
    boards: bool,
    keys: bool,
}

const HARDWARE: std::ops::Range<usize> = 2..5;

/// What the desk keeps of one activation, as far as the rule can tell, and which of its machines are licensed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct State {
    reference: Parts,
    stands: Parts,
    /// Whether there are values `HAD` and `HAD_IDLE` of a part.
    had: [[bool; 2]; 5],
    /// Whether the machines of `REFERENCE` and `STANDS` are licensed.
    runs: [[bool; 2]; 5],
    /// Whether a USB key stands.
    key: bool,
    moves: u32,
    exchanges: u32,
}

/// The machine's own rule (SPEC.md 6.1, 6.4): the fingerprints match, and of what every user can read one part is there and the same.
fn passes(bound: &Fingerprint, found: &Fingerprint, shown: Components) -> bool {
    let compared = bound.compare(found);
    let asked = shown.and(bound.known());
    compared.verdict() != Assessment::Mismatch
        && (asked.is_empty() || !asked.and(compared.equal).is_empty())
}

/// Of which parts a machine passes that has this one, all that the disk bears, and hides what it likes; and whether one passes that has none.
fn licensed(asked: &Parts, shown: Components) -> ([bool; 5], bool) {
    let bound = fingerprint(asked).unwrap();
    let passes = |own: usize| {
        let has = |n: usize, kept: u8| kept >> n & 1 == 1 && (n == own || !HARDWARE.contains(&n));
        let reading = |kept| std::array::from_fn(|n| if has(n, kept) { asked[n] } else { UNKNOWN });
        let may = |kept| fingerprint(&reading(kept)).is_some_and(|it| passes(&bound, &it, shown));
        (1..32).any(may)
    };
    let of = |own: usize| HARDWARE.contains(&own) && asked[own] != UNKNOWN && passes(own);
    (std::array::from_fn(of), passes(usize::MAX))
}

/// Which machines a grant may license anew: without a key all that pass, with a new one any one of them.
fn choices(
    passes: &([bool; 5], bool),
    ran: &dyn Fn(usize) -> bool,
    key: Key,
) -> Vec<([bool; 5], u32)> {
    let none = ([false; 5], 0);
    let fresh: Vec<usize> = HARDWARE.filter(|n| passes.0[*n] && !ran(*n)).collect();
    match key {
        Key::None => vec![(passes.0, fresh.len() as u32)],
        Key::Stands => vec![none],
        Key::New if passes.1 => vec![([false; 5], 1)],
        Key::New if fresh.is_empty() => vec![none],
        Key::New => {
            let one = |n: &usize| (std::array::from_fn(|it| it == *n), 1);
            fresh.iter().map(one).collect()
        }
    }
}

/// Everything that is worth asking for and that the desk does not find weak.
fn worth_asking(state: Option<&State>, readable: Components, search: Search) -> Vec<(Parts, Key)> {
    let mut found = vec![[UNKNOWN; 5]];
    for n in 0..5 {
        let choices: Vec<Value> = match state {
            _ if !HARDWARE.contains(&n) => vec![UNKNOWN, REFERENCE],
            _ if n == HARDWARE.start && !search.boards => vec![UNKNOWN],
            None => vec![UNKNOWN, NEW],
            Some(state) => (UNKNOWN..=NEW)
                .filter(|value| match *value {
                    REFERENCE | STANDS => [state.reference[n], state.stands[n]].contains(value),
                    HAD => state.had[n][0],
                    HAD_IDLE => state.had[n][1],
                    _ => true,
                })
                .collect(),
        };
        let with = |parts: &Parts, choice: Value| {
            let mut parts = *parts;
            parts[n] = choice;
            parts
        };
        found = found
            .iter()
            .flat_map(|parts| choices.iter().map(|choice| with(parts, *choice)))
            .collect();
    }
    // What the disk bears counts the same: one of both is the machine id.
    found.retain(|it| it[0] == REFERENCE || it[1] == UNKNOWN);
    let keys: &[Key] = match state {
        _ if !search.keys => &[Key::None],
        Some(state) if state.key => &[Key::None, Key::Stands, Key::New],
        _ => &[Key::None, Key::New],
    };
    let known = |parts: &Parts, key: Key| {
        fingerprint(parts).is_some_and(|it| key != Key::None || it.knows_any(readable))
    };
    let asks = |parts: Parts| keys.iter().map(move |key| (parts, *key));
    let mut asks: Vec<_> = found.into_iter().flat_map(asks).collect();
    asks.retain(|(parts, key)| known(parts, *key));
    asks
}

/// What the rule knows when `asks` is answered: values are named anew.
fn named(
    (asks, key): (&Parts, Key),
    reference: &Reference,
    state: Option<&State>,
    new: [bool; 5],
) -> State {
    let kept = parts(&reference.fingerprint.unwrap());
    let ran = |n: usize, value: Value| match (value, state) {
        (REFERENCE | STANDS, Some(state)) => state.runs[n][usize::from(value == STANDS)],
        (HAD, _) => true,
        _ => false,
    };
    let mut next = State {
        reference: kept.map(|value| value.min(REFERENCE)),
        stands: std::array::from_fn(|n| match asks[n] {
            UNKNOWN => UNKNOWN,
            value if value == kept[n] => REFERENCE,
            _ => STANDS,
        }),
        had: [[false; 2]; 5],
        runs: [[false; 2]; 5],
        key: key != Key::None,
        moves: 0,
        exchanges: 0,
    };
    for n in HARDWARE {
        next.runs[n] = [kept[n], asks[n]].map(|it| ran(n, it) || (new[n] && it == asks[n]));
        for value in REFERENCE..=HAD_IDLE {
            let had = reference.had.contains(Component::ALL[n], [value, 0]);
            if had && value != kept[n] && value != asks[n] {
                next.had[n][usize::from(!ran(n, value))] = true;
            }
        }
        if next.stands[n] != STANDS {
            next.runs[n][1] = false;
        }
        if next.reference[n] == UNKNOWN {
            next.runs[n][0] = false;
        }
    }
    next
}

impl State {
    fn kept(&self, today: Day) -> Reference {
        let mut kept = Reference::of(fingerprint(&self.reference), today);
        let values = |n: usize| {
            let had = self.had[n];
            [(self.stands[n], true), (HAD, had[0]), (HAD_IDLE, had[1])]
        };
        for n in HARDWARE {
            for (value, _) in values(n).into_iter().filter(|(_, there)| *there) {
                let mut one = [UNKNOWN; 5];
                one[n] = value;
                if let Some(print) = fingerprint(&one) {
                    kept.had = kept.had.clone().with(&print);
                }
            }
        }
        kept
    }
}

/// The most machines of one activation, by how many moves and exchanges are used up at its end, from what was used up at its beginning.
fn one_activation(
    used: (u32, u32),
    search: Search,
    states: &mut usize,
) -> HashMap<(u32, u32), u32> {
    let today = Day::new(2500).unwrap();
    // An issuer is not told the system: what is weak to it goes by network card and disk alone.
    let readable: Components = [Component::NetworkCard, Component::SystemDisk]
        .into_iter()
        .collect();
    let mut license: HashMap<Parts, ([bool; 5], bool)> = HashMap::new();
    let mut licenses = |asks: &Parts| {
        *license
            .entry(*asks)
            .or_insert_with(|| licensed(asks, search.shown))
    };
    let mut best: HashMap<State, u32> = HashMap::new();
    let mut open = Vec::new();
    for (asks, key) in worth_asking(None, readable, search) {
        let reference = Reference::of(fingerprint(&asks), today);
        for (new, machines) in choices(&licenses(&asks), &|_| false, key) {
            let begun = State {
                moves: used.0,
                exchanges: used.1,
                ..named((&asks, key), &reference, None, new)
            };
            if best.get(&begun).is_none_or(|known| *known < machines) {
                best.insert(begun, machines);
                open.push(begun);
            }
        }
    }
    while let Some(state) = open.pop() {
        let machines = best[&state];
        let (kept, before) = (
            state.kept(today),
            standing(
                &state.stands,
                if state.key { Key::Stands } else { Key::None },
            ),
        );
        let none = Counts::default();
        let counts = Counts {
            moves: none.moves.with(today, state.moves),
            exchanges: none.exchanges.with(today, state.exchanges),
            ..none
        };
        for (asks, key) in worth_asking(Some(&state), readable, search) {
            let stands = standing(&asks, key);
            for contact in [Contact::Sync, Contact::Activate] {
                if contact == Contact::Activate && !moves::own(&kept, &before, &stands) {
                    continue;
                }
                let asked = Asked {
                    contact,
                    stands: &stands,
                    key_named: false,
                    seats: 1,
                    of: 1,
                    today,
                };
                let judged = moves::judge(&kept, &before, &counts, &asked);
                if judged.beyond {
                    continue;
                }
                let passes = licenses(&asks);
                let ran = |n: usize| match asks[n] {
                    REFERENCE => state.runs[n][0],
                    STANDS => state.runs[n][1],
                    value => value == HAD,
                };
                for (new, more) in choices(&passes, &ran, key) {
                    let next = State {
                        moves: judged.counts.moves.count(today),
                        exchanges: judged.counts.exchanges.count(today),
                        ..named((&asks, key), &judged.reference, Some(&state), new)
                    };
                    if best.get(&next).is_none_or(|known| *known < machines + more) {
                        best.insert(next, machines + more);
                        open.push(next);
                    }
                }
            }
        }
    }
    *states += best.len();
    let mut ends = HashMap::new();
    for (state, machines) in best {
        let most = ends.entry((state.moves, state.exchanges)).or_insert(0);
        *most = machines.max(*most);
    }
    ends
}

/// RETURNs of one seat that free it at once.
fn returns() -> usize {
    let today = Day::new(2500).unwrap();
    std::iter::successors(Some(Counts::default()), |counts| {
        moves::returned(counts, 1, 1, today)
    })
    .count()
        - 1
}

/// The most machines of one seat in a year, without RETURNs and with them.
fn most(name: &str, search: Search) -> (u32, u32) {
    let mut states = 0;
    let mut known: HashMap<(u32, u32), HashMap<(u32, u32), u32>> = HashMap::new();
    let mut reached = HashMap::from([((0, 0), 0)]);
    let mut without = 0;
    for nth in 0..=returns() {
        let mut next: HashMap<(u32, u32), u32> = HashMap::new();
        for (used, machines) in reached {
            let ends = known
                .entry(used)
                .or_insert_with(|| one_activation(used, search, &mut states));
            for (end, more) in ends {
                let most = next.entry(*end).or_insert(0);
                *most = (machines + *more).max(*most);
            }
        }
        reached = next;
        if nth == 0 {
            without = reached.values().copied().max().unwrap();
        }
    }
    let with = reached.values().copied().max().unwrap();
    println!("{name}: {without} machines without RETURNs, {with} with them; {states} states");
    (without, with)
}

fn systems(boards: bool, keys: bool) -> [(&'static str, Search); 2] {
    let linux: Components = [Component::NetworkCard, Component::SystemDisk]
        .into_iter()
        .collect();
    let of = |shown| Search {
        shown,
        boards,
        keys,
    };
    [
        ("Linux", of(linux)),
        ("Windows and macOS", of(Components::HARDWARE)),
    ]
}

#[test]
fn the_most_machines_on_one_seat_in_a_year() {
    let found = systems(true, false).map(|(name, search)| most(name, search));
    assert_eq!(found, [(8, 20), (11, 29)], "SECURITY.md states this bound");
}

/// Whatever is bought: a key binds a grant to one machine, and another costs what another part does.
#[test]
fn usb_keys_add_nothing_to_the_machines_on_one_seat() {
    let [without, with] = [false, true].map(|keys| {
        let [(_, search), _] = systems(false, keys);
        let name = if keys { "with usb keys" } else { "without" };
        most(name, search)
    });
    assert_eq!(
        (without, with),
        ((8, 20), (8, 20)),
        "SECURITY.md states this"
    );
}
