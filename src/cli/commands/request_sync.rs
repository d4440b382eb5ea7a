//! `request sync`.

pub(super) mod held;

use super::{Context, Exit, Run, request_activate};
use crate::cli::code_output::{CodeOutputArgs, Outgoing};
use crate::cli::json::{self, Named, Requested, Shown, Syncing, WithCode};
use crate::cli::mail::Letter;
use crate::cli::usb::{self, Usb};
use crate::cli::{keys, machine_home, words};
use crate::holder::sync::{self, Synced, Wanted};
use crate::holder::{Here, Warning, aliases, products};
use crate::license_key::LicenseKey;
use crate::machine::Facts;
use crate::messages;
use crate::protocol::product::ProductFile;
use crate::text::Kind;

/// Make the request code that brings a license up to date
///
/// For re-validation, after a purchase or a renewal, after the computer, server or database changed, before a long trip, and where the clock is wrong: the
/// answer is the whole license as it then is. The license stays in force meanwhile. The same request again prints the same code.
#[derive(clap::Args)]
pub(crate) struct RequestSync {
    /// The license key, where the machine holds several licenses
    #[arg(value_name = "KEY")]
    key: Vec<String>,
    /// The product, where the machine holds licenses of several
    #[arg(long, value_name = "ID")]
    product: Option<String>,
    /// What the license is to be bound to from now on, such as server=NAME; what is not named stays; may be repeated
    #[arg(long = "bind", value_name = "NAME=VALUE", value_parser = keys::binding)]
    bindings: Vec<(String, String)>,
    /// Another USB key to bind to: VID:PID:SERIAL, `auto` for the only one that is plugged in, or `none` where the license needs none any more
    #[arg(long, value_name = "DEVICE", value_parser = usb::parse)]
    usb: Option<Usb>,
    /// Have the vendor certify the key that `countersign site init` made: a new one, or where the license was asked for without
    #[cfg(feature = "site")]
    #[arg(long)]
    site: bool,
    /// Make another request although one is pending
    #[arg(long)]
    new: bool,
    #[command(flatten)]
    code_output: CodeOutputArgs,
}

impl Run for RequestSync {
    const NAME: &'static str = "sync";
    const ABOUT: &'static str = "Ask for a license that is held as it now is";

    type Object = WithCode<Requested<Syncing>>;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        self.code_output.check()?;
        let product = self.product.as_deref();
        let (home, license) = machine_home::license(context, &self.key, product, |license| {
            license.held.is_some()
        })?;
        let file = products::load(&home, &license.product)?;
        let facts = context.environment.facts();
        let aliases = aliases::of(&home, file.product())?;
        let here = Here {
            facts: &facts,
            wall: context.environment.now(),
            aliases: &aliases,
        };
        let device = match &self.usb {
            Some(usb) => Some(usb::device(context, usb, &facts)?),
            None => None,
        };
        let told = machine_home::told_of_loans(&home, &license, &here)?;
        #[cfg(feature = "site")]
        let site_key = machine_home::site_key(&home, self.site)?;
        #[cfg(not(feature = "site"))]
        let site_key = None;
        let wanted = Wanted {
            key: license.license_key,
            bindings: &self.bindings,
            usb: device.as_ref().map(Option::as_ref),
            site_key,
            site: told.report,
            before: &told.before,
            anew: self.new,
        };
        // Looked at before anything is asked: a key that cannot be read is said where it is needed, and stops nobody's request.
        #[cfg(feature = "site")]
        let uncertified =
            !self.site && crate::site::wants_certificate(&home, &license).unwrap_or_default();
        let synced = sync::sync(&home, &file, &wanted, &here, getrandom::fill)?;
        let asked = &synced.asked;
        let object = Requested {
            kind: Named(Kind::Sync),
            license_key: Shown(license.license_key),
            activation: Shown(asked.activation),
            verdict: json::verdict(asked.repeated),
            corrections: [],
            warnings: warnings(&synced),
            product: file.product().id.clone(),
            mail: file.product().mail.clone(),
            more: Syncing {
                created: Shown(asked.created),
                bindings: asked.bindings.iter().cloned().collect(),
                generation: synced.generation,
                changes: synced.changes.iter().map(ToString::to_string).collect(),
            },
        };
        let outgoing = Outgoing {
            code: &asked.code,
            also: &[],
            letter: letter(&synced, &file, license.license_key, &facts),
        };
        self.code_output
            .hand_over(context, &outgoing, object, |it| it)?;
        tell(context, &synced, file.product().mail.as_deref());
        #[cfg(feature = "site")]
        if uncertified {
            context.out.say(messages::site_words::uncertified());
        }
        Ok(Exit::DONE)
    }
}

/// The letter to the desk: what its clerk wants to see beside the code, with what has changed.
fn letter(synced: &Synced, file: &ProductFile, key: LicenseKey, facts: &Facts) -> Letter {
    let host = facts.host_name.text();
    let mut letter = request_activate::letter(key, file.product(), &synced.asked, host);
    letter.subject = messages::request::sync_subject(key, &file.product().name).to_string();
    let changes = synced.changes.iter();
    let changed = changes.map(|change| (messages::label::changed(), change.to_string()));
    letter.facts.extend(changed);
    letter
}

/// What a script is to know of it.
fn warnings(synced: &Synced) -> Vec<json::Warning> {
    let put_back = synced.put_back.map(|of| {
        let warning = Warning::HomeOlder { of };
        json::Warning {
            kind: warning.kind(),
            message: warning.to_string(),
            hint: Some(messages::advice::home_older_asked().to_owned()),
        }
    });
    let weak = request_activate::weakness_warning(&synced.asked);
    weak.into_iter().chain(put_back).collect()
}

fn tell(context: &mut Context, synced: &Synced, mail: Option<&str>) {
    let asked = &synced.asked;
    if asked.repeated {
        context
            .out
            .say(messages::request::repeated(asked.created.day()));
    }
    if !synced.changes.is_empty() {
        context
            .out
            .say(messages::request::changed_say_so(words::list(
                &synced.changes,
            )));
    }
    for (name, value) in &asked.bindings {
        context.out.say(messages::request::bound_to(&name, &value));
    }
    if let Some(weakness) = request_activate::weakness(asked) {
        context.out.say(weakness);
    }
    if let Some(of) = synced.put_back {
        context.out.warn(Warning::HomeOlder { of });
        context.out.advise(messages::advice::home_older_asked());
    }
    let to = mail.unwrap_or(messages::request::vendors_desk());
    context.out.say(messages::request::send_to(&to));
}
