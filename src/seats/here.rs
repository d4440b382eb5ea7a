//! What is known of a place in which several computers take seats, and what this one is there.

use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Arc, Mutex};

use super::opened::Opened;
use super::who::plain;
use crate::machine::Facts;
use crate::protocol::digest::kdf;

/// What is known of a place by whoever is there; what one process learns all its copies know.
#[derive(Clone, Debug, Default)]
pub(super) struct Here {
    /// Whether several computers share it, as it was seen last.
    pub(super) is: Arc<AtomicBool>,
    /// What the file server's clock said last; 0: nobody asked.
    pub(super) now: Arc<AtomicU32>,
    /// What this process has open of it.
    pub(super) opened: Arc<Mutex<Opened>>,
    /// The start of this computer's system; none where it says none.
    pub(super) system: Option<String>,
    /// What this computer is called.
    pub(super) host: Option<String>,
}

impl Here {
    /// As this computer has it.
    pub(super) fn on(facts: &Facts) -> Here {
        let start = facts.boot_id.text().map(|it| {
            let digest: [u8; 8] = kdf("countersign v1 running system", &[it.as_bytes()]);
            format!("{:016x}", u64::from_be_bytes(digest))
        });
        Here {
            system: start,
            host: facts.host_name.text().map(plain),
            ..Here::default()
        }
    }
}
