//! What a verification says of approvals that this program would not give (SPEC.md 9.18).

use super::*;
use crate::failure::FailureKind;
use crate::issuer::approvals::{self, ApprovalError, Rule};
use crate::issuer::products::CatalogueError;

const BO: Actor<'static> = Actor {
    name: "bo",
    now: NOW,
};

fn sell(desk: &mut Desk, seats: u16) -> Result<products::Sold, CatalogueError> {
    let terms = terms(seats, LicenseType::Floating);
    products::sell(&mut desk.ledger, &terms, 1, hand(BY), &mut entropy(9))
}

/// A desk where one proposed to sell six seats.
fn proposed() -> (Desk, EventId) {
    let mut desk = Desk::new();
    approvals::set_policy(&mut desk.ledger, "infinitime", &[Rule::Seats(5)], hand(BY)).unwrap();
    let refused = sell(&mut desk, 6).unwrap_err();
    let CatalogueError::Approval(ApprovalError::Needed(wanted)) = refused else {
        panic!("{refused}");
    };
    let command = vec!["license".to_owned()];
    let (number, before) =
        approvals::propose(&mut desk.ledger, &wanted, command, hand(BY)).unwrap();
    assert!(!before);
    assert_eq!(desk.findings(), [""; 0]);
    (desk, number)
}

/// An approval that is written by hand, and a sale by a program that knows no policy.
fn approved(desk: &mut Desk, number: EventId, by: Actor<'_>, seats: u16) {
    let policy = |desk: &mut Desk, text: &str| {
        let set = |tx: &mut dyn crate::issuer::ledger::Transaction| {
            tx.set_meta("approve infinitime", text)
        };
        desk.ledger.write(set).unwrap();
    };
    desk.ledger
        .write(|tx| {
            let event = approvals::close(tx, number)?;
            Recorder::by_hand(tx, hand(by))?.record(tx, event)
        })
        .unwrap();
    policy(desk, "");
    sell(desk, seats).unwrap();
    policy(desk, "seats>5");
}

#[test]
fn an_approval_by_the_key_that_proposed_it_is_found() {
    let (mut desk, number) = proposed();
    approved(&mut desk, number, BO, 6);
    let found = desk.findings();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("of the same person, or of the same key"),
        "{found:?}"
    );
}

#[test]
fn an_approval_of_something_else_is_found() {
    let (mut desk, number) = proposed();
    approved(&mut desk, number, BO, 7);
    let found = desk.findings().join("; ");
    for says in [
        "of the same person",
        "what follows is not what was proposed",
        "nobody approved it",
    ] {
        assert!(found.contains(says), "{found}");
    }
}

#[test]
fn an_approval_of_which_nothing_comes_is_found() {
    let (mut desk, number) = proposed();
    desk.ledger
        .write(|tx| {
            let event = approvals::close(tx, number)?;
            let mut recorder = Recorder::by_hand(tx, hand(BO))?;
            recorder.record(tx, event)?;
            // And once more.
            let event = approvals::close(tx, number)?;
            recorder.record(tx, event)
        })
        .unwrap();
    let found = desk.findings().join("; ");
    assert!(
        found.contains("what follows is not what was proposed"),
        "{found}"
    );
    assert!(found.contains("was decided before"), "{found}");
}

/// Whoever could store any number would bury those that matter.
#[test]
fn so_many_wait_and_no_more() {
    let (mut desk, _) = proposed();
    let refused = sell(&mut desk, 7).unwrap_err();
    let CatalogueError::Approval(ApprovalError::Needed(wanted)) = refused else {
        panic!("{refused}");
    };
    for number in 1..=200 {
        let command = vec![number.to_string()];
        let kept = approvals::propose(&mut desk.ledger, &wanted, command, hand(BY));
        let too_many = kept.is_err_and(|it| it.kind() == FailureKind::TooManyProposals);
        assert_eq!(too_many, number == 200, "{number}");
    }
}
