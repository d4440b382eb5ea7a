//! Mails that the desk reads by itself (SPEC.md 9.19): what is known, what is mailed, what is guessed.

use super::*;
use crate::issuer::ledger::{LedgerError, Mail, MailId, MailState};
use crate::issuer::mails::{
    self, Became, EACH, Fate, GUESSES, IN_ALL, Said, UNKNOWN_SHOWN, WAITING,
};
use crate::issuer::policy::Refusal;
use crate::issuer::respond::{self, Sent};

fn mail(nth: usize, state: MailState) -> Mail {
    Mail {
        id: MailId(0),
        digest: mails::known_by(Some(&format!("{nth}@a.no")), None, None, ""),
        at: NOW,
        state,
        why: String::new(),
        said: String::new(),
        sender: Some(format!("p{nth}@a.no")),
        thread: String::new(),
        subject: None,
        asks: String::new(),
        decided: None,
    }
}

fn keep(desk: &mut Desk, mail: Mail, letter: Option<Said<'_>>) -> Became {
    let lies_there = false;
    let fate = Fate {
        mail,
        letter,
        lies_there,
    };
    mails::keep::<LedgerError>(&mut desk.ledger, fate, || Ok(())).unwrap()
}

/// Refusals to addresses that never wrote, as somebody forges them: so many a day go to one of them, and so many to all.
#[test]
fn so_many_letters_without_news_are_mailed_in_a_day() {
    let mut desk = Desk::new();
    let (mut sent, mut own) = (0, 0);
    for nth in 0..300 {
        let [first, second] = u16::try_from(nth).unwrap().to_be_bytes();
        let mut request = [0; 32];
        [request[0], request[1]] = [first, second];
        let to = match nth % 10 {
            0 => "One@a.no".to_owned(),
            _ => format!("p{nth}@a.no"),
        };
        let said = Said {
            to: &to,
            answers: Vec::new(),
            refusals: vec![(request, "revoked")],
        };
        let became = keep(&mut desk, mail(nth, MailState::Refused), Some(said));
        let Became::Kept(kept, mailed) = became else {
            panic!("{became:?}")
        };
        assert_eq!(mailed, kept.state == MailState::Refused);
        sent += u32::from(mailed);
        own += u32::from(mailed && nth % 10 == 0);
    }
    assert_eq!((own, sent), (EACH, IN_ALL));
    // What nobody was mailed yet is mailed all the same.
    let said = Said {
        to: "new@a.no",
        answers: vec![[7; 32]],
        refusals: Vec::new(),
    };
    let became = keep(&mut desk, mail(999, MailState::Answered), Some(said));
    assert!(matches!(became, Became::Kept(_, true)), "{became:?}");
}

#[test]
fn a_mail_is_known_and_so_many_wait() {
    let mut desk = Desk::new();
    for nth in 0..WAITING {
        let became = keep(&mut desk, mail(nth, MailState::Waiting), None);
        assert!(matches!(became, Became::Kept(..)), "{became:?}");
    }
    let again = keep(&mut desk, mail(3, MailState::Answered), None);
    assert!(matches!(again, Became::Before(it) if it.state == MailState::Waiting));
    assert_eq!(
        keep(&mut desk, mail(WAITING, MailState::Waiting), None),
        Became::Full
    );
    // Two mails of one id that ask for other things are two; case and way say nothing.
    let known = |id, sender, asks| mails::known_by(id, Some("today"), sender, asks);
    assert_eq!(
        known(Some("1"), Some("A@b.no"), "x"),
        known(Some("1"), Some("a@B.no"), "x")
    );
    assert_ne!(
        known(Some("1"), Some("a@b.no"), "x"),
        known(Some("1"), Some("a@b.no"), "y")
    );
    assert_ne!(
        known(None, Some("a@b.no"), "x"),
        mails::known_by(None, None, Some("a@b.no"), "x")
    );
}

/// Ten thousand guesses, by as many senders as their mails name.
#[test]
fn ten_thousand_guesses_are_counted_in_few_rows() {
    let mut desk = Desk::new();
    let foreign = (0..10_000).map(|nth| LicenseKey::from_number(50_000_000_000 + nth));
    let today = NOW.day();
    let refusal = RespondError::Refused(Refusal::UnknownKey);
    for (nth, key) in foreign.enumerate() {
        let key = key.expect("it is a key");
        let request = code(&activate(key, 1, 1));
        let sender = format!("p{nth}@evil.example");
        let sent = Sent {
            code: &request,
            sender: Some(&sender),
        };
        respond::keep_evidence(&mut desk.ledger, sent, &refusal, BY).unwrap();
        let counted = u32::try_from(nth).unwrap() + 1;
        if [19, 20, 21, 199, 200, 10_000].contains(&counted) {
            let guessed = mails::are_guessed(&mut desk.ledger, Some("kari@a.no"), today).unwrap();
            assert_eq!(guessed, counted >= GUESSES.1, "{counted}");
            let shown = mails::is_shown(&mut desk.ledger, today).unwrap();
            assert_eq!(shown, counted <= UNKNOWN_SHOWN, "{counted}");
        }
    }
    assert_eq!(
        respond::unknown_keys(&mut desk.ledger, today).unwrap(),
        (10_000, 101)
    );
    assert!(!mails::are_guessed(&mut desk.ledger, None, today.plus(1)).unwrap());
}
