"""A stage on which the program as it is shipped runs on made-up computers, at a made-up time, and on nothing of this computer.

A process that makes a `Stage` lives in a mount namespace of its own from then on: `/sys`, `/dev`, `/var/lib`, `/etc/machine-id`, the account's
home in the password database and boot id are the stage's; a run may have an uptime of its own. The clock is faketime's. Everything that a run may change lies below
`stage.now` and can be kept and put back as a whole. Needs Linux, unshare (root, or user namespaces), libfaketime, and strace for faults.
"""

import ctypes
import glob
import hashlib
import json
import os
import shutil
import stat
import subprocess
import tempfile
import time

CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
LIBC = ctypes.CDLL(None, use_errno=True)

# A board, its network card, and the disk in it. What a spec leaves out is taken from here; None takes it away.
COMPUTER = {
    "machine_id": "5d1219c7c4c5404aaa1f6d2a48adfd01",
    "root_uuid": "6f1e0bd0-3f4b-4a3e-9a51-0c1c6a0f3a11",
    "product_uuid": "4c4c4544-0042-3510-8052-b3c04f4b4e32",
    "mac": "3c:ec:ef:10:20:31",
    "serial": "S5GXNX0T123456",
    "host": "stage",
}


def computer(**parts):
    return {**COMPUTER, **parts}


def other(number, **parts):
    """Another computer altogether, the same one for the same number."""
    noise = hashlib.blake2b(str(number).encode()).hexdigest()
    spec = {
        "machine_id": noise[:32],
        "root_uuid": f"{noise[32:40]}-{noise[40:44]}-{noise[44:48]}-{noise[48:52]}-{noise[52:64]}",
        "product_uuid": f"{noise[64:72]}-{noise[72:76]}-4{noise[77:80]}-8{noise[81:84]}-{noise[84:96]}",
        "mac": f"3c:ec:ef:{noise[96:98]}:{noise[98:100]}:{noise[100:102]}",
        "serial": "S5GXNX0T" + noise[102:110].upper(),
        "host": "stage",
    }
    return {**spec, **parts}


def find_program():
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    program = os.environ.get("COUNTERSIGN") or os.path.join(root, "target/release/countersign")
    if not os.access(program, os.X_OK):
        subprocess.run(["cargo", "build", "--release", "--locked"], cwd=root, check=True)
    return os.path.abspath(program)


def find_faketime():
    found = glob.glob("/usr/lib/*/faketime/libfaketime.so.1") + glob.glob("/usr/lib*/faketime/libfaketime.so.1")
    if not found:
        raise SystemExit("faketime is needed")
    return found[0]


def mount(source, target, kind=None, flags=MS_BIND):
    result = LIBC.mount(os.fsencode(source), os.fsencode(target), kind.encode() if kind else None, flags, None)
    if result:
        raise OSError(ctypes.get_errno(), f"mount {source} on {target}: {os.strerror(ctypes.get_errno())}")


def enter_namespace():
    """Gives this process mounts of its own; without root as the root of a user namespace of its own."""
    uid, gid = os.getuid(), os.getgid()
    if LIBC.unshare(CLONE_NEWNS | (CLONE_NEWUSER if uid else 0)):
        raise SystemExit(f"no namespace for made-up computers: {os.strerror(ctypes.get_errno())}; run this as root")
    if uid:
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
    mount("none", "/", flags=MS_REC | MS_PRIVATE)


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


class Result:
    """How a run ended: `code` is the exit code, negative where a signal ended it."""

    def __init__(self, args, code, out, err):
        self.args, self.code = args, code
        self.out, self.err = out.decode(errors="replace"), err.decode(errors="replace")

    @property
    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f"$ countersign {' '.join(self.args)}\n  exit code {self.code}\n  {self.out.strip()}\n  {self.err.strip()}"


class Stage:
    """The places of a run: `now/desk`, `now/machine` (homes), `now/user` (root's home), `now/lib` (/var/lib), `now/files`; and `now/ada`, the home of a
    user without rights, who exists where root runs the stage."""

    PLACES = ("desk", "machine", "user", "ada", "lib", "files")
    ADA = 61234

    def __init__(self, program, noon):
        """`noon`: the noon of day 0, as a date (datetime.date)."""
        self.noon, self.faketime = noon, find_faketime()
        self.scratch = tempfile.mkdtemp(prefix="stage")
        enter_namespace()
        mount("tmpfs", self.scratch, "tmpfs", 0)
        self.now, self.kept, self.set = (os.path.join(self.scratch, name) for name in ("now", "kept", "set"))
        for place in self.PLACES:
            os.makedirs(os.path.join(self.now, place))
        os.makedirs(self.kept)
        os.chmod(self.scratch, 0o755)
        # Where every user may run it.
        self.program = shutil.copy(program, os.path.join(self.scratch, "countersign"))
        self.day, self.spec, self.uptime = 0, None, None
        self.furnish()
        self.become(computer())

    def close(self):
        """Takes the scratch directory away; what was mounted goes with the process."""
        LIBC.umount2(os.fsencode(self.scratch), 2)
        os.rmdir(self.scratch)

    def path(self, *names):
        return os.path.join(self.now, *names)

    # ---- the computer --------------------------------------------------------------

    def furnish(self):
        set_ = self.set
        write(f"{set_}/passwd", f"root:x:0:0::{self.path('user')}:/bin/sh\nada:x:{self.ADA}:{self.ADA}::{self.path('ada')}:/bin/sh\n")
        for name in ("machine-id", "boot_id", "hostname"):
            write(f"{set_}/{name}", "")
        for name in ("sys", "dev"):
            os.makedirs(f"{set_}/{name}")
        for name in ("null", "zero", "full", "random", "urandom", "tty"):
            write(f"{set_}/dev/{name}", "")
            mount(f"/dev/{name}", f"{set_}/dev/{name}")
        for name, target in (("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1")):
            os.symlink(target, f"{set_}/dev/{name}")
        for source, target in (("passwd", "/etc/passwd"), ("machine-id", "/etc/machine-id"), ("boot_id", "/proc/sys/kernel/random/boot_id"),
                               ("hostname", "/proc/sys/kernel/hostname"), ("dev", "/dev"), ("sys", "/sys")):
            if os.path.exists(target):
                mount(f"{set_}/{source}", target, flags=MS_BIND | MS_REC)
        mount(self.path("lib"), "/var/lib")

    def become(self, spec):
        """From now on the runs are on this computer (see `computer`)."""
        if spec == self.spec:
            return
        self.spec, sys = dict(spec), f"{self.set}/sys"
        clear(sys)
        clear_tree(f"{self.set}/dev/disk")
        clear_tree(f"{self.set}/dev/block")
        write(f"{self.set}/machine-id", (spec["machine_id"] or "") + "\n")
        write(f"{self.set}/hostname", (spec.get("host") or "") + "\n")
        os.makedirs(f"{sys}/class/net")
        if spec["mac"]:
            card = "devices/pci0000:00/0000:00:19.0/net/eth0"
            for name, text in (("type", "1"), ("addr_assign_type", "0"), ("address", spec["mac"])):
                write(f"{sys}/{card}/{name}", text + "\n")
            os.symlink(f"../../{card}", f"{sys}/class/net/eth0")
        device = os.stat("/").st_dev
        disk = "devices/pci0000:00/nvme/nvme0/nvme0n1"
        for below in ("dev/block", "class/block", "block"):
            os.makedirs(f"{sys}/{below}", exist_ok=True)
        os.makedirs(f"{sys}/{disk}")
        os.symlink(f"../../{disk}", f"{sys}/dev/block/{os.major(device)}:{os.minor(device)}")
        os.symlink(f"../../{disk}", f"{sys}/class/block/nvme0n1")
        if spec["serial"]:
            write(f"{sys}/{disk}/device/serial", spec["serial"] + "\n")
        if spec["root_uuid"]:
            os.makedirs(f"{self.set}/dev/disk/by-uuid")
            os.symlink("../../nvme0n1", f"{self.set}/dev/disk/by-uuid/{spec['root_uuid']}")
        if spec["product_uuid"]:
            write(f"{sys}/class/dmi/id/product_uuid", spec["product_uuid"].upper() + "\n")
        self.start()

    def start(self):
        """The computer is started anew: another boot id."""
        self.starts = getattr(self, "starts", 0) + 1
        noise = hashlib.blake2b(f"{self.day} {self.starts}".encode()).hexdigest()
        write(f"{self.set}/boot_id", f"{noise[:8]}-{noise[8:12]}-4{noise[12:15]}-8{noise[15:18]}-{noise[18:30]}\n")
        self.uptime = None

    def at(self, day):
        """It is noon of that day (a fraction is a part of a day later), and the computer has just been started."""
        if day != self.day:
            self.day = day
            self.start()

    def date(self, day):
        from datetime import timedelta
        return (self.noon + timedelta(days=day)).isoformat()

    # ---- state ---------------------------------------------------------------------

    def keep(self, name):
        """Keeps the whole state under a name."""
        clear_tree(os.path.join(self.kept, name))
        for place in self.PLACES:
            shutil.copytree(self.path(place), os.path.join(self.kept, name, place), symlinks=True)
        with open(os.path.join(self.kept, name, "when.json"), "w") as file:
            json.dump({"day": self.day, "spec": self.spec}, file)

    def restore(self, name):
        with open(os.path.join(self.kept, name, "when.json")) as file:
            when = json.load(file)
        for place in self.PLACES:
            clear(self.path(place))
            source = os.path.join(self.kept, name, place)
            shutil.copytree(source, self.path(place), symlinks=True, dirs_exist_ok=True)
        self.become(when["spec"])
        self.at(when["day"])

    def clean(self):
        for place in self.PLACES:
            clear(self.path(place))
        if os.getuid() == 0:
            try:
                os.chown(self.path("ada"), self.ADA, self.ADA)
            except OSError:
                pass        # a user namespace of one user has no ada
        self.day = 0
        self.become(computer())
        self.start()

    # ---- runs ----------------------------------------------------------------------

    def environment(self, **more):
        seconds = round((self.day % 1) * 86400)
        hours, minutes, seconds = 12 + seconds // 3600, seconds // 60 % 60, seconds % 60
        day = int(self.day // 1) + (1 if hours >= 24 else 0)
        base = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": self.path("user"), "USER": "root", "LANG": "C.UTF-8", "TZ": "UTC",
            "LD_PRELOAD": self.faketime, "FAKETIME": f"@{self.date(day)} {hours % 24:02}:{minutes:02}:{seconds:02}",
        }
        return {**base, **{k: v for k, v in more.items() if v is not None}}

    def run(self, *args, stdin="", env=None, wrap=(), limit=60):
        """Runs the program; `wrap` stands in front of it on the command line."""
        command = [*self.since_start(), *wrap, self.program, *args]
        done = subprocess.run(command, input=stdin.encode(), capture_output=True, cwd="/", timeout=limit,
                              env=self.environment(**(env or {})))
        return Result(args, done.returncode, done.stdout, done.stderr)

    def since_start(self):
        """What makes the kernel say how long the computer has been up, where a run is to have its own uptime: a time namespace."""
        if self.uptime is None:
            return []
        offset = int(self.uptime - time.clock_gettime(time.CLOCK_BOOTTIME))
        return ["unshare", "--time", "--fork", f"--boottime={offset}"]

    def traced(self, options, *args, stdin=""):
        """Runs the program under strace; gives the result and what strace wrote. Programs that it starts are let go."""
        log = os.path.join(self.scratch, "strace.log")
        clock = self.environment()
        outer = {k: v for k, v in clock.items() if k not in ("LD_PRELOAD", "FAKETIME")}
        inner = [f"-E{k}={clock[k]}" for k in ("LD_PRELOAD", "FAKETIME")]
        command = ["strace", "-f", "-qq", "-y", "-b", "execve", *inner, "-o", log, *options, self.program, *args]
        done = subprocess.run(command, input=stdin.encode(), capture_output=True, cwd="/", timeout=120, env=outer)
        with open(log, errors="replace") as file:
            return Result(args, done.returncode, done.stdout, done.stderr), file.read()

    def ada(self, *args, env=None, **more):
        """The same by a user without rights."""
        who = ("setpriv", f"--reuid={self.ADA}", f"--regid={self.ADA}", "--clear-groups")
        return self.run("--no-input", *args, wrap=who, env={"HOME": self.path("ada"), "USER": "ada", **(env or {})}, **more)

    def desk(self, *args, **more):
        return self.run("--home", self.path("desk"), "--no-input", *args, **more)

    def machine(self, *args, home="machine", **more):
        return self.run("--home", self.path(home), "--no-input", *args, **more)


def clear(directory):
    for entry in os.scandir(directory):
        if entry.is_dir(follow_symlinks=False):
            clear_tree(entry.path)
        else:
            os.unlink(entry.path)


def clear_tree(directory):
    if os.path.lexists(directory):
        for root, directories, _ in os.walk(directory):
            for name in directories:
                path = os.path.join(root, name)
                if not os.path.islink(path):
                    os.chmod(path, stat.S_IRWXU)
        shutil.rmtree(directory)
