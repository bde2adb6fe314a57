//! The SQL of registration.

use kernel::Timestamp;
use kernel::text::EmailAddress;
use platform::db::{DbError, Tx};
use platform::http::Origin;
use queries::client::{GenericClient, Params};
use queries::queries::identity::registration as sql;

pub(super) struct NewUserRow<'a> {
    pub(super) id: &'a str,
    pub(super) name: &'a str,
    pub(super) email: &'a EmailAddress,
    pub(super) is_email_verified: bool,
    pub(super) image: Option<&'a str>,
    pub(super) locale: Option<&'a str>,
    pub(super) role: &'a str,
    pub(super) event_id: uuid::Uuid,
    pub(super) account_id: &'a str,
    pub(super) password: Option<&'a str>,
    pub(super) now: Timestamp,
}

pub(super) async fn insert(tx: &Tx, row: &NewUserRow<'_>, origin: &Origin) -> Result<(), DbError> {
    let params = sql::InsertUserParams {
        id: row.id,
        name: row.name,
        email: row.email.as_str(),
        email_verified: row.is_email_verified,
        image: row.image,
        locale: row.locale,
        role: row.role,
        now: row.now.into(),
        event_id: row.event_id,
        ip_address: Some(origin.ip.as_str()),
        user_agent: Some(origin.user_agent.as_str()),
    };
    sql::insert_user().params(tx, &params).await?;
    if let Some(password) = row.password {
        sql::insert_credential()
            .bind(tx, &row.account_id, &row.id, &password, &row.now.into())
            .await?;
    }
    Ok(())
}

/// Serialises registrations of a limited day and counts those since midnight.
pub(super) async fn count_locked(tx: &Tx, since: Timestamp) -> Result<i64, DbError> {
    sql::lock_signups().bind(tx).one().await?;
    count(tx, since).await
}

pub(super) async fn count<C: GenericClient>(client: &C, since: Timestamp) -> Result<i64, DbError> {
    Ok(sql::count_registrations()
        .bind(client, &since.into())
        .one()
        .await?)
}

pub(super) async fn email_exists<C: GenericClient>(
    client: &C,
    email: &EmailAddress,
) -> Result<bool, DbError> {
    Ok(sql::email_exists()
        .bind(client, &email.as_str())
        .one()
        .await?)
}
