// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct FindCredentialParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::ArraySql<Item = T2>,
    T4: crate::StringSql,
    T5: crate::ArraySql<Item = T4>,
    T6: crate::StringSql,
    T7: crate::ArraySql<Item = T6>,
    T8: crate::StringSql,
    T9: crate::ArraySql<Item = T8>,
> {
    pub email: T1,
    pub prints: T3,
    pub nears: T5,
    pub wides: T7,
    pub wholes: T9,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub max_failures: i64,
    pub lock_seconds: i64,
}
#[derive(Debug)]
pub struct FindLockParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
> {
    pub email: T1,
    pub near: T2,
    pub wide: T3,
    pub whole: T4,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub max_failures: i64,
    pub lock_seconds: i64,
}
#[derive(Debug)]
pub struct RecordFailureParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
    T5: crate::StringSql,
    T6: crate::StringSql,
    T7: crate::StringSql,
    T8: crate::StringSql,
    T9: crate::StringSql,
    T10: crate::JsonSql,
> {
    pub email: T1,
    pub near: T2,
    pub wide: T3,
    pub whole: T4,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub max_failures: i64,
    pub lock_seconds: i64,
    pub ip_address: Option<T5>,
    pub method: T6,
    pub counts: bool,
    pub event_id: uuid::Uuid,
    pub user_id: Option<T7>,
    pub event_type: T8,
    pub user_agent: Option<T9>,
    pub metadata: Option<T10>,
}
#[derive(Debug)]
pub struct ClearFailuresParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
> {
    pub email: T1,
    pub near: T2,
    pub wide: T3,
    pub whole: T4,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub max_failures: i64,
    pub lock_seconds: i64,
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
    T15: crate::StringSql,
    T16: crate::StringSql,
    T17: crate::StringSql,
    T18: crate::ArraySql<Item = T17>,
    T19: crate::StringSql,
    T20: crate::JsonSql,
    T21: crate::StringSql,
    T22: crate::StringSql,
    T23: crate::StringSql,
    T24: crate::JsonSql,
> {
    pub user_id: T1,
    pub checked_hash: Option<T2>,
    pub session_id: T3,
    pub token_hash: T4,
    pub expires_at: chrono::DateTime<chrono::FixedOffset>,
    pub absolute_expires_at: chrono::DateTime<chrono::FixedOffset>,
    pub ip_address: Option<T5>,
    pub user_agent: Option<T6>,
    pub device_id: Option<T7>,
    pub device_name: Option<T8>,
    pub remember_me: bool,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub factor_met_at: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub opened_by: T9,
    pub replaces: Option<T10>,
    pub checks_lock: bool,
    pub email: T11,
    pub near: T12,
    pub wide: T13,
    pub whole: T14,
    pub max_failures: i64,
    pub lock_seconds: i64,
    pub refresh_id: T15,
    pub refresh_hash: T16,
    pub refresh_expires_at: chrono::DateTime<chrono::FixedOffset>,
    pub origins: T18,
    pub event_id: uuid::Uuid,
    pub event_type: Option<T19>,
    pub metadata: Option<T20>,
    pub mark: Option<T21>,
    pub fingerprint: Option<T22>,
    pub notice_id: uuid::Uuid,
    pub notice_kind: T23,
    pub notice: Option<T24>,
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
#[derive(Debug)]
pub struct IsKnownDeviceParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::ArraySql<Item = T2>,
> {
    pub user_id: T1,
    pub prints: T3,
}
#[derive(Debug, Clone, PartialEq)]
pub struct Credential {
    pub user_id: Option<String>,
    pub password: Option<String>,
    pub is_known: bool,
    pub near: String,
    pub wide: String,
    pub whole: String,
    pub locked_until: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub kinds: Vec<String>,
}
pub struct CredentialBorrowed<'a> {
    pub user_id: Option<&'a str>,
    pub password: Option<&'a str>,
    pub is_known: bool,
    pub near: &'a str,
    pub wide: &'a str,
    pub whole: &'a str,
    pub locked_until: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub kinds: crate::ArrayIterator<'a, &'a str>,
}
impl<'a> From<CredentialBorrowed<'a>> for Credential {
    fn from(
        CredentialBorrowed {
            user_id,
            password,
            is_known,
            near,
            wide,
            whole,
            locked_until,
            kinds,
        }: CredentialBorrowed<'a>,
    ) -> Self {
        Self {
            user_id: user_id.map(|v| v.into()),
            password: password.map(|v| v.into()),
            is_known,
            near: near.into(),
            wide: wide.into(),
            whole: whole.into(),
            locked_until,
            kinds: kinds.map(|v| v.into()).collect(),
        }
    }
}
#[derive(Debug, Clone, PartialEq, Copy)]
pub struct Locked {
    pub locked_until: Option<chrono::DateTime<chrono::FixedOffset>>,
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
pub struct LockedQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<Locked, tokio_postgres::Error>,
    mapper: fn(Locked) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> LockedQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(Locked) -> R) -> LockedQuery<'c, 'a, 's, C, R, N> {
        LockedQuery {
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
pub struct FindCredentialStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn find_credential() -> FindCredentialStmt {
    FindCredentialStmt(
        "with person as ( select u.id, a.password from auth.users u left join auth.accounts a on a.user_id = u.id and a.provider_id = 'credential' where lower(u.email) = $1 and u.deleted_at is null), origin as ( select c.print, c.near, c.wide, c.whole from unnest($2::text[], $3::text[], $4::text[], $5::text[]) with ordinality as c (print, near, wide, whole, place) where c.print = '' or exists (select from person where c.print = 'person:' || person.id) or exists (select from person join auth.known_devices k on k.user_id = person.id where k.fingerprint = c.print) order by c.place limit 1) select person.id as user_id, person.password, origin.print <> '' as is_known, origin.near, origin.wide, origin.whole, auth.guesses_locked_until( $1, origin.near, origin.wide, origin.whole, $6, $7, $8) as locked_until, array(select kind from auth.password_kinds order by kind limit 64) as kinds from origin left join person on true",
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
    pub fn bind<
        'c,
        'a,
        's,
        C: GenericClient,
        T1: crate::StringSql,
        T2: crate::StringSql,
        T3: crate::ArraySql<Item = T2>,
        T4: crate::StringSql,
        T5: crate::ArraySql<Item = T4>,
        T6: crate::StringSql,
        T7: crate::ArraySql<Item = T6>,
        T8: crate::StringSql,
        T9: crate::ArraySql<Item = T8>,
    >(
        &'s self,
        client: &'c C,
        email: &'a T1,
        prints: &'a T3,
        nears: &'a T5,
        wides: &'a T7,
        wholes: &'a T9,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        max_failures: &'a i64,
        lock_seconds: &'a i64,
    ) -> CredentialQuery<'c, 'a, 's, C, Credential, 8> {
        CredentialQuery {
            client,
            params: [
                email,
                prints,
                nears,
                wides,
                wholes,
                now,
                max_failures,
                lock_seconds,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<CredentialBorrowed, tokio_postgres::Error> {
                    Ok(CredentialBorrowed {
                        user_id: row.try_get(0)?,
                        password: row.try_get(1)?,
                        is_known: row.try_get(2)?,
                        near: row.try_get(3)?,
                        wide: row.try_get(4)?,
                        whole: row.try_get(5)?,
                        locked_until: row.try_get(6)?,
                        kinds: row.try_get(7)?,
                    })
                },
            mapper: |it| Credential::from(it),
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
    T3: crate::ArraySql<Item = T2>,
    T4: crate::StringSql,
    T5: crate::ArraySql<Item = T4>,
    T6: crate::StringSql,
    T7: crate::ArraySql<Item = T6>,
    T8: crate::StringSql,
    T9: crate::ArraySql<Item = T8>,
>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        FindCredentialParams<T1, T2, T3, T4, T5, T6, T7, T8, T9>,
        CredentialQuery<'c, 'a, 's, C, Credential, 8>,
        C,
    > for FindCredentialStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FindCredentialParams<T1, T2, T3, T4, T5, T6, T7, T8, T9>,
    ) -> CredentialQuery<'c, 'a, 's, C, Credential, 8> {
        self.bind(
            client,
            &params.email,
            &params.prints,
            &params.nears,
            &params.wides,
            &params.wholes,
            &params.now,
            &params.max_failures,
            &params.lock_seconds,
        )
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
pub struct FindLockStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn find_lock() -> FindLockStmt {
    FindLockStmt(
        "select auth.guesses_locked_until($1, $2, $3, $4, $5, $6, $7) as locked_until",
        None,
    )
}
impl FindLockStmt {
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
    >(
        &'s self,
        client: &'c C,
        email: &'a T1,
        near: &'a T2,
        wide: &'a T3,
        whole: &'a T4,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        max_failures: &'a i64,
        lock_seconds: &'a i64,
    ) -> LockedQuery<'c, 'a, 's, C, Locked, 7> {
        LockedQuery {
            client,
            params: [email, near, wide, whole, now, max_failures, lock_seconds],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<Locked, tokio_postgres::Error> {
                Ok(Locked {
                    locked_until: row.try_get(0)?,
                })
            },
            mapper: |it| Locked::from(it),
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
>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        FindLockParams<T1, T2, T3, T4>,
        LockedQuery<'c, 'a, 's, C, Locked, 7>,
        C,
    > for FindLockStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FindLockParams<T1, T2, T3, T4>,
    ) -> LockedQuery<'c, 'a, 's, C, Locked, 7> {
        self.bind(
            client,
            &params.email,
            &params.near,
            &params.wide,
            &params.whole,
            &params.now,
            &params.max_failures,
            &params.lock_seconds,
        )
    }
}
pub struct RecordFailureStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn record_failure() -> RecordFailureStmt {
    RecordFailureStmt(
        "with lock as ( select auth.guesses_locked_until($1, $2, $3, $4, $5, $6, $7) as until), attempt as ( insert into auth.login_attempts (email, ip_address, method, attempted_at, near, wide, whole) select $1, $8, $9, $5, $2, $3, $4 from lock where $10::boolean and lock.until is null), event as ( insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, metadata, created_at) select $11, $12, case when $10::boolean and lock.until is not null then 'ACCOUNT_LOCKED' else $13 end, $8, $14, $15, $5 from lock) select lock.until as locked_until from lock",
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
        T7: crate::StringSql,
        T8: crate::StringSql,
        T9: crate::StringSql,
        T10: crate::JsonSql,
    >(
        &'s self,
        client: &'c C,
        email: &'a T1,
        near: &'a T2,
        wide: &'a T3,
        whole: &'a T4,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        max_failures: &'a i64,
        lock_seconds: &'a i64,
        ip_address: &'a Option<T5>,
        method: &'a T6,
        counts: &'a bool,
        event_id: &'a uuid::Uuid,
        user_id: &'a Option<T7>,
        event_type: &'a T8,
        user_agent: &'a Option<T9>,
        metadata: &'a Option<T10>,
    ) -> LockedQuery<'c, 'a, 's, C, Locked, 15> {
        LockedQuery {
            client,
            params: [
                email,
                near,
                wide,
                whole,
                now,
                max_failures,
                lock_seconds,
                ip_address,
                method,
                counts,
                event_id,
                user_id,
                event_type,
                user_agent,
                metadata,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<Locked, tokio_postgres::Error> {
                Ok(Locked {
                    locked_until: row.try_get(0)?,
                })
            },
            mapper: |it| Locked::from(it),
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
    T10: crate::JsonSql,
>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        RecordFailureParams<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10>,
        LockedQuery<'c, 'a, 's, C, Locked, 15>,
        C,
    > for RecordFailureStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a RecordFailureParams<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10>,
    ) -> LockedQuery<'c, 'a, 's, C, Locked, 15> {
        self.bind(
            client,
            &params.email,
            &params.near,
            &params.wide,
            &params.whole,
            &params.now,
            &params.max_failures,
            &params.lock_seconds,
            &params.ip_address,
            &params.method,
            &params.counts,
            &params.event_id,
            &params.user_id,
            &params.event_type,
            &params.user_agent,
            &params.metadata,
        )
    }
}
pub struct ClearFailuresStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn clear_failures() -> ClearFailuresStmt {
    ClearFailuresStmt(
        "with lock as ( select auth.guesses_locked_until($1, $2, $3, $4, $5, $6, $7) as until), cleared as ( delete from auth.login_attempts l using lock where l.email = $1 and l.near = $2 and lock.until is null) select lock.until as locked_until from lock",
        None,
    )
}
impl ClearFailuresStmt {
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
    >(
        &'s self,
        client: &'c C,
        email: &'a T1,
        near: &'a T2,
        wide: &'a T3,
        whole: &'a T4,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        max_failures: &'a i64,
        lock_seconds: &'a i64,
    ) -> LockedQuery<'c, 'a, 's, C, Locked, 7> {
        LockedQuery {
            client,
            params: [email, near, wide, whole, now, max_failures, lock_seconds],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<Locked, tokio_postgres::Error> {
                Ok(Locked {
                    locked_until: row.try_get(0)?,
                })
            },
            mapper: |it| Locked::from(it),
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
>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ClearFailuresParams<T1, T2, T3, T4>,
        LockedQuery<'c, 'a, 's, C, Locked, 7>,
        C,
    > for ClearFailuresStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ClearFailuresParams<T1, T2, T3, T4>,
    ) -> LockedQuery<'c, 'a, 's, C, Locked, 7> {
        self.bind(
            client,
            &params.email,
            &params.near,
            &params.wide,
            &params.whole,
            &params.now,
            &params.max_failures,
            &params.lock_seconds,
        )
    }
}
pub struct OpenSessionStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn open_session() -> OpenSessionStmt {
    OpenSessionStmt(
        "with unchanged as ( select a.user_id from auth.users u join auth.accounts a on a.user_id = u.id and a.provider_id = 'credential' where u.id = $1 and a.password = $2 for key share of u for share of a), opened as ( insert into auth.sessions (id, token, user_id, expires_at, absolute_expires_at, ip_address, user_agent, device_id, device_name, remember_me, last_activity_at, factor_met_at, opened_by, created_at, updated_at) select $3, $4, u.id, $5, $6, $7, $8, $9, $10, $11, $12, coalesce($13, r.factor_met_at), coalesce(r.opened_by, $14), $12, $12 from auth.users u left join auth.sessions r on r.id = $15 and r.user_id = u.id where u.id = $1 and u.deleted_at is null and (not $16::boolean or auth.guesses_locked_until($17, $18, $19, $20, $12, $21, $22) is null) and ($2::text is null or exists (select from unchanged)) returning id, user_id), refresh as ( insert into auth.refresh_tokens (id, session_id, user_id, family_id, token_hash, expires_at, created_at) select $23, id, user_id, $23, $24, $25, $12 from opened), cleared as ( delete from auth.login_attempts where email = $17 and near = any($26::text[]) and exists (select from opened)), event as ( insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, metadata, created_at) select $27, user_id, $28::text, $7, $8, $29, $12 from opened where $28::text is not null), marked as ( insert into auth.known_devices (user_id, fingerprint, first_seen_at, last_seen_at) select user_id, $30, $12, $12 from opened where $30::text is not null on conflict (user_id, fingerprint) do update set last_seen_at = excluded.last_seen_at), device as ( insert into auth.known_devices (user_id, fingerprint, first_seen_at, last_seen_at) select user_id, $31, $12, $12 from opened where $31::text is not null on conflict (user_id, fingerprint) do update set last_seen_at = excluded.last_seen_at returning user_id, xmax = 0 as is_new), notice as ( insert into platform.jobs (id, kind, payload, run_at, created_at) select $32, $33, $34, $12, $12 from device where is_new and $34::jsonb is not null and exists (select from auth.known_devices k where k.user_id = device.user_id) returning id) select (select count(*) from opened) as sessions, (select count(*) from unchanged) as credentials, (select count(*) from notice) as notices",
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
        T15: crate::StringSql,
        T16: crate::StringSql,
        T17: crate::StringSql,
        T18: crate::ArraySql<Item = T17>,
        T19: crate::StringSql,
        T20: crate::JsonSql,
        T21: crate::StringSql,
        T22: crate::StringSql,
        T23: crate::StringSql,
        T24: crate::JsonSql,
    >(
        &'s self,
        client: &'c C,
        user_id: &'a T1,
        checked_hash: &'a Option<T2>,
        session_id: &'a T3,
        token_hash: &'a T4,
        expires_at: &'a chrono::DateTime<chrono::FixedOffset>,
        absolute_expires_at: &'a chrono::DateTime<chrono::FixedOffset>,
        ip_address: &'a Option<T5>,
        user_agent: &'a Option<T6>,
        device_id: &'a Option<T7>,
        device_name: &'a Option<T8>,
        remember_me: &'a bool,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        factor_met_at: &'a Option<chrono::DateTime<chrono::FixedOffset>>,
        opened_by: &'a T9,
        replaces: &'a Option<T10>,
        checks_lock: &'a bool,
        email: &'a T11,
        near: &'a T12,
        wide: &'a T13,
        whole: &'a T14,
        max_failures: &'a i64,
        lock_seconds: &'a i64,
        refresh_id: &'a T15,
        refresh_hash: &'a T16,
        refresh_expires_at: &'a chrono::DateTime<chrono::FixedOffset>,
        origins: &'a T18,
        event_id: &'a uuid::Uuid,
        event_type: &'a Option<T19>,
        metadata: &'a Option<T20>,
        mark: &'a Option<T21>,
        fingerprint: &'a Option<T22>,
        notice_id: &'a uuid::Uuid,
        notice_kind: &'a T23,
        notice: &'a Option<T24>,
    ) -> EnteredQuery<'c, 'a, 's, C, Entered, 34> {
        EnteredQuery {
            client,
            params: [
                user_id,
                checked_hash,
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
                email,
                near,
                wide,
                whole,
                max_failures,
                lock_seconds,
                refresh_id,
                refresh_hash,
                refresh_expires_at,
                origins,
                event_id,
                event_type,
                metadata,
                mark,
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
    T15: crate::StringSql,
    T16: crate::StringSql,
    T17: crate::StringSql,
    T18: crate::ArraySql<Item = T17>,
    T19: crate::StringSql,
    T20: crate::JsonSql,
    T21: crate::StringSql,
    T22: crate::StringSql,
    T23: crate::StringSql,
    T24: crate::JsonSql,
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
            T19,
            T20,
            T21,
            T22,
            T23,
            T24,
        >,
        EnteredQuery<'c, 'a, 's, C, Entered, 34>,
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
            T19,
            T20,
            T21,
            T22,
            T23,
            T24,
        >,
    ) -> EnteredQuery<'c, 'a, 's, C, Entered, 34> {
        self.bind(
            client,
            &params.user_id,
            &params.checked_hash,
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
            &params.email,
            &params.near,
            &params.wide,
            &params.whole,
            &params.max_failures,
            &params.lock_seconds,
            &params.refresh_id,
            &params.refresh_hash,
            &params.refresh_expires_at,
            &params.origins,
            &params.event_id,
            &params.event_type,
            &params.metadata,
            &params.mark,
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
pub struct IsKnownDeviceStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn is_known_device() -> IsKnownDeviceStmt {
    IsKnownDeviceStmt(
        "select exists ( select from auth.known_devices where user_id = $1 and fingerprint = any($2::text[])) as is_known",
        None,
    )
}
impl IsKnownDeviceStmt {
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
        T3: crate::ArraySql<Item = T2>,
    >(
        &'s self,
        client: &'c C,
        user_id: &'a T1,
        prints: &'a T3,
    ) -> BoolQuery<'c, 'a, 's, C, bool, 2> {
        BoolQuery {
            client,
            params: [user_id, prints],
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
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::ArraySql<Item = T2>,
>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        IsKnownDeviceParams<T1, T2, T3>,
        BoolQuery<'c, 'a, 's, C, bool, 2>,
        C,
    > for IsKnownDeviceStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a IsKnownDeviceParams<T1, T2, T3>,
    ) -> BoolQuery<'c, 'a, 's, C, bool, 2> {
        self.bind(client, &params.user_id, &params.prints)
    }
}
