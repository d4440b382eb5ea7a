//! The homes of this machine, and which product or license is meant.

use std::path::Path;

use crate::app::{Computer, Needs};
use crate::holder::state::{Held, LicenseState};
use crate::holder::{Anchor, Audience, CheckReport, Here, HolderError, Home, products};
use crate::license_key::LicenseKey;
use crate::messages;
use crate::protocol::grant::LicenseType;
use crate::protocol::product::{Product, ProductFile};
use crate::rights;
#[cfg(feature = "site")]
use crate::seats::Moment;
use crate::seats::{Basis, SeatError, Seats};

use super::Context;
use super::failure::Failure;
use super::{keys, words};
use crate::failure::FailureKind;
#[cfg(not(feature = "site"))]
use crate::holder::sync;
use crate::protocol::commitment::Commitment;
use crate::protocol::requests::SiteReport;
#[cfg(feature = "site")]
use crate::site::{self, Site};

/// Every home in which this machine's licenses may be: the named one, or the machine-wide and the user's.
pub(crate) fn all(context: &Context) -> anyhow::Result<Vec<Home>> {
    let mut homes = Vec::new();
    for (directory, audience) in context.homes.machine()? {
        homes.push(home(context, &directory, audience));
    }
    Ok(homes)
}

/// This computer, with all its homes.
pub(crate) fn computer(context: &Context) -> anyhow::Result<Computer> {
    Ok(Computer {
        homes: all(context)?,
        facts: context.environment.facts(),
        now: context.environment.now(),
        built: context.environment.built(),
    })
}

/// The home that is written to: the machine-wide one where `system` says so.
pub(crate) fn to_write(context: &Context, system: bool) -> anyhow::Result<Home> {
    if system {
        let directory = context.homes.system();
        let home = home(context, &directory, Audience::Everyone);
        let anchors = home.anchors().iter();
        let of_all = anchors.filter(|it| it.audience() == Audience::Everyone);
        let own = [directory.as_path(), home.directory()];
        let mut places = own.iter().copied().chain(of_all.map(Anchor::directory));
        if let Some(place) = places.find(|it| rights::is_foreign(it)) {
            return Err(Failure::new(
                FailureKind::OpenToOthers,
                messages::home::foreign(place.display()),
            )
            .hint(messages::home::foreign_hint())
            .into());
        }
        return Ok(home);
    }
    let audience = context.homes.own_audience();
    Ok(home(context, &context.homes.own()?, audience))
}

/// The home of a site: the one where a license lies whose seats it lends or names, whoever types it, unless `system` says which; else the one that is written
/// to.
#[cfg(feature = "site")]
pub(crate) fn of_site(context: &Context, system: bool) -> anyhow::Result<Home> {
    let has_seats = |home: &Home| {
        // What is damaged is named by whatever looks for it then.
        let (licenses, _) = home.survey().unwrap_or_default();
        let types = licenses
            .iter()
            .filter_map(|it| it.held.as_ref()?.license_type());
        types.into_iter().any(|it| it != LicenseType::Standalone)
    };
    if !system {
        let mut homes = all(context)?;
        homes.retain(has_seats);
        if let (Some(home), true) = (homes.pop(), homes.is_empty()) {
            return Ok(home);
        }
    }
    to_write(context, system)
}

fn home(context: &Context, directory: &Path, audience: Audience) -> Home {
    let anchors = context.environment.anchors(directory);
    Home::new(directory, audience).with_anchors(anchors)
}

/// A license that was looked at, and where it lies.
pub(crate) struct Found {
    pub(crate) report: CheckReport,
    pub(crate) home: Home,
    pub(crate) product: Product,
    pub(crate) computer: Computer,
    /// What was asked of it.
    pub(crate) needs: Needs,
    /// What lay in the homes before.
    pub(crate) basis: Basis,
}

impl Found {
    /// The seats of the license; none where it does not float. Whoever may write it has what was removed of those that are lent written anew first.
    pub(crate) fn seats(&self) -> Result<Option<Seats>, SeatError> {
        let open = || -> Result<_, SeatError> {
            let seats = self.computer.seats(&self.home, &self.product, &self.report);
            Ok(seats?.map(|it| it.on(&self.basis)))
        };
        let seats = open()?;
        #[cfg(feature = "site")]
        if let Some((seats, key)) = seats.as_ref().zip(self.report.license_key)
            && seats.lacks_lent()
            && seats.owned().is_ok()
            && let Some(own) = open()?
        {
            let facts = &self.computer.facts;
            let moment = Moment::of(self.computer.now, facts);
            // What stands in its way is said by whatever needs it.
            let _ = Site::open(&self.home, facts, key, own).and_then(|mut it| it.settle(&moment));
        }
        Ok(seats)
    }

    /// The same wherever they lie, for whoever says that several computers share them.
    pub(crate) fn seats_to_share(&self) -> Result<Option<Seats>, SeatError> {
        let computer = &self.computer;
        computer.seats_to_share(&self.home, &self.product, &self.report)
    }
}

/// What is installed on this machine.
pub(crate) struct Installed {
    /// Each product with the home that it is installed in.
    pub(crate) found: Vec<(Home, ProductFile)>,
    /// What is wrong with each file or home that is not fit. It stops nobody who has something fit elsewhere.
    pub(crate) unfit: Vec<HolderError>,
}

impl Installed {
    /// What is found; where nothing is, what is wrong.
    pub(crate) fn or_why(self) -> Result<Vec<(Home, ProductFile)>, HolderError> {
        match self.unfit.into_iter().next() {
            Some(error) if self.found.is_empty() => Err(error),
            _ => Ok(self.found),
        }
    }
}

/// Every installed product with the home it is installed in; or the one that is named, wherever it is installed.
pub(crate) fn installed(context: &Context, id: Option<&str>) -> anyhow::Result<Installed> {
    let (mut found, mut unfit) = (Vec::new(), Vec::new());
    for home in all(context)? {
        let known = match id {
            Some(id) => products::find(&home, id).map(|file| (Vec::from_iter(file), Vec::new())),
            None => products::survey(&home),
        };
        let (files, damaged) = known.unwrap_or_else(|error| (Vec::new(), vec![error]));
        unfit.extend(damaged);
        found.extend(files.into_iter().map(|file| (home.clone(), file)));
    }
    Ok(Installed { found, unfit })
}

/// The product named, or the only one there is.
pub(crate) fn product(context: &Context, id: Option<&str>) -> anyhow::Result<ProductFile> {
    let mut found: Vec<ProductFile> = installed(context, id)?
        .or_why()?
        .into_iter()
        .map(|(_, file)| file)
        .collect();
    if let Some(id) = id {
        return found
            .into_iter()
            .next()
            .ok_or_else(|| HolderError::UnknownProduct { id: id.to_owned() }.into());
    }
    found.dedup_by(|one, other| one.product().id == other.product().id);
    let mut ids: Vec<String> = found.iter().map(|file| file.product().id.clone()).collect();
    ids.sort();
    ids.dedup();
    match (ids.len(), found.into_iter().next()) {
        (1, Some(file)) => Ok(file),
        (_, None) => Err(no_product().into()),
        _ => Err(
            Failure::usage(messages::home::several_products(words::list(&ids)).to_string())
                .hint(
                    messages::home::several_products_hint(ids.first().map_or("ID", String::as_str))
                        .to_string(),
                )
                .into(),
        ),
    }
}

/// Nothing is installed: the machine cannot know whose answers to trust.
pub(crate) fn no_product() -> Failure {
    Failure::new(FailureKind::NoProduct, messages::home::no_product())
        .hint(messages::home::no_product_hint())
}

/// What was asked for is not installed: the product of this id, or any at all.
pub(crate) fn not_installed(id: Option<&str>) -> Failure {
    match id {
        Some(id) => Failure::of(&HolderError::UnknownProduct { id: id.to_owned() }.into()),
        None => no_product(),
    }
}

/// Makes a product known in `home`, where it is known in another home of this machine only.
pub(crate) fn bring_along(home: &Home, file: &ProductFile) -> anyhow::Result<()> {
    products::install(home, file)?;
    Ok(())
}

/// The product of the license with this key, as far as one is known here.
pub(crate) fn product_of(context: &Context, key: LicenseKey) -> anyhow::Result<Option<String>> {
    for home in all(context)? {
        let (licenses, _) = home.survey().unwrap_or_default();
        let known = licenses.into_iter().find(|it| it.license_key == key);
        if let Some(known) = known {
            return Ok(Some(known.product));
        }
    }
    Ok(None)
}

/// The license that is held here with this key, or else the only one of these types; none where none is. Whoever changes what a site has says which one is
/// meant where there are several: no rule chooses for him.
pub(crate) fn the_one(
    context: &Context,
    product: Option<&str>,
    key: Option<LicenseKey>,
    types: &[LicenseType],
) -> anyhow::Result<Option<LicenseState>> {
    let mut found = held(context, product, key, types)?;
    if found.len() > 1 {
        let keys: Vec<_> = found.iter().map(|it| it.license_key.to_string()).collect();
        return Err(which_license(&keys)
            .hint(messages::home::which_license_option())
            .into());
    }
    Ok(found.pop())
}

/// The license that is held here with this key, or else all of these types, each once, in the order of their keys.
pub(crate) fn held(
    context: &Context,
    product: Option<&str>,
    key: Option<LicenseKey>,
    types: &[LicenseType],
) -> anyhow::Result<Vec<LicenseState>> {
    let fits = |license: &LicenseState| {
        let held = license.held.as_ref();
        let is_meant = match key {
            Some(key) => key == license.license_key,
            None => held
                .and_then(Held::license_type)
                .is_some_and(|it| types.contains(&it)),
        };
        held.is_some() && is_meant && product.is_none_or(|id| id == license.product)
    };
    let mut found = Vec::new();
    for home in all(context)? {
        // What is damaged is named by whatever looks for it then.
        let (licenses, _) = home.survey().unwrap_or_default();
        found.extend(licenses.into_iter().filter(fits));
    }
    found.sort_by_key(|license| license.license_key.to_string());
    found.dedup_by_key(|license| license.license_key);
    Ok(found)
}

/// Several are meant.
fn which_license(keys: &[String]) -> Failure {
    let what = messages::home::which_license(words::list(keys));
    Failure::new(FailureKind::WhichLicense, what.to_string())
}

/// The license with the key that was given, or else the only one for which `fits` holds, with the home it is in. Where none fits, one that is
/// there all the same: the library says why it does not. Where a license of the user's own is also one of the whole computer, his own is his to change.
pub(crate) fn license(
    context: &Context,
    key: &[String],
    product: Option<&str>,
    fits: impl Fn(&LicenseState) -> bool,
) -> anyhow::Result<(Home, LicenseState)> {
    let key = match key {
        [] => None,
        words => Some(keys::parse(words)?),
    };
    let (mut found, mut unfit) = (Vec::new(), None);
    for home in all(context)? {
        // One damaged home stops nobody who is meant elsewhere.
        let (licenses, damaged) = home
            .survey()
            .unwrap_or_else(|error| (Vec::new(), vec![error]));
        unfit = unfit.or(damaged.into_iter().next());
        let meant = licenses.into_iter().filter(|license| {
            key.is_none_or(|key| key == license.license_key)
                && product.is_none_or(|id| id == license.product)
        });
        found.extend(meant.map(|license| (home.clone(), license)));
    }
    if found.iter().any(|(_, license)| fits(license)) {
        found.retain(|(_, license)| fits(license));
    }
    // Beside one of his own, one that another keeps for all is not his to change.
    if found.iter().any(|(home, _)| !home.is_anothers()) {
        found.retain(|(home, _)| !home.is_anothers());
    }
    let mut keys: Vec<_> = found
        .iter()
        .map(|(_, license)| license.license_key.to_string())
        .collect();
    keys.sort();
    keys.dedup();
    // Of two with one license the one that holds it is meant.
    found.sort_by_key(|(_, license)| license.held.is_none());
    match (keys.as_slice(), found.into_iter().next(), key) {
        ([_], Some(found), _) => Ok(found),
        (_, None, key) => Err(match (unfit, key) {
            (Some(damaged), _) => damaged.into(),
            (None, Some(key)) => HolderError::UnknownLicense { key }.into(),
            (None, None) => no_license().into(),
        }),
        (several, ..) => Err(which_license(several)
            .hint(messages::home::which_license_hint())
            .into()),
    }
}

/// Nothing was ever asked for here.
fn no_license() -> Failure {
    Failure::new(FailureKind::NotLicensed, messages::home::not_licensed())
        .hint(messages::home::not_licensed_hint())
}

/// The public part of the key that this home signs with as a site, where that is asked for.
#[cfg(feature = "site")]
pub(crate) fn site_key(home: &Home, wanted: bool) -> anyhow::Result<Option<[u8; 32]>> {
    if !wanted {
        return Ok(None);
    }
    let key = site::public(home)?.ok_or(site::SiteError::Missing)?;
    Ok(Some(key))
}

/// What a SYNC has to say of loans.
#[derive(Default)]
pub(crate) struct ToldOfLoans {
    pub(crate) report: Option<SiteReport>,
    /// Requests whose answers would not put the book right.
    pub(crate) before: Vec<Commitment>,
}

/// What a SYNC has to say of loans. A site whose book was put back asks anew: only then does the vendor see the book as it is.
#[cfg(feature = "site")]
pub(crate) fn told_of_loans(
    home: &Home,
    license: &LicenseState,
    here: &Here<'_>,
) -> anyhow::Result<ToldOfLoans> {
    let told = site::report_of(home, license, here.facts, here.wall)?;
    Ok(told.map_or_else(ToldOfLoans::default, |told| ToldOfLoans {
        report: Some(told.report),
        before: told.before,
    }))
}

/// A program without a site cannot read what one has lent.
#[cfg(not(feature = "site"))]
pub(crate) fn told_of_loans(
    _: &Home,
    license: &LicenseState,
    _: &Here<'_>,
) -> anyhow::Result<ToldOfLoans> {
    sync::refuse_for_a_site(license)?;
    Ok(ToldOfLoans::default())
}
