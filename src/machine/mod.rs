//! What this computer is: fingerprint components and host names (SPEC.md 6).
mod fingerprint;
pub use fingerprint::Fingerprint;
