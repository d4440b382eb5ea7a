//! `product show`.

use super::{Context, Exit, Run};
#[cfg(feature = "desk")]
use crate::cli::desk;
use crate::cli::{json, machine_home, words};
use crate::messages;
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
            rows.extend(weak.map(|weak| (messages::label::weak_machines(), weak.to_owned())));
            let labels = [
                messages::label::root_key(),
                messages::label::spare_root_key(),
            ];
            rows.extend(labels.into_iter().zip(fingerprints));
            context.out.table(&rows)?;
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
        (
            messages::label::product(),
            format!("{} ({})", product.id, product.name),
        ),
        (messages::label::version(), product.version.to_string()),
        (messages::label::vendor(), product.vendor.clone()),
    ];
    rows.extend(
        product
            .mail
            .iter()
            .map(|mail| (messages::label::requests_to(), mail.clone())),
    );
    rows.push((messages::label::features(), names(Entry::Feature)));
    rows.push((messages::label::limits(), names(Entry::Limit)));
    for (label, kind) in [
        (messages::label::pools(), Entry::Pool),
        (messages::label::texts(), Entry::Text),
    ] {
        if product.names(kind).next().is_some() {
            rows.push((label, names(kind)));
        }
    }
    if !product.editions.is_empty() {
        rows.push((messages::label::editions(), words::list(&product.editions)));
    }
    if !product.maintained.is_empty() {
        rows.push((
            messages::label::maintained(),
            words::list(&product.maintained),
        ));
    }
    let mut bound: Vec<&str> = product
        .fingerprint
        .then_some(messages::product::the_machine())
        .into_iter()
        .collect();
    bound.extend(product.bind.iter().map(String::as_str));
    rows.push((messages::label::bound_to(), words::list(bound)));
    if let Some(unit) = product.seat {
        rows.push((
            messages::label::a_seat(),
            messages::product::counts_each(unit.name()).to_string(),
        ));
    }
    if let Some(hours) = product.named_rest {
        rows.push((
            messages::label::named_rest(),
            messages::product::rests(hours).to_string(),
        ));
    }
    if let Some(days) = product.warn_days {
        rows.push((
            messages::label::warns(),
            messages::product::warns(days).to_string(),
        ));
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
            messages::label::demo(),
            messages::product::demo(words::list(contents), product.demo_days).to_string(),
        ));
    }
    rows
}
