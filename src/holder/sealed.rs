//! Files of memories: a list, one entry for each machine that shares the place, with a seal that an editor does not know how to make.

use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::durable::{self, Audience};
use super::error::{Doing, StorageError};
use super::home::{read_json, write_json};
use super::json::Array;
use crate::machine::Facts;
use crate::protocol::digest::kdf;

/// Of so many machines that share a place what they remember is kept.
const MACHINES: usize = 32;

/// The seal of the machine with these facts.
#[derive(Clone, Copy)]
pub(super) struct Seals<'a>(pub(super) &'a Facts);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed<T> {
    content: T,
    seal: Array<16>,
}

impl Seals<'_> {
    /// What this machine left there for this purpose. Unreadable or edited: as if it had never been written.
    pub(super) fn read<T: Serialize + DeserializeOwned>(
        &self,
        path: &Path,
        purpose: &str,
    ) -> Option<T> {
        let mut mine = all(path).into_iter().filter(|it| self.fits(it, purpose));
        Some(mine.next()?.content)
    }

    /// Leaves it there, beside what others left. The caller holds the lock.
    pub(super) fn write<T: Clone + Serialize + DeserializeOwned>(
        &self,
        path: &Path,
        purpose: &str,
        content: &T,
        audience: Audience,
    ) -> Result<(), StorageError> {
        let unfit = std::io::ErrorKind::InvalidData;
        let seal = self
            .seal(purpose, content)
            .ok_or_else(|| StorageError::new(Doing::Write, path, unfit.into()))?;
        let content = content.clone();
        let mut kept = vec![Sealed { content, seal }];
        kept.extend(self.of_others::<T>(path, purpose));
        write_json(path, &kept, audience)
    }

    /// Takes it away. The caller holds the lock.
    pub(super) fn forget<T: Serialize + DeserializeOwned>(
        &self,
        path: &Path,
        purpose: &str,
        audience: Audience,
    ) -> Result<(), StorageError> {
        let rest: Vec<Sealed<T>> = self.of_others(path, purpose).collect();
        match rest.is_empty() {
            true => durable::remove(path),
            false => write_json(path, &rest, audience),
        }
    }

    /// The latest first.
    fn of_others<T: Serialize + DeserializeOwned>(
        &self,
        path: &Path,
        purpose: &str,
    ) -> impl Iterator<Item = Sealed<T>> {
        let others = all(path).into_iter();
        others
            .filter(move |it| !self.fits(it, purpose))
            .take(MACHINES - 1)
    }

    fn fits<T: Serialize>(&self, sealed: &Sealed<T>, purpose: &str) -> bool {
        self.seal(purpose, &sealed.content) == Some(sealed.seal)
    }

    /// Keyed by the machine's id, which every program may read: this keeps out editors, not programmers.
    fn seal<T: Serialize>(&self, purpose: &str, content: &T) -> Option<Array<16>> {
        let id = self.0.machine_id.as_deref().unwrap_or_default();
        let text = serde_json::to_string(content).ok()?;
        let parts = [id, "\n", purpose, "\n", &text];
        Some(Array(kdf(
            "countersign v1 seal of a machine",
            &parts.map(str::as_bytes),
        )))
    }
}

fn all<T: DeserializeOwned>(path: &Path) -> Vec<Sealed<T>> {
    read_json(path).ok().flatten().unwrap_or_default()
}
