//! `site rules show`, `site rules set` and `site rules test`: who gets the seats of a floating license.

use std::path::PathBuf;

use super::{Context, Exit, Run, SiteArgs, signer, unless_not_ours};
use crate::cli::failure::Failure;
use crate::cli::json::{self, Shown};
use crate::cli::machine_home::Found;
use crate::cli::passphrase::PassphraseArgs;
use crate::cli::seats::{moment, no_seats};
use crate::cli::{handed_over, machine_home};
use crate::failure::FailureKind;
use crate::holder::Applied;
use crate::license_key::LicenseKey;
use crate::messages;
use crate::messages::site_rules as say;
use crate::protocol::grant::LicenseType;
use crate::protocol::site_rules::Rules;
use crate::seats::{SeatError, Would};
use crate::site::{Actor, Ruling, SiteError};

/// Show the rules by which the seats of a floating license are given out
///
/// Anybody may look. What is printed is what `site rules set` takes.
#[derive(clap::Args)]
pub(crate) struct RulesShow {
    #[command(flatten)]
    site: SiteArgs,
}

/// Set the rules by which the seats of a floating license are given out
///
/// A text with a rule a line: `reserve N WHOM` keeps so many seats for them, `max N WHOM` lets them have no more at once, `deny WHOM` lets them have none, and
/// `trust user:NAME` believes an account whom it asks for. WHOM is one or more of `user:NAME` and `host:NAME`, and at most one `feature:NAME`; `*` in a name
/// stands for anything, and `#` begins a comment. Whatever stood there before is gone; an empty text rules nothing. Wants the password of the site's key.
#[derive(clap::Args)]
pub(crate) struct RulesSet {
    /// The file with the rules; `-` reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Begin anew in the place of a note that is not trusted
    #[arg(long)]
    new: bool,
    #[command(flatten)]
    site: SiteArgs,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

/// Show which rule decides about somebody, and whether there would be a seat now
///
/// Nothing is taken.
#[derive(clap::Args)]
pub(crate) struct RulesTest {
    /// The user's login name
    #[arg(long, value_name = "NAME")]
    user: String,
    /// The workstation's name
    #[arg(long, value_name = "NAME")]
    host: Option<String>,
    /// A feature to be used; again for each further one
    #[arg(long = "feature", value_name = "NAME")]
    features: Vec<String>,
    #[command(flatten)]
    site: SiteArgs,
}

/// The license that was found, which floats.
fn floating(found: &Found) -> anyhow::Result<LicenseKey> {
    let report = &found.report;
    let known = report.license_key.zip(report.terms.as_ref());
    match known {
        Some((key, terms)) if terms.license_type == LicenseType::Floating => Ok(key),
        _ => Err(no_seats(found)),
    }
}

fn object(found: &Found, key: LicenseKey, rules: &Rules) -> json::SiteRules {
    let lines = rules.iter().map(|it| json::SiteRule {
        line: it.line,
        rule: it.to_string(),
    });
    json::SiteRules {
        product: found.product.id.clone(),
        license_key: Shown(key),
        rules: lines.collect(),
        text: rules.to_string(),
        changed: None,
    }
}

impl Run for RulesShow {
    const NAME: &'static str = "show";
    const ABOUT: &'static str = "Show the rules of a license's seats";

    type Object = json::SiteRules;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let found = self.site.find(context, &[LicenseType::Floating])?;
        let key = floating(&found)?;
        let mut ruling = Ruling::open(&found.home, key)?;
        let rules = ruling.rules()?;
        if let Some(why) = ruling.misfit(moment(context).wall.day()) {
            context.out.warn(say::not_all_kept(why));
            context.out.advise(say::not_all_kept_hint());
        }
        if context.out.json {
            Self::print(context, &object(&found, key, &rules))?;
            return Ok(Exit::DONE);
        }
        for line in rules.lines() {
            context.out.line(line)?;
        }
        if rules.is_empty() {
            context.out.say(say::none());
        }
        Ok(Exit::DONE)
    }
}

impl Run for RulesSet {
    const NAME: &'static str = "set";
    const ABOUT: &'static str = "Set the rules of a license's seats";

    type Object = json::SiteRules;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let text = handed_over::text_named(&self.file)?;
        let rules: Rules = text.parse().map_err(|error| {
            Failure::new(FailureKind::BadRules, format!("{error}"))
                .hint(messages::site_advice::rules())
        })?;
        let found = self.site.find(context, &[LicenseType::Floating])?;
        let key = floating(&found)?;
        let mut ruling = Ruling::open(&found.home, key)?;
        // Whoever is refused, or has nothing to sign, is not asked for a password.
        let today = moment(context).wall.day();
        let changed = ruling.rehearse(&rules, self.new, today)?;
        if changed {
            let signer = signer(context, &found.home, &self.passphrase)?;
            let actor = Actor {
                moment: &moment(context),
                signer: &signer,
            };
            let done = ruling.set(&rules, self.new, &actor)?;
            if !done.remembered {
                context.out.warn(say::not_remembered());
            }
        } else {
            unless_not_ours(ruling.put_right())?;
        }
        if context.out.json {
            let mut object = object(&found, key, &rules);
            object.changed = Some(changed);
            Self::print(context, &object)?;
        }
        context.out.say(match (changed, rules.iter().count()) {
            (false, _) => say::so_already().to_owned(),
            (true, 0) => say::none().to_owned(),
            (true, rules) => say::in_force(rules).to_string(),
        });
        Ok(Exit::DONE)
    }
}

impl Run for RulesTest {
    const NAME: &'static str = "test";
    const ABOUT: &'static str = "Show which rule decides about somebody";

    type Object = json::RuleTested;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let found = self.site.find(context, &[LicenseType::Floating])?;
        let key = floating(&found)?;
        let product = &found.product;
        for feature in &self.features {
            if product.feature(feature).or(product.pool(feature)).is_none() {
                return Err(SiteError::NoFeature(feature.clone()).into());
            }
        }
        let seats = found.seats()?.ok_or_else(|| no_seats(&found))?;
        let whom = (self.user.as_str(), self.host.as_deref());
        let would = seats.would(whom, &self.features, &moment(context))?;
        let decides = decides(&would);
        if context.out.json {
            let (line, rule) = decides.clone().unzip();
            let object = json::RuleTested {
                product: found.product.id.clone(),
                license_key: Shown(key),
                user: self.user,
                workstation: self.host,
                features: self.features,
                line,
                rule,
                seat: would.refused.is_none(),
                shares: would.shares,
                kind: would.refused.as_ref().map(|it| it.kind().name()),
                message: would.refused.as_ref().map(ToString::to_string),
            };
            Self::print(context, &object)?;
            return Ok(Exit::DONE);
        }
        context.out.line(match decides {
            Some((line, rule)) => say::decides(line, rule).to_string(),
            None => say::nothing_decides().to_owned(),
        })?;
        let who = match &self.host {
            Some(host) => messages::seats::at(host, &self.user).to_string(),
            None => self.user.clone(),
        };
        context.out.line(match (&would.refused, would.shares) {
            (Some(error), _) => say::no_seat(who, error).to_string(),
            (None, Some(seat)) => say::a_share(seat, who).to_string(),
            (None, None) => say::a_seat(who).to_string(),
        })?;
        Ok(Exit::DONE)
    }
}

/// Where a license that floats has less than it had, which of its rules cannot be kept any more.
pub(in crate::cli::commands) fn tell(context: &mut Context, applied: &Applied) {
    let after = &applied.after;
    if after.license_type != LicenseType::Floating || applied.before.is_none() {
        return;
    }
    let today = moment(context).wall.day();
    for home in machine_home::all(context).unwrap_or_default() {
        let ruling = Ruling::open(&home, applied.which.license_key);
        if let Some(why) = ruling.ok().and_then(|mut it| it.misfit(today)) {
            context.out.warn(say::not_all_kept(why));
            context.out.advise(say::not_all_kept_hint());
        }
    }
}

/// The line that decides: the one that refuses, or the one that keeps a seat.
fn decides(would: &Would) -> Option<(u16, String)> {
    match &would.refused {
        Some(SeatError::Rule(ruled)) => Some((ruled.line, ruled.rule.clone())),
        Some(_) => None,
        None => would.reserved.clone(),
    }
}
