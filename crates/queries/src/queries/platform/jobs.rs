// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct EnqueueParams<T1: crate::StringSql, T2: crate::JsonSql, T3: crate::StringSql> {
    pub id: uuid::Uuid,
    pub kind: T1,
    pub payload: T2,
    pub dedupe_key: Option<T3>,
    pub run_at: chrono::DateTime<chrono::FixedOffset>,
    pub now: chrono::DateTime<chrono::FixedOffset>,
}
#[derive(Clone, Copy, Debug)]
pub struct ClaimDueParams {
    pub locked_until: chrono::DateTime<chrono::FixedOffset>,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub never: chrono::DateTime<chrono::FixedOffset>,
    pub batch: i64,
}
#[derive(Debug)]
pub struct RetryParams<T1: crate::StringSql> {
    pub run_at: chrono::DateTime<chrono::FixedOffset>,
    pub error: T1,
    pub id: uuid::Uuid,
}
#[derive(Debug)]
pub struct BuryParams<T1: crate::StringSql> {
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub error: T1,
    pub id: uuid::Uuid,
}
#[derive(Debug)]
pub struct ClaimSlotParams<T1: crate::StringSql> {
    pub kind: T1,
    pub slot: i64,
    pub id: uuid::Uuid,
    pub now: chrono::DateTime<chrono::FixedOffset>,
}
#[derive(Debug, Clone, PartialEq)]
pub struct DueJob {
    pub id: uuid::Uuid,
    pub kind: String,
    pub payload: serde_json::Value,
    pub attempts: i32,
    pub max_attempts: i32,
}
pub struct DueJobBorrowed<'a> {
    pub id: uuid::Uuid,
    pub kind: &'a str,
    pub payload: postgres_types::Json<&'a serde_json::value::RawValue>,
    pub attempts: i32,
    pub max_attempts: i32,
}
impl<'a> From<DueJobBorrowed<'a>> for DueJob {
    fn from(
        DueJobBorrowed {
            id,
            kind,
            payload,
            attempts,
            max_attempts,
        }: DueJobBorrowed<'a>,
    ) -> Self {
        Self {
            id,
            kind: kind.into(),
            payload: serde_json::from_str(payload.0.get()).unwrap(),
            attempts,
            max_attempts,
        }
    }
}
#[derive(Debug, Clone, PartialEq, Copy)]
pub struct CountWaiting {
    pub dead: i64,
    pub waiting: i64,
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct DueJobQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<DueJobBorrowed, tokio_postgres::Error>,
    mapper: fn(DueJobBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> DueJobQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(DueJobBorrowed) -> R) -> DueJobQuery<'c, 'a, 's, C, R, N> {
        DueJobQuery {
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
pub struct CountWaitingQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<CountWaiting, tokio_postgres::Error>,
    mapper: fn(CountWaiting) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> CountWaitingQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(CountWaiting) -> R) -> CountWaitingQuery<'c, 'a, 's, C, R, N> {
        CountWaitingQuery {
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
pub struct EnqueueStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn enqueue() -> EnqueueStmt {
    EnqueueStmt(
        "insert into platform.jobs (id, kind, payload, dedupe_key, run_at, created_at) values ($1, $2, $3, $4, $5, $6) on conflict (dedupe_key) do nothing",
        None,
    )
}
impl EnqueueStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub async fn bind<
        'c,
        'a,
        's,
        C: GenericClient,
        T1: crate::StringSql,
        T2: crate::JsonSql,
        T3: crate::StringSql,
    >(
        &'s self,
        client: &'c C,
        id: &'a uuid::Uuid,
        kind: &'a T1,
        payload: &'a T2,
        dedupe_key: &'a Option<T3>,
        run_at: &'a chrono::DateTime<chrono::FixedOffset>,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(
            client,
            self.0,
            &[id, kind, payload, dedupe_key, run_at, now],
            self.1.as_ref(),
        )
        .await
    }
}
impl<
    'a,
    C: GenericClient + Send + Sync,
    T1: crate::StringSql,
    T2: crate::JsonSql,
    T3: crate::StringSql,
>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        EnqueueParams<T1, T2, T3>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for EnqueueStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a EnqueueParams<T1, T2, T3>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.id,
            &params.kind,
            &params.payload,
            &params.dedupe_key,
            &params.run_at,
            &params.now,
        ))
    }
}
pub struct ClaimDueStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn claim_due() -> ClaimDueStmt {
    ClaimDueStmt(
        "update platform.jobs set locked_until = $1, attempts = attempts + 1 where id = any ( select id from platform.jobs where dead_at is null and (run_at <= $2 or run_at > $3) and (locked_until is null or locked_until < $2 or locked_until > $3) order by run_at limit $4 for update skip locked) returning id, kind, payload, attempts, max_attempts",
        None,
    )
}
impl ClaimDueStmt {
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
        locked_until: &'a chrono::DateTime<chrono::FixedOffset>,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        never: &'a chrono::DateTime<chrono::FixedOffset>,
        batch: &'a i64,
    ) -> DueJobQuery<'c, 'a, 's, C, DueJob, 4> {
        DueJobQuery {
            client,
            params: [locked_until, now, never, batch],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<DueJobBorrowed, tokio_postgres::Error> {
                    Ok(DueJobBorrowed {
                        id: row.try_get(0)?,
                        kind: row.try_get(1)?,
                        payload: row.try_get(2)?,
                        attempts: row.try_get(3)?,
                        max_attempts: row.try_get(4)?,
                    })
                },
            mapper: |it| DueJob::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ClaimDueParams,
        DueJobQuery<'c, 'a, 's, C, DueJob, 4>,
        C,
    > for ClaimDueStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ClaimDueParams,
    ) -> DueJobQuery<'c, 'a, 's, C, DueJob, 4> {
        self.bind(
            client,
            &params.locked_until,
            &params.now,
            &params.never,
            &params.batch,
        )
    }
}
pub struct FinishStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn finish() -> FinishStmt {
    FinishStmt("delete from platform.jobs where id = $1", None)
}
impl FinishStmt {
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
        id: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[id], self.1.as_ref()).await
    }
}
pub struct RetryStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn retry() -> RetryStmt {
    RetryStmt(
        "update platform.jobs set run_at = $1, locked_until = null, last_error = $2 where id = $3",
        None,
    )
}
impl RetryStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub async fn bind<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>(
        &'s self,
        client: &'c C,
        run_at: &'a chrono::DateTime<chrono::FixedOffset>,
        error: &'a T1,
        id: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[run_at, error, id], self.1.as_ref()).await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::StringSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        RetryParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for RetryStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a RetryParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.run_at, &params.error, &params.id))
    }
}
pub struct GiveBackStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn give_back() -> GiveBackStmt {
    GiveBackStmt(
        "update platform.jobs set attempts = attempts - 1, locked_until = null where id = any($1::uuid[])",
        None,
    )
}
impl GiveBackStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub async fn bind<'c, 'a, 's, C: GenericClient, T1: crate::ArraySql<Item = uuid::Uuid>>(
        &'s self,
        client: &'c C,
        ids: &'a T1,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[ids], self.1.as_ref()).await
    }
}
pub struct BuryStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn bury() -> BuryStmt {
    BuryStmt(
        "update platform.jobs set dead_at = $1, locked_until = null, last_error = $2 where id = $3",
        None,
    )
}
impl BuryStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub async fn bind<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>(
        &'s self,
        client: &'c C,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        error: &'a T1,
        id: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[now, error, id], self.1.as_ref()).await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::StringSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        BuryParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for BuryStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a BuryParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.now, &params.error, &params.id))
    }
}
pub struct CountWaitingStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn count_waiting() -> CountWaitingStmt {
    CountWaitingStmt(
        "select count(*) filter (where dead_at is not null) as dead, count(*) filter (where dead_at is null) as waiting from platform.jobs",
        None,
    )
}
impl CountWaitingStmt {
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
    ) -> CountWaitingQuery<'c, 'a, 's, C, CountWaiting, 0> {
        CountWaitingQuery {
            client,
            params: [],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<CountWaiting, tokio_postgres::Error> {
                Ok(CountWaiting {
                    dead: row.try_get(0)?,
                    waiting: row.try_get(1)?,
                })
            },
            mapper: |it| CountWaiting::from(it),
        }
    }
}
pub struct DeleteDeadStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn delete_dead() -> DeleteDeadStmt {
    DeleteDeadStmt("delete from platform.jobs where dead_at < $1", None)
}
impl DeleteDeadStmt {
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
pub struct ClaimSlotStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn claim_slot() -> ClaimSlotStmt {
    ClaimSlotStmt(
        "with claimed as ( insert into platform.schedules (kind, last_slot) values ($1, $2) on conflict (kind) do update set last_slot = excluded.last_slot where schedules.last_slot < excluded.last_slot or schedules.last_slot > excluded.last_slot + 1 returning kind) insert into platform.jobs (id, kind, payload, run_at, created_at) select $3, claimed.kind, 'null'::jsonb, $4, $4 from claimed",
        None,
    )
}
impl ClaimSlotStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub async fn bind<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>(
        &'s self,
        client: &'c C,
        kind: &'a T1,
        slot: &'a i64,
        id: &'a uuid::Uuid,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[kind, slot, id, now], self.1.as_ref())
            .await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::StringSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        ClaimSlotParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for ClaimSlotStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a ClaimSlotParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.kind, &params.slot, &params.id, &params.now))
    }
}
