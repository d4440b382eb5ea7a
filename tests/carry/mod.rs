//! Codes as people carry them: spelled, drawn, photographed, mailed, explained. Through the real program.

mod bad_input;
mod emergency_slips;
mod hidden;
mod html_mails;
mod inspected;
mod mailed;
mod own_mails;
#[cfg(feature = "photos")]
mod photographed;
mod repaired;
mod saved_mails;
mod spelled;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::world::json;

/// A desk with one product and one license, and as many machines as are named.
struct World {
    directory: TempDir,
    key: String,
}

/// What a command did.
struct Done {
    exit: i32,
    out: String,
    talk: String,
}

impl World {
    fn new() -> World {
        let mut world = World {
            directory: tempfile::tempdir().unwrap(),
            key: String::new(),
        };
        world.ok(
            "desk",
            &[
                "desk",
                "init",
                "--vendor",
                "Nørdic \"Survey\" AS",
                "--mail",
                "desk@example.com",
                "--no-passphrase",
            ],
        );
        world.ok(
            "desk",
            &[
                "product",
                "add",
                "survey",
                "--name",
                "Survey Ærø",
                "--feature",
                "export",
                "--limit",
                "users",
                "--bind",
                "server,database",
                "--no-fingerprint",
            ],
        );
        world.ok(
            "desk",
            &["product", "export", "survey", "-o", "survey.product"],
        );
        let sell = [
            "license",
            "new",
            "--product",
            "survey",
            "--customer",
            "Bjørn & Søn",
            "--contact",
            "Bjørn Ås <bjorn@example.no>",
            "--seats",
            "3",
            "--feature",
            "export",
            "--limit",
            "users=5",
        ];
        world.key = world.ok("desk", &sell).trim().to_owned();
        world.ok("machine", &["product", "install", "survey.product"]);
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    #[cfg(feature = "photos")]
    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        std::fs::write(self.path(name), bytes).unwrap();
        name.to_owned()
    }

    fn run_with(&self, home: &str, args: &[&str], input: &[u8]) -> Done {
        let mut child = Command::new(env!("CARGO_BIN_EXE_countersign"))
            .current_dir(self.directory.path())
            .args(["--home", home])
            .args(args)
            .env_remove("COUNTERSIGN_HOME")
            .env_remove("COUNTERSIGN_PASSPHRASE_FILE")
            .env_remove("EMAIL")
            .env("COUNTERSIGN_TEST_ANCHOR", self.path("anchor"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that does not read its input may be gone already.
        let _ = child.stdin.take().unwrap().write_all(input);
        let output = child.wait_with_output().unwrap();
        Done {
            exit: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            talk: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn run(&self, home: &str, args: &[&str]) -> Done {
        self.run_with(home, args, b"")
    }

    /// A command that must succeed; what it printed.
    fn ok(&self, home: &str, args: &[&str]) -> String {
        self.ok_with(home, args, b"")
    }

    fn ok_with(&self, home: &str, args: &[&str], input: &[u8]) -> String {
        let done = self.run_with(home, args, input);
        assert_eq!(done.exit, 0, "{args:?}: {}", done.talk);
        done.out
    }

    /// The request of the machine, in some code_output.
    fn request(&self, code_output: &[&str]) -> String {
        let mut args = vec![
            "request",
            "activate",
            &self.key,
            "--bind",
            "server=db1",
            "--bind",
            "database=Plant Ærø",
        ];
        args.extend(code_output);
        self.ok("machine", &args)
    }

    fn json(&self, home: &str, args: &[&str]) -> Value {
        let mut all = vec!["--json"];
        all.extend(args);
        json::read(args, &self.run(home, &all).out)
    }
}

fn exists(path: &Path) -> bool {
    path.exists()
}
