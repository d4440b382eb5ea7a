//! What in a text looks like a code, be it one that cannot be read.

use std::ops::Range;

use super::Kind;
use super::find::Stream;
use super::rows;
use super::search::Search;

/// The most places of which it is asked whether a damaged code begins there.
const MOST_STARTS: usize = 512;
/// No code is longer, in symbols, with a whole group too many in each row.
const LONGEST: usize = rows::SPARE as usize * (rows::LONGEST + rows::GROUP);

/// Whether a prefix says that a kind is wanted: LOAN1 stands for two.
pub(super) fn is_wanted(kind: Kind, wanted: &[Kind]) -> bool {
    wanted.iter().any(|wanted| {
        *wanted == kind || (wanted.prefix().is_some() && wanted.prefix() == kind.prefix())
    })
}

/// Where the code begins that could not be read: after a prefix, before a row that is whole, or where groups look like one.
pub(super) fn damaged_start(search: &Search<'_>, wanted: &[Kind]) -> Option<(usize, Option<Kind>)> {
    let stream = search.stream();
    let free = |place: usize| {
        search.is_free(&(place..place + 1)) && stream.len() >= place + rows::SHORTEST
    };
    let mut prefixes: Vec<_> = stream
        .prefixes()
        .iter()
        .copied()
        .filter(|&(place, _)| free(place))
        .collect();
    prefixes.sort_by_key(|&(_, kind)| !is_wanted(kind, wanted));
    if let Some(&(place, kind)) = prefixes.first() {
        return Some((place, Some(kind)));
    }
    let anchor = search.anchors().first().map(|&(at, _)| at);
    let starts = || {
        search
            .starts()
            .iter()
            .copied()
            .take(MOST_STARTS)
            .filter(|&place| free(place) && stream.begins_word(place))
    };
    let before = |at: usize| {
        starts()
            .filter(|&place| place <= at && end_of_code(stream, place) > at)
            .min()
            .unwrap_or(at)
    };
    anchor
        .map(before)
        .or_else(|| starts().find(|&place| is_grouped(stream, place)))
        .map(|place| (place, None))
}

/// Where the words end that look like a code: they have digits or dashes, or are groups of five. Never farther than a code can reach.
pub(super) fn end_of_code(stream: &Stream, start: usize) -> usize {
    let farthest = stream.len().min(start + LONGEST + 1);
    let mut end = start;
    while end < farthest {
        let next = (end + 1..=farthest)
            .find(|&place| stream.begins_word(place))
            .unwrap_or(farthest);
        let another = end > start && stream.has_prefix(end..end + 1);
        let dashed = (end + 1..next).any(|place| stream.parts(place));
        if another || !(dashed || next - end == rows::GROUP || stream.digits(end..next) > 0) {
            break;
        }
        end = next;
    }
    if end == start {
        stream.len().min(start + rows::LONGEST)
    } else {
        end
    }
}

/// Whether at least four groups, most of them of five symbols, or one long run, begin here.
pub(super) fn is_grouped(stream: &Stream, start: usize) -> bool {
    let end = end_of_code(stream, start);
    let groups = groups(stream, &(start..end));
    let fives = groups
        .iter()
        .filter(|group| group.len() == rows::GROUP)
        .count();
    let long = groups.iter().any(|group| group.len() >= 4 * rows::GROUP);
    end - start >= 4 * rows::GROUP && (long || (fives >= 4 && 2 * fives > groups.len()))
}

/// The stretches between separators.
pub(super) fn groups(stream: &Stream, stretch: &Range<usize>) -> Vec<Range<usize>> {
    let mut start = stretch.start;
    let mut groups = Vec::new();
    for place in stretch.start + 1..=stretch.end {
        if place == stretch.end || stream.parts(place) {
            groups.push(start..place);
            start = place;
        }
    }
    groups
}
