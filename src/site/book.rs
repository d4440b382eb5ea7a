//! The book of loans: a file that is only added to, an event a line. Whoever reads it knows what is lent; each loan is a link of a chain, so that a book that
//! lacks some does not look whole.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::event::{Event, Known, Lending, Lent, Line, Paused, Repaired};
use super::loan::Loan;
use super::{SiteError, contents};
use crate::holder::durable;
use crate::holder::{Array, Audience, Bytes, Doing, HolderError, StorageError};
use crate::messages::site as messages;
use crate::protocol::commitment::Commitment;
use crate::protocol::date::Seconds;
use crate::protocol::digest::{Digest, loan_head};
use crate::protocol::loan::SignedLoan;
use crate::protocol::product::Product;
use crate::protocol::requests::{Borrow, SiteReport};
use crate::seats::LentOut;

/// Whose workstations and notes stand in it is nobody else's business, in a home for all either.
const READERS: Audience = Audience::Owner;

/// The book.
#[derive(Clone, Debug, Default)]
pub struct Book {
    path: PathBuf,
    lending: Lending,
    loans: BTreeMap<u32, Loan>,
    cards: Vec<Bytes>,
    last: u32,
    head: Digest,
    paused: Option<Paused>,
    repaired: Vec<Repaired>,
    begun: bool,
    /// Lines that are whole and cannot be read, or are out of order: somebody edited it, or the disk did.
    damaged: bool,
}

impl Book {
    /// Reads it.
    ///
    /// # Errors
    /// What the disk says.
    pub fn read(path: &Path) -> Result<Book, SiteError> {
        Ok(Book::parse(path)?.0)
    }

    /// Reads it to write on: a last line that a crash tore is taken away. It was not given out.
    ///
    /// # Errors
    /// What the disk says.
    pub(super) fn mended(path: &Path) -> Result<Book, SiteError> {
        let (book, whole) = Book::parse(path)?;
        if let Some(whole) = whole {
            durable::write(path, whole.as_bytes(), READERS)?;
        }
        Ok(book)
    }

    /// The book, and its lines without a torn one, where there is one.
    fn parse(path: &Path) -> Result<(Book, Option<String>), SiteError> {
        let mut book = Book {
            path: path.to_owned(),
            ..Book::default()
        };
        let bytes = durable::read_book(path)?.unwrap_or_default();
        let whole = bytes
            .iter()
            .rposition(|it| *it == b'\n')
            .map_or(0, |at| at + 1);
        let torn = whole < bytes.len();
        let text = String::from_utf8_lossy(bytes.get(..whole).unwrap_or_default()).into_owned();
        for line in text.lines() {
            let line: Option<Line> = serde_json::from_str(line).ok();
            let taken = line.and_then(|line| book.take(line.event, line.at));
            if taken.is_none() {
                book.damaged = true;
            }
        }
        Ok((book, torn.then_some(text)))
    }

    /// Takes an event in; nothing where it cannot be.
    fn take(&mut self, event: Event, at: Seconds) -> Option<()> {
        match event {
            Event::Begun => self.begun = true,
            Event::Lent(lent) => {
                let head = loan_head(&self.head, &lent.answer);
                if lent.loan != self.last.checked_add(1)? || lent.head.0 != head {
                    return None;
                }
                let loan = Loan {
                    request: Borrow::decode(&lent.request).ok()?,
                    said: SignedLoan::decode_as(lent.kind, &lent.answer).ok()?.1.loan,
                    returned: None,
                    given_back: None,
                    extended_by: None,
                    note: String::new(),
                    lent: *lent,
                };
                (self.last, self.head) = (loan.lent.loan, head);
                let before = loan.lent.extends.and_then(|it| self.loans.get_mut(&it));
                let mut note = String::new();
                if let Some(before) = before {
                    before.extended_by = Some(loan.lent.loan);
                    note.clone_from(&before.note);
                }
                self.loans.insert(loan.lent.loan, Loan { note, ..loan });
            }
            Event::Returned(given) => {
                let loan = self.loans.get_mut(&given.loan)?;
                (loan.returned, loan.given_back) = (Some(at), Some(given));
            }
            Event::Freed { loan } => {
                self.loans.get_mut(&loan)?.given_back.as_mut()?.kept = false;
            }
            Event::Lending(lending) => self.lending = lending,
            Event::Note { loan, text } => self.loans.get_mut(&loan)?.note = text,
            Event::Card { certificate } => self.cards.push(certificate),
            Event::Paused(paused) => self.paused = Some(paused),
            Event::Repaired(repaired) => {
                (self.last, self.head) = (repaired.last.loan, repaired.last.head.0);
                self.paused = None;
                self.damaged = false;
                self.repaired.push(repaired);
            }
        }
        Some(())
    }

    /// What it would be with this loan, which is not written.
    pub(super) fn preview(&mut self, lent: &Lent, at: Seconds) -> Result<(), SiteError> {
        let event = Event::Lent(Box::new(lent.clone()));
        self.take(event, at).ok_or(SiteError::NumbersUsedUp)
    }

    /// Adds an event, durably. The caller holds the lock of the home.
    pub(super) fn add(&mut self, event: Event, at: Seconds) -> Result<(), SiteError> {
        let line = Line {
            at,
            event: event.clone(),
        };
        let failed = |error| StorageError::new(Doing::Write, &self.path, error);
        let line = serde_json::to_string(&line).map_err(|error| failed(error.into()))?;
        durable::append(&self.path, &line, READERS)?;
        let damaged = || HolderError::Damaged {
            path: self.path.clone(),
            why: messages::out_of_order().to_owned(),
        };
        match self.clone().take(event.clone(), at) {
            Some(()) => drop(self.take(event, at)),
            None => return Err(damaged().into()),
        }
        Ok(())
    }

    pub(super) fn set_lending(&mut self, lending: Lending, at: Seconds) -> Result<(), SiteError> {
        match self.lending == lending {
            true => Ok(()),
            false => self.add(Event::Lending(lending), at),
        }
    }

    pub(super) fn note(&mut self, loan: u32, text: &str, at: Seconds) -> Result<(), SiteError> {
        let text = text.to_owned();
        self.add(Event::Note { loan, text }, at)
    }

    /// Whether and how it is lent.
    pub fn lending(&self) -> Lending {
        self.lending
    }

    /// All loans, oldest first.
    pub fn loans(&self) -> impl DoubleEndedIterator<Item = &Loan> {
        self.loans.values()
    }

    /// One of them.
    pub fn loan(&self, number: u32) -> Option<&Loan> {
        self.loans.get(&number)
    }

    /// The loans of one seat's workstation that this one is among, oldest first: each goes on from one before. Several may go on from the same, where those
    /// among them that came earlier were given back.
    pub(super) fn line(&self, loan: u32) -> Vec<&Loan> {
        let mut first = loan;
        while let Some(before) = self.loan(first).and_then(Loan::extends) {
            if before >= first || !self.loans.contains_key(&before) {
                break;
            }
            first = before;
        }
        let mut line: Vec<&Loan> = Vec::new();
        for it in self.loans.range(first..).map(|(_, it)| it) {
            let goes_on = |before: u32| line.iter().any(|known| known.number() == before);
            let goes_on = it.extends().is_some_and(goes_on);
            if it.number() == first || goes_on {
                line.push(it);
            }
        }
        line
    }

    /// The loan that was given to the request with this commitment.
    pub(super) fn answered(&self, commitment: Commitment) -> Option<&Loan> {
        self.loans().rfind(|it| it.request.commitment == commitment)
    }

    /// Payloads of the certificates under which was lent, the latest first.
    pub(super) fn cards(&self) -> impl Iterator<Item = &Bytes> {
        self.cards.iter().rev()
    }

    pub(super) fn last(&self) -> Known {
        Known {
            loan: self.last,
            head: Array(self.head),
        }
    }

    /// Whether an anchor was told of the last loan, or that there was none yet.
    pub(super) fn was_remembered(&self) -> bool {
        let repaired = self.repaired.last();
        let goes_on = repaired.filter(|it| it.last.loan == self.last);
        match (goes_on, self.loans.get(&self.last)) {
            (Some(repaired), _) => repaired.remembered,
            (None, Some(loan)) => loan.lent.remembered,
            (None, None) => self.begun,
        }
    }

    /// Whether no anchor was told of it yet, and nothing was ever lent.
    pub(super) fn begins(&self) -> bool {
        self.last == 0 && self.repaired.is_empty() && !self.begun
    }

    /// The chain with this loan.
    pub(super) fn head_at(&self, loan: u32) -> Option<Digest> {
        if let Some(it) = self.loans.get(&loan) {
            return Some(it.lent.head.0);
        }
        let mut repaired = self.repaired.iter().rev().map(|it| &it.last);
        match repaired.find(|it| it.loan == loan) {
            Some(it) => Some(it.head.0),
            None => (loan == 0).then_some([0; 32]),
        }
    }

    pub(super) fn is_damaged(&self) -> bool {
        self.damaged
    }

    pub(super) fn is_paused(&self) -> bool {
        self.paused.is_some() || self.damaged
    }

    pub(super) fn paused(&self) -> Option<&Paused> {
        self.paused.as_ref()
    }

    /// What the vendor answered for, as long as loans may be out of which nothing is known.
    fn losses(&self, now: Seconds) -> impl Iterator<Item = &Repaired> {
        let any = move |it: &&Repaired| it.lost != Some(0) && now < it.until;
        self.repaired.iter().filter(any)
    }

    /// Loans of which nothing is known may be out: so many, and until when; all seats where it is not known how many.
    pub fn lost(&self, now: Seconds) -> Option<(Option<u16>, Seconds)> {
        let until = self.losses(now).map(|it| it.until).max()?;
        let lost = self.losses(now).map(|it| it.lost);
        let sum = |all: u16, more: Option<u16>| Some(all.saturating_add(more?));
        Some((lost.into_iter().try_fold(0, sum), until))
    }

    /// Until when a loan may be out of which nothing but its number is known; nothing where the book has it, or it was never given.
    pub(super) fn lost_loan(&self, number: u32, now: Seconds) -> Option<Seconds> {
        let given = (1..=self.last).contains(&number) && !self.loans.contains_key(&number);
        self.lost(now).map(|(_, until)| until).filter(|_| given)
    }

    /// The longest loan that was given, in days.
    pub(super) fn longest(&self) -> u8 {
        let days = |it: &Loan| it.said.until.days_since(it.said.issued.day());
        let days = self.loans().map(days).max().unwrap_or(0);
        u8::try_from(days).unwrap_or(0)
    }

    /// Loans whose seats are reserved.
    pub fn reserved(&self, now: Seconds) -> impl DoubleEndedIterator<Item = &Loan> {
        self.loans().filter(move |it| it.is_reserved(now))
    }

    /// How many seats are lent, those among them of which nothing is known.
    pub fn seats_lent(&self, now: Seconds) -> u16 {
        let mut seats: Vec<u16> = self.reserved(now).map(Loan::seat).collect();
        seats.sort_unstable();
        seats.dedup();
        let known = u16::try_from(seats.len()).unwrap_or(u16::MAX);
        let lost = self.lost(now).and_then(|(lost, _)| lost).unwrap_or(0);
        known.saturating_add(lost)
    }

    /// What a SYNC says of it (SPEC.md 4.2).
    pub fn report(&self, now: Seconds) -> SiteReport {
        let [a, b, c, d, e, f, g, h, ..] = self.head;
        SiteReport {
            loans_out: self.seats_lent(now),
            last_serial: self.last,
            head: match self.last {
                0 => [0; 8],
                _ => [a, b, c, d, e, f, g, h],
            },
        }
    }

    /// What whoever takes a seat has to know: all loans that have one, however late a clock says it is. Without those that were over when the vendor signed
    /// what is held, `signed`. `written` is what was written before: where it is not known what the book lacks, what is known of that stays.
    pub(super) fn lent_out(
        &self,
        now: Seconds,
        signed: Seconds,
        product: &Product,
        written: &LentOut,
    ) -> LentOut {
        let out = self
            .loans()
            .filter(|it| it.has_seat() && it.free_at() > signed);
        let lent = out.map(|it| crate::seats::Lent {
            loan: it.number(),
            takes: it.lent.takes.clone(),
            features: contents::names(&it.said, product),
            who: it.note.clone(),
            issued: it.said.issued,
            until: it.said.until,
            free_at: it.free_at(),
        });
        let mut loans: Vec<_> = lent.collect();
        if self.is_paused() || matches!(self.lost(now), Some((None, _))) {
            let unknown = written.loans.iter();
            let unknown = unknown.filter(|it| !self.loans.contains_key(&it.loan));
            loans.extend(unknown.cloned());
        }
        let lost = self.repaired.iter().filter(|it| it.until > signed);
        let lost = lost.filter_map(|it| {
            let seats = it.lost.filter(|seats| *seats > 0)?;
            let until = it.until;
            Some(crate::seats::Lost { seats, until })
        });
        let mut lost: Vec<_> = lost.collect();
        if self.is_paused() {
            let unknown = written.lost.iter().filter(|it| !lost.contains(it));
            let unknown: Vec<_> = unknown.copied().collect();
            lost.extend(unknown);
        }
        LentOut { loans, lost }
    }
}
