//! A license that may be used, and why one may not be.

mod refused;

use std::fmt;
use std::sync::Arc;

pub use refused::Refused;

use super::named;

use crate::holder::{CheckReport, Count, Refusal, State, Terms, Warning, asked};
use crate::license_key::LicenseKey;
use crate::protocol::date::Day;
use crate::protocol::grant::LicenseType;
use crate::protocol::product::Product;

/// A license that may be used here and now; a demo, too.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (app, _home) = include!("doctest.in");
/// let license = app.check()?;
/// assert_eq!(license.limit("users"), 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct License {
    report: Arc<CheckReport>,
    product: Arc<Product>,
}

impl License {
    /// Nothing is refused in the report, or only numbers are.
    fn new(mut report: CheckReport, product: Arc<Product>) -> License {
        report.refusal = None;
        License {
            report: Arc::new(report),
            product,
        }
    }

    /// Whether this is a demo and no license.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// assert!(app.check()?.is_demo());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_demo(&self) -> bool {
        self.report.state == State::Demo
    }

    /// Whether it floats: so many may use it at once as it has seats ([`App::take_seat`](super::App::take_seat)).
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// assert!(!app.check()?.floats());
    /// # Ok(())
    /// # }
    /// ```
    pub fn floats(&self) -> bool {
        let terms = self.report.terms.as_ref();
        !self.is_demo() && terms.is_some_and(|it| it.license_type == LicenseType::Floating)
    }

    /// The license key; none in a demo.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// assert_eq!(app.check()?.key(), None);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn key(&self) -> Option<LicenseKey> {
        self.report.license_key
    }

    /// What needs doing soon, in whole sentences: to be shown, never to be acted on.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// for warning in app.check()?.warnings() {
    ///     eprintln!("{warning}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.report.warnings
    }

    /// Days until it ends or must be re-validated, whichever is first; 0 on the last day. None where nothing ends.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// assert_eq!(app.check()?.days_left(), Some(29)); // the first of 30 days
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn days_left(&self) -> Option<u32> {
        u32::try_from(self.report.days_left?).ok()
    }

    /// The day that the license goes by: that of the computer's clock where it is right (SPEC.md 7).
    ///
    /// ```no_run
    /// # fn example(app: countersign::App) -> Result<(), Box<dyn std::error::Error>> {
    /// if let Some(today) = app.check()?.today() {
    ///     println!("today is {today}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn today(&self) -> Option<Day> {
        self.report.today
    }

    /// What was granted: seats, edition, last days. None in a demo.
    ///
    /// ```no_run
    /// # fn example(app: countersign::App) -> Result<(), Box<dyn std::error::Error>> {
    /// if let Some(terms) = app.check()?.terms() {
    ///     println!("{} seats, edition {:?}, until {:?}", terms.seats, terms.edition, terms.expires);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn terms(&self) -> Option<&Terms> {
        self.report.terms.as_ref()
    }

    /// The names of the features that it contains today.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// assert_eq!(app.check()?.features(), ["export"]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn features(&self) -> &[String] {
        &self.report.features
    }

    /// Whether this license, which the check chose, contains a feature today. Of a feature that the application cannot do without, the check is asked:
    /// [`Needs::feature`](crate::Needs::feature); another license may have it. [`require`](License::require) says why it is not there.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// let license = app.check()?;
    /// assert!(license.has("export") && !license.has("analysis"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn has(&self, feature: &str) -> bool {
        self.require(feature).is_ok()
    }

    /// Refuses where a feature is not in the license, or has ended, or its maintenance has.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// let refused = app.check()?.require("analysis").unwrap_err();
    /// assert_eq!(refused.kind(), "feature_missing");
    /// assert_eq!(refused.to_string(), "the license does not contain analysis");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Refused::License`], `feature_missing`, `feature_ended` or `maintenance_over`.
    pub fn require(&self, feature: &str) -> Result<(), Refused> {
        asked::feature(&self.product, &self.report, feature).map_err(|why| self.refused(why))
    }

    fn refused(&self, why: Refusal) -> Refused {
        Refused::License {
            state: self.report.state,
            why: named::refusal(why, &self.product),
            of: self.report.license_key.filter(|_| self.report.beside > 0),
        }
    }

    /// The number that a limit allows today; 0 where the license does not contain it.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// assert_eq!(app.check()?.limit("users"), 2);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn limit(&self, name: &str) -> u32 {
        let limits = self.report.limits.iter();
        limits
            .filter(|(known, _)| known == name)
            .map(|(_, most)| *most)
            .next()
            .unwrap_or(0)
    }

    /// A text that was granted, such as the licensee's name.
    ///
    /// ```no_run
    /// # fn example(app: countersign::App) -> Result<(), Box<dyn std::error::Error>> {
    /// if let Some(licensee) = app.check()?.text("licensee") {
    ///     println!("licensed to {licensee}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        let texts = self.report.texts.iter();
        texts
            .filter(|(known, _)| known == name)
            .map(|(_, text)| text.as_str())
            .next()
    }

    /// Refuses where a number in use is above the limit of this license. Where several are held, [`Needs::at_most`](crate::Needs::at_most) finds the one that allows it.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// let license = app.check()?;
    /// assert!(license.require_at_most("users", 2).is_ok());
    /// assert_eq!(license.require_at_most("users", 3).unwrap_err().kind(), "over_limit");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Refused::TooMany`], with this license in it; [`Refused::License`] where the product does not count this.
    pub fn require_at_most(&self, limit: &str, count: u32) -> Result<(), Refused> {
        asked::limit(&self.product, limit, count).map_err(|why| self.refused(why))?;
        let over: Vec<Count> = asked::counts(&self.report, &[(limit.to_owned(), count)])
            .into_iter()
            .filter(|count| count.over_by() > 0)
            .collect();
        if over.is_empty() {
            return Ok(());
        }
        Err(Refused::TooMany {
            license: self.clone(),
            over,
        })
    }
}

/// The product is named and not printed.
impl fmt::Debug for License {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("License")
            .field("product", &self.product.id)
            .field("key", &self.key().map(|key| key.to_string()))
            .field("state", &self.report.state)
            .finish_non_exhaustive()
    }
}
