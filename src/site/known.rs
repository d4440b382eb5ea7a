//! Whether the book has all loans that were ever given: what the anchors of this computer remember, and what the vendor was told (SPEC.md 9.10).

use super::event::{Event, Known, Paused, Repaired};
use super::{Book, Site, SiteError, longest_out};
use crate::holder::lending::{self, LoansSeen};
use crate::holder::state::LicenseState;
use crate::holder::{Array, Home};
use crate::machine::Facts;
use crate::protocol::date::Seconds;
use crate::protocol::grant::{Grant, LicenseType, SignedGrant};
use crate::protocol::requests::{SiteReport, Sync};
use crate::seats;
use crate::text::Kind;

/// Loans that the book does not know of.
pub(super) struct Forgotten {
    /// The last one that is known elsewhere; none where nobody here knows how many there were.
    known: Option<Known>,
    /// The last number that the vendor was told of, or that is written of the seats.
    told: u32,
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
    let has = |loan: u32, head: &[u8]| {
        let own = book.head_at(loan);
        own.is_some_and(|own| own.starts_with(head))
    };
    let told = told(license);
    let lacks_told = told.is_some_and(|it| !has(it.last_serial, &it.head));
    let told = told.map_or(0, |it| it.last_serial);
    let seen = lending::seen(home, license.license_key, facts);
    let lacks_seen = match &seen {
        Some(seen) => !has(seen.last, &seen.head.0),
        None => book.was_remembered(),
    };
    if !(lacks_told || lacks_seen || book.is_damaged()) {
        return None;
    }
    // What was put back together with the book knows no more than the book does.
    let knows = |it: &LoansSeen| it.last >= told && (lacks_seen || !lacks_told);
    let known = seen.filter(knows).map(|seen| Known {
        loan: seen.last,
        head: seen.head,
    });
    // What cannot be read tells of none.
    let written = seats::last_lent(home, license.license_key);
    let told = told.max(written.unwrap_or(0));
    Some(Forgotten { known, told })
}

/// What is held, as it says itself.
fn said(license: &LicenseState) -> Option<Grant> {
    let held = license.held.as_ref()?;
    let signed = SignedGrant::decode(&held.grant).ok()?;
    Some(signed.grant)
}

/// The longest loan that was sold with what is held, in days.
fn sold(license: &LicenseState) -> u8 {
    let days = said(license).and_then(|it| it.max_loan);
    days.map_or(0, |days| days.get())
}

/// Whether a license that is held lends or is for users by name, and the key of its home is none that the vendor certified for it.
///
/// # Errors
/// What the disk says of the key.
pub fn wants_certificate(home: &Home, license: &LicenseState) -> Result<bool, SiteError> {
    let held = license.held.as_ref();
    let certified = held.and_then(|held| held.standing.site_key);
    let own = super::public(home)?;
    let names = said(license).is_some_and(|it| it.license_type == LicenseType::Named);
    let signs = names || sold(license) > 0;
    Ok(signs && own.is_some() && own != certified.map(|key| key.0))
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
    let Some(forgotten) = forgotten(home, license, facts, book) else {
        return Ok(());
    };
    let held = license.held.iter().map(|held| &held.request);
    let asked = license.pending.iter().map(|pending| &pending.request);
    let before = held.chain(asked).filter_map(|it| it.commitment().ok());
    let paused = Paused {
        known: forgotten.known,
        told: forgotten.told,
        days: sold(license),
        before: before.map(|it| Array(it.0)).collect(),
    };
    book.add(Event::Paused(paused), now)
}

impl Site<'_> {
    /// Lending goes on once the vendor has answered a request that was made since and told of the book as it is. As many seats are reserved as loans may have
    /// been forgotten, until the longest of them is over.
    pub(super) fn repair(&mut self, now: Seconds) -> Result<(), SiteError> {
        let Some((paused, held)) = self.book.paused().zip(self.license.held.as_ref()) else {
            return Ok(());
        };
        let own = self.book.last();
        let report = self.book.report(now);
        let says_so = told(&self.license)
            .is_some_and(|it| (it.last_serial, it.head) == (report.last_serial, report.head));
        let asked = Array(held.request.commitment()?.0);
        if !says_so || paused.before.contains(&asked) {
            return Ok(());
        }
        // A number is given once: those that were forgotten are passed over.
        let known = paused.known.filter(|it| it.loan >= own.loan);
        let last = known.unwrap_or(own);
        let last = Known {
            loan: last.loan.max(paused.told),
            ..last
        };
        let lost = paused
            .known
            .map(|known| known.loan.saturating_sub(own.loan));
        let lost = lost.map(|lost| u16::try_from(lost).unwrap_or(u16::MAX));
        let days = paused.days.max(self.sold()).max(self.book.longest());
        let repaired = Repaired {
            last,
            // Before it is written: what the anchors know the book has.
            remembered: self.remember_that(last),
            lost,
            until: longest_out(self.granted.issued, days),
        };
        self.book.add(Event::Repaired(repaired), now)
    }

    /// Has the anchors remember the last loan. Whether one does.
    pub(super) fn remember(&self) -> bool {
        self.remember_that(self.book.last())
    }

    fn remember_that(&self, last: Known) -> bool {
        let seen = LoansSeen {
            last: last.loan,
            head: Array(last.head.0),
        };
        lending::remember(self.home, &self.license, self.facts, seen)
    }
}
