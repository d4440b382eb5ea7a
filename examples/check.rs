//! An application that checks its license at launch, with the product file compiled in: whose keys it trusts is its own to say.
//!
//! `cargo run --example check` runs it as a demo of 30 days; license it with the commands of the README's quick start.

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use countersign::holder::{self, Audience, CheckInput, Here, Home};
use countersign::machine::Facts;
use countersign::protocol::date::Seconds;

const PRODUCT: &str = include_str!("../keys/demo.product");

fn main() -> ExitCode {
    let home =
        env::var_os("COUNTERSIGN_HOME").map_or_else(|| PathBuf::from("license"), PathBuf::from);
    let unix = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs() as i64);
    let facts = Facts::of_this_computer();
    let here = Here {
        facts: &facts,
        wall: Seconds::from_unix(unix),
        aliases: &[],
    };

    // The three lines.
    let home = Home::new(&home, Audience::Owner);
    let input = CheckInput::new(here, Seconds(0));
    let checked = holder::launch_check(PRODUCT, &home, &input);

    match checked {
        Ok(report) if report.allowed() => {
            report
                .warnings
                .iter()
                .for_each(|warning| eprintln!("note: {warning}"));
            println!("running, {}: {:?}", report.state.name(), report.features);
            ExitCode::SUCCESS
        }
        Ok(report) => {
            if let Some(refusal) = report.refusal {
                eprintln!("{refusal}\n{}", refusal.hint());
            }
            ExitCode::from(10)
        }
        Err(error) => {
            eprintln!("{error}\n{}", error.hint());
            ExitCode::FAILURE
        }
    }
}
