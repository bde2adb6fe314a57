//! What every part gets from outside: time and chance.

use kernel::{Clock, Random, Timestamp, ids};
use std::sync::Arc;

/// The outside world as the domains see it; tests pass a clock they turn and chance they seed.
#[derive(Clone)]
pub struct Context {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives randomness.
    pub random: Arc<dyn Random>,
}

impl Context {
    /// The real clock and the operating system's randomness.
    pub fn system() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
        }
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new time-ordered id as text.
    pub fn new_id(&self) -> String {
        ids::new_id(self.clock.as_ref(), self.random.as_ref())
    }

    /// A new time-ordered id for columns of type `uuid`.
    pub fn new_uuid(&self) -> uuid::Uuid {
        ids::new_uuid(self.clock.as_ref(), self.random.as_ref())
    }
}

struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one home of the wall clock")]
    fn now(&self) -> Timestamp {
        let elapsed = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        let millis = i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millis(millis)
            .unwrap_or_else(|| Timestamp::new(chrono::DateTime::UNIX_EPOCH))
    }
}

struct SystemRandom;

impl Random for SystemRandom {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one home of the operating system's randomness"
    )]
    fn fill(&self, buffer: &mut [u8]) {
        // aws-lc aborts the process rather than hand out weak randomness; an error cannot leave the buffer guessable.
        if aws_lc_rs::rand::fill(buffer).is_err() {
            std::process::abort();
        }
    }
}
