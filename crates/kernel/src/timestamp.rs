//! Points in time as the wire shows them: UTC with exactly three fractional digits (contract decision 8).

use chrono::{DateTime, FixedOffset, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment in UTC with millisecond precision; serialises as `2026-01-31T09:05:07.042Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// Cuts a moment to whole milliseconds: what the wire cannot show must not decide anything.
    pub fn new(moment: DateTime<Utc>) -> Self {
        Self(DateTime::from_timestamp_millis(moment.timestamp_millis()).unwrap_or(moment))
    }

    /// From milliseconds since the Unix epoch; `None` outside chrono's range.
    pub fn from_millis(millis: i64) -> Option<Self> {
        DateTime::from_timestamp_millis(millis).map(Self)
    }

    /// Milliseconds since the Unix epoch.
    pub fn millis(self) -> i64 {
        self.0.timestamp_millis()
    }

    /// Seconds since the Unix epoch, rounded down (JWT NumericDate).
    pub fn seconds(self) -> i64 {
        self.0.timestamp()
    }

    /// This moment moved by a number of seconds; saturates at the ends of the calendar.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        let millis = self.millis().saturating_add(seconds.saturating_mul(1000));
        let end = if seconds < 0 {
            DateTime::<Utc>::MIN_UTC
        } else {
            DateTime::<Utc>::MAX_UTC
        };
        Self::from_millis(millis).unwrap_or(Self::new(end))
    }

    /// Whole seconds from `earlier` until this moment, negative when `earlier` is later.
    pub fn seconds_since(self, earlier: Self) -> i64 {
        self.millis()
            .saturating_sub(earlier.millis())
            .div_euclid(1000)
    }

    /// The moment as chrono shows it.
    pub fn utc(self) -> DateTime<Utc> {
        self.0
    }
}

impl From<DateTime<FixedOffset>> for Timestamp {
    fn from(moment: DateTime<FixedOffset>) -> Self {
        Self::new(moment.with_timezone(&Utc))
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(moment: DateTime<Utc>) -> Self {
        Self::new(moment)
    }
}

impl From<Timestamp> for DateTime<FixedOffset> {
    fn from(moment: Timestamp) -> Self {
        moment.0.fixed_offset()
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        DateTime::parse_from_rfc3339(&text)
            .map(Self::from)
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_moved_too_far_is_the_end_of_the_calendar_not_itself() {
        let now = Timestamp::from_millis(0).unwrap();
        assert!(now.plus_seconds(i64::MAX) > now.plus_seconds(1_000_000_000));
        assert!(now.plus_seconds(i64::MIN) < now.plus_seconds(-1_000_000_000));
    }

    #[test]
    fn shows_exactly_three_fractional_digits() {
        let moment = DateTime::parse_from_rfc3339("2026-01-31T10:05:07.0429999+01:00").unwrap();
        assert_eq!(
            Timestamp::from(moment).to_string(),
            "2026-01-31T09:05:07.042Z"
        );
        let whole = DateTime::parse_from_rfc3339("2026-01-31T10:05:07Z").unwrap();
        assert_eq!(
            Timestamp::from(whole).to_string(),
            "2026-01-31T10:05:07.000Z"
        );
    }
}
