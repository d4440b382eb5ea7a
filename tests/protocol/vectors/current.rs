//! What is committed is what the generator writes.

use std::collections::BTreeSet;
use std::fs;

use super::{ELSEWHERE, cases, directory, entries, name};

#[test]
fn the_files_are_those_the_generator_writes() {
    let mut written = BTreeSet::new();
    for file in cases::all() {
        assert!(
            written.insert(file.path().to_owned()),
            "{} twice",
            file.path()
        );
        let committed = fs::read_to_string(directory().join(file.path())).unwrap_or_default();
        assert_eq!(
            committed,
            file.text(),
            "{}: run `cargo run --example make_vectors -- tests/vectors`",
            file.path()
        );
    }
    let categories: Vec<String> = entries(&directory())
        .iter()
        .map(|path| name(path).to_owned())
        .filter(|category| !ELSEWHERE.contains(&category.as_str()))
        .collect();
    assert_eq!(categories, cases::CATEGORIES);
    for category in &categories {
        for path in entries(&directory().join(category)) {
            // Those that the independent implementation made are judged, and not made, here.
            if name(&path).starts_with("extra-") {
                continue;
            }
            let path = format!("{category}/{}", name(&path));
            assert!(
                written.contains(&path),
                "{path} is not written by the generator"
            );
        }
    }
}

#[test]
fn the_worked_example_of_the_specification() {
    let spec = include_str!("../../../SPEC.md");
    let (_, section) = spec.split_once("\n## 11. ").unwrap();
    let (_, block) = section.split_once("```text\n").unwrap();
    let (block, _) = block.split_once("```\n").unwrap();
    let made = cases::worked::example();
    for (number, (here, there)) in made.lines().zip(block.lines()).enumerate() {
        assert_eq!(here, there, "line {} of the block", number + 1);
    }
    assert_eq!(made.lines().count(), block.lines().count());
}
