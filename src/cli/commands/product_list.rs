//! `product list`.

use super::{Context, Exit, Run, product_show};
use crate::cli::{desk, machine_home};
use crate::issuer::ledger::WeakRule;
use crate::issuer::products;
use crate::protocol::product::Product;

/// List the desk's products, or those installed on this machine
#[derive(clap::Args)]
pub(crate) struct ProductList {}

impl Run for ProductList {
    const NAME: &'static str = "list";
    const ABOUT: &'static str = "List the desk's products, or those installed on this machine";

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let mut unfit = None;
        let products = if desk::is_here(context)? {
            let listed = products::list(desk::open(context)?.ledger())?;
            let rule = |(product, weak): (_, WeakRule)| (product, Some(weak));
            listed.into_iter().map(rule).collect()
        } else {
            let installed = machine_home::installed(context, None)?;
            unfit = installed.unfit;
            let found = installed.found.iter();
            found
                .map(|(_, file)| (file.product().clone(), None))
                .collect::<Vec<(Product, Option<WeakRule>)>>()
        };
        if products.is_empty() && unfit.is_none() {
            context.out.say("no products yet");
        }
        for (product, weak) in &products {
            if context.out.json {
                context.out.object(&product_show::object(product, *weak))?;
            } else {
                context.out.line(format_args!(
                    "{:<32}  {:>3}  {}",
                    product.id, product.version, product.name
                ))?;
            }
        }
        // What is fit has been listed.
        unfit.map_or(Ok(Exit::DONE), |error| Err(error.into()))
    }
}
