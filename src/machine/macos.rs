//! macOS, through the programs that come with it.
//!
//! There is no file to read these from, and the calls into IOKit are unsafe or need a stack of bindings; so `ioreg` and its like are run, by their whole
//! path and without a shell. That takes tens of milliseconds. A Mac has no machine id of its own: that component is unknown.

use std::net::IpAddr;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{Fact, Facts, UsbDevice, known};

/// This computer, all but addresses and USB devices.
pub(super) fn facts() -> Facts {
    Facts {
        root_fs_uuid: Fact::ask(|| root_fs_uuid().into()),
        product_uuid: Fact::ask(|| product_uuid().into()),
        mac: Fact::ask(|| mac().into()),
        disk_serial: Fact::ask(|| disk_serial().into()),
        host_name: Fact::ask(|| {
            sysctl("kern.hostname")
                .and_then(|name| known::host_name(&name))
                .into()
        }),
        boot_id: Fact::ask(|| {
            sysctl("kern.bootsessionuuid")
                .and_then(|id| known::known(&id))
                .into()
        }),
        uptime: sysctl("kern.boottime")
            .and_then(|text| SystemTime::now().duration_since(start(&text)?).ok()),
        ..Facts::default()
    }
}

fn sysctl(name: &str) -> Option<String> {
    run("/usr/sbin/sysctl", &["-n", name])
}

/// The system volume is replaced at each update; the data volume stays until the disk is erased.
fn root_fs_uuid() -> Option<String> {
    volume_uuid(&run(
        "/usr/sbin/diskutil",
        &["info", "/System/Volumes/Data"],
    )?)
}

fn product_uuid() -> Option<String> {
    board_uuid(&run(
        "/usr/sbin/ioreg",
        &["-rd1", "-w0", "-c", "IOPlatformExpertDevice"],
    )?)
}

fn mac() -> Option<String> {
    built_in_mac(&run("/usr/sbin/networksetup", &["-listallhardwareports"])?)
}

fn disk_serial() -> Option<String> {
    // Those of NVMe, and of SATA, which Macs had until 2019 and some have beside the first.
    let kinds = ["IONVMeController", "IOAHCIBlockStorageDevice"];
    let listed = kinds.map(|kind| run("/usr/sbin/ioreg", &["-rd1", "-w0", "-c", kind]));
    internal_disk(&listed.into_iter().flatten().collect::<String>())
}

/// The addresses of the local interfaces.
pub(super) fn local_addresses() -> Vec<IpAddr> {
    run("/sbin/ifconfig", &["-a"])
        .map(|text| addresses(&text))
        .unwrap_or_default()
}

/// USB devices that are plugged in.
pub(super) fn usb_devices() -> Vec<UsbDevice> {
    run("/usr/sbin/ioreg", &["-p", "IOUSB", "-l", "-w0"])
        .map(|text| usb(&text))
        .unwrap_or_default()
}

/// What a program prints, if it succeeds.
fn run(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The objects that `ioreg` prints, each as its properties. An object begins with `+-o`; a property is `"name" = value`, behind the lines of the tree.
fn objects(text: &str) -> Vec<Vec<(&str, &str)>> {
    let mut objects = Vec::new();
    for line in text.lines() {
        let line = line.trim_start_matches([' ', '|']);
        if line.starts_with("+-o ") {
            objects.push(Vec::new());
        } else if let (Some(object), Some((name, value))) =
            (objects.last_mut(), line.split_once("\" = "))
        {
            object.push((name.trim_start_matches('"'), value.trim()));
        }
    }
    objects
}

fn property<'a>(object: &[(&str, &'a str)], name: &str) -> Option<&'a str> {
    object
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, value)| *value)
}

/// A property that is a text in quotes.
fn text_property<'a>(object: &[(&str, &'a str)], name: &str) -> Option<&'a str> {
    property(object, name)?.strip_prefix('"')?.strip_suffix('"')
}

fn board_uuid(ioreg: &str) -> Option<String> {
    objects(ioreg)
        .iter()
        .find_map(|object| known::known(text_property(object, "IOPlatformUUID")?))
}

/// What a disk says of itself: by itself, as with NVMe, or within what it says of its kind, as with SATA.
fn disk_property<'a>(object: &[(&str, &'a str)], group: &str, name: &str) -> Option<&'a str> {
    let within = || {
        let (_, rest) = property(object, group)?.split_once(&format!("\"{name}\"=\""))?;
        Some(rest.split_once('"')?.0)
    };
    text_property(object, name).or_else(within)
}

/// The serial number of the one internal disk. Where there are several, which of them bears the system is not said here.
fn internal_disk(ioreg: &str) -> Option<String> {
    let objects = objects(ioreg);
    let place = |object: &&Vec<(&str, &str)>| {
        let (group, name) = ("Protocol Characteristics", "Physical Interconnect Location");
        disk_property(object, group, name) == Some("Internal")
    };
    let mut internal = objects.iter().filter(place);
    let (disk, other) = (internal.next()?, internal.next());
    if other.is_some() {
        return None;
    }
    known::disk_serial(disk_property(
        disk,
        "Device Characteristics",
        "Serial Number",
    )?)
}

/// `Volume UUID:` of `diskutil info`.
fn volume_uuid(diskutil: &str) -> Option<String> {
    diskutil
        .lines()
        .find_map(|line| known::known(line.trim().strip_prefix("Volume UUID:")?))
}

/// The address of `en0`, which on every Mac is built in, wired on a desktop and wireless on a laptop; adapters and docks come after it. `networksetup` says the one its maker gave even where a private
/// address is in use.
fn built_in_mac(networksetup: &str) -> Option<String> {
    let mut lines = networksetup
        .lines()
        .skip_while(|line| line.trim() != "Device: en0")
        .skip(1);
    known::mac(lines.next()?.trim().strip_prefix("Ethernet Address:")?)
}

/// The start of the system, of `{ sec = 1710000000, usec = 0 } Sat Mar  9 ...`. Setting the clock moves it along, so that the difference stays the uptime.
fn start(boottime: &str) -> Option<SystemTime> {
    let seconds = boottime.split_once("sec = ")?.1.split(',').next()?;
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds.trim().parse().ok()?))
}

/// `inet` and `inet6` lines of `ifconfig`, without zones.
fn addresses(ifconfig: &str) -> Vec<IpAddr> {
    let lines = ifconfig.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let family = words.next()?;
        let address = words.next()?.split('%').next()?;
        matches!(family, "inet" | "inet6")
            .then(|| address.parse().ok())
            .flatten()
    });
    lines.collect()
}

/// Devices of the USB plane, without hubs; ids and classes are decimal there.
fn usb(ioreg: &str) -> Vec<UsbDevice> {
    let objects = objects(ioreg);
    let devices = objects.iter().filter_map(|object| {
        let id = |name| property(object, name)?.parse::<u16>().ok();
        if id("bDeviceClass") == Some(9) {
            return None;
        }
        let serial = text_property(object, "USB Serial Number")
            .or_else(|| text_property(object, "kUSBSerialNumberString"))?;
        UsbDevice::new(id("idVendor")?, id("idProduct")?, serial).ok()
    });
    let mut devices: Vec<UsbDevice> = devices.collect();
    devices.sort();
    devices
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOARD: &str = r#"+-o J314sAP  <class IOPlatformExpertDevice, id 0x100000220, registered, matched, active, busy 0 (0 ms), retain 39>
    {
      "IOPolledInterface" = "AppleARMWatchdogTimerHibernateHandler is not serializable"
      "compatible" = <"J314sAP","MacBookPro18,3","AppleARM">
      "IOPlatformSerialNumber" = "C02XYZ"
      "IOPlatformUUID" = "81895B8D-9EF9-4EBB-B5DE-B00069CF53F0"
    }
"#;

    #[test]
    fn the_board() {
        assert_eq!(
            board_uuid(BOARD).as_deref(),
            Some("81895b8d-9ef9-4ebb-b5de-b00069cf53f0")
        );
        assert_eq!(
            board_uuid(&BOARD.replace(
                "81895B8D-9EF9-4EBB-B5DE-B00069CF53F0",
                "00000000-0000-0000-0000-000000000000"
            )),
            None
        );
        assert_eq!(board_uuid(""), None);
    }

    #[test]
    fn the_one_internal_disk() {
        let disk = |serial: &str, place: &str| {
            format!(
                "+-o AppleANS3NVMeController  <class AppleANS3NVMeController>\n    {{\n      \"Physical Interconnect Location\" = \"{place}\"\n      \"Serial Number\" = \"{serial}\"\n    }}\n"
            )
        };
        let internal = disk("0BA01A2B3C4D5E6F", "Internal");
        assert_eq!(
            internal_disk(&internal).as_deref(),
            Some("0ba01a2b3c4d5e6f")
        );
        assert_eq!(
            internal_disk(&format!("{}{internal}", disk("X1", "External"))).as_deref(),
            Some("0ba01a2b3c4d5e6f")
        );
        assert_eq!(
            internal_disk(&format!("{}{internal}", disk("X1", "Internal"))),
            None
        );
        assert_eq!(internal_disk(&disk("---", "Internal")), None);
    }

    #[test]
    fn the_one_internal_disk_of_sata() {
        let disk = |serial: &str, place: &str| {
            format!(
                r#"+-o IOAHCIBlockStorageDevice  <class IOAHCIBlockStorageDevice, id 0x1000002f4, registered, matched, active, busy 0 (0 ms), retain 9>
    {{
      "Physical Block Size" = 4096
      "Device Characteristics" = {{"Serial Number"="{serial}","Medium Type"="Solid State","Product Name"="APPLE SSD SM0256F                       ","Vendor Name"="","Product Revision Level"="UXM2JA1Q"}}
      "Protocol Characteristics" = {{"Physical Interconnect"="SATA","Physical Interconnect Location"="{place}"}}
    }}
"#
            )
        };
        let internal = disk("S1K5NYAF418327      ", "Internal");
        assert_eq!(internal_disk(&internal).as_deref(), Some("s1k5nyaf418327"));
        assert_eq!(internal_disk(&disk("S1K5NYAF418327", "External")), None);
        // A fast disk and a large one, as one: which bears the system is not said.
        let nvme = "+-o AppleNVMeController  <class AppleNVMeController>\n    {\n      \"Physical Interconnect Location\" = \"Internal\"\n      \"Serial Number\" = \"0BA01A2B3C4D5E6F\"\n    }\n";
        assert_eq!(internal_disk(&format!("{nvme}{internal}")), None);
        // What the disks of Apple's own processors say.
        assert_eq!(internal_disk(&disk("---", "Internal")), None);
    }

    #[test]
    fn volume_card_and_start() {
        let diskutil = "   Device Node:               /dev/disk3s5\n   Volume UUID:               6F1E0BD0-3F4B-4A3E-9A51-0C1C6A0F3A11\n   Disk / Partition UUID:     00AA\n";
        assert_eq!(
            volume_uuid(diskutil).as_deref(),
            Some("6f1e0bd0-3f4b-4a3e-9a51-0c1c6a0f3a11")
        );
        let ports = "\nHardware Port: USB 10/100/1000 LAN\nDevice: en7\nEthernet Address: 00:e0:4c:68:01:02\n\nHardware Port: Wi-Fi\nDevice: en0\nEthernet Address: a4:83:e7:10:20:30\n\nVLAN Configurations\n";
        assert_eq!(built_in_mac(ports).as_deref(), Some("a4:83:e7:10:20:30"));
        let desktop = "\nHardware Port: Ethernet\nDevice: en0\nEthernet Address: a8:20:66:10:20:31\n\nHardware Port: Wi-Fi\nDevice: en1\nEthernet Address: a4:83:e7:10:20:30\n";
        assert_eq!(built_in_mac(desktop).as_deref(), Some("a8:20:66:10:20:31"));
        assert_eq!(built_in_mac("Device: en0\nEthernet Address: N/A\n"), None);
        assert_eq!(
            built_in_mac("Device: en01\nEthernet Address: a4:83:e7:10:20:30\n"),
            None
        );
        let boot = start("{ sec = 1710000000, usec = 123 } Sat Mar  9 17:00:00 2024\n").unwrap();
        assert_eq!(
            boot.duration_since(UNIX_EPOCH).unwrap().as_secs(),
            1_710_000_000
        );
        assert_eq!(start("{ usec = }"), None);
    }

    #[test]
    fn addresses_of_interfaces() {
        let ifconfig = "lo0: flags=8049<UP> mtu 16384\n\tinet 127.0.0.1 netmask 0xff000000\n\tinet6 ::1 prefixlen 128\nen0: flags=8863<UP>\n\tether a4:83:e7:10:20:30\n\tinet6 fe80::1c%en0 prefixlen 64 secured scopeid 0xb\n\tinet 192.168.0.7 netmask 0xffffff00 broadcast 192.168.0.255\n";
        let expected: Vec<IpAddr> = ["127.0.0.1", "::1", "fe80::1c", "192.168.0.7"]
            .iter()
            .map(|a| a.parse().unwrap())
            .collect();
        assert_eq!(addresses(ifconfig), expected);
    }

    #[test]
    fn usb_devices_in_the_tree() {
        let ioreg = r#"+-o Root  <class IORegistryEntry, id 0x100000100, retain 20>
  | {
  |   "IOKitBuildVersion" = "Darwin Kernel Version 23"
  | }
  |
  +-o AppleUSBXHCI Root Hub Simulation@14000000  <class AppleUSBRootHubDevice>
    | {
    |   "idProduct" = 0
    | }
    |
    +-o Arduino Uno@14100000  <class IOUSBHostDevice, id 0x100001201, registered>
    | | {
    | |   "idProduct" = 67
    | |   "IOPowerManagement" = {"PowerOverrideOn"=Yes,"CapabilityFlags"=32768}
    | |   "kUSBSerialNumberString" = "7563331313335171B150"
    | |   "idVendor" = 10755
    | |   "USB Serial Number" = "7563331313335171B150"
    | | }
    | |
    | +-o Mouse@14110000  <class IOUSBHostDevice>
    |     {
    |       "idVendor" = 1133
    |       "idProduct" = 49271
    |     }
"#;
        assert_eq!(
            usb(ioreg),
            ["2a03:0043:7563331313335171b150".parse().unwrap()]
        );
    }

    #[test]
    fn a_program_that_fails_says_nothing() {
        assert_eq!(run("/nonexistent/ioreg", &[]), None);
    }
}
