//! Keys that lie in an ssh-agent or in a PKCS#11 token, and the small file that says so in the place of a PEM (SPEC.md 9.15).

pub mod agent;
pub mod ssh;
#[cfg(feature = "token")]
pub mod token;
pub mod uri;

use crate::signing::absent::Absent;
use uri::TokenUri;

/// How each such file begins, of whatever version.
const BEGINNING: &str = "countersign key elsewhere ";
/// The first line of each.
const FIRST_LINE: &str = "countersign key elsewhere v1";
/// What stands where a URI would.
const AGENT: &str = "ssh-agent";

/// Where a key lies that is in no file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the ssh-agent of whoever acts.
    Agent,
    /// In a token.
    Token(TokenUri),
}

/// A key that lies elsewhere: where, and which it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// Where.
    pub place: Place,
    /// Its public key: what lies there under its name by now is held against it.
    pub public: [u8; 32],
}

impl Elsewhere {
    /// Whether a key file's text is to say where its key lies, well or badly; else it is a PEM.
    pub fn is_one(text: &str) -> bool {
        without_mark(text).starts_with(BEGINNING)
    }

    /// The text of the key file. It holds no secret.
    pub fn to_text(&self) -> String {
        let place = match &self.place {
            Place::Agent => AGENT,
            Place::Token(uri) => uri.text(),
        };
        let key = ssh::line(&self.public);
        format!("{FIRST_LINE}\nplace: {place}\nkey: {key}\n")
    }

    /// Reads it. A byte order mark, CRLF and blanks at the end, which editors put in, do not count.
    ///
    /// # Errors
    /// `Unreadable`, `OtherAlgorithm`.
    pub fn read(text: &str) -> Result<Elsewhere, Absent> {
        let unreadable = |why: &str| Absent::Unreadable(why.to_owned());
        let mut lines = without_mark(text).trim_end().lines().map(str::trim_end);
        if lines.next() != Some(FIRST_LINE) {
            return Err(unreadable("another version of the program wrote it"));
        }
        let mut value = |name: &str| {
            let line = lines.next().and_then(|line| line.strip_prefix(name));
            line.and_then(|it| it.strip_prefix(": "))
        };
        let place = match value("place").ok_or_else(|| unreadable("its second line is no place"))? {
            AGENT => Place::Agent,
            uri => Place::Token(
                TokenUri::parse(uri).map_err(|error| Absent::Unreadable(error.to_string()))?,
            ),
        };
        let key = value("key").ok_or_else(|| unreadable("its third line is no key"))?;
        let public = ssh::public_key(key)?;
        match lines.next() {
            None => Ok(Elsewhere { place, public }),
            Some(_) => Err(unreadable("it goes on after its third line")),
        }
    }
}

fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

#[cfg(test)]
mod tests;
