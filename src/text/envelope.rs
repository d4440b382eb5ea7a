//! What the headers of a mail say of what it belongs to, and of who wrote it, a person or a program: whoever answers mails by itself has to know (RFC 3834).

use mail_parser::{HeaderValue, Message};

use super::views::mail::{mail, sender};

/// Bytes of the longest id of a mail that is named in an answer.
const LONGEST_ID: usize = 250;
/// Earlier mails of a thread that are named in an answer; a thread that goes on for years has more.
const MOST_REFERENCES: usize = 20;
/// What ends a line of a mail.
const BREAKS: [char; 2] = ['\r', '\n'];

/// Who or what wrote a mail that no answer of a program may go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Automatic {
    /// It could not be delivered, or says what became of another one: it has no return path, or is a report.
    Bounce,
    /// A program answered another mail: an absence, a receipt.
    Reply,
    /// A program wrote it unasked.
    Generated,
    /// It came by a mailing list.
    List,
    /// It was sent to many.
    Bulk,
    /// Its sender wants no answers of programs.
    Suppressed,
    /// Nobody reads what is sent to its sender.
    NoPerson,
}

impl Automatic {
    /// The stable `snake_case` name for JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Automatic::Bounce => "bounce",
            Automatic::Reply => "auto_reply",
            Automatic::Generated => "auto_generated",
            Automatic::List => "list",
            Automatic::Bulk => "bulk",
            Automatic::Suppressed => "suppressed",
            Automatic::NoPerson => "no_person",
        }
    }

    /// Whether it is the answer to something, so that nobody asks for anything by it.
    pub const fn is_answer(self) -> bool {
        matches!(self, Automatic::Bounce | Automatic::Reply)
    }
}

/// What the headers of a mail say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    /// The address that an answer goes to, as it says.
    pub sender: Option<String>,
    /// Its id, without the angle brackets.
    pub id: Option<String>,
    /// The mails that it goes on from, the oldest first, without the angle brackets.
    pub references: Vec<String>,
    /// Its subject.
    pub subject: Option<String>,
    /// When it was sent, as its program wrote it.
    pub date: Option<String>,
    /// Through which answering programs it came, as they say.
    pub loops: Vec<String>,
    /// Why no program may answer it.
    pub automatic: Option<Automatic>,
}

/// What the headers of these bytes say; nothing where they are no mail.
pub fn envelope(bytes: &[u8]) -> Option<Envelope> {
    let mail = mail(bytes)?;
    let ids = |value: &HeaderValue<'_>| -> Vec<String> {
        let all: Vec<&str> = match value {
            HeaderValue::Text(one) => vec![one],
            HeaderValue::TextList(list) => list.iter().map(AsRef::as_ref).collect(),
            _ => Vec::new(),
        };
        all.into_iter().filter_map(fit).collect()
    };
    let mut references = ids(mail.references());
    if references.is_empty() {
        references = ids(mail.in_reply_to());
    }
    let old = references.len().saturating_sub(MOST_REFERENCES);
    references.drain(..old);
    let first = |name: &str| all(&mail, name).into_iter().next();
    Some(Envelope {
        sender: sender(&mail),
        id: mail.message_id().and_then(fit),
        references,
        subject: mail.subject().map(str::to_owned),
        date: first("date"),
        loops: all(&mail, "x-loop"),
        automatic: automatic(&mail, bytes),
    })
}

/// An id that may stand in a header of ours.
fn fit(id: &str) -> Option<String> {
    let id = id.trim().trim_start_matches('<').trim_end_matches('>');
    let plain = |c: char| c.is_ascii_graphic() && c != '<' && c != '>';
    let fits = !id.is_empty() && id.len() <= LONGEST_ID && id.chars().all(plain);
    fits.then(|| id.to_owned())
}

/// The values of the headers of a name, in small letters but for dates and ids, which nothing is asked of.
fn all(mail: &Message<'_>, name: &str) -> Vec<String> {
    let named = mail
        .headers_raw()
        .filter(|(it, _)| it.eq_ignore_ascii_case(name));
    named
        .map(|(_, value)| value.replace(BREAKS, "").trim().to_lowercase())
        .collect()
}

fn automatic(mail: &Message<'_>, bytes: &[u8]) -> Option<Automatic> {
    let all = |name: &str| all(mail, name);
    let says = |name: &str| {
        let no = ["", "no", "false", "0"];
        all(name).iter().any(|it| !no.contains(&it.as_str()))
    };
    let from = mail.from().and_then(|it| it.first());
    let from = from.and_then(|it| it.address()).unwrap_or_default();
    if has_no_return_path(&all("return-path"), bytes)
        || is_report(&all("content-type"))
        || ["mailer-daemon", "postmaster"].contains(&local(from).as_str())
    {
        return Some(Automatic::Bounce);
    }
    // A comment or a parameter may follow.
    let word = |value: &String| {
        let mut words = value.split(|c: char| c == ';' || c == '(' || c.is_whitespace());
        words.next().unwrap_or_default().to_owned()
    };
    let submitted = all("auto-submitted").first().map(word);
    let precedence: Vec<String> = ["precedence", "x-precedence", "preference"]
        .into_iter()
        .flat_map(all)
        .collect();
    let is_of = |kinds: &[&str]| {
        precedence
            .iter()
            .any(|it| kinds.contains(&word(it).as_str()))
    };
    let replies = [
        "x-autoreply",
        "x-autorespond",
        "x-autoresponse",
        "x-autoreply-from",
        "x-mail-autoreply",
        "x-autogenerated",
        "x-fc-machinegenerated",
    ];
    let autoresponder = |name: &str| all(name).iter().any(|it| it.contains("autoresponder"));
    let is_list = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.starts_with("list-")
            || ["mailing-list", "x-mailing-list", "x-beenthere"].contains(&name.as_str())
    };
    let unwanted = ["all", "oof", "autoreply"];
    let suppresses = |value: &String| {
        let mut parts = value.split(',');
        parts.any(|it| unwanted.contains(&it.trim()))
    };
    Some(match submitted.as_deref() {
        Some("auto-replied" | "auto-notified") => Automatic::Reply,
        _ if is_of(&["auto_reply"]) || replies.into_iter().any(says) => Automatic::Reply,
        _ if autoresponder("delivered-to") || autoresponder("x-post-messageclass") => {
            Automatic::Reply
        }
        Some(other) if other != "no" => Automatic::Generated,
        _ if is_of(&["list"]) || mail.headers().iter().any(|it| is_list(it.name())) => {
            Automatic::List
        }
        _ if is_of(&["bulk", "junk"]) => Automatic::Bulk,
        _ if all("x-auto-response-suppress").iter().any(suppresses) => Automatic::Suppressed,
        _ if sender(mail).is_some_and(|it| is_nobodys(&local(&it))) => Automatic::NoPerson,
        _ => return None,
    })
}

/// Whether it came without a return path: as its header says, or the envelope that a mailbox has before it.
fn has_no_return_path(header: &[String], bytes: &[u8]) -> bool {
    let envelope = bytes.strip_prefix(b"From ").map(|rest| {
        let line = rest.split(|&byte| byte == b'\n').next();
        let line = String::from_utf8_lossy(line.unwrap_or_default()).to_lowercase();
        // Where nobody sent it, some write two blanks before the date.
        let first = line.split(' ').next().unwrap_or_default();
        first.trim_matches(['<', '>']).to_owned()
    });
    let header = header.first().map(|it| it.trim_matches(['<', '>', ' ']));
    let none = |path: &str| path.is_empty() || path == "mailer-daemon";
    header.is_some_and(none) || envelope.as_deref().is_some_and(none)
}

fn is_report(types: &[String]) -> bool {
    let mut types = types.iter();
    types.any(|it| it.starts_with("multipart/report") || it.starts_with("message/delivery-status"))
}

/// What stands before the `@`.
fn local(address: &str) -> String {
    let local = address.split('@').next().unwrap_or_default();
    local.to_lowercase()
}

/// Whether no person reads what is sent there: by the names that lists and programs have.
fn is_nobodys(local: &str) -> bool {
    let plain: String = local.chars().filter(char::is_ascii_alphanumeric).collect();
    let names = [
        "noreply",
        "donotreply",
        "nobody",
        "majordomo",
        "listserv",
        "listproc",
        "mailman",
        "bounce",
        "bounces",
    ];
    names.contains(&plain.as_str())
        || local.starts_with("owner-")
        || ["-owner", "-request", "-bounces"]
            .iter()
            .any(|it| local.ends_with(it))
}

#[cfg(test)]
mod tests;
