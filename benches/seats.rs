//! A seat of a floating license, taken and given back by an application.

use std::time::{Duration, Instant};

use anyhow::Result;
use countersign::holder::{Audience, Home};
use countersign::protocol::date::Seconds;
use countersign::protocol::product::SeatUnit;
use countersign::seats::{
    Ask, Counted, Holding, Moment, Place, Process, Seat, SeatError, Seats, Who,
};

use crate::support::table::{self, Table, Target};

const TIMES: u32 = 20_000;

pub(crate) fn measure(table: &mut Table) -> Result<()> {
    for held in [0, 1_000] {
        let dir = tempfile::tempdir()?;
        std::fs::create_dir_all(dir.path().join("machine"))?;
        let key = "828-150-156-1139".parse()?;
        let home = Home::new(dir.path(), Audience::Owner);
        let counted = Counted {
            seats: held + 1,
            pools: Vec::new(),
            unit: SeatUnit::Process,
        };
        let seats = Seats::open(Place::of(&home, key), key, counted)?;
        let all = (0..held).map(|_| take(&seats));
        let all: Vec<Seat> = all.collect::<Result<_, SeatError>>()?;
        let began = Instant::now();
        for _ in 0..TIMES {
            drop(take(&seats)?);
        }
        let rate = f64::from(TIMES) / began.elapsed().as_secs_f64();
        table.figure(
            &format!("seats: taken and given back, {held} others held"),
            rate,
            table::rate,
            Some(Target::AtLeast(20e3)),
        );
        drop(all);
    }
    Ok(())
}

fn take(seats: &Seats) -> Result<Seat, SeatError> {
    let who = Who {
        user: "anna".to_owned(),
        host: "ws-14".to_owned(),
        program: "bench".to_owned(),
        process: Process::this(),
    };
    seats.take(&Ask {
        who: &who,
        features: &[],
        holding: Holding::Process,
        patience: Duration::ZERO,
        now: &|| Moment {
            wall: Seconds(600_000_000),
            boot: None,
        },
    })
}
