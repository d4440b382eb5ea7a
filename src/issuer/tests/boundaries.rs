//! Edges of the rules of answering, each where one step further another rule holds.

mod certificates;

use std::num::NonZeroU8;

use super::changes::edit;
use super::life::{DAY, licensed, return_code, sync, sync_code};
use super::*;
use crate::issuer::ledger::EmergencyAllowance;
use crate::issuer::life::{self, Named};
use crate::issuer::policy::{Colour, Warning};
use crate::issuer::respond::Effect;
use crate::protocol::desk_certificate::{DeskCertificate, MAY_GRANT};
use crate::protocol::digest::{MachineBinding, request_digest};
use crate::protocol::grant::SignedGrant;
use crate::protocol::requests::Sync;
use crate::protocol::trust::{GrantContext, PublicKey, Roots, Transcript};

fn roots(root: [u8; 32]) -> Roots {
    let catalogue = vec![Entry::Feature, Entry::Limit];
    let keys = vec![PublicKey::from_bytes(&root).unwrap()];
    Roots::new("infinitime", catalogue, keys, 0)
}

fn verdicts(results: super::batches::Results) -> Vec<&'static str> {
    let name = |(_, result): (Code, Result<Reply, _>)| {
        result.map_or("refused", |reply: Reply| reply.effect().name())
    };
    results.into_iter().map(name).collect()
}

#[test]
fn a_return_and_then_its_request_in_one_batch() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(1, LicenseType::Standalone));
    let request = activate(key, 1, 1);
    let id = request.commitment.activation_id();
    let codes = vec![return_code(id, 1), code(&request)];
    assert_eq!(
        verdicts(super::batches::run(&mut desk, codes, 1)),
        ["given_up", "refused"]
    );
    assert_eq!((desk.taken(key), desk.findings()), (0, vec![]));
}

#[test]
fn a_request_and_then_its_return_in_one_batch() {
    let mut desk = Desk::new();
    let keys: Vec<LicenseKey> = (1..=2)
        .map(|seats| desk.sell(&terms(seats, LicenseType::Standalone)))
        .collect();
    let requests: Vec<Activate> = (1..)
        .zip(&keys)
        .map(|(n, key)| activate(*key, 1, n))
        .collect();
    let mut codes: Vec<Code> = requests.iter().map(code).collect();
    codes.extend(
        (1..)
            .zip(&requests)
            .map(|(n, it)| return_code(it.commitment.activation_id(), n)),
    );
    let said = verdicts(super::batches::run(&mut desk, codes, 1));
    assert_eq!(said, ["activated", "activated", "returned", "returned"]);
    assert_eq!(keys.iter().map(|key| desk.taken(*key)).sum::<u32>(), 0);
    assert_eq!(desk.findings(), [""; 0]);
}

/// Four times a year, whatever took the place of what meanwhile.
#[test]
fn activating_anew_does_not_forget_that_a_clerk_superseded() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    desk.sync(&sync(key, id, (1, 1), 2, NOW)).unwrap();
    desk.options.supersede_reason = Some("mail was lost".into());
    desk.sync(&sync(key, id, (1, 1), 3, NOW.plus(1))).unwrap();
    let id = desk.respond(&activate(key, 1, 4)).unwrap().activation;
    desk.sync(&sync(key, id, (4, 4), 5, NOW.plus(2))).unwrap();
    for to in 6..=8 {
        let asked = NOW.plus(u32::try_from(to).unwrap());
        desk.sync(&sync(key, id, (4, 4), to, asked)).unwrap();
    }
    for (days, kind) in [(364, Some("held_for_manager")), (365, None)] {
        let now = NOW.plus(days * DAY);
        let again = sync_code(&sync(key, id, (4, 4), 9, now));
        let said = desk
            .reply_at(&again, now)
            .map_err(|error| error.kind().name())
            .err();
        assert_eq!(said, kind, "{days}");
    }
}

#[test]
fn what_stood_with_the_generation_held_is_signed_for() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    let changed = Sync {
        usb: Some([5; 8]),
        ..sync(key, id, (1, 1), 2, NOW)
    };
    desk.sync(&changed).unwrap();
    // The answer was lost: the machine says what differs from what it held, which is nothing.
    desk.options.supersede_reason = Some("mail was lost".into());
    let again = sync(key, id, (1, 1), 3, NOW.plus(1));
    let answer = desk.sync(&again).unwrap();
    let standing = MachineBinding {
        activation: id,
        fingerprint: Some(machine(1)),
        bindings: None,
        usb: None,
    };
    let context = GrantContext {
        request_digest: request_digest(Kind::Sync, &again.encode()),
        holder: standing.holder_digest("infinitime", key),
        site_key: None,
    };
    let root = SigningKey::from_seed(&[7; 32]).public();
    let roots = roots(root);
    let signed = SignedGrant::decode(answer.code.payload()).unwrap();
    assert!(roots.verify_grant(&signed, &context, &[]).is_ok());
}

#[test]
fn what_a_wrong_clock_can_explain_is_old_mail_and_a_second_later_is_not() {
    let most = 26 * 3600;
    for (later, kind) in [
        (0, "overtaken"),
        (most, "overtaken"),
        (most + 1, "held_for_manager"),
    ] {
        let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
        desk.sync(&sync(key, id, (1, 1), 2, NOW)).unwrap();
        desk.sync(&sync(key, id, (2, 2), 3, NOW.plus(60))).unwrap();
        let copy = sync(key, id, (1, 1), 4, NOW.plus(60 + later));
        let refused = desk.sync_at(&copy, NOW.plus(2 * DAY)).unwrap_err();
        assert_eq!(refused.kind(), kind, "{later}");
        // Ahead of the desk by more than clocks may be, it says nothing of when it was made.
        let ahead = NOW.plus(60 + 5 * most);
        let far = sync(key, id, (1, 1), 5, ahead);
        let refused = desk.sync_at(&far, ahead.minus(most + 1)).unwrap_err();
        assert_eq!(refused.kind(), "overtaken");
        let refused = desk.sync_at(&far, ahead.minus(most)).unwrap_err();
        assert_eq!(refused.kind(), "held_for_manager");
    }
}

#[test]
fn a_license_is_answered_on_its_last_day_and_not_after() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    edit(&mut desk, key, |terms| terms.expires = Some(NOW.day())).unwrap();
    let last = sync(key, id, (1, 1), 2, NOW);
    assert!(desk.sync(&last).is_ok());
    let late = sync_code(&sync(key, id, (2, 2), 3, NOW));
    let error = desk.reply_at(&late, NOW.plus(DAY)).unwrap_err();
    assert_eq!(error.kind().name(), "expired");
}

#[test]
fn a_grace_of_one_day_is_one_and_none_is_for_ever() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    let days = [(1, Some(NOW.day().plus(1))), (0, None)];
    for (number, (grace, by)) in (1_u16..).zip(days) {
        desk.options.grace_days = Some(grace);
        let from = (number.into(), number);
        let request = sync(
            key,
            id,
            from,
            u64::from(number) + 1,
            NOW.plus(number.into()),
        );
        assert_eq!(desk.sync(&request).unwrap().grant.revalidate_by, by);
    }
    desk.options.grace_days = None;
    desk.options.until = Some(NOW.day());
    let today = desk.sync(&sync(key, id, (3, 3), 4, NOW.plus(9))).unwrap();
    assert_eq!(
        today.grant.revalidate_by,
        Some(NOW.day()),
        "today is not over"
    );
}

#[test]
fn exactly_the_seats_that_are_free_are_granted() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(5, LicenseType::Floating));
    let ask = |number: u16, seats| Activate {
        seats: NonZeroU16::new(seats),
        ..activate(key, number, number.into())
    };
    let id = desk.respond(&ask(1, 1)).unwrap().activation;
    desk.respond(&ask(2, 2)).unwrap();
    for (seats, granted) in [(4, false), (3, true)] {
        desk.options.seats = NonZeroU16::new(seats);
        let answer = desk.sync(&sync(key, id, (1, 1), 11, NOW));
        assert_eq!(
            answer.map(|it| it.grant.seats).ok(),
            granted.then_some(seats)
        );
    }
    assert_eq!(desk.taken(key), 5);
    assert_eq!(desk.findings(), [""; 0]);
}

/// Who holds all that there is alone gets all, and who holds a share keeps it.
#[test]
fn a_share_is_kept_beside_others() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(5, LicenseType::Floating));
    let ask = |number: u16, seats| Activate {
        seats: NonZeroU16::new(seats),
        ..activate(key, number, number.into())
    };
    let id = desk.respond(&ask(1, 1)).unwrap().activation;
    let other = desk.respond(&ask(2, 1)).unwrap().activation;
    assert_eq!(
        desk.sync(&sync(key, id, (1, 1), 11, NOW))
            .unwrap()
            .grant
            .seats,
        1
    );
    desk.returned(other, 2).unwrap();
    assert_eq!(
        desk.sync(&sync(key, id, (11, 2), 12, NOW))
            .unwrap()
            .grant
            .seats,
        5
    );
}

#[test]
fn a_machine_is_its_own_by_its_usb_key_too_and_the_exact_match_first() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(2, LicenseType::Standalone));
    let with = |usb, request| Activate {
        usb,
        ..activate(key, 1, request)
    };
    desk.respond(&with(Some([1; 8]), 1)).unwrap();
    let other = desk.respond(&with(Some([2; 8]), 2)).unwrap();
    assert_eq!(
        other.effect,
        Effect::Activated,
        "another usb key is another machine"
    );
    assert_eq!(
        desk.respond(&with(None, 3)).unwrap_err().kind(),
        "no_seat_free"
    );
    let own = desk.respond(&with(Some([1; 8]), 4)).unwrap();
    assert_eq!(own.effect, Effect::Replaced);

    // Another machine of the license moved and is like the first by now, heard of later; to the letter it is the first.
    let mut desk = Desk::new();
    let key = desk.sell(&terms(2, LicenseType::Standalone));
    let like = |values, request| Activate {
        fingerprint: Some(super::moves::parts(values)),
        ..activate(key, 1, request)
    };
    desk.respond(&like([1, 1, 1, 1, 1], 1)).unwrap();
    let other = desk.respond(&like([2, 2, 2, 2, 2], 2)).unwrap().activation;
    let now = NOW.plus(DAY);
    let moved = Sync {
        fingerprint: Some(super::moves::parts([1, 1, 1, 2, 1])),
        ..sync(key, other, (2, 1), 3, now)
    };
    desk.reply_at(&sync_code(&moved), now).unwrap();
    desk.respond_at(&like([1, 1, 1, 1, 1], 4), now.plus(DAY))
        .unwrap();
    let view = products::license(&mut desk.ledger, key).unwrap().unwrap();
    let own: Vec<u16> = view.activations.iter().map(|it| it.generation).collect();
    assert_eq!(
        own,
        [1, 2, 2],
        "the first was replaced, the second moved once"
    );
}

/// Another nonce under the same id would be another activation of the same name.
#[test]
fn a_second_activation_of_one_name_is_refused() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(2, LicenseType::Standalone));
    desk.respond(&activate(key, 1, 1)).unwrap();
    let mut again = activate(key, 1, 1);
    again.commitment.0[11] ^= 1;
    assert_eq!(desk.refusal(&again), "same_name");
    assert_eq!(desk.taken(key), 1);
}

#[test]
fn a_third_lost_machine_is_the_clerks_again_after_a_year() {
    for (days, released) in [(364, false), (365, true)] {
        let mut desk = Desk::new();
        let key = desk.sell(&terms(1, LicenseType::Standalone));
        for number in 1..=2 {
            desk.respond(&activate(key, number, number.into())).unwrap();
            life::release(
                &mut desk.ledger,
                Named::License(key),
                "stolen",
                false,
                hand(BY),
            )
            .unwrap();
        }
        desk.respond(&activate(key, 3, 3)).unwrap();
        let by = Actor {
            now: NOW.plus(days * DAY),
            ..BY
        };
        let third = life::release(
            &mut desk.ledger,
            Named::License(key),
            "stolen",
            false,
            hand(by),
        );
        assert_eq!(third.is_ok(), released, "{days}");
    }
}

#[test]
fn old_answers_are_called_as_their_machines_called_them() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    let request = sync(key, id, (1, 1), 2, NOW);
    desk.sync(&request).unwrap();
    let anew = desk.respond(&activate(key, 1, 3)).unwrap().activation;
    assert_ne!(anew, id);
    assert_eq!(desk.sync(&request).unwrap().activation, id);
    assert_eq!(desk.respond(&activate(key, 1, 1)).unwrap().activation, id);
    // A SYNC under the old name is the clerk's, whatever its clock says beside that of the other.
    for (from, later) in [(1, 0), (1, 1), (2, 0)] {
        let number = 10 * (from + 1) + u64::from(later);
        let held = (from, u16::try_from(from).unwrap());
        let elsewhere = sync(key, id, held, number, NOW.plus(later));
        assert_eq!(desk.sync(&elsewhere).unwrap_err().kind(), "needs_supersede");
    }
}

#[test]
fn the_clerk_hears_of_a_clock_that_is_off_on_either_side() {
    for (clock, warned) in [
        (NOW.plus(26 * 3600), false),
        (NOW.plus(26 * 3600 + 1), true),
        (NOW.minus(26 * 3600), false),
        (NOW.minus(26 * 3600 + 1), true),
    ] {
        let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
        let answer = desk.sync(&sync(key, id, (1, 1), 2, clock)).unwrap();
        let told = answer
            .warnings
            .iter()
            .any(|it| matches!(it, Warning::ClockOff(_)));
        assert_eq!(told, warned);
    }
}

#[test]
fn no_emergency_chain_is_begun_where_there_is_no_day_to_move() {
    let mut desk = Desk::new();
    let days = NonZeroU8::new(7).unwrap();
    let key = desk.sell(&OrderTerms {
        emergency: Some(EmergencyAllowance { steps: days, days }),
        ..terms(1, LicenseType::Standalone)
    });
    desk.options.grace_days = Some(0);
    let answer = desk.respond(&activate(key, 1, 1)).unwrap();
    assert_eq!(answer.grant.emergency, None);
    desk.options.grace_days = Some(1);
    let next = desk
        .sync(&sync(key, answer.activation, (1, 1), 2, NOW))
        .unwrap();
    assert!(next.grant.emergency.is_some());
    assert_eq!(next.effect, Effect::Synced(Colour::Green));
}
