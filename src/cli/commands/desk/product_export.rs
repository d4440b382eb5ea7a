//! `product export`.

use std::path::PathBuf;

use super::ledger_verify::verified;
use super::{Context, Exit, Run};
use crate::cli::acting::KeyArgs;
use crate::cli::{desk, files, json};
use crate::issuer::products;

/// Write the product file that ships with the application, signed by the root key
///
/// The file is public. An application compiles it in, or installs it with `countersign product install FILE`.
#[derive(clap::Args)]
pub(crate) struct ProductExport {
    /// The product's id
    id: String,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    acting: KeyArgs,
}

impl Run for ProductExport {
    const NAME: &'static str = "export";
    const ABOUT: &'static str = "Write the product file that ships with the application";

    type Object = json::Exported;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let mut desk = desk::open(context)?;
        // An unknown product is said before a passphrase is asked for.
        products::show(desk.ledger(), &self.id)?;
        let root = self.acting.root(context, &desk)?;
        verified(context, desk.ledger(), &[])?;
        let file = products::export(desk.ledger(), &self.id, &root)?;
        match &self.output {
            None => context.out.raw(&file)?,
            Some(path) => {
                files::write(path, file.as_bytes())?;
                if context.out.json {
                    let object = json::Exported {
                        product: self.id.clone(),
                        file: path.clone(),
                    };
                    Self::print(context, &object)?;
                }
                context.out.say(format_args!("{} written", path.display()));
            }
        }
        Ok(Exit::DONE)
    }
}
