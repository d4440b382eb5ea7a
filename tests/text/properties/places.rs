//! One slip at every place of a code.

use super::*;

/// Unoptimised, the search takes twenty times as long: then not every place is tried.
const STEP: usize = if cfg!(debug_assertions) { 11 } else { 1 };

/// The text of a code with one edit at every place, in turn: each must give the code back.
fn at_every_place(bytes: usize, edit: impl Fn(&mut Vec<u8>, usize) -> bool) {
    let code = Code::new(
        Kind::Grant,
        (0..bytes).map(|nth| (nth * 89 + 7) as u8).collect(),
    );
    for dashes in [true, false] {
        let rows = code.to_rows().unwrap();
        let whole = if dashes {
            rows.join("\n")
        } else {
            rows.concat().replace('-', "")
        };
        for place in (0..whole.len()).step_by(STEP) {
            let mut text = whole.clone().into_bytes();
            if !edit(&mut text, place) {
                continue;
            }
            let text = String::from_utf8(text).unwrap();
            let got = read(&text, &[Kind::Grant]);
            assert!(
                got.as_ref().is_ok_and(|reading| reading.code == code),
                "place {place}: {got:?}\n{text}"
            );
        }
    }
}

/// Whether there is a symbol at a place.
fn is_symbol(text: &[u8], place: usize) -> bool {
    text.get(place).is_some_and(u8::is_ascii_alphanumeric)
}

#[test]
fn a_dropped_symbol_is_found_wherever_it_was() {
    at_every_place(42, |text, place| {
        is_symbol(text, place) && text.remove(place) > 0
    });
}

#[test]
fn a_doubled_symbol_is_found_wherever_it_is() {
    at_every_place(42, |text, place| {
        text.insert(place, text[place]);
        is_symbol(text, place)
    });
}

#[test]
fn an_inserted_symbol_is_found_wherever_it_is() {
    at_every_place(42, |text, place| {
        text.insert(place, b'W');
        true
    });
}

#[test]
fn swapped_neighbours_are_found_wherever_they_are() {
    at_every_place(42, |text, place| {
        let both = is_symbol(text, place) && is_symbol(text, place + 1);
        if both {
            text.swap(place, place + 1);
        }
        both
    });
}

#[test]
fn swapped_lost_and_doubled_groups_are_found_wherever_they_are() {
    let code = Code::new(
        Kind::Grant,
        (0..42_u8).map(|nth| nth.wrapping_mul(89)).collect(),
    );
    let groups: Vec<String> = code
        .to_rows()
        .unwrap()
        .iter()
        .flat_map(|row| row.split('-').map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let rows = |groups: &[String]| {
        groups
            .chunks(6)
            .map(|row| row.join("-"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    for place in (0..groups.len()).step_by(STEP.min(4)) {
        let mut variants = vec![groups.clone(), groups.clone(), groups.clone()];
        variants[0].remove(place);
        variants[1].insert(place, groups[place].clone());
        if place + 1 < groups.len() && groups[place + 1].len() == 5 {
            variants[2].swap(place, place + 1);
        }
        for variant in variants {
            for text in [rows(&variant), variant.concat()] {
                let got = read(&text, &[Kind::Grant]);
                assert!(
                    got.as_ref().is_ok_and(|reading| reading.code == code),
                    "group {place}: {got:?}\n{text}"
                );
            }
        }
    }
}
