//! Which commands there are: whose they are, and what they take.

use std::ffi::OsString;

use clap::Command;

use super::run::RunProgram;
use super::{Node, Run as _, TREE};
use crate::failure::Exit;

/// For whom a command is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum People {
    /// The vendor's desk.
    #[cfg(feature = "desk")]
    Desk,
    /// Whoever uses a computer with a license.
    Machine,
    /// The license administrator of a customer.
    Site,
    /// Whoever has this program.
    Anyone,
}

impl People {
    /// Whether it is the vendor's desk.
    pub(crate) fn is_the_desk(self) -> bool {
        #[cfg(feature = "desk")]
        let is = self == People::Desk;
        #[cfg(not(feature = "desk"))]
        let is = false;
        is
    }
}

/// A command by its words.
#[derive(Debug)]
pub(crate) struct Known {
    /// Among whose commands it stands.
    pub(crate) people: People,
    /// So many words it has.
    pub(crate) words: usize,
    command: Command,
}

impl Known {
    /// The command with which these words begin.
    pub(crate) fn of(words: &[&str]) -> Option<Known> {
        TREE.iter().find_map(|(people, _, nodes)| {
            let (command, words) = find(nodes, words)?;
            Some(Known {
                people: *people,
                words,
                command,
            })
        })
    }

    /// Whether it takes what has this name, as an option or as words behind it.
    pub(crate) fn takes(&self, name: &str) -> bool {
        self.command
            .get_arguments()
            .any(|it| it.get_id().as_str() == name)
    }

    /// Whether an option, such as `--reason`, takes a value behind it.
    pub(crate) fn takes_value(&self, option: &str) -> bool {
        let name = option.trim_start_matches('-');
        let mut arguments = self.command.get_arguments();
        arguments.any(|it| it.get_long() == Some(name) && it.get_action().takes_values())
    }

    /// Whether a word is one of those that may stand behind it, such as `on`.
    pub(crate) fn knows(&self, word: &str) -> bool {
        self.command.get_positionals().any(|it| {
            let values = it.get_possible_values();
            values.iter().any(|value| value.get_name() == word)
        })
    }
}

/// The exit code of a command line that failed. A program that was to be run has its own codes (`run`); for most codes a mail system sends a mail back to
/// whoever wrote it, and so what answers mails asks for the mail again (`desk answer`).
pub(crate) fn exit_of(words: &[OsString], exit: Exit) -> Exit {
    if is_of(words, &["desk", "answer"]) && exit != Exit::DONE {
        return Exit::TRY_AGAIN;
    }
    exit
}

/// Whether a program was to be run, whose exit codes are its own.
pub(crate) fn is_run(words: &[OsString]) -> bool {
    is_of(words, &[RunProgram::NAME])
}

/// Whether a command line, as it was typed, is of the command that has these words.
fn is_of(line: &[OsString], command: &[&str]) -> bool {
    let mut line = line.iter().skip(1);
    let mut named = Vec::new();
    while let Some(word) = line.next() {
        if word == "--home" || word == "--as" {
            line.next();
        } else if !word.as_encoded_bytes().starts_with(b"-") {
            named.push(word);
        }
    }
    named.len() >= command.len() && named.iter().zip(command).all(|(one, other)| *one == other)
}

fn find(nodes: &'static [Node], words: &[&str]) -> Option<(Command, usize)> {
    let (first, rest) = words.split_first()?;
    match nodes.iter().find(|it| it.name() == *first)? {
        Node::Leaf { name, build, .. } => Some((build(Command::new(*name)), 1)),
        Node::Group { nodes, .. } => {
            let (command, words) = find(nodes, rest)?;
            Some((command, words + 1))
        }
    }
}
