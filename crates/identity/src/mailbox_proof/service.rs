//! From a proved mailbox to its person.

use super::store;
use crate::core::Core;
use crate::passkeys::service as passkeys;
use crate::registration::{NewAccount, RegisterError, service as registration};
use crate::users::{self, Person};
use crate::verification::service::VOIDABLE;
use crate::verification::store as links;
use kernel::UserId;
use kernel::text::{EmailAddress, Locale};
use platform::db::{Actor, DbError, Tx};
use platform::http::Origin;
use platform::ports::Role;
use std::sync::Arc;

/// What a person is called when the proof makes them.
#[derive(Default)]
pub(crate) struct Newcomer {
    pub(crate) name: String,
    pub(crate) image: Option<String>,
    pub(crate) locale: Option<Locale>,
}

/// Why a proved mailbox has no person.
#[derive(Debug)]
pub(crate) enum ProofError {
    /// The account is deleted.
    Gone,
    Register(RegisterError),
    Db(DbError),
}

impl From<DbError> for ProofError {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

/// The person behind a proved mailbox.
pub(crate) struct Owner {
    pub(crate) person: Person,
    /// The proof made them.
    pub(crate) is_new: bool,
}

/// Finds the owner of a mailbox that was proved just now, or makes them, with a proved address and without a password.
pub(crate) async fn owner(
    core: &Arc<Core>,
    email: &EmailAddress,
    newcomer: Newcomer,
    origin: &Origin,
) -> Result<Owner, ProofError> {
    let person = match users::find_by_email(core, email).await? {
        Some(person) => person,
        None => {
            let account = NewAccount {
                email: email.clone(),
                password: None,
                name: Some(newcomer.name),
                image: newcomer.image,
                locale: newcomer.locale,
                role: Role::User,
                is_verified: true,
                callback: None,
                origin: origin.clone(),
            };
            match register(core, account).await {
                Ok(person) => {
                    return Ok(Owner {
                        person,
                        is_new: true,
                    });
                }
                // Somebody registered the address meanwhile.
                Err(ProofError::Register(RegisterError::EmailTaken)) => {
                    users::find_by_email(core, email)
                        .await?
                        .ok_or(ProofError::Gone)?
                }
                Err(error) => return Err(error),
            }
        }
    };
    if person.standing.is_deleted {
        return Err(ProofError::Gone);
    }
    let person = if person.standing.is_email_verified {
        person
    } else {
        prove(core, &person.id, origin).await?
    };
    Ok(Owner {
        person,
        is_new: false,
    })
}

/// The person after the proof of their mailbox.
async fn prove(core: &Core, user: &UserId, origin: &Origin) -> Result<Person, ProofError> {
    let tx = core.db.tx(&Actor::Service).await?;
    let person = users::lock(&tx, user).await?.ok_or(ProofError::Gone)?;
    if person.standing.is_deleted {
        return Err(ProofError::Gone);
    }
    let person = prove_in(core, &tx, person, origin).await?;
    tx.commit().await?;
    core.live.forget(user);
    Ok(person)
}

/// The person, locked before, after the proof of their mailbox. Where nobody had proved the address before, every way in of
/// before is gone: whoever made the account need not be the mailbox's owner.
pub(crate) async fn prove_in(
    core: &Core,
    tx: &Tx,
    person: Person,
    origin: &Origin,
) -> Result<Person, DbError> {
    if person.standing.is_email_verified {
        return Ok(person);
    }
    let (event_id, now) = (core.context.new_uuid(), core.context.now());
    store::prove(tx, &person, event_id, origin, now).await?;
    strip(core, tx, &person.id).await?;
    Ok(users::lock(tx, &person.id).await?.unwrap_or(person))
}

/// Takes every way into an account: sessions, password, providers, second factors, passkeys, known devices, and what was
/// mailed.
pub(crate) async fn strip(core: &Core, tx: &Tx, user: &UserId) -> Result<(), DbError> {
    let now = core.context.now();
    store::strip(tx, user, now).await?;
    links::end_sessions(tx, user, None, now).await?;
    passkeys::forget(tx, user).await?;
    links::void_links(tx, user, VOIDABLE).await
}

/// A person's disconnect must not cut the transaction that makes their wallet.
async fn register(core: &Arc<Core>, account: NewAccount) -> Result<Person, ProofError> {
    let worker = core.clone();
    let made = tokio::spawn(async move { registration::create(&worker, account).await })
        .await
        .map_err(DbError::from)?;
    let id = made.map_err(ProofError::Register)?;
    users::find(core, &id).await?.ok_or(ProofError::Gone)
}
