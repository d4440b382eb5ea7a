"""Loans by hand (SPEC.md 4.6 to 4.8, 5.3), and what a site that keeps 9.10 answers to whom."""

import cheat_codes as codes
from cheat_answers import varint
from machine import compare
from payloads import Refused, decode
from rows import kdf
from trust import (ZEROS, certificate_digest, commitment, day_of, holder, license_bytes, machine_digest, request_digest,
                   transcript)

HOURS_26 = 26 * 3600
LATEST = 2**32 - 1


def borrow(*, key, commitment, fingerprint, days, clock, tag=bytes(2), serial=None, wanted=None, flags=None,
           key_bytes=None):
    """4.6; `wanted`: indices, or the bytes of a list with its length. `flags` and `key_bytes` instead of those that are
    right."""
    if wanted is not None and not isinstance(wanted, bytes):
        listed = b"".join(varint(index * 8) for index in wanted)
        wanted = bytes([len(listed)]) + listed
    set_ = (serial is not None) | (wanted is not None) << 1
    return (bytes([set_ if flags is None else flags]) + (license_bytes(key) if key_bytes is None else key_bytes)
            + commitment
            + fingerprint + bytes([days]) + codes.number(clock, 4) + tag
            + (b"" if serial is None else codes.number(serial, 3)) + (wanted or b""))


def loan_body(*, tag, serial, seat, issued, until, entries=None, flags=None, length=None):
    """4.7, without its signature; `entries`: None for all that the site has, else the bytes of a list."""
    right = (entries is None)
    return (bytes([right if flags is None else flags]) + tag + codes.number(serial, 3) + codes.number(seat, 2)
            + codes.number(issued, 4)
            + codes.number(until, 2) + (b"" if entries is None else bytes([len(entries) if length is None else length])
                                        + entries))


def card(grant, *, site_key, request, machine, desk=b"", flags=None):
    """4.8: the site certificate of a GRANT's payload."""
    return bytes([bool(desk) if flags is None else flags]) + desk + site_key + request + machine + grant


def loan_transcript(site_key, body, borrow_payload, parent, *, product, **odd):
    """5.3; `odd` puts other parts in the place of the right ones."""
    asked = decode("B", borrow_payload)
    activation = bytes.fromhex(asked["commitment"])[:4]
    seat = holder(product, asked["license_key"], machine_digest(activation, bytes.fromhex(asked["fingerprint"])))
    parts = {"letter": "N", "parent": parent, "request": request_digest("B", borrow_payload), "held_by": seat, **odd}
    return transcript(parts.pop("letter"), site_key, body, **parts)


def certificate_of(card_payload, product, license_key, issuer, parent=ZEROS):
    """The certificate digest (5.2) of the GRANT in a site's card."""
    fields = decode("C", card_payload)
    grant = fields["grant"]
    held_by = holder(product, license_key, bytes.fromhex(fields["machine_digest"]))
    t = transcript("G", issuer, grant["body"], parent, bytes.fromhex(fields["request_digest"]), held_by,
                   bytes.fromhex(fields["public_key"]))
    return certificate_digest(t, bytes.fromhex(grant["signature"]))


# ---- 9.10 --------------------------------------------------------------------------

def known(fingerprint):
    return fingerprint[0].bit_count()


def same_machine(own, other):
    return own == other or compare(own, other) == "match" and known(own) >= known(other)


class Loan:
    def __init__(self, serial, asked, until, seat, extends, lent):
        self.serial, self.asked, self.until, self.seat = serial, asked, until, seat
        self.extends, self.lent = extends, lent
        self.fingerprint = bytes.fromhex(asked["fingerprint"])
        # `returned`: under which answer of the vendor.
        self.returned, self.kept = None, False

    @property
    def over(self):
        """The second from which on it is over: 26 hours after the end of `until`."""
        return (self.until + 1) * 86400 + HOURS_26

    def reserved(self, now):
        return now < self.over and (self.kept or self.returned is None)


class Answer:
    """What a site should say: `until`, `lent` (None: all), `goes_on` (the loan whose seats it keeps or asks more of)
    and `seat`, where that is kept."""

    def __init__(self, until, lent, goes_on, seat):
        self.until, self.lent, self.goes_on, self.seat = until, lent, goes_on, seat


class Book:
    """The loans of a site: what 9.10 says of each BORROW and RETURN. Refused is raised with exit code and kind."""

    def __init__(self, key, grant, catalogue, longest, keep=0):
        self.key, self.grant, self.catalogue, self.keep = key, grant, catalogue, keep
        self.longest = min(longest, grant["longest_loan"])
        self.loans, self.answers, self.head, self.under = [], {}, ZEROS, 0

    def find(self, serial):
        return next((it for it in self.loans if it.serial == serial), None)

    def line(self, loan):
        """Every loan given for this one or for one that it goes on from."""
        above = {loan.serial}
        while loan.extends:
            loan = self.find(loan.extends)
            above.add(loan.serial)
        for it in self.loans:
            if it.extends in above:
                above.add(it.serial)
        return [it for it in self.loans if it.serial in above]

    def goes_on(self, fingerprint, loan, now):
        others = {it.fingerprint for it in self.line(loan) if now < it.over}
        fits = all(same_machine(fingerprint, it) for it in others | {loan.fingerprint})
        return fits and len(others | {fingerprint}) <= 2

    def out(self, now):
        return [it for it in self.loans if it.reserved(now)]

    def asked_for(self, asked, now):
        """The loan of which more is asked."""
        serial = asked["loan_serial"]
        if serial is None:
            return None
        if self.find(serial) is None:
            raise Refused(4, "unknown_loan")
        line = [it for it in self.line(self.find(serial))]
        if any(it.returned is not None for it in line if it.serial >= serial):
            raise Refused(6, "loan_returned")
        last = line[-1]
        return last if self.goes_on(bytes.fromhex(asked["fingerprint"]), last, now) else None

    def until(self, asked, more_of, today):
        until = today + asked["days"]
        if more_of:
            until = max(until, min(more_of.until, today + self.longest))
        if until - today > self.longest:
            raise Refused(6, "loan_too_long")
        contact = self.grant["revalidate_by"]
        ends = [self.grant["expires"], contact and contact + self.grant["longest_loan"]]
        return min([until, *(it for it in ends if it)])

    def lent(self, wanted, today):
        """The entries of a loan of what is wanted."""
        if wanted is None:
            return None
        granted = {index: (value, last) for index, value, last in self.grant["entitlements"]}
        lent = []
        for index in wanted:
            value, last = granted.get(index, (None, 0))
            if index >= len(self.catalogue) or value is None and last == 0:
                raise Refused(15, "feature_missing")
            if last is not None and last < today:
                raise Refused(15, "feature_ended")
            lent.append([index, 1 if self.catalogue[index] == "pool" else value, last])
        if not lent:
            raise Refused(15, "feature_missing")
        return lent

    def pools(self, lent, today):
        """The pools of which a loan takes one."""
        listed = self.grant["entitlements"] if lent is None else lent
        pools = {index for index, line in enumerate(self.catalogue) if line == "pool"}
        return pools & {index for index, _, last in listed if last is None or today <= last}

    def free(self, lent, now, line=()):
        """Whether a seat is free, and one of each pool of which the loans of `line` have none."""
        today = day_of(now)
        of_lines = {}
        for it in self.out(now):
            of_lines.setdefault(it.seat, set()).update(self.pools(it.lent, today))
        granted = {index: value for index, value, _ in self.grant["entitlements"]}
        has = {index for it in line for index in self.pools(it.lent, today)}
        return (line or len(of_lines) < self.grant["seats"]) and all(
            sum(index in taken for taken in of_lines.values()) < granted[index]
            for index in self.pools(lent, today) - has)

    def plan(self, payload, now):
        """The bytes that were answered before, or the answer that is due."""
        try:
            asked = decode("B", payload)
        except Refused:
            raise Refused(4, "malformed") from None
        if asked["license_key"] != self.key:
            raise Refused(4, "unknown_license")
        before = self.answers.get(asked["commitment"])
        if before:
            if before[0] != payload:
                raise Refused(4, "commitment_used")
            return before[1]
        today = day_of(now)
        for last, *refusal in ((self.grant["expires"], 11, "expired"), (self.grant["revalidate_by"], 12, "overdue")):
            if last and today > last:
                raise Refused(*refusal)
        more_of = self.asked_for(asked, now)
        until = self.until(asked, more_of, today)
        wanted = asked["wanted"]
        if wanted is None and more_of and more_of.lent is not None:
            wanted = [index for index, _, _ in more_of.lent]
        lent = self.lent(wanted, today)
        own = bytes.fromhex(asked["fingerprint"])
        of_same = [it for it in self.out(now) if it.returned is None and self.goes_on(own, it, now)]
        goes_on = more_of or (of_same[-1] if of_same else None)
        line = [it for it in self.line(goes_on) if it.reserved(now)] if goes_on else []
        if not line:
            left = self.grant["seats"] - len({it.seat for it in self.out(now)})
            if self.keep and left <= self.keep:
                raise Refused(6, "seats_kept")
        if not self.free(lent, now, line):
            raise Refused(16, "no_seat")
        return Answer(until, lent, goes_on, line[-1].seat if line else None)

    def add(self, payload, letter, answer, due):
        """Enters what was answered, which was held against `due`."""
        asked = decode("B", payload)
        said = decode(letter, answer)
        said = said["loan"] if letter == "K" else said
        goes_on = due.goes_on and due.goes_on.serial
        self.loans.append(Loan(said["loan_serial"], asked, said["until"], said["seat"], goes_on, said["entitlements"]))
        self.answers[asked["commitment"]] = (payload, answer)
        self.head = kdf("countersign v1 loans", self.head + answer)

    def vendor_answered(self, grant):
        """The site holds another answer from now on: what stayed reserved beyond its RETURN is free."""
        self.grant, self.under = grant, self.under + 1
        for it in self.loans:
            it.kept = False

    def give_back(self, payload, now):
        """The loan that is given back, and whether it was before."""
        try:
            given = decode("T", payload)
        except Refused:
            raise Refused(4, "malformed") from None
        _, c = commitment(self.key, bytes.fromhex(given["r"]))
        loan = next((it for it in self.loans if it.asked["commitment"] == c.hex()), None)
        if loan is None or c.hex()[:8] != given["activation"]:
            raise Refused(4, "unknown_loan")
        again = loan.returned is not None
        if not again:
            loan.returned = self.under
            machines = [loan.fingerprint]
            for it in self.loans:
                early = it is not loan and it.returned == self.under and not it.kept and day_of(now) <= it.until
                if early and not any(same_machine(it.fingerprint, one) for one in machines):
                    machines.append(it.fingerprint)
            loan.kept = len(machines) > self.grant["seats"]
        return loan, again
