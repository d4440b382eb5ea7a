//! What becomes of an answer that is entered, be it a response or an emergency code.

use std::fmt;

use super::sync::Change;
use super::terms::{Difference, Terms};
use crate::license_key::LicenseKey;
use crate::messages;
use crate::protocol::date::Seconds;
use crate::protocol::digest::ActivationId;

/// What became of an answer, or would.
///
/// ```no_run
/// # fn example(app: countersign::App, pasted: &str) -> Result<(), Box<dyn std::error::Error>> {
/// println!("{}", app.apply(pasted)?); // license 828-150-156-1139 for Survey is in force
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The license is now as it says.
    Applied(Box<Applied>),
    /// It was applied before, and is what is in force.
    AlreadyApplied(Which),
    /// A later answer is in force.
    AlreadyNewer(Which),
    /// A desk's certificate is known from now on, for the products with these ids.
    DeskKnown(Vec<String>),
    /// A site's certificate is known from now on, of this license; none: it is looked at when a loan is asked for.
    CardKnown(Option<LicenseKey>),
}

/// Which license an answer is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Which {
    /// The product's id.
    pub product: String,
    /// The license.
    pub license_key: LicenseKey,
    /// The activation in force.
    pub activation: ActivationId,
}

/// What an answer changes.
///
/// ```no_run
/// # fn example(app: countersign::App, pasted: &str) -> Result<(), Box<dyn std::error::Error>> {
/// use countersign::holder::Outcome;
///
/// if let Outcome::Applied(applied) = app.apply(pasted)? {
///     println!("{} seats", applied.after.seats);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Applied {
    /// Which license.
    pub which: Which,
    /// The terms before, where the license was held and trusted.
    pub before: Option<Terms>,
    /// The terms from now on.
    pub after: Terms,
    /// When the request that it answers was made, by this computer's clock; none for an emergency code.
    pub asked: Option<Seconds>,
    /// The machine held the license before, as far as the issuer knows, and this home knows nothing of it: as another account of the computer, or before
    /// it was set up anew.
    pub held_elsewhere: bool,
    /// What of the machine, its bindings and its USB key the license has otherwise than before; nothing where none was held and trusted.
    pub taken_in: Vec<Change>,
}

impl Applied {
    /// What it changes about a license that was held before; nothing where none was.
    pub fn changes(&self) -> Vec<Difference> {
        let before = self.before.as_ref();
        before.map_or_else(Vec::new, |before| self.after.differences(before))
    }
}

impl Outcome {
    /// Stable snake_case name for scripts.
    pub fn name(&self) -> &'static str {
        match self {
            Outcome::Applied(_) => "applied",
            Outcome::AlreadyApplied(_) => "already_applied",
            Outcome::AlreadyNewer(_) => "already_newer",
            Outcome::DeskKnown(_) => "desk_known",
            Outcome::CardKnown(_) => "card_known",
        }
    }
}

/// In a sentence, for a dialogue.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Applied(applied) => {
                let which = &applied.which;
                messages::holder::applied(which.license_key, &which.product).fmt(f)
            }
            Outcome::AlreadyApplied(which) => {
                messages::holder::already_applied(which.license_key, &which.product).fmt(f)
            }
            Outcome::AlreadyNewer(which) => {
                messages::holder::already_newer(which.license_key, &which.product).fmt(f)
            }
            Outcome::DeskKnown(products) => {
                messages::holder::desk_known(products.join(", ")).fmt(f)
            }
            Outcome::CardKnown(Some(key)) => messages::holder::card_known(key).fmt(f),
            Outcome::CardKnown(None) => f.write_str(messages::holder::card_kept()),
        }
    }
}
