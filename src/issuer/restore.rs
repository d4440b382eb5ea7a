//! A ledger's backup and its export, and a ledger put in place from one (SPEC.md 9.14).

mod export;
mod files;
mod import;
mod lines;
mod lost;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub use export::{Exported, export};
use files::{Room, copy_private, keep_aside, lies_at, place_new};
pub use import::{Doing, import};
pub use lines::BadLine;
#[cfg(test)]
pub(crate) use lines::line_described;
use lost::{Lost, lost};

use crate::failure::FailureKind;
use crate::issuer::approvals::{self, Proposal};
use crate::issuer::audit::{self, Report};
use crate::issuer::desk::{self, Desk, DeskError, at, beside, sync_directory};
use crate::issuer::history::{Hand, LEDGER_RESTORE, NewEvent, Recorder, RestoreFacts, to_json};
use crate::issuer::ledger::{Event, Ledger, LedgerError};
use crate::protocol::date::Seconds;

/// How far a ledger goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Events of its history.
    pub events: u64,
    /// The last of them, UTC.
    pub last: Seconds,
    /// The end of their chain, 32 bytes.
    pub head: [u8; 32],
}

/// What putting a ledger back comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutBack {
    /// How far the backup goes.
    pub backup: Reached,
    /// How many events the ledger that stands there has and the backup has not; none where it cannot be read.
    pub lost: Option<u64>,
    /// Whether it is of before a root was replaced, as far as the ledger that stands there tells.
    pub root_returns: bool,
    /// Products of which the ledger that stands there has a later version, and which.
    pub behind: Vec<(String, u32)>,
    /// What waits for another's approval by the backup, and is declined: whether it was done since is not known in it.
    pub declined: Vec<Proposal>,
    /// Where the ledger lies that stood there; none where there was none, or nothing was done yet.
    pub aside: Option<PathBuf>,
}

/// Why nothing was put back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// The backup is not as its own history has it.
    #[error("the backup is not as its history has it")]
    Edited(Box<Report>),
    /// It cannot be read.
    #[error("{} could not be read", .0.display())]
    Unread(PathBuf, #[source] io::Error),
    /// A line of an export is not as it was written.
    #[error("line {line} of the export {wrong}")]
    Export {
        /// Which, from 1.
        line: u64,
        /// What is wrong with it.
        wrong: BadLine,
    },
    /// Other keys sign for it.
    #[error("the ledger that was handed over is of another desk, for which other keys sign")]
    OtherDesk,
    /// Whoever puts it back was a root once, and was dropped.
    #[error("the key that was given was a root of this desk, and was dropped")]
    FormerRoot,
    /// The ledger goes on where the backup ends.
    #[error("the ledger has {lost} that the backup has not, the last of {last}", lost = crate::issuer::restore::events(*.lost))]
    Newer {
        /// How many.
        lost: u64,
        /// When the last was made, UTC.
        last: Seconds,
    },
    /// The desk's word.
    #[error(transparent)]
    Desk(#[from] DeskError),
}

fn events(number: u64) -> String {
    match number {
        1 => "1 event".to_owned(),
        more => format!("{more} events"),
    }
}

impl From<LedgerError> for RestoreError {
    fn from(error: LedgerError) -> RestoreError {
        RestoreError::Desk(error.into())
    }
}

impl RestoreError {
    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        match self {
            RestoreError::Edited(_) => FailureKind::LedgerEdited,
            RestoreError::Unread(..) => FailureKind::NoFile,
            RestoreError::Export { .. } => FailureKind::BadExport,
            RestoreError::OtherDesk => FailureKind::OtherDesk,
            RestoreError::FormerRoot => FailureKind::NeedsRoot,
            RestoreError::Newer { .. } => FailureKind::BackupOlder,
            RestoreError::Desk(error) => error.kind(),
        }
    }
}

/// Copies a desk's ledger as it stands into a new file, and says how far the copy goes.
///
/// # Errors
/// `Exists` where a file has that name, and what the disk or the ledger says; no file is left then.
pub fn back_up(desk: &Desk, to: &Path) -> Result<Reached, DeskError> {
    let mut ledger = desk.ledger()?;
    place_new(to, |part| {
        ledger.back_up(part)?;
        let mut copy = Ledger::open(part)?;
        Ok(copy.audit(|tx| Ok::<_, LedgerError>(reached(tx.last_event()?)))?)
    })
}

/// What [`restore`] would do, nothing being changed; what would be given up is said, not refused.
///
/// # Errors
/// As [`restore`].
pub fn look(
    desk: &Desk,
    backup: &Path,
    progress: impl FnMut(u64, u64),
) -> Result<PutBack, RestoreError> {
    let room = Room::of(desk)?;
    Prepared::new(desk, backup, &room, (true, None), progress).map(|it| it.put_back)
}

/// Puts a desk's ledger back from a backup, as an event of its own. All of the backup is verified before; the ledger that stands there is kept aside, and
/// the other stands in its place in one step. Whoever does it has the
/// key of a root.
///
/// # Errors
/// Each of [`RestoreError`]: `Newer` unless what the backup has not is to be discarded. The ledger stands as it was.
pub fn restore(
    desk: &Desk,
    backup: &Path,
    (discard, reason): (bool, &str),
    hand: Hand<'_>,
    progress: impl FnMut(u64, u64),
) -> Result<PutBack, RestoreError> {
    let room = Room::of(desk)?;
    let Prepared {
        mut put_back,
        mut found,
        stands,
    } = Prepared::new(
        desk,
        backup,
        &room,
        (discard, Some(&hand.signer.public())),
        progress,
    )?;
    note(&mut found, put_back.lost, reason, hand)?;
    put_back.aside = put_in_place(desk, &room, found, stands, hand.by.now)?;
    Ok(put_back)
}

/// Whether something may have been done that a ledger which is put back does not know.
fn is_behind(lost: Option<u64>) -> bool {
    lost != Some(0)
}

/// Writes into a ledger's history that it was put back, and why; what waited for another's approval is declined where it may have been done since.
fn note(
    found: &mut Ledger,
    lost: Option<u64>,
    reason: &str,
    hand: Hand<'_>,
) -> Result<(), LedgerError> {
    let facts = RestoreFacts {
        lost,
        reason: reason.to_owned(),
    };
    found.write(|tx| {
        let event = NewEvent {
            kind: LEDGER_RESTORE,
            license: None,
            activation: None,
            previous: None,
            data: to_json(&facts)?,
        };
        // Its own clock counts, not that under which somebody made the last event of the backup.
        let mut recorder = Recorder::by_hand(tx, hand)?;
        recorder.record(tx, event)?;
        match is_behind(lost) {
            true => approvals::decline_all(tx, &mut recorder, "the ledger was put back"),
            false => Ok(()),
        }
    })
}

/// Puts a ledger that was made in a room into the desk's place in one step; where that lies which was there before.
fn put_in_place(
    desk: &Desk,
    room: &Room,
    mut found: Ledger,
    stands: Option<Ledger>,
    now: Seconds,
) -> Result<Option<PathBuf>, RestoreError> {
    // One file that stands by itself: what SQLite keeps beside another would have to come with it.
    let whole = room.path.join("whole.db");
    found.back_up(&whole)?;
    drop(found);
    let (place, aside) = (desk.ledger_path(), aside(desk, now));
    let kept = match stands {
        Some(mut ledger) => {
            ledger.back_up(&aside)?;
            ledger.take_on(&whole)?;
            Some(aside)
        }
        None => {
            let lies = lies_at(&place);
            if lies {
                keep_aside(&place, &aside)?;
            }
            fs::rename(&whole, &place).map_err(at(&place))?;
            lies.then_some(aside)
        }
    };
    sync_directory(desk.directory())?;
    Ok(kept)
}

/// Holds a ledger that is to stand here against its own history, and against the key of whoever puts it here.
fn holds(
    found: &mut Ledger,
    key: Option<&[u8; 32]>,
    progress: impl FnMut(u64, u64),
) -> Result<(), RestoreError> {
    let report = audit::verify(found, progress)?;
    if report.wrong > 0 {
        return Err(RestoreError::Edited(Box::new(report)));
    }
    let signers = found.read(desk::vendor)?.roots;
    match key.is_some_and(|key| !signers.contains(key)) {
        true => Err(RestoreError::OtherDesk),
        false => Ok(()),
    }
}

/// A backup that was copied and verified, and what stands in its place.
struct Prepared {
    put_back: PutBack,
    found: Ledger,
    /// Nobody else has it open; none where there is none that can be read.
    stands: Option<Ledger>,
}

impl Prepared {
    fn new(
        desk: &Desk,
        backup: &Path,
        room: &Room,
        (discard, key): (bool, Option<&[u8; 32]>),
        progress: impl FnMut(u64, u64),
    ) -> Result<Prepared, RestoreError> {
        let copy = room.path.join("ledger.db");
        copy_private(backup, &copy)?;
        // Of a ledger that was copied while it was in use, the last events lie beside it.
        let log = beside(backup, "-wal");
        if log.symlink_metadata().is_ok() {
            copy_private(&log, &beside(&copy, "-wal"))?;
        }
        let named = |error: LedgerError| match error {
            LedgerError::Foreign(_) => LedgerError::Foreign(backup.to_owned()),
            error => error,
        };
        let mut found = Ledger::open(&copy).map_err(named)?;
        holds(&mut found, key, progress)?;
        let mut stands = match Ledger::open_alone(&desk.ledger_path()) {
            Ok(ledger) => Some(ledger),
            Err(LedgerError::Missing(_) | LedgerError::Foreign(_) | LedgerError::Damaged(_)) => {
                None
            }
            Err(error) => return Err(error.into()),
        };
        let lost = match &mut stands {
            None => None,
            Some(ledger) => match lost(ledger, &mut found, key) {
                Err(RestoreError::Desk(DeskError::Ledger(LedgerError::Damaged(_)))) => {
                    stands = None;
                    None
                }
                lost => Some(lost?),
            },
        };
        if let Some(Lost {
            events: events @ 1..,
            last,
            ..
        }) = &lost
            && !discard
        {
            return Err(RestoreError::Newer {
                lost: *events,
                last: *last,
            });
        }
        let reached = found.read(|tx| Ok::<_, LedgerError>(reached(tx.last_event()?)))?;
        let declined = match is_behind(lost.as_ref().map(|it| it.events)) {
            true => found.read(approvals::open)?,
            false => Vec::new(),
        };
        Ok(Prepared {
            put_back: PutBack {
                backup: reached,
                lost: lost.as_ref().map(|it| it.events),
                root_returns: lost.as_ref().is_some_and(|it| it.root_returns),
                behind: lost.map_or_else(Vec::new, |it| it.behind),
                declined,
                aside: None,
            },
            found,
            stands,
        })
    }
}

fn reached(last: Option<Event>) -> Reached {
    last.map_or(
        Reached {
            events: 0,
            last: Seconds(0),
            head: [0; 32],
        },
        |event| Reached {
            events: event.id.0.cast_unsigned(),
            last: event.at,
            head: event.hash,
        },
    )
}

/// A name that no file has.
fn aside(desk: &Desk, now: Seconds) -> PathBuf {
    let name = format!("ledger-before-{now}").replace(':', "");
    let numbered = (2u32..).map(|number| format!("{name}-{number}.db"));
    let mut names = std::iter::once(format!("{name}.db")).chain(numbered);
    let free = |name: &String| desk.directory().join(name).symlink_metadata().is_err();
    desk.directory().join(names.find(free).unwrap_or(name))
}
