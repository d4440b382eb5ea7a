//! Which values tell one machine from another: the rest counts as unknown (SPEC.md 6.1).

/// What makers and installers leave where a value should be.
const PLACEHOLDERS: &[&str] = &[
    "(none)",
    "0123456789",
    "123456789",
    "1234567890",
    "12345678",
    "base board serial number",
    "chassis serial number",
    "default",
    "default string",
    "default_string",
    "empty",
    "invalid",
    "n/a",
    "na",
    "none",
    "not applicable",
    "not available",
    "not settable",
    "not specified",
    "null",
    "o.e.m.",
    "oem",
    "serial",
    "serial number",
    "standard",
    "system product name",
    "system serial number",
    "to be filled by o.e.m",
    "to be filled by o.e.m.",
    "to be filled by oem",
    "undefined",
    "uninitialized",
    "unknown",
];

/// UUIDs that whole series of boards share: counting patterns of firmware makers, a Dell board without service tag,
/// and the machine id that the images of Whonix share on purpose.
const SHARED_IDS: &[&str] = &[
    "000102030405060708090a0b0c0d0e0f",
    "00020003000400050006000700080009",
    "03000200040005000006000700080009",
    "030201000504070608090a0b0c0d0e0f",
    "0102030405060708090a0b0c0d0e0f10",
    "03d40274043505dc8506010700080009",
    "11111111222233334444555555555555",
    "123456781234123412341234567890ab",
    "12345678123456781234567812345678",
    "123456781234567890abcddeefaabbcc",
    "4c4c454400002010802080c04f202020",
    "b08dfa6083e7567a1921a715000001fb",
    "deadbeefdeadbeefdeadbeefdeadbeef",
    "fefefefefefefefefefefefefefefefe",
];

/// `value` trimmed and in lower case, or nothing where it tells no machine from another.
pub(super) fn known(value: &str) -> Option<String> {
    let value = value
        .trim_matches(|c: char| c.is_whitespace() || c == '\0')
        .to_lowercase();
    let bare: String = value
        .chars()
        .filter(|c| !matches!(c, '-' | ':' | '.' | ' ' | '_'))
        .collect();
    let mut letters = bare.chars();
    let first = letters.next()?;
    let dull = letters.all(|c| c == first) || bare == "0x00000000";
    let shared = PLACEHOLDERS.contains(&value.as_str()) || SHARED_IDS.contains(&bare.as_str());
    (!dull && !shared).then_some(value)
}

/// A machine id: 32 hexadecimal digits, with or without hyphens, which leaves out `uninitialized` and torn files.
pub(super) fn machine_id(value: &str) -> Option<String> {
    let value = known(value)?;
    let digits = value.chars().filter(char::is_ascii_hexdigit).count();
    (digits == 32 && value.chars().all(|c| c == '-' || c.is_ascii_hexdigit())).then_some(value)
}

/// A disk's serial number. QEMU numbers its disks from QM00001 in every virtual machine, and what has no digit is a name that other virtual machines
/// share: those are no serial numbers.
pub(super) fn disk_serial(value: &str) -> Option<String> {
    let numbered = |serial: &String| serial.bytes().any(|b| b.is_ascii_digit());
    let of_qemu =
        |serial: &String| serial.starts_with("qm0000") || serial.contains("qemu harddisk");
    known(value).filter(|serial| numbered(serial) && !of_qemu(serial))
}

/// A host name, which people choose as they like; `localhost` and Linux's `(none)` are nobody's own.
pub(super) fn host_name(value: &str) -> Option<String> {
    let name = value.trim().to_lowercase();
    let label = name.split('.').next()?;
    (!matches!(label, "" | "localhost" | "(none)")).then_some(name)
}

/// A hardware address that its maker gave: six bytes, neither of a group nor locally administered, as `aa:bb:cc:dd:ee:ff`.
pub(super) fn mac(value: &str) -> Option<String> {
    let value = known(value)?.replace('-', ":");
    let bytes: Option<Vec<u8>> = value.split(':').map(byte).collect();
    let bytes = bytes?;
    let of_a_maker = bytes.first()? & 0b11 == 0;
    (bytes.len() == 6 && of_a_maker).then_some(value)
}

fn byte(digits: &str) -> Option<u8> {
    let fits = digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    fits.then(|| u8::from_str_radix(digits, 16).ok()).flatten()
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
    fn a_shared_id_is_written_as_it_is_looked_up() {
        for id in SHARED_IDS {
            assert!(
                id.len() == 32
                    && id
                        .chars()
                        .all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c)),
                "{id}"
            );
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

    #[test]
    fn only_addresses_of_a_maker_are_macs() {
        assert_eq!(
            mac("3C-EC-EF-10-20-30").as_deref(),
            Some("3c:ec:ef:10:20:30")
        );
        for value in [
            "52:54:00:12:34:56",
            "01:00:5e:00:00:01",
            "00:00:00:00:00:00",
            "3c:ec:ef:10:20",
            "3c:ec:ef:10:20:30:40",
            "3c:ec:ef:10:20:+3",
        ] {
            assert_eq!(mac(value), None, "{value}");
        }
    }

    #[test]
    fn what_virtual_machines_share_is_no_serial() {
        assert_eq!(disk_serial("rootfs"), None);
        assert_eq!(disk_serial("QM00001"), None);
        assert_eq!(
            disk_serial("t10.ATA     QEMU HARDDISK                           QM00003             "),
            None
        );
        assert!(
            disk_serial("t10.ATA     Samsung SSD 860 EVO 500GB               S3Z2NB0K123456A")
                .is_some()
        );
    }
}
