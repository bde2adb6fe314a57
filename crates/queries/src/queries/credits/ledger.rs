// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct OpenWalletParams<T1: crate::StringSql> {
    pub account_id: uuid::Uuid,
    pub transfer_id: uuid::Uuid,
    pub user_id: T1,
    pub bonus: i64,
    pub daily: i64,
    pub now: chrono::DateTime<chrono::FixedOffset>,
}
#[derive(Debug)]
pub struct GrantDailyParams<T1: crate::StringSql, T2: crate::ArraySql<Item = T1>> {
    pub user_ids: T2,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub day_start: chrono::DateTime<chrono::FixedOffset>,
}
#[derive(Debug)]
pub struct UseBatchParams<
    T1: crate::ArraySql<Item = uuid::Uuid>,
    T2: crate::StringSql,
    T3: crate::ArraySql<Item = T2>,
    T4: crate::ArraySql<Item = i64>,
    T5: crate::StringSql,
    T6: crate::ArraySql<Item = T5>,
    T7: crate::StringSql,
    T8: crate::ArraySql<Item = T7>,
    T9: crate::StringSql,
    T10: crate::ArraySql<Item = Option<T9>>,
    T11: crate::StringSql,
    T12: crate::ArraySql<Item = T11>,
    T13: crate::StringSql,
    T14: crate::ArraySql<Item = Option<T13>>,
    T15: crate::BytesSql,
    T16: crate::ArraySql<Item = Option<T15>>,
    T17: crate::StringSql,
    T18: crate::ArraySql<Item = Option<T17>>,
> {
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub day_start: chrono::DateTime<chrono::FixedOffset>,
    pub is_retry: bool,
    pub transfer_ids: T1,
    pub user_ids: T3,
    pub amounts: T4,
    pub app_ids: T6,
    pub descriptions: T8,
    pub metadata: T10,
    pub callers: T12,
    pub keys: T14,
    pub request_hashes: T16,
    pub answer_heads: T18,
}
#[derive(Debug)]
pub struct EraseWalletParams<T1: crate::StringSql> {
    pub user_id: T1,
    pub free_transfer_id: uuid::Uuid,
    pub paid_transfer_id: uuid::Uuid,
    pub now: chrono::DateTime<chrono::FixedOffset>,
}
#[derive(Debug)]
pub struct InsertCheckpointParams<
    T1: crate::BytesSql,
    T2: crate::StringSql,
    T3: crate::BytesSql,
    T4: crate::StringSql,
    T5: crate::BytesSql,
> {
    pub accounts: i64,
    pub entries: i64,
    pub heads_hash: T1,
    pub system_sums: T2,
    pub previous_seal: T3,
    pub key_id: T4,
    pub seal: T5,
    pub now: chrono::DateTime<chrono::FixedOffset>,
}
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    pub ordinal: i32,
    pub outcome: String,
    pub balance_before: Option<i64>,
    pub balance_after: Option<i64>,
    pub paid: Option<i64>,
    pub free: Option<i64>,
    pub total_spent: Option<i64>,
    pub answer: Option<Vec<u8>>,
}
pub struct OutcomeBorrowed<'a> {
    pub ordinal: i32,
    pub outcome: &'a str,
    pub balance_before: Option<i64>,
    pub balance_after: Option<i64>,
    pub paid: Option<i64>,
    pub free: Option<i64>,
    pub total_spent: Option<i64>,
    pub answer: Option<&'a [u8]>,
}
impl<'a> From<OutcomeBorrowed<'a>> for Outcome {
    fn from(
        OutcomeBorrowed {
            ordinal,
            outcome,
            balance_before,
            balance_after,
            paid,
            free,
            total_spent,
            answer,
        }: OutcomeBorrowed<'a>,
    ) -> Self {
        Self {
            ordinal,
            outcome: outcome.into(),
            balance_before,
            balance_after,
            paid,
            free,
            total_spent,
            answer: answer.map(|v| v.into()),
        }
    }
}
#[derive(Debug, Clone, PartialEq)]
pub struct FoldHeads {
    pub accounts: i64,
    pub entries: i64,
    pub heads_hash: Vec<u8>,
    pub system_sums: String,
    pub previous_seal: Vec<u8>,
}
pub struct FoldHeadsBorrowed<'a> {
    pub accounts: i64,
    pub entries: i64,
    pub heads_hash: &'a [u8],
    pub system_sums: &'a str,
    pub previous_seal: &'a [u8],
}
impl<'a> From<FoldHeadsBorrowed<'a>> for FoldHeads {
    fn from(
        FoldHeadsBorrowed {
            accounts,
            entries,
            heads_hash,
            system_sums,
            previous_seal,
        }: FoldHeadsBorrowed<'a>,
    ) -> Self {
        Self {
            accounts,
            entries,
            heads_hash: heads_hash.into(),
            system_sums: system_sums.into(),
            previous_seal: previous_seal.into(),
        }
    }
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct BoolQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<bool, tokio_postgres::Error>,
    mapper: fn(bool) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> BoolQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(bool) -> R) -> BoolQuery<'c, 'a, 's, C, R, N> {
        BoolQuery {
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
pub struct I32Query<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<i32, tokio_postgres::Error>,
    mapper: fn(i32) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> I32Query<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(i32) -> R) -> I32Query<'c, 'a, 's, C, R, N> {
        I32Query {
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
pub struct OutcomeQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<OutcomeBorrowed, tokio_postgres::Error>,
    mapper: fn(OutcomeBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> OutcomeQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(OutcomeBorrowed) -> R) -> OutcomeQuery<'c, 'a, 's, C, R, N> {
        OutcomeQuery {
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
pub struct FoldHeadsQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<FoldHeadsBorrowed, tokio_postgres::Error>,
    mapper: fn(FoldHeadsBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> FoldHeadsQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(FoldHeadsBorrowed) -> R) -> FoldHeadsQuery<'c, 'a, 's, C, R, N> {
        FoldHeadsQuery {
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
pub struct I64Query<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<i64, tokio_postgres::Error>,
    mapper: fn(i64) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> I64Query<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(i64) -> R) -> I64Query<'c, 'a, 's, C, R, N> {
        I64Query {
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
pub struct OpenWalletStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn open_wallet() -> OpenWalletStmt {
    OpenWalletStmt(
        "select credits.open_wallet($1, $2, $3, $4, $5, $6) as is_new",
        None,
    )
}
impl OpenWalletStmt {
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
        account_id: &'a uuid::Uuid,
        transfer_id: &'a uuid::Uuid,
        user_id: &'a T1,
        bonus: &'a i64,
        daily: &'a i64,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> BoolQuery<'c, 'a, 's, C, bool, 6> {
        BoolQuery {
            client,
            params: [account_id, transfer_id, user_id, bonus, daily, now],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it,
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        OpenWalletParams<T1>,
        BoolQuery<'c, 'a, 's, C, bool, 6>,
        C,
    > for OpenWalletStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a OpenWalletParams<T1>,
    ) -> BoolQuery<'c, 'a, 's, C, bool, 6> {
        self.bind(
            client,
            &params.account_id,
            &params.transfer_id,
            &params.user_id,
            &params.bonus,
            &params.daily,
            &params.now,
        )
    }
}
pub struct GrantDailyStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn grant_daily() -> GrantDailyStmt {
    GrantDailyStmt(
        "select 1 as done from credits.grant_daily($1, $2, $3)",
        None,
    )
}
impl GrantDailyStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub fn bind<
        'c,
        'a,
        's,
        C: GenericClient,
        T1: crate::StringSql,
        T2: crate::ArraySql<Item = T1>,
    >(
        &'s self,
        client: &'c C,
        user_ids: &'a T2,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        day_start: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> I32Query<'c, 'a, 's, C, i32, 3> {
        I32Query {
            client,
            params: [user_ids, now, day_start],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it,
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::ArraySql<Item = T1>>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        GrantDailyParams<T1, T2>,
        I32Query<'c, 'a, 's, C, i32, 3>,
        C,
    > for GrantDailyStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a GrantDailyParams<T1, T2>,
    ) -> I32Query<'c, 'a, 's, C, i32, 3> {
        self.bind(client, &params.user_ids, &params.now, &params.day_start)
    }
}
pub struct UseBatchStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn use_batch() -> UseBatchStmt {
    UseBatchStmt(
        "select ordinal, outcome, balance_before, balance_after, paid, free, total_spent, answer from credits.use_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        None,
    )
}
impl UseBatchStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub fn bind<
        'c,
        'a,
        's,
        C: GenericClient,
        T1: crate::ArraySql<Item = uuid::Uuid>,
        T2: crate::StringSql,
        T3: crate::ArraySql<Item = T2>,
        T4: crate::ArraySql<Item = i64>,
        T5: crate::StringSql,
        T6: crate::ArraySql<Item = T5>,
        T7: crate::StringSql,
        T8: crate::ArraySql<Item = T7>,
        T9: crate::StringSql,
        T10: crate::ArraySql<Item = Option<T9>>,
        T11: crate::StringSql,
        T12: crate::ArraySql<Item = T11>,
        T13: crate::StringSql,
        T14: crate::ArraySql<Item = Option<T13>>,
        T15: crate::BytesSql,
        T16: crate::ArraySql<Item = Option<T15>>,
        T17: crate::StringSql,
        T18: crate::ArraySql<Item = Option<T17>>,
    >(
        &'s self,
        client: &'c C,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        day_start: &'a chrono::DateTime<chrono::FixedOffset>,
        is_retry: &'a bool,
        transfer_ids: &'a T1,
        user_ids: &'a T3,
        amounts: &'a T4,
        app_ids: &'a T6,
        descriptions: &'a T8,
        metadata: &'a T10,
        callers: &'a T12,
        keys: &'a T14,
        request_hashes: &'a T16,
        answer_heads: &'a T18,
    ) -> OutcomeQuery<'c, 'a, 's, C, Outcome, 13> {
        OutcomeQuery {
            client,
            params: [
                now,
                day_start,
                is_retry,
                transfer_ids,
                user_ids,
                amounts,
                app_ids,
                descriptions,
                metadata,
                callers,
                keys,
                request_hashes,
                answer_heads,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<OutcomeBorrowed, tokio_postgres::Error> {
                    Ok(OutcomeBorrowed {
                        ordinal: row.try_get(0)?,
                        outcome: row.try_get(1)?,
                        balance_before: row.try_get(2)?,
                        balance_after: row.try_get(3)?,
                        paid: row.try_get(4)?,
                        free: row.try_get(5)?,
                        total_spent: row.try_get(6)?,
                        answer: row.try_get(7)?,
                    })
                },
            mapper: |it| Outcome::from(it),
        }
    }
}
impl<
    'c,
    'a,
    's,
    C: GenericClient,
    T1: crate::ArraySql<Item = uuid::Uuid>,
    T2: crate::StringSql,
    T3: crate::ArraySql<Item = T2>,
    T4: crate::ArraySql<Item = i64>,
    T5: crate::StringSql,
    T6: crate::ArraySql<Item = T5>,
    T7: crate::StringSql,
    T8: crate::ArraySql<Item = T7>,
    T9: crate::StringSql,
    T10: crate::ArraySql<Item = Option<T9>>,
    T11: crate::StringSql,
    T12: crate::ArraySql<Item = T11>,
    T13: crate::StringSql,
    T14: crate::ArraySql<Item = Option<T13>>,
    T15: crate::BytesSql,
    T16: crate::ArraySql<Item = Option<T15>>,
    T17: crate::StringSql,
    T18: crate::ArraySql<Item = Option<T17>>,
>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        UseBatchParams<
            T1,
            T2,
            T3,
            T4,
            T5,
            T6,
            T7,
            T8,
            T9,
            T10,
            T11,
            T12,
            T13,
            T14,
            T15,
            T16,
            T17,
            T18,
        >,
        OutcomeQuery<'c, 'a, 's, C, Outcome, 13>,
        C,
    > for UseBatchStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a UseBatchParams<
            T1,
            T2,
            T3,
            T4,
            T5,
            T6,
            T7,
            T8,
            T9,
            T10,
            T11,
            T12,
            T13,
            T14,
            T15,
            T16,
            T17,
            T18,
        >,
    ) -> OutcomeQuery<'c, 'a, 's, C, Outcome, 13> {
        self.bind(
            client,
            &params.now,
            &params.day_start,
            &params.is_retry,
            &params.transfer_ids,
            &params.user_ids,
            &params.amounts,
            &params.app_ids,
            &params.descriptions,
            &params.metadata,
            &params.callers,
            &params.keys,
            &params.request_hashes,
            &params.answer_heads,
        )
    }
}
pub struct EraseWalletStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn erase_wallet() -> EraseWalletStmt {
    EraseWalletStmt(
        "select credits.erase_wallet($1, $2, $3, $4) as was_open",
        None,
    )
}
impl EraseWalletStmt {
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
        free_transfer_id: &'a uuid::Uuid,
        paid_transfer_id: &'a uuid::Uuid,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> BoolQuery<'c, 'a, 's, C, bool, 4> {
        BoolQuery {
            client,
            params: [user_id, free_transfer_id, paid_transfer_id, now],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it,
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        EraseWalletParams<T1>,
        BoolQuery<'c, 'a, 's, C, bool, 4>,
        C,
    > for EraseWalletStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a EraseWalletParams<T1>,
    ) -> BoolQuery<'c, 'a, 's, C, bool, 4> {
        self.bind(
            client,
            &params.user_id,
            &params.free_transfer_id,
            &params.paid_transfer_id,
            &params.now,
        )
    }
}
pub struct DeleteReceiptsStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn delete_receipts() -> DeleteReceiptsStmt {
    DeleteReceiptsStmt("delete from credits.receipts where created_at < $1", None)
}
impl DeleteReceiptsStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub async fn bind<'c, 'a, 's, C: GenericClient>(
        &'s self,
        client: &'c C,
        before: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[before], self.1.as_ref()).await
    }
}
pub struct FoldHeadsStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn fold_heads() -> FoldHeadsStmt {
    FoldHeadsStmt(
        "select accounts, entries, heads_hash, system_sums::text as system_sums, previous_seal from credits.fold_heads()",
        None,
    )
}
impl FoldHeadsStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub fn bind<'c, 'a, 's, C: GenericClient>(
        &'s self,
        client: &'c C,
    ) -> FoldHeadsQuery<'c, 'a, 's, C, FoldHeads, 0> {
        FoldHeadsQuery {
            client,
            params: [],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<FoldHeadsBorrowed, tokio_postgres::Error> {
                    Ok(FoldHeadsBorrowed {
                        accounts: row.try_get(0)?,
                        entries: row.try_get(1)?,
                        heads_hash: row.try_get(2)?,
                        system_sums: row.try_get(3)?,
                        previous_seal: row.try_get(4)?,
                    })
                },
            mapper: |it| FoldHeads::from(it),
        }
    }
}
pub struct InsertCheckpointStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn insert_checkpoint() -> InsertCheckpointStmt {
    InsertCheckpointStmt(
        "select credits.keep_checkpoint($1, $2, $3, $4, $5, $6, $7, $8) as id",
        None,
    )
}
impl InsertCheckpointStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub fn bind<
        'c,
        'a,
        's,
        C: GenericClient,
        T1: crate::BytesSql,
        T2: crate::StringSql,
        T3: crate::BytesSql,
        T4: crate::StringSql,
        T5: crate::BytesSql,
    >(
        &'s self,
        client: &'c C,
        accounts: &'a i64,
        entries: &'a i64,
        heads_hash: &'a T1,
        system_sums: &'a T2,
        previous_seal: &'a T3,
        key_id: &'a T4,
        seal: &'a T5,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> I64Query<'c, 'a, 's, C, i64, 8> {
        I64Query {
            client,
            params: [
                accounts,
                entries,
                heads_hash,
                system_sums,
                previous_seal,
                key_id,
                seal,
                now,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it,
        }
    }
}
impl<
    'c,
    'a,
    's,
    C: GenericClient,
    T1: crate::BytesSql,
    T2: crate::StringSql,
    T3: crate::BytesSql,
    T4: crate::StringSql,
    T5: crate::BytesSql,
>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        InsertCheckpointParams<T1, T2, T3, T4, T5>,
        I64Query<'c, 'a, 's, C, i64, 8>,
        C,
    > for InsertCheckpointStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a InsertCheckpointParams<T1, T2, T3, T4, T5>,
    ) -> I64Query<'c, 'a, 's, C, i64, 8> {
        self.bind(
            client,
            &params.accounts,
            &params.entries,
            &params.heads_hash,
            &params.system_sums,
            &params.previous_seal,
            &params.key_id,
            &params.seal,
            &params.now,
        )
    }
}
