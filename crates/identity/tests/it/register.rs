//! Registration: shape, refusals, one transaction, the daily limit.

use crate::harness::{ADA, Broken, House, PASSWORD, fields};
use serde_json::{Value, json};
use std::sync::Arc;
use testkit::{ManualClock, TestDatabase};

#[tokio::test]
async fn registering_answers_the_person_and_signs_nobody_in() {
    let house = House::new().await;
    let body = json!({"email": "  Ada@Example.COM ", "password": PASSWORD, "name": " Ada "});
    let answer = house.ask("register", body).await.expect(200);
    assert_eq!(answer.header("set-cookie"), "");
    let json = answer.json();
    assert_eq!(json["token"], Value::Null);
    assert_eq!(json["needsVerification"], false);
    assert_eq!(
        (&json["email"], &json["name"]),
        (&json!(ADA), &json!("Ada"))
    );
    let id = &json["id"];
    assert_eq!(id.as_str().unwrap().len(), 36);
    let expected = json!({
        "id": id, "name": "Ada", "email": ADA, "emailVerified": false, "image": null,
        "createdAt": "2026-06-01T12:00:00.000Z", "updatedAt": "2026-06-01T12:00:00.000Z",
        "role": "user", "accessTier": "public", "twoFactorEnabled": false,
    });
    assert_eq!(json["user"], expected);
}

#[tokio::test]
async fn regression_7_1_3_a_name_is_not_needed() {
    let house = House::new().await;
    for (email, name) in [("ada@example.com", None), ("bob.b@example.com", Some("  "))] {
        let body = json!({"email": email, "password": PASSWORD, "name": name});
        let json = house.ask("register", body).await.expect(200).json();
        assert_eq!(json["name"], email.split('@').next().unwrap());
    }
}

#[tokio::test]
async fn regression_7_1_38_registering_an_existing_address_is_a_conflict() {
    let house = House::new().await;
    house.register(ADA).await;
    for email in [ADA, "ADA@example.com", " ada@EXAMPLE.com"] {
        let body = json!({"email": email, "password": "another password"});
        let answer = house.ask("register", body).await;
        answer.problem(409, "EMAIL_ALREADY_REGISTERED");
    }
    // Nothing happened for a made-up id, either.
    assert_eq!(house.number("select count(*) from auth.users").await, 1);
    assert_eq!(house.number("select count(*) from auth.accounts").await, 1);
    house.login(ADA).await;
}

#[tokio::test]
async fn of_parallel_registrations_of_one_address_one_succeeds() {
    let house = Arc::new(House::new().await);
    let attempts: Vec<_> = (0..10)
        .map(|_| {
            let house = house.clone();
            let body = json!({"email": ADA, "password": PASSWORD});
            tokio::spawn(async move { house.ask("register", body).await.status.as_u16() })
        })
        .collect();
    let mut statuses = Vec::new();
    for attempt in attempts {
        statuses.push(attempt.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert!(
        statuses[1..].iter().all(|status| *status == 409),
        "{statuses:?}"
    );
    assert_eq!(
        house
            .number("select count(*) from auth.user_settings")
            .await,
        1
    );
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    let house = House::new().await;
    for email in [
        "",
        "ada",
        "ada@",
        "@example.com",
        "ada@example",
        "ada@@example.com",
        "a da@example.com",
        "ada@exam_ple.com",
        "ada@example.c",
        "\u{0430}da@example.com",
        "ada@ex\u{0430}mple.com",
        "ada..b@example.com",
        ".ada@example.com",
    ] {
        let body = json!({"email": email, "password": PASSWORD});
        let problem = house.ask("register", body).await.problem(400, "VALIDATION");
        assert_eq!(fields(&problem), ["email"], "{email}");
    }
    let body = json!({"email": "nope", "password": PASSWORD, "name": "x".repeat(256), "sourceAppUrl": "no url"});
    let problem = house.ask("register", body).await.problem(400, "VALIDATION");
    assert_eq!(fields(&problem), ["email", "name", "sourceAppUrl"]);
    let body = json!({"email": ADA, "password": PASSWORD, "name": "Ada\u{0}"});
    let problem = house.ask("register", body).await.problem(400, "VALIDATION");
    assert_eq!(fields(&problem), ["name"]);
    assert_eq!(house.number("select count(*) from auth.users").await, 0);
}

#[tokio::test]
async fn regression_7_1_14_one_password_minimum_counted_in_code_points() {
    let house = House::new().await;
    for (number, (password, is_accepted)) in [
        ("1234567".to_owned(), false),
        ("12345678".to_owned(), true),
        ("x".repeat(128), true),
        ("x".repeat(129), false),
        ("\u{1F511}".repeat(7), false),
        ("\u{1F511}".repeat(8), true),
        ("\u{1F511}".repeat(128), true),
        // NFKC makes one code point of each pair.
        ("e\u{301}".repeat(7), false),
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("person{number}@example.com");
        let answer = house
            .ask("register", json!({"email": email, "password": password}))
            .await;
        if is_accepted {
            answer.expect(200);
            house.try_login(&email, &password).await.expect(200);
        } else {
            let problem = answer.problem(400, "WEAK_PASSWORD");
            assert_eq!(fields(&problem), ["password"]);
        }
    }
}

#[tokio::test]
async fn a_password_is_the_same_in_every_unicode_form() {
    let house = House::new().await;
    let body = json!({"email": ADA, "password": "caf\u{e9} \u{fb01}ve"});
    house.ask("register", body).await.expect(200);
    house.try_login(ADA, "cafe\u{301} five").await.expect(200);
}

#[tokio::test]
async fn regression_7_1_12_privileged_fields_are_ignored() {
    let house = House::new().await;
    let body = json!({
        "email": ADA, "password": PASSWORD, "role": "admin", "tier": "founder", "accessTier": "founder",
        "kind": "system", "emailVerified": true, "rememberMe": false, "deviceId": {"any": "shape"}, "deviceName": [1],
    });
    let user = house.ask("register", body).await.expect(200).json()["user"].clone();
    assert_eq!(user["role"], "user");
    assert_eq!(user["accessTier"], "public");
    assert_eq!(user["emailVerified"], false);
    assert_eq!(
        house.text("select kind::text from auth.users").await,
        "human"
    );
    let body = json!({"email": "bob@example.com", "password": PASSWORD, "banned": true});
    let problem = house.ask("register", body).await.problem(400, "VALIDATION");
    assert_eq!(fields(&problem), ["banned"]);
}

#[tokio::test]
async fn the_stored_hash_is_argon2id_in_phc_format() {
    let house = House::new().await;
    house.register(ADA).await;
    let row = house.text("select provider_id || ' ' || (account_id = user_id) || ' ' || password from auth.accounts").await;
    assert!(
        row.starts_with("credential true $argon2id$v=19$m=64,t=1,p=1$"),
        "{row}"
    );
}

#[tokio::test]
async fn when_another_domain_fails_nothing_is_kept() {
    let database = Arc::new(TestDatabase::new().await);
    let clock = ManualClock::at("2026-06-01T12:00:00Z");
    let house = House::on(
        database,
        clock,
        testkit::config(&[]),
        vec![Arc::new(Broken)],
    )
    .await
    .unwrap();
    let body = json!({"email": ADA, "password": PASSWORD});
    let answer = house.ask("register", body).await;
    assert!(!answer.text().contains("wallet"), "the cause stays inside");
    answer.problem(503, "SERVICE_UNAVAILABLE");
    for table in [
        "users",
        "accounts",
        "user_settings",
        "security_events",
        "verification",
        "sessions",
    ] {
        let query = format!("select count(*) from auth.{table}");
        assert_eq!(house.number(&query).await, 0, "{table}");
    }
    assert_eq!(house.number("select count(*) from platform.jobs").await, 0);
    house
        .try_login(ADA, PASSWORD)
        .await
        .problem(401, "INVALID_CREDENTIALS");
}

#[tokio::test]
async fn regression_7_2_the_daily_limit_holds_in_a_race_and_ends_at_midnight_utc() {
    let house = Arc::new(House::with(&[("MAX_DAILY_SIGNUPS", "3")]).await);
    let status = house
        .client
        .get("/api/v1/auth/signup-status")
        .await
        .expect(200)
        .json();
    let expected = json!({
        "registrationOpen": true, "spotsRemaining": 3, "totalToday": 0, "limit": 3, "resetsAt": "2026-06-02T00:00:00.000Z",
    });
    assert_eq!(status, expected);
    let attempts: Vec<_> = (0..10)
        .map(|number| {
            let house = house.clone();
            let body =
                json!({"email": format!("person{number}@example.com"), "password": PASSWORD});
            tokio::spawn(async move { house.ask("register", body).await })
        })
        .collect();
    let mut made = 0;
    for attempt in attempts {
        let answer = attempt.await.unwrap();
        if answer.status == 200 {
            made += 1;
            continue;
        }
        assert_eq!(answer.header("retry-after"), "43200");
        let problem = answer.problem(429, "SIGNUP_LIMIT_REACHED");
        assert_eq!(problem["retryAfterSec"], 43_200);
    }
    assert_eq!(made, 3);
    let status = house
        .client
        .get("/api/v1/auth/signup-status")
        .await
        .expect(200)
        .json();
    assert_eq!(status["registrationOpen"], false);
    assert_eq!(status["spotsRemaining"], 0);
    assert_eq!(status["totalToday"], 3);
    house.clock.set("2026-06-02T00:00:00Z");
    house.register("late@example.com").await;
}

#[tokio::test]
async fn without_a_limit_the_status_says_so() {
    let house = House::new().await;
    house.register(ADA).await;
    let status = house
        .client
        .get("/api/v1/auth/signup-status")
        .await
        .expect(200)
        .json();
    let expected = json!({
        "registrationOpen": true, "spotsRemaining": null, "totalToday": 0, "limit": 0, "resetsAt": "",
    });
    assert_eq!(status, expected);
}
