//! What a desk does with a license that was sold: changes, revocations, releases, emergency codes, longer trips.

use std::num::NonZeroU8;

use super::life::{DAY, licensed, return_code, sync, sync_code};
use super::weak::history_of;
use super::*;
use crate::issuer::history::Actor;
use crate::issuer::ledger::EmergencyAllowance;
use crate::issuer::life::{self, LifeError, Named, Step};
use crate::issuer::policy::Warning;
use crate::issuer::respond::Effect;
use crate::protocol::commitment::Commitment;
use crate::protocol::digest::MachineBinding;
use crate::protocol::emergency::Emergency;

pub(super) fn edit(
    desk: &mut Desk,
    key: LicenseKey,
    change: impl Fn(&mut OrderTerms),
) -> Result<Vec<String>, LifeError> {
    let edit = |terms: &OrderTerms, _: &Product| {
        let mut new = terms.clone();
        change(&mut new);
        Ok::<_, LifeError>(new)
    };
    let by = Actor {
        now: desk.now,
        ..BY
    };
    let changes = life::change(&mut desk.ledger, key, edit, None, hand(by))?;
    Ok(changes.iter().map(ToString::to_string).collect())
}

#[test]
fn a_change_is_told_and_arrives_with_the_next_sync() {
    let (mut desk, key, id) = licensed(5, LicenseType::Floating);
    let more = |terms: &mut OrderTerms| {
        terms.seats = NonZeroU16::new(8).unwrap();
        terms.expires = Some(NOW.day().plus(100));
        terms.entitlements = Entitlements::new(vec![Entitlement::number(1, 900)]).unwrap();
    };
    let told = edit(&mut desk, key, more).unwrap();
    assert_eq!(
        told,
        [
            "seats 5 → 8",
            "expires never → 2027-03-02",
            "employees 500 → 900"
        ]
    );
    assert_eq!(
        edit(&mut desk, key, more).unwrap_err().kind(),
        "nothing_to_change"
    );
    let grant = desk.sync(&sync(key, id, (1, 1), 2, NOW)).unwrap().grant;
    assert_eq!((grant.seats, grant.expires), (8, Some(NOW.day().plus(100))));
    assert_eq!(
        grant.entitlements.get(1),
        Some(&Entitlement::number(1, 900).content)
    );
    let unused = desk.sell(&terms(2, LicenseType::Standalone));
    edit(&mut desk, unused, |terms| terms.customer = "Söhne".into()).unwrap();
    assert_eq!(desk.findings(), [""; 0]);
}

#[test]
fn the_newest_machine_gives_its_seats_first_when_a_license_shrinks() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(10, LicenseType::Floating));
    let mut ids = Vec::new();
    for number in 1..=3 {
        let request = Activate {
            seats: NonZeroU16::new(3),
            ..activate(key, number, number.into())
        };
        ids.push(desk.respond(&request).unwrap().activation);
    }
    edit(&mut desk, key, |terms| {
        terms.seats = NonZeroU16::new(4).unwrap()
    })
    .unwrap();
    assert_eq!(
        desk.findings(),
        [""; 0],
        "more are in use than there are, as it must be"
    );
    let oldest = desk.sync(&sync(key, ids[0], (1, 1), 11, NOW)).unwrap();
    assert_eq!(oldest.grant.seats, 3);
    let newest = desk.sync(&sync(key, ids[2], (3, 1), 13, NOW)).unwrap_err();
    assert_eq!(newest.kind(), "no_seat_free");
    // It is returned instead; the next one shrinks to what is left.
    assert_eq!(desk.returned(ids[2], 3).unwrap(), Effect::Returned);
    let second = desk.sync(&sync(key, ids[1], (2, 1), 12, NOW)).unwrap();
    assert_eq!(second.grant.seats, 1);
    assert!(
        second
            .warnings
            .contains(&Warning::Shrunk { from: 3, to: 1 })
    );
    assert_eq!((desk.taken(key), desk.findings()), (4, vec![]));
}

/// A machine that is set up anew after its license shrank gets what is left of its seats, and so does a site that may have lent them all.
#[test]
fn who_asks_anew_after_a_license_shrank_gets_what_is_left() {
    let lends = [None, NonZeroU8::new(14)];
    for (lend_days, wants) in lends.into_iter().zip([None, NonZeroU16::new(1)]) {
        let mut desk = Desk::new();
        let key = desk.sell(&OrderTerms {
            lend_days,
            ..terms(4, LicenseType::Floating)
        });
        let asks = |number, request, seats| Activate {
            site_key: Some(SigningKey::from_seed(&[3; 32]).public()),
            seats,
            ..activate(key, number, request)
        };
        let all = desk.respond(&asks(1, 1, NonZeroU16::new(3))).unwrap();
        assert_eq!(all.grant.seats, 3);
        desk.respond(&asks(2, 2, NonZeroU16::new(1))).unwrap();
        edit(&mut desk, key, |terms| {
            terms.seats = NonZeroU16::new(3).unwrap();
        })
        .unwrap();
        let anew = desk.respond(&asks(1, 3, wants)).unwrap();
        assert_eq!((anew.grant.seats, desk.taken(key)), (2, 3));
        assert_eq!(desk.findings(), [""; 0]);
    }
}

#[test]
fn a_revoked_license_is_answered_no_more_until_it_is_given_back() {
    let (mut desk, key, id) = licensed(2, LicenseType::Standalone);
    life::revoke(&mut desk.ledger, key, "not paid", hand(BY)).unwrap();
    assert_eq!(desk.refusal(&activate(key, 2, 2)), "revoked");
    let request = sync(key, id, (1, 1), 3, NOW);
    assert_eq!(desk.sync(&request).unwrap_err().kind(), "revoked");
    assert_eq!(desk.returned(id, 1).unwrap(), Effect::Returned);
    assert!(life::revoke(&mut desk.ledger, key, "again", hand(BY)).is_err());
    assert_eq!(desk.findings(), [""; 0]);
    life::restore(&mut desk.ledger, key, "paid", hand(BY)).unwrap();
    desk.respond(&activate(key, 2, 2)).unwrap();
    assert_eq!(desk.findings(), [""; 0]);
    desk.edit("UPDATE license SET withdrawn = 1");
    assert_ne!(desk.findings(), [""; 0]);
}

#[test]
fn two_lost_machines_a_year_are_the_clerks() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(1, LicenseType::Standalone));
    for number in 1..=2 {
        let id = desk
            .respond(&activate(key, number, number.into()))
            .unwrap()
            .activation;
        let name = Named::Activation(id, None);
        life::release(&mut desk.ledger, name, "stolen", false, hand(BY)).unwrap();
        assert_eq!(desk.taken(key), 0);
    }
    desk.respond(&activate(key, 3, 3)).unwrap();
    let name = Named::License(key);
    let third = life::release(&mut desk.ledger, name, "stolen", false, hand(BY));
    assert_eq!(third.unwrap_err().kind(), "held_for_manager");
    life::release(&mut desk.ledger, name, "stolen", true, hand(BY)).unwrap();
    assert_eq!(desk.findings(), [""; 0]);
}

/// The last day of a license is not moved: it goes on until then at the latest, and past it no code is read out.
#[test]
fn an_emergency_code_reaches_no_further_than_the_license() {
    let mut desk = Desk::new();
    let expires = NOW.day().plus(32);
    let key = desk.sell(&OrderTerms {
        emergency: Some(EmergencyAllowance {
            steps: NonZeroU8::new(4).unwrap(),
            days: NonZeroU8::new(7).unwrap(),
        }),
        expires: Some(expires),
        ..terms(1, LicenseType::Standalone)
    });
    desk.respond(&activate(key, 1, 1)).unwrap();
    let mut speak = |days: u32, until: Option<u16>| {
        let step = Step {
            until: until.map(|days| NOW.day().plus(days)),
            ..Step::default()
        };
        let by = Actor {
            now: NOW.plus(days * DAY),
            ..BY
        };
        life::emergency(
            &mut desk.ledger,
            &desk.issuer,
            Named::License(key),
            step,
            by,
        )
    };
    let told = |spoken: Result<life::Spoken, life::LifeError>| {
        spoken
            .map(|it| (it.step, it.until))
            .map_err(|error| error.kind().name())
    };
    assert_eq!(told(speak(31, None)), Ok((1, expires)));
    assert_eq!(told(speak(31, Some(32))), Ok((1, expires)), "again");
    // Nothing goes further, so nothing is read out, and no step is lost.
    for (days, until) in [(31, None), (31, Some(33)), (32, None), (32, Some(40))] {
        assert_eq!(told(speak(days, until)), Err("emergency_used_up"));
    }
    for until in [None, Some(40)] {
        assert_eq!(told(speak(33, until)), Err("expired"));
    }
    let told = history_of(&mut desk, key);
    let read_out = told.iter().filter(|it| it.contains("read out")).count();
    assert_eq!((read_out, desk.findings()), (1, vec![]));
}

/// A license that ends before it must re-validate is not helped by a code, and has its steps still when it is renewed.
#[test]
fn no_code_is_read_out_where_the_license_ends_first() {
    let mut desk = Desk::new();
    let key = desk.sell(&OrderTerms {
        emergency: Some(EmergencyAllowance {
            steps: NonZeroU8::new(4).unwrap(),
            days: NonZeroU8::new(7).unwrap(),
        }),
        expires: Some(NOW.day().plus(20)),
        ..terms(1, LicenseType::Standalone)
    });
    desk.respond(&activate(key, 1, 1)).unwrap();
    for until in [None, Some(NOW.day().plus(10)), Some(NOW.day().plus(35))] {
        let step = Step {
            until,
            ..Step::default()
        };
        let refused = life::emergency(
            &mut desk.ledger,
            &desk.issuer,
            Named::License(key),
            step,
            BY,
        );
        assert_eq!(refused.unwrap_err().kind().name(), "no_code_needed");
    }
    let told = history_of(&mut desk, key);
    assert!(!told.iter().any(|it| it.contains("read out")), "{told:?}");
}

#[test]
fn an_emergency_code_fits_the_grant_that_is_held() {
    let mut desk = Desk::new();
    let key = desk.sell(&OrderTerms {
        emergency: Some(EmergencyAllowance {
            steps: NonZeroU8::new(4).unwrap(),
            days: NonZeroU8::new(7).unwrap(),
        }),
        ..terms(1, LicenseType::Standalone)
    });
    let first = desk.respond(&activate(key, 1, 1)).unwrap();
    let id = first.activation;
    let second = desk.sync(&sync(key, id, (1, 1), 2, NOW)).unwrap();
    let standing = MachineBinding {
        activation: id,
        fingerprint: Some(machine(1)),
        bindings: None,
        usb: None,
    };
    let holder = standing.holder_digest("infinitime", key);
    let mut speak = |until: u16, generation| {
        let until = Some(NOW.day().plus(until));
        let step = Step {
            until,
            generation,
            ..Step::default()
        };
        life::emergency(
            &mut desk.ledger,
            &desk.issuer,
            Named::License(key),
            step,
            BY,
        )
    };
    for (generation, grant) in [(None, &second.grant), (Some(1), &first.grant)] {
        let spoken = speak(40, generation).unwrap();
        assert_eq!((spoken.step, spoken.until), (2, NOW.day().plus(44)));
        assert_eq!(spoken.code.to_text().unwrap().replace('-', "").len(), 22);
        let emergency = Emergency::decode(spoken.code.payload()).unwrap();
        assert!(emergency.belongs_to(&grant.emergency.unwrap(), &holder, grant.generation));
        assert_eq!(speak(40, generation).unwrap(), spoken, "again, the same");
    }
    assert_eq!(speak(59, None).unwrap_err().kind(), "emergency_used_up");
    assert_eq!(speak(40, Some(9)).unwrap_err().kind(), "unknown_generation");
    let next = life::emergency(
        &mut desk.ledger,
        &desk.issuer,
        Named::Activation(id, None),
        Step::default(),
        BY,
    );
    assert_eq!(next.unwrap().step, 3, "one further than what was read out");
    assert_eq!(desk.findings(), [""; 0]);
}

#[test]
fn a_trip_has_a_grace_of_its_own_and_ends_by_itself() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    desk.options.until = Some(NOW.day().plus(120));
    let trip = desk.sync(&sync(key, id, (1, 1), 2, NOW)).unwrap();
    assert_eq!(trip.grant.revalidate_by, Some(NOW.day().plus(120)));
    desk.options.until = None;
    let back = desk.sync(&sync(key, id, (2, 2), 3, NOW)).unwrap();
    assert_eq!(back.grant.revalidate_by, Some(NOW.day().plus(30)));
}

#[test]
fn a_batch_takes_every_kind() {
    use crate::issuer::respond::Batch;
    use crate::issuer::respond::Stopped;
    let mut desk = Desk::new();
    let key = desk.sell(&terms(3, LicenseType::Standalone));
    let id = desk.respond(&activate(key, 1, 1)).unwrap().activation;
    let begun = activate(key, 2, 2);
    let codes = vec![
        sync_code(&sync(key, id, (1, 1), 10, NOW)),
        code(&begun),
        return_code(begun.commitment.activation_id(), 2),
        return_code(begun.commitment.activation_id(), 2),
        return_code(Commitment([9; 12]).activation_id(), 77),
        return_code(id, 1),
        sync_code(&sync(key, id, (10, 2), 11, NOW)),
        code(&activate(key, 3, 3)),
    ];
    let batch = Batch {
        issuer: &desk.issuer,
        options: &desk.options,
        by: BY,
        workers: std::num::NonZeroUsize::new(2).unwrap(),
    };
    let mut said = Vec::new();
    batch
        .respond(
            &mut desk.ledger,
            codes,
            |code| Ok::<_, ()>(code.clone()),
            |page| {
                said.extend(
                    page.into_iter()
                        .map(|(_, result)| result.map_or("refused", |reply| reply.effect().name())),
                );
                Ok::<(), Stopped>(())
            },
        )
        .unwrap();
    let expected = [
        "green",
        "activated",
        "returned",
        "repeated",
        "given_up",
        "returned",
        "refused",
        "activated",
    ];
    assert_eq!(said, expected);
    assert_eq!((desk.taken(key), desk.findings()), (1, vec![]));
}
