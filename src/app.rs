//! What an application links: its license, checked at each launch, and the dialogue by which a customer gets one.
//!
//! ```no_run
//! const PRODUCT: &str = include_str!("../keys/demo.product");
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use countersign::{App, Needs};
//! use std::time::Duration;
//!
//! let app = App::on_this_computer(PRODUCT)?;
//! let needs = Needs::default().at_most("users", 12); // what it cannot run without
//! let seat = app.take_seat_for(&needs, Duration::ZERO)?; // Err unless it may run with that
//! let license = seat.license();
//! for warning in license.warnings() {
//!     eprintln!("{warning}");
//! }
//! if license.has("export") { /* show the menu entry */ }
//! let _running = app.keep_time_while_running(&needs); // until the end of main
//! # Ok(())
//! # }
//! ```
//!
//! A license that floats has a number of seats, and one is held as long as the application runs; of any other license the same call takes none. Who wants to
//! know only whether an application could run calls [`App::check`].
//!
//! Where several licenses are held, one counts that has what is needed: an application says that at once, by [`Needs`]. What it can do without it asks of the
//! license that was chosen.
//!
//! The product file that is compiled in says whose keys are trusted. The homes of this computer, the second places that outlive them, its clock and what
//! it says of itself are looked up by [`App`]; there is nothing to forget. The command line stands on the same.

mod borrowing;
mod builder;
mod computer;
mod dialogue;
mod error;
mod license;
mod listed;
mod named;
mod needs;
pub mod places;
mod request;
mod running;
mod seats;
mod user;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

pub use builder::AppBuilder;
pub(crate) use computer::{APPLIED, Computer, built, wall_clock};
pub use error::AppError;
pub use license::{License, Refused};
pub use listed::{HeldLicense, PendingRequest};
pub use needs::Needs;
pub use request::{Activation, Request};
pub use running::Running;
pub use seats::Seat;
#[cfg(feature = "cli")]
pub(crate) use user::User;

use crate::holder::Home;
use crate::machine::Facts;
use crate::protocol::date::Seconds;
use crate::protocol::product::{Product, ProductFile};

/// An application and its license on this computer.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (app, _home) = include!("app/doctest.in");
/// let license = app.check()?;
/// assert!(license.is_demo());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct App {
    file: ProductFile,
    product: Arc<Product>,
    homes: Vec<Home>,
    /// The one of them in which requests are made.
    own: Home,
    clock: Option<SystemTime>,
    facts: Option<Facts>,
}

impl App {
    /// The application whose product file, as its vendor signed it, is compiled in, with the homes of this computer: the one for all its users, and that
    /// of this user, in which requests are made.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), countersign::app::AppError> {
    /// let app = countersign::App::on_this_computer(include_str!("../keys/demo.product"))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// A product file that its vendor did not sign; `no_home` where neither home is known.
    pub fn on_this_computer(product_file: &str) -> Result<App, AppError> {
        App::builder(product_file).build()
    }

    /// The same, with other choices: for tests, and for applications that keep what is theirs elsewhere.
    ///
    /// ```
    /// use countersign::App;
    /// use countersign::machine::Facts;
    /// use std::time::{Duration, SystemTime};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let home = tempfile::tempdir()?;
    /// let on_day = |day: u64| {
    ///     let now = SystemTime::now() + Duration::from_secs(day * 86_400);
    ///     App::builder(include_str!("../keys/demo.product"))
    ///         .home(home.path())
    ///         .clock(now)
    ///         .facts(Facts::default())
    ///         .build()
    /// };
    /// assert!(on_day(0)?.check()?.is_demo());
    /// assert_eq!(on_day(31)?.check().unwrap_err().kind(), "demo_over");
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder(product_file: &str) -> AppBuilder<'_> {
        AppBuilder {
            product_file,
            home: None,
            for_everyone: false,
            clock: None,
            facts: None,
        }
    }

    /// The product, as its vendor signed it.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("app/doctest.in");
    /// assert_eq!((app.product().id.as_str(), app.product().name.as_str()), ("demo", "Countersign Demo"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn product(&self) -> &Product {
        &self.product
    }

    /// Whether the application may run here and now, by its license or as a demo. Of several good licenses one counts that warns of nothing, and of those the
    /// one that was granted last; which features and numbers it has is not asked: [`App::check_for`] is.
    ///
    /// Takes a few milliseconds and waits for nobody, but where a demo begins or the machine changed: that has to be kept, and is waited for up to ten
    /// seconds. What else was learnt is kept where that is possible.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("app/doctest.in");
    /// match app.check() {
    ///     Ok(license) => println!("{} days left", license.days_left().unwrap_or(0)),
    ///     Err(refused) => println!("{refused}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Refused`], with a reason for people and a kind for the program; of a license that floats [`Refused::NeedsSeat`], with the license in it.
    pub fn check(&self) -> Result<License, Refused> {
        self.check_for(&Needs::default())
    }

    /// Whether the application may run with what it needs. Where several licenses are held, one that has it all counts.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("app/doctest.in");
    /// use countersign::{Needs, Refused};
    ///
    /// let needs = Needs::default().feature("export").at_most("users", 2);
    /// assert!(app.check_for(&needs).is_ok());
    /// let refused = app.check_for(&Needs::default().at_most("users", 3)).unwrap_err();
    /// assert!(matches!(refused, Refused::TooMany { .. }));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`App::check`]; `not_licensed` where one license is asked for that is not held; where only numbers are too high, [`Refused::TooMany`] with the license in it.
    pub fn check_for(&self, needs: &Needs) -> Result<License, Refused> {
        let report = self
            .computer()
            .check(&self.known(), None, needs, false)
            .map_err(Refused::Unreadable)?;
        let license = Refused::unless_allowed(report, &self.product)?;
        match license.floats() {
            // Any number of processes may check; so many as it has seats may run.
            true => Err(Refused::NeedsSeat { license }),
            false => Ok(license),
        }
    }

    /// Has the time that the application runs count for the license that it needs, whatever the clock says (SPEC.md 7): to be called each hour while it runs,
    /// and once when it ends. An application that only checks when it starts can be used with a clock that stands still. It refuses nothing.
    /// [`App::keep_time_while_running`] does it from a thread of its own.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("app/doctest.in");
    /// let needs = countersign::Needs::default();
    /// app.check_for(&needs)?;
    /// // Each hour, by the timer that the application has anyway:
    /// app.keep_time(&needs);
    /// # Ok(())
    /// # }
    /// ```
    pub fn keep_time(&self, needs: &Needs) {
        // What it finds is kept where that can be done; the next check says what it means.
        let _ = self.computer().check(&self.known(), None, needs, true);
    }

    /// Calls [`App::keep_time`] each hour from a thread of its own, and once more when what it gives is dropped.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("app/doctest.in");
    /// let needs = countersign::Needs::default();
    /// app.check_for(&needs)?;
    /// let running = app.keep_time_while_running(&needs);
    /// // … the application does its work …
    /// drop(running);
    /// # Ok(())
    /// # }
    /// ```
    pub fn keep_time_while_running(&self, needs: &Needs) -> Running {
        Running::new(self.clone(), needs.clone())
    }

    /// The compiled-in product in every home.
    fn known(&self) -> Vec<(Home, ProductFile)> {
        let homes = self.homes.iter();
        homes
            .map(|home| (home.clone(), self.file.clone()))
            .collect()
    }

    fn computer(&self) -> Computer {
        Computer {
            homes: self.homes.clone(),
            facts: self.facts.clone().unwrap_or_else(Facts::of_this_computer),
            now: self.now(),
            built: built(),
        }
    }

    /// What the clock says.
    fn now(&self) -> Seconds {
        self.clock.map_or_else(wall_clock, computer::of_system)
    }
}

/// The product is named and not printed.
impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let homes: Vec<&Path> = self.homes.iter().map(Home::directory).collect();
        f.debug_struct("App")
            .field("product", &self.product.id)
            .field("homes", &homes)
            .finish_non_exhaustive()
    }
}
