//! What a computer knows of the answers to an activation, and which activation took the place of which (SPEC.md 6.5).
//!
//! An ACTIVATE that begins with a later generation than the first took over the seat of one that stood before (SPEC.md 9.1): where that one was answered
//! last before, it is the same seat, whichever home it was for. One that was answered since has a seat of its own.

use serde::{Deserialize, Serialize};

use super::json::{self, Array};
use super::remembered::Remembered;
use super::state::Stands;
use crate::protocol::date::{Day, Seconds};
use crate::protocol::grant::Grant;
use crate::text::Kind;

/// The answers to an activation that this computer applied, as far as its anchors know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answers {
    /// The one with which it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    began: Option<Answer>,
    /// The latest.
    last: Answer,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    #[serde(with = "json::moment")]
    issued: Seconds,
    generation: u16,
    /// Digest of the names that then stood: what is bound to others has a seat of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bindings: Option<Array<8>>,
}

impl Answers {
    /// One answer to a request of this kind.
    pub(crate) fn of(kind: Kind, answer: Answer) -> Answers {
        Answers {
            began: (kind == Kind::Activate).then(|| answer.clone()),
            last: answer,
        }
    }

    pub(crate) fn last(&self) -> &Answer {
        &self.last
    }

    /// The day of the latest, where it is later than one of this generation: by its number alone, for the clock of a desk may have been wrong.
    pub(crate) fn later_than(&self, generation: u16) -> Option<Day> {
        (self.last.generation > generation).then(|| self.last.issued.day())
    }

    /// Whether this activation took the place of the one that was answered last by `other`.
    pub(crate) fn overtook(&self, other: &Answer) -> bool {
        self.began.as_ref().is_some_and(|began| {
            other.generation < began.generation
                && other.issued <= began.issued
                && other.bindings == began.bindings
        })
    }
}

impl Answer {
    /// What tells which of two was later.
    pub(crate) fn at(&self) -> (Seconds, u16) {
        (self.issued, self.generation)
    }

    /// What a grant says that was answered to whoever `stands` so.
    pub(crate) fn new(grant: &Grant, stands: &Stands) -> Answer {
        let standing = stands.standing().ok();
        Answer {
            issued: grant.issued,
            generation: grant.generation,
            bindings: standing.and_then(|it| it.bindings).map(Array),
        }
    }
}

impl Remembered for Answers {
    /// The first beginning and the latest answer.
    fn stricter(self, other: Answers) -> Answers {
        let began = self.began.into_iter().chain(other.began);
        let last = [self.last, other.last];
        let [one, two] = last;
        Answers {
            began: began.min_by_key(Answer::at),
            last: if two.at() > one.at() { two } else { one },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(issued: u32, generation: u16, names: Option<u8>) -> Answer {
        Answer {
            issued: Seconds(issued),
            generation,
            bindings: names.map(|names| Array([names; 8])),
        }
    }

    #[test]
    fn one_overtakes_what_was_answered_before_it_in_the_same_chain() {
        let second = Answers::of(Kind::Activate, answer(20, 2, Some(1)));
        for (other, overtaken) in [
            (answer(10, 1, Some(1)), true),
            // Asked for in the same second.
            (answer(20, 1, Some(1)), true),
            // Answered since: it has a seat of its own.
            (answer(21, 3, Some(1)), false),
            (answer(21, 1, Some(1)), false),
            // Another ship on the same computer.
            (answer(10, 1, Some(2)), false),
            (answer(10, 1, None), false),
            // Of another chain that is longer.
            (answer(10, 2, Some(1)), false),
        ] {
            assert_eq!(second.overtook(&other), overtaken, "{other:?}");
        }
        // What began a chain of its own took nobody's place.
        let first = Answers::of(Kind::Activate, answer(20, 1, None));
        assert!(!first.overtook(&answer(10, 1, None)));
        // Later answers change nothing of that.
        let went_on = second.stricter(Answers::of(Kind::Sync, answer(30, 3, Some(1))));
        assert_eq!(went_on.last(), &answer(30, 3, Some(1)));
        assert!(went_on.overtook(&answer(10, 1, Some(1))));
        assert!(!went_on.overtook(&answer(25, 2, Some(1))));
    }

    #[test]
    fn the_later_answer_is_the_one_of_the_higher_number() {
        let of = |issued, generation| Answers::of(Kind::Sync, answer(issued, generation, None));
        let (ahead, right) = (of(200_000, 2), of(100_000, 3));
        assert_eq!(right.later_than(2), Some(Seconds(100_000).day()));
        assert_eq!(right.later_than(3), None);
        // The clock of the desk was ahead when it gave the one before.
        let both = ahead.stricter(right);
        assert_eq!(both.later_than(1), Some(Seconds(200_000).day()));
        assert_eq!(both.later_than(3), None);
    }
}
