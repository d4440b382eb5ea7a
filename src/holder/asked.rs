//! What an application asks about beside "may I run?": features it is to use, numbers that are in use.

use super::check::CheckInput;
use super::report::{CheckReport, Refusal, State};
use crate::protocol::date::Day;
use crate::protocol::product::Product;

/// A number in use, held against its limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// The limit's name.
    pub limit: String,
    /// What was handed in.
    pub count: u32,
    /// What is allowed; 0 where the limit is not contained, or ended.
    pub most: u32,
    /// The last day of a limit that ended.
    pub ended: Option<Day>,
}

impl Count {
    /// By how much it is above the limit; 0 where it is not.
    pub fn over_by(&self) -> u32 {
        self.count.saturating_sub(self.most)
    }

    /// What is left below the limit.
    pub fn remaining(&self) -> u32 {
        self.most.saturating_sub(self.count)
    }
}

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
        if product.feature(feature).is_none() {
            let (product, feature) = (product.id.clone(), feature.clone());
            return Err((report.state, Refusal::FeatureUnknown { product, feature }));
        }
        if !report.features.contains(feature) {
            if let Some(ended) = last_day(report, feature) {
                let feature = feature.clone();
                return Err((report.state, Refusal::FeatureEnded { feature, ended }));
            }
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

/// The last day of a part of the licence that is over.
fn last_day(report: &CheckReport, name: &str) -> Option<Day> {
    let (_, day) = report.ended.iter().find(|(known, _)| known == name)?;
    Some(*day)
}

/// Numbers held against their limits. A limit that the licence does not contain allows nothing.
pub(super) fn counts(report: &CheckReport, asked: &[(String, u32)]) -> Vec<Count> {
    let held = |(limit, count): &(String, u32)| {
        let known = report.limits.iter().find(|(name, _)| name == limit);
        Count {
            limit: limit.clone(),
            count: *count,
            most: known.map_or(0, |(_, most)| *most),
            ended: last_day(report, limit),
        }
    };
    asked.iter().map(held).collect()
}

/// Refuses where any number is above its limit, and names all that are: whoever has to delete users wants to know of kiosks too.
pub(super) fn refuse_over(report: &CheckReport) -> Result<(), (State, Refusal)> {
    let over = report.counts.iter().filter(|it| it.over_by() > 0);
    let over: Vec<Count> = over.cloned().collect();
    if over.is_empty() {
        return Ok(());
    }
    Err((report.state, Refusal::OverLimit(over)))
}
