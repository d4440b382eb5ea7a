//! Clocks that are wrong as clocks are, looked at once a day; the judgement is the holder's own.

use countersign::holder::clock::{Boot, ClockReading, LicenseTimes, Look, Mark, judge};
use countersign::protocol::date::{Day, Seconds};

use super::chance::Chance;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// How a clock is. The computer is started each morning, but where it says otherwise.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    Right,
    /// It keeps the local time of another place.
    Zone,
    /// Fast by one part in a hundred, and put right by nobody.
    Fast,
    /// Stands at 2020 at each start; somebody sets it right when the license asks for it, until the next start.
    Dead,
    /// Once in two years somebody sets it to another year, and finds out in up to five days.
    Mistake,
    /// A guest that sleeps for up to three weeks now and then, and whose clock is right only on the day after.
    Frozen,
}

/// A clock and what the machine knows of time.
pub(crate) struct Clocked {
    kind: Clock,
    off: i64,
    /// Until when it is off, where that ends.
    until: i32,
    /// Somebody was told to set it right.
    told: bool,
    mark: Option<Mark>,
    boots: u32,
}

impl Clocked {
    pub(crate) fn new(kind: Clock, chance: &mut Chance) -> Clocked {
        let off = match kind {
            Clock::Zone => HOUR * (i64::from(chance.below(27)) - 12),
            _ => 0,
        };
        Clocked {
            kind,
            off,
            until: 0,
            told: false,
            mark: None,
            boots: 0,
        }
    }

    /// What the wall clock says today.
    pub(crate) fn wall(&mut self, today: i32, truth: Seconds, chance: &mut Chance) -> Seconds {
        match self.kind {
            Clock::Right | Clock::Zone => {}
            Clock::Fast => self.off += DAY / 100,
            Clock::Dead => {
                self.off = if self.told {
                    0
                } else {
                    8 * HOUR - i64::from(truth.0)
                };
            }
            Clock::Mistake => {
                if self.told || today >= self.until {
                    self.off = 0;
                }
                if chance.with(1.0 / 730.0) {
                    let years = [-3, -1, 1, 1, 2, 10];
                    let years = years.get(chance.below(6) as usize).copied().unwrap_or(1);
                    self.off = years * 365 * DAY;
                    self.until = today + 1 + chance.below(5);
                }
            }
            Clock::Frozen => {
                if today >= self.until {
                    self.off = 0;
                }
                if chance.with(1.0 / 60.0) {
                    self.off = -DAY * i64::from(1 + chance.below(20));
                    self.until = today + 1;
                }
            }
        }
        self.told = false;
        Seconds((i64::from(truth.0) + self.off).max(0) as u32)
    }

    fn look(&self, wall: Seconds) -> Look {
        Look {
            wall,
            boot: Some(Boot {
                id: self.boots.to_string(),
                uptime: Some(8 * 3600),
            }),
        }
    }

    /// An answer is applied: the time is the desk's from now on.
    pub(crate) fn applied(&mut self, issued: Seconds, generation: u16, wall: Seconds) {
        if self.kind != Clock::Right {
            self.mark = Some(Mark::of_grant(issued, generation, &self.look(wall)));
        }
    }

    /// The look of a day: whether the license waits for the clock, or is over by it. Somebody who reads that, or that it soon will, sets the clock right by
    /// the next day, where that is up to him.
    pub(crate) fn judge(
        &mut self,
        wall: Seconds,
        (issued, generation): (Seconds, u16),
        deadline: Day,
    ) -> bool {
        if self.kind == Clock::Right {
            return wall.day() > deadline;
        }
        self.boots += 1;
        let terms = LicenseTimes {
            issued,
            generation,
            built: Seconds(1900 * 86_400),
            deadline: Some(deadline),
            dated: true,
            running: false,
        };
        let judged = judge(self.mark.as_ref(), &terms, &self.look(wall));
        if let Some(kept) = judged.keep {
            self.mark = Some(kept);
        }
        let over = judged.now.day() > deadline;
        let waits = judged.verdict == ClockReading::TooLongBehind;
        let soon = matches!(judged.verdict, ClockReading::Behind { days_left } if days_left <= 2);
        self.told = soon || waits || over;
        over || waits
    }
}
