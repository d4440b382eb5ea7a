//! The vendor's desk: the ledger, the rules, the history (SPEC.md 9).

pub mod approvals;
pub mod audit;
pub mod desk;
pub mod history;
pub mod keys;
mod leaving;
pub mod ledger;
pub mod life;
pub mod mails;
pub mod names;
pub mod parallel;
pub mod policy;
pub mod products;
pub mod respond;
pub mod restore;
pub mod seeds;

#[cfg(test)]
mod tests;
