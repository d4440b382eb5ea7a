//! Where things are: `--home`, `COUNTERSIGN_HOME`, machine-wide, per user.

use std::path::PathBuf;

use crate::app::places;
use crate::failure::FailureKind;
use crate::holder::Audience;
use crate::messages;

use super::failure::Failure;

/// Where this run looks and writes.
pub(crate) struct Homes {
    /// `--home` or `COUNTERSIGN_HOME`.
    named: Option<PathBuf>,
}

impl Homes {
    pub(crate) fn new(option: Option<PathBuf>) -> Homes {
        let variable = || {
            std::env::var_os("COUNTERSIGN_HOME")
                .filter(|value| !value.is_empty())
                .map(|value| match value.to_str() {
                    Some(text) if cfg!(windows) => PathBuf::from(unquoted(text)),
                    _ => PathBuf::from(value),
                })
        };
        Homes {
            named: option.or_else(variable),
        }
    }

    /// The home of this user's desk or machine.
    pub(crate) fn own(&self) -> anyhow::Result<PathBuf> {
        match &self.named {
            Some(home) => Ok(home.clone()),
            None => places::of_user().ok_or_else(|| no_home().into()),
        }
    }

    /// The homes in which a machine's licenses are looked for, and who may read what is there.
    pub(crate) fn machine(&self) -> anyhow::Result<Vec<(PathBuf, Audience)>> {
        match &self.named {
            Some(home) => Ok(vec![(home.clone(), places::audience(home))]),
            None => Ok(vec![
                (machine_wide(), Audience::Everyone),
                (self.own()?, Audience::Owner),
            ]),
        }
    }

    /// Who may read what is written to [`Homes::own`].
    pub(crate) fn own_audience(&self) -> Audience {
        self.named
            .as_deref()
            .map_or(Audience::Owner, places::audience)
    }

    /// The home that root has to name to be where this user is: his variables are not root's.
    pub(crate) fn of_root(&self) -> Option<PathBuf> {
        let own = || places::of_user().filter(|own| own.exists() && !machine_wide().exists());
        self.named.clone().or_else(own)
    }

    /// The home that `--system` writes to.
    pub(crate) fn system(&self) -> PathBuf {
        self.named.clone().unwrap_or_else(machine_wide)
    }
}

/// The machine-wide home, readable by all users. Debug builds take another place from `COUNTERSIGN_TEST_SYSTEM`, so that tests leave the
/// computer alone.
fn machine_wide() -> PathBuf {
    #[cfg(debug_assertions)]
    if let Some(place) = std::env::var_os("COUNTERSIGN_TEST_SYSTEM") {
        return PathBuf::from(place);
    }
    places::of_all()
}

/// A path as it is meant: `set NAME="C:\a b" ` of cmd takes the quotes and the blank into the variable, and no path there has quotes or ends in a blank.
fn unquoted(value: &str) -> &str {
    let value = value.trim_matches([' ', '\t']);
    let within = value.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    within.unwrap_or(value)
}

fn no_home() -> Failure {
    Failure::new(FailureKind::NoHome, messages::home::no_home())
        .hint(messages::home::no_home_hint())
}

#[cfg(test)]
mod tests {
    use super::unquoted;

    #[test]
    fn what_cmd_takes_into_a_variable_beside_the_path_is_no_part_of_it() {
        for value in [r#""C:\a b""#, r#""C:\a b"  "#, r"C:\a b ", r" C:\a b"] {
            assert_eq!(unquoted(value), r"C:\a b", "{value:?}");
        }
        for value in [r#""C:\a"#, "\"", ""] {
            assert_eq!(unquoted(value), value);
        }
    }
}
