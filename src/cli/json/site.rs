//! What the commands of a site print.

use serde::Serialize;

use super::{Carried, Named, Shown, Warning, WithCode};
use crate::license_key::LicenseKey;
use crate::protocol::date::{Day, Seconds};
use crate::protocol::product::RootFingerprint;
use crate::seats::Row;
use crate::text::Kind;

/// The key of a site, of `site init` and `site password`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct SiteKey {
    /// The fingerprint of its public part.
    pub(crate) site_key: Shown<RootFingerprint>,
}

/// How a site lends, of `site lending`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct LendingSet {
    /// `on` or `off`.
    pub(crate) lending: &'static str,
    /// The longest loan in days.
    pub(crate) days: u8,
    /// So many seats are never lent.
    pub(crate) keep: u16,
}

/// `on` or `off`.
pub(crate) fn switch(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

/// How much the seats of a license were used, of `site report`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct SeatReport {
    pub(crate) product: String,
    pub(crate) license_key: Option<Shown<LicenseKey>>,
    pub(crate) seats: u16,
    /// The first day, as it was asked for, or of what is kept; null where nothing is.
    pub(crate) from: Option<Shown<Day>>,
    /// The last day.
    pub(crate) to: Shown<Day>,
    /// What the rows are: `user`, `host`, `feature`, `program` or `day`.
    pub(crate) by: &'static str,
    pub(crate) rows: Vec<SeatUse>,
    /// All of them, in which what stands in two rows counts once.
    pub(crate) total: SeatUse,
    /// Logs that are not whole.
    pub(crate) unfit_logs: Vec<UnfitLog>,
}

/// A row of `site report`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct SeatUse {
    /// Of whom or what; empty: nothing was said, and of features all.
    pub(crate) name: String,
    pub(crate) sessions: usize,
    /// Sessions whose end nobody wrote down.
    pub(crate) not_given_back: usize,
    /// For how long seats were used: one that several share counts once.
    pub(crate) seconds: u64,
    /// So many seats at once at most.
    pub(crate) peak: usize,
    /// When these were used at once first.
    pub(crate) peak_since: Option<Shown<Seconds>>,
    /// For how long, in all.
    pub(crate) peak_seconds: u64,
    /// How often a seat was refused.
    pub(crate) refusals: usize,
    /// To whom.
    pub(crate) refused: Vec<RefusedUser>,
}

/// Who got no seat.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct RefusedUser {
    /// Null with `--no-names`.
    pub(crate) user: Option<String>,
    pub(crate) times: usize,
}

/// Somebody whose log is not whole, which takes nothing from anybody else's.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct UnfitLog {
    /// Whose; null with `--no-names`.
    pub(crate) account: Option<String>,
    /// Lines that are no events.
    pub(crate) damaged_lines: usize,
    /// Months in which it was full.
    pub(crate) full_months: usize,
    /// Files that cannot be read.
    pub(crate) unread: usize,
    /// Months of which not all was read: an account has so much room in a report.
    pub(crate) left_out_months: usize,
}

impl From<&Row> for SeatUse {
    fn from(row: &Row) -> SeatUse {
        let refused = row.refused.iter();
        let refused = refused.map(|(user, times)| RefusedUser {
            user: Some(user.clone()).filter(|it| !it.is_empty()),
            times: *times,
        });
        SeatUse {
            name: row.name.clone(),
            sessions: row.sessions,
            not_given_back: row.not_given_back,
            seconds: row.seconds,
            peak: row.peak,
            peak_since: super::shown(row.peak_at),
            peak_seconds: row.peak_seconds,
            refusals: row.refusals(),
            refused: refused.collect(),
        }
    }
}

/// A site, of `site status`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct SiteStatus {
    pub(crate) product: String,
    pub(crate) license_key: Shown<LicenseKey>,
    /// The fingerprint of its key's public part; null: the key is gone.
    pub(crate) site_key: Option<Shown<RootFingerprint>>,
    /// Whether the vendor certified this key.
    pub(crate) certified: bool,
    /// `on`, `off`, or `paused`: the book of loans lacks some.
    pub(crate) lending: &'static str,
    /// The longest loan in days.
    pub(crate) days: u8,
    /// The longest that was sold.
    pub(crate) sold_days: u8,
    /// So many seats are never lent.
    pub(crate) keep: u16,
    pub(crate) seats: u16,
    /// Seats that are lent.
    pub(crate) lent: u16,
    /// Loans that may be out and of which nothing is known.
    pub(crate) lost: Option<LostLoans>,
    /// The number of the last loan; 0: there was none.
    pub(crate) last_loan: u32,
    /// Seats that are idle, and kept for some by the rules of the site.
    pub(crate) reserved: u16,
    /// Lines of the rules by which seats are given out; null: they are not known, so that nobody gets one.
    pub(crate) rules: Option<usize>,
}

/// Loans that may be out and of which nothing is known.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct LostLoans {
    /// So many; null: as many as there are seats.
    pub(crate) seats: Option<u16>,
    pub(crate) until: Shown<Seconds>,
}

/// The card of a site, of `site card`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Card {
    pub(crate) kind: Named<Kind>,
    pub(crate) license_key: Shown<LicenseKey>,
    pub(crate) product: String,
    /// When the vendor signed it.
    pub(crate) issued: Shown<Seconds>,
}

/// A loan, of `loan list`, `loan show` and `loan note`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct LoanRow {
    pub(crate) product: String,
    pub(crate) license_key: Shown<LicenseKey>,
    pub(crate) loan: u32,
    /// `out`, `ending`: its last day is over and its seat free in a day, `over`, `returned`, `kept`: returned, its seat still reserved, `extended`.
    pub(crate) state: &'static str,
    /// From 1.
    pub(crate) seat: u16,
    pub(crate) issued: Shown<Seconds>,
    pub(crate) until: Shown<Day>,
    /// When its seat is free.
    pub(crate) free_at: Shown<Seconds>,
    /// None: all.
    pub(crate) features: Vec<String>,
    /// The loan in whose place it is.
    pub(crate) extends: Option<u32>,
    pub(crate) extended_by: Option<u32>,
    /// When it was given back.
    pub(crate) returned: Option<Shown<Seconds>>,
    pub(crate) note: String,
    /// The words by which both ends compare the code.
    pub(crate) phrase: String,
}

/// A loan that is given, of `respond`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct LoanAnswer {
    pub(crate) kind: Named<Kind>,
    pub(crate) license_key: Shown<LicenseKey>,
    pub(crate) product: String,
    /// `lent`, `extended` or `repeated`.
    pub(crate) verdict: &'static str,
    /// Its number; null with `--dry-run`.
    pub(crate) loan: Option<u32>,
    /// From 1; null with `--dry-run`.
    pub(crate) seat: Option<u16>,
    pub(crate) issued: Shown<Seconds>,
    pub(crate) until: Shown<Day>,
    /// None: all.
    pub(crate) features: Vec<String>,
    /// The loan in whose place it is.
    pub(crate) extends: Option<u32>,
    pub(crate) note: String,
    /// Seats that stay at the site.
    pub(crate) stay: u16,
    pub(crate) warnings: Vec<Warning>,
    #[serde(flatten)]
    pub(crate) carried: Carried,
}

/// What would be lent, with `--dry-run`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct LoanPlanned {
    #[serde(flatten)]
    pub(crate) of: LoanAnswer,
    /// Nothing was changed.
    pub(crate) dry_run: bool,
}

/// A seat that came back, of `respond`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct LoanReceipt {
    pub(crate) kind: Named<Kind>,
    pub(crate) license_key: Shown<LicenseKey>,
    pub(crate) product: String,
    /// `returned` or `repeated`.
    pub(crate) verdict: &'static str,
    pub(crate) loan: u32,
    /// From 1.
    pub(crate) seat: u16,
    pub(crate) note: String,
    /// The seat stays reserved until this day: for another loan of the same workstation, or for many were given back early since the vendor's last answer.
    pub(crate) reserved_until: Option<Shown<Day>>,
    #[serde(flatten)]
    pub(crate) carried: Carried,
    /// What the other return codes of the same text gave back.
    pub(crate) also: Vec<LoanReceipt>,
    /// Other return codes of it that were refused.
    pub(crate) warnings: Vec<Warning>,
}

/// What a site replies.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub(crate) enum LoanReplied {
    /// A loan.
    Answer(Box<WithCode<LoanAnswer>>),
    /// What would be lent.
    Planned(Box<LoanPlanned>),
    /// A seat that came back.
    Receipt(Box<LoanReceipt>),
}

/// The users of a license that is for people by name, of `user list`, `user assign` and `user unassign`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Users {
    pub(crate) product: String,
    pub(crate) license_key: Shown<LicenseKey>,
    /// Places of the license.
    pub(crate) seats: u16,
    /// Who has one, in the order in which they were assigned.
    pub(crate) users: Vec<String>,
    /// Who had one until the license got fewer.
    pub(crate) without: Vec<String>,
    /// Places that were taken away and rest.
    pub(crate) resting: Vec<RestingUser>,
    /// Seats that are lent.
    pub(crate) lent: u16,
    /// Places that may be assigned.
    pub(crate) free: u16,
    /// Who got a place just now.
    pub(crate) assigned: Vec<String>,
    /// Whose place was taken away just now.
    pub(crate) unassigned: Vec<String>,
}

/// A place that was taken away and rests.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct RestingUser {
    /// Whose it was.
    pub(crate) user: String,
    /// Until when at the latest.
    pub(crate) until: Shown<Seconds>,
}
