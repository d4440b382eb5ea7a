//! How long the system has been up.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// Time since the start, sleep included. Asked of the kernel, whose start `boot_id` names: `/proc/uptime` may be another one in a container
/// (lxcfs), beside the host's `boot_id`, and anybody may mount a file over it.
pub(super) fn uptime() -> Option<Duration> {
    Some(clock_gettime(ClockId::CLOCK_BOOTTIME).ok()?.into())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn uptime_is_that_of_the_kernel() {
        let up = uptime().unwrap();
        let said = fs::read_to_string("/proc/uptime").unwrap();
        let said: f64 = said.split(' ').next().unwrap().parse().unwrap();
        // Or of the host of this container, which has been up for longer.
        assert!(up.as_secs_f64() >= said - 5.0, "{up:?} {said}");
    }
}
