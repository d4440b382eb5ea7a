//! What a check gives an application: a license that may be used, or the reason why not.

use std::fmt;
use std::sync::Arc;

use super::named;
use crate::failure::FailureKind;
use crate::holder::{CheckReport, Count, HolderError, Refusal, State, Terms, Warning, asked};
use crate::license_key::LicenseKey;
use crate::protocol::date::Day;
use crate::protocol::grant::LicenseType;
use crate::protocol::product::{Product, RootFingerprint};
use crate::seats::SeatError;

/// What an application cannot run without, beside a license: what [`App::check_for`](super::App::check_for) asks about at once, so that of several licenses
/// one counts that has it all. What an application can do without is asked of the [`License`] that was chosen: [`License::has`].
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (app, _home) = include!("doctest.in");
/// use countersign::Needs;
///
/// let needs = Needs::default().feature("export").at_most("users", 2);
/// let license = app.check_for(&needs)?;
/// # let _ = license;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Needs {
    pub(crate) features: Vec<String>,
    pub(crate) counts: Vec<(String, u32)>,
    pub(crate) bindings: Vec<(String, String)>,
    pub(crate) license_key: Option<LicenseKey>,
    pub(crate) trust: Option<RootFingerprint>,
}

impl Needs {
    /// A feature that is to be used.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// let needs = countersign::Needs::default().feature("analysis");
    /// assert_eq!(app.check_for(&needs).unwrap_err().kind(), "feature_missing");
    /// # Ok(())
    /// # }
    /// ```
    pub fn feature(mut self, name: &str) -> Needs {
        self.features.push(name.to_owned());
        self
    }

    /// A number that is in use, such as of users: at most what the limit of this name allows.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// let needs = countersign::Needs::default().at_most("users", 9);
    /// assert_eq!(app.check_for(&needs).unwrap_err().kind(), "over_limit");
    /// # Ok(())
    /// # }
    /// ```
    pub fn at_most(mut self, limit: &str, count: u32) -> Needs {
        self.counts.push((limit.to_owned(), count));
        self
    }

    /// What the application is connected to, by the names of the product's bindings, such as `server`. A binding that is not named is not compared.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// // A product whose file has the line `bind: server` refuses another server by `wrong_binding`; the demo has no such line.
    /// let needs = countersign::Needs::default().bound_to("server", "db1");
    /// # let _ = (app, needs);
    /// # Ok(())
    /// # }
    /// ```
    pub fn bound_to(mut self, name: &str, value: &str) -> Needs {
        self.bindings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// This license and no other, nor the demo: `not_licensed` where it is not held.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// let needs = countersign::Needs::default().license("828-150-156-1139".parse()?);
    /// assert_eq!(app.check_for(&needs).unwrap_err().kind(), "not_licensed");
    /// # Ok(())
    /// # }
    /// ```
    pub fn license(mut self, key: LicenseKey) -> Needs {
        self.license_key = Some(key);
        self
    }

    /// The root key that must have signed the product file. An application that has its product file compiled in needs none.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// use countersign::protocol::product::RootFingerprint;
    ///
    /// let root = RootFingerprint::of(&app.product().roots[0]);
    /// assert!(app.check_for(&countersign::Needs::default().signed_by(root)).is_ok());
    /// # Ok(())
    /// # }
    /// ```
    pub fn signed_by(mut self, root: RootFingerprint) -> Needs {
        self.trust = Some(root);
        self
    }
}

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
    /// [`Needs::feature`]; another license may have it. [`require`](License::require) says why it is not there.
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
        asked::feature(&self.product, &self.report, feature).map_err(|why| Refused::License {
            state: self.report.state,
            why: named::refusal(why, &self.product),
        })
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

    /// Refuses where a number in use is above the limit of this license. Where several are held, [`Needs::at_most`] finds the one that allows it.
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
    /// [`Refused::TooMany`], with this license in it.
    pub fn require_at_most(&self, limit: &str, count: u32) -> Result<(), Refused> {
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

/// Why an application may not run, or not with what it asked about.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (app, _home) = include!("doctest.in");
/// use countersign::{Needs, Refused};
///
/// let license = match app.check_for(&Needs::default().at_most("users", 3)) {
///     Ok(license) => license,
///     Err(Refused::TooMany { license, over }) => {
///         println!("{} users too many: administrators only", over[0].over_by());
///         license
///     }
///     Err(refused) => return Err(refused.into()),
/// };
/// # let _ = license;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Refused {
    /// Numbers in use are above their limits, and nothing else stands in the way. An application that lets only those in who can lower the number uses
    /// the license all the same.
    TooMany {
        /// The license.
        license: License,
        /// The limits that are exceeded.
        over: Vec<Count>,
    },
    /// The license does not allow it.
    License {
        /// The state of the license.
        state: State,
        /// The reason.
        why: Refusal,
    },
    /// The license floats, and was checked without taking a seat: it allows no more than that one takes one. Everything else is in order.
    NeedsSeat {
        /// The license.
        license: License,
    },
    /// No seat is free, or the seats are out of reach.
    Seats(SeatError),
    /// What lies on this computer cannot be read: whether there is a license is not known.
    Unreadable(HolderError),
}

impl Refused {
    /// The license of a report, or why it gives none.
    pub(super) fn unless_allowed(
        report: CheckReport,
        product: &Arc<Product>,
    ) -> Result<License, Refused> {
        let state = report.state;
        match report.refusal.clone() {
            None => Ok(License::new(report, Arc::clone(product))),
            Some(Refusal::OverLimit(over)) => Err(Refused::TooMany {
                license: License::new(report, Arc::clone(product)),
                over,
            }),
            Some(why) => Err(Refused::License {
                state,
                why: named::refusal(why, product),
            }),
        }
    }

    /// Its kind, the one of `--json`: what an application's own words go by.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// let refused = app.check()?.require("analysis").unwrap_err();
    /// let words = match refused.kind().name() {
    ///     "feature_missing" => "buy the analysis module".to_owned(),
    ///     _ => refused.to_string(),
    /// };
    /// assert_eq!(words, "buy the analysis module");
    /// # Ok(())
    /// # }
    /// ```
    pub fn kind(&self) -> FailureKind {
        match self {
            Refused::TooMany { .. } => FailureKind::OverLimit,
            Refused::License { why, .. } => why.kind(),
            Refused::NeedsSeat { .. } => FailureKind::NeedsSeat,
            Refused::Seats(error) => error.kind(),
            Refused::Unreadable(error) => error.kind(),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::TooMany { over, .. } => Refusal::OverLimit(over.clone()).fmt(f),
            Refused::License { why, .. } => why.fmt(f),
            Refused::NeedsSeat { .. } => f.write_str(crate::messages::app::needs_seat()),
            Refused::Seats(error) => error.fmt(f),
            Refused::Unreadable(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Refused {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Refused::Unreadable(error) => error.source(),
            Refused::Seats(error) => error.source(),
            Refused::TooMany { .. } | Refused::License { .. } | Refused::NeedsSeat { .. } => None,
        }
    }
}
