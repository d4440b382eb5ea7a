//! What needs doing soon, while the application runs.

use super::error::HolderError;
use crate::license_key::LicenseKey;
use crate::machine::Components;
use crate::messages;
use crate::protocol::date::{Day, Seconds};

/// Something that needs doing, while the application runs.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (app, _home) = include!("../app/doctest.in");
/// for warning in app.check()?.warnings() {
///     eprintln!("{warning}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Warning {
    /// The day of re-validation is near.
    #[error("{}", messages::check::grace_ends(.by, *.days_left))]
    GraceEnds {
        /// Whole days after today.
        days_left: i32,
        /// The last of them.
        by: Day,
    },
    /// The last day of the license is near.
    #[error("{}", messages::check::expires_soon(*.days_left))]
    ExpiresSoon {
        /// Whole days after today.
        days_left: i32,
    },
    /// The last day of a loan is near.
    #[error("{}", messages::check::loan_ends(*.days_left))]
    LoanEnds {
        /// Whole days after today.
        days_left: i32,
    },
    /// The end of maintenance is near.
    #[error("{}", messages::check::maintenance_ends(*.days_left))]
    MaintenanceEnds {
        /// Whole days after today.
        days_left: i32,
    },
    /// The end of a part of the license is near: a module, a limit.
    #[error("{}", messages::check::part_ends(*.days_left, .last, .name))]
    PartEnds {
        /// Its name.
        name: String,
        /// Whole days after today.
        days_left: i32,
        /// The last of them.
        last: Day,
    },
    /// The last day of the demo is near.
    #[error("{}", messages::check::demo_ends(*.days_left, .last))]
    DemoEnds {
        /// Whole days after today.
        days_left: i32,
        /// The last of them.
        last: Day,
    },
    /// The clock is behind.
    #[error("{}", clock_words(*.not_set, *.days_left))]
    ClockBehind {
        /// It stands before the program was built.
        not_set: bool,
        /// Days until the license waits for it.
        days_left: i32,
    },
    /// The machine changed so much that it may go on for a while only (SPEC.md 6.4).
    #[error("{}", messages::check::machine_changed(changed_words(.different, .unread), .until))]
    MachineChanged {
        /// The parts that differ.
        different: Components,
        /// The parts one of which would have to be there, and none of which can be read.
        unread: Components,
        /// When the license waits for it.
        until: Seconds,
    },
    /// The home is older than the last answer that was applied here: it was put back from a backup (SPEC.md 6.5).
    #[error("{}", messages::check::home_older(.of))]
    HomeOlder {
        /// The day of that answer.
        of: Day,
    },
    /// The USB key is not plugged in: the demo runs instead.
    #[error("{}", messages::check::usb_missing_demo(.0))]
    UsbMissing(LicenseKey),
    /// What was learnt about the time could not be kept.
    #[error("{}", messages::check::not_kept(.0))]
    NotKept(HolderError),
}

impl Warning {
    /// Stable snake_case name for scripts.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("../app/doctest.in");
    /// let license = app.check()?;
    /// let urgent = license.warnings().iter().any(|it| it.kind() == "grace_ends");
    /// assert!(!urgent);
    /// # Ok(())
    /// # }
    /// ```
    pub fn kind(&self) -> &'static str {
        match self {
            Warning::GraceEnds { .. } => "grace_ends",
            Warning::ExpiresSoon { .. } => "expires_soon",
            Warning::LoanEnds { .. } => "loan_ends",
            Warning::MaintenanceEnds { .. } => "maintenance_ends",
            Warning::PartEnds { .. } => "part_ends",
            Warning::DemoEnds { .. } => "demo_ends",
            Warning::ClockBehind { not_set: true, .. } => "clock_not_set",
            Warning::ClockBehind { not_set: false, .. } => "clock_behind",
            Warning::MachineChanged { .. } => "machine_changed",
            Warning::HomeOlder { .. } => "home_older",
            Warning::UsbMissing(_) => "usb_missing",
            Warning::NotKept(_) => "not_kept",
        }
    }
}

fn clock_words(not_set: bool, days_left: i32) -> String {
    match not_set {
        true => messages::check::clock_not_set(days_left).to_string(),
        false => messages::check::clock_is_behind(days_left).to_string(),
    }
}

/// What is other about a machine.
pub(super) fn changed_words(different: &Components, unread: &Components) -> String {
    let mut words = Vec::new();
    if !different.is_empty() {
        words.push(messages::check::part_other(&different).to_string());
    }
    if !unread.is_empty() {
        words.push(messages::check::part_unread(&unread).to_string());
    }
    if words.is_empty() {
        words.push(messages::check::part_none().to_owned());
    }
    words.join("; ")
}
