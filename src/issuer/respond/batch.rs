//! Many answers in few transactions: the rules are applied one after the other, reading and signing is done beside that.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use super::session::{Decided, Session};
use super::unrecorded::{Granting, Refusing, Taking, Unrecorded};
use super::{Asker, Issuer, Reply, Request, RespondError, Stopped, asker_in};
use crate::issuer::history::Actor;
use crate::issuer::ledger::{Ledger, LedgerError, Transaction};
use crate::issuer::parallel::in_parallel;
use crate::issuer::policy::Options;
use crate::signing::signer::SignerError;
use crate::text::Code;

/// Answers of one transaction: enough that its commit costs nothing, few enough that another process hardly waits.
const TRANSACTION: usize = 16_384;
/// Lines handed to a signing thread at a time.
const HANDFUL: usize = 128;

/// Why a line of a batch got no answer.
#[derive(Debug)]
pub enum LineError<E> {
    /// The line could not be read as a code.
    Unread(E),
    /// The code was not answered.
    Respond(Box<Unanswered>),
}

/// A line with its answer, or why it has none.
pub type Answered<L, E> = (L, Result<Reply, LineError<E>>);

/// A request that was not answered.
#[derive(Debug)]
pub struct Unanswered {
    /// Why.
    pub error: RespondError,
    /// Whose it is, as far as the ledger knows.
    pub asker: Option<Asker>,
}

impl<E> LineError<E> {
    fn unasked(error: RespondError) -> LineError<E> {
        LineError::Respond(Box::new(Unanswered { error, asker: None }))
    }
}

/// How a batch is answered.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// Who signs.
    pub issuer: &'a Issuer,
    /// What the clerk decides, for all of it.
    pub options: &'a Options,
    /// Who acts, and when.
    pub by: Actor<'a>,
    /// Threads that read and sign: as many as there are processors.
    pub workers: NonZeroUsize,
}

impl Batch<'_> {
    /// Answers lines in their order. `read` makes a line into a code, on several threads. `done` gets each line back with its answer or
    /// the reason why there is none, up to 16,384 at a time and after they are on disk; a line without an answer stops nothing.
    ///
    /// # Errors
    /// What the ledger or the signing key says, and what `done` says: lines that were handed to `done` are answered, of later ones nothing is kept.
    pub fn respond<L, E, F>(
        &self,
        ledger: &mut Ledger,
        lines: impl IntoIterator<Item = L>,
        read: impl Fn(&L) -> Result<Code, E> + Sync,
        mut done: impl FnMut(Vec<Answered<L, E>>) -> Result<(), F>,
    ) -> Result<(), F>
    where
        L: Send,
        E: Send,
        F: From<Stopped>,
    {
        let mut lines = lines.into_iter();
        loop {
            let page: Vec<L> = lines.by_ref().take(TRANSACTION).collect();
            if page.is_empty() {
                return Ok(());
            }
            let read = in_parallel(self.workers, page, |line| {
                let request = match read(&line) {
                    Ok(code) => Request::read(&code).map_err(LineError::unasked),
                    Err(error) => Err(LineError::Unread(error)),
                };
                (line, request)
            });
            done(ledger.write(|tx| self.transaction(tx, read))?)?;
        }
    }

    /// Answers lines in one transaction.
    fn transaction<L: Send, E: Send>(
        &self,
        tx: &mut dyn Transaction,
        lines: Vec<(L, Result<Request, LineError<E>>)>,
    ) -> Result<Vec<Answered<L, E>>, Stopped> {
        let mut session = Session::open(tx, Some(self.issuer), self.options, self.by)?;
        if self.workers.get() > 1 && lines.len() > HANDFUL {
            return signed_beside(session, self.issuer, lines, self.workers);
        }
        let mut answered = Vec::with_capacity(lines.len());
        for (line, request) in lines {
            let step = Step::take(&mut session, request, None)?.sign(self.issuer)?;
            answered.push((line, step.record(&mut session, self.issuer)?));
        }
        Ok(answered)
    }
}

/// Where a request stands on its way through a transaction; `S` is the signature of what is granted, or nothing where it is still to be made.
pub(super) enum Step<S, E> {
    Done(Result<Reply, LineError<E>>),
    Grant(Box<Unrecorded<Granting>>, S),
    Return(Box<Unrecorded<Taking>>),
    Refused(Box<Unanswered>, Box<Unrecorded<Refusing>>),
}

impl<E> Step<(), E> {
    /// Decides a request. What comes of it is recorded in the order in which it was decided.
    pub(super) fn take(
        session: &mut Session<'_>,
        request: Result<Request, LineError<E>>,
        sender: Option<&str>,
    ) -> Result<Step<(), E>, Stopped> {
        let request = match request {
            Ok(request) => request,
            Err(error) => return Ok(Step::Done(Err(error))),
        };
        let error = match session.decide(&request) {
            Ok(Decided::Repeated(reply)) => return Ok(Step::Done(Ok(reply))),
            Ok(Decided::Grant(granted)) => return Ok(Step::Grant(granted, ())),
            Ok(Decided::Return(taken)) => return Ok(Step::Return(taken)),
            Err(error) => error.of_one_request()?,
        };
        let asker = asker_in(session.tx, &request)?;
        if let RespondError::Approval(_) = error {
            // It waits for somebody: nothing speaks for or against the machine.
            let unanswered = Box::new(Unanswered { error, asker });
            return Ok(Step::Done(Err(LineError::Respond(unanswered))));
        }
        let evidence = session.evidence(&request, &error, sender)?;
        let unanswered = Box::new(Unanswered { error, asker });
        Ok(match evidence {
            Some(evidence) => Step::Refused(unanswered, Box::new(evidence)),
            None => {
                session.decline(&request, &unanswered.error, sender)?;
                Step::Done(Err(LineError::Respond(unanswered)))
            }
        })
    }

    pub(super) fn sign(self, issuer: &Issuer) -> Result<Step<[u8; 64], E>, SignerError> {
        Ok(match self {
            Step::Grant(granted, ()) => {
                let signature = issuer.signer.sign(&granted.what.transcript)?;
                Step::Grant(granted, signature)
            }
            Step::Done(result) => Step::Done(result),
            Step::Return(taken) => Step::Return(taken),
            Step::Refused(why, evidence) => Step::Refused(why, evidence),
        })
    }
}

impl<E> Step<[u8; 64], E> {
    pub(super) fn record(
        self,
        session: &mut Session<'_>,
        issuer: &Issuer,
    ) -> Result<Result<Reply, LineError<E>>, LedgerError> {
        Ok(match self {
            Step::Done(result) => result,
            Step::Grant(granted, signature) => {
                Ok(session.record_grant(*granted, &signature, issuer)?)
            }
            Step::Return(taken) => Ok(session.record_return(*taken)?),
            Step::Refused(why, evidence) => {
                session.record_refusal(&evidence)?;
                Err(LineError::Respond(why))
            }
        })
    }
}

/// Lines on their way.
type Handful<L, S, E> = Vec<(L, Step<S, E>)>;
/// The same, signed.
type Signed<L, E> = Result<Handful<L, [u8; 64], E>, SignerError>;
/// Lines to be signed, and where they go then.
type Job<L, E> = (Handful<L, (), E>, Sender<Signed<L, E>>);

/// Decides on this thread, which has the transaction, while others sign what was decided; a request that rests on what they sign waits for it.
fn signed_beside<L: Send, E: Send>(
    mut session: Session<'_>,
    issuer: &Issuer,
    lines: Vec<(L, Result<Request, LineError<E>>)>,
    workers: NonZeroUsize,
) -> Result<Vec<Answered<L, E>>, Stopped> {
    let (jobs, work) = channel::<Job<L, E>>();
    let work = Mutex::new(work);
    thread::scope(|scope| {
        for _ in 0..workers.get() {
            scope.spawn(|| sign_handfuls(issuer, &work));
        }
        let mut answered = Vec::with_capacity(lines.len());
        let mut record = |session: &mut Session<'_>, signed: Signed<L, E>| {
            for (line, step) in signed? {
                answered.push((line, step.record(session, issuer)?));
            }
            Ok::<(), Stopped>(())
        };
        // In the order in which they were handed out: so they are recorded.
        let mut out = VecDeque::new();
        let mut handful = Vec::with_capacity(HANDFUL);
        for (line, request) in lines {
            if let Ok(request) = &request
                && session.waits_for_record(request)?
            {
                out.push_back(hand_out(&jobs, &mut handful)?);
                for back in out.drain(..) {
                    record(&mut session, wait_for(&back)?)?;
                }
            }
            handful.push((line, Step::take(&mut session, request, None)?));
            if handful.len() < HANDFUL {
                continue;
            }
            out.push_back(hand_out(&jobs, &mut handful)?);
            while let Some(back) = out.front().and_then(|first| first.try_recv().ok()) {
                out.pop_front();
                record(&mut session, back)?;
            }
        }
        out.push_back(hand_out(&jobs, &mut handful)?);
        drop(jobs);
        for back in out {
            record(&mut session, wait_for(&back)?)?;
        }
        Ok(answered)
    })
}

fn sign_handfuls<L, E>(issuer: &Issuer, work: &Mutex<Receiver<Job<L, E>>>) {
    loop {
        // Held while waiting: the others wait behind it, which is the same.
        let job = work.lock().ok().and_then(|work| work.recv().ok());
        let Some((handful, back)) = job else {
            return;
        };
        let signed = handful
            .into_iter()
            .map(|(line, step)| Ok((line, step.sign(issuer)?)))
            .collect();
        if back.send(signed).is_err() {
            // The transaction failed: nobody waits for signatures any more.
            return;
        }
    }
}

fn hand_out<L, E>(
    jobs: &Sender<Job<L, E>>,
    handful: &mut Handful<L, (), E>,
) -> Result<Receiver<Signed<L, E>>, LedgerError> {
    let (back, receiver) = channel();
    let full = std::mem::replace(handful, Vec::with_capacity(HANDFUL));
    jobs.send((full, back)).map_err(worker_gone)?;
    Ok(receiver)
}

fn wait_for<L, E>(back: &Receiver<Signed<L, E>>) -> Result<Signed<L, E>, LedgerError> {
    back.recv().map_err(worker_gone)
}

fn worker_gone<T>(_: T) -> LedgerError {
    LedgerError::Io("a signing thread ended before its work".to_owned())
}
