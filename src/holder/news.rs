//! What a check, an answer or a loan has to remember.

use super::answers::Answers;
use super::clock::Mark;
use super::drift::Drift;
use super::entries::{Demo, LoansSeen};
use super::parts::Parts;

/// What is to be kept of a check, or of a grant that is applied.
#[derive(Debug, Default)]
pub(crate) struct News<'a> {
    pub(crate) mark: Option<&'a Mark>,
    pub(crate) drift: Option<&'a Drift>,
    /// The machine matches: what was kept of a change is over.
    pub(crate) matches: bool,
    pub(crate) parts: Option<&'a Parts>,
    /// An answer that is applied.
    pub(crate) answers: Option<&'a Answers>,
    /// Of a site, the last of its loans.
    pub(crate) loans: Option<&'a LoansSeen>,
    /// The product's demo.
    pub(crate) demo: Option<(&'a str, &'a Demo)>,
}

impl News<'_> {
    pub(super) fn of_license(&self) -> bool {
        let answers = self.loans.is_some() || self.answers.is_some();
        self.mark.is_some() || self.drift.is_some() || self.matches || answers
    }

    pub(crate) fn is_empty(&self) -> bool {
        !self.of_license() && self.parts.is_none() && self.demo.is_none()
    }
}
