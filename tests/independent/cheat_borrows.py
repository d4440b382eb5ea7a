"""A workstation made by hand asks the real site for seats (SPEC.md 4.3, 4.6 to 4.8, 9.10), with every field odd.

What the site should answer is what the book of `loans.py` says of the same request; each loan is verified from the root
down, as a workstation does. Whatever is refused changes nothing. At the end the site's chain of loans is the one that
the book has.
"""

import itertools

import cheat_answers
import cheat_codes as codes
from loans import LATEST
from payloads import decode
from real_site import Site, Workstation
from rows import write
from trust import holder, machine_digest, request_digest
from vendor import Key, snapshot


def odd_borrows(it):
    """(name, payload) of a BORROW by a workstation that no case before knows."""
    numbers = itertools.count(100)

    def of(name, **odd):
        return name, Workstation(it, [next(numbers)] * 5).borrow(**odd)

    right = Workstation(it, [99] * 5).borrow
    yield of("as it should be")
    for flags in range(256):
        if flags not in (0, 1, 2, 3) and (flags < 8 or flags & (flags - 1) == 0 or flags == 255):
            yield of(f"flags {flags:08b}", flags=flags)
    for flags in (1, 2, 3):
        yield of(f"flags {flags:02b} and no field", flags=flags)
    yield of("a serial and no flag", serial=1, flags=0)
    yield of("features and no flag", wanted=[0], flags=0)
    yield of("a serial, flagged as features", serial=1, flags=2)
    for cut in (-1, -2, -12, -35, 1, 2, 12, 300):
        whole = right()
        yield f"{cut} bytes", whole[:cut] if cut < 0 else whole + bytes(cut)
    for value in (0, 10**10 - 1, 10**11, 2**40 - 1, 10**10, 10**11 - 1):
        yield of(f"license key {value}", key_bytes=codes.number(value, 5))
    for days in (0, 1, 2, 13, 14, 15, 255):
        yield of(f"{days} days", days=days)
    for clock in (0, 1, it.now - 27 * 3600, it.now - 25 * 3600, it.now + 25 * 3600, it.now + 27 * 3600, LATEST):
        yield of(f"clock {clock - it.now}", clock=clock)
    for tag in (bytes(2), it.tag, it.tag[::-1], b"\xff\xff"):
        yield of(f"certificate tag {'as it is' if tag == it.tag else tag.hex()}", tag=tag)
    for presence in (0, 32, 64, 128, 255):
        yield of(f"presence {presence}", fingerprint=bytes([presence]) + bytes(10))
    for i in range(5):
        hole = bytearray(b"\x1f" + b"\xaa" * 10)
        hole[0] &= ~(1 << i)
        yield of(f"part {i} unknown, and something in it", fingerprint=bytes(hole))
    for presence in (1, 2, 4, 8, 16, 3, 28, 30):
        number_ = next(numbers)
        which = [number_ if presence >> i & 1 else None for i in range(5)]
        yield f"presence {presence:05b}", Workstation(it, which).borrow()
    yield of("a fingerprint of zeros", fingerprint=b"\x1f" + bytes(10))
    yield of("a fingerprint of ones", fingerprint=b"\x1f" + b"\xff" * 10)
    yield of("a commitment of zeros", commitment=bytes(12))
    yield of("a commitment of ones", commitment=b"\xff" * 12)
    for serial in (0, 1, 2, len(it.book.loans), 9999, 2**24 - 1):
        yield of(f"more of loan {serial}", serial=serial)
    for name, wanted in {
        "a feature": [0], "a limit": [3], "a pool": [4], "a text": [5], "several": [0, 3, 5],
        "all of them": [0, 2, 3, 4, 5], "not sold": [1], "one sold, one not": [0, 1], "beyond the catalogue": [6],
        "index 2^29 - 1": [2**29 - 1], "nothing": b"\x00", "out of order": [3, 0], "twice": [0, 0],
        "a limit's number": b"\x02\x09\x05", "a last day": b"\x03\x02\x0f\xff", "a text's bytes": b"\x03\x1c\x01a",
        "h 5": b"\x01\x05", "h 7": b"\x01\x07", "a longer form": b"\x02\x80\x00", "longer than it says": b"\x00\x00",
        "shorter than it says": b"\x05\x00", "index 2^29": b"\x05\x80\x80\x80\x80\x10", "no end": b"\x01\x80",
    }.items():
        yield of(f"wanted: {name}", wanted=wanted)


def fields(vendor):
    """Each field odd; many seats, so that none of it is for want of one."""
    it = Site(vendor, "fields", "--lend", "14", "--feature", "fast", "--limit", "users=10", "--pool", "design=100",
              "--text", "licensee=Lab", "--feature", f"late:{vendor.w.date(1)}", seats=90)
    for name, payload in odd_borrows(it):
        it.ask(name, payload)
    first = Workstation(it, [1] * 5)
    payload = first.borrow(days=4)
    it.ask("the first", payload)
    it.ask("the same again", payload)
    c = bytes.fromhex(decode("B", payload)["commitment"])
    for odd in ({"days": 5}, {"clock": 1}, {"fingerprint": codes.whole(it.key, 2)}, {"wanted": [0]}, {"serial": 1},
                {"tag": it.tag}):
        it.ask(f"its commitment again, and {odd}", first.borrow(**{"days": 4, **odd}, commitment=c))
    # RETURNs.
    given = first.give_back(payload)
    for name, odd in (("of another id", bytes(4) + given[4:]),
                      ("of a secret that opens nothing", given[:4] + bytes(12)),
                      ("a byte too few", given[:-1]), ("a byte too many", given + b"\x00")):
        it.give_back(f"a return, {name}", odd)
    stranger = Workstation(it, [3] * 5)
    it.give_back("a return of what was never answered", stranger.give_back(stranger.borrow()))
    it.give_back("a return", given)
    it.give_back("a return again", given)
    it.ask("its request again, given back", payload)
    it.ask("more of what was given back", first.borrow(serial=len(it.book.loans)))
    it.at(1)
    it.ask("on the last day of a feature", first.borrow(wanted=[2]))
    serial = len(it.book.loans)
    it.at(2)
    it.ask("after the last day of a feature", first.borrow(wanted=[2]))
    it.ask("all, a feature having ended", first.borrow())
    it.ask("more of a loan with a feature that has ended", first.borrow(serial=serial))
    return it.finish()


def extensions(vendor):
    """Who gets more of a loan, whose seats it keeps, and when they are free (9.10)."""
    it = Site(vendor, "extensions", "--lend", "14", "--feature", "fast", "--pool", "design=2", seats=8)
    one, two = Workstation(it, [1] * 5), Workstation(it, [2] * 5)
    asked = [one.borrow(days=10, wanted=[0])]
    it.ask("one asks", asked[0])
    it.ask("two asks", two.borrow())
    it.ask("one wants less time of its loan", one.borrow(days=3, serial=1))
    it.ask("one asks again and knows of no loan", one.borrow(days=3))
    it.ask("one wants more of the first loan, which has later ones", one.borrow(days=12, serial=1))
    it.ask("one wants another feature of it", one.borrow(days=12, serial=1, wanted=[4]))
    it.ask("two wants more of one's", two.borrow(serial=1))
    it.ask("more of a loan of one, by its board and one disk", Workstation(it, [9, 9, 1, 1, 1]).borrow(serial=1))
    it.ask("and by another exchange", Workstation(it, [1, 1, 8, 8, 1]).borrow(serial=1))
    it.ask("and by the first exchange, in full", Workstation(it, [9, 9, 1, 1, 1]).borrow(serial=1))
    it.ask("by one that exchanged one part", Workstation(it, [2, 2, 2, 6, 2]).borrow(serial=2))
    it.ask("and by one that exchanged another", Workstation(it, [2, 6, 2, 2, 2]).borrow(serial=2))
    it.ask("by a machine that knows less", Workstation(it, [1, 1, 1, 1, None]).borrow(serial=1))
    it.ask("by the disk alone", Workstation(it, [1, 1, None, None, None]).borrow(serial=1))
    it.give_back("the first of one's", one.give_back(asked[0]))
    it.ask("more of the one that was given back", one.borrow(serial=1))
    it.ask("more of a later one", one.borrow(serial=3))
    it.ask("one asks and knows of no loan, the first being given back", one.borrow())
    for day_ in (3, 6, 7, 13, 14, 16):
        it.at(day_)
        it.ask(f"one wants more on day {day_}", one.borrow(serial=3, days=1))
        it.ask(f"two wants more on day {day_}", two.borrow(serial=2, days=1))
        it.ask(f"two asks on day {day_}", two.borrow(days=1))
    return it.finish()


def few(vendor):
    """Seats and pools that are used up, that come back, and that do not come back for a copy."""
    it = Site(vendor, "few", "--lend", "14", "--feature", "fast", "--pool", "design=1", seats=3)
    machines = [Workstation(it, [number_] * 5) for number_ in range(1, 9)]
    for i, wanted in enumerate(([0], [4], None, [0], [0])):
        it.ask(f"machine {i} asks for {wanted}", machines[i].borrow(wanted=wanted))
    it.ask("one that has a seat wants the pool too", machines[0].borrow(serial=1, wanted=[0, 4]))
    it.at(7)
    it.ask("when all is over", machines[7].borrow(days=2))
    # Both loans of an extended one are given back before its seat is free.
    first, second = machines[1].borrow(days=5, wanted=[4]), machines[1].borrow(days=6, serial=len(it.book.loans) + 1)
    it.ask("machine 1 borrows the pool", first)
    it.ask("and for longer", second)
    for name, payload in (("the second", second), ("the first", first)):
        it.ask("another wants the pool", machines[2].borrow(wanted=[4]))
        it.give_back(f"{name} of two loans", machines[1].give_back(payload))
    it.ask("another wants the pool, and both are given back", machines[2].borrow(wanted=[4]))
    return it.finish()


def copies(vendor):
    """The seats of as many machines as the license has seats come back at once; of more when their loans are over, or
    the vendor has answered."""
    it = Site(vendor, "copies", "--lend", "14", "--feature", "fast", seats=3)
    machines = [Workstation(it, [number_] * 5) for number_ in range(1, 9)]
    asked = []
    for i, one in enumerate(machines):
        asked.append(one.borrow(days=9))
        it.ask(f"machine {i} asks", asked[-1])
        for _ in range(2):
            it.give_back(f"machine {i} gives back", one.give_back(asked[-1]))
        if i == 3:
            it.ask("one that gave back asks again, its seat being kept", one.borrow(days=1))
    if sum(loan.kept for loan in it.book.loans) != 2:
        it.say("given back by many", f"{sum(loan.kept for loan in it.book.loans)} seats are kept")
    it.synced()
    for i, one in enumerate(machines[:5]):
        asked.append(one.borrow(days=1))
        it.ask(f"the vendor has answered, and machine {i} asks", asked[-1])
        it.give_back(f"and machine {i} gives back", one.give_back(asked[-1]))
    it.at(3)
    it.ask("when some are over", machines[7].borrow(days=2))
    return it.finish()


def kept_and_ends(vendor):
    """Seats that stay at the site, days that it does not lend, and a license that ends: it lends while that holds."""
    it = Site(vendor, "ends", "--lend", "14", "--feature", "fast", "--expires", vendor.w.date(9), "--grace", "60",
              seats=4, longest=10, keep=2)
    for i, days in enumerate((8, 9, 10, 11, 1, 10)):
        it.ask(f"{days} days, the license having 9", Workstation(it, [i % 3 + 1] * 5).borrow(days=days))
    it.at(9)
    last = Workstation(it, [1] * 5).borrow(days=5, serial=1)
    it.ask("on its last day", last)
    it.at(10)
    it.ask("the same request on the day after", last)
    it.ask("on the day after", Workstation(it, [2] * 5).borrow())
    it.ask("more of a loan on the day after", Workstation(it, [1] * 5).borrow(serial=1))
    return it.finish()


def at_random(vendor):
    """Requests and returns of a few machines whose parts are mixed, in any order: each answer is the one that the book
    has."""
    it = Site(vendor, "at random", "--lend", "5", "--feature", "fast", "--pool", "design=2", seats=3, longest=5)
    draw = iter(codes.noise("at random", 4000))

    def choose(options):
        return options[next(draw) % len(options)]

    mixes = [[1] * 5, [2] * 5, [1, 1, 1, 2, 2], [2, 2, 1, 1, 1], [1, 1, None, None, None], [None, None, 1, 1, 1],
             [1, 1, 1, 1, None], [2, 1, 1, 1, 1]]
    machines = [Workstation(it, which) for which in mixes]
    asked, day_ = [], 0
    for step in range(80):
        one, what = choose(machines), choose(range(8))
        if what < 4:
            serial = choose([None, None, *range(max(1, len(it.book.loans) - 4), len(it.book.loans) + 1)])
            payload = one.borrow(days=choose([1, 2, 5, 6]), serial=serial, wanted=choose([None, [0], [4]]))
            it.ask(f"step {step}, {one.label} on day {day_}, of {serial}", payload)
            asked.append((one, payload))
        elif what < 7 and asked:
            one, payload = choose(asked[-8:])
            it.give_back(f"step {step}, {one.label} on day {day_}", one.give_back(payload))
        elif what == 7:
            day_ += choose([1, 1, 2])
            it.at(day_)
    return it.finish()


def contact(vendor):
    """A site that is to re-validate: loans may run for longer than that, but none is given when it is overdue."""
    it = Site(vendor, "contact", "--lend", "3", "--grace", "4", seats=4, longest=3)
    one = Workstation(it, [1] * 5)
    for day_ in (0, 3, 4, 5):
        it.at(day_)
        payload = one.borrow(days=3)
        it.ask(f"on day {day_}", payload)
        it.give_back(f"on day {day_}", one.give_back(payload))
    it.synced()
    it.ask("when it was answered", one.borrow(days=3))
    return it.finish()


def of_a_desk(vendor, name, entries, kinds, **odd):
    """A site whose GRANT a desk signed by hand."""
    desk = Key("a desk")
    certificate, parent = vendor.desk_certificate(desk, kinds=kinds, epoch=1, seats=6, loan=9)

    def grant(site, request):
        asked = decode("A", request)
        activation, fingerprint, site_key = (bytes.fromhex(asked[it])
                                             for it in ("commitment", "fingerprint", "site_key"))
        held_by = holder("lent", site.key, machine_digest(activation[:4], fingerprint))
        payload = vendor.grant(request_digest("A", request), held_by, site_key, signer=desk, parent=parent, seats=6,
                               longest_loan=9, entries=entries)
        return [write("D", certificate), write("G", payload)]

    it = Site(vendor, name, "--lend", "14", seats=6, longest=9, grant=grant, **odd)
    it.signed_under(desk.public, parent)
    return it


def by_a_desk(vendor, name, entries, kinds):
    """Its certificate goes with the loan, or before it where both are too long for a code."""
    it = of_a_desk(vendor, name, entries, kinds)
    one = Workstation(it, [1] * 5)
    it.ask("a loan", one.borrow(days=9))
    it.ask("too long a loan", one.borrow(days=10))
    it.ask("a loan under the certificate that is known", one.borrow(serial=1, tag=it.tag))
    it.ask("a loan of one entry", Workstation(it, [2] * 5).borrow(wanted=[5]))
    it.ask("a loan of what is beyond the product file", Workstation(it, [3] * 5).borrow(wanted=[6]))
    return it.finish()


def licensee(size):
    return cheat_answers.entry(5, 4, bytes([size]) + b"x" * size)


def short_certificate(vendor):
    return by_a_desk(vendor, "by a desk", licensee(3), 3)


def long_certificate(vendor):
    beyond = cheat_answers.entry(6, 4, b"\x40" + b"y" * 64)
    return by_a_desk(vendor, "by a desk, at length", licensee(64) + beyond, 11)


def endless_certificate(vendor):
    """A desk that grants what no card can carry: nothing is lent, and no seat reserved for what nobody could enter."""
    entries = licensee(64) + b"".join(cheat_answers.entry(it, 4, b"\x40" + b"y" * 64) for it in (6, 7))
    it = of_a_desk(vendor, "by a desk, endlessly", entries, 11, lends=False)
    borrow = write("B", Workstation(it, [1] * 5).borrow())
    password = ("--passphrase-file", vendor.password)
    for command, given in ((it.lend_on, ""), (("site", "card"), ""), (("respond", *password), borrow)):
        it.tried += 1
        before = snapshot(it.w)
        told = it.w.machine(*command, "--json", home="site", stdin=given)
        it.refused(" ".join(command[:2]), told, before, 6, "too_long_to_lend")
    return it


PLAYS = [fields, extensions, few, copies, kept_and_ends, contact, at_random, short_certificate, long_certificate,
         endless_certificate]


class Borrows:
    def __init__(self, vendor):
        self.vendor = vendor

    def play(self):
        """What is wrong, how many codes were tried, how many were answered."""
        wrong, tried, taken = [], 0, 0
        for play in PLAYS:
            self.vendor.w.keep("before")
            it = play(self.vendor)
            wrong, tried, taken = wrong + it.wrong, tried + it.tried, taken + it.taken
            self.vendor.w.restore("before")
        return wrong, tried, taken
