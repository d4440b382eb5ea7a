//! `winmail.dat`: what Outlook sends to those who have none (MS-OXTNEF), and its compressed rich text (MS-OXRTFCP).

const SIGNATURE: [u8; 4] = [0x78, 0x9f, 0x3e, 0x22];
/// Attributes: the plain text, the properties, what an attachment holds.
const BODY: u16 = 0x800c;
const PROPERTIES: u16 = 0x9003;
const ATTACHED: u16 = 0x800f;
/// Properties: the text, compressed rich text, HTML.
const TEXT: u16 = 0x1000;
const RICH: u16 = 0x1009;
const HTML: u16 = 0x1013;
/// Properties that are looked at, and values of one.
const MOST: u32 = 4096;
/// Bytes that rich text is unpacked to.
const UNPACKED: usize = 4 << 20;

/// The parts of such a file, if it is one: texts, HTML, rich text, what is attached.
pub(super) fn view(bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    // The key behind the signature is of no use to us.
    let mut rest = Bytes(bytes.strip_prefix(&SIGNATURE)?.get(2..)?);
    let mut parts = Vec::new();
    while let Some(attribute) = rest.attribute() {
        match attribute.id {
            BODY | ATTACHED => parts.push(attribute.value.to_vec()),
            PROPERTIES => {
                properties(attribute.value, &mut parts);
            }
            _ => {}
        }
    }
    Some(parts)
}

/// What is left of a file.
struct Bytes<'b>(&'b [u8]);

struct Attribute<'b> {
    id: u16,
    value: &'b [u8],
}

impl<'b> Bytes<'b> {
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn half(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_le_bytes)
    }

    fn word(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    /// A length and as many bytes, filled up to four.
    fn string(&mut self) -> Option<&'b [u8]> {
        let length = usize::try_from(self.word()?).ok()?;
        let value = self.take(length)?;
        self.take(length.next_multiple_of(4) - length)?;
        Some(value)
    }

    /// Level, number and type, length, value, sum.
    fn attribute(&mut self) -> Option<Attribute<'b>> {
        self.take(1)?;
        let id = self.half()?;
        self.take(2)?;
        let length = usize::try_from(self.word()?).ok()?;
        let value = self.take(length)?;
        // The sum may be cut off.
        self.take(2);
        Some(Attribute { id, value })
    }
}

/// Takes the texts among the properties of a message; none where something is not as it should be, and what was taken before stays.
fn properties(bytes: &[u8], parts: &mut Vec<Vec<u8>>) -> Option<()> {
    let mut rest = Bytes(bytes);
    let count = rest.word()?.min(MOST);
    for _ in 0..count {
        let (kind, id) = (rest.half()?, rest.half()?);
        if id >= 0x8000 {
            rest.take(16)?;
            match rest.word()? {
                0 => drop(rest.word()?),
                _ => drop(rest.string()?),
            }
        }
        let many = kind & 0x1000 != 0;
        let values = if many { rest.word()? } else { 1 };
        match kind & 0xfff {
            2 | 3 | 4 | 0xa | 0xb => drop(rest.take(values.min(MOST) as usize * 4)?),
            5 | 6 | 7 | 0x14 | 0x40 => drop(rest.take(values.min(MOST) as usize * 8)?),
            0x48 => drop(rest.take(values.min(MOST) as usize * 16)?),
            0xd | 0x1e | 0x1f | 0x102 => {
                let values = if many { values } else { rest.word()? };
                for _ in 0..values.min(MOST) {
                    let value = rest.string()?;
                    match id {
                        TEXT if kind == 0x1f => parts.push([&[0xff, 0xfe], value].concat()),
                        TEXT | HTML => parts.push(value.to_vec()),
                        RICH => parts.extend(unpack(value)),
                        _ => {}
                    }
                }
            }
            _ => return None,
        }
    }
    Some(())
}

/// What every packed text begins with, unsaid.
const BEGINNING: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
const WINDOW: usize = 4096;

/// Compressed rich text, unpacked.
fn unpack(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = Bytes(bytes);
    rest.take(8)?;
    let form = rest.take(4)?;
    rest.take(4)?;
    if form == b"MELA" {
        return Some(rest.0.to_vec());
    }
    if form != b"LZFu" {
        return None;
    }
    let mut window = BEGINNING.to_vec();
    let mut at = window.len();
    window.resize(WINDOW, b' ');
    let mut out = Vec::new();
    let mut write = |window: &mut Vec<u8>, at: &mut usize, byte: u8| {
        if let Some(place) = window.get_mut(*at) {
            *place = byte;
        }
        *at = (*at + 1) % WINDOW;
        out.push(byte);
        out.len() < UNPACKED
    };
    'whole: while let Some(control) = rest.take(1).and_then(<[u8]>::first) {
        for bit in 0..8 {
            if control >> bit & 1 == 0 {
                let Some(&byte) = rest.take(1).and_then(<[u8]>::first) else {
                    break 'whole;
                };
                if !write(&mut window, &mut at, byte) {
                    break 'whole;
                }
                continue;
            }
            let Some(&[high, low]) = rest.take(2) else {
                break 'whole;
            };
            let (from, length) = (
                usize::from(high) << 4 | usize::from(low >> 4),
                usize::from(low & 15) + 2,
            );
            if from == at {
                break 'whole;
            }
            for nth in 0..length {
                let byte = window.get((from + nth) % WINDOW).copied();
                if !write(&mut window, &mut at, byte.unwrap_or_default()) {
                    break 'whole;
                }
            }
        }
    }
    Some(out)
}
