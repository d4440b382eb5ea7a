"""Seed keys as they are sealed (SPEC.md 9.16): HPKE of RFC 9180 in base mode, written from that text."""

import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from payloads import Refused
from rows import kdf

KEM = b"KEM" + (0x20).to_bytes(2, "big")
HPKE = b"HPKE" + (0x20).to_bytes(2, "big") + (1).to_bytes(2, "big") + (2).to_bytes(2, "big")
INFO = b"countersign v1 seed key"


def extract(suite, salt, label, ikm):
    return hmac.new(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, hashlib.sha256).digest()


def expand(suite, prk, label, info, length):
    labeled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    out, block = b"", b""
    while len(out) < length:
        block = hmac.new(prk, block + labeled + bytes([len(out) // 32 + 1]), hashlib.sha256).digest()
        out += block
    return out[:length]


def public_of(secret):
    return secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def sealing_key(signer):
    """The X25519 key of whoever signs with this Ed25519 key."""
    context = "countersign v1 sealing key"
    ikm = kdf(context, signer.sign(context.encode()))
    prk = extract(KEM, b"", b"dkp_prk", ikm)
    return X25519PrivateKey.from_private_bytes(expand(KEM, prk, b"sk", b"", 32))


def shared(dh, enc, to):
    prk = extract(KEM, b"", b"eae_prk", dh)
    return expand(KEM, prk, b"shared_secret", enc + to, 32)


def schedule(secret):
    context = b"\0" + extract(HPKE, b"", b"psk_id_hash", b"") + extract(HPKE, b"", b"info_hash", INFO)
    prk = extract(HPKE, secret, b"secret", b"")
    return AESGCM(expand(HPKE, prk, b"key", context, 32)), expand(HPKE, prk, b"base_nonce", context, 12)


def purpose(number, holder):
    return number.to_bytes(8, "big") + holder


def seal(seed_key, number, holder, to, ephemeral):
    enc = public_of(ephemeral)
    dh = ephemeral.exchange(X25519PublicKey.from_public_bytes(to))
    cipher, nonce = schedule(shared(dh, enc, to))
    return enc + cipher.encrypt(nonce, seed_key, purpose(number, holder))


def open_sealed(sealed, number, seed):
    """The seed key and the sealing key of the holder, whose Ed25519 key has this seed."""
    signer = Ed25519PrivateKey.from_private_bytes(seed)
    own = sealing_key(signer)
    enc, text = sealed[:32], sealed[32:]
    if len(text) != 48:
        raise Refused("length")
    try:
        dh = own.exchange(X25519PublicKey.from_public_bytes(enc))
        cipher, nonce = schedule(shared(dh, enc, public_of(own)))
        return cipher.decrypt(nonce, text, purpose(number, public_of(signer))), public_of(own)
    except (InvalidTag, ValueError):
        raise Refused("sealed") from None
