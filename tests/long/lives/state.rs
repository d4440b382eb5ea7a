//! What a machine keeps of its license.

use super::*;

#[derive(Clone)]
pub(super) struct Pending {
    pub(super) number: u32,
    pub(super) from: u16,
    pub(super) print: Fingerprint,
    pub(super) clock: Seconds,
    pub(super) superseded: bool,
}

/// What a machine keeps of its license.
#[derive(Clone)]
pub(super) struct State {
    /// Its activation at the desk.
    pub(super) activation: usize,
    pub(super) print: Fingerprint,
    pub(super) number: u32,
    pub(super) generation: u16,
    /// The generation from which it was asked for.
    pub(super) from: u16,
    pub(super) issued: Seconds,
    pub(super) pending: Vec<Pending>,
}

impl State {
    pub(super) fn revealed(&self) -> u16 {
        let pending = self.pending.iter().map(|it| it.from);
        pending.chain([self.from]).max().unwrap_or(0)
    }
}

pub(super) fn fingerprint(parts: &[u16; 5]) -> Option<Fingerprint> {
    let mut bytes = [0; Fingerprint::LEN];
    for (n, value) in parts.iter().enumerate().filter(|(_, value)| **value != 0) {
        bytes[0] |= 1 << n;
        bytes[1 + 2 * n..3 + 2 * n].copy_from_slice(&value.to_be_bytes());
    }
    Fingerprint::from_bytes(&bytes).ok()
}

pub(super) fn noon(day: i32) -> Seconds {
    Seconds(((FIRST_DAY + day) * 86_400 + 43_200) as u32)
}
