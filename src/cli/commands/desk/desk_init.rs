//! `desk init`.

use super::{Context, Exit, Run};
use crate::cli::failure::Failure;
use crate::cli::passphrase::PassphraseArgs;
use crate::cli::secrecy;
use crate::cli::sold;
use crate::issuer::desk::{Desk, Root};
use crate::issuer::keys::Passphrase;
use crate::protocol::product::RootFingerprint;
use crate::text::show;

/// Create the vendor's desk: its ledger and its two root keys
///
/// The live key signs; the spare one is for the day the live one is lost or stolen: move it to another safe place. Both are encrypted with the
/// passphrase. Nothing is overwritten.
#[derive(clap::Args)]
pub(crate) struct DeskInit {
    /// The vendor's name, for people
    #[arg(long, value_name = "NAME")]
    vendor: String,
    /// Where customers mail their request codes to
    #[arg(long, value_name = "ADDRESS")]
    mail: Option<String>,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// Leave the keys unencrypted: anyone who reads the files can sign
    #[arg(long, conflicts_with = "passphrase_file")]
    no_passphrase: bool,
}

impl Run for DeskInit {
    const NAME: &'static str = "init";
    const ABOUT: &'static str = "Create the vendor's desk";

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let home = context.homes.own()?;
        if Desk::at(&home).exists() {
            // Said before a passphrase is asked for.
            return Err(crate::issuer::desk::DeskError::Exists(home).into());
        }
        sold::plain("the vendor's name", &self.vendor)?;
        context.environment.check_actor()?;
        if self.vendor.trim().is_empty() {
            return Err(Failure::usage("the vendor needs a name of one line")
                .hint("--vendor \"Nordic Survey AS\"")
                .into());
        }
        if self.mail.as_deref().is_some_and(|mail| {
            !mail.contains('@') || mail.contains(' ') || show::hidden_in(mail).is_some()
        }) {
            return Err(Failure::usage("that is no mail address")
                .hint("--mail desk@example.com")
                .into());
        }
        secrecy::close();
        let passphrase = if self.no_passphrase {
            None
        } else {
            Passphrase::new(self.passphrase.new_one(context)?)
        };
        let mut entropy = context.environment.entropy()?;
        let by = context.environment.by();
        let desk = Desk::init(
            &home,
            &self.vendor,
            self.mail.as_deref(),
            passphrase.as_ref(),
            by,
            &mut entropy,
        )?;
        let vendor = desk.ledger()?.read(crate::issuer::desk::vendor)?;
        let [live, spare] = vendor
            .roots
            .map(|root| RootFingerprint::of(&root).to_string());
        let (live_file, spare_file) = (desk.key_path(Root::Live), desk.key_path(Root::Spare));
        if context.out.json {
            context.out.object(&serde_json::json!({
                "vendor": vendor.name,
                "mail": vendor.mail,
                "root_fingerprint": live,
                "spare_root_fingerprint": spare,
                "root_key": live_file,
                "spare_root_key": spare_file,
                "encrypted": !self.no_passphrase,
            }))?;
        }
        if self.no_passphrase {
            context.out.warn(
                "the signing keys are not encrypted: whoever reads the files can sign in your name",
            );
        }
        context.out.say(format_args!(
            "the desk of {} is ready in {}",
            vendor.name,
            home.display()
        ));
        context.out.say(format_args!(
            "  signing key  {live}  {}",
            live_file.display()
        ));
        context.out.say(format_args!(
            "  spare key    {spare}  {}",
            spare_file.display()
        ));
        context.out.say("move the spare key to another safe place, and back up the signing key with its passphrase: without one of them no license can be granted");
        context
            .out
            .say("next: countersign product add ID --name NAME");
        Ok(Exit::DONE)
    }
}
