//! The SQL of mailed links.

use crate::mails::Made;
use crate::sessions::service::device_of;
use kernel::text::EmailAddress;
use kernel::{Timestamp, UserId};
use platform::db::{DbError, Tx};
use platform::http::Origin;
use queries::client::GenericClient;
use queries::queries::identity::verification as sql;

/// A token to remember.
pub(crate) struct NewToken<'a> {
    pub(crate) id: &'a str,
    pub(crate) identifier: &'a str,
    pub(crate) value: &'a str,
    pub(crate) user: Option<&'a UserId>,
    /// Where it was mailed, when nobody had the address.
    pub(crate) address: Option<&'a EmailAddress>,
    pub(crate) kind: &'a str,
    pub(crate) expires_at: Timestamp,
    pub(crate) now: Timestamp,
}

pub(crate) async fn insert<C: GenericClient>(
    client: &C,
    token: &NewToken<'_>,
) -> Result<(), DbError> {
    sql::insert_verification()
        .bind(
            client,
            &token.id,
            &token.identifier,
            &token.value,
            &token.user.map(UserId::as_str),
            &token.address.map(EmailAddress::as_str),
            &Some(token.kind),
            &token.expires_at.into(),
            &token.now.into(),
        )
        .await?;
    Ok(())
}

/// A secret that lives, the newest first.
pub(super) struct LiveRow {
    pub(super) id: String,
    pub(super) identifier: String,
    pub(super) value: String,
}

pub(super) async fn list_live(
    tx: &Tx,
    kind: &str,
    user: Option<&UserId>,
    address: Option<&EmailAddress>,
    young: Timestamp,
    now: Timestamp,
) -> Result<Vec<LiveRow>, DbError> {
    let rows = sql::list_live()
        .bind(
            tx,
            &kind,
            &now.into(),
            &young.into(),
            &user.map(UserId::as_str),
            &address.map(EmailAddress::as_str),
        )
        .all()
        .await?;
    let live = |row: sql::LiveToken| LiveRow {
        id: row.id,
        identifier: row.identifier,
        value: row.value,
    };
    Ok(rows.into_iter().map(live).collect())
}

/// Lets a secret live on; answers whether it was still there.
pub(super) async fn renew(
    tx: &Tx,
    id: &str,
    value: &str,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<bool, DbError> {
    let renewed = sql::renew()
        .bind(tx, &value, &expires_at.into(), &now.into(), &id)
        .await?;
    Ok(renewed > 0)
}

pub(crate) async fn find_made<C: GenericClient>(
    client: &C,
    user: &UserId,
) -> Result<Option<Made>, DbError> {
    let found = sql::find_made().bind(client, &user.as_str()).opt().await?;
    Ok(found.map(|row| Made {
        at: row.created_at.into(),
        device: row.user_agent.as_deref().and_then(device_of),
    }))
}

/// A remembered token.
pub(crate) struct Outstanding {
    pub(crate) value: String,
    pub(crate) expires_at: Timestamp,
}

pub(crate) async fn find<C: GenericClient>(
    client: &C,
    identifier: &str,
) -> Result<Option<Outstanding>, DbError> {
    let found = sql::find_verification()
        .bind(client, &identifier)
        .opt()
        .await?;
    Ok(found.map(|row| Outstanding {
        value: row.value,
        expires_at: row.expires_at.into(),
    }))
}

/// Which of several tokens are remembered and not too old.
pub(crate) async fn list_alive<C: GenericClient>(
    client: &C,
    identifiers: &[String],
    now: Timestamp,
) -> Result<Vec<String>, DbError> {
    Ok(sql::list_alive_verifications()
        .bind(client, &identifiers, &now.into())
        .all()
        .await?)
}

/// Takes a token out; of parallel takers exactly one gets it.
pub(crate) async fn consume<C: GenericClient>(
    client: &C,
    identifier: &str,
) -> Result<Option<Outstanding>, DbError> {
    let found = sql::consume_verification()
        .bind(client, &identifier)
        .opt()
        .await?;
    Ok(found.map(|row| Outstanding {
        value: row.value,
        expires_at: row.expires_at.into(),
    }))
}

pub(crate) async fn void_links(tx: &Tx, user: &UserId, kinds: &[&str]) -> Result<(), DbError> {
    sql::void_links().bind(tx, &user.as_str(), &kinds).await?;
    Ok(())
}

/// Forgets what was mailed to an address as such.
pub(crate) async fn forget_address(tx: &Tx, address: &EmailAddress) -> Result<(), DbError> {
    sql::forget_address().bind(tx, &address.as_str()).await?;
    Ok(())
}

/// Marks an address as proved; answers whether that was news.
pub(crate) async fn verify_email(
    tx: &Tx,
    user: &UserId,
    email: &EmailAddress,
    event_id: uuid::Uuid,
    origin: &Origin,
    now: Timestamp,
) -> Result<bool, DbError> {
    let verified = sql::verify_email()
        .bind(
            tx,
            &now.into(),
            &user.as_str(),
            &email.as_str(),
            &event_id,
            &Some(origin.ip.as_str()),
            &Some(origin.user_agent.as_str()),
        )
        .opt()
        .await?;
    Ok(verified.is_some())
}

/// Gives a person another, proved address; answers whether they still had the old one.
pub(crate) async fn change_email(
    tx: &Tx,
    user: &UserId,
    addresses: (&EmailAddress, &EmailAddress),
    event_id: uuid::Uuid,
    origin: &Origin,
    now: Timestamp,
) -> Result<bool, DbError> {
    let (old, new) = addresses;
    let changed = sql::change_email()
        .bind(
            tx,
            &new.as_str(),
            &now.into(),
            &user.as_str(),
            &old.as_str(),
            &event_id,
            &Some(origin.ip.as_str()),
            &Some(origin.user_agent.as_str()),
        )
        .opt()
        .await?;
    Ok(changed.is_some())
}

pub(crate) async fn set_password(
    tx: &Tx,
    id: &str,
    user: &UserId,
    hash: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    sql::set_password()
        .bind(tx, &id, &user.as_str(), &hash, &now.into())
        .await?;
    Ok(())
}

/// Ends a person's sessions but one, with their refresh families, on every replica.
pub(crate) async fn end_sessions(
    tx: &Tx,
    user: &UserId,
    except: Option<&str>,
    now: Timestamp,
) -> Result<(), DbError> {
    sql::end_sessions()
        .bind(tx, &now.into(), &user.as_str(), &except)
        .await?;
    sql::notify_user().bind(tx, &user.as_str()).one().await?;
    Ok(())
}

/// Devices other than the kept one are strangers again.
pub(crate) async fn forget_devices(
    tx: &Tx,
    user: &UserId,
    kept: Option<&str>,
) -> Result<(), DbError> {
    sql::forget_devices()
        .bind(tx, &user.as_str(), &kept)
        .await?;
    Ok(())
}

pub(crate) async fn clear_attempts(tx: &Tx, email: &str) -> Result<(), DbError> {
    sql::clear_attempts().bind(tx, &email).await?;
    Ok(())
}
