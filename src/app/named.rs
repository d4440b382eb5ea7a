//! The product as people call it: an application's customer has never seen its id.

use crate::holder::{Outcome, Refusal, Which};
use crate::protocol::product::Product;

/// A refusal that says the product's name.
pub(super) fn refusal(why: Refusal, product: &Product) -> Refusal {
    let name = product.name.clone();
    match why {
        Refusal::NotLicensed { pending, .. } => Refusal::NotLicensed {
            product: name,
            pending,
        },
        Refusal::DemoOver { last, .. } => Refusal::DemoOver {
            product: name,
            last,
        },
        Refusal::DemoNotKept { why, .. } => Refusal::DemoNotKept { product: name, why },
        Refusal::Unbound { key, why, .. } => Refusal::Unbound {
            key,
            product: name,
            why,
        },
        Refusal::FeatureUnknown { feature, .. } => Refusal::FeatureUnknown {
            product: name,
            feature,
        },
        Refusal::LimitUnknown { count, .. } => Refusal::LimitUnknown {
            product: name,
            count,
        },
        other => other,
    }
}

/// An outcome that says the product's name.
pub(super) fn outcome(outcome: Outcome, product: &Product) -> Outcome {
    let name = || product.name.clone();
    let which = |which: Which| Which {
        product: name(),
        ..which
    };
    match outcome {
        Outcome::Applied(mut applied) => {
            applied.which = which(applied.which);
            Outcome::Applied(applied)
        }
        Outcome::AlreadyApplied(it) => Outcome::AlreadyApplied(which(it)),
        Outcome::CardKnown(key) => Outcome::CardKnown(key),
        Outcome::AlreadyNewer(it) => Outcome::AlreadyNewer(which(it)),
        Outcome::DeskKnown(products) => {
            let named = products.into_iter().map(|id| match id == product.id {
                true => name(),
                false => id,
            });
            Outcome::DeskKnown(named.collect())
        }
    }
}
