//! What requests give away of a secret, and to whom.

use super::*;

/// A SYNC that is refused gives its secret away all the same, whatever it is refused for: whoever reads that mail writes nothing against the machine.
#[test]
fn a_secret_that_a_refused_sync_gave_away_is_known_to_readers() {
    type Do = fn(&mut Desk, LicenseKey);
    let reasons: [(&str, Do, Do); 4] = [
        (
            "expired",
            |desk, key| {
                edit(desk, key, |it| it.expires = Some(NOW.day().plus(10))).unwrap();
            },
            |desk, key| {
                edit(desk, key, |it| it.expires = None).unwrap();
            },
        ),
        (
            "revoked",
            |desk, key| {
                life::revoke(&mut desk.ledger, key, "not paid", hand(BY)).unwrap();
            },
            |desk, key| {
                let by = Actor {
                    now: desk.now,
                    ..BY
                };
                life::restore(&mut desk.ledger, key, "paid", hand(by)).unwrap();
            },
        ),
        (
            "other_usb",
            |desk, key| {
                let dongle = || "0529:0001:8a3f21".parse().unwrap();
                edit(desk, key, |it| it.usb = Some(dongle())).unwrap();
            },
            |desk, key| {
                edit(desk, key, |it| it.usb = None).unwrap();
            },
        ),
        (
            "commitment_used",
            |desk, key| {
                // Somebody burns the commitment of a SYNC that he saw on its way.
                let mine = desk.sell(&terms(7, LicenseType::Standalone));
                let burns = Activate {
                    commitment: secret(2).commitment(key),
                    ..activate(mine, 9, 9)
                };
                desk.respond(&burns).unwrap();
            },
            |_, _| (),
        ),
    ];
    for (kind, before, after) in reasons {
        let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
        before(&mut desk, key);
        let now = NOW.plus(11 * DAY);
        let asks = sync_code(&sync(key, id, (1, 1), 2, now));
        assert_eq!(desk.reply_at(&asks, now).unwrap_err().kind(), kind);
        assert_eq!(refusals(&mut desk, key), [pair(kind, "held")]);
        assert_eq!(last_word(&mut desk, key), None, "{kind}");
        // Once: the same mail again, or another from the same secret, tells nothing new.
        desk.reply_at(&asks, now).unwrap_err();
        if kind != "commitment_used" {
            let again = sync_code(&sync(key, id, (1, 1), 3, now));
            assert_eq!(desk.reply_at(&again, now).unwrap_err().kind(), kind);
        }
        assert_eq!(refusals(&mut desk, key).len(), 1, "{kind}");
        after(&mut desk, key);
        // The machine begins anew, goes on, and the reader writes from what he read.
        let anew = desk.respond_at(&activate(key, 1, 4), now.plus(1)).unwrap();
        let goes_on = sync_code(&sync(key, anew.activation, (4, 2), 5, now.plus(2)));
        desk.reply_at(&goes_on, now.plus(2)).unwrap();
        let reader = sync_code(&sync(key, id, (1, 1), 6, now.plus(3)));
        let error = desk.reply_at(&reader, now.plus(3)).unwrap_err();
        assert!(error.to_string().starts_with("yellow: "), "{kind}: {error}");
        assert_eq!(
            refusals(&mut desk, key),
            [pair(kind, "held"), pair("yellow", "known_to_readers")]
        );
        assert_eq!(last_word(&mut desk, key).as_deref(), Some("yellow"));
        assert_eq!(desk.findings(), [""; 0], "{kind}");
    }
}

/// A copy that asks while the license is refused for something else is a copy all the same, and said to be one.
#[test]
fn a_copy_is_told_of_though_the_license_is_over() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    desk.options.supersede_reason = Some("two mails crossed".into());
    for (from, to) in [((1, 1), 2), ((1, 1), 3), ((3, 3), 4)] {
        let asked = NOW.plus(to as u32);
        desk.sync(&sync(key, id, from, to, asked)).unwrap();
    }
    edit(&mut desk, key, |it| it.expires = Some(NOW.day().plus(10))).unwrap();
    let now = NOW.plus(11 * DAY);
    // What was revealed before is old mail and says nothing of the machine; a copy may write any clock.
    let old = sync_code(&sync(key, id, (1, 1), 6, NOW));
    assert_eq!(desk.reply_at(&old, now).unwrap_err().kind(), "expired");
    assert_eq!(refusals(&mut desk, key), []);
    let dated_back = sync_code(&sync(key, id, (2, 2), 5, NOW));
    let refused = desk.reply_at(&dated_back, now).unwrap_err();
    assert_eq!(refused.kind(), "expired");
    assert_eq!(refusals(&mut desk, key), [pair("red", "held")]);

    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    desk.options.supersede_reason = Some("two mails crossed".into());
    for (from, to) in [((1, 1), 2), ((1, 1), 3), ((3, 3), 4)] {
        let asked = NOW.plus(to as u32);
        desk.sync(&sync(key, id, from, to, asked)).unwrap();
    }
    edit(&mut desk, key, |it| it.expires = Some(NOW.day().plus(10))).unwrap();
    let copy = sync_code(&sync(key, id, (2, 2), 5, now));
    assert_eq!(desk.reply_at(&copy, now).unwrap_err().kind(), "expired");
    assert_eq!(refusals(&mut desk, key), [pair("red", "held")]);
    assert_eq!(last_word(&mut desk, key).as_deref(), Some("red"));
    let told = history::tell(events(&mut desk, key).last().unwrap(), None);
    assert!(
        told.contains("was not answered; red: ") && told.contains("expired on"),
        "{told}"
    );
    assert_eq!(desk.findings(), [""; 0]);
}

/// Of a RETURN that is refused r is known, and with it s.
#[test]
fn a_refused_return_gives_its_secret_away() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    for (from, to) in [((1, 1), 2), ((1, 1), 3), ((3, 3), 4)] {
        desk.options.supersede_reason = Some("two mails crossed".into());
        let asked = NOW.plus(to as u32);
        desk.sync(&sync(key, id, from, to, asked)).unwrap();
    }
    let refused = desk.returned(id, 2).unwrap_err();
    assert_eq!(refused.kind(), "held_for_manager");
    assert_eq!(refusals(&mut desk, key), [pair("red", "held")]);
    let later = NOW.plus(4 + NO_OLD_MAIL);
    let reader = sync(key, id, (2, 2), 5, later);
    let refused = desk.sync_at(&reader, later).unwrap_err();
    assert_eq!(refused.kind(), "held_for_manager");
    assert_eq!(
        refusals(&mut desk, key).last(),
        Some(&pair("red", "known_to_readers"))
    );
}

/// Whoever read an ACTIVATE can write one that fits as well, and prove with a SYNC what he was granted: that makes nobody RED, and hides nobody.
#[test]
fn an_activation_that_anybody_can_write_makes_nobody_red() {
    for clock in [NOW.plus(60), Seconds(u32::MAX)] {
        let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
        let other = desk.respond(&activate(key, 1, 2)).unwrap();
        assert_eq!(other.effect, Effect::Replaced);
        let theirs = |from, number| sync(key, other.activation, from, number, clock);
        desk.sync(&theirs((2, 2), 3)).unwrap();
        let asks = sync(key, id, (1, 1), 4, NOW.plus(120));
        assert_eq!(desk.sync(&asks).unwrap_err().kind(), "needs_supersede");
        assert_eq!(refusals(&mut desk, key), [pair("yellow", "held")]);
        // A clerk who asked there answers it, and then the other one is to be explained.
        desk.options.supersede_reason = Some("the machine on board".into());
        let answer = desk.sync(&asks).unwrap();
        assert_eq!(answer.effect, Effect::Synced(Colour::Yellow));
        desk.options.supersede_reason = None;
        desk.sync(&sync(key, id, (4, 4), 5, NOW.plus(180))).unwrap();
        let goes_on = desk.sync(&theirs((3, 3), 6)).unwrap_err();
        assert_eq!(goes_on.kind(), "needs_supersede");
        assert_eq!(desk.findings(), [""; 0]);
    }
}

/// Nor does it give a seat away, by a RETURN of its own or by moving on, as long as the machine that it replaced may be at work.
#[test]
fn an_activation_that_anybody_can_write_gives_nothing_away() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    let other = desk.respond(&activate(key, 1, 2)).unwrap().activation;
    let moves = Sync {
        fingerprint: Some(machine(900)),
        ..sync(key, other, (2, 2), 3, NOW)
    };
    assert_eq!(desk.sync(&moves).unwrap_err().kind(), "needs_supersede");
    assert_eq!(desk.returned(other, 2).unwrap(), Effect::Returned);
    assert_eq!(desk.refusal(&activate(key, 900, 10)), "no_seat_free");
    // Whoever was replaced asks, and goes on as if nothing had been.
    let asks = sync(key, id, (1, 1), 4, NOW.plus(60));
    let answer = desk.sync(&asks).unwrap();
    assert_eq!(answer.effect, Effect::Synced(Colour::Green));
    assert_eq!((desk.taken(key), desk.findings()), (1, vec![]));
    assert_eq!(refusals(&mut desk, key), [pair("yellow", "held")]);
}
