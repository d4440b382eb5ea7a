//! How long the system has been up.

use std::fs;
use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// The seconds by which a time namespace, which any user may make, has the time since the start be later (time_namespaces(7)).
fn offset_of_time(offsets: &str) -> i64 {
    let mut lines = offsets.lines().map(str::split_whitespace);
    // Of 5.x kernels, whose lines begin with the number of the clock, too.
    let seconds = lines.find_map(|mut words| match words.next() {
        Some("boottime" | "7") => words.next(),
        _ => None,
    });
    seconds.and_then(|it| it.parse().ok()).unwrap_or(0)
}

/// Time since the start, sleep included. Asked of the kernel, whose start `boot_id` names: `/proc/uptime` may be another one in a container
/// (lxcfs), beside the host's `boot_id`, and anybody may mount a file over it.
pub(super) fn uptime() -> Option<Duration> {
    let said = clock_gettime(ClockId::CLOCK_BOOTTIME).ok()?;
    let offset = fs::read_to_string("/proc/self/timens_offsets");
    let offset = offset.map_or(0, |it| offset_of_time(&it));
    u64::try_from(said.tv_sec().checked_sub(offset)?)
        .ok()
        .map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_namespace_is_seen_through() {
        let said = "monotonic           0         0\nboottime         4000         0\n";
        assert_eq!(offset_of_time(said), 4000);
        assert_eq!(offset_of_time("1 0 0\n7 -60 0\n"), -60);
        assert_eq!(offset_of_time(""), 0);
    }

    #[test]
    fn uptime_is_that_of_the_kernel() {
        let up = uptime().unwrap();
        let said = fs::read_to_string("/proc/uptime").unwrap();
        let said: f64 = said.split(' ').next().unwrap().parse().unwrap();
        // Or of the host of this container, which has been up for longer.
        assert!(up.as_secs_f64() >= said - 5.0, "{up:?} {said}");
    }
}
