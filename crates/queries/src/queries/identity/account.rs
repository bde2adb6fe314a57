// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct FindPasswordParams<T1: crate::StringSql, T2: crate::StringSql> {
    pub near: T1,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub max_failures: i64,
    pub lock_seconds: i64,
    pub user_id: T2,
}
#[derive(Debug)]
pub struct ChangePasswordParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
    T5: crate::StringSql,
> {
    pub password: T1,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub user_id: T2,
    pub old_password: T3,
    pub event_id: uuid::Uuid,
    pub ip_address: Option<T4>,
    pub user_agent: Option<T5>,
}
#[derive(Debug)]
pub struct UpdateProfileParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
    T5: crate::StringSql,
> {
    pub name: Option<T1>,
    pub sets_image: bool,
    pub image: Option<T2>,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub id: T3,
    pub event_id: uuid::Uuid,
    pub ip_address: Option<T4>,
    pub user_agent: Option<T5>,
}
#[derive(Debug)]
pub struct DeleteUserParams<T1: crate::StringSql> {
    pub id: T1,
    pub event_id: uuid::Uuid,
    pub now: chrono::DateTime<chrono::FixedOffset>,
}
#[derive(Debug)]
pub struct MarkDeletedParams<T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql> {
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub id: T1,
    pub event_id: uuid::Uuid,
    pub ip_address: Option<T2>,
    pub user_agent: Option<T3>,
}
#[derive(Clone, Copy, Debug)]
pub struct ListDueDeletionsParams {
    pub before: chrono::DateTime<chrono::FixedOffset>,
    pub page_size: i64,
}
#[derive(Debug)]
pub struct DeleteAccountParams<T1: crate::StringSql, T2: crate::StringSql> {
    pub id: T1,
    pub user_id: T2,
}
#[derive(Debug, Clone, PartialEq)]
pub struct StoredPassword {
    pub email: String,
    pub password: Option<String>,
    pub locked_until: Option<chrono::DateTime<chrono::FixedOffset>>,
}
pub struct StoredPasswordBorrowed<'a> {
    pub email: &'a str,
    pub password: Option<&'a str>,
    pub locked_until: Option<chrono::DateTime<chrono::FixedOffset>>,
}
impl<'a> From<StoredPasswordBorrowed<'a>> for StoredPassword {
    fn from(
        StoredPasswordBorrowed {
            email,
            password,
            locked_until,
        }: StoredPasswordBorrowed<'a>,
    ) -> Self {
        Self {
            email: email.into(),
            password: password.map(|v| v.into()),
            locked_until,
        }
    }
}
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateProfile {
    pub id: String,
    pub notified: String,
}
pub struct UpdateProfileBorrowed<'a> {
    pub id: &'a str,
    pub notified: &'a str,
}
impl<'a> From<UpdateProfileBorrowed<'a>> for UpdateProfile {
    fn from(UpdateProfileBorrowed { id, notified }: UpdateProfileBorrowed<'a>) -> Self {
        Self {
            id: id.into(),
            notified: notified.into(),
        }
    }
}
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteUser {
    pub id: String,
    pub notified: String,
}
pub struct DeleteUserBorrowed<'a> {
    pub id: &'a str,
    pub notified: &'a str,
}
impl<'a> From<DeleteUserBorrowed<'a>> for DeleteUser {
    fn from(DeleteUserBorrowed { id, notified }: DeleteUserBorrowed<'a>) -> Self {
        Self {
            id: id.into(),
            notified: notified.into(),
        }
    }
}
#[derive(Debug, Clone, PartialEq)]
pub struct MarkDeleted {
    pub id: String,
    pub notified: String,
}
pub struct MarkDeletedBorrowed<'a> {
    pub id: &'a str,
    pub notified: &'a str,
}
impl<'a> From<MarkDeletedBorrowed<'a>> for MarkDeleted {
    fn from(MarkDeletedBorrowed { id, notified }: MarkDeletedBorrowed<'a>) -> Self {
        Self {
            id: id.into(),
            notified: notified.into(),
        }
    }
}
#[derive(Debug, Clone, PartialEq)]
pub struct Linked {
    pub id: String,
    pub account_id: String,
    pub provider_id: String,
    pub user_id: String,
    pub scope: Option<String>,
    pub created_at: chrono::DateTime<chrono::FixedOffset>,
    pub updated_at: chrono::DateTime<chrono::FixedOffset>,
}
pub struct LinkedBorrowed<'a> {
    pub id: &'a str,
    pub account_id: &'a str,
    pub provider_id: &'a str,
    pub user_id: &'a str,
    pub scope: Option<&'a str>,
    pub created_at: chrono::DateTime<chrono::FixedOffset>,
    pub updated_at: chrono::DateTime<chrono::FixedOffset>,
}
impl<'a> From<LinkedBorrowed<'a>> for Linked {
    fn from(
        LinkedBorrowed {
            id,
            account_id,
            provider_id,
            user_id,
            scope,
            created_at,
            updated_at,
        }: LinkedBorrowed<'a>,
    ) -> Self {
        Self {
            id: id.into(),
            account_id: account_id.into(),
            provider_id: provider_id.into(),
            user_id: user_id.into(),
            scope: scope.map(|v| v.into()),
            created_at,
            updated_at,
        }
    }
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct StoredPasswordQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<StoredPasswordBorrowed, tokio_postgres::Error>,
    mapper: fn(StoredPasswordBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> StoredPasswordQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(StoredPasswordBorrowed) -> R,
    ) -> StoredPasswordQuery<'c, 'a, 's, C, R, N> {
        StoredPasswordQuery {
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
pub struct UpdateProfileQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<UpdateProfileBorrowed, tokio_postgres::Error>,
    mapper: fn(UpdateProfileBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> UpdateProfileQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(UpdateProfileBorrowed) -> R,
    ) -> UpdateProfileQuery<'c, 'a, 's, C, R, N> {
        UpdateProfileQuery {
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
pub struct DeleteUserQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<DeleteUserBorrowed, tokio_postgres::Error>,
    mapper: fn(DeleteUserBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> DeleteUserQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(DeleteUserBorrowed) -> R,
    ) -> DeleteUserQuery<'c, 'a, 's, C, R, N> {
        DeleteUserQuery {
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
pub struct MarkDeletedQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<MarkDeletedBorrowed, tokio_postgres::Error>,
    mapper: fn(MarkDeletedBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> MarkDeletedQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(MarkDeletedBorrowed) -> R,
    ) -> MarkDeletedQuery<'c, 'a, 's, C, R, N> {
        MarkDeletedQuery {
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
pub struct LinkedQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<LinkedBorrowed, tokio_postgres::Error>,
    mapper: fn(LinkedBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> LinkedQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(LinkedBorrowed) -> R) -> LinkedQuery<'c, 'a, 's, C, R, N> {
        LinkedQuery {
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
pub struct FindPasswordStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn find_password() -> FindPasswordStmt {
    FindPasswordStmt(
        "select lower(u.email) as email, a.password, auth.guesses_locked_until(lower(u.email), $1, $1, $1, $2, $3, $4) as locked_until from auth.users u join auth.accounts a on a.user_id = u.id and a.provider_id = 'credential' where u.id = $5",
        None,
    )
}
impl FindPasswordStmt {
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
        near: &'a T1,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        max_failures: &'a i64,
        lock_seconds: &'a i64,
        user_id: &'a T2,
    ) -> StoredPasswordQuery<'c, 'a, 's, C, StoredPassword, 5> {
        StoredPasswordQuery {
            client,
            params: [near, now, max_failures, lock_seconds, user_id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |
                row: &tokio_postgres::Row,
            | -> Result<StoredPasswordBorrowed, tokio_postgres::Error> {
                Ok(StoredPasswordBorrowed {
                    email: row.try_get(0)?,
                    password: row.try_get(1)?,
                    locked_until: row.try_get(2)?,
                })
            },
            mapper: |it| StoredPassword::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        FindPasswordParams<T1, T2>,
        StoredPasswordQuery<'c, 'a, 's, C, StoredPassword, 5>,
        C,
    > for FindPasswordStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FindPasswordParams<T1, T2>,
    ) -> StoredPasswordQuery<'c, 'a, 's, C, StoredPassword, 5> {
        self.bind(
            client,
            &params.near,
            &params.now,
            &params.max_failures,
            &params.lock_seconds,
            &params.user_id,
        )
    }
}
pub struct ChangePasswordStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn change_password() -> ChangePasswordStmt {
    ChangePasswordStmt(
        "with changed as ( update auth.accounts set password = $1, updated_at = $2 where user_id = $3 and provider_id = 'credential' and password = $4 returning user_id) insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, created_at) select $5, user_id, 'PASSWORD_CHANGED', $6, $7, $2 from changed",
        None,
    )
}
impl ChangePasswordStmt {
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
        password: &'a T1,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        user_id: &'a T2,
        old_password: &'a T3,
        event_id: &'a uuid::Uuid,
        ip_address: &'a Option<T4>,
        user_agent: &'a Option<T5>,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(
            client,
            self.0,
            &[
                password,
                now,
                user_id,
                old_password,
                event_id,
                ip_address,
                user_agent,
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
        ChangePasswordParams<T1, T2, T3, T4, T5>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for ChangePasswordStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a ChangePasswordParams<T1, T2, T3, T4, T5>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.password,
            &params.now,
            &params.user_id,
            &params.old_password,
            &params.event_id,
            &params.ip_address,
            &params.user_agent,
        ))
    }
}
pub struct UpdateProfileStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn update_profile() -> UpdateProfileStmt {
    UpdateProfileStmt(
        "with changed as ( update auth.users set name = coalesce($1, name), image = case when $2::boolean then $3 else image end, updated_at = $4 where id = $5 and deleted_at is null returning id), event as ( insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, created_at) select $6, id, 'PROFILE_UPDATED', $7, $8, $4 from changed) select id, pg_notify('mana_auth', 'user:' || id)::text as notified from changed",
        None,
    )
}
impl UpdateProfileStmt {
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
        name: &'a Option<T1>,
        sets_image: &'a bool,
        image: &'a Option<T2>,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        id: &'a T3,
        event_id: &'a uuid::Uuid,
        ip_address: &'a Option<T4>,
        user_agent: &'a Option<T5>,
    ) -> UpdateProfileQuery<'c, 'a, 's, C, UpdateProfile, 8> {
        UpdateProfileQuery {
            client,
            params: [
                name, sets_image, image, now, id, event_id, ip_address, user_agent,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<UpdateProfileBorrowed, tokio_postgres::Error> {
                    Ok(UpdateProfileBorrowed {
                        id: row.try_get(0)?,
                        notified: row.try_get(1)?,
                    })
                },
            mapper: |it| UpdateProfile::from(it),
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
        UpdateProfileParams<T1, T2, T3, T4, T5>,
        UpdateProfileQuery<'c, 'a, 's, C, UpdateProfile, 8>,
        C,
    > for UpdateProfileStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a UpdateProfileParams<T1, T2, T3, T4, T5>,
    ) -> UpdateProfileQuery<'c, 'a, 's, C, UpdateProfile, 8> {
        self.bind(
            client,
            &params.name,
            &params.sets_image,
            &params.image,
            &params.now,
            &params.id,
            &params.event_id,
            &params.ip_address,
            &params.user_agent,
        )
    }
}
pub struct DeleteUserStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn delete_user() -> DeleteUserStmt {
    DeleteUserStmt(
        "with gone as ( delete from auth.users where id = $1 returning id, email), attempts as ( delete from auth.login_attempts l using gone where l.email = lower(gone.email)), addressed as ( delete from auth.verification v using gone where v.address = lower(gone.email)), event as ( insert into auth.security_events (id, event_type, created_at) select $2, 'ACCOUNT_DELETED', $3 from gone) select id, pg_notify('mana_auth', 'user:' || id)::text as notified from gone",
        None,
    )
}
impl DeleteUserStmt {
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
        id: &'a T1,
        event_id: &'a uuid::Uuid,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> DeleteUserQuery<'c, 'a, 's, C, DeleteUser, 3> {
        DeleteUserQuery {
            client,
            params: [id, event_id, now],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<DeleteUserBorrowed, tokio_postgres::Error> {
                    Ok(DeleteUserBorrowed {
                        id: row.try_get(0)?,
                        notified: row.try_get(1)?,
                    })
                },
            mapper: |it| DeleteUser::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        DeleteUserParams<T1>,
        DeleteUserQuery<'c, 'a, 's, C, DeleteUser, 3>,
        C,
    > for DeleteUserStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a DeleteUserParams<T1>,
    ) -> DeleteUserQuery<'c, 'a, 's, C, DeleteUser, 3> {
        self.bind(client, &params.id, &params.event_id, &params.now)
    }
}
pub struct MarkDeletedStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn mark_deleted() -> MarkDeletedStmt {
    MarkDeletedStmt(
        "with gone as ( update auth.users set deleted_at = $1, updated_at = $1 where id = $2 and deleted_at is null returning id, email), ended as ( update auth.sessions s set revoked_at = $1, updated_at = $1 from gone where s.user_id = gone.id and s.revoked_at is null returning s.id), families as ( update auth.refresh_tokens r set revoked_at = $1 from ended where r.session_id = ended.id and r.revoked_at is null), links as ( delete from auth.verification v using gone where v.user_id = gone.id or v.address = lower(gone.email)), event as ( insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, created_at) select $3, id, 'ACCOUNT_DELETED', $4, $5, $1 from gone) select id, pg_notify('mana_auth', 'user:' || id)::text as notified from gone",
        None,
    )
}
impl MarkDeletedStmt {
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
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        id: &'a T1,
        event_id: &'a uuid::Uuid,
        ip_address: &'a Option<T2>,
        user_agent: &'a Option<T3>,
    ) -> MarkDeletedQuery<'c, 'a, 's, C, MarkDeleted, 5> {
        MarkDeletedQuery {
            client,
            params: [now, id, event_id, ip_address, user_agent],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<MarkDeletedBorrowed, tokio_postgres::Error> {
                    Ok(MarkDeletedBorrowed {
                        id: row.try_get(0)?,
                        notified: row.try_get(1)?,
                    })
                },
            mapper: |it| MarkDeleted::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        MarkDeletedParams<T1, T2, T3>,
        MarkDeletedQuery<'c, 'a, 's, C, MarkDeleted, 5>,
        C,
    > for MarkDeletedStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a MarkDeletedParams<T1, T2, T3>,
    ) -> MarkDeletedQuery<'c, 'a, 's, C, MarkDeleted, 5> {
        self.bind(
            client,
            &params.now,
            &params.id,
            &params.event_id,
            &params.ip_address,
            &params.user_agent,
        )
    }
}
pub struct ListDueDeletionsStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn list_due_deletions() -> ListDueDeletionsStmt {
    ListDueDeletionsStmt(
        "select id from auth.users where deleted_at <= $1 order by deleted_at limit $2",
        None,
    )
}
impl ListDueDeletionsStmt {
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
        before: &'a chrono::DateTime<chrono::FixedOffset>,
        page_size: &'a i64,
    ) -> StringQuery<'c, 'a, 's, C, String, 2> {
        StringQuery {
            client,
            params: [before, page_size],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it.into(),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ListDueDeletionsParams,
        StringQuery<'c, 'a, 's, C, String, 2>,
        C,
    > for ListDueDeletionsStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ListDueDeletionsParams,
    ) -> StringQuery<'c, 'a, 's, C, String, 2> {
        self.bind(client, &params.before, &params.page_size)
    }
}
pub struct ListAccountsStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn list_accounts() -> ListAccountsStmt {
    ListAccountsStmt(
        "select id, account_id, provider_id, user_id, scope, created_at, updated_at from auth.accounts where user_id = $1 order by created_at, id",
        None,
    )
}
impl ListAccountsStmt {
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
    ) -> LinkedQuery<'c, 'a, 's, C, Linked, 1> {
        LinkedQuery {
            client,
            params: [user_id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<LinkedBorrowed, tokio_postgres::Error> {
                    Ok(LinkedBorrowed {
                        id: row.try_get(0)?,
                        account_id: row.try_get(1)?,
                        provider_id: row.try_get(2)?,
                        user_id: row.try_get(3)?,
                        scope: row.try_get(4)?,
                        created_at: row.try_get(5)?,
                        updated_at: row.try_get(6)?,
                    })
                },
            mapper: |it| Linked::from(it),
        }
    }
}
pub struct LockSessionsStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn lock_sessions() -> LockSessionsStmt {
    LockSessionsStmt(
        "select id from auth.sessions where user_id = $1 order by id for update",
        None,
    )
}
impl LockSessionsStmt {
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
pub struct LockUserStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn lock_user() -> LockUserStmt {
    LockUserStmt("select id from auth.users where id = $1 for update", None)
}
impl LockUserStmt {
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
        id: &'a T1,
    ) -> StringQuery<'c, 'a, 's, C, String, 1> {
        StringQuery {
            client,
            params: [id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it.into(),
        }
    }
}
pub struct DeleteAccountStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn delete_account() -> DeleteAccountStmt {
    DeleteAccountStmt(
        "delete from auth.accounts where id = $1 and user_id = $2",
        None,
    )
}
impl DeleteAccountStmt {
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
        DeleteAccountParams<T1, T2>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for DeleteAccountStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a DeleteAccountParams<T1, T2>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.id, &params.user_id))
    }
}
