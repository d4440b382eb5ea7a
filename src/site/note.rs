//! The note of a site, as its administrator has it signed and kept (SPEC.md 9.11, 9.12).

use super::actor::Actor;
use super::error::SiteError;
use crate::holder::state::LicenseState;
use crate::holder::{Home, named};
use crate::protocol::site_note::{SignedNote, SiteNote};

/// What a note begins with that comes after another one, or after none: all that it says, and the next number.
pub(super) fn after(
    license: &LicenseState,
    before: Option<&SignedNote>,
) -> Result<SiteNote, SiteError> {
    let key = license.license_key;
    let held = license.held.as_ref();
    let site_key = held.and_then(|held| held.standing.site_key);
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

/// Signs a note and keeps it in the home and in every anchor that can be written; whether there is one that knows of it. The caller holds the lock of the home.
pub(super) fn keep(
    home: &Home,
    note: &SiteNote,
    actor: &Actor<'_>,
) -> Result<(SignedNote, bool), SiteError> {
    if actor.signer.public() != note.site_key {
        return Err(SiteError::OtherKey);
    }
    let key = note.license;
    let text = note.to_note(|text| actor.signer.sign(text))?;
    // Read as everybody will.
    let signed = SignedNote::read(&text, &note.product, key, &note.site_key);
    let signed = signed.map_err(|why| SiteError::Note { key, why })?;
    let remembered = named::keep(home, key, &text)?;
    Ok((signed, remembered))
}
