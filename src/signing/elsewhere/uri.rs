//! Which key of which token is meant: a PKCS#11 URI (RFC 7512), as far as that says it.

use std::path::{Path, PathBuf};

use crate::failure::FailureKind;

/// A URI that names one private key and the module by which it is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenUri {
    text: String,
    module: PathBuf,
    /// What the token has to have: its label, serial number, manufacturer and model.
    pub(super) token: Option<String>,
    pub(super) serial: Option<String>,
    pub(super) manufacturer: Option<String>,
    pub(super) model: Option<String>,
    /// What the key has to have: its label and id.
    pub(super) object: Option<String>,
    pub(super) id: Option<Vec<u8>>,
}

/// Why a text is no such URI.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum UriError {
    /// It is something else.
    #[error("this is no PKCS#11 URI (pkcs11:token=…;object=…?module-path=…)")]
    NotOne,
    /// It holds a PIN, or says where one lies.
    #[error("the PKCS#11 URI holds the PIN, or says where it lies, for everybody who sees it")]
    PinInside,
    /// It asks for something that is not looked at here.
    #[error("the PKCS#11 URI asks for {0}, which is not known here")]
    Unknown(String),
    /// It says something twice.
    #[error("the PKCS#11 URI says {0} twice")]
    Twice(String),
    /// It names no module, or not by its whole path.
    #[error("the PKCS#11 URI names no module by its whole path")]
    NoModule,
    /// It names no key.
    #[error("the PKCS#11 URI names no key: neither its object nor its id")]
    NoKey,
}

impl UriError {
    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        FailureKind::Usage
    }
}

impl TokenUri {
    /// Reads one.
    ///
    /// # Errors
    /// Each of [`UriError`].
    pub fn parse(text: &str) -> Result<TokenUri, UriError> {
        let rest = text.strip_prefix("pkcs11:").ok_or(UriError::NotOne)?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let attributes = path.split(';').chain(query.split('&'));
        let mut given: Vec<(&str, Vec<u8>)> = Vec::new();
        for attribute in attributes.filter(|it| !it.is_empty()) {
            let (name, value) = attribute.split_once('=').ok_or(UriError::NotOne)?;
            if given.iter().any(|(known, _)| *known == name) {
                return Err(UriError::Twice(name.to_owned()));
            }
            given.push((name, decoded(value).ok_or(UriError::NotOne)?));
        }
        let mut uri = TokenUri {
            text: text.to_owned(),
            module: PathBuf::new(),
            token: None,
            serial: None,
            manufacturer: None,
            model: None,
            object: None,
            id: None,
        };
        for (name, value) in given {
            let words = || String::from_utf8(value.clone()).map_err(|_| UriError::NotOne);
            match name {
                "token" => uri.token = Some(words()?),
                "serial" => uri.serial = Some(words()?),
                "manufacturer" => uri.manufacturer = Some(words()?),
                "model" => uri.model = Some(words()?),
                "object" => uri.object = Some(words()?),
                "id" => uri.id = Some(value),
                "type" if value == b"private" => {}
                "module-path" => uri.module = words()?.into(),
                "pin-value" | "pin-source" => return Err(UriError::PinInside),
                other => return Err(UriError::Unknown(other.to_owned())),
            }
        }
        if !uri.module.is_absolute() {
            return Err(UriError::NoModule);
        }
        match uri.object.is_some() || uri.id.is_some() {
            true => Ok(uri),
            false => Err(UriError::NoKey),
        }
    }

    /// The library that is loaded to reach the token: a whole path, so that none of the same name takes its place.
    pub fn module(&self) -> &Path {
        &self.module
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Bytes as a URI writes them: printable ASCII, others by `%` and two hexadecimal digits.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        out.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(16 * digit()? + digit()?).ok()?
            }
            b'!'..=b'~' => byte,
            _ => return None,
        });
    }
    Some(out)
}
