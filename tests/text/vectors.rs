//! Every file under `tests/vectors/text` is one text as somebody pasted it, and what must be read from it.
//!
//! Header lines, an empty line, the text to the last byte. `expect` is `ok`, `no_code`, `damaged` or `other_kind`; where `wanted` is absent any
//! kind is; `corrections`, `restored` and `others` are empty where absent. The name of a file whose text is what a writer makes begins with `written-`.
//! `level: repair` marks a code that a reader MAY repair (SPEC.md 2.9): one that only does what it MUST may refuse it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use countersign::text::{Code, Kind, ReadError, Reading, read};

struct Vector {
    name: String,
    header: BTreeMap<String, String>,
    text: String,
}

impl Vector {
    fn load(path: &Path) -> Vector {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let file = fs::read_to_string(path).unwrap();
        let (header, text) = file
            .split_once("\n\n")
            .unwrap_or_else(|| panic!("{name}: no empty line"));
        let header = header.lines().map(|line| {
            let (key, value) = line
                .split_once(": ")
                .unwrap_or_else(|| panic!("{name}: {line}"));
            (key.to_owned(), value.to_owned())
        });
        Vector {
            header: header.collect(),
            text: text.to_owned(),
            name,
        }
    }

    fn get(&self, key: &str) -> &str {
        self.header.get(key).map_or("", String::as_str)
    }

    fn kind(&self, key: &str) -> Option<Kind> {
        let name = self.get(key);
        let kind = Kind::ALL.into_iter().find(|kind| kind.name() == name);
        assert_eq!(kind.is_some(), !name.is_empty(), "{}: {name}", self.name);
        kind
    }

    fn code(&self) -> Code {
        Code::new(
            self.kind("kind").unwrap(),
            hex::decode(self.get("payload")).unwrap(),
        )
    }

    fn check_reading(&self, reading: &Reading) {
        let name = &self.name;
        let list = |items: Vec<String>| items.join(", ");
        assert_eq!(reading.code, self.code(), "{name}");
        // The independent implementation's vectors say what is read, not what was mended on the way.
        if !name.starts_with("extra-") {
            assert_eq!(
                list(
                    reading
                        .corrections
                        .iter()
                        .map(ToString::to_string)
                        .collect()
                ),
                self.get("corrections"),
                "{name}"
            );
        }
        assert_eq!(
            reading
                .restored
                .map(|row| row.to_string())
                .unwrap_or_default(),
            self.get("restored"),
            "{name}"
        );
        assert_eq!(
            list(
                reading
                    .others
                    .iter()
                    .map(|other| other.code.kind().name().to_owned())
                    .collect()
            ),
            self.get("others"),
            "{name}"
        );
    }

    fn check(&self) {
        let name = &self.name;
        let wanted: Vec<Kind> = self.kind("wanted").into_iter().collect();
        match (self.get("expect"), read(&self.text, &wanted)) {
            ("ok", Ok(reading)) => self.check_reading(&reading),
            ("no_code", Err(ReadError::NoCode)) => {}
            ("other_kind", Err(ReadError::OtherKind { code })) => {
                assert_eq!(code, self.code(), "{name}")
            }
            ("damaged", Err(error @ ReadError::Damaged { kind, .. })) => {
                assert_eq!(kind, self.kind("kind"), "{name}");
                let message = self.get("message");
                assert!(
                    message.is_empty() || error.to_string() == message,
                    "{name}: {error}"
                );
            }
            (expected, got) => panic!("{name}: expected {expected}, got {got:?}"),
        }
    }
}

fn vectors() -> Vec<Vector> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/text");
    let mut paths: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths.iter().map(|path| Vector::load(path)).collect()
}

#[test]
fn every_vector_reads_as_it_says() {
    let vectors = vectors();
    assert!(
        vectors.len() >= 40,
        "only {} vectors: are they all there?",
        vectors.len()
    );
    for vector in &vectors {
        vector.check();
    }
}

#[test]
fn written_vectors_are_what_the_writer_makes() {
    let mut kinds: Vec<Kind> = Vec::new();
    for vector in vectors()
        .iter()
        .filter(|vector| vector.name.starts_with("written-"))
    {
        let code = vector.code();
        assert_eq!(code.to_text().unwrap(), vector.text, "{}", vector.name);
        kinds.push(code.kind());
    }
    for kind in Kind::ALL {
        assert!(kinds.contains(&kind), "no vector as written of {kind:?}");
    }
}
