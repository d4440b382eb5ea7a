//! Why a key that lies in an ssh-agent or in a token does not sign.

use crate::failure::FailureKind;

/// What keeps such a key from signing. Nothing was signed.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Absent {
    /// The file that is to say where the key lies does not say it.
    #[error("the key file says that its key lies elsewhere, and not where: {0}")]
    Unreadable(String),
    /// No agent can be reached, with why.
    #[error("no ssh-agent answers: {0}")]
    NoAgent(String),
    /// The agent holds no key at all; a locked one says the same.
    #[error("the ssh-agent holds no key now, or is locked")]
    AgentEmpty,
    /// It holds others.
    #[error("the ssh-agent does not hold this key")]
    NotInAgent,
    /// It holds the key, and signs nothing with it.
    #[error("the ssh-agent holds the key and refused to sign with it")]
    Refused,
    /// The key is of another algorithm, named.
    #[error("the key is not an Ed25519 key, but {0}")]
    OtherAlgorithm(String),
    /// This build has no code for tokens.
    #[error("this program was built without PKCS#11")]
    NotBuilt,
    /// The module of the token cannot be loaded or begins nothing, with why.
    #[error("the PKCS#11 module cannot be used: {0}")]
    NoModule(String),
    /// No token fits.
    #[error("no token is there that the key's URI means")]
    NoToken,
    /// Several do.
    #[error("several tokens are there that the key's URI may mean: {0}")]
    SeveralTokens(String),
    /// The token has no key that fits.
    #[error("the token {0} has no private key that the key's URI means")]
    NoKey(String),
    /// It has several.
    #[error("the token {0} has several private keys that the key's URI may mean")]
    SeveralKeys(String),
    /// The private key has no public one beside it.
    #[error("the token {0} shows no public key beside the private one")]
    NoPublicKey(String),
    /// The key that lies there is not the one of which the file says that it does.
    #[error("the token {0} has another key under that name than the one that was enrolled")]
    OtherKey(String),
    /// The PIN is wrong. `last`: the token takes one more.
    #[error("the PIN of the token {token} is wrong{}", if *last { ", and the token takes one more" } else { "" })]
    WrongPin {
        /// The token's label.
        token: String,
        /// Whether one more wrong PIN locks it.
        last: bool,
    },
    /// The token takes one more PIN, and a file is not to spend it.
    #[error(
        "the token {0} takes one more PIN before it locks itself, so none is tried from a file"
    )]
    LastTry(String),
    /// The token is locked.
    #[error("the token {0} is locked: too many wrong PINs were given")]
    PinLocked(String),
    /// The token was there, and is no more.
    #[error("the token was pulled out")]
    PulledOut,
    /// Whatever else a token says, by the name that PKCS#11 has for it.
    #[error("the token did not sign: it says {0}")]
    Token(String),
}

impl Absent {
    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        match self {
            Absent::Unreadable(_) => FailureKind::NotAKey,
            Absent::NoAgent(_) => FailureKind::NoAgent,
            Absent::AgentEmpty
            | Absent::NotInAgent
            | Absent::NoKey(_)
            | Absent::NoPublicKey(_)
            | Absent::OtherKey(_) => FailureKind::KeyAbsent,
            Absent::Refused | Absent::PulledOut | Absent::Token(_) => FailureKind::SignerFailed,
            Absent::OtherAlgorithm(_) => FailureKind::NotEd25519,
            Absent::NotBuilt | Absent::NoModule(_) => FailureKind::NoModule,
            Absent::NoToken => FailureKind::NoToken,
            Absent::SeveralTokens(_) | Absent::SeveralKeys(_) => FailureKind::WhichKey,
            Absent::WrongPin { .. } => FailureKind::WrongPassphrase,
            Absent::LastTry(_) | Absent::PinLocked(_) => FailureKind::PinLocked,
        }
    }
}
