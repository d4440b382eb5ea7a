//! `license certificate`: one page for the customer's files.

use std::path::PathBuf;

use super::{Context, Exit, Run, license_mail, license_show};
use crate::cli::{certificate, desk, files, json, keys};
use crate::issuer::products;

/// Write the certificate of a license: one page to print or to attach
///
/// It is a page of HTML with the key, also as a QR code, with what was sold, and with how the license gets onto a machine. It loads nothing, and holds no secret
/// but the key itself.
#[derive(clap::Args)]
pub(crate) struct LicenseCertificate {
    /// The license key
    #[arg(value_name = "KEY", required = true)]
    key: Vec<String>,
    /// Write it to this file
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Run for LicenseCertificate {
    const NAME: &'static str = "certificate";
    const ABOUT: &'static str = "Write a page with the key and what was sold";

    type Object = json::LicensePage;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let key = keys::parse(&self.key)?;
        let mut desk = desk::open(context)?;
        let Some(view) = products::license(desk.ledger(), key)? else {
            return Err(license_show::unknown_key(key).into());
        };
        license_mail::refuse_withdrawn(&view.license)?;
        let today = context.environment.now().day();
        let page = certificate::page(&view, desk.vendor(), today)?;
        if let Some(file) = &self.output {
            files::write(file, page.as_bytes())?;
        }
        if context.out.json {
            let object = json::LicensePage {
                license_key: json::Shown(key),
                file: self.output.clone(),
                html: page,
            };
            return Self::print(context, &object).map(|()| Exit::DONE);
        }
        match &self.output {
            Some(file) => context.out.say(format_args!(
                "the certificate of license {key} is written to {}",
                file.display()
            )),
            None => context.out.raw(&page)?,
        }
        Ok(Exit::DONE)
    }
}
