//! `seat take`, `seat keep` and `seat release`: a seat that no process holds.

use std::time::Duration;

use super::{CheckArgs, Context, Exit, Run, allowed};
use crate::cli::failure::Failure;
use crate::cli::machine_home::Found;
use crate::cli::seats::{SeatArgs, Waits, moment, no_seats};
use crate::cli::words::minute;
use crate::cli::{json, keys, machine_home};
use crate::failure::FailureKind;
use crate::messages;
use crate::protocol::grant::LicenseType;
use crate::seats::{Leased, SeatError, Seats, Token};

/// Take a seat for a time, without a process that holds it: a token is printed
///
/// For a web application or a script. The seat is held for that time, by the clock of the system's start; `seat keep TOKEN` holds it for the same time again,
/// `seat release TOKEN` gives it back. A program that runs here had better be started by `countersign run`: its seat comes back with its end.
#[derive(clap::Args)]
pub(crate) struct SeatTake {
    #[command(flatten)]
    check: CheckArgs,
    #[command(flatten)]
    seat: SeatArgs,
    /// For how long: at least 30s, at most 24h
    #[arg(long = "for", value_name = "TIME", default_value = "10m", value_parser = keys::lease)]
    span: Duration,
}

impl Run for SeatTake {
    const NAME: &'static str = "take";
    const ABOUT: &'static str = "Take a seat for a time: a token is printed";

    type Object = json::Leased;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let mut secret = [0; 16];
        context.environment.entropy()?(&mut secret);
        let mut waits = Waits::default();
        let leased = loop {
            let found = self.check.find(context, false)?;
            allowed(context, &found)?;
            let how = (self.span, secret);
            match self.seat.lease(context, &found, how, &mut waits) {
                Err(SeatError::Changed) => {}
                leased => {
                    break leased
                        .map_err(|error| self.seat.refused(error))?
                        .ok_or_else(|| no_seats(&found))?;
                }
            }
        };
        if !context.out.json {
            context.out.line(&leased.token)?;
        }
        told(context, &leased)
    }
}

/// Keep a seat that was taken for a time
///
/// From now on for as long as it was taken for, or for another time. Done before its time is over, by the same user, and as long as the license is in force.
#[derive(clap::Args)]
pub(crate) struct SeatKeep {
    /// What `seat take` printed
    token: String,
    /// For how long from now: at least 30s, at most 24h; without it as long as it was taken for
    #[arg(long = "for", value_name = "TIME", value_parser = keys::lease)]
    span: Option<Duration>,
}

impl Run for SeatKeep {
    const NAME: &'static str = "keep";
    const ABOUT: &'static str = "Keep a seat that was taken for a time";

    type Object = json::Leased;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let (token, seats, found) = held(context, &self.token)?;
        // A seat that is kept is no leave to go on without a license.
        allowed(context, &found)?;
        let leased = seats.keep(&token, self.span, &moment(context))?;
        told(context, &leased)
    }
}

/// Give a seat back that was taken for a time, or keep one for somebody no more
///
/// The owner of the home names the seat that `seat disconnect --hold-for` keeps: from then on it is for whoever comes.
#[derive(clap::Args)]
pub(crate) struct SeatRelease {
    /// What `seat take` printed; or, for the owner of the home, the number of a seat that is kept for somebody
    #[arg(value_name = "TOKEN|SEAT")]
    token: String,
    /// The product, where a seat is named and several are installed
    #[arg(long, value_name = "ID")]
    product: Option<String>,
    /// The license, where a seat is named and the machine holds several
    #[arg(long, value_name = "KEY")]
    license: Option<String>,
}

impl Run for SeatRelease {
    const NAME: &'static str = "release";
    const ABOUT: &'static str = "Give a seat back that was taken for a time";

    type Object = json::SeatNumber;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        if let Ok(seat) = self.token.parse() {
            return self.keep_no_more(context, seat);
        }
        let (token, seats, _) = held(context, &self.token)?;
        seats.release(&token, &moment(context))?;
        if context.out.json {
            Self::print(context, &json::SeatNumber { seat: token.seat })?;
        }
        context.out.say(messages::seat::given_back(&token.seat));
        Ok(Exit::DONE)
    }
}

impl SeatRelease {
    /// A seat that is kept is free from now on.
    fn keep_no_more(self, context: &mut Context, seat: u16) -> anyhow::Result<Exit> {
        let types = &[LicenseType::Floating];
        let which = CheckArgs::of_one(context, self.product, self.license, types)?;
        let found = which.find(context, false)?;
        let seats = found.seats()?.ok_or_else(|| no_seats(&found))?;
        seats.owned()?;
        let Some(user) = seats.keep_instead(seat, None, &moment(context))? else {
            let what = messages::seat::kept_for_nobody(seat);
            let failure = Failure::new(FailureKind::UnknownSeat, what);
            return Err(failure.hint(messages::seat::who_uses()).into());
        };
        if context.out.json {
            Self::print(context, &json::SeatNumber { seat })?;
        }
        context.out.say(messages::seat::kept_no_more(seat, &user));
        Ok(Exit::DONE)
    }
}

fn told(context: &mut Context, leased: &Leased) -> anyhow::Result<Exit> {
    let (seat, token) = (leased.token.seat, &leased.token);
    if context.out.json {
        let object = json::Leased {
            seat,
            token: token.to_string(),
            until: json::Shown(leased.until),
            seconds: leased.span.as_secs(),
        };
        SeatTake::print(context, &object)?;
    }
    let until = minute(leased.until);
    context
        .out
        .say(messages::seat::leased(&seat, &token, &until));
    Ok(Exit::DONE)
}

/// The token, the seats of its license, and what a check finds of that: whoever has a seat gives it back whatever has become of the license.
fn held(context: &Context, text: &str) -> anyhow::Result<(Token, Seats, Found)> {
    let token: Token = text.parse().map_err(|error| {
        Failure::new(FailureKind::UnknownToken, format!("{error}"))
            .hint(messages::seat::token_hint())
    })?;
    let key = token.license_key.to_string();
    let license = machine_home::license(context, std::slice::from_ref(&key), None, |_| true);
    let (_, state) = license.map_err(|_| SeatError::UnknownToken)?;
    let check = CheckArgs::of(Some(state.product), Some(key));
    let found: Found = check.find(context, false)?;
    let seats = found.seats()?.ok_or_else(|| no_seats(&found))?;
    Ok((token, seats, found))
}
