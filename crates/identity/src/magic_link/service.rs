//! The story of a magic link.

use crate::core::Core;
use crate::mail_quota::service::{Asker, Mailbox};
use crate::mails;
use crate::users::{self, Person};
use crate::verification::mailed::{self, Form};
use crate::verification::service::locale_of;
use crate::verification::store;
use kernel::chance::Alphabet;
use kernel::crypto::cookie::percent_encode;
use kernel::text::EmailAddress;
use platform::db::{Actor, DbError};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

const SIGNING_IN: Form = Form {
    kind: "magic-link",
    prefix: "magic-link",
    alphabet: Alphabet::Letters,
    length: 32,
    life_seconds: 600,
};
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

/// Mails a link to an address, known or not.
pub(crate) async fn request(
    core: &Core,
    email: &EmailAddress,
    wish: &Wish,
    asker: &Asker,
) -> Result<(), DbError> {
    let started = Instant::now();
    let person = users::find_by_email(core, email).await?;
    if person
        .as_ref()
        .is_none_or(|person| !person.standing.is_deleted)
    {
        post(core, email, person.as_ref(), wish, asker).await?;
    }
    sleep_until(started + FLOOR).await;
    Ok(())
}

async fn post(
    core: &Core,
    email: &EmailAddress,
    person: Option<&Person>,
    wish: &Wish,
    asker: &Asker,
) -> Result<(), DbError> {
    let claim = Claim {
        email: email.to_string(),
        name: wish.name.clone(),
    };
    let mailed = mailed::Wish {
        to: Mailbox {
            address: email,
            owner: person,
        },
        person: person.map(|person| &person.id),
        value: serde_json::to_string(&claim).unwrap_or_default(),
    };
    let tx = core.db.tx(&Actor::Service).await?;
    if let Some(person) = person
        && users::lock(&tx, &person.id).await?.is_none()
    {
        return Ok(());
    }
    let token = mailed::obtain(core, &tx, &SIGNING_IN, &mailed, asker, |_| true).await?;
    let Some(token) = token else {
        return Ok(());
    };
    let link = link(core, &token, wish);
    let browser = asker.origin.locale;
    let locale = match person {
        Some(person) => locale_of(core, person, browser),
        None => browser.unwrap_or(core.config.default_locale),
    };
    let name = person.map(Person::greeted);
    let letter = mails::magic_link(locale, name.unwrap_or_default(), &link);
    core.mailer.post(&tx, email, locale, &letter).await?;
    tx.commit().await?;
    core.mailer.wake();
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
    let found = store::consume(&once, &SIGNING_IN.identifier(token)).await?;
    let now = core.context.now();
    let live = found.filter(|found| found.expires_at > now);
    Ok(live.and_then(|found| serde_json::from_str(&found.value).ok()))
}
