//! Every likely way to cut a stretch of text into rows: a lattice of (row number, place in the text), with what each row costs between two places.

use std::collections::BTreeMap;
use std::ops::Range;

use super::super::find::Stream;
use super::super::rows::{self, Row};
use super::super::shape;
use super::EVIDENCE;
use super::mended::{self, Effort};
use super::piece::Piece;
use super::work::{self, Work};

/// Places at which a row with a certain number is thought to begin.
const WIDTH: usize = 12;
const WIDTH_WITH_TWO: usize = 5;
/// What begins dearer by this than the best place is not followed.
const MARGIN: i32 = 60;
/// As many rows of a code are read with all effort.
const MOST_DOUBTFUL: usize = 2;
/// A spare row may have as many symbols, the likeliest first.
pub(super) const SPARES: [usize; 3] = [rows::LONGEST, rows::LONGEST - 1, rows::LONGEST + 1];

/// A step from the beginning of a row to its end.
#[derive(Clone, Debug)]
pub(super) struct Hop {
    /// Where the row ends.
    pub(super) to: usize,
    /// Whether it is the code's last.
    pub(super) last: bool,
    /// What speaks against it.
    pub(super) cost: i32,
    /// The row; none where it cannot be read or is not there.
    pub(super) row: Option<Row>,
}

/// A place at which a row begins.
#[derive(Debug, Default)]
pub(super) struct Cell {
    /// The cheapest first.
    pub(super) hops: Vec<Hop>,
    /// The cost of the cheapest way here, and the place and hop it comes from.
    best: i32,
    from: Option<(usize, usize)>,
    /// Where the row begins once rows that stand here a second time are left out.
    pub(super) skipped: usize,
}

pub(super) struct Lattice<'a> {
    pub(super) stream: &'a Stream,
    pub(super) symbols: &'a [u8],
    start: usize,
    pub(super) end: usize,
    pub(super) grouped: bool,
    pub(super) lined: bool,
    /// Where the spare row begins, if the code ends with one that can be read.
    pub(super) spare: Option<usize>,
    pub(super) effort: Effort,
    /// The row whose last group was exchanged with the first of the next.
    pub(super) exchanged: Option<usize>,
    /// Cells by place, for each row number from 1.
    layers: Vec<BTreeMap<usize, Cell>>,
    /// The cheapest way to an end: cost, and layer, place and hop it ends with.
    finish: Option<(i32, usize, usize, usize)>,
}

impl<'a> Lattice<'a> {
    /// The lattice of the code that begins at `start`; `symbols` are the stream's, or a likely change of them.
    pub(super) fn new(
        stream: &'a Stream,
        symbols: &'a [u8],
        start: usize,
        effort: Effort,
        work: &mut Work,
    ) -> Lattice<'a> {
        let end = shape::end_of_code(stream, start);
        let groups = shape::groups(stream, &(start..end));
        let fives = groups
            .iter()
            .filter(|group| group.len() == rows::GROUP)
            .count();
        let lines = (start + 1..end)
            .filter(|&place| stream.begins_line(place))
            .count();
        let mut lattice = Lattice {
            stream,
            symbols,
            start,
            end,
            grouped: 3 * fives > 2 * groups.len() && groups.len() > 3,
            lined: 36 * lines + 36 > end - start && 24 * lines < end - start,
            spare: spare_before(symbols, start, end, work),
            effort,
            exchanged: None,
            layers: Vec::new(),
            finish: None,
        };
        let mut layer = BTreeMap::from([(start, Cell::default())]);
        for number in 1..=rows::MOST_ROWS {
            layer = lattice.expand(number, layer, work);
            if layer.is_empty() || !work.pay(work::PIECE) {
                break;
            }
        }
        lattice
    }

    pub(super) fn start(&self) -> usize {
        self.start
    }

    pub(super) fn layers(&self) -> &[BTreeMap<usize, Cell>] {
        &self.layers
    }

    /// Works out what may begin at the places of a layer; the next layer.
    fn expand(
        &mut self,
        number: u8,
        mut layer: BTreeMap<usize, Cell>,
        work: &mut Work,
    ) -> BTreeMap<usize, Cell> {
        narrow(
            &mut layer,
            if self.effort == Effort::One {
                WIDTH
            } else {
                WIDTH_WITH_TWO
            },
        );
        // Where the row stands as it was written, chance has not put it: nothing is tried beside it.
        let places: Vec<usize> = layer.keys().copied().collect();
        let whole = |&at: &usize| self.is_whole(self.skip(at, number), number);
        let whole: Vec<usize> = places.into_iter().filter(whole).collect();
        layer.retain(|at, _| whole.is_empty() || whole.contains(at));
        let mut next: BTreeMap<usize, Cell> = BTreeMap::new();
        for (&at, cell) in &mut layer {
            cell.skipped = self.skip(at, number);
            cell.hops = self.hops(cell.skipped, number, work);
            for (nth, hop) in cell.hops.iter().enumerate() {
                let cost = cell.best + hop.cost;
                if hop.last {
                    if self.finish.is_none_or(|(best, ..)| cost < best) {
                        self.finish = Some((cost, self.layers.len(), at, nth));
                    }
                } else {
                    let reached = || Cell {
                        best: i32::MAX,
                        ..Cell::default()
                    };
                    let cell = next.entry(hop.to).or_insert_with(reached);
                    if cost < cell.best {
                        (cell.best, cell.from) = (cost, Some((at, nth)));
                    }
                }
            }
        }
        self.layers.push(layer);
        next
    }

    /// Whether the full row `number` stands here unchanged.
    pub(super) fn is_whole(&self, at: usize, number: u8) -> bool {
        let paper = self.symbols.get(at..at + rows::LONGEST);
        let row = paper.and_then(rows::clean);
        row.is_some_and(|row| row.number() == number)
    }

    /// The place after rows that already stood before this one.
    fn skip(&self, at: usize, number: u8) -> usize {
        let again = |at: usize| {
            self.symbols
                .get(at..at + rows::LONGEST)
                .and_then(rows::clean)
                .is_some_and(|row| row.number() < number)
        };
        (0..rows::MOST_ROWS.into())
            .map(|nth: usize| at + nth * rows::LONGEST)
            .find(|&at| !again(at))
            .unwrap_or(at)
    }

    /// The cheapest way through the whole: for each row the place that leads to it, where it begins, and how it is read.
    fn steps(&self) -> Option<Vec<(usize, usize, &Hop)>> {
        let (_, mut layer, mut at, mut nth) = self.finish?;
        let mut rows = Vec::new();
        loop {
            let cell = self.layers.get(layer)?.get(&at)?;
            rows.push((at, cell.skipped, cell.hops.get(nth)?));
            let Some(from) = cell.from else { break };
            (at, nth) = from;
            layer = layer.checked_sub(1)?;
        }
        rows.reverse();
        Some(rows)
    }

    /// The rows on the cheapest way.
    pub(super) fn way(&self) -> Vec<Range<usize>> {
        let steps = self.steps().unwrap_or_default();
        steps.into_iter().map(|(_, at, hop)| at..hop.to).collect()
    }

    /// Whether some row on the cheapest way fits its checks so well that chance hardly made it.
    pub(super) fn has_evidence(&self) -> bool {
        self.steps()
            .is_some_and(|steps| steps.into_iter().any(|(.., hop)| hop.is_evident()))
    }

    /// Whether enough rows on the cheapest way do: of a code so spoilt that they do not, hardly one is put together by more edits.
    pub(super) fn is_promising(&self) -> bool {
        let steps = self.steps().unwrap_or_default();
        let evident = steps.iter().filter(|(.., hop)| hop.is_evident()).count();
        evident > 0 && (evident + MOST_DOUBTFUL >= steps.len() || 2 * evident >= steps.len())
    }

    /// The cheapest way alone, the few rows on it that chance might have made read with all effort; none where they are not few, or the last is one of them.
    pub(super) fn along(mut self, work: &mut Work) -> Option<Lattice<'a>> {
        let steps: Vec<_> = self
            .steps()?
            .into_iter()
            .map(|(place, at, hop)| (place, at, hop.clone()))
            .collect();
        let doubtful = steps.iter().filter(|(.., hop)| !hop.is_evident());
        if doubtful.clone().count() > MOST_DOUBTFUL || doubtful.clone().any(|(.., hop)| hop.last) {
            return None;
        }
        self.effort = Effort::Three;
        self.layers = (1..)
            .zip(steps)
            .map(|(number, (place, at, hop))| {
                let hops = if hop.is_evident() {
                    vec![hop]
                } else {
                    self.ways(at, hop.to, number, work)
                };
                let cell = Cell {
                    hops,
                    skipped: at,
                    ..Cell::default()
                };
                BTreeMap::from([(place, cell)])
            })
            .collect();
        Some(self)
    }
}

impl Hop {
    /// Whether the row fits its checks so well that chance hardly made it.
    fn is_evident(&self) -> bool {
        self.row.is_some() && self.cost <= EVIDENCE
    }
}

/// Where the spare row begins with which a code ends: it may have a symbol too few or too many.
fn spare_before(symbols: &[u8], start: usize, end: usize, work: &mut Work) -> Option<usize> {
    SPARES.into_iter().find_map(|there| {
        let at = end.checked_sub(there).filter(|&at| at > start)?;
        let piece = Piece {
            symbols: symbols.get(at..end)?,
            separators: 0,
            length: rows::LONGEST,
            number: rows::SPARE,
        };
        let read = mended::rows(&piece, Effort::One, work);
        (read.first()?.cost <= EVIDENCE).then_some(at)
    })
}

/// Keeps the likeliest places of a layer.
fn narrow(layer: &mut BTreeMap<usize, Cell>, width: usize) {
    let mut costs: Vec<i32> = layer.values().map(|cell| cell.best).collect();
    costs.sort_unstable();
    let best = costs.first().copied().unwrap_or_default();
    let limit = costs
        .get(width)
        .copied()
        .unwrap_or(i32::MAX)
        .min(best.saturating_add(MARGIN));
    layer.retain(|_, cell| cell.best < limit || cell.best == best);
}
