//! What a policy says needs another's approval.

use std::fmt;
use std::str::FromStr;

use crate::issuer::history::{
    EMERGENCY, FREED, LICENSE_RESTORE, LICENSE_REVOKE, LICENSE_VOID, RELEASE,
};
use crate::issuer::ledger::OrderTerms;
use crate::protocol::date::Day;

/// One thing that needs another's approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A manager sets a rule aside.
    Override,
    /// More seats than these are sold with one order, or a license is raised above them.
    Seats(u16),
    /// More days than these without contact: as sold, or for one answer beyond what was sold.
    Grace(u16),
    /// A license of more days than these from the day on which it is sold or changed, or without an end.
    Term(u16),
    /// Longer loans than these, in days, are sold.
    Loan(u16),
    /// A license is revoked or made void, or that is taken back.
    Revoke,
    /// The seats of a machine that is lost, or that are held back, are freed.
    Release,
    /// A step of emergency codes is read out.
    Emergency,
}

/// What is wrong with a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// It is none.
    #[error("\"{0}\" is no rule")]
    Unknown(String),
    /// The number is none that a license can have.
    #[error("{0} has no number from 1 to 65,535")]
    Number(String),
    /// It stands there twice.
    #[error("{0} stands there twice")]
    Twice(&'static str),
}

impl Rule {
    /// What comes before its number, where it has one.
    const fn name(self) -> &'static str {
        match self {
            Rule::Override => "override",
            Rule::Seats(_) => "seats",
            Rule::Grace(_) => "grace",
            Rule::Term(_) => "term",
            Rule::Loan(_) => "loan",
            Rule::Revoke => "revoke",
            Rule::Release => "release",
            Rule::Emergency => "emergency",
        }
    }

    /// Whether something falls under it.
    pub(crate) fn covers(self, it: &Extent<'_>) -> bool {
        let raised = |number: fn(&OrderTerms, Day) -> u32, most: u32| {
            it.after.is_some_and(|after| {
                let now = number(after, it.today);
                now > most
                    && it
                        .before
                        .is_none_or(|before| now > number(before, it.today))
            })
        };
        match self {
            Rule::Override => it.overrides,
            Rule::Seats(most) => {
                let all =
                    |after: &OrderTerms| u64::from(after.seats.get()) * u64::from(it.licenses);
                let sold = it.before.is_none() && it.after.is_some_and(|it| all(it) > most.into());
                sold || raised(|terms, _| terms.seats.get().into(), most.into())
            }
            Rule::Grace(most) => {
                let answered = it.answer.is_some_and(|(until, order)| {
                    let days = until.map_or(u32::MAX, |until| days(it.today, until));
                    days > most.into() && days > grace(order)
                });
                answered || raised(|terms, _| grace(terms), most.into())
            }
            Rule::Term(most) => raised(
                |terms, today| terms.expires.map_or(u32::MAX, |last| days(today, last)),
                most.into(),
            ),
            Rule::Loan(most) => raised(
                |terms, _| terms.lend_days.map_or(0, |days| days.get().into()),
                most.into(),
            ),
            Rule::Revoke => [LICENSE_REVOKE, LICENSE_VOID, LICENSE_RESTORE].contains(&it.kind),
            Rule::Release => [RELEASE, FREED].contains(&it.kind),
            Rule::Emergency => it.kind == EMERGENCY,
        }
    }
}

fn days(from: Day, to: Day) -> u32 {
    u32::try_from(to.days_since(from)).unwrap_or(0)
}

/// Days of grace, 0 being without end.
fn grace(terms: &OrderTerms) -> u32 {
    match terms.grace_days {
        0 => u32::MAX,
        days => days.into(),
    }
}

/// How far something goes that somebody is about to do.
#[derive(Clone, Copy)]
pub(crate) struct Extent<'a> {
    /// The kind of its event.
    pub(crate) kind: &'a str,
    /// What was ordered before, of a change.
    pub(crate) before: Option<&'a OrderTerms>,
    /// What is ordered, of a sale or a change.
    pub(crate) after: Option<&'a OrderTerms>,
    /// How many licenses are sold.
    pub(crate) licenses: u32,
    /// The day after which a machine is to be in contact again, and what was ordered, of an answer.
    pub(crate) answer: Option<(Option<Day>, &'a OrderTerms)>,
    /// Whether the manager sets a rule aside.
    pub(crate) overrides: bool,
    /// When.
    pub(crate) today: Day,
}

impl<'a> Extent<'a> {
    /// Of something that changes no order and answers nothing.
    pub(crate) fn of(kind: &'a str, today: Day) -> Extent<'a> {
        Extent {
            kind,
            before: None,
            after: None,
            licenses: 0,
            answer: None,
            overrides: false,
            today,
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        match self {
            Rule::Seats(most) => write!(f, "{name}>{most}"),
            Rule::Grace(most) | Rule::Term(most) | Rule::Loan(most) => write!(f, "{name}>{most}d"),
            Rule::Override | Rule::Revoke | Rule::Release | Rule::Emergency => f.write_str(name),
        }
    }
}

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Rule, RuleError> {
        let unknown = || RuleError::Unknown(text.to_owned());
        let Some((name, number)) = text.split_once('>') else {
            return match text {
                "override" => Ok(Rule::Override),
                "revoke" => Ok(Rule::Revoke),
                "release" => Ok(Rule::Release),
                "emergency" => Ok(Rule::Emergency),
                _ => Err(unknown()),
            };
        };
        let rule: fn(u16) -> Rule = match name {
            "seats" => Rule::Seats,
            "grace" => Rule::Grace,
            "term" => Rule::Term,
            "loan" => Rule::Loan,
            _ => return Err(unknown()),
        };
        let digits = match name {
            "seats" => Some(number),
            _ => number.strip_suffix('d'),
        };
        let digits = digits.filter(|it| it.bytes().all(|it| it.is_ascii_digit()));
        let number = digits.and_then(|it| it.parse().ok()).filter(|it| *it > 0);
        number
            .map(rule)
            .ok_or_else(|| RuleError::Number(text.to_owned()))
    }
}

/// Rules with commas between them.
///
/// # Errors
/// Each of [`RuleError`].
pub fn rules(text: &str) -> Result<Vec<Rule>, RuleError> {
    let mut all: Vec<Rule> = Vec::new();
    for part in text.split(',') {
        let rule: Rule = part.trim().parse()?;
        if all.iter().any(|it| it.name() == rule.name()) {
            return Err(RuleError::Twice(rule.name()));
        }
        all.push(rule);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_written_in_one_way() {
        let text = "override,seats>50,grace>90d,term>400d,loan>14d,revoke,release,emergency";
        let all: Vec<String> = rules(text).unwrap().iter().map(Rule::to_string).collect();
        assert_eq!(all.join(","), text);
        for (text, wrong) in [
            ("", RuleError::Unknown(String::new())),
            ("seat>5", RuleError::Unknown("seat>5".to_owned())),
            ("seats", RuleError::Unknown("seats".to_owned())),
            ("revoke>1", RuleError::Unknown("revoke>1".to_owned())),
            ("seats>0", RuleError::Number("seats>0".to_owned())),
            ("seats>5d", RuleError::Number("seats>5d".to_owned())),
            ("seats>65536", RuleError::Number("seats>65536".to_owned())),
            ("grace>-1", RuleError::Number("grace>-1".to_owned())),
            ("grace>-1d", RuleError::Number("grace>-1d".to_owned())),
            ("grace>+1d", RuleError::Number("grace>+1d".to_owned())),
            ("grace>90", RuleError::Number("grace>90".to_owned())),
            ("seats>5,seats>9", RuleError::Twice("seats")),
            ("revoke,", RuleError::Unknown(String::new())),
        ] {
            assert_eq!(rules(text), Err(wrong), "{text}");
        }
    }
}
