//! Lending a seat: what is decided under the gate.

use super::counted::Seats;
use super::error::SeatError;
use super::lent::LentOut;
use super::loan::Picked;
use super::who::Moment;
use crate::holder::write_json;

impl Seats {
    /// How many seats the license has.
    pub fn number(&self) -> u16 {
        self.counted.seats
    }

    /// The names of its modules with seats of their own.
    pub fn modules(&self) -> impl Iterator<Item = &str> {
        self.counted.pools.iter().map(|pool| pool.name.as_str())
    }

    /// Chooses free seats for a loan, one of the license's and one of each of these modules, beside those that it has already; what `prepare` makes of them is
    /// reserved first, and then `commit` says that it is lent: where that is stopped half-way, a seat is reserved for nothing until the site looks again, and
    /// none is lent twice.
    ///
    /// # Errors
    /// [`SeatError::NoSeat`] with who holds them; what `prepare` and `commit` say; what the disk says.
    pub fn lend<P, T, E: From<SeatError>>(
        &self,
        has: Option<&Picked>,
        modules: &[String],
        moment: &Moment,
        prepare: impl FnOnce(&Picked) -> Result<(LentOut, P), E>,
        commit: impl FnOnce(P) -> Result<T, E>,
    ) -> Result<T, E> {
        let _gate = self.gate()?;
        let mut picked = Picked::default();
        let mut missing = self.wanted(modules);
        missing.retain(|ring| {
            let kept = has.and_then(|it| it.of(ring));
            let kept = kept.filter(|number| (1..=ring.seats).contains(number));
            picked.set(ring, kept.unwrap_or(0));
            kept.is_none()
        });
        let ones = self.fresh(&missing, moment, None)?;
        for one in &ones {
            picked.set(&one.ring, one.number);
        }
        let (lent, prepared) = prepare(&picked)?;
        let before = LentOut::read(&self.place);
        self.write_lent(&lent)?;
        let done = commit(prepared);
        if let (Err(_), Ok(before)) = (&done, before) {
            // Where that cannot be written either, the site does it when it looks again.
            let _ = self.write_lent(&before);
        }
        drop(ones);
        done
    }

    /// Writes what is lent, as the site's book has it, where it is written otherwise.
    ///
    /// # Errors
    /// What the disk says; [`SeatError::Busy`].
    pub fn set_lent(&self, lent: &LentOut) -> Result<(), SeatError> {
        if LentOut::read(&self.place).is_ok_and(|known| known == *lent) {
            return Ok(());
        }
        let _gate = self.gate()?;
        self.write_lent(lent)
    }

    fn write_lent(&self, lent: &LentOut) -> Result<(), SeatError> {
        let path = LentOut::path(&self.place);
        Ok(write_json(&path, lent, self.place.audience)?)
    }
}
