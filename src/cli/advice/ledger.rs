//! What to do about a ledger that is in the way, edited or lost.

use super::Advice;
use crate::issuer::audit::{Finding, Place, Wrong};
use crate::issuer::history::FollowError;
use crate::issuer::ledger::LedgerError;
use crate::issuer::policy::Refusal;
use crate::issuer::respond::RespondError;
use crate::issuer::respond::readopt::ReadoptError;
use crate::issuer::restore::RestoreError;

impl Advice for LedgerError {
    fn advice(&self) -> String {
        let advice = match self {
            LedgerError::Missing(_) => {
                "put it back from a backup: countersign ledger restore FILE --reason TEXT; or name another place with --home"
            }
            LedgerError::Exists(_) => "a desk is made once: name another place with --home",
            LedgerError::InUse => "another process is writing to it: try again when that has ended",
            LedgerError::Foreign(_) => "check --home; a ledger can be taken from a backup",
            LedgerError::Newer { .. } => "use the program that wrote it, or a newer one",
            LedgerError::ClockBehind { .. } => {
                "set the clock and do the same again; where the clock is right and the entry was made under a wrong one, a manager says so once: countersign desk clock --right --reason TEXT"
            }
            LedgerError::ReadOnly(_) => {
                "the file and its directory must be writable for the person who answers (SQLite keeps a -wal file beside the ledger)"
            }
            LedgerError::DiskFull => "make room and do the same again: nothing is lost",
            LedgerError::Schema(_) => {
                "nothing was signed or changed; run `countersign ledger verify`, then drop what was added or restore a backup"
            }
            LedgerError::Damaged(_) => {
                "take the ledger from a backup; `countersign ledger verify` names what is wrong, where it can be read at all"
            }
            LedgerError::Edited(_) => {
                "nothing was signed or changed; run `countersign ledger verify`, which names all that is wrong, and restore a backup made before; find out who can write to this ledger"
            }
            LedgerError::Unsigned(error) => return error.advice(),
            LedgerError::Io(_) => {
                "look at the disk and the directory's permissions, then do the same again"
            }
        };
        advice.to_owned()
    }
}

impl Advice for RestoreError {
    fn advice(&self) -> String {
        let advice = match self {
            RestoreError::Edited(_) => "take another backup: this one was edited or is damaged",
            RestoreError::Unread(..) => "look at the backup's name, and whether you may read it",
            RestoreError::Export { .. } => {
                "take another export, or write it again: countersign ledger export FILE; one that was changed by hand is not taken"
            }
            RestoreError::FormerRoot => {
                "put it back with the root that stays: --key FILE; `countersign desk keys` shows which that is"
            }
            RestoreError::OtherDesk => {
                "look at --home and at the backup's name; where this desk's own ledger was edited, move its file away first"
            }
            RestoreError::Newer { .. } => {
                "take a later backup; to give those events up, with all that was sold and answered in them: --discard-newer"
            }
            RestoreError::Desk(error) => return error.advice(),
        };
        advice.to_owned()
    }
}

impl Advice for FollowError {
    fn advice(&self) -> String {
        match self {
            FollowError::OtherHistory { restored, .. } => match restored.as_slice() {
                [] => "look at --home and run `countersign ledger verify`: the ledger of another desk, or one that was cut off, lies there".to_owned(),
                [one] => format!(
                    "the ledger was put back from a backup: what came before that is as you have it; go on with --since {}",
                    one - 1
                ),
                [first, ..] => format!(
                    "the ledger was put back from a backup more than once: go on before the first of these events that you do not have, or with --since {}",
                    first - 1
                ),
            },
            FollowError::Ledger(error) => error.advice(),
        }
    }
}

impl Advice for ReadoptError {
    fn advice(&self) -> String {
        let advice = match self {
            ReadoptError::NotPutBack => {
                "an answer that is not known here was not given by this desk: look at --home; `countersign license show KEY` tells what is known"
            }
            ReadoptError::NotLost(_) => {
                "whoever has a key of this desk may have given it out of the ledger: ask who did; the machine can activate anew, as any other: countersign request activate KEY --new"
            }
            ReadoptError::KeyRemoved(_) => {
                "find out whether the key was stolen before that machine was answered; it can activate anew: countersign request activate KEY --new"
            }
            ReadoptError::GoneOn(_) => {
                "find out whether two machines use it; the one that is meant activates anew: countersign request activate KEY --new"
            }
            ReadoptError::Catalogue(_) => {
                "put the product back first as it was sold: countersign product change, or product add --from FILE"
            }
            ReadoptError::Respond(RespondError::Refused(Refusal::NoSeatFree { .. })) => {
                "look into the order: where more seats were sold, say so, and hand over the same again: countersign license change KEY --seats N; where the machine that has the seat gave it up before: countersign release A-… --lost --reason TEXT"
            }
            ReadoptError::Respond(error) => return error.advice(),
        };
        advice.to_owned()
    }
}

impl Advice for Finding {
    fn advice(&self) -> String {
        let advice = match (self.place, self.wrong) {
            (Place::Schema, Wrong::Added) => {
                "keep a copy, drop what was added, and find out who can write to this ledger"
            }
            (Place::File, _) | (_, Wrong::Damaged | Wrong::Unreadable) => {
                "keep a copy, restore a backup made before, and look at the disk and at who can write to this ledger"
            }
            (_, Wrong::GivenUp) => {
                "where you put that backup back yourself, this is as it has to be: keep that checkpoint in another place, and make one of the ledger as it is: countersign ledger checkpoint"
            }
            (_, Wrong::CutOff) => {
                "put back a backup that has those rows with countersign ledger restore, and find out who put an older ledger here"
            }
            _ => "restore a backup made before, and find out who can write to this ledger",
        };
        advice.to_owned()
    }
}
