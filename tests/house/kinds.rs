//! Each kind of failure is caused by a test: through the real program, or, where that needs what no command can be given, in the library.

use std::fs;

use countersign::failure::FailureKind;

use super::{files, repository};

/// Kinds that no test causes through the program: the library's test that does, and why the program cannot be brought to it.
const IN_THE_LIBRARY: &[(&str, &str, &str)] = &[
    (
        "seats_not_shared",
        "src/seats/common.rs",
        "a home on a file server, which a test mounts nowhere",
    ),
    (
        "too_many_proposals",
        "src/issuer/tests/four_eyes.rs",
        "after 200 proposals that nobody decided",
    ),
    (
        "last_generation",
        "src/issuer/tests/life.rs",
        "after 65,535 answers to one machine",
    ),
];

/// Kinds that no test can cause, and what would.
const NEVER: &[(&str, &str)] = &[
    (
        "output",
        "where what is printed goes nowhere, no script reads a kind; its exit code and its words are seen in tests/cli/systems.rs",
    ),
    (
        "reader_gone",
        "nobody reads it; its exit code is seen in tests/cli/plainly.rs",
    ),
    (
        "failed",
        "an error that no library of ours explains: none is known",
    ),
    ("prompt", "a terminal that breaks while it is read"),
    (
        "too_long",
        "a request or answer longer than the longest code: no product's entries are so many",
    ),
    ("too_much_for_qr", "the same for a QR picture"),
    (
        "picture_too_large",
        "a picture of some thousand million pixels",
    ),
];

#[test]
fn each_kind_is_caused() {
    let tests: Vec<String> = files(&repository().join("tests"), &["rs"])
        .into_iter()
        .filter(|path| !path.ends_with("house/kinds.rs"))
        .map(|path| {
            let text = fs::read_to_string(path).unwrap();
            let code = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            code.collect::<Vec<_>>().join("\n")
        })
        .collect();
    for kind in FailureKind::ALL {
        let quoted = format!("\"{}\"", kind.name());
        let caused = tests.iter().any(|text| text.contains(&quoted));
        let below = IN_THE_LIBRARY.iter().find(|it| it.0 == kind.name());
        let never = NEVER.iter().any(|it| it.0 == kind.name());
        if let Some((_, file, _)) = below {
            let text = fs::read_to_string(repository().join(file)).unwrap();
            let named = text.contains(&quoted) || text.contains(&format!("::{kind:?}"));
            assert!(named, "{file} does not cause {kind}");
        }
        let ways = [caused, below.is_some(), never];
        let one = ways.iter().filter(|it| **it).count() == 1;
        assert!(
            one,
            "{kind} by the program, in the library, never: {ways:?}"
        );
    }
    let known = |name: &str| FailureKind::ALL.iter().any(|kind| kind.name() == name);
    let listed = IN_THE_LIBRARY
        .iter()
        .map(|it| it.0)
        .chain(NEVER.iter().map(|it| it.0));
    for name in listed {
        assert!(known(name), "{name} is no kind");
    }
}
