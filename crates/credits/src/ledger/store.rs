//! Calls of the ledger's functions.

use super::{Balances, Debit, Moment, Outcome};
use kernel::{Timestamp, UserId};
use platform::db::DbError;
use queries::client::GenericClient;
use queries::queries::credits::ledger as sql;
use uuid::Uuid;

/// Opens a wallet; `false` when there is one already.
pub(crate) async fn open_wallet<C: GenericClient>(
    client: &C,
    account_id: Uuid,
    transfer_id: Uuid,
    user_id: &UserId,
    bonus: i64,
    daily: i64,
    now: Timestamp,
) -> Result<bool, DbError> {
    Ok(sql::open_wallet()
        .bind(
            client,
            &account_id,
            &transfer_id,
            &user_id.as_str(),
            &bonus,
            &daily,
            &now.into(),
        )
        .one()
        .await?)
}

/// Gives today's free credits, unless they were given.
pub(crate) async fn grant_daily<C: GenericClient>(
    client: &C,
    user_id: &UserId,
    moment: Moment,
) -> Result<(), DbError> {
    sql::grant_daily()
        .bind(
            client,
            &vec![user_id.as_str().to_owned()],
            &moment.now.into(),
            &moment.day_start.into(),
        )
        .one()
        .await?;
    Ok(())
}

/// Debits in one call; the outcomes stand in the order of the debits.
///
/// With `is_retry`, debits whose transfer is already written are answered and not written again.
pub(crate) async fn use_batch<C: GenericClient>(
    client: &C,
    debits: &[&Debit],
    moment: Moment,
    is_retry: bool,
) -> Result<Vec<Outcome>, DbError> {
    let texts = |part: fn(&Debit) -> &String| -> Vec<String> {
        debits.iter().map(|debit| part(debit).clone()).collect()
    };
    let transfer_ids: Vec<Uuid> = debits.iter().map(|debit| debit.transfer_id).collect();
    let user_ids: Vec<String> = debits
        .iter()
        .map(|debit| debit.user_id.as_str().to_owned())
        .collect();
    let amounts: Vec<i64> = debits.iter().map(|debit| debit.amount.amount()).collect();
    let metadata: Vec<Option<String>> = debits
        .iter()
        .map(|debit| debit.metadata.as_ref().map(|text| text.get().to_owned()))
        .collect();
    let keys: Vec<Option<String>> = debits
        .iter()
        .map(|debit| debit.claim.as_ref().map(|claim| claim.key.clone()))
        .collect();
    let hashes: Vec<Option<Vec<u8>>> = debits
        .iter()
        .map(|debit| {
            debit
                .claim
                .as_ref()
                .map(|claim| claim.request_hash.to_vec())
        })
        .collect();
    let heads: Vec<Option<String>> = debits
        .iter()
        .map(|debit| debit.claim.as_ref().map(|_| debit.answer_head.clone()))
        .collect();
    let mut rows = sql::use_batch()
        .bind(
            client,
            &moment.now.into(),
            &moment.day_start.into(),
            &is_retry,
            &transfer_ids,
            &user_ids,
            &amounts,
            &texts(|debit| &debit.app_id),
            &texts(|debit| &debit.description),
            &metadata,
            &texts(|debit| &debit.caller),
            &keys,
            &hashes,
            &heads,
        )
        .all()
        .await?;
    rows.sort_by_key(|row| row.ordinal);
    Ok(rows.into_iter().map(outcome).collect())
}

fn outcome(row: sql::Outcome) -> Outcome {
    match row.outcome.as_str() {
        "done" => Outcome::Done(Balances {
            before: row.balance_before.unwrap_or_default(),
            after: row.balance_after.unwrap_or_default(),
            paid: row.paid.unwrap_or_default(),
            free: row.free.unwrap_or_default(),
            total_spent: row.total_spent.unwrap_or_default(),
        }),
        "replayed" => Outcome::Replayed(row.answer.unwrap_or_default()),
        "key_reused" => Outcome::KeyReused,
        "insufficient" => Outcome::Insufficient {
            available: row.balance_before.unwrap_or_default(),
        },
        _ => Outcome::NoWallet,
    }
}

/// Erases a person's credit data and closes the wallet; `false` when there was none.
pub(crate) async fn erase_wallet<C: GenericClient>(
    client: &C,
    user_id: &UserId,
    transfer_ids: (Uuid, Uuid),
    now: Timestamp,
) -> Result<bool, DbError> {
    Ok(sql::erase_wallet()
        .bind(
            client,
            &user_id.as_str(),
            &transfer_ids.0,
            &transfer_ids.1,
            &now.into(),
        )
        .one()
        .await?)
}

/// Forgets receipts made before a moment.
pub(crate) async fn delete_receipts<C: GenericClient>(
    client: &C,
    before: Timestamp,
) -> Result<u64, DbError> {
    Ok(sql::delete_receipts().bind(client, &before.into()).await?)
}

/// The heads of all wallets and the sums of the system accounts at one moment.
#[derive(Clone, Debug)]
pub(crate) struct FoldedHeads {
    /// Wallets with entries.
    pub(crate) accounts: i64,
    /// Chained entries.
    pub(crate) entries: i64,
    /// SHA-256 over all heads.
    pub(crate) heads_hash: Vec<u8>,
    /// Sum per system account, as JSON text.
    pub(crate) system_sums: String,
    /// The seal of the checkpoint before, empty for the first.
    pub(crate) previous_seal: Vec<u8>,
}

/// Folds the heads for a checkpoint.
pub(crate) async fn fold_heads<C: GenericClient>(client: &C) -> Result<FoldedHeads, DbError> {
    let row = sql::fold_heads().bind(client).one().await?;
    Ok(FoldedHeads {
        accounts: row.accounts,
        entries: row.entries,
        heads_hash: row.heads_hash,
        system_sums: row.system_sums,
        previous_seal: row.previous_seal,
    })
}

/// Keeps a checkpoint.
pub(crate) async fn insert_checkpoint<C: GenericClient>(
    client: &C,
    heads: &FoldedHeads,
    key_id: &str,
    seal: &[u8],
    now: Timestamp,
) -> Result<i64, DbError> {
    Ok(sql::insert_checkpoint()
        .bind(
            client,
            &heads.accounts,
            &heads.entries,
            &heads.heads_hash,
            &heads.system_sums,
            &heads.previous_seal,
            &key_id,
            &seal,
            &now.into(),
        )
        .one()
        .await?)
}
