//! What codes say, and who may say it (SPEC.md 3 to 5).
