//! Time as a value that is passed in, so that tests can move it.

use crate::Timestamp;

/// Tells the time. The server passes the system clock, tests a clock they turn by hand.
pub trait Clock: Send + Sync + 'static {
    /// The present moment (UTC), whole milliseconds.
    fn now(&self) -> Timestamp;
}
