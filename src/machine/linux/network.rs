//! The built-in network card, and the addresses of all interfaces.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Tree;
use crate::machine::known;

/// The MAC address of one built-in card, always the same one: wired before wireless, since systems randomise the latter's now and then; of several the lowest,
/// since the names and numbers of interfaces depend on the order in which they are found. Those of USB adapters and docks do not count: they come and go.
pub(super) fn permanent_mac(tree: Tree<'_>) -> Option<String> {
    let cards = tree
        .names("sys/class/net")
        .into_iter()
        .filter_map(|name| card(tree, &name));
    Some(cards.min()?.1)
}

/// Whether a card is wireless, and its MAC address. Nothing for what is no Ethernet or WLAN card of hardware with the address its maker gave.
fn card(tree: Tree<'_>, name: &str) -> Option<(bool, String)> {
    let directory = format!("sys/class/net/{name}");
    let device = tree.link(&directory)?;
    if device.contains("/virtual/") || device.contains("/usb") {
        return None;
    }
    let file = |name: &str| tree.text(&format!("{directory}/{name}"));
    // A card in a bond wears the bond's address and says its own elsewhere.
    let own = if file("addr_assign_type")?.trim() == "0" {
        "address"
    } else {
        "bonding_slave/perm_hwaddr"
    };
    let mac = known::mac(&file(own)?)?;
    let ethernet = file("type")?.trim() == "1";
    let part_of_another = tree.exists(&format!("{directory}/device/physfn"));
    if !ethernet || part_of_another {
        return None;
    }
    let wireless = tree.exists(&format!("{directory}/phy80211"))
        || tree.exists(&format!("{directory}/wireless"));
    Some((wireless, mac))
}

/// Every address of a local interface. Read from the kernel's tables: asking for them by a socket is not needed.
pub(super) fn local_addresses(tree: Tree<'_>) -> Vec<IpAddr> {
    let v4 = tree.whole_text("proc/net/fib_trie").unwrap_or_default();
    let v6 = tree.whole_text("proc/net/if_inet6").unwrap_or_default();
    let mut addresses: Vec<IpAddr> = v4_addresses(&v4)
        .map(IpAddr::V4)
        .chain(v6_addresses(&v6).map(IpAddr::V6))
        .collect();
    addresses.sort();
    addresses.dedup();
    addresses
}

/// A leaf of `/proc/net/fib_trie` is `|-- ADDRESS`, and below it `/32 host LOCAL` where it is one of this host's.
fn v4_addresses(trie: &str) -> impl Iterator<Item = Ipv4Addr> {
    let mut leaf = None;
    trie.lines().filter_map(move |line| {
        let line = line.trim();
        if let Some(address) = line.strip_prefix("|-- ") {
            leaf = address.parse().ok();
        }
        leaf.filter(|_| line == "/32 host LOCAL")
    })
}

/// A line of `/proc/net/if_inet6` begins with the address in 32 hexadecimal digits.
fn v6_addresses(table: &str) -> impl Iterator<Item = Ipv6Addr> {
    table.lines().filter_map(|line| {
        let digits = line
            .split_whitespace()
            .next()
            .filter(|digits| digits.len() == 32)?;
        u128::from_str_radix(digits, 16).ok().map(Ipv6Addr::from)
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::Computer;
    use super::*;

    /// The files of one card, named `name` and attached at `device`.
    fn card_files(name: &str, device: &str, mac: &str, assigned: &str) -> Vec<(String, String)> {
        let at = format!("sys/devices/{device}/net/{name}");
        vec![
            (
                format!("sys/class/net/{name} -> ../../devices/{device}/net/{name}"),
                String::new(),
            ),
            (format!("{at}/type"), "1\n".into()),
            (format!("{at}/addr_assign_type"), format!("{assigned}\n")),
            (format!("{at}/address"), format!("{mac}\n")),
        ]
    }

    fn mac_of(files: &[(String, String)]) -> Option<String> {
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        permanent_mac(Computer::new(&files).tree())
    }

    #[test]
    fn the_lowest_wired_card_is_taken() {
        let mut files = card_files("eth1", "pci0000:00/0000:00:19.0", "3c:ec:ef:10:20:31", "0");
        files.extend(card_files(
            "eth0",
            "pci0000:00/0000:00:1a.0",
            "3c:ec:ef:10:20:32",
            "0",
        ));
        files.extend(card_files(
            "wlan0",
            "pci0000:00/0000:00:1b.0",
            "00:ec:ef:10:20:32",
            "0",
        ));
        files.push((
            "sys/devices/pci0000:00/0000:00:1b.0/net/wlan0/phy80211/".into(),
            String::new(),
        ));
        assert_eq!(mac_of(&files).as_deref(), Some("3c:ec:ef:10:20:31"));
    }

    #[test]
    fn a_wireless_card_is_better_than_none() {
        let mut files = card_files("wlan0", "pci0000:00/0000:00:1b.0", "00:EC:ef:10:20:32", "0");
        files.push((
            "sys/devices/pci0000:00/0000:00:1b.0/net/wlan0/wireless/".into(),
            String::new(),
        ));
        assert_eq!(mac_of(&files).as_deref(), Some("00:ec:ef:10:20:32"));
    }

    #[test]
    fn what_comes_and_goes_is_not_taken() {
        let pci = "pci0000:00/0000:00:1a.0";
        for (device, mac, assigned) in [
            ("virtual", "3c:ec:ef:10:20:30", "0"),
            (
                "pci0000:00/0000:00:14.0/usb1/1-4/1-4:1.0",
                "3c:ec:ef:10:20:30",
                "0",
            ),
            (pci, "3c:ec:ef:10:20:30", "3"),
            (pci, "52:54:00:12:34:57", "0"),
            (pci, "00:00:00:00:00:00", "0"),
        ] {
            assert_eq!(
                mac_of(&card_files("eth0", device, mac, assigned)),
                None,
                "{device} {mac} {assigned}"
            );
        }
        let mut function = card_files("eth0", pci, "3c:ec:ef:10:20:30", "0");
        function.push((
            format!("sys/devices/{pci}/net/eth0/device/physfn/"),
            String::new(),
        ));
        assert_eq!(mac_of(&function), None);
        let mut infiniband = card_files("ib0", pci, "3c:ec:ef:10:20:30", "0");
        infiniband[1].1 = "32\n".into();
        assert_eq!(mac_of(&infiniband), None);
    }

    #[test]
    fn a_bonded_card_says_its_own_address() {
        let mut files = card_files("eth0", "pci0000:00/0000:00:1a.0", "3c:ec:ef:00:00:01", "3");
        files.push((
            "sys/devices/pci0000:00/0000:00:1a.0/net/eth0/bonding_slave/perm_hwaddr".into(),
            "3c:ec:ef:10:20:30\n".into(),
        ));
        assert_eq!(mac_of(&files).as_deref(), Some("3c:ec:ef:10:20:30"));
    }

    #[test]
    fn addresses_are_read_from_the_tables() {
        let trie = "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 0.0.0.0\n        /0 universe UNICAST\n        |-- 127.0.0.0\n           /8 host LOCAL\n        |-- 127.0.0.1\n           /32 host LOCAL\n\
            \x20       |-- 192.0.2.0\n           /24 link UNICAST\n        |-- 192.0.2.2\n           /32 host LOCAL\n     |-- 192.0.2.255\n        /32 link BROADCAST\n";
        let inet6 = "00000000000000000000000000000001 01 80 10 80       lo\nfd000000000000000000000000000002 04 40 00 82     eth0\n";
        let pc = Computer::new(&[
            ("proc/net/fib_trie", &format!("{trie}{trie}")),
            ("proc/net/if_inet6", inet6),
        ]);
        let expected: Vec<IpAddr> = ["127.0.0.1", "192.0.2.2", "::1", "fd00::2"]
            .iter()
            .map(|a| a.parse().unwrap())
            .collect();
        assert_eq!(local_addresses(pc.tree()), expected);
    }
}
