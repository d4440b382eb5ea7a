//! Linux: direct reads of `/proc`, `/sys` and `/etc`, no process, no socket, no large directory.
//!
//! All but one of the files are open to every user. `/sys/class/dmi/id/product_uuid` is root's alone, so a user knows one component less than
//! root; no other DMI field is unique to a machine. Unknown is never different, so the two still agree (SPEC.md 6.1).
//!
//! In a container the root file system is an overlay and the network card is virtual: little is known there, and a license is
//! better bound by name or to a mounted machine id.

mod machine_id;
mod network;
mod storage;
mod uptime;

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::fact::Reading;
use super::usb::hexadecimal;
use super::{Fact, Facts, UsbDevice, known};

/// This computer, all but addresses and USB devices.
pub(super) fn facts() -> Facts {
    Facts {
        machine_id: Fact::ask(|| here().machine_id(has_hardware)),
        root_fs_uuid: Fact::ask(|| {
            root_device()
                .and_then(|root| storage::root_uuid(here(), root))
                .into()
        }),
        product_uuid: Fact::ask(|| here().product_uuid()),
        mac: Fact::ask(|| network::permanent_mac(here()).into()),
        disk_serial: Fact::ask(|| {
            root_device()
                .and_then(|root| storage::root_serial(here(), root))
                .into()
        }),
        host_name: Fact::ask(|| here().host_name().into()),
        boot_id: Fact::ask(|| here().boot_id().into()),
        uptime: uptime::uptime(),
        ..Facts::default()
    }
}

fn here() -> Tree<'static> {
    Tree(Path::new("/"))
}

fn root_device() -> Option<storage::RootDevice> {
    Some(device_number(fs::metadata("/").ok()?.dev()))
}

/// Whether the network card or the disk is known, which every user can read.
fn has_hardware() -> bool {
    network::permanent_mac(here()).is_some()
        || root_device().is_some_and(|root| storage::root_serial(here(), root).is_some())
}

/// The addresses of the local interfaces.
pub(super) fn local_addresses() -> Vec<std::net::IpAddr> {
    network::local_addresses(here())
}

/// USB devices that are plugged in.
pub(super) fn usb_devices() -> Vec<UsbDevice> {
    here().usb_devices()
}

/// Major and minor number as Linux packs them.
fn device_number(packed: u64) -> (u64, u64) {
    let major = (packed >> 8 & 0xfff) | (packed >> 32 & !0xfff);
    let minor = (packed & 0xff) | (packed >> 12 & !0xff & 0xffff_ffff);
    (major, minor)
}

/// Where the files are read: `/`, or a made-up computer of a test.
#[derive(Clone, Copy)]
struct Tree<'a>(&'a Path);

impl Tree<'_> {
    fn path(self, path: &str) -> PathBuf {
        self.0.join(path)
    }

    /// The first 4096 bytes, which is all that a file of these kinds has.
    fn text(self, path: &str) -> Option<String> {
        self.read(path).ok()
    }

    fn read(self, path: &str) -> io::Result<String> {
        Ok(String::from_utf8_lossy(&self.read_bytes(path)?).into_owned())
    }

    fn bytes(self, path: &str) -> Option<Vec<u8>> {
        self.read_bytes(path).ok()
    }

    fn read_bytes(self, path: &str) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(self.path(path))?
            .take(4096)
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// The text of a file however long.
    fn whole_text(self, path: &str) -> Option<String> {
        fs::read_to_string(self.path(path)).ok()
    }

    fn exists(self, path: &str) -> bool {
        fs::symlink_metadata(self.path(path)).is_ok()
    }

    /// Where a link points to.
    fn link(self, path: &str) -> Option<String> {
        Some(fs::read_link(self.path(path)).ok()?.to_str()?.to_owned())
    }

    /// The last piece of where a link points to: the kernel's name of a device.
    fn link_name(self, path: &str) -> Option<String> {
        self.link(path)?.rsplit('/').next().map(str::to_owned)
    }

    /// Names in a directory; none where it cannot be read.
    fn names(self, path: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(path))
            .into_iter()
            .flatten()
            .flatten();
        entries
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect()
    }

    /// `has_hardware` says whether the computer is known by something else that every user can read.
    fn machine_id(self, has_hardware: impl Fn() -> bool) -> Reading {
        let stays = |path: &str| machine_id::stays(self, path, &has_hardware);
        self.first_or_denied(
            &["etc/machine-id", "var/lib/dbus/machine-id"],
            |path, text| {
                known::machine_id(text).filter(|id| stays(path) && !machine_id::is_drawn(self, id))
            },
        )
    }

    fn product_uuid(self) -> Reading {
        self.first_or_denied(
            &[
                // Open to every user, so they come first: of a Xen guest, and the serial number of ARM and POWER boards.
                "sys/hypervisor/uuid",
                "sys/firmware/devicetree/base/serial-number",
                "sys/class/dmi/id/product_uuid",
            ],
            |_, text| known::known(text),
        )
    }

    fn host_name(self) -> Option<String> {
        self.first(&["proc/sys/kernel/hostname"], known::host_name)
    }

    fn boot_id(self) -> Option<String> {
        self.first(&["proc/sys/kernel/random/boot_id"], known::known)
    }

    /// The first file that says something.
    fn first(self, paths: &[&str], known: fn(&str) -> Option<String>) -> Option<String> {
        paths.iter().find_map(|path| known(&self.text(path)?))
    }

    /// The first file that says something, or whether there is one that this user may not read. The network card and the disk are not read so: every
    /// user can read them, so that one who is kept from it is confined, and to him they are not there.
    fn first_or_denied(
        self,
        paths: &[&str],
        known: impl Fn(&str, &str) -> Option<String>,
    ) -> Reading {
        let mut denied = false;
        for path in paths {
            match self.read(path) {
                Ok(text) => {
                    if let Some(text) = known(path, &text) {
                        return Some(text).into();
                    }
                }
                Err(error) => denied |= error.kind() == io::ErrorKind::PermissionDenied,
            }
        }
        Reading { text: None, denied }
    }

    fn usb_devices(self) -> Vec<UsbDevice> {
        const DEVICES: &str = "sys/bus/usb/devices";
        let names = self.names(DEVICES).into_iter();
        // Names with a colon are interfaces of devices.
        let (interfaces, names): (Vec<String>, Vec<String>) =
            names.partition(|name| name.contains(':'));
        let devices = names.iter().filter_map(|name| {
            let read = |file: &str| self.text(&format!("{DEVICES}/{name}/{file}"));
            let is_hub = |file: String| {
                let class = self.text(&format!("{DEVICES}/{file}"));
                class.is_some_and(|class| class.trim() == "09")
            };
            let mut its_own = interfaces
                .iter()
                .filter(|interface| interface.split(':').next() == Some(name))
                .peekable();
            let hub_by_interfaces = its_own.peek().is_some()
                && its_own.all(|interface| is_hub(format!("{interface}/bInterfaceClass")));
            if is_hub(format!("{name}/bDeviceClass")) || hub_by_interfaces {
                return None;
            }
            let serial = read("serial")?;
            let (vendor, product) = (
                hexadecimal(read("idVendor")?.trim())?,
                hexadecimal(read("idProduct")?.trim())?,
            );
            UsbDevice::new(vendor, product, &serial).ok()
        });
        let mut devices: Vec<UsbDevice> = devices.collect();
        devices.sort();
        devices
    }
}

#[cfg(test)]
mod testing {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::Path;

    use super::Tree;

    /// A made-up computer.
    pub(super) struct Computer(tempfile::TempDir);

    impl Computer {
        /// `path` and its text; `path -> target` makes a link; `path/` a directory.
        pub(super) fn new(files: &[(&str, &str)]) -> Computer {
            let dir = tempfile::tempdir().unwrap();
            for (path, text) in files {
                let (path, target) = path
                    .split_once(" -> ")
                    .map_or((*path, None), |(path, target)| (path, Some(target)));
                let whole = dir.path().join(path);
                fs::create_dir_all(whole.parent().unwrap()).unwrap();
                match target {
                    Some(target) => symlink(target, &whole).unwrap(),
                    None if path.ends_with('/') => fs::create_dir_all(&whole).unwrap(),
                    None => fs::write(&whole, text).unwrap(),
                }
            }
            Computer(dir)
        }

        pub(super) fn tree(&self) -> Tree<'_> {
            Tree(Path::new(self.0.path()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::Computer;
    use super::*;

    #[test]
    fn device_numbers_come_apart() {
        assert_eq!(device_number(0x0802), (8, 2));
        assert_eq!(device_number(0x1_0302), (259, 2));
        assert_eq!(device_number(0x10_082c), (8, 300));
        assert_eq!(device_number(0x1b), (0, 27));
    }

    #[test]
    fn a_computer_without_anything_knows_nothing() {
        let bare = Computer::new(&[]);
        assert_eq!(bare.tree().machine_id(|| true).text, None);
        assert_eq!(bare.tree().product_uuid().text, None);
        assert_eq!(network::permanent_mac(bare.tree()), None);
        assert_eq!(storage::root_uuid(bare.tree(), (8, 1)), None);
        assert_eq!(storage::root_serial(bare.tree(), (8, 1)), None);
        assert_eq!(bare.tree().host_name(), None);
        assert_eq!(bare.tree().boot_id(), None);
        assert!(bare.tree().usb_devices().is_empty());
    }

    #[test]
    fn an_ordinary_computer() {
        let pc = Computer::new(&[
            ("etc/machine-id", "uninitialized\n"),
            (
                "var/lib/dbus/machine-id",
                "3d1219c7c4c5404aaa1f6d2a48adfda4\n",
            ),
            (
                "sys/hypervisor/uuid",
                "00000000-0000-0000-0000-000000000000\n",
            ),
            (
                "sys/class/dmi/id/product_uuid",
                "4C4C4544-0042-3510-8052-B3C04F4B4E32\n",
            ),
            ("proc/sys/kernel/hostname", "PC7\n"),
            (
                "proc/sys/kernel/random/boot_id",
                "f343c893-e50a-4d72-9ce6-1f906dbac736\n",
            ),
        ]);
        let pc = pc.tree();
        assert_eq!(
            pc.machine_id(|| true).text.as_deref(),
            Some("3d1219c7c4c5404aaa1f6d2a48adfda4")
        );
        assert_eq!(
            pc.product_uuid().text.as_deref(),
            Some("4c4c4544-0042-3510-8052-b3c04f4b4e32")
        );
        assert_eq!(pc.host_name().as_deref(), Some("pc7"));
        assert_eq!(
            pc.boot_id().as_deref(),
            Some("f343c893-e50a-4d72-9ce6-1f906dbac736")
        );
    }

    #[test]
    fn what_every_user_may_read_goes_first() {
        let guest = Computer::new(&[
            (
                "sys/hypervisor/uuid",
                "a1a2a3a4-0042-3510-8052-b3c04f4b4e32\n",
            ),
            (
                "sys/class/dmi/id/product_uuid",
                "A4A3A2A1-4200-1035-8052-B3C04F4B4E32\n",
            ),
        ]);
        assert_eq!(
            guest.tree().product_uuid().text.as_deref(),
            Some("a1a2a3a4-0042-3510-8052-b3c04f4b4e32")
        );
    }

    #[test]
    fn usb_devices_with_a_serial_are_listed() {
        let pc = Computer::new(&[
            ("sys/bus/usb/devices/usb1/idVendor", "1d6b\n"),
            ("sys/bus/usb/devices/usb1/idProduct", "0002\n"),
            ("sys/bus/usb/devices/1-2/idVendor", "0529\n"),
            ("sys/bus/usb/devices/1-2/idProduct", "0001\n"),
            ("sys/bus/usb/devices/1-2/serial", "8A3F21\n"),
            ("sys/bus/usb/devices/1-2:1.0/bInterfaceNumber", "00\n"),
            ("sys/bus/usb/devices/1-2:1.0/bInterfaceClass", "ff\n"),
            ("sys/bus/usb/devices/1-2:1.1/bInterfaceClass", "09\n"),
            // Hubs: of the system, by the device's class, by the class of all interfaces.
            ("sys/bus/usb/devices/usb2/idVendor", "1d6b\n"),
            ("sys/bus/usb/devices/usb2/idProduct", "0003\n"),
            ("sys/bus/usb/devices/usb2/serial", "xhci-hcd.0.auto\n"),
            ("sys/bus/usb/devices/1-3/idVendor", "05e3\n"),
            ("sys/bus/usb/devices/1-3/idProduct", "0610\n"),
            ("sys/bus/usb/devices/1-3/serial", "MSFT20A1B2\n"),
            ("sys/bus/usb/devices/1-3/bDeviceClass", "09\n"),
            ("sys/bus/usb/devices/1-4/idVendor", "05e3\n"),
            ("sys/bus/usb/devices/1-4/idProduct", "0611\n"),
            ("sys/bus/usb/devices/1-4/serial", "MSFT20A1B3\n"),
            ("sys/bus/usb/devices/1-4/bDeviceClass", "00\n"),
            ("sys/bus/usb/devices/1-4:1.0/bInterfaceClass", "09\n"),
            ("sys/bus/usb/devices/1-5/idVendor", "abcd\n"),
            ("sys/bus/usb/devices/1-5/idProduct", "1234\n"),
            ("sys/bus/usb/devices/1-5/serial", "0000000000000000\n"),
        ]);
        assert_eq!(
            pc.tree().usb_devices(),
            ["0529:0001:8a3f21".parse().unwrap()]
        );
    }
}
