//! `product show`.

use super::{Context, Exit, Run, product_add};
use crate::cli::{desk, json, machine_home, words};
use crate::issuer::ledger::WeakRule;
use crate::issuer::products;
use crate::protocol::product::{Product, RootFingerprint};

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
        let (product, weak) = if desk::is_here(context)? {
            let mut desk = desk::open(context)?;
            let weak = products::weak(desk.ledger(), &self.id)?;
            (products::show(desk.ledger(), &self.id)?, Some(weak))
        } else {
            let product = machine_home::product(context, Some(&self.id))?;
            (product.product().clone(), None)
        };
        let fingerprints: Vec<String> = product
            .roots
            .iter()
            .map(|root| RootFingerprint::of(root).to_string())
            .collect();
        if context.out.json {
            context.out.object(&object(&product, weak))?;
        } else {
            let mut rows = product_add::rows(&product);
            rows.extend(weak.map(|weak| ("weak machines", weak.name().to_owned())));
            let labels = ["root key", "spare root key"];
            rows.extend(labels.into_iter().zip(fingerprints));
            context.out.lines(words::table(&rows))?;
        }
        Ok(Exit::DONE)
    }
}

/// A product in JSON, with what the desk does with machines that are weakly bound, where this is the desk.
pub(super) fn object(product: &Product, weak: Option<WeakRule>) -> serde_json::Value {
    let mut object = json::product(product);
    if let (Some(map), Some(weak)) = (object.as_object_mut(), weak) {
        map.insert("weak".to_owned(), serde_json::json!(weak.name()));
    }
    object
}
