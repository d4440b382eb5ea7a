//! The figures of the README: `cargo bench` measures all of them and prints one table in Markdown; `cargo bench -- launch respond` measures those two.
//!
//! Nothing is judged by the clock: the table says what was held and what was not, and the program succeeds either way. See benches/README.md.

mod batch;
mod decode;
mod launch;
mod respond;
mod scale;
mod seats;
mod support;

use std::env;
use std::process::ExitCode;

use anyhow::{Result, bail};
use support::table::Table;

type Part = fn(&mut Table) -> Result<()>;

/// What can be measured alone, by name.
const ALL: &[(&str, Part)] = &[
    ("launch", launch::measure),
    ("respond", respond::measure),
    ("batch", batch::measure),
    ("decode", decode::measure),
    ("scale", scale::measure),
    ("seats", seats::measure),
];

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    if let [flag, program, rest @ ..] = args.as_slice()
        && flag == support::process::PEAK
    {
        return support::process::print_peak(program, rest);
    }
    // cargo adds `--bench`.
    let named: Vec<&str> = args
        .iter()
        .map(String::as_str)
        .filter(|arg| !arg.starts_with("--"))
        .collect();
    if let Some(unknown) = named
        .iter()
        // `carry` is a program of its own, which cargo gives the same arguments.
        .find(|name| **name != "carry" && !ALL.iter().any(|(known, _)| known == *name))
    {
        let known: Vec<&str> = ALL.iter().map(|(name, _)| *name).collect();
        bail!(
            "there is no bench {unknown}; there are {}",
            known.join(", ")
        );
    }
    let mut table = Table::begin();
    for (name, measure) in ALL {
        if named.is_empty() || named.contains(name) {
            eprintln!("measuring {name} …");
            measure(&mut table)?;
        }
    }
    Ok(())
}
