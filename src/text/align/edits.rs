//! What people do to one row besides writing symbols wrong: leave symbols out, write them twice or where none belong, swap them; groups likewise.

use super::super::rows;
use super::super::symbols::ILLEGIBLE;
use super::alike;
use super::piece::Piece;

/// −ln of the odds in halves, as in [`rows::Row::cost`].
pub(super) const SWAPPED: i32 = 14;
const DOUBLED: i32 = 14;
const EXTRA: i32 = 22;
/// With what an illegible symbol costs, a dropped one costs 20.
const DROPPED: i32 = 16;
/// With four illegible symbols and one guessed, a lost group costs 55.
const LOST_GROUP: i32 = 35;
/// A symbol that was left out and is guessed costs as much as one that the checks fill in.
const FILLED: i32 = 4;
/// A look-alike is more likely by this than any other wrong symbol.
pub(super) const ALIKE_BONUS: i32 = 5;
/// A wrong symbol, which is what a guess takes it for.
const GUESSED: i32 = 19;

/// One edit: from `at` on, some symbols of the text are superfluous, exchanged, or preceded by a gap.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edit {
    pub(super) at: usize,
    pub(super) what: What,
    pub(super) cost: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// As many symbols too many.
    Extra(usize),
    /// As many symbols missing before this place.
    Gap(usize),
    /// As many symbols exchanged with as many that follow.
    Exchange(usize, usize),
    /// This symbol instead.
    Guess(u8),
}

impl Edit {
    /// How many symbols more than the row the text has by this edit.
    pub(super) fn surplus(&self) -> isize {
        match self.what {
            What::Extra(count) => count.cast_signed(),
            What::Gap(count) => -count.cast_signed(),
            What::Exchange(..) | What::Guess(_) => 0,
        }
    }

    /// Where the text goes on after this edit.
    pub(super) fn end(&self) -> usize {
        self.at
            + match self.what {
                What::Extra(count) => count,
                What::Gap(_) => 0,
                What::Exchange(first, second) => first + second,
                What::Guess(_) => 1,
            }
    }

    /// The same gap with its first symbol guessed, so that the checks have one less to fill in.
    pub(super) fn filled(self) -> Edit {
        Edit {
            cost: self.cost + FILLED,
            ..self
        }
    }

    /// Whether one symbol was left out and is guessed.
    pub(super) fn is_filled(&self) -> bool {
        self.what == What::Gap(1) && self.cost > DROPPED
    }

    pub(super) fn is_gap_of_a_group(&self) -> bool {
        matches!(self.what, What::Gap(count) if count >= rows::GROUP)
    }

    fn is_group(&self) -> bool {
        match self.what {
            What::Extra(count) | What::Gap(count) => count > 1,
            What::Exchange(first, _) => first > 1,
            What::Guess(_) => false,
        }
    }
}

/// Every single edit of a piece.
pub(super) fn singles(piece: &Piece<'_>) -> Vec<Edit> {
    let symbols = piece.symbols;
    let at = |place: usize| symbols.get(place);
    let mut edits = Vec::new();
    for place in 0..symbols.len() {
        let twin = place > 0 && at(place) == at(place - 1);
        let cost = if twin { DOUBLED } else { EXTRA };
        // Of equal neighbours it is all the same which one is left out.
        if at(place) != at(place + 1) {
            edits.push(Edit {
                at: place,
                what: What::Extra(1),
                cost,
            });
            edits.push(Edit {
                at: place,
                what: What::Exchange(1, 1),
                cost: SWAPPED,
            });
        }
        if at(place + 2 * rows::GROUP - 1).is_some() && repeats(symbols, place) {
            // Where its neighbours are alike, the same text is also a group doubled a symbol earlier or later: people double whole groups.
            let aside = i32::from(place % rows::GROUP != 0);
            edits.push(Edit {
                at: place,
                what: What::Extra(rows::GROUP),
                cost: DOUBLED + aside,
            });
        }
    }
    // The last group of the row before may stand here once more.
    edits.push(Edit {
        at: 0,
        what: What::Extra(rows::GROUP),
        cost: EXTRA,
    });
    for place in 0..=symbols.len() {
        edits.push(Edit {
            at: place,
            what: What::Gap(1),
            cost: DROPPED,
        });
    }
    // So may the last group of the code, which is shorter.
    let short = piece.length % rows::GROUP;
    if short > 1 && symbols.len() == piece.length + short {
        edits.push(Edit {
            at: piece.length,
            what: What::Extra(short),
            cost: DOUBLED,
        });
    }
    groups(piece.length, symbols.len(), &mut edits);
    edits.retain(|edit| edit.end() <= symbols.len());
    edits
}

/// Groups that changed places, or are lost.
fn groups(length: usize, there: usize, edits: &mut Vec<Edit>) {
    for place in (0..length).step_by(rows::GROUP) {
        let this = rows::GROUP.min(length - place);
        let next = rows::GROUP.min(length.saturating_sub(place + rows::GROUP));
        if next > 0 {
            // As it stands now, the second group is before the first.
            edits.push(Edit {
                at: place,
                what: What::Exchange(next, this),
                cost: SWAPPED,
            });
        }
        if this > 1 && place <= there {
            edits.push(Edit {
                at: place,
                what: What::Gap(this),
                cost: LOST_GROUP,
            });
        }
    }
}

/// Whether a group of symbols stands here twice, up to one symbol.
fn repeats(symbols: &[u8], place: usize) -> bool {
    let group = |at: usize| symbols.get(at..at + rows::GROUP).unwrap_or_default();
    let same = group(place)
        .iter()
        .zip(group(place + rows::GROUP))
        .filter(|(first, second)| first == second);
    same.count() + 1 >= rows::GROUP
}

/// Each symbol as each other symbol: with one guessed right, the checks correct two more.
pub(super) fn guesses(piece: &Piece<'_>) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (at, &symbol) in piece.symbols.iter().enumerate() {
        edits.extend(
            (0..ILLEGIBLE)
                .filter(|&value| value != symbol)
                .map(|value| Edit {
                    at,
                    what: What::Guess(value),
                    cost: GUESSED
                        - if alike::are(symbol, value) {
                            ALIKE_BONUS
                        } else {
                            0
                        },
                }),
        );
    }
    edits
}

/// Edits by how many symbols they leave over, in the order of their places.
struct Sorted(Vec<(isize, Vec<Edit>)>);

impl Sorted {
    /// Without lost groups, which leave nothing to check another edit with.
    fn new(single: &[Edit]) -> Sorted {
        let mut kinds: Vec<(isize, Vec<Edit>)> = Vec::new();
        for edit in single.iter().filter(|edit| !edit.is_gap_of_a_group()) {
            match kinds.iter_mut().find(|(kind, _)| *kind == edit.surplus()) {
                Some((_, same)) => same.push(*edit),
                None => kinds.push((edit.surplus(), vec![*edit])),
            }
        }
        for (_, same) in &mut kinds {
            same.sort_by_key(|edit| edit.at);
        }
        Sorted(kinds)
    }

    fn all(&self) -> impl Iterator<Item = &Edit> {
        self.0.iter().flat_map(|(_, same)| same)
    }

    /// Those that leave as much over and begin where the other ends or later.
    fn after(&self, other: &Edit, surplus: isize) -> &[Edit] {
        let same = self.0.iter().find(|(kind, _)| *kind == surplus);
        same.and_then(|(_, same)| same.get(same.partition_point(|edit| edit.at < other.end())..))
            .unwrap_or_default()
    }
}

/// Pairs of edits that do not overlap and leave as much over as is there.
pub(super) fn pairs(single: &[Edit], surplus: isize, mut look: impl FnMut(&[Edit])) {
    let sorted = Sorted::new(single);
    for first in sorted.all() {
        for second in sorted.after(first, surplus - first.surplus()) {
            if !(first.is_group() && second.is_group()) {
                look(&[*first, *second]);
            }
        }
    }
}

/// Three edits likewise, at most one of them of a group.
pub(super) fn triples(single: &[Edit], surplus: isize, mut look: impl FnMut(&[Edit])) {
    let sorted = Sorted::new(single);
    for first in sorted.all() {
        for second in sorted.all().filter(|second| second.at >= first.end()) {
            for third in sorted.after(second, surplus - first.surplus() - second.surplus()) {
                let edits = [*first, *second, *third];
                if edits.iter().filter(|edit| edit.is_group()).count() < 2 {
                    look(&edits);
                }
            }
        }
    }
}
