//! Whether a machine id stays: systems that keep none on disk draw one at each start (SPEC.md 6.1).

use super::Tree;
use crate::machine::known;

/// Where systemd puts an id that it has nowhere else to keep.
const DRAWN: &str = "run/machine-id";

/// Whether `id` was drawn at this start. On a system's very first start that is said of the id too that it keeps from then on: unknown until the next.
pub(super) fn is_drawn(tree: Tree<'_>, id: &str) -> bool {
    tree.text(DRAWN)
        .and_then(|text| known::machine_id(&text))
        .as_deref()
        == Some(id)
}

/// Whether what stands in `path` is there again after the next start, as far as mounts tell. A file that is mounted by itself came from elsewhere: a container
/// was given the id of its host, which is worth having where there is nothing else, or a system without a writable disk drew one.
pub(super) fn stays(tree: Tree<'_>, path: &str, has_hardware: impl Fn() -> bool) -> bool {
    let mounts = tree.whole_text("proc/self/mountinfo").unwrap_or_default();
    let path = format!("/{path}");
    match mount_of(&mounts, &path) {
        Some(mount) if mount.point == path => !has_hardware(),
        Some(mount) => !mount.is_in_memory(),
        None => true,
    }
}

/// One line of `mountinfo`.
struct Mount<'a> {
    point: &'a str,
    kind: &'a str,
    options: &'a str,
}

impl Mount<'_> {
    /// Whether what is written there is gone after the next start. A live system writes above its image, into memory.
    fn is_in_memory(&self) -> bool {
        let above = |option: &str| {
            option
                .strip_prefix("upperdir=")
                .is_some_and(|directory| directory.starts_with("/run/"))
        };
        match self.kind {
            "tmpfs" | "ramfs" | "rootfs" => true,
            "overlay" => self.options.split(',').any(above),
            _ => false,
        }
    }
}

/// What a file lies on: of the mounts at it or above it the lowest, and of several at one place the last.
fn mount_of<'a>(mountinfo: &'a str, path: &str) -> Option<Mount<'a>> {
    let holds = |point: &str| {
        path.strip_prefix(point)
            .is_some_and(|rest| point == "/" || rest.is_empty() || rest.starts_with('/'))
    };
    mountinfo
        .lines()
        .filter_map(|line| {
            let (place, system) = line.split_once(" - ")?;
            let mut fields = system.split(' ');
            let (kind, _source) = (fields.next()?, fields.next()?);
            Some(Mount {
                point: place.split(' ').nth(4)?,
                kind,
                options: fields.next().unwrap_or_default(),
            })
        })
        .filter(|mount| holds(mount.point))
        .max_by_key(|mount| mount.point.len())
}

#[cfg(test)]
mod tests {
    use super::super::testing::Computer;

    const ID: &str = "3d1219c7c4c5404aaa1f6d2a48adfda4";
    const OTHER: &str = "5d1219c7c4c5404aaa1f6d2a48adfd01";

    fn line(point: &str, kind: &str, options: &str) -> String {
        format!("30 1 254:0 / {point} rw,relatime shared:1 - {kind} source rw{options}\n")
    }

    /// What is read, with and without known hardware.
    fn read(files: &[(&str, &str)]) -> [Option<String>; 2] {
        let computer = Computer::new(files);
        [true, false].map(|hardware| computer.tree().machine_id(|| hardware).text)
    }

    fn on(mounts: &str) -> [bool; 2] {
        read(&[("etc/machine-id", ID), ("proc/self/mountinfo", mounts)]).map(|id| id.is_some())
    }

    #[test]
    fn an_id_that_was_drawn_at_this_start_is_unknown() {
        let at = "etc/machine-id";
        assert_eq!(read(&[(at, ID)]), [Some(ID.into()), Some(ID.into())]);
        assert_eq!(read(&[(at, ID), ("run/machine-id", ID)]), [None, None]);
        assert_eq!(
            read(&[
                (at, &ID.to_uppercase()),
                ("run/machine-id", &format!("{ID}\n"))
            ]),
            [None, None]
        );
        let kept = read(&[(at, ID), ("run/machine-id", OTHER)]);
        assert_eq!(kept, [Some(ID.into()), Some(ID.into())]);
        let of_dbus = ("var/lib/dbus/machine-id", OTHER);
        let second = read(&[(at, ID), ("run/machine-id", ID), of_dbus]);
        assert_eq!(second, [Some(OTHER.into()), Some(OTHER.into())]);
    }

    #[test]
    fn an_id_that_is_mounted_counts_where_nothing_else_is_known() {
        let root = line("/", "ext4", "");
        let mounted = format!("{root}{}", line("/etc/machine-id", "ext4", ""));
        assert_eq!(on(&mounted), [false, true]);
        let in_memory = format!("{root}{}", line("/etc/machine-id", "tmpfs", ""));
        assert_eq!(on(&in_memory), [false, true]);
        assert_eq!(on(&root), [true, true]);
        let beside = format!("{root}{}", line("/etc/machine-id2", "tmpfs", ""));
        assert_eq!(on(&beside), [true, true]);
        let beside = format!("{root}{}", line("/et", "tmpfs", ""));
        assert_eq!(on(&beside), [true, true]);
    }

    #[test]
    fn an_id_in_memory_is_unknown() {
        let root = line("/", "ext4", "");
        for (mounts, stays) in [
            (line("/", "tmpfs", ""), false),
            (line("/", "rootfs", ""), false),
            (line("/", "ramfs", ""), false),
            (
                line("/", "overlay", ",lowerdir=/a,upperdir=/run/upper"),
                false,
            ),
            (
                line("/", "overlay", ",lowerdir=/run/a,upperdir=/var/upper"),
                true,
            ),
            (line("/", "zfs", ""), true),
            (format!("{}{root}", line("/", "rootfs", "")), true),
            (format!("{root}{}", line("/", "tmpfs", "")), false),
            (format!("{root}{}", line("/etc", "tmpfs", "")), false),
            (
                format!("{}{}", line("/etc", "ext4", ""), line("/", "tmpfs", "")),
                true,
            ),
            (String::new(), true),
        ] {
            assert_eq!(on(&mounts), [stays; 2], "{mounts}");
        }
    }
}
