//! Bytes in, code out: a file as somebody saved it. Mails with all their parts, HTML, any common encoding (SPEC.md 2.9).

use std::borrow::Cow;

use mail_parser::{Message, MessageParser, PartType};

use super::{Kind, LOOKED_AT, ReadError, Reading, html, photo, read};

/// Headers of which at least two stand at the beginning of a mail.
const HEADERS: [&str; 12] = [
    "from",
    "to",
    "subject",
    "date",
    "mime-version",
    "content-type",
    "message-id",
    "received",
    "return-path",
    "reply-to",
    "content-transfer-encoding",
    "delivered-to",
];
/// Bytes of a text that are decoded: more than are looked at, in any encoding.
const DECODED: usize = 4 * LOOKED_AT;
/// Lines at the beginning of which is asked whether they are headers.
const MOST_HEADERS: usize = 200;
/// Characters at the beginning of an attachment that show whether it is a text.
const SAMPLE: usize = 4000;
/// Mails within mails that are opened.
const DEEPEST: usize = 8;

/// Finds the code of a `wanted` kind in a file: a mail as its program saved it, HTML, or text in UTF-8, UTF-16 or an eight-bit encoding.
///
/// What [`read`] says of the text holds here, too. In a mail every part is looked at; its sender is said, which proves nothing.
///
/// # Errors
/// As [`read`].
pub fn read_bytes(bytes: &[u8], wanted: &[Kind]) -> Result<Reading, ReadError> {
    if let Some(mail) = mail(bytes) {
        let mut texts = Vec::new();
        collect(&mail, 0, &mut texts);
        // Behind all else: a short code is put into the subject at times.
        texts.extend(mail.subject().map(str::to_owned));
        let reading = match read(&texts.join("\n\n"), wanted) {
            // A photo of a code, and nothing written about it.
            Err(ReadError::NoCode) => read(&pictured(&mail, 0), wanted)?,
            other => other?,
        };
        return Ok(Reading {
            sender: sender(&mail).filter(|_| !is_of_many(bytes)),
            ..reading
        });
    }
    let text = decode(bytes.get(..DECODED).unwrap_or(bytes));
    if html::is_html(&text) {
        return read(&html::to_text(&text), wanted);
    }
    let error = match read(&text, wanted) {
        Ok(reading) => return Ok(reading),
        Err(error) => error,
    };
    // The source of a mail without its headers: the = at the end of a line, and =20 within, are no part of a code.
    if text.is_ascii() && (text.contains("=\n") || text.contains("=\r\n")) {
        return read(&decode(&quoted_printable(&text)), wanted).map_err(|_| error);
    }
    Err(error)
}

/// The bytes as a mail, if they begin like one.
fn mail(bytes: &[u8]) -> Option<Message<'_>> {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // A mailbox file with one mail in it begins with an envelope of one line.
    let start = match start.strip_prefix(b"From ") {
        Some(envelope) => envelope.splitn(2, |&byte| byte == b'\n').nth(1)?,
        None => start,
    };
    let mut headers = 0;
    for line in start.split(|&byte| byte == b'\n').take(MOST_HEADERS) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let name = line.split(|&byte| byte == b':').next().unwrap_or_default();
        let folded = line
            .first()
            .is_some_and(|byte| matches!(byte, b' ' | b'\t'));
        let known = HEADERS
            .iter()
            .any(|header| name.eq_ignore_ascii_case(header.as_bytes()));
        if line.is_empty() || !(folded || (name.len() < line.len() && !name.contains(&b' '))) {
            break;
        }
        headers += usize::from(known);
    }
    if headers < 2 {
        return None;
    }
    match soft_breaks_apart(start) {
        Cow::Borrowed(start) => MessageParser::default().parse(start),
        Cow::Owned(start) => Some(MessageParser::default().parse(&start)?.into_owned()),
    }
}

/// With a line break more wherever a line ends with `=` and the next begins as a delimiter does.
///
/// What ends in a soft line break is whole, and the break that follows belongs to the delimiter. mail-parser 0.11 takes the soft one for it, drops the
/// last two characters before it, and runs below zero where there are none. An empty line more is nothing to any encoding.
fn soft_breaks_apart(bytes: &[u8]) -> Cow<'_, [u8]> {
    let is_soft = |line: &[u8]| {
        let line = line.strip_suffix(b"\n");
        line.is_some_and(|line| line.trim_ascii_end().ends_with(b"="))
    };
    let (mut apart, mut copied, mut at) = (Vec::new(), 0, 0);
    let mut soft = false;
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        if soft && line.starts_with(b"--") {
            apart.extend_from_slice(bytes.get(copied..at).unwrap_or_default());
            apart.extend_from_slice(b"\r\n");
            copied = at;
        }
        soft = is_soft(line);
        at += line.len();
    }
    if apart.is_empty() {
        return Cow::Borrowed(bytes);
    }
    apart.extend_from_slice(bytes.get(copied..).unwrap_or_default());
    Cow::Owned(apart)
}

/// The texts of all parts in their order, mails within the mail opened.
fn collect(mail: &Message<'_>, depth: usize, texts: &mut Vec<String>) {
    for part in &mail.parts {
        match &part.body {
            PartType::Text(text) => texts.push(text.clone().into_owned()),
            PartType::Html(source) => texts.push(html::to_text(source)),
            PartType::Message(inner) if depth < DEEPEST => collect(inner, depth + 1, texts),
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
                attached(bytes, depth, texts);
            }
            PartType::Multipart(_) | PartType::Message(_) => {}
        }
    }
}

/// A text or a mail that was attached under the name of something else.
fn attached(bytes: &[u8], depth: usize, texts: &mut Vec<String>) {
    if depth < DEEPEST
        && let Some(inner) = mail(bytes)
    {
        return collect(&inner, depth + 1, texts);
    }
    let text = decode(bytes);
    let strange = |c: char| c.is_control() && !c.is_whitespace();
    if !text.chars().take(SAMPLE).any(strange) {
        texts.push(if html::is_html(&text) {
            html::to_text(&text)
        } else {
            text
        });
    }
}

/// Whether a mailbox has more than one mail: which of them has the code, and so who sent it, is not known.
fn is_of_many(bytes: &[u8]) -> bool {
    let second = bytes.windows(6).skip(1).any(|line| line == b"\nFrom ");
    bytes.starts_with(b"From ") && second
}

/// What the QR codes in the pictures of a mail say, if this program can read them.
fn pictured(mail: &Message<'_>, depth: usize) -> String {
    let mut texts = String::new();
    for part in &mail.parts {
        match &part.body {
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) if photo::is_picture(bytes) => {
                texts.extend(
                    photo::texts(bytes)
                        .unwrap_or_default()
                        .iter()
                        .map(|text| format!("{text}\n\n")),
                );
            }
            PartType::Message(inner) if depth < DEEPEST => {
                texts.push_str(&pictured(inner, depth + 1))
            }
            _ => {}
        }
    }
    texts
}

/// The address in the From header.
fn sender(mail: &Message<'_>) -> Option<String> {
    mail.from()?.first()?.address().map(str::to_owned)
}

/// Bytes as text: UTF-16 by its mark or its zeros, else UTF-8, and what is not UTF-8 as Windows writes it.
fn decode(bytes: &[u8]) -> String {
    let zeros = |odd: usize| {
        bytes
            .iter()
            .take(2000)
            .skip(odd)
            .step_by(2)
            .filter(|&&byte| byte == 0)
            .count()
    };
    let sampled = bytes.len().min(2000) / 2;
    let mostly = |count: usize| sampled > 8 && 10 * count > 9 * sampled;
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ if mostly(zeros(1)) => utf16(bytes, u16::from_le_bytes),
        _ if mostly(zeros(0)) => utf16(bytes, u16::from_be_bytes),
        _ => eight_bit(bytes),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
    char::decode_utf16(units)
        .map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

fn eight_bit(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|&byte| match byte {
            0x96 | 0x97 => '-',
            0x80..=0x9f => ' ',
            byte => char::from(byte),
        }));
    }
    text
}

/// Quoted-printable undone: a `=` at the end of a line joins it to the next, others begin a byte in hexadecimal.
fn quoted_printable(text: &str) -> Vec<u8> {
    let joined = text.replace("=\r\n", "").replace("=\n", "");
    let mut bytes = Vec::with_capacity(joined.len());
    let mut rest = joined.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = after
            .get(..2)
            .filter(|_| byte == b'=')
            .and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(value) => {
                bytes.push(value);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    bytes
}
