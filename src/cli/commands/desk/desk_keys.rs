//! `desk keys`.

use super::{Context, Exit, Run};
use crate::cli::{desk, json, words};
use crate::issuer::keys::{self, Certified, ENDS_SOON, KeyState, May};
use crate::protocol::date::Day;
use crate::protocol::product::RootFingerprint;

/// Show who may sign: the two roots, and each key that one of them certified
#[derive(clap::Args)]
pub(crate) struct DeskKeys {
    /// Also those that sign nothing any more
    #[arg(long)]
    all: bool,
}

impl Run for DeskKeys {
    const NAME: &'static str = "keys";
    const ABOUT: &'static str = "Show who may sign, what, and until when";

    type Object = json::SigningKey;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let mut desk = desk::open(context)?;
        let today = context.environment.now().day();
        let known = keys::list(desk.ledger(), today)?;
        let roots = ["root", "spare"].into_iter().zip(desk.vendor().roots);
        for (name, public) in roots {
            let fingerprint = RootFingerprint::of(&public);
            if context.out.json {
                let root = json::RootKey {
                    name,
                    state: "active",
                    fingerprint: json::Shown(fingerprint),
                };
                Self::print(context, &json::SigningKey::Root(root))?;
            } else {
                context.out.row(&format!(
                    "{name:12}  {fingerprint}  active    everything, for ever"
                ))?;
            }
        }
        let (mut gone, mut ending) = (0_u64, Vec::new());
        for it in &known {
            if it.state != KeyState::Active && !self.all {
                gone += 1;
                continue;
            }
            if ends_soon(it, today) {
                ending.push(it.key.name.as_str());
            }
            if context.out.json {
                Self::print(
                    context,
                    &json::SigningKey::Certified(Box::new(json::DeskKey::of(it))),
                )?;
                continue;
            }
            let fingerprint = RootFingerprint::of(&it.certificate.public_key);
            let removed = it
                .key
                .removed
                .map_or_else(String::new, |at| format!("; removed {}", at.day()));
            context.out.row(&format!(
                "{:12}  {fingerprint}  {:8}  {}{removed}; by {}",
                it.key.name,
                it.state.name(),
                May(&it.certificate, &it.key.product),
                it.by
            ))?;
        }
        if gone > 0 {
            let keys = words::count(gone, "certificate");
            context
                .out
                .say(format_args!("{keys} of no use any more: --all shows them"));
        }
        if !ending.is_empty() {
            let names = words::list(&ending);
            context.out.warn(format_args!(
                "certificates that run out within {ENDS_SOON} days: {names}"
            ));
            context
                .out
                .advise("certify each again, with all the limits that are shown: countersign desk certify NAME --help; a limit that is not said is none");
        }
        Ok(Exit::DONE)
    }
}

fn ends_soon(it: &Certified, today: Day) -> bool {
    let last = it
        .certificate
        .not_after
        .filter(|_| it.state == KeyState::Active);
    last.is_some_and(|last| last.days_since(today) <= i32::from(ENDS_SOON))
}
