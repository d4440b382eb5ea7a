//! Letters of the desk to its customers. Their sentences stand in the catalogue, as all that people at a machine read.

use super::mail::Letter;
use super::words;
use crate::issuer::desk::Vendor;
use crate::issuer::history::{Change, What};
use crate::issuer::products::LicenseView;
use crate::issuer::respond::Answer;
use crate::messages;
use crate::protocol::grant::LicenseType;
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
    let terms = &view.terms;
    let lends = terms.lend_days.is_some() && terms.license_type != LicenseType::Standalone;
    let mut in_use = view.activations.iter().filter(|it| it.seats > 0);
    let signs = (lends || terms.license_type == LicenseType::Named)
        && (held == 0 || in_use.any(|it| it.site_key.is_none()));
    let other_usb = changes.iter().any(|it| it.what == What::Usb);
    let ask = match (held, other_usb) {
        (0, _) if signs => format!("countersign request activate {key} --site"),
        (0, _) => format!("countersign request activate {key}"),
        // The machine does not find out by itself that its USB key is another from now on, or none.
        (_, true) => {
            let device = words::or_none(view.terms.usb.as_ref());
            format!("countersign request sync {key} --usb {device}")
        }
        (_, false) if signs => format!("countersign request sync {key} --site"),
        (_, false) => format!("countersign request sync {key}"),
    };
    // Who names users or lends signs that with a key of the site's own, which is made first.
    let made = signs.then(|| "  countersign site init".to_owned());
    lines.extend([
        String::new(),
        desk.map_or_else(
            || messages::letter::ask_us().to_owned(),
            |desk| messages::letter::ask_us_at(desk).to_string(),
        ),
        String::new(),
    ]);
    lines.extend(made);
    lines.extend([
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
    (subject, lines.join("\n") + "\n")
}

/// Text on one line, on which all of it is seen.
pub(crate) fn one_line(text: &str) -> String {
    show::line(text).into_owned()
}
