//! Signatures and keys that only a lax verifier takes (SPEC.md 5.3).

use ed25519_dalek::{Signature, SigningKey, Verifier, VerifyingKey};
use sha2::{Digest, Sha512};

/// The neutral element: small order, canonical encoding.
pub(crate) const SMALL_ORDER: [u8; 32] = {
    let mut point = [0; 32];
    point[0] = 1;
    point
};

/// A key in an encoding with y ≥ p, of a point that is not of small order.
pub(crate) fn non_canonical() -> [u8; 32] {
    // p = 2²⁵⁵ − 19 is ed ff … ff 7f: the encodings ee to ff stand for y = 1 to 18.
    let mut key = [0xff; 32];
    key[31] = 0x7f;
    let found = (0xee..=0xff).find(|&low| {
        key[0] = low;
        VerifyingKey::from_bytes(&key).is_ok_and(|point| !point.is_weak())
    });
    key[0] = found.unwrap();
    key
}

/// The order of the base point, in words of 64 bits, the lowest first.
const L: [u64; 4] = [
    0x5812_631a_5cf5_d3ed,
    0x14de_f9de_a2f7_9cd6,
    0,
    0x1000_0000_0000_0000,
];

/// The same signature with s + L for s.
pub(crate) fn s_plus_l(signature: &[u8; 64]) -> [u8; 64] {
    let mut forged = *signature;
    forged[32..].copy_from_slice(&bytes(add(words(&signature[32..]), L)));
    forged
}

/// A signature with R = the neutral element, by who has the key: it satisfies the equation.
pub(crate) fn small_order_r(key: &SigningKey, message: &[u8]) -> [u8; 64] {
    let public = key.verifying_key();
    let mut secret = Sha512::digest(key.to_bytes()).to_vec();
    secret.truncate(32);
    secret[0] &= 0xf8;
    secret[31] = secret[31] & 0x7f | 0x40;
    let mut hash = Sha512::new();
    hash.update(SMALL_ORDER);
    hash.update(public.to_bytes());
    hash.update(message);
    let scalar = times(&secret, [1, 0, 0, 0]);
    let s = times(&hash.finalize(), scalar);
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&SMALL_ORDER);
    signature[32..].copy_from_slice(&bytes(s));
    // Not strict, so that this vector tells strict verification from the other.
    public
        .verify(message, &Signature::from_bytes(&signature))
        .unwrap();
    signature
}

/// `number` (lowest byte first) times `base` modulo L, bit by bit.
fn times(number: &[u8], base: [u64; 4]) -> [u64; 4] {
    let mut product = [0; 4];
    for byte in number.iter().rev() {
        for bit in (0..8).rev() {
            product = reduce(add(product, product));
            if byte >> bit & 1 == 1 {
                product = reduce(add(product, base));
            }
        }
    }
    product
}

fn add(a: [u64; 4], b: [u64; 4]) -> [u64; 4] {
    let mut carry = 0;
    std::array::from_fn(|at| {
        let sum = u128::from(a[at]) + u128::from(b[at]) + carry;
        carry = sum >> 64;
        sum as u64
    })
}

/// Takes L off once where it fits.
fn reduce(a: [u64; 4]) -> [u64; 4] {
    if a.iter().rev().lt(L.iter().rev()) {
        return a;
    }
    let mut borrow = false;
    std::array::from_fn(|at| {
        let (less, first) = a[at].overflowing_sub(L[at]);
        let (less, second) = less.overflowing_sub(u64::from(borrow));
        borrow = first || second;
        less
    })
}

fn words(bytes: &[u8]) -> [u64; 4] {
    std::array::from_fn(|at| u64::from_le_bytes(bytes[8 * at..8 * at + 8].try_into().unwrap()))
}

fn bytes(words: [u64; 4]) -> [u8; 32] {
    std::array::from_fn(|at| words[at / 8].to_le_bytes()[at % 8])
}
