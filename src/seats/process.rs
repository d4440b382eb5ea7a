//! Processes, told apart by more than their number, which is given to another one later.

/// A process of this host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub id: u32,
    /// When it began, as the system counts it, where it says that.
    pub began: Option<u64>,
}

impl Process {
    /// The one that asks.
    pub fn this() -> Process {
        Process::of(std::process::id())
    }

    /// The one that has this number now.
    pub fn of(id: u32) -> Process {
        let began = match began(id) {
            Began::At(ticks) => Some(ticks),
            Began::Nowhere | Began::Unknown => None,
        };
        Process { id, began }
    }

    /// Whether it runs; where the system does not say, it is taken to.
    pub fn lives(&self) -> bool {
        let Some(then) = self.began else {
            return true;
        };
        match began(self.id) {
            Began::At(now) => now == then,
            Began::Nowhere => false,
            Began::Unknown => true,
        }
    }
}

/// When a process began, as the system says it.
enum Began {
    At(u64),
    /// No process has the number.
    Nowhere,
    /// It does not say.
    #[cfg_attr(target_os = "linux", expect(dead_code, reason = "it says it of all"))]
    Unknown,
}

/// The 22nd field of `/proc/<id>/stat`; the second is a name in brackets in which anything may stand.
#[cfg(target_os = "linux")]
fn began(id: u32) -> Began {
    began_here(id).map_or(Began::Nowhere, Began::At)
}

#[cfg(target_os = "linux")]
fn began_here(id: u32) -> Option<u64> {
    use std::io::Read;

    // All of it at once, as the kernel gives it: some 350 bytes, and each look for more would be one more call.
    let mut stat = [0; 1024];
    let mut file = std::fs::File::open(format!("/proc/{id}/stat")).ok()?;
    let read = loop {
        match file.read(&mut stat) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            read => break read.ok()?,
        }
    };
    let stat = String::from_utf8_lossy(stat.get(..read)?);
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_whitespace().nth(19)?.parse().ok()
}

/// In steps of 100 ns since 1601. Of those of other users only an administrator is told.
#[cfg(windows)]
fn began(id: u32) -> Began {
    use winsafe::{HPROCESS, co};

    /// What a process that runs has for an exit code.
    const RUNS: u32 = 259;
    let process = match HPROCESS::OpenProcess(co::PROCESS::QUERY_LIMITED_INFORMATION, false, id) {
        Ok(process) => process,
        Err(co::ERROR::INVALID_PARAMETER) => return Began::Nowhere,
        Err(_) => return Began::Unknown,
    };
    // One that has ended is there as long as somebody has it open.
    if process.GetExitCodeProcess().is_ok_and(|code| code != RUNS) {
        return Began::Nowhere;
    }
    match process.GetProcessTimes() {
        Ok((began, ..)) => {
            let [high, low] = [began.dwHighDateTime, began.dwLowDateTime].map(u64::from);
            Began::At(high << 32 | low)
        }
        Err(_) => Began::Unknown,
    }
}

#[cfg(not(any(target_os = "linux", windows)))]
fn began(_: u32) -> Began {
    Began::Unknown
}
