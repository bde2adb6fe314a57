//! Refresh tokens: rotation in a family, a grace, reuse, expiry.

use crate::harness::{ADA, House, PASSWORD, bearer, fields};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use testkit::token_claims;

#[tokio::test]
async fn a_refresh_rotates_the_token_and_keeps_the_session() {
    let house = House::new().await;
    let (id, _, login) = house.person(ADA).await;
    house.clock.advance_seconds(60);
    let pair = house
        .refresh(&login["refreshToken"])
        .await
        .expect(200)
        .json();
    assert_eq!(pair["user"]["id"], id);
    assert_eq!(
        (&pair["expiresIn"], &pair["tokenType"]),
        (&json!(900), &json!("Bearer"))
    );
    assert_ne!(pair["refreshToken"], login["refreshToken"]);
    let (_, before) = token_claims(login["accessToken"].as_str().unwrap());
    let (_, after) = token_claims(pair["accessToken"].as_str().unwrap());
    assert_eq!(before["sid"], after["sid"]);
    assert!(after["exp"].as_i64() > before["exp"].as_i64());
    bearer(&house, &pair)
        .get("/api/v1/auth/profile")
        .await
        .expect(200);
    assert_eq!(house.number("select count(*) from auth.sessions").await, 1);
    assert_eq!(
        house
            .number("select count(distinct family_id) from auth.refresh_tokens")
            .await,
        1
    );
}

#[tokio::test]
async fn regression_7_2_fifty_parallel_refreshes_get_the_same_valid_child_and_nobody_is_logged_out()
{
    let house = Arc::new(House::new().await);
    let (_, client, login) = house.person(ADA).await;
    let attempts: Vec<_> = (0..50)
        .map(|_| {
            let (house, token) = (house.clone(), login["refreshToken"].clone());
            tokio::spawn(async move { house.refresh(&token).await.expect(200).json() })
        })
        .collect();
    let mut children = BTreeSet::new();
    for attempt in attempts {
        let pair = attempt.await.unwrap();
        children.insert(pair["refreshToken"].as_str().unwrap().to_owned());
        assert!(house.is_valid(&pair["accessToken"]).await);
    }
    assert_eq!(children.len(), 1);
    assert_eq!(
        house
            .number("select count(*) from auth.refresh_tokens")
            .await,
        2
    );
    assert_eq!(
        house
            .number("select count(distinct family_id) from auth.refresh_tokens")
            .await,
        1
    );
    let child = json!(children.pop_first().unwrap());
    house.refresh(&child).await.expect(200);
    assert!(house.is_valid(&login["accessToken"]).await);
    let session = client.get("/api/v1/auth/session").await.expect(200).json();
    assert_eq!(session["user"]["email"], ADA);
}

#[tokio::test]
async fn within_thirty_seconds_the_same_child_comes_back() {
    let house = House::new().await;
    let (_, _, login) = house.person(ADA).await;
    let first = house
        .refresh(&login["refreshToken"])
        .await
        .expect(200)
        .json();
    house.clock.advance_seconds(29);
    let again = house
        .refresh(&login["refreshToken"])
        .await
        .expect(200)
        .json();
    assert_eq!(first["refreshToken"], again["refreshToken"]);
    house.refresh(&again["refreshToken"]).await.expect(200);
}

#[tokio::test]
async fn regression_7_2_reuse_after_the_grace_revokes_the_family_and_no_other_session() {
    let house = House::new().await;
    let (_, client, stolen) = house.person(ADA).await;
    let (other_client, other) = house.login(ADA).await;
    let child = house
        .refresh(&stolen["refreshToken"])
        .await
        .expect(200)
        .json();
    house.clock.advance_seconds(31);
    house
        .refresh(&stolen["refreshToken"])
        .await
        .problem(401, "TOKEN_INVALID");
    house
        .refresh(&child["refreshToken"])
        .await
        .problem(401, "TOKEN_INVALID");
    assert!(!house.is_valid(&child["accessToken"]).await);
    let session = client.get("/api/v1/auth/session").await.expect(200).json();
    assert_eq!(session, Value::Null);
    // The other session does not notice.
    house.refresh(&other["refreshToken"]).await.expect(200);
    let session = other_client
        .get("/api/v1/auth/session")
        .await
        .expect(200)
        .json();
    assert_eq!(session["user"]["email"], ADA);
    let events = bearer(&house, &other)
        .get("/api/v1/auth/security-events")
        .await
        .expect(200)
        .json();
    let reused = events
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["eventType"] == "REFRESH_TOKEN_REUSED");
    assert_eq!(reused.count(), 1);
    // A second reuse finds nothing left to revoke, and says the same.
    house
        .refresh(&stolen["refreshToken"])
        .await
        .problem(401, "TOKEN_INVALID");
}

#[tokio::test]
async fn an_expired_refresh_token_is_told_from_an_invalid_one() {
    let house = House::new().await;
    let (_, _, login) = house.person(ADA).await;
    house.clock.advance_seconds(604_800);
    house
        .refresh(&login["refreshToken"])
        .await
        .problem(401, "TOKEN_EXPIRED");
    for wrong in [
        json!("nonsense"),
        json!(""),
        json!("x".repeat(5000)),
        login["accessToken"].clone(),
        login["token"].clone(),
    ] {
        house.refresh(&wrong).await.problem(401, "TOKEN_INVALID");
    }
}

#[tokio::test]
async fn refreshing_slides_up_to_the_absolute_end() {
    let house = House::with(&[("SESSION_ABSOLUTE_EXPIRY", "20d")]).await;
    let (_, _, login) = house.person(ADA).await;
    let mut token = login["refreshToken"].clone();
    for _ in 0..3 {
        house.clock.advance_seconds(6 * 86_400);
        let pair = house.refresh(&token).await.expect(200).json();
        bearer(&house, &pair)
            .get("/api/v1/auth/profile")
            .await
            .expect(200);
        token = pair["refreshToken"].clone();
    }
    house.clock.advance_seconds(2 * 86_400);
    house.refresh(&token).await.problem(401, "TOKEN_INVALID");
}

#[tokio::test]
async fn regression_7_2_a_refreshed_session_does_not_end_after_a_quarter_of_an_hour() {
    let house = House::new().await;
    let (_, client, login) = house.person(ADA).await;
    let pair = house
        .refresh(&login["refreshToken"])
        .await
        .expect(200)
        .json();
    house.clock.advance_seconds(3600);
    let session = client.get("/api/v1/auth/session").await.expect(200).json();
    assert_eq!(session["user"]["email"], ADA);
    house.refresh(&pair["refreshToken"]).await.expect(200);
}

#[tokio::test]
async fn a_session_used_all_the_time_is_extended_by_its_refreshes() {
    let house = House::new().await;
    let (_, _, login) = house.person(ADA).await;
    let mut token = login["refreshToken"].clone();
    for _ in 0..9 {
        house.clock.advance_seconds(86_400);
        house
            .sql("update auth.sessions set last_activity_at = '2027-01-01'")
            .await;
        let pair = house.refresh(&token).await.expect(200).json();
        bearer(&house, &pair)
            .get("/api/v1/auth/profile")
            .await
            .expect(200);
        token = pair["refreshToken"].clone();
    }
}

#[tokio::test]
async fn the_cookie_alone_refreshes_too() {
    let house = House::new().await;
    let (_, client, _) = house.person(ADA).await;
    let pair = client
        .post("/api/v1/auth/refresh", json!({}))
        .await
        .expect(200)
        .json();
    house.refresh(&pair["refreshToken"]).await.expect(200);
    let request = http::Request::post("/api/v1/auth/refresh")
        .body(axum::body::Body::empty())
        .unwrap();
    client.raw(request).await.expect(200);
    let dead = house.client.fresh();
    dead.set_cookie("mana.session_token", "forged");
    dead.post("/api/v1/auth/refresh", json!({}))
        .await
        .problem(401, "TOKEN_EXPIRED");
    let nobody = house
        .ask("refresh", json!({}))
        .await
        .problem(400, "VALIDATION");
    assert_eq!(fields(&nobody), ["refreshToken"]);
}

#[tokio::test]
async fn a_refresh_token_outlives_a_restart() {
    let house = House::new().await;
    let (_, _, login) = house.person(ADA).await;
    let first = house
        .refresh(&login["refreshToken"])
        .await
        .expect(200)
        .json();
    let restarted = house.again().await;
    let again = restarted
        .refresh(&login["refreshToken"])
        .await
        .expect(200)
        .json();
    assert_eq!(
        first["refreshToken"], again["refreshToken"],
        "the child is derived, not remembered"
    );
    restarted.refresh(&first["refreshToken"]).await.expect(200);
    assert!(restarted.is_valid(&login["accessToken"]).await);
}

#[tokio::test]
async fn regression_7_2_role_and_tier_of_a_refresh_come_from_the_database() {
    let house = House::new().await;
    let (_, _, login) = house.person(ADA).await;
    house
        .sql("update auth.users set role = 'admin', access_tier = 'alpha'")
        .await;
    let pair = house
        .refresh(&login["refreshToken"])
        .await
        .expect(200)
        .json();
    let (_, claims) = token_claims(pair["accessToken"].as_str().unwrap());
    assert_eq!(
        (&claims["role"], &claims["tier"]),
        (&json!("admin"), &json!("alpha"))
    );
    assert_eq!(pair["user"]["role"], "admin");
}

#[tokio::test]
async fn who_may_hold_no_session_cannot_refresh() {
    let house = House::new().await;
    for (change, status, code) in [
        ("banned = true", 403, "ACCOUNT_BANNED"),
        ("banned = false, deleted_at = now()", 401, "TOKEN_INVALID"),
    ] {
        house
            .sql("update auth.users set deleted_at = null, banned = false")
            .await;
        if house.number("select count(*) from auth.users").await == 0 {
            house.register(ADA).await;
        }
        let (_, login) = house.login(ADA).await;
        house.sql(&format!("update auth.users set {change}")).await;
        house
            .refresh(&login["refreshToken"])
            .await
            .problem(status, code);
        house
            .sql("update auth.users set deleted_at = null, banned = false")
            .await;
        // The refusal ended the family.
        house
            .refresh(&login["refreshToken"])
            .await
            .problem(401, "TOKEN_INVALID");
    }
}

#[tokio::test]
async fn regression_7_1_25_every_refresh_token_that_is_handed_out_works() {
    let house = House::new().await;
    let (_, client, login) = house.person(ADA).await;
    let sso = client
        .post("/api/v1/auth/session-to-token", json!({}))
        .await
        .expect(200)
        .json();
    let by_cookie = client
        .post("/api/v1/auth/refresh", json!({}))
        .await
        .expect(200)
        .json();
    for body in [login, sso, by_cookie] {
        let pair = house
            .refresh(&body["refreshToken"])
            .await
            .expect(200)
            .json();
        house.refresh(&pair["refreshToken"]).await.expect(200);
    }
    assert_eq!(house.number("select count(*) from auth.sessions").await, 1);
}

#[tokio::test]
async fn a_family_of_an_exchange_that_is_reused_ends_the_session() {
    let house = House::new().await;
    let (_, client, login) = house.person(ADA).await;
    let sso = client
        .post("/api/v1/auth/session-to-token", json!({}))
        .await
        .expect(200)
        .json();
    house.refresh(&sso["refreshToken"]).await.expect(200);
    house.clock.advance_seconds(31);
    house
        .refresh(&sso["refreshToken"])
        .await
        .problem(401, "TOKEN_INVALID");
    assert!(!house.is_valid(&login["accessToken"]).await);
    house
        .refresh(&login["refreshToken"])
        .await
        .problem(401, "TOKEN_INVALID");
    house.try_login(ADA, PASSWORD).await.expect(200);
}
