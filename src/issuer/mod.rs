//! Whoever answers: the vendor's desk or a customer's site. Signing keys, the ledger, the rules, the history (SPEC.md 9).

pub mod audit;
pub mod desk;
pub mod history;
pub mod keys;
pub mod ledger;
pub mod life;
pub mod parallel;
pub mod policy;
pub mod products;
pub mod respond;
pub mod signer;

#[cfg(test)]
mod tests;
