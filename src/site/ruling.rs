//! The rules of a floating license: its administrator sets them, and the site's key signs them (SPEC.md 9.12).

use super::actor::Actor;
use super::error::{RulesError, SiteError};
use super::note::Noted;
use crate::holder::Home;
use crate::license_key::LicenseKey;
use crate::protocol::contents::Contents;
use crate::protocol::date::Day;
use crate::protocol::site_rules::Rules;
use crate::seats::Counted;

/// The rules of one license.
#[derive(Debug)]
pub struct Ruling<'a>(Noted<'a>);

/// What setting rules does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RulesChange {
    /// Whether it changes anything.
    pub changed: bool,
    /// Whether a second place knows of it.
    pub remembered: bool,
}

impl<'a> Ruling<'a> {
    /// Those of a license that is held here. They are read by what is done then.
    ///
    /// # Errors
    /// `not_held`; `not_trusted`; what the disk says.
    pub fn open(home: &'a Home, key: LicenseKey) -> Result<Ruling<'a>, SiteError> {
        Noted::open(home, key).map(Ruling)
    }

    /// The rules as they are.
    ///
    /// # Errors
    /// `not_trusted` where the note does not hold; what the disk says.
    pub fn rules(&mut self) -> Result<Rules, SiteError> {
        self.0.read(false)?;
        Ok(self.known())
    }

    /// Why the rules cannot all be kept any more, since the license has less than it had; none where they can, or nothing is known.
    pub fn misfit(&mut self, today: Day) -> Option<SiteError> {
        let rules = self.rules().ok()?;
        self.fit(&rules, today).err()
    }

    fn known(&self) -> Rules {
        let note = self.0.note.as_ref();
        note.map(|it| it.rules.clone()).unwrap_or_default()
    }

    /// What [`set`](Ruling::set) would do, nothing being changed: whoever is refused is not asked for a password.
    ///
    /// # Errors
    /// `bad_rules`; `not_a_site` where no site key stands; `not_trusted` unless they begin `anew`; what the disk says.
    pub fn rehearse(&mut self, rules: &Rules, anew: bool, today: Day) -> Result<bool, SiteError> {
        self.0.read(anew)?;
        self.fit(rules, today)?;
        self.0.next()?;
        Ok(self.0.note.is_none() && anew || self.known() != *rules)
    }

    /// Sets the rules. When this returns they are on disk; where everything is so already, nothing is signed.
    ///
    /// # Errors
    /// As [`Ruling::rehearse`]; `other_site_key` where the vendor certified another; what the signer says.
    pub fn set(
        &mut self,
        rules: &Rules,
        anew: bool,
        actor: &Actor<'_>,
    ) -> Result<RulesChange, SiteError> {
        let _lock = self.0.locked()?;
        let mut done = RulesChange {
            changed: self.rehearse(rules, anew, actor.moment.wall.day())?,
            remembered: true,
        };
        if done.changed {
            let mut note = self.0.next()?;
            note.rules = rules.clone();
            done.remembered = self.0.keep(&note, actor)?;
        }
        Ok(done)
    }

    /// Puts the note that counts where an earlier one lies, or none: for whom there is nothing to change, and nothing to sign.
    ///
    /// # Errors
    /// `not_trusted`; what the disk says.
    pub fn put_right(&mut self) -> Result<(), SiteError> {
        let _lock = self.0.locked()?;
        self.0.read(false)?;
        self.0.put_right()
    }

    /// Refuses what cannot be kept: features that the product has not, and more seats than the license.
    fn fit(&self, rules: &Rules, today: Day) -> Result<(), SiteError> {
        let (product, granted) = (self.0.file.product(), &self.0.granted);
        let contents = Contents::of(&granted.entitlements, Some(product));
        let counted = Counted::of(product, granted.seats, &contents, today);
        let mut left = granted.seats;
        for rule in rules.iter() {
            let wrong = |why| SiteError::Rules {
                line: rule.line,
                why,
            };
            if let Some(feature) = &rule.feature
                && product.feature(feature).or(product.pool(feature)).is_none()
            {
                return Err(wrong(RulesError::NoFeature(feature.clone())));
            }
            let Some(rest) = left.checked_sub(rule.reserves()) else {
                let seats = granted.seats;
                return Err(wrong(RulesError::MoreThanSeats { seats, left }));
            };
            left = rest;
        }
        for pool in &counted.pools {
            let mut left = pool.seats.min(granted.seats);
            let about = |feature: &Option<String>| feature.as_ref() == Some(&pool.name);
            for rule in rules.iter().filter(|it| about(&it.feature)) {
                let Some(rest) = left.checked_sub(rule.reserves()) else {
                    let (module, seats) = (pool.name.clone(), pool.seats);
                    let why = RulesError::MoreThanModule {
                        module,
                        seats,
                        left,
                    };
                    return Err(SiteError::Rules {
                        line: rule.line,
                        why,
                    });
                };
                left = rest;
            }
        }
        Ok(())
    }
}
