//! What `inspect` says of a code.

use serde::Serialize;

use super::{Carried, Change, CodeRow, Contents, Failing, Named, Row, Shown, Warning};
use crate::failure::FailureKind;
use crate::license_key::LicenseKey;
use crate::protocol::date::{Day, Seconds};
use crate::protocol::digest::ActivationId;
use crate::protocol::grant::LicenseType;
use crate::text::Kind;

/// What `inspect` says.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub(crate) enum Inspected {
    /// A code.
    Code(Box<Explained>),
    /// A code that cannot be read.
    Damaged {
        kind: Option<Named<Kind>>,
        /// The kind for people.
        noun: Option<&'static str>,
        rows: Vec<Row>,
        error: Box<Failing>,
    },
}

/// A code: what it is, whose, what it would do here.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Explained {
    pub(crate) kind: Named<Kind>,
    /// The kind for people.
    pub(crate) noun: &'static str,
    /// What the code begins with; null: its kind has no prefix.
    pub(crate) prefix: Option<&'static str>,
    /// The length of what it carries.
    pub(crate) bytes: usize,
    /// The words by which both ends compare the code.
    pub(crate) phrase: String,
    pub(crate) code: String,
    pub(crate) rows: Vec<CodeRow>,
    #[serde(flatten)]
    pub(crate) carried: Carried,
    /// The product's id, where it is known here.
    pub(crate) product: Option<String>,
    /// The license, where it is known here.
    pub(crate) license_key: Option<Shown<LicenseKey>>,
    pub(crate) customer: Option<String>,
    pub(crate) signature: Signature,
    /// What its bytes say; null where they are not understood.
    pub(crate) says: Option<Box<Says>>,
    /// What this machine makes of it.
    pub(crate) machine: Option<AtMachine>,
    /// What this desk makes of it.
    pub(crate) desk: Option<AtDesk>,
}

/// Whether a code may be believed.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Signature {
    /// Whether codes of its kind are signed.
    pub(crate) signed: bool,
    /// Whether the signature could be checked here.
    pub(crate) checked: bool,
    /// Null where it could not.
    pub(crate) holds: Option<bool>,
    pub(crate) why: Option<String>,
}

/// What the bytes of a code say, before anybody has said that they may be believed; each where its kind has it.
#[derive(Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Says {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) license_key: Option<Shown<LicenseKey>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) activation: Option<Shown<ActivationId>>,
    /// When it was made, by the machine's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) clock: Option<Shown<Seconds>>,
    /// How the machine shows itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) machine: Option<ShownBy>,
    /// Seats wanted, or granted; null: all that are free.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) seats: Option<Option<u16>>,
    /// It brings a site's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) site_key: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) loans_out: Option<u16>,
    /// The generation held, or granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) generation: Option<u16>,
    /// Days wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) days: Option<u8>,
    /// The loan that is to be extended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) extends: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) issued: Option<Shown<Seconds>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) r#type: Option<Named<LicenseType>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) edition: Option<String>,
    /// The last day; null: perpetual.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires: Option<Option<Shown<Day>>>,
    /// The last day of maintenance; null: forever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) maintenance: Option<Option<Shown<Day>>>,
    /// The last day without another contact; null: never needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) revalidate_by: Option<Option<Shown<Day>>>,
    /// It signs with a site's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) site: Option<bool>,
    /// The longest loan in days; of a desk's certificate the longest that it may grant, 0 without a limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_loan: Option<u8>,
    /// Emergency codes: STEPSxDAYS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) emergency: Option<String>,
    /// The step of an emergency code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) step: Option<u8>,
    #[serde(flatten)]
    pub(crate) contents: Option<Contents>,
    /// The loan's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) loan: Option<u32>,
    /// The seat that is lent, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) seat: Option<u16>,
    /// The end of the loan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<Shown<Day>>,
    /// The loan has all that the site has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) everything: Option<bool>,
    /// `desk` or `root`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) site_licensed_by: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) site_seats: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) site_expires: Option<Option<Shown<Day>>>,
    /// The number of a desk's certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) serial: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) epoch: Option<u8>,
    /// What the desk may sign, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kinds: Option<Vec<&'static str>>,
    /// The last day on which it signs; null: forever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) not_after: Option<Option<Shown<Day>>>,
    /// The most seats that the desk may grant; 0: no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_seats: Option<u16>,
    /// The longest grace in days; 0: no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_grace: Option<u16>,
    /// The most days of emergency codes; 0: no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_emergency: Option<u8>,
}

/// How a machine shows itself in a request.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ShownBy {
    pub(crate) fingerprint: bool,
    pub(crate) bindings: bool,
    pub(crate) usb: bool,
}

/// What a machine makes of a code; each where it comes to that.
#[derive(Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct AtMachine {
    /// When it made this request, which waits for its answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pending: Option<Shown<Seconds>>,
    /// What applying it would come to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<&'static str>,
    /// What it would change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) changes: Option<Vec<Change>>,
    /// It would be refused, with this kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refused: Option<Named<FailureKind>>,
    /// The day that an emergency code would move the next contact to; null where none is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) revalidate_by: Option<Option<Shown<Day>>>,
}

/// What a desk makes of a code; each where it comes to that.
#[derive(Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct AtDesk {
    /// What answering it would come to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) verdict: Option<&'static str>,
    /// The seats that would be granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) seats: Option<u16>,
    /// What the clerk would be warned of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) warnings: Option<Vec<Warning>>,
    /// It would be refused, with this kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refused: Option<Named<FailureKind>>,
    /// When the desk gave this answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) answered: Option<Shown<Seconds>>,
    /// Whom for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) activation: Option<Shown<ActivationId>>,
}
