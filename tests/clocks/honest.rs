//! Honest lives with clocks that are wrong as clocks are.

use countersign::holder::clock::{Boot, ClockReading, LicenseTimes, Look, Mark, judge};
use countersign::protocol::date::{Day, Seconds};

use super::{Chance, DAY, HOUR};

/// How a computer's clocks are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Started each day.
    Desktop,
    /// Sleeps, sometimes for weeks; uptime counts sleep.
    Laptop,
    /// The other system keeps local time in the hardware clock: wrong by hours until the network puts it right.
    DualBoot,
    /// Taken from zone to zone, with a clock that takes local time for UTC; summer and winter time.
    Traveller,
    /// The network puts it right by minutes, now and then, never started again.
    Steps,
    /// 400 days without a restart, the hardware's clock fast by 1 % and put right each day.
    ServerFast,
    /// The same, slow, and looked at but once a week.
    ServerSlow,
    /// Frozen for a month, and more often for hours; its clock is right an hour after it goes on, its uptime knows nothing of it.
    Virtual,
    /// A container whose uptime falls to nothing now and then.
    Container,
    /// Two hosts with one home, one of them with a clock 13 hours ahead and the other 12 behind.
    TwoHosts,
    /// Six hosts with one home, none started for a year.
    SixHosts,
    /// Stands at 1970 after each start, until the network puts it right.
    DeadBattery,
    /// Set ahead by mistake for half a day, by up to 20 days, while it runs.
    Mistake,
    /// An uptime that for some hours says 300 days more than there were.
    WrongUptime,
    /// No uptime is known.
    NoUptime,
}

impl Kind {
    pub(crate) const ALL: [Kind; 15] = [
        Kind::Desktop,
        Kind::Laptop,
        Kind::DualBoot,
        Kind::Traveller,
        Kind::Steps,
        Kind::ServerFast,
        Kind::ServerSlow,
        Kind::Virtual,
        Kind::Container,
        Kind::TwoHosts,
        Kind::SixHosts,
        Kind::DeadBattery,
        Kind::Mistake,
        Kind::WrongUptime,
        Kind::NoUptime,
    ];

    /// By how much the mark may ever be ahead of the truth, in seconds: by what the clock itself was, and a little.
    pub(crate) fn most_lead(self) -> u32 {
        match self {
            Kind::DualBoot | Kind::Traveller | Kind::TwoHosts => 15 * HOUR,
            Kind::Mistake => 26 * HOUR,
            Kind::Steps | Kind::ServerFast | Kind::ServerSlow => 2 * HOUR,
            _ => HOUR,
        }
    }

    /// Whether a clock that was wrong for a while may be spoken of.
    pub(crate) fn may_be_warned(self) -> bool {
        matches!(
            self,
            Kind::DeadBattery | Kind::Mistake | Kind::WrongUptime | Kind::Virtual
        )
    }

    fn hosts(self) -> usize {
        match self {
            Kind::TwoHosts => 2,
            Kind::SixHosts => 6,
            _ => 1,
        }
    }
}

/// What came of a life.
#[derive(Debug, Default)]
pub(crate) struct Life {
    /// Looks that refused.
    pub(crate) refused: u32,
    /// Looks that spoke of the clock.
    pub(crate) warned: u32,
    /// The most by which the mark was ahead of the truth, in seconds.
    pub(crate) lead: u32,
    /// How often the mark was kept.
    pub(crate) kept: u32,
    /// Looks.
    pub(crate) looks: u32,
}

const ISSUED: u32 = 2000 * DAY + 12 * HOUR;
/// A life is this long, and the license ends two days later.
const DAYS: u32 = 400;

struct Host {
    boot: u32,
    /// Seconds since the start, as the system says.
    up: u32,
    /// Seconds by which its clock is ahead.
    off: i64,
    /// When a mistake is put right.
    mended: Option<u32>,
}

/// A life of 400 days.
pub(crate) fn live(kind: Kind, seed: u64) -> Life {
    let mut chance = Chance(seed);
    let mut life = Life::default();
    let mut truth = ISSUED;
    let mut boots = 0;
    let mut mark = Mark::of_grant(
        Seconds(ISSUED),
        1,
        &Look {
            wall: Seconds(ISSUED),
            boot: (kind != Kind::NoUptime).then(|| Boot {
                id: "0".to_owned(),
                uptime: Some(1000),
            }),
        },
    );
    let mut hosts: Vec<Host> = (0..kind.hosts())
        .map(|host| Host {
            boot: host as u32,
            up: 1000 + 50 * HOUR * host as u32,
            off: 0,
            mended: None,
        })
        .collect();
    let end = ISSUED + DAYS * DAY;
    let mut wrong_uptime_until = 0;
    let mut was_wrong = false;
    let zone = i64::from(HOUR) * (i64::from(chance.below(27)) - 12);
    loop {
        let pause = match kind {
            Kind::ServerSlow => 7 * DAY,
            Kind::Laptop if chance.one_in(60) => chance.below(20 * DAY),
            _ if chance.one_in(20) => chance.below(70 * HOUR),
            Kind::WrongUptime | Kind::Mistake => 1 + chance.below(6 * HOUR),
            _ => 1 + chance.below(2 * HOUR),
        };
        let frozen = kind == Kind::Virtual && chance.one_in(40);
        let pause = if frozen {
            chance.below(30 * DAY)
        } else {
            pause
        };
        truth += pause;
        if truth >= end {
            break;
        }
        let mut mended = false;
        for host in &mut hosts {
            let drift = match kind {
                Kind::ServerFast => i64::from(pause) / 100,
                Kind::ServerSlow => -i64::from(pause) / 100,
                _ => 0,
            };
            host.off += drift;
            host.up = match frozen {
                true => host.up,
                false => (i64::from(host.up) + i64::from(pause) + drift) as u32,
            };
            // Put right by the network.
            match kind {
                Kind::ServerFast if host.off > 860 => host.off = 0,
                Kind::ServerSlow if host.off < -860 => host.off = 0,
                _ => {}
            }
            if host.mended.is_some_and(|at| at <= truth) {
                host.off = 0;
                host.mended = None;
                mended = true;
            }
        }
        let turn = chance.below(hosts.len() as u32) as usize;
        let this = &mut hosts[turn];
        let restarts = !matches!(
            kind,
            Kind::Steps | Kind::ServerFast | Kind::ServerSlow | Kind::SixHosts | Kind::Virtual
        );
        if restarts && chance.one_in(8) {
            boots += 10;
            this.boot = boots;
            this.up = 30;
            match kind {
                Kind::DualBoot => {
                    this.off = zone;
                    this.mended = Some(truth + chance.below(2 * HOUR));
                }
                Kind::DeadBattery => {
                    this.off = -(i64::from(truth) + 1_577_836_800);
                    this.mended = Some(truth + chance.below(2 * HOUR));
                }
                _ => {}
            }
        }
        match kind {
            Kind::Traveller if chance.one_in(200) => {
                this.off = i64::from(HOUR) * (i64::from(chance.below(27)) - 12);
            }
            Kind::Steps if chance.one_in(30) => this.off = i64::from(chance.below(1200)) - 600,
            Kind::Virtual if frozen => {
                this.off = -i64::from(pause);
                this.mended = Some(truth + HOUR);
            }
            Kind::TwoHosts => this.off = i64::from(HOUR) * if turn == 0 { 13 } else { -12 },
            Kind::Mistake
                if !mended && this.up > 30 && this.mended.is_none() && chance.one_in(100) =>
            {
                this.off = i64::from(match chance.below(4) {
                    0 => chance.below(20 * DAY),
                    _ => chance.below(60 * HOUR),
                });
                this.mended = Some(truth + 12 * HOUR);
            }
            Kind::WrongUptime if !was_wrong && chance.one_in(100) => {
                wrong_uptime_until = truth + 15 * HOUR;
            }
            _ => {}
        }
        let mut uptime = hosts[turn].up;
        was_wrong = truth < wrong_uptime_until;
        if was_wrong {
            uptime += 300 * DAY;
        }
        if kind == Kind::Container && uptime > 30 && life.looks > 0 && chance.one_in(10) {
            uptime = 0;
        }
        let wall = (i64::from(truth) + hosts[turn].off).max(0) as u32;
        let look = Look {
            wall: Seconds(wall),
            boot: (kind != Kind::NoUptime).then(|| Boot {
                id: hosts[turn].boot.to_string(),
                uptime: Some(uptime),
            }),
        };
        let last = Day::new((end / DAY) as u16 + 2).unwrap();
        let terms = LicenseTimes {
            issued: Seconds(ISSUED),
            generation: 1,
            built: Seconds(1900 * DAY),
            deadline: Some(last),
            dated: true,
            running: chance.one_in(2),
        };
        let judged = judge(Some(&mark), &terms, &look);
        life.looks += 1;
        match judged.verdict {
            ClockReading::TooLongBehind => life.refused += 1,
            // A clock that is weeks ahead right now is told so, and refused near the end.
            _ if judged.now.day() > last => {
                life.refused += u32::from(hosts[turn].mended.is_none() && !was_wrong);
            }
            ClockReading::Behind { .. } => life.warned += 1,
            ClockReading::Fine => {}
        }
        if let Some(kept) = judged.keep {
            mark = kept;
            life.kept += 1;
        }
        life.lead = life.lead.max(mark.at.0.saturating_sub(truth));
    }
    life
}
