//! `product export`.

use std::fs;
use std::path::{Path, PathBuf};

use super::ledger_verify::verified;
use super::{Context, Exit, Run};
use crate::cli::acting::KeyArgs;
use crate::cli::failure::Failure;
use crate::cli::{desk, files, json};
use crate::failure::FailureKind;
use crate::issuer::products;
use crate::protocol::product::ProductFile;

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
        let version = products::show(desk.ledger(), &self.id)?.version;
        if let Some(path) = &self.output {
            keep_the_later(path, (&self.id, version), &desk.vendor().roots)?;
        }
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
                let path = path.display();
                context
                    .out
                    .say(format_args!("{path} written, version {version}"));
            }
        }
        Ok(Exit::DONE)
    }
}

/// After a ledger was put back, the file that was shipped last may be all that is left of a later version: it is not written over.
fn keep_the_later(
    path: &Path,
    (id, version): (&str, u32),
    roots: &[[u8; 32]],
) -> anyhow::Result<()> {
    // Not of a stream, which is waited for.
    let is_file = fs::metadata(path).is_ok_and(|it| it.is_file());
    let there = is_file
        .then(|| fs::read_to_string(path).ok())
        .flatten()
        .and_then(|text| ProductFile::read(&text).ok());
    let later = there
        .filter(|it| it.product().id == id && it.product().version > version)
        .filter(|it| roots.contains(&it.signer().to_bytes()));
    match later.map(|it| it.product().version) {
        None => Ok(()),
        Some(later) => {
            let file = path.display();
            let message =
                format!("{file} is version {later}, and the ledger has version {version}");
            Err(Failure::new(FailureKind::KeptFile, message)
                .hint(format!("nothing was written; take it over first: countersign product change {id} --shipped {file}; or name another file"))
                .into())
        }
    }
}
