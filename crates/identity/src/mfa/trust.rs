//! Devices that are trusted: a cookie that stands for the second factor for 30 days and is replaced at every use.

use super::store;
use crate::core::Core;
use crate::verification::service::first_alive;
use crate::verification::store::{self as verification, NewToken};
use http::HeaderMap;
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

/// The trusted device that the cookies of a request name.
pub(crate) async fn of_cookies(
    core: &Core,
    headers: &HeaderMap,
) -> Result<Option<String>, DbError> {
    let values = core.cookies.read_all(headers, COOKIE);
    let row = |value: &str| identifier(value.split_once('!').map_or(value, |(_, id)| id));
    first_alive(core, values, row).await
}

fn new_id(core: &Core) -> String {
    let random = core.context.random.as_ref();
    format!(
        "trust-device-{}",
        chance::text(random, Alphabet::Alphanumeric, 32)
    )
}

fn cookie(core: &Core, user: &UserId, id: &str) -> String {
    format!("{}!{id}", code(core, user, id))
}

/// Trusts a device; answers the value of its cookie.
pub(crate) async fn grant(core: &Core, user: &UserId) -> Result<String, DbError> {
    let id = new_id(core);
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
    Ok(cookie(core, user, &id))
}

/// Uses a device's cookie up; answers the next one when it was this person's and is still trusted. One statement: trust
/// that is taken away meanwhile does not come back under its next name.
pub(super) async fn renew(
    core: &Core,
    user: &UserId,
    presented: &str,
) -> Result<Option<String>, DbError> {
    let Some((given, id)) = presented.split_once('!') else {
        return Ok(None);
    };
    if !constant_time_eq(given.as_bytes(), code(core, user, id).as_bytes()) {
        return Ok(None);
    }
    let next = new_id(core);
    let now = core.context.now();
    let until = now.plus_seconds(LIFE_SECONDS);
    let (old, new) = (identifier(id), identifier(&next));
    let once = core.db.once(&Actor::Service).await?;
    let is_renewed = store::renew_trust(&once, user, (KIND, &old, &new), until, now).await?;
    Ok(is_renewed.then(|| cookie(core, user, &next)))
}
