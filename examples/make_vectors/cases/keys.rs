//! Categories `license-key` and `commitment` (SPEC.md 12.6, 12.7).

use countersign::license_key::LicenseKey;

use super::File;
use super::world::secret;

fn key(number: u64) -> LicenseKey {
    LicenseKey::from_number(number).unwrap()
}

/// The first key whose check digits are these.
fn with_checks(checks: &str) -> String {
    (12_345_678_901..)
        .map(|number| key(number).digits())
        .find(|digits| digits.ends_with(checks))
        .unwrap()
}

pub(super) fn license_keys() -> Vec<File> {
    let mut files = taken();
    files.push(refused());
    files
}

fn taken() -> Vec<File> {
    let good = key(12_345_678_901);
    let digits = good.digits();
    let ok = |name, comment, text: &str, number: u64| {
        File::new("license-key", name, comment, "ok")
            .line("text", text)
            .line("number", number)
    };
    let looks = key(10_025_688_001).to_string();
    let alike: String = looks
        .char_indices()
        .map(|(at, digit)| match (at % 2, digit) {
            (0, '0') => 'O',
            (0, '1') => 'l',
            (0, '2') => 'Z',
            (0, '5') => 'S',
            (0, '6') => 'G',
            (0, '8') => 'B',
            (_, '1') => 'I',
            (_, '0') => 'o',
            (_, other) => other,
        })
        .collect();
    vec![
        ok(
            "written",
            "as it is written",
            &good.to_string(),
            good.number(),
        ),
        ok("plain", "thirteen digits", &digits, good.number()),
        ok(
            "spaces",
            "another grouping, by spaces",
            &format!("{} {} {}", &digits[..5], &digits[5..10], &digits[10..]),
            good.number(),
        ),
        ok(
            "first",
            "the smallest key",
            &key(10_000_000_000).to_string(),
            10_000_000_000,
        ),
        ok(
            "last",
            "the largest key",
            &key(99_999_999_999).to_string(),
            99_999_999_999,
        ),
        ok(
            "look-alikes",
            "letters that look like digits",
            &alike,
            10_025_688_001,
        ),
    ]
}

fn refused() -> File {
    let digits = key(12_345_678_901).digits();
    let checks = |right, wrong| format!("{}{wrong}", &with_checks(right)[..11]);
    let zero: u64 = 1_234_567_890;
    let zero = format!("{zero:011}{:02}", 98 - zero * 100 % 97);
    let cases = [
        ("one digit wrong", format!("{}0", &digits[..12])),
        ("two digits swapped", format!("21{}", &digits[2..])),
        ("twelve digits", digits[..12].to_owned()),
        ("fourteen digits", format!("{digits}0")),
        ("a letter like no digit", format!("{}X", &digits[..12])),
        ("right check digits, but the first digit is 0", zero),
        ("99 for 02 leaves the same remainder", checks("02", "99")),
        ("00 for 97 leaves the same remainder", checks("97", "00")),
        ("01 for 98 leaves the same remainder", checks("98", "01")),
    ];
    let file = File::new(
        "license-key",
        "refused",
        "what is no license key",
        "refused",
    );
    cases.into_iter().fold(file, |file, (comment, text)| {
        file.line("comment", comment).line("text", text)
    })
}

pub(super) fn commitments() -> Vec<File> {
    let one = |name, comment, first: u8, number: u64| {
        let (secret, key) = (secret(first), key(number));
        let commitment = secret.commitment(key);
        File::new("commitment", name, comment, "ok")
            .line("license-key", key.digits())
            .line("r", hex::encode(secret.reveal()))
            .line("s", hex::encode(secret.sync_proof().0))
            .line("c", hex::encode(commitment.0))
            .line("activation", hex::encode(commitment.activation_id().0))
    };
    vec![
        one(
            "one",
            "a request's secret and what comes of it",
            0x10,
            12_345_678_901,
        ),
        one(
            "other-license",
            "the same secret for another license: the same s, another C",
            0x10,
            12_345_678_902,
        ),
    ]
}
