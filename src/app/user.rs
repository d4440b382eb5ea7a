//! For whom it is asked whether the application may run.

use crate::holder::Person;
use crate::machine::login_name;

/// For whom it is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum User {
    /// The account under which the process runs.
    #[default]
    Account,
    /// Whoever the application says.
    Said(String),
    /// Nobody is to run anything: the license itself is looked at.
    #[cfg(feature = "cli")]
    Anybody,
}

impl User {
    /// As a check has it.
    pub(crate) fn person(&self) -> Person<'_> {
        match self {
            User::Account => Person::Account(login_name),
            User::Said(name) => Person::Named(name),
            #[cfg(feature = "cli")]
            User::Anybody => Person::Anybody,
        }
    }
}
