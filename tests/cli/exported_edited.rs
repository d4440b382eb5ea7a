//! Exports that somebody changed, cut off or put together, and what editors do by themselves.

use std::fs;

use super::exported::{away, export, import, working};
use crate::world::World;

/// The last line of an export, made anew over lines that somebody changed.
fn ended(lines: &[String]) -> String {
    let mut sum = blake3::Hasher::new_derive_key("countersign v1 ledger export");
    for line in lines {
        sum.update(line.as_bytes()).update(b"\n");
    }
    let (rows, digest) = (lines.len() - 1, sum.finalize().to_hex());
    format!(
        "{}\n{{\"table\":\"end\",\"rows\":{rows},\"digest\":\"{digest}\"}}\n",
        lines.join("\n")
    )
}

#[test]
fn what_was_changed_since_it_was_written_is_refused() {
    let world = World::new();
    let (desk, _, _) = working(&world);
    let file = export(&desk, "one.jsonl");
    let text = fs::read_to_string(&file).unwrap();
    away(&desk);
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let (end, rows) = lines.split_last().unwrap();
    let at = |table: &str| {
        let start = format!("{{\"table\":\"{table}\"");
        rows.iter().position(|it| it.starts_with(&start)).unwrap()
    };
    let joined = |lines: &[String]| lines.join("\n") + "\n";
    let with = |at: usize, line: &str| {
        let mut all = rows.to_vec();
        all[at] = line.to_owned();
        all
    };
    let (license, terms) = (at("license"), at("terms"));
    let mut exchanged = rows.to_vec();
    exchanged.swap(license, license + 1);
    let mut tables = rows.to_vec();
    tables.swap(terms, license);
    let mut twice = rows.to_vec();
    twice.insert(license, rows[license].clone());
    let mut missing = rows.to_vec();
    missing.remove(at("declined"));
    // Another row with the key of one that is there.
    let id = |line: &str| line.find(",\"key\"").unwrap();
    let (first, second) = (&rows[license], &rows[license + 1]);
    let key = [&second[..id(second)], &first[id(first)..]].concat();
    let newer = rows[0].replace("\"version\":1", "\"version\":2");
    let spaced = rows[license].replace(",\"key\"", ", \"key\"");
    let more = rows[license].replace(",\"key\"", ",\"more\":1,\"key\"");
    let unknown = rows[license].replace("\"license\"", "\"licence\"");
    let long = "x".repeat((1 << 24) + 1);
    let bad = "bad_export";
    for (what, text, exit, kind, tells) in [
        (
            "nothing",
            String::new(),
            5,
            bad,
            "line 1 of the export is not the first line",
        ),
        (
            "another file",
            "{}\n".to_owned(),
            5,
            bad,
            "line 1 of the export is not the first",
        ),
        (
            "a backup",
            "SQLite format 3\0\n".to_owned(),
            5,
            bad,
            "is not the first line",
        ),
        (
            "newer",
            joined(&with(0, &newer)),
            1,
            "ledger_newer",
            "knows formats up to 1",
        ),
        (
            "cut off",
            joined(rows),
            5,
            bad,
            "so the end of the file is missing",
        ),
        (
            "cut within",
            text[..text.len() - 500].to_owned(),
            5,
            bad,
            "the end of the file is missing",
        ),
        (
            "exchanged",
            ended(&exchanged),
            5,
            bad,
            "is in another place than an export has it",
        ),
        (
            "tables",
            ended(&tables),
            5,
            bad,
            "is in another place than an export has it",
        ),
        ("twice", ended(&twice), 5, bad, "or there twice"),
        (
            "key",
            ended(&with(license + 1, &key)),
            5,
            bad,
            "contradicts a line before it",
        ),
        (
            "spaced",
            ended(&with(license, &spaced)),
            5,
            bad,
            "is not as an export has its lines",
        ),
        (
            "more",
            ended(&with(license, &more)),
            5,
            bad,
            "is not as an export has its lines",
        ),
        (
            "unknown",
            ended(&with(license, &unknown)),
            5,
            bad,
            "is not as an export has its lines",
        ),
        (
            "long",
            joined(&with(license, &long)),
            5,
            bad,
            "is longer than any line",
        ),
        (
            "left out",
            joined(&missing) + end + "\n",
            5,
            bad,
            "something was changed, added or left out",
        ),
        (
            "after",
            format!("{text}{}\n", rows[1]),
            5,
            bad,
            "stands after the end",
        ),
        (
            "events",
            ended(&with(0, &rows[0].replace("\"events\":", "\"events\":1"))),
            5,
            bad,
            "line 1 of",
        ),
    ] {
        fs::write(&file, text).unwrap();
        let said = import(&desk, &file, &[]).refused(exit, kind);
        assert!(said.stderr.contains(tells), "{what}: {said}");
    }
    // Whoever makes the digest anew does not get past the history.
    for (table, from, to) in [
        ("terms", "\"seats\":2", "\"seats\":200"),
        ("history", "\"actor\":\"", "\"actor\":\"x"),
        ("activation", "\"seats\":1", "\"seats\":0"),
        ("desk_key", "\"name\":\"ann\"", "\"name\":\"bob\""),
        ("answer", "\"grant\":\"", "\"grant\":\"00"),
    ] {
        let edited = rows[at(table)].replace(from, to);
        assert_ne!(edited, rows[at(table)], "{table}");
        fs::write(&file, ended(&with(at(table), &edited))).unwrap();
        import(&desk, &file, &[])
            .refused(5, "ledger_edited")
            .tells("the export is not as its history has it")
            .tells("take another export");
    }
    for table in ["history", "license", "signer", "answer", "product", "terms"] {
        let mut all = rows.to_vec();
        all.remove(at(table));
        fs::write(&file, ended(&all)).unwrap();
        import(&desk, &file, &[]).refused(5, "ledger_edited");
    }
    fs::write(&file, &text).unwrap();
    import(&desk, &file, &[]).done();
}

#[test]
fn what_editors_do_to_the_ends_of_lines_is_no_change() {
    let world = World::new();
    let (desk, _, _) = world.sold(&[], &[]);
    let file = export(&desk, "one.jsonl");
    let text = fs::read_to_string(&file).unwrap();
    for other in [
        format!("\u{feff}{}", text.replace('\n', "\r\n")),
        text.trim_end().to_owned(),
        format!("{text}\n\r\n"),
    ] {
        fs::write(&file, other).unwrap();
        away(&desk);
        import(&desk, &file, &[]).done();
        let again = world.path().join("files").join("again.jsonl");
        let _ = fs::remove_file(&again);
        export(&desk, "again.jsonl");
        assert_eq!(fs::read_to_string(&again).unwrap(), text);
    }
}
