//! `product install`.

use std::path::PathBuf;

use super::{Context, Exit, Run};
use crate::cli::handed_over;
use crate::cli::{json, machine_home, others};
use crate::holder::products::{self, Installed};
use crate::messages;
use crate::protocol::product::ProductFile;
use crate::rights::Others;

/// Install a product file: which vendor's keys this machine trusts for the product
///
/// Compare the fingerprint it prints with the one the vendor gave you by another way.
#[derive(clap::Args)]
pub(crate) struct ProductInstall {
    /// The product file
    file: PathBuf,
    /// Install for every user of this machine
    #[arg(long)]
    system: bool,
}

impl Run for ProductInstall {
    const NAME: &'static str = "install";
    const ABOUT: &'static str = "Install a product file on this machine";

    type Object = json::Installed;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let file = ProductFile::read(&handed_over::text_in_file(&self.file)?)?;
        let home = machine_home::to_write(context, self.system)?;
        let outcome = products::install(&home, &file)?;
        let product = file.product();
        let fingerprint = file.root_fingerprint();
        if context.out.json {
            let object = json::Installed {
                product: product.id.clone(),
                version: product.version,
                outcome: outcome.name(),
                root_fingerprint: json::Shown(fingerprint),
            };
            Self::print(context, &object)?;
        }
        let said = match outcome {
            Installed::New => {
                messages::product::installed(&product.name, &product.vendor).to_string()
            }
            Installed::Mended => {
                messages::product::mended(&product.name, &product.vendor).to_string()
            }
            Installed::Updated { from } => {
                messages::product::updated(&from, &product.name, &product.version).to_string()
            }
            Installed::Already => messages::product::already(&product.name).to_string(),
            Installed::AlreadyNewer { version } if version == product.version => {
                messages::product::already_another(&product.name, &version).to_string()
            }
            Installed::AlreadyNewer { version } => {
                messages::product::already_newer(&product.name, &version).to_string()
            }
        };
        context.out.say(said);
        context.out.say(messages::product::signed_by(&fingerprint));
        if self.system && outcome == Installed::New {
            others::tell_who_gets_at(home.directory(), Others::Read, &mut context.out);
        }
        if outcome == Installed::New {
            context.out.say(messages::product::next());
        }
        Ok(Exit::DONE)
    }
}
