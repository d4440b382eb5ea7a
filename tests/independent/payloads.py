"""Payloads (SPEC.md 4). `decode(letter, payload)` gives the fields by the names of 12.1, or raises Refused."""

from rows import license_digits


class Refused(Exception):
    """Raised with the reason of 12.2 and 12.3, `wire` for what does not decode."""


class Bytes:
    def __init__(self, data):
        self.data, self.at = data, 0

    def raw(self, n):
        if self.at + n > len(self.data):
            raise Refused("wire")
        self.at += n
        return self.data[self.at - n:self.at]

    def hex(self, n):
        return self.raw(n).hex()

    def number(self, n, least=0, most=None):
        value = int.from_bytes(self.raw(n), "big")
        if value < least or (most is not None and value > most):
            raise Refused("wire")
        return value

    def day(self):
        return self.number(2) or None       # 0 is never

    def flags(self, known):
        value = self.number(1)
        if value & ~known:
            raise Refused("wire")
        return value

    def end(self):
        if self.at != len(self.data):
            raise Refused("wire")


def license_key(b):
    return license_digits(b.number(5, 10**10, 10**11 - 1))


def fingerprint(b):
    raw = b.raw(11)
    if not 1 <= raw[0] <= 31:
        raise Refused("wire")
    for i in range(5):
        if not raw[0] >> i & 1 and any(raw[1 + 2 * i:3 + 2 * i]):
            raise Refused("wire")
    return raw.hex()


def varint(b):
    """LEB128, below 2^32, in the shortest form (4.5)."""
    value = shift = 0
    while True:
        byte = b.number(1)
        value |= (byte & 127) << shift
        if value >= 2**32 or shift > 28:
            raise Refused("wire")
        if byte < 128:
            if byte == 0 and shift:
                raise Refused("wire")
            return value
        shift += 7


# Not seen, or they change how others are shown (4.5).
UNSEEN = [(0, 0x1F), (0x7F, 0x9F), (0x61C, 0x61C), (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0xFEFF, 0xFEFF),
          (0xFFF9, 0xFFFB), (0xE0000, 0xE007F)]


def text(b):
    try:
        said = b.raw(b.number(1, 1, 64)).decode("utf-8", "strict")
    except UnicodeDecodeError:
        raise Refused("wire") from None
    if any(first <= ord(c) <= last for c in said for first, last in UNSEEN):
        raise Refused("wire")
    return said


def entitlements(b):
    """[index, value, last day], the value being None for a feature, a number, or a text."""
    inner = Bytes(b.raw(b.number(1)))
    found = []
    while inner.at < len(inner.data):
        index, h = divmod(varint(inner), 8)
        if h > 4 or found and index <= found[-1][0]:
            raise Refused("wire")
        value = text(inner) if h == 4 else varint(inner) if h & 1 else None
        found.append([index, value, inner.number(2, 1) if h in (2, 3) else None])
    return found


def wanted(b):
    """Indices of features, each with h = 0 (4.6)."""
    found = entitlements(b)
    if any(value is not None or last is not None for _, value, last in found):
        raise Refused("wire")
    return [index for index, _, _ in found]


# ---- the kinds, in the order of section 4 --------------------------------------------

def activate(b):
    flags = b.flags(0b11111)
    return {
        "product_tag": b.hex(2), "license_key": license_key(b), "commitment": b.hex(12), "clock": b.number(4),
        "fingerprint": fingerprint(b) if flags & 1 else None,
        "bindings": b.hex(8) if flags & 2 else None,
        "seats": b.number(2, 1) if flags & 4 else None,
        "usb": b.hex(8) if flags & 8 else None,
        "site_key": b.hex(32) if flags & 16 else None,
    }


def sync(b):
    flags = b.flags(0b111011)
    return {
        "activation": b.hex(4), "generation": b.number(2, 1), "s": b.hex(10), "commitment": b.hex(12),
        "clock": b.number(4),
        "fingerprint": fingerprint(b) if flags & 1 else None,
        "bindings": b.hex(8) if flags & 2 else None,
        "usb": b.hex(8) if flags & 8 else None,
        "site_key": b.hex(32) if flags & 16 else None,
        "site": {"loans_out": b.number(2), "last_serial": b.number(3), "head": b.hex(8)} if flags & 32 else None,
    }


def give_back(b):
    return {"activation": b.hex(4), "r": b.hex(12)}


def grant(b):
    start = b.at
    fields = {
        "key_id": b.hex(1), "request_tag": b.hex(2), "generation": b.number(2, 1), "issued": b.number(4),
        "expires": b.day(), "maintenance": b.day(), "revalidate_by": b.day(), "seats": b.number(2, 1),
        "edition": b.number(1),
    }
    flags = b.flags(0b11111)
    if flags & 3 == 3 or flags & 4 and not flags & 16 or flags & 20 and not flags & 3:
        raise Refused("wire")
    fields["type"] = ("standalone", "floating", "named")[flags & 3]
    fields["site"] = bool(flags & 16)
    fields["longest_loan"] = b.number(1, 1) if flags & 4 else None
    fields["emergency"] = {"anchor": b.hex(10), "steps": b.number(1, 1, 31), "days": b.number(1, 1)} if flags & 8 else None
    fields["entitlements"] = entitlements(b)
    fields["body"] = b.data[start:b.at]
    fields["signature"] = b.hex(64)
    return fields


def borrow(b):
    flags = b.flags(3)
    return {
        "license_key": license_key(b), "commitment": b.hex(12), "fingerprint": fingerprint(b), "days": b.number(1, 1),
        "clock": b.number(4), "certificate_tag": b.hex(2), "loan_serial": b.number(3) if flags & 1 else None,
        "wanted": wanted(b) if flags & 2 else None,
    }


def loan(b):
    start = b.at
    flags = b.flags(1)
    fields = {
        "request_tag": b.hex(2), "loan_serial": b.number(3), "seat": b.number(2), "issued": b.number(4),
        "until": b.number(2, 1), "entitlements": None if flags & 1 else entitlements(b),
    }
    fields["body"] = b.data[start:b.at]
    fields["signature"] = b.hex(64)
    return fields


def certificate(b):
    flags = b.flags(1)
    return {
        "desk": desk(b) if flags & 1 else None, "public_key": b.hex(32), "request_digest": b.hex(32),
        "machine_digest": b.hex(32), "grant": grant(b),
    }


def loan_with_certificate(b):
    return {"certificate": certificate(b), "loan": loan(b)}


def desk(b):
    start = b.at
    fields = {
        "serial": b.number(4), "not_after": b.day(), "epoch": b.number(1), "kinds": b.flags(31), "most_seats": b.number(2),
        "longest_grace": b.number(2), "longest_loan": b.number(1), "longest_emergency": b.number(1),
    }
    if fields["kinds"] & 24 == 24:      # a manager of one product
        raise Refused("wire")
    fields["body"] = b.data[start:b.at]
    fields["public_key"] = b.hex(32)
    fields["signature"] = b.hex(64)
    return fields


def emergency(b):
    return {"step": b.number(1, 1, 31), "x": b.hex(10)}


DECODERS = {
    "A": activate, "S": sync, "R": give_back, "G": grant, "B": borrow, "N": loan, "K": loan_with_certificate,
    "T": give_back, "C": certificate, "D": desk, "E": emergency,
}


def decode(letter, payload):
    b = Bytes(payload)
    fields = DECODERS[letter](b)
    b.end()
    return fields


def without_bodies(value):
    """The fields as 12.1 lists them: `body`, the signed bytes, is for trust.py."""
    if isinstance(value, dict):
        return {k: without_bodies(v) for k, v in value.items() if k != "body"}
    return value
