//! Software licensing where the network never exists: what an application links to check its licence, and what the `countersign` program is made of.
//!
//! An application checks its licence with the product file of its vendor compiled in; no network is used, ever:
//!
//! ```no_run
//! use countersign::holder::{self, Anchor, Audience, CheckInput, Here, Home};
//! use countersign::machine::Facts;
//! use countersign::protocol::date::Seconds;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let facts = Facts::of_this_computer();
//! let unix = std::time::UNIX_EPOCH.elapsed()?.as_secs() as i64;
//! let here = Here { facts: &facts, wall: Seconds::from_unix(unix), aliases: &[] };
//!
//! let place = "/var/lib/countersign".as_ref();
//! let home = Home::new(place, Audience::Everyone).with_anchors(Anchor::of_this_computer(place));
//! let report = holder::launch_check(include_str!("../keys/demo.product"), &home, &CheckInput::new(here, Seconds(0)))?;
//! assert!(report.allowed(), "{:?}", report.refusal);
//! # Ok(())
//! # }
//! ```
//!
//! The rooms: [`text`] carries bytes through people, [`protocol`] says what codes mean and who may say it, [`machine`] what this computer is, [`holder`] is a
//! machine that holds a licence, [`issuer`] whoever answers, [`cli`] the program. SPEC.md is the reference of all formats.

#[cfg(feature = "cli")]
pub mod cli;
pub mod holder;
#[cfg(feature = "desk")]
pub mod issuer;
pub mod license_key;
pub mod machine;
pub mod protocol;
pub mod text;
