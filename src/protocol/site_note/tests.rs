//! The note of named users: one text each, and nothing else is taken.

use ed25519_dalek::{Signer as _, SigningKey};
use proptest::prelude::*;

use super::*;

const PRODUCT: &str = "survey";

fn key() -> LicenseKey {
    LicenseKey::from_number(40_360_232_225).unwrap()
}

fn signing() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn signed(note: &SiteNote) -> String {
    let sign = |text: &[u8]| Ok::<_, std::convert::Infallible>(signing().sign(text).to_bytes());
    note.to_note(sign).unwrap()
}

fn read(text: &str) -> Result<SignedNote, SiteNoteError> {
    let site_key = signing().verifying_key().to_bytes();
    SignedNote::read(text, PRODUCT, key(), &site_key)
}

fn example() -> SiteNote {
    SiteNote {
        product: PRODUCT.to_owned(),
        license: key(),
        site_key: signing().verifying_key().to_bytes(),
        number: 3,
        users: vec!["anna".parse().unwrap(), r"NORTH\bob meier".parse().unwrap()],
        rests: vec![Rest {
            name: "dana".parse().unwrap(),
            until: Seconds(1_000_000),
            in_start: Some(InStart {
                start: InStart::tag("first"),
                up: 4_711,
            }),
        }],
        rules: "# the office\n\ndeny user:eve\nreserve 1 user:anna"
            .parse()
            .unwrap(),
    }
}

#[test]
fn a_note_says_what_was_signed() {
    let note = example();
    let text = signed(&note);
    assert_eq!(*read(&text).unwrap(), note);
    assert_eq!(read(&text).unwrap().text(), text);
}

#[test]
fn what_is_edited_foreign_or_written_otherwise_is_not_taken() {
    let text = signed(&example());
    for (edited, why) in [
        (
            text.replace("user: anna", "user: eve"),
            SiteNoteError::Signature,
        ),
        (
            text.replace("number: 3", "number: 4"),
            SiteNoteError::Signature,
        ),
        (text.replace("number: 3", "number: 03"), SiteNoteError::Form),
        (
            text.replace("user: anna", "user:  anna"),
            SiteNoteError::Form,
        ),
        (
            text.replace("user: anna", "user: dana"),
            SiteNoteError::Form,
        ),
        (text.replace("user: anna\n", ""), SiteNoteError::Signature),
        (text.replace("rest: ", "role: "), SiteNoteError::Form),
        (
            text.replace("deny user:eve", "deny user:bob"),
            SiteNoteError::Signature,
        ),
        (
            text.replace("rule: deny user:eve\n", ""),
            SiteNoteError::Signature,
        ),
        (
            text.replace("deny user:eve", "deny  user:eve"),
            SiteNoteError::Form,
        ),
        (
            text.replace("deny user:eve", "allow user:eve"),
            SiteNoteError::Form,
        ),
        (text.replace('\n', "\r\n"), SiteNoteError::Form),
        (String::new(), SiteNoteError::Form),
        (
            text.replace(": survey", ": other"),
            SiteNoteError::OtherLicense,
        ),
    ] {
        assert_eq!(read(&edited).unwrap_err(), why, "{edited}");
    }
    let other = SiteNote {
        site_key: SigningKey::from_bytes(&[8; 32]).verifying_key().to_bytes(),
        ..example()
    };
    assert_eq!(read(&signed(&other)).unwrap_err(), SiteNoteError::OtherSite);
    let stranger = LicenseKey::from_number(40_360_232_226).unwrap();
    let other = SiteNote {
        license: stranger,
        ..example()
    };
    assert_eq!(
        read(&signed(&other)).unwrap_err(),
        SiteNoteError::OtherLicense
    );
}

prop_compose! {
    fn names()(all in prop::collection::btree_set("[a-zA-Zæøå. \\\\@_-]{1,20}", 0..12)) -> Vec<UserName> {
        let mut names: Vec<UserName> = all.iter().filter_map(|it| it.parse().ok()).collect();
        names.sort();
        names.dedup();
        names
    }
}

proptest! {
    /// Whatever can be said has one text, which says it again.
    #[test]
    fn each_note_has_one_text(
        names in names(),
        cut in 0..13_usize,
        number in 1_u32..,
        until: u32,
        up: u32,
        start in prop::option::of(any::<[u8; 8]>()),
    ) {
        let (users, resting) = names.split_at(cut.min(names.len()));
        let rest = |name: &UserName| Rest {
            name: name.clone(),
            until: Seconds(until),
            in_start: start.map(|start| InStart { start, up }),
        };
        let note = SiteNote {
            number,
            users: users.to_vec(),
            rests: resting.iter().map(rest).collect(),
            ..example()
        };
        prop_assert_eq!(&*read(&signed(&note)).unwrap(), &note);
    }

    /// Whatever is done to its bytes, a note says what was signed or is not taken; nothing panics.
    #[test]
    fn no_edit_of_a_note_says_anything_else(
        at in any::<prop::sample::Index>(),
        with in prop::collection::vec(any::<u8>(), 0..6),
        drop in 0..9_usize,
    ) {
        let text = signed(&example());
        let mut bytes = text.clone().into_bytes();
        let at = at.index(bytes.len());
        let end = (at + drop).min(bytes.len());
        bytes.splice(at..end, with);
        let edited = String::from_utf8_lossy(&bytes);
        if let Ok(read) = read(&edited) {
            prop_assert_eq!(&*read, &example());
        }
    }

    /// Any text at all.
    #[test]
    fn any_text_is_read_without_a_fall(text in "(countersign site note v1\n)?(product|license|user|rest|: |[0-9a-f@ \n—-]|\\PC){0,60}") {
        prop_assert!(read(&text).is_err());
    }
}
