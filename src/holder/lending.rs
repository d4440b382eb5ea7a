//! What a site's anchors remember of its loans: the number of the last one and the head of their chain, so that a book that was put back shows (SPEC.md 6.5).

use super::entries::Anchored;
pub(crate) use super::entries::LoansSeen;
use super::home::Home;
use super::memory;
use super::places::{News, Places};
use super::remembered::stricter;
use super::state::LicenseState;
use crate::license_key::LicenseKey;
use crate::machine::Facts;
use crate::protocol::digest::ActivationId;

/// What the anchors of a home remember of a license's loans, under whichever activation they were lent.
pub(crate) fn seen(home: &Home, key: LicenseKey, facts: &Facts) -> Option<LoansSeen> {
    loans(&Places { home, facts }, key)
}

/// Has them remember it, in every anchor that can be written: one where another process is at work is waited for. Whether one does.
pub(crate) fn remember(
    home: &Home,
    license: &LicenseState,
    facts: &Facts,
    seen: LoansSeen,
) -> bool {
    let places = Places { home, facts };
    let key = license.license_key;
    let news = News {
        loans: Some(&seen),
        ..News::default()
    };
    for anchor in home.anchors() {
        if of(places.anchored_of(anchor, key)) != Some(seen) {
            places.keep_waiting(anchor, memory::held(license), &news);
        }
    }
    loans(&places, key).is_some_and(|kept| kept == seen)
}

/// What the anchors know of the loans of a license's site.
fn loans(places: &Places<'_>, key: LicenseKey) -> Option<LoansSeen> {
    let anchors = places.home.anchors().iter();
    of(anchors.flat_map(|anchor| places.anchored_of(anchor, key)))
}

fn of(kept: impl IntoIterator<Item = (ActivationId, Anchored)>) -> Option<LoansSeen> {
    let kept = kept.into_iter();
    kept.map(|(_, it)| it.loans).fold(None, stricter)
}
