//! `desk replace-root`.

use std::path::{Path, PathBuf};

use super::ledger_verify::verified;
use super::license_revoke::reason;
use super::{Context, Exit, Run, desk_request, desk_rotate};
use crate::cli::acting::KeyArgs;
use crate::cli::failure::Failure;
use crate::cli::passphrase::PassphraseArgs;
use crate::cli::{desk, json, words};
use crate::failure::FailureKind;
use crate::issuer::desk::Root;
use crate::issuer::keys::{self, Issuer};
use crate::protocol::product::RootFingerprint;

/// Drop a root key that was stolen, and make another one in its place
///
/// It takes the other root, which stays: put its file where the live one lies, or name it with --key. It is the live root from then on; the new one is the
/// spare, and lies in spare.pem: take it to the safe. Every product gets another version that trusts these two, and every key that signs a certificate by the
/// root that stays. Machines give the stolen one up when they install the new product file, which they take from the root that stays. What they hold by the stolen
/// root, or under its certificates, is given up with it: those machines are named.
#[derive(clap::Args)]
pub(crate) struct DeskReplaceRoot {
    /// Which was stolen: `root` or `spare`, as `countersign desk keys` has them
    #[arg(long, value_name = "ROOT", value_parser = ["root", "spare"])]
    stolen: String,
    /// Take this key for the new root, which was made before: by an attempt that was cut short, or before a backup was put back
    #[arg(long, value_name = "FILE")]
    new: Option<PathBuf>,
    /// Why, for the history
    #[arg(long, value_name = "TEXT", required = true)]
    reason: String,
    #[cfg_attr(
        unix,
        doc = "Read the new root's passphrase from this file's first line (also /dev/fd/N)"
    )]
    #[cfg_attr(
        not(unix),
        doc = "Read the new root's passphrase from this file's first line"
    )]
    #[arg(long, value_name = "FILE")]
    new_passphrase_file: Option<PathBuf>,
    /// Leave the new root unencrypted: anyone who reads the file can sign
    #[arg(long, conflicts_with = "new_passphrase_file")]
    no_passphrase: bool,
    #[command(flatten)]
    acting: KeyArgs,
}

impl Run for DeskReplaceRoot {
    const NAME: &'static str = "replace-root";
    const ABOUT: &'static str = "Put another root in the place of a stolen one";

    type Object = json::RootReplaced;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let reason = reason(&self.reason)?;
        let stolen = match self.stolen.as_str() {
            "root" => Root::Live,
            _ => Root::Spare,
        };
        let mut desk = desk::open(context)?;
        let kept = self.acting.root(context, &desk)?;
        let roots = desk.vendor().roots;
        let stays = match stolen {
            Root::Live => roots[1],
            Root::Spare => roots[0],
        };
        if kept.public() != stays {
            let message = "the root that was stolen cannot say who takes its place";
            let spare = desk.place().key_path(Root::Spare);
            let which = match stolen {
                Root::Live if spare.exists() => {
                    format!("--key {}", words::typed(&spare.display().to_string()))
                }
                _ => "--key FILE; `countersign desk keys` shows both".to_owned(),
            };
            return Err(Failure::new(FailureKind::NeedsRoot, message)
                .hint(format!("say it with the root that stays: {which}"))
                .into());
        }
        // Before a key is made: where this fails, none lies there that nobody knows of.
        verified(context, desk.ledger(), &[])?;
        let passphrase = PassphraseArgs::new_in(self.new_passphrase_file);
        let made = self.new.is_none();
        let file = self
            .new
            .unwrap_or_else(|| desk.place().key_path(Root::Spare));
        let new = match made {
            false => desk::key_in(context, &file, Some(&passphrase))?,
            true if file.exists() => return Err(lies_there(&file).into()),
            true => {
                let how = (&passphrase, self.no_passphrase);
                desk_request::made(context, &file, how, "new passphrase for the new root: ")?.0
            }
        };
        if roots.contains(&new.public()) {
            let message = format!("a root of this desk lies in {}", file.display());
            return Err(Failure::new(FailureKind::KeptFile, message)
                .hint("the new one is to lie there: take that one to the safe first, and act with --key FILE")
                .into());
        }
        let mut entropy = context.environment.entropy()?;
        let kept = Issuer::root(kept);
        let hand = kept.hand(context.environment.by());
        let done = keys::replace_root(desk.ledger(), hand, (stolen, &new), &reason, &mut entropy)?;
        let names: Vec<&str> = done.keys.iter().map(|it| it.key.name.as_str()).collect();
        let fingerprint = RootFingerprint::of(&new.public());
        if context.out.json {
            let object = json::RootReplaced {
                root_fingerprint: json::Shown(RootFingerprint::of(&stays)),
                spare_root_fingerprint: json::Shown(fingerprint),
                spare_root_key: file,
                epoch: done.epoch,
                keys: names.iter().map(|it| (*it).to_owned()).collect(),
                products: done.products,
                machines: desk_rotate::holders(&done.machines),
            };
            Self::print(context, &object)?;
            return Ok(Exit::DONE);
        }
        desk_rotate::name_machines(context, &done.machines)?;
        let how = match made {
            true => "was made, and lies",
            false => "is the one that lies",
        };
        context.out.say(format_args!(
            "the new spare root {fingerprint} {how} in {}: take it to the safe; the one that stays is the live root now",
            file.display()
        ));
        let live = desk.place().key_path(Root::Live);
        if stolen == Root::Live && live.exists() {
            context.out.warn(format_args!(
                "{} is the root that was dropped still",
                live.display()
            ));
            context.out.advise(&format!(
                "put the root that stays in its place: copy its file to {}",
                live.display()
            ));
        }
        if !names.is_empty() {
            let names = words::list(&names);
            context.out.say(format_args!("certified anew {names}"));
        }
        let many = words::count(done.machines.len() as u64, "machine");
        context.out.say(format_args!("{many} with an answer that the new product file gives up: have each re-validate first, by countersign request sync"));
        for id in &done.products {
            context.out.say(format_args!("next: countersign product export {id} -o FILE, signed by the root that stays; it ships with the application, or by countersign product install"));
        }
        Ok(Exit::DONE)
    }
}

/// Whoever can write there would have put a key of his own in the place of the one that is to be made.
fn lies_there(file: &Path) -> Failure {
    let message = format!("a key lies in {} already", file.display());
    Failure::new(FailureKind::KeptFile, message).hint(format!(
        "where it is your other root, take it to the safe first, and act with --key FILE; where an attempt that was cut short made it, say --new {}; else move it away: the new root is made here",
        words::typed(&file.display().to_string())
    ))
}
