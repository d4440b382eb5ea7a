//! What the emergency codes of answers are made from. Their seeds are not kept: each is made again from a *seed key*, which stands in the ledger only as it is
//! sealed to each of those who may use it (SPEC.md 9.16).

mod sealing;

use std::fmt;

pub(crate) use sealing::SealingKey;
use zeroize::Zeroizing;

use crate::failure::FailureKind;
use crate::issuer::history::{Hex, SealedFacts};
use crate::issuer::ledger::{
    EventId, LedgerError, SealedKey, SeedKeyId, StoredAnswer, Transaction,
};
use crate::protocol::commitment::Commitment;
use crate::protocol::digest::{ActivationId, Digest};
use crate::protocol::emergency::{chain, seed};
use crate::protocol::grant::EmergencyTerms;
use crate::signing::keys::Entropy;
use crate::signing::signer::{SignerError, TriedSigner};

/// A seed key, wiped when dropped and never shown.
pub(crate) struct SeedKey(Zeroizing<[u8; 32]>);

impl fmt::Debug for SeedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SeedKey(redacted)")
    }
}

impl SeedKey {
    /// x₀ of the chain with which a request is answered (SPEC.md 8).
    pub(crate) fn seed(
        &self,
        commitment: &Commitment,
        generation: u16,
        terms: &EmergencyTerms,
    ) -> [u8; 10] {
        let steps = (terms.steps, terms.days.get());
        seed(&self.0, commitment, generation, steps)
    }
}

/// Why there is no seed, or why a seed key was not sealed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SeedError {
    /// The ledger's word.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The signing key's word: it gave no signature from which its sealing key is made.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// The ledger's seed key is not there for the signing key, or does not open with it: somebody edited the ledger.
    #[error("emergency seed key {0} of this ledger does not open with the signing key")]
    Shut(i64),
    /// None of the ledger's seed keys is that of the answer: it came from a ledger that was lost.
    #[error(
        "the emergency codes of {0} in generation {1} were made with a seed key that this ledger has not"
    )]
    Lost(ActivationId, u16),
    /// What a clerk gave as his sealing key is none.
    #[error("nothing can be sealed to the sealing key of that request")]
    Unfit,
}

impl SeedError {
    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        match self {
            SeedError::Ledger(error) => error.kind(),
            SeedError::Signer(error) => error.kind(),
            SeedError::Shut(_) => FailureKind::SeedKeyShut,
            SeedError::Lost(..) => FailureKind::SeedKeyLost,
            SeedError::Unfit => FailureKind::NotAKeyRequest,
        }
    }
}

/// Whoever has seed keys: the key with which he signs, and that to which they are sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) public: [u8; 32],
    pub(crate) sealing: [u8; 32],
}

impl Holder {
    /// A signer, whose sealing key is made twice: what is sealed to one that it does not make again is lost.
    ///
    /// # Errors
    /// `Failed`; `Unsteady` where the two differ.
    pub(crate) fn of(signer: &TriedSigner) -> Result<Holder, SignerError> {
        let sealing = *SealingKey::of(signer)?.public();
        match *SealingKey::of(signer)?.public() == sealing {
            true => Ok(Holder {
                public: signer.public(),
                sealing,
            }),
            false => Err(SignerError::Unsteady),
        }
    }
}

/// What has to be said to open it: which seed key it is, and for whom.
fn purpose(number: SeedKeyId, holder: &[u8; 32]) -> Vec<u8> {
    [number.0.to_be_bytes().as_slice(), holder].concat()
}

/// What the history says of rows that an event made.
pub(crate) fn told(sealed: &[SealedKey]) -> Vec<SealedFacts> {
    let told = sealed.iter().map(|it| SealedFacts {
        key: it.key.0,
        holder: Hex(it.holder),
        row: Hex(it.digest()),
    });
    told.collect()
}

/// Seals a seed key to somebody, as a row that an event makes.
fn seal(
    tx: &mut dyn Transaction,
    (number, key): (SeedKeyId, &SeedKey),
    to: &Holder,
    event: EventId,
    entropy: &mut Entropy<'_>,
) -> Result<SealedKey, SeedError> {
    let purpose = purpose(number, &to.public);
    let sealed = sealing::seal(key, &to.sealing, &purpose, entropy).ok_or(SeedError::Unfit)?;
    let row = SealedKey {
        key: number,
        holder: to.public,
        sealing: to.sealing,
        sealed,
        event,
    };
    tx.put_sealed_key(&row)?;
    Ok(row)
}

/// Makes the next seed key, from which the seeds of all answers from now on are made, and seals it to these.
pub(crate) fn begin(
    tx: &mut dyn Transaction,
    holders: &[Holder],
    event: EventId,
    entropy: &mut Entropy<'_>,
) -> Result<Vec<SealedKey>, SeedError> {
    let last = tx.sealed_keys()?.iter().map(|it| it.key.0).max();
    let number = SeedKeyId(last.unwrap_or(0).saturating_add(1));
    let mut key = SeedKey(Zeroizing::new([0; 32]));
    entropy(key.0.as_mut_slice());
    let sealed = holders
        .iter()
        .map(|to| seal(tx, (number, &key), to, event, entropy));
    sealed.collect()
}

/// Seals every seed key to one more, whom `root` opens them for; what was sealed to him before is sealed anew.
///
/// # Errors
/// `Shut` where one does not open with the root; `Unfit`; or what the ledger or the root says.
pub(crate) fn hand_on(
    tx: &mut dyn Transaction,
    root: &TriedSigner,
    to: &Holder,
    event: EventId,
    entropy: &mut Entropy<'_>,
) -> Result<Vec<SealedKey>, SeedError> {
    let all = tx.sealed_keys()?;
    let mut numbers: Vec<SeedKeyId> = all.iter().map(|it| it.key).collect();
    numbers.dedup();
    let opener = SealingKey::of(root)?;
    let mut sealed = Vec::new();
    for number in numbers {
        let key = opened(&all, number, &opener, &root.public())?;
        sealed.push(seal(tx, (number, &key), to, event, entropy)?);
    }
    Ok(sealed)
}

/// Keeps the seeds of answers from now on from somebody: where the last seed key is sealed to him, another takes its place, sealed to all others who had that.
///
/// # Errors
/// What the ledger says; `Damaged` where the history does not have it that one of these is who he is.
pub(crate) fn withhold(
    tx: &mut dyn Transaction,
    from: &[u8; 32],
    event: EventId,
    entropy: &mut Entropy<'_>,
) -> Result<Vec<SealedKey>, SeedError> {
    let mut last = tx.sealed_keys()?;
    let number = last.iter().map(|it| it.key).max();
    last.retain(|it| Some(it.key) == number);
    let all = last.len();
    last.retain(|it| it.holder != *from);
    if last.len() == all {
        return Ok(Vec::new());
    }
    let mut holders = Vec::with_capacity(last.len());
    for row in &last {
        // Whoever put his own sealing key there would be given the next seed key.
        if !vouched(tx, row)? {
            let what = format!("what seed key {} is sealed to", row.key.0);
            return Err(LedgerError::Damaged(what).into());
        }
        holders.push(Holder {
            public: row.holder,
            sealing: row.sealing,
        });
    }
    begin(tx, &holders, event, entropy)
}

/// Whether the event that a row names speaks of it as it is.
fn vouched(tx: &mut dyn Transaction, row: &SealedKey) -> Result<bool, LedgerError> {
    #[derive(serde::Deserialize)]
    struct Sealed {
        sealed: Vec<SealedFacts>,
    }
    let event = tx.event(row.event)?;
    let facts = event.and_then(|it| serde_json::from_str::<Sealed>(&it.data).ok());
    let digest = Hex(row.digest());
    Ok(facts.is_some_and(|facts| {
        let mut told = facts.sealed.iter();
        told.any(|it| (it.key, it.holder, it.row) == (row.key.0, Hex(row.holder), digest))
    }))
}

/// A seed key as somebody opens it. His sealing key has to be the one that was enrolled.
fn opened(
    all: &[SealedKey],
    number: SeedKeyId,
    sealing: &SealingKey,
    holder: &[u8; 32],
) -> Result<SeedKey, SeedError> {
    let own = |it: &&SealedKey| it.key == number && it.holder == *holder;
    let row = all.iter().find(own);
    let row = row.filter(|row| row.sealing == *sealing.public());
    let key = row.and_then(|row| sealing.open(&row.sealed, &purpose(number, holder)));
    key.ok_or(SeedError::Shut(number.0))
}

/// The seed key of answers that are given now, as somebody opens it.
///
/// # Errors
/// `Shut`, or what the ledger says.
pub(crate) fn last(
    tx: &mut dyn Transaction,
    sealing: &SealingKey,
    holder: &[u8; 32],
) -> Result<SeedKey, SeedError> {
    let all = tx.sealed_keys()?;
    let number = all.iter().map(|it| it.key).max();
    opened(&all, number.unwrap_or(SeedKeyId(1)), sealing, holder)
}

/// x₀ of an answer that was given. Which seed key it was made from, the signed end of its chain shows.
///
/// # Errors
/// `Shut` where one does not open that it may have been, `Lost` where none was, or what the ledger says.
pub(crate) fn of_answer(
    tx: &mut dyn Transaction,
    (sealing, holder): (&SealingKey, &[u8; 32]),
    answer: &StoredAnswer,
    (terms, machine): (&EmergencyTerms, &Digest),
) -> Result<[u8; 10], SeedError> {
    let all = tx.sealed_keys()?;
    let mut numbers: Vec<SeedKeyId> = all.iter().map(|it| it.key).collect();
    numbers.dedup();
    let mut shut = numbers.is_empty().then_some(SeedError::Shut(1));
    // The later ones are the likelier.
    for number in numbers.into_iter().rev() {
        let key = match opened(&all, number, sealing, holder) {
            Ok(key) => key,
            Err(error) => {
                shut.get_or_insert(error);
                continue;
            }
        };
        let x0 = key.seed(&answer.commitment, answer.generation, terms);
        if chain(machine, answer.generation, 0, terms.steps, x0) == terms.anchor {
            return Ok(x0);
        }
    }
    let activation = answer.stood.standing.activation;
    Err(shut.unwrap_or(SeedError::Lost(activation, answer.generation)))
}
