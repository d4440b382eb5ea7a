//! A run that stays alive: what holds a seat.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::Run;

/// A program that holds a seat until its standard input ends.
pub(crate) struct Holder {
    child: Child,
    pub(crate) stdin: Option<ChildStdin>,
    out: BufReader<ChildStdout>,
    /// What it said first.
    pub(crate) line: String,
}

impl Holder {
    /// Starts it and waits for its first line.
    #[track_caller]
    pub(crate) fn start(run: &Run<'_>) -> Holder {
        Holder::start_process(run.process())
    }

    /// The same of a process that was prepared otherwise.
    #[track_caller]
    pub(crate) fn start_process(mut process: Command) -> Holder {
        let mut child = process.stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let stdin = child.stdin.take();
        Holder {
            child,
            stdin,
            out,
            line: line.trim_end().to_owned(),
        }
    }

    /// Ends its standard input; its exit code.
    pub(crate) fn end(mut self) -> i32 {
        drop(self.stdin.take());
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        self.child.wait().unwrap().code().unwrap_or(-1)
    }

    /// As SIGKILL does it.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
