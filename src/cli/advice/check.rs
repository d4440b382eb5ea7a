//! Of what a check refuses, and of what it warns of.

use super::{Advice, machine};
use crate::cli::words;
use crate::holder::{Closed, Refusal, Unnamed, Warning};
use crate::messages;
use crate::protocol::date::Seconds;
use crate::protocol::trust::TrustError;

impl Advice for Refusal {
    fn advice(&self) -> String {
        let advice = match self {
            Refusal::NotLicensed { pending: true, .. } | Refusal::NotHeld { pending: true, .. } => {
                messages::advice::not_licensed_pending()
            }
            // It began under a clock that no longer advances.
            Refusal::DemoOver { last, .. } if last.end() == Seconds::LAST => {
                messages::advice::set_the_late_clock()
            }
            Refusal::NotLicensed { pending: false, .. }
            | Refusal::NotHeld { pending: false, .. }
            | Refusal::DemoOver { .. } => messages::advice::not_licensed(),
            Refusal::DemoNotKept { why, .. } => match why {
                Closed::Full => messages::advice::demo_not_kept_full(),
                Closed::Busy => messages::advice::busy_here(),
                Closed::Denied => messages::advice::demo_not_kept_denied(),
            },
            Refusal::ChangeNotKept { why, .. } => match why {
                Closed::Full => messages::advice::change_not_kept_full(),
                Closed::Busy => messages::advice::busy_here(),
                Closed::Denied => messages::advice::change_not_kept_denied(),
            },
            Refusal::Unbound { .. } => messages::advice::kept_unbound(),
            Refusal::UsbMissing(_) => messages::advice::usb_missing(),
            Refusal::Returned { with: None, .. } => messages::advice::returned(),
            Refusal::Returned { .. } => messages::advice::returned_with(),
            Refusal::NotTrusted {
                why: TrustError::OldEpoch,
                ..
            } => messages::advice::revalidate(),
            Refusal::NotTrusted { .. } => messages::advice::kept_not_trusted(),
            Refusal::OtherRoot { .. } => messages::advice::other_root_asked(),
            Refusal::ClockBehind { .. } => messages::advice::set_the_clock(),
            Refusal::Expired { .. } => messages::advice::expired(),
            Refusal::LoanOver { .. } => messages::advice::loan_over(),
            Refusal::Overdue { .. } => messages::advice::overdue(),
            Refusal::WrongMachine { .. } => messages::advice::wrong_machine(),
            Refusal::WrongBinding { .. } => messages::advice::wrong_binding(),
            Refusal::UnknownBinding(_) => messages::advice::unknown_binding(),
            Refusal::BadBinding(error) => error.hint(),
            Refusal::NotNamed { user, why, .. } => {
                return match why {
                    Unnamed::Nameless => messages::advice::nameless().to_owned(),
                    Unnamed::NotAnyMore { .. } => messages::advice::not_named_any_more().to_owned(),
                    Unnamed::Nobody | Unnamed::Unlisted { .. } => {
                        messages::advice::not_named(words::typed(user)).to_string()
                    }
                };
            }
            Refusal::UsersNotTrusted { .. } => messages::advice::users_not_trusted(),
            Refusal::UsersUnread { kind, .. } => machine::of_io(*kind),
            Refusal::FeatureMissing(_) => messages::advice::feature_missing(),
            Refusal::FeatureEnded { .. } => messages::advice::renew(),
            Refusal::FeatureUnknown { .. } | Refusal::LimitUnknown { .. } => {
                messages::advice::feature_unknown()
            }
            Refusal::OverLimit(_) => messages::advice::over_limit(),
            Refusal::MaintenanceOver { .. } => messages::advice::maintenance_over(),
            Refusal::ReleaseNotCovered { .. } => messages::advice::release_not_covered(),
        };
        advice.to_owned()
    }
}

/// Whether the vendor is asked about a refusal: for a license, for more of it, or about a clock.
pub(crate) fn is_for_the_vendor(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::NotLicensed { pending: false, .. }
            | Refusal::DemoOver { .. }
            | Refusal::ClockBehind { .. }
            | Refusal::Expired { .. }
            | Refusal::FeatureMissing(_)
            | Refusal::FeatureEnded { .. }
            | Refusal::OverLimit(_)
            | Refusal::MaintenanceOver { .. }
            | Refusal::ReleaseNotCovered { .. }
    )
}

/// Whether the vendor is asked, or told, about a warning.
pub(crate) fn tells_the_vendor(warning: &Warning) -> bool {
    matches!(
        warning,
        Warning::ExpiresSoon { .. }
            | Warning::MaintenanceEnds { .. }
            | Warning::PartEnds { .. }
            | Warning::DemoEnds { .. }
            | Warning::ClockBehind { .. }
            | Warning::HomeOlder { .. }
    )
}

/// What to do about a refusal of what a site lent, where that is something else.
pub(crate) fn refused_on_loan(refusal: &Refusal) -> Option<&'static str> {
    match refusal {
        Refusal::FeatureMissing(_)
        | Refusal::FeatureEnded { .. }
        | Refusal::OverLimit(_)
        | Refusal::MaintenanceOver { .. } => Some(messages::advice::not_lent()),
        Refusal::WrongMachine { .. } | Refusal::NotTrusted { .. } | Refusal::Unbound { .. } => {
            Some(messages::advice::lent_elsewhere())
        }
        Refusal::ChangeNotKept { why, .. } => Some(match why {
            Closed::Full => messages::advice::change_not_kept_full_on_loan(),
            Closed::Busy => messages::advice::busy_here(),
            Closed::Denied => messages::advice::change_not_kept_denied_on_loan(),
        }),
        Refusal::ClockBehind { .. } => Some(messages::advice::set_the_clock_on_loan()),
        _ => None,
    }
}

/// The same of a warning.
pub(crate) fn warned_on_loan(warning: &Warning) -> Option<&'static str> {
    match warning {
        Warning::MachineChanged { .. } => Some(messages::advice::changed_on_loan()),
        Warning::ClockBehind { .. } => Some(messages::advice::set_the_clock_on_loan()),
        _ => None,
    }
}

impl Advice for Warning {
    fn advice(&self) -> String {
        let advice = match self {
            Warning::GraceEnds { .. } | Warning::MachineChanged { .. } => {
                messages::advice::revalidate()
            }
            Warning::ExpiresSoon { .. } => messages::advice::expires_soon(),
            Warning::LoanEnds { .. } => messages::advice::loan_ends(),
            Warning::MaintenanceEnds { .. } => messages::advice::maintenance_over(),
            Warning::PartEnds { .. } => messages::advice::renew(),
            Warning::DemoEnds { .. } => messages::advice::not_licensed(),
            Warning::ClockBehind { .. } => messages::advice::set_the_clock(),
            Warning::HomeOlder { .. } => messages::advice::home_older(),
            Warning::UsbMissing(_) => messages::advice::usb_missing_demo(),
            Warning::NotKept(_) => messages::advice::not_kept(),
        };
        advice.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::date::Day;

    #[test]
    fn a_demo_under_a_clock_at_its_end_speaks_of_the_clock() {
        let over = |last: Day| {
            let product = "infinitime".to_owned();
            Refusal::DemoOver { product, last }.advice()
        };
        let late = over(Seconds::LAST.day());
        assert!(late.contains("clock is wrong"), "{late}");
        assert!(!over(Day::FIRST).contains("clock is wrong"));
    }

    #[test]
    fn what_can_be_kept_nowhere_is_kept_by_root() {
        for (why, remedy) in [
            (Closed::Denied, "sudo countersign check"),
            (Closed::Full, "free some space"),
            (Closed::Busy, "another process"),
        ] {
            let product = "infinitime".to_owned();
            let demo = Refusal::DemoNotKept { product, why };
            assert!(demo.advice().contains(remedy), "{}", demo.advice());
            let (different, unread) = Default::default();
            let change = Refusal::ChangeNotKept {
                different,
                unread,
                why,
            };
            assert!(change.advice().contains(remedy), "{}", change.advice());
            let on_loan = refused_on_loan(&change).unwrap();
            assert!(on_loan.contains(remedy), "{on_loan}");
        }
    }
}
