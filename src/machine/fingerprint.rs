//! The five components that tell one machine from another, and how two fingerprints compare (SPEC.md 6.1).

use super::{Component, Components, Facts, MachineError};

/// Compared in one verdict: at least this many must be equal (SPEC.md 6.1).
const ENOUGH: u32 = 3;

/// What a machine says about itself for one license: two bytes of a hash per component, useless for another license (SPEC.md 6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    presence: Components,
    parts: [[u8; 2]; 5],
}

impl Fingerprint {
    /// The length on the wire.
    pub const LEN: usize = 11;

    /// The fingerprint of a machine for a license key (its five bytes of SPEC.md 2.5); nothing where the machine knows nothing about itself.
    pub fn of(facts: &Facts, license_key: &[u8; 5]) -> Option<Fingerprint> {
        Fingerprint::of_these(Components::all(), facts, license_key)
    }

    /// As much of the fingerprint of a machine as can be [compared](Fingerprint::compare) with this one: what only one of both knows does not count,
    /// and is not read.
    pub fn counterpart(&self, facts: &Facts, license_key: &[u8; 5]) -> Option<Fingerprint> {
        Fingerprint::of_these(self.presence, facts, license_key)
    }

    fn of_these(
        components: Components,
        facts: &Facts,
        license_key: &[u8; 5],
    ) -> Option<Fingerprint> {
        let mut made = Fingerprint {
            presence: Components::default(),
            parts: [[0; 2]; 5],
        };
        for (component, part) in Component::ALL.into_iter().zip(&mut made.parts) {
            if !components.contains(component) {
                continue;
            }
            if let Some(value) = facts.known(component) {
                *part = hash(license_key, component, value);
                made.presence.insert(component);
            }
        }
        (!made.presence.is_empty()).then_some(made)
    }

    /// Presence byte and components, as a payload carries them.
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let [[a, b], [c, d], [e, f], [g, h], [i, j]] = self.parts;
        [self.presence.0, a, b, c, d, e, f, g, h, i, j]
    }

    /// Takes only what [`to_bytes`](Self::to_bytes) writes: at least one component, no foreign bit, zeros where unknown.
    pub fn from_bytes(bytes: &[u8; Self::LEN]) -> Result<Fingerprint, MachineError> {
        let &[presence, a, b, c, d, e, f, g, h, i, j] = bytes;
        if presence == 0 || presence >> Component::ALL.len() != 0 {
            return Err(MachineError::Presence(presence));
        }
        let read = Fingerprint {
            presence: Components(presence),
            parts: [[a, b], [c, d], [e, f], [g, h], [i, j]],
        };
        for (component, part) in Component::ALL.into_iter().zip(read.parts) {
            if !read.presence.contains(component) && part != [0; 2] {
                return Err(MachineError::UnknownPart(component));
            }
        }
        Ok(read)
    }

    /// With `parts` of another fingerprint in place of its own.
    pub fn with(mut self, other: &Fingerprint, parts: Components) -> Fingerprint {
        for (component, (mine, theirs)) in Component::ALL
            .into_iter()
            .zip(self.parts.iter_mut().zip(other.parts))
        {
            if parts.and(other.presence).contains(component) {
                *mine = theirs;
                self.presence.insert(component);
            }
        }
        self
    }

    /// Which components are known.
    pub fn known(&self) -> Components {
        self.presence
    }

    /// Holds one fingerprint against another. Only what both know counts: unknown is never different.
    pub fn compare(&self, other: &Fingerprint) -> Comparison {
        let both = self.presence.and(other.presence);
        let (mut equal, mut different) = (Components::default(), Components::default());
        for (component, (mine, theirs)) in Component::ALL
            .into_iter()
            .zip(self.parts.iter().zip(&other.parts))
        {
            match (both.contains(component), mine == theirs) {
                (false, _) => {}
                (true, true) => equal.insert(component),
                (true, false) => different.insert(component),
            }
        }
        Comparison { equal, different }
    }
}

fn hash(license_key: &[u8; 5], component: Component, value: &str) -> [u8; 2] {
    let mut hasher = blake3::Hasher::new_derive_key("countersign v1 fingerprint");
    hasher
        .update(license_key)
        .update(&[component.number()])
        .update(value.as_bytes());
    let [first, second, ..] = *hasher.finalize().as_bytes();
    [first, second]
}

/// Whether two fingerprints are of one machine (SPEC.md 6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assessment {
    /// The same machine.
    Match,
    /// Nothing speaks against it, but fewer than three components are known to both: the license is weakly bound.
    WeakMatch,
    /// Another machine, or one that changed too much.
    Mismatch,
}

/// How two fingerprints compare: of what both know, what is equal and what is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Known to both and equal.
    pub equal: Components,
    /// Known to both and different: what changed.
    pub different: Components,
}

impl Comparison {
    /// The verdict of SPEC.md 6.1.
    pub fn verdict(self) -> Assessment {
        let known = self.equal.len() + self.different.len();
        if known < ENOUGH {
            return if !self.equal.is_empty() && self.different.is_empty() {
                Assessment::WeakMatch
            } else {
                Assessment::Mismatch
            };
        }
        // The disk bears only two components, so three equal ones always have one of hardware among them: the clause on hardware holds by itself.
        if self.equal.len() >= ENOUGH {
            Assessment::Match
        } else {
            Assessment::Mismatch
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::machine::Fact;

    const KEY: [u8; 5] = [1, 2, 3, 4, 5];

    fn pc() -> Facts {
        Facts {
            machine_id: "3d1219c7c4c5404aaa1f6d2a48adfda4".into(),
            root_fs_uuid: "6f1e0bd0-3f4b-4a3e-9a51-0c1c6a0f3a11".into(),
            product_uuid: "4c4c4544-0042-3510-8052-b3c04f4b4e32".into(),
            mac: "3c:ec:ef:10:20:30".into(),
            disk_serial: "s3z2nb0k123456a".into(),
            ..Facts::default()
        }
    }

    fn of(facts: &Facts) -> Fingerprint {
        Fingerprint::of(facts, &KEY).unwrap()
    }

    fn verdict(one: &Facts, other: &Facts) -> Assessment {
        of(one).compare(&of(other)).verdict()
    }

    #[test]
    fn the_hash_is_that_of_the_specification() {
        let whole = blake3::derive_key(
            "countersign v1 fingerprint",
            b"\x01\x02\x03\x04\x05\x033c:ec:ef:10:20:30",
        );
        assert_eq!(of(&pc()).parts[3], whole[..2]);
    }

    #[test]
    fn case_and_space_do_not_matter_and_placeholders_are_unknown() {
        let spelled = Facts {
            product_uuid: " 4C4C4544-0042-3510-8052-B3C04F4B4E32\n".into(),
            mac: "3C-EC-EF-10-20-30".into(),
            ..pc()
        };
        assert_eq!(of(&spelled), of(&pc()));
        let blank = Facts {
            product_uuid: "Default string".into(),
            ..pc()
        };
        assert_eq!(
            of(&blank),
            of(&Facts {
                product_uuid: Fact::default(),
                ..pc()
            })
        );
    }

    #[test]
    fn what_only_one_knows_is_not_read() {
        let without_card = of(&Facts {
            mac: Fact::default(),
            ..pc()
        });
        let here = Facts {
            mac: Fact::ask(|| panic!("read")),
            disk_serial: Fact::ask(|| Some("s3z2nb0k123456a".to_owned()).into()),
            ..pc()
        };
        assert_eq!(without_card.counterpart(&here, &KEY), Some(without_card));
        let other = Facts {
            disk_serial: "1-other".into(),
            ..pc()
        };
        let whole = without_card.compare(&of(&other));
        let counterpart = without_card.counterpart(&other, &KEY).unwrap();
        assert_eq!(without_card.compare(&counterpart), whole);
    }

    #[test]
    fn who_knows_nothing_has_none() {
        assert_eq!(Fingerprint::of(&Facts::default(), &KEY), None);
    }

    #[test]
    fn another_license_gives_another_fingerprint() {
        assert_ne!(
            Fingerprint::of(&pc(), &[9; 5]).unwrap().parts,
            of(&pc()).parts
        );
    }

    #[test]
    fn an_aging_pc_stays_itself() {
        let repaired = Facts {
            mac: "3c:ec:ef:99:99:99".into(),
            disk_serial: "1-new".into(),
            ..pc()
        };
        assert_eq!(verdict(&pc(), &repaired), Assessment::Match);
        let comparison = of(&pc()).compare(&of(&repaired));
        assert_eq!(
            comparison.different.to_string(),
            "network card, system disk"
        );
        let moved = Facts {
            product_uuid: "4c4c4544-0042-3510-8052-b3c04f4b4e33".into(),
            ..repaired
        };
        assert_eq!(verdict(&pc(), &moved), Assessment::Mismatch);
    }

    #[test]
    fn a_copied_disk_is_another_machine() {
        let copy = Facts {
            product_uuid: "other".into(),
            mac: Fact::default(),
            disk_serial: "1-other".into(),
            ..pc()
        };
        assert_eq!(verdict(&pc(), &copy), Assessment::Mismatch);
    }

    #[test]
    fn few_components_bind_weakly() {
        let bare = Facts {
            product_uuid: Fact::default(),
            mac: Fact::default(),
            disk_serial: Fact::default(),
            ..pc()
        };
        assert_eq!(verdict(&pc(), &bare), Assessment::WeakMatch);
        let other = Facts {
            machine_id: "3d1219c7c4c5404aaa1f6d2a48adfda5".into(),
            ..bare.clone()
        };
        assert_eq!(verdict(&bare, &other), Assessment::Mismatch);
        let stranger = Facts {
            machine_id: Fact::default(),
            root_fs_uuid: Fact::default(),
            ..pc()
        };
        assert_eq!(
            verdict(&bare, &stranger),
            Assessment::Mismatch,
            "nothing in common is no match"
        );
    }

    #[test]
    fn bytes_are_read_strictly() {
        let bytes = of(&pc()).to_bytes();
        assert_eq!(Fingerprint::from_bytes(&bytes), Ok(of(&pc())));
        let with_presence = |presence| [presence, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1];
        assert_eq!(
            Fingerprint::from_bytes(&[0; 11]),
            Err(MachineError::Presence(0))
        );
        assert_eq!(
            Fingerprint::from_bytes(&with_presence(0x3f)),
            Err(MachineError::Presence(0x3f))
        );
        assert_eq!(
            Fingerprint::from_bytes(&with_presence(0x1d)),
            Err(MachineError::UnknownPart(Component::RootFileSystem))
        );
    }

    /// Fingerprints that share parts often enough for every verdict to come up.
    fn any_fingerprint() -> impl Strategy<Value = Fingerprint> {
        (1u8..32, prop::array::uniform5(0u8..2)).prop_map(|(presence, values)| {
            let mut bytes = [0; 11];
            bytes[0] = presence;
            for (n, value) in values
                .into_iter()
                .enumerate()
                .filter(|(n, _)| presence >> n & 1 == 1)
            {
                bytes[2 + 2 * n] = value;
            }
            Fingerprint::from_bytes(&bytes).unwrap()
        })
    }

    /// The words of SPEC.md 6.1, written a second time.
    fn by_the_book(one: &Fingerprint, other: &Fingerprint) -> Assessment {
        let known: Vec<usize> = (0..5)
            .filter(|n| (one.presence.0 & other.presence.0) >> n & 1 == 1)
            .collect();
        let equal: Vec<usize> = known
            .iter()
            .copied()
            .filter(|&n| one.parts[n] == other.parts[n])
            .collect();
        if known.len() < 3 {
            return if !equal.is_empty() && equal == known {
                Assessment::WeakMatch
            } else {
                Assessment::Mismatch
            };
        }
        let hardware = !known.iter().any(|&n| n >= 2) || equal.iter().any(|&n| n >= 2);
        if equal.len() >= 3 && hardware {
            Assessment::Match
        } else {
            Assessment::Mismatch
        }
    }

    proptest! {
        #[test]
        fn comparing_is_symmetric_and_by_the_book(one in any_fingerprint(), other in any_fingerprint()) {
            let there = one.compare(&other);
            prop_assert_eq!(there, other.compare(&one));
            prop_assert_eq!(there.verdict(), by_the_book(&one, &other));
        }

        #[test]
        fn unknown_is_never_different(one in any_fingerprint(), other in any_fingerprint()) {
            let compared = one.compare(&other);
            let both = one.known().and(other.known());
            prop_assert!(compared.different.and(compared.equal).is_empty());
            prop_assert_eq!(compared.different.0 | compared.equal.0, both.0);
        }

        #[test]
        fn everyone_matches_himself(one in any_fingerprint()) {
            let verdict = one.compare(&one).verdict();
            prop_assert_eq!(verdict, if one.known().len() >= 3 { Assessment::Match } else { Assessment::WeakMatch });
        }

        #[test]
        fn what_is_read_is_written_again(bytes in prop::array::uniform11(any::<u8>())) {
            if let Ok(read) = Fingerprint::from_bytes(&bytes) {
                prop_assert_eq!(read.to_bytes(), bytes);
            }
        }
    }
}
