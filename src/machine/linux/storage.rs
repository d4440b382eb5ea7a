//! The root file system, and the disk below it.

use super::Tree;
use crate::machine::known;

/// More layers than any stack of partitions, RAID, encryption and volumes has.
const DEEPEST: usize = 8;

/// Major and minor number of the device that `/` is on. Overlays, network file systems and ZFS have no block device of their own: nothing is known of them.
pub(super) type RootDevice = (u64, u64);

/// The UUID that the root file system itself carries.
pub(super) fn root_uuid(tree: Tree<'_>, root: RootDevice) -> Option<String> {
    match root {
        (0, _) => btrfs(tree)?.uuid,
        _ => uuid_by_link(tree, &block_device(tree, root)?),
    }
}

/// The serial number of the disk that the root file system is on.
pub(super) fn root_serial(tree: Tree<'_>, root: RootDevice) -> Option<String> {
    let device = match root {
        (0, _) => btrfs(tree)?.device?,
        _ => block_device(tree, root)?,
    };
    disk_serial(tree, &device)
}

/// The kernel's name of a block device.
fn block_device(tree: Tree<'_>, (major, minor): RootDevice) -> Option<String> {
    tree.link_name(&format!("sys/dev/block/{major}:{minor}"))
}

/// The source of the btrfs that is mounted last at `/`. Fields of a line: id, parent, major:minor, root, **mount point**, options, optional fields, `-`,
/// **type**, **source**.
fn mount_source(mountinfo: &str) -> Option<String> {
    let root = mountinfo
        .lines()
        .rfind(|line| line.split(' ').nth(4) == Some("/"))?;
    let (_, system) = root.split_once(" - ")?;
    let mut fields = system.split(' ');
    (fields.next()? == "btrfs").then_some(fields.next()?.to_owned())
}

/// A btrfs with `/` on it.
struct Btrfs {
    uuid: Option<String>,
    /// The kernel's name of the one block device it is on; nothing where there are several.
    device: Option<String>,
}

/// A btrfs has a device number of its own making; the kernel lists each with its UUID and its devices.
fn btrfs(tree: Tree<'_>) -> Option<Btrfs> {
    const ALL: &str = "sys/fs/btrfs";
    let source = mount_source(&tree.whole_text("proc/self/mountinfo")?)?;
    let source = source.strip_prefix('/')?;
    let device = tree
        .link_name(source)
        .or_else(|| source.rsplit('/').next().map(str::to_owned))?;
    let mut systems = tree.names(ALL).into_iter();
    let uuid = systems.find(|uuid| tree.exists(&format!("{ALL}/{uuid}/devices/{device}")))?;
    let alone = tree.names(&format!("{ALL}/{uuid}/devices")).len() == 1;
    Some(Btrfs {
        uuid: known::known(&uuid),
        device: alone.then_some(device),
    })
}

/// udev's link from the UUID to the device, which is there for partitions, volumes and opened encrypted ones alike.
fn uuid_by_link(tree: Tree<'_>, device: &str) -> Option<String> {
    const ALL: &str = "dev/disk/by-uuid";
    let links = tree.names(ALL).into_iter();
    let mut uuids: Vec<String> = links
        .filter(|uuid| tree.link_name(&format!("{ALL}/{uuid}")).as_deref() == Some(device))
        .collect();
    uuids.sort();
    known::known(uuids.first()?)
}

/// The serial number of the disk that a block device is on; each of these files is open to every user. Nothing of a disk that stands in a file, since that
/// file has its number in itself and takes it along when it is copied.
fn disk_serial(tree: Tree<'_>, device: &str) -> Option<String> {
    let disk = whole_disk(tree, device, DEEPEST)?;
    let directory = format!("sys/class/block/{disk}");
    let text = |file: &str| tree.text(&format!("{directory}/{file}"));
    let named = |file: &str| text(file).is_some_and(|name| known::is_made_of_a_file(&name));
    if named("device/vendor") || named("device/model") {
        return None;
    }
    let unit = || unit_serial(&tree.bytes(&format!("{directory}/device/vpd_pg80"))?);
    // NVMe and MMC; virtio; SATA and SCSI, whose world-wide name may repeat within a batch and comes after the serial number; the rest.
    let serial = ["device/serial", "serial"]
        .into_iter()
        .find_map(|file| known::disk_serial(&text(file)?))
        .or_else(|| known::disk_serial(&unit()?))
        .or_else(|| {
            ["device/wwid", "wwid"]
                .into_iter()
                .find_map(|file| known::disk_serial(&text(file)?))
        })?;
    // What a USB bridge says is often the day it was made.
    let on_usb = tree.link(&directory)?.contains("/usb");
    (!on_usb || !known::is_a_day(&serial)).then_some(serial)
}

/// The page on which a SCSI disk says the serial number of its unit, and a SATA disk by way of the kernel: kind of device, 0x80, length (2, big-endian),
/// the number.
fn unit_serial(page: &[u8]) -> Option<String> {
    let (&[_, 0x80, high, low], rest) = page.split_first_chunk()? else {
        return None;
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    Some(String::from_utf8_lossy(rest.get(..length)?).into_owned())
}

/// Goes down through volumes, encryption and partitions. Nothing where it comes to several disks: which of them is replaced or found first is chance.
fn whole_disk(tree: Tree<'_>, device: &str, depth: usize) -> Option<String> {
    let directory = format!("sys/class/block/{device}");
    if tree.exists(&format!("{directory}/partition")) {
        return tree.link(&directory)?.rsplit('/').nth(1).map(str::to_owned);
    }
    let below = tree.names(&format!("{directory}/slaves"));
    match (below.as_slice(), depth.checked_sub(1)) {
        ([], _) => Some(device.to_owned()),
        ([one], Some(depth)) => whole_disk(tree, one, depth),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
