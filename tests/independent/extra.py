#!/usr/bin/env python3
"""Writes the `extra-` vectors: cases for clauses of SPEC.md that the others leave out.

    python3 tests/independent/extra.py tests/vectors

Fixed seeds: the same files each time. What each is expected to be is said here by hand, clause by clause, and not
taken from the verifier beside this file.
"""

import base64
import hashlib
import pathlib
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import extra_loans
import extra_notes
import rows
import sealing
import strict
import trust

ZEROS = bytes(32)
COMPONENTS = ("machine-id", "root-fs-uuid", "product-uuid", "mac", "disk-serial")
LICENSE = "1234567890135"
PRODUCT = "survey"
FINGERPRINT = bytes.fromhex("1f3aae4574c68c0d40f797")
ACTIVATION = bytes.fromhex("09d11bd4")
ACTIVATE = bytes.fromhex("01ca8402dfdc1c3509d11bd4aa4a62ad466d24f20cf70a4c") + FINGERPRINT
BORROW = bytes.fromhex("0002dfdc1c35867accb26f703ad809044adc0d101100003031404100000e0cf70a4c0000")
ISSUED = 217516620      # day 2517
DAY = 2517
ENTITLEMENTS = bytes.fromhex("0600090a19f403")      # feature 0, limit 1 of 10, limit 3 of 500


class Key:
    def __init__(self, seed):
        self.secret = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self.secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, data):
        return self.secret.sign(data)


ROOT, SPARE, DESK, SITE, STRANGER = (Key(bytes([n]) * 32) for n in (1, 2, 5, 7, 9))


def number(n, size=2):
    return n.to_bytes(size, "big")


def desk(key=DESK.public, signer=ROOT, not_after=DAY, epoch=3, kinds=7, seats=5, grace=30, loan=14, steps=28):
    """(payload, certificate digest)."""
    body = (number(1, 4) + number(not_after) + bytes([epoch, kinds]) + number(seats) + number(grace)
            + bytes([loan, steps]))
    t = trust.transcript("D", signer.public, body, subject=key)
    signature = signer.sign(t)
    return body + key + signature, trust.certificate_digest(t, signature)


def grant(signer=ROOT, parent=ZEROS, request=None, held_by=None, subject=ZEROS, issued=ISSUED, revalidate=DAY + 30,
          longest_loan=None, expires=DAY + 365, entitlements=ENTITLEMENTS):
    """(payload, transcript)."""
    request = request or trust.request_digest("A", ACTIVATE)
    held_by = held_by or trust.holder(PRODUCT, LICENSE, trust.machine_digest(ACTIVATION, FINGERPRINT))
    body = (trust.kdf("countersign v1 key id", signer.public)[:1] + request[:2] + number(1) + number(issued, 4) + number(expires)
            + number(DAY + 180) + number(revalidate) + number(5) + b"\2"
            + bytes([1 | (20 if longest_loan else 0)]) + (bytes([longest_loan]) if longest_loan else b"") + entitlements)
    t = trust.transcript("G", signer.public, body, parent, request, held_by, subject)
    return body + signer.sign(t), t


class Writer:
    def __init__(self, directory):
        self.directory = pathlib.Path(directory)

    def file(self, category, name, lines, text=None):
        data = "".join(f"{key}: {value.hex() if isinstance(value, bytes) else value}\n" for key, value in lines)
        path = self.directory / category / f"extra-{name}.txt"
        path.write_bytes(data.encode() + (b"\n" + text if text is not None else b""))

    # ---- payload, license key ------------------------------------------------------------

    def refused(self, category, name, comment, field, cases, before=()):
        lines = [("comment", comment), ("expect", "refused"), *before]
        for what, value in cases:
            lines += [("comment", what), (field, value)]
        self.file(category, name, lines)

    def payloads(self):
        sync = "09d11bd4000179a5d4be5c6563c04c16fcb7bc95f4df772eb9cd12e90cf85bcc"
        self.refused("payload", "sync-refused", "a SYNC that is none", "payload", [
            ("generation 0", "00" + sync.replace("d40001", "d40000")),
            ("flags: bit 6", "40" + sync), ("flags: bit 7", "80" + sync),
            ("a fingerprint announced and missing", "01" + sync),
            ("a site key cut by its last byte", "10" + sync + "07" * 31),
            ("a site's report where the site key is announced too", "30" + sync + "00020000297777777777" + "777777"),
            ("fingerprint: presence 32", "01" + sync + "20" + "00" * 10),
            ("fingerprint: unknown, not zeros", "01" + sync + "1e" + "11" * 10),
            ("a site's report cut by its last byte", "20" + sync + "00020000297777777777" + "7777"),
            ("fingerprint: nothing known", "01" + sync + "00" * 11),
        ], [("kind", "S")])
        self.refused("payload", "activate-refused", "an ACTIVATE that is none", "payload", [
            ("flags: bit 6", "41" + ACTIVATE.hex()[2:]), ("flags: bit 7", "81" + ACTIVATE.hex()[2:]),
            ("a fingerprint announced and missing", "01" + ACTIVATE.hex()[2:48]),
            ("a fingerprint not announced", "00" + ACTIVATE.hex()[2:]),
            ("fingerprint: bit 7", "01" + ACTIVATE.hex()[2:48] + "9f" + ACTIVATE.hex()[50:]),
        ], [("kind", "A")])
        head, end = "2c1a2b00010cf70a4c0b420a8909f3000502", "5a" * 64
        self.refused("payload", "entitlements-refused", "entitlements that are none", "payload", [
            ("a header of 33 bits", head + "01" + "06808080801000" + end),
            ("the last varint goes on after the list", head + "01" + "0180" + end),
            ("a value goes on after the list", head + "01" + "020185" + end),
            ("a day goes on after the list", head + "01" + "02020a" + end),
            ("a text longer than the list", head + "01" + "03044061" + end),
            ("a text of 65 bytes in a list of 67", head + "01" + "430441" + "61" * 65 + end),
            ("a text of an unpaired surrogate", head + "01" + "050403eda080" + end),
            ("a byte order mark in a text", head + "01" + "050403efbbbf" + end),
            ("the same index twice", head + "01" + "020808" + end),
            ("one index as a text and as a feature", head + "01" + "040c01610a0001" + end),
            ("a value of one byte too many, all zeros", head + "01" + "0601808080808000" + end),
            ("flags: bit 5", head + "21" + "00" + end), ("flags: bit 6", head + "41" + "00" + end),
            ("flags: bit 7", head + "81" + "00" + end),
        ], [("kind", "G")])
        certificate = desk()[0]
        plain = SITE.public + bytes(64)
        good = bytes.fromhex(head + "01" + "00" + end)
        self.refused("payload", "site-card-refused", "a site's certificate with a part that is none", "payload", [
            ("kinds: bits 3 and 4 in the DESK certificate", b"\1" + certificate[:7] + b"\x1f" + certificate[8:] + plain + good),
            ("a DESK certificate that is not announced", b"\0" + certificate + plain + good),
            ("a DESK certificate that is announced and missing", b"\1" + plain + good),
            ("generation 0 in the GRANT", b"\0" + plain + good.replace(b"\0\1\x0c", b"\0\0\x0c")),
        ], [("kind", "C")])
        self.refused("payload", "loan-refused", "a LOAN that is none", "payload", [
            ("entitlements that do not rise", "003c4d00002900040cf70a4c09e3020800" + end),
            ("a limit without its value", "003c4d00002900040cf70a4c09e30109" + end),
            ("flags: bit 7", "803c4d00002900040cf70a4c09e300" + end),
            ("everything, and a list all the same", "013c4d00002900040cf70a4c09e300" + end),
        ], [("kind", "N")])

    def license_keys(self):
        self.refused("license-key", "refused", "what is not on the list of 2.5", "text", [
            ("q is no 0", "1q0-000-000-0048"), ("d is no 0", "1d0-000-000-0048"),
            ("g is no 6", "123-45g-789-0135"), ("b is no 8", "123-456-7b9-0135"),
            ("digits of another script", "\u0661\u0662\u0663-456-789-0135"),
            ("nothing but dashes", "---"),
        ])
        self.file("license-key", "pipe", [
            ("comment", "Q, D and a pipe; a blank and a dash beside each other"), ("expect", "ok"),
            ("text", "|QD -000--000 0O48"), ("number", "10000000000")])

    # ---- answer, loan, emergency ---------------------------------------------------------

    def answer(self, name, comment, payload, reason=None, desks=(), roots=(ROOT.public, SPARE.public), site_key=None, catalogue=None):
        self.file("answer", name, [
            ("comment", comment), ("expect", "refused" if reason else "accepted"), *([("reason", reason)] if reason else []),
            *[("root", r) for r in roots], *[("desk", d) for d in desks], ("least-epoch", 3), ("product", PRODUCT),
            ("license-key", LICENSE), ("activation", ACTIVATION), ("fingerprint", FINGERPRINT),
            ("request", f"A {ACTIVATE.hex()}"), *([("catalogue", catalogue)] if catalogue else []), *([("site-key", site_key)] if site_key else []), ("grant", payload)])

    def answers(self):
        card, digest = desk()
        self.answer("grace-before-issued", "revalidate by lies a hundred days before the day of issued: below any grace",
                    grant(DESK, digest, revalidate=DAY - 100)[0], desks=[card])
        card, digest = desk(not_after=1, grace=0)
        for seconds, reason in ((0, None), (86399, None), (86400, None), (172799, None), (172800, "desk_limit")):
            self.answer(f"not-after-day-1-issued-{seconds}", "day 0 counts as day 1",
                        grant(DESK, digest, issued=seconds, revalidate=0)[0], reason, [card])
        seed = 0
        while True:     # another key with the root's key id
            twin = Key(hashlib.sha256(b"same key id %d" % seed).digest())
            if trust.key_id(twin.public) == trust.key_id(ROOT.public):
                break
            seed += 1
        card, digest = desk(twin.public)
        self.answer("same-key-id", "the desk's key has the key id of the first root", grant(twin, digest)[0], desks=[card])
        self.answer("same-key-id-roots", "two roots with one key id; the second signed", grant(twin)[0], roots=[ROOT.public, twin.public])
        off = next(number(n, 32)[::-1] for n in range(2, 99) if strict.decompress(number(n, 32)[::-1]) is None)
        self.answer("root-no-point", "the second root is the encoding of no point", grant()[0], "unfit_key", roots=[ROOT.public, off])
        # A point of order 8 added to an honest key: of mixed order, which is taken.
        order8 = strict.decompress(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"))
        x, y = strict.add(strict.decompress(SITE.public), order8)
        mixed = (y | (x & 1) << 255).to_bytes(32, "little")
        self.answer("site-key-mixed-order", "a site key of mixed order is fit", grant(subject=mixed, longest_loan=14)[0], site_key=mixed)
        self.answer("site-key-mixed-order-other", "the key without its part of small order is another key",
                    grant(subject=SITE.public, longest_loan=14)[0], "signature", site_key=mixed)
        card, digest = desk(not_after=DAY, loan=13)
        self.answer("desk-limit-before-site", "both the site key is missing and the loan too long: the first is said",
                    grant(DESK, digest, longest_loan=14)[0], "signature", [card])

        # 4.5: whoever holds the product file holds each entry against its line, after everything else.
        ended = number(2500)
        listed = lambda data: bytes([len(data)]) + data
        for name, comment, data, lines, good in (
                ("feature-ends", "a feature that ended long ago is of a line `feature` all the same", b"\2" + ended, "feature", True),
                ("limit-ends", "a limit that ends, with no limit, of a line `limit`", b"\3\xff\xff\xff\xff\x0f" + ended, "limit", True),
                ("pool-ends", "a pool of 1 that ends", b"\3\1" + ended, "pool", True),
                ("pool-ends-0", "a pool of 0 that ends", b"\3\0" + ended, "pool", False),
                ("limit-0", "a limit of 0 is a limit", b"\1\0", "limit", True),
                ("text", "a text of one letter", b"\4\1a", "text", True),
                ("text-as-pool", "a text where a pool stands", b"\4\1a", "pool", False),
                ("pool-as-text", "a number where a text stands", b"\1\1", "text", False),
                ("ended-as-limit", "a feature that ended where a limit stands", b"\2" + ended, "limit", False),
                ("limit-ends-as-feature", "a limit that ends where a feature stands", b"\3\1" + ended, "feature", False),
                ("beyond", "every entry is beyond the product file", b"\1\0\x0a" + ended, None, True),
                ("second", "the first entry is beside its line's number, the second is not what its line says", b"\x08\x14\1a", "limit feature limit", False)):
            self.answer(f"catalogue-{name}", comment, grant(entitlements=listed(data))[0], None if good else "catalogue", catalogue=lines)

    def loan(self, name, comment, reason=None, desk_card=None, by=ROOT, parent=ZEROS, until=DAY + 14, issued=ISSUED, seat=4,
             entitlements=ENTITLEMENTS, change=None, joined=False, signed=ISSUED):
        request = trust.request_digest("A", ACTIVATE)
        machine = trust.machine_digest(ACTIVATION, FINGERPRINT)
        site_grant, t = grant(by, parent, request, trust.holder(PRODUCT, LICENSE, machine), SITE.public, longest_loan=14, issued=signed)
        site = (b"\1" + desk_card if desk_card else b"\0") + SITE.public + request + machine + site_grant
        answered = trust.request_digest("B", BORROW)
        body = (b"\1" if entitlements == b"" else b"\0") + answered[:2] + number(41, 3) + number(seat) + number(issued, 4) + number(until) + entitlements
        seat_holder = trust.holder(PRODUCT, LICENSE, trust.machine_digest(BORROW[6:10], BORROW[18:29]))
        loan = body + SITE.sign(trust.transcript("N", SITE.public, body, trust.certificate_digest(t, site_grant[-64:]), answered, seat_holder))
        if change:
            loan = change(loan)
        self.file("loan", name, [
            ("comment", comment), ("expect", "refused" if reason else "accepted"), *([("reason", reason)] if reason else []),
            ("root", ROOT.public), ("root", SPARE.public), ("least-epoch", 3), ("product", PRODUCT), ("request", f"B {BORROW.hex()}"),
            *([("loan-with-certificate", site + loan)] if joined else [("site", site), ("loan", loan)])])

    def loans(self):
        self.loan("until-before-issued", "until lies a day before the loan's issued", "site_limit", until=DAY - 1)
        self.loan("until-on-issued", "until is the day of the loan's issued", until=DAY)
        card, digest = desk()
        self.loan("needless-certificate", "a root signed, and a DESK certificate that holds is carried all the same", "signature", card)
        self.loan("certificate-left-out", "a desk signed, and its certificate is not carried", "signature", None, DESK, digest)
        forged, _ = desk(signer=STRANGER)
        self.loan("forged-certificate", "the DESK certificate carried is a stranger's", "signature", forged, DESK, digest)
        unfit, _ = desk(key=b"\1" + bytes(31))
        self.loan("unfit-certificate", "the DESK certificate carried is for a key of small order", "unfit_key", unfit)
        twin, _ = desk(seats=0)
        self.loan("other-desk-certificate", "another certificate of the same desk is carried", "signature", twin, DESK, digest)
        self.loan("limit-as-feature", "a limit of the site as a feature", "site_limit", entitlements=b"\1\x08")
        self.loan("feature-as-limit", "a feature of the site as a limit", "site_limit", entitlements=b"\2\1\0")
        self.loan("everything", "bit 0, the first seat", entitlements=b"", seat=0)
        self.loan("everything-beyond", "bit 0, and the seat after the last", "site_limit", entitlements=b"", seat=5)
        self.loan("limit-as-text", "a limit of the site as a text", "site_limit", entitlements=b"\3\x0c\1a")
        self.loan("limit-that-ends", "a limit of the site as one that ends", "site_limit", entitlements=b"\4\x0b\x0a" + number(DAY + 9))
        self.loan("nothing", "no entitlements, the first seat", entitlements=b"\0", seat=0)
        self.loan("day-1", "issued on day 0, which counts as day 1, until day 15", issued=86399, until=15, signed=0)
        self.loan("day-1-beyond", "issued on day 0, which counts as day 1, until day 16", "site_limit", issued=86399, until=16, signed=0)
        self.loan("with-certificate-altered", "kind K with one bit of the loan's seat altered", "signature", joined=True,
                  change=lambda loan: loan[:7] + bytes([loan[7] ^ 1]) + loan[8:])

    def emergencies(self):
        held_by, x0 = trust.holder(PRODUCT, LICENSE, bytes(32)), bytes(range(10))
        chain = [x0]
        for i in range(31):
            chain.append(rows.kdf("countersign v1 emergency", held_by + number(65535) + bytes([i]) + chain[-1])[:10])
        for name, comment, step, moves in (("most-steps", "31 steps of 255 days, the last", 31, 7905),
                                           ("most-steps-first", "31 steps of 255 days, the first", 1, 255),
                                           ("most-steps-beyond", "step 32", 32, None)):
            self.file("emergency", name, [
                ("comment", comment), ("expect", "accepted" if moves else "refused"), *([("moves-by", moves)] if moves else []),
                ("holder", held_by), ("generation", 65535), ("anchor", chain[31]), ("steps", 31), ("days", 255),
                ("emergency", bytes([step]) + chain[max(0, 31 - step)])])

    # ---- sealed --------------------------------------------------------------------------

    def seals(self):
        key, other = bytes(range(0xa0, 0xc0)), bytes(range(0xc0, 0xe0))
        seed = bytes([5]) * 32
        own = sealing.public_of(sealing.sealing_key(DESK.secret))
        ephemeral = sealing.X25519PrivateKey.from_private_bytes(bytes(range(32)))

        def one(key, number, holder=DESK.public, to=own):
            return sealing.seal(key, number, holder, to, ephemeral)
        whole = one(key, 1)
        spares = sealing.public_of(sealing.sealing_key(SPARE.secret))
        for name, comment, number, text, opens in (
                ("first", "seed key 1", 1, whole, key),
                ("later", "seed key 258", 258, one(other, 258), other),
                ("other-number", "sealed as another number", 2, whole, None),
                ("other-holder", "sealed for another holder, to this sealing key", 1, one(key, 1, SPARE.public), None),
                ("other-sealing-key", "sealed to another's sealing key", 1, one(key, 1, to=spares), None),
                ("altered", "one bit altered", 1, whole[:79] + bytes([whole[79] ^ 1]), None),
                ("other-encapsulated", "another encapsulated key", 1, bytes([whole[0] ^ 1]) + whole[1:], None),
                ("short", "one byte too short", 1, whole[:79], None),
                ("long", "one byte too long", 1, whole + b"\0", None),
                ("empty", "nothing", 1, b"", None),
                ("zeros", "an encapsulated key of small order", 1, ZEROS + whole[32:], None)):
            self.file("sealed", name, [
                ("comment", comment), ("expect", "accepted" if opens else "refused"), ("signer-seed", seed), ("number", number),
                ("sealing", own), ("sealed", text), *([("seed-key", opens)] if opens else [])])

    # ---- fingerprint, bindings -----------------------------------------------------------

    def fingerprints(self):
        def one(bit, value):
            return rows.kdf("countersign v1 fingerprint", trust.license_bytes(LICENSE) + bytes([bit]) + value.encode())[:2]
        uuid, machine_id = "4c4c4544-0042-3510-8052-b3c04f4b4e32", "3d1219c7c4c5404aaa1f6d2a48adfda4"
        for name, comment, values, known in (
                ("mac-local", "a MAC address that is locally administered is unknown", {"product-uuid": uuid, "mac": "3e:ec:ef:10:20:30"}, (2, uuid)),
                ("mac-group", "a MAC address of a group is unknown", {"product-uuid": uuid, "mac": "3d:ec:ef:10:20:30"}, (2, uuid)),
                ("serial-without-digit", "a disk serial without a digit is unknown", {"product-uuid": uuid, "disk-serial": "SERIAL"}, (2, uuid)),
                ("repeated", "one character repeated is unknown", {"machine-id": machine_id, "disk-serial": "00000000"}, (0, machine_id)),
                ("machine-id-short", "a machine id of 31 digits is unknown", {"machine-id": machine_id[:31], "product-uuid": uuid}, (2, uuid)),
                ("placeholder", "a placeholder is unknown", {"machine-id": machine_id, "product-uuid": "To be filled by O.E.M."}, (0, machine_id))):
            bit, value = known
            self.file("fingerprint", name, [("comment", comment), ("expect", "ok"), ("license-key", LICENSE), *values.items(),
                                            ("fingerprint", bytes([1 << bit]) + bytes(2 * bit) + one(bit, value) + bytes(8 - 2 * bit))])
        # Beside a machine id that is known, or a card.
        for name, comment, component, value, known in (
                ("machine-id-counted", "a machine id that is counted up", "machine-id", "0123456789abcdef0123456789abcdef", False),
                ("root-typed", "a root file system whose UUID was typed", "root-fs-uuid", "deadbeef-dead-beef-dead-beefdeadbeef", False),
                ("board-counted", "a serial number of a board that is counted up", "product-uuid", "1234567890abcdef", False),
                ("board-counted-behind-letters", "a serial number that is counted up behind letters", "product-uuid", "MB-1234567890", False),
                ("board-counted-bytes", "a board whose UUID has no byte above 10 hexadecimal is unknown", "product-uuid", "07090201-0103-0301-0807-060504030210", False),
                ("board-counted-bytes-11", "one byte of 11 hexadecimal: such a UUID tells", "product-uuid", "07090201-0103-0301-0807-060504030211", True),
                ("board-groups", "a UUID of which each group repeats one digit is unknown", "product-uuid", "11111111-2222-3333-4444-555555555555", False),
                ("board-halves", "a UUID of two equal halves is unknown", "product-uuid", "a1b2c3d4-e5f6-0718-a1b2-c3d4e5f60718", False),
                ("board-mac", "zeros and a MAC address that tells", "product-uuid", "00000000-0000-0000-0000-3cecef102030", True),
                ("board-no-mac", "zeros and a MAC address that is unknown", "product-uuid", "00000000-0000-0000-0000-888888888788", False),
                ("board-ones", "a UUID with ten bytes of ff at its end is unknown", "product-uuid", "56F49712-FFFF-FFFF-FFFF-FFFFFFFFFFFF", False),
                ("board-two-digits", "at most two different digits", "product-uuid", "FFFFFF00-FFFF-FFFF-FFFF-FFFFFFFFFFFF", False),
                ("board-typed", "a UUID that begins with 12345678 is unknown", "product-uuid", "12345678-9abc-4ef0-8123-a56789abcdef", False),
                ("board-untagged", "a Dell board without its tag is unknown", "product-uuid", "4C4C4544-0000-2010-8020-80C04F202020", False),
                ("mac-even", "the last five bytes rise by one step", "mac", "00:12:34:56:78:9a", False),
                ("mac-hyper-v", "an address from the pool of a host", "mac", "00:15:5d:a1:3c:07", False),
                ("mac-hyphens", "hyphens instead of colons", "mac", "3C-EC-EF-10-20-30", True),
                ("mac-nearly-even", "the last byte does not rise with the others", "mac", "00:12:34:56:78:9b", True),
                ("mac-numbered", "the first number that tells", "mac", "3c:ec:ef:00:00:10", True),
                ("mac-two-digits", "at most two different digits", "mac", "88:88:88:88:87:88", False),
                ("mac-typed", "an end that people type", "mac", "3c:ec:ef:12:34:56", False),
                ("mac-unnumbered", "a card that nobody numbered", "mac", "3c:ec:ef:00:00:0f", False),
                ("mac-vmware-guest", "a generated address that stands in a guest's settings", "mac", "00:50:56:c1:a1:08", True),
                ("mac-vmware-host", "the host's side of a virtual network", "mac", "00:50:56:c0:a1:08", False),
                ("disk-counter", "letters and a number below 1,000", "disk-serial", "QM00999", False),
                ("disk-eui", "an EUI", "disk-serial", "eui.0025385b21404321", True),
                ("disk-eui-zeros", "an EUI of zeros and a one", "disk-serial", "eui.0100000000000000", False),
                ("disk-image", "a number that stands in the image", "disk-serial", "6000c293f0d7b1d2b3bd7d7b6c7a5f00", False),
                ("disk-image-naa", "a name that stands in the image", "disk-serial", "naa.60022480a1b2c3d4e5f60718293a4b5c", False),
                ("disk-large", "a number of four digits alone", "disk-serial", "1000", True),
                ("disk-naa", "a world-wide name", "disk-serial", "naa.5002538e40f1a2b3", True),
                ("disk-naa-four-digits", "four digits that are not zero", "disk-serial", "naa.500000000000abcd", True),
                ("disk-naa-local", "a name of no maker", "disk-serial", "naa.3001237923792379", False),
                ("disk-naa-nearly-zeros", "three digits that are not zero", "disk-serial", "naa.5000000000000abc", False),
                ("disk-naa-zeros", "a world-wide name of zeros", "disk-serial", "naa.5000000000000000", False),
                ("disk-number", "letters and 1,000", "disk-serial", "QM01000", True),
                ("disk-nvme", "a name that repeats the serial number", "disk-serial", "nvme.8086-6465616462656566-51454d55-00000001", False),
                ("disk-small", "a small number alone", "disk-serial", "999", False),
                ("disk-t10", "a serial number behind maker and model", "disk-serial", "t10.ATA     Samsung SSD 860 EVO 500GB               S3Z2NB0K123456A", True),
                ("disk-t10-bare", "maker and model and nothing", "disk-serial", "t10.ATA     Samsung SSD 860 EVO 500GB               ", False),
                ("disk-t10-scsi", "behind 24 characters", "disk-serial", "t10.QEMU    QEMU HARDDISK   9f2c7d11-0a3e-4b", True),
                ("disk-t10-scsi-bare", "24 characters with digits and a place", "disk-serial", "t10.QEMU    QEMU HARDDISK 2 drive-scsi0", False),
                ("disk-virtualbox", "VirtualBox' number of an image", "disk-serial", "VB6b8fd9c5-4f9ae1a5", False),
                ("disk-vmware", "the name of a virtual disk", "disk-serial", "VMware NVME_9_1234", False),
                ("disk-zeros", "a number below 1,000 behind zeros", "disk-serial", "00000000000000000001", False)):
            beside = ("mac", "3c:ec:ef:10:20:30") if component == "machine-id" else ("machine-id", machine_id)
            values = dict(sorted([beside, (component, value)], key=lambda it: COMPONENTS.index(it[0])))
            heard = {beside[0]: beside[1], **({component: value.strip().lower()} if known else {})}
            if component == "mac" and known:
                heard["mac"] = heard["mac"].replace("-", ":")
            digest = b"".join(one(bit, heard[it]) if it in heard else bytes(2) for bit, it in enumerate(COMPONENTS))
            presence = sum(1 << bit for bit, it in enumerate(COMPONENTS) if it in heard)
            self.file("fingerprint", name, [("comment", comment), ("expect", "ok"), ("license-key", LICENSE), *values.items(),
                                            ("fingerprint", bytes([presence]) + digest)])
        for name, comment, verdict, a, b in (
                ("one-in-common", "one known to both, equal", "weak", "0111110000000000000000", "1f1111222233334444" + "5555"),
                ("disk-alone", "two that the disk bears, both equal", "weak", "0311112222000000000000", "1f1111222233334444" + "5555"),
                ("three-of-four", "three of four are equal", "match", "0f11112222333399990000", "1f1111222233334444" + "5555"),
                ("two-of-four", "two of four are equal", "mismatch", "0f11112222999999990000", "1f1111222233334444" + "5555"),
                ("zeros-are-known", "a component may be zeros and be known", "weak", "0100000000000000000000", "0100000000000000000000")):
            self.file("fingerprint", name, [("comment", comment), ("expect", verdict), ("a", a), ("b", b)])

    def bindings(self):
        for name, comment, given, line in (
                ("port-after-instance", "the port after the instance is dropped", "server=SQL7\\Inst,1433", "server=sql7\\inst"),
                ("colon-port", "a port after a colon", "server=sql7.example.com:1433", "server=sql7"),
                ("ipv6-loopback", "the loopback address of IPv6 in brackets, with a port", "server=[::1]:1433\\x", "server=dbserver\\x"),
                ("ipv6-port", "the port after brackets", "server=tcp:[2001:DB8:0:0:0:0:0:1]:1433", "server=2001:db8::1"),
                ("ipv6-bare", "no colon of a bare address is one of a port", "server=2001:db8:0:0:0:0:0:1433", "server=2001:db8::1433"),
                ("ipv6-zone", "brackets and zone are dropped", "server=[FE80::1%eth0],1433", "server=fe80::1"),
                ("ipv4-mapped", "an IPv4 address mapped into IPv6", "server=::ffff:10.0.0.7", "server=10.0.0.7"),
                ("ipv4-mapped-own", "a mapped address of a local interface", "server=[::ffff:192.168.0.1]", "server=dbserver"),
                ("localhost", "the label localhost", "server=localhost.localdomain", "server=dbserver"),
                ("blanks", "blanks around a value, host and instance", "server=  SQL7 \\ Inst ", "server=sql7\\inst"),
                ("empty-instance", "an empty instance is dropped", "server=sql7\\", "server=sql7"),
                ("default-instance", "the default instance in capitals", "server=.\\MSSQLSERVER", "server=dbserver"),
                ("other-name", "only `server` is normalised further", "database=  Tcp:DB.example.com,1 ", "database=tcp:db.example.com,1"),
                ("equals", "the first sign parts name and value", "database=a=B", "database=a=b"),
                ("pipe", "the path of a pipe", "server=\\\\host\\pipe\\sql\\query", None),
                ("pipe-np", "the path of a pipe after its protocol", "server=np:\\\\.\\pipe\\sql\\query", None),
                ("no-host", "an instance without a host", "server=\\inst", None),
                ("bad-host", "a host with a blank in it", "server=sql 7", None),
                ("empty", "an empty value", "database= ", None),
                ("control", "a control character", "database=a\u0001b", None),
                ("own-name-composed", "the host's own name is composed as well", "server=.", "server=büro"),
                ("dash", "a dash that is no hyphen", "server=db–1", None),
                ("digits-alone", "a number is no address", "server=2019", None),
                ("digits-and-dots", "digits and dots that are no address", "server=192.168.0.256", None),
                ("digits-first-label", "a first label of digits in a name", "server=10.example.com", "server=10"),
                ("letters-and-marks", "a script that is written with marks", "server=क्षेत्र", "server=क्षेत्र"),
                ("letters-composed", "a letter and its mark are one", "server=BÜRO-1", "server=büro-1"),
                ("letters-of-any-script", "letters outside ASCII", "server=Büro-1.example.com", "server=büro-1"),
                ("no-letter", "a character that is not seen is no letter", "server=db\u200d1", None),
                ("three-numbers", "three numbers are no address", "server=10.0.7\\INST", None)):
            # Its own name with a mark of its own where that is what is looked at.
            host = "bu\u0308ro" if name == "own-name-composed" else "DBServer.example.com"
            lines = [("comment", comment), ("expect", "ok" if line else "refused"), ("host", host),
                     ("address", "192.168.0.1"), ("bind", given)]
            if line:
                lines += [("line", line), ("digest", rows.kdf("countersign v1 bindings", line.encode() + b"\n")[:8])]
            self.file("bindings", name, lines)

    # ---- product -------------------------------------------------------------------------

    def products(self):
        card = desk(epoch=0)[0].hex()
        plain = [
            "countersign product v1", "id: survey", "version: 2", "name: Survey", "vendor: Nordic Survey AS", f"root: {ROOT.public.hex()}",
            f"root: {SPARE.public.hex()}", f"desk: {card}", "edition: basic", "edition: pro", "feature: export", "limit: users", "pool: design", "text: licensee",
            "maintained: export", "bind: server,database", "fingerprint: no", "demo-days: 65535", "demo-feature: export", "demo-limit: users=0"]

        def sign(text, key=ROOT, identity="survey", hashed=None):
            digest = hashlib.sha256(identity.encode() + b"\n\x01" + (hashed or key).public).digest()
            return base64.b64encode(digest[:4] + key.sign(text)).decode()

        def write(name, comment, ok=False, text=None, tail=None, **changes):
            text = text if text is not None else ("\n".join(plain) + "\n").encode()
            tail = tail or "\n\u2014 survey {}\n".format
            lines = [("comment", comment), ("expect", "ok" if ok else "refused")]
            if ok:
                lines.append(("root-fingerprint", "P2YD-32EP-8520-60VT-SE4B-C0PM"))
            self.file("product", name, lines, text + tail(sign(text, **changes)).encode())

        def changed(name, comment, old, new, ok=False):
            lines = list(plain)
            at = lines.index(old)
            lines[at:at + 1] = new
            write(name, comment, ok, ("\n".join(lines) + "\n").encode())

        write("bound-alone", "bindings without a fingerprint, an old epoch, numbers at their ends", True)
        changed("largest-numbers", "the largest version and limit, the least days", "version: 2", ["version: 4294967295"], True)
        changed("repeated-edition", "an edition twice", "edition: pro", ["edition: basic"])
        changed("repeated-root", "a root key twice", f"root: {SPARE.public.hex()}", [f"root: {ROOT.public.hex()}"])
        changed("repeated-desk", "a DESK certificate twice", f"desk: {card}", [f"desk: {card}"] * 2)
        changed("repeated-binding", "a binding twice", "bind: server,database", ["bind: server,server"])
        changed("repeated-maintained", "a maintained feature twice", "maintained: export", ["maintained: export"] * 2)
        changed("repeated-demo-feature", "a feature of the demo twice", "demo-feature: export", ["demo-feature: export"] * 2)
        changed("repeated-demo-limit", "a limit of the demo twice, with two numbers", "demo-limit: users=0", ["demo-limit: users=0", "demo-limit: users=1"])
        changed("repeated-name", "a feature and a limit of one name", "limit: users", ["limit: users", "limit: export"])
        changed("blank-before", "two blanks before a value", "name: Survey", ["name:  Survey"])
        changed("blank-after", "a blank after a value", "name: Survey", ["name: Survey "])
        changed("blank-in-binding", "a blank after the comma", "bind: server,database", ["bind: server, database"])
        changed("empty-binding", "an empty name among the bindings", "bind: server,database", ["bind: server,"])
        changed("tab", "a tab in a value", "name: Survey", ["name: Sur\tvey"])
        changed("turned", "a value that turns its line around", "name: Survey", ["name: Sur\u202eyev"])
        changed("no-width", "a blank of no width in a value", "vendor: Nordic Survey AS", ["vendor: Nordic\u200bSurvey AS"])
        changed("joiners", "joiners, with which Persian and Indian names are written", "vendor: Nordic Survey AS",
                ["vendor: \u0639\u0644\u06cc\u200c\u0631\u0636\u0627 \u0dc1\u0dca\u200d\u0dbb\u0dd3"], True)
        changed("pool-line", "a pool between features and limits", "limit: users", ["pool: survey", "limit: users"], True)
        changed("catalogue-order", "a text before everything else of the catalogue", "edition: pro", ["edition: pro", "text: who"], True)
        changed("seat-after-demo", "the line of the seat after those of the demo", "demo-limit: users=0", ["demo-limit: users=0", "seat: user"])
        changed("rest-leading-zero", "hours with a leading zero", "fingerprint: no", ["fingerprint: no", "named-rest: 01"])
        changed("optional-order", "days of warning before hours of rest", "fingerprint: no", ["fingerprint: no", "warn-days: 1", "named-rest: 1"])
        changed("optional-lines", "every optional line", "fingerprint: no", ["fingerprint: no", "seat: session", "named-rest: 0", "warn-days: 65535"], True)
        changed("warn-days-too-many", "65,536 days of warning", "fingerprint: no", ["fingerprint: no", "warn-days: 65536"])
        changed("spare-line", "an empty line in the text", "name: Survey", ["name: Survey", ""])
        changed("no-colon-blank", "no blank after the colon", "name: Survey", ["name:Survey"])
        changed("version-too-large", "a version of 33 bits", "version: 2", ["version: 4294967296"])
        changed("demo-days-0", "a demo of no days", "demo-days: 65535", ["demo-days: 0"])
        changed("demo-days-too-many", "a demo of 65,536 days", "demo-days: 65535", ["demo-days: 65536"])
        changed("demo-limit-feature", "a feature as a limit of the demo", "demo-limit: users=0", ["demo-limit: export=0"])
        changed("demo-limit-too-large", "a limit of 33 bits", "demo-limit: users=0", ["demo-limit: users=4294967296"])
        changed("demo-limit-leading-zero", "a limit with a leading zero", "demo-limit: users=0", ["demo-limit: users=00"])
        changed("demo-limit-plus", "a number with a sign", "demo-limit: users=0", ["demo-limit: users=+1"])
        changed("demo-feature-limit", "a limit as a feature of the demo", "demo-feature: export", ["demo-feature: users"])
        changed("fingerprint-other", "neither yes nor no", "fingerprint: no", ["fingerprint: Yes"])
        changed("name-other-letter", "an edition with a blank in it", "edition: pro", ["edition: pro plus"])
        changed("editions-255", "255 editions", "edition: pro", [f"edition: e{n}" for n in range(254)], True)
        changed("editions-256", "256 editions", "edition: pro", [f"edition: e{n}" for n in range(255)])
        changed("first-line", "the first line of another version", "countersign product v1", ["countersign product v2"])
        changed("desk-cut", "a DESK certificate without its last byte", f"desk: {card}", [f"desk: {card[:-2]}"])
        unfit = desk(key=b"\1" + bytes(31))[0].hex()
        changed("desk-small-order", "a DESK certificate for a key of small order", f"desk: {card}", [f"desk: {unfit}"])
        write("key-hash", "signed by the first root under the key hash of the second", hashed=SPARE)
        write("no-end", "the signature line has no line feed", tail="\n\u2014 survey {}".format)
        write("two-blanks", "two blanks in the signature line", tail="\n\u2014 survey  {}\n".format)
        write("hyphen", "a hyphen for the dash of the signature line", tail="\n- survey {}\n".format)
        write("no-empty-line", "no empty line before the signature", tail="\u2014 survey {}\n".format)
        write("text-after", "an empty line after the signature", tail="\n\u2014 survey {}\n\n".format)
        # 68 bytes leave four unused bits in the last base64 symbol, and one sign of padding.
        write("base64-unpadded", "base64 without its padding", tail=lambda s: f"\n\u2014 survey {s.rstrip('=')}\n")
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        write("base64-bits", "base64 with an unused bit set",
              tail=lambda s: f"\n\u2014 survey {s[:-2]}{letters[letters.index(s[-2]) | 1]}=\n")
        for name, comment, identity, ok in (("id-32", "an id of 32 characters", "a" + "-9" * 15 + "z", True),
                                            ("id-33", "an id of 33 characters", "a" + "-9" * 16, False),
                                            ("id-digit", "an id that begins with a digit", "1a", False),
                                            ("id-device", "an id that is a device of Windows", "com1", False),
                                            ("id-like-a-device", "an id that begins as a device does", "com10", True),
                                            ("id-upper-case", "an id in upper case", "Survey", False)):
            text = ("\n".join(plain).replace("id: survey", f"id: {identity}") + "\n").encode()
            write(name, comment, ok, text, f"\n\u2014 {identity} {{}}\n".format, identity=identity)

    # ---- text ----------------------------------------------------------------------------

    def texts(self):
        give_back = bytes.fromhex("09d11bd4101112131415161718191a1b")
        long = bytes(hashlib.sha256(b"a long payload %d" % i).digest()[0] for i in range(98))
        zeros_at_end = None
        seed = 0
        while zeros_at_end is None:     # 29 bytes: two rows, and integrity that ends in the symbol 0
            trial = hashlib.sha256(b"zeros %d" % seed).digest()[:29]
            zeros_at_end = trial if rows.message("S", trial)[-1] == 0 else None
            seed += 1

        def wrong(line, *places):
            """Other symbols in these places of the symbols of a row."""
            symbols = list(line.replace("-", ""))
            for place in places:
                symbols[place] = rows.ALPHABET[rows.ALPHABET.index(symbols[place]) ^ 9]
            return "-".join("".join(symbols[i:i + 5]) for i in range(0, len(symbols), 5))

        def spare(letter, payload):
            symbols = rows.message(letter, payload)
            total = [0] * rows.ROW
            for i, s in enumerate(symbols):
                total[i % rows.ROW] ^= s
            text = rows.letters(total + rows.checks(rows.SPARE, total))
            return "-".join(text[i:i + 5] for i in range(0, 30, 5))

        def write(name, comment, lines, outcome="ok", kind=None, payload=None, **more):
            header = [("comment", comment), ("expect", outcome), *([("kind", kind)] if kind else []),
                      *([("payload", payload)] if payload is not None else []), *more.items()]
            self.file("text", name, header, ("\n".join(lines)).encode())

        bare = rows.write("G", long).split(": ")[1].split("\n")
        short = rows.write("R", give_back).split(": ")[1].split("\n")
        write("two-wrong-in-every-row", "two wrong symbols in each row, also the short last one",
              [wrong(row, 3, len(row.replace("-", "")) - 1) for row in bare], kind="grant", payload=long)
        write("two-wrong-in-both-rows", "two wrong symbols in each row of a short code, the kind among them",
              [wrong(short[0], 0, 17), wrong(short[1], 1, 2)], kind="return", payload=give_back)
        write("four-illegible-in-every-row", "four illegible symbols in each row",
              [row[:2] + "??" + row[4:6] + "Uu" + row[8:] for row in bare], kind="grant", payload=long)
        write("other-prefix", "the prefix of another kind carries nothing", ["REQ1: " + bare[0], *bare[1:]], kind="grant", payload=long)
        write("wrapped-elsewhere", "a mail program broke the lines elsewhere",
              ["RSP1: " + "-".join(bare)[:70], "-".join(bare)[70:133], "-".join(bare)[133:]], kind="grant", payload=long)
        extra = spare("G", long)
        write("spare-first-row-lost", "the first row is lost; the spare row stands in for it", [*bare[1:], extra],
              kind="grant", payload=long, restored=1)
        write("spare-mended", "row 2 is lost, and the spare row has two wrong symbols", [bare[0], *bare[2:], wrong(extra, 4, 29)],
              kind="grant", payload=long, restored=2)
        rows_z = rows.write("S", zeros_at_end).split(": ")[1].split("\n")
        write("spare-last-row-ends-in-0", "the last row is lost, and its last symbol is 0", [*rows_z[:-1], spare("S", zeros_at_end)],
              kind="sync", payload=zeros_at_end, restored=len(rows_z))
        misfit = rows.message("R", give_back)
        misfit = misfit[:-8] + [0] + misfit[-8:]        # 27 symbols for 16 bytes, which 26 carry
        pieces = []
        for i in range(0, len(misfit), rows.ROW):
            part = misfit[i:i + rows.ROW]
            text = rows.letters(part + rows.checks(i // rows.ROW + 1, part))
            pieces.append("-".join(text[j:j + 5] for j in range(0, len(text), 5)))
        write("a-symbol-too-many", "27 symbols for 16 bytes: no message has that length", ["RET1: " + pieces[0], *pieces[1:]], "damaged", "return")


def main(directory):
    w = Writer(directory)
    w.payloads(), w.license_keys(), w.answers(), w.loans(), w.emergencies(), w.seals()
    w.fingerprints(), w.bindings(), w.products(), w.texts()
    extra_loans.write(w.file, sys.modules[__name__])
    extra_notes.write(w.file, SITE, STRANGER)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: extra.py tests/vectors")
    main(sys.argv[1])
