//! `check`: what an application calls at each launch.

use std::collections::BTreeSet;

use super::{Context, Exit, Run};
use crate::app::{Needs, User};
use crate::cli::failure::Failure;
use crate::cli::machine_home::{self, Found, Installed};
use crate::cli::{json, keys, report, words};
use crate::holder::{CheckReport, Count, Home};
use crate::license_key::LicenseKey;
use crate::messages;
use crate::protocol::contents;
use crate::protocol::date::Day;
use crate::protocol::grant::LicenseType;
use crate::protocol::product::{ProductFile, RootFingerprint};
use crate::seats::Basis;

/// Check the license: may the application run here and now?
///
/// Exit code 0: yes, perhaps with a warning on standard error, or as a demo. 10: not licensed. 11: expired. 12: re-validation overdue. 13: another machine,
/// server or database. 14: the clock is behind for too long. 15: a feature is not in the license, or has
/// ended, or the license does not cover this version. 16: a count is above its limit. 17: the license is for users by name, and this one is none of them. 5: not trusted. Of a license that floats no seat is taken: any number may ask, and so many as it has seats may run.
#[derive(clap::Args)]
pub(crate) struct Check {
    #[command(flatten)]
    check: CheckArgs,
}

/// What is asked of a license; `run` and whatever takes a seat ask the same.
#[derive(clap::Args, Default)]
pub(crate) struct CheckArgs {
    /// The product, where several are installed
    #[arg(long, value_name = "ID")]
    product: Option<String>,
    /// This license and no other: the demo does not stand in for it
    #[arg(long, value_name = "KEY")]
    license: Option<String>,
    /// The root key that the product file must be signed by, as `product show` prints it
    #[arg(long, value_name = "FINGERPRINT")]
    trust: Option<RootFingerprint>,
    /// A feature or module that is to be used; may be repeated
    #[arg(long = "feature", value_name = "F")]
    features: Vec<String>,
    /// A number that is in use, such as employees=480; may be repeated
    #[arg(long = "count", value_name = "L=N", value_parser = keys::limit)]
    counts: Vec<(String, u32)>,
    /// When this version of the application was released: the license covers those of the last day of its maintenance or before
    #[arg(long, value_name = "DATE")]
    released: Option<Day>,
    /// The user's name, where the application knows its users itself; without it, that of the account under which this runs
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// A look at the license itself, by which nobody runs anything.
    #[arg(skip)]
    anybody: bool,
    /// What the application is connected to, such as server=NAME; may be repeated
    #[arg(long = "bind", value_name = "NAME=VALUE", value_parser = keys::binding)]
    bindings: Vec<(String, String)>,
}

impl Run for Check {
    const NAME: &'static str = "check";
    const ABOUT: &'static str = "Check the license, as an application does at each launch";

    type Object = json::Report;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let report = self.check.report(context, false)?;
        tell(context, &report)
    }
}

impl CheckArgs {
    /// Of a license that is known, and nothing else: it is no leave to run.
    pub(crate) fn of(product: Option<String>, license: Option<String>) -> CheckArgs {
        CheckArgs {
            product,
            license,
            anybody: true,
            ..CheckArgs::default()
        }
    }

    /// The same of the one license of these types, or the one whose key was given, whatever other products are installed.
    pub(crate) fn of_one(
        context: &Context,
        product: Option<String>,
        license: Option<String>,
        types: &[LicenseType],
    ) -> anyhow::Result<CheckArgs> {
        let key = license.as_deref().map(str::parse).transpose()?;
        let found = machine_home::the_one(context, product.as_deref(), key, types)?;
        Ok(match found {
            Some(found) => CheckArgs::of(Some(found.product), Some(found.license_key.to_string())),
            None => CheckArgs::of(product, license),
        })
    }

    /// For whom.
    fn user(&self) -> User {
        match (&self.user, self.anybody) {
            (_, true) => User::Anybody,
            (Some(name), _) => User::Said(name.clone()),
            (None, _) => User::Account,
        }
    }

    /// Checks; `running` where the application runs already, so that its time counts (SPEC.md 7).
    pub(crate) fn report(&self, context: &Context, running: bool) -> anyhow::Result<CheckReport> {
        Ok(self.find(context, running)?.report)
    }

    /// The same, and where that license lies.
    pub(crate) fn find(&self, context: &Context, running: bool) -> anyhow::Result<Found> {
        let Installed { found, unfit } = machine_home::installed(context, self.product.as_deref())?;
        let key = self.license.as_deref().map(str::parse).transpose()?;
        let chosen = match (found.is_empty(), unfit.into_iter().next()) {
            (true, Some(error)) => return Err(error.into()),
            (_, unfit) => (self.one_product(context, found, key)?, unfit),
        };
        let (mut known, unfit) = chosen;
        let needs = Needs {
            features: self.features.clone(),
            counts: self.counts.clone(),
            released: self.released,
            bindings: self.bindings.clone(),
            license_key: key,
            trust: self.trust,
            user: self.user(),
        };
        let computer = machine_home::computer(context)?;
        let basis = Basis::of(&computer.homes, computer.now);
        let (report, at) = computer.find(&known, unfit, &needs, running)?;
        let (home, file) = known.swap_remove(at);
        Ok(Found {
            report,
            home,
            product: file.product().clone(),
            computer,
            needs,
            basis,
        })
    }

    /// The product asked for, or the one of the license asked for, in every home that has it.
    fn one_product(
        &self,
        context: &Context,
        mut installed: Vec<(Home, ProductFile)>,
        key: Option<LicenseKey>,
    ) -> anyhow::Result<Vec<(Home, ProductFile)>> {
        fn ids(installed: &[(Home, ProductFile)]) -> Vec<String> {
            let ids = installed.iter().map(|(_, file)| file.product().id.clone());
            let ids: BTreeSet<String> = ids.collect();
            ids.into_iter().collect()
        }
        if let Some(key) = key.filter(|_| ids(&installed).len() > 1) {
            let product = machine_home::product_of(context, key)?;
            installed
                .retain(|(_, file)| product.as_ref().is_none_or(|it| *it == file.product().id));
        }
        match ids(&installed).as_slice() {
            [] => Err(not_licensed(self.product.as_deref()).into()),
            [_] => Ok(installed),
            several => Err(Failure::usage(
                messages::home::several_products(words::list(several)).to_string(),
            )
            .hint(messages::home::several_products_hint("ID"))
            .into()),
        }
    }
}

/// Nothing is installed, so nothing is licensed.
fn not_licensed(id: Option<&str>) -> Failure {
    Failure {
        exit: Exit::UNLICENSED,
        ..machine_home::not_installed(id)
    }
}

fn tell(context: &mut Context, checked: &CheckReport) -> anyhow::Result<Exit> {
    report::warn(context, checked);
    if context.out.json {
        Check::print(context, &json::Report::of(checked, &context.out))?;
    }
    if let Some(refusal) = &checked.refusal {
        let failure = report::failure(checked, refusal);
        context.out.refusal(&failure);
        return Ok(failure.exit);
    }
    if !context.out.json && !context.out.quiet {
        context.out.sentence(line(checked))?;
    }
    Ok(Exit::DONE)
}

/// "licensed: survey, 123-456-789-0123, 69 days left, users 8 of 10".
fn line(checked: &CheckReport) -> String {
    let mut parts = vec![format!("{}: {}", checked.state, checked.product)];
    parts.extend(checked.license_key.map(|key| key.to_string()));
    parts.extend(
        checked
            .days_left
            .and_then(|days| u64::try_from(days).ok())
            .map(|days| messages::status::days_left(days).to_string()),
    );
    let used = |it: &Count| {
        let most = contents::number(it.most);
        messages::status::count_of(it.count, &it.limit, most).to_string()
    };
    parts.extend(checked.counts.iter().map(used));
    if report::floats(checked) {
        let seats = checked.terms.as_ref().map_or(0, |terms| terms.seats);
        parts.push(messages::seat::floats(seats).to_string());
    }
    parts.join(", ")
}
