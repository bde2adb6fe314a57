// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct KeepRowParams<T1: crate::StringSql, T2: crate::StringSql> {
    pub user_id: T1,
    pub id: T2,
    pub now: chrono::DateTime<chrono::FixedOffset>,
}
#[derive(Debug)]
pub struct KeepPendingParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
> {
    pub user_id: T1,
    pub id: T2,
    pub secret: T3,
    pub backup_codes: T4,
    pub now: chrono::DateTime<chrono::FixedOffset>,
}
#[derive(Debug)]
pub struct UseStepParams<T1: crate::StringSql> {
    pub step: i64,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub user_id: T1,
}
#[derive(Debug)]
pub struct ConfirmPendingParams<T1: crate::StringSql> {
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub step: i64,
    pub user_id: T1,
}
#[derive(Debug)]
pub struct CountStepUpFailureParams<T1: crate::StringSql> {
    pub most: i32,
    pub until: chrono::DateTime<chrono::FixedOffset>,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub user_id: T1,
}
#[derive(Debug)]
pub struct ForgetStepUpFailuresParams<T1: crate::StringSql> {
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub user_id: T1,
}
#[derive(Debug)]
pub struct MeetFactorParams<T1: crate::StringSql, T2: crate::StringSql> {
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub session_id: T1,
    pub user_id: T2,
}
#[derive(Debug)]
pub struct RenewTrustParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
> {
    pub new_identifier: T1,
    pub expires_at: chrono::DateTime<chrono::FixedOffset>,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub identifier: T2,
    pub user_id: T3,
    pub kind: T4,
}
#[derive(Debug)]
pub struct ReplaceBackupCodesParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
> {
    pub new_codes: T1,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub user_id: T2,
    pub old_codes: T3,
}
#[derive(Debug)]
pub struct CountFailureParams<T1: crate::StringSql> {
    pub most: i32,
    pub until: chrono::DateTime<chrono::FixedOffset>,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub user_id: T1,
}
#[derive(Debug)]
pub struct ForgetFailuresParams<T1: crate::StringSql> {
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub user_id: T1,
}
#[derive(Debug)]
pub struct SwitchParams<T1: crate::StringSql> {
    pub is_on: bool,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub user_id: T1,
}
#[derive(Debug)]
pub struct CountTryParams<T1: crate::StringSql, T2: crate::StringSql> {
    pub value: T1,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub identifier: T2,
}
#[derive(Debug, Clone, PartialEq)]
pub struct Factors {
    pub secret: Option<String>,
    pub backup_codes: Option<String>,
    pub pending_secret: Option<String>,
    pub pending_backup_codes: Option<String>,
    pub locked_until: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub step_up_locked_until: Option<chrono::DateTime<chrono::FixedOffset>>,
}
pub struct FactorsBorrowed<'a> {
    pub secret: Option<&'a str>,
    pub backup_codes: Option<&'a str>,
    pub pending_secret: Option<&'a str>,
    pub pending_backup_codes: Option<&'a str>,
    pub locked_until: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub step_up_locked_until: Option<chrono::DateTime<chrono::FixedOffset>>,
}
impl<'a> From<FactorsBorrowed<'a>> for Factors {
    fn from(
        FactorsBorrowed {
            secret,
            backup_codes,
            pending_secret,
            pending_backup_codes,
            locked_until,
            step_up_locked_until,
        }: FactorsBorrowed<'a>,
    ) -> Self {
        Self {
            secret: secret.map(|v| v.into()),
            backup_codes: backup_codes.map(|v| v.into()),
            pending_secret: pending_secret.map(|v| v.into()),
            pending_backup_codes: pending_backup_codes.map(|v| v.into()),
            locked_until,
            step_up_locked_until,
        }
    }
}
#[derive(Debug, Clone, PartialEq, Copy)]
pub struct Ways {
    pub has_app: bool,
    pub is_set_by_mail: bool,
}
#[derive(Debug, Clone, PartialEq)]
pub struct Switch {
    pub id: String,
    pub notified: String,
}
pub struct SwitchBorrowed<'a> {
    pub id: &'a str,
    pub notified: &'a str,
}
impl<'a> From<SwitchBorrowed<'a>> for Switch {
    fn from(SwitchBorrowed { id, notified }: SwitchBorrowed<'a>) -> Self {
        Self {
            id: id.into(),
            notified: notified.into(),
        }
    }
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct FactorsQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<FactorsBorrowed, tokio_postgres::Error>,
    mapper: fn(FactorsBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> FactorsQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(FactorsBorrowed) -> R) -> FactorsQuery<'c, 'a, 's, C, R, N> {
        FactorsQuery {
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
pub struct WaysQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<Ways, tokio_postgres::Error>,
    mapper: fn(Ways) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> WaysQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(Ways) -> R) -> WaysQuery<'c, 'a, 's, C, R, N> {
        WaysQuery {
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
pub struct SwitchQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<SwitchBorrowed, tokio_postgres::Error>,
    mapper: fn(SwitchBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> SwitchQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(SwitchBorrowed) -> R) -> SwitchQuery<'c, 'a, 's, C, R, N> {
        SwitchQuery {
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
pub struct FindFactorsStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn find_factors() -> FindFactorsStmt {
    FindFactorsStmt(
        "select case when verified then secret end as secret, backup_codes, pending_secret, pending_backup_codes, locked_until, step_up_locked_until from auth.two_factor_auth where user_id = $1",
        None,
    )
}
impl FindFactorsStmt {
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
    ) -> FactorsQuery<'c, 'a, 's, C, Factors, 1> {
        FactorsQuery {
            client,
            params: [user_id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<FactorsBorrowed, tokio_postgres::Error> {
                    Ok(FactorsBorrowed {
                        secret: row.try_get(0)?,
                        backup_codes: row.try_get(1)?,
                        pending_secret: row.try_get(2)?,
                        pending_backup_codes: row.try_get(3)?,
                        locked_until: row.try_get(4)?,
                        step_up_locked_until: row.try_get(5)?,
                    })
                },
            mapper: |it| Factors::from(it),
        }
    }
}
pub struct LockFactorsStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn lock_factors() -> LockFactorsStmt {
    LockFactorsStmt(
        "select case when verified then secret end as secret, backup_codes, pending_secret, pending_backup_codes, locked_until, step_up_locked_until from auth.two_factor_auth where user_id = $1 for update",
        None,
    )
}
impl LockFactorsStmt {
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
    ) -> FactorsQuery<'c, 'a, 's, C, Factors, 1> {
        FactorsQuery {
            client,
            params: [user_id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<FactorsBorrowed, tokio_postgres::Error> {
                    Ok(FactorsBorrowed {
                        secret: row.try_get(0)?,
                        backup_codes: row.try_get(1)?,
                        pending_secret: row.try_get(2)?,
                        pending_backup_codes: row.try_get(3)?,
                        locked_until: row.try_get(4)?,
                        step_up_locked_until: row.try_get(5)?,
                    })
                },
            mapper: |it| Factors::from(it),
        }
    }
}
pub struct KeepRowStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn keep_row() -> KeepRowStmt {
    KeepRowStmt(
        "insert into auth.two_factor_auth (user_id, id, created_at, updated_at) values ($1, $2, $3, $3) on conflict (user_id) do nothing",
        None,
    )
}
impl KeepRowStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub async fn bind<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql>(
        &'s self,
        client: &'c C,
        user_id: &'a T1,
        id: &'a T2,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[user_id, id, now], self.1.as_ref()).await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::StringSql, T2: crate::StringSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        KeepRowParams<T1, T2>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for KeepRowStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a KeepRowParams<T1, T2>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.user_id, &params.id, &params.now))
    }
}
pub struct KeepPendingStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn keep_pending() -> KeepPendingStmt {
    KeepPendingStmt(
        "insert into auth.two_factor_auth (user_id, id, pending_secret, pending_backup_codes, created_at, updated_at) values ($1, $2, $3, $4, $5, $5) on conflict (user_id) do update set pending_secret = excluded.pending_secret, pending_backup_codes = excluded.pending_backup_codes, updated_at = excluded.updated_at",
        None,
    )
}
impl KeepPendingStmt {
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
        T2: crate::StringSql,
        T3: crate::StringSql,
        T4: crate::StringSql,
    >(
        &'s self,
        client: &'c C,
        user_id: &'a T1,
        id: &'a T2,
        secret: &'a T3,
        backup_codes: &'a T4,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(
            client,
            self.0,
            &[user_id, id, secret, backup_codes, now],
            self.1.as_ref(),
        )
        .await
    }
}
impl<
    'a,
    C: GenericClient + Send + Sync,
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        KeepPendingParams<T1, T2, T3, T4>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for KeepPendingStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a KeepPendingParams<T1, T2, T3, T4>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.user_id,
            &params.id,
            &params.secret,
            &params.backup_codes,
            &params.now,
        ))
    }
}
pub struct UseStepStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn use_step() -> UseStepStmt {
    UseStepStmt(
        "update auth.two_factor_auth set last_step = $1, updated_at = $2 where user_id = $3 and (last_step is null or last_step < $1)",
        None,
    )
}
impl UseStepStmt {
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
        step: &'a i64,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        user_id: &'a T1,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[step, now, user_id], self.1.as_ref()).await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::StringSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        UseStepParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for UseStepStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a UseStepParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.step, &params.now, &params.user_id))
    }
}
pub struct ConfirmPendingStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn confirm_pending() -> ConfirmPendingStmt {
    ConfirmPendingStmt(
        "update auth.two_factor_auth set secret = pending_secret, backup_codes = pending_backup_codes, pending_secret = null, pending_backup_codes = null, verified = true, enabled = true, enabled_at = coalesce(enabled_at, $1), last_step = $2, step_up_failures = 0, step_up_locked_until = null, updated_at = $1 where user_id = $3 and pending_secret is not null",
        None,
    )
}
impl ConfirmPendingStmt {
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
        step: &'a i64,
        user_id: &'a T1,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[now, step, user_id], self.1.as_ref()).await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::StringSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        ConfirmPendingParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for ConfirmPendingStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a ConfirmPendingParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.now, &params.step, &params.user_id))
    }
}
pub struct CountStepUpFailureStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn count_step_up_failure() -> CountStepUpFailureStmt {
    CountStepUpFailureStmt(
        "update auth.two_factor_auth t set step_up_failures = counted.failures, step_up_locked_until = case when counted.failures >= $1 then $2::timestamptz end, updated_at = $3 from (select case when step_up_locked_until is null then step_up_failures + 1 else 1 end as failures from auth.two_factor_auth where user_id = $4) as counted where t.user_id = $4",
        None,
    )
}
impl CountStepUpFailureStmt {
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
        most: &'a i32,
        until: &'a chrono::DateTime<chrono::FixedOffset>,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        user_id: &'a T1,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(
            client,
            self.0,
            &[most, until, now, user_id],
            self.1.as_ref(),
        )
        .await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::StringSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        CountStepUpFailureParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for CountStepUpFailureStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a CountStepUpFailureParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.most,
            &params.until,
            &params.now,
            &params.user_id,
        ))
    }
}
pub struct ForgetStepUpFailuresStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn forget_step_up_failures() -> ForgetStepUpFailuresStmt {
    ForgetStepUpFailuresStmt(
        "update auth.two_factor_auth set step_up_failures = 0, step_up_locked_until = null, updated_at = $1 where user_id = $2 and step_up_failures > 0",
        None,
    )
}
impl ForgetStepUpFailuresStmt {
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
        user_id: &'a T1,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[now, user_id], self.1.as_ref()).await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::StringSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        ForgetStepUpFailuresParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for ForgetStepUpFailuresStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a ForgetStepUpFailuresParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.now, &params.user_id))
    }
}
pub struct MeetFactorStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn meet_factor() -> MeetFactorStmt {
    MeetFactorStmt(
        "update auth.sessions set factor_met_at = $1, updated_at = $1 where id = $2 and user_id = $3 and revoked_at is null",
        None,
    )
}
impl MeetFactorStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub async fn bind<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql>(
        &'s self,
        client: &'c C,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        session_id: &'a T1,
        user_id: &'a T2,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[now, session_id, user_id], self.1.as_ref())
            .await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::StringSql, T2: crate::StringSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        MeetFactorParams<T1, T2>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for MeetFactorStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a MeetFactorParams<T1, T2>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.now, &params.session_id, &params.user_id))
    }
}
pub struct FindWaysStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn find_ways() -> FindWaysStmt {
    FindWaysStmt(
        "select exists (select from auth.two_factor_auth f where f.user_id = u.id and f.verified and f.secret is not null) as has_app, exists (select from auth.accounts a where a.user_id = u.id and a.provider_id = 'credential' and a.set_by_mail_at is not null) as is_set_by_mail from auth.users u where u.id = $1",
        None,
    )
}
impl FindWaysStmt {
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
    ) -> WaysQuery<'c, 'a, 's, C, Ways, 1> {
        WaysQuery {
            client,
            params: [user_id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<Ways, tokio_postgres::Error> {
                Ok(Ways {
                    has_app: row.try_get(0)?,
                    is_set_by_mail: row.try_get(1)?,
                })
            },
            mapper: |it| Ways::from(it),
        }
    }
}
pub struct TrustPasswordStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn trust_password() -> TrustPasswordStmt {
    TrustPasswordStmt(
        "update auth.accounts set set_by_mail_at = null where user_id = $1 and provider_id = 'credential' and set_by_mail_at is not null",
        None,
    )
}
impl TrustPasswordStmt {
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
        user_id: &'a T1,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[user_id], self.1.as_ref()).await
    }
}
pub struct RenewTrustStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn renew_trust() -> RenewTrustStmt {
    RenewTrustStmt(
        "update auth.verification set identifier = $1, expires_at = $2, updated_at = $3 where identifier = $4 and user_id = $5 and kind = $6 and expires_at > $3",
        None,
    )
}
impl RenewTrustStmt {
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
        T2: crate::StringSql,
        T3: crate::StringSql,
        T4: crate::StringSql,
    >(
        &'s self,
        client: &'c C,
        new_identifier: &'a T1,
        expires_at: &'a chrono::DateTime<chrono::FixedOffset>,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        identifier: &'a T2,
        user_id: &'a T3,
        kind: &'a T4,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(
            client,
            self.0,
            &[new_identifier, expires_at, now, identifier, user_id, kind],
            self.1.as_ref(),
        )
        .await
    }
}
impl<
    'a,
    C: GenericClient + Send + Sync,
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        RenewTrustParams<T1, T2, T3, T4>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for RenewTrustStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a RenewTrustParams<T1, T2, T3, T4>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.new_identifier,
            &params.expires_at,
            &params.now,
            &params.identifier,
            &params.user_id,
            &params.kind,
        ))
    }
}
pub struct ReplaceBackupCodesStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn replace_backup_codes() -> ReplaceBackupCodesStmt {
    ReplaceBackupCodesStmt(
        "update auth.two_factor_auth set backup_codes = $1, updated_at = $2 where user_id = $3 and backup_codes = $4",
        None,
    )
}
impl ReplaceBackupCodesStmt {
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
        T2: crate::StringSql,
        T3: crate::StringSql,
    >(
        &'s self,
        client: &'c C,
        new_codes: &'a T1,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        user_id: &'a T2,
        old_codes: &'a T3,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(
            client,
            self.0,
            &[new_codes, now, user_id, old_codes],
            self.1.as_ref(),
        )
        .await
    }
}
impl<
    'a,
    C: GenericClient + Send + Sync,
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        ReplaceBackupCodesParams<T1, T2, T3>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for ReplaceBackupCodesStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a ReplaceBackupCodesParams<T1, T2, T3>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.new_codes,
            &params.now,
            &params.user_id,
            &params.old_codes,
        ))
    }
}
pub struct CountFailureStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn count_failure() -> CountFailureStmt {
    CountFailureStmt(
        "update auth.two_factor_auth t set failed_verification_count = counted.failures, locked_until = case when counted.failures >= $1 then $2::timestamptz end, updated_at = $3 from (select case when locked_until is null then failed_verification_count + 1 else 1 end as failures from auth.two_factor_auth where user_id = $4) as counted where t.user_id = $4",
        None,
    )
}
impl CountFailureStmt {
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
        most: &'a i32,
        until: &'a chrono::DateTime<chrono::FixedOffset>,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        user_id: &'a T1,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(
            client,
            self.0,
            &[most, until, now, user_id],
            self.1.as_ref(),
        )
        .await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::StringSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        CountFailureParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for CountFailureStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a CountFailureParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.most,
            &params.until,
            &params.now,
            &params.user_id,
        ))
    }
}
pub struct ForgetFailuresStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn forget_failures() -> ForgetFailuresStmt {
    ForgetFailuresStmt(
        "update auth.two_factor_auth set failed_verification_count = 0, locked_until = null, updated_at = $1 where user_id = $2",
        None,
    )
}
impl ForgetFailuresStmt {
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
        user_id: &'a T1,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[now, user_id], self.1.as_ref()).await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::StringSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        ForgetFailuresParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for ForgetFailuresStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a ForgetFailuresParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.now, &params.user_id))
    }
}
pub struct DeleteFactorsStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn delete_factors() -> DeleteFactorsStmt {
    DeleteFactorsStmt("delete from auth.two_factor_auth where user_id = $1", None)
}
impl DeleteFactorsStmt {
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
        user_id: &'a T1,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[user_id], self.1.as_ref()).await
    }
}
pub struct SwitchStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn switch() -> SwitchStmt {
    SwitchStmt(
        "with switched as ( update auth.users set two_factor_enabled = $1, updated_at = $2 where id = $3 and two_factor_enabled <> $1 and deleted_at is null returning id) select id, pg_notify('mana_auth', 'user:' || id)::text as notified from switched",
        None,
    )
}
impl SwitchStmt {
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
        is_on: &'a bool,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        user_id: &'a T1,
    ) -> SwitchQuery<'c, 'a, 's, C, Switch, 3> {
        SwitchQuery {
            client,
            params: [is_on, now, user_id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<SwitchBorrowed, tokio_postgres::Error> {
                    Ok(SwitchBorrowed {
                        id: row.try_get(0)?,
                        notified: row.try_get(1)?,
                    })
                },
            mapper: |it| Switch::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        SwitchParams<T1>,
        SwitchQuery<'c, 'a, 's, C, Switch, 3>,
        C,
    > for SwitchStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a SwitchParams<T1>,
    ) -> SwitchQuery<'c, 'a, 's, C, Switch, 3> {
        self.bind(client, &params.is_on, &params.now, &params.user_id)
    }
}
pub struct CountTryStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn count_try() -> CountTryStmt {
    CountTryStmt(
        "update auth.verification set value = $1, updated_at = $2 where identifier = $3",
        None,
    )
}
impl CountTryStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub async fn bind<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql>(
        &'s self,
        client: &'c C,
        value: &'a T1,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        identifier: &'a T2,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[value, now, identifier], self.1.as_ref())
            .await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::StringSql, T2: crate::StringSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        CountTryParams<T1, T2>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for CountTryStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a CountTryParams<T1, T2>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.value, &params.now, &params.identifier))
    }
}
