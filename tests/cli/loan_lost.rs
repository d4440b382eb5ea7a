//! What a site has lost of what it has lent: the book of loans, or what is written of the seats.

use std::fs;
use std::path::Path;

use super::loan_books::{lend_to, status};
use super::loans::site;
use crate::world::{Holder, World};

/// Whoever removes the directory of the seats makes nothing free that is lent.
#[test]
fn seats_that_are_made_anew_are_lent_as_the_book_says() {
    let world = World::new();
    let site = site(&world, "2");
    site.lend(&site.workstation("laptop"), "5");
    let digits: String = site.key.chars().filter(char::is_ascii_digit).collect();
    let seats = site.machine.kept(&format!("machine/seats/{digits}"));
    let hold = ["seat", "hold"];
    fs::remove_dir_all(&seats).unwrap();
    let held = Holder::start(&site.machine.run(hold));
    site.machine.run(hold).owes(16, "no_seat");
    assert_eq!(held.end(), 0);
    fs::remove_file(seats.join("lent.json")).unwrap();
    assert_eq!(site.counts(), (0, 1, 1));
    // What knows nothing of the book does nothing that goes by it.
    fs::remove_file(seats.join("lent.json")).unwrap();
    let back = ["return", "--yes"];
    site.machine
        .run(back)
        .refused(5, "damaged_state")
        .tells("countersign site status");
}

/// However a loan is lost to the book, those who are at the site go on, with what the missing loans cannot hold.
#[test]
fn a_book_that_lost_a_loan_stops_nobody_at_the_site() {
    type Loses = fn(&Path, &[u8], &[u8]);
    let ways: [(&str, Loses); 3] = [
        ("the last line", |path, before, _| {
            fs::write(path, before).unwrap();
        }),
        ("a line in the middle", |path, before, after| {
            let mut text = after.to_vec();
            text[before.len() / 2] = b'#';
            fs::write(path, text).unwrap();
        }),
        ("the whole of it", |path, _, _| {
            fs::remove_file(path).unwrap();
        }),
    ];
    for (how, lose) in ways {
        let world = World::new();
        let site = site(&world, "4");
        lend_to(&site, "one", "5");
        let digits: String = site.key.chars().filter(char::is_ascii_digit).collect();
        let path = site.machine.kept(&format!("machine/site/{digits}.jsonl"));
        let before = fs::read(&path).unwrap();
        lend_to(&site, "two", "5");
        lose(&path, &before, &fs::read(&path).unwrap());
        let take = ["seat", "take", "--for", "24h"];
        site.machine.run(take).done();
        assert_eq!(status(&site)["lending"], "paused", "{how}");
        assert_eq!(site.counts(), (1, 2, 1), "{how}");
        site.machine.run(take).done();
        site.machine.run(take).owes(16, "no_seat");
        site.sync(&[], &[]);
        assert_eq!(status(&site)["lending"], "on", "{how}");
        assert_eq!(site.counts(), (2, 2, 0), "{how}");
    }
}
