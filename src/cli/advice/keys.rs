//! Of what a key is not: certified, or one that opens seed keys.

use super::Advice;
use crate::issuer::keys::KeysError;
use crate::issuer::seeds::SeedError;

impl Advice for KeysError {
    fn advice(&self) -> String {
        let advice = match self {
            KeysError::Ledger(error) => return error.advice(),
            KeysError::Signer(error) => return error.advice(),
            KeysError::Seeds(error) => return error.advice(),
            KeysError::Request(_) => {
                "take the file that `countersign desk request NAME` wrote, as it is"
            }
            KeysError::NeedsRoot => "do it with the root key: --key root, or the file of a copy",
            KeysError::FormerRoot => {
                "put the root that stays where it lies, or name its file: --key FILE; `countersign desk keys` shows which that is"
            }
            KeysError::NeedsClerk => {
                "give the unattended desk a key of its own: countersign desk request NAME, countersign desk certify NAME; and say --key NAME"
            }
            KeysError::NeedsManager => {
                "ask a manager; the root does it, and a key that was certified with --manager"
            }
            KeysError::NotOfThisDesk => {
                "have the key certified at this desk: countersign desk certify NAME"
            }
            KeysError::Named(_) => {
                "`countersign desk keys` shows them; take another name, or remove the old key first: countersign desk remove NAME --reason TEXT"
            }
            KeysError::Unknown(_) => "`countersign desk keys` shows them",
            KeysError::NotCertified(name) => {
                return format!(
                    "the root does that: countersign desk certify {name} --key root; `countersign desk certify --help` tells of limits"
                );
            }
            KeysError::Removed(_) => {
                "a manager answers; whoever is to sign again makes a new key with `countersign desk request NAME`"
            }
            KeysError::Replaced(_) => "`countersign desk keys` shows which one stands",
            KeysError::Limits(_) => "see `countersign desk certify --help`",
            KeysError::UnknownProduct(_) => "`countersign product list` shows those there are",
        };
        advice.to_owned()
    }
}

impl Advice for SeedError {
    fn advice(&self) -> String {
        let advice = match self {
            SeedError::Ledger(error) => return error.advice(),
            SeedError::Signer(error) => return error.advice(),
            SeedError::Shut(_) => {
                "`countersign ledger verify` tells what was edited, and a backup puts the ledger back; licenses without emergency codes are answered as before"
            }
            SeedError::Lost(..) => {
                "have the machine ask with `countersign request sync`: what it is answered has codes again"
            }
            SeedError::Unfit => {
                "take the file that `countersign desk request NAME` wrote, as it is"
            }
        };
        advice.to_owned()
    }
}
