//! The ledger in one SQLite file.

mod activations;
mod audit;
mod beside;
mod convert;
mod copy;
mod mails;
mod schema;
mod sold;
mod statements;
mod transaction;
mod whole;

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{Access, Engine, LedgerError, Transaction};
use schema::{APPLICATION_ID, FORMAT, SCHEMA};
use transaction::SqliteTransaction;
#[cfg(test)]
pub(in crate::issuer) use transaction::work;

/// How long a writer waits for another: a batch of 16,384 answers takes well under a second.
const PATIENCE: Duration = Duration::from_secs(5);
/// Statements kept prepared: more than there are.
const STATEMENTS: usize = 64;

/// Pages kept in memory at most, in KiB; negative is how SQLite is told so. Taken only as they are read.
const CACHE_KIB: i64 = -65_536;
/// Length of the write-ahead log, in pages of 4 KiB, that starts a move into the file.
const LOG_PAGES: i64 = 8_192;

/// An open SQLite file.
pub(super) struct Sqlite {
    connection: Connection,
    /// SQLite's count of changes of the schema when it was last found to be ours.
    known: Option<i64>,
}

impl Sqlite {
    pub(super) fn create(path: &Path) -> Result<Sqlite, LedgerError> {
        create_private(path)?;
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE, |_| Ok(()))?;
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
        // Kept in the file: every later connection writes ahead too.
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.execute_batch(&format!(
            "BEGIN EXCLUSIVE; {SCHEMA} PRAGMA user_version = {FORMAT}; COMMIT;"
        ))?;
        Ok(Sqlite {
            connection,
            known: None,
        })
    }

    pub(super) fn open(path: &Path) -> Result<Sqlite, LedgerError> {
        Sqlite::held(path, OpenFlags::SQLITE_OPEN_READ_WRITE, |_| Ok(()))
    }

    /// The file is not written, whatever is asked; SQLite may make what readers and writers share beside it.
    pub(super) fn open_to_read(path: &Path) -> Result<Sqlite, LedgerError> {
        Sqlite::held(path, OpenFlags::SQLITE_OPEN_READ_ONLY, |_| Ok(()))
    }

    /// No other process can open it as long as it is open, and none has it.
    pub(super) fn open_alone(path: &Path) -> Result<Sqlite, LedgerError> {
        Sqlite::held(path, OpenFlags::SQLITE_OPEN_READ_WRITE, |connection| {
            connection.pragma_update(None, "locking_mode", "exclusive")?;
            // Taken by the first transaction that writes, and kept after it.
            connection.execute_batch("BEGIN IMMEDIATE; COMMIT")
        })
    }

    /// `first` is done before anything is read.
    fn held(
        path: &Path,
        access: OpenFlags,
        first: impl FnOnce(&Connection) -> Result<(), rusqlite::Error>,
    ) -> Result<Sqlite, LedgerError> {
        if !path.exists() {
            return Err(LedgerError::Missing(path.to_owned()));
        }
        let sqlite = Sqlite {
            connection: connect(path, access, first)?,
            known: None,
        };
        let foreign = || LedgerError::Foreign(path.to_owned());
        if number(&sqlite.connection, "application_id")? != i64::from(APPLICATION_ID) {
            return Err(foreign());
        }
        let found =
            u32::try_from(number(&sqlite.connection, "user_version")?).map_err(|_| foreign())?;
        match found {
            FORMAT => Ok(sqlite),
            newer if newer > FORMAT => Err(LedgerError::Newer {
                found,
                known: FORMAT,
            }),
            _ => Err(foreign()),
        }
    }
}

fn number(connection: &Connection, pragma: &str) -> Result<i64, rusqlite::Error> {
    connection.pragma_query_value(None, pragma, |row| row.get(0))
}

/// Refuses tables that are not as this program makes them, within the transaction that would use them: a trigger or a lost index would
/// change what the rules read and write. Looked at anew whenever SQLite says that the schema changed.
fn hold_to_schema(connection: &Connection, known: &mut Option<i64>) -> Result<(), LedgerError> {
    let version = number(connection, "schema_version")?;
    if *known != Some(version) {
        audit::refuse_other_schemas(connection)?;
        *known = Some(version);
    }
    Ok(())
}

impl Engine for Sqlite {
    fn begin(&mut self, access: Access) -> Result<Box<dyn Transaction + '_>, LedgerError> {
        let transaction = SqliteTransaction::begin(&self.connection, access)?;
        if access != Access::Audit {
            hold_to_schema(&self.connection, &mut self.known)?;
        }
        Ok(Box::new(transaction))
    }

    fn back_up(&mut self, to: &Path) -> Result<(), LedgerError> {
        create_private(to)?;
        let copied = copy::whole(&self.connection, to);
        if copied.is_err() {
            // What cannot be removed either is no ledger, and is not called a backup by anybody.
            let _ = std::fs::remove_file(to);
        }
        copied
    }

    fn take_on(&mut self, file: &Path) -> Result<(), LedgerError> {
        self.known = None;
        copy::over(file, &mut self.connection)
    }
}

fn connect(
    path: &Path,
    access: OpenFlags,
    first: impl FnOnce(&Connection) -> Result<(), rusqlite::Error>,
) -> Result<Connection, LedgerError> {
    // SQLite does not tell a ledger that another program holds from one that may not be opened.
    #[cfg(windows)]
    if let Err(error) =
        crate::patience::opening(|| OpenOptions::new().read(true).write(true).open(path))
        && error.kind() == std::io::ErrorKind::ResourceBusy
    {
        return Err(io_error(&error, path));
    }
    prepare(path, access, first).map_err(|error| match error.sqlite_error_code() {
        // Not even the first bytes are SQLite's.
        Some(ErrorCode::NotADatabase) => LedgerError::Foreign(path.to_owned()),
        _ => LedgerError::from(error),
    })
}

#[cfg(not(windows))]
fn open_file(path: &Path, flags: OpenFlags) -> Result<Connection, rusqlite::Error> {
    Connection::open_with_flags(path, flags)
}

/// A path of more than 260 characters is opened only as the system itself spells it, and by what SQLite has for such.
#[cfg(windows)]
fn open_file(path: &Path, flags: OpenFlags) -> Result<Connection, rusqlite::Error> {
    /// With room for the endings of what lies beside a ledger.
    const SHORT: usize = 240;
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    match std::fs::canonicalize(path) {
        Ok(long) if whole.as_os_str().len() > SHORT => {
            Connection::open_with_flags_and_vfs(long, flags, "win32-longpath")
        }
        _ => Connection::open_with_flags(path, flags),
    }
}

fn prepare(
    path: &Path,
    access: OpenFlags,
    first: impl FnOnce(&Connection) -> Result<(), rusqlite::Error>,
) -> Result<Connection, rusqlite::Error> {
    // Without CREATE: a ledger that is gone must be missed, not silently begun anew.
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = open_file(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    first(&connection)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Durable before visible: a commit returns when the disk has it.
    connection.pragma_update(None, "synchronous", "full")?;
    // The disks of a Mac say that they have it before they do, unless they are asked in another way; elsewhere this does nothing.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    // Otherwise a statement with a LIMIT is planned anew for each page.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // Random keys touch pages all over their index: SQLite's own 2 MiB would read most of them again.
    connection.pragma_update(None, "cache_size", CACHE_KIB)?;
    // Fewer, larger moves from the log to the file while a batch goes on; closing makes the last one.
    connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    // A file that somebody prepared must not run anything of its own.
    connection.pragma_update(None, "trusted_schema", "off")?;
    Ok(connection)
}

/// Makes the empty file first, so that it never exists with wider permissions; SQLite gives its companions the same.
fn create_private(path: &Path) -> Result<(), LedgerError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) => Err(io_error(&error, path)),
    }
}

/// What a file operation said, as an error of the ledger.
pub(super) fn io_error(error: &std::io::Error, path: &Path) -> LedgerError {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::AlreadyExists => LedgerError::Exists(PathBuf::from(path)),
        ErrorKind::NotFound => LedgerError::Missing(PathBuf::from(path)),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            LedgerError::ReadOnly(error.to_string())
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => LedgerError::DiskFull,
        ErrorKind::ResourceBusy => LedgerError::InUse,
        _ => LedgerError::Io(format!("{}: {error}", path.display())),
    }
}

impl From<rusqlite::Error> for LedgerError {
    fn from(error: rusqlite::Error) -> LedgerError {
        let text = error.to_string();
        // What readers and writers share beside the ledger could not be made longer: SQLite does not call that a full disk.
        let exactly = error.sqlite_error().map(|error| error.extended_code);
        if exactly == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE) {
            return LedgerError::DiskFull;
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => LedgerError::InUse,
            Some(ErrorCode::DiskFull) => LedgerError::DiskFull,
            // A ledger that writes ahead needs its directory writable, or it cannot even be read.
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                LedgerError::ReadOnly(text)
            }
            Some(
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::TypeMismatch,
            ) => LedgerError::Damaged(text),
            Some(ErrorCode::ConstraintViolation) => {
                LedgerError::Damaged(format!("two of its rows contradict each other: {text}"))
            }
            Some(_) => LedgerError::Io(text),
            // Not the disk: a column holds what no column of ours can.
            None => LedgerError::Damaged(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_opened_to_be_read_is_not_written() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("ledger.db");
        let mut ours = Sqlite::create(&path).unwrap();
        let mut theirs = Sqlite::open_to_read(&path).unwrap();
        let set = |sqlite: &mut Sqlite| {
            let mut tx = sqlite.begin(Access::Read)?;
            tx.set_meta("vendor", "Nordic Survey AS")?;
            tx.commit()
        };
        let said = set(&mut theirs);
        assert!(matches!(said, Err(LedgerError::ReadOnly(_))), "{said:?}");
        set(&mut ours).unwrap();
        // What was committed since, and lies in the log only, is read.
        let mut tx = theirs.begin(Access::Read).unwrap();
        assert_eq!(
            tx.meta("vendor").unwrap().as_deref(),
            Some("Nordic Survey AS")
        );
    }
}
