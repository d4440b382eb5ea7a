//! The rows against another hand's encoder, and against what people do to them (SPEC.md 2.3).

use super::*;
use proptest::prelude::*;
use reed_solomon_32::encode as oracle_encode;

fn message() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(0_u8..32, 1..=MESSAGE)
}

/// Of row 0, which no code has: what makes it fit row 1 is a correction of the number, and that is known.
#[test]
fn a_known_number_is_not_corrected() {
    let paper = [
        9, 14, 32, 6, 32, 12, 11, 4, 26, 18, 11, 6, 7, 14, 22, 18, 9, 17, 29, 17, 20, 3, 4, 15, 3,
        30, 19, 11, 23,
    ];
    assert_eq!(decode(&paper, 1), None);
    let message = [7; MESSAGE];
    let of_none = encode(0, &message);
    for number in 1..=SPARE {
        assert_eq!(decode(&of_none, number), None, "row {number}");
    }
}

/// Illegible symbols are taken as 0, also where a 0 stood: unchanged such a row is not.
#[test]
fn a_row_with_a_symbol_that_cannot_be_read_is_not_clean() {
    let mut message = [9; MESSAGE];
    message[4] = 0;
    message[MESSAGE - 1] = 0;
    let row = encode(2, &message);
    assert_eq!(clean_rows(&row).collect::<Vec<_>>(), [(0, 2)]);
    for place in [4, MESSAGE - 1] {
        let mut row = row.clone();
        row[place] = ILLEGIBLE;
        assert_eq!(clean_rows(&row).next(), None, "{place}");
        // What follows it is, from the first symbol on.
        let more: Vec<u8> = row.iter().chain(&encode(3, &message)).copied().collect();
        assert_eq!(
            clean_rows(&more).collect::<Vec<_>>(),
            [(LONGEST, 3)],
            "{place}"
        );
    }
}

/// The number is no place on paper, and no more is corrected than was asked for.
#[test]
fn errors_are_on_paper_and_no_more_than_allowed() {
    let sum = |paper: &[u8]| {
        let shares = paper.iter().enumerate();
        shares.fold(empty(paper.len(), 1), |sum, (at, &symbol)| {
            sum ^ share(paper.len(), at, symbol)
        })
    };
    let found = |paper: &[u8], known: &[usize], most| {
        let mut places = Places::default();
        for &place in known {
            places.push(LONGEST - 1 - place).unwrap();
        }
        errors(sum(paper), LONGEST, places, most).is_some()
    };
    let right = encode(1, &[5; MESSAGE]);
    assert!(found(&right, &[], 0));
    // The first symbol is the highest place; above it stands the number.
    let mut first = right.clone();
    first[0] ^= 3;
    assert!(found(&first, &[], 1) && !found(&first, &[], 0));
    assert!(!found(&encode(0, &[5; MESSAGE]), &[], 2));
    let mut two = first.clone();
    two[9] ^= 1;
    assert!(found(&two, &[], 2) && !found(&two, &[], 1));
    // A known place comes on top of those, also where nothing is wrong there.
    assert!(found(&first, &[4], 1) && !found(&first, &[4], 0));
    assert!(found(&two, &[9], 1) && !found(&two, &[9], 0));
    assert!(found(&two, &[9, 0], 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn the_encoder_is_that_of_another_hand(number in 1_u8..=SPARE, message in message()) {
        let numbered: Vec<u8> = std::iter::once(number).chain(message.iter().copied()).collect();
        let oracle = oracle_encode(&numbered, CHECKS as u8).unwrap();
        let unmasked: Vec<u8> = oracle.ecc().iter().zip(CSGN).map(|(check, mask)| check ^ mask).collect();
        let row = encode(number, &message);
        prop_assert_eq!(&row[..message.len()], &message[..]);
        prop_assert_eq!(&row[message.len()..], &unmasked[..]);
    }

    #[test]
    fn two_wrong_or_four_illegible_are_mended(number in 1_u8..=SPARE, message in message(), wrong in 0_usize..=2, seed in any::<[prop::sample::Index; 4]>(), by in 1_u8..32) {
        let row = encode(number, &message);
        let mut paper = row.clone();
        let mut places: Vec<usize> = Vec::new();
        for index in seed {
            let place = index.index(row.len());
            if !places.contains(&place) {
                places.push(place);
            }
        }
        places.truncate(4 - wrong);
        for (nth, &place) in places.iter().enumerate() {
            paper[place] = if nth < wrong { paper[place] ^ by } else { ILLEGIBLE };
        }
        let mended = decode(&paper, number).unwrap();
        prop_assert_eq!(mended.message(), &message[..]);
        places.sort_unstable();
        prop_assert_eq!(mended.corrections().collect::<Vec<_>>(), places);
    }

    #[test]
    fn a_row_says_its_number_with_one_wrong_symbol(number in 1_u8..=SPARE, message in message(), place in any::<prop::sample::Index>(), by in 0_u8..32) {
        let mut paper = encode(number, &message);
        let place = place.index(paper.len());
        paper[place] ^= by;
        let row = identify(&paper).unwrap();
        prop_assert_eq!((row.number(), row.message()), (number, &message[..]));
        prop_assert_eq!(clean(&paper).map(|row| row.number()), (by == 0).then_some(number));
    }

    #[test]
    fn noise_is_refused_or_mended_into_a_codeword(paper in prop::collection::vec(0_u8..=ILLEGIBLE, 0..40), number in 1_u8..=SPARE) {
        if let Some(row) = decode(&paper, number) {
            prop_assert_eq!(encode(number, row.message()), row.symbols[..paper.len()].to_vec());
            prop_assert!(2 * row.wrong() + row.illegible() <= 4);
        }
        if let Some(row) = identify(&paper) {
            prop_assert_eq!(encode(row.number(), row.message()), row.symbols[..paper.len()].to_vec());
            prop_assert!(2 * row.wrong() + row.illegible() <= 3);
        }
    }

    #[test]
    fn clean_rows_are_seen_anywhere(before in prop::collection::vec(0_u8..=ILLEGIBLE, 0..70), number in 1_u8..=SPARE, message in prop::collection::vec(0_u8..32, MESSAGE), after in prop::collection::vec(0_u8..=ILLEGIBLE, 0..40)) {
        let symbols: Vec<u8> = before.iter().copied().chain(encode(number, &message)).chain(after).collect();
        let seen: Vec<_> = clean_rows(&symbols).collect();
        prop_assert!(seen.contains(&(before.len(), number)));
        for (start, number) in seen {
            prop_assert_eq!(clean(&symbols[start..start + LONGEST]).map(|row| row.number()), Some(number));
        }
    }
}
