//! What is left of people who were erased while others still took them for signed in: nothing, in any table.

use crate::harness::{House, PASSWORD};
use crate::matrix;
use http::Method;
use identity::users::People;
use kernel::UserId;
use platform::db::Actor;
use platform::ports::People as _;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::Client;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How often a route is asked at most while somebody is erased.
const ROUNDS: usize = 30;

/// They end the session that is to be asked with, or the account itself.
const ENDING: &[&str] = &[
    "/api/v1/auth/account",
    "/api/v1/auth/change-password",
    "/api/v1/auth/logout",
    "/api/auth/change-password",
    "/api/auth/delete-user",
    "/api/auth/multi-session/revoke",
    "/api/auth/revoke-other-sessions",
    "/api/auth/revoke-sessions",
    "/api/auth/sign-out",
];

/// What the native surface has beside [`matrix::NATIVE`].
const NATIVE_READS: &str = "
    get-session token list-sessions list-accounts multi-session/list-device-sessions one-time-token/generate
    passkey/list-user-passkeys passkey/generate-register-options passkey/generate-authenticate-options
";

/// Every route that reads or writes without ending what it asks with.
async fn routes(house: &House) -> Vec<(Method, String)> {
    let mut found = Vec::new();
    let description = house.client.get("/openapi.json").await.expect(200).json();
    for (path, item) in description["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            if matches!(method.as_str(), "get" | "post" | "patch") {
                let path = path.replace("{id}", "nothing");
                found.push((method.to_uppercase().parse().unwrap(), path));
            }
        }
    }
    let native = |name: &str| format!("/api/auth/{name}");
    found.extend(
        NATIVE_READS
            .split_whitespace()
            .map(|name| (Method::GET, native(name))),
    );
    let writes = matrix::NATIVE.split_whitespace();
    found.extend(writes.map(|name| (Method::POST, native(name))));
    found.retain(|(_, path)| !ENDING.contains(&path.as_str()));
    assert!(found.len() > 60, "{}", found.len());
    found
}

/// A body that a route may like: what it needs of these fields and no others.
fn body(path: &str, number: usize) -> Value {
    match path {
        "/api/v1/credits/use" => {
            json!({"amount": 1, "appId": "chat", "description": "x", "idempotencyKey": number.to_string()})
        }
        "/api/v1/auth/profile" | "/api/auth/update-user" => json!({"name": "Still Here"}),
        "/api/v1/auth/change-email" | "/api/auth/change-email" => {
            json!({"newEmail": "elsewhere@example.com", "password": PASSWORD})
        }
        "/api/auth/verify-password" | "/api/auth/two-factor/enable" => {
            json!({"password": PASSWORD})
        }
        "/api/auth/email-otp/request-email-change" => json!({"newEmail": "elsewhere@example.com"}),
        _ => {
            json!({"email": "stranger@example.com", "password": PASSWORD, "type": "sign-in", "code": "000000", "otp": "000000"})
        }
    }
}

/// Asks every route as somebody, again and again while they are erased and once more when they are gone.
fn poll(
    clients: &[Client],
    routes: &[(Method, String)],
    is_gone: &watch::Receiver<bool>,
) -> JoinSet<()> {
    let mut polls = JoinSet::new();
    for (number, (method, path)) in routes.iter().enumerate() {
        let client = clients.get(number % clients.len()).unwrap().clone();
        let (method, path, mut is_gone) = (method.clone(), path.clone(), is_gone.clone());
        polls.spawn(async move {
            let mut round = 0;
            loop {
                let is_last = *is_gone.borrow_and_update();
                let body = (method != Method::GET).then(|| body(&path, number * 1000 + round));
                let answer = client.send(method.clone(), &path, body).await;
                let status = answer.status.as_u16();
                assert!(status < 500, "{method} {path}: {status} {}", answer.text());
                if is_last {
                    return;
                }
                round += 1;
                if round < ROUNDS {
                    tokio::task::yield_now().await;
                } else {
                    is_gone.changed().await.unwrap();
                }
            }
        });
    }
    polls
}

/// Every table's rows that name one of `words`, whatever column it is in.
async fn traces(house: &House, words: &[String]) -> BTreeSet<String> {
    let root = house.database.superuser().await;
    let tables = root
        .query(
            "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where c.relkind in ('r', 'p') and n.nspname in ('auth', 'credits', 'platform')",
            &[],
        )
        .await
        .unwrap();
    let patterns: Vec<String> = words.iter().map(|word| format!("%{word}%")).collect();
    let mut found = BTreeSet::new();
    for table in tables {
        let table: String = table.get(0);
        let rows = root
            .query(
                &format!("select t::text from {table} t where t::text ilike any ($1)"),
                &[&patterns],
            )
            .await
            .unwrap();
        found.extend(
            rows.iter()
                .map(|row| format!("{table}: {}", row.get::<_, String>(0))),
        );
    }
    found
}

async fn assert_book_is_clean(house: &House) {
    let tx = house.database.db.tx(&Actor::Service).await.unwrap();
    let keys = server::app::checkpoint_keys(&house.config);
    let report = credits::verify(&tx, &keys, &People).await.unwrap();
    assert!(report.is_clean(), "{report:?}");
}

/// A person signed in by cookie and by bearer, at two servers.
async fn signed_in(house: &House, other: &House, email: &str) -> (String, Client, Vec<Client>) {
    let id = house.register(email).await;
    let (deleter, _) = house.login(email).await;
    let (cookie, body) = house.login(email).await;
    let bearer = house.client.bearer(body["accessToken"].as_str().unwrap());
    let cookie = cookie.with("origin", testkit::BASE_URL);
    let clients = vec![
        cookie.clone(),
        bearer.clone(),
        cookie.at(&other.client),
        bearer.at(&other.client),
    ];
    (id, deleter.with("origin", testkit::BASE_URL), clients)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_table_keeps_a_row_of_a_person_who_was_erased_while_every_route_was_asked() {
    let house = House::with(&[("RATE_LIMIT_ENABLED", "false")]).await;
    let other = house.again().await;
    let routes = routes(&house).await;
    let mut words = Vec::new();
    for number in 0..4 {
        let email = format!("erased-person-{number}@example.com");
        let (id, deleter, clients) = signed_in(&house, &other, &email).await;
        let before = traces(&house, std::slice::from_ref(&id)).await;
        assert!(before.len() > 5, "{before:?}");
        let (gone, is_gone) = watch::channel(false);
        let mut polls = poll(&clients, &routes, &is_gone);
        let password = Some(json!({"password": PASSWORD}));
        deleter
            .delete("/api/v1/auth/account", password)
            .await
            .expect(200);
        gone.send_replace(true);
        while let Some(done) = polls.join_next().await {
            done.unwrap();
        }
        words.extend([id, email]);
    }
    let found = traces(&house, &words).await;
    assert!(found.is_empty(), "{found:#?}");
    assert_book_is_clean(&house).await;
}

/// An imported person has no wallet until somebody asks for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_wallet_opens_for_a_person_who_is_erased_at_that_moment() {
    let settings = [
        ("RATE_LIMIT_ENABLED", "false"),
        ("CREDITS_SIGNUP_BONUS", "0"),
    ];
    let house = House::with(&settings).await;
    let other = house.again().await;
    let root = house.database.superuser().await;
    let balance = (Method::GET, "/api/v1/credits/balance".to_owned());
    let spend = (Method::POST, "/api/v1/credits/use".to_owned());
    let asked = [
        &balance, &balance, &spend, &balance, &balance, &spend, &balance, &balance,
    ]
    .map(Clone::clone);
    let mut opened = 0;
    for number in 0..10 {
        let email = format!("imported{number}@example.com");
        let (id, deleter, clients) = signed_in(&house, &other, &email).await;
        root.execute("delete from credits.accounts where owner_id = $1", &[&id])
            .await
            .unwrap();
        let (gone, is_gone) = watch::channel(false);
        let mut polls = JoinSet::new();
        if number % 2 == 0 {
            polls = poll(&clients, &asked, &is_gone);
        }
        let password = Some(json!({"password": PASSWORD}));
        let erased = deleter.delete("/api/v1/auth/account", password);
        if number % 2 == 1 {
            polls = poll(&clients, &asked, &is_gone);
        }
        erased.await.expect(200);
        gone.send_replace(true);
        while let Some(done) = polls.join_next().await {
            done.unwrap();
        }
        let gone = clients
            .first()
            .unwrap()
            .get("/api/v1/credits/balance")
            .await;
        gone.problem(401, "UNAUTHORIZED");
        let closed =
            "select count(*) from credits.accounts where kind = 'user' and closed_at is not null";
        opened = root.query_one(closed, &[]).await.unwrap().get(0);
        let open =
            "select count(*) from credits.accounts where kind = 'user' and closed_at is null";
        let open: i64 = root.query_one(open, &[]).await.unwrap().get(0);
        assert_eq!(open, 0, "round {number}");
    }
    assert!(opened > 0_i64, "some opened before they were erased");
    assert_book_is_clean(&house).await;
}

/// Erasure that is under way holds the person: a wallet is either there before, and goes along, or never opens.
#[tokio::test]
async fn a_wallet_waits_for_an_erasure_that_is_under_way() {
    let house = House::with(&[("CREDITS_SIGNUP_BONUS", "0")]).await;
    let (id, client) = house.person("ada@example.com").await;
    let mut root = house.database.superuser().await;
    root.execute("delete from credits.accounts where owner_id = $1", &[&id])
        .await
        .unwrap();
    let erasure = root.transaction().await.unwrap();
    erasure
        .execute("delete from auth.users where id = $1", &[&id])
        .await
        .unwrap();
    let asked = tokio::spawn(async move { client.get("/api/v1/credits/balance").await });
    let watcher = house.database.superuser().await;
    testkit::eventually("the balance waits", async || {
        let waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        let waiting: i64 = watcher.query_one(waiting, &[]).await.unwrap().get(0);
        (waiting > 0).then_some(())
    })
    .await;
    erasure.commit().await.unwrap();
    asked.await.unwrap().problem(401, "UNAUTHORIZED");
    let rows: i64 = watcher
        .query_one(
            "select count(*) from credits.accounts where kind = 'user'",
            &[],
        )
        .await
        .unwrap()
        .get(0);
    assert_eq!(rows, 0);
}

#[tokio::test]
async fn a_person_in_the_grace_of_their_deletion_counts_as_gone() {
    let house = House::new().await;
    let user = UserId::new(house.register("ada@example.com").await);
    let tx = house
        .database
        .db
        .tx(&Actor::User(user.clone()))
        .await
        .unwrap();
    assert!(People.hold(&tx, &user).await.unwrap());
    drop(tx);
    let root = house.database.superuser().await;
    root.batch_execute("update auth.users set deleted_at = now()")
        .await
        .unwrap();
    let tx = house
        .database
        .db
        .tx(&Actor::User(user.clone()))
        .await
        .unwrap();
    assert!(!People.hold(&tx, &user).await.unwrap());
    // Their wallet stays until they are erased.
    assert_book_is_clean(&house).await;
}
