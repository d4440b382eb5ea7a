//! Which values tell one machine from another: the rest counts as unknown (SPEC.md 6.1).

mod macs;
mod serials;

pub(super) use macs::mac;
use macs::mac_of;
pub(super) use serials::{disk_serial, usb_serial};
#[cfg(target_os = "linux")]
pub(super) use serials::{is_a_day, is_a_place_on_the_bus, is_made_of_a_file};

/// What makers and installers leave where a value should be.
const PLACEHOLDERS: &[&str] = &[
    "(none)",
    "(null string)",
    "base board serial number",
    "chassis serial number",
    "default",
    "default string",
    "default_string",
    "empty",
    "eval",
    "fill by oem",
    "invalid",
    "n/a",
    "na",
    "no serial number",
    "none",
    "not applicable",
    "not available",
    "not present",
    "not settable",
    "not specified",
    "null",
    "o.e.m.",
    "oem",
    "oem_serial",
    "serial",
    "serial number",
    "standard",
    "system product name",
    "system serial number",
    "systemserialnumb",
    "to be filled",
    "to be filled by o.e.m",
    "to be filled by o.e.m.",
    "to be filled by oem",
    "type2 - board serial number",
    "undefined",
    "uninitialized",
    "unknow",
    "unknown",
];

/// Ids that whole series of boards or images share and that look like any other: those with a pattern are told by it ([`is_shared_id`]). The first is
/// the machine id that the images of Whonix share on purpose.
const SHARED_IDS: &[&str] = &[
    "b08dfa6083e7567a1921a715000001fb",
    "03d40274043505dc8506010700080009",
    "4c4c4544000010108010c4c04f313233",
    "6ab5b300538d10149fb5b0684d007b53",
    "890e2d14cacd45d1ae66bc80e8bfeb0f",
    "8e275844178f44a8aceba7d7e5178c63",
    "dc698397fa544cf282c8b1b5307a6a7f",
];

/// `value` trimmed and in lower case, or nothing where it tells no machine from another.
pub(super) fn known(value: &str) -> Option<String> {
    let value = value
        .trim_matches(|c: char| c.is_whitespace() || c == '\0')
        .to_lowercase();
    let bare = bare(&value);
    let says_nothing = is_dull(&bare)
        || is_counting(&bare)
        || is_shared_id(&bare)
        || PLACEHOLDERS.contains(&value.as_str());
    (!says_nothing).then_some(value)
}

/// Letters and digits alone, without a leading `0x`.
fn bare(value: &str) -> String {
    let value = value.strip_prefix("0x").unwrap_or(value);
    value.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Nothing at all, one character again and again, or no more than two different ones where there are eight or more.
fn is_dull(bare: &str) -> bool {
    let mut different: Vec<char> = bare.chars().collect();
    let length = different.len();
    different.sort_unstable();
    different.dedup();
    different.len() < 2 || (different.len() == 2 && length >= 8)
}

/// Counted up: `1234`, `0123456789`, `1234567890abcdef`; also behind letters, as in `mb-1234567890`.
fn is_counting(bare: &str) -> bool {
    let counted = |text: &str| {
        let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
        digits.is_some_and(|digits| {
            digits.len() >= 4
                && digits.windows(2).all(|pair| match *pair {
                    [9, next] => next == 0 || next == 10,
                    [0, next] => next == 1 || next == 10,
                    [one, next] => next == (one + 1) % 16,
                    _ => true,
                })
        })
    };
    counted(bare) || counted(bare.trim_start_matches(|c: char| c.is_ascii_lowercase()))
}

/// A UUID or machine id that no chance has made, or that is known to be of a whole series. Each pattern is met by a random one once in 2³² or less.
fn is_shared_id(bare: &str) -> bool {
    let digits = |text: &str| u128::from_str_radix(text, 16).ok();
    let (Some(id), 32) = (digits(bare), bare.len()) else {
        return false;
    };
    let bytes = id.to_be_bytes();
    let (left, right) = bytes.split_at(8);
    let (head, tail) = bytes.split_at(6);
    let [.., a, b, c, d, e, f] = bytes;
    // Firmware makers count the bytes of a UUID up or down, in one order of bytes or the other.
    let counted = bytes.iter().all(|&byte| byte <= 0x10);
    let groups = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)];
    let one_digit_each = groups.iter().all(|&(from, to)| {
        let mut digits = bare.get(from..to).unwrap_or_default().chars();
        let first = digits.next();
        digits.all(|digit| Some(digit) == first)
    });
    // A Dell has the letters of its service tag in it; without one these are blanks.
    let untagged_dell =
        (bare.starts_with("4c4c4544") || bare.starts_with("44454c4c")) && bare.ends_with("202020");
    // Some boards write zeros and the MAC address of their card: as good as that is.
    let zeros_and_mac =
        bytes.iter().take(10).all(|&byte| byte == 0) && mac_of([a, b, c, d, e, f]).is_none();
    left == right
        || counted
        || one_digit_each
        || tail.iter().all(|&byte| byte == 0xff)
        || head.starts_with(&[0x12, 0x34, 0x56, 0x78])
        || head.starts_with(&[0x78, 0x56, 0x34, 0x12])
        || untagged_dell
        || zeros_and_mac
        || SHARED_IDS.contains(&bare)
}

/// A machine id: 32 hexadecimal digits, with or without hyphens, which leaves out `uninitialized` and torn files.
pub(super) fn machine_id(value: &str) -> Option<String> {
    let value = known(value)?;
    let digits = value.chars().filter(char::is_ascii_hexdigit).count();
    (digits == 32 && value.chars().all(|c| c == '-' || c.is_ascii_hexdigit())).then_some(value)
}

/// A host name, which people choose as they like; `localhost` and Linux's `(none)` are nobody's own.
pub(super) fn host_name(value: &str) -> Option<String> {
    let name = value.trim().to_lowercase();
    let label = name.split('.').next()?;
    (!matches!(label, "" | "localhost" | "(none)")).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_unknown() {
        for value in [
            "",
            " \n",
            "\0",
            "To Be Filled By O.E.M.",
            "Default string",
            "NONE",
            "00000000-0000-0000-0000-000000000000",
            "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
            "03000200-0400-0500-0006-000700080009",
            "00020003-0004-0005-0006-000700080009",
            "12345678-1234-5678-90AB-CDDEEFAABBCC",
            "4C4C4544-0000-2010-8020-80C04F202020",
            "0x00000000",
            "---",
            "xxxxxxxx",
        ] {
            assert_eq!(known(value), None, "{value:?}");
        }
        assert_eq!(known(" S5GXNX0T\n").as_deref(), Some("s5gxnx0t"));
        assert_eq!(
            known("10000000c2a1b3d4\0").as_deref(),
            Some("10000000c2a1b3d4")
        );
    }

    #[test]
    fn ids_that_series_share_are_unknown() {
        for value in [
            "07090201-0103-0301-0807-060504030201",
            "00000000-0000-0000-0807-060504030201",
            "00010203-0405-0607-0809-0a0b0c0d0e0f",
            "01020304-0506-0708-090a-0b0c0d0e0f10",
            "04030201-0605-0807-090a-0b0c0d0e0f10",
            "01010101-0101-0101-0101-010101010101",
            "FFFFFF00-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
            "56F49712-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
            "11111111-2222-3333-4444-555555555555",
            "12345678-1234-1234-1234-1234567890ab",
            "78563412-3412-7856-90AB-CDDEEFAABBCC",
            "deadbeef-dead-beef-dead-beefdeadbeef",
            "6AB5B300-538D-1014-9FB5-B0684D007B53",
            "44454C4C-2000-1020-8020-A0C04F202020",
            "00000000-0000-0000-0000-888888888788",
            "b08dfa6083e7567a1921a715000001fb",
        ] {
            assert_eq!(known(value), None, "{value}");
        }
        for value in [
            // A service tag; zeros and an address; a board that mixes its address in; letters and figures of a serial number.
            "4c4c4544-0042-3510-8052-b3c04f4b4e32",
            "00000000-0000-0000-0000-002590c7c000",
            "031b021c-040d-0562-9106-7c0700080009",
            "31393138-3538-5a43-3135-353130323750",
            "99994544-0042-3510-8052-b3c04f4b4e99",
            "01020304-0506-0708-090a-0b0c0d0e0f11",
        ] {
            assert_eq!(known(value).as_deref(), Some(value));
        }
        for id in SHARED_IDS {
            assert!(id.len() == 32 && bare(id) == *id, "{id}");
        }
    }

    #[test]
    fn what_is_counted_up_is_a_placeholder() {
        for value in [
            "1234",
            "0123456789",
            "1234567890",
            "12345678901234567",
            "0x12345678",
            "1234567890abcdef",
            "0123456789ABCDEF",
            "abcdef0123456789",
            "MB-1234567890",
            "SYS-1234567890",
            "SN-12345",
        ] {
            assert_eq!(known(value), None, "{value}");
        }
        for value in ["123", "1235", "9a8b", "s12345b", "a1234-1"] {
            assert!(known(value).is_some(), "{value}");
        }
    }

    #[test]
    fn a_machine_id_has_32_digits() {
        assert_eq!(machine_id("uninitialized\n"), None);
        assert_eq!(machine_id("3d1219c7c4c5404aaa1f6d2a48adfda\n"), None);
        assert_eq!(
            machine_id("3D1219C7c4c5404aaa1f6d2a48adfda4\n").as_deref(),
            Some("3d1219c7c4c5404aaa1f6d2a48adfda4")
        );
        assert!(machine_id("3d1219c7-c4c5-404a-aa1f-6d2a48adfda4").is_some());
        assert_eq!(machine_id("3d1219c7c4c5404aaa1f6d2a48adfda4 g"), None);
    }

    #[test]
    fn a_host_may_be_called_anything_but_localhost() {
        assert_eq!(host_name("Default\n").as_deref(), Some("default"));
        assert_eq!(host_name("X").as_deref(), Some("x"));
        for name in ["", "\n", "localhost", "LOCALHOST.localdomain", "(none)"] {
            assert_eq!(host_name(name), None, "{name:?}");
        }
    }
}
