"""A site made by hand lends to the real workstation (SPEC.md 4.7, 4.8, 5.3 to 5.5, 9.10): its key is certified by the
real desk, or by a GRANT that the root key signs here, and each field of its loans and of its certificate is odd once.

What the workstation should say is what the independent implementation says of the same loan. What is refused changes no
file.
"""

import datetime

import cheat_codes as codes
from loans import LATEST, loan_body, loan_transcript
from odd_loans import odd_bodies, odd_cards, odd_certificates, odd_signatures
from payloads import Refused, decode
from rows import KINDS, write
from site_by_hand import Site
from trust import check_loan, commitment, day_of, request_digest
from vendor import CATALOGUE, NAMES, Key, changed, snapshot


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
        right = {"tag": request_digest("B", self.borrow)[:2], "serial": 1, "seat": 0, "issued": self.vendor.noon,
                 "until": self.today + 5}
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
        """Hands a code in: what is said is right, what is refused changes nothing, and what is taken is what the loan
        says."""
        self.tried += 1
        before = snapshot(self.w)
        exit_, kind = right or self.expected(letter, payload, **known)
        told = self.w.machine("apply", "--json", stdin=write(letter, payload))
        if told.code < 0 or "panicked" in told.err:
            return self.say(name, f"it died: {told.err}\n{write(letter, payload)}")
        found = told.code, told.json.get("error", {}).get("kind")
        if found != (exit_, kind):
            what = told.err.strip() or told.out.strip()
            self.say(name, f"{found[0]} {found[1]} instead of {exit_} {kind}: {what}\n{write(letter, payload)}")
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
            entries = [[i, 1 if CATALOGUE[i:i + 1] == ["pool"] else value, last] for i, value,
                       last in granted["entitlements"]]
        entries = [it for it in entries if it[0] < len(NAMES) and (it[2] is None or day_of(now) <= it[2])]
        lines = {line: {NAMES[i]: value for i, value, _ in entries if CATALOGUE[i] == line} for line in set(CATALOGUE)}
        due = {
            "loan": loan["loan_serial"], "expires": date(loan["until"]), "type": "standalone", "seats": 1,
            "revalidate_by": None,
            "maintenance": granted["maintenance"] and date(granted["maintenance"]),
            "features": sorted(lines["feature"]), "limits": lines["limit"], "pools": lines["pool"],
            "texts": lines["text"],
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
    """Of loans under one site key the one with the greater serial counts, whatever came first and whatever the site's
    clock said."""
    certified = it.site.by_hand(issued=it.vendor.noon - 7200)

    def loan(serial, **odd):
        return it.with_certificate(it.body(serial=serial, **odd), certified)

    held = loan(5, until=it.today + 5)
    said(it, "serial 5", it.hand("serial 5", "K", held), "applied")
    before = snapshot(it.w)
    said(it, "serial 5 again", it.hand("serial 5 again", "K", held), "already_applied")
    for serial, odd in ((4, {}), (4, {"until": it.today + 14}), (4, {"issued": it.vendor.noon + 3600}),
                        (5, {"until": it.today + 14}), (0, {})):
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
    """A card names no license, so one that may be of a license that is not known yet may be kept (4.8): no loan under
    it holds that would not with it."""
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
    """The site has another key, certified by the desk with one SYNC: it lends under that, and what the key before
    signed holds."""
    it.hand("a loan of the first key", "K", it.with_certificate(it.body(serial=7)))
    before = it.site
    after = Site(it.vendor, "after", key=before.key)
    r, old = codes.noise("site after", 12), decode("A", before.request)
    s, _ = commitment(before.key, codes.noise("site one", 12))
    sync = codes.sync(activation=bytes.fromhex(old["commitment"])[:4], generation=1, s=s,
                      commitment=commitment(before.key, r)[1],
                      clock=it.vendor.noon, site_key=after.site_key.public,
                      site=codes.number(1, 2) + codes.number(7, 3) + bytes(8))
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
    # Under two keys serials are not compared: the later one counts, for the same request and for another one.
    for seconds, serial, outcome in ((30, 9, "already_newer"), (90, 0, "applied"), (150, 8, "applied")):
        if seconds == 150:
            borrow = it.ask("extend", before.key, "--days", "7")
        body = it.body(tag=request_digest("B", borrow)[:2], serial=serial, issued=it.vendor.noon + seconds)
        name = f"a loan of the first key, {seconds - 60} seconds after that of the new one"
        said(it, name, it.hand(name, "K", it.with_certificate(body, borrow=borrow), borrow=borrow), outcome)


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
    """The workstation's RETURN of a loan opens each BORROW whose answer it holds or may get; nothing brings the loan
    back."""
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
    for name, letter, payload in (("the loan", "K", first), ("more of it", "N", second),
                                  ("what was under way", "N", late)):
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
