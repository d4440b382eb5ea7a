//! Which file uses which: read from the sources themselves, as far as paths go.

use std::collections::{BTreeMap, BTreeSet};

/// Module paths such as `issuer::respond::batch`, each with the text of its file; the crate's own file is the empty path.
pub(crate) type Sources = BTreeMap<String, String>;
/// From each module to those whose items it names.
pub(crate) type Uses = BTreeMap<String, BTreeSet<String>>;

/// Reads what each module names. A name that a module only passes on (`pub use`) counts for the module that has it; `mod` and `pub use` themselves are
/// no uses: who names its children to others does not rest on them.
pub(crate) fn uses(sources: &Sources) -> Uses {
    let read: BTreeMap<&str, Module> = sources
        .iter()
        .map(|(path, text)| (path.as_str(), Module::read(text)))
        .collect();
    let mut uses = Uses::new();
    for (path, module) in &read {
        let found = uses.entry((*path).to_owned()).or_default();
        for named in &module.named {
            if let Some(owner) = owner(&read, path, named, 0)
                && owner != *path
            {
                found.insert(owner);
            }
        }
    }
    uses
}

/// What is read of one file.
struct Module {
    named: BTreeSet<Vec<String>>,
    passed_on: Vec<Vec<String>>,
}

impl Module {
    fn read(text: &str) -> Module {
        let tokens = without_tests(tokens(text));
        let mut module = Module {
            named: BTreeSet::new(),
            passed_on: Vec::new(),
        };
        // How many braces are open, and at which of them a module within the file began.
        let (mut open, mut within) = (0, Vec::new());
        let mut at = 0;
        while at < tokens.len() {
            let is_path = at == 0 || tokens[at - 1] != "::";
            match tokens[at].as_str() {
                "mod" if tokens.get(at + 2).is_some_and(|it| it == "{") => within.push(open),
                "{" => open += 1,
                "}" => {
                    open -= 1;
                    if within.last() == Some(&open) {
                        within.pop();
                    }
                }
                _ => {}
            }
            if tokens[at] == "use" {
                let public = tokens[..at]
                    .last()
                    .is_some_and(|it| it == "pub" || it == ")");
                let end = tokens[at..].iter().position(|it| it == ";");
                let end = at + end.unwrap_or(tokens.len() - at);
                let mut paths = Vec::new();
                tree(&tokens[at + 1..end], &mut 0, &[], &mut paths);
                for path in paths
                    .into_iter()
                    .filter_map(|it| from_file(it, within.len()))
                {
                    if public {
                        module.passed_on.push(path);
                    } else {
                        module.named.insert(path);
                    }
                }
                at = end;
            } else if is_path && tokens.get(at + 1).is_some_and(|next| next == "::") {
                let mut path = vec![tokens[at].clone()];
                while tokens.get(at + 1).is_some_and(|it| it == "::")
                    && tokens.get(at + 2).is_some_and(|it| is_name(it))
                {
                    path.push(tokens[at + 2].clone());
                    at += 2;
                }
                module.named.extend(from_file(path, within.len()));
            }
            at += 1;
        }
        module
    }
}

/// A path as the file itself would write it, which stands in modules within it: `super` leads out of them first.
fn from_file(mut path: Vec<String>, within: usize) -> Option<Vec<String>> {
    if within == 0 || path.first()? == "crate" {
        return Some(path);
    }
    let out = path.iter().take_while(|it| *it == "super").count();
    if out < within {
        return None;
    }
    path.drain(..within);
    if out == within {
        path.insert(0, "self".to_owned());
    }
    Some(path)
}

fn is_name(token: &str) -> bool {
    token.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// The paths of a `use`: `a::{b, c as d, e::*}`.
fn tree(tokens: &[String], at: &mut usize, before: &[String], out: &mut Vec<Vec<String>>) {
    let mut path = before.to_vec();
    while let Some(token) = tokens.get(*at) {
        *at += 1;
        match token.as_str() {
            "::" => {}
            "as" => *at += 1,
            "{" => {
                while tokens.get(*at).is_some_and(|it| it != "}") {
                    tree(tokens, at, &path, out);
                    if tokens.get(*at).is_some_and(|it| it == ",") {
                        *at += 1;
                    }
                }
                *at += 1;
                return;
            }
            "," | "}" => {
                *at -= 1;
                break;
            }
            name => path.push(name.to_owned()),
        }
    }
    if path.len() > before.len() {
        out.push(path);
    }
}

/// The module that has what `named` means in `path`, where that is one of ours.
fn owner(
    read: &BTreeMap<&str, Module>,
    path: &str,
    named: &[String],
    deep: usize,
) -> Option<String> {
    let absolute = absolute(read, path, named)?;
    // The longest beginning that is a module; the next name is an item of it.
    let known = (0..=absolute.len())
        .rev()
        .find(|length| read.contains_key(absolute[..*length].join("::").as_str()))?;
    let module = absolute[..known].join("::");
    let Some(item) = absolute.get(known) else {
        return Some(module);
    };
    if deep < 8 {
        for passed in &read[module.as_str()].passed_on {
            let (last, before) = passed.split_last()?;
            let target = if last == item {
                passed.clone()
            } else if last == "*" {
                [before, std::slice::from_ref(item)].concat()
            } else {
                continue;
            };
            if let Some(owner) = owner(read, &module, &target, deep + 1) {
                return Some(owner);
            }
        }
    }
    Some(module)
}

/// The path from the crate's root, where it is one of this crate.
fn absolute(read: &BTreeMap<&str, Module>, path: &str, named: &[String]) -> Option<Vec<String>> {
    let mut own: Vec<String> = path
        .split("::")
        .filter(|it| !it.is_empty())
        .map(str::to_owned)
        .collect();
    let mut rest = named;
    match named.first()?.as_str() {
        "crate" => {
            own.clear();
            rest = &rest[1..];
        }
        "self" => rest = &rest[1..],
        "super" => {
            while rest.first().is_some_and(|it| it == "super") {
                own.pop()?;
                rest = &rest[1..];
            }
        }
        child => {
            own.push(child.to_owned());
            let is_child = read.contains_key(own.join("::").as_str());
            own.pop();
            if !is_child {
                return None;
            }
        }
    }
    own.extend(rest.iter().cloned());
    Some(own)
}

/// Names, `::` and single marks; comments, strings and characters left out.
fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    let is = |at: usize, what: &str| {
        what.chars()
            .zip(at..)
            .all(|(it, at)| chars.get(at) == Some(&it))
    };
    while at < chars.len() {
        let here = chars[at];
        if is(at, "//") {
            while at < chars.len() && chars[at] != '\n' {
                at += 1;
            }
        } else if is(at, "r\"") || is(at, "r#\"") {
            let end = if is(at, "r\"") { "\"" } else { "\"#" };
            at += 3;
            while at < chars.len() && !is(at, end) {
                at += 1;
            }
            at += end.len();
        } else if here == '"' {
            at += 1;
            while at < chars.len() && chars[at] != '"' {
                at += if chars[at] == '\\' { 2 } else { 1 };
            }
            at += 1;
        } else if here == '\'' && (is(at + 2, "'") || is(at + 1, "\\")) {
            at += if is(at + 1, "\\") { 3 } else { 2 };
            while at < chars.len() && chars[at] != '\'' {
                at += 1;
            }
            at += 1;
        } else if here.is_alphanumeric() || here == '_' {
            let start = at;
            while at < chars.len() && (chars[at].is_alphanumeric() || chars[at] == '_') {
                at += 1;
            }
            tokens.push(chars[start..at].iter().collect());
        } else if is(at, "::") {
            tokens.push("::".to_owned());
            at += 2;
        } else {
            if !here.is_whitespace() {
                tokens.push(here.to_string());
            }
            at += 1;
        }
    }
    tokens
}

/// Leaves out `#[cfg(test)] mod … { … }`.
fn without_tests(tokens: Vec<String>) -> Vec<String> {
    let mark = ["#", "[", "cfg", "(", "test", ")", "]", "mod"];
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let begins = mark.iter().zip(&tokens[at..]).all(|(a, b)| a == b);
        if begins && tokens.get(at + mark.len() + 1).is_some_and(|it| it == "{") {
            let mut open = 0;
            at += mark.len() + 1;
            while at < tokens.len() {
                match tokens[at].as_str() {
                    "{" => open += 1,
                    "}" => open -= 1,
                    _ => {}
                }
                at += 1;
                if open == 0 {
                    break;
                }
            }
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// What the children of each module use of each other, whatever it is in them that does.
pub(crate) fn among_children(uses: &Uses) -> BTreeMap<String, Uses> {
    let mut among: BTreeMap<String, Uses> = BTreeMap::new();
    for (from, all) in uses {
        for to in all {
            let [from, to] = [from, to].map(|it| it.split("::").filter(|it| !it.is_empty()));
            let [from, to]: [Vec<&str>; 2] = [from.collect(), to.collect()];
            let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
            // A module and what is below it are one: the parent joins its children, and they use what it has.
            let (Some(from), Some(to), parent) =
                (from.get(shared), to.get(shared), &from[..shared])
            else {
                continue;
            };
            let among = among.entry(parent.join("::")).or_default();
            among.entry((*to).to_owned()).or_default();
            among
                .entry((*from).to_owned())
                .or_default()
                .insert((*to).to_owned());
        }
    }
    among
}

/// The circles: modules each of which leads to each other, in order of their names.
pub(crate) fn circles(uses: &Uses) -> Vec<Vec<String>> {
    let reach: BTreeMap<&str, BTreeSet<&str>> = uses
        .keys()
        .map(|from| (from.as_str(), reached(uses, from)))
        .collect();
    let mut found: Vec<Vec<String>> = Vec::new();
    for (from, reached) in &reach {
        let back = |to: &&&str| reach.get(**to).is_some_and(|it| it.contains(from));
        let circle: Vec<String> = reached
            .iter()
            .filter(back)
            .map(|it| (*it).to_owned())
            .collect();
        if circle.len() > 1 && !found.contains(&circle) {
            found.push(circle);
        }
    }
    found
}

fn reached<'u>(uses: &'u Uses, from: &str) -> BTreeSet<&'u str> {
    let mut seen = BTreeSet::new();
    let mut next: Vec<&str> = uses
        .get(from)
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    while let Some(module) = next.pop() {
        if seen.insert(module) {
            next.extend(uses.get(module).into_iter().flatten().map(String::as_str));
        }
    }
    seen
}
