//! The note of a site, as its administrator has it signed and kept (SPEC.md 9.11, 9.12).

use super::actor::Actor;
use super::error::SiteError;
use crate::holder::named::{self, NoNote};
use crate::holder::state::LicenseState;
use crate::holder::{HolderError, Home, Lock, evidence, products};
use crate::license_key::LicenseKey;
use crate::protocol::grant::Grant;
use crate::protocol::product::ProductFile;
use crate::protocol::site_note::{SignedNote, SiteNote};
use crate::protocol::trust::Verified;

/// A license that is held here, and what the site says of it.
#[derive(Debug)]
pub(super) struct Noted<'a> {
    pub(super) home: &'a Home,
    pub(super) file: ProductFile,
    pub(super) license: LicenseState,
    pub(super) granted: Verified<Grant>,
    /// The note that counts, as it was read last; none where nothing was ever said.
    pub(super) note: Option<SignedNote>,
}

impl<'a> Noted<'a> {
    /// The license; the note is read by what is done then.
    ///
    /// # Errors
    /// `not_held`; `not_trusted`; what the disk says.
    pub(super) fn open(home: &'a Home, key: LicenseKey) -> Result<Noted<'a>, SiteError> {
        let license = held(home, key)?;
        let file = products::load(home, &license.product)?;
        let granted = granted(&file, &license)?;
        Ok(Noted {
            home,
            file,
            license,
            granted,
            note: None,
        })
    }

    /// Reads the note. One that does not hold is none where another is begun; one that cannot be read may be the one that counts.
    pub(super) fn read(&mut self, anew: bool) -> Result<(), SiteError> {
        let key = self.license.license_key;
        let found = named::notes(self.home, &self.license);
        self.note = found.note;
        if let (None, Some(error)) = (&self.note, found.unread) {
            return Err(error.into());
        }
        match found.without {
            Some(NoNote::NotTrusted(why)) if !anew => Err(SiteError::Note { key, why }),
            Some(NoNote::Unread(error)) => Err(error.into()),
            None | Some(NoNote::NotTrusted(_)) => Ok(()),
        }
    }

    /// The right to change the note of the license as it is by now.
    pub(super) fn locked(&mut self) -> Result<Lock, SiteError> {
        let lock = self.home.lock()?;
        self.license = held(self.home, self.license.license_key)?;
        self.granted = granted(&self.file, &self.license)?;
        Ok(lock)
    }

    /// Puts the note that counts where an earlier one lies, or none. The caller holds the lock of the home.
    pub(super) fn put_right(&self) -> Result<(), SiteError> {
        if let Some(note) = &self.note {
            named::keep(self.home, self.license.license_key, note.text())?;
        }
        Ok(())
    }

    /// What the next note begins with: all that this one says, and the next number.
    pub(super) fn next(&self) -> Result<SiteNote, SiteError> {
        let (license, before) = (&self.license, self.note.as_ref());
        let key = license.license_key;
        let site_key = license.held.as_ref();
        let site_key = site_key.and_then(|held| held.standing.site_key);
        let site_key = site_key.ok_or(SiteError::NotASite(key))?.0;
        let number = before.map_or(0, |it| it.number).checked_add(1);
        let number = number.ok_or(SiteError::NoteUsedUp(key))?;
        Ok(SiteNote {
            product: license.product.clone(),
            license: key,
            site_key,
            number,
            users: before.map(|it| it.users.clone()).unwrap_or_default(),
            rests: before.map(|it| it.rests.clone()).unwrap_or_default(),
            rules: before.map(|it| it.rules.clone()).unwrap_or_default(),
        })
    }

    /// Signs a note and keeps it in the home and in every anchor that can be written; whether there is one that knows of it. The caller holds the lock of the
    /// home.
    pub(super) fn keep(&mut self, note: &SiteNote, actor: &Actor<'_>) -> Result<bool, SiteError> {
        if actor.signer.public() != note.site_key {
            return Err(SiteError::OtherKey);
        }
        let key = note.license;
        let text = note.to_note(|text| actor.signer.sign(text))?;
        // Read as everybody will.
        let signed = SignedNote::read(&text, &note.product, key, &note.site_key);
        let signed = signed.map_err(|why| SiteError::Note { key, why })?;
        let remembered = named::keep(self.home, key, &text)?;
        self.note = Some(signed);
        Ok(remembered)
    }
}

fn held(home: &Home, key: LicenseKey) -> Result<LicenseState, SiteError> {
    let unknown = HolderError::UnknownLicense { key };
    Ok(home.license(key)?.ok_or(unknown)?)
}

/// What the license holds.
fn granted(file: &ProductFile, license: &LicenseState) -> Result<Verified<Grant>, SiteError> {
    let key = license.license_key;
    let granted = evidence::verify_held(file, license).map_err(HolderError::NotTrusted)?;
    Ok(granted.ok_or(HolderError::NotHeld { key })?)
}
