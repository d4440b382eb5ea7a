//! What the desk says about itself, name by name, as its events made it (SPEC.md 9.9).

use std::collections::BTreeMap;

use super::{Place, Replay, Wrong};
use crate::issuer::approvals::{NEEDS, WAITING};
use crate::issuer::desk::{FORMER, ROOT_NAMES};
use crate::issuer::history::{ChangeFacts, DeskFacts, Hex, PolicyFacts, ReplaceFacts, RotateFacts};
use crate::issuer::keys::EPOCH;
use crate::issuer::ledger::{EventId, LedgerError, Transaction};

/// The names and what stands under each.
#[derive(Default)]
pub(super) struct Said {
    names: BTreeMap<String, String>,
    roots: Option<[Hex; 2]>,
}

impl Said {
    fn put(&mut self, name: &str, value: impl Into<String>) {
        self.names.insert(name.to_owned(), value.into());
    }

    fn get(&self, name: &str) -> &str {
        self.names.get(name).map_or("", String::as_str)
    }

    pub(super) fn begun(&mut self, it: &DeskFacts) {
        self.put("vendor", &it.vendor);
        if let Some(mail) = &it.mail {
            self.put("mail", mail);
        }
        self.put_roots([it.root, it.spare]);
    }

    fn put_roots(&mut self, roots: [Hex; 2]) {
        for (name, root) in ROOT_NAMES.into_iter().zip(roots) {
            self.put(name, root.to_string());
        }
        self.roots = Some(roots);
    }

    pub(super) fn changed(&mut self, it: &ChangeFacts) {
        for (name, value) in [("vendor", &it.vendor), ("mail", &it.mail)] {
            if let Some(value) = value {
                self.put(name, value);
            }
        }
    }

    pub(super) fn rotated(&mut self, it: &RotateFacts) {
        self.put(EPOCH, it.epoch.to_string());
    }

    /// The root that stays is the live one from then on.
    pub(super) fn replaced(&mut self, it: &ReplaceFacts) {
        let stays = match self.roots {
            Some([live, spare]) if live == it.dropped => spare,
            Some([live, _]) => live,
            None => return,
        };
        let former = format!("{} {}", self.get(FORMER), it.dropped);
        self.put(FORMER, former.trim_start());
        self.put_roots([stays, it.added]);
        // Where nobody was certified the epoch stays, and is not written.
        if it.epoch != 0 && self.get(EPOCH) != it.epoch.to_string() {
            self.put(EPOCH, it.epoch.to_string());
        }
    }

    pub(super) fn policy(&mut self, it: &PolicyFacts) {
        self.put(&[NEEDS, &it.product].concat(), it.rules.join(","));
    }

    pub(super) fn proposed(&mut self, number: EventId) {
        let waiting = format!("{} {}", self.get(WAITING), number.0);
        self.put(WAITING, waiting.trim_start());
    }

    pub(super) fn decided(&mut self, number: i64) {
        let number = number.to_string();
        let waiting = self.get(WAITING).split(' ').filter(|it| *it != number);
        let waiting: Vec<&str> = waiting.collect();
        self.put(WAITING, waiting.join(" "));
    }

    /// The roots, where it says which.
    pub(super) fn roots(&self) -> Option<[Hex; 2]> {
        self.roots
    }
}

impl Replay {
    /// The table against what the events made of it.
    pub(super) fn said_as_events_have_it(
        &mut self,
        tx: &mut dyn Transaction,
    ) -> Result<(), LedgerError> {
        let table: BTreeMap<String, String> = tx.all_meta()?.into_iter().collect();
        let names = table.keys().chain(self.said.names.keys());
        let mut wrong: Vec<String> = names
            .filter(|name| table.get(*name) != self.said.names.get(*name))
            .map(|name| format!("{:?}", name))
            .collect();
        wrong.sort();
        wrong.dedup();
        if !wrong.is_empty() {
            let row = "what the desk says about itself";
            let says = format!("is not as the history has it: {}", wrong.join(", "));
            self.report.found(Place::Meta, Wrong::Altered, row, says);
        }
        Ok(())
    }
}
