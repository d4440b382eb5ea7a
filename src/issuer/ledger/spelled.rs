//! How values of the ledger are spelled where its rows are written as JSON: days and keys as people read them, bytes as hexadecimal digits.

use std::fmt::Display;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::license_key::LicenseKey;
use crate::machine::Fingerprint;
use crate::protocol::commitment::{Commitment, SyncProof};
use crate::protocol::date::{Day, Seconds};
use crate::protocol::digest::{ActivationId, MachineBinding};
use crate::protocol::entitlements::Entitlements;
use crate::protocol::grant::LicenseType;

/// Bytes, or none, as hexadecimal digits in lower case.
pub(super) mod hex {
    use super::{Deserialize, Deserializer, InHex, Serialize, Serializer, wrong};
    use crate::protocol::note::{Hex, unhex};

    pub(in super::super) fn serialize<T: InHex, S: Serializer>(
        value: &T,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let digits = value.bytes().map(|bytes| Hex(&bytes).to_string());
        digits.serialize(to)
    }

    pub(in super::super) fn deserialize<'de, T: InHex, D: Deserializer<'de>>(
        from: D,
    ) -> Result<T, D::Error> {
        let digits: Option<String> = Option::deserialize(from)?;
        let bytes = match &digits {
            Some(digits) => Some(unhex(digits).ok_or_else(wrong::<D>)?),
            None => None,
        };
        T::of(bytes).ok_or_else(wrong::<D>)
    }
}

/// What is wrong is said by whoever reads the line: it names that.
fn wrong<'de, D: Deserializer<'de>>() -> D::Error {
    D::Error::custom("")
}

/// What is spelled in hexadecimal digits.
pub(super) trait InHex: Sized {
    /// Its bytes, where there are any.
    fn bytes(&self) -> Option<Vec<u8>>;
    /// The value of bytes; nothing where it has none such.
    fn of(bytes: Option<Vec<u8>>) -> Option<Self>;
}

impl InHex for Vec<u8> {
    fn bytes(&self) -> Option<Vec<u8>> {
        Some(self.clone())
    }

    fn of(bytes: Option<Vec<u8>>) -> Option<Self> {
        bytes
    }
}

impl<const N: usize> InHex for [u8; N] {
    fn bytes(&self) -> Option<Vec<u8>> {
        Some(self.to_vec())
    }

    fn of(bytes: Option<Vec<u8>>) -> Option<Self> {
        bytes?.try_into().ok()
    }
}

impl<const N: usize> InHex for Option<[u8; N]> {
    fn bytes(&self) -> Option<Vec<u8>> {
        self.map(Vec::from)
    }

    fn of(bytes: Option<Vec<u8>>) -> Option<Self> {
        match bytes {
            Some(bytes) => bytes.try_into().ok().map(Some),
            None => Some(None),
        }
    }
}

/// A value that is text: what writes it, what reads that, and by which pattern the schema knows it.
macro_rules! spelled {
    ($type:ty, $name:literal, $pattern:literal, $write:expr, $read:expr) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                let write: fn(&$type) -> String = $write;
                to.serialize_str(&write(self))
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<$type, D::Error> {
                let read: fn(&str) -> Option<$type> = $read;
                read(&String::deserialize(from)?).ok_or_else(wrong::<D>)
            }
        }

        #[cfg(test)]
        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "pattern": $pattern })
            }
        }
    };
}

fn shown<T: Display>(value: &T) -> String {
    value.to_string()
}

fn read<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

fn in_hex(bytes: &[u8]) -> String {
    crate::protocol::note::Hex(bytes).to_string()
}

fn of_hex<const N: usize>(digits: &str) -> Option<[u8; N]> {
    crate::protocol::note::unhex(digits)?.try_into().ok()
}

spelled!(Day, "KeptDay", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", shown, read);
spelled!(
    Seconds,
    "KeptMoment",
    "^[0-9-]{10}T[0-9:]{8}Z$",
    shown,
    read
);
spelled!(
    LicenseKey,
    "KeptLicenseKey",
    "^[0-9]{3}-[0-9]{3}-[0-9]{3}-[0-9]{4}$",
    shown,
    read
);
spelled!(ActivationId, "KeptActivationId", "^A-[0-9]+$", shown, read);
spelled!(
    LicenseType,
    "KeptLicenseType",
    "^(standalone|floating|named)$",
    |it| it.name().to_owned(),
    LicenseType::named
);
spelled!(
    Commitment,
    "KeptCommitment",
    "^[0-9a-f]{24}$",
    |it| in_hex(&it.0),
    |digits| of_hex(digits).map(Commitment)
);
spelled!(
    SyncProof,
    "KeptProof",
    "^[0-9a-f]{20}$",
    |it| in_hex(&it.0),
    |digits| of_hex(digits).map(SyncProof)
);
spelled!(
    Fingerprint,
    "KeptFingerprint",
    "^[0-9a-f]{22}$",
    |it| in_hex(&it.to_bytes()),
    |digits| Fingerprint::from_bytes(&of_hex(digits)?).ok()
);
spelled!(
    Entitlements,
    "KeptEntitlements",
    "^([0-9a-f]{2})+$",
    |it| in_hex(&it.encode()),
    |digits| Entitlements::decode(&crate::protocol::note::unhex(digits)?).ok()
);
/// What a machine stands for, as it is spelled.
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Standing {
    activation: ActivationId,
    fingerprint: Option<Fingerprint>,
    #[serde(with = "hex")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    bindings: Option<[u8; 8]>,
    #[serde(with = "hex")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    usb: Option<[u8; 8]>,
}

impl Serialize for MachineBinding {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let standing = Standing {
            activation: self.activation,
            fingerprint: self.fingerprint,
            bindings: self.bindings,
            usb: self.usb,
        };
        standing.serialize(to)
    }
}

impl<'de> Deserialize<'de> for MachineBinding {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let standing = Standing::deserialize(from)?;
        Ok(MachineBinding {
            activation: standing.activation,
            fingerprint: standing.fingerprint,
            bindings: standing.bindings,
            usb: standing.usb,
        })
    }
}

#[cfg(test)]
impl schemars::JsonSchema for MachineBinding {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "KeptStanding".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Standing::json_schema(generator)
    }
}
