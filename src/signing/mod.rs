//! Whoever signs, be it a vendor's desk or a customer's site: keys, the files they rest in, and what every signature and every answer goes through before it
//! leaves (SPEC.md 5.3, 9.1).

pub mod answered;
pub mod keys;
pub mod signer;
