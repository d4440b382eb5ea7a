//! What people do with it, from the first command to the last.

mod dongle;
mod infinitime;
mod main_job;
mod nexus;
mod timetracker;
