//! Payloads that ask or give up.

use std::num::{NonZeroU8, NonZeroU16};

use countersign::protocol::requests::{Activate, Borrow, Return, SiteReport, Sync};
use countersign::text::Kind;

use super::super::File;
use super::super::world::{
    BINDINGS, NOW, SITE, USB, activate, entitlements, license, other_fingerprint, public, secret,
    standing, sync,
};
use super::{ok, put, refused};

pub(super) fn files() -> Vec<File> {
    [activates(), syncs(), returns(), borrows()].concat()
}

fn activates() -> Vec<File> {
    const A: Kind = Kind::Activate;
    let plain = Activate {
        bindings: None,
        ..activate()
    };
    let bare = Activate {
        fingerprint: None,
        ..plain.clone()
    };
    let bound = Activate {
        bindings: Some(BINDINGS),
        ..bare.clone()
    };
    let seats = Activate {
        seats: NonZeroU16::new(3),
        ..bare.clone()
    };
    let usb = Activate {
        usb: Some(USB),
        ..bare.clone()
    };
    let full = Activate {
        seats: NonZeroU16::new(3),
        usb: Some(USB),
        site_key: Some(public(SITE)),
        ..activate()
    };
    let (plain, seats) = (plain.encode(), seats.encode());
    let key = |number: u64| put(&plain, 3, &number.to_be_bytes()[3..]);
    let wrong = vec![
        ("flags: bit 5", put(&plain, 0, &[0x21])),
        ("seats wanted: 0", put(&seats, 24, &[0, 0])),
        ("a license key of ten digits", key(9_999_999_999)),
        ("a license key of twelve digits", key(100_000_000_000)),
        ("fingerprint: nothing known", put(&plain, 24, &[0; 11])),
        ("fingerprint: bit 5", put(&plain, 24, &[0x3f])),
        ("fingerprint: unknown, not zeros", put(&plain, 24, &[0x1e])),
    ];
    vec![
        ok(A, "activate", "with a fingerprint", &plain),
        ok(A, "activate-bare", "no option", &bare.encode()),
        ok(A, "activate-bindings", "bindings alone", &bound.encode()),
        ok(A, "activate-seats", "seats alone", &seats),
        ok(A, "activate-usb", "USB device alone", &usb.encode()),
        ok(A, "activate-full", "every option", &full.encode()),
        refused(A, "activate-refused", &full.encode(), wrong),
    ]
}

fn syncs() -> Vec<File> {
    const S: Kind = Kind::Sync;
    let site = Some(SiteReport {
        loans_out: 2,
        last_serial: 41,
        head: [0x77; 8],
    });
    let bare = Sync {
        fingerprint: None,
        ..sync()
    };
    let bound = Sync {
        bindings: Some(BINDINGS),
        ..bare.clone()
    };
    let usb = Sync {
        usb: Some(USB),
        ..bare.clone()
    };
    let lending = Sync {
        site,
        ..bare.clone()
    };
    let keyed = Sync {
        site_key: Some(public(SITE)),
        ..bare.clone()
    };
    let largest = Sync {
        site: Some(SiteReport {
            loans_out: u16::MAX,
            last_serial: (1 << 24) - 1,
            head: [0xff; 8],
        }),
        ..bare.clone()
    };
    let nothing = Sync {
        site: Some(SiteReport {
            loans_out: 0,
            last_serial: 0,
            head: [0; 8],
        }),
        ..bare.clone()
    };
    let full = Sync {
        bindings: Some(BINDINGS),
        usb: Some(USB),
        site_key: Some(public(SITE)),
        site,
        ..sync()
    };
    let wrong = vec![
        ("flags: bit 2", put(&bare.encode(), 0, &[0x04])),
        ("flags: bit 6", put(&bare.encode(), 0, &[0x40])),
        (
            "a site key announced and missing",
            put(&bare.encode(), 0, &[0x10]),
        ),
        (
            "fingerprint: nothing known",
            put(&sync().encode(), 33, &[0; 11]),
        ),
        ("fingerprint: bit 5", put(&sync().encode(), 33, &[0x2d])),
    ];
    vec![
        ok(S, "sync", "nothing changed", &bare.encode()),
        ok(
            S,
            "sync-fingerprint",
            "a fingerprint alone, two components unknown",
            &sync().encode(),
        ),
        ok(S, "sync-bindings", "bindings alone", &bound.encode()),
        ok(S, "sync-usb", "USB device alone", &usb.encode()),
        ok(
            S,
            "sync-site",
            "a lending site's report alone",
            &lending.encode(),
        ),
        ok(
            S,
            "sync-site-largest",
            "a site's report with the largest numbers",
            &largest.encode(),
        ),
        ok(
            S,
            "sync-site-nothing",
            "a site's report before its first loan",
            &nothing.encode(),
        ),
        ok(S, "sync-site-key", "a site key alone", &keyed.encode()),
        ok(S, "sync-full", "every option", &full.encode()),
        refused(S, "sync-refused", &full.encode(), wrong),
    ]
}

fn returns() -> Vec<File> {
    let given_up = |activation, first| {
        Return {
            activation,
            secret: secret(first),
        }
        .encode()
    };
    let activation = given_up(standing().activation, 0x10);
    let loan = given_up(secret(0x30).commitment(license()).activation_id(), 0x30);
    vec![
        ok(
            Kind::Return,
            "return",
            "an activation is given up",
            &activation,
        ),
        ok(Kind::LoanReturn, "loan-return", "a loan is given up", &loan),
        refused(Kind::Return, "return-refused", &activation, Vec::new()),
    ]
}

fn borrows() -> Vec<File> {
    const B: Kind = Kind::Borrow;
    let borrow = Borrow {
        key: license(),
        commitment: secret(0x30).commitment(license()),
        fingerprint: other_fingerprint(),
        days: NonZeroU8::new(14).unwrap(),
        clock: NOW,
        certificate_tag: [0xc0, 0xc1],
        extends: None,
        wanted: None,
    };
    let plain = borrow.encode();
    let wanted = |entries: &[(u32, Option<u32>)]| Some(entitlements(entries));
    let some = Borrow {
        wanted: wanted(&[(0, None), (17, None)]),
        ..borrow.clone()
    }
    .encode();
    let limit = Borrow {
        wanted: wanted(&[(0, Some(1))]),
        ..borrow.clone()
    }
    .encode();
    let none = Borrow {
        wanted: wanted(&[]),
        ..borrow.clone()
    }
    .encode();
    let both = Borrow {
        extends: Some(41),
        wanted: wanted(&[(0, None)]),
        ..borrow.clone()
    }
    .encode();
    let extend = Borrow {
        extends: Some(41),
        ..borrow
    }
    .encode();
    let ends = [&some[..36], &[3, 2, 0x0b, 0x42]].concat();
    let text = [&some[..36], &[3, 4, 1, 0x61]].concat();
    let wrong = vec![
        ("flags: bit 2", put(&extend, 0, &[5])),
        ("features announced and missing", put(&extend, 0, &[3])),
        ("a limit among the features wanted", limit),
        ("a feature that ends among the features wanted", ends),
        ("a text among the features wanted", text),
        ("features that do not rise", put(&some, 37, &[0x88, 1, 0])),
        ("days wanted: 0", put(&plain, 29, &[0])),
        (
            "a license key of ten digits",
            put(&plain, 1, &[2, 0x54, 0x0b, 0xe3, 0xff]),
        ),
        ("fingerprint: nothing known", put(&plain, 18, &[0; 11])),
    ];
    vec![
        ok(B, "borrow", "a new loan", &plain),
        ok(B, "borrow-extend", "loan 41 is to be extended", &extend),
        ok(B, "borrow-features", "features 0 and 17", &some),
        ok(B, "borrow-nothing", "the seat without a feature", &none),
        ok(
            B,
            "borrow-extend-features",
            "loan 41 is to be extended with feature 0 alone",
            &both,
        ),
        refused(B, "borrow-refused", &extend, wrong),
    ]
}
