//! The ports between the domains: the only `dyn` between them. The server ties them together.

use crate::db::{DbError, Tx};
use async_trait::async_trait;
use http::{HeaderMap, HeaderValue};
use kernel::text::EmailAddress;
use kernel::{SessionId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::sync::Arc;

/// What a person may do in the service as a whole (contract: `auth.user_role`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// An ordinary account.
    User,
    /// Runs the service.
    Admin,
    /// A machine account.
    Service,
}

impl Role {
    /// The label in the database and in tokens.
    pub fn label(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
            Self::Service => "service",
        }
    }

    /// From a label; anything unknown is an ordinary user.
    pub fn from_label(label: &str) -> Self {
        match label {
            "admin" => Self::Admin,
            "service" => Self::Service,
            _ => Self::User,
        }
    }
}

/// How a caller proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// The session cookie; state changes need a trusted Origin.
    Cookie,
    /// `Authorization: Bearer` with an access token or a session token.
    Bearer,
}

/// Who is calling.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The person.
    pub user_id: UserId,
    /// Their session (`sid`).
    pub session_id: SessionId,
    /// Their role, as the database has it.
    pub role: Role,
    /// Their address.
    pub email: EmailAddress,
    /// How they proved it.
    pub via: Via,
}

/// What the credentials of a request amount to.
#[derive(Clone, Debug)]
pub enum Credential {
    /// The request carries none.
    None,
    /// A cookie that is not ours, or whose session is gone.
    DeadCookie,
    /// A bearer that is malformed, expired, revoked or not ours.
    BadBearer,
    /// A live session.
    Live(Arc<Caller>),
    /// It could not be checked: 503, never 401.
    Unavailable,
}

/// The credentials of a request, checked.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What they amount to.
    pub credential: Credential,
    /// Whether the session was last extended so long ago that this request is to extend it.
    pub is_due: bool,
}

/// Who is calling. Implemented by identity.
#[async_trait]
pub trait Authenticator: Send + Sync + 'static {
    /// Checks the credentials of a request; never fails, see [`Credential::Unavailable`].
    async fn authenticate(&self, headers: &HeaderMap) -> Credential;

    /// The same, and whether the session is due.
    async fn check(&self, headers: &HeaderMap) -> Checked {
        Checked {
            credential: self.authenticate(headers).await,
            is_due: false,
        }
    }

    /// Extends the session of a request that was served, when it is still alive and due; answers the cookies to set.
    async fn extend(&self, _headers: &HeaderMap) -> Vec<HeaderValue> {
        Vec::new()
    }
}

/// Tells other domains who is there. Implemented by identity.
#[async_trait]
pub trait People: Send + Sync + 'static {
    /// Whether a person is there and not deleted. If so, nobody deletes or erases them before `tx` ends: whoever makes rows
    /// for a person later than at registration asks this first, in the same transaction.
    async fn hold(&self, tx: &Tx, user: &UserId) -> Result<bool, DbError>;

    /// Those of `users` who have no account at all.
    async fn missing(&self, tx: &Tx, users: &[UserId]) -> Result<Vec<UserId>, DbError>;
}

/// A person whose account is being made.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Their id.
    pub id: UserId,
    /// When they registered.
    pub created_at: Timestamp,
}

/// What a domain keeps about a person. Implemented by every domain with a person's rows.
#[async_trait]
pub trait UserData: Send + Sync + 'static {
    /// The name of this part in exports.
    fn name(&self) -> &'static str;

    /// Makes what an account needs, in the transaction that makes the account.
    async fn created(&self, tx: &Tx, user: &NewUser) -> Result<(), DbError>;

    /// Everything kept about a person, as JSON, with numbers as they were sent.
    async fn export(&self, user: &UserId) -> Result<Box<RawValue>, DbError>;

    /// Erases or pseudonymises everything kept about a person.
    async fn erase(&self, tx: &Tx, user: &UserId) -> Result<(), DbError>;
}
