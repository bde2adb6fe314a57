// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct SetRoleParams<T1: crate::StringSql, T2: crate::StringSql> {
    pub role: T1,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub email: T2,
}
#[derive(Debug)]
pub struct SetVerifiedParams<T1: crate::StringSql> {
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub id: T1,
}
#[derive(Clone, Copy, Debug)]
pub struct CountUsersParams {
    pub day: chrono::DateTime<chrono::FixedOffset>,
    pub week: chrono::DateTime<chrono::FixedOffset>,
    pub month: chrono::DateTime<chrono::FixedOffset>,
}
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    pub user_id: String,
    pub name: String,
    pub email: String,
    pub email_verified: bool,
    pub image: Option<String>,
    pub role: String,
    pub access_tier: String,
    pub locale: Option<String>,
    pub two_factor_enabled: bool,
    pub banned: bool,
    pub ban_reason: Option<String>,
    pub ban_expires: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub deleted_at: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub user_created_at: chrono::DateTime<chrono::FixedOffset>,
    pub user_updated_at: chrono::DateTime<chrono::FixedOffset>,
}
pub struct PersonBorrowed<'a> {
    pub user_id: &'a str,
    pub name: &'a str,
    pub email: &'a str,
    pub email_verified: bool,
    pub image: Option<&'a str>,
    pub role: &'a str,
    pub access_tier: &'a str,
    pub locale: Option<&'a str>,
    pub two_factor_enabled: bool,
    pub banned: bool,
    pub ban_reason: Option<&'a str>,
    pub ban_expires: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub deleted_at: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub user_created_at: chrono::DateTime<chrono::FixedOffset>,
    pub user_updated_at: chrono::DateTime<chrono::FixedOffset>,
}
impl<'a> From<PersonBorrowed<'a>> for Person {
    fn from(
        PersonBorrowed {
            user_id,
            name,
            email,
            email_verified,
            image,
            role,
            access_tier,
            locale,
            two_factor_enabled,
            banned,
            ban_reason,
            ban_expires,
            deleted_at,
            user_created_at,
            user_updated_at,
        }: PersonBorrowed<'a>,
    ) -> Self {
        Self {
            user_id: user_id.into(),
            name: name.into(),
            email: email.into(),
            email_verified,
            image: image.map(|v| v.into()),
            role: role.into(),
            access_tier: access_tier.into(),
            locale: locale.map(|v| v.into()),
            two_factor_enabled,
            banned,
            ban_reason: ban_reason.map(|v| v.into()),
            ban_expires,
            deleted_at,
            user_created_at,
            user_updated_at,
        }
    }
}
#[derive(Debug, Clone, PartialEq)]
pub struct SetRole {
    pub id: String,
    pub notified: String,
}
pub struct SetRoleBorrowed<'a> {
    pub id: &'a str,
    pub notified: &'a str,
}
impl<'a> From<SetRoleBorrowed<'a>> for SetRole {
    fn from(SetRoleBorrowed { id, notified }: SetRoleBorrowed<'a>) -> Self {
        Self {
            id: id.into(),
            notified: notified.into(),
        }
    }
}
#[derive(Debug, Clone, PartialEq)]
pub struct SetVerified {
    pub id: String,
    pub notified: String,
}
pub struct SetVerifiedBorrowed<'a> {
    pub id: &'a str,
    pub notified: &'a str,
}
impl<'a> From<SetVerifiedBorrowed<'a>> for SetVerified {
    fn from(SetVerifiedBorrowed { id, notified }: SetVerifiedBorrowed<'a>) -> Self {
        Self {
            id: id.into(),
            notified: notified.into(),
        }
    }
}
#[derive(Debug, Clone, PartialEq, Copy)]
pub struct Counts {
    pub total: i64,
    pub verified: i64,
    pub today: i64,
    pub this_week: i64,
    pub this_month: i64,
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct PersonQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<PersonBorrowed, tokio_postgres::Error>,
    mapper: fn(PersonBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> PersonQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(PersonBorrowed) -> R) -> PersonQuery<'c, 'a, 's, C, R, N> {
        PersonQuery {
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
pub struct SetRoleQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<SetRoleBorrowed, tokio_postgres::Error>,
    mapper: fn(SetRoleBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> SetRoleQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(SetRoleBorrowed) -> R) -> SetRoleQuery<'c, 'a, 's, C, R, N> {
        SetRoleQuery {
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
pub struct SetVerifiedQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<SetVerifiedBorrowed, tokio_postgres::Error>,
    mapper: fn(SetVerifiedBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> SetVerifiedQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(SetVerifiedBorrowed) -> R,
    ) -> SetVerifiedQuery<'c, 'a, 's, C, R, N> {
        SetVerifiedQuery {
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
pub struct CountsQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<Counts, tokio_postgres::Error>,
    mapper: fn(Counts) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> CountsQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(Counts) -> R) -> CountsQuery<'c, 'a, 's, C, R, N> {
        CountsQuery {
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
pub struct FindByIdStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn find_by_id() -> FindByIdStmt {
    FindByIdStmt(
        "select id as user_id, name, email, email_verified, image, role::text as role, access_tier::text as access_tier, locale, two_factor_enabled, banned, ban_reason, ban_expires, deleted_at, created_at as user_created_at, updated_at as user_updated_at from auth.users where id = $1",
        None,
    )
}
impl FindByIdStmt {
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
    ) -> PersonQuery<'c, 'a, 's, C, Person, 1> {
        PersonQuery {
            client,
            params: [id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<PersonBorrowed, tokio_postgres::Error> {
                    Ok(PersonBorrowed {
                        user_id: row.try_get(0)?,
                        name: row.try_get(1)?,
                        email: row.try_get(2)?,
                        email_verified: row.try_get(3)?,
                        image: row.try_get(4)?,
                        role: row.try_get(5)?,
                        access_tier: row.try_get(6)?,
                        locale: row.try_get(7)?,
                        two_factor_enabled: row.try_get(8)?,
                        banned: row.try_get(9)?,
                        ban_reason: row.try_get(10)?,
                        ban_expires: row.try_get(11)?,
                        deleted_at: row.try_get(12)?,
                        user_created_at: row.try_get(13)?,
                        user_updated_at: row.try_get(14)?,
                    })
                },
            mapper: |it| Person::from(it),
        }
    }
}
pub struct LockByIdStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn lock_by_id() -> LockByIdStmt {
    LockByIdStmt(
        "select id as user_id, name, email, email_verified, image, role::text as role, access_tier::text as access_tier, locale, two_factor_enabled, banned, ban_reason, ban_expires, deleted_at, created_at as user_created_at, updated_at as user_updated_at from auth.users where id = $1 for no key update",
        None,
    )
}
impl LockByIdStmt {
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
    ) -> PersonQuery<'c, 'a, 's, C, Person, 1> {
        PersonQuery {
            client,
            params: [id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<PersonBorrowed, tokio_postgres::Error> {
                    Ok(PersonBorrowed {
                        user_id: row.try_get(0)?,
                        name: row.try_get(1)?,
                        email: row.try_get(2)?,
                        email_verified: row.try_get(3)?,
                        image: row.try_get(4)?,
                        role: row.try_get(5)?,
                        access_tier: row.try_get(6)?,
                        locale: row.try_get(7)?,
                        two_factor_enabled: row.try_get(8)?,
                        banned: row.try_get(9)?,
                        ban_reason: row.try_get(10)?,
                        ban_expires: row.try_get(11)?,
                        deleted_at: row.try_get(12)?,
                        user_created_at: row.try_get(13)?,
                        user_updated_at: row.try_get(14)?,
                    })
                },
            mapper: |it| Person::from(it),
        }
    }
}
pub struct FindByEmailStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn find_by_email() -> FindByEmailStmt {
    FindByEmailStmt(
        "select id as user_id, name, email, email_verified, image, role::text as role, access_tier::text as access_tier, locale, two_factor_enabled, banned, ban_reason, ban_expires, deleted_at, created_at as user_created_at, updated_at as user_updated_at from auth.users where lower(email) = $1",
        None,
    )
}
impl FindByEmailStmt {
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
    ) -> PersonQuery<'c, 'a, 's, C, Person, 1> {
        PersonQuery {
            client,
            params: [email],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<PersonBorrowed, tokio_postgres::Error> {
                    Ok(PersonBorrowed {
                        user_id: row.try_get(0)?,
                        name: row.try_get(1)?,
                        email: row.try_get(2)?,
                        email_verified: row.try_get(3)?,
                        image: row.try_get(4)?,
                        role: row.try_get(5)?,
                        access_tier: row.try_get(6)?,
                        locale: row.try_get(7)?,
                        two_factor_enabled: row.try_get(8)?,
                        banned: row.try_get(9)?,
                        ban_reason: row.try_get(10)?,
                        ban_expires: row.try_get(11)?,
                        deleted_at: row.try_get(12)?,
                        user_created_at: row.try_get(13)?,
                        user_updated_at: row.try_get(14)?,
                    })
                },
            mapper: |it| Person::from(it),
        }
    }
}
pub struct ListPageStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn list_page() -> ListPageStmt {
    ListPageStmt(
        "select id as user_id, name, email, email_verified, image, role::text as role, access_tier::text as access_tier, locale, two_factor_enabled, banned, ban_reason, ban_expires, deleted_at, created_at as user_created_at, updated_at as user_updated_at from auth.users where deleted_at is null order by created_at desc, id desc limit $1",
        None,
    )
}
impl ListPageStmt {
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
        page_size: &'a i64,
    ) -> PersonQuery<'c, 'a, 's, C, Person, 1> {
        PersonQuery {
            client,
            params: [page_size],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<PersonBorrowed, tokio_postgres::Error> {
                    Ok(PersonBorrowed {
                        user_id: row.try_get(0)?,
                        name: row.try_get(1)?,
                        email: row.try_get(2)?,
                        email_verified: row.try_get(3)?,
                        image: row.try_get(4)?,
                        role: row.try_get(5)?,
                        access_tier: row.try_get(6)?,
                        locale: row.try_get(7)?,
                        two_factor_enabled: row.try_get(8)?,
                        banned: row.try_get(9)?,
                        ban_reason: row.try_get(10)?,
                        ban_expires: row.try_get(11)?,
                        deleted_at: row.try_get(12)?,
                        user_created_at: row.try_get(13)?,
                        user_updated_at: row.try_get(14)?,
                    })
                },
            mapper: |it| Person::from(it),
        }
    }
}
pub struct SetRoleStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn set_role() -> SetRoleStmt {
    SetRoleStmt(
        "with changed as ( update auth.users set role = $1::text::auth.user_role, updated_at = $2 where lower(email) = $3 returning id) select id, pg_notify('mana_auth', 'user:' || id)::text as notified from changed",
        None,
    )
}
impl SetRoleStmt {
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
        role: &'a T1,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        email: &'a T2,
    ) -> SetRoleQuery<'c, 'a, 's, C, SetRole, 3> {
        SetRoleQuery {
            client,
            params: [role, now, email],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<SetRoleBorrowed, tokio_postgres::Error> {
                    Ok(SetRoleBorrowed {
                        id: row.try_get(0)?,
                        notified: row.try_get(1)?,
                    })
                },
            mapper: |it| SetRole::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        SetRoleParams<T1, T2>,
        SetRoleQuery<'c, 'a, 's, C, SetRole, 3>,
        C,
    > for SetRoleStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a SetRoleParams<T1, T2>,
    ) -> SetRoleQuery<'c, 'a, 's, C, SetRole, 3> {
        self.bind(client, &params.role, &params.now, &params.email)
    }
}
pub struct SetVerifiedStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn set_verified() -> SetVerifiedStmt {
    SetVerifiedStmt(
        "with changed as ( update auth.users set email_verified = true, updated_at = $1 where id = $2 returning id) select id, pg_notify('mana_auth', 'user:' || id)::text as notified from changed",
        None,
    )
}
impl SetVerifiedStmt {
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
        id: &'a T1,
    ) -> SetVerifiedQuery<'c, 'a, 's, C, SetVerified, 2> {
        SetVerifiedQuery {
            client,
            params: [now, id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<SetVerifiedBorrowed, tokio_postgres::Error> {
                    Ok(SetVerifiedBorrowed {
                        id: row.try_get(0)?,
                        notified: row.try_get(1)?,
                    })
                },
            mapper: |it| SetVerified::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        SetVerifiedParams<T1>,
        SetVerifiedQuery<'c, 'a, 's, C, SetVerified, 2>,
        C,
    > for SetVerifiedStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a SetVerifiedParams<T1>,
    ) -> SetVerifiedQuery<'c, 'a, 's, C, SetVerified, 2> {
        self.bind(client, &params.now, &params.id)
    }
}
pub struct CountUsersStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn count_users() -> CountUsersStmt {
    CountUsersStmt(
        "select count(*) as total, count(*) filter (where email_verified) as verified, count(*) filter (where created_at >= $1) as today, count(*) filter (where created_at >= $2) as this_week, count(*) filter (where created_at >= $3) as this_month from auth.users where deleted_at is null",
        None,
    )
}
impl CountUsersStmt {
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
        day: &'a chrono::DateTime<chrono::FixedOffset>,
        week: &'a chrono::DateTime<chrono::FixedOffset>,
        month: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> CountsQuery<'c, 'a, 's, C, Counts, 3> {
        CountsQuery {
            client,
            params: [day, week, month],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<Counts, tokio_postgres::Error> {
                Ok(Counts {
                    total: row.try_get(0)?,
                    verified: row.try_get(1)?,
                    today: row.try_get(2)?,
                    this_week: row.try_get(3)?,
                    this_month: row.try_get(4)?,
                })
            },
            mapper: |it| Counts::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        CountUsersParams,
        CountsQuery<'c, 'a, 's, C, Counts, 3>,
        C,
    > for CountUsersStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a CountUsersParams,
    ) -> CountsQuery<'c, 'a, 's, C, Counts, 3> {
        self.bind(client, &params.day, &params.week, &params.month)
    }
}
pub struct CountAdminsStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn count_admins() -> CountAdminsStmt {
    CountAdminsStmt(
        "select count(*) from auth.users where role = 'admin' and deleted_at is null",
        None,
    )
}
impl CountAdminsStmt {
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
    ) -> I64Query<'c, 'a, 's, C, i64, 0> {
        I64Query {
            client,
            params: [],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it,
        }
    }
}
pub struct HoldPersonStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn hold_person() -> HoldPersonStmt {
    HoldPersonStmt(
        "select id from auth.users where id = $1 and deleted_at is null for share",
        None,
    )
}
impl HoldPersonStmt {
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
pub struct ListPresentStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn list_present() -> ListPresentStmt {
    ListPresentStmt("select id from auth.users where id = any($1)", None)
}
impl ListPresentStmt {
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
        ids: &'a T2,
    ) -> StringQuery<'c, 'a, 's, C, String, 1> {
        StringQuery {
            client,
            params: [ids],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it.into(),
        }
    }
}
