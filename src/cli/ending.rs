//! Demand what holds a seat. A process is known by more than its number, and held by a handle of the kernel before it is looked whether it is the one: no other
//! gets the signal, even if the number was given to it a moment ago.

use std::thread;
use std::time::Duration;

use crate::messages;
use crate::seats::{Hold, Locker, Moment, Seats};

/// How often it is looked.
const BETWEEN: Duration = Duration::from_millis(100);
/// What is left when the programs have ended, and waits for no end of theirs, gets the signal after so long, too.
const ALONE: Duration = Duration::from_secs(2);

/// What a process is sent.
#[derive(Clone, Copy)]
enum Demand {
    Asked,
    Killed,
}

/// How long, and what knows the time.
#[derive(Clone, Copy)]
pub(super) struct Wait<'a> {
    pub(super) patience: Duration,
    pub(super) now: &'a dyn Fn() -> Moment,
}

/// Those who are to let a seat go: who had it when it was taken back, and whoever has it from them.
pub(super) struct Known {
    seat: u16,
    holders: Vec<Locker>,
}

impl Known {
    pub(super) fn of(hold: &Hold) -> Known {
        Known {
            seat: hold.takes.seat,
            holders: hold.holders.clone(),
        }
    }

    /// By its process alone: a program calls itself as it likes, and changes its account.
    fn has(&self, holder: &Locker) -> bool {
        let mut known = self.holders.iter();
        known.any(|it| it.process == holder.process)
    }

    /// Whether its lock is the one of somebody known: what a process has started inherits it, and whoever takes the seat anew has another. Where the taker is
    /// not said he has ended; nobody takes a seat and is gone at once.
    fn has_lock_of(&self, holder: &Locker) -> bool {
        let mut known = self.holders.iter();
        known.any(|it| holder.locked_by.is_none() || it.locked_by == holder.locked_by)
    }

    /// Learns who has the seat from those who are known; who is new among them. Whoever was seen `before` one of them is seen still had it beside him: the seat
    /// was not free in between.
    fn learn(&mut self, seen: &[Locker], before: &[Locker]) -> Vec<Locker> {
        let beside = seen.iter().any(|it| self.has(it));
        let before = before.iter().filter(|_| beside);
        let inherited = seen.iter().filter(|it| self.has_lock_of(it));
        let mut new: Vec<Locker> = before.chain(inherited).cloned().collect();
        new.retain(|it| !self.has(it));
        new.sort_by_key(|it| it.process.id);
        new.dedup_by_key(|it| it.process);
        self.holders.extend_from_slice(&new);
        new
    }

    /// Asks them to end, and waits; what holds the seat still, or nothing where it is free, or somebody else's by now.
    pub(super) fn asked(&mut self, seats: &Seats, wait: Wait<'_>) -> anyhow::Result<Option<Hold>> {
        self.ended(seats, wait, Demand::Asked)
    }

    /// Ends them without asking.
    pub(super) fn killed(&mut self, seats: &Seats, wait: Wait<'_>) -> anyhow::Result<Option<Hold>> {
        self.ended(seats, wait, Demand::Killed)
    }

    /// Looks until the lock of the seat can be had, or somebody else has it. Whoever takes it when it is free is none of those who had it: only these are
    /// ended, as long as they have it.
    fn ended(
        &mut self,
        seats: &Seats,
        wait: Wait<'_>,
        how: Demand,
    ) -> anyhow::Result<Option<Hold>> {
        // A shell that was started on a seat takes it back from itself: it is free when this ends.
        let ours = |it: &Locker| it.process.id == std::process::id();
        let (mut sent, mut seen) = (Vec::new(), Vec::new());
        // Counted in sleep; that looking takes long makes nobody hurry.
        let (mut slept, mut alone, mut unseen) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
        loop {
            let mut hold = seats.hold_of(self.seat, &(wait.now)())?;
            if !hold.locked {
                return Ok(None);
            }
            let new = self.learn(&hold.holders, &seen);
            seen.clone_from(&hold.holders);
            let whole = hold.clone();
            hold.holders.retain(|it| self.has(it) && !ours(it));
            if !seen.is_empty() && hold.holders.is_empty() {
                return Ok(None);
            }
            let told = |it: &Locker| sent.contains(&it.process);
            alone = match hold.holders.iter().any(told) {
                true => Duration::ZERO,
                false => alone + BETWEEN,
            };
            let next: Vec<Locker> = match how {
                _ if sent.is_empty() => hold.programs().into_iter().cloned().collect(),
                _ if alone >= ALONE => hold.holders.clone(),
                // What was started in the face of it is not waited for, but it may have something to save.
                Demand::Killed => new.into_iter().filter(|it| !ours(it)).collect(),
                Demand::Asked => Vec::new(),
            };
            for holder in next.into_iter().filter(|it| whole.may_be_ended(it)) {
                send(&holder, self.seat, how)?;
                sent.push(holder.process);
            }
            unseen = match seen.is_empty() {
                true => unseen + BETWEEN,
                false => Duration::ZERO,
            };
            if slept >= wait.patience || unseen > ALONE {
                return Ok(Some(hold));
            }
            thread::sleep(BETWEEN);
            slept += BETWEEN;
        }
    }
}

/// "process 4711 (eleccalc) of anna".
pub(super) fn named(holder: &Locker) -> String {
    let account = holder.account.as_deref().unwrap_or_default();
    messages::seat::holder(account, holder.process.id, &holder.program).to_string()
}

#[cfg(target_os = "linux")]
fn send(holder: &Locker, seat: u16, how: Demand) -> anyhow::Result<()> {
    use super::failure::Failure;
    use crate::failure::FailureKind;
    use rustix::io::Errno;
    use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

    let signal = match how {
        Demand::Asked => Signal::TERM,
        Demand::Killed => Signal::KILL,
    };
    let Some(id) = i32::try_from(holder.process.id)
        .ok()
        .and_then(Pid::from_raw)
    else {
        return Ok(());
    };
    let sent = pidfd_open(id, PidfdFlags::empty()).and_then(|handle| {
        // What this handle is of cannot be given to another any more.
        match holder.process.lives() {
            true => pidfd_send_signal(&handle, signal),
            false => Ok(()),
        }
    });
    match sent {
        // It has ended by itself.
        Ok(()) | Err(Errno::SRCH) => Ok(()),
        Err(error) => Err(Failure::new(
            FailureKind::NotEnded,
            messages::seat::not_ended(named(holder), seat),
        )
        .because(std::io::Error::from(error))
        .hint(messages::seat::not_killed_hint())
        .into()),
    }
}

/// Elsewhere the system does not say who holds a lock, so that there is nobody to be sent anything.
#[cfg(not(target_os = "linux"))]
fn send(_: &Locker, _: u16, how: Demand) -> anyhow::Result<()> {
    match how {
        Demand::Asked | Demand::Killed => Ok(()),
    }
}
