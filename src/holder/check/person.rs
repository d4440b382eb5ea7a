//! Whether somebody may use a license that is for people by name (SPEC.md 9.11).

use super::{Check, Refused};
use crate::holder::named::Person;
use crate::holder::report::{Refusal, State};
use crate::holder::terms::Terms;
use crate::holder::unnamed::Unnamed;
use crate::license_key::LicenseKey;
use crate::protocol::grant::LicenseType;
use crate::protocol::user_name::UserName;

impl Check<'_> {
    /// Refuses whoever is not among the users of the license: as many of them count as it has seats, and those that were assigned first.
    pub(super) fn person(&self, key: LicenseKey, terms: &Terms) -> Result<(), Refused> {
        if terms.license_type != LicenseType::Named {
            return Ok(());
        }
        let refused = |user: &str, why: Unnamed| {
            let user = user.to_owned();
            Err((State::NotNamed, Refusal::NotNamed { key, user, why }))
        };
        let account;
        let user = match self.input.person {
            Person::Anybody => return Ok(()),
            Person::Nameless => return refused("", Unnamed::Nameless),
            Person::Named(user) => user,
            Person::Account(name) => {
                account = name().unwrap_or_default();
                account.as_str()
            }
        };
        let known = &self.memory.notes;
        let users = match (&known.note, &known.without) {
            (Some(note), _) => note.users.as_slice(),
            (None, Some(without)) => {
                return Err((State::Unlicensed, without.refusal(key)));
            }
            (None, None) => &[],
        };
        let Ok(name) = user.parse::<UserName>() else {
            return refused(user, Unnamed::Nameless);
        };
        let seats = usize::from(terms.seats);
        match users.iter().position(|it| *it == name) {
            Some(place) if place < seats => Ok(()),
            Some(_) => refused(name.as_str(), Unnamed::NotAnyMore { seats: terms.seats }),
            None if users.is_empty() => refused(name.as_str(), Unnamed::Nobody),
            None => {
                let others = users.iter().take(seats);
                let mut others = others.filter(|it| it.differs_in_case(&name));
                let alike = others.next().map(|it| it.as_str().to_owned());
                refused(name.as_str(), Unnamed::Unlisted { alike })
            }
        }
    }
}
