//! Files of memories: a list, one entry for each machine that shares the place, with a seal that an editor does not know how to make, and *tags* that
//! tell whose it is (SPEC.md 6.5).

use std::cell::OnceCell;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::audience::Audience;
use super::durable;
use super::error::{Doing, HolderError, StorageError};
use super::home::{read_json, write_json};
use super::json::Array;
use super::remembered::Remembered;
use crate::machine::{Component, Components, Facts};
use crate::protocol::digest::kdf;

/// Of so many machines that share a place what they remember is kept.
const MACHINES: usize = 32;
/// So many tags are kept of one machine: the first ones and the last ones.
const TAGS: usize = 16;
/// So many first ones: whoever makes up parts, one after another, does not push out those that the machine began with.
const FIRST_TAGS: usize = 4;

/// Whoever writes such files on the machine with these facts.
#[derive(Clone, Copy)]
pub(super) struct Seals<'a>(pub(super) &'a Facts);

type Tag = Array<8>;

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed<T> {
    content: T,
    /// Of the machine that left it, the first ones first; none where it knew nothing of itself.
    tags: Vec<Tag>,
    seal: Array<16>,
}

impl Seals<'_> {
    /// What counts on this machine of what was left there for this purpose: the stricter of all that is its own. Unreadable or edited: as if it had
    /// never been written.
    pub(super) fn read<T: Remembered>(&self, path: &Path, purpose: &str) -> Option<T> {
        let all: Vec<Sealed<T>> = all(path);
        if all.is_empty() {
            return None;
        }
        let known = Known::of(self.0);
        let counts =
            all.into_iter()
                .filter_map(|it| match it.holds(purpose) && known.is_mine(&it.tags) {
                    true => Some(it.content),
                    false => it.content.for_all(),
                });
        counts.reduce(T::stricter)
    }

    /// Leaves it there, in place of all that is this machine's, beside what others left. The caller holds the lock.
    pub(super) fn write<T: Remembered>(
        &self,
        path: &Path,
        purpose: &str,
        content: &T,
        audience: Audience,
    ) -> Result<(), StorageError> {
        let (mine, mut others) = self.parted::<T>(path, purpose);
        let mut tags: Vec<Tag> = Vec::new();
        // The oldest entry is the last.
        let known = mine.iter().rev().flat_map(|it| it.tags.iter().copied());
        for tag in known.chain(self.tags()) {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        let too_many = tags.len().saturating_sub(TAGS);
        tags.drain(FIRST_TAGS.min(tags.len())..(FIRST_TAGS + too_many).min(tags.len()));
        let unfit = std::io::ErrorKind::InvalidData;
        let content = content.clone();
        let seal = seal(purpose, &content, &tags)
            .ok_or_else(|| StorageError::new(Doing::Write, path, unfit.into()))?;
        let own = Sealed {
            content,
            tags,
            seal,
        };
        others.truncate(MACHINES - 1);
        others.insert(0, own);
        write_json(path, &others, audience)
    }

    /// Takes away what is this machine's. The caller holds the lock.
    pub(super) fn forget<T: Remembered>(
        &self,
        path: &Path,
        purpose: &str,
        audience: Audience,
    ) -> Result<(), StorageError> {
        match self.parted::<T>(path, purpose) {
            (mine, _) if mine.is_empty() => Ok(()),
            (_, others) if others.is_empty() => durable::remove(path),
            (_, others) => write_json(path, &others, audience),
        }
    }

    /// What a write of this machine replaces, and what it leaves. Whoever knows nothing of himself reads all and replaces only what another such left:
    /// else a container would make one of all machines that share the place.
    fn parted<T: Remembered>(
        &self,
        path: &Path,
        purpose: &str,
    ) -> (Vec<Sealed<T>>, Vec<Sealed<T>>) {
        let tags = self.tags();
        let held = all(path).into_iter().filter(|it| it.holds(purpose));
        held.partition(|it: &Sealed<T>| {
            it.tags.is_empty() || it.tags.iter().any(|tag| tags.contains(tag))
        })
    }

    fn tags(&self) -> Vec<Tag> {
        Known::of(self.0).all().collect()
    }
}

/// What a machine knows of itself, read as it is needed: the machine's id is one small file, and what hardware says takes its time.
struct Known<'a> {
    facts: &'a Facts,
    id: Option<Tag>,
    hardware: OnceCell<Vec<Tag>>,
}

impl<'a> Known<'a> {
    fn of(facts: &'a Facts) -> Known<'a> {
        Known {
            facts,
            id: tag(facts, Component::MachineId),
            hardware: OnceCell::new(),
        }
    }

    /// Only of parts that every user of this system can read: what root leaves is everybody's to find again.
    fn hardware(&self) -> &[Tag] {
        let read = || Components::readable_by_all().iter();
        self.hardware
            .get_or_init(|| read().filter_map(|it| tag(self.facts, it)).collect())
    }

    fn all(&self) -> impl Iterator<Item = Tag> {
        self.id.into_iter().chain(self.hardware().iter().copied())
    }

    /// One that both know is enough, and so is that one of both knows nothing.
    fn is_mine(&self, tags: &[Tag]) -> bool {
        let by_id = self.id.is_some_and(|id| tags.contains(&id));
        let by_hardware = || self.hardware().iter().any(|it| tags.contains(it));
        tags.is_empty() || by_id || by_hardware() || self.id.is_none() && self.hardware().is_empty()
    }
}

fn tag(facts: &Facts, component: Component) -> Option<Tag> {
    let value = facts.known(component)?;
    let name = component.to_string();
    let parts = [name.as_bytes(), b"\n", value.as_bytes()];
    Some(Array(kdf("countersign v1 tag of a machine", &parts)))
}

impl<T: Serialize> Sealed<T> {
    fn holds(&self, purpose: &str) -> bool {
        seal(purpose, &self.content, &self.tags) == Some(self.seal)
    }
}

/// Anybody can make one who writes a program for it: it keeps out editors.
fn seal<T: Serialize>(purpose: &str, content: &T, tags: &[Tag]) -> Option<Array<16>> {
    let content = serde_json::to_string(content).ok()?;
    let tags: String = tags.iter().map(ToString::to_string).collect();
    let parts = [purpose, "\n", &tags, "\n", &content];
    Some(Array(kdf(
        "countersign v1 seal of a memory",
        &parts.map(str::as_bytes),
    )))
}

/// The entries of a file, the latest first; one that is not fit costs itself alone.
fn all<T: DeserializeOwned>(path: &Path) -> Vec<Sealed<T>> {
    match read_json(path) {
        Ok(found) => found.unwrap_or_default(),
        Err(HolderError::Damaged { .. }) => {
            let entries: Vec<serde_json::Value> =
                read_json(path).ok().flatten().unwrap_or_default();
            let fit = entries.into_iter().map(serde_json::from_value);
            fit.filter_map(Result::ok).collect()
        }
        Err(_) => Vec::new(),
    }
}
