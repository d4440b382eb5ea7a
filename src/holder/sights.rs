//! First sights of a machine that changed: where they lie, and how they get there (SPEC.md 6.4, 6.5).

use std::path::PathBuf;

use super::drift::Drift;
use super::error::StorageError;
use super::places::{News, Place, Places};
use crate::license_key::LicenseKey;

impl Places<'_> {
    /// A first sight, or that it is over. By license: each answer to a machine that asks anew begins an activation, and each loan does.
    pub(super) fn write_drift(
        &self,
        place: Place<'_>,
        key: LicenseKey,
        news: &News<'_>,
    ) -> Result<(), StorageError> {
        let (path, purpose) = (self.drift_path(place, key), key.digits());
        let audience = match place {
            Place::Home => self.home.audience(),
            Place::Anchor(anchor) => anchor.audience(),
        };
        match (news.drift, self.drift(place, key)) {
            (Some(drift), before) => {
                let drift = earlier(before, drift);
                self.seals().write(&path, &purpose, &drift, audience)
            }
            (None, Some(_)) if news.matches => {
                self.seals().forget::<Drift>(&path, &purpose, audience)
            }
            (None, _) => Ok(()),
        }
    }

    fn drift_path(&self, place: Place<'_>, key: LicenseKey) -> PathBuf {
        match place {
            Place::Home => self.home.drift_path(key),
            Place::Anchor(anchor) => {
                let name = format!("{}.json", key.digits());
                anchor.directory().join("drift").join(name)
            }
        }
    }

    pub(super) fn drift(&self, place: Place<'_>, key: LicenseKey) -> Option<Drift> {
        self.seals()
            .read(&self.drift_path(place, key), &key.digits())
    }
}

/// Of a first sight that is kept and one that is to be, the earlier, with the moment that is to be kept.
fn earlier(before: Option<Drift>, drift: &Drift) -> Drift {
    match before {
        Some(before) => Drift {
            since: before.since.min(drift.since),
            mark: drift.mark.clone().or(before.mark),
        },
        None => drift.clone(),
    }
}
