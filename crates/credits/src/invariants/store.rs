//! Runs queries/credits/invariants.sql.

use super::checkpoint::Kept;
use super::{Check, Difference};
use crate::ledger::FoldedHeads;
use kernel::UserId;
use platform::db::DbError;
use queries::client::GenericClient;
use queries::queries::credits::invariants as sql;
use uuid::Uuid;

macro_rules! check_each {
    ($client:expr, $($name:ident),* $(,)?) => {
        vec![$(Check {
            name: stringify!($name),
            differences: sql::$name()
                .bind($client)
                .all()
                .await?
                .into_iter()
                .map(|row| Difference { subject: row.subject, detail: row.detail })
                .collect(),
        }),*]
    };
}

/// Every invariant that SQL can tell.
pub(super) async fn check_all<C: GenericClient>(client: &C) -> Result<Vec<Check>, DbError> {
    Ok(check_each!(
        client,
        transfers_balanced,
        transfers_complete,
        entries_placed,
        balances_sum,
        chain_links,
        chain_heads,
        sealed_heads_kept,
        transactions_booked,
        transfers_shown,
        spending_sums,
        receipts_backed,
        personal_rows_owned,
    ))
}

/// A wallet and whose it is.
pub(super) struct Owner {
    pub(super) account_id: Uuid,
    pub(super) user_id: UserId,
}

/// Wallets in the order of their owners' ids, those behind one.
pub(super) async fn list_owners<C: GenericClient>(
    client: &C,
    after: &UserId,
    limit: i64,
) -> Result<Vec<Owner>, DbError> {
    let rows = sql::list_owners()
        .bind(client, &after.as_str(), &limit)
        .all()
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Owner {
            account_id: row.id,
            user_id: UserId::new(row.user_id),
        })
        .collect())
}

/// Every checkpoint, oldest first.
pub(super) async fn list_checkpoints<C: GenericClient>(client: &C) -> Result<Vec<Kept>, DbError> {
    let rows = sql::list_checkpoints().bind(client).all().await?;
    Ok(rows
        .into_iter()
        .map(|row| Kept {
            id: row.id,
            key_id: row.key_id,
            seal: row.seal,
            heads: FoldedHeads {
                accounts: row.accounts,
                entries: row.entries,
                heads_hash: row.heads_hash,
                system_sums: row.system_sums,
                previous_seal: row.previous_seal,
            },
        })
        .collect())
}

/// The sealed heads as a checkpoint hashes them.
pub(super) async fn hash_sealed_heads<C: GenericClient>(client: &C) -> Result<Vec<u8>, DbError> {
    Ok(sql::hash_sealed_heads().bind(client).one().await?)
}

/// Wallets, entries and transfers.
pub(super) async fn count_book<C: GenericClient>(client: &C) -> Result<(i64, i64, i64), DbError> {
    let row = sql::count_book().bind(client).one().await?;
    Ok((row.accounts, row.entries, row.transfers))
}
