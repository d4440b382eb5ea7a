//! What a site's anchors remember of its loans: the number of the last one and the head of their chain, so that a book that was put back shows (SPEC.md 6.5).

pub(crate) use super::entries::LoansSeen;
use super::home::Home;
use super::memory;
use super::places::{Kept, News, Places};
use super::remembered::stricter;
use super::state::LicenseState;
use crate::license_key::LicenseKey;
use crate::machine::Facts;
use crate::protocol::digest::ActivationId;

/// What the anchors of a home remember of a license's loans, under whichever activation they were lent.
pub(crate) fn seen(home: &Home, key: LicenseKey, facts: &Facts) -> Option<LoansSeen> {
    loans(&Places { home, facts }, key)
}

/// Has them remember it. Whether one does.
pub(crate) fn remember(
    home: &Home,
    license: &LicenseState,
    facts: &Facts,
    seen: LoansSeen,
) -> bool {
    let places = Places { home, facts };
    let news = News {
        loans: Some(&seen),
        ..News::default()
    };
    keep_in_anchors(&places, memory::held(license), &news);
    let key = license.license_key;
    loans(&places, key).is_some_and(|kept| kept == seen)
}

/// Keeps news in every anchor that can be written, and nowhere else.
fn keep_in_anchors(
    places: &Places<'_>,
    license: Option<(LicenseKey, ActivationId)>,
    news: &News<'_>,
) {
    let mut kept = Kept::default();
    for anchor in places.home.anchors() {
        places.keep_in(anchor, license, news, &mut kept);
    }
}

/// What the anchors know of the loans of a license's site.
fn loans(places: &Places<'_>, key: LicenseKey) -> Option<LoansSeen> {
    let anchors = places.home.anchors().iter();
    let kept = anchors.flat_map(|anchor| places.anchored_of(anchor, key));
    kept.map(|(_, it)| it.loans).fold(None, stricter)
}
