//! What people do with it, from the first command to the last.

mod application;
mod clock;
mod clones;
mod dongle;
#[cfg(unix)]
mod elec_calc;
mod example;
mod forever_harmless;
mod infinitime;
mod main_job;
#[cfg(unix)]
mod mobile;
mod nexus;
#[cfg(target_os = "linux")]
mod one_machine;
mod timetracker;
