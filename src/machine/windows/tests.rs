//! Made-up registries.

use std::collections::BTreeMap;

use super::*;

/// A made-up registry: the path of a value, and its bytes.
#[derive(Default)]
struct Made(BTreeMap<String, Vec<u8>>);

impl Made {
    fn text(mut self, path: &str, text: &str) -> Made {
        let bytes = text
            .encode_utf16()
            .chain([0])
            .flat_map(u16::to_le_bytes)
            .collect();
        self.0.insert(path.to_owned(), bytes);
        self
    }

    fn bytes(mut self, path: &str, bytes: &[u8]) -> Made {
        self.0.insert(path.to_owned(), bytes.to_vec());
        self
    }
}

impl Registry for Made {
    fn value(&self, key: &str, name: &str) -> Option<Vec<u8>> {
        self.0.get(&format!(r"{key}\{name}")).cloned()
    }

    fn values(&self, key: &str) -> Vec<Vec<u8>> {
        let below = format!(r"{key}\");
        self.0
            .iter()
            .filter(|(path, _)| {
                path.rsplit_once('\\')
                    .is_some_and(|(key, _)| format!(r"{key}\") == below)
            })
            .map(|(_, value)| value.clone())
            .collect()
    }

    fn keys(&self, key: &str) -> Vec<String> {
        let below = format!(r"{key}\");
        let keys = self
            .0
            .keys()
            .filter_map(|path| Some(path.strip_prefix(&below)?.split_once('\\')?.0.to_owned()));
        let mut keys: Vec<String> = keys.collect();
        keys.dedup();
        keys
    }
}

#[test]
fn an_ordinary_computer() {
    let registry = Made::default()
        .text(r"SOFTWARE\Microsoft\Cryptography\MachineGuid", "3D1219C7-c4c5-404a-aa1f-6d2a48adfda4")
        .text(r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\SystemRoot", r"C:\Windows")
        .bytes(r"SYSTEM\MountedDevices\\DosDevices\C:", b"DMIO:ID:\x01\x02")
        .text(r"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\Hostname", "DBServer")
        .bytes(r"SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters\BootId", &77u32.to_le_bytes())
        .text(r"HARDWARE\DEVICEMAP\Scsi\Scsi Port 0\Scsi Bus 0\Target Id 0\Logical Unit Id 0\Type", "DiskPeripheral")
        .text(r"HARDWARE\DEVICEMAP\Scsi\Scsi Port 0\Scsi Bus 0\Target Id 0\Logical Unit Id 0\SerialNumber", " S3Z2NB0K123456A ")
        .text(r"HARDWARE\DEVICEMAP\Scsi\Scsi Port 1\Scsi Bus 0\Target Id 0\Logical Unit Id 0\Type", "CdRomPeripheral");
    let facts = facts_in(&registry, &[]);
    let expected = Facts {
        machine_id: "3d1219c7-c4c5-404a-aa1f-6d2a48adfda4".into(),
        root_fs_uuid: "444d494f3a49443a0102".into(),
        disk_serial: "s3z2nb0k123456a".into(),
        host_name: "dbserver".into(),
        boot_id: "77".into(),
        ..Facts::default()
    };
    assert_eq!(facts, expected);
    let not_counted = Made::default().bytes(
        r"SYSTEM\CurrentControlSet\Control\Windows\ShutdownTime",
        &[1, 0xab, 3, 4, 5, 6, 7, 8],
    );
    let start = facts_in(&not_counted, &[]).boot_id;
    assert_eq!(start.text(), Some("after 01ab030405060708"));
    let as_of_today = Made::default()
        .text(r"HARDWARE\DEVICEMAP\Scsi\Scsi Port 0\Scsi Bus 0\Target Id 0\Logical Unit Id 0\DeviceType", "DiskPeripheral")
        .text(r"HARDWARE\DEVICEMAP\Scsi\Scsi Port 0\Scsi Bus 0\Target Id 0\Logical Unit Id 0\SerialNumber", "S3Z2NB0K123456A");
    let serial = facts_in(&as_of_today, &[]).disk_serial;
    assert_eq!(serial.text(), Some("s3z2nb0k123456a"));
    let second = registry.text(
        r"HARDWARE\DEVICEMAP\Scsi\Scsi Port 2\Scsi Bus 0\Target Id 0\Logical Unit Id 0\Type",
        "DiskPeripheral",
    );
    assert_eq!(
        facts_in(&second, &[]).disk_serial.text(),
        None,
        "one of two disks is neither"
    );
}

#[test]
fn an_empty_registry_knows_nothing() {
    assert_eq!(facts_in(&Made::default(), &[]), Facts::default());
    assert!(usb_in(&Made::default()).is_empty());
}

#[test]
fn the_firmware_is_asked_for_the_board() {
    let mut raw = vec![0, 3, 2, 0, 0, 0, 0, 0, 1, 27, 1, 0, 1, 2, 3, 4];
    raw.extend(0x41..=0x50);
    raw.extend([6, 5, 6, 0, 0]);
    let path = r"SYSTEM\CurrentControlSet\Services\mssmbios\Data\SMBiosData";
    let facts = facts_in(&Made::default().bytes(path, &raw), &[]);
    assert_eq!(
        facts.product_uuid.text(),
        Some("44434241-4645-4847-494a-4b4c4d4e4f50")
    );
    raw[16..32].fill(0xff);
    assert_eq!(
        facts_in(&Made::default().bytes(path, &raw), &[])
            .product_uuid
            .text(),
        None
    );
}

fn card(registry: Made, nth: usize, wireless: u32, characteristics: u32) -> Made {
    registry
        .text(
            &format!(r"{ADAPTERS}\000{nth}\NetCfgInstanceId"),
            &format!("{{A{nth}}}"),
        )
        .bytes(
            &format!(r"{ADAPTERS}\000{nth}\Characteristics"),
            &characteristics.to_le_bytes(),
        )
        .bytes(
            &format!(r"{ADAPTERS}\000{nth}\*PhysicalMediaType"),
            &wireless.to_le_bytes(),
        )
}

#[test]
fn the_lowest_wired_adapter_of_hardware_is_taken() {
    let adapters: Vec<Adapter> = (0..7)
        .map(|n| Adapter {
            name: format!("{{a{n}}}"),
            mac: vec![0x3c, 0xec, 0xef, 0, 0x20, n],
        })
        .collect();
    let mut registry = card(Made::default(), 0, 9, 0x84);
    registry = card(registry, 1, 14, 0x1);
    registry = card(registry, 2, 14, 0x84).text(
        &format!(r"{ADAPTERS}\0002\DeviceInstanceID"),
        r"USB\VID_0BDA&PID_8153\1",
    );
    registry = card(registry, 3, 14, 0x84)
        .text(&format!(r"{ADAPTERS}\0003\NetworkAddress"), "3CECEF002003");
    assert_eq!(
        permanent_mac(&registry, &adapters).as_deref(),
        Some("3c:ec:ef:00:20:00"),
        "wireless is better than none"
    );
    registry = card(registry, 6, 14, 0x84).text(
        &format!(r"{ADAPTERS}\0006\DeviceInstanceID"),
        r"PCI\VEN_8086&DEV_15BF\1",
    );
    let pulled_out = registry.bytes(
        r"SYSTEM\CurrentControlSet\Enum\PCI\VEN_8086&DEV_15BF\1\Capabilities",
        &0x14u32.to_le_bytes(),
    );
    assert_eq!(
        permanent_mac(&pulled_out, &adapters).as_deref(),
        Some("3c:ec:ef:00:20:00")
    );
    registry = pulled_out.bytes(
        r"SYSTEM\CurrentControlSet\Enum\PCI\VEN_8086&DEV_15BF\1\Capabilities",
        &0x10u32.to_le_bytes(),
    );
    assert_eq!(
        permanent_mac(&registry, &adapters).as_deref(),
        Some("3c:ec:ef:00:20:06")
    );
    registry = card(registry, 5, 14, 0x84);
    registry = card(registry, 4, 14, 0x84).text(&format!(r"{ADAPTERS}\0004\NetworkAddress"), "");
    assert_eq!(
        permanent_mac(&registry, &adapters).as_deref(),
        Some("3c:ec:ef:00:20:04")
    );
    assert_eq!(permanent_mac(&registry, &[]), None);
}

/// Their `Characteristics` are those of hardware, and their medium is no wireless LAN.
#[test]
fn what_pairs_or_telephones_is_no_built_in_card() {
    let adapters: Vec<Adapter> = (0..3)
        .map(|n| Adapter {
            name: format!("{{a{n}}}"),
            mac: vec![0x3c, 0xec, 0xef, 0, 0x20, n],
        })
        .collect();
    let mut registry = card(Made::default(), 0, 10, 0x84);
    registry = card(registry, 1, 8, 0x84);
    assert_eq!(permanent_mac(&registry, &adapters), None);
    registry = card(registry, 2, 9, 0x84);
    let mac = permanent_mac(&registry, &adapters);
    assert_eq!(mac.as_deref(), Some("3c:ec:ef:00:20:02"));
}

#[test]
fn only_plugged_in_usb_devices_are_listed() {
    let all = r"SYSTEM\CurrentControlSet\Enum\USB";
    let registry = Made::default()
        .text(
            &format!(r"{all}\VID_0529&PID_0001\8A3F21\Service"),
            "akshasp",
        )
        .text(
            &format!(r"{all}\VID_0529&PID_0001\8A3F22\Service"),
            "akshasp",
        )
        .text(
            &format!(r"{all}\VID_0529&PID_0001\5&2a3b&0&1\Service"),
            "akshasp",
        )
        .text(
            &format!(r"{all}\VID_0529&PID_0001&MI_00\7\Service"),
            "akshasp",
        )
        .text(&format!(r"{all}\ROOT_HUB30\4\Service"), "USBHUB3")
        .text(
            &format!(r"{all}\VID_05E3&PID_0610\MSFT20A1B2\Service"),
            "USBHUB3",
        )
        .text(
            r"SYSTEM\CurrentControlSet\Services\USBHUB3\Enum\0",
            r"USB\VID_05E3&PID_0610\MSFT20A1B2",
        )
        .text(
            r"SYSTEM\CurrentControlSet\Services\akshasp\Enum\0",
            r"USB\Vid_0529&Pid_0001\8A3F21",
        )
        .text(
            r"SYSTEM\CurrentControlSet\Services\akshasp\Enum\1",
            r"USB\VID_0529&PID_0001\5&2a3b&0&1",
        )
        .bytes(
            r"SYSTEM\CurrentControlSet\Services\akshasp\Enum\Count",
            &2u32.to_le_bytes(),
        );
    assert_eq!(usb_in(&registry), ["0529:0001:8a3f21".parse().unwrap()]);
}
