//! The calendar day of the daily grant and of usage statistics: the one in `CREDITS_TIMEZONE`.

use chrono::{Days, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Tz;
use kernel::Timestamp;

/// `CREDITS_TIMEZONE` names no zone of the IANA database.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not an IANA time zone, such as Europe/Berlin")]
pub struct UnknownTimeZone(String);

/// Calendar days in one time zone.
#[derive(Clone, Copy, Debug)]
pub struct Calendar(Tz);

impl Calendar {
    /// The calendar of a time zone by its IANA name.
    ///
    /// # Errors
    /// [`UnknownTimeZone`].
    pub fn new(zone: &str) -> Result<Self, UnknownTimeZone> {
        zone.parse()
            .map(Self)
            .map_err(|_| UnknownTimeZone(zone.to_owned()))
    }

    /// The day a moment falls on.
    pub fn day(&self, moment: Timestamp) -> NaiveDate {
        moment.utc().with_timezone(&self.0).date_naive()
    }

    /// When the day of a moment began.
    pub fn day_start(&self, moment: Timestamp) -> Timestamp {
        self.start_of(self.day(moment)).unwrap_or(moment)
    }

    /// When the day `days` before that of a moment began.
    pub fn day_start_before(&self, moment: Timestamp, days: u64) -> Timestamp {
        self.day(moment)
            .checked_sub_days(Days::new(days))
            .and_then(|day| self.start_of(day))
            .unwrap_or(moment)
    }

    /// Where clocks are put forward at midnight, the day begins up to two hours later.
    fn start_of(&self, day: NaiveDate) -> Option<Timestamp> {
        (0..3)
            .filter_map(|hour| NaiveTime::from_hms_opt(hour, 0, 0))
            .find_map(|time| self.0.from_local_datetime(&day.and_time(time)).earliest())
            .map(|start| Timestamp::new(start.to_utc()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        chrono::DateTime::parse_from_rfc3339(text).unwrap().into()
    }

    #[test]
    fn a_day_begins_at_local_midnight() {
        let berlin = Calendar::new("Europe/Berlin").unwrap();
        assert_eq!(
            berlin.day_start(at("2026-07-01T21:59:59Z")),
            at("2026-06-30T22:00:00Z")
        );
        assert_eq!(
            berlin.day_start(at("2026-07-01T22:00:00Z")),
            at("2026-07-01T22:00:00Z")
        );
        assert_eq!(
            berlin.day_start_before(at("2026-03-30T12:00:00Z"), 1),
            at("2026-03-28T23:00:00Z")
        );
    }

    #[test]
    fn a_midnight_that_does_not_exist_is_passed_over() {
        let beirut = Calendar::new("Asia/Beirut").unwrap();
        assert_eq!(
            beirut.day_start(at("2022-03-27T12:00:00+03:00")),
            at("2022-03-27T01:00:00+03:00")
        );
    }

    #[test]
    fn an_unknown_zone_is_named() {
        let error = Calendar::new("Mars/Olympus").unwrap_err().to_string();
        assert!(error.contains("Mars/Olympus"), "{error}");
    }
}
