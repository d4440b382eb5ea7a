//! A site's book of loans, as it tells of it with each SYNC (SPEC.md 9.10): whether it lacks some that it told of before, or has others.

use super::*;
use crate::protocol::requests::SiteReport;

/// What comes of what a site says of its loans.
pub(super) struct Loans {
    /// What it said the most, with this request.
    pub(super) told: Option<LoansTold>,
    /// What the clerk is told, where its book was put back.
    pub(super) forgotten: Option<Warning>,
}

impl Loans {
    /// Held against what any activation of its place told before with the same key; where it begins a place of its own, against what it told itself. The
    /// first that is told with another key is held against what was told with the one before, once. `generation` is that of the answer.
    pub(super) fn of(case: &SyncCase<'_>, place: Option<EventId>, generation: u16) -> Loans {
        let unsaid = Loans {
            told: case.own.told,
            forgotten: None,
        };
        let Some(key) = case.site_key_after() else {
            return unsaid;
        };
        let known = match place {
            Some(_) => place::told(case.own, key, case.activations),
            None => case.own.told,
        };
        let Some(report) = report(case) else {
            return Loans {
                told: known,
                ..unsaid
            };
        };
        let told = LoansTold {
            key,
            out: report.loans_out,
            serial: report.last_serial,
            head: report.head,
            generation,
            asked: capped(case.request.clock, case.now),
        };
        let Some(known) = known else {
            return Loans {
                told: case.request.site.map(|_| told),
                ..unsaid
            };
        };
        let same = known.key == key;
        let earlier = earlier(case, &known);
        // No book has two loans of one number, whichever mail was made first.
        let others = same && told.serial == known.serial && told.head != known.head;
        let lacks = told.serial < known.serial && !earlier;
        let more = !same || told.serial > known.serial || (told.serial == known.serial && !earlier);
        Loans {
            told: Some(if more { told } else { known }),
            forgotten: (others || lacks).then_some(Warning::LoansForgotten {
                known: known.serial,
                told: case.request.site.map(|it| it.last_serial),
            }),
        }
    }
}

/// What it says; who lends and says nothing has lent nothing.
fn report(case: &SyncCase<'_>) -> Option<SiteReport> {
    let nothing = SiteReport {
        loans_out: 0,
        last_serial: 0,
        head: [0; 8],
    };
    case.request.site.or(case.terms.lends().then_some(nothing))
}

/// Whether a request may have been made before the one that told of `known`, whose loans it cannot know then. Who holds the answer to that one, or a later
/// one, made it afterwards, whatever its clock says.
fn earlier(case: &SyncCase<'_>, known: &LoansTold) -> bool {
    let holds = case.fork != Fork::Unknown && case.request.generation >= known.generation;
    !holds && late(case.request, Some(known.asked), case.now)
}
