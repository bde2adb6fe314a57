//! Devices that are trusted: a cookie that stands for the second factor for 30 days and is replaced at every use.

use crate::core::Core;
use crate::verification::store::{self as verification, NewToken};
use kernel::UserId;
use kernel::chance::{self, Alphabet};
use kernel::crypto::digest::{constant_time_eq, hmac_sha256, token_hash};
use platform::db::{Actor, DbError};

/// The cookie's name past the prefix of all cookies.
pub(crate) const COOKIE: &str = "trust_device";
/// How long a device is trusted, in seconds, counted from its last use.
pub(crate) const LIFE_SECONDS: i64 = 2_592_000;
pub(super) const KIND: &str = "trusted-device";

fn identifier(id: &str) -> String {
    format!("{KIND}:{}", token_hash(id))
}

/// Binds a device to its person.
fn code(core: &Core, user: &UserId, id: &str) -> String {
    let text = format!("{KIND}|{}|{id}", user.as_str());
    let code = hmac_sha256(core.derivation_key.as_slice(), text.as_bytes());
    data_encoding::BASE64URL_NOPAD.encode(&code)
}

/// Trusts a device; answers the value of its cookie.
pub(crate) async fn grant(core: &Core, user: &UserId) -> Result<String, DbError> {
    let random = core.context.random.as_ref();
    let id = format!(
        "trust-device-{}",
        chance::text(random, Alphabet::Alphanumeric, 32)
    );
    let now = core.context.now();
    let once = core.db.once(&Actor::Service).await?;
    let row = NewToken {
        id: &core.context.new_id(),
        identifier: &identifier(&id),
        value: user.as_str(),
        user: Some(user),
        address: None,
        kind: KIND,
        expires_at: now.plus_seconds(LIFE_SECONDS),
        now,
    };
    verification::insert(&once, &row).await?;
    Ok(format!("{}!{id}", code(core, user, &id)))
}

/// Uses a device's cookie up; answers the next one when it was this person's and is still trusted.
pub(super) async fn renew(
    core: &Core,
    user: &UserId,
    cookie: &str,
) -> Result<Option<String>, DbError> {
    let Some((given, id)) = cookie.split_once('!') else {
        return Ok(None);
    };
    if !constant_time_eq(given.as_bytes(), code(core, user, id).as_bytes()) {
        return Ok(None);
    }
    let once = core.db.once(&Actor::Service).await?;
    let found = verification::consume(&once, &identifier(id)).await?;
    drop(once);
    match found {
        Some(row) if row.value == user.as_str() && row.expires_at > core.context.now() => {
            grant(core, user).await.map(Some)
        }
        _ => Ok(None),
    }
}
