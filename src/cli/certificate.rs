//! The certificate of a license: one page for a printer, which a browser shows and which loads nothing.

use std::fmt::{Display, Write as _};

use super::{letter, words};
use crate::issuer::desk::Vendor;
use crate::issuer::products::LicenseView;
use crate::messages::certificate as says;
use crate::protocol::contents::Contents;
use crate::protocol::date::Day;
use crate::text::qr::{Picture, TooMuch};

/// The page with places to fill, one sheet of A4 or Letter, black on white: the name of each stands in two braces.
const PAGE: &str = include_str!("certificate.html");

/// The page of a license as it stands today, in HTML.
///
/// # Errors
/// Where its key cannot be drawn.
pub(crate) fn page(view: &LicenseView, vendor: &Vendor, today: Day) -> Result<String, TooMuch> {
    let key = view.license.key.to_string();
    let svg = Picture::new(&key)?.svg();
    // The drawing itself, without the head of a document of its own.
    let svg = svg.find("<svg").and_then(|at| svg.get(at..)).unwrap_or("");
    let first = letter::first_request(view);
    let rows: Vec<String> = rows(view)
        .iter()
        .map(|(name, value)| row(name, value))
        .collect();
    let bound = match first.names {
        [] => String::new(),
        names => paragraph(&says::bound(words::list(names)).to_string()),
    };
    let send = match &vendor.mail {
        Some(desk) => says::send_at(desk).to_string(),
        None => says::send().to_owned(),
    };
    let text = |text: &dyn Display| Escaped(&text.to_string()).to_string();
    let mut page = String::with_capacity(PAGE.len() + svg.len());
    // What is filled in is looked at no more: a name may have braces in it.
    let mut rest = PAGE;
    while let Some((before, name, behind)) = place(rest) {
        page.push_str(before);
        page.push_str(&match name {
            "key" => key.clone(),
            "qr" => svg.to_owned(),
            "rows" => rows.concat(),
            "bound" => bound.clone(),
            "of_vendor" => text(&says::of_vendor(&vendor.name)),
            "vendor" => text(&vendor.name),
            "title" => text(&says::title()),
            "label" => text(&says::key()),
            "how" => text(&says::how()),
            "first" => text(&says::first()),
            "commands" => text(&first.commands.join("\n")),
            "send" => text(&send),
            "enter" => text(&says::enter()),
            "offline" => text(&says::offline()),
            "as_of" => text(&says::as_of(today)),
            _ => String::new(),
        });
        rest = behind;
    }
    page.push_str(rest);
    Ok(page)
}

/// What stands before the first place to fill, the place's name, and what stands behind it.
fn place(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("{{")?;
    let (name, behind) = rest.split_once("}}")?;
    Some((before, name, behind))
}

fn row(name: &str, value: &str) -> String {
    let (name, value) = (Escaped(name), Escaped(value));
    format!("<tr><th>{name}</th><td>{value}</td></tr>\n")
}

fn paragraph(text: &str) -> String {
    format!("<p>{}</p>\n", Escaped(text))
}

/// What was sold, as it stands on the page.
fn rows(view: &LicenseView) -> Vec<(&'static str, String)> {
    let (terms, product) = (&view.terms, &view.product);
    let one = letter::one_line;
    let mut rows = vec![
        (
            says::product(),
            format!("{} ({})", one(&product.name), product.id),
        ),
        (says::licensee(), one(&terms.customer)),
    ];
    let edition = product.edition_name(terms.edition);
    rows.extend(edition.map(|it| (says::edition(), one(it))));
    rows.push((says::kind(), terms.license_type.words().to_owned()));
    rows.push((says::seats(), terms.seats.to_string()));
    rows.push((says::expires(), words::day_or(terms.expires, "never")));
    let maintenance = terms.maintenance;
    rows.extend(maintenance.map(|day| (says::maintenance(), says::until(day).to_string())));
    let contact = match terms.grace_days {
        0 => says::never().to_owned(),
        days => says::each(days).to_string(),
    };
    rows.push((says::contact(), contact));
    let contents = Contents::of(&terms.entitlements, Some(product));
    rows.extend(words::contents(&contents, None));
    rows.extend(terms.usb.iter().map(|usb| (says::usb(), usb.to_string())));
    rows.extend(terms.order.iter().map(|it| (says::order(), one(it))));
    rows
}

/// A text of somebody's, which is no markup whatever stands in it.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}
