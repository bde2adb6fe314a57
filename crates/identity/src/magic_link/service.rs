//! The story of a magic link.

use crate::core::Core;
use crate::mail_quota::service as mail_quota;
use crate::mails;
use crate::users::{self, Person};
use crate::verification::service::locale_of;
use crate::verification::store::{self, NewToken};
use kernel::chance::{self, Alphabet};
use kernel::crypto::cookie::percent_encode;
use kernel::crypto::digest::token_hash;
use kernel::text::{EmailAddress, Locale};
use platform::db::{Actor, DbError};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

const LIFE_SECONDS: i64 = 600;
const KIND: &str = "magic-link";
/// Asking answers no sooner, so that time does not tell who has an account.
const FLOOR: Duration = Duration::from_millis(150);

/// Who asks for a link, and where it leads. The links were checked against the trusted origins.
#[derive(Default)]
pub(crate) struct Wish {
    /// How a new person is called.
    pub(crate) name: Option<String>,
    pub(crate) callback: Option<String>,
    pub(crate) new_user_callback: Option<String>,
    pub(crate) error_callback: Option<String>,
    /// Of the browser; a known person's own language counts more.
    pub(crate) locale: Option<Locale>,
}

/// What a link proves.
#[derive(Serialize, Deserialize)]
pub(crate) struct Claim {
    email: String,
    #[serde(default)]
    name: Option<String>,
}

impl Claim {
    /// The mailbox.
    pub(crate) fn email(&self) -> EmailAddress {
        EmailAddress::stored(self.email.clone())
    }

    /// How a new person wants to be called; empty when they did not say.
    pub(crate) fn into_name(self) -> String {
        self.name.unwrap_or_default()
    }
}

fn identifier(token: &str) -> String {
    format!("{KIND}:{}", token_hash(token))
}

/// Mails a link to an address, known or not.
pub(crate) async fn request(core: &Core, email: &EmailAddress, wish: Wish) -> Result<(), DbError> {
    let started = Instant::now();
    let person = users::find_by_email(core, email).await?;
    if person
        .as_ref()
        .is_none_or(|person| !person.standing.is_deleted)
    {
        let token = chance::text(core.context.random.as_ref(), Alphabet::Letters, 32);
        let link = link(core, &token, &wish);
        let locale = match &person {
            Some(person) => locale_of(core, person, wish.locale),
            None => wish.locale.unwrap_or(core.config.default_locale),
        };
        let name = person.as_ref().map(Person::greeted);
        let letter = mails::magic_link(locale, name.unwrap_or_default(), &link);
        let now = core.context.now();
        let claim = Claim {
            email: email.to_string(),
            name: wish.name,
        };
        let new = NewToken {
            id: &core.context.new_id(),
            identifier: &identifier(&token),
            value: &serde_json::to_string(&claim).unwrap_or_default(),
            user: person.as_ref().map(|person| &person.id),
            address: person.is_none().then_some(email),
            kind: KIND,
            expires_at: now.plus_seconds(LIFE_SECONDS),
            now,
        };
        let tx = core.db.tx(&Actor::Service).await?;
        if mail_quota::admits(core, &tx, KIND, email).await? {
            store::insert(&tx, &new).await?;
            core.mailer.post(&tx, email, locale, &letter).await?;
            tx.commit().await?;
            core.mailer.wake();
        }
    }
    sleep_until(started + FLOOR).await;
    Ok(())
}

fn link(core: &Core, token: &str, wish: &Wish) -> String {
    let base = core.config.base();
    let wanted = wish.callback.as_deref();
    let callback = core.target(wanted, core.frontend_link(), "/signed-in");
    let mut link = format!(
        "{base}/api/auth/magic-link/verify?token={token}&callbackURL={}",
        percent_encode(&callback)
    );
    for (name, target) in [
        ("newUserCallbackURL", &wish.new_user_callback),
        ("errorCallbackURL", &wish.error_callback),
    ] {
        if let Some(target) = target.as_deref().filter(|target| !target.is_empty()) {
            link.push_str(&format!("&{name}={}", percent_encode(&core.in_app(target))));
        }
    }
    link
}

/// Uses a link up. Of parallel uses one gets the claim; unknown, used and expired links give none.
pub(crate) async fn redeem(core: &Core, token: &str) -> Result<Option<Claim>, DbError> {
    if token.is_empty() || token.len() > 100 {
        return Ok(None);
    }
    let once = core.db.once(&Actor::Service).await?;
    let found = store::consume(&once, &identifier(token)).await?;
    let now = core.context.now();
    let live = found.filter(|found| found.expires_at > now);
    Ok(live.and_then(|found| serde_json::from_str(&found.value).ok()))
}
