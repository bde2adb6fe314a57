//! The end of a session: nothing that is issued, rotated or extended outlives it, and nothing brings it back.

use crate::harness::{ADA, House, PASSWORD, bearer};
use crate::steps::{browser, native};
use serde_json::{Value, json};
use testkit::Client;

const HOUR: i64 = 3600;
const DAY: i64 = 86_400;
const SESSION: &str = "/api/v1/auth/session";
const EXCHANGE: &str = "/api/v1/auth/session-to-token";

/// Signs in for this browser run alone.
async fn brief(house: &House) -> (Client, Value) {
    let client = browser(house);
    let body = json!({"email": ADA, "password": PASSWORD, "rememberMe": false});
    let login = client.post("/api/v1/auth/login", body).await.expect(200);
    (client, login.json())
}

/// Ends, extensions and tokens of the only session, to compare before and after.
async fn traces(house: &House) -> String {
    house
        .text(
            "select json_build_array(
                (select json_agg(json_build_array(expires_at, last_activity_at, updated_at, revoked_at)) from auth.sessions),
                (select json_agg(json_build_array(id, expires_at, used_at, revoked_at) order by id) from auth.refresh_tokens),
                (select count(*) from auth.security_events))::text",
        )
        .await
}

/// No way leads back in, and none changes anything.
async fn assert_over(house: &House, client: &Client, refresh_tokens: &[&Value]) {
    let before = traces(house).await;
    for token in refresh_tokens {
        house.refresh(token).await.expect(401);
    }
    client.post(EXCHANGE, json!({})).await.expect(401);
    client
        .post("/api/v1/auth/refresh", json!({}))
        .await
        .expect(401);
    client.get("/api/auth/token").await.expect(401);
    client
        .get("/api/auth/one-time-token/generate")
        .await
        .expect(401);
    assert_eq!(client.get(SESSION).await.expect(200).json(), Value::Null);
    assert_eq!(
        client.get("/api/auth/get-session").await.expect(200).json(),
        Value::Null
    );
    assert_eq!(traces(house).await, before);
}

#[tokio::test]
async fn a_refresh_brings_no_idle_session_back_to_life() {
    let house = House::with(&[("SESSION_IDLE_EXPIRY", "1h"), ("SESSION_UPDATE_AGE", "10m")]).await;
    let (_, client, login) = house.person(ADA).await;
    let sso = client.post(EXCHANGE, json!({})).await.expect(200).json();
    house.clock.advance_seconds(HOUR);
    let kept = client.clone();
    assert_over(
        &house,
        &kept,
        &[&login["refreshToken"], &sso["refreshToken"]],
    )
    .await;
    assert!(!house.is_valid(&login["accessToken"]).await);
}

#[tokio::test]
async fn a_refresh_extends_a_session_by_the_idle_limit_alone() {
    let house = House::with(&[("SESSION_IDLE_EXPIRY", "1h"), ("SESSION_UPDATE_AGE", "10m")]).await;
    let (_, client, login) = house.person(ADA).await;
    house.clock.advance_seconds(HOUR - 60);
    let pair = house
        .refresh(&login["refreshToken"])
        .await
        .expect(200)
        .json();
    let shown = client.get(SESSION).await.expect(200).json();
    assert_eq!(shown["session"]["expiresAt"], "2026-06-01T13:59:00.000Z");
    house.clock.advance_seconds(HOUR);
    assert_over(&house, &client, &[&pair["refreshToken"]]).await;
}

#[tokio::test]
async fn a_refresh_makes_no_brief_session_longer() {
    let house = House::new().await;
    house.register(ADA).await;
    let (client, login) = brief(&house).await;
    let mut tokens = vec![login["refreshToken"].clone()];
    for _ in 0..3 {
        house.clock.advance_seconds(7 * HOUR);
        let last = tokens.last().unwrap();
        let pair = house.refresh(last).await.expect(200).json();
        bearer(&house, &pair)
            .get("/api/v1/auth/profile")
            .await
            .expect(200);
        tokens.push(pair["refreshToken"].clone());
    }
    let sso = client.post(EXCHANGE, json!({})).await.expect(200).json();
    let beyond =
        "select count(*) from auth.refresh_tokens where expires_at > '2026-06-02T12:00:00Z'";
    assert_eq!(house.number(beyond).await, 0);
    house.clock.advance_seconds(3 * HOUR);
    tokens.push(sso["refreshToken"].clone());
    let tokens: Vec<&Value> = tokens.iter().collect();
    assert_over(&house, &client, &tokens).await;
}

#[tokio::test]
async fn a_brief_session_ends_at_the_smaller_of_its_own_and_the_idle_limit() {
    for (idle, end) in [("1h", HOUR), ("30d", DAY)] {
        let house =
            House::with(&[("SESSION_IDLE_EXPIRY", idle), ("SESSION_UPDATE_AGE", "10m")]).await;
        house.register(ADA).await;
        let (client, login) = brief(&house).await;
        house.clock.advance_seconds(end - 1);
        assert_eq!(
            client.get(SESSION).await.json()["user"]["email"],
            ADA,
            "{idle}"
        );
        house.clock.advance_seconds(1);
        assert_over(&house, &client, &[&login["refreshToken"]]).await;
        // As the native surface opens them.
        let tab = browser(&house);
        let body = json!({"email": ADA, "password": PASSWORD, "rememberMe": false});
        native(&tab, "sign-in/email", body).await.expect(200);
        house.clock.advance_seconds(end - 1);
        assert_eq!(
            tab.get("/api/auth/get-session").await.json()["user"]["email"],
            ADA
        );
        house.clock.advance_seconds(1);
        assert_eq!(tab.get("/api/auth/get-session").await.json(), Value::Null);
    }
}

#[tokio::test]
async fn no_refresh_token_outlives_the_absolute_end() {
    let house = House::with(&[("SESSION_ABSOLUTE_EXPIRY", "2d")]).await;
    let (_, client, login) = house.person(ADA).await;
    house.clock.advance_seconds(DAY);
    let pair = house
        .refresh(&login["refreshToken"])
        .await
        .expect(200)
        .json();
    let sso = client.post(EXCHANGE, json!({})).await.expect(200).json();
    let beyond =
        "select count(*) from auth.refresh_tokens where expires_at > '2026-06-03T12:00:00Z'";
    assert_eq!(house.number(beyond).await, 0);
    house.clock.advance_seconds(DAY);
    assert_over(
        &house,
        &client,
        &[&pair["refreshToken"], &sso["refreshToken"]],
    )
    .await;
}

#[tokio::test]
async fn a_one_time_token_opens_no_session_that_has_ended() {
    let house = House::with(&[("SESSION_IDLE_EXPIRY", "2m"), ("SESSION_UPDATE_AGE", "1m")]).await;
    let (_, client, _) = house.person(ADA).await;
    house.clock.advance_seconds(30);
    let made = client
        .get("/api/auth/one-time-token/generate")
        .await
        .expect(200)
        .json();
    house.clock.advance_seconds(90);
    let before = house
        .text("select expires_at::text from auth.sessions")
        .await;
    let answer = native(&browser(&house), "one-time-token/verify", made)
        .await
        .expect(400);
    assert_eq!(answer.header("set-cookie"), "");
    assert_eq!(
        house
            .text("select expires_at::text from auth.sessions")
            .await,
        before
    );
}

#[tokio::test]
async fn a_refresh_that_races_the_sign_out_leaves_nothing_alive() {
    let house = std::sync::Arc::new(House::new().await);
    house.register(ADA).await;
    for _ in 0..10 {
        let (client, login) = house.login(ADA).await;
        let (refreshing, token) = (house.clone(), login["refreshToken"].clone());
        let refreshed = tokio::spawn(async move { refreshing.refresh(&token).await });
        client
            .post("/api/v1/auth/logout", json!({}))
            .await
            .expect(200);
        let answer = refreshed.await.unwrap();
        if answer.status == 200 {
            let pair = answer.json();
            house
                .refresh(&pair["refreshToken"])
                .await
                .problem(401, "TOKEN_INVALID");
            assert!(!house.is_valid(&pair["accessToken"]).await);
        } else {
            answer.problem(401, "TOKEN_INVALID");
        }
    }
    assert_eq!(
        house
            .number("select count(*) from auth.sessions where revoked_at is null")
            .await,
        0
    );
}
