//! Of what a site refuses.

use super::Advice;
use crate::cli::words;
use crate::messages;
use crate::seats::SeatError;
use crate::signing::keys::KeyError;
use crate::site::{Pause, SiteError};

impl Advice for SiteError {
    fn advice(&self) -> String {
        let advice = match self {
            SiteError::Exists => messages::site_advice::site_exists(),
            SiteError::Missing => messages::site_advice::site_missing(),
            SiteError::DamagedKey => messages::site_advice::site_key_damaged(),
            SiteError::NotASite(_) => messages::site_advice::not_a_site(),
            SiteError::MayNotLend(_) => messages::site_advice::may_not_lend(),
            SiteError::OtherKey => messages::site_advice::other_site_key(),
            SiteError::LendingOff => messages::site_advice::lending_off(),
            SiteError::Paused(Pause::Book) => messages::site_advice::lending_paused(),
            SiteError::Paused(Pause::Machine) => messages::site_advice::lending_paused_elsewhere(),
            SiteError::Lost(_) => messages::site_advice::loans_lost(),
            SiteError::TooLong { .. } => messages::site_advice::loan_too_long(),
            SiteError::BeyondSold { .. } => messages::site_advice::beyond_sold(),
            SiteError::UntilPast(_) => messages::site_advice::until_past(),
            SiteError::NotForNames(_) => messages::site_advice::not_for_names(),
            SiteError::NoPlace { next, .. } => {
                return match next {
                    Some(next) => {
                        messages::site_advice::no_place_until(words::minute(*next)).to_string()
                    }
                    None => messages::site_advice::no_place().to_owned(),
                };
            }
            SiteError::Users { .. } => messages::advice::users_not_trusted(),
            SiteError::Note { .. } => messages::advice::rules_not_trusted(),
            SiteError::Rules { .. } => messages::site_advice::rules(),
            SiteError::Kept { .. } => messages::site_advice::seats_kept(),
            SiteError::LoanReturned(_) => messages::site_advice::loan_returned(),
            SiteError::UnknownLoan(_) => messages::site_advice::unknown_loan(),
            SiteError::LostLoan { .. } => messages::site_advice::lost_loan(),
            SiteError::OpensALostOne(_) => messages::site_advice::opens_a_lost_one(),
            SiteError::OpensNothing => messages::site_advice::opens_nothing(),
            SiteError::NoFeature(_) | SiteError::NothingWanted => {
                messages::site_advice::feature_not_lent()
            }
            SiteError::FeatureEnded { .. } => messages::site_advice::feature_over(),
            SiteError::TooLongToLend(_) => messages::site_advice::too_long_to_lend(),
            SiteError::CommitmentUsed => messages::site_advice::borrow_again(),
            SiteError::NumbersUsedUp => messages::site_advice::numbers_used_up(),
            SiteError::NoteUsedUp(_) => messages::site_advice::note_used_up(),
            SiteError::WrongKind(_) => messages::site_advice::not_for_a_site(),
            SiteError::Malformed(_) | SiteError::Trust(_) => messages::advice::malformed(),
            SiteError::Key(KeyError::WrongPassphrase | KeyError::PassphraseNeeded) => {
                messages::site_advice::wrong_password()
            }
            SiteError::Key(_) | SiteError::Signer(_) => messages::site_advice::site_key_damaged(),
            SiteError::Holder(error) => return error.advice(),
            SiteError::Seats(SeatError::NoSeat { lacks, look }) => {
                return match (look.next_back(lacks.as_deref()), lacks) {
                    (Some(next), _) => {
                        messages::site_advice::no_seat_to_lend_until(next.holder()).to_string()
                    }
                    (None, None) => messages::site_advice::no_seat_to_lend().to_owned(),
                    (None, Some(_)) => messages::site_advice::no_seat_of_module().to_owned(),
                };
            }
            SiteError::Seats(SeatError::Rule(_)) => messages::site_advice::seats_reserved(),
            SiteError::Seats(error) => return error.advice(),
        };
        advice.to_owned()
    }
}
