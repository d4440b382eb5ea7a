//! What an application asks at each launch. Pure: everything known is handed in, what is to be kept is handed back.
//!
//! The order: no license, trust, clock, expired, overdue, machine and bindings, users by name, features, counts. The signature and its chain are verified
//! each time from the evidence; nothing that an earlier check found is believed.

mod bound;
mod person;

use super::asked;
use super::clock::{self, Look, Mark};
use super::drift::Drift;
use super::entries::{Demo, Tombstone};
use super::evidence;
use super::memory::Memory;
use super::named::Person;
use super::nearest::{Wanted, nearness};
use super::parts::Parts;
use super::report::{CheckReport, Nearness, Refusal, State};
use super::request::Here;
use super::state::{Held, LicenseState};
use super::terms::Terms;
use super::warning::Warning;
use crate::license_key::LicenseKey;
use crate::machine::Components;
use crate::protocol::date::{Day, Seconds};
use crate::protocol::grant::LicenseType;
use crate::protocol::product::{Product, ProductFile, RootFingerprint, WARN_DAYS};
use crate::protocol::trust::TrustError;

/// Days before the last day of a license, of a part of it, or of its maintenance, from which on it is spoken of.
const EXPIRY_WARNING: i32 = 30;
/// The same of a loan, which is short and easily extended.
const LOAN_WARNING: i32 = 2;

/// What is asked, and what is known about this machine at this moment.
#[derive(Clone, Copy, Debug)]
pub struct CheckInput<'a> {
    /// The machine and its clock.
    pub here: Here<'a>,
    /// Build date of the program: no clock before it is right.
    pub built: Seconds,
    /// The root that is to have signed the product file; none: whoever signed it.
    pub trust: Option<RootFingerprint>,
    /// The license, where the machine holds several of the product.
    pub license_key: Option<LicenseKey>,
    /// Whether the demo may run where that license does not: whoever asks for one license by its key gets that one or none.
    pub or_demo: bool,
    /// For whom it is asked, where the license is for people by name.
    pub person: Person<'a>,
    /// What the application is connected to. A name that is not handed in is not compared.
    pub bindings: &'a [(String, String)],
    /// Features that are to be used.
    pub features: &'a [String],
    /// Numbers in use, by the names of limits.
    pub counts: &'a [(String, u32)],
    /// When the version of the application was released.
    pub released: Option<Day>,
    /// The application runs already: an application that runs for long asks each hour and once more when it ends, so that the time it ran
    /// counts whatever the clock says (SPEC.md 7).
    pub running: bool,
}

impl<'a> CheckInput<'a> {
    /// A plain check: may the application run here and now?
    pub fn new(here: Here<'a>, built: Seconds) -> CheckInput<'a> {
        CheckInput {
            here,
            built,
            trust: None,
            license_key: None,
            or_demo: true,
            person: Person::Nameless,
            bindings: &[],
            features: &[],
            counts: &[],
            released: None,
            running: false,
        }
    }
}

/// What a check says, and what is to be kept of it.
#[derive(Debug)]
pub struct Checked {
    /// What it says.
    pub report: CheckReport,
    /// The clock mark to keep, where one is due.
    pub mark: Option<Mark>,
    /// The first sight of a machine that changed, where this is it or its clock mark is due.
    pub drift: Option<Drift>,
    /// The machine matches the grant held, and a change was seen before.
    pub drift_is_over: bool,
    /// When each part of the machine was last read, where that is due.
    pub parts: Option<Parts>,
    /// The demo, where it begins now or its clock mark is due.
    pub demo: Option<Demo>,
    /// A demo begins, or a change is seen for the first time: the application may go on only where that is kept.
    pub begins: bool,
}

/// Checks one license, or that there is none.
pub fn check(
    file: &ProductFile,
    license: Option<&LicenseState>,
    memory: &Memory,
    input: &CheckInput<'_>,
) -> Checked {
    let mut check = Check {
        file,
        memory,
        input,
        checked: Checked {
            report: blank(file.product(), license),
            mark: None,
            drift: None,
            drift_is_over: false,
            parts: None,
            demo: None,
            begins: false,
        },
    };
    let found = check.whole(license);
    let mut checked = check.checked;
    if let Err((state, refusal)) = found {
        // In a home that several machines share, the wrong one leaves the mark of the right one alone.
        checked.mark = checked.mark.filter(|_| state != State::WrongMachine);
        checked.parts = checked.parts.filter(|_| state != State::WrongMachine);
        checked.report.state = state;
        checked.report.refusal = Some(refusal);
        let wanted = Wanted {
            features: input.features,
            counts: input.counts,
            released: input.released,
            today: input.here.wall.day(),
        };
        checked.report.nearness = nearness(file.product(), &checked.report, wanted);
        // Nothing goes on that would have to be remembered.
        checked.begins = false;
    } else if checked.report.state == State::Licensed && !checked.report.warnings.is_empty() {
        checked.report.state = State::Warning;
    }
    checked
}

fn wrong_machine(different: Components, unread: Components) -> Refused {
    let refusal = Refusal::WrongMachine { different, unread };
    (State::WrongMachine, refusal)
}

fn blank(product: &Product, license: Option<&LicenseState>) -> CheckReport {
    let held = license.and_then(|license| license.held.as_ref());
    CheckReport {
        state: State::Unlicensed,
        product: product.id.clone(),
        vendor_mail: product.mail.clone(),
        license_key: license.map(|license| license.license_key),
        activation: held.map(|held| held.standing.activation),
        terms: None,
        features: Vec::new(),
        limits: Vec::new(),
        pools: Vec::new(),
        texts: Vec::new(),
        ended: Vec::new(),
        counts: Vec::new(),
        bindings: Vec::new(),
        days_left: None,
        weakly_bound: false,
        usb: None,
        today: None,
        refusal: None,
        nearness: Nearness::default(),
        beside: 0,
        warnings: Vec::new(),
    }
}

/// A state and its reason.
pub(super) type Refused = (State, Refusal);

pub(super) struct Check<'a> {
    pub(super) file: &'a ProductFile,
    pub(super) memory: &'a Memory,
    pub(super) input: &'a CheckInput<'a>,
    pub(super) checked: Checked,
}

impl Check<'_> {
    fn whole(&mut self, license: Option<&LicenseState>) -> Result<(), Refused> {
        self.root()?;
        match license.and_then(|license| Some((license, license.held.as_ref()?))) {
            None => {
                self.given_up(license)?;
                let pending = license.is_some_and(|license| license.open().next().is_some());
                let product = self.file.product().id.clone();
                let refusal = match self.input.license_key.filter(|_| !self.input.or_demo) {
                    Some(key) => Refusal::NotHeld { key, pending },
                    None => Refusal::NotLicensed { product, pending },
                };
                self.demo(refusal)?;
            }
            Some((license, held)) => self.license(license, held)?,
        }
        let (product, report) = (self.file.product(), &mut self.checked.report);
        let asked = (self.input.features, self.input.counts);
        asked::is_there(product, report, asked, self.input.released)
            .map_err(|refusal| (report.state, refusal))?;
        report.counts = asked::counts(report, asked.1);
        asked::refuse_over(report)
    }

    /// Which vendor is trusted is the application's to say.
    fn root(&self) -> Result<(), Refused> {
        let found = self.file.root_fingerprint();
        match self.input.trust {
            Some(wanted) if wanted != found => {
                Err((State::Unlicensed, Refusal::OtherRoot { found, wanted }))
            }
            _ => Ok(()),
        }
    }

    fn given_up(&self, license: Option<&LicenseState>) -> Result<(), Refused> {
        let Some((license, given)) =
            license.and_then(|license| Some((license, license.returned.first()?)))
        else {
            return Ok(());
        };
        let key = license.license_key;
        let (at, with) = (given.at, None);
        Err((State::Returned, Refusal::Returned { key, at, with }))
    }

    /// A license that is held.
    fn license(&mut self, license: &LicenseState, held: &Held) -> Result<(), Refused> {
        let key = license.license_key;
        if let Some(Tombstone { at, with }) = self.memory.returned {
            return Err((State::Returned, Refusal::Returned { key, at, with }));
        }
        let terms = self.trusted(license, held)?;
        self.put_back(&terms);
        self.bound(key, held)?;
        let now = self.clock(&terms)?;
        let today = now.day();
        self.checked.report.today = Some(today);
        self.dates(&terms, now)?;
        self.checked.report.bindings = held.standing.bindings.clone();
        self.machine(key, held, now)?;
        self.bindings(held)?;
        self.checked.report.usb = self.usb_is_there(key, held);
        if self.checked.report.usb == Some(false) {
            // What the license has to say is of no use to a demo.
            self.checked.report.warnings.clear();
            self.demo(Refusal::UsbMissing(key))?;
            self.checked.report.warnings.push(Warning::UsbMissing(key));
            return Ok(());
        }
        self.person(key, &terms)?;
        let report = &mut self.checked.report;
        report.state = State::Licensed;
        let there = terms.contents.on(today);
        report.features = there.features;
        report.limits = there.limits;
        report.pools = there.pools;
        report.texts = there.texts;
        let ends = terms.contents.ends.iter();
        report.ended = ends.filter(|(_, last)| today > *last).cloned().collect();
        Ok(())
    }

    fn trusted(&mut self, license: &LicenseState, held: &Held) -> Result<Terms, Refused> {
        let key = license.license_key;
        let untrusted = |why| (State::Unlicensed, Refusal::NotTrusted { key, why });
        let grant = evidence::verify_held(self.file, license)
            .map_err(untrusted)?
            .ok_or_else(|| untrusted(TrustError::Signature))?;
        let step = evidence::emergency_step(self.file, license, &grant);
        let terms = Terms::of(self.file.product(), &grant);
        let terms = terms.after_steps(step).on_loan(held.loan());
        self.checked.report.terms = Some(terms.clone());
        Ok(terms)
    }

    /// A home that is older than what was applied here is in force, and whoever looks is told. A loan is one answer, and a site counts its loans itself.
    fn put_back(&mut self, terms: &Terms) {
        let later = self.memory.later_answer(terms.generation);
        if let Some(of) = later.filter(|_| terms.loan.is_none()) {
            let warning = Warning::HomeOlder { of };
            self.checked.report.warnings.push(warning);
        }
    }

    /// What time to go by (SPEC.md 7). The days of modules and of maintenance never make the whole license wait for the
    /// clock.
    fn clock(&mut self, terms: &Terms) -> Result<Seconds, Refused> {
        let last = [terms.expires, terms.revalidate_by];
        let ends = last.into_iter().flatten().min();
        let look = Look::new(self.input.here.wall, self.input.here.facts);
        let asked = clock::LicenseTimes {
            issued: terms.issued,
            generation: terms.generation,
            built: self.input.built,
            deadline: ends,
            dated: ends.or(terms.maintenance).is_some()
                || !terms.contents.ends.is_empty()
                || terms.license_type == LicenseType::Named,
            running: self.input.running,
        };
        let judged = clock::judge(self.memory.mark.as_ref(), &asked, &look);
        self.checked.mark = judged.keep;
        self.behind(
            judged.verdict,
            judged.not_set,
            (look.wall, judged.now),
            ends.is_some(),
        )?;
        Ok(judged.now)
    }

    /// What a verdict on the clock means: nothing, a warning, or a refusal where something ends with the day.
    pub(super) fn behind(
        &mut self,
        verdict: clock::ClockReading,
        not_set: bool,
        (wall, floor): (Seconds, Seconds),
        ends: bool,
    ) -> Result<(), Refused> {
        let days_left = match verdict {
            clock::ClockReading::Fine => return Ok(()),
            clock::ClockReading::TooLongBehind if ends => {
                return Err((State::ClockBehind, Refusal::ClockBehind { wall, floor }));
            }
            clock::ClockReading::TooLongBehind => 0,
            clock::ClockReading::Behind { days_left } => {
                i32::try_from(days_left).unwrap_or(i32::MAX)
            }
        };
        let warning = Warning::ClockBehind { not_set, days_left };
        self.checked.report.warnings.push(warning);
        Ok(())
    }

    /// Last days are inclusive (SPEC.md 1).
    fn dates(&mut self, terms: &Terms, now: Seconds) -> Result<(), Refused> {
        let today = now.day();
        let left = |last: Option<Day>| last.map(|last| last.days_since(today));
        let (to_expiry, to_contact) = (left(terms.expires), left(terms.revalidate_by));
        let report = &mut self.checked.report;
        report.days_left = [to_expiry, to_contact].into_iter().flatten().min();
        if let Some(on) = terms.expires.filter(|on| now.is_past(*on)) {
            let refusal = match terms.loan {
                Some(_) => Refusal::LoanOver { on, today },
                None => Refusal::Expired { on, today },
            };
            return Err((State::Expired, refusal));
        }
        if let Some(by) = terms.revalidate_by.filter(|by| now.is_past(*by)) {
            return Err((State::Overdue, Refusal::Overdue { by, today }));
        }
        let product = self.file.product();
        let warn_days = i32::from(product.warn_days.unwrap_or(WARN_DAYS));
        let contact = to_contact.zip(terms.revalidate_by);
        if let Some((days_left, by)) = contact.filter(|(left, _)| *left <= warn_days) {
            report.warnings.push(Warning::GraceEnds { days_left, by });
        }
        let soon = match terms.loan {
            Some(_) => LOAN_WARNING,
            None => EXPIRY_WARNING,
        };
        if let Some(days_left) = to_expiry.filter(|left| *left <= soon) {
            report.warnings.push(match terms.loan {
                Some(_) => Warning::LoanEnds { days_left },
                None => Warning::ExpiresSoon { days_left },
            });
        }
        let there = terms.contents.on(today).features;
        let needed = there.iter().any(|it| product.maintained.contains(it));
        if let Some(days_left) = left(terms.maintenance.filter(|_| needed))
            .filter(|left| (0..=EXPIRY_WARNING).contains(left))
        {
            report.warnings.push(Warning::MaintenanceEnds { days_left });
        }
        // What ends with the license as a whole has been spoken of.
        let own = |last: Day| terms.expires.is_none_or(|end| last < end);
        for (name, last) in terms.contents.ends.iter().filter(|(_, last)| own(*last)) {
            let days_left = last.days_since(today);
            if (0..=EXPIRY_WARNING).contains(&days_left) {
                let (name, last) = (name.clone(), *last);
                report.warnings.push(Warning::PartEnds {
                    name,
                    days_left,
                    last,
                });
            }
        }
        Ok(())
    }
}
