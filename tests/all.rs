//! Every integration test in one program: one link, one runner.

mod forgotten;
mod protocol;
