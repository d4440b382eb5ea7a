//! A ledger as its rows, whichever engine keeps it: each row of each table, in one order. What moves a ledger from one place to another stands on this.

use serde::{Deserialize, Serialize};

use super::rows::{
    Activation, Declined, DeskKey, EarlyReturn, Event, EventId, License, Mail, OrderTerms, Product,
    Refused, Said, SealedKey, StoredAnswer, StoredSigner, TermsId,
};
use super::spelled::hex;
use crate::protocol::date::Day;
use crate::protocol::digest::Digest;

/// A fact about the desk itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(inline))]
pub struct Meta {
    /// What it is called.
    pub name: String,
    /// It.
    pub value: String,
}

/// An order, or what one was changed to, with the event that made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(inline))]
pub struct Order {
    /// Its row.
    pub id: TermsId,
    /// What was ordered.
    pub terms: OrderTerms,
    /// The event.
    pub event: EventId,
}

/// What was counted beyond the rows that the history takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(inline))]
pub struct Beyond {
    /// What it concerns.
    pub subject: String,
    /// On which day.
    pub day: Day,
    /// How many.
    pub many: u32,
}

/// What was mailed, and on which day last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(inline))]
pub struct Mailed {
    /// A digest of it.
    #[serde(with = "hex")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub what: Digest,
    /// The day.
    pub day: Day,
}

macro_rules! tables {
    ($($(#[$doc:meta])* $table:ident $name:literal of $row:ty;)*) => {
        /// The tables of a ledger, in the order in which they are written.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Table {
            $($(#[$doc])* $table,)*
        }

        impl Table {
            /// All of them.
            pub const ALL: &'static [Table] = &[$(Table::$table),*];

            /// Its name, in each line of it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Table::$table => $name,)*
                }
            }
        }

        /// A row of one of the tables.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        #[cfg_attr(test, schemars(rename = "KeptRow"))]
        #[serde(tag = "table")]
        pub enum Row {
            $($(#[$doc])* #[serde(rename = $name)] $table($row),)*
        }

        impl Row {
            /// The table that it is of.
            pub const fn table(&self) -> Table {
                match self {
                    $(Row::$table(_) => Table::$table,)*
                }
            }
        }
    };
}

tables! {
    /// What the desk says about itself.
    Meta "meta" of Meta;
    /// Products.
    Product "product" of Product;
    /// Orders, and what they were changed to.
    Terms "terms" of Order;
    /// Licenses.
    License "license" of License;
    /// Machines that have, or had, seats.
    Activation "activation" of Activation;
    /// Who signed.
    Signer "signer" of StoredSigner;
    /// Whom a root certified.
    DeskKey "desk_key" of DeskKey;
    /// Keys of emergency codes, sealed to those who may use them.
    SealedKey "sealed_key" of SealedKey;
    /// Answers that were given.
    Answer "answer" of StoredAnswer;
    /// The history.
    History "history" of Event;
    /// Returns that came before what they return.
    EarlyReturn "early_return" of EarlyReturn;
    /// Requests that were refused and of which the history tells.
    Refused "refused" of Refused;
    /// What came beyond what the history takes.
    Beyond "beyond" of Beyond;
    /// Requests that were refused and of which it does not tell.
    Declined "declined" of Declined;
    /// What mails said of machines.
    Said "said" of Said;
    /// Mails that the desk read by itself.
    Mail "mail" of Mail;
    /// What was mailed, and when last.
    Mailed "mailed" of Mailed;
}

/// What a row is known by within its table: a number or two, bytes, or a text and a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key<'a>(i64, &'a [u8], i64);

impl Row {
    /// Its place: by this the rows of all tables are in one order, and none is there twice.
    pub fn place(&self) -> (Table, Key<'_>) {
        let key = match self {
            Row::Meta(it) => Key(0, it.name.as_bytes(), 0),
            Row::Product(it) => Key(it.id.0, &[], 0),
            Row::Terms(it) => Key(it.id.0, &[], 0),
            Row::License(it) => Key(it.id.0, &[], 0),
            Row::Activation(it) => Key(it.id.0, &[], 0),
            Row::Signer(it) => Key(it.id.0, &[], 0),
            Row::DeskKey(it) => Key(it.id.0, &[], 0),
            Row::SealedKey(it) => Key(it.key.0, &it.holder, 0),
            Row::Answer(it) => Key(it.event.0, &[], 0),
            Row::History(it) => Key(it.id.0, &[], 0),
            Row::EarlyReturn(it) => Key(it.event.0, &[], 0),
            Row::Refused(it) => Key(0, &it.request, 0),
            Row::Beyond(it) => Key(0, it.subject.as_bytes(), i64::from(it.day.number())),
            Row::Declined(it) => Key(0, &it.request, 0),
            Row::Said(it) => Key(it.license.0, &[], it.activation.0),
            Row::Mail(it) => Key(it.id.0, &[], 0),
            Row::Mailed(it) => Key(0, &it.what, 0),
        };
        (self.table(), key)
    }

    /// The number by which it is known, where that is all.
    pub(super) fn number(&self) -> i64 {
        let (_, Key(number, ..)) = self.place();
        number
    }
}
