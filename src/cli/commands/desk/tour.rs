//! `tour`: the whole main job in a temporary directory, each command shown with what it printed.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::Context as _;

use super::{Context, Exit, Run};
use crate::cli::failure::Failure;
use crate::failure::FailureKind;

/// See the main job at work: a desk, two machines, real commands and real codes
///
/// Everything happens in a temporary directory, which is removed afterwards.
#[derive(clap::Args)]
pub(crate) struct Tour {
    /// Leave the directory with the desk and the two machines in place
    #[arg(long)]
    keep: bool,
}

impl Run for Tour {
    const NAME: &'static str = "tour";
    const ABOUT: &'static str = "See the main job at work, with real commands and codes";

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let mut entropy = context.environment.entropy()?;
        let mut tag = [0; 8];
        entropy(&mut tag);
        let directory =
            std::env::temp_dir().join(format!("countersign-tour-{:016x}", u64::from_be_bytes(tag)));
        fs::create_dir(&directory)
            .with_context(|| format!("{} cannot be made", directory.display()))?;
        let done = Walk {
            context,
            directory: &directory,
            program: std::env::current_exe()?,
        }
        .whole();
        if self.keep {
            context.out.say(format_args!(
                "everything is left in {}",
                directory.display()
            ));
        } else {
            fs::remove_dir_all(&directory)
                .with_context(|| format!("{} cannot be removed", directory.display()))?;
        }
        done?;
        Ok(Exit::DONE)
    }
}

struct Walk<'a> {
    context: &'a mut Context,
    directory: &'a Path,
    program: PathBuf,
}

impl Walk<'_> {
    fn whole(&mut self) -> anyhow::Result<()> {
        self.say(
            "The desk: a vendor creates its keys, a product, and a license for two machines.",
        )?;
        self.say("(This computer plays both machines, so the product is bound to the name of a vessel instead of to the hardware.)")?;
        self.run(
            "desk",
            &[
                "desk",
                "init",
                "--vendor",
                "Nordic Survey AS",
                "--mail",
                "desk@example.com",
                "--no-passphrase",
            ],
            None,
        )?;
        self.run(
            "desk",
            &[
                "product",
                "add",
                "survey",
                "--name",
                "Survey",
                "--feature",
                "export",
                "--limit",
                "users",
                "--bind",
                "vessel",
                "--no-fingerprint",
            ],
            None,
        )?;
        self.run(
            "desk",
            &["product", "export", "survey", "-o", "survey.product"],
            None,
        )?;
        let key = self.run(
            "desk",
            &[
                "license",
                "new",
                "--product",
                "survey",
                "--customer",
                "Aurora Shipping",
                "--seats",
                "2",
                "--feature",
                "export",
                "--limit",
                "users=5",
            ],
            None,
        )?;
        let key = key.trim().to_owned();
        for (machine, vessel) in [("aurora", "vessel=Aurora"), ("borealis", "vessel=Borealis")] {
            self.say(&format!("The machine on board of the {machine}: it asks, the desk answers, and it is licensed."))?;
            self.run(machine, &["product", "install", "survey.product"], None)?;
            let request = self.run(
                machine,
                &["request", "activate", &key, "--bind", vessel],
                None,
            )?;
            self.say("The request goes to the desk by mail, phone or radio. The desk answers it:")?;
            let mail = format!(
                "Hello desk,\n\n> please license our survey program:\n> {}\nThe master\n",
                request.replace('\n', "\n> ")
            );
            let response = self.run("desk", &["respond"], Some(&mail))?;
            self.say("Back on board the answer is entered, and the program runs, now and at each launch, with no contact:")?;
            self.run(machine, &["apply"], Some(&response))?;
            self.run(
                machine,
                &["check", "--feature", "export", "--count", "users=4"],
                None,
            )?;
        }
        self.say("Both seats are taken: a third machine is refused, and told why.")?;
        self.run("third", &["product", "install", "survey.product"], None)?;
        let request = self.run(
            "third",
            &["request", "activate", &key, "--bind", "vessel=Corona"],
            None,
        )?;
        self.refused("desk", &["respond"], &request, Exit::REFUSED)?;
        self.say("The desk sees who holds the license, and that nobody has edited its ledger.")?;
        self.run("desk", &["license", "show", &key], None)?;
        self.run("desk", &["ledger", "verify"], None)?;
        self.say("That is all. No network was used.")
    }

    fn say(&mut self, text: &str) -> anyhow::Result<()> {
        self.context.out.lines(format_args!("\n# {text}"))
    }

    /// Runs a command that must succeed, shows it, and returns what it printed on standard output.
    fn run(&mut self, home: &str, args: &[&str], input: Option<&str>) -> anyhow::Result<String> {
        let output = self.show(home, args, input)?;
        if !output.status.success() {
            return Err(Failure::new(
                FailureKind::Tour,
                format!("countersign {} failed", args.join(" ")),
            )
            .hint("please report what stands above")
            .into());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn refused(
        &mut self,
        home: &str,
        args: &[&str],
        input: &str,
        exit: Exit,
    ) -> anyhow::Result<()> {
        let output = self.show(home, args, Some(input))?;
        self.context.out.lines(format_args!(
            "  (exit code {})",
            output.status.code().unwrap_or_default()
        ))?;
        if output.status.code() != Some(i32::from(exit.0)) {
            return Err(Failure::new(
                FailureKind::Tour,
                "a machine without a seat was not refused",
            )
            .hint("please report what stands above")
            .into());
        }
        Ok(())
    }

    fn show(&mut self, home: &str, args: &[&str], input: Option<&str>) -> anyhow::Result<Output> {
        let shown: Vec<String> = args
            .iter()
            .map(|arg| {
                if arg.contains(' ') {
                    format!("'{arg}'")
                } else {
                    (*arg).to_owned()
                }
            })
            .collect();
        let pipe = if input.is_some() { "  < mail.txt" } else { "" };
        self.context.out.lines(format_args!(
            "\n$ countersign --home {home} {}{pipe}",
            shown.join(" ")
        ))?;
        let mut child = Command::new(&self.program)
            .current_dir(self.directory)
            .args(["--home", home])
            .args(args)
            .env_remove("COUNTERSIGN_HOME")
            .env_remove("COUNTERSIGN_PASSPHRASE_FILE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.unwrap_or_default().as_bytes())?;
        }
        let output = child.wait_with_output()?;
        for line in String::from_utf8_lossy(&output.stdout)
            .lines()
            .chain(String::from_utf8_lossy(&output.stderr).lines())
        {
            self.context.out.lines(format_args!("  {line}"))?;
        }
        self.context.out.finish()?;
        Ok(output)
    }
}
