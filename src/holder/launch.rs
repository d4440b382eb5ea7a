//! The check of an application, whole: product file, home, memory, verdict, and what is to be kept of it.

use std::cmp::Reverse;

use super::audience::Audience;
use super::check::{CheckInput, Checked, check};
use super::error::HolderError;
use super::home::Home;
use super::lock::{BETWEEN_TRIES, PATIENCE};
use super::memory::{Memory, held};
use super::places::{Kept, News, Places};
use super::report::{CheckReport, Closed, Refusal, State};
use super::state::LicenseState;
use super::warning::Warning;
use crate::failure::FailureKind;
use crate::protocol::date::Seconds;
use crate::protocol::grant::SignedGrant;
use crate::protocol::product::ProductFile;

/// Checks the license of a product. Waits for no other process, but where a demo begins or the machine changed, whose first moment has to
/// be kept: up to ten seconds. What else was learnt, of the clock about once an hour, is kept where
/// that is possible.
///
/// # Errors
/// A state that cannot be read, where no other license of the product allows the application to run.
pub fn check_product(
    file: &ProductFile,
    home: &Home,
    input: &CheckInput<'_>,
) -> Result<CheckReport, HolderError> {
    let id = &file.product().id;
    let (mut licenses, unfit) = home.survey()?;
    licenses.retain(|license| license.product == *id);
    // Who gave a license up has had the demo, whatever else is asked for.
    let given_up = licenses.iter().any(|license| !license.returned.is_empty());
    if let Some(key) = input.license_key {
        licenses.retain(|license| license.license_key == key);
    }
    // Of several licenses one that is good counts, else one in whose place the demo runs, else one that is held; of equals one that waits for an answer,
    // then the lowest key. What was granted last is looked at first: where that is good and warns of nothing, no other can be better, and no other
    // signature needs to be verified.
    licenses.sort_by_key(|license| {
        let waits = license.open().next().is_some();
        (license.held.is_none(), Reverse(granted(license)), !waits)
    });
    let rank = |report: &CheckReport| {
        let good = report.allowed() && report.state != State::Demo;
        let held = report.activation.is_some();
        (good, report.allowed(), held, report.preference())
    };
    let without_demo = CheckInput {
        or_demo: false,
        ..*input
    };
    let held = licenses.iter().filter(|it| it.held.is_some()).count();
    let mut best: Option<(Option<&LicenseState>, Checked)> = None;
    for license in licenses.iter().map(Some) {
        let input = match license {
            Some(license) if given_up && license.held.is_none() => &without_demo,
            _ => input,
        };
        let checked = check_one(file, home, license, input);
        let known = best.as_ref().map(|(_, known)| rank(&known.report));
        if known.is_none_or(|known| rank(&checked.report) > known) {
            let (good, ..) = rank(&checked.report);
            let last = good && checked.report.warnings.is_empty();
            best = Some((license, checked));
            if last {
                break;
            }
        }
    }
    let named = input.license_key.is_some() && best.is_some();
    // The license may stand in the file that cannot be read.
    match (best, unfit.into_iter().next().filter(|_| !named)) {
        (Some((_, checked)), Some(error)) if checked.report.another_may_be_meant() => Err(error),
        (Some((license, mut checked)), _) => {
            let own = license.is_some_and(|it| it.held.is_some());
            checked.report.beside = held.saturating_sub(usize::from(own));
            Ok(keep(file, home, license, checked, input))
        }
        (None, Some(error)) => Err(error),
        (None, None) => {
            let checked = check_one(file, home, None, input);
            Ok(keep(file, home, None, checked, input))
        }
    }
}

/// When the license that is held says that it was granted: not verified, and good for no more than an order.
fn granted(license: &LicenseState) -> Option<Seconds> {
    let held = license.held.as_ref()?;
    let signed = SignedGrant::decode(&held.grant).ok()?;
    Some(signed.grant.issued)
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

/// Keeps what was learnt. What a check may go on by only where it is kept, it keeps before it goes on: the beginning of a demo, the first sight of a
/// machine that changed (SPEC.md 6.4, 6.5).
fn keep(
    file: &ProductFile,
    home: &Home,
    license: Option<&LicenseState>,
    mut checked: Checked,
    input: &CheckInput<'_>,
) -> CheckReport {
    // Counted in tries: the library reads no clock.
    let tries = PATIENCE.as_millis() / BETWEEN_TRIES.as_millis();
    for _ in 0..tries {
        let kept = keep_now(home, license, &checked, input);
        if !checked.begins {
            return lightly(home, checked.report, kept);
        }
        if kept.somewhere {
            return checked.report;
        }
        if !kept.busy {
            return unremembered(checked.report, kept.home);
        }
        std::thread::sleep(BETWEEN_TRIES);
        // What the other process has kept counts.
        let beside = checked.report.beside;
        checked = check_one(file, home, license, input);
        checked.report.beside = beside;
    }
    let directory = home.directory().to_owned();
    unremembered(checked.report, Some(HolderError::Busy { directory }))
}

fn keep_now(
    home: &Home,
    license: Option<&LicenseState>,
    checked: &Checked,
    input: &CheckInput<'_>,
) -> Kept {
    let product = &checked.report.product;
    let news = News {
        mark: checked.mark.as_ref(),
        drift: checked.drift.as_ref(),
        matches: checked.drift_is_over,
        answers: None,
        loans: None,
        parts: checked.parts.as_ref(),
        demo: checked.demo.as_ref().map(|demo| (product.as_str(), demo)),
    };
    if news.is_empty() {
        return Kept::default();
    }
    let places = Places {
        home,
        facts: input.here.facts,
    };
    places.keep(license.and_then(held), &news)
}

/// What need not be kept: where it could not be, that is said to whoever can do something about it.
fn lightly(home: &Home, mut report: CheckReport, kept: Kept) -> CheckReport {
    let may_not = |error: &HolderError| {
        home.audience() == Audience::Everyone
            && matches!(
                error.kind(),
                FailureKind::NoPermission | FailureKind::ReadOnly
            )
    };
    // Users of a machine-wide home may not write there, and need not.
    if let Some(error) = kept.home.filter(|error| !may_not(error)) {
        report.warnings.push(Warning::NotKept(error));
    }
    report
}

/// What may go on for a while only goes on where it is remembered since when: else the while would never end.
fn unremembered(mut report: CheckReport, why: Option<HolderError>) -> CheckReport {
    let changed = report.warnings.iter().find_map(|warning| match warning {
        Warning::MachineChanged {
            different, unread, ..
        } => Some((*different, *unread)),
        _ => None,
    });
    let closed = match why.as_ref().map(HolderError::kind) {
        Some(FailureKind::DiskFull) => Closed::Full,
        Some(FailureKind::Busy) => Closed::Busy,
        _ => Closed::Denied,
    };
    let (state, refusal) = match changed {
        Some((different, unread)) => (
            State::WrongMachine,
            Refusal::ChangeNotKept {
                different,
                unread,
                why: closed,
            },
        ),
        None => (
            State::Unlicensed,
            Refusal::DemoNotKept {
                product: report.product.clone(),
                why: closed,
            },
        ),
    };
    (report.state, report.refusal) = (state, Some(refusal));
    report
        .warnings
        .retain(|warning| !matches!(warning, Warning::MachineChanged { .. }));
    report.warnings.extend(why.map(Warning::NotKept));
    report
}
