//! Answering requests (SPEC.md 9): one transaction finds, checks, signs, records and commits; only then is an answer seen.

mod batch;
mod error;
mod evidence;
mod giving_up;
mod granting;
mod holding;
pub(crate) mod lookup;
pub mod readopt;
mod recording;
mod reply;
mod session;
mod unrecorded;

pub use batch::{Answered, Batch, LineError, Unanswered};
pub use error::{RespondError, Stopped};
pub use reply::{Answer, Effect, Order, Receipt, Reply};

use std::convert::Infallible;

pub use crate::issuer::keys::Issuer;

use crate::issuer::history::Actor;
use crate::issuer::ledger::{
    Activation, ActivationRow, Ledger, LedgerError, License, LicenseId, Transaction,
};
use crate::issuer::policy::Options;
use crate::license_key::LicenseKey;
use crate::protocol::commitment::Commitment;
use crate::protocol::date::Day;
use crate::protocol::digest::{ActivationId, Digest, request_digest};
use crate::protocol::requests::{Activate, Return, Sync};
use crate::signing::answered::Before;
use crate::text::{Code, Kind};
use batch::Step;
use session::{Decided, GivenUp, Session};

/// A code, and who sent it where that is known: requests with keys that were never sold are counted by their senders (SPEC.md 9.8).
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    /// The code.
    pub code: &'a Code,
    /// The address of the mail that it came in.
    pub sender: Option<&'a str>,
}

impl<'a> From<&'a Code> for Sent<'a> {
    fn from(code: &'a Code) -> Sent<'a> {
        Sent { code, sender: None }
    }
}

/// A request, read and not yet looked up.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Kind letter ‖ payload: what is kept of a request that is answered.
    bytes: Vec<u8>,
    digest: Digest,
    ask: Ask,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) enum Ask {
    /// What is answered with a grant.
    Grantable(Grantable),
    /// What frees seats.
    Return(Return),
}

/// What is answered with a grant, under the C it carries.
#[derive(Clone, Debug)]
pub(crate) enum Grantable {
    Activate(Activate),
    Sync(Sync),
}

impl Grantable {
    fn commitment(&self) -> Commitment {
        match self {
            Grantable::Activate(request) => request.commitment,
            Grantable::Sync(request) => request.commitment,
        }
    }
}

impl Request {
    pub(crate) fn read(code: &Code) -> Result<Request, RespondError> {
        let payload = code.payload();
        let ask = match code.kind() {
            Kind::Activate => Ask::Grantable(Grantable::Activate(Activate::decode(payload)?)),
            Kind::Sync => Ask::Grantable(Grantable::Sync(Sync::decode(payload)?)),
            Kind::Return => Ask::Return(Return::decode(payload)?),
            other => return Err(RespondError::WrongKind(other)),
        };
        let mut bytes = Vec::with_capacity(payload.len() + 1);
        bytes.push(code.kind().letter());
        bytes.extend_from_slice(payload);
        Ok(Request {
            bytes,
            digest: request_digest(code.kind(), payload),
            ask,
        })
    }
}

/// Whom a request is from.
#[derive(Clone, Debug)]
pub struct Asker {
    /// The license.
    pub key: LicenseKey,
    /// What the machine calls its activation.
    pub activation: ActivationId,
    /// What was ordered.
    pub order: Order,
}

impl Asker {
    fn of(
        tx: &mut dyn Transaction,
        license: &License,
        activation: ActivationId,
    ) -> Result<Asker, LedgerError> {
        Ok(Asker {
            key: license.key,
            activation,
            order: lookup::order(tx, license.terms)?,
        })
    }
}

/// What was replied to this very code, if it came before: that needs no signing key.
///
/// # Errors
/// `WrongKind`, `Malformed`, or what the ledger says.
pub fn repeated(
    ledger: &mut Ledger,
    code: &Code,
    today: Day,
) -> Result<Option<Reply>, RespondError> {
    let request = Request::read(code)?;
    ledger.read(|tx| match &request.ask {
        Ask::Return(given_up) => lookup::receipt(tx, given_up, today),
        Ask::Grantable(asks) => {
            let kept = tx.answer_to(&asks.commitment())?;
            match Before::of(&request.bytes, kept.map(|it| (it.request.clone(), it))) {
                Before::Answered(stored) => lookup::recall(tx, stored).map(Some),
                Before::Nothing | Before::Another => Ok(None),
            }
        }
    })
}

/// What the reply would be, before a key is unlocked: the rules are applied and everything is undone. The code of such an answer is empty, and
/// the key id and the emergency chain of its grant are not yet those of a signer.
///
/// # Errors
/// Each of [`RespondError`] but those that concern the signing key.
pub fn rehearse(
    ledger: &mut Ledger,
    code: &Code,
    options: &Options,
    by: Actor<'_>,
) -> Result<Reply, RespondError> {
    let request = Request::read(code)?;
    ledger.rehearse(|tx| {
        let mut session = Session::open(tx, None, options, by)?;
        Ok(match session.decide(&request)? {
            Decided::Repeated(reply) => reply,
            Decided::Grant(granted) => granted.reply(Vec::new(), None),
            Decided::Return(taken) => taken.reply(),
        })
    })
}

/// Whom a request is from, as far as the ledger knows: a clerk who refuses wants to know whom to ask.
///
/// # Errors
/// `WrongKind`, `Malformed`, or what the ledger says.
pub fn asker(ledger: &mut Ledger, code: &Code) -> Result<Option<Asker>, RespondError> {
    let request = Request::read(code)?;
    Ok(ledger.read(|tx| asker_in(tx, &request))?)
}

fn asker_in(tx: &mut dyn Transaction, request: &Request) -> Result<Option<Asker>, LedgerError> {
    let (id, proof) = match &request.ask {
        Ask::Grantable(Grantable::Activate(activate)) => {
            let activation = activate.commitment.activation_id();
            return match tx.license_keyed(activate.key)? {
                Some(license) => Ok(Some(Asker::of(tx, &license, activation)?)),
                None => Ok(None),
            };
        }
        Ask::Grantable(Grantable::Sync(sync)) => (sync.activation, sync.proof),
        Ask::Return(given_up) => (given_up.activation, given_up.secret.sync_proof()),
    };
    match lookup::find(tx, id, &proof)? {
        Some(found) => Ok(Some(Asker::of(tx, &found.license, id)?)),
        None => Ok(None),
    }
}

/// How many requests with keys that were never sold came on a day, and from how many senders, as far as there were any: guessing is seen by its number.
///
/// # Errors
/// What the ledger says.
pub fn unknown_keys(ledger: &mut Ledger, day: Day) -> Result<(u32, usize), LedgerError> {
    let known = ledger.read(|tx| tx.beyond(evidence::UNKNOWN_KEY, Some(day)))?;
    let requests = known
        .iter()
        .map(|(_, many)| *many)
        .fold(0, u32::saturating_add);
    Ok((requests, known.len()))
}

/// How many of them came on a day from one sender.
///
/// # Errors
/// What the ledger says.
pub fn unknown_keys_of(
    ledger: &mut Ledger,
    sender: Option<&str>,
    day: Day,
) -> Result<u32, LedgerError> {
    let subject = [evidence::UNKNOWN_KEY, sender.unwrap_or_default()].concat();
    let known = ledger.read(|tx| tx.beyond(&subject, Some(day)))?;
    let own = known.into_iter().find(|(it, _)| *it == subject);
    Ok(own.map_or(0, |(_, many)| many))
}

/// Who ever sent requests with keys that were never sold, and how many; an empty sender is one that is not known.
///
/// # Errors
/// What the ledger says.
pub fn unknown_senders(ledger: &mut Ledger) -> Result<Vec<(String, u32)>, LedgerError> {
    let known = ledger.read(|tx| tx.beyond(evidence::UNKNOWN_KEY, None))?;
    let sender = |subject: String| {
        let sender = subject.strip_prefix(evidence::UNKNOWN_KEY);
        sender.unwrap_or_default().to_owned()
    };
    let senders = known.into_iter();
    Ok(senders
        .map(|(subject, many)| (sender(subject), many))
        .collect())
}

/// How many requests of activations were refused beyond those of which the history tells.
///
/// # Errors
/// What the ledger says.
pub fn not_recorded(
    tx: &mut dyn Transaction,
    activations: &[Activation],
) -> Result<Vec<(ActivationRow, u32)>, LedgerError> {
    let mut found = Vec::new();
    for activation in activations {
        let subject = evidence::beyond(activation.id);
        let counted = tx.beyond(&subject, None)?;
        let own = counted.into_iter().find(|(it, _)| *it == subject);
        found.extend(own.map(|(_, many)| (activation.id, many)));
    }
    Ok(found)
}

/// How many refusals of a license are remembered no more, in the history or beside it.
///
/// # Errors
/// What the ledger says.
pub fn forgotten(tx: &mut dyn Transaction, license: LicenseId) -> Result<u32, LedgerError> {
    let subject = evidence::forgotten(license);
    let counted = tx.beyond(&subject, None)?;
    let own = counted.into_iter().find(|(it, _)| *it == subject);
    Ok(own.map_or(0, |(_, many)| many))
}

/// Keeps the evidence of a request that was not answered, if it has any and the history does not tell of this request yet, remembers any other refusal of
/// a license, and counts keys that were never sold, by who sent them where that is known: no key is needed for it (SPEC.md 9.8).
///
/// # Errors
/// What the ledger says.
pub fn keep_evidence(
    ledger: &mut Ledger,
    sent: Sent<'_>,
    refusal: &RespondError,
    by: Actor<'_>,
) -> Result<(), RespondError> {
    let Sent { code, sender } = sent;
    let Ok(request) = Request::read(code) else {
        return Ok(());
    };
    if matches!(
        refusal,
        RespondError::Ledger(_) | RespondError::Signer(_) | RespondError::Approval(_)
    ) {
        return Ok(());
    }
    ledger.write(|tx| {
        let options = Options::default();
        let mut session = Session::open(tx, None, &options, by)?;
        match session.evidence(&request, refusal, sender)? {
            Some(evidence) => session.record_refusal(&evidence)?,
            None => session.decline(&request, refusal, sender)?,
        }
        Ok(())
    })
}

/// Takes a return code: nothing is signed, and so no key is needed. When this returns, the receipt is on disk.
///
/// # Errors
/// `WrongKind` also for a request that wants a signature, `Malformed`, a refusal, or what the ledger says.
pub fn take_return(
    ledger: &mut Ledger,
    code: &Code,
    options: &Options,
    by: Actor<'_>,
) -> Result<Reply, RespondError> {
    let request = Request::read(code)?;
    let Ask::Return(given_up) = &request.ask else {
        return Err(RespondError::WrongKind(code.kind()));
    };
    ledger.write(|tx| {
        let mut session = Session::open(tx, None, options, by)?;
        match session.give_up(given_up)? {
            GivenUp::Repeated(reply) => Ok(reply),
            GivenUp::Now(taken) => Ok(session.record_return(*taken)?),
        }
    })
}

/// Answers one code. When this returns, the reply is on disk; the same request gets the same bytes. So is the evidence of one that is refused.
///
/// # Errors
/// Each of [`RespondError`].
pub fn respond<'a>(
    ledger: &mut Ledger,
    issuer: &Issuer,
    sent: impl Into<Sent<'a>>,
    options: &Options,
    by: Actor<'_>,
) -> Result<Reply, RespondError> {
    let Sent { code, sender } = sent.into();
    let request = Request::read(code)?;
    ledger
        .write(|tx| -> Result<_, Stopped> {
            let mut session = Session::open(tx, Some(issuer), options, by)?;
            let step = Step::<(), Infallible>::take(&mut session, Ok(request), sender)?;
            step.sign(issuer)?
                .record(&mut session, issuer)
                .map_err(Stopped::from)
        })?
        .map_err(|error| match error {
            LineError::Unread(never) => match never {},
            LineError::Respond(unanswered) => unanswered.error,
        })
}
