//! What the revocation feed tells, what it missed, and what is late because of it.

use crate::harness::{ADA, House};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Client, eventually, token_claims};

const PROFILE: &str = "/api/v1/auth/profile";
/// The contract's bound.
const COHERENT: Duration = Duration::from_secs(1);

/// Two servers on one database that both hear of changes.
async fn two() -> (House, House) {
    let here = House::new().await;
    let there = here.again().await;
    heard(&here, 2).await;
    (here, there)
}

async fn heard(house: &House, feeds: i64) {
    eventually("the feeds", async || {
        (house.database.feeds().await == feeds).then_some(())
    })
    .await;
}

fn kids(document: &Value) -> Vec<&str> {
    let keys = document["keys"].as_array().unwrap().iter();
    keys.map(|key| key["kid"].as_str().unwrap()).collect()
}

async fn is_published(house: &House, kid: &str) -> bool {
    let document = house
        .client
        .get("/api/v1/auth/jwks")
        .await
        .expect(200)
        .json();
    kids(&document).contains(&kid)
}

fn at(house: &House, login: &Value) -> Client {
    house.client.bearer(login["accessToken"].as_str().unwrap())
}

/// Known by heart.
async fn warm(house: &House, client: &Client) {
    eventually("the session in memory", async || {
        client.get(PROFILE).await.expect(200);
        (house.identity.gauges().2 > 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_revocation_that_the_feed_missed_counts_at_once_and_after_it_is_back() {
    let (here, there) = two().await;
    let (_, cookie, login) = here.person(ADA).await;
    let (_, other) = here.login(ADA).await;
    let [first, second] = [&login, &other].map(|login| at(&there, login));
    for client in [&first, &second] {
        warm(&there, client).await;
    }
    here.database.cut_feed().await;
    cookie
        .post("/api/v1/auth/logout", json!({}))
        .await
        .expect(200);
    let (_, waited) = eventually("the refusal", async || {
        (first.get(PROFILE).await.status == 401).then_some(())
    })
    .await;
    assert!(waited < COHERENT, "{waited:?}");
    // Whatever changes without a word is seen too.
    here.sql("update auth.sessions set revoked_at = now()")
        .await;
    second.get(PROFILE).await.problem(401, "UNAUTHORIZED");
    here.sql("update auth.sessions set revoked_at = null").await;
    second.get(PROFILE).await.expect(200);
    here.database.let_in().await;
    heard(&here, 2).await;
    warm(&there, &second).await;
    here.sql("update auth.sessions set revoked_at = now(); select pg_notify('mana_auth', 'user:' || id) from auth.users")
        .await;
    let (_, waited) = eventually("the refusal by word", async || {
        (second.get(PROFILE).await.status == 401).then_some(())
    })
    .await;
    assert!(waited < COHERENT, "{waited:?}");
}

#[tokio::test]
async fn a_session_that_ended_in_the_gap_is_not_served_from_memory_afterwards() {
    let (here, there) = two().await;
    let (_, _, login) = here.person(ADA).await;
    let client = at(&there, &login);
    warm(&there, &client).await;
    // Nobody asks while it is down, so that only the reconnection can tell.
    here.database.cut_feed().await;
    here.sql("update auth.sessions set revoked_at = now()")
        .await;
    here.database.let_in().await;
    heard(&here, 2).await;
    client.get(PROFILE).await.problem(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn a_rotation_that_the_feed_missed_is_seen_while_it_is_down_and_after() {
    let (here, there) = two().await;
    here.database.cut_feed().await;
    here.clock.advance_seconds(1);
    here.identity.keys().rotate().await.unwrap();
    let kid = here.identity.keys().list()[0].kid.clone();
    let (_, waited) = eventually("the new key", async || {
        is_published(&there, &kid).await.then_some(())
    })
    .await;
    assert!(waited < COHERENT, "{waited:?}");
    // What is signed there from now on is signed with it.
    there.register(ADA).await;
    let (_, login) = there.login(ADA).await;
    let (header, _) = token_claims(login["accessToken"].as_str().unwrap());
    assert_eq!(header["kid"], kid);
    here.database.let_in().await;
    heard(&here, 2).await;
    here.clock.advance_seconds(1);
    here.identity.keys().rotate().await.unwrap();
    let kid = here.identity.keys().list()[0].kid.clone();
    let (_, waited) = eventually("the next key", async || {
        is_published(&there, &kid).await.then_some(())
    })
    .await;
    assert!(waited < COHERENT, "{waited:?}");
}

#[tokio::test]
async fn a_key_reload_that_hangs_makes_no_revocation_late() {
    let (here, there) = two().await;
    let (_, cookie, login) = here.person(ADA).await;
    let client = at(&there, &login);
    warm(&there, &client).await;
    let root = here.database.superuser().await;
    root.batch_execute("begin; lock table auth.jwks in access exclusive mode")
        .await
        .unwrap();
    here.sql("select pg_notify('mana_auth', 'keys')").await;
    cookie
        .post("/api/v1/auth/logout", json!({}))
        .await
        .expect(200);
    let (_, waited) = eventually("the refusal", async || {
        (client.get(PROFILE).await.status == 401).then_some(())
    })
    .await;
    assert!(waited < COHERENT, "{waited:?}");
    // The feed itself stayed up, and the reload comes through in the end.
    assert_eq!(here.database.feeds().await, 2);
    root.batch_execute("rollback").await.unwrap();
    here.clock.advance_seconds(1);
    here.identity.keys().rotate().await.unwrap();
    let kid = here.identity.keys().list()[0].kid.clone();
    eventually("the new key", async || {
        is_published(&there, &kid).await.then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_key_that_is_taken_away_takes_its_checked_tokens_along() {
    let (here, there) = two().await;
    let (_, _, login) = here.person(ADA).await;
    let client = at(&there, &login);
    client.get(PROFILE).await.expect(200);
    here.clock.advance_seconds(1);
    here.identity.keys().rotate().await.unwrap();
    client.get(PROFILE).await.expect(200);
    here.sql(
        "delete from auth.jwks where expires_at is not null; select pg_notify('mana_auth', 'keys')",
    )
    .await;
    for house in [&here, &there] {
        let client = at(house, &login);
        let (_, waited) = eventually("the refusal", async || {
            (client.get(PROFILE).await.status == 401).then_some(())
        })
        .await;
        assert!(waited < COHERENT, "{waited:?}");
        assert!(!house.is_valid(&login["accessToken"]).await);
    }
}
