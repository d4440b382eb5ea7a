//! Seats over random histories of several machines, copies of them and a license that grows and shrinks (SPEC.md 9.2 to 9.6): whoever asks what,
//! and whoever sets which rule aside, seats never come from nowhere, and the same request gets the same bytes.

use std::collections::HashMap;

use proptest::prelude::*;

use super::changes::edit;
use super::life::{DAY, return_code, sync, sync_code};
use super::*;
use crate::issuer::life::{self, Named};
use crate::issuer::policy;
use crate::protocol::digest::ActivationId;

/// What a machine, or a copy of one, keeps.
#[derive(Clone, Debug)]
struct Holding {
    machine: u16,
    id: ActivationId,
    /// The request whose answer is held, and its generation.
    answer: (u64, u16),
}

#[derive(Clone, Debug)]
enum Step {
    /// A machine asks to be activated, for so many seats; 0: all that are free.
    Activate(u16, u16),
    /// Whoever is the n-th asks again; the answer may be lost.
    Sync(usize, bool),
    /// Whoever is the n-th gives up.
    Return(usize),
    /// A copy of whoever is the n-th is made.
    Copy(usize),
    /// The n-th of all mails comes once more.
    Again(usize),
    /// The license has so many seats from now on.
    Resize(u16),
    /// An activation is released as lost.
    Lose(usize),
    /// The clerk supersedes, or the manager overrides, or neither.
    Rule(bool, bool),
    Wait(u32),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0_u16..5, 0_u16..4).prop_map(|(machine, seats)| Step::Activate(machine, seats)),
        6 => (any::<usize>(), prop::bool::weighted(0.7)).prop_map(|(n, arrives)| Step::Sync(n, arrives)),
        3 => any::<usize>().prop_map(Step::Return),
        2 => any::<usize>().prop_map(Step::Copy),
        3 => any::<usize>().prop_map(Step::Again),
        2 => (1_u16..8).prop_map(Step::Resize),
        1 => any::<usize>().prop_map(Step::Lose),
        2 => (any::<bool>(), any::<bool>()).prop_map(|(clerk, manager)| Step::Rule(clerk, manager)),
        2 => (0_u32..100).prop_map(Step::Wait),
    ]
}

struct Office {
    desk: Desk,
    key: LicenseKey,
    now: Seconds,
    requests: u64,
    holders: Vec<Holding>,
    mails: Vec<Code>,
    /// The response to each mail that was answered.
    answered: HashMap<Vec<u8>, Code>,
}

impl Office {
    fn open(seats: u16, floating: bool) -> Office {
        let kinds = [LicenseType::Standalone, LicenseType::Floating];
        let mut desk = Desk::new();
        let key = desk.sell(&terms(seats, kinds[usize::from(floating)]));
        Office {
            desk,
            key,
            now: NOW,
            requests: 0,
            holders: Vec::new(),
            mails: Vec::new(),
            answered: HashMap::new(),
        }
    }

    /// Delivers a mail; what was answered before must be answered alike, whatever rules are set aside by now.
    fn deliver(&mut self, code: &Code) -> Option<Answer> {
        self.now = self.now.plus(60);
        let answer = self.desk.reply_at(code, self.now).ok()?.answer()?;
        let known = self
            .answered
            .entry(code.payload().to_vec())
            .or_insert_with(|| answer.code.clone());
        assert_eq!(*known, answer.code);
        Some(answer)
    }

    fn ask(&mut self, code: Code) -> Option<Answer> {
        self.mails.push(code.clone());
        self.deliver(&code)
    }

    fn take(&mut self, step: Step) {
        let count = self.holders.len().max(1);
        match step {
            Step::Activate(machine, seats) => {
                self.requests += 1;
                let request = Activate {
                    seats: NonZeroU16::new(seats),
                    clock: self.now,
                    ..activate(self.key, machine, self.requests)
                };
                let answer = (self.requests, 0);
                if let Some(given) = self.ask(code(&request)) {
                    let answer = (answer.0, given.grant.generation);
                    self.holders.push(Holding {
                        machine,
                        id: given.activation,
                        answer,
                    });
                }
            }
            Step::Sync(n, arrives) => {
                let Some(held) = self.holders.get(n % count).cloned() else {
                    return;
                };
                self.requests += 1;
                let request = sync(self.key, held.id, held.answer, self.requests, self.now);
                let answer = self.ask(sync_code(&request)).filter(|_| arrives);
                if let Some(given) = answer {
                    self.holders[n % count].answer = (self.requests, given.grant.generation);
                }
            }
            Step::Return(n) if !self.holders.is_empty() => {
                let held = self.holders.remove(n % count);
                self.ask(return_code(held.id, held.answer.0));
            }
            Step::Copy(n) => self.holders.extend(self.holders.get(n % count).cloned()),
            Step::Again(n) if !self.mails.is_empty() => {
                let mail = self.mails[n % self.mails.len()].clone();
                self.deliver(&mail);
            }
            Step::Resize(seats) => {
                let seats = NonZeroU16::new(seats).unwrap();
                // The same number again is no change.
                let _ = edit(&mut self.desk, self.key, |terms| terms.seats = seats);
            }
            Step::Lose(n) => {
                let Some(held) = self.holders.get(n % count) else {
                    return;
                };
                let (name, by) = (
                    Named::Activation(held.id, None),
                    Actor {
                        now: self.now,
                        ..BY
                    },
                );
                // The third within a year, and one that ended, is refused.
                let _ = life::release(&mut self.desk.ledger, name, "stolen", false, hand(by));
            }
            Step::Rule(clerk, manager) => {
                let reason = |is: bool| is.then(|| "asked on the phone".to_owned());
                self.desk.options.supersede_reason = reason(clerk);
                self.desk.options.override_reason = reason(manager);
            }
            Step::Wait(days) => self.now = self.now.plus(days * DAY),
            Step::Return(_) | Step::Again(_) => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn seats_never_come_from_nowhere(
        seats in 1_u16..6,
        floating in any::<bool>(),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut office = Office::open(seats, floating);
        let (mut before, mut kept_before) = (0, 0);
        for step in steps {
            let told = format!("{step:?}");
            office.take(step);
            let view = products::license(&mut office.desk.ledger, office.key).unwrap().unwrap();
            let held: u32 = view.activations.iter().map(|it| u32::from(it.seats)).sum();
            prop_assert_eq!(held, view.license.taken.unwrap_or(0), "{}", told);
            // Where there are more than there should be, there were more once, and nobody got another since.
            prop_assert!(held <= before || held <= u32::from(view.terms.seats.get()), "{}", told);
            // What is kept for one is nobody else's.
            let today = office.now.day();
            let resting = view.activations.iter();
            let resting = resting.filter_map(|it| policy::rest(it, &view.activations, today));
            let resting = resting.map(|it| u32::from(it.seats));
            let with_kept = held + resting.sum::<u32>();
            prop_assert!(with_kept <= kept_before || with_kept <= u32::from(view.terms.seats.get()), "{}", told);
            kept_before = with_kept;
            for activation in &view.activations {
                prop_assert!(activation.seats == 0 || activation.ended.is_none(), "{}", told);
            }
            before = held;
        }
        prop_assert_eq!(office.desk.findings(), Vec::<String>::new());

        // Whatever went before: who gives up what is held as it was answered last gets its receipt, and one machine's return frees no other's seats.
        office.desk.options.override_reason = None;
        office.desk.options.supersede_reason = None;
        let view = products::license(&mut office.desk.ledger, office.key).unwrap().unwrap();
        for activation in view.activations.iter().filter(|it| it.ended.is_none()) {
            let latest = office.holders.iter().find(|held| {
                held.id == activation.standing.activation && held.answer.1 == activation.generation
            });
            let Some(latest) = latest.cloned() else { continue };
            prop_assert_eq!(activation.standing.fingerprint, Some(machine(latest.machine)));
            let before = office.desk.taken(office.key);
            let reply = office.desk.reply_at(&return_code(latest.id, latest.answer.0), office.now);
            prop_assert!(reply.is_ok(), "{:?}", reply.err().map(|error| error.to_string()));
            prop_assert_eq!(office.desk.taken(office.key), before - u32::from(activation.seats));
        }
        prop_assert_eq!(office.desk.findings(), Vec::<String>::new());
    }
}

/// Refusals among many answers, while those are still being signed: each request is told once, at its place in the history.
#[test]
fn evidence_among_many_answers() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(1, LicenseType::Standalone));
    let id = desk.respond(&activate(key, 1, 1)).unwrap().activation;
    let others = products::sell(
        &mut desk.ledger,
        &terms(1, LicenseType::Standalone),
        400,
        hand(BY),
        &mut entropy(3),
    )
    .unwrap()
    .keys;
    let mut codes: Vec<Code> = (1000..)
        .zip(others)
        .map(|(number, other)| code(&activate(other, 1, number)))
        .collect();
    let asks: Vec<Code> = (2..6)
        .map(|to| sync_code(&sync(key, id, (1, 1), to, NOW)))
        .collect();
    for (place, ask) in [(10, 0), (60, 1), (140, 2), (200, 1), (350, 3), (390, 2)] {
        codes.insert(place, asks[ask].clone());
    }
    let refused = |desk: &mut Desk| {
        let view = products::license(&mut desk.ledger, key).unwrap().unwrap();
        let events = desk
            .ledger
            .read(|tx| history::of_license(tx, view.license.event))
            .unwrap();
        let refused: Vec<_> = events.iter().filter(|it| it.kind == "refused").collect();
        // The first SYNC of the same batch revealed the secret, recorded or not.
        assert!(
            refused
                .iter()
                .all(|it| it.data.contains("known_to_readers"))
        );
        refused.len()
    };
    for _ in 0..2 {
        let results = super::batches::run(&mut desk, codes.clone(), 3);
        let answered = results.iter().filter(|(_, result)| result.is_ok()).count();
        assert_eq!(answered, 401, "the first SYNC and all that is new");
        assert_eq!(refused(&mut desk), 3);
        assert_eq!(desk.findings(), [""; 0]);
    }
    // Whoever takes the memory of it away, to have it told no more, is found.
    desk.edit("DELETE FROM refused WHERE event = (SELECT max(event) FROM refused)");
    let findings = desk.findings();
    assert!(
        matches!(findings.as_slice(), [one] if one.starts_with("the refusal of history row ")),
        "{findings:?}"
    );
}
