"""The `extra-` vectors of what a site answers, one after the other (SPEC.md 12.13)."""

import loans
import trust
from rows import kdf

NONE = bytes(2)
LENT = b"\0"       # a list of one entry: feature 0


class Chain:
    """The BORROWs of a site and its answers, by the clauses of section 4, 5 and 9.10."""

    def __init__(self, extra, key, desk=None, key_of=None):
        self.extra, self.key, self.lines, self.head, self.returns = extra, key, [], trust.ZEROS, []
        self.card, self.digest = self.certificate(desk, key_of or extra.LICENSE)

    def certificate(self, desk, license_key):
        e = self.extra
        request = trust.request_digest("A", e.ACTIVATE)
        machine = trust.machine_digest(e.ACTIVATION, e.FINGERPRINT)
        of = trust.holder(e.PRODUCT, license_key, machine)
        by = (e.DESK, desk[1]) if desk else (e.ROOT, trust.ZEROS)
        granted, t = e.grant(*by, request, of, self.key.public, longest_loan=14)
        card = loans.card(granted, site_key=self.key.public, request=request, machine=machine, desk=desk[0] if desk else b"")
        return card, trust.certificate_digest(t, granted[-64:])

    def ask(self, first, serial, *, letter="N", tag=None, fingerprint=None, extends=None, days=0, last=14, change=None,
            ask_change=None, wanted=None, entries=LENT, holds=True):
        """One BORROW with r counting up from `first`, and the answer; `change`, `ask_change`: what is done to the bytes."""
        e = self.extra
        r = bytes(range(first, first + 12))
        _, c = trust.commitment(e.LICENSE, r)
        asked = loans.borrow(key=e.LICENSE, commitment=c, fingerprint=fingerprint or e.BORROW[18:29], days=14,
                             clock=e.ISSUED, tag=self.digest[:2] if tag is None else tag, serial=extends, wanted=wanted)
        issued = e.ISSUED + days * 86400
        body = loans.loan_body(tag=trust.request_digest("B", asked)[:2], serial=serial, seat=0, issued=issued,
                               until=e.DAY + days + last, entries=entries)
        t = loans.loan_transcript(self.key.public, body, asked, self.digest, product=e.PRODUCT)
        answer = (self.card if letter == "K" else b"") + body + self.key.sign(t)
        answer = change(answer) if change else answer
        asked = ask_change(asked) if ask_change else asked
        self.lines += [("request", f"B {asked.hex()}"), ("answer", f"{letter} {answer.hex()}")]
        if holds:
            self.head = kdf("countersign v1 loans", self.head + answer)
            self.lines += [("certificate", self.digest), ("head", self.head)]
            self.returns.append(("return", f"{serial} {(c[:4] + r).hex()}"))
        return self

    def then(self, other):
        """Another key, or another certificate, of the same site goes on."""
        other.lines, other.head, other.returns = self.lines, self.head, self.returns
        return other


def write(file, extra):
    def said(name, comment, chain, reason=None, cards=(), returns=True):
        file("loans", name, [
            ("comment", comment), ("expect", "refused" if reason else "accepted"), *([("reason", reason)] if reason else []),
            ("root", extra.ROOT.public), ("root", extra.SPARE.public), ("least-epoch", 3), ("product", extra.PRODUCT),
            *(("card", card) for card in cards), *chain.lines, *(chain.returns if returns and not reason else [])])

    site, other_key = (lambda **odd: Chain(extra, extra.SITE, **odd)), (lambda: Chain(extra, extra.STRANGER))
    other = bytes.fromhex("1f0102030405060708090a")
    desk = extra.desk()
    said("desk", "K with a DESK certificate, N under it, both of all that the site has, and both given back",
         site(desk=desk).ask(0x30, 1, letter="K", tag=NONE, entries=None).ask(0x40, 2, extends=1, days=3, entries=None))
    chain = site()
    said("two-workstations", "two workstations that know the site's card, in turn; the head counts both",
         chain.ask(0x30, 1).ask(0x40, 2, fingerprint=other).ask(0x50, 3, extends=1, days=1)
         .ask(0x60, 4, extends=2, days=1, fingerprint=other), cards=[chain.card])
    said("unknown-tag", "the BORROW names a certificate that the site has not: K", site().ask(0x30, 1, letter="K", tag=b"\xab\xcd"))
    said("other-key", "the site made another key, whose first loan has a lower serial",
         site().ask(0x30, 9, letter="K", tag=NONE).then(other_key()).ask(0x40, 1, letter="K", days=5))
    said("wanted", "features wanted, and a loan of them; nothing is given back",
         site().ask(0x30, 2**24 - 2, letter="K", tag=NONE, wanted=[0]).ask(0x40, 2**24 - 1, wanted=[0], extends=2**24 - 2),
         returns=False)

    def refused(name, comment, reason, chain, cards=()):
        said(name, comment, chain, reason, cards)

    def altered(answer):
        return answer[:-1] + bytes([answer[-1] ^ 1])

    strange = site(key_of="1234567890232")
    refused("card-of-other-license", "the card that is known is of another license", "certificate",
            site().ask(0x30, 1, holds=False), [strange.card])
    chain = site()
    refused("altered", "N with one bit of its signature altered", "certificate",
            chain.ask(0x30, 1).ask(0x40, 2, change=altered, holds=False), [chain.card])
    refused("altered-with-certificate", "K with one bit of the loan's signature altered, under a certificate that is known",
            "signature", site().ask(0x30, 1).ask(0x50, 3, letter="K", change=altered, holds=False), [chain.card])
    refused("beyond", "N a day longer than the site lends", "certificate", site().ask(0x30, 1, last=15, holds=False), [chain.card])
    refused("beyond-with-certificate", "K a day longer than the site lends", "site_limit",
            site().ask(0x30, 1, letter="K", tag=NONE, last=15, holds=False))
    refused("cut", "the answer without its last byte", "wire", site().ask(0x30, 1, change=lambda it: it[:-1], holds=False), [chain.card])
    refused("request-cut", "the BORROW without its last byte", "wire",
            site().ask(0x30, 1, ask_change=lambda it: it[:-1], holds=False), [chain.card])
    refused("request-altered", "the BORROW asks for a day more than the one that was answered", "request",
            site().ask(0x30, 1, ask_change=lambda it: it[:29] + b"\x0f" + it[30:], holds=False), [chain.card])
    refused("serial-again", "two workstations with one serial", "older",
            site().ask(0x30, 1).ask(0x40, 1, fingerprint=other, days=1, holds=False), [chain.card])
