//! What the rules ask of a store. SQLite answers today; a database server can, without the rules knowing.

use std::path::Path;

use super::LedgerError;
use super::mails::Mails;
use super::rows::{
    Activation, ActivationRow, Declined, DeskKey, EarlyReturn, Event, EventId, License, LicenseId,
    OrderTerms, Product, ProductId, Refused, Said, SealedKey, SignerId, StoredAnswer, StoredSigner,
    TermsId,
};
use super::whole::{Row, Table};
use crate::license_key::LicenseKey;
use crate::protocol::commitment::Commitment;
use crate::protocol::date::Day;
use crate::protocol::digest::{ActivationId, Digest};

/// What a transaction is for: a writer keeps other writers out from its first moment, so what it read stays true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reads one consistent state.
    Read,
    /// Reads and writes.
    Write,
    /// Reads one consistent state, even where the tables are not as this program makes them.
    Audit,
}

/// Where a store is wrong beneath its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beneath {
    /// Its tables, indices and whatever else it has are not as this program makes them: something was added.
    Added,
    /// Something is missing.
    Missing,
    /// Something is made otherwise.
    Altered,
    /// A table has rows with numbers that this program does not give.
    Numbers,
    /// The store contradicts itself.
    Damaged,
}

/// Something that is wrong with a store beneath its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Where.
    pub beneath: Beneath,
    /// What: `trigger steal`, `the file`; of [`Beneath::Numbers`] the name of the table.
    pub what: String,
    /// What is wrong with it.
    pub wrong: String,
}

/// An event, and the chain up to the row before it, where there is one.
pub type Chained = (Event, Option<[u8; 32]>);

/// A store that can begin transactions.
pub trait Engine: Send {
    /// Begins one.
    ///
    /// # Errors
    /// `InUse` where another writer does not end in time; but for an audit, `Schema` where the tables are not as this program makes them; and
    /// whatever the disk says.
    fn begin(&mut self, access: Access) -> Result<Box<dyn Transaction + '_>, LedgerError>;

    /// Copies one consistent state, whatever it is, into a new file that only its owner may read, durably; others may write meanwhile.
    ///
    /// # Errors
    /// `Exists`, and whatever the disk says; no file is left then.
    fn back_up(&mut self, to: &Path) -> Result<(), LedgerError>;

    /// Takes on the state of a file that [`Engine::back_up`] made: all of it, or nothing.
    ///
    /// # Errors
    /// `InUse`, and whatever the disk says.
    fn take_on(&mut self, file: &Path) -> Result<(), LedgerError>;
}

/// One transaction: all of it happens or none. Dropping it undoes it. Lists come in pages, in the order of their row numbers, each beginning
/// after the row given, so that no list ever needs more memory than a page. Every method fails with what the disk or the engine says.
pub trait Transaction: Mails {
    /// Makes it durable: after this it survives a power failure.
    fn commit(self: Box<Self>) -> Result<(), LedgerError>;

    /// A fact about the desk itself.
    fn meta(&mut self, name: &str) -> Result<Option<String>, LedgerError>;
    /// All of them, in the order of their names.
    fn all_meta(&mut self) -> Result<Vec<(String, String)>, LedgerError>;
    /// Sets one.
    fn set_meta(&mut self, name: &str, value: &str) -> Result<(), LedgerError>;

    /// A product by the id people type.
    fn product_named(&mut self, name: &str) -> Result<Option<Product>, LedgerError>;
    /// A product by its row.
    fn product(&mut self, id: ProductId) -> Result<Option<Product>, LedgerError>;
    /// All products, in the order they were added.
    fn products(&mut self) -> Result<Vec<Product>, LedgerError>;
    /// Adds a product; its row number is the next free one, `id` is not looked at.
    fn add_product(&mut self, product: &Product) -> Result<ProductId, LedgerError>;
    /// Replaces what is kept of a product.
    fn set_product(&mut self, product: &Product) -> Result<(), LedgerError>;

    /// Adds an order, or what one is changed to, which an event makes.
    fn add_terms(&mut self, terms: &OrderTerms, event: EventId) -> Result<TermsId, LedgerError>;
    /// The order that the vendor calls so, as it was made, and the event that made it.
    fn order_called(
        &mut self,
        reference: &str,
    ) -> Result<Option<(EventId, OrderTerms)>, LedgerError>;
    /// An order.
    fn terms(&mut self, id: TermsId) -> Result<Option<OrderTerms>, LedgerError>;
    /// A page of orders.
    fn all_terms(
        &mut self,
        after: TermsId,
        most: usize,
    ) -> Result<Vec<(TermsId, EventId, OrderTerms)>, LedgerError>;

    /// Adds licenses of one order, their keys rising (that is what makes a million of them quick), and gives back those keys that the
    /// ledger has already and that were not added.
    fn add_licenses(
        &mut self,
        keys: &[LicenseKey],
        terms: TermsId,
        event: EventId,
    ) -> Result<Vec<LicenseKey>, LedgerError>;
    /// The row number the next license will have.
    fn next_license(&mut self) -> Result<LicenseId, LedgerError>;
    /// A license by its key.
    fn license_keyed(&mut self, key: LicenseKey) -> Result<Option<License>, LedgerError>;
    /// A license by its row.
    fn license(&mut self, id: LicenseId) -> Result<Option<License>, LedgerError>;
    /// A page of licenses.
    fn licenses(&mut self, after: LicenseId, most: usize) -> Result<Vec<License>, LedgerError>;
    /// Of the licenses after one and up to another that have seats in use: on how many machines, and the first day on which one of these was to be in
    /// contact by its last grant.
    fn holders(
        &mut self,
        after: LicenseId,
        last: LicenseId,
    ) -> Result<Vec<(LicenseId, u32, Option<Day>)>, LedgerError>;
    /// Of the same licenses the events that tell of requests which were refused, and after which nothing was answered to their activations or taken from them.
    fn open_refusals(
        &mut self,
        after: LicenseId,
        last: LicenseId,
    ) -> Result<Vec<(LicenseId, EventId)>, LedgerError>;
    /// Replaces what is kept of a license; its key never changes.
    fn set_license(&mut self, license: &License) -> Result<(), LedgerError>;

    /// The activations of a license, oldest first.
    fn activations_of(&mut self, license: LicenseId) -> Result<Vec<Activation>, LedgerError>;
    /// An activation.
    fn activation(&mut self, id: ActivationRow) -> Result<Option<Activation>, LedgerError>;
    /// A page of activations.
    fn activations(
        &mut self,
        after: ActivationRow,
        most: usize,
    ) -> Result<Vec<Activation>, LedgerError>;
    /// The row number the next activation will have.
    fn next_activation(&mut self) -> Result<ActivationRow, LedgerError>;
    /// Adds an activation under its row number.
    fn add_activation(&mut self, activation: &Activation) -> Result<(), LedgerError>;
    /// Replaces what is kept of an activation.
    fn set_activation(&mut self, activation: &Activation) -> Result<(), LedgerError>;
    /// A page of licenses with activations: how many they have, and the seats those hold together.
    fn seats_held(
        &mut self,
        after: LicenseId,
        most: usize,
    ) -> Result<Vec<(LicenseId, u64, u32)>, LedgerError>;

    /// The answer to the request with this C.
    fn answer_to(&mut self, commitment: &Commitment) -> Result<Option<StoredAnswer>, LedgerError>;
    /// The activations whose ACTIVATEs had a C that begins with this id: one, unless somebody was lucky (SPEC.md 5.1).
    fn activations_called(&mut self, id: ActivationId) -> Result<Vec<ActivationRow>, LedgerError>;
    /// Adds an answer.
    fn add_answer(&mut self, answer: &StoredAnswer) -> Result<(), LedgerError>;
    /// A page of answers, in the order they were given: after that of the event `after`.
    fn answers(&mut self, after: EventId, most: usize) -> Result<Vec<StoredAnswer>, LedgerError>;
    /// The row of whoever signs with this key under this certificate, added where it is new.
    fn signer(
        &mut self,
        public: &[u8; 32],
        certificate: Option<&[u8]>,
    ) -> Result<SignerId, LedgerError>;
    /// All who ever signed.
    fn signers(&mut self) -> Result<Vec<StoredSigner>, LedgerError>;

    /// All keys that a root certified, in the order of their serials.
    fn desk_keys(&mut self) -> Result<Vec<DeskKey>, LedgerError>;
    /// Adds one under its row number, or replaces what is kept of it.
    fn put_desk_key(&mut self, key: &DeskKey) -> Result<(), LedgerError>;

    /// All seed keys as they are sealed, in the order of their numbers.
    fn sealed_keys(&mut self) -> Result<Vec<SealedKey>, LedgerError>;
    /// Keeps one, in the place of what was sealed to the same key before.
    fn put_sealed_key(&mut self, key: &SealedKey) -> Result<(), LedgerError>;

    /// The RETURNs that arrived before their ACTIVATE, by the activation id they name.
    fn early_returns(&mut self, id: ActivationId) -> Result<Vec<EarlyReturn>, LedgerError>;
    /// How many there are in all.
    fn count_early_returns(&mut self) -> Result<u64, LedgerError>;
    /// A page of them, in the order they came: after that of the event `after`.
    fn all_early_returns(
        &mut self,
        after: EventId,
        most: usize,
    ) -> Result<Vec<EarlyReturn>, LedgerError>;
    /// Adds one.
    fn add_early_return(&mut self, early: &EarlyReturn) -> Result<(), LedgerError>;

    /// What is kept of the refusal of the request with this digest.
    fn refused(&mut self, request: &Digest) -> Result<Option<Refused>, LedgerError>;
    /// Remembers that it is told.
    fn add_refused(&mut self, refused: &Refused) -> Result<(), LedgerError>;
    /// How many requests of an activation were refused and told on this day or later.
    fn refused_since(&mut self, activation: ActivationRow, day: Day) -> Result<u64, LedgerError>;
    /// How many there are.
    fn count_refused(&mut self) -> Result<u64, LedgerError>;
    /// A page of them, in the order of the digests: after this one.
    fn all_refused(
        &mut self,
        after: Option<Digest>,
        most: usize,
    ) -> Result<Vec<Refused>, LedgerError>;

    /// Remembers a refusal; whether it is remembered now for the first time.
    fn add_declined(&mut self, declined: &Declined) -> Result<bool, LedgerError>;
    /// Forgets the oldest of a license but for the last so many, those first about which nobody decides; how many.
    fn forget_declined(&mut self, license: LicenseId, most: usize) -> Result<usize, LedgerError>;
    /// Refusals of the licenses after one up to another, by license, oldest first; each with whether the machine was answered since.
    fn declined(
        &mut self,
        after: LicenseId,
        last: LicenseId,
    ) -> Result<Vec<(Declined, bool)>, LedgerError>;

    /// Keeps what is said of a machine, in the place of what was said before.
    fn set_said(&mut self, said: &Said) -> Result<(), LedgerError>;
    /// What is said of the machines of the licenses after one up to another, by license and activation.
    fn said(&mut self, after: LicenseId, last: LicenseId) -> Result<Vec<Said>, LedgerError>;

    /// What is wrong beneath the rows: tables, indices and whatever else was added, is gone or is not as this program makes it, and where the
    /// file contradicts itself.
    fn flaws(&mut self) -> Result<Vec<Flaw>, LedgerError>;

    /// Counts one more of what the history does not take, on this day.
    fn add_beyond(&mut self, subject: &str, day: Day) -> Result<(), LedgerError>;
    /// How many were counted of each subject that begins so, on one day or ever.
    fn beyond(&mut self, prefix: &str, day: Option<Day>)
    -> Result<Vec<(String, u32)>, LedgerError>;

    /// The last event.
    fn last_event(&mut self) -> Result<Option<Event>, LedgerError>;
    /// An event.
    fn event(&mut self, id: EventId) -> Result<Option<Event>, LedgerError>;
    /// A page of events.
    fn events(&mut self, after: EventId, most: usize) -> Result<Vec<Event>, LedgerError>;
    /// The events that the activations of a license name, by their numbers: in one look, however many they are.
    fn events_of_activations(&mut self, license: LicenseId) -> Result<Vec<Chained>, LedgerError>;
    /// Whether an event of a license goes on from this one: then it is not the last of that.
    fn goes_on(&mut self, from: EventId, license: LicenseId) -> Result<bool, LedgerError>;
    /// All events of one kind, of which there are few, oldest first.
    fn events_of(&mut self, kind: &str) -> Result<Vec<Event>, LedgerError>;
    /// Adds an event under its row number.
    fn add_event(&mut self, event: &Event) -> Result<(), LedgerError>;

    /// A page of the rows of any table as they stand, in the order of [`Row::place`]: after this one of the same table.
    fn rows(
        &mut self,
        table: Table,
        after: Option<&Row>,
        most: usize,
    ) -> Result<Vec<Row>, LedgerError>;
    /// Adds a row as it stands, its number included, to a ledger that is made of the rows of another. `Damaged` where it contradicts one that is there.
    fn put(&mut self, row: &Row) -> Result<(), LedgerError>;
}
