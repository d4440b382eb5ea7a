//! `respond`: answer one request code.

use std::num::NonZeroU16;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Context, Exit, Run, respond_batch};
use crate::cli::code_input::{self, CodeArgs};
use crate::cli::failure::Failure;
use crate::cli::passphrase::PassphraseArgs;
use crate::cli::{desk, json as names, keys, words};
use crate::issuer::policy::{Options, Warning};
use crate::issuer::respond::{self, Answer, Issuer, Order, Verdict};
use crate::license_key::LicenseKey;
use crate::protocol::digest::ActivationId;
use crate::protocol::grant::Grant;
use crate::text::{Kind, Reading};

/// Answer a request code with a signed response code
///
/// Takes the code, a whole mail, or a file with either. The response stands alone on standard output, once it is safe in the ledger. The same request
/// gets the same response again, for ever, and never a second seat.
#[derive(clap::Args)]
pub(crate) struct Respond {
    #[command(flatten)]
    code: CodeArgs,
    /// Grant this many seats instead of those asked for
    #[arg(long, value_name = "N", value_parser = keys::seats)]
    seats: Option<NonZeroU16>,
    /// Manager: answer although the machine replaced its activation too often
    #[arg(long = "override", requires = "reason")]
    overridden: bool,
    /// Why, for the history
    #[arg(long, value_name = "TEXT", requires = "overridden")]
    reason: Option<String>,
    /// Say what would be answered and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Answer many: one request code, or one JSON object with a `code`, on each line of FILE or `-`; one JSON object per line comes out
    #[arg(long, value_name = "FILE", conflicts_with_all = ["words", "dry_run"])]
    batch: Option<PathBuf>,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

/// What the desk answers.
pub(super) const ANSWERED: &[Kind] = &[Kind::Activate];

impl Run for Respond {
    const NAME: &'static str = "respond";
    const ABOUT: &'static str = "Answer a request code with a signed response code";

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let mut desk = desk::open(context)?;
        let reason = self.reason.as_deref().map(str::trim);
        if reason == Some("") {
            return Err(Failure::usage("an override needs a reason")
                .hint("--override --reason TEXT")
                .into());
        }
        let options = Options {
            seats: self.seats,
            override_reason: reason.map(str::to_owned),
            ..Options::default()
        };
        let mut entropy = context.environment.entropy()?;
        if let Some(path) = &self.batch {
            let issuer = Issuer::root(desk::signing_key(context, &desk, &self.passphrase)?);
            return respond_batch::run(context, &mut desk, &issuer, &options, path);
        }
        let reading = self.code.read(context, ANSWERED)?;
        let answer = match respond::repeated(desk.ledger(), &reading.code)? {
            Some(answer) if !self.dry_run => answer,
            _ => {
                // The rules first: whoever is refused is not asked for a passphrase.
                let by = context.environment.by();
                let preview =
                    respond::rehearse(desk.ledger(), &reading.code, &options, by, &mut entropy)?;
                if self.dry_run {
                    let facts = Facts {
                        grant: &preview.grant,
                        verdict: preview.verdict,
                        key: preview.key,
                        activation: preview.activation,
                        order: &preview.order,
                        warnings: &preview.warnings,
                    };
                    return facts.dry_run(context, &reading);
                }
                let issuer = Issuer::root(desk::signing_key(context, &desk, &self.passphrase)?);
                let by = context.environment.by();
                respond::respond(
                    desk.ledger(),
                    &issuer,
                    &reading.code,
                    &options,
                    by,
                    &mut entropy,
                )?
            }
        };
        let facts = Facts::of(&answer);
        if context.out.json {
            context.out.object(&facts.object(
                Some(&answer.code.to_text()?),
                &code_input::corrections(&reading),
            ))?;
        } else {
            context.out.line(answer.code.to_text()?)?;
        }
        facts.tell(context);
        Ok(Exit::DONE)
    }
}

/// What is said of an answer, given or only considered.
pub(super) struct Facts<'a> {
    grant: &'a Grant,
    verdict: Verdict,
    key: LicenseKey,
    activation: ActivationId,
    order: &'a Order,
    warnings: &'a [Warning],
}

impl<'a> Facts<'a> {
    pub(super) fn of(answer: &'a Answer) -> Facts<'a> {
        Facts {
            grant: &answer.grant,
            verdict: answer.verdict,
            key: answer.key,
            activation: answer.activation,
            order: &answer.order,
            warnings: &answer.warnings,
        }
    }

    /// The JSON object of an answer.
    pub(super) fn object(&self, code: Option<&str>, corrections: &[String]) -> Value {
        let warnings: Vec<Value> = self
            .warnings
            .iter()
            .map(|warning| json!({ "kind": warning.kind(), "message": warning.to_string() }))
            .collect();
        json!({
            "code": code,
            "kind": Kind::Grant.name(),
            "license_key": self.key.to_string(),
            "activation": self.activation.to_string(),
            "verdict": self.verdict.name(),
            "corrections": corrections,
            "warnings": warnings,
            "product": self.order.product.id,
            "customer": self.order.terms.customer,
            "generation": self.grant.generation,
            "seats": self.grant.seats,
            "type": self.grant.license_type.name(),
            "issued": self.grant.issued.to_string(),
            "expires": names::day(self.grant.expires),
            "maintenance": names::day(self.grant.maintenance),
            "revalidate_by": names::day(self.grant.revalidate_by),
        })
    }

    /// One calm paragraph for the clerk.
    fn tell(&self, context: &mut Context) {
        let (customer, product) = (&self.order.terms.customer, &self.order.product.name);
        let seats = words::count(self.grant.seats, "seat");
        let of = self.order.terms.seats;
        let what = match self.verdict {
            Verdict::Activated => format!("activated: {product} for {customer}, {seats} of {of}"),
            Verdict::Replaced => format!(
                "activated again on the same machine: {product} for {customer}, {seats} of {of}"
            ),
            Verdict::Repeated => {
                format!("answered before: the same response again, {product} for {customer}")
            }
        };
        context.out.say(format_args!(
            "{what}, license {} as {}",
            self.key, self.activation
        ));
        for warning in self.warnings {
            context.out.warn(warning);
        }
        if self.verdict != Verdict::Repeated {
            let days = [
                ("expires", self.grant.expires),
                ("re-validate by", self.grant.revalidate_by),
            ];
            let days: Vec<String> = days
                .iter()
                .filter_map(|(name, day)| day.map(|day| format!("{name} {day}")))
                .collect();
            if !days.is_empty() {
                context.out.say(words::list(days));
            }
        }
    }

    fn dry_run(&self, context: &mut Context, reading: &Reading) -> anyhow::Result<Exit> {
        if context.out.json {
            let mut object = self.object(None, &code_input::corrections(reading));
            if let Some(map) = object.as_object_mut() {
                map.insert("dry_run".to_owned(), json!(true));
            }
            context.out.object(&object)?;
        }
        context
            .out
            .say("this is what would be done; nothing was changed:");
        self.tell(context);
        Ok(Exit::DONE)
    }
}
