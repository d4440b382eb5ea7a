//! `license mail`: the mail that tells a customer what changed and what to do.

use base64ct::{Base64, Encoding};

use super::{Context, Exit, Run};
use crate::cli::failure::Failure;
use crate::cli::mail::Mailbox;
use crate::cli::{desk, json, keys, letter};
use crate::failure::FailureKind;
use crate::issuer::history;
use crate::issuer::ledger::{License, Withdrawn};
use crate::issuer::life::LifeError;
use crate::issuer::policy::Refusal;
use crate::issuer::products;
use crate::license_key::LicenseKey;

/// Write the mail that tells the customer that an update of the license is ready
///
/// The whole mail stands on standard output (RFC 5322), ready for any program that sends mail.
#[derive(clap::Args)]
pub(crate) struct LicenseMail {
    /// The license key
    #[arg(value_name = "KEY", required = true)]
    key: Vec<String>,
}

impl Run for LicenseMail {
    const NAME: &'static str = "mail";
    const ABOUT: &'static str = "Write the mail that announces an update";

    type Object = json::Mail;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let key = keys::parse(&self.key)?;
        let mut desk = desk::open(context)?;
        let Some(view) = products::license(desk.ledger(), key)? else {
            return Err(super::license_show::unknown_key(key).into());
        };
        refuse_withdrawn(&view.license)?;
        let events = desk
            .ledger()
            .read(|tx| history::of_license(tx, view.license.event))?;
        let holders = view.activations.iter().filter(|it| it.seats > 0);
        let holders: Vec<_> = holders.map(|it| it.id).collect();
        let changes = history::changes_unknown_to(&holders, &events);
        if changes.is_empty() && !holders.is_empty() {
            return Err(nothing_new(key).into());
        }
        let to = view.terms.contact.as_deref().map(address).transpose()?;
        let from = desk.vendor().mail.as_deref().map(address).transpose()?;
        let (subject, body) = letter::update(&view, &changes, &desk.vendor().name, from.as_deref());
        if context.out.json {
            let object = json::Mail {
                license_key: json::Shown(key),
                from,
                to,
                subject: letter::one_line(&subject),
                body,
            };
            return Self::print(context, &object).map(|()| Exit::DONE);
        }
        let now = context.environment.now();
        let date = chrono::DateTime::from_timestamp(now.unix(), 0).unwrap_or_default();
        let mut head = vec![("Date", date.to_rfc2822())];
        head.extend(from.map(|from| ("From", from)));
        head.extend(to.clone().map(|to| ("To", to)));
        head.push(("Subject", encoded(&subject)));
        head.push(("MIME-Version", "1.0".to_owned()));
        head.push(("Content-Type", "text/plain; charset=utf-8".to_owned()));
        head.push(("Content-Transfer-Encoding", "8bit".to_owned()));
        for (name, value) in head {
            context.out.lines(format_args!("{name}: {value}"))?;
        }
        context.out.line("")?;
        context.out.raw(&body)?;
        if to.is_none() {
            context.out.warn(format_args!("no mail address is known: the mail has no To; `countersign license change {key} --contact MAIL` keeps one"));
        }
        Ok(Exit::DONE)
    }
}

/// Nobody is told to ask for what is not answered.
pub(super) fn refuse_withdrawn(license: &License) -> anyhow::Result<()> {
    match license.withdrawn {
        None => Ok(()),
        Some(Withdrawn::Revoked) => Err(revoked(license.key).into()),
        Some(Withdrawn::Void) => Err(LifeError::from(Refusal::Void).into()),
    }
}

/// Whoever follows the mail would be refused.
fn revoked(key: LicenseKey) -> Failure {
    Failure::new(
        FailureKind::Revoked,
        format!("license {key} is revoked: no request for it is answered"),
    )
    .hint(format!(
        "take that back first: countersign license revoke {key} --undo --reason TEXT"
    ))
}

/// A mail that says nothing makes its reader ask what for.
fn nothing_new(key: LicenseKey) -> Failure {
    Failure::new(
        FailureKind::NothingToAnnounce,
        format!("whoever holds license {key} has all that it contains: there is nothing to announce"),
    )
    .hint(format!(
        "change it first: countersign license change {key}; a new address or customer is no news for a machine"
    ))
}

/// The address alone, of what is kept: a name before it is not needed for the mail to arrive.
fn address(text: &str) -> anyhow::Result<String> {
    let hint =
        "give one such as desk@example.com with `countersign license change KEY --contact MAIL`";
    let mailbox = Mailbox::parse(text).map_err(|failure| failure.hint(hint))?;
    Ok(mailbox.in_a_header()?.address)
}

/// A header's text after RFC 2047: in words that are short enough and cannot end the line.
fn encoded(text: &str) -> String {
    let text = letter::one_line(text);
    if text.is_ascii() && text.len() < 70 && !text.contains("=?") {
        return text;
    }
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.chars() {
        if word.len() + c.len_utf8() > 42 {
            words.push(std::mem::take(&mut word));
        }
        word.push(c);
    }
    words.push(word);
    let words: Vec<String> = words
        .iter()
        .map(|word| format!("=?utf-8?B?{}?=", Base64::encode_string(word.as_bytes())))
        .collect();
    words.join("\r\n ").replace('\r', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_stored_can_begin_another_header() {
        for text in [
            "a@b\r\nBcc: eve@c",
            "a@b,c@d",
            "a@b.c>,<v@v.v",
            "A <a@b.c>,<v@v.v>",
        ] {
            assert!(address(text).is_err(), "{text}");
        }
        for text in ["anna.b+x@example.com", "Anna <anna.b+x@example.com>"] {
            assert_eq!(address(text).unwrap(), "anna.b+x@example.com");
        }
        let evil =
            encoded("Müller\r\nBcc: eve@example.com and a very long name that goes on and on");
        assert!(
            evil.lines()
                .skip(1)
                .all(|line| line.starts_with(" =?utf-8?B?")),
            "{evil}"
        );
        assert_eq!(encoded("a\nb"), "a<U+000A>b");
    }
}
