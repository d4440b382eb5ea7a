//! What an application needs of a license (SPEC.md 7).

use super::user::User;
use crate::license_key::LicenseKey;
use crate::protocol::date::Day;
use crate::protocol::product::RootFingerprint;

/// What an application cannot run without, beside a license: what [`App::check_for`](super::App::check_for) asks about at once, so that of several licenses
/// one counts that has it all. What an application can do without is asked of the [`License`](crate::License) that was chosen: [`has`](crate::License::has).
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
    pub(crate) released: Option<Day>,
    pub(crate) bindings: Vec<(String, String)>,
    pub(crate) license_key: Option<LicenseKey>,
    pub(crate) trust: Option<RootFingerprint>,
    pub(crate) user: User,
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

    /// When this version of the application was released: a license covers those that were released while its maintenance ran, for as long as the license
    /// runs, whatever the clock says. One without maintenance covers all, and so does the demo.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// // Refused by `release_not_covered` where maintenance had ended before.
    /// let needs = countersign::Needs::default().released("2026-05-01".parse()?);
    /// assert!(app.check_for(&needs).is_ok());
    /// # Ok(())
    /// # }
    /// ```
    pub fn released(mut self, day: Day) -> Needs {
        self.released = Some(day);
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

    /// For whom it is asked, where the application knows its users itself, as one on a server does. Without it, it is the account under which the process runs,
    /// by the name that the system gives it. A license that is for users by name is for those whom its administrator assigned; where a seat is taken, it is
    /// shown as this user's.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// let license = app.check_for(&countersign::Needs::default().user("anna"))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn user(mut self, name: &str) -> Needs {
        self.user = User::Said(name.to_owned());
        self
    }
}
