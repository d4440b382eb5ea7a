//! Each public item that an application meets has an example, which `cargo test --doc` runs or compiles.

use std::fs;
use std::path::{Path, PathBuf};

/// What stands elsewhere and comes through the application's door.
const ALSO: &[(&str, &[&str])] = &[
    ("failure.rs", &["pub enum FailureKind"]),
    ("holder/count.rs", &["pub struct Count"]),
    (
        "holder/outcome.rs",
        &["pub enum Outcome", "pub struct Applied"],
    ),
    ("holder/report.rs", &["pub enum Refusal"]),
    (
        "holder/terms.rs",
        &["pub struct Terms", "pub fn differences"],
    ),
    ("holder/warning.rs", &["pub enum Warning", "pub fn kind"]),
    (
        "license_key.rs",
        &["pub struct LicenseKey", "pub enum LicenseKeyError"],
    ),
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The files of the application's door.
fn door() -> Vec<PathBuf> {
    let door = fs::read_dir(source().join("app")).unwrap();
    let door = door.map(|entry| entry.unwrap().path());
    door.filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .chain([source().join("app.rs")])
        .collect()
}

/// The public items of a file whose documentation has no example.
fn without_example(text: &str) -> Vec<String> {
    let (mut found, mut example) = (Vec::new(), false);
    for line in text.lines().map(str::trim) {
        let item = [
            "pub fn ",
            "pub const fn ",
            "pub struct ",
            "pub enum ",
            "pub trait ",
        ];
        if line.starts_with("///") {
            example |= line.starts_with("/// ```");
        } else if item.iter().any(|it| line.starts_with(it)) {
            if !example {
                found.push(line.to_owned());
            }
            example = false;
        } else if !line.starts_with("#[") {
            example = false;
        }
    }
    found
}

#[test]
fn what_an_application_meets_has_examples() {
    let mut missing = Vec::new();
    for file in door() {
        missing.extend(without_example(&fs::read_to_string(file).unwrap()));
    }
    for (file, items) in ALSO {
        let text = fs::read_to_string(source().join(file)).unwrap();
        let asked = |it: &String| items.iter().any(|item| it.starts_with(item));
        missing.extend(without_example(&text).into_iter().filter(asked));
        assert!(items.iter().all(|item| text.contains(item)), "{file}");
    }
    assert!(
        missing.is_empty(),
        "without an example:\n{}",
        missing.join("\n")
    );
    let found = without_example("/// ```\n#[must_use]\npub fn a() {}\npub fn b() {}");
    assert_eq!(found, ["pub fn b() {}"]);
}
