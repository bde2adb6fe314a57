//! The SQL of people.

use super::{Counts, Listed, Person};
use crate::sessions::model::person_of;
use chrono::Datelike;
use kernel::text::{EmailAddress, Locale};
use kernel::{Timestamp, UserId};
use platform::db::{DbError, Once, Tx};
use platform::ports::Role;
use queries::client::GenericClient;
use queries::queries::identity::users as sql;
use std::collections::HashSet;

pub(super) async fn find_by_id<C: GenericClient>(
    client: &C,
    id: &UserId,
) -> Result<Option<Person>, DbError> {
    Ok(sql::find_by_id()
        .bind(client, &id.as_str())
        .opt()
        .await?
        .map(person))
}

/// The row stays as it is until the transaction ends.
pub(super) async fn lock_by_id(tx: &Tx, id: &UserId) -> Result<Option<Person>, DbError> {
    Ok(sql::lock_by_id()
        .bind(tx, &id.as_str())
        .opt()
        .await?
        .map(person))
}

/// Whether a person is there and not deleted; if so they stay until the transaction ends.
pub(super) async fn hold(tx: &Tx, id: &UserId) -> Result<bool, DbError> {
    Ok(sql::hold_person()
        .bind(tx, &id.as_str())
        .opt()
        .await?
        .is_some())
}

/// Those of these people who have a row.
pub(super) async fn list_present(tx: &Tx, ids: &[UserId]) -> Result<HashSet<String>, DbError> {
    let ids: Vec<&str> = ids.iter().map(UserId::as_str).collect();
    let present = sql::list_present().bind(tx, &ids).all().await?;
    Ok(present.into_iter().collect())
}

pub(super) async fn find_by_email(
    once: &Once,
    email: &EmailAddress,
) -> Result<Option<Person>, DbError> {
    Ok(sql::find_by_email()
        .bind(once, &email.as_str())
        .opt()
        .await?
        .map(person))
}

pub(super) async fn list_page(once: &Once, limit: i64) -> Result<Vec<Listed>, DbError> {
    let rows = sql::list_page().bind(once, &limit).all().await?;
    Ok(rows
        .into_iter()
        .map(|row| Listed {
            id: UserId::new(row.user_id),
            email: row.email,
            name: row.name,
            role: row.role,
            is_verified: row.email_verified,
            created_at: row.user_created_at.into(),
        })
        .collect())
}

pub(super) async fn set_role(
    once: &Once,
    email: &EmailAddress,
    role: Role,
    now: Timestamp,
) -> Result<bool, DbError> {
    let changed = sql::set_role()
        .bind(once, &role.label(), &now.into(), &email.as_str())
        .all()
        .await?;
    Ok(!changed.is_empty())
}

pub(super) async fn count(once: &Once, now: Timestamp) -> Result<Counts, DbError> {
    let midnight = now.plus_seconds(-now.seconds().rem_euclid(86_400));
    let date = midnight.utc();
    let monday = midnight.plus_seconds(-86_400 * i64::from(date.weekday().num_days_from_monday()));
    let first = midnight.plus_seconds(-86_400 * i64::from(date.day0()));
    let row = sql::count_users()
        .bind(once, &midnight.into(), &monday.into(), &first.into())
        .one()
        .await?;
    Ok(Counts {
        total: row.total,
        verified: row.verified,
        today: row.today,
        this_week: row.this_week,
        this_month: row.this_month,
    })
}

pub(super) async fn count_admins(once: &Once) -> Result<i64, DbError> {
    Ok(sql::count_admins().bind(once).one().await?)
}

fn person(row: sql::Person) -> Person {
    let (view, standing) = person_of!(row);
    Person {
        id: UserId::new(row.user_id),
        locale: row.locale.as_deref().and_then(Locale::from_tag),
        standing,
        view,
    }
}
