//! Request headers as odd clients and proxies send them: what is broken is skipped, the rest is read.

use crate::harness::House;
use axum::body::Body;
use http::{HeaderValue, Method, Request};
use serde_json::{Value, json};
use testkit::{Answer, Client};

const ADA: &str = "ada@example.com";
const LOGOUT: &str = "/api/v1/auth/logout";
const SIGN_OUT: &str = "/api/auth/sign-out";

/// A request of a signed-in browser with headers byte by byte.
async fn send(client: &Client, method: Method, path: &str, headers: &[(&str, &[u8])]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, HeaderValue::from_bytes(value).unwrap());
    }
    let body = if path == LOGOUT || path == SIGN_OUT {
        request = request.header("content-type", "application/json");
        Body::from("{}")
    } else {
        Body::empty()
    };
    client.raw(request.body(body).unwrap()).await
}

/// The cookie header of a browser, with broken neighbours around the session's.
fn with_broken_neighbours(client: &Client) -> Vec<u8> {
    let token = client.cookie("mana.session_token").unwrap();
    let mut cookie = b"theme=\xff\xfe; na\x80me=1; =; ;;".to_vec();
    cookie.extend_from_slice(format!("mana.session_token={token}").as_bytes());
    cookie.extend_from_slice(b"; last=caf\xe9");
    cookie
}

async fn is_signed_in(client: &Client) -> bool {
    let answer = client.get("/api/v1/auth/session").await;
    answer.status == 200 && answer.json() != Value::Null
}

#[tokio::test]
async fn a_cookie_that_is_no_text_takes_no_other_cookie_along() {
    let house = House::new().await;
    house.register(ADA).await;
    let (browser, _) = house.login(ADA).await;
    let cookie = with_broken_neighbours(&browser);
    let anyone = house.client.fresh();
    for path in ["/api/auth/get-session", "/api/v1/auth/session"] {
        let answer = send(&anyone, Method::GET, path, &[("cookie", &cookie)]).await;
        assert_eq!(answer.expect(200).json()["user"]["email"], ADA, "{path}");
    }
    let profile = "/api/v1/auth/profile";
    let answer = send(&anyone, Method::GET, profile, &[("cookie", &cookie)]).await;
    answer.expect(200);
    let broken = b"mana.session_token=\xff".as_slice();
    let answer = send(&anyone, Method::GET, profile, &[("cookie", broken)]).await;
    answer.problem(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn signing_out_never_answers_success_while_a_session_it_was_sent_lives() {
    let house = House::new().await;
    house.register(ADA).await;
    let own = testkit::BASE_URL.as_bytes();
    for path in [LOGOUT, SIGN_OUT] {
        // A broken neighbour in the cookie.
        let (browser, _) = house.login(ADA).await;
        let cookie = with_broken_neighbours(&browser);
        let headers = [("cookie", cookie.as_slice()), ("origin", own)];
        let anyone = house.client.fresh();
        send(&anyone, Method::POST, path, &headers)
            .await
            .expect(200);
        assert!(!is_signed_in(&browser).await, "{path}");

        // Beside a bearer: of nobody, of another session, of a proxy.
        let (_, other) = house.login(ADA).await;
        let other = other["token"].as_str().unwrap();
        for authorization in [
            "Bearer nobodys-token".to_owned(),
            "Bearer a.b.c".to_owned(),
            "Bearer \u{fc}".to_owned(),
            "Basic YTpi".to_owned(),
            format!("bearer {other}"),
        ] {
            let (browser, _) = house.login(ADA).await;
            let jar = format!(
                "mana.session_token={}",
                browser.cookie("mana.session_token").unwrap()
            );
            let headers = [
                ("cookie", jar.as_bytes()),
                ("origin", own),
                ("authorization", authorization.as_bytes()),
            ];
            send(&anyone, Method::POST, path, &headers)
                .await
                .expect(200);
            assert!(!is_signed_in(&browser).await, "{path} {authorization}");
        }
        assert!(!is_signed_in(&house.client.bearer(other)).await, "{path}");
    }
}

#[tokio::test]
async fn a_server_that_forwards_cookie_and_bearer_of_one_session_signs_it_out() {
    let house = House::new().await;
    house.register(ADA).await;
    let (browser, login) = house.login(ADA).await;
    let token = login["accessToken"].as_str().unwrap();
    let forwarded = browser
        .clone()
        .with("authorization", &format!("Bearer {token}"));
    forwarded.post(LOGOUT, json!({})).await.expect(200);
    assert!(!is_signed_in(&browser).await);
    // Of two sessions the cookie's is not for a page elsewhere to end.
    let (browser, _) = house.login(ADA).await;
    let (_, other) = house.login(ADA).await;
    let token = other["accessToken"].as_str().unwrap();
    let forwarded = browser
        .clone()
        .with("authorization", &format!("Bearer {token}"));
    let answer = forwarded.post(LOGOUT, json!({})).await;
    answer.problem(403, "INVALID_ORIGIN");
    assert!(is_signed_in(&browser).await);
}

#[tokio::test]
async fn an_access_token_that_has_expired_still_signs_its_own_session_out() {
    let house = House::new().await;
    house.register(ADA).await;
    for path in [LOGOUT, SIGN_OUT] {
        let (browser, login) = house.login(ADA).await;
        let bearer = house.client.bearer(login["accessToken"].as_str().unwrap());
        house.clock.advance_seconds(1000);
        bearer.get("/api/v1/auth/profile").await.expect(401);
        bearer.post(path, json!({})).await.expect(200);
        assert!(!is_signed_in(&browser).await, "{path}");
        let refresh = json!({"refreshToken": login["refreshToken"]});
        let answer = browser.fresh().post("/api/v1/auth/refresh", refresh).await;
        answer.expect(401);
    }
}

#[tokio::test]
async fn another_scheme_than_bearer_is_no_bearer_and_the_scheme_ignores_case() {
    let house = House::new().await;
    house.register(ADA).await;
    let (browser, login) = house.login(ADA).await;
    let access = login["accessToken"].as_str().unwrap();
    let session = login["token"].as_str().unwrap();
    for other in ["Basic YTpi", "Digest x", "Negotiate abc==", "Token x", "x"] {
        let proxied = browser.clone().with("authorization", other);
        for path in [
            "/api/v1/auth/profile",
            "/api/v1/auth/sessions",
            "/api/v1/credits/balance",
        ] {
            proxied.get(path).await.expect(200);
        }
        assert!(is_signed_in(&proxied).await, "{other}");
        let native = proxied.get("/api/auth/get-session").await.expect(200);
        assert_eq!(native.json()["user"]["email"], ADA, "{other}");
        // The cookie counts, and so does its origin.
        let evil = proxied.clone().with("origin", "https://evil.example");
        let spend = json!({"amount": 1, "appId": "x", "description": "x"});
        let answer = evil.post("/api/v1/credits/use", spend).await;
        answer.problem(403, "INVALID_ORIGIN");
        let nobody = house.client.fresh().with("authorization", other);
        let answer = nobody.get("/api/v1/auth/profile").await;
        answer.problem(401, "UNAUTHORIZED");
    }
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR", "Bearer  "] {
        for token in [access, session] {
            let value = format!("{scheme} {token}");
            let client = house.client.fresh().with("authorization", &value);
            client.get("/api/v1/auth/profile").await.expect(200);
        }
        let value = format!("{scheme} {session}");
        let client = house.client.fresh().with("authorization", &value);
        let native = client.get("/api/auth/get-session").await.expect(200);
        assert_eq!(native.json()["user"]["email"], ADA, "{scheme}");
    }
    // A bad bearer is not helped by a cookie.
    let bad = browser.clone().with("authorization", "bearer nobodys");
    bad.get("/api/v1/auth/profile").await.expect(401);
}

#[tokio::test]
async fn a_user_agent_beyond_ascii_is_kept_bounded_and_without_control_characters() {
    let house = House::new().await;
    house.register(ADA).await;
    let body = json!({"email": ADA, "password": crate::harness::PASSWORD}).to_string();
    for (agent, kept) in [
        (
            "Gerät/1.0 (Schlüssel)".as_bytes().to_vec(),
            "Gerät/1.0 (Schlüssel)".to_owned(),
        ),
        (b"Ger\xe4t/2".to_vec(), "Gerät/2".to_owned()),
        (b"tab\tbed \xc2\x85".to_vec(), "tabbed ".to_owned()),
        ("ü".repeat(2_000).into_bytes(), "ü".repeat(256)),
    ] {
        let client = house.client.fresh();
        let request = Request::post("/api/v1/auth/login")
            .header("content-type", "application/json")
            .header("user-agent", HeaderValue::from_bytes(&agent).unwrap());
        let answer = client
            .raw(request.body(Body::from(body.clone())).unwrap())
            .await;
        answer.expect(200);
        let listed = client.get("/api/v1/auth/sessions").await.expect(200).json();
        let own = listed
            .as_array()
            .unwrap()
            .iter()
            .find(|item| item["isCurrent"] == true);
        assert_eq!(own.unwrap()["userAgent"], kept);
    }
}

#[tokio::test]
async fn a_language_is_read_beside_bytes_that_are_none_and_weights_ignore_case() {
    let house = House::new().await;
    for (accepted, language) in [
        (b"en".as_slice(), "en"),
        (b"\xff\xfe, en", "en"),
        (b"d\xe4, en;q=0.9, de;q=0.1", "en"),
        (b"de;Q=0.1, en;Q=0.9", "en"),
        (b"de; q=0.1 , EN-GB ; Q=0.2", "en"),
        (b"en;q=0, de;q=0.1", "de"),
        (b"en;q=x, de;q=0.1", "de"),
    ] {
        let headers = [("accept-language", accepted)];
        let page = send(&house.client, Method::GET, "/verified", &headers).await;
        let text = page.expect(200).text();
        assert!(
            text.contains(&format!("lang=\"{language}\"")),
            "{accepted:?} {text:.200}"
        );
    }
}

#[tokio::test]
async fn the_metrics_token_is_read_like_every_bearer() {
    let house = House::with(&[("METRICS_TOKEN", "watch-me")]).await;
    for (value, status) in [
        ("bearer watch-me", 200),
        ("Bearer watch-me", 200),
        ("Basic watch-me", 401),
        ("Bearer watch-m\u{e9}", 401),
        ("watch-me", 401),
    ] {
        let headers = [("authorization", value.as_bytes())];
        let answer = send(&house.client, Method::GET, "/metrics", &headers).await;
        answer.expect(status);
    }
}
