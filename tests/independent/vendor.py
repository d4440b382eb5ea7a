"""A vendor whose keys are known, on a made-up computer (tests/stage): the real desk, and what is signed by hand with
its root key (SPEC.md 4.9, 5, 10)."""

import base64
import datetime
import os
import sys
from types import SimpleNamespace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (BestAvailableEncryption, Encoding, PrivateFormat,
                                                          load_pem_private_key)

import cheat_answers
import cheat_codes as codes
from product import key_hash
from rows import kdf
from trust import ZEROS, certificate_digest, desk_scope, key_id, transcript

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "stage"))
import stage        # noqa: E402

PASSWORD = "made by hand"
# In the order in which `product add` numbers them.
CATALOGUE = ["feature", "feature", "feature", "limit", "pool", "text"]
NAMES = ["fast", "slow", "late", "users", "design", "licensee"]

# Flags of a GRANT (4.4): floating, "longest loan", site.
LENDS = 0b10101


def day(date):
    return (date - datetime.date(2020, 1, 1)).days


class Key:
    """An Ed25519 key, the same one for the same label."""

    def __init__(self, label=None, secret=None):
        self.secret = secret or Ed25519PrivateKey.from_private_bytes(codes.noise(f"key {label}", 32))
        self.public = self.secret.public_key().public_bytes_raw()

    def sign(self, data):
        return self.secret.sign(data)


def read_key(path, password=None):
    """The key of a PEM file, under whose `-----BEGIN` line it stands."""
    with open(path, "rb") as file:
        return Key(secret=load_pem_private_key(file.read(), password and password.encode()))


def ease(path, password):
    """Writes a key file anew under the same password, and gives the key: with less work to open it, for a site that
    answers hundreds is to be quick."""
    key = read_key(path, password)
    easy = BestAvailableEncryption(password.encode())
    with open(path, "rb") as file:
        head = file.read().split(b"-----BEGIN")[0]
    with open(path, "wb") as file:
        file.write(head + key.secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, easy))
    return key


def sign_note(text, name, key):
    """A signed note (10)."""
    return signed_note(text, name, key_hash(name, key.public) + key.sign(text.encode()))


def signed_note(text, name, blob):
    return f"{text}\n\u2014 {name} {base64.b64encode(blob).decode()}\n"


class Vendor:
    def __init__(self, w, products=("lent",)):
        self.w = w
        self.ok(w.desk("desk", "init", "--vendor", "By hand", "--no-passphrase"))
        self.root, self.spare = (read_key(w.path("desk", "desk", f"{name}.pem")) for name in ("root", "spare"))
        self.noon = day(w.noon) * 86400 + 43200
        self.roots = [self.root.public, self.spare.public]
        self.password = w.path("files", "password")
        with open(self.password, "w") as file:
            file.write(PASSWORD + "\n")
        os.chmod(self.password, 0o600)
        for name in products:
            lines = [it for line, entry in zip(CATALOGUE, NAMES) for it in (f"--{line}", entry)]
            self.ok(w.desk("product", "add", name, "--name", name.title(), *lines))
            with open(w.path("files", f"{name}.product"), "w") as file:
                file.write(self.ok(w.desk("product", "export", name)).out)

    @staticmethod
    def ok(result):
        if result.code:
            raise RuntimeError(repr(result))
        return result

    def install(self, home, product="lent"):
        self.ok(self.w.machine("product", "install", self.w.path("files", f"{product}.product"), home=home))

    def sell(self, *options, product="lent"):
        """The digits of a license like that."""
        told = self.ok(self.w.desk("-q", "license", "new", "--product", product, "--customer", "By hand", *options))
        return told.out.strip().replace("-", "")

    def answer(self, code):
        return self.ok(self.w.desk("respond", stdin=code)).out.strip()

    def desk_certificate(self, key, product="lent", signer=None, *, not_after=0, epoch=0, kinds=7, seats=0, grace=0,
                         loan=0, steps=0):
        """Payload and digest of a DESK certificate (4.9)."""
        signer = signer or self.root
        body = (codes.number(1, 4) + codes.number(not_after, 2) + bytes([epoch, kinds]) + codes.number(seats, 2)
                + codes.number(grace, 2) + bytes([loan, steps]))
        t = transcript("D", signer.public, body, held_by=desk_scope(product) if kinds & 8 else ZEROS,
                       subject=key.public)
        signature = signer.sign(t)
        return body + key.public + signature, certificate_digest(t, signature)

    def grant(self, digest, held_by, subject, *, signer=None, parent=ZEROS, issued=None, **fields):
        """A GRANT's payload for whoever asked with that request digest, with a site key that stands; `fields` are those
        of `cheat_answers.body`."""
        signer = signer or self.root
        asked = SimpleNamespace(key_id=key_id(signer.public), digest=digest,
                                issued=self.noon if issued is None else issued)
        body = cheat_answers.body(asked, **{"flags": LENDS, "longest_loan": 14, "seats": 5, **fields})
        return body + signer.sign(transcript("G", signer.public, body, parent, digest, held_by, subject))


def snapshot(w):
    """What lies in all homes and anchors: path -> digest of what is in the file. Which seats looked free last is no
    part of it."""
    found = {}
    for place in stage.Stage.PLACES:
        for folder, _, names in os.walk(w.path(place)):
            for name in (it for it in names if not it.endswith(".free")):
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    found[os.path.relpath(path, w.now)] = kdf("countersign cheater", file.read())
    return found


def changed(before, after):
    """The paths at which two snapshots differ."""
    return sorted({path for path, _ in set(before.items()) ^ set(after.items())})
