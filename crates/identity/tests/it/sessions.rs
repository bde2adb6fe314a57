//! The session endpoint, its life, sign-out, the exchange for tokens, revocation on every server.

use crate::harness::{ADA, House, bearer};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Client, eventually, token_claims};

const SESSION: &str = "/api/v1/auth/session";
const LOGOUT: &str = "/api/v1/auth/logout";
const EXCHANGE: &str = "/api/v1/auth/session-to-token";

async fn session(client: &Client) -> Value {
    client.get(SESSION).await.expect(200).json()
}

#[tokio::test]
async fn the_cookie_answers_session_and_person() {
    let house = House::new().await;
    let (id, client, login) = house.person(ADA).await;
    let answer = client.get(SESSION).await.expect(200);
    let json = answer.json();
    let (_, claims) = token_claims(login["accessToken"].as_str().unwrap());
    let expected = json!({
        "id": claims["sid"], "userId": id, "token": login["token"], "expiresAt": "2026-06-08T12:00:00.000Z",
        "createdAt": "2026-06-01T12:00:00.000Z", "updatedAt": "2026-06-01T12:00:00.000Z",
        "ipAddress": "127.0.0.1", "userAgent": "",
    });
    assert_eq!(json["session"], expected);
    assert_eq!(json["user"], login["user"]);
    assert_eq!(answer.header("cache-control"), "no-store");
    let (_, fresh) = token_claims(answer.header("set-auth-jwt"));
    assert_eq!((&fresh["sub"], &fresh["sid"]), (&json!(id), &claims["sid"]));
    assert!(house.is_valid(&json!(answer.header("set-auth-jwt"))).await);
}

#[tokio::test]
async fn regression_7_2_the_bearer_answers_the_session_without_its_credential() {
    let house = House::new().await;
    let (id, _, login) = house.person(ADA).await;
    let json = session(&bearer(&house, &login)).await;
    assert_eq!(json["user"]["id"], id);
    assert_ne!(json["session"]["token"], login["token"]);
    // The session token is a bearer too, bare or signed.
    let token = login["token"].as_str().unwrap();
    let signed = kernel::crypto::cookie::sign(testkit::AUTH_SECRET.as_bytes(), token);
    for bearer in [token, &signed] {
        assert_eq!(
            session(&house.client.bearer(bearer)).await["user"]["id"],
            id
        );
    }
}

#[tokio::test]
async fn no_credential_and_a_dead_cookie_answer_null() {
    let house = House::new().await;
    let (_, client, login) = house.person(ADA).await;
    assert_eq!(session(&house.client.fresh()).await, Value::Null);
    let token = login["token"].as_str().unwrap();
    let forged = kernel::crypto::cookie::sign_for_cookie(b"another secret", token);
    for value in [
        "",
        "x",
        token,
        &format!("{token}.AAAA"),
        &forged,
        "%",
        "%00.x",
        "a.b.c",
    ] {
        let stranger = house.client.fresh();
        stranger.set_cookie("mana.session_token", value);
        let answer = stranger.get(SESSION).await.expect(200);
        assert_eq!(answer.json(), Value::Null, "{value}");
        assert_eq!(answer.header("set-auth-jwt"), "");
        stranger
            .get("/api/v1/auth/profile")
            .await
            .problem(401, "UNAUTHORIZED");
    }
    house.sql("delete from auth.sessions").await;
    let restarted = house.again().await;
    let value = client.cookie("mana.session_token").unwrap();
    let dead = restarted.client.fresh();
    dead.set_cookie("mana.session_token", &value);
    let answer = dead.get(SESSION).await.expect(200);
    assert_eq!(answer.json(), Value::Null);
    assert!(
        answer.header("set-cookie").contains("Max-Age=0"),
        "a dead cookie is taken back"
    );
}

#[tokio::test]
async fn a_bad_bearer_is_a_401() {
    let house = House::new().await;
    let (_, _, login) = house.person(ADA).await;
    let access = login["accessToken"].as_str().unwrap().to_owned();
    for token in ["garbage", "a.b.c", &format!("{access}x"), ""] {
        house
            .client
            .bearer(token)
            .get(SESSION)
            .await
            .problem(401, "UNAUTHORIZED");
    }
    house.clock.advance_seconds(900);
    house
        .client
        .bearer(&access)
        .get(SESSION)
        .await
        .problem(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn an_older_secret_still_verifies_cookies() {
    let house = House::new().await;
    let (_, client, _) = house.person(ADA).await;
    let settings = [
        (
            "BETTER_AUTH_SECRET",
            "another-secret-that-is-long-enough-for-it",
        ),
        ("BETTER_AUTH_SECRETS", testkit::AUTH_SECRET),
    ];
    let rotated = house.again_with(&settings).await.unwrap();
    let value = client.cookie("mana.session_token").unwrap();
    let old = rotated.client.fresh();
    old.set_cookie("mana.session_token", &value);
    assert_eq!(session(&old).await["user"]["email"], ADA);
    let forgotten = house.again_with(&settings[..1]).await.unwrap();
    let old = forgotten.client.fresh();
    old.set_cookie("mana.session_token", &value);
    assert_eq!(session(&old).await, Value::Null);
}

#[tokio::test]
async fn a_used_session_slides_once_a_day() {
    let house = House::new().await;
    let (_, client, _) = house.person(ADA).await;
    house.clock.advance_seconds(86_399);
    let answer = client.get(SESSION).await.expect(200);
    assert_eq!(answer.header("set-cookie"), "");
    house.clock.advance_seconds(1);
    let answer = client.get(SESSION).await.expect(200);
    assert!(
        answer.header("set-cookie").contains("Max-Age=604800"),
        "{:?}",
        answer.headers
    );
    let json = session(&client).await;
    assert_eq!(json["session"]["expiresAt"], "2026-06-09T12:00:00.000Z");
    assert_eq!(json["session"]["updatedAt"], "2026-06-02T12:00:00.000Z");
}

#[tokio::test]
async fn an_idle_session_ends_after_its_time() {
    let house = House::new().await;
    let (_, client, _) = house.person(ADA).await;
    house.clock.advance_seconds(604_799);
    assert_eq!(session(&client.clone()).await["user"]["email"], ADA);
    let house = House::with(&[("SESSION_IDLE_EXPIRY", "1h"), ("SESSION_UPDATE_AGE", "30m")]).await;
    let (_, client, _) = house.person(ADA).await;
    house.clock.advance_seconds(3600);
    assert_eq!(session(&client).await, Value::Null);
}

#[tokio::test]
async fn no_session_outlives_its_absolute_end() {
    let house = House::with(&[("SESSION_ABSOLUTE_EXPIRY", "10d")]).await;
    let (_, client, _) = house.person(ADA).await;
    for _ in 0..9 {
        house.clock.advance_seconds(86_400);
        assert_eq!(session(&client).await["user"]["email"], ADA);
    }
    assert_eq!(
        session(&client).await["session"]["expiresAt"],
        "2026-06-11T12:00:00.000Z"
    );
    house.clock.advance_seconds(86_400);
    assert_eq!(session(&client).await, Value::Null);
}

#[tokio::test]
async fn a_short_absolute_life_is_the_end_that_is_shown() {
    let house = House::with(&[("SESSION_ABSOLUTE_EXPIRY", "2d")]).await;
    let (_, client, _) = house.person(ADA).await;
    let end = "2026-06-03T12:00:00.000Z";
    assert_eq!(session(&client).await["session"]["expiresAt"], end);
    let listed = client.get("/api/v1/auth/sessions").await.expect(200).json();
    assert_eq!(listed[0]["expiresAt"], end);
}

#[tokio::test]
async fn regression_7_2_signing_out_by_bearer_cookie_or_refresh_token_ends_that_session_alone() {
    let house = House::new().await;
    let (_, other_client, other) = house.person(ADA).await;
    for way in ["bearer", "cookie", "refreshToken", "session token"] {
        let (client, login) = house.login(ADA).await;
        let answer = match way {
            "bearer" => bearer(&house, &login).post(LOGOUT, json!({})).await,
            "cookie" => client.post(LOGOUT, json!({})).await,
            "session token" => {
                house
                    .client
                    .bearer(login["token"].as_str().unwrap())
                    .post(LOGOUT, json!({}))
                    .await
            }
            _ => {
                house
                    .ask("logout", json!({"refreshToken": login["refreshToken"]}))
                    .await
            }
        };
        let answer = answer.expect(200);
        assert_eq!(
            answer.json(),
            json!({"success": true, "message": "Signed out successfully"})
        );
        assert!(answer.header("set-cookie").contains("Max-Age=0"), "{way}");
        assert_eq!(session(&client).await, Value::Null, "{way}");
        assert!(!house.is_valid(&login["accessToken"]).await, "{way}");
        house
            .refresh(&login["refreshToken"])
            .await
            .problem(401, "TOKEN_INVALID");
        // Once more is no error.
        bearer(&house, &login)
            .post(LOGOUT, json!({}))
            .await
            .expect(200);
        house
            .ask("logout", json!({"refreshToken": login["refreshToken"]}))
            .await
            .expect(200);
    }
    assert_eq!(session(&other_client).await["user"]["email"], ADA);
    assert!(house.is_valid(&other["accessToken"]).await);
    house.refresh(&other["refreshToken"]).await.expect(200);
}

#[tokio::test]
async fn signing_out_with_nothing_or_nonsense_is_no_error() {
    let house = House::new().await;
    house.ask("logout", json!({})).await.expect(200);
    house
        .ask("logout", json!({"refreshToken": "nonsense"}))
        .await
        .expect(200);
    house
        .client
        .bearer("nonsense")
        .post(LOGOUT, json!({}))
        .await
        .expect(200);
    let request = http::Request::post(LOGOUT)
        .body(axum::body::Body::empty())
        .unwrap();
    house.client.fresh().raw(request).await.expect(200);
    house
        .ask("logout", json!({"everyone": true}))
        .await
        .problem(400, "VALIDATION");
}

#[tokio::test]
async fn regression_7_1_35_the_cookie_is_exchanged_for_tokens() {
    let house = House::new().await;
    let (id, client, login) = house.person(ADA).await;
    let pair = client.post(EXCHANGE, json!({})).await.expect(200).json();
    assert_eq!(pair["user"]["id"], id);
    assert_eq!(
        (&pair["expiresIn"], &pair["tokenType"]),
        (&json!(900), &json!("Bearer"))
    );
    let (_, claims) = token_claims(pair["accessToken"].as_str().unwrap());
    let (_, first) = token_claims(login["accessToken"].as_str().unwrap());
    assert_eq!(
        (&claims["sid"], &claims["role"]),
        (&first["sid"], &json!("user"))
    );
    let problem = house
        .ask("session-to-token", json!({}))
        .await
        .problem(401, "UNAUTHORIZED");
    assert_eq!(problem["message"], "No session cookie found.");
    let dead = house.client.fresh().with("origin", testkit::BASE_URL);
    dead.set_cookie("mana.session_token", "forged");
    dead.post(EXCHANGE, json!({}))
        .await
        .problem(401, "UNAUTHORIZED");
    // An access token cannot prolong itself.
    bearer(&house, &login)
        .post(EXCHANGE, json!({}))
        .await
        .problem(401, "UNAUTHORIZED");
}

/// Asks until the server answers from memory.
async fn warm_up(house: &House, client: &Client) {
    eventually("the session in memory", async || {
        client.get(SESSION).await.expect(200);
        (house.identity.gauges().2 > 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn regression_7_2_a_revoked_session_is_refused_everywhere_within_a_second() {
    let here = House::new().await;
    let there = here.again().await;
    let (_, cookie, login) = here.person(ADA).await;
    let there_cookie = there.client.fresh();
    there_cookie.set_cookie(
        "mana.session_token",
        &cookie.cookie("mana.session_token").unwrap(),
    );
    let there_bearer = there.client.bearer(login["accessToken"].as_str().unwrap());
    warm_up(&there, &there_cookie).await;
    there_bearer.get("/api/v1/auth/profile").await.expect(200);
    cookie.post(LOGOUT, json!({})).await.expect(200);
    let (_, waited) = eventually("the refusal", async || {
        let answer = there_bearer.get("/api/v1/auth/profile").await;
        (answer.status == 401).then_some(())
    })
    .await;
    assert!(waited < Duration::from_secs(1), "{waited:?}");
    assert_eq!(session(&there_cookie).await, Value::Null);
    assert!(!there.is_valid(&login["accessToken"]).await);
    assert!(!here.is_valid(&login["accessToken"]).await);
}

#[tokio::test]
async fn a_new_role_reaches_open_sessions_on_every_server() {
    let here = House::new().await;
    let there = here.again().await;
    let (_, cookie, _) = here.person(ADA).await;
    let there_cookie = there.client.fresh();
    there_cookie.set_cookie(
        "mana.session_token",
        &cookie.cookie("mana.session_token").unwrap(),
    );
    warm_up(&there, &there_cookie).await;
    let email = kernel::text::EmailAddress::parse(ADA).unwrap();
    let role = platform::ports::Role::Admin;
    assert!(here.identity.set_role(&email, role).await.unwrap());
    eventually("the role", async || {
        let answer = there_cookie.get(SESSION).await.expect(200);
        let (_, claims) = token_claims(answer.header("set-auth-jwt"));
        (answer.json()["user"]["role"] == "admin" && claims["role"] == "admin").then_some(())
    })
    .await;
}

#[tokio::test]
async fn regression_7_2_a_banned_or_deleted_persons_open_sessions_are_refused() {
    let house = House::new().await;
    let (id, client, login) = house.person(ADA).await;
    for change in ["banned = true", "banned = false, deleted_at = now()"] {
        assert_eq!(session(&client).await["user"]["id"], id);
        house
            .sql(&format!(
                "update auth.users set {change}; select pg_notify('mana_auth', 'user:{id}')"
            ))
            .await;
        eventually("the end of the session", async || {
            (session(&client).await == Value::Null).then_some(())
        })
        .await;
        assert!(!house.is_valid(&login["accessToken"]).await);
        bearer(&house, &login)
            .get("/api/v1/auth/profile")
            .await
            .problem(401, "UNAUTHORIZED");
        // Put a jar back that the refusal emptied.
        let value = kernel::crypto::cookie::sign_for_cookie(
            testkit::AUTH_SECRET.as_bytes(),
            login["token"].as_str().unwrap(),
        );
        client.set_cookie("mana.session_token", &value);
        house
            .sql(&format!(
                "update auth.users set banned = false, deleted_at = null; select pg_notify('mana_auth', 'user:{id}')"
            ))
            .await;
        eventually("the session again", async || {
            house.is_valid(&login["accessToken"]).await.then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn the_last_activity_is_written_when_the_server_stops() {
    let mut house = House::new().await;
    let (_, client, _) = house.person(ADA).await;
    house.clock.advance_seconds(59);
    session(&client).await;
    house.clock.advance_seconds(61);
    session(&client).await;
    house.shut_down().await;
    let seen =
        "select to_char(last_activity_at at time zone 'UTC', 'HH24:MI:SS') from auth.sessions";
    assert_eq!(house.text(seen).await, "12:02:00");
}

#[tokio::test]
async fn the_profile_is_read_by_bearer_or_cookie() {
    let house = House::new().await;
    let (id, client, login) = house.person(ADA).await;
    let expected = json!({
        "id": id, "name": "ada", "email": ADA, "emailVerified": false, "image": null, "role": "user",
        "createdAt": "2026-06-01T12:00:00.000Z",
    });
    for client in [client, bearer(&house, &login)] {
        assert_eq!(
            client.get("/api/v1/auth/profile").await.expect(200).json(),
            expected
        );
    }
    house
        .client
        .fresh()
        .get("/api/v1/auth/profile")
        .await
        .problem(401, "UNAUTHORIZED");
}
