//! Proves that the book is right: queries/credits/invariants.sql, the whole hash chain and the signed checkpoints.
//!
//! `mana-auth ledger verify`, `doctor`, the tests and a daily job all run [`verify`].

mod checkpoint;
mod store;

pub use checkpoint::CheckpointKeys;

use platform::db::DbError;
use queries::client::GenericClient;

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
pub async fn verify<C: GenericClient>(
    client: &C,
    keys: &CheckpointKeys,
) -> Result<Report, DbError> {
    let mut checks = store::check_all(client).await?;
    let checkpoints = store::list_checkpoints(client).await?;
    let heads_hash = store::hash_sealed_heads(client).await?;
    checks.push(Check {
        name: "checkpoints_signed",
        differences: checkpoint::check(&checkpoints, &heads_hash, keys),
    });
    let (accounts, entries, transfers) = store::count_book(client).await?;
    Ok(Report {
        checks,
        accounts,
        transfers,
        entries,
        checkpoints: checkpoints.len(),
    })
}
