//! `desk change`.

use super::ledger_verify::verified;
use super::{Context, Exit, Run};
use crate::cli::acting::KeyArgs;
use crate::cli::failure::Failure;
use crate::cli::mail::Mailbox;
use crate::cli::{desk, json, sold};
use crate::failure::FailureKind;
use crate::issuer::desk::change;

/// Give the vendor another name, or requests another mail address
///
/// Both stand in every product file: each product gets another version, and machines learn of it by that file. What was answered stays as it is. It takes a
/// root's or a manager's key.
#[derive(clap::Args)]
#[group(required = true, multiple = true, id = "what")]
pub(crate) struct DeskChange {
    /// The vendor's name, for people
    #[arg(long, value_name = "NAME", group = "what")]
    vendor: Option<String>,
    /// Where customers mail their request codes to, or `none`
    #[arg(long, value_name = "ADDRESS", group = "what")]
    mail: Option<String>,
    #[command(flatten)]
    acting: KeyArgs,
}

impl Run for DeskChange {
    const NAME: &'static str = "change";
    const ABOUT: &'static str = "Change the vendor's name or address";

    type Object = json::DeskChanged;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        if let Some(vendor) = &self.vendor {
            name(vendor)?;
        }
        let mail = match self.mail.as_deref() {
            Some("none") => Some(""),
            Some(mail) => Some(address(mail)?),
            None => None,
        };
        let mut desk = desk::open(context)?;
        let acting = self.acting.acting(context, &mut desk, true)?;
        verified(context, desk.ledger(), &[])?;
        let hand = acting.hand(context);
        let to = (self.vendor.as_deref(), mail);
        let products = change(desk.ledger(), to, hand)?.ok_or_else(|| {
            Failure::new(FailureKind::NothingToChange, "the desk says that already")
                .hint("`countersign product show ID` tells what the files say")
        })?;
        let vendor = desk.ledger().read(crate::issuer::desk::vendor)?;
        if context.out.json {
            let object = json::DeskChanged {
                vendor: vendor.name,
                mail: vendor.mail,
                products,
            };
            return Self::print(context, &object).map(|()| Exit::DONE);
        }
        context.out.say(match &vendor.mail {
            Some(mail) => format!("the desk is that of {}, requests go to {mail}", vendor.name),
            None => format!("the desk is that of {}", vendor.name),
        });
        for id in &products {
            context.out.say(format_args!(
                "next: countersign product export {id} -o FILE, which ships with the application"
            ));
        }
        Ok(Exit::DONE)
    }
}

/// The vendor's name.
fn name(vendor: &str) -> anyhow::Result<()> {
    sold::plain("the vendor's name", vendor)?;
    if vendor.trim().is_empty() || vendor.trim() != vendor {
        return Err(Failure::usage("the vendor needs a name of one line")
            .hint("--vendor \"Nordic Survey AS\"")
            .into());
    }
    Ok(())
}

/// An address alone: the vendor's name stands before it in letters.
fn address(mail: &str) -> anyhow::Result<&str> {
    if !Mailbox::parse(mail).is_ok_and(|it| it.address == mail) {
        return Err(Failure::usage("that is no mail address")
            .hint("--mail desk@example.com")
            .into());
    }
    Mailbox::parse(mail)?.in_a_header()?;
    Ok(mail)
}
