use super::*;

fn feature(index: u32) -> Entitlement {
    Entitlement::feature(index)
}

fn limit(index: u32, value: u32) -> Entitlement {
    Entitlement::number(index, value)
}

fn text(index: u32, text: &str) -> Entitlement {
    Entitlement::text(index, EntitledText::new(text).unwrap())
}

fn until(day: u16, entry: Entitlement) -> Entitlement {
    entry.until(Day::new(day))
}

fn list(entries: &[Entitlement]) -> Entitlements {
    Entitlements::new(entries.to_vec()).unwrap()
}

#[test]
fn four_entitlements_take_eight_bytes() {
    let four = list(&[feature(0), feature(1), limit(2, 500), limit(3, 12)]);
    assert_eq!(four.encode(), [7, 0, 8, 17, 0xf4, 3, 25, 12]);
    assert_eq!(Entitlements::decode(&four.encode()), Ok(four));
}

#[test]
fn a_date_costs_two_bytes_and_a_text_its_own_and_one() {
    let all = list(&[
        until(0x0b42, feature(0)),
        until(0x0b43, limit(1, 300)),
        text(2, "Ørsted"),
        limit(3, UNLIMITED),
    ]);
    let bytes = [
        &[22, 0x02, 0x0b, 0x42, 0x0b, 0xac, 2, 0x0b, 0x43, 0x14, 7][..],
        "Ørsted".as_bytes(),
        &[25, 255, 255, 255, 255, 15],
    ]
    .concat();
    assert_eq!(all.encode(), [&[23], &bytes[1..]].concat());
    assert_eq!(Entitlements::decode(&all.encode()), Ok(all));
}

#[test]
fn other_spellings_are_refused() {
    for (bytes, why) in [
        (&[2, 8, 0][..], "falling order"),
        (&[2, 0, 0], "twice"),
        (&[3, 0, 1, 5], "one index as feature and as limit"),
        (&[2, 0x80, 0], "long varint"),
    ] {
        let refused = Err(WireError::NotCanonical);
        assert_eq!(Entitlements::decode(bytes), refused, "{why}");
    }
    for (bytes, why) in [
        (&[1, 1][..], "limit without value"),
        (&[1, 2], "feature that ends without its day"),
        (&[2, 2, 1], "half a day"),
        (&[2, 3, 9], "limit that ends without its day"),
        (&[1, 4], "text without its length"),
        (&[3, 4, 2, b'a'], "text that goes on after the list"),
    ] {
        assert_eq!(Entitlements::decode(bytes), Err(WireError::Short), "{why}");
    }
    for (bytes, why) in [
        (
            &[6, 1, 0xff, 0xff, 0xff, 0xff, 0x10][..],
            "a value of 33 bits",
        ),
        (&[1, 5], "h of 5"),
        (&[1, 6], "h of 6"),
        (&[1, 7], "h of 7"),
        (&[3, 2, 0, 0], "a feature that ends on day 0"),
        (&[4, 3, 9, 0, 0], "a limit that ends on day 0"),
        (&[2, 4, 0], "an empty text"),
        (&[4, 4, 2, 0xc3, 0x28], "bytes that are no UTF-8"),
        (
            &[4, 4, 2, 0xc0, 0x80],
            "UTF-8 that is too long for its character",
        ),
    ] {
        let refused = matches!(Entitlements::decode(bytes), Err(WireError::Value(_)));
        assert!(refused, "{why}");
    }
    assert_eq!(Entitlements::decode(&[0, 0]), Err(WireError::Long));
}

#[test]
fn the_largest_index_and_list_are_written_and_none_beyond() {
    let largest = list(&[limit((1 << 29) - 1, u32::MAX)]);
    assert_eq!(Entitlements::decode(&largest.encode()), Ok(largest));
    let beyond = Entitlements::new(vec![feature(1 << 29)]);
    assert_eq!(beyond, Err(EntitlementsError::TooMany));
    // Features 0 to 15 take a byte each, those after them two.
    let features = |count| (0..count).map(feature).collect::<Vec<_>>();
    let full = list(&features(135));
    assert_eq!(full.encode().len(), 1 + 254);
    assert_eq!(Entitlements::decode(&full.encode()), Ok(full));
    let mut exactly = features(133);
    exactly.push(until(9, feature(133)));
    exactly.retain(|entry| entry.index != 20);
    exactly.push(limit(20, 3));
    assert_eq!(list(&exactly).encode().len(), 1 + 255);
    exactly.push(feature(500));
    assert_eq!(Entitlements::new(exactly), Err(EntitlementsError::TooMany));
}

#[test]
fn a_text_has_1_to_64_bytes_and_no_character_that_is_not_seen() {
    let full = "é".repeat(32);
    assert!(EntitledText::new(&full).is_ok());
    assert_eq!(
        EntitledText::new(&format!("{full}a")),
        Err(TextError::Length(65))
    );
    assert_eq!(EntitledText::new(""), Err(TextError::Length(0)));
    // Each end of each range, and its neighbours, which are taken.
    for (first, last) in [
        (0, 0x1f),
        (0x7f, 0x9f),
        (0x61c, 0x61c),
        (0x200b, 0x200f),
        (0x2028, 0x202e),
        (0x2060, 0x206f),
        (0xfeff, 0xfeff),
        (0xfff9, 0xfffb),
        (0xe0000, 0xe007f),
    ] {
        let taken = |code: u32| {
            let c = char::from_u32(code).unwrap();
            EntitledText::check(&c.to_string()).is_ok()
        };
        assert!(!taken(first) && !taken(last), "U+{first:04X} to {last:04X}");
        assert!(first == 0 || taken(first - 1), "before U+{first:04X}");
        assert!(taken(last + 1), "after U+{last:04X}");
    }
}

#[test]
fn a_text_is_sold_composed_and_read_as_it_came() {
    let decomposed = "A\u{30a}";
    assert_eq!(EntitledText::new(decomposed).unwrap().as_str(), "Å");
    let bytes = [&[5, 4, 3][..], decomposed.as_bytes()].concat();
    let read = Entitlements::decode(&bytes).unwrap();
    assert_eq!(read.encode(), bytes);
}

#[test]
fn a_child_lies_within_its_parent() {
    let catalogue = [Entry::Feature, Entry::Feature, Entry::Limit, Entry::Pool];
    let parent = list(&[
        feature(0),
        until(9, feature(1)),
        limit(2, 5),
        limit(3, 4),
        text(4, "Aurora"),
        until(9, limit(5, 7)),
    ]);
    let lent = |entry: Entitlement| list(&[entry]).within(&parent, &catalogue);
    for (entry, why) in [
        (feature(0), "a feature"),
        (until(9, feature(1)), "a feature that ends on the same day"),
        (limit(2, 5), "a limit as it is"),
        (limit(2, 0), "a limit below"),
        (limit(3, 1), "one of a pool"),
        (text(4, "Aurora"), "the same text"),
        (until(9, limit(5, 7)), "beyond the catalogue"),
    ] {
        assert!(lent(entry), "{why}");
    }
    for (entry, why) in [
        (limit(2, 6), "a limit above"),
        (feature(2), "a limit as a feature"),
        (limit(0, 0), "a feature as a limit"),
        (feature(6), "a feature the parent does not have"),
        (feature(1), "a feature without its last day"),
        (until(8, feature(1)), "a feature that ends before"),
        (until(10, feature(1)), "a feature that ends after"),
        (until(9, feature(0)), "a feature with a last day of its own"),
        (limit(5, 7), "a limit without its last day"),
        (until(8, limit(5, 7)), "a limit that ends before"),
        (limit(3, 2), "two of a pool"),
        (limit(3, 0), "none of a pool"),
        (limit(3, 4), "a whole pool"),
        (text(4, "Borealis"), "another text"),
        (feature(4), "a text as a feature"),
    ] {
        assert!(!lent(entry), "{why}");
    }
    assert!(list(&[]).within(&parent, &catalogue));
}
