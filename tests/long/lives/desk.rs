//! A desk in memory: what the rules of SPEC.md 9 say is the library's own, and so is what stands afterwards. A clerk and a manager answer what is held for
//! them: they are the remedy, and are counted.

use std::num::NonZeroU16;

use countersign::issuer::ledger::{
    Activation, ActivationRow, Counts, Ended, EventId, Lending, License, LicenseId, OrderTerms,
    ProductId, TermsId, Until, WeakRule,
};
use countersign::issuer::policy::{
    self, Case, Colour, Fork, HeldAnswer, Options, Place, Proof, Refusal, SyncCase,
};
use countersign::license_key::LicenseKey;
use countersign::machine::Fingerprint;
use countersign::protocol::commitment::{Commitment, SyncProof};
use countersign::protocol::date::{CLOCK_TOLERANCE, Seconds};
use countersign::protocol::digest::{MachineBinding, product_tag};
use countersign::protocol::entitlements::Entitlements;
use countersign::protocol::grant::LicenseType;
use countersign::protocol::product::Product;
use countersign::protocol::requests::{Activate, Sync};

use super::mails::{Ask, Given};

/// What one life met at the desk.
#[derive(Clone, Copy, Default)]
pub(crate) struct Met {
    /// Answers with a message that a clerk should look at.
    pub(crate) messages: u32,
    /// Requests that a clerk superseded.
    pub(crate) yellow: u32,
    /// Requests that wanted the manager's word.
    pub(crate) manager: u32,
    /// Requests that were refused, and that somebody waited for.
    pub(crate) refused: u32,
    /// Old mail, for which nobody waits.
    pub(crate) old: u32,
    /// RED, whoever was asked then.
    pub(crate) red: u32,
    pub(crate) moves: u32,
    pub(crate) exchanges: u32,
}

/// An answer that was given.
struct Answered {
    number: u32,
    held: HeldAnswer,
    stood: MachineBinding,
    /// What the machine's clock said.
    asked: Seconds,
    issued: Seconds,
    /// Whether a request gave its secret away.
    revealed: bool,
}

struct Holder {
    own: Activation,
    answers: Vec<Answered>,
}

/// What becomes of a SYNC.
pub(crate) enum Replied {
    Given(Given),
    /// Nobody waits for it, or somebody waits in vain.
    Nothing,
    /// Its seat was released as lost, and it is not: people request the license anew, as they are told.
    Released,
}

pub(crate) struct Desk {
    product: Product,
    terms: OrderTerms,
    license: License,
    holders: Vec<Holder>,
    clerk: Options,
    manager: Options,
}

impl Desk {
    pub(crate) fn new(seats: u16, grace_days: u16) -> Desk {
        let reason = || Some("asked on the phone".to_owned());
        Desk {
            product: Product {
                id: "survey".to_owned(),
                fingerprint: true,
                ..Product::default()
            },
            terms: OrderTerms {
                product: ProductId(1),
                customer: "Example".to_owned(),
                contact: None,
                seats: NonZeroU16::new(seats).unwrap(),
                license_type: LicenseType::Standalone,
                edition: 0,
                expires: None,
                maintenance: None,
                grace_days,
                lend_days: None,
                emergency: None,
                entitlements: Entitlements::new(Vec::new()).unwrap(),
                usb: None,
                order: None,
                note: None,
            },
            license: License {
                id: LicenseId(1),
                key: LicenseKey::from_number(12_345_678_901).unwrap(),
                terms: TermsId(1),
                taken: None,
                withdrawn: None,
                counts: Counts::default(),
                event: EventId(1),
            },
            holders: Vec::new(),
            clerk: Options {
                supersede_reason: reason(),
                ..Options::default()
            },
            manager: Options {
                override_reason: reason(),
                ..Options::default()
            },
        }
    }

    /// Activates a machine: which activation that is, and what it gets.
    pub(crate) fn activate(
        &mut self,
        print: Fingerprint,
        now: Seconds,
        met: &mut Met,
    ) -> (usize, Given) {
        let row = self.holders.len() as i64 + 1;
        let id = (row as u32).to_be_bytes();
        let mut commitment = [0; 12];
        commitment[..4].copy_from_slice(&id);
        let request = Activate {
            product_tag: product_tag(&self.product.id),
            key: self.license.key,
            commitment: Commitment(commitment),
            clock: now,
            fingerprint: Some(print),
            bindings: None,
            seats: None,
            usb: None,
            site_key: None,
        };
        let mut options = Options::default();
        let mut activations = self.activations();
        let (own, taken, counts, from) = loop {
            let case = Case {
                request: &request,
                license: &self.license,
                terms: &self.terms,
                product: &self.product,
                weak: WeakRule::Warn,
                activations: &activations,
                options: &options,
                now,
            };
            match policy::decide(&case) {
                Ok(it) => {
                    met.messages += u32::from(!it.warnings.is_empty());
                    let from = it.from.map(|from| from.id);
                    let own = Activation {
                        id: ActivationRow(row),
                        license: LicenseId(1),
                        standing: request.standing(),
                        generation: it.generation,
                        site_key: None,
                        told: None,
                        due: None,
                        place: it.place.unwrap_or(EventId(row)),
                        seats: it.seats,
                        runs: Until::Day(now.day().plus(self.terms.grace_days)),
                        first: now,
                        last: now,
                        reference: it.reference,
                        weak_accepted: false,
                        proven: 0,
                        superseded: it.superseded,
                        ended: None,
                        resting: None,
                        lending: Lending::default(),
                        event: EventId(1),
                    };
                    break (own, it.taken, it.counts, from);
                }
                Err(Refusal::HeldForManager { .. }) => {
                    met.manager += 1;
                    options = self.manager.clone();
                }
                Err(Refusal::InPlaceOf { .. } | Refusal::AnewTooOften { .. }) => {
                    met.yellow += 1;
                    options = self.clerk.clone();
                }
                // Nothing of it is as it was: a clerk releases what is gone.
                Err(Refusal::NoSeatFree { .. }) => {
                    met.yellow += 1;
                    self.release();
                    activations = self.activations();
                }
                Err(other) => panic!("{other}"),
            }
        };
        self.yields(from);
        let moves = |counts: &Counts| counts.moves.count(now.day());
        met.moves += moves(&counts) - moves(&self.license.counts);
        self.license.taken = Some(taken);
        self.license.counts = counts;
        let (stood, generation) = (own.standing.clone(), own.generation);
        let held = HeldAnswer {
            generation,
            parent: 0,
        };
        let first = Answered {
            number: 0,
            held,
            stood,
            asked: now,
            issued: now,
            revealed: false,
        };
        self.holders.push(Holder {
            own,
            answers: vec![first],
        });
        let given = Given {
            number: 0,
            generation,
            issued: now,
        };
        (self.holders.len() - 1, given)
    }

    fn activations(&self) -> Vec<Activation> {
        self.holders.iter().map(|it| it.own.clone()).collect()
    }

    /// Takes the seats of an activation.
    fn yields(&mut self, from: Option<ActivationRow>) {
        let from = self.holders.iter_mut().find(|it| Some(it.own.id) == from);
        if let Some(from) = from {
            (from.own.seats, from.own.resting) = (0, None);
        }
    }

    fn release(&mut self) {
        for holder in &mut self.holders {
            holder.own.seats = 0;
            holder.own.ended = holder.own.ended.or(Some(Ended::Lost));
            holder.own.runs = Until::OVER;
        }
        self.license.taken = Some(0);
    }

    /// What a SYNC of an activation gets.
    pub(crate) fn reply(
        &mut self,
        machine: usize,
        ask: &Ask,
        now: Seconds,
        met: &mut Met,
    ) -> Replied {
        let own = self.holders[machine].own.clone();
        let answers = &self.holders[machine].answers;
        if let Some(known) = answers.iter().rev().find(|it| it.number == ask.number) {
            return Replied::Given(Given {
                number: known.number,
                generation: known.held.generation,
                issued: known.issued,
            });
        }
        let opens = |it: &Answered| (it.held.generation, it.number) == ask.from;
        let opened = answers.iter().rposition(opens);
        let opened = opened.expect("a machine holds what it was given");
        let proof = match answers[opened].revealed {
            true => Proof::KnownToReaders,
            false => Proof::Held,
        };
        self.holders[machine].answers[opened].revealed = true;
        let answers = &self.holders[machine].answers;
        let opened = &answers[opened];
        let [a, b, c, d] = ask.number.to_be_bytes();
        let request = Sync {
            activation: own.standing.activation,
            generation: ask.from.0,
            proof: SyncProof([0; 10]),
            commitment: Commitment([a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0]),
            clock: ask.clock,
            fingerprint: ask.differs,
            bindings: None,
            usb: None,
            site_key: None,
            site: None,
        };
        let (activations, license) = (self.activations(), self.license.clone());
        let latest = |of: &[Answered]| of.last().map(|it| it.asked);
        let holder_asked = match policy::place(&own, &activations, now.day()) {
            Place::Taken(by) => latest(&self.holders[by.id.0 as usize - 1].answers),
            _ => None,
        };
        let asked = latest(answers);
        let none = Options::default();
        let mut options = &none;
        loop {
            let case = SyncCase {
                request: &request,
                license: &license,
                terms: &self.terms,
                product: &self.product,
                weak: WeakRule::Warn,
                activations: &activations,
                own: &own,
                standing: &opened.stood,
                site_key: None,
                fork: policy::judge(&own, Some(opened.held), proof),
                asked,
                holder_asked,
                options,
                now,
            };
            match policy::decide_sync(&case) {
                Ok(decided) => {
                    let judged = &decided.decision;
                    met.messages += u32::from(!judged.warnings.is_empty());
                    let used = |counts: &Counts| {
                        (
                            counts.moves.count(now.day()),
                            counts.exchanges.count(now.day()),
                        )
                    };
                    let (before, after) = (used(&self.license.counts), used(&judged.counts));
                    met.moves += after.0.saturating_sub(before.0);
                    met.exchanges += after.1.saturating_sub(before.1);
                    let mut holder = decided.holder(&own, Some(opened.held), now);
                    holder.runs = Until::Day(now.day().plus(self.terms.grace_days));
                    if judged.place.is_none() {
                        holder.place = EventId(-i64::from(ask.number));
                    }
                    let from = judged.from.map(|from| from.id);
                    let held = HeldAnswer {
                        generation: holder.generation,
                        parent: holder.proven,
                    };
                    let answered = Answered {
                        number: ask.number,
                        held,
                        stood: holder.standing.clone(),
                        asked: ask.clock.min(now.plus(CLOCK_TOLERANCE)),
                        issued: now,
                        revealed: false,
                    };
                    self.license.counts = judged.counts.clone();
                    self.license.taken = Some(judged.taken);
                    self.yields(from);
                    let kept = &mut self.holders[machine];
                    kept.own = holder;
                    kept.answers.push(answered);
                    return Replied::Given(Given {
                        number: ask.number,
                        generation: held.generation,
                        issued: now,
                    });
                }
                Err(Refusal::NeedsSupersede(_) | Refusal::InPlaceOf { .. }) => {
                    met.yellow += 1;
                    options = &self.clerk;
                }
                Err(Refusal::Overtaken(_)) => {
                    met.old += 1;
                    return Replied::Nothing;
                }
                Err(
                    refusal @ (Refusal::HeldForManager { .. }
                    | Refusal::SupersededBefore { .. }
                    | Refusal::HeldFork(_)),
                ) => {
                    let red = refusal
                        .fork()
                        .is_some_and(|it: Fork| it.colour() == Colour::Red);
                    met.red += u32::from(red);
                    met.manager += 1;
                    options = &self.manager;
                }
                Err(Refusal::GivenUp(_)) => {
                    met.yellow += 1;
                    return Replied::Released;
                }
                Err(_) => {
                    met.refused += 1;
                    return Replied::Nothing;
                }
            }
        }
    }
}
