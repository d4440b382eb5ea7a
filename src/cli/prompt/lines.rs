//! What a person types, and what a person pastes: lines that come at once belong together.

use std::io::{self, BufRead, StdinLock, Write};

/// The most that is taken as one paste, in bytes.
const MOST: usize = 16 << 20;
/// A pasted line follows the one before within this time; nobody types a line as quickly.
#[cfg(unix)]
const TOGETHER: std::time::Duration = std::time::Duration::from_millis(80);

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
        while bytes.len() < MOST && more_waits() && self.stdin.read_until(b'\n', &mut bytes)? > 0 {}
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }
}

/// Whether another line is there already. A terminal hands over one line at a time, so none hides in a buffer of ours.
#[cfg(unix)]
fn more_waits() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let Ok(timeout) = Timespec::try_from(TOGETHER) else {
        return false;
    };
    let stdin = rustix::stdio::stdin();
    let mut waiting = [PollFd::new(&stdin, PollFlags::IN)];
    poll(&mut waiting, Some(&timeout)).is_ok_and(|ready| ready > 0)
}

/// Elsewhere each line is judged by itself.
#[cfg(not(unix))]
fn more_waits() -> bool {
    false
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
