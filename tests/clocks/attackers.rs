//! Somebody who wants to use a license past its end, and may set the clock, restart, suspend and kill as he likes. He may not write the mark, and
//! the kernel's uptime is true.

use countersign::holder::clock::{Boot, ClockReading, LicenseTimes, Look, Mark, judge};
use countersign::protocol::date::{Day, Seconds};

use super::{Chance, DAY, HOUR};

/// What came of an attack. All in seconds.
#[derive(Debug, Default)]
pub(crate) struct Attack {
    /// Use between a look that allowed it and the next one.
    pub(crate) used: u32,
    /// What the license had left when it was issued.
    pub(crate) left: u32,
    /// Starts of computers in which something was used.
    pub(crate) starts: u32,
    /// Guards that were killed, or went down with the computer.
    pub(crate) killed: u32,
}

impl Attack {
    /// The most that a license is ever used: what was left, by a clock that may be 2 % slow; an hour for the last look that allowed it, and one for
    /// each start and each guard that was killed, with a minute for what a guard does not write and one by which a clock may be put right.
    pub(crate) fn bound(&self) -> u32 {
        self.left + self.left / 49 + HOUR + (self.starts + self.killed) * (HOUR + 120)
    }

    /// Runs for so many hours at each start, all of them with the clock at the mark.
    pub(crate) fn set_back_to_the_mark(hours: u32) -> Attack {
        let mut cheat = Cheat::new(1);
        for _ in 0..400 {
            cheat.restart(0);
            cheat.wall = cheat.mark.at;
            if !cheat.look(0, false) {
                break;
            }
            cheat.begin(0);
            for _ in 0..hours {
                cheat.pass(HOUR);
                cheat.attack.used += HOUR;
                // Frozen, as far as the clock goes.
                cheat.wall = cheat.mark.at;
                if !cheat.look(0, true) {
                    break;
                }
            }
        }
        cheat.attack
    }

    /// Does whatever comes to mind.
    pub(crate) fn by_chance(seed: u64) -> Attack {
        let mut chance = Chance(seed);
        let mut cheat = Cheat::new(1 + chance.below(3) as usize);
        // Some are fond of one way to set the clock, some of all.
        let fond = [chance.below(WAYS), chance.below(WAYS)];
        let mut refused = 0;
        while refused < 12 && cheat.attack.starts < 250 {
            let host = chance.below(cheat.hosts.len() as u32) as usize;
            if chance.one_in(2) {
                cheat.restart(host);
            }
            let way = if chance.one_in(4) {
                chance.below(WAYS)
            } else {
                fond[chance.below(2) as usize]
            };
            cheat.set(way);
            if !cheat.look(host, false) {
                refused += 1;
                cheat.pass(chance.below(3 * HOUR));
                continue;
            }
            refused = 0;
            cheat.begin(host);
            cheat.session(host, &mut chance, fond);
        }
        cheat.attack
    }
}

/// Ways to set a clock.
const WAYS: u32 = 10;

/// A computer of the attacker.
#[derive(Clone, Default)]
struct Host {
    boot: u32,
    up_since: u32,
    used: bool,
}

struct Cheat {
    hosts: Vec<Host>,
    boots: u32,
    truth: u32,
    wall: Seconds,
    mark: Mark,
    attack: Attack,
}

const ISSUED: u32 = 2000 * DAY + 12 * HOUR;
const LAST_DAY: u16 = 2010;

impl Cheat {
    fn new(hosts: usize) -> Cheat {
        let look = Look {
            wall: Seconds(ISSUED),
            boot: None,
        };
        let left = u32::from(LAST_DAY + 1) * DAY - ISSUED;
        let mut cheat = Cheat {
            hosts: vec![Host::default(); hosts],
            boots: 0,
            truth: ISSUED,
            wall: Seconds(ISSUED),
            mark: Mark::of_grant(Seconds(ISSUED), 1, &look),
            attack: Attack {
                left,
                ..Attack::default()
            },
        };
        for host in 0..hosts {
            cheat.restart(host);
        }
        cheat
    }

    fn restart(&mut self, host: usize) {
        self.pass(60);
        self.boots += 1;
        self.hosts[host] = Host {
            boot: self.boots,
            up_since: self.truth,
            used: false,
        };
    }

    /// A look allowed the program to run.
    fn begin(&mut self, host: usize) {
        let host = &mut self.hosts[host];
        self.attack.starts += u32::from(!host.used);
        host.used = true;
    }

    fn pass(&mut self, seconds: u32) {
        self.truth += seconds;
        self.wall = self.wall.plus(seconds);
    }

    /// Sets the clock in one of the ways.
    fn set(&mut self, way: u32) {
        let mark = self.mark.at;
        self.wall = match way {
            0 => mark,
            1 => mark.minus(26 * HOUR),
            2 => mark.minus(25 * HOUR),
            3 => mark.minus(40 * DAY),
            4 => Seconds(0),
            5 => Seconds(u32::MAX / 2),
            6 => mark.plus(47 * HOUR),
            7 => Seconds(self.truth),
            // Slow by a little less than two clocks may differ.
            8 => self.wall.minus(HOUR / 51),
            _ => self.wall.minus(HOUR),
        };
    }

    /// Whether the program may run, by a look that keeps what it is told to.
    fn look(&mut self, host: usize, running: bool) -> bool {
        let host = &self.hosts[host];
        let look = Look {
            wall: self.wall,
            boot: Some(Boot {
                id: host.boot.to_string(),
                uptime: Some(self.truth - host.up_since),
            }),
        };
        let last = Day::new(LAST_DAY).unwrap();
        let terms = LicenseTimes {
            issued: Seconds(ISSUED),
            generation: 1,
            built: Seconds(1900 * DAY),
            deadline: Some(last),
            dated: true,
            running,
        };
        let judged = judge(Some(&self.mark), &terms, &look);
        let allowed = judged.now.day() <= last && judged.verdict != ClockReading::TooLongBehind;
        if let Some(mark) = judged.keep {
            self.mark = mark;
        }
        allowed
    }

    /// The program runs, its guard looks each hour, until a look says no or the attacker has had enough.
    fn session(&mut self, host: usize, chance: &mut Chance, fond: [u32; 2]) {
        let length = [3, 30, 300][chance.below(3) as usize];
        loop {
            if chance.one_in(8) {
                // Suspended: uptime goes on, nobody works.
                self.pass([8 * HOUR, 49 * HOUR, 20 * DAY][chance.below(3) as usize]);
            }
            let part = if chance.one_in(length) {
                1 + chance.below(HOUR)
            } else {
                HOUR
            };
            self.pass(part);
            self.attack.used += part;
            if part < HOUR {
                if chance.one_in(2) {
                    self.attack.killed += 1;
                } else {
                    self.look(host, true);
                }
                return;
            }
            self.set(fond[chance.below(2) as usize]);
            if !self.look(host, true) {
                return;
            }
        }
    }
}
