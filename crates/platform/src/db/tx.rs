//! Transactions that pipeline: BEGIN, role, actor and the first statement in one flight.

use super::hold::Hold;
use super::{Actor, DbError};
use deadpool_postgres::{ClientWrapper, Object};
use queries::client::GenericClient;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio_postgres::types::{BorrowToSql, ToSql};
use tokio_postgres::{Client, Error, Row, RowStream, Statement, ToStatement};

const COLD: &str = "a statement that is not prepared would run outside its transaction";
const SET_ACTOR: &str =
    "select set_config('role', 'mana_app', true), set_config('mana.actor', $1, true)";

struct Opening {
    actor: String,
    set_actor: Statement,
}

impl Opening {
    async fn prepare(connection: &Object, actor: &Actor) -> Result<Self, Error> {
        let set_actor = ClientWrapper::prepare_cached(connection, SET_ACTOR).await?;
        Ok(Self {
            actor: actor.setting(),
            set_actor,
        })
    }

    /// BEGIN and the actor, sent when first polled.
    async fn send(&self, client: &Client) -> Result<(), Error> {
        let params: [&(dyn ToSql + Sync); 1] = [&self.actor];
        let (begun, set) = futures_util::join!(
            client.batch_execute("begin"),
            client.execute_raw(&self.set_actor, params)
        );
        begun?;
        set?;
        Ok(())
    }
}

/// A transaction of several statements. Commit it, or dropping it rolls back.
pub struct Tx {
    connection: Option<Object>,
    opening: Opening,
    is_open: AtomicBool,
    _hold: Hold,
}

impl Tx {
    pub(super) async fn open(connection: Object, actor: &Actor) -> Result<Self, DbError> {
        let opening = Opening::prepare(&connection, actor).await?;
        Ok(Self {
            connection: Some(connection),
            opening,
            is_open: AtomicBool::new(false),
            _hold: Hold::take(),
        })
    }

    /// Makes the transaction's changes permanent.
    ///
    /// # Errors
    /// [`DbError`]; after [`DbError::Unavailable`] it is unknown whether the changes were kept.
    pub async fn commit(mut self) -> Result<(), DbError> {
        if self.is_open.load(Ordering::Relaxed)
            && let Some(connection) = self.connection.as_ref()
        {
            connection.batch_execute("commit").await?;
            self.is_open.store(false, Ordering::Relaxed);
        }
        self.connection.take();
        Ok(())
    }

    fn client(&self) -> &Client {
        match self.connection.as_ref() {
            Some(connection) => connection,
            None => unreachable!("only commit and drop take the connection"),
        }
    }

    /// Runs a statement; the first one takes BEGIN and the actor along.
    async fn run<R>(
        &self,
        statement: impl Future<Output = Result<R, Error>> + Send,
    ) -> Result<R, Error> {
        if self.is_open.swap(true, Ordering::Relaxed) {
            return statement.await;
        }
        let (opened, answer) = futures_util::join!(self.opening.send(self.client()), statement);
        opened?;
        answer
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if !self.is_open.load(Ordering::Relaxed) {
            return;
        }
        if let Some(connection) = self.connection.take() {
            roll_back(connection);
        }
    }
}

/// Ends an abandoned transaction before the pool lends its connection again.
fn roll_back(connection: Object) {
    match tokio::runtime::Handle::try_current() {
        Ok(runtime) => {
            runtime.spawn(async move {
                if connection.batch_execute("rollback").await.is_err() {
                    drop(Object::take(connection));
                }
            });
        }
        Err(_) => drop(Object::take(connection)),
    }
}

/// A transaction of exactly one statement: BEGIN, actor, statement and COMMIT in one flight.
///
/// Use `one`, `opt` and `all` on it, which read every row. A stream (`iter`) of more rows than the driver buffers would
/// wait for its reader while the flight waits for COMMIT: stream from a [`Tx`].
pub struct Once {
    connection: Option<Object>,
    opening: Opening,
    is_open: AtomicBool,
}

impl Once {
    pub(super) async fn open(connection: Object, actor: &Actor) -> Result<Self, DbError> {
        let opening = Opening::prepare(&connection, actor).await?;
        Ok(Self {
            connection: Some(connection),
            opening,
            is_open: AtomicBool::new(false),
        })
    }

    fn client(&self) -> &Client {
        match self.connection.as_ref() {
            Some(connection) => connection,
            None => unreachable!("only drop takes the connection"),
        }
    }

    async fn run<R>(
        &self,
        statement: impl Future<Output = Result<R, Error>> + Send,
    ) -> Result<R, Error> {
        self.is_open.store(true, Ordering::Relaxed);
        let client = self.client();
        let (opened, answer, ended) = futures_util::join!(
            self.opening.send(client),
            statement,
            client.batch_execute("commit")
        );
        self.is_open.store(false, Ordering::Relaxed);
        opened?;
        let answer = answer?;
        ended?;
        Ok(answer)
    }
}

impl Drop for Once {
    fn drop(&mut self) {
        // A flight that was cut short may have stopped between BEGIN and COMMIT.
        if self.is_open.load(Ordering::Relaxed)
            && let Some(connection) = self.connection.take()
        {
            roll_back(connection);
        }
    }
}

macro_rules! generic_client {
    ($type:ty) => {
        impl GenericClient for $type {
            fn stmt_cache() -> bool {
                true
            }

            async fn prepare(&self, query: &str) -> Result<Statement, Error> {
                match self.connection.as_ref() {
                    Some(connection) => ClientWrapper::prepare_cached(connection, query).await,
                    None => unreachable!("only commit and drop take the connection"),
                }
            }

            async fn execute<T>(
                &self,
                query: &T,
                params: &[&(dyn ToSql + Sync)],
            ) -> Result<u64, Error>
            where
                T: ?Sized + ToStatement + Sync + Send,
            {
                debug_assert_ne!(std::any::type_name::<T>(), "str", "{COLD}");
                self.run(self.client().execute(query, params)).await
            }

            async fn query_one<T>(
                &self,
                statement: &T,
                params: &[&(dyn ToSql + Sync)],
            ) -> Result<Row, Error>
            where
                T: ?Sized + ToStatement + Sync + Send,
            {
                debug_assert_ne!(std::any::type_name::<T>(), "str", "{COLD}");
                self.run(self.client().query_one(statement, params)).await
            }

            async fn query_opt<T>(
                &self,
                statement: &T,
                params: &[&(dyn ToSql + Sync)],
            ) -> Result<Option<Row>, Error>
            where
                T: ?Sized + ToStatement + Sync + Send,
            {
                debug_assert_ne!(std::any::type_name::<T>(), "str", "{COLD}");
                self.run(self.client().query_opt(statement, params)).await
            }

            async fn query<T>(
                &self,
                query: &T,
                params: &[&(dyn ToSql + Sync)],
            ) -> Result<Vec<Row>, Error>
            where
                T: ?Sized + ToStatement + Sync + Send,
            {
                debug_assert_ne!(std::any::type_name::<T>(), "str", "{COLD}");
                self.run(self.client().query(query, params)).await
            }

            async fn query_raw<T, I>(&self, statement: &T, params: I) -> Result<RowStream, Error>
            where
                T: ?Sized + ToStatement + Sync + Send,
                I: IntoIterator + Sync + Send,
                I::IntoIter: ExactSizeIterator,
                I::Item: BorrowToSql,
            {
                debug_assert_ne!(std::any::type_name::<T>(), "str", "{COLD}");
                self.run(self.client().query_raw(statement, params)).await
            }
        }
    };
}

generic_client!(Tx);
generic_client!(Once);
