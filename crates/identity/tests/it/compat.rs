//! What is ours alone on the Better Auth surface, and what both surfaces share. That the surface answers like the real
//! server is proved in `e2e/better-auth`.

use crate::native::{NEXT, PASSWORD, World, attempt, count, session};
use http::{Method, Request, header};
use serde_json::{Value, json};

#[tokio::test]
async fn one_session_is_valid_listed_and_revocable_on_both_surfaces() {
    let world = World::new().await;
    let native = world.sign_up("ada@example.com").await;
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    let login = world.browser();
    let answer = login
        .post("/api/v1/auth/login", body)
        .await
        .expect(200)
        .json();
    let rest = world.browser().with(
        "authorization",
        &format!("Bearer {}", answer["accessToken"].as_str().unwrap()),
    );

    let listed = rest.get("/api/v1/auth/sessions").await.expect(200).json();
    let listed = listed.as_array().unwrap();
    assert_eq!(listed.len(), 2);
    let current: Vec<_> = listed
        .iter()
        .filter(|item| item["isCurrent"] == true)
        .collect();
    assert_eq!(current.len(), 1);
    let native_id = session(&native).await["session"]["id"].clone();
    assert_ne!(current[0]["id"], native_id);

    let path = format!("/api/v1/auth/sessions/{}", native_id.as_str().unwrap());
    rest.delete(&path, None).await.expect(204);
    assert_eq!(session(&native).await, Value::Null);
    rest.delete(&path, None).await.problem(404, "NOT_FOUND");

    login
        .post("/api/auth/revoke-sessions", json!({}))
        .await
        .expect(200);
    rest.get("/api/v1/auth/sessions")
        .await
        .problem(401, "UNAUTHORIZED");
    let refresh = json!({"refreshToken": answer["refreshToken"]});
    let refused = world.browser().post("/api/v1/auth/refresh", refresh).await;
    refused.problem(401, "TOKEN_INVALID");
}

#[tokio::test]
async fn a_foreign_session_is_unknown() {
    let world = World::new().await;
    let ada = world.sign_up("ada@example.com").await;
    let eve = world.sign_up("eve@example.com").await;
    let shown = session(&ada).await;
    let id = shown["session"]["id"].as_str().unwrap();
    let path = format!("/api/v1/auth/sessions/{id}");
    eve.delete(&path, None).await.problem(404, "NOT_FOUND");
    let body = json!({"token": shown["session"]["token"]});
    eve.post("/api/auth/revoke-session", body).await.expect(200);
    assert_eq!(session(&ada).await["session"]["id"], id);
}

#[tokio::test]
async fn a_list_hands_out_handles_that_revoke_and_do_nothing_else() {
    let world = World::new().await;
    let first = world.sign_up("ada@example.com").await;
    let second = world.sign_in("ada@example.com").await;
    let own = session(&second).await["session"]["token"].clone();
    let list = second
        .get("/api/auth/list-sessions")
        .await
        .expect(200)
        .json();
    let tokens: Vec<&str> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["token"].as_str().unwrap())
        .collect();
    assert_eq!(tokens.len(), 2);
    assert!(tokens.contains(&own.as_str().unwrap()));
    let handle = tokens.iter().find(|token| **token != own).unwrap();
    assert_ne!(*handle, session(&first).await["session"]["token"]);
    assert_eq!(session(&world.client.bearer(handle)).await, Value::Null);

    let body = json!({"token": handle});
    second
        .post("/api/auth/revoke-session", body)
        .await
        .expect(200);
    assert_eq!(session(&first).await, Value::Null);
    assert_eq!(session(&second).await["session"]["token"], own);
}

#[tokio::test]
async fn tokens_are_stored_as_digests_and_one_time_tokens_keep_none_in_clear() {
    let world = World::new().await;
    let ada = world.sign_up("ada@example.com").await;
    let token = session(&ada).await["session"]["token"].clone();
    let token = token.as_str().unwrap();
    let answer = ada
        .get("/api/auth/one-time-token/generate")
        .await
        .expect(200)
        .json();
    let once = answer["token"].as_str().unwrap();
    let postgres = world.postgres().await;
    let query = format!(
        "select count(*) from auth.sessions s, auth.verification v
         where strpos(s::text || v::text, '{token}') > 0 or strpos(s::text || v::text, '{once}') > 0"
    );
    assert_eq!(count(&postgres, &query).await, 0);
    assert_eq!(
        count(
            &postgres,
            "select count(*) from auth.verification where identifier like 'one-time-token:%'"
        )
        .await,
        1
    );
    let other = world.browser();
    let body = json!({"token": once});
    other
        .post("/api/auth/one-time-token/verify", body.clone())
        .await
        .expect(200);
    assert_eq!(session(&other).await["session"]["token"], token);
    other
        .post("/api/auth/one-time-token/verify", body)
        .await
        .expect(400);
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sessions_and_their_refresh_tokens() {
    let world = World::new().await;
    let ada = world.sign_up("ada@example.com").await;
    let other = world.sign_in("ada@example.com").await;
    let login = json!({"email": "ada@example.com", "password": PASSWORD});
    let phone = world
        .browser()
        .post("/api/v1/auth/login", login)
        .await
        .expect(200)
        .json();

    let wrong = json!({"currentPassword": "not the password", "newPassword": NEXT});
    ada.post("/api/v1/auth/change-password", wrong)
        .await
        .problem(401, "INVALID_CREDENTIALS");
    let weak = json!({"currentPassword": PASSWORD, "newPassword": "short"});
    ada.post("/api/v1/auth/change-password", weak)
        .await
        .problem(400, "WEAK_PASSWORD");
    let right = json!({"currentPassword": PASSWORD, "newPassword": NEXT});
    ada.post("/api/v1/auth/change-password", right)
        .await
        .expect(200);

    assert!(session(&ada).await.is_object());
    assert_eq!(session(&other).await, Value::Null);
    let refresh = json!({"refreshToken": phone["refreshToken"]});
    world
        .browser()
        .post("/api/v1/auth/refresh", refresh)
        .await
        .problem(401, "TOKEN_INVALID");
    attempt(&world.browser(), "ada@example.com", PASSWORD)
        .await
        .expect(401);
    attempt(&world.browser(), "ada@example.com", NEXT)
        .await
        .expect(200);
    let postgres = world.postgres().await;
    let events = "select count(*) from auth.security_events where event_type = 'PASSWORD_CHANGED' and user_id is not null";
    assert_eq!(count(&postgres, events).await, 1);
}

#[tokio::test]
async fn a_deleted_account_leaves_no_row_and_its_address_is_free() {
    let world = World::new().await;
    let ada = world.sign_up("ada@example.com").await;
    let other = world.sign_in("ada@example.com").await;
    let wrong = json!({"password": "not the password"});
    let path = "/api/v1/auth/account";
    ada.delete(path, Some(wrong))
        .await
        .problem(401, "INVALID_CREDENTIALS");
    ada.delete(path, Some(json!({})))
        .await
        .problem(400, "VALIDATION");
    ada.delete(
        path,
        Some(json!({"password": PASSWORD, "reason": "enough"})),
    )
    .await
    .expect(200);
    assert_eq!(session(&other).await, Value::Null);
    let postgres = world.postgres().await;
    for table in [
        "users",
        "sessions",
        "accounts",
        "refresh_tokens",
        "user_settings",
        "login_attempts",
    ] {
        let query = format!("select count(*) from auth.{table}");
        assert_eq!(count(&postgres, &query).await, 0, "{table}");
    }
    let events = "select count(*) from auth.security_events where user_id is not null or ip_address is not null";
    assert_eq!(count(&postgres, events).await, 0);
    world.sign_up("ada@example.com").await;
}

#[tokio::test]
async fn a_profile_changes_on_both_surfaces() {
    let world = World::new().await;
    let ada = world.sign_up("ada@example.com").await;
    let path = "/api/v1/auth/profile";
    let image = "https://images.example/ada.png";
    let changed = ada
        .post(path, json!({"name": "Ada Lovelace", "image": image}))
        .await
        .expect(200)
        .json();
    assert_eq!(changed["user"]["name"], "Ada Lovelace");
    let shown = session(&ada).await;
    assert_eq!(
        (&shown["user"]["name"], &shown["user"]["image"]),
        (&json!("Ada Lovelace"), &json!(image))
    );
    ada.post(path, json!({"image": null})).await.expect(200);
    assert_eq!(session(&ada).await["user"]["image"], Value::Null);
    assert_eq!(session(&ada).await["user"]["name"], "Ada Lovelace");
    for (field, body) in [
        ("name", json!({"name": "A"})),
        ("name", json!({"name": "Ada\u{0}"})),
        ("name", json!({})),
        ("image", json!({"image": "javascript:alert(1)"})),
        ("nickname", json!({"nickname": "Eve"})),
    ] {
        let problem = ada.post(path, body).await.problem(400, "VALIDATION");
        assert_eq!(problem["errors"][0]["field"], field);
    }
}

#[tokio::test]
async fn ghsa_mass_assignment_of_role_and_tier_does_nothing() {
    let world = World::new().await;
    let eve = world.browser();
    let body = json!({"name": "Eve", "email": "eve@example.com", "password": PASSWORD, "role": "admin",
        "accessTier": "founder", "emailVerified": true, "id": "chosen", "kind": "system", "twoFactorEnabled": true});
    eve.post("/api/auth/sign-up/email", body).await.expect(200);
    for field in ["role", "accessTier", "twoFactorEnabled"] {
        let body = json!({"name": "Eve", field: "admin"});
        let refused = eve
            .post("/api/auth/update-user", body)
            .await
            .expect(400)
            .json();
        assert_eq!(refused["code"], "FIELD_NOT_ALLOWED");
    }
    let body = json!({"name": "Eve", "emailVerified": true, "id": "chosen", "banned": false});
    eve.post("/api/auth/update-user", body).await.expect(200);
    let user = session(&eve).await["user"].clone();
    assert_eq!(
        (
            &user["role"],
            &user["accessTier"],
            &user["emailVerified"],
            &user["twoFactorEnabled"]
        ),
        (
            &json!("user"),
            &json!("public"),
            &json!(false),
            &json!(false)
        )
    );
    assert_ne!(user["id"], "chosen");
}

#[tokio::test]
async fn session_fixation_a_presented_token_is_never_taken_over() {
    let world = World::new().await;
    world.sign_up("ada@example.com").await;
    let eve = world.sign_up("eve@example.com").await;
    let planted = eve.cookie("mana.session_token").unwrap();
    let victim = world.browser();
    victim.set_cookie("mana.session_token", &planted);
    attempt(&victim, "ada@example.com", PASSWORD)
        .await
        .expect(200);
    assert_ne!(victim.cookie("mana.session_token").unwrap(), planted);
    assert_eq!(session(&eve).await["user"]["email"], "eve@example.com");
}

#[tokio::test]
async fn a_lock_holds_on_both_surfaces_and_says_nothing_more_than_a_limit() {
    let world = World::new().await;
    world.sign_up("ada@example.com").await;
    for _ in 0..5 {
        attempt(&world.browser(), "ada@example.com", "not the password")
            .await
            .expect(401);
    }
    let locked = attempt(&world.browser(), "ada@example.com", PASSWORD)
        .await
        .expect(429);
    assert_eq!(
        locked.json(),
        json!({"message": "Too many requests. Please try again later."})
    );
    assert_eq!(locked.header("x-retry-after"), locked.header("retry-after"));
    assert!(locked.header("x-retry-after").parse::<u32>().unwrap() > 1000);
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    world
        .browser()
        .post("/api/v1/auth/login", body)
        .await
        .problem(429, "ACCOUNT_LOCKED");
}

#[tokio::test]
async fn the_sign_in_limit_is_shared_by_both_surfaces() {
    let world = World::with(&[("RATE_LIMIT_ENABLED", "true")]).await;
    let body =
        |number| json!({"email": format!("nobody{number}@example.com"), "password": PASSWORD});
    for number in 0..5 {
        world
            .browser()
            .post("/api/auth/sign-in/email", body(number))
            .await
            .expect(401);
        world
            .browser()
            .post("/api/v1/auth/login", body(number + 10))
            .await
            .expect(401);
    }
    let native = world
        .browser()
        .post("/api/auth/sign-in/email", body(20))
        .await
        .expect(429);
    assert!(native.header("x-retry-after").parse::<u32>().unwrap() >= 1);
    assert!(native.header("ratelimit").starts_with("\"sign-in\""));
    world
        .browser()
        .post("/api/v1/auth/login", body(21))
        .await
        .problem(429, "RATE_LIMITED");
}

#[tokio::test]
async fn where_addresses_are_proved_sign_up_does_not_tell_who_is_known() {
    let world = World::with(&[("REQUIRE_EMAIL_VERIFICATION", "true")]).await;
    let sign_up = |name: &'static str| {
        let browser = world.browser();
        let body = json!({"name": name, "email": "ada@example.com", "password": PASSWORD});
        async move {
            browser
                .post("/api/auth/sign-up/email", body)
                .await
                .expect(200)
        }
    };
    let fresh = sign_up("Ada").await;
    let known = sign_up("Eve").await;
    assert!(known.headers.get(header::SET_COOKIE).is_none());
    assert_eq!(fresh.body.len(), known.body.len());
    let (fresh, known) = (fresh.json(), known.json());
    assert_eq!(fresh["token"], Value::Null);
    assert_eq!(known["token"], Value::Null);
    let keys = |value: &Value| -> Vec<String> {
        value["user"].as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(keys(&fresh), keys(&known));
    assert_ne!(fresh["user"]["id"], known["user"]["id"]);
    let refused = attempt(&world.browser(), "ada@example.com", PASSWORD)
        .await
        .expect(403);
    assert_eq!(refused.json()["code"], "EMAIL_NOT_VERIFIED");
}

#[tokio::test]
async fn cookies_of_a_state_change_need_a_trusted_origin_on_both_surfaces() {
    let world = World::new().await;
    let ada = world.sign_up("ada@example.com").await;
    let evil = ada.clone().with("origin", "https://evil.example");
    let refused = evil
        .post("/api/auth/revoke-sessions", json!({}))
        .await
        .expect(403);
    assert_eq!(refused.json()["code"], "INVALID_ORIGIN");
    evil.delete("/api/v1/auth/sessions", None)
        .await
        .problem(403, "INVALID_ORIGIN");
    let body = json!({"password": PASSWORD});
    evil.delete("/api/v1/auth/account", Some(body))
        .await
        .problem(403, "INVALID_ORIGIN");
    assert!(session(&ada).await.is_object());
}

#[tokio::test]
async fn bodies_too_large_or_not_json_are_refused() {
    let world = World::new().await;
    let send = |body: String| {
        let request = Request::builder()
            .method(Method::POST)
            .uri("/api/auth/sign-in/email")
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.into())
            .unwrap();
        let browser = world.browser();
        async move { browser.raw(request).await }
    };
    let large = json!({"email": "a@example.com", "password": "x".repeat(300 * 1024)});
    assert_eq!(
        send(large.to_string()).await.expect(413).json()["code"],
        "PAYLOAD_TOO_LARGE"
    );
    assert_eq!(
        send("{\"email\":".to_owned()).await.expect(400).json()["code"],
        "BAD_REQUEST"
    );
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(send(deep).await.expect(400).json()["code"], "BAD_REQUEST");
    let long = json!({"name": "x".repeat(256), "email": "a@example.com", "password": PASSWORD});
    world
        .browser()
        .post("/api/auth/sign-up/email", long)
        .await
        .expect(400);
}

#[tokio::test]
async fn a_deletion_link_works_for_its_person_alone_and_a_stranger_does_not_use_it_up() {
    let world = World::with(&[("REQUIRE_EMAIL_VERIFICATION", "false")]).await;
    let ada = world.sign_up("ada@example.com").await;
    let eve = world.sign_up("eve@example.com").await;
    let token = "0123456789abcdefghijklmnopqrstuv";
    let user = session(&ada).await["user"]["id"].clone();
    let postgres = world.postgres().await;
    let row = "insert into auth.verification (id, identifier, value, user_id, kind, expires_at)
        values ('link', $1, $2, $2, 'delete-account', '2026-06-02T12:00:00Z')";
    let identifier = format!(
        "delete-account:{}",
        kernel::crypto::digest::token_hash(token)
    );
    postgres
        .execute(row, &[&identifier, &user.as_str().unwrap()])
        .await
        .unwrap();
    let path = format!("/api/auth/delete-user/callback?token={token}&callbackURL=/bye");
    eve.get(&path).await.expect(404);
    world.browser().get(&path).await.expect(404);
    let gone = ada.get(&path).await.expect(302);
    assert_eq!(gone.header("location"), "/bye");
    assert_eq!(session(&ada).await, Value::Null);
    assert!(session(&eve).await.is_object());
    eve.get(&path).await.expect(404);
}
