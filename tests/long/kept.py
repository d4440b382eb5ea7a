"""A ledger that is kept safe, under faults: backups, checkpoints, and a ledger put back (see `commands`)."""

import os

from commands import Command, desk, file, ledger, ok, verified


def build(w):
    w.restore("desk")
    w.at(1)
    for name in ("old", "new"):
        w.note(name, f"{name} one\n")
        os.chmod(w.path("files", name), 0o600)
    ok(w.desk("desk", "passphrase", "--new-passphrase-file", w.path("files", "old")))
    w.keep("locked")
    w.restore("desk")
    os.remove(w.path("desk", "desk", "spare.pem"))
    w.keep("spare away")
    w.restore("desk")
    w.at(1)
    ok(w.desk("desk", "request", "ann", "--no-passphrase"))
    w.keep("key asked for")
    ok(w.desk("desk", "certify", "ann"))
    w.keep("key certified")
    ok(w.desk("desk", "policy", "kit", "--approve", "seats>5"))
    sale = ("license", "new", "--product", "kit", "--customer", "A", "--seats", "6", "--as", "ann", "--key", "ann", "--json")
    w.note("number", str(ok(w.desk(*sale), 9).json["error"]["proposal"]))
    w.keep("proposed")
    w.restore("asked")
    w.at(1)
    ok(w.desk("desk", "change", "--mail", "desk@example.com"))
    ok(w.desk("desk", "request", "robot", "--no-passphrase"))
    ok(w.desk("desk", "certify", "robot"))
    head = "From: kari@example.no\nTo: desk@example.com\nSubject: license\nMessage-ID: <1@example.no>\n"
    w.note("mail", head + "\n" + w.read("request"))
    w.note("bulk", head + "Precedence: bulk\n\n" + w.read("request"))
    w.keep("mail came")
    ok(w.desk("desk", "answer", "--key", "robot", stdin=w.read("bulk")))
    w.keep("mail waits")
    w.restore("desk")
    w.at(1)
    ok(w.desk("ledger", "backup", w.path("files", "backup.db")))
    w.keep("backed up")
    ok(w.desk("license", "change", w.keys["kit"], "--seats", "7"))
    w.keep("gone on since")
    w.restore("asked")
    w.at(1)
    ok(w.desk("ledger", "backup", w.path("files", "backup.db")))
    answer = ok(w.desk("respond", stdin=w.read("request"))).out
    w.note("mails", w.read("request") + "\n\n" + answer)
    ok(w.desk("ledger", "restore", w.path("files", "backup.db"), "--reason", "r", "--discard-newer"))
    w.keep("answers lost")
    w.restore("gone on since")
    os.remove(w.path("desk", "desk", "ledger.db"))
    w.keep("ledger gone")
    w.restore("gone on since")
    with open(w.path("desk", "desk", "ledger.db"), "r+b") as it:
        it.write(b"\0" * 4096)
    w.keep("ledger broken")
    w.restore("gone on since")
    ok(w.desk("ledger", "export", w.path("files", "ledger.jsonl")))
    os.remove(w.path("desk", "desk", "ledger.db"))
    w.keep("exported")


def requested(w):
    """What there is of a clerk's key and its request; a request is never there alone."""
    key, request = (os.path.exists(w.path("desk", "desk", "keys", f"ann.{it}")) for it in ("pem", "request"))
    return {"key": key, "request": request, "alone": request and not key}


def copied(w):
    """Whether there is a backup, and one that can be put back."""
    new = w.path("files", "new.db")
    if not os.path.exists(new):
        return {"backup": "none"}
    told = w.desk("ledger", "restore", new, "--dry-run", "--json")
    return {"backup": [told.code, told.code == 0 and told.json["lost"]]}


def written(w):
    """Whether there is an export, and how much of one."""
    new = w.path("files", "new.jsonl")
    if not os.path.exists(new):
        return {"export": "none"}
    with open(new) as it:
        lines = it.read().splitlines()
    return {"export": [len(lines), lines[-1:]]}


def vouched(w):
    new = w.path("files", "new.checkpoint")
    if not os.path.exists(new):
        return {"checkpoint": "none"}
    return {"checkpoint": w.desk("ledger", "verify", "--against", new).code}


def whole(w, run):
    """A ledger that stands there holds, and nothing of the attempt is left."""
    if os.path.exists(w.path("desk", "desk", "ledger.db")) and run.code == 0:
        yield from verified(w, run)


def inbox(what):
    return desk("desk", "inbox", what, lambda w: w.read("number"), "--as", "bo", "--key", "root")


def mailed(w):
    """The ledger, what lies in the outbox, and what waits."""
    new = w.path("desk", "desk", "outbox", "new")
    mails = sorted(os.listdir(new)) if os.path.isdir(new) else []
    waiting = w.desk("desk", "inbox", "list")
    return {**ledger(w), "mails": mails, "inbox": waiting.out.count("M-1")}


def whole_mails(w, run):
    """Whatever lies in the outbox is a whole mail."""
    yield from verified(w, run)
    new = w.path("desk", "desk", "outbox", "new")
    for name in os.listdir(new) if os.path.isdir(new) else ():
        with open(os.path.join(new, name)) as mail:
            if not mail.read().rstrip().endswith("--"):
                yield "half a mail lies in the outbox"


def restore(*more):
    return desk("ledger", "restore", file("backup.db"), "--reason", "r", *more)


def opens(w):
    """With which passphrase the keys open: they do, at any moment."""
    seen = {}
    for name in ("root", "spare"):
        file = w.path("desk", "desk", f"{name}.pem")
        seen[name] = open(file).read().splitlines()[0]
    told = {it: w.desk("product", "export", "kit", "--passphrase-file", w.path("files", it)).code for it in ("old", "new")}
    return {**seen, **told}


COMMANDS = [
    # One file after the other: the one that has the new passphrase stays, where the same is said again.
    Command("desk passphrase", "locked", desk("desk", "passphrase", "--passphrase-file", file("old"), "--new-passphrase-file", file("new")),
            opens, steps=True),
    # The key first: where its request is missing, the same again writes it.
    Command("desk request", "desk", desk("desk", "request", "ann", "--no-passphrase"), requested, again=(0, 1), same=False, steps=True),
    Command("desk certify", "key asked for", desk("desk", "certify", "ann"), ledger, same=False, adds=True, extra=verified),
    Command("desk remove", "key certified", desk("desk", "remove", "ann", "--reason", "r"), ledger, again=(0, 6), extra=verified),
    Command("desk policy", "desk", desk("desk", "policy", "kit", "--approve", "revoke"), ledger, again=(0, 2), extra=verified),
    Command("desk inbox approve", "proposed", inbox("approve"), ledger, again=(0, 6), same=False, extra=verified),
    Command("desk inbox decline", "proposed", inbox("decline"), ledger, again=(0, 6), extra=verified),
    Command("desk answer", "mail came", desk("desk", "answer", "--key", "robot"), mailed, stdin="mail", ends=(0, 75), steps=True, extra=whole_mails),
    Command("desk inbox approve, mail", "mail waits", desk("desk", "inbox", "approve", "M-1", "--key", "robot"), mailed,
            again=(0, 6), steps=True, extra=whole_mails),
    Command("desk inbox decline, mail", "mail waits", desk("desk", "inbox", "decline", "M-1"), mailed, again=(0, 6), extra=verified),
    Command("desk rotate", "key certified", desk("desk", "rotate", "--reason", "r"), ledger, same=False, adds=True, extra=verified),
    Command("desk change", "desk", desk("desk", "change", "--mail", "new@example.com"), ledger, again=(0, 2), extra=verified),
    # The key first: the same again takes the one that was made, until the ledger has it.
    Command("desk replace-root", "spare away", desk("desk", "replace-root", "--stolen", "spare", "--reason", "r", "--no-passphrase"), ledger,
            again=(0, 1), same=False, steps=True, extra=verified),
    Command("ledger backup", "backed up", desk("ledger", "backup", file("new.db")), copied, again=(0, 1), same=False),
    Command("ledger checkpoint", "backed up", desk("ledger", "checkpoint", "-o", file("new.checkpoint")), vouched, again=(0, 1), same=False),
    Command("ledger restore", "gone on since", restore("--discard-newer"), ledger, same=False, extra=whole),
    Command("ledger readopt", "answers lost", desk("ledger", "readopt", file("mails")), ledger, same=False, extra=verified),
    Command("ledger export", "backed up", desk("ledger", "export", file("new.jsonl")), written, again=(0, 1), same=False),
    Command("ledger import", "exported", desk("ledger", "import", file("ledger.jsonl")), ledger, again=(0, 1), same=False, extra=whole),
    # Where it was put back by the first attempt, the second has nothing to give up but that this was noted.
    Command("ledger restore, gone", "ledger gone", restore(), ledger, again=(0, 6), same=False, extra=whole),
    Command("ledger restore, broken", "ledger broken", restore(), ledger, again=(0, 6), same=False, extra=whole),
]
