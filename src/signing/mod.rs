//! Whoever signs, be it a vendor's desk or a customer's site: keys, the files they rest in or that say where they lie, and what every signature and every
//! answer goes through before it leaves (SPEC.md 5.3, 9.1).

#[cfg(feature = "desk")]
pub mod absent;
pub mod answered;
#[cfg(feature = "desk")]
pub mod elsewhere;
pub mod keys;
pub mod signer;
