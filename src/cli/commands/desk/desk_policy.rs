//! `desk policy`: what of a product another approves.

use super::ledger_verify::verified;
use super::{Context, Exit, Run};
use crate::cli::acting::KeyArgs;
use crate::cli::failure::Failure;
use crate::cli::{desk, json};
use crate::issuer::approvals::{self, Rule, RuleError};
use crate::issuer::keys::{self, Issuer, KeyState};

/// Say what of a product needs four eyes: what one proposes there another approves, with a key of his own
///
/// RULES with commas between them: `override` (a manager sets a rule aside), `seats>N` (of one order, or a license that is raised), `grace>Nd` (as sold, or
/// given with one answer), `term>Nd` (a license that runs longer than these days, or for ever), `loan>Nd` (the longest loan), `revoke` (also `license void`,
/// and taking either back), `release`, `emergency` (a code that is read out). Whatever falls under one is kept as a proposal, whoever does it, and ends
/// with 9. Only the root says what needs approval; without an option this shows it.
#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("what")))]
pub(crate) struct DeskPolicy {
    /// The product's id
    #[arg(value_name = "PRODUCT")]
    product: Option<String>,
    /// What another approves from now on, in place of what it was
    #[arg(long, value_name = "RULES", group = "what", requires = "product")]
    approve: Option<String>,
    /// Nothing needs another's approval any more
    #[arg(long, group = "what", requires = "product")]
    none: bool,
    #[command(flatten)]
    acting: KeyArgs,
}

impl Run for DeskPolicy {
    const NAME: &'static str = "policy";
    const ABOUT: &'static str = "Say what of a product needs another's approval";

    type Object = json::Policy;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let rules = match (&self.approve, self.none) {
            (Some(text), _) => Some(approvals::rules(text).map_err(wrong)?),
            (None, true) => Some(Vec::new()),
            (None, false) => None,
        };
        let mut desk = desk::open(context)?;
        let (Some(product), Some(rules)) = (&self.product, rules) else {
            return self.show(context, &mut desk);
        };
        let root = Issuer::root(self.acting.root(context, &desk)?);
        verified(context, desk.ledger(), &[])?;
        let hand = root.hand(context.environment.by());
        approvals::set_policy(desk.ledger(), product, &rules, hand)?;
        let waiting = desk.ledger().read(approvals::open)?;
        let waiting = waiting.iter().filter(|it| it.product == *product).count() as u64;
        if context.out.json {
            let object = of(product, &rules);
            return Self::print(context, &object).map(|()| Exit::DONE);
        }
        if rules.is_empty() {
            context.out.say(format_args!(
                "nothing of {product} needs another's approval any more"
            ));
            tell_what_waits(context, waiting);
            return Ok(Exit::DONE);
        }
        context.out.say(format_args!(
            "of {product} another approves, with a key of his own: {}",
            listed(&rules)
        ));
        tell_what_waits(context, waiting);
        let today = context.environment.now().day();
        let others = keys::list(desk.ledger(), today)?;
        if !others.iter().any(|it| it.state == KeyState::Active) {
            context.out.warn("nobody but the roots has a key here: what one root proposes the other alone can approve");
            context.out.advise("certify a clerk's or a manager's: countersign desk request NAME, then countersign desk certify NAME");
        }
        Ok(Exit::DONE)
    }
}

impl DeskPolicy {
    fn show(&self, context: &mut Context, desk: &mut desk::OpenDesk) -> anyhow::Result<Exit> {
        let all = desk.ledger().read(|tx| {
            let names = tx.products()?.into_iter().map(|it| it.name);
            names
                .map(|name| Ok((approvals::policy(tx, &name)?, name)))
                .collect::<Result<Vec<_>, crate::issuer::ledger::LedgerError>>()
        })?;
        let mut found = false;
        for (rules, name) in all {
            if self.product.as_ref().is_some_and(|it| *it != name) {
                continue;
            }
            found = true;
            if context.out.json {
                Self::print(context, &of(&name, &rules))?;
            } else {
                context.out.row(&match rules.is_empty() {
                    true => format!("{name}  nothing needs another's approval"),
                    false => format!("{name}  another approves: {}", listed(&rules)),
                })?;
            }
        }
        match (&self.product, found) {
            (Some(product), false) => {
                Err(approvals::ApprovalError::UnknownProduct(product.clone()).into())
            }
            _ => Ok(Exit::DONE),
        }
    }
}

/// What was proposed before stays, whatever the policy says now.
fn tell_what_waits(context: &mut Context, waiting: u64) {
    let (many, them) = match waiting {
        0 => return,
        1 => ("1 proposal of it waits".to_owned(), "it"),
        more => (format!("{more} proposals of it wait"), "them"),
    };
    context.out.say(format_args!(
        "{many} as before: countersign desk inbox list shows {them}; have {them} approved or declined"
    ));
}

fn of(product: &str, rules: &[Rule]) -> json::Policy {
    json::Policy {
        product: product.to_owned(),
        approve: rules.iter().map(Rule::to_string).collect(),
    }
}

fn listed(rules: &[Rule]) -> String {
    let words: Vec<String> = rules.iter().map(Rule::to_string).collect();
    words.join(", ")
}

fn wrong(error: RuleError) -> Failure {
    Failure::usage(error).hint(
        "write rules with commas between them: override, seats>50, grace>90d, term>400d, loan>14d, revoke, release, emergency; quote it, or the shell takes > for a file",
    )
}
