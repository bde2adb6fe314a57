//! Two servers on one database.

use crate::support::{Done, Home, PATIENCE, Server, eventually};
use secrecy::ExposeSecret;
use serde_json::json;
use std::time::{Duration, Instant};
use testkit::TestDatabase;

/// The contract's second, and half of one for a busy machine.
const COHERENT: Duration = Duration::from_millis(1500);

fn start_both(home: &Home, database: &TestDatabase) -> (Server, Server) {
    // At once: both find an empty database, and one folder without secrets.
    let launch = || {
        let mut command = home.command(&["serve"]);
        Server::launch(command.env("DATABASE_URL", database.url.expose_secret()))
    };
    let (mut first, mut second) = (launch(), launch());
    first.wait_until_listening();
    second.wait_until_listening();
    (first, second)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_start_together_and_a_revocation_on_one_counts_on_the_other() {
    let home = Home::new();
    let database = TestDatabase::empty().await;
    let (first, second) = start_both(&home, &database);
    for server in [&first, &second] {
        server.get("/health/ready", None).await.expect(200);
    }
    let person = first.person().await;
    let session = async |server: &Server| {
        let answer = server
            .get_with_cookie("/api/v1/auth/session", &person.cookie)
            .await;
        !answer.expect(200).json.is_null()
    };
    let access = Some(person.access.as_str());
    // Both ways, and twice, so that the second replica knows it by heart.
    for _ in 0..2 {
        second
            .get("/api/v1/credits/balance", access)
            .await
            .expect(200);
        assert!(session(&second).await);
    }

    first
        .post("/api/v1/auth/logout", access, json!({}))
        .await
        .expect(200);
    let revoked = Instant::now();
    eventually(
        "the other replica refuses the token",
        COHERENT,
        async || (second.get("/api/v1/credits/balance", access).await.status == 401).then_some(()),
    )
    .await;
    eventually("and the cookie", COHERENT, async || {
        (!session(&second).await).then_some(())
    })
    .await;
    assert!(revoked.elapsed() < COHERENT, "{:?}", revoked.elapsed());
    let validation = second
        .post(
            "/api/v1/auth/validate",
            None,
            json!({"token": person.access}),
        )
        .await;
    assert_eq!(validation.json["valid"], false, "{validation:?}");
    second
        .post(
            "/api/v1/auth/refresh",
            None,
            json!({"refreshToken": person.refresh}),
        )
        .await
        .expect(401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_agree_on_one_idempotent_use() {
    let home = Home::new();
    let database = TestDatabase::empty().await;
    let (first, second) = start_both(&home, &database);
    let person = second.person().await;
    let body =
        json!({"amount": 5, "appId": "faults", "description": "a use", "idempotencyKey": "once"});
    let mut tasks = tokio::task::JoinSet::new();
    for server in [&first, &second] {
        for _ in 0..10 {
            let (api, body, access) = ((**server).clone(), body.clone(), person.access.clone());
            tasks.spawn(async move { api.post("/api/v1/credits/use", Some(&access), body).await });
        }
    }
    let mut ids = std::collections::BTreeSet::new();
    while let Some(answer) = tasks.join_next().await {
        ids.insert(answer.unwrap().expect(200).json["transaction"]["id"].to_string());
    }
    assert_eq!(ids.len(), 1, "{ids:?}");
    let balance = first
        .get("/api/v1/credits/balance", Some(&person.access))
        .await
        .expect(200);
    assert_eq!(balance.json["freeCreditsRemaining"], 145, "{balance:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happens_while_the_feed_is_cut_counts_on_every_replica() {
    let home = Home::new();
    let database = TestDatabase::empty().await;
    let (first, second) = start_both(&home, &database);
    let person = first.person().await;
    let access = Some(person.access.as_str());
    let balance = "/api/v1/credits/balance";
    eventually("both hear of changes", PATIENCE, async || {
        (database.feeds().await == 2).then_some(())
    })
    .await;
    for _ in 0..2 {
        second.get(balance, access).await.expect(200);
    }
    let keys = async |server: &Server| {
        let document = server.get("/api/v1/auth/jwks", None).await.expect(200).json;
        document["keys"].as_array().unwrap().len()
    };
    assert_eq!(keys(&second).await, 1);

    database.end_feeds().await;
    first
        .post("/api/v1/auth/logout", access, json!({}))
        .await
        .expect(200);
    eventually("the other replica refuses", COHERENT, async || {
        (second.get(balance, access).await.status == 401).then_some(())
    })
    .await;
    // Another process rotates and is gone; its word reaches nobody who is not listening.
    eventually("both hear of changes", PATIENCE, async || {
        (database.feeds().await == 2).then_some(())
    })
    .await;
    database.end_feeds().await;
    let mut rotate = home.command(&["keys", "rotate"]);
    let rotate = rotate.env("DATABASE_URL", database.url.expose_secret());
    Done::of(rotate).succeeds();
    for server in [&first, &second] {
        eventually("the new key", COHERENT, async || {
            (keys(server).await == 2).then_some(())
        })
        .await;
    }
    eventually("both hear of changes again", PATIENCE, async || {
        (database.feeds().await == 2).then_some(())
    })
    .await;
    second.get(balance, access).await.expect(401);
}
