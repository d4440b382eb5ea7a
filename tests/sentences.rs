//! Every sentence that field users read comes from `messages/`: the sources of their rooms have none of their own. The desk speaks English, and what
//! `--help` says is written with the commands.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Rooms that only a desk enters.
const DESK: [&str; 17] = [
    "src/issuer",
    "src/signing",
    "src/cli/acting.rs",
    "src/cli/advice/desk.rs",
    "src/cli/advice/keys.rs",
    "src/cli/advice/ledger.rs",
    "src/cli/advice/signer.rs",
    "src/cli/commands/desk",
    "src/cli/contact.rs",
    "src/cli/desk.rs",
    "src/cli/elsewhere.rs",
    "src/cli/inspect/desk.rs",
    "src/cli/passphrase.rs",
    "src/cli/proposing.rs",
    "src/cli/reply.rs",
    "src/cli/secrecy.rs",
    "src/cli/sold.rs",
];

/// What a desk says to its customers, in rooms that only a desk enters.
const FOR_CUSTOMERS: [&str; 1] = ["src/issuer/history/change.rs"];

/// What others say: systems, firmware, mails, web pages. And what the documentation, `--help` and the schema of `--json` are made of.
const OF_OTHERS: [&str; 12] = [
    "src/cli/commands/mod.rs",
    "src/cli/json",
    "src/cli/schema.rs",
    "src/failure.rs",
    "src/machine/known",
    "src/machine/linux",
    "src/machine/macos.rs",
    "src/machine/windows",
    "src/seats/kernel.rs",
    "src/text/mutated.rs",
    "src/text/thing.rs",
    "src/text/views",
];

/// What stands in a source and is no sentence for users, and why.
const NO_SENTENCES: [(&str, &str); 23] = [
    ("countersign request ", "typed as it is"),
    ("countersign apply", "typed as it is"),
    ("countersign site init", "typed as it is"),
    ("ssh HOST ", "typed as it is"),
    (
        "the token was pulled out",
        "said by a signer of tests, at a desk",
    ),
    ("site key, public part: ", "how a key's file begins"),
    ("countersign v1", "what a digest is of"),
    ("countersign product v1", "how a product file begins"),
    ("countersign site note v1", "how a site's note begins"),
    ("countersign ledger v1", "how a checkpoint begins"),
    ("Application Support", "a directory of macOS"),
    ("worked out by the compiler", "said to whoever compiles it"),
    ("of all", "a directory of tests"),
    ("of one", "a directory of tests"),
    (
        "a part was read that need not be",
        "said to whoever tests it",
    ),
    ("not read yet", "Debug"),
    ("Picture({} modules wide)", "Debug"),
    ("day {}", "Debug"),
    ("second {}", "Debug"),
    ("hexadecimal digits", "said to serde, and dropped"),
    ("another number of bytes", "said to serde, and dropped"),
    ("a kind of code", "said to serde, and dropped"),
    (" (os error ", "what the system adds to its own words"),
];

fn below(directory: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            below(&path, ending, found);
        } else if path.extension().is_some_and(|it| it == ending) {
            found.push(path);
        }
    }
}

/// A blank, and two words or a word beside what is filled in.
fn is_sentence(text: &str) -> bool {
    let (mut plain, mut depth, mut filled) = (String::new(), 0, 0);
    for character in text.chars() {
        match character {
            '{' => (depth, filled) = (depth + 1, filled + 1),
            '}' => depth -= 1,
            _ if depth == 0 => plain.push(character),
            _ => {}
        }
    }
    let words = plain.split(|it: char| !it.is_alphabetic());
    let words = words.filter(|word| word.len() > 1).count();
    plain.contains(' ') && words > 0 && words + filled > 1
}

/// The sentences in a source, with their lines: not those of tests, documentation and clap.
fn sentences(tokens: TokenStream, found: &mut Vec<(usize, String)>) {
    let mut tokens = tokens.into_iter().peekable();
    let mut of_tests = false;
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(sign) if sign.as_char() == '#' => {
                if let Some(TokenTree::Punct(_)) = tokens.peek() {
                    tokens.next();
                }
                if let Some(TokenTree::Group(attribute)) = tokens.next() {
                    let said = attribute.stream().to_string();
                    of_tests |= said.starts_with("cfg") && said.contains("test");
                    if said.starts_with("error") {
                        sentences(attribute.stream(), found);
                    }
                }
            }
            // Whatever has the attribute of tests ends with its body or its semicolon.
            TokenTree::Group(body) if of_tests => of_tests = body.delimiter() != Delimiter::Brace,
            TokenTree::Punct(sign) if of_tests && sign.as_char() == ';' => of_tests = false,
            _ if of_tests => {}
            TokenTree::Ident(name) if name == "ABOUT" || name == "must_use" => {
                // `const ABOUT: &str = "…";` is what clap says of a command.
                while tokens.next_if(|it| it.to_string() != ";").is_some() {}
            }
            TokenTree::Group(group) => sentences(group.stream(), found),
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                if text.starts_with(['"', 'r']) && is_sentence(&text) {
                    found.push((literal.span().start().line, text));
                }
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

fn in_source(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    sentences(text.parse().unwrap(), &mut found);
    found
}

#[test]
fn no_sentence_stands_in_the_sources() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    below(&root.join("src"), "rs", &mut files);
    let mut wrong = Vec::new();
    let mut looked_at = 0;
    for file in files {
        let name = file.strip_prefix(root).unwrap().display().to_string();
        let passed_over = DESK.iter().chain(&OF_OTHERS);
        let passed_over = passed_over.clone().any(|it| name.starts_with(it))
            && !FOR_CUSTOMERS.contains(&name.as_str());
        if passed_over || name.contains("tests") || name.ends_with("hostile.rs") {
            continue;
        }
        looked_at += 1;
        for (line, text) in in_source(&fs::read_to_string(&file).unwrap()) {
            if !NO_SENTENCES.iter().any(|(known, _)| text.contains(known)) {
                wrong.push(format!("{name}:{line}: {text}"));
            }
        }
    }
    assert!(looked_at > 100, "{looked_at} sources were found");
    assert!(
        wrong.is_empty(),
        "to be moved to messages/:\n{}",
        wrong.join("\n")
    );
}

/// The arguments of each message, in the order in which its function takes them.
fn arguments() -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut files = Vec::new();
    below(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("messages/en"),
        "ftl",
        &mut files,
    );
    for file in files {
        let room = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let mut message = String::new();
        for line in fs::read_to_string(&file).unwrap().lines() {
            if let Some((name, _)) = line.split_once(" =")
                && !line.starts_with([' ', '#'])
            {
                message = format!("{room}::{name}");
            }
            let names = line.split('$').skip(1);
            let name = |it: &str| {
                it.chars()
                    .take_while(|it| it.is_alphanumeric() || *it == '_')
                    .collect()
            };
            let known = found.entry(message.clone()).or_default();
            known.extend(names.map(name).collect::<Vec<String>>());
        }
    }
    let listed =
        |(message, names): (String, BTreeSet<String>)| (message, names.into_iter().collect());
    found.into_iter().map(listed).collect()
}

/// What is handed over in another's place: an argument that bears the name of another one of its message.
fn swapped(source: &str, known: &BTreeMap<String, Vec<String>>, found: &mut Vec<String>) {
    fn look(tokens: TokenStream, known: &BTreeMap<String, Vec<String>>, found: &mut Vec<String>) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            let TokenTree::Group(group) = token else {
                continue;
            };
            look(group.stream(), known, found);
            let before: String = tokens[at.saturating_sub(4)..at]
                .iter()
                .map(ToString::to_string)
                .collect();
            let Some(names) = known.get(&before) else {
                continue;
            };
            let handed = group.stream().into_iter().collect::<Vec<_>>();
            let handed = handed.split(|it| it.to_string() == ",");
            for (name, handed) in names.iter().zip(handed) {
                // Of `&applied.which.product` and `days.get()` the last name of a thing.
                let said = handed.iter().rev().find_map(|it| match it {
                    TokenTree::Ident(said) if said != "get" => Some(said.to_string()),
                    _ => None,
                });
                let other = said.filter(|said| said != name && names.contains(said));
                found.extend(other.map(|said| format!("{before}: {said} in place of {name}")));
            }
        }
    }
    look(source.parse().unwrap(), known, found);
}

#[test]
fn no_argument_stands_in_the_place_of_another() {
    let known = arguments();
    let mut files = Vec::new();
    below(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        "rs",
        &mut files,
    );
    let mut found = Vec::new();
    for file in files {
        swapped(&fs::read_to_string(&file).unwrap(), &known, &mut found);
    }
    assert_eq!(found, Vec::<String>::new());

    let known = BTreeMap::from([("a::b".to_owned(), vec!["key".to_owned(), "product".into()])]);
    for (source, wrong) in [
        ("fn f() { messages::a::b(&it.product, key) }", 2),
        ("fn f() { messages::a::b(it.key(), &product) }", 0),
        ("fn f() { messages::a::b(&it.product, which) }", 1),
    ] {
        let mut found = Vec::new();
        swapped(source, &known, &mut found);
        assert_eq!(found.len(), wrong, "{source}: {found:?}");
    }
}

#[test]
fn a_sentence_is_seen_wherever_it_stands() {
    for source in [
        r#"fn f() { say("nothing was changed"); }"#,
        r#"fn f() { let a = format!("{count} left"); }"#,
        r#"#[error("no code in {0}")] struct Wrong(String);"#,
        r#"fn f() { match a { A => "the disk is full", B => "" } }"#,
        r#"#[cfg(test)] mod tests { } fn f() { "said after the tests" }"#,
        r#"#[cfg(test)] use a; fn f() { "said after the tests" }"#,
    ] {
        assert_eq!(in_source(source).len(), 1, "{source}");
    }
    for source in [
        r#"/// Says that nothing was changed."#.to_owned() + "\nfn f() {}",
        r#"fn f() { json!({ "license_key": "survey" }) } // nothing was changed"#.to_owned(),
        r#"#[cfg(test)] mod tests { fn f() { "nothing was changed" } }"#.to_owned(),
        r#"impl Run { const ABOUT: &str = "Give a license up"; }"#.to_owned(),
        r#"#[arg(help = "Ask for nothing")] struct A;"#.to_owned(),
        r#"fn f() { format!("{a} {b}") }"#.to_owned(),
    ] {
        assert_eq!(in_source(&source), [], "{source}");
    }
}
