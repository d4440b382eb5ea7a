//! What is known of the application's licenses on this computer: those that are held, requests that wait, and what an answer would change.

use super::{APPLIED, App, AppError, License, Needs, Refused, Request, named};
use crate::holder::state::LicenseState;
use crate::holder::{HolderError, Outcome};
use crate::license_key::LicenseKey;
use crate::protocol::date::Seconds;
use crate::text::{self, Code, Kind};

/// A license that is held on this computer, of [`App::licenses`].
///
/// ```no_run
/// # fn example(app: countersign::App) -> Result<(), Box<dyn std::error::Error>> {
/// for held in app.licenses()? {
///     println!("{}: {}", held.key, if held.check.is_ok() { "good" } else { "not now" });
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
#[must_use]
pub struct HeldLicense {
    /// Its key.
    pub key: LicenseKey,
    /// What a check of this license and no other says now.
    pub check: Result<License, Refused>,
}

/// A request that waits for its answer, of [`App::pending`].
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (app, _home) = include!("doctest.in");
/// let _ = app.activate("828-150-156-1139".parse()?)?;
/// for it in app.pending()? {
///     println!("{} on {}: {}", it.request.license_key, it.made.day(), it.request);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
#[must_use]
pub struct PendingRequest {
    /// The request: its code, its license, where it goes.
    pub request: Request,
    /// What was asked: [`Kind::Activate`], or [`Kind::Sync`] for the license as it now is.
    pub kind: Kind,
    /// When it was made, as the computer believed.
    pub made: Seconds,
}

impl App {
    /// Every license of this product that is held on this computer, in the order of the keys, each with what a check says of it. Those that were only
    /// requested are [`pending`](App::pending); those that were given up are gone.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// for held in app.licenses()? {
    ///     match &held.check {
    ///         Ok(license) => println!("{}: {:?} days left", held.key, license.days_left()),
    ///         Err(refused) => println!("{}: {refused}", held.key),
    ///     }
    /// }
    /// assert!(app.licenses()?.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What is damaged, where nothing else is there to be listed.
    pub fn licenses(&self) -> Result<Vec<HeldLicense>, AppError> {
        let known = self.known_licenses()?.into_iter();
        let held = known.filter(|license| license.held.is_some());
        let mut keys: Vec<LicenseKey> = held.map(|license| license.license_key).collect();
        keys.sort_unstable();
        keys.dedup();
        let listed = keys.into_iter().map(|key| HeldLicense {
            key,
            check: self.check_for(&Needs::default().license(key)),
        });
        Ok(listed.collect())
    }

    /// The requests of this product that wait for their answers, in the order of their keys: what was asked, when, for which license. Nothing is lost where
    /// a code was: the request has it again.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// let request = app.activate("828-150-156-1139".parse()?)?;
    /// let pending = app.pending()?;
    /// assert_eq!(pending[0].request.code(), request.code());
    /// println!("asked for {} on {}", request.license_key, pending[0].made.day());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What is damaged, where nothing else is there to be listed.
    pub fn pending(&self) -> Result<Vec<PendingRequest>, AppError> {
        let mut found = Vec::new();
        for license in self.known_licenses()? {
            for pending in license.open() {
                let code = Code::new(pending.request.kind, pending.request.payload.to_vec());
                found.push(PendingRequest {
                    request: self.request(
                        license.license_key,
                        pending.standing.activation,
                        code,
                    )?,
                    kind: pending.request.kind,
                    made: pending.created,
                });
            }
        }
        found.sort_by_key(|it| (it.request.license_key, it.made));
        Ok(found)
    }

    /// What [`apply`](App::apply) would say to this text, nothing being changed: to be shown before somebody agrees.
    ///
    /// ```no_run
    /// # use countersign::holder::Outcome;
    /// # fn show(app: &countersign::App, pasted: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// match app.preview(pasted)? {
    ///     Outcome::Applied(it) if it.before.is_none() => {
    ///         println!("{} seats, until {:?}", it.after.seats, it.after.expires);
    ///     }
    ///     Outcome::Applied(it) => {
    ///         for change in it.changes() {
    ///             println!("{change}"); // seats 5 → 8
    ///         }
    ///     }
    ///     nothing_new => println!("{nothing_new}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`App::apply`]; a desk's certificate cannot be looked at before.
    pub fn preview(&self, pasted: &str) -> Result<Outcome, AppError> {
        let computer = self.computer();
        let read = text::read_judgeable(pasted, &APPLIED);
        let (_, outcome) = computer.preview(read)?;
        Ok(named::outcome(outcome?, &self.product))
    }

    /// Every license of this product that is known in some home.
    fn known_licenses(&self) -> Result<Vec<LicenseState>, HolderError> {
        let (mut found, mut unfit) = (Vec::new(), None);
        for home in &self.homes {
            let known = home.survey();
            let (licenses, damaged) = known.unwrap_or_else(|error| (Vec::new(), vec![error]));
            unfit = unfit.or(damaged.into_iter().next());
            let own = licenses.into_iter();
            found.extend(own.filter(|license| license.product == self.product.id));
        }
        match unfit.filter(|_| found.is_empty()) {
            Some(damaged) => Err(damaged),
            None => Ok(found),
        }
    }
}
