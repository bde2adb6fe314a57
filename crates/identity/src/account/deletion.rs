//! Deleting an account: at once or after a grace, confirmed by the password or by a mailed link.

use super::store;
use crate::core::Core;
use crate::mail_quota::service::{Asker, Mailbox};
use crate::mails;
use crate::users;
use crate::verification::mailed::{self, Form, Wish};
use crate::verification::service::tell;
use crate::verification::store as links;
use kernel::UserId;
use kernel::chance::Alphabet;
use kernel::crypto::cookie::percent_encode;
use platform::db::{Actor, DbError};
use platform::http::Origin;
use std::sync::Arc;

/// A deletion link lives as long as its mail says.
const DELETING: Form = Form {
    kind: "delete-account",
    prefix: "delete-account",
    alphabet: Alphabet::LowerAlphanumeric,
    length: 32,
    life_seconds: 86_400,
};
/// The most people one run of the job erases.
const ERASED_AT_ONCE: i64 = 100;

/// Whether a deletion has to be confirmed by mail: where addresses are proved and mails reach anyone.
pub(crate) fn needs_confirmation(core: &Core) -> bool {
    core.config.is_verification_required && core.mailer.is_enabled()
}

/// Mails the link that deletes the account; `false` when the person is gone.
pub(crate) async fn request(
    core: &Core,
    user: &UserId,
    callback: Option<&str>,
    asker: &Asker,
) -> Result<bool, DbError> {
    let tx = core.db.tx(&Actor::Service).await?;
    let person = users::lock(&tx, user).await?;
    let Some(person) = person.filter(|person| !person.standing.is_deleted) else {
        return Ok(false);
    };
    let address = person.address();
    let wish = Wish {
        to: Mailbox {
            address: &address,
            owner: Some(&person),
        },
        person: Some(user),
        value: user.to_string(),
    };
    let token = mailed::obtain(core, &tx, &DELETING, &wish, asker, |_| true).await?;
    if let Some(token) = token {
        let link = format!(
            "{}/delete-account?token={token}&callbackURL={}",
            core.config.base(),
            percent_encode(&callback.map_or_else(String::new, |link| core.in_app(link))),
        );
        let browser = asker.origin.locale;
        tell(core, &tx, &person, browser, |locale, name| {
            mails::delete_account(locale, name, &link)
        })
        .await?;
        tx.commit().await?;
        core.mailer.wake();
    }
    Ok(true)
}

/// Whether a link would delete this person's account; it stays usable.
pub(crate) async fn is_usable(core: &Core, user: &UserId, token: &str) -> Result<bool, DbError> {
    let once = core.db.once(&Actor::Service).await?;
    let found = links::find(&once, &DELETING.identifier(token)).await?;
    let now = core.context.now();
    Ok(found.is_some_and(|found| found.value == user.as_str() && found.expires_at > now))
}

/// Deletes the account of a person who followed their own link; `false` when the link is not theirs or does nothing.
pub(crate) async fn confirm(
    core: Arc<Core>,
    user: UserId,
    token: &str,
    origin: Origin,
) -> Result<bool, DbError> {
    let is_theirs = is_usable(&core, &user, token).await?;
    if is_theirs {
        delete(core, user, origin).await?;
    }
    Ok(is_theirs)
}

/// Deletes an account: erased at once or, after a grace, by the job. A disconnect does not cut it short.
pub(crate) async fn delete(core: Arc<Core>, user: UserId, origin: Origin) -> Result<(), DbError> {
    let work = async move {
        if core.config.deletion_grace_days > 0 {
            mark(&core, &user, &origin).await
        } else {
            erase(&core, &user, Some(&origin)).await
        }
    };
    tokio::spawn(work).await?
}

/// Nobody signs in any more; everything else waits for the end of the grace.
async fn mark(core: &Core, user: &UserId, origin: &Origin) -> Result<(), DbError> {
    let Some(person) = users::find(core, user).await? else {
        return Ok(());
    };
    let tx = core.db.tx(&Actor::Service).await?;
    let event_id = core.context.new_uuid();
    if store::mark_deleted(&tx, user, event_id, origin, core.context.now()).await? {
        let grace_days = core.config.deletion_grace_days;
        tell(core, &tx, &person, origin.locale, |locale, name| {
            mails::account_deleted(locale, name, grace_days)
        })
        .await?;
    }
    tx.commit().await?;
    core.mailer.wake();
    core.live.forget(user);
    Ok(())
}

/// Erases a person: what every domain keeps, then their row with everything that hangs on it. Who asks for it is told.
async fn erase(core: &Core, user: &UserId, asked: Option<&Origin>) -> Result<(), DbError> {
    let Some(person) = users::find(core, user).await? else {
        return Ok(());
    };
    let tx = core.db.tx(&Actor::Service).await?;
    // First of all, so that whoever makes rows for this person either is done before or finds them gone.
    store::lock_sessions(&tx, user).await?;
    store::lock_user(&tx, user).await?;
    for domain in &core.user_data {
        domain.erase(&tx, user).await?;
    }
    let (event_id, now) = (core.context.new_uuid(), core.context.now());
    if !store::delete_user(&tx, user, event_id, now).await? {
        // Another request did it meanwhile, and told.
        return Ok(());
    }
    if let Some(origin) = asked {
        tell(core, &tx, &person, origin.locale, |locale, name| {
            mails::account_deleted(locale, name, 0)
        })
        .await?;
    }
    tx.commit().await?;
    core.mailer.wake();
    core.live.forget(user);
    metrics::counter!("auth_accounts_deleted_total").increment(1);
    Ok(())
}

/// Erases people whose grace is over; a job calls it.
pub(crate) async fn erase_due(core: &Core) -> Result<(), DbError> {
    let before = core
        .context
        .now()
        .plus_seconds(-86_400 * core.config.deletion_grace_days);
    let once = core.db.once(&Actor::Service).await?;
    let due = store::list_due_deletions(&once, before, ERASED_AT_ONCE).await?;
    drop(once);
    for user in due {
        erase(core, &user, None).await?;
    }
    Ok(())
}
