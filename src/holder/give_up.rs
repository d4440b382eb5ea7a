//! Giving a license up: tombstones first, in every anchor; then the state; then the codes, the same ones for ever (SPEC.md 4.3, 6.5).

use super::anchor::Anchor;
use super::answers::{Answer, Answers};
use super::durable;
use super::entries::{Anchored, Tombstone};
use super::error::HolderError;
use super::home::Home;
use super::lock::Lock;
use super::places::Places;
use super::request::Here;
use super::secrets::Secrets;
use super::state::{Given, LicenseState, Replaced};
use crate::license_key::LicenseKey;
use crate::machine::Facts;
use crate::protocol::date::Seconds;
use crate::protocol::digest::ActivationId;
use crate::protocol::grant::SignedGrant;
use crate::protocol::requests::Return;
use crate::text::{Code, Kind};

/// A license that is given up; its codes may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenUp {
    /// The return code of what was held, or else asked for last.
    pub code: Code,
    /// The activation that ends with it.
    pub activation: ActivationId,
    /// Further activations of this home that may have been answered, and so may hold a seat, and their codes: all of them are to be sent.
    pub also: Vec<(ActivationId, Code)>,
    /// Activations of other homes on this computer that end too: one that is given up here had taken their place.
    pub ends_too: Vec<ActivationId>,
    /// When it was given up.
    pub at: Seconds,
    /// It was given up before: these are its codes again.
    pub repeated: bool,
    /// Beside the home, some place remembers it. False where there is none that could be written.
    pub remembered: bool,
}

/// Gives up what is held of a license, or else what was asked for last, and with it every other activation of it that this home asked for and that may have
/// been answered. Where it was given up before, all of it is done again: whatever stopped the program at any moment, the next time heals it.
///
/// The machine's fingerprint plays no part: one that drifted, or died and was rebuilt, can still give up what it holds.
///
/// # Errors
/// `unknown_license`; `secret_lost`; `anchor_closed` or `busy` where a place that remembers an activation cannot be written now; what the file system says.
/// Nothing is changed then.
pub fn give_up(home: &Home, key: LicenseKey, here: &Here<'_>) -> Result<GivenUp, HolderError> {
    let lock = home.lock()?;
    let unknown = || HolderError::UnknownLicense { key };
    let mut license = home.license(key)?.ok_or_else(unknown)?;
    let secrets = Secrets::load(home, key)?;
    let own = own(&license);
    let repeated = own.is_empty();
    let given = match repeated {
        true => license.returned.clone(),
        false => own.into_iter().map(|it| given(it, here.wall)).collect(),
    };
    // Before anything is changed: without its secret there is no code, and without the code the seat would stay taken.
    let (first, also) = codes(key, &given, &secrets)?.ok_or_else(unknown)?;
    let places = Places {
        home,
        facts: here.facts,
    };
    let mut tombs = Tombs::open(places, key, &given, &taken(places, &license, &given))?;
    tombs.close()?;
    if !repeated {
        license.held = None;
        license.pending.clear();
        license.replaced.clear();
        let before = std::mem::replace(&mut license.returned, given);
        license.returned_before.extend(before);
    }
    if let Err(error) = home.keep(&license) {
        // What failed may be the last step, after which the home says so.
        let kept = home.license(key).is_ok_and(|kept| kept == Some(license));
        return Err(match kept {
            true => tombs.half(error.into()),
            false => tombs.reopen(error.into()),
        });
    }
    let (remembered, ends_too) = (tombs.any(), tombs.end_too());
    drop((tombs, lock));
    Ok(GivenUp {
        code: first.code,
        activation: first.activation,
        also,
        ends_too,
        at: first.at,
        repeated,
        remembered,
    })
}

/// The return code of an activation that was given up here, whatever is held or asked for by now; without one, those of all that was given up last.
///
/// # Errors
/// `unknown_license`; `unknown_activation`; `secret_lost`; what the file system says.
pub fn again(
    home: &Home,
    key: LicenseKey,
    activation: Option<ActivationId>,
) -> Result<GivenUp, HolderError> {
    let unknown = || HolderError::UnknownLicense { key };
    let license = home.license(key)?.ok_or_else(unknown)?;
    let secrets = Secrets::load(home, key)?;
    let given = match activation {
        None => license.returned.clone(),
        Some(activation) => {
            let mut all = license.given_up();
            let given = all.find(|given| given.activation == activation);
            vec![given.ok_or(HolderError::NotGivenUp { activation })?.clone()]
        }
    };
    let (first, also) = codes(key, &given, &secrets)?.ok_or_else(unknown)?;
    Ok(GivenUp {
        code: first.code,
        activation: first.activation,
        also,
        ends_too: Vec::new(),
        at: first.at,
        repeated: true,
        remembered: true,
    })
}

/// Which activations of other homes on this computer would end too, if a license were given up now: for whoever is to agree.
///
/// # Errors
/// `unknown_license`; what the file system says.
pub fn ends_too(
    home: &Home,
    key: LicenseKey,
    facts: &Facts,
) -> Result<Vec<ActivationId>, HolderError> {
    let unknown = || HolderError::UnknownLicense { key };
    let license = home.license(key)?.ok_or_else(unknown)?;
    let places = Places { home, facts };
    let own: Vec<Given> = own(&license)
        .into_iter()
        .map(|it| given(it, Seconds(0)))
        .collect();
    let taken = taken(places, &license, &own);
    let mut found = Vec::new();
    for anchor in home.anchors().iter().filter(|it| may_write(it)) {
        for (id, _) in places.overtaken_in(anchor, key, &taken) {
            let known = places.anchored(anchor, key, id);
            if !found.contains(&id) && known.is_some_and(|it| it.returned.is_none()) {
                found.push(id);
            }
        }
    }
    Ok(found)
}

/// Whether an anchor is ours to write, or root's, who may do anything.
fn may_write(anchor: &Anchor) -> bool {
    !durable::is_anothers(anchor.directory())
}

struct First {
    code: Code,
    activation: ActivationId,
    at: Seconds,
}

type Codes = (First, Vec<(ActivationId, Code)>);

/// The code of the first, without which there is nothing to show, and of each further one whose secret is still there.
fn codes(
    key: LicenseKey,
    given: &[Given],
    secrets: &Secrets,
) -> Result<Option<Codes>, HolderError> {
    let Some((first, others)) = given.split_first() else {
        return Ok(None);
    };
    let also = others
        .iter()
        .filter_map(|it| Some((it.activation, code(key, it, secrets).ok()?)));
    let first = First {
        code: code(key, first, secrets)?,
        activation: first.activation,
        at: first.at,
    };
    Ok(Some((first, also.collect())))
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

fn given(it: Replaced, at: Seconds) -> Given {
    Given {
        activation: it.activation,
        at,
        request: it.request,
    }
}

/// What this home holds or asked for, and may have been answered: what is held first, or else what was asked for last, then the latest. Nothing where all that is known
/// was given up.
fn own(license: &LicenseState) -> Vec<Replaced> {
    let held = license.held.as_ref().map(|held| Replaced {
        activation: held.standing.activation,
        request: held.request.clone(),
    });
    if held.is_none() && license.open().next().is_none() {
        return Vec::new();
    }
    let asked = license.pending.iter().rev().map(|pending| Replaced {
        activation: pending.standing.activation,
        request: pending.request.clone(),
    });
    let replaced = license.replaced.iter().rev().cloned();
    let mut own: Vec<Replaced> = Vec::new();
    for it in held.into_iter().chain(asked).chain(replaced) {
        if !own.iter().any(|known| known.activation == it.activation) {
            own.push(it);
        }
    }
    own
}

/// What is known of the answers to activations that are given up: by the anchors, and by the state.
fn taken(
    places: Places<'_>,
    license: &LicenseState,
    given: &[Given],
) -> Vec<(ActivationId, Answers)> {
    let held = |id| {
        let held = license.held.as_ref()?;
        let signed = SignedGrant::decode(&held.grant).ok()?;
        let answer = Answer::new(&signed.grant, &held.standing);
        (held.standing.activation == id).then(|| Answers::of(held.request.kind, answer))
    };
    let key = license.license_key;
    let known = given.iter().filter_map(|it| {
        let id = it.activation;
        Some((id, places.answers(key, id).or_else(|| held(id))?))
    });
    known.collect()
}

/// The anchors that remember activations, or can, locked; what is to be written in them, and what they said before.
struct Tombs<'a> {
    places: Places<'a>,
    key: LicenseKey,
    /// What is given up first: errors name it.
    activation: ActivationId,
    locks: Vec<Lock>,
    graves: Vec<Grave<'a>>,
    /// One of those that are closed has the tombstone already.
    known: bool,
    written: usize,
}

/// A place for a tombstone.
struct Grave<'a> {
    anchor: &'a Anchor,
    activation: ActivationId,
    tombstone: Tombstone,
    before: Option<Anchored>,
}

impl<'a> Tombs<'a> {
    /// Locks every anchor, each for up to ten seconds.
    fn open(
        places: Places<'a>,
        key: LicenseKey,
        given: &[Given],
        taken: &[(ActivationId, Answers)],
    ) -> Result<Tombs<'a>, HolderError> {
        let unknown = || HolderError::UnknownLicense { key };
        let first = given.first().ok_or_else(unknown)?;
        let mut tombs = Tombs {
            places,
            key,
            activation: first.activation,
            locks: Vec::new(),
            graves: Vec::new(),
            known: false,
            written: 0,
        };
        for anchor in places.home.anchors() {
            match Lock::wait(anchor.directory(), anchor.audience()) {
                Ok(lock) => {
                    tombs.locks.push(lock);
                    let own = given.iter().map(|it| (it.activation, it.at, None));
                    let overtaken = places.overtaken_in(anchor, key, taken).into_iter();
                    let others = overtaken.map(|(id, by)| (id, first.at, Some(by)));
                    tombs.graves.extend(own.chain(others).map(|it| {
                        let (activation, at, with) = it;
                        Grave {
                            anchor,
                            activation,
                            tombstone: Tombstone { at, with },
                            before: places.anchored(anchor, key, activation),
                        }
                    }));
                }
                Err(why) => tombs.without(anchor, given, why)?,
            }
        }
        Ok(tombs)
    }

    /// An anchor that cannot be written says nothing of what is given up, or has its tombstones, or nothing may be given up now: what it says would bring
    /// the license back.
    fn without(
        &mut self,
        anchor: &Anchor,
        given: &[Given],
        why: HolderError,
    ) -> Result<(), HolderError> {
        let buried = |id| {
            let known = self.places.anchored(anchor, self.key, id);
            known.is_some_and(|it| it.returned.is_some())
        };
        let (closed, open): (Vec<_>, Vec<_>) = given
            .iter()
            .map(|it| it.activation)
            .partition(|id| buried(*id));
        self.known |= !closed.is_empty();
        if open.is_empty() {
            return Ok(());
        }
        if matches!(why, HolderError::Busy { .. }) {
            return Err(why);
        }
        let holds = |id: &&ActivationId| self.places.may_hold(anchor, self.key, **id);
        match open.iter().find(holds) {
            Some(id) => Err(closed_to(anchor, *id, why)),
            None => Ok(()),
        }
    }

    /// Writes the tombstones: all, or none and an error.
    fn close(&mut self) -> Result<(), HolderError> {
        let mut nth = 0;
        while let Some(grave) = self.graves.get(nth) {
            let mut after = grave.before.clone().unwrap_or_default();
            // The first one counts, whatever a restored home says later.
            after
                .returned
                .get_or_insert_with(|| grave.tombstone.clone());
            // One that fails may have failed at its last step, and say so all the same.
            self.written = nth + 1;
            let (anchor, id) = (grave.anchor, grave.activation);
            match self.places.put(anchor, self.key, id, &after) {
                Ok(()) => nth += 1,
                Err(error) => {
                    let buried = grave.before.as_ref() == Some(&after);
                    if !buried && self.places.may_hold(anchor, self.key, id) {
                        return Err(self.reopen(closed_to(anchor, id, error.into())));
                    }
                    self.graves.remove(nth);
                    self.known |= buried;
                }
            }
        }
        Ok(())
    }

    /// Puts back what stood before: nothing was given up, and that is said by the error. Where the disk does not even let us do that, the other one.
    fn reopen(&mut self, why: HolderError) -> HolderError {
        let mut put_back = true;
        for grave in self.graves.iter().take(self.written) {
            let (anchor, id) = (grave.anchor, grave.activation);
            if self.places.anchored(anchor, self.key, id) == grave.before {
                continue;
            }
            let done = match &grave.before {
                Some(before) => self.places.put(anchor, self.key, id, before),
                None => self.places.take_out(anchor, self.key, id),
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
        self.known || !self.graves.is_empty()
    }

    /// Which end beside what is given up here.
    fn end_too(&self) -> Vec<ActivationId> {
        let others = self.graves.iter().filter(|it| it.tombstone.with.is_some());
        let mut found: Vec<_> = others.map(|it| it.activation).collect();
        found.sort_unstable_by_key(|id| id.0);
        found.dedup();
        found
    }
}

fn closed_to(anchor: &Anchor, activation: ActivationId, why: HolderError) -> HolderError {
    HolderError::AnchorClosed {
        activation,
        place: anchor.directory().to_owned(),
        why: Box::new(why),
    }
}
