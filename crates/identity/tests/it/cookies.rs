//! Cookies: how long they live, several of one name, dead and forged ones, and the host's own beside the domain's.

use crate::harness::{ADA, House, PASSWORD};
use crate::steps::{browser, challenged, enrol, native};
use axum::body::Body;
use http::{Request, header};
use kernel::crypto::cookie::sign_for_cookie;
use serde_json::{Value, json};
use testkit::{AUTH_SECRET, Answer, Client};

const SESSION: &str = "mana.session_token";
const SHOWN: &str = "/api/v1/auth/session";
const NATIVE: &str = "/api/auth/get-session";
const HTTPS: (&str, &str) = ("BASE_URL", "https://auth.example.org");
const SHARED: [(&str, &str); 2] = [HTTPS, ("COOKIE_DOMAIN", ".example.org")];

fn set_cookies(answer: &Answer) -> Vec<String> {
    let values = answer.headers.get_all(header::SET_COOKIE).iter();
    values
        .map(|value| value.to_str().unwrap().to_owned())
        .collect()
}

/// The cookies of an answer that can open a session: set, not removed.
fn opening(answer: &Answer) -> Vec<String> {
    let all = set_cookies(answer).into_iter();
    all.filter(|cookie| cookie.contains("session_token") && !cookie.contains("Max-Age=0"))
        .collect()
}

fn removed(answer: &Answer) -> Vec<String> {
    let all = set_cookies(answer).into_iter();
    let gone = all.filter(|cookie| cookie.contains("Max-Age=0"));
    gone.map(|cookie| cookie.split_once('=').unwrap().0.to_owned())
        .collect()
}

fn signed(token: &Value) -> String {
    sign_for_cookie(AUTH_SECRET.as_bytes(), token.as_str().unwrap())
}

/// Sends exactly these cookies.
async fn with_cookies(house: &House, method: &str, path: &str, cookies: &str) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::COOKIE, cookies)
        .header(
            header::ORIGIN,
            house.config.base_url.origin().ascii_serialization(),
        )
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(if method == "GET" { "" } else { "{}" }))
        .unwrap();
    house.client.fresh().raw(request).await
}

async fn email_of(house: &House, path: &str, cookies: &str) -> Value {
    let answer = with_cookies(house, "GET", path, cookies).await.expect(200);
    answer.json()["user"]["email"].clone()
}

async fn sign_in(tab: &Client, email: &str, is_remembered: bool) -> Answer {
    let body = json!({"email": email, "password": PASSWORD, "rememberMe": is_remembered});
    native(tab, "sign-in/email", body).await.expect(200)
}

fn assert_brief(answer: &Answer, what: &str) {
    let cookies = opening(answer);
    for cookie in &cookies {
        assert!(
            !cookie.contains("Max-Age") && !cookie.contains("Expires"),
            "{what}: {cookie}"
        );
    }
}

#[tokio::test]
async fn every_cookie_of_a_session_that_is_not_remembered_ends_with_the_browser() {
    let house = House::new().await;
    house.register(ADA).await;
    let tab = browser(&house);
    let answer = sign_in(&tab, ADA, false).await;
    assert_eq!(
        opening(&answer).len(),
        2,
        "the session's own and the device's"
    );
    assert_brief(&answer, "sign-in");
    let token = answer.json()["token"].clone();
    house.register("grace@example.com").await;
    let password =
        json!({"currentPassword": PASSWORD, "newPassword": PASSWORD, "revokeOtherSessions": true});
    for (path, body) in [
        ("update-user", json!({"name": "Countess"})),
        ("multi-session/set-active", json!({"sessionToken": token})),
        ("change-password", password),
    ] {
        let answer = native(&tab, path, body).await.expect(200);
        assert!(!opening(&answer).is_empty(), "{path}");
        assert_brief(&answer, path);
    }
    // Carried to another browser.
    let made = tab
        .get("/api/auth/one-time-token/generate")
        .await
        .expect(200)
        .json();
    let elsewhere = browser(&house);
    let answer = native(&elsewhere, "one-time-token/verify", made)
        .await
        .expect(200);
    assert_eq!(opening(&answer).len(), 2);
    assert_brief(&answer, "one-time-token");
    // On a switch back from another person's session on the device.
    let answer = sign_in(&tab, "grace@example.com", true).await;
    let grace = answer.json()["token"].clone();
    let devices = tab
        .get("/api/auth/multi-session/list-device-sessions")
        .await
        .json();
    let ada = devices
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["user"]["email"] == ADA)
        .unwrap();
    let body = json!({"sessionToken": ada["session"]["token"]});
    let answer = native(&tab, "multi-session/set-active", body)
        .await
        .expect(200);
    assert_brief(&answer, "set-active");
    native(
        &tab,
        "multi-session/set-active",
        json!({"sessionToken": grace}),
    )
    .await
    .expect(200);
    let answer = native(&tab, "multi-session/revoke", json!({"sessionToken": grace}))
        .await
        .expect(200);
    assert_brief(&answer, "the next one after a revocation");
    // Sign-up, and the first surface.
    let body = json!({"name": "Eve", "email": "eve@example.com", "password": PASSWORD, "rememberMe": false});
    let answer = native(&browser(&house), "sign-up/email", body)
        .await
        .expect(200);
    assert_eq!(opening(&answer).len(), 2);
    assert_brief(&answer, "sign-up");
    let body = json!({"email": ADA, "password": PASSWORD, "rememberMe": false});
    let answer = browser(&house)
        .post("/api/v1/auth/login", body)
        .await
        .expect(200);
    assert_eq!(opening(&answer).len(), 1);
    assert_brief(&answer, "login");
}

#[tokio::test]
async fn a_second_factor_forgets_what_the_password_was_told_to_forget() {
    let house = House::new().await;
    house.register(ADA).await;
    let tab = browser(&house);
    sign_in(&tab, ADA, true).await;
    let app = enrol(&house, &tab).await;
    let asked = browser(&house);
    sign_in(&asked, ADA, false).await;
    let body = json!({"code": app.code(&house), "trustDevice": true});
    let answer = native(&asked, "two-factor/verify-totp", body)
        .await
        .expect(200);
    assert_eq!(opening(&answer).len(), 2);
    assert_brief(&answer, "second factor");
    let answer = native(&asked, "update-user", json!({"name": "Countess"}))
        .await
        .expect(200);
    assert_brief(&answer, "update-user");
}

#[tokio::test]
async fn any_route_extends_a_session_once_per_update_age() {
    let house = House::new().await;
    let (_, tab, login) = house.person(ADA).await;
    let ends = "select to_char(expires_at at time zone 'UTC', 'DD HH24:MI') from auth.sessions";
    for (day, path) in [
        (2, "/api/v1/auth/profile"),
        (3, "/api/v1/auth/sessions"),
        (4, "/api/v1/auth/security-events"),
        (5, "/api/v1/auth/signup-status"),
        (6, NATIVE),
        (7, "/api/auth/list-accounts"),
        (8, SHOWN),
    ] {
        house.clock.advance_seconds(86_399);
        let early = tab.get(path).await.expect(200);
        assert_eq!(opening(&early).len(), 0, "{path}");
        house.clock.advance_seconds(1);
        let answer = tab.get(path).await.expect(200);
        let set: Vec<_> = opening(&answer)
            .into_iter()
            .filter(|cookie| cookie.starts_with("mana.session_token="))
            .collect();
        assert_eq!(set.len(), 1, "{path}: {set:?}");
        assert!(set[0].contains("Max-Age=604800"), "{path}: {set:?}");
        assert_eq!(
            house.text(ends).await,
            format!("{:02} 12:00", day + 7),
            "{path}"
        );
        let again = tab.get(path).await.expect(200);
        assert_eq!(opening(&again).len(), 0, "{path}");
    }
    // A refused call is a use, too; a session token as bearer extends without a cookie.
    house.clock.advance_seconds(86_400);
    let answer = tab
        .post("/api/v1/auth/change-password", json!({}))
        .await
        .expect(400);
    assert_eq!(opening(&answer).len(), 1);
    house.clock.advance_seconds(86_400);
    let bearer = house.client.bearer(login["token"].as_str().unwrap());
    let answer = bearer.get("/api/v1/auth/profile").await.expect(200);
    assert_eq!(opening(&answer).len(), 0);
    assert_eq!(house.text(ends).await, "17 12:00");
}

#[tokio::test]
async fn parallel_calls_extend_a_session_once() {
    let house = std::sync::Arc::new(House::new().await);
    let (_, tab, _) = house.person(ADA).await;
    house.clock.advance_seconds(86_400);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let tab = tab.clone();
        tasks.spawn(async move { tab.get("/api/v1/auth/profile").await.expect(200) });
    }
    let mut set = 0;
    while let Some(answer) = tasks.join_next().await {
        set += opening(&answer.unwrap()).len();
    }
    assert_eq!(set, 1);
}

#[tokio::test]
async fn no_answer_that_ends_or_opens_a_session_brings_the_old_cookie_back() {
    let house = House::new().await;
    for (method, path) in [
        ("POST", "/api/v1/auth/logout"),
        ("DELETE", "/api/v1/auth/sessions?includeCurrent=true"),
    ] {
        let email = format!("{}@example.com", method.to_lowercase());
        let (_, tab, _) = house.person(&email).await;
        house.clock.advance_seconds(86_400);
        let method = method.parse().unwrap();
        let answer = tab.send(method, path, None).await;
        assert!(answer.status.is_success(), "{path}");
        assert_eq!(opening(&answer).len(), 0, "{path}");
    }
    let (_, tab, first) = house.person(ADA).await;
    house.clock.advance_seconds(86_400);
    let body = json!({"email": ADA, "password": PASSWORD});
    let answer = tab.post("/api/v1/auth/login", body).await.expect(200);
    let set = opening(&answer);
    assert_eq!(set.len(), 1);
    assert!(!set[0].contains(first["token"].as_str().unwrap()));
}

#[tokio::test]
async fn a_session_that_is_not_remembered_is_extended_by_no_route() {
    let house = House::with(&[("SESSION_UPDATE_AGE", "1h")]).await;
    house.register(ADA).await;
    let tab = browser(&house);
    sign_in(&tab, ADA, false).await;
    house.clock.advance_seconds(80_000);
    for path in ["/api/v1/auth/profile", SHOWN, NATIVE] {
        let answer = tab.get(path).await.expect(200);
        assert_eq!(set_cookies(&answer).len(), 0, "{path}");
    }
    house.clock.advance_seconds(6400);
    assert_eq!(tab.get(SHOWN).await.json(), Value::Null);
}

#[tokio::test]
async fn a_short_idle_limit_is_extended_before_it_is_over() {
    let house = House::with(&[("SESSION_IDLE_EXPIRY", "1h")]).await;
    let (_, tab, _) = house.person(ADA).await;
    for _ in 0..5 {
        house.clock.advance_seconds(2400);
        tab.get("/api/v1/auth/profile").await.expect(200);
    }
    house.clock.advance_seconds(3600);
    tab.get("/api/v1/auth/profile").await.expect(401);
}

#[tokio::test]
async fn of_several_session_cookies_each_is_tried() {
    let house = House::new().await;
    let (_, gone_tab, gone) = house.person(ADA).await;
    let (_, alive) = house.login(ADA).await;
    gone_tab
        .post("/api/v1/auth/logout", json!({}))
        .await
        .expect(200);
    let [gone, alive] =
        [&gone, &alive].map(|login| format!("{SESSION}={}", signed(&login["token"])));
    let forged = format!("{SESSION}=forged");
    for cookies in [
        format!("{gone}; {alive}"),
        format!("{alive}; {gone}"),
        format!("{forged}; {gone}; {alive}; {forged}"),
    ] {
        for path in [SHOWN, NATIVE] {
            assert_eq!(email_of(&house, path, &cookies).await, ADA, "{cookies}");
        }
        for (method, path) in [
            ("GET", "/api/v1/auth/profile"),
            ("POST", "/api/v1/auth/session-to-token"),
            ("GET", "/api/auth/list-sessions"),
        ] {
            let answer = with_cookies(&house, method, path, &cookies)
                .await
                .expect(200);
            assert_eq!(
                removed(&answer).len(),
                0,
                "{path}: the living one must stay"
            );
        }
    }
    let dead = format!("{gone}; {forged}");
    let answer = with_cookies(&house, "GET", SHOWN, &dead).await.expect(200);
    assert_eq!(answer.json(), Value::Null);
    assert_eq!(removed(&answer), [SESSION]);
}

#[tokio::test]
async fn signing_out_ends_every_session_that_the_browser_would_send_again() {
    for path in ["/api/v1/auth/logout", "/api/auth/sign-out"] {
        let house = House::new().await;
        let (_, _, first) = house.person(ADA).await;
        let (_, second) = house.login(ADA).await;
        let [first, second] =
            [&first, &second].map(|login| format!("{SESSION}={}", signed(&login["token"])));
        let both = format!("{first}; {second}");
        with_cookies(&house, "POST", path, &both).await.expect(200);
        assert_eq!(email_of(&house, SHOWN, &both).await, Value::Null, "{path}");
        let alive = "select count(*) from auth.sessions where revoked_at is null";
        assert_eq!(house.number(alive).await, 0, "{path}");
    }
}

#[tokio::test]
async fn an_older_dead_challenge_or_trust_cookie_hides_no_living_one() {
    let house = House::new().await;
    house.register(ADA).await;
    let tab = browser(&house);
    sign_in(&tab, ADA, true).await;
    let app = enrol(&house, &tab).await;
    // Two challenges; the older one is over.
    let old = challenged(&house, ADA)
        .await
        .cookie("mana.two_factor")
        .unwrap();
    house.clock.advance_seconds(601);
    let new = challenged(&house, ADA)
        .await
        .cookie("mana.two_factor")
        .unwrap();
    let asked = browser(&house);
    asked.set_cookie("mana.two_factor", &format!("{old}; mana.two_factor={new}"));
    let body = json!({"code": app.code(&house), "trustDevice": true});
    native(&asked, "two-factor/verify-totp", body)
        .await
        .expect(200);
    let used = asked.cookie("mana.trust_device").unwrap();
    // Each use replaces the cookie: the used one comes first, the next one behind it.
    let mut cookie = used.clone();
    for path in [
        "/api/auth/sign-in/email",
        "/api/v1/auth/login",
        "/api/auth/sign-in/email",
    ] {
        let device = browser(&house);
        device.set_cookie("mana.trust_device", &cookie);
        let body = json!({"email": ADA, "password": PASSWORD});
        let answer = device.post(path, body).await.expect(200).json();
        assert!(answer["token"].is_string(), "{path}: {answer}");
        let next = device.cookie("mana.trust_device").unwrap();
        cookie = format!("{used}; mana.trust_device={next}");
    }
}

/// The device's cookies of a jar.
fn devices(tab: &Client) -> Vec<(String, String)> {
    let all = tab.cookies().into_iter();
    all.filter(|(name, _)| name.contains("_multi-")).collect()
}

#[tokio::test]
async fn dead_and_forged_device_cookies_do_not_count_and_are_taken_back() {
    let house = House::new().await;
    let tab = browser(&house);
    for number in 0..4 {
        let email = format!("person-{number}@example.com");
        house.register(&email).await;
        sign_in(&tab, &email, true).await;
    }
    assert_eq!(devices(&tab).len(), 4);
    house
        .sql("update auth.sessions set revoked_at = now(); select pg_notify('mana_auth', 'user:' || id) from auth.users")
        .await;
    for number in 0..4 {
        tab.set_cookie(
            &format!("mana.session_token_multi-forged{number}"),
            "forged",
        );
    }
    // Signed by us, but for another name.
    let (_, borrowed) = devices(&tab).pop().unwrap();
    tab.set_cookie("mana.session_token_multi-borrowed", &borrowed);
    let restarted = house.again().await;
    let tab = tab.at(&restarted.client);
    house.register(ADA).await;
    let answer = sign_in(&tab, ADA, true).await;
    let left = devices(&tab);
    assert_eq!(left.len(), 1, "{left:?}");
    let token = answer.json()["token"].as_str().unwrap().to_lowercase();
    assert!(left[0].0.ends_with(&token));
    // Five living people fill the device; the sixth is active but not kept.
    for number in 5..9 {
        let email = format!("person-{number}@example.com");
        house.register(&email).await;
        sign_in(&tab, &email, true).await;
    }
    assert_eq!(devices(&tab).len(), 5);
    house.register("last@example.com").await;
    sign_in(&tab, "last@example.com", true).await;
    assert_eq!(devices(&tab).len(), 5);
    // Looking at the list, switching and signing out tidy up as well.
    tab.set_cookie("mana.session_token_multi-forged", "forged");
    let listed = tab
        .get("/api/auth/multi-session/list-device-sessions")
        .await
        .expect(200);
    assert_eq!(listed.json().as_array().unwrap().len(), 5);
    assert_eq!(removed(&listed), ["mana.session_token_multi-forged"]);
    tab.set_cookie("mana.session_token_multi-forged", "forged");
    let body = json!({"sessionToken": "forged"});
    native(&tab, "multi-session/set-active", body)
        .await
        .expect(401);
    assert_eq!(devices(&tab).len(), 5);
    tab.set_cookie("mana.session_token_multi-forged", "forged");
    native(&tab, "sign-out", json!({})).await.expect(200);
    assert_eq!(devices(&tab), []);
    let alive = "select count(*) from auth.sessions where revoked_at is null and user_id <> (select id from auth.users where email = 'last@example.com')";
    assert_eq!(house.number(alive).await, 0);
}

#[tokio::test]
async fn of_several_device_cookies_of_one_name_each_is_tried() {
    let house = House::new().await;
    house.register(ADA).await;
    let tab = browser(&house);
    let token = sign_in(&tab, ADA, true).await.json()["token"].clone();
    let (name, value) = devices(&tab).pop().unwrap();
    let cookies = format!("{name}=forged; {name}={value}; {name}=forged");
    let path = "/api/auth/multi-session/list-device-sessions";
    let listed = with_cookies(&house, "GET", path, &cookies)
        .await
        .expect(200);
    assert_eq!(listed.json()[0]["session"]["token"], token);
    assert_eq!(removed(&listed).len(), 0, "the living one must stay");
}

#[tokio::test]
async fn on_https_the_name_without_its_prefix_does_not_count() {
    let house = House::with(&[HTTPS]).await;
    let (_, _, login) = house.person(ADA).await;
    let value = signed(&login["token"]);
    for path in [SHOWN, NATIVE] {
        let plain = format!("{SESSION}={value}");
        let answer = with_cookies(&house, "GET", path, &plain).await.expect(200);
        assert_eq!(answer.json(), Value::Null, "{path}");
        let secure = format!("{SESSION}=forged; __Secure-{SESSION}={value}");
        assert_eq!(email_of(&house, path, &secure).await, ADA, "{path}");
        // A session that a sibling host plants does not win over none.
        let planted = format!("{SESSION}={value}; __Secure-{SESSION}=forged");
        assert_eq!(
            email_of(&house, path, &planted).await,
            Value::Null,
            "{path}"
        );
    }
    let plain = format!("{SESSION}={value}");
    with_cookies(&house, "POST", "/api/v1/auth/session-to-token", &plain)
        .await
        .expect(401);
    with_cookies(&house, "GET", "/api/v1/auth/profile", &plain)
        .await
        .expect(401);
    let device = login["token"].as_str().unwrap().to_lowercase();
    let planted = format!("mana.session_token_multi-{device}={value}");
    let path = "/api/auth/multi-session/list-device-sessions";
    let listed = with_cookies(&house, "GET", path, &planted)
        .await
        .expect(200);
    assert_eq!(listed.json(), json!([]));
    // And on http the prefixed name is nobody's.
    let house = House::new().await;
    let (_, _, login) = house.person(ADA).await;
    let secure = format!("__Secure-{SESSION}={}", signed(&login["token"]));
    assert_eq!(email_of(&house, SHOWN, &secure).await, Value::Null);
}

#[tokio::test]
async fn signing_out_takes_the_hosts_own_cookie_beside_the_domains() {
    for path in ["/api/v1/auth/logout", "/api/auth/sign-out"] {
        let house = House::with(&SHARED).await;
        let (_, _, login) = house.person(ADA).await;
        let cookie = format!("__Secure-{SESSION}={}", signed(&login["token"]));
        let answer = with_cookies(&house, "POST", path, &cookie)
            .await
            .expect(200);
        let name = format!("__Secure-{SESSION}=;");
        let gone: Vec<_> = set_cookies(&answer)
            .into_iter()
            .filter(|set| set.starts_with(&name))
            .collect();
        assert!(
            gone.iter()
                .all(|set| set.contains("Max-Age=0") && set.contains("Secure")),
            "{gone:?}"
        );
        let shared = gone
            .iter()
            .filter(|set| set.contains("Domain=.example.org"))
            .count();
        assert_eq!((gone.len(), shared), (2, 1), "{path}: {gone:?}");
    }
}

#[tokio::test]
async fn a_sign_in_for_the_domain_takes_the_hosts_old_cookie_away() {
    let house = House::with(&SHARED).await;
    let (_, _, login) = house.person(ADA).await;
    let old = format!("__Secure-{SESSION}={}", signed(&login["token"]));
    for path in ["/api/v1/auth/login", "/api/auth/sign-in/email"] {
        let body = json!({"email": ADA, "password": PASSWORD}).to_string();
        let request = |cookie: Option<&str>| {
            let mut request = Request::post(path)
                .header(header::ORIGIN, "https://auth.example.org")
                .header(header::CONTENT_TYPE, "application/json");
            if let Some(cookie) = cookie {
                request = request.header(header::COOKIE, cookie);
            }
            request.body(Body::from(body.clone())).unwrap()
        };
        let answer = house
            .client
            .fresh()
            .raw(request(Some(&old)))
            .await
            .expect(200);
        let name = format!("__Secure-{SESSION}=");
        let set: Vec<_> = set_cookies(&answer)
            .into_iter()
            .filter(|set| set.starts_with(&name))
            .collect();
        assert_eq!(set.len(), 2, "{path}: {set:?}");
        assert!(
            set[0].contains("Max-Age=0") && !set[0].contains("Domain"),
            "{set:?}"
        );
        assert!(
            !set[1].contains("Max-Age=0") && set[1].contains("Domain"),
            "{set:?}"
        );
        let answer = house.client.fresh().raw(request(None)).await.expect(200);
        assert_eq!(removed(&answer).len(), 0, "{path}");
    }
}
