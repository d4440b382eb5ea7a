//! Values that stand in JSON as they are written for people.

use std::fmt::Display;

use serde::{Serialize, Serializer};

use crate::failure::FailureKind;
use crate::holder::State;
use crate::protocol::grant::LicenseType;
use crate::text::{Kind, Standing};

/// A key, a day, a moment and the like: the text that people see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shown<T>(pub(crate) T);

/// The same for what may not be there.
pub(crate) fn shown<T>(value: Option<T>) -> Option<Shown<T>> {
    value.map(Shown)
}

impl<T: Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

/// A value by its stable name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Named<T>(pub(crate) T);

macro_rules! named {
    ($($of:ty, $name:literal, $description:literal, $all:expr;)*) => {$(
        impl Serialize for Named<$of> {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.0.name())
            }
        }

        #[cfg(test)]
        impl schemars::JsonSchema for Named<$of> {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let mut names: Vec<_> = $all.iter().map(|it| it.name()).collect();
                names.sort_unstable();
                names.dedup();
                schemars::json_schema!({ "type": "string", "enum": names, "description": $description })
            }
        }
    )*};
}

named! {
    FailureKind, "FailureKind", "What went wrong (FAILURES.md).", FailureKind::ALL;
    Kind, "CodeKind", "What a code is (SPEC.md 3).", Kind::ALL;
    LicenseType, "LicenseType", "How the seats of a license are used.", LicenseType::ALL;
    Standing, "Standing", "Where a code stands: where everybody sees it, quoted by a mail program, or where no mail program shows it.", [Standing::Plain, Standing::Quoted, Standing::Hidden];
    State, "State", "The state of a license at this moment.", [State::Licensed, State::Warning, State::Demo, State::Unlicensed, State::Expired, State::Overdue, State::WrongMachine, State::ClockBehind, State::Returned, State::NotNamed];
}

#[cfg(test)]
mod described {
    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::Shown;
    use crate::license_key::LicenseKey;
    use crate::machine::UsbDevice;
    use crate::protocol::date::{Day, Seconds};
    use crate::protocol::digest::ActivationId;
    use crate::protocol::product::RootFingerprint;

    macro_rules! texts {
        ($($of:ty, $name:literal, $pattern:literal, $description:literal;)*) => {$(
            impl JsonSchema for Shown<$of> {
                fn schema_name() -> Cow<'static, str> {
                    $name.into()
                }

                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    json_schema!({ "type": "string", "pattern": $pattern, "description": $description })
                }
            }
        )*};
    }

    texts! {
        LicenseKey, "LicenseKey", "^[0-9]{3}-[0-9]{3}-[0-9]{3}-[0-9]{4}$", "A license key (SPEC.md 2).";
        ActivationId, "ActivationId", "^A-[0-9]+$", "An activation, as people name it.";
        Day, "Day", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "A day, in UTC.";
        Seconds, "Moment", "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", "A moment, in UTC.";
        RootFingerprint, "RootFingerprint", "^\\S+$", "The fingerprint of a root key.";
        UsbDevice, "UsbKey", "^[0-9a-f]{4}:[0-9a-f]{4}:.+$", "A USB key: VID:PID:SERIAL.";
    }

    #[cfg(feature = "desk")]
    texts! {
        crate::issuer::history::Cursor, "Cursor", "^[0-9]+:[0-9a-f]{64}$", "An event of the history, and with it all before.";
    }
}
