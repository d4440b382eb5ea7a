//! What can be wrong with what people say about a machine.

use thiserror::Error;

/// Why a fingerprint, a server name, a binding or a USB device was not taken (SPEC.md 6).
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MachineError {
    /// The presence byte is zero or has a bit that no component owns (SPEC.md 6.1).
    #[error("the presence byte {0:#04x} of the fingerprint is not one that is ever written")]
    Presence(u8),
    /// A component that is said to be unknown carries bytes (SPEC.md 6.1).
    #[error("the fingerprint says that its {0} is unknown and yet gives it")]
    UnknownPart(super::Component),
    /// Nothing is left of the server name (SPEC.md 6.2).
    #[error("the server name is empty")]
    EmptyServer,
    /// `(localdb)` is a file of one user, not a server (SPEC.md 6.2).
    #[error("\"{0}\" is a LocalDB, which belongs to one user and is no server")]
    LocalDb(String),
    /// A pipe's path instead of a server's name (SPEC.md 6.2).
    #[error("\"{0}\" is the path of a pipe, not the name of a server")]
    PipePath(String),
    /// Digits and dots that are no address: a slip of the pen, of which the first number would be kept as a name (SPEC.md 6.2).
    #[error("\"{0}\" is neither an address nor a name: four numbers up to 255 make an address")]
    BadAddress(String),
    /// Neither an address nor made like a host name (SPEC.md 6.2).
    #[error("\"{0}\" is not made like the name of a server")]
    BadServer(String),
    /// The value means this computer, whose own name is unknown (SPEC.md 6.2).
    #[error("\"{0}\" means this computer, whose own host name is not known")]
    OwnNameUnknown(String),
    /// An alias names an instance (SPEC.md 6.2).
    #[error("the alias \"{0}\" names an instance; an alias stands for a host alone")]
    AliasInstance(String),
    /// A binding's name cannot stand in a line `name=value` (SPEC.md 6.2).
    #[error("\"{0}\" cannot be the name of a binding")]
    BindingName(String),
    /// A binding is given twice (SPEC.md 6.2).
    #[error("the binding \"{0}\" is given twice")]
    BindingTwice(String),
    /// A binding's value is empty or has control characters (SPEC.md 6.2).
    #[error("the value of the binding \"{0}\" is empty or not one line of text")]
    BindingValue(String),
    /// No bindings at all (SPEC.md 6.2).
    #[error("there are no bindings")]
    NoBindings,
    /// Not `VID:PID:SERIAL` (SPEC.md 6.3).
    #[error("\"{0}\" is not a USB device in the form VID:PID:SERIAL")]
    UsbDevice(String),
    /// A USB device without a serial number is not one device but any of its make (SPEC.md 6.3).
    #[error("the USB device {0} has no serial number")]
    UsbNoSerial(String),
    /// Its serial number is one that its whole make has, or that a system gave it: it has none of its own (SPEC.md 6.3).
    #[error("the USB device {0} has no serial number of its own: others have the same")]
    UsbShared(String),
    /// A hub, which every computer has (SPEC.md 6.3).
    #[error("the USB device {0} is a part of the computer and no key")]
    UsbHub(String),
}

impl MachineError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Presence(_) | Self::UnknownPart(_) => {
                "the code was not made by this program; ask for a fresh one"
            }
            Self::EmptyServer => {
                "name the server as the application connects to it, for example DBSERVER\\SQLEXPRESS"
            }
            Self::LocalDb(_) => "move the database to a server instance and name that",
            Self::PipePath(_) => "give the server's name only, for example DBSERVER\\SQLEXPRESS",
            Self::BadAddress(_) => {
                "write the address whole, for example 192.168.0.1, or use the server's host name"
            }
            Self::BadServer(_) => {
                "use the server's host name or address, with \\INSTANCE where it has one"
            }
            Self::OwnNameUnknown(_) => {
                "give the computer a host name, or name the server by the name other computers use"
            }
            Self::AliasInstance(_) => {
                "declare the alias without \\INSTANCE; the instance is kept as the application gives it"
            }
            Self::BindingName(_) => "use letters, digits and hyphens, as in the product file",
            Self::BindingTwice(_) => "give each binding once",
            Self::BindingValue(_) => "give it a value of its own",
            Self::NoBindings => "give each name that the product asks for with a value",
            Self::UsbDevice(_) => {
                "write it as two groups of four hexadecimal digits and the serial number, for example 0529:0001:8A3F21"
            }
            Self::UsbNoSerial(_) | Self::UsbShared(_) => {
                "use a device that has a serial number of its own"
            }
            Self::UsbHub(_) => "plug the USB key in and name that",
        }
    }
}
