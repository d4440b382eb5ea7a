"""A site made by hand lends to the real workstation (SPEC.md 4.7, 4.8, 5.3 to 5.5, 9.10): its key is certified by the real desk, or
by a GRANT that the root key signs here, and each field of its loans and of its certificate is odd once.

What the workstation should say is what the independent implementation says of the same loan. What is refused changes no file.
"""

import datetime
from dataclasses import dataclass

import cheat_codes as codes
import loans
from cheat_answers import entry
from loans import LATEST, card, loan_body, loan_transcript
from payloads import Refused, decode
from rows import KINDS, write
from trust import (ZEROS, certificate_digest, check_answer, check_loan, commitment, day_of, holder, machine_digest, request_digest,
                   transcript)
from vendor import CATALOGUE, NAMES, Key, snapshot

ORDER = 2**252 + 27742317777372353535851937790883648493
SMALL_ORDER = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
LAST = 20       # days from the first on which the feature `late` ends


@dataclass
class Certified:
    """A site certificate (4.8), and the digest of its grant as the parent of loans."""
    card: bytes
    parent: bytes


class Site:
    """A site whose key is known, which the real desk certified for a license of its own."""

    def __init__(self, vendor, label, product="lent", key=None, options=None):
        self.vendor, self.product, self.site_key = vendor, product, Key(f"site {label}")
        sold = ["--feature", "fast", "--limit", "users=10", "--pool", "design=3", "--text", "licensee=Lab",
                "--feature", f"late:{vendor.w.date(LAST)}"]
        self.key = key or vendor.sell("--type", "floating", "--seats", "5", "--lend", "14", *(sold if options is None else options),
                                      product=product)
        self.fingerprint = codes.whole(self.key, 7)
        _, c = commitment(self.key, codes.noise(f"site {label}", 12))
        self.request = codes.activate(product=product, key=self.key, commitment=c, clock=vendor.noon, fingerprint=self.fingerprint,
                                      site_key=self.site_key.public)
        self.digest, self.machine = request_digest("A", self.request), machine_digest(c[:4], self.fingerprint)
        self.held_by = holder(product, self.key, self.machine)

    def certified(self):
        """By the real desk."""
        grant = codes.as_written("G", self.vendor.answer(write("A", self.request)))
        check_answer(self.vendor.roots, [], 0, self.product, self.digest, self.held_by, self.site_key.public, grant, CATALOGUE)
        return self.under(grant)

    def by_hand(self, *, desk=b"", digest=None, held_by=None, **fields):
        """By a GRANT that is signed here."""
        grant = self.vendor.grant(digest or self.digest, held_by or self.held_by, fields.pop("subject", self.site_key.public), **fields)
        return self.under(grant, desk, fields.get("signer"), fields.get("parent", ZEROS))

    def under(self, grant, desk=b"", signer=None, parent=ZEROS):
        card_ = card(grant, site_key=self.site_key.public, request=self.digest, machine=self.machine, desk=desk)
        body, signature = grant[:-64], grant[-64:]
        t = transcript("G", (signer or self.vendor.root).public, body, parent, self.digest, self.held_by, self.site_key.public)
        return Certified(card_, certificate_digest(t, signature))


class Workstation:
    """The real one, and a site that answers it by hand."""

    def __init__(self, vendor):
        self.vendor, self.w, self.wrong, self.tried, self.taken = vendor, vendor.w, [], 0, 0
        self.site = Site(vendor, "one")
        self.certified = self.site.certified()
        self.today = vendor.noon // 86400
        vendor.install("machine")
        self.borrow = self.ask("borrow", self.site.key, "--days", "5")
        self.w.keep("asked")

    def ask(self, *args):
        told = self.vendor.ok(self.w.machine("request", *args))
        return codes.as_written("B", told.out.strip())

    def say(self, name, what):
        self.wrong.append(f"{name}: {what}")

    # ---- loans by hand --------------------------------------------------------------

    def body(self, **odd):
        right = {"tag": request_digest("B", self.borrow)[:2], "serial": 1, "seat": 0, "issued": self.vendor.noon, "until": self.today + 5}
        return loan_body(**{**right, **odd})

    def sign(self, body, by=None, certified=None, borrow=None, **odd):
        """The payload of the LOAN with this body."""
        certified = certified or self.certified
        by, odd = by or self.site.site_key, {"product": "lent", **odd}
        issuer = odd.pop("issuer", by.public)
        t = loan_transcript(issuer, body, borrow or self.borrow, odd.pop("parent", certified.parent), **odd)
        return body + by.sign(t)

    def with_certificate(self, body, certified=None, **odd):
        return (certified or self.certified).card + self.sign(body, certified=certified, **odd)

    def expected(self, letter, payload, cards=(), borrow=None, least_epoch=0):
        """Exit code and kind, as the independent implementation sees it (5.5, 12.3); 0 where it holds."""
        borrow = borrow or self.borrow
        try:
            fields = decode(letter, payload)
        except Refused:
            return 4, "malformed"
        loan = fields["loan"] if letter == "K" else fields
        if loan["request_tag"] != request_digest("B", borrow)[:2].hex():
            return 4, "other_request"
        for card_ in [fields["certificate"]] if letter == "K" else [decode("C", it.card) for it in cards]:
            try:
                check_loan(self.vendor.roots, least_epoch, "lent", borrow, card_, loan, CATALOGUE)
                self.granted = card_["grant"]
                return 0, None
            except Refused:
                pass
        return 5, "not_trusted"

    def hand(self, name, letter, payload, right=None, **known):
        """Hands a code in: what is said is right, what is refused changes nothing, and what is taken is what the loan says."""
        self.tried += 1
        before = snapshot(self.w)
        exit_, kind = right or self.expected(letter, payload, **known)
        told = self.w.machine("apply", "--json", stdin=write(letter, payload))
        if told.code < 0 or "panicked" in told.err:
            return self.say(name, f"it died: {told.err}\n{write(letter, payload)}")
        found = told.code, told.json.get("error", {}).get("kind")
        if found != (exit_, kind):
            self.say(name, f"{found[0]} {found[1]} instead of {exit_} {kind}: {told.err.strip() or told.out.strip()}\n{write(letter, payload)}")
        if exit_ and snapshot(self.w) != before:
            self.say(name, f"refused, and files changed: {changed(before, snapshot(self.w))}")
        if not exit_ and not told.code and letter in "KN":
            self.taken += 1
            self.look(name, letter, payload, told.json)
        return told

    def look(self, name, letter, payload, told):
        """Whether the license that is held is the one that was lent, within what `expected` found to be granted."""
        fields = decode(letter, payload)
        loan = fields["loan"] if letter == "K" else fields
        if told["outcome"] != "applied":
            return
        granted = self.granted
        now = max(self.vendor.noon, loan["issued"])
        over = day_of(now) > loan["until"] or now == LATEST
        checked = self.w.machine("check", "--json")
        if checked.code != (11 if over else 0):
            return self.say(name, f"taken, and then check ends with {checked.code}: {checked.err.strip()}")
        entries = loan["entitlements"]
        if entries is None:
            entries = [[i, 1 if CATALOGUE[i:i + 1] == ["pool"] else value, last] for i, value, last in granted["entitlements"]]
        entries = [it for it in entries if it[0] < len(NAMES) and (it[2] is None or day_of(now) <= it[2])]
        lines = {line: {NAMES[i]: value for i, value, _ in entries if CATALOGUE[i] == line} for line in set(CATALOGUE)}
        due = {
            "loan": loan["loan_serial"], "expires": date(loan["until"]), "type": "standalone", "seats": 1, "revalidate_by": None,
            "maintenance": granted["maintenance"] and date(granted["maintenance"]),
            "features": sorted(lines["feature"]), "limits": lines["limit"], "pools": lines["pool"], "texts": lines["text"],
        }
        shown = checked.json
        # What is beyond the product file may be shown by its number (4.5).
        shown = {**shown, "features": sorted(it for it in shown["features"] if it[0] != "#"),
                 "limits": {name_: it for name_, it in shown["limits"].items() if name_[0] != "#"}}
        for field, value in due.items():
            if shown[field] != value:
                self.say(name, f"{field} is {shown[field]} instead of {value}")


def date(day_):
    return (datetime.date(2020, 1, 1) + datetime.timedelta(days=day_)).isoformat()


def changed(before, after):
    return sorted({path for path, _ in set(before.items()) ^ set(after.items())})


def odd_bodies(it):
    """(name, body of a loan)."""
    today, noon = it.today, it.vendor.noon
    granted = decode("C", it.certified.card)["grant"]

    def of(name, **odd):
        return name, it.body(**odd)

    yield of("as it should be")
    for until in (0, 1, today - 1, today, today + 1, today + 13, today + 14, today + 15, 65535):
        yield of(f"until {until - today} days from now", until=until)
    for issued in (0, granted["issued"] - 1, granted["issued"], granted["issued"] + 1, noon - 86400, noon + 25 * 3600, noon + 27 * 3600,
                   noon + 5 * 86400, noon + 6 * 86400, LATEST):
        yield of(f"issued {issued - noon} seconds from now", issued=issued)
        yield of(f"issued {issued - noon} seconds from now, for 14 days", issued=issued, until=min(day_of(issued) + 14, 65535))
    for seat in (0, 1, granted["seats"] - 1, granted["seats"], granted["seats"] + 1, 65535):
        yield of(f"seat {seat}", seat=seat)
    for serial in (0, 1, 2, 65535, 65536, 2**24 - 1):
        yield of(f"serial {serial}", serial=serial)
    for flags in (0, 2, 3, 4, 128, 255):
        yield of(f"flags {flags:08b}", flags=flags)
    for flags in (1, 2, 3):
        yield of(f"flags {flags:02b}, and a list", flags=flags, entries=entry(0, 0))
    yield of("another request", tag=bytes(2) if it.body()[1:3] != bytes(2) else b"\x01\x01")
    last, later = codes.number(today + LAST, 2), codes.number(today + LAST + 1, 2)
    late, users, design, text = entry(2, 2, last), entry(3, 1, 10), entry(4, 1, 1), entry(5, 4, b"\x03Lab")
    for name, entries in {
        "nothing": [], "a feature": [entry(0, 0)], "all": [entry(0, 0), late, users, design, text], "one not sold": [entry(1, 0)],
        "a feature that ends, without its end": [entry(2, 0)], "later": [entry(2, 2, later)], "earlier": [entry(2, 2, codes.number(today, 2))],
        "a feature with an end": [entry(0, 2, last)], "a limit below": [entry(3, 1, 9)], "a limit of 0": [entry(3, 1, 0)],
        "a limit above": [entry(3, 1, 11)], "no limit": [entry(3, 1, 2**32 - 1)], "a limit with an end": [entry(3, 3, 10, last)],
        "a limit as a feature": [entry(3, 0)], "a feature as a limit": [entry(0, 1, 1)], "two of a pool": [entry(4, 1, 2)],
        "none of a pool": [entry(4, 1, 0)], "three of a pool": [entry(4, 1, 3)], "another text": [entry(5, 4, b"\x03lab")],
        "a longer text": [entry(5, 4, b"\x04Lab!")], "a text as a limit": [entry(5, 1, 1)], "beyond the catalogue": [entry(6, 0)],
        "twice": [entry(0, 0), entry(0, 0)], "out of order": [users, entry(0, 0)], "cut short": [entry(3, 1)], "h 5": [entry(0, 5)],
    }.items():
        yield of(f"entries: {name}", entries=b"".join(entries))
    for length in (0, 1, 3):
        yield of(f"a list said to be of {length}", entries=users, length=length)


def odd_signatures(it):
    """(name, payload of a LOAN, without its certificate)."""
    good, stranger = it.body(), Key("stranger")
    signature = it.sign(good)[-64:]
    yield "signed by another key", it.sign(good, by=stranger)
    yield "signed by another key, under the site's name", it.sign(good, by=stranger, issuer=it.site.site_key.public)
    yield "signed by the root", it.sign(good, by=it.vendor.root)
    yield "signed under no certificate", it.sign(good, parent=ZEROS)
    yield "signed under another certificate", it.sign(good, parent=it.site.by_hand(seats=6).parent)
    yield "signed over a subject", it.sign(good, subject=it.site.site_key.public)
    yield "signed as a K", it.sign(good, letter="K")
    yield "signed as a GRANT", it.sign(good, letter="G")
    yield "signed for another product", it.sign(good, product="other")
    asked = decode("B", it.borrow)
    activation, fingerprint = bytes.fromhex(asked["commitment"])[:4], bytes.fromhex(asked["fingerprint"])
    for name, machine in (("another machine", machine_digest(activation, codes.whole(it.site.key, 9))), ("no machine", machine_digest(activation)),
                          ("another commitment", machine_digest(bytes(4), fingerprint)), ("the site itself", it.site.machine),
                          ("a machine with bindings", machine_digest(activation, fingerprint, bytes(8)))):
        yield f"signed for {name}", it.sign(good, held_by=holder("lent", it.site.key, machine))
    other = it.vendor.sell("--type", "floating", "--lend", "14")
    yield "signed for another license", it.sign(good, held_by=holder("lent", other, machine_digest(activation, fingerprint)))
    yield "signed for another request", it.sign(good, request=request_digest("A", it.borrow))
    yield "a signature of zeros", good + bytes(64)
    yield "a signature of ones", good + b"\xff" * 64
    s = int.from_bytes(signature[32:], "little") + ORDER
    yield "a signature's s beyond the order", good + signature[:32] + s.to_bytes(32, "little")
    yield "a signature's R of small order", good + SMALL_ORDER + signature[32:]
    for place in (3, 8, 12, 13):
        yield f"byte {place} changed", good[:place] + bytes([good[place] ^ 1]) + good[place + 1:] + signature
    yield "a byte too few", it.sign(good)[:-1]
    yield "a byte too many", it.sign(good) + b"\x00"


def odd_certificates(it):
    """(name, certificate, body of a loan under it)."""
    site, vendor, today = it.site, it.vendor, it.today
    desk, manager = Key("a desk"), Key("a manager")

    def of(name, body=None, **fields):
        return name, site.by_hand(**fields), body or it.body()

    def by_desk(name, limits, body=None, **fields):
        certificate, parent = vendor.desk_certificate(desk, **limits)
        return of(f"by a desk, {name}", body, desk=certificate, signer=desk, parent=parent, **fields)

    yield of("by the root")
    yield of("by the spare root", signer=vendor.spare)
    yield of("by a stranger", signer=Key("stranger"))
    yield of("by a named license", flags=0b10110)
    yield of("that may not lend", flags=0b10001, longest_loan=None)
    yield of("standalone", flags=0b10100)
    yield of("of no site", flags=0b00101)
    yield of("refused flags", flags=0b110101)
    for days in (0, 1, 4, 5, 255):
        yield of(f"that lends for {days} days", longest_loan=days)
    for seats in (0, 1, 2):
        for seat in (0, 1, 2):
            yield of(f"of {seats} seats, seat {seat}", it.body(seat=seat), seats=seats)
    for days in (4, 5, 6):
        yield of(f"that ends in {days} days", expires=today + days)
        yield of(f"that wants contact in {days} days, with loans of 1", it.body(until=today + 6, issued=vendor.noon + 5 * 86400),
                 longest_loan=1, revalidate_by=today + days)
    for off in (-1, 0, 1):
        yield of(f"issued {off} seconds from the loan", issued=vendor.noon + off)
    yield of("an entry of another kind", entries=entry(0, 1, 5))
    yield of("a pool of 0", entries=entry(4, 1, 0))
    yield of("entries beyond the catalogue", entries=[entry(0, 0), entry(9, 0)])
    yield of("entries beyond the catalogue, one of them lent", it.body(entries=entry(9, 1, 2)), entries=entry(9, 1, 3))
    yield of("that ended before", it.body(until=today), expires=today - 1)
    yield of("maintenance", maintenance=today + 100)
    yield of("for another request", digest=bytes(32))
    yield of("for another machine", held_by=holder("lent", site.key, machine_digest(bytes(4), site.fingerprint)))
    yield of("for another product", held_by=holder("other", site.key, site.machine))
    yield of("for another license", held_by=holder("lent", vendor.sell("--type", "floating", "--lend", "14"), site.machine))
    yield of("for another site key", subject=Key("stranger").public)
    yield of("for no site key", subject=ZEROS)
    yield of("under a certificate that is none", parent=b"\x01" * 32)
    # 4.9, 5.4: within each limit of a desk, and one beyond.
    for name, limits in {
        "without limits": {}, "no right to grant": {"kinds": 2}, "no right to lend": {"kinds": 1}, "for one product": {"kinds": 11},
        "for another product": {"kinds": 11, "product": "other"}, "a manager": {"kinds": 19}, "a manager of one product": {"kinds": 27},
        "a flag that is none": {"kinds": 35}, "over yesterday": {"not_after": today - 1}, "until today": {"not_after": today},
        "5 seats": {"seats": 5}, "4 seats": {"seats": 4}, "14 days of loans": {"loan": 14}, "13 days of loans": {"loan": 13},
        "contact, and there is none": {"grace": 30}, "signed by the spare root": {"signer": vendor.spare}, "signed by itself": {"signer": desk},
    }.items():
        yield by_desk(name, limits)
    for days in (29, 30, 31):
        yield by_desk(f"contact in {days} days", {"grace": 30}, revalidate_by=today + days)
    certificate, parent = vendor.desk_certificate(desk)
    yield of("by a desk, whose certificate is left out", signer=desk, parent=parent)
    yield of("by a desk, under no certificate", desk=certificate, signer=desk)
    yield of("by the root, and a desk's certificate with it", desk=certificate)
    yield of("by a desk, with another one's certificate", desk=vendor.desk_certificate(manager)[0], signer=desk, parent=parent)
    yield of("by a desk, with its other certificate", desk=vendor.desk_certificate(desk, seats=9)[0], signer=desk, parent=parent)
    for name, point in (("of small order", SMALL_ORDER), ("that is none", b"\x02" + bytes(31))):
        unfit = replace_key(site.site_key, point)
        yield f"a site key {name}", site_with(site, unfit).by_hand(), it.body()


def replace_key(key, public):
    other = Key(secret=key.secret)
    other.public = public
    return other


def site_with(site, key):
    other = object.__new__(Site)
    other.__dict__.update(site.__dict__, site_key=key)
    return other


def odd_cards(it):
    """(name, certificate) whose bytes were changed on the way, under a loan that is right."""
    whole = it.certified.card
    for place, name in ((1, "site key"), (33, "request digest"), (65, "machine digest"), (97, "grant"), (len(whole) - 1, "signature")):
        yield f"{name} changed", Certified(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1:], it.certified.parent)
    for flags in (1, 2, 255):
        yield f"flags {flags}", Certified(bytes([flags]) + whole[1:], it.certified.parent)
    yield "a byte too few", Certified(whole[:-1], it.certified.parent)
    yield "a byte too many", Certified(whole + b"\x00", it.certified.parent)


def fields(it):
    """Each field of a loan, and of its certificate, odd once."""
    def hand(name, payload):
        if not it.hand(name, "K", payload).code:
            it.w.restore("asked")

    for name, body in odd_bodies(it):
        hand(name, it.with_certificate(body))
    for name, payload in odd_signatures(it):
        hand(name, it.certified.card + payload)
    for name, certified, body in odd_certificates(it):
        hand(f"a certificate {name}", it.with_certificate(body, certified))
    for name, certified in odd_cards(it):
        hand(f"a certificate, {name}", it.with_certificate(it.body(), certified))
    for letter, payload in (("B", it.borrow), ("A", it.site.request), ("T", bytes(16))):
        it.hand(f"a {KINDS[letter][1]}", letter, payload, (4, "wrong_kind"))
    it.hand("after all that, the true loan", "K", it.with_certificate(it.body()))


def said(it, name, told, outcome):
    if told is None or told.code or told.json["outcome"] != outcome:
        it.say(name, f"{told} instead of {outcome}")


def newer(it):
    """Of loans under one site key the one with the greater serial counts, whatever came first and whatever the site's clock said."""
    certified = it.site.by_hand(issued=it.vendor.noon - 7200)

    def loan(serial, **odd):
        return it.with_certificate(it.body(serial=serial, **odd), certified)

    held = loan(5, until=it.today + 5)
    said(it, "serial 5", it.hand("serial 5", "K", held), "applied")
    before = snapshot(it.w)
    said(it, "serial 5 again", it.hand("serial 5 again", "K", held), "already_applied")
    for serial, odd in ((4, {}), (4, {"until": it.today + 14}), (4, {"issued": it.vendor.noon + 3600}), (5, {"until": it.today + 14}), (0, {})):
        name = f"serial {serial} after 5, {odd}"
        said(it, name, it.hand(name, "K", loan(serial, **odd)), "already_newer")
    if snapshot(it.w) != before:
        it.say("what is older", f"it changed {changed(before, snapshot(it.w))}")
    said(it, "serial 6", it.hand("serial 6, issued before", "K", loan(6, issued=it.vendor.noon - 3600)), "applied")
    said(it, "serial 5 once more", it.hand("serial 5 once more", "K", held), "already_newer")


def certificates(it):
    """A LOAN without its certificate needs one that is known; of several that of the latest grant is named."""
    bare = it.sign(it.body())
    it.hand("no certificate is known", "N", bare)
    other = Site(it.vendor, "two", key=it.site.key)
    foreign = other.by_hand(signer=Key("stranger"))
    it.hand("a card by a stranger", "C", foreign.card, (5, "not_trusted"))
    it.hand("a card", "C", it.certified.card, (0, None))
    tag = decode("B", it.ask("borrow", it.site.key, "--days", "5", "--new"))["certificate_tag"]
    if tag != it.certified.parent[:2].hex():
        it.say("a BORROW where a certificate is known", f"it names {tag}")
    it.hand("a loan under the card", "N", bare, cards=[it.certified])
    it.w.restore("asked")
    # Another grant of the same site, an hour later: a loan under either holds.
    later = it.site.by_hand(issued=it.vendor.noon + 3600)
    it.hand("the later card", "C", later.card, (0, None))
    it.hand("the earlier card", "C", it.certified.card, (0, None))
    borrow = it.ask("borrow", it.site.key, "--days", "5", "--new")
    if decode("B", borrow)["certificate_tag"] != later.parent[:2].hex():
        it.say("a BORROW where two certificates are known", "it does not name that of the latest grant")
    body = it.body(tag=request_digest("B", borrow)[:2])
    wrong = it.sign(body, by=Key("stranger"), certified=later, borrow=borrow)
    it.hand("a stranger's loan under a card", "N", wrong, cards=[later, it.certified], borrow=borrow)
    right = it.sign(body, borrow=borrow)
    it.hand("a loan under the earlier card", "N", right, cards=[later, it.certified], borrow=borrow)


def cards(it):
    """A card names no license, so one that may be of a license that is not known yet may be kept (4.8): no loan under it holds that would not with it."""
    for name, certified, body in odd_certificates(it):
        told = it.w.machine("apply", "--json", stdin=write("C", certified.card))
        it.tried += 1
        if told.code not in (0, 4, 5) or "panicked" in told.err:
            it.say(f"a card {name}", repr(told))
        payload = it.sign(body, certified=certified)
        known = [certified] if it.expected("K", certified.card + payload)[1] != "malformed" else []
        it.hand(f"a loan under a card {name}", "N", payload, cards=known)
        it.w.restore("asked")


def another_key(it):
    """The site has another key, certified by the desk with one SYNC: it lends under that, and what the key before signed holds."""
    it.hand("a loan of the first key", "K", it.with_certificate(it.body(serial=7)))
    before = it.site
    after = Site(it.vendor, "after", key=before.key)
    r, old = codes.noise("site after", 12), decode("A", before.request)
    s, _ = commitment(before.key, codes.noise("site one", 12))
    sync = codes.sync(activation=bytes.fromhex(old["commitment"])[:4], generation=1, s=s, commitment=commitment(before.key, r)[1],
                      clock=it.vendor.noon, site_key=after.site_key.public, site=codes.number(1, 2) + codes.number(7, 3) + bytes(8))
    held = it.w.desk("respond", "--json", stdin=write("S", sync))
    if (held.code, held.json["error"]["kind"]) != (6, "new_site_key"):
        it.say("a SYNC with another site key", f"it is not held for a clerk: {held}")
    answered = it.vendor.ok(it.w.desk("respond", "--accept-site-key", "--reason", "by hand", stdin=write("S", sync)))
    after.digest, after.machine, after.held_by = request_digest("S", sync), before.machine, before.held_by
    certified = after.under(codes.as_written("G", answered.out.strip()))
    borrow = it.ask("extend", before.key, "--days", "6")
    if decode("B", borrow)["loan_serial"] != 7:
        it.say("an extension", "it names another loan than the one that is held")
    body = it.body(tag=request_digest("B", borrow)[:2], serial=1, issued=it.vendor.noon + 60, until=it.today + 6)

    def hand(name, **odd):
        return it.hand(name, "K", it.with_certificate(body, certified, borrow=borrow, **odd), borrow=borrow)

    hand("a loan of the key before, under the new certificate", by=before.site_key)
    hand("a loan of the new key, under the certificate before", parent=it.certified.parent)
    mixed = it.certified.card + it.sign(body, by=after.site_key, borrow=borrow)
    it.hand("a loan of the new key, with the certificate before", "K", mixed, borrow=borrow)
    said(it, "a loan of the new key", hand("a loan of the new key", by=after.site_key), "applied")


def epochs(it):
    """A workstation keeps the highest epoch that it has seen, and takes no certificate of an older one (5.4)."""
    desk = Key("a desk")

    def loan(serial, epoch):
        certificate, parent = it.vendor.desk_certificate(desk, epoch=epoch)
        certified = it.site.by_hand(desk=certificate, signer=desk, parent=parent)
        return it.with_certificate(it.body(serial=serial), certified)

    it.hand("epoch 4", "K", loan(1, 4))
    it.hand("epoch 3 after 4", "K", loan(2, 3), least_epoch=4)
    it.hand("epoch 4 again", "K", loan(2, 4), least_epoch=4)
    it.hand("epoch 255", "K", loan(3, 255), least_epoch=4)
    it.hand("epoch 254 after 255", "K", loan(4, 254), least_epoch=255)


def given_back(it):
    """The workstation's RETURN of a loan opens each BORROW whose answer it holds or may get; nothing brings the loan back."""
    first = it.with_certificate(it.body())
    it.hand("a loan", "K", first)
    more = it.ask("extend", it.site.key, "--days", "9")
    body = it.body(tag=request_digest("B", more)[:2], serial=2, until=it.today + 9)
    second = it.sign(body, borrow=more)
    it.hand("more of it", "N", second, cards=[it.certified], borrow=more)
    under_way = it.ask("extend", it.site.key, "--days", "10")
    told = it.vendor.ok(it.w.machine("return", "--yes", "--json")).json
    opened = set()
    for text in [told["code"], *(also["code"] for also in told.get("also", []))]:
        given = decode("T", codes.as_written("T", text))
        _, c = commitment(it.site.key, bytes.fromhex(given["r"]))
        opened.add(c.hex())
        if c.hex()[:8] != given["activation"]:
            it.say("a RETURN", "it names another loan than it opens")
    due = {decode("B", payload)["commitment"] for payload in (it.borrow, more, under_way)}
    if opened != due:
        it.say("what was given back", f"{len(opened)} codes, which open {len(opened & due)} of {len(due)} requests")
    late = it.sign(it.body(tag=request_digest("B", under_way)[:2], serial=3, until=it.today + 10), borrow=under_way)
    for name, letter, payload in (("the loan", "K", first), ("more of it", "N", second), ("what was under way", "N", late)):
        it.hand(f"{name}, given back", letter, payload, (6, "given_up"))
    if it.w.machine("check").code != 10:
        it.say("given back", "and check does not end with 10")


PLAYS = [fields, newer, certificates, cards, another_key, epochs, given_back]


class Sites:
    def __init__(self, vendor):
        self.vendor = vendor

    def play(self):
        """What is wrong, how many codes were tried, how many were taken."""
        it = Workstation(self.vendor)
        for play in PLAYS:
            it.w.restore("asked")
            play(it)
        return it.wrong, it.tried, it.taken
