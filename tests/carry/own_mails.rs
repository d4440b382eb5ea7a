//! The program's own mails, read back by its own reader: a slip in one is mended, and nothing is called damaged that is not.

use countersign::text::{Code, Reading, read, read_bytes};

use super::World;
use crate::world::{self, Site};

/// A mail of each kind, and the code in it.
pub(super) fn mails() -> Vec<(&'static str, String, Code)> {
    let world = World::new();
    let request = world.request(&["--mail"]);
    let response = world.ok_with("desk", &["respond", "--mail"], request.as_bytes());
    world.ok_with("machine", &["apply"], response.as_bytes());
    let sync = world.ok("machine", &["request", "sync", "--mail"]);
    let given_back = world.ok("machine", &["return", "--yes", "--mail"]);
    let mails = [
        ("request", request),
        ("response", response),
        ("sync", sync),
        ("return", given_back),
    ];
    with_codes(mails)
}

/// The mails between a site and a workstation that borrows.
pub(super) fn loan_mails() -> Vec<(&'static str, String, Code)> {
    let world = world::World::new();
    let site = Site::new(&world, &[], &["--seats", "4", "--lend", "30"]);
    let laptop = site.workstation("laptop");
    let mail = ["--mail", "--to", "someone@example.org"];
    let own = |args: &[&str]| laptop.run(args.iter().chain(&mail)).done().stdout;
    let borrow = own(&["request", "borrow", &site.key, "--days", "5"]);
    let loan = site.respond(&borrow, &mail).done().stdout;
    laptop.apply(&loan);
    let card = site.admin(["site", "card"].iter().chain(&mail)).done();
    let given_back = own(&["return", "--yes"]);
    with_codes([
        ("borrow", borrow),
        ("loan", loan),
        ("card", card.stdout),
        ("early return", given_back),
    ])
}

fn with_codes<const N: usize>(
    mails: [(&'static str, String); N],
) -> Vec<(&'static str, String, Code)> {
    let read = |(name, mail): (&'static str, String)| {
        let reading = whole(name, &mail);
        (name, mail, reading.code)
    };
    mails.into_iter().map(read).collect()
}

/// What a mail gives that has one code and nothing else.
pub(super) fn whole(name: &str, mail: &str) -> Reading {
    let reading =
        read_bytes(mail.as_bytes(), &[]).unwrap_or_else(|error| panic!("{name}: {error}\n{mail}"));
    assert_eq!(reading.damaged, [], "{name}:\n{mail}");
    assert_eq!(reading.others, [], "{name}:\n{mail}");
    reading
}

/// A way to spoil a row at a symbol.
type Spoil = fn(&mut Vec<char>, usize);

pub(super) const SLIPS: [(&str, Spoil); 6] = [
    ("dropped", |row, at| {
        row.remove(at);
    }),
    ("doubled", |row, at| row.insert(at, row[at])),
    ("inserted", |row, at| row.insert(at, 'X')),
    ("wrong", |row, at| {
        row[at] = if row[at] == '7' { 'K' } else { '7' }
    }),
    ("swapped", |row, at| row.swap(at, at + 1)),
    ("group lost", |row, at| {
        drop(row.drain(at / 6 * 6..at / 6 * 6 + 6))
    }),
];

#[test]
fn each_slip_in_each_of_our_mails_is_mended_and_nothing_is_damaged() {
    let mails = mails().into_iter().chain(loan_mails());
    for (nth, (name, mail, code)) in mails.enumerate() {
        let rows = code.to_rows().unwrap();
        for (which, (slip, spoil)) in SLIPS.into_iter().enumerate() {
            let row = &rows[(nth + which) % rows.len()];
            let groups = row.len() / 6;
            if slip == "group lost" && groups < 3 {
                // What is left of a short last row may be anything.
                continue;
            }
            let mut spoiled: Vec<char> = row.chars().collect();
            let at = if groups > 0 {
                6 * ((nth + which) % groups)
            } else {
                0
            };
            spoil(&mut spoiled, 1 + at);
            let spoiled: String = spoiled.into_iter().collect();
            assert!(mail.contains(row.as_str()), "{name}: {row} in {mail}");
            let name = format!("{name}, {slip}, {row} as {spoiled}");
            let reading = whole(&name, &mail.replace(row.as_str(), &spoiled));
            assert_eq!(reading.code, code, "{name}");
        }
    }
}

/// A text with a good code and a ruined one has one damage.
#[test]
fn a_ruined_code_beside_a_good_one_is_said_once() {
    let mails = mails();
    let (_, mail, good) = &mails[0];
    let ruined = mails[1].2.to_text().unwrap();
    let ruined: Vec<String> = ruined
        .lines()
        .enumerate()
        .map(|(nth, row)| {
            if nth == 1 {
                row.to_owned()
            } else {
                row.replace(['2', '4', '6', '8', 'A', 'D', 'K', 'M'], "?")
            }
        })
        .collect();
    let ruined = ruined.join("\n");
    assert!(read(&ruined, &[]).is_err());
    let good_text = good.to_text().unwrap();
    for text in [
        format!("{good_text}\n\nand this:\n\n{ruined}\n"),
        format!("{ruined}\n\nand this:\n\n{good_text}\n"),
        format!(
            "Hello,\n\n{ruined}\n\nRegards\n> {}\n",
            good_text.replace('\n', "\n> ")
        ),
    ] {
        let reading = read(&text, &[]).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(reading.code, *good, "{text}");
        assert_eq!(reading.damaged.len(), 1, "{:?}\n{text}", reading.damaged);
        assert_eq!(reading.others, [], "{text}");
    }
    assert!(!mail.is_empty());
}

/// A second code without a prefix is not lost, also where it has a slip, and where another view shows it.
#[test]
fn a_second_code_without_its_prefix_is_read() {
    let mails = mails();
    let (first, second) = (&mails[0].2, &mails[1].2);
    let text = first.to_text().unwrap();
    let rows = second.to_rows().unwrap().join("\n");
    let slip = rows.replacen(&rows[8..9], "", 1);
    let encoded: String = rows.bytes().map(|byte| format!("%{byte:02X}")).collect();
    for (name, both) in [
        (
            "whole",
            format!("{text}\n\nand for the other one\n\n{rows}\n"),
        ),
        (
            "with a slip",
            format!("{text}\n\nand for the other one\n\n{slip}\n"),
        ),
        (
            "before",
            format!("{rows}\n\nand for the other one\n\n{text}\n"),
        ),
        (
            "in another way to look",
            format!("{text}\n\nand for the other one https://a.example/?c={encoded} thanks\n"),
        ),
    ] {
        let reading = read(&both, &[first.kind()]).unwrap();
        assert_eq!(reading.code, *first, "{name}");
        assert!(
            reading.codes().any(|code| code == second),
            "{name}: {:?}\n{both}",
            reading.damaged
        );
    }
}
