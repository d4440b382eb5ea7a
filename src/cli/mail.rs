//! A code as a complete mail message (RFC 5322): a summary for a person, the code, its picture.

use std::fmt::Write as _;

use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::message_id::MessageId;
use mail_builder::headers::raw::Raw;

use crate::messages;
use crate::text::{Code, Kind, phrase, show};

use super::failure::Failure;
use super::{Context, words};

/// What a letter says besides the code.
pub(crate) struct Letter {
    /// Whom it goes to, where that is known.
    pub(crate) to: Option<String>,
    /// Whom it comes from, where that is known.
    pub(crate) from: Option<String>,
    pub(crate) subject: String,
    /// What the reader is asked to do.
    pub(crate) opening: String,
    /// What is known about it, by name.
    pub(crate) facts: Vec<(&'static str, String)>,
    /// Whether a phone that sees the picture is to write a mail, as requests go to the vendor, and what that mail must say: little, for a picture.
    pub(crate) by_phone: Option<Vec<(&'static str, String)>>,
}

impl Letter {
    /// The letter as a phone writes it: what the desk must know, and the code.
    ///
    /// # Errors
    /// Where the code cannot be written.
    pub(crate) fn short(&self, codes: &[&Code]) -> anyhow::Result<String> {
        let mut body = String::new();
        for (name, value) in self.by_phone.iter().flatten() {
            let _ = writeln!(body, "{name}: {}", one_line(value));
        }
        for (nth, code) in codes.iter().enumerate() {
            // Separators cost as much as the code itself in a picture.
            let rows: Vec<String> = code
                .to_rows()?
                .iter()
                .map(|row| row.replace('-', ""))
                .collect();
            let prefix = code.kind().prefix().map(|prefix| format!("{prefix}:"));
            let between = if nth == 0 { "" } else { "\n\n" };
            let prefix = prefix.unwrap_or_default();
            let _ = write!(body, "{between}{prefix}{}", rows.join("\n"));
        }
        Ok(body)
    }

    fn body(&self, codes: &[&Code], text: &str) -> String {
        let facts: Vec<(&str, String)> = self
            .facts
            .iter()
            .map(|(name, value)| (*name, one_line(value)))
            .collect();
        if codes.is_empty() {
            let facts = words::table(&facts, None);
            return messages::mail::without_code(facts, one_line(&self.opening)).to_string() + "\n";
        }
        let noun = codes.first().map_or("", |code| code.kind().noun());
        let noun = match codes.len() {
            0 | 1 => noun.to_owned(),
            _ => messages::mail::several(noun).to_string(),
        };
        let phrases: Vec<String> = codes.iter().map(|code| phrase(code)).collect();
        messages::mail::body(
            text,
            words::table(&facts, None),
            noun,
            one_line(&self.opening),
            phrases.join(", "),
        )
        .to_string()
            + "\n"
    }
}

/// An address and the name that may stand before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mailbox {
    pub(crate) name: Option<String>,
    pub(crate) address: String,
}

impl Mailbox {
    /// Takes `name@host` and `Name <name@host>`, one address and nothing else.
    ///
    /// # Errors
    /// Anything that could be more than one address, or another header.
    pub(crate) fn parse(text: &str) -> Result<Mailbox, Failure> {
        let text = text.trim();
        let (name, address) = match text.strip_suffix('>').and_then(|text| text.split_once('<')) {
            Some((name, address)) => (unquoted(name.trim()), address.trim()),
            None => ("", text),
        };
        let address = address.strip_prefix("mailto:").unwrap_or(address);
        let fits = |(local, host): (&str, &str)| {
            let plain = |c: char| {
                !show::is_hidden(c) && !c.is_whitespace() && !"<>()[]\\,;:\"@".contains(c)
            };
            !local.is_empty()
                && !host.is_empty()
                && local.len() <= 64
                && address.len() <= 254
                && local.chars().chain(host.chars()).all(plain)
        };
        if !address.split_once('@').is_some_and(fits) || show::hidden_in(name).is_some() {
            return Err(
                Failure::usage(messages::mail::no_address(&text).to_string())
                    .hint(messages::mail::no_address_hint()),
            );
        }
        Ok(Mailbox {
            name: Some(name.to_owned()).filter(|name| !name.is_empty()),
            address: address.to_owned(),
        })
    }

    /// The same, where a header of a mail of ours can bear its address: that takes plain letters.
    ///
    /// # Errors
    /// Any other letter in it.
    pub(crate) fn in_a_header(self) -> Result<Mailbox, Failure> {
        if self.address.is_ascii() {
            return Ok(self);
        }
        Err(
            Failure::usage(messages::mail::not_plain(&self.address).to_string())
                .hint(messages::mail::not_plain_hint()),
        )
    }

    fn header(self) -> Address<'static> {
        Address::new_address(self.name, self.address)
    }
}

/// A name without the quotes that stand around all of it.
fn unquoted(name: &str) -> &str {
    let inner = name
        .strip_prefix('"')
        .and_then(|name| name.strip_suffix('"'));
    inner.map_or(name, str::trim)
}

/// The address that a mail came from, where an answer could go to: one that came from whoever answers, whose own address is given, was passed on there, and
/// says nothing about who asks.
#[cfg(feature = "site")]
pub(crate) fn sender(said: Option<&str>, own: Option<&str>) -> Option<String> {
    let sender = Mailbox::parse(said?).ok()?;
    let (_, host) = sender.address.split_once('@')?;
    // What a mail program writes that was never told an address, as ours does.
    let nobody = host.eq_ignore_ascii_case("localhost") || !host.contains('.');
    let own = own.and_then(|own| Mailbox::parse(own).ok());
    let ours = own.is_some_and(|own| own.address.eq_ignore_ascii_case(&sender.address));
    (!nobody && !ours).then_some(sender.address)
}

/// What a mail that a program writes by itself has in its headers (RFC 3834), and the mail that it answers.
pub(crate) struct Thread {
    /// Its own id.
    pub(crate) id: String,
    /// The mails before it, the one that it answers last.
    pub(crate) references: Vec<String>,
    /// The address by which its writer knows it when it comes back.
    pub(crate) by: String,
}

/// Who writes to whom.
pub(crate) struct Ends {
    to: Mailbox,
    from: Mailbox,
    /// Nobody said who the sender is.
    nameless: bool,
}

impl Ends {
    /// The ends that were named, else those that are known.
    ///
    /// # Errors
    /// No address to send to, or one that is none.
    pub(crate) fn new(
        to: Option<&str>,
        from: Option<&str>,
        letter: &Letter,
    ) -> Result<Ends, Failure> {
        let to = to.or(letter.to.as_deref()).ok_or_else(|| {
            Failure::usage(messages::mail::no_recipient()).hint(messages::mail::no_recipient_hint())
        })?;
        let variable = std::env::var("EMAIL").ok();
        let known = from.or(letter.from.as_deref()).or(variable.as_deref());
        let end = |text| Mailbox::parse(text)?.in_a_header();
        let from = known.map(end).transpose()?;
        let nobody = Mailbox {
            name: None,
            // The sender's mail program puts its own address here; the name of this computer is nobody's business.
            address: "sender@localhost".to_owned(),
        };
        Ok(Ends {
            to: end(to)?,
            nameless: from.is_none(),
            from: from.unwrap_or(nobody),
        })
    }
}

/// The message, with CRLF line ends as mail has them.
///
/// # Errors
/// Where the system gives no random numbers.
pub(crate) fn message(
    context: &mut Context,
    letter: &Letter,
    ends: &Ends,
    codes: &[&Code],
    text: &str,
    pictures: Vec<Vec<u8>>,
    thread: Option<&Thread>,
) -> anyhow::Result<String> {
    if ends.nameless {
        context.out.warn(messages::mail::no_sender());
    }
    let id = match thread {
        Some(thread) => thread.id.clone(),
        None => random_id(context)?,
    };
    let mut builder = MessageBuilder::new()
        .from(ends.from.clone().header())
        .to(ends.to.clone().header())
        .subject(one_line(&letter.subject))
        .date(context.environment.now().unix())
        .message_id(id)
        .text_body(letter.body(codes, text));
    if let Some(thread) = thread {
        builder = answering(builder, thread);
    }
    for (nth, (code, picture)) in codes.iter().zip(pictures).enumerate() {
        builder = builder.attachment("image/png", file_name(code.kind(), nth), picture);
    }
    Ok(builder.write_to_string()?)
}

fn random_id(context: &Context) -> anyhow::Result<String> {
    let mut entropy = context.environment.entropy()?;
    let mut id = [0; 12];
    entropy(&mut id);
    let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{id}@countersign.invalid"))
}

/// The headers of an answer that no person wrote. Exchange goes by one of its own.
fn answering<'m>(builder: MessageBuilder<'m>, thread: &Thread) -> MessageBuilder<'m> {
    let mut builder = builder
        .header("Auto-Submitted", Raw::new("auto-replied"))
        .header("X-Auto-Response-Suppress", Raw::new("OOF,AutoReply"))
        .header("X-Loop", Raw::new(thread.by.clone()));
    if let Some(last) = thread.references.last() {
        builder = builder
            .in_reply_to(last.clone())
            .references(MessageId::new_list(thread.references.iter().cloned()));
    }
    builder
}

fn file_name(kind: Kind, nth: usize) -> String {
    let number = if nth == 0 {
        String::new()
    } else {
        format!("-{}", nth + 1)
    };
    format!("{}{number}.png", kind.noun().replace(' ', "-"))
}

/// A value as one line on which all of it is seen: a name must not become a header or a line of its own.
fn one_line(text: &str) -> String {
    show::line(text.trim()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_one_address() {
        let parsed = Mailbox::parse(" \"Kari Nordmann\" <kari@example.no> ").unwrap();
        assert_eq!(
            (parsed.name.as_deref(), parsed.address.as_str()),
            (Some("Kari Nordmann"), "kari@example.no")
        );
        assert_eq!(
            Mailbox::parse("mailto:desk@example.com").unwrap().address,
            "desk@example.com"
        );
        for wrong in [
            "",
            "desk",
            "@",
            "a@b@c",
            "a@b, c@d",
            "a@b\r\nBcc: x@y",
            "a <a@b> <c@d>",
            "A\r\nBcc: x@y <a@b>",
            "a b@c",
            "a@[127.0.0.1]",
            "A\u{202e} <a@b>",
            "a\u{200b}@b",
        ] {
            assert!(Mailbox::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
