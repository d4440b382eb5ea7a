//! Which hardware addresses tell one machine from another.

use super::is_dull;

/// A hardware address that its maker gave, as `aa:bb:cc:dd:ee:ff`: six bytes, neither of a group nor locally administered, and not one that a whole series
/// has or that is drawn anew.
pub(in crate::machine) fn mac(value: &str) -> Option<String> {
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

pub(super) fn mac_of(bytes: [u8; 6]) -> Option<String> {
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
}
