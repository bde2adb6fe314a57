// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug, Clone, PartialEq, Copy)]
pub struct Balance {
    pub balance: i64,
    pub free_credits_remaining: i64,
    pub daily_free_credits: i64,
    pub last_daily_reset_at: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub total_earned: i64,
    pub total_spent: i64,
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct BalanceQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<Balance, tokio_postgres::Error>,
    mapper: fn(Balance) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> BalanceQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(Balance) -> R) -> BalanceQuery<'c, 'a, 's, C, R, N> {
        BalanceQuery {
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
pub struct FindBalanceStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn find_balance() -> FindBalanceStmt {
    FindBalanceStmt(
        "select balance, free_credits_remaining, daily_free_credits, last_daily_reset_at, total_earned, total_spent from credits.balances where user_id = $1",
        None,
    )
}
impl FindBalanceStmt {
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
    ) -> BalanceQuery<'c, 'a, 's, C, Balance, 1> {
        BalanceQuery {
            client,
            params: [user_id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<Balance, tokio_postgres::Error> {
                Ok(Balance {
                    balance: row.try_get(0)?,
                    free_credits_remaining: row.try_get(1)?,
                    daily_free_credits: row.try_get(2)?,
                    last_daily_reset_at: row.try_get(3)?,
                    total_earned: row.try_get(4)?,
                    total_spent: row.try_get(5)?,
                })
            },
            mapper: |it| Balance::from(it),
        }
    }
}
