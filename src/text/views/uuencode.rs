//! Files as mails had them before MIME: `begin 644 NAME`, lines of 45 bytes, `end` (POSIX, uuencode).

use super::super::encoding;

const BEGIN: &str = "begin ";
/// What stands for zero: a blank, which programs drop at the end of a line, or a grave accent.
const ZERO: u8 = b' ';

/// What the files in a text say, if one of them is a text.
pub(super) fn view(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut open: Option<Vec<u8>> = None;
    for line in text.lines() {
        // The quote marks of a mail; those of a line of data cannot be told from its bytes.
        let bare = line.trim_start_matches("> ");
        let Some(bytes) = &mut open else {
            open = is_begin(bare).then(Vec::new);
            continue;
        };
        match decoded(bare) {
            Some(decoded) if !decoded.is_empty() => bytes.extend(decoded),
            _ => {
                say(bytes, &mut out);
                open = None;
            }
        }
    }
    // A file that was cut has the beginning of its text all the same.
    open.iter().for_each(|bytes| say(bytes, &mut out));
    (!out.is_empty()).then_some(out)
}

fn is_begin(line: &str) -> bool {
    let mode = line.strip_prefix(BEGIN).and_then(|it| it.split_once(' '));
    mode.is_some_and(|(mode, name)| {
        let octal = mode.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
        (3..=4).contains(&mode.len()) && octal && !name.trim().is_empty()
    })
}

/// The bytes of a line; none where it is no line of data.
fn decoded(line: &str) -> Option<Vec<u8>> {
    let (&length, data) = line.trim_end_matches('\r').as_bytes().split_first()?;
    let length = usize::from(six_bits(length)?);
    let needed = length.div_ceil(3) * 4;
    let mut sixes = Vec::with_capacity(needed);
    for nth in 0..needed {
        sixes.push(six_bits(data.get(nth).copied().unwrap_or(ZERO))?);
    }
    // Some programs put one character more behind each line.
    if data.len() > needed + 1 {
        return None;
    }
    let mut bytes: Vec<u8> = sixes
        .as_chunks::<4>()
        .0
        .iter()
        .flat_map(|&[a, b, c, d]| [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d])
        .collect();
    bytes.truncate(length);
    Some(bytes)
}

fn six_bits(byte: u8) -> Option<u8> {
    matches!(byte, b' '..=b'`').then(|| (byte - b' ') & 0x3f)
}

fn say(bytes: &[u8], out: &mut String) {
    let said = encoding::decode(bytes);
    if encoding::is_text(&said, usize::MAX) {
        out.push_str(&said);
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_file_is_read_up_to_where_it_was_cut() {
        let file = "begin 644 a.txt\n%4F]W,0H \n`\nend\n";
        for text in [
            file.to_owned(),
            file.replace(" \n", "\n"),
            file.replace("`\nend\n", ""),
            "> ".to_owned() + &file.replace('\n', "\n> "),
        ] {
            assert_eq!(super::view(&text).as_deref(), Some("Row1\n\n"), "{text}");
        }
        for text in [
            "begin the day\n%4F]W,0H \n",
            "begin 644 \n%4F]W,0H \n",
            "begin 644 a\n\u{e9}F]W\n",
            "begin 644 a\n",
        ] {
            assert_eq!(super::view(text), None, "{text}");
        }
    }
}
