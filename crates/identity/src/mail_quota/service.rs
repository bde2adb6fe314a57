//! Asking the budget.

use super::store;
use crate::core::Core;
use crate::sign_in::device;
use crate::users::Person;
use http::request::Parts;
use kernel::UserId;
use kernel::crypto::digest::token_hash;
use kernel::text::EmailAddress;
use platform::db::{DbError, Tx};
use platform::http::Origin;
use platform::http::limits::{MAIL_AGAIN, MAIL_NOTICE, MAIL_TO_ADDRESS, Rule};
use platform::ports::Credential;

/// Who asks for a mail.
#[derive(Clone)]
pub(crate) struct Asker {
    pub(crate) origin: Origin,
    /// Whose live session came along.
    session_of: Option<UserId>,
}

impl Asker {
    /// That of a request.
    pub(crate) fn of(parts: &Parts) -> Self {
        let session_of = match parts.extensions.get::<Credential>() {
            Some(Credential::Live(caller)) => Some(caller.user_id.clone()),
            _ => None,
        };
        Self {
            origin: Origin::of(parts),
            session_of,
        }
    }

    /// Somebody without a session.
    pub(crate) fn stranger(origin: Origin) -> Self {
        Self {
            origin,
            session_of: None,
        }
    }
}

/// A mailbox, with the person whose it is when somebody has the address.
#[derive(Clone, Copy)]
pub(crate) struct Mailbox<'a> {
    pub(crate) address: &'a EmailAddress,
    pub(crate) owner: Option<&'a Person>,
}

/// Whether a mail that somebody asks for may go to a mailbox, and counts it when so. A transaction that is given up counts
/// nothing. What was mailed already and lives may be mailed again a little beyond the budget.
pub(crate) async fn admits(
    core: &Core,
    tx: &Tx,
    asker: &Asker,
    mailbox: Mailbox<'_>,
    is_again: bool,
) -> Result<bool, DbError> {
    let everybody = token_hash(&mailbox.address.without_tag());
    if takes(core, tx, asker, mailbox, MAIL_TO_ADDRESS, &everybody).await? {
        return Ok(true);
    }
    Ok(is_again && takes(core, tx, asker, mailbox, MAIL_AGAIN, &everybody).await?)
}

/// The same for somebody who proved their first factor: those who did not cannot use that budget up.
pub(crate) async fn admits_second_factor(
    core: &Core,
    tx: &Tx,
    asker: &Asker,
    mailbox: Mailbox<'_>,
) -> Result<bool, DbError> {
    let everybody = format!("second-factor:{}", token_hash(mailbox.address.as_str()));
    takes(core, tx, asker, mailbox, MAIL_TO_ADDRESS, &everybody).await
}

/// A live session of the person has a budget of its own, and so has each device they signed in on; everybody else has one
/// together. An address that nobody proved knows no devices: whoever registered it need not be its owner.
async fn takes(
    core: &Core,
    tx: &Tx,
    asker: &Asker,
    mailbox: Mailbox<'_>,
    rule: Rule,
    everybody: &str,
) -> Result<bool, DbError> {
    let owner = mailbox
        .owner
        .filter(|person| person.standing.is_email_verified)
        .map(|person| &person.id);
    let own = token_hash(mailbox.address.as_str());
    if owner.is_some() && asker.session_of.as_ref() == owner {
        let subject = format!("{}:session:{own}", rule.name);
        return take(core, tx, &store::Subject::one(&subject), rule).await;
    }
    let fingerprint = device::fingerprint(None, &asker.origin);
    let subject = store::Subject {
        owner: owner.map(UserId::as_str),
        fingerprint: &fingerprint,
        of_device: &format!("{}:device:{own}:{fingerprint}", rule.name),
        of_everybody: &format!("{}:{everybody}", rule.name),
    };
    take(core, tx, &subject, rule).await
}

/// Whether one more notice of a kind may go to an address. What strangers ask for counts elsewhere.
pub(crate) async fn admits_notice(
    core: &Core,
    tx: &Tx,
    kind: &str,
    address: &EmailAddress,
) -> Result<bool, DbError> {
    let subject = format!(
        "{}:{kind}:{}",
        MAIL_NOTICE.name,
        token_hash(address.as_str())
    );
    take(core, tx, &store::Subject::one(&subject), MAIL_NOTICE).await
}

async fn take(
    core: &Core,
    tx: &Tx,
    subject: &store::Subject<'_>,
    rule: Rule,
) -> Result<bool, DbError> {
    if !core.config.is_rate_limited {
        return Ok(true);
    }
    let is_admitted = store::take(tx, subject, rule, core.context.now()).await?;
    if !is_admitted {
        metrics::counter!("rate_limited_total", "rule" => rule.name).increment(1);
    }
    Ok(is_admitted)
}
