//! Asking again for what is held: one exchange for re-validation, a purchase, a renewal, a rebinding, a longer grace and a wrong clock (SPEC.md 4.2).

mod change;

use std::fmt;

use super::clock::Look;
use super::error::HolderError;
use super::evidence;
use super::home::Home;
use super::json::{Array, Bytes};
use super::memory::Memory;
use super::parts::{Parts, Sight};
use super::places::{News, Places};
use super::request::{Asked, Here, asked, draw, keep, pairs};
use super::secrets::Secrets;
use super::state::{Held, LicenseState, Pending, Request, Stands};
use crate::license_key::LicenseKey;
use crate::machine::{Bindings, Component, Components, Fingerprint, UsbDevice};
use crate::messages;
use crate::protocol::commitment::Commitment;
use crate::protocol::date::Day;
use crate::protocol::product::{Product, ProductFile};
use crate::protocol::requests::{NO_USB, SiteReport, Sync};
use crate::protocol::trust::TrustError;
use crate::text::Kind;

pub use change::Change;
pub(super) use change::changes;

/// What is asked for again.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The license.
    pub key: LicenseKey,
    /// Bindings that are to be others from now on; those not named stay as they were last asked for, or else are.
    pub bindings: &'a [(String, String)],
    /// Another USB key to bind to, or none from now on; none given: as it is.
    pub usb: Option<Option<&'a UsbDevice>>,
    /// The public key with which this machine is to sign from now on, as a site; none: as it is.
    pub site_key: Option<[u8; 32]>,
    /// What a site that lends says of its loans.
    pub site: Option<SiteReport>,
    /// Requests that a site made before it saw that its book lacks loans: they are not repeated, for their answers put nothing right.
    pub before: &'a [Commitment],
    /// Ask anew where the same request is pending.
    pub anew: bool,
}

/// A site says in each SYNC what it has lent, which is for the command to say: whoever cannot read the book of loans does not ask in its name.
///
/// # Errors
/// `site_reports`.
pub fn refuse_for_a_site(license: &LicenseState) -> Result<(), HolderError> {
    let key = license.license_key;
    let held = license.held.as_ref();
    match held.is_some_and(|held| held.standing.site_key.is_some()) {
        true => Err(HolderError::SiteReports { key }),
        false => Ok(()),
    }
}

/// A SYNC that is on disk and may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Synced {
    /// The request.
    pub asked: Asked,
    /// The generation held.
    pub generation: u16,
    /// What is no longer as the license has it.
    pub changes: Vec<Change>,
    /// The day of the last answer that was applied here, where what is held is older: a backup was put back (SPEC.md 6.5).
    pub put_back: Option<Day>,
}

/// Asks for the license as it now is. `fill` fills a buffer from a source of randomness that is fit for secrets.
///
/// The machine may have changed, and the clock be wrong: the answer heals both.
///
/// # Errors
/// `unknown_license`, `not_held`, `given_up`, `secret_lost`, what is wrong with the bindings, what the file system says.
pub fn sync<E: fmt::Display>(
    home: &Home,
    file: &ProductFile,
    wanted: &Wanted<'_>,
    here: &Here<'_>,
    fill: impl FnOnce(&mut [u8]) -> Result<(), E>,
) -> Result<Synced, HolderError> {
    let key = wanted.key;
    let lock = home.lock()?;
    let mut license = home
        .license(key)?
        .ok_or(HolderError::UnknownLicense { key })?;
    let (held, memory) = holding(home, file, &license, here)?;
    let held = held.clone();
    let generation = generation(&held)?;
    let put_back = memory.later_answer(generation);
    let (parts, mark) = (memory.parts, memory.mark);
    let standing = next(file, &license, &held, &parts, wanted, here)?;
    let changes = changes(&held.standing, &standing);
    let mut secrets = Secrets::load(home, key)?;
    let secret = held
        .request
        .commitment()
        .ok()
        .and_then(|commitment| secrets.get(key, commitment))
        .ok_or(HolderError::SecretLost { key })?;
    let answer = |pending: &Pending, repeated| Synced {
        asked: asked(pending, repeated),
        generation,
        changes: changes.clone(),
        put_back,
    };
    // Where the clock is behind, an answer to what was asked before it was would not put it right.
    let heals = |request: Commitment| {
        let mark = mark.as_ref();
        mark.is_none_or(|mark| mark.is_healed_by(request, here.wall))
    };
    let before = (generation, &standing);
    if let Some(pending) = repeated(&license, &secrets, before, wanted, heals) {
        return Ok(answer(pending, true));
    }

    let fresh = draw(fill)?;
    let mut request = Sync {
        activation: standing.activation,
        generation,
        proof: secret.sync_proof(),
        commitment: fresh.commitment(key),
        clock: here.wall,
        fingerprint: None,
        bindings: None,
        usb: None,
        site_key: None,
        site: wanted.site,
    };
    carry(file, &license, &held, &standing, &mut request)?;
    let pending = Pending {
        request: Request {
            kind: Kind::Sync,
            payload: Bytes(request.encode()),
        },
        standing,
        created: here.wall,
        superseded: false,
    };
    keep(home, &mut license, &mut secrets, &fresh, &pending)?;
    if let Some(mark) = mark {
        let activation = pending.standing.activation;
        let look = Look::new(here.wall, here.facts);
        let mark = mark.with_request(fresh.commitment(key), &look);
        let news = News {
            mark: Some(&mark),
            ..News::default()
        };
        let facts = here.facts;
        // Where it cannot be kept, the answer leaves the mark as it is.
        Places { home, facts }.keep_under(Some(&lock), Some((key, activation)), &news);
    }
    Ok(answer(&pending, false))
}

/// What is held and was not given up. It need not be trusted: the answer is what repairs it.
fn holding<'a>(
    home: &Home,
    file: &ProductFile,
    license: &'a LicenseState,
    here: &Here<'_>,
) -> Result<(&'a Held, Memory), HolderError> {
    let key = license.license_key;
    if license.product != file.product().id {
        return Err(HolderError::OtherProduct {
            key,
            held: license.product.clone(),
            asked: file.product().id.clone(),
        });
    }
    let Some(held) = &license.held else {
        return Err(match license.returned.first() {
            Some(given) => HolderError::GivenUp {
                activation: given.activation,
            },
            None => HolderError::NotHeld { key },
        });
    };
    if let Some(until) = held.lent_until() {
        return Err(HolderError::OnLoan { key, until });
    }
    let memory = Memory::recall(home, &license.product, Some(license), here.facts);
    if memory.returned.is_some() {
        return Err(HolderError::GivenUp {
            activation: held.standing.activation,
        });
    }
    Ok((held, memory))
}

fn generation(held: &Held) -> Result<u16, HolderError> {
    let unread = HolderError::NotTrusted(TrustError::Signature);
    held.generation().ok_or(unread)
}

/// What the machine stands for once it is answered.
fn next(
    file: &ProductFile,
    license: &LicenseState,
    held: &Held,
    parts: &Parts,
    wanted: &Wanted<'_>,
    here: &Here<'_>,
) -> Result<Stands, HolderError> {
    let (product, key) = (file.product(), license.license_key.to_bytes());
    let now = Some(here.facts)
        .filter(|_| product.fingerprint)
        .and_then(|facts| Fingerprint::of(facts, &key));
    let usb = |device: Option<&UsbDevice>| device.map(|device| Array(device.digest(&key)));
    // What is not named stays as it was last asked for: the same command again prints the same code.
    let asked = license.open().filter(|pending| {
        pending.request.kind == Kind::Sync
            && pending.standing.activation == held.standing.activation
    });
    let before = asked.last().map_or(&held.standing, |it| &it.standing);
    let fingerprint = match now {
        // A state that does not hold carries nothing over: all that is read is sent.
        Some(now) if evidence::verify_held(file, license).is_err() => Some(now),
        Some(now) => Some(carried_over(license, held, now, parts, here)),
        None => read_fingerprint(&held.standing),
    };
    Ok(Stands {
        activation: held.standing.activation,
        fingerprint: fingerprint.map(|it| Array(it.to_bytes())),
        bindings: bindings(product, before, wanted.bindings, here)?,
        usb: wanted.usb.map_or(before.usb, usb),
        site_key: wanted.site_key.map(Array).or(before.site_key),
    })
}

/// What is read now, and of what stood before, or was asked for, what is carried over.
pub(super) fn carried_over(
    license: &LicenseState,
    held: &Held,
    now: Fingerprint,
    parts: &Parts,
    here: &Here<'_>,
) -> Fingerprint {
    let unread = Component::ALL.into_iter().collect::<Components>();
    let sight = Sight {
        read: now,
        denied: here.facts.denied(unread.without(now.known())),
        lately: parts.lately(here.wall),
        shown: Components::readable_by_all(),
    };
    let asked = license
        .open()
        .filter(|pending| pending.standing.activation == held.standing.activation)
        .filter_map(|pending| read_fingerprint(&pending.standing));
    sight.says(read_fingerprint(&held.standing).as_ref(), asked)
}

fn read_fingerprint(stands: &Stands) -> Option<Fingerprint> {
    let bytes = stands.fingerprint?;
    Fingerprint::from_bytes(&bytes.0).ok()
}

/// Names and values in the product's order: what was given now, else what was before.
fn bindings(
    product: &Product,
    before: &Stands,
    given: &[(String, String)],
    here: &Here<'_>,
) -> Result<Vec<(String, String)>, HolderError> {
    if let Some((name, _)) = given.iter().find(|(name, _)| !product.bind.contains(name)) {
        return Err(HolderError::UnknownBinding {
            product: product.id.clone(),
            name: name.clone(),
            known: product.bind.clone(),
        });
    }
    let fresh = if given.is_empty() {
        Vec::new()
    } else {
        let names = here.facts.host_names(here.aliases);
        let given = given
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        pairs(Some(&Bindings::new(given, &names)?))
    };
    let (mut all, mut missing) = (Vec::new(), Vec::new());
    for name in &product.bind {
        let mut known = fresh.iter().chain(&before.bindings);
        match known.find(|(known, _)| known == name) {
            Some(pair) => all.push(pair.clone()),
            None => missing.push(name.clone()),
        }
    }
    if missing.is_empty() {
        return Ok(all);
    }
    Err(HolderError::MissingBindings {
        product: product.id.clone(),
        missing,
    })
}

fn repeated<'a>(
    license: &'a LicenseState,
    secrets: &Secrets,
    (generation, standing): (u16, &Stands),
    wanted: &Wanted<'_>,
    heals: impl Fn(Commitment) -> bool,
) -> Option<&'a Pending> {
    let mut open = license.open().filter(|_| !wanted.anew);
    open.find(|pending| {
        pending.request.kind == Kind::Sync
            && pending.standing == *standing
            && Sync::decode(&pending.request.payload).is_ok_and(|request| {
                request.generation == generation
                    && request.site == wanted.site
                    && !wanted.before.contains(&request.commitment)
                    && heals(request.commitment)
                    && secrets
                        .get(license.license_key, request.commitment)
                        .is_some()
            })
    })
}

/// Puts in what differs from the grant held: the generation whose secret is revealed is what both sides start from, whatever other mail was lost
/// (SPEC.md 4.2). With a state that is not trusted, everything is put in.
fn carry(
    file: &ProductFile,
    license: &LicenseState,
    held: &Held,
    standing: &Stands,
    request: &mut Sync,
) -> Result<(), HolderError> {
    let all = evidence::verify_held(file, license).is_err();
    let (facts, before) = (standing.standing()?, &held.standing);
    if all || before.fingerprint != standing.fingerprint {
        request.fingerprint = facts.fingerprint;
    }
    if all || before.bindings != standing.bindings {
        request.bindings = facts.bindings;
    }
    if all || before.usb != standing.usb {
        // Where none was and none is, nothing needs saying.
        let dropped = before.usb.map(|_| NO_USB);
        request.usb = facts.usb.or(dropped);
    }
    if all || before.site_key != standing.site_key {
        request.site_key = standing.site_key.map(|key| key.0);
    }
    Ok(())
}
