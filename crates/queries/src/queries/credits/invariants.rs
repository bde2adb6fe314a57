// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct ListOwnersParams<T1: crate::StringSql> {
    pub after: T1,
    pub page_size: i64,
}
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    pub subject: String,
    pub detail: String,
}
pub struct DifferenceBorrowed<'a> {
    pub subject: &'a str,
    pub detail: &'a str,
}
impl<'a> From<DifferenceBorrowed<'a>> for Difference {
    fn from(DifferenceBorrowed { subject, detail }: DifferenceBorrowed<'a>) -> Self {
        Self {
            subject: subject.into(),
            detail: detail.into(),
        }
    }
}
#[derive(Debug, Clone, PartialEq)]
pub struct ListOwners {
    pub id: uuid::Uuid,
    pub user_id: String,
}
pub struct ListOwnersBorrowed<'a> {
    pub id: uuid::Uuid,
    pub user_id: &'a str,
}
impl<'a> From<ListOwnersBorrowed<'a>> for ListOwners {
    fn from(ListOwnersBorrowed { id, user_id }: ListOwnersBorrowed<'a>) -> Self {
        Self {
            id,
            user_id: user_id.into(),
        }
    }
}
#[derive(Debug, Clone, PartialEq, Copy)]
pub struct CountBook {
    pub accounts: i64,
    pub entries: i64,
    pub transfers: i64,
}
#[derive(Debug, Clone, PartialEq)]
pub struct ListCheckpoints {
    pub id: i64,
    pub accounts: i64,
    pub entries: i64,
    pub heads_hash: Vec<u8>,
    pub system_sums: String,
    pub previous_seal: Vec<u8>,
    pub key_id: String,
    pub seal: Vec<u8>,
    pub created_at: chrono::DateTime<chrono::FixedOffset>,
}
pub struct ListCheckpointsBorrowed<'a> {
    pub id: i64,
    pub accounts: i64,
    pub entries: i64,
    pub heads_hash: &'a [u8],
    pub system_sums: &'a str,
    pub previous_seal: &'a [u8],
    pub key_id: &'a str,
    pub seal: &'a [u8],
    pub created_at: chrono::DateTime<chrono::FixedOffset>,
}
impl<'a> From<ListCheckpointsBorrowed<'a>> for ListCheckpoints {
    fn from(
        ListCheckpointsBorrowed {
            id,
            accounts,
            entries,
            heads_hash,
            system_sums,
            previous_seal,
            key_id,
            seal,
            created_at,
        }: ListCheckpointsBorrowed<'a>,
    ) -> Self {
        Self {
            id,
            accounts,
            entries,
            heads_hash: heads_hash.into(),
            system_sums: system_sums.into(),
            previous_seal: previous_seal.into(),
            key_id: key_id.into(),
            seal: seal.into(),
            created_at,
        }
    }
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct DifferenceQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<DifferenceBorrowed, tokio_postgres::Error>,
    mapper: fn(DifferenceBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> DifferenceQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(DifferenceBorrowed) -> R,
    ) -> DifferenceQuery<'c, 'a, 's, C, R, N> {
        DifferenceQuery {
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
pub struct ListOwnersQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<ListOwnersBorrowed, tokio_postgres::Error>,
    mapper: fn(ListOwnersBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> ListOwnersQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(ListOwnersBorrowed) -> R,
    ) -> ListOwnersQuery<'c, 'a, 's, C, R, N> {
        ListOwnersQuery {
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
pub struct CountBookQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<CountBook, tokio_postgres::Error>,
    mapper: fn(CountBook) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> CountBookQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(CountBook) -> R) -> CountBookQuery<'c, 'a, 's, C, R, N> {
        CountBookQuery {
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
pub struct ListCheckpointsQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<ListCheckpointsBorrowed, tokio_postgres::Error>,
    mapper: fn(ListCheckpointsBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> ListCheckpointsQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(ListCheckpointsBorrowed) -> R,
    ) -> ListCheckpointsQuery<'c, 'a, 's, C, R, N> {
        ListCheckpointsQuery {
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
pub struct Vecu8Query<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<&[u8], tokio_postgres::Error>,
    mapper: fn(&[u8]) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> Vecu8Query<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(&[u8]) -> R) -> Vecu8Query<'c, 'a, 's, C, R, N> {
        Vecu8Query {
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
pub struct TransfersBalancedStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn transfers_balanced() -> TransfersBalancedStmt {
    TransfersBalancedStmt(
        "select e.transfer_id::text as subject, format('sum %s over %s entries', sum(e.amount), count(*)) as detail from credits.entries e group by e.transfer_id having sum(e.amount) <> 0 or count(*) < 2 limit 100",
        None,
    )
}
impl TransfersBalancedStmt {
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
    ) -> DifferenceQuery<'c, 'a, 's, C, Difference, 0> {
        DifferenceQuery {
            client,
            params: [],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<DifferenceBorrowed, tokio_postgres::Error> {
                    Ok(DifferenceBorrowed {
                        subject: row.try_get(0)?,
                        detail: row.try_get(1)?,
                    })
                },
            mapper: |it| Difference::from(it),
        }
    }
}
pub struct TransfersCompleteStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn transfers_complete() -> TransfersCompleteStmt {
    TransfersCompleteStmt(
        "select coalesce(e.transfer_id, t.id)::text as subject, case when t.id is null then 'entries without a transfer' else 'a transfer without entries' end as detail from (select distinct transfer_id from credits.entries) e full join credits.transfers t on t.id = e.transfer_id where t.id is null or e.transfer_id is null limit 100",
        None,
    )
}
impl TransfersCompleteStmt {
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
    ) -> DifferenceQuery<'c, 'a, 's, C, Difference, 0> {
        DifferenceQuery {
            client,
            params: [],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<DifferenceBorrowed, tokio_postgres::Error> {
                    Ok(DifferenceBorrowed {
                        subject: row.try_get(0)?,
                        detail: row.try_get(1)?,
                    })
                },
            mapper: |it| Difference::from(it),
        }
    }
}
pub struct EntriesPlacedStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn entries_placed() -> EntriesPlacedStmt {
    EntriesPlacedStmt(
        "select e.transfer_id::text || '/' || e.line as subject, case when a.id is null then 'no such account' else 'wrong bucket or chain for a ' || a.kind || ' account' end as detail from credits.entries e left join credits.accounts a on a.id = e.account_id where a.id is null or (a.kind = 'system') <> (e.bucket = 'system') or (e.bucket = 'system') <> (e.hash is null and e.sequence is null and e.previous_hash is null and e.balance_after is null) limit 100",
        None,
    )
}
impl EntriesPlacedStmt {
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
    ) -> DifferenceQuery<'c, 'a, 's, C, Difference, 0> {
        DifferenceQuery {
            client,
            params: [],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<DifferenceBorrowed, tokio_postgres::Error> {
                    Ok(DifferenceBorrowed {
                        subject: row.try_get(0)?,
                        detail: row.try_get(1)?,
                    })
                },
            mapper: |it| Difference::from(it),
        }
    }
}
pub struct BalancesSumStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn balances_sum() -> BalancesSumStmt {
    BalancesSumStmt(
        "select a.id::text as subject, format('free %s of %s, paid %s of %s, held %s of %s', a.free, coalesce(s.free, 0), a.paid, coalesce(s.paid, 0), a.held, coalesce(s.held, 0)) as detail from credits.accounts a left join ( select account_id, sum(amount) filter (where bucket = 'free') as free, sum(amount) filter (where bucket = 'paid') as paid, sum(amount) filter (where bucket = 'held') as held from credits.entries group by account_id) s on s.account_id = a.id where a.kind <> 'system' and (a.free <> coalesce(s.free, 0) or a.paid <> coalesce(s.paid, 0) or a.held <> coalesce(s.held, 0)) limit 100",
        None,
    )
}
impl BalancesSumStmt {
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
    ) -> DifferenceQuery<'c, 'a, 's, C, Difference, 0> {
        DifferenceQuery {
            client,
            params: [],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<DifferenceBorrowed, tokio_postgres::Error> {
                    Ok(DifferenceBorrowed {
                        subject: row.try_get(0)?,
                        detail: row.try_get(1)?,
                    })
                },
            mapper: |it| Difference::from(it),
        }
    }
}
pub struct ChainLinksStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn chain_links() -> ChainLinksStmt {
    ChainLinksStmt(
        "select subject, detail from ( select e.account_id::text || '/' || e.sequence as subject, case when e.sequence <> e.position then 'a gap: expected ' || e.position when e.previous_hash <> e.before then 'does not follow the entry before' when e.hash <> credits.entry_hash(e.previous_hash, e.account_id, e.sequence, e.transfer_id, e.bucket, e.amount, e.balance_after, e.lot_id, e.created_at) then 'the entry is not what was hashed' when e.balance_after <> e.running then 'running balance should be ' || e.running when e.balance_after < 0 then 'negative balance' end as detail from ( select *, row_number() over w as position, coalesce(lag(hash) over w, decode(repeat('00', 32), 'hex')) as before, sum(amount) over (partition by account_id, bucket order by sequence) as running from credits.entries where sequence is not null window w as (partition by account_id order by sequence)) e) checked where detail is not null limit 100",
        None,
    )
}
impl ChainLinksStmt {
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
    ) -> DifferenceQuery<'c, 'a, 's, C, Difference, 0> {
        DifferenceQuery {
            client,
            params: [],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<DifferenceBorrowed, tokio_postgres::Error> {
                    Ok(DifferenceBorrowed {
                        subject: row.try_get(0)?,
                        detail: row.try_get(1)?,
                    })
                },
            mapper: |it| Difference::from(it),
        }
    }
}
pub struct ChainHeadsStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn chain_heads() -> ChainHeadsStmt {
    ChainHeadsStmt(
        "select a.id::text as subject, format('head %s, last entry %s', a.sequence, coalesce(l.sequence, 0)) as detail from credits.accounts a left join ( select distinct on (account_id) account_id, sequence, hash from credits.entries where sequence is not null order by account_id, sequence desc) l on l.account_id = a.id where a.kind <> 'system' and (a.sequence <> coalesce(l.sequence, 0) or a.head_hash <> coalesce(l.hash, decode(repeat('00', 32), 'hex'))) limit 100",
        None,
    )
}
impl ChainHeadsStmt {
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
    ) -> DifferenceQuery<'c, 'a, 's, C, Difference, 0> {
        DifferenceQuery {
            client,
            params: [],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<DifferenceBorrowed, tokio_postgres::Error> {
                    Ok(DifferenceBorrowed {
                        subject: row.try_get(0)?,
                        detail: row.try_get(1)?,
                    })
                },
            mapper: |it| Difference::from(it),
        }
    }
}
pub struct SealedHeadsKeptStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn sealed_heads_kept() -> SealedHeadsKeptStmt {
    SealedHeadsKeptStmt(
        "select h.account_id::text as subject, format('sealed entry %s is gone or changed', h.sequence) as detail from credits.sealed_heads h left join credits.entries e on e.account_id = h.account_id and e.sequence = h.sequence where e.hash is distinct from h.hash limit 100",
        None,
    )
}
impl SealedHeadsKeptStmt {
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
    ) -> DifferenceQuery<'c, 'a, 's, C, Difference, 0> {
        DifferenceQuery {
            client,
            params: [],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<DifferenceBorrowed, tokio_postgres::Error> {
                    Ok(DifferenceBorrowed {
                        subject: row.try_get(0)?,
                        detail: row.try_get(1)?,
                    })
                },
            mapper: |it| Difference::from(it),
        }
    }
}
pub struct TransactionsBookedStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn transactions_booked() -> TransactionsBookedStmt {
    TransactionsBookedStmt(
        "select t.id::text as subject, format('shows %s, booked %s', t.amount, coalesce(s.amount, 0)) as detail from credits.transactions t left join credits.accounts a on a.kind = 'user' and a.owner_id = t.user_id left join ( select transfer_id, account_id, sum(amount) as amount from credits.entries where bucket <> 'system' group by transfer_id, account_id) s on s.transfer_id = t.transfer_id and s.account_id = a.id where t.transfer_id is not null and (t.status <> 'completed' or t.amount <> coalesce(s.amount, 0) or t.balance_after <> t.balance_before + t.amount) limit 100",
        None,
    )
}
impl TransactionsBookedStmt {
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
    ) -> DifferenceQuery<'c, 'a, 's, C, Difference, 0> {
        DifferenceQuery {
            client,
            params: [],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<DifferenceBorrowed, tokio_postgres::Error> {
                    Ok(DifferenceBorrowed {
                        subject: row.try_get(0)?,
                        detail: row.try_get(1)?,
                    })
                },
            mapper: |it| Difference::from(it),
        }
    }
}
pub struct TransfersShownStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn transfers_shown() -> TransfersShownStmt {
    TransfersShownStmt(
        "select e.transfer_id::text as subject, 'not among the transactions of its owner' as detail from credits.entries e join credits.accounts a on a.id = e.account_id and a.kind = 'user' and a.closed_at is null left join credits.transactions t on t.transfer_id = e.transfer_id and t.user_id = a.owner_id where t.id is null limit 100",
        None,
    )
}
impl TransfersShownStmt {
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
    ) -> DifferenceQuery<'c, 'a, 's, C, Difference, 0> {
        DifferenceQuery {
            client,
            params: [],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<DifferenceBorrowed, tokio_postgres::Error> {
                    Ok(DifferenceBorrowed {
                        subject: row.try_get(0)?,
                        detail: row.try_get(1)?,
                    })
                },
            mapper: |it| Difference::from(it),
        }
    }
}
pub struct SpendingSumsStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn spending_sums() -> SpendingSumsStmt {
    SpendingSumsStmt(
        "select a.id::text as subject, format('total %s, transactions %s, statistics %s', a.total_spent, coalesce(t.spent, 0), coalesce(s.spent, 0)) as detail from credits.accounts a left join ( select user_id, -sum(amount) as spent from credits.transactions where type = 'usage' and transfer_id is not null group by user_id) t on t.user_id = a.owner_id left join (select user_id, sum(credits_used) as spent from credits.usage_stats group by user_id) s on s.user_id = a.owner_id where a.kind = 'user' and a.closed_at is null and (a.total_spent <> coalesce(t.spent, 0) or a.total_spent <> coalesce(s.spent, 0)) limit 100",
        None,
    )
}
impl SpendingSumsStmt {
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
    ) -> DifferenceQuery<'c, 'a, 's, C, Difference, 0> {
        DifferenceQuery {
            client,
            params: [],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<DifferenceBorrowed, tokio_postgres::Error> {
                    Ok(DifferenceBorrowed {
                        subject: row.try_get(0)?,
                        detail: row.try_get(1)?,
                    })
                },
            mapper: |it| Difference::from(it),
        }
    }
}
pub struct ReceiptsBackedStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn receipts_backed() -> ReceiptsBackedStmt {
    ReceiptsBackedStmt(
        "select r.caller || '/' || r.key as subject, 'a receipt without a transaction' as detail from credits.receipts r where r.operation = 'use' and not exists (select 1 from credits.transactions t where t.user_id = r.user_id and t.idempotency_key = r.key) limit 100",
        None,
    )
}
impl ReceiptsBackedStmt {
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
    ) -> DifferenceQuery<'c, 'a, 's, C, Difference, 0> {
        DifferenceQuery {
            client,
            params: [],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<DifferenceBorrowed, tokio_postgres::Error> {
                    Ok(DifferenceBorrowed {
                        subject: row.try_get(0)?,
                        detail: row.try_get(1)?,
                    })
                },
            mapper: |it| Difference::from(it),
        }
    }
}
pub struct PersonalRowsOwnedStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn personal_rows_owned() -> PersonalRowsOwnedStmt {
    PersonalRowsOwnedStmt(
        "select r.subject, 'kept for a person without a wallet' as detail from (select 'transaction ' || id as subject, user_id from credits.transactions union all select 'usage of ' || date, user_id from credits.usage_stats union all select 'receipt ' || operation || '/' || key, user_id from credits.receipts) r left join credits.accounts a on a.kind = 'user' and a.owner_id = r.user_id and a.closed_at is null where a.id is null limit 100",
        None,
    )
}
impl PersonalRowsOwnedStmt {
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
    ) -> DifferenceQuery<'c, 'a, 's, C, Difference, 0> {
        DifferenceQuery {
            client,
            params: [],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<DifferenceBorrowed, tokio_postgres::Error> {
                    Ok(DifferenceBorrowed {
                        subject: row.try_get(0)?,
                        detail: row.try_get(1)?,
                    })
                },
            mapper: |it| Difference::from(it),
        }
    }
}
pub struct ListOwnersStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn list_owners() -> ListOwnersStmt {
    ListOwnersStmt(
        "select id, owner_id as user_id from credits.accounts where kind = 'user' and owner_id > $1 order by owner_id limit $2",
        None,
    )
}
impl ListOwnersStmt {
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
        after: &'a T1,
        page_size: &'a i64,
    ) -> ListOwnersQuery<'c, 'a, 's, C, ListOwners, 2> {
        ListOwnersQuery {
            client,
            params: [after, page_size],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<ListOwnersBorrowed, tokio_postgres::Error> {
                    Ok(ListOwnersBorrowed {
                        id: row.try_get(0)?,
                        user_id: row.try_get(1)?,
                    })
                },
            mapper: |it| ListOwners::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ListOwnersParams<T1>,
        ListOwnersQuery<'c, 'a, 's, C, ListOwners, 2>,
        C,
    > for ListOwnersStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ListOwnersParams<T1>,
    ) -> ListOwnersQuery<'c, 'a, 's, C, ListOwners, 2> {
        self.bind(client, &params.after, &params.page_size)
    }
}
pub struct CountBookStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn count_book() -> CountBookStmt {
    CountBookStmt(
        "select (select count(*) from credits.accounts where kind <> 'system') as accounts, (select count(*) from credits.entries) as entries, (select count(*) from credits.transfers) as transfers",
        None,
    )
}
impl CountBookStmt {
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
    ) -> CountBookQuery<'c, 'a, 's, C, CountBook, 0> {
        CountBookQuery {
            client,
            params: [],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<CountBook, tokio_postgres::Error> {
                Ok(CountBook {
                    accounts: row.try_get(0)?,
                    entries: row.try_get(1)?,
                    transfers: row.try_get(2)?,
                })
            },
            mapper: |it| CountBook::from(it),
        }
    }
}
pub struct ListCheckpointsStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn list_checkpoints() -> ListCheckpointsStmt {
    ListCheckpointsStmt(
        "select id, accounts, entries, heads_hash, system_sums::text as system_sums, previous_seal, key_id, seal, created_at from credits.checkpoints order by id",
        None,
    )
}
impl ListCheckpointsStmt {
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
    ) -> ListCheckpointsQuery<'c, 'a, 's, C, ListCheckpoints, 0> {
        ListCheckpointsQuery {
            client,
            params: [],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |
                row: &tokio_postgres::Row,
            | -> Result<ListCheckpointsBorrowed, tokio_postgres::Error> {
                Ok(ListCheckpointsBorrowed {
                    id: row.try_get(0)?,
                    accounts: row.try_get(1)?,
                    entries: row.try_get(2)?,
                    heads_hash: row.try_get(3)?,
                    system_sums: row.try_get(4)?,
                    previous_seal: row.try_get(5)?,
                    key_id: row.try_get(6)?,
                    seal: row.try_get(7)?,
                    created_at: row.try_get(8)?,
                })
            },
            mapper: |it| ListCheckpoints::from(it),
        }
    }
}
pub struct HashSealedHeadsStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn hash_sealed_heads() -> HashSealedHeadsStmt {
    HashSealedHeadsStmt(
        "select sha256(coalesce(string_agg(uuid_send(account_id) || int8send(sequence) || hash, ''::bytea order by account_id), ''::bytea)) as heads_hash from credits.sealed_heads",
        None,
    )
}
impl HashSealedHeadsStmt {
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
    ) -> Vecu8Query<'c, 'a, 's, C, Vec<u8>, 0> {
        Vecu8Query {
            client,
            params: [],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it.into(),
        }
    }
}
