//! Work on many rows at a time.

use std::num::NonZeroUsize;
use std::thread;

/// So few that a thread is not worth its while.
const FEW: usize = 128;

/// Maps a list on several threads, each of which takes a part that hangs together; the order stays.
pub fn in_parallel<T: Send, U: Send>(
    workers: NonZeroUsize,
    list: Vec<T>,
    map: impl Fn(T) -> U + Sync,
) -> Vec<U> {
    let part = list.len().div_ceil(workers.get()).max(1);
    if workers.get() == 1 || list.len() <= FEW {
        return list.into_iter().map(map).collect();
    }
    let mut parts = Vec::with_capacity(workers.get());
    let mut rest = list.into_iter();
    loop {
        let next: Vec<T> = rest.by_ref().take(part).collect();
        if next.is_empty() {
            break;
        }
        parts.push(next);
    }
    let map = &map;
    thread::scope(|scope| {
        let threads: Vec<_> = parts
            .into_iter()
            .map(|part| scope.spawn(move || part.into_iter().map(map).collect::<Vec<U>>()))
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| match thread.join() {
                Ok(part) => part,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    })
}
