// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct InsertParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
    T5: crate::JsonSql,
> {
    pub id: uuid::Uuid,
    pub user_id: Option<T1>,
    pub event_type: T2,
    pub ip_address: Option<T3>,
    pub user_agent: Option<T4>,
    pub metadata: Option<T5>,
    pub now: chrono::DateTime<chrono::FixedOffset>,
}
#[derive(Debug)]
pub struct ListParams<T1: crate::StringSql> {
    pub user_id: T1,
    pub before_at: chrono::DateTime<chrono::FixedOffset>,
    pub before_id: uuid::Uuid,
    pub page_size: i64,
}
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub id: uuid::Uuid,
    pub event_type: String,
    pub ip_address: Option<String>,
    pub user_agent: Option<String>,
    pub metadata: Option<serde_json::Value>,
    pub created_at: chrono::DateTime<chrono::FixedOffset>,
    pub found: i64,
}
pub struct EventBorrowed<'a> {
    pub id: uuid::Uuid,
    pub event_type: &'a str,
    pub ip_address: Option<&'a str>,
    pub user_agent: Option<&'a str>,
    pub metadata: Option<postgres_types::Json<&'a serde_json::value::RawValue>>,
    pub created_at: chrono::DateTime<chrono::FixedOffset>,
    pub found: i64,
}
impl<'a> From<EventBorrowed<'a>> for Event {
    fn from(
        EventBorrowed {
            id,
            event_type,
            ip_address,
            user_agent,
            metadata,
            created_at,
            found,
        }: EventBorrowed<'a>,
    ) -> Self {
        Self {
            id,
            event_type: event_type.into(),
            ip_address: ip_address.map(|v| v.into()),
            user_agent: user_agent.map(|v| v.into()),
            metadata: metadata.map(|v| serde_json::from_str(v.0.get()).unwrap()),
            created_at,
            found,
        }
    }
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct EventQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<EventBorrowed, tokio_postgres::Error>,
    mapper: fn(EventBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> EventQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(EventBorrowed) -> R) -> EventQuery<'c, 'a, 's, C, R, N> {
        EventQuery {
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
pub struct InsertStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn insert() -> InsertStmt {
    InsertStmt(
        "insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, metadata, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
        None,
    )
}
impl InsertStmt {
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
        T5: crate::JsonSql,
    >(
        &'s self,
        client: &'c C,
        id: &'a uuid::Uuid,
        user_id: &'a Option<T1>,
        event_type: &'a T2,
        ip_address: &'a Option<T3>,
        user_agent: &'a Option<T4>,
        metadata: &'a Option<T5>,
        now: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(
            client,
            self.0,
            &[
                id, user_id, event_type, ip_address, user_agent, metadata, now,
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
    T5: crate::JsonSql,
>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        InsertParams<T1, T2, T3, T4, T5>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for InsertStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a InsertParams<T1, T2, T3, T4, T5>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.id,
            &params.user_id,
            &params.event_type,
            &params.ip_address,
            &params.user_agent,
            &params.metadata,
            &params.now,
        ))
    }
}
pub struct ListStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn list() -> ListStmt {
    ListStmt(
        "select id, event_type, ip_address, user_agent, metadata, created_at, found from ( select *, count(*) over () as found, sum(200 + octet_length(coalesce(user_agent, '')) + octet_length(coalesce(metadata::text, ''))) over (order by created_at desc, id desc rows between unbounded preceding and 1 preceding) as bytes_before from ( select id, event_type, ip_address, user_agent, metadata, created_at from auth.security_events where user_id = $1 and (created_at, id) < ($2, $3) order by created_at desc, id desc limit $4) page) sized where coalesce(bytes_before, 0) < 262144 order by created_at desc, id desc",
        None,
    )
}
impl ListStmt {
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
        before_at: &'a chrono::DateTime<chrono::FixedOffset>,
        before_id: &'a uuid::Uuid,
        page_size: &'a i64,
    ) -> EventQuery<'c, 'a, 's, C, Event, 4> {
        EventQuery {
            client,
            params: [user_id, before_at, before_id, page_size],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<EventBorrowed, tokio_postgres::Error> {
                Ok(EventBorrowed {
                    id: row.try_get(0)?,
                    event_type: row.try_get(1)?,
                    ip_address: row.try_get(2)?,
                    user_agent: row.try_get(3)?,
                    metadata: row.try_get(4)?,
                    created_at: row.try_get(5)?,
                    found: row.try_get(6)?,
                })
            },
            mapper: |it| Event::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ListParams<T1>,
        EventQuery<'c, 'a, 's, C, Event, 4>,
        C,
    > for ListStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ListParams<T1>,
    ) -> EventQuery<'c, 'a, 's, C, Event, 4> {
        self.bind(
            client,
            &params.user_id,
            &params.before_at,
            &params.before_id,
            &params.page_size,
        )
    }
}
