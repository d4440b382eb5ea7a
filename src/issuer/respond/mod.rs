//! Answering requests (SPEC.md 9): one transaction finds, checks, signs, records and commits; only then is an answer seen.

mod batch;
mod session;

use std::sync::Arc;

pub use batch::{Batch, LineError, in_parallel};

use crate::issuer::keys::{Entropy, SigningKey};
use crate::issuer::ledger::{Ledger, LedgerError, StoredAnswer, Terms, Transaction};
use crate::issuer::policy::{Options, Refusal, Warning};
use crate::issuer::products::By;
use crate::license_key::LicenseKey;
use crate::protocol::desk_certificate::{DeskCertificate, Limit};
use crate::protocol::digest::{ActivationId, Digest, key_id, request_digest};
use crate::protocol::grant::{Grant, SignedGrant};
use crate::protocol::product::Product;
use crate::protocol::requests::Activate;
use crate::protocol::trust::Verified;
use crate::protocol::wire::WireError;
use crate::text::{Code, Kind};
use session::{Outcome, Session};

/// Who signs: a root key, or a desk's key under its certificate.
#[derive(Debug)]
pub struct Issuer {
    key: SigningKey,
    public: [u8; 32],
    key_id: u8,
    desk: Option<Verified<DeskCertificate>>,
}

impl Issuer {
    /// Signs with a root key.
    pub fn root(key: SigningKey) -> Issuer {
        Issuer::new(key, None)
    }

    /// Signs with a desk's key; `None` where the certificate is for another key.
    pub fn desk(key: SigningKey, certificate: Verified<DeskCertificate>) -> Option<Issuer> {
        (certificate.public_key == key.public()).then(|| Issuer::new(key, Some(certificate)))
    }

    fn new(key: SigningKey, desk: Option<Verified<DeskCertificate>>) -> Issuer {
        let public = key.public();
        Issuer {
            key_id: key_id(&public),
            public,
            key,
            desk,
        }
    }

    /// The root whose word this issuer's is, in the end.
    fn root_key(&self) -> [u8; 32] {
        self.desk
            .as_ref()
            .map_or(self.public, |desk| desk.issuer().to_bytes())
    }
}

/// What an order is, shared by the answers of its licences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// What was ordered.
    pub terms: Terms,
    /// The product.
    pub product: Product,
}

/// What an answer did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The machine got seats.
    Activated,
    /// The machine replaced its own activation.
    Replaced,
    /// The request was answered before: these are the same bytes, and nothing was changed.
    Repeated,
}

impl Verdict {
    /// The stable snake_case name for JSON.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Activated => "activated",
            Verdict::Replaced => "replaced",
            Verdict::Repeated => "repeated",
        }
    }
}

/// An answer that is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The response code.
    pub code: Code,
    /// What it says.
    pub grant: Grant,
    /// What it did.
    pub verdict: Verdict,
    /// The licence.
    pub key: LicenseKey,
    /// The activation.
    pub activation: ActivationId,
    /// The order.
    pub order: Arc<Order>,
    /// What the clerk should know.
    pub warnings: Vec<Warning>,
}

/// Why a code was not answered. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RespondError {
    /// The ledger's word.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A rule's word.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A good code that asks nothing this desk answers.
    #[error("this is a {}; the desk answers request codes", .0.noun())]
    WrongKind(Kind),
    /// The bytes are no request, although every check held: another version made it.
    #[error(transparent)]
    Malformed(#[from] WireError),
    /// Another request with this commitment was answered: one of the two was altered.
    #[error("another request was answered that begins as this one does")]
    CommitmentUsed,
    /// The signing key is neither a root of the product nor certified by one.
    #[error("this desk's key may not sign for {0}")]
    ForeignKey(String),
    /// The desk's certificate does not allow it.
    #[error("this desk may not grant that: {0}")]
    DeskLimit(Limit),
}

impl RespondError {
    /// The stable snake_case name for JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            RespondError::Ledger(error) => error.kind(),
            RespondError::Refused(refusal) => refusal.kind(),
            RespondError::WrongKind(_) => "wrong_kind",
            RespondError::Malformed(_) => "malformed",
            RespondError::CommitmentUsed => "commitment_used",
            RespondError::ForeignKey(_) => "foreign_key",
            RespondError::DeskLimit(_) => "desk_limit",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            RespondError::Ledger(error) => error.hint().to_owned(),
            RespondError::Refused(refusal) => refusal.hint(),
            RespondError::WrongKind(Kind::Grant | Kind::Loan | Kind::LoanWithCertificate) => {
                "it is an answer already: the machine that asked takes it with `countersign apply`"
                    .to_owned()
            }
            RespondError::WrongKind(_) => {
                "ask for what `countersign request activate KEY` prints".to_owned()
            }
            RespondError::Malformed(_) => {
                "make a new request; if that fails too, this desk's program is too old".to_owned()
            }
            RespondError::CommitmentUsed => {
                "the machine makes a new one with `countersign request activate KEY --new`"
                    .to_owned()
            }
            RespondError::ForeignKey(_) => "use the desk that sells the product".to_owned(),
            RespondError::DeskLimit(_) => "the manager answers this one".to_owned(),
        }
    }
}

/// A request, read and not yet looked up.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Kind letter ‖ payload: what is kept.
    bytes: Vec<u8>,
    digest: Digest,
    activate: Activate,
}

impl Request {
    pub(crate) fn read(code: &Code) -> Result<Request, RespondError> {
        if code.kind() != Kind::Activate {
            return Err(RespondError::WrongKind(code.kind()));
        }
        let activate = Activate::decode(code.payload())?;
        let mut bytes = Vec::with_capacity(code.payload().len() + 1);
        bytes.push(code.kind().letter());
        bytes.extend_from_slice(code.payload());
        Ok(Request {
            bytes,
            digest: request_digest(code.kind(), code.payload()),
            activate,
        })
    }
}

/// The stored answer to this very request, if there is one: it needs no signing key.
///
/// # Errors
/// `WrongKind`, `Malformed`, or what the ledger says.
pub fn repeated(ledger: &mut Ledger, code: &Code) -> Result<Option<Answer>, RespondError> {
    let request = Request::read(code)?;
    ledger.read(|tx| match tx.answer_to(&request.activate.commitment)? {
        Some(stored) if stored.request == request.bytes => recall(tx, stored).map(Some),
        _ => Ok(None),
    })
}

/// What an answer would be, before a key is unlocked: the rules are applied and everything is undone.
///
/// # Errors
/// Each of [`RespondError`] but those that concern the signing key.
pub fn rehearse(
    ledger: &mut Ledger,
    code: &Code,
    options: &Options,
    by: By<'_>,
    entropy: &mut Entropy<'_>,
) -> Result<Preview, RespondError> {
    let request = Request::read(code)?;
    ledger.rehearse(|tx| {
        let mut session = Session::open(tx, None, options, by)?;
        Ok(match session.decide(request, entropy)? {
            Outcome::Repeated(answer) => Preview {
                verdict: Verdict::Repeated,
                grant: answer.grant,
                key: answer.key,
                activation: answer.activation,
                order: answer.order,
                warnings: answer.warnings,
            },
            Outcome::Draft(draft) => draft.preview(),
            // With one request there is no other in the same transaction.
            Outcome::SameAs(_) => return Err(RespondError::CommitmentUsed),
        })
    })
}

/// What an answer would be. The key id and the emergency chain of its grant are not yet those of a signer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// What would be done.
    pub verdict: Verdict,
    /// What would be granted.
    pub grant: Grant,
    /// The licence.
    pub key: LicenseKey,
    /// The activation.
    pub activation: ActivationId,
    /// The order.
    pub order: Arc<Order>,
    /// What the clerk should know.
    pub warnings: Vec<Warning>,
}

/// Answers one request. When this returns, the answer is on disk; the same request gets the same bytes.
///
/// # Errors
/// Each of [`RespondError`].
pub fn respond(
    ledger: &mut Ledger,
    issuer: &Issuer,
    code: &Code,
    options: &Options,
    by: By<'_>,
    entropy: &mut Entropy<'_>,
) -> Result<Answer, RespondError> {
    let mut results = batch::transaction(
        ledger,
        issuer,
        vec![Request::read(code)],
        batch::Terms {
            options,
            by,
            workers: 1,
        },
        entropy,
    )?;
    results
        .pop()
        .unwrap_or(Err(RespondError::CommitmentUsed))
        .map(|answer| *answer)
}

/// A stored answer as it is shown again.
fn recall(tx: &mut dyn Transaction, stored: StoredAnswer) -> Result<Answer, RespondError> {
    let damaged = |what| LedgerError::Damaged(format!("history row {}: {what}", stored.event.0));
    let holder = tx
        .activation(stored.activation)?
        .ok_or_else(|| damaged("its activation is gone"))?;
    let license = tx
        .license(holder.license)?
        .ok_or_else(|| damaged("its license is gone"))?;
    let grant = SignedGrant::decode(&stored.grant)
        .map_err(|_| damaged("its answer cannot be read"))?
        .grant;
    Ok(Answer {
        code: Code::new(Kind::Grant, stored.grant),
        grant,
        verdict: Verdict::Repeated,
        key: license.key,
        activation: stored.commitment.activation_id(),
        order: Arc::new(session::order(tx, license.terms)?),
        warnings: Vec::new(),
    })
}
