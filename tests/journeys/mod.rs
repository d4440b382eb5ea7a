//! What people do with it, from the first command to the last.

mod main_job;
