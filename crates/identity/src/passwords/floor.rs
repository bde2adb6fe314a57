//! How long a refused password takes at least: as long as the dearest hash in use, so that it does not tell whose it was.

use dashmap::DashMap;
use std::time::Duration;

/// A refused password takes at least this long, so that cheap hashes and unknown addresses look alike.
pub(crate) const FLOOR: Duration = Duration::from_millis(150);
/// The same hash takes longer on a busy machine than when it was measured.
const MARGIN_PERCENT: u32 = 125;
/// What is noted of one check counts this much at most; a machine that stood still must not slow everybody down for long.
const LONGEST: Duration = Duration::from_secs(10);
/// A shorter check takes the kept time down by one of so many parts of the difference.
const FORGETTING: u32 = 32;

/// How long a check takes, by kind of hash.
#[derive(Default)]
pub(super) struct Durations {
    seen: DashMap<String, Duration>,
    /// One kind is measured at a time.
    pub(super) measuring: tokio::sync::Mutex<()>,
}

impl Durations {
    pub(super) fn knows(&self, kind: &str) -> bool {
        self.seen.contains_key(kind)
    }

    /// Follows longer checks at once, shorter ones slowly.
    pub(super) fn note(&self, kind: String, took: Duration) {
        let took = took.min(LONGEST);
        let mut kept = self.seen.entry(kind).or_insert(took);
        *kept = if took > *kept {
            took
        } else {
            *kept - (*kept - took) / FORGETTING
        };
    }

    pub(super) fn floor(&self, kinds: &[String], texts: u32) -> Duration {
        let kept = kinds.iter().filter_map(|kind| self.seen.get(kind));
        let dearest = kept.map(|kept| *kept).max().unwrap_or_default();
        FLOOR.max(dearest * texts * MARGIN_PERCENT / 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_follows_the_dearest_kind_that_is_in_use() {
        let durations = Durations::default();
        let kinds = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let milliseconds = |durations: &Durations, names: &[&str], texts| {
            durations.floor(&kinds(names), texts).as_millis()
        };
        durations.note("cheap".to_owned(), Duration::from_millis(20));
        durations.note("dear".to_owned(), Duration::from_millis(800));
        assert_eq!(milliseconds(&durations, &["cheap"], 1), 150);
        assert_eq!(milliseconds(&durations, &["cheap", "dear"], 1), 1000);
        assert_eq!(milliseconds(&durations, &["cheap", "dear"], 2), 2000);
        durations.note("dear".to_owned(), Duration::from_millis(1600));
        assert_eq!(milliseconds(&durations, &["dear"], 1), 2000);
        for _ in 0..200 {
            durations.note("dear".to_owned(), Duration::from_millis(800));
        }
        assert!(milliseconds(&durations, &["dear"], 1) < 1010);
        durations.note("dear".to_owned(), Duration::from_secs(3600));
        assert_eq!(milliseconds(&durations, &["dear"], 1), 12_500);
    }
}
