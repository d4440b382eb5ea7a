//! `pending list` and `pending forget`.

use super::{Context, Exit, Run};
use crate::cli::json::{self, Named, Shown};
use crate::cli::{confirm, keys, machine_home};
use crate::holder::{HolderError, request};
use crate::messages;
use crate::text::{self, Code};

/// List the requests that wait for their answer
///
/// The command that made a request prints its code again: `countersign request activate KEY`, or `countersign request sync`. The words at the end of
/// a line are those that both ends can compare.
#[derive(clap::Args)]
pub(crate) struct PendingList {}

/// Forget the requests that were made for a license
///
/// Their answers can then no longer be entered here. A seat that the desk has already granted for one stays taken: prefer to wait for the answer.
#[derive(clap::Args)]
pub(crate) struct PendingForget {
    /// The license key
    #[arg(value_name = "KEY", required = true)]
    key: Vec<String>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Run for PendingList {
    const NAME: &'static str = "list";
    const ABOUT: &'static str = "List the requests that wait for their answer";

    type Object = json::Pending;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let (mut found, mut unfit) = (0, None);
        for home in machine_home::all(context)? {
            let (licenses, damaged) = home
                .survey()
                .unwrap_or_else(|error| (Vec::new(), vec![error]));
            unfit = unfit.or(damaged.into_iter().next());
            for license in licenses {
                for pending in license.open() {
                    found += 1;
                    let (key, activation, kind) = (
                        license.license_key,
                        pending.standing.activation,
                        pending.request.kind,
                    );
                    let code = Code::new(kind, pending.request.payload.to_vec());
                    if context.out.json {
                        let object = json::Pending {
                            license_key: Shown(key),
                            product: license.product.clone(),
                            activation: Shown(activation),
                            kind: Named(kind),
                            created: Shown(pending.created),
                            code: code.to_text()?,
                            phrase: text::phrase(&code),
                        };
                        Self::print(context, &object)?;
                    } else {
                        context.out.line(format_args!(
                            "{key}  {activation:<12}  {}  {}  {:<26}  {}",
                            pending.created.day(),
                            license.product,
                            kind.noun(),
                            text::phrase(&code)
                        ))?;
                    }
                }
            }
        }
        if found == 0 && unfit.is_none() {
            context.out.say(messages::pending::none());
        }
        // What is fit has been listed.
        unfit.map_or(Ok(Exit::DONE), |error| Err(error.into()))
    }
}

impl Run for PendingForget {
    const NAME: &'static str = "forget";
    const ABOUT: &'static str = "Forget the requests made for a license";

    type Object = json::Forgotten;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let key = keys::parse(&self.key)?;
        let (mut home, mut known, mut unfit) = (None, false, None);
        for candidate in machine_home::all(context)? {
            match candidate.license(key) {
                Ok(Some(license)) if license.open().next().is_some() => {
                    home = Some(candidate);
                }
                Ok(license) => known |= license.is_some(),
                Err(error) => unfit = unfit.or(Some(error)),
            }
        }
        if home.is_none() && known {
            if context.out.json {
                let object = json::Forgotten {
                    license_key: Shown(key),
                    forgotten: 0,
                };
                Self::print(context, &object)?;
            }
            context.out.say(messages::pending::none());
            return Ok(Exit::DONE);
        }
        let unknown = || unfit.unwrap_or(HolderError::UnknownLicense { key });
        let home = home.ok_or_else(unknown)?;
        let question = messages::pending::forget_question();
        if !self.yes && !confirm::agreed(context, question, messages::pending::forget_deed())? {
            context.out.say(messages::pending::unchanged());
            return Ok(Exit::DONE);
        }
        let forgotten = request::forget(&home, key, None)?;
        if context.out.json {
            let license_key = Shown(key);
            Self::print(
                context,
                &json::Forgotten {
                    license_key,
                    forgotten,
                },
            )?;
        }
        context.out.say(messages::pending::forgotten(forgotten));
        Ok(Exit::DONE)
    }
}
