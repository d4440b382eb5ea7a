//! A sentence of Fluent as the statements of Rust that write it.

use std::collections::BTreeMap;

use fluent_syntax::ast::{
    Expression, InlineExpression, Pattern, PatternElement, Variant, VariantKey,
};
use fluent_syntax::unicode::unescape_unicode_to_string;

/// What matches a number of a plural category; Unicode's CLDR has the rules of each language.
fn plural(language: &str, category: &str) -> Result<&'static str, String> {
    match (language, category) {
        ("en", "one") => Ok("1"),
        _ => Err(format!(
            "the plural category {category} of {language} is not known in build/messages/sentence.rs"
        )),
    }
}

/// What a function takes for an argument.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Argument {
    Shown,
    Quoted,
    Number,
}

impl Argument {
    pub(super) const fn bound(self) -> &'static str {
        match self {
            Argument::Shown => "impl Display",
            Argument::Quoted => "impl Debug",
            Argument::Number => "impl Number",
        }
    }
}

/// One message in one language: the statements that write it, and what they are handed.
pub(super) struct Message {
    pub(super) body: String,
    /// By their names, in whose order the function takes them: rewording a sentence changes no call.
    pub(super) arguments: BTreeMap<String, Argument>,
}

/// A message from what stands for it in a file.
///
/// # Errors
/// What of Fluent is not read here.
pub(super) fn read(language: &str, pattern: &Pattern<&str>) -> Result<Message, String> {
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
