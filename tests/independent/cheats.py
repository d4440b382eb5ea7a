"""The cases of `cheater.py`: what is tried, and what a desk that keeps SPEC.md says to it.

A case is a generator: it yields a code and is sent the desk's reply. `it.refused` and `it.granted` say what the reply should be.
"""

import json

import strict
from cheat_codes import NAMES, activate, bound, give_back, mixed, noise, number, parts, sync, usb_digest, whole
from machine import compare, fingerprint
from rows import kdf, write
from trust import commitment

CASES = {}
LATEST = 2**32 - 1

# A request that cannot be (4): what its integrity says is whole, and no decoder takes it.
UNREAD = (4, "malformed")
# Points of small order, in their canonical encodings (5.3).
SMALL_ORDER = [bytes.fromhex(it) for it in (
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
)]
GOOD_KEY = bytes.fromhex("5866666666666666666666666666666666666666666666666666666666666666")
NO_POINTS = [bytes.fromhex(it) for it in (
    "0200000000000000000000000000000000000000000000000000000000000000",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",      # p, which is 0 written otherwise
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
)]


class Case:
    def __init__(self, play, product, license):
        self.play, self.product, self.license = play, product, license


def case(name, product="plain", license=()):
    def put(play):
        assert name not in CASES, name
        CASES[name] = Case(play, product, license)
        return play
    return put


def mixed_order():
    """A good key to which a point of order eight was added: it is canonical, and fit (5.3)."""
    base = strict.decompress(GOOD_KEY)
    odd = strict.decompress(SMALL_ORDER[4])
    x, y = strict.add(strict.add(base, base), odd)
    return (y | (x & 1) << 255).to_bytes(32, "little")


def activated(it, number_=1, key=None, **odd):
    """A machine that was activated as it should be, by the license of the case unless told; not an end in itself."""
    maker = it.machine(key=key)
    if it.product in ("plain", "both", "other"):
        odd.setdefault("fingerprint", whole(maker.key, number_))
    if it.product in ("named", "both"):
        odd.setdefault("bindings", bound("db"))
    it.granted(maker, (yield maker.activate(**odd)))
    it.innocent.append(maker.id)
    return maker


def synced(it, maker, **odd):
    it.granted(maker, (yield maker.sync(**odd)))


# ---- every field of an ACTIVATE ----------------------------------------------------

@case("activate: as it should be", license=("--type", "floating", "--seats", "3"))
def _(it):
    maker = it.machine()
    grant = it.granted(maker, (yield maker.activate(fingerprint=whole(it.key, 1), seats=2)))
    it.check(grant and grant["seats"] == 2, "other seats than wanted")


def flags_of_activate(flags):
    names = [("fingerprint", 1), ("bindings", 2), ("seats", 4), ("usb", 8), ("site_key", 16)]

    def play(it):
        maker, key = it.machine(), it.key
        values = {"fingerprint": whole(key, 1), "bindings": bound("db"), "seats": 1, "usb": usb_digest(key, "1234:5678:a1"),
                  "site_key": mixed_order()}
        reply = yield maker.activate(**{name: values[name] for name, bit in names if flags & bit})
        # `plain` wants a fingerprint and nothing else: bound to nothing, or to what the product does not ask for, is refused.
        if flags & 2:
            it.refused(reply, 6, "not_asked_for")
        elif not flags & 1:
            it.refused(reply, 6, "unbound")
        else:
            it.granted(maker, reply)
    return play


for _flags in range(32):
    case(f"activate: fields {_flags:05b}")(flags_of_activate(_flags))


def bad_flags(bit, kind):
    def play(it):
        maker = yield from activated(it)
        if kind == "A":
            other = it.machine()
            it.refused((yield other.activate(fingerprint=whole(it.key, 2), flags=1 | bit)), *UNREAD)
        else:
            it.refused((yield maker.sync(flags=bit)), *UNREAD)
        yield from synced(it, maker)
    return play


for _bit in (32, 64, 128):
    case(f"activate: a flag that is none, {_bit}")(bad_flags(_bit, "A"))
for _bit in (4, 64, 128):
    case(f"sync: a flag that is none, {_bit}")(bad_flags(_bit, "S"))


def flag_without_field(kind, flags):
    def play(it):
        maker = yield from activated(it)
        if kind == "A":
            it.refused((yield it.machine().activate(flags=flags)), *UNREAD)
        else:
            it.refused((yield maker.sync(flags=flags)), *UNREAD)
        yield from synced(it, maker)
    return play


for _flags in range(1, 32):
    case(f"activate: flags {_flags:05b} and no field")(flag_without_field("A", _flags))
for _flags in (1, 2, 8, 16, 32, 59):
    case(f"sync: flags {_flags:06b} and no field")(flag_without_field("S", _flags))


def of_length(kind, cut):
    """A payload with bytes too few (or, where `cut` is above 0, too many)."""
    def play(it):
        maker = yield from activated(it)
        c = noise(it.label + "length", 12)
        whole_ = {
            "A": activate(product=it.product, key=it.key, commitment=c, clock=it.tick(), fingerprint=whole(it.key, 2)),
            "S": sync(activation=maker.id, generation=1, s=bytes(10), commitment=c, clock=it.tick()),
            "R": give_back(maker.id, bytes(12)),
        }[kind]
        payload = whole_ + bytes(cut) if cut > 0 else whole_[:cut]
        it.refused((yield write(kind, payload)), *UNREAD)
        yield from synced(it, maker)
    return play


def nothing_in_it(kind):
    def play(it):
        reply = yield write(kind, b"")
        # So short that a reader may as well take it for no code at all.
        it.check(reply.exit in (3, 4), f"{reply} to a code with nothing in it")
    return play


for _kind in "ASR":
    for _cut in (-1, -2, -11, 1, 2, 11, 400):
        case(f"{_kind}: {abs(_cut)} bytes {'too many' if _cut > 0 else 'missing'}")(of_length(_kind, _cut))
    case(f"{_kind}: nothing in it")(nothing_in_it(_kind))


def with_tag(tag, *kinds):
    def play(it):
        it.refused((yield it.machine().activate(fingerprint=whole(it.key, 1), tag=tag)), 4, *kinds)
    return play


for _tag in (bytes(2), b"\xff\xff", kdf("countersign v1 product", b"other")[:2], kdf("countersign v1 product", b"plainx")[:2]):
    case(f"activate: product tag {_tag.hex()}")(with_tag(_tag, "other_product"))


def with_key(value, reply):
    def play(it):
        it.refused((yield it.machine().activate(fingerprint=whole(it.key, 1), key_bytes=value)), *reply)
    return play


for _value, _reply in ((0, UNREAD), (10**10 - 1, UNREAD), (10**11, UNREAD), (2**40 - 1, UNREAD),
                       (10**10, (4, "unknown_key")), (10**11 - 1, (4, "unknown_key"))):
    case(f"activate: license key {_value}")(with_key(number(_value, 5), _reply))


@case("activate: the key of another product's license")
def _(it):
    key = it.another_key("other")
    other = it.machine(key=key)
    it.refused((yield other.activate(fingerprint=whole(key, 1))), 4, "other_product")


def with_commitment(c):
    def play(it):
        # Drawn or not, it is a number: whoever does not know what opens it has only harmed himself.
        maker = it.machine()
        reply = yield maker.activate(fingerprint=whole(it.key, 1), commitment=c(it))
        it.granted(maker, reply)
        it.refused((yield maker.sync(s=bytes(10))), 6, "held_for_manager")
    return play


case("activate: a commitment of zeros")(with_commitment(lambda it: bytes(4) + noise(it.label, 4) + bytes(4)))
case("activate: a commitment of ones")(with_commitment(lambda it: b"\xff" * 4 + noise(it.label, 4) + b"\xff" * 4))


@case("activate: the same again")
def _(it):
    maker = it.machine()
    code = maker.activate(fingerprint=whole(it.key, 1))
    first = yield code
    second = yield code
    it.granted(maker, first)
    it.check(first.code == second.code, "the same request got another answer")


@case("activate: the same commitment in another request", license=("--type", "floating", "--seats", "5"))
def _(it):
    maker = yield from activated(it, seats=1)
    c = maker.asked[1][8:20]
    for odd in ({"clock": 0}, {"seats": 2}, {"fingerprint": whole(it.key, 2)}):
        it.refused((yield maker.activate(**{"fingerprint": whole(it.key, 1), "seats": 1, **odd}, commitment=c)), 4, "commitment_used")
    it.refused((yield maker.sync(commitment=c)), 4, "commitment_used")
    key = it.another_key()
    it.refused((yield it.machine(key=key).activate(fingerprint=whole(key, 3), commitment=c)), 4, "commitment_used")


def with_clock(clock):
    def play(it):
        maker = it.machine()
        at = clock(it)
        grant = it.granted(maker, (yield maker.activate(fingerprint=whole(it.key, 1), clock=at)))
        it.check(grant and abs(grant["issued"] - it.clock) < 7200, "the grant was issued at another time than the desk's")
        # A clock at its end must not make everything after it old mail (9.2): a copy shows.
        yield from synced(it, maker, clock=at)
        copy = maker.copy()
        yield from synced(it, maker)
        yield from synced(it, maker)
        it.innocent.clear()
        it.refused((yield copy.sync()), 6, "overtaken", "needs_supersede")
        reply = yield copy.sync(clock=it.later())
        it.refused(reply, 6, "held_for_manager", "needs_supersede")
        it.check(reply.verdict == "red", f"a copy is {reply.verdict}")
    return play


for _name, _clock in (("0", lambda it: 0), ("1", lambda it: 1), ("2^32-1", lambda it: LATEST),
                      ("in 25 hours", lambda it: it.clock + 25 * 3600), ("in 27 hours", lambda it: it.clock + 27 * 3600),
                      ("in ten years", lambda it: it.clock + 315 * 10**6)):
    case(f"clock: {_name}")(with_clock(_clock))


def with_presence(raw, right):
    def play(it):
        maker = it.machine()
        reply = yield maker.activate(fingerprint=raw)
        if right:
            it.granted(maker, reply)
        else:
            it.refused(reply, *UNREAD)
    return play


for _presence in (0, 32, 64, 128, 255):
    case(f"fingerprint: presence {_presence}")(with_presence(bytes([_presence]) + bytes(10), False))
    case(f"fingerprint: presence {_presence}, ones")(with_presence(bytes([_presence]) + b"\xff" * 10, False))
for _i in range(5):
    _hole = bytearray(b"\x1f" + b"\xaa" * 10)
    _hole[0] &= ~(1 << _i)
    case(f"fingerprint: {NAMES[_i]} unknown, and something in it")(with_presence(bytes(_hole), False))
case("fingerprint: known, and all zeros")(with_presence(b"\x1f" + bytes(10), True))
case("fingerprint: known, and all ones")(with_presence(b"\x1f" + b"\xff" * 10, True))


def weak(which):
    """A fingerprint without MAC and disk serial: what then happens is the product's own rule."""
    def play(it):
        reply = yield it.machine().activate(fingerprint=mixed(it.key, which))
        if it.product == "plain":
            it.check(not reply.exit and reply.warnings, f"nothing was said of a weak machine: {reply}")
        else:
            it.refused(reply, 6, "weak_machine")
    return play


for _name, _which in (("a machine id", [1, None, None, None, None]), ("what a disk bears", [1, 1, None, None, None]),
                      ("a board", [None, None, 1, None, None]), ("disk and board", [1, 1, 1, None, None])):
    for _product in ("plain", "held", "strict"):
        case(f"weak: {_name} alone, {_product}", product=_product)(weak(_which))
for _name, _which in (("a network card", [None, None, None, 1, None]), ("a disk", [None, None, None, None, 1])):
    @case(f"not weak: {_name}")
    def _(it, which=_which):
        maker = it.machine()
        it.granted(maker, (yield maker.activate(fingerprint=mixed(it.key, which))))


# ---- bound to what -----------------------------------------------------------------

@case("bound: to nothing, by bindings that the product has not")
def _(it):
    maker = it.machine()
    for bindings in (bytes(8), b"\xff" * 8, bound("db")):
        it.refused((yield maker.activate(bindings=bindings)), 6, "not_asked_for")
    it.refused((yield maker.activate()), 6, "unbound")
    it.refused((yield maker.activate(bindings=bound("db"), fingerprint=whole(it.key, 1))), 6, "not_asked_for")


@case("bound: a product with bindings, without them", product="named")
def _(it):
    maker = it.machine()
    it.refused((yield maker.activate()), 6, "needs_bindings")
    it.refused((yield maker.activate(fingerprint=whole(it.key, 1))), 6, "not_asked_for")


@case("bound: a product with both, with one of them", product="both")
def _(it):
    maker = it.machine()
    it.refused((yield maker.activate(bindings=bound("db"))), 6, "unbound")
    it.refused((yield maker.activate(fingerprint=whole(it.key, 1))), 6, "needs_bindings")
    it.granted(maker, (yield maker.activate(fingerprint=whole(it.key, 1), bindings=bound("db"))))


@case("bound: bindings that come later where the product has none")
def _(it):
    maker = yield from activated(it)
    it.refused((yield maker.sync(bindings=bound("db"))), 6, "not_asked_for")
    yield from synced(it, maker)


@case("bound: a fingerprint that comes later where the product has none", product="named")
def _(it):
    maker = yield from activated(it)
    it.refused((yield maker.sync(fingerprint=whole(it.key, 1))), 6, "not_asked_for")
    yield from synced(it, maker)


@case("bound: bindings moved again and again", product="named")
def _(it):
    maker = yield from activated(it)
    moves = 0
    for n in range(6):
        reply = yield maker.sync(bindings=bound(f"db{n}"))
        moves += not reply.exit
        if not reply.exit:
            it.granted(maker, reply)
        else:
            it.refused(reply, 6, "held_for_manager")
    it.check(moves <= 2, f"{moves} moves in a day")


# ---- usb ---------------------------------------------------------------------------

DONGLE = ("--usb", "1234:5678:A1")


@case("usb: right, wrong, none, zeros", license=DONGLE)
def _(it):
    maker, machine = it.machine(), whole(it.key, 1)
    for usb in (None, b"\xff" * 8, usb_digest(it.key, "1234:5678:a2"), usb_digest("1000000000029", "1234:5678:a1")):
        it.refused((yield maker.activate(fingerprint=machine, usb=usb)), 6, "other_usb")
    it.granted(maker, (yield maker.activate(fingerprint=machine, usb=usb_digest(it.key, "1234:5678:a1"))))
    for usb in (bytes(8), b"\xff" * 8, usb_digest(it.key, "1234:5678:a2")):
        it.refused((yield maker.sync(usb=usb)), 6, "other_usb")
    yield from synced(it, maker)
    yield from synced(it, maker, usb=usb_digest(it.key, "1234:5678:a1"))


@case("usb: one that the license has not")
def _(it):
    maker = it.machine()
    it.refused((yield maker.activate(fingerprint=whole(it.key, 1), usb=bytes(8))), 4, "malformed")
    maker = it.machine()
    it.granted(maker, (yield maker.activate(fingerprint=whole(it.key, 1))))
    yield from synced(it, maker, usb=bytes(8))
    yield from synced(it, maker, usb=b"\xff" * 8)


@case("usb: alone, without a fingerprint", license=DONGLE)
def _(it):
    it.refused((yield it.machine().activate(usb=usb_digest(it.key, "1234:5678:a1"))), 6, "unbound")


# ---- seats -------------------------------------------------------------------------

def seats(wanted, kind, sold, exit_):
    def play(it):
        maker = it.machine()
        reply = yield maker.activate(fingerprint=whole(it.key, 1), seats=wanted)
        if exit_ == 0:
            grant = it.granted(maker, reply)
            it.check(grant and grant["seats"] == (1 if kind == "standalone" else wanted), "other seats than wanted")
        else:
            it.refused(reply, *exit_)
    return play


for _kind in ("standalone", "floating"):
    for _wanted, _exit in ((0, UNREAD), (1, 0), (2, 0), (3, (6, "no_seat_free")), (65535, (6, "no_seat_free"))):
        _sold = "2" if _kind != "standalone" else "1"
        _exit = 0 if _kind == "standalone" and _wanted else _exit
        case(f"seats: {_wanted} wanted, {_kind}", license=("--type", _kind, "--seats", _sold))(seats(_wanted, _kind, 2, _exit))


@case("seats: many machines that want one each", license=("--type", "floating", "--seats", "3"))
def _(it):
    granted = 0
    for n in range(6):
        reply = yield it.machine().activate(fingerprint=whole(it.key, n), seats=1)
        granted += not reply.exit
        if reply.exit:
            it.refused(reply, 6, "no_seat_free")
    it.check(granted == 3, f"{granted} of 3 seats granted")


@case("seats: standalone, on many machines", license=("--seats", "2"))
def _(it):
    granted = 0
    for n in range(5):
        reply = yield it.machine().activate(fingerprint=whole(it.key, n))
        granted += not reply.exit
    it.check(granted == 2, f"{granted} of 2 machines activated")


# ---- site keys ---------------------------------------------------------------------

def site_key(key, fit):
    def play(it):
        maker = it.machine()
        reply = yield maker.activate(fingerprint=whole(it.key, 1), site_key=key)
        if fit:
            grant = it.granted(maker, reply)
            it.check(grant and grant["site"], "the grant is of no site")
        else:
            it.refused(reply, 6, "unfit_site_key")
    return play


FLOATING = ("--type", "floating", "--seats", "3")
for _n, _key in enumerate(SMALL_ORDER):
    case(f"site key: of small order, {_n}", license=FLOATING)(site_key(_key, False))
for _n, _key in enumerate(NO_POINTS):
    case(f"site key: no point, {_n}", license=FLOATING)(site_key(_key, False))
case("site key: of mixed order", license=FLOATING)(site_key(mixed_order(), True))


def later_site_key(key, fit):
    def play(it):
        maker = yield from activated(it, site_key=mixed_order())
        reply = yield maker.sync(site_key=key)
        if fit is None:
            # The one that stands: nothing new.
            grant = it.granted(maker, reply)
            it.check(grant and grant["site"], "the grant is of no site")
        elif fit:
            # It waits for a clerk: loans that the one before signed go on.
            it.refused(reply, 6, "new_site_key")
            yield from synced(it, maker)
        else:
            it.refused(reply, 6, "unfit_site_key")
            yield from synced(it, maker)
    return play


for _n, _key in enumerate(SMALL_ORDER + NO_POINTS):
    case(f"site key: unfit in a SYNC, {_n}", license=FLOATING)(later_site_key(_key, False))
case("site key: the one that stands, in a SYNC", license=FLOATING)(later_site_key(mixed_order(), None))
case("site key: another in a SYNC", license=FLOATING)(later_site_key(GOOD_KEY, True))


@case("site key: the first in a SYNC", license=FLOATING)
def _(it):
    maker = yield from activated(it)
    code = maker.sync(site_key=GOOD_KEY)
    it.refused((yield code), 6, "new_site_key")
    if it.mode == "single":
        grant = it.granted(maker, it.desk.respond(code, "--accept-site-key", "--reason", "made later"))
        it.check(grant and grant["site"], "the grant is of no site")
        yield from synced(it, maker)
        yield from synced(it, maker, site_key=GOOD_KEY)


@case("site key: of a standalone license")
def _(it):
    maker = it.machine()
    grant = it.granted(maker, (yield maker.activate(fingerprint=whole(it.key, 1), site_key=GOOD_KEY)))
    it.check(grant and not grant["site"], "a standalone license is of a site")


# ---- codes that are for others -----------------------------------------------------

def for_others(kind, payload):
    def play(it):
        it.refused((yield write(kind, payload)), 4, "wrong_kind")
    return play


for _kind, _length in (("G", 84), ("B", 32), ("T", 16), ("N", 80), ("C", 240), ("K", 320), ("D", 110)):
    for _fill in (0, 255):
        case(f"{_kind}: {_length} bytes of {_fill}")(for_others(_kind, bytes([_fill]) * _length))


@case("A: as long as a code can be, and a row longer")
def _(it):
    for length in (481, 497):
        reply = yield write("A", bytes(length))
        it.check(reply.exit in (3, 4), str(reply))


# ---- SYNC --------------------------------------------------------------------------

@case("sync: as it should be")
def _(it):
    maker = yield from activated(it)
    for _ in range(3):
        yield from synced(it, maker)
    it.check(maker.held == 4, f"generation {maker.held}")


@case("sync: the same again")
def _(it):
    maker = yield from activated(it)
    code = maker.sync()
    first = yield code
    second = yield code
    it.check(first.code == second.code, "the same request got another answer")
    it.granted(maker, first)
    third = yield code
    it.check(first.code == third.code, "the same request got another answer later")


def claimed(generation, reply):
    def play(it):
        maker = yield from activated(it)
        yield from synced(it, maker)
        told = yield maker.sync(generation=generation)
        if reply:
            it.refused(told, *reply)
        else:
            # What is claimed counts for nothing: what s opens does.
            it.check(told.exit in (0, 4, 6), str(told))
            if not told.exit:
                it.granted(maker, told)
        yield from synced(it, maker)
    return play


for _generation, _reply in ((0, UNREAD), (1, None), (3, None), (65535, None)):
    case(f"sync: generation {_generation} claimed where 2 is held")(claimed(_generation, _reply))


def with_secret(s):
    """A secret that opens nothing proves nothing: anyone can write it, and it speaks against nobody."""
    def play(it):
        maker = yield from activated(it)
        yield from synced(it, maker)
        it.refused((yield maker.copy().sync(s=s(it))), 6, "held_for_manager")
        reply = yield maker.sync()
        it.granted(maker, reply)
    return play


case("sync: a secret of zeros")(with_secret(lambda it: bytes(10)))
case("sync: a secret of ones")(with_secret(lambda it: b"\xff" * 10))
case("sync: a random secret")(with_secret(lambda it: noise(it.label + "s", 10)))


@case("sync: random secrets by the hundred")
def _(it):
    maker = yield from activated(it)
    other = maker.copy()
    for n in range(60):
        it.refused((yield other.sync(s=noise(f"{it.label} {n}", 10))), 6, "held_for_manager")
    yield from synced(it, maker)
    if it.mode == "single":
        told = it.desk("ledger", "history", it.key, "--json").splitlines()
        # Refusals that are remembered beside the history are the last twenty.
        beside = [row for row in told if json.loads(row)["event"] is None]
        rows = len(told) - len(beside)
        it.check(rows < 40, f"{rows} rows of history for what anyone can write")
        it.check(len(beside) <= 20, f"{len(beside)} refusals beside it for what anyone can write")


@case("sync: of an activation that is none")
def _(it):
    maker = yield from activated(it)
    for id_ in (noise(it.label, 4), noise(it.label + "2", 4)):
        it.refused((yield maker.sync(activation=id_)), 4, "unknown_activation")
    yield from synced(it, maker)


@case("sync: with the secret of another license")
def _(it):
    maker = yield from activated(it)
    other = yield from activated(it, 2, it.another_key())
    it.refused((yield other.sync(activation=maker.id)), 6, "held_for_manager")
    it.refused((yield maker.sync(activation=other.id)), 6, "held_for_manager")
    yield from synced(it, maker)
    yield from synced(it, other)


@case("sync: what a reader of the mail knows")
def _(it):
    maker = yield from activated(it)
    reader = maker.copy()
    yield from synced(it, maker)
    # Its s stood in the mail. He gets nothing that a clerk does not give him, and speaks against nobody.
    reply = yield reader.sync(fingerprint=whole(it.key, 9))
    it.refused(reply, 6, "needs_supersede", "held_for_manager")
    yield from synced(it, maker)
    reply = yield reader.sync(fingerprint=whole(it.key, 9), clock=it.later())
    it.refused(reply, 6, "held_for_manager")
    yield from synced(it, maker)


@case("sync: from every older generation")
def _(it):
    maker = yield from activated(it)
    for _ in range(5):
        yield from synced(it, maker)
    it.innocent.clear()
    for held in (1, 2, 3, 4):
        reply = yield maker.copy().sync(held=held, clock=it.later())
        it.refused(reply, 6, "held_for_manager")
        it.check(reply.verdict == "red", f"generation {held} is {reply.verdict}")
    it.refused((yield maker.copy().sync(held=5)), 6, "needs_supersede")
    yield from synced(it, maker)


@case("sync: two from one generation")
def _(it):
    maker = yield from activated(it)
    copy = maker.copy()
    yield from synced(it, maker)
    it.refused((yield copy.sync(fingerprint=whole(it.key, 2))), 6, "needs_supersede", "held_for_manager")


@case("sync: every field as large as it can be")
def _(it):
    maker = yield from activated(it)
    it.refused((yield maker.copy().sync(generation=65535, s=b"\xff" * 10, clock=LATEST, fingerprint=b"\x1f" + b"\xff" * 10,
                                        usb=b"\xff" * 8, site=b"\xff" * 13)), 6, "held_for_manager")
    yield from synced(it, maker)


@case("sync: the notes of a site that is none")
def _(it):
    maker = yield from activated(it)
    for site in (bytes(13), b"\xff" * 13):
        reply = yield maker.sync(site=site)
        it.check(reply.exit in (0, 6) and reply.verdict != "red", f"{reply}, {reply.verdict}")
        if not reply.exit:
            it.granted(maker, reply)


@case("sync: in a flood of clocks")
def _(it):
    maker = yield from activated(it)
    for clock in (LATEST, 0, LATEST - 1, 1, it.clock):
        yield from synced(it, maker, clock=clock)


# ---- RETURN ------------------------------------------------------------------------

@case("return: as it should be, twice")
def _(it):
    maker = yield from activated(it)
    code = maker.give_back()
    first = yield code
    second = yield code
    it.check(first.exit == second.exit == 0, f"{first}, then {second}")
    it.refused((yield maker.sync()), 6, "given_up", "held_for_manager")
    other = it.machine()
    it.granted(other, (yield other.activate(fingerprint=whole(it.key, 2))))


@case("return: r that opens nothing")
def _(it):
    maker = yield from activated(it)
    for r in (bytes(12), b"\xff" * 12, noise(it.label, 12)):
        reply = yield maker.give_back(r=r)
        it.check(reply.exit in (0, 4, 6) and reply.verdict != "red", f"{reply}, {reply.verdict}")
    it.check(it.desk.show(it.key)["seats_taken"] == 1, "the seat came free")
    yield from synced(it, maker)


@case("return: of an activation that is none")
def _(it):
    maker = it.machine()
    maker.id = noise(it.label + "none", 4)
    reply = yield maker.give_back(r=noise(it.label, 12))
    it.check(reply.exit in (0, 4, 6), str(reply))


@case("return: before its own ACTIVATE")
def _(it):
    maker = it.machine()
    code = maker.activate(fingerprint=whole(it.key, 1))
    r, id_ = maker.asked[2], maker.asked[3]
    yield write("R", give_back(id_, r))
    it.refused((yield code), 6, "given_up")


@case("return: then its own SYNC, made before", license=("--seats", "1"))
def _(it):
    maker = yield from activated(it)
    code = maker.sync()
    yield maker.give_back()
    it.refused((yield code), 6, "given_up", "held_for_manager")
    it.check(it.desk.show(it.key)["seats_taken"] == 0, "the seat is still taken")


@case("return: the SYNC that its reader can write")
def _(it):
    maker = yield from activated(it)
    yield from synced(it, maker)
    # RETURN gives r away, and with it s.
    r = maker.secrets[maker.held]
    yield maker.give_back()
    s = commitment(it.key, r)[0]
    thief = maker.copy()
    it.refused((yield thief.sync(s=s, fingerprint=whole(it.key, 9))), 6, "given_up", "held_for_manager")


@case("return: its reader's SYNC arrives before it")
def _(it):
    maker = yield from activated(it)
    yield from synced(it, maker)
    thief = maker.copy()
    reply = yield thief.sync(fingerprint=whole(it.key, 9))
    it.granted(thief, reply)
    # Accepted, and bounded: the seat stays one, and comes free.
    yield maker.give_back()
    it.check(it.desk.show(it.key)["seats_taken"] == 0, "the seat is still taken")
    it.refused((yield thief.sync()), 6, "given_up", "held_for_manager")


@case("lost: a machine that was released asks again")
def _(it):
    maker = yield from activated(it)
    yield from synced(it, maker)
    it.desk("release", it.key, "--lost", "--reason", "stolen")
    it.innocent.clear()
    before = len(it.desk("ledger", "history", it.key, "--json").splitlines())
    it.refused((yield maker.sync()), 6, "given_up", "held_for_manager")
    it.check(len(it.desk("ledger", "history", it.key, "--json").splitlines()) > before, "the history knows nothing of it")
    it.check(it.desk.show(it.key)["seats_taken"] == 0, "it took its seat again")


@case("return: a machine that was returned asks again")
def _(it):
    maker = yield from activated(it)
    yield from synced(it, maker)
    yield maker.give_back()
    before = len(it.desk("ledger", "history", it.key, "--json").splitlines())
    it.refused((yield maker.sync()), 6, "given_up", "held_for_manager")
    it.check(len(it.desk("ledger", "history", it.key, "--json").splitlines()) > before, "the history knows nothing of it")


@case("return: then the ACTIVATE again", license=("--seats", "1"))
def _(it):
    maker = it.machine()
    code = maker.activate(fingerprint=whole(it.key, 1))
    it.granted(maker, (yield code))
    yield maker.give_back()
    reply = yield code
    # The stored bytes or a refusal: no seat is taken by it.
    it.check(reply.exit in (0, 6), str(reply))
    it.check(it.desk.show(it.key)["seats_taken"] == 0, "a seat is taken by old mail")


@case("return: with an r of an older generation")
def _(it):
    maker = yield from activated(it)
    for _ in range(3):
        yield from synced(it, maker)
    it.innocent.clear()
    it.refused((yield maker.give_back(held=1)), 6, "held_for_manager")
    it.check(it.desk.show(it.key)["seats_taken"] == 1, "the seat came free")


@case("return: random ones by the hundred")
def _(it):
    maker = yield from activated(it)
    for n in range(100):
        reply = yield maker.give_back(r=noise(f"{it.label} {n}", 12))
        it.check(reply.exit in (0, 4, 6), str(reply))
    yield from synced(it, maker)


# ---- one number for two activations ------------------------------------------------

@case("one number: two activations of one license", license=("--seats", "3"))
def _(it):
    maker = yield from activated(it)
    twin = it.machine()
    it.refused((yield twin.activate(fingerprint=whole(it.key, 2), commitment=maker.id + noise(it.label, 8))), 6, "same_name")
    yield from synced(it, maker)


@case("one number: two activations of two licenses")
def _(it):
    maker = yield from activated(it)
    # Its own secret opens it: only four bytes of C are chosen, as a search finds them.
    twin = yield from activated(it, 2, it.another_key(), commitment=maker.id + noise(it.label, 8))
    yield from synced(it, maker)
    it.refused((yield twin.sync(s=noise(it.label, 10))), 6, "held_for_manager")
    yield from synced(it, maker)
    if it.mode == "single":
        name = f"A-{int.from_bytes(maker.id, 'big')}"
        it.desk("release", name, "--lost", "--reason", "which", codes=(2,))
        for own in (it.key, twin.key):
            it.desk("release", name, own, "--lost", "--reason", "this one")


# ---- one seat, many machines -------------------------------------------------------

def walk(it, maker, which_after):
    """SYNCs that change what is claimed, as long as they are answered at once; gives how many computers were ever licensed."""
    licensed, which = set(), [0] * 5
    for n in range(60):
        which, odd = which_after(n, which)
        reply = yield maker.sync(fingerprint=mixed(it.key, which), **odd)
        if reply.exit:
            it.refused(reply, 6, "held_for_manager")
            return licensed
        it.granted(maker, reply)
        stands = maker.standing[maker.held]["fingerprint"]
        for computer in range(40):
            if compare(stands, whole(it.key, computer)) == "match":
                licensed.add(computer)
    it.check(False, "sixty changes in a day and nobody was asked")
    return licensed


def one_seat(name, which_after):
    @case(f"one seat: {name}", license=("--grace", "0"))
    def _(it):
        maker = yield from activated(it, 0)
        licensed = yield from walk(it, maker, which_after)
        # The bound of SECURITY.md for Linux, the first one counted.
        it.check(len(licensed | {0}) <= 8, f"{len(licensed | {0})} machines on one seat")


def two_at_a_time(n, which):
    """Of five parts two are exchanged at each contact."""
    fresh, places = n // 3 + 1, ([0, 2], [1, 3], [4])[n % 3]
    return [fresh if i in places else it for i, it in enumerate(which)], {}


def forget_then_replace(n, which):
    """First parts are forgotten, which is none of anybody's business; then unknown parts become known."""
    fresh, at = n // 4 + 1, n % 4
    steps = ([None, None], [fresh, fresh])[at % 2]
    places = ([0, 2], [0, 2], [1, 3], [1, 3])[at]
    return [steps[places.index(i)] if i in places else it for i, it in enumerate(which)], {}


def another_each_time(n, which):
    return [n + 1] * 5, {}


def disk_stays(n, which):
    """The clones of one disk image: what the disk bears stays, the boards differ."""
    return [0, 0, n + 1, n + 1, n + 1], {}


def hide_hardware(n, which):
    """All that hardware bears is hidden, then another hardware shown."""
    fresh = n // 2 + 1
    return ([0, 0, None, None, None] if n % 2 == 0 else [0, 0, fresh, fresh, fresh]), {}


def half_and_half(n, which):
    """One made-up computer of the parts of several, each of which hides the others."""
    return [n % 7, n % 5, n % 6, n % 4, n % 3], {}


for _name, _walk in (("two parts exchanged at a time", two_at_a_time), ("forgotten, then replaced", forget_then_replace),
                     ("another machine each time", another_each_time), ("clones of one disk", disk_stays),
                     ("hidden, then other hardware", hide_hardware), ("put together of many", half_and_half)):
    one_seat(_name, _walk)


@case("one seat: returned and activated elsewhere, again and again")
def _(it):
    granted = 0
    for n in range(12):
        maker = it.machine()
        reply = yield maker.activate(fingerprint=whole(it.key, n))
        if reply.exit:
            it.refused(reply, 6, "no_seat_free", "held_for_manager")
            break
        granted += 1
        it.granted(maker, reply)
        yield maker.give_back()
    # Six returns free their seats at once, a further one waits.
    it.check(granted <= 7, f"{granted} machines on one seat in a day")


@case("one seat: activated again and again under the same disk")
def _(it):
    granted = 0
    for n in range(8):
        maker = it.machine()
        reply = yield maker.activate(fingerprint=mixed(it.key, [0, 0, 0, n, n]))
        granted += not reply.exit
        if reply.exit:
            it.refused(reply, 6, "held_for_manager", "no_seat_free")
    it.check(granted <= 3, f"{granted} activations of one seat in a day")
