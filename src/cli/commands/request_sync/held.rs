//! `request held`.

use super::{Context, Exit, Run};
use crate::cli::code_output::{CodeOutputArgs, Outgoing};
use crate::cli::json::{self, Holding, Named, Requested, Shown, WithCode};
use crate::cli::machine_home;
use crate::cli::mail::Letter;
use crate::holder::{HolderError, products};
use crate::messages;
use crate::text::{Code, Kind};

/// Show the answer that is held, with the request that it answers, for a vendor who lost it
///
/// Where the desk's ledger was put back from a backup, it takes back by this what it answered since. Nothing is asked for and nothing changes here: the
/// license stays in force, and countersign request sync goes on as ever once the vendor has it.
#[derive(clap::Args)]
pub(crate) struct RequestHeld {
    /// The license key, where the machine holds several licenses
    #[arg(value_name = "KEY")]
    key: Vec<String>,
    /// The product, where the machine holds licenses of several
    #[arg(long, value_name = "ID")]
    product: Option<String>,
    #[command(flatten)]
    code_output: CodeOutputArgs,
}

impl Run for RequestHeld {
    const NAME: &'static str = "held";
    const ABOUT: &'static str = "Show the answer that is held, for a vendor who lost it";

    type Object = WithCode<Requested<Holding>>;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        self.code_output.check()?;
        let product = self.product.as_deref();
        let (home, license) = machine_home::license(context, &self.key, product, |license| {
            license.held.is_some()
        })?;
        let key = license.license_key;
        let held = license.held.as_ref();
        let held = held.ok_or(HolderError::NotHeld { key })?;
        if let Some(until) = held.lent_until() {
            return Err(HolderError::OnLoan { key, until }.into());
        }
        let file = products::load(&home, &license.product)?;
        let product = file.product();
        let code = Code::new(Kind::Grant, held.grant.to_vec());
        let request = Code::new(held.request.kind, held.request.payload.to_vec());
        let certificate = held.desk.as_ref();
        let certificate = certificate.map(|it| Code::new(Kind::DeskCertificate, it.to_vec()));
        let also: Vec<Code> = std::iter::once(request).chain(certificate).collect();
        let activation = held.standing.activation;
        let object = Requested {
            kind: Named(Kind::Grant),
            license_key: Shown(key),
            activation: Shown(activation),
            verdict: json::verdict(true),
            corrections: [],
            warnings: Vec::new(),
            product: product.id.clone(),
            mail: product.mail.clone(),
            more: Holding {
                applied: Shown(held.applied_at),
                generation: held.generation().unwrap_or_default(),
            },
        };
        let letter = Letter {
            to: product.mail.clone(),
            from: None,
            subject: messages::request::held_subject(key, &product.name).to_string(),
            opening: messages::request::held_opening().to_owned(),
            facts: vec![
                (
                    messages::label::product(),
                    format!("{} ({})", product.name, product.id),
                ),
                (messages::label::license(), key.to_string()),
                (messages::label::activation(), activation.to_string()),
            ],
            by_phone: Some(Vec::new()),
        };
        let outgoing = Outgoing {
            code: &code,
            also: &also,
            letter,
        };
        self.code_output
            .hand_over(context, &outgoing, object, |it| it)?;
        let to = product.mail.as_deref();
        let to = to.unwrap_or(messages::request::vendors_desk());
        context.out.say(messages::request::send_held_to(&to));
        Ok(Exit::DONE)
    }
}
