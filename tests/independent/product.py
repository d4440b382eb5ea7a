"""The product file (SPEC.md 10)."""

import base64
import binascii
import hashlib
import re

import strict
import trust
from payloads import UNSEEN, Refused, decode
from rows import kdf, letters, to_symbols

# Name, least and most times. The lines stand in this order; those of the catalogue are among each other in any.
LINES = [
    (("id",), 1, 1), (("version",), 1, 1), (("name",), 1, 1), (("vendor",), 1, 1), (("mail",), 0, 1), (("root",), 1, 2),
    (("desk",), 0, None), (("edition",), 0, 255), (("feature", "limit", "pool", "text"), 0, None), (("maintained",), 0, None),
    (("bind",), 0, 1), (("fingerprint",), 1, 1), (("seat",), 0, 1), (("named-rest",), 0, 1), (("warn-days",), 0, 1), (("demo-days",), 0, 1), (("demo-feature",), 0, None),
    (("demo-limit",), 0, None),
]


CATALOGUE = ("feature", "limit", "pool", "text")


def need(condition, why):
    if not condition:
        raise Refused(why)


def decimal(text, most):
    need(re.fullmatch("0|[1-9][0-9]*", text) and int(text) <= most, "number")
    return int(text)


def name(text):
    need(re.fullmatch("[A-Za-z0-9._-]+", text), "name")
    return text


def hexadecimal(text):
    need(re.fullmatch("([0-9a-f]{2})+", text), "hexadecimal")
    return bytes.fromhex(text)


def distinct(values):
    need(len(values) == len(set(values)), "twice")


def parse_lines(text):
    """line name -> values, the catalogue as pairs of line name and value; order and counts are checked."""
    need(text.endswith("\n"), "last line")
    lines = text[:-1].split("\n")
    need(lines[0] == "countersign product v1", "first line")
    values = {n: [] for names, _, _ in LINES for n in names}
    catalogue, at = [], 0
    for line in lines[1:]:
        key, colon, value = line.partition(": ")
        need(colon and key in values and value, "line")
        need(value == value.strip(), "blanks")
        need(not any(first <= ord(c) <= last and c not in "\u200c\u200d" for c in value for first, last in UNSEEN), "not plain text")
        place = next(i for i, (names, _, _) in enumerate(LINES) if key in names)
        need(place >= at, "order")
        at = place
        values[key].append(value)
        if key in CATALOGUE:
            catalogue.append((key, value))
    for names, least, most in LINES:
        count = sum(len(values[n]) for n in names)
        need(count >= least and (most is None or count <= most), "how often")
    return values, catalogue


def take_apart(data):
    """Of a signed note: text, NAME, key hash and signature; nothing of it is trusted yet."""
    try:
        note = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("UTF-8") from None
    # text, an empty line, one signature line
    at = note.rfind("\n\n")
    need(at >= 0, "form")
    text, last = note[:at + 1], note[at + 2:]
    signed = re.fullmatch("\u2014 ([^ \n]+) ([A-Za-z0-9+/]+=*)\n", last)
    need(signed, "signature line")
    try:
        blob = base64.b64decode(signed.group(2), validate=True)
    except binascii.Error:
        raise Refused("base64") from None
    need(base64.b64encode(blob).decode() == signed.group(2) and len(blob) == 68, "base64")
    return text, signed.group(1), blob


def key_hash(name_, key):
    return hashlib.sha256(name_.encode() + b"\n\x01" + key).digest()[:4]


def check(data):
    """The root fingerprint of a product file that is in order."""
    text, signed_by, blob = take_apart(data)
    values, catalogue = parse_lines(text)
    product = values["id"][0]
    need(re.fullmatch("[a-z][a-z0-9-]{0,31}", product) and signed_by == product, "id")
    need(not re.fullmatch("con|prn|aux|nul|(com|lpt)[0-9]", product), "id")
    decimal(values["version"][0], 2**32 - 1)
    roots = [hexadecimal(v) for v in values["root"]]
    need(all(strict.fit(root) for root in roots), "unfit_key")

    signer = next((r for r in roots if key_hash(product, r) == blob[:4] and strict.verify(r, text.encode(), blob[4:])), None)
    need(signer, "signature")
    for value in values["desk"]:
        trust.check_desk(decode("D", hexadecimal(value)), roots, 0, product)

    names = [name(v) for _, v in catalogue]
    features = [name(v) for kind, v in catalogue if kind == "feature"]
    limits = [name(v) for kind, v in catalogue if kind == "limit"]
    bound = [name(v) for v in values["bind"][0].split(",")] if values["bind"] else []
    demo_limits = []
    for value in values["demo-limit"]:
        limit, equals, number = value.partition("=")
        need(equals and limit in limits, "demo-limit")
        decimal(number, 2**32 - 1)
        demo_limits.append(limit)
    for value in values["demo-days"]:
        need(decimal(value, 65535) >= 1, "demo-days")
    need(all(v in ("process", "session", "user", "host") for v in values["seat"]), "seat")
    for value in values["named-rest"] + values["warn-days"]:
        decimal(value, 65535)
    need(all(v in features for v in values["maintained"] + values["demo-feature"]), "no feature")
    need(values["fingerprint"][0] in ("yes", "no"), "fingerprint")
    need(values["fingerprint"][0] == "yes" or bound, "unbound")
    for listed in (roots, values["desk"], [name(v) for v in values["edition"]], names, values["maintained"],
                   bound, values["demo-feature"], demo_limits):
        distinct(listed)
    return root_fingerprint(signer)


def root_fingerprint(key):
    text = letters(to_symbols(kdf("countersign v1 root", key)[:15]))
    return "-".join(text[i:i + 4] for i in range(0, 24, 4))
