//! `request borrow` and `request extend`.

use std::num::NonZeroU8;

use super::{Context, Exit, Run};
use crate::cli::code_output::{CodeOutputArgs, Outgoing};
use crate::cli::json::{self, Borrowing, Named, Requested, Shown, WithCode};
use crate::cli::mail::Letter;
use crate::cli::{keys, machine_home, words};
use crate::holder::borrow::{self, Wanted};
use crate::holder::request::Asked;
use crate::holder::state::LicenseState;
use crate::holder::{Here, Home, products};
use crate::license_key::LicenseKey;
use crate::messages;
use crate::protocol::product::ProductFile;
use crate::text::Kind;

/// Ask a site for one of its seats, to be used here without it
///
/// The code goes to the site's license administrator, who answers it with `countersign respond`; enter the answer with `countersign apply`. The seat goes back
/// by itself after its last day, and at once by `countersign return`. The same request again prints the same code.
#[derive(clap::Args)]
pub(crate) struct RequestBorrow {
    /// The site's license key: 13 digits, with or without spaces and dashes
    #[arg(value_name = "KEY", required = true)]
    key: Vec<String>,
    /// For how many days, from the day on which it is lent
    #[arg(long, value_name = "N", value_parser = keys::days)]
    days: NonZeroU8,
    /// A feature or module that is to be used; without any, all that the license has; may be repeated
    #[arg(long = "feature", value_name = "F")]
    features: Vec<String>,
    /// The product, where several are installed
    #[arg(long, value_name = "ID")]
    product: Option<String>,
    /// For every user of this machine
    #[arg(long)]
    system: bool,
    /// Make another request although one is pending
    #[arg(long)]
    new: bool,
    #[command(flatten)]
    code_output: CodeOutputArgs,
}

/// Ask a site for more days of a loan, before its end or after
///
/// The loan runs on as it is until the answer is entered with `countersign apply`.
#[derive(clap::Args)]
pub(crate) struct RequestExtend {
    /// The license key, where the machine holds several licenses
    #[arg(value_name = "KEY")]
    key: Vec<String>,
    /// For how many days, from the day on which it is answered
    #[arg(long, value_name = "N", value_parser = keys::days)]
    days: NonZeroU8,
    /// Other features or modules than the loan has; may be repeated
    #[arg(long = "feature", value_name = "F")]
    features: Vec<String>,
    /// The product, where the machine holds licenses of several
    #[arg(long, value_name = "ID")]
    product: Option<String>,
    /// Make another request although one is pending
    #[arg(long)]
    new: bool,
    #[command(flatten)]
    code_output: CodeOutputArgs,
}

impl Run for RequestBorrow {
    const NAME: &'static str = "borrow";
    const ABOUT: &'static str = "Ask a site for one of its seats";

    type Object = WithCode<Requested<Borrowing>>;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        self.code_output.check()?;
        let key = keys::parse(&self.key)?;
        let file = machine_home::product(context, self.product.as_deref())?;
        let home = machine_home::to_write(context, self.system)?;
        if !self.new {
            machine_home::computer(context)?.refuse_where_held_for_all(&home, &file, key)?;
        }
        machine_home::bring_along(&home, &file)?;
        let wanted = Wanted {
            key,
            days: self.days,
            features: &self.features,
            anew: self.new,
        };
        let facts = context.environment.facts();
        let here = here(context, &facts);
        let asked = borrow::borrow(&home, &file, &wanted, &here, getrandom::fill)?;
        hand_over(context, &self.code_output, (&file, &wanted, None), &asked)
    }
}

impl Run for RequestExtend {
    const NAME: &'static str = "extend";
    const ABOUT: &'static str = "Ask a site for more days of a loan";

    type Object = WithCode<Requested<Borrowing>>;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        self.code_output.check()?;
        let product = self.product.as_deref();
        let (home, license): (Home, LicenseState) =
            machine_home::license(context, &self.key, product, |license| {
                borrow::lent_until(license).is_some()
            })?;
        let file = products::load(&home, &license.product)?;
        let wanted = Wanted {
            key: license.license_key,
            days: self.days,
            features: &self.features,
            anew: self.new,
        };
        let facts = context.environment.facts();
        let here = here(context, &facts);
        let asked = borrow::extend(&home, &file, &wanted, &here, getrandom::fill)?;
        let loan = license.held.as_ref().and_then(|held| held.loan());
        hand_over(context, &self.code_output, (&file, &wanted, loan), &asked)
    }
}

fn here<'a>(context: &Context, facts: &'a crate::machine::Facts) -> Here<'a> {
    Here {
        facts,
        wall: context.environment.now(),
        aliases: &[],
    }
}

fn hand_over(
    context: &mut Context,
    code_output: &CodeOutputArgs,
    (file, wanted, loan): (&ProductFile, &Wanted<'_>, Option<u32>),
    asked: &Asked,
) -> anyhow::Result<Exit> {
    let product = file.product();
    let object = Requested {
        kind: Named(Kind::Borrow),
        license_key: Shown(wanted.key),
        activation: Shown(asked.activation),
        verdict: json::verdict(asked.repeated),
        corrections: [],
        warnings: Vec::new(),
        product: product.id.clone(),
        // It goes to the site's administrator, whose address nobody here knows.
        mail: None,
        more: Borrowing {
            created: Shown(asked.created),
            days: wanted.days.get(),
            features: wanted.features.to_vec(),
            extends: loan,
        },
    };
    let outgoing = Outgoing {
        code: &asked.code,
        also: &[],
        letter: letter(context, wanted.key, (file, wanted, loan), asked),
    };
    code_output.hand_over(context, &outgoing, object, |it| it)?;
    if asked.repeated {
        context
            .out
            .say(messages::request::repeated(asked.created.day()));
    }
    context.out.say(messages::request::send_to_site());
    Ok(Exit::DONE)
}

/// The letter to the site's administrator, who wants to see who asks.
fn letter(
    context: &Context,
    key: LicenseKey,
    (file, wanted, loan): (&ProductFile, &Wanted<'_>, Option<u32>),
    asked: &Asked,
) -> Letter {
    let product = file.product();
    let days = (messages::label::days_wanted(), wanted.days.to_string());
    let mut facts = vec![
        (messages::label::product(), product.name.clone()),
        (messages::label::license(), key.to_string()),
        days,
    ];
    facts.extend(loan.map(|loan| (messages::label::extends(), loan.to_string())));
    if !wanted.features.is_empty() {
        facts.push((messages::label::features(), words::list(wanted.features)));
    }
    let computer = context.environment.facts();
    let host = computer.host_name.text().map(str::to_owned);
    facts.push((messages::label::user(), crate::seats::account()));
    facts.extend(host.map(|host| (messages::label::host(), host)));
    facts.push((messages::label::made_on(), asked.created.day().to_string()));
    Letter {
        to: None,
        from: None,
        subject: messages::request::borrow_subject(&key, &product.name).to_string(),
        opening: messages::request::borrow_opening().to_owned(),
        facts,
        by_phone: None,
    }
}
