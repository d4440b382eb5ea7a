//! A license's life at the desk: SYNC and RETURN.

use super::*;
use crate::issuer::policy::moves::Move;
use crate::issuer::policy::{Colour, Warning};
use crate::issuer::respond::Effect;
use crate::protocol::digest::{ActivationId, MachineBinding, request_digest};
use crate::protocol::grant::SignedGrant;
use crate::protocol::requests::{Return, Sync};
use crate::protocol::trust::{GrantContext, PublicKey, Roots};

pub(super) const DAY: u32 = 86_400;
/// What is asked for later than this after another request is no old mail, whatever the clocks.
pub(super) const NO_OLD_MAIL: u32 = 27 * 3600;

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
        site_key: None,
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
    pub(super) fn sync(&mut self, request: &Sync) -> Result<Answer, RespondError> {
        self.sync_at(request, NOW)
    }

    pub(super) fn sync_at(&mut self, request: &Sync, now: Seconds) -> Result<Answer, RespondError> {
        Ok(self.reply_at(&sync_code(request), now)?.answer().unwrap())
    }

    pub(super) fn returned(
        &mut self,
        activation: ActivationId,
        request: u64,
    ) -> Result<Effect, RespondError> {
        let reply = self.reply_at(&return_code(activation, request), NOW)?;
        Ok(reply.effect())
    }
}

pub(super) fn licensed(seats: u16, kind: LicenseType) -> (Desk, LicenseKey, ActivationId) {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(seats, kind));
    let activation = desk.respond(&activate(key, 1, 1)).unwrap().activation;
    (desk, key, activation)
}

#[test]
fn a_sync_is_answered_with_the_whole_license_and_trusted() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    let changed = Sync {
        fingerprint: Some(machine(1)),
        ..sync(key, id, (1, 1), 2, NOW)
    };
    let answer = desk.sync(&changed).unwrap();
    assert_eq!(answer.effect, Effect::Synced(Colour::Green));
    assert_eq!(answer.grant.generation, 2);
    let standing = MachineBinding {
        activation: id,
        fingerprint: Some(machine(1)),
        bindings: None,
        usb: None,
    };
    let context = GrantContext {
        request_digest: request_digest(Kind::Sync, &changed.encode()),
        holder: standing.holder_digest("infinitime", key),
        site_key: None,
    };
    let root = SigningKey::from_seed(&[7; 32]).public();
    let roots = Roots::new(
        "infinitime",
        Vec::new(),
        vec![PublicKey::from_bytes(&root).unwrap()],
        0,
    );
    let signed = SignedGrant::decode(answer.code.payload()).unwrap();
    assert!(roots.verify_grant(&signed, &context, &[]).is_ok());
    let again = desk.sync_at(&changed, NOW.plus(40 * DAY)).unwrap();
    assert_eq!(
        (again.effect, &again.code),
        (Effect::Repeated, &answer.code)
    );
    assert_eq!(again.activation, id);
    assert_eq!(desk.findings(), [""; 0]);
}

#[test]
fn yellow_wants_a_supersede_four_times_a_year_and_red_the_manager() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    desk.sync(&sync(key, id, (1, 1), 2, NOW)).unwrap();
    let lost = sync(key, id, (1, 1), 3, NOW.plus(1));
    let refused = desk.sync(&lost).unwrap_err();
    assert_eq!(refused.kind().name(), "needs_supersede");
    assert!(
        refused.to_string().contains("holds generation 1"),
        "{refused}"
    );
    desk.options.supersede_reason = Some("mail was lost".into());
    let answer = desk.sync(&lost).unwrap();
    assert_eq!(answer.effect, Effect::Synced(Colour::Yellow));
    assert_eq!(answer.grant.generation, 3);
    for to in 10..=12 {
        let asked = NOW.plus(u32::try_from(to).unwrap());
        desk.sync(&sync(key, id, (1, 1), to, asked)).unwrap();
    }
    // A fifth time from the same, within a year: not the clerk's.
    let again = sync(key, id, (1, 1), 13, NOW.plus(20));
    assert_eq!(desk.sync(&again).unwrap_err().kind(), "held_for_manager");
    let later = NOW.plus(365 * DAY);
    let again = sync(key, id, (1, 1), 14, later);
    assert_eq!(desk.sync_at(&again, later).unwrap().grant.generation, 7);
    desk.sync_at(&sync(key, id, (14, 7), 15, later), later)
        .unwrap();
    // The first is proven by now to have been left behind.
    let later = later.plus(NO_OLD_MAIL);
    let copy = sync(key, id, (1, 1), 16, later);
    let refused = desk.sync_at(&copy, later).unwrap_err();
    assert_eq!(refused.kind().name(), "held_for_manager");
    assert!(refused.to_string().starts_with("red: "), "{refused}");
    desk.options.override_reason = Some("the disk was cloned by us".into());
    let answer = desk.sync_at(&copy, later).unwrap();
    assert_eq!(answer.effect, Effect::Synced(Colour::Red));
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

/// A clock is a few hours ahead, or a hundred days, when it asks; the mail is late, and meanwhile the clock is right.
#[test]
fn a_clock_that_was_ahead_makes_nobody_red() {
    for ahead in [3 * 3600, 20 * 3600, 25 * 3600, 100 * DAY] {
        let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
        let slow = sync(key, id, (1, 1), 2, NOW.plus(ahead));
        desk.sync(&sync(key, id, (1, 1), 3, NOW.plus(60))).unwrap();
        desk.sync(&sync(key, id, (3, 2), 4, NOW.plus(120))).unwrap();
        let refused = desk.sync_at(&slow, NOW.plus(DAY)).unwrap_err();
        assert_eq!(refused.kind(), "overtaken", "{ahead}");
        assert_eq!(desk.findings(), [""; 0]);
    }
}

#[test]
fn old_mail_is_no_evidence_against_anybody() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    let slow = sync(key, id, (1, 1), 2, NOW);
    desk.sync(&sync(key, id, (1, 1), 3, NOW.plus(60))).unwrap();
    desk.sync(&sync(key, id, (3, 2), 4, NOW.plus(120))).unwrap();
    assert_eq!(desk.sync(&slow).unwrap_err().kind(), "overtaken");
    let later = NOW.plus(120 + NO_OLD_MAIL);
    let copy = sync(key, id, (1, 1), 5, later);
    let refused = desk.sync_at(&copy, later).unwrap_err();
    assert_eq!(refused.kind(), "held_for_manager");
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
        let nth = u32::try_from(number - 1).unwrap();
        let why = Move::Mismatch;
        assert!(
            answer
                .warnings
                .contains(&Warning::Moved { why, nth, of: 2 })
        );
        from = (number, answer.grant.generation);
    }
    let third = Sync {
        fingerprint: Some(machine(900)),
        ..sync(key, id, from, 4, NOW)
    };
    assert_eq!(desk.sync(&third).unwrap_err().kind(), "held_for_manager");
    assert_eq!(desk.refusal(&repaired(key, 300, 5)), "held_for_manager");
    let stays = sync(key, id, from, 6, NOW);
    assert!(desk.sync(&stays).is_ok(), "the same machine goes on");
    assert_eq!(desk.findings(), [""; 0]);
}

#[test]
fn a_return_frees_the_seat_once_and_says_the_same_for_ever() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    assert_eq!(desk.refusal(&activate(key, 2, 2)), "no_seat_free");
    assert_eq!(desk.returned(id, 1).unwrap(), Effect::Returned);
    assert_eq!(desk.returned(id, 1).unwrap(), Effect::Repeated);
    assert_eq!(desk.taken(key), 0);
    let gone = sync(key, id, (1, 1), 3, NOW);
    assert_eq!(desk.sync(&gone).unwrap_err().kind(), "given_up");
    desk.respond(&activate(key, 2, 2)).unwrap();
    assert_eq!(desk.returned(id, 1).unwrap(), Effect::Repeated);
    assert_eq!(desk.taken(key), 1, "the other machine keeps its seat");
    assert_eq!(desk.findings(), [""; 0]);
}

#[test]
fn a_return_opens_the_proven_generation_or_the_latest() {
    for from in [1, 2] {
        let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
        desk.sync(&sync(key, id, (1, 1), 2, NOW)).unwrap();
        assert_eq!(desk.returned(id, from).unwrap(), Effect::Returned);
        assert_eq!((desk.taken(key), desk.findings()), (0, vec![]));
    }
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    desk.sync(&sync(key, id, (1, 1), 2, NOW)).unwrap();
    desk.sync(&sync(key, id, (2, 2), 3, NOW)).unwrap();
    assert_eq!(desk.returned(id, 1).unwrap_err().kind(), "held_for_manager");
    assert_eq!(desk.taken(key), 1);
}

#[test]
fn a_return_before_its_request_refuses_the_request() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(1, LicenseType::Standalone));
    let request = activate(key, 1, 1);
    let id = request.commitment.activation_id();
    assert_eq!(desk.returned(id, 1).unwrap(), Effect::ReturnedEarly);
    assert_eq!(desk.returned(id, 1).unwrap(), Effect::Repeated);
    assert_eq!(desk.refusal(&request), "given_up");
    desk.respond(&activate(key, 1, 2)).unwrap();
    assert_eq!(desk.findings(), [""; 0]);
    for (edit, found) in [
        (
            "UPDATE early_return SET proof = zeroblob(10)",
            "was altered",
        ),
        ("UPDATE early_return SET event = 1", "is not in the history"),
        ("DELETE FROM early_return", "is gone"),
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

#[test]
fn an_activation_ends_with_its_last_generation() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(1, LicenseType::Standalone));
    desk.respond(&activate(key, 1, 1)).unwrap();
    let digest = |desk: &mut Desk| {
        let row = crate::issuer::ledger::ActivationRow(1);
        let holder = desk.ledger.read(|tx| tx.activation(row));
        history::Hex(holder.unwrap().unwrap().digest()).to_string()
    };
    // As its event has it: a row alone is not believed.
    let before = digest(&mut desk);
    desk.edit("UPDATE activation SET generation = 65535");
    let after = digest(&mut desk);
    desk.edit(&format!(
        "UPDATE history SET data = replace(data, '{before}', '{after}')"
    ));
    desk.rechain();
    assert_eq!(desk.refusal(&activate(key, 1, 2)), "last_generation");
}
