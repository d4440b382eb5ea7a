"""The note in which a site says who the users of a named license are, and the rules of a floating one (SPEC.md 9.11)."""

import re
import unicodedata

import product
import site_rules
import strict
from machine import SPACE
from payloads import UNSEEN, Refused
from product import decimal, hexadecimal, need
from rows import kdf

FIRST = "countersign site note v1"
LINES = ("product", "license", "site", "number")
LONGEST = 128       # bytes of a name
MOST = 2**32 - 1


class Note:
    """`users`: names; `rests`: (until, start, name), start being None or (tag, seconds); `lines`: those of the rules."""

    def __init__(self, product_, license_key, site_key, number, users=(), rests=(), lines=()):
        self.product, self.license_key, self.site_key, self.number = product_, license_key, site_key, number
        self.users, self.rests, self.lines = list(users), list(rests), list(lines)

    def text(self):
        lines = [FIRST, f"product: {self.product}", f"license: {self.license_key}", f"site: {self.site_key.hex()}",
                 f"number: {self.number}"]
        lines += [f"user: {name}" for name in self.users]
        for until, start, name in self.rests:
            lines.append(f"rest: {until} {'-' if start is None else f'{start[0].hex()}@{start[1]}'} {name}")
        lines += [f"rule: {line}" for line in self.lines]
        return "".join(f"{line}\n" for line in lines)


def tag_of_start(boot_id):
    """What a start of the host is called: on Linux its id is the kernel's boot id, without the line feed."""
    return kdf("countersign v1 start of a host", boot_id.strip().encode())[:8]


def name(text):
    fits = 1 <= len(text.encode()) <= LONGEST and unicodedata.is_normalized("NFC", text) and text == text.strip(SPACE)
    need(fits and not any(first <= ord(c) <= last for c in text for first, last in UNSEEN), "name")
    return text


def rest(value):
    found = re.fullmatch(r"([0-9]+) (-|([0-9a-f]{16})@([0-9]+)) (.+)", value)
    need(found, "rest")
    until, _, tag, up, who = found.groups()
    return decimal(until, MOST), tag and (bytes.fromhex(tag), decimal(up, MOST)), name(who)


def parse(text):
    need(text.endswith("\n"), "last line")
    first, *lines = text[:-1].split("\n")
    need(first == FIRST, "first line")
    pairs = [line.split(": ", 1) for line in lines]
    need(all(len(pair) == 2 for pair in pairs), "line")
    keys = [key for key, _ in pairs]
    further = [key for key in ("user", "rest", "rule") for _ in range(keys.count(key))]
    need(keys == [*LINES, *further], "lines")
    values = dict(pairs[:len(LINES)])
    number = decimal(values["number"], MOST)
    site_key = hexadecimal(values["site"])
    need(number >= 1 and len(site_key) == 32, "number, site")
    note = Note(values["product"], values["license"], site_key, number,
                [name(value) for key, value in pairs if key == "user"],
                [rest(value) for key, value in pairs if key == "rest"],
                [value for key, value in pairs if key == "rule"])
    note.rules = site_rules.rules(note.lines)
    product.distinct(note.users + [who for _, _, who in note.rests])
    return note


def read(data, product_, license_key, site_key):
    """The note, where it counts for that license and the site key that stands; Refused is raised with the reason of
    12.12."""
    try:
        text, signer, blob = product.take_apart(data)
        note = parse(text)
    except Refused:
        raise Refused("form") from None
    need((note.product, note.license_key) == (product_, license_key), "other_license")
    need(note.site_key == site_key, "other_site")
    need(signer == license_key and blob[:4] == product.key_hash(license_key, site_key), "signature")
    need(strict.verify(site_key, text.encode(), blob[4:]), "signature")
    return note


def counts(home, anchors, *whose):
    """Of what lies in the home and in the anchors the note that counts; None where there is none, and Refused where
    what lies there is not trusted."""
    good, why = [], None
    for data in (home, *anchors):
        try:
            if data is not None:
                good.append(read(data, *whose))
        except Refused as refused:
            if str(refused) != "other_site":
                why = refused
    if not good and why:
        raise why
    # Of two with one number that of an anchor: it stands behind the home's.
    return max(reversed(good), key=lambda it: it.number, default=None)
