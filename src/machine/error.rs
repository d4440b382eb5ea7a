//! What can be wrong with what people say about a machine.

use crate::messages;
use thiserror::Error;

/// Why a fingerprint, a server name, a binding or a USB device was not taken (SPEC.md 6).
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MachineError {
    /// The presence byte is zero or has a bit that no component owns (SPEC.md 6.1).
    #[error("{}", messages::machine::presence(format_args!("{:#04x}", .0)))]
    Presence(u8),
    /// A component that is said to be unknown carries bytes (SPEC.md 6.1).
    #[error("{}", messages::machine::unknown_part(.0))]
    UnknownPart(super::Component),
    /// Nothing is left of the server name (SPEC.md 6.2).
    #[error("{}", messages::machine::empty_server())]
    EmptyServer,
    /// `(localdb)` is a file of one user, not a server (SPEC.md 6.2).
    #[error("{}", messages::machine::local_db(.0))]
    LocalDb(String),
    /// A pipe's path instead of a server's name (SPEC.md 6.2).
    #[error("{}", messages::machine::pipe_path(.0))]
    PipePath(String),
    /// Digits and dots that are no address: a slip of the pen, of which the first number would be kept as a name (SPEC.md 6.2).
    #[error("{}", messages::machine::bad_address(.0))]
    BadAddress(String),
    /// Neither an address nor made like a host name (SPEC.md 6.2).
    #[error("{}", messages::machine::bad_server(.0))]
    BadServer(String),
    /// The value means this computer, whose own name is unknown (SPEC.md 6.2).
    #[error("{}", messages::machine::own_name_unknown(.0))]
    OwnNameUnknown(String),
    /// An alias names an instance (SPEC.md 6.2).
    #[error("{}", messages::machine::alias_instance(.0))]
    AliasInstance(String),
    /// A binding's name cannot stand in a line `name=value` (SPEC.md 6.2).
    #[error("{}", messages::machine::binding_name(.0))]
    BindingName(String),
    /// A binding is given twice (SPEC.md 6.2).
    #[error("{}", messages::machine::binding_twice(.0))]
    BindingTwice(String),
    /// A binding's value is empty or has control characters (SPEC.md 6.2).
    #[error("{}", messages::machine::binding_value(.0))]
    BindingValue(String),
    /// No bindings at all (SPEC.md 6.2).
    #[error("{}", messages::machine::no_bindings())]
    NoBindings,
    /// Not `VID:PID:SERIAL` (SPEC.md 6.3).
    #[error("{}", messages::machine::usb_device(.0))]
    UsbDevice(String),
    /// A USB device without a serial number is not one device but any of its make (SPEC.md 6.3).
    #[error("{}", messages::machine::usb_no_serial(.0))]
    UsbNoSerial(String),
    /// Its serial number is one that its whole make has, or that a system gave it: it has none of its own (SPEC.md 6.3).
    #[error("{}", messages::machine::usb_shared(.0))]
    UsbShared(String),
    /// A hub, which every computer has (SPEC.md 6.3).
    #[error("{}", messages::machine::usb_hub(.0))]
    UsbHub(String),
}

impl MachineError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Presence(_) | Self::UnknownPart(_) => messages::machine::other_program_hint(),
            Self::EmptyServer => messages::machine::empty_server_hint(),
            Self::LocalDb(_) => messages::machine::local_db_hint(),
            Self::PipePath(_) => messages::machine::pipe_path_hint(),
            Self::BadAddress(_) => messages::machine::bad_address_hint(),
            Self::BadServer(_) => messages::machine::bad_server_hint(),
            Self::OwnNameUnknown(_) => messages::machine::own_name_unknown_hint(),
            Self::AliasInstance(_) => messages::machine::alias_instance_hint(),
            Self::BindingName(_) => messages::machine::binding_name_hint(),
            Self::BindingTwice(_) => messages::machine::binding_twice_hint(),
            Self::BindingValue(_) => messages::machine::binding_value_hint(),
            Self::NoBindings => messages::machine::no_bindings_hint(),
            Self::UsbDevice(_) => messages::machine::usb_device_hint(),
            Self::UsbNoSerial(_) | Self::UsbShared(_) => messages::machine::usb_no_serial_hint(),
            Self::UsbHub(_) => messages::machine::usb_hub_hint(),
        }
    }
}
