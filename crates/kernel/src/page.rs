//! Cursor pages: an opaque position that survives inserts.

use crate::Timestamp;
use data_encoding::BASE64URL_NOPAD;

/// The years 1 to 9999, which the wire and the database both can show. No row of ours lies outside.
const MILLIS: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;

/// A position in a list ordered by time, newest first: the last row already seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// When the last seen row was made.
    pub created_at: Timestamp,
    /// Its id, for rows of the same millisecond.
    pub id: String,
}

impl Cursor {
    /// The cursor as clients carry it.
    pub fn encode(&self) -> String {
        BASE64URL_NOPAD.encode(format!("{}:{}", self.created_at.millis(), self.id).as_bytes())
    }

    /// Reads a cursor back; `None` for anything we did not make.
    pub fn decode(text: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let (millis, id) = text.split_once(':')?;
        let millis = millis
            .parse()
            .ok()
            .filter(|millis| MILLIS.contains(millis))?;
        let created_at = Timestamp::from_millis(millis)?;
        if id.is_empty() || id.len() > 100 || id.contains('\0') {
            return None;
        }
        Some(Self {
            created_at,
            id: id.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_that_no_database_holds_is_no_cursor() {
        let made = |text: &str| Cursor::decode(&BASE64URL_NOPAD.encode(text.as_bytes()));
        assert!(made("1780315200000:x").is_some());
        for bad in [
            "8210266876799999:x",
            "-8334601228800000:x",
            "9223372036854775807:x",
            "-9223372036854775808:x",
            "99999999999999999999:x",
            "-62135596800001:x",
            "253402300800000:x",
            "1:",
            "1:a\0",
            "1.5:x",
            "infinity:x",
            "x",
        ] {
            assert_eq!(made(bad), None, "{bad}");
        }
    }
}
