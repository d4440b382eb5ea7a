//! Asking for a license: the secret first, then the state, both durable; only then is there a code to show (SPEC.md 4.1, 5.1).

use std::num::NonZeroU16;

use super::error::HolderError;
use super::evidence;
use super::home::Home;
use super::json::{Array, Bytes};
use super::places::Places;
use super::secrets::Secrets;
use super::state::{LicenseState, Pending, Request, Stands};
use crate::license_key::LicenseKey;
use crate::machine::{Assessment, Bindings, Components, Facts, Fingerprint, UsbDevice};
use crate::protocol::commitment::{Commitment, RequestSecret};
use crate::protocol::date::Seconds;
use crate::protocol::digest::{ActivationId, product_tag};
use crate::protocol::product::{Product, ProductFile};
use crate::protocol::requests::Activate;
use crate::text::{Code, Kind};

/// How many overtaken requests are remembered, so that late answers to them are recognised.
const OVERTAKEN: usize = 16;

/// This machine at this moment, as its caller sees it.
#[derive(Clone, Copy, Debug)]
pub struct Here<'a> {
    /// What the machine is.
    pub facts: &'a Facts,
    /// What its clock says.
    pub wall: Seconds,
    /// Server names that mean the same server on this machine (SPEC.md 6.2): pairs of an alias and what it stands for.
    pub aliases: &'a [(String, String)],
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The license.
    pub key: LicenseKey,
    /// Names and values as given, in any order.
    pub bindings: &'a [(String, String)],
    /// Seats; none: all that are free.
    pub seats: Option<NonZeroU16>,
    /// The USB key to bind to.
    pub usb: Option<&'a UsbDevice>,
    /// The public key with which this machine will sign, where it is a site.
    pub site_key: Option<[u8; 32]>,
    /// Ask anew where the same request is pending, or the license is held.
    pub anew: bool,
}

/// A request that is on disk and may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The code.
    pub code: Code,
    /// The activation that it begins.
    pub activation: ActivationId,
    /// When it was first made.
    pub created: Seconds,
    /// The same request was made before and is still pending: this is its code again.
    pub repeated: bool,
    /// Names and normalised values of the bindings: for the message that goes with the code.
    pub bindings: Vec<(String, String)>,
    /// Whoever copies this machine's disk copies the license too (SPEC.md 6.4): a USB key would tell the copies apart.
    pub weak: bool,
}

/// Asks for a license. `fill` fills a buffer from a source of randomness that is fit for secrets.
///
/// # Errors
/// `already_licensed`, `weak_machine`, what is wrong with the bindings, what the file system says.
pub fn activate<E: std::fmt::Display>(
    home: &Home,
    file: &ProductFile,
    wanted: &Wanted<'_>,
    here: &Here<'_>,
    fill: impl FnOnce(&mut [u8]) -> Result<(), E>,
) -> Result<Asked, HolderError> {
    let facts = Facing::new(file.product(), wanted, here)?;
    let _lock = home.lock()?;
    let mut license = known_or_new(home, file, wanted.key)?;
    let mut secrets = Secrets::load(home, wanted.key)?;
    if !wanted.anew {
        if let Some(pending) = repeated(&license, &secrets, &facts, wanted) {
            return Ok(asked(pending, true));
        }
        refuse_where_held(home, file, &license, here.facts)?;
    }

    let secret = draw(fill)?;
    let pending = facts.request(
        file.product(),
        wanted,
        secret.commitment(wanted.key),
        here.wall,
    );
    keep(home, &mut license, &mut secrets, &secret, &pending)?;
    Ok(asked(&pending, false))
}

/// Forgets a request, or all that are open for the license, and returns how many. An answer to one can then no longer be applied.
///
/// # Errors
/// `unknown_license`; what the file system says.
pub fn forget(home: &Home, key: LicenseKey, which: Option<[u8; 2]>) -> Result<usize, HolderError> {
    let _lock = home.lock()?;
    let mut license = home
        .license(key)?
        .ok_or(HolderError::UnknownLicense { key })?;
    let before = license.pending.len();
    license
        .pending
        .retain(|pending| which.is_some_and(|tag| pending.request.tag() != tag));
    let forgotten = before - license.pending.len();
    if forgotten > 0 {
        home.keep(&license)?;
    }
    Ok(forgotten)
}

/// The secret of a new request.
pub(super) fn draw<E: std::fmt::Display>(
    fill: impl FnOnce(&mut [u8]) -> Result<(), E>,
) -> Result<RequestSecret, HolderError> {
    let mut random = [0; 12];
    fill(&mut random).map_err(|error| HolderError::Entropy(error.to_string()))?;
    Ok(RequestSecret::new(random))
}

/// Keeps a request and its secret. The secret first: a request whose secret is lost could never be given up, a secret without a request is nothing.
pub(super) fn keep(
    home: &Home,
    license: &mut LicenseState,
    secrets: &mut Secrets,
    secret: &RequestSecret,
    pending: &Pending,
) -> Result<(), HolderError> {
    secrets.retain(&commitments(license));
    secrets.insert(license.license_key, secret);
    secrets.keep()?;
    license.pending.push(pending.clone());
    home.keep(license)?;
    Ok(())
}

/// The commitments whose secrets are still wanted.
pub(super) fn commitments(license: &LicenseState) -> Vec<Commitment> {
    let held = license.held.iter().map(|held| &held.request);
    let pending = license.pending.iter().map(|pending| &pending.request);
    let replaced = license.replaced.iter().map(|it| &it.request);
    let returned = license.given_up().map(|given| &given.request);
    held.chain(pending)
        .chain(replaced)
        .chain(returned)
        .filter_map(|request| request.commitment().ok())
        .collect()
}

/// Takes an answered request off the list. Those made before it are overtaken; the oldest of many overtaken ones are dropped.
pub(super) fn overtake(license: &mut LicenseState, answered: &Request) {
    let place = license
        .pending
        .iter()
        .position(|pending| pending.request == *answered);
    for pending in license.pending.iter_mut().take(place.unwrap_or(0)) {
        pending.superseded = true;
    }
    license
        .pending
        .retain(|pending| pending.request != *answered);
    let overtaken = license
        .pending
        .iter()
        .filter(|pending| pending.superseded)
        .count();
    let mut spare = overtaken.saturating_sub(OVERTAKEN);
    license.pending.retain(|pending| {
        let drop = pending.superseded && spare > 0;
        spare -= usize::from(drop);
        !drop
    });
}

pub(super) fn known_or_new(
    home: &Home,
    file: &ProductFile,
    key: LicenseKey,
) -> Result<LicenseState, HolderError> {
    let asked = &file.product().id;
    match home.license(key)? {
        None => Ok(LicenseState::new(asked, key)),
        Some(license) if license.product == *asked => Ok(license),
        Some(license) => Err(HolderError::OtherProduct {
            key,
            held: license.product,
            asked: asked.clone(),
        }),
    }
}

/// A license that is held here, whole, and not given up, needs no activation. One that was edited, or copied from another machine, is not held.
///
/// # Errors
/// `already_licensed` where it is held.
pub fn refuse_where_held(
    home: &Home,
    file: &ProductFile,
    license: &LicenseState,
    facts: &Facts,
) -> Result<(), HolderError> {
    let Some(held) = &license.held else {
        return Ok(());
    };
    let (key, standing) = (license.license_key, &held.standing);
    let given_up = Places { home, facts }.returned(key, standing.activation);
    let (here, _) = standing.found_on(facts, key);
    let whole =
        standing.fits(file.product()).is_ok() && evidence::verify_held(file, license).is_ok();
    if given_up.is_some() || !here || !whole {
        return Ok(());
    }
    Err(HolderError::AlreadyLicensed {
        key: license.license_key,
        activation: held.standing.activation,
    })
}

fn repeated<'a>(
    license: &'a LicenseState,
    secrets: &Secrets,
    facts: &Facing,
    wanted: &Wanted<'_>,
) -> Option<&'a Pending> {
    license.open().find(|pending| {
        pending.request.kind == Kind::Activate
            && Activate::decode(&pending.request.payload).is_ok_and(|request| {
                facts.same_as(&request, wanted)
                    && secrets.get(wanted.key, request.commitment).is_some()
            })
    })
}

pub(super) fn asked(pending: &Pending, repeated: bool) -> Asked {
    Asked {
        code: Code::new(pending.request.kind, pending.request.payload.to_vec()),
        activation: pending.standing.activation,
        created: pending.created,
        repeated,
        bindings: pending.standing.bindings.clone(),
        weak: pending.standing.is_weak(),
    }
}

/// What the machine shows of itself to the issuer of a product.
struct Facing {
    fingerprint: Option<Fingerprint>,
    bindings: Option<Bindings>,
    usb: Option<[u8; 8]>,
}

impl Facing {
    fn new(product: &Product, wanted: &Wanted<'_>, here: &Here<'_>) -> Result<Facing, HolderError> {
        let key = wanted.key.to_bytes();
        let fingerprint = Some(here.facts)
            .filter(|_| product.fingerprint)
            .and_then(|facts| Fingerprint::of(facts, &key));
        let bindings = bindings(product, wanted.bindings, here)?;
        let usb = wanted.usb.map(|device| device.digest(&key));
        let unbound = fingerprint.is_none() && bindings.is_none() && usb.is_none();
        // Where the product wants it, names are no substitute: another machine can bear them too.
        if unbound || product.fingerprint && fingerprint.is_none() {
            return Err(HolderError::WeakMachine);
        }
        Ok(Facing {
            fingerprint,
            bindings,
            usb,
        })
    }

    fn request(
        &self,
        product: &Product,
        wanted: &Wanted<'_>,
        commitment: Commitment,
        clock: Seconds,
    ) -> Pending {
        let request = Activate {
            product_tag: product_tag(&product.id),
            key: wanted.key,
            commitment,
            clock,
            fingerprint: self.fingerprint,
            bindings: self.bindings.as_ref().map(Bindings::digest),
            seats: wanted.seats,
            usb: self.usb,
            site_key: wanted.site_key,
        };
        Pending {
            request: Request {
                kind: Kind::Activate,
                payload: Bytes(request.encode()),
            },
            standing: Stands {
                activation: commitment.activation_id(),
                fingerprint: self
                    .fingerprint
                    .map(|fingerprint| Array(fingerprint.to_bytes())),
                bindings: pairs(self.bindings.as_ref()),
                usb: self.usb.map(Array),
                site_key: wanted.site_key.map(Array),
            },
            created: clock,
            superseded: false,
        }
    }

    /// Whether a request says what would be asked now, its nonce and clock apart.
    fn same_as(&self, request: &Activate, wanted: &Wanted<'_>) -> bool {
        let same_machine = match (&self.fingerprint, &request.fingerprint) {
            (None, None) => true,
            // Root and user may read different parts of one machine.
            (Some(now), Some(then)) => now.compare(then).verdict() != Assessment::Mismatch,
            _ => false,
        };
        // One that was asked for while little could be read is not as good.
        let as_strong = |now: &Fingerprint, then: &Fingerprint| {
            let shown = Components::readable_by_all();
            now.known().and(shown).is_empty() || !then.known().and(shown).is_empty()
        };
        let fingerprints = self.fingerprint.as_ref().zip(request.fingerprint.as_ref());
        same_machine
            && fingerprints.is_none_or(|(now, then)| as_strong(now, then))
            && request.bindings == self.bindings.as_ref().map(Bindings::digest)
            && request.usb == self.usb
            && request.seats == wanted.seats
            && request.site_key == wanted.site_key
    }
}

/// Names and normalised values.
pub(super) fn pairs(bindings: Option<&Bindings>) -> Vec<(String, String)> {
    let pairs = bindings.into_iter().flat_map(Bindings::pairs);
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// The bindings that were given, in the product's order: all of them and no others.
pub(super) fn bindings(
    product: &Product,
    given: &[(String, String)],
    here: &Here<'_>,
) -> Result<Option<Bindings>, HolderError> {
    if let Some((name, _)) = given.iter().find(|(name, _)| !product.bind.contains(name)) {
        return Err(HolderError::UnknownBinding {
            product: product.id.clone(),
            name: name.clone(),
            known: product.bind.clone(),
        });
    }
    let (mut ordered, mut missing) = (Vec::new(), Vec::new());
    for name in &product.bind {
        let values = given.iter().filter(|(known, _)| known == name);
        let before = ordered.len();
        ordered.extend(values.map(|(name, value)| (name.as_str(), value.as_str())));
        if ordered.len() == before {
            missing.push(name.clone());
        }
    }
    if !missing.is_empty() {
        return Err(HolderError::MissingBindings {
            product: product.id.clone(),
            missing,
        });
    }
    if ordered.is_empty() {
        return Ok(None);
    }
    let names = here.facts.host_names(here.aliases);
    Ok(Some(Bindings::new(ordered, &names)?))
}
