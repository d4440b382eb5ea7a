//! Disks that are read-only, full or torn, and processes that die between two writes.

use super::super::lock::Lock;
use super::super::report::State;
use super::*;

/// Root may write anywhere: there the test with a file in the place of a directory says the same.
#[cfg(unix)]
fn is_root(computer: &Computer) -> bool {
    let probe = computer.path("probe");
    std::fs::write(&probe, "x").unwrap();
    lock_away(&probe, true);
    std::fs::OpenOptions::new().write(true).open(&probe).is_ok()
}

#[cfg(unix)]
fn lock_away(path: &Path, locked: bool) {
    use std::os::unix::fs::PermissionsExt;
    let mode = if locked { 0o500 } else { 0o700 };
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(unix)]
#[test]
fn a_directory_that_cannot_be_written_changes_nothing() {
    let vendor = Vendor::new(1);
    let mut computer = Computer::with(&vendor, 1);
    if is_root(&computer) {
        return;
    }
    let asked = computer.ask(&vendor, |_| ()).unwrap();
    let directory = computer.path("home/machine/licenses");
    lock_away(&directory, true);
    let error = computer.apply(&vendor.answer(&asked, |_| ())).unwrap_err();
    lock_away(&directory, false);
    assert_eq!(error.kind().name(), "no_permission");
    assert_eq!(computer.home.license(key()).unwrap().unwrap().held, None);
}

/// A file in the place of a directory fails for root too.
#[test]
fn a_write_that_fails_leaves_the_state_as_it_was() {
    let vendor = Vendor::new(1);
    let mut computer = Computer::with(&vendor, 1);
    std::fs::write(computer.path("home/machine/secrets"), "").unwrap();
    let error = computer.ask(&vendor, |_| ()).unwrap_err();
    assert_eq!(error.kind().name(), "io", "{error}");
    assert_eq!(
        computer.home.license(key()).unwrap(),
        None,
        "no request without its secret"
    );
}

#[test]
fn an_anchor_that_cannot_be_written_is_no_error() {
    let vendor = Vendor::new(1);
    let mut computer = Computer::with(&vendor, 1);
    std::fs::write(computer.path("anchor"), "").unwrap();
    let asked = computer.ask(&vendor, |_| ()).unwrap();
    computer.apply(&vendor.answer(&asked, |_| ())).unwrap();
    let report = computer.check_at(&vendor, noon().plus(DAY));
    assert_eq!(report.state, State::Licensed);
    assert!(report.warnings.is_empty());
}

#[test]
fn a_check_that_cannot_keep_the_time_warns_and_goes_on() {
    let vendor = Vendor::new(1);
    let (computer, _) = licensed(&vendor);
    std::fs::remove_dir_all(computer.path("home/machine/clock")).unwrap();
    std::fs::write(computer.path("home/machine/clock"), "").unwrap();
    let report = computer.check_at(&vendor, noon().plus(DAY));
    assert!(report.allowed());
    assert_eq!(
        report
            .warnings
            .iter()
            .map(crate::holder::Warning::kind)
            .collect::<Vec<_>>(),
        ["not_kept"]
    );
}

#[test]
fn a_check_does_not_wait_for_the_lock() {
    let vendor = Vendor::new(1);
    let (computer, _) = licensed(&vendor);
    let _lock = Lock::wait(computer.home.directory(), Audience::Owner).unwrap();
    let clock =
        std::fs::read(computer.path(&format!("home/machine/clock/{}.json", key().digits())))
            .unwrap();
    let report = computer.check_at(&vendor, noon().plus(DAY));
    assert!(report.allowed() && report.warnings.is_empty());
    let after =
        std::fs::read(computer.path(&format!("home/machine/clock/{}.json", key().digits())))
            .unwrap();
    assert_eq!(clock, after);
}

#[test]
fn a_check_writes_at_most_once_an_hour() {
    let vendor = Vendor::new(1);
    let (computer, _) = licensed(&vendor);
    let path = computer.path(&format!("home/machine/clock/{}.json", key().digits()));
    computer.check_at(&vendor, noon().plus(DAY));
    let first = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    std::fs::remove_dir_all(computer.path("anchor")).unwrap();
    std::fs::write(&path, &first).unwrap();
    computer.check_at(&vendor, noon().plus(DAY + HOUR - 1));
    assert_eq!(std::fs::read(&path).unwrap(), first);
    assert!(!computer.path("anchor").exists());
    computer.check_at(&vendor, noon().plus(DAY + HOUR));
    assert_ne!(std::fs::read(&path).unwrap(), first);
}

#[test]
fn a_crash_between_secret_and_state_costs_nothing() {
    let vendor = Vendor::new(1);
    let mut computer = Computer::with(&vendor, 1);
    // The secret was written, the state was not.
    computer.ask(&vendor, |_| ()).unwrap();
    std::fs::remove_file(computer.state_path()).unwrap();
    let asked = computer.ask(&vendor, |_| ()).unwrap();
    assert!(!asked.repeated);
    // The state is there, the secret is lost: the request is not repeated, its answer still counts.
    std::fs::remove_dir_all(computer.path("home/machine/secrets")).unwrap();
    assert!(!computer.ask(&vendor, |_| ()).unwrap().repeated);
    computer.apply(&vendor.answer(&asked, |_| ())).unwrap();
    assert_eq!(computer.check(&vendor).state, State::Licensed);
    let error =
        crate::holder::give_up::give_up(&computer.home, key(), &computer.here()).unwrap_err();
    assert_eq!(error.kind().name(), "secret_lost");
}

#[cfg(unix)]
#[test]
fn secrets_are_the_owners_alone_whoever_reads_the_rest() {
    use std::os::unix::fs::PermissionsExt;
    let vendor = Vendor::new(1);
    let mut computer = Computer::new(1);
    computer.home = Home::new(&computer.path("shared"), Audience::Everyone);
    products::install(&computer.home, &vendor.file()).unwrap();
    let asked = computer.ask(&vendor, |_| ()).unwrap();
    computer.apply(&vendor.answer(&asked, |_| ())).unwrap();
    let mode = |below: &str| {
        let path = computer.path("shared/machine").join(below);
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777
    };
    let file = format!("{}.json", key().digits());
    assert_eq!(mode(&format!("licenses/{file}")), 0o644);
    assert_eq!(mode("licenses"), 0o755);
    assert_eq!(mode(&format!("secrets/{file}")), 0o600);
    assert_eq!(mode("secrets"), 0o700);
}
