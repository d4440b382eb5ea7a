//! Whoever answers: the vendor's desk or a customer's site. Signing keys, the ledger, the rules, the history (SPEC.md 9).

pub mod keys;
pub mod ledger;
