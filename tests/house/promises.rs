//! The tests that SECURITY.md names are there, by the names that it gives: a name that matches nothing runs no test, and says so to nobody.

use std::fs;

use super::{files, repository};

/// The paths of modules and of the tests in them, as the tests' own filters see them.
fn paths() -> Vec<String> {
    let mut found = Vec::new();
    for root in ["src", "tests"] {
        let below = repository().join(root);
        for path in files(&below, &["rs"]) {
            let inner = path.strip_prefix(&below).unwrap().with_extension("");
            let steps: Vec<&str> = inner.iter().map(|it| it.to_str().unwrap()).collect();
            let module = steps.join("::");
            let module = module.trim_end_matches("::mod");
            found.push(module.to_owned());
            let text = fs::read_to_string(&path).unwrap();
            let inline = ["", "::tests", "::testing"];
            let inline = inline.map(|it| {
                (
                    it,
                    text.contains(&format!("mod {} {{", it.trim_start_matches("::"))),
                )
            });
            let mut is_test = false;
            for line in text.lines().map(str::trim_start) {
                is_test |= line == "#[test]";
                let Some((name, _)) = line.strip_prefix("fn ").and_then(|it| it.split_once('('))
                else {
                    continue;
                };
                if !std::mem::take(&mut is_test) {
                    continue;
                }
                for (within, there) in inline {
                    if there || within.is_empty() {
                        found.push(format!("{module}{within}::{name}"));
                    }
                }
            }
        }
    }
    found
}

/// Whether a path is what a name means: all of it, or its end; where the name ends with `*`, a step of it begins so.
fn is_meant(path: &str, name: &str) -> bool {
    match name.strip_suffix('*') {
        None => path == name || path.ends_with(&format!("::{name}")),
        Some(start) => path.starts_with(start) || path.contains(&format!("::{start}")),
    }
}

#[test]
fn a_name_means_a_whole_step_of_a_path() {
    for (name, meant) in [
        ("cli::loans::a_seat_is_lent", true),
        ("a_seat_is_lent", true),
        ("loans::a_*", true),
        ("seat_is_lent", false),
        ("a_seat_is", false),
        ("cli::loans::a_seat", false),
        ("seat_*", false),
    ] {
        assert_eq!(
            is_meant("cli::loans::a_seat_is_lent", name),
            meant,
            "{name}"
        );
    }
}

#[test]
fn each_test_that_security_names_is_there() {
    let paths = paths();
    let text = fs::read_to_string(repository().join("SECURITY.md")).unwrap();
    let is_name = |it: &&str| {
        let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_:*".contains(c);
        it.chars().all(word) && (it.contains("::") || it.matches('_').count() >= 3)
    };
    let named: Vec<&str> = text.split('`').skip(1).step_by(2).filter(is_name).collect();
    assert!(named.len() > 50, "{named:?}");
    let missing: Vec<&str> = named
        .into_iter()
        .filter(|name| !paths.iter().any(|path| is_meant(path, name)))
        .collect();
    assert_eq!(missing, [""; 0]);
    let files = text.split('`').skip(1).step_by(2);
    let gone: Vec<&str> = files
        .filter_map(|it| it.split(' ').next())
        .filter(|it| it.starts_with("tests/") && !repository().join(it).exists())
        .collect();
    assert_eq!(gone, [""; 0]);
}
