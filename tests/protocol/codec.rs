//! Codecs are strict: whatever decodes encodes back into the same bytes, whatever is too long or short is refused (SPEC.md 4).

use countersign::protocol::desk_certificate::DeskCertificate;
use countersign::protocol::emergency::Emergency;
use countersign::protocol::grant::SignedGrant;
use countersign::protocol::loan::{SignedLoan, SiteCertificate};
use countersign::protocol::requests::{Activate, Borrow, Return, Sync};
use countersign::protocol::wire::WireError;
use proptest::collection::vec;
use proptest::prelude::*;

type Codec = fn(&[u8]) -> Result<Vec<u8>, WireError>;

/// Decodes and encodes again, for each kind.
const CODECS: [(&str, Codec); 10] = [
    ("ACTIVATE", |b| Activate::decode(b).map(|v| v.encode())),
    ("SYNC", |b| Sync::decode(b).map(|v| v.encode())),
    ("RETURN", |b| Return::decode(b).map(|v| v.encode())),
    ("BORROW", |b| Borrow::decode(b).map(|v| v.encode())),
    ("GRANT", |b| SignedGrant::decode(b).map(|v| v.encode())),
    ("LOAN", |b| SignedLoan::decode(b).map(|v| v.encode())),
    ("site certificate", |b| {
        SiteCertificate::decode(b).map(|v| v.encode())
    }),
    ("LOAN with certificate", |b| {
        SiteCertificate::decode_with_loan(b).map(|(site, loan)| site.encode_with_loan(&loan))
    }),
    ("DESK certificate", |b| {
        DeskCertificate::decode(b).map(|v| v.encode())
    }),
    ("EMERGENCY", |b| Emergency::decode(b).map(|v| v.encode())),
];

/// Bytes that often are a payload: low flags, a license key in range, days and list lengths that are small.
fn likely() -> impl Strategy<Value = Vec<u8>> {
    (vec(any::<u8>(), 0..400), 0u8..64, any::<bool>()).prop_map(|(mut bytes, flags, low)| {
        if let Some(first) = bytes.first_mut() {
            *first = flags;
        }
        if low {
            bytes.iter_mut().skip(1).for_each(|byte| *byte &= 0x1f);
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn decoding_then_encoding_gives_the_same_bytes(bytes in likely()) {
        for (name, codec) in CODECS {
            for length in 0..=bytes.len() {
                if let Ok(again) = codec(&bytes[..length]) {
                    prop_assert_eq!(&again, &bytes[..length], "{}", name);
                }
            }
        }
    }
}

fn valid(name: &str) -> Vec<u8> {
    let key = [0x02, 0x54, 0x0b, 0xe4, 0x00];
    let fingerprint = [0b00101, 1, 2, 0, 0, 3, 4, 0, 0, 0, 0];
    match name {
        "ACTIVATE" => [
            &[0b11111][..],
            &[1, 2],
            &key,
            &[7; 12],
            &[0, 1, 2, 3],
            &fingerprint,
            &[5; 8],
            &[0, 3],
            &[6; 8],
            &[9; 32],
        ]
        .concat(),
        "SYNC" => [
            &[0b111011][..],
            &[1; 4],
            &[0, 2],
            &[3; 10],
            &[4; 12],
            &[0, 1, 2, 3],
            &fingerprint,
            &[5; 8],
            &[6; 8],
            &[9; 32],
            &[0, 1, 0, 0, 9],
            &[8; 8],
        ]
        .concat(),
        "RETURN" => vec![7; 16],
        "BORROW" => [
            &[3][..],
            &key,
            &[4; 12],
            &fingerprint,
            &[30],
            &[0, 1, 2, 3],
            &[0, 0],
            &[0, 0, 9],
            &[1, 8],
        ]
        .concat(),
        "GRANT" => [
            &[1, 2, 3, 0, 1, 0, 0, 0, 9][..],
            &[0; 6],
            &[0, 5, 1, 0b1_1101, 30],
            &[7; 10],
            &[4, 7],
            &[14, 0, 9, 9, 18, 1, 2, 27, 7, 3, 4, 36, 2, b'a', b'b'],
            &[1; 64],
        ]
        .concat(),
        "LOAN" => [
            &[0, 1, 2, 0, 0, 1, 0, 0, 0, 0, 0, 9, 0, 7][..],
            &[0],
            &[1; 64],
        ]
        .concat(),
        "site certificate" => [
            &[1][..],
            &valid("DESK certificate"),
            &[1; 32],
            &[2; 32],
            &[3; 32],
            &valid("GRANT"),
        ]
        .concat(),
        "LOAN with certificate" => [valid("site certificate"), valid("LOAN")].concat(),
        "DESK certificate" => [
            &[0, 0, 0, 1, 0, 9, 1, 7, 0, 5, 0, 30, 9, 31][..],
            &[1; 32],
            &[2; 64],
        ]
        .concat(),
        _ => vec![3; 11],
    }
}

#[test]
fn each_kind_is_taken_whole_and_in_no_other_length() {
    for (name, codec) in CODECS {
        let whole = valid(name);
        assert_eq!(codec(&whole).as_ref(), Ok(&whole), "{name}");
        for length in 0..whole.len() {
            assert!(codec(&whole[..length]).is_err(), "{name} cut to {length}");
        }
        let longer = [whole.as_slice(), &[0]].concat();
        assert_eq!(
            codec(&longer),
            Err(WireError::Long),
            "{name} with a byte more"
        );
    }
}

#[test]
fn sizes_are_those_of_the_specification() {
    let lengths: Vec<usize> = ["RETURN", "DESK certificate", "EMERGENCY"]
        .map(|name| valid(name).len())
        .to_vec();
    assert_eq!(lengths, [16, 110, 11]);
}

#[test]
fn unknown_flags_and_impossible_values_are_refused() {
    let altered = |name: &str, at: usize, to: u8| {
        let mut bytes = valid(name);
        bytes[at] = to;
        CODECS.iter().find(|(known, _)| *known == name).unwrap().1(&bytes)
    };
    assert!(
        matches!(
            altered("ACTIVATE", 0, 0b0011_1111),
            Err(WireError::Value(_))
        ),
        "site flag on ACTIVATE"
    );
    assert!(
        matches!(altered("ACTIVATE", 3, 0), Err(WireError::Value(_))),
        "key below ten digits"
    );
    assert!(
        matches!(altered("ACTIVATE", 3, 0xff), Err(WireError::Value(_))),
        "key above eleven digits"
    );
    assert!(
        matches!(altered("ACTIVATE", 24, 0b10_0000), Err(WireError::Value(_))),
        "unknown component"
    );
    assert!(
        matches!(altered("ACTIVATE", 24, 0b00001), Err(WireError::Value(_))),
        "bytes of an unknown component"
    );
    assert!(
        matches!(altered("GRANT", 4, 0), Err(WireError::Value(_))),
        "generation 0"
    );
    assert!(
        matches!(altered("GRANT", 18, 0b1_1111), Err(WireError::Value(_))),
        "type 3"
    );
    assert!(
        matches!(altered("GRANT", 18, 0b11_1101), Err(WireError::Value(_))),
        "unknown flag"
    );
    assert!(
        matches!(altered("GRANT", 18, 0b1101), Err(WireError::Value(_))),
        "longest loan without a site"
    );
    assert!(
        matches!(altered("GRANT", 18, 0b1_1100), Err(WireError::Value(_))),
        "a standalone site"
    );
    assert!(
        matches!(altered("GRANT", 16, 0), Err(WireError::Value(_))),
        "no seats"
    );
    assert!(
        matches!(altered("GRANT", 19, 0), Err(WireError::Value(_))),
        "no longest loan"
    );
    assert!(
        matches!(altered("GRANT", 30, 32), Err(WireError::Value(_))),
        "32 steps"
    );
    assert!(
        matches!(altered("LOAN", 13, 0), Err(WireError::Value(_))),
        "no last day"
    );
    assert!(
        matches!(
            altered("DESK certificate", 7, 0b10_0000),
            Err(WireError::Value(_))
        ),
        "unknown kind"
    );
    assert!(
        matches!(
            altered("DESK certificate", 7, 0b1_1001),
            Err(WireError::Value(_))
        ),
        "a manager of one product"
    );
    assert!(
        matches!(altered("EMERGENCY", 0, 0), Err(WireError::Value(_))),
        "step 0"
    );
}
