//! File descriptors: every connection takes one.

use platform::config::Config;
use platform::http::serve::Bounds;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What the process opens beside connections and the pool: logs, libraries, mail, PostgreSQL's own socket.
const OTHERS: usize = 64;
/// Below this a server is of no use.
const FEWEST: usize = 16;

/// Raises the soft limit to the hard one, which asks for no privilege; answers what is in force.
pub(crate) fn raise() -> Option<u64> {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    // A system that refuses leaves the limit as it was.
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    }
}

/// How many connections the settings and the limit of descriptors leave room for.
pub(crate) fn bounds(config: &Config) -> Bounds {
    within(config, getrlimit(Resource::Nofile).current)
}

/// The same under another limit; none is no limit.
pub(crate) fn within(config: &Config, limit: Option<u64>) -> Bounds {
    let limit = limit.map_or(usize::MAX, |limit| {
        usize::try_from(limit).unwrap_or(usize::MAX)
    });
    let room = limit.saturating_sub(config.database_pool_size.saturating_add(OTHERS));
    Bounds {
        max_connections: config.max_connections.min(room.max(FEWEST)),
        max_per_address: config.max_connections_per_address,
    }
}
