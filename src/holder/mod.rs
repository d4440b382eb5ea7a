//! A machine that holds licenses: it asks, takes answers, and is checked at each launch.
//!
//! # What lies where
//!
//! ```text
//! HOME/machine/products/<id>.product        which products are known, and so whose keys are trusted
//! HOME/machine/products/<id>.desks.json     desks that were introduced by a code
//! HOME/machine/licenses/<13 digits>.json    evidence: requests and grants as they went and came, what the machine stands for
//! HOME/machine/history/<13 digits>.jsonl    what was applied when, a line each: a check does not read it
//! HOME/machine/secrets/<13 digits>.json     r of each request (SPEC.md 5.1); for the owner alone
//! HOME/machine/clock/<13 digits>.json       the clock mark (SPEC.md 7), sealed
//! HOME/machine/drift/<13 digits>.json       the first sight of a machine that changed (SPEC.md 6.4), sealed
//! HOME/machine/parts/<13 digits>.json       when each part of the machine was last read (SPEC.md 4.2), sealed
//! HOME/machine/demo/<id>.json               the first day of a demo and its clock mark, sealed
//! HOME/machine/notes/<13 digits>.note       the users of a license that is for people by name, and the rules of one that floats, signed by the site's key
//!                                           (SPEC.md 9.11, 9.12)
//! HOME/machine/cards.json                   certificates of sites that came before a loan of theirs was asked for
//! HOME/machine/aliases.json                 other names of servers (SPEC.md 6.2)
//! HOME/machine/lock                         held by whoever writes
//! ANCHOR/activations/<13 digits>-A-<n>.json what an activation's answers were, tombstone and clock mark, sealed
//! ANCHOR/drift/<13 digits>.json             the first sight of a machine that changed, sealed
//! ANCHOR/notes/<13 digits>.note             the same note again, whole
//! ANCHOR/products/<id>.json                 the first day of a demo and its clock mark, sealed
//! ```
//!
//! The state is **evidence, not cache**: plain text that anybody may read, copy and back up. Each check puts the transcript together anew and
//! verifies it; whoever edits it holds something that is "not trusted". Secrets lie apart: evidence can be sent to the vendor's support whole.
//!
//! An **anchor** is a second place, the same for every home, where little is kept that a restored or copied home must not undo: the computer has one,
//! and each account (SPEC.md 6.5). It may be absent or not writable: then that protection is missing. Several machines may share a home or an account's
//! anchor: what is sealed is a list, one entry a machine, with tags of what is known of it.
//!
//! A home is read by everyone or by its owner ([`Audience`]); it is always written by its owner alone. Files are replaced whole, under a lock
//! that changes wait for and a check does not.
//!
//! Time, entropy, the facts of the machine and all paths are handed in. Applications use [`App`](crate::App), which knows them.

pub mod aliases;
mod anchor;
mod answers;
pub mod apply;
pub(crate) mod asked;
mod audience;
pub mod borrow;
mod cards;
pub mod check;
pub mod clock;
mod count;
mod demo;
mod directory;
mod drift;
pub(crate) mod durable;
mod emergency;
mod entries;
mod error;
pub(crate) mod evidence;
mod found;
pub mod give_up;
mod history;
mod home;
pub(crate) mod json;
mod launch;
#[cfg(feature = "site")]
pub(crate) mod lending;
mod lock;
mod memory;
pub(crate) mod named;
mod nearest;
mod news;
mod outcome;
mod parts;
#[cfg(feature = "site")]
mod passed;
mod places;
pub mod products;
mod remembered;
pub mod report;
pub mod request;
mod sealed;
mod secrets;
mod sights;
pub mod state;
pub mod sync;
mod terms;
#[cfg(test)]
mod tests;
mod unnamed;
mod warning;

pub use anchor::Anchor;
pub use audience::Audience;
pub use check::CheckInput;
pub use count::Count;
pub(crate) use directory::{Directory, FOR_ANYBODYS_FILES, For};
pub use drift::Drift;
pub(crate) use durable::is_anothers;
pub use entries::{Demo, Tombstone};
pub use error::{Doing, HolderError, StorageError, Unbound};
pub use home::Home;
pub(crate) use home::{read_json, write_json};
pub use json::{Array, Bytes};
pub use launch::check_product;
#[cfg(feature = "site")]
pub(crate) use lock::Lock;
#[cfg(unix)]
pub(crate) use lock::keep_to_owner;
pub use memory::Memory;
pub use named::{Notes, Person, users};
pub use outcome::{Applied, Outcome, Which};
pub use parts::{Parts, Seen, Sight};
#[cfg(feature = "site")]
pub(crate) use passed::passed;
pub use report::{CheckReport, Closed, Refusal, State};
pub use request::Here;
pub(crate) use secrets::prove;
pub use terms::{Difference, Steps, Term, Terms};
pub use unnamed::Unnamed;
pub use warning::Warning;
