//! Of several licenses of which none will do, the one that is nearest to being mended: that is the one to be told of, whatever their keys are.

use std::cmp::Reverse;

use super::asked::{covers, over_by};
use super::report::{CheckReport, Nearness, Refusal};
use crate::protocol::date::Day;
use crate::protocol::product::Product;

/// What is asked of a license: features, numbers in use, and when the version was released; on the day that the clock says.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) features: &'a [String],
    pub(crate) counts: &'a [(String, u32)],
    pub(crate) released: Option<Day>,
    pub(crate) today: Day,
}

/// Each kind of refusal has a place of its own, so that of equals the same is said.
pub(crate) fn nearness(product: &Product, report: &CheckReport, asked: Wanted<'_>) -> Nearness {
    let Some(refusal) = &report.refusal else {
        return Nearness(true, u8::MAX, Reverse(0));
    };
    let over = match refusal {
        Refusal::OverLimit(counts) => counts.iter().map(|it| u64::from(it.over_by())).sum(),
        _ => 0,
    };
    let place = match refusal {
        // The license is good: nothing but a number stands against it, and whoever can lower that is let in.
        Refusal::OverLimit(counts) if counts.iter().all(|it| it.most > 0) => 27,
        // Here, and at once.
        Refusal::ClockBehind { .. } => 26,
        Refusal::UsbMissing(_) => 25,
        Refusal::ChangeNotKept { .. } => 24,
        // By a request that is answered without anybody's being asked.
        Refusal::Overdue { .. } => 23,
        Refusal::WrongMachine { .. } => 22,
        Refusal::NotTrusted { .. } => 21,
        Refusal::Unbound { .. } => 20,
        // The license is good, and says nothing of what is counted.
        Refusal::OverLimit(_) => 19,
        Refusal::WrongBinding { .. } => 18,
        Refusal::UnknownBinding(_) => 17,
        Refusal::BadBinding(_) => 16,
        // By the license's administrator.
        Refusal::UsersNotTrusted { .. } | Refusal::UsersUnread { .. } => 15,
        Refusal::NotNamed { .. } => 14,
        // By a purchase.
        Refusal::Expired { .. } | Refusal::LoanOver { .. } => 13,
        Refusal::FeatureEnded { .. } => 12,
        Refusal::MaintenanceOver { .. } | Refusal::ReleaseNotCovered { .. } => 11,
        Refusal::FeatureMissing(_) => 10,
        Refusal::FeatureUnknown { .. } | Refusal::LimitUnknown { .. } => 9,
        // Nothing is held.
        Refusal::NotHeld { pending: true, .. } | Refusal::NotLicensed { pending: true, .. } => 8,
        Refusal::Returned { .. } => 7,
        Refusal::NotHeld { .. } | Refusal::NotLicensed { .. } => 6,
        Refusal::DemoNotKept { .. } => 5,
        Refusal::DemoOver { .. } => 4,
        Refusal::OtherRoot { .. } => 3,
    };
    // Whatever is done about it, what is asked for would not be there.
    let in_vain = is_of_the_license(refusal) && !would_do(product, report, asked);
    Nearness(!in_vain, place, Reverse(over))
}

/// Whether it was refused before anything was looked at that is asked of it.
fn is_of_the_license(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::ClockBehind { .. }
            | Refusal::UsbMissing(_)
            | Refusal::ChangeNotKept { .. }
            | Refusal::Overdue { .. }
            | Refusal::WrongMachine { .. }
            | Refusal::NotTrusted { .. }
            | Refusal::Unbound { .. }
            | Refusal::Expired { .. }
            | Refusal::LoanOver { .. }
            | Refusal::WrongBinding { .. }
            | Refusal::UnknownBinding(_)
            | Refusal::BadBinding(_)
            | Refusal::UsersNotTrusted { .. }
            | Refusal::UsersUnread { .. }
            | Refusal::NotNamed { .. }
    )
}

/// Whether a license contains what is asked of it, as far as is known.
fn would_do(product: &Product, report: &CheckReport, asked: Wanted<'_>) -> bool {
    if asked.features.is_empty() && asked.counts.is_empty() && asked.released.is_none() {
        return true;
    }
    let Some(terms) = &report.terms else {
        return false;
    };
    let today = report.today.unwrap_or(asked.today);
    let there = terms.contents.on(today);
    let contained = |name: &String| {
        let maintained = product.maintained.contains(name);
        let over = terms.maintenance.is_some_and(|last| today > last);
        let pooled = there.pools.iter().any(|(known, _)| known == name);
        (there.features.contains(name) || pooled) && !(maintained && over)
    };
    let covered = covers(terms.maintenance, asked.released).is_none();
    covered && asked.features.iter().all(contained) && over_by(&there.limits, asked.counts) == 0
}
