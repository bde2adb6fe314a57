// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct SessionStandingParams<T1: crate::StringSql, T2: crate::StringSql> {
    pub session_id: T1,
    pub user_id: T2,
}
#[derive(Debug, Clone, PartialEq, Copy)]
pub struct Standing {
    pub is_on: bool,
    pub is_met: bool,
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct StandingQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<Standing, tokio_postgres::Error>,
    mapper: fn(Standing) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> StandingQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(Standing) -> R) -> StandingQuery<'c, 'a, 's, C, R, N> {
        StandingQuery {
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
pub struct SessionStandingStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn session_standing() -> SessionStandingStmt {
    SessionStandingStmt(
        "select u.two_factor_enabled as is_on, s.factor_met_at is not null as is_met from auth.sessions s join auth.users u on u.id = s.user_id where s.id = $1 and s.user_id = $2 and s.revoked_at is null and u.deleted_at is null",
        None,
    )
}
impl SessionStandingStmt {
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
        session_id: &'a T1,
        user_id: &'a T2,
    ) -> StandingQuery<'c, 'a, 's, C, Standing, 2> {
        StandingQuery {
            client,
            params: [session_id, user_id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<Standing, tokio_postgres::Error> {
                Ok(Standing {
                    is_on: row.try_get(0)?,
                    is_met: row.try_get(1)?,
                })
            },
            mapper: |it| Standing::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        SessionStandingParams<T1, T2>,
        StandingQuery<'c, 'a, 's, C, Standing, 2>,
        C,
    > for SessionStandingStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a SessionStandingParams<T1, T2>,
    ) -> StandingQuery<'c, 'a, 's, C, Standing, 2> {
        self.bind(client, &params.session_id, &params.user_id)
    }
}
pub struct ForgetPendingStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn forget_pending() -> ForgetPendingStmt {
    ForgetPendingStmt(
        "update auth.two_factor_auth set pending_secret = null, pending_backup_codes = null where user_id = $1 and pending_secret is not null",
        None,
    )
}
impl ForgetPendingStmt {
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
