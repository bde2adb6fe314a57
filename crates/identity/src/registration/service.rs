//! The story of registering.

use super::store::{self, NewUserRow};
use crate::core::Core;
use crate::mail_quota::service::Asker;
use crate::mails::Made;
use crate::passwords::{HashPoolError, Seat};
use crate::policy::Standing;
use crate::sessions::model::UserView;
use crate::sessions::service::device_of;
use crate::users::Person;
use crate::verification::service::{self as verification, Welcome};
use kernel::crypto::password::Password;
use kernel::text::{EmailAddress, Locale};
use kernel::{Timestamp, UserId, chance};
use platform::db::{Actor, DbError};
use platform::http::Origin;
use platform::ports::{NewUser, Role};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// An account to make.
pub struct NewAccount {
    /// The address.
    pub email: EmailAddress,
    /// The password; without one a person signs in by other means.
    pub password: Option<Password>,
    /// How the person is addressed; the local part of the address when absent.
    pub name: Option<String>,
    /// A picture's URL.
    pub image: Option<String>,
    /// Their language, when the browser said.
    pub locale: Option<Locale>,
    /// Their role; the public route makes users alone.
    pub role: Role,
    /// Whether the address counts as proved.
    pub is_verified: bool,
    /// Where the verification link leads.
    pub callback: Option<String>,
    /// Who asks.
    pub origin: Origin,
}

/// Why no account was made.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// Somebody has the address.
    #[error("an account with this e-mail address exists")]
    EmailTaken,
    /// Today's limit is reached; seconds until the next day.
    #[error("today's sign-up limit is reached")]
    LimitReached(i64),
    /// The database did not answer.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The password could not be hashed now.
    #[error(transparent)]
    Hash(#[from] HashPoolError),
}

/// How many may still register today.
pub(crate) struct SignupStatus {
    pub(crate) total_today: i64,
    pub(crate) limit: i64,
    pub(crate) resets_at: Timestamp,
}

/// Where an address has to be proved first, registering answers no sooner, so that time does not tell who has an account.
const FLOOR: Duration = Duration::from_millis(150);

/// Makes an account with everything that belongs to it, or nothing.
pub(crate) async fn create(core: &Core, account: NewAccount) -> Result<UserId, RegisterError> {
    let started = Instant::now();
    let made = make(core, account).await;
    if core.config.is_verification_required {
        sleep_until(started + FLOOR).await;
    }
    made
}

async fn make(core: &Core, account: NewAccount) -> Result<UserId, RegisterError> {
    // Cheap refusals come before the expensive hash; the unique index decides in the end.
    let once = core.db.once(&Actor::Service).await?;
    let is_taken = store::email_exists(&once, &account.email).await?;
    drop(once);
    if is_taken {
        // As costly as a new account, for a busy server that takes longer than the floor.
        if let Some(password) = account.password {
            let seat = Seat::stranger(&account.origin);
            core.hashes.pretend(seat, password).await?;
        }
        return Err(RegisterError::EmailTaken);
    }
    let hash = match account.password {
        Some(password) => {
            let salt = chance::bytes(core.context.random.as_ref());
            let seat = Seat::stranger(&account.origin);
            Some(core.hashes.hash_for(seat, password, salt).await?)
        }
        None => None,
    };
    let now = core.context.now();
    let id = core.context.new_id();
    let tx = core.db.tx(&Actor::Service).await?;
    let limit = core.config.max_daily_signups;
    if limit > 0 && store::count_locked(&tx, midnight(now)).await? >= limit {
        return Err(RegisterError::LimitReached(
            midnight(now).plus_seconds(86_400).seconds_since(now).max(1),
        ));
    }
    let name = account
        .name
        .unwrap_or_else(|| account.email.local_part().to_owned());
    let row = NewUserRow {
        id: &id,
        name: &name,
        email: &account.email,
        is_email_verified: account.is_verified,
        image: account.image.as_deref(),
        locale: account.locale.map(Locale::code),
        role: account.role.label(),
        event_id: core.context.new_uuid(),
        account_id: &core.context.new_id(),
        password: hash.as_deref(),
        now,
    };
    store::insert(&tx, &row, &account.origin)
        .await
        .map_err(taken)?;
    let user = NewUser {
        id: UserId::new(id.clone()),
        created_at: now,
    };
    for domain in &core.user_data {
        domain.created(&tx, &user).await?;
    }
    if core.mailer.is_enabled() && !account.is_verified {
        let person = new_person(&user, &row);
        let asker = Asker::stranger(account.origin.clone());
        let welcome = Welcome {
            person: &person,
            made: Made {
                at: now,
                device: device_of(&account.origin.user_agent),
            },
            callback: account.callback.as_deref(),
            asker: &asker,
        };
        verification::welcome(core, &tx, &welcome).await?;
    }
    tx.commit().await?;
    core.mailer.wake();
    metrics::counter!("auth_registrations_total").increment(1);
    Ok(user.id)
}

/// The person the transaction is making, for their first mail.
fn new_person(user: &NewUser, row: &NewUserRow<'_>) -> Person {
    Person {
        id: user.id.clone(),
        locale: row.locale.and_then(Locale::from_tag),
        standing: Standing {
            is_deleted: false,
            is_banned: false,
            ban_expires_at: None,
            is_email_verified: row.is_email_verified,
            has_second_factor: false,
        },
        view: UserView {
            id: user.id.to_string(),
            name: row.name.to_owned(),
            email: row.email.to_string(),
            email_verified: row.is_email_verified,
            image: row.image.map(ToOwned::to_owned),
            created_at: row.now,
            updated_at: row.now,
            role: row.role.to_owned(),
            access_tier: "public".to_owned(),
            two_factor_enabled: false,
        },
    }
}

fn taken(error: DbError) -> RegisterError {
    match error.constraint() {
        Some("users_email_key") => RegisterError::EmailTaken,
        _ => RegisterError::Db(error),
    }
}

/// The beginning of the day, UTC.
fn midnight(now: Timestamp) -> Timestamp {
    now.plus_seconds(-now.seconds().rem_euclid(86_400))
}

/// How many may still register today.
pub(crate) async fn status(core: &Core) -> Result<SignupStatus, DbError> {
    let today = midnight(core.context.now());
    let limit = core.config.max_daily_signups;
    let total_today = if limit > 0 {
        let once = core.db.once(&Actor::Service).await?;
        store::count(&once, today).await?
    } else {
        0
    };
    Ok(SignupStatus {
        total_today,
        limit,
        resets_at: today.plus_seconds(86_400),
    })
}
