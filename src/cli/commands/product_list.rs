//! `product list`.

use super::{Context, Exit, Run};
#[cfg(feature = "desk")]
use crate::cli::desk;
use crate::cli::{json, machine_home};
use crate::holder::HolderError;
use crate::messages;
use crate::protocol::product::Product;

/// List the desk's products, or those installed on this machine
#[derive(clap::Args)]
pub(crate) struct ProductList {}

impl Run for ProductList {
    const NAME: &'static str = "list";
    const ABOUT: &'static str = "List the desk's products, or those installed on this machine";

    type Object = json::Product;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let (products, unfit) = known(context)?;
        if products.is_empty() && unfit.is_none() {
            context.out.say(messages::product::none());
        }
        for (product, weak) in &products {
            if context.out.json {
                Self::print(context, &json::Product::of(product, *weak))?;
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

/// A product, with what a desk does with machines that are weakly bound.
type Listed = (Product, Option<&'static str>);

/// The products of the desk, where this is one; else those installed here, and what is wrong with the first that is not fit.
fn known(context: &Context) -> anyhow::Result<(Vec<Listed>, Option<HolderError>)> {
    #[cfg(feature = "desk")]
    if let Some(products) = desk::products(context)? {
        let listed = products.into_iter();
        return Ok((
            listed
                .map(|(product, weak)| (product, Some(weak)))
                .collect(),
            None,
        ));
    }
    let installed = machine_home::installed(context, None)?;
    let found = installed.found.iter();
    let found = found.map(|(_, file)| (file.product().clone(), None));
    Ok((found.collect(), installed.unfit.into_iter().next()))
}
