"""The worked example (SPEC.md 11), from its inputs. `check` yields (line, None or what is wrong)."""

import datetime
import re

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import machine
import payloads
import reader
import rows
import strict
import trust

# What is given; everything else in the block is worked out.
INPUTS = [
    ("The vendor", "root secret key"), ("The vendor", "product id"), ("The vendor", "license key"),
    *[("The machine", c) for c in machine.COMPONENTS], ("The machine", "r"), ("The machine", "clock"),
    ("GRANT, body", "x0"), ("GRANT, body", "maintenance"), ("GRANT, body", "edition"), ("GRANT, body", "entitlements"),
]


def parse(spec):
    """(section, label) -> its lines joined by line feeds."""
    block = re.search("## 11\\..*?```text\n(.*?)```", spec, re.S).group(1)
    found, section, label = {}, None, None
    for line in block.splitlines():
        if not line:
            continue
        if not line.startswith(" "):
            section = line
        elif line[:25].strip():
            label = line[:25].strip()
            if (section, label) in found:
                raise ValueError(f"{label!r} stands twice")
            found[section, label] = line[25:]
        else:
            found[section, label] += "\n" + line[25:]
    return found


def wrapped(data):
    text = data.hex()
    return "\n".join(text[i:i + 64] for i in range(0, len(text), 64))


def compute(given):
    digits = given["The vendor", "license key"].replace("-", "")
    product = given["The vendor", "product id"]
    secret = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(given["The vendor", "root secret key"]))
    root = secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    number = rows.license_key(given["The vendor", "license key"]).to_bytes(5, "big")
    out = {("The vendor", "root public key"): root.hex(), ("The vendor", "license key (5)"): number.hex()}

    r = bytes.fromhex(given["The machine", "r"])
    s, c = trust.commitment(digits, r)
    clock = int(given["The machine", "clock"].split()[0])
    when = datetime.datetime(2020, 1, 1) + datetime.timedelta(seconds=clock)
    out.update({
        ("The machine", "s"): s.hex(), ("The machine", "C"): c.hex(), ("The machine", "activation id"): c[:4].hex(),
        ("The machine", "for people"): f"A-{int.from_bytes(c[:4], 'big')}",
        ("The machine", "clock"): f"{clock} = {when.isoformat()}Z",
    })

    values = {name: given["The machine", name] for name in machine.COMPONENTS}
    fingerprint = machine.fingerprint(digits, values)
    tag = rows.kdf("countersign v1 product", product.encode())[:2]
    fields = [("flags", b"\1"), ("product tag", tag), ("license key", number), ("commitment C", c),
              ("clock", clock.to_bytes(4, "big")), ("fingerprint", fingerprint)]
    activate = b"".join(v for _, v in fields)
    payloads.decode("A", activate)
    out.update({("ACTIVATE", n): v.hex() for n, v in fields})
    out["ACTIVATE", "code"] = rows.write("A", activate)

    tied = "What the answer is tied to"
    request = trust.request_digest("A", activate)
    digest = trust.machine_digest(c[:4], fingerprint)
    held_by = trust.holder(product, digits, digest)
    out.update({(tied, "request digest"): request.hex(), (tied, "machine digest"): digest.hex(), (tied, "holder"): held_by.hex()})

    # Five floating seats for a year, a contact within 30 days and four emergency steps of 7 days.
    generation, seats, steps, step_days = 1, 5, 4, 7
    today = trust.day_of(clock)
    x = bytes.fromhex(given["GRANT, body", "x0"])
    for i in range(steps):
        x = trust.next_x(held_by, generation, i, x)
    two = lambda n: n.to_bytes(2, "big")
    fields = [
        ("key id", bytes.fromhex(trust.key_id(root))), ("request tag", request[:2]), ("generation", two(generation)),
        ("issued", clock.to_bytes(4, "big")), ("expires", two(today + 365)),
        ("maintenance", bytes.fromhex(given["GRANT, body", "maintenance"])), ("revalidate by", two(today + 30)),
        ("seats", two(seats)), ("edition", bytes.fromhex(given["GRANT, body", "edition"])),
        ("flags", bytes([1 | 8])), ("emergency: anchor", x), ("steps", bytes([steps])), ("days per step", bytes([step_days])),
        ("entitlements", bytes.fromhex(given["GRANT, body", "entitlements"])),
    ]
    body = b"".join(v for _, v in fields)
    out.update({("GRANT, body", n): v.hex() for n, v in fields})

    t = trust.transcript("G", root, body, request=request, held_by=held_by)
    parts = [("countersign v1, 0", b"countersign v1\0"), ("kind letter", b"G"), ("issuer public key", root), ("parent", bytes(32)),
             ("request digest", request), ("holder", held_by), ("subject public key", bytes(32)),
             ("length of body", two(len(body))), ("body", body)]
    assert b"".join(v for _, v in parts) == t
    out.update({("Transcript T", n): wrapped(v) for n, v in parts})

    signature = secret.sign(t)      # RFC 8032 signing has one result
    assert strict.verify(root, t, signature)
    payload = body + signature
    payloads.decode("G", payload)
    trust.check_answer([root], [], 0, product, request, held_by, None, payload)
    text = rows.write("G", payload)
    assert reader.read(text)[:3] == ("ok", "grant", payload)
    out.update({("GRANT", "signature"): wrapped(signature), ("GRANT", "payload"): wrapped(payload), ("GRANT", "code"): text})
    return out


def check(spec):
    found = parse(spec)
    computed = compute({key: found[key] for key in INPUTS})
    for key, value in found.items():
        what = f"{key[0]}, {key[1]}"
        if key in computed:
            wrong = None if computed.pop(key) == value else "is otherwise"
            if key not in INPUTS or key == ("The machine", "clock"):
                yield what, wrong
        elif key not in INPUTS:
            yield what, "unknown line"
    for key in computed:
        yield f"{key[0]}, {key[1]}", "is missing"
