//! `license list`.

use std::collections::HashMap;

use super::{Context, Exit, Run};
use crate::cli::{desk, json, words};
use crate::issuer::ledger::{LedgerError, LicenseFilter, ProductId, Withdrawn};
use crate::issuer::products;
use crate::protocol::product::Product;

/// List licenses, oldest first
#[derive(clap::Args)]
pub(crate) struct LicenseList {
    /// Only those of customers whose name contains this
    #[arg(long, value_name = "TEXT")]
    customer: Option<String>,
    /// Only those of this product
    #[arg(long, value_name = "ID")]
    product: Option<String>,
    /// Only those that are void, which are left out otherwise
    #[arg(long)]
    void: bool,
}

impl Run for LicenseList {
    const NAME: &'static str = "list";
    const ABOUT: &'static str = "List licenses";

    type Object = json::License;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let mut desk = desk::open(context)?;
        let all: HashMap<ProductId, Product> = desk.ledger().read(|tx| {
            let rows = tx.products()?;
            rows.iter()
                .map(|row| Ok((row.id, products::definition(row)?)))
                .collect::<Result<_, LedgerError>>()
        })?;
        let product = self
            .product
            .as_ref()
            .map(|id| desk.ledger().read(|tx| products::named(tx, id)))
            .transpose()?;
        let filter = LicenseFilter {
            customer: self.customer,
            product: product.map(|(id, _)| id),
        };
        let mut found = 0_u64;
        products::for_each_license(desk.ledger(), &filter, |license, terms| {
            if (license.withdrawn == Some(Withdrawn::Void)) != self.void {
                return Ok(());
            }
            found += 1;
            let Some(product) = all.get(&terms.product) else {
                return Ok(());
            };
            if context.out.json {
                return Self::print(context, &json::License::of(license.key, product, terms));
            }
            let name = &product.id;
            let until = words::day_or(terms.expires, "perpetual");
            context.out.line(format_args!(
                "{}  {name:<16}  {:>5}  {until:<10}  {}",
                license.key, terms.seats, terms.customer
            ))
        })?;
        if found == 0 {
            context.out.say("no licenses");
        }
        Ok(Exit::DONE)
    }
}
