//! Loans that are given back before their ends: a seat comes back by a secret (SPEC.md 9.10).

use super::answer::{Effect, Receipt, Reply};
use super::event::{Event, Returned};
use super::plan::is_machine_of;
use super::{Loan, Site, SiteError};
use crate::holder::{Array, HolderError};
use crate::protocol::commitment::Commitment;
use crate::protocol::date::Seconds;
use crate::protocol::requests::Return;
use crate::seats::Moment;
use crate::text::{Code, Kind};

/// Takes a return code: nothing is signed, so no password is needed. When this returns, it is on disk.
///
/// # Errors
/// `unknown_loan` where it opens none; what the disk says.
pub fn take_return(site: &mut Site<'_>, code: &Code, moment: &Moment) -> Result<Reply, SiteError> {
    let _lock = site.locked(moment)?;
    let loan = site.opened(code, moment.wall)?;
    let (number, again) = (loan.number(), loan.returned.is_some());
    let kept = site.keeps(loan, moment);
    if !again {
        let returned = Returned {
            loan: number,
            under: site.under()?,
            kept,
        };
        site.book.add(Event::Returned(returned), moment.wall)?;
        site.show(moment);
    }
    let effect = match again {
        true => Effect::Repeated,
        false => Effect::Returned,
    };
    let loan = site.book.loan(number);
    let loan = loan.ok_or(SiteError::UnknownLoan(number))?;
    Ok(Reply::Receipt(site.receipt(loan, effect, moment)))
}

impl Site<'_> {
    /// The request to the vendor whose answer is held.
    fn under(&self) -> Result<Array<12>, SiteError> {
        let key = self.key();
        let held = self.license.held.as_ref();
        let held = held.ok_or(HolderError::NotHeld { key })?;
        Ok(Array(held.request.commitment()?.0))
    }

    /// Whether the seat of a loan that is given back stays reserved until its end. Who has a copy of a workstation gives back what runs on: the seats of as many
    /// workstations as the license has seats are free at once, and those of more once the vendor has answered.
    pub(super) fn keeps(&self, loan: &Loan, moment: &Moment) -> bool {
        let Ok(under) = self.under() else {
            return false;
        };
        let today = moment.wall.day();
        let early = self.book.loans().filter(|it| {
            let given = it.given_back.filter(|it| !it.kept && it.under == under);
            given.is_some() && today <= it.said.until
        });
        let mut machines = vec![&loan.request.fingerprint];
        for it in early.map(|it| &it.request.fingerprint) {
            if !machines.iter().any(|known| is_machine_of(it, known)) {
                machines.push(it);
            }
        }
        machines.len() > usize::from(self.number())
    }

    /// The vendor has answered since: what stayed reserved is free.
    pub(super) fn free_what_was_kept(&mut self, now: Seconds) -> Result<(), SiteError> {
        let Ok(under) = self.under() else {
            return Ok(());
        };
        let kept = self.book.loans().filter(|it| {
            let given = it.given_back.filter(|it| it.kept && it.under != under);
            given.is_some()
        });
        let kept: Vec<u32> = kept.map(Loan::number).collect();
        for loan in kept {
            self.book.add(Event::Freed { loan }, now)?;
        }
        Ok(())
    }

    /// The loan that a return code opens. A code of one that the book has lost shows nothing that could be verified, so it ends nothing.
    pub(super) fn opened(&self, code: &Code, now: Seconds) -> Result<&Loan, SiteError> {
        if code.kind() != Kind::LoanReturn {
            return Err(SiteError::WrongKind(code.kind()));
        }
        let given = Return::decode(code.payload())?;
        let commitment: Commitment = given.secret.commitment(self.key());
        let named = commitment.activation_id() == given.activation;
        let opened = self.book.answered(commitment).filter(|_| named);
        opened.ok_or_else(|| match self.book.lost(now) {
            Some((_, until)) => SiteError::OpensALostOne(until),
            None => SiteError::OpensNothing,
        })
    }

    pub(super) fn receipt(&self, loan: &Loan, effect: Effect, moment: &Moment) -> Receipt {
        let mut others = self.book.reserved(moment.wall);
        let others = others.find(|it| it.number() != loan.number() && it.seat() == loan.seat());
        Receipt {
            loan: loan.number(),
            seat: loan.seat(),
            note: loan.note.clone(),
            effect,
            reserved: others.map(|it| (it.number(), it.said.until)),
            kept: Some(loan.said.until).filter(|_| {
                let kept = loan.given_back.is_some_and(|it| it.kept);
                kept && loan.is_reserved(moment.wall)
            }),
        }
    }
}
