// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct RecordFailureParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
    T5: crate::StringSql,
    T6: crate::StringSql,
    T7: crate::JsonSql,
> {
    pub email: T1,
    pub lock_horizon: chrono::DateTime<chrono::FixedOffset>,
    pub ip_address: Option<T2>,
    pub method: T3,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub counts: bool,
    pub max_failures: i64,
    pub event_id: uuid::Uuid,
    pub user_id: Option<T4>,
    pub event_type: T5,
    pub user_agent: Option<T6>,
    pub metadata: Option<T7>,
}
#[derive(Debug)]
pub struct OpenSessionParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
    T5: crate::StringSql,
    T6: crate::StringSql,
    T7: crate::StringSql,
    T8: crate::StringSql,
    T9: crate::StringSql,
    T10: crate::StringSql,
    T11: crate::StringSql,
    T12: crate::StringSql,
    T13: crate::StringSql,
    T14: crate::StringSql,
    T15: crate::JsonSql,
    T16: crate::StringSql,
    T17: crate::StringSql,
    T18: crate::JsonSql,
> {
    pub user_id: T1,
    pub checked_hash: Option<T2>,
    pub email: T3,
    pub lock_horizon: chrono::DateTime<chrono::FixedOffset>,
    pub session_id: T4,
    pub token_hash: T5,
    pub expires_at: chrono::DateTime<chrono::FixedOffset>,
    pub absolute_expires_at: chrono::DateTime<chrono::FixedOffset>,
    pub ip_address: Option<T6>,
    pub user_agent: Option<T7>,
    pub device_id: Option<T8>,
    pub device_name: Option<T9>,
    pub remember_me: bool,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub factor_met_at: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub opened_by: T10,
    pub replaces: Option<T11>,
    pub checks_lock: bool,
    pub max_failures: i64,
    pub refresh_id: T12,
    pub refresh_hash: T13,
    pub refresh_expires_at: chrono::DateTime<chrono::FixedOffset>,
    pub event_id: uuid::Uuid,
    pub event_type: Option<T14>,
    pub metadata: Option<T15>,
    pub fingerprint: Option<T16>,
    pub notice_id: uuid::Uuid,
    pub notice_kind: T17,
    pub notice: Option<T18>,
}
#[derive(Debug)]
pub struct HoldCredentialParams<T1: crate::StringSql, T2: crate::StringSql> {
    pub user_id: T1,
    pub checked_hash: T2,
}
#[derive(Debug)]
pub struct ReplacePasswordHashParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
> {
    pub password: T1,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub user_id: T2,
    pub old_password: T3,
}
#[derive(Debug, Clone, PartialEq)]
pub struct Credential {
    pub user_id: Option<String>,
    pub password: Option<String>,
    pub last_failure: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub failures: i64,
}
pub struct CredentialBorrowed<'a> {
    pub user_id: Option<&'a str>,
    pub password: Option<&'a str>,
    pub last_failure: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub failures: i64,
}
impl<'a> From<CredentialBorrowed<'a>> for Credential {
    fn from(
        CredentialBorrowed {
            user_id,
            password,
            last_failure,
            failures,
        }: CredentialBorrowed<'a>,
    ) -> Self {
        Self {
            user_id: user_id.map(|v| v.into()),
            password: password.map(|v| v.into()),
            last_failure,
            failures,
        }
    }
}
#[derive(Debug, Clone, PartialEq, Copy)]
pub struct Recorded {
    pub failures: i64,
    pub last_failure: Option<chrono::DateTime<chrono::FixedOffset>>,
}
#[derive(Debug, Clone, PartialEq, Copy)]
pub struct Entered {
    pub sessions: i64,
    pub credentials: i64,
    pub notices: i64,
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct CredentialQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<CredentialBorrowed, tokio_postgres::Error>,
    mapper: fn(CredentialBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> CredentialQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(CredentialBorrowed) -> R,
    ) -> CredentialQuery<'c, 'a, 's, C, R, N> {
        CredentialQuery {
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
pub struct StringQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<&str, tokio_postgres::Error>,
    mapper: fn(&str) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> StringQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(&str) -> R) -> StringQuery<'c, 'a, 's, C, R, N> {
        StringQuery {
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
pub struct RecordedQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<Recorded, tokio_postgres::Error>,
    mapper: fn(Recorded) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> RecordedQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(Recorded) -> R) -> RecordedQuery<'c, 'a, 's, C, R, N> {
        RecordedQuery {
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
pub struct EnteredQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<Entered, tokio_postgres::Error>,
    mapper: fn(Entered) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> EnteredQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(Entered) -> R) -> EnteredQuery<'c, 'a, 's, C, R, N> {
        EnteredQuery {
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
pub struct FindCredentialStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn find_credential() -> FindCredentialStmt {
    FindCredentialStmt(
        "with latest as ( select max(attempted_at) as at from auth.login_attempts where email = $1 and not successful) select u.id as user_id, a.password, latest.at as last_failure, (select count(*) from auth.login_attempts l where l.email = $1 and not l.successful and l.attempted_at > latest.at - interval '15 minutes') as failures from latest left join auth.users u on lower(u.email) = $1 and u.deleted_at is null left join auth.accounts a on a.user_id = u.id and a.provider_id = 'credential'",
        None,
    )
}
impl FindCredentialStmt {
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
        email: &'a T1,
    ) -> CredentialQuery<'c, 'a, 's, C, Credential, 1> {
        CredentialQuery {
            client,
            params: [email],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<CredentialBorrowed, tokio_postgres::Error> {
                    Ok(CredentialBorrowed {
                        user_id: row.try_get(0)?,
                        password: row.try_get(1)?,
                        last_failure: row.try_get(2)?,
                        failures: row.try_get(3)?,
                    })
                },
            mapper: |it| Credential::from(it),
        }
    }
}
pub struct LockAttemptsStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn lock_attempts() -> LockAttemptsStmt {
    LockAttemptsStmt(
        "select pg_advisory_xact_lock(7003, hashtext($1))::text",
        None,
    )
}
impl LockAttemptsStmt {
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
        email: &'a T1,
    ) -> StringQuery<'c, 'a, 's, C, String, 1> {
        StringQuery {
            client,
            params: [email],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it.into(),
        }
    }
}
pub struct RecordFailureStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn record_failure() -> RecordFailureStmt {
    RecordFailureStmt(
        "with latest as ( select max(attempted_at) as at from auth.login_attempts where email = $1 and not successful), known as ( select count(*) as failures from auth.login_attempts l, latest where l.email = $1 and not l.successful and l.attempted_at > latest.at - interval '15 minutes' and latest.at > $2), attempt as ( insert into auth.login_attempts (email, ip_address, method, attempted_at) select $1, $3, $4, $5 from known where $6::boolean and known.failures < $7), event as ( insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, metadata, created_at) select $8, $9, case when $6::boolean and known.failures >= $7 then 'ACCOUNT_LOCKED' else $10 end, $3, $11, $12, $5 from known) select known.failures, latest.at as last_failure from known, latest",
        None,
    )
}
impl RecordFailureStmt {
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
        T2: crate::StringSql,
        T3: crate::StringSql,
        T4: crate::StringSql,
        T5: crate::StringSql,
        T6: crate::StringSql,
        T7: crate::JsonSql,
    >(
        &'s self,
        client: &'c C,
        email: &'a T1,
        lock_horizon: &'a chrono::DateTime<chrono::FixedOffset>,
        ip_address: &'a Option<T2>,
        method: &'a T3,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        counts: &'a bool,
        max_failures: &'a i64,
        event_id: &'a uuid::Uuid,
        user_id: &'a Option<T4>,
        event_type: &'a T5,
        user_agent: &'a Option<T6>,
        metadata: &'a Option<T7>,
    ) -> RecordedQuery<'c, 'a, 's, C, Recorded, 12> {
        RecordedQuery {
            client,
            params: [
                email,
                lock_horizon,
                ip_address,
                method,
                now,
                counts,
                max_failures,
                event_id,
                user_id,
                event_type,
                user_agent,
                metadata,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<Recorded, tokio_postgres::Error> {
                Ok(Recorded {
                    failures: row.try_get(0)?,
                    last_failure: row.try_get(1)?,
                })
            },
            mapper: |it| Recorded::from(it),
        }
    }
}
impl<
    'c,
    'a,
    's,
    C: GenericClient,
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
    T5: crate::StringSql,
    T6: crate::StringSql,
    T7: crate::JsonSql,
>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        RecordFailureParams<T1, T2, T3, T4, T5, T6, T7>,
        RecordedQuery<'c, 'a, 's, C, Recorded, 12>,
        C,
    > for RecordFailureStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a RecordFailureParams<T1, T2, T3, T4, T5, T6, T7>,
    ) -> RecordedQuery<'c, 'a, 's, C, Recorded, 12> {
        self.bind(
            client,
            &params.email,
            &params.lock_horizon,
            &params.ip_address,
            &params.method,
            &params.now,
            &params.counts,
            &params.max_failures,
            &params.event_id,
            &params.user_id,
            &params.event_type,
            &params.user_agent,
            &params.metadata,
        )
    }
}
pub struct OpenSessionStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn open_session() -> OpenSessionStmt {
    OpenSessionStmt(
        "with unchanged as ( select a.user_id from auth.users u join auth.accounts a on a.user_id = u.id and a.provider_id = 'credential' where u.id = $1 and a.password = $2 for key share of u for share of a), failures as ( select count(*) as number from auth.login_attempts l where l.email = $3 and not l.successful and l.attempted_at > (select max(attempted_at) from auth.login_attempts where email = $3 and not successful) - interval '15 minutes' and (select max(attempted_at) from auth.login_attempts where email = $3 and not successful) > $4), opened as ( insert into auth.sessions (id, token, user_id, expires_at, absolute_expires_at, ip_address, user_agent, device_id, device_name, remember_me, last_activity_at, factor_met_at, opened_by, created_at, updated_at) select $5, $6, u.id, $7, $8, $9, $10, $11, $12, $13, $14, coalesce($15, r.factor_met_at), coalesce(r.opened_by, $16), $14, $14 from auth.users u left join auth.sessions r on r.id = $17 and r.user_id = u.id, failures where u.id = $1 and u.deleted_at is null and (not $18::boolean or failures.number < $19) and ($2::text is null or exists (select from unchanged)) returning id, user_id), refresh as ( insert into auth.refresh_tokens (id, session_id, user_id, family_id, token_hash, expires_at, created_at) select $20, id, user_id, $20, $21, $22, $14 from opened), cleared as ( delete from auth.login_attempts where email = $3 and exists (select from opened)), event as ( insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, metadata, created_at) select $23, user_id, $24::text, $9, $10, $25, $14 from opened where $24::text is not null), device as ( insert into auth.known_devices (user_id, fingerprint, first_seen_at, last_seen_at) select user_id, $26, $14, $14 from opened where $26::text is not null on conflict (user_id, fingerprint) do update set last_seen_at = excluded.last_seen_at returning user_id, xmax = 0 as is_new), notice as ( insert into platform.jobs (id, kind, payload, run_at, created_at) select $27, $28, $29, $14, $14 from device where is_new and $29::jsonb is not null and exists (select from auth.known_devices k where k.user_id = device.user_id) returning id) select (select count(*) from opened) as sessions, (select count(*) from unchanged) as credentials, (select count(*) from notice) as notices",
        None,
    )
}
impl OpenSessionStmt {
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
        T2: crate::StringSql,
        T3: crate::StringSql,
        T4: crate::StringSql,
        T5: crate::StringSql,
        T6: crate::StringSql,
        T7: crate::StringSql,
        T8: crate::StringSql,
        T9: crate::StringSql,
        T10: crate::StringSql,
        T11: crate::StringSql,
        T12: crate::StringSql,
        T13: crate::StringSql,
        T14: crate::StringSql,
        T15: crate::JsonSql,
        T16: crate::StringSql,
        T17: crate::StringSql,
        T18: crate::JsonSql,
    >(
        &'s self,
        client: &'c C,
        user_id: &'a T1,
        checked_hash: &'a Option<T2>,
        email: &'a T3,
        lock_horizon: &'a chrono::DateTime<chrono::FixedOffset>,
        session_id: &'a T4,
        token_hash: &'a T5,
        expires_at: &'a chrono::DateTime<chrono::FixedOffset>,
        absolute_expires_at: &'a chrono::DateTime<chrono::FixedOffset>,
        ip_address: &'a Option<T6>,
        user_agent: &'a Option<T7>,
        device_id: &'a Option<T8>,
        device_name: &'a Option<T9>,
        remember_me: &'a bool,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        factor_met_at: &'a Option<chrono::DateTime<chrono::FixedOffset>>,
        opened_by: &'a T10,
        replaces: &'a Option<T11>,
        checks_lock: &'a bool,
        max_failures: &'a i64,
        refresh_id: &'a T12,
        refresh_hash: &'a T13,
        refresh_expires_at: &'a chrono::DateTime<chrono::FixedOffset>,
        event_id: &'a uuid::Uuid,
        event_type: &'a Option<T14>,
        metadata: &'a Option<T15>,
        fingerprint: &'a Option<T16>,
        notice_id: &'a uuid::Uuid,
        notice_kind: &'a T17,
        notice: &'a Option<T18>,
    ) -> EnteredQuery<'c, 'a, 's, C, Entered, 29> {
        EnteredQuery {
            client,
            params: [
                user_id,
                checked_hash,
                email,
                lock_horizon,
                session_id,
                token_hash,
                expires_at,
                absolute_expires_at,
                ip_address,
                user_agent,
                device_id,
                device_name,
                remember_me,
                now,
                factor_met_at,
                opened_by,
                replaces,
                checks_lock,
                max_failures,
                refresh_id,
                refresh_hash,
                refresh_expires_at,
                event_id,
                event_type,
                metadata,
                fingerprint,
                notice_id,
                notice_kind,
                notice,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<Entered, tokio_postgres::Error> {
                Ok(Entered {
                    sessions: row.try_get(0)?,
                    credentials: row.try_get(1)?,
                    notices: row.try_get(2)?,
                })
            },
            mapper: |it| Entered::from(it),
        }
    }
}
impl<
    'c,
    'a,
    's,
    C: GenericClient,
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
    T5: crate::StringSql,
    T6: crate::StringSql,
    T7: crate::StringSql,
    T8: crate::StringSql,
    T9: crate::StringSql,
    T10: crate::StringSql,
    T11: crate::StringSql,
    T12: crate::StringSql,
    T13: crate::StringSql,
    T14: crate::StringSql,
    T15: crate::JsonSql,
    T16: crate::StringSql,
    T17: crate::StringSql,
    T18: crate::JsonSql,
>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        OpenSessionParams<
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
        EnteredQuery<'c, 'a, 's, C, Entered, 29>,
        C,
    > for OpenSessionStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a OpenSessionParams<
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
    ) -> EnteredQuery<'c, 'a, 's, C, Entered, 29> {
        self.bind(
            client,
            &params.user_id,
            &params.checked_hash,
            &params.email,
            &params.lock_horizon,
            &params.session_id,
            &params.token_hash,
            &params.expires_at,
            &params.absolute_expires_at,
            &params.ip_address,
            &params.user_agent,
            &params.device_id,
            &params.device_name,
            &params.remember_me,
            &params.now,
            &params.factor_met_at,
            &params.opened_by,
            &params.replaces,
            &params.checks_lock,
            &params.max_failures,
            &params.refresh_id,
            &params.refresh_hash,
            &params.refresh_expires_at,
            &params.event_id,
            &params.event_type,
            &params.metadata,
            &params.fingerprint,
            &params.notice_id,
            &params.notice_kind,
            &params.notice,
        )
    }
}
pub struct HoldCredentialStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn hold_credential() -> HoldCredentialStmt {
    HoldCredentialStmt(
        "select a.user_id from auth.users u join auth.accounts a on a.user_id = u.id and a.provider_id = 'credential' where u.id = $1 and a.password = $2 for key share of u for share of a",
        None,
    )
}
impl HoldCredentialStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub fn bind<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql>(
        &'s self,
        client: &'c C,
        user_id: &'a T1,
        checked_hash: &'a T2,
    ) -> StringQuery<'c, 'a, 's, C, String, 2> {
        StringQuery {
            client,
            params: [user_id, checked_hash],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it.into(),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        HoldCredentialParams<T1, T2>,
        StringQuery<'c, 'a, 's, C, String, 2>,
        C,
    > for HoldCredentialStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a HoldCredentialParams<T1, T2>,
    ) -> StringQuery<'c, 'a, 's, C, String, 2> {
        self.bind(client, &params.user_id, &params.checked_hash)
    }
}
pub struct ReplacePasswordHashStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn replace_password_hash() -> ReplacePasswordHashStmt {
    ReplacePasswordHashStmt(
        "update auth.accounts set password = $1, updated_at = $2 where user_id = $3 and provider_id = 'credential' and password = $4",
        None,
    )
}
impl ReplacePasswordHashStmt {
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
        password: &'a T1,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        user_id: &'a T2,
        old_password: &'a T3,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(
            client,
            self.0,
            &[password, now, user_id, old_password],
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
        ReplacePasswordHashParams<T1, T2, T3>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for ReplacePasswordHashStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a ReplacePasswordHashParams<T1, T2, T3>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.password,
            &params.now,
            &params.user_id,
            &params.old_password,
        ))
    }
}
