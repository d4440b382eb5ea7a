//! `product add` and `product change`: what a product is.

use std::path::{Path, PathBuf};

use clap::Args;

use super::ledger_verify::verified;
use super::{Context, Exit, Run};
use crate::cli::acting::KeyArgs;
use crate::cli::desk::OpenDesk;
use crate::cli::failure::Failure;
use crate::cli::{desk, handed_over, json, keys};
use crate::failure::FailureKind;
use crate::issuer::ledger::WeakRule;
use crate::issuer::products::{self, CatalogueError};
use crate::protocol::product::{Entry, Product, ProductFile, SeatUnit};

/// Define a product
///
/// Features, limits, pools and texts make the product's catalogue, which only ever grows: `product change` adds to it. Machines learn of a product by its file:
/// `countersign product export ID -o ID.product`, shipped with the application.
#[derive(Args)]
pub(crate) struct ProductAdd {
    /// The product's id: 1 to 32 of a-z, 0-9 and -
    id: String,
    /// The product's name, for people
    #[arg(long)]
    name: String,
    #[command(flatten)]
    contents: Contents,
    /// What a license is bound to beside the machine, in order: server,database
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    bind: Vec<String>,
    /// Bind licenses to the names of --bind only, not to the machine
    #[arg(long, requires = "bind")]
    no_fingerprint: bool,
    #[command(flatten)]
    weak: Weak,
    #[command(flatten)]
    acting: KeyArgs,
}

/// What the desk does with machines that say little of themselves. It stands in the ledger and not in the product file.
#[derive(Args)]
struct Weak {
    /// Machines that say neither network card nor disk, so that a copy of their disk or image passes for them: warn the clerk, hold them until one
    /// accepts them with respond --accept-weak, or refuse them
    #[arg(long, value_name = "WHAT", value_parser = weak_rule)]
    weak: Option<WeakRule>,
}

fn weak_rule(text: &str) -> Result<WeakRule, String> {
    WeakRule::named(text).ok_or_else(|| {
        let names = WeakRule::ALL.map(WeakRule::name);
        format!("it is one of {}", names.join(", "))
    })
}

fn seat_unit(text: &str) -> Result<SeatUnit, String> {
    SeatUnit::named(text).ok_or_else(|| "it is one of process, session, user, host".to_owned())
}

/// Add features, limits or editions to a product
///
/// What is there stays in its place: licenses that were sold go on as they are. Export the product file again afterwards.
#[derive(Args)]
pub(crate) struct ProductChange {
    /// The product's id
    id: String,
    /// A new name for people
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    contents: Contents,
    #[command(flatten)]
    weak: Weak,
    /// After a ledger was put back: take over the product file that was shipped last, which lies above what the ledger has
    #[arg(long, value_name = "FILE", conflicts_with_all = ["name", "Contents", "Weak"])]
    shipped: Option<PathBuf>,
    #[command(flatten)]
    acting: KeyArgs,
}

/// What can be added at any time.
#[derive(Args)]
struct Contents {
    /// A feature that a license may have; may be repeated
    #[arg(long = "feature", value_name = "F")]
    features: Vec<String>,
    /// A limit that a license may have, such as employees; may be repeated
    #[arg(long = "limit", value_name = "L")]
    limits: Vec<String>,
    /// A module with seats of its own: so many of a floating license's seats may use it at once; may be repeated
    #[arg(long = "pool", value_name = "P")]
    pools: Vec<String>,
    /// A text that a license may have, such as the licensee's name; may be repeated
    #[arg(long = "text", value_name = "T")]
    texts: Vec<String>,
    /// An edition; may be repeated
    #[arg(long = "edition", value_name = "E")]
    editions: Vec<String>,
    /// A feature that stops when maintenance is over; may be repeated
    #[arg(long = "maintained", value_name = "F")]
    maintained: Vec<String>,
    /// What one seat of a floating license counts; each process where this is not said
    #[arg(long, value_name = "WHAT", value_parser = seat_unit)]
    seat: Option<SeatUnit>,
    /// Hours for which a place that was taken from a named user rests before another gets it; 48 where this is not said
    #[arg(long, value_name = "HOURS")]
    named_rest: Option<u16>,
    /// Days before the end of the grace from which on the application's users are told; 7 where this is not said
    #[arg(long, value_name = "DAYS")]
    warn_days: Option<u16>,
    /// Days of the demo; 0: no demo
    #[arg(long, value_name = "DAYS")]
    demo_days: Option<u16>,
    /// A feature of the demo; may be repeated
    #[arg(long = "demo-feature", value_name = "F")]
    demo_features: Vec<String>,
    /// A limit of the demo; may be repeated
    #[arg(long = "demo-limit", value_name = "L=N", value_parser = keys::limit)]
    demo_limits: Vec<(String, u32)>,
}

impl Contents {
    fn add_to(self, product: &mut Product) {
        product
            .catalogue
            .extend(self.features.into_iter().map(|name| (Entry::Feature, name)));
        product
            .catalogue
            .extend(self.limits.into_iter().map(|name| (Entry::Limit, name)));
        product
            .catalogue
            .extend(self.pools.into_iter().map(|name| (Entry::Pool, name)));
        product
            .catalogue
            .extend(self.texts.into_iter().map(|name| (Entry::Text, name)));
        product.seat = self.seat.or(product.seat);
        product.named_rest = self.named_rest.or(product.named_rest);
        product.warn_days = self.warn_days.or(product.warn_days);
        product.editions.extend(self.editions);
        product.maintained.extend(self.maintained);
        product.demo_days = self.demo_days.unwrap_or(product.demo_days);
        product.demo_features.extend(self.demo_features);
        product.demo_limits.extend(self.demo_limits);
    }
}

impl Run for ProductAdd {
    const NAME: &'static str = "add";
    const ABOUT: &'static str = "Define a product";

    type Object = json::ProductVersion;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let mut desk = desk::open(context)?;
        let mut product = Product {
            id: self.id,
            name: self.name,
            vendor: desk.vendor().name.clone(),
            mail: desk.vendor().mail.clone(),
            roots: desk.vendor().roots.to_vec(),
            bind: self.bind,
            fingerprint: !self.no_fingerprint,
            ..Product::default()
        };
        self.contents.add_to(&mut product);
        let id = product.id.clone();
        let weak = self.weak.weak.unwrap_or_default();
        product.check().map_err(CatalogueError::from)?;
        let acting = self.acting.acting(context, &mut desk, true)?;
        verified(context, desk.ledger(), &[])?;
        products::add_with(desk.ledger(), product, weak, acting.hand(context))?;
        told(context, &id, "added", 1)
    }
}

impl Run for ProductChange {
    const NAME: &'static str = "change";
    const ABOUT: &'static str = "Add features, limits or editions to a product";

    type Object = json::ProductVersion;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let mut desk = desk::open(context)?;
        if let Some(file) = &self.shipped {
            return self.take_over(context, &mut desk, file);
        }
        let mut product = products::show(desk.ledger(), &self.id)?;
        let before = product.clone();
        product.name = self.name.unwrap_or(product.name);
        self.contents.add_to(&mut product);
        if product == before && self.weak.weak.is_none() {
            return Err(Failure::usage("nothing to change was named")
                .hint("see countersign product change --help")
                .into());
        }
        let acting = self.acting.acting(context, &mut desk, true)?;
        verified(context, desk.ledger(), &[])?;
        if let Some(weak) = self.weak.weak {
            products::set_weak(desk.ledger(), &self.id, weak, acting.hand(context))?;
            context.out.say(format_args!(
                "product {}, machines that are weakly bound: {}",
                self.id,
                weak.name()
            ));
            if product == before {
                if context.out.json {
                    let object = json::ProductVersion {
                        product: self.id,
                        version: before.version,
                        weak: Some(weak.name()),
                    };
                    Self::print(context, &object)?;
                }
                return Ok(Exit::DONE);
            }
        }
        let version = before.version + 1;
        products::change(desk.ledger(), product, acting.hand(context))?;
        told(context, &self.id, "changed", version)
    }
}

impl ProductChange {
    fn take_over(
        &self,
        context: &mut Context,
        desk: &mut OpenDesk,
        file: &Path,
    ) -> anyhow::Result<Exit> {
        let shipped = ProductFile::read(&handed_over::text_in_file(file)?)?;
        if shipped.product().id != self.id {
            let message = format!("that file is of the product {}", shipped.product().id);
            return Err(Failure::new(FailureKind::BadProduct, message)
                .hint("name the product that it is of")
                .into());
        }
        let roots = desk.vendor().roots;
        let acting = self.acting.acting(context, desk, true)?;
        verified(context, desk.ledger(), &[])?;
        let version = products::take_over(desk.ledger(), &shipped, &roots, acting.hand(context))?;
        told(context, &self.id, "changed", version)
    }
}

fn told(context: &mut Context, id: &str, what: &str, version: u32) -> anyhow::Result<Exit> {
    if context.out.json {
        let object = json::ProductVersion {
            product: id.to_owned(),
            version,
            weak: None,
        };
        ProductAdd::print(context, &object)?;
    }
    context
        .out
        .say(format_args!("product {id} {what}, version {version}"));
    context.out.say(format_args!("next: countersign product export {id} -o {id}.product, and ship that file with the application"));
    Ok(Exit::DONE)
}
