//! Many answers in few transactions: the rules are applied one after the other, reading and signing is done beside that.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use super::draft::Draft;
use super::session::{Decided, Session};
use super::{Asker, Issuer, Reply, Request, RespondError, asker_in, lost_track};
use crate::issuer::keys::Entropy;
use crate::issuer::ledger::{Ledger, LedgerError};
use crate::issuer::policy::Options;
use crate::issuer::products::By;
use crate::text::Code;

/// Answers of one transaction: enough that its commit costs nothing, few enough that another process hardly waits.
const TRANSACTION: usize = 16_384;
/// Transcripts handed to a signing thread at a time.
const HANDFUL: usize = 128;

/// Why a line of a batch got no answer.
#[derive(Debug)]
pub enum LineError<E> {
    /// The line could not be read as a code.
    Unread(E),
    /// The code was not answered.
    Respond(Box<Unanswered>),
}

/// A request that was not answered.
#[derive(Debug)]
pub struct Unanswered {
    /// Why.
    pub error: RespondError,
    /// Whose it is, as far as the ledger knows.
    pub asker: Option<Asker>,
}

impl From<RespondError> for Box<Unanswered> {
    fn from(error: RespondError) -> Box<Unanswered> {
        Box::new(Unanswered { error, asker: None })
    }
}

/// The answer, or why there is none.
type Replied = Result<Reply, Box<Unanswered>>;

/// How a batch is answered.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// Who signs.
    pub issuer: &'a Issuer,
    /// What the clerk decides, for all of it.
    pub options: &'a Options,
    /// Who acts, and when.
    pub by: By<'a>,
    /// Threads that read and sign: as many as there are processors.
    pub workers: NonZeroUsize,
}

/// What holds for every answer of a transaction.
#[derive(Clone, Copy)]
pub(super) struct Shared<'a> {
    pub(super) options: &'a Options,
    pub(super) by: By<'a>,
    pub(super) workers: usize,
}

impl Batch<'_> {
    /// Answers lines in their order. `read` makes a line into a code, on several threads. `done` gets each line back with its answer or
    /// the reason why there is none, up to 16,384 at a time and after they are on disk; a line without an answer stops nothing.
    ///
    /// # Errors
    /// What the ledger says, and what `done` says: lines that were handed to `done` are answered, later ones are not.
    pub fn respond<L, E, F>(
        &self,
        ledger: &mut Ledger,
        entropy: &mut Entropy<'_>,
        lines: impl IntoIterator<Item = L>,
        read: impl Fn(&L) -> Result<Code, E> + Sync,
        mut done: impl FnMut(Vec<(L, Result<Reply, LineError<E>>)>) -> Result<(), F>,
    ) -> Result<(), F>
    where
        L: Send,
        E: Send,
        F: From<LedgerError>,
    {
        let mut lines = lines.into_iter();
        loop {
            let page: Vec<L> = lines.by_ref().take(TRANSACTION).collect();
            if page.is_empty() {
                return Ok(());
            }
            let read = in_parallel(self.workers, page, |line| {
                let request = match read(&line) {
                    Ok(code) => Request::read(&code).map_err(not_answered),
                    Err(error) => Err(LineError::Unread(error)),
                };
                (line, request)
            });
            let (mut requests, mut results) = (Vec::new(), Vec::with_capacity(read.len()));
            for (line, request) in read {
                // A line that cannot be read has its result; the others wait for theirs in order.
                let unread = request.map(|request| requests.push(Ok(request))).err();
                results.push((line, unread));
            }
            let terms = Shared {
                options: self.options,
                by: self.by,
                workers: self.workers.get(),
            };
            let answers = transaction(ledger, self.issuer, requests, terms, entropy)?;
            let mut answers = answers.into_iter();
            let answered = results.into_iter().map(|(line, unread)| {
                let result = match unread {
                    Some(error) => Err(error),
                    None => answers
                        .next()
                        .unwrap_or_else(|| Err(lost_track().into()))
                        .map_err(not_answered),
                };
                (line, result)
            });
            done(answered.collect())?;
        }
    }
}

fn not_answered<E>(why: impl Into<Box<Unanswered>>) -> LineError<E> {
    LineError::Respond(why.into())
}

/// What is known of a request while its transaction goes on.
enum Slot {
    Done(Replied),
    /// Its draft is being signed.
    Waiting,
    /// The same request as that of the n-th draft.
    SameAs(usize),
}

/// Answers requests in one transaction. Results come in the order of the requests.
pub(super) fn transaction(
    ledger: &mut Ledger,
    issuer: &Issuer,
    requests: Vec<Result<Request, RespondError>>,
    terms: Shared<'_>,
    entropy: &mut Entropy<'_>,
) -> Result<Vec<Replied>, LedgerError> {
    let beside = terms.workers > 1 && requests.len() > HANDFUL;
    let answered = ledger.write(|tx| -> Result<_, RespondError> {
        let session = Session::open(tx, Some(issuer), terms.options, terms.by)?;
        if beside {
            signed_beside(session, issuer, requests, terms.workers, entropy)
        } else {
            let mut answering = Answering::new(session, requests.len());
            for request in requests {
                if let Some(draft) = answering.take(request, entropy)? {
                    let signature = draft.sign(&issuer.key);
                    answering.complete(draft, &signature)?;
                }
            }
            Ok(answering.finish())
        }
    });
    answered.map_err(|error| match error {
        RespondError::Ledger(error) => error,
        // Every other error was caught and belongs to one request.
        other => LedgerError::Io(other.to_string()),
    })
}

/// The state of a transaction's answers.
struct Answering<'a> {
    session: Session<'a>,
    slots: Vec<Slot>,
    answers: Vec<Reply>,
}

impl<'a> Answering<'a> {
    fn new(session: Session<'a>, most: usize) -> Answering<'a> {
        Answering {
            session,
            slots: Vec::with_capacity(most),
            answers: Vec::with_capacity(most),
        }
    }

    /// Decides a request; a draft that comes back is to be signed and completed, in the order in which they come.
    fn take(
        &mut self,
        request: Result<Request, RespondError>,
        entropy: &mut Entropy<'_>,
    ) -> Result<Option<Draft>, LedgerError> {
        let request = match request {
            Ok(request) => request,
            Err(error) => {
                self.slots.push(Slot::Done(Err(error.into())));
                return Ok(None);
            }
        };
        let (slot, draft) = match self.session.decide(&request, entropy) {
            Ok(Decided::Draft(draft)) => (Slot::Waiting, Some(*draft)),
            Ok(Decided::SameAs(number)) => (Slot::SameAs(number), None),
            Ok(Decided::Repeated(reply)) => (Slot::Done(Ok(reply)), None),
            // The ledger's own trouble ends the transaction; a refusal is one line's.
            Err(RespondError::Ledger(error)) => return Err(error),
            Err(error) => {
                let evidence = self.session.evidence(&request, &error, None)?;
                let asker = asker_in(self.session.tx, &request)?;
                (
                    Slot::Done(Err(Box::new(Unanswered { error, asker }))),
                    evidence,
                )
            }
        };
        self.slots.push(slot);
        Ok(draft)
    }

    fn complete(&mut self, draft: Draft, signature: &[u8; 64]) -> Result<(), RespondError> {
        self.answers
            .extend(self.session.complete(draft, signature)?);
        Ok(())
    }

    fn finish(self) -> Vec<Replied> {
        let repeats: Vec<Option<Reply>> = self
            .slots
            .iter()
            .map(|slot| match slot {
                Slot::SameAs(number) => self.answers.get(*number).cloned(),
                _ => None,
            })
            .collect();
        let mut fresh = self.answers.into_iter();
        let result = |(slot, repeat): (Slot, Option<Reply>)| match slot {
            Slot::Done(result) => result,
            Slot::Waiting => fresh.next().ok_or_else(|| lost_track().into()),
            Slot::SameAs(_) => repeat
                .map(Reply::repeated)
                .ok_or_else(|| lost_track().into()),
        };
        self.slots.into_iter().zip(repeats).map(result).collect()
    }
}

/// Drafts with, once they are back, their signatures.
type Handful = (Vec<Draft>, Vec<[u8; 64]>);
/// Drafts to be signed, and where they go then.
type Job = (Vec<Draft>, Sender<Handful>);

/// Decides on this thread, which has the transaction, while others sign what was decided; a request that rests on what they sign waits for it.
fn signed_beside(
    session: Session<'_>,
    issuer: &Issuer,
    requests: Vec<Result<Request, RespondError>>,
    workers: usize,
    entropy: &mut Entropy<'_>,
) -> Result<Vec<Replied>, RespondError> {
    let mut answering = Answering::new(session, requests.len());
    let (jobs, work) = channel::<Job>();
    let work = Mutex::new(work);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| sign_handfuls(issuer, &work));
        }
        // In the order in which they were handed out: so they are recorded.
        let mut out = VecDeque::new();
        let mut handful = Vec::with_capacity(HANDFUL);
        for request in requests {
            if let Ok(request) = &request
                && answering.session.waits_for_record(request)?
            {
                out.push_back(hand_out(&jobs, &mut handful)?);
                record_all(&mut answering, &mut out)?;
            }
            handful.extend(answering.take(request, entropy)?);
            if handful.len() < HANDFUL {
                continue;
            }
            out.push_back(hand_out(&jobs, &mut handful)?);
            while let Some(back) = out.front().and_then(|first| first.try_recv().ok()) {
                out.pop_front();
                record(&mut answering, back)?;
            }
        }
        out.push_back(hand_out(&jobs, &mut handful)?);
        drop(jobs);
        record_all(&mut answering, &mut out)?;
        Ok(answering.finish())
    })
}

fn sign_handfuls(issuer: &Issuer, work: &Mutex<Receiver<Job>>) {
    loop {
        // Held while waiting: the others wait behind it, which is the same.
        let job = work.lock().ok().and_then(|work| work.recv().ok());
        let Some((drafts, back)) = job else {
            return;
        };
        let signatures = drafts.iter().map(|draft| draft.sign(&issuer.key)).collect();
        if back.send((drafts, signatures)).is_err() {
            // The transaction failed: nobody waits for signatures any more.
            return;
        }
    }
}

fn hand_out(
    jobs: &Sender<Job>,
    handful: &mut Vec<Draft>,
) -> Result<Receiver<Handful>, LedgerError> {
    let (back, receiver) = channel();
    let full = std::mem::replace(handful, Vec::with_capacity(HANDFUL));
    jobs.send((full, back)).map_err(worker_gone)?;
    Ok(receiver)
}

fn record(
    answering: &mut Answering<'_>,
    (drafts, signatures): Handful,
) -> Result<(), RespondError> {
    for (draft, signature) in drafts.into_iter().zip(&signatures) {
        answering.complete(draft, signature)?;
    }
    Ok(())
}

/// Waits for what was handed out.
fn record_all(
    answering: &mut Answering<'_>,
    out: &mut VecDeque<Receiver<Handful>>,
) -> Result<(), RespondError> {
    for receiver in out.drain(..) {
        record(answering, receiver.recv().map_err(worker_gone)?)?;
    }
    Ok(())
}

fn worker_gone<E>(_: E) -> LedgerError {
    LedgerError::Io("a signing thread ended before its work".to_owned())
}

/// Maps a list on several threads, each taking a part that hangs together; the order stays.
pub fn in_parallel<T: Send, U: Send>(
    workers: NonZeroUsize,
    list: Vec<T>,
    map: impl Fn(T) -> U + Sync,
) -> Vec<U> {
    let part = list.len().div_ceil(workers.get()).max(1);
    if workers.get() == 1 || list.len() <= HANDFUL {
        return list.into_iter().map(map).collect();
    }
    let mut parts = Vec::with_capacity(workers.get());
    let mut rest = list.into_iter();
    loop {
        let next: Vec<T> = rest.by_ref().take(part).collect();
        if next.is_empty() {
            break;
        }
        parts.push(next);
    }
    let map = &map;
    thread::scope(|scope| {
        let threads: Vec<_> = parts
            .into_iter()
            .map(|part| scope.spawn(move || part.into_iter().map(map).collect::<Vec<U>>()))
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| match thread.join() {
                Ok(part) => part,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    })
}
