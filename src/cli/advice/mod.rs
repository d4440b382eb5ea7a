//! What a person should do about a failure or a warning: the libraries say what is wrong and of which kind it is, and name no command; here stands which
//! command helps, for each of them.

mod check;
#[cfg(feature = "desk")]
mod desk;
#[cfg(feature = "desk")]
mod keys;
#[cfg(feature = "desk")]
mod ledger;
#[cfg(feature = "site")]
mod loans;
mod machine;
#[cfg(feature = "desk")]
mod signer;
mod site;

pub(crate) use check::{is_for_the_vendor, refused_on_loan, tells_the_vendor, warned_on_loan};
pub(crate) use site::when_waited;

/// What a person should do about it: lower case, no full stop, commands as they are typed.
pub(crate) trait Advice {
    fn advice(&self) -> String;
}
