//! A test file that no module names would never run: this finds it.

use std::fs;
use std::path::Path;

fn check(dir: &Path, parent: &str, missing: &mut Vec<String>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let module = path.join("mod.rs");
        if path.is_dir() && module.exists() {
            check(&path, &fs::read_to_string(&module).unwrap(), missing);
        } else if path.extension().is_none_or(|extension| extension != "rs")
            || name == "mod"
            || name == "all"
        {
            continue;
        }
        if !parent
            .lines()
            .any(|line| line.trim().ends_with(&format!("mod {name};")))
        {
            missing.push(path.display().to_string());
        }
    }
}

#[test]
fn no_test_file_is_forgotten() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut missing = Vec::new();
    check(
        &tests,
        &fs::read_to_string(tests.join("all.rs")).unwrap(),
        &mut missing,
    );
    assert!(
        missing.is_empty(),
        "not named by a `mod` line of their folder: {missing:?}"
    );
}
