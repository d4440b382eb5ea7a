//! Whether many licenses make it slow: a whole process in a ledger of many against one of few.

use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::support::desk::{self, Desk};
use crate::support::pairs::Pairs;
use crate::support::process;
use crate::support::size;
use crate::support::table::{self, Table, Target};

const FEW: u32 = 1000;
/// The most licenses of one order.
const ORDER: u32 = 1_000_000;
const PAIRS: usize = 15;
const RUNS: usize = 15;

pub(crate) fn measure(table: &mut Table) -> Result<()> {
    // 10,000,000 takes half a minute and 700 MB of disk.
    let many = size("BENCH_LICENSES", 1_000_000)?;
    let (large, small) = (Desk::new()?, Desk::new()?);
    let began = Instant::now();
    let mut keys = Vec::new();
    while keys.len() < many as usize {
        let rest = many - u32::try_from(keys.len())?;
        keys.extend(large.sell(rest.min(ORDER))?);
    }
    let rate = f64::from(many) / began.elapsed().as_secs_f64();
    table.figure(
        &format!(
            "scale: `license new`, {} in orders of {}",
            number(many),
            number(ORDER.min(many))
        ),
        rate,
        table::rate,
        Some(Target::AtLeast(200e3)),
    );
    let few = small.sell(FEW)?;

    // Keys from all over the ledger.
    let step = (keys.len() / FEW as usize).max(1);
    let spread: Vec<_> = keys.iter().step_by(step).copied().take(few.len()).collect();
    let against = format!("in a ledger of {}", number(FEW));
    let what = |command: &str| {
        format!(
            "scale: `{command}` in a ledger of {} licenses",
            number(many)
        )
    };
    let (mut of_many, mut of_few) = (spread.iter().cycle(), few.iter().cycle());
    let mut show = |desk: &Desk, from_many: bool| {
        let key = if from_many {
            of_many.next()
        } else {
            of_few.next()
        };
        process::seconds(&mut desk.command(&[
            "license",
            "show",
            &key.context("no key")?.to_string(),
        ]))
    };
    let shown = std::cell::RefCell::new(&mut show);
    let pairs = Pairs::measure(
        PAIRS,
        RUNS,
        || (shown.borrow_mut())(&large, true),
        || (shown.borrow_mut())(&small, false),
    )?;
    table.ratio(
        &what("license show"),
        &against,
        &pairs,
        table::time,
        Some(Target::AtMost(1.1)),
    );

    let (from_many, from_few) = (desk::requests(&spread)?, desk::requests(&few)?);
    let (mut of_many, mut of_few) = (from_many.iter(), from_few.iter());
    let respond = |desk: &Desk, request: Option<&String>| {
        process::seconds(&mut desk.command(&["respond", request.context("too few requests")?]))
    };
    let pairs = Pairs::measure(
        PAIRS,
        RUNS,
        || respond(&large, of_many.next()),
        || respond(&small, of_few.next()),
    )?;
    table.ratio(
        &what("respond"),
        &against,
        &pairs,
        table::time,
        Some(Target::AtMost(1.1)),
    );

    let (key_of_many, key_of_few) = (
        spread.last().context("no key")?.to_string(),
        few.last().context("no key")?.to_string(),
    );
    let memory = Pairs::measure(
        1,
        1,
        || process::peak(&large.command(&["license", "show", &key_of_many])),
        || process::peak(&small.command(&["license", "show", &key_of_few])),
    )?;
    table.ratio(
        "scale: peak memory of `license show`",
        &against,
        &memory,
        table::size,
        Some(Target::AtMost(1.1)),
    );
    verify(table, &large, many)
}

/// The ledger of all those licenses with a history of as many events as the batch can be given.
fn verify(table: &mut Table, desk: &Desk, licenses: u32) -> Result<()> {
    let began = Instant::now();
    let printed = desk.run(&["ledger", "verify"])?;
    let took = began.elapsed().as_secs_f64();
    ensure!(printed.contains("events"), "verification said {printed:?}");
    table.figure(
        &format!("scale: `ledger verify` of {} licenses", number(licenses)),
        took,
        table::time,
        None,
    );

    let events = size("BENCH_EVENTS", 1_000_000)?;
    let busy = Desk::new()?;
    let requests = desk::requests(&busy.sell(events)?)?;
    std::fs::write(busy.file("requests"), requests.join("\n"))?;
    process::seconds(&mut busy.command(&[
        "respond",
        "--batch",
        &busy.file("requests").display().to_string(),
    ]))?;
    let verify = || busy.command(&["ledger", "verify"]);
    let took = process::seconds(&mut verify())?;
    table.figure(
        &format!("scale: `ledger verify` of {} events", number(events)),
        took,
        table::time,
        Some(Target::AtMost(10.0)),
    );
    table.figure(
        "scale: its peak memory",
        process::peak(&verify())?,
        table::size,
        None,
    );
    Ok(())
}

/// 1000000 as 10⁶ is read faster, where it is one.
fn number(count: u32) -> String {
    let power = count.checked_ilog10().unwrap_or(0);
    if count == 10_u32.pow(power) && power > 2 {
        let digits = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"];
        format!(
            "10{}",
            digits.get(power as usize).copied().unwrap_or_default()
        )
    } else {
        count.to_string()
    }
}
