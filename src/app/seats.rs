//! A seat of a floating license, as an application takes it.

use std::path::Path;
use std::time::Duration;

use super::computer::Computer;
use super::user::User;
use super::{App, License, Needs, Refused};
use crate::holder::{CheckReport, Home, Outcome, State, Terms, products, prove};
use crate::license_key::LicenseKey;
use crate::messages::seats as messages;
use crate::protocol::grant::LicenseType;
use crate::protocol::product::Product;
use crate::seats::{
    self, Ask, Basis, Counted, Holding, Moment, Place, Process, SeatError, Seats, Who,
};

/// The license, and one of its seats where it floats: given back when this is dropped, and by the system when the process ends, however it ends.
///
/// What the application starts holds no seat; a child that is forked from it gives none back.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (app, _home) = include!("doctest.in");
/// let seat = app.take_seat()?;
/// assert_eq!(seat.number(), None); // a demo has no seats to be counted
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "the seat is given back when this is dropped: keep it in a variable as long as the application runs"]
pub struct Seat {
    license: License,
    held: Option<seats::Seat>,
    /// What knows when it ends.
    app: App,
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(held) = self.held.take() {
            let wall = self.app.now();
            held.give_back(&Moment { wall, boot: None });
        }
    }
}

impl Seat {
    /// The license that may be used as long as the seat is held.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// let seat = app.take_seat()?;
    /// assert!(seat.license().has("export"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn license(&self) -> &License {
        &self.license
    }

    /// The number of the seat, from 1; none where the license does not float, or in a demo.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// if let Some(number) = app.take_seat()?.number() {
    ///     println!("seat {number}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn number(&self) -> Option<u16> {
        self.held.as_ref().map(seats::Seat::number)
    }

    /// Why the administrator takes this seat back (`countersign seat disconnect`), once he has asked for it; none where he has not, or where the license does
    /// not float. The seat is held all the same until this is dropped.
    ///
    /// On Linux the application gets SIGTERM at that moment, which ends whoever does not catch it, and has 60 seconds to save what it has: asked when that
    /// arrives, this tells its user why. Where nothing can be sent, as on Windows, an application hears of it only by asking, every second or so. One small file is read.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// let seat = app.take_seat()?;
    /// // …when the system asks the application to end, or once in each turn of its main loop…
    /// match seat.taken_back() {
    ///     Some(reason) => println!("the administrator takes the seat back: {reason}"), // save, and end
    ///     None => println!("it may run on"),
    /// }
    /// # assert_eq!(seat.taken_back(), None);
    /// # Ok(())
    /// # }
    /// ```
    pub fn taken_back(&self) -> Option<String> {
        self.held.as_ref().and_then(seats::Seat::taken_back)
    }

    /// Whether the seat was lost, and no other one was free: the home lies on a file server, and this computer slept or was cut off from it for longer than five
    /// minutes, so that somebody else has the seat by now. Another one is taken by itself as soon as one is free; until then the application runs without one, and
    /// says so to its user, or offers to save and end.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// let seat = app.take_seat()?;
    /// // Each minute, by the timer that the application has anyway:
    /// if seat.is_lost() {
    ///     println!("the license's seat was given to somebody else while this computer slept");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn is_lost(&self) -> bool {
        let held = self.held.as_ref();
        held.is_some_and(|it| matches!(it.fate(), seats::Fate::Lost { .. }))
    }
}

impl App {
    /// What an application does at its start whatever it is licensed by: the license as [`App::check`] has it, and where it floats one of its seats.
    ///
    /// ```
    /// # use countersign::App;
    /// # use countersign::machine::Facts;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let home = tempfile::tempdir()?;
    /// # let product = include_str!("../../keys/demo.product");
    /// # let app = App::builder(product).home(home.path()).facts(Facts::default()).build()?;
    /// let seat = app.take_seat()?; // Err unless it may run, with who holds the seats
    /// assert!(seat.license().is_demo());
    /// assert_eq!(seat.number(), None); // a demo takes none
    /// // …the application runs…
    /// drop(seat); // or the end of main, or of the process
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`App::check`]; [`Refused::Seats`] where no seat is free, the rules of the site give none, or the seats are out of reach. Nothing is granted blindly
    /// then.
    pub fn take_seat(&self) -> Result<Seat, Refused> {
        self.take_seat_for(&Needs::default(), Duration::ZERO)
    }

    /// The same with what the application needs, a seat of each module with seats of its own among them; and waiting for a seat that long, in the order of
    /// those who came.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// use std::time::Duration;
    ///
    /// let needs = countersign::Needs::default().feature("export");
    /// let seat = app.take_seat_for(&needs, Duration::from_secs(10))?;
    /// # drop(seat);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`App::take_seat`], after that time.
    pub fn take_seat_for(&self, needs: &Needs, patience: Duration) -> Result<Seat, Refused> {
        let mut waits = None;
        loop {
            match self.seat_as_it_is(needs, patience, &mut waits) {
                Err(Refused::Seats(SeatError::Changed)) => {}
                done => return done,
            }
        }
    }

    /// The same of the license as it is now: where that is changed while a seat is waited for, `waits` has the turn.
    fn seat_as_it_is(
        &self,
        needs: &Needs,
        patience: Duration,
        waits: &mut Option<Seats>,
    ) -> Result<Seat, Refused> {
        let computer = self.computer();
        let basis = Basis::of(&computer.homes, computer.now);
        let known = self.known();
        let found = computer.find(&known, None, needs, false);
        let (report, at) = found.map_err(Refused::Unreadable)?;
        let seats = known
            .get(at)
            .filter(|_| report.allowed())
            .map(|(home, _)| computer.seats(home, &self.product, &report));
        let license = Refused::unless_allowed(report, &self.product)?;
        let seats = seats.transpose().map_err(Refused::Seats)?.flatten();
        let held = match seats {
            None => None,
            Some(seats) => {
                let seats = seats.on(&basis).instead_of(waits.take());
                let program = std::env::current_exe().unwrap_or_default();
                let ask = Ask {
                    who: &computer.caller(&program, &needs.user),
                    features: &needs.features,
                    holding: Holding::Process,
                    patience,
                    now: &|| self.computer().moment(),
                };
                let taken = seats.take(&ask);
                *waits = Some(seats);
                Some(taken.map_err(Refused::Seats)?)
            }
        };
        Ok(Seat {
            license,
            held,
            app: self.clone(),
        })
    }
}

fn floating(report: &CheckReport) -> Option<(LicenseKey, &Terms)> {
    let (key, terms) = report.license_key.zip(report.terms.as_ref())?;
    let floats = terms.license_type == LicenseType::Floating && report.state != State::Demo;
    floats.then_some((key, terms))
}

impl Computer {
    /// The seats of the license that a check found in a home; none where it does not float.
    ///
    /// # Errors
    /// `secret_lost` in a copy of a home; as [`Seats::open`].
    pub(crate) fn seats(
        &self,
        home: &Home,
        product: &Product,
        report: &CheckReport,
    ) -> Result<Option<Seats>, SeatError> {
        let Some((key, terms)) = floating(report) else {
            return Ok(None);
        };
        self.seats_of(home, product, key, terms).map(Some)
    }

    /// The same wherever they lie, for whoever says that several computers share them.
    ///
    /// # Errors
    /// As [`Seats::open_as_it_is`].
    #[cfg(feature = "cli")]
    pub(crate) fn seats_to_share(
        &self,
        home: &Home,
        product: &Product,
        report: &CheckReport,
    ) -> Result<Option<Seats>, SeatError> {
        let Some((key, terms)) = floating(report) else {
            return Ok(None);
        };
        prove(home, key)?;
        let (place, counted) = self.counted(home, product, key, terms);
        Seats::open_as_it_is(place, key, counted).map(Some)
    }

    fn counted(
        &self,
        home: &Home,
        product: &Product,
        key: LicenseKey,
        terms: &Terms,
    ) -> (Place, Counted) {
        let today = self.now.day();
        let counted = Counted::of(product, terms.seats, &terms.contents, today);
        (Place::of(home, key).on(&self.facts), counted)
    }

    /// Those of a license that is held here, whatever its type.
    ///
    /// # Errors
    /// As [`Computer::seats`].
    pub(crate) fn seats_of(
        &self,
        home: &Home,
        product: &Product,
        key: LicenseKey,
        terms: &Terms,
    ) -> Result<Seats, SeatError> {
        prove(home, key)?;
        let (place, counted) = self.counted(home, product, key, terms);
        let seats = Seats::open(place, key, counted)?;
        if terms.license_type != LicenseType::Floating {
            return Ok(seats);
        }
        let host = self.facts.host_name.text().map(str::to_owned);
        Ok(seats.ruled(seats::rules_of(home, key), host))
    }

    /// Makes the seats of a floating license that was just granted. Where that fails the license is in force all the same: they are made when the home's owner
    /// looks at them or takes the first one, and whoever takes one is told why it cannot be.
    pub(super) fn make_seats(&self, home: &Home, outcome: &Outcome) {
        let Outcome::Applied(applied) = outcome else {
            return;
        };
        let (key, terms) = (applied.which.license_key, &applied.after);
        if terms.license_type != LicenseType::Floating {
            return;
        }
        if let Ok(Some(file)) = products::find(home, &applied.which.product) {
            let seats = self.seats_of(home, file.product(), key, terms);
            let _ = seats.and_then(|seats| seats.settle(&self.moment()));
        }
    }

    /// This moment, as the seats go by it.
    pub(crate) fn moment(&self) -> Moment {
        Moment::of(self.now, &self.facts)
    }

    /// Who asks for a seat where nothing else is said: the account, the host or what `COUNTERSIGN_SEAT_HOST` names, which a container is given.
    pub(crate) fn caller(&self, program: &Path, user: &User) -> Who {
        let named = std::env::var("COUNTERSIGN_SEAT_HOST").ok();
        let host = named.filter(|name| !name.is_empty());
        let own = || self.facts.host_name.text().map(str::to_owned);
        let program = program.file_stem().unwrap_or_default();
        Who {
            user: match user {
                User::Said(name) => name.clone(),
                _ => seats::account(),
            },
            host: host
                .or_else(own)
                .unwrap_or_else(|| messages::this_host().to_owned()),
            program: program.to_string_lossy().into_owned(),
            process: Process::this(),
        }
    }
}
