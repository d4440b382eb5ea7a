"""A real site, what it should answer, and workstations made by hand that ask it (SPEC.md 4.6 to 4.8, 9.10)."""

import datetime
import json

import cheat_codes as codes
import loans
from payloads import Refused, decode
from rows import KINDS, write
from trust import check_loan, commitment, request_digest
from vendor import CATALOGUE, PASSWORD, changed, day, ease, snapshot

# Bytes of a payload (2.2).
MOST = 481


class Workstation:
    """A made-up one, by the computers of which its parts are."""

    def __init__(self, site, which):
        self.site, self.label = site, f"workstation {which}"
        self.fingerprint = codes.mixed(site.key, which)
        self.secrets = {}

    def draw(self):
        self.site.draws += 1
        r = codes.noise(f"{self.label} {self.site.draws}", 12)
        _, c = commitment(self.site.key, r)
        self.secrets[c] = r
        return c

    def borrow(self, **odd):
        for name, value in (("key", self.site.key), ("fingerprint", self.fingerprint), ("days", 5),
                            ("clock", self.site.now)):
            odd.setdefault(name, value)
        if "commitment" not in odd:
            odd["commitment"] = self.draw()
        return loans.borrow(**odd)

    def give_back(self, payload):
        c = bytes.fromhex(decode("B", payload)["commitment"])
        return c[:4] + self.secrets[c]


class Site:
    """The real site, and the book that it should keep."""

    def __init__(self, vendor, name, *options, seats, longest=14, keep=0, grant=None, lends=True):
        self.vendor, self.w, self.name, self.wrong, self.tried, self.taken = vendor, vendor.w, name, [], 0, 0
        self.draws = 0
        self.key = vendor.sell("--type", "floating", "--seats", str(seats), *options)
        w, unlocked = self.w, ("--passphrase-file", vendor.password)
        self.lend_on = ("site", "lending", "on", "--days", str(longest), "--keep", str(keep), *unlocked)
        vendor.install("site")
        vendor.ok(w.machine("site", "init", *unlocked, home="site"))
        ease(w.path("site", "machine", "site", "key.pem"), PASSWORD)
        request = vendor.ok(w.machine("request", "activate", self.key, "--site", home="site")).out.strip()
        answers = grant(self, codes.as_written("A", request)) if grant else [vendor.answer(request)]
        for answer in answers:
            vendor.ok(w.machine("apply", stdin=answer, home="site"))
        self.issuer, self.parent = vendor.root.public, loans.ZEROS
        if lends:
            self.lends(longest, keep)

    def lends(self, longest, keep):
        vendor, w = self.vendor, self.w
        vendor.ok(w.machine(*self.lend_on, home="site"))
        self.card = codes.as_written("C", vendor.ok(w.machine("site", "card", home="site")).out.strip())
        fields = decode("C", self.card)
        self.book = loans.Book(self.key, fields["grant"], CATALOGUE, longest, keep)

    def signed_under(self, key, parent):
        self.issuer, self.parent = key, parent

    @property
    def tag(self):
        return loans.certificate_of(self.card, "lent", self.key, self.issuer, self.parent)[:2]

    @property
    def now(self):
        return int((day(self.w.noon) + self.w.day) * 86400) + 43200

    def at(self, day_):
        """It is that day, and the site has looked at its license (7)."""
        self.w.at(day_)
        self.w.machine("check", home="site")

    def say(self, name, what):
        self.wrong.append(f"{self.name}, {name}: {what}")

    def respond(self, code, *options):
        told = self.w.machine("respond", "--json", "--passphrase-file", self.vendor.password, *options, home="site",
                              stdin=code)
        if told.code < 0 or "panicked" in told.err:
            self.say("a code", f"it died: {told.err}\n{code}")
        return told

    def refused(self, name, told, before, exit_, kind):
        error = told.json.get("error", {})
        if (told.code, error.get("kind")) != (exit_, kind):
            self.say(name, f"{told.code} {error.get('kind')} instead of {exit_} {kind}: {told.err.strip()}")
        if snapshot(self.w) != before:
            self.say(name, f"refused, and files changed: {changed(before, snapshot(self.w))}")

    # ---- one BORROW, one RETURN ------------------------------------------------------

    def ask(self, name, payload):
        """The loan that is answered, or None."""
        self.tried += 1
        before = snapshot(self.w)
        try:
            due = self.book.plan(payload, self.now)
        except Refused as refused:
            return self.refused(name, self.respond(write("B", payload)), before, *refused.args)
        told = self.respond(write("B", payload))
        if told.code:
            return self.say(name, f"not answered: {told.err.strip()}")
        self.taken += 1
        text = told.json["code"]
        letter = next(it for it in "KN" if text.startswith(f"{KINDS[it][0]}: {it}"))
        answer = codes.as_written(letter, text)
        if isinstance(due, bytes):
            if due != answer or told.json["verdict"] != "repeated":
                self.say(name, "the same request has another answer")
            if snapshot(self.w) != before:
                self.say(name, "the same request changed something")
            return answer
        try:
            self.look(name, payload, letter, answer, due, told.json)
        except Refused as refused:
            self.say(name, f"the loan does not hold: {refused}")
        self.book.add(payload, letter, answer, due)
        return answer

    def look(self, name, payload, letter, answer, due, told):
        """Whether a loan holds, and is the one that is due."""
        asked, digest = decode("B", payload), request_digest("B", payload)
        if letter == "K":
            both = decode("K", answer)
            card, loan = both["certificate"], both["loan"]
        else:
            card, loan = decode("C", self.card), decode("N", answer)
        # Under the certificate that the workstation knows; else with it, or behind it where both are too long (9.10).
        known, fits = asked["certificate_tag"] == self.tag.hex(), len(self.card) + len(answer) <= MOST
        beside = [codes.as_written("C", it["code"]) for it in told.get("also", [])]
        if (letter, beside) != (("N", []) if known else ("K", []) if letter == "K" or fits else ("N", [self.card])):
            self.say(name, f"{letter}, and {len(beside)} certificates beside it")
        check_loan(self.vendor.roots, 0, "lent", payload, card, loan, CATALOGUE)
        wanted = {
            "request_tag": digest[:2].hex(), "loan_serial": len(self.book.loans) + 1, "until": due.until,
            "entitlements": due.lent, "extends": due.goes_on and due.goes_on.serial,
        }
        found = {**loan, "extends": told["extends"]}
        for field, value in wanted.items():
            if found[field] != value:
                self.say(name, f"{field} is {found[field]} instead of {value}")
        if not 0 <= loan["issued"] - max(self.now, card["grant"]["issued"]) < 60:
            self.say(name, f"issued at {loan['issued']}, and it is {self.now}")
        taken = {it.seat for it in self.book.out(self.now)}
        if loan["seat"] in taken if due.seat is None else loan["seat"] != due.seat:
            self.say(name, f"seat {loan['seat']}: {'it is lent' if due.seat is None else f'it has {due.seat}'}")
        last = datetime.date(2020, 1, 1) + datetime.timedelta(days=loan["until"])
        if (told["loan"], told["seat"] - 1, told["until"]) != (loan["loan_serial"], loan["seat"], last.isoformat()):
            self.say(name, f"what it says of the loan is not what it signed: {told}")

    def give_back(self, name, payload):
        self.tried += 1
        before = snapshot(self.w)
        try:
            loan, again = self.book.give_back(payload, self.now)
        except Refused as refused:
            return self.refused(name, self.respond(write("T", payload)), before, *refused.args)
        told = self.respond(write("T", payload))
        if told.code:
            return self.say(name, f"not taken: {told.err.strip()}")
        said = told.json
        if (said["loan"], said["verdict"]) != (loan.serial, "repeated" if again else "returned"):
            self.say(name, f"loan {said['loan']} {said['verdict']} instead of {loan.serial}")
        if again and snapshot(self.w) != before:
            self.say(name, "given back once more, and something changed")
        return loan

    def synced(self):
        """The vendor answers a SYNC of the site, which holds that answer from now on."""
        request = self.vendor.ok(self.w.machine("request", "sync", home="site")).out
        answer = self.vendor.answer(request)
        self.vendor.ok(self.w.machine("apply", stdin=answer, home="site"))
        self.card = codes.as_written("C", self.vendor.ok(self.w.machine("site", "card", home="site")).out.strip())
        self.book.vendor_answered(decode("C", self.card)["grant"])

    def finish(self):
        """What a SYNC tells of the loans, and what the list of them says, are what the book has."""
        told = self.vendor.ok(self.w.machine("request", "sync", "--json", home="site")).json
        site = decode("S", codes.as_written("S", told["code"]))["site"]
        lines = {it.seat for it in self.book.out(self.now)}
        due = {"last_serial": len(self.book.loans), "head": self.book.head[:8].hex(), "loans_out": len(lines)}
        if site != due:
            self.say("its SYNC", f"{site} instead of {due}")
        listed = self.vendor.ok(self.w.machine("loan", "list", "--json", home="site")).out.splitlines()
        out = {json.loads(line)["loan"] for line in listed}
        if out != {it.serial for it in self.book.out(self.now)}:
            self.say("its list of loans", f"{sorted(out)} instead of {[it.serial for it in self.book.out(self.now)]}")
        return self
