//! Whom a file lets in on Windows, of what `icacls /save` writes: accounts by their numbers, or by two letters that are the same in every language, unlike what
//! `icacls` shows people.
//!
//! Source: Microsoft, "Security Descriptor String Format", "ACE Strings", "SID Strings".

use super::Others;

/// Whoever may enter whatever is private, and whoever made a file.
const OURS: [&str; 8] = [
    "SY",
    "S-1-5-18",
    "BA",
    "S-1-5-32-544",
    "OW",
    "S-1-3-4",
    "CO",
    "S-1-3-0",
];

/// Reading and running, and what these mean for every kind of object.
const READING: u32 = 0x0012_00a9 | 0xa000_0000;

/// Two letters for some rights, and their bits.
const NAMED: [(&str, u32); 21] = [
    ("GA", 0x1000_0000),
    ("GR", 0x8000_0000),
    ("GW", 0x4000_0000),
    ("GX", 0x2000_0000),
    ("RC", 0x0002_0000),
    ("SD", 0x0001_0000),
    ("WD", 0x0004_0000),
    ("WO", 0x0008_0000),
    ("FA", 0x001f_01ff),
    ("FR", 0x0012_0089),
    ("FW", 0x0012_0116),
    ("FX", 0x0012_00a0),
    ("CC", 0x0001),
    ("DC", 0x0002),
    ("LC", 0x0004),
    ("SW", 0x0008),
    ("RP", 0x0010),
    ("WP", 0x0020),
    ("DT", 0x0040),
    ("LO", 0x0080),
    ("CR", 0x0100),
];

/// The text of such a file: UTF-16 without a mark.
#[cfg(all(windows, feature = "cli"))]
pub(super) fn text(bytes: &[u8]) -> String {
    let units = bytes.as_chunks::<2>().0.iter();
    String::from_utf16_lossy(&units.map(|it| u16::from_le_bytes(*it)).collect::<Vec<_>>())
}

/// Whom the one file is open to that is listed; nothing where that cannot be read.
pub(super) fn lets_in(text: &str) -> Option<Others> {
    let mut lines = text.lines().map(str::trim);
    let rights = lines.find_map(|line| line.strip_prefix("D:"))?;
    // Disks that keep no rights let everybody in.
    if rights.contains("NO_ACCESS_CONTROL") {
        return Some(Others::Write);
    }
    let mut most = Others::Nobody;
    for entry in rights.split('(').skip(1) {
        let fields: Vec<&str> = entry.strip_suffix(')')?.split(';').collect();
        let [kind, _, rights, _, _, who] = fields[..] else {
            return None;
        };
        match kind {
            // It takes away only.
            "D" => {}
            "A" if OURS.contains(&who) => {}
            "A" => most = most.max(given(rights)?),
            _ => return None,
        }
    }
    Some(most)
}

fn given(rights: &str) -> Option<Others> {
    let bits = match rights.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => {
            let (pairs, rest) = rights.as_bytes().as_chunks::<2>();
            let bits = |pair: &[u8; 2]| {
                let mut named = NAMED.iter();
                Some(named.find(|it| it.0.as_bytes() == pair)?.1)
            };
            let known: Option<Vec<u32>> = pairs.iter().map(bits).collect();
            known
                .filter(|_| rest.is_empty())?
                .into_iter()
                .fold(0, |all, it| all | it)
        }
    };
    Some(match bits & !READING {
        0 if bits == 0 => Others::Nobody,
        0 => Others::Read,
        _ => Others::Write,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rights: &str) -> Option<Others> {
        lets_in(&format!("desk\r\n{rights}\r\n"))
    }

    #[test]
    fn what_is_set_is_read_back() {
        for private in [
            // As set here, in the order that `icacls` puts it in; each in full and in letters.
            "D:PAI(A;OICI;FA;;;OW)(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)",
            "D:P(A;;FA;;;S-1-5-18)(A;;FA;;;S-1-5-32-544)(A;;FA;;;S-1-3-4)",
            "D:PAI",
        ] {
            assert_eq!(of(private), Some(Others::Nobody), "{private}");
        }
        let read = "D:PAI(A;OICI;FA;;;OW)(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)";
        assert_eq!(of(read), Some(Others::Read));
        let written = read.replace("0x1200a9", "0x1301bf");
        assert_eq!(of(&written), Some(Others::Write));
    }

    /// From what others published of their computers, mostly in tests of their own: Windows 7 to 11 and Server 2025, as they say.
    #[test]
    fn what_is_inherited_where_nothing_was_set_is_open() {
        for (whose, rights, open) in [
            (
                "%ProgramData%",
                "D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICIIO;GA;;;CO)(A;OICI;0x1200a9;;;BU)(A;CI;DCLCRPCR;;;BU)",
                Others::Write,
            ),
            (
                "a directory in C:\\ of Windows 11",
                "D:AI(A;OICIID;0x1301bf;;;AU)(A;OICIID;FA;;;BA)(A;OICIID;FA;;;SY)",
                Others::Write,
            ),
            (
                "a second disk",
                "D:(A;;FA;;;BA)(A;OICIIO;GA;;;BA)(A;;FA;;;SY)(A;OICIIO;GA;;;SY)(A;;0x1301bf;;;AU)(A;OICIIO;SDGXGWGR;;;AU)(A;;0x1200a9;;;BU)(A;OICIIO;GXGR;;;BU)",
                Others::Write,
            ),
            (
                "C:\\ of Windows 7",
                "D:(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;OICIIO;GA;;;CO)(A;OICI;0x1200a9;;;BU)(A;CI;LC;;;BU)(A;CIIO;DC;;;BU)(A;;0x1200a9;;;WD)",
                Others::Write,
            ),
            (
                "%ProgramData%\\ssh",
                "D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;AU)",
                Others::Read,
            ),
            (
                "what was shared with one account",
                "D:AI(A;OICI;0x1200a9;;;S-1-5-21-999-888-777-1005)(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)",
                Others::Read,
            ),
            (
                "what apps may read",
                "D:PAI(A;OICI;FA;;;SY)(A;OICIIO;GXGR;;;S-1-15-2-2)",
                Others::Read,
            ),
            ("FAT and exFAT", "D:NO_ACCESS_CONTROL", Others::Write),
        ] {
            assert_eq!(of(rights), Some(open), "{whose}");
        }
    }

    #[test]
    fn denials_let_nobody_in() {
        let denied = "D:PAI(D;OICI;FA;;;BU)(A;OICI;FA;;;SY)";
        assert_eq!(of(denied), Some(Others::Nobody));
        assert_eq!(of("D:P(A;;0x0;;;WD)"), Some(Others::Nobody));
    }

    #[test]
    fn what_cannot_be_read_says_nothing() {
        for text in [
            "",
            "desk",
            "desk\r\nS:(AU;SA;FA;;;WD)",
            "desk\r\nD:(A;OICI;FA;;;SY",
            "desk\r\nD:(A;OICI;FA;;)",
            "desk\r\nD:(A;;ZZ;;;WD)",
            "desk\r\nD:(A;;FAX;;;WD)",
            "desk\r\nD:(A;;0xg;;;WD)",
            // Rights that hang on a condition.
            r#"D:(XA;;FX;;;WD;(@User.Title=="PM"))"#,
        ] {
            assert_eq!(lets_in(text), None, "{text}");
        }
    }
}
