//! Why an application may not run.

use std::fmt;
use std::sync::Arc;

use super::License;
use crate::app::named;
use crate::failure::FailureKind;
use crate::holder::report::of_several;
use crate::holder::{CheckReport, Count, HolderError, Refusal, State};
use crate::license_key::LicenseKey;
use crate::messages;
use crate::protocol::product::Product;
use crate::seats::SeatError;

/// Why an application may not run, or not with what it asked about.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (app, _home) = include!("../doctest.in");
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
        /// Which one it speaks of, where several are held: the one that is nearest to being mended.
        of: Option<LicenseKey>,
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
    pub(in crate::app) fn unless_allowed(
        report: CheckReport,
        product: &Arc<Product>,
    ) -> Result<License, Refused> {
        let state = report.state;
        let of = report.license_key.filter(|_| report.beside > 0);
        match report.refusal.clone() {
            None => Ok(License::new(report, Arc::clone(product))),
            Some(Refusal::OverLimit(over)) => Err(Refused::TooMany {
                license: License::new(report, Arc::clone(product)),
                over,
            }),
            Some(why) => Err(Refused::License {
                state,
                why: named::refusal(why, product),
                of,
            }),
        }
    }

    /// Its kind, the one of `--json`: what an application's own words go by.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("../doctest.in");
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
            Refused::License { why, of, .. } => f.write_str(&of_several(why, *of)),
            Refused::NeedsSeat { .. } => f.write_str(messages::app::needs_seat()),
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
