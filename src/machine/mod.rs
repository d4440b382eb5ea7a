//! What this computer is: fingerprint components and host names (SPEC.md 6).
