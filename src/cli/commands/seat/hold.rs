//! `seat hold`.

use std::io::{self, Read};
use std::path::PathBuf;

use super::{CheckArgs, Context, Exit, Run, allowed};
use crate::cli::json;
use crate::cli::seats::{SeatArgs, Waits, moment, no_seats, warn_of_fate};
use crate::messages;
use crate::seats::{Holding, SeatError};

/// Hold a seat until standard input ends
///
/// For a program on another computer: it keeps `ssh HOST countersign seat hold` open while it runs, and reads the line with the seat's number first. When the
/// connection ends, for whatever reason, the seat is free again.
#[derive(clap::Args)]
pub(crate) struct SeatHold {
    #[command(flatten)]
    check: CheckArgs,
    #[command(flatten)]
    seat: SeatArgs,
    /// The name of the program that uses it
    #[arg(long, value_name = "NAME")]
    program: Option<PathBuf>,
}

impl Run for SeatHold {
    const NAME: &'static str = "hold";
    const ABOUT: &'static str = "Hold a seat until standard input ends";

    type Object = json::SeatNumber;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let program = self.program.unwrap_or_default();
        let mut waits = Waits::default();
        let seat = loop {
            let found = self.check.find(context, false)?;
            allowed(context, &found)?;
            let how = (&*program, Holding::Connection);
            match self.seat.take(context, &found, how, &mut waits) {
                Err(SeatError::Changed) => {}
                taken => {
                    break taken
                        .map_err(|error| self.seat.refused(error))?
                        .ok_or_else(|| no_seats(&found))?;
                }
            }
        };
        if context.out.json {
            let seat = seat.number();
            Self::print(context, &json::SeatNumber { seat })?;
        } else {
            context.out.line(messages::seat::seat(seat.number()))?;
        }
        context.out.finish()?;
        let mut input = io::stdin().lock();
        let mut buffer = [0; 4096];
        loop {
            match input.read(&mut buffer) {
                Ok(0) => break,
                Err(error) if error.kind() != io::ErrorKind::Interrupted => break,
                _ => {}
            }
        }
        warn_of_fate(context, &seat);
        seat.give_back(&moment(context));
        Ok(Exit::DONE)
    }
}
