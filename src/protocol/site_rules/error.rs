//! Why a text is none of a site's rules.

use crate::messages::protocol as messages;

/// A line that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", messages::rules_line(.line, .why))]
pub struct NotRules {
    /// Its number, from 1.
    pub line: u16,
    /// Why not.
    pub why: Misread,
}

/// Why a line cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misread {
    /// It begins with no word of the rules.
    #[error("{}", messages::rules_word(.0))]
    Word(String),
    /// How many seats is not said, or not by a number that can be.
    #[error("{}", messages::rules_number(.0))]
    Number(&'static str),
    /// It is about nobody.
    #[error("{}", messages::rules_nobody(.0))]
    Nobody(&'static str),
    /// Something else stands where somebody is to be named.
    #[error("{}", messages::rules_whom(.0))]
    Whom(String),
    /// A name that is none.
    #[error("{}", messages::rules_name(.0))]
    Name(String),
    /// A quotation mark without its second.
    #[error("{}", messages::rules_quoted())]
    Quoted,
    /// It names two features.
    #[error("{}", messages::rules_features())]
    Features,
    /// Only accounts are trusted.
    #[error("{}", messages::rules_trust())]
    Trust,
    /// A character that is not seen, or none.
    #[error("{}", messages::rules_unfit(format_args!("{:04X}", .0)))]
    Unfit(u32),
    /// A line of more bytes than these.
    #[error("{}", messages::rules_long(.0))]
    TooLong(usize),
    /// More lines than these.
    #[error("{}", messages::rules_many(.0))]
    TooMany(usize),
}
