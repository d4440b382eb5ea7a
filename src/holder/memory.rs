//! What a machine remembers beside its licences: clock marks, what was given up, since when a demo runs. In the home and, where there is
//! one, in the anchor; sealed against text editors by the machine's id. Nothing here is evidence: what is missing or foreign counts as never written.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::clock::Mark;
use super::drift::Drift;
use super::durable::Lock;
use super::error::StorageError;
use super::home::{Home, read_json, write_json};
use super::json::{self, Array};
use super::state::LicenseState;
use crate::license_key::LicenseKey;
use crate::machine::Facts;
use crate::protocol::date::{Day, Seconds};
use crate::protocol::digest::{ActivationId, kdf};

/// What is remembered about one licence and its product.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// The latest moment that is known to have passed.
    pub mark: Option<Mark>,
    /// When the activation was given up, as the anchor knows it.
    pub returned: Option<Seconds>,
    /// The first sight of a machine that changed.
    pub drift: Option<Drift>,
    /// The product's demo, where it has begun.
    pub demo: Option<Demo>,
}

/// A demo that has begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demo {
    /// Its first day.
    #[serde(with = "json::text")]
    pub began: Day,
    /// The latest moment that is known to have passed in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
}

impl Demo {
    /// Of what two places remember, the first beginning and the later moment.
    fn stricter(self, other: Demo) -> Demo {
        let mark = match (self.mark, other.mark) {
            (Some(one), Some(other)) => Some(one.later(other)),
            (one, other) => one.or(other),
        };
        Demo {
            began: self.began.min(other.began),
            mark,
        }
    }
}

/// What the anchor keeps of one activation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Anchored {
    mark: Option<Mark>,
    returned: Option<Tombstone>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    drift: Option<Drift>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tombstone {
    #[serde(with = "json::moment")]
    at: Seconds,
}

/// A file's content with a seal that an editor does not know how to make.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed<T> {
    content: T,
    seal: Array<16>,
}

impl Memory {
    /// Recalls what is remembered on the machine of `facts` about a product and, where it is held, a licence.
    pub fn recall(
        home: &Home,
        product: &str,
        license: Option<&LicenseState>,
        facts: &Facts,
    ) -> Memory {
        let places = Places { home, facts };
        let mut memory = Memory {
            demo: places.demo(product),
            ..Memory::default()
        };
        let Some((key, activation)) = license.and_then(held) else {
            return memory;
        };
        let anchored = places.anchored(key, activation).unwrap_or_default();
        let in_home = places.read::<Mark>(&home.clock_path(key), &purpose(key, activation));
        memory.returned = anchored.returned.map(|tombstone| tombstone.at);
        let drifted = places.read::<Drift>(&home.drift_path(key), &purpose(key, activation));
        memory.drift = match (drifted, anchored.drift) {
            (Some(one), Some(other)) => Some(one.stricter(other)),
            (one, other) => one.or(other),
        };
        memory.mark = match (in_home, anchored.mark) {
            (Some(one), Some(other)) => Some(one.later(other)),
            (one, other) => one.or(other),
        };
        memory
    }
}

fn held(license: &LicenseState) -> Option<(LicenseKey, ActivationId)> {
    let held = license.held.as_ref()?;
    Some((license.license_key, held.standing.activation))
}

/// Where memories lie, and the machine whose seal they bear.
pub(crate) struct Places<'a> {
    pub(crate) home: &'a Home,
    pub(crate) facts: &'a Facts,
}

impl Places<'_> {
    /// Keeps a clock mark in both places. The caller holds the lock of the home.
    pub(crate) fn keep_mark(
        &self,
        key: LicenseKey,
        activation: ActivationId,
        mark: &Mark,
    ) -> Result<(), StorageError> {
        self.anchor(key, activation, |anchored| {
            anchored.mark = Some(mark.clone());
        });
        self.write(&self.home.clock_path(key), &purpose(key, activation), mark)
    }

    /// Keeps in the anchor that an activation was given up.
    pub(crate) fn keep_tombstone(&self, key: LicenseKey, activation: ActivationId, at: Seconds) {
        self.anchor(key, activation, |anchored| {
            // The first one counts, whatever a restored home says later.
            anchored.returned.get_or_insert(Tombstone { at });
        });
    }

    /// Keeps the first sight of a changed machine in both places. The caller holds the lock of the home.
    pub(crate) fn keep_drift(
        &self,
        key: LicenseKey,
        activation: ActivationId,
        drift: &Drift,
    ) -> Result<(), StorageError> {
        let anchored = self.anchor(key, activation, |anchored| {
            anchored.drift = Some(drift.clone());
        });
        let path = self.home.drift_path(key);
        // One place is enough to remember it.
        self.write(&path, &purpose(key, activation), drift)
            .or_else(|error| if anchored { Ok(()) } else { Err(error) })
    }

    /// Keeps a demo in both places. The caller holds the lock of the home.
    pub(crate) fn keep_demo(&self, product: &str, demo: &Demo) -> Result<(), StorageError> {
        if let Some((path, _lock)) = self.lock_anchor(|home| home.anchored_demo(product)) {
            // An anchor that cannot be written is no error (SPEC.md 7 does without it).
            let _ = self.write(&path, product, demo);
        }
        self.write(&self.home.demo_path(product), product, demo)
    }

    fn demo(&self, product: &str) -> Option<Demo> {
        let paths = [
            Some(self.home.demo_path(product)),
            self.home.anchored_demo(product),
        ];
        let demos = paths
            .into_iter()
            .flatten()
            .filter_map(|path| self.read::<Demo>(&path, product));
        demos.reduce(Demo::stricter)
    }

    fn anchored(&self, key: LicenseKey, activation: ActivationId) -> Option<Anchored> {
        let path = self.home.anchored_activation(key, activation)?;
        self.read(&path, &purpose(key, activation))
    }

    /// Whether the anchor could be written; it is no error where it could not.
    fn anchor(
        &self,
        key: LicenseKey,
        activation: ActivationId,
        change: impl Fn(&mut Anchored),
    ) -> bool {
        let place = self.lock_anchor(|home| home.anchored_activation(key, activation));
        let Some((path, _lock)) = place else {
            return false;
        };
        let mut anchored = self.anchored(key, activation).unwrap_or_default();
        change(&mut anchored);
        self.write(&path, &purpose(key, activation), &anchored)
            .is_ok()
    }

    fn lock_anchor(&self, path: impl Fn(&Home) -> Option<PathBuf>) -> Option<(PathBuf, Lock)> {
        let lock = Lock::wait(self.home.anchor()?, self.home.audience()).ok()?;
        Some((path(self.home)?, lock))
    }

    fn read<T: Serialize + DeserializeOwned>(&self, path: &Path, purpose: &str) -> Option<T> {
        let sealed: Sealed<T> = match read_json(path) {
            Ok(sealed) => sealed?,
            // Unreadable or edited: as if it had never been written.
            Err(_) => return None,
        };
        (self.seal(purpose, &sealed.content)? == sealed.seal).then_some(sealed.content)
    }

    fn write<T: Serialize>(
        &self,
        path: &Path,
        purpose: &str,
        content: &T,
    ) -> Result<(), StorageError> {
        let unwritable = || {
            StorageError::new(
                super::error::Doing::Write,
                path,
                std::io::ErrorKind::InvalidData.into(),
            )
        };
        let seal = self.seal(purpose, content).ok_or_else(unwritable)?;
        write_json(path, &Sealed { content, seal }, self.home.audience())
    }

    /// Keyed by the machine's id, which every program may read: this keeps out editors, not programmers.
    fn seal<T: Serialize>(&self, purpose: &str, content: &T) -> Option<Array<16>> {
        let id = self.facts.machine_id.as_deref().unwrap_or_default();
        let text = serde_json::to_string(content).ok()?;
        let parts = [id, "\n", purpose, "\n", &text];
        Some(Array(kdf(
            "countersign v1 seal of a machine",
            &parts.map(str::as_bytes),
        )))
    }
}

/// What a seal is good for: the mark of another activation of the same licence counts for nothing.
fn purpose(key: LicenseKey, activation: ActivationId) -> String {
    format!("{} {activation}", key.digits())
}

impl Home {
    fn anchored_activation(&self, key: LicenseKey, activation: ActivationId) -> Option<PathBuf> {
        let name = format!("{}-{activation}.json", key.digits());
        Some(self.anchor()?.join("activations").join(name))
    }

    fn anchored_demo(&self, product: &str) -> Option<PathBuf> {
        Some(
            self.anchor()?
                .join("products")
                .join(format!("{product}.json")),
        )
    }
}
