//! What every request passes: ids, headers, origins, bodies, methods, errors.

use crate::harness::{House, PASSWORD};
use axum::body::Body;
use axum::routing::get;
use axum::{Router, middleware};
use http::{Method, Request};
use platform::http::edge::{self, Edge};
use platform::http::{Limits, TrustedOrigins, TrustedProxies};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use testkit::{Answer, Client};

const LOGIN: &str = "/api/v1/auth/login";

/// A server of one route of ours behind the real edge.
async fn behind_the_edge(house: &House, router: Router, timeout: Duration) -> Client {
    let config = &house.config;
    let context = testkit::context(&house.clock);
    let edge = Edge {
        limits: Arc::new(Limits::new(context.clock.clone(), false, 100, 60)),
        context,
        proxies: TrustedProxies::default(),
        origins: Arc::new(TrustedOrigins::new(&config.base_url, &config.cors_origins)),
        authenticator: house.app.identity.authenticator(),
        timeout,
        is_https: false,
    };
    Client::new(edge::protect(router, Arc::new(edge)))
}

#[tokio::test]
async fn every_answer_carries_a_request_id_and_keeps_a_harmless_one() {
    let house = House::new().await;
    let made = house.client.get("/health").await;
    assert_eq!(made.header("x-request-id").len(), 36);
    let kept = house
        .client
        .fresh()
        .with("x-request-id", "trace-1234.abc_D");
    assert_eq!(
        kept.get("/nowhere").await.header("x-request-id"),
        "trace-1234.abc_D"
    );
    for bad in [
        "short",
        "has space in it",
        "<script>alert(1)</script>",
        &"x".repeat(65),
    ] {
        let answer = house
            .client
            .fresh()
            .with("x-request-id", bad)
            .get("/health")
            .await;
        assert_ne!(answer.header("x-request-id"), bad);
        assert_eq!(answer.header("x-request-id").len(), 36);
    }
}

#[tokio::test]
async fn regression_7_1_9_security_headers_are_there_and_do_not_block_other_origins() {
    let house = House::new().await;
    for path in ["/health", "/api/v1/auth/session", "/api/v1/nowhere"] {
        let answer = house.client.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY");
        assert_eq!(
            answer.header("referrer-policy"),
            "strict-origin-when-cross-origin"
        );
        assert_eq!(
            answer.header("cross-origin-resource-policy"),
            "cross-origin"
        );
        assert_eq!(
            answer.header("cross-origin-opener-policy"),
            "same-origin-allow-popups"
        );
        assert!(
            answer
                .header("content-security-policy")
                .contains("frame-ancestors 'none'")
        );
        assert_eq!(answer.header("strict-transport-security"), "", "plain http");
    }
    let session = house.client.get("/api/v1/auth/session").await;
    assert_eq!(session.header("cache-control"), "no-store");
    let secure = House::with(&[("BASE_URL", "https://auth.example")]).await;
    let answer = secure.client.get("/health").await;
    assert!(
        answer
            .header("strict-transport-security")
            .contains("max-age=31536000")
    );
}

async fn preflight(client: &Client, origin: &str) -> Answer {
    let request = Request::builder()
        .method(Method::OPTIONS)
        .uri("/api/v1/credits/use")
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "content-type,authorization,x-app-id,x-requested-with,x-service-key,idempotency-key",
        );
    client.raw(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_preflight_names_trusted_origins_alone() {
    let house = House::with(&[("CORS_ORIGINS", "https://app.example")]).await;
    let allowed = preflight(&house.client, "https://app.example").await;
    assert!(allowed.status.is_success());
    assert_eq!(
        allowed.header("access-control-allow-origin"),
        "https://app.example"
    );
    assert_eq!(allowed.header("access-control-allow-credentials"), "true");
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        let methods = allowed.header("access-control-allow-methods");
        assert!(methods.contains(method), "{methods}");
    }
    for name in [
        "content-type",
        "authorization",
        "x-requested-with",
        "x-service-key",
        "x-app-id",
    ] {
        let names = allowed.header("access-control-allow-headers");
        assert!(names.contains(name), "{names}");
    }
    for origin in [
        "https://evil.example",
        "null",
        "https://app.example.evil.example",
        "http://app.example",
    ] {
        let refused = preflight(&house.client, origin).await;
        assert_eq!(
            refused.header("access-control-allow-origin"),
            "",
            "{origin}"
        );
    }
}

#[tokio::test]
async fn regression_7_1_32_every_trusted_origin_passes_cors() {
    let house = House::with(&[(
        "CORS_ORIGINS",
        "https://app.example,https://other.example:8443",
    )])
    .await;
    let trusted = TrustedOrigins::new(&house.config.base_url, &house.config.cors_origins);
    assert_eq!(trusted.all().len(), 3);
    for origin in trusted.all() {
        let answer = preflight(&house.client, origin).await;
        assert_eq!(answer.header("access-control-allow-origin"), origin);
    }
}

#[tokio::test]
async fn patterns_and_apps_schemes_are_trusted_on_both_surfaces() {
    let origins = "https://*.example.org,myapp://,*.example.net:*";
    let house = House::with(&[("CORS_ORIGINS", origins)]).await;
    house.register("ada@example.com").await;
    let (browser, _) = house.login("ada@example.com").await;
    let spend = || json!({"amount": 1, "appId": "x", "description": "x"});
    for (origin, is_trusted) in [
        ("https://app.example.org", true),
        ("https://a.b.example.org", true),
        ("https://app.example.net:8443", true),
        ("myapp://", true),
        ("https://example.org", false),
        ("https://evilexample.org", false),
        ("https://evil-example.org", false),
        ("https://app.example.org.evil.example", false),
        ("https://app.example.org:8443", false),
        ("http://app.example.org", false),
        ("https://app.example.org/path", false),
        ("https://*.example.org", false),
        ("yourapp://", false),
        ("null", false),
    ] {
        let status = if is_trusted { 200 } else { 403 };
        let client = browser.clone().with("origin", origin);
        let answer = client.post("/api/v1/credits/use", spend()).await;
        assert_eq!(answer.status, status, "{origin} {}", answer.text());
        let name = json!({"name": "Ada"});
        let answer = client.post("/api/auth/update-user", name).await;
        assert_eq!(answer.status, status, "{origin} {}", answer.text());
        let answer = preflight(&house.client, origin).await;
        let echoed = if is_trusted { origin } else { "" };
        assert_eq!(answer.header("access-control-allow-origin"), echoed);
        let link = json!({"email": "ada@example.com", "redirectTo": format!("{origin}/in")});
        let anyone = house.client.fresh();
        let asked = anyone.post("/api/auth/request-password-reset", link).await;
        let may_lead = is_trusted || origin.ends_with("/path");
        assert_eq!(asked.status == 200, may_lead, "{origin} {}", asked.text());
    }
}

#[tokio::test]
async fn an_app_on_another_origin_can_read_refusals_of_every_kind() {
    let house = House::with(&[
        ("CORS_ORIGINS", "https://app.example"),
        ("RATE_LIMIT_ENABLED", "true"),
        ("RATE_LIMIT_MAX", "1"),
    ])
    .await;
    let app = house.client.fresh().with("origin", "https://app.example");
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let answer = app.get("/api/v1/auth/profile").await;
        statuses.push(answer.status.as_u16());
        assert_eq!(
            answer.header("access-control-allow-origin"),
            "https://app.example",
            "{:?}",
            answer.status
        );
        assert!(
            answer
                .header("access-control-expose-headers")
                .contains("retry-after")
        );
    }
    assert_eq!(statuses, [401, 429, 429]);
}

#[tokio::test]
async fn regression_7_1_48_a_trailing_slash_leads_to_the_path_without_it() {
    let house = House::new().await;
    let answer = house.client.get("/health/?x=1").await.expect(301);
    assert_eq!(answer.header("location"), "/health?x=1");
    let answer = house
        .client
        .send(Method::HEAD, "/api/v1/auth/session/", None)
        .await;
    assert_eq!(
        answer.expect(301).header("location"),
        "/api/v1/auth/session"
    );
    let posted = house.client.post("/api/v1/auth/login/", json!({})).await;
    posted.problem(404, "NOT_FOUND");
    for path in ["//evil.example/", "/\\evil.example/", "//evil.example//"] {
        let request = Request::get("http://localhost/")
            .body(Body::empty())
            .unwrap();
        let (mut parts, body) = request.into_parts();
        let Ok(uri) = path.parse() else { continue };
        parts.uri = uri;
        let answer = house.client.raw(Request::from_parts(parts, body)).await;
        assert_eq!(answer.header("location"), "", "{path}");
    }
    house.client.get("/").await.problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems() {
    let house = House::new().await;
    let problem = house
        .client
        .get("/api/v1/nowhere")
        .await
        .problem(404, "NOT_FOUND");
    assert_eq!(problem["status"], 404);
    assert_eq!(problem["title"], "Not Found");
    assert_eq!(problem["type"], "/docs/errors#NOT_FOUND");
    let answer = house.client.get(LOGIN).await;
    assert_eq!(answer.header("allow"), "POST");
    answer.problem(405, "METHOD_NOT_ALLOWED");
    house
        .client
        .send(Method::from_bytes(b"BREW").unwrap(), LOGIN, None)
        .await
        .problem(405, "METHOD_NOT_ALLOWED");
}

#[tokio::test]
async fn a_panic_is_a_500_that_tells_nothing() {
    let house = House::new().await;
    let router = Router::new().route(
        "/api/v1/boom",
        get(|| async {
            let secrets: Vec<&str> = Vec::new();
            *secrets.first().expect("the secret is 42")
        }),
    );
    let client = behind_the_edge(&house, router, Duration::from_secs(5)).await;
    let answer = client.get("/api/v1/boom").await;
    assert!(!answer.text().contains("secret"));
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    answer.problem(500, "INTERNAL");
    client.get("/api/v1/boom").await.problem(500, "INTERNAL");
}

#[tokio::test]
async fn a_request_beyond_the_time_limit_is_a_503() {
    let house = House::new().await;
    let router = Router::new()
        .route("/api/v1/slow", get(std::future::pending::<()>))
        .layer(middleware::from_fn(
            |request: axum::extract::Request, next: middleware::Next| next.run(request),
        ));
    let client = behind_the_edge(&house, router, Duration::from_millis(20)).await;
    let answer = client.get("/api/v1/slow").await;
    assert_eq!(answer.header("retry-after"), "2");
    answer.problem(503, "SERVICE_UNAVAILABLE");
}

#[tokio::test]
async fn metrics_have_route_patterns_as_labels_and_ask_for_their_token() {
    let house = House::with(&[("METRICS_TOKEN", "a-token-for-metrics")]).await;
    house
        .client
        .get("/metrics")
        .await
        .problem(401, "UNAUTHORIZED");
    house
        .client
        .bearer("another-token")
        .get("/metrics")
        .await
        .expect(401);
    house
        .client
        .get("/api/v1/some/private-path-4711")
        .await
        .expect(404);
    house
        .client
        .send(Method::from_bytes(b"X4711").unwrap(), "/health", None)
        .await;
    house.client.get("/api/v1/auth/session").await.expect(200);
    let metrics = house
        .client
        .bearer("a-token-for-metrics")
        .get("/metrics")
        .await
        .expect(200);
    assert!(metrics.header("content-type").starts_with("text/plain"));
    let text = metrics.text();
    assert!(text.contains("route=\"/api/v1/auth/session\""), "{text}");
    assert!(text.contains("route=\"unmatched\""));
    assert!(!text.contains("4711"));
    for name in [
        "http_requests_total",
        "http_request_duration_seconds",
        "auth_users_total",
        "auth_db_pool_in_use",
        "auth_hash_pool_waiting",
        "auth_session_cache_entries",
    ] {
        assert!(text.contains(name), "{name}");
    }
}

#[tokio::test]
async fn readiness_turns_503_while_draining_and_liveness_stays() {
    let house = House::new().await;
    house.client.get("/health/ready").await.expect(200);
    house.app.health.drain();
    let ready = house.client.get("/health/ready").await.expect(503);
    assert_eq!(ready.header("retry-after"), "2");
    assert_eq!(ready.json()["checks"]["shutdown"]["status"], "error");
    house.client.get("/health/live").await.expect(200);
}

#[tokio::test]
async fn a_cookie_request_that_changes_something_needs_a_trusted_origin() {
    let house = House::with(&[("CORS_ORIGINS", "https://app.example")]).await;
    house.register("ada@example.com").await;
    let (ada, body) = house.login("ada@example.com").await;
    let spend = || json!({"amount": 1, "appId": "chat", "description": "x"});
    let path = "/api/v1/credits/use";
    ada.get("/api/v1/credits/balance").await.expect(200);
    ada.post(path, spend()).await.problem(403, "INVALID_ORIGIN");
    for origin in [
        "https://evil.example",
        "null",
        "https://app.example.evil.example",
        "http://localhost:3002",
    ] {
        let from = ada.clone().with("origin", origin);
        from.post(path, spend())
            .await
            .problem(403, "INVALID_ORIGIN");
        from.post("/api/v1/auth/logout", json!({}))
            .await
            .problem(403, "INVALID_ORIGIN");
        from.post("/api/v1/auth/session-to-token", json!({}))
            .await
            .problem(403, "INVALID_ORIGIN");
        from.post("/api/v1/auth/refresh", json!({}))
            .await
            .problem(403, "INVALID_ORIGIN");
    }
    for origin in ["https://app.example", testkit::BASE_URL] {
        ada.clone()
            .with("origin", origin)
            .post(path, spend())
            .await
            .expect(200);
    }
    let referred = ada
        .clone()
        .with("referer", "https://app.example/deep/page?x=1");
    referred.post(path, spend()).await.expect(200);
    let bearer = house.client.bearer(body["accessToken"].as_str().unwrap());
    bearer
        .clone()
        .with("origin", "https://evil.example")
        .post(path, spend())
        .await
        .expect(200);
}

#[tokio::test]
async fn what_is_no_bearer_of_ours_signs_nobody_in() {
    let house = House::new().await;
    house.register("ada@example.com").await;
    let (_, body) = house.login("ada@example.com").await;
    let token = body["accessToken"].as_str().unwrap();
    for value in [
        format!("Token {token}"),
        "Basic YTpi".to_owned(),
        token.to_owned(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        "Bearer a b c".to_owned(),
    ] {
        let client = house.client.fresh().with("authorization", &value);
        let answer = client.get("/api/v1/auth/profile").await;
        assert_eq!(answer.header("www-authenticate"), "Bearer", "{value}");
        answer.problem(401, "UNAUTHORIZED");
    }
}

#[tokio::test]
async fn a_full_hash_queue_is_a_503_that_counts_against_nobody() {
    let house = House::with(&[
        ("HASH_QUEUE", "1"),
        ("PASSWORD_MEMORY_KIB", "65536"),
        ("PASSWORD_PASSES", "4"),
    ])
    .await;
    house.register("ada@example.com").await;
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    let attempts = (0..12).map(|_| {
        let (client, body) = (house.client.fresh(), body.clone());
        tokio::spawn(async move { client.post(LOGIN, body).await })
    });
    let mut refused = 0;
    for attempt in attempts.collect::<Vec<_>>() {
        let answer = attempt.await.unwrap();
        if answer.status == 503 {
            refused += 1;
            assert_eq!(answer.header("retry-after"), "2");
            answer.problem(503, "SERVICE_UNAVAILABLE");
        } else {
            answer.expect(200);
        }
    }
    assert!(refused > 0, "twelve at once do not fit a queue of one");
    house.login("ada@example.com").await;
}

#[tokio::test]
async fn the_description_and_its_reader_need_no_outside_host() {
    let house = House::new().await;
    let document = house.client.get("/openapi.json").await.expect(200).json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3."));
    let answer = house.client.get("/docs").await.expect(200);
    let policy = answer.header("content-security-policy").to_owned();
    assert!(!policy.contains("http"), "{policy}");
    let reader = answer.text();
    for tag in [
        "src=\"http",
        "<link href=\"http",
        "src=\"//",
        "@import",
        "url(http",
        "<script src",
    ] {
        assert!(!reader.contains(tag), "{tag}");
    }
}
