//! Security events: what is written, exactly once, and how it is read.

use crate::harness::{ADA, House, PASSWORD, WRONG, bearer};
use serde_json::{Value, json};
use testkit::Client;

const EVENTS: &str = "/api/v1/auth/security-events";

async fn types(client: &Client) -> Vec<String> {
    let events = client.get(EVENTS).await.expect(200).json();
    let events = events.as_array().unwrap();
    events
        .iter()
        .map(|event| event["eventType"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn regression_7_1_42_one_register_and_one_login_success_exactly() {
    let house = House::new().await;
    let (_, _, login) = house.person(ADA).await;
    let mut found = types(&bearer(&house, &login)).await;
    found.sort();
    assert_eq!(found, ["LOGIN_SUCCESS", "REGISTER"]);
}

#[tokio::test]
async fn every_step_leaves_its_event_with_its_person() {
    let house = House::new().await;
    house.register(ADA).await;
    house.clock.advance_seconds(1);
    house.try_login(ADA, WRONG).await.expect(401);
    house.clock.advance_seconds(1);
    let (client, _) = house.login(ADA).await;
    house.clock.advance_seconds(1);
    client
        .post("/api/v1/auth/session-to-token", json!({}))
        .await
        .expect(200);
    house.clock.advance_seconds(1);
    client
        .post("/api/v1/auth/logout", json!({}))
        .await
        .expect(200);
    house.clock.advance_seconds(1);
    for _ in 0..5 {
        house.try_login(ADA, WRONG).await.expect(401);
    }
    house.try_login(ADA, PASSWORD).await.expect(429);
    house.clock.advance_seconds(1800);
    let (_, login) = house.login(ADA).await;
    let found = types(&bearer(&house, &login)).await;
    assert_eq!(found[0], "LOGIN_SUCCESS");
    assert_eq!(
        found.iter().filter(|name| *name == "LOGIN_FAILURE").count(),
        6
    );
    assert_eq!(
        found
            .iter()
            .filter(|name| *name == "ACCOUNT_LOCKED")
            .count(),
        1
    );
    let last: Vec<&str> = found.iter().rev().map(String::as_str).take(5).collect();
    assert_eq!(
        last,
        [
            "REGISTER",
            "LOGIN_FAILURE",
            "LOGIN_SUCCESS",
            "SSO_TOKEN_EXCHANGE",
            "LOGOUT"
        ]
    );
    // An unknown address leaves an event of nobody.
    house
        .try_login("nobody@example.com", WRONG)
        .await
        .expect(401);
    let nobodys = "select count(*) from auth.security_events where user_id is null and event_type = 'LOGIN_FAILURE'";
    assert_eq!(house.number(nobodys).await, 1);
}

#[tokio::test]
async fn an_event_has_the_documented_members_and_missing_ones_are_null() {
    let house = House::new().await;
    house.register(ADA).await;
    let client = house
        .client
        .fresh()
        .with("user-agent", "Phone/1.0")
        .from_ip("203.0.113.5");
    let body = json!({"email": ADA, "password": PASSWORD});
    house.clock.advance_seconds(1);
    let login = client
        .post("/api/v1/auth/login", body)
        .await
        .expect(200)
        .json();
    let events = bearer(&house, &login).get(EVENTS).await.expect(200).json();
    let event = &events[0];
    let mut names: Vec<&String> = event.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(
        names,
        [
            "createdAt",
            "eventType",
            "id",
            "ipAddress",
            "metadata",
            "userAgent"
        ]
    );
    assert_eq!(event["ipAddress"], "203.0.113.5");
    assert_eq!(event["userAgent"], "Phone/1.0");
    assert_eq!(event["createdAt"], "2026-06-01T12:00:01.000Z");
    assert_eq!(event["metadata"]["method"], "password");
    assert_eq!(events[1]["metadata"], Value::Null);
}

#[tokio::test]
async fn regression_7_2_events_are_read_in_pages_and_nobody_elses() {
    let house = House::new().await;
    let (_, _, other) = house.person("bob@example.com").await;
    let (id, _, login) = house.person(ADA).await;
    house
        .sql(&format!(
            "insert into auth.security_events (id, user_id, event_type, created_at)
             select gen_random_uuid(), '{id}', 'N' || n, '2026-05-01'::timestamptz + (n / 3) * interval '1 minute'
             from generate_series(1, 258) n"
        ))
        .await;
    let ada = bearer(&house, &login);
    assert_eq!(types(&ada).await.len(), 50);
    let mut seen = Vec::new();
    let mut path = format!("{EVENTS}?limit=100");
    loop {
        let page = ada.get(&path).await.expect(200);
        for event in page.json().as_array().unwrap() {
            seen.push((
                event["createdAt"].clone().to_string(),
                event["id"].to_string(),
            ));
        }
        let next = page.header("x-next-cursor").to_owned();
        if next.is_empty() {
            break;
        }
        path = format!("{EVENTS}?limit=100&cursor={next}");
    }
    assert_eq!(seen.len(), 260);
    let mut sorted = seen.clone();
    sorted.sort_by(|left, right| right.cmp(left));
    sorted.dedup();
    assert_eq!(seen, sorted, "newest first, none twice");
    assert_eq!(types(&bearer(&house, &other)).await.len(), 2);
    // A cursor of ours around an id that is none.
    let odd = data_encoding::BASE64URL_NOPAD.encode(b"1:not-an-id");
    ada.get(&format!("{EVENTS}?cursor={odd}"))
        .await
        .problem(400, "VALIDATION");
    ada.get(&format!("{EVENTS}?limit=200")).await.expect(200);
}

#[tokio::test]
async fn a_long_user_agent_is_cut_not_refused() {
    let house = House::new().await;
    house.register(ADA).await;
    let client = house.client.fresh().with("user-agent", &"x".repeat(4000));
    let body = json!({"email": ADA, "password": PASSWORD});
    client.post("/api/v1/auth/login", body).await.expect(200);
    assert_eq!(
        house
            .number("select length(user_agent)::bigint from auth.sessions")
            .await,
        512
    );
}

#[tokio::test]
async fn lists_are_bounded_by_bytes_and_pages_of_events_go_on() {
    let house = House::new().await;
    let (id, client, _) = house.person(ADA).await;
    house
        .sql(&format!(
            "insert into auth.security_events (id, user_id, event_type, metadata, created_at)
             select gen_random_uuid(), '{id}', 'LOGIN_FAILURE', jsonb_build_object('x', repeat('y', 20000)),
                 timestamptz '2026-05-01' + make_interval(secs => n) from generate_series(1, 150) n;
             insert into auth.sessions select (jsonb_populate_record(s, jsonb_build_object(
                 'id', 'many-' || n, 'token', 'many-' || n, 'user_agent', repeat('x', 20000)))).*
             from auth.sessions s, generate_series(1, 150) n where s.user_id = '{id}';
             insert into auth.passkeys (id, user_id, name, credential_id, public_key, counter, device_type, backed_up,
                 created_at)
             select 'many-' || n, '{id}', repeat('x', 20000), 'many-' || n, 'key', 0, 'singleDevice', false, now()
             from generate_series(1, 150) n"
        ))
        .await;
    for path in [
        "/api/v1/auth/sessions",
        "/api/auth/list-sessions",
        "/api/v1/auth/passkeys",
        "/api/auth/passkey/list-user-passkeys",
    ] {
        let answer = client.get(path).await.expect(200);
        let shown = answer.json().as_array().unwrap().len();
        assert!((5..20).contains(&shown), "{path} {shown}");
        assert!(answer.body.len() < 400_000, "{path} {}", answer.body.len());
    }
    // One that is not listed ends by its id all the same.
    let gone = client.delete("/api/v1/auth/sessions/many-1", None).await;
    gone.expect(204);
    let (mut seen, mut path) = (0, format!("{EVENTS}?limit=200"));
    loop {
        let answer = client.get(&path).await.expect(200);
        assert!(answer.body.len() < 400_000, "{}", answer.body.len());
        seen += answer.json().as_array().unwrap().len();
        let next = answer.header("x-next-cursor");
        if next.is_empty() {
            break;
        }
        path = format!("{EVENTS}?limit=200&cursor={next}");
    }
    let all = format!("select count(*) from auth.security_events where user_id = '{id}'");
    assert_eq!(i64::try_from(seen).unwrap(), house.number(&all).await);
}
