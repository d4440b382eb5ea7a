//! The check of an application, whole: product file, home, memory, verdict, and what is to be kept of it.

use super::check::{CheckInput, Checked, check};
use super::durable::{Audience, Lock};
use super::error::HolderError;
use super::home::Home;
use super::memory::{Memory, Places};
use super::report::{CheckReport, Refusal, State};
use super::state::LicenseState;
use super::warning::Warning;
use crate::protocol::product::ProductFile;

/// Checks the licence of an application that has its product file compiled in: whose keys are trusted is then the application's alone to say.
///
/// # Errors
/// `bad_product_file`; a state that cannot be read. Whatever the licence itself says is in the report.
pub fn launch_check(
    product_file: &str,
    home: &Home,
    input: &CheckInput<'_>,
) -> Result<CheckReport, HolderError> {
    check_product(&ProductFile::parse(product_file)?, home, input)
}

/// Checks the licence of a product. Never waits for another process; what was learnt of the clock is kept about once an hour, and where it cannot be
/// kept, that is a warning.
///
/// # Errors
/// A state that cannot be read, where no other licence of the product allows the application to run.
pub fn check_product(
    file: &ProductFile,
    home: &Home,
    input: &CheckInput<'_>,
) -> Result<CheckReport, HolderError> {
    let id = &file.product().id;
    let (mut licenses, unfit) = home.survey()?;
    licenses.retain(|license| {
        license.product == *id
            && input
                .license_key
                .is_none_or(|key| key == license.license_key)
    });
    // Of several licences the first that is good counts, else one in whose place the demo runs, else the first that is held.
    licenses.sort_by_key(|license| license.held.is_none());
    let mut best: Option<(Option<&LicenseState>, Checked)> = None;
    for license in licenses.iter().map(Some) {
        let checked = check_one(file, home, license, input);
        let good = |report: &CheckReport| (report.allowed(), report.state != State::Demo);
        if good(&checked.report) == (true, true) {
            return Ok(keep(home, license, checked, input));
        }
        let known = best.as_ref().map(|(_, known)| known.report.allowed());
        if known.is_none_or(|known| !known && checked.report.allowed()) {
            best = Some((license, checked));
        }
    }
    match (best, unfit) {
        (Some((license, checked)), _) => Ok(keep(home, license, checked, input)),
        // The licence may stand in the file that cannot be read.
        (None, Some(error)) => Err(error),
        (None, None) => Ok(keep(home, None, check_one(file, home, None, input), input)),
    }
}

fn check_one(
    file: &ProductFile,
    home: &Home,
    license: Option<&LicenseState>,
    input: &CheckInput<'_>,
) -> Checked {
    let memory = Memory::recall(home, &file.product().id, license, input.here.facts);
    check(file, license, &memory, input)
}

fn keep(
    home: &Home,
    license: Option<&LicenseState>,
    checked: Checked,
    input: &CheckInput<'_>,
) -> CheckReport {
    let mut report = checked.report;
    let first_sight = checked.drift.is_some();
    if checked.mark.is_none() && checked.demo.is_none() && checked.drift.is_none() {
        return report;
    }
    let kept = Lock::try_now(home.directory(), home.audience()).and_then(|lock| {
        // Another process is at work: the next check keeps it.
        let Some(_lock) = lock else { return Ok(()) };
        let places = Places {
            home,
            facts: input.here.facts,
        };
        if let Some(demo) = checked.demo {
            places.keep_demo(&report.product, &demo)?;
        }
        let held = license.and_then(|license| Some((license.license_key, license.held.as_ref()?)));
        if let Some((drift, (key, held))) = checked.drift.zip(held) {
            places.keep_drift(key, held.standing.activation, &drift)?;
        }
        if let Some((mark, (key, held))) = checked.mark.zip(held) {
            places.keep_mark(key, held.standing.activation, &mark)?;
        }
        Ok(())
    });
    match kept {
        Ok(()) => {}
        // Users of a machine-wide home may not write there, and need not.
        Err(HolderError::Storage(error))
            if home.audience() == Audience::Everyone
                && matches!(error.kind(), "no_permission" | "read_only") => {}
        Err(error) => {
            if first_sight {
                unremembered(&mut report);
            }
            report.warnings.push(Warning::NotKept(error));
        }
    }
    report
}

/// A changed machine may go on for a while only where it is remembered since when: else the while would never end.
fn unremembered(report: &mut CheckReport) {
    let changed = report.warnings.iter().find_map(|warning| match warning {
        Warning::MachineChanged { different, .. } => Some(*different),
        _ => None,
    });
    if let Some(different) = changed {
        report.state = State::WrongMachine;
        report.refusal = Some(Refusal::WrongMachine { different });
    }
}
