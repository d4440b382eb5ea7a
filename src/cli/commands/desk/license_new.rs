//! `license new`.

use std::num::{NonZeroU8, NonZeroU16};

use super::terms::{
    Named, check_dates, check_lending, check_pools, emergency, entries, license_types, listed,
    over_already, parts_over_already, unknown,
};
use super::{Context, Exit, Run};
use crate::cli::acting::KeyArgs;
use crate::cli::{contact, desk, json, keys, sold, words};
use crate::issuer::ledger::{EmergencyAllowance, OrderTerms, ProductId};
use crate::issuer::products;
use crate::machine::UsbDevice;
use crate::protocol::contents::Contents;
use crate::protocol::date::Day;
use crate::protocol::entitlements::{EntitledText, Entitlements};
use crate::protocol::grant::LicenseType;
use crate::protocol::product::Product;

/// Create license keys, one to a line on standard output
///
/// A key identifies a license and is no secret of its own: mail it, print it on a box. `--count` makes many of the same order at once.
#[derive(clap::Args)]
pub(crate) struct LicenseNew {
    /// The product's id
    #[arg(long, value_name = "ID")]
    product: String,
    /// The customer, as it is to stand in lists
    #[arg(long, value_name = "NAME")]
    customer: String,
    /// The customer's mail address
    #[arg(long, value_name = "MAIL")]
    contact: Option<String>,
    /// Seats: machines of a standalone license; of a floating one what runs at once, counted on the machine that holds it
    #[arg(long, value_name = "N", default_value = "1", value_parser = keys::seats)]
    seats: NonZeroU16,
    /// How seats are used
    #[arg(long = "type", value_name = "TYPE", default_value = "standalone", value_parser = license_types())]
    license_type: LicenseType,
    /// The edition
    #[arg(long, value_name = "E")]
    edition: Option<String>,
    /// Last day of the license (YYYY-MM-DD); without it the license is perpetual
    #[arg(long, value_name = "DATE")]
    expires: Option<Day>,
    /// Last day of maintenance (YYYY-MM-DD)
    #[arg(long, value_name = "DATE")]
    maintenance: Option<Day>,
    /// Days that a machine goes on without contact; 0: for ever
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    grace: u16,
    /// The longest loan in days, where the holder of a floating license may lend its seats to workstations that reach nothing
    #[arg(long, value_name = "DAYS")]
    lend: Option<NonZeroU8>,
    /// Emergency codes: how many steps of how many days, such as 4x7
    #[arg(long, value_name = "STEPSxDAYS", value_parser = emergency)]
    emergency: Option<EmergencyAllowance>,
    /// A feature, with a last day of its own where it has one (export:2027-06-30); may be repeated
    #[arg(long = "feature", value_name = "F[:DATE]", value_parser = sold::feature)]
    features: Vec<(String, Option<Day>)>,
    /// A limit, `unlimited` for none, with a last day of its own where it has one (users=5:2027-06-30); may be repeated
    #[arg(long = "limit", value_name = "L=N[:DATE]", value_parser = sold::limit)]
    limits: Vec<(String, u32, Option<Day>)>,
    /// A module with seats of its own, and how many of the license's seats may use it at once (design=3); may be repeated
    #[arg(long = "pool", value_name = "P=N[:DATE]", value_parser = sold::pool)]
    pools: Vec<(String, u32, Option<Day>)>,
    /// A text that the application shows, such as licensee="Aurora Shipping"; costs 1.6 characters of code a byte; may be repeated
    #[arg(long = "text", value_name = "T=VALUE", value_parser = sold::text)]
    texts: Vec<(String, EntitledText)>,
    /// The USB key that must be plugged in
    #[arg(long, value_name = "VID:PID:SERIAL")]
    usb: Option<UsbDevice>,
    /// What the order is called: the same order again has the same keys, whoever sends it twice, and one with other terms is refused
    #[arg(long, value_name = "REF")]
    order: Option<String>,
    /// What is to be noted of it, for the desk alone
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// How many licenses of this order
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    count: u32,
    #[command(flatten)]
    acting: KeyArgs,
}

impl Run for LicenseNew {
    const NAME: &'static str = "new";
    const ABOUT: &'static str = "Create license keys";

    type Object = json::Sold;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let mut desk = desk::open(context)?;
        let (id, product) = desk
            .ledger()
            .read(|tx| products::named(tx, &self.product))?;
        let terms = self.terms(id, &product)?;
        let acting = self.acting.acting(context, &mut desk, false)?;
        acting.may_sell(&product.id, (None, &terms))?;
        let mut entropy = context.environment.entropy()?;
        let sold = products::sell(
            desk.ledger(),
            &terms,
            self.count,
            acting.hand(context),
            &mut entropy,
        );
        let sold = acting.or_proposes(context, &mut desk, sold)?;
        let number = sold.keys.len();
        for key in sold.keys {
            if context.out.json {
                let object = json::Sold {
                    license_key: json::Shown(key),
                    product: self.product.clone(),
                    customer: self.customer.clone(),
                    order: terms.order.clone(),
                    before: sold.before,
                };
                Self::print(context, &object)?;
            } else {
                context.out.line(key)?;
            }
        }
        let seats = words::count(self.seats.get(), "seat");
        for void in &sold.void {
            context
                .out
                .say(format_args!("{void} of this order is void, and left out"));
        }
        if sold.before {
            context
                .out
                .say("this order was made before: the same keys again, and nothing was sold");
        }
        context.out.say(format_args!(
            "{} of {} for {}, {seats}",
            words::count(number as u64, "license"),
            product.name,
            self.customer
        ));
        over_already(context, self.expires);
        parts_over_already(context, &Contents::of(&terms.entitlements, Some(&product)));
        Ok(Exit::DONE)
    }
}

impl LicenseNew {
    fn terms(&self, id: ProductId, product: &Product) -> anyhow::Result<OrderTerms> {
        check_dates(self.expires, self.maintenance)?;
        let entitlements = self.entitlements(product)?;
        check_pools(product, self.license_type, &entitlements)?;
        let terms = OrderTerms {
            product: id,
            customer: self.customer.clone(),
            contact: self.contact.as_deref().map(contact::typed).transpose()?,
            seats: self.seats,
            license_type: self.license_type,
            edition: self.edition_number(product)?,
            expires: self.expires,
            maintenance: self.maintenance,
            grace_days: self.grace,
            lend_days: self.lend,
            emergency: self.emergency,
            entitlements,
            usb: self.usb.clone(),
            order: self.order.as_deref().map(|name| name.trim().to_owned()),
            note: self.note.clone(),
        };
        check_lending(&terms, "without --lend")?;
        Ok(terms)
    }

    fn edition_number(&self, product: &Product) -> anyhow::Result<u8> {
        let Some(name) = &self.edition else {
            return Ok(0);
        };
        product.edition(name).ok_or_else(|| {
            unknown(
                "edition",
                name,
                product,
                product.editions.iter().map(String::as_str),
            )
            .into()
        })
    }

    fn entitlements(&self, product: &Product) -> anyhow::Result<Entitlements> {
        let named = Named {
            features: &self.features,
            limits: &self.limits,
            pools: &self.pools,
            texts: &self.texts,
        };
        listed(entries(product, &named)?)
    }
}
