//! Cursor pages: an opaque position that survives inserts.

use crate::Timestamp;
use data_encoding::BASE64URL_NOPAD;

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
        let created_at = Timestamp::from_millis(millis.parse().ok()?)?;
        if id.is_empty() || id.len() > 100 {
            return None;
        }
        Some(Self {
            created_at,
            id: id.to_owned(),
        })
    }
}
