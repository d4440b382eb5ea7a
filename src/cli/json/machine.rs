//! What the commands of a machine print.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Carried, Change, Contents, Counted, Failing, Named, Shown, Steps, Terms, Warning, shown,
};

use crate::holder::{self, Difference, Outcome, State};
use crate::license_key::LicenseKey;
use crate::protocol::date::{Day, Seconds};
use crate::protocol::digest::ActivationId;
use crate::protocol::grant::LicenseType;
use crate::text::Kind;

/// What `check` says of a license, and `run` where it does not run.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Report {
    pub(crate) state: Named<State>,
    /// The product's id.
    pub(crate) product: String,
    pub(crate) license_key: Option<Shown<LicenseKey>>,
    pub(crate) activation: Option<Shown<ActivationId>>,
    /// Always null: every byte of a license is typed by somebody, and the customer's name is not among them.
    pub(crate) customer: (),
    pub(crate) r#type: Option<Named<LicenseType>>,
    pub(crate) edition: Option<String>,
    /// Counts the grants of an activation, from 1.
    pub(crate) generation: Option<u16>,
    pub(crate) issued: Option<Shown<Seconds>>,
    /// Seats of this activation.
    pub(crate) seats: Option<u16>,
    /// The last day; null: perpetual, or no license.
    pub(crate) expires: Option<Shown<Day>>,
    /// The last day of maintenance; null: forever, or no license.
    pub(crate) maintenance: Option<Shown<Day>>,
    /// The last day without another contact; null: never needed, or no license.
    pub(crate) revalidate_by: Option<Shown<Day>>,
    /// The longest loan in days, where it may be lent.
    pub(crate) max_loan: Option<u8>,
    /// The number of the loan, where a site lent it; it ends with `expires`.
    pub(crate) loan: Option<u32>,
    pub(crate) emergency: Option<Steps>,
    /// Whole days after today until the license or the demo ends, or is to be re-validated; below 0 past it.
    pub(crate) days_left: Option<i32>,
    /// Whether a seat has to be taken: the license floats.
    pub(crate) needs_seat: bool,
    /// Fewer than three parts of the machine could be compared.
    pub(crate) weakly_bound: bool,
    /// Null where it needs no USB key, or where it did not come to that.
    pub(crate) usb_plugged_in: Option<bool>,
    pub(crate) warnings: Vec<Warning>,
    /// What may be used now: the license's or the demo's.
    #[serde(flatten)]
    pub(crate) contents: Contents,
    /// What was in the license until a day that is over.
    pub(crate) ended: BTreeMap<String, Shown<Day>>,
    /// The numbers in use that were asked about.
    pub(crate) counts: Vec<Counted>,
    /// What the license is bound to.
    pub(crate) bindings: BTreeMap<String, String>,
    /// Why the application may not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<Failing>,
}

/// What `status` says of a license.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub(crate) enum Status {
    /// A license, or a product without one.
    Of(Box<StatusReport>),
    /// No product is installed.
    NothingInstalled {
        state: Named<State>,
        error: Box<Failing>,
    },
}

/// What `check` says, and what became of requests.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct StatusReport {
    #[serde(flatten)]
    pub(crate) report: Report,
    /// Requests that wait for their answer.
    pub(crate) pending: usize,
    /// Who has a place of a license that is for users by name; empty for any other.
    pub(crate) users: Vec<String>,
    /// What was applied, oldest first.
    pub(crate) history: Vec<AppliedOn>,
    pub(crate) given_up: Vec<GivenUp>,
}

/// An answer or emergency code that was applied.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct AppliedOn {
    pub(crate) at: Shown<Seconds>,
    pub(crate) activation: Shown<ActivationId>,
    pub(crate) generation: u16,
    /// The step of an emergency code; null: an answer.
    pub(crate) emergency_step: Option<u8>,
}

/// An activation that was given up.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct GivenUp {
    pub(crate) at: Shown<Seconds>,
    pub(crate) activation: Shown<ActivationId>,
}

/// A request of `request activate`, `request sync` and `return`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "{T}Request"))]
pub(crate) struct Requested<T> {
    pub(crate) kind: Named<Kind>,
    pub(crate) license_key: Shown<LicenseKey>,
    pub(crate) activation: Shown<ActivationId>,
    /// `new`, or `repeated` where it is the same code again.
    pub(crate) verdict: &'static str,
    /// Always empty: this code was not typed.
    pub(crate) corrections: [String; 0],
    pub(crate) warnings: Vec<Warning>,
    /// The product's id.
    pub(crate) product: String,
    /// Where the code goes.
    pub(crate) mail: Option<String>,
    #[serde(flatten)]
    pub(crate) more: T,
}

/// `new` or `repeated`.
pub(crate) fn verdict(repeated: bool) -> &'static str {
    if repeated { "repeated" } else { "new" }
}

/// What `request activate` adds.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Activating {
    pub(crate) created: Shown<Seconds>,
    /// Names and values that the license is to be bound to.
    pub(crate) bindings: BTreeMap<String, String>,
}

/// What `request borrow` and `request extend` add.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Borrowing {
    pub(crate) created: Shown<Seconds>,
    pub(crate) days: u8,
    /// None: all.
    pub(crate) features: Vec<String>,
    /// The loan that is to go on.
    pub(crate) extends: Option<u32>,
}

/// What `request sync` adds.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Syncing {
    pub(crate) created: Shown<Seconds>,
    pub(crate) bindings: BTreeMap<String, String>,
    /// The generation held.
    pub(crate) generation: u16,
    /// What is no longer as the license has it, in words.
    pub(crate) changes: Vec<String>,
}

/// What `request held` adds.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Holding {
    /// When the answer was entered.
    pub(crate) applied: Shown<Seconds>,
    /// Its generation.
    pub(crate) generation: u16,
}

/// What `return` adds.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Returning {
    /// When it was given up.
    pub(crate) returned: Shown<Seconds>,
    /// All that this home gave up, in the order of the codes: more than one where it asked more than once, and may have been answered each time.
    pub(crate) activations: Vec<Shown<ActivationId>>,
    /// Activations of other homes on this computer that ended with it.
    pub(crate) ends_too: Vec<Shown<ActivationId>>,
}

/// A request that waits for its answer, of `pending list`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Pending {
    pub(crate) license_key: Shown<LicenseKey>,
    /// The product's id.
    pub(crate) product: String,
    pub(crate) activation: Shown<ActivationId>,
    pub(crate) kind: Named<Kind>,
    pub(crate) created: Shown<Seconds>,
    pub(crate) code: String,
    /// The words by which both ends compare the code.
    pub(crate) phrase: String,
}

/// What `pending forget` did.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Forgotten {
    pub(crate) license_key: Shown<LicenseKey>,
    /// How many requests.
    pub(crate) forgotten: usize,
}

/// Another name of a server, of `alias`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Alias {
    pub(crate) alias: String,
    pub(crate) server: String,
}

/// What `apply` did.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub(crate) enum Entered {
    /// `applied`: the license is now as the answer says.
    Applied(Box<Applied>),
    /// `already_applied` or `already_newer`.
    Nothing(Which),
    /// `card_known`: a site's certificate is known from now on.
    CardKnown {
        outcome: &'static str,
        /// Of this license; null: that is seen when a loan is asked for.
        license_key: Option<Shown<LicenseKey>>,
        #[serde(flatten)]
        carried: Carried,
    },
    /// `desk_known`: a desk may answer from now on.
    DeskKnown {
        outcome: &'static str,
        /// For these, by their ids.
        products: Vec<String>,
        #[serde(flatten)]
        carried: Carried,
    },
}

/// Which license.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Which {
    pub(crate) outcome: &'static str,
    /// The product's id.
    pub(crate) product: String,
    pub(crate) license_key: Shown<LicenseKey>,
    pub(crate) activation: Shown<ActivationId>,
    #[serde(flatten)]
    pub(crate) carried: Carried,
}

/// A license that is now as an answer says.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Applied {
    #[serde(flatten)]
    pub(crate) which: Which,
    #[serde(flatten)]
    pub(crate) terms: Terms,
    #[serde(flatten)]
    pub(crate) contents: Contents,
    /// What of the machine the license has otherwise than before, in words.
    pub(crate) taken_in: Vec<String>,
    pub(crate) changes: Vec<Change>,
}

impl Entered {
    pub(crate) fn of(outcome: &Outcome, carried: Carried) -> Entered {
        let which = |which: &holder::Which, carried| Which {
            outcome: outcome.name(),
            product: which.product.clone(),
            license_key: Shown(which.license_key),
            activation: Shown(which.activation),
            carried,
        };
        match outcome {
            Outcome::Applied(applied) => Entered::Applied(Box::new(Applied {
                which: which(&applied.which, carried),
                terms: Terms::from(&applied.after),
                contents: applied.after.contents.clone().into(),
                taken_in: taken_in(applied),
                changes: changes(&applied.changes()),
            })),
            Outcome::AlreadyApplied(known) | Outcome::AlreadyNewer(known) => {
                Entered::Nothing(which(known, carried))
            }
            Outcome::CardKnown(key) => Entered::CardKnown {
                outcome: outcome.name(),
                license_key: shown(*key),
                carried,
            },
            Outcome::DeskKnown(products) => Entered::DeskKnown {
                outcome: outcome.name(),
                products: products.clone(),
                carried,
            },
        }
    }
}

/// What an answer changes, for scripts.
pub(crate) fn changes(changes: &[Difference]) -> Vec<Change> {
    let change = |it: &Difference| Change {
        what: it.what.name().to_owned(),
        entry: it.what.entry().map(str::to_owned),
        before: it.before.clone(),
        after: it.after.clone(),
    };
    changes.iter().map(change).collect()
}

/// What of the machine the license has otherwise than before, in words.
pub(crate) fn taken_in(applied: &holder::Applied) -> Vec<String> {
    applied.taken_in.iter().map(ToString::to_string).collect()
}
