//! Mails as their programs save them: every part in its transfer encoding and character set, mails within the mail, what was attached (RFC 5322, RFC 2045).

use std::borrow::Cow;
use std::collections::HashSet;

use mail_parser::{Address, Message, MessageParser, MimeHeaders, PartType};

use super::super::{Thing, encoding, photo};
use super::mailbox::{HEADERS, headers, is_of_many, is_unshown, one_by_one};
use super::{html, smime, tnef};

/// Characters at the beginning of an attachment that show whether it is a text.
const SAMPLE: usize = 4000;
/// Mails within mails that are opened.
const DEEPEST: usize = 8;

/// Bytes at the beginning of a file among which a mail may begin: a program, a server or a mailbox puts something before it.
const BEFORE: usize = 600;

/// What a mail holds.
#[derive(Default)]
pub(in crate::text) struct Opened {
    /// The texts of its parts in their order, its subject behind them; of alternatives first the last, which mail programs show.
    pub(in crate::text) texts: Vec<String>,
    /// What stands in its parts and is not shown: the source of HTML, a text that says that it is a picture.
    pub(in crate::text) hidden: Vec<String>,
    /// The texts of alternatives that are not shown, which stand in for the one that is: seen by few, and meant where that one shows no code.
    pub(in crate::text) beside: Vec<String>,
    /// Whether it is a mail as a program keeps or sends it, of which people do not see the source, and not lines that somebody copied.
    pub(in crate::text) is_source: bool,
    /// What its pictures say, where this program can read them.
    pub(in crate::text) pictures: Vec<Vec<u8>>,
    /// What is attached and is no text.
    pub(in crate::text) attached: Option<Thing>,
    /// Who sent it, as its header says.
    pub(in crate::text) sender: Option<String>,
}

/// What stands in these bytes, if they are a mail, or what a mail program wraps one in.
pub(in crate::text) fn open(bytes: &[u8]) -> Option<Opened> {
    let mut opened = Opened::default();
    if let Some(inner) = wrapped(bytes, &mut opened) {
        inner.iter().for_each(|it| opened.take(it, 1));
        opened.is_source = true;
        return Some(opened);
    }
    if opened.attached.is_some() {
        return Some(opened);
    }
    let lines = with_line_feeds(bytes);
    let (mut subjects, mut senders) = (Vec::new(), Vec::new());
    let mails = one_by_one(&lines);
    // Where others cannot be told from what the first one says.
    let unclear = mails.len() == 1 && is_of_many(&lines);
    for (nth, one) in mails.into_iter().enumerate() {
        let mail = match mail(one) {
            Some(mail) => mail,
            None if nth == 0 => return None,
            None => continue,
        };
        opened.collect(&mail, 0);
        opened.is_source |= mail.headers().iter().any(|it| is_unshown(it.name()));
        subjects.extend(mail.subject().map(str::to_owned));
        senders.push(sender(&mail));
    }
    // Behind all else: a short code is put into the subject at times.
    opened.texts.append(&mut subjects);
    let mut of_all = senders.into_iter();
    let sender = of_all.next().flatten();
    let same = |other: &Option<String>| {
        let pair = sender.as_ref().zip(other.as_ref());
        pair.is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
    };
    // Of mails of several people it is not known who sent which code.
    if of_all.all(|other| same(&other)) && !unclear {
        opened.sender = sender;
    }
    Some(opened)
}

/// What S/MIME or Outlook wrapped, if it is that.
fn wrapped(bytes: &[u8], opened: &mut Opened) -> Option<Vec<Vec<u8>>> {
    if let Some(parts) = tnef::view(bytes) {
        return Some(parts);
    }
    match smime::view(bytes)? {
        smime::Content::Signed(content) => Some(vec![content]),
        smime::Content::Encrypted => {
            opened.attached = Some(Thing::Encrypted);
            None
        }
    }
}

/// With line feeds where lines end with carriage returns alone, as on an old Macintosh.
fn with_line_feeds(bytes: &[u8]) -> Cow<'_, [u8]> {
    if bytes.contains(&b'\n') || !bytes.contains(&b'\r') {
        return Cow::Borrowed(bytes);
    }
    let feed = |&byte: &u8| if byte == b'\r' { b'\n' } else { byte };
    Cow::Owned(bytes.iter().map(feed).collect())
}

/// The bytes as a mail, if they begin like one.
pub(in crate::text) fn mail(bytes: &[u8]) -> Option<Message<'_>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = begin(bytes)?;
    match soft_breaks_apart(start) {
        Cow::Borrowed(start) => MessageParser::default().parse(start),
        Cow::Owned(start) => Some(MessageParser::default().parse(&start)?.into_owned()),
    }
}

/// Where the headers begin: at once, behind the envelope of a mailbox or another line, behind what is no text.
fn begin(bytes: &[u8]) -> Option<&[u8]> {
    let behind_line = || bytes.splitn(2, |&byte| byte == b'\n').nth(1);
    let behind_noise = || {
        let head = bytes.get(..BEFORE).unwrap_or(bytes);
        let at = (1..head.len()).find(|&at| {
            HEADERS.iter().any(|header| {
                let end = at + header.len();
                let name = head.get(at..end);
                name.is_some_and(|name| name.eq_ignore_ascii_case(header.as_bytes()))
                    && head.get(end) == Some(&b':')
            })
        });
        at.and_then(|at| bytes.get(at..))
    };
    let is_mail = |start: &&[u8]| headers(start) >= 2;
    Some(bytes)
        .filter(is_mail)
        .or_else(|| behind_line().filter(is_mail))
        .or_else(|| behind_noise().filter(is_mail))
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

impl Opened {
    /// Takes all parts in their order, mails within the mail opened; of alternatives first the last, which is what is shown.
    fn collect(&mut self, mail: &Message<'_>, depth: usize) {
        let beside = beside(mail);
        for id in in_order(mail) {
            let Some(part) = mail.parts.get(id) else {
                continue;
            };
            let before = self.texts.len();
            match &part.body {
                PartType::Text(text) => self.texts.push(text.clone().into_owned()),
                PartType::Html(source) => self.take_html(source),
                PartType::Message(inner) if depth < DEEPEST => self.collect(inner, depth + 1),
                PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
                    let kind = part.content_type().map(|it| it.ctype());
                    let shown = !kind.is_some_and(|kind| {
                        let as_what = ["image", "audio", "video"];
                        as_what.iter().any(|it| kind.eq_ignore_ascii_case(it))
                    });
                    self.take(bytes, depth);
                    if !shown {
                        self.hidden.extend(self.texts.drain(before..));
                    }
                }
                PartType::Multipart(_) | PartType::Message(_) => {}
            }
            if beside.contains(&id) {
                self.beside.extend(self.texts.drain(before..));
            }
        }
    }

    fn take_html(&mut self, source: &str) {
        self.texts.push(html::to_text(source));
        self.hidden.push(source.to_owned());
    }

    /// Takes a text or a mail that was attached under the name of something else, or wrapped; a picture; what else it is.
    fn take(&mut self, bytes: &[u8], depth: usize) {
        if photo::is_picture(bytes) {
            return self.pictures.push(bytes.to_vec());
        }
        if depth < DEEPEST {
            if let Some(inner) = wrapped(bytes, self) {
                return inner.iter().for_each(|it| self.take(it, depth + 1));
            }
            if let Some(inner) = mail(bytes) {
                return self.collect(&inner, depth + 1);
            }
        }
        // Some programs end a text with a zero, as it lay in memory.
        let text = encoding::decode(bytes.strip_suffix(b"\0").unwrap_or(bytes));
        self.attached = self.attached.or_else(|| Thing::of_bytes(bytes));
        if encoding::is_text(&text, SAMPLE) {
            match super::shown(&text) {
                Some(shown) => {
                    self.texts.push(shown);
                    self.hidden.push(text);
                }
                None => self.texts.push(text),
            }
        }
    }
}

/// The parts of a mail in the order in which they are read.
fn in_order(mail: &Message<'_>) -> Vec<usize> {
    let mut order = Vec::new();
    let mut known = vec![false; mail.parts.len()];
    // What hangs together comes first; a part that hangs on none is read all the same.
    let mut open: Vec<usize> = (0..mail.parts.len()).rev().collect();
    while let Some(id) = open.pop() {
        match known.get_mut(id) {
            Some(known) if !*known => *known = true,
            _ => continue,
        }
        order.push(id);
        let Some(part) = mail.parts.get(id) else {
            continue;
        };
        if let PartType::Multipart(inner) = &part.body {
            let inner = inner.iter().map(|&id| id as usize);
            let kind = part.content_type().and_then(|it| it.subtype());
            if kind.is_some_and(|kind| kind.eq_ignore_ascii_case("alternative")) {
                open.extend(inner);
            } else {
                open.extend(inner.rev());
            }
        }
    }
    order
}

/// The parts of alternatives that are not shown, and all that they hold: of several the last is shown that has HTML, or else the last that has text.
fn beside(mail: &Message<'_>) -> HashSet<usize> {
    // What a part holds stands behind it.
    let mut worth = vec![0_u8; mail.parts.len()];
    let mut beside = HashSet::new();
    for (id, part) in mail.parts.iter().enumerate().rev() {
        let subtype = part.content_type().and_then(|it| it.subtype());
        let is = |kind: &str| subtype.is_some_and(|it| it.eq_ignore_ascii_case(kind));
        let own = match &part.body {
            PartType::Html(_) => 3,
            PartType::Text(_) if subtype.is_none() || is("plain") => 2,
            PartType::Text(_) => 1,
            PartType::Multipart(inner) => {
                let of = |id: &u32| worth.get(*id as usize).copied().unwrap_or_default();
                let best = inner.iter().map(of).max().unwrap_or_default();
                if best > 0 && is("alternative") {
                    let shown = inner.iter().rposition(|id| of(id) == best);
                    let others = inner.iter().enumerate().filter(|it| Some(it.0) != shown);
                    beside.extend(others.map(|(_, &id)| id as usize));
                }
                best
            }
            _ => 0,
        };
        worth.get_mut(id).into_iter().for_each(|it| *it = own);
    }
    for (id, part) in mail.parts.iter().enumerate() {
        if let PartType::Multipart(inner) = &part.body
            && beside.contains(&id)
        {
            beside.extend(inner.iter().map(|&id| id as usize));
        }
    }
    beside
}

/// Whom a mail program would answer: the address in Reply-To, which a form has for whoever filled it in, and a list beside its own; else the one in From.
/// Where an answer would go back to whom the mail was for, it is From.
pub(in crate::text) fn sender(mail: &Message<'_>) -> Option<String> {
    let all = |of: Option<&Address<'_>>| -> Vec<String> {
        let addresses = of.into_iter().flat_map(|it| it.iter());
        addresses
            .filter_map(|it| it.address().map(str::to_owned))
            .collect()
    };
    let from = all(mail.from()).into_iter().next();
    let own: Vec<String> = [mail.to(), mail.cc()].into_iter().flat_map(all).collect();
    let is = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
    let reply_to = all(mail.reply_to()).into_iter().find(|address| {
        let others = own.iter().chain(&from);
        others.into_iter().all(|other| !is(other, address))
    });
    reply_to.or(from)
}
