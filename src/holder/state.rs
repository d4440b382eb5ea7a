//! What a machine keeps of a license: evidence, plain and readable, verified anew at each use. Whoever edits it is "not trusted".

use serde::{Deserialize, Serialize};

use super::error::{HolderError, Unbound};
use super::json::{self, Array, Bytes};
use super::parts::Seen;
use crate::license_key::LicenseKey;
use crate::machine::{Bindings, Components, Facts, Fingerprint};
use crate::messages;
use crate::protocol::commitment::Commitment;
use crate::protocol::date::{Day, Seconds};
use crate::protocol::digest::{
    ActivationId, Digest, MachineBinding, kdf, request_digest, request_tag,
};
use crate::protocol::grant::{LicenseType, SignedGrant};
use crate::protocol::loan::{SignedLoan, SiteCertificate};
use crate::protocol::product::Product;
use crate::protocol::requests::{Activate, Borrow, Sync};
use crate::protocol::wire::WireError;
use crate::text::Kind;

/// So many activations are remembered whose place others took.
const REPLACED: usize = 16;

/// The file `licenses/<13 digits>.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LicenseState {
    /// The product's id.
    pub product: String,
    /// The license.
    #[serde(with = "json::text")]
    pub license_key: LicenseKey,
    /// What is in force.
    pub held: Option<Held>,
    /// Requests whose answers may still come, oldest first.
    pub pending: Vec<Pending>,
    /// The highest epoch seen in a DESK certificate (SPEC.md 4.9).
    pub epoch: u8,
    /// Activations that were held here, whose place the answer to another request of this home took: whoever gives the license up gives them up too, the
    /// oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaced: Vec<Replaced>,
    /// What this machine gave up last, all of it at once, where it holds no other grant since: what was held, or asked for last, stands first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returned: Vec<Given>,
    /// Activations that were given up before that, or before the one that is held: their codes are printed for ever too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returned_before: Vec<Given>,
    /// Payloads of the certificates of its site that are known here, the latest last: loans under them need not carry them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<Bytes>,
}

/// A grant in force, with everything that its transcript needs (SPEC.md 5.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// What the machine stands for.
    pub standing: Stands,
    /// The request that was answered.
    pub request: Request,
    /// Payload of the GRANT; of a loan, that of the LOAN, with its site's certificate or without.
    pub grant: Bytes,
    /// Payload of the DESK certificate under which it was signed; none where a root signed, and of a loan.
    pub desk: Option<Bytes>,
    /// Payload of the site certificate of a LOAN that does not carry it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Bytes>,
    /// Payload of the EMERGENCY code with the highest step that was entered since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<Bytes>,
    /// What the machine believed the time was.
    #[serde(with = "json::moment")]
    pub applied_at: Seconds,
}

/// The facts that grants are tied to, as they now stand (SPEC.md 5.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stands {
    /// The activation.
    #[serde(with = "json::text")]
    pub activation: ActivationId,
    /// The fingerprint last sent and answered.
    pub fingerprint: Option<Array<11>>,
    /// Names and normalised values of the bindings, in the product's order; empty where there are none.
    pub bindings: Vec<(String, String)>,
    /// Digest of the USB key.
    pub usb: Option<Array<8>>,
    /// The site key, public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site_key: Option<Array<32>>,
}

/// A request as it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// ACTIVATE, SYNC or BORROW.
    #[serde(with = "json::kind")]
    pub kind: Kind,
    /// Its payload.
    pub payload: Bytes,
}

/// A request whose answer may still come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pending {
    /// The request.
    pub request: Request,
    /// What the machine stands for once this is answered.
    pub standing: Stands,
    /// What the machine believed the time was.
    #[serde(with = "json::moment")]
    pub created: Seconds,
    /// A later request was answered: this one is no longer offered, but its answer is still recognised.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub superseded: bool,
}

/// What became of a license here: a line of the file `history/<13 digits>.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryEntry {
    /// What the machine believed the time was.
    #[serde(with = "json::moment")]
    pub at: Seconds,
    /// The activation.
    #[serde(with = "json::text")]
    pub activation: ActivationId,
    /// Generation of the grant that was applied.
    pub generation: u16,
    /// Digest of its payload, or of the emergency code's: an old message that is applied again is recognised by it.
    pub grant: Array<32>,
    /// The step of an emergency code; none: a grant was applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<u8>,
}

/// An activation that was held, and the request whose secret gives it up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replaced {
    /// The activation.
    #[serde(with = "json::text")]
    pub activation: ActivationId,
    /// The request.
    pub request: Request,
    /// Of a loan, when its site counts on it no more: from then on nobody waits for its code.
    #[serde(
        with = "json::moment_if_any",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub over: Option<Seconds>,
}

/// An activation that was given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// The activation.
    #[serde(with = "json::text")]
    pub activation: ActivationId,
    /// What the machine believed the time was.
    #[serde(with = "json::moment")]
    pub at: Seconds,
    /// The request whose secret says so.
    pub request: Request,
}

impl LicenseState {
    /// A license of which nothing is known yet.
    pub(crate) fn new(product: &str, license_key: LicenseKey) -> LicenseState {
        LicenseState {
            product: product.to_owned(),
            license_key,
            held: None,
            pending: Vec::new(),
            epoch: 0,
            replaced: Vec::new(),
            returned: Vec::new(),
            returned_before: Vec::new(),
            cards: Vec::new(),
        }
    }

    /// Holds what was granted. What was held before under another activation is remembered: its return code is wanted with that of what takes its place.
    pub(crate) fn hold(&mut self, held: Held) {
        let returned = std::mem::take(&mut self.returned);
        self.returned_before.extend(returned);
        let now = held.standing.activation;
        let before = self.held.replace(held).map(Replaced::of);
        self.replaced.extend(before);
        self.replaced.retain(|it| it.activation != now);
        let too_many = self.replaced.len().saturating_sub(REPLACED);
        self.replaced.drain(..too_many);
    }

    /// Every activation that was given up here, the latest first.
    pub fn given_up(&self) -> impl Iterator<Item = &Given> {
        let before = self.returned_before.iter().rev();
        self.returned.iter().chain(before)
    }

    /// The requests that are offered: a later answer has not overtaken them.
    pub fn open(&self) -> impl Iterator<Item = &Pending> {
        self.pending.iter().filter(|pending| !pending.superseded)
    }
}

impl Replaced {
    /// What was held.
    pub(crate) fn of(held: Held) -> Replaced {
        Replaced {
            activation: held.standing.activation,
            over: held.lent_until().map(loan_is_over),
            request: held.request,
        }
    }
}

impl Held {
    /// The LOAN that is held, where it is one, and the certificate of its site, as they say themselves: no signature is looked at.
    pub(crate) fn lent(&self) -> Option<(SiteCertificate, SignedLoan)> {
        match (self.request.kind, &self.site) {
            (Kind::Borrow, Some(site)) => {
                let site = SiteCertificate::decode(site).ok()?;
                Some((site, SignedLoan::decode(&self.grant).ok()?))
            }
            (Kind::Borrow, None) => SiteCertificate::decode_with_loan(&self.grant).ok(),
            _ => None,
        }
    }

    /// The number of the loan that is held, where it is one, as it says itself.
    pub fn loan(&self) -> Option<u32> {
        Some(self.lent()?.1.loan.serial)
    }

    /// The seat of its site that it takes, from 0.
    pub fn lent_seat(&self) -> Option<u16> {
        Some(self.lent()?.1.loan.seat)
    }

    /// Its last day.
    pub fn lent_until(&self) -> Option<Day> {
        Some(self.lent()?.1.loan.until)
    }

    /// The type of license that is held, as it says itself; none where it is a loan.
    pub fn license_type(&self) -> Option<LicenseType> {
        let signed = SignedGrant::decode(&self.grant).ok()?;
        Some(signed.grant.license_type)
    }

    /// What tells it from later answers, as it says itself: the generation of a grant, a loan's number.
    pub(crate) fn generation(&self) -> Option<u16> {
        match self.loan() {
            Some(loan) => Some(u16::try_from(loan).unwrap_or(u16::MAX).max(1)),
            None => Some(SignedGrant::decode(&self.grant).ok()?.grant.generation),
        }
    }
}

/// When a site counts on a loan no more: 26 hours after its last day, for clocks differ (SPEC.md 7).
pub fn loan_is_over(until: Day) -> Seconds {
    until.end().plus(super::clock::TOLERANCE)
}

impl Request {
    /// The digest that an answer is tied to (SPEC.md 5.2).
    pub fn digest(&self) -> Digest {
        request_digest(self.kind, &self.payload)
    }

    /// The two bytes that an answer carries (SPEC.md 4.4).
    pub fn tag(&self) -> [u8; 2] {
        request_tag(&self.digest())
    }

    /// The commitment C of the request.
    ///
    /// # Errors
    /// Where the payload is no ACTIVATE, SYNC or BORROW (SPEC.md 4.1, 4.2, 4.6).
    pub fn commitment(&self) -> Result<Commitment, WireError> {
        match self.kind {
            Kind::Activate => Activate::decode(&self.payload).map(|request| request.commitment),
            Kind::Sync => Sync::decode(&self.payload).map(|request| request.commitment),
            Kind::Borrow => Borrow::decode(&self.payload).map(|request| request.commitment),
            _ => Err(WireError::Value(messages::protocol::field_kind())),
        }
    }
}

impl Stands {
    /// As SPEC.md 5.2 hashes it.
    ///
    /// # Errors
    /// What cannot be: a fingerprint or bindings that no machine writes.
    pub fn standing(&self) -> Result<MachineBinding, HolderError> {
        let fingerprint = self
            .fingerprint
            .map(|bytes| Fingerprint::from_bytes(&bytes.0))
            .transpose()?;
        Ok(MachineBinding {
            activation: self.activation,
            fingerprint,
            bindings: self.bindings_digest()?,
            usb: self.usb.map(|usb| usb.0),
        })
    }

    /// Whether it is bound as the product is.
    ///
    /// # Errors
    /// What is missing or too much.
    pub(crate) fn fits(&self, product: &Product) -> Result<(), Unbound> {
        if product.fingerprint && self.fingerprint.is_none() {
            return Err(Unbound::NoFingerprint);
        }
        let mut names = self.bindings.iter().map(|(name, _)| name);
        match names.find(|name| !product.bind.contains(name)) {
            Some(name) => Err(Unbound::Binding(name.clone())),
            None => Ok(()),
        }
    }

    /// Whether `facts` are those of the machine that it stands for, and which of its parts can be read: unknown is never different, but of the hardware that
    /// every user of this system can read, one part at least has to be there and the same (SPEC.md 6.1, 6.4).
    pub(crate) fn found_on(&self, facts: &Facts, key: LicenseKey) -> (bool, Components) {
        let Some(bytes) = self.fingerprint else {
            return (true, Components::default());
        };
        let bound = Fingerprint::from_bytes(&bytes.0).ok();
        let key = key.to_bytes();
        let found = bound.and_then(|bound| Some((bound, bound.counterpart(facts, &key)?)));
        found.map_or((false, Components::default()), |(bound, found)| {
            let seen = Seen::of(&bound, &found, Components::readable_by_all());
            (seen.matches(), found.known())
        })
    }

    /// Whether a fingerprint is all, and one without any hardware that every user of this system can read: whoever copies the disk, or an image, copies it
    /// too (SPEC.md 6.4).
    pub fn is_weak(&self) -> bool {
        let Some(bytes) = self.fingerprint.filter(|_| self.usb.is_none()) else {
            return false;
        };
        let known = Fingerprint::from_bytes(&bytes.0).map(|it| it.known());
        known.is_ok_and(|known| known.and(Components::readable_by_all()).is_empty())
    }

    /// The digest of the stored names and values: what is shown is what was signed.
    fn bindings_digest(&self) -> Result<Option<[u8; 8]>, HolderError> {
        if self.bindings.is_empty() {
            return Ok(None);
        }
        // The values are normalised already; that a name means this host was settled when they were taken.
        let nobody = Facts::default();
        let pairs = self
            .bindings
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        Ok(Some(
            Bindings::new(pairs, &nobody.host_names(&[]))?.digest(),
        ))
    }
}

/// The digest by which an applied grant is recognised again.
pub(crate) fn grant_digest(payload: &[u8]) -> Array<32> {
    Array(kdf("countersign v1 applied grant", &[payload]))
}
