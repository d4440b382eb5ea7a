//! What is kept of events, refusals, returns that came early, of whom a root certified, and of the seed keys sealed to these.

use std::fmt;

use super::*;

/// A RETURN that arrived before the ACTIVATE it gives up: that one will be refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(inline))]
pub struct EarlyReturn {
    /// The activation id it names.
    pub activation: ActivationId,
    /// What opens the C of the ACTIVATE: made from the secret, which itself is not kept.
    pub proof: SyncProof,
    /// The event that recorded it.
    pub event: EventId,
}

impl EarlyReturn {
    /// What the history says of it.
    pub fn digest(&self) -> [u8; 32] {
        Canon::new("countersign v1 ledger early return")
            .bytes(&self.activation.0)
            .bytes(&self.proof.0)
            .finish()
    }
}

/// A request that was refused and that the history tells of: each once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(inline))]
pub struct Refused {
    /// Its digest.
    #[serde(with = "hex")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub request: Digest,
    /// The event that tells of it.
    pub event: EventId,
    /// The activation it concerns, as that event says.
    pub activation: ActivationRow,
    /// The day of that event.
    pub day: Day,
}

/// A request for a license that was refused, of which the history does not tell: somebody asks why later. It changes no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(inline))]
pub struct Declined {
    /// The digest of the request.
    #[serde(with = "hex")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub request: Digest,
    /// The license that it asked for.
    pub license: LicenseId,
    /// What the machine calls its activation.
    pub activation: ActivationId,
    /// What the machine said of itself, where the request has that.
    pub fingerprint: Option<Fingerprint>,
    /// When it was refused first.
    pub at: Seconds,
    /// The last event of the history then.
    pub event: EventId,
    /// The kind of the refusal, by its stable name.
    pub kind: String,
    /// Why, in a sentence.
    pub said: String,
    /// Whether somebody at the desk may decide otherwise.
    pub waits: bool,
    /// The read-back phrase of the request.
    pub phrase: String,
    /// The address of the mail that it came in, where that is known.
    pub sender: Option<String>,
}

/// What the mail of an activation's last request said of the machine: it proves nothing, and changes no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(inline))]
pub struct Said {
    /// The activation.
    pub activation: ActivationRow,
    /// Its license.
    pub license: LicenseId,
    /// The machine's name.
    pub host: Option<String>,
    /// Names that it is bound to, each with its value, such as `server` and `DB01`.
    pub bound: Vec<(String, String)>,
    /// The day of that request's answer.
    pub day: Day,
}

impl fmt::Display for Said {
    /// `host shipbridge, server DB01`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.host.iter().map(|host| format!("host {host}"));
        let bound = self
            .bound
            .iter()
            .map(|(name, value)| format!("{name} {value}"));
        let all: Vec<String> = host.chain(bound).collect();
        f.write_str(&all.join(", "))
    }
}

/// One row of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(inline))]
pub struct Event {
    /// Its number, from 1, without gaps.
    pub id: EventId,
    /// When.
    pub at: Seconds,
    /// Who did it, as the caller named itself.
    pub actor: String,
    /// What was done, snake_case.
    pub kind: String,
    /// The license concerned; for a whole order the first of it.
    pub license: Option<LicenseId>,
    /// The activation concerned.
    pub activation: Option<ActivationRow>,
    /// The event that concerned the same license before: walking back from a license's last event yields its history.
    pub previous: Option<EventId>,
    /// A JSON object with the facts.
    pub data: String,
    /// Whose act it is; none where a request asked for it.
    pub act: Option<Act>,
    /// The chain up to and with this row.
    #[serde(with = "hex")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub hash: [u8; 32],
}

/// Who signed what he did (SPEC.md 9.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Act {
    /// Who.
    pub signer: SignerId,
    /// His signature.
    #[serde(with = "hex")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub signature: [u8; 64],
}

/// A key that a root certified (SPEC.md 9.15).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(inline))]
pub struct DeskKey {
    /// Its row: the serial of the certificate.
    pub id: DeskKeyId,
    /// Whose it is, as people type it.
    pub name: String,
    /// The payload of the DESK certificate.
    #[serde(with = "hex")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub certificate: Vec<u8>,
    /// The id of the only product that it is for; empty for all.
    pub product: String,
    /// When it was removed: it signs nothing more since.
    pub removed: Option<Seconds>,
    /// The event that last changed it.
    pub event: EventId,
}

impl DeskKey {
    /// What the history says of it: a digest over every field but the event, which names the history row itself.
    pub fn digest(&self) -> [u8; 32] {
        Canon::new("countersign v1 ledger desk key")
            .number(self.id.0)
            .bytes(self.name.as_bytes())
            .bytes(&self.certificate)
            .bytes(self.product.as_bytes())
            .number(self.removed.map_or(0, |at| at.0))
            .finish()
    }
}

/// A seed key as it is sealed to one of those who may use it (SPEC.md 9.16).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(inline))]
pub struct SealedKey {
    /// Which.
    pub key: SeedKeyId,
    /// The public key, 32 bytes, with which he signs.
    #[serde(with = "hex")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub holder: [u8; 32],
    /// The public key, 32 bytes, to which it is sealed.
    #[serde(with = "hex")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub sealing: [u8; 32],
    /// It, sealed.
    #[serde(with = "hex")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub sealed: Vec<u8>,
    /// The event that sealed it.
    pub event: EventId,
}

impl SealedKey {
    /// What the history says of it: a digest over every field but the event, which names the history row itself.
    pub fn digest(&self) -> [u8; 32] {
        Canon::new("countersign v1 ledger sealed key")
            .number(self.key.0)
            .bytes(&self.holder)
            .bytes(&self.sealing)
            .bytes(&self.sealed)
            .finish()
    }
}
