//! The users of a license that is for people by name, and the rules of one that floats: where the site's note lies, and which of several counts (SPEC.md 9.11,
//! 9.12).
//!
//! A note lies in the home and in each anchor, whole: of those that hold, the one with the highest number counts, so that one which was put back to an earlier
//! state, edited or deleted in one place takes nobody's name away and gives none, and lifts no rule.

use std::path::{Path, PathBuf};

#[cfg(feature = "site")]
use super::audience::Audience;
use super::durable;
use super::error::{HolderError, StorageError};
use super::home::Home;
#[cfg(feature = "site")]
use super::lock::Lock;
use super::report::Refusal;
use super::state::{Held, LicenseState};
use crate::failure::FailureKind;
use crate::license_key::LicenseKey;
use crate::protocol::grant::LicenseType;
use crate::protocol::site_note::{SignedNote, SiteNoteError};
use crate::protocol::site_rules::Rules;

/// For whom it is asked whether an application may run.
#[derive(Clone, Copy, Debug, Default)]
pub enum Person<'a> {
    /// Somebody without a name: no license that is for people by name is for him.
    #[default]
    Nameless,
    /// A user, by his login name.
    Named(&'a str),
    /// Whose account it is: asked only where the license is for people by name, for a directory of users may be far.
    Account(fn() -> Option<String>),
    /// Nobody is to run anything: the license itself is looked at.
    Anybody,
}

/// What is known of a license's users and rules.
#[derive(Debug, Default)]
pub struct Notes {
    /// The note that counts; none: there is none that holds.
    pub(crate) note: Option<SignedNote>,
    /// Why one does not that lies there, where none counts.
    pub(crate) without: Option<NoNote>,
    /// An anchor that the disk did not read: what it has may be later. Whoever may not look there knows nothing of it, and is none the worse for it.
    pub(crate) unread: Option<StorageError>,
}

/// Why a note does not count that lies there.
#[derive(Debug)]
pub(crate) enum NoNote {
    /// It is not this license's, or not whole.
    NotTrusted(SiteNoteError),
    /// What it says is not known.
    Unread(StorageError),
}

impl NoNote {
    /// What is said to whoever wants to use the license.
    pub(super) fn refusal(&self, key: LicenseKey) -> Refusal {
        match self {
            NoNote::NotTrusted(why) => Refusal::UsersNotTrusted { key, why: *why },
            NoNote::Unread(error) => Refusal::UsersUnread {
                key,
                kind: error.kind(),
                why: error.to_string(),
            },
        }
    }
}

/// The notes of a license that is held; nothing where it is not for people by name. What it says is not verified here: whoever goes by it has done so.
pub(super) fn of_users(home: &Home, license: &LicenseState) -> Notes {
    let held = license.held.as_ref();
    match held.and_then(Held::license_type) {
        Some(LicenseType::Named) => notes(home, license),
        _ => Notes::default(),
    }
}

/// The rules of a license that is held here and floats; none where nobody ever wrote a note. What the license says is not verified here.
///
/// # Errors
/// What the disk says of the license.
pub(crate) fn rules(home: &Home, key: LicenseKey) -> Result<Result<Rules, NoNote>, HolderError> {
    let lies = |path: PathBuf| !matches!(path.try_exists(), Ok(false));
    let mut places = std::iter::once(in_home(home, key)).chain(in_anchors(home, key));
    if !places.any(lies) {
        return Ok(Ok(Rules::default()));
    }
    let license = home.license(key)?;
    let found = license
        .map(|license| notes(home, &license))
        .unwrap_or_default();
    Ok(match (found.note, found.without) {
        (Some(note), _) => Ok(note.rules.clone()),
        (None, Some(why)) => Err(why),
        (None, None) => Ok(Rules::default()),
    })
}

/// The notes of a license that is held, whatever its type; nothing where no site key stands.
pub(crate) fn notes(home: &Home, license: &LicenseState) -> Notes {
    let mut found = Notes::default();
    let key = license.license_key;
    let held = license.held.as_ref();
    let Some(site_key) = held.and_then(|held| held.standing.site_key) else {
        return found;
    };
    let read = |path: &Path| {
        let bytes = durable::read(path).map_err(NoNote::Unread)?;
        let Some(bytes) = bytes else {
            return Ok(None);
        };
        let text = String::from_utf8(bytes).map_err(|_| SiteNoteError::Form);
        let read = |text: String| SignedNote::read(&text, &license.product, key, &site_key.0);
        match text.and_then(read) {
            Ok(note) => Ok(Some(note)),
            // Of a key that stands no more: nobody was assigned yet with the one that does.
            Err(SiteNoteError::OtherSite) => Ok(None),
            Err(why) => Err(NoNote::NotTrusted(why)),
        }
    };
    match read(&in_home(home, key)) {
        Ok(note) => found.note = note,
        Err(why) => found.without = Some(why),
    }
    for path in in_anchors(home, key) {
        // The same again needs no second look: a signature is what takes the time.
        let known = found.note.as_ref().map(|it| it.text().as_bytes());
        let same =
            known.is_some_and(|it| durable::read(&path).ok().flatten().as_deref() == Some(it));
        // Of two with one number, as two homes of a machine may have them, that of the machine counts.
        if same {
            continue;
        }
        match read(&path) {
            Ok(Some(note))
                if found
                    .note
                    .as_ref()
                    .is_none_or(|it| it.number <= note.number) =>
            {
                found.note = Some(note);
            }
            // One was written, wherever the home's has gone.
            Err(why @ NoNote::NotTrusted(_)) => found.without = found.without.or(Some(why)),
            Err(NoNote::Unread(error)) if error.kind() != FailureKind::NoPermission => {
                found.unread = Some(error);
            }
            _ => {}
        }
    }
    found.without = found.without.filter(|_| found.note.is_none());
    found
}

/// The users of a license that is for people by name, in the order in which they were assigned: as many of them count as the license has seats.
pub fn users(home: &Home, license: &LicenseState) -> Vec<String> {
    let note = notes(home, license).note;
    let users = note.iter().flat_map(|it| &it.users);
    users.map(ToString::to_string).collect()
}

fn in_home(home: &Home, key: LicenseKey) -> PathBuf {
    home.directory().join("notes").join(name(key))
}

fn in_anchors(home: &Home, key: LicenseKey) -> impl Iterator<Item = PathBuf> {
    let anchors = home.anchors().iter();
    anchors.map(move |anchor| anchor.directory().join("notes").join(name(key)))
}

fn name(key: LicenseKey) -> String {
    format!("{}.note", key.digits())
}

/// Keeps a note in the home, and in every anchor that can be written. Whether there is one that knows of it. The caller holds the lock of the home.
#[cfg(feature = "site")]
pub(crate) fn keep(home: &Home, key: LicenseKey, note: &str) -> Result<bool, StorageError> {
    let bytes = note.as_bytes();
    let write = |path: &Path, audience: Audience| match durable::read(path) {
        Ok(Some(there)) if there == bytes => Ok(()),
        _ => durable::write(path, bytes, audience),
    };
    write(&in_home(home, key), home.audience())?;
    let mut remembered = false;
    for (anchor, path) in home.anchors().iter().zip(in_anchors(home, key)) {
        // One that cannot be written is no error: that protection is missing, and nothing else.
        if let Ok(_lock) = Lock::wait(anchor.directory(), anchor.audience()) {
            remembered |= write(&path, anchor.audience()).is_ok();
        }
    }
    Ok(remembered)
}
