//! What needs doing soon, while the application runs.

use super::error::HolderError;
use crate::license_key::LicenseKey;
use crate::machine::Components;
use crate::protocol::date::{Day, Seconds};

/// Something that needs doing, while the application runs.
#[derive(Debug, thiserror::Error)]
pub enum Warning {
    /// The day of re-validation is near.
    #[error("{}; re-validate by {by}", grace_words(*.days_left))]
    GraceEnds {
        /// Whole days after today.
        days_left: i32,
        /// The last of them.
        by: Day,
    },
    /// The last day of the license is near.
    #[error("{}", expiry_words(*.days_left))]
    ExpiresSoon {
        /// Whole days after today.
        days_left: i32,
    },
    /// The end of maintenance is near.
    #[error("{}", maintenance_words(*.days_left))]
    MaintenanceEnds {
        /// Whole days after today.
        days_left: i32,
    },
    /// The end of a part of the license is near: a module, a limit.
    #[error("{}", part_words(.name, *.days_left, *.last))]
    PartEnds {
        /// Its name.
        name: String,
        /// Whole days after today.
        days_left: i32,
        /// The last of them.
        last: Day,
    },
    /// The clock is behind.
    #[error("the computer's clock is {}; set it within {}", if *.not_set { "not set (is its battery empty?)" } else { "behind" }, days(*.days_left))]
    ClockBehind {
        /// It stands before the program was built.
        not_set: bool,
        /// Days until the license waits for it.
        days_left: i32,
    },
    /// The machine changed so much that it may go on for a while only (SPEC.md 6.4).
    #[error("the machine has changed: {}; it goes on until {until}", changed_words(.different, .unread))]
    MachineChanged {
        /// The parts that differ.
        different: Components,
        /// The parts one of which would have to be there, and none of which can be read.
        unread: Components,
        /// When the license waits for it.
        until: Seconds,
    },
    /// The USB key is not plugged in: the demo runs instead.
    #[error("the USB key of license {0} is not plugged in; the demo runs instead")]
    UsbMissing(LicenseKey),
    /// What was learnt about the time could not be kept.
    #[error("the time of this check could not be kept: {0}")]
    NotKept(HolderError),
}

impl Warning {
    /// Stable snake_case name for scripts.
    pub fn kind(&self) -> &'static str {
        match self {
            Warning::GraceEnds { .. } => "grace_ends",
            Warning::ExpiresSoon { .. } => "expires_soon",
            Warning::MaintenanceEnds { .. } => "maintenance_ends",
            Warning::PartEnds { .. } => "part_ends",
            Warning::ClockBehind { not_set: true, .. } => "clock_not_set",
            Warning::ClockBehind { not_set: false, .. } => "clock_behind",
            Warning::MachineChanged { .. } => "machine_changed",
            Warning::UsbMissing(_) => "usb_missing",
            Warning::NotKept(_) => "not_kept",
        }
    }
}

fn grace_words(days_left: i32) -> String {
    match days_left {
        0 => "this is the last day of the grace period".to_owned(),
        left => format!("only {} left in grace period", days(left)),
    }
}

fn expiry_words(days_left: i32) -> String {
    match days_left {
        0 => "this is the last day of the license".to_owned(),
        left => format!("the license expires in {}", days(left)),
    }
}

fn maintenance_words(days_left: i32) -> String {
    match days_left {
        0 => "this is the last day of maintenance".to_owned(),
        left => format!("maintenance ends in {}", days(left)),
    }
}

fn part_words(name: &str, days_left: i32, last: Day) -> String {
    match days_left {
        0 => format!("this is the last day of {name}"),
        left => format!("{name} ends in {}, on {last}", days(left)),
    }
}

fn days(count: i32) -> String {
    if count == 1 {
        "1 day".to_owned()
    } else {
        format!("{count} days")
    }
}

/// What is other about a machine.
pub(super) fn changed_words(different: &Components, unread: &Components) -> String {
    let mut words = Vec::new();
    if !different.is_empty() {
        words.push(format!("other {different}"));
    }
    if !unread.is_empty() {
        words.push(format!("{unread} cannot be read"));
    }
    if words.is_empty() {
        words.push("nothing of it is found here".to_owned());
    }
    words.join("; ")
}
