//! What is written about failures is what the program does, and no library tells people which command to type.

use std::fs;
use std::path::{Path, PathBuf};

use countersign::failure::{Exit, FailureKind};

fn repository(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}

fn text(file: &str) -> String {
    fs::read_to_string(repository(file)).unwrap()
}

#[test]
fn the_readme_has_each_exit_code() {
    let mut table = "| code | meaning |\n|---|---|\n".to_owned();
    for (exit, meaning) in Exit::ALL {
        table += &format!("| {} | {meaning} |\n", exit.0);
    }
    let end = "\n";
    assert!(
        text("README.md").contains(&(table.clone() + end)),
        "README's exit codes are to be:\n{table}"
    );
}

/// FAILURES.md as the table in `src/failure.rs` has it.
fn failures() -> String {
    let mut page = String::from(
        "# Failures\n\n\
         Each failure has a stable `kind`, under `error` in the output of `--json`, and each kind one exit code. This page is made from\n\
         `src/failure.rs`; a test says where it differs and leaves the page as it is to be in `target/tmp/FAILURES.md`.\n\n\
         `unbound`, `expired` and `unknown_binding` stand twice: what a check finds ends with another exit code than what a command refuses.\n",
    );
    for (exit, meaning) in Exit::ALL {
        let kinds: Vec<_> = FailureKind::ALL
            .iter()
            .filter(|kind| kind.exit() == *exit)
            .collect();
        if kinds.is_empty() {
            continue;
        }
        page += &format!("\n## {}: {meaning}\n\n| kind | when |\n|---|---|\n", exit.0);
        for kind in kinds {
            page += &format!("| `{kind}` | {} |\n", kind.when());
        }
    }
    page
}

#[test]
fn failures_md_has_each_kind() {
    let wanted = failures();
    if fs::read_to_string(repository("FAILURES.md"))
        .ok()
        .as_deref()
        != Some(&*wanted)
    {
        let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join("FAILURES.md");
        fs::write(&made, wanted).unwrap();
        panic!("FAILURES.md differs from {}: copy it over", made.display());
    }
}

#[test]
fn no_library_names_a_command_or_an_option() {
    let mut found = Vec::new();
    for room in ["text", "protocol", "machine", "holder", "seats", "issuer"] {
        sources(&repository("src").join(room), &mut |path, source| {
            for (number, literal) in literals(source) {
                if names_a_command(&literal) {
                    found.push(format!("{}:{number}: {literal}", path.display()));
                }
            }
        });
    }
    assert!(found.is_empty(), "say it in src/cli/advice: {found:#?}");
}

/// `countersign apply`, `--new`, `` `license show` ``; but for what goes into a hash or begins a product file, a site's note or a checkpoint.
fn names_a_command(literal: &str) -> bool {
    let option = literal.match_indices("--").any(|(at, _)| {
        let alone = literal[..at]
            .chars()
            .next_back()
            .is_none_or(|it| it == ' ' || it == '(');
        alone && {
            let mut name = literal[at + 2..].chars();
            (0..2).all(|_| name.next().is_some_and(|it| it.is_ascii_lowercase()))
        }
    });
    let program = literal.split("countersign ").skip(1).any(|rest| {
        ![
            "v1",
            "product v1",
            "site note v1",
            "ledger v1",
            "key request v1",
        ]
        .iter()
        .any(|it| rest.starts_with(it))
    });
    option || program || literal.contains('`')
}

/// Each source file below a directory that is no test.
fn sources(directory: &Path, see: &mut dyn FnMut(&Path, &str)) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "tests") {
                sources(&path, see);
            }
        } else if path.extension().is_some_and(|it| it == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            see(&path, source.split("#[cfg(test)]").next().unwrap());
        }
    }
}

/// The string literals of Rust source, with their lines.
fn literals(source: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in source.lines().enumerate() {
        if line.trim_start().starts_with("//") {
            continue;
        }
        let line = line
            .replace("\\\\", "")
            .replace("\\\"", "'")
            .replace("'\"'", "");
        let inside = line.split('"').skip(1).step_by(2);
        found.extend(inside.map(|literal| (number + 1, literal.to_owned())));
    }
    found
}

#[test]
fn the_search_for_commands_finds_them() {
    for named in [
        "run countersign apply",
        "give --new",
        "`product list` shows",
        "--home DIR",
        "(--usb)",
    ] {
        assert!(names_a_command(named), "{named}");
    }
    for fine in [
        "countersign v1 usb",
        "a -- b",
        "-----BEGIN",
        "no license is held",
        "countersign product v1",
    ] {
        assert!(!names_a_command(fine), "{fine}");
    }
    assert_eq!(literals("// \"no\"\nlet a = \"b\";"), [(2, "b".to_owned())]);
}
