//! What a check gives an application: a license that may be used, or the reason why not.

use std::fmt;
use std::sync::Arc;

use crate::failure::FailureKind;
use crate::holder::{CheckReport, Count, HolderError, Refusal, State, Terms, Warning, asked};
use crate::license_key::LicenseKey;
use crate::protocol::date::Day;
use crate::protocol::grant::LicenseType;
use crate::protocol::product::{Product, RootFingerprint};
use crate::seats::SeatError;

/// What an application cannot run without, beside a license: what [`App::check_for`](super::App::check_for) asks about at once, so that of several licenses
/// one counts that has it all. What an application can do without is asked of the [`License`] that was chosen: [`License::has`].
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
    pub fn feature(mut self, name: &str) -> Needs {
        self.features.push(name.to_owned());
        self
    }

    /// A number that is in use, such as of users: at most what the limit of this name allows.
    pub fn at_most(mut self, limit: &str, count: u32) -> Needs {
        self.counts.push((limit.to_owned(), count));
        self
    }

    /// What the application is connected to, by the names of the product's bindings, such as `server`. A binding that is not named is not compared.
    pub fn bound_to(mut self, name: &str, value: &str) -> Needs {
        self.bindings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// This license and no other, nor the demo: `not_licensed` where it is not held.
    pub fn license(mut self, key: LicenseKey) -> Needs {
        self.license_key = Some(key);
        self
    }

    /// The root key that must have signed the product file. An application that has its product file compiled in needs none.
    pub fn signed_by(mut self, root: RootFingerprint) -> Needs {
        self.trust = Some(root);
        self
    }
}

/// A license that may be used here and now; a demo, too.
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
    pub fn is_demo(&self) -> bool {
        self.report.state == State::Demo
    }

    /// Whether it floats: so many may use it at once as it has seats ([`App::take_seat`](super::App::take_seat)).
    pub fn floats(&self) -> bool {
        let terms = self.report.terms.as_ref();
        !self.is_demo() && terms.is_some_and(|it| it.license_type == LicenseType::Floating)
    }

    /// The license key; none in a demo.
    pub fn key(&self) -> Option<LicenseKey> {
        self.report.license_key
    }

    /// What needs doing soon, in whole sentences: to be shown, never to be acted on.
    pub fn warnings(&self) -> &[Warning] {
        &self.report.warnings
    }

    /// Days until it ends or must be re-validated, whichever is first; 0 on the last day. None where nothing ends.
    pub fn days_left(&self) -> Option<u32> {
        u32::try_from(self.report.days_left?).ok()
    }

    /// The day that the license goes by: that of the computer's clock where it is right (SPEC.md 7).
    pub fn today(&self) -> Option<Day> {
        self.report.today
    }

    /// What was granted: seats, edition, last days. None in a demo.
    pub fn terms(&self) -> Option<&Terms> {
        self.report.terms.as_ref()
    }

    /// The names of the features that it contains today.
    pub fn features(&self) -> &[String] {
        &self.report.features
    }

    /// Whether this license, which the check chose, contains a feature today. Of a feature that the application cannot do without, the check is asked:
    /// [`Needs::feature`]; another license may have it. [`require`](License::require) says why it is not there.
    pub fn has(&self, feature: &str) -> bool {
        self.require(feature).is_ok()
    }

    /// Refuses where a feature is not in the license, or has ended, or its maintenance has.
    ///
    /// # Errors
    /// [`Refused::License`], `feature_missing`, `feature_ended` or `maintenance_over`.
    pub fn require(&self, feature: &str) -> Result<(), Refused> {
        asked::feature(&self.product, &self.report, feature).map_err(|why| Refused::License {
            state: self.report.state,
            why,
        })
    }

    /// The number that a limit allows today; 0 where the license does not contain it.
    pub fn limit(&self, name: &str) -> u32 {
        let limits = self.report.limits.iter();
        limits
            .filter(|(known, _)| known == name)
            .map(|(_, most)| *most)
            .next()
            .unwrap_or(0)
    }

    /// A text that was granted, such as the licensee's name.
    pub fn text(&self, name: &str) -> Option<&str> {
        let texts = self.report.texts.iter();
        texts
            .filter(|(known, _)| known == name)
            .map(|(_, text)| text.as_str())
            .next()
    }

    /// Refuses where a number in use is above the limit of this license. Where several are held, [`Needs::at_most`] finds the one that allows it.
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
            Some(why) => Err(Refused::License { state, why }),
        }
    }

    /// Its kind, the one of `--json`: what an application's own words go by.
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
