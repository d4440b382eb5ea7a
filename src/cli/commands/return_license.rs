//! `return`.

use super::{Context, Exit, Run};
use crate::cli::code_output::{CodeOutputArgs, Outgoing};
use crate::cli::json::{self, Named, Requested, Returning, Shown, WithCode};
use crate::cli::mail::Letter;
use crate::cli::{confirm, machine_home, words};
use crate::holder::give_up::{self, GivenUp};
use crate::holder::state::LicenseState;
use crate::holder::{Here, HolderError, Home, products};
use crate::messages;
use crate::protocol::digest::ActivationId;
use crate::seats;
use crate::text::{Code, Kind};

/// Give a license up and print its return code
///
/// The license ends here at once, and for good; the desk frees its seat when it has the code. The same command prints the same code again at any time, also
/// when the computer has changed since. Where it was asked for more than once there is a code for each time that may have been answered: send all of
/// them. To move to another machine: return it here, send the code, request it there.
#[derive(clap::Args)]
pub(crate) struct ReturnLicense {
    /// The license key, where the machine knows several licenses
    #[arg(value_name = "KEY")]
    key: Vec<String>,
    /// The product, where the machine knows licenses of several
    #[arg(long, value_name = "ID")]
    product: Option<String>,
    /// Only print the code again of this activation, such as A-1042, that was given up before
    #[arg(long, value_name = "ACTIVATION")]
    of: Option<ActivationId>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    code_output: CodeOutputArgs,
}

impl Run for ReturnLicense {
    const NAME: &'static str = "return";
    const ABOUT: &'static str = "Give a license up and print its return code";

    type Object = WithCode<Requested<Returning>>;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        self.code_output.check()?;
        // One that was returned counts as well: the second call of a script must not give up another license.
        let product = self.product.as_deref();
        let (home, license) =
            machine_home::license(context, &self.key, product, |license| match self.of {
                Some(of) => license.given_up().any(|given| given.activation == of),
                None => true,
            })?;
        let key = license.license_key;
        let gone = self.of.is_some() || license.held.is_none() && license.open().next().is_none();
        let facts = context.environment.facts();
        let here = Here {
            facts: &facts,
            wall: context.environment.now(),
            aliases: &[],
        };
        let lent = || seats::lent_until(&home, key, here.wall);
        if let (true, Some(until)) = (license.held.is_some() && !gone, lent()?) {
            return Err(HolderError::LoansOut { until }.into());
        }
        if !gone && !self.yes {
            let question = question(context, &home, &license)?;
            if !confirm::agreed(context, &question, messages::return_license::deed())? {
                context.out.say(messages::return_license::unchanged());
                return Ok(Exit::DONE);
            }
        }
        let given = match self.of {
            Some(of) => give_up::again(&home, key, Some(of))?,
            None => give_up::give_up_unless(&home, key, &here, lent)?,
        };
        // The code of a loan goes to the site that lent it.
        let loan = given.code.kind() == Kind::LoanReturn;
        let mail = products::load(&home, &license.product)
            .ok()
            .and_then(|file| file.product().mail.clone())
            .filter(|_| !loan);
        let warned = warning(&given).map(|words| json::Warning {
            kind: "not_remembered",
            message: words.to_owned(),
            hint: None,
        });
        let object = Requested {
            kind: Named(given.code.kind()),
            license_key: Shown(key),
            activation: Shown(given.activation),
            verdict: json::verdict(given.repeated),
            corrections: [],
            warnings: warned.into_iter().collect(),
            product: license.product.clone(),
            mail: mail.clone(),
            more: Returning {
                returned: Shown(given.at),
                activations: activations(&given).map(Shown).collect(),
                ends_too: given.ends_too.iter().copied().map(Shown).collect(),
            },
        };
        let also: Vec<Code> = given.also.iter().map(|(_, code)| code.clone()).collect();
        let outgoing = Outgoing {
            code: &given.code,
            also: &also,
            letter: letter(&given, &license, mail.clone()),
        };
        self.code_output
            .hand_over(context, &outgoing, object, |it| it)?;
        let is_one_of = license.returned.len() > 1
            && self
                .of
                .is_some_and(|of| license.returned.iter().any(|it| it.activation == of));
        tell(context, &given, mail.as_deref(), is_one_of);
        Ok(Exit::DONE)
    }
}

/// What is asked before: whoever has another home on this computer is told that its use ends too.
fn question(context: &Context, home: &Home, license: &LicenseState) -> anyhow::Result<String> {
    let (key, product) = (license.license_key, &license.product);
    let others = give_up::ends_too(home, key, &context.environment.facts())?;
    if others.is_empty() {
        return Ok(messages::return_license::question(&key, product).to_string());
    }
    let others = words::list(others.iter().map(ToString::to_string));
    Ok(messages::return_license::question_too(&key, &others, product).to_string())
}

/// All that is given up, in the order of the codes.
fn activations(given: &GivenUp) -> impl Iterator<Item = ActivationId> + '_ {
    let also = given.also.iter().map(|(activation, _)| *activation);
    std::iter::once(given.activation).chain(also)
}

/// Nothing beside the home remembers it: a home that is restored would look as if it still held the license.
fn warning(given: &GivenUp) -> Option<&'static str> {
    (!given.remembered).then(messages::return_license::not_remembered)
}

/// The letter to the desk.
fn letter(given: &GivenUp, license: &LicenseState, to: Option<String>) -> Letter {
    let key = license.license_key;
    let opening = match given.also.len() {
        0 => messages::return_license::opening().to_owned(),
        more => messages::return_license::opening_all(more + 1).to_string(),
    };
    Letter {
        to,
        from: None,
        subject: messages::return_license::subject(&key, &license.product).to_string(),
        opening,
        facts: vec![
            (messages::label::product(), license.product.clone()),
            (messages::label::license(), key.to_string()),
            (
                messages::label::activation(),
                words::list(activations(given).map(|it| it.to_string())),
            ),
            (messages::label::given_up_on(), given.at.day().to_string()),
        ],
        by_phone: Some(Vec::new()),
    }
}

fn tell(context: &mut Context, given: &GivenUp, mail: Option<&str>, is_one_of: bool) {
    let activation = given.activation;
    let when = given.at.day();
    context.out.say(if given.repeated {
        messages::return_license::given_up_before(&activation, 1 + given.also.len(), &when)
            .to_string()
    } else {
        messages::return_license::given_up(&activation).to_string()
    });
    for (activation, _) in &given.also {
        context
            .out
            .say(messages::return_license::given_up_with(activation));
    }
    for activation in &given.ends_too {
        context
            .out
            .say(messages::return_license::ends_too(activation));
    }
    if let Some(warning) = warning(given) {
        context.out.warn(warning);
    }
    let to = match given.code.kind() {
        Kind::LoanReturn => messages::return_license::the_site(),
        _ => mail.unwrap_or(messages::return_license::vendors_desk()),
    };
    context.out.say(match given.also.len() {
        0 if is_one_of => messages::return_license::send_one_to(to).to_string(),
        0 if !given.ends_too.is_empty() => {
            messages::return_license::send_to_and_there(to).to_string()
        }
        0 => messages::return_license::send_to(to).to_string(),
        more => messages::return_license::send_all_to(more + 1, to).to_string(),
    });
}
