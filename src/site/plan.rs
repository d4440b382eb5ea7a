//! Whether a BORROW is answered, and with what (SPEC.md 9.10).

use super::answer::Warning;
use super::contents;
use super::{Loan, Site, SiteError};
use crate::machine::{Assessment, Fingerprint};
use crate::protocol::date::{CLOCK_TOLERANCE, Day, Seconds};
use crate::protocol::loan::Lent;
use crate::protocol::requests::Borrow;
use crate::seats::Picked;

/// Whether two fingerprints are of one machine, the second being known.
pub(super) fn is_machine_of(own: &Fingerprint, known: &Fingerprint) -> bool {
    let enough = own.compare(known).verdict() == Assessment::Match;
    own == known || enough && own.known().len() >= known.known().len()
}

/// Whether a request is of the machine of a loan, and of those of its seat that are not over: by three equal parts (SPEC.md 6.1), and none fewer than that loan
/// knows, or by all where it knows less. Of these there are two fingerprints at most, for parts are exchanged once: with more of them each loan would bring
/// along another machine. What was given back counts, for a copy of its workstation may run on.
fn is_of_same(borrow: &Borrow, loan: &Loan, line: &[&Loan], now: Seconds) -> bool {
    let own = &borrow.fingerprint;
    let run = line.iter().filter(|it| now < it.free_at());
    let run: Vec<&Fingerprint> = run.map(|it| &it.request.fingerprint).collect();
    let mut others = run.iter().filter(|it| **it != own);
    let other = others.next();
    is_machine_of(own, &loan.request.fingerprint)
        && run.iter().all(|it| is_machine_of(own, it))
        && others.all(|it| Some(it) == other)
}

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
        let granted = &self.certificate()?.grant.grant.entitlements;
        if !self.book.lending().on {
            return Err(SiteError::LendingOff);
        }
        self.refuse_where_paused()?;
        self.refuse_where_all_is_lost(now)?;
        let mut warnings = Vec::new();
        let asked = self.asked(borrow, now, &mut warnings)?;
        let until = self.until(borrow, wish, asked, now.day(), &mut warnings)?;
        let product = self.file.product();
        let lent = match (&borrow.wanted, asked) {
            (Some(list), _) => contents::wanted(list, granted, product, now.day())?,
            (None, Some(before)) => match &before.said.lent {
                Lent::These(list) => contents::wanted(list, granted, product, now.day())?,
                Lent::Everything => Lent::Everything,
            },
            (None, None) => Lent::Everything,
        };
        let goes_on = asked.or_else(|| self.of_same(borrow, now));
        let has = goes_on.and_then(|it| self.seats_of(it, now));
        if has.is_none() {
            self.leaves_enough(now)?;
            self.has_a_place(now)?;
        }
        warnings.extend(self.more_to_say(borrow, goes_on, now));
        Ok(Plan {
            until,
            modules: contents::modules(&lent, granted, product, now.day()),
            lent,
            extends: goes_on.map(Loan::number),
            has,
            note: goes_on.map(|it| it.note.clone()).unwrap_or_default(),
            warnings,
        })
    }

    /// The loan of which more is asked: the last of those that were given for it, for their answers may have been lost. From another machine what is asked for
    /// is a loan of its own: the other stays reserved until its end.
    fn asked(
        &self,
        borrow: &Borrow,
        now: Seconds,
        warnings: &mut Vec<Warning>,
    ) -> Result<Option<&Loan>, SiteError> {
        let Some(number) = borrow.extends else {
            return Ok(None);
        };
        let line = self.book.line(number);
        let last = line.last().copied();
        let last = last.map_or_else(|| self.loan(number, now), Ok)?;
        let since = line.iter().filter(|it| it.number() >= number);
        if let Some(given) = since.clone().find(|it| it.returned.is_some()) {
            return Err(SiteError::LoanReturned(given.number()));
        }
        if !is_of_same(borrow, last, &line, now) {
            warnings.push(Warning::OtherMachine(number));
            return Ok(None);
        }
        Ok(Some(last))
    }

    /// The last loan that this workstation has already and knows nothing of: it was installed anew, or lost its home. The machine is the same, so its seat
    /// serves for both; also where what went on from that loan was given back, for nobody gives back what was lost.
    fn of_same(&self, borrow: &Borrow, now: Seconds) -> Option<&Loan> {
        let own = &borrow.fingerprint;
        let out = self.book.reserved(now);
        let out = out.filter(|it| it.returned.is_none());
        let mut out = out.filter(|it| is_machine_of(own, &it.request.fingerprint));
        out.rfind(|it| is_of_same(borrow, it, &self.book.line(it.number()), now))
    }

    /// The seats of a loan and of those that it goes on from, as far as they are still reserved.
    fn seats_of(&self, loan: &Loan, now: Seconds) -> Option<Picked> {
        let line = self.book.line(loan.number());
        let reserved = line.into_iter().filter(|it| it.is_reserved(now));
        reserved.map(|it| it.lent.takes.clone()).reduce(|all, it| {
            let mut pools = all.pools;
            pools.extend(it.pools);
            Picked {
                seat: it.seat,
                pools,
            }
        })
    }

    /// What the administrator should know of a workstation.
    fn more_to_say(&self, borrow: &Borrow, goes_on: Option<&Loan>, now: Seconds) -> Vec<Warning> {
        let mut warnings = Vec::new();
        let different = goes_on.map(|it| {
            let compared = borrow.fingerprint.compare(&it.request.fingerprint);
            (it.number(), compared.different)
        });
        let different = different.filter(|(_, parts)| !parts.is_empty());
        warnings.extend(different.map(|(loan, parts)| Warning::Changed(loan, parts)));
        if goes_on.is_none() && borrow.extends.is_none() {
            let similar = |it: &&Loan| {
                let compared = borrow.fingerprint.compare(&it.request.fingerprint);
                compared.verdict() != Assessment::Mismatch
            };
            let out = self.book.reserved(now);
            let mut out = out.filter(|it| it.returned.is_none());
            warnings.extend(
                out.rfind(similar)
                    .map(|it| Warning::SecondLoan(it.number())),
            );
        }
        if borrow.fingerprint.compare(&borrow.fingerprint).verdict() == Assessment::WeakMatch {
            warnings.push(Warning::WeaklyBound);
        }
        let off = i64::from(borrow.clock.0) - i64::from(now.0);
        if off.unsigned_abs() > u64::from(CLOCK_TOLERANCE) {
            warnings.push(Warning::ClockOff(borrow.clock));
        }
        warnings
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
        let grant = &self.granted;
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

    /// Where nobody knows how many loans are missing, any seat may be one of theirs: that of the loan that is to be extended, too.
    fn refuse_where_all_is_lost(&self, now: Seconds) -> Result<(), SiteError> {
        match self.book.lost(now) {
            Some((None, until)) => Err(SiteError::Lost(until)),
            _ => Ok(()),
        }
    }

    /// Whether one more may be lent: the administrator keeps some.
    fn leaves_enough(&self, now: Seconds) -> Result<(), SiteError> {
        let keep = self.book.lending().keep;
        let left = self.number().saturating_sub(self.book.seats_lent(now));
        if keep > 0 && left <= keep {
            return Err(SiteError::Kept { left });
        }
        Ok(())
    }
}
