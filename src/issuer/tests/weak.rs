//! Nobody is bound to nothing (SPEC.md 9.4).

use super::life::sync;
use super::moves::{Seat, parts};
use super::*;
use crate::issuer::ledger::WeakRule;
use crate::issuer::policy::Warning;
use crate::protocol::requests::{NO_USB, Sync};

fn both(desk: &mut Desk, bind: &[&str], fingerprint: bool) -> LicenseKey {
    let root = SigningKey::from_seed(&[7; 32]).unwrap();
    let product = Product {
        id: "other".into(),
        bind: bind.iter().map(|it| (*it).to_owned()).collect(),
        fingerprint,
        ..product(&root)
    };
    products::add(&mut desk.ledger, product, BY).unwrap();
    desk.sell(&Terms {
        product: ProductId(2),
        ..terms(1, LicenseType::Standalone)
    })
}

#[test]
fn what_the_product_does_not_ask_for_binds_nobody() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(1, LicenseType::Standalone));
    let foreign = Activate {
        fingerprint: None,
        bindings: Some([1; 8]),
        ..activate(key, 1, 1)
    };
    assert_eq!(desk.refusal(&foreign), "not_asked_for");
    let as_well = Activate {
        bindings: Some([1; 8]),
        ..activate(key, 1, 1)
    };
    assert_eq!(desk.refusal(&as_well), "not_asked_for");
    let none = Activate {
        fingerprint: None,
        ..activate(key, 1, 1)
    };
    assert_eq!(desk.refusal(&none), "unbound");
    let id = desk.respond(&activate(key, 1, 2)).unwrap().activation;
    let later = Sync {
        bindings: Some([1; 8]),
        ..sync(key, id, (2, 1), 3, NOW)
    };
    assert_eq!(desk.sync(&later).unwrap_err().kind(), "not_asked_for");
    // Where both are asked for, bindings alone are not enough.
    let mut desk = Desk::new();
    let key = both(&mut desk, &["server"], true);
    let ask = |fingerprint, bindings, request| Activate {
        product_tag: product_tag("other"),
        fingerprint,
        bindings,
        ..activate(key, 1, request)
    };
    assert_eq!(desk.refusal(&ask(None, Some([1; 8]), 1)), "unbound");
    let strong = Some(machine(1));
    assert_eq!(desk.refusal(&ask(strong, None, 2)), "needs_bindings");
    desk.respond(&ask(strong, Some([1; 8]), 3)).unwrap();
    // And a product of bindings alone takes no fingerprint, which would let the bindings change.
    let mut desk = Desk::new();
    let key = both(&mut desk, &["server"], false);
    let ask = |fingerprint, request| Activate {
        product_tag: product_tag("other"),
        fingerprint,
        bindings: Some([1; 8]),
        ..activate(key, 1, request)
    };
    assert_eq!(desk.refusal(&ask(strong, 1)), "not_asked_for");
    let id = desk.respond(&ask(None, 2)).unwrap().activation;
    let later = Sync {
        fingerprint: strong,
        ..sync(key, id, (2, 1), 3, NOW)
    };
    assert_eq!(desk.sync(&later).unwrap_err().kind(), "not_asked_for");
    assert_eq!(desk.findings(), [""; 0]);
}

fn weakly(key: LicenseKey, request: u64) -> Activate {
    Activate {
        fingerprint: Some(parts([1, 1, 1, 0, 0])),
        ..activate(key, 1, request)
    }
}

#[test]
fn a_weak_machine_is_warned_of_held_or_refused() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(1, LicenseType::Standalone));
    for rule in WeakRule::ALL {
        products::set_weak(&mut desk.ledger, "infinitime", rule, BY).unwrap();
        let kept = products::weak(&mut desk.ledger, "infinitime").unwrap();
        assert_eq!(kept, rule);
        let error = desk.respond(&weakly(key, 1)).err();
        let kind = error.as_ref().map(RespondError::kind);
        let hint = error.map_or_else(String::new, |error| error.hint());
        match rule {
            WeakRule::Warn => assert_eq!(kind, None),
            // The same request gets the same answer again, whatever is the rule by now.
            _ => assert_eq!((kind, hint.as_str()), (None, "")),
        }
    }
    let cases = [
        (WeakRule::Hold, "respond --accept-weak --reason TEXT"),
        (WeakRule::Refuse, "respond --override --reason TEXT"),
    ];
    for (rule, remedy) in cases {
        let mut desk = Desk::new();
        let key = desk.sell(&terms(1, LicenseType::Standalone));
        products::set_weak(&mut desk.ledger, "infinitime", rule, BY).unwrap();
        let refused = desk.respond(&weakly(key, 1)).unwrap_err();
        assert_eq!(refused.kind(), "weak_machine");
        assert!(refused.hint().contains(remedy), "{}", refused.hint());
        assert!(refused.hint().contains("--usb"), "{}", refused.hint());
        // A clerk's word is enough for the one and not for the other.
        desk.options.accept_weak_reason = Some("a container that we know".into());
        let accepted = desk.respond(&weakly(key, 2));
        assert_eq!(accepted.is_ok(), rule == WeakRule::Hold);
        desk.options.accept_weak_reason = None;
        if rule == WeakRule::Refuse {
            desk.options.override_reason = Some("a container that we know".into());
            desk.respond(&weakly(key, 2)).unwrap();
            desk.options.override_reason = None;
        }
        // Once: it re-validates, and activates anew, without being asked again.
        let id = weakly(key, 2).commitment.activation_id();
        let answer = desk.sync(&sync(key, id, (2, 1), 3, NOW)).unwrap();
        assert_eq!(answer.warnings, [Warning::WeaklyBound]);
        desk.respond(&weakly(key, 4)).unwrap();
        // Another machine is not what was accepted.
        let id = weakly(key, 4).commitment.activation_id();
        let other = Sync {
            fingerprint: Some(parts([2, 2, 2, 0, 0])),
            ..sync(key, id, (4, 3), 5, NOW)
        };
        assert_eq!(desk.sync(&other).unwrap_err().kind(), "weak_machine");
        let told = history_of(&mut desk, key);
        assert!(
            told.iter()
                .any(|it| it.contains("a container that we know")),
            "{told:?}"
        );
        assert_eq!(desk.findings(), [""; 0]);
    }
}

fn history_of(desk: &mut Desk, key: LicenseKey) -> Vec<String> {
    let view = products::license(&mut desk.ledger, key).unwrap().unwrap();
    let last = view.license.event;
    let events = desk.ledger.read(|tx| history::of_license(tx, last));
    events
        .unwrap()
        .iter()
        .map(|it| history::tell(it, None))
        .collect()
}

/// A part that every user can read, or a USB key, binds; taking either away is looked at like a first time.
#[test]
fn what_binds_and_what_is_taken_away() {
    for strong in [[1, 0, 0, 1, 0], [0, 0, 0, 0, 1]] {
        let mut desk = Desk::new();
        products::set_weak(&mut desk.ledger, "infinitime", WeakRule::Refuse, BY).unwrap();
        let key = desk.sell(&terms(1, LicenseType::Standalone));
        let request = Activate {
            fingerprint: Some(parts(strong)),
            ..activate(key, 1, 1)
        };
        assert!(desk.respond(&request).is_ok(), "{strong:?}");
    }
    let mut desk = Desk::new();
    products::set_weak(&mut desk.ledger, "infinitime", WeakRule::Hold, BY).unwrap();
    let key = desk.sell(&terms(1, LicenseType::Standalone));
    let with_usb = Activate {
        usb: Some([5; 8]),
        ..weakly(key, 1)
    };
    let answer = desk.respond(&with_usb).unwrap();
    assert_eq!(answer.warnings, []);
    let without = Sync {
        usb: Some(NO_USB),
        ..sync(key, answer.activation, (1, 1), 2, NOW)
    };
    assert_eq!(desk.sync(&without).unwrap_err().kind(), "weak_machine");
    let mut seat = Seat::standalone([1, 1, 1, 1, 1]);
    products::set_weak(&mut seat.desk.ledger, "infinitime", WeakRule::Hold, BY).unwrap();
    assert_eq!(seat.says([1, 1, 1, 0, 0]).unwrap_err(), "weak_machine");
}
