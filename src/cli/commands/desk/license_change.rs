//! `license change`: what was ordered, as it is from now on.

use std::num::{NonZeroU8, NonZeroU16};

use super::license_revoke::reason;
use super::terms::{
    Named, check_dates, check_lending, check_pools, emergency, entries, index, license_types,
    listed, over_already, parts_over_already, unknown,
};
use super::{Context, Exit, Run};
use crate::cli::acting::KeyArgs;
use crate::cli::failure::Failure;
use crate::cli::{contact, desk, json, keys, sold, words};
use crate::issuer::ledger::{EmergencyAllowance, OrderTerms, Until};
use crate::issuer::life;
use crate::issuer::products::{self, LicenseView};
use crate::license_key::LicenseKey;
use crate::machine::UsbDevice;
use crate::protocol::contents::Contents;
use crate::protocol::date::Day;
use crate::protocol::entitlements::{EntitledText, Entitlements};
use crate::protocol::grant::LicenseType;
use crate::protocol::product::{Entry, Product};

/// Change what was ordered: a purchase, a renewal, another customer's name
///
/// Only what is named is changed. Machines go on as they are and learn of it at their next re-validation: `countersign license mail KEY` writes the
/// mail that asks for one. Where more seats are in use than are left, the newest machines are refused then, or keep what is left.
#[derive(clap::Args)]
pub(crate) struct LicenseChange {
    /// The license key
    #[arg(value_name = "KEY", required = true)]
    key: Vec<String>,
    /// The customer, as it is to stand in lists
    #[arg(long, value_name = "NAME")]
    customer: Option<String>,
    /// The customer's mail address, or `none`
    #[arg(long, value_name = "MAIL")]
    contact: Option<String>,
    /// Seats: `8`, or `+3` or `-2` of what there are
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    seats: Option<String>,
    /// How seats are used
    #[arg(long = "type", value_name = "TYPE", value_parser = license_types())]
    license_type: Option<LicenseType>,
    /// The edition, or `none`
    #[arg(long, value_name = "E")]
    edition: Option<String>,
    /// Last day of the license (YYYY-MM-DD), or `never`
    #[arg(long, value_name = "DATE")]
    expires: Option<String>,
    /// Last day of maintenance (YYYY-MM-DD), or `never`
    #[arg(long, value_name = "DATE")]
    maintenance: Option<String>,
    /// Days that a machine goes on without contact; 0: for ever
    #[arg(long, value_name = "DAYS")]
    grace: Option<u16>,
    /// The longest loan in days, where the holder of a floating license may lend its seats, or `none`
    #[arg(long, value_name = "DAYS")]
    lend: Option<String>,
    /// Emergency codes: how many steps of how many days, such as 4x7, or `none`
    #[arg(long, value_name = "STEPSxDAYS")]
    emergency: Option<String>,
    /// A feature to add, or to give another last day (export:2027-06-30) or none; may be repeated
    #[arg(long = "feature", alias = "add-feature", value_name = "F[:DATE]", value_parser = sold::feature)]
    features: Vec<(String, Option<Day>)>,
    /// A feature to take away; may be repeated
    #[arg(long = "remove-feature", value_name = "F")]
    removed_features: Vec<String>,
    /// A limit to set, `unlimited` for none, with a last day of its own where it has one (users=5:2027-06-30); may be repeated
    #[arg(long = "limit", value_name = "L=N[:DATE]", value_parser = sold::limit)]
    limits: Vec<(String, u32, Option<Day>)>,
    /// A limit to take away; may be repeated
    #[arg(long = "remove-limit", value_name = "L")]
    removed_limits: Vec<String>,
    /// A module with seats of its own to set, and how many of the license's seats may use it at once (design=3); may be repeated
    #[arg(long = "pool", value_name = "P=N[:DATE]", value_parser = sold::pool)]
    pools: Vec<(String, u32, Option<Day>)>,
    /// A module to take away; may be repeated
    #[arg(long = "remove-pool", value_name = "P")]
    removed_pools: Vec<String>,
    /// A text to set, such as licensee="Aurora Shipping"; costs 1.6 characters of code a byte; may be repeated
    #[arg(long = "text", value_name = "T=VALUE", value_parser = sold::text)]
    texts: Vec<(String, EntitledText)>,
    /// A text to take away; may be repeated
    #[arg(long = "remove-text", value_name = "T")]
    removed_texts: Vec<String>,
    /// The USB key that must be plugged in, or `none`
    #[arg(long, value_name = "VID:PID:SERIAL")]
    usb: Option<String>,
    /// Manager: make it standalone although seats of it may be on loan
    #[arg(long = "override", requires = "reason")]
    overridden: bool,
    /// Why, for the history
    #[arg(long, value_name = "TEXT", requires = "overridden")]
    reason: Option<String>,
    #[command(flatten)]
    acting: KeyArgs,
}

impl Run for LicenseChange {
    const NAME: &'static str = "change";
    const ABOUT: &'static str = "Change what was ordered: seats, dates, features, limits, texts";

    type Object = json::Changed;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let key = keys::parse(&self.key)?;
        let mut desk = desk::open(context)?;
        let reason = self.reason.as_deref().map(reason).transpose()?;
        let name = life::Named::License(key);
        let acting = self
            .acting
            .acting_for(context, &mut desk, name, self.overridden)?;
        let hand = acting.hand(context);
        let edit = |terms: &OrderTerms, product: &Product| {
            let edited = self.edited(terms, product)?;
            acting.may_sell(&product.id, (Some(terms), &edited))?;
            Ok(edited)
        };
        let changes =
            life::change::<anyhow::Error>(desk.ledger(), key, edit, reason.as_deref(), hand);
        let changes = acting.or_proposes(context, &mut desk, changes)?;
        if context.out.json {
            let changes = changes.into_iter().map(|it| json::Change {
                what: it.what.name().to_owned(),
                before: it.was(),
                after: it.is(),
                entry: it.entry,
            });
            let object = json::Changed {
                license_key: json::Shown(key),
                changes: changes.collect(),
            };
            Self::print(context, &object)?;
        } else {
            for change in &changes {
                context.out.line(change)?;
            }
        }
        let view = products::license(desk.ledger(), key)?;
        let revoked = view
            .as_ref()
            .is_some_and(|it| it.license.withdrawn.is_some());
        let runs = view.iter().flat_map(|it| &it.activations);
        let for_ever = runs
            .filter(|it| it.seats > 0)
            .any(|it| it.runs == Until::Ever);
        told(context, key, revoked, for_ever);
        if let Some(view) = view {
            more_in_use(context, &view);
            let contents = Contents::of(&view.terms.entitlements, Some(&view.product));
            over_already(context, view.terms.expires);
            parts_over_already(context, &contents);
        }
        Ok(Exit::DONE)
    }
}

/// Fewer seats than are in use take none from anybody until its machine asks; then the newest has none.
fn more_in_use(context: &mut Context, view: &LicenseView) {
    let sold = u32::from(view.terms.seats.get());
    let mut taken = 0;
    let mut beyond = Vec::new();
    for holder in view.activations.iter().filter(|it| it.seats > 0) {
        taken += u32::from(holder.seats);
        if taken > sold {
            beyond.push(holder.standing.activation);
        }
    }
    if !beyond.is_empty() {
        let (sold, beyond) = (seats(sold), words::list(beyond));
        context.out.warn(format_args!(
            "{taken} seats are in use, and {sold} sold: when they ask next, the newest machines keep what is left, or are refused: {beyond}"
        ));
    }
}

fn seats(number: u32) -> String {
    match number {
        1 => "1 is".to_owned(),
        number => format!("{number} are"),
    }
}

fn told(context: &mut Context, key: LicenseKey, revoked: bool, for_ever: bool) {
    if revoked {
        context.out.say(format_args!("license {key} is changed"));
        context.out.warn(format_args!("the license is revoked: no machine learns of it before countersign license revoke {key} --undo --reason TEXT"));
        return;
    }
    let when = match for_ever {
        true => {
            "a machine that needs no re-validation learns of it only when somebody asks there: countersign request sync"
        }
        false => "its machines learn of it when they re-validate",
    };
    context
        .out
        .say(format_args!("license {key} is changed; {when}"));
    context.out.say(format_args!(
        "next: countersign license mail {key}, which writes the mail that asks for it"
    ));
}

impl LicenseChange {
    fn edited(&self, old: &OrderTerms, product: &Product) -> anyhow::Result<OrderTerms> {
        let mut new = old.clone();
        if let Some(customer) = &self.customer {
            new.customer.clone_from(customer);
        }
        match self.contact.as_deref() {
            None => {}
            Some("none") => new.contact = None,
            Some(text) => new.contact = Some(contact::typed(text)?),
        }
        if let Some(seats) = &self.seats {
            new.seats = changed_seats(seats, old.seats)?;
        }
        new.license_type = self.license_type.unwrap_or(old.license_type);
        if let Some(edition) = &self.edition {
            new.edition = changed_edition(edition, product)?;
        }
        if let Some(expires) = &self.expires {
            new.expires = day(expires)?;
        }
        if let Some(maintenance) = &self.maintenance {
            new.maintenance = day(maintenance)?;
        }
        new.grace_days = self.grace.unwrap_or(old.grace_days);
        if let Some(text) = &self.emergency {
            new.emergency = allowance(text)?;
        }
        if let Some(days) = &self.lend {
            new.lend_days = lending(days)?;
        }
        if let Some(usb) = &self.usb {
            new.usb = device(usb)?;
        }
        new.entitlements = self.entitlements(&old.entitlements, product)?;
        check_dates(new.expires, new.maintenance)?;
        check_pools(product, new.license_type, &new.entitlements)?;
        check_lending(&new, "lend nothing: --lend none")?;
        Ok(new)
    }

    fn entitlements(&self, old: &Entitlements, product: &Product) -> anyhow::Result<Entitlements> {
        let mut gone = Vec::new();
        for (entry, names) in [
            (Entry::Feature, &self.removed_features),
            (Entry::Limit, &self.removed_limits),
            (Entry::Pool, &self.removed_pools),
            (Entry::Text, &self.removed_texts),
        ] {
            for name in names {
                gone.push(index(product, entry, name)?);
            }
        }
        let named = Named {
            features: &self.features,
            limits: &self.limits,
            pools: &self.pools,
            texts: &self.texts,
        };
        let added = entries(product, &named)?;
        let set = |index: u32| added.iter().any(|it| it.index == index);
        let kept = old
            .iter()
            .filter(|it| !gone.contains(&it.index) && !set(it.index));
        listed(kept.chain(&added).cloned().collect())
    }
}

/// `8`, `+3` or `-2`.
fn changed_seats(text: &str, now: NonZeroU16) -> anyhow::Result<NonZeroU16> {
    let number: Option<i64> = text.trim().parse().ok();
    let relative = text.trim().starts_with(['+', '-']);
    let seats = number.map(|number| {
        if relative {
            i64::from(now.get()) + number
        } else {
            number
        }
    });
    let seats = seats
        .and_then(|seats| u16::try_from(seats).ok())
        .and_then(NonZeroU16::new);
    seats.ok_or_else(|| {
        Failure::usage(format!(
            "{text} makes no number of seats of the {now} there are"
        ))
        .hint("write 8, +3 or -2; at least one seat stays: `license revoke KEY` ends a license")
        .into()
    })
}

fn changed_edition(name: &str, product: &Product) -> anyhow::Result<u8> {
    match product.edition(name) {
        Some(edition) => Ok(edition),
        None if name == "none" => Ok(0),
        None => {
            let known = product.editions.iter().map(String::as_str);
            Err(unknown("edition", name, product, known).into())
        }
    }
}

fn day(text: &str) -> anyhow::Result<Option<Day>> {
    if text == "never" {
        return Ok(None);
    }
    let wrong = |error: crate::protocol::date::DateError| {
        Failure::usage(error.to_string()).hint("write YYYY-MM-DD, or never")
    };
    Ok(Some(text.parse().map_err(wrong)?))
}

fn allowance(text: &str) -> anyhow::Result<Option<EmergencyAllowance>> {
    if text == "none" {
        return Ok(None);
    }
    Ok(Some(emergency(text).map_err(|hint| {
        Failure::usage(format!("{text} is no allowance of emergency codes")).hint(hint)
    })?))
}

fn lending(text: &str) -> anyhow::Result<Option<NonZeroU8>> {
    if text == "none" {
        return Ok(None);
    }
    let days = text.trim().parse().map_err(|_| {
        Failure::usage(format!("{text} is no number of days"))
            .hint("write 1 to 255, the longest loan in days, or none")
    })?;
    Ok(Some(days))
}

fn device(text: &str) -> anyhow::Result<Option<UsbDevice>> {
    if text == "none" {
        return Ok(None);
    }
    let wrong = |error: crate::machine::MachineError| {
        Failure::usage(error.to_string()).hint("write VID:PID:SERIAL, such as 0529:0001:8a3f21")
    };
    Ok(Some(text.parse().map_err(wrong)?))
}
