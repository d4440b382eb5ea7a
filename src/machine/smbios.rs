//! The product UUID in the tables of the firmware, as Windows keeps them: structures of type, length, handle and fields, each followed by its texts and two zeros.

/// Bytes of the header that Windows puts before the tables: method, major and minor version, revision, length (4, little-endian).
const HEADER: usize = 8;
/// "System information".
const SYSTEM: u8 = 1;
/// "End of table".
const END: u8 = 127;
/// Where the UUID stands in the system information.
const UUID_AT: usize = 8;

/// The UUID in `raw`, the value `SMBiosData`, written as Linux writes it.
pub(super) fn product_uuid(raw: &[u8]) -> Option<String> {
    let version = (*raw.get(1)?, *raw.get(2)?);
    let mut rest = raw.get(HEADER..)?;
    loop {
        let (&kind, &length) = (rest.first()?, rest.get(1)?);
        let fields = rest.get(..usize::from(length))?;
        if kind == SYSTEM {
            let bytes: [u8; 16] = fields.get(UUID_AT..UUID_AT + 16)?.try_into().ok()?;
            return Some(write(bytes, version));
        }
        // A structure is at least its own four bytes of type, length and handle: less would not come to an end.
        if kind == END || length < 4 {
            return None;
        }
        let texts = rest.get(usize::from(length)..)?;
        let end = texts.windows(2).position(|pair| pair == [0, 0])?;
        rest = texts.get(end + 2..)?;
    }
}

/// From version 2.6 on the first three fields are little-endian.
fn write([a, b, c, d, e, f, g, h, rest @ ..]: [u8; 16], version: (u8, u8)) -> String {
    let head = if version >= (2, 6) {
        [d, c, b, a, f, e, h, g]
    } else {
        [a, b, c, d, e, f, g, h]
    };
    let mut text = String::with_capacity(36);
    for (nth, byte) in head.into_iter().chain(rest).enumerate() {
        if matches!(nth, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table with a BIOS structure before the system information.
    fn table(minor: u8) -> Vec<u8> {
        let mut raw = vec![0, 2, minor, 0, 0, 0, 0, 0];
        raw.extend([0, 6, 0, 0, 1, 2]);
        raw.extend(b"Maker\x001.0\0\0");
        raw.extend([1, 27, 1, 0, 1, 2, 3, 4]);
        raw.extend([
            0x44, 0x45, 0x4c, 0x4c, 0x42, 0x00, 0x10, 0x35, 0x80, 0x52, 0xb3, 0xc0, 0x4f, 0x4b,
            0x4e, 0x32,
        ]);
        raw.extend([6, 5, 6]);
        raw.extend(b"Dell\0\0");
        raw.extend([127, 4, 2, 0, 0, 0]);
        raw
    }

    #[test]
    fn the_uuid_is_written_as_linux_writes_it() {
        assert_eq!(
            product_uuid(&table(8)).as_deref(),
            Some("4c4c4544-0042-3510-8052-b3c04f4b4e32")
        );
        assert_eq!(
            product_uuid(&table(5)).as_deref(),
            Some("44454c4c-4200-1035-8052-b3c04f4b4e32")
        );
    }

    #[test]
    fn torn_tables_end() {
        let whole = table(8);
        let uuid_ends = whole.len() - 6 - 6 - 3;
        for length in 0..uuid_ends {
            assert_eq!(product_uuid(&whole[..length]), None, "{length}");
        }
        assert_eq!(
            product_uuid(&[0, 2, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            None,
            "a structure of no length"
        );
        assert_eq!(
            product_uuid(&[0, 2, 8, 0, 0, 0, 0, 0, 127, 4, 0, 0, 0, 0]),
            None
        );
        let mut early = table(8);
        early[HEADER + 16 + 1] = 20;
        assert_eq!(
            product_uuid(&early),
            None,
            "system information of before 2.1 has no UUID"
        );
    }
}
