//! `request activate`.

use std::num::NonZeroU16;

use super::{Context, Exit, Run};
use crate::cli::code_output::{CodeOutputArgs, Outgoing};
use crate::cli::json::{self, Activating, Named, Requested, Shown, WithCode};
use crate::cli::mail::Letter;
use crate::cli::usb::{self, Usb};
use crate::cli::{keys, machine_home};
use crate::holder::request::{self, Asked, Wanted};
use crate::holder::{Here, aliases};
use crate::license_key::LicenseKey;
use crate::messages;
use crate::protocol::product::Product;
use crate::text::Kind;

/// Make the request code that the vendor's desk answers
///
/// The code stands alone on standard output: mail it, read it out, send a photo. The same request again prints the same code; nothing is lost by closing
/// anything. Enter the desk's answer with `countersign apply`.
#[derive(clap::Args)]
pub(crate) struct RequestActivate {
    /// The license key: 13 digits, with or without spaces and dashes
    #[arg(value_name = "KEY", required = true)]
    key: Vec<String>,
    /// The product, where several are installed
    #[arg(long, value_name = "ID")]
    product: Option<String>,
    /// What the license is to be bound to, such as server=NAME; may be repeated
    #[arg(long = "bind", value_name = "NAME=VALUE", value_parser = keys::binding)]
    bindings: Vec<(String, String)>,
    /// Seats wanted of a floating license; without it all that are free
    #[arg(long, value_name = "N", value_parser = keys::seats)]
    seats: Option<NonZeroU16>,
    /// The USB key to bind to: VID:PID:SERIAL, or `auto` for the only one that is plugged in
    #[arg(long, value_name = "DEVICE", value_parser = usb::parse)]
    usb: Option<Usb>,
    /// As a site, which lends seats or names users: with the key that `countersign site init` made
    #[cfg(feature = "site")]
    #[arg(long)]
    site: bool,
    /// For every user of this machine
    #[arg(long)]
    system: bool,
    /// Make another request although one is pending
    #[arg(long)]
    new: bool,
    #[command(flatten)]
    code_output: CodeOutputArgs,
}

impl Run for RequestActivate {
    const NAME: &'static str = "activate";
    const ABOUT: &'static str = "Ask for a license by its key";

    type Object = WithCode<Requested<Activating>>;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        self.code_output.check()?;
        let key = keys::parse(&self.key)?;
        let file = machine_home::product(context, self.product.as_deref())?;
        let home = machine_home::to_write(context, self.system)?;
        let facts = context.environment.facts();
        if !self.new {
            machine_home::computer(context)?.refuse_where_held_for_all(&home, &file, key)?;
        }
        machine_home::bring_along(&home, &file)?;
        let aliases = aliases::of(&home, file.product())?;
        let device = match &self.usb {
            Some(usb) => usb::device(context, usb, &facts)?,
            None => None,
        };
        let here = Here {
            facts: &facts,
            wall: context.environment.now(),
            aliases: &aliases,
        };
        #[cfg(feature = "site")]
        let site_key = machine_home::site_key(&home, self.site)?;
        #[cfg(not(feature = "site"))]
        let site_key = None;
        let wanted = Wanted {
            key,
            bindings: &self.bindings,
            seats: self.seats,
            usb: device.as_ref(),
            site_key,
            anew: self.new,
        };
        let asked = request::activate(&home, &file, &wanted, &here, getrandom::fill)?;
        let product = file.product();
        let object = Requested {
            kind: Named(Kind::Activate),
            license_key: Shown(key),
            activation: Shown(asked.activation),
            verdict: json::verdict(asked.repeated),
            corrections: [],
            warnings: weakness_warning(&asked),
            product: product.id.clone(),
            mail: product.mail.clone(),
            more: Activating {
                created: Shown(asked.created),
                bindings: asked.bindings.iter().cloned().collect(),
            },
        };
        let outgoing = Outgoing {
            code: &asked.code,
            also: &[],
            letter: letter(key, product, &asked, facts.host_name.text()),
        };
        self.code_output
            .hand_over(context, &outgoing, object, |it| it)?;
        tell(context, &asked, product.mail.as_deref());
        Ok(Exit::DONE)
    }
}

/// The letter to the desk: what its clerk wants to see beside the code.
pub(super) fn letter(
    key: LicenseKey,
    product: &Product,
    asked: &Asked,
    host: Option<&str>,
) -> Letter {
    let bound = asked.bindings.iter();
    let bound: Vec<_> = bound
        .map(|(name, value)| (messages::label::bound_to(), format!("{name} {value}")))
        .collect();
    let mut facts = vec![
        (
            messages::label::product(),
            format!("{} ({})", product.name, product.id),
        ),
        (messages::label::license(), key.to_string()),
        (messages::label::activation(), asked.activation.to_string()),
    ];
    facts.extend(bound.iter().cloned());
    facts.extend(host.map(|host| (messages::label::host(), host.to_owned())));
    facts.push((messages::label::made_on(), asked.created.day().to_string()));
    Letter {
        to: product.mail.clone(),
        from: None,
        subject: messages::request::subject(&key, &product.name).to_string(),
        opening: messages::request::opening().to_owned(),
        facts,
        by_phone: Some(bound),
    }
}

/// What a fingerprint without any hardware in it means, and what is better.
pub(super) fn weakness(asked: &Asked) -> Option<&'static str> {
    let words = messages::request::weak();
    asked.weak.then_some(words)
}

/// The same for scripts.
pub(super) fn weakness_warning(asked: &Asked) -> Vec<json::Warning> {
    let warning = weakness(asked).map(|words| json::Warning {
        kind: "weakly_bound",
        message: words.to_owned(),
        hint: None,
    });
    warning.into_iter().collect()
}

fn tell(context: &mut Context, asked: &Asked, mail: Option<&str>) {
    if asked.repeated {
        context
            .out
            .say(messages::request::repeated(asked.created.day()));
    }
    for (name, value) in &asked.bindings {
        context
            .out
            .say(messages::request::bound_to_say_so(&name, &value));
    }
    if let Some(weakness) = weakness(asked) {
        context.out.say(weakness);
    }
    let to = mail.unwrap_or(messages::request::vendors_desk());
    context.out.say(messages::request::send_to(&to));
}
