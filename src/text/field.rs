//! Arithmetic in GF(32) with the polynomial x⁵+x²+1 and the generator element 2 (SPEC.md 2.3).

/// Nonzero elements: as many as a codeword has places.
pub(super) const ORDER: usize = 31;

/// α⁰ to α³⁰.
const POWERS: [u8; ORDER] = [
    1, 2, 4, 8, 16, 5, 10, 20, 13, 26, 17, 7, 14, 28, 29, 31, 27, 19, 3, 6, 12, 24, 21, 15, 30, 25,
    23, 11, 22, 9, 18,
];

/// The exponent of each element; that of 0 is meaningless.
const EXPONENTS: [u8; 32] = [
    0, 0, 1, 18, 2, 5, 19, 11, 3, 29, 6, 27, 20, 8, 12, 23, 4, 10, 30, 17, 7, 22, 28, 26, 21, 25,
    9, 16, 13, 14, 24, 15,
];

/// α to a power.
pub(super) fn power(exponent: usize) -> u8 {
    POWERS.get(exponent % ORDER).copied().unwrap_or_default()
}

/// The exponent of a nonzero element.
pub(super) fn exponent(element: u8) -> usize {
    EXPONENTS
        .get(usize::from(element))
        .copied()
        .unwrap_or_default()
        .into()
}

/// The product.
pub(super) fn times(a: u8, b: u8) -> u8 {
    if a == 0 || b == 0 {
        0
    } else {
        power(exponent(a) + exponent(b))
    }
}

/// The quotient; `b` is not 0.
pub(super) fn over(a: u8, b: u8) -> u8 {
    if a == 0 {
        0
    } else {
        power(exponent(a) + ORDER - exponent(b))
    }
}

/// A root of Y² + Y = c; the other is one more. None for the half of the elements that have no root.
pub(super) fn half_trace(c: u8) -> Option<u8> {
    HALF_TRACES
        .get(usize::from(c))
        .copied()
        .filter(|&root| root != NO_ROOT)
}

const NO_ROOT: u8 = 32;

static HALF_TRACES: [u8; 32] = half_traces();

#[expect(
    clippy::indexing_slicing,
    reason = "worked out by the compiler, which refuses a place that is not there"
)]
const fn half_traces() -> [u8; 32] {
    let mut roots = [NO_ROOT; 32];
    let mut root = 0;
    while root < 32 {
        // Squared: each bit moves to twice its place, and what goes beyond the fifth comes back by x⁵ = x² + 1.
        let mut square = 0;
        let mut bit = 0;
        while bit < 5 {
            if root >> bit & 1 == 1 {
                square ^= [1, 4, 16, 10, 13][bit];
            }
            bit += 1;
        }
        roots[(square ^ root) as usize] = root & !1;
        root += 1;
    }
    roots
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The product by long multiplication: what the tables must agree with.
    fn long(a: u8, b: u8) -> u8 {
        let mut product = (0..5)
            .filter(|bit| b >> bit & 1 == 1)
            .fold(0_u16, |sum, bit| sum ^ u16::from(a) << bit);
        for bit in (5..10).rev() {
            if product >> bit & 1 == 1 {
                product ^= 0b10_0101 << (bit - 5);
            }
        }
        u8::try_from(product).unwrap()
    }

    #[test]
    fn the_tables_are_those_of_the_field() {
        for a in 0..32 {
            for b in 0..32 {
                assert_eq!(times(a, b), long(a, b), "{a} {b}");
                if a == long(b, b) ^ b {
                    assert_eq!(half_trace(a), Some(b & !1));
                }
                if b != 0 {
                    assert_eq!(over(times(a, b), b), a, "{a} {b}");
                }
            }
        }
    }
}
