//! One run of the program, and what it said.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use assert_cmd::Command;
use serde_json::Value;

use super::World;

/// Variables of the caller that the program may see; no others do.
const KEPT: &[&str] = &["PATH", "SystemRoot", "LLVM_PROFILE_FILE"];

/// A run that is being prepared.
#[must_use]
#[derive(Clone)]
pub(crate) struct Run<'w> {
    program: PathBuf,
    world: &'w World,
    pub(super) args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    input: Vec<u8>,
    /// What a shell does before it becomes the program.
    shell: Option<&'static str>,
}

/// What a run said, and how it ended.
pub(crate) struct Said {
    pub(crate) exit: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    args: Vec<String>,
}

impl<'w> Run<'w> {
    pub(super) fn new(world: &'w World, args: Vec<OsString>) -> Run<'w> {
        Run {
            program: env!("CARGO_BIN_EXE_countersign").into(),
            world,
            args,
            env: Vec::new(),
            input: Vec::new(),
            shell: None,
        }
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Run<'w> {
        self.env.push((name.into(), value.as_ref().to_owned()));
        self
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Run<'w> {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    /// What stands on standard input; without it, nothing does.
    pub(crate) fn piped(mut self, input: impl AsRef<[u8]>) -> Run<'w> {
        self.input = input.as_ref().to_owned();
        self
    }

    /// Takes another build of the program.
    pub(crate) fn by(mut self, program: &Path) -> Run<'w> {
        self.program = program.to_owned();
        self
    }

    /// Has a POSIX shell do something first, such as closing a stream.
    pub(crate) fn after(mut self, shell: &'static str) -> Run<'w> {
        self.shell = Some(shell);
        self
    }

    /// The prepared process, for those who want it alive.
    pub(crate) fn process(&self) -> std::process::Command {
        let mut process = match self.shell {
            None => std::process::Command::new(&self.program),
            Some(first) => {
                let mut shell = std::process::Command::new("sh");
                shell
                    .args(["-c", &format!("{first}; exec \"$0\" \"$@\"")])
                    .arg(&self.program);
                shell
            }
        };
        process
            .args(&self.args)
            .current_dir(self.world.path().join("files"))
            .env_clear();
        let kept = KEPT
            .iter()
            .filter_map(|name| Some((name, std::env::var_os(name)?)));
        let tmp = self.world.path().join("tmp");
        process.envs(kept).envs(self.env.iter().cloned());
        process.env("TMPDIR", tmp).stdin(Stdio::piped());
        process
    }

    /// Runs it.
    pub(crate) fn said(&self) -> Said {
        let process = || Command::from_std(self.process());
        let output = || process().write_stdin(self.input.clone()).output();
        // One start in some thousands Wine refuses with an "Internal error" of its own: nothing ran then.
        let output = output().or_else(|error| if cfg!(windows) { output() } else { Err(error) });
        Said::of(self, output.unwrap())
    }

    /// What a person sees of it on a terminal of so many columns, whose width nothing but the terminal tells.
    #[cfg(unix)]
    pub(crate) fn on_terminal(&self, columns: u16) -> String {
        let size = nix::pty::Winsize {
            ws_row: 50,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        let pty = nix::pty::openpty(&size, None).unwrap();
        let mut process = self.process();
        process.env("NO_COLOR", "1");
        process.stdin(Stdio::null());
        seen(process, pty.slave, pty.master.into())
    }

    /// What a person sees who types this at a terminal of his own, from which passphrases are read, too.
    #[cfg(target_os = "linux")]
    pub(crate) fn typed(&self, keys: &str) -> String {
        use std::io::Write as _;

        let pty = nix::pty::openpty(None, None).unwrap();
        let plain = self.process();
        let mut process = std::process::Command::new("setsid");
        process.args(["--ctty", "--wait"]);
        process.arg(plain.get_program()).args(plain.get_args());
        process.env_clear();
        let given = plain.get_envs();
        process.envs(given.filter_map(|(name, value)| Some((name, value?))));
        process.current_dir(plain.get_current_dir().unwrap());
        process.stdin(pty.slave.try_clone().unwrap());
        let mut terminal = std::fs::File::from(pty.master);
        terminal.write_all(keys.as_bytes()).unwrap();
        seen(process, pty.slave, terminal)
    }

    /// Pastes these into a terminal that it reads from, the first before it starts and each other a moment later: what it said, and what is left there for
    /// whoever reads next, as a shell does.
    #[cfg(target_os = "linux")]
    pub(crate) fn pasted(&self, pieces: &[&str]) -> (Said, String) {
        use std::io::{BufRead as _, BufReader, Write as _};

        let pty = nix::pty::openpty(None, None).unwrap();
        let [mut terminal, its] = [pty.master, pty.slave].map(std::fs::File::from);
        let mut process = self.process();
        process.stdin(its.try_clone().unwrap());
        process.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = None;
        for piece in pieces {
            terminal.write_all(piece.as_bytes()).unwrap();
            child = child.or_else(|| process.spawn().ok());
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        let output = child.unwrap().wait_with_output().unwrap();
        terminal.write_all(b"\nthe next command\n").unwrap();
        let lines = BufReader::new(its).lines().map(Result::unwrap);
        let left: Vec<String> = lines
            .take_while(|line| line != "the next command")
            .collect();
        (Said::of(self, output), left.join("\n"))
    }

    /// Runs it and expects this exit code.
    #[track_caller]
    pub(crate) fn exits(&self, exit: i32) -> Said {
        let said = self.said();
        assert_eq!(said.exit, exit, "{said}");
        said
    }

    /// Runs it and expects that it did what it is for.
    #[track_caller]
    pub(crate) fn done(&self) -> Said {
        self.exits(0)
    }

    /// Runs it with `--json` and returns the object.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        self.with_json_exits(0)
    }

    /// Runs it with `--json`, expects this exit code and returns the object.
    #[track_caller]
    pub(crate) fn with_json_exits(&self, exit: i32) -> Value {
        self.clone().with_json().exits(exit).json()
    }

    /// With `--json`.
    pub(crate) fn with_json(mut self) -> Run<'w> {
        self.args.insert(0, "--json".into());
        self
    }

    /// Runs it as [`Run::owes`] says, and expects that nothing was changed anywhere.
    #[track_caller]
    pub(crate) fn refused(&self, exit: i32, kind: &str) -> Said {
        let before = self.world.snapshot();
        let said = self.owes(exit, kind);
        let changed = changed(&before, &self.world.snapshot());
        assert_eq!(changed, Vec::<String>::new(), "{said}");
        said
    }

    /// Runs it twice, for people and for scripts, and holds it to what every failure owes: exit code, kind, what to do, nothing on
    /// standard output but the object that was asked for.
    #[track_caller]
    pub(crate) fn owes(&self, exit: i32, kind: &str) -> Said {
        let said = self.exits(exit);
        assert_eq!(said.stdout, "", "{said}");
        let lines = |start| {
            let lines = said.stderr.lines();
            lines.filter(|line| line.starts_with(start)).count()
        };
        assert_eq!(
            (lines("error: "), lines("  what to do: ")),
            (1, 1),
            "{said}"
        );

        let scripted = self.clone().with_json().exits(exit);
        let object = scripted.json();
        let error = &object["error"];
        assert_eq!(
            (error["exit"].as_i64(), error["kind"].as_str()),
            (Some(i64::from(exit)), Some(kind)),
            "{scripted}"
        );
        for name in ["message", "hint"] {
            let text = error[name].as_str().unwrap_or_default();
            let bad = text.trim().is_empty() || text.ends_with('.') || text.contains('\n');
            assert!(!bad, "{name}: {scripted}");
        }
        said
    }
}

/// Runs these as a shell does with a pipe between each two: each reads what the one before it writes. What they said, of standard output only the last.
pub(crate) fn pipeline(runs: &[Run<'_>]) -> Vec<Said> {
    let mut before = Stdio::null();
    let children: Vec<_> = runs
        .iter()
        .enumerate()
        .map(|(at, run)| {
            let mut process = run.process();
            process.stdin(std::mem::replace(&mut before, Stdio::null()));
            process.stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut child = process.spawn().unwrap();
            if at + 1 < runs.len() {
                before = child.stdout.take().unwrap().into();
            }
            child
        })
        .collect();
    let ended = children
        .into_iter()
        .map(|child| child.wait_with_output().unwrap());
    runs.iter()
        .zip(ended)
        .map(|(run, output)| Said::of(run, output))
        .collect()
}

/// What a process writes to a terminal until it ends.
#[cfg(unix)]
fn seen(
    mut process: std::process::Command,
    its: std::os::fd::OwnedFd,
    mut terminal: std::fs::File,
) -> String {
    use std::io::Read as _;

    process.stdout(its.try_clone().unwrap());
    process.stderr(its);
    let mut child = process.spawn().unwrap();
    // Our own ends of what the program writes to: without them the terminal ends with the program.
    drop(process);
    let (mut seen, mut some) = (Vec::new(), [0; 4096]);
    // Linux says by an error that nobody writes any more.
    while let Ok(length @ 1..) = terminal.read(&mut some) {
        seen.extend_from_slice(&some[..length]);
    }
    child.wait().unwrap();
    String::from_utf8(seen)
        .expect("it is text")
        .replace("\r\n", "\n")
}

/// The files that differ.
fn changed(before: &super::Snapshot, after: &super::Snapshot) -> Vec<String> {
    let paths = before.keys().chain(after.keys());
    let mut differing: Vec<String> = paths
        .filter(|path| before.get(*path) != after.get(*path))
        .map(|path| path.display().to_string())
        .collect();
    differing.dedup();
    differing
}

impl Said {
    fn of(run: &Run<'_>, output: std::process::Output) -> Said {
        let args = run.args.iter().map(|arg| arg.to_string_lossy());
        let said = Said {
            exit: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("stdout is text"),
            stderr: String::from_utf8(output.stderr).expect("stderr is text"),
            args: args.map(String::from).collect(),
        };
        assert!(!said.stderr.contains("panicked"), "{said}");
        said
    }

    /// The only line of standard output.
    #[track_caller]
    pub(crate) fn line(&self) -> String {
        let line = self
            .stdout
            .strip_suffix('\n')
            .unwrap_or_else(|| panic!("no newline at the end\n{self}"));
        assert!(
            !line.is_empty() && !line.contains('\n'),
            "more or less than a line\n{self}"
        );
        line.to_owned()
    }

    /// The code that standard output is, with one newline and nothing else.
    #[track_caller]
    pub(crate) fn code(&self) -> String {
        let code = self
            .stdout
            .strip_suffix('\n')
            .unwrap_or_else(|| panic!("no newline at the end\n{self}"));
        assert_eq!(super::decoded(code).to_text().unwrap(), code, "{self}");
        code.to_owned()
    }

    /// The one JSON object on standard output.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        super::json::read(&self.args, &self.line())
    }

    /// The JSON objects on standard output, one to a line.
    #[track_caller]
    pub(crate) fn objects(&self) -> Vec<Value> {
        let lines = self.stdout.lines();
        lines
            .map(|line| super::json::read(&self.args, line))
            .collect()
    }

    /// Expects these words in the talk.
    #[track_caller]
    pub(crate) fn tells(self, words: &str) -> Said {
        assert!(self.stderr.contains(words), "not said: {words}\n{self}");
        self
    }

    /// Expects these words in the data.
    #[track_caller]
    pub(crate) fn prints(self, words: &str) -> Said {
        assert!(self.stdout.contains(words), "not printed: {words}\n{self}");
        self
    }

    /// Expects that nothing was said beside the data.
    #[track_caller]
    pub(crate) fn silent(self) -> Said {
        assert_eq!(self.stderr, "", "{self}");
        self
    }
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Said {
            exit,
            stdout,
            stderr,
            args,
        } = self;
        write!(
            f,
            "$ countersign {}\nexit code {exit}\n--- stdout\n{stdout}--- stderr\n{stderr}---",
            args.join(" ")
        )
    }
}
