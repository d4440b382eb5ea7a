//! Codes as hands write them: the slips that are mended, what is said of them, and what cannot be mended.

use crate::world::{Machine, Run, World};

struct Waiting<'w> {
    ship: Machine<'w>,
    rows: Vec<String>,
}

/// A machine that waits for the answer whose rows these are.
fn waiting(world: &World) -> Waiting<'_> {
    let desk = world.desk("desk");
    let file = desk.product("survey", &["--feature", "export", "--limit", "users"]);
    let terms = ["--feature", "export", "--limit", "users=5"];
    let key = desk.sell("survey", &terms);
    let ship = world.machine("ship");
    ship.install(&file);
    let answer = desk.answer(&ship.request(&key));
    let rows = answer.strip_prefix("RSP1: ").unwrap();
    let rows = rows.lines().map(|row| row.trim().to_owned()).collect();
    Waiting { ship, rows }
}

impl<'w> Waiting<'w> {
    /// `apply` with the answer after a slip in its rows.
    fn slipped(&self, slip: impl FnOnce(&mut Vec<String>)) -> Run<'w> {
        let mut rows = self.rows.clone();
        slip(&mut rows);
        self.ship
            .run(["apply"])
            .piped(format!("RSP1: {}", rows.join("\n")))
    }
}

fn groups(row: &str) -> Vec<&str> {
    row.split('-').collect()
}

/// A slip is mended and said; `place` is said to people and to scripts.
fn mended(name: &str, places: &[&str], slip: impl Fn(&mut Vec<String>)) {
    let world = World::new();
    let waiting = waiting(&world);
    let said = waiting.slipped(&slip).done();
    assert!(said.stderr.contains("corrected: "), "{name}: {said}");
    for place in places {
        assert!(said.stderr.contains(place), "{name}: {place}: {said}");
    }
    assert!(said.stderr.contains("licensed: survey"), "{name}: {said}");
    let object = waiting.slipped(&slip).json();
    let corrections = object["corrections"].as_array().unwrap();
    for place in places {
        let place = place.trim_start_matches("corrected: ").trim_end();
        assert!(corrections.contains(&place.into()), "{name}: {object}");
    }
    assert_eq!(waiting.ship.check().json()["limits"]["users"], 5, "{name}");
}

#[test]
fn a_dropped_character() {
    mended("dropped", &["row 2 group 3"], |rows| {
        rows[1].remove(14);
    });
}

#[test]
fn a_doubled_group() {
    mended("doubled", &["row 2 group 4"], |rows| {
        let groups = groups(&rows[1]);
        rows[1] = [&groups[..4], &groups[3..]].concat().join("-");
    });
}

#[test]
fn a_lost_group() {
    mended("lost", &["corrected: row 3 group 2\n"], |rows| {
        let mut groups = groups(&rows[2]);
        groups.remove(1);
        rows[2] = groups.join("-");
    });
}

#[test]
fn three_wrong_characters_in_a_row() {
    mended(
        "wrong",
        &["row 2 group 1", "row 2 group 3", "row 2 group 5"],
        |rows| {
            for at in [2, 14, 26] {
                let other = if &rows[1][at..=at] == "7" { "8" } else { "7" };
                rows[1].replace_range(at..=at, other);
            }
        },
    );
}

/// Rows say their own number: in another order nothing is wrong, and nothing is to be said.
#[test]
fn swapped_rows() {
    let world = World::new();
    let waiting = waiting(&world);
    let said = waiting.slipped(|rows| rows.swap(1, 2)).done();
    assert!(said.stderr.contains("licensed: survey"), "{said}");
    assert_eq!(
        waiting.slipped(|rows| rows.swap(1, 2)).json()["corrections"],
        serde_json::json!([])
    );
}

#[test]
fn what_cannot_be_mended_is_named_by_rows_and_groups() {
    let world = World::new();
    let waiting = waiting(&world);
    let hopeless = || {
        waiting.slipped(|rows| {
            let row = "AAAAA-BBBBB-CCC-88877-66655-44433";
            rows[1] = row.to_owned();
            rows[2].replace_range(0..1, "?");
        })
    };
    let said = hopeless().refused(3, "damaged");
    let sentence = "row 2 cannot be read: 2 characters too few; group 3 looks wrong";
    assert!(said.stderr.contains(sentence), "{said}");
    let object = hopeless().with_json_exits(3);
    let rows = &object["error"]["rows"];
    assert_eq!(
        rows[1],
        serde_json::json!({ "row": 2, "state": "unreadable", "groups": [3], "surplus": -2 }),
        "{object}"
    );
    assert_eq!(rows[0]["state"], "whole", "{object}");
    // The same rows as of inspect.
    let mut broken = waiting.rows.clone();
    broken[1] = "AAAAA-BBBBB-CCC-88877-66655-44433".to_owned();
    broken[2].replace_range(0..1, "?");
    let looked = waiting
        .ship
        .run(["inspect"])
        .piped(format!("RSP1: {}", broken.join("\n")))
        .with_json_exits(3);
    assert_eq!(looked["rows"], *rows);
    // A row that is not there at all.
    let missing = || waiting.slipped(|rows| drop(rows.remove(1)));
    missing().refused(3, "damaged").tells("row 2 of ");
    assert_eq!(
        missing().with_json_exits(3)["error"]["rows"][1]["state"],
        "missing"
    );
}

/// As Windows types it, without colour, and no wider than any terminal.
#[test]
fn the_words_need_neither_colour_nor_width() {
    let world = World::new();
    let waiting = waiting(&world);
    let windows = waiting.rows.join("\r\n") + "\r\n";
    let run = waiting.ship.run(["apply"]).env("NO_COLOR", "1");
    let said = run.piped(windows).done();
    assert!(!said.stderr.contains("corrected"), "{said}");
    let status = waiting.ship.run(["status"]).env("NO_COLOR", "1").done();
    for said in [said, status] {
        assert!(
            !said.stderr.contains('\x1b') && !said.stdout.contains('\x1b'),
            "{said}"
        );
    }
}
