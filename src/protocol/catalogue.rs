//! What the lines of a product's catalogue are (SPEC.md 10).

/// What the catalogue's entries are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Is in the license or not.
    Feature,
    /// Has a number in the license.
    Limit,
    /// A module with seats of its own: at most so many of a site's seats use it at once.
    Pool,
    /// Has a text in the license, such as the licensee's name.
    Text,
}

impl Entry {
    /// The name of its line in the product file.
    pub const fn line(self) -> &'static str {
        match self {
            Entry::Feature => "feature",
            Entry::Limit => "limit",
            Entry::Pool => "pool",
            Entry::Text => "text",
        }
    }

    /// From the name of a line in the product file.
    pub fn from_line(name: &str) -> Option<Entry> {
        [Entry::Feature, Entry::Limit, Entry::Pool, Entry::Text]
            .into_iter()
            .find(|entry| entry.line() == name)
    }
}

/// What one seat counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SeatUnit {
    /// Each process.
    #[default]
    Process,
    /// Each session of a user on a host.
    Session,
    /// Each user.
    User,
    /// Each host.
    Host,
}

impl SeatUnit {
    /// The word in the product file.
    pub const fn name(self) -> &'static str {
        match self {
            SeatUnit::Process => "process",
            SeatUnit::Session => "session",
            SeatUnit::User => "user",
            SeatUnit::Host => "host",
        }
    }

    /// From the word in the product file.
    pub fn named(name: &str) -> Option<SeatUnit> {
        use SeatUnit::{Host, Process, Session, User};
        [Process, Session, User, Host]
            .into_iter()
            .find(|unit| unit.name() == name)
    }
}
