//! Who somebody is, as the rules of a site go by it (SPEC.md 9.12): what the kernel says of him, and what he says himself where he is believed.

#[cfg(unix)]
use std::cell::RefCell;
#[cfg(unix)]
use std::collections::BTreeMap;

use super::counted::Seats;
use super::kernel;
use super::record::Record;
use super::who::Who;
use crate::machine::Accounts;
use crate::protocol::site_rules::{Person, Rules};

/// Somebody who has a seat or wants one; the default is nobody, of whom no rule knows.
#[derive(Clone, Debug, Default)]
pub(super) struct Somebody {
    user: Option<String>,
    host: Option<String>,
    /// What he said, believed or not.
    said: Option<(String, String)>,
    /// The features that he uses.
    pub(super) features: Vec<String>,
}

impl Somebody {
    /// Whom the rules take as told.
    pub(super) fn told(user: &str, host: Option<&str>, features: &[String]) -> Somebody {
        Somebody {
            user: Some(user.to_owned()),
            host: host.map(str::to_owned),
            said: None,
            features: features.to_vec(),
        }
    }

    pub(super) fn person(&self) -> Person<'_> {
        Person {
            user: self.user.as_deref(),
            host: self.host.as_deref(),
        }
    }

    /// As he calls himself: that gives nobody a seat, and may speak against him.
    pub(super) fn as_said(&self) -> Option<Person<'_>> {
        let (user, host) = self.said.as_ref()?;
        Some(Person {
            user: Some(user),
            host: Some(host),
        })
    }
}

/// Tells who somebody is.
#[derive(Debug)]
pub(super) struct Persons<'a> {
    rules: &'a Rules,
    accounts: Accounts,
    /// Names of accounts that were asked for: a directory of users may be far, and all wait at the gate meanwhile.
    #[cfg(unix)]
    names: RefCell<BTreeMap<u32, Option<String>>>,
    /// Whose the home is.
    owner: Option<u32>,
    /// What this host is called, as far as its name is one of the whole system.
    host: Option<&'a str>,
    /// Whether others may be on other computers.
    of_computers: bool,
}

impl<'a> Persons<'a> {
    pub(super) fn of(seats: &'a Seats, rules: &'a Rules) -> Persons<'a> {
        let accounts = Accounts::here();
        // In a namespace of his own anybody calls his host as he likes.
        let host = seats.host.as_deref();
        let host = host.filter(|_| accounts.are_everybodys());
        Persons {
            rules,
            accounts,
            #[cfg(unix)]
            names: RefCell::default(),
            owner: kernel::owner_of(&seats.place.machine),
            host,
            of_computers: seats.place.is_common(),
        }
    }

    /// Who asks for a seat.
    pub(super) fn asks(&self, who: &Who, features: &[String]) -> Somebody {
        self.somebody((kernel::us(), None), (&who.user, &who.host), features)
    }

    /// Whoever wrote a record.
    pub(super) fn writer(&self, account: Option<u32>, record: &Record) -> Somebody {
        let computer = record.computer.as_deref();
        let said = (record.user.as_str(), record.host.as_str());
        self.somebody((account, computer), said, &record.features)
    }

    /// Whoever wrote a file in which he calls himself so: root, the owner of the home and those whom a rule trusts are believed for whom they speak; of anybody
    /// else what the kernel says counts, and where several computers share the seats what the one is called on which he wrote it.
    pub(super) fn somebody(
        &self,
        (account, computer): (Option<u32>, Option<&str>),
        (user, host): (&str, &str),
        features: &[String],
    ) -> Somebody {
        let name = self.name(account);
        let (known_user, known_host) = match self.believes(account, name.as_deref()) {
            true => (Some(user.to_owned()), Some(host.to_owned())),
            false => {
                let computer = computer.filter(|_| self.of_computers).or(self.host);
                (name, computer.map(str::to_owned))
            }
        };
        Somebody {
            user: known_user,
            host: known_host,
            said: Some((user.to_owned(), host.to_owned())),
            features: features.to_vec(),
        }
    }

    #[cfg(unix)]
    fn name(&self, account: Option<u32>) -> Option<String> {
        let account = account?;
        let mut names = self.names.borrow_mut();
        let name = names
            .entry(account)
            .or_insert_with(|| self.accounts.name(account));
        name.clone()
    }

    #[cfg(not(unix))]
    fn name(&self, _: Option<u32>) -> Option<String> {
        None
    }

    /// Whether what an account says of a user and a host counts. Where accounts have no numbers nobody tells one from another.
    fn believes(&self, account: Option<u32>, name: Option<&str>) -> bool {
        #[cfg(unix)]
        {
            let outside = account.and_then(|it| self.accounts.outside(it));
            let trusted = |name| self.rules.iter().any(|it| it.trusts(name));
            // Whoever is nobody here owns nothing by that.
            let owns = account == self.owner && account != kernel::NOBODY;
            outside.is_some_and(|it| it == 0 || owns) || name.is_some_and(trusted)
        }
        #[cfg(not(unix))]
        {
            let _ = (account, name, &self.accounts, self.owner, self.rules);
            true
        }
    }
}
