//! Licenses in a list: in which state each is, and which of them are wanted.

use std::collections::HashMap;
use std::ops::ControlFlow;

use unicode_normalization::UnicodeNormalization as _;

use super::licenses::order;
use crate::issuer::history::{self, EMERGENCY, LicenseFacts};
use crate::issuer::ledger::{
    Activation, Declined, Event, EventId, Ledger, LedgerError, License, LicenseId, OrderTerms,
    PAGE, ProductId, TermsId, Transaction, Withdrawn,
};
use crate::license_key::LicenseKey;
use crate::protocol::date::{Day, Seconds};
use crate::protocol::digest::ActivationId;

/// What a refusal is of which somebody at the desk decides, as the history has it.
const WAITS: [&str; 4] = ["held_for_manager", "yellow", "red", "unproven"];

/// In which state a license is, as a desk sees it; of several the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LicenseState {
    /// Made by mistake.
    Void,
    /// Revoked.
    Revoked,
    /// Its last day is over.
    Expired,
    /// A request for it was refused, and somebody at the desk decides.
    Held,
    /// A machine that holds it was to be in contact by now.
    Overdue,
    /// No machine holds it.
    Unused,
    /// Machines hold it, and all is well.
    Active,
}

impl LicenseState {
    /// The stable snake_case name for JSON, which is the word for people, too.
    pub const fn name(self) -> &'static str {
        match self {
            LicenseState::Void => "void",
            LicenseState::Revoked => "revoked",
            LicenseState::Expired => "expired",
            LicenseState::Held => "held",
            LicenseState::Overdue => "overdue",
            LicenseState::Unused => "unused",
            LicenseState::Active => "active",
        }
    }
}

/// A license of a list.
#[derive(Clone, Copy, Debug)]
pub struct Listed<'a> {
    /// The license.
    pub license: &'a License,
    /// Its order.
    pub terms: &'a OrderTerms,
    /// Machines that hold seats of it.
    pub machines: u32,
    /// The first day by which one of these has to be in contact, emergency codes that were read out reckoned in; none: contact is never needed.
    pub due: Option<Day>,
    /// Whether somebody at the desk decides about a request.
    pub held: bool,
    /// Its state.
    pub state: LicenseState,
}

impl Listed<'_> {
    /// Whether a machine was to be in contact by now.
    pub fn overdue(&self, today: Day) -> bool {
        self.due.is_some_and(|due| due < today)
    }
}

/// Which licenses a list wants: those that are all of this. Void ones are left out but where they are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of this product only.
    pub product: Option<ProductId>,
    /// Part of the customer's name, capitals or not ([`folded`]).
    pub customer: Option<String>,
    /// Of the order that the vendor calls so.
    pub order: Option<String>,
    /// Held by a machine of which a mail says a name with this in it, capitals or not ([`folded`]).
    pub machine: Option<String>,
    /// Their last day comes, from today up to this one.
    pub expiring: Option<Day>,
    /// The last day of their maintenance comes, from today up to this one.
    pub maintenance_ending: Option<Day>,
    /// In these states, all of them: a license that is held may be overdue as well.
    pub states: Vec<LicenseState>,
}

impl Wanted {
    /// Whether its order is one that is wanted; `today` is the desk's day.
    fn ordered(&self, terms: &OrderTerms, today: Day) -> bool {
        let comes = |day: Option<Day>, last: Option<Day>| {
            last.is_none_or(|last| day.is_some_and(|day| (today..=last).contains(&day)))
        };
        self.product.is_none_or(|it| it == terms.product)
            && self
                .order
                .as_ref()
                .is_none_or(|name| terms.order.as_ref() == Some(name))
            && comes(terms.expires, self.expiring)
            && comes(terms.maintenance, self.maintenance_ending)
            && self
                .customer
                .as_ref()
                .is_none_or(|part| folded(&terms.customer).contains(part))
    }

    fn has(&self, it: &Listed<'_>, today: Day) -> bool {
        let void = it.state == LicenseState::Void;
        if void != self.states.contains(&LicenseState::Void) {
            return false;
        }
        self.states.iter().all(|state| match state {
            LicenseState::Held => it.held,
            LicenseState::Overdue => it.overdue(today),
            LicenseState::Unused => it.machines == 0,
            LicenseState::Expired => it.terms.expires.is_some_and(|day| day < today),
            LicenseState::Active => it.state == LicenseState::Active,
            LicenseState::Void | LicenseState::Revoked => it.state == *state,
        })
    }
}

/// A text in one spelling, whichever its capitals: of the full case folding of Unicode, with marks composed.
pub fn folded(text: &str) -> String {
    // By way of capitals `ß` is `ss`, and each of `ς` and `σ` the same; small letters first, for `ẞ` has no other capital.
    let capitals = text.to_lowercase().to_uppercase();
    capitals.to_lowercase().nfc().collect()
}

/// Calls `each` for every license that is wanted, in the order they were made, from the one after `after`, until it breaks off. What it costs grows with
/// the number of licenses, and memory does not.
///
/// # Errors
/// What `each` says, or what the ledger says.
pub fn for_each_license<E: From<LedgerError>>(
    ledger: &mut Ledger,
    wanted: &Wanted,
    after: LicenseId,
    today: Day,
    mut each: impl FnMut(&Listed<'_>) -> Result<ControlFlow<()>, E>,
) -> Result<(), E> {
    ledger.read(|tx| {
        let mut after = after;
        let mut last: Option<(TermsId, OrderTerms)> = None;
        loop {
            let page = tx.licenses(after, PAGE)?;
            let Some(end) = page.last() else {
                return Ok(());
            };
            let mut holders = tx.holders(after, end.id)?.into_iter().peekable();
            let held = held(tx, after, end.id)?;
            let called = match &wanted.machine {
                Some(part) => called(tx, (after, end.id), part)?,
                None => Vec::new(),
            };
            after = end.id;
            for license in &page {
                let holds = holders.next_if(|(id, ..)| *id == license.id);
                if last.as_ref().is_none_or(|(id, _)| *id != license.terms) {
                    last = Some((license.terms, order(tx, license)?));
                }
                let Some((_, terms)) = &last else { continue };
                let named = wanted.machine.is_none() || called.binary_search(&license.id).is_ok();
                if !wanted.ordered(terms, today) || !named {
                    continue;
                }
                let (machines, due) = holds.map_or((0, None), |(_, many, due)| (many, due));
                let due = match due.filter(|day| *day < today) {
                    Some(_) => spoken_until(tx, license)?,
                    None => due,
                };
                let held = held.binary_search(&license.id).is_ok();
                let mut listed = Listed {
                    license,
                    terms,
                    machines,
                    due,
                    held,
                    state: LicenseState::Active,
                };
                listed.state = state(&listed, today);
                if wanted.has(&listed, today) && each(&listed)?.is_break() {
                    return Ok(());
                }
            }
        }
    })
}

fn state(it: &Listed<'_>, today: Day) -> LicenseState {
    match it.license.withdrawn {
        Some(Withdrawn::Void) => LicenseState::Void,
        Some(Withdrawn::Revoked) => LicenseState::Revoked,
        None if it.terms.expires.is_some_and(|day| day < today) => LicenseState::Expired,
        None if it.held => LicenseState::Held,
        None if it.overdue(today) => LicenseState::Overdue,
        None if it.machines == 0 => LicenseState::Unused,
        None => LicenseState::Active,
    }
}

/// Licenses of machines that are called so, rising.
fn called(
    tx: &mut dyn Transaction,
    (after, last): (LicenseId, LicenseId),
    part: &str,
) -> Result<Vec<LicenseId>, LedgerError> {
    let said = tx.said(after, last)?.into_iter();
    let fits = said.filter(|it| folded(&it.to_string()).contains(part));
    Ok(fits.map(|it| it.license).collect())
}

/// Licenses about which somebody at the desk decides, rising.
fn held(
    tx: &mut dyn Transaction,
    after: LicenseId,
    last: LicenseId,
) -> Result<Vec<LicenseId>, LedgerError> {
    let mut held = Vec::new();
    for (license, event) in tx.open_refusals(after, last)? {
        if held.last() != Some(&license) && waits(tx, event)? {
            held.push(license);
        }
    }
    let declined = tx.declined(after, last)?.into_iter();
    let waiting = declined.filter(|(it, answered)| it.waits && !answered);
    held.extend(waiting.map(|(it, _)| it.license));
    held.sort_unstable();
    Ok(held)
}

/// A request that was refused and of which somebody at the desk decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The activation that it was for, or that the machine fits which asked.
    pub activation: ActivationId,
    /// When it was refused first.
    pub since: Seconds,
    /// The fork rule's verdict, or the kind of the refusal.
    pub verdict: String,
    /// What that rests on, in a sentence.
    pub evidence: String,
}

/// What somebody at the desk decides of a license, oldest first.
///
/// # Errors
/// What the ledger says.
pub fn cases(tx: &mut dyn Transaction, license: LicenseId) -> Result<Vec<Case>, LedgerError> {
    let mut cases = Vec::new();
    for (_, event) in tx.open_refusals(LicenseId(license.0.saturating_sub(1)), license)? {
        let Some(event) = tx.event(event)? else {
            continue;
        };
        let Some(row) = event.activation else {
            continue;
        };
        let (Some(facts), Some(holder)) = (facts(&event), tx.activation(row)?) else {
            continue;
        };
        let verdict = facts.verdict.unwrap_or_default();
        if WAITS.contains(&verdict.as_str()) {
            cases.push(Case {
                activation: holder.standing.activation,
                since: event.at,
                verdict,
                evidence: facts.evidence.unwrap_or_default(),
            });
        }
    }
    let declined = tx
        .declined(LicenseId(license.0.saturating_sub(1)), license)?
        .into_iter();
    let waiting = declined.filter(|(it, answered)| it.waits && !answered);
    cases.extend(waiting.map(|(it, _)| Case {
        activation: it.activation,
        since: it.at,
        verdict: it.kind,
        evidence: it.said,
    }));
    cases.sort_by_key(|it| it.since);
    Ok(cases)
}

/// Requests that were refused on this day or later, whose machines were not answered since and of which nobody decides, with the keys of their licenses;
/// by license, oldest first.
///
/// # Errors
/// What the ledger says.
pub fn refused_since(
    ledger: &mut Ledger,
    first: Day,
) -> Result<Vec<(LicenseKey, Declined)>, LedgerError> {
    ledger.read(|tx| {
        let mut found = Vec::new();
        let mut after = LicenseId(0);
        loop {
            let page = tx.licenses(after, PAGE)?;
            let Some(last) = page.last().map(|it| it.id) else {
                return Ok(found);
            };
            let keys: HashMap<LicenseId, LicenseKey> =
                page.iter().map(|it| (it.id, it.key)).collect();
            for (it, answered) in tx.declined(after, last)? {
                let lately = it.at.day() >= first && !answered && !it.waits;
                let key = keys.get(&it.license).filter(|_| lately);
                found.extend(key.map(|key| (*key, it)));
            }
            after = last;
        }
    })
}

/// Whether a refusal is one of which somebody at the desk decides.
fn waits(tx: &mut dyn Transaction, event: EventId) -> Result<bool, LedgerError> {
    let facts = tx.event(event)?.and_then(|event| facts(&event));
    let verdict = facts.and_then(|facts| facts.verdict);
    Ok(verdict.is_some_and(|verdict| WAITS.contains(&verdict.as_str())))
}

fn facts(event: &Event) -> Option<LicenseFacts> {
    serde_json::from_str(&event.data).ok()
}

/// The first day by which a machine has to be in contact, with the emergency codes that were read out for its generation.
fn spoken_until(tx: &mut dyn Transaction, license: &License) -> Result<Option<Day>, LedgerError> {
    let events = history::of_license(tx, license.event)?;
    let spoken = |holder: &Activation| {
        let own = events
            .iter()
            .filter(|it| it.kind == EMERGENCY && it.activation == Some(holder.id));
        let facts = own.filter_map(facts);
        let facts = facts.filter(|it| it.generation == Some(holder.generation));
        facts.filter_map(|it| it.until?.parse::<Day>().ok()).max()
    };
    let holders = tx.activations_of(license.id)?;
    let holders = holders.iter().filter(|it| it.seats > 0);
    Ok(holders
        .filter_map(|it| it.due.max(spoken(it).filter(|_| it.due.is_some())))
        .min())
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn capitals_make_no_other_name() {
        for (one, other) in [
            ("BJÖRK", "björk"),
            ("Bjo\u{308}rk", "BJÖRK"),
            ("STRASSE", "straße"),
            ("ẞ", "ss"),
            ("ΟΔΥΣΣΕΥΣ", "Οδυσσευς"),
            ("ЩУКА", "щука"),
        ] {
            assert_eq!(folded(one), folded(other), "{one}");
        }
        assert_ne!(folded("Bjork"), folded("Björk"));
    }
}
