//! Which serial numbers tell one machine from another: those of disks and of USB devices.

use super::{bare, known};

/// How disks are called that stand in a file: the number such a disk says stands in that file too, and goes with each copy of it. Not so QEMU's, whose
/// numbers are of the machine's making.
const MADE_OF_FILES: &[&str] = &[
    "vmware",
    "vbox",
    "msft",
    "virtual hdd",
    "bhyve",
    "nvme_card",
    "persistentdisk",
    "parallels",
];

/// Whether a disk's maker or model says that it stands in a file, or that its numbers are those of a whole series.
pub(in crate::machine) fn is_made_of_a_file(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    MADE_OF_FILES.iter().any(|made| name.contains(made))
}

/// How serial numbers begin that a whole series has, or that an image of a disk has in itself: VMware's and Microsoft's, QEMU's default EUI, JMicron's, and
/// the NVMe names that only repeat a serial number. `naa.3` is of no maker, as a MAC address is that is locally administered.
const SHARED_SERIALS: &[&str] = &[
    "6000c29",
    "60022480",
    "naa.6000c29",
    "naa.60022480",
    "naa.3",
    "eui.525400",
    "nvme.",
    "dd5641988",
];

/// A disk's serial number. What has no digit is a name, and so are letters with a number below a thousand, as virtual machines give to each of their disks:
/// QEMU's `QM00001` and `drive-scsi0`, Google's `persistent-disk-0`, Azure's `SN: 000001`.
pub(in crate::machine) fn disk_serial(value: &str) -> Option<String> {
    let whole = known(value)?;
    let says_nothing = |serial: &str| {
        let bare = bare(serial);
        let number = bare.trim_start_matches(|c: char| c.is_ascii_lowercase());
        let counter = number.len() <= 3 || number.len() < bare.len() || number.starts_with('0');
        let small = number.parse::<u128>().is_ok_and(|number| number < 1000);
        !serial.bytes().any(|byte| byte.is_ascii_digit())
            || (counter && small)
            || is_made_of_a_file(serial)
            || is_of_virtualbox(serial)
            || SHARED_SERIALS.iter().any(|start| serial.starts_with(start))
    };
    if let Some(name) = whole.strip_prefix("t10.") {
        // Eight characters of the maker, sixteen of the model (forty where the maker is put as `ATA`), then the serial number, if there is one.
        let model_ends = if name.starts_with("ata ") { 48 } else { 24 };
        let serial: String = name.chars().skip(model_ends).collect();
        let tells = known(&serial).is_some_and(|serial| !says_nothing(&serial));
        return (tells && !is_made_of_a_file(name)).then_some(whole);
    }
    for (kind, digits) in [("naa.", 1), ("eui.", 0)] {
        if let Some(name) = whole.strip_prefix(kind) {
            // Behind the digit of the type.
            let number = name.get(digits..).unwrap_or_default();
            let significant = number.trim_matches('0').len() > 3;
            return (significant && known(number).is_some() && !says_nothing(&whole))
                .then_some(whole);
        }
    }
    (!says_nothing(&whole)).then_some(whole)
}

/// `vb` and two groups of hexadecimal digits, which VirtualBox writes into the image.
fn is_of_virtualbox(serial: &str) -> bool {
    let hexadecimal =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    serial
        .strip_prefix("vb")
        .and_then(|rest| rest.split_once('-'))
        .is_some_and(|(one, other)| hexadecimal(one) && hexadecimal(other))
}

/// A serial number that begins with the day its maker wrote it down, `20060413092100000`: a USB bridge or a reader says that of the whole series.
pub(in crate::machine) fn is_a_day(serial: &str) -> bool {
    let number = |from, to| {
        serial
            .get(from..to)
            .and_then(|text| text.parse::<u32>().ok())
    };
    let year = number(0, 4).is_some_and(|year| (2000..2040).contains(&year));
    let month = number(4, 6).is_some_and(|month| (1..=12).contains(&month));
    let day = number(6, 8).is_some_and(|day| (1..=31).contains(&day));
    year && month && day
}

/// Serial numbers that a whole make of USB devices has: card readers, cameras and hubs as they come out of the factory.
const SHARED_BY_USB_DEVICES: &[&str] = &[
    "000000009451",
    "000000009744",
    "aa00000000000489",
    "aa04012700007798",
    "linux_ums_disk_0",
    "demo 0.0",
    "rev1.0",
];

/// A USB device's serial number: not one that a make shares (a placeholder, a day, zeros with a one), and not one that a system invents where a device has
/// none (Windows puts an ampersand in it, Linux calls the hubs of a controller by its place on the bus).
pub(in crate::machine) fn usb_serial(value: &str) -> Option<String> {
    let serial = known(value)?;
    let number = bare(&serial);
    let first = number.parse::<u128>().is_ok_and(|number| number <= 1);
    let of_the_series = is_a_day(&serial) && (serial.ends_with("0001") || serial.ends_with("0000"));
    let invented = serial.contains('&') || is_a_place_on_the_bus(&serial);
    let shared = SHARED_BY_USB_DEVICES.contains(&serial.as_str());
    (!first && !of_the_series && !invented && !shared).then_some(serial)
}

/// `0000:00:14.0`: domain, bus, device and function of PCI.
pub(in crate::machine) fn is_a_place_on_the_bus(text: &str) -> bool {
    let pieces: Vec<&str> = text.split([':', '.']).collect();
    let hexadecimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let lengths: Vec<usize> = pieces.iter().map(|piece| piece.len()).collect();
    text.contains('.')
        && pieces.into_iter().all(hexadecimal)
        && matches!(*lengths, [4..=8, 2, 2, 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_virtual_disks_share_is_no_serial() {
        for value in [
            "rootfs",
            "QM00001",
            "drive-scsi0",
            "VMware NVME_0000",
            "VB1234-56789",
            "VB6b8fd9c5-4f9ae1a5",
            "persistent-disk-0",
            "nvme_card-pd",
            "SN: 000001",
            "BHYVE-AB12-34CD-56EF",
            "beaf11",
            "00000000000000000001",
            "6000c2934f0d7b1d2b3bd7d7b6c7a5f0",
            "dd56419883891",
            "0123456789ABCDEF",
            "nvme.15ad-564d77617265204e564d455f30303030-564d-00000001",
            "naa.0000000000000000",
            "naa.5000000000000000",
            "naa.5000000000000001",
            "naa.ffffffffffffffff",
            "naa.3001237923792379",
            "naa.6000c293f0d7b1d2b3bd7d7b6c7a5f00",
            "naa.60022480a1b2c3d4e5f60718293a4b5c",
            "eui.0000000000000000",
            "eui.0100000000000000",
            "eui.5254000000000001",
            "t10.ATA     QEMU HARDDISK                           QM00003             ",
            "t10.ATA     VBOX HARDDISK                           VB6b8fd9c5-4f9ae1a5 ",
            "t10.ATA     VMware Virtual SATA Hard Drive          02000000000000000001",
            "t10.ATA     Samsung SSD 860 EVO 500GB               ",
            "t10.ATA     Samsung SSD 860 EVO 500GB",
            "t10.Generic Flash Disk 8GB  ",
            "t10.QEMU    QEMU HARDDISK   drive-scsi0",
            "t10.Google  PersistentDisk  persistent-disk-0",
            "t10.Realtek RTL9210         1.000000000000000000",
            "t10.IET     00010001",
            "t10.",
        ] {
            assert_eq!(disk_serial(value), None, "{value:?}");
        }
        for value in [
            "t10.ATA     Samsung SSD 860 EVO 500GB               S3Z2NB0K123456A",
            "t10.ATA     QEMU HARDDISK                           7c1e9b52-4",
            "t10.QEMU    QEMU HARDDISK   9f2c7d11-0a3e-4b",
            "S5GXNX0T123456",
            "vol0a1b2c3d4e5f60718",
            "0x1a2b3c4d",
            "naa.5002538e40f1a2b3",
            "naa.600605b00d2f4a10",
            "eui.0025385b21404321",
            "000000000000100000a0",
            "1000",
            "AB1000",
            "4711",
        ] {
            let expected = value.to_lowercase();
            assert_eq!(disk_serial(value), Some(expected), "{value:?}");
        }
    }

    #[test]
    fn what_usb_devices_share_or_systems_invent_is_no_serial() {
        for value in [
            "",
            "0000000000000000",
            "0001",
            "000000000001",
            "0123456789ABCDEF",
            "123456789012",
            "0000:00:14.0",
            "0000:3a:00.3",
            "6&2a3b4c5d&0&1",
            "200901010001",
            "20071114173400000",
            "20100201396000000",
            "N/A",
            "AA00000000000489",
        ] {
            assert_eq!(usb_serial(value), None, "{value:?}");
        }
        for value in [
            "8A3F21",
            "78",
            "0002",
            "A:B",
            "20230115123",
            "E6605481DB484636",
            "0000:00:14.0a",
        ] {
            assert!(usb_serial(value).is_some(), "{value:?}");
        }
    }

    #[test]
    fn a_day_in_a_serial_number() {
        for value in [
            "20170331000da",
            "202006054d01",
            "20001231",
            "20000101",
            "20390101x",
        ] {
            assert!(is_a_day(value), "{value}");
        }
        for value in [
            "2017033", "19991231", "20400101", "20001301", "20000001", "20000132", "20000100",
        ] {
            assert!(!is_a_day(value), "{value}");
        }
    }
}
