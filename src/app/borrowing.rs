//! How an application's customer borrows a seat of a site that this computer cannot reach: by codes with its administrator (SPEC.md 4.6).

use std::num::NonZeroU8;

use super::App;
use super::error::AppError;
use super::request::Request;
use crate::holder::{borrow, products};
use crate::license_key::LicenseKey;

impl App {
    /// Asks the site that holds this license for one of its seats, with all that it has, for so many days. The code goes to the site's administrator; his answer
    /// is entered by [`App::apply`]. The seat goes back by itself, and at once by [`App::return_license_of`]. The same request again gives the same code.
    ///
    /// ```no_run
    /// # fn example(app: countersign::App) -> Result<(), Box<dyn std::error::Error>> {
    /// let week = std::num::NonZeroU8::new(7).ok_or("no days")?;
    /// println!("{}", app.borrow("828-150-156-1139".parse()?, week)?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `already_licensed`, `on_loan`; `weak_machine`; what the disk says.
    pub fn borrow(&self, key: LicenseKey, days: NonZeroU8) -> Result<Request, AppError> {
        let computer = self.computer();
        computer.refuse_where_held_for_all(&self.own, &self.file, key)?;
        products::install(&self.own, &self.file)?;
        let wanted = borrow::Wanted {
            key,
            days,
            features: &[],
            anew: false,
        };
        let here = computer.here(&[]);
        let asked = borrow::borrow(&self.own, &self.file, &wanted, &here, getrandom::fill)?;
        self.asked_of_site(key, asked)
    }

    /// Asks for more days of a loan, from the day on which it is answered; before its end or after.
    ///
    /// ```no_run
    /// # fn example(app: countersign::App) -> Result<(), Box<dyn std::error::Error>> {
    /// if let Some(key) = app.check()?.key() {
    ///     let week = std::num::NonZeroU8::new(7).ok_or("no days")?;
    ///     println!("{}", app.extend_loan_of(key, week)?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `not_licensed`; `not_on_loan`, `given_up`; what the disk says.
    pub fn extend_loan_of(&self, key: LicenseKey, days: NonZeroU8) -> Result<Request, AppError> {
        let (home, _) = self.meant(Some(key), |license| license.held.is_some())?;
        let wanted = borrow::Wanted {
            key,
            days,
            features: &[],
            anew: false,
        };
        let computer = self.computer();
        let here = computer.here(&[]);
        let asked = borrow::extend(&home, &self.file, &wanted, &here, getrandom::fill)?;
        self.asked_of_site(key, asked)
    }
}
