//! Signing in: shape, cookie, refusals that look alike, old hashes, people who may not.

use crate::harness::{ADA, House, PASSWORD, WRONG, fields};
use kernel::crypto::cookie;
use serde_json::{Value, json};
use std::time::Duration;
use testkit::token_claims;
use tokio::time::Instant;

const FLOOR: Duration = Duration::from_millis(150);

#[tokio::test]
async fn signing_in_answers_the_union_of_all_generations() {
    let house = House::new().await;
    let id = house.register(ADA).await;
    let body = json!({"email": "ADA@example.com ", "password": PASSWORD, "deviceId": "d1", "deviceName": "Phone"});
    let json = house.ask("login", body).await.expect(200).json();
    assert_eq!(json["user"]["id"], id);
    for key in [
        "email",
        "name",
        "role",
        "emailVerified",
        "image",
        "accessTier",
        "twoFactorEnabled",
    ] {
        assert!(json["user"].get(key).is_some(), "{key}");
    }
    assert_eq!(json["expiresIn"], 900);
    assert_eq!(json["tokenType"], "Bearer");
    assert_eq!(json["redirect"], false);
    let token = json["token"].as_str().unwrap();
    assert_eq!(token.len(), 32);
    assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    assert_ne!(json["refreshToken"], json["token"]);
    let (header, claims) = token_claims(json["accessToken"].as_str().unwrap());
    assert_eq!(header["alg"], "EdDSA");
    let mut names: Vec<&str> = claims
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "aud", "email", "exp", "iat", "iss", "role", "sid", "sub", "tier"
        ]
    );
    assert_eq!(claims["sub"], id);
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        900
    );
    assert_eq!(
        (&claims["iss"], &claims["aud"]),
        (&json!(testkit::BASE_URL), &json!("mana"))
    );
    let device = house
        .text("select device_id || device_name from auth.sessions")
        .await;
    assert_eq!(device, "d1Phone");
    // What the database holds opens nothing.
    let stored = house.text("select token from auth.sessions").await;
    assert_ne!(stored, token);
    let refresh = house
        .text("select token_hash from auth.refresh_tokens")
        .await;
    assert_ne!(refresh, json["refreshToken"]);
}

#[tokio::test]
async fn regression_7_2_login_sets_the_cookie_signed_as_better_auth_signs_it() {
    let house = House::new().await;
    house.register(ADA).await;
    let answer = house.try_login(ADA, PASSWORD).await.expect(200);
    let cookie = answer.header("set-cookie");
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    assert_eq!(attributes, "Max-Age=604800; Path=/; HttpOnly; SameSite=Lax");
    let (name, value) = pair.split_once('=').unwrap();
    assert_eq!(name, "mana.session_token");
    let decoded = cookie::percent_decode(value).unwrap();
    let (token, signature) = decoded.rsplit_once('.').unwrap();
    assert_eq!(answer.json()["token"], token);
    assert_eq!(signature.len(), 44);
    assert!(signature.ends_with('='));
    let secret = testkit::AUTH_SECRET.as_bytes();
    assert_eq!(cookie::sign_for_cookie(secret, token), value);
}

#[tokio::test]
async fn regression_7_1_41_the_secure_cookie_works_under_its_name_with_an_https_address() {
    let house = House::with(&[("BASE_URL", "https://auth.example.org")]).await;
    house.register(ADA).await;
    let client = house.client.fresh();
    let body = json!({"email": ADA, "password": PASSWORD});
    let answer = client.post("/api/v1/auth/login", body).await.expect(200);
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.starts_with("__Secure-mana.session_token="),
        "{cookie}"
    );
    assert!(cookie.contains("; Secure"), "{cookie}");
    let session = client.get("/api/v1/auth/session").await.expect(200).json();
    assert_eq!(session["user"]["email"], ADA);
    // The plain name does not count: a sibling host without https could set it.
    let value = client.cookie("__Secure-mana.session_token").unwrap();
    let plain = house.client.fresh();
    plain.set_cookie("mana.session_token", &value);
    let session = plain.get("/api/v1/auth/session").await.expect(200).json();
    assert_eq!(session, Value::Null);
}

#[tokio::test]
async fn regression_7_1_33_a_cookie_domain_makes_the_cookie_travel_between_sites() {
    let house = House::with(&[
        ("BASE_URL", "https://auth.example.org"),
        ("COOKIE_DOMAIN", ".example.org"),
    ])
    .await;
    house.register(ADA).await;
    let answer = house.try_login(ADA, PASSWORD).await.expect(200);
    let cookie = answer.header("set-cookie");
    for part in [
        "; Domain=.example.org",
        "; SameSite=None",
        "; Secure",
        "; HttpOnly",
        "; Path=/",
    ] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
}

#[tokio::test]
async fn a_session_that_is_not_remembered_has_a_cookie_of_the_browser_session() {
    let house = House::new().await;
    house.register(ADA).await;
    let body = json!({"email": ADA, "password": PASSWORD, "rememberMe": false});
    let client = house.client.fresh();
    let answer = client.post("/api/v1/auth/login", body).await.expect(200);
    assert!(!answer.header("set-cookie").contains("Max-Age"));
    assert!(client.cookie("mana.dont_remember").is_some());
    house.clock.advance_seconds(86_401);
    let session = client.get("/api/v1/auth/session").await.expect(200).json();
    assert_eq!(session, Value::Null);
}

#[tokio::test]
async fn regression_7_2_a_wrong_password_is_a_401_and_an_unknown_address_looks_alike() {
    let house = House::new().await;
    house.register(ADA).await;
    let mut seen = Vec::new();
    for email in [ADA, "nobody@example.com"] {
        let started = Instant::now();
        let answer = house.try_login(email, WRONG).await;
        assert!(started.elapsed() >= FLOOR, "{:?}", started.elapsed());
        assert_eq!(answer.header("set-cookie"), "");
        let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        names.sort();
        let body = answer.text();
        answer.problem(401, "INVALID_CREDENTIALS");
        seen.push((names, body));
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn login_names_a_wrong_field() {
    let house = House::new().await;
    let long = "x".repeat(256);
    for (body, field) in [
        (json!({"email": "nope", "password": PASSWORD}), "email"),
        (json!({"email": ADA}), "password"),
        (json!({"password": PASSWORD}), "email"),
        (json!({"email": ADA, "password": 5}), "password"),
        (
            json!({"email": ADA, "password": PASSWORD, "deviceId": long}),
            "deviceId",
        ),
        (
            json!({"email": ADA, "password": PASSWORD, "deviceName": "a\u{0}b"}),
            "deviceName",
        ),
        (
            json!({"email": ADA, "password": PASSWORD, "rememberMe": "yes"}),
            "rememberMe",
        ),
        (
            json!({"email": ADA, "password": PASSWORD, "otp": "123456"}),
            "otp",
        ),
    ] {
        let problem = house.ask("login", body).await.problem(400, "VALIDATION");
        assert_eq!(fields(&problem), [field]);
    }
    assert_eq!(
        house
            .number("select count(*) from auth.login_attempts")
            .await,
        0
    );
}

async fn with_hash(hash: &str) -> House {
    let house = House::new().await;
    house.register(ADA).await;
    house
        .sql(&format!("update auth.accounts set password = '{hash}'"))
        .await;
    house
}

async fn proves_and_upgrades(hash: &str, password: &str) {
    let house = with_hash(hash).await;
    house
        .try_login(ADA, WRONG)
        .await
        .problem(401, "INVALID_CREDENTIALS");
    assert_eq!(house.text("select password from auth.accounts").await, hash);
    house.try_login(ADA, password).await.expect(200);
    let upgraded = house.text("select password from auth.accounts").await;
    assert!(
        upgraded.starts_with("$argon2id$v=19$m=64,t=1,p=1$"),
        "{upgraded}"
    );
    house.try_login(ADA, password).await.expect(200);
    assert_eq!(
        house.text("select password from auth.accounts").await,
        upgraded
    );
}

#[tokio::test]
async fn a_scrypt_hash_of_the_predecessor_verifies_and_is_upgraded() {
    let key = concat!(
        "267a33c2ae63f1c2d542f84d50b7d87c68900c8b9475f6a47ade71cf44b23482",
        "2e0a34af1d226572b5caf52809319d4c486f3d209cc2fd022fb53bb4eaeb35b1"
    );
    let hash = format!("00112233445566778899aabbccddeeff:{key}");
    proves_and_upgrades(&hash, PASSWORD).await;
}

#[tokio::test]
async fn regression_7_2_a_bcrypt_hash_verifies_and_is_upgraded() {
    proves_and_upgrades(
        "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "U*U",
    )
    .await;
}

#[tokio::test]
async fn a_hash_nobody_can_read_is_a_wrong_password() {
    for hash in [
        "",
        "plain text",
        "$argon2id$broken",
        "zz:zz",
        "$2a$05$short",
    ] {
        let house = with_hash(hash).await;
        house
            .try_login(ADA, PASSWORD)
            .await
            .problem(401, "INVALID_CREDENTIALS");
    }
}

#[tokio::test]
async fn regression_7_2_a_deleted_person_cannot_sign_in_and_looks_unknown() {
    let house = House::new().await;
    house.register(ADA).await;
    house.sql("update auth.users set deleted_at = now()").await;
    house
        .try_login(ADA, PASSWORD)
        .await
        .problem(401, "INVALID_CREDENTIALS");
}

#[tokio::test]
async fn a_banned_person_hears_so_after_the_right_password_alone() {
    let house = House::new().await;
    house.register(ADA).await;
    house
        .sql("update auth.users set banned = true, ban_expires = '2026-06-01T13:00:00Z'")
        .await;
    house
        .try_login(ADA, WRONG)
        .await
        .problem(401, "INVALID_CREDENTIALS");
    house
        .try_login(ADA, PASSWORD)
        .await
        .problem(403, "ACCOUNT_BANNED");
    let counted = "select count(*) from auth.login_attempts";
    assert_eq!(
        house.number(counted).await,
        1,
        "the right password does not count"
    );
    house.clock.set("2026-06-01T13:00:00Z");
    house.try_login(ADA, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn regression_7_1_31_an_unverified_address_is_a_403_that_does_not_count() {
    let house = House::with(&[("REQUIRE_EMAIL_VERIFICATION", "true")]).await;
    let body = json!({"email": ADA, "password": PASSWORD});
    let registered = house.ask("register", body).await.expect(200).json();
    assert_eq!(registered["needsVerification"], true);
    for _ in 0..7 {
        let problem = house
            .try_login(ADA, PASSWORD)
            .await
            .problem(403, "EMAIL_NOT_VERIFIED");
        assert_eq!(problem["code"], "EMAIL_NOT_VERIFIED");
    }
    assert_eq!(
        house
            .number("select count(*) from auth.login_attempts")
            .await,
        0
    );
    assert_eq!(house.number("select count(*) from auth.sessions").await, 0);
    house
        .sql("update auth.users set email_verified = true")
        .await;
    house.try_login(ADA, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn regression_7_1_36_tier_claim_equals_access_tier() {
    let house = House::new().await;
    house.register(ADA).await;
    for (role, tier) in [("user", "guest"), ("admin", "founder"), ("service", "beta")] {
        house
            .sql(&format!(
                "update auth.users set role = '{role}', access_tier = '{tier}'"
            ))
            .await;
        let json = house.try_login(ADA, PASSWORD).await.expect(200).json();
        let (_, claims) = token_claims(json["accessToken"].as_str().unwrap());
        assert_eq!(
            (&claims["role"], &claims["tier"]),
            (&json!(role), &json!(tier))
        );
        assert_eq!(json["user"]["accessTier"], tier);
    }
}

#[tokio::test]
async fn regression_7_2_the_sid_of_a_login_is_its_session() {
    let house = House::new().await;
    let (_, _, login) = house.person(ADA).await;
    let (_, claims) = token_claims(login["accessToken"].as_str().unwrap());
    assert_eq!(
        claims["sid"],
        house.text("select id from auth.sessions").await
    );
}

#[tokio::test]
async fn a_sign_in_never_takes_over_a_session_that_is_presented() {
    let house = House::new().await;
    let (_, mallory, planted) = house.person("mallory@example.com").await;
    let id = house.register(ADA).await;
    // The victim's browser carries the attacker's cookie.
    let body = json!({"email": ADA, "password": PASSWORD});
    let victim = house.client.fresh().with("origin", testkit::BASE_URL);
    victim.set_cookie(
        "mana.session_token",
        &mallory.cookie("mana.session_token").unwrap(),
    );
    let login = victim
        .post("/api/v1/auth/login", body)
        .await
        .expect(200)
        .json();
    assert_ne!(login["token"], planted["token"]);
    let theirs = victim.get("/api/v1/auth/session").await.expect(200).json();
    assert_eq!(theirs["user"]["id"], id);
    let mine = mallory.get("/api/v1/auth/session").await.expect(200).json();
    assert_eq!(mine["user"]["email"], "mallory@example.com");
}

#[tokio::test]
async fn regression_7_1_46_a_lost_database_is_a_503_and_counts_against_nobody() {
    let house = House::new().await;
    let (_, client, login) = house.person(ADA).await;
    let access = login["accessToken"].as_str().unwrap();
    house.database.db.close();
    let bearer = house.client.bearer(access);
    for answer in [
        house.try_login(ADA, PASSWORD).await,
        house.try_login(ADA, WRONG).await,
        house
            .ask(
                "register",
                json!({"email": "bob@example.com", "password": PASSWORD}),
            )
            .await,
        house.refresh(&login["refreshToken"]).await,
        house.ask("validate", json!({"token": access})).await,
        bearer.get("/api/v1/auth/profile").await,
        bearer.post("/api/v1/auth/logout", json!({})).await,
        client.get("/api/v1/auth/security-events").await,
    ] {
        assert_eq!(answer.header("retry-after"), "2");
        let problem = answer.problem(503, "SERVICE_UNAVAILABLE");
        assert_eq!(problem["retryAfterSec"], 2);
    }
    // A bad token needs no database to be refused.
    let garbage = house
        .ask("validate", json!({"token": "garbage"}))
        .await
        .expect(200);
    assert_eq!(garbage.json()["valid"], false);
    assert_eq!(
        house
            .number("select count(*) from auth.login_attempts")
            .await,
        0
    );
    assert_eq!(house.number("select count(*) from auth.users").await, 1);
}

#[tokio::test]
async fn a_refused_login_keeps_the_words_that_clients_compare() {
    let house = House::new().await;
    house.register(ADA).await;
    for email in [ADA, "nobody@example.com"] {
        let problem = house.try_login(email, WRONG).await;
        let problem = problem.problem(401, "INVALID_CREDENTIALS");
        assert_eq!(problem["message"], "Invalid credentials");
    }
}
