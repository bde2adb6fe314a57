//! Rate limits and client addresses.

use crate::harness::{House, PASSWORD};
use serde_json::json;

const LOGIN: &str = "/api/v1/auth/login";
const LIMITED: (&str, &str) = ("RATE_LIMIT_ENABLED", "true");

fn wrong() -> serde_json::Value {
    json!({"email": "nobody@example.com", "password": "not the password"})
}

#[tokio::test]
async fn regression_7_1_11_sign_in_is_limited_to_ten_a_minute_and_address() {
    let house = House::with(&[LIMITED, ("LOCKOUT_FAILURES", "100")]).await;
    let client = house.client.fresh().from_ip("203.0.113.1");
    for used in 1..=10 {
        let answer = client.post(LOGIN, wrong()).await.expect(401);
        assert_eq!(answer.header("ratelimit-policy"), "\"sign-in\";q=10;w=60");
        let left = format!("\"sign-in\";r={};", 10 - used);
        assert!(answer.header("ratelimit").starts_with(&left), "{left}");
    }
    let answer = client.post(LOGIN, wrong()).await;
    assert_eq!(answer.header("retry-after"), "6");
    let problem = answer.problem(429, "RATE_LIMITED");
    assert_eq!(problem["retryAfterSec"], 6);
    assert_eq!(problem["retryAfter"], 6);
    let other = client.clone().from_ip("203.0.113.2");
    other.post(LOGIN, wrong()).await.expect(401);
    house.clock.advance_seconds(6);
    client.post(LOGIN, wrong()).await.expect(401);
    client
        .post(LOGIN, wrong())
        .await
        .problem(429, "RATE_LIMITED");
}

#[tokio::test]
async fn five_quick_failures_fit_under_the_sign_in_limit() {
    let house = House::with(&[LIMITED]).await;
    for _ in 0..5 {
        house
            .client
            .post(LOGIN, wrong())
            .await
            .problem(401, "INVALID_CREDENTIALS");
    }
    house
        .client
        .post(LOGIN, wrong())
        .await
        .problem(429, "ACCOUNT_LOCKED");
}

#[tokio::test]
async fn registration_is_limited_to_five_a_minute_and_address() {
    let house = House::with(&[LIMITED]).await;
    for number in 0..5 {
        house.register(&format!("person{number}@example.com")).await;
    }
    let body = json!({"email": "more@example.com", "password": PASSWORD});
    let answer = house.client.post("/api/v1/auth/register", body).await;
    assert_eq!(answer.header("ratelimit-policy"), "\"register\";q=5;w=60");
    answer.problem(429, "RATE_LIMITED");
}

#[tokio::test]
async fn requests_without_a_live_credential_count_per_address() {
    let house = House::with(&[LIMITED]).await;
    let client = house.client.fresh().from_ip("203.0.113.9");
    let first = client.get("/api/v1/auth/jwks").await.expect(200);
    assert_eq!(first.header("ratelimit-policy"), "\"global\";q=100;w=60");
    for _ in 0..49 {
        client.get("/api/v1/auth/jwks").await.expect(200);
    }
    // A credential that is not ours buys nothing.
    let forged = house.client.bearer("garbage").from_ip("203.0.113.9");
    for _ in 0..50 {
        forged.get("/api/v1/auth/profile").await.expect(401);
    }
    client
        .get("/api/v1/auth/jwks")
        .await
        .problem(429, "RATE_LIMITED");
    forged
        .get("/api/v1/auth/profile")
        .await
        .problem(429, "RATE_LIMITED");
    client.get("/health").await.expect(200);
    let neighbour = client.clone().from_ip("203.0.113.10");
    neighbour.get("/api/v1/auth/jwks").await.expect(200);
}

#[tokio::test]
async fn every_route_is_under_a_limit() {
    let house = House::with(&[LIMITED]).await;
    let stranger = house.client.fresh().from_ip("203.0.113.20");
    for (path, policy) in [
        ("/docs", "\"pages\";q=300;w=60"),
        ("/docs/errors", "\"pages\";q=300;w=60"),
        ("/docs/style.css", "\"pages\";q=300;w=60"),
        ("/openapi.json", "\"pages\";q=300;w=60"),
        ("/setup", "\"pages\";q=300;w=60"),
        ("/nowhere", "\"pages\";q=300;w=60"),
        ("/", "\"pages\";q=300;w=60"),
        ("/metrics", "\"probes\";q=600;w=60"),
        ("/health", "\"probes\";q=600;w=60"),
        ("/health/live", "\"probes\";q=600;w=60"),
        ("/health/ready", "\"probes\";q=600;w=60"),
        ("/api/v1/nowhere", "\"global\";q=100;w=60"),
        ("/api/auth/nowhere", "\"global\";q=100;w=60"),
    ] {
        let answer = stranger.get(path).await;
        assert_eq!(answer.header("ratelimit-policy"), policy, "{path}");
    }
    let asked = stranger.send(http::Method::OPTIONS, "/api/v1/credits/use", None);
    let policy = asked.await.header("ratelimit-policy").to_owned();
    assert_eq!(policy, "\"preflight\";q=600;w=60");
    for _ in 0..293 {
        stranger.get("/nowhere").await.problem(404, "NOT_FOUND");
    }
    stranger.get("/docs").await.problem(429, "RATE_LIMITED");
    stranger.get("/health").await.expect(200);
}

#[tokio::test]
async fn probes_of_the_operator_are_never_refused() {
    let house = House::with(&[LIMITED, ("TRUSTED_PROXIES", "10.0.0.0/8")]).await;
    for ip in ["127.0.0.1", "::1", "10.1.2.3"] {
        let probe = house.client.fresh().from_ip(ip);
        for _ in 0..700 {
            probe.get("/health").await.expect(200);
        }
    }
    let stranger = house.client.fresh().from_ip("203.0.113.21");
    for _ in 0..600 {
        stranger.get("/health").await.expect(200);
    }
    stranger.get("/health").await.problem(429, "RATE_LIMITED");
}

#[tokio::test]
async fn one_household_of_ipv6_is_one_address() {
    let house = House::with(&[LIMITED, ("RATE_LIMIT_MAX", "1")]).await;
    let first = house.client.fresh().from_ip("2001:db8:1:2::1");
    first.get("/api/v1/auth/jwks").await.expect(200);
    let same = house.client.fresh().from_ip("2001:db8:1:2:ffff::9");
    same.get("/api/v1/auth/jwks").await.expect(429);
    let other = house.client.fresh().from_ip("2001:db8:1:3::1");
    other.get("/api/v1/auth/jwks").await.expect(200);
}

#[tokio::test]
async fn a_person_has_six_times_as_many_wherever_they_are() {
    let house = House::with(&[LIMITED, ("RATE_LIMIT_MAX", "10")]).await;
    let (_, ada) = house.person("ada@example.com").await;
    for number in 0..60 {
        let from = ada.clone().from_ip(&format!("198.51.100.{number}"));
        let answer = from.get("/api/v1/auth/profile").await.expect(200);
        assert_eq!(answer.header("ratelimit-policy"), "\"person\";q=60;w=60");
    }
    let refused = ada.clone().from_ip("198.51.100.99");
    refused
        .get("/api/v1/auth/profile")
        .await
        .problem(429, "RATE_LIMITED");
    house.client.get("/api/v1/auth/jwks").await.expect(200);
}

#[tokio::test]
async fn switched_off_limits_count_nothing() {
    let house = House::new().await;
    for _ in 0..150 {
        let answer = house.client.get("/api/v1/auth/jwks").await.expect(200);
        assert_eq!(answer.header("ratelimit"), "");
    }
}

async fn address_of_last_sign_in(house: &House, client: testkit::Client) -> String {
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    let login = client.post(LOGIN, body).await.expect(200).json();
    let bearer = house.client.bearer(login["accessToken"].as_str().unwrap());
    let session = bearer.get("/api/v1/auth/session").await.expect(200).json();
    let events = bearer
        .get("/api/v1/auth/security-events")
        .await
        .expect(200)
        .json();
    let mut signed_in = events
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["eventType"] == "LOGIN_SUCCESS");
    let ip = &session["session"]["ipAddress"];
    assert!(signed_in.any(|event| &event["ipAddress"] == ip), "{events}");
    session["session"]["ipAddress"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn regression_7_2_a_raw_forwarded_header_is_neither_trusted_nor_stored() {
    let house = House::new().await;
    house.register("ada@example.com").await;
    let client = house
        .client
        .fresh()
        .from_ip("203.0.113.7")
        .with("x-forwarded-for", "1.1.1.1, 2.2.2.2");
    assert_eq!(address_of_last_sign_in(&house, client).await, "203.0.113.7");
}

#[tokio::test]
async fn a_trusted_proxy_names_the_client_by_its_own_entry() {
    let house = House::with(&[("TRUSTED_PROXIES", "10.0.0.0/8")]).await;
    house.register("ada@example.com").await;
    let behind = house.client.fresh().from_ip("10.0.0.1");
    let client = behind
        .clone()
        .with("x-forwarded-for", "6.6.6.6, 198.51.100.4");
    assert_eq!(
        address_of_last_sign_in(&house, client).await,
        "198.51.100.4"
    );
    let outside = house
        .client
        .fresh()
        .from_ip("203.0.113.7")
        .with("x-forwarded-for", "198.51.100.4");
    assert_eq!(
        address_of_last_sign_in(&house, outside).await,
        "203.0.113.7"
    );
}

#[tokio::test]
async fn both_surfaces_share_the_sign_in_limit_and_refuse_in_their_own_shape() {
    let house = House::with(&[LIMITED, ("LOCKOUT_FAILURES", "100")]).await;
    let client = house
        .client
        .fresh()
        .from_ip("203.0.113.1")
        .with("origin", testkit::BASE_URL);
    for number in 0..10 {
        let path = if number % 2 == 0 {
            LOGIN
        } else {
            "/api/auth/sign-in/email"
        };
        client.post(path, wrong()).await.expect(401);
    }
    client
        .post(LOGIN, wrong())
        .await
        .problem(429, "RATE_LIMITED");
    let native = client
        .post("/api/auth/sign-in/email", wrong())
        .await
        .expect(429);
    assert_eq!(native.header("x-retry-after"), "6");
    assert_eq!(native.header("ratelimit-policy"), "\"sign-in\";q=10;w=60");
    assert_eq!(
        native.json(),
        json!({"message": "Too many requests. Please try again later."})
    );
}
