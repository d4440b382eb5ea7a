//! `product show`.

use super::{Context, Exit, Run, product_add};
use crate::cli::{desk, json, machine_home, words};
use crate::issuer::products;
use crate::protocol::product::RootFingerprint;

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

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let product = if desk::is_here(context)? {
            products::show(desk::open(context)?.ledger(), &self.id)?
        } else {
            machine_home::product(context, Some(&self.id))?
                .product()
                .clone()
        };
        let fingerprints: Vec<String> = product
            .roots
            .iter()
            .map(|root| RootFingerprint::of(root).to_string())
            .collect();
        if context.out.json {
            context.out.object(&json::product(&product))?;
        } else {
            let mut rows = product_add::rows(&product);
            let labels = ["root key", "spare root key"];
            rows.extend(labels.into_iter().zip(fingerprints));
            context.out.lines(words::table(&rows))?;
        }
        Ok(Exit::DONE)
    }
}
