//! Every vector of `tests/vectors`, found by walking (SPEC.md 12), and SPEC.md's worked example.

mod bytes;
mod current;
mod loans;
mod trust;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

#[path = "../../../examples/make_vectors/cases/mod.rs"]
mod cases;

/// Directories whose vectors are walked by tests of their own.
const ELSEWHERE: [&str; 4] = ["ed25519", "mail", "sealed", "text"];

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

/// The files of a directory, sorted.
fn entries(directory: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

/// A vector file: header lines by name, each to be taken once, and the text.
struct Vector {
    headers: BTreeMap<String, Vec<String>>,
    text: Option<String>,
}

impl Vector {
    fn read(path: &Path) -> Vector {
        let file = fs::read_to_string(path).unwrap();
        let (header, text) = match file.split_once("\n\n") {
            Some((header, text)) => (header, Some(text.to_owned())),
            None => (file.as_str(), None),
        };
        let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in header.lines() {
            let (name, value) = line.split_once(": ").expect("name: value");
            headers
                .entry(name.to_owned())
                .or_default()
                .push(value.to_owned());
        }
        let mut vector = Vector { headers, text };
        assert!(!vector.all("comment").is_empty(), "no comment");
        vector
    }

    fn all(&mut self, name: &str) -> Vec<String> {
        self.headers.remove(name).unwrap_or_default()
    }

    fn optional(&mut self, name: &str) -> Option<String> {
        let mut values = self.all(name);
        assert!(values.len() < 2, "{name} stands twice");
        values.pop()
    }

    fn one(&mut self, name: &str) -> String {
        self.optional(name)
            .unwrap_or_else(|| panic!("no line {name}"))
    }

    /// At least one line.
    fn some(&mut self, name: &str) -> Vec<String> {
        let values = self.all(name);
        assert!(!values.is_empty(), "no line {name}");
        values
    }

    fn parsed<T: FromStr<Err: std::fmt::Debug>>(&mut self, name: &str) -> T {
        self.one(name).parse().unwrap()
    }

    fn bytes(&mut self, name: &str) -> Vec<u8> {
        hex::decode(self.one(name)).unwrap()
    }

    fn array<const N: usize>(&mut self, name: &str) -> [u8; N] {
        self.bytes(name).try_into().unwrap()
    }

    /// The text, in a category that has one.
    fn text(&mut self) -> String {
        self.text.take().expect("a text after an empty line")
    }

    /// Everything must have been looked at.
    fn end(self) {
        assert!(
            self.headers.is_empty(),
            "unknown lines: {:?}",
            self.headers.keys()
        );
        assert_eq!(self.text, None, "no text belongs here");
    }
}

/// What a file expects, for those that are judged: `accepted`, or `refused` and why.
fn verdict(vector: &mut Vector) -> Result<(), String> {
    match vector.one("expect").as_str() {
        "accepted" => Ok(()),
        "refused" => Err(vector.one("reason")),
        other => panic!("expect: {other}"),
    }
}

/// Whether a file expects `ok`; otherwise it must expect `refused`.
fn is_ok(vector: &mut Vector) -> bool {
    match vector.one("expect").as_str() {
        "ok" | "accepted" => true,
        "refused" => false,
        other => panic!("expect: {other}"),
    }
}

#[test]
fn every_file_of_every_category() {
    for category in entries(&directory()) {
        let check: fn(&mut Vector) = match name(&category) {
            "answer" => trust::answer,
            "bindings" => bytes::bindings,
            "commitment" => bytes::commitment,
            "emergency" => trust::emergency,
            "fingerprint" => bytes::fingerprint,
            "license-key" => bytes::license_key,
            "loan" => trust::loan,
            "loans" => loans::loans,
            "note" => trust::note,
            "payload" => bytes::payload,
            "product" => trust::product,
            "seed" => trust::seed,
            other if ELSEWHERE.contains(&other) => continue,
            other => panic!("no test reads the category {other}"),
        };
        let files = entries(&category);
        assert!(!files.is_empty(), "{} is empty", category.display());
        for path in files {
            let checked = std::panic::catch_unwind(|| {
                let mut vector = Vector::read(&path);
                check(&mut vector);
                vector.end();
            });
            assert!(checked.is_ok(), "{}", path.display());
        }
    }
}
