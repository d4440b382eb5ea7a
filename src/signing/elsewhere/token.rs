//! A key in a PKCS#11 token, by the module of its maker, which is loaded while the program runs.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use cryptoki::types::AuthPin;

use super::uri::TokenUri;
use crate::signing::absent::Absent;
use crate::signing::keys::Passphrase;
use crate::signing::signer::{Signer, SignerError};

/// How the point of an Ed25519 key is wrapped: PKCS#11 2.40 has an OCTET STRING, some have a BIT STRING, 3.0 and later nothing.
const WRAPPED: [&[u8]; 3] = [&[0x04, 0x20], &[0x03, 0x21, 0x00], &[]];

/// How a token wants to know who is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pin {
    /// Not at all.
    None,
    /// By a PIN that the program hands over.
    Asked,
    /// The same, and a wrong one locks the token.
    LastTry,
    /// By keys of its own.
    OnItsOwnPad,
}

/// A token that is there; nothing was given to it.
pub struct Token {
    context: Pkcs11,
    slot: Slot,
    info: TokenInfo,
}

impl Token {
    /// Looks for the token that a URI means.
    ///
    /// # Errors
    /// `NoModule`, `NoToken`, `SeveralTokens`.
    pub fn find(uri: &TokenUri) -> Result<Token, Absent> {
        let no_module = |error: &Error| match error {
            Error::LibraryLoading(_) => {
                Absent::NoModule(format!("{} cannot be loaded", uri.module().display()))
            }
            other => Absent::NoModule(format!("{} says {}", uri.module().display(), name(other))),
        };
        let context = Pkcs11::new(uri.module()).map_err(|error| no_module(&error))?;
        match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            // The spare key of a desk may lie behind the same module.
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(no_module(&error)),
        }
        let slots = context.get_slots_with_token();
        let slots = slots.map_err(|error| no_module(&error))?;
        let mut found = Vec::new();
        for slot in slots {
            // One that is pulled out just now, or not understood, is not the one that is meant.
            let Ok(info) = context.get_token_info(slot) else {
                continue;
            };
            let fits = |wanted: &Option<String>, has: &str| {
                wanted.as_ref().is_none_or(|it| it == has.trim_end())
            };
            if info.token_initialized()
                && fits(&uri.token, info.label())
                && fits(&uri.serial, info.serial_number())
                && fits(&uri.manufacturer, info.manufacturer_id())
                && fits(&uri.model, info.model())
            {
                found.push((slot, info));
            }
        }
        let labels: Vec<&str> = found.iter().map(|(_, info)| info.label()).collect();
        match found.as_slice() {
            [] => Err(Absent::NoToken),
            [(slot, info)] => Ok(Token {
                context: context.clone(),
                slot: *slot,
                info: info.clone(),
            }),
            _ => Err(Absent::SeveralTokens(labels.join(", "))),
        }
    }

    /// Its label.
    pub fn label(&self) -> &str {
        self.info.label()
    }

    /// What it asks for.
    ///
    /// # Errors
    /// `PinLocked`.
    pub fn pin(&self) -> Result<Pin, Absent> {
        if self.info.user_pin_locked() {
            return Err(Absent::PinLocked(self.label().to_owned()));
        }
        Ok(match &self.info {
            info if !info.login_required() => Pin::None,
            info if info.protected_authentication_path() => Pin::OnItsOwnPad,
            info if info.user_pin_final_try() => Pin::LastTry,
            _ => Pin::Asked,
        })
    }

    /// Opens the key that a URI means. A PIN is handed over once.
    ///
    /// # Errors
    /// Each of [`Absent`] that is of tokens.
    pub fn open(self, uri: &TokenUri, pin: Option<&Passphrase>) -> Result<TokenKey, Absent> {
        let session = self.context.open_ro_session(self.slot).map_err(said)?;
        if self.info.login_required() {
            let pin = pin.map(|it| AuthPin::new(it.text().into()));
            match session.login(UserType::User, pin.as_ref()) {
                Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
                Err(error) => return Err(self.not_let_in(error)),
            }
        }
        let (key, public) = self.key(&session, uri)?;
        Ok(TokenKey {
            public,
            label: self.label().to_owned(),
            session: Mutex::new((session, key)),
        })
    }

    fn not_let_in(&self, error: Error) -> Absent {
        match error {
            Error::Pkcs11(
                RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange,
                _,
            ) => {
                // As it is now.
                let info = self.context.get_token_info(self.slot).ok();
                Absent::WrongPin {
                    token: self.label().to_owned(),
                    last: info.is_some_and(|it| it.user_pin_final_try()),
                }
            }
            Error::Pkcs11(RvError::PinLocked, _) => Absent::PinLocked(self.label().to_owned()),
            error => said(error),
        }
    }

    /// The private key and the public one beside it.
    fn key(&self, session: &Session, uri: &TokenUri) -> Result<(ObjectHandle, [u8; 32]), Absent> {
        let mut wanted = vec![Attribute::Class(ObjectClass::PRIVATE_KEY)];
        let label = uri.object.as_ref().map(|it| it.clone().into_bytes());
        wanted.extend(label.map(Attribute::Label));
        wanted.extend(uri.id.clone().map(Attribute::Id));
        let found = session.find_objects(&wanted).map_err(said)?;
        let key = match found.as_slice() {
            [] => return Err(Absent::NoKey(self.label().to_owned())),
            [key] => *key,
            _ => return Err(Absent::SeveralKeys(self.label().to_owned())),
        };
        let asked = [
            AttributeType::KeyType,
            AttributeType::Id,
            AttributeType::Label,
        ];
        let (mut id, mut label) = (Vec::new(), Vec::new());
        for attribute in session.get_attributes(key, &asked).map_err(said)? {
            match attribute {
                Attribute::KeyType(kind) if kind != KeyType::EC_EDWARDS => {
                    let name = match kind {
                        KeyType::RSA => "RSA",
                        KeyType::EC => "ECDSA",
                        _ => "of another kind",
                    };
                    return Err(Absent::OtherAlgorithm(name.to_owned()));
                }
                Attribute::Id(found) => id = found,
                Attribute::Label(found) => label = found,
                _ => {}
            }
        }
        // A pair has one id; one without has one label.
        let of_pair = [
            Attribute::Class(ObjectClass::PUBLIC_KEY),
            match id.is_empty() {
                true => Attribute::Label(label),
                false => Attribute::Id(id),
            },
        ];
        let public = session.find_objects(&of_pair).map_err(said)?;
        // Some show the point with the private key itself.
        let shown = public.first().copied().unwrap_or(key);
        let points = session.get_attributes(shown, &[AttributeType::EcPoint]);
        let point = points.map_err(said)?.into_iter().find_map(|it| match it {
            Attribute::EcPoint(point) => Some(point),
            _ => None,
        });
        let point = point.ok_or_else(|| Absent::NoPublicKey(self.label().to_owned()))?;
        let within =
            |wrap: &&[u8]| -> Option<[u8; 32]> { point.strip_prefix(*wrap)?.try_into().ok() };
        let curve = || Absent::OtherAlgorithm("of another curve".to_owned());
        let public = WRAPPED.iter().find_map(within).ok_or_else(curve)?;
        Ok((key, public))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").finish_non_exhaustive()
    }
}

/// A key in a token that is open: no two threads may use one session at once.
pub struct TokenKey {
    public: [u8; 32],
    label: String,
    session: Mutex<(Session, ObjectHandle)>,
}

impl TokenKey {
    /// The same where it is the key that was enrolled.
    ///
    /// # Errors
    /// `OtherKey`.
    pub fn that_is(self, public: &[u8; 32]) -> Result<TokenKey, Absent> {
        match self.public == *public {
            true => Ok(self),
            false => Err(Absent::OtherKey(self.label)),
        }
    }
}

impl Signer for TokenKey {
    fn public(&self) -> [u8; 32] {
        self.public
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignerError> {
        let held = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let (session, key) = &*held;
        let how = Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Pure));
        let signature = session.sign(&how, *key, message).map_err(said)?;
        signature.try_into().map_err(|_| SignerError::Wrong)
    }
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenKey").finish_non_exhaustive()
    }
}

/// What a token says while it works.
fn said(error: Error) -> Absent {
    match error {
        Error::Pkcs11(
            RvError::DeviceRemoved
            | RvError::TokenNotPresent
            | RvError::SlotIdInvalid
            | RvError::SessionHandleInvalid
            // It was found a moment ago.
            | RvError::ObjectHandleInvalid
            | RvError::KeyHandleInvalid
            | RvError::SessionClosed,
            _,
        ) => Absent::PulledOut,
        other => Absent::Token(name(&other)),
    }
}

/// The name that PKCS#11 itself has for an error, which the token's maker knows.
fn name(error: &Error) -> String {
    let Error::Pkcs11(error, _) = error else {
        return "what PKCS#11 does not know".to_owned();
    };
    let mut name = "CKR".to_owned();
    for letter in format!("{error:?}").chars() {
        if letter.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}
