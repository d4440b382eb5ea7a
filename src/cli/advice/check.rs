//! Of what a check refuses, and of what it warns of.

use super::Advice;
use crate::holder::{Closed, Refusal, Warning};
use crate::protocol::trust::TrustError;

const SET_THE_CLOCK: &str = "set the computer's clock; if it is right, the vendor's was wrong at the last answer: say so there, and re-validate the license: countersign request sync";

impl Advice for Refusal {
    fn advice(&self) -> String {
        let advice = match self {
            Refusal::NotLicensed { pending: true, .. } | Refusal::NotHeld { pending: true, .. } => {
                "its request was made here: enter the response with: countersign apply"
            }
            Refusal::NotLicensed { pending: false, .. }
            | Refusal::NotHeld { pending: false, .. }
            | Refusal::DemoOver { .. } => {
                "request a license with its key: countersign request activate KEY"
            }
            Refusal::DemoNotKept { why, .. } => match why {
                Closed::Full => "free some space and do the same again",
                Closed::Busy => {
                    "another process is at work here: wait until it is done and do the same again"
                }
                Closed::Denied => {
                    "have root look once, which keeps it for every user of this home: sudo countersign check, with the same --home; or request a license with its key: countersign request activate KEY"
                }
            },
            Refusal::ChangeNotKept { why, .. } => match why {
                Closed::Full => {
                    "free some space and do the same again; and re-validate the license: countersign request sync"
                }
                Closed::Busy => {
                    "another process is at work here: wait until it is done and do the same again"
                }
                Closed::Denied => {
                    "have root look once, which lets it go on for 72 hours: sudo countersign check, with the same --home; and re-validate the license: countersign request sync"
                }
            },
            Refusal::Unbound { .. } => {
                "re-validate the license as its product is bound: countersign request sync; or request it anew: countersign request activate KEY --new"
            }
            Refusal::UsbMissing(_) => "plug it in and try again",
            Refusal::Returned { .. } => {
                "its return code again: countersign return; to use it here again: countersign request activate KEY"
            }
            Refusal::NotTrusted {
                why: TrustError::OldEpoch,
                ..
            } => "re-validate the license: countersign request sync",
            Refusal::NotTrusted { .. } => {
                "put the files back from a backup, or request the license anew: the same machine takes no second seat"
            }
            Refusal::OtherRoot { .. } => {
                "install the product file that came with the application; ask the vendor where it came from otherwise"
            }
            Refusal::ClockBehind { .. } => SET_THE_CLOCK,
            Refusal::Expired { .. } => {
                "if the computer's clock is right, ask for a renewal and then re-validate: countersign request sync"
            }
            Refusal::Overdue { .. } => {
                "if the computer's clock is right, re-validate the license: countersign request sync"
            }
            Refusal::WrongMachine { .. } => {
                "if this is the same computer after a repair, re-validate the license: countersign request sync; otherwise request it for this one"
            }
            Refusal::WrongBinding { .. } => {
                "connect to what is licensed, or re-validate with the new name: countersign request sync --bind NAME=VALUE"
            }
            Refusal::UnknownBinding(_) => "hand in the names of the product file only",
            Refusal::BadBinding(error) => error.hint(),
            Refusal::FeatureMissing(_) => {
                "ask the vendor for it, then re-validate the license: countersign request sync"
            }
            Refusal::FeatureEnded { .. } => {
                "renew it with the vendor, then re-validate the license: countersign request sync"
            }
            Refusal::FeatureUnknown { .. } => {
                "look at its name; where the application is newer than the product file, install its own: countersign product install FILE"
            }
            Refusal::OverLimit(_) => {
                "use fewer, or ask the vendor for more and then re-validate the license: countersign request sync"
            }
            Refusal::MaintenanceOver { .. } => {
                "renew the maintenance, then re-validate the license: countersign request sync"
            }
        };
        advice.to_owned()
    }
}

impl Advice for Warning {
    fn advice(&self) -> String {
        let advice = match self {
            Warning::GraceEnds { .. } | Warning::MachineChanged { .. } => {
                "re-validate the license: countersign request sync"
            }
            Warning::ExpiresSoon { .. } => {
                "ask the vendor for a renewal, then re-validate the license: countersign request sync"
            }
            Warning::MaintenanceEnds { .. } => {
                "renew the maintenance, then re-validate the license: countersign request sync"
            }
            Warning::PartEnds { .. } => {
                "renew it with the vendor, then re-validate the license: countersign request sync"
            }
            Warning::DemoEnds { .. } => {
                "request a license with its key: countersign request activate KEY"
            }
            Warning::ClockBehind { .. } => SET_THE_CLOCK,
            Warning::UsbMissing(_) => "plug it in: no new code is needed",
            Warning::NotKept(_) => "look at the disk and the permissions of its files",
        };
        advice.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        }
    }
}
