//! Rows that are mended.

use super::*;

const NUMBER: u8 = 3;

/// A row whose symbols are all unlike their neighbours.
fn row() -> Vec<u8> {
    rows::encode(
        NUMBER,
        &std::array::from_fn::<u8, { rows::MESSAGE }, _>(|at| (7 * at as u8 + 3) % 32),
    )
}

fn mended(symbols: &[u8], separators: &[usize], effort: Effort) -> Vec<Mended> {
    let piece = Piece {
        symbols,
        separators: separators.iter().fold(0, |bits, at| bits | 1 << at),
        length: rows::LONGEST,
        number: NUMBER,
    };
    rows(&piece, effort, &mut Work::new(u32::MAX))
}

/// What speaks against the row that was written; none where it is not offered.
fn cost(symbols: &[u8], separators: &[usize], effort: Effort) -> Option<i32> {
    let right = row();
    let found = mended(symbols, separators, effort);
    found
        .into_iter()
        .find(|it| it.row.paper() == right)
        .map(|it| it.cost)
}

/// Makes symbols wrong, by a look-alike or by no look-alike.
fn wrong(symbols: &mut [u8], places: &[(usize, bool)]) {
    for &(place, is_alike) in places {
        let right = symbols[place];
        symbols[place] = (0..32)
            .find(|&other| other != right && alike::are(right, other) == is_alike)
            .unwrap();
    }
}

fn with_look_alike(symbols: &[u8]) -> Vec<usize> {
    (0..symbols.len())
        .filter(|&at| (0..32).any(|other| other != symbols[at] && alike::are(symbols[at], other)))
        .collect()
}

#[test]
fn one_edit_leaves_two_wrong_symbols_to_the_checks() {
    let mut doubled = row();
    doubled.insert(12, doubled[11]);
    wrong(&mut doubled, &[(2, false), (20, false)]);
    assert!(cost(&doubled, &[], Effort::One).is_some());
    wrong(&mut doubled, &[(25, false)]);
    assert_eq!(cost(&doubled, &[], Effort::Two), None);
}

#[test]
fn two_edits_leave_one_wrong_symbol_to_the_checks() {
    let mut swapped = row();
    let alike: Vec<usize> = with_look_alike(&swapped)
        .into_iter()
        .filter(|at| !(3..=4).contains(at) && !(22..=23).contains(at))
        .collect();
    swapped.swap(3, 4);
    swapped.swap(22, 23);
    let found = |symbols: &[u8]| cost(symbols, &[], Effort::Two).is_some();
    assert!(found(&swapped));
    wrong(&mut swapped, &[(alike[0], true)]);
    assert!(found(&swapped));
    // Also of look-alikes, which would be cheap enough.
    wrong(&mut swapped, &[(alike[1], true)]);
    assert!(!found(&swapped));
}

#[test]
fn a_dropped_symbol_is_guessed_where_two_more_are_wrong() {
    let right = row();
    let alike: Vec<usize> = with_look_alike(&right)
        .into_iter()
        .filter(|&at| at < 15)
        .collect();
    let mut dropped = right.clone();
    dropped.remove(20);
    wrong(
        &mut dropped,
        &[(alike[0], true), (10.max(alike[0] + 1), false)],
    );
    assert_eq!(cost(&dropped, &[], Effort::One), None);
    assert!(cost(&dropped, &[], Effort::Two).is_some());
}

/// A symbol that was left out beside a separator may have stood on either side of it: neither is held against the row.
#[test]
fn separators_beside_a_gap_are_in_their_place() {
    let groups = |upto: usize, short: usize| -> Vec<usize> {
        (1..6)
            .map(|nth| nth * rows::GROUP - usize::from(nth * rows::GROUP > short))
            .filter(|at| *at < upto)
            .collect()
    };
    for missing in [0, 7, 9, 10, 12, 29] {
        let mut symbols = row();
        symbols.remove(missing);
        let separators = groups(symbols.len(), missing);
        let plain = cost(&symbols, &[], Effort::One).unwrap();
        let parted = cost(&symbols, &separators, Effort::One).unwrap();
        assert_eq!(parted, plain, "{missing}");
    }
    // One that stands elsewhere is.
    let mut symbols = row();
    symbols.remove(12);
    for (separators, misplaced) in [
        (&[5, 10, 14, 19, 24][..], 0),
        (&[5, 10, 13, 19, 24], 1),
        (&[6, 10, 14, 19, 24], 1),
        (&[4, 9, 14, 19, 24], 2),
    ] {
        let plain = cost(&symbols, &[], Effort::One).unwrap();
        let parted = cost(&symbols, separators, Effort::One).unwrap();
        assert_eq!(parted - plain, misplaced * MISPLACED, "{separators:?}");
    }
}
