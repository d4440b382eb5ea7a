//! What a site tells the vendor of its loans, with each SYNC (SPEC.md 4.2).

use super::{Book, SiteError, book_path, is_site_of, known};
use crate::holder::Home;
use crate::holder::state::LicenseState;
use crate::machine::Facts;
use crate::protocol::commitment::Commitment;
use crate::protocol::date::Seconds;
use crate::protocol::requests::SiteReport;

/// What the book of a license has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// In a SYNC.
    pub report: SiteReport,
    /// Requests that were made before it was seen that the book lacks loans: their answers put nothing right.
    pub before: Vec<Commitment>,
}

/// What a site says; nothing where the machine is none, and never lent. That the book lacks loans is noted first: the vendor's answer then puts it right.
///
/// # Errors
/// What the disk says.
pub fn report_of(
    home: &Home,
    license: &LicenseState,
    facts: &Facts,
    now: Seconds,
) -> Result<Option<Told>, SiteError> {
    if !is_site_of(home, license) {
        return Ok(None);
    }
    let path = book_path(home, license.license_key);
    let _lock = home.lock()?;
    let mut book = Book::mended(&path)?;
    known::notice(home, license, facts, &mut book, now)?;
    let before = book.paused().into_iter().flat_map(|it| &it.before);
    Ok(Some(Told {
        report: book.report(now),
        before: before.map(|it| Commitment(it.0)).collect(),
    }))
}
