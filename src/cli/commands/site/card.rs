//! `site card`.

use super::{Context, Exit, LENDABLE, Run, SiteArgs, of};
use crate::cli::code_output::{CodeOutputArgs, Outgoing};
use crate::cli::json::{self, Named, Shown, WithCode};
use crate::cli::mail::Letter;
use crate::messages;
use crate::text::{Code, Kind};

/// Print the card by which workstations know this site
///
/// A workstation that has it gets shorter answers: give it to those who will borrow by telephone. It is no secret. After the license was re-validated there
/// is a new one; the old one serves as long as it allows what is lent.
#[derive(clap::Args)]
pub(crate) struct SiteCard {
    #[command(flatten)]
    site: SiteArgs,
    #[command(flatten)]
    code_output: CodeOutputArgs,
}

impl Run for SiteCard {
    const NAME: &'static str = "card";
    const ABOUT: &'static str = "Print the card by which workstations know this site";

    type Object = WithCode<json::Card>;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        self.code_output.check()?;
        let found = self.site.find(context, LENDABLE)?;
        let site = of(&found)?;
        let certificate = site.certificate()?;
        let code = Code::new(Kind::SiteCard, certificate.encode());
        let grant = &certificate.grant.grant;
        let object = json::Card {
            kind: Named(Kind::SiteCard),
            license_key: Shown(site.key()),
            product: found.product.id.clone(),
            issued: Shown(grant.issued),
        };
        let outgoing = Outgoing {
            code: &code,
            also: &[],
            letter: Letter {
                to: None,
                from: None,
                subject: messages::site_words::card_subject(&found.product.name).to_string(),
                opening: messages::site_words::card_opening().to_owned(),
                facts: vec![
                    (messages::label::product(), found.product.name.clone()),
                    (messages::label::license(), site.key().to_string()),
                ],
                by_phone: None,
            },
        };
        self.code_output
            .hand_over(context, &outgoing, object, |it| it)?;
        context.out.say(messages::site_words::card_enter());
        Ok(Exit::DONE)
    }
}
