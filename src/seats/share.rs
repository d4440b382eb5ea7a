//! Saying that several computers share the seats of a license.

use super::counted::Seats;
use super::error::SeatError;
use super::files;
use super::gate::Gate;
use super::mounts::{Reach, reach};
use super::place::GATE;
use super::who::Moment;

impl Seats {
    /// Whether several computers share them.
    pub fn are_shared(&self) -> bool {
        self.place.is_common()
    }

    /// Says that several computers share them from now on, or that none but this one uses them: whether that is new. For the owner of the home, and while no
    /// seat is in use on any computer: one on which the others' locks were not seen is not seen either.
    ///
    /// # Errors
    /// [`SeatError::InUse`] with who holds seats; [`SeatError::NoLocks`]; [`SeatError::NotShared`] where the files are a file server's, which others use in any
    /// case; [`HolderError::NotOwner`](crate::holder::HolderError::NotOwner); what the disk says.
    pub fn share(&self, shared: bool, moment: &Moment) -> Result<bool, SeatError> {
        self.owned()?;
        self.place.look_how_to_lock();
        let before = Gate::wait(&self.place)?;
        if self.place.is_common() == shared {
            self.place.has_locks()?;
            return Ok(false);
        }
        let moment = self.moment(moment);
        let look = self.look_under_the_gate(&moment)?;
        if !look.taken.is_empty() || !look.lent.is_empty() {
            return Err(SeatError::InUse {
                look: Box::new(look),
            });
        }
        if !shared && reach(self.place.directory()) != Reach::Host {
            return Err(SeatError::NotShared {
                directory: self.place.directory().to_owned(),
            });
        }
        self.place.set_common(shared)?;
        let gate = files::open(&self.place.path(GATE));
        // What is dated each time is there from the beginning: to look changes nothing.
        let _ = gate.and_then(|gate| self.place.ask_the_time(&gate));
        if let Err(error) = self.place.has_locks() {
            self.place.set_common(!shared)?;
            return Err(error);
        }
        // Who waits at the gate as it was sees when it is let go that it is another one by now.
        drop(before);
        Ok(true)
    }
}
