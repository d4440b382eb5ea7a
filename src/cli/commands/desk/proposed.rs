//! The command of a proposal, before it is done with the key of whoever approves it.

use std::ffi::OsString;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

use crate::cli::proposing::{NOT_PROPOSED, OF_ANSWERS};
use crate::cli::{commands, usage};
use crate::issuer::approvals::ApprovalError;

/// What can be proposed: no other command asks whether another has to approve it.
const PROPOSED: [&[&str]; 7] = [
    &["license", "new"],
    &["license", "change"],
    &["license", "revoke"],
    &["license", "void"],
    &["release"],
    &["emergency"],
    &["respond"],
];

/// The command of a proposal, with the options of whoever approves it. A proposal is signed by whoever made it, who may have made it with another program:
/// nothing but what this one proposes is done with another's key.
///
/// # Errors
/// `Strange` for any other command or option, and what cannot be read as one.
pub(super) fn approved(
    (number, proposed): (i64, &[String]),
    own: Vec<OsString>,
) -> anyhow::Result<ArgMatches> {
    let words = |more: Vec<OsString>| -> Vec<OsString> {
        let program = ["countersign"].into_iter().map(OsString::from);
        let proposed = proposed.iter().map(OsString::from);
        program.chain(proposed).chain(more).collect()
    };
    let strange = || ApprovalError::Strange(number);
    // What a command takes is known once it was read by it.
    let mut root = commands::root(None);
    let matches = root.try_get_matches_from_mut(words(Vec::new()));
    let matches = matches.map_err(|_| strange())?;
    let (mut its, mut command, mut path) = (&matches, &root, Vec::new());
    while let Some((word, below)) = its.subcommand() {
        command = command.find_subcommand(word).ok_or_else(strange)?;
        path.push(word);
        its = below;
    }
    let answers = path == ["respond"];
    let given =
        |arg: &Arg| its.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
    let fits = |arg: &Arg| {
        let id = arg.get_id().as_str();
        !NOT_PROPOSED.contains(&id)
            && (!answers || arg.get_long().is_none() || OF_ANSWERS.contains(&id))
    };
    if !PROPOSED.contains(&path.as_slice())
        || command.get_arguments().any(|it| given(it) && !fits(it))
        || (answers && !is_code(command, its))
    {
        return Err(strange().into());
    }
    let matches = commands::root(None).try_get_matches_from(words(own));
    matches.map_err(|error| usage::failure(&error).into())
}

/// Whether what an answer is proposed for is a code, word by word, as this program proposes it: a file would be opened with the rights of whoever approves.
fn is_code(command: &Command, its: &ArgMatches) -> bool {
    let mut positional = command.get_arguments().filter(|it| it.get_long().is_none());
    positional.all(|arg| {
        let values = its.get_raw(arg.get_id().as_str()).into_iter().flatten();
        let values: Vec<&str> = values.filter_map(|it| it.to_str()).collect();
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == ':';
        values.len() > 1
            && values
                .iter()
                .all(|it| it.len() > 1 && it.chars().all(plain))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(words: &str) -> Result<(), String> {
        let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        let own = vec![OsString::from("--key=bo")];
        match approved((7, &words), own) {
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn what_is_proposed_can_be_approved() {
        for words in [
            "license new --product=kit --customer=Aurora --seats=60",
            "license change --seats=60 828-150-156-1139",
            "license revoke --reason=x 828-150-156-1139",
            "license void --reason=x 828-150-156-1139",
            "release --lost --override --reason=x A-1",
            "emergency --until=2040-01-01 A-1",
            "respond --override --reason=x ACT1: AAAAA-BBBBB",
        ] {
            assert_eq!(judged(words), Ok(()), "{words}");
        }
    }

    /// Somebody signs a proposal that no program of ours made, to have a manager's or a root's key do something else.
    #[test]
    fn nothing_else_is_done_with_the_key_of_whoever_approves() {
        for words in [
            "",
            "desk certify eve --manager",
            "desk remove bo --reason=x",
            "desk rotate --reason=x",
            "desk policy kit --none",
            "desk passphrase",
            "desk inbox approve 8",
            "product export kit -o .profile",
            "ledger backup b.db",
            "ledger restore old.db --reason=x --discard-newer",
            "run -- sh",
            "tour",
            "license new --product=kit --customer=Aurora --key=root",
            "license new --product=kit --customer=Aurora --passphrase-file=words",
            "license new --product=kit --customer=Aurora --home=elsewhere",
            "license new --product=kit --customer=Aurora --as=bo",
            "--home=elsewhere license new --product=kit --customer=Aurora",
            "license new --product=kit --nosuch",
            "license list",
            "respond --batch=list.txt",
            "respond --qr=.profile ACT1: AAAAA-BBBBB",
            "respond --dry-run ACT1: AAAAA-BBBBB",
            "respond @/tmp/pipe",
            "respond /tmp/pipe ACT1:",
            "respond request.txt other.txt",
            "respond - -",
            "respond",
        ] {
            let strange = ApprovalError::Strange(7).to_string();
            assert_eq!(judged(words), Err(strange), "{words}");
        }
    }
}
