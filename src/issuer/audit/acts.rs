//! What somebody did by himself: signed, over its place in the history, by a key that may do it (SPEC.md 9.9).

use super::answers::{Signed, Signing};
use super::{Place, Replay, Wrong, facts};
use crate::issuer::history::act;
use crate::issuer::ledger::{Event, LedgerError, Transaction};
use crate::protocol::desk_certificate::{MANAGER, MAY_GRANT_EMERGENCY};

/// Who may do something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// A root.
    Roots,
    /// A root, or a key with bit 4 of "kinds".
    Managers,
    /// Whoever may read codes out.
    Readers,
    /// Any key that stands.
    Anyones,
    /// Of a return that follows, or any key that stands.
    FreesSeats,
    /// Of what goes on in its row, by a request or an act.
    Follows,
    /// Of a request, which nobody signs.
    Nobodys,
}

impl Whose {
    fn is(kind: &str) -> Whose {
        match kind {
            facts::DESK_INIT
            | facts::POLICY
            | facts::DESK_CERTIFY
            | facts::DESK_ROTATE
            | facts::DESK_REPLACE_ROOT
            | facts::LEDGER_RESTORE => Whose::Roots,
            facts::DESK_REMOVE
            | facts::DESK_CHANGE
            | facts::DESK_CLOCK
            | facts::READOPT
            | facts::PRODUCT_ADD
            | facts::PRODUCT_CHANGE => Whose::Managers,
            facts::EMERGENCY => Whose::Readers,
            facts::PROPOSE
            | facts::APPROVE
            | facts::DECLINE
            | facts::LICENSE_NEW
            | facts::LICENSE_CHANGE
            | facts::LICENSE_REVOKE
            | facts::LICENSE_VOID
            | facts::LICENSE_RESTORE
            | facts::NOTE
            | facts::RELEASE => Whose::Anyones,
            facts::FREED => Whose::FreesSeats,
            facts::YIELDED => Whose::Follows,
            _ => Whose::Nobodys,
        }
    }

    fn may(self, signing: &Signing) -> bool {
        let kinds = signing.desk.as_ref().map(|desk| desk.kinds);
        match self {
            Whose::Roots => kinds.is_none(),
            Whose::Managers => kinds.is_none_or(|kinds| kinds & MANAGER != 0),
            Whose::Readers => kinds.is_none_or(|kinds| kinds & MAY_GRANT_EMERGENCY != 0),
            Whose::Anyones | Whose::FreesSeats | Whose::Follows => true,
            Whose::Nobodys => false,
        }
    }
}

/// Whether an event is signed by a key that may do it, or is none that somebody does by himself; `before` is the chain up to the row before it.
pub(super) fn is_theirs(before: &[u8; 32], event: &Event, by: Option<&Signing>) -> bool {
    let whose = Whose::is(&event.kind);
    let Some(done) = event.act else {
        return matches!(whose, Whose::Nobodys | Whose::Follows | Whose::FreesSeats);
    };
    let signed = |by: &Signing| {
        let certificate = by.desk.as_ref().map(|desk| desk.encode());
        let statement = act(before, event, certificate.as_deref().unwrap_or_default());
        whose.may(by) && by.public.verifies(&statement, &done.signature)
    };
    by.is_some_and(signed)
}

impl Replay {
    /// Holds an event against who may cause it, before what it says takes effect; `before` is the chain up to the row before it.
    pub(super) fn acted(
        &mut self,
        tx: &mut dyn Transaction,
        before: &[u8; 32],
        event: &Event,
    ) -> Result<(), LedgerError> {
        self.comes_of(Some(event));
        self.ordered_within(Some(event));
        let whose = Whose::is(&event.kind);
        let Some(done) = event.act else {
            match whose {
                Whose::Nobodys | Whose::Follows => {}
                Whose::FreesSeats => self.freeing = Some((event.id, event.license)),
                _ => self.not_theirs(event, "is signed by nobody"),
            }
            return Ok(());
        };
        if let Some(signing) = self.signers.get_mut(&done.signer) {
            signing.used = true;
        }
        let Some(signing) = self.signers.get(&done.signer) else {
            let says = format!("is signed by signer {}, who is not there", done.signer.0);
            self.not_theirs(event, &says);
            return Ok(());
        };
        let (public, only) = (signing.public, signing.only.clone());
        let certificate = signing.desk.as_ref().map(|desk| desk.encode());
        let today = event.at.day();
        let over = signing.desk.as_ref().and_then(|desk| desk.not_after);
        let says = if !whose.may(signing) {
            Some("is signed by a key that may not do it")
        } else if over.is_some_and(|last| last < today) || !self.signs_here(signing) {
            Some("was done when that key was not one of this desk")
        } else {
            None
        };
        if let Some(says) = says {
            self.not_theirs(event, says);
        } else if let Some(only) = only
            && self.product_of(tx, event)?.is_some_and(|it| it != only)
        {
            self.not_theirs(event, "is signed by a key for another product");
        }
        self.signed.push(Signed {
            act: true,
            row: format!("history row {}", event.id.0),
            public,
            transcript: act(before, event, certificate.as_deref().unwrap_or_default()),
            signature: done.signature,
        });
        Ok(())
    }

    /// Where seats were freed and nobody signed that, a return has to follow, of which it comes.
    pub(super) fn comes_of(&mut self, next: Option<&Event>) {
        let Some((freed, license)) = self.freeing.take() else {
            return;
        };
        let follows = next.is_some_and(|next| {
            let comes = next.kind == facts::FREED || next.kind == facts::RETURN;
            comes && next.act.is_none() && next.license == license
        });
        if !follows {
            let says = "frees seats, is signed by nobody, and no return follows";
            self.report.event(Wrong::NotSigned, freed, says);
        }
    }

    /// An act whose signature does not hold. Each speaks for all before it: behind one that does not hold there are more, which say nothing else.
    pub(super) fn undone(&mut self, row: String) {
        match &mut self.undone {
            Some((_, more)) => *more += 1,
            None => self.undone = Some((row, 0)),
        }
    }

    /// The first of these, and how many.
    pub(super) fn undone_in_all(&mut self) {
        let Some((row, more)) = self.undone.take() else {
            return;
        };
        let mut says =
            "has a signature that does not hold: whoever is named did not do this, or what stands before it was altered"
                .to_owned();
        if more > 0 {
            says.push_str(&format!("; {more} later ones do not hold either"));
        }
        self.report
            .found(Place::History, Wrong::NotSigned, row, says);
    }

    fn not_theirs(&mut self, event: &Event, says: &str) {
        self.report.event(Wrong::NotSigned, event.id, says);
    }

    /// The id of the product of the license that an event is about, where it is about one.
    fn product_of(
        &mut self,
        tx: &mut dyn Transaction,
        event: &Event,
    ) -> Result<Option<String>, LedgerError> {
        let license = event.license.map(|id| tx.license(id)).transpose()?;
        let Some(license) = license.flatten() else {
            return Ok(None);
        };
        let terms = self.terms_of(tx, license.terms)?.cloned();
        Ok(terms.map(|terms| self.product_name(&terms).to_owned()))
    }
}
