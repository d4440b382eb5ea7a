"""A site whose key is known: certified by the real desk, or by a GRANT that is signed here (SPEC.md 4.1, 4.4, 4.8)."""

import copy
from dataclasses import dataclass

import cheat_codes as codes
from loans import card
from rows import write
from trust import (ZEROS, certificate_digest, check_answer, commitment, holder, machine_digest, request_digest,
                   transcript)
from vendor import CATALOGUE, Key

LAST = 20       # days from the first on which the feature `late` ends


@dataclass
class Certified:
    """A site certificate (4.8), and the digest of its grant as the parent of loans."""
    card: bytes
    parent: bytes


class Site:
    """A site whose key is known, which the real desk certified for a license of its own."""

    def __init__(self, vendor, label, product="lent", key=None, options=None):
        self.vendor, self.product, self.site_key = vendor, product, Key(f"site {label}")
        sold = ["--feature", "fast", "--limit", "users=10", "--pool", "design=3", "--text", "licensee=Lab",
                "--feature", f"late:{vendor.w.date(LAST)}"]
        self.key = key or vendor.sell("--type", "floating", "--seats", "5", "--lend", "14",
                                      *(sold if options is None else options), product=product)
        self.fingerprint = codes.whole(self.key, 7)
        _, c = commitment(self.key, codes.noise(f"site {label}", 12))
        self.request = codes.activate(product=product, key=self.key, commitment=c, clock=vendor.noon,
                                      fingerprint=self.fingerprint, site_key=self.site_key.public)
        self.digest, self.machine = request_digest("A", self.request), machine_digest(c[:4], self.fingerprint)
        self.held_by = holder(product, self.key, self.machine)

    def called(self, public):
        """The same site by another public key, of which it has no secret one."""
        other = copy.copy(self)
        other.site_key = Key(secret=self.site_key.secret)
        other.site_key.public = public
        return other

    def certified(self):
        """By the real desk."""
        grant = codes.as_written("G", self.vendor.answer(write("A", self.request)))
        check_answer(self.vendor.roots, [], 0, self.product, self.digest, self.held_by, self.site_key.public, grant,
                     CATALOGUE)
        return self.under(grant)

    def by_hand(self, *, desk=b"", digest=None, held_by=None, **fields):
        """By a GRANT that is signed here."""
        grant = self.vendor.grant(digest or self.digest, held_by or self.held_by,
                                  fields.pop("subject", self.site_key.public), **fields)
        return self.under(grant, desk, fields.get("signer"), fields.get("parent", ZEROS))

    def under(self, grant, desk=b"", signer=None, parent=ZEROS):
        card_ = card(grant, site_key=self.site_key.public, request=self.digest, machine=self.machine, desk=desk)
        body, signature = grant[:-64], grant[-64:]
        t = transcript("G", (signer or self.vendor.root).public, body, parent, self.digest, self.held_by,
                       self.site_key.public)
        return Certified(card_, certificate_digest(t, signature))
