//! Requests that were answered before.

use super::*;

#[test]
fn the_same_request_gets_the_same_bytes_and_no_second_seat_and_needs_no_key() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(5, LicenseType::Standalone));
    let request = activate(key, 1, 1);
    assert_eq!(
        repeated(&mut desk.ledger, &code(&request), NOW.day()).unwrap(),
        None
    );
    let first = desk.respond(&request).unwrap();
    let again = desk.respond_at(&request, NOW.plus(9_999_999)).unwrap();
    assert_eq!((again.effect, &again.code), (Effect::Repeated, &first.code));
    let unlocked = repeated(&mut desk.ledger, &code(&request), NOW.day())
        .unwrap()
        .unwrap();
    assert_eq!(unlocked.answer().unwrap().code, first.code);
    assert_eq!(desk.taken(key), 1);
    assert_eq!(desk.findings(), [""; 0]);
}

#[test]
fn a_forged_request_with_a_known_commitment_is_refused() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(5, LicenseType::Standalone));
    let request = activate(key, 1, 1);
    desk.respond(&request).unwrap();
    let forged = Activate {
        fingerprint: Some(machine(2)),
        ..request
    };
    assert_eq!(desk.refusal(&forged), "commitment_used");
}
