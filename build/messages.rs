//! Makes a Rust function of each message in `messages/LANGUAGE/`, so that a sentence or an argument that is missing does not compile, and none is looked up
//! when a program runs. A file is a module; what stands in a directory is there with the crate's feature of that name, and what stands in one below that with
//! both.
//!
//! Of Fluent it takes what sentences need: `{ $name }`, `{ QUOTED($name) }` for a text in quotation marks with its control characters shown, and numbers that
//! select: `{ $count -> [0] … [one] … *[other] … }`. An attribute is a function, too: of `no_code` with `.hint`, `no_code_hint`.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use fluent_syntax::ast::Entry;

use sentence::{Argument, Message};

mod sentence;

/// The language whose messages there must be, and no others.
const REFERENCE: &str = "en";

/// The messages of a file.
struct Room {
    /// Without these features of the crate it is not there.
    features: Vec<String>,
    messages: Messages,
}

type Messages = BTreeMap<String, Message>;

/// The functions of all messages, as a Rust source.
///
/// # Errors
/// What cannot be read, with its file; what one language says and another does not.
pub(crate) fn functions(messages: &Path) -> Result<String, Box<dyn Error>> {
    let mut languages = BTreeMap::new();
    for directory in children(messages)? {
        let language = name(&directory)?;
        let mut rooms = BTreeMap::new();
        add_rooms(&language, &directory, &[], &mut rooms)?;
        languages.insert(language, rooms);
    }
    let reference = languages.get(REFERENCE).ok_or("there is no messages/en")?;
    for (language, rooms) in &languages {
        same(language, rooms, reference)?;
    }

    let mut out = String::from(
        "/// The languages there are messages in.\n#[derive(Clone, Copy, Debug, PartialEq, Eq)]\npub(crate) enum Language {\n",
    );
    for language in languages.keys() {
        writeln!(out, "    {},", variant(language))?;
    }
    out.push_str("}\n");
    for (room, Room { features, messages }) in reference {
        for feature in features {
            writeln!(out, "#[cfg(feature = {feature:?})]")?;
        }
        writeln!(out, "pub(crate) mod {room} {{\n    use super::*;")?;
        for (id, message) in messages {
            let spoken = languages.iter().filter_map(|(language, rooms)| {
                let messages = &rooms.get(room)?.messages;
                Some((language.as_str(), messages.get(id)?))
            });
            function(&mut out, id, &message.arguments, spoken)?;
        }
        out.push_str("}\n");
    }
    Ok(out)
}

/// The rooms in a directory and below it, which are there with these features and those that they stand under.
fn add_rooms(
    language: &str,
    directory: &Path,
    features: &[String],
    rooms: &mut BTreeMap<String, Room>,
) -> Result<(), Box<dyn Error>> {
    for place in children(directory)? {
        if place.is_dir() {
            let features = [features, &[name(&place)?]].concat();
            add_rooms(language, &place, &features, rooms)?;
            continue;
        }
        let read = room(language, &fs::read_to_string(&place)?);
        let messages = read.map_err(|why| format!("{}: {why}", place.display()))?;
        let features = features.to_vec();
        if rooms
            .insert(name(&place)?, Room { features, messages })
            .is_some()
        {
            return Err(format!("{} stands twice", place.display()).into());
        }
    }
    Ok(())
}

fn function<'a>(
    out: &mut String,
    id: &str,
    arguments: &BTreeMap<String, Argument>,
    spoken: impl Iterator<Item = (&'a str, &'a Message)>,
) -> Result<(), Box<dyn Error>> {
    let taken: Vec<String> = arguments
        .iter()
        .map(|(name, kind)| format!("{name}: {}", kind.bound()))
        .collect();
    let (result, open, close) = match arguments.is_empty() {
        true => ("&'static str", "", ""),
        false => ("impl Display", "sentence(move |f| ", ")"),
    };
    writeln!(
        out,
        "    pub(crate) fn {id}({}) -> {result} {{\n        {open}match language() {{",
        taken.join(", ")
    )?;
    for (language, message) in spoken {
        writeln!(
            out,
            "            Language::{} => {{ {} }}",
            variant(language),
            message.body
        )?;
    }
    writeln!(out, "        }}{close}\n    }}")?;
    Ok(())
}

/// The same messages with the same arguments, or which of them are not.
fn same(
    language: &str,
    one: &BTreeMap<String, Room>,
    other: &BTreeMap<String, Room>,
) -> Result<(), String> {
    let keys = |rooms: &BTreeMap<String, Room>| {
        let mut keys = Vec::new();
        for (room, Room { messages, .. }) in rooms {
            for (id, message) in messages {
                let names: Vec<&str> = message.arguments.keys().map(String::as_str).collect();
                keys.push(format!("{room}: {id} {}", names.join(" ")));
            }
        }
        keys
    };
    let (ours, theirs) = (keys(one), keys(other));
    let odd = ours
        .iter()
        .filter(|it| !theirs.contains(it))
        .chain(theirs.iter().filter(|it| !ours.contains(it)));
    let odd: Vec<&str> = odd.map(String::as_str).collect();
    match odd.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "messages/{language} and messages/{REFERENCE} differ in: {}",
            odd.join(", ")
        )),
    }
}

/// The messages of a file.
fn room(language: &str, source: &str) -> Result<Messages, String> {
    let resource = fluent_syntax::parser::parse(source).map_err(|(_, errors)| {
        let lines = errors.iter().map(|error| {
            let before = source.get(..error.pos.start).unwrap_or(source);
            format!("line {}: {}", before.matches('\n').count() + 1, error.kind)
        });
        lines.collect::<Vec<_>>().join("; ")
    })?;
    let mut room = Messages::new();
    for entry in resource.body {
        match entry {
            Entry::Message(message) => {
                let id = message.id.name;
                let attributes = message
                    .attributes
                    .iter()
                    .map(|it| (format!("{id}_{}", it.id.name), &it.value));
                for (id, pattern) in message
                    .value
                    .iter()
                    .map(|it| (id.to_owned(), it))
                    .chain(attributes)
                {
                    let read =
                        sentence::read(language, pattern).map_err(|why| format!("{id}: {why}"))?;
                    let word =
                        |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_';
                    if !id.chars().all(word) {
                        return Err(format!("{id} is no name of a function"));
                    }
                    if room.insert(id.clone(), read).is_some() {
                        return Err(format!("{id} stands twice"));
                    }
                }
            }
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
            Entry::Term(term) => return Err(format!("-{}: terms are not read", term.id.name)),
            Entry::Junk { content } => return Err(format!("not understood: {content}")),
        }
    }
    Ok(room)
}

/// `En` for `en`.
fn variant(language: &str) -> String {
    let (first, rest) = language.split_at(language.len().min(1));
    first.to_ascii_uppercase() + rest
}

fn name(path: &Path) -> Result<String, String> {
    let name = path.file_stem().and_then(|it| it.to_str());
    name.map(str::to_owned)
        .ok_or_else(|| format!("{} has no name", path.display()))
}

/// What stands in a directory, in the order of the names.
fn children(directory: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let listed =
        fs::read_dir(directory).map_err(|why| format!("{}: {why}", directory.display()))?;
    let mut paths = listed
        .map(|it| Ok(it?.path()))
        .collect::<std::io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
