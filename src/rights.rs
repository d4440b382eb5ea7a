//! Who may read and write in a directory that is made on Windows: there it passes on what the one above it allows, which in `C:\` and below `%ProgramData%`
//! is reading, and making files, for everybody.
//!
//! It is set on the topmost directory that is new, and is inherited from there; a file with a secret in it has its own. By the numbers of accounts, whose
//! names are in the language of the system; by the system's own `icacls.exe`, for the calls behind it are unsafe. Disks without such rights (FAT) take none,
//! and are left as they are: whether it took effect is read back, by the same program, where something is made that is to be kept from others.

#[cfg(any(all(windows, feature = "cli"), test))]
mod saved;

use std::path::Path;

/// Who, beside the system, the administrators and whoever owns a file.
#[cfg_attr(unix, allow(dead_code))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Others {
    /// Nobody.
    Nobody,
    /// Every user of the computer, to read.
    Read,
    /// Every user of the computer, to read, write and make files.
    Write,
}

/// Makes a directory for its owner alone, and what is missing above it; one that is there stays as it is.
///
/// # Errors
/// What the system says.
#[cfg(any(feature = "cli", feature = "desk"))]
pub(crate) fn make_private(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path)
    }
    #[cfg(not(unix))]
    make(path, Others::Nobody)
}

/// Makes a directory, and what is missing above it; what is new is for these alone.
///
/// # Errors
/// What the system says.
#[cfg(not(unix))]
pub(crate) fn make(path: &Path, others: Others) -> std::io::Result<()> {
    let new = topmost_missing(path, |it| it.exists()).map(Path::to_owned);
    std::fs::create_dir_all(path)?;
    if let Some(new) = new {
        set(&new, others);
    }
    Ok(())
}

/// Sets the rights of a directory of ours, as far as its disk has any.
#[cfg(not(unix))]
pub(crate) fn set(directory: &Path, others: Others) {
    #[cfg(windows)]
    icacls(directory, &rules(others, PASSED_ON));
    #[cfg(not(windows))]
    let _ = (directory, others);
}

/// Lets every user open, read and write the files of a name with an asterisk, and neither remove nor rename them.
#[cfg(not(unix))]
pub(crate) fn let_all_open(files: &Path) {
    #[cfg(windows)]
    icacls(files, &opened_by_all());
    #[cfg(not(windows))]
    let _ = files;
}

/// What is seen of who may get at a file or directory.
#[cfg(feature = "cli")]
#[cfg_attr(not(any(windows, test)), allow(dead_code))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// No more than who is to.
    AsWanted,
    /// Others, too.
    Open,
    /// Nothing is: the program that tells it is not there, may not be run, or does nothing, as Wine's.
    Untold,
}

/// Looks whether what was set took effect. By modes it always does.
#[cfg(all(feature = "cli", not(windows)))]
pub(crate) const fn seen(_: &Path, _: Others) -> Seen {
    Seen::AsWanted
}

/// Looks whether what was set took effect.
#[cfg(all(feature = "cli", windows))]
pub(crate) fn seen(path: &Path, wanted: Others) -> Seen {
    let name = format!("countersign-{}.rights", std::process::id());
    let list = std::env::temp_dir().join(name);
    // One that a process of this number left.
    let _ = std::fs::remove_file(&list);
    icacls(path, &["/save".as_ref(), list.as_os_str(), "/q".as_ref()]);
    let read = std::fs::read(&list).unwrap_or_default();
    let _ = std::fs::remove_file(&list);
    judge(saved::lets_in(&saved::text(&read)), wanted)
}

#[cfg(all(feature = "cli", any(windows, test)))]
fn judge(lets_in: Option<Others>, wanted: Others) -> Seen {
    match lets_in {
        None => Seen::Untold,
        Some(others) if others > wanted => Seen::Open,
        Some(_) => Seen::AsWanted,
    }
}

/// Whether a directory is there that belongs neither to this account nor to administrators of whom it is one: whoever made it may change what lies in it, and
/// whom it lets in. Where that is not told, as by some file servers, it is nobody else's.
#[cfg(all(windows, any(feature = "cli", feature = "desk")))]
pub(crate) fn is_foreign(directory: &Path) -> bool {
    let own = gix_sec::identity::is_path_owned_by_current_user;
    directory.exists() && !own(directory).unwrap_or(true)
}

/// Elsewhere modes say who may do what in it.
#[cfg(all(not(windows), any(feature = "cli", feature = "desk")))]
pub(crate) const fn is_foreign(_: &Path) -> bool {
    false
}

/// Keeps a file of ours from others, whatever its directory allows: before a secret is written to it.
#[cfg(all(windows, feature = "desk"))]
pub(crate) fn make_file_private(file: &Path) {
    icacls(file, &rules(Others::Nobody, ""));
}

#[cfg(windows)]
fn icacls(path: &Path, rules: &[impl AsRef<std::ffi::OsStr>]) {
    use std::process::{Command, Stdio};

    use known_folders::{KnownFolder, get_known_folder_path};

    if let Some(system) = get_known_folder_path(KnownFolder::System) {
        let mut icacls = Command::new(system.join("icacls.exe"));
        icacls.arg(path).args(rules);
        icacls
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let _ = icacls.status();
    }
}

#[cfg(any(windows, test))]
const USERS: &str = "S-1-5-32-545";

#[cfg(any(windows, test))]
fn opened_by_all() -> Vec<String> {
    vec![
        "/q".to_owned(),
        "/grant".to_owned(),
        format!("*{USERS}:(R,W)"),
    ]
}

/// A right of a directory goes on to what is made within: object and container inherit.
#[cfg(any(windows, test))]
const PASSED_ON: &str = "(OI)(CI)";

/// The arguments of `icacls`: nothing is inherited from above.
#[cfg(any(windows, test))]
fn rules(others: Others, passed_on: &str) -> Vec<String> {
    const SYSTEM: &str = "S-1-5-18";
    const ADMINISTRATORS: &str = "S-1-5-32-544";
    /// Whoever owns the file, be it another one each time.
    const OWNER: &str = "S-1-3-4";
    let whole = [SYSTEM, ADMINISTRATORS, OWNER].map(|who| (who, "F"));
    let others = match others {
        Others::Nobody => None,
        Others::Read => Some((USERS, "RX")),
        Others::Write => Some((USERS, "M")),
    };
    let rules = whole.into_iter().chain(others);
    let begin = ["/q", "/inheritance:r", "/grant:r"].map(str::to_owned);
    let granted = rules.map(|(who, what)| format!("*{who}:{passed_on}{what}"));
    begin.into_iter().chain(granted).collect()
}

/// The topmost of a path's directories that is not there; none where all are.
#[cfg(any(not(unix), test))]
fn topmost_missing(path: &Path, exists: impl Fn(&Path) -> bool) -> Option<&Path> {
    let named = path.ancestors().filter(|it| !it.as_os_str().is_empty());
    named.take_while(|it| !exists(it)).last()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_else_is_let_in_unless_he_is_to_be() {
        let all = rules(Others::Nobody, PASSED_ON).join(" ");
        assert_eq!(
            all,
            "/q /inheritance:r /grant:r *S-1-5-18:(OI)(CI)F *S-1-5-32-544:(OI)(CI)F *S-1-3-4:(OI)(CI)F"
        );
        let read = rules(Others::Read, PASSED_ON).join(" ");
        assert_eq!(read, format!("{all} *S-1-5-32-545:(OI)(CI)RX"));
        assert!(
            rules(Others::Write, PASSED_ON)
                .join(" ")
                .ends_with("545:(OI)(CI)M")
        );
        assert!(rules(Others::Nobody, "").join(" ").ends_with("*S-1-3-4:F"));
        // Of what lies there by itself: no right to remove it, which `M` has.
        assert_eq!(opened_by_all().join(" "), "/q /grant *S-1-5-32-545:(R,W)");
    }

    #[cfg(feature = "cli")]
    #[test]
    fn more_than_was_wanted_is_open() {
        let seen = |lets_in, wanted| judge(Some(lets_in), wanted);
        assert_eq!(seen(Others::Nobody, Others::Read), Seen::AsWanted);
        assert_eq!(seen(Others::Read, Others::Read), Seen::AsWanted);
        assert_eq!(seen(Others::Read, Others::Nobody), Seen::Open);
        assert_eq!(seen(Others::Write, Others::Read), Seen::Open);
        assert_eq!(judge(None, Others::Nobody), Seen::Untold);
    }

    #[test]
    fn rights_are_set_where_what_is_new_begins() {
        let there = |path: &Path| path == Path::new("/home") || path == Path::new("/");
        let topmost = |path: &'static str| topmost_missing(Path::new(path), there);
        assert_eq!(topmost("/home/desk/machine"), Some(Path::new("/home/desk")));
        assert_eq!(topmost("/home"), None);
        assert_eq!(topmost("desk/machine"), Some(Path::new("desk")));
    }
}
