//! From a proved mailbox to its person.

use super::store;
use crate::core::Core;
use crate::passkeys::service as passkeys;
use crate::registration::{NewAccount, RegisterError, service as registration};
use crate::users::{self, Person};
use crate::verification::service::VOIDABLE;
use crate::verification::store as links;
use kernel::text::{EmailAddress, Locale};
use platform::db::{Actor, DbError};
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
    let person = prove(core, person, origin).await?;
    Ok(Owner {
        person,
        is_new: false,
    })
}

/// The person after the proof. Where nobody had proved the address before, every way in of before is gone.
pub(crate) async fn prove(
    core: &Core,
    person: Person,
    origin: &Origin,
) -> Result<Person, ProofError> {
    if person.standing.is_email_verified {
        Ok(person)
    } else {
        claim(core, &person, origin).await
    }
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

async fn claim(core: &Core, person: &Person, origin: &Origin) -> Result<Person, ProofError> {
    let now = core.context.now();
    let tx = core.db.tx(&Actor::Service).await?;
    if store::claim_unproved(&tx, person, core.context.new_uuid(), origin, now).await? {
        links::end_sessions(&tx, &person.id, None, now).await?;
        passkeys::forget(&tx, &person.id).await?;
        links::void_links(&tx, &person.id, VOIDABLE).await?;
        tx.commit().await?;
        core.live.forget(&person.id);
    }
    let claimed = users::find(core, &person.id).await?;
    claimed
        .filter(|person| !person.standing.is_deleted)
        .ok_or(ProofError::Gone)
}
