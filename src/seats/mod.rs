//! The seats of a floating license that are in use on a site's host: who holds one, and that there are never more than the license has.
//!
//! A site is a machine that holds a floating license. No server runs there and no port is open: a seat is a lock of the kernel on a file, which comes back by
//! itself when the last process that has it ends, however it ends. Time, processes and the place are handed in; [`App`](crate::App) knows them.
//!
//! # What lies where
//!
//! ```text
//! HOME/machine/seats/<13 digits>/gate              locked while one process decides
//! HOME/machine/seats/<13 digits>/seat-<n>          the lock is the seat
//! HOME/machine/seats/<13 digits>/pool-<i>-<n>      the same for a module with seats of its own; i is its place in the product's catalogue
//! HOME/machine/seats/<13 digits>/seat.free         a byte a seat, 1 where it is likely free: where the search begins, and no more
//! HOME/machine/seats/<13 digits>/lent.json         seats that are lent elsewhere, as the site's book of loans has it
//! HOME/machine/seats/<13 digits>/taken_back.json   seats that the home's owner took back: why, and for whom they are kept
//! HOME/machine/seats/<13 digits>/records/<user>    who holds which seat: a slot a seat, in a file of each user
//! HOME/machine/seats/<13 digits>/leases/<user>.<what>   seats that no process holds
//! HOME/machine/seats/<13 digits>/log/<user>.<month>  what happened, an event a line, in a file of each user and month
//! HOME/machine/seats/<13 digits>/tickets/<n>-<user>-<process>   who waits; its lock says that he still does
//! ```
//!
//! The locks are made when the grant is applied, by the owner of the home. In a home for every user they are files that everybody may lock, in a directory where
//! nobody but the owner removes or renames anything: else whoever removes the file of a seat in use makes a second seat of it. Records, leases and tickets are
//! their users' own, in directories where everybody adds files and touches nobody else's. So a user can keep seats or the gate from others, and be named for
//! it; there are never more seats than the license has. Whoever owns the directory can begin it anew: that is accepted.
//!
//! Under the gate the seats are counted, the rules of the site are asked, those who wait longer come first, a seat is locked and its record written. What is
//! written is never what counts; the locks are, and the leases. Only the rules that reserve or bound seats go by what is written of those that are held.
//!
//! # Elsewhere than on Unix
//!
//! The locks are those of [`std::fs::File::lock`]. On Windows they hold between processes too, but are not inherited, and nobody else reads what is locked. There
//! a program that is started inherits an open file beside the seat's instead, `seat-<n>.handed`, which nobody can have alone as long as it runs.

mod ask;
mod basis;
mod common;
mod counted;
mod disconnect;
mod error;
mod event;
mod files;
mod gate;
#[cfg(windows)]
mod handed;
mod held;
mod here;
mod history;
mod hold;
mod kept;
mod kernel;
mod leases;
mod leasing;
mod lending;
mod lent;
mod listed;
mod loan;
mod lockers;
mod locks;
mod log;
mod look;
mod make;
mod marks;
mod mounts;
mod noted;
mod opened;
mod others;
mod persons;
mod place;
mod process;
mod record;
mod renewal;
mod report;
mod ring;
mod ruled;
mod seat;
mod seen;
mod session;
mod share;
mod slots;
mod standing;
mod take;
mod taken_back;
mod term;
#[cfg(test)]
mod tests;
mod tickets;
mod usage;
mod uses;
mod who;

pub use ask::Ask;
pub(crate) use basis::Basis;
pub use counted::{Counted, Seats};
pub use disconnect::{Hold, SeenLease};
pub use error::{Ruled, RuledBy, SeatError};
pub(crate) use kernel::account;
#[cfg(feature = "desk")]
pub(crate) use kernel::login;
#[cfg(feature = "desk")]
pub(crate) use kernel::shared_file_system;
pub use leases::{Leased, NotAToken, Token};
pub use leasing::{LONGEST_LEASE, SHORTEST_LEASE};
#[cfg(feature = "site")]
pub(crate) use lent::last_lent;
pub use lent::{LentOut, Lost, lent_until};
pub use loan::{Lent, Picked};
pub use lockers::Locker;
pub use marks::RENEWED;
pub use place::Place;
pub use process::Process;
pub use record::{Holding, Record};
pub use report::{Report, Unfit};
pub use ring::Pool;
pub use ruled::Would;
pub(crate) use ruled::rules_of;
pub use seat::{Fate, Left, Seat};
pub use seen::{KeptFor, Look, NoRules, PoolUse, Reservation, Shown, Taken};
pub use session::{End, Party, Refusal, Session};
pub use usage::{By, Row, Usage};
pub use who::{Moment, Who};
