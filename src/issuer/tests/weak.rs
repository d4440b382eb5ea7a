//! Nobody is bound to nothing (SPEC.md 9.4).

mod site_keys;

use std::num::NonZeroU8;

use super::life::sync;
use super::moves::{Seat, parts};
use super::*;
use crate::issuer::ledger::WeakRule;
use crate::issuer::life;
use crate::issuer::policy::moves::Move;
use crate::issuer::policy::{Colour, Refusal, Warning};
use crate::issuer::respond::Effect;
use crate::machine::{Components, UsbDevice};
use crate::protocol::requests::{NO_USB, Sync};

fn both(desk: &mut Desk, bind: &[&str], fingerprint: bool) -> LicenseKey {
    let root = SigningKey::from_seed(&[7; 32]);
    let product = Product {
        id: "other".into(),
        bind: bind.iter().map(|it| (*it).to_owned()).collect(),
        fingerprint,
        ..product(&root)
    };
    products::add(&mut desk.ledger, product, hand(BY)).unwrap();
    desk.sell(&OrderTerms {
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
        products::set_weak(&mut desk.ledger, "infinitime", rule, hand(BY)).unwrap();
        let kept = products::weak(&mut desk.ledger, "infinitime").unwrap();
        assert_eq!(kept, rule);
        let error = desk.respond(&weakly(key, 1)).err();
        // The same request gets the same answer again, whatever is the rule by now.
        assert!(error.is_none(), "{rule:?}: {error:?}");
    }
    let cases = [
        (WeakRule::Hold, Refusal::WeakMachine { held: true }),
        (WeakRule::Refuse, Refusal::WeakMachine { held: false }),
    ];
    for (rule, refusal) in cases {
        let mut desk = Desk::new();
        let key = desk.sell(&terms(1, LicenseType::Standalone));
        products::set_weak(&mut desk.ledger, "infinitime", rule, hand(BY)).unwrap();
        let refused = desk.respond(&weakly(key, 1)).unwrap_err();
        assert_eq!(refused.kind(), "weak_machine");
        assert!(matches!(refused, RespondError::Refused(it) if it == refusal));
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
        assert!(answer.warnings.is_empty(), "{:?}", answer.warnings);
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

pub(super) fn history_of(desk: &mut Desk, key: LicenseKey) -> Vec<String> {
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
        products::set_weak(&mut desk.ledger, "infinitime", WeakRule::Refuse, hand(BY)).unwrap();
        let key = desk.sell(&terms(1, LicenseType::Standalone));
        let request = Activate {
            fingerprint: Some(parts(strong)),
            ..activate(key, 1, 1)
        };
        assert!(desk.respond(&request).is_ok(), "{strong:?}");
    }
    let mut desk = Desk::new();
    products::set_weak(&mut desk.ledger, "infinitime", WeakRule::Hold, hand(BY)).unwrap();
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
    products::set_weak(
        &mut seat.desk.ledger,
        "infinitime",
        WeakRule::Hold,
        hand(BY),
    )
    .unwrap();
    assert_eq!(seat.says([1, 1, 1, 0, 0]).unwrap_err(), "weak_machine");
}

/// Eight zeros are no USB key: they say that there is none, which an ACTIVATE says by naming none.
#[test]
fn eight_zeros_are_no_usb_key() {
    for rule in WeakRule::ALL {
        let mut desk = Desk::new();
        products::set_weak(&mut desk.ledger, "infinitime", rule, hand(BY)).unwrap();
        let key = desk.sell(&terms(1, LicenseType::Standalone));
        for number in 1..3 {
            let zeros = Activate {
                usb: Some(NO_USB),
                ..if number == 1 {
                    weakly(key, 1)
                } else {
                    activate(key, 1, 2)
                }
            };
            assert_eq!(desk.refusal(&zeros), "malformed", "{rule:?}");
        }
    }
}

/// A USB key binds a machine that nothing else tells from a copy: each other key is another machine.
#[test]
fn a_seat_does_not_walk_by_usb_keys() {
    for rule in [WeakRule::Hold, WeakRule::Refuse] {
        let mut desk = Desk::new();
        products::set_weak(&mut desk.ledger, "infinitime", rule, hand(BY)).unwrap();
        let key = desk.sell(&terms(1, LicenseType::Standalone));
        let first = Activate {
            usb: Some([1; 8]),
            ..weakly(key, 1)
        };
        let id = desk.respond(&first).unwrap().activation;
        let (mut held, mut told) = ((1, 1), Vec::new());
        for number in 2..22 {
            let other = Sync {
                usb: Some([u8::try_from(number).unwrap(); 8]),
                ..sync(
                    key,
                    id,
                    held,
                    number,
                    NOW.plus(u32::try_from(number).unwrap()),
                )
            };
            match desk.sync(&other) {
                Ok(answer) => {
                    held = (number, answer.grant.generation);
                    told.extend(answer.warnings);
                }
                Err(refused) => assert_eq!(refused.kind(), "held_for_manager"),
            }
        }
        let why = Move::UsbKey;
        let moved = [1, 2].map(|nth| Warning::Moved { why, nth, of: 2 });
        assert_eq!(told, moved, "{rule:?}");
        assert_eq!(desk.findings(), [""; 0]);
    }
}

/// On a machine that its hardware tells from others a first key costs nothing, and each one after it is an exchange.
#[test]
fn another_usb_key_on_the_same_machine_is_an_exchange() {
    let key_of = |seat: &mut Seat, usb| {
        let request = Sync {
            usb: Some(usb),
            ..seat.request()
        };
        seat.take(&request)
    };
    let exchanged = |nth| Warning::Exchanged {
        parts: Components::default(),
        key: true,
        nth,
        of: 2,
    };
    let mut seat = Seat::standalone([1, 1, 1, 1, 1]);
    assert_eq!(key_of(&mut seat, [1; 8]), Ok(vec![]), "the first");
    assert_eq!(key_of(&mut seat, [1; 8]), Ok(vec![]), "the same");
    assert_eq!(key_of(&mut seat, [2; 8]), Ok(vec![exchanged(1)]));
    assert_eq!(key_of(&mut seat, NO_USB), Ok(vec![exchanged(2)]), "lost");
    assert_eq!(key_of(&mut seat, [3; 8]), Ok(vec![]), "a first again");
    let why = Move::Exchanges;
    for nth in [1, 2] {
        let said = key_of(&mut seat, [3 + u8::try_from(nth).unwrap(); 8]);
        assert_eq!(said, Ok(vec![Warning::Moved { why, nth, of: 2 }]));
    }
    assert_eq!(key_of(&mut seat, [6; 8]), Err("held_for_manager"));
    assert_eq!(key_of(&mut seat, [5; 8]), Ok(vec![]), "the one that stands");
    // Whoever is weak without it moves also where a weak machine is only warned of.
    let mut seat = Seat::standalone([1, 1, 1, 0, 0]);
    assert_eq!(key_of(&mut seat, [1; 8]), Ok(vec![]));
    let said = key_of(&mut seat, NO_USB).unwrap();
    let why = Move::UsbKey;
    let moved = Warning::Moved { why, nth: 1, of: 2 };
    assert_eq!(said, [moved, Warning::WeaklyBound]);
    // So does one whose hardware is heard of with its key for the first time.
    let mut seat = Seat::standalone([1, 1, 1, 0, 0]);
    assert_eq!(key_of(&mut seat, [1; 8]), Ok(vec![]));
    let request = Sync {
        usb: Some([2; 8]),
        fingerprint: Some(parts([1, 1, 1, 3, 3])),
        ..seat.request()
    };
    let said = seat.take(&request).unwrap();
    assert_eq!(said, [Warning::Moved { why, nth: 1, of: 2 }]);
    // What the vendor says of the key is his to say.
    let mut seat = Seat::standalone([1, 1, 1, 1, 1]);
    for serial in 1..6 {
        let usb: UsbDevice = format!("0951:1666:e0d55ea573dcf450f97{serial}")
            .parse()
            .unwrap();
        let digest = usb.digest(&seat.key.to_bytes());
        let names = |before: &OrderTerms, _: &Product| {
            Ok::<_, life::LifeError>(OrderTerms {
                usb: Some(usb),
                ..before.clone()
            })
        };
        life::change(&mut seat.desk.ledger, seat.key, names, None, hand(BY)).unwrap();
        assert_eq!(key_of(&mut seat, digest), Ok(vec![]));
    }
    assert_eq!(seat.counts(), (0, 0, 0));
    assert_eq!(seat.desk.findings(), [""; 0]);
}

/// Guests of one image say the same of themselves: each takes a seat that was bought, and none takes another's.
#[test]
fn guests_of_one_image_each_take_a_seat() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(3, LicenseType::Standalone));
    let mut held = Vec::new();
    for number in 1..=3 {
        let answer = desk.respond(&weakly(key, number)).unwrap();
        assert_eq!(answer.effect, Effect::Activated);
        held.push((answer.activation, number));
    }
    assert_eq!(desk.taken(key), 3);
    for (id, number) in held {
        let asked = NOW.plus(number as u32);
        let answer = desk.sync(&sync(key, id, (number, 1), number + 10, asked));
        assert_eq!(answer.unwrap().effect, Effect::Synced(Colour::Green));
    }
    // Where none is free it is one that asks again.
    let again = desk.respond(&weakly(key, 20)).unwrap();
    assert_eq!(again.effect, Effect::Replaced);
    assert_eq!(desk.findings(), [""; 0]);
}
