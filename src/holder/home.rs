//! Where a machine keeps its licenses: the layout that [`super`] describes.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::anchor::Anchor;
use super::audience::Audience;
use super::durable;
use super::error::{HolderError, StorageError};
use super::lock::Lock;
use super::state::LicenseState;
use crate::license_key::LicenseKey;
use crate::messages;

/// The directories of a machine that holds licenses. Handed in: the library knows no default place.
#[derive(Clone, Debug)]
pub struct Home {
    machine: PathBuf,
    audience: Audience,
    anchors: Vec<Anchor>,
}

impl Home {
    /// The machine's part of the home `directory`, which need not exist yet. `audience`: who may read what is written there.
    pub fn new(directory: &Path, audience: Audience) -> Home {
        Home {
            machine: directory.join("machine"),
            audience,
            anchors: Vec::new(),
        }
    }

    /// With second places that outlive the first (see [`super`]), in the order in which they are to be locked: those of [`Anchor::of_this_computer`].
    pub fn with_anchors(mut self, anchors: impl IntoIterator<Item = Anchor>) -> Home {
        self.anchors.extend(anchors);
        self
    }

    /// The directory of the machine's files.
    pub fn directory(&self) -> &Path {
        &self.machine
    }

    /// Who may read what is written.
    pub fn audience(&self) -> Audience {
        self.audience
    }

    /// Its second places.
    pub fn anchors(&self) -> &[Anchor] {
        &self.anchors
    }

    /// Whether it is one that everybody reads and somebody else changes.
    pub(crate) fn is_anothers(&self) -> bool {
        self.audience == Audience::Everyone && durable::is_anothers(&self.machine)
    }

    /// The right to change what is kept: in a home that everybody reads, the owner's and root's alone.
    pub(crate) fn lock(&self) -> Result<Lock, HolderError> {
        if self.is_anothers() {
            return Err(HolderError::NotOwner {
                directory: self.machine.clone(),
            });
        }
        Lock::wait(&self.machine, self.audience)
    }

    pub(crate) fn product_path(&self, id: &str) -> PathBuf {
        self.machine.join("products").join(format!("{id}.product"))
    }

    pub(crate) fn products_directory(&self) -> PathBuf {
        self.machine.join("products")
    }

    pub(crate) fn desks_path(&self, id: &str) -> PathBuf {
        self.machine
            .join("products")
            .join(format!("{id}.desks.json"))
    }

    pub(crate) fn secrets_path(&self, key: LicenseKey) -> PathBuf {
        self.machine
            .join("secrets")
            .join(format!("{}.json", key.digits()))
    }

    pub(crate) fn clock_path(&self, key: LicenseKey) -> PathBuf {
        self.machine
            .join("clock")
            .join(format!("{}.json", key.digits()))
    }

    pub(crate) fn drift_path(&self, key: LicenseKey) -> PathBuf {
        self.machine
            .join("drift")
            .join(format!("{}.json", key.digits()))
    }

    pub(crate) fn aliases_path(&self) -> PathBuf {
        self.machine.join("aliases.json")
    }

    pub(crate) fn demo_path(&self, product: &str) -> PathBuf {
        self.machine.join("demo").join(format!("{product}.json"))
    }

    pub(crate) fn parts_path(&self, key: LicenseKey) -> PathBuf {
        self.machine
            .join("parts")
            .join(format!("{}.json", key.digits()))
    }

    pub(crate) fn history_path(&self, key: LicenseKey) -> PathBuf {
        self.machine
            .join("history")
            .join(format!("{}.jsonl", key.digits()))
    }

    fn license_path(&self, key: LicenseKey) -> PathBuf {
        self.machine
            .join("licenses")
            .join(format!("{}.json", key.digits()))
    }

    /// What is kept of a license; nothing where it is not known here.
    ///
    /// # Errors
    /// A file that cannot be read, or is not what this program writes.
    pub fn license(&self, key: LicenseKey) -> Result<Option<LicenseState>, HolderError> {
        self.load(&self.license_path(key))
    }

    /// Every license known here, in the order of the keys, and what is wrong with each file that is not fit: one damaged license must not
    /// stop the others.
    ///
    /// # Errors
    /// Where the directory itself cannot be read.
    pub fn survey(&self) -> Result<(Vec<LicenseState>, Vec<HolderError>), HolderError> {
        let (mut found, mut unfit) = (Vec::new(), Vec::new());
        for path in durable::list(&self.machine.join("licenses"), "json")? {
            match self.load(&path) {
                Ok(license) => found.extend(license),
                Err(error) => unfit.push(error),
            }
        }
        Ok((found, unfit))
    }

    /// Every license known here, in the order of the keys.
    ///
    /// # Errors
    /// As [`Home::license`]: the first file that is not fit is named.
    pub fn licenses(&self) -> Result<Vec<LicenseState>, HolderError> {
        let (found, unfit) = self.survey()?;
        unfit.into_iter().next().map_or(Ok(found), Err)
    }

    fn load(&self, path: &Path) -> Result<Option<LicenseState>, HolderError> {
        let Some(state) = read_json::<LicenseState>(path)? else {
            return Ok(None);
        };
        if path == self.license_path(state.license_key) {
            Ok(Some(state))
        } else {
            Err(HolderError::Damaged {
                path: path.to_owned(),
                why: messages::holder::other_license().to_owned(),
            })
        }
    }

    /// Keeps a license. The caller holds the lock.
    pub(crate) fn keep(&self, state: &LicenseState) -> Result<(), StorageError> {
        write_json(&self.license_path(state.license_key), state, self.audience)
    }
}

/// The content of a JSON file; nothing where there is no file.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, HolderError> {
    let Some(bytes) = durable::read(path)? else {
        return Ok(None);
    };
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|error| HolderError::Damaged {
            path: path.to_owned(),
            why: messages::holder::line_and_column(error.column(), error.line()).to_string(),
        })
}

/// Writes a JSON file durably. The caller holds a lock.
pub(crate) fn write_json(
    path: &Path,
    value: &impl Serialize,
    audience: Audience,
) -> Result<(), StorageError> {
    let text = serde_json::to_string_pretty(value).map_err(|error| {
        StorageError::new(
            super::error::Doing::Write,
            path,
            std::io::Error::other(error),
        )
    })?;
    durable::write(path, format!("{text}\n").as_bytes(), audience)
}
