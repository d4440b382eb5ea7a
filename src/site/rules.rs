//! Whether a BORROW is answered, and with what (SPEC.md 9.10).

use super::answer::Warning;
use super::contents;
use super::{Loan, Site, SiteError};
use crate::machine::Assessment;
use crate::protocol::date::{Day, Seconds};
use crate::protocol::loan::Lent;
use crate::protocol::requests::Borrow;
use crate::seats::Picked;

/// Two clocks may differ by 26 hours, whatever is thought of time zones (SPEC.md 7).
const TOLERANCE: u32 = 26 * 3600;

/// What the administrator says of one answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// The last day, instead of the days that are asked for.
    pub until: Option<Day>,
}

/// What is to be lent.
pub(super) struct Plan {
    pub(super) until: Day,
    pub(super) lent: Lent,
    /// Modules of which a seat is taken.
    pub(super) modules: Vec<String>,
    /// The loan in whose place it is.
    pub(super) extends: Option<u32>,
    /// Its seats, where they are still reserved.
    pub(super) has: Option<Picked>,
    /// Whose it is, as far as that was noted.
    pub(super) note: String,
    pub(super) warnings: Vec<Warning>,
}

impl Site<'_> {
    /// Decides; the seat itself is looked for afterwards.
    pub(super) fn plan(
        &self,
        borrow: &Borrow,
        wish: &Wish,
        now: Seconds,
    ) -> Result<Plan, SiteError> {
        if !self.book.lending().on {
            return Err(SiteError::LendingOff);
        }
        self.refuse_where_paused()?;
        let mut warnings = Vec::new();
        let before = self.before(borrow, &mut warnings)?;
        let until = self.until(borrow, wish, before, now.day(), &mut warnings)?;
        let product = self.file.product();
        let granted = &self.certificate.grant.grant.entitlements;
        let lent = match (&borrow.wanted, before) {
            (Some(list), _) => contents::wanted(list, granted, product, now.day())?,
            (None, Some(before)) => match &before.said.lent {
                Lent::These(list) => contents::wanted(list, granted, product, now.day())?,
                Lent::Everything => Lent::Everything,
            },
            (None, None) => Lent::Everything,
        };
        let has = before.filter(|it| it.is_reserved(now));
        if has.is_none() {
            self.leaves_enough(now)?;
        }
        let off = i64::from(borrow.clock.0) - i64::from(now.0);
        if off.unsigned_abs() > u64::from(TOLERANCE) {
            warnings.push(Warning::ClockOff(borrow.clock));
        }
        Ok(Plan {
            until,
            modules: contents::modules(&lent, granted, product, now.day()),
            lent,
            extends: before.map(Loan::number),
            has: has.map(|it| it.lent.takes.clone()),
            note: before.map(|it| it.note.clone()).unwrap_or_default(),
            warnings,
        })
    }

    /// The loan in whose place the new one is. From another machine it is a loan of its own: the other stays reserved until its end.
    fn before(
        &self,
        borrow: &Borrow,
        warnings: &mut Vec<Warning>,
    ) -> Result<Option<&Loan>, SiteError> {
        let same = |it: &&Loan| {
            let compared = borrow.fingerprint.compare(&it.request.fingerprint);
            compared.verdict() != Assessment::Mismatch
        };
        let Some(number) = borrow.extends else {
            let out = |it: &&Loan| it.returned.is_none() && it.extended_by.is_none();
            let running = |it: &&Loan| borrow.clock.day() <= it.said.until;
            let mut all = self.book.loans().rev().filter(out).filter(running);
            warnings.extend(all.find(same).map(|it| Warning::SecondLoan(it.number())));
            return Ok(None);
        };
        let before = self.book.loan(number);
        let before = before.ok_or(SiteError::UnknownLoan(number))?;
        if before.returned.is_some() {
            return Err(SiteError::LoanReturned(number));
        }
        if !same(&before) {
            warnings.push(Warning::OtherMachine(number));
            return Ok(None);
        }
        Ok(Some(before))
    }

    /// The last day: within what is lent here, and no later than the site's own license lets anything end.
    fn until(
        &self,
        borrow: &Borrow,
        wish: &Wish,
        before: Option<&Loan>,
        today: Day,
        warnings: &mut Vec<Warning>,
    ) -> Result<Day, SiteError> {
        let longest = self.longest();
        let until = match wish.until {
            Some(until) if until < today => return Err(SiteError::UntilPast(until)),
            Some(until) => until,
            None => today.plus(u16::from(borrow.days.get())),
        };
        // A loan cannot be recalled, so more time of one is never less.
        let own = before.map(|it| it.said.until.min(today.plus(u16::from(longest))));
        let until = own.map_or(until, |own| own.max(until));
        let asked = until.days_since(today);
        if asked > i32::from(longest) {
            return Err(SiteError::TooLong { asked, longest });
        }
        let grant = &self.certificate.grant.grant;
        let contact = grant.revalidate_by;
        let ends = [
            grant.expires,
            contact.map(|day| day.plus(u16::from(self.sold()))),
        ];
        match ends.into_iter().flatten().min().filter(|end| *end < until) {
            None => Ok(until),
            Some(end) => {
                warnings.push(Warning::Shortened(end));
                Ok(end)
            }
        }
    }

    /// Whether one more may be lent: the administrator keeps some, and those of which nothing is known may be out.
    fn leaves_enough(&self, now: Seconds) -> Result<(), SiteError> {
        if let Some((None, until)) = self.book.lost(now) {
            return Err(SiteError::Lost(until));
        }
        let keep = self.book.lending().keep;
        let left = self.number().saturating_sub(self.book.seats_lent(now));
        if keep > 0 && left <= keep {
            return Err(SiteError::Kept { keep });
        }
        Ok(())
    }
}
