"""Notes of named users (SPEC.md 9.11) made by hand: the key of a real site, whose password is known, signs them with
every line odd.

Who is let in is what `site_note.py` says of the same notes, wherever they lie; an odd one lets nobody in. What the site
writes itself is read here, too.
"""

import itertools
import os

import cheat_codes as codes
import site_note
from loans import borrow
from odd_notes import odd_signatures, odd_texts
from payloads import Refused
from rows import write
from site_note import Note, tag_of_start
from trust import commitment
from vendor import PASSWORD, Key, ease, sign_note, snapshot

PLACES = 3      # of the license: its seats
REST = 48 * 3600


class Site:
    def __init__(self, vendor):
        self.vendor, self.w, self.wrong, self.tried, self.taken = vendor, vendor.w, [], 0, 0
        self.unlocked = ("--passphrase-file", vendor.password)
        self.key = vendor.sell("--type", "named", "--seats", str(PLACES), "--lend", "14")
        self.other_key = vendor.sell("--type", "named", "--seats", str(PLACES))
        vendor.install("site")
        self.run("site", "init", *self.unlocked)
        self.site_key = ease(self.w.path("site", "machine", "site", "key.pem"), PASSWORD)
        request = self.run("request", "activate", self.key, "--site").out
        self.run("apply", stdin=vendor.answer(request))
        self.run("site", "lending", "on", "--days", "14", *self.unlocked)
        self.w.keep("named")
        # Where notes lie is found out by having one written.
        self.run("user", "assign", "anna", *self.unlocked)
        found = sorted(path for path in snapshot(self.w) if path.endswith(".note"))
        self.home = next(path for path in found if path.startswith("site"))
        self.anchors = [path for path in found if path != self.home]
        self.w.restore("named")

    def run(self, *args, **more):
        return self.vendor.ok(self.w.machine(*args, home="site", **more))

    def say(self, name, what):
        self.wrong.append(f"note, {name}: {what}")

    # ---- notes --------------------------------------------------------------------

    def note(self, number=7, users=("anna", "bob"), rests=(), **odd):
        of = {"product_": "lent", "license_key": self.key, "site_key": self.site_key.public, **odd}
        return Note(number=number, users=users, rests=rests, **of)

    def sign(self, text, by=None, name=None):
        return sign_note(text, name or self.key, by or self.site_key).encode()

    def put(self, home, anchors=None):
        """Lays notes there, and takes away what is None."""
        for path, data in [(self.home, home), *((path, anchors) for path in self.anchors)]:
            path = self.w.path(path)
            if data is None:
                if os.path.exists(path):
                    os.remove(path)
                continue
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            with open(path, "wb") as file:
                file.write(data)
            os.chmod(path, 0o600)

    def lying(self):
        """What lies there now: in the home, and in the anchors."""
        found = []
        for path in (self.home, *self.anchors):
            path = self.w.path(path)
            data = None
            if os.path.exists(path):
                with open(path, "rb") as file:
                    data = file.read()
            found.append(data)
        return found[0], found[1:]

    def counts(self):
        home, anchors = self.lying()
        return site_note.counts(home, anchors, "lent", self.key, self.site_key.public)

    def look(self, name, names=("anna",)):
        """Whether those are let in whom the notes that lie there name, and nobody else."""
        self.tried += 1
        try:
            note = self.counts()
            users, right = note.users[:PLACES] if note else [], (17, "not_named")
        except Refused:
            users, right = [], (5, "not_trusted")
        self.taken += bool(users)
        for who in dict.fromkeys((*names, *users)):
            told = self.w.machine("check", "--json", f"--user={who}", home="site")
            found = told.code, told.json.get("error", {}).get("kind")
            if found != ((0, None) if who in users else right) or "panicked" in told.err:
                self.say(name, f"{who!r} gets {found}; has it a place: {who in users}; {told.err.strip()}")

    def assign(self, name, *args, right=(0, None)):
        """Has the site write a note, which is read where it lies: the same in all places, and a number higher."""
        self.tried += 1
        try:
            before = self.counts()
        except Refused:
            before = None
        lay = self.lying()
        told = self.w.machine("user", *args, *self.unlocked, "--json", home="site")
        found = told.code, told.json.get("error", {}).get("kind") if told.code else None
        if found != right:
            return self.say(name, f"{found} instead of {right}: {told.err.strip()}")
        home, anchors = self.lying()
        if told.code:
            if (home, anchors) != lay:
                self.say(name, "refused, and a note changed")
            return None
        note = self.counts()
        if any(it != home for it in anchors) or note is None:
            self.say(name, "not the same note in all places")
        elif sign_note(note.text(), self.key, self.site_key).encode() != home:
            self.say(name, "the note is not written as it has to be")
        elif note.number - (before.number if before else 0) not in (0, 1):
            self.say(name, f"number {note.number} after {before and before.number}")
        return note


def fields(it):
    """Each note in the home alone; and those that are odd also where a good one lies beside them."""
    beside = it.sign(it.note(number=3, users=["carol"]).text())
    signed = ((name, it.sign(text)) for name, text in odd_texts(it))
    for number, (name, data) in enumerate(itertools.chain(signed, odd_signatures(it))):
        it.put(data)
        it.look(name)
        try:
            it.counts()
        except Refused:
            # Each third in each of the other places.
            if number % 3 == 0:
                it.put(data, beside)
                it.look(f"{name}, and a good one in the anchors", ())
            elif number % 3 == 1:
                it.put(beside, data)
                it.look(f"{name} in the anchors, and a good one in the home", ())
            else:
                it.put(None, data)
                it.look(f"{name}, in the anchors alone", ())


def places(it):
    """Of several notes the one with the highest number counts, and of two with one number that of an anchor."""
    def of(number, *users):
        return it.sign(it.note(number=number, users=users).text())

    for name, home, anchors in (
        ("none", None, None), ("in the home", of(1, "anna"), None), ("in the anchors", None, of(1, "anna")),
        ("later in the home", of(9, "anna"), of(8, "bob")),
        ("later in the anchors", of(8, "anna"), of(9, "bob")), ("as late in both", of(9, "anna"), of(9, "bob")),
        ("the latest that there is", of(2**32 - 1, "anna"), of(2**32 - 2, "bob")),
        ("of another site key", it.sign(it.note(site_key=Key("stranger").public).text(), by=Key("stranger")), None),
    ):
        it.put(home, anchors)
        it.look(name, ("anna", "bob"))
        if "latest" in name:
            it.assign(f"{name}, and another is assigned", "assign", "zoe", right=(1, "keys_used_up"))
            continue
        it.assign(f"{name}, and another is assigned", "assign", "zoe")
        it.look(f"{name}, and another was assigned", ("anna", "bob", "zoe"))
    it.w.restore("named")
    it.put(of(9, "anna").replace(b"anna", b"evey"))
    it.assign("an odd one, and another is assigned", "assign", "zoe", right=(5, "not_trusted"))
    note = it.assign("an odd one, and another list is begun", "assign", "zoe", "--new")
    if note and note.users != ["zoe"]:
        it.say("another list", f"it has {note.users}")
    it.w.restore("named")
    note = it.assign("a name in another form", "assign", "Jo\u0308rg", " anna ")
    if note and note.users != ["J\u00f6rg", "anna"]:
        it.say("a name in another form", f"it is written {note.users}")
    note = it.assign("everything is so already", "assign", "anna")
    if note and note.number != 1:
        it.say("everything is so already", f"number {note.number}")


def rests(it):
    """A place that was taken away is another's when its time is over, by the host's own count in the start in which
    that was."""
    tag, other = tag_of_start(it.w.boot_id()), tag_of_start("another start")
    now, far = it.vendor.noon, 2**31
    full = ["anna", "carol"]
    for name, rest, over in (
        ("over by the clock", (now - 1, None), True), ("not over by the clock", (now + 3600, None), False),
        ("over by the clock, not by this start", (now - 1, (tag, far)), False),
        ("over by this start, not by the clock", (now + 3600, (tag, 1)), True),
        ("over by the clock, of another start", (now - 1, (other, far)), True),
        ("not over by the clock, of another start", (now + 3600, (other, 1)), False),
    ):
        it.w.restore("named")
        it.put(it.sign(it.note(users=full, rests=[(*rest, "bob")]).text()))
        note = it.assign(f"a rest {name}", "assign", "dan", right=(0, None) if over else (6, "no_place"))
        if note and (note.users, note.rests, note.number) != ([*full, "dan"], [], 8):
            it.say(f"a rest {name}", note.text())
        it.put(it.sign(it.note(users=full, rests=[(*rest, "bob")]).text()))
        note = it.assign(f"a rest {name}, and its own user", "assign", "bob")
        if note and (note.users, note.rests) != ([*full, "bob"], []):
            it.say(f"a rest {name}, and its own user", note.text())
    it.w.restore("named")
    it.put(it.sign(it.note(users=full, rests=[]).text()))
    note = it.assign("a place is taken away", "unassign", "anna")
    if note:
        (until, start, who), = note.rests
        named = (note.users, who, start and start[0]) == (["carol"], "anna", tag)
        if not named or not 0 <= until - now - REST < 60 or start[1] < REST:
            it.say("a place is taken away", note.text())
    # A license with fewer places: those who were assigned last are off the list with the next note.
    it.put(it.sign(it.note(users=["anna", "bob", "carol", "dan"]).text()))
    note = it.assign("more users than places, and one is taken away", "unassign", "bob")
    if note and (note.users, [who for _, _, who in note.rests]) != (["anna", "carol"], ["bob"]):
        it.say("more users than places", note.text())


def loans(it):
    """A seat is lent only where users, places that rest, and loans leave one, and not beside a list that does not
    hold."""
    now = it.vendor.noon
    for number, (name, data, right) in enumerate((
        ("no list", None, (0, None)), ("two users", it.note(), (0, None)),
        ("three users", it.note(users=["a", "b", "c"]), (6, "no_place")),
        ("two users and a rest", it.note(rests=[(now + 3600, None, "carol")]), (6, "no_place")),
        ("two users and a rest that is over", it.note(rests=[(now - 1, None, "carol")]), (0, None)),
        ("a list that does not hold", b"", (5, "not_trusted")),
    )):
        it.w.restore("named")
        it.put(it.sign(data.text()) if isinstance(data, Note) else data)
        it.tried += 1
        _, c = commitment(it.key, codes.noise(f"named {number}", 12))
        payload = borrow(key=it.key, commitment=c, fingerprint=codes.whole(it.key, number), days=5, clock=now)
        told = it.w.machine("respond", "--json", *it.unlocked, home="site", stdin=write("B", payload))
        found = told.code, told.json.get("error", {}).get("kind")
        if found != right:
            it.say(f"a loan beside {name}", f"{found} instead of {right}: {told.err.strip()}")
        if name == "two users" and not told.code:
            it.assign("all places are used, one of them lent", "assign", "dan", right=(6, "no_place"))


PLAYS = [fields, places, rests, loans]


class Notes:
    def __init__(self, vendor):
        self.vendor = vendor

    def play(self):
        """What is wrong, how many notes and lists were tried, how many let somebody in."""
        it = Site(self.vendor)
        for play in PLAYS:
            it.w.restore("named")
            play(it)
        return it.wrong, it.tried, it.taken
