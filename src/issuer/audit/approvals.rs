//! What another had to approve, by the policy of its time, against the approvals in the history (SPEC.md 9.18).

use std::collections::BTreeMap;

use super::{Replay, Wrong, facts};
use crate::issuer::approvals::{Extent, Rule, rules};
use crate::issuer::history::{
    AnswerFacts, Deed, EndFacts, Hex, LicenseFacts, OrderFacts, PolicyFacts, ProposalFacts,
    VerdictFacts, of_license,
};
use crate::issuer::leaving::lost_before;
use crate::issuer::ledger::{
    Event, EventId, LedgerError, OrderTerms, SignerId, TermsId, Transaction,
};
use crate::issuer::policy::RELEASES;
use crate::protocol::date::Day;
use crate::protocol::desk_certificate::MANAGER;
use crate::protocol::digest::request_digest;
use crate::text::Kind;

/// Four eyes, as the history has them so far.
#[derive(Default)]
pub(super) struct FourEyes {
    /// What needs approval, by products.
    policies: BTreeMap<String, Vec<Rule>>,
    /// Proposals that wait, by their numbers.
    waiting: BTreeMap<i64, Proposed>,
    /// What was approved and has to follow.
    approved: Option<(EventId, Deed)>,
    /// Orders that nobody approved, by their licenses: where they are what an answer that was taken back grants, that follows.
    alone: BTreeMap<Option<i64>, EventId>,
}

struct Proposed {
    deed: Deed,
    signer: Option<SignerId>,
    actor: String,
}

const UNAPPROVED: &str = "falls under the policy of its product, and nobody approved it";

/// What happened, as somebody would have proposed it, and how far it goes.
struct Done {
    deed: Deed,
    order: Option<i64>,
    before: Option<i64>,
    licenses: u32,
    answered: Option<Option<Day>>,
    overrides: bool,
}

impl Done {
    fn of(event: &Event) -> Done {
        Done {
            deed: Deed {
                kind: event.kind.clone(),
                license: event.license.map(|it| it.0),
                ..Deed::default()
            },
            order: None,
            before: None,
            licenses: 1,
            answered: None,
            overrides: false,
        }
    }
}

impl Replay {
    /// A policy from now on.
    pub(super) fn policy_said(&mut self, event: &Event) {
        let Some(it) = self.facts::<PolicyFacts>(event) else {
            return;
        };
        self.said.policy(&it);
        let read = match it.rules.is_empty() {
            true => Ok(Vec::new()),
            false => rules(&it.rules.join(",")),
        };
        match read {
            Ok(rules) if rules.is_empty() => {
                self.four_eyes.policies.remove(&it.product);
            }
            Ok(rules) => {
                self.four_eyes.policies.insert(it.product, rules);
            }
            Err(_) => {
                let says = "is a policy that cannot be read";
                self.report.event(Wrong::Unreadable, event.id, says);
            }
        }
    }

    /// A proposal.
    pub(super) fn proposed(&mut self, event: &Event) {
        if let Some(it) = self.facts::<ProposalFacts>(event) {
            self.said.proposed(event.id);
            let proposed = Proposed {
                deed: it.deed,
                signer: event.act.as_ref().map(|act| act.signer),
                actor: event.actor.clone(),
            };
            self.four_eyes.waiting.insert(event.id.0, proposed);
        }
    }

    /// A proposal that is approved or declined.
    pub(super) fn decided(&mut self, event: &Event) {
        let Some(it) = self.facts::<VerdictFacts>(event) else {
            return;
        };
        self.said.decided(it.proposal);
        let Some(proposed) = self.four_eyes.waiting.remove(&it.proposal) else {
            let says = "decides on a proposal that is not there, or was decided before";
            self.report.event(Wrong::NotApproved, event.id, says);
            return;
        };
        if event.kind != facts::APPROVE {
            return;
        }
        let by = event.act.as_ref().map(|act| act.signer);
        let same_actor = same(&proposed.actor, &event.actor);
        if same_actor || self.same_eyes(proposed.signer, by) {
            let says = "approves a proposal of the same person, or of the same key";
            self.report.event(Wrong::NotApproved, event.id, says);
        }
        let signing = by.and_then(|by| self.signers.get(&by));
        let desk = signing.and_then(|it| it.desk.as_ref());
        if proposed.deed.overrides && desk.is_some_and(|it| it.kinds & MANAGER == 0) {
            let says = "approves an override, and is no manager's";
            self.report.event(Wrong::NotApproved, event.id, says);
        }
        self.approved_in_vain();
        self.four_eyes.approved = Some((event.id, proposed.deed));
    }

    /// Whether two signers are one: by their public keys, or by the name of their certificates.
    fn same_eyes(&self, one: Option<SignerId>, other: Option<SignerId>) -> bool {
        let of = |id: Option<SignerId>| id.and_then(|id| self.signers.get(&id));
        let (Some(one), Some(other)) = (of(one), of(other)) else {
            return true;
        };
        let name = |it: &super::answers::Signing| {
            let serial = it.desk.as_ref().map(|desk| i64::from(desk.serial))?;
            self.keys.get(&serial).map(super::keys::Certified::name)
        };
        let named_alike = name(one).is_some_and(|it| name(other) == Some(it));
        one.public.to_bytes() == other.public.to_bytes() || named_alike
    }

    /// Holds an event against the policy of its product, and against what was approved.
    pub(super) fn four_eyes(
        &mut self,
        tx: &mut dyn Transaction,
        event: &Event,
    ) -> Result<(), LedgerError> {
        let it = &self.four_eyes;
        if it.policies.is_empty() && it.approved.is_none() && it.alone.is_empty() {
            return Ok(());
        }
        if event.kind == facts::READOPT {
            self.four_eyes.alone.remove(&event.license.map(|it| it.0));
            return Ok(());
        }
        let of_order = [facts::LICENSE_NEW, facts::LICENSE_CHANGE, facts::YIELDED];
        if !of_order.contains(&event.kind.as_str()) {
            self.alone_in_all();
        }
        let Some(done) = self.done(tx, event)? else {
            // What is freed or given on before what was approved comes of that.
            let comes = [facts::FREED, facts::YIELDED].contains(&event.kind.as_str());
            if !comes && event.kind != facts::APPROVE {
                self.approved_in_vain();
            }
            return Ok(());
        };
        self.held_against(tx, event, done)
    }

    fn held_against(
        &mut self,
        tx: &mut dyn Transaction,
        event: &Event,
        mut done: Done,
    ) -> Result<(), LedgerError> {
        let terms = |tx: &mut dyn Transaction, id: Option<i64>| match id {
            Some(id) => tx.terms(TermsId(id)),
            None => Ok(None),
        };
        let order = terms(tx, done.order)?;
        let before = terms(tx, done.before)?;
        if let Some(order) = &order {
            done.deed.product = self.product_name(order).to_owned();
        }
        if let Some((_, deed)) = &self.four_eyes.approved {
            let of_release = event.kind == facts::FREED && deed.kind == facts::RELEASE;
            if of_release && deed.license == done.deed.license {
                return Ok(());
            }
            done.deed.grace_days = deed.grace_days;
            done.deed.until = deed.until.clone();
            let until = done.answered.flatten();
            let as_asked = done.answered.is_none() || as_asked(deed, until, event.at.day());
            if as_asked && *deed == done.deed {
                self.four_eyes.approved = None;
                return Ok(());
            }
        }
        self.approved_in_vain();
        let extent = extent(event, &done, order.as_ref(), before.as_ref());
        let policy = self.four_eyes.policies.get(&done.deed.product);
        if !policy.is_some_and(|rules| rules.iter().any(|it| it.covers(&extent))) {
            return Ok(());
        }
        match event.kind.as_str() {
            facts::LICENSE_NEW | facts::LICENSE_CHANGE => {
                let license = event.license.map(|it| it.0);
                self.four_eyes.alone.insert(license, event.id);
            }
            _ => self.report.event(Wrong::NotApproved, event.id, UNAPPROVED),
        }
        Ok(())
    }

    /// What somebody did that may need approval; nothing for other events.
    fn done(
        &mut self,
        tx: &mut dyn Transaction,
        event: &Event,
    ) -> Result<Option<Done>, LedgerError> {
        let mut done = Done::of(event);
        let deed = &mut done.deed;
        match event.kind.as_str() {
            facts::LICENSE_NEW => {
                let Some(it) = read::<OrderFacts>(event) else {
                    return Ok(None);
                };
                done.licenses = u32::try_from(it.licenses).unwrap_or(u32::MAX);
                (deed.license, deed.licenses) = (None, Some(done.licenses));
                (done.order, deed.terms) = (Some(it.order), Some(it.terms));
            }
            facts::LICENSE_CHANGE
            | facts::LICENSE_REVOKE
            | facts::LICENSE_VOID
            | facts::LICENSE_RESTORE
            | facts::EMERGENCY => {
                let Some(it) = read::<LicenseFacts>(event) else {
                    return Ok(None);
                };
                done.order = Some(it.order);
                deed.reason = it.reason;
                if event.kind == facts::LICENSE_CHANGE {
                    done.before = ordered_before(tx, event)?;
                    (deed.before, deed.terms) = (done.before, it.terms);
                    done.overrides = deed.reason.is_some();
                } else if event.kind == facts::EMERGENCY {
                    deed.activation = event.activation.map(|it| it.0);
                    (deed.generation, deed.step) = (it.generation, it.step);
                }
            }
            facts::RELEASE | facts::FREED | facts::RETURN => {
                let Some(it) = read::<EndFacts>(event) else {
                    return Ok(None);
                };
                if event.kind == facts::FREED && event.act.is_none() {
                    return Ok(None);
                }
                done.order = Some(it.order);
                deed.activation = event.activation.map(|it| it.0);
                deed.reason = it.reason;
                if event.kind == facts::RETURN {
                    deed.generation = it.generation;
                    done.overrides = deed.reason.is_some();
                } else if event.kind == facts::RELEASE
                    && let Some(previous) = event.previous
                {
                    let events = of_license(tx, previous)?;
                    done.overrides = lost_before(&events, event.at.day()) >= RELEASES;
                }
            }
            facts::ACTIVATE | facts::REPLACE | facts::SYNC => {
                let Some(it) = read::<AnswerFacts>(event) else {
                    return Ok(None);
                };
                let red = it.verdict.as_deref() == Some("red");
                done.overrides = it.overridden || red;
                deed.reason = it.reason.filter(|_| done.overrides);
                deed.seats = Some(it.seats);
                deed.request = asked(tx, event.id)?;
                done.order = Some(it.order);
                done.answered = Some(it.revalidate_by.and_then(|it| it.parse().ok()));
            }
            _ => return Ok(None),
        }
        done.deed.overrides = done.overrides;
        Ok(Some(done))
    }

    /// What was approved and did not follow.
    fn approved_in_vain(&mut self) {
        if let Some((event, _)) = self.four_eyes.approved.take() {
            let says = "approves a proposal, and what follows is not what was proposed";
            self.report.event(Wrong::NotApproved, event, says);
        }
    }

    fn alone_in_all(&mut self) {
        for event in std::mem::take(&mut self.four_eyes.alone).into_values() {
            self.report.event(Wrong::NotApproved, event, UNAPPROVED);
        }
    }

    /// The history is over.
    pub(super) fn four_eyes_in_all(&mut self) {
        self.alone_in_all();
        self.approved_in_vain();
    }
}

fn same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

fn read<T: serde::de::DeserializeOwned>(event: &Event) -> Option<T> {
    serde_json::from_str(&event.data).ok()
}

fn extent<'a>(
    event: &'a Event,
    done: &Done,
    order: Option<&'a OrderTerms>,
    before: Option<&'a OrderTerms>,
) -> Extent<'a> {
    let orders = [facts::LICENSE_NEW, facts::LICENSE_CHANGE].contains(&event.kind.as_str());
    Extent {
        before,
        after: order.filter(|_| orders),
        licenses: done.licenses,
        answer: done.answered.and_then(|until| Some((until, order?))),
        overrides: done.overrides,
        ..Extent::of(&event.kind, event.at.day())
    }
}

/// Whether an answer is good until when it was proposed to be.
fn as_asked(deed: &Deed, until: Option<Day>, today: Day) -> bool {
    match (&deed.until, deed.grace_days) {
        (Some(day), _) => until.is_some_and(|it| it.to_string() == *day),
        (None, Some(0)) => until.is_none(),
        (None, Some(days)) => until == Some(today.plus(days)),
        (None, None) => true,
    }
}

/// The order that a license had before an event.
fn ordered_before(tx: &mut dyn Transaction, event: &Event) -> Result<Option<i64>, LedgerError> {
    #[derive(serde::Deserialize)]
    struct Then {
        order: i64,
    }
    let before = event.previous.map(|id| tx.event(id)).transpose()?;
    let before = before.flatten();
    let then = before.and_then(|it| serde_json::from_str::<Then>(&it.data).ok());
    Ok(then.map(|it| it.order))
}

/// The digest of the request that an event answered.
fn asked(tx: &mut dyn Transaction, event: EventId) -> Result<Option<Hex>, LedgerError> {
    let answer = tx.answers(EventId(event.0 - 1), 1)?.pop();
    let answer = answer.filter(|it| it.event == event);
    let Some((letter, payload)) = answer.as_ref().and_then(|it| it.request.split_first()) else {
        return Ok(None);
    };
    let kinds = [Kind::Activate, Kind::Sync];
    let kind = kinds.into_iter().find(|it| it.letter() == *letter);
    Ok(kind.map(|kind| Hex(request_digest(kind, payload))))
}
