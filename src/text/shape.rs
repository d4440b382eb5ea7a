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

/// Whether a code stands here without a doubt: after a prefix, or a row of it is whole.
pub(super) fn is_surely_one(search: &Search) -> bool {
    let stream = search.stream();
    let free = |place: usize| search.is_free(&(place..place + 1));
    let mut prefixes = stream.prefixes().iter();
    prefixes.any(|&(place, _)| free(place) && is_begun(&stream, place))
        || evidence(search).is_some()
}

/// Whether behind a prefix more stands than a word about codes, or the first groups of one that somebody names.
fn is_begun(stream: &Stream, place: usize) -> bool {
    stream.looks_like_code(place)
        && !is_placeholder(stream, place)
        && end_within(stream, place, place + rows::LONGEST) >= place + 3 * rows::GROUP
}

/// Whether one symbol alone stands here, as in `XXXXX-XXXXX`: somebody writes about codes.
fn is_placeholder(stream: &Stream, place: usize) -> bool {
    let groups = stream
        .get(place..place + 2 * rows::GROUP)
        .unwrap_or_default();
    let first = groups.first();
    groups.iter().all(|symbol| Some(symbol) == first)
}

/// The first row that is whole and looks like one. Chance makes an unchanged row at one place in 35,000: hence only where groups of five stand, or one
/// piece of a row's length.
fn evidence(search: &Search) -> Option<usize> {
    let stream = search.stream();
    let shaped = |at: usize| {
        let inner = || (1..rows::LONGEST).map(|length| (length, stream.parts(at + length)));
        let grouped = inner().all(|(length, parts)| parts == length.is_multiple_of(rows::GROUP));
        let whole = inner().all(|(_, parts)| !parts);
        stream.parts(at) && stream.parts(at + rows::LONGEST) && (grouped || whole)
    };
    let anchors = search.anchors().iter().map(|&(at, _)| at);
    anchors.into_iter().find(|&at| shaped(at))
}

/// Where the code begins that could not be read: after a prefix, or before a row that is whole.
pub(super) fn damaged_start(search: &Search, wanted: &[Kind]) -> Option<(usize, Option<Kind>)> {
    let stream = search.stream();
    let free = |place: usize| search.is_free(&(place..place + 1)) && is_begun(&stream, place);
    // The first that is wanted, or else the first: no other is asked whether a code begins there.
    let prefixes = |is: bool| {
        let prefixes = stream.prefixes().iter();
        prefixes.filter(move |(_, kind)| is_wanted(*kind, wanted) == is)
    };
    let mut all = prefixes(true).chain(prefixes(false));
    if let Some(&(place, kind)) = all.find(|(place, _)| free(*place)) {
        return Some((place, Some(kind)));
    }
    // What stands behind a prefix may be so damaged that nothing but a later row shows a code.
    evidence(search).map(|at| {
        let mut before = stream.prefixes().iter().rev();
        let reaches = |place: usize| {
            place <= at
                && at <= place + LONGEST
                && search.is_free(&(place..place + 1))
                && end_of_code(&stream, place) > at
        };
        match before.find(|(place, _)| reaches(*place)) {
            Some(&(place, kind)) => (place, Some(kind)),
            None => (begins_before(search, at), None),
        }
    })
}

/// Where the likeliest code begins: as where a damaged one does, and where an unchanged row stands that chance may have made.
pub(super) fn likely_start(search: &Search, wanted: &[Kind]) -> Option<usize> {
    let anchor = search.anchors().first().map(|&(at, _)| at);
    damaged_start(search, wanted)
        .map(|(place, _)| place)
        .or_else(|| anchor.map(|at| begins_before(search, at)))
}

/// The first place from which a code may reach as far as here.
fn begins_before(search: &Search, at: usize) -> usize {
    let stream = search.stream();
    let starts = search.starts().iter().copied().take(MOST_STARTS);
    let mut near: Vec<usize> = starts
        .filter(|&place| place <= at && at <= place + LONGEST)
        .filter(|&place| search.is_free(&(place..place + 1)) && stream.begins_word(place))
        .collect();
    near.sort_unstable();
    let mut near = near.into_iter();
    near.find(|&place| end_of_code(&stream, place) > at)
        .unwrap_or(at)
}

/// Where the words end that look like a code: they have digits or dashes, or are groups of five. Never farther than a code can reach.
pub(super) fn end_of_code(stream: &Stream, start: usize) -> usize {
    end_within(stream, start, start + LONGEST + 1)
}

/// The same, as far as such a place.
fn end_within(stream: &Stream, start: usize, most: usize) -> usize {
    let farthest = stream.len().min(most);
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
