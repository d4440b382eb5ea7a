//! How an application's customer gets a license, keeps it up to date and gives it back: by codes that people carry (SPEC.md 4).

use super::error::AppError;
use super::request::{Activation, Request};
use super::{APPLIED, App, named};
use crate::holder::request::{self, Asked};
use crate::holder::state::LicenseState;
use crate::holder::{Home, Outcome, aliases, give_up, products, sync};
use crate::license_key::LicenseKey;
use crate::protocol::digest::ActivationId;
use crate::seats;
use crate::text::{self, Code};

impl App {
    /// Asks for a license by its key. The same request again gives the same code.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// let key = "828-150-156-1139".parse()?;
    /// let request = app.activate(key)?;
    /// assert!(request.to_string().starts_with("REQ1:"));
    /// assert!(app.activate(key)?.repeated);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `already_licensed`; what the product is bound to and was not named; what the disk says.
    pub fn activate(&self, key: LicenseKey) -> Result<Request, AppError> {
        self.activate_as(key, &Activation::default())
    }

    /// The same, with what the activation is to be.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// use countersign::app::Activation;
    ///
    /// let wanted = Activation::default().seats(std::num::NonZeroU16::MIN);
    /// let request = app.activate_as("828-150-156-1139".parse()?, &wanted)?;
    /// # let _ = request;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`App::activate`].
    pub fn activate_as(&self, key: LicenseKey, wanted: &Activation) -> Result<Request, AppError> {
        let computer = self.computer();
        if !wanted.anew {
            computer.refuse_where_held_for_all(&self.own, &self.file, key)?;
        }
        products::install(&self.own, &self.file)?;
        let aliases = aliases::of(&self.own, self.product())?;
        let wanted = request::Wanted {
            key,
            bindings: &wanted.bindings,
            seats: wanted.seats,
            usb: wanted.usb.as_ref(),
            site_key: None,
            anew: wanted.anew,
        };
        let here = computer.here(&aliases);
        let asked = request::activate(&self.own, &self.file, &wanted, &here, getrandom::fill)?;
        self.asked(key, asked)
    }

    /// Asks for the only license that is held, as it now is: for re-validation, after a purchase, after the computer changed, or where its clock is wrong.
    /// The license stays in force meanwhile. The same request again gives the same code.
    ///
    /// ```no_run
    /// # fn example(app: countersign::App) -> Result<(), Box<dyn std::error::Error>> {
    /// println!("{}", app.revalidate()?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `not_licensed` where none is held; `which_license` where several are; `given_up` where the home is an older copy and the license was given up since;
    /// `site_reports` where it is one of a site that lends, for which the command asks; what the disk says.
    pub fn revalidate(&self) -> Result<Request, AppError> {
        self.ask_again(None)
    }

    /// The same for one of several licenses.
    ///
    /// ```no_run
    /// # fn example(app: countersign::App) -> Result<(), Box<dyn std::error::Error>> {
    /// for held in app.licenses()? {
    ///     println!("{}", app.revalidate_of(held.key)?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`App::revalidate`], of this license.
    pub fn revalidate_of(&self, key: LicenseKey) -> Result<Request, AppError> {
        self.ask_again(Some(key))
    }

    /// Gives the only license up, at once and for good, and makes the code for which the vendor's desk frees the seat. The same again makes the same code. A
    /// license that was given up counts here, so that a second call never gives up another one: who holds one by now names it
    /// ([`return_license_of`](App::return_license_of)). One that is only requested is left alone.
    ///
    /// ```no_run
    /// # fn example(app: countersign::App) -> Result<(), Box<dyn std::error::Error>> {
    /// println!("{}", app.return_license()?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `not_licensed` where none is held or was given up; `which_license` where several are or were; `loans_out` where seats of it are lent; `anchor_closed`, `busy`, what the disk says: it is not
    /// given up then.
    pub fn return_license(&self) -> Result<Request, AppError> {
        self.returning(None)
    }

    /// The same for one of several licenses, such as the one that [`License::key`](super::License::key) names.
    ///
    /// ```no_run
    /// # fn example(app: countersign::App) -> Result<(), Box<dyn std::error::Error>> {
    /// if let Some(key) = app.check()?.key() {
    ///     println!("{}", app.return_license_of(key)?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`App::return_license`], of this license.
    pub fn return_license_of(&self, key: LicenseKey) -> Result<Request, AppError> {
        self.returning(Some(key))
    }

    /// Which activations of other homes on this computer, such as those of another directory of the same account, would end if this license were given up:
    /// they hold the same seat. For whoever is to agree to [`return_license_of`](App::return_license_of).
    ///
    /// ```no_run
    /// # fn example(app: countersign::App) -> Result<(), Box<dyn std::error::Error>> {
    /// if let Some(key) = app.check()?.key() {
    ///     for other in app.return_ends_too(key)? {
    ///         println!("{other} ends with it");
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`App::return_license`], where it is not known which license is meant, or what the disk says.
    pub fn return_ends_too(&self, key: LicenseKey) -> Result<Vec<ActivationId>, AppError> {
        let (home, _) = self.meant(Some(key), |license| license.held.is_some())?;
        Ok(give_up::ends_too(&home, key, &self.computer().facts)?)
    }

    fn ask_again(&self, key: Option<LicenseKey>) -> Result<Request, AppError> {
        let (home, license) = self.meant(key, |license| license.held.is_some())?;
        let key = license.license_key;
        sync::refuse_for_a_site(&license)?;
        let aliases = aliases::of(&home, self.product())?;
        let wanted = sync::Wanted {
            key,
            bindings: &[],
            usb: None,
            site_key: None,
            site: None,
            before: &[],
            anew: false,
        };
        let computer = self.computer();
        let here = computer.here(&aliases);
        let synced = sync::sync(&home, &self.file, &wanted, &here, getrandom::fill)?;
        self.asked(key, synced.asked)
    }

    fn returning(&self, key: Option<LicenseKey>) -> Result<Request, AppError> {
        let (home, license) = self.meant(key, |license| {
            license.held.is_some() || !license.returned.is_empty()
        })?;
        let key = license.license_key;
        let given = if license.held.is_none() && license.open().next().is_some() {
            // A request that was made since is left alone.
            give_up::again(&home, key, None)?
        } else {
            let computer = self.computer();
            let here = computer.here(&[]);
            let lent = || seats::lent_until(&home, key, here.wall);
            give_up::give_up_unless(&home, key, &here, lent)?
        };
        let mut request = self.request(key, given.activation, given.code)?;
        for (_, code) in given.also {
            request.text.push_str("\n\n");
            request.text.push_str(&code.to_text()?);
            request.also.push(code);
        }
        request.repeated = given.repeated;
        Ok(request)
    }

    /// Enters the desk's answer: any text with the code in it, as it was pasted; a mail as people see it, and not its source, in which the text may be encoded
    /// (the program reads those, too). The same again, and an older one, change nothing and are no errors. [`preview`](App::preview) says before what it would
    /// change.
    ///
    /// ```no_run
    /// # fn example(app: countersign::App, pasted: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// match app.apply(pasted) {
    ///     Ok(outcome) => println!("{outcome}"),
    ///     Err(error) => println!("{error}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What is wrong with the text; `other_request`, `not_trusted` and the like; what the disk says.
    pub fn apply(&self, pasted: &str) -> Result<Outcome, AppError> {
        let read = text::read_judgeable(pasted, &APPLIED);
        let (_, outcome) = self.computer().apply_what_was_read(read)?;
        Ok(named::outcome(outcome?, &self.product))
    }

    fn asked(&self, key: LicenseKey, asked: Asked) -> Result<Request, AppError> {
        let request = self.request(key, asked.activation, asked.code)?;
        Ok(Request {
            repeated: asked.repeated,
            ..request
        })
    }

    /// One that goes to a site, whose administrator's address nobody here knows.
    pub(super) fn asked_of_site(&self, key: LicenseKey, asked: Asked) -> Result<Request, AppError> {
        let request = self.asked(key, asked)?;
        Ok(Request {
            send_to: None,
            ..request
        })
    }

    /// A code for the desk that is on disk.
    pub(super) fn request(
        &self,
        license_key: LicenseKey,
        activation: ActivationId,
        code: Code,
    ) -> Result<Request, AppError> {
        Ok(Request {
            text: code.to_text()?,
            code,
            also: Vec::new(),
            license_key,
            activation,
            send_to: self.product().mail.clone(),
            repeated: true,
        })
    }

    /// The license of this product with this key, or else the only one, for which `fits` holds, and the home in which it lies: the one that holds it, where
    /// several know it.
    pub(super) fn meant(
        &self,
        key: Option<LicenseKey>,
        fits: impl Fn(&LicenseState) -> bool,
    ) -> Result<(Home, LicenseState), AppError> {
        let product = &self.product().id;
        let (mut found, mut unfit) = (Vec::new(), None);
        for home in &self.homes {
            // One damaged home stops nobody who is meant elsewhere.
            let known = home.survey();
            let (licenses, damaged) = known.unwrap_or_else(|error| (Vec::new(), vec![error]));
            unfit = unfit.or(damaged.into_iter().next());
            let meant = licenses.into_iter().filter(|license| {
                license.product == *product
                    && key.is_none_or(|key| key == license.license_key)
                    && fits(license)
            });
            found.extend(meant.map(|license| (home.clone(), license)));
        }
        // Beside one of his own, one that another keeps for all is not his to change.
        if found.iter().any(|(home, _)| !home.is_anothers()) {
            found.retain(|(home, _)| !home.is_anothers());
        }
        found.sort_by_key(|(_, license)| (license.license_key, license.held.is_none()));
        let mut keys: Vec<_> = found.iter().map(|(_, it)| it.license_key).collect();
        keys.dedup();
        match (found.into_iter().next(), unfit) {
            (Some(found), _) if keys.len() == 1 => Ok(found),
            (Some(_), _) => Err(AppError::WhichLicense { keys }),
            (None, Some(damaged)) => Err(damaged.into()),
            (None, None) => Err(AppError::NotLicensed {
                product: self.product().name.clone(),
            }),
        }
    }
}
