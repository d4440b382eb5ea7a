//! Processes, told apart by more than their number, which is given to another one later.

/// A process of this host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub id: u32,
    /// When it began, in ticks since the start of the system, where the system says it.
    pub began: Option<u64>,
}

impl Process {
    /// The one that asks.
    pub fn this() -> Process {
        Process::of(std::process::id())
    }

    /// The one that has this number now.
    pub fn of(id: u32) -> Process {
        Process {
            id,
            began: began(id),
        }
    }

    /// Whether it runs; where the system does not say, it is taken to.
    pub fn lives(&self) -> bool {
        let Some(then) = self.began else {
            return true;
        };
        began(self.id) == Some(then)
    }
}

/// The 22nd field of `/proc/<id>/stat`; the second is a name in brackets in which anything may stand.
#[cfg(target_os = "linux")]
fn began(id: u32) -> Option<u64> {
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

#[cfg(not(target_os = "linux"))]
fn began(_: u32) -> Option<u64> {
    None
}
