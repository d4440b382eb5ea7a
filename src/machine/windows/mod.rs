//! Windows: everything from the registry, where every user may read it, but for the addresses of network adapters, which only the system knows.

use super::usb::hexadecimal;
use super::{Facts, UsbDevice, known, smbios};

const SYSTEM: &str = r"SYSTEM\CurrentControlSet";
/// The class of network adapters.
const ADAPTERS: &str =
    r"SYSTEM\CurrentControlSet\Control\Class\{4d36e972-e325-11ce-bfc1-08002be10318}";
/// In `Characteristics`: an adapter of hardware.
const PHYSICAL: u32 = 4;
/// In `Capabilities`: a device that can be pulled out, such as a dock on Thunderbolt.
const REMOVABLE: u32 = 4;

/// `HKEY_LOCAL_MACHINE`, or that of a made-up computer of a test. What cannot be read is not there.
trait Registry {
    /// A value as it is stored.
    fn value(&self, key: &str, name: &str) -> Option<Vec<u8>>;
    /// All values of a key.
    fn values(&self, key: &str) -> Vec<Vec<u8>>;
    /// The names of the keys below a key.
    fn keys(&self, key: &str) -> Vec<String>;

    fn text(&self, key: &str, name: &str) -> Option<String> {
        Some(utf16(&self.value(key, name)?))
    }

    fn number(&self, key: &str, name: &str) -> Option<u32> {
        Some(u32::from_le_bytes(self.value(key, name)?.try_into().ok()?))
    }
}

/// A text of the registry, up to its zero.
fn utf16(bytes: &[u8]) -> String {
    let (pairs, _) = bytes.as_chunks::<2>();
    let units = pairs
        .iter()
        .map(|pair| u16::from_le_bytes(*pair))
        .take_while(|&unit| unit != 0);
    char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// A network adapter as the system lists it.
struct Adapter {
    /// Its name in the registry, a GUID in braces.
    name: String,
    mac: Vec<u8>,
}

fn facts_in(registry: &impl Registry, adapters: &[Adapter]) -> Facts {
    let text = |key: &str, name: &str| registry.text(key, name);
    let host_name =
        text(&format!(r"{SYSTEM}\Services\Tcpip\Parameters"), "Hostname").or_else(|| {
            text(
                &format!(r"{SYSTEM}\Control\ComputerName\ActiveComputerName"),
                "ComputerName",
            )
        });
    // Counted up at each start; where it is not, the moment of the last shut-down is another after each.
    let starts = registry.number(
        &format!(r"{SYSTEM}\Control\Session Manager\Memory Management\PrefetchParameters"),
        "BootId",
    );
    let shut_down = registry.value(&format!(r"{SYSTEM}\Control\Windows"), "ShutdownTime");
    let shut_down = shut_down.map(|moment| format!("after {}", hexadecimal_of(&moment)));
    Facts {
        machine_id: text(r"SOFTWARE\Microsoft\Cryptography", "MachineGuid")
            .and_then(|id| known::machine_id(&id))
            .into(),
        root_fs_uuid: system_volume(registry).into(),
        product_uuid: registry
            .value(&format!(r"{SYSTEM}\Services\mssmbios\Data"), "SMBiosData")
            .and_then(|raw| known::known(&smbios::product_uuid(&raw)?))
            .into(),
        mac: permanent_mac(registry, adapters).into(),
        disk_serial: only_disk(registry).into(),
        host_name: host_name.and_then(|name| known::host_name(&name)).into(),
        boot_id: starts.map(|starts| starts.to_string()).or(shut_down).into(),
        ..Facts::default()
    }
}

/// How Windows itself knows the volume it runs from, in hexadecimal: by the GUID of its GPT partition, or by the signature of its disk and where on that it begins.
fn system_volume(registry: &impl Registry) -> Option<String> {
    let directory = registry.text(
        r"SOFTWARE\Microsoft\Windows NT\CurrentVersion",
        "SystemRoot",
    )?;
    let letter = directory.chars().next()?.to_ascii_uppercase();
    let volume = registry.value(r"SYSTEM\MountedDevices", &format!(r"\DosDevices\{letter}:"))?;
    known::known(&hexadecimal_of(&volume))
}

fn hexadecimal_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The MAC address of one built-in adapter, chosen as on Linux: wired before wireless, then the lowest.
fn permanent_mac(registry: &impl Registry, adapters: &[Adapter]) -> Option<String> {
    let keys = registry
        .keys(ADAPTERS)
        .into_iter()
        .map(|key| format!(r"{ADAPTERS}\{key}"));
    let cards = keys.filter_map(|key| {
        let name = registry.text(&key, "NetCfgInstanceId")?;
        let adapter = adapters
            .iter()
            .find(|adapter| adapter.name.eq_ignore_ascii_case(&name))?;
        let physical = registry.number(&key, "Characteristics")? & PHYSICAL != 0;
        let device = registry.text(&key, "DeviceInstanceID").unwrap_or_default();
        let pulled_out = device.to_lowercase().starts_with("usb\\")
            || registry
                .number(&format!(r"{SYSTEM}\Enum\{device}"), "Capabilities")
                .is_some_and(|capabilities| capabilities & REMOVABLE != 0);
        let replaced = registry
            .text(&key, "NetworkAddress")
            .is_some_and(|address| !address.is_empty());
        if !physical || pulled_out || replaced {
            return None;
        }
        let medium = registry.number(&key, "*PhysicalMediaType");
        // 8 and 10: telephone modules and Bluetooth, whose addresses are of something that is paired or of a card of another maker.
        if matches!(medium, Some(8 | 10)) {
            return None;
        }
        // 1 and 9: wireless LAN, and the same with frames of its own.
        let wireless = matches!(medium, Some(1 | 9));
        let pairs: Vec<String> = adapter
            .mac
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Some((wireless, known::mac(&pairs.join(":"))?))
    });
    Some(cards.min()?.1)
}

/// The serial number of the disk where there is but one. The registry does not say which of several bears the system.
fn only_disk(registry: &impl Registry) -> Option<String> {
    let mut keys = vec![r"HARDWARE\DEVICEMAP\Scsi".to_owned()];
    // Port, bus, target, unit.
    for _ in 0..4 {
        keys = keys
            .iter()
            .flat_map(|key| {
                registry
                    .keys(key)
                    .into_iter()
                    .map(move |name| format!(r"{key}\{name}"))
            })
            .collect();
    }
    // What it is called differs between versions of Windows.
    let is_disk = |key: &str| {
        let kinds = ["DeviceType", "Type"].into_iter();
        kinds
            .filter_map(|name| registry.text(key, name))
            .any(|kind| kind == "DiskPeripheral")
    };
    let disks = keys.iter().filter(|key| is_disk(key));
    let mut serials = disks.map(|key| registry.text(key, "SerialNumber"));
    match (serials.next(), serials.next()) {
        (Some(Some(serial)), None) => known::disk_serial(&serial),
        _ => None,
    }
}

/// `Enum\USB` has every device that was ever plugged in. Those that are now stand in the list of their driver too, which Windows keeps current.
fn usb_in(registry: &impl Registry) -> Vec<UsbDevice> {
    let all = format!(r"{SYSTEM}\Enum\USB");
    let mut devices = Vec::new();
    for make in registry.keys(&all) {
        let Some((vendor, product)) = vendor_and_product(&make) else {
            continue;
        };
        for serial in registry.keys(&format!(r"{all}\{make}")) {
            if is_plugged_in(registry, &all, &format!(r"{make}\{serial}")) {
                devices.extend(UsbDevice::new(vendor, product, &serial));
            }
        }
    }
    devices.sort();
    devices
}

/// Of `VID_0529&PID_0001`. Names that go on are parts of a device.
fn vendor_and_product(make: &str) -> Option<(u16, u16)> {
    let make = make.to_ascii_lowercase();
    let (vendor, product) = make.strip_prefix("vid_")?.split_once("&pid_")?;
    Some((hexadecimal(vendor)?, hexadecimal(product)?))
}

/// Whether a device is there now and is no hub.
fn is_plugged_in(registry: &impl Registry, all: &str, device: &str) -> bool {
    let Some(driver) = registry.text(&format!(r"{all}\{device}"), "Service") else {
        return false;
    };
    if driver.to_lowercase().starts_with("usbhub") {
        return false;
    }
    let listed = registry.values(&format!(r"{SYSTEM}\Services\{driver}\Enum"));
    let wanted = format!(r"USB\{device}");
    listed
        .iter()
        .any(|value| utf16(value).eq_ignore_ascii_case(&wanted))
}

#[cfg(windows)]
mod here;
#[cfg(windows)]
pub(super) use here::{facts, local_addresses, usb_devices};

#[cfg(test)]
mod tests;
