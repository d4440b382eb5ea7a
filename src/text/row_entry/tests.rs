//! Rows as people type them (SPEC.md 2.3).

use super::*;
use crate::text::Code;
use proptest::prelude::*;

fn rows() -> Vec<String> {
    Code::new(
        Kind::Grant,
        (0..95).map(|n: u8| n.wrapping_mul(37)).collect(),
    )
    .to_rows()
    .unwrap()
}

fn number(entry: &RowEntry) -> Option<u8> {
    match entry {
        RowEntry::Right(row) | RowEntry::Mended { row, .. } => Some(row.number),
        _ => None,
    }
}

#[test]
fn right_rows_are_taken_whatever_stands_before_them() {
    let rows = rows();
    for (n, row) in (1..).zip(&rows) {
        for line in [
            row.clone(),
            format!("> {row}"),
            format!("Row {n}: {}", row.to_lowercase()),
            format!(" {n}) {row} "),
        ] {
            let entry = judge_row(&line, 1);
            let RowEntry::Right(entered) = &entry else {
                panic!("{line}: {entry:?}")
            };
            assert_eq!((entered.number, &entered.text), (n, row), "{line}");
            assert_eq!(entered.short, n as usize == rows.len());
        }
    }
    let first = judge_row(&format!("RSP1: {}", rows[0]), 1);
    assert!(matches!(
        first,
        RowEntry::Right(EnteredRow {
            kind: Some(Kind::Grant),
            number: 1,
            ..
        })
    ));
}

#[test]
fn one_slip_is_mended_and_named() {
    let row = &rows()[1];
    let mut wrong: Vec<char> = row.chars().collect();
    wrong[8] = if wrong[8] == '7' { '8' } else { '7' };
    let wrong: String = wrong.into_iter().collect();
    let RowEntry::Mended {
        row: entered,
        slips,
    } = judge_row(&wrong, 2)
    else {
        panic!()
    };
    assert_eq!((&entered.text, slips.len(), slips[0].group), (row, 1, 2));
    assert_eq!(
        (slips[0].typed.as_str(), slips[0].meant.as_str()),
        (&wrong[6..11], &row[6..11])
    );
}

#[test]
fn prose_is_no_row() {
    for line in [
        "",
        "Dear customer,",
        "please enter this code",
        "Nordic Survey AS",
        "Sent: Monday, 3 May",
    ] {
        assert_eq!(judge_row(line, 1), RowEntry::NoRow, "{line}");
    }
}

#[test]
fn a_hopeless_row_names_the_groups_that_have_the_wrong_length() {
    let row = rows()[0].clone();
    let broken = format!("{}-{}", &row[..3], &row[6..]).replace(&row[12..17], "AAAA");
    let RowEntry::Hopeless { groups, .. } = judge_row(&broken, 1) else {
        panic!("{:?}", judge_row(&broken, 1))
    };
    assert_eq!(groups, [1, 3]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_dropped_doubled_or_swapped_character_is_mended_or_said(place in 0_usize..30, how in 0..3) {
        let row = &rows()[1];
        let mut symbols: Vec<char> = row.chars().filter(|c| *c != '-').collect();
        match how {
            0 => { symbols.remove(place); }
            1 => symbols.insert(place, symbols[place]),
            _ => symbols.swap(place, (place + 1) % 30),
        }
        let entry = judge_row(&symbols.iter().collect::<String>(), 2);
        match &entry {
            RowEntry::Right(entered) | RowEntry::Mended { row: entered, .. } => prop_assert_eq!(&entered.text, row),
            RowEntry::Doubtful { .. } | RowEntry::Hopeless { .. } => prop_assert!(how == 2 || how == 0, "{:?}", entry),
            RowEntry::NoRow => prop_assert!(false, "{:?}", entry),
        }
    }

    #[test]
    fn anything_may_be_typed(line in "\\PC{0,80}", expected in 1_u8..=31) {
        let entry = judge_row(&line, expected);
        prop_assert!(number(&entry).is_none_or(|number| (1..=31).contains(&number)));
    }
}
