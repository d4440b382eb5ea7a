# What is run often. `just` lists it.
default:
    @just --list

# the main job, shown step by step
tour:
    cargo run --release --locked -- tour

# every test
test:
    cargo test --locked

# everything that .ci/run looks at before the wider checks
lint:
    cargo fmt --check
    cargo clippy --all-targets --locked -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked
    cargo deny --locked check bans licenses sources

# known vulnerabilities in dependencies; fetches the RustSec database
audit:
    cargo deny --locked check advisories

# manual pages, after a change of the command line
man:
    cargo run --locked -- man man

# the schema of --json, after a change of what is printed; the tests tell when it is out of date
schema:
    WRITE_SCHEMA=1 cargo test --locked --lib the_schema_in_the_repository

# vectors, after a change of SPEC.md; the tests tell when they are out of date
vectors:
    cargo run --locked --example make_vectors -- tests/vectors

# the figures of the README
bench:
    cargo bench --locked
