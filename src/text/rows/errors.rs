//! From syndromes to the places that are wrong and what has to be added there (SPEC.md 2.3): up to two unknown places, or four known ones.

use super::super::field;
use super::CHECKS;
use super::syndromes::Syndromes;

/// What is wrong in a row with these syndromes, at most `most` symbols besides those that are missing at `known` places.
pub(in crate::text) fn errors(
    syndromes: u32,
    length: usize,
    known: Places,
    most: usize,
) -> Option<Errors> {
    let errors = Errors::locate(syndromes.to_le_bytes(), known)?;
    let within = errors.places.iter().all(|power| power < length);
    (within && errors.places.count <= known.count + most).then_some(errors)
}

/// The places of a codeword that are wrong or were unknown, and what has to be added to the symbols there.
#[derive(Clone, Copy, Debug)]
pub(in crate::text) struct Errors {
    places: Places,
    syndromes: Syndromes,
}

impl Errors {
    pub(super) fn locate(syndromes: Syndromes, known: Places) -> Option<Errors> {
        let places = if known.count == 0 && syndromes == [0; CHECKS] {
            known
        } else {
            locate(syndromes, known)?
        };
        Some(Errors { places, syndromes })
    }

    /// The places, and what has to be added at each.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, u8)> {
        let value = |power| value_at(self.syndromes, self.places, power);
        self.places.iter().map(move |power| (power, value(power)))
    }

    /// What has to be added at a place; none where nothing is wrong.
    pub(super) fn at(&self, power: usize) -> Option<u8> {
        self.iter()
            .find(|&(place, _)| place == power)
            .map(|(_, value)| value)
    }
}

/// Up to four places of a codeword, as powers of x.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::text) struct Places {
    powers: [usize; CHECKS],
    count: usize,
}

impl Places {
    /// One more place; none where four are taken.
    pub(in crate::text) fn push(&mut self, power: usize) -> Option<()> {
        *self.powers.get_mut(self.count)? = power;
        self.count += 1;
        Some(())
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        self.powers.into_iter().take(self.count)
    }
}

/// Takes what a place contributes out of the syndromes: one fewer is left, each other place's share multiplied by (X + its X).
fn strip(sums: &mut Syndromes, count: usize, power: usize) {
    let x = field::power(power);
    let [_, next @ ..] = *sums;
    for (sum, next) in sums.iter_mut().zip(next).take(count.saturating_sub(1)) {
        *sum = next ^ field::times(*sum, x);
    }
}

/// The places of all errors: the known ones and those that explain what the known ones leave over.
fn locate(found: Syndromes, known: Places) -> Option<Places> {
    let mut sums = found;
    for (taken, power) in known.iter().enumerate() {
        strip(&mut sums, CHECKS - taken, power);
    }
    let left = sums.get(..CHECKS - known.count)?;
    if left.iter().all(|&sum| sum == 0) {
        return Some(known);
    }
    let mut all = known;
    if let Some(power) = one_error(left) {
        all.push(power)?;
    } else {
        let (first, second) = two_errors(left)?;
        all.push(first)?;
        all.push(second)?;
    }
    let fresh = all
        .iter()
        .skip(known.count)
        .all(|power| known.iter().all(|taken| taken != power));
    fresh.then_some(all)
}

/// The place of the one error that these syndromes show: each is the one before times X.
fn one_error(sums: &[u8]) -> Option<usize> {
    let (&first, &second) = (sums.first()?, sums.get(1)?);
    if first == 0 || second == 0 {
        return None;
    }
    let x = field::over(second, first);
    let fits = sums
        .iter()
        .zip(sums.iter().skip(1))
        .all(|(&sum, &next)| next == field::times(sum, x));
    fits.then(|| field::exponent(x))
}

/// The places of two errors, all four syndromes being free: the roots of X² + pX + q.
fn two_errors(sums: &[u8]) -> Option<(usize, usize)> {
    let &[a, b, c, d] = sums else { return None };
    let determinant = field::times(b, b) ^ field::times(a, c);
    if determinant == 0 {
        return None;
    }
    let p = field::over(field::times(b, c) ^ field::times(a, d), determinant);
    let q = field::over(field::times(b, d) ^ field::times(c, c), determinant);
    // X = pY makes it Y² + Y = q/p², of which either no root is in the field or Y and Y + 1 are.
    if p == 0 || q == 0 {
        return None;
    }
    let y = field::half_trace(field::over(q, field::times(p, p)))?;
    let (first, second) = (field::times(p, y), field::times(p, y ^ 1));
    (first != 0 && second != 0).then(|| (field::exponent(first), field::exponent(second)))
}

/// What has to be added at `power`, once all places are known: the others taken out, its own share is left, times what they multiplied it by.
fn value_at(found: Syndromes, all: Places, power: usize) -> u8 {
    let x = field::power(power);
    let mut sums = found;
    let mut factor = 1;
    for (taken, other) in all.iter().filter(|&other| other != power).enumerate() {
        strip(&mut sums, CHECKS - taken, other);
        factor = field::times(factor, x ^ field::power(other));
    }
    let [own, ..] = sums;
    field::over(own, factor)
}
