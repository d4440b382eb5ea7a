//! What the commands share that take a seat, and how seats are shown.

use std::path::Path;
use std::time::Duration;

use super::Context;
use super::advice;
use super::failure::Failure;
use super::keys;
use super::machine_home::Found;
use super::report;
use crate::failure::FailureKind;
use crate::messages;
use crate::protocol::date::Seconds;
use crate::protocol::grant::LicenseType;
use crate::seats::{Ask, Fate, Holding, Leased, Moment, Seat, SeatError, Seats, Who};

/// For whom a seat is taken, and how long it is waited for.
#[derive(clap::Args)]
pub(crate) struct SeatArgs {
    /// Wait for a seat that long, such as 10m, in the order of those who came; without it, not at all
    #[arg(long, value_name = "TIME", value_parser = keys::span)]
    wait: Option<Duration>,
    /// The workstation's name, where it is not this host [env: COUNTERSIGN_SEAT_HOST]
    #[arg(long, value_name = "NAME")]
    host: Option<String>,
}

impl SeatArgs {
    /// Takes a seat of the license that was found; none where it does not float. Where that is [`SeatError::Changed`] it is to be found again, and whoever waits
    /// goes on in his turn.
    pub(crate) fn take(
        &self,
        context: &Context,
        found: &Found,
        (program, holding): (&Path, Holding),
        waits: &mut Waits,
    ) -> Result<Option<Seat>, SeatError> {
        let Some(seats) = found.seats()? else {
            return Ok(None);
        };
        let seats = seats.renewed_each(context.environment.between_renewals());
        let seats = seats.instead_of(waits.0.take());
        let taken = self.asked(context, found, program, holding, |ask| seats.take(ask));
        waits.0 = Some(seats);
        taken.map(Some)
    }

    /// Leases one, in the same way.
    pub(crate) fn lease(
        &self,
        context: &Context,
        found: &Found,
        (span, secret): (Duration, [u8; 16]),
        waits: &mut Waits,
    ) -> Result<Option<Leased>, SeatError> {
        let Some(seats) = found.seats()? else {
            return Ok(None);
        };
        let seats = seats.instead_of(waits.0.take());
        let (program, holding) = (Path::new(""), Holding::Lease);
        let leased = self.asked(context, found, program, holding, |ask| {
            seats.lease(ask, span, secret)
        });
        waits.0 = Some(seats);
        leased.map(Some)
    }

    fn asked<T>(
        &self,
        context: &Context,
        found: &Found,
        program: &Path,
        holding: Holding,
        take: impl FnOnce(&Ask<'_>) -> Result<T, SeatError>,
    ) -> Result<T, SeatError> {
        let caller = found.computer.caller(program, &found.needs.user);
        let who = Who {
            host: self.host.clone().unwrap_or(caller.host),
            ..caller
        };
        take(&Ask {
            who: &who,
            features: &found.needs.features,
            holding,
            patience: self.wait.unwrap_or_default(),
            now: &|| moment(context),
        })
    }

    /// Whoever has waited is not told to wait.
    pub(crate) fn refused(&self, error: SeatError) -> anyhow::Error {
        let hint = self.wait.and_then(|_| advice::when_waited(&error));
        match hint {
            Some(hint) => Failure::of(&error.into()).hint(hint).into(),
            None => error.into(),
        }
    }
}

/// Whose turn goes on when the license was changed.
#[derive(Default)]
pub(crate) struct Waits(Option<Seats>);

/// This moment, as the seats go by it.
pub(crate) fn moment(context: &Context) -> Moment {
    Moment::of(context.environment.now(), &context.environment.facts())
}

/// Says what became of a seat while its computer slept or was cut off.
pub(crate) fn warn_of_fate(context: &mut Context, seat: &Seat) {
    match seat.fate() {
        Fate::Held => {}
        Fate::Another { first } => {
            let number = seat.number();
            context
                .out
                .warn(messages::seat::another_seat(first, number));
        }
        Fate::Lost { first } => context.out.warn(messages::seat::lost_seat(first)),
    }
}

/// Why there are no seats: where no license holds that is what is said, else that it has none to share.
pub(crate) fn no_seats(found: &Found) -> anyhow::Error {
    match (&found.report.terms, &found.report.refusal) {
        (None, Some(refusal)) => report::failure(&found.report, refusal).into(),
        _ => not_floating(found).into(),
    }
}

/// There is no seat to be held of it.
fn not_floating(found: &Found) -> Failure {
    let what = match found.report.license_key {
        Some(key) => messages::seat::does_not_float(&key).to_string(),
        None => messages::seat::none_floating(&found.product.id).to_string(),
    };
    let terms = found.report.terms.as_ref();
    let for_people = terms.is_some_and(|it| it.license_type == LicenseType::Named);
    Failure::new(FailureKind::NotFloating, what).hint(match for_people {
        true => messages::seat::for_people_hint(),
        false => messages::seat::not_floating_hint(),
    })
}

/// "3 h 40 min".
pub(crate) fn lasting(since: Seconds, now: Seconds) -> String {
    span(now.0.saturating_sub(since.0).into())
}

/// The same of so many seconds.
pub(crate) fn span(seconds: u64) -> String {
    let minutes = seconds / 60;
    match (minutes / 1_440, minutes / 60 % 24, minutes % 60) {
        (0, 0, minutes) => messages::seat::minutes(minutes).to_string(),
        (0, hours, minutes) => messages::seat::hours(hours, minutes).to_string(),
        (days, hours, _) => messages::seat::days(days, hours).to_string(),
    }
}
