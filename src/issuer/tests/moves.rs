//! The rule of moves (SPEC.md 9.3): the attacks it was made against, and each of its edges.

use super::life::{DAY, return_code, sync, sync_code};
use super::*;
use crate::issuer::policy::Warning;
use crate::issuer::policy::moves::Move;
use crate::issuer::respond::Effect;
use crate::protocol::digest::ActivationId;
use crate::protocol::requests::Sync;

/// A fingerprint of machine id, root file system, board, network card and disk; 0 is unknown.
pub(super) fn parts(values: [u8; 5]) -> Fingerprint {
    let mut bytes = [0; 11];
    for (at, value) in values
        .into_iter()
        .enumerate()
        .filter(|(_, value)| *value > 0)
    {
        bytes[0] |= 1 << at;
        bytes[1 + 2 * at] = value;
    }
    Fingerprint::from_bytes(&bytes).unwrap()
}

/// A machine that syncs as it likes, always from the answer it was given last.
pub(super) struct Seat {
    pub(super) desk: Desk,
    pub(super) key: LicenseKey,
    pub(super) id: ActivationId,
    pub(super) held: (u64, u16),
    requests: u64,
    pub(super) now: Seconds,
}

impl Seat {
    pub(super) fn of(terms: &OrderTerms, first: [u8; 5]) -> Seat {
        let mut desk = Desk::new();
        let key = desk.sell(terms);
        let request = Activate {
            fingerprint: Some(parts(first)),
            ..activate(key, 1, 1)
        };
        let id = desk.respond(&request).unwrap().activation;
        Seat {
            desk,
            key,
            id,
            held: (1, 1),
            requests: 1,
            now: NOW,
        }
    }

    pub(super) fn standalone(first: [u8; 5]) -> Seat {
        Seat::of(&terms(1, LicenseType::Standalone), first)
    }

    pub(super) fn request(&mut self) -> Sync {
        self.requests += 1;
        self.now = self.now.plus(60);
        sync(self.key, self.id, self.held, self.requests, self.now)
    }

    pub(super) fn take(&mut self, request: &Sync) -> Result<Vec<Warning>, &'static str> {
        let answer = self.desk.reply_at(&sync_code(request), self.now);
        let answer = answer
            .map_err(|error| error.kind().name())?
            .answer()
            .unwrap();
        self.held = (self.requests, answer.grant.generation);
        Ok(answer.warnings)
    }

    /// A SYNC that says this of the machine.
    pub(super) fn says(&mut self, values: [u8; 5]) -> Result<Vec<Warning>, &'static str> {
        let request = Sync {
            fingerprint: Some(parts(values)),
            ..self.request()
        };
        self.take(&request)
    }

    /// A new ACTIVATE of a machine that is like this.
    pub(super) fn activates(&mut self, values: [u8; 5]) -> Result<Answer, &'static str> {
        self.requests += 1;
        let request = Activate {
            fingerprint: Some(parts(values)),
            clock: self.now,
            ..activate(self.key, 1, self.requests)
        };
        let answer = self.desk.respond_at(&request, self.now);
        let answer = answer.map_err(|error| error.kind().name())?;
        (self.id, self.held) = (answer.activation, (self.requests, answer.grant.generation));
        Ok(answer)
    }

    pub(super) fn returns(&mut self) -> Effect {
        let code = return_code(self.id, self.held.0);
        self.desk.reply_at(&code, self.now).unwrap().effect()
    }

    pub(super) fn days_pass(&mut self, days: u32) {
        self.now = self.now.plus(days * DAY);
    }

    pub(super) fn counts(&mut self) -> (u32, u32, u32) {
        let view = products::license(&mut self.desk.ledger, self.key);
        let (counts, today) = (view.unwrap().unwrap().license.counts, self.now.day());
        (
            counts.moves.count(today),
            counts.exchanges.count(today),
            counts.returns.count(today),
        )
    }
}

fn moved(why: Move, nth: u32) -> Warning {
    Warning::Moved { why, nth, of: 2 }
}

/// Two of five parts at a time: each machine is like the one before it.
#[test]
fn a_seat_does_not_walk_from_machine_to_machine() {
    let mut seat = Seat::standalone([1, 1, 1, 1, 1]);
    let walk = [
        [1, 1, 2, 2, 1],
        [1, 1, 2, 3, 3],
        [1, 1, 4, 4, 3],
        [1, 1, 4, 5, 5],
        [1, 1, 6, 6, 5],
    ];
    let taken: Vec<_> = walk.iter().map(|it| seat.says(*it).is_ok()).collect();
    assert_eq!(taken, [true, true, true, false, false]);
    assert_eq!(seat.counts(), (2, 2, 0));
    // Whoever has a good reason tells it to the manager, and the same machine goes on in any case.
    assert!(seat.says([1, 1, 4, 4, 3]).is_ok());
    seat.desk.options.override_reason = Some("two boards were broken".into());
    let said = seat.says([1, 1, 4, 5, 5]).unwrap();
    assert!(said.contains(&Warning::Overridden), "{said:?}");
    assert_eq!(seat.desk.findings(), [""; 0]);
}

/// A part that is forgotten first is exchanged all the same.
#[test]
fn forgetting_a_part_does_not_hide_its_exchange() {
    let mut seat = Seat::standalone([1, 1, 1, 1, 1]);
    let mut taken = 0;
    for machine in 2..20 {
        let forgets = seat.says([1, 1, 0, 0, 1]);
        assert_eq!(
            forgets,
            Ok(vec![]),
            "what is unknown for now is no exchange"
        );
        match seat.says([1, 1, machine, machine, 1]) {
            Ok(_) => taken += 1,
            Err(kind) => {
                assert_eq!(kind, "held_for_manager");
                break;
            }
        }
    }
    // One by exchanges, two as moves.
    assert_eq!(taken, 3);
    assert_eq!(seat.desk.findings(), [""; 0]);
}

/// Each clone of a disk has another card and another disk under the board of the first: each matches a reference that stays.
#[test]
fn one_seat_does_not_serve_fifty_clones() {
    let mut seat = Seat::standalone([1, 1, 1, 1, 1]);
    let clones = (2..52).map(|clone| seat.says([1, 1, 1, clone, clone]));
    assert_eq!(clones.filter(Result::is_ok).count(), 3);
    assert_eq!(seat.desk.findings(), [""; 0]);
}

#[test]
fn each_reason_to_count_a_move_is_told() {
    let cases = [
        // (a) It does not match the reference.
        ([1, 1, 1, 1, 1], [1, 1, 2, 2, 2], Some(Move::Mismatch)),
        ([1, 1, 1, 1, 1], [1, 1, 1, 2, 2], None),
        // (b) It knows no part of hardware that the reference knows.
        ([1, 1, 1, 0, 1], [1, 1, 0, 5, 0], Some(Move::NoPartLeft)),
        ([1, 1, 0, 0, 1], [1, 1, 5, 5, 1], None),
        // (d) It hides what every user can read.
        ([1, 1, 1, 1, 1], [1, 1, 1, 0, 0], Some(Move::Hidden)),
        ([1, 1, 1, 1, 1], [1, 1, 0, 0, 1], None),
        ([1, 1, 1, 0, 0], [1, 1, 1, 0, 0], None),
    ];
    for (first, then, why) in cases {
        let mut seat = Seat::standalone(first);
        let said = seat.says(then).unwrap();
        let counted = said.iter().find_map(|it| match it {
            Warning::Moved { why, nth: 1, of: 2 } => Some(*why),
            _ => None,
        });
        assert_eq!(counted, why, "{first:?} {then:?}");
        assert_eq!(seat.counts().0, u32::from(why.is_some()));
    }
    // (c) The third exchange, and each after it, whoever brought the first two.
    let mut seat = Seat::standalone([1, 1, 1, 1, 1]);
    let exchanged = seat.says([1, 1, 1, 1, 2]).unwrap();
    assert!(
        matches!(exchanged[..], [Warning::Exchanged { nth: 1, of: 2, .. }]),
        "{exchanged:?}"
    );
    assert!(
        !seat
            .says([1, 1, 1, 2, 2])
            .unwrap()
            .contains(&moved(Move::Exchanges, 1))
    );
    let third = seat.says([1, 1, 2, 2, 1]).unwrap();
    assert_eq!(third, [moved(Move::Exchanges, 1)]);
    let fourth = seat.says([1, 1, 2, 3, 1]).unwrap();
    assert_eq!(
        fourth,
        [moved(Move::Exchanges, 2)],
        "days of exchanges survive a move"
    );
    assert!(seat.says([1, 1, 2, 3, 1]).is_ok(), "a value it had is none");
    assert_eq!(seat.desk.findings(), [""; 0]);
}

#[test]
fn what_was_exchanged_comes_back_for_free_until_a_move() {
    let mut seat = Seat::standalone([1, 1, 1, 1, 1]);
    seat.says([1, 1, 1, 2, 1]).unwrap();
    for card in [1, 2, 1, 2, 1] {
        seat.says([1, 1, 1, card, 1]).unwrap();
    }
    assert_eq!(seat.counts(), (0, 1, 0));
    // Only the values of a move are known after it.
    seat.says([1, 1, 7, 7, 7]).unwrap();
    seat.says([1, 1, 7, 1, 7]).unwrap();
    assert_eq!(seat.counts(), (1, 2, 0));
}

#[test]
fn a_reference_is_renewed_at_365_days_and_judged_by_first() {
    for (days, renewed) in [(364, false), (365, true)] {
        let mut seat = Seat::standalone([1, 1, 1, 1, 1]);
        seat.says([1, 1, 1, 2, 1]).unwrap();
        seat.days_pass(days);
        seat.says([1, 1, 1, 2, 1]).unwrap();
        // Like what stood a moment ago in three parts, like the first in two.
        let said = seat.says([1, 1, 3, 2, 3]).unwrap();
        assert_eq!(said.contains(&moved(Move::Mismatch, 1)), !renewed, "{days}");
        assert_eq!(seat.desk.findings(), [""; 0]);
    }
    let mut seat = Seat::standalone([1, 1, 1, 1, 1]);
    seat.days_pass(365);
    let said = seat.says([1, 1, 5, 5, 5]).unwrap();
    assert_eq!(said, [moved(Move::Mismatch, 1)]);
    // A part that was learned is the reference's from then on, and one that is not said stays.
    let mut seat = Seat::standalone([1, 1, 0, 1, 1]);
    seat.says([1, 1, 1, 1, 0]).unwrap();
    seat.says([1, 9, 1, 9, 1]).unwrap();
    assert_eq!(seat.counts(), (0, 1, 0), "board and disk are equal");
}

#[test]
fn moves_and_exchanges_count_for_364_days() {
    for (days, again) in [(364, Err("held_for_manager")), (365, Ok(()))] {
        let mut seat = Seat::standalone([1, 1, 1, 1, 1]);
        for machine in [2, 3] {
            seat.says([machine; 5]).unwrap();
        }
        seat.days_pass(days);
        assert_eq!(seat.says([4; 5]).map(|_| ()), again, "{days}");
        let mut seat = Seat::standalone([1, 1, 1, 1, 1]);
        seat.says([1, 1, 1, 2, 2]).unwrap();
        seat.days_pass(days);
        let said = seat.says([1, 1, 1, 2, 3]).unwrap();
        let counted = said.iter().any(|it| matches!(it, Warning::Moved { .. }));
        assert_eq!(counted, again.is_err(), "{days}: {said:?}");
    }
}

#[test]
fn an_activate_is_the_machines_own_by_standing_or_reference_and_counts() {
    let mut seat = Seat::standalone([1, 1, 1, 1, 1]);
    seat.says([1, 1, 1, 2, 2]).unwrap();
    // The system was installed anew on the first parts: like the reference, unlike what stands.
    let own = seat.activates([7, 7, 1, 1, 1]).unwrap();
    assert_eq!(own.effect, Effect::Replaced);
    assert!(matches!(
        own.warnings.as_slice(),
        [Warning::Replaced { nth: 1, of: 4, .. }]
    ));
    assert_eq!(seat.counts(), (0, 2, 0), "the hardware is what it was");
    // With a card that it never had it is a move, and only the values in it are known.
    let own = seat.activates([7, 1, 1, 3, 1]).unwrap();
    assert!(matches!(
        own.warnings.as_slice(),
        [Warning::Replaced { nth: 1, of: 2, .. }]
    ));
    assert_eq!(seat.counts(), (1, 2, 0));
    assert_eq!(seat.activates([2, 2, 1, 2, 2]).unwrap_err(), "no_seat_free");
    // Nor does the place leave them behind, for a year after whoever had it before may have been at work.
    assert_eq!(seat.says([7, 7, 1, 8, 8]), Err("needs_supersede"));
    seat.days_pass(364);
    assert_eq!(seat.says([7, 7, 1, 8, 8]), Err("needs_supersede"));
    seat.days_pass(32);
    seat.says([7, 7, 1, 8, 8]).unwrap();
    assert_eq!(seat.counts().0, 1, "what was counted before counts no more");
    assert_eq!(seat.desk.taken(seat.key), 1);
    assert_eq!(seat.desk.findings(), [""; 0]);
}

#[test]
fn moves_are_the_licenses_and_as_many_as_its_seats_allow() {
    let mut seat = Seat::of(&terms(2, LicenseType::Standalone), [1; 5]);
    for machine in 2..=5 {
        seat.says([machine; 5]).unwrap();
    }
    assert_eq!(seat.says([6; 5]).unwrap_err(), "held_for_manager");
    // Another machine of the license has none left either.
    let other = activate(seat.key, 700, 900);
    seat.desk.respond(&other).unwrap();
    let again = repaired(seat.key, 700, 901);
    assert_eq!(seat.desk.refusal(&again), "held_for_manager");
    assert_eq!(seat.desk.findings(), [""; 0]);
}

#[test]
fn bindings_say_who_is_who_where_nothing_else_does() {
    let mut desk = Desk::new();
    let root = SigningKey::from_seed(&[7; 32]);
    for (id, fingerprint) in [("nexus", false), ("both", true)] {
        let product = Product {
            id: id.into(),
            bind: vec!["server".into()],
            fingerprint,
            ..product(&root)
        };
        products::add(&mut desk.ledger, product, hand(BY)).unwrap();
    }
    let sold = |desk: &mut Desk, product, seats| {
        let kind = LicenseType::Standalone;
        desk.sell(&OrderTerms {
            product: ProductId(product),
            ..terms(seats, kind)
        })
    };
    let strong = Some(parts([1, 1, 1, 1, 1]));
    let weak = Some(parts([1, 1, 1, 0, 0]));
    let cases = [
        ("nexus", 2, None, Some(Move::Bindings)),
        ("both", 3, weak, Some(Move::Bindings)),
        ("both", 3, strong, None),
    ];
    for (number, (id, row, fingerprint, why)) in (1_u16..).zip(cases) {
        let key = sold(&mut desk, row, number);
        let number = u64::from(number) * 100;
        let first = Activate {
            product_tag: product_tag(id),
            fingerprint,
            bindings: Some([1; 8]),
            ..activate(key, 1, number)
        };
        let called = desk.respond(&first).unwrap().activation;
        let other = Sync {
            bindings: Some([2; 8]),
            ..sync(key, called, (number, 1), number + 1, NOW)
        };
        let said = desk.sync(&other).unwrap().warnings;
        let moved = said
            .iter()
            .any(|it| matches!(it, Warning::Moved { why, .. } if *why == Move::Bindings));
        assert_eq!(moved, why.is_some(), "{id} {said:?}");
        assert_eq!(said.contains(&Warning::Rebound), why.is_none(), "{said:?}");
        // To and fro does not look like standing still.
        let back = Sync {
            bindings: Some([1; 8]),
            ..sync(key, called, (number + 1, 2), number + 2, NOW)
        };
        let said = desk.sync(&back).unwrap().warnings;
        let moved = said
            .iter()
            .any(|it| matches!(it, Warning::Moved { nth: 2, .. }));
        assert_eq!(moved, why.is_some(), "{id} {said:?}");
    }
    assert_eq!(desk.findings(), [""; 0]);
}
