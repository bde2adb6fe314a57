//! Secrets that are mailed. Each is derived from its row and a key of ours, so it is stored nowhere, and whoever asks again
//! while it lives is mailed the same one.

use super::store::{self, NewToken};
use crate::core::Core;
use crate::mail_quota::service::{self as mail_quota, Asker, Mailbox};
use kernel::chance::{self, Alphabet, Derived};
use kernel::crypto::digest::token_hash;
use platform::db::{DbError, Tx};

/// What secrets of a kind look like, and how long they live.
pub(crate) struct Form {
    pub(crate) kind: &'static str,
    /// What identifiers begin with.
    pub(crate) prefix: &'static str,
    pub(crate) alphabet: Alphabet,
    pub(crate) length: usize,
    pub(crate) life_seconds: i64,
}

impl Form {
    /// Under what a secret is kept.
    pub(crate) fn identifier(&self, secret: &str) -> String {
        format!("{}:{}", self.prefix, token_hash(secret))
    }

    fn secret(&self, core: &Core, row: &str) -> String {
        derived(core, self.kind, row, self.alphabet, self.length)
    }
}

/// The secret of a row.
pub(crate) fn derived(
    core: &Core,
    kind: &str,
    row: &str,
    alphabet: Alphabet,
    length: usize,
) -> String {
    let label = format!("mailed|{kind}|{row}");
    let source = Derived::new(core.derivation_key.as_ref(), &label);
    chance::text(&source, alphabet, length)
}

/// To whom a secret goes, and what it is to do.
pub(crate) struct Wish<'a> {
    pub(crate) to: Mailbox<'a>,
    /// Whose it is: of the mailbox's owner, or of somebody who wants to have the address.
    pub(crate) person: Option<&'a kernel::UserId>,
    pub(crate) value: String,
}

/// A secret that was mailed and lives.
struct Live {
    row: String,
    secret: String,
}

/// The secret to mail; `None` past the budget. One that lives is given again when `is_same` says so of what it does.
pub(crate) async fn obtain(
    core: &Core,
    tx: &Tx,
    form: &Form,
    wish: &Wish<'_>,
    asker: &Asker,
    is_same: impl Fn(&str) -> bool,
) -> Result<Option<String>, DbError> {
    let live = find(core, tx, form, wish, is_same).await?;
    if !mail_quota::admits(core, tx, asker, wish.to, live.is_some()).await? {
        return Ok(None);
    }
    Ok(Some(give(core, tx, form, wish, live).await?))
}

/// The secret that does just this, for a mail that counts already.
pub(crate) async fn accompany(
    core: &Core,
    tx: &Tx,
    form: &Form,
    wish: &Wish<'_>,
) -> Result<String, DbError> {
    let live = find(core, tx, form, wish, |value| value == wish.value).await?;
    give(core, tx, form, wish, live).await
}

/// A new secret.
pub(crate) async fn keep(
    core: &Core,
    tx: &Tx,
    form: &Form,
    wish: &Wish<'_>,
) -> Result<String, DbError> {
    give(core, tx, form, wish, None).await
}

async fn find(
    core: &Core,
    tx: &Tx,
    form: &Form,
    wish: &Wish<'_>,
    is_same: impl Fn(&str) -> bool,
) -> Result<Option<Live>, DbError> {
    let now = core.context.now();
    let young = now.plus_seconds(-form.life_seconds);
    let address = wish.person.is_none().then_some(wish.to.address);
    let rows = store::list_live(tx, form.kind, wish.person, address, young, now).await?;
    let mut same = rows.into_iter().filter(|row| is_same(&row.value));
    Ok(same.find_map(|row| {
        let secret = form.secret(core, &row.id);
        // After a change of our key the secret of before is nobody's to find.
        let is_known = form.identifier(&secret) == row.identifier;
        is_known.then_some(Live {
            row: row.id,
            secret,
        })
    }))
}

async fn give(
    core: &Core,
    tx: &Tx,
    form: &Form,
    wish: &Wish<'_>,
    live: Option<Live>,
) -> Result<String, DbError> {
    let now = core.context.now();
    let expires_at = now.plus_seconds(form.life_seconds);
    if let Some(live) = live
        && store::renew(tx, &live.row, &wish.value, expires_at, now).await?
    {
        return Ok(live.secret);
    }
    let row = core.context.new_id();
    let secret = form.secret(core, &row);
    let new = NewToken {
        id: &row,
        identifier: &form.identifier(&secret),
        value: &wish.value,
        user: wish.person,
        address: wish.person.is_none().then_some(wish.to.address),
        kind: form.kind,
        expires_at,
        now,
    };
    store::insert(tx, &new).await?;
    Ok(secret)
}
