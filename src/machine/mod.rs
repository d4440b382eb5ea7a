//! What this computer is: fingerprint components, host names, USB devices (SPEC.md 6).
//!
//! Everything is read without privileges where it can be, in few direct reads, and what cannot be read is *unknown*. Where two sources say the
//! same, the one that every user may read comes first: what root reads and what a user reads must agree.

mod account;
mod bindings;
mod component;
mod error;
mod fact;
mod fingerprint;
mod host;
mod known;
#[cfg(target_os = "linux")]
mod linux;
mod parts;
// The parsers of other systems are tested wherever the tests run.
#[cfg(any(target_os = "macos", test))]
#[cfg_attr(not(target_os = "macos"), allow(dead_code))]
mod macos;
#[cfg(any(windows, test))]
#[cfg_attr(not(windows), allow(dead_code))]
mod smbios;
mod usb;
#[cfg(any(windows, test))]
#[cfg_attr(not(windows), allow(dead_code))]
mod windows;

use std::borrow::Cow;
use std::net::IpAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub(crate) use account::Accounts;
#[cfg(unix)]
pub(crate) use account::UserIds;
#[cfg(feature = "cli")]
pub(crate) use account::is_known as is_known_account;
pub use account::login_name;
pub use bindings::Bindings;
pub use component::{Component, Components};
pub use error::MachineError;
pub use fact::Fact;
pub use fingerprint::{Assessment, Comparison, Fingerprint};
pub use host::{HostNames, normalise_server};
pub use usb::UsbDevice;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(target_os = "macos")]
use macos as system;
#[cfg(windows)]
use windows as system;

/// Systems of which nothing is known: only bindings work there.
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
mod system {
    pub(super) fn facts() -> super::Facts {
        super::Facts::default()
    }
    pub(super) fn local_addresses() -> Vec<std::net::IpAddr> {
        Vec::new()
    }
    pub(super) fn usb_devices() -> Vec<super::UsbDevice> {
        Vec::new()
    }
}

/// What is known about a computer. Values are trimmed and in lower case, and placeholders such as "to be filled by o.e.m." are unknown
/// (SPEC.md 6.1). It can be written as JSON, so that another machine can be handed in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Facts {
    /// The installation of the operating system (SPEC.md 6.1, component 0).
    pub machine_id: Fact,
    /// The root file system (SPEC.md 6.1, component 1).
    pub root_fs_uuid: Fact,
    /// The board, or the virtual machine (SPEC.md 6.1, component 2).
    pub product_uuid: Fact,
    /// The built-in network card (SPEC.md 6.1, component 3).
    pub mac: Fact,
    /// The disk the system starts from (SPEC.md 6.1, component 4).
    pub disk_serial: Fact,
    /// This host's own name, as it is set, short or full (SPEC.md 6.2).
    pub host_name: Fact,
    /// Differs after each start (SPEC.md 7).
    pub boot_id: Fact,
    /// Time since the start, sleep included (SPEC.md 7). In JSON: whole seconds.
    #[serde(with = "seconds")]
    pub uptime: Option<Duration>,
    /// Addresses of the local interfaces (SPEC.md 6.2).
    pub local_addresses: Listed<IpAddr>,
    /// USB devices that are plugged in now and have a serial number (SPEC.md 6.3).
    pub usb_devices: Listed<UsbDevice>,
}

impl Facts {
    /// What the system says about the computer the program runs on. What is a [`Fact`] or [`Listed`] is only read when it is asked for.
    pub fn of_this_computer() -> Facts {
        Facts {
            local_addresses: Listed::OfThisComputer,
            usb_devices: Listed::OfThisComputer,
            ..system::facts()
        }
    }

    /// The parts of a fingerprint among `components` that this user may not read although another user of this computer can (SPEC.md 6.1), such as the
    /// board's UUID for all but root of Linux. A part
    /// that cannot be read for another reason counts as not there. Only those are read that are asked for.
    pub fn denied(&self, components: Components) -> Components {
        components
            .iter()
            .filter(|&component| self.part(component).is_denied())
            .collect()
    }

    /// The value of a part of the fingerprint; nothing where it tells no machine from another (SPEC.md 6.1).
    pub(crate) fn known(&self, component: Component) -> Option<&str> {
        // Facts may have been handed in: they are held to the same rules as those that were read.
        let rule: fn(&str) -> Option<String> = match component {
            Component::MachineId => known::machine_id,
            Component::RootFileSystem | Component::Board => known::known,
            Component::NetworkCard => known::mac,
            Component::SystemDisk => known::disk_serial,
        };
        self.part(component).by(rule)
    }

    /// The fact behind a part of the fingerprint.
    fn part(&self, component: Component) -> &Fact {
        match component {
            Component::MachineId => &self.machine_id,
            Component::RootFileSystem => &self.root_fs_uuid,
            Component::Board => &self.product_uuid,
            Component::NetworkCard => &self.mac,
            Component::SystemDisk => &self.disk_serial,
        }
    }

    /// What [`normalise_server`] has to know (SPEC.md 6.2); `aliases` are the pairs declared on this machine.
    pub fn host_names<'a>(&'a self, aliases: &'a [(String, String)]) -> HostNames<'a> {
        HostNames {
            own_name: self.host_name.text(),
            local_addresses: &self.local_addresses,
            aliases,
        }
    }
}

/// A list that is handed in, or read from this computer when it is asked for: most checks need neither addresses nor USB devices
/// (SPEC.md 6.2, 6.3). In JSON the list, or `null` for this computer's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Listed<T> {
    /// To be read from this computer.
    OfThisComputer,
    /// These and no others.
    Given(Vec<T>),
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Listed::Given(Vec::new())
    }
}

impl Listed<IpAddr> {
    /// The addresses, read now where they were not handed in (SPEC.md 6.2).
    pub fn list(&self) -> Cow<'_, [IpAddr]> {
        match self {
            Listed::OfThisComputer => Cow::Owned(system::local_addresses()),
            Listed::Given(list) => Cow::Borrowed(list),
        }
    }
}

impl Listed<UsbDevice> {
    /// The devices, read now where they were not handed in (SPEC.md 6.3).
    pub fn list(&self) -> Cow<'_, [UsbDevice]> {
        match self {
            Listed::OfThisComputer => Cow::Owned(system::usb_devices()),
            Listed::Given(list) => Cow::Borrowed(list),
        }
    }
}

/// The eight bytes of a digest that a payload carries (SPEC.md 4.1).
fn first_8(hasher: &blake3::Hasher) -> [u8; 8] {
    let mut first = [0; 8];
    hasher.finalize_xof().fill(&mut first);
    first
}

/// An uptime in JSON.
mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(
        time: &Option<Duration>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        time.map(|time| time.as_secs()).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Duration>, D::Error> {
        Ok(Option::<u64>::deserialize(from)?.map(Duration::from_secs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_handed_in_as_json() {
        let json = r#"{ "machine_id": "3d1219c7c4c5404aaa1f6d2a48adfda4", "uptime": 90, "local_addresses": ["192.168.0.1"], "usb_devices": ["0529:0001:8a3f21"] }"#;
        let facts: Facts = serde_json::from_str(json).unwrap();
        assert_eq!(facts.uptime, Some(Duration::from_secs(90)));
        assert_eq!(
            facts.local_addresses.list().as_ref(),
            &["192.168.0.1".parse::<IpAddr>().unwrap()]
        );
        assert_eq!(facts.usb_devices.list().len(), 1);
        assert_eq!(facts.host_name.text(), None);
        let back: Facts = serde_json::from_str(&serde_json::to_string(&facts).unwrap()).unwrap();
        assert_eq!(back, facts);
        assert!(
            serde_json::from_str::<Facts>(r#"{"machineid": "x"}"#).is_err(),
            "a slip of the pen must not make an unknown"
        );
    }

    #[test]
    fn what_may_not_be_read_is_handed_in_too() {
        let json = r#"{ "machine_id": "3d1219c7c4c5404aaa1f6d2a48adfda4", "product_uuid": { "denied": true } }"#;
        let facts: Facts = serde_json::from_str(json).unwrap();
        assert_eq!(facts.product_uuid.text(), None);
        assert!(facts.product_uuid.is_denied());
        let of = |components: &[Component]| facts.denied(components.iter().copied().collect());
        assert_eq!(of(&Component::ALL).to_string(), "main board");
        assert!(of(&[Component::MachineId, Component::SystemDisk]).is_empty());
        let back: Facts = serde_json::from_str(&serde_json::to_string(&facts).unwrap()).unwrap();
        assert_eq!(back, facts);
        assert_ne!(facts.product_uuid, Fact::default());
        for odd in [r#"{"mac": {"denied": 1}}"#, r#"{"mac": {"deny": true}}"#] {
            assert!(serde_json::from_str::<Facts>(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn what_is_not_handed_in_is_not_read_from_this_computer() {
        let facts: Facts = serde_json::from_str("{}").unwrap();
        assert_eq!(facts, Facts::default());
        assert_eq!(facts.local_addresses, Listed::Given(Vec::new()));
        assert_eq!(
            serde_json::from_str::<Facts>(r#"{"usb_devices": null}"#)
                .unwrap()
                .usb_devices,
            Listed::OfThisComputer
        );
    }

    #[test]
    fn two_readings_of_this_computer_agree() {
        let (one, two) = (Facts::of_this_computer(), Facts::of_this_computer());
        assert!(two.uptime >= one.uptime);
        assert_eq!(
            Facts {
                uptime: None,
                ..one
            },
            Facts {
                uptime: None,
                ..two
            }
        );
    }
}
