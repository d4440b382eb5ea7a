//! What a check found, for scripts.

use super::json::{
    AppliedOn, Counted, GivenUp, Named, Report, Shown, StatusReport, Terms, Warning, days, shown,
};
use super::output::Output;
use super::report;
use crate::holder::CheckReport;
use crate::holder::state::{HistoryEntry, LicenseState};
use crate::protocol::contents;

impl Report {
    pub(crate) fn of(it: &CheckReport, out: &Output) -> Report {
        let terms = it.terms.as_ref();
        let held = terms.map(Terms::from);
        let warnings = it.warnings.iter().map(|warning| Warning {
            kind: warning.kind(),
            message: warning.to_string(),
            hint: Some(out.typed(&report::advice_on(it, warning))),
        });
        let now = contents::Contents {
            features: it.features.clone(),
            limits: it.limits.clone(),
            pools: it.pools.clone(),
            texts: it.texts.clone(),
            ends: terms.map(|it| it.contents.ends.clone()).unwrap_or_default(),
        };
        Report {
            state: Named(it.state),
            product: it.product.clone(),
            license_key: shown(it.license_key),
            activation: shown(it.activation),
            customer: (),
            r#type: held.as_ref().map(|it| it.r#type),
            edition: terms.and_then(|it| it.edition.clone()),
            generation: held.as_ref().map(|it| it.generation),
            issued: held.as_ref().map(|it| it.issued),
            seats: held.as_ref().map(|it| it.seats),
            expires: held.as_ref().and_then(|it| it.expires),
            maintenance: held.as_ref().and_then(|it| it.maintenance),
            revalidate_by: held.as_ref().and_then(|it| it.revalidate_by),
            max_loan: held.as_ref().and_then(|it| it.max_loan),
            loan: held.as_ref().and_then(|it| it.loan),
            emergency: held.and_then(|it| it.emergency),
            days_left: it.days_left,
            needs_seat: report::floats(it),
            weakly_bound: it.weakly_bound,
            usb_plugged_in: it.usb,
            warnings: warnings.collect(),
            contents: now.into(),
            ended: days(it.ended.iter().cloned()),
            counts: it.counts.iter().map(Counted::from).collect(),
            bindings: it.bindings.iter().cloned().collect(),
            error: it
                .refusal
                .as_ref()
                .map(|why| out.failing(&report::failure(it, why))),
        }
    }
}

impl StatusReport {
    pub(crate) fn of(
        checked: &CheckReport,
        license: Option<&LicenseState>,
        history: &[HistoryEntry],
        users: &[String],
        out: &Output,
    ) -> StatusReport {
        let entered = history.iter().map(|event| AppliedOn {
            at: Shown(event.at),
            activation: Shown(event.activation),
            generation: event.generation,
            emergency_step: event.emergency,
        });
        let given = license.into_iter().flat_map(LicenseState::given_up);
        let given = given.map(|it| GivenUp {
            at: Shown(it.at),
            activation: Shown(it.activation),
        });
        StatusReport {
            report: Report::of(checked, out),
            pending: license.map_or(0, |license| license.open().count()),
            users: users.to_vec(),
            history: entered.collect(),
            given_up: given.collect(),
        }
    }
}
