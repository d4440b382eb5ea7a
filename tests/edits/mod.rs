//! A ledger that is edited by somebody with a database tool, and what verification says of it (SPEC.md 9.9).

pub(crate) mod lived;
mod named;
pub(crate) mod random;
mod unchanged;
pub(crate) mod work;
