//! A life of eight years: machines of one license, looked at each day.

mod state;

use countersign::holder::apply::is_newer;
use countersign::holder::{Parts, Seen, Sight};
use countersign::machine::{Component, Components, Fingerprint};
use countersign::protocol::date::{Day, Seconds};
use countersign::protocol::product::WARN_DAYS;

use super::chance::Chance;
use super::clocks::{Clock, Clocked};
use super::desk::{Desk, Met, Replied};
use super::fate::{BOARD, CARD, Fate};
use super::kinds::{FIRST_ALONE, Kind, LISTENS};
use super::mails::{Ask, Given, Mail};
use state::{Pending, State, fingerprint, noon};

const YEARS: i32 = 8;
const FIRST_DAY: i32 = 2000;
/// Days beyond those after which people ask until a grant wants contact.
const SPARE: i32 = 21;

/// What a life came to.
#[derive(Clone, Copy, Default)]
pub(crate) struct Lived {
    pub(crate) met: Met,
    /// Days on which a machine was refused by its own check.
    pub(crate) stood_still: u32,
    /// Answers after which it still was.
    pub(crate) unhealed: u32,
}

struct Machine {
    parts: [u16; 5],
    dock: u16,
    docked: bool,
    fate: Fate,
    clock: Clocked,
    read: Parts,
    state: State,
    /// As it was before the last answer.
    backup: Option<State>,
    /// Days for which it has been another than it is bound to.
    changed: i32,
    /// Whether its home was lost with its system.
    bare: bool,
    /// Whether nobody uses it any more: another account's license is for all.
    rests: bool,
    /// When people ask next, and when they did last without an answer.
    next: i32,
    asked: Option<i32>,
}

/// What is read today, and what may not be.
struct Today {
    day: i32,
    wall: Seconds,
    found: Fingerprint,
    denied: Components,
}

struct Life<'a> {
    kind: &'a Kind,
    every: i32,
    chance: Chance,
    last_value: u16,
    last_request: u32,
    desk: Desk,
    mails: Vec<(i32, usize, Mail)>,
    lived: Lived,
}

pub(crate) fn live(kind: &Kind, every: i32, seed: u64) -> Lived {
    let grace = (every + SPARE) as u16;
    let mut life = Life {
        kind,
        every,
        chance: Chance(seed),
        last_value: 10,
        last_request: 0,
        desk: Desk::new(kind.machines, grace),
        mails: Vec::new(),
        lived: Lived::default(),
    };
    let image = [life.value(), life.value()];
    let mut machines: Vec<Machine> = (0..kind.machines)
        .map(|_| {
            let own = life.own(image);
            life.begin(own, 0)
        })
        .collect();
    let other = life.chance.below(365) + 1;
    for day in 1..365 * YEARS {
        if kind.accounts && day == other {
            let parts = machines[0].parts;
            machines.push(life.begin(parts, day));
        }
        for n in 0..machines.len() {
            if machines[n].rests {
                continue;
            }
            if kind.accounts && n > 0 {
                machines[n].parts = machines[0].parts;
            } else {
                life.happens(&mut machines[n], day);
            }
            let machine = &mut machines[n];
            let wall = machine.clock.wall(day, noon(day), &mut life.chance);
            let (found, denied) = life.reads(machine);
            // Who sees nothing of himself today asks tomorrow.
            let Some(found) = found else { continue };
            let today = Today {
                day,
                wall,
                found,
                denied,
            };
            if machine.bare {
                life.activate(machine, &today);
            }
            let before = life.lived.met.yellow;
            life.arrivals(n, machine, &today);
            life.look(n, machine, &today);
            // The clerk tells them of `--system`.
            if kind.accounts && life.lived.met.yellow > before && life.chance.with(LISTENS) {
                machines[1 - n].rests = true;
            }
        }
    }
    life.lived
}

impl Life<'_> {
    fn value(&mut self) -> u16 {
        self.last_value += 1;
        self.last_value
    }

    fn own(&mut self, image: [u16; 2]) -> [u16; 5] {
        let own = [image[0], image[1], self.value(), self.value(), self.value()];
        std::array::from_fn(|n| if self.kind.knows[n] { own[n] } else { 0 })
    }

    fn begin(&mut self, parts: [u16; 5], day: i32) -> Machine {
        let mut first = parts;
        if self.hides_board() && parts[0] != 0 {
            first[BOARD] = 0;
        }
        let print = fingerprint(&first).unwrap();
        let mut clock = Clocked::new(self.kind.clock, &mut self.chance);
        let state = self.asked(print, noon(day));
        clock.applied(state.issued, state.generation, noon(day));
        Machine {
            parts,
            dock: self.value(),
            docked: false,
            fate: Fate::new(self.kind, &mut self.chance),
            clock,
            read: Parts::default().after(print.known(), noon(day)).unwrap(),
            state,
            backup: None,
            changed: 0,
            bare: false,
            rests: false,
            next: day + self.every,
            asked: None,
        }
    }

    /// An ACTIVATE and its answer; two of them where people ask twice, of which the first or the last is in force in the end.
    fn asked(&mut self, print: Fingerprint, now: Seconds) -> State {
        let mut got = self.desk.activate(print, now, &mut self.lived.met);
        if self.kind.twice {
            let again = self.desk.activate(print, now, &mut self.lived.met);
            if !self.chance.with(FIRST_ALONE) {
                got = again;
            }
        }
        State {
            activation: got.0,
            print,
            number: 0,
            generation: got.1.generation,
            from: 0,
            issued: got.1.issued,
            pending: Vec::new(),
        }
    }

    /// Activates a machine anew that lost its home.
    fn activate(&mut self, machine: &mut Machine, today: &Today) {
        machine.state = self.asked(today.found, noon(today.day));
        machine.bare = false;
        machine.backup = None;
        machine.read = Parts::default()
            .after(today.found.known(), today.wall)
            .unwrap_or_default();
        machine
            .clock
            .applied(machine.state.issued, machine.state.generation, today.wall);
        machine.next = today.day + self.every;
        machine.asked = None;
    }

    /// Whether somebody looks who may not read the board.
    fn hides_board(&mut self) -> bool {
        !self.kind.shown.contains(&Component::Board) && !self.chance.with(self.kind.root)
    }

    /// Repairs and the like.
    fn happens(&mut self, machine: &mut Machine, day: i32) {
        let happens = machine.fate.on(day, self.kind, &mut self.chance);
        for n in happens.exchanged {
            let new = self.value();
            if machine.parts[n] != 0 {
                machine.parts[n] = new;
            }
        }
        machine.bare |= happens.installed && self.kind.twice;
        machine.docked ^= happens.docks;
        if happens.restored {
            let revealed = machine.state.revealed();
            // No older than the last generation whose secret was given away (SPEC.md 9.2): that is what an honest backup is.
            let backup = machine.backup.take();
            if let Some(backup) = backup.filter(|it| it.generation >= revealed) {
                machine.state = backup;
            }
        }
    }

    fn reads(&mut self, machine: &Machine) -> (Option<Fingerprint>, Components) {
        let mut seen = machine.parts;
        if machine.docked && seen[CARD] != 0 {
            seen[CARD] = machine.dock;
        }
        let mut denied = Components::default();
        if self.hides_board() {
            seen[BOARD] = 0;
            denied = [Component::Board].into_iter().collect();
        }
        for (n, part) in seen.iter_mut().enumerate() {
            if self.chance.with(self.kind.away[n]) {
                *part = 0;
            }
        }
        (fingerprint(&seen), denied)
    }

    /// What mails bring today, to the desk and from it.
    fn arrivals(&mut self, n: usize, machine: &mut Machine, today: &Today) {
        let mut at = 0;
        while at < self.mails.len() {
            let (day, of, mail) = self.mails[at];
            if of != n || day > today.day {
                at += 1;
                continue;
            }
            self.mails.swap_remove(at);
            match mail {
                Mail::Ask(ask) => self.answer(n, machine, &ask, today),
                Mail::Given(given) => self.apply(machine, &given, today),
            }
            // What came today may bring something today.
            at = 0;
        }
    }

    fn answer(&mut self, n: usize, machine: &mut Machine, ask: &Ask, today: &Today) {
        let reply = self.desk.reply(
            machine.state.activation,
            ask,
            noon(today.day),
            &mut self.lived.met,
        );
        machine.bare |= matches!(reply, Replied::Released);
        let Replied::Given(given) = reply else { return };
        if self.kind.mails.at_once() {
            self.apply(machine, &given, today);
            let healed = Seen::of(&machine.state.print, &today.found, self.kind.shown());
            self.lived.unhealed += u32::from(!healed.matches());
        } else if let Some(day) = self.kind.mails.arrives(today.day, &mut self.chance) {
            self.mails.push((day, n, Mail::Given(given)));
        }
    }

    /// As the machine takes an answer (SPEC.md 5.5).
    fn apply(&mut self, machine: &mut Machine, given: &Given, today: &Today) {
        let state = &machine.state;
        let mut pending = state.pending.iter();
        let place = pending.position(|it| it.number == given.number);
        let Some(place) = place else { return };
        let answered = state.pending[place].clone();
        let (held, revealed) = (state.generation, state.revealed());
        if !is_newer((given.generation, answered.from), held, revealed) {
            return;
        }
        machine.backup = Some(state.clone());
        let state = &mut machine.state;
        state
            .pending
            .iter_mut()
            .take(place)
            .for_each(|it| it.superseded = true);
        state.pending.remove(place);
        state.print = answered.print;
        state.number = answered.number;
        state.generation = given.generation;
        state.from = answered.from;
        state.issued = given.issued;
        let read = today.found.known().and(state.print.known());
        machine.read = Parts::default().after(read, today.wall).unwrap_or_default();
        machine
            .clock
            .applied(given.issued, given.generation, today.wall);
        machine.next = i32::from(given.issued.day().number()) - FIRST_DAY + self.every;
        machine.asked = None;
    }

    /// A check, and what people do then.
    fn look(&mut self, n: usize, machine: &mut Machine, today: &Today) {
        let state = &machine.state;
        let seen = Seen::of(&state.print, &today.found, self.kind.shown());
        machine.changed = if seen.matches() {
            0
        } else {
            machine.changed + 1
        };
        let deadline = state.issued.day().number() + (self.every + SPARE) as u16;
        let held = (state.issued, state.generation);
        let deadline = Day::new(deadline).unwrap();
        let late = machine.clock.judge(today.wall, held, deadline);
        // 72 hours from the first sight; at once, where nothing is the same.
        let another =
            machine.changed > 3 || (machine.changed > 0 && seen.compared.equal.is_empty());
        let stands_still = another || late;
        self.lived.stood_still += u32::from(stands_still);
        let read = today.found.known().and(state.print.known());
        if !another && let Some(read) = machine.read.after(read, today.wall) {
            machine.read = read;
        }
        // Where an answer is there at once people act on the third day of the 72 hours, else on the first.
        let acts = if self.kind.mails.at_once() { 3 } else { 1 };
        // The machine itself speaks of it in time.
        let warned = deadline.days_since(today.wall.day()) <= i32::from(WARN_DAYS);
        let due = today.day >= machine.next
            || warned
            || machine.changed >= acts
            || another
            || late && (self.kind.clock == Clock::Right || self.chance.with(0.3));
        let waits = machine
            .asked
            .is_some_and(|day| today.day - day < self.kind.mails.patience);
        if due && !waits {
            self.ask(n, machine, today);
        }
    }

    /// As the machine makes a SYNC (SPEC.md 4.2).
    fn ask(&mut self, n: usize, machine: &mut Machine, today: &Today) {
        let sight = Sight {
            read: today.found,
            denied: today.denied.without(today.found.known()),
            lately: machine.read.lately(today.wall),
            shown: self.kind.shown(),
        };
        let state = &mut machine.state;
        let open = || state.pending.iter().filter(|it| !it.superseded);
        let says = sight.says(Some(&state.print), open().map(|it| it.print));
        let anew = machine.asked.is_some() && self.chance.with(self.kind.mails.anew);
        let same = |it: &&Pending| (it.from, it.print) == (state.generation, says);
        let repeated = open().find(same).filter(|_| !anew);
        let repeated = repeated.map(|it| (it.number, it.clock));
        let (number, clock) = repeated.unwrap_or_else(|| {
            self.last_request += 1;
            (self.last_request, today.wall)
        });
        let ask = Ask {
            number,
            from: (state.generation, state.number),
            differs: Some(says).filter(|it| *it != state.print),
            clock,
        };
        if repeated.is_none() {
            state.pending.push(Pending {
                number,
                from: state.generation,
                print: says,
                clock: today.wall,
                superseded: false,
            });
        }
        machine.asked = Some(today.day);
        if self.kind.mails.at_once() {
            self.answer(n, machine, &ask, today);
        } else if let Some(day) = self.kind.mails.arrives(today.day, &mut self.chance) {
            self.mails.push((day, n, Mail::Ask(ask)));
        }
    }
}
