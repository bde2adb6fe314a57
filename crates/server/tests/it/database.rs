//! The migrator, and transactions that travel with their first statement.

use platform::db::migrate::{self, MigrateError};
use platform::db::{Actor, Db, DbError, PoolSettings};
use platform::http::{ApiError, Code};
use queries::client::GenericClient;
use testkit::{TestDatabase, eventually};

/// A pool of one connection, so that the next transaction gets the same one.
fn narrow(database: &TestDatabase) -> Db {
    let settings = PoolSettings {
        size: 1,
        ..PoolSettings::default()
    };
    Db::new(&database.url, &settings).unwrap()
}

const INSERT: &str =
    "insert into platform.schedules (kind, last_slot) values ($1, 1) returning current_user::text";
const COUNT: &str = "select count(*) from platform.schedules where kind = $1";

async fn insert(client: &impl GenericClient, kind: &str) -> Result<String, tokio_postgres::Error> {
    let statement = client.prepare(INSERT).await?;
    Ok(client.query_one(&statement, &[&kind]).await?.get(0))
}

async fn count(db: &Db, kind: &str) -> i64 {
    let once = db.once(&Actor::Service).await.unwrap();
    let statement = once.prepare(COUNT).await.unwrap();
    once.query_one(&statement, &[&kind]).await.unwrap().get(0)
}

#[tokio::test]
async fn regression_7_1_10_migrating_twice_is_a_no_op() {
    let database = TestDatabase::empty().await;
    let first = migrate::run(&database.direct, 60).await.unwrap();
    assert!(first >= 3);
    assert_eq!(migrate::run(&database.direct, 60).await.unwrap(), 0);
    assert_eq!(
        migrate::status(&database.direct).await.unwrap(),
        (first, first)
    );
}

#[tokio::test]
async fn of_two_migrations_at_once_one_waits() {
    let database = TestDatabase::empty().await;
    let (left, right) = tokio::join!(
        migrate::run(&database.direct, 60),
        migrate::run(&database.direct, 60)
    );
    let mut applied = [left.unwrap(), right.unwrap()];
    applied.sort_unstable();
    assert_eq!(applied[0], 0);
    assert!(applied[1] >= 3);
}

#[tokio::test]
async fn a_migration_that_waits_too_long_says_for_what() {
    let database = TestDatabase::empty().await;
    let holder = database.superuser().await;
    holder
        .batch_execute(&format!(
            "select pg_advisory_lock({})",
            0x6d61_6e61_6175_7468_i64
        ))
        .await
        .unwrap();
    let error = migrate::run(&database.direct, 1).await.unwrap_err();
    assert!(matches!(error, MigrateError::Deadline(1)), "{error}");
    assert!(error.to_string().contains("MIGRATION_TIMEOUT"));
    drop(holder);
    let (applied, _) = eventually("the lock's release", async || {
        migrate::run(&database.direct, 5).await.ok()
    })
    .await;
    assert!(applied >= 3);
}

#[tokio::test]
async fn a_changed_migration_refuses_to_run() {
    let database = TestDatabase::empty().await;
    migrate::run(&database.direct, 60).await.unwrap();
    let root = database.superuser().await;
    root.batch_execute(
        "update platform.refinery_schema_history set checksum = '1' where version = 1",
    )
    .await
    .unwrap();
    let error = migrate::run(&database.direct, 60).await.unwrap_err();
    assert!(matches!(error, MigrateError::Refinery(_)), "{error}");
}

#[tokio::test]
async fn the_first_statement_on_a_cold_cache_is_inside_its_transaction() {
    let database = TestDatabase::new().await;
    let db = narrow(&database);
    let tx = db.tx(&Actor::Service).await.unwrap();
    assert_eq!(insert(&tx, "cold").await.unwrap(), "mana_app");
    drop(tx);
    assert_eq!(
        count(&db, "cold").await,
        0,
        "a dropped transaction rolls back"
    );
    let tx = db.tx(&Actor::Service).await.unwrap();
    assert_eq!(insert(&tx, "warm").await.unwrap(), "mana_app");
    tx.commit().await.unwrap();
    assert_eq!(count(&db, "warm").await, 1);
}

#[tokio::test]
async fn role_and_actor_end_with_the_transaction() {
    let database = TestDatabase::new().await;
    let db = narrow(&database);
    insert(&db.once(&Actor::Service).await.unwrap(), "mine")
        .await
        .unwrap();
    let tx = db.tx(&Actor::Nobody).await.unwrap();
    let statement = tx.prepare(COUNT).await.unwrap();
    let seen: i64 = tx.query_one(&statement, &[&"mine"]).await.unwrap().get(0);
    assert_eq!(seen, 0, "the actor of the transaction before is gone");
    let error = insert(&tx, "theirs").await.unwrap_err();
    assert_eq!(error.code().unwrap().code(), "42501");
    drop(tx);
    assert_eq!(count(&db, "mine").await, 1);
}

#[tokio::test]
async fn a_failed_statement_leaves_a_usable_connection_and_nothing_behind() {
    let database = TestDatabase::new().await;
    let db = narrow(&database);
    let tx = db.tx(&Actor::Service).await.unwrap();
    insert(&tx, "same").await.unwrap();
    let error = insert(&tx, "same").await.unwrap_err();
    assert_eq!(error.code().unwrap().code(), "23505");
    let error = insert(&tx, "after").await.unwrap_err();
    assert_eq!(
        error.code().unwrap().code(),
        "25P02",
        "the transaction is over"
    );
    drop(tx);
    assert_eq!(count(&db, "same").await + count(&db, "after").await, 0);
    let once = db.once(&Actor::Service).await.unwrap();
    insert(&once, "same").await.unwrap();
    drop(once);
    let once = db.once(&Actor::Service).await.unwrap();
    let error = insert(&once, "same").await.unwrap_err();
    assert_eq!(error.code().unwrap().code(), "23505");
    drop(once);
    assert_eq!(count(&db, "same").await, 1);
}

#[tokio::test]
async fn a_transaction_cut_short_never_lends_its_connection_on() {
    let database = TestDatabase::new().await;
    let db = narrow(&database);
    for _ in 0..20 {
        let tx = db.tx(&Actor::Service).await.unwrap();
        // Polled once and dropped: BEGIN may be on its way, the answer never read.
        let work = insert(&tx, "cut");
        tokio::select! {
            biased;
            _ = work => {}
            () = tokio::task::yield_now() => {}
        }
        drop(tx);
        let once = db.once(&Actor::Service).await.unwrap();
        let cut = insert(&once, "cut-once");
        tokio::select! {
            biased;
            _ = cut => {}
            () = tokio::task::yield_now() => {}
        }
        drop(once);
        assert_eq!(count(&db, "cut").await, 0);
        let root = database.superuser().await;
        root.batch_execute("delete from platform.schedules")
            .await
            .unwrap();
    }
    let tx = db
        .tx(&Actor::User(kernel::UserId::new("someone")))
        .await
        .unwrap();
    let statement = tx
        .prepare("select current_setting('mana.actor', true)")
        .await
        .unwrap();
    let actor: String = tx.query_one(&statement, &[]).await.unwrap().get(0);
    assert_eq!(actor, "user:someone");
}

#[tokio::test]
async fn a_pool_without_a_free_connection_is_unavailable_not_wrong() {
    let database = TestDatabase::new().await;
    let settings = PoolSettings {
        size: 1,
        wait_seconds: 1,
        ..PoolSettings::default()
    };
    let db = Db::new(&database.url, &settings).unwrap();
    let held = db.tx(&Actor::Service).await.unwrap();
    let error = db.tx(&Actor::Service).await.err().unwrap();
    assert!(matches!(error, DbError::Unavailable(_)), "{error}");
    drop(held);
    db.ping().await.unwrap();
}

/// What each of these answers, by name; a 500 says in the log what happened.
fn answer(name: &str, error: tokio_postgres::Error) -> (Code, String) {
    let error = ApiError::from(error);
    let cause = error.cause_text().unwrap_or_default().to_owned();
    assert!(!cause.is_empty(), "{name} has a cause");
    (error.code(), cause)
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_a_fault_with_its_cause_and_no_outage() {
    let database = TestDatabase::new().await;
    let client = database.superuser().await;
    let row = client
        .query_one("select null::text as absent, 1::bigint as number", &[])
        .await
        .unwrap();
    let unreadable = [
        ("a NULL", row.try_get::<_, String>("absent").unwrap_err()),
        (
            "another type",
            row.try_get::<_, String>("number").unwrap_err(),
        ),
        ("no such column", row.try_get::<_, i64>("gone").unwrap_err()),
        (
            "no row",
            client
                .query_one("select 1 where false", &[])
                .await
                .unwrap_err(),
        ),
        (
            "two rows",
            client
                .query_opt("select generate_series(1, 2)", &[])
                .await
                .unwrap_err(),
        ),
        (
            "a parameter of another type",
            client
                .query("select $1::bigint", &[&"text"])
                .await
                .unwrap_err(),
        ),
        (
            "a statement that is wrong",
            client
                .query("select from nothing.at_all", &[])
                .await
                .unwrap_err(),
        ),
    ];
    for (name, error) in unreadable {
        let text = error.to_string();
        let (code, cause) = answer(name, error);
        assert_eq!(code, Code::Internal, "{name}: {text}");
        assert!(cause.contains(&text) || cause.contains("42P01"), "{cause}");
    }
}

#[tokio::test]
async fn a_lost_connection_and_a_time_limit_are_outages() {
    let database = TestDatabase::new().await;
    let slow = database.superuser().await;
    slow.batch_execute("set statement_timeout = '10ms'")
        .await
        .unwrap();
    let error = slow.query("select pg_sleep(60)", &[]).await.unwrap_err();
    assert_eq!(answer("a time limit", error).0, Code::ServiceUnavailable);
    let doomed = database.superuser().await;
    let pid: i32 = doomed
        .query_one("select pg_backend_pid()", &[])
        .await
        .unwrap()
        .get(0);
    let root = database.superuser().await;
    root.execute("select pg_terminate_backend($1)", &[&pid])
        .await
        .unwrap();
    // The first statement may still hear why; every later one finds the connection closed.
    for name in ["a connection that is ended", "a closed connection"] {
        let error = doomed.query("select 1", &[]).await.unwrap_err();
        let (code, cause) = answer(name, error);
        assert_eq!(code, Code::ServiceUnavailable, "{name}: {cause}");
    }
}

#[tokio::test]
async fn work_that_panics_is_a_fault_and_no_outage() {
    let lost = tokio::spawn(async { panic!("a fault of ours") });
    let error = DbError::from(lost.await.unwrap_err());
    assert_eq!(ApiError::from(error).code(), Code::Internal);
}

#[tokio::test]
async fn a_row_for_a_session_that_is_gone_is_refused_as_its_credential_is() {
    let database = TestDatabase::new().await;
    let client = database.superuser().await;
    let person =
        "insert into auth.users (id, name, email) values ('ada', 'Ada', 'ada@example.com')";
    client.batch_execute(person).await.unwrap();
    let token = "insert into auth.refresh_tokens (id, session_id, user_id, family_id, token_hash, expires_at)
        values ('r', 'gone', 'ada', 'f', 'h', now())";
    let error = client.execute(token, &[]).await.unwrap_err();
    assert_eq!(ApiError::from(error).code(), Code::Unauthorized);
}

#[tokio::test]
async fn statements_in_each_others_way_may_be_sent_again() {
    let database = TestDatabase::new().await;
    let client = database.superuser().await;
    for state in ["40P01", "40001"] {
        let raise = format!("do $$ begin raise exception using errcode = '{state}'; end $$");
        let error = client.execute(&raise, &[]).await.unwrap_err();
        assert_eq!(answer(state, error).0, Code::ServiceUnavailable);
    }
}

#[tokio::test]
async fn a_row_for_a_person_who_is_gone_is_refused_as_their_credential_is() {
    let database = TestDatabase::new().await;
    let client = database.superuser().await;
    let error = client
        .execute(
            "insert into auth.known_devices (user_id, fingerprint, first_seen_at, last_seen_at)
             values ('gone', 'f', now(), now())",
            &[],
        )
        .await
        .unwrap_err();
    assert_eq!(ApiError::from(error).code(), Code::Unauthorized);
}
#[tokio::test]
async fn a_full_disk_is_named_and_a_503() {
    let database = TestDatabase::new().await;
    for (state, message) in [
        ("53100", "could not extend file \"base/5/16384\""),
        ("58030", "could not write to file: No space left on device"),
    ] {
        let tx = database.db.tx(&Actor::Service).await.unwrap();
        let raise = format!(
            "do $$ begin raise exception using errcode = '{state}', message = '{message}'; end $$"
        );
        let statement = tx.prepare(&raise).await.unwrap();
        let error = tx.query(&statement, &[]).await.unwrap_err();
        let error = platform::http::ApiError::from(platform::db::DbError::from(error));
        assert_eq!(error.code(), platform::http::Code::ServiceUnavailable);
        let cause = error.cause_text().unwrap();
        assert!(cause.contains("the disk is full"), "{cause}");
        let response = axum::response::IntoResponse::into_response(error);
        assert!(response.headers().contains_key("retry-after"));
    }
}

#[tokio::test]
#[should_panic(expected = "a second connection was asked for inside a transaction")]
async fn nobody_asks_for_a_second_connection_inside_a_transaction() {
    let database = TestDatabase::new().await;
    platform::db::watch(async {
        let tx = database.db.tx(&Actor::Service).await.unwrap();
        insert(&tx, "first").await.unwrap();
        let _second = database.db.once(&Actor::Service).await;
    })
    .await;
}
