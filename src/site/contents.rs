//! What a loan contains.

use super::SiteError;
use crate::protocol::catalogue::Entry;
use crate::protocol::contents::Contents;
use crate::protocol::date::Day;
use crate::protocol::entitlements::{Content, Entitlement, Entitlements};
use crate::protocol::loan::{Lent, Loan};
use crate::protocol::product::Product;

/// Its entries by name; none: all that the site has.
pub(super) fn names(loan: &Loan, product: &Product) -> Vec<String> {
    let Lent::These(list) = &loan.lent else {
        return Vec::new();
    };
    let contents = Contents::of(list, Some(product));
    let numbers = contents.limits.into_iter().chain(contents.pools);
    let texts = contents.texts.into_iter().map(|(name, _)| name);
    let numbers = numbers.map(|(name, _)| name);
    contents
        .features
        .into_iter()
        .chain(numbers)
        .chain(texts)
        .collect()
}

/// What is lent of a grant where these entries are wanted: those that the license has, as it has them, and of a module one seat.
///
/// # Errors
/// `feature_missing` where it has one not; `feature_ended` where not any more; where none is wanted.
pub(super) fn wanted(
    list: &Entitlements,
    granted: &Entitlements,
    product: &Product,
    today: Day,
) -> Result<Lent, SiteError> {
    // Nobody asks so who means it: it would be shown as a loan of all.
    if list.iter().next().is_none() {
        return Err(SiteError::NothingWanted);
    }
    let mut entries = Vec::new();
    for it in list.iter() {
        let line = product.entry(it.index);
        // What is beyond the site's own product file is lent with everything only (SPEC.md 5.4).
        let Some((content, (line, name))) = granted.get(it.index).zip(line) else {
            let name = line.map_or_else(|| format!("#{}", it.index), |(_, name)| name.to_owned());
            return Err(SiteError::NoFeature(name));
        };
        if let Some(ended) = content.ends().filter(|last| today > *last) {
            let feature = name.to_owned();
            return Err(SiteError::FeatureEnded { feature, ended });
        }
        let index = it.index;
        entries.push(match content {
            Content::Number { ends, .. } if line == Entry::Pool => {
                Entitlement::number(index, 1).until(*ends)
            }
            content => Entitlement {
                index,
                content: content.clone(),
            },
        });
    }
    // They stand in a list already, and none is longer than it was there.
    Ok(Entitlements::new(entries).map_or(Lent::Everything, Lent::These))
}

/// The modules of which a loan takes a seat.
pub(super) fn modules(
    lent: &Lent,
    granted: &Entitlements,
    product: &Product,
    today: Day,
) -> Vec<String> {
    let list = match lent {
        Lent::Everything => granted,
        Lent::These(list) => list,
    };
    let pools = Contents::of(list, Some(product)).on(today).pools;
    pools.into_iter().map(|(name, _)| name).collect()
}
