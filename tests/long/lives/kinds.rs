//! Which machines there are, and what happens to them.

use countersign::machine::{Component, Components};

use super::clocks::Clock;
use super::mails::Mails;

/// A kind of machine.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// Machine id, root file system, board, network card, disk: what is known at all.
    pub(crate) knows: [bool; 5],
    /// What every user of the system can read, of the hardware.
    pub(crate) shown: &'static [Component],
    /// The share of days on which root asks; others cannot read the board where it is not shown.
    pub(crate) root: f64,
    /// The share of days on which a part cannot be read.
    pub(crate) away: [f64; 5],
    /// How often the network card is another for a while (docks that look built in), by day.
    pub(crate) flips: f64,
    /// Machines on one license, with one image of the system where there are several.
    pub(crate) machines: u16,
    /// Whether another account of the computer activates the same license some day, for itself.
    pub(crate) accounts: bool,
    /// Whether people lose the home with each new installation and activate anew, and ask twice because the answer seems lost.
    pub(crate) twice: bool,
    /// The share of days on which a backup of the home, from before the last answer, is put back.
    pub(crate) restored: f64,
    /// How mails go.
    pub(crate) mails: Mails,
    /// How its clock is.
    pub(crate) clock: Clock,
}

impl Kind {
    pub(crate) fn shown(&self) -> Components {
        self.shown.iter().copied().collect()
    }
}

const LINUX: &[Component] = &[Component::NetworkCard, Component::SystemDisk];
const ALL: &[Component] = &[
    Component::Board,
    Component::NetworkCard,
    Component::SystemDisk,
];

const PLAIN: Kind = Kind {
    name: "desktop",
    knows: [true; 5],
    shown: LINUX,
    root: 0.0,
    away: [0.0; 5],
    flips: 0.0,
    machines: 1,
    accounts: false,
    twice: false,
    restored: 0.0,
    mails: Mails::AT_ONCE,
    clock: Clock::Right,
};

pub(crate) const KINDS: [Kind; 25] = [
    PLAIN,
    Kind {
        name: "desktop, root and user in turn",
        root: 0.3,
        ..PLAIN
    },
    Kind {
        name: "laptop with docks",
        root: 0.1,
        flips: 0.02,
        ..PLAIN
    },
    Kind {
        name: "laptop without a card when undocked",
        away: [0.0, 0.0, 0.0, 0.4, 0.0],
        ..PLAIN
    },
    Kind {
        name: "ZFS",
        knows: [true, false, true, true, false],
        root: 0.3,
        away: [0.0, 0.0, 0.0, 0.003, 0.0],
        ..PLAIN
    },
    Kind {
        name: "KVM, Hyper-V or Google guest",
        knows: [true, true, true, false, false],
        root: 0.5,
        ..PLAIN
    },
    Kind {
        name: "VMware, VirtualBox, Xen or Proxmox guest",
        knows: [true, true, true, true, false],
        root: 0.3,
        ..PLAIN
    },
    Kind {
        name: "VM with a numbered disk",
        knows: [true, true, true, false, true],
        root: 0.3,
        ..PLAIN
    },
    Kind {
        name: "VM, put back to a snapshot",
        knows: [true, true, true, true, false],
        root: 0.3,
        restored: 1.0 / 365.0,
        clock: Clock::Frozen,
        ..PLAIN
    },
    Kind {
        name: "Windows",
        shown: ALL,
        ..PLAIN
    },
    Kind {
        name: "WSL",
        knows: [true, true, false, false, false],
        ..PLAIN
    },
    Kind {
        name: "image handed out by IT, 5 seats",
        machines: 5,
        ..PLAIN
    },
    Kind {
        name: "guests of one image, 5 seats",
        knows: [true, true, false, false, false],
        machines: 5,
        ..PLAIN
    },
    Kind {
        name: "two accounts on one computer, 1 seat",
        accounts: true,
        ..PLAIN
    },
    Kind {
        name: "asked twice, and again after each installation",
        root: 1.0,
        twice: true,
        ..PLAIN
    },
    Kind {
        name: "service without devices, and a shell",
        root: 0.5,
        away: [0.0, 0.5, 0.0, 0.0, 0.5],
        ..PLAIN
    },
    Kind {
        name: "snap or flatpak",
        knows: [true, false, false, true, false],
        ..PLAIN
    },
    Kind {
        name: "backups put back",
        restored: 1.0 / 365.0,
        ..PLAIN
    },
    Kind {
        name: "desktop, one mail of ten lost",
        mails: Mails::LOST,
        ..PLAIN
    },
    Kind {
        name: "laptop with docks, mails crossed",
        root: 0.1,
        flips: 0.02,
        mails: Mails::CROSSED,
        ..PLAIN
    },
    Kind {
        name: "desktop, mails lost and crossed, backups",
        restored: 1.0 / 365.0,
        mails: Mails::BOTH,
        ..PLAIN
    },
    Kind {
        name: "desktop, another time zone's clock",
        clock: Clock::Zone,
        ..PLAIN
    },
    Kind {
        name: "desktop, clock fast by 1 %",
        clock: Clock::Fast,
        ..PLAIN
    },
    Kind {
        name: "desktop, dead battery",
        clock: Clock::Dead,
        ..PLAIN
    },
    Kind {
        name: "desktop, clock set to another year by mistake",
        clock: Clock::Mistake,
        mails: Mails::LOST,
        ..PLAIN
    },
];

/// What happens to a machine, by year.
pub(crate) const DISK_REPLACED: f64 = 0.15;
pub(crate) const BOARD_REPLACED: f64 = 0.05;
pub(crate) const CARD_REPLACED: f64 = 0.05;
pub(crate) const INSTALLED_ANEW: f64 = 0.25;

/// The share of those who are told of `--system` that follow it.
pub(crate) const LISTENS: f64 = 0.5;
/// The share of those who asked twice that enter the first answer alone.
pub(crate) const FIRST_ALONE: f64 = 0.3;
