//! What is to be typed next, as it is to be typed: with where things are and which license is meant, as the user said it.

use std::path::PathBuf;

use clap::ArgMatches;

use super::commands::{Known, People};
use super::output::Typing;
use super::words;
use crate::license_key::LicenseKey;

/// What the user said, which holds for the next command, too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Given {
    /// Whose command he typed; none where he typed none.
    people: Option<People>,
    /// The directory of `--home`.
    home: Option<PathBuf>,
    /// The one that root is told, for whom variables do not count.
    roots: Option<PathBuf>,
    system: bool,
    key: Option<LicenseKey>,
    product: Option<String>,
}

/// What is typed at the workstation that borrows, wherever it is spoken of.
const AT_A_WORKSTATION: [&[&str]; 3] =
    [&["request", "borrow"], &["request", "extend"], &["return"]];
/// What stands among the desk's commands and is for others, too.
const NOT_THE_DESKS: [&[&str]; 4] = [
    &["product", "install"],
    &["product", "list"],
    &["product", "show"],
    &["respond"],
];
/// How a command begins.
const PROGRAM: &str = "countersign ";
/// What stands before one that is typed by root, and before one that is typed elsewhere.
const AS_ROOT: &str = "sudo ";
const ELSEWHERE: &str = "ssh HOST ";

impl Typing for Given {
    #[cfg(feature = "site")]
    fn at_a_site(&mut self) {
        self.people = Some(People::Site);
    }

    #[cfg(feature = "site")]
    fn is_about(&mut self, key: LicenseKey) {
        self.key = Some(key);
    }

    fn typed(&self, text: &str) -> String {
        let mut whole = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(PROGRAM) {
            let (before, from) = rest.split_at(at);
            let (program, behind) = from.split_at(PROGRAM.len());
            whole.push_str(before);
            whole.push_str(program);
            rest = match before.ends_with(ELSEWHERE) {
                true => behind,
                false => self.command(&mut whole, behind, before.ends_with(AS_ROOT)),
            };
        }
        whole.push_str(rest);
        whole
    }

    fn words<'t>(&self, text: &'t str) -> Vec<&'t str> {
        let (mut found, mut rest) = (Vec::new(), text);
        while !rest.is_empty() {
            let begins = [AS_ROOT, ELSEWHERE, "`", ""]
                .into_iter()
                .find_map(|before| {
                    let behind = rest.strip_prefix(before)?.strip_prefix(PROGRAM)?;
                    let command = Found::at(behind)?;
                    Some(rest.len() - behind.len() + command.typed.len())
                });
            let end = begins.unwrap_or_default();
            let letters = end
                + rest
                    .get(end..)
                    .and_then(|it| it.find(' '))
                    .unwrap_or(rest.len() - end);
            let behind = rest.get(letters..).unwrap_or_default();
            let blanks = behind.len() - behind.trim_start_matches(' ').len();
            let (word, others) = rest.split_at(letters + blanks);
            found.push(word);
            rest = others;
        }
        found
    }
}

impl Given {
    /// `roots` is the home that root has to name.
    pub(crate) fn of(matches: &ArgMatches, roots: Option<PathBuf>) -> Given {
        let (mut its, mut path) = (matches, Vec::new());
        while let Some((word, below)) = its.subcommand() {
            path.push(word);
            its = below;
        }
        let text = |name: &str| its.try_get_one::<String>(name).ok().flatten();
        let positional = its.try_get_many::<String>("key").ok().flatten();
        let positional = positional.map(|words| words.map(String::as_str).collect::<String>());
        let key = positional.or_else(|| text("license").cloned());
        let system = its.try_get_one::<bool>("system").ok().flatten();
        let people = |known: Known| match path == ["respond"] {
            true => known.people,
            false => whose(known.people, &path),
        };
        Given {
            people: Known::of(&path).map(people),
            home: matches.get_one("home").cloned(),
            roots,
            system: system.copied().unwrap_or_default(),
            key: key.and_then(|key| key.parse().ok()),
            product: text("product").cloned(),
        }
    }

    /// Adds the command with which a text begins, and says what follows it.
    fn command<'t>(&self, whole: &mut String, text: &'t str, as_root: bool) -> &'t str {
        let Some(found) = Found::at(text) else {
            return text;
        };
        let Found { known, typed } = found;
        let bare: Vec<&str> = typed.split(' ').map(without_stop).collect();
        let path = bare.get(..known.words).unwrap_or_default();
        if !self.is_here(&known, path) {
            return text;
        }
        let (command, stop) = typed.split_at(without_stop(typed).len());
        let mut given = bare.get(known.words..).unwrap_or_default().iter();
        let names_key = given.any(|it| *it == "KEY" || it.parse::<LicenseKey>().is_ok());
        whole.push_str(&match self.key {
            Some(key) => command.replace("KEY", &key.to_string()),
            None => command.to_owned(),
        });
        for (name, value) in self.options(&known, names_key, as_root) {
            let option = [name, &value].join(" ");
            if name.is_empty() || !command.contains(name) {
                whole.push(' ');
                whole.push_str(option.trim());
            }
        }
        whole.push_str(stop);
        text.get(typed.len()..).unwrap_or_default()
    }

    /// What the user said and this command takes: options by their names, and what stands for itself.
    fn options(&self, known: &Known, names_key: bool, as_root: bool) -> Vec<(&str, String)> {
        let mut options = Vec::new();
        if let Some(key) = self.key.filter(|_| !names_key) {
            match (known.takes("key"), known.takes("license")) {
                (true, _) => options.push(("", key.to_string())),
                (_, true) => options.push(("--license", key.to_string())),
                _ => {}
            }
        }
        let product = self.product.as_deref().filter(|_| self.key.is_none());
        // At the desk it is a limit or a filter of that command alone.
        let product = product.filter(|_| known.takes("product") && !known.people.is_the_desk());
        if let Some(product) = product {
            options.push(("--product", words::typed(product).into_owned()));
        }
        if self.system && known.takes("system") {
            options.push(("--system", String::new()));
        }
        let home = match as_root {
            true => self.roots.as_ref(),
            false => self.home.as_ref(),
        };
        if let Some(home) = home {
            options.push(("--home", words::typed(&home.to_string_lossy()).into_owned()));
        }
        options
    }

    /// Whether a command is typed on this computer.
    fn is_here(&self, known: &Known, path: &[&str]) -> bool {
        let Some(people) = self.people else {
            return false;
        };
        match (people, whose(known.people, path)) {
            #[cfg(feature = "desk")]
            (People::Desk, its) => its == People::Desk || path == ["respond"],
            #[cfg(feature = "desk")]
            (_, People::Desk) => false,
            (People::Site, _) => !AT_A_WORKSTATION.contains(&path),
            _ => true,
        }
    }
}

/// Whose command it is; what stands among the desk's because all commands of one word stand together, is the machine's.
fn whose(people: People, path: &[&str]) -> People {
    match NOT_THE_DESKS.contains(&path) {
        true => People::Machine,
        false => people,
    }
}

/// A command with all that belongs to it, of which only the program's name is missing.
struct Found<'t> {
    known: Known,
    typed: &'t str,
}

impl Found<'_> {
    /// The one with which a text begins.
    fn at(text: &str) -> Option<Found<'_>> {
        let tokens: Vec<&str> = text.split(' ').collect();
        let bare: Vec<&str> = tokens.iter().map(|it| without_stop(it)).collect();
        let known = Known::of(&bare)?;
        let behind = tokens.get(known.words - 1..).unwrap_or_default();
        let taken = known.words + arguments(&known, behind);
        let letters: usize = tokens.iter().take(taken).map(|it| it.len() + 1).sum();
        let typed = text.get(..letters - 1)?;
        Some(Found { known, typed })
    }
}

/// Without the stop that ends what is said.
fn without_stop(word: &str) -> &str {
    word.trim_end_matches([',', ';', ':', '.', ')', '`'])
}

/// How many of these words, of which the first is the command's last, belong to the command: options and their values, and what stands for something that is
/// to be filled in. What ends with a stop is the last.
fn arguments(known: &Known, tokens: &[&str]) -> usize {
    let mut taken = 0;
    let (mut is_value, mut quote) = (false, None);
    for pair in tokens.windows(2) {
        let [before, token] = pair else { break };
        let bare = without_stop(token);
        let opens = bare.chars().next().filter(|it| "'\"".contains(*it));
        let belongs = is_value || quote.is_some() || opens.is_some() || is_argument(known, bare);
        if quote.is_none() && without_stop(before) != *before || !belongs {
            break;
        }
        is_value = quote.is_none() && bare.starts_with("--") && known.takes_value(bare);
        quote = quote
            .or(opens)
            .filter(|it| !(bare.len() > 1 && bare.ends_with(*it)));
        taken += 1;
    }
    taken
}

/// An option, a number, a word that the command knows, or what stands for what is to be filled in, such as KEY or NAME=VALUE.
fn is_argument(known: &Known, word: &str) -> bool {
    let is_placeholder = || {
        let mut letters = word.chars().filter(|it| it.is_alphabetic()).peekable();
        letters.peek().is_some() && letters.all(char::is_uppercase)
    };
    let is_number = || !word.is_empty() && word.chars().all(|it| it.is_ascii_digit());
    let is_option = word.len() > 2 && word.starts_with("--");
    is_option
        || is_number()
        || known.knows(word)
        || word.parse::<LicenseKey>().is_ok()
        || is_placeholder()
}

#[cfg(test)]
#[cfg(feature = "desk")]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::cli::wrap;

    const KEY: &str = "403-602-322-2511";

    fn given(people: People) -> Given {
        Given {
            people: Some(people),
            home: Some("/srv/my home".into()),
            roots: Some("/srv/my home".into()),
            system: true,
            key: KEY.parse().ok(),
            product: None,
        }
    }

    /// All texts below a directory, without the quotes of sources.
    fn texts(directory: &Path, found: &mut String) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => texts(&path, found),
                false => found.push_str(&fs::read_to_string(path).unwrap().replace('"', " ")),
            }
        }
    }

    #[test]
    fn a_command_stays_on_one_line() {
        let wrapped = |text: &str| wrap::lines(Given::default().words(text), 40, 4);
        let text = "  what to do: see who uses which: countersign seat list; then sudo countersign site rules set FILE --system, or not";
        let lines = "  what to do: see who uses which:\n    countersign seat list; then\n    sudo countersign site rules set FILE --system,\n    or not";
        assert_eq!(wrapped(text), lines);
        let text = "it is countersign that says so to all who read it";
        assert_eq!(
            wrapped(text),
            "it is countersign that says so to all\n    who read it"
        );
    }

    #[test]
    fn each_command_that_is_named_is_one_and_says_what_was_said() {
        let (mut all, mut seen) = (String::new(), 0);
        for below in ["messages/en", "src/cli/advice"] {
            texts(&Path::new(env!("CARGO_MANIFEST_DIR")).join(below), &mut all);
        }
        for at in all.match_indices(PROGRAM).map(|(at, _)| at) {
            let (before, from) = all.split_at(at);
            let text = from.lines().next().unwrap();
            let named: Vec<&str> = text.split(' ').skip(1).map(without_stop).collect();
            let Some(known) = Known::of(&named) else {
                assert!(["help", "COMMAND"].contains(&named[0]), "{text}");
                continue;
            };
            seen += 1;
            let path = &named[..known.words];
            let people = match whose(known.people, path) {
                People::Desk => People::Desk,
                _ => People::Machine,
            };
            let is_elsewhere = before.ends_with(ELSEWHERE);
            let sentence = format!("{}{text}", if is_elsewhere { ELSEWHERE } else { "" });
            let typed = given(people).typed(&sentence);
            let home = format!("--home {}", words::typed("/srv/my home"));
            assert_eq!(typed.contains(&home), !is_elsewhere, "{typed}");
            let is_for_all = known.takes("system") && !is_elsewhere;
            assert!(!is_for_all || typed.contains("--system"), "{typed}");
            let is_of_one = known.takes("key") || known.takes("license");
            assert!(is_elsewhere || !is_of_one || typed.contains(KEY), "{typed}");
        }
        assert!(seen > 80, "{seen}");
    }

    #[test]
    fn what_was_said_stands_where_it_can_be_typed() {
        let at_machine = given(People::Machine);
        for (hint, typed) in [
            (
                "ask again: countersign request activate KEY --new; or wait",
                "ask again: countersign request activate 403-602-322-2511 --new --system --home '/srv/my home'; or wait",
            ),
            (
                "countersign request sync, once",
                "countersign request sync 403-602-322-2511 --home '/srv/my home', once",
            ),
            (
                "who: countersign seat list",
                "who: countersign seat list --license 403-602-322-2511 --home '/srv/my home'",
            ),
            (
                "countersign user assign 'anna maria'",
                "countersign user assign 'anna maria' --license 403-602-322-2511 --home '/srv/my home'",
            ),
            (
                "again: countersign site lending on --keep N; or not",
                "again: countersign site lending on --keep N --license 403-602-322-2511 --home '/srv/my home'; or not",
            ),
            (
                "countersign request sync --usb none where that is gone",
                "countersign request sync --usb none 403-602-322-2511 --home '/srv/my home' where that is gone",
            ),
            ("see countersign help", "see countersign help"),
            (
                "ssh HOST countersign seat hold",
                "ssh HOST countersign seat hold",
            ),
            ("countersign release A-1042", "countersign release A-1042"),
        ] {
            let home = words::typed("/srv/my home");
            let typed = typed.replace("'/srv/my home'", &home);
            assert_eq!(at_machine.typed(hint), typed);
        }
        let there = "there: countersign request borrow KEY --days N; countersign return";
        assert_eq!(given(People::Site).typed(there), there);
        let asked = "the customer asks: countersign request sync";
        assert_eq!(given(People::Desk).typed(asked), asked);
        assert_eq!(
            Given::default().typed("countersign apply"),
            "countersign apply"
        );
    }
}
