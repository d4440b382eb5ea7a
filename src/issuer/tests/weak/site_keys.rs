//! Keys of sites.

use super::*;

fn site_key(seed: u8) -> [u8; 32] {
    SigningKey::from_seed(&[seed; 32]).public()
}

#[test]
fn who_names_users_or_lends_needs_a_site_key_and_who_floats_does_not() {
    let lends = NonZeroU8::new(14);
    let cases = [
        (LicenseType::Standalone, None, false),
        (LicenseType::Floating, None, false),
        (LicenseType::Floating, lends, true),
        (LicenseType::Named, None, true),
    ];
    for (kind, lend_days, needs) in cases {
        let mut desk = Desk::new();
        let key = desk.sell(&OrderTerms {
            lend_days,
            ..terms(2, kind)
        });
        let answer = desk.respond(&activate(key, 1, 1));
        assert_eq!(answer.is_err(), needs, "{kind:?}");
        if let Err(refused) = answer {
            assert_eq!(refused.kind().name(), "needs_site_key");
        }
        let with = Activate {
            site_key: Some(site_key(3)),
            ..activate(key, 1, 2)
        };
        let answer = desk.respond(&with).unwrap();
        assert_eq!(answer.grant.site, kind != LicenseType::Standalone);
    }
}

#[test]
fn a_new_site_key_is_held_for_a_clerk_and_one_that_stands_is_not() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(2, LicenseType::Floating));
    let id = desk.respond(&activate(key, 1, 1)).unwrap().activation;
    let brings = |seed, from, to: u64| Sync {
        site_key: Some(site_key(seed)),
        ..sync(key, id, from, to, NOW.plus(u32::try_from(to).unwrap()))
    };
    let refused = desk.sync(&brings(3, (1, 1), 2)).unwrap_err();
    assert_eq!(refused.kind().name(), "new_site_key");
    desk.options.accept_site_key_reason = Some("they bought lending".into());
    let answer = desk.sync(&brings(3, (1, 1), 2)).unwrap();
    assert!(answer.grant.site);
    assert_eq!(answer.warnings, [Warning::NewSiteKey]);
    desk.options.accept_site_key_reason = None;
    // The answer was lost; it asks again, from what it holds, with the key that stands by now.
    desk.options.supersede_reason = Some("mail was lost".into());
    assert!(desk.sync(&brings(3, (1, 1), 3)).unwrap().grant.site);
    // Without it, from what it held before, there is none.
    let none = desk.sync(&sync(key, id, (1, 1), 4, NOW.plus(9)));
    assert!(!none.unwrap().grant.site);
    assert!(
        desk.sync(&sync(key, id, (3, 3), 5, NOW.plus(10)))
            .unwrap()
            .grant
            .site
    );
    assert_eq!(
        desk.sync(&brings(4, (5, 5), 6)).unwrap_err().kind(),
        "new_site_key"
    );
    let told = history_of(&mut desk, key);
    assert!(
        told.iter().any(|it| it.contains("they bought lending")),
        "{told:?}"
    );
    assert_eq!(desk.findings(), [""; 0]);
}
