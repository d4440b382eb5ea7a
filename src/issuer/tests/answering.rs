mod again;

use std::collections::HashMap;
use std::num::{NonZeroU8, NonZeroU16};

use proptest::prelude::*;

use super::*;
use crate::issuer::ledger::EmergencyAllowance;
use crate::issuer::policy::{Refusal, Warning};
use crate::issuer::respond::{Effect, rehearse, repeated};
use crate::protocol::digest::{MachineBinding, request_digest};
use crate::protocol::emergency::{Emergency, chain};
use crate::protocol::grant::SignedGrant;
use crate::protocol::trust::{GrantContext, PublicKey, Roots};

fn context(request: &Activate) -> GrantContext {
    let standing = MachineBinding {
        activation: request.commitment.activation_id(),
        fingerprint: request.fingerprint,
        bindings: request.bindings,
        usb: request.usb,
    };
    GrantContext {
        request_digest: request_digest(Kind::Activate, &request.encode()),
        holder: standing.holder_digest("infinitime", request.key),
        site_key: request.site_key,
    }
}

#[test]
fn an_answer_is_trusted_by_the_machine_that_asked_and_by_no_other() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(1, LicenseType::Standalone));
    let request = activate(key, 1, 1);
    let answer = desk.respond(&request).unwrap();
    let root = SigningKey::from_seed(&[7; 32]).public();
    let roots = Roots::new(
        "infinitime",
        Vec::new(),
        vec![PublicKey::from_bytes(&root).unwrap()],
        0,
    );
    let signed = SignedGrant::decode(answer.code.payload()).unwrap();
    let grant = roots
        .verify_grant(&signed, &context(&request), &[])
        .unwrap();
    assert_eq!((grant.seats, grant.generation, grant.edition), (1, 1, 2));
    assert_eq!(grant.revalidate_by, Some(NOW.day().plus(30)));
    let other = activate(key, 2, 1);
    assert!(roots.verify_grant(&signed, &context(&other), &[]).is_err());
}

#[test]
fn seats_run_out_and_the_refusal_names_the_holder() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(1, LicenseType::Standalone));
    let holder = desk.respond(&activate(key, 1, 1)).unwrap().activation;
    let error = desk.respond(&activate(key, 2, 2)).unwrap_err();
    assert_eq!(error.kind(), "no_seat_free");
    assert_eq!(error.to_string(), "no seat is free: 1 of 1 is taken");
    let RespondError::Refused(Refusal::NoSeatFree { holders, .. }) = error else {
        panic!("{error}")
    };
    assert_eq!(holders, [holder]);
    assert_eq!(desk.findings(), [""; 0]);
}

#[test]
fn a_floating_license_gives_what_is_wanted_or_all_that_is_free() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(10, LicenseType::Floating));
    let some = Activate {
        seats: NonZeroU16::new(3),
        ..activate(key, 1, 1)
    };
    assert_eq!(desk.respond(&some).unwrap().grant.seats, 3);
    let many = Activate {
        seats: NonZeroU16::new(8),
        ..activate(key, 2, 2)
    };
    assert_eq!(desk.refusal(&many), "no_seat_free");
    assert_eq!(desk.respond(&activate(key, 2, 3)).unwrap().grant.seats, 7);
    assert_eq!(desk.refusal(&activate(key, 3, 4)), "no_seat_free");
    // Its own seats are free to the machine that holds them.
    let fewer = Activate {
        seats: NonZeroU16::new(2),
        ..activate(key, 2, 5)
    };
    assert_eq!(desk.respond(&fewer).unwrap().grant.seats, 2);
    assert_eq!(desk.taken(key), 5);
    desk.options.seats = NonZeroU16::new(4);
    assert_eq!(desk.respond(&activate(key, 3, 6)).unwrap().grant.seats, 4);
    assert_eq!(desk.findings(), [""; 0]);
}

#[test]
fn a_repaired_machine_activates_anew_twice_a_year_and_then_the_manager_decides() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(1, LicenseType::Standalone));
    let mut before = desk.respond(&activate(key, 1, 1)).unwrap().activation;
    for nth in 1..=2 {
        let answer = desk.respond(&repaired(key, 1, 1 + nth)).unwrap();
        assert_eq!(answer.effect, Effect::Replaced);
        assert_eq!(u64::from(answer.grant.generation), 1 + nth);
        let nth = u32::try_from(nth).unwrap();
        assert_eq!(answer.warnings, [Warning::Replaced { before, nth, of: 2 }]);
        before = answer.activation;
    }
    assert_eq!(desk.refusal(&repaired(key, 1, 4)), "held_for_manager");
    let next_year = NOW.plus(365 * 86_400);
    assert_eq!(
        desk.respond_at(&repaired(key, 1, 5), next_year)
            .unwrap()
            .grant
            .generation,
        4
    );
    desk.options.override_reason = Some("board swapped by service".into());
    for request in 6..=7 {
        desk.respond(&repaired(key, 1, request)).unwrap();
    }
    assert_eq!(desk.taken(key), 1);
    assert_eq!(desk.findings(), [""; 0]);
    let view = products::license(&mut desk.ledger, key).unwrap().unwrap();
    let last = view.license.event;
    let events = desk.ledger.read(|tx| history::of_license(tx, last));
    let events = events.unwrap();
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(
        kinds,
        [
            "license_new",
            "activate",
            "yielded",
            "replace",
            "yielded",
            "replace",
            "refused",
            "yielded",
            "replace",
            "yielded",
            "replace",
            "yielded",
            "replace"
        ]
    );
    assert!(events.last().unwrap().data.contains("board swapped"));
}

#[test]
fn an_activation_is_found_under_its_id_alone() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(1, LicenseType::Standalone));
    let first = desk.respond(&activate(key, 1, 1)).unwrap().activation;
    let second = desk.respond(&activate(key, 1, 2)).unwrap().activation;
    assert_ne!(first, second);
    let found = desk.ledger.read(|tx| {
        Ok::<_, RespondError>((
            tx.activations_called(first)?,
            tx.activations_called(second)?,
        ))
    });
    let (one, other) = found.unwrap();
    assert_ne!(one, other);
    assert_eq!((one.len(), other.len()), (1, 1));
}

#[test]
fn each_refusal_has_its_name() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(1, LicenseType::Standalone));
    let unknown = LicenseKey::from_number(12_345_678_901).unwrap();
    assert_eq!(desk.refusal(&activate(unknown, 1, 1)), "unknown_key");
    let other = Activate {
        product_tag: [0; 2],
        ..activate(key, 1, 1)
    };
    assert_eq!(desk.refusal(&other), "other_product");
    let nobody = Activate {
        fingerprint: None,
        ..activate(key, 1, 1)
    };
    assert_eq!(desk.refusal(&nobody), "unbound");
    let unfit = Activate {
        site_key: Some([0; 32]),
        ..activate(key, 1, 1)
    };
    assert_eq!(desk.refusal(&unfit), "unfit_site_key");
    let over = OrderTerms {
        expires: Some(NOW.day()),
        ..terms(2, LicenseType::Standalone)
    };
    let over = desk.sell(&over);
    let tomorrow = NOW.plus(86_400);
    assert!(
        desk.respond(&activate(over, 1, 2)).is_ok(),
        "the last day counts"
    );
    assert_eq!(
        desk.respond_at(&activate(over, 2, 3), tomorrow)
            .unwrap_err()
            .kind(),
        "expired"
    );
    let usb = OrderTerms {
        usb: Some("0529:0001:8a3f21".parse().unwrap()),
        ..terms(3, LicenseType::Standalone)
    };
    let with_usb = desk.sell(&usb);
    assert_eq!(desk.refusal(&activate(with_usb, 1, 3)), "other_usb");
    let digest = usb.usb.unwrap().digest(&with_usb.to_bytes());
    assert!(
        desk.respond(&Activate {
            usb: Some(digest),
            ..activate(with_usb, 1, 3)
        })
        .is_ok()
    );
    desk.options.until = Some(NOW.day().plus(90));
    let trip = desk.respond(&activate(key, 1, 4)).unwrap();
    assert_eq!(trip.grant.revalidate_by, Some(NOW.day().plus(90)));
    desk.options.until = "2026-11-21".parse().ok();
    assert_eq!(desk.refusal(&activate(key, 1, 5)), "until_past");
    let answered = [Kind::Activate, Kind::Sync, Kind::Return];
    for kind in Kind::ALL
        .into_iter()
        .filter(|kind| !answered.contains(kind))
    {
        let wrong = Code::new(kind, vec![0; 40]);
        let error = respond(&mut desk.ledger, &desk.issuer, &wrong, &desk.options, BY);
        assert_eq!(error.unwrap_err().kind(), "wrong_kind");
    }
    desk.issuer = Issuer::root(signer(8));
    desk.options.until = None;
    assert_eq!(desk.refusal(&activate(key, 1, 6)), "foreign_key");
    assert_eq!(desk.findings(), [""; 0]);
}

#[test]
fn bindings_say_who_is_who_where_a_product_has_no_fingerprint() {
    let mut desk = Desk::new();
    let root = SigningKey::from_seed(&[7; 32]);
    let nexus = Product {
        id: "nexus".into(),
        bind: vec!["server".into(), "database".into()],
        fingerprint: false,
        ..product(&root)
    };
    products::add(&mut desk.ledger, nexus, hand(BY)).unwrap();
    let key = desk.sell(&OrderTerms {
        product: ProductId(2),
        ..terms(1, LicenseType::Floating)
    });
    let ask = |bindings, request| Activate {
        product_tag: product_tag("nexus"),
        fingerprint: None,
        bindings,
        ..activate(key, 1, request)
    };
    let error = desk.respond(&ask(None, 1)).unwrap_err();
    let needs = Refusal::NeedsBindings(vec!["server".into(), "database".into()]);
    assert!(matches!(error, RespondError::Refused(it) if it == needs));
    assert_eq!(
        desk.respond(&ask(Some([1; 8]), 1)).unwrap().effect,
        Effect::Activated
    );
    assert_eq!(desk.refusal(&ask(Some([2; 8]), 2)), "no_seat_free");
    assert_eq!(
        desk.respond(&ask(Some([1; 8]), 3)).unwrap().effect,
        Effect::Replaced
    );
}

#[test]
fn the_clerk_is_warned() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(3, LicenseType::Standalone));
    let weak = Fingerprint::from_bytes(&[3, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0]).unwrap();
    let request = Activate {
        fingerprint: Some(weak),
        clock: NOW.minus(27 * 3600),
        site_key: Some(SigningKey::from_seed(&[3; 32]).public()),
        ..activate(key, 1, 1)
    };
    let answer = desk.respond(&request).unwrap();
    assert_eq!(
        answer.warnings,
        [
            Warning::WeaklyBound,
            Warning::ClockOff(-27 * 3600),
            Warning::NoSite
        ]
    );
    assert_eq!((answer.grant.site, answer.grant.max_loan), (false, None));
    let near = Activate {
        clock: NOW.plus(26 * 3600),
        ..activate(key, 2, 2)
    };
    assert_eq!(desk.respond(&near).unwrap().warnings, []);
}

/// Its beginning is made again from what only the keys of the desk open: it stands nowhere.
#[test]
fn an_emergency_chain_begins_in_no_row_and_ends_in_the_grant() {
    let mut desk = Desk::new();
    let allowance = EmergencyAllowance {
        steps: NonZeroU8::new(4).unwrap(),
        days: NonZeroU8::new(7).unwrap(),
    };
    let key = desk.sell(&OrderTerms {
        emergency: Some(allowance),
        ..terms(1, LicenseType::Standalone)
    });
    let request = activate(key, 1, 1);
    let grant = desk.respond(&request).unwrap().grant;
    let (own, public) = (desk.issuer.sealing().unwrap(), desk.issuer.signer.public());
    let terms = grant.emergency.unwrap();
    let x0 = desk
        .ledger
        .read(|tx| seeds::last(tx, own, &public))
        .unwrap()
        .seed(&request.commitment, 1, &terms);
    let files = std::fs::read_dir(desk.home.path()).unwrap();
    let files = files.map(|it| std::fs::read(it.unwrap().path()).unwrap());
    let file: Vec<u8> = files.flatten().collect();
    let stands = |what: [u8; 10]| file.windows(10).any(|bytes| bytes == what);
    assert_eq!((stands(x0), stands(terms.anchor)), (false, true));
    let holder = context(&request).holder;
    let spoken = Emergency {
        step: 1,
        x: chain(&holder, 1, 0, 3, x0),
    };
    assert!(spoken.belongs_to(&terms, &holder, 1));
    assert_eq!(desk.findings(), [""; 0]);
}

#[test]
fn a_rehearsal_decides_and_changes_nothing() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(1, LicenseType::Standalone));
    let code = code(&activate(key, 1, 1));
    for _ in 0..2 {
        let preview = rehearse(&mut desk.ledger, &code, &desk.options, BY).unwrap();
        assert_eq!(
            (preview.effect(), preview.answer().unwrap().grant.seats),
            (Effect::Activated, 1)
        );
    }
    assert_eq!(desk.taken(key), 0);
    assert_eq!(repeated(&mut desk.ledger, &code, NOW.day()).unwrap(), None);
    assert_eq!(desk.findings(), [""; 0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn seats_are_never_exceeded(
        seats in 1_u16..6,
        floating in any::<bool>(),
        asks in prop::collection::vec((0_u16..6, 0_u64..40, 0_u16..4, 0_u32..4000), 1..40),
    ) {
        let mut desk = Desk::new();
        let kind = if floating { LicenseType::Floating } else { LicenseType::Standalone };
        let key = desk.sell(&terms(seats, kind));
        let mut answered: HashMap<Vec<u8>, Code> = HashMap::new();
        for (machine, request, wanted, day) in asks {
            let request = Activate { seats: NonZeroU16::new(wanted), ..activate(key, machine, request) };
            let answer = desk.respond_at(&request, NOW.plus(day * 86_400));
            if let Ok(answer) = answer {
                let known = answered.entry(request.encode()).or_insert_with(|| answer.code.clone());
                prop_assert_eq!(&answer.code, known);
            }
            let view = products::license(&mut desk.ledger, key).unwrap().unwrap();
            let held: u32 = view.activations.iter().map(|it| u32::from(it.seats)).sum();
            prop_assert!(held <= u32::from(seats));
            prop_assert_eq!(held, view.license.taken.unwrap_or(0));
        }
        prop_assert_eq!(desk.findings(), Vec::<String>::new());
    }
}
