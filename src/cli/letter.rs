//! Letters of the desk to its customers. Their sentences stand in the catalogue, as all that people at a machine read.

use super::mail::Letter;
use super::words;
use crate::failure::FailureKind;
use crate::issuer::desk::Vendor;
use crate::issuer::history::{Change, What};
use crate::issuer::ledger::Activation;
use crate::issuer::products::LicenseView;
use crate::issuer::respond::Answer;
use crate::license_key::LicenseKey;
use crate::machine::UsbDevice;
use crate::messages;
use crate::text::show;

/// The letter to whoever asked.
pub(crate) fn response(answer: &Answer, vendor: &Vendor) -> Letter {
    let (customer, product) = (&answer.order.terms.customer, &answer.order.product);
    let grant = &answer.grant;
    let never = messages::terms::never();
    let mut facts = vec![
        (
            messages::label::product(),
            format!("{} ({})", product.name, product.id),
        ),
        (messages::label::customer(), customer.clone()),
        (messages::label::license(), answer.key.to_string()),
        (messages::label::activation(), answer.activation.to_string()),
        (messages::label::seats(), grant.seats.to_string()),
        (
            messages::label::expires(),
            words::day_or(grant.expires, never),
        ),
    ];
    facts.extend(
        grant
            .revalidate_by
            .map(|day| (messages::label::revalidate_by(), day.to_string())),
    );
    Letter {
        to: answer.order.terms.contact.clone(),
        from: vendor
            .mail
            .as_ref()
            .map(|mail| format!("{} <{mail}>", vendor.name)),
        subject: messages::letter::response_subject(answer.key, &product.name).to_string(),
        opening: messages::letter::response_opening().to_owned(),
        facts,
        by_phone: None,
    }
}

/// A request for which there is no code to send back.
pub(crate) struct Unanswered {
    /// How it is named.
    pub(crate) request: String,
    /// Why it is not answered; nothing where it gave a license back.
    pub(crate) why: Option<FailureKind>,
}

/// The letter to whoever sent several requests in one text: one line for each, and all codes below.
pub(crate) fn responses(answers: &[&Answer], others: &[Unanswered], vendor: &Vendor) -> Letter {
    let mut facts: Vec<(&'static str, String)> = Vec::new();
    let never = messages::terms::never();
    for answer in answers {
        let (grant, order) = (&answer.grant, &answer.order);
        let what = messages::letter::one_of_several(
            answer.activation,
            words::day_or(grant.expires, never),
            answer.key,
            one_line(&order.product.name),
            grant.seats,
        );
        facts.push((messages::label::license(), what.to_string()));
    }
    for other in others {
        let request = &other.request;
        let said = match other.why {
            None => messages::letter::taken_back(request).to_string(),
            Some(kind) => messages::letter::not_answered(request, why(kind)).to_string(),
        };
        facts.push((messages::letter::request_label(), said));
    }
    let mut keys: Vec<String> = answers.iter().map(|it| it.key.to_string()).collect();
    keys.dedup();
    Letter {
        to: answers.iter().find_map(|it| it.order.terms.contact.clone()),
        from: vendor
            .mail
            .as_ref()
            .map(|mail| format!("{} <{mail}>", vendor.name)),
        subject: messages::letter::responses_subject(words::list(keys)).to_string(),
        opening: match answers {
            [_] => messages::letter::response_opening().to_owned(),
            _ => messages::letter::responses_opening().to_owned(),
        },
        facts,
        by_phone: None,
    }
}

/// The letter to whoever asked for what is not answered, where there is no answer beside it.
pub(crate) fn refusals(others: &[Unanswered], vendor: &Vendor) -> Letter {
    Letter {
        subject: messages::letter::refusal_subject().to_owned(),
        opening: messages::letter::refusal_opening().to_owned(),
        ..responses(&[], others, vendor)
    }
}

/// Why a request is not answered, as a customer reads it: what speaks against a machine is the desk's to ask about.
fn why(kind: FailureKind) -> &'static str {
    final_why(kind).unwrap_or(messages::letter::why_we_write())
}

/// The same where nobody has to look into it first.
pub(crate) fn final_why(kind: FailureKind) -> Option<&'static str> {
    Some(match kind {
        FailureKind::NoSeatFree => messages::letter::why_no_seat(),
        FailureKind::OrderExpired => messages::letter::why_expired(),
        FailureKind::Revoked | FailureKind::Void => messages::letter::why_not_good(),
        FailureKind::UnknownKey => messages::letter::why_unknown(),
        FailureKind::GivenUp => messages::letter::why_given_up(),
        _ => return None,
    })
}

/// The letter that a license, or an update of it, is ready: its subject and its text. `desk` is the vendor's mail address.
pub(crate) fn update(
    view: &LicenseView,
    changes: &[Change],
    vendor: &str,
    desk: Option<&str>,
) -> (String, String) {
    let name = &view.product.name;
    let subject = match view.activations.is_empty() {
        true => messages::letter::new_subject(name).to_string(),
        false => messages::letter::update_subject(name).to_string(),
    };
    let key = view.license.key;
    let product = one_line(name);
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
    let asks = Asks::of(view, changes);
    lines.extend([
        String::new(),
        desk.map_or_else(
            || messages::letter::ask_us().to_owned(),
            |desk| messages::letter::ask_us_at(desk).to_string(),
        ),
    ]);
    if !asks.names.is_empty() {
        lines.push(messages::letter::bound_there(words::list(asks.names)).to_string());
    }
    lines.push(String::new());
    let typed = asks.made().into_iter().chain([asks.command()]);
    lines.extend(typed.map(|it| format!("  {it}")));
    lines.extend([
        String::new(),
        messages::letter::answer().to_owned(),
        String::new(),
        "  countersign apply".to_owned(),
        String::new(),
        messages::letter::until_then().to_owned(),
        String::new(),
        one_line(vendor),
    ]);
    (subject, lines.join("\n") + "\n")
}

/// How a license is asked for first.
pub(crate) struct FirstRequest<'a> {
    /// What is typed on the machine, in its order.
    pub(crate) commands: Vec<String>,
    /// Names that it is bound to there, each with a value that the desk does not know.
    pub(crate) names: &'a [String],
}

/// How a license is asked for on a machine that does not hold it.
pub(crate) fn first_request(view: &LicenseView) -> FirstRequest<'_> {
    let (names, terms) = (&view.product.bind, &view.terms);
    let asks = Asks {
        key: view.license.key,
        held: false,
        names,
        usb: terms.usb.as_ref().map(Some),
        site: terms.signs(),
    };
    let mut commands = asks.made();
    commands.push(asks.command());
    FirstRequest { commands, names }
}

/// What a machine must be given when it asks, as it does not find out by itself.
struct Asks<'a> {
    key: LicenseKey,
    /// It holds the license, and asks for it as it now is.
    held: bool,
    /// Names that the license is bound to there, each with a value that the desk does not know.
    names: &'a [String],
    /// The USB key that it is bound to, or that it is bound to none any more.
    usb: Option<Option<&'a UsbDevice>>,
    /// As a site that signs.
    site: bool,
}

impl<'a> Asks<'a> {
    fn of(view: &'a LicenseView, changes: &[Change]) -> Asks<'a> {
        let (key, terms) = (view.license.key, &view.terms);
        let in_use = || view.activations.iter().filter(|it| it.seats > 0);
        let held = in_use().next().is_some();
        // Of several machines each is told what one of them lacks.
        let lacks = |it: &dyn Fn(&Activation) -> bool| !held || in_use().any(it);
        let bound = terms.usb.as_ref().map(|it| it.digest(&key.to_bytes()));
        let usb = match &terms.usb {
            Some(usb) if lacks(&|it| it.standing.usb != bound) => Some(Some(usb)),
            None if held && changes.iter().any(|it| it.what == What::Usb) => Some(None),
            _ => None,
        };
        let unbound = lacks(&|it| it.standing.bindings.is_none());
        Asks {
            key,
            held,
            names: if unbound { &view.product.bind } else { &[] },
            usb,
            site: terms.signs() && lacks(&|it| it.site_key.is_none()),
        }
    }

    /// Who names users or lends signs that with a key of the site's own, which is made first.
    fn made(&self) -> Vec<String> {
        let made = self.site.then(|| "countersign site init".to_owned());
        made.into_iter().collect()
    }

    /// What is typed there.
    fn command(&self) -> String {
        let how = if self.held { "sync" } else { "activate" };
        let mut words = vec![format!("countersign request {how} {}", self.key)];
        for name in self.names {
            words.extend(["--bind".to_owned(), format!("{name}=")]);
        }
        if let Some(usb) = self.usb {
            let device = words::or_none(usb);
            words.extend(["--usb".to_owned(), in_a_shell(&device)]);
        }
        words.extend(self.site.then(|| "--site".to_owned()));
        words.join(" ")
    }
}

/// A word as a shell takes it for one: in quotes where it has more than plain letters.
fn in_a_shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
    match word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

/// Text on one line, on which all of it is seen.
pub(crate) fn one_line(text: &str) -> String {
    show::line(text).into_owned()
}
