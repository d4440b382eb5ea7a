"""Loans and site certificates made by hand, each with one thing odd (SPEC.md 4.7, 4.8, 5.3, 5.4): what `cheat_sites.py`
hands to a workstation.

`it` is the workstation and the site that answers it.
"""

import cheat_codes as codes
from cheat_answers import entry
from loans import LATEST
from payloads import decode
from site_by_hand import LAST, Certified
from trust import ZEROS, day_of, holder, machine_digest, request_digest
from vendor import Key

ORDER = 2**252 + 27742317777372353535851937790883648493
SMALL_ORDER = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")


def odd_bodies(it):
    """(name, body of a loan)."""
    today, noon = it.today, it.vendor.noon
    granted = decode("C", it.certified.card)["grant"]

    def of(name, **odd):
        return name, it.body(**odd)

    yield of("as it should be")
    for until in (0, 1, today - 1, today, today + 1, today + 13, today + 14, today + 15, 65535):
        yield of(f"until {until - today} days from now", until=until)
    for issued in (0, granted["issued"] - 1, granted["issued"], granted["issued"] + 1, noon - 86400, noon + 25 * 3600,
                   noon + 27 * 3600, noon + 5 * 86400, noon + 6 * 86400, LATEST):
        yield of(f"issued {issued - noon} seconds from now", issued=issued)
        yield of(f"issued {issued - noon} seconds from now, for 14 days", issued=issued,
                 until=min(day_of(issued) + 14, 65535))
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
        "nothing": [], "a feature": [entry(0, 0)], "all": [entry(0, 0), late, users, design, text],
        "one not sold": [entry(1, 0)], "a feature that ends, without its end": [entry(2, 0)],
        "later": [entry(2, 2, later)], "earlier": [entry(2, 2, codes.number(today, 2))],
        "a feature with an end": [entry(0, 2, last)], "a limit below": [entry(3, 1, 9)],
        "a limit of 0": [entry(3, 1, 0)], "a limit above": [entry(3, 1, 11)], "no limit": [entry(3, 1, 2**32 - 1)],
        "a limit with an end": [entry(3, 3, 10, last)], "a limit as a feature": [entry(3, 0)],
        "a feature as a limit": [entry(0, 1, 1)], "two of a pool": [entry(4, 1, 2)], "none of a pool": [entry(4, 1, 0)],
        "three of a pool": [entry(4, 1, 3)], "another text": [entry(5, 4, b"\x03lab")],
        "a longer text": [entry(5, 4, b"\x04Lab!")], "a text as a limit": [entry(5, 1, 1)],
        "beyond the catalogue": [entry(6, 0)], "twice": [entry(0, 0), entry(0, 0)],
        "out of order": [users, entry(0, 0)], "cut short": [entry(3, 1)], "h 5": [entry(0, 5)],
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
    for name, machine in (("another machine", machine_digest(activation, codes.whole(it.site.key, 9))),
                          ("no machine", machine_digest(activation)),
                          ("another commitment", machine_digest(bytes(4), fingerprint)),
                          ("the site itself", it.site.machine),
                          ("a machine with bindings", machine_digest(activation, fingerprint, bytes(8)))):
        yield f"signed for {name}", it.sign(good, held_by=holder("lent", it.site.key, machine))
    other = it.vendor.sell("--type", "floating", "--lend", "14")
    held_by = holder("lent", other, machine_digest(activation, fingerprint))
    yield "signed for another license", it.sign(good, held_by=held_by)
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
        yield of(f"that wants contact in {days} days, with loans of 1",
                 it.body(until=today + 6, issued=vendor.noon + 5 * 86400),
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
    other = vendor.sell("--type", "floating", "--lend", "14")
    yield of("for another license", held_by=holder("lent", other, site.machine))
    yield of("for another site key", subject=Key("stranger").public)
    yield of("for no site key", subject=ZEROS)
    yield of("under a certificate that is none", parent=b"\x01" * 32)
    # 4.9, 5.4: within each limit of a desk, and one beyond.
    for name, limits in {
        "without limits": {}, "no right to grant": {"kinds": 2}, "no right to lend": {"kinds": 1},
        "for one product": {"kinds": 11}, "for another product": {"kinds": 11, "product": "other"},
        "a manager": {"kinds": 19}, "a manager of one product": {"kinds": 27}, "a flag that is none": {"kinds": 35},
        "over yesterday": {"not_after": today - 1}, "until today": {"not_after": today}, "5 seats": {"seats": 5},
        "4 seats": {"seats": 4}, "14 days of loans": {"loan": 14}, "13 days of loans": {"loan": 13},
        "contact, and there is none": {"grace": 30}, "signed by the spare root": {"signer": vendor.spare},
        "signed by itself": {"signer": desk},
    }.items():
        yield by_desk(name, limits)
    for days in (29, 30, 31):
        yield by_desk(f"contact in {days} days", {"grace": 30}, revalidate_by=today + days)
    certificate, parent = vendor.desk_certificate(desk)
    yield of("by a desk, whose certificate is left out", signer=desk, parent=parent)
    yield of("by a desk, under no certificate", desk=certificate, signer=desk)
    yield of("by the root, and a desk's certificate with it", desk=certificate)
    yield of("by a desk, with another one's certificate", desk=vendor.desk_certificate(manager)[0], signer=desk,
             parent=parent)
    yield of("by a desk, with its other certificate", desk=vendor.desk_certificate(desk, seats=9)[0], signer=desk,
             parent=parent)
    for name, point in (("of small order", SMALL_ORDER), ("that is none", b"\x02" + bytes(31))):
        yield f"a site key {name}", site.called(point).by_hand(), it.body()


def odd_cards(it):
    """(name, certificate) whose bytes were changed on the way, under a loan that is right."""
    whole = it.certified.card
    for place, name in ((1, "site key"), (33, "request digest"), (65, "machine digest"), (97, "grant"),
                        (len(whole) - 1, "signature")):
        yield f"{name} changed", Certified(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1:],
                                           it.certified.parent)
    for flags in (1, 2, 255):
        yield f"flags {flags}", Certified(bytes([flags]) + whole[1:], it.certified.parent)
    yield "a byte too few", Certified(whole[:-1], it.certified.parent)
    yield "a byte too many", Certified(whole + b"\x00", it.certified.parent)
