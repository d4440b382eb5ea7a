//! An application with a license: it checks at each launch, shows what needs doing, and has a dialogue in which its license is requested, entered, renewed
//! and given back. `cargo run --example app` runs it as a demo of 30 days.
//!
//! License it by the demo vendor, whose keys are in `keys/` for everybody. First make the vendor's desk, and a license for five users:
//!
//! ```text
//! $ countersign --home vendor desk init --root-key keys/demo-root.pem --spare-key keys/demo-spare.pem --product keys/demo.product --no-passphrase
//! $ countersign --home vendor license new --product demo --customer Me --feature export --limit users=5
//! 828-150-156-1139
//! ```
//!
//! Then request it in the application, with the license key that was printed, answer the request at the desk, and enter the answer:
//!
//! ```text
//! $ cargo run --example app -- request 828-150-156-1139 > request.txt
//! $ countersign --home vendor respond @request.txt > answer.txt
//! $ cargo run --example app -- apply < answer.txt
//! $ cargo run --example app -- 3
//! running with 3 users; export is there
//! ```
//!
//! Six users are one too many; who may delete some is let in all the same:
//!
//! ```text
//! $ cargo run --example app -- 6
//! users: 6 is 1 above the 5 that the license allows: only administrators may come in
//! ```
//!
//! `cargo run --example app -- 3 stay` runs on until Ctrl-C. Of a floating license it has a seat meanwhile, and when the administrator takes that back
//! (`countersign seat disconnect 1 --reason TEXT`) it tells its user why.
//!
//! And give it back; who has several licenses names one, `return 828-150-156-1139`:
//!
//! ```text
//! $ cargo run --example app -- return > return.txt
//! $ countersign --home vendor respond @return.txt
//! ```

use std::error::Error;
use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use countersign::app::AppError;
use countersign::holder::Outcome;
use countersign::{App, Needs, Refused};

/// What the vendor's `product export` wrote: whose keys are trusted.
const PRODUCT: &str = include_str!("../keys/demo.product");

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = App::on_this_computer(PRODUCT)
        .map_err(Into::into)
        .and_then(|app| run(&app, &arguments, &mut io::stdin().lock(), &mut io::stdout()));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Everything that the application does: with a number of users it runs, without arguments it opens the license dialogue where it may not run.
pub(crate) fn run(
    app: &App,
    arguments: &[String],
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> Result<(), Box<dyn Error>> {
    match arguments {
        [] => match work(app, 1, None, out) {
            Err(refused) if refused.is::<Refused>() => {
                writeln!(out, "{refused}")?;
                dialogue(app, input, out)
            }
            done => done,
        },
        [users] if users.parse::<u32>().is_ok() => work(app, users.parse()?, None, out),
        [users, stay] if stay == "stay" => {
            // Before it has a seat: from then on it may be asked to end.
            let asked = asked_to_end()?;
            work(app, users.parse()?, Some(&asked), out)
        }
        words => dialogue_step(app, &words.join(" "), input, out),
    }
}

/// Becomes true when the system asks the application to end, instead of ending it: Ctrl-C, or SIGTERM.
fn asked_to_end() -> io::Result<Arc<AtomicBool>> {
    let asked = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&asked))?;
    }
    Ok(asked)
}

/// The application's work, by what its license contains: done at once, or until it is asked to end.
fn work(
    app: &App,
    users: u32,
    until: Option<&AtomicBool>,
    out: &mut dyn Write,
) -> Result<(), Box<dyn Error>> {
    // What it cannot run without is said at once, so that of several licenses one is found that has it: `.feature("export")` would stand here, too.
    let needs = Needs::default().at_most("users", users);
    // One of the license's seats, where it floats, until this function ends.
    let seat = match app.take_seat_for(&needs, Duration::ZERO) {
        Ok(seat) => seat,
        // Nothing but a number is wrong: whoever can lower it is let in.
        Err(refused @ Refused::TooMany { .. }) => {
            writeln!(out, "{refused}: only administrators may come in")?;
            return Ok(());
        }
        Err(refused) => return Err(refused.into()),
    };
    let license = seat.license();
    // Its time counts until this function ends, whatever the clock says.
    let _running = app.keep_time_while_running(&needs);
    for warning in license.warnings() {
        writeln!(out, "note: {warning}")?;
    }
    let demo = if license.is_demo() { " as a demo" } else { "" };
    // What it can do without is asked of the license that was found.
    let export = if license.has("export") {
        "there"
    } else {
        "not in the license"
    };
    writeln!(out, "running{demo} with {users} users; export is {export}")?;
    out.flush()?;
    let Some(asked) = until else {
        return Ok(());
    };
    while !asked.load(Ordering::Relaxed) {
        thread::sleep(Duration::from_millis(50));
    }
    // Here it saves what its user has not. Its seat is free when this function ends.
    if let Some(reason) = seat.taken_back() {
        writeln!(out, "the administrator takes the seat back: {reason}")?;
    }
    Ok(())
}

/// The license dialogue, until its user leaves it.
fn dialogue(app: &App, input: &mut dyn BufRead, out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    loop {
        write!(
            out,
            "request KEY, apply, renew [KEY], return [KEY], or nothing to leave: "
        )?;
        out.flush()?;
        let mut line = String::new();
        if input.read_line(&mut line)? == 0 || line.trim().is_empty() {
            return Ok(());
        }
        if let Err(error) = dialogue_step(app, line.trim(), input, out) {
            writeln!(out, "{error}")?;
        }
    }
}

fn dialogue_step(
    app: &App,
    line: &str,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> Result<(), Box<dyn Error>> {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    let request = match verb {
        "request" => app.activate(rest.parse()?)?,
        "renew" if rest.is_empty() => app.revalidate()?,
        "renew" => app.revalidate_of(rest.parse()?)?,
        "return" if rest.is_empty() => app.return_license()?,
        "return" => app.return_license_of(rest.parse()?)?,
        "apply" => {
            let outcome = apply(app, input)?;
            return Ok(writeln!(out, "{outcome}")?);
        }
        other => {
            return Err(format!("{other} is none of: request KEY, apply, renew, return").into());
        }
    };
    writeln!(out, "{request}")?;
    let to = request.send_to.as_deref().unwrap_or("the vendor");
    eprintln!(
        "send this code to {to}; read-back phrase: {}",
        request.read_back()
    );
    Ok(())
}

/// Takes what is pasted, any text with the code in it, line by line until a code is there.
fn apply(app: &App, input: &mut dyn BufRead) -> Result<Outcome, Box<dyn Error>> {
    let mut text = String::new();
    loop {
        let before = text.len();
        let ended = input.read_line(&mut text)? == 0;
        let blank = text.get(before..).is_none_or(|line| line.trim().is_empty());
        if !ended && !blank {
            continue;
        }
        match app.apply(&text) {
            Ok(outcome) => return Ok(outcome),
            // The rest may still come.
            Err(AppError::Unread(_)) if !ended => {}
            Err(error) => return Err(error.into()),
        }
    }
}
