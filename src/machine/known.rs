//! Which values tell one machine from another: the rest counts as unknown (SPEC.md 6.1).

/// What makers and installers leave where a value should be.
const PLACEHOLDERS: &[&str] = &[
    "(none)",
    "(null string)",
    "base board serial number",
    "chassis serial number",
    "default",
    "default string",
    "default_string",
    "empty",
    "eval",
    "fill by oem",
    "invalid",
    "n/a",
    "na",
    "no serial number",
    "none",
    "not applicable",
    "not available",
    "not present",
    "not settable",
    "not specified",
    "null",
    "o.e.m.",
    "oem",
    "oem_serial",
    "serial",
    "serial number",
    "standard",
    "system product name",
    "system serial number",
    "systemserialnumb",
    "to be filled",
    "to be filled by o.e.m",
    "to be filled by o.e.m.",
    "to be filled by oem",
    "type2 - board serial number",
    "undefined",
    "uninitialized",
    "unknow",
    "unknown",
];

/// Ids that whole series of boards or images share and that look like any other: those with a pattern are told by it ([`is_shared_id`]). The first is
/// the machine id that the images of Whonix share on purpose.
const SHARED_IDS: &[&str] = &[
    "b08dfa6083e7567a1921a715000001fb",
    "03d40274043505dc8506010700080009",
    "4c4c4544000010108010c4c04f313233",
    "6ab5b300538d10149fb5b0684d007b53",
    "890e2d14cacd45d1ae66bc80e8bfeb0f",
    "8e275844178f44a8aceba7d7e5178c63",
    "dc698397fa544cf282c8b1b5307a6a7f",
];

/// `value` trimmed and in lower case, or nothing where it tells no machine from another.
pub(super) fn known(value: &str) -> Option<String> {
    let value = value
        .trim_matches(|c: char| c.is_whitespace() || c == '\0')
        .to_lowercase();
    let bare = bare(&value);
    let says_nothing = is_dull(&bare)
        || is_counting(&bare)
        || is_shared_id(&bare)
        || PLACEHOLDERS.contains(&value.as_str());
    (!says_nothing).then_some(value)
}

/// Letters and digits alone, without a leading `0x`.
fn bare(value: &str) -> String {
    let value = value.strip_prefix("0x").unwrap_or(value);
    value.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Nothing at all, one character again and again, or no more than two different ones where there are eight or more.
fn is_dull(bare: &str) -> bool {
    let mut different: Vec<char> = bare.chars().collect();
    let length = different.len();
    different.sort_unstable();
    different.dedup();
    different.len() < 2 || (different.len() == 2 && length >= 8)
}

/// Counted up: `1234`, `0123456789`, `1234567890abcdef`; also behind letters, as in `mb-1234567890`.
fn is_counting(bare: &str) -> bool {
    let counted = |text: &str| {
        let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
        digits.is_some_and(|digits| {
            digits.len() >= 4
                && digits.windows(2).all(|pair| match *pair {
                    [9, next] => next == 0 || next == 10,
                    [0, next] => next == 1 || next == 10,
                    [one, next] => next == (one + 1) % 16,
                    _ => true,
                })
        })
    };
    counted(bare) || counted(bare.trim_start_matches(|c: char| c.is_ascii_lowercase()))
}

/// A UUID or machine id that no chance has made, or that is known to be of a whole series. Each pattern is met by a random one once in 2³² or less.
fn is_shared_id(bare: &str) -> bool {
    let digits = |text: &str| u128::from_str_radix(text, 16).ok();
    let (Some(id), 32) = (digits(bare), bare.len()) else {
        return false;
    };
    let bytes = id.to_be_bytes();
    let (left, right) = bytes.split_at(8);
    let (head, tail) = bytes.split_at(6);
    let [.., a, b, c, d, e, f] = bytes;
    // Firmware makers count the bytes of a UUID up or down, in one order of bytes or the other.
    let counted = bytes.iter().all(|&byte| byte <= 0x10);
    let groups = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)];
    let one_digit_each = groups.iter().all(|&(from, to)| {
        let mut digits = bare.get(from..to).unwrap_or_default().chars();
        let first = digits.next();
        digits.all(|digit| Some(digit) == first)
    });
    // A Dell has the letters of its service tag in it; without one these are blanks.
    let untagged_dell =
        (bare.starts_with("4c4c4544") || bare.starts_with("44454c4c")) && bare.ends_with("202020");
    // Some boards write zeros and the MAC address of their card: as good as that is.
    let zeros_and_mac =
        bytes.iter().take(10).all(|&byte| byte == 0) && mac_of([a, b, c, d, e, f]).is_none();
    left == right
        || counted
        || one_digit_each
        || tail.iter().all(|&byte| byte == 0xff)
        || head.starts_with(&[0x12, 0x34, 0x56, 0x78])
        || head.starts_with(&[0x78, 0x56, 0x34, 0x12])
        || untagged_dell
        || zeros_and_mac
        || SHARED_IDS.contains(&bare)
}

/// A machine id: 32 hexadecimal digits, with or without hyphens, which leaves out `uninitialized` and torn files.
pub(super) fn machine_id(value: &str) -> Option<String> {
    let value = known(value)?;
    let digits = value.chars().filter(char::is_ascii_hexdigit).count();
    (digits == 32 && value.chars().all(|c| c == '-' || c.is_ascii_hexdigit())).then_some(value)
}

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
pub(super) fn is_made_of_a_file(name: &str) -> bool {
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
pub(super) fn disk_serial(value: &str) -> Option<String> {
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
pub(super) fn is_a_day(serial: &str) -> bool {
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
pub(super) fn usb_serial(value: &str) -> Option<String> {
    let serial = known(value)?;
    let number = bare(&serial);
    let first = number.parse::<u128>().is_ok_and(|number| number <= 1);
    let of_the_series = is_a_day(&serial) && (serial.ends_with("0001") || serial.ends_with("0000"));
    let invented = serial.contains('&') || is_a_place_on_the_bus(&serial);
    let shared = SHARED_BY_USB_DEVICES.contains(&serial.as_str());
    (!first && !of_the_series && !invented && !shared).then_some(serial)
}

/// `0000:00:14.0`: domain, bus, device and function of PCI.
pub(super) fn is_a_place_on_the_bus(text: &str) -> bool {
    let pieces: Vec<&str> = text.split([':', '.']).collect();
    let hexadecimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let lengths: Vec<usize> = pieces.iter().map(|piece| piece.len()).collect();
    text.contains('.')
        && pieces.into_iter().all(hexadecimal)
        && matches!(*lengths, [4..=8, 2, 2, 1])
}

/// A host name, which people choose as they like; `localhost` and Linux's `(none)` are nobody's own.
pub(super) fn host_name(value: &str) -> Option<String> {
    let name = value.trim().to_lowercase();
    let label = name.split('.').next()?;
    (!matches!(label, "" | "localhost" | "(none)")).then_some(name)
}

/// A hardware address that its maker gave, as `aa:bb:cc:dd:ee:ff`: six bytes, neither of a group nor locally administered, and not one that a whole series
/// has or that is drawn anew.
pub(super) fn mac(value: &str) -> Option<String> {
    let value = value.trim().to_lowercase().replace('-', ":");
    let bytes: Option<Vec<u8>> = value.split(':').map(byte).collect();
    mac_of(bytes?.try_into().ok()?)
}

/// Beginnings of addresses that tell nothing: Xerox's, which nobody but testers uses; chip makers' own for cards whose memory nobody wrote; the pools from
/// which Hyper-V and bhyve draw (Hyper-V anew when a guest moves to another host, and WSL at each start); the host's side of VMware's networks.
/// Other addresses that are generated stand in the settings of a virtual machine, as its board does, and stay.
const SHARED_MACS: &[&[u8]] = &[
    &[0x00, 0x00, 0x00],
    // Epigram, which is Broadcom.
    &[0x00, 0x90, 0x4c],
    // Ralink, which is MediaTek.
    &[0x00, 0x0c, 0x43],
    // Atheros' reference boards.
    &[0x00, 0x03, 0x07],
    // Xilinx' evaluation boards.
    &[0x00, 0x0a, 0x35, 0x00],
    // Hyper-V and WSL.
    &[0x00, 0x15, 0x5d],
    // Every bridged WSL.
    &[0x5c, 0xbb, 0xf6, 0x9e, 0xee, 0xfa],
    // bhyve.
    &[0x58, 0x9c, 0xfc],
    &[0x00, 0x50, 0x56, 0xc0],
    // Amlogic's boards.
    &[0x00, 0x15, 0x18, 0x01, 0x81, 0x31],
    // nForce.
    &[0x00, 0x04, 0x4b, 0x80, 0x80, 0x80],
    &[0x00, 0x04, 0x0b, 0x80, 0x80, 0x80],
    // Modems and adapters made of software.
    &[0x00, 0x0b, 0xca, 0xfe],
    &[0x20, 0x41, 0x53, 0x59, 0x4e, 0xff],
    &[0x24, 0xb6, 0x20, 0x52, 0x41, 0x53],
    &[0x50, 0x50, 0x54, 0x50, 0x30, 0x30],
];

/// Ends of addresses that people type in.
const TYPED_MACS: &[[u8; 3]] = &[
    [0x01, 0x02, 0x03],
    [0x11, 0x22, 0x33],
    [0x12, 0x34, 0x56],
    [0xaa, 0xbb, 0xcc],
    [0xab, 0xcd, 0xef],
    [0xad, 0xbe, 0xef],
    [0xc0, 0xff, 0xee],
    [0xff, 0xff, 0xff],
];

fn mac_of(bytes: [u8; 6]) -> Option<String> {
    let [a, b, c, d, e, f] = bytes;
    let of_a_maker = a & 0b11 == 0;
    // The last five bytes rise by one step, as in 00:11:22:33:44:55 and 00:01:02:03:04:05.
    let step = c.wrapping_sub(b);
    let even = [(c, d), (d, e), (e, f)]
        .into_iter()
        .all(|(one, next)| next.wrapping_sub(one) == step);
    // A card that was never given a number says its maker and nothing, or next to nothing.
    let unnumbered = (d, e) == (0, 0) && f < 0x10;
    let pairs = bytes.map(|byte| format!("{byte:02x}"));
    let says_nothing = even
        || unnumbered
        || is_dull(&pairs.concat())
        || TYPED_MACS.contains(&[d, e, f])
        || SHARED_MACS.iter().any(|start| bytes.starts_with(start));
    (of_a_maker && !says_nothing).then(|| pairs.join(":"))
}

fn byte(digits: &str) -> Option<u8> {
    let fits = digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    fits.then(|| u8::from_str_radix(digits, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_unknown() {
        for value in [
            "",
            " \n",
            "\0",
            "To Be Filled By O.E.M.",
            "Default string",
            "NONE",
            "00000000-0000-0000-0000-000000000000",
            "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
            "03000200-0400-0500-0006-000700080009",
            "00020003-0004-0005-0006-000700080009",
            "12345678-1234-5678-90AB-CDDEEFAABBCC",
            "4C4C4544-0000-2010-8020-80C04F202020",
            "0x00000000",
            "---",
            "xxxxxxxx",
        ] {
            assert_eq!(known(value), None, "{value:?}");
        }
        assert_eq!(known(" S5GXNX0T\n").as_deref(), Some("s5gxnx0t"));
        assert_eq!(
            known("10000000c2a1b3d4\0").as_deref(),
            Some("10000000c2a1b3d4")
        );
    }

    #[test]
    fn ids_that_series_share_are_unknown() {
        for value in [
            "07090201-0103-0301-0807-060504030201",
            "00000000-0000-0000-0807-060504030201",
            "00010203-0405-0607-0809-0a0b0c0d0e0f",
            "01020304-0506-0708-090a-0b0c0d0e0f10",
            "04030201-0605-0807-090a-0b0c0d0e0f10",
            "01010101-0101-0101-0101-010101010101",
            "FFFFFF00-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
            "56F49712-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
            "11111111-2222-3333-4444-555555555555",
            "12345678-1234-1234-1234-1234567890ab",
            "78563412-3412-7856-90AB-CDDEEFAABBCC",
            "deadbeef-dead-beef-dead-beefdeadbeef",
            "6AB5B300-538D-1014-9FB5-B0684D007B53",
            "44454C4C-2000-1020-8020-A0C04F202020",
            "00000000-0000-0000-0000-888888888788",
            "b08dfa6083e7567a1921a715000001fb",
        ] {
            assert_eq!(known(value), None, "{value}");
        }
        for value in [
            // A service tag; zeros and an address; a board that mixes its address in; letters and figures of a serial number.
            "4c4c4544-0042-3510-8052-b3c04f4b4e32",
            "00000000-0000-0000-0000-002590c7c000",
            "031b021c-040d-0562-9106-7c0700080009",
            "31393138-3538-5a43-3135-353130323750",
            "99994544-0042-3510-8052-b3c04f4b4e99",
            "01020304-0506-0708-090a-0b0c0d0e0f11",
        ] {
            assert_eq!(known(value).as_deref(), Some(value));
        }
        for id in SHARED_IDS {
            assert!(id.len() == 32 && bare(id) == *id, "{id}");
        }
    }

    #[test]
    fn what_is_counted_up_is_a_placeholder() {
        for value in [
            "1234",
            "0123456789",
            "1234567890",
            "12345678901234567",
            "0x12345678",
            "1234567890abcdef",
            "0123456789ABCDEF",
            "abcdef0123456789",
            "MB-1234567890",
            "SYS-1234567890",
            "SN-12345",
        ] {
            assert_eq!(known(value), None, "{value}");
        }
        for value in ["123", "1235", "9a8b", "s12345b", "a1234-1"] {
            assert!(known(value).is_some(), "{value}");
        }
    }

    #[test]
    fn a_machine_id_has_32_digits() {
        assert_eq!(machine_id("uninitialized\n"), None);
        assert_eq!(machine_id("3d1219c7c4c5404aaa1f6d2a48adfda\n"), None);
        assert_eq!(
            machine_id("3D1219C7c4c5404aaa1f6d2a48adfda4\n").as_deref(),
            Some("3d1219c7c4c5404aaa1f6d2a48adfda4")
        );
        assert!(machine_id("3d1219c7-c4c5-404a-aa1f-6d2a48adfda4").is_some());
        assert_eq!(machine_id("3d1219c7c4c5404aaa1f6d2a48adfda4 g"), None);
    }

    #[test]
    fn a_host_may_be_called_anything_but_localhost() {
        assert_eq!(host_name("Default\n").as_deref(), Some("default"));
        assert_eq!(host_name("X").as_deref(), Some("x"));
        for name in ["", "\n", "localhost", "LOCALHOST.localdomain", "(none)"] {
            assert_eq!(host_name(name), None, "{name:?}");
        }
    }

    #[test]
    fn only_addresses_of_a_maker_are_macs() {
        assert_eq!(
            mac("3C-EC-EF-10-20-30").as_deref(),
            Some("3c:ec:ef:10:20:30")
        );
        for value in [
            "52:54:00:12:34:56",
            "01:00:5e:00:00:01",
            "00:00:00:00:00:00",
            "3c:ec:ef:10:20",
            "3c:ec:ef:10:20:30:40",
            "3c:ec:ef:10:20:+3",
            "",
        ] {
            assert_eq!(mac(value), None, "{value}");
        }
    }

    #[test]
    fn addresses_that_series_share_or_hosts_draw_are_unknown() {
        for value in [
            "88:88:88:88:87:88",
            "00:00:00:12:34:57",
            "00:11:22:33:44:55",
            "00:01:02:03:04:05",
            "10:20:30:40:50:60",
            "00:12:34:56:78:9a",
            "00:aa:bb:cc:dd:ee",
            "3c:77:77:77:77:77",
            "00:a0:c6:00:00:00",
            "00:e0:4c:00:00:0f",
            "00:03:7f:12:34:56",
            "00:1c:42:ff:ff:ff",
            "00:90:4c:c5:12:38",
            "00:0c:43:26:60:00",
            "00:15:5d:11:22:33",
            "5c:bb:f6:9e:ee:fa",
            "58:9c:fc:01:9a:2b",
            "00:50:56:c0:00:08",
            "20:41:53:59:4e:ff",
            "f0:de:f1:ad:be:ef",
        ] {
            assert_eq!(mac(value), None, "{value}");
        }
        for value in [
            // Those of a virtual machine that stand in its settings.
            "00:0c:29:3e:52:a1",
            "00:50:56:b5:94:71",
            "08:00:27:4e:66:a1",
            "00:16:3e:5e:6c:07",
            "00:1c:42:9a:31:5f",
            "bc:24:11:7a:90:c3",
            // Azure's.
            "00:0d:3a:7c:11:92",
            // Nearly one that is not.
            "00:e0:4c:00:00:10",
            "00:11:22:33:44:56",
            "5c:bb:f6:9e:ee:fb",
            "00:50:56:c1:00:08",
        ] {
            assert_eq!(mac(value).as_deref(), Some(value));
        }
    }

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
