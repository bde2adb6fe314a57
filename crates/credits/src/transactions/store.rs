//! Reads transactions.

use kernel::page::Cursor;
use kernel::{Timestamp, UserId};
use platform::db::DbError;
use queries::client::GenericClient;
use queries::queries::credits::transactions as sql;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

/// A page takes no further row once it holds so much.
const PAGE_BYTES: i64 = 512 * 1024;

/// A change of a person's credits.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Transaction {
    /// Its id.
    #[schema(value_type = String)]
    pub(crate) id: Uuid,
    /// Whose it is.
    pub(crate) user_id: String,
    /// `usage`, `bonus`, `purchase` and so on.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// `completed`, unless it is still on its way.
    pub(crate) status: String,
    /// Negative when credits were spent.
    pub(crate) amount: i64,
    /// Free and paid credits before.
    pub(crate) balance_before: i64,
    /// Free and paid credits after.
    pub(crate) balance_after: i64,
    /// The app, or `system`.
    pub(crate) app_id: String,
    /// What for.
    pub(crate) description: String,
    /// The organisation it was for.
    pub(crate) organization_id: Option<String>,
    /// As the app sent it.
    #[schema(value_type = Option<Object>)]
    pub(crate) metadata: Option<Box<RawValue>>,
    /// As the app sent it.
    pub(crate) idempotency_key: Option<String>,
    /// When it was made.
    #[schema(value_type = String)]
    pub(crate) created_at: Timestamp,
    /// When it was done.
    #[schema(value_type = Option<String>)]
    pub(crate) completed_at: Option<Timestamp>,
}

/// Where a page begins.
#[derive(Clone, Debug)]
pub(crate) enum Position {
    /// So many rows further.
    Offset(i64),
    /// Behind a row.
    After(Timestamp, Uuid),
}

/// A page of the list.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// Its rows, newest first.
    pub(crate) rows: Vec<Transaction>,
    /// Whether the limit reached further than the rows do, because they are as large as a page may be.
    pub(crate) is_cut: bool,
}

impl Transaction {
    /// Where the rows behind this one begin.
    pub(crate) fn position(&self) -> Position {
        Position::After(self.created_at, self.id)
    }

    /// The same, as clients carry it.
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor {
            created_at: self.created_at,
            id: self.id.to_string(),
        }
    }
}

fn transaction(row: sql::Transaction) -> Result<Transaction, DbError> {
    let metadata = row.metadata.map(RawValue::from_string).transpose();
    Ok(Transaction {
        metadata: metadata.map_err(|error| {
            DbError::Fault(format!("metadata of transaction {}: {error}", row.id))
        })?,
        id: row.id,
        user_id: row.user_id,
        kind: row.kind,
        status: row.status,
        amount: row.amount,
        balance_before: row.balance_before,
        balance_after: row.balance_after,
        app_id: row.app_id,
        description: row.description,
        organization_id: row.organization_id,
        idempotency_key: row.idempotency_key,
        created_at: row.created_at.into(),
        completed_at: row.completed_at.map(Timestamp::from),
    })
}

/// A page of a person's transactions: at most `limit`, and fewer when these hold more than a page may.
pub(crate) async fn list_transactions<C: GenericClient>(
    client: &C,
    user_id: &UserId,
    limit: i64,
    position: &Position,
) -> Result<Page, DbError> {
    let user_id = user_id.as_str();
    let rows = match position {
        Position::Offset(offset) => {
            sql::list_transactions()
                .bind(client, &user_id, &limit, offset, &PAGE_BYTES)
                .all()
                .await?
        }
        Position::After(created_at, id) => {
            sql::list_transactions_after()
                .bind(
                    client,
                    &user_id,
                    &(*created_at).into(),
                    id,
                    &limit,
                    &PAGE_BYTES,
                )
                .all()
                .await?
        }
    };
    let found = rows.first().map_or(0, |row| row.found);
    let is_cut = usize::try_from(found).is_ok_and(|found| found > rows.len());
    let rows = rows
        .into_iter()
        .map(transaction)
        .collect::<Result<_, _>>()?;
    Ok(Page { rows, is_cut })
}
