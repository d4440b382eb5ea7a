"""A stage on which the program as it is shipped runs on made-up computers, at a made-up time, and on nothing of this computer.

A process that makes a `Stage` lives in a mount namespace of its own from then on: `/sys`, `/dev`, `/etc`, `/run`, `/var/lib`, the accounts' homes, the
host's name and the boot id are the stage's; a run may have an uptime of its own. The clock is faketime's. Everything that a run may change lies below
`stage.now` and can be kept and put back as a whole. Needs Linux, unshare (root, or user namespaces), libfaketime, and strace for faults.
"""

import datetime
import glob
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time

from computer import ON_DISK, Computer, clear, clear_tree, mount, own_mounts, place, unmount

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


# The same disk's system on another board: changed, and not another computer altogether.
CHANGED = other(1, machine_id=COMPUTER["machine_id"], root_uuid=COMPUTER["root_uuid"])


def find_program():
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    program = os.environ.get("COUNTERSIGN") or os.path.join(root, "target/release/countersign")
    if not os.access(program, os.X_OK):
        subprocess.run(["cargo", "build", "--release", "--locked"], cwd=root, check=True)
    return os.path.realpath(program)


def as_root():
    """Begins this script again as root, where it is not: for what a user namespace does not give."""
    if os.getuid():
        os.environ["COUNTERSIGN"] = find_program()
        os.execvp("sudo", ["sudo", "--preserve-env=COUNTERSIGN", sys.executable, *sys.argv])


def find_faketime():
    found = glob.glob("/usr/lib/*/faketime/libfaketime.so.1") + glob.glob("/usr/lib*/faketime/libfaketime.so.1")
    if not found:
        raise SystemExit("faketime is needed")
    return found[0]


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

    PLACES = ("desk", "machine", "site", "user", "ada", "lib", "files")
    ADA = 61234

    def __init__(self, program, below=ON_DISK):
        """What is made lies below `below`, which is on a disk."""
        # Day 0 is tomorrow.
        self.noon = datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=1)
        self.faketime = find_faketime()
        self.place = place(below)
        own_mounts()
        # What is copied often lies in memory; the computer on the disk, which it is to seem.
        self.scratch = os.path.join(self.place, "scratch")
        os.mkdir(self.scratch)
        mount("tmpfs", self.scratch, "tmpfs", 0)
        self.now, self.kept = (os.path.join(self.scratch, name) for name in ("now", "kept"))
        for name in self.PLACES:
            os.makedirs(os.path.join(self.now, name))
        os.makedirs(self.kept)
        for path in (self.place, self.scratch):
            os.chmod(path, 0o755)
        # Where every user may run it.
        self.program = shutil.copy(program, os.path.join(self.scratch, "countersign"))
        self.day, self.uptime, self.starts, self.spec = 0, None, 0, computer()
        homes = (("root", 0, self.path("user")), ("ada", self.ADA, self.path("ada")))
        self.made = Computer(os.path.join(self.place, "made"), self.told(), lib=self.path("lib"), homes=homes, work=self.scratch)
        self.made.enter()

    def close(self):
        """Takes away what was made."""
        self.made.leave()
        unmount(self.scratch)
        clear_tree(self.place)

    def path(self, *names):
        return os.path.join(self.now, *names)

    # ---- the computer --------------------------------------------------------------

    def become(self, spec):
        """From now on the runs are on this computer (see `computer`)."""
        if spec != self.spec:
            self.spec = dict(spec)
            self.made.furnish(self.told())
            self.start()

    def start(self):
        """The computer is started anew."""
        self.starts, self.uptime = self.starts + 1, None
        self.made.say("boot_id", self.boot_id())

    def boot_id(self):
        noise = hashlib.blake2b(f"{self.starts}".encode()).hexdigest()
        return f"{noise[:8]}-{noise[8:12]}-4{noise[12:15]}-8{noise[15:18]}-{noise[18:30]}\n"

    def told(self):
        """The computer as `Computer` is told of it."""
        it = self.spec
        disk = {"at": "devices/pci0000:00/nvme/nvme0/nvme0n1", "files": {"device/serial": it["serial"] + "\n"} if it["serial"] else {}}
        if it["root_uuid"]:
            disk["uuid"] = it["root_uuid"]
        return {
            "machine_id": (it["machine_id"] or "") + "\n", "host": it["host"] + "\n", "boot_id": self.boot_id(),
            "board": it["product_uuid"] and it["product_uuid"].upper(), "blocks": {"nvme0n1": disk},
            "cards": [{"name": "eth0", "at": "pci0000:00/0000:00:19.0", "mac": it["mac"]}] if it["mac"] else [],
        }

    def at(self, day):
        """It is noon of that day (a fraction is a part of a day later), and the computer has just been started."""
        if day != self.day:
            self.day = day
            self.start()

    def date(self, day):
        return (self.noon + datetime.timedelta(days=day)).isoformat()

    # ---- state ---------------------------------------------------------------------

    def keep(self, name):
        """Keeps the whole state under a name."""
        clear_tree(os.path.join(self.kept, name))
        for place in self.PLACES:
            shutil.copytree(self.path(place), os.path.join(self.kept, name, place), symlinks=True)
        with open(os.path.join(self.kept, name, "when.json"), "w") as file:
            json.dump({"day": self.day, "spec": self.spec, "starts": self.starts}, file)

    def restore(self, name):
        with open(os.path.join(self.kept, name, "when.json")) as file:
            when = json.load(file)
        for place in self.PLACES:
            clear(self.path(place))
            source = os.path.join(self.kept, name, place)
            shutil.copytree(source, self.path(place), symlinks=True, dirs_exist_ok=True)
        self.become(when["spec"])
        self.at(when["day"])
        # In the start of the computer in which it was kept: what is counted by that goes on.
        self.starts = when["starts"]
        self.made.say("boot_id", self.boot_id())

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

    def ada(self, *args, env=None, called=None, **more):
        """The same by a user without rights, who may be called otherwise in a user namespace: by another number, or "" for none."""
        who = ("setpriv", f"--reuid={self.ADA}", f"--regid={self.ADA}", "--clear-groups")
        if called is not None:
            who += ("unshare", "--user", *([f"--map-user={called}"] if called != "" else []))
        return self.run("--no-input", *args, wrap=who, env={"HOME": self.path("ada"), "USER": "ada", **(env or {})}, **more)

    def desk(self, *args, **more):
        return self.run("--home", self.path("desk"), "--no-input", *args, **more)

    def machine(self, *args, home="machine", **more):
        return self.run("--home", self.path(home), "--no-input", *args, **more)
