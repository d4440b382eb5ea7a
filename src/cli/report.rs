//! A check's report in words.

use crate::holder::{CheckReport, Refusal, State, Terms, Warning};
use crate::messages;
use crate::protocol::date::Day;
use crate::protocol::grant::LicenseType;

use super::advice::{self, Advice as _};
use super::failure::Failure;
use super::json::Details;
use super::{Context, words};

/// Why the application may not run, as a failure.
pub(crate) fn failure(report: &CheckReport, refusal: &Refusal) -> Failure {
    let why = report.why().unwrap_or_else(|| refusal.to_string());
    Failure::new(refusal.kind(), why)
        .hint(advice(report, refusal))
        .with(|details| *details = Details::of(refusal))
}

/// What to do about a refusal: of a loan, the site that lent it is asked.
pub(crate) fn advice(report: &CheckReport, refusal: &Refusal) -> String {
    let advice = lent(report).then(|| advice::refused_on_loan(refusal));
    match advice.flatten() {
        Some(advice) => advice.to_owned(),
        None => with_address(report, advice::is_for_the_vendor(refusal), refusal.advice()),
    }
}

/// What to do about a warning, in the same way.
pub(crate) fn advice_on(report: &CheckReport, warning: &Warning) -> String {
    let advice = lent(report).then(|| advice::warned_on_loan(warning));
    match advice.flatten() {
        Some(advice) => advice.to_owned(),
        None => with_address(report, advice::tells_the_vendor(warning), warning.advice()),
    }
}

/// Advice to ask the vendor, with where that is done.
fn with_address(report: &CheckReport, asks: bool, advice: String) -> String {
    match &report.vendor_mail {
        Some(mail) if asks && !lent(report) => {
            messages::advice::vendor_at(advice, mail).to_string()
        }
        _ => advice,
    }
}

fn lent(report: &CheckReport) -> bool {
    report.terms.as_ref().is_some_and(|it| it.loan.is_some())
}

/// Says what a license warns of, and what to do where it may be used all the same.
pub(crate) fn warn(context: &mut Context, report: &CheckReport) {
    for warning in &report.warnings {
        context.out.warn(warning);
        if report.allowed() {
            context.out.advise(&advice_on(report, warning));
        }
    }
}

/// Whether so many may use it at once as it has seats.
pub(crate) fn floats(report: &CheckReport) -> bool {
    let terms = report.terms.as_ref();
    report.state != State::Demo && terms.is_some_and(|it| it.license_type == LicenseType::Floating)
}

/// The terms of a license, for people.
pub(crate) fn terms_rows(terms: &Terms, today: Day) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    rows.extend(
        terms
            .edition
            .iter()
            .map(|edition| (messages::label::edition(), edition.clone())),
    );
    rows.push((
        messages::label::license_type(),
        match terms.loan {
            Some(loan) => messages::terms::on_loan(loan).to_string(),
            None => terms.license_type.words().to_owned(),
        },
    ));
    rows.push((messages::label::seats(), terms.seats.to_string()));
    rows.extend(terms.max_loan.map(|days| {
        (
            messages::label::longest_loan(),
            messages::terms::days(days).to_string(),
        )
    }));
    rows.push((
        messages::label::expires(),
        words::day_or(terms.expires, messages::terms::never()),
    ));
    rows.extend(
        terms
            .maintenance
            .map(|day| (messages::label::maintenance(), maintenance(day, today))),
    );
    rows.push((
        messages::label::revalidate_by(),
        words::day_or(terms.revalidate_by, messages::terms::never_needed()),
    ));
    rows.extend(terms.emergency.map(|steps| {
        let words = messages::terms::emergency_steps(steps.days, steps.of, steps.used);
        (messages::label::emergency(), words.to_string())
    }));
    rows.extend(words::contents(&terms.contents, Some(today)));
    rows
}

/// The license itself goes on when its maintenance has ended.
fn maintenance(last: Day, today: Day) -> String {
    if today > last {
        messages::terms::ended_on(&last).to_string()
    } else {
        messages::terms::until(&last).to_string()
    }
}
