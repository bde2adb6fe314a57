// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct ExtendParams<T1: crate::StringSql> {
    pub expires_at: chrono::DateTime<chrono::FixedOffset>,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub id: T1,
    pub due_before: chrono::DateTime<chrono::FixedOffset>,
}
#[derive(Debug)]
pub struct TouchParams<
    T1: crate::StringSql,
    T2: crate::ArraySql<Item = T1>,
    T3: crate::ArraySql<Item = chrono::DateTime<chrono::FixedOffset>>,
> {
    pub ids: T2,
    pub moments: T3,
}
#[derive(Debug)]
pub struct RevokeParams<
    T1: crate::StringSql,
    T2: crate::ArraySql<Item = T1>,
    T3: crate::ArraySql<Item = uuid::Uuid>,
    T4: crate::StringSql,
    T5: crate::StringSql,
> {
    pub ids: T2,
    pub event_ids: T3,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub ip_address: Option<T4>,
    pub user_agent: Option<T5>,
}
#[derive(Debug)]
pub struct ListLiveParams<T1: crate::StringSql> {
    pub user_id: T1,
    pub now: chrono::DateTime<chrono::FixedOffset>,
}
#[derive(Debug)]
pub struct RevokeAllParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
> {
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub user_id: T1,
    pub kept_session_id: Option<T2>,
    pub event_id: uuid::Uuid,
    pub ip_address: Option<T3>,
    pub user_agent: Option<T4>,
}
#[derive(Debug)]
pub struct InsertHandOverParams<T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql> {
    pub id: T1,
    pub identifier: T2,
    pub value: T3,
    pub expires_at: chrono::DateTime<chrono::FixedOffset>,
    pub now: chrono::DateTime<chrono::FixedOffset>,
}
#[derive(Debug)]
pub struct TakeHandOverParams<T1: crate::StringSql> {
    pub identifier: T1,
    pub now: chrono::DateTime<chrono::FixedOffset>,
}
#[derive(Debug, Clone, PartialEq)]
pub struct SessionUser {
    pub token: String,
    pub id: String,
    pub user_id: String,
    pub expires_at: chrono::DateTime<chrono::FixedOffset>,
    pub absolute_expires_at: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub ip_address: Option<String>,
    pub user_agent: Option<String>,
    pub device_id: Option<String>,
    pub device_name: Option<String>,
    pub remember_me: bool,
    pub active_organization_id: Option<String>,
    pub impersonated_by: Option<String>,
    pub last_activity_at: chrono::DateTime<chrono::FixedOffset>,
    pub revoked_at: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub created_at: chrono::DateTime<chrono::FixedOffset>,
    pub updated_at: chrono::DateTime<chrono::FixedOffset>,
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
pub struct SessionUserBorrowed<'a> {
    pub token: &'a str,
    pub id: &'a str,
    pub user_id: &'a str,
    pub expires_at: chrono::DateTime<chrono::FixedOffset>,
    pub absolute_expires_at: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub ip_address: Option<&'a str>,
    pub user_agent: Option<&'a str>,
    pub device_id: Option<&'a str>,
    pub device_name: Option<&'a str>,
    pub remember_me: bool,
    pub active_organization_id: Option<&'a str>,
    pub impersonated_by: Option<&'a str>,
    pub last_activity_at: chrono::DateTime<chrono::FixedOffset>,
    pub revoked_at: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub created_at: chrono::DateTime<chrono::FixedOffset>,
    pub updated_at: chrono::DateTime<chrono::FixedOffset>,
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
impl<'a> From<SessionUserBorrowed<'a>> for SessionUser {
    fn from(
        SessionUserBorrowed {
            token,
            id,
            user_id,
            expires_at,
            absolute_expires_at,
            ip_address,
            user_agent,
            device_id,
            device_name,
            remember_me,
            active_organization_id,
            impersonated_by,
            last_activity_at,
            revoked_at,
            created_at,
            updated_at,
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
        }: SessionUserBorrowed<'a>,
    ) -> Self {
        Self {
            token: token.into(),
            id: id.into(),
            user_id: user_id.into(),
            expires_at,
            absolute_expires_at,
            ip_address: ip_address.map(|v| v.into()),
            user_agent: user_agent.map(|v| v.into()),
            device_id: device_id.map(|v| v.into()),
            device_name: device_name.map(|v| v.into()),
            remember_me,
            active_organization_id: active_organization_id.map(|v| v.into()),
            impersonated_by: impersonated_by.map(|v| v.into()),
            last_activity_at,
            revoked_at,
            created_at,
            updated_at,
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
pub struct Revoke {
    pub user_id: String,
    pub notified: String,
}
pub struct RevokeBorrowed<'a> {
    pub user_id: &'a str,
    pub notified: &'a str,
}
impl<'a> From<RevokeBorrowed<'a>> for Revoke {
    fn from(RevokeBorrowed { user_id, notified }: RevokeBorrowed<'a>) -> Self {
        Self {
            user_id: user_id.into(),
            notified: notified.into(),
        }
    }
}
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    pub id: String,
    pub user_id: String,
    pub expires_at: chrono::DateTime<chrono::FixedOffset>,
    pub ip_address: Option<String>,
    pub user_agent: Option<String>,
    pub device_id: Option<String>,
    pub device_name: Option<String>,
    pub last_activity_at: chrono::DateTime<chrono::FixedOffset>,
    pub created_at: chrono::DateTime<chrono::FixedOffset>,
    pub updated_at: chrono::DateTime<chrono::FixedOffset>,
}
pub struct ListedBorrowed<'a> {
    pub id: &'a str,
    pub user_id: &'a str,
    pub expires_at: chrono::DateTime<chrono::FixedOffset>,
    pub ip_address: Option<&'a str>,
    pub user_agent: Option<&'a str>,
    pub device_id: Option<&'a str>,
    pub device_name: Option<&'a str>,
    pub last_activity_at: chrono::DateTime<chrono::FixedOffset>,
    pub created_at: chrono::DateTime<chrono::FixedOffset>,
    pub updated_at: chrono::DateTime<chrono::FixedOffset>,
}
impl<'a> From<ListedBorrowed<'a>> for Listed {
    fn from(
        ListedBorrowed {
            id,
            user_id,
            expires_at,
            ip_address,
            user_agent,
            device_id,
            device_name,
            last_activity_at,
            created_at,
            updated_at,
        }: ListedBorrowed<'a>,
    ) -> Self {
        Self {
            id: id.into(),
            user_id: user_id.into(),
            expires_at,
            ip_address: ip_address.map(|v| v.into()),
            user_agent: user_agent.map(|v| v.into()),
            device_id: device_id.map(|v| v.into()),
            device_name: device_name.map(|v| v.into()),
            last_activity_at,
            created_at,
            updated_at,
        }
    }
}
#[derive(Debug, Clone, PartialEq)]
pub struct RevokeAll {
    pub user_id: String,
    pub notified: String,
}
pub struct RevokeAllBorrowed<'a> {
    pub user_id: &'a str,
    pub notified: &'a str,
}
impl<'a> From<RevokeAllBorrowed<'a>> for RevokeAll {
    fn from(RevokeAllBorrowed { user_id, notified }: RevokeAllBorrowed<'a>) -> Self {
        Self {
            user_id: user_id.into(),
            notified: notified.into(),
        }
    }
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct SessionUserQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<SessionUserBorrowed, tokio_postgres::Error>,
    mapper: fn(SessionUserBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> SessionUserQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(SessionUserBorrowed) -> R,
    ) -> SessionUserQuery<'c, 'a, 's, C, R, N> {
        SessionUserQuery {
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
pub struct ChronoDateTimechronoFixedOffsetQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(
        &tokio_postgres::Row,
    ) -> Result<chrono::DateTime<chrono::FixedOffset>, tokio_postgres::Error>,
    mapper: fn(chrono::DateTime<chrono::FixedOffset>) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> ChronoDateTimechronoFixedOffsetQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(chrono::DateTime<chrono::FixedOffset>) -> R,
    ) -> ChronoDateTimechronoFixedOffsetQuery<'c, 'a, 's, C, R, N> {
        ChronoDateTimechronoFixedOffsetQuery {
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
pub struct RevokeQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<RevokeBorrowed, tokio_postgres::Error>,
    mapper: fn(RevokeBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> RevokeQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(RevokeBorrowed) -> R) -> RevokeQuery<'c, 'a, 's, C, R, N> {
        RevokeQuery {
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
pub struct ListedQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<ListedBorrowed, tokio_postgres::Error>,
    mapper: fn(ListedBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> ListedQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(ListedBorrowed) -> R) -> ListedQuery<'c, 'a, 's, C, R, N> {
        ListedQuery {
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
pub struct RevokeAllQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<RevokeAllBorrowed, tokio_postgres::Error>,
    mapper: fn(RevokeAllBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> RevokeAllQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(RevokeAllBorrowed) -> R) -> RevokeAllQuery<'c, 'a, 's, C, R, N> {
        RevokeAllQuery {
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
pub struct FindByTokensStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn find_by_tokens() -> FindByTokensStmt {
    FindByTokensStmt(
        "select s.token, s.id, s.user_id, s.expires_at, s.absolute_expires_at, s.ip_address, s.user_agent, s.device_id, s.device_name, s.remember_me, s.active_organization_id, s.impersonated_by, s.last_activity_at, s.revoked_at, s.created_at, s.updated_at, u.name, u.email, u.email_verified, u.image, u.role::text as role, u.access_tier::text as access_tier, u.locale, u.two_factor_enabled, u.banned, u.ban_reason, u.ban_expires, u.deleted_at, u.created_at as user_created_at, u.updated_at as user_updated_at from auth.sessions s join auth.users u on u.id = s.user_id where s.token = any($1::text[])",
        None,
    )
}
impl FindByTokensStmt {
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
        token_hashes: &'a T2,
    ) -> SessionUserQuery<'c, 'a, 's, C, SessionUser, 1> {
        SessionUserQuery {
            client,
            params: [token_hashes],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<SessionUserBorrowed, tokio_postgres::Error> {
                    Ok(SessionUserBorrowed {
                        token: row.try_get(0)?,
                        id: row.try_get(1)?,
                        user_id: row.try_get(2)?,
                        expires_at: row.try_get(3)?,
                        absolute_expires_at: row.try_get(4)?,
                        ip_address: row.try_get(5)?,
                        user_agent: row.try_get(6)?,
                        device_id: row.try_get(7)?,
                        device_name: row.try_get(8)?,
                        remember_me: row.try_get(9)?,
                        active_organization_id: row.try_get(10)?,
                        impersonated_by: row.try_get(11)?,
                        last_activity_at: row.try_get(12)?,
                        revoked_at: row.try_get(13)?,
                        created_at: row.try_get(14)?,
                        updated_at: row.try_get(15)?,
                        name: row.try_get(16)?,
                        email: row.try_get(17)?,
                        email_verified: row.try_get(18)?,
                        image: row.try_get(19)?,
                        role: row.try_get(20)?,
                        access_tier: row.try_get(21)?,
                        locale: row.try_get(22)?,
                        two_factor_enabled: row.try_get(23)?,
                        banned: row.try_get(24)?,
                        ban_reason: row.try_get(25)?,
                        ban_expires: row.try_get(26)?,
                        deleted_at: row.try_get(27)?,
                        user_created_at: row.try_get(28)?,
                        user_updated_at: row.try_get(29)?,
                    })
                },
            mapper: |it| SessionUser::from(it),
        }
    }
}
pub struct FindByIdStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn find_by_id() -> FindByIdStmt {
    FindByIdStmt(
        "select s.token, s.id, s.user_id, s.expires_at, s.absolute_expires_at, s.ip_address, s.user_agent, s.device_id, s.device_name, s.remember_me, s.active_organization_id, s.impersonated_by, s.last_activity_at, s.revoked_at, s.created_at, s.updated_at, u.name, u.email, u.email_verified, u.image, u.role::text as role, u.access_tier::text as access_tier, u.locale, u.two_factor_enabled, u.banned, u.ban_reason, u.ban_expires, u.deleted_at, u.created_at as user_created_at, u.updated_at as user_updated_at from auth.sessions s join auth.users u on u.id = s.user_id where s.id = $1",
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
    ) -> SessionUserQuery<'c, 'a, 's, C, SessionUser, 1> {
        SessionUserQuery {
            client,
            params: [id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<SessionUserBorrowed, tokio_postgres::Error> {
                    Ok(SessionUserBorrowed {
                        token: row.try_get(0)?,
                        id: row.try_get(1)?,
                        user_id: row.try_get(2)?,
                        expires_at: row.try_get(3)?,
                        absolute_expires_at: row.try_get(4)?,
                        ip_address: row.try_get(5)?,
                        user_agent: row.try_get(6)?,
                        device_id: row.try_get(7)?,
                        device_name: row.try_get(8)?,
                        remember_me: row.try_get(9)?,
                        active_organization_id: row.try_get(10)?,
                        impersonated_by: row.try_get(11)?,
                        last_activity_at: row.try_get(12)?,
                        revoked_at: row.try_get(13)?,
                        created_at: row.try_get(14)?,
                        updated_at: row.try_get(15)?,
                        name: row.try_get(16)?,
                        email: row.try_get(17)?,
                        email_verified: row.try_get(18)?,
                        image: row.try_get(19)?,
                        role: row.try_get(20)?,
                        access_tier: row.try_get(21)?,
                        locale: row.try_get(22)?,
                        two_factor_enabled: row.try_get(23)?,
                        banned: row.try_get(24)?,
                        ban_reason: row.try_get(25)?,
                        ban_expires: row.try_get(26)?,
                        deleted_at: row.try_get(27)?,
                        user_created_at: row.try_get(28)?,
                        user_updated_at: row.try_get(29)?,
                    })
                },
            mapper: |it| SessionUser::from(it),
        }
    }
}
pub struct ExtendStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn extend() -> ExtendStmt {
    ExtendStmt(
        "update auth.sessions set expires_at = least($1, absolute_expires_at), updated_at = $2, last_activity_at = greatest(last_activity_at, $2) where id = $3 and remember_me and revoked_at is null and expires_at > $2 and expires_at <= $4 and (absolute_expires_at is null or absolute_expires_at > $2) and expires_at < least($1, absolute_expires_at) returning expires_at",
        None,
    )
}
impl ExtendStmt {
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
        expires_at: &'a chrono::DateTime<chrono::FixedOffset>,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        id: &'a T1,
        due_before: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> ChronoDateTimechronoFixedOffsetQuery<'c, 'a, 's, C, chrono::DateTime<chrono::FixedOffset>, 4>
    {
        ChronoDateTimechronoFixedOffsetQuery {
            client,
            params: [expires_at, now, id, due_before],
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
        ExtendParams<T1>,
        ChronoDateTimechronoFixedOffsetQuery<
            'c,
            'a,
            's,
            C,
            chrono::DateTime<chrono::FixedOffset>,
            4,
        >,
        C,
    > for ExtendStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ExtendParams<T1>,
    ) -> ChronoDateTimechronoFixedOffsetQuery<'c, 'a, 's, C, chrono::DateTime<chrono::FixedOffset>, 4>
    {
        self.bind(
            client,
            &params.expires_at,
            &params.now,
            &params.id,
            &params.due_before,
        )
    }
}
pub struct TouchStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn touch() -> TouchStmt {
    TouchStmt(
        "update auth.sessions s set last_activity_at = seen.at from unnest($1::text[], $2::timestamptz[]) as seen (id, at) where s.id = seen.id and s.last_activity_at < seen.at",
        None,
    )
}
impl TouchStmt {
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
        T2: crate::ArraySql<Item = T1>,
        T3: crate::ArraySql<Item = chrono::DateTime<chrono::FixedOffset>>,
    >(
        &'s self,
        client: &'c C,
        ids: &'a T2,
        moments: &'a T3,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[ids, moments], self.1.as_ref()).await
    }
}
impl<
    'a,
    C: GenericClient + Send + Sync,
    T1: crate::StringSql,
    T2: crate::ArraySql<Item = T1>,
    T3: crate::ArraySql<Item = chrono::DateTime<chrono::FixedOffset>>,
>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        TouchParams<T1, T2, T3>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for TouchStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a TouchParams<T1, T2, T3>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.ids, &params.moments))
    }
}
pub struct RevokeStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn revoke() -> RevokeStmt {
    RevokeStmt(
        "with named as ( select id, event_id from unnest($1::text[], $2::uuid[]) as named (id, event_id)), revoked as ( update auth.sessions s set revoked_at = $3, updated_at = $3 from named where s.id = named.id and s.revoked_at is null returning s.id, s.user_id, named.event_id), family as ( update auth.refresh_tokens r set revoked_at = $3 from revoked where r.session_id = revoked.id and r.revoked_at is null), event as ( insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, metadata, created_at) select event_id, user_id, 'LOGOUT', $4, $5, jsonb_build_object('revokedSessionId', id), $3 from revoked) select user_id, pg_notify('mana_auth', 'user:' || user_id)::text as notified from revoked",
        None,
    )
}
impl RevokeStmt {
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
        T3: crate::ArraySql<Item = uuid::Uuid>,
        T4: crate::StringSql,
        T5: crate::StringSql,
    >(
        &'s self,
        client: &'c C,
        ids: &'a T2,
        event_ids: &'a T3,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        ip_address: &'a Option<T4>,
        user_agent: &'a Option<T5>,
    ) -> RevokeQuery<'c, 'a, 's, C, Revoke, 5> {
        RevokeQuery {
            client,
            params: [ids, event_ids, now, ip_address, user_agent],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<RevokeBorrowed, tokio_postgres::Error> {
                    Ok(RevokeBorrowed {
                        user_id: row.try_get(0)?,
                        notified: row.try_get(1)?,
                    })
                },
            mapper: |it| Revoke::from(it),
        }
    }
}
impl<
    'c,
    'a,
    's,
    C: GenericClient,
    T1: crate::StringSql,
    T2: crate::ArraySql<Item = T1>,
    T3: crate::ArraySql<Item = uuid::Uuid>,
    T4: crate::StringSql,
    T5: crate::StringSql,
>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        RevokeParams<T1, T2, T3, T4, T5>,
        RevokeQuery<'c, 'a, 's, C, Revoke, 5>,
        C,
    > for RevokeStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a RevokeParams<T1, T2, T3, T4, T5>,
    ) -> RevokeQuery<'c, 'a, 's, C, Revoke, 5> {
        self.bind(
            client,
            &params.ids,
            &params.event_ids,
            &params.now,
            &params.ip_address,
            &params.user_agent,
        )
    }
}
pub struct NotifyStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn notify() -> NotifyStmt {
    NotifyStmt("select pg_notify('mana_auth', $1)::text", None)
}
impl NotifyStmt {
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
        message: &'a T1,
    ) -> StringQuery<'c, 'a, 's, C, String, 1> {
        StringQuery {
            client,
            params: [message],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it.into(),
        }
    }
}
pub struct ListLiveStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn list_live() -> ListLiveStmt {
    ListLiveStmt(
        "select id, user_id, expires_at, ip_address, user_agent, device_id, device_name, last_activity_at, created_at, updated_at from ( select *, sum(500 + octet_length(coalesce(user_agent, '')) + octet_length(coalesce(device_id, '')) + octet_length(coalesce(device_name, ''))) over (order by created_at desc, id desc) as bytes from auth.sessions where user_id = $1 and revoked_at is null and expires_at > $2 and (absolute_expires_at is null or absolute_expires_at > $2)) sized where bytes <= 262144 order by created_at desc, id desc",
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
    pub fn bind<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>(
        &'s self,
        client: &'c C,
        user_id: &'a T1,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> ListedQuery<'c, 'a, 's, C, Listed, 2> {
        ListedQuery {
            client,
            params: [user_id, now],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<ListedBorrowed, tokio_postgres::Error> {
                    Ok(ListedBorrowed {
                        id: row.try_get(0)?,
                        user_id: row.try_get(1)?,
                        expires_at: row.try_get(2)?,
                        ip_address: row.try_get(3)?,
                        user_agent: row.try_get(4)?,
                        device_id: row.try_get(5)?,
                        device_name: row.try_get(6)?,
                        last_activity_at: row.try_get(7)?,
                        created_at: row.try_get(8)?,
                        updated_at: row.try_get(9)?,
                    })
                },
            mapper: |it| Listed::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ListLiveParams<T1>,
        ListedQuery<'c, 'a, 's, C, Listed, 2>,
        C,
    > for ListLiveStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ListLiveParams<T1>,
    ) -> ListedQuery<'c, 'a, 's, C, Listed, 2> {
        self.bind(client, &params.user_id, &params.now)
    }
}
pub struct RevokeAllStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn revoke_all() -> RevokeAllStmt {
    RevokeAllStmt(
        "with revoked as ( update auth.sessions set revoked_at = $1, updated_at = $1 where user_id = $2 and revoked_at is null and id is distinct from $3 returning id, user_id), family as ( update auth.refresh_tokens r set revoked_at = $1 from revoked where r.session_id = revoked.id and r.revoked_at is null), trusted as ( delete from auth.verification where user_id = $2 and kind = 'trusted-device'), event as ( insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, metadata, created_at) select $4, user_id, 'LOGOUT', $5, $6, jsonb_build_object('revokedSessions', count(*)), $1 from revoked group by user_id) select distinct user_id, pg_notify('mana_auth', 'user:' || user_id)::text as notified from revoked",
        None,
    )
}
impl RevokeAllStmt {
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
        kept_session_id: &'a Option<T2>,
        event_id: &'a uuid::Uuid,
        ip_address: &'a Option<T3>,
        user_agent: &'a Option<T4>,
    ) -> RevokeAllQuery<'c, 'a, 's, C, RevokeAll, 6> {
        RevokeAllQuery {
            client,
            params: [
                now,
                user_id,
                kept_session_id,
                event_id,
                ip_address,
                user_agent,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<RevokeAllBorrowed, tokio_postgres::Error> {
                    Ok(RevokeAllBorrowed {
                        user_id: row.try_get(0)?,
                        notified: row.try_get(1)?,
                    })
                },
            mapper: |it| RevokeAll::from(it),
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
        RevokeAllParams<T1, T2, T3, T4>,
        RevokeAllQuery<'c, 'a, 's, C, RevokeAll, 6>,
        C,
    > for RevokeAllStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a RevokeAllParams<T1, T2, T3, T4>,
    ) -> RevokeAllQuery<'c, 'a, 's, C, RevokeAll, 6> {
        self.bind(
            client,
            &params.now,
            &params.user_id,
            &params.kept_session_id,
            &params.event_id,
            &params.ip_address,
            &params.user_agent,
        )
    }
}
pub struct InsertHandOverStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn insert_hand_over() -> InsertHandOverStmt {
    InsertHandOverStmt(
        "insert into auth.verification (id, identifier, value, expires_at, created_at, updated_at) values ($1, $2, $3, $4, $5, $5)",
        None,
    )
}
impl InsertHandOverStmt {
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
        identifier: &'a T2,
        value: &'a T3,
        expires_at: &'a chrono::DateTime<chrono::FixedOffset>,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(
            client,
            self.0,
            &[id, identifier, value, expires_at, now],
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
        InsertHandOverParams<T1, T2, T3>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for InsertHandOverStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a InsertHandOverParams<T1, T2, T3>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.id,
            &params.identifier,
            &params.value,
            &params.expires_at,
            &params.now,
        ))
    }
}
pub struct TakeHandOverStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn take_hand_over() -> TakeHandOverStmt {
    TakeHandOverStmt(
        "delete from auth.verification where identifier = $1 and expires_at > $2 returning value",
        None,
    )
}
impl TakeHandOverStmt {
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
        now: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> StringQuery<'c, 'a, 's, C, String, 2> {
        StringQuery {
            client,
            params: [identifier, now],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it.into(),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        TakeHandOverParams<T1>,
        StringQuery<'c, 'a, 's, C, String, 2>,
        C,
    > for TakeHandOverStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a TakeHandOverParams<T1>,
    ) -> StringQuery<'c, 'a, 's, C, String, 2> {
        self.bind(client, &params.identifier, &params.now)
    }
}
