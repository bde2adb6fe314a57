//! Proves that the book is right: queries/credits/invariants.sql, the whole hash chain and the signed checkpoints.
//!
//! `mana-auth ledger verify`, `doctor`, the tests and a daily job all run [`verify`].

mod checkpoint;
mod store;

pub use checkpoint::CheckpointKeys;

use kernel::UserId;
use platform::db::{DbError, Tx};
use platform::ports::People;
use store::Owner;

/// Wallets whose owners are asked for at a time.
const OWNERS_PAGE: i64 = 1000;
/// Most contradictions that a check lists.
const MAX_DIFFERENCES: usize = 100;

/// Something that contradicts an invariant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What: a transfer, wallet, entry or transaction, never a person's name or address.
    pub subject: String,
    /// In what way.
    pub detail: String,
}

/// One invariant, and what contradicts it.
#[derive(Clone, Debug)]
pub struct Check {
    /// The invariant's name, as in queries/credits/invariants.sql.
    pub name: &'static str,
    /// At most 100 contradictions; none when all is well.
    pub differences: Vec<Difference>,
}

/// What a verification found.
#[derive(Clone, Debug)]
pub struct Report {
    /// Every invariant, in the order it was checked.
    pub checks: Vec<Check>,
    /// Wallets in the book.
    pub accounts: i64,
    /// Transfers in the book.
    pub transfers: i64,
    /// Entries in the book.
    pub entries: i64,
    /// Signed checkpoints.
    pub checkpoints: usize,
}

impl Report {
    /// Whether nothing contradicts any invariant.
    pub fn is_clean(&self) -> bool {
        self.checks.iter().all(|check| check.differences.is_empty())
    }
}

/// Checks every invariant. Run it in one transaction of an actor that sees the whole book (`Actor::Service`): each
/// statement is consistent in itself, so debits may go on meanwhile.
///
/// # Errors
/// [`DbError`] when the database does not answer; an inconsistent book is no error but a report.
pub async fn verify(
    tx: &Tx,
    keys: &CheckpointKeys,
    people: &dyn People,
) -> Result<Report, DbError> {
    let mut checks = store::check_all(tx).await?;
    checks.push(Check {
        name: "owners_exist",
        differences: list_ownerless(tx, people).await?,
    });
    let checkpoints = store::list_checkpoints(tx).await?;
    let heads_hash = store::hash_sealed_heads(tx).await?;
    checks.push(Check {
        name: "checkpoints_signed",
        differences: checkpoint::check(&checkpoints, &heads_hash, keys),
    });
    let (accounts, entries, transfers) = store::count_book(tx).await?;
    Ok(Report {
        checks,
        accounts,
        transfers,
        entries,
        checkpoints: checkpoints.len(),
    })
}

/// Wallets of people who are not there.
async fn list_ownerless(tx: &Tx, people: &dyn People) -> Result<Vec<Difference>, DbError> {
    let mut differences = Vec::new();
    let mut after = UserId::new("");
    loop {
        let page = store::list_owners(tx, &after, OWNERS_PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(differences);
        };
        let ids: Vec<UserId> = page.iter().map(|owner| owner.user_id.clone()).collect();
        let mut missing = people.missing(tx, &ids).await?;
        if !missing.is_empty() {
            // Who was erased between the two questions took the wallet along.
            let still = store::list_owners(tx, &after, OWNERS_PAGE).await?;
            missing.retain(|user| still.iter().any(|owner| owner.user_id == *user));
        }
        let ownerless = page.iter().filter(|owner| missing.contains(&owner.user_id));
        differences.extend(ownerless.map(|Owner { account_id, .. }| Difference {
            subject: account_id.to_string(),
            detail: "the wallet of a person who is not there".to_owned(),
        }));
        if differences.len() >= MAX_DIFFERENCES {
            differences.truncate(MAX_DIFFERENCES);
            return Ok(differences);
        }
        after = last.user_id.clone();
    }
}
