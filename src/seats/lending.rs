//! Lending a seat: what is decided under the gate.

use super::counted::{Counted, Seats};
use super::error::SeatError;
use super::lent::LentOut;
use super::loan::Picked;
use super::persons::Somebody;
use super::ring::One;
use super::seen::NoRules;
use super::who::Moment;
use crate::holder::{HolderError, write_json};
use crate::protocol::date::Seconds;
use crate::protocol::site_rules::Rules;

impl Seats {
    /// How many seats the license has.
    pub fn number(&self) -> u16 {
        self.counted.seats
    }

    /// Goes by another grant from now on.
    ///
    /// # Errors
    /// As [`Seats::open`].
    pub fn recount(&mut self, counted: Counted) -> Result<(), SeatError> {
        if self.counted != counted {
            self.counted = counted;
            self.place.ready(&self.rings())?;
        }
        Ok(())
    }

    /// Goes by these rules of its site from now on.
    pub fn rule(&mut self, rules: Result<Rules, NoRules>) {
        self.rules = rules;
    }

    /// Whether there are free seats for a loan, as [`Seats::lend`] would choose them.
    ///
    /// # Errors
    /// [`SeatError::NoSeat`] with who holds them; what the disk says.
    pub fn could_lend(
        &self,
        has: Option<&Picked>,
        modules: &[String],
        moment: &Moment,
    ) -> Result<(), SeatError> {
        let _gate = self.gate()?;
        self.pick(has, modules, moment).map(drop)
    }

    /// Chooses free seats for a loan, one of the license's and one of each of these modules, beside those that it has already; what `prepare` makes of them is
    /// reserved first, and then `commit` says that it is lent: where that is stopped half-way, a seat is reserved for nothing until the site looks again, and
    /// none is lent twice.
    ///
    /// # Errors
    /// [`SeatError::NoSeat`] with who holds them; [`SeatError::Rule`]; what `prepare` and `commit` say; what the disk says.
    pub fn lend<P, T, E: From<SeatError>>(
        &self,
        has: Option<&Picked>,
        modules: &[String],
        moment: &Moment,
        prepare: impl FnOnce(&Picked) -> Result<(LentOut, P), E>,
        commit: impl FnOnce(P) -> Result<T, E>,
    ) -> Result<T, E> {
        let _gate = self.gate()?;
        let (picked, ones) = self.pick(has, modules, moment)?;
        let (lent, prepared) = prepare(&picked)?;
        let before = LentOut::read(&self.place);
        self.write_lent(&lent)?;
        let done = commit(prepared);
        match (&done, before) {
            // Where that cannot be written either, the site does it when it looks again.
            (Err(_), Ok(before)) => drop(self.write_lent(&before)),
            (Ok(_), Ok(before)) => self.note_lending(moment.wall, &before, &lent),
            (_, Err(_)) => {}
        }
        drop(ones);
        done
    }

    /// Under the gate.
    fn pick(
        &self,
        has: Option<&Picked>,
        modules: &[String],
        moment: &Moment,
    ) -> Result<(Picked, Vec<One>), SeatError> {
        // A loan ends by the clock of whoever signs it, and each of these computers has another.
        if self.place.is_common() {
            return Err(SeatError::NotLent);
        }
        let mut picked = Picked::default();
        let mut missing = self.wanted(modules);
        missing.retain(|ring| {
            let kept = has.and_then(|it| it.of(ring));
            let kept = kept.filter(|number| (1..=ring.seats).contains(number));
            picked.set(ring, kept.unwrap_or(0));
            kept.is_none()
        });
        // A request for a loan says nobody's name: for it nothing is reserved.
        let nobody = Somebody::default();
        let standing = self.standing(moment, true)?;
        let ones = self.fresh(&missing, (&nobody, None), standing, moment, None)?;
        for one in &ones {
            picked.set(&one.ring, one.number);
        }
        Ok((picked, ones))
    }

    /// Whether what is written of the seats that are lent was removed or damaged: the site writes it anew.
    pub fn lacks_lent(&self) -> bool {
        matches!(
            LentOut::read(&self.place),
            Err(HolderError::DamagedLent { .. })
        )
    }

    /// What is written of the seats that are lent; nothing where that cannot be read.
    pub fn lent_before(&self) -> LentOut {
        LentOut::read(&self.place).unwrap_or_default()
    }

    /// Writes what is lent, as the site's book has it, where it is written otherwise.
    ///
    /// # Errors
    /// What the disk says; [`SeatError::Busy`].
    pub fn set_lent(&self, lent: &LentOut, now: Seconds) -> Result<(), SeatError> {
        let known = LentOut::read(&self.place);
        if known.as_ref().is_ok_and(|known| known == lent) {
            return Ok(());
        }
        let _gate = self.gate()?;
        self.write_lent(lent)?;
        if let Ok(known) = known {
            self.note_lending(now, &known, lent);
        }
        Ok(())
    }

    fn write_lent(&self, lent: &LentOut) -> Result<(), SeatError> {
        let path = LentOut::path(&self.place);
        Ok(write_json(&path, lent, self.place.audience)?)
    }
}
