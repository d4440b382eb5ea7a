//! What a person types, and what a person pastes: lines that come at once belong together, and none of them is left for whoever reads next.

use std::io::{self, BufRead, StdinLock, Write};
use std::time::Duration;

/// The most that is taken as one paste, in bytes.
const MOST: usize = 16 << 20;
/// A pasted line follows the one before within this time; nobody types a line as quickly.
#[cfg(unix)]
const TOGETHER: Duration = Duration::from_millis(80);
/// Nothing more comes of a paste where nothing came for so long; a slow line has pauses.
const QUIET: Duration = Duration::from_millis(if cfg!(debug_assertions) { 2000 } else { 300 });

/// Bytes of the longest line that a terminal hands over; what is behind them is lost: N_TTY_BUF_SIZE of Linux, MAX_CANON of macOS.
const LONGEST: usize = if cfg!(target_os = "macos") {
    1024
} else {
    4095
};

/// Whether a line is as long as a terminal's longest, and so may have been cut.
pub(super) fn is_cut(typed: &str) -> bool {
    typed.split('\n').any(|line| line.len() == LONGEST)
}

/// The lines of a terminal.
pub(super) struct Lines {
    stdin: StdinLock<'static>,
}

impl Lines {
    pub(super) fn new() -> Lines {
        Lines {
            stdin: io::stdin().lock(),
        }
    }

    /// Asks for a line; with it come those that were pasted together with it. Nothing where the input ends.
    pub(super) fn next(&mut self, prompt: &str) -> io::Result<Option<String>> {
        // A prompt that cannot be shown is no reason not to read.
        let _ = write!(io::stderr(), "{prompt}").and_then(|()| io::stderr().flush());
        let mut bytes = Vec::new();
        if self.stdin.read_until(b'\n', &mut bytes)? == 0 {
            let _ = writeln!(io::stderr());
            return Ok(None);
        }
        while bytes.len() < MOST
            && here::more_waits()
            && self.stdin.read_until(b'\n', &mut bytes)? > 0
        {}
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Reads away what still comes of a paste, to its last line, which has no end: the next question, or a shell, would take it for what was typed there.
    pub(super) fn throw_away_the_rest(self) {
        here::throw_away(self.stdin);
    }
}

#[cfg(unix)]
mod here {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::termios::{QueueSelector, tcflush};

    use super::*;

    /// Whether another line is there already. A terminal hands over one line at a time, so none hides in a buffer of ours.
    pub(super) fn more_waits() -> bool {
        comes_within(TOGETHER)
    }

    fn comes_within(time: Duration) -> bool {
        let Ok(timeout) = Timespec::try_from(time) else {
            return false;
        };
        let stdin = rustix::stdio::stdin();
        let mut waiting = [PollFd::new(&stdin, PollFlags::IN)];
        poll(&mut waiting, Some(&timeout)).is_ok_and(|ready| ready > 0)
    }

    pub(super) fn throw_away(mut stdin: StdinLock<'static>) {
        let mut line = Vec::new();
        while comes_within(QUIET)
            && stdin
                .read_until(b'\n', &mut line)
                .is_ok_and(|read| read > 0)
        {
            line.clear();
        }
        // A line without an end is not handed over, but waits. What is no terminal any more has none.
        let _ = tcflush(rustix::stdio::stdin(), QueueSelector::IFlush);
    }
}

#[cfg(windows)]
mod here {
    use std::sync::mpsc;
    use std::thread;

    use crossterm_winapi::{Console, Handle};

    use super::*;

    const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

    /// Nothing says whether what waits is a whole line: each is judged by itself.
    pub(super) fn more_waits() -> bool {
        false
    }

    pub(super) fn throw_away(stdin: StdinLock<'static>) {
        // The lock is another reader's below.
        drop(stdin);
        if throw_away_keys().is_err() {
            throw_away_lines();
        }
    }

    /// What waits at a console: keys, of which some have no line's end yet.
    fn throw_away_keys() -> io::Result<()> {
        let console = Console::from(Handle::input_handle()?);
        let mut quiet = Duration::ZERO;
        while quiet < QUIET {
            match console.read_console_input()?.is_empty() {
                true => quiet += BETWEEN_LOOKS,
                false => quiet = Duration::ZERO,
            }
            thread::sleep(BETWEEN_LOOKS);
        }
        Ok(())
    }

    /// What waits at a terminal that is none of Windows, such as mintty's: a pipe, which only says what is there by being read. Its reader is left behind,
    /// until the program ends.
    fn throw_away_lines() {
        let (read, reads) = mpsc::channel();
        thread::spawn(move || {
            for line in io::stdin().lock().split(b'\n') {
                if line.is_err() || read.send(()).is_err() {
                    break;
                }
            }
        });
        while reads.recv_timeout(QUIET).is_ok() {}
    }
}

#[cfg(not(any(unix, windows)))]
mod here {
    use super::*;

    pub(super) fn more_waits() -> bool {
        false
    }

    pub(super) fn throw_away(_: StdinLock<'static>) {}
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, is_cut};

    #[test]
    fn a_line_as_long_as_a_terminals_longest_may_be_cut() {
        for (length, cut) in [
            (0, false),
            (LONGEST - 1, false),
            (LONGEST, true),
            (LONGEST + 1, false),
        ] {
            let line = "A".repeat(length);
            assert_eq!(is_cut(&line), cut, "{length}");
            assert_eq!(is_cut(&format!("REQ1:\n{line}\nA")), cut, "{length}");
        }
    }
}
