//! Files that another program holds for a moment: on Windows a scanner, a backup, an indexer or an editor that has a file open may keep everybody else from
//! opening, renaming or removing it. Most let it go within a second; who does not is named.

use std::io;
use std::time::Duration;

const TRIES: u32 = 20;
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// Errors of Windows: a file that is open elsewhere without leave to share it, and a part of it that is locked.
const HELD: [i32; 2] = [32, 33];
/// What Windows also says of a file that is open elsewhere when it is to be renamed or removed; of opening it is what whoever has no right is told.
const DENIED: i32 = 5;

/// Opens a file, for about a second where another program holds it.
///
/// # Errors
/// What the system says; `ResourceBusy` where another program holds it still.
pub(crate) fn opening<T>(open: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    patiently(cfg!(windows), &HELD, open, std::thread::sleep)
}

/// Renames or removes a file or directory that this process may rename or remove.
///
/// # Errors
/// As [`opening`].
pub(crate) fn moving<T>(move_it: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let [shared, locked] = HELD;
    let passing = [shared, locked, DENIED];
    patiently(cfg!(windows), &passing, move_it, std::thread::sleep)
}

/// Numbers of errors mean something else on other systems, where nobody keeps a file for himself by having it open.
fn patiently<T>(
    on_windows: bool,
    passing: &[i32],
    mut act: impl FnMut() -> io::Result<T>,
    mut wait: impl FnMut(Duration),
) -> io::Result<T> {
    let is_among = |error: &io::Error, numbers: &[i32]| {
        on_windows && error.raw_os_error().is_some_and(|it| numbers.contains(&it))
    };
    for _ in 1..TRIES {
        match act() {
            Err(error) if is_among(&error, passing) => wait(BETWEEN_TRIES),
            done => return done,
        }
    }
    act().map_err(|error| match is_among(&error, &HELD) {
        true => io::Error::new(io::ErrorKind::ResourceBusy, error),
        false => error,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of an act that meets these errors first, and how long was waited.
    fn met(
        on_windows: bool,
        passing: &[i32],
        errors: &[i32],
    ) -> (Result<u32, io::ErrorKind>, Duration) {
        let (mut errors, mut waited) = (errors.iter(), Duration::ZERO);
        let act = || match errors.next() {
            Some(error) => Err(io::Error::from_raw_os_error(*error)),
            None => Ok(7),
        };
        let done = patiently(on_windows, passing, act, |time| waited += time);
        (done.map_err(|error| error.kind()), waited)
    }

    #[test]
    fn a_file_that_is_held_for_a_moment_is_waited_for() {
        assert_eq!(met(true, &HELD, &[]), (Ok(7), Duration::ZERO));
        let (done, waited) = met(true, &HELD, &[32, 33, 32]);
        assert_eq!((done, waited), (Ok(7), 3 * BETWEEN_TRIES));
    }

    #[test]
    fn a_file_that_stays_held_is_said_to_be_so_after_about_a_second() {
        let (done, waited) = met(true, &HELD, &[32; 100]);
        assert_eq!(done, Err(io::ErrorKind::ResourceBusy));
        assert!((900..=1100).contains(&waited.as_millis()), "{waited:?}");
        // Who has no right is told so.
        let (done, _) = met(true, &[32, DENIED], &[DENIED; 100]);
        assert_ne!(done, Err(io::ErrorKind::ResourceBusy));
    }

    #[test]
    fn nothing_else_is_waited_for() {
        for (on_windows, passing, error) in [
            (true, &HELD[..], DENIED),
            (true, &HELD, 2),
            (false, &HELD, 32),
        ] {
            let (done, waited) = met(on_windows, passing, &[error]);
            assert!(done.is_err(), "{error}");
            assert_eq!(waited, Duration::ZERO, "{error}");
        }
    }
}
