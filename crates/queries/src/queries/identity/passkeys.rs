// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct InsertPasskeyParams<
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
> {
    pub user_id: T1,
    pub session_id: T2,
    pub id: T3,
    pub credential_id: T4,
    pub public_key: T5,
    pub counter: i64,
    pub device_type: T6,
    pub backed_up: bool,
    pub transports: Option<T7>,
    pub name: Option<T8>,
    pub aaguid: T9,
    pub user_handle: T10,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub event_id: uuid::Uuid,
    pub ip_address: Option<T11>,
    pub user_agent: Option<T12>,
}
#[derive(Debug)]
pub struct RenamePasskeyParams<T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql> {
    pub name: T1,
    pub id: T2,
    pub user_id: T3,
}
#[derive(Debug)]
pub struct DeletePasskeyParams<T1: crate::StringSql, T2: crate::StringSql> {
    pub id: T1,
    pub user_id: T2,
    pub has_other_way: bool,
}
#[derive(Debug)]
pub struct SuspendPasskeysParams<T1: crate::StringSql> {
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub user_id: T1,
    pub since: chrono::DateTime<chrono::FixedOffset>,
}
#[derive(Debug)]
pub struct FindProofsParams<T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql> {
    pub seconds: f64,
    pub id: T1,
    pub session_id: T2,
    pub user_id: T3,
}
#[derive(Debug)]
pub struct ConfirmPasskeyParams<T1: crate::StringSql, T2: crate::StringSql> {
    pub id: T1,
    pub user_id: T2,
}
#[derive(Debug)]
pub struct UsePasskeyParams<T1: crate::StringSql> {
    pub counter: i64,
    pub backed_up: bool,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub id: T1,
}
#[derive(Debug)]
pub struct FailPasskeyParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
    T5: crate::StringSql,
> {
    pub window_start: chrono::DateTime<chrono::FixedOffset>,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub most: i32,
    pub until: chrono::DateTime<chrono::FixedOffset>,
    pub id: T1,
    pub event_id: uuid::Uuid,
    pub event_type: T2,
    pub ip_address: Option<T3>,
    pub user_agent: Option<T4>,
    pub reason: T5,
}
#[derive(Debug, Clone, PartialEq)]
pub struct Passkey {
    pub id: String,
    pub user_id: String,
    pub name: Option<String>,
    pub credential_id: String,
    pub public_key: String,
    pub counter: i64,
    pub device_type: String,
    pub backed_up: bool,
    pub transports: Option<String>,
    pub aaguid: Option<String>,
    pub last_used_at: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub created_at: chrono::DateTime<chrono::FixedOffset>,
    pub suspended_at: Option<chrono::DateTime<chrono::FixedOffset>>,
}
pub struct PasskeyBorrowed<'a> {
    pub id: &'a str,
    pub user_id: &'a str,
    pub name: Option<&'a str>,
    pub credential_id: &'a str,
    pub public_key: &'a str,
    pub counter: i64,
    pub device_type: &'a str,
    pub backed_up: bool,
    pub transports: Option<&'a str>,
    pub aaguid: Option<&'a str>,
    pub last_used_at: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub created_at: chrono::DateTime<chrono::FixedOffset>,
    pub suspended_at: Option<chrono::DateTime<chrono::FixedOffset>>,
}
impl<'a> From<PasskeyBorrowed<'a>> for Passkey {
    fn from(
        PasskeyBorrowed {
            id,
            user_id,
            name,
            credential_id,
            public_key,
            counter,
            device_type,
            backed_up,
            transports,
            aaguid,
            last_used_at,
            created_at,
            suspended_at,
        }: PasskeyBorrowed<'a>,
    ) -> Self {
        Self {
            id: id.into(),
            user_id: user_id.into(),
            name: name.map(|v| v.into()),
            credential_id: credential_id.into(),
            public_key: public_key.into(),
            counter,
            device_type: device_type.into(),
            backed_up,
            transports: transports.map(|v| v.into()),
            aaguid: aaguid.map(|v| v.into()),
            last_used_at,
            created_at,
            suspended_at,
        }
    }
}
#[derive(Debug, Clone, PartialEq)]
pub struct Credential {
    pub id: String,
    pub user_id: String,
    pub public_key: String,
    pub blocked_until: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub suspended_at: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub user_handle: Option<String>,
}
pub struct CredentialBorrowed<'a> {
    pub id: &'a str,
    pub user_id: &'a str,
    pub public_key: &'a str,
    pub blocked_until: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub suspended_at: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub user_handle: Option<&'a str>,
}
impl<'a> From<CredentialBorrowed<'a>> for Credential {
    fn from(
        CredentialBorrowed {
            id,
            user_id,
            public_key,
            blocked_until,
            suspended_at,
            user_handle,
        }: CredentialBorrowed<'a>,
    ) -> Self {
        Self {
            id: id.into(),
            user_id: user_id.into(),
            public_key: public_key.into(),
            blocked_until,
            suspended_at,
            user_handle: user_handle.map(|v| v.into()),
        }
    }
}
#[derive(Debug, Clone, PartialEq, Copy)]
pub struct Insertion {
    pub owners: i64,
    pub met: i64,
    pub passkeys: i64,
}
#[derive(Debug, Clone, PartialEq, Copy)]
pub struct DeletePasskey {
    pub is_deleted: bool,
    pub was_there: bool,
}
#[derive(Debug, Clone, PartialEq)]
pub struct Suspended {
    pub id: String,
    pub name: Option<String>,
    pub created_at: chrono::DateTime<chrono::FixedOffset>,
}
pub struct SuspendedBorrowed<'a> {
    pub id: &'a str,
    pub name: Option<&'a str>,
    pub created_at: chrono::DateTime<chrono::FixedOffset>,
}
impl<'a> From<SuspendedBorrowed<'a>> for Suspended {
    fn from(
        SuspendedBorrowed {
            id,
            name,
            created_at,
        }: SuspendedBorrowed<'a>,
    ) -> Self {
        Self {
            id: id.into(),
            name: name.map(|v| v.into()),
            created_at,
        }
    }
}
#[derive(Debug, Clone, PartialEq, Copy)]
pub struct Proofs {
    pub has_factor: bool,
    pub is_met: bool,
    pub is_by_password: bool,
    pub created_at: chrono::DateTime<chrono::FixedOffset>,
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct PasskeyQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<PasskeyBorrowed, tokio_postgres::Error>,
    mapper: fn(PasskeyBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> PasskeyQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(PasskeyBorrowed) -> R) -> PasskeyQuery<'c, 'a, 's, C, R, N> {
        PasskeyQuery {
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
pub struct InsertionQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<Insertion, tokio_postgres::Error>,
    mapper: fn(Insertion) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> InsertionQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(Insertion) -> R) -> InsertionQuery<'c, 'a, 's, C, R, N> {
        InsertionQuery {
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
pub struct DeletePasskeyQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<DeletePasskey, tokio_postgres::Error>,
    mapper: fn(DeletePasskey) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> DeletePasskeyQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(DeletePasskey) -> R) -> DeletePasskeyQuery<'c, 'a, 's, C, R, N> {
        DeletePasskeyQuery {
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
pub struct SuspendedQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<SuspendedBorrowed, tokio_postgres::Error>,
    mapper: fn(SuspendedBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> SuspendedQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(SuspendedBorrowed) -> R) -> SuspendedQuery<'c, 'a, 's, C, R, N> {
        SuspendedQuery {
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
pub struct ProofsQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<Proofs, tokio_postgres::Error>,
    mapper: fn(Proofs) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> ProofsQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(Proofs) -> R) -> ProofsQuery<'c, 'a, 's, C, R, N> {
        ProofsQuery {
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
pub struct ListPasskeysStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn list_passkeys() -> ListPasskeysStmt {
    ListPasskeysStmt(
        "select id, user_id, name, credential_id, public_key, counter, device_type, backed_up, transports, aaguid, last_used_at, created_at, suspended_at from ( select *, sum(500 + octet_length(coalesce(name, '')) + octet_length(credential_id) + octet_length(public_key) + octet_length(coalesce(transports, ''))) over (order by created_at, id) as bytes from auth.passkeys where user_id = $1) sized where bytes <= 262144 order by created_at, id",
        None,
    )
}
impl ListPasskeysStmt {
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
    ) -> PasskeyQuery<'c, 'a, 's, C, Passkey, 1> {
        PasskeyQuery {
            client,
            params: [user_id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<PasskeyBorrowed, tokio_postgres::Error> {
                    Ok(PasskeyBorrowed {
                        id: row.try_get(0)?,
                        user_id: row.try_get(1)?,
                        name: row.try_get(2)?,
                        credential_id: row.try_get(3)?,
                        public_key: row.try_get(4)?,
                        counter: row.try_get(5)?,
                        device_type: row.try_get(6)?,
                        backed_up: row.try_get(7)?,
                        transports: row.try_get(8)?,
                        aaguid: row.try_get(9)?,
                        last_used_at: row.try_get(10)?,
                        created_at: row.try_get(11)?,
                        suspended_at: row.try_get(12)?,
                    })
                },
            mapper: |it| Passkey::from(it),
        }
    }
}
pub struct FindCredentialStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn find_credential() -> FindCredentialStmt {
    FindCredentialStmt(
        "select id, user_id, public_key, blocked_until, suspended_at, user_handle from auth.passkeys where credential_id = $1",
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
        credential_id: &'a T1,
    ) -> CredentialQuery<'c, 'a, 's, C, Credential, 1> {
        CredentialQuery {
            client,
            params: [credential_id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<CredentialBorrowed, tokio_postgres::Error> {
                    Ok(CredentialBorrowed {
                        id: row.try_get(0)?,
                        user_id: row.try_get(1)?,
                        public_key: row.try_get(2)?,
                        blocked_until: row.try_get(3)?,
                        suspended_at: row.try_get(4)?,
                        user_handle: row.try_get(5)?,
                    })
                },
            mapper: |it| Credential::from(it),
        }
    }
}
pub struct InsertPasskeyStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn insert_passkey() -> InsertPasskeyStmt {
    InsertPasskeyStmt(
        "with owner as ( select u.id, not u.two_factor_enabled or s.factor_met_at is not null as is_met from auth.users u join auth.sessions s on s.user_id = u.id where u.id = $1 and u.deleted_at is null and s.id = $2 and s.revoked_at is null for share of u, s), inserted as ( insert into auth.passkeys (id, user_id, credential_id, public_key, counter, device_type, backed_up, transports, name, aaguid, user_handle, created_at) select $3, id, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 from owner where is_met on conflict (credential_id) do nothing returning id, user_id), event as ( insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, metadata, created_at) select $14, user_id, 'PASSKEY_REGISTERED', $15, $16, jsonb_build_object('passkeyId', id), $13 from inserted) select (select count(*) from owner) as owners, (select count(*) from owner where is_met) as met, (select count(*) from inserted) as passkeys",
        None,
    )
}
impl InsertPasskeyStmt {
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
    >(
        &'s self,
        client: &'c C,
        user_id: &'a T1,
        session_id: &'a T2,
        id: &'a T3,
        credential_id: &'a T4,
        public_key: &'a T5,
        counter: &'a i64,
        device_type: &'a T6,
        backed_up: &'a bool,
        transports: &'a Option<T7>,
        name: &'a Option<T8>,
        aaguid: &'a T9,
        user_handle: &'a T10,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        event_id: &'a uuid::Uuid,
        ip_address: &'a Option<T11>,
        user_agent: &'a Option<T12>,
    ) -> InsertionQuery<'c, 'a, 's, C, Insertion, 16> {
        InsertionQuery {
            client,
            params: [
                user_id,
                session_id,
                id,
                credential_id,
                public_key,
                counter,
                device_type,
                backed_up,
                transports,
                name,
                aaguid,
                user_handle,
                now,
                event_id,
                ip_address,
                user_agent,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<Insertion, tokio_postgres::Error> {
                Ok(Insertion {
                    owners: row.try_get(0)?,
                    met: row.try_get(1)?,
                    passkeys: row.try_get(2)?,
                })
            },
            mapper: |it| Insertion::from(it),
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
>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        InsertPasskeyParams<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12>,
        InsertionQuery<'c, 'a, 's, C, Insertion, 16>,
        C,
    > for InsertPasskeyStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a InsertPasskeyParams<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12>,
    ) -> InsertionQuery<'c, 'a, 's, C, Insertion, 16> {
        self.bind(
            client,
            &params.user_id,
            &params.session_id,
            &params.id,
            &params.credential_id,
            &params.public_key,
            &params.counter,
            &params.device_type,
            &params.backed_up,
            &params.transports,
            &params.name,
            &params.aaguid,
            &params.user_handle,
            &params.now,
            &params.event_id,
            &params.ip_address,
            &params.user_agent,
        )
    }
}
pub struct RenamePasskeyStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn rename_passkey() -> RenamePasskeyStmt {
    RenamePasskeyStmt(
        "update auth.passkeys set name = $1 where id = $2 and user_id = $3 returning id, user_id, name, credential_id, public_key, counter, device_type, backed_up, transports, aaguid, last_used_at, created_at, suspended_at",
        None,
    )
}
impl RenamePasskeyStmt {
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
    >(
        &'s self,
        client: &'c C,
        name: &'a T1,
        id: &'a T2,
        user_id: &'a T3,
    ) -> PasskeyQuery<'c, 'a, 's, C, Passkey, 3> {
        PasskeyQuery {
            client,
            params: [name, id, user_id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<PasskeyBorrowed, tokio_postgres::Error> {
                    Ok(PasskeyBorrowed {
                        id: row.try_get(0)?,
                        user_id: row.try_get(1)?,
                        name: row.try_get(2)?,
                        credential_id: row.try_get(3)?,
                        public_key: row.try_get(4)?,
                        counter: row.try_get(5)?,
                        device_type: row.try_get(6)?,
                        backed_up: row.try_get(7)?,
                        transports: row.try_get(8)?,
                        aaguid: row.try_get(9)?,
                        last_used_at: row.try_get(10)?,
                        created_at: row.try_get(11)?,
                        suspended_at: row.try_get(12)?,
                    })
                },
            mapper: |it| Passkey::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        RenamePasskeyParams<T1, T2, T3>,
        PasskeyQuery<'c, 'a, 's, C, Passkey, 3>,
        C,
    > for RenamePasskeyStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a RenamePasskeyParams<T1, T2, T3>,
    ) -> PasskeyQuery<'c, 'a, 's, C, Passkey, 3> {
        self.bind(client, &params.name, &params.id, &params.user_id)
    }
}
pub struct LockOwnerStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn lock_owner() -> LockOwnerStmt {
    LockOwnerStmt("select id from auth.users where id = $1 for update", None)
}
impl LockOwnerStmt {
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
    ) -> StringQuery<'c, 'a, 's, C, String, 1> {
        StringQuery {
            client,
            params: [user_id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it.into(),
        }
    }
}
pub struct DeletePasskeyStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn delete_passkey() -> DeletePasskeyStmt {
    DeletePasskeyStmt(
        "with deleted as ( delete from auth.passkeys p where p.id = $1 and p.user_id = $2 and ($3::boolean or p.suspended_at is not null or exists (select from auth.passkeys o where o.user_id = $2 and o.id <> $1 and o.suspended_at is null) or exists (select from auth.accounts a where a.user_id = $2 and a.password is not null)) returning p.id) select exists (select from deleted) as is_deleted, exists (select from auth.passkeys p where p.id = $1 and p.user_id = $2) as was_there",
        None,
    )
}
impl DeletePasskeyStmt {
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
        id: &'a T1,
        user_id: &'a T2,
        has_other_way: &'a bool,
    ) -> DeletePasskeyQuery<'c, 'a, 's, C, DeletePasskey, 3> {
        DeletePasskeyQuery {
            client,
            params: [id, user_id, has_other_way],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<DeletePasskey, tokio_postgres::Error> {
                Ok(DeletePasskey {
                    is_deleted: row.try_get(0)?,
                    was_there: row.try_get(1)?,
                })
            },
            mapper: |it| DeletePasskey::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        DeletePasskeyParams<T1, T2>,
        DeletePasskeyQuery<'c, 'a, 's, C, DeletePasskey, 3>,
        C,
    > for DeletePasskeyStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a DeletePasskeyParams<T1, T2>,
    ) -> DeletePasskeyQuery<'c, 'a, 's, C, DeletePasskey, 3> {
        self.bind(client, &params.id, &params.user_id, &params.has_other_way)
    }
}
pub struct SuspendPasskeysStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn suspend_passkeys() -> SuspendPasskeysStmt {
    SuspendPasskeysStmt(
        "update auth.passkeys set suspended_at = $1 where user_id = $2 and created_at > $3 and suspended_at is null returning id, name, created_at",
        None,
    )
}
impl SuspendPasskeysStmt {
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
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        user_id: &'a T1,
        since: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> SuspendedQuery<'c, 'a, 's, C, Suspended, 3> {
        SuspendedQuery {
            client,
            params: [now, user_id, since],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<SuspendedBorrowed, tokio_postgres::Error> {
                    Ok(SuspendedBorrowed {
                        id: row.try_get(0)?,
                        name: row.try_get(1)?,
                        created_at: row.try_get(2)?,
                    })
                },
            mapper: |it| Suspended::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        SuspendPasskeysParams<T1>,
        SuspendedQuery<'c, 'a, 's, C, Suspended, 3>,
        C,
    > for SuspendPasskeysStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a SuspendPasskeysParams<T1>,
    ) -> SuspendedQuery<'c, 'a, 's, C, Suspended, 3> {
        self.bind(client, &params.now, &params.user_id, &params.since)
    }
}
pub struct FindProofsStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn find_proofs() -> FindProofsStmt {
    FindProofsStmt(
        "select u.two_factor_enabled or exists (select from auth.passkeys o where o.user_id = u.id and o.suspended_at is null and o.created_at <= p.suspended_at - make_interval(secs => $1)) as has_factor, s.factor_met_at is not null as is_met, coalesce(s.opened_by, '') = 'password' as is_by_password, s.created_at from auth.sessions s join auth.users u on u.id = s.user_id join auth.passkeys p on p.user_id = u.id and p.id = $2 and p.suspended_at is not null where s.id = $3 and s.user_id = $4 and s.revoked_at is null and u.deleted_at is null",
        None,
    )
}
impl FindProofsStmt {
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
    >(
        &'s self,
        client: &'c C,
        seconds: &'a f64,
        id: &'a T1,
        session_id: &'a T2,
        user_id: &'a T3,
    ) -> ProofsQuery<'c, 'a, 's, C, Proofs, 4> {
        ProofsQuery {
            client,
            params: [seconds, id, session_id, user_id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<Proofs, tokio_postgres::Error> {
                Ok(Proofs {
                    has_factor: row.try_get(0)?,
                    is_met: row.try_get(1)?,
                    is_by_password: row.try_get(2)?,
                    created_at: row.try_get(3)?,
                })
            },
            mapper: |it| Proofs::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        FindProofsParams<T1, T2, T3>,
        ProofsQuery<'c, 'a, 's, C, Proofs, 4>,
        C,
    > for FindProofsStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FindProofsParams<T1, T2, T3>,
    ) -> ProofsQuery<'c, 'a, 's, C, Proofs, 4> {
        self.bind(
            client,
            &params.seconds,
            &params.id,
            &params.session_id,
            &params.user_id,
        )
    }
}
pub struct ConfirmPasskeyStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn confirm_passkey() -> ConfirmPasskeyStmt {
    ConfirmPasskeyStmt(
        "update auth.passkeys set suspended_at = null where id = $1 and user_id = $2 and suspended_at is not null",
        None,
    )
}
impl ConfirmPasskeyStmt {
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
        id: &'a T1,
        user_id: &'a T2,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[id, user_id], self.1.as_ref()).await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::StringSql, T2: crate::StringSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        ConfirmPasskeyParams<T1, T2>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for ConfirmPasskeyStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a ConfirmPasskeyParams<T1, T2>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.id, &params.user_id))
    }
}
pub struct ForgetPasskeysStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn forget_passkeys() -> ForgetPasskeysStmt {
    ForgetPasskeysStmt("delete from auth.passkeys where user_id = $1", None)
}
impl ForgetPasskeysStmt {
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
pub struct UsePasskeyStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn use_passkey() -> UsePasskeyStmt {
    UsePasskeyStmt(
        "update auth.passkeys set counter = $1, backed_up = $2, last_used_at = $3, failures = 0, failures_since = null, blocked_until = null where id = $4 and suspended_at is null and (counter < $1 or (counter = 0 and $1 = 0))",
        None,
    )
}
impl UsePasskeyStmt {
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
        counter: &'a i64,
        backed_up: &'a bool,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        id: &'a T1,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(
            client,
            self.0,
            &[counter, backed_up, now, id],
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
        UsePasskeyParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for UsePasskeyStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a UsePasskeyParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.counter,
            &params.backed_up,
            &params.now,
            &params.id,
        ))
    }
}
pub struct FailPasskeyStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn fail_passkey() -> FailPasskeyStmt {
    FailPasskeyStmt(
        "with failed as ( update auth.passkeys set failures = case when failures_since > $1 then failures + 1 else 1 end, failures_since = case when failures_since > $1 then failures_since else $2 end, blocked_until = case when failures_since > $1 and failures + 1 >= $3 then $4 else blocked_until end where id = $5 returning id, user_id) insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, metadata, created_at) select $6, user_id, $7, $8, $9, jsonb_build_object('passkeyId', id, 'reason', $10::text), $2 from failed",
        None,
    )
}
impl FailPasskeyStmt {
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
        T5: crate::StringSql,
    >(
        &'s self,
        client: &'c C,
        window_start: &'a chrono::DateTime<chrono::FixedOffset>,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        most: &'a i32,
        until: &'a chrono::DateTime<chrono::FixedOffset>,
        id: &'a T1,
        event_id: &'a uuid::Uuid,
        event_type: &'a T2,
        ip_address: &'a Option<T3>,
        user_agent: &'a Option<T4>,
        reason: &'a T5,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(
            client,
            self.0,
            &[
                window_start,
                now,
                most,
                until,
                id,
                event_id,
                event_type,
                ip_address,
                user_agent,
                reason,
            ],
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
    T5: crate::StringSql,
>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        FailPasskeyParams<T1, T2, T3, T4, T5>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for FailPasskeyStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a FailPasskeyParams<T1, T2, T3, T4, T5>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.window_start,
            &params.now,
            &params.most,
            &params.until,
            &params.id,
            &params.event_id,
            &params.event_type,
            &params.ip_address,
            &params.user_agent,
            &params.reason,
        ))
    }
}
