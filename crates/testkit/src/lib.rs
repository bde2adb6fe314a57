//! What tests stand on: a real database cloned from a migrated template, a clock turned by hand, seeded chance,
//! and an HTTP client with cookies that talks to a router in process.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::disallowed_methods,
    reason = "test support: a panic is the report"
)]

mod client;
mod database;
mod passkey;
mod settings;
mod wait;

pub use client::{Answer, Client};
pub use database::TestDatabase;
pub use passkey::{Kind, SoftPasskey};
pub use settings::{AUTH_SECRET, BASE_URL, config, source};
pub use wait::{eventually, token_claims};

use kernel::{Clock, Random, Timestamp};
use platform::Context;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// A clock that stands still until it is turned.
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows the present.
    pub fn now_ish() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(Context::system().now().millis())))
    }

    /// A clock that shows a given moment, RFC 3339.
    pub fn at(text: &str) -> Arc<Self> {
        let moment = chrono::DateTime::parse_from_rfc3339(text).expect("an RFC 3339 moment");
        Arc::new(Self(AtomicI64::new(moment.timestamp_millis())))
    }

    /// Turns the clock forward.
    pub fn advance_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    /// Turns the clock to a given moment, RFC 3339.
    pub fn set(&self, text: &str) {
        let moment = chrono::DateTime::parse_from_rfc3339(text).expect("an RFC 3339 moment");
        self.0.store(moment.timestamp_millis(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst)).expect("a moment in the calendar")
    }
}

/// Chance that repeats: a counter through SplitMix64.
pub struct SeededRandom(Mutex<u64>);

static SEED: AtomicU64 = AtomicU64::new(1);

impl SeededRandom {
    /// Chance that differs between the tests of a process.
    pub fn fresh() -> Arc<Self> {
        let number = SEED.fetch_add(1, Ordering::Relaxed);
        Arc::new(Self(Mutex::new(
            number.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ u64::from(std::process::id()),
        )))
    }
}

impl Random for SeededRandom {
    fn fill(&self, buffer: &mut [u8]) {
        let mut state = self.0.lock().unwrap();
        for chunk in buffer.chunks_mut(8) {
            *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut mixed = *state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            mixed ^= mixed >> 31;
            for (to, from) in chunk.iter_mut().zip(mixed.to_le_bytes()) {
                *to = from;
            }
        }
    }
}

/// A context whose clock the test holds.
pub fn context(clock: &Arc<ManualClock>) -> Context {
    Context {
        clock: clock.clone(),
        random: SeededRandom::fresh(),
    }
}
