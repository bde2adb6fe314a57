//! Following links that prove and change addresses.

use crate::core::Core;
use crate::mail_quota::service::Asker;
use crate::mailbox_proof::service as mailbox_proof;
use crate::mails::{self, Made};
use crate::password_reset::service as password_reset;
use crate::security_events::service as events;
use crate::users::{self, Person};
use crate::verification::service::{
    Change, Claim, DISOWNING, Step, VERIFICATION, VOIDABLE, post_change, tell,
};
use crate::verification::store::{self, Outstanding};
use kernel::UserId;
use kernel::text::EmailAddress;
use platform::db::{Actor, DbError, Tx};
use platform::http::Origin;

/// What following a link did.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Followed {
    /// The address is proved; `is_news` when it was not before.
    Verified { user: UserId, is_news: bool },
    /// The old address agreed; the new one was written to.
    ChangeConfirmed,
    /// The account has the new address. Whoever left a password there may have been somebody else: with the token a new one
    /// is set.
    EmailChanged {
        user: UserId,
        reset_token: Option<String>,
    },
    /// Nothing: it moves an account, and this browser is not signed in to it. A page asks first.
    Asks,
}

/// Why a link does nothing.
#[derive(Debug)]
pub(crate) enum LinkError {
    Invalid,
    Expired,
    /// Somebody else has the new address by now.
    Taken,
    Db(DbError),
}

impl From<DbError> for LinkError {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

/// The session of the browser that follows.
#[derive(Clone, Copy)]
pub(crate) struct Visitor<'a> {
    pub(crate) user: &'a UserId,
    pub(crate) session: &'a str,
}

async fn find_live(core: &Core, identifier: &str) -> Result<Claim, LinkError> {
    let once = core.db.once(&Actor::Service).await?;
    let found = store::find(&once, identifier).await?;
    claim_in(core, found)
}

async fn consume(core: &Core, tx: &Tx, identifier: &str) -> Result<Claim, LinkError> {
    let found = store::consume(tx, identifier).await?;
    claim_in(core, found)
}

fn claim_in(core: &Core, found: Option<Outstanding>) -> Result<Claim, LinkError> {
    let found = found.ok_or(LinkError::Invalid)?;
    if found.expires_at <= core.context.now() {
        return Err(LinkError::Expired);
    }
    serde_json::from_str(&found.value).map_err(|_| LinkError::Invalid)
}

/// The person of a claim, locked, while the address is the one that was written to.
async fn lock_owner(tx: &Tx, claim: &Claim) -> Result<Person, LinkError> {
    let person = users::lock(tx, &claim.user()).await?;
    let is_theirs =
        |person: &Person| person.view.email == claim.email && !person.standing.is_deleted;
    person.filter(is_theirs).ok_or(LinkError::Invalid)
}

fn identifier(token: &str) -> Result<String, LinkError> {
    if token.is_empty() || token.len() > 200 {
        return Err(LinkError::Invalid);
    }
    Ok(VERIFICATION.identifier(token))
}

/// Follows a mailed link. Proving an address twice is no error, because scanners open links first. A change goes on only
/// where its person is signed in; every session of theirs but that one ends when the address changes.
pub(crate) async fn follow(
    core: &Core,
    token: &str,
    visitor: Option<Visitor<'_>>,
    origin: &Origin,
) -> Result<Followed, LinkError> {
    let identifier = identifier(token)?;
    let claim = find_live(core, &identifier).await?;
    match claim.step {
        Step::Verify => verify(core, &claim, origin).await,
        Step::ConfirmChange | Step::TakeNew => {
            if visitor.is_some_and(|visitor| *visitor.user == claim.user()) {
                go_on(core, &identifier, &claim, visitor, origin).await
            } else {
                Ok(Followed::Asks)
            }
        }
    }
}

/// Takes the step of a change that somebody agreed to on its page.
pub(crate) async fn agree(
    core: &Core,
    token: &str,
    visitor: Option<Visitor<'_>>,
    origin: &Origin,
) -> Result<Followed, LinkError> {
    let identifier = identifier(token)?;
    let claim = find_live(core, &identifier).await?;
    if claim.step == Step::Verify {
        return Err(LinkError::Invalid);
    }
    let visitor = visitor.filter(|visitor| *visitor.user == claim.user());
    go_on(core, &identifier, &claim, visitor, origin).await
}

async fn verify(core: &Core, claim: &Claim, origin: &Origin) -> Result<Followed, LinkError> {
    let tx = core.db.tx(&Actor::Service).await?;
    let person = lock_owner(&tx, claim).await?;
    let email = person.address();
    let (event_id, now) = (core.context.new_uuid(), core.context.now());
    let is_news = store::verify_email(&tx, &person.id, &email, event_id, origin, now).await?;
    tx.commit().await?;
    core.live.forget(&person.id);
    Ok(Followed::Verified {
        user: person.id,
        is_news,
    })
}

async fn go_on(
    core: &Core,
    identifier: &str,
    claim: &Claim,
    visitor: Option<Visitor<'_>>,
    origin: &Origin,
) -> Result<Followed, LinkError> {
    let tx = core.db.tx(&Actor::Service).await?;
    let person = lock_owner(&tx, claim).await?;
    consume(core, &tx, identifier).await?;
    let new_email = new_email(claim)?;
    if claim.step == Step::ConfirmChange {
        let change = Change {
            step: Step::TakeNew,
            new_email: &new_email,
            callback: claim.callback.as_deref(),
        };
        let asker = Asker::stranger(origin.clone());
        // Past the budget of the new mailbox nothing is used up: the link works again later.
        if post_change(core, &tx, &person, &change, &asker).await? {
            tx.commit().await?;
            core.mailer.wake();
        }
        return Ok(Followed::ChangeConfirmed);
    }
    let user = person.id.clone();
    // Whoever made an account that nobody proved need not be the owner of the mailbox.
    let is_claimed = visitor.is_none() && !person.standing.is_email_verified;
    if is_claimed {
        mailbox_proof::strip(core, &tx, &user).await?;
    }
    let kept = visitor.map(|visitor| visitor.session);
    take_new(core, &tx, &person, &new_email, kept, origin).await?;
    let reset_token = if is_claimed {
        Some(password_reset::grant(core, &tx, &user, &new_email).await?)
    } else {
        None
    };
    tx.commit().await?;
    core.mailer.wake();
    core.live.forget(&user);
    Ok(Followed::EmailChanged { user, reset_token })
}

fn new_email(claim: &Claim) -> Result<EmailAddress, LinkError> {
    let text = claim.new_email.as_deref();
    text.and_then(EmailAddress::parse).ok_or(LinkError::Invalid)
}

/// Gives a person the address they proved just now. Links mailed before are void, every session but the kept one ends, and
/// the old address is told.
pub(crate) async fn take_new(
    core: &Core,
    tx: &Tx,
    person: &Person,
    new_email: &EmailAddress,
    kept_session: Option<&str>,
    origin: &Origin,
) -> Result<(), LinkError> {
    let user = &person.id;
    let now = core.context.now();
    let old = person.address();
    let addresses = (&old, new_email);
    let event_id = core.context.new_uuid();
    let changed = store::change_email(tx, user, addresses, event_id, origin, now).await;
    match changed {
        Ok(true) => {}
        Ok(false) => return Err(LinkError::Invalid),
        Err(error) if error.constraint() == Some("users_email_key") => {
            return Err(LinkError::Taken);
        }
        Err(error) => return Err(error.into()),
    }
    store::end_sessions(tx, user, kept_session, now).await?;
    store::void_links(tx, user, VOIDABLE).await?;
    store::forget_address(tx, &old).await?;
    // To the old address: the person is as they were before.
    tell(core, tx, person, origin.locale, |locale, name| {
        mails::email_changed(locale, name, &new_email.shown())
    })
    .await?;
    Ok(())
}

/// What somebody is asked before their mailbox moves an account, or takes it over.
pub(crate) struct Question {
    pub(crate) step: Step,
    pub(crate) person: Person,
    pub(crate) made: Made,
    /// The address that the account is to have.
    pub(crate) new_email: Option<EmailAddress>,
}

async fn question_of(core: &Core, claim: Claim) -> Result<Question, LinkError> {
    let user = claim.user();
    let person = users::find(core, &user).await?;
    let is_theirs =
        |person: &Person| person.view.email == claim.email && !person.standing.is_deleted;
    let person = person.filter(is_theirs).ok_or(LinkError::Invalid)?;
    let once = core.db.once(&Actor::Service).await?;
    let made = store::find_made(&once, &user).await?;
    let new_email = claim.new_email.as_deref();
    Ok(Question {
        step: claim.step,
        person,
        made: made.ok_or(LinkError::Invalid)?,
        new_email: new_email.and_then(EmailAddress::parse),
    })
}

/// The question behind a link that moves an account; the link stays usable.
pub(crate) async fn question(core: &Core, token: &str) -> Result<Question, LinkError> {
    let claim = find_live(core, &identifier(token)?).await?;
    if claim.step == Step::Verify {
        return Err(LinkError::Invalid);
    }
    question_of(core, claim).await
}

/// The question before the owner of a mailbox takes over an account; the link stays usable.
pub(crate) async fn disown_question(core: &Core, token: &str) -> Result<Question, LinkError> {
    let identifier = DISOWNING.identifier(token);
    question_of(core, find_live(core, &identifier).await?).await
}

/// Hands an account to the owner of its mailbox: every way in is gone, and the token sets a new password.
pub(crate) async fn disown(core: &Core, token: &str, origin: &Origin) -> Result<String, LinkError> {
    let identifier = DISOWNING.identifier(token);
    let claim = find_live(core, &identifier).await?;
    let tx = core.db.tx(&Actor::Service).await?;
    let person = lock_owner(&tx, &claim).await?;
    consume(core, &tx, &identifier).await?;
    let (user, email) = (person.id.clone(), person.address());
    let (event_id, now) = (core.context.new_uuid(), core.context.now());
    store::verify_email(&tx, &user, &email, event_id, origin, now).await?;
    mailbox_proof::strip(core, &tx, &user).await?;
    events::record_in(core, &tx, &user, "ACCOUNT_RECLAIMED", origin, None).await?;
    let token = password_reset::grant(core, &tx, &user, &email).await?;
    tx.commit().await?;
    core.live.forget(&user);
    Ok(token)
}
