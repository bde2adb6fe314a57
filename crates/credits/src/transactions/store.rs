//! Reads transactions.

use kernel::page::Cursor;
use kernel::{Timestamp, UserId};
use platform::db::DbError;
use queries::client::GenericClient;
use queries::queries::credits::transactions as sql;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// A change of a person's credits.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Transaction {
    /// Its id.
    pub(crate) id: String,
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
    pub(crate) metadata: Option<Value>,
    /// As the app sent it.
    pub(crate) idempotency_key: Option<String>,
    /// When it was made.
    #[schema(value_type = String)]
    pub(crate) created_at: Timestamp,
    /// When it was done.
    #[schema(value_type = Option<String>)]
    pub(crate) completed_at: Option<Timestamp>,
}

/// Which part of the list.
#[derive(Clone, Debug)]
pub(crate) enum Page {
    /// So many rows further.
    Offset(i64),
    /// Behind a row.
    After(Timestamp, Uuid),
}

impl Transaction {
    /// The position behind this row.
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor {
            created_at: self.created_at,
            id: self.id.clone(),
        }
    }
}

fn transaction(row: sql::Transaction) -> Transaction {
    Transaction {
        id: row.id.to_string(),
        user_id: row.user_id,
        kind: row.kind,
        status: row.status,
        amount: row.amount,
        balance_before: row.balance_before,
        balance_after: row.balance_after,
        app_id: row.app_id,
        description: row.description,
        organization_id: row.organization_id,
        metadata: row.metadata,
        idempotency_key: row.idempotency_key,
        created_at: row.created_at.into(),
        completed_at: row.completed_at.map(Timestamp::from),
    }
}

/// A page of a person's transactions, newest first.
pub(crate) async fn list_transactions<C: GenericClient>(
    client: &C,
    user_id: &UserId,
    limit: i64,
    page: &Page,
) -> Result<Vec<Transaction>, DbError> {
    let rows = match page {
        Page::Offset(offset) => {
            sql::list_transactions()
                .bind(client, &user_id.as_str(), &limit, offset)
                .all()
                .await?
        }
        Page::After(created_at, id) => {
            sql::list_transactions_after()
                .bind(client, &user_id.as_str(), &(*created_at).into(), id, &limit)
                .all()
                .await?
        }
    };
    Ok(rows.into_iter().map(transaction).collect())
}
