//! What comes of a code that a site takes.

use std::fmt;

use crate::machine::Components;
use crate::messages::site as messages;
use crate::protocol::date::{Day, Seconds};
use crate::text::Code;

/// What an answer did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A seat was lent.
    Lent,
    /// A loan got another end.
    Extended,
    /// A seat came back.
    Returned,
    /// The code was answered before: nothing was changed.
    Repeated,
}

impl Effect {
    /// Stable snake_case name for scripts.
    pub const fn name(self) -> &'static str {
        match self {
            Effect::Lent => "lent",
            Effect::Extended => "extended",
            Effect::Returned => "returned",
            Effect::Repeated => "repeated",
        }
    }
}

/// What the administrator should know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// The site's own license ends before.
    Shortened(Day),
    /// The workstation's clock says something else.
    ClockOff(Seconds),
    /// The workstation has a loan already.
    SecondLoan(u32),
    /// Another machine asks for more time of this loan.
    OtherMachine(u32),
    /// Parts of the workstation are others than they were at this loan.
    Changed(u32, Components),
    /// The workstation says little about itself.
    WeaklyBound,
    /// The loan whose answer is given again was given back since.
    GivenBack(u32),
    /// Nothing but the home remembers the loan: a book that is put back would not be noticed.
    NotRemembered,
}

impl Warning {
    /// Stable snake_case name for scripts.
    pub const fn kind(self) -> &'static str {
        match self {
            Warning::Shortened(_) => "shortened",
            Warning::ClockOff(_) => "clock_off",
            Warning::SecondLoan(_) => "second_loan",
            Warning::OtherMachine(_) => "other_machine",
            Warning::Changed(..) => "changed",
            Warning::WeaklyBound => "weakly_bound",
            Warning::GivenBack(_) => "given_back",
            Warning::NotRemembered => "not_remembered",
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::Shortened(day) => messages::shortened(day).fmt(f),
            Warning::ClockOff(clock) => messages::clock_off(clock.day()).fmt(f),
            Warning::SecondLoan(loan) => messages::second_loan(*loan).fmt(f),
            Warning::OtherMachine(loan) => messages::other_machine(*loan).fmt(f),
            Warning::Changed(loan, parts) => messages::changed(*loan, parts).fmt(f),
            Warning::WeaklyBound => f.write_str(messages::weakly_bound()),
            Warning::GivenBack(loan) => messages::given_back(*loan).fmt(f),
            Warning::NotRemembered => f.write_str(messages::not_remembered()),
        }
    }
}

/// A loan that is on disk; in a rehearsal it is not, and has no code.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The code; none in a rehearsal.
    pub code: Option<Code>,
    /// The site's certificate, where both do not fit into one code.
    pub card: Option<Code>,
    /// Its number; 0 in a rehearsal.
    pub number: u32,
    /// Its seat, from 1; 0 in a rehearsal.
    pub seat: u16,
    /// Its last day.
    pub until: Day,
    /// When it was signed.
    pub issued: Seconds,
    /// What may be used, by name; none: all that the site has.
    pub features: Vec<String>,
    /// The loan in whose place it is.
    pub extends: Option<u32>,
    /// Whose it is, as far as that was noted.
    pub note: String,
    /// What it did.
    pub effect: Effect,
    /// How many seats stay at the site.
    pub stay: u16,
    /// What the administrator should know.
    pub warnings: Vec<Warning>,
}

/// A loan that was given back: there is no code to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its number.
    pub loan: u32,
    /// Its seat, from 1.
    pub seat: u16,
    /// Whose it was, as far as that was noted.
    pub note: String,
    /// [`Effect::Returned`], or [`Effect::Repeated`].
    pub effect: Effect,
    /// Another loan of the same seat, which is still reserved: until this day.
    pub reserved: Option<(u32, Day)>,
    /// The seat stays reserved until this day, for many were given back before their ends since the vendor's last answer.
    pub kept: Option<Day>,
}

/// What comes of a code that is taken.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A loan.
    Answer(Box<Answer>),
    /// A seat that came back.
    Receipt(Receipt),
}
