//! The registry, the adapters and the uptime of the computer the program runs on.

use std::net::IpAddr;

use winreg::RegKey;
use winreg::enums::{HKEY_LOCAL_MACHINE, KEY_READ, KEY_WOW64_64KEY};

use super::{Adapter, Facts, Registry, UsbDevice};

/// This computer, all but addresses and USB devices.
pub(in crate::machine) fn facts() -> Facts {
    let listed = ipconfig::get_adapters().unwrap_or_default();
    let adapters = listed.iter().filter_map(|adapter| {
        let name = adapter.adapter_name().to_owned();
        Some(Adapter {
            name,
            mac: adapter.physical_address()?.to_vec(),
        })
    });
    Facts {
        uptime: uptime_lib::get().ok(),
        ..super::facts_in(&LocalMachine, &adapters.collect::<Vec<_>>())
    }
}

/// The addresses of the local interfaces.
pub(in crate::machine) fn local_addresses() -> Vec<IpAddr> {
    let adapters = ipconfig::get_adapters().unwrap_or_default();
    adapters
        .iter()
        .flat_map(|adapter| adapter.ip_addresses().iter().copied())
        .collect()
}

/// USB devices that are plugged in.
pub(in crate::machine) fn usb_devices() -> Vec<UsbDevice> {
    super::usb_in(&LocalMachine)
}

/// `HKEY_LOCAL_MACHINE` as 64-bit programs see it.
struct LocalMachine;

impl LocalMachine {
    fn open(key: &str) -> Option<RegKey> {
        RegKey::predef(HKEY_LOCAL_MACHINE)
            .open_subkey_with_flags(key, KEY_READ | KEY_WOW64_64KEY)
            .ok()
    }
}

impl Registry for LocalMachine {
    fn value(&self, key: &str, name: &str) -> Option<Vec<u8>> {
        Some(Self::open(key)?.get_raw_value(name).ok()?.bytes.to_vec())
    }

    fn values(&self, key: &str) -> Vec<Vec<u8>> {
        let Some(key) = Self::open(key) else {
            return Vec::new();
        };
        key.enum_values()
            .flatten()
            .map(|(_, value)| value.bytes.to_vec())
            .collect()
    }

    fn keys(&self, key: &str) -> Vec<String> {
        let Some(key) = Self::open(key) else {
            return Vec::new();
        };
        key.enum_keys().flatten().collect()
    }
}
