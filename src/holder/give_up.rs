//! Giving a license up: tombstones first, in every anchor; then the state; then the codes, the same ones for ever (SPEC.md 4.3, 6.5).

mod tombs;

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
use crate::protocol::date::{Day, Seconds};
use crate::protocol::digest::ActivationId;
use crate::protocol::grant::SignedGrant;
use crate::protocol::requests::Return;
use crate::text::{Code, Kind};

use tombs::Tombs;

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
    give_up_unless(home, key, here, || Ok(None))
}

/// The same where no seat of it is lent to a workstation elsewhere: `lent` says until when one is. Nobody could tell when they come back.
///
/// # Errors
/// As [`give_up`]; `loans_out`.
pub fn give_up_unless(
    home: &Home,
    key: LicenseKey,
    here: &Here<'_>,
    lent: impl FnOnce() -> Result<Option<Day>, HolderError>,
) -> Result<GivenUp, HolderError> {
    let lock = home.lock()?;
    let unknown = || HolderError::UnknownLicense { key };
    let mut license = home.license(key)?.ok_or_else(unknown)?;
    let secrets = Secrets::load(home, key)?;
    let own = own(&license, here.wall);
    let repeated = own.is_empty();
    if !repeated && let Some(until) = lent()? {
        return Err(HolderError::LoansOut { until });
    }
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
    let own: Vec<Given> = own(&license, Seconds(0))
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
    let kind = match given.request.kind {
        Kind::Borrow => Kind::LoanReturn,
        _ => Kind::Return,
    };
    Ok(Code::new(kind, payload))
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
fn own(license: &LicenseState, now: Seconds) -> Vec<Replaced> {
    let held = license.held.clone().map(Replaced::of);
    if held.is_none() && license.open().next().is_none() {
        return Vec::new();
    }
    // What was replaced is given up by the answer that it had: whether a later request of it was answered is not known.
    let is_replaced = |id| license.replaced.iter().any(|it| it.activation == id);
    let open = license.pending.iter().rev();
    let open = open.filter(|it| !is_replaced(it.standing.activation));
    let asked = open.map(|pending| Replaced {
        activation: pending.standing.activation,
        request: pending.request.clone(),
        over: None,
    });
    // A loan that was extended needs no code once its own time is over.
    let waits = |it: &&Replaced| it.over.is_none_or(|over| now < over);
    let replaced = license.replaced.iter().rev().filter(waits).cloned();
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
        // A loan takes nobody's place.
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
