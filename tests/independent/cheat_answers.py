"""Answers made by hand (SPEC.md 4.4, 4.5, 5): a desk whose key is known signs grants with every field odd, and a machine is handed them.

What the machine should say is what the independent implementation says of the same grant. Whatever is refused changes nothing: the true answer
is applied afterwards all the same. The machine is made up (tests/stage), so that nothing of this computer is touched.
"""

import base64
import datetime
import hashlib

from cryptography.hazmat.primitives.serialization import load_pem_private_key

import cheat_codes as codes
from payloads import Refused
from rows import kdf, write
from trust import check_answer, holder, key_id, machine_digest, request_digest, transcript

CATALOGUE = ["feature", "limit", "pool", "text"]
NAMES = ["fast", "users", "design", "licensee"]


def day(date):
    return (date - datetime.date(2020, 1, 1)).days


def varint(value):
    out = b""
    while True:
        value, low = value >> 7, value & 127
        out += bytes([low | (128 if value else 0)])
        if not value:
            return out


def entry(index, h, *rest):
    return varint(index * 8 + h) + b"".join(varint(it) if isinstance(it, int) else it for it in rest)


def body(a, *, tag=None, generation=1, issued=None, expires=0, maintenance=0, revalidate_by=0, seats=1, edition=0, flags=0, longest_loan=None,
         emergency=None, entries=b"", length=None):
    listed = entries if isinstance(entries, bytes) else b"".join(entries)
    return (bytes.fromhex(a.key_id) + (tag or a.digest[:2]) + codes.number(generation, 2)
            + codes.number(a.issued if issued is None else issued, 4) + codes.number(expires, 2) + codes.number(maintenance, 2)
            + codes.number(revalidate_by, 2) + codes.number(seats, 2) + bytes([edition, flags])
            + (b"" if longest_loan is None else bytes([longest_loan])) + (emergency or b"")
            + bytes([len(listed) if length is None else length]) + listed)


STEPS = b"\x05" * 10
TEXT = entry(3, 4, b"\x03abc")


def text(raw, length=None):
    return entry(3, 4, bytes([len(raw) if length is None else length]) + raw)


def odd_bodies(a):
    """(name, body) of every grant that is tried."""
    today = a.today

    def of(name, **fields):
        return name, body(a, **fields)

    yield of("as it should be")
    for flags in range(256):
        # With the fields that the flags announce, so that it is the flags alone that are odd.
        yield of(f"flags {flags:08b}", flags=flags, longest_loan=7 if flags & 4 else None, emergency=STEPS + b"\x04\x07" if flags & 8 else None)
    for flags in (4, 8, 12, 21, 25):
        yield of(f"flags {flags:05b} and no field", flags=flags)
    for name, values in (("generation", (0, 1, 2, 65535)), ("seats", (0, 1, 2, 65535)), ("edition", (0, 1, 2, 255)), ("issued", (0, 1, 2**32 - 1)),
                         ("expires", (0, 1, today, 65535)), ("maintenance", (0, 1, 65535)), ("revalidate_by", (0, 1, today, 65535))):
        for value in values:
            yield of(f"{name} {value}", **{name: value})
    for loan in (0, 1, 255):
        yield of(f"longest loan {loan}", flags=0b10101, longest_loan=loan)
    for steps in (0, 1, 31, 32, 255):
        for days in (0, 1, 255):
            yield of(f"emergency {steps} times {days} days", flags=8, emergency=STEPS + bytes([steps, days]))
    last = codes.number(today + 5, 2)
    for name, entries in {
        "every kind": [entry(0, 0), entry(1, 1, 5), entry(2, 1, 3), TEXT],
        "every kind, ending": [entry(0, 2, last), entry(1, 3, 5, last), entry(2, 3, 3, last), TEXT],
        "ended": [entry(0, 2, codes.number(1, 2)), entry(1, 3, 5, codes.number(1, 2))],
        "ends on no day": [entry(0, 2, bytes(2))],
        "a limit that ends on no day": [entry(1, 3, 5, bytes(2))],
        "no limit": [entry(1, 1, 2**32 - 1)],
        "a limit of 0": [entry(1, 1, 0)],
        "a pool of 0": [entry(2, 1, 0)],
        "a pool that ends, of 0": [entry(2, 3, 0, last)],
        "a value of 2^32": [entry(1, 1, 2**32)],
        "a value in a longer form": [entry(1, 1, b"\x85\x00")],
        "twice the same": [entry(0, 0), entry(0, 0)],
        "out of order": [entry(1, 1, 5), entry(0, 0)],
        "index 2^29 - 1": [entry(2**29 - 1, 0)],
        "index 2^29": [varint(2**32)],
        "beyond the catalogue": [entry(4, 0), entry(5, 1, 7), entry(60, 4, b"\x01x")],
        "cut short": [entry(1, 1)],
        "a last day cut short": [entry(0, 2, b"\x01")],
        "unfinished varint": [b"\x80"],
        **{f"h {h}": [entry(0, h)] for h in range(8)},
        **{f"h {h} where line {line} stands": [entry(i, h, *rest)] for i, line in enumerate(CATALOGUE)
           for h, rest in ((0, ()), (1, (5,)), (2, (last,)), (3, (5, last)), (4, (b"\x03abc",)))},
    }.items():
        yield of(f"entries: {name}", entries=entries)
    for name, raw in {
        "nothing": b"", "64 bytes": b"x" * 64, "65 bytes": b"x" * 65, "a surrogate": b"\xed\xa0\x80", "beyond unicode": b"\xf4\x90\x80\x80",
        "a longer form": b"\xc0\xaf", "a stray byte": b"a\x80", "cut short": b"\xe2\x82", "a line feed": b"a\nb", "DEL": b"\x7f", "NEL": b"\xc2\x85",
        "umlauts": "Jörg & Søn".encode(), "not composed": "Jo\u0308rg".encode(), "an escape": b"\x1b[31m", **{f"U+{c:04X}": chr(c).encode() for c in (
            0x61C, 0x200B, 0x200F, 0x2010, 0x2027, 0x2028, 0x202E, 0x202F, 0x205F, 0x2060, 0x206F, 0x2070, 0xFEFF, 0xFFF8, 0xFFF9, 0xFFFB, 0xFFFC,
            0xE0000, 0xE007F, 0xE0080, 0x10FFFF, 0xFFFF, 0xAD)},
    }.items():
        yield of(f"text: {name}", entries=[text(raw)])
    yield of("text: longer than it says", entries=[text(b"abc", 2)])
    yield of("text: shorter than it says", entries=[text(b"abc", 9)])
    for off in (-1, 1, 100):
        yield of(f"entries {off} more than there are", entries=[entry(0, 0), entry(1, 1, 5)], length=3 + off)
    yield of("255 bytes of entries", entries=[entry(0, 0), entry(1, 1, 5)] + [entry(i, 1, 2**32 - 1) for i in range(100, 136)])
    yield of("another request", tag=bytes(2) if a.digest[:2] != bytes(2) else b"\x01\x01")


class Answers:
    """A desk whose key is known, a machine that asked it, and the request's digests."""

    def __init__(self, w):
        self.w = w
        self.today = day(w.noon)
        self.issued = self.today * 86400 + 43200
        self.ok(w.desk("desk", "init", "--vendor", "Odd", "--no-passphrase"))
        self.ok(w.desk("product", "add", "odd", "--name", "Odd", "--edition", "one", "--bind", "server", "--no-fingerprint"))
        self.signers = {name: load_pem_private_key(open(w.path("desk", "desk", f"{name}.pem"), "rb").read(), None) for name in ("root", "spare")}
        self.root = self.public("root")
        self.key_id = key_id(self.root)
        with open(w.path("files", "odd.product"), "w") as file:
            file.write(self.product_file())
        self.ok(w.machine("product", "install", w.path("files", "odd.product")))
        self.key = self.ok(w.desk("-q", "license", "new", "--product", "odd", "--customer", "Odd")).out.strip()
        request = self.ok(w.machine("request", "activate", self.key, "--bind", "server=db")).out.strip()
        self.true = self.ok(w.desk("respond", stdin=request)).out
        payload = codes.as_written("A", request)
        self.digits = self.key.replace("-", "")
        self.digest = request_digest("A", payload)
        machine = machine_digest(payload[8:12], bindings=payload[24:32])
        self.holder = holder("odd", self.digits, machine)
        w.keep("asked")

    @staticmethod
    def ok(result):
        if result.code:
            raise RuntimeError(repr(result))
        return result

    def public(self, name):
        return self.signers[name].public_key().public_bytes_raw()

    def product_file(self):
        """The product with a line of each kind in its catalogue (10)."""
        catalogue = "".join(f"{line}: {name}\n" for line, name in zip(CATALOGUE, NAMES))
        roots = "".join(f"root: {self.public(name).hex()}\n" for name in ("root", "spare"))
        text_ = (f"countersign product v1\nid: odd\nversion: 2\nname: Odd\nvendor: Odd\n{roots}edition: one\n{catalogue}"
                 "bind: server\nfingerprint: no\n")
        known = hashlib.sha256(b"odd\n\x01" + self.root).digest()[:4]
        signature = base64.b64encode(known + self.signers["root"].sign(text_.encode())).decode()
        return f"{text_}\n\u2014 odd {signature}\n"

    def signed(self, body_, by="root", **odd):
        parts = {"request": self.digest, "held_by": self.holder, **odd}
        return body_ + self.signers[by].sign(transcript("G", self.public(by), body_, **parts))

    def odd_signatures(self):
        good = body(self)
        for name, odd in (("of another request", {"request": kdf("countersign cheater", b"1")}), ("for another holder", {"held_by": bytes(32)}),
                          ("under a certificate that is none", {"parent": b"\x01" * 32}), ("over a subject that is none", {"subject": b"\x02" * 32})):
            yield f"signed {name}", self.signed(good, **odd)
        signature = self.signed(good)[-64:]
        yield "signed by the spare key, under the live one's id", self.signed(good, by="spare")
        yield "signed by the spare key", self.signed(bytes.fromhex(key_id(self.public("spare"))) + good[1:], by="spare")
        yield "signed for another kind", good + self.signers["root"].sign(transcript("N", self.root, good, request=self.digest, held_by=self.holder))
        yield "signature of zeros", good + bytes(64)
        yield "signature of ones", good + b"\xff" * 64
        order = 2**252 + 27742317777372353535851937790883648493
        s = int.from_bytes(signature[32:], "little")
        yield "a signature's s beyond the order", good + signature[:32] + (s + order).to_bytes(32, "little")
        yield "a signature's R of small order", good + bytes([1]) + bytes(31) + signature[32:]
        yield "a byte of the body changed", good[:-2] + b"\x01" + good[-1:] + signature
        yield "a byte too few", self.signed(good)[:-1]
        yield "a byte too many", self.signed(good) + b"\x00"

    def expected(self, payload):
        """The exit codes that are right, as the independent implementation sees the grant."""
        roots = [self.root, self.public("spare")]
        try:
            check_answer(roots, [], 0, "odd", self.digest, self.holder, None, payload, CATALOGUE)
        except Refused as refused:
            # 5.5: what does not decode is no grant; a request is known by its tag before a signature is looked at.
            return (4,) if str(refused) == "wire" or payload[1:3] != self.digest[:2] else (5,)
        return (0,) if payload[1:3] == self.digest[:2] else (4,)

    def play(self):
        """What is wrong, and how many were tried."""
        w, wrong, tried, taken = self.w, [], 0, 0
        odd = [(name, self.signed(it)) for name, it in odd_bodies(self)] + list(self.odd_signatures())
        w.restore("asked")
        for name, payload in odd:
            tried += 1
            told = w.machine("apply", "--json", stdin=write("G", payload))
            right = self.expected(payload)
            if told.code not in right:
                wrong.append(f"{name}: exit code {told.code} instead of {right[0]}: {told.err.strip() or told.out.strip()[:200]}")
            if told.code < 0 or "panicked" in told.err:
                wrong.append(f"{name}: it died: {told.err}")
            if told.code == 0:
                taken += 1
                checked = w.machine("check", "--bind", "server=db")
                # 17: a named license, and nobody is assigned.
                if checked.code not in (0, 11, 12, 14, 17):
                    wrong.append(f"{name}: applied, and then check ends with {checked.code}: {checked.err.strip()}")
                w.restore("asked")
        # What was refused has changed nothing: the true answer is still waited for.
        if w.machine("apply", stdin=self.true).code or w.machine("check", "--bind", "server=db").code:
            wrong.append("after all that was refused, the true answer is not taken")
        return wrong, tried, taken
