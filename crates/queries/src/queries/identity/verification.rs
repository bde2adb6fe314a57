// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct InsertVerificationParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
    T5: crate::StringSql,
    T6: crate::StringSql,
> {
    pub id: T1,
    pub identifier: T2,
    pub value: T3,
    pub user_id: Option<T4>,
    pub address: Option<T5>,
    pub kind: Option<T6>,
    pub expires_at: chrono::DateTime<chrono::FixedOffset>,
    pub now: chrono::DateTime<chrono::FixedOffset>,
}
#[derive(Debug)]
pub struct ListAliveVerificationsParams<T1: crate::StringSql, T2: crate::ArraySql<Item = T1>> {
    pub identifiers: T2,
    pub now: chrono::DateTime<chrono::FixedOffset>,
}
#[derive(Debug)]
pub struct ListLiveParams<T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql> {
    pub kind: T1,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub young: chrono::DateTime<chrono::FixedOffset>,
    pub user_id: Option<T2>,
    pub address: Option<T3>,
}
#[derive(Debug)]
pub struct RenewParams<T1: crate::StringSql, T2: crate::StringSql> {
    pub value: T1,
    pub expires_at: chrono::DateTime<chrono::FixedOffset>,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub id: T2,
}
#[derive(Debug)]
pub struct VoidLinksParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::ArraySql<Item = T2>,
> {
    pub user_id: T1,
    pub kinds: T3,
}
#[derive(Debug)]
pub struct VerifyEmailParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
> {
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub user_id: T1,
    pub email: T2,
    pub event_id: uuid::Uuid,
    pub ip_address: Option<T3>,
    pub user_agent: Option<T4>,
}
#[derive(Debug)]
pub struct ChangeEmailParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
    T5: crate::StringSql,
> {
    pub new_email: T1,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub user_id: T2,
    pub old_email: T3,
    pub event_id: uuid::Uuid,
    pub ip_address: Option<T4>,
    pub user_agent: Option<T5>,
}
#[derive(Debug)]
pub struct SetPasswordParams<T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql> {
    pub id: T1,
    pub user_id: T2,
    pub password: T3,
    pub now: chrono::DateTime<chrono::FixedOffset>,
}
#[derive(Debug)]
pub struct EndSessionsParams<T1: crate::StringSql, T2: crate::StringSql> {
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub user_id: T1,
    pub except: Option<T2>,
}
#[derive(Debug)]
pub struct ForgetDevicesParams<T1: crate::StringSql, T2: crate::StringSql> {
    pub user_id: T1,
    pub kept: Option<T2>,
}
#[derive(Debug, Clone, PartialEq)]
pub struct Outstanding {
    pub value: String,
    pub user_id: Option<String>,
    pub expires_at: chrono::DateTime<chrono::FixedOffset>,
}
pub struct OutstandingBorrowed<'a> {
    pub value: &'a str,
    pub user_id: Option<&'a str>,
    pub expires_at: chrono::DateTime<chrono::FixedOffset>,
}
impl<'a> From<OutstandingBorrowed<'a>> for Outstanding {
    fn from(
        OutstandingBorrowed {
            value,
            user_id,
            expires_at,
        }: OutstandingBorrowed<'a>,
    ) -> Self {
        Self {
            value: value.into(),
            user_id: user_id.map(|v| v.into()),
            expires_at,
        }
    }
}
#[derive(Debug, Clone, PartialEq)]
pub struct LiveToken {
    pub id: String,
    pub identifier: String,
    pub value: String,
}
pub struct LiveTokenBorrowed<'a> {
    pub id: &'a str,
    pub identifier: &'a str,
    pub value: &'a str,
}
impl<'a> From<LiveTokenBorrowed<'a>> for LiveToken {
    fn from(
        LiveTokenBorrowed {
            id,
            identifier,
            value,
        }: LiveTokenBorrowed<'a>,
    ) -> Self {
        Self {
            id: id.into(),
            identifier: identifier.into(),
            value: value.into(),
        }
    }
}
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    pub created_at: chrono::DateTime<chrono::FixedOffset>,
    pub user_agent: Option<String>,
}
pub struct MadeBorrowed<'a> {
    pub created_at: chrono::DateTime<chrono::FixedOffset>,
    pub user_agent: Option<&'a str>,
}
impl<'a> From<MadeBorrowed<'a>> for Made {
    fn from(
        MadeBorrowed {
            created_at,
            user_agent,
        }: MadeBorrowed<'a>,
    ) -> Self {
        Self {
            created_at,
            user_agent: user_agent.map(|v| v.into()),
        }
    }
}
#[derive(Debug, Clone, PartialEq)]
pub struct VerifyEmail {
    pub id: String,
    pub notified: String,
}
pub struct VerifyEmailBorrowed<'a> {
    pub id: &'a str,
    pub notified: &'a str,
}
impl<'a> From<VerifyEmailBorrowed<'a>> for VerifyEmail {
    fn from(VerifyEmailBorrowed { id, notified }: VerifyEmailBorrowed<'a>) -> Self {
        Self {
            id: id.into(),
            notified: notified.into(),
        }
    }
}
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeEmail {
    pub id: String,
    pub notified: String,
}
pub struct ChangeEmailBorrowed<'a> {
    pub id: &'a str,
    pub notified: &'a str,
}
impl<'a> From<ChangeEmailBorrowed<'a>> for ChangeEmail {
    fn from(ChangeEmailBorrowed { id, notified }: ChangeEmailBorrowed<'a>) -> Self {
        Self {
            id: id.into(),
            notified: notified.into(),
        }
    }
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct OutstandingQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<OutstandingBorrowed, tokio_postgres::Error>,
    mapper: fn(OutstandingBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> OutstandingQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(OutstandingBorrowed) -> R,
    ) -> OutstandingQuery<'c, 'a, 's, C, R, N> {
        OutstandingQuery {
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
pub struct LiveTokenQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<LiveTokenBorrowed, tokio_postgres::Error>,
    mapper: fn(LiveTokenBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> LiveTokenQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(LiveTokenBorrowed) -> R) -> LiveTokenQuery<'c, 'a, 's, C, R, N> {
        LiveTokenQuery {
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
pub struct MadeQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<MadeBorrowed, tokio_postgres::Error>,
    mapper: fn(MadeBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> MadeQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(MadeBorrowed) -> R) -> MadeQuery<'c, 'a, 's, C, R, N> {
        MadeQuery {
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
pub struct VerifyEmailQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<VerifyEmailBorrowed, tokio_postgres::Error>,
    mapper: fn(VerifyEmailBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> VerifyEmailQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(VerifyEmailBorrowed) -> R,
    ) -> VerifyEmailQuery<'c, 'a, 's, C, R, N> {
        VerifyEmailQuery {
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
pub struct ChangeEmailQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<ChangeEmailBorrowed, tokio_postgres::Error>,
    mapper: fn(ChangeEmailBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> ChangeEmailQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(ChangeEmailBorrowed) -> R,
    ) -> ChangeEmailQuery<'c, 'a, 's, C, R, N> {
        ChangeEmailQuery {
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
pub struct InsertVerificationStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn insert_verification() -> InsertVerificationStmt {
    InsertVerificationStmt(
        "insert into auth.verification (id, identifier, value, user_id, address, kind, expires_at, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        None,
    )
}
impl InsertVerificationStmt {
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
        T6: crate::StringSql,
    >(
        &'s self,
        client: &'c C,
        id: &'a T1,
        identifier: &'a T2,
        value: &'a T3,
        user_id: &'a Option<T4>,
        address: &'a Option<T5>,
        kind: &'a Option<T6>,
        expires_at: &'a chrono::DateTime<chrono::FixedOffset>,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(
            client,
            self.0,
            &[
                id, identifier, value, user_id, address, kind, expires_at, now,
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
    T6: crate::StringSql,
>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        InsertVerificationParams<T1, T2, T3, T4, T5, T6>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for InsertVerificationStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a InsertVerificationParams<T1, T2, T3, T4, T5, T6>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.id,
            &params.identifier,
            &params.value,
            &params.user_id,
            &params.address,
            &params.kind,
            &params.expires_at,
            &params.now,
        ))
    }
}
pub struct FindVerificationStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn find_verification() -> FindVerificationStmt {
    FindVerificationStmt(
        "select value, user_id, expires_at from auth.verification where identifier = $1 order by created_at desc limit 1",
        None,
    )
}
impl FindVerificationStmt {
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
        identifier: &'a T1,
    ) -> OutstandingQuery<'c, 'a, 's, C, Outstanding, 1> {
        OutstandingQuery {
            client,
            params: [identifier],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<OutstandingBorrowed, tokio_postgres::Error> {
                    Ok(OutstandingBorrowed {
                        value: row.try_get(0)?,
                        user_id: row.try_get(1)?,
                        expires_at: row.try_get(2)?,
                    })
                },
            mapper: |it| Outstanding::from(it),
        }
    }
}
pub struct ListAliveVerificationsStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn list_alive_verifications() -> ListAliveVerificationsStmt {
    ListAliveVerificationsStmt(
        "select identifier from auth.verification where identifier = any($1::text[]) and expires_at > $2",
        None,
    )
}
impl ListAliveVerificationsStmt {
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
        identifiers: &'a T2,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> StringQuery<'c, 'a, 's, C, String, 2> {
        StringQuery {
            client,
            params: [identifiers, now],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it.into(),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::ArraySql<Item = T1>>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ListAliveVerificationsParams<T1, T2>,
        StringQuery<'c, 'a, 's, C, String, 2>,
        C,
    > for ListAliveVerificationsStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ListAliveVerificationsParams<T1, T2>,
    ) -> StringQuery<'c, 'a, 's, C, String, 2> {
        self.bind(client, &params.identifiers, &params.now)
    }
}
pub struct ListLiveStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn list_live() -> ListLiveStmt {
    ListLiveStmt(
        "select id, identifier, value from auth.verification where kind = $1 and expires_at > $2 and created_at > $3 and (user_id = $4 or address = $5) order by created_at desc limit 20",
        None,
    )
}
impl ListLiveStmt {
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
        kind: &'a T1,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        young: &'a chrono::DateTime<chrono::FixedOffset>,
        user_id: &'a Option<T2>,
        address: &'a Option<T3>,
    ) -> LiveTokenQuery<'c, 'a, 's, C, LiveToken, 5> {
        LiveTokenQuery {
            client,
            params: [kind, now, young, user_id, address],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<LiveTokenBorrowed, tokio_postgres::Error> {
                    Ok(LiveTokenBorrowed {
                        id: row.try_get(0)?,
                        identifier: row.try_get(1)?,
                        value: row.try_get(2)?,
                    })
                },
            mapper: |it| LiveToken::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ListLiveParams<T1, T2, T3>,
        LiveTokenQuery<'c, 'a, 's, C, LiveToken, 5>,
        C,
    > for ListLiveStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ListLiveParams<T1, T2, T3>,
    ) -> LiveTokenQuery<'c, 'a, 's, C, LiveToken, 5> {
        self.bind(
            client,
            &params.kind,
            &params.now,
            &params.young,
            &params.user_id,
            &params.address,
        )
    }
}
pub struct RenewStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn renew() -> RenewStmt {
    RenewStmt(
        "update auth.verification set value = $1, expires_at = $2, updated_at = $3 where id = $4",
        None,
    )
}
impl RenewStmt {
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
        expires_at: &'a chrono::DateTime<chrono::FixedOffset>,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        id: &'a T2,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(
            client,
            self.0,
            &[value, expires_at, now, id],
            self.1.as_ref(),
        )
        .await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::StringSql, T2: crate::StringSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        RenewParams<T1, T2>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for RenewStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a RenewParams<T1, T2>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.value,
            &params.expires_at,
            &params.now,
            &params.id,
        ))
    }
}
pub struct FindMadeStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn find_made() -> FindMadeStmt {
    FindMadeStmt(
        "select u.created_at, e.user_agent from auth.users u left join lateral (select user_agent from auth.security_events where user_id = u.id and event_type = 'REGISTER' order by created_at limit 1) e on true where u.id = $1",
        None,
    )
}
impl FindMadeStmt {
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
    ) -> MadeQuery<'c, 'a, 's, C, Made, 1> {
        MadeQuery {
            client,
            params: [user_id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<MadeBorrowed, tokio_postgres::Error> {
                Ok(MadeBorrowed {
                    created_at: row.try_get(0)?,
                    user_agent: row.try_get(1)?,
                })
            },
            mapper: |it| Made::from(it),
        }
    }
}
pub struct ConsumeVerificationStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn consume_verification() -> ConsumeVerificationStmt {
    ConsumeVerificationStmt(
        "with gone as (delete from auth.verification where identifier = $1 returning value, user_id, expires_at, created_at) select value, user_id, expires_at from gone order by created_at desc limit 1",
        None,
    )
}
impl ConsumeVerificationStmt {
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
        identifier: &'a T1,
    ) -> OutstandingQuery<'c, 'a, 's, C, Outstanding, 1> {
        OutstandingQuery {
            client,
            params: [identifier],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<OutstandingBorrowed, tokio_postgres::Error> {
                    Ok(OutstandingBorrowed {
                        value: row.try_get(0)?,
                        user_id: row.try_get(1)?,
                        expires_at: row.try_get(2)?,
                    })
                },
            mapper: |it| Outstanding::from(it),
        }
    }
}
pub struct VoidLinksStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn void_links() -> VoidLinksStmt {
    VoidLinksStmt(
        "delete from auth.verification where user_id = $1 and kind = any($2::text[]) or address = (select lower(email) from auth.users where id = $1) and kind = any($2::text[])",
        None,
    )
}
impl VoidLinksStmt {
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
        T3: crate::ArraySql<Item = T2>,
    >(
        &'s self,
        client: &'c C,
        user_id: &'a T1,
        kinds: &'a T3,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[user_id, kinds], self.1.as_ref()).await
    }
}
impl<
    'a,
    C: GenericClient + Send + Sync,
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::ArraySql<Item = T2>,
>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        VoidLinksParams<T1, T2, T3>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for VoidLinksStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a VoidLinksParams<T1, T2, T3>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.user_id, &params.kinds))
    }
}
pub struct ForgetAddressStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn forget_address() -> ForgetAddressStmt {
    ForgetAddressStmt("delete from auth.verification where address = $1", None)
}
impl ForgetAddressStmt {
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
        address: &'a T1,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[address], self.1.as_ref()).await
    }
}
pub struct VerifyEmailStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn verify_email() -> VerifyEmailStmt {
    VerifyEmailStmt(
        "with verified as ( update auth.users set email_verified = true, updated_at = $1 where id = $2 and lower(email) = $3 and not email_verified and deleted_at is null returning id), event as ( insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, created_at) select $4, id, 'EMAIL_VERIFIED', $5, $6, $1 from verified) select id, pg_notify('mana_auth', 'user:' || id)::text as notified from verified",
        None,
    )
}
impl VerifyEmailStmt {
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
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        user_id: &'a T1,
        email: &'a T2,
        event_id: &'a uuid::Uuid,
        ip_address: &'a Option<T3>,
        user_agent: &'a Option<T4>,
    ) -> VerifyEmailQuery<'c, 'a, 's, C, VerifyEmail, 6> {
        VerifyEmailQuery {
            client,
            params: [now, user_id, email, event_id, ip_address, user_agent],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<VerifyEmailBorrowed, tokio_postgres::Error> {
                    Ok(VerifyEmailBorrowed {
                        id: row.try_get(0)?,
                        notified: row.try_get(1)?,
                    })
                },
            mapper: |it| VerifyEmail::from(it),
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
        VerifyEmailParams<T1, T2, T3, T4>,
        VerifyEmailQuery<'c, 'a, 's, C, VerifyEmail, 6>,
        C,
    > for VerifyEmailStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a VerifyEmailParams<T1, T2, T3, T4>,
    ) -> VerifyEmailQuery<'c, 'a, 's, C, VerifyEmail, 6> {
        self.bind(
            client,
            &params.now,
            &params.user_id,
            &params.email,
            &params.event_id,
            &params.ip_address,
            &params.user_agent,
        )
    }
}
pub struct ChangeEmailStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn change_email() -> ChangeEmailStmt {
    ChangeEmailStmt(
        "with changed as ( update auth.users set email = $1, email_verified = true, updated_at = $2 where id = $3 and lower(email) = $4 and deleted_at is null returning id), event as ( insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, created_at) select $5, id, 'EMAIL_CHANGED', $6, $7, $2 from changed) select id, pg_notify('mana_auth', 'user:' || id)::text as notified from changed",
        None,
    )
}
impl ChangeEmailStmt {
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
    >(
        &'s self,
        client: &'c C,
        new_email: &'a T1,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        user_id: &'a T2,
        old_email: &'a T3,
        event_id: &'a uuid::Uuid,
        ip_address: &'a Option<T4>,
        user_agent: &'a Option<T5>,
    ) -> ChangeEmailQuery<'c, 'a, 's, C, ChangeEmail, 7> {
        ChangeEmailQuery {
            client,
            params: [
                new_email, now, user_id, old_email, event_id, ip_address, user_agent,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<ChangeEmailBorrowed, tokio_postgres::Error> {
                    Ok(ChangeEmailBorrowed {
                        id: row.try_get(0)?,
                        notified: row.try_get(1)?,
                    })
                },
            mapper: |it| ChangeEmail::from(it),
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
>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ChangeEmailParams<T1, T2, T3, T4, T5>,
        ChangeEmailQuery<'c, 'a, 's, C, ChangeEmail, 7>,
        C,
    > for ChangeEmailStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ChangeEmailParams<T1, T2, T3, T4, T5>,
    ) -> ChangeEmailQuery<'c, 'a, 's, C, ChangeEmail, 7> {
        self.bind(
            client,
            &params.new_email,
            &params.now,
            &params.user_id,
            &params.old_email,
            &params.event_id,
            &params.ip_address,
            &params.user_agent,
        )
    }
}
pub struct SetPasswordStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn set_password() -> SetPasswordStmt {
    SetPasswordStmt(
        "insert into auth.accounts (id, account_id, provider_id, user_id, password, set_by_mail_at, created_at, updated_at) values ($1, $2, 'credential', $2, $3, $4, $4, $4) on conflict (provider_id, account_id) do update set password = excluded.password, set_by_mail_at = excluded.set_by_mail_at, updated_at = excluded.updated_at",
        None,
    )
}
impl SetPasswordStmt {
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
        id: &'a T1,
        user_id: &'a T2,
        password: &'a T3,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(
            client,
            self.0,
            &[id, user_id, password, now],
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
        SetPasswordParams<T1, T2, T3>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for SetPasswordStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a SetPasswordParams<T1, T2, T3>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.id,
            &params.user_id,
            &params.password,
            &params.now,
        ))
    }
}
pub struct EndSessionsStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn end_sessions() -> EndSessionsStmt {
    EndSessionsStmt(
        "with ended as ( update auth.sessions set revoked_at = $1, updated_at = $1 where user_id = $2 and revoked_at is null and ($3::text is null or id <> $3) returning id) update auth.refresh_tokens r set revoked_at = $1 from ended where r.session_id = ended.id and r.revoked_at is null",
        None,
    )
}
impl EndSessionsStmt {
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
        user_id: &'a T1,
        except: &'a Option<T2>,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[now, user_id, except], self.1.as_ref())
            .await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::StringSql, T2: crate::StringSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        EndSessionsParams<T1, T2>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for EndSessionsStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a EndSessionsParams<T1, T2>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.now, &params.user_id, &params.except))
    }
}
pub struct ClearAttemptsStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn clear_attempts() -> ClearAttemptsStmt {
    ClearAttemptsStmt("delete from auth.login_attempts where email = $1", None)
}
impl ClearAttemptsStmt {
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
        email: &'a T1,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[email], self.1.as_ref()).await
    }
}
pub struct ForgetDevicesStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn forget_devices() -> ForgetDevicesStmt {
    ForgetDevicesStmt(
        "delete from auth.known_devices where user_id = $1 and fingerprint like 'mark:%' and fingerprint is distinct from $2",
        None,
    )
}
impl ForgetDevicesStmt {
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
        kept: &'a Option<T2>,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[user_id, kept], self.1.as_ref()).await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::StringSql, T2: crate::StringSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        ForgetDevicesParams<T1, T2>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for ForgetDevicesStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a ForgetDevicesParams<T1, T2>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.user_id, &params.kept))
    }
}
pub struct NotifyUserStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn notify_user() -> NotifyUserStmt {
    NotifyUserStmt(
        "select pg_notify('mana_auth', 'user:' || $1::text)::text",
        None,
    )
}
impl NotifyUserStmt {
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
