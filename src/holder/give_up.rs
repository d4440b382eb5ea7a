//! Giving a license up: tombstones first, in every anchor; then the state; then the code, the same one for ever (SPEC.md 4.3, 6.5).

use super::anchor::Anchor;
use super::entries::{Anchored, Tombstone};
use super::error::HolderError;
use super::home::Home;
use super::lock::Lock;
use super::places::Places;
use super::request::Here;
use super::secrets::Secrets;
use super::state::{Given, LicenseState, Request};
use crate::license_key::LicenseKey;
use crate::protocol::date::Seconds;
use crate::protocol::digest::ActivationId;
use crate::protocol::requests::Return;
use crate::text::{Code, Kind};

/// A license that is given up; its code may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenUp {
    /// The return code.
    pub code: Code,
    /// The activation that ends.
    pub activation: ActivationId,
    /// When it was given up.
    pub at: Seconds,
    /// It was given up before: this is its code again.
    pub repeated: bool,
    /// Beside the home, some place remembers it. False where there is none that could be written.
    pub remembered: bool,
}

/// Gives up what is held of a license, or else the newest request for it: its answer may be under way. Where it was given up before, all of it is done
/// again: whatever stopped the program at any moment, the next time heals it.
///
/// The machine's fingerprint plays no part: one that drifted, or died and was rebuilt, can still give up what it holds.
///
/// # Errors
/// `unknown_license`; `secret_lost`; `anchor_closed` or `busy` where a place that remembers the activation cannot be written now; what the file system
/// says. Nothing is changed then.
pub fn give_up(home: &Home, key: LicenseKey, here: &Here<'_>) -> Result<GivenUp, HolderError> {
    let lock = home.lock()?;
    let unknown = || HolderError::UnknownLicense { key };
    let mut license = home.license(key)?.ok_or_else(unknown)?;
    let secrets = Secrets::load(home, key)?;
    let (given, repeated) = match (subject(&license), license.returned.clone()) {
        (Some((activation, request)), _) => {
            let at = here.wall;
            let given = Given {
                activation,
                at,
                request,
            };
            (given, false)
        }
        (None, Some(given)) => (given, true),
        (None, None) => return Err(unknown()),
    };
    // Before anything is changed: without its secret there is no code, and without the code the seat would stay taken.
    let code = code(key, &given, &secrets)?;
    let places = Places {
        home,
        facts: here.facts,
    };
    let mut tombs = Tombs::open(places, key, given.activation)?;
    tombs.close(given.at)?;
    if !repeated {
        license.held = None;
        // What an answer has overtaken that is given up now is given up with it.
        license.pending.retain(|pending| {
            pending.standing.activation != given.activation && !pending.superseded
        });
        license
            .returned_before
            .extend(license.returned.replace(given.clone()));
    }
    if let Err(error) = home.keep(&license) {
        // What failed may be the last step, after which the home says so.
        let kept = home.license(key).is_ok_and(|kept| kept == Some(license));
        return Err(match kept {
            true => tombs.half(error.into()),
            false => tombs.reopen(error.into()),
        });
    }
    let remembered = tombs.any();
    drop((tombs, lock));
    Ok(GivenUp {
        code,
        activation: given.activation,
        at: given.at,
        repeated,
        remembered,
    })
}

/// The return code of an activation that was given up here, whatever is held or asked for by now.
///
/// # Errors
/// `unknown_license`; `unknown_activation`; `secret_lost`; what the file system says.
pub fn again(
    home: &Home,
    key: LicenseKey,
    activation: ActivationId,
) -> Result<GivenUp, HolderError> {
    let license = home
        .license(key)?
        .ok_or(HolderError::UnknownLicense { key })?;
    let secrets = Secrets::load(home, key)?;
    let given = license
        .given_up()
        .find(|given| given.activation == activation)
        .ok_or(HolderError::NotGivenUp { activation })?;
    Ok(GivenUp {
        code: code(key, given, &secrets)?,
        activation,
        at: given.at,
        repeated: true,
        remembered: true,
    })
}

fn code(key: LicenseKey, given: &Given, secrets: &Secrets) -> Result<Code, HolderError> {
    let commitment = given.request.commitment()?;
    let secret = secrets
        .get(key, commitment)
        .ok_or(HolderError::SecretLost { key })?;
    let activation = given.activation;
    let payload = Return { activation, secret }.encode();
    Ok(Code::new(Kind::Return, payload))
}

fn subject(license: &LicenseState) -> Option<(ActivationId, Request)> {
    if let Some(held) = &license.held {
        return Some((held.standing.activation, held.request.clone()));
    }
    let newest = license.open().last()?;
    Some((newest.standing.activation, newest.request.clone()))
}

/// The anchors that remember an activation, or can, locked; and what they said before.
struct Tombs<'a> {
    places: Places<'a>,
    key: LicenseKey,
    activation: ActivationId,
    open: Vec<(&'a Anchor, Option<Anchored>, Lock)>,
    /// One of those that are closed has the tombstone already.
    known: bool,
    written: usize,
}

impl<'a> Tombs<'a> {
    /// Locks every anchor, each for up to ten seconds.
    fn open(
        places: Places<'a>,
        key: LicenseKey,
        activation: ActivationId,
    ) -> Result<Tombs<'a>, HolderError> {
        let mut tombs = Tombs {
            places,
            key,
            activation,
            open: Vec::new(),
            known: false,
            written: 0,
        };
        for anchor in places.home.anchors() {
            let lock = Lock::wait(anchor.directory(), anchor.audience());
            let before = places.anchored(anchor, key, activation);
            let buried = before.as_ref().is_some_and(|it| it.returned.is_some());
            match lock {
                Ok(lock) => tombs.open.push((anchor, before, lock)),
                Err(_) if buried => tombs.known = true,
                Err(why) => tombs.without(anchor, why)?,
            }
        }
        Ok(tombs)
    }

    /// An anchor that cannot be written says nothing of the activation, or nothing may be given up now: what it says would bring the license back.
    fn without(&self, anchor: &Anchor, why: HolderError) -> Result<(), HolderError> {
        let busy = matches!(why, HolderError::Busy { .. });
        if busy {
            return Err(why);
        }
        if !self.places.may_hold(anchor, self.key, self.activation) {
            return Ok(());
        }
        Err(HolderError::AnchorClosed {
            activation: self.activation,
            place: anchor.directory().to_owned(),
            why: Box::new(why),
        })
    }

    /// Writes the tombstones: all, or none and an error.
    fn close(&mut self, at: Seconds) -> Result<(), HolderError> {
        for nth in 0..self.open.len() {
            let Some((anchor, before, _)) = self.open.get(nth) else {
                break;
            };
            let mut after = before.clone().unwrap_or_default();
            // The first one counts, whatever a restored home says later.
            after.returned.get_or_insert(Tombstone { at });
            // One that fails may have failed at its last step, and say so all the same.
            self.written = nth + 1;
            match self.places.put(anchor, self.key, self.activation, &after) {
                Ok(()) => {}
                Err(error) => {
                    let (anchor, buried) = (*anchor, before.as_ref() == Some(&after));
                    let stands = match buried {
                        true => Ok(()),
                        false => self.without(anchor, error.into()),
                    };
                    if let Err(error) = stands {
                        return Err(self.reopen(error));
                    }
                    self.open.remove(nth);
                    self.known |= buried;
                    return self.close(at);
                }
            }
        }
        Ok(())
    }

    /// Puts back what stood before: nothing was given up, and that is said by the error. Where the disk does not even let us do that, the other one.
    fn reopen(&mut self, why: HolderError) -> HolderError {
        let mut put_back = true;
        for (anchor, before, _) in self.open.iter().take(self.written) {
            if self.places.anchored(anchor, self.key, self.activation) == *before {
                continue;
            }
            let done = match before {
                Some(before) => self.places.put(anchor, self.key, self.activation, before),
                None => self.places.take_out(anchor, self.key, self.activation),
            };
            put_back &= done.is_ok();
        }
        self.written = 0;
        match put_back {
            true => why,
            false => self.half(why),
        }
    }

    fn half(&self, why: HolderError) -> HolderError {
        HolderError::HalfGivenUp {
            activation: self.activation,
            why: Box::new(why),
        }
    }

    fn any(&self) -> bool {
        self.known || !self.open.is_empty()
    }
}
