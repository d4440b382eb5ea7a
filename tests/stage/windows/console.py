"""Types at cmd in a console of Wine, on a pseudo-terminal, and pastes a mail where a code is asked for."""

import os
import pty
import re
import select
import sys
import time

WITHIN = 60


class Console:
    def __init__(self):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm"
            os.execvp("wine", ["wine", "cmd.exe", "/d"])
        self.seen = ""

    def read(self, seconds):
        if not select.select([self.terminal], [], [], seconds)[0]:
            return False
        try:
            some = os.read(self.terminal, 65536)
        except OSError:
            return False
        self.seen += some.decode(errors="replace")
        return True

    def plain(self):
        """What is seen, without colours and without blanks, of which some are written and others passed over by the cursor."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|[ \r]", "", self.seen)

    def quiet(self):
        while self.read(1):
            pass

    def until(self, what, found=None):
        end = time.monotonic() + WITHIN
        while not (found() if found else what.replace(" ", "") in self.plain()):
            if time.monotonic() > end:
                sys.exit(f"not seen: {what}\n{self.plain()}")
            self.read(0.1)

    def keys(self, text):
        # Only once Wine has the terminal to itself each key comes as it is.
        self.quiet()
        text = text.encode()
        while text:
            text = text[os.write(self.terminal, text[:512]) :]
            self.read(0.02)

    def until_file(self, name):
        self.until(name, lambda: os.path.exists(name) and os.path.getsize(name) > 0)


console = Console()
console.until(">")
console.keys("countersign.exe --home paste apply\r")
console.until("row 1:")
console.keys(open("mail").read().replace("\n", "\r"))
console.until("licensed: p")
time.sleep(4)
console.keys("\recho over>over.txt\r")
console.until_file("over.txt")
console.keys("exit\r")
time.sleep(0.5)
