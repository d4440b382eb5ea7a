//! Whose account a program runs under.

#[cfg(unix)]
use std::fs;

#[cfg(unix)]
use nix::unistd::{User, getuid};

/// The login name of whoever runs this process, as the system says it: of the real user id, by the password database or what else the system is told to look
/// names up in (LDAP, domains). In a user namespace, where anybody may be called anything, it is the account that he is outside. None where the account has no
/// name. No variable has a say.
#[cfg(unix)]
pub fn login_name() -> Option<String> {
    Accounts::here().login_name(getuid().as_raw())
}

/// Without unsafe code nothing but a variable says it there.
#[cfg(not(unix))]
pub fn login_name() -> Option<String> {
    std::env::var("USERNAME")
        .ok()
        .filter(|name| !name.is_empty())
}

/// Whether the system knows an account of this name, by its password database or what else it is told to look names up in. Where accounts are not told
/// apart, and where the system does not say, none is unknown.
#[cfg(feature = "cli")]
pub(crate) fn is_known(name: &str) -> bool {
    #[cfg(unix)]
    return !matches!(User::from_name(name), Ok(None));
    #[cfg(not(unix))]
    {
        let _ = name;
        true
    }
}

/// The accounts of this computer, as a process sees them.
#[derive(Debug)]
pub(crate) struct Accounts {
    #[cfg(unix)]
    ids: Option<UserIds>,
}

impl Accounts {
    /// Those that this process sees.
    pub(crate) fn here() -> Accounts {
        Accounts {
            #[cfg(unix)]
            ids: UserIds::here(),
        }
    }

    /// Whether users are called here as everywhere on this computer.
    pub(crate) fn are_everybodys(&self) -> bool {
        #[cfg(unix)]
        return self.ids.is_none();
        #[cfg(not(unix))]
        return true;
    }

    /// The number of an account outside of any namespace; none where that is not known.
    #[cfg(unix)]
    pub(crate) fn outside(&self, user: u32) -> Option<u32> {
        match &self.ids {
            Some(ids) => ids.outside(user),
            None => Some(user),
        }
    }

    #[cfg(unix)]
    fn login_name(&self, user: u32) -> Option<String> {
        let outside = self.outside(user)?;
        Some(User::from_uid(outside.into()).ok()??.name)
    }

    /// What an account is called outside of any namespace, by its number where it has no name; none where nobody knows.
    #[cfg(unix)]
    pub(crate) fn name(&self, user: u32) -> Option<String> {
        let number = || Some(self.outside(user)?.to_string());
        self.login_name(user).or_else(number)
    }
}

/// What users are called within a user namespace, where anybody may be root (user_namespaces(7)): first here, first outside, how many.
#[cfg(unix)]
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UserIds(Vec<[u32; 3]>);

#[cfg(unix)]
impl UserIds {
    /// Nothing outside of any such namespace, where numbers mean the same to everybody.
    pub(crate) fn here() -> Option<UserIds> {
        UserIds::read(&fs::read_to_string("/proc/self/uid_map").ok()?)
    }

    fn read(map: &str) -> Option<UserIds> {
        let line = |line: &str| {
            let mut numbers = line.split_ascii_whitespace().map(|it| it.parse().ok());
            Some([numbers.next()??, numbers.next()??, numbers.next()??])
        };
        let lines: Vec<_> = map.lines().filter_map(line).collect();
        (lines != [[0, 0, u32::MAX]]).then_some(UserIds(lines))
    }

    /// The number outside of a number here; none where that one is nobody's outside.
    pub(crate) fn outside(&self, uid: u32) -> Option<u32> {
        let of = |[here, outside, many]: &[u32; 3]| {
            let nth = uid.checked_sub(*here).filter(|nth| nth < many)?;
            outside.checked_add(nth)
        };
        self.0.iter().find_map(of)
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn who_somebody_is_outside() {
        assert_eq!(UserIds::read("         0          0 4294967295\n"), None);
        let alone = UserIds::read("         0       5001          1\n").unwrap();
        assert_eq!(alone.outside(0), Some(5001));
        assert_eq!(alone.outside(1), None);
        let many = UserIds::read("0 1000 1\n1 100000 65536\n").unwrap();
        assert_eq!(many.outside(0), Some(1000));
        assert_eq!(many.outside(33), Some(100_032));
        assert_eq!(many.outside(70_000), None);
        assert_eq!(UserIds::read("").unwrap().outside(0), None);
    }

    /// `id -un` looks where everybody does.
    #[test]
    fn it_is_the_account_and_no_variable_that_says_who_it_is() {
        let said = std::process::Command::new("id")
            .arg("-un")
            .env("USER", "eve")
            .output();
        let said = String::from_utf8(said.unwrap().stdout).unwrap();
        if UserIds::here().is_none() {
            assert_eq!(login_name().as_deref(), Some(said.trim()));
        }
    }
}
