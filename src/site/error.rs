//! Why a site did not do what it was asked. Nothing was changed then.

use super::Pause;
use crate::failure::FailureKind;
use crate::holder::{HolderError, StorageError};
use crate::license_key::LicenseKey;
use crate::messages::site as messages;
use crate::protocol::date::{Day, Seconds};
use crate::protocol::site_note::SiteNoteError;
use crate::protocol::trust::TrustError;
use crate::protocol::wire::WireError;
use crate::seats::SeatError;
use crate::signing::keys::KeyError;
use crate::signing::signer::SignerError;
use crate::text::Kind;

/// Why not.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SiteError {
    /// There is a key already.
    #[error("{}", messages::exists())]
    Exists,
    /// There is none.
    #[error("{}", messages::missing())]
    Missing,
    /// The file of the key is not what this program writes.
    #[error("{}", messages::damaged_key())]
    DamagedKey,
    /// The license was asked for without a site's key.
    #[error("{}", messages::not_a_site(.0))]
    NotASite(LicenseKey),
    /// No loans were sold with it.
    #[error("{}", messages::may_not_lend(.0))]
    MayNotLend(LicenseKey),
    /// What the license contains is longer than a code by which workstations know the site.
    #[error("{}", messages::too_long_to_lend(.0))]
    TooLongToLend(LicenseKey),
    /// The vendor certified another key.
    #[error("{}", messages::other_key())]
    OtherKey,
    /// The administrator lends nothing.
    #[error("{}", messages::lending_off())]
    LendingOff,
    /// The book has forgotten loans, or the computer is another one.
    #[error("{}", match .0 {
        Pause::Book => messages::lending_paused(),
        Pause::Machine => messages::lending_paused_elsewhere(),
    })]
    Paused(Pause),
    /// Loans that were forgotten may all be out.
    #[error("{}", messages::lost_until(.0))]
    Lost(Seconds),
    /// Longer than is lent here.
    #[error("{}", messages::loan_too_long(.asked, .longest))]
    TooLong {
        /// Days from today.
        asked: i32,
        /// The longest loan in days.
        longest: u8,
    },
    /// Longer than was sold.
    #[error("{}", messages::beyond_sold(.asked, .sold))]
    BeyondSold {
        /// Days.
        asked: u8,
        /// Days that were sold.
        sold: u8,
    },
    /// The day is over.
    #[error("{}", messages::until_past(.0))]
    UntilPast(Day),
    /// The license is for whoever is there.
    #[error("{}", messages::not_for_names(.0))]
    NotForNames(LicenseKey),
    /// Every place has a user, rests or is lent.
    #[error("{}", messages::no_place(.lent, .resting, *.seats, .users))]
    NoPlace {
        /// Places of the license.
        seats: u16,
        /// Places with a user.
        users: usize,
        /// Places that rest.
        resting: usize,
        /// When the first of these is free at the latest.
        next: Option<Seconds>,
        /// Seats that are lent.
        lent: u16,
    },
    /// The list of users does not hold.
    #[error("{}", crate::messages::check::users_not_trusted(.key, .why))]
    Users {
        /// The license.
        key: LicenseKey,
        /// Why.
        why: SiteNoteError,
    },
    /// What the site says of the license, its rules among it, does not hold.
    #[error("{}", messages::note_not_trusted(.key, .why))]
    Note {
        /// The license.
        key: LicenseKey,
        /// Why.
        why: SiteNoteError,
    },
    /// Rules that cannot be kept.
    #[error("{}", crate::messages::protocol::rules_line(.line, .why))]
    Rules {
        /// The number of the line, from 1.
        line: u16,
        /// Why not.
        why: RulesError,
    },
    /// Seats that the administrator keeps.
    #[error("{}", messages::seats_kept(*.left))]
    Kept {
        /// How many are not lent.
        left: u16,
    },
    /// The loan that is to be extended was given back.
    #[error("{}", messages::loan_returned(.0))]
    LoanReturned(u32),
    /// No such loan.
    #[error("{}", messages::unknown_loan(.0))]
    UnknownLoan(u32),
    /// One of those that the book has lost.
    #[error("{}", messages::lost_loan(.loan, .until))]
    LostLoan {
        /// Its number.
        loan: u32,
        /// Until when it may be out.
        until: Seconds,
    },
    /// A return code that opens no loan, while some are lost.
    #[error("{}", messages::opens_a_lost_one(.0))]
    OpensALostOne(Seconds),
    /// A return code that opens no loan.
    #[error("{}", messages::opens_nothing())]
    OpensNothing,
    /// A wanted feature is not in the license, or is over.
    #[error("{}", messages::feature_not_here(.0))]
    NoFeature(String),
    /// A wanted feature is over.
    #[error("{}", crate::messages::check::feature_ended(.ended, .feature))]
    FeatureEnded {
        /// The feature.
        feature: String,
        /// Its last day.
        ended: Day,
    },
    /// A list of wanted features with none in it.
    #[error("{}", messages::nothing_wanted())]
    NothingWanted,
    /// Another request was answered that begins so.
    #[error("{}", messages::commitment_used())]
    CommitmentUsed,
    /// So many loans have numbers.
    #[error("{}", messages::numbers_used_up())]
    NumbersUsedUp,
    /// So many notes have numbers.
    #[error("{}", messages::note_used_up(.0))]
    NoteUsedUp(LicenseKey),
    /// A good code, but none that a site answers.
    #[error("{}", messages::wrong_kind(.0.a_noun()))]
    WrongKind(Kind),
    /// A code whose content is in no form that this version knows.
    #[error(transparent)]
    Malformed(#[from] WireError),
    /// A loan that would not hold, which is not given out.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The key does not open.
    #[error("{}", key_words(.0))]
    Key(#[from] KeyError),
    /// It gave no signature that holds.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// What stands in the way in the home.
    #[error(transparent)]
    Holder(#[from] HolderError),
    /// What stands in the way of a seat.
    #[error(transparent)]
    Seats(#[from] SeatError),
}

/// Why a rule cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RulesError {
    /// The product has no such feature.
    #[error("{}", messages::rules_feature(.0))]
    NoFeature(String),
    /// With the lines before more seats are reserved than the license has.
    #[error("{}", messages::rules_seats(.left, *.seats))]
    MoreThanSeats {
        /// Seats of the license.
        seats: u16,
        /// So many of them are not reserved by the lines before.
        left: u16,
    },
    /// The same of a module with seats of its own.
    #[error("{}", messages::rules_module(.left, .module, *.seats))]
    MoreThanModule {
        /// The module.
        module: String,
        /// Its seats.
        seats: u16,
        /// So many of them are not reserved by the lines before.
        left: u16,
    },
}

fn key_words(error: &KeyError) -> String {
    match error {
        KeyError::WrongPassphrase => messages::wrong_password().to_owned(),
        KeyError::PassphraseNeeded => messages::password_needed().to_owned(),
        other => other.to_string(),
    }
}

impl From<StorageError> for SiteError {
    fn from(error: StorageError) -> SiteError {
        SiteError::Holder(error.into())
    }
}

impl SiteError {
    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        match self {
            SiteError::Exists => FailureKind::SiteExists,
            SiteError::Missing => FailureKind::SiteMissing,
            SiteError::DamagedKey => FailureKind::DamagedState,
            SiteError::NotASite(_) => FailureKind::NotASite,
            SiteError::MayNotLend(_) => FailureKind::MayNotLend,
            SiteError::TooLongToLend(_) => FailureKind::TooLongToLend,
            SiteError::FeatureEnded { .. } => FailureKind::FeatureEnded,
            SiteError::OtherKey => FailureKind::OtherSiteKey,
            SiteError::LendingOff => FailureKind::LendingOff,
            SiteError::Paused(_) | SiteError::Lost(_) => FailureKind::LendingPaused,
            SiteError::TooLong { .. } | SiteError::BeyondSold { .. } => FailureKind::LoanTooLong,
            SiteError::UntilPast(_) => FailureKind::UntilPast,
            SiteError::NotForNames(_) => FailureKind::NotForNames,
            SiteError::NoPlace { .. } => FailureKind::NoPlace,
            SiteError::Users { .. } | SiteError::Note { .. } => FailureKind::NotTrusted,
            SiteError::Rules { .. } => FailureKind::BadRules,
            SiteError::Kept { .. } => FailureKind::SeatsKept,
            SiteError::LoanReturned(_) => FailureKind::LoanReturned,
            SiteError::UnknownLoan(_)
            | SiteError::LostLoan { .. }
            | SiteError::OpensNothing
            | SiteError::OpensALostOne(_) => FailureKind::UnknownLoan,
            SiteError::NoFeature(_) | SiteError::NothingWanted => FailureKind::FeatureMissing,
            SiteError::CommitmentUsed => FailureKind::CommitmentUsed,
            SiteError::NumbersUsedUp | SiteError::NoteUsedUp(_) => FailureKind::KeysUsedUp,
            SiteError::WrongKind(_) => FailureKind::WrongKind,
            SiteError::Malformed(_) => FailureKind::Malformed,
            SiteError::Trust(_) => FailureKind::NotTrusted,
            SiteError::Key(error) => error.kind(),
            SiteError::Signer(error) => error.kind(),
            SiteError::Holder(error) => error.kind(),
            SiteError::Seats(error) => error.kind(),
        }
    }
}
