//! Single parts of fingerprints: what an issuer keeps and compares to tell a repair from another machine (SPEC.md 9.3).

use super::{Component, Components, Fingerprint};

impl Fingerprint {
    /// The two bytes of one component; nothing where it is unknown (SPEC.md 6.1).
    pub fn part(&self, component: Component) -> Option<[u8; 2]> {
        if !self.known().contains(component) {
            return None;
        }
        let bytes = self.to_bytes();
        let at = 1 + 2 * usize::from(component.number());
        bytes.get(at..at + 2)?.try_into().ok()
    }

    /// This fingerprint, with whatever it does not know taken from `other`.
    pub fn filled_from(&self, other: &Fingerprint) -> Fingerprint {
        let mut filled = Components::default();
        let mut bytes = [0; Fingerprint::LEN];
        for component in Component::ALL {
            let Some(part) = self.part(component).or_else(|| other.part(component)) else {
                continue;
            };
            filled.insert(component);
            let at = 1 + 2 * usize::from(component.number());
            for (to, from) in bytes.iter_mut().skip(at).zip(part) {
                *to = from;
            }
        }
        if let Some(presence) = bytes.first_mut() {
            *presence = filled.0;
        }
        // It knows at least what this one knows, and zeros where it does not: nothing that is refused.
        Fingerprint::from_bytes(&bytes).unwrap_or(*self)
    }

    /// Whether it knows one of these.
    pub fn knows_any(&self, components: Components) -> bool {
        !self.known().and(components).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(bytes: [u8; 11]) -> Fingerprint {
        Fingerprint::from_bytes(&bytes).unwrap()
    }

    #[test]
    fn a_part_is_its_two_bytes_or_unknown() {
        let one = print([0b10101, 1, 2, 0, 0, 3, 4, 0, 0, 0, 0]);
        let parts = Component::ALL.map(|it| one.part(it));
        assert_eq!(
            parts,
            [Some([1, 2]), None, Some([3, 4]), None, Some([0, 0])],
            "a known part may be zeros"
        );
        assert!(one.knows_any(Components::HARDWARE));
        assert!(!print([1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]).knows_any(Components::HARDWARE));
    }

    #[test]
    fn what_is_known_stays_and_what_is_not_is_filled() {
        let one = print([0b00101, 1, 1, 0, 0, 3, 3, 0, 0, 0, 0]);
        let other = print([0b01100, 0, 0, 0, 0, 9, 9, 4, 4, 0, 0]);
        assert_eq!(
            one.filled_from(&other).to_bytes(),
            [0b01101, 1, 1, 0, 0, 3, 3, 4, 4, 0, 0]
        );
        assert_eq!(one.filled_from(&one), one);
    }
}
