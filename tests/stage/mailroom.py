"""A desk that answers by itself, behind real mail programs (see tests/scripts/unattended-desk): the mails of a day are made here, and counted."""

import base64
import collections
import email
import json
import os
import random
import shutil
import socketserver
import subprocess
import sys
import threading
import time

PROGRAM, WORK = sys.argv[1:3]
DESK = "desk@nordic.example"
RANDOM = random.Random(14)


def path(*names):
    return os.path.join(WORK, *names)


def cs(home, *args, stdin=None, code=0, env=None):
    said = subprocess.run([PROGRAM, "--home", path(home), "--no-input", *args], input=stdin, capture_output=True, text=True,
                          env={**os.environ, **(env or {})})
    if said.returncode != code:
        sys.exit(f"FAILED: {args}: {said.returncode} and not {code}\n{said.stdout}{said.stderr}")
    return said.stdout


def write(name, text, mode=0o600):
    with open(path(name), "w") as file:
        file.write(text)
    os.chmod(path(name), mode)


# ---- the desk, and what machines ask ------------------------------------------------

def set_up():
    """A desk on which no root lies, with a clerk's key for this; and as many requests as there are licenses."""
    write("words", "harvest barley\n")
    cs("base", "desk", "init", "--vendor", "Nordic Survey AS", "--mail", DESK, "--passphrase-file", path("words"))
    words = ("--passphrase-file", path("words"))
    cs("base", "product", "add", "kit", "--name", "Kit", *words)
    cs("base", "product", "export", "kit", "-o", path("kit.product"), *words)
    # Its key lies open where its account alone reads it, as an ssh-agent or a passphrase file would be at hand.
    for name in ("robot", "ann"):
        cs("base", "desk", "request", name, "--no-passphrase")
        cs("base", "desk", "certify", name, "--kinds", "grant", "--max-seats", "50", *words)
    sold = cs("base", "license", "new", "--product", "kit", "--customer", "Aurora", "--count", "120", "--key", "ann").split()
    old = cs("base", "license", "new", "--product", "kit", "--customer", "Borealis", "--key", "ann").split()
    cs("base", "license", "revoke", old[0], "--reason", "not paid", "--key", "ann")
    for name in ("root", "spare"):
        os.rename(path("base", "desk", f"{name}.pem"), path(f"{name}.pem"))
    cs("foreign", "desk", "init", "--vendor", "Somebody else", "--no-passphrase")
    cs("foreign", "product", "add", "kit", "--name", "Kit")
    unsold = cs("foreign", "license", "new", "--product", "kit", "--customer", "X", "--count", "30").split()
    return [[ask(key) for key in keys] for keys in (sold, old, unsold)]


def ask(key):
    shutil.rmtree(path("machine"), ignore_errors=True)
    cs("machine", "product", "install", path("kit.product"))
    return cs("machine", "request", "activate", key).strip()


# ---- the mails of a day --------------------------------------------------------------

class Day:
    """Mails, each with what has to become of it: how many mails go back to its sender."""

    def __init__(self, sold, old, unsold):
        self.mails, self.wanted = [], collections.Counter()
        sold, old, unsold = iter(sold), iter(old), iter(unsold)
        for nth in range(80):
            self.mail(f"p{nth}", f"p{nth}@aurora.example", next(sold), back=1, shape=nth)
        for nth in range(6):
            self.mail(f"two{nth}", f"two{nth}@aurora.example", f"{next(sold)}\n\n{next(sold)}", back=1)
        for nth in range(12):        # delivered twice: by an alias, by a server that did not hear that it was
            mail = self.mail(f"d{nth}", f"d{nth}@aurora.example", next(sold), back=1)
            self.mails.append(mail.replace("by mx.", "by other."))
        loop = next(sold)            # a program that sends its mail again and again, as another one
        for nth in range(12):
            self.mail(f"loop{nth}", "loop@aurora.example", loop, back=1 if nth == 0 else 0)
        refused = next(old)          # said five times a day, and once for one request
        for nth in range(8):
            self.mail(f"old{nth}", "old@borealis.example", refused, back=1 if nth == 0 else 0)
        for nth in range(12):
            self.mail(f"auto{nth}", f"a{nth}@aurora.example", "I am away.", "Auto-Submitted: auto-replied\n")
        for nth in range(12):
            self.mail(f"bounce{nth}", "MAILER-DAEMON@mx.example", "Undelivered.", path="",
                      headers="Content-Type: multipart/report; report-type=delivery-status; boundary=x\n")
        for nth in range(6):
            self.mail(f"list{nth}", f"l{nth}@lists.example", next(sold), "List-Id: <kit.lists.example>\nPrecedence: list\n")
        for nth in range(4):
            self.mail(f"bulk{nth}", f"b{nth}@aurora.example", next(sold), "Precedence: bulk\n")
        for nth in range(8):
            self.mail(f"thanks{nth}", f"p{nth}@aurora.example", "Thank you!")
        for nth in range(24):        # guesses, and a right key among them
            self.mail(f"guess{nth}", "eve@evil.example", next(unsold))
        self.mail("guess", "eve@evil.example", next(sold))
        for nth in range(3):
            self.mail(f"quoted{nth}", f"q{nth}@aurora.example", "> " + next(sold).replace("\n", "\n> "))
        assert len(self.mails) == 200, len(self.mails)
        RANDOM.shuffle(self.mails)
        # What depends on what came before it comes in its order.
        for begin in ("loop", "old", "guess"):
            places = [at for at, it in enumerate(self.mails) if f"Message-ID: <{begin}" in it]
            own = sorted((self.mails[at] for at in places), key=lambda it: (f"<{begin}@" in it, it.index("\n\n"), it))
            for at, mail in zip(places, own):
                self.mails[at] = mail

    def mail(self, name, sender, body, headers="", back=0, path=None, shape=0):
        encoding, text = "", f"Hello,\n\n{body}\n\nRegards\n"
        if shape % 4 == 1:
            encoding = "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n"
            text = base64.encodebytes(text.encode()).decode()
        elif shape % 4 == 2:
            encoding = "MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n"
            html = text.replace("\n", "<br>\n")
            text = f"--b\nContent-Type: text/plain\n\n{text}\n--b\nContent-Type: text/html\n\n<p>{html}</p>\n--b--\n"
        mail = (f"Return-Path: <{sender if path is None else path}>\nReceived: from x by mx.nordic.example; Thu, 1 Mar 2040 12:00:00 +0000\n"
                f"From: {sender}\nTo: {DESK}\nSubject: license\nMessage-ID: <{name}@mail.example>\nReferences: <before-{name}@mail.example>\n"
                f"{encoding}{headers}\n{text}")
        self.mails.append(mail)
        if back:
            self.wanted[(sender, f"<{name}@mail.example>")] += back
        return mail


# ---- a server that keeps what msmtp sends --------------------------------------------

class Kept(socketserver.StreamRequestHandler):
    def handle(self):
        say = lambda line: self.wfile.write(line.encode() + b"\r\n")
        say("220 kept.example ESMTP")
        while line := self.rfile.readline():
            word = line.split(b":")[0].split()[0].upper() if line.strip() else b""
            if word == b"DATA":
                say("354 go on")
                lines = []
                while (line := self.rfile.readline()) != b".\r\n":
                    lines.append(line[1:] if line.startswith(b"..") else line)
                self.server.mails.append(b"".join(lines))
            if word == b"QUIT":
                say("221 bye")
                return
            say("250 kept")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads = True, True


# ---- one run of the day ---------------------------------------------------------------

class Run:
    """A desk, its mailbox, and its server; the same day as the others."""

    def __init__(self, name, kills=0.0):
        self.name, self.kills, self.killed = name, kills, 0
        shutil.copytree(path("base"), path(name))
        self.server = Server(("127.0.0.1", 0), Kept)
        self.server.mails = []
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        write(f"{name}.msmtprc", f"account default\nhost 127.0.0.1\nport {self.server.server_address[1]}\nauth off\ntls off\nfrom {DESK}\n")
        for part in ("new", "cur", "tmp"):
            os.makedirs(path(f"{name}-box", part))
        filter = f"{PROGRAM} --home {path(name)} -q desk answer --key robot"
        if kills:
            # Whoever is killed is killed at any moment: mostly while he is at work.
            filter = f"{sys.executable} {path('killer.py')} {path(name + '.patience')} {filter}"
        write(f"{name}.procmailrc", f"SHELL=/bin/sh\nMAILDIR={path(name + '-box')}\nDEFAULT=$MAILDIR/\nLOGFILE={path(name + '.log')}\n\n"
              f":0 cw\n| {filter} || exit 75\n\n:0 e\n{{\n  EXITCODE=75\n  HOST\n}}\n")
        write(f"{name}.mailfilter", f'SHELL="/bin/sh"\ncc "| {filter} || exit 75"\nif ($EXITCODE != 0)\n{{\n  EXITCODE=75\n  exit\n}}\n'
              f'to "{path(name + "-box")}/"\n')

    def deliver(self, nth, mail):
        """As a mail system does: what asks to be tried again is tried again."""
        command = ["procmail", "-m", path(f"{self.name}.procmailrc")] if nth % 2 else ["maildrop", path(f"{self.name}.mailfilter")]
        for tries in range(60):
            # Who is always killed before he has begun never ends: a slow computer gets more time.
            write(f"{self.name}.patience", str(self.kills * (1 + tries / 3)))
            said = subprocess.run(command, input=mail.encode(), capture_output=True)
            if said.returncode == 0:
                return
            if said.returncode != 75:
                sys.exit(f"FAILED: {command[0]} ends with {said.returncode}: {said.stderr.decode()}")
            self.killed += 1
        sys.exit(f"FAILED: it is never done\n{said.stderr.decode()}\n{open(path(self.name + '.log')).read()[-2000:]}")

    def send(self):
        """What docs/unattended.md has a timer do."""
        new = path(self.name, "desk", "outbox", "new")
        for name in sorted(os.listdir(new)) if os.path.isdir(new) else ():
            with open(os.path.join(new, name)) as mail:
                subprocess.run(["msmtp", "-C", path(f"{self.name}.msmtprc"), "-t"], stdin=mail, check=True)
            os.rename(os.path.join(new, name), path(self.name, "desk", "outbox", "cur", name))

    def day(self, mails):
        for nth, mail in enumerate(mails):
            self.deliver(nth, mail)
            if nth % 7 == 0:
                self.send()
        self.send()

    def sent(self):
        """Whom each mail that was sent goes to, and which it answers."""
        mails = [email.message_from_bytes(it) for it in self.server.mails]
        for mail in mails:
            if mail["Auto-Submitted"] != "auto-replied" or not mail["References"].startswith("<before-"):
                sys.exit(f"FAILED: not as an answer is\n{mail}")
        ids = collections.Counter(it["Message-ID"] for it in mails)
        twice = [it for it, many in ids.items() if many > 1]
        if twice:
            sys.exit(f"FAILED: {self.name}: mailed twice: {twice}")
        return collections.Counter((email.utils.parseaddr(it["To"])[1], it["In-Reply-To"]) for it in mails)

    def holds(self, wanted):
        sent = self.sent()
        if sent != wanted:
            sys.exit(f"FAILED: {self.name}\n  not mailed: {wanted - sent}\n  mailed, and nobody asked: {sent - wanted}")
        cs(self.name, "ledger", "verify")
        waiting = [json.loads(it) for it in cs(self.name, "--json", "desk", "inbox", "list").splitlines()]
        why = collections.Counter(it["why"] for it in waiting)
        print(f"{self.name}: {sum(sent.values())} mails sent, {len(waiting)} wait {dict(why)}, killed {self.killed} times", flush=True)
        return waiting


KILLER = '''import random, subprocess, sys
most = float(open(sys.argv[1]).read())
try:
    sys.exit(subprocess.run(sys.argv[2:], timeout=random.uniform(0, most)).returncode)
except subprocess.TimeoutExpired:
    sys.exit(75)
'''


def main():
    began = time.monotonic()
    day = Day(*set_up())
    write("killer.py", KILLER)
    print(f"the desk and {len(day.mails)} mails: made", flush=True)

    run = Run("untroubled")
    first = time.monotonic()
    run.day(day.mails)
    each = (time.monotonic() - first) / len(day.mails)
    waiting = run.holds(day.wanted)
    boxed = len(os.listdir(path("untroubled-box", "new")))
    if boxed != len(day.mails):
        sys.exit(f"FAILED: {boxed} of {len(day.mails)} mails are in the mailbox")
    why = dict(collections.Counter(it["why"] for it in waiting))
    # Of the guesses only so many; the one that was right is not among them, and lies in the mailbox as the others do.
    if why != {"list": 6, "bulk": 4, "quoted": 3, "unknown_key": 20}:
        sys.exit(f"FAILED: it waits for other reasons: {why}")
    run.day(day.mails)
    run.holds(day.wanted)
    print("the whole day again: nobody was mailed again", flush=True)
    by_hand(run, waiting)

    run = Run("killed", kills=2 * each)
    run.day(day.mails)
    run.holds(day.wanted)
    if run.killed < 20:
        sys.exit(f"FAILED: it was killed {run.killed} times only")

    half_read(day)
    print(f"all of it: {(time.monotonic() - began) / 60:.1f} minutes")


def by_hand(run, waiting):
    """A clerk looks at two of those that wait, with a key of his own."""
    listed = next(it for it in waiting if it["why"] == "list")
    bulk = next(it for it in waiting if it["why"] == "bulk")
    cs(run.name, "desk", "inbox", "show", listed["mail"])
    cs(run.name, "desk", "inbox", "approve", listed["mail"], "--key", "ann")
    cs(run.name, "desk", "inbox", "approve", listed["mail"], "--key", "ann", code=6)
    cs(run.name, "desk", "inbox", "decline", bulk["mail"], "--note", "an advertisement")
    before = run.sent()
    run.send()
    new = run.sent() - before
    if [to for to, _ in new.elements()] != [listed["sender"]]:
        sys.exit(f"FAILED: a clerk approved one mail, and sent was {new}")


def half_read(day):
    """A mailbox is read from its beginning again and again, by a reader that is killed in the middle of it."""
    run = Run("half-read")
    with open(path("mbox"), "w") as file:
        for mail in day.mails:
            file.write("From sender@mail.example Thu Mar  1 12:00:00 2040\n" + mail.split("\n", 1)[1].replace("\nFrom ", "\n>From ") + "\n")
    bounce = "From MAILER-DAEMON Thu Mar  1 12:00:00 2040\n"
    text = open(path("mbox")).read().split("From sender@mail.example Thu Mar  1 12:00:00 2040\n")[1:]
    with open(path("mbox"), "w") as file:
        for mail in text:
            file.write((bounce if "MAILER-DAEMON@" in mail else "From sender@mail.example Thu Mar  1 12:00:00 2040\n") + mail)
    command = ["formail", "-s", PROGRAM, "--home", path(run.name), "-q", "desk", "answer", "--key", "robot"]
    for nth in range(5):
        with open(path("mbox")) as mbox:
            reader = subprocess.Popen(command, stdin=mbox, start_new_session=True, stderr=subprocess.DEVNULL)
            try:
                reader.wait(timeout=RANDOM.uniform(0.5, 4) if nth < 4 else None)
            except subprocess.TimeoutExpired:
                os.killpg(reader.pid, 9)
                reader.wait()
                run.killed += 1
        run.send()
    run.holds(day.wanted)


main()
