// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct ListDaysParams<T1: crate::StringSql> {
    pub max_bytes: i64,
    pub user_id: T1,
    pub since: chrono::DateTime<chrono::FixedOffset>,
}
#[derive(Debug, Clone, PartialEq)]
pub struct ListDays {
    pub date: chrono::DateTime<chrono::FixedOffset>,
    pub app_id: String,
    pub credits_used: i64,
    pub uses: i64,
}
pub struct ListDaysBorrowed<'a> {
    pub date: chrono::DateTime<chrono::FixedOffset>,
    pub app_id: &'a str,
    pub credits_used: i64,
    pub uses: i64,
}
impl<'a> From<ListDaysBorrowed<'a>> for ListDays {
    fn from(
        ListDaysBorrowed {
            date,
            app_id,
            credits_used,
            uses,
        }: ListDaysBorrowed<'a>,
    ) -> Self {
        Self {
            date,
            app_id: app_id.into(),
            credits_used,
            uses,
        }
    }
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct ListDaysQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<ListDaysBorrowed, tokio_postgres::Error>,
    mapper: fn(ListDaysBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> ListDaysQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(ListDaysBorrowed) -> R) -> ListDaysQuery<'c, 'a, 's, C, R, N> {
        ListDaysQuery {
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
pub struct ListDaysStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn list_days() -> ListDaysStmt {
    ListDaysStmt(
        "select date, case when bytes <= $1 then app_id else 'other' end as app_id, sum(credits_used)::bigint as credits_used, sum(uses)::bigint as uses from ( select date, app_id, credits_used, uses, sum(octet_length(app_id) + 80) over (order by spent desc, app_id) as bytes from ( select date, app_id, credits_used, uses, sum(credits_used) over (partition by app_id) as spent from credits.usage_stats where user_id = $2 and date >= $3) used) ranked group by 1, 2 order by 1 desc, 2",
        None,
    )
}
impl ListDaysStmt {
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
        max_bytes: &'a i64,
        user_id: &'a T1,
        since: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> ListDaysQuery<'c, 'a, 's, C, ListDays, 3> {
        ListDaysQuery {
            client,
            params: [max_bytes, user_id, since],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<ListDaysBorrowed, tokio_postgres::Error> {
                    Ok(ListDaysBorrowed {
                        date: row.try_get(0)?,
                        app_id: row.try_get(1)?,
                        credits_used: row.try_get(2)?,
                        uses: row.try_get(3)?,
                    })
                },
            mapper: |it| ListDays::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ListDaysParams<T1>,
        ListDaysQuery<'c, 'a, 's, C, ListDays, 3>,
        C,
    > for ListDaysStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ListDaysParams<T1>,
    ) -> ListDaysQuery<'c, 'a, 's, C, ListDays, 3> {
        self.bind(client, &params.max_bytes, &params.user_id, &params.since)
    }
}
