//! Ending what holds a seat. A process is known by more than its number, and held by a handle of the kernel before it is looked whether it is the one: no other
//! gets the signal, even if the number was given to it a moment ago.

use std::thread;
use std::time::Duration;

use super::failure::Failure;
use crate::failure::FailureKind;
use crate::messages;
use crate::seats::{Hold, Holder, Moment, Seats};

/// How often it is looked.
const BETWEEN: Duration = Duration::from_millis(100);
/// What is left when the programs have ended, and waits for no end of theirs, gets the signal after so long, too.
const ALONE: Duration = Duration::from_secs(2);

/// What a process is sent.
#[derive(Clone, Copy)]
enum Ending {
    Asked,
    Killed,
}

/// Asks those who hold a seat to end, and waits; what holds it still, or nothing where it is free, or somebody else's by now.
pub(super) fn asked(seats: &Seats, hold: &Hold, wait: Wait<'_>) -> anyhow::Result<Option<Hold>> {
    ended(seats, hold, wait, Ending::Asked)
}

/// Ends them without asking.
pub(super) fn killed(seats: &Seats, hold: &Hold, wait: Wait<'_>) -> anyhow::Result<Option<Hold>> {
    ended(seats, hold, wait, Ending::Killed)
}

/// How long, and what knows the time.
#[derive(Clone, Copy)]
pub(super) struct Wait<'a> {
    pub(super) patience: Duration,
    pub(super) now: &'a dyn Fn() -> Moment,
}

/// Whoever takes the seat when it is free is none of those who had it: only these are ended, as long as they have it.
fn ended(
    seats: &Seats,
    before: &Hold,
    wait: Wait<'_>,
    how: Ending,
) -> anyhow::Result<Option<Hold>> {
    // A shell that was started on a seat takes it back from itself.
    let ours = |it: &Holder| it.process.id == std::process::id();
    let mut sent = Vec::new();
    // Counted in sleep; that looking takes long makes nobody hurry.
    let (mut slept, mut alone) = (Duration::ZERO, Duration::ZERO);
    loop {
        let mut hold = seats.hold_of(before.takes.seat, &(wait.now)())?;
        let is_seen = !hold.holders.is_empty();
        hold.holders
            .retain(|it| before.holders.contains(it) && !ours(it));
        if !hold.locked || is_seen && hold.holders.is_empty() {
            return Ok(None);
        }
        let told = |it: &Holder| sent.contains(&it.process);
        alone = match hold.holders.iter().any(told) {
            true => Duration::ZERO,
            false => alone + BETWEEN,
        };
        let next: Vec<Holder> = match sent.is_empty() {
            true => hold.programs().into_iter().cloned().collect(),
            false if alone >= ALONE => hold.holders.clone(),
            false => Vec::new(),
        };
        for holder in next {
            send(&holder, before.takes.seat, how)?;
            sent.push(holder.process);
        }
        if slept >= wait.patience || !is_seen && slept >= ALONE {
            return Ok(Some(hold));
        }
        thread::sleep(BETWEEN);
        slept += BETWEEN;
    }
}

/// "process 4711 (eleccalc) of anna".
pub(super) fn named(holder: &Holder) -> String {
    let account = holder.account.as_deref().unwrap_or_default();
    messages::seat::holder(account, holder.process.id, &holder.program).to_string()
}

#[cfg(target_os = "linux")]
fn send(holder: &Holder, seat: u16, how: Ending) -> anyhow::Result<()> {
    use rustix::io::Errno;
    use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

    let signal = match how {
        Ending::Asked => Signal::TERM,
        Ending::Killed => Signal::KILL,
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
fn send(_: &Holder, _: u16, how: Ending) -> anyhow::Result<()> {
    match how {
        Ending::Asked | Ending::Killed => Ok(()),
    }
}
