//! What must hold of every code and of every text.

mod places;

use countersign::text::{Code, Kind, ReadError, WriteError, read};
use proptest::prelude::*;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn framed() -> impl Strategy<Value = Kind> {
    prop::sample::select(
        Kind::ALL
            .into_iter()
            .filter(|kind| *kind != Kind::Emergency)
            .collect::<Vec<_>>(),
    )
}

fn code(sizes: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = Code> {
    (framed(), prop::collection::vec(any::<u8>(), sizes))
        .prop_map(|(kind, payload)| Code::new(kind, payload))
}

/// Changes up to `most` symbols of each row at places drawn from `seed`.
fn spoil(row: &str, seed: u64, most: usize, change: impl Fn(u8, u64) -> u8) -> String {
    let mut symbols: Vec<u8> = row.bytes().collect();
    let places: Vec<usize> = (0..symbols.len())
        .filter(|&place| symbols[place] != b'-')
        .collect();
    let mut draw = seed;
    let mut spoiled = Vec::new();
    for _ in 0..most {
        draw = draw
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let place = places[usize::try_from(draw >> 33).unwrap() % places.len()];
        if !spoiled.contains(&place) {
            spoiled.push(place);
            symbols[place] = change(symbols[place], draw >> 20 & 31);
        }
    }
    String::from_utf8(symbols).unwrap()
}

fn another(symbol: u8, by: u64) -> u8 {
    let value = ALPHABET
        .iter()
        .position(|&letter| letter == symbol)
        .unwrap();
    ALPHABET[(value + 1 + usize::try_from(by).unwrap() % 31) % 32]
}

fn rows(code: &Code, spoil: impl Fn(usize, &str) -> String) -> String {
    code.to_rows()
        .unwrap()
        .iter()
        .enumerate()
        .map(|(nth, row)| spoil(nth, row))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn codes_are_as_long_as_they_should_be() {
    let cases = [
        (Kind::Return, 16, 43),
        (Kind::Activate, 35, 77),
        (Kind::Activate, 43, 90),
        (Kind::Sync, 33, 74),
        (Kind::Grant, 95, 189),
    ];
    for (kind, bytes, symbols) in cases {
        assert_eq!(
            Code::new(kind, vec![0xa5; bytes]).symbols().unwrap().len(),
            symbols,
            "{kind:?} of {bytes} bytes"
        );
    }
    assert_eq!(
        Code::new(Kind::Emergency, vec![1; 11])
            .symbols()
            .unwrap()
            .len(),
        22
    );
}

#[test]
fn a_payload_beyond_thirty_rows_is_not_written() {
    assert!(Code::new(Kind::Grant, vec![0; 481]).to_text().is_ok());
    assert_eq!(
        Code::new(Kind::Grant, vec![0; 482]).to_text(),
        Err(WriteError::TooLong { bytes: 482 })
    );
    assert_eq!(
        Code::new(Kind::Emergency, vec![0; 11]).to_rows(),
        Err(WriteError::Emergency)
    );
}

#[test]
fn every_size_comes_back() {
    for bytes in 0..=481_usize {
        let payload = (0..bytes)
            .map(|place| u8::try_from((place * 37 + bytes) % 251).unwrap())
            .collect();
        let code = Code::new(Kind::Grant, payload);
        let reading = read(&code.to_text().unwrap(), &[Kind::Grant]).unwrap();
        assert_eq!(
            (
                &reading.code,
                reading.corrections.len(),
                reading.others.len()
            ),
            (&code, 0, 0),
            "{bytes}"
        );
        assert_eq!(
            read(&code.symbols().unwrap(), &[]).unwrap().code,
            code,
            "{bytes}"
        );
    }
}

#[test]
fn a_code_is_found_far_down_in_a_text() {
    let code = Code::new(Kind::Return, vec![0x5a; 16]);
    let prose = "the quick brown fox jumps over 13 lazy dogs, and asks: why? ".repeat(2000);
    for text in [
        format!("{prose}\n{}\n{prose}", code.to_text().unwrap()),
        format!("{prose}\n{}\n{prose}", code.symbols().unwrap()),
    ] {
        assert_eq!(read(&text, &[]).unwrap().code, code);
    }
}

#[test]
fn a_damaged_code_is_mended_in_a_heap_of_them() {
    let code = Code::new(Kind::Grant, (0..95).collect());
    let text = code.to_text().unwrap();
    let heap = format!("{}\n", text.replacen('7', "?", 2).replace('-', " ")).repeat(3000);
    let reading = read(&heap, &[]).unwrap();
    assert_eq!((reading.code, reading.corrections.len()), (code, 2));
}

#[test]
fn megabytes_without_a_code_are_answered() {
    let noise: String = (0_u64..700_000)
        .map(|nth| nth.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 59)
        .map(|value| char::from(ALPHABET[usize::try_from(value).unwrap()]))
        .collect();
    let row = "00000-00000-00000-00000-00000-00000\n".repeat(30_000);
    for text in [noise, row, "0 ".repeat(600_000), "REQ1: ".repeat(200_000)] {
        assert!(read(&text, &[]).is_err());
    }
}

#[test]
fn a_whole_request_below_does_not_hide_an_answer_that_is_hard_to_read() {
    let answer = Code::new(Kind::Grant, (0..95).collect());
    let request = Code::new(Kind::Activate, (0..40).collect());
    let mut rows = answer.to_rows().unwrap();
    // A symbol dropped and two others exchanged: more than one edit in a row.
    rows[2].remove(3);
    let mut row = rows[2].clone().into_bytes();
    row.swap(20, 21);
    rows[2] = String::from_utf8(row).unwrap();
    let text = format!(
        "RSP1: {}\n\n> {}",
        rows.join("\n"),
        request.to_text().unwrap().replace('\n', "\n> ")
    );
    let reading = read(&text, &[Kind::Grant]).unwrap();
    assert_eq!(
        (
            reading.code,
            reading.others.iter().map(|it| it.code.kind()).collect()
        ),
        (answer, vec![Kind::Activate])
    );
}

proptest! {
    #[test]
    fn a_code_comes_back_from_lines_of_any_width(code in code(15..=280), width in 1_usize..90, lower in any::<bool>(), quote in prop::sample::select(vec!["", "> ", "> > ", "  "])) {
        let mut text = code.symbols().unwrap();
        if lower {
            text = text.to_lowercase();
        }
        let lines: Vec<String> = text.as_bytes().chunks(width).map(|line| format!("{quote}{}", String::from_utf8_lossy(line))).collect();
        let reading = read(&lines.join("\n"), &[]).unwrap();
        prop_assert_eq!(reading.code, code);
        prop_assert!(reading.corrections.is_empty());
    }

    #[test]
    fn two_wrong_symbols_in_every_row_are_corrected(code in code(15..=280), seed in any::<u64>(), together in any::<bool>()) {
        let mut text = rows(&code, |nth, row| spoil(row, seed ^ nth as u64, 2, another));
        if together {
            text = text.replace(['-', '\n'], "");
        }
        prop_assert_eq!(read(&text, &[]).unwrap().code, code);
    }

    #[test]
    fn four_illegible_symbols_in_every_row_are_filled_in(code in code(15..=280), seed in any::<u64>(), together in any::<bool>()) {
        let mut text = rows(&code, |nth, row| spoil(row, seed ^ nth as u64, 4, |_, by| if by % 2 == 0 { b'?' } else { b'U' }));
        if together {
            text = text.replace(['-', '\n'], "");
        }
        prop_assert_eq!(read(&text, &[]).unwrap().code, code);
    }

    #[test]
    fn corrections_name_the_groups(code in code(15..=280), row in any::<prop::sample::Index>(), seed in any::<u64>()) {
        let spoiled = row.index(code.to_rows().unwrap().len());
        let text = rows(&code, |nth, row| if nth == spoiled { spoil(row, seed, 1, another) } else { row.to_owned() });
        let whole = code.to_rows().unwrap().join("\n");
        let place = whole.bytes().zip(text.bytes()).position(|(a, b)| a != b).unwrap();
        let group = whole[..place].rsplit('\n').next().unwrap().matches('-').count() + 1;
        let reading = read(&text, &[]).unwrap();
        prop_assert_eq!(reading.code, code);
        let places: Vec<String> = reading.corrections.iter().map(ToString::to_string).collect();
        prop_assert_eq!(places, vec![format!("row {} group {group}", spoiled + 1)]);
    }

    #[test]
    fn rows_in_any_order_are_put_in_theirs(code in code(15..=280), order in any::<[u64; 20]>(), doubled in any::<prop::sample::Index>()) {
        let mut rows = code.to_rows().unwrap();
        rows.push(doubled.get(&rows).clone());
        let mut shuffled: Vec<(u64, String)> = order.into_iter().zip(rows).collect();
        shuffled.sort();
        let text = shuffled.into_iter().map(|(_, row)| row).collect::<Vec<_>>().join("\n");
        let got = read(&text, &[code.kind()]);
        prop_assert!(got.as_ref().is_ok_and(|reading| reading.code == code), "{got:?}\n{text}");
    }

    #[test]
    fn any_lost_row_is_given_back_by_the_spare(code in code(15..=280), lost in any::<prop::sample::Index>()) {
        let mut rows = code.to_rows().unwrap();
        let lost = lost.index(rows.len());
        rows.remove(lost);
        rows.push(code.to_spare_row().unwrap());
        let text = rows.join("\n");
        let reading = read(&text, &[]).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        prop_assert_eq!(reading.code, code);
        prop_assert_eq!(reading.restored.map(usize::from), Some(lost + 1));
    }

    #[test]
    fn two_codes_in_a_text_are_both_seen(first in code(15..=100), second in code(15..=100)) {
        prop_assume!(first.kind() != second.kind());
        let text = format!("{}\n\nand the other one:\n\n{}", first.to_text().unwrap(), second.to_text().unwrap());
        let reading = read(&text, &[second.kind()]).unwrap();
        prop_assert_eq!(reading.others.iter().map(|it| &it.code).collect::<Vec<_>>(), vec![&first]);
        prop_assert_eq!(reading.code, second);
    }

    #[test]
    fn any_text_at_all_is_taken(text in any::<String>()) {
        prop_assert!(read(&text, &[]).is_err());
    }
}

proptest! {
    // What cannot be read costs the whole search: fewer cases of it.
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_code_of_another_kind_is_handed_over_as_such(code in code(15..=100)) {
        prop_assume!(code.kind() != Kind::Grant);
        let error = read(&code.to_text().unwrap(), &[Kind::Grant]).unwrap_err();
        prop_assert_eq!(error, ReadError::OtherKind { code });
    }

    #[test]
    fn a_damaged_code_names_the_row(code in code(40..=280), row in any::<prop::sample::Index>()) {
        let spoiled = row.index(code.to_rows().unwrap().len());
        // A row of five symbols is one lost group, which is mended.
        prop_assume!(code.to_rows().unwrap()[spoiled].len() > 5);
        let blot = |row: &str| row.char_indices().map(|(place, symbol)| if place < 11 && symbol != '-' { '?' } else { symbol }).collect();
        let text = rows(&code, |nth, row| if nth == spoiled { blot(row) } else { row.to_owned() });
        let error = read(&text, &[]).unwrap_err().to_string();
        let named = format!("row {} cannot be read; group", spoiled + 1);
        prop_assert!(error.contains(&named), "{error}");
    }

    #[test]
    fn noise_is_no_code_and_never_a_panic(text in "(REQ1: ?)?[0-9A-Za-z?\u{a0}\u{2013} \n:.)>-]{0,400}") {
        let wanted = [Kind::Grant, Kind::Activate, Kind::Return];
        prop_assert!(matches!(read(&text, &wanted), Err(ReadError::NoCode | ReadError::Damaged { .. })), "{text}");
    }
}

/// Of groups exchanged across the border of two rows, one is the last of its row and the other the first of the next.
#[test]
fn groups_exchanged_across_a_border_are_named() {
    let code = Code::new(
        Kind::Grant,
        (0..95).map(|n: u8| n.wrapping_mul(37)).collect(),
    );
    let groups: Vec<String> = code
        .to_rows()
        .unwrap()
        .iter()
        .flat_map(|row| row.split('-').map(str::to_owned).collect::<Vec<_>>())
        .collect();
    for border in [6, 12, 18] {
        let mut groups = groups.clone();
        groups.swap(border - 1, border);
        let rows: Vec<String> = groups.chunks(6).map(|row| row.join("-")).collect();
        let reading = read(&format!("RSP1: {}", rows.join("\n")), &[Kind::Grant]).unwrap();
        assert_eq!(reading.code, code);
        let places: Vec<String> = reading
            .corrections
            .iter()
            .map(ToString::to_string)
            .collect();
        let row = border / 6;
        assert_eq!(
            places,
            [
                format!("row {row} group 6"),
                format!("row {} group 1", row + 1)
            ]
        );
    }
}
