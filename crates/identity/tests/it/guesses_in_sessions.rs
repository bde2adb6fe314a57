//! A stolen session guesses no password: every route that asks for one counts alike, and leaves an event.

use crate::harness::{House, PASSWORD, WRONG};
use http::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::{Answer, Client};

struct Route {
    method: Method,
    path: &'static str,
    /// The field of the present password.
    field: &'static str,
}

const fn post(path: &'static str, field: &'static str) -> Route {
    Route {
        method: Method::POST,
        path,
        field,
    }
}

/// Every route that asks somebody who is signed in for their password.
static ROUTES: [Route; 9] = [
    post("/api/v1/auth/change-password", "currentPassword"),
    Route {
        method: Method::DELETE,
        path: "/api/v1/auth/account",
        field: "password",
    },
    post("/api/auth/change-password", "currentPassword"),
    post("/api/auth/verify-password", "password"),
    post("/api/auth/delete-user", "password"),
    post("/api/auth/two-factor/enable", "password"),
    post("/api/auth/two-factor/disable", "password"),
    post("/api/auth/two-factor/get-totp-uri", "password"),
    post("/api/auth/two-factor/generate-backup-codes", "password"),
];

impl Route {
    async fn ask(&self, client: &Client, password: &str) -> Answer {
        let mut body = json!({ self.field: password });
        if self.field == "currentPassword" {
            body["newPassword"] = "another long password".into();
        }
        client
            .send(self.method.clone(), self.path, Some(body))
            .await
    }
}

/// Somebody with an authenticator app who is signed in, by id, address and browser.
async fn person(house: &House, name: &str) -> (String, String, Client) {
    let email = format!("{name}@example.com");
    let (id, client, _) = house.person(&email).await;
    let body = json!({"password": PASSWORD});
    client
        .post("/api/auth/two-factor/enable", body)
        .await
        .expect(200);
    house
        .sql(&format!(
            "update auth.users set two_factor_enabled = true where id = '{id}'"
        ))
        .await;
    (id, email, client)
}

async fn events(house: &House, user: &str, kind: &str) -> i64 {
    let count = format!(
        "select count(*) from auth.security_events where user_id = '{user}' and event_type = '{kind}'"
    );
    house.number(&count).await
}

fn is_refusal(answer: &Answer, path: &str) {
    assert_eq!(answer.status, 429, "{path} {}", answer.text());
    assert_eq!(answer.header("retry-after"), "1800", "{path}");
    if path.starts_with("/api/v1/") {
        let problem = answer.clone().problem(429, "ACCOUNT_LOCKED");
        assert_eq!(problem["retryAfterSec"], 1800);
    }
}

#[tokio::test]
async fn every_route_that_asks_for_a_password_counts_alike() {
    let house = House::new().await;
    for (number, first) in ROUTES.iter().enumerate() {
        let (id, email, thief) = person(&house, &format!("p{number}")).await;
        for _ in 0..4 {
            let answer = first.ask(&thief, WRONG).await;
            assert!(
                [400, 401].contains(&answer.status.as_u16()),
                "{} {}",
                first.path,
                answer.text()
            );
        }
        // The fifth at another route: they are one count.
        let other = &ROUTES[(number + 1) % ROUTES.len()];
        assert_ne!(other.ask(&thief, WRONG).await.status, 429, "{}", other.path);
        assert_eq!(events(&house, &id, "PASSWORD_CHECK_FAILURE").await, 5);
        for route in &ROUTES {
            is_refusal(&route.ask(&thief, PASSWORD).await, route.path);
        }
        let refused = i64::try_from(ROUTES.len()).unwrap();
        assert_eq!(events(&house, &id, "ACCOUNT_LOCKED").await, refused);
        // Another device of the owner's signs in and is asked as if nothing were.
        let factor = |is_on: bool| {
            format!("update auth.users set two_factor_enabled = {is_on} where id = '{id}'")
        };
        house.sql(&factor(false)).await;
        let (owner, _) = house.login(&email).await;
        house.sql(&factor(true)).await;
        let answer = first.ask(&owner, PASSWORD).await;
        assert!(
            answer.status != 429 && !answer.text().contains("INVALID_PASSWORD"),
            "{}",
            first.path
        );
    }
}

#[tokio::test]
async fn a_right_password_starts_the_count_anew_and_a_lock_ends() {
    let house = House::new().await;
    let (_, _, client) = person(&house, "ada").await;
    let route = &ROUTES[3];
    for _ in 0..3 {
        for _ in 0..4 {
            route.ask(&client, WRONG).await.expect(400);
        }
        route.ask(&client, PASSWORD).await.expect(200);
    }
    for _ in 0..5 {
        route.ask(&client, WRONG).await.expect(400);
    }
    is_refusal(&route.ask(&client, PASSWORD).await, route.path);
    house.clock.advance_seconds(1800);
    route.ask(&client, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn guesses_from_many_addresses_and_at_once_are_one_session_s() {
    let house = House::new().await;
    let (_, _, client) = person(&house, "ada").await;
    let mut guesses = tokio::task::JoinSet::new();
    for number in 0..40 {
        let client = client.clone().from_ip(&format!("203.0.113.{number}"));
        let route = &ROUTES[number % ROUTES.len()];
        guesses.spawn(async move { route.ask(&client, WRONG).await.status });
    }
    let told = guesses.join_all().await;
    let told = told.iter().filter(|status| **status != 429).count();
    assert_eq!(told, 5);
}

#[tokio::test]
async fn guesses_in_a_session_and_at_the_door_do_not_add_up_elsewhere() {
    let house = House::new().await;
    let (id, email, thief) = person(&house, "ada").await;
    for _ in 0..5 {
        ROUTES[3].ask(&thief, WRONG).await.expect(400);
    }
    // At the door the same session is the same count; nobody else's is touched.
    let body = json!({"email": email, "password": PASSWORD});
    let path = "/api/v1/auth/login";
    thief
        .post(path, body.clone())
        .await
        .problem(429, "ACCOUNT_LOCKED");
    house.client.fresh().post(path, body).await.expect(200);
    let text = format!(
        "select metadata::text from auth.security_events where user_id = '{id}'
            and event_type = 'PASSWORD_CHECK_FAILURE' limit 1"
    );
    let metadata: Value = serde_json::from_str(&house.text(&text).await).unwrap();
    assert_eq!(metadata["reason"], "password");
}

#[tokio::test]
async fn the_list_of_routes_is_whole() {
    let house = House::new().await;
    let (_, description) = house.identity.router().split_for_parts();
    let description = serde_json::to_value(&description).unwrap();
    let mut documented = BTreeSet::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        for operation in methods.as_object().unwrap().values() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let name = schema["$ref"]
                .as_str()
                .and_then(|link| link.rsplit('/').next());
            let Some(name) = name.filter(|_| operation["security"].is_array()) else {
                continue;
            };
            let fields = &description["components"]["schemas"][name]["properties"];
            if ["password", "currentPassword"]
                .iter()
                .any(|field| fields[field].is_object())
            {
                documented.insert(path.clone());
            }
        }
    }
    let listed = ROUTES.iter().map(|route| route.path);
    let (v1, native): (BTreeSet<&str>, BTreeSet<&str>) =
        listed.partition(|path| path.starts_with("/api/v1/"));
    assert_eq!(documented, v1.into_iter().map(ToOwned::to_owned).collect());

    // The other surface has no description: its sources say where a password is presented in a session.
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/compat");
    let sources = std::fs::read_dir(folder).unwrap();
    let asks = sources.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    let ways = [".presented(", ".changer("];
    let count = |text: String| {
        ways.map(|way| text.matches(way).count())
            .iter()
            .sum::<usize>()
    };
    let asks: usize = asks.map(count).sum();
    assert_eq!(
        asks,
        native.len(),
        "a route below /api/auth asks for a password and is not in the list"
    );
}
