//! The fork rule: whether the machine that asks is the one that was answered last (SPEC.md 9.2).

use std::fmt;

use crate::issuer::ledger::Activation;
use crate::protocol::date::Day;
use crate::protocol::digest::ActivationId;

/// What the ledger says of a SYNC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// The machine holds the latest answer.
    Green,
    /// Lost or crossed mail, a restored backup, or a copy: a clerk may supersede it.
    Yellow,
    /// A copy or an old snapshot: the manager decides.
    Red,
    /// The request opens nothing, so anybody may have written it: it says nothing of the machine. The manager decides.
    Unproven,
}

impl Colour {
    /// The stable snake_case name for JSON and the history.
    pub fn name(self) -> &'static str {
        match self {
            Colour::Green => "green",
            Colour::Yellow => "yellow",
            Colour::Red => "red",
            Colour::Unproven => "unproven",
        }
    }
}

/// What a request that was refused proves (SPEC.md 9.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It opens an answer whose secret was never revealed before, of an activation that was not returned: the machine or a copy of it asks.
    Held,
    /// It opens an answer, but whoever read an earlier request knows the secret.
    KnownToReaders,
    /// It opens nothing: anybody can write it.
    Unproven,
}

impl Proof {
    /// The stable snake_case name for JSON and the history.
    pub const fn name(self) -> &'static str {
        match self {
            Proof::Held => "held",
            Proof::KnownToReaders => "known_to_readers",
            Proof::Unproven => "unproven",
        }
    }
}

/// The generation whose secret a SYNC reveals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldAnswer {
    /// Its number.
    pub generation: u16,
    /// The last generation proven when it was granted: the one it was asked from.
    pub parent: u16,
}

/// A verdict and what it rests on. Its words are the evidence, in one sentence for the clerk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fork {
    /// GREEN: the latest answer is held.
    Latest(u16),
    /// YELLOW: what is held was proven before, and another answer was given since.
    Behind {
        /// Generation held.
        held: u16,
        /// The latest.
        latest: u16,
        /// When that was granted.
        since: Day,
    },
    /// YELLOW: what is held is one of several answers to what was proven last.
    Crossed {
        /// Generation held.
        held: u16,
        /// The latest.
        latest: u16,
        /// When that was granted.
        since: Day,
    },
    /// YELLOW: another activation took its place; an ACTIVATE proves nothing (SPEC.md 9.8), so that says nothing of either.
    Replaced {
        /// Who has the place.
        by: ActivationId,
        /// Since when, at the latest.
        since: Day,
    },
    /// RED: another generation was proven since.
    Diverged {
        /// Generation held.
        held: u16,
        /// The one that is proven.
        proven: u16,
        /// Last contact.
        since: Day,
        /// What the request proves.
        proof: Proof,
    },
    /// The secret opens no answer of this activation, or not that of the generation it claims.
    Unknown,
}

impl Fork {
    /// The verdict.
    pub fn colour(&self) -> Colour {
        match self {
            Fork::Latest(_) => Colour::Green,
            Fork::Behind { .. } | Fork::Crossed { .. } | Fork::Replaced { .. } => Colour::Yellow,
            Fork::Diverged { .. } => Colour::Red,
            Fork::Unknown => Colour::Unproven,
        }
    }
}

impl fmt::Display for Fork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fork::Latest(held) => {
                write!(f, "the machine holds the latest answer, generation {held}")
            }
            Fork::Behind {
                held,
                latest,
                since,
            } => write!(
                f,
                "the machine holds generation {held}, and generation {latest} was granted on {since}: that answer was lost, a backup was restored, or a copy asks"
            ),
            Fork::Crossed {
                held,
                latest,
                since,
            } => write!(
                f,
                "the machine holds generation {held}, and generation {latest} was granted on {since} to another request: two mails crossed, or a copy asks"
            ),
            Fork::Replaced { by, since } => write!(
                f,
                "{by} was activated in its place, last heard of on {since}: another account of the computer, an earlier installation, a copy, or somebody who read a request of this machine"
            ),
            Fork::Diverged {
                held,
                proven,
                since,
                proof,
            } => {
                let reader = match proof {
                    Proof::Held => "",
                    _ => ", or somebody who read an earlier request",
                };
                write!(
                    f,
                    "the machine holds generation {held}, but generation {proven} was in use on {since}: a copy or an old snapshot asks{reader}"
                )
            }
            Fork::Unknown => f.write_str(
                "what is revealed belongs to no answer of this activation: anybody can write such a request, and it says nothing of the machine",
            ),
        }
    }
}

/// Judges a SYNC of an activation by the generation whose commitment its secret opens; `proof` is what it proves where it is behind.
pub fn judge(own: &Activation, held: Option<HeldAnswer>, proof: Proof) -> Fork {
    let (latest, since) = (own.generation, own.last.day());
    let Some(HeldAnswer { generation, parent }) = held else {
        return Fork::Unknown;
    };
    if generation == latest {
        Fork::Latest(generation)
    } else if generation == own.proven {
        Fork::Behind {
            held: generation,
            latest,
            since,
        }
    } else if parent == own.proven {
        // A generation whose parent is the last proven one is itself unproven: else it would be the last proven one.
        Fork::Crossed {
            held: generation,
            latest,
            since,
        }
    } else {
        Fork::Diverged {
            held: generation,
            proven: own.proven,
            since,
            proof,
        }
    }
}
