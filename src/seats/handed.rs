//! What programs inherit of a seat on Windows, where they inherit no lock: a file beside the seat's that is open, and that nobody can have alone meanwhile. It
//! stays so until the last of them ends, be the process that took the seat killed or not.

use std::fs::OpenOptions;
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::mpsc::{self, Sender};
use std::thread::{self, JoinHandle};

use winsafe::{HFILE, SECURITY_ATTRIBUTES, co};

use crate::patience;

/// The file, open: whatever is started meanwhile has it open, too.
#[derive(Debug)]
pub(super) struct Handed {
    /// Dropped first: it ends the thread.
    end: Option<Sender<()>>,
    holder: Option<JoinHandle<()>>,
}

impl Handed {
    /// Opens the file of a seat, beside others who share the seat.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn open(path: &Path) -> io::Result<Handed> {
        // As the system itself names it, so that it may be long.
        let whole = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let name = whole.to_str().ok_or(io::ErrorKind::InvalidFilename)?;
        let name = name.to_owned();
        let (end, ended) = mpsc::channel::<()>();
        let (opened, is_open) = mpsc::channel();
        // What the library opens so stays in the thread that opened it.
        let holder = thread::Builder::new().spawn(move || {
            let file = patience::opening(|| open_to_inherit(&name));
            let file = match file {
                Ok(file) => file,
                Err(error) => return drop(opened.send(Err(error))),
            };
            if opened.send(Ok(())).is_ok() {
                let _ = ended.recv();
            }
            drop(file);
        })?;
        let failed = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        is_open.recv().map_err(failed)??;
        Ok(Handed {
            end: Some(end),
            holder: Some(holder),
        })
    }
}

impl Drop for Handed {
    fn drop(&mut self) {
        drop(self.end.take());
        // From here on it is closed.
        let _ = self.holder.take().map(JoinHandle::join);
    }
}

type Open = winsafe::guard::CloseHandleGuard<HFILE>;

fn open_to_inherit(name: &str) -> io::Result<Open> {
    let mut inherited = SECURITY_ATTRIBUTES::default();
    inherited.set_bInheritHandle(true);
    let opened = HFILE::CreateFile(
        name,
        co::GENERIC::READ,
        Some(co::FILE_SHARE::READ),
        Some(&inherited),
        co::DISPOSITION::OPEN_EXISTING,
        co::FILE_ATTRIBUTE::NORMAL,
        None,
        None,
        None,
    );
    let failed = |error: co::ERROR| io::Error::from_raw_os_error(error.raw().cast_signed());
    Ok(opened.map_err(failed)?.0)
}

/// Whether a program has it still. A scanner that has it open for a moment is waited for.
///
/// # Errors
/// What the system says.
pub(super) fn is_had(path: &Path) -> io::Result<bool> {
    let mut alone = OpenOptions::new();
    alone.read(true).share_mode(0);
    match patience::opening(|| alone.open(path)) {
        Ok(_) => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::ResourceBusy => Ok(true),
        Err(error) => Err(error),
    }
}
