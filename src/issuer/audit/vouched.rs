//! Rows that an answer or an act goes by, held against the events that vouch for them before it is signed (SPEC.md 9.9): what is signed vouches for them
//! anew. It costs a few looks for each license, however many machines have it, and none of the rest of the ledger.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;

use super::answers::Signing;
use super::desk::{roots, signing};
use super::rows::{leaves_holder, license_name};
use super::{acts, facts};
use crate::issuer::desk;
use crate::issuer::history::{
    AnswerFacts, Hex, Left, ProductFacts, ReplaceFacts, SealedFacts, chain, speaks_of,
};
use crate::issuer::keys;
use crate::issuer::ledger::{
    Activation, ActivationRow, Event, EventId, LedgerError, License, LicenseId, OrderTerms,
    ProductId, SeedKeyId, SignerId, StoredAnswer, TermsId, Transaction,
};
use crate::protocol::desk_certificate::MANAGER;

/// What was held against its events in one transaction.
#[derive(Default)]
pub(crate) struct Vouched {
    licenses: HashMap<LicenseId, EventId>,
    holders: HashMap<ActivationRow, EventId>,
    orders: HashSet<TermsId>,
    products: HashMap<ProductId, String>,
    signers: BTreeMap<SignerId, Signing>,
    /// The event that was looked at last: licenses of one order have it in common.
    last: Option<Event>,
}

/// The order that an event made, and its digest.
#[derive(Deserialize)]
struct Ordered {
    order: i64,
    terms: Option<Hex>,
}

/// Seed keys that an event sealed.
#[derive(Deserialize)]
struct Sealed {
    #[serde(default)]
    sealed: Vec<SealedFacts>,
}

/// The digest of the activation that an event left.
#[derive(Deserialize)]
struct Holding {
    holder: Hex,
}

impl Vouched {
    /// Holds a license with its order against the last event that speaks of it, and the order against the one that made it.
    ///
    /// # Errors
    /// `Edited` where it is not so, or what the ledger says.
    pub(crate) fn license(
        &mut self,
        tx: &mut dyn Transaction,
        license: &License,
    ) -> Result<(), LedgerError> {
        if self.licenses.get(&license.id) == Some(&license.event) {
            return Ok(());
        }
        self.order(tx, license)?;
        let event = self.sound(tx, license.event)?;
        let left = Left::by(&event).filter(|_| speaks_of(&event, license.id));
        if left != Some(Left::of(license)) || tx.goes_on(event.id, license.id)? {
            return Err(edited(&license_name(license)));
        }
        self.licenses.insert(license.id, license.event);
        Ok(())
    }

    /// The same with all its activations, each against the event that left it so, and their seats against those that the license counts.
    ///
    /// # Errors
    /// As [`Vouched::license`].
    pub(crate) fn with_all(
        &mut self,
        tx: &mut dyn Transaction,
        license: &License,
        all: &[Activation],
    ) -> Result<(), LedgerError> {
        self.license(tx, license)?;
        let seats: u64 = all.iter().map(|it| u64::from(it.seats)).sum();
        if seats != u64::from(license.taken.unwrap_or(0)) {
            return Err(edited(&license_name(license)));
        }
        let known = |it: &&Activation| self.holders.get(&it.id) == Some(&it.event);
        let open: Vec<&Activation> = all.iter().filter(|it| !known(it)).collect();
        let mut events = HashMap::new();
        // Looked for one by one, a thousand machines would be two thousand looks.
        if open.len() > 1 {
            let named = tx.events_of_activations(license.id)?.into_iter();
            events.extend(named.map(|(event, before)| (event.id, (event, before))));
        }
        for holder in open {
            let event = match events.remove(&holder.event) {
                Some((event, before)) => chained(event, before)?.0,
                None => linked(tx, holder.event)?.0,
            };
            self.holder(&event, license, holder)?;
        }
        Ok(())
    }

    /// Holds an activation against the event that left it so.
    fn holder(
        &mut self,
        event: &Event,
        license: &License,
        holder: &Activation,
    ) -> Result<(), LedgerError> {
        let left: Option<Holding> = serde_json::from_str(&event.data).ok();
        let own = event.activation == Some(holder.id) && event.license == Some(license.id);
        let same = left.is_some_and(|it| it.holder == Hex(holder.digest()));
        if !(own && same && leaves_holder(event)) || self.later(license, holder) {
            let called = holder.standing.activation;
            let row = format!("activation {called} of {}", license_name(license));
            return Err(edited(&row));
        }
        self.holders.insert(holder.id, holder.event);
        Ok(())
    }

    /// Whether the last event of a license is about this activation, and is not the one that its row names.
    fn later(&self, license: &License, holder: &Activation) -> bool {
        let last = self.last.as_ref().filter(|last| last.id == license.event);
        last.is_some_and(|last| {
            leaves_holder(last) && last.activation == Some(holder.id) && last.id != holder.event
        })
    }

    /// Holds an answer against the event that gave it.
    ///
    /// # Errors
    /// As [`Vouched::license`].
    pub(crate) fn answer(
        &mut self,
        tx: &mut dyn Transaction,
        answer: &StoredAnswer,
    ) -> Result<(), LedgerError> {
        let (event, _) = linked(tx, answer.event)?;
        let given: Option<AnswerFacts> = serde_json::from_str(&event.data).ok();
        let same = given.is_some_and(|it| it.answer == Hex(answer.digest()));
        match same && event.activation == Some(answer.activation) {
            true => Ok(()),
            false => Err(edited(&format!(
                "the answer of history row {}",
                answer.event.0
            ))),
        }
    }

    /// What was written in this transaction: its event may not be recorded yet.
    pub(crate) fn wrote_license(&mut self, license: &License) {
        self.licenses.insert(license.id, license.event);
    }

    /// The same of an activation.
    pub(crate) fn wrote_holder(&mut self, holder: ActivationRow, event: EventId) {
        self.holders.insert(holder, event);
    }

    /// An order against the event that made it, which somebody signed whose key may order that; and all that it changed, back to the sale.
    fn order(&mut self, tx: &mut dyn Transaction, license: &License) -> Result<(), LedgerError> {
        let wrong = || edited(&format!("the order of {}", license_name(license)));
        let (mut next, mut open) = (Some(license.terms), Vec::new());
        while let Some(of) = next.take().filter(|of| !self.orders.contains(of)) {
            let found = tx.all_terms(TermsId(of.0.saturating_sub(1)), 1)?.pop();
            let found = found.filter(|(id, ..)| *id == of);
            let (id, event, terms) = found.ok_or_else(wrong)?;
            let product = self.product(tx, terms.product)?.ok_or_else(wrong)?;
            let event = self.sound(tx, event)?;
            let said: Option<Ordered> = serde_json::from_str(&event.data).ok();
            let said = said.filter(|it| it.order == id.0);
            if said.and_then(|it| it.terms) != Some(Hex(terms.digest(&product))) {
                return Err(wrong());
            }
            let before = match event.kind.as_str() {
                facts::LICENSE_NEW => None,
                facts::LICENSE_CHANGE => {
                    let before = event.previous.map(|id| linked(tx, id)).transpose()?;
                    let left = before.and_then(|(event, _)| Left::by(&event));
                    let before = TermsId(left.ok_or_else(wrong)?.order);
                    // Whoever named a later one would go round in a circle.
                    if before >= of {
                        return Err(wrong());
                    }
                    next = Some(before);
                    tx.terms(before)?
                }
                _ => return Err(wrong()),
            };
            self.ordered_by_whom_may(tx, &event, (&product, before.as_ref(), &terms))?;
            open.push(of);
        }
        self.orders.extend(open);
        Ok(())
    }

    /// A product against the event that left it so; its name.
    fn product(
        &mut self,
        tx: &mut dyn Transaction,
        id: ProductId,
    ) -> Result<Option<String>, LedgerError> {
        if let Some(name) = self.products.get(&id) {
            return Ok(Some(name.clone()));
        }
        let Some(product) = tx.product(id)? else {
            return Ok(None);
        };
        let event = self.sound(tx, product.event)?;
        let kind = event.kind.as_str();
        let said: Option<ProductFacts> = serde_json::from_str(&event.data).ok();
        let said = said.filter(|_| [facts::PRODUCT_ADD, facts::PRODUCT_CHANGE].contains(&kind));
        let same =
            said.is_some_and(|it| it.product == product.name && it.row == Hex(product.digest()));
        if !same {
            return Err(edited(&format!("product {}", product.name.escape_debug())));
        }
        self.products.insert(id, product.name.clone());
        Ok(Some(product.name))
    }

    /// Whoever signed an order has to have been somebody who might: within the limits of his key, and before it was removed, or his root dropped.
    fn ordered_by_whom_may(
        &self,
        tx: &mut dyn Transaction,
        event: &Event,
        (product, before, after): (&str, Option<&OrderTerms>, &OrderTerms),
    ) -> Result<(), LedgerError> {
        let signing = event.act.and_then(|act| self.signers.get(&act.signer));
        let Some(signing) = signing else {
            return Ok(());
        };
        let root = signing
            .desk
            .as_ref()
            .map_or(signing.public, |desk| desk.issuer());
        if dropped_before(tx, &root.to_bytes(), event.id)? {
            return Err(unsigned(event.id));
        }
        let Some(desk) = signing.desk.as_deref() else {
            return Ok(());
        };
        let serial = i64::from(desk.serial);
        let keys = tx.desk_keys()?;
        let key = keys.iter().find(|it| it.id.0 == serial);
        if key.is_none_or(|key| key.removed.is_some() && key.event < event.id) {
            return Err(unsigned(event.id));
        }
        // What a manager takes back was granted by somebody else's key (SPEC.md 9.14).
        let only = signing.only.as_deref().unwrap_or_default();
        let within = keys::beyond((desk, only), product, before, after);
        match within {
            Err(_) if desk.kinds & MANAGER == 0 => Err(unsigned(event.id)),
            _ => Ok(()),
        }
    }

    /// Holds seed keys as they are sealed to somebody against the events that sealed them. Gives back the first that nobody sealed so.
    ///
    /// # Errors
    /// What the ledger says.
    pub(crate) fn unsealed(
        &mut self,
        tx: &mut dyn Transaction,
        holder: &[u8; 32],
    ) -> Result<Option<SeedKeyId>, LedgerError> {
        let rows = tx.sealed_keys()?.into_iter();
        for row in rows.filter(|it| it.holder == *holder) {
            let event = match self.sound(tx, row.event) {
                Ok(event) => event,
                Err(LedgerError::Edited(_)) => return Ok(Some(row.key)),
                Err(error) => return Err(error),
            };
            let seals = matches!(
                event.kind.as_str(),
                facts::DESK_INIT
                    | facts::DESK_CERTIFY
                    | facts::DESK_REMOVE
                    | facts::DESK_REPLACE_ROOT
            );
            let told: Option<Sealed> = serde_json::from_str(&event.data).ok();
            let digest = Hex(row.digest());
            let same = told.filter(|_| seals).is_some_and(|told| {
                let mut told = told.sealed.iter();
                told.any(|it| (it.key, it.holder, it.row) == (row.key.0, Hex(row.holder), digest))
            });
            if !same {
                return Ok(Some(row.key));
            }
        }
        Ok(None)
    }

    /// An event that goes on from the one before it, and that is signed by whoever may do it, where it is an act.
    fn sound(&mut self, tx: &mut dyn Transaction, id: EventId) -> Result<Event, LedgerError> {
        if let Some(last) = self.last.as_ref().filter(|last| last.id == id) {
            return Ok(last.clone());
        }
        let (event, before) = linked(tx, id)?;
        if let Some(act) = event.act
            && !self.signers.contains_key(&act.signer)
        {
            let signer = signer(tx, act.signer)?;
            self.signers
                .insert(act.signer, signer.ok_or_else(|| unsigned(id))?);
        }
        let by = event.act.and_then(|act| self.signers.get(&act.signer));
        if !acts::is_theirs(&before, &event, by) {
            return Err(unsigned(id));
        }
        self.last = Some(event.clone());
        Ok(event)
    }
}

/// Whether a root was dropped before an event.
fn dropped_before(
    tx: &mut dyn Transaction,
    root: &[u8; 32],
    event: EventId,
) -> Result<bool, LedgerError> {
    let former = desk::vendor(tx).map(|it| it.former).unwrap_or_default();
    if !former.contains(root) {
        return Ok(false);
    }
    let dropped = tx.events_of(facts::DESK_REPLACE_ROOT)?.into_iter();
    let mut dropped = dropped.filter(|it| it.id < event);
    Ok(dropped.any(|it| {
        let facts: Option<ReplaceFacts> = serde_json::from_str(&it.data).ok();
        facts.is_some_and(|it| it.dropped == Hex(*root))
    }))
}

/// A signer whose own word is good.
fn signer(tx: &mut dyn Transaction, id: SignerId) -> Result<Option<Signing>, LedgerError> {
    let all = tx.signers()?;
    let Some(stored) = all.iter().find(|it| it.id == id) else {
        return Ok(None);
    };
    let products = tx.products()?;
    let names: Vec<&str> = products.iter().map(|it| it.name.as_str()).collect();
    Ok(signing(stored, &roots(tx)?, &names).ok())
}

/// An event that goes on from the one before it, and the chain up to that.
fn linked(tx: &mut dyn Transaction, id: EventId) -> Result<(Event, [u8; 32]), LedgerError> {
    // Both in one look: they lie beside each other.
    let mut both = tx.events(EventId(id.0.saturating_sub(2)), 2)?.into_iter();
    let mut next = both.next();
    let before = next.take_if(|it| it.id.0 == id.0 - 1).map(|it| it.hash);
    let event = next.or_else(|| both.next()).filter(|it| it.id == id);
    chained(event.ok_or_else(|| edited(&history_row(id)))?, before)
}

/// Holds an event against the chain up to the row before it, where there is one.
fn chained(event: Event, before: Option<[u8; 32]>) -> Result<(Event, [u8; 32]), LedgerError> {
    let before = match before {
        Some(hash) => hash,
        None if event.id.0 <= 1 => [0; 32],
        None => return Err(edited(&history_row(EventId(event.id.0 - 1)))),
    };
    match chain(&before, &event) == event.hash {
        true => Ok((event, before)),
        false => Err(edited(&history_row(event.id))),
    }
}

fn history_row(id: EventId) -> String {
    format!("history row {}", id.0)
}

fn edited(row: &str) -> LedgerError {
    LedgerError::Edited(format!("{row} is not as its last event left it"))
}

fn unsigned(id: EventId) -> LedgerError {
    LedgerError::Edited(format!(
        "history row {} is not signed by a key that may do that",
        id.0
    ))
}
