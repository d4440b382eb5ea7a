//! What people paste: every file under `tests/text/people`, each a way in which some program, some person or some scanner hands a code on. The table beside
//! them, `expected.txt`, says what must come out: the codes of `base/NAME.txt`, or what the thing is called that is no code. What stands there as `open` is
//! not read yet; that it gives no wrong code is held all the same. `chain` is an emergency code with a slip, which only a chain can judge.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use countersign::text::{Code, Kind, ReadError, read, read_bytes, read_bytes_judgeable};

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/text/people")
}

/// The code that stands bare in `base`.
fn base(name: &str) -> Code {
    let text = fs::read_to_string(directory().join("base").join(format!("{name}.txt")))
        .unwrap_or_else(|_| panic!("no {name} in base"));
    read(&text, &[])
        .unwrap_or_else(|error| panic!("{name}: {error}"))
        .code
}

fn is_base(name: &str) -> bool {
    directory()
        .join("base")
        .join(format!("{name}.txt"))
        .exists()
}

/// What one file gives, against what is expected; what is wrong, if something is.
fn judge(file: &str, expected: &str) -> Option<String> {
    let bytes = fs::read(directory().join(file)).unwrap();
    let got = read_bytes(&bytes, &[]);
    let short = |code: &Code| format!("{}:{}", code.kind().name(), code.payload().len());
    if let Some(name) = expected.strip_prefix("chain ") {
        return judged_by_a_chain(file, &bytes, name);
    }
    if let Some(hoped) = expected.strip_prefix("open ") {
        let codes: Vec<Code> = hoped
            .split(' ')
            .filter(|it| is_base(it))
            .map(base)
            .collect();
        let strange = got.is_ok_and(|reading| !codes.contains(&reading.code));
        return strange.then(|| format!("{file}: a wrong code"));
    }
    let wrong = match expected {
        "nothing" => match &got {
            Err(error) if error.is_no_code() => None,
            other => Some(format!("{other:?}")),
        },
        thing if thing.starts_with("thing ") => match &got {
            Err(ReadError::NotACode { thing: it } | ReadError::Attached { thing: it })
                if thing.ends_with(&format!(" {}", it.name())) =>
            {
                None
            }
            other => Some(format!("{other:?}")),
        },
        names => {
            let wanted: BTreeSet<String> = names.split(' ').map(str::to_owned).collect();
            let codes: Vec<Code> = wanted.iter().map(|name| base(name)).collect();
            match &got {
                Ok(reading) => {
                    let read: Vec<&Code> = reading.codes().collect();
                    let missing = codes.iter().filter(|code| !read.contains(code)).count();
                    let strange = read.iter().filter(|code| !codes.contains(code));
                    let strange: Vec<String> = strange.map(|code| short(code)).collect();
                    (missing > 0 || !strange.is_empty())
                        .then(|| format!("{missing} missing, not expected: {strange:?}"))
                }
                Err(error) => Some(format!("{error}")),
            }
        }
    };
    wrong.map(|wrong| format!("{file}: {expected}: {wrong}"))
}

/// An emergency code with a slip: what it may be is handed over, and the chain of a license says what it is. Here the code that stands bare is the chain: it
/// is among what is handed over, and no code of another chain is.
fn judged_by_a_chain(file: &str, bytes: &[u8], name: &str) -> Option<String> {
    let wanted = [Kind::Grant, Kind::DeskCertificate, Kind::Emergency];
    let read = read_bytes_judgeable(bytes, &wanted);
    let mut codes: Vec<Code> = read.slipped.into_iter().map(|it| it.code).collect();
    codes.extend(read.result.iter().flat_map(|it| it.codes().cloned()));
    let others = ["emergency-a", "emergency-b"]
        .into_iter()
        .filter(|it| *it != name);
    let strange = others.filter(|it| codes.contains(&base(it))).count();
    let there = codes.contains(&base(name));
    (!there || strange > 0).then(|| {
        format!(
            "{file}: chain {name}: there {there}, others {strange}, of {}",
            codes.len()
        )
    })
}

/// The lines of the table: each file, and what is expected of it.
fn table() -> Vec<(String, String)> {
    let table = fs::read_to_string(directory().join("expected.txt")).unwrap();
    let lines = table
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let split = |line: &str| {
        let (file, expected) = line.split_once(": ").unwrap_or_else(|| panic!("{line}"));
        (file.to_owned(), expected.to_owned())
    };
    lines.map(split).collect()
}

/// Every file, and what is wrong with what it gives; what is open is not read, and so wrong.
#[allow(dead_code, reason = "for the bench that prints the table")]
pub(crate) fn judged() -> impl Iterator<Item = (String, Option<String>)> {
    table().into_iter().map(|(file, expected)| {
        let hoped = expected.strip_prefix("open ").unwrap_or(&expected);
        let wrong = judge(&file, hoped);
        (file, wrong)
    })
}

#[test]
fn every_file_reads_as_the_table_says() {
    let lines = table();
    let only = std::env::var("COUNTERSIGN_TEST_PEOPLE").unwrap_or_default();
    // Unoptimised, the reader takes twenty times as long: then a sample is read.
    let step = if cfg!(debug_assertions) && only.is_empty() {
        19
    } else {
        1
    };
    let judged = lines.iter().filter(|(file, _)| file.contains(&only));
    let judged = judged.step_by(step);
    let wrong: Vec<String> = judged
        .filter_map(|(file, expected)| judge(file, expected))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        lines.len(),
        wrong.join("\n")
    );
    let named: BTreeSet<&str> = lines.iter().map(|(file, _)| file.as_str()).collect();
    for kind in fs::read_dir(directory()).unwrap() {
        let path = kind.unwrap().path();
        if !path.is_dir() || path.ends_with("base") {
            continue;
        }
        for file in fs::read_dir(&path).unwrap() {
            let file = file.unwrap().path();
            let name = file.strip_prefix(directory()).unwrap().to_str().unwrap();
            assert!(named.contains(name), "{name} is not in the table");
        }
    }
}

/// The files are read alike by whoever wants a code of one kind.
#[test]
fn what_is_not_wanted_is_named() {
    let code = base("response");
    let error = read(&code.to_text().unwrap(), &[Kind::Activate]).unwrap_err();
    assert_eq!(error, ReadError::OtherKind { code });
}
