//! What an application asks about beside "may I run?": features it is to use, numbers that are in use.

use super::check::CheckInput;
use super::report::{CheckReport, Refusal, State};
use crate::protocol::date::Day;
use crate::protocol::product::Product;

/// Features that are in the licence, and whose maintenance, where they need it, is not over. A demo has no maintenance.
pub(super) fn features(
    product: &Product,
    report: &CheckReport,
    input: &CheckInput<'_>,
    today: Day,
) -> Result<(), (State, Refusal)> {
    let ended = report
        .terms
        .as_ref()
        .filter(|_| report.state == State::Licensed)
        .and_then(|terms| terms.maintenance)
        .filter(|last| today > *last);
    for feature in input.features {
        if !report.features.contains(feature) {
            return Err((report.state, Refusal::FeatureMissing(feature.clone())));
        }
        let maintained = product.maintained.contains(feature);
        if let Some(ended) = ended.filter(|_| maintained) {
            let feature = feature.clone();
            return Err((report.state, Refusal::MaintenanceOver { feature, ended }));
        }
    }
    Ok(())
}

/// Numbers that are within their limits. A limit that the licence does not contain allows nothing.
pub(super) fn counts(report: &CheckReport, input: &CheckInput<'_>) -> Result<(), (State, Refusal)> {
    for (limit, count) in input.counts {
        let known = report.limits.iter().find(|(name, _)| name == limit);
        let most = known.map_or(0, |(_, most)| *most);
        if *count > most {
            let (limit, count) = (limit.clone(), *count);
            return Err((report.state, Refusal::OverLimit { limit, count, most }));
        }
    }
    Ok(())
}
