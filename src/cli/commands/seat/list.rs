//! `seat list`.

use std::thread;
use std::time::Duration;

use super::{CheckArgs, Context, Exit, Run};
use crate::cli::advice::Advice;
use crate::cli::machine_home::Found;
use crate::cli::seats::{lasting, moment, no_seats};
use crate::cli::words::minute;
use crate::cli::{json, machine_home, words};
use crate::messages;
use crate::protocol::date::Seconds;
use crate::protocol::grant::LicenseType;
use crate::seats::{KeptFor, Lent, Look, Shown, Taken};

/// Show who uses the seats of a floating license
///
/// Of each floating license that is held here, or of the one that is named. Anybody may look, and nobody is waited for. Times are UTC.
#[derive(clap::Args)]
pub(crate) struct SeatList {
    /// Of this product alone
    #[arg(long, value_name = "ID")]
    product: Option<String>,
    /// Of this license alone
    #[arg(long, value_name = "KEY")]
    license: Option<String>,
    /// Look again every two seconds, until it is stopped with Ctrl-C
    #[arg(long)]
    watch: bool,
}

const BETWEEN_LOOKS: Duration = Duration::from_secs(2);

impl Run for SeatList {
    const NAME: &'static str = "list";
    const ABOUT: &'static str = "Show who uses the seats of a floating license";

    type Object = json::SeatsInUse;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        loop {
            if self.watch {
                context.out.begin_picture()?;
            }
            self.show(context)?;
            if !self.watch {
                return Ok(Exit::DONE);
            }
            context.out.end_picture()?;
            thread::sleep(BETWEEN_LOOKS);
        }
    }
}

impl SeatList {
    /// Each license that is meant; what one lacks keeps no other from being shown.
    fn show(&self, context: &mut Context) -> anyhow::Result<()> {
        let key = self.license.as_deref().map(str::parse).transpose()?;
        let product = self.product.as_deref();
        let held = machine_home::held(context, product, key, &[LicenseType::Floating])?;
        let mut which: Vec<CheckArgs> = held
            .into_iter()
            .map(|it| CheckArgs::of(Some(it.product), Some(it.license_key.to_string())))
            .collect();
        if which.is_empty() {
            which.push(CheckArgs::of(self.product.clone(), self.license.clone()));
        }
        let mut failed = None;
        for which in which {
            if let Err(error) = show_one(context, &which) {
                failed.get_or_insert(error);
            }
        }
        failed.map_or(Ok(()), Err)
    }
}

/// Who uses the seats of one license.
fn show_one(context: &mut Context, which: &CheckArgs) -> anyhow::Result<()> {
    let found = which.find(context, false)?;
    let seats = found.seats()?.ok_or_else(|| no_seats(&found))?;
    let look = seats.look(&moment(context))?;
    let now = seats.moment(&moment(context));
    if context.out.json {
        SeatList::print(context, &object(&found, &look, now.wall))?;
    } else {
        context.out.lines(text(&found, &look, now.wall))?;
    }
    for crowd in &look.crowds {
        context
            .out
            .warn(messages::seat::crowd(&crowd.account, crowd.files));
    }
    if let Some(none) = &look.no_rules {
        context.out.warn(&none.why);
        context.out.advise(&none.advice());
    }
    if !look.exact {
        context.out.warn(messages::seat::written_only());
    }
    Ok(())
}

fn object(found: &Found, look: &Look, now: Seconds) -> json::SeatsInUse {
    let pools = look.pools.iter().map(|pool| json::PoolInUse {
        name: pool.name.clone(),
        seats: pool.seats,
        in_use: pool.in_use,
        reserved: pool.reserved,
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
        lent: look.lent(),
        reserved: look.reserved(),
        waiting: look.waiting,
        exact: look.exact,
        crowds: look
            .crowds
            .iter()
            .map(|it| json::SeatCrowd {
                account: it.account.clone(),
                files: it.files,
            })
            .collect(),
        pools: pools.collect(),
        taken: taken.map(|it| json::Taken::of(it, Some(now))).collect(),
        loans: look.lent.iter().map(json::SeatLent::from).collect(),
        kept: look.kept.iter().map(kept).collect(),
        lost: look.lost,
        came_back: back.collect(),
        reservations: look
            .reservations
            .iter()
            .map(json::Reservation::from)
            .collect(),
        no_rules: look.no_rules.as_ref().map(|it| it.why.clone()),
    }
}

fn kept(it: &KeptFor) -> json::SeatKept {
    json::SeatKept {
        seat: it.number,
        user: it.user.clone(),
        until: json::Shown(it.until),
    }
}

fn text(found: &Found, look: &Look, now: Seconds) -> String {
    let key = found.report.license_key.map(|key| key.to_string());
    let mut first = messages::seat::in_use(
        look.free(),
        look.in_use(),
        key.unwrap_or_default(),
        &found.product.name,
        look.seats,
    )
    .to_string();
    if look.lent() > 0 {
        let lent = messages::seat::lent(look.lent());
        first.push_str(&format!(", {lent}"));
    }
    if !look.kept.is_empty() {
        let words = messages::seat::kept(look.kept.len());
        first.push_str(&format!(", {words}"));
    }
    if look.reserved() > 0 {
        let words = messages::seat::reserved(look.reserved());
        first.push_str(&format!(", {words}"));
    }
    for pool in &look.pools {
        let words = messages::seat::pool(pool.in_use, &pool.name, pool.seats);
        first.push_str(&format!("; {words}"));
        if pool.reserved > 0 {
            let words = messages::seat::reserved(pool.reserved);
            first.push_str(&format!(", {words}"));
        }
    }
    if look.waiting > 0 {
        let words = messages::seat::requests(look.waiting);
        first.push_str(&format!("; {words}"));
    }
    let mut lines = vec![first];
    let has_features = !found.report.features.is_empty() || !look.pools.is_empty();
    lines.extend(columns(look, has_features, now));
    let kept = look.reservations.iter().filter(|it| it.idle > 0);
    lines.extend(kept.map(|it| {
        let words = messages::seat::reserved_by(it.idle, it.line, &it.rule, it.seats);
        words.to_string()
    }));
    if look.lost > 0 {
        lines.push(messages::seat::lost(look.lost).to_string());
    }
    lines.extend(look.kept.iter().map(|it| {
        let until = minute(it.until);
        messages::seat::kept_for(it.number, until, &it.user).to_string()
    }));
    lines.extend(look.back.iter().map(came_back));
    lines.join("\n")
}

/// What stands above the columns.
fn heads() -> [&'static str; COLUMNS] {
    [
        messages::seat::head_seat(),
        messages::seat::head_user(),
        messages::seat::head_workstation(),
        messages::seat::head_program(),
        messages::seat::head_features(),
        messages::seat::head_since(),
        messages::seat::head_for(),
        messages::seat::head_held_by(),
    ]
}

const COLUMNS: usize = 8;

fn columns(look: &Look, has_features: bool, now: Seconds) -> Vec<String> {
    if look.taken.is_empty() && look.lent.is_empty() {
        return Vec::new();
    }
    let mut rows = vec![heads().map(str::to_owned).to_vec()];
    rows.extend(
        look.taken
            .iter()
            .map(|it| row(it, has_features, now).to_vec()),
    );
    // A loan that was extended is one seat, as its last one has it.
    let lent = look.last_of_seats(None).into_iter();
    rows.extend(lent.map(|it| lent_row(it, has_features, now).to_vec()));
    words::columns(&rows, |at| at == 0)
}

/// A seat that is lent: whose it is nobody says but a note of the loan, which is no user's name.
fn lent_row(it: &Lent, has_features: bool, now: Seconds) -> [String; COLUMNS] {
    let nothing = || "–".to_owned();
    [
        it.takes.seat.to_string(),
        nothing(),
        nothing(),
        nothing(),
        features(&it.features, has_features),
        minute(it.issued),
        lasting(it.issued, now),
        it.holder(),
    ]
}

/// Those that were asked for. Who asks for none uses whatever there is.
fn features(names: &[String], has_features: bool) -> String {
    match names {
        [] if has_features => messages::seat::all_features().to_owned(),
        [] => "–".to_owned(),
        some => some.join(","),
    }
}

fn row(it: &Taken, has_features: bool, now: Seconds) -> [String; COLUMNS] {
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
    let features = features(&record.features, has_features);
    let by = match it.until {
        Some(until) => messages::seat::lease_until(minute(until)).to_string(),
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
    messages::seat::came_back(
        &it.record.host,
        &it.number,
        minute(it.record.since()),
        it.user(),
    )
    .to_string()
}
