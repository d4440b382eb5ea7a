//! The machine's side through the real program. The desk is a signer of its own here: what it answers is what SPEC.md says, not what the
//! program's desk does.

mod codes;
mod launching;
mod world;
