//! The tests that SECURITY.md names are there, by the names that it gives: a name that matches nothing runs no test, and says so to nobody.

use std::fs;

use super::{files, repository};

/// The paths of modules and of the functions in them, as the tests' own filters see them.
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
            for line in text.lines().map(str::trim_start) {
                let Some((name, _)) = line.strip_prefix("fn ").and_then(|it| it.split_once('('))
                else {
                    continue;
                };
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
        .filter(|name| {
            let name = name.trim_end_matches('*');
            !paths.iter().any(|path| path.contains(name))
        })
        .collect();
    assert_eq!(missing, [""; 0]);
}
