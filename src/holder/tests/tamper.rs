//! Edited, torn and foreign states: never licensed with other terms, never a panic, and a way out.

use super::super::report::{Refusal, State};
use super::*;

/// What a check says of a home, as data that can be compared; an error is its kind.
fn verdict(computer: &Computer, file: &ProductFile) -> String {
    match check_product(
        file,
        &computer.home,
        &CheckInput::new(computer.here(), built()),
    ) {
        Ok(report) if report.allowed() => {
            format!("allowed {:?} {:?}", report.terms, report.bindings)
        }
        Ok(report) => report.refusal.unwrap().kind().name().to_owned(),
        Err(error) => error.kind().name().to_owned(),
    }
}

#[test]
fn every_byte_of_the_state_is_harmless_or_refused() {
    let vendor = Vendor::new(1);
    let file = vendor.file();
    let (computer, _) = licensed(&vendor);
    let whole = std::fs::read(computer.state_path()).unwrap();
    let honest = verdict(&computer, &file);
    assert!(honest.starts_with("allowed"));
    let mut refused = 0;
    for place in 0..whole.len() {
        // Another digit, another letter's case, and bytes that are no text at all.
        for flip in [1, 0x20, 0x80] {
            let mut edited = whole.clone();
            edited[place] ^= flip;
            std::fs::write(computer.state_path(), edited).unwrap();
            let found = verdict(&computer, &file);
            let clear = ["not_trusted", "damaged_state", "not_licensed"].contains(&found.as_str());
            assert!(clear || found == honest, "byte {place}: {found}");
            refused += usize::from(clear);
        }
    }
    assert!(refused > whole.len(), "{refused} of {}", 3 * whole.len());
}

#[test]
fn a_torn_state_is_named_and_can_be_repaired() {
    let vendor = Vendor::new(1);
    let file = vendor.file();
    let (mut computer, answer) = licensed(&vendor);
    let whole = std::fs::read(computer.state_path()).unwrap();
    for length in [0, 1, whole.len() / 2, whole.len() - 3] {
        std::fs::write(computer.state_path(), &whole[..length]).unwrap();
        assert_eq!(verdict(&computer, &file), "damaged_state");
        assert_eq!(
            computer.ask(&vendor, |_| ()).unwrap_err().kind(),
            "damaged_state"
        );
        assert_eq!(computer.apply(&answer).unwrap_err().kind(), "damaged_state");
    }
    // As the hint says: out of the way, and asked anew.
    std::fs::rename(computer.state_path(), computer.path("aside")).unwrap();
    let asked = computer.ask(&vendor, |_| ()).unwrap();
    computer.apply(&vendor.answer(&asked, |_| ())).unwrap();
    assert_eq!(computer.check(&vendor).state, State::Licensed);
}

#[test]
fn an_edited_license_is_asked_for_anew_without_ado() {
    let vendor = Vendor::new(1);
    let file = vendor.file();
    let (mut computer, answer) = licensed(&vendor);
    let text = std::fs::read_to_string(computer.state_path()).unwrap();
    let at = text.find("\"grant\": \"").unwrap() + 10;
    let mut edited = text.into_bytes();
    // The generation: a held grant that is not trusted must not make its own repair old.
    edited[at + 6..at + 10].copy_from_slice(b"ffff");
    std::fs::write(computer.state_path(), edited).unwrap();
    assert_eq!(verdict(&computer, &file), "not_trusted");
    assert_eq!(
        computer.apply(&answer).unwrap().name(),
        "applied",
        "the old mail repairs it"
    );
    assert_eq!(computer.check(&vendor).state, State::Licensed);
    let text = std::fs::read_to_string(computer.state_path()).unwrap();
    std::fs::write(
        computer.state_path(),
        text.replace("\"fingerprint\": \"1f", "\"fingerprint\": \"0f"),
    )
    .unwrap();
    assert_eq!(verdict(&computer, &file), "not_trusted");
    let asked = computer.ask(&vendor, |_| ()).unwrap();
    computer.apply(&vendor.answer(&asked, |_| ())).unwrap();
    assert_eq!(computer.check(&vendor).state, State::Licensed);
}

#[test]
fn a_copied_home_is_another_machine() {
    let vendor = Vendor::new(1);
    let (computer, _) = licensed(&vendor);
    let mut other = Computer::new(2);
    copy_tree(&computer.path("home"), &other.path("home"));
    let report = other.check(&vendor);
    assert_eq!(report.state, State::WrongMachine);
    let refusal = report.refusal.unwrap();
    assert!(
        matches!(&refusal, Refusal::WrongMachine { different, .. } if different.len() == 5),
        "{refusal}"
    );
    assert!(
        report.terms.is_some(),
        "what the license says is still shown"
    );
    // Its owner may ask for it on the new machine at once.
    let asked = other.ask(&vendor, |_| ()).unwrap();
    other
        .apply(&vendor.answer(&asked, |grant| grant.issued = noon().plus(1)))
        .unwrap();
    assert_eq!(other.check(&vendor).state, State::Licensed);
}

#[test]
fn an_edited_mark_counts_as_none() {
    let vendor = Vendor::new(1);
    let (computer, _) = licensed(&vendor);
    computer.check_at(&vendor, noon().plus(DAY));
    let path = computer.path(&format!("home/machine/clock/{}.json", key().digits()));
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("2026-11-23"));
    std::fs::write(&path, text.replace("2026-11-23", "2099-11-23")).unwrap();
    let report = computer.check_at(&vendor, noon().plus(DAY));
    assert!(report.allowed() && report.warnings.is_empty());
}

#[test]
fn one_damaged_license_does_not_stop_another() {
    let vendor = Vendor::new(1);
    let (computer, _) = licensed(&vendor);
    std::fs::write(
        computer.path("home/machine/licenses/1000000000000.json"),
        "{",
    )
    .unwrap();
    assert_eq!(computer.check(&vendor).state, State::Licensed);
    assert_eq!(
        computer.home.licenses().unwrap_err().kind(),
        "damaged_state"
    );
}
