//! `seat list`.

use super::{CheckArgs, Context, Exit, Run};
use crate::cli::commands::Found;
use crate::cli::seats::{lasting, minute, moment, not_floating};
use crate::cli::{json, report, words};
use crate::protocol::date::Seconds;
use crate::seats::{Look, Shown, Taken};

/// Show who uses the seats of a floating license
///
/// Anybody may look, and nobody is waited for. Times are UTC.
#[derive(clap::Args)]
pub(crate) struct SeatList {
    /// The product, where several are installed
    #[arg(long, value_name = "ID")]
    product: Option<String>,
    /// The license, where the machine holds several of the product
    #[arg(long, value_name = "KEY")]
    license: Option<String>,
}

impl Run for SeatList {
    const NAME: &'static str = "list";
    const ABOUT: &'static str = "Show who uses the seats of a floating license";

    type Object = json::SeatsInUse;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let found = CheckArgs::of(self.product, self.license).find(context, false)?;
        let Some(seats) = found.seats()? else {
            // Where there is no license at all, that is what is said.
            if let (None, Some(refusal)) = (found.report.license_key, &found.report.refusal) {
                return Err(report::failure(refusal).into());
            }
            return Err(not_floating(&found).into());
        };
        let now = moment(context);
        let look = seats.look(&now);
        if context.out.json {
            Self::print(context, &object(&found, &look, now.wall))?;
        } else {
            context.out.lines(text(&found, &look, now.wall))?;
        }
        if !look.exact {
            context.out.warn("somebody is taking or keeping the gate of the seats just now: this is what is written of processes that run");
        }
        Ok(Exit::DONE)
    }
}

fn object(found: &Found, look: &Look, now: Seconds) -> json::SeatsInUse {
    let pools = look.pools.iter().map(|pool| json::PoolInUse {
        name: pool.name.clone(),
        seats: pool.seats,
        in_use: pool.in_use,
    });
    let taken = look.taken.iter();
    let back = look.back.iter().map(|it| json::CameBack {
        seat: it.number,
        user: json::SeatUser::from(it),
    });
    json::SeatsInUse {
        product: found.product.id.clone(),
        license_key: json::shown(found.report.license_key),
        seats: look.seats,
        in_use: look.in_use(),
        free: look.free(),
        waiting: look.waiting,
        exact: look.exact,
        pools: pools.collect(),
        taken: taken.map(|it| json::Taken::of(it, Some(now))).collect(),
        came_back: back.collect(),
    }
}

fn text(found: &Found, look: &Look, now: Seconds) -> String {
    let key = found.report.license_key.map(|key| key.to_string());
    let mut first = format!(
        "{}  {}  {}: {} in use, {} free",
        found.product.name,
        key.unwrap_or_default(),
        words::count(look.seats, "seat"),
        look.in_use(),
        look.free(),
    );
    for pool in &look.pools {
        first.push_str(&format!(
            "; {}: {} of {} in use",
            pool.name, pool.in_use, pool.seats
        ));
    }
    if look.waiting > 0 {
        first.push_str(&format!("; {} waiting", look.waiting));
    }
    let mut lines = vec![first];
    lines.extend(columns(&look.taken, now));
    lines.extend(look.back.iter().map(came_back));
    lines.join("\n")
}

const HEADS: [&str; 8] = [
    "seat",
    "user",
    "workstation",
    "program",
    "features",
    "since",
    "for",
    "held by",
];

fn columns(taken: &[Taken], now: Seconds) -> Vec<String> {
    if taken.is_empty() {
        return Vec::new();
    }
    let mut rows = vec![HEADS.map(str::to_owned)];
    rows.extend(taken.iter().map(|it| row(it, now)));
    let mut widths = [0; HEADS.len()];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &[String; HEADS.len()]| {
        let cells = row.iter().zip(widths).enumerate();
        let cells = cells.map(|(at, (cell, width))| match at {
            0 => format!("{cell:>width$}"),
            _ => format!("{cell:<width$}"),
        });
        let line: Vec<String> = cells.collect();
        line.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

fn row(it: &Taken, now: Seconds) -> [String; HEADS.len()] {
    let number = it.number.to_string();
    let nothing = || "–".to_owned();
    let Some(shown) = &it.shown else {
        let by = it.locked_by.clone().unwrap_or_else(nothing);
        let none = [(); 6].map(|()| nothing());
        let [user, host, program, features, since, lasts] = none;
        return [number, user, host, program, features, since, lasts, by];
    };
    let record = &shown.record;
    let or_nothing = |text: &str| match text {
        "" => nothing(),
        text => text.to_owned(),
    };
    let features = match record.features.as_slice() {
        [] => "all".to_owned(),
        some => some.join(","),
    };
    let by = match it.until {
        Some(until) => format!("a lease until {}", minute(until)),
        None => shown.held_by(),
    };
    [
        number,
        or_nothing(&shown.user()),
        or_nothing(&record.host),
        or_nothing(&record.program),
        features,
        minute(record.since()),
        lasting(record.since(), now),
        by,
    ]
}

fn came_back(it: &Shown) -> String {
    format!(
        "seat {} came back by itself: {} ({}) had it since {} and ended without giving it back",
        it.number,
        it.record.host,
        it.user(),
        minute(it.record.since())
    )
}
