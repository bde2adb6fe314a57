// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct ListTransactionsParams<T1: crate::StringSql> {
    pub user_id: T1,
    pub limit: i64,
    pub offset: i64,
    pub max_bytes: i64,
}
#[derive(Debug)]
pub struct ListTransactionsAfterParams<T1: crate::StringSql> {
    pub user_id: T1,
    pub created_at: chrono::DateTime<chrono::FixedOffset>,
    pub id: uuid::Uuid,
    pub limit: i64,
    pub max_bytes: i64,
}
#[derive(Debug, Clone, PartialEq)]
pub struct Transaction {
    pub id: uuid::Uuid,
    pub user_id: String,
    pub kind: String,
    pub status: String,
    pub amount: i64,
    pub balance_before: i64,
    pub balance_after: i64,
    pub app_id: String,
    pub description: String,
    pub organization_id: Option<String>,
    pub metadata: Option<String>,
    pub idempotency_key: Option<String>,
    pub created_at: chrono::DateTime<chrono::FixedOffset>,
    pub completed_at: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub found: i64,
}
pub struct TransactionBorrowed<'a> {
    pub id: uuid::Uuid,
    pub user_id: &'a str,
    pub kind: &'a str,
    pub status: &'a str,
    pub amount: i64,
    pub balance_before: i64,
    pub balance_after: i64,
    pub app_id: &'a str,
    pub description: &'a str,
    pub organization_id: Option<&'a str>,
    pub metadata: Option<&'a str>,
    pub idempotency_key: Option<&'a str>,
    pub created_at: chrono::DateTime<chrono::FixedOffset>,
    pub completed_at: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub found: i64,
}
impl<'a> From<TransactionBorrowed<'a>> for Transaction {
    fn from(
        TransactionBorrowed {
            id,
            user_id,
            kind,
            status,
            amount,
            balance_before,
            balance_after,
            app_id,
            description,
            organization_id,
            metadata,
            idempotency_key,
            created_at,
            completed_at,
            found,
        }: TransactionBorrowed<'a>,
    ) -> Self {
        Self {
            id,
            user_id: user_id.into(),
            kind: kind.into(),
            status: status.into(),
            amount,
            balance_before,
            balance_after,
            app_id: app_id.into(),
            description: description.into(),
            organization_id: organization_id.map(|v| v.into()),
            metadata: metadata.map(|v| v.into()),
            idempotency_key: idempotency_key.map(|v| v.into()),
            created_at,
            completed_at,
            found,
        }
    }
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct TransactionQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<TransactionBorrowed, tokio_postgres::Error>,
    mapper: fn(TransactionBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> TransactionQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(TransactionBorrowed) -> R,
    ) -> TransactionQuery<'c, 'a, 's, C, R, N> {
        TransactionQuery {
            client: self.client,
            params: self.params,
            query: self.query,
            cached: self.cached,
            extractor: self.extractor,
            mapper,
        }
    }
    pub async fn one(self) -> Result<T, tokio_postgres::Error> {
        let row =
            crate::client::async_::one(self.client, self.query, &self.params, self.cached).await?;
        Ok((self.mapper)((self.extractor)(&row)?))
    }
    pub async fn all(self) -> Result<Vec<T>, tokio_postgres::Error> {
        let rows =
            crate::client::async_::all(self.client, self.query, &self.params, self.cached).await?;
        rows.iter()
            .map(|row| Ok((self.mapper)((self.extractor)(row)?)))
            .collect()
    }
    pub async fn opt(self) -> Result<Option<T>, tokio_postgres::Error> {
        let opt_row =
            crate::client::async_::opt(self.client, self.query, &self.params, self.cached).await?;
        Ok(opt_row
            .map(|row| {
                let extracted = (self.extractor)(&row)?;
                Ok((self.mapper)(extracted))
            })
            .transpose()?)
    }
    pub async fn iter(
        self,
    ) -> Result<
        impl futures::Stream<Item = Result<T, tokio_postgres::Error>> + 'c,
        tokio_postgres::Error,
    > {
        let stream = crate::client::async_::raw(
            self.client,
            self.query,
            crate::slice_iter(&self.params),
            self.cached,
        )
        .await?;
        let mapped = stream
            .map(move |res| {
                res.and_then(|row| {
                    let extracted = (self.extractor)(&row)?;
                    Ok((self.mapper)(extracted))
                })
            })
            .into_stream();
        Ok(mapped)
    }
}
pub struct ListTransactionsStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn list_transactions() -> ListTransactionsStmt {
    ListTransactionsStmt(
        "select id, user_id, kind, status, amount, balance_before, balance_after, app_id, description, organization_id, metadata, idempotency_key, created_at, completed_at, found from ( select t.*, count(*) over () as found, sum(size) over (order by created_at desc, id desc rows unbounded preceding) - size as bytes_before from ( select id, user_id, type::text as kind, status::text as status, amount, balance_before, balance_after, app_id, description, organization_id, coalesce(metadata_text, metadata::text) as metadata, idempotency_key, created_at, completed_at, 400 + octet_length(app_id) + octet_length(description) + coalesce(octet_length(idempotency_key), 0) + coalesce(octet_length(metadata_text), octet_length(metadata::text), 0) as size from credits.transactions where user_id = $1 order by created_at desc, id desc limit $2 offset $3) t) t where bytes_before < $4 order by created_at desc, id desc",
        None,
    )
}
impl ListTransactionsStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub fn bind<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>(
        &'s self,
        client: &'c C,
        user_id: &'a T1,
        limit: &'a i64,
        offset: &'a i64,
        max_bytes: &'a i64,
    ) -> TransactionQuery<'c, 'a, 's, C, Transaction, 4> {
        TransactionQuery {
            client,
            params: [user_id, limit, offset, max_bytes],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<TransactionBorrowed, tokio_postgres::Error> {
                    Ok(TransactionBorrowed {
                        id: row.try_get(0)?,
                        user_id: row.try_get(1)?,
                        kind: row.try_get(2)?,
                        status: row.try_get(3)?,
                        amount: row.try_get(4)?,
                        balance_before: row.try_get(5)?,
                        balance_after: row.try_get(6)?,
                        app_id: row.try_get(7)?,
                        description: row.try_get(8)?,
                        organization_id: row.try_get(9)?,
                        metadata: row.try_get(10)?,
                        idempotency_key: row.try_get(11)?,
                        created_at: row.try_get(12)?,
                        completed_at: row.try_get(13)?,
                        found: row.try_get(14)?,
                    })
                },
            mapper: |it| Transaction::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ListTransactionsParams<T1>,
        TransactionQuery<'c, 'a, 's, C, Transaction, 4>,
        C,
    > for ListTransactionsStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ListTransactionsParams<T1>,
    ) -> TransactionQuery<'c, 'a, 's, C, Transaction, 4> {
        self.bind(
            client,
            &params.user_id,
            &params.limit,
            &params.offset,
            &params.max_bytes,
        )
    }
}
pub struct ListTransactionsAfterStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn list_transactions_after() -> ListTransactionsAfterStmt {
    ListTransactionsAfterStmt(
        "select id, user_id, kind, status, amount, balance_before, balance_after, app_id, description, organization_id, metadata, idempotency_key, created_at, completed_at, found from ( select t.*, count(*) over () as found, sum(size) over (order by created_at desc, id desc rows unbounded preceding) - size as bytes_before from ( select id, user_id, type::text as kind, status::text as status, amount, balance_before, balance_after, app_id, description, organization_id, coalesce(metadata_text, metadata::text) as metadata, idempotency_key, created_at, completed_at, 400 + octet_length(app_id) + octet_length(description) + coalesce(octet_length(idempotency_key), 0) + coalesce(octet_length(metadata_text), octet_length(metadata::text), 0) as size from credits.transactions where user_id = $1 and (created_at, id) < ($2, $3) order by created_at desc, id desc limit $4) t) t where bytes_before < $5 order by created_at desc, id desc",
        None,
    )
}
impl ListTransactionsAfterStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub fn bind<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>(
        &'s self,
        client: &'c C,
        user_id: &'a T1,
        created_at: &'a chrono::DateTime<chrono::FixedOffset>,
        id: &'a uuid::Uuid,
        limit: &'a i64,
        max_bytes: &'a i64,
    ) -> TransactionQuery<'c, 'a, 's, C, Transaction, 5> {
        TransactionQuery {
            client,
            params: [user_id, created_at, id, limit, max_bytes],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<TransactionBorrowed, tokio_postgres::Error> {
                    Ok(TransactionBorrowed {
                        id: row.try_get(0)?,
                        user_id: row.try_get(1)?,
                        kind: row.try_get(2)?,
                        status: row.try_get(3)?,
                        amount: row.try_get(4)?,
                        balance_before: row.try_get(5)?,
                        balance_after: row.try_get(6)?,
                        app_id: row.try_get(7)?,
                        description: row.try_get(8)?,
                        organization_id: row.try_get(9)?,
                        metadata: row.try_get(10)?,
                        idempotency_key: row.try_get(11)?,
                        created_at: row.try_get(12)?,
                        completed_at: row.try_get(13)?,
                        found: row.try_get(14)?,
                    })
                },
            mapper: |it| Transaction::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ListTransactionsAfterParams<T1>,
        TransactionQuery<'c, 'a, 's, C, Transaction, 5>,
        C,
    > for ListTransactionsAfterStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ListTransactionsAfterParams<T1>,
    ) -> TransactionQuery<'c, 'a, 's, C, Transaction, 5> {
        self.bind(
            client,
            &params.user_id,
            &params.created_at,
            &params.id,
            &params.limit,
            &params.max_bytes,
        )
    }
}
