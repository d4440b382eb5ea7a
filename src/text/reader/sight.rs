//! A way in which a text was looked at, and where in it a code stands.

use super::super::search::{Found, Search};
use super::super::standing::Standing;

/// A way in which a text was looked at.
pub(super) struct Sight {
    pub(super) search: Search,
    /// Of which text, counted from 0.
    pub(super) text: usize,
    /// Whether it is rows alone.
    pub(super) block: bool,
    pub(super) hidden: bool,
    /// Whether it stands in for what its program shows: what is hidden in it may be meant all the same.
    pub(super) beside: bool,
}

impl Sight {
    fn begin(found: &Found) -> usize {
        let starts = found.stretches.iter().map(|it| it.start);
        starts.min().unwrap_or_default()
    }

    /// Where a code in it stands; `unseen` where nobody sees it.
    pub(super) fn standing(&self, found: &Found, unseen: bool) -> Standing {
        if unseen {
            Standing::Hidden
        } else if self.search.stream().is_quoted(Self::begin(found)) {
            Standing::Quoted
        } else {
            Standing::Plain
        }
    }

    /// What comes before what, of several codes that stand alike.
    pub(super) fn order(&self, found: &Found) -> (usize, usize, usize) {
        let begin = Self::begin(found);
        let line = self.search.stream().line_of(begin);
        (self.text, line, begin)
    }
}
