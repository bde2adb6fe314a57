//! People: their rows, and what operators do with them.
//!
//! Tables: `auth.users`.

mod store;

use crate::Identity;
use crate::core::Core;
use crate::policy::Standing;
use crate::sessions::model::UserView;
use async_trait::async_trait;
use kernel::text::{EmailAddress, Locale};
use kernel::{Timestamp, UserId};
use platform::db::{Actor, DbError, Tx};
use platform::ports::{self, Role};

/// A person with what the policy looks at.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: UserId,
    pub(crate) view: UserView,
    pub(crate) standing: Standing,
    pub(crate) locale: Option<Locale>,
}

impl Person {
    /// How a mail greets them; empty while nobody proved the address: what a stranger typed does not go into a mail to
    /// somebody else.
    pub(crate) fn greeted(&self) -> &str {
        if self.standing.is_email_verified {
            &self.view.name
        } else {
            ""
        }
    }

    /// Where mails to them go.
    pub(crate) fn address(&self) -> EmailAddress {
        EmailAddress::stored(self.view.email.clone())
    }
}

/// Who is there, for other domains.
#[derive(Clone, Copy, Debug)]
pub struct People;

#[async_trait]
impl ports::People for People {
    async fn hold(&self, tx: &Tx, user: &UserId) -> Result<bool, DbError> {
        store::hold(tx, user).await
    }

    async fn missing(&self, tx: &Tx, users: &[UserId]) -> Result<Vec<UserId>, DbError> {
        let present = store::list_present(tx, users).await?;
        let missing = users.iter().filter(|user| !present.contains(user.as_str()));
        Ok(missing.cloned().collect())
    }
}

pub(crate) async fn find(core: &Core, id: &UserId) -> Result<Option<Person>, DbError> {
    let once = core.db.once(&Actor::Service).await?;
    store::find_by_id(&once, id).await
}

/// The same on the connection of a transaction; the person stays as they are until the transaction ends.
pub(crate) async fn lock(tx: &Tx, id: &UserId) -> Result<Option<Person>, DbError> {
    store::lock_by_id(tx, id).await
}

pub(crate) async fn find_by_email(
    core: &Core,
    email: &EmailAddress,
) -> Result<Option<Person>, DbError> {
    let once = core.db.once(&Actor::Service).await?;
    store::find_by_email(&once, email).await
}

/// A person as `user list` shows them.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Their id.
    pub id: UserId,
    /// Their address.
    pub email: String,
    /// How they are addressed.
    pub name: String,
    /// Their role.
    pub role: String,
    /// Whether the address is proved.
    pub is_verified: bool,
    /// When they registered.
    pub created_at: Timestamp,
}

/// How many people there are, for metrics; deleted ones do not count.
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    /// All.
    pub total: i64,
    /// With a proved address.
    pub verified: i64,
    /// Registered since midnight UTC.
    pub today: i64,
    /// Registered since Monday.
    pub this_week: i64,
    /// Registered since the first of the month.
    pub this_month: i64,
}

impl Identity {
    /// The newest people.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn list_users(&self, limit: i64) -> Result<Vec<Listed>, DbError> {
        let once = self.core.db.once(&Actor::Service).await?;
        store::list_page(&once, limit).await
    }

    /// Gives a person another role; sessions see it within a second. `false` when nobody has the address.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn set_role(&self, email: &EmailAddress, role: Role) -> Result<bool, DbError> {
        let once = self.core.db.once(&Actor::Service).await?;
        store::set_role(&once, email, role, self.core.context.now()).await
    }

    /// How many people there are.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn count_users(&self) -> Result<Counts, DbError> {
        let once = self.core.db.once(&Actor::Service).await?;
        store::count(&once, self.core.context.now()).await
    }

    /// Whether anyone administers this server yet.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn has_admin(&self) -> Result<bool, DbError> {
        has_admin(&self.core).await
    }
}

/// Whether anyone administers this server yet.
pub(crate) async fn has_admin(core: &Core) -> Result<bool, DbError> {
    let once = core.db.once(&Actor::Service).await?;
    Ok(store::count_admins(&once).await? > 0)
}
