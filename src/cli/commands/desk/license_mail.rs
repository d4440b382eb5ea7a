//! `license mail`: the mail that tells a customer what changed and what to do.

use base64ct::{Base64, Encoding};

use super::{Context, Exit, Run};
use crate::cli::failure::Failure;
use crate::cli::{desk, json, keys, words};
use crate::failure::FailureKind;
use crate::issuer::history::{self, Change};
use crate::issuer::products::{self, LicenseView};
use crate::license_key::LicenseKey;
use crate::messages;
use crate::text::show;

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
        if view.license.revoked {
            return Err(revoked(key).into());
        }
        let events = desk
            .ledger()
            .read(|tx| history::of_license(tx, view.license.event))?;
        let changes = history::changes_since(&events);
        let to = view.terms.contact.as_deref().map(address).transpose()?;
        let from = desk.vendor().mail.as_deref().map(address).transpose()?;
        let product = &view.product.name;
        let subject = match view.activations.is_empty() {
            true => messages::letter::new_subject(product).to_string(),
            false => messages::letter::update_subject(product).to_string(),
        };
        let body = body(&view, &changes, &desk.vendor().name, from.as_deref());
        if context.out.json {
            let object = json::Mail {
                license_key: json::Shown(key),
                from,
                to,
                subject: one_line(&subject),
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

/// A mail address that is nothing but one: what could begin another header or another address is refused.
fn address(text: &str) -> anyhow::Result<String> {
    let plain = |c: char| c.is_ascii_graphic() && !"<>,;:\"()[]\\".contains(c);
    let (name, host) = text.rsplit_once('@').unwrap_or_default();
    if name.is_empty() || host.is_empty() || !text.chars().all(plain) || name.contains('@') {
        return Err(Failure::usage(format!(
            "{:?} is no plain mail address",
            text.chars().take(100).collect::<String>()
        ))
        .hint("give one such as desk@example.com with `countersign license change KEY --contact MAIL`")
        .into());
    }
    Ok(text.to_owned())
}

/// Text on one line, on which all of it is seen.
fn one_line(text: &str) -> String {
    show::line(text).into_owned()
}

/// A header's text after RFC 2047: in words that are short enough and cannot end the line.
fn encoded(text: &str) -> String {
    let text = one_line(text);
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

fn body(view: &LicenseView, changes: &[Change], vendor: &str, desk: Option<&str>) -> String {
    let key = view.license.key;
    let product = one_line(&view.product.name);
    let held = view.activations.iter().filter(|it| it.seats > 0);
    let held = held.count();
    let hello = messages::letter::hello(one_line(&view.terms.customer)).to_string();
    let ready = match view.activations.is_empty() {
        true => messages::letter::new_ready(key, product).to_string(),
        false => messages::letter::update_ready(key, product).to_string(),
    };
    let mut lines = vec![hello, String::new(), ready];
    lines.extend((held > 1).then(|| messages::letter::in_use(held).to_string()));
    if !changes.is_empty() {
        let heading = messages::letter::changed().to_owned();
        lines.extend([String::new(), heading, String::new()]);
        lines.extend(
            changes
                .iter()
                .map(|it| format!("  {}", one_line(&it.to_string()))),
        );
    }
    let ask = if held > 0 {
        format!("countersign request sync {key}{}", usb(view, changes))
    } else {
        format!("countersign request activate {key}")
    };
    lines.extend([
        String::new(),
        desk.map_or_else(
            || messages::letter::ask_us().to_owned(),
            |desk| messages::letter::ask_us_at(desk).to_string(),
        ),
        String::new(),
        format!("  {ask}"),
        String::new(),
        messages::letter::answer().to_owned(),
        String::new(),
        "  countersign apply".to_owned(),
        String::new(),
        messages::letter::until_then().to_owned(),
        String::new(),
        one_line(vendor),
    ]);
    lines.join("\n") + "\n"
}

/// What the machine has to say about a USB key that is another from now on, or none: it does not find out by itself.
fn usb(view: &LicenseView, changes: &[Change]) -> String {
    if !changes.iter().any(|change| change.what == "usb") {
        return String::new();
    }
    let device = view.terms.usb.as_ref();
    format!(" --usb {}", words::or_none(device))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_stored_can_begin_another_header() {
        for text in [
            "a@b\r\nBcc: eve@c",
            "a@b,c@d",
            "a b@c",
            "<a@b>",
            "ab",
            "@b",
            "a@",
            "a@b@c",
        ] {
            assert!(address(text).is_err(), "{text}");
        }
        assert_eq!(
            address("anna.b+x@example.com").unwrap(),
            "anna.b+x@example.com"
        );
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
