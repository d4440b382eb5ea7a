//! Which processes have a lock, as the kernel itself says: nobody is taken for another by what a user wrote.

use std::fs::File;

use super::kernel;
use super::process::Process;

/// A process that has the lock of a seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The process.
    pub process: Process,
    /// Under whose account it runs.
    pub account: Option<String>,
    /// The name of its program.
    pub program: String,
}

/// All that have a lock on a file, by whatever they opened or inherited; of other users only root sees them. Empty where the system does not say it.
#[cfg(target_os = "linux")]
pub(super) fn holders(file: &File) -> Vec<Holder> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let names = entries.flatten().map(|entry| entry.file_name());
    let ids = names.filter_map(|name| name.to_str()?.parse::<u32>().ok());
    let mut found: Vec<Holder> = ids.filter_map(|id| holder(id, file)).collect();
    found.sort_by_key(|it| it.process.id);
    found
}

#[cfg(target_os = "linux")]
fn holder(id: u32, file: &File) -> Option<Holder> {
    use std::os::unix::fs::MetadataExt;

    // Before it is looked what it has: if the number is another's by then, that one began later.
    let process = Process::of(id);
    let about = std::fs::metadata(format!("/proc/{id}")).ok()?;
    let opened = std::fs::read_dir(format!("/proc/{id}/fd")).ok()?;
    let mut names = opened.flatten().map(|entry| entry.file_name());
    let has_it = names.any(|name| {
        let name = name.to_string_lossy();
        let path = format!("/proc/{id}/fd/{name}");
        if !kernel::leads_there(path.as_ref(), file) {
            return false;
        }
        // Whoever only looks has it open, too.
        let said = std::fs::read_to_string(format!("/proc/{id}/fdinfo/{name}"));
        said.is_ok_and(|said| said.lines().any(|it| it.starts_with("lock:")))
    });
    let program = std::fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default();
    has_it.then(|| Holder {
        process,
        account: kernel::name_of(Some(about.uid())),
        program: super::who::plain(&program),
    })
}

#[cfg(not(target_os = "linux"))]
pub(super) fn holders(_: &File) -> Vec<Holder> {
    Vec::new()
}
