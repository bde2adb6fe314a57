# The developer's table of contents; never needed to run or test. `just` lists it.

_list:
    @just --list --unsorted

# Build what is missing and start the server on its own PostgreSQL
serve *arguments:
    script/server {{arguments}}

# Every test: Rust's and the real clients'
test:
    script/test

# One crate's tests on a throw-away PostgreSQL: just test-crate credits ledger
test-crate crate *filter:
    cargo run --quiet --package testkit --bin test_cluster -- cargo test --package {{crate}} {{filter}}

# A throw-away PostgreSQL until Ctrl-C; prints its TEST_DATABASE_URL
database:
    cargo run --quiet --package testkit --bin test_cluster

# What CI runs
ci:
    .ci/run

# Format, lints, dependencies
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    cargo deny check bans licenses sources

# Generate crates/queries from queries/
queries:
    script/queries

# Known vulnerabilities among the dependencies (needs a network)
advisories:
    cargo deny check advisories
