//! `tour`: the whole main job in a temporary directory, each command shown with what it printed.

use std::cell::RefCell;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::rc::Rc;

use anyhow::Context as _;

use super::{Context, Exit, Run};
use crate::cli::environment::Environment;
use crate::cli::failure::Failure;
use crate::cli::homes::Homes;
use crate::cli::json::Nothing;
use crate::cli::output::Output;
use crate::cli::words;
use crate::failure::FailureKind;
use crate::machine::Facts;

/// What is handed over by mail.
const MAIL: &str = "mail.txt";

/// See the main job at work: a desk, machines, a site that lends; real commands and real codes
///
/// Everything happens in a temporary directory, which is removed afterwards; this computer remembers nothing of it.
#[derive(clap::Args)]
pub(crate) struct Tour {
    /// Leave the directory with the desk and the machines in place
    #[arg(long)]
    keep: bool,
}

impl Run for Tour {
    const NAME: &'static str = "tour";
    const ABOUT: &'static str = "See the main job at work, with real commands and codes";

    type Object = Nothing;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let mut entropy = context.environment.entropy()?;
        let mut tag = [0; 8];
        entropy(&mut tag);
        let temporary = std::env::temp_dir();
        let name = format!("countersign-tour-{:016x}", u64::from_be_bytes(tag));
        let named = temporary.join(name);
        fs::create_dir(&named).with_context(|| format!("{} cannot be made", named.display()))?;
        // Paths are shown as they are typed there. On Windows what is whole is in a spelling of its own, which nobody types.
        let directory = match cfg!(windows) {
            true => named,
            false => fs::canonicalize(&named)?,
        };
        std::env::set_current_dir(&directory)?;
        let done = Walk {
            context,
            directory: &directory,
        }
        .whole();
        if let Some(outside) = directory.parent() {
            std::env::set_current_dir(outside)?;
        }
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

/// The file with the password of the site.
const PASSWORD: &str = "password.txt";
/// Machines that are made up: what is lent is bound to a machine, and this one may say nothing of itself.
const SITE: &str = "site";
const LAPTOP: &str = "laptop";

/// What a machine that is made up says of itself.
fn made_up(home: &str) -> Option<Facts> {
    let number = match home {
        SITE => 41,
        LAPTOP => 42,
        _ => return None,
    };
    Some(Facts {
        machine_id: format!("{number:032x}").into(),
        mac: format!("3c:ec:ef:10:20:{number:02x}").into(),
        disk_serial: format!("S3Z2NB0K1234{number:02}").into(),
        host_name: home.into(),
        ..Facts::default()
    })
}

struct Walk<'a> {
    context: &'a mut Context,
    directory: &'a Path,
}

/// What a command says, kept until it is shown.
#[derive(Clone, Default)]
struct Kept(Rc<RefCell<Vec<u8>>>);

impl Kept {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.borrow()).into_owned()
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What came of a command.
struct Said {
    exit: Exit,
    stdout: String,
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
        self.loan()?;
        self.say("That is all. No network was used.")
    }

    /// A site lends a seat to a workstation that reaches nothing, and gets it back.
    fn loan(&mut self) -> anyhow::Result<()> {
        self.say("A floating license whose holder may lend its seats. Its site makes a key under a password, and the desk certifies it.")?;
        let add = [
            "product",
            "add",
            "charts",
            "--name",
            "Charts",
            "--feature",
            "plot",
        ];
        self.run("desk", &add, None)?;
        let export = ["product", "export", "charts", "-o", "charts.product"];
        self.run("desk", &export, None)?;
        let new = [
            "license",
            "new",
            "--product",
            "charts",
            "--customer",
            "Aurora Shipping",
        ];
        let floating = [
            "--type",
            "floating",
            "--seats",
            "2",
            "--lend",
            "14",
            "--feature",
            "plot",
        ];
        let key = self.run("desk", &[new.as_slice(), &floating].concat(), None)?;
        let key = key.trim().to_owned();
        fs::write(PASSWORD, "a password of the site\n")?;
        #[cfg(unix)]
        fs::set_permissions(
            PASSWORD,
            std::os::unix::fs::PermissionsExt::from_mode(0o600),
        )?;
        let password = ["--passphrase-file", PASSWORD];
        self.run(SITE, &["product", "install", "charts.product"], None)?;
        self.run(
            SITE,
            &[["site", "init"].as_slice(), &password].concat(),
            None,
        )?;
        let request = self.run(SITE, &["request", "activate", &key, "--site"], None)?;
        let response = self.run("desk", &["respond"], Some(&request))?;
        self.run(SITE, &["apply"], Some(&response))?;
        self.say("A laptop that will reach nothing asks the site for a seat; the site's administrator answers, and the desk is not asked.")?;
        self.run(LAPTOP, &["product", "install", "charts.product"], None)?;
        let request = self.run(LAPTOP, &["request", "borrow", &key, "--days", "5"], None)?;
        let respond = [["respond"].as_slice(), &password].concat();
        let loan = self.run(SITE, &respond, Some(&request))?;
        self.run(LAPTOP, &["apply"], Some(&loan))?;
        self.run(LAPTOP, &["check", "--feature", "plot"], None)?;
        self.run(SITE, &["seat", "list"], None)?;
        self.say("It would come back by itself. Given back early, it is free at once:")?;
        let back = self.run(LAPTOP, &["return", "--yes"], None)?;
        self.run(SITE, &["respond"], Some(&back))?;
        self.run(SITE, &["seat", "list"], None)?;
        Ok(())
    }

    fn say(&mut self, text: &str) -> anyhow::Result<()> {
        self.context.out.lines(format_args!("\n# {text}"))
    }

    /// Runs a command that must succeed, shows it, and returns what it printed on standard output.
    fn run(&mut self, home: &str, args: &[&str], mail: Option<&str>) -> anyhow::Result<String> {
        let said = self.show(home, args, mail)?;
        if said.exit != Exit::DONE {
            return Err(Failure::new(
                FailureKind::Tour,
                format!("countersign {} failed", args.join(" ")),
            )
            .hint("please report what stands above")
            .into());
        }
        Ok(said.stdout)
    }

    fn refused(&mut self, home: &str, args: &[&str], mail: &str, exit: Exit) -> anyhow::Result<()> {
        let said = self.show(home, args, Some(mail))?;
        self.context
            .out
            .lines(format_args!("  (exit code {})", said.exit.0))?;
        if said.exit != exit {
            return Err(Failure::new(
                FailureKind::Tour,
                "a machine without a seat was not refused",
            )
            .hint("please report what stands above")
            .into());
        }
        Ok(())
    }

    /// Runs a command of this very program, in this process: it is handed second places in the directory, so that the computer remembers nothing of a
    /// machine that was only shown.
    fn show(&mut self, home: &str, args: &[&str], mail: Option<&str>) -> anyhow::Result<Said> {
        let mut args = args.to_vec();
        if let Some(mail) = mail {
            fs::write(MAIL, mail)?;
            args.push(MAIL);
        }
        let shown: Vec<_> = args.iter().map(|arg| words::typed(arg)).collect();
        let shown = shown.join(" ");
        let prompt = if cfg!(windows) { ">" } else { "$" };
        let line = format!("\n{prompt} countersign --home {home} {shown}");
        self.context.out.lines(line)?;
        let (stdout, stderr) = (Kept::default(), Kept::default());
        let mut context = Context {
            homes: Homes::new(Some(home.into())),
            environment: Environment::shown_in(&self.directory.join("remembered"))
                .shown_as(made_up(home)),
            out: Output::into(Box::new(stdout.clone()), Box::new(stderr.clone())),
            no_input: true,
            words: Vec::new(),
            reads: || crate::cli::commands::root(None),
            approves: None,
        };
        let words = ["countersign"].into_iter().chain(args);
        let matches = crate::cli::commands::root(None).try_get_matches_from(words)?;
        let exit = crate::cli::run(&matches, &mut context, &[]);
        let said = Said {
            exit,
            stdout: stdout.text(),
        };
        for line in said.stdout.lines().chain(stderr.text().lines()) {
            self.context.out.lines(format_args!("  {line}"))?;
        }
        self.context.out.finish()?;
        Ok(said)
    }
}
