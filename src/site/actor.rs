//! Who does something at a site.

use crate::seats::Moment;
use crate::signing::signer::TriedSigner;

/// At which moment something is done, and with which signer.
#[derive(Clone, Copy, Debug)]
pub struct Actor<'a> {
    /// The moment.
    pub moment: &'a Moment,
    /// The site's key.
    pub signer: &'a TriedSigner,
}
