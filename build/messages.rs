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

use fluent_syntax::ast::{
    Entry, Expression, InlineExpression, Pattern, PatternElement, Variant, VariantKey,
};
use fluent_syntax::unicode::unescape_unicode_to_string;

/// The language whose messages there must be, and no others.
const REFERENCE: &str = "en";

/// What matches a number of a plural category; Unicode's CLDR has the rules of each language.
fn plural(language: &str, category: &str) -> Result<&'static str, String> {
    match (language, category) {
        ("en", "one") => Ok("1"),
        _ => Err(format!(
            "the plural category {category} of {language} is not known in build/messages.rs"
        )),
    }
}

/// What a function takes for an argument.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Argument {
    Shown,
    Quoted,
    Number,
}

impl Argument {
    const fn bound(self) -> &'static str {
        match self {
            Argument::Shown => "impl Display",
            Argument::Quoted => "impl Debug",
            Argument::Number => "impl Number",
        }
    }
}

/// One message in one language: the statements that write it, and what they are handed.
struct Message {
    body: String,
    /// By their names, in whose order the function takes them: rewording a sentence changes no call.
    arguments: BTreeMap<String, Argument>,
}

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
                    let read = read(language, pattern).map_err(|why| format!("{id}: {why}"))?;
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

fn read(language: &str, pattern: &Pattern<&str>) -> Result<Message, String> {
    let mut arguments = BTreeMap::new();
    let pieces = pieces(language, pattern, &mut arguments)?;
    let body = match (arguments.is_empty(), pieces.as_slice()) {
        (true, [Piece::Written(words)]) => {
            format!("{:?}", words.replace("{{", "{").replace("}}", "}"))
        }
        (true, _) => return Err("it says nothing".to_owned()),
        (false, pieces) => format!("{} Ok(())", statements(pieces)),
    };
    Ok(Message { body, arguments })
}

/// Its place in the order, what it matches, and what is written then.
type Choice = (&'static str, String, Vec<Piece>);

/// A part of a sentence.
enum Piece {
    /// What stands in a format string: text with its braces doubled, and arguments.
    Written(String),
    /// A number, and what is written for which.
    Selected(String, Vec<Choice>),
}

fn pieces(
    language: &str,
    pattern: &Pattern<&str>,
    arguments: &mut BTreeMap<String, Argument>,
) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => write_on(&mut pieces, &doubled(value)),
            PatternElement::Placeable {
                expression: Expression::Inline(inline),
            } => {
                write_on(&mut pieces, &placed(inline, arguments)?);
            }
            PatternElement::Placeable {
                expression:
                    Expression::Select {
                        selector: InlineExpression::VariableReference { id },
                        variants,
                    },
            } => {
                argue(arguments, id.name, Argument::Number)?;
                let variants = variants.iter().map(|it| {
                    let (order, matched) = matched(language, it)?;
                    Ok((
                        order,
                        matched,
                        self::pieces(language, &it.value, arguments)?,
                    ))
                });
                let mut variants = variants.collect::<Result<Vec<_>, String>>()?;
                // A number itself goes before its category, and the default comes last.
                variants.sort_by_key(|(order, _, _)| *order);
                pieces.push(Piece::Selected(id.name.to_owned(), variants));
            }
            PatternElement::Placeable { .. } => return Err("only a number selects".to_owned()),
        }
    }
    Ok(pieces)
}

fn write_on(pieces: &mut Vec<Piece>, words: &str) {
    match pieces.last_mut() {
        Some(Piece::Written(written)) => written.push_str(words),
        _ => pieces.push(Piece::Written(words.to_owned())),
    }
}

fn doubled(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

/// An argument or a text in a format string.
fn placed(
    inline: &InlineExpression<&str>,
    arguments: &mut BTreeMap<String, Argument>,
) -> Result<String, String> {
    match inline {
        InlineExpression::StringLiteral { value } => {
            Ok(doubled(&unescape_unicode_to_string(value)))
        }
        InlineExpression::VariableReference { id } => {
            argue(arguments, id.name, Argument::Shown)?;
            Ok(format!("{{{}}}", id.name))
        }
        InlineExpression::FunctionReference {
            id,
            arguments: given,
        } if id.name == "QUOTED" => match given.positional.as_slice() {
            [InlineExpression::VariableReference { id }] => {
                argue(arguments, id.name, Argument::Quoted)?;
                Ok(format!("{{{}:?}}", id.name))
            }
            _ => Err("QUOTED takes one argument".to_owned()),
        },
        _ => Err("only { $name }, { QUOTED($name) } and { \"text\" } are read".to_owned()),
    }
}

/// A number is shown as well; nothing is shown both as it is and in quotation marks.
fn argue(
    arguments: &mut BTreeMap<String, Argument>,
    name: &str,
    kind: Argument,
) -> Result<(), String> {
    let kept = arguments.entry(name.to_owned()).or_insert(kind);
    match (*kept, kind) {
        (Argument::Quoted, Argument::Quoted) => Ok(()),
        (Argument::Quoted, _) | (_, Argument::Quoted) => {
            Err(format!("${name} is quoted, and it is not"))
        }
        (before, now) => {
            *kept = before.max(now);
            Ok(())
        }
    }
}

fn matched(language: &str, variant: &Variant<&str>) -> Result<(&'static str, String), String> {
    Ok(match (&variant.key, variant.default) {
        (_, true) => ("3", "_".to_owned()),
        (VariantKey::NumberLiteral { value }, false) => ("1", (*value).to_owned()),
        (VariantKey::Identifier { name }, false) => ("2", plural(language, name)?.to_owned()),
    })
}

fn statements(pieces: &[Piece]) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Written(format) => out.push_str(&format!("write!(f, {format:?})?; ")),
            Piece::Selected(number, variants) => {
                out.push_str(&format!("match {number}.number() {{ "));
                for (_, matched, pieces) in variants {
                    out.push_str(&format!("{matched} => {{ {} }} ", statements(pieces)));
                }
                out.push_str("} ");
            }
        }
    }
    out
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
