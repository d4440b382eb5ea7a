//! The rules of a site at the gate of its seats (SPEC.md 9.12).

use super::counted::Seats;
use super::error::{Ruled, RuledBy, SeatError};
use super::held::Held;
use super::persons::{Persons, Somebody};
use super::ring::{One, Ring};
use super::seen::{NoRules, Reservation};
use super::standing::{Against, Standing, denied};
use super::taken_back::TakenBack;
use super::tickets::{Ticket, Waits};
use super::who::{Moment, Who};
use crate::failure::FailureKind;
use crate::holder::Home;
use crate::holder::named::{self, NoNote};
use crate::license_key::LicenseKey;
use crate::protocol::site_rules::{Rules, Verb};

/// What somebody would be told who asked for a seat.
#[derive(Debug)]
pub struct Would {
    /// The rule that reserves a seat for him: its line, and what it says.
    pub reserved: Option<(u16, String)>,
    /// The seat in which he would have a share, by what one counts.
    pub shares: Option<u16>,
    /// Why he would have none; none: he would have one.
    pub refused: Option<SeatError>,
}

/// Free seats of each ring under lock, and how many of them are left by those who came first.
pub(super) type Supply = Vec<(Ring, Vec<One>, usize)>;

pub(super) fn left_of(supply: &Supply, ring: &Ring) -> usize {
    let found = supply.iter().find(|(it, ..)| it.prefix == ring.prefix);
    found.map_or(0, |(.., left)| *left)
}

/// The rules of the site of a floating license, as its note says them.
pub(crate) fn rules_of(home: &Home, key: LicenseKey) -> Result<Rules, NoRules> {
    let (kind, why) = match named::rules(home, key) {
        Ok(Ok(rules)) => return Ok(rules),
        Ok(Err(NoNote::NotTrusted(why))) => (FailureKind::NotTrusted, why.to_string()),
        Ok(Err(NoNote::Unread(error))) => (error.kind(), error.to_string()),
        Err(error) => (error.kind(), error.to_string()),
    };
    Err(NoRules { kind, why })
}

impl Seats {
    /// The rules, if they are known.
    pub(super) fn rules(&self) -> Result<&Rules, SeatError> {
        let unknown = |none| SeatError::NoRules {
            key: self.key,
            none,
        };
        self.rules.as_ref().map_err(|none| unknown(none.clone()))
    }

    /// Who asks, where the rules do not give him any seat at all.
    pub(super) fn asks(&self, who: &Who, features: &[String]) -> Result<Somebody, SeatError> {
        let rules = self.rules()?;
        if rules.is_empty() {
            return Ok(Somebody::default());
        }
        let asks = Persons::of(self, rules).asks(who, features);
        refuse_denied(rules, &asks)?;
        Ok(asks)
    }

    /// Refuses whoever keeps a seat by a lease of this account although he is to have none by now.
    pub(super) fn refuse_to_keep(
        &self,
        (user, host): (&str, &str),
        features: &[String],
    ) -> Result<(), SeatError> {
        // What is held goes on while they are not known.
        let Ok(rules) = self.rules() else {
            return Ok(());
        };
        if rules.is_empty() {
            return Ok(());
        }
        let persons = Persons::of(self, rules);
        refuse_denied(
            rules,
            &persons.somebody((self.place.user(), None), (user, host), features),
        )
    }

    /// How it stands with the rules that count seats; none where there are no such.
    pub(super) fn standing(
        &self,
        moment: &Moment,
        exact: bool,
    ) -> Result<Option<Standing<'_>>, SeatError> {
        let rules = self.rules()?;
        let counting = || {
            let mut rules = rules.iter();
            rules.any(|it| matches!(it.verb, Verb::Reserve(_) | Verb::Max(_)))
        };
        if !counting() {
            return Ok(None);
        }
        let persons = Persons::of(self, rules);
        let among = |holder: &Held| rules.iter().any(|it| holder.is_of(it));
        let holders = self.holders(&persons, among, moment, exact)?;
        Ok(Some(Standing::of(persons, rules, &self.rings(), &holders)))
    }

    /// Leaves what somebody who came before will take. Who waits for a module of which nothing is free, or whom the rules give none now, keeps nobody from what is.
    pub(super) fn serve(
        &self,
        other: &Waits,
        supply: &mut Supply,
        standing: Option<&mut Standing<'_>>,
    ) {
        let wish = &other.wish;
        let wants = |ring: &Ring| ring.module.is_none() || wish.pools.contains(&ring.prefix);
        let rings: Vec<Ring> = supply
            .iter()
            .filter(|(ring, ..)| wants(ring))
            .map(|(ring, ..)| ring.clone())
            .collect();
        let rings: Vec<&Ring> = rings.iter().collect();
        let left = |ring: &Ring| left_of(supply, ring);
        if rings.iter().any(|ring| left(ring) == 0) {
            return;
        }
        if let Some(standing) = standing {
            let said = (wish.user.as_str(), wish.host.as_str());
            let from = (other.owner, wish.computer.as_deref());
            let who = standing.persons.somebody(from, said, &wish.features);
            if standing.allows(&who, &rings, left, None).is_err() {
                return;
            }
            standing.gives(&who, &rings);
        }
        for (_, _, left) in supply.iter_mut().filter(|(ring, ..)| wants(ring)) {
            *left -= 1;
        }
    }

    /// Why the rules give none. Whoever asks holds no lock.
    pub(super) fn against(&self, against: &Against<'_>, moment: &Moment) -> SeatError {
        SeatError::Rule(match against {
            Against::Denied(rule) => Ruled::new(rule, RuledBy::Denied),
            Against::Most(rule, used) => Ruled::new(rule, RuledBy::Most(*used)),
            Against::Kept(rule) => Ruled::new(rule, RuledBy::Reserved),
            Against::Full(ring) => return self.none_left(ring, moment),
        })
    }

    /// What somebody would be told who asked for a seat now, and was believed to be who he says. Nothing is taken.
    ///
    /// # Errors
    /// [`SeatError::NoRules`]; [`SeatError::Busy`]; what the disk says.
    pub fn would(
        &self,
        (user, host): (&str, Option<&str>),
        features: &[String],
        moment: &Moment,
    ) -> Result<Would, SeatError> {
        let _gate = self.gate()?;
        let moment = &self.moment(moment);
        let rules = self.rules()?;
        let who = Somebody::told(user, host, features);
        let mut would = Would {
            reserved: None,
            shares: None,
            refused: refuse_denied(rules, &who).err(),
        };
        if would.refused.is_some() {
            return Ok(would);
        }
        let mut missing = self.wanted(features);
        let shared = self.shared_by((user, host), &Persons::of(self, rules), moment)?;
        if let Some((number, pools)) = shared {
            would.shares = Some(number);
            missing.retain(|ring| ring.module.is_some() && !pools.contains(&ring.prefix));
        }
        let standing = self.standing(moment, true)?;
        if let (Some(standing), Some(own)) = (&standing, missing.first()) {
            let rule = standing.keeps_for(&who, own);
            would.reserved = rule.map(|it| (it.line, it.to_string()));
        }
        let kept = TakenBack::read(&self.place).kept(moment);
        let kept = self.kept_of(&kept, who.person().user, &missing, moment)?;
        missing.retain(|ring| kept.iter().all(|one| one.ring.prefix != ring.prefix));
        let none: Option<&Ticket> = None;
        match self.fresh(&missing, (&who, would.shares), standing, moment, none) {
            Ok(ones) => drop((kept, ones)),
            Err(error @ (SeatError::Rule(_) | SeatError::NoSeat { .. })) => {
                would.refused = Some(error);
            }
            Err(error) => return Err(error),
        }
        Ok(would)
    }
}

fn refuse_denied(rules: &Rules, who: &Somebody) -> Result<(), SeatError> {
    match denied(rules, who) {
        Some(rule) => Err(SeatError::Rule(Ruled::new(rule, RuledBy::Denied))),
        None => Ok(()),
    }
}

impl Standing<'_> {
    /// The seats of the license that its rules keep.
    pub(super) fn reservations(&self) -> Vec<Reservation> {
        let own = self.reserved.iter().filter(|it| !it.is_module);
        let own = own.map(|it| Reservation {
            line: it.rule.line,
            rule: it.rule.to_string(),
            seats: it.seats,
            idle: it.idle,
        });
        own.collect()
    }
}
