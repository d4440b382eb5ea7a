//! The short command line beside the whole one.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::ArgMatches;
use proptest::prelude::*;

use super::{Node, TREE, root, root_for};

/// The words of all commands, and more that people type.
fn words() -> Vec<&'static str> {
    fn names(nodes: &'static [Node], found: &mut Vec<&'static str>) {
        for node in nodes {
            found.push(node.name());
            if let Node::Group { nodes, .. } = node {
                names(nodes, found);
            }
        }
    }
    let mut found = vec![
        "help",
        "--help",
        "-h",
        "--version",
        "--json",
        "-q",
        "--home",
        "--home=check",
        "--",
        "--product",
        "--feature",
        "--bind",
        "name=check",
        "--",
        "238-146-815-9096",
        "chek",
        "",
        "-",
        "--yes",
        "--license",
        "--nosuch",
    ];
    for (.., nodes) in TREE {
        names(nodes, &mut found);
    }
    found
}

proptest! {
    /// What the short command line takes the whole one takes alike, and it refuses nothing but what the whole one refuses.
    #[test]
    fn a_part_of_the_commands_reads_as_the_whole(
        words in prop::collection::vec(prop::sample::select(words()), 0..6),
    ) {
        let words: Vec<OsString> = std::iter::once("countersign").chain(words).map(OsString::from).collect();
        let part = root_for(&words).try_get_matches_from(&words);
        let whole = root(None).try_get_matches_from(&words);
        let read = |matches: &ArgMatches| {
            let flags = ["json", "quiet", "no-input"].map(|flag| matches.get_flag(flag));
            let named = matches.subcommand().map(|(name, its)| (name.to_owned(), its.clone()));
            (flags, matches.get_one::<PathBuf>("home").cloned(), named)
        };
        prop_assert_eq!(part.ok().as_ref().map(read), whole.ok().as_ref().map(read));
    }
}
