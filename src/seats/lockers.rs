//! Which processes have a lock, as the kernel itself says: nobody is taken for another by what a user wrote.

#[cfg(target_os = "linux")]
use std::collections::BTreeMap;
use std::fs::File;

#[cfg(target_os = "linux")]
use super::kernel;
use super::process::Process;
#[cfg(target_os = "linux")]
use crate::messages::seats as messages;

/// How often it is looked for who has a lock.
#[cfg(target_os = "linux")]
const LOOKS: u32 = 3;

/// A process that has the lock of a seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locker {
    /// The process.
    pub process: Process,
    /// Under whose account it runs.
    pub account: Option<String>,
    /// That account's number.
    pub(super) owner: Option<u32>,
    /// The name of its program.
    pub program: String,
    /// The process that took the lock, which whatever it has started inherits: the kernel goes on saying it when that one has ended, unless in a container.
    pub locked_by: Option<u32>,
}

/// All that have a lock on each of these files, by whatever they opened or inherited; of other users only root sees them. Empty where the system does not say
/// it.
#[cfg(target_os = "linux")]
pub(super) fn lockers(files: &[&File]) -> Vec<Vec<Locker>> {
    let mut found = vec![Vec::new(); files.len()];
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return found;
    };
    let wanted: Vec<_> = files.iter().map(|it| kernel::identity(it)).collect();
    let names = entries.flatten().map(|entry| entry.file_name());
    for id in names.filter_map(|name| name.to_str()?.parse::<u32>().ok()) {
        for (place, holder) in held_by(id, &wanted).unwrap_or_default() {
            if let Some(holders) = found.get_mut(place) {
                holders.push(holder);
            }
        }
    }
    for holders in &mut found {
        holders.sort_by_key(|it| it.process.id);
    }
    found
}

/// The files of which a process has a lock, by their places.
#[cfg(target_os = "linux")]
fn held_by(id: u32, wanted: &[Option<(u64, u64)>]) -> Option<BTreeMap<usize, Locker>> {
    use std::os::unix::fs::MetadataExt;

    // Before it is looked what it has: if the number is another's by then, that one began later.
    let process = Process::of(id);
    let about = std::fs::metadata(format!("/proc/{id}")).ok()?;
    let opened = std::fs::read_dir(format!("/proc/{id}/fd")).ok()?;
    let mut held = BTreeMap::new();
    for name in opened.flatten().map(|entry| entry.file_name()) {
        let name = name.to_string_lossy();
        let there = std::fs::metadata(format!("/proc/{id}/fd/{name}"));
        let there = there.ok().map(|it| (it.dev(), it.ino()));
        let Some(place) = wanted.iter().position(|it| it.is_some() && *it == there) else {
            continue;
        };
        // Whoever only looks has it open, too.
        let said = std::fs::read_to_string(format!("/proc/{id}/fdinfo/{name}"));
        let said = said.unwrap_or_default();
        let Some(lock) = said.lines().find(|it| it.starts_with("lock:")) else {
            continue;
        };
        let program = std::fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default();
        held.insert(
            place,
            Locker {
                process,
                account: kernel::name_of(Some(about.uid())),
                owner: Some(about.uid()),
                program: super::who::plain(&program),
                locked_by: locked_by(lock),
            },
        );
    }
    Some(held)
}

/// Who has the lock on a file, in words for people, where the system says so.
#[cfg(target_os = "linux")]
pub(super) fn who_locks(file: &File) -> Option<String> {
    // The kernel's list is read piece by piece: where others lock and unlock meanwhile, a line of it may be passed over.
    (0..LOOKS).find_map(|_| by_the_list(file).or_else(|| by_what_is_open(file)))
}

/// Who has it by the list of all locks, which tells of every user's.
#[cfg(target_os = "linux")]
fn by_the_list(file: &File) -> Option<String> {
    use std::os::unix::fs::MetadataExt;

    let inode = file.metadata().ok()?.ino().to_string();
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    // "1: FLOCK  ADVISORY  WRITE 4711 08:01:1234 0 EOF"; the device is not compared, for some file systems say another one.
    let mut ids = locks.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        words.find(|word| matches!(*word, "FLOCK" | "OFDLCK"))?;
        let id = words.nth(2)?;
        (words.next()?.rsplit(':').next() == Some(inode.as_str())).then_some(id)
    });
    // A lock of what was opened is nobody's in particular: those who have it open say that they have it.
    let id: u32 = ids.next()?.parse().ok()?;
    let about = std::fs::metadata(format!("/proc/{id}"));
    let user = about.ok().and_then(|it| kernel::name_of(Some(it.uid())));
    let name = std::fs::read_to_string(format!("/proc/{id}/comm")).ok();
    let name = name.map(|name| super::who::plain(&name));
    Some(match (name, user) {
        (Some(name), Some(user)) => messages::process_of(id, name, user).to_string(),
        _ => messages::process(id).to_string(),
    })
}

/// Who has it by what a process has open: of other users only root sees it.
#[cfg(target_os = "linux")]
fn by_what_is_open(file: &File) -> Option<String> {
    let holder = lockers(&[file]).pop()?.into_iter().next()?;
    let (id, user) = (holder.process.id, holder.account?);
    Some(messages::process_of(id, holder.program, user).to_string())
}

#[cfg(not(target_os = "linux"))]
pub(super) fn who_locks(_: &File) -> Option<String> {
    None
}

/// "lock: 1: FLOCK  ADVISORY  WRITE 4711 08:01:1234 0 EOF": within a container a process that has ended is 0; "OFDLCK" has nobody in this place.
#[cfg(target_os = "linux")]
fn locked_by(line: &str) -> Option<u32> {
    let mut words = line.split_whitespace();
    words.find(|word| *word == "FLOCK")?;
    words.nth(2)?.parse().ok().filter(|id| *id > 0)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn lockers(files: &[&File]) -> Vec<Vec<Locker>> {
    vec![Vec::new(); files.len()]
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn whoever_has_a_lock_is_named_while_others_come_and_go() {
        let directory = tempfile::tempdir().unwrap();
        let make = |name: &str| File::create(directory.path().join(name)).unwrap();
        let others: Vec<_> = (0..300).map(|it| make(&it.to_string())).collect();
        let kept = make("kept");
        kept.lock().unwrap();
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    for other in &others {
                        other.lock().unwrap();
                    }
                    for other in &others {
                        other.unlock().unwrap();
                    }
                }
            });
            let unnamed = (0..300).filter(|_| who_locks(&kept).is_none()).count();
            done.store(true, Ordering::Relaxed);
            assert_eq!(unnamed, 0);
        });
    }
}
