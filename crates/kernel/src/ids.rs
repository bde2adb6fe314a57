//! Ids: opaque text. New ones are UUIDv7 and so ordered by time; imported ones keep their form (contract decision 7).

use crate::{Clock, Random, chance};
use serde::{Deserialize, Serialize};

/// A new time-ordered id in text form, 36 characters.
pub fn new_id(clock: &dyn Clock, random: &dyn Random) -> String {
    new_uuid(clock, random).to_string()
}

/// A new time-ordered id for columns of type `uuid`.
pub fn new_uuid(clock: &dyn Clock, random: &dyn Random) -> uuid::Uuid {
    let millis = u64::try_from(clock.now().millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &chance::bytes::<10>(random)).into_uuid()
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps an id that came from the database or a verified token.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// Identifies a person (`auth.users.id`).
    UserId
);
text_id!(
    /// Identifies one sign-in on one device (`auth.sessions.id`, the `sid` claim).
    SessionId
);
