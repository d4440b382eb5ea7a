//! What a site says of its license: the users of one that is for people by name, and the rules by which seats are given out. A text that its key signs (SPEC.md
//! 9.11).

use std::fmt::{self, Write as _};
use std::ops::Deref;

use super::date::Seconds;
use super::digest::kdf;
use super::note::{self, Hex, Note, NoteError, unhex};
use super::site_rules::Rules;
use super::trust::PublicKey;
use super::user_name::UserName;
use crate::license_key::LicenseKey;
use crate::messages;

const FIRST_LINE: &str = "countersign site note v1";

/// The users of a license and the rules of its seats, as its site's key signs them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteNote {
    /// The product's id.
    pub product: String,
    /// The license.
    pub license: LicenseKey,
    /// The public key that signs, 32 bytes.
    pub site_key: [u8; 32],
    /// Rises by one with every change, from 1.
    pub number: u32,
    /// Who may use it, in the order in which they were assigned.
    pub users: Vec<UserName>,
    /// Places that were taken away and rest, in the order in which they were.
    pub rests: Vec<Rest>,
    /// Who gets the seats of a floating license.
    pub rules: Rules,
}

/// A place that was taken from a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rest {
    /// Whose it was: he alone may have it back before it is over.
    pub name: UserName,
    /// The moment until which it rests.
    pub until: Seconds,
    /// The same in the start of the host in which it was taken away, whatever its clock says.
    pub in_start: Option<InStart>,
}

/// A moment by the time since a start of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InStart {
    /// Which start: [`InStart::tag`].
    pub start: [u8; 8],
    /// Seconds since it.
    pub up: u32,
}

impl InStart {
    /// What a start is called here.
    pub fn tag(boot_id: &str) -> [u8; 8] {
        kdf("countersign v1 start of a host", &[boot_id.as_bytes()])
    }
}

/// Why a text is no note of a license's site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SiteNoteError {
    /// No text of this form: it was edited, or is something else.
    #[error("{}", messages::protocol::site_note_form())]
    Form,
    /// Of another license or product.
    #[error("{}", messages::protocol::site_note_other())]
    OtherLicense,
    /// Of another site: signed by a key that is not the one which the vendor certified.
    #[error("{}", messages::protocol::site_note_other_site())]
    OtherSite,
    /// The signature does not hold.
    #[error("{}", messages::protocol::site_note_signature())]
    Signature,
}

impl From<NoteError> for SiteNoteError {
    fn from(error: NoteError) -> SiteNoteError {
        match error {
            NoteError::Form => SiteNoteError::Form,
            NoteError::Signature => SiteNoteError::Signature,
        }
    }
}

/// A note whose signature holds, and whose license and site are those that were asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedNote {
    note: SiteNote,
    text: String,
}

impl Deref for SignedNote {
    type Target = SiteNote;

    fn deref(&self) -> &SiteNote {
        &self.note
    }
}

impl SignedNote {
    /// Reads and verifies the note of a license's site: `site_key` is the key that the vendor certified.
    ///
    /// # Errors
    /// Each of [`SiteNoteError`].
    pub fn read(
        text: &str,
        product: &str,
        license: LicenseKey,
        site_key: &[u8; 32],
    ) -> Result<SignedNote, SiteNoteError> {
        let signed = Note::parse(text)?;
        let note = SiteNote::parse_text(signed.text).ok_or(SiteNoteError::Form)?;
        if note.license != license || note.product != product {
            return Err(SiteNoteError::OtherLicense);
        }
        if note.site_key != *site_key {
            return Err(SiteNoteError::OtherSite);
        }
        let key = PublicKey::from_bytes(site_key).map_err(NoteError::from)?;
        signed.verify(&license.digits(), &[key])?;
        Ok(SignedNote {
            note,
            text: text.to_owned(),
        })
    }

    /// The text as it is kept.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl SiteNote {
    /// The text that is signed, ending with a newline.
    pub fn to_text(&self) -> String {
        let mut out = format!("{FIRST_LINE}\n");
        let mut line = |name: &str, value: &dyn fmt::Display| {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{name}: {value}");
        };
        line("product", &self.product);
        line("license", &self.license.digits());
        line("site", &Hex(&self.site_key));
        line("number", &self.number);
        self.users.iter().for_each(|user| line("user", user));
        self.rests.iter().for_each(|rest| line("rest", rest));
        let rules = self.rules.lines().iter();
        rules.for_each(|rule| line("rule", rule));
        out
    }

    /// The signed note: `sign` makes an Ed25519 signature by the site's key.
    ///
    /// # Errors
    /// What `sign` says.
    pub fn to_note<E>(&self, sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>) -> Result<String, E> {
        note::sign(
            &self.to_text(),
            &self.license.digits(),
            &self.site_key,
            sign,
        )
    }

    /// Reads what [`SiteNote::to_text`] wrote, and nothing else: one note has one text.
    fn parse_text(text: &str) -> Option<SiteNote> {
        let mut lines = text.lines();
        if lines.next() != Some(FIRST_LINE) {
            return None;
        }
        let mut value = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(": ");
        let mut note = SiteNote {
            product: value("product")?.to_owned(),
            license: value("license")?.parse().ok()?,
            site_key: unhex(value("site")?)?.try_into().ok()?,
            number: value("number")?.parse().ok()?,
            users: Vec::new(),
            rests: Vec::new(),
            rules: Rules::default(),
        };
        let mut rules = Vec::new();
        for line in lines {
            match line.split_once(": ")? {
                ("user", name) => note.users.push(name.parse().ok()?),
                ("rest", rest) => note.rests.push(Rest::parse(rest)?),
                ("rule", rule) => rules.push(rule),
                _ => return None,
            }
        }
        note.rules = Rules::of_lines(rules).ok()?;
        let rests = note.rests.iter().map(|it| &it.name);
        let mut names: Vec<&UserName> = note.users.iter().chain(rests).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        (names.len() == all && note.number > 0 && note.to_text() == text).then_some(note)
    }
}

/// As its line has it: seconds since 2020, start and seconds since it or `-`, name.
impl fmt::Display for Rest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.until.0)?;
        match &self.in_start {
            Some(it) => write!(f, "{}@{} ", Hex(&it.start), it.up)?,
            None => f.write_str("- ")?,
        }
        write!(f, "{}", self.name)
    }
}

impl Rest {
    fn parse(text: &str) -> Option<Rest> {
        let (until, rest) = text.split_once(' ')?;
        let (start, name) = rest.split_once(' ')?;
        let in_start = match start {
            "-" => None,
            some => {
                let (start, up) = some.split_once('@')?;
                Some(InStart {
                    start: unhex(start)?.try_into().ok()?,
                    up: up.parse().ok()?,
                })
            }
        };
        Some(Rest {
            name: name.parse().ok()?,
            until: Seconds(until.parse().ok()?),
            in_start,
        })
    }
}

#[cfg(test)]
mod tests;
