//! What a check says: a state, the terms, and where the application may not run, one refusal with its reason.

use std::cmp::Reverse;

pub use super::found::State;

use super::count::{self, Count};
use super::error::Unbound;
use super::terms::Terms;
use super::unnamed::{Unnamed, unnamed_words};
use super::warning::{Warning, changed_words};
use crate::failure::FailureKind;
use crate::license_key::LicenseKey;
use crate::machine::{Components, MachineError};
use crate::messages;
use crate::protocol::date::{Day, Seconds};
use crate::protocol::digest::ActivationId;
use crate::protocol::product::RootFingerprint;
use crate::protocol::site_note::SiteNoteError;
use crate::protocol::trust::TrustError;

/// Why something can be kept nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Closed {
    /// The disk is full.
    Full,
    /// Another process is at work for longer than was waited.
    Busy,
    /// This user may not write in any place.
    Denied,
}

/// Why an application may not run, or not with what was asked about.
///
/// ```no_run
/// # fn example(app: countersign::App) -> Result<(), Box<dyn std::error::Error>> {
/// use countersign::Refused;
/// use countersign::holder::Refusal;
///
/// match app.check() {
///     Err(Refused::License { why: Refusal::Expired { on, .. }, .. }) => println!("renew: it ended on {on}"),
///     Err(refused) => println!("{refused}"),
///     Ok(license) => println!("{license:?}"),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// No license is held.
    #[error("{}", messages::check::not_licensed(.product))]
    NotLicensed {
        /// The product's id.
        product: String,
        /// A request was made and waits for its answer.
        pending: bool,
    },
    /// The license that was asked for by its key is not held.
    #[error("{}", messages::check::not_held(.key))]
    NotHeld {
        /// The license.
        key: LicenseKey,
        /// A request was made and waits for its answer.
        pending: bool,
    },
    /// The demo is used up.
    #[error("{}", messages::check::demo_over(.last, .product))]
    DemoOver {
        /// The product's id.
        product: String,
        /// Its last day.
        last: Day,
    },
    /// The first day of the demo can be kept nowhere.
    #[error("{}", messages::check::demo_not_kept(.product))]
    DemoNotKept {
        /// The product's id.
        product: String,
        /// What stands in the way.
        why: Closed,
    },
    /// The license is bound otherwise than its product is.
    #[error("{}", messages::check::unbound(.key, .product, .why))]
    Unbound {
        /// The license.
        key: LicenseKey,
        /// The product's id.
        product: String,
        /// What is missing or too much.
        why: Unbound,
    },
    /// The USB key is not plugged in, and there is no demo.
    #[error("{}", messages::check::usb_missing(.0))]
    UsbMissing(LicenseKey),
    /// The license was given up.
    #[error("{}", returned_words(*.key, *.at, *.with))]
    Returned {
        /// The license.
        key: LicenseKey,
        /// When.
        at: Seconds,
        /// Another home of this computer gave up this activation, which had taken its place.
        with: Option<ActivationId>,
    },
    /// What is kept of the license does not hold.
    #[error("{}", messages::check::not_trusted(.key, .why))]
    NotTrusted {
        /// The license.
        key: LicenseKey,
        /// Why.
        why: TrustError,
    },
    /// The product's root is not the one the application trusts.
    #[error("{}", messages::check::other_root(.found, .wanted))]
    OtherRoot {
        /// Who signed it.
        found: RootFingerprint,
        /// Who was to have signed it.
        wanted: RootFingerprint,
    },
    /// The clock has been behind for seven days.
    #[error("{}", messages::check::clock_behind(.floor, .wall))]
    ClockBehind {
        /// What it says.
        wall: Seconds,
        /// What must have passed.
        floor: Seconds,
    },
    /// Past the last day of the license.
    #[error("{}", messages::check::expired(.on, .today))]
    Expired {
        /// Its last day.
        on: Day,
        /// The day that is gone by.
        today: Day,
    },
    /// Past the last day of a loan.
    #[error("{}", messages::check::loan_over(.on, .today))]
    LoanOver {
        /// Its last day.
        on: Day,
        /// The day that is gone by.
        today: Day,
    },
    /// Past the day of re-validation.
    #[error("{}", messages::check::overdue(.by, .today))]
    Overdue {
        /// The last day without another contact.
        by: Day,
        /// The day that is gone by.
        today: Day,
    },
    /// Another machine.
    #[error("{}", messages::check::wrong_machine(changed_words(.different, .unread)))]
    WrongMachine {
        /// The parts that differ.
        different: Components,
        /// The parts one of which would have to be there, and none of which can be read.
        unread: Components,
    },
    /// A machine that changed, which may go on for a while only where it is kept since when.
    #[error("{}", messages::check::change_not_kept(changed_words(.different, .unread)))]
    ChangeNotKept {
        /// The parts that differ.
        different: Components,
        /// The parts one of which would have to be there, and none of which can be read.
        unread: Components,
        /// What stands in the way.
        why: Closed,
    },
    /// Another server, database or the like.
    #[error("{}", messages::check::wrong_binding(.bound, .found, .name))]
    WrongBinding {
        /// What it is bound to.
        name: String,
        /// The value that is licensed.
        bound: String,
        /// The value that was handed in.
        found: String,
    },
    /// A binding was handed in that the product does not have.
    #[error("{}", messages::check::unknown_binding(.0))]
    UnknownBinding(String),
    /// A binding was handed in whose value is not fit.
    #[error(transparent)]
    BadBinding(MachineError),
    /// The license is for people by name, and this user is none of them.
    #[error("{}", unnamed_words(*.key, .user, .why))]
    NotNamed {
        /// The license.
        key: LicenseKey,
        /// The user, as he is called; empty: without a name.
        user: String,
        /// What is known of him.
        why: Unnamed,
    },
    /// The list of a license's users does not hold.
    #[error("{}", messages::check::users_not_trusted(.key, .why))]
    UsersNotTrusted {
        /// The license.
        key: LicenseKey,
        /// Why.
        why: SiteNoteError,
    },
    /// Who the license's users are is not known: the disk does not say.
    #[error("{}", messages::check::users_unread(.key, .why))]
    UsersUnread {
        /// The license.
        key: LicenseKey,
        /// Why, for scripts.
        kind: FailureKind,
        /// Why, in words.
        why: String,
    },
    /// A feature is not in the license.
    #[error("{}", messages::check::feature_missing(.0))]
    FeatureMissing(String),
    /// A feature that the product does not have, as far as its file here says.
    #[error("{}", messages::check::feature_unknown(.feature, .product))]
    FeatureUnknown {
        /// The product's id.
        product: String,
        /// What was asked for.
        feature: String,
    },
    /// A feature was in the license until a day of its own.
    #[error("{}", messages::check::feature_ended(.ended, .feature))]
    FeatureEnded {
        /// The feature.
        feature: String,
        /// Its last day.
        ended: Day,
    },
    /// A feature needs maintenance, which is over.
    #[error("{}", messages::check::maintenance_over(.ended, .feature))]
    MaintenanceOver {
        /// The feature.
        feature: String,
        /// The last day of maintenance.
        ended: Day,
    },
    /// The version was released after the last day of maintenance; the license covers those of before.
    #[error("{}", messages::check::release_not_covered(.ended, .released))]
    ReleaseNotCovered {
        /// When the version was released.
        released: Day,
        /// The last day of maintenance.
        ended: Day,
    },
    /// A number that the product does not count, as far as its file here says.
    #[error("{}", messages::check::limit_unknown(&.count.limit, .product))]
    LimitUnknown {
        /// The product's id.
        product: String,
        /// What was handed in.
        count: Count,
    },
    /// More than the license allows: each limit that is exceeded, in the order in which they were asked about.
    #[error("{}", count::over_words(.0))]
    OverLimit(Vec<Count>),
}

fn returned_words(key: LicenseKey, at: Seconds, with: Option<ActivationId>) -> String {
    match with {
        None => messages::check::returned(at.day(), key).to_string(),
        Some(by) => messages::check::returned_with(by, at.day(), key).to_string(),
    }
}

/// A reason, with the license that it is of, where there are several and the reason does not say it.
pub(crate) fn of_several(why: &Refusal, key: Option<LicenseKey>) -> String {
    let why = why.to_string();
    match key.filter(|key| !why.contains(&key.to_string())) {
        Some(key) => messages::check::of_several(key, &why).to_string(),
        None => why,
    }
}

impl Refusal {
    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        match self {
            Refusal::NotLicensed { .. } | Refusal::NotHeld { .. } => FailureKind::NotLicensed,
            Refusal::DemoOver { .. } => FailureKind::DemoOver,
            Refusal::DemoNotKept { .. } => FailureKind::DemoNotKept,
            Refusal::Unbound { .. } => FailureKind::KeptUnbound,
            Refusal::UsbMissing(_) => FailureKind::UsbMissing,
            Refusal::Returned { .. } => FailureKind::Returned,
            Refusal::NotTrusted { .. } | Refusal::OtherRoot { .. } => FailureKind::NotTrusted,
            Refusal::ClockBehind { .. } => FailureKind::ClockBehind,
            Refusal::Expired { .. } | Refusal::LoanOver { .. } => FailureKind::Expired,
            Refusal::Overdue { .. } => FailureKind::Overdue,
            Refusal::WrongMachine { .. } | Refusal::ChangeNotKept { .. } => {
                FailureKind::WrongMachine
            }
            Refusal::WrongBinding { .. } => FailureKind::WrongBinding,
            Refusal::UnknownBinding(_) => FailureKind::BindingNotLicensed,
            Refusal::BadBinding(_) => FailureKind::BadMachineValue,
            Refusal::NotNamed { .. } => FailureKind::NotNamed,
            Refusal::UsersNotTrusted { .. } => FailureKind::NotTrusted,
            Refusal::UsersUnread { kind, .. } => *kind,
            Refusal::FeatureMissing(_) | Refusal::FeatureUnknown { .. } => {
                FailureKind::FeatureMissing
            }
            Refusal::FeatureEnded { .. } => FailureKind::FeatureEnded,
            Refusal::MaintenanceOver { .. } => FailureKind::MaintenanceOver,
            Refusal::ReleaseNotCovered { .. } => FailureKind::ReleaseNotCovered,
            Refusal::LimitUnknown { .. } | Refusal::OverLimit(_) => FailureKind::OverLimit,
        }
    }
}

/// How near a license that is refused is to being mended: whether it would do then, how little there is to be done, and of as near ones how few numbers are
/// above their limits. The higher, the nearer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Nearness(pub(super) bool, pub(super) u8, pub(super) Reverse<u64>);

/// What a check says.
#[derive(Debug)]
#[non_exhaustive]
pub struct CheckReport {
    /// The state.
    pub state: State,
    /// The product's id.
    pub product: String,
    /// The mail address of the vendor's desk, where the product file has one.
    pub vendor_mail: Option<String>,
    /// The license, where one is known.
    pub license_key: Option<LicenseKey>,
    /// The activation, where one is held.
    pub activation: Option<ActivationId>,
    /// The terms of the license, where it is held and trusted; also where it is refused for another reason.
    pub terms: Option<Terms>,
    /// Features that may be used: the license's or the demo's.
    pub features: Vec<String>,
    /// Limits that hold: the license's or the demo's.
    pub limits: Vec<(String, u32)>,
    /// Modules with seats of their own, and how many.
    pub pools: Vec<(String, u32)>,
    /// Texts of the license.
    pub texts: Vec<(String, String)>,
    /// What the license contained until a day that is over, and that day.
    pub ended: Vec<(String, Day)>,
    /// The day that the license goes by, which is later than the clock's where that is behind; none where it did not come to that.
    pub today: Option<Day>,
    /// Whether the USB key that the license is bound to is plugged in; none where it needs none, or where it did not come to that.
    pub usb: Option<bool>,
    /// What was asked about numbers in use; empty where it did not come to that.
    pub counts: Vec<Count>,
    /// Names and normalised values that the license is bound to.
    pub bindings: Vec<(String, String)>,
    /// Whole days after today until the license or the demo ends, or is to be re-validated: 0 on the last day, negative past it.
    pub days_left: Option<i32>,
    /// Fewer than three parts of the machine could be compared, or none of those that tell it from a copy of its disk; and no USB key does.
    pub weakly_bound: bool,
    /// Why the application may not run; none: it may.
    pub refusal: Option<Refusal>,
    /// How many further licenses of the product are held here, none of which is better; 0 where one was asked for by its key.
    pub beside: usize,
    /// How near a license that is refused is to being mended.
    pub(crate) nearness: Nearness,
    /// What needs doing.
    pub warnings: Vec<Warning>,
}

impl CheckReport {
    /// Whether the application may run, with what was asked about. A running demo may.
    pub fn allowed(&self) -> bool {
        self.refusal.is_none()
    }

    /// Why the application may not run, in a sentence for people; where several licenses are held it says of which it speaks.
    pub fn why(&self) -> Option<String> {
        let key = self.license_key.filter(|_| self.beside > 0);
        Some(of_several(self.refusal.as_ref()?, key))
    }

    /// Whether the license that is meant may be another one, which could not be read: none is held here, or only one that was given up or is over. What
    /// cures that is a purchase or another request, which nobody is to make because of a damaged file.
    pub(crate) fn another_may_be_meant(&self) -> bool {
        let over = matches!(
            self.refusal,
            Some(Refusal::Returned { .. } | Refusal::Expired { .. } | Refusal::LoanOver { .. })
        );
        self.activation.is_none() || over
    }

    /// Of several licenses of which as much can be said, the one with the highest of these counts: the one that is nearest to being mended, one that warns of
    /// nothing, the one that was granted last.
    pub(crate) fn preference(&self) -> (Nearness, bool, Option<Seconds>) {
        (
            self.nearness,
            self.warnings.is_empty(),
            self.terms.as_ref().map(|terms| terms.issued),
        )
    }
}
