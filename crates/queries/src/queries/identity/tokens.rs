// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct RotateParams<T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql> {
    pub child_expires_at: chrono::DateTime<chrono::FixedOffset>,
    pub session_expires_at: chrono::DateTime<chrono::FixedOffset>,
    pub token_hash: T1,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub grace_start: chrono::DateTime<chrono::FixedOffset>,
    pub child_id: T2,
    pub child_hash: T3,
}
#[derive(Debug)]
pub struct RevokeFamilyParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
> {
    pub family_id: T1,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub event_id: uuid::Uuid,
    pub event_type: T2,
    pub ip_address: Option<T3>,
    pub user_agent: Option<T4>,
}
#[derive(Debug)]
pub struct ExchangeParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
    T5: crate::StringSql,
> {
    pub expires_at: chrono::DateTime<chrono::FixedOffset>,
    pub session_id: T1,
    pub now: chrono::DateTime<chrono::FixedOffset>,
    pub id: T2,
    pub token_hash: T3,
    pub event_id: uuid::Uuid,
    pub ip_address: Option<T4>,
    pub user_agent: Option<T5>,
}
#[derive(Debug, Clone, PartialEq)]
pub struct Rotated {
    pub session_id: String,
    pub family_id: String,
    pub user_id: String,
    pub name: String,
    pub email: String,
    pub email_verified: bool,
    pub image: Option<String>,
    pub role: String,
    pub access_tier: String,
    pub two_factor_enabled: bool,
    pub banned: bool,
    pub ban_reason: Option<String>,
    pub ban_expires: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub deleted_at: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub user_created_at: chrono::DateTime<chrono::FixedOffset>,
    pub user_updated_at: chrono::DateTime<chrono::FixedOffset>,
}
pub struct RotatedBorrowed<'a> {
    pub session_id: &'a str,
    pub family_id: &'a str,
    pub user_id: &'a str,
    pub name: &'a str,
    pub email: &'a str,
    pub email_verified: bool,
    pub image: Option<&'a str>,
    pub role: &'a str,
    pub access_tier: &'a str,
    pub two_factor_enabled: bool,
    pub banned: bool,
    pub ban_reason: Option<&'a str>,
    pub ban_expires: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub deleted_at: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub user_created_at: chrono::DateTime<chrono::FixedOffset>,
    pub user_updated_at: chrono::DateTime<chrono::FixedOffset>,
}
impl<'a> From<RotatedBorrowed<'a>> for Rotated {
    fn from(
        RotatedBorrowed {
            session_id,
            family_id,
            user_id,
            name,
            email,
            email_verified,
            image,
            role,
            access_tier,
            two_factor_enabled,
            banned,
            ban_reason,
            ban_expires,
            deleted_at,
            user_created_at,
            user_updated_at,
        }: RotatedBorrowed<'a>,
    ) -> Self {
        Self {
            session_id: session_id.into(),
            family_id: family_id.into(),
            user_id: user_id.into(),
            name: name.into(),
            email: email.into(),
            email_verified,
            image: image.map(|v| v.into()),
            role: role.into(),
            access_tier: access_tier.into(),
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
pub struct Spent {
    pub session_id: String,
    pub family_id: String,
    pub expires_at: chrono::DateTime<chrono::FixedOffset>,
    pub used_at: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub revoked_at: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub session_expires_at: chrono::DateTime<chrono::FixedOffset>,
    pub absolute_expires_at: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub session_revoked_at: Option<chrono::DateTime<chrono::FixedOffset>>,
}
pub struct SpentBorrowed<'a> {
    pub session_id: &'a str,
    pub family_id: &'a str,
    pub expires_at: chrono::DateTime<chrono::FixedOffset>,
    pub used_at: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub revoked_at: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub session_expires_at: chrono::DateTime<chrono::FixedOffset>,
    pub absolute_expires_at: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub session_revoked_at: Option<chrono::DateTime<chrono::FixedOffset>>,
}
impl<'a> From<SpentBorrowed<'a>> for Spent {
    fn from(
        SpentBorrowed {
            session_id,
            family_id,
            expires_at,
            used_at,
            revoked_at,
            session_expires_at,
            absolute_expires_at,
            session_revoked_at,
        }: SpentBorrowed<'a>,
    ) -> Self {
        Self {
            session_id: session_id.into(),
            family_id: family_id.into(),
            expires_at,
            used_at,
            revoked_at,
            session_expires_at,
            absolute_expires_at,
            session_revoked_at,
        }
    }
}
#[derive(Debug, Clone, PartialEq)]
pub struct RevokeFamily {
    pub user_id: String,
    pub notified: String,
}
pub struct RevokeFamilyBorrowed<'a> {
    pub user_id: &'a str,
    pub notified: &'a str,
}
impl<'a> From<RevokeFamilyBorrowed<'a>> for RevokeFamily {
    fn from(RevokeFamilyBorrowed { user_id, notified }: RevokeFamilyBorrowed<'a>) -> Self {
        Self {
            user_id: user_id.into(),
            notified: notified.into(),
        }
    }
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct RotatedQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<RotatedBorrowed, tokio_postgres::Error>,
    mapper: fn(RotatedBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> RotatedQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(RotatedBorrowed) -> R) -> RotatedQuery<'c, 'a, 's, C, R, N> {
        RotatedQuery {
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
pub struct SpentQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<SpentBorrowed, tokio_postgres::Error>,
    mapper: fn(SpentBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> SpentQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(SpentBorrowed) -> R) -> SpentQuery<'c, 'a, 's, C, R, N> {
        SpentQuery {
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
pub struct RevokeFamilyQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<RevokeFamilyBorrowed, tokio_postgres::Error>,
    mapper: fn(RevokeFamilyBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> RevokeFamilyQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(RevokeFamilyBorrowed) -> R,
    ) -> RevokeFamilyQuery<'c, 'a, 's, C, R, N> {
        RevokeFamilyQuery {
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
pub struct RotateStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn rotate() -> RotateStmt {
    RotateStmt(
        "with live as ( select s.id, least($1, s.absolute_expires_at, case when not s.remember_me then s.expires_at end) as child_expires_at, case when s.remember_me then greatest(s.expires_at, least($2, s.absolute_expires_at)) else s.expires_at end as new_expires_at from auth.refresh_tokens r join auth.sessions s on s.id = r.session_id where r.token_hash = $3 and s.revoked_at is null and s.expires_at > $4 and (s.absolute_expires_at is null or s.absolute_expires_at > $4) for no key update of s), parent as ( update auth.refresh_tokens r set used_at = coalesce(r.used_at, $4) from live where r.token_hash = $3 and r.session_id = live.id and r.revoked_at is null and r.expires_at > $4 and (r.used_at is null or r.used_at > $5) returning r.id, r.session_id, r.user_id, r.family_id), child as ( insert into auth.refresh_tokens (id, session_id, user_id, family_id, token_hash, parent_id, expires_at, created_at) select $6, p.session_id, p.user_id, p.family_id, $7, p.id, live.child_expires_at, $4 from parent p, live on conflict (token_hash) do nothing), session as ( update auth.sessions s set expires_at = live.new_expires_at, last_activity_at = greatest(s.last_activity_at, $4), updated_at = $4 from parent p, live where s.id = p.session_id and (s.last_activity_at < $4 - interval '60 seconds' or live.new_expires_at > s.expires_at + interval '60 seconds')) select p.session_id, p.family_id, u.id as user_id, u.name, u.email, u.email_verified, u.image, u.role::text as role, u.access_tier::text as access_tier, u.two_factor_enabled, u.banned, u.ban_reason, u.ban_expires, u.deleted_at, u.created_at as user_created_at, u.updated_at as user_updated_at from parent p join auth.users u on u.id = p.user_id",
        None,
    )
}
impl RotateStmt {
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
        child_expires_at: &'a chrono::DateTime<chrono::FixedOffset>,
        session_expires_at: &'a chrono::DateTime<chrono::FixedOffset>,
        token_hash: &'a T1,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        grace_start: &'a chrono::DateTime<chrono::FixedOffset>,
        child_id: &'a T2,
        child_hash: &'a T3,
    ) -> RotatedQuery<'c, 'a, 's, C, Rotated, 7> {
        RotatedQuery {
            client,
            params: [
                child_expires_at,
                session_expires_at,
                token_hash,
                now,
                grace_start,
                child_id,
                child_hash,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<RotatedBorrowed, tokio_postgres::Error> {
                    Ok(RotatedBorrowed {
                        session_id: row.try_get(0)?,
                        family_id: row.try_get(1)?,
                        user_id: row.try_get(2)?,
                        name: row.try_get(3)?,
                        email: row.try_get(4)?,
                        email_verified: row.try_get(5)?,
                        image: row.try_get(6)?,
                        role: row.try_get(7)?,
                        access_tier: row.try_get(8)?,
                        two_factor_enabled: row.try_get(9)?,
                        banned: row.try_get(10)?,
                        ban_reason: row.try_get(11)?,
                        ban_expires: row.try_get(12)?,
                        deleted_at: row.try_get(13)?,
                        user_created_at: row.try_get(14)?,
                        user_updated_at: row.try_get(15)?,
                    })
                },
            mapper: |it| Rotated::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        RotateParams<T1, T2, T3>,
        RotatedQuery<'c, 'a, 's, C, Rotated, 7>,
        C,
    > for RotateStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a RotateParams<T1, T2, T3>,
    ) -> RotatedQuery<'c, 'a, 's, C, Rotated, 7> {
        self.bind(
            client,
            &params.child_expires_at,
            &params.session_expires_at,
            &params.token_hash,
            &params.now,
            &params.grace_start,
            &params.child_id,
            &params.child_hash,
        )
    }
}
pub struct FindRefreshStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn find_refresh() -> FindRefreshStmt {
    FindRefreshStmt(
        "select r.session_id, r.family_id, r.expires_at, r.used_at, r.revoked_at, s.expires_at as session_expires_at, s.absolute_expires_at, s.revoked_at as session_revoked_at from auth.refresh_tokens r join auth.sessions s on s.id = r.session_id where r.token_hash = $1",
        None,
    )
}
impl FindRefreshStmt {
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
        token_hash: &'a T1,
    ) -> SpentQuery<'c, 'a, 's, C, Spent, 1> {
        SpentQuery {
            client,
            params: [token_hash],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<SpentBorrowed, tokio_postgres::Error> {
                Ok(SpentBorrowed {
                    session_id: row.try_get(0)?,
                    family_id: row.try_get(1)?,
                    expires_at: row.try_get(2)?,
                    used_at: row.try_get(3)?,
                    revoked_at: row.try_get(4)?,
                    session_expires_at: row.try_get(5)?,
                    absolute_expires_at: row.try_get(6)?,
                    session_revoked_at: row.try_get(7)?,
                })
            },
            mapper: |it| Spent::from(it),
        }
    }
}
pub struct RevokeFamilyStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn revoke_family() -> RevokeFamilyStmt {
    RevokeFamilyStmt(
        "with named as ( select s.id from auth.sessions s where s.id in (select session_id from auth.refresh_tokens where family_id = $1) for no key update of s), family as ( update auth.refresh_tokens r set revoked_at = $2 from named where r.session_id = named.id and r.family_id = $1 and r.revoked_at is null returning r.session_id, r.user_id), session as ( update auth.sessions s set revoked_at = $2, updated_at = $2 from (select distinct session_id from family) f where s.id = f.session_id and s.revoked_at is null), event as ( insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, metadata, created_at) select $3, user_id, $4, $5, $6, jsonb_build_object('sessionId', session_id), $2 from family limit 1) select distinct user_id, pg_notify('mana_auth', 'user:' || user_id)::text as notified from family",
        None,
    )
}
impl RevokeFamilyStmt {
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
        family_id: &'a T1,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        event_id: &'a uuid::Uuid,
        event_type: &'a T2,
        ip_address: &'a Option<T3>,
        user_agent: &'a Option<T4>,
    ) -> RevokeFamilyQuery<'c, 'a, 's, C, RevokeFamily, 6> {
        RevokeFamilyQuery {
            client,
            params: [family_id, now, event_id, event_type, ip_address, user_agent],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<RevokeFamilyBorrowed, tokio_postgres::Error> {
                    Ok(RevokeFamilyBorrowed {
                        user_id: row.try_get(0)?,
                        notified: row.try_get(1)?,
                    })
                },
            mapper: |it| RevokeFamily::from(it),
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
        RevokeFamilyParams<T1, T2, T3, T4>,
        RevokeFamilyQuery<'c, 'a, 's, C, RevokeFamily, 6>,
        C,
    > for RevokeFamilyStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a RevokeFamilyParams<T1, T2, T3, T4>,
    ) -> RevokeFamilyQuery<'c, 'a, 's, C, RevokeFamily, 6> {
        self.bind(
            client,
            &params.family_id,
            &params.now,
            &params.event_id,
            &params.event_type,
            &params.ip_address,
            &params.user_agent,
        )
    }
}
pub struct ExchangeStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn exchange() -> ExchangeStmt {
    ExchangeStmt(
        "with live as ( select s.id, s.user_id, least($1, s.absolute_expires_at, case when not s.remember_me then s.expires_at end) as expires_at from auth.sessions s where s.id = $2 and s.revoked_at is null and s.expires_at > $3 and (s.absolute_expires_at is null or s.absolute_expires_at > $3)), refresh as ( insert into auth.refresh_tokens (id, session_id, user_id, family_id, token_hash, expires_at, created_at) select $4, id, user_id, $4, $5, expires_at, $3 from live returning user_id) insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, created_at) select $6, user_id, 'SSO_TOKEN_EXCHANGE', $7, $8, $3 from refresh",
        None,
    )
}
impl ExchangeStmt {
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
        expires_at: &'a chrono::DateTime<chrono::FixedOffset>,
        session_id: &'a T1,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
        id: &'a T2,
        token_hash: &'a T3,
        event_id: &'a uuid::Uuid,
        ip_address: &'a Option<T4>,
        user_agent: &'a Option<T5>,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(
            client,
            self.0,
            &[
                expires_at, session_id, now, id, token_hash, event_id, ip_address, user_agent,
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
        ExchangeParams<T1, T2, T3, T4, T5>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for ExchangeStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a ExchangeParams<T1, T2, T3, T4, T5>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.expires_at,
            &params.session_id,
            &params.now,
            &params.id,
            &params.token_hash,
            &params.event_id,
            &params.ip_address,
            &params.user_agent,
        ))
    }
}
