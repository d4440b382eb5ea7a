//! The fork rule over random histories (SPEC.md 9.2). A simulated machine keeps what a real one keeps: what it holds, and what it asked for.
//!
//! Honest is: mails are lost, repeated and crossed; requests are made anew; backups are put back that are no older than the last generation whose
//! secret was revealed, and that wait for no answer to a request made before. A machine that makes a SYNC drops what it asked for from older
//! generations; a backup that brings such a request back, while a newer SYNC is still on its way, can be judged RED although nobody cheated.

use proptest::prelude::*;

use super::life::{DAY, NO_OLD_MAIL, return_code, sync, sync_code};
use super::*;
use crate::issuer::policy::Colour;
use crate::issuer::respond::Effect;
use crate::protocol::digest::ActivationId;

#[derive(Clone, Debug)]
struct Pending {
    request: u64,
    from: u16,
}

/// What a machine keeps on its disk.
#[derive(Clone, Debug)]
struct State {
    id: ActivationId,
    /// The request whose answer it holds, and its generation.
    held: (u64, u16),
    pending: Vec<Pending>,
    /// The last generation whose secret was revealed.
    revealed: u16,
}

impl State {
    /// Whether it may be put back where `revealed` is the last generation whose secret was revealed.
    fn is_honest(&self, revealed: u16) -> bool {
        self.held.1 >= revealed && self.pending.iter().all(|it| it.from >= revealed)
    }
}

#[derive(Clone, Debug)]
enum Step {
    /// A new SYNC; its mail waits to be delivered.
    Ask,
    /// The n-th mail on its way to the desk arrives; it may arrive again.
    Deliver(usize, bool),
    /// The n-th answer arrives; it may arrive again.
    Answer(usize, bool),
    /// A mail on its way to the desk, or an answer, is lost.
    Lose(usize, bool),
    /// A backup is made.
    Backup,
    /// It is put back, if it is honest to.
    Restore,
    Wait(u32),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Ask),
        6 => (any::<usize>(), prop::bool::weighted(0.2)).prop_map(|(n, again)| Step::Deliver(n, again)),
        6 => (any::<usize>(), prop::bool::weighted(0.2)).prop_map(|(n, again)| Step::Answer(n, again)),
        2 => (any::<usize>(), any::<bool>()).prop_map(|(n, asks)| Step::Lose(n, asks)),
        1 => Just(Step::Backup),
        1 => Just(Step::Restore),
        2 => (0_u32..40).prop_map(Step::Wait),
    ]
}

struct World {
    desk: Desk,
    key: LicenseKey,
    now: Seconds,
    requests: u64,
    asks: Vec<Code>,
    answers: Vec<Answer>,
}

impl World {
    fn new() -> (World, State) {
        let mut desk = Desk::new();
        let key = desk.sell(&terms(1, LicenseType::Standalone));
        let first = desk.respond(&activate(key, 1, 1)).unwrap();
        let state = State {
            id: first.activation,
            held: (1, 1),
            pending: Vec::new(),
            revealed: 0,
        };
        desk.options.override_reason = None;
        let world = World {
            desk,
            key,
            now: NOW.plus(60),
            requests: 1,
            asks: Vec::new(),
            answers: Vec::new(),
        };
        (world, state)
    }

    fn ask(&mut self, state: &mut State) -> Code {
        self.requests += 1;
        self.now = self.now.plus(60);
        let from = state.held.1;
        state.pending.retain(|it| it.from == from);
        state.pending.push(Pending {
            request: self.requests,
            from,
        });
        state.revealed = state.revealed.max(from);
        sync_code(&sync(
            self.key,
            state.id,
            state.held,
            self.requests,
            self.now,
        ))
    }

    /// What the desk makes of a mail; a yellow one is superseded by whoever may.
    fn deliver(&mut self, code: &Code) -> Result<(), &'static str> {
        self.now = self.now.plus(60);
        let reply = match self.desk.reply_at(code, self.now) {
            Err(error) if error.kind().name() == "needs_supersede" => {
                self.desk.options.supersede_reason = Some("asked on the phone".into());
                let reply = self.desk.reply_at(code, self.now);
                self.desk.options.supersede_reason = None;
                // A fifth time in a year is the manager's, who hears the same evidence; red is not.
                match reply {
                    Err(error) if error.to_string().starts_with("yellow") => {
                        self.desk.options.override_reason = Some("asked on the phone".into());
                        let reply = self.desk.reply_at(code, self.now);
                        self.desk.options.override_reason = None;
                        reply
                    }
                    other => other,
                }
            }
            other => other,
        };
        match reply {
            Ok(reply) => self.answers.extend(reply.answer()),
            Err(error) => return Err(error.kind().name()),
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_honest_machine_is_never_red(steps in prop::collection::vec(step(), 1..60)) {
        let (mut world, mut state) = World::new();
        let mut backup = state.clone();
        // Which request each answer is for: what the machine tells by the request tag.
        let mut of: std::collections::HashMap<Vec<u8>, u64> = std::collections::HashMap::new();
        let mut asked: std::collections::HashMap<Vec<u8>, u64> = std::collections::HashMap::new();
        for step in steps {
            match step {
                Step::Ask => {
                    let code = world.ask(&mut state);
                    asked.insert(code.payload().to_vec(), world.requests);
                    world.asks.push(code);
                }
                Step::Deliver(n, again) if !world.asks.is_empty() => {
                    let n = n % world.asks.len();
                    let code = if again { world.asks[n].clone() } else { world.asks.remove(n) };
                    let before = world.answers.len();
                    match world.deliver(&code) {
                        Ok(()) | Err("overtaken") => {}
                        Err(other) => prop_assert!(false, "{other}"),
                    }
                    for answer in &world.answers[before..] {
                        prop_assert_ne!(answer.effect, Effect::Synced(Colour::Red));
                        of.insert(answer.code.payload().to_vec(), asked[code.payload()]);
                    }
                }
                Step::Answer(n, again) if !world.answers.is_empty() => {
                    let n = n % world.answers.len();
                    let answer = if again { world.answers[n].clone() } else { world.answers.remove(n) };
                    let request = of[answer.code.payload()];
                    let waits = state.pending.iter().position(|it| it.request == request);
                    if let Some(at) = waits && answer.grant.generation > state.held.1 {
                        state.pending.remove(at);
                        state.held = (request, answer.grant.generation);
                    }
                }
                Step::Lose(n, true) if !world.asks.is_empty() => {
                    let n = n % world.asks.len();
                    world.asks.remove(n);
                }
                Step::Lose(n, false) if !world.answers.is_empty() => {
                    let n = n % world.answers.len();
                    world.answers.remove(n);
                }
                Step::Backup => backup = state.clone(),
                Step::Restore if backup.is_honest(state.revealed) => state = backup.clone(),
                Step::Wait(days) => world.now = world.now.plus(days * DAY),
                _ => {}
            }
            prop_assert!(world.desk.taken(world.key) <= 1);
        }
        // In the end it can still give its seat back, and that is taken.
        let code = return_code(state.id, state.held.0);
        let reply = world.desk.reply_at(&code, world.now);
        prop_assert!(reply.is_ok(), "{:?}", reply.err().map(|error| error.to_string()));
        prop_assert_eq!(world.desk.taken(world.key), 0);
        prop_assert_eq!(world.desk.findings(), Vec::<String>::new());
    }

    #[test]
    fn a_second_contact_from_one_generation_is_never_green(
        who in prop::collection::vec((0_usize..3, prop::bool::weighted(0.7)), 2..30),
    ) {
        let (mut world, original) = World::new();
        let mut copies = [original.clone(), original.clone(), original];
        let mut seen = std::collections::HashSet::new();
        for (copy, arrives) in who {
            let from = copies[copy].held.1;
            world.now = world.now.plus(NO_OLD_MAIL);
            let code = world.ask(&mut copies[copy]);
            let request = world.requests;
            let before = world.answers.len();
            let outcome = world.deliver(&code);
            prop_assert!(outcome.is_ok() || outcome == Err("held_for_manager"), "{outcome:?}");
            for answer in world.answers.split_off(before) {
                let first = seen.insert(from);
                prop_assert!(first || answer.effect != Effect::Synced(Colour::Green));
                if arrives {
                    copies[copy].held = (request, answer.grant.generation);
                }
            }
            prop_assert!(world.desk.taken(world.key) <= 1);
        }
        prop_assert_eq!(world.desk.findings(), Vec::<String>::new());
    }
}
