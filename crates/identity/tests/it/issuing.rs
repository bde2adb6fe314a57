//! The one policy, route by route: every path that issues a session or a token refuses whoever may have none.
//!
//! The routes are read from the description and from the code, so that a new one has to be put on one of the lists.

use crate::harness::{House, PASSWORD};
use crate::steps::{
    browser, challenged, code_to, enrol, link_to, native, query_of, sign_in, sign_up,
};
use http::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use testkit::{Answer, Client, Kind, SoftPasskey};

/// Routes that hand out a credential the request did not bring.
const ISSUING: &[&str] = &[
    "/api/auth/change-password",
    "/api/auth/email-otp/verify-email",
    "/api/auth/get-session",
    "/api/auth/magic-link/verify",
    "/api/auth/one-time-token/generate",
    "/api/auth/one-time-token/verify",
    "/api/auth/passkey/verify-authentication",
    "/api/auth/passkey/verify-registration",
    "/api/auth/sign-in/email",
    "/api/auth/sign-in/email-otp",
    "/api/auth/sign-up/email",
    "/api/auth/token",
    "/api/auth/two-factor/disable",
    "/api/auth/two-factor/enable",
    "/api/auth/two-factor/verify-backup-code",
    "/api/auth/two-factor/verify-otp",
    "/api/auth/two-factor/verify-totp",
    "/api/auth/verify-email",
    "/api/v1/auth/login",
    "/api/v1/auth/passkeys/authenticate/verify",
    "/api/v1/auth/refresh",
    "/api/v1/auth/session",
    "/api/v1/auth/session-to-token",
];

/// Routes that hand out none.
const SILENT: &str = "
    /api/auth/change-email /api/auth/delete-user /api/auth/delete-user/callback /api/auth/email-otp/change-email
    /api/auth/email-otp/check-verification-otp /api/auth/email-otp/request-email-change
    /api/auth/email-otp/request-password-reset /api/auth/email-otp/reset-password
    /api/auth/email-otp/send-verification-otp /api/auth/error /api/auth/forget-password/email-otp /api/auth/jwks
    /api/auth/list-accounts /api/auth/list-sessions /api/auth/magic-link/send-magic-link
    /api/auth/multi-session/list-device-sessions /api/auth/multi-session/revoke /api/auth/multi-session/set-active
    /api/auth/ok /api/auth/passkey/delete-passkey /api/auth/passkey/generate-authenticate-options
    /api/auth/passkey/generate-register-options /api/auth/passkey/list-user-passkeys
    /api/auth/passkey/update-passkey /api/auth/request-password-reset /api/auth/reset-password
    /api/auth/reset-password/{token} /api/auth/revoke-other-sessions /api/auth/revoke-session
    /api/auth/revoke-sessions /api/auth/send-verification-email /api/auth/sign-in/magic-link /api/auth/sign-out
    /api/auth/two-factor/generate-backup-codes /api/auth/two-factor/get-totp-uri /api/auth/two-factor/send-otp
    /api/auth/unlink-account /api/auth/update-session /api/auth/update-user /api/auth/verify-password /api/oidc/jwks
    /api/v1/auth/account /api/v1/auth/change-email /api/v1/auth/change-password /api/v1/auth/forgot-password
    /api/v1/auth/jwks /api/v1/auth/logout /api/v1/auth/passkeys /api/v1/auth/passkeys/authenticate/options
    /api/v1/auth/passkeys/capability /api/v1/auth/passkeys/register/options /api/v1/auth/passkeys/register/verify
    /api/v1/auth/passkeys/{id} /api/v1/auth/passkeys/{id}/confirm /passkeys/confirm /api/v1/auth/profile /api/v1/auth/register /api/v1/auth/resend-verification
    /api/v1/auth/reset-password /api/v1/auth/security-events /api/v1/auth/sessions /api/v1/auth/sessions/{id}
    /api/v1/auth/signup-status /api/v1/auth/validate /setup /setup/done /signed-in /verified /account-deleted
    /change-confirmed /change-email /not-me /delete-account /pages.css /reset-password /reset-password/done
";

/// Every `.route("…")` of the crate, by file.
fn written_routes(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            written_routes(&path, found);
            continue;
        }
        let prefix = if path.parent().unwrap().ends_with("compat") {
            "/api/auth"
        } else {
            ""
        };
        let text = std::fs::read_to_string(&path).unwrap();
        for rest in text.split(".route(").skip(1) {
            let argument = rest.trim_start();
            let route = match argument.strip_prefix('"') {
                Some(literal) => literal.split('"').next().unwrap().to_owned(),
                None => constant(&path, argument),
            };
            found.insert(format!("{prefix}{route}"));
        }
    }
}

/// The text of a constant that stands for a path: of the file, or of the module beside it that the argument names.
fn constant(file: &Path, argument: &str) -> String {
    let named = argument.split([',', ')']).next().unwrap().trim();
    let (module, name) = named.rsplit_once("::").unwrap_or(("page", named));
    let beside = file.with_file_name(format!("{module}.rs"));
    let definition = format!("const {name}: &str = \"");
    let texts = [file, &beside].map(|file| std::fs::read_to_string(file).unwrap_or_default());
    let found = texts.iter().find_map(|text| text.split_once(&definition));
    let (_, rest) = found.unwrap_or_else(|| panic!("{named} stands for a path that nobody knows"));
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn every_route_is_said_to_issue_or_not() {
    let house = House::new().await;
    let mut found = BTreeSet::new();
    written_routes(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    let (_, description) = house.identity.router().split_for_parts();
    found.extend(description.paths.paths.into_keys());
    let said: BTreeSet<String> = ISSUING
        .iter()
        .copied()
        .chain(SILENT.split_whitespace())
        .map(str::to_owned)
        .collect();
    let differing: Vec<_> = found.symmetric_difference(&said).collect();
    assert!(
        differing.is_empty(),
        "{differing:?} have to be on ISSUING, with a step in `ready`, or on SILENT"
    );
}

/// A request that would issue something.
pub(crate) struct Ready {
    pub(crate) client: Client,
    method: Method,
    path: String,
    body: Option<Value>,
}

fn get(client: Client, path: impl Into<String>) -> Ready {
    Ready {
        client,
        method: Method::GET,
        path: path.into(),
        body: None,
    }
}

fn post(client: Client, path: impl Into<String>, body: Value) -> Ready {
    Ready {
        client,
        method: Method::POST,
        path: path.into(),
        body: Some(body),
    }
}

impl Ready {
    /// Sends it to another server on the same database, which remembers nothing.
    pub(crate) async fn send(self, house: &House) -> (Client, Answer) {
        let client = self.client.at(&house.client);
        let before = client.clone();
        let answer = client.send(self.method, &self.path, self.body).await;
        (before, answer)
    }
}

/// Makes everything ready but the request itself, for a person who is verified and has nothing else yet.
pub(crate) async fn ready(house: &House, route: &str, email: &str) -> Ready {
    let browser = browser(house);
    let credentials = json!({"email": email, "password": PASSWORD});
    match route {
        "/api/auth/sign-up/email" => {
            let body = json!({"name": "Ada", "email": email, "password": PASSWORD});
            return post(browser, route, body);
        }
        "/api/auth/sign-in/email" | "/api/v1/auth/login" => {
            return post(browser, route, credentials);
        }
        "/api/auth/magic-link/verify" => {
            let wish = json!({"email": email});
            native(&browser, "sign-in/magic-link", wish)
                .await
                .expect(200);
            let link = link_to(house, email, "magic-link").await;
            return get(browser, link);
        }
        "/api/auth/sign-in/email-otp" | "/api/auth/email-otp/verify-email" => {
            let purpose = match route {
                "/api/auth/sign-in/email-otp" => "sign-in",
                _ => "email-verification",
            };
            let wish = json!({"email": email, "type": purpose});
            native(&browser, "email-otp/send-verification-otp", wish)
                .await
                .expect(200);
            let code = code_to(house, email).await;
            return post(browser, route, json!({"email": email, "otp": code}));
        }
        "/api/auth/verify-email" => {
            house
                .sql(&format!(
                    "update auth.users set email_verified = false where email = '{email}'"
                ))
                .await;
            native(&browser, "send-verification-email", json!({"email": email}))
                .await
                .expect(200);
            let link = link_to(house, email, "verify-email").await;
            // Without a place to go, the answer is the body.
            let token = query_of(&link, "token");
            return get(browser, format!("/api/auth/verify-email?token={token}"));
        }
        _ => {}
    }
    let login = sign_in(&browser, email).await.expect(200);
    if route.contains("/passkey") {
        return with_passkey(house, route, browser).await;
    }
    let password = json!({"password": PASSWORD});
    match route {
        "/api/auth/get-session"
        | "/api/auth/token"
        | "/api/auth/one-time-token/generate"
        | "/api/v1/auth/session" => get(browser, route),
        "/api/v1/auth/session-to-token" => post(browser, route, json!({})),
        "/api/v1/auth/refresh" => {
            let pair = browser
                .post("/api/v1/auth/session-to-token", json!({}))
                .await
                .expect(200)
                .json();
            let body = json!({"refreshToken": pair["refreshToken"]});
            post(browser.fresh(), route, body)
        }
        "/api/auth/one-time-token/verify" => {
            let made = browser.get("/api/auth/one-time-token/generate").await;
            post(browser.fresh(), route, made.expect(200).json())
        }
        "/api/auth/change-password" => {
            let body = json!({"currentPassword": PASSWORD, "newPassword": "another fine password",
                "revokeOtherSessions": true});
            post(browser, route, body)
        }
        "/api/auth/two-factor/enable" => post(
            browser,
            route,
            json!({"password": PASSWORD, "method": "otp"}),
        ),
        "/api/auth/two-factor/disable" => {
            enrol(house, &browser).await;
            post(browser, route, password)
        }
        "/api/auth/two-factor/verify-totp" => {
            let app = enrol(house, &browser).await;
            let asked = challenged(house, email).await;
            post(asked, route, json!({"code": app.code(house)}))
        }
        "/api/auth/two-factor/verify-backup-code" => {
            let app = enrol(house, &browser).await;
            let asked = challenged(house, email).await;
            post(asked, route, json!({"code": app.backup_codes[0]}))
        }
        "/api/auth/two-factor/verify-otp" => {
            enrol(house, &browser).await;
            let asked = challenged(house, email).await;
            native(&asked, "two-factor/send-otp", json!({}))
                .await
                .expect(200);
            let code = code_to(house, email).await;
            post(asked, route, json!({"code": code}))
        }
        _ => panic!("{route} has no step; the login answered {}", login.text()),
    }
}

/// The same by passkey, for somebody signed in who has none yet.
async fn with_passkey(house: &House, route: &str, owner: Client) -> Ready {
    let mut device = SoftPasskey::new(Kind::P256, testkit::BASE_URL);
    let registration = "/api/auth/passkey/verify-registration";
    let options = owner
        .get("/api/auth/passkey/generate-register-options")
        .await;
    let response = device.register(&options.expect(200).json());
    if route == registration {
        let body = json!({"response": response, "createSession": true});
        return post(owner, route, body);
    }
    let made = owner
        .post(registration, json!({"response": response}))
        .await;
    made.expect(200);
    let stranger = browser(house);
    let options = stranger
        .get("/api/auth/passkey/generate-authenticate-options")
        .await;
    let response = device.sign(&options.expect(200).json());
    post(stranger, route, json!({"response": response}))
}

/// The credentials in an answer that its request did not bring.
pub(crate) fn issued(before: &[(String, String)], answer: &Answer) -> Vec<String> {
    let brought: String = before.iter().map(|(_, value)| value.as_str()).collect();
    let is_new = |value: &str| !value.is_empty() && !brought.contains(value);
    let mut found = Vec::new();
    for cookie in answer.headers.get_all("set-cookie") {
        let pair = cookie.to_str().unwrap().split(';').next().unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        if name.contains("session_token") && is_new(value) {
            found.push(format!("the cookie {name}"));
        }
    }
    for name in ["set-auth-token", "set-auth-jwt"] {
        let value = answer.header(name);
        // The part before the signature is the token.
        let token = value.split('.').next().unwrap();
        if is_new(token) {
            found.push(format!("the header {name}"));
        }
    }
    let body = answer.json();
    for at in ["/token", "/accessToken", "/refreshToken", "/session/token"] {
        let value = body.pointer(at).and_then(Value::as_str);
        if value.is_some_and(is_new) {
            found.push(format!("the field {at}"));
        }
    }
    found
}

async fn verified_house() -> House {
    House::with(&[("REQUIRE_EMAIL_VERIFICATION", "true")]).await
}

/// Registers somebody with a proved address.
async fn verified(house: &House, email: &str) {
    sign_up(house, email).await;
    house
        .sql(&format!(
            "update auth.users set email_verified = true where email = '{email}'"
        ))
        .await;
}

fn address(number: usize) -> String {
    format!("person{number}@example.com")
}

/// Lets a change happen between everything before and every issuing request, at a server that remembers nothing.
/// Answers what each route issued.
async fn after(change: &str, routes: &[&str]) -> Vec<(String, u16, Vec<String>)> {
    let house = verified_house().await;
    let mut waiting = Vec::new();
    // Setting an app up takes a minute of the clock, in which nothing else may grow old.
    let mut routes = routes.to_vec();
    routes.sort_by_key(|route| !route.contains("/two-factor/"));
    for (number, route) in routes.iter().enumerate() {
        let email = address(number);
        // Whoever signs up is new, unless somebody who was refused tries it again.
        if *route != "/api/auth/sign-up/email" || !change.is_empty() {
            verified(&house, &email).await;
        }
        waiting.push(ready(&house, route, &email).await);
    }
    if !change.is_empty() {
        house.sql(&format!("update auth.users set {change}")).await;
    }
    let there = house.again().await;
    let mut outcomes = Vec::new();
    for (route, request) in routes.iter().zip(waiting) {
        let cookies = request.client.cookies();
        let (_, answer) = request.send(&there).await;
        assert!(
            !answer.status.is_server_error(),
            "{route}: {}",
            answer.text()
        );
        let found = issued(&cookies, &answer);
        outcomes.push(((*route).to_owned(), answer.status.as_u16(), found));
    }
    outcomes
}

fn assert_refused(change: &str, outcomes: &[(String, u16, Vec<String>)]) {
    for (route, status, found) in outcomes {
        assert!(
            found.is_empty(),
            "{route} after {change:?}: {status} {found:?}"
        );
    }
}

fn issuing_but(others: &[&str]) -> Vec<&'static str> {
    let mut routes = ISSUING.to_vec();
    routes.retain(|route| !others.contains(route));
    routes
}

#[tokio::test]
async fn whoever_may_have_a_session_gets_one_on_every_issuing_route() {
    // A fresh account has to prove its address first.
    let routes = issuing_but(&["/api/auth/sign-up/email"]);
    for (route, status, found) in after("", &routes).await {
        assert!(
            !found.is_empty(),
            "{route} answers {status}, issuing nothing"
        );
    }
    let house = House::new().await;
    let request = ready(&house, "/api/auth/sign-up/email", "ada@example.com").await;
    let (_, answer) = request.send(&house).await;
    assert!(!issued(&[], &answer.expect(200)).is_empty());
}

#[tokio::test]
async fn no_issuing_route_issues_to_somebody_banned() {
    let change = "banned = true";
    assert_refused(change, &after(change, ISSUING).await);
}

#[tokio::test]
async fn no_issuing_route_issues_to_somebody_deleted() {
    let change = "deleted_at = '2026-05-01T00:00:00Z'";
    assert_refused(change, &after(change, ISSUING).await);
}

#[tokio::test]
async fn no_issuing_route_issues_to_somebody_unverified() {
    // These prove the address by themselves.
    let routes = issuing_but(&[
        "/api/auth/email-otp/verify-email",
        "/api/auth/magic-link/verify",
        "/api/auth/sign-in/email-otp",
        "/api/auth/verify-email",
    ]);
    let change = "email_verified = false";
    assert_refused(change, &after(change, &routes).await);
    // A fresh account.
    let house = verified_house().await;
    let request = ready(&house, "/api/auth/sign-up/email", "ada@example.com").await;
    let (_, answer) = request.send(&house).await;
    assert_eq!(issued(&[], &answer.expect(200)), Vec::<String>::new());
}

#[tokio::test]
async fn no_issuing_route_issues_while_the_second_factor_is_pending() {
    // A first factor alone, whichever.
    let first = [
        "/api/auth/email-otp/verify-email",
        "/api/auth/magic-link/verify",
        "/api/auth/sign-in/email",
        "/api/auth/sign-in/email-otp",
        "/api/auth/sign-up/email",
        "/api/auth/verify-email",
        "/api/v1/auth/login",
    ];
    let change = "two_factor_enabled = true";
    assert_refused(change, &after(change, &first).await);
    // Everything else, with the cookies of a challenge alone.
    let house = verified_house().await;
    verified(&house, "ada@example.com").await;
    let ada = browser(&house);
    sign_in(&ada, "ada@example.com").await.expect(200);
    let app = enrol(&house, &ada).await;
    for route in issuing_but(&first) {
        let asked = challenged(&house, "ada@example.com").await;
        let cookies = asked.cookies();
        let token = cookies[0].1.split('.').next().unwrap();
        let body = json!({"refreshToken": token, "token": token, "password": PASSWORD, "code": "000000",
            "currentPassword": PASSWORD, "newPassword": PASSWORD, "revokeOtherSessions": true});
        let refresh = json!({"refreshToken": token});
        for request in [
            get(asked.clone(), route),
            post(asked.clone(), route, body),
            post(asked.clone(), route, refresh),
        ] {
            let (_, answer) = request.send(&house).await;
            assert!(!answer.status.is_server_error(), "{route}");
            let found = issued(&cookies, &answer);
            assert!(found.is_empty(), "{route}: {found:?} {}", answer.text());
        }
    }
    // The right code still works after all that.
    let asked = challenged(&house, "ada@example.com").await;
    let code = json!({"code": app.code(&house)});
    native(&asked, "two-factor/verify-totp", code)
        .await
        .expect(200);
}

#[tokio::test]
async fn routes_that_are_said_to_issue_nothing_issue_nothing() {
    let house = House::new().await;
    for (number, route) in SILENT.split_whitespace().enumerate() {
        let email = address(number);
        let ada = sign_up(&house, &email).await;
        let own = ada.cookies();
        let token = own[0].1.split('.').next().unwrap();
        let path = route.replace("{token}", "x").replace("{id}", "x");
        let body = json!({"email": email, "password": PASSWORD, "currentPassword": PASSWORD, "name": "Ada",
            "newPassword": "another fine password", "token": "x", "type": "sign-in", "otp": "000000",
            "sessionToken": token, "newEmail": "new@example.com", "accountId": "x"});
        // Fields that are not known are refused on one surface, so that each is tried alone too.
        let mut bodies = vec![body.clone(), json!({})];
        let fields = body.as_object().unwrap();
        bodies.extend(fields.iter().map(|(name, value)| json!({name: value})));
        bodies.push(json!({"email": "new@example.com", "password": PASSWORD}));
        bodies.push(json!({"currentPassword": PASSWORD, "newPassword": PASSWORD}));
        let query = "?token=x&callbackURL=%2F";
        let mut answers = vec![
            ada.get(&path).await,
            ada.get(&format!("{path}{query}")).await,
        ];
        for body in bodies {
            answers.push(ada.post(&path, body).await);
        }
        for answer in answers {
            assert!(
                !answer.status.is_server_error(),
                "{route}: {}",
                answer.text()
            );
            let found = issued(&own, &answer);
            assert!(found.is_empty(), "{route}: {found:?}");
        }
    }
}
