use super::super::testing::Computer;
use super::*;

const SATA: &str = "sys/devices/pci0000:00/ata1/host0/block/sda";
const UUID: &str = "6f1e0bd0-3f4b-4a3e-9a51-0c1c6a0f3a11";

/// A SATA disk with two partitions.
fn sata() -> Vec<(String, String)> {
    [
        (
            "sys/class/block/sda -> ../../devices/pci0000:00/ata1/host0/block/sda",
            "",
        ),
        (
            "sys/class/block/sda2 -> ../../devices/pci0000:00/ata1/host0/block/sda/sda2",
            "",
        ),
        (
            "sys/dev/block/8:2 -> ../../devices/pci0000:00/ata1/host0/block/sda/sda2",
            "",
        ),
        (&format!("{SATA}/sda2/partition"), "2\n"),
        (&format!("{SATA}/slaves/"), ""),
        (
            &format!("{SATA}/device/wwid"),
            "t10.ATA     Samsung SSD 860 EVO 500GB               S3Z2NB0K123456A\n",
        ),
    ]
    .map(|(path, text)| (path.to_owned(), text.to_owned()))
    .to_vec()
}

fn with(mut files: Vec<(String, String)>, more: &[(&str, &str)]) -> Computer {
    files.extend(
        more.iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned())),
    );
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    Computer::new(&files)
}

fn uuid_and_serial(computer: &Computer, number: (u64, u64)) -> (Option<String>, Option<String>) {
    (
        root_uuid(computer.tree(), number),
        root_serial(computer.tree(), number),
    )
}

const SERIAL: &str = "t10.ata     samsung ssd 860 evo 500gb               s3z2nb0k123456a";

#[test]
fn a_partition_of_a_disk() {
    let pc = with(
        sata(),
        &[
            (&format!("dev/disk/by-uuid/{UUID} -> ../../sda2"), ""),
            ("dev/disk/by-uuid/0000-1111 -> ../../sda1", ""),
        ],
    );
    assert_eq!(
        uuid_and_serial(&pc, (8, 2)),
        (Some(UUID.into()), Some(SERIAL.into()))
    );
}

#[test]
fn a_volume_in_an_encrypted_partition() {
    let pc = with(
        sata(),
        &[
            (
                "sys/dev/block/254:1 -> ../../devices/virtual/block/dm-1",
                "",
            ),
            (
                "sys/class/block/dm-1 -> ../../devices/virtual/block/dm-1",
                "",
            ),
            (
                "sys/class/block/dm-0 -> ../../devices/virtual/block/dm-0",
                "",
            ),
            (
                "sys/devices/virtual/block/dm-1/slaves/dm-0 -> ../../dm-0",
                "",
            ),
            ("sys/devices/virtual/block/dm-0/slaves/sda2 -> x", ""),
            (&format!("dev/disk/by-uuid/{UUID} -> ../../dm-1"), ""),
        ],
    );
    assert_eq!(
        uuid_and_serial(&pc, (254, 1)),
        (Some(UUID.into()), Some(SERIAL.into()))
    );
}

#[test]
fn a_mirror_has_no_serial_number() {
    let pc = with(
        sata(),
        &[
            ("sys/dev/block/9:0 -> ../../devices/virtual/block/md0", ""),
            ("sys/class/block/md0 -> ../../devices/virtual/block/md0", ""),
            ("sys/devices/virtual/block/md0/slaves/sda2 -> x", ""),
            ("sys/devices/virtual/block/md0/slaves/sdb2 -> x", ""),
            (&format!("dev/disk/by-uuid/{UUID} -> ../../md0"), ""),
        ],
    );
    assert_eq!(uuid_and_serial(&pc, (9, 0)), (Some(UUID.into()), None));
}

#[test]
fn a_circle_of_devices_comes_to_an_end() {
    let odd = Computer::new(&[("sys/class/block/dm-0/slaves/dm-0", "")]);
    assert_eq!(disk_serial(odd.tree(), "dm-0"), None);
}

#[test]
fn nvme_says_its_serial_at_the_controller() {
    let at = "sys/devices/pci0000:00/nvme/nvme0/nvme0n1";
    let pc = Computer::new(&[
        (
            "sys/dev/block/259:2 -> ../../devices/pci0000:00/nvme/nvme0/nvme0n1/nvme0n1p2",
            "",
        ),
        (
            "sys/class/block/nvme0n1p2 -> ../../devices/pci0000:00/nvme/nvme0/nvme0n1/nvme0n1p2",
            "",
        ),
        (
            "sys/class/block/nvme0n1 -> ../../devices/pci0000:00/nvme/nvme0/nvme0n1",
            "",
        ),
        (&format!("{at}/nvme0n1p2/partition"), "2\n"),
        (&format!("{at}/device/serial"), "S5GXNX0T123456      \n"),
        (&format!("{at}/wwid"), "eui.0025385b21404321\n"),
    ]);
    assert_eq!(
        uuid_and_serial(&pc, (259, 2)),
        (None, Some("s5gxnx0t123456".into()))
    );
}

#[test]
fn a_disk_of_a_virtual_machine_without_partitions() {
    let vm = |serial| {
        Computer::new(&[
            (
                "sys/dev/block/254:0 -> ../../devices/pci0000:00/virtio1/block/vda",
                "",
            ),
            (
                "sys/class/block/vda -> ../../devices/pci0000:00/virtio1/block/vda",
                "",
            ),
            ("sys/devices/pci0000:00/virtio1/block/vda/serial", serial),
        ])
    };
    assert_eq!(
        uuid_and_serial(&vm("vol-0a1b2c3d\n"), (254, 0)),
        (None, Some("vol-0a1b2c3d".into()))
    );
    assert_eq!(uuid_and_serial(&vm(""), (254, 0)), (None, None));
}

#[test]
fn btrfs_by_name_and_by_mapper() {
    let mount = |source: &str| {
        format!(
            "22 27 0:21 / /proc rw - proc proc rw\n30 1 0:27 /@ / rw,relatime shared:1 - btrfs {source} rw,subvol=/@\n"
        )
    };
    let (plain, mapped) = (mount("/dev/sda2"), mount("/dev/mapper/root"));
    let devices = format!("sys/fs/btrfs/{UUID}/devices/sda2 -> x");
    let pc = with(
        sata(),
        &[
            ("proc/self/mountinfo", &plain),
            (&devices, ""),
            ("sys/fs/btrfs/features/x", ""),
        ],
    );
    assert_eq!(
        uuid_and_serial(&pc, (0, 27)),
        (Some(UUID.into()), Some(SERIAL.into()))
    );
    let pc = with(
        sata(),
        &[
            ("proc/self/mountinfo", &mapped),
            ("dev/mapper/root -> ../dm-0", ""),
            (&format!("sys/fs/btrfs/{UUID}/devices/dm-0 -> x"), ""),
            ("sys/class/block/dm-0/slaves/sda2 -> x", ""),
        ],
    );
    assert_eq!(
        uuid_and_serial(&pc, (0, 27)),
        (Some(UUID.into()), Some(SERIAL.into()))
    );
    let both = with(
        sata(),
        &[
            ("proc/self/mountinfo", &plain),
            (&devices, ""),
            (&format!("sys/fs/btrfs/{UUID}/devices/sdb2 -> x"), ""),
        ],
    );
    assert_eq!(uuid_and_serial(&both, (0, 27)), (Some(UUID.into()), None));
}

#[test]
fn the_serial_number_of_the_unit_comes_before_the_world_wide_name() {
    let page = format!("{SATA}/device/vpd_pg80");
    let serial = |text: &str| {
        let pc = with(sata(), &[(&page, text)]);
        root_serial(pc.tree(), (8, 2))
    };
    assert_eq!(
        serial("\0X\0\x0fS3Z2NB0K123456A").as_deref(),
        Some(SERIAL),
        "no such page"
    );
    let bytes = |bytes: &[u8]| unit_serial(bytes);
    assert_eq!(bytes(b"\0\x80\0\x04S3Z2NB").as_deref(), Some("S3Z2"));
    assert_eq!(bytes(b"\0\x80\0\x06S3Z2NB").as_deref(), Some("S3Z2NB"));
    for torn in [
        &b"\0\x80\0\x07S3Z2NB"[..],
        b"\0\x83\0\x06S3Z2NB",
        b"\0\x80\0",
        b"",
    ] {
        assert_eq!(bytes(torn), None, "{torn:?}");
    }
    let pc = with(sata(), &[]);
    std::fs::write(pc.tree().path(&page), b"\0\x80\0\x14     S3Z2NB0K123456A").unwrap();
    assert_eq!(
        root_serial(pc.tree(), (8, 2)).as_deref(),
        Some("s3z2nb0k123456a")
    );
    std::fs::write(pc.tree().path(&page), b"\0\x80\0\x040000").unwrap();
    assert_eq!(root_serial(pc.tree(), (8, 2)).as_deref(), Some(SERIAL));
}

#[test]
fn a_disk_that_stands_in_a_file_has_no_serial_number() {
    for (file, name, taken) in [
        ("vendor", "VMware  \n", false),
        ("model", "VMware Virtual NVMe Disk\n", false),
        ("model", "ORCL-VBOX-NVME-VER12\n", false),
        ("vendor", "Msft    \n", false),
        ("vendor", "DELL    \n", true),
        ("model", "Virtual Disk    \n", true),
    ] {
        let pc = with(sata(), &[(&format!("{SATA}/device/{file}"), name)]);
        assert_eq!(root_serial(pc.tree(), (8, 2)).is_some(), taken, "{name}");
    }
}

#[test]
fn the_day_of_a_usb_bridge_is_no_serial_number() {
    let disk = |at: &str, serial: &str| {
        let pc = Computer::new(&[
            (
                &format!("sys/dev/block/8:0 -> ../../devices/{at}/block/sda"),
                "",
            ),
            (
                &format!("sys/class/block/sda -> ../../devices/{at}/block/sda"),
                "",
            ),
            (&format!("sys/devices/{at}/block/sda/device/serial"), serial),
        ]);
        root_serial(pc.tree(), (8, 0))
    };
    let usb = "pci0000:00/0000:00:14.0/usb2/2-3/2-3:1.0/host0";
    assert_eq!(disk(usb, "202006054D01\n"), None);
    assert!(disk(usb, "902006054D01\n").is_some());
    assert!(disk("pci0000:00/ata1/host0", "202006054D01\n").is_some());
}

#[test]
fn several_paths_to_one_disk_lead_to_its_subsystem() {
    let at = "sys/devices/virtual/nvme-subsystem/nvme-subsys0";
    let pc = Computer::new(&[
        (
            "sys/dev/block/259:2 -> ../../devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1/nvme0n1p2",
            "",
        ),
        (
            "sys/class/block/nvme0n1p2 -> ../../devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1/nvme0n1p2",
            "",
        ),
        (
            "sys/class/block/nvme0n1 -> ../../devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1",
            "",
        ),
        (&format!("{at}/nvme0n1/nvme0n1p2/partition"), "2\n"),
        (&format!("{at}/nvme0n1/device -> ../../nvme-subsys0"), ""),
        (&format!("{at}/serial"), "S5GXNX0T123456      \n"),
    ]);
    assert_eq!(
        root_serial(pc.tree(), (259, 2)).as_deref(),
        Some("s5gxnx0t123456")
    );
}

#[test]
fn only_the_btrfs_mounted_last_at_the_root_counts() {
    let line = |mount_point: &str, kind: &str, source: &str| {
        format!("30 1 0:27 /@ {mount_point} rw,relatime shared:1 - {kind} {source} rw,subvol=/@\n")
    };
    let devices = format!("sys/fs/btrfs/{UUID}/devices/sda2 -> x");
    let of = |mounts: &str| {
        let pc = with(sata(), &[("proc/self/mountinfo", mounts), (&devices, "")]);
        uuid_and_serial(&pc, (0, 27))
    };
    let (here, other) = (
        line("/", "btrfs", "/dev/sda2"),
        line("/", "btrfs", "/dev/sdz9"),
    );
    let known = (Some(UUID.into()), Some(SERIAL.into()));
    assert_eq!(of(&here), known);
    assert_eq!(
        of(&format!("{other}{here}")),
        known,
        "what was mounted over"
    );
    assert_eq!(
        of(&format!("{here}{other}")),
        (None, None),
        "what is mounted over it"
    );
    assert_eq!(
        of(&format!("{here}{}", line("/home", "btrfs", "/dev/sdz9"))),
        known
    );
    assert_eq!(of(&line("/home", "btrfs", "/dev/sda2")), (None, None));
    for kind in ["overlay", "bcachefs", "btrfs2"] {
        assert_eq!(of(&line("/", kind, "/dev/sda2")), (None, None), "{kind}");
    }
}

#[test]
fn an_overlay_is_unknown() {
    let container = with(
        sata(),
        &[(
            "proc/self/mountinfo",
            "30 1 0:50 / / rw,relatime - overlay overlay rw,lowerdir=/a\n",
        )],
    );
    assert_eq!(uuid_and_serial(&container, (0, 50)), (None, None));
}
