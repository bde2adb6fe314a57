//! Asking for links that prove and change addresses.

use super::mailed::{self, Form, Wish};
use super::store;
use crate::core::Core;
use crate::mail_quota::service::{self as mail_quota, Asker, Mailbox};
use crate::mails::{self, Made};
use crate::security_events::service as events;
use crate::users::{self, Person};
use kernel::UserId;
use kernel::chance::Alphabet;
use kernel::crypto::cookie::percent_encode;
use kernel::text::{EmailAddress, Locale};
use platform::db::{Actor, DbError, Tx};
use platform::http::TrustedOrigins;
use platform::mail::Letter;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Requests that mail something answer no sooner, so that time does not tell who has an account.
const FLOOR: Duration = Duration::from_millis(150);

const VERIFY: &str = "verify-email";
const CHANGE: &str = "change-email";

/// A verification link lives as long as its mail says.
pub(crate) const VERIFICATION: Form = Form {
    kind: VERIFY,
    prefix: "email-link",
    alphabet: Alphabet::Alphanumeric,
    length: 43,
    life_seconds: 86_400,
};

/// So does a link of a change.
pub(crate) const CHANGING: Form = Form {
    kind: CHANGE,
    ..VERIFICATION
};

/// The way out for the owner of a mailbox whose address somebody else registered. It outlives new passwords and addresses,
/// because that somebody could set them.
pub(crate) const DISOWNING: Form = Form {
    kind: "not-me",
    prefix: "not-me",
    life_seconds: 259_200,
    ..VERIFICATION
};

/// Links, and sign-ins half done, that a changed password or address voids.
pub(crate) const VOIDABLE: &[&str] = &[
    VERIFY,
    "reset-password",
    CHANGE,
    "magic-link",
    "email-code",
    "delete-account",
    "two-factor",
    "two-factor-code",
    "trusted-device",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Step {
    /// Prove the address of the account.
    Verify,
    /// The old address agrees to the change.
    ConfirmChange,
    /// Prove the new address and take it.
    TakeNew,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Claim {
    pub(crate) step: Step,
    pub(crate) user: String,
    pub(crate) email: String,
    #[serde(default)]
    pub(crate) new_email: Option<String>,
    #[serde(default)]
    pub(crate) callback: Option<String>,
}

impl Claim {
    fn of(person: &Person, step: Step) -> Self {
        Self {
            step,
            user: person.id.to_string(),
            email: person.view.email.clone(),
            new_email: None,
            callback: None,
        }
    }

    pub(crate) fn user(&self) -> UserId {
        UserId::new(self.user.clone())
    }

    fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The language to write to a person in: their own, else the browser's, else that of the service (contract decision 17).
pub(crate) fn locale_of(core: &Core, person: &Person, browser: Option<Locale>) -> Locale {
    let known = person.locale.or(browser);
    known.unwrap_or(core.config.default_locale)
}

/// Writes to a person in their language, in the transaction that is the reason. The letter is made from language and name.
pub(crate) async fn tell(
    core: &Core,
    tx: &Tx,
    person: &Person,
    browser: Option<Locale>,
    letter: impl FnOnce(Locale, &str) -> Letter,
) -> Result<(), DbError> {
    let locale = locale_of(core, person, browser);
    let letter = letter(locale, person.greeted());
    core.mailer
        .post(tx, &person.address(), locale, &letter)
        .await
}

/// A link that asked for one of our apps, or nothing: other places are not led to.
pub(crate) fn allowed_link(core: &Core, link: Option<&str>) -> Option<String> {
    let origins = TrustedOrigins::new(&core.config.base_url, &core.config.cors_origins);
    link.filter(|link| origins.allows_link(link))
        .map(ToOwned::to_owned)
}

fn link_to(core: &Core, token: &str, callback: Option<&str>, page: &str) -> String {
    let callback = core.target(callback, core.frontend_link(), page);
    format!(
        "{}/api/auth/verify-email?token={}&callbackURL={}",
        core.config.base(),
        percent_encode(token),
        percent_encode(&callback)
    )
}

/// What a new account's first mail is made of.
pub(crate) struct Welcome<'a> {
    pub(crate) person: &'a Person,
    pub(crate) made: Made,
    /// Where the link leads.
    pub(crate) callback: Option<&'a str>,
    pub(crate) asker: &'a Asker,
}

/// Writes the verification mail of a new account into the transaction that makes it. Past the budget of the mailbox the link
/// waits there for whoever asks again.
pub(crate) async fn welcome(core: &Core, tx: &Tx, welcome: &Welcome<'_>) -> Result<(), DbError> {
    let address = welcome.person.address();
    let wish = verification_of(welcome.person, &address);
    let token = mailed::keep(core, tx, &VERIFICATION, &wish).await?;
    if mail_quota::admits(core, tx, welcome.asker, wish.to, false).await? {
        post(core, tx, welcome, &token).await?;
    }
    Ok(())
}

fn verification_of<'a>(person: &'a Person, address: &'a EmailAddress) -> Wish<'a> {
    Wish {
        to: Mailbox {
            address,
            owner: Some(person),
        },
        person: Some(&person.id),
        value: Claim::of(person, Step::Verify).text(),
    }
}

async fn post(core: &Core, tx: &Tx, welcome: &Welcome<'_>, token: &str) -> Result<(), DbError> {
    let Welcome { person, made, .. } = welcome;
    let address = person.address();
    let disowning = disown_token(core, tx, person, &address).await?;
    let page = format!("/verified?notMe={disowning}");
    let link = link_to(core, token, welcome.callback, &page);
    let disown = disown_link(core, &disowning);
    let browser = welcome.asker.origin.locale;
    tell(core, tx, person, browser, |locale, name| {
        mails::verify_email(locale, name, &link, made, &disown)
    })
    .await
}

/// The token with which the owner of a mailbox takes over an account that they did not make.
pub(crate) async fn disown_token(
    core: &Core,
    tx: &Tx,
    person: &Person,
    address: &EmailAddress,
) -> Result<String, DbError> {
    let wish = Wish {
        // Kept by the address, and not among what a new password or address of the person voids.
        person: None,
        ..verification_of(person, address)
    };
    mailed::accompany(core, tx, &DISOWNING, &wish).await
}

/// The page behind such a token.
pub(crate) fn disown_link(core: &Core, token: &str) -> String {
    format!("{}/not-me?token={token}", core.config.base())
}

/// Mails the verification link again. Answers alike, and as slowly, for addresses nobody has.
pub(crate) async fn resend(
    core: &Core,
    email: &EmailAddress,
    callback: Option<&str>,
    asker: &Asker,
) -> Result<(), DbError> {
    let started = Instant::now();
    let found = users::find_by_email(core, email).await?;
    let is_waiting =
        |person: &Person| !person.standing.is_email_verified && !person.standing.is_deleted;
    if let Some(person) = found.filter(is_waiting) {
        let tx = core.db.tx(&Actor::Service).await?;
        if let Some(person) = users::lock(&tx, &person.id).await?.filter(is_waiting) {
            send_again(core, &tx, &person, callback, asker).await?;
        }
        tx.commit().await?;
        core.mailer.wake();
    }
    sleep_until(started + FLOOR).await;
    Ok(())
}

async fn send_again(
    core: &Core,
    tx: &Tx,
    person: &Person,
    callback: Option<&str>,
    asker: &Asker,
) -> Result<(), DbError> {
    let address = person.address();
    let wish = verification_of(person, &address);
    let is_same = |value: &str| value == wish.value;
    let token = mailed::obtain(core, tx, &VERIFICATION, &wish, asker, is_same).await?;
    let (Some(token), Some(made)) = (token, store::find_made(tx, &person.id).await?) else {
        return Ok(());
    };
    let welcome = Welcome {
        person,
        made,
        callback,
        asker,
    };
    post(core, tx, &welcome, &token).await
}

/// Starts a change of address: the old address is asked first when it is proved, else the new one is written to.
/// Answers alike when the new address is taken; `false` when the person is gone.
pub(crate) async fn request_change(
    core: &Core,
    user: &UserId,
    new_email: &EmailAddress,
    callback: Option<&str>,
    asker: &Asker,
) -> Result<bool, DbError> {
    let started = Instant::now();
    let is_free = users::find_by_email(core, new_email).await?.is_none();
    let tx = core.db.tx(&Actor::Service).await?;
    let person = users::lock(&tx, user).await?;
    let Some(person) = person.filter(|person| !person.standing.is_deleted) else {
        return Ok(false);
    };
    let step = if person.standing.is_email_verified {
        Step::ConfirmChange
    } else {
        Step::TakeNew
    };
    if is_free {
        let change = Change {
            step,
            new_email,
            callback,
        };
        post_change(core, &tx, &person, &change, asker).await?;
    }
    let event = "EMAIL_CHANGE_REQUESTED";
    events::record_in(core, &tx, user, event, &asker.origin, None).await?;
    tx.commit().await?;
    core.mailer.wake();
    sleep_until(started + FLOOR).await;
    Ok(true)
}

/// Which address somebody wants, and where the links lead.
pub(crate) struct Change<'a> {
    pub(crate) step: Step,
    pub(crate) new_email: &'a EmailAddress,
    pub(crate) callback: Option<&'a str>,
}

/// Mails the link of a step; `false` past the budget of the mailbox.
pub(crate) async fn post_change(
    core: &Core,
    tx: &Tx,
    person: &Person,
    change: &Change<'_>,
    asker: &Asker,
) -> Result<bool, DbError> {
    let old = person.address();
    let is_asking_old = change.step == Step::ConfirmChange;
    let claim = Claim {
        new_email: Some(change.new_email.to_string()),
        callback: change.callback.map(ToOwned::to_owned),
        ..Claim::of(person, change.step)
    };
    let wish = Wish {
        // Whoever has the new address need not be the person.
        to: Mailbox {
            address: if is_asking_old {
                &old
            } else {
                change.new_email
            },
            owner: is_asking_old.then_some(person),
        },
        person: Some(&person.id),
        value: claim.text(),
    };
    let is_same = |value: &str| {
        serde_json::from_str(value).is_ok_and(|other: Claim| {
            (other.step, &other.email, &other.new_email)
                == (claim.step, &claim.email, &claim.new_email)
        })
    };
    let token = mailed::obtain(core, tx, &CHANGING, &wish, asker, is_same).await?;
    let Some(token) = token else {
        return Ok(false);
    };
    let page = if is_asking_old {
        "/change-confirmed"
    } else {
        "/verified"
    };
    let link = link_to(core, &token, change.callback, page);
    let browser = asker.origin.locale;
    if is_asking_old {
        let new_email = change.new_email.shown();
        tell(core, tx, person, browser, |locale, name| {
            mails::confirm_email_change(locale, name, &new_email, &link)
        })
        .await?;
    } else {
        let locale = locale_of(core, person, browser);
        let letter = mails::verify_new_email(locale, "", &link);
        core.mailer
            .post(tx, change.new_email, locale, &letter)
            .await?;
    }
    Ok(true)
}

/// Which of several cookies of one name still stands for a remembered token; the first one when none does.
pub(crate) async fn first_alive(
    core: &Core,
    mut values: Vec<String>,
    identifier: impl Fn(&str) -> String,
) -> Result<Option<String>, DbError> {
    if values.len() < 2 {
        return Ok(values.pop());
    }
    let identifiers: Vec<String> = values.iter().map(|value| identifier(value)).collect();
    let once = core.db.once(&Actor::Service).await?;
    let alive = store::list_alive(&once, &identifiers, core.context.now()).await?;
    let place = identifiers.iter().position(|one| alive.contains(one));
    Ok(Some(values.swap_remove(place.unwrap_or_default())))
}
