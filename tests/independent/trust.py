"""Commitments, digests, signatures and the chain (SPEC.md 5), emergency steps (8)."""

import strict
from payloads import Refused, decode
from rows import kdf

ZEROS = bytes(32)


def day_of(seconds):
    return seconds // 86400 or 1        # section 1


def license_bytes(digits):
    return int(digits[:11]).to_bytes(5, "big")


def commitment(license_digits, r):
    s = kdf("countersign v1 sync", r)[:10]
    return s, kdf("countersign v1 commit", license_digits.encode() + s)[:12]


def request_digest(letter, payload):
    return kdf("countersign v1 request", letter.encode() + payload)


def machine_digest(activation, fingerprint=None, bindings=None, usb=None):
    presence = (fingerprint is not None) | (bindings is not None) << 1 | (usb is not None) << 2
    return kdf("countersign v1 machine", activation + bytes([presence])
               + (fingerprint or bytes(11)) + (bindings or bytes(8)) + (usb or bytes(8)))


def holder(product, license_digits, machine):
    name = product.encode()
    return kdf("countersign v1 holder", bytes([len(name)]) + name + license_bytes(license_digits) + machine)


def certificate_digest(transcript, signature):
    return kdf("countersign v1 certificate", transcript + signature)


def key_id(key):
    return kdf("countersign v1 key id", key)[:1].hex()


def transcript(letter, issuer, body, parent=ZEROS, request=ZEROS, held_by=ZEROS, subject=ZEROS):
    return (b"countersign v1\0" + letter.encode() + issuer + parent + request + held_by + subject
            + len(body).to_bytes(2, "big") + body)


# ---- 5.4 ---------------------------------------------------------------------------

def check_roots(roots):
    if not all(strict.fit(root) for root in roots):
        raise Refused("unfit_key")


def desk_scope(product):
    return kdf("countersign v1 desk scope", product.encode())


def check_desk(desk, roots, least_epoch, product):
    """The certificate's digest."""
    key, signature = bytes.fromhex(desk["public_key"]), bytes.fromhex(desk["signature"])
    if not strict.fit(key):
        raise Refused("unfit_key")
    for root in roots:
        t = transcript("D", root, desk["body"], held_by=desk_scope(product) if desk["kinds"] & 8 else ZEROS, subject=key)
        if strict.verify(root, t, signature):
            break
    else:
        raise Refused("signature")
    if desk["epoch"] < least_epoch:
        raise Refused("old_epoch")
    return certificate_digest(t, signature)


def within_desk_limits(grant, desk):
    issued = day_of(grant["issued"])
    loan, steps = grant["longest_loan"], grant["emergency"]
    if desk["not_after"] and issued > desk["not_after"]:
        return False
    needed = 1 | (2 if loan else 0) | (4 if steps else 0)
    if needed & ~desk["kinds"]:
        return False
    if desk["most_seats"] and grant["seats"] > desk["most_seats"]:
        return False
    if desk["longest_grace"]:
        if grant["revalidate_by"] is None or grant["revalidate_by"] - issued > desk["longest_grace"]:
            return False
    if desk["longest_loan"] and loan and loan > desk["longest_loan"]:
        return False
    return not (desk["longest_emergency"] and steps and steps["steps"] * steps["days"] > desk["longest_emergency"])


def fits(entitlements, catalogue):
    """Each entry against its line (4.5); those beyond the catalogue are passed over."""
    def one(line, value, last):
        if line == "feature":
            return value is None
        if line == "text":
            return isinstance(value, str)
        return type(value) is int and (line == "limit" or value > 0)
    return all(one(catalogue[i], value, last) for i, value, last in entitlements if i < len(catalogue))


def check_grant(grant, issuers, request, held_by, site_key, catalogue):
    """`issuers`: (public key, parent, desk fields or None). Gives the grant's transcript."""
    subject = site_key if grant["site"] else ZEROS
    signature = bytes.fromhex(grant["signature"])
    for key, parent, desk in issuers:
        if key_id(key) != grant["key_id"]:
            continue
        t = transcript("G", key, grant["body"], parent, request, held_by, subject)
        if strict.verify(key, t, signature):
            if desk and not within_desk_limits(grant, desk):
                raise Refused("desk_limit")
            if not fits(grant["entitlements"], catalogue):
                raise Refused("catalogue")
            return t
    raise Refused("signature")


def check_answer(roots, desks, least_epoch, product, request, held_by, site_key, payload, catalogue=()):
    """12.2, in its order."""
    check_roots(roots)
    issuers = [(root, ZEROS, None) for root in roots]
    for raw in desks:
        desk = decode("D", raw)
        issuers.append((bytes.fromhex(desk["public_key"]), check_desk(desk, roots, least_epoch, product), desk))
    grant = decode("G", payload)
    if grant["site"]:
        if site_key is None:
            raise Refused("signature")
        if not strict.fit(site_key):
            raise Refused("unfit_key")
    check_grant(grant, issuers, request, held_by, site_key, catalogue)
    return grant


def check_loan(roots, least_epoch, product, borrow_payload, card, loan, catalogue=()):
    """12.3, in its order; `card` and `loan` are decoded. The certificate digest (5.2) of the site's grant."""
    borrow = decode("B", borrow_payload)
    site_key = bytes.fromhex(card["public_key"])
    grant = card["grant"]
    check_roots(roots)
    if not strict.fit(site_key):
        raise Refused("unfit_key")
    if not grant["longest_loan"]:
        raise Refused("site_limit")
    issuers = [(root, ZEROS, None) for root in roots]
    if card["desk"]:        # one that is carried is the one the grant was signed under
        parent = check_desk(card["desk"], roots, least_epoch, product)
        issuers = [(bytes.fromhex(card["desk"]["public_key"]), parent, card["desk"])]
    license_key = borrow["license_key"]
    site = holder(product, license_key, bytes.fromhex(card["machine_digest"]))
    t = check_grant(grant, issuers, bytes.fromhex(card["request_digest"]), site, site_key, catalogue)
    parent = certificate_digest(t, bytes.fromhex(grant["signature"]))
    activation = bytes.fromhex(borrow["commitment"])[:4]
    seat = holder(product, license_key, machine_digest(activation, bytes.fromhex(borrow["fingerprint"])))
    t = transcript("N", site_key, loan["body"], parent, request_digest("B", borrow_payload), seat)
    if not strict.verify(site_key, t, bytes.fromhex(loan["signature"])):
        raise Refused("signature")
    if not within_site_limits(loan, grant, catalogue):
        raise Refused("site_limit")
    return parent


def within_site_limits(loan, grant, catalogue):
    longest = grant["longest_loan"]
    if loan["issued"] < grant["issued"] or not 0 <= loan["until"] - day_of(loan["issued"]) <= longest:
        return False
    if grant["expires"] and loan["until"] > grant["expires"]:
        return False
    if grant["revalidate_by"] and loan["until"] > grant["revalidate_by"] + longest:
        return False
    if loan["seat"] >= grant["seats"]:
        return False
    granted = {index: (value, last) for index, value, last in grant["entitlements"]}
    for index, value, last in loan["entitlements"] or []:
        if index not in granted or granted[index][1] != last or type(granted[index][0]) is not type(value):
            return False
        most = granted[index][0]
        if isinstance(value, str) and value != most or type(value) is int and value > most:
            return False
        if index < len(catalogue) and catalogue[index] == "pool" and value != 1:
            return False
    return True


# ---- 8 -----------------------------------------------------------------------------

def next_x(held_by, generation, i, x):
    return kdf("countersign v1 emergency", held_by + generation.to_bytes(2, "big") + bytes([i]) + x)[:10]


def first_x(seed_key, commitment, generation, steps, days):
    """9.16"""
    return kdf("countersign v1 emergency seed", seed_key + commitment + generation.to_bytes(2, "big") + bytes([steps, days]))[:10]


def check_emergency(held_by, generation, anchor, steps, days, payload):
    """The days by which "revalidate by" moves."""
    code = decode("E", payload)
    k, x = code["step"], bytes.fromhex(code["x"])
    if k > steps:
        raise Refused("step")
    for i in range(steps - k, steps):
        x = next_x(held_by, generation, i, x)
    if x != anchor:
        raise Refused("anchor")
    return k * days
