//! `product list`.

use super::{Context, Exit, Run};
use crate::cli::{desk, json, machine_home};
use crate::issuer::products;

/// List the desk's products, or those installed on this machine
#[derive(clap::Args)]
pub(crate) struct ProductList {}

impl Run for ProductList {
    const NAME: &'static str = "list";
    const ABOUT: &'static str = "List the desk's products, or those installed on this machine";

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let products = if desk::is_here(context)? {
            products::list(desk::open(context)?.ledger())?
        } else {
            machine_home::installed(context, None)?
                .iter()
                .map(|(_, file)| file.product().clone())
                .collect()
        };
        if products.is_empty() {
            context.out.say("no products yet");
        }
        for product in &products {
            if context.out.json {
                context.out.object(&json::product(product))?;
            } else {
                context.out.line(format_args!(
                    "{:<32}  {:>3}  {}",
                    product.id, product.version, product.name
                ))?;
            }
        }
        Ok(Exit::DONE)
    }
}
