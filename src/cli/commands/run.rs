//! `run`: check, take a seat, spawn, forward signals, look at the clock each hour, wait.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::check::CheckArgs;
use super::{Context, Exit, Run};
use crate::cli::failure::{Failure, beside_a_program};
use crate::cli::machine_home::Found;
use crate::cli::seats::{SeatArgs, Waits, moment, warn_of_fate};
use crate::cli::{json, report};
use crate::failure::FailureKind;
use crate::holder::CheckReport;
use crate::messages;
use crate::seats::{Holding, Left, Process, Seat, SeatError};

/// Check the license, and run a program if it may run
///
/// The program gets the facts of the license in its environment, in variables that begin with COUNTERSIGN_: LICENSE_KEY, ACTIVATION, PRODUCT, STATE, TYPE,
/// EDITION, SEATS, FEATURES (`a,b`), LIMITS (`a=1,b=2`), SEAT, EXPIRES, MAINTENANCE, REVALIDATE_BY, DAYS_LEFT; what is not known is not set. Signals are
/// forwarded. While the program runs it is looked at the clock each hour and at the end, so that the time counts; the program is never stopped for what
/// is found then. Of a floating license a seat is taken, which the program and whatever it starts hold until the last of them ends. The exit code is the program's, 128 and the signal's number where one ended it. What `check` and `seat hold` end with is 100 more here where the program was not run: 101 to 118.
#[derive(clap::Args)]
pub(crate) struct RunProgram {
    #[command(flatten)]
    check: CheckArgs,
    #[command(flatten)]
    seat: SeatArgs,
    /// Give the seat back when the program ends, whatever it started still runs
    #[arg(long)]
    until_exit: bool,
    /// The program and its arguments, after `--`
    #[arg(last = true, required = true, value_name = "PROGRAM")]
    program: Vec<OsString>,
}

impl Run for RunProgram {
    const NAME: &'static str = "run";
    const ABOUT: &'static str = "Check the license, and run a program if it may run";

    type Object = json::Report;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let (program, arguments) = self.program.split_first().ok_or_else(|| {
            Failure::usage(messages::run::no_program()).hint(messages::run::no_program_hint())
        })?;
        let mut waits = Waits::default();
        let (found, seat) = loop {
            let found = self.check.find(context, false).map_err(not_run)?;
            let checked = &found.report;
            report::warn(context, checked);
            if let Some(refusal) = &checked.refusal {
                if context.out.json {
                    Self::print(context, &json::Report::of(checked, &context.out))?;
                }
                let failure = report::failure(checked, refusal);
                context.out.refusal(&failure);
                return Ok(beside_a_program(failure.exit));
            }
            context.out.finish()?;
            match self.seat(context, &found, Path::new(program), &mut waits) {
                Err(SeatError::Changed) => {}
                seat => {
                    break (
                        found,
                        seat.map_err(|error| not_run(self.seat.refused(error)))?,
                    );
                }
            }
        };
        let checked = &found.report;
        let mut command = Command::new(program);
        command.args(arguments);
        for (name, value) in facts(checked, seat.as_ref()) {
            let name = format!("COUNTERSIGN_{name}");
            // What an outer program was told is not true of this one.
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let name = program.to_string_lossy();
        let guard = Guard {
            between: context.environment.between_looks(),
            // What it finds is kept where that can be done. It refuses nothing, and says nothing amid what the program says.
            look: &|| drop(self.check.report(context, true)),
        };
        let (ended, seat) = spawn_and_wait(command, seat, guard);
        let now = moment(context);
        let code = match ended {
            Ok(code) => code,
            Err(error) => {
                if let Some(seat) = seat {
                    seat.give_back(&now);
                }
                return Err(could_not_run(error, &name).into());
            }
        };
        if let Some(seat) = seat {
            let number = seat.number();
            warn_of_fate(context, &seat);
            let reason = seat.taken_back();
            if let Some(reason) = &reason {
                context.out.warn(messages::run::taken_back(reason, number));
            }
            if self.until_exit {
                seat.give_back(&now);
            } else if seat.leave(&now) == Left::InUse && reason.is_none() {
                context
                    .out
                    .say(messages::run::seat_stays_in_use(&name, number));
            }
        }
        context.out.finish()?;
        Ok(exit(code))
    }
}

impl RunProgram {
    /// A seat that the program is to hold, where the license floats.
    fn seat(
        &self,
        context: &Context,
        found: &Found,
        program: &Path,
        waits: &mut Waits,
    ) -> Result<Option<Seat>, SeatError> {
        let how = (program, Holding::Process);
        let seat = self.seat.take(context, found, how, waits)?;
        // On Windows what a program has inherited is its own until it ends: a seat that is to come back before that is not handed down there.
        if let Some(seat) = seat
            .as_ref()
            .filter(|_| !(cfg!(windows) && self.until_exit))
        {
            seat.hand_down()?;
        }
        Ok(seat)
    }
}

fn could_not_run(error: std::io::Error, name: &str) -> Failure {
    let mut failure = Failure::new(FailureKind::NoProgram, messages::run::not_run(name))
        .because(error)
        .hint(messages::run::not_run_hint());
    failure.exit = beside_a_program(failure.exit);
    failure
}

/// Why the program was not run, with its exit code out of the way of the program's own.
fn not_run(error: anyhow::Error) -> anyhow::Error {
    let mut failure = Failure::of(&error);
    failure.exit = beside_a_program(failure.exit);
    failure.into()
}

/// What the program is told, by the names of its variables.
fn facts(checked: &CheckReport, seat: Option<&Seat>) -> Vec<(&'static str, Option<String>)> {
    let terms = checked.terms.as_ref();
    let day = |day: Option<crate::protocol::date::Day>| day.map(|day| day.to_string());
    let limits = checked
        .limits
        .iter()
        .map(|(name, most)| format!("{name}={most}"));
    vec![
        ("LICENSE_KEY", checked.license_key.map(|it| it.to_string())),
        ("ACTIVATION", checked.activation.map(|it| it.to_string())),
        ("PRODUCT", Some(checked.product.clone())),
        ("STATE", Some(checked.state.name().to_owned())),
        ("TYPE", terms.map(|it| it.license_type.name().to_owned())),
        ("EDITION", terms.and_then(|it| it.edition.clone())),
        ("SEATS", terms.map(|it| it.seats.to_string())),
        ("FEATURES", Some(checked.features.join(","))),
        ("LIMITS", Some(limits.collect::<Vec<_>>().join(","))),
        ("EXPIRES", terms.and_then(|it| day(it.expires))),
        ("MAINTENANCE", terms.and_then(|it| day(it.maintenance))),
        ("REVALIDATE_BY", terms.and_then(|it| day(it.revalidate_by))),
        ("SEAT", seat.map(|it| it.number().to_string())),
        ("DAYS_LEFT", checked.days_left.map(|it| it.to_string())),
    ]
}

/// Looks at the clock while something runs, so that its time counts whatever the clock says (SPEC.md 7).
struct Guard<'a> {
    between: Duration,
    look: &'a dyn Fn(),
}

impl Guard<'_> {
    /// Has something done in another thread, looks again and again until it is, and once more.
    fn until<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> std::io::Result<T> {
        let (ended, end) = mpsc::channel();
        thread::Builder::new().spawn(move || ended.send(work()))?;
        let outcome = loop {
            match end.recv_timeout(self.between) {
                Ok(outcome) => break Ok(outcome),
                Err(RecvTimeoutError::Timeout) => (self.look)(),
                Err(RecvTimeoutError::Disconnected) => {
                    break Err(std::io::Error::other(messages::run::waited_no_more()));
                }
            }
        };
        (self.look)();
        outcome
    }
}

#[cfg(unix)]
fn spawn_and_wait(
    mut command: Command,
    seat: Option<Seat>,
    guard: Guard<'_>,
) -> (std::io::Result<i32>, Option<Seat>) {
    use std::os::unix::process::ExitStatusExt;

    // Caught before the program starts: none that comes in between is lost, and none ends us before the program.
    let signals = match unix::Forwarded::catch() {
        Ok(signals) => signals,
        Err(error) => return (Err(error), seat),
    };
    let ended = guard.until(move || match command.spawn() {
        Ok(mut child) => {
            let seat = held_by(seat, child.id());
            let status = signals.until_end_of(&mut child);
            let code = |status: std::process::ExitStatus| {
                let signal = || status.signal().map(|signal| 128 + signal);
                status.code().or_else(signal).unwrap_or(1)
            };
            (status.map(code), seat)
        }
        Err(error) => (Err(error), seat),
    });
    ended.unwrap_or_else(|error| (Err(error), None))
}

/// Who looks at the seats sees the program, not us.
fn held_by(mut seat: Option<Seat>, id: u32) -> Option<Seat> {
    if let Some(seat) = &mut seat {
        seat.is_held_by(Process::of(id));
    }
    seat
}

/// The program's own exit code. On Windows it has 32 bits, of which what is handed back to `main` has eight: a longer one ends us here, where all is done.
fn exit(code: i32) -> Exit {
    match u8::try_from(code) {
        Ok(code) => Exit(code),
        Err(_) if cfg!(windows) => std::process::exit(code),
        Err(_) => Exit::FAILED,
    }
}

#[cfg(not(unix))]
fn spawn_and_wait(
    mut command: Command,
    seat: Option<Seat>,
    guard: Guard<'_>,
) -> (std::io::Result<i32>, Option<Seat>) {
    // The console tells Ctrl-C and Ctrl-Break to the program itself; we only must not end before it.
    #[cfg(windows)]
    if let Err(error) = ctrlc::set_handler(|| {}) {
        return (Err(std::io::Error::other(error)), seat);
    }
    let ended = guard.until(move || match command.spawn() {
        Ok(mut child) => {
            let seat = held_by(seat, child.id());
            let code = |status: std::process::ExitStatus| status.code().unwrap_or(1);
            (child.wait().map(code), seat)
        }
        Err(error) => (Err(error), seat),
    });
    ended.unwrap_or_else(|error| (Err(error), None))
}

#[cfg(unix)]
mod unix {
    use std::io;
    use std::process::{Child, ExitStatus};
    use std::sync::{Arc, Mutex, PoisonError};
    use std::thread;

    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
    use signal_hook::consts::signal::{
        SIGALRM, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH,
    };
    use signal_hook::iterator::SignalsInfo;
    use signal_hook::iterator::exfiltrator::origin::WithOrigin;

    use crate::messages;

    const CAUGHT: [i32; 8] = [
        SIGALRM, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH,
    ];

    /// Signals that go on to the program.
    pub(super) struct Forwarded(SignalsInfo<WithOrigin>);

    impl Forwarded {
        /// What is ignored stays ignored, in the program too: it was started with `nohup`.
        pub(super) fn catch() -> io::Result<Forwarded> {
            let ignored = ignored();
            let wanted = CAUGHT
                .into_iter()
                .filter(|signal| ignored & (1 << (signal - 1)) == 0);
            SignalsInfo::new(wanted).map(Forwarded)
        }

        /// Forwards until the program has ended.
        pub(super) fn until_end_of(mut self, child: &mut Child) -> io::Result<ExitStatus> {
            let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
            let pid = pid.ok_or_else(|| io::Error::other(messages::run::no_process()))?;
            let running = Arc::new(Mutex::new(true));
            let forwarding = Arc::clone(&running);
            let handle = self.0.handle();
            let forwarder = thread::spawn(move || {
                for origin in self.0.forever() {
                    // What the terminal sends, it sends to the program as well.
                    let by_terminal = matches!(origin.signal, SIGINT | SIGQUIT | SIGWINCH)
                        && origin.process.is_none();
                    let running = forwarding.lock().unwrap_or_else(PoisonError::into_inner);
                    let signal = Signal::from_named_raw(origin.signal);
                    if let Some(signal) = signal.filter(|_| *running && !by_terminal) {
                        // It may have ended by itself a moment ago.
                        let _ = kill_process(pid, signal);
                    }
                }
            });
            // Its number must not be another process's when a signal is forwarded: first it ends, then we know, then the number is given back.
            let ended = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            while let Err(rustix::io::Errno::INTR) = waitid(WaitId::Pid(pid), ended) {}
            *running.lock().unwrap_or_else(PoisonError::into_inner) = false;
            let status = child.wait();
            handle.close();
            let _ = forwarder.join();
            status
        }
    }

    /// Bits of the signals that this process ignores, where the system says so without unsafe code.
    fn ignored() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        status
            .lines()
            .find_map(|line| line.strip_prefix("SigIgn:"))
            .and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok())
            .unwrap_or(0)
    }
}
