//! What the version of Better Auth that clients are built for does, where the comparison in `e2e/better-auth` cannot look:
//! handles of sessions, hosts of requests, rows of the version before.

use crate::native::{BASE, PASSWORD, World, attempt, session};
use serde_json::{Value, json};

const CLEARED: [&str; 3] = [
    "mana.session_token",
    "mana.session_data",
    "mana.dont_remember",
];

fn cleared(answer: &testkit::Answer) -> Vec<&str> {
    let cookies = answer.headers.get_all("set-cookie").iter();
    let texts: Vec<&str> = cookies.filter_map(|value| value.to_str().ok()).collect();
    let is_cleared = |name: &&str| {
        texts
            .iter()
            .any(|text| text.starts_with(&format!("{name}=;")) && text.contains("Max-Age=0"))
    };
    CLEARED.into_iter().filter(is_cleared).collect()
}

#[tokio::test]
async fn a_revoked_own_session_takes_its_cookies_along_and_another_does_not() {
    let world = World::new().await;
    let first = world.sign_up("ada@example.com").await;
    let second = world.sign_in("ada@example.com").await;
    let third = world.sign_in("ada@example.com").await;
    let token = async |browser| session(browser).await["session"]["token"].clone();
    let revoke = |browser: &testkit::Client, token: &Value| {
        let browser = browser.clone();
        let body = json!({"token": token});
        async move {
            browser
                .post("/api/auth/revoke-session", body)
                .await
                .expect(200)
        }
    };
    let none: [&str; 0] = [];
    assert_eq!(cleared(&revoke(&first, &json!("unknown")).await), none);
    assert_eq!(cleared(&revoke(&first, &token(&third).await).await), none);
    assert_eq!(session(&third).await, Value::Null);

    let own = token(&first).await;
    let list = first
        .get("/api/auth/list-sessions")
        .await
        .expect(200)
        .json();
    let listed = list.as_array().unwrap().iter();
    let handles: Vec<&Value> = listed
        .map(|listed| &listed["token"])
        .filter(|token| **token != own)
        .collect();
    assert_eq!(handles.len(), 1);
    assert_eq!(cleared(&revoke(&second, handles[0]).await), CLEARED);
    assert_eq!(session(&second).await, Value::Null);
    assert_eq!(cleared(&revoke(&first, &own).await), CLEARED);
    assert_eq!(session(&first).await, Value::Null);
}

#[tokio::test]
async fn an_origin_of_null_counts_only_on_a_host_of_ours() {
    let world = World::new().await;
    let ada = world.sign_up("ada@example.com").await;
    let null = ada.clone().with("origin", "null");
    let body = || json!({"name": "Renamed"});
    for (site, host, status) in [
        ("same-origin", "localhost:3001", 200),
        ("same-origin", "localhost:3002", 403),
        ("same-origin", "evil.example", 403),
        ("same-origin", "localhost:3001@evil.example", 403),
        ("same-origin", "localhost:3001/", 403),
        ("same-site", "localhost:3001", 403),
        ("cross-site", "localhost:3001", 403),
        ("none", "localhost:3001", 403),
    ] {
        let browser = null.clone().with("sec-fetch-site", site).with("host", host);
        browser
            .post("/api/auth/update-user", body())
            .await
            .expect(status);
    }
    assert_eq!(BASE, "http://localhost:3001");
}

#[tokio::test]
async fn a_password_that_is_too_long_costs_no_hash_and_counts_no_attempt() {
    let world = World::new().await;
    world.sign_up("ada@example.com").await;
    let long = "x".repeat(129);
    for email in ["ada@example.com", "nobody@example.com"] {
        for _ in 0..12 {
            let refused = attempt(&world.browser(), email, &long).await.expect(400);
            assert_eq!(refused.json()["code"], "PASSWORD_TOO_LONG");
        }
    }
    let ada = attempt(&world.browser(), "ada@example.com", PASSWORD).await;
    ada.expect(200);
}

#[tokio::test]
async fn a_password_in_a_session_that_is_too_long_is_no_guess() {
    let world = World::new().await;
    let ada = world.sign_up("ada@example.com").await;
    let long = "x".repeat(129);
    for _ in 0..6 {
        for (path, field) in [
            ("verify-password", "password"),
            ("change-password", "currentPassword"),
            ("delete-user", "password"),
            ("two-factor/enable", "password"),
            ("two-factor/disable", "password"),
        ] {
            let mut body = json!({"newPassword": "another fine password"});
            body[field] = json!(long);
            let refused = ada.post(&format!("/api/auth/{path}"), body).await;
            assert_eq!(
                refused.expect(400).json()["code"],
                "PASSWORD_TOO_LONG",
                "{path}"
            );
        }
    }
    let body = json!({"password": PASSWORD});
    ada.post("/api/auth/verify-password", body)
        .await
        .expect(200);
}

#[tokio::test]
async fn the_version_before_reads_and_writes_ways_to_sign_in_beside_this_one() {
    let world = World::new().await;
    let ada = world.sign_up("ada@example.com").await;
    let postgres = world.postgres().await;
    let read = "select issuer from auth.accounts order by created_at, id";
    let issuers: Vec<String> = postgres
        .query(read, &[])
        .await
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(issuers, ["local:credential"]);

    // An imported row may name none, and what the version before wrote is never looked at.
    postgres
        .batch_execute(
            "insert into auth.accounts (id, account_id, provider_id, issuer, user_id)
             select 'before', 'octo', 'github', 'https://github.com', id from auth.users;
             insert into auth.accounts (id, account_id, provider_id, issuer, user_id)
             select 'imported', '12', 'google', null, id from auth.users",
        )
        .await
        .unwrap();
    let listed = ada.get("/api/auth/list-accounts").await.expect(200).json();
    let listed = listed.as_array().unwrap();
    assert_eq!(listed.len(), 3);
    assert!(listed.iter().all(|account| account.get("issuer").is_none()));
    let unlink = json!({"accountId": "imported"});
    ada.post("/api/auth/unlink-account", unlink)
        .await
        .expect(200);
}
