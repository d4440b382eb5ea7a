//! The 13-digit licence key (SPEC.md 2.5).
