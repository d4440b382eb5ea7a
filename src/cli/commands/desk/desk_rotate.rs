//! `desk rotate`.

use super::ledger_verify::verified;
use super::license_revoke::reason;
use super::{Context, Exit, Run};
use crate::cli::acting::KeyArgs;
use crate::cli::{desk, json, words};
use crate::issuer::keys::{self, Issuer};
use crate::license_key::LicenseKey;
use crate::protocol::digest::ActivationId;

/// The most machines that are named; of more their number is said.
const MOST_NAMED: usize = 50;

/// Begin a new epoch of certificates, so that machines give up those of a stolen key
///
/// It takes the root. Remove the stolen key first. Every other key that signs gets its certificate anew, with the same limits, and every product another version
/// that names these. A machine gives up all earlier certificates once it takes an answer under a new one, or installs the new product file. What it holds under
/// an earlier one is given up with it: with the file it has to re-validate. Those machines are named.
#[derive(clap::Args)]
pub(crate) struct DeskRotate {
    /// Why, for the history
    #[arg(long, value_name = "TEXT", required = true)]
    reason: String,
    #[command(flatten)]
    acting: KeyArgs,
}

impl Run for DeskRotate {
    const NAME: &'static str = "rotate";
    const ABOUT: &'static str = "Have machines give up earlier certificates";

    type Object = json::KeysRotated;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let reason = reason(&self.reason)?;
        let mut desk = desk::open(context)?;
        let root = self.acting.root(context, &desk)?;
        verified(context, desk.ledger(), &[])?;
        let root = Issuer::root(root);
        let hand = root.hand(context.environment.by());
        let done = keys::rotate(desk.ledger(), hand, &reason)?;
        let names: Vec<&str> = done.keys.iter().map(|it| it.key.name.as_str()).collect();
        if context.out.json {
            let object = json::KeysRotated {
                epoch: done.epoch,
                keys: names.iter().map(|it| (*it).to_owned()).collect(),
                products: done.products.clone(),
                machines: holders(&done.machines),
            };
            Self::print(context, &object)?;
            return Ok(Exit::DONE);
        }
        name_machines(context, &done.machines)?;
        let epoch = done.epoch;
        context.out.say(format_args!(
            "epoch {epoch} has begun: certified anew {}",
            words::list(&names)
        ));
        let many = words::count(done.machines.len() as u64, "machine");
        context.out.say(format_args!("{many} with an answer of an earlier epoch: with the new product file each has to re-validate, by countersign request sync"));
        for id in &done.products {
            context.out.say(format_args!("next: countersign product export {id} -o FILE, which ships with the application; until then a machine learns of it with its next answer"));
        }
        Ok(Exit::DONE)
    }
}

/// Machines as scripts read them.
pub(super) fn holders(machines: &[(LicenseKey, ActivationId)]) -> Vec<json::Holder> {
    let holder = |(key, activation): &(LicenseKey, ActivationId)| json::Holder {
        license_key: json::Shown(*key),
        activation: json::Shown(*activation),
    };
    machines.iter().map(holder).collect()
}

/// The first of them by their names.
pub(super) fn name_machines(
    context: &mut Context,
    machines: &[(LicenseKey, ActivationId)],
) -> anyhow::Result<()> {
    for (key, activation) in machines.iter().take(MOST_NAMED) {
        context.out.line(format_args!("{activation}  {key}"))?;
    }
    Ok(())
}
