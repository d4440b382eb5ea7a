//! What an application asks about beside "may I run?": features it is to use, numbers that are in use.

use super::count::Count;
use super::report::{CheckReport, Refusal, State};
use crate::protocol::date::Day;
use crate::protocol::product::{Entry, Product};

/// Whether what is asked for is there: the version, each feature, and whatever is counted.
pub(super) fn is_there(
    product: &Product,
    report: &CheckReport,
    (features, counts): (&[String], &[(String, u32)]),
    released: Option<Day>,
) -> Result<(), Refusal> {
    release(report, released)?;
    for name in features {
        feature(product, report, name)?;
    }
    for (name, count) in counts {
        limit(product, name, *count)?;
    }
    Ok(())
}

/// Whether a feature, or a module with seats of its own, is in the license, and its maintenance, where it needs it, is not over. A demo has no maintenance.
pub(crate) fn feature(
    product: &Product,
    report: &CheckReport,
    feature: &str,
) -> Result<(), Refusal> {
    let mut modules = product.names(Entry::Pool);
    if product.feature(feature).is_none() && !modules.any(|name| name == feature) {
        return Err(Refusal::FeatureUnknown {
            product: product.id.clone(),
            feature: feature.to_owned(),
        });
    }
    let pooled = report.pools.iter().any(|(known, _)| known == feature);
    if !pooled && !report.features.iter().any(|known| known == feature) {
        let feature = feature.to_owned();
        return Err(match last_day(report, &feature) {
            Some(ended) => Refusal::FeatureEnded { feature, ended },
            None => Refusal::FeatureMissing(feature),
        });
    }
    let maintained = product.maintained.iter().any(|name| name == feature);
    let terms = report.terms.as_ref().filter(|_| maintained);
    let last = terms.and_then(|terms| terms.maintenance).zip(report.today);
    match last.filter(|(last, today)| report.state != State::Demo && today > last) {
        Some((ended, _)) => Err(Refusal::MaintenanceOver {
            feature: feature.to_owned(),
            ended,
        }),
        None => Ok(()),
    }
}

/// The last day of maintenance, where a version was released after it: the license does not cover that version. The clock has no say in it.
pub(super) fn covers(maintenance: Option<Day>, released: Option<Day>) -> Option<Day> {
    let released = released?;
    maintenance.filter(|last| released > *last)
}

/// Whether the license covers a version that was released on this day: all do that have no maintenance, and so does a demo.
fn release(report: &CheckReport, released: Option<Day>) -> Result<(), Refusal> {
    let terms = report.terms.as_ref();
    let maintenance = terms.and_then(|terms| terms.maintenance);
    let ended = covers(
        maintenance.filter(|_| report.state != State::Demo),
        released,
    );
    match ended.zip(released) {
        Some((ended, released)) => Err(Refusal::ReleaseNotCovered { released, ended }),
        None => Ok(()),
    }
}

/// Whether the product counts this; of what is not in use it does not matter.
pub(crate) fn limit(product: &Product, limit: &str, count: u32) -> Result<(), Refusal> {
    match count == 0 || product.names(Entry::Limit).any(|name| name == limit) {
        true => Ok(()),
        false => Err(Refusal::LimitUnknown {
            product: product.id.clone(),
            count: Count {
                limit: limit.to_owned(),
                count,
                most: 0,
                ended: None,
            },
        }),
    }
}

/// The last day of a part of the license that is over.
fn last_day(report: &CheckReport, name: &str) -> Option<Day> {
    let (_, day) = report.ended.iter().find(|(known, _)| known == name)?;
    Some(*day)
}

/// Numbers held against their limits. A limit that the license does not contain allows nothing.
pub(crate) fn counts(report: &CheckReport, asked: &[(String, u32)]) -> Vec<Count> {
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

/// By how much numbers are above what is allowed, all together.
pub(super) fn over_by(limits: &[(String, u32)], asked: &[(String, u32)]) -> u64 {
    let over = |(name, count): &(String, u32)| {
        let most = limits.iter().find(|(known, _)| known == name);
        u64::from(count.saturating_sub(most.map_or(0, |(_, most)| *most)))
    };
    asked.iter().map(over).sum()
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
