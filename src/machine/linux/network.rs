//! The built-in network card, and the addresses of all interfaces.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Tree;
use crate::machine::known;

/// The MAC address of one built-in card, always the same one: one that is not behind a switch before one that is, wired before wireless, and of several the
/// lowest, since the names and numbers of interfaces depend on the order in which they are found. Those that can be pulled out do not count: they come and
/// go. On WSL none does: it is drawn anew at each start, or the same on every computer.
pub(super) fn permanent_mac(tree: Tree<'_>) -> Option<String> {
    if is_wsl(tree) {
        return None;
    }
    let cards = tree
        .names("sys/class/net")
        .into_iter()
        .filter_map(|name| card(tree, &name));
    Some(cards.min()?.mac)
}

/// Whether this is Windows' Linux.
fn is_wsl(tree: Tree<'_>) -> bool {
    let release = tree
        .text("proc/sys/kernel/osrelease")
        .unwrap_or_default()
        .to_lowercase();
    // The second where somebody built a kernel of his own.
    release.contains("microsoft") || tree.exists("proc/sys/fs/binfmt_misc/WSLInterop")
}

/// A card of hardware, in the order in which cards are taken.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Card {
    /// A dock is behind the switch of its cable, and the kernel does not always say that it is one. So is the built-in card of some boards, which then has
    /// no other beside it that is not.
    behind_a_switch: bool,
    wireless: bool,
    mac: String,
}

/// PCI devices on the way to one that is behind a switch: root port, switch from above, switch from below, and it.
const BEHIND_A_SWITCH: usize = 4;

/// Nothing for what is no Ethernet or WLAN card of hardware with the address its maker gave, or can be pulled out.
fn card(tree: Tree<'_>, name: &str) -> Option<Card> {
    let directory = format!("sys/class/net/{name}");
    let device = tree.link(&directory)?;
    let apart = ["/virtual/", "/usb", "/bluetooth/", "/domain", "/pcmcia"];
    if apart.iter().any(|way| device.contains(way)) {
        return None;
    }
    let file = |name: &str| tree.text(&format!("{directory}/{name}"));
    let wireless = tree.exists(&format!("{directory}/phy80211"))
        || tree.exists(&format!("{directory}/wireless"));
    // Systems randomise the address of a wireless card, and one in a bond wears the bond's: each says its own elsewhere.
    let own = if let Some(own) = file("phy80211/macaddress") {
        own
    } else if file("addr_assign_type")?.trim() == "0" {
        file("address")?
    } else {
        file("bonding_slave/perm_hwaddr")?
    };
    let mac = known::mac(&own)?;
    let ethernet = file("type")?.trim() == "1";
    let part_of_another = tree.exists(&format!("{directory}/device/physfn"));
    let on_the_way = pci_devices(&device);
    if !ethernet || part_of_another || on_the_way.iter().any(|at| is_pulled_out(tree, at)) {
        return None;
    }
    Some(Card {
        behind_a_switch: on_the_way.len() >= BEHIND_A_SWITCH,
        wireless,
        mac,
    })
}

/// The PCI devices on the way to a card, itself among them, of a link from `sys/class/net`.
fn pci_devices(link: &str) -> Vec<String> {
    let mut so_far = String::from("sys");
    let mut devices = Vec::new();
    for piece in link.split('/').skip_while(|&piece| piece == "..") {
        so_far = format!("{so_far}/{piece}");
        if known::is_a_place_on_the_bus(piece) {
            devices.push(so_far.clone());
        }
    }
    devices
}

/// Whether a PCI device can be pulled out with what is behind it: the firmware marks a Thunderbolt port so, and a CardBus slot is of a class of its own.
fn is_pulled_out(tree: Tree<'_>, device: &str) -> bool {
    let says = |file: &str, start: &str| {
        tree.text(&format!("{device}/{file}"))
            .is_some_and(|text| text.starts_with(start))
    };
    says("removable", "removable") || says("class", "0x0607")
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
            (
                "platform/serial/bluetooth/hci0/hci0:1",
                "3c:ec:ef:10:20:30",
                "0",
            ),
            (
                "pci0000:00/0000:00:0d.2/domain0/0-0/0-1/0-1.0",
                "3c:ec:ef:10:20:30",
                "0",
            ),
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
    fn a_dock_is_not_taken() {
        let thunderbolt = "pci0000:00/0000:00:1d.4/0000:05:00.0/0000:06:01.0/0000:3a:00.0";
        let dock = card_files("enp58s0", thunderbolt, "00:4b:f0:11:22:34", "0");
        let mut laptop = card_files("wlan0", "pci0000:00/0000:00:14.3", "3c:ec:ef:10:20:31", "0");
        laptop.push((
            "sys/devices/pci0000:00/0000:00:14.3/net/wlan0/wireless/".into(),
            String::new(),
        ));
        laptop.extend(dock.clone());
        assert_eq!(mac_of(&laptop).as_deref(), Some("3c:ec:ef:10:20:31"));
        // The same way leads to what is built in on boards with a switch.
        assert_eq!(mac_of(&dock).as_deref(), Some("00:4b:f0:11:22:34"));
        for (at, file, text, taken) in [
            (
                "0000:00:1d.4/0000:05:00.0",
                "removable",
                "removable\n",
                false,
            ),
            ("0000:00:1d.4", "removable", "fixed\n", true),
            ("0000:00:1d.4/0000:05:00.0", "class", "0x060700\n", false),
            ("0000:00:1d.4/0000:05:00.0", "class", "0x060400\n", true),
        ] {
            let mut marked = dock.clone();
            let path = format!("sys/devices/pci0000:00/{at}/{file}");
            marked.push((path, text.to_owned()));
            assert_eq!(mac_of(&marked).is_some(), taken, "{at} {file} {text}");
        }
    }

    #[test]
    fn a_switch_is_three_bridges() {
        let card = |device: &str, mac: &str| card_files(&mac.replace(':', ""), device, mac, "0");
        let mut files = card(
            "pci0000:00/0000:00:01.0/0000:01:00.0/0000:02:00.0",
            "3c:ec:ef:99:00:01",
        );
        files.extend(card(
            "pci0000:00/0000:00:01.2/0000:03:00.0/0000:04:04.0/0000:05:00.0",
            "00:ec:ef:99:00:02",
        ));
        assert_eq!(mac_of(&files).as_deref(), Some("3c:ec:ef:99:00:01"));
    }

    #[test]
    fn a_wireless_card_says_its_own_address_while_it_wears_another() {
        let at = "pci0000:00/0000:00:14.3";
        let mut files = card_files("wlan0", at, "3c:ec:ef:45:67:81", "3");
        assert_eq!(mac_of(&files), None);
        files.push((
            format!("sys/devices/{at}/net/wlan0/phy80211/macaddress"),
            "3c:ec:ef:10:20:31\n".into(),
        ));
        assert_eq!(mac_of(&files).as_deref(), Some("3c:ec:ef:10:20:31"));
    }

    #[test]
    fn wsl_has_no_card_of_its_own() {
        let files = card_files("eth0", "pci0000:00/0000:00:19.0", "3c:ec:ef:10:20:31", "0");
        for (path, text, taken) in [
            (
                "proc/sys/kernel/osrelease",
                "5.15.90.1-microsoft-standard-WSL2\n",
                false,
            ),
            (
                "proc/sys/kernel/osrelease",
                "4.4.0-19041-Microsoft\n",
                false,
            ),
            ("proc/sys/kernel/osrelease", "6.17.0-1022-azure\n", true),
            ("proc/sys/fs/binfmt_misc/WSLInterop", "enabled\n", false),
        ] {
            let mut wsl = files.clone();
            wsl.push((path.to_owned(), text.to_owned()));
            assert_eq!(mac_of(&wsl).is_some(), taken, "{text}");
        }
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
