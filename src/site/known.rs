//! Whether the book has all loans that were ever given: what the anchors of this computer remember, and what the vendor was told (SPEC.md 9.10).

use super::event::{Event, Known, Paused, Repaired};
use super::{Book, Site, SiteError, longest_out};
use crate::holder::lending::{self, LoansSeen};
use crate::holder::state::LicenseState;
use crate::holder::{Array, Home};
use crate::machine::Facts;
use crate::protocol::date::Seconds;
use crate::protocol::requests::{SiteReport, Sync};
use crate::text::Kind;

/// Loans that the book does not know of.
pub(super) struct Forgotten {
    /// The last one that is known elsewhere; none where the book was remembered and nobody here does.
    known: Option<Known>,
}

/// What the machine said of the book in the SYNC whose answer it holds.
fn told(license: &LicenseState) -> Option<SiteReport> {
    let held = license.held.as_ref()?;
    let sync = (held.request.kind == Kind::Sync).then_some(&held.request.payload)?;
    Sync::decode(sync).ok()?.site
}

/// What a book lacks; nothing where it is whole, as far as anybody here knows.
pub(super) fn forgotten(
    home: &Home,
    license: &LicenseState,
    facts: &Facts,
    book: &Book,
) -> Option<Forgotten> {
    if let Some(seen) = lending::seen(home, license.license_key, facts) {
        let known = Known {
            loan: seen.last,
            head: seen.head,
        };
        let whole = book.head_at(seen.last) == Some(seen.head.0);
        return (!whole).then_some(Forgotten { known: Some(known) });
    }
    let behind = told(license).is_some_and(|it| it.last_serial > book.last().loan);
    (behind || book.was_remembered()).then_some(Forgotten { known: None })
}

/// Notes that a book lacks loans, once.
pub(super) fn notice(
    home: &Home,
    license: &LicenseState,
    facts: &Facts,
    book: &mut Book,
    now: Seconds,
) -> Result<(), SiteError> {
    if book.paused().is_some() {
        return Ok(());
    }
    let forgotten = match (forgotten(home, license, facts, book), book.is_damaged()) {
        (Some(forgotten), _) => forgotten,
        (None, true) => Forgotten { known: None },
        (None, false) => return Ok(()),
    };
    let Some(held) = &license.held else {
        return Ok(());
    };
    let paused = Paused {
        known: forgotten.known,
        activation: held.standing.activation,
        generation: held.generation().unwrap_or(0),
    };
    book.add(Event::Paused(paused), now)
}

impl Site<'_> {
    /// Lending goes on once the vendor has answered a request that was made since, and so has seen the book as it is. As many seats are reserved as loans may
    /// have been forgotten, until the longest of them is over.
    pub(super) fn repair(&mut self, now: Seconds) -> Result<(), SiteError> {
        let Some((paused, held)) = self.book.paused().zip(self.license.held.as_ref()) else {
            return Ok(());
        };
        let grant = &self.certificate.grant.grant;
        let then = (paused.activation, paused.generation);
        if (held.standing.activation, grant.generation) == then {
            return Ok(());
        }
        let own = self.book.last();
        // A number is given once: those that were forgotten are passed over.
        let last = paused.known.filter(|it| it.loan >= own.loan).unwrap_or(own);
        let lost = paused
            .known
            .map(|known| known.loan.saturating_sub(own.loan));
        let lost = lost.map(|lost| u16::try_from(lost).unwrap_or(u16::MAX));
        let repaired = Repaired {
            last,
            lost,
            until: longest_out(grant.issued, self.sold()),
        };
        self.book.add(Event::Repaired(repaired), now)?;
        self.remember();
        Ok(())
    }

    /// Has the anchors remember the last loan. Whether one does.
    pub(super) fn remember(&self) -> bool {
        let last = self.book.last();
        let seen = LoansSeen {
            last: last.loan,
            head: Array(last.head.0),
        };
        lending::remember(self.home, &self.license, self.facts, seen)
    }
}
