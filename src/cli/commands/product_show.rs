//! `product show`.

use super::{Context, Exit, Run};
#[cfg(feature = "desk")]
use crate::cli::desk;
use crate::cli::{json, machine_home, words};
use crate::protocol::product::{Entry, Product, RootFingerprint};

/// Show a product: its catalogue, what licenses are bound to, and the fingerprint of its root key
///
/// The fingerprint is what an application pins with `check --trust`, and what two people compare on the phone.
#[derive(clap::Args)]
pub(crate) struct ProductShow {
    /// The product's id
    id: String,
}

impl Run for ProductShow {
    const NAME: &'static str = "show";
    const ABOUT: &'static str = "Show a product and the fingerprint of its root key";

    type Object = json::Product;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let (product, weak) = find(context, &self.id)?;
        let fingerprints: Vec<String> = product
            .roots
            .iter()
            .map(|root| RootFingerprint::of(root).to_string())
            .collect();
        if context.out.json {
            Self::print(context, &json::Product::of(&product, weak))?;
        } else {
            let mut rows = rows(&product);
            rows.extend(weak.map(|weak| ("weak machines", weak.to_owned())));
            let labels = ["root key", "spare root key"];
            rows.extend(labels.into_iter().zip(fingerprints));
            context.out.lines(words::table(&rows))?;
        }
        Ok(Exit::DONE)
    }
}

/// The product of the desk, where this is one, with what it does with machines that are weakly bound; else the one installed here.
fn find(context: &Context, id: &str) -> anyhow::Result<(Product, Option<&'static str>)> {
    #[cfg(feature = "desk")]
    if let Some((product, weak)) = desk::product(context, id)? {
        return Ok((product, Some(weak)));
    }
    let file = machine_home::product(context, Some(id))?;
    Ok((file.product().clone(), None))
}

/// A product in words.
fn rows(product: &Product) -> Vec<(&'static str, String)> {
    let names = |kind| words::list(product.names(kind));
    let mut rows = vec![
        ("product", format!("{} ({})", product.id, product.name)),
        ("version", product.version.to_string()),
        ("vendor", product.vendor.clone()),
    ];
    rows.extend(
        product
            .mail
            .iter()
            .map(|mail| ("requests to", mail.clone())),
    );
    rows.push(("features", names(Entry::Feature)));
    rows.push(("limits", names(Entry::Limit)));
    for (label, kind) in [("pools", Entry::Pool), ("texts", Entry::Text)] {
        if product.names(kind).next().is_some() {
            rows.push((label, names(kind)));
        }
    }
    if !product.editions.is_empty() {
        rows.push(("editions", words::list(&product.editions)));
    }
    if !product.maintained.is_empty() {
        rows.push(("maintained", words::list(&product.maintained)));
    }
    let mut bound: Vec<&str> = product
        .fingerprint
        .then_some("the machine")
        .into_iter()
        .collect();
    bound.extend(product.bind.iter().map(String::as_str));
    rows.push(("bound to", words::list(bound)));
    if let Some(unit) = product.seat {
        rows.push(("a seat", format!("counts each {}", unit.name())));
    }
    if let Some(days) = product.warn_days {
        let days = words::count(days, "day");
        rows.push(("warns", format!("{days} before the end of the grace")));
    }
    if product.demo_days > 0 {
        let limits = product
            .demo_limits
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let contents: Vec<String> = product
            .demo_features
            .iter()
            .cloned()
            .chain(limits)
            .collect();
        rows.push((
            "demo",
            format!(
                "{} with {}",
                words::count(product.demo_days, "day"),
                words::list(contents)
            ),
        ));
    }
    rows
}
