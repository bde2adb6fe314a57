//! A session with its person, as the database has them.

use crate::policy::Standing;
use kernel::text::shown_email;
use kernel::{Timestamp, UserId};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

/// A person, as every surface shows them.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserView {
    /// Their id.
    pub(crate) id: String,
    /// How they are addressed.
    pub(crate) name: String,
    /// Their address, lower-case, as people write it.
    #[serde(serialize_with = "shown")]
    pub(crate) email: String,
    /// Whether the address is proved.
    pub(crate) email_verified: bool,
    /// A picture's URL.
    pub(crate) image: Option<String>,
    /// When they registered.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Timestamp,
    /// When the row last changed.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) updated_at: Timestamp,
    /// user, admin or service.
    pub(crate) role: String,
    /// guest, public, beta, alpha or founder.
    pub(crate) access_tier: String,
    /// Whether a second factor is asked for.
    pub(crate) two_factor_enabled: bool,
}

/// An international domain is held as A-labels and shown in its own letters.
fn shown<S: Serializer>(email: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&shown_email(email))
}

/// A session, as every surface shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionView {
    /// Its id, the `sid` claim.
    pub(crate) id: String,
    /// Whose it is.
    pub(crate) user_id: String,
    /// The caller's own session token, or a handle that only revokes.
    pub(crate) token: String,
    /// When it ends unless it is used.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) expires_at: Timestamp,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Timestamp,
    /// When the row last changed.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) updated_at: Timestamp,
    /// The address it was opened from.
    pub(crate) ip_address: String,
    /// The user agent it was opened with.
    pub(crate) user_agent: String,
}

/// The person of a row. Every statement that reads one has a row type of its own, with these columns in common.
macro_rules! person_of {
    ($row:ident) => {{
        let standing = $crate::policy::Standing {
            is_deleted: $row.deleted_at.is_some(),
            is_banned: $row.banned,
            ban_expires_at: $row.ban_expires.map(Into::into),
            is_email_verified: $row.email_verified,
            has_second_factor: $row.two_factor_enabled,
        };
        let view = $crate::sessions::model::UserView {
            id: $row.user_id.clone(),
            name: $row.name,
            email: $row.email,
            email_verified: $row.email_verified,
            image: $row.image,
            created_at: $row.user_created_at.into(),
            updated_at: $row.user_updated_at.into(),
            role: $row.role,
            access_tier: $row.access_tier,
            two_factor_enabled: $row.two_factor_enabled,
        };
        (view, standing)
    }};
}

/// The session of a row, without its token.
macro_rules! session_of {
    ($row:ident) => {
        $crate::sessions::model::SessionView {
            id: $row.id,
            user_id: $row.user_id.clone(),
            token: String::new(),
            expires_at: $row.expires_at.into(),
            created_at: $row.created_at.into(),
            updated_at: $row.updated_at.into(),
            ip_address: $row.ip_address.unwrap_or_default(),
            user_agent: $row.user_agent.unwrap_or_default(),
        }
    };
}

pub(crate) use {person_of, session_of};

/// A stored session with its person.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) user_id: UserId,
    pub(crate) session: SessionView,
    pub(crate) user: UserView,
    pub(crate) standing: Standing,
    pub(crate) is_remembered: bool,
    pub(crate) absolute_expires_at: Option<Timestamp>,
    pub(crate) last_activity_at: Timestamp,
    pub(crate) is_revoked: bool,
}

impl Stored {
    /// Whether it has neither ended nor been revoked.
    pub(crate) fn is_alive(&self, now: Timestamp) -> bool {
        !self.is_revoked
            && self.session.expires_at > now
            && self.absolute_expires_at.is_none_or(|end| end > now)
    }
}
