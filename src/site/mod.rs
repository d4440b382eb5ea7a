//! A customer's site: a machine that holds a floating license or one for users by name, and whose administrator assigns them, and lends its seats to workstations that reach nothing, by codes.
//!
//! It lends within what the vendor granted, which a workstation verifies by itself; the vendor is not asked. Time, randomness and the seats are handed in.
//!
//! # What lies where
//!
//! ```text
//! HOME/machine/site/key.pem                  the site's key, encrypted under the administrator's password; for the owner alone
//! HOME/machine/site/<13 digits>.jsonl        the book of loans: an event a line, which is only added to
//! HOME/machine/seats/<13 digits>/lent.json   which seats the book has lent, for whoever takes one (see [`crate::seats`])
//! ANCHOR/activations/…                       beside what a machine remembers, the number and head of the last loan
//! ```
//!
//! A loan is written before its code is seen, and its seat is reserved before it is written. A book that was put back to an earlier state, and so has
//! forgotten loans, is told by what the anchors know: lending pauses then, and goes on once the vendor has answered a SYNC, with as many seats reserved as loans
//! may have been forgotten (SPEC.md 9.10).

mod actor;
mod answer;
mod back;
mod book;
mod contents;
mod error;
mod event;
mod key;
mod known;
mod lend;
mod loan;
mod note;
mod people;
mod plan;

mod ruling;
mod told;

pub use actor::Actor;
pub use answer::{Answer, Effect, Receipt, Reply, Warning};
pub use back::take_return;
pub use book::Book;
pub use error::{RulesError, SiteError};
pub use event::{Lending, LendingWish};
pub use key::{change_password, create, public, unlock};
pub use known::wants_certificate;
pub use lend::{rehearse, repeated, respond};
pub use loan::{Loan, Standing};
pub use people::{Change, Done, People, Places};
pub use plan::Wish;
pub use ruling::{RulesChange, Ruling};
pub use told::{Told, report_of};

use std::path::PathBuf;

use crate::holder::state::LicenseState;
use crate::holder::{HolderError, Home, Lock, evidence, products};
use crate::license_key::LicenseKey;
use crate::machine::Facts;
use crate::protocol::contents::Contents;
use crate::protocol::date::Seconds;
use crate::protocol::grant::{Grant, LicenseType};
use crate::protocol::loan::SiteCertificate;
use crate::protocol::product::ProductFile;
use crate::protocol::trust::Verified;
use crate::seats::{self, Counted, LentOut, Look, Moment, SeatError, Seats};
use crate::text::{Code, Kind};

/// A site by one of its licenses.
#[derive(Debug)]
pub struct Site<'a> {
    home: &'a Home,
    facts: &'a Facts,
    file: ProductFile,
    license: LicenseState,
    /// What the license holds.
    granted: Verified<Grant>,
    /// None where no loans were sold with it, or not any more.
    certificate: Option<Verified<SiteCertificate>>,
    seats: Seats,
    book: Book,
}

/// Why a site lends nothing until the vendor has answered a SYNC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// Its book lacks loans that it once had.
    Book,
    /// The computer is not the one that its grant knows (SPEC.md 6.4). It may go on for a while, but two that do would both lend.
    Machine,
}

/// Whether a license that is held is a site's: its key stands, or there is a book of its loans. What was lent comes back whatever has become of the license.
pub fn is_site_of(home: &Home, license: &LicenseState) -> bool {
    let held = license.held.as_ref();
    let signs = held.is_some_and(|held| held.standing.site_key.is_some());
    signs || held.is_some() && book_path(home, license.license_key).exists()
}

/// What a license holds, and what workstations verify its loans by.
fn held(
    home: &Home,
    file: &ProductFile,
    license: &LicenseState,
) -> Result<(Verified<Grant>, Option<Verified<SiteCertificate>>), SiteError> {
    let key = license.license_key;
    let granted = evidence::verify_held(file, license).map_err(HolderError::NotTrusted)?;
    let granted = granted.ok_or(HolderError::NotHeld { key })?;
    if !is_site_of(home, license) {
        return Err(SiteError::NotASite(key));
    }
    let certificate = evidence::own_certificate(file, license);
    let certificate = certificate.map_err(HolderError::NotTrusted)?;
    Ok((granted, certificate))
}

impl<'a> Site<'a> {
    /// The site of a license that holds here. `seats`: those of the license.
    ///
    /// # Errors
    /// `not_held`; `not_a_site` where no site key stands and nothing was ever lent; what does not hold, and what the disk says.
    pub fn open(
        home: &'a Home,
        facts: &'a Facts,
        key: LicenseKey,
        seats: Seats,
    ) -> Result<Site<'a>, SiteError> {
        let license = home
            .license(key)?
            .ok_or(HolderError::UnknownLicense { key })?;
        let file = products::load(home, &license.product)?;
        let (granted, certificate) = held(home, &file, &license)?;
        let book = Book::read(&book_path(home, key))?;
        Ok(Site {
            home,
            facts,
            file,
            license,
            granted,
            certificate,
            seats,
            book,
        })
    }

    /// The license.
    pub fn key(&self) -> LicenseKey {
        self.license.license_key
    }

    /// What workstations verify its loans by: a code of kind C.
    ///
    /// # Errors
    /// `may_not_lend` where no loans were sold with the license, or not any more; `too_long_to_lend` where it is longer than a code: whatever a desk granted,
    /// nothing is reserved for a loan that nobody could be given.
    pub fn certificate(&self) -> Result<&Verified<SiteCertificate>, SiteError> {
        let none = SiteError::MayNotLend(self.key());
        let certificate = self.certificate.as_ref().ok_or(none)?;
        match Code::new(Kind::SiteCard, certificate.encode()).to_text() {
            Ok(_) => Ok(certificate),
            Err(_) => Err(SiteError::TooLongToLend(self.key())),
        }
    }

    /// The site key that the vendor certified.
    pub fn certified(&self) -> Option<[u8; 32]> {
        let held = self.license.held.as_ref()?;
        held.standing.site_key.map(|key| key.0)
    }

    /// What it has lent, and how.
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// The longest loan in days: what the vendor sold, and the administrator allows.
    pub fn longest(&self) -> u8 {
        self.book.lending().days.min(self.sold())
    }

    /// The longest loan that the vendor sold, in days.
    pub fn sold(&self) -> u8 {
        self.granted.max_loan.map_or(0, |days| days.get())
    }

    /// Seats of the license.
    pub fn number(&self) -> u16 {
        self.seats.number()
    }

    /// A loan of the book.
    ///
    /// # Errors
    /// `unknown_loan`, which says so where the book has lost it.
    pub fn loan(&self, number: u32, now: Seconds) -> Result<&Loan, SiteError> {
        let lost = || self.book.lost_loan(number, now);
        self.book.loan(number).ok_or_else(|| match lost() {
            Some(until) => SiteError::LostLoan {
                loan: number,
                until,
            },
            None => SiteError::UnknownLoan(number),
        })
    }

    /// What may be used of a loan, by name; none: all that the site has.
    pub fn features(&self, loan: &Loan) -> Vec<String> {
        contents::names(&loan.said, self.file.product())
    }

    /// Why it lends nothing until the vendor has answered a SYNC.
    pub fn pause(&self) -> Option<Pause> {
        let held = self.license.held.as_ref();
        let here = held.is_none_or(|it| it.standing.found_on(self.facts, self.key()).0);
        match self.paused() {
            true => Some(Pause::Book),
            false => (!here).then_some(Pause::Machine),
        }
    }

    /// Whether its book lacks loans that it once had.
    fn paused(&self) -> bool {
        let lacks = known::forgotten(self.home, &self.license, self.facts, &self.book);
        self.book.is_paused() || lacks.is_some()
    }

    /// Looks whether the book is whole, lifts a pause that the vendor has answered, and has what is written of the seats follow the book.
    ///
    /// # Errors
    /// What the disk says.
    pub fn settle(&mut self, moment: &Moment) -> Result<(), SiteError> {
        self.locked(moment).map(drop)
    }

    /// The right to change the book: whoever has it looks first what was written since, and what is written of the seats follows the book.
    fn locked(&mut self, moment: &Moment) -> Result<Lock, SiteError> {
        let lock = self.home.lock()?;
        self.read_again(moment)?;
        let path = book_path(self.home, self.key());
        self.book = Book::mended(&path)?;
        let (home, facts, now) = (self.home, self.facts, moment.wall);
        known::notice(home, &self.license, facts, &mut self.book, now)?;
        self.repair(now)?;
        self.free_what_was_kept(now)?;
        // A loan that was written when a crash came is given out by whoever asks again: the anchors know of it first.
        if !self.paused() && self.remember() && self.book.begins() {
            self.book.add(event::Event::Begun, now)?;
        }
        self.seats
            .set_lent(&self.lent_out(&self.book, moment), moment.wall)?;
        Ok(lock)
    }

    /// The license and the rules as they are by now: they may have been changed, or the license given up, while a password was asked for.
    fn read_again(&mut self, moment: &Moment) -> Result<(), SiteError> {
        let key = self.key();
        let license = self.home.license(key)?;
        let license = license.ok_or(HolderError::UnknownLicense { key })?;
        if license.held != self.license.held {
            (self.granted, self.certificate) = held(self.home, &self.file, &license)?;
            let product = self.file.product();
            let today = moment.wall.day();
            let contents = Contents::of(&self.granted.entitlements, Some(product));
            let counted = Counted::of(product, self.granted.seats, &contents, today);
            self.seats.recount(counted)?;
        }
        if self.granted.license_type == LicenseType::Floating {
            self.seats.rule(seats::rules_of(self.home, key));
        }
        self.license = license;
        Ok(())
    }

    fn lent_out(&self, book: &Book, moment: &Moment) -> LentOut {
        let (now, signed) = (moment.wall, self.granted.issued);
        book.lent_out(now, signed, self.file.product(), &self.seats.lent_before())
    }

    /// Who holds which seat.
    ///
    /// # Errors
    /// As [`Seats::look`].
    pub fn look(&self, moment: &Moment) -> Result<Look, SeatError> {
        self.seats.look(moment)
    }

    /// How it would lend.
    ///
    /// # Errors
    /// `may_not_lend` where no loans were sold; `loan_too_long` where more days are wished than were.
    pub fn rehearse_lending(&self, wish: &LendingWish) -> Result<Lending, SiteError> {
        if wish.on {
            self.certificate()?;
        }
        let sold = self.sold();
        if let Some(asked) = wish.days.filter(|days| wish.on && *days > sold) {
            return Err(SiteError::BeyondSold { asked, sold });
        }
        let before = self.book.lending();
        Ok(Lending {
            on: wish.on,
            days: wish.days.unwrap_or(before.days),
            keep: wish.keep.unwrap_or(before.keep),
        })
    }

    /// Sets whether and how it lends, as the administrator says, who has shown the password. Of less that is sold one day the longest loan is less; it is as
    /// long as was said where more is sold again.
    ///
    /// # Errors
    /// As [`Site::rehearse_lending`]; what the disk says.
    pub fn set_lending(
        &mut self,
        wish: &LendingWish,
        moment: &Moment,
    ) -> Result<Lending, SiteError> {
        let _lock = self.locked(moment)?;
        let lending = self.rehearse_lending(wish)?;
        self.book.set_lending(lending, moment.wall)?;
        Ok(lending)
    }

    /// Notes whose a loan is, or anything else about it.
    ///
    /// # Errors
    /// `unknown_loan`; what the disk says.
    pub fn note(&mut self, loan: u32, text: &str, moment: &Moment) -> Result<(), SiteError> {
        let _lock = self.locked(moment)?;
        self.loan(loan, moment.wall)?;
        self.book.note(loan, text, moment.wall)?;
        self.show(moment);
        Ok(())
    }

    /// What is written of the seats follows the book, in which it stands by now; where that cannot be done, whoever has the lock next does it.
    fn show(&self, moment: &Moment) {
        let lent = self.lent_out(&self.book, moment);
        let _ = self.seats.set_lent(&lent, moment.wall);
    }

    fn refuse_where_paused(&self) -> Result<(), SiteError> {
        match self.pause() {
            Some(why) => Err(SiteError::Paused(why)),
            None => Ok(()),
        }
    }
}

fn directory(home: &Home) -> PathBuf {
    home.directory().join("site")
}

fn book_path(home: &Home, key: LicenseKey) -> PathBuf {
    directory(home).join(format!("{}.jsonl", key.digits()))
}

/// The last moment at which a loan may be out that was lent at `issued` by a site that lends for so many days.
fn longest_out(issued: Seconds, days: u8) -> Seconds {
    let last = issued.day().plus(u16::from(days));
    crate::holder::state::loan_is_over(last)
}
