//! Where things are: `--home`, `COUNTERSIGN_HOME`, machine-wide, per user.

use std::path::{Path, PathBuf};

use etcetera::base_strategy::{BaseStrategy, choose_native_strategy};

use crate::holder::Audience;

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
                .map(PathBuf::from)
        };
        Homes {
            named: option.or_else(variable),
        }
    }

    /// The home of this user's desk or machine.
    pub(crate) fn own(&self) -> anyhow::Result<PathBuf> {
        match &self.named {
            Some(home) => Ok(home.clone()),
            None => Ok(strategy()?.data_dir().join("countersign")),
        }
    }

    /// The homes in which a machine's licences are looked for, and who may read what is there.
    pub(crate) fn machine(&self) -> anyhow::Result<Vec<(PathBuf, Audience)>> {
        match &self.named {
            Some(home) => Ok(vec![(home.clone(), shared(home))]),
            None => Ok(vec![
                (machine_wide(), Audience::Everyone),
                (self.own()?, Audience::Owner),
            ]),
        }
    }

    /// Who may read what is written to [`Homes::own`].
    pub(crate) fn own_audience(&self) -> Audience {
        self.named.as_deref().map_or(Audience::Owner, shared)
    }

    /// The home that `--system` writes to.
    pub(crate) fn system(&self) -> PathBuf {
        self.named.clone().unwrap_or_else(machine_wide)
    }
}

/// A named home stays readable by everyone where it was made so with `--system`: many workstations may share one.
#[cfg(unix)]
fn shared(home: &Path) -> Audience {
    use std::os::unix::fs::PermissionsExt;

    let mode = std::fs::metadata(home.join("machine")).map(|it| it.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o004 != 0) {
        Audience::Everyone
    } else {
        Audience::Owner
    }
}

/// Elsewhere directories pass on the rights of their parents.
#[cfg(not(unix))]
fn shared(_: &Path) -> Audience {
    Audience::Owner
}

/// The machine-wide home, readable by all users. Debug builds take another place from `COUNTERSIGN_TEST_SYSTEM`, so that tests leave the
/// computer alone.
fn machine_wide() -> PathBuf {
    #[cfg(debug_assertions)]
    if let Some(place) = std::env::var_os("COUNTERSIGN_TEST_SYSTEM") {
        return PathBuf::from(place);
    }
    if cfg!(windows) {
        let base = std::env::var_os("ProgramData")
            .map_or_else(|| PathBuf::from(r"C:\ProgramData"), PathBuf::from);
        base.join("countersign")
    } else if cfg!(target_os = "macos") {
        Path::new("/Library/Application Support/countersign").to_owned()
    } else {
        Path::new("/var/lib/countersign").to_owned()
    }
}

fn strategy() -> Result<impl BaseStrategy, Failure> {
    choose_native_strategy().map_err(|_| {
        Failure::failed("no_home", "there is no home directory for this user")
            .hint("name one with --home DIR or COUNTERSIGN_HOME")
    })
}
