//! How the house is laid out, held: arrows go one way, no circles, no long files, one spelling.

mod imports;
mod kinds;
mod promises;

use std::fs;
use std::path::{Path, PathBuf};

use imports::{Sources, among_children, circles, uses};

/// The rooms from the ground up, each with those of the same floor; a room uses what is on floors below its own (CONTRIBUTING.md). The crate's own file
/// names them all and is used by none.
const FLOORS: &[&[&str]] = &[
    &["messages"],
    &["failure"],
    &["patience", "rights"],
    &["text"],
    &["license_key"],
    &["machine"],
    &["protocol"],
    &["signing"],
    &["holder", "issuer"],
    &["seats"],
    &["site"],
    &["app"],
    &["cli"],
];
/// What is on a floor below and no concern of a room: who uses a license answers nothing.
const NEVER: &[(&str, &str)] = &[
    ("app", "issuer"),
    ("app", "signing"),
    ("app", "site"),
    ("holder", "signing"),
    ("seats", "issuer"),
    ("seats", "signing"),
    ("site", "issuer"),
];
/// A file above so many lines is asking to be two.
const LONGEST: usize = 400;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files below a directory with one of these endings.
fn files(below: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut next = vec![below.to_owned()];
    while let Some(directory) = next.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            let ending = path.extension().and_then(|it| it.to_str());
            if path.is_dir() {
                next.push(path);
            } else if ending.is_some_and(|it| endings.contains(&it)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Our modules but those of tests.
fn sources() -> Sources {
    let root = repository().join("src");
    let mut sources = Sources::new();
    for path in files(&root, &["rs"]) {
        let name = path.strip_prefix(&root).unwrap().with_extension("");
        let mut parts: Vec<&str> = name.iter().map(|it| it.to_str().unwrap()).collect();
        if parts.contains(&"tests") || parts == ["main"] {
            continue;
        }
        if parts.last() == Some(&"mod") {
            parts.pop();
        }
        if parts == ["lib"] {
            parts.clear();
        }
        sources.insert(parts.join("::"), fs::read_to_string(&path).unwrap());
    }
    sources
}

/// What goes upwards, or to a neighbour.
fn upwards(sources: &Sources) -> Vec<String> {
    let floor = |room: &str| FLOORS.iter().position(|floor| floor.contains(&room));
    let room = |path: &str| path.split("::").next().unwrap_or_default().to_owned();
    let mut found = Vec::new();
    for (from, all) in uses(sources) {
        for to in all {
            let (own, other) = (room(&from), room(&to));
            let below = floor(&other).is_some() && floor(&other) < floor(&own);
            let allowed = below && !NEVER.contains(&(&*own, &*other));
            if !from.is_empty() && own != other && !allowed {
                found.push(format!("{from} uses {to}"));
            }
        }
    }
    found
}

/// Circles among the children of any module, by the parent's name.
fn all_circles(sources: &Sources) -> Vec<String> {
    let mut found = Vec::new();
    for (parent, among) in among_children(&uses(sources)) {
        for circle in circles(&among) {
            found.push(format!("in `{parent}`: {}", circle.join(", ")));
        }
    }
    found
}

#[test]
fn arrows_go_one_way() {
    let sources = sources();
    assert!(sources.len() > 200, "{} files", sources.len());
    let rooms = sources
        .keys()
        .filter(|it| !it.is_empty() && !it.contains("::"));
    for room in rooms {
        let known = FLOORS.iter().any(|floor| floor.contains(&room.as_str()));
        assert!(known, "the room {room} has no floor");
    }
    assert_eq!(upwards(&sources), Vec::<String>::new());
}

#[test]
fn nothing_goes_in_circles() {
    assert_eq!(all_circles(&sources()), Vec::<String>::new());
}

fn made_up(files: &[(&str, &str)]) -> Sources {
    let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
    files.iter().map(owned).collect()
}

#[test]
fn what_goes_up_is_found() {
    let house = |text| made_up(&[("", ""), ("text", text), ("holder", ""), ("issuer", "")]);
    for wrong in [
        "use crate::holder::Held;",
        "pub(crate) fn f() -> super::holder::Held { loop {} }",
        "use crate::{text::Code, issuer::{desk as d, keys}};",
        "mod deep { fn f() { super::super::issuer::sign() } }",
    ] {
        assert_eq!(upwards(&house(wrong)).len(), 1, "{wrong}");
    }
    for right in [
        "// use crate::holder::Held;",
        "const TEXT: &str = \"crate::holder::Held\";",
        "#[cfg(test)] mod tests { use crate::holder::Held; }",
        "use std::collections::HashMap;",
    ] {
        assert_eq!(upwards(&house(right)), Vec::<String>::new(), "{right}");
    }
    let neighbours = made_up(&[("holder", "use crate::issuer::keys;"), ("issuer", "")]);
    assert_eq!(upwards(&neighbours), ["holder uses issuer"]);
}

#[test]
fn circles_are_found_and_families_are_none() {
    let two = [("a", "use crate::b::B;"), ("b", "fn f() { crate::a::f() }")];
    assert_eq!(all_circles(&made_up(&two)), ["in ``: a, b"]);
    // Not between two files, but between two rooms of one floor.
    let rooms = [
        ("a", "mod x; mod y;"),
        ("a::x", "use crate::b::z::Z;"),
        ("a::y", ""),
        ("b", "mod z; mod w;"),
        ("b::z", ""),
        ("b::w", "use crate::a::y::Y;"),
    ];
    assert_eq!(all_circles(&made_up(&rooms)), ["in ``: a, b"]);
    // Among siblings, by what the parent passes on.
    let siblings = [
        ("a", "mod x; mod y; pub use x::X; pub use self::y::*;"),
        ("a::x", "use super::Y; pub struct X;"),
        ("a::y", "use super::X; pub struct Y;"),
    ];
    assert_eq!(all_circles(&made_up(&siblings)), ["in `a`: x, y"]);
    let family = [
        ("a", "mod x; pub use x::X; fn f() { x::work() }"),
        ("a::x", "use super::Shared; use crate::b::B; pub struct X;"),
        ("b", "use std::fs;"),
    ];
    assert_eq!(all_circles(&made_up(&family)), Vec::<String>::new());
}

#[test]
fn no_file_is_long() {
    let mut long = Vec::new();
    for below in ["src", "build", "tests", "examples", "benches"] {
        for path in files(&repository().join(below), &["rs"]) {
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            if lines > LONGEST {
                long.push(format!("{}: {lines}", path.display()));
            }
        }
    }
    assert_eq!(long, Vec::<String>::new(), "split them along their ideas");
}

/// American in code and docs; the British word stands only where somebody else's words are kept.
#[test]
fn license_is_spelled_one_way() {
    let british = ["licen", "ce"].concat();
    let mut found = Vec::new();
    let kept = ["tests/vectors", "tests/machines"].map(|it| repository().join(it));
    let mut all = Vec::new();
    for below in ["src", "tests", "examples", "benches", "man"] {
        all.extend(files(
            &repository().join(below),
            &["rs", "py", "md", "1", "sh", "toml"],
        ));
    }
    all.extend(files_here(&["md", "toml"]));
    for path in all {
        if kept.iter().any(|it| path.starts_with(it)) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap().to_lowercase();
        for (number, line) in text.lines().enumerate() {
            // What others say is quoted as they spell it.
            if line.contains(&british) && !line.contains('"') {
                found.push(format!("{}:{}", path.display(), number + 1));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

/// The files that stand in the repository's own directory.
fn files_here(endings: &[&str]) -> Vec<PathBuf> {
    let entries = fs::read_dir(repository()).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let ours = |path: &PathBuf| {
        let ending = path.extension().and_then(|it| it.to_str());
        path.is_file() && ending.is_some_and(|it| endings.contains(&it))
    };
    paths.filter(ours).collect()
}
