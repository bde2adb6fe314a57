//! A session with its person, as the database has them.

use crate::policy::Standing;
use kernel::{Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;

/// A person, as every surface shows them.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserView {
    /// Their id.
    pub(crate) id: String,
    /// How they are addressed.
    pub(crate) name: String,
    /// Their address, lower-case.
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
