"""Made-up computers: each is a tree of files below one directory, and mounts that put it in place of what this computer says of itself.

A description says what a computer is; tests/machines has many. All of it may be left out:

  machine_id, drawn_id        /etc/machine-id, /run/machine-id
  board                       the DMI product UUID, which root alone reads
  cards                       [{name, at, mac, files}]: network cards; `at` is their place below /sys/devices
  blocks                      {name: {at, on, uuid, files, links}}: block devices, by where they are attached or what they stand on; `/` is on the first
  usb                         {name: {file: text}}: USB devices
  files, denied               other files by their path (sys/..., etc/...); what nobody may read
  host, osrelease, boot_id    what the kernel says
  root                        disk, memory, overlay or live (an overlay written below /run)
  mounted_id                  the machine id is mounted by itself
  private_devices             there is no /dev/disk
  user                        root or nobody: who runs what runs there
"""

import ctypes
import os
import pathlib
import shutil
import stat
import subprocess
import tempfile

CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000
MS_BIND, MS_REC, MS_PRIVATE, MNT_DETACH = 4096, 16384, 1 << 18, 2
LIBC = ctypes.CDLL(None, use_errno=True)

NODES = ("null", "zero", "full", "random", "urandom", "tty")
LINKS = {"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2"}
KERNEL = {"host": "sys/kernel/hostname", "osrelease": "sys/kernel/osrelease", "boot_id": "sys/kernel/random/boot_id"}
# What a program needs of the real /etc to run at all.
TAKEN = ("group", "nsswitch.conf", "ld.so.cache", "hosts", "localtime")
NOBODY = 65534
# Where temporary files are kept beyond a start: not in memory.
ON_DISK = "/var/tmp"
# The exit code of `run` where the computer could not be made up.
NOT_MADE = 125


class Computer:
    """The tree below `at`, which is no memory: else there would be no machine id. `lib` is its /var/lib, `homes` are its accounts: (name, user id, home).
    What runs there lies below `work`."""

    def __init__(self, at, told, *, lib, homes, work):
        self.at, self.lib, self.homes, self.work = (pathlib.Path(at), lib, homes, work)
        for place in ("etc", "run", "sys", "dev"):
            (self.at / place).mkdir(parents=True)
        for name in NODES:
            (self.at / "dev" / name).touch()
        for name, target in LINKS.items():
            (self.at / "dev" / name).symlink_to(target)
        for name in TAKEN:
            if os.path.exists(f"/etc/{name}"):
                shutil.copy(f"/etc/{name}", self.at / "etc" / name)
        text_file(self.at / "etc/passwd", passwd(homes))
        self.furnish(told)

    def furnish(self, told):
        """From now on it is a computer of that description. What is mounted stays mounted."""
        self.told = told
        for place in ("sys", "run"):
            clear(self.at / place)
        clear_tree(self.at / "dev/disk")
        for place in ("class/net", "class/block", "dev/block", "bus/usb/devices"):
            (self.at / "sys" / place).mkdir(parents=True)
        text_file(self.at / "etc/machine-id", told.get("machine_id", ""))
        if "drawn_id" in told:
            text_file(self.at / "run/machine-id", told["drawn_id"])
        for name in KERNEL:
            if name in told:
                self.say(name, told[name])
        self.devices(self.at / "sys")
        for path, text in told.get("files", {}).items():
            text_file(self.at / path, text)
        for path in told.get("denied", []):
            (self.at / path).chmod(0)

    def say(self, name, text):
        """From now on its kernel says that, if it did so when the computer was entered."""
        text_file(self.at / name, text)

    def devices(self, sys_):
        for card in self.told.get("cards", []):
            at = f"devices/{card['at']}/net/{card['name']}"
            for name, text in {"type": "1", "addr_assign_type": "0", "address": card["mac"], **card.get("files", {})}.items():
                text_file(sys_ / at / name, f"{text}\n")
            link(sys_ / "class/net" / card["name"], f"../../{at}")
        self.blocks(sys_)
        if board := self.told.get("board"):
            text_file(sys_ / "class/dmi/id/product_uuid", f"{board}\n", 0o400)
        for name, files in self.told.get("usb", {}).items():
            for file, text in files.items():
                text_file(sys_ / "bus/usb/devices" / name / file, f"{text}\n")

    def blocks(self, sys_):
        blocks = self.told.get("blocks", {})
        for name, block in blocks.items():
            at = block.get("at") or f"devices/virtual/block/{name}"
            (sys_ / at).mkdir(parents=True, exist_ok=True)
            link(sys_ / "class/block" / name, f"../../{at}")
            for below in block.get("on", []):
                link(sys_ / at / "slaves" / below, f"../../{below}")
            for file, text in block.get("files", {}).items():
                text_file(sys_ / at / file, text)
            for file, target in block.get("links", {}).items():
                link(sys_ / at / file, target)
            if "uuid" in block and not self.told.get("private_devices"):
                link(self.at / "dev/disk/by-uuid" / block["uuid"], f"../../{name}")
        if blocks:
            device = os.stat("/").st_dev
            target = os.readlink(sys_ / "class/block" / next(iter(blocks)))
            link(sys_ / f"dev/block/{os.major(device)}:{os.minor(device)}", target)

    def enter(self):
        """From now on this process, which has mounts of its own, is on this computer, and so is what it starts."""
        top = self.root()
        for name in NODES:
            mount(f"/dev/{name}", self.at / "dev" / name)
        for name, file in KERNEL.items():
            if name in self.told:
                mount(self.at / name, f"{top}/proc/{file}")
        mount(self.lib, f"{top}/var/lib")
        for place in ("dev", "sys", "run"):
            mount(self.at / place, f"{top}/{place}", flags=MS_BIND | MS_REC)
        if top:
            os.chroot(top)
            os.chdir("/")
        if self.told.get("user") == "nobody":
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)

    def leave(self):
        """Nothing holds the tree any longer: the process that entered may take it away."""
        unmount("/dev")
        for name in NODES:
            unmount(self.at / "dev" / name)

    def root(self):
        """What is to be `/`, with its /etc and /proc; "" where that is the real one."""
        kind = self.told.get("root", "disk")
        if kind == "disk":
            top = ""
            mount(self.at / "etc", "/etc")
        else:
            top = self.at / "top"
            top.mkdir(exist_ok=True)
            if kind == "memory":
                self.memory(top)
            else:
                self.overlay(top, kind)
            shutil.copytree(self.at / "etc", top / "etc", dirs_exist_ok=True)
            mount("/proc", top / "proc", flags=MS_BIND | MS_REC)
            below = f"{top}{self.work}"
            os.makedirs(below, exist_ok=True)
            mount(self.work, below)
        if self.told.get("mounted_id"):
            mount(self.at / "etc/machine-id", f"{top}/etc/machine-id")
        return top

    @staticmethod
    def memory(top):
        mount("none", top, "tmpfs", 0)
        for name in ("usr", "bin", "sbin", "lib", "lib64"):
            if os.path.islink(f"/{name}"):
                (top / name).symlink_to(os.readlink(f"/{name}"))
            elif os.path.isdir(f"/{name}"):
                (top / name).mkdir()
                mount(f"/{name}", top / name, flags=MS_BIND | MS_REC)
        for name in ("etc", "run", "root", "var/lib", "dev", "sys", "proc", "tmp"):
            (top / name).mkdir(parents=True)

    def overlay(self, top, kind):
        """Its written layer lies in memory; that of a live system below /run."""
        above = pathlib.Path("/run" if kind == "live" else self.at / "layers")
        above.mkdir(exist_ok=True)
        mount("none", above, "tmpfs", 0)
        (above / "made-up/upper").mkdir(parents=True)
        (above / "made-up/work").mkdir()
        mount("overlay", top, "overlay", 0, f"lowerdir=/,upperdir={above}/made-up/upper,workdir={above}/made-up/work")

    def run(self, command, **more):
        """Runs a command there, in mounts of its own (see `subprocess.run`)."""
        def inside():
            try:
                own_mounts()
                self.enter()
            except BaseException as error:
                os.write(2, f"the computer could not be made up: {error}\n".encode())
                os._exit(NOT_MADE)
        return subprocess.run(command, preexec_fn=inside, **more)


def place(below=ON_DISK):
    """A new directory for computers, below one that is on a disk."""
    return tempfile.mkdtemp(prefix="made-up", dir=below)


def passwd(homes):
    everybody = [*homes, ("nobody", NOBODY, "/nonexistent")]
    return "".join(f"{name}:x:{uid}:{uid}::{home}:/bin/sh\n" for name, uid, home in everybody)


def mount(source, target, kind=None, flags=MS_BIND, options=None):
    source, target = os.fspath(source), os.fspath(target)
    if LIBC.mount(source.encode(), target.encode(), kind and kind.encode(), flags, options and options.encode()):
        raise OSError(ctypes.get_errno(), f"mount {source} on {target}: {os.strerror(ctypes.get_errno())}")


def unmount(target):
    LIBC.umount2(os.fsencode(target), MNT_DETACH)


def own_mounts():
    """Gives this process mounts of its own; without root as the root of a user namespace of its own."""
    uid, gid = os.getuid(), os.getgid()
    if LIBC.unshare(CLONE_NEWNS | (CLONE_NEWUSER if uid else 0)):
        raise SystemExit(f"no namespace for made-up computers: {os.strerror(ctypes.get_errno())}; run this as root")
    if uid:
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
    mount("none", "/", flags=MS_REC | MS_PRIVATE)


def text_file(path, text, mode=0o444):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("latin-1"))      # a description writes a byte as the character of its number
    path.chmod(mode)


def link(path, target):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


def clear(directory):
    """Takes away what is in it."""
    for entry in os.scandir(directory):
        if entry.is_dir(follow_symlinks=False):
            clear_tree(entry.path)
        else:
            os.unlink(entry.path)


def clear_tree(directory):
    """Takes it away, also where what is in it may not be written."""
    if os.path.lexists(directory):
        for root, directories, _ in os.walk(directory):
            for name in directories:
                path = os.path.join(root, name)
                if not os.path.islink(path):
                    os.chmod(path, stat.S_IRWXU)
        shutil.rmtree(directory)
