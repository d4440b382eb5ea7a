//! What a license is bound to besides the machine, such as a database (SPEC.md 6.2).

use super::{HostNames, MachineError, host, normalise_server};

/// The binding whose value is normalised as the name of a server (SPEC.md 6.2).
const SERVER: &str = "server";

/// Names and normalised values in the order of the product's `bind` line (SPEC.md 6.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bindings(Vec<(String, String)>);

impl Bindings {
    /// Normalises each value. `pairs` must come in the order of the product's `bind` line.
    pub fn new<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
        names: &HostNames<'_>,
    ) -> Result<Bindings, MachineError> {
        let mut bindings: Vec<(String, String)> = Vec::new();
        for (name, value) in pairs {
            if name.is_empty()
                || !name
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
            {
                return Err(MachineError::BindingName(name.to_owned()));
            }
            if bindings.iter().any(|(known, _)| known == name) {
                return Err(MachineError::BindingTwice(name.to_owned()));
            }
            let plain = host::plain(value);
            // A line feed in a value could pass for another binding.
            if plain.is_empty() || plain.chars().any(char::is_control) {
                return Err(MachineError::BindingValue(name.to_owned()));
            }
            let value = if name == SERVER {
                normalise_server(value, names)?
            } else {
                plain
            };
            bindings.push((name.to_owned(), value));
        }
        if bindings.is_empty() {
            Err(MachineError::NoBindings)
        } else {
            Ok(Bindings(bindings))
        }
    }

    /// Names and normalised values, for people to see.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The eight bytes that a payload carries.
    pub fn digest(&self) -> [u8; 8] {
        let mut hasher = blake3::Hasher::new_derive_key("countersign v1 bindings");
        for (name, value) in &self.0 {
            for piece in [name.as_str(), "=", value, "\n"] {
                hasher.update(piece.as_bytes());
            }
        }
        super::first_8(&hasher)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Facts;

    fn on_dbserver(pairs: &[(&str, &str)]) -> Result<Bindings, MachineError> {
        let facts = Facts {
            host_name: "dbserver".into(),
            ..Facts::default()
        };
        Bindings::new(pairs.iter().copied(), &facts.host_names(&[]))
    }

    #[test]
    fn the_digest_is_that_of_the_specification() {
        let bindings =
            on_dbserver(&[("server", "(local)\\SQLEXPRESS"), ("database", " Nexus ")]).unwrap();
        let whole = blake3::derive_key(
            "countersign v1 bindings",
            b"server=dbserver\\sqlexpress\ndatabase=nexus\n",
        );
        assert_eq!(bindings.digest(), whole[..8]);
        let pairs: Vec<_> = bindings.pairs().collect();
        assert_eq!(
            pairs,
            [("server", "dbserver\\sqlexpress"), ("database", "nexus")]
        );
    }

    #[test]
    fn the_order_counts_and_values_keep_their_inside() {
        let one = on_dbserver(&[("a", "x"), ("b", "y z")]).unwrap();
        let other = on_dbserver(&[("b", "y z"), ("a", "x")]).unwrap();
        assert_ne!(one.digest(), other.digest());
        assert_ne!(
            one.digest(),
            on_dbserver(&[("a", "x"), ("b", "yz")]).unwrap().digest()
        );
    }

    #[test]
    fn a_letter_is_one_however_it_is_written() {
        let one = on_dbserver(&[("database", "Müller")]).unwrap();
        let other = on_dbserver(&[("database", "mu\u{308}ller")]).unwrap();
        assert_eq!(one, other);
    }

    #[test]
    fn a_value_cannot_pass_for_another_binding() {
        assert_eq!(
            on_dbserver(&[("a", "x\nb=y")]),
            Err(MachineError::BindingValue("a".into()))
        );
        assert_eq!(
            on_dbserver(&[("a", " ")]),
            Err(MachineError::BindingValue("a".into()))
        );
        assert_eq!(
            on_dbserver(&[("a=b", "x")]),
            Err(MachineError::BindingName("a=b".into()))
        );
        assert_eq!(
            on_dbserver(&[("a", "x"), ("a", "y")]),
            Err(MachineError::BindingTwice("a".into()))
        );
        assert_eq!(on_dbserver(&[]), Err(MachineError::NoBindings));
    }
}
