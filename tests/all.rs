//! Every integration test in one program: one link, one runner.
