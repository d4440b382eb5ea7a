//! Failures.

use serde::Serialize;

use super::{Named, Shown, Taken, shown};
use crate::failure::FailureKind;
use crate::holder::{Count, Refusal};
use crate::license_key::LicenseKey;
use crate::machine::Components;
use crate::protocol::date::{Day, Seconds};
use crate::protocol::digest::ActivationId;
#[cfg(feature = "desk")]
use crate::text::Kind;

/// What a command prints that failed.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Failed {
    pub(crate) error: Failing,
}

/// What is wrong, why, what to do; FAILURES.md has every kind.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Failing {
    /// The exit code.
    pub(crate) exit: u8,
    pub(crate) kind: Named<FailureKind>,
    /// What is wrong.
    pub(crate) message: String,
    /// Why, where something is known of it.
    pub(crate) because: Option<String>,
    /// What to do.
    pub(crate) hint: String,
    #[serde(flatten)]
    pub(crate) details: Details,
}

/// What a script can act on, beside the words; each where the kind has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Details {
    /// A code that cannot be read: what is known of each row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rows: Option<Vec<Row>>,
    /// A request that is refused: the desk's verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) verdict: Option<String>,
    /// What that rests on, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) evidence: Option<String>,
    /// A request that is refused: whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) license_key: Option<Shown<LicenseKey>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) activation: Option<Shown<ActivationId>>,
    /// Its product's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) product: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) customer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) contact: Option<String>,
    /// What waits for another's approval: the number of the proposal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) proposal: Option<i64>,
    /// A ledger that was edited: what is wrong with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) findings: Option<Vec<Finding>>,
    /// How much is wrong, also where not all of it is listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) wrong: Option<u64>,
    /// A history that is another than was followed: the numbers of the events by which the ledger was put back, from one of which on it is.
    #[cfg(feature = "desk")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) restored: Option<Vec<u64>>,
    /// Numbers in use that are above their limits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) over: Option<Vec<Counted>>,
    /// The first of them by itself, for an application that counts one thing only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) most: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) over_by: Option<u32>,
    /// The feature that is missing or over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) feature: Option<String>,
    /// The last day of what is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ended: Option<Shown<Day>>,
    /// The day that the license goes by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) today: Option<Shown<Day>>,
    /// When it was given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) returned: Option<Shown<Seconds>>,
    /// What the clock says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) clock: Option<Shown<Seconds>>,
    /// What it must at least say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) at_least: Option<Shown<Seconds>>,
    /// The binding that does not fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) binding: Option<String>,
    /// What the license is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bound: Option<String>,
    /// What was handed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) found: Option<String>,
    /// No seat is free: the module whose seats are all in use, where it is one's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pool: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) seats: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) in_use: Option<u16>,
    /// How many wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) waiting: Option<usize>,
    /// Who holds what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) taken: Option<Vec<Taken>>,
    /// The number of the line by which a rule of the site refuses, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<u16>,
    /// That line without its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rule: Option<String>,
    /// Parts of the machine that are others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) different: Option<Vec<String>>,
    /// Parts of the machine that cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unread: Option<Vec<String>>,
    /// A text with several requests, none of which is answered: the others of them.
    #[cfg(feature = "desk")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) not_answered: Option<Vec<NotAnsweredToo>>,
}

/// One of several requests of a text.
#[cfg(feature = "desk")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct OneRequest {
    pub(crate) kind: Named<Kind>,
    /// The words by which both ends compare its code.
    pub(crate) phrase: String,
}

/// Another request of a text that was not answered, and why.
#[cfg(feature = "desk")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct NotAnsweredToo {
    pub(crate) request: OneRequest,
    /// Whose it is, where that is known.
    pub(crate) license_key: Option<Shown<LicenseKey>>,
    pub(crate) kind: Named<FailureKind>,
    pub(crate) message: String,
    pub(crate) hint: String,
}

/// A row of a code that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Row {
    /// Counted from 1.
    pub(crate) row: u8,
    /// `whole`, `corrected`, `unreadable` or `missing`.
    pub(crate) state: &'static str,
    /// The groups that look wrong, counted from 1.
    pub(crate) groups: Vec<u8>,
    /// How many characters it has too many, or, below 0, too few.
    pub(crate) surplus: Option<i8>,
}

/// Something in a ledger that is not as its history has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Finding {
    /// Where.
    pub(crate) place: &'static str,
    /// What is wrong, by a stable name.
    pub(crate) kind: &'static str,
    /// Which row.
    pub(crate) row: String,
    pub(crate) message: String,
    pub(crate) hint: String,
}

/// A number in use, held against its limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Counted {
    /// The limit's name.
    pub(crate) limit: String,
    /// What is in use.
    pub(crate) count: u32,
    /// What is allowed; 0 where the limit is not in the license, or ended.
    pub(crate) most: u32,
    pub(crate) remaining: u32,
    pub(crate) over_by: u32,
    /// The last day of a limit that ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ended: Option<Shown<Day>>,
}

impl From<&Count> for Counted {
    fn from(it: &Count) -> Counted {
        Counted {
            limit: it.limit.clone(),
            count: it.count,
            most: it.most,
            remaining: it.remaining(),
            over_by: it.over_by(),
            ended: shown(it.ended),
        }
    }
}

impl Details {
    fn over(over: &[Count]) -> Details {
        let first = over.first();
        Details {
            over: Some(over.iter().map(Counted::from).collect()),
            limit: first.map(|it| it.limit.clone()),
            count: first.map(|it| it.count),
            most: first.map(|it| it.most),
            over_by: first.map(Count::over_by),
            ended: first.and_then(|it| shown(it.ended)),
            ..Details::default()
        }
    }

    /// What an application needs to act on a refusal.
    pub(crate) fn of(refusal: &Refusal) -> Details {
        let names = |parts: &Components| Some(parts.iter().map(|part| part.to_string()).collect());
        let nothing = Details::default();
        match refusal {
            Refusal::OverLimit(over) => Details::over(over),
            Refusal::LimitUnknown { count, .. } => Details::over(std::slice::from_ref(count)),
            Refusal::FeatureMissing(feature) | Refusal::FeatureUnknown { feature, .. } => Details {
                feature: Some(feature.clone()),
                ..nothing
            },
            Refusal::FeatureEnded { feature, ended }
            | Refusal::MaintenanceOver { feature, ended } => Details {
                feature: Some(feature.clone()),
                ended: Some(Shown(*ended)),
                ..nothing
            },
            Refusal::ReleaseNotCovered { ended, .. } => Details {
                ended: Some(Shown(*ended)),
                ..nothing
            },
            Refusal::Expired { on: last, today } | Refusal::Overdue { by: last, today } => {
                Details {
                    ended: Some(Shown(*last)),
                    today: Some(Shown(*today)),
                    ..nothing
                }
            }
            Refusal::DemoOver { last, .. } => Details {
                ended: Some(Shown(*last)),
                ..nothing
            },
            Refusal::Returned { at, .. } => Details {
                returned: Some(Shown(*at)),
                ..nothing
            },
            Refusal::ClockBehind { wall, floor } => Details {
                clock: Some(Shown(*wall)),
                at_least: Some(Shown(*floor)),
                ..nothing
            },
            Refusal::WrongBinding { name, bound, found } => Details {
                binding: Some(name.clone()),
                bound: Some(bound.clone()),
                found: Some(found.clone()),
                ..nothing
            },
            Refusal::WrongMachine { different, unread }
            | Refusal::ChangeNotKept {
                different, unread, ..
            } => Details {
                different: names(different),
                unread: names(unread),
                ..nothing
            },
            _ => nothing,
        }
    }
}
