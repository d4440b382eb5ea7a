//! The 13-digit key (SPEC.md 2.5): what its two check digits find, and what it is read from.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::convert::Infallible;

use countersign::license_key::{LicenseKey, LicenseKeyError};
use proptest::prelude::*;

fn key() -> impl Strategy<Value = LicenseKey> {
    (10_000_000_000_u64..100_000_000_000)
        .prop_map(|number| LicenseKey::from_number(number).unwrap())
}

fn read(digits: &[u8]) -> Result<LicenseKey, LicenseKeyError> {
    digits
        .iter()
        .map(|&digit| char::from(digit))
        .collect::<String>()
        .parse()
}

#[test]
fn it_is_written_in_four_groups() {
    let key = LicenseKey::from_number(12_345_678_901).unwrap();
    assert_eq!(key.to_string(), "123-456-789-0135");
    assert_eq!(key.digits(), "1234567890135");
    assert_eq!(1_234_567_890_135_u64 % 97, 1);
    assert_eq!(key.to_bytes(), [0x02, 0xdf, 0xdc, 0x1c, 0x35]);
}

#[test]
fn check_digits_that_only_leave_the_same_remainder_are_refused() {
    let two = (10_000_000_000..10_000_000_200)
        .find(|number| {
            LicenseKey::from_number(*number)
                .unwrap()
                .digits()
                .ends_with("02")
        })
        .unwrap();
    assert_eq!(
        format!("{two}99").parse::<LicenseKey>(),
        Err(LicenseKeyError::Mistyped)
    );
}

#[test]
fn each_error_says_what_is_wrong() {
    let message = |text: &str| text.parse::<LicenseKey>().unwrap_err().to_string();
    assert_eq!(
        message("123-456-789-012"),
        "a license key has 13 digits, this one has 12"
    );
    assert_eq!(
        message("123-456-789-01355"),
        "a license key has 13 digits, this one has 14"
    );
    assert_eq!(
        message("123-456-7x9-0135"),
        "a license key is made of digits; 'x' is none"
    );
    assert_eq!(
        message("123-456-789-0136"),
        "this license key is mistyped: its check digits do not fit"
    );
    for two in [
        "123-456-789-0135 123-456-789-0135",
        "123-456-789-0135, 1234567890135;",
        "1234567890135\n1234567890135\n",
    ] {
        assert_eq!(message(two), "these are 2 license keys");
    }
    assert_eq!(
        "0123456789012".parse::<LicenseKey>(),
        Err(LicenseKeyError::Range)
    );
    assert_eq!(
        "".parse::<LicenseKey>(),
        Err(LicenseKeyError::Count { found: 0 })
    );
}

/// A program for tables takes a key for a number, and writes it as one.
#[test]
fn a_number_of_a_table_is_its_key() {
    let key: LicenseKey = "123-456-789-0135".parse().unwrap();
    for number in ["1234567890135.0", "1234567890135,0 ", "123-456-789-0135.0"] {
        assert_eq!(number.parse(), Ok(key), "{number}");
    }
    for other in ["1234567890135.5", "1234567890135.00", "1234567890135,0,0"] {
        assert!(other.parse::<LicenseKey>().is_err(), "{other}");
    }
}

#[test]
fn numbers_and_bytes_outside_of_eleven_digits_are_refused() {
    for number in [0, 9_999_999_999, 100_000_000_000, u64::MAX] {
        assert_eq!(LicenseKey::from_number(number), Err(LicenseKeyError::Range));
    }
    assert_eq!(LicenseKey::from_bytes([0; 5]), Err(LicenseKeyError::Range));
    assert_eq!(
        LicenseKey::from_bytes([0xff; 5]),
        Err(LicenseKeyError::Range)
    );
}

#[test]
fn look_alikes_blanks_and_dashes_of_any_kind_are_read() {
    let key = LicenseKey::from_number(10_258_612_058).unwrap();
    let digits = key.digits();
    let alike = |digit| match digit {
        '0' => 'O',
        '1' => 'l',
        '2' => 'Z',
        '5' => 'S',
        '6' => 'G',
        '8' => 'B',
        other => other,
    };
    let like = digits.chars().map(alike).collect::<String>();
    let wide = digits
        .chars()
        .map(|digit| char::from_u32(u32::from(digit) + 0xfee0).unwrap())
        .collect::<String>();
    for text in [
        like,
        wide,
        digits.replace('1', "I").replace('0', "D"),
        digits.replace('1', "|").replace('0', "Q"),
    ] {
        assert_eq!(text.parse(), Ok(key), "{text}");
        let spread: String = text
            .chars()
            .flat_map(|digit| [digit, '\u{a0}', '\u{2013}', '\u{200b}', '.', ' '])
            .collect();
        assert_eq!(spread.parse(), Ok(key), "{spread}");
    }
}

proptest! {
    #[test]
    fn it_comes_back_from_text_and_bytes(key in key()) {
        prop_assert_eq!(key.to_string().parse(), Ok(key));
        prop_assert_eq!(key.digits().parse(), Ok(key));
        prop_assert_eq!(LicenseKey::from_bytes(key.to_bytes()), Ok(key));
        prop_assert_eq!(LicenseKey::from_number(key.number()), Ok(key));
    }

    #[test]
    fn any_entropy_makes_a_key(bytes in any::<[u8; 16]>()) {
        let key = LicenseKey::from_entropy(|buffer| {
            buffer.copy_from_slice(&bytes);
            Ok::<(), Infallible>(())
        });
        prop_assert!((10_000_000_000..100_000_000_000).contains(&key.unwrap().number()));
    }

    #[test]
    fn every_wrong_digit_is_found(key in key()) {
        let digits = key.digits().into_bytes();
        for place in 0..13 {
            for wrong in b'0'..=b'9' {
                let mut typed = digits.clone();
                typed[place] = wrong;
                prop_assert_eq!(read(&typed).is_ok(), wrong == digits[place], "{:?}", typed);
            }
        }
    }

    #[test]
    fn swapped_neighbours_jumps_and_twins_are_found(key in key()) {
        let digits = key.digits().into_bytes();
        for apart in [1, 2] {
            for place in 0..13 - apart {
                let mut swapped = digits.clone();
                swapped.swap(place, place + apart);
                prop_assert_eq!(read(&swapped).is_ok(), swapped == digits, "{:?}", swapped);
                for wrong in b'0'..=b'9' {
                    let mut twin = digits.clone();
                    twin[place] = wrong;
                    twin[place + apart] = wrong;
                    let is_twin_error = digits[place] == digits[place + apart] && digits[place] != wrong;
                    prop_assert!(!is_twin_error || read(&twin).is_err(), "{:?}", twin);
                }
            }
        }
    }
}
