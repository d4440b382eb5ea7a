//! `license list`.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::{Context, Exit, Run};
use crate::cli::json::{self, shown};
use crate::cli::{csv, desk, sold, words};
use crate::issuer::ledger::{Ledger, LedgerError, LicenseId, ProductId};
use crate::issuer::life::LifeError;
use crate::issuer::policy::Refusal;
use crate::issuer::products::{self, LicenseState, Listed, Wanted};
use crate::license_key::LicenseKey;
use crate::protocol::date::Day;
use crate::protocol::product::Product;

/// List licenses, oldest first
///
/// Options that say which are wanted combine: a license is listed that is all of it. Those that are void are left out, but with --void. A state is the
/// first that fits: void, revoked, expired, held (a request waits for the clerk or the manager), overdue (a machine was to be in contact by now), unused
/// (no machine holds it), active.
#[derive(clap::Args)]
pub(crate) struct LicenseList {
    /// Only those of customers whose name contains this, capitals or not
    #[arg(long, value_name = "TEXT")]
    customer: Option<String>,
    /// Only those of this product
    #[arg(long, value_name = "ID")]
    product: Option<String>,
    /// Only those of the order of this name
    #[arg(long, value_name = "REF")]
    order: Option<String>,
    /// Only those of a machine of whose name, as the mails of its requests say it, or of whose server or the like this is a part
    #[arg(long, value_name = "NAME")]
    machine: Option<String>,
    /// Only those whose last day comes within so many days
    #[arg(long, value_name = "DAYS", value_parser = sold::days)]
    expiring: Option<u16>,
    /// Only those of which maintenance ends within so many days
    #[arg(long, value_name = "DAYS", value_parser = sold::days)]
    maintenance_ending: Option<u16>,
    /// Only those whose last day is over
    #[arg(long)]
    expired: bool,
    /// Only those that a machine holds which was to be in contact by now
    #[arg(long)]
    overdue: bool,
    /// Only those with a request that was refused until the clerk or the manager decides
    #[arg(long)]
    held: bool,
    /// Only those that no machine holds
    #[arg(long)]
    unused: bool,
    /// Only those that are revoked
    #[arg(long)]
    revoked: bool,
    /// Only those that are void, which are left out otherwise
    #[arg(long)]
    void: bool,
    /// At most so many
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    most: Option<u64>,
    /// Those that were made after this license: with --most, the page after one that ended with it
    #[arg(long, value_name = "KEY")]
    after: Option<LicenseKey>,
    /// For a spreadsheet: fields with commas between them
    #[arg(long)]
    csv: bool,
}

impl Run for LicenseList {
    const NAME: &'static str = "list";
    const ABOUT: &'static str = "List licenses";

    type Object = json::ListedLicense;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let mut desk = desk::open(context)?;
        let all = catalogue(desk.ledger())?;
        let product = self
            .product
            .as_ref()
            .map(|id| desk.ledger().read(|tx| products::named(tx, id)))
            .transpose()?;
        let after = match self.after {
            None => LicenseId(0),
            Some(key) => desk.ledger().read(|tx| -> Result<_, LifeError> {
                Ok(tx.license_keyed(key)?.ok_or(Refusal::UnknownKey)?.id)
            })?,
        };
        let today = context.environment.now().day();
        let wanted = self.wanted(product.map(|(id, _)| id), today);
        let mut rows = Rows {
            how: &self,
            columns: Columns::of(&all),
            found: 0,
            last: None,
            more: false,
        };
        products::for_each_license(desk.ledger(), &wanted, after, today, |listed| {
            if self.most == Some(rows.found) {
                rows.more = true;
                return Ok(ControlFlow::Break(()));
            }
            let Some(product) = all.get(&listed.terms.product) else {
                return Ok(ControlFlow::Continue(()));
            };
            rows.add(context, listed, product, today)?;
            Ok::<_, anyhow::Error>(ControlFlow::Continue(()))
        })?;
        // Whoever reads no further wants no total.
        context.out.finish()?;
        match (rows.found, rows.last.filter(|_| rows.more)) {
            (0, _) => context.out.say("no licenses"),
            (found, None) => context.out.say(words::count(found, "license")),
            (found, Some(last)) => context.out.say(format_args!(
                "{}; there are more, which the same command lists with --after {last}",
                words::count(found, "license")
            )),
        }
        Ok(Exit::DONE)
    }
}

impl LicenseList {
    fn wanted(&self, product: Option<ProductId>, today: Day) -> Wanted {
        let states = [
            (self.expired, LicenseState::Expired),
            (self.overdue, LicenseState::Overdue),
            (self.held, LicenseState::Held),
            (self.unused, LicenseState::Unused),
            (self.revoked, LicenseState::Revoked),
            (self.void, LicenseState::Void),
        ];
        let states = states.into_iter().filter(|(wanted, _)| *wanted);
        Wanted {
            product,
            customer: self.customer.as_deref().map(products::folded),
            order: self.order.clone(),
            machine: self.machine.as_deref().map(products::folded),
            expiring: self.expiring.map(|days| today.plus(days)),
            maintenance_ending: self.maintenance_ending.map(|days| today.plus(days)),
            states: states.map(|(_, state)| state).collect(),
        }
    }
}

/// What stands above the columns for people.
const HEADS: [&str; 7] = [
    "license",
    "product",
    "seats",
    "expires",
    "re-validate",
    "state",
    "customer",
];

/// What stands above the columns for a spreadsheet.
const FIELDS: [&str; 14] = [
    "license_key",
    "product",
    "customer",
    "contact",
    "order",
    "seats",
    "seats_taken",
    "machines",
    "expires",
    "maintenance",
    "revalidate_by",
    "state",
    "overdue",
    "held",
];

/// What was listed so far. Each row is written as it is found: there may be millions.
struct Rows<'a> {
    how: &'a LicenseList,
    columns: Columns,
    found: u64,
    last: Option<LicenseKey>,
    /// Whether there are more than were wanted.
    more: bool,
}

impl Rows<'_> {
    fn add(
        &mut self,
        context: &mut Context,
        listed: &Listed<'_>,
        product: &Product,
        today: Day,
    ) -> anyhow::Result<()> {
        let first = self.found == 0;
        self.found += 1;
        self.last = Some(listed.license.key);
        if context.out.json {
            return LicenseList::print(context, &object(listed, product, today));
        }
        if self.how.csv {
            if first {
                context.out.raw(&csv::line(FIELDS.map(str::to_owned)))?;
            }
            return context.out.raw(&csv::line(fields(listed, product, today)));
        }
        if first {
            context.out.row(&self.columns.heads())?;
        }
        context.out.row(&self.columns.row(listed, product))
    }
}

/// The products of a desk by their rows.
pub(super) fn catalogue(ledger: &mut Ledger) -> Result<HashMap<ProductId, Product>, LedgerError> {
    ledger.read(|tx| {
        let rows = tx.products()?;
        rows.iter()
            .map(|row| Ok((row.id, products::definition(row)?)))
            .collect()
    })
}

/// Columns for people. They are as wide before the first row as after the last.
pub(super) struct Columns {
    product: usize,
}

impl Columns {
    pub(super) fn of(all: &HashMap<ProductId, Product>) -> Columns {
        let widest = all.values().map(|it| it.id.chars().count()).max();
        Columns {
            product: widest.unwrap_or(0).max("product".len()),
        }
    }

    pub(super) fn heads(&self) -> String {
        self.line(HEADS.map(str::to_owned))
    }

    pub(super) fn row(&self, listed: &Listed<'_>, product: &Product) -> String {
        let (terms, taken) = (listed.terms, listed.license.taken.unwrap_or(0));
        self.line([
            listed.license.key.to_string(),
            product.id.clone(),
            format!("{taken}/{}", terms.seats),
            words::day_or(terms.expires, "never"),
            words::day_or(listed.due, "–"),
            listed.state.name().to_owned(),
            terms.customer.clone(),
        ])
    }

    fn line(&self, [key, product, seats, expires, due, state, customer]: [String; 7]) -> String {
        let width = self.product;
        format!(
            "{key:<16}  {product:<width$}  {seats:>5}  {expires:<10}  {due:<11}  {state:<7}  {customer}"
        )
    }
}

pub(super) fn object(listed: &Listed<'_>, product: &Product, today: Day) -> json::ListedLicense {
    json::ListedLicense {
        license: json::License::of(listed.license.key, product, listed.terms),
        state: listed.state.name(),
        seats_taken: listed.license.taken.unwrap_or(0),
        machines: listed.machines,
        revalidate_by: shown(listed.due),
        overdue: listed.overdue(today),
        held: listed.held,
    }
}

fn fields(listed: &Listed<'_>, product: &Product, today: Day) -> [String; 14] {
    let terms = listed.terms;
    let day = |day: Option<Day>| words::day_or(day, "");
    let text = |text: &Option<String>| text.as_deref().map(csv::text).unwrap_or_default();
    [
        listed.license.key.to_string(),
        product.id.clone(),
        csv::text(&terms.customer),
        text(&terms.contact),
        text(&terms.order),
        terms.seats.to_string(),
        listed.license.taken.unwrap_or(0).to_string(),
        listed.machines.to_string(),
        day(terms.expires),
        day(terms.maintenance),
        day(listed.due),
        listed.state.name().to_owned(),
        listed.overdue(today).to_string(),
        listed.held.to_string(),
    ]
}
