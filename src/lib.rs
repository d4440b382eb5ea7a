//! Software licensing where the network never exists: what an application links to check its license, and what the `countersign` program is made of.
//!
//! An application links the crate without features, and has one door, [`App`]:
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let app = countersign::App::on_this_computer(include_str!("../keys/demo.product"))?;
//! let seat = app.take_seat()?; // held as long as the application runs
//! # Ok(())
//! # }
//! ```
//!
//! The rooms: [`app`] is what an application uses, [`text`] carries bytes through people, [`protocol`] says what codes mean and who may say it, [`machine`] what this computer is, [`holder`] is a
//! machine that holds a license, [`seats`] who uses one now, [`site`] a customer's administrator who lends them, [`issuer`] the vendor's desk, [`signing`] the keys of both, [`cli`] the program; [`failure`] has every way to fail. SPEC.md is the reference of all formats.

pub mod app;
#[cfg(feature = "cli")]
pub mod cli;
pub mod failure;
pub mod holder;
#[cfg(feature = "desk")]
pub mod issuer;
pub mod license_key;
pub mod machine;
mod messages;
#[cfg(any(not(unix), feature = "cli", feature = "desk"))]
mod patience;
pub mod protocol;
#[cfg(any(not(unix), feature = "cli", feature = "desk", test))]
mod rights;
pub mod seats;
#[cfg(feature = "site")]
pub mod signing;
#[cfg(feature = "site")]
pub mod site;
pub mod text;

pub use app::{App, License, Needs, Refused, Seat};
