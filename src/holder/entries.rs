//! What stands in the files of memories, beside clock marks and first sights.

use serde::{Deserialize, Serialize};

use super::clock::Mark;
use super::drift::Drift;
use super::json;
use super::remembered::{Remembered, stricter};
use crate::protocol::date::{Day, Seconds};

/// What an anchor keeps of one activation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Anchored {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) mark: Option<Mark>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) returned: Option<Tombstone>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) drift: Option<Drift>,
}

/// That an activation was given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tombstone {
    #[serde(with = "json::moment")]
    pub(super) at: Seconds,
}

impl Remembered for Anchored {
    fn stricter(self, other: Anchored) -> Anchored {
        let earlier =
            |one: Tombstone, other: Tombstone| if other.at < one.at { other } else { one };
        Anchored {
            mark: stricter(self.mark, other.mark),
            returned: self
                .returned
                .into_iter()
                .chain(other.returned)
                .reduce(earlier),
            drift: stricter(self.drift, other.drift),
        }
    }

    /// Whoever shows an activation's secret gives it up for every machine.
    fn for_all(&self) -> Option<Anchored> {
        let returned = Some(self.returned.clone()?);
        Some(Anchored {
            returned,
            ..Anchored::default()
        })
    }
}

/// A demo that has begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demo {
    /// Its first day.
    #[serde(with = "json::text")]
    pub began: Day,
    /// The latest moment that is known to have passed in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
}

impl Remembered for Demo {
    /// The first beginning and the later moment.
    fn stricter(self, other: Demo) -> Demo {
        Demo {
            began: self.began.min(other.began),
            mark: stricter(self.mark, other.mark),
        }
    }
}
