//! Of keys that did not sign, wherever they lie.

use super::Advice;
use crate::signing::absent::Absent;
use crate::signing::elsewhere::uri::UriError;
use crate::signing::keys::KeyError;
use crate::signing::signer::SignerError;

impl Advice for SignerError {
    fn advice(&self) -> String {
        let advice = match self {
            SignerError::Failed(_) => {
                "look at the key, and try again: nothing was recorded that was not signed, and what was answered before gets the same answer"
            }
            SignerError::Wrong | SignerError::Unsteady => {
                "sign with this key no more on this computer until it is known why: nothing was recorded, and nothing left"
            }
            SignerError::Absent(absent) => return absent.advice(),
        };
        advice.to_owned()
    }
}

impl Advice for Absent {
    fn advice(&self) -> String {
        let advice = match self {
            Absent::Unreadable(_) => {
                "take the key file from a backup, or write it anew: countersign desk request, or desk init, with --agent or --pkcs11"
            }
            Absent::NoAgent(_) => {
                "start one where you work (eval \"$(ssh-agent)\") and give it the key: ssh-add FILE; SSH_AUTH_SOCK says where it listens"
            }
            Absent::AgentEmpty => "unlock it with `ssh-add -X`, or give it the key: ssh-add FILE",
            Absent::NotInAgent => "give it the key: ssh-add FILE; `ssh-add -L` shows what it holds",
            Absent::Refused => {
                "whoever it asks has to agree; nothing was recorded that was not signed: do the same again"
            }
            Absent::OtherAlgorithm(_) => {
                "signing keys here are Ed25519 keys only: ssh-keygen -t ed25519, or another key in the token"
            }
            Absent::NotBuilt => "use a program that was built with the feature `token`",
            Absent::NoModule(_) => {
                "install the module of the token's maker, or name it by its whole path: module-path=/…"
            }
            Absent::NoToken => "plug it in, and compare its label with the URI in the key file",
            Absent::SeveralTokens(_) => "say which by its serial number: pkcs11:serial=…",
            Absent::NoKey(_) => {
                "compare the key's label (object=…) and its id (id=%…) with what lies there"
            }
            Absent::SeveralKeys(_) => "say which by its id: pkcs11:…;id=%…",
            Absent::NoPublicKey(_) => {
                "write the public key into the token, under the id of the private one"
            }
            Absent::OtherKey(_) => {
                "plug in the token that holds the key; another key needs a certificate of its own"
            }
            Absent::WrongPin { last: true, .. } => {
                "be sure of it before you try again: one more wrong PIN locks the token"
            }
            Absent::WrongPin { .. } => {
                "it was tried once, and tokens lock after some: be sure before you try again"
            }
            Absent::LastTry(_) => {
                "type it, at a terminal and without a passphrase file: a right one gives all tries back"
            }
            Absent::PinLocked(_) => {
                "whoever has the token's SO PIN or PUK unlocks it, with its maker's program"
            }
            Absent::PulledOut | Absent::Token(_) => {
                "plug it in and do the same again: nothing was recorded that was not signed, and what was answered before gets the same answer"
            }
        };
        advice.to_owned()
    }
}

impl Advice for UriError {
    fn advice(&self) -> String {
        let advice = match self {
            UriError::PinInside => "leave it out: it is asked for, or read from --passphrase-file",
            UriError::NotOne | UriError::NoKey => {
                "such as 'pkcs11:token=desk;object=root?module-path=/usr/lib/softhsm/libsofthsm2.so'"
            }
            UriError::Unknown(_) => {
                "token, serial, manufacturer, model, object, id, type=private and module-path are known"
            }
            UriError::Twice(_) => "say it once",
            UriError::NoModule => "add ?module-path=/… with the whole path of the module",
        };
        advice.to_owned()
    }
}

impl Advice for KeyError {
    fn advice(&self) -> String {
        let advice = match self {
            KeyError::PassphraseNeeded => "type it when asked, or give --passphrase-file",
            KeyError::WrongPassphrase => {
                "try again; if it is surely right, the file was altered: take it from a backup"
            }
            KeyError::NotAKey => {
                "give a PEM file that begins with BEGIN PRIVATE KEY or BEGIN ENCRYPTED PRIVATE KEY"
            }
            KeyError::NotEd25519(_) => "signing keys here are Ed25519 keys only",
            KeyError::TooMuchWork => {
                "take the file from a backup; if you made it so, encrypt it again with less: openssl pkcs8 -topk8 -scrypt -in OLD -out NEW"
            }
            KeyError::UnsupportedEncryption => {
                "encrypt it again with: openssl pkcs8 -topk8 -scrypt -in OLD -out NEW"
            }
        };
        advice.to_owned()
    }
}
