//! A configuration that needs no machine: fixed secrets, cheap hashes, no limits unless the test asks for them.

use platform::Context;
use platform::config::{Config, Source};
use std::sync::Arc;

/// What signs cookies in tests.
pub const AUTH_SECRET: &str = "test-secret-that-is-long-enough-for-anything";
/// Where the server of a test says it is.
pub const BASE_URL: &str = "http://localhost:3001";

const DEFAULTS: &[(&str, &str)] = &[
    ("ENVIRONMENT", "development"),
    ("BASE_URL", BASE_URL),
    ("BETTER_AUTH_SECRET", AUTH_SECRET),
    (
        "MANA_AUTH_KEK",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    ),
    ("PASSWORD_MEMORY_KIB", "64"),
    ("PASSWORD_PASSES", "1"),
    ("RATE_LIMIT_ENABLED", "false"),
    ("DATA_DIR", "/nonexistent/mana-tests"),
];

/// The settings of a test: the defaults, with `changes` over them.
pub fn source(changes: &[(&str, &str)]) -> Source {
    let mut pairs: Vec<(&str, &str)> = DEFAULTS.to_vec();
    pairs.extend(changes);
    Source::from_pairs(&pairs)
}

/// The configuration of a test; panics with every mistake in it.
pub fn config(changes: &[(&str, &str)]) -> Arc<Config> {
    match Config::read(source(changes), &Context::system()) {
        Ok(config) => Arc::new(config),
        Err(error) => panic!("{error}"),
    }
}
