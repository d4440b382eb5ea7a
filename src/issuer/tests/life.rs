//! A licence's life at the desk: SYNC, RETURN, changes, releases, emergency codes.

use std::num::NonZeroU8;

use super::*;
use crate::issuer::ledger::EmergencyAllowance;
use crate::issuer::life::{self, LifeError, Named, Step};
use crate::issuer::policy::{Colour, Warning};
use crate::issuer::respond::Verdict;
use crate::protocol::commitment::Commitment;
use crate::protocol::digest::{ActivationId, Standing, request_digest};
use crate::protocol::emergency::Emergency;
use crate::protocol::grant::SignedGrant;
use crate::protocol::requests::{Return, Sync};
use crate::protocol::trust::{GrantContext, PublicKey, Roots};

pub(super) const DAY: u32 = 86_400;

/// The secret of the request with this number.
pub(super) fn secret(request: u64) -> RequestSecret {
    let mut secret = [0; 12];
    entropy(request + 1_000_000)(&mut secret);
    RequestSecret::new(secret)
}

/// A SYNC made with request number `to`, from the generation that request number `from` got.
pub(super) fn sync(
    key: LicenseKey,
    activation: ActivationId,
    (from, generation): (u64, u16),
    to: u64,
    clock: Seconds,
) -> Sync {
    Sync {
        activation,
        generation,
        proof: secret(from).sync_proof(),
        commitment: secret(to).commitment(key),
        clock,
        fingerprint: None,
        bindings: None,
        usb: None,
        site: None,
    }
}

pub(super) fn sync_code(request: &Sync) -> Code {
    Code::new(Kind::Sync, request.encode())
}

pub(super) fn return_code(activation: ActivationId, request: u64) -> Code {
    let secret = secret(request);
    Code::new(Kind::Return, Return { activation, secret }.encode())
}

impl Desk {
    fn sync(&mut self, request: &Sync) -> Result<Answer, RespondError> {
        self.sync_at(request, NOW)
    }

    fn sync_at(&mut self, request: &Sync, now: Seconds) -> Result<Answer, RespondError> {
        Ok(self.reply_at(&sync_code(request), now)?.answer().unwrap())
    }

    fn returned(
        &mut self,
        activation: ActivationId,
        request: u64,
    ) -> Result<Verdict, RespondError> {
        let reply = self.reply_at(&return_code(activation, request), NOW)?;
        Ok(reply.verdict())
    }
}

fn licensed(seats: u16, kind: LicenseType) -> (Desk, LicenseKey, ActivationId) {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(seats, kind));
    let activation = desk.respond(&activate(key, 1, 1)).unwrap().activation;
    (desk, key, activation)
}

#[test]
fn a_sync_is_answered_with_the_whole_licence_and_trusted() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    let changed = Sync {
        fingerprint: Some(machine(1)),
        ..sync(key, id, (1, 1), 2, NOW)
    };
    let answer = desk.sync(&changed).unwrap();
    assert_eq!(answer.verdict, Verdict::Synced(Colour::Green));
    assert_eq!(answer.grant.generation, 2);
    let standing = Standing {
        activation: id,
        fingerprint: Some(machine(1)),
        bindings: None,
        usb: None,
    };
    let context = GrantContext {
        request_digest: request_digest(Kind::Sync, &changed.encode()),
        holder: standing.holder_digest("infinitime", key),
        lending_key: None,
    };
    let root = SigningKey::from_seed(&[7; 32]).unwrap().public();
    let roots = Roots::new(vec![PublicKey::from_bytes(&root).unwrap()], 0);
    let signed = SignedGrant::decode(answer.code.payload()).unwrap();
    assert!(roots.verify_grant(&signed, &context, &[]).is_ok());
    let again = desk.sync_at(&changed, NOW.plus(40 * DAY)).unwrap();
    assert_eq!(
        (again.verdict, &again.code),
        (Verdict::Repeated, &answer.code)
    );
    assert_eq!(again.activation, id);
    assert_eq!(desk.findings(), [""; 0]);
}

#[test]
fn yellow_wants_a_supersede_once_in_90_days_and_red_the_manager() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    desk.sync(&sync(key, id, (1, 1), 2, NOW)).unwrap();
    let lost = sync(key, id, (1, 1), 3, NOW.plus(1));
    let refused = desk.sync(&lost).unwrap_err();
    assert_eq!(refused.kind(), "needs_supersede");
    assert!(
        refused.to_string().contains("holds generation 1"),
        "{refused}"
    );
    desk.options.supersede_reason = Some("mail was lost".into());
    let answer = desk.sync(&lost).unwrap();
    assert_eq!(answer.verdict, Verdict::Synced(Colour::Yellow));
    assert_eq!(answer.grant.generation, 3);
    // Again from the same, within 90 days: not the clerk's.
    let again = sync(key, id, (1, 1), 4, NOW.plus(2));
    assert_eq!(desk.sync(&again).unwrap_err().kind(), "held_for_manager");
    let later = NOW.plus(90 * DAY);
    let again = sync(key, id, (1, 1), 4, later);
    assert_eq!(desk.sync_at(&again, later).unwrap().grant.generation, 4);
    desk.sync_at(&sync(key, id, (4, 4), 5, later), later)
        .unwrap();
    // The first is proven by now to have been left behind.
    let copy = sync(key, id, (1, 1), 6, later.plus(1));
    let refused = desk.sync_at(&copy, later).unwrap_err();
    assert_eq!(refused.kind(), "held_for_manager");
    assert!(refused.to_string().starts_with("red: "), "{refused}");
    desk.options.override_reason = Some("the disk was cloned by us".into());
    let answer = desk.sync_at(&copy, later).unwrap();
    assert_eq!(answer.verdict, Verdict::Synced(Colour::Red));
    assert!(answer.warnings.contains(&Warning::Overridden));
    let view = products::license(&mut desk.ledger, key).unwrap().unwrap();
    let events = desk
        .ledger
        .read(|tx| history::of_license(tx, view.license.event))
        .unwrap();
    let told: Vec<String> = events.iter().map(|it| history::tell(it, None)).collect();
    assert!(
        told[4].contains("mail was lost") && told[4].contains("yellow"),
        "{told:?}"
    );
    // Each refusal is told too, once for each request.
    let refused = |told: &&String| told.contains("was not answered; ");
    assert_eq!(told.iter().filter(refused).count(), 3, "{told:?}");
    assert!(told.last().unwrap().contains("cloned by us"), "{told:?}");
    assert_eq!(desk.findings(), [""; 0]);
}

#[test]
fn old_mail_is_no_evidence_against_anybody() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    let slow = sync(key, id, (1, 1), 2, NOW);
    desk.sync(&sync(key, id, (1, 1), 3, NOW.plus(60))).unwrap();
    desk.sync(&sync(key, id, (3, 2), 4, NOW.plus(120))).unwrap();
    assert_eq!(desk.sync(&slow).unwrap_err().kind(), "overtaken");
    let copy = sync(key, id, (1, 1), 5, NOW.plus(180));
    assert_eq!(desk.sync(&copy).unwrap_err().kind(), "held_for_manager");
    assert_eq!(desk.findings(), [""; 0]);
}

#[test]
fn moves_count_together_with_replacements() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    let mut from = (1, 1);
    for number in 2..=3 {
        let moved = Sync {
            fingerprint: Some(machine(u16::try_from(number).unwrap() * 100)),
            ..sync(key, id, from, number, NOW)
        };
        let answer = desk.sync(&moved).unwrap();
        let nth = usize::try_from(number - 1).unwrap();
        assert!(answer.warnings.contains(&Warning::Moved { nth, of: 2 }));
        from = (number, answer.grant.generation);
    }
    let third = Sync {
        fingerprint: Some(machine(900)),
        ..sync(key, id, from, 4, NOW)
    };
    assert_eq!(desk.sync(&third).unwrap_err().kind(), "held_for_manager");
    assert_eq!(desk.refusal(&activate(key, 300, 5)), "held_for_manager");
    let stays = sync(key, id, from, 6, NOW);
    assert!(desk.sync(&stays).is_ok(), "the same machine goes on");
    assert_eq!(desk.findings(), [""; 0]);
}

#[test]
fn a_return_frees_the_seat_once_and_says_the_same_for_ever() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    assert_eq!(desk.refusal(&activate(key, 2, 2)), "no_seat_free");
    assert_eq!(desk.returned(id, 1).unwrap(), Verdict::Returned);
    assert_eq!(desk.returned(id, 1).unwrap(), Verdict::Repeated);
    assert_eq!(desk.taken(key), 0);
    let gone = sync(key, id, (1, 1), 3, NOW);
    assert_eq!(desk.sync(&gone).unwrap_err().kind(), "given_up");
    desk.respond(&activate(key, 2, 2)).unwrap();
    assert_eq!(desk.returned(id, 1).unwrap(), Verdict::Repeated);
    assert_eq!(desk.taken(key), 1, "the other machine keeps its seat");
    assert_eq!(desk.findings(), [""; 0]);
}

#[test]
fn a_return_opens_the_proven_generation_or_the_latest() {
    for from in [1, 2] {
        let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
        desk.sync(&sync(key, id, (1, 1), 2, NOW)).unwrap();
        assert_eq!(desk.returned(id, from).unwrap(), Verdict::Returned);
        assert_eq!((desk.taken(key), desk.findings()), (0, vec![]));
    }
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    desk.sync(&sync(key, id, (1, 1), 2, NOW)).unwrap();
    desk.sync(&sync(key, id, (2, 2), 3, NOW)).unwrap();
    assert_eq!(desk.returned(id, 1).unwrap_err().kind(), "held_for_manager");
    assert_eq!(desk.taken(key), 1);
}

#[test]
fn returning_what_the_machine_replaced_frees_nothing() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    desk.respond(&activate(key, 1, 2)).unwrap();
    assert_eq!(desk.returned(id, 1).unwrap_err().kind(), "held_for_manager");
    desk.options.override_reason = Some("its answer never came".into());
    assert_eq!(desk.returned(id, 1).unwrap(), Verdict::Returned);
    assert_eq!((desk.taken(key), desk.findings()), (0, vec![]));
}

#[test]
fn a_return_before_its_request_refuses_the_request() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(1, LicenseType::Standalone));
    let request = activate(key, 1, 1);
    let id = request.commitment.activation_id();
    assert_eq!(desk.returned(id, 1).unwrap(), Verdict::ReturnedEarly);
    assert_eq!(desk.returned(id, 1).unwrap(), Verdict::Repeated);
    assert_eq!(desk.refusal(&request), "given_up");
    desk.respond(&activate(key, 1, 2)).unwrap();
    assert_eq!(desk.findings(), [""; 0]);
    for (edit, found) in [
        (
            "UPDATE early_return SET proof = zeroblob(10)",
            "was altered",
        ),
        ("UPDATE early_return SET event = 1", "is not in the history"),
        ("DELETE FROM early_return", "has lost its early return"),
    ] {
        desk.edit(edit);
        let findings = desk.findings();
        assert!(findings.iter().any(|it| it.contains(found)), "{findings:?}");
    }
}

#[test]
fn an_unknown_activation_is_named() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(1, LicenseType::Standalone));
    let id = secret(1).commitment(key).activation_id();
    let unknown = sync(key, id, (1, 1), 2, NOW);
    assert_eq!(
        desk.sync(&unknown).unwrap_err().kind(),
        "unknown_activation"
    );
}

pub(super) fn edit(
    desk: &mut Desk,
    key: LicenseKey,
    change: impl Fn(&mut Terms),
) -> Result<Vec<String>, LifeError> {
    let edit = |terms: &Terms, _: &Product| {
        let mut new = terms.clone();
        change(&mut new);
        Ok::<_, LifeError>(new)
    };
    let changes = life::change(&mut desk.ledger, key, edit, BY)?;
    Ok(changes.iter().map(ToString::to_string).collect())
}

#[test]
fn a_change_is_told_and_arrives_with_the_next_sync() {
    let (mut desk, key, id) = licensed(5, LicenseType::Floating);
    let more = |terms: &mut Terms| {
        terms.seats = NonZeroU16::new(8).unwrap();
        terms.expires = Some(NOW.day().plus(100));
        terms.entitlements = Entitlements::new(vec![Entitlement {
            index: 1,
            value: Some(900),
        }])
        .unwrap();
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
    assert_eq!(grant.entitlements.get(1).unwrap().value, Some(900));
    let unused = desk.sell(&terms(2, LicenseType::Standalone));
    edit(&mut desk, unused, |terms| terms.customer = "Söhne".into()).unwrap();
    assert_eq!(desk.findings(), [""; 0]);
}

#[test]
fn the_newest_machine_gives_its_seats_first_when_a_licence_shrinks() {
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
    assert_eq!(desk.returned(ids[2], 3).unwrap(), Verdict::Returned);
    let second = desk.sync(&sync(key, ids[1], (2, 1), 12, NOW)).unwrap();
    assert_eq!(second.grant.seats, 1);
    assert!(
        second
            .warnings
            .contains(&Warning::Shrunk { from: 3, to: 1 })
    );
    assert_eq!((desk.taken(key), desk.findings()), (4, vec![]));
}

#[test]
fn a_revoked_licence_is_answered_no_more_until_it_is_given_back() {
    let (mut desk, key, id) = licensed(2, LicenseType::Standalone);
    life::revoke(&mut desk.ledger, key, "not paid", BY).unwrap();
    assert_eq!(desk.refusal(&activate(key, 2, 2)), "revoked");
    let request = sync(key, id, (1, 1), 3, NOW);
    assert_eq!(desk.sync(&request).unwrap_err().kind(), "revoked");
    assert_eq!(desk.returned(id, 1).unwrap(), Verdict::Returned);
    assert!(life::revoke(&mut desk.ledger, key, "again", BY).is_err());
    assert_eq!(desk.findings(), [""; 0]);
    life::restore(&mut desk.ledger, key, "paid", BY).unwrap();
    desk.respond(&activate(key, 2, 2)).unwrap();
    assert_eq!(desk.findings(), [""; 0]);
    desk.edit("UPDATE license SET revoked = 1");
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
        let name = Named::Activation(id);
        life::release(&mut desk.ledger, name, "stolen", false, BY).unwrap();
        assert_eq!(desk.taken(key), 0);
    }
    desk.respond(&activate(key, 3, 3)).unwrap();
    let name = Named::License(key);
    let third = life::release(&mut desk.ledger, name, "stolen", false, BY);
    assert_eq!(third.unwrap_err().kind(), "held_for_manager");
    life::release(&mut desk.ledger, name, "stolen", true, BY).unwrap();
    assert_eq!(desk.findings(), [""; 0]);
}

#[test]
fn an_emergency_code_fits_the_grant_that_is_held() {
    let mut desk = Desk::new();
    let key = desk.sell(&Terms {
        emergency: Some(EmergencyAllowance {
            steps: NonZeroU8::new(4).unwrap(),
            days: NonZeroU8::new(7).unwrap(),
        }),
        ..terms(1, LicenseType::Standalone)
    });
    let first = desk.respond(&activate(key, 1, 1)).unwrap();
    let id = first.activation;
    let second = desk.sync(&sync(key, id, (1, 1), 2, NOW)).unwrap();
    let standing = Standing {
        activation: id,
        fingerprint: Some(machine(1)),
        bindings: None,
        usb: None,
    };
    let holder = standing.holder_digest("infinitime", key);
    let mut speak = |until: u16, generation| {
        let until = Some(NOW.day().plus(until));
        let step = Step { until, generation };
        life::emergency(&mut desk.ledger, Named::License(key), step, BY)
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
    let next = life::emergency(&mut desk.ledger, Named::Activation(id), Step::default(), BY);
    assert_eq!(next.unwrap().step, 1);
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
    use crate::issuer::ledger::LedgerError;
    use crate::issuer::respond::Batch;
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
            &mut entropy(5),
            codes,
            |code| Ok::<_, ()>(code.clone()),
            |page| {
                said.extend(
                    page.into_iter().map(|(_, result)| {
                        result.map_or("refused", |reply| reply.verdict().name())
                    }),
                );
                Ok::<(), LedgerError>(())
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
