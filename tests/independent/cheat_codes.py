"""Requests made by hand (SPEC.md 4.1 to 4.3): every field as the caller wants it, also as no machine would send it."""

import machine
from payloads import decode
from rows import ALPHABET, CHECKS, FULL, checks, integrity, kdf, to_bytes, write
from trust import check_answer, commitment, holder, license_bytes, machine_digest, request_digest

NEVER = None
FINGERPRINT, BINDINGS, SEATS, USB, SITE_KEY, SITE = 1, 2, 4, 8, 16, 32


def noise(label, n):
    """The same bytes for the same label: a run is like every other."""
    out = b""
    while len(out) < n:
        out += kdf("countersign cheater", f"{label} {len(out)}".encode())
    return out[:n]


def number(value, n):
    return value.to_bytes(n, "big")


def product_tag(product):
    return kdf("countersign v1 product", product.encode())[:2]


# ---- payloads ----------------------------------------------------------------------

def activate(*, product, key, commitment, clock, fingerprint=None, bindings=None, seats=None, usb=None, site_key=None,
             tag=None, key_bytes=None, flags=None):
    """`flags` instead of those that the fields set; `tag` and `key_bytes` instead of those of product and key."""
    fields = [(FINGERPRINT, fingerprint), (BINDINGS, bindings), (SEATS, None if seats is None else number(seats, 2)), (USB, usb),
              (SITE_KEY, site_key)]
    set_ = sum(bit for bit, value in fields if value is not None)
    head = (tag if tag is not None else product_tag(product)) + (key_bytes if key_bytes is not None else license_bytes(key))
    return (bytes([set_ if flags is None else flags]) + head + commitment + number(clock, 4)
            + b"".join(value for _, value in fields if value is not None))


def sync(*, activation, generation, s, commitment, clock, fingerprint=None, bindings=None, usb=None, site_key=None, site=None,
         flags=None):
    fields = [(FINGERPRINT, fingerprint), (BINDINGS, bindings), (USB, usb), (SITE_KEY, site_key), (SITE, site)]
    set_ = sum(bit for bit, value in fields if value is not None)
    return (bytes([set_ if flags is None else flags]) + activation + number(generation, 2) + s + commitment + number(clock, 4)
            + b"".join(value for _, value in fields if value is not None))


def give_back(activation, r):
    return activation + r


# ---- what a machine claims to be ---------------------------------------------------

NAMES = machine.COMPONENTS


def parts(number_, names=NAMES):
    """The values of a made-up computer, as its system would give them."""
    it = noise(f"computer {number_}", 48).hex()
    values = {
        "machine-id": it[:32], "root-fs-uuid": f"{it[32:40]}-{it[40:44]}-4{it[45:48]}-9{it[49:52]}-{it[52:64]}",
        "product-uuid": f"{it[64:72]}-{it[72:76]}-4{it[77:80]}-8{it[81:84]}-{it[84:96]}",
        "mac": f"3c:ec:ef:{it[2:4]}:{it[4:6]}:{it[6:8]}", "disk-serial": f"s5gx{it[10:22]}1",
    }
    return {name: values[name] for name in names}


def mixed(key, which):
    """The fingerprint of a computer put together: `which` names for each component the computer that it is of, or None."""
    values = {}
    for name, number_ in zip(NAMES, which):
        if number_ is not None:
            values[name] = parts(number_)[name]
    return machine.fingerprint(key, values)


def whole(key, number_):
    return mixed(key, [number_] * 5)


def bound(server):
    return machine.bindings([("server", server)], "cheater", [])[1]


def usb_digest(key, vid_pid_serial):
    return kdf("countersign v1 usb", license_bytes(key) + vid_pid_serial.encode())[:8]


def as_written(letter, text):
    """The payload of a code of this kind that stands exactly as it was written."""
    symbols = []
    for number_, row in enumerate(text.split(": ")[1].split("\n"), 1):
        row = [ALPHABET.index(symbol) for symbol in row.replace("-", "")]
        if row[-CHECKS:] != checks(number_, row[:-CHECKS]) or len(row) > FULL:
            raise AssertionError(f"row {number_} does not hold")
        symbols += row[:-CHECKS]
    payload = to_bytes(symbols[1:-8])
    if symbols[0] != ALPHABET.index(letter) or symbols[-8:] != integrity(letter, payload):
        raise AssertionError("no code of that kind, or its integrity does not hold")
    return payload


class Maker:
    """One made-up machine: it remembers its secrets and what stands, makes codes, and looks at answers as SPEC.md 5 wants it."""

    def __init__(self, world, label, key, product, roots):
        self.world, self.label, self.key, self.product, self.roots = world, label, key, product, roots
        self.draws = 0
        self.id = None
        self.standing = {}      # generation -> fingerprint, bindings, usb, site_key
        self.secrets = {}       # generation -> r
        self.grants = {}
        self.held = 0
        self.asked = None

    def draw(self):
        self.draws += 1
        r = noise(f"{self.label} {self.draws}", 12)
        return (r, *commitment(self.key, r))

    def activate(self, **odd):
        r, _, c = self.draw()
        odd.setdefault("product", self.product)
        odd.setdefault("key", self.key)
        odd.setdefault("commitment", c)
        odd.setdefault("clock", self.world.tick())
        payload = activate(**odd)
        stands = {name: odd.get(name) for name in ("fingerprint", "bindings", "usb", "site_key")}
        self.asked = ("A", payload, r, odd["commitment"][:4], stands)
        return write("A", payload)

    def sync(self, held=None, **odd):
        held = self.held if held is None else held
        r, _, c = self.draw()
        odd.setdefault("activation", self.id)
        odd.setdefault("generation", held)
        odd.setdefault("s", commitment(self.key, self.secrets[held])[0] if held in self.secrets else noise(self.label, 10))
        odd.setdefault("commitment", c)
        odd.setdefault("clock", self.world.tick())
        payload = sync(**odd)
        stands = dict(self.standing.get(held, {}))
        stands.update({name: odd[name] for name in ("fingerprint", "bindings", "usb", "site_key") if odd.get(name) is not None})
        if stands.get("usb") == bytes(8):
            stands["usb"] = None
        self.asked = ("S", payload, r, odd["activation"], stands)
        return write("S", payload)

    def give_back(self, held=None, **odd):
        r = odd.get("r") or self.secrets[self.held if held is None else held]
        return write("R", give_back(odd.get("activation", self.id), r))

    def copy(self):
        """A copy of the whole machine as it now is."""
        other = Maker(self.world, self.label + " copy", self.key, self.product, self.roots)
        other.id, other.held = self.id, self.held
        other.standing, other.secrets, other.grants = dict(self.standing), dict(self.secrets), dict(self.grants)
        return other

    def take(self, payload):
        """The grant, verified against what was asked last; it is held from now on."""
        letter, request, r, activation, stands = self.asked
        grant = decode("G", payload)
        digest = request_digest(letter, request)
        if bytes.fromhex(grant["request_tag"]) != digest[:2]:
            raise AssertionError("the answer is to another request")
        check_it(self, activation, stands, digest, payload)
        self.id, self.held = activation, grant["generation"]
        self.standing[self.held], self.secrets[self.held], self.grants[self.held] = stands, r, grant
        return grant


def check_it(maker, activation, stands, digest, payload):
    """12.2 with the roots of the product file and no desks."""
    machine_ = machine_digest(activation, stands.get("fingerprint"), stands.get("bindings"), stands.get("usb"))
    held_by = holder(maker.product, maker.key, machine_)
    return check_answer(maker.roots, [], 0, maker.product, digest, held_by, stands.get("site_key"), payload)
