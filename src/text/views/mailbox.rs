//! Where mails begin: at headers, and in a mailbox one behind another.

/// Headers of which at least two stand at the beginning of a mail.
pub(super) const HEADERS: [&str; 12] = [
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
/// Headers that no mail program shows, and that nobody copies.
const UNSHOWN: [&str; 6] = [
    "mime-version",
    "content-type",
    "message-id",
    "received",
    "return-path",
    "content-transfer-encoding",
];
/// Lines at the beginning of which is asked whether they are headers.
const MOST_HEADERS: usize = 200;
/// What a mail in a mailbox begins with.
const ENVELOPE: &[u8] = b"From ";

/// How many headers of a mail stand here.
pub(super) fn headers(start: &[u8]) -> usize {
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
    headers
}

/// Whether a header is one that no mail program shows.
pub(super) fn is_unshown(name: &str) -> bool {
    UNSHOWN.iter().any(|it| name.eq_ignore_ascii_case(it))
}

/// The mails of a mailbox (RFC 4155), each but the first behind an empty line and an envelope, with headers that nobody copies; what begins with no envelope
/// is one, whatever stands in it.
pub(in crate::text) fn one_by_one(bytes: &[u8]) -> Vec<&[u8]> {
    let (mut mails, mut begun, mut at) = (Vec::new(), 0, 0);
    let mut behind_empty = false;
    let rest = |at: usize| bytes.get(at..).unwrap_or_default();
    if bytes.starts_with(ENVELOPE) {
        for line in bytes.split_inclusive(|&byte| byte == b'\n') {
            let next = at + line.len();
            if behind_empty && line.starts_with(ENVELOPE) && is_source(rest(next)) {
                mails.push(bytes.get(begun..at).unwrap_or_default());
                begun = at;
            }
            behind_empty = line.trim_ascii_end().is_empty();
            at = next;
        }
    }
    mails.push(rest(begun));
    mails
}

/// Whether what begins with an envelope has more of them.
pub(super) fn is_of_many(bytes: &[u8]) -> bool {
    let second = bytes.windows(6).skip(1).any(|line| line == b"\nFrom ");
    bytes.starts_with(ENVELOPE) && second
}

/// Whether the headers of a mail stand here as a program keeps them.
fn is_source(start: &[u8]) -> bool {
    let lines = start.split(|&byte| byte == b'\n').take(MOST_HEADERS);
    let mut lines = lines.take_while(|line| !line.trim_ascii().is_empty());
    let name = |line: &[u8]| {
        let name = line.split(|&byte| byte == b':').next().unwrap_or_default();
        std::str::from_utf8(name).is_ok_and(is_unshown)
    };
    headers(start) >= 2 && lines.any(name)
}
