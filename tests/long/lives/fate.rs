//! What happens to a machine, and when.

use super::chance::Chance;
use super::kinds::{BOARD_REPLACED, CARD_REPLACED, DISK_REPLACED, INSTALLED_ANEW, Kind};

pub(crate) const BOARD: usize = 2;
pub(crate) const CARD: usize = 3;
const DISK: usize = 4;

/// The days on which something happens next.
pub(crate) struct Fate {
    disk: i32,
    board: i32,
    card: i32,
    system: i32,
    dock: i32,
    backup: i32,
}

/// What happens on a day.
#[derive(Default)]
pub(crate) struct Happens {
    /// Parts that are others from then on.
    pub(crate) exchanged: Vec<usize>,
    /// Its system is installed anew.
    pub(crate) installed: bool,
    /// It is put into its dock, or taken out.
    pub(crate) docks: bool,
    /// A backup of its home is put back.
    pub(crate) restored: bool,
}

impl Fate {
    pub(crate) fn new(kind: &Kind, chance: &mut Chance) -> Fate {
        Fate {
            disk: chance.days(DISK_REPLACED / 365.0),
            board: chance.days(BOARD_REPLACED / 365.0),
            card: chance.days(CARD_REPLACED / 365.0),
            system: chance.days(INSTALLED_ANEW / 365.0),
            dock: chance.days(kind.flips),
            backup: chance.days(kind.restored),
        }
    }

    pub(crate) fn on(&mut self, day: i32, kind: &Kind, chance: &mut Chance) -> Happens {
        let mut happens = Happens::default();
        let due = |next: &mut i32, share: f64, chance: &mut Chance| {
            let is = *next == day;
            if is {
                *next = day + chance.days(share);
            }
            is
        };
        if due(&mut self.disk, DISK_REPLACED / 365.0, chance) {
            happens.exchanged.push(DISK);
            happens.exchanged.extend(chance.with(0.3).then_some(1));
        }
        if due(&mut self.board, BOARD_REPLACED / 365.0, chance) {
            happens.exchanged.extend([BOARD, CARD]);
        }
        if due(&mut self.card, CARD_REPLACED / 365.0, chance) {
            happens.exchanged.push(CARD);
        }
        if due(&mut self.system, INSTALLED_ANEW / 365.0, chance) {
            happens.exchanged.extend([0, 1]);
            happens.installed = true;
        }
        happens.docks = due(&mut self.dock, kind.flips, chance);
        happens.restored = due(&mut self.backup, kind.restored, chance);
        happens
    }
}
