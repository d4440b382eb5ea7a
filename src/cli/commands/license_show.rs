//! `license show`.

use serde_json::json;

use super::{Context, Exit, Run};
use crate::cli::failure::Failure;
use crate::cli::{desk, json, keys, words};
use crate::issuer::products::{self, LicenseView};

/// Show a license: what was ordered, and which machines hold it
#[derive(clap::Args)]
pub(crate) struct LicenseShow {
    /// The license key
    #[arg(value_name = "KEY", required = true)]
    key: Vec<String>,
}

impl Run for LicenseShow {
    const NAME: &'static str = "show";
    const ABOUT: &'static str = "Show a license and who holds it";

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let key = keys::parse(&self.key)?;
        let mut desk = desk::open(context)?;
        let Some(view) = products::license(desk.ledger(), key)? else {
            return Err(Failure::new(
                Exit::NOT_FOR_THIS,
                "unknown_key",
                format!("no license with the key {key} was sold by this desk"),
            )
            .hint("countersign license list shows those there are")
            .into());
        };
        if context.out.json {
            context.out.object(&object(&view))?;
        } else {
            context.out.line(words::table(&rows(&view)))?;
            for activation in held(&view) {
                context.out.line(activation)?;
            }
        }
        Ok(Exit::DONE)
    }
}

fn object(view: &LicenseView) -> serde_json::Value {
    let mut object = json::license(view.license.key, &view.product, &view.terms);
    let activations: Vec<_> = view
        .activations
        .iter()
        .map(|activation| {
            json!({
                "activation": activation.standing.activation.to_string(),
                "generation": activation.generation,
                "seats": activation.seats,
                "first_contact": activation.first.to_string(),
                "last_contact": activation.last.to_string(),
            })
        })
        .collect();
    if let Some(map) = object.as_object_mut() {
        map.insert(
            "seats_taken".to_owned(),
            json!(view.license.taken.unwrap_or(0)),
        );
        map.insert("activations".to_owned(), json!(activations));
    }
    object
}

fn rows(view: &LicenseView) -> Vec<(&'static str, String)> {
    let terms = &view.terms;
    let taken = view.license.taken.unwrap_or(0);
    let limits = json::limits(&view.product, &terms.entitlements);
    let mut rows = vec![
        ("license", view.license.key.to_string()),
        (
            "product",
            format!("{} ({})", view.product.id, view.product.name),
        ),
        ("customer", terms.customer.clone()),
    ];
    rows.extend(
        terms
            .contact
            .iter()
            .map(|contact| ("contact", contact.clone())),
    );
    rows.extend(
        view.product
            .edition_name(terms.edition)
            .map(|edition| ("edition", edition.to_owned())),
    );
    rows.push(("type", terms.license_type.name().to_owned()));
    rows.push(("seats", format!("{} of {} taken", taken, terms.seats)));
    rows.push(("expires", words::day_or(terms.expires, "never")));
    rows.extend(
        terms
            .maintenance
            .map(|day| ("maintenance", format!("until {day}"))),
    );
    rows.push((
        "grace",
        if terms.grace_days == 0 {
            "for ever".to_owned()
        } else {
            words::count(terms.grace_days, "day")
        },
    ));
    rows.push((
        "features",
        words::list(json::features(&view.product, &terms.entitlements)),
    ));
    rows.push((
        "limits",
        words::list(limits.iter().map(|(name, value)| format!("{name}={value}"))),
    ));
    rows
}

fn held(view: &LicenseView) -> Vec<String> {
    let mut lines: Vec<String> = view
        .activations
        .iter()
        .map(|activation| {
            let (seats, last) = (
                words::count(activation.seats, "seat"),
                activation.last.day(),
            );
            format!(
                "  {}  {seats}, generation {}, last contact {last}",
                activation.standing.activation, activation.generation
            )
        })
        .collect();
    lines.insert(
        0,
        if view.activations.is_empty() {
            "activations: none yet".to_owned()
        } else {
            "activations:".to_owned()
        },
    );
    lines
}
