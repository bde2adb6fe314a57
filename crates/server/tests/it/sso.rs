//! One sign-in for sibling hosts (contract accounts §2.3), with a real cookie jar that knows host names.

use crate::harness::{House, PASSWORD};
use cookie_store::CookieStore;
use http::{Method, Request, header};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use testkit::Answer;
use url::Url;

const AUTH: &str = "https://auth.mana.example";
/// The same server under another name of the domain.
const ACCOUNTS: &str = "https://accounts.mana.example";
const ONE: &str = "https://one.mana.example";
const TWO: &str = "https://two.mana.example";
const SETTINGS: [(&str, &str); 3] = [
    ("BASE_URL", AUTH),
    (
        "CORS_ORIGINS",
        "https://one.mana.example,https://two.mana.example",
    ),
    ("COOKIE_DOMAIN", ".mana.example"),
];
const EXCHANGE: &str = "/api/v1/auth/session-to-token";

/// A browser: pages of several origins that share one jar.
#[derive(Clone)]
struct Browser {
    house: testkit::Client,
    jar: Arc<Mutex<CookieStore>>,
}

impl Browser {
    fn new(house: &House) -> Self {
        Self {
            house: house.client.clone(),
            jar: Arc::default(),
        }
    }

    /// The cookies that the jar sends there.
    fn cookies(&self, url: &str) -> String {
        let url = Url::parse(url).unwrap();
        let jar = self.jar.lock().unwrap();
        let pairs = jar.get_request_values(&url);
        let pairs: Vec<String> = pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    /// What a page of `origin` fetches from `host` with credentials.
    async fn fetch(
        &self,
        origin: &str,
        method: Method,
        host: &str,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let url = Url::parse(&format!("{host}{path}")).unwrap();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, url.host_str().unwrap())
            .header(header::ORIGIN, origin);
        let cookies = self.cookies(url.as_str());
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies);
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let request = request.body(body.into()).unwrap();
        let answer = self.house.fresh().raw(request).await;
        let mut jar = self.jar.lock().unwrap();
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            // A jar refuses what is not for it, silently as browsers do.
            let _ = jar.parse(cookie.to_str().unwrap(), &url);
        }
        answer
    }

    async fn post(&self, origin: &str, host: &str, path: &str, body: Value) -> Answer {
        self.fetch(origin, Method::POST, host, path, Some(body))
            .await
    }

    async fn sign_in(&self, origin: &str, host: &str) -> Answer {
        let body = json!({"email": "ada@example.com", "password": PASSWORD});
        self.post(origin, host, "/api/auth/sign-in/email", body)
            .await
    }

    /// Whom an app finds signed in, by either surface and either name of the server.
    async fn whom(&self, origin: &str, host: &str) -> [Value; 2] {
        let path = "/api/auth/get-session";
        let native = self.fetch(origin, Method::GET, host, path, None).await;
        let path = "/api/v1/auth/session";
        let rest = self.fetch(origin, Method::GET, host, path, None).await;
        [native, rest].map(|answer| answer.expect(200).json()["user"]["email"].clone())
    }
}

#[tokio::test]
async fn a_sign_in_on_one_host_serves_its_siblings_and_a_sign_out_ends_it_everywhere() {
    let house = House::with(&SETTINGS).await;
    house.register("ada@example.com").await;
    for (leaving, path) in [(TWO, "/api/v1/auth/logout"), (ONE, "/api/auth/sign-out")] {
        let browser = Browser::new(&house);
        let refused = browser.post(TWO, AUTH, EXCHANGE, json!({})).await;
        refused.problem(401, "UNAUTHORIZED");
        browser.sign_in(ONE, AUTH).await.expect(200);
        let ada = json!("ada@example.com");
        for host in [AUTH, ACCOUNTS] {
            for origin in [ONE, TWO] {
                assert_eq!(browser.whom(origin, host).await, [ada.clone(), ada.clone()]);
            }
        }
        // The other app signs in silently.
        let pair = browser
            .post(TWO, AUTH, EXCHANGE, json!({}))
            .await
            .expect(200);
        assert_eq!(pair.header("access-control-allow-origin"), TWO);
        assert_eq!(pair.header("access-control-allow-credentials"), "true");
        let pair = pair.json();
        let token = pair["accessToken"].as_str().unwrap();
        house
            .client
            .bearer(token)
            .get("/api/v1/auth/profile")
            .await
            .expect(200);

        // Out at the one app, by the other name of the server.
        let answer = browser.post(leaving, ACCOUNTS, path, json!({})).await;
        answer.expect(200);
        for host in [AUTH, ACCOUNTS, ONE, TWO] {
            assert!(!browser.cookies(host).contains("session_token"), "{host}");
        }
        for host in [AUTH, ACCOUNTS] {
            assert_eq!(browser.whom(ONE, host).await, [Value::Null, Value::Null]);
        }
        let refused = browser.post(ONE, AUTH, EXCHANGE, json!({})).await;
        refused.problem(401, "UNAUTHORIZED");
        let dead = house.client.bearer(token).get("/api/v1/auth/profile").await;
        dead.problem(401, "UNAUTHORIZED");
        let body = json!({"refreshToken": pair["refreshToken"]});
        let dead = house
            .client
            .fresh()
            .post("/api/v1/auth/refresh", body)
            .await;
        dead.problem(401, "TOKEN_INVALID");
    }
}

#[tokio::test]
async fn a_session_from_before_the_domain_was_shared_ends_with_the_sign_out() {
    let before = House::with(&SETTINGS[..2]).await;
    before.register("ada@example.com").await;
    for path in ["/api/v1/auth/logout", "/api/auth/sign-out"] {
        let mut browser = Browser::new(&before);
        browser.sign_in(ONE, AUTH).await.expect(200);
        // The operator sets COOKIE_DOMAIN.
        let config = testkit::config(&SETTINGS);
        let after = House::on(before.database.clone(), before.clock.clone(), config).await;
        browser.house = after.client.clone();
        assert_eq!(browser.whom(ONE, AUTH).await[0], "ada@example.com");
        browser.sign_in(ONE, AUTH).await.expect(200);
        let sent = browser.cookies(AUTH);
        assert_eq!(sent.matches("session_token=").count(), 1, "{sent}");
        assert!(browser.cookies(TWO).contains("session_token"));
        browser.post(TWO, AUTH, path, json!({})).await.expect(200);
        for host in [AUTH, ACCOUNTS, ONE, TWO] {
            assert!(!browser.cookies(host).contains("session_token"), "{host}");
        }
        assert_eq!(browser.whom(ONE, AUTH).await, [Value::Null, Value::Null]);
    }
}

#[tokio::test]
async fn a_host_outside_the_domain_gets_nothing() {
    let house = House::with(&SETTINGS).await;
    house.register("ada@example.com").await;
    let browser = Browser::new(&house);
    browser.sign_in(ONE, AUTH).await.expect(200);
    assert!(browser.cookies(TWO).contains("session_token"));
    for outside in [
        "https://mana.example.evil.example",
        "https://evilmana.example",
        "https://other.example",
        "http://two.mana.example",
    ] {
        assert_eq!(browser.cookies(outside), "", "{outside}");
        // Even a page that the browser would send the cookie for is not let in.
        let refused = browser.post(outside, AUTH, EXCHANGE, json!({})).await;
        assert_eq!(refused.header("access-control-allow-origin"), "");
        refused.problem(403, "INVALID_ORIGIN");
        for path in ["/api/auth/sign-out", "/api/auth/revoke-sessions"] {
            let refused = browser.post(outside, AUTH, path, json!({})).await;
            assert_eq!(refused.expect(403).json()["code"], "INVALID_ORIGIN");
        }
        let refused = browser
            .post(outside, AUTH, "/api/v1/auth/logout", json!({}))
            .await;
        refused.problem(403, "INVALID_ORIGIN");
        let read = browser
            .fetch(outside, Method::GET, AUTH, "/api/auth/get-session", None)
            .await;
        assert_eq!(read.header("access-control-allow-origin"), "", "{outside}");
    }
    assert_eq!(browser.whom(TWO, AUTH).await[0], "ada@example.com");
}

#[tokio::test]
async fn without_a_cookie_domain_a_sibling_gets_nothing() {
    let house = House::with(&SETTINGS[..2]).await;
    house.register("ada@example.com").await;
    let browser = Browser::new(&house);
    browser.sign_in(ONE, AUTH).await.expect(200);
    assert!(browser.cookies(AUTH).contains("session_token"));
    for sibling in [ACCOUNTS, ONE, TWO] {
        assert_eq!(browser.cookies(sibling), "", "{sibling}");
    }
}

#[tokio::test]
async fn every_cookie_of_a_shared_sign_in_is_for_the_domain_and_for_https() {
    // A removal without the domain is for what the host alone had before.
    let house = House::with(&SETTINGS).await;
    house.register("ada@example.com").await;
    let browser = Browser::new(&house);
    let signed_in = browser.sign_in(ONE, AUTH).await.expect(200);
    let out = browser
        .post(ONE, AUTH, "/api/auth/sign-out", json!({}))
        .await;
    for answer in [signed_in, out] {
        let cookies = answer.headers.get_all(header::SET_COOKIE).iter();
        let cookies: Vec<&str> = cookies.map(|cookie| cookie.to_str().unwrap()).collect();
        assert!(!cookies.is_empty());
        for cookie in cookies {
            assert!(cookie.starts_with("__Secure-mana."), "{cookie}");
            let is_shared = cookie.contains("; Domain=.mana.example");
            assert!(is_shared || cookie.contains("=; Max-Age=0"), "{cookie}");
            for attribute in ["; Path=/", "; HttpOnly", "; Secure", "; SameSite=None"] {
                assert!(cookie.contains(attribute), "{cookie}");
            }
        }
    }
}
