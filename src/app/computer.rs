//! A computer with its homes, its clock and what it says of itself: whatever the application and the program do with a license is done here.

use std::time::{SystemTime, UNIX_EPOCH};

use super::Needs;
use crate::holder::request;
use crate::holder::{
    Audience, CheckInput, CheckReport, Here, HolderError, Home, State, aliases, check_product,
};
use crate::holder::{Outcome, apply};
use crate::license_key::LicenseKey;
use crate::machine::Facts;
use crate::protocol::date::Seconds;
use crate::protocol::product::ProductFile;
use crate::text::{Carried, Code, Judgeable, Kind, ReadError, Reading};

/// The kinds of code that a machine takes.
pub(crate) const APPLIED: [Kind; 6] = [
    Kind::Grant,
    Kind::Loan,
    Kind::LoanWithCertificate,
    Kind::SiteCard,
    Kind::DeskCertificate,
    Kind::Emergency,
];

/// The codes of a text that are of use beside another: a site's card, a desk's certificate.
fn beside(read: &Judgeable) -> Vec<Code> {
    let codes = read.result.iter().flat_map(Reading::codes);
    let codes = codes.filter(|it| matches!(it.kind(), Kind::SiteCard | Kind::DeskCertificate));
    codes.cloned().collect()
}

/// A computer at one moment.
#[derive(Debug)]
pub(crate) struct Computer {
    /// The homes in which licenses may lie, in the order in which they are looked at.
    pub(crate) homes: Vec<Home>,
    /// What it says of itself.
    pub(crate) facts: Facts,
    /// What its clock says.
    pub(crate) now: Seconds,
    /// When the program was built: no clock before it is right (SPEC.md 7).
    pub(crate) built: Seconds,
}

/// The wall clock of this computer.
pub(crate) fn wall_clock() -> Seconds {
    of_system(SystemTime::now())
}

/// A moment in the seconds of SPEC.md 1; one before 1970 is as 1970.
pub(crate) fn of_system(time: SystemTime) -> Seconds {
    let since = time.duration_since(UNIX_EPOCH);
    Seconds::from_unix(since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }))
}

/// The day on which this library was built.
pub(crate) fn built() -> Seconds {
    Seconds::from_unix(env!("COUNTERSIGN_BUILT").parse().unwrap_or(0))
}

impl Computer {
    /// This computer and moment, as a caller of the library sees it.
    pub(crate) fn here<'a>(&'a self, aliases: &'a [(String, String)]) -> Here<'a> {
        Here {
            facts: &self.facts,
            wall: self.now,
            aliases,
        }
    }

    /// Checks the license of a product that is known in these homes, by the product file that stands beside each. `running` where the application runs
    /// already, so that its time counts (SPEC.md 7); `unfit` is what is damaged elsewhere.
    ///
    /// The answer is that of a home in which the application may run by a license; else of one that knows a license. Of several the better license counts
    /// ([`CheckReport::preference`]), of equals the first home. A home in which something is damaged stops nobody who has a good license in another; where
    /// none has, the license may stand in what is damaged.
    ///
    /// # Errors
    /// What is damaged; `unknown_product` where no home is given.
    pub(crate) fn check(
        &self,
        known: &[(Home, ProductFile)],
        unfit: Option<HolderError>,
        needs: &Needs,
        running: bool,
    ) -> Result<CheckReport, HolderError> {
        let found = self.find(known, unfit, needs, running);
        found.map(|(report, _)| report)
    }

    /// The same, and which of the homes it is about.
    ///
    /// # Errors
    /// As [`Computer::check`].
    pub(crate) fn find(
        &self,
        known: &[(Home, ProductFile)],
        mut unfit: Option<HolderError>,
        needs: &Needs,
        running: bool,
    ) -> Result<(CheckReport, usize), HolderError> {
        let (mut best, mut held): (Option<(CheckReport, usize)>, usize) = (None, 0);
        let person = needs.user.person();
        for (at, (home, file)) in known.iter().enumerate() {
            let checked = aliases::of(home, file.product()).and_then(|aliases| {
                let input = CheckInput {
                    trust: needs.trust,
                    license_key: needs.license_key,
                    or_demo: needs.license_key.is_none(),
                    person,
                    bindings: &needs.bindings,
                    features: &needs.features,
                    counts: &needs.counts,
                    released: needs.released,
                    running,
                    ..CheckInput::new(self.here(&aliases), self.built)
                };
                check_product(file, home, &input)
            });
            let report = match checked {
                Ok(report) => report,
                Err(error) => {
                    unfit = unfit.or(Some(error));
                    continue;
                }
            };
            held += report.beside + usize::from(report.activation.is_some());
            let rank = |report: &CheckReport| {
                (
                    report.allowed() && report.state != State::Demo,
                    report.license_key.is_some(),
                    report.allowed(),
                    report.preference(),
                )
            };
            if best
                .as_ref()
                .is_none_or(|(known, _)| rank(&report) > rank(known))
            {
                best = Some((report, at));
            }
        }
        if let Some((report, _)) = &mut best {
            report.beside = held.saturating_sub(usize::from(report.activation.is_some()));
        }
        let known = |it: &(CheckReport, usize)| it.0.license_key.is_some();
        let named = needs.license_key.is_some() && best.as_ref().is_some_and(known);
        match (best, unfit.filter(|_| !named)) {
            (Some((report, _)), Some(error)) if report.another_may_be_meant() => Err(error),
            (Some(found), _) => Ok(found),
            (None, Some(error)) => Err(error),
            (None, None) => Err(HolderError::UnknownProduct { id: String::new() }),
        }
    }

    /// Does with these codes what `act` does, until one changes something here; where none does, the first that is in force already. With it the code that was
    /// taken: the first where none is for this machine.
    fn one_of<'c>(
        codes: impl Iterator<Item = &'c Code>,
        act: impl Fn(&Code) -> Result<Outcome, HolderError>,
    ) -> (Option<&'c Code>, Result<Outcome, HolderError>) {
        let (mut known, mut refused) = (None, None);
        let mut codes: Vec<&Code> = codes
            .filter(|code| APPLIED.contains(&code.kind()))
            .collect();
        // A card is for the loan that stands beside it, a desk's certificate for its response, which takes it along; alone it is all there is.
        codes.sort_by_key(|code| code.kind() != Kind::SiteCard);
        if codes.iter().any(|code| code.kind() == Kind::Grant) {
            codes.retain(|code| code.kind() != Kind::DeskCertificate);
        }
        for code in codes {
            match act(code) {
                Ok(outcome @ (Outcome::Applied(_) | Outcome::DeskKnown(_))) => {
                    return (Some(code), Ok(outcome));
                }
                // What a card does is said where there is nothing else.
                Ok(outcome) => match &known {
                    Some((_, Outcome::CardKnown(_))) | None => known = Some((code, outcome)),
                    Some(_) => {}
                },
                Err(error) => {
                    refused.get_or_insert((code, error));
                }
            }
        }
        match (known, refused) {
            // A card is for the loan beside it: what stands in the way of that is said.
            (Some((_, Outcome::CardKnown(_))), Some((code, error))) => (Some(code), Err(error)),
            (Some((code, outcome)), _) => (Some(code), Ok(outcome)),
            (None, Some((code, error))) => (Some(code), Err(error)),
            (None, None) => (None, Err(HolderError::OtherRequest)),
        }
    }

    /// Of a text that was read, the code that was taken and what became of it: one that stands there, or an emergency code that is not written as it was
    /// read out, where the chain of a license here says which it is.
    ///
    /// # Errors
    /// Why there was no code.
    pub(crate) fn apply_what_was_read(
        &self,
        read: Judgeable,
    ) -> Result<(Reading, Result<Outcome, HolderError>), ReadError> {
        let beside = beside(&read);
        let desks: Vec<&Code> = beside
            .iter()
            .filter(|it| it.kind() == Kind::DeskCertificate)
            .collect();
        self.take(read, |code| {
            let outcome = self.apply(code, &desks)?;
            if let Outcome::Applied(_) = outcome {
                // The license keeps the certificate by itself: this is for answers that come without it.
                desks.iter().for_each(|desk| drop(self.introduce(desk)));
            }
            Ok(outcome)
        })
    }

    /// The same with what `act` does with a code, such as looking what it would change.
    fn take(
        &self,
        read: Judgeable,
        act: impl Fn(&Code) -> Result<Outcome, HolderError>,
    ) -> Result<(Reading, Result<Outcome, HolderError>), ReadError> {
        let tried = read.result.map(|reading| {
            let (code, outcome) = Self::one_of(reading.codes(), &act);
            let code = code.cloned();
            (reading.choosing(|it| Some(it) == code.as_ref()), outcome)
        });
        let changed =
            |outcome: &Outcome| matches!(outcome, Outcome::Applied(_) | Outcome::DeskKnown(_));
        if let Ok((_, Ok(outcome))) = &tried
            && changed(outcome)
        {
            return tried;
        }
        match self.recognize(read.slipped) {
            Some(slipped) => {
                let outcome = act(&slipped.code);
                let reading = match tried {
                    Ok((reading, _)) => reading.led_by(slipped),
                    Err(_) => Reading::from(slipped),
                };
                Ok((reading, outcome))
            }
            None => tried,
        }
    }

    /// The one of these emergency codes that the chain of a license here knows.
    fn recognize(&self, mut guesses: Vec<Carried>) -> Option<Carried> {
        let codes: Vec<Code> = guesses.iter().map(|it| it.code.clone()).collect();
        if codes.is_empty() {
            return None;
        }
        let mut homes = self.homes.iter();
        // A home that cannot be read knows none.
        let known = homes.find_map(|home| apply::recognize(home, &codes).ok().flatten());
        known.map(|nth| guesses.swap_remove(nth))
    }

    /// Applies an answer, beside which these certificates of desks stand, in the home that asked, an emergency code in the one that holds its license. What is
    /// damaged in one home stops no other.
    ///
    /// # Errors
    /// As [`apply::apply`].
    fn apply(&self, code: &Code, desks: &[&Code]) -> Result<Outcome, HolderError> {
        if code.kind() == Kind::DeskCertificate {
            return self.introduce(code);
        }
        self.in_one_home(|home| {
            let outcome = apply::apply_beside(home, code, desks, &self.here(&[]))?;
            self.make_seats(home, &outcome);
            Ok(outcome)
        })
    }

    /// Introduces a desk in every home that knows a product of its root: which of them asked is not known here.
    fn introduce(&self, code: &Code) -> Result<Outcome, HolderError> {
        let (mut welcome, mut refused) = (Vec::new(), None);
        for home in &self.homes {
            match apply::apply(home, code, &self.here(&[])) {
                Ok(Outcome::DeskKnown(products)) => welcome.extend(products),
                Ok(outcome) => return Ok(outcome),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        welcome.sort();
        welcome.dedup();
        match refused.filter(|_| welcome.is_empty()) {
            Some(error) => Err(error),
            None => Ok(Outcome::DeskKnown(welcome)),
        }
    }

    /// What [`apply_what_was_read`](Computer::apply_what_was_read) would do, nothing being changed.
    ///
    /// # Errors
    /// Why there was no code.
    pub(crate) fn preview(
        &self,
        read: Judgeable,
    ) -> Result<(Reading, Result<Outcome, HolderError>), ReadError> {
        let beside = beside(&read);
        self.take(read, |code| {
            self.in_one_home(|home| apply::preview_beside(home, code, &beside, &self.facts))
        })
    }

    /// What is found in the first home for which a code is.
    fn in_one_home(
        &self,
        look: impl Fn(&Home) -> Result<Outcome, HolderError>,
    ) -> Result<Outcome, HolderError> {
        // Whether it says only that the code is for somebody else.
        let elsewhere = |error: &HolderError| {
            matches!(
                error,
                HolderError::OtherRequest | HolderError::OtherEmergency
            )
        };
        let mut other: Option<HolderError> = None;
        for home in &self.homes {
            match look(home) {
                Ok(outcome) => return Ok(outcome),
                Err(error) => {
                    let said = other.as_ref().is_some_and(|other| !elsewhere(other));
                    other = other.filter(|_| said).or(Some(error));
                }
            }
        }
        Err(other.unwrap_or(HolderError::OtherRequest))
    }

    /// A license that is held for every user of this computer needs no second activation for one of them.
    ///
    /// # Errors
    /// `already_licensed`.
    pub(crate) fn refuse_where_held_for_all(
        &self,
        own: &Home,
        file: &ProductFile,
        key: LicenseKey,
    ) -> Result<(), HolderError> {
        for home in &self.homes {
            let other =
                home.directory() != own.directory() && home.audience() == Audience::Everyone;
            // One that cannot be read is nobody's obstacle.
            if let Some(license) = home.license(key).ok().flatten().filter(|_| other) {
                request::refuse_where_held(home, file, &license, &self.facts)?;
            }
        }
        Ok(())
    }
}
