//! Of what a machine that holds a license could not do.

use std::path::Path;

use super::Advice;
use crate::failure::FailureKind;
use crate::holder::{self, Doing, HolderError, StorageError};
use crate::messages;
use crate::protocol::product::ProductError;
use crate::protocol::trust::TrustError;
use crate::text::Kind;

impl Advice for StorageError {
    fn advice(&self) -> String {
        let advice = match self.kind() {
            _ if self.doing == Doing::Settle => messages::advice::unsettled(),
            _ if self.is_no_file() => messages::advice::no_file(),
            kind => of_io(kind),
        };
        advice.to_owned()
    }
}

/// What to do where the system did not read or write.
pub(super) fn of_io(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::DiskFull => messages::advice::disk_full(),
        FailureKind::ReadOnly => messages::advice::read_only(),
        FailureKind::NoPermission => messages::advice::no_permission(),
        FailureKind::FileHeld => messages::advice::file_held(),
        _ => messages::advice::io(),
    }
}

impl Advice for HolderError {
    fn advice(&self) -> String {
        match self {
            HolderError::Storage(error) => error.advice(),
            HolderError::Busy { .. } => messages::advice::busy().to_owned(),
            HolderError::NoLock { .. } => messages::advice::no_lock().to_owned(),
            HolderError::NotOwner { .. } => messages::advice::not_owner().to_owned(),
            HolderError::AnchorClosed { place, why, .. } => closed_anchor(place, why),
            HolderError::HalfGivenUp { .. } => messages::advice::half_given_up().to_owned(),
            HolderError::Unbound { .. } => messages::advice::unbound().to_owned(),
            HolderError::Damaged { .. } => messages::advice::damaged_state().to_owned(),
            HolderError::DamagedLent { .. } => messages::advice::damaged_lent().to_owned(),
            HolderError::DamagedProduct { .. } => messages::advice::damaged_product().to_owned(),
            HolderError::Product(_) => messages::advice::bad_product_file().to_owned(),
            HolderError::OtherRoot { .. } => messages::advice::other_root().to_owned(),
            HolderError::UnknownProduct { .. } => messages::advice::unknown_product().to_owned(),
            HolderError::OtherProduct { .. } => messages::advice::other_product().to_owned(),
            HolderError::UnknownLicense { .. } => messages::advice::unknown_license().to_owned(),
            HolderError::NotHeld { .. } => messages::advice::not_held().to_owned(),
            HolderError::SecretLost { .. } => messages::advice::secret_lost().to_owned(),
            HolderError::GivenUp { .. } => messages::advice::given_up().to_owned(),
            HolderError::NotGivenUp { .. } => messages::advice::unknown_activation().to_owned(),
            HolderError::AlreadyLicensed { .. } => messages::advice::already_licensed().to_owned(),
            HolderError::OnLoan { .. } => messages::advice::on_loan().to_owned(),
            HolderError::LoansOut { .. } => messages::advice::loans_out().to_owned(),
            HolderError::SiteReports { .. } => match cfg!(feature = "site") {
                true => messages::advice::site_reports(),
                false => messages::advice::site_reports_elsewhere(),
            }
            .to_owned(),
            HolderError::NotOnLoan { .. } => messages::advice::not_on_loan().to_owned(),
            HolderError::UnknownFeature { .. } => messages::advice::feature_unknown().to_owned(),
            HolderError::UnknownBinding { known, .. } if known.is_empty() => {
                messages::advice::bound_to_nothing().to_owned()
            }
            HolderError::UnknownBinding { known, .. } => {
                messages::advice::bound_to(messages::listed(known)).to_string()
            }
            HolderError::MissingBindings { missing, .. } => {
                let options: Vec<String> = missing
                    .iter()
                    .map(|name| messages::advice::bind(&name).to_string())
                    .collect();
                messages::advice::missing_binding(options.join(" ")).to_string()
            }
            HolderError::Machine(error) => error.hint().to_owned(),
            HolderError::WeakMachine => messages::advice::weak_machine().to_owned(),
            HolderError::Entropy(_) => messages::advice::no_entropy().to_owned(),
            HolderError::WrongKind(kind) => match kind {
                Kind::Activate | Kind::Sync | Kind::Return | Kind::Borrow | Kind::LoanReturn => {
                    messages::advice::request_not_answer()
                }
                _ => messages::advice::wrong_kind(),
            }
            .to_owned(),
            HolderError::Malformed(_) => messages::advice::malformed().to_owned(),
            HolderError::OtherRequest => messages::advice::other_request().to_owned(),
            HolderError::OtherEmergency => messages::advice::other_emergency().to_owned(),
            HolderError::NotTrusted(TrustError::OldEpoch | TrustError::DeskLimit(_)) => {
                messages::advice::not_trusted_desk().to_owned()
            }
            HolderError::NotTrusted(_) => messages::advice::not_trusted().to_owned(),
        }
    }
}

impl Advice for ProductError {
    fn advice(&self) -> String {
        let advice = match self {
            ProductError::NotAProduct => messages::advice::not_a_product_file(),
            ProductError::Note(_)
            | ProductError::Line(..)
            | ProductError::Rule(_)
            | ProductError::Trust(_) => messages::advice::bad_product_file(),
        };
        advice.to_owned()
    }
}

/// Who can open the place: its owner, root, or whoever is not shut in.
fn closed_anchor(place: &Path, why: &HolderError) -> String {
    match why.kind() {
        FailureKind::NoPermission if holder::is_anothers(place) => {
            messages::advice::closed_anchor_of_another().to_owned()
        }
        FailureKind::NoPermission => messages::advice::closed_anchor().to_owned(),
        // A disk's advice says by itself whether anything was changed.
        _ => why.advice(),
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::license_key::LicenseKey;

    #[test]
    fn what_stands_already_is_not_said_to_be_unchanged() {
        let path = Path::new("/home/x/state");
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::Other] {
            let settling = || StorageError {
                doing: Doing::Settle,
                path: path.to_owned(),
                source: kind.into(),
            };
            assert!(!settling().advice().contains("nothing was changed"));
            let why: HolderError = settling().into();
            assert!(!closed_anchor(path, &why).contains("nothing was changed"));
        }
    }

    #[test]
    fn a_closed_anchor_changed_nothing() {
        let why = HolderError::Storage(StorageError {
            doing: Doing::Write,
            path: "/home/x/anchor".into(),
            source: io::ErrorKind::PermissionDenied.into(),
        });
        assert!(closed_anchor(Path::new("/home/x/anchor"), &why).contains("nothing was changed"));
    }

    #[test]
    fn what_is_lost_is_asked_for_anew() {
        let key = LicenseKey::from_number(12_345_678_901).unwrap();
        assert!(HolderError::SecretLost { key }.advice().contains("--new"));
    }

    #[test]
    fn a_binding_is_named_as_it_is_typed() {
        let missing = HolderError::MissingBindings {
            product: "nexus".to_owned(),
            missing: vec!["server".to_owned(), "database".to_owned()],
        };
        assert_eq!(
            missing.advice(),
            "add --bind server=VALUE --bind database=VALUE"
        );
        let unknown = |known: &[&str]| HolderError::UnknownBinding {
            product: "nexus".to_owned(),
            name: "datbase".to_owned(),
            known: known.iter().map(|&name| name.to_owned()).collect(),
        };
        assert_eq!(
            unknown(&["server", "database"]).advice(),
            "it is bound to server and database"
        );
        assert!(unknown(&[]).advice().contains("leave --bind out"));
    }
}
