//! Every integration test in one program: one link, one runner.

mod license_key;
mod text;
