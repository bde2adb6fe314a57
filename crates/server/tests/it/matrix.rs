//! Bad input on every route of both surfaces: a 4xx in the form of its surface, never a 5xx, and nothing done.
//!
//! The routes of the REST surface are read from the description; those of the other surface from the list below, whose
//! completeness `identity::issuing` proves for both.

use crate::harness::{House, PASSWORD};
use axum::body::Body;
use http::{Method, Request, header};
use serde_json::{Value, json};
use testkit::{Answer, Client};

/// Every native endpoint with a body.
pub(crate) const NATIVE: &str = "
    change-email change-password delete-user email-otp/change-email email-otp/check-verification-otp
    email-otp/request-email-change email-otp/request-password-reset email-otp/reset-password
    email-otp/send-verification-otp email-otp/verify-email forget-password/email-otp magic-link/send-magic-link
    multi-session/revoke multi-session/set-active one-time-token/verify passkey/delete-passkey passkey/update-passkey
    passkey/verify-authentication passkey/verify-registration request-password-reset reset-password revoke-session
    send-verification-email sign-in/email sign-in/email-otp sign-in/magic-link sign-up/email two-factor/disable
    two-factor/enable two-factor/generate-backup-codes two-factor/get-totp-uri two-factor/verify-backup-code
    two-factor/verify-otp two-factor/verify-totp unlink-account update-session update-user verify-password
";

/// Fields that some endpoint of either surface reads.
const FIELDS: &str = "
    email password name newPassword currentPassword token refreshToken newEmail callbackURL redirectTo redirectUrl
    sourceAppUrl image otp code type sessionToken accountId id response credential challengeId friendlyName method
    issuer trustDevice rememberMe revokeOtherSessions deviceId deviceName reason errorCallbackURL newUserCallbackURL
    metadata disableSession createSession amount appId description idempotencyKey
";

struct Route {
    method: Method,
    path: String,
    is_native: bool,
}

/// Every route that reads a body.
async fn routes(house: &House) -> Vec<Route> {
    let native = |path: &str| Route {
        method: Method::POST,
        path: format!("/api/auth/{path}"),
        is_native: true,
    };
    let mut found: Vec<Route> = NATIVE.split_whitespace().map(native).collect();
    let description = house.client.get("/openapi.json").await.expect(200).json();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if operation.get("requestBody").is_some() {
                found.push(Route {
                    method: method.to_uppercase().parse().unwrap(),
                    path: path.replace("{id}", "nothing"),
                    is_native: false,
                });
            }
        }
    }
    assert!(found.len() > 55, "{}", found.len());
    found
}

/// A person for every route, because some of them end sessions and accounts.
async fn person(house: &House, number: usize) -> Client {
    let email = format!("person{number}@example.com");
    house.register(&email).await;
    let (client, _) = house.login(&email).await;
    client.with("origin", testkit::BASE_URL)
}

async fn raw(client: &Client, route: &Route, kind: &str, body: impl Into<Body>) -> Answer {
    let request = Request::builder()
        .method(route.method.clone())
        .uri(&route.path)
        .header(header::CONTENT_TYPE, kind);
    client.raw(request.body(body.into()).unwrap()).await
}

/// Panics unless it is a refusal in the form of the surface.
#[track_caller]
fn refused(route: &Route, what: &str, answer: &Answer, statuses: &[u16]) {
    let status = answer.status.as_u16();
    let text = answer.text();
    assert!(
        statuses.contains(&status),
        "{} {what}: {status} {text:.300}",
        route.path
    );
    let kind = answer.header("content-type");
    let wanted = if route.is_native {
        "application/json"
    } else {
        "application/problem+json"
    };
    assert_eq!(kind, wanted, "{} {what}: {text:.300}", route.path);
    assert!(
        answer.json()["message"].is_string(),
        "{} {what}: {text:.300}",
        route.path
    );
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_refused_on_every_route() {
    let house = House::new().await;
    let big = json!({"name": "x".repeat(300 * 1024)}).to_string();
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    for (number, route) in routes(&house).await.iter().enumerate() {
        let client = person(&house, number).await;
        let json = "application/json";
        for bad in [
            "{",
            "nope",
            "{\"a\":1,}",
            "{'a':1}",
            deep.as_str(),
            "\"\\ud800\"",
        ] {
            let answer = raw(&client, route, json, bad.to_owned()).await;
            refused(route, bad.get(..10).unwrap_or(bad), &answer, &[400]);
        }
        let answer = raw(&client, route, json, vec![b'{', 0xff, b'}']).await;
        refused(route, "no UTF-8", &answer, &[400]);
        let answer = raw(&client, route, json, big.clone()).await;
        refused(route, "too large", &answer, &[413]);
        for whole in ["[]", "3", "\"text\"", "true"] {
            let answer = raw(&client, route, json, whole).await;
            refused(route, whole, &answer, &[400]);
        }
        let answer = raw(&client, route, "text/plain", "{}").await;
        refused(route, "text", &answer, &[415]);
    }
}

#[tokio::test]
async fn fields_that_are_wrong_or_missing_are_never_a_server_error() {
    let house = House::new().await;
    let long = "x".repeat(70_000);
    let values = [
        json!(null),
        json!(1),
        json!(-1e300),
        json!(true),
        json!([]),
        json!({}),
        json!([[{"a": null}]]),
        json!(""),
        json!("a\u{0}b"),
        json!("\u{202e}\u{feff}"),
        json!("'; drop table auth.users; --"),
        json!(long),
    ];
    for (number, route) in routes(&house).await.iter().enumerate() {
        let client = person(&house, number).await;
        let anyone = house.client.fresh().with("origin", testkit::BASE_URL);
        let send = async |client: &Client, body: Value| {
            let method = route.method.clone();
            let answer = client.send(method, &route.path, Some(body.clone())).await;
            let text = answer.text();
            assert!(
                !answer.status.is_server_error(),
                "{} {body:.120}: {text:.300}",
                route.path
            );
            answer
        };
        // Nothing at all first: only what needs no field may answer well.
        send(&anyone, json!({})).await;
        for value in &values {
            let all: serde_json::Map<String, Value> = FIELDS
                .split_whitespace()
                .map(|name| (name.to_owned(), value.clone()))
                .collect();
            let answer = send(&client, Value::Object(all)).await;
            if value.as_str().is_some_and(|text| text.contains('\0')) {
                refused(route, "U+0000", &answer, &[400]);
            }
        }
        // One at a time: what one field hides another must not let through. Tokens are kept as digests alone.
        for name in FIELDS.split_whitespace().filter(|name| *name != "token") {
            let mut body = json!({"email": "ada@example.com", "password": PASSWORD, "name": "Ada"});
            body[name] = json!("a\u{0}b");
            let answer = send(&client, body).await;
            refused(route, name, &answer, &[400]);
            let nested = json!({"metadata": {"a\u{0}": [1]}});
            refused(route, "a name", &send(&client, nested).await, &[400]);
        }
    }
    let people = "select count(*) from auth.users where name like '%x%x%' or name like '%drop%'";
    let row = house
        .database
        .superuser()
        .await
        .query_one(people, &[])
        .await
        .unwrap();
    assert_eq!(row.get::<_, i64>(0), 0);
}

#[tokio::test]
async fn a_field_of_the_wrong_type_is_refused_by_its_name_wherever_it_is_read() {
    let house = House::new().await;
    for (number, (path, field)) in [
        ("/api/auth/sign-up/email", "email"),
        ("/api/auth/sign-up/email", "password"),
        ("/api/auth/sign-up/email", "name"),
        ("/api/auth/sign-in/email", "email"),
        ("/api/auth/sign-in/email", "password"),
        ("/api/auth/change-password", "newPassword"),
        ("/api/auth/change-password", "currentPassword"),
        ("/api/auth/change-email", "newEmail"),
        ("/api/auth/reset-password", "newPassword"),
        ("/api/auth/request-password-reset", "email"),
        ("/api/auth/send-verification-email", "email"),
        ("/api/auth/verify-password", "password"),
        ("/api/auth/revoke-session", "token"),
        ("/api/auth/unlink-account", "accountId"),
        ("/api/auth/one-time-token/verify", "token"),
        ("/api/auth/multi-session/set-active", "sessionToken"),
        ("/api/auth/multi-session/revoke", "sessionToken"),
        ("/api/auth/two-factor/enable", "password"),
        ("/api/auth/two-factor/disable", "password"),
        ("/api/auth/two-factor/verify-totp", "code"),
        ("/api/auth/two-factor/verify-otp", "code"),
        ("/api/auth/two-factor/verify-backup-code", "code"),
        ("/api/auth/sign-in/magic-link", "email"),
        ("/api/auth/sign-in/email-otp", "otp"),
        ("/api/auth/email-otp/reset-password", "password"),
        ("/api/v1/auth/register", "email"),
        ("/api/v1/auth/register", "password"),
        ("/api/v1/auth/login", "email"),
        ("/api/v1/auth/login", "password"),
        ("/api/v1/auth/forgot-password", "email"),
        ("/api/v1/auth/reset-password", "token"),
        ("/api/v1/auth/resend-verification", "email"),
        ("/api/v1/auth/refresh", "refreshToken"),
        ("/api/v1/auth/change-email", "newEmail"),
        ("/api/v1/auth/change-password", "currentPassword"),
        ("/api/v1/credits/use", "amount"),
    ]
    .into_iter()
    .enumerate()
    {
        let client = person(&house, number).await;
        let mut body = json!({});
        body[field] = json!([1]);
        let answer = client.post(path, body).await.expect(400);
        let problem = answer.json();
        let named = if path.starts_with("/api/auth/") {
            problem["message"]
                .as_str()
                .unwrap()
                .contains(&format!("[body.{field}]"))
        } else {
            problem["errors"][0]["field"] == field
        };
        assert!(named, "{path} {field} {problem}");
    }
}

#[tokio::test]
async fn a_foreign_origin_is_refused_wherever_a_cookie_would_change_something() {
    let house = House::new().await;
    let mut routes = routes(&house).await;
    routes.retain(|route| route.is_native);
    let description = house.client.get("/openapi.json").await.expect(200).json();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let schemes = operation["security"].as_array().into_iter().flatten();
            let takes_cookies = schemes
                .into_iter()
                .any(|scheme| scheme.get("cookie").is_some());
            if method != "get" && takes_cookies {
                routes.push(Route {
                    method: method.to_uppercase().parse().unwrap(),
                    path: path.replace("{id}", "nothing"),
                    is_native: false,
                });
            }
        }
    }
    assert!(routes.len() > 50, "{}", routes.len());
    for path in [
        "sign-out",
        "revoke-sessions",
        "revoke-other-sessions",
        "two-factor/send-otp",
    ] {
        routes.push(Route {
            method: Method::POST,
            path: format!("/api/auth/{path}"),
            is_native: true,
        });
    }
    for (number, route) in routes.iter().enumerate() {
        let client = person(&house, number).await;
        let evil = client.clone().with("origin", "https://evil.example");
        let body = json!({"email": "new@example.com", "password": PASSWORD, "name": "Eve"});
        let body = route.is_native.then_some(body);
        let answer = evil.send(route.method.clone(), &route.path, body).await;
        refused(route, "a foreign origin", &answer, &[403]);
        assert_eq!(answer.json()["code"], "INVALID_ORIGIN", "{}", route.path);
        let mine = client.get("/api/auth/get-session").await.expect(200).json();
        assert!(mine["user"].is_object(), "{}", route.path);
    }
}

#[tokio::test]
async fn what_is_not_ones_own_is_404_on_every_route_with_an_id() {
    let house = House::new().await;
    let description = house.client.get("/openapi.json").await.expect(200).json();
    let eve = person(&house, 0).await;
    let ada = person(&house, 1).await;
    let sessions = ada.get("/api/v1/auth/sessions").await.expect(200).json();
    let foreign = sessions[0]["id"].as_str().unwrap();
    let mut tried = 0;
    for (path, item) in description["paths"].as_object().unwrap() {
        if !path.contains("{id}") {
            continue;
        }
        for method in item.as_object().unwrap().keys() {
            for id in [
                foreign,
                "unknown",
                "%00",
                "..%2f..",
                "a%20b",
                &"x".repeat(300),
            ] {
                let path = path.replace("{id}", id);
                let body = json!({"friendlyName": "Mine"});
                let method: Method = method.to_uppercase().parse().unwrap();
                let body = (method == Method::PATCH).then_some(body);
                let answer = eve.send(method, &path, body).await;
                let status = answer.status.as_u16();
                let is_clean = id == foreign || id == "unknown";
                assert!(
                    status == 404 || (!is_clean && status == 400),
                    "{path} {} {}",
                    status,
                    answer.text()
                );
                tried += 1;
            }
        }
    }
    assert!(tried >= 12, "{tried}");
    ada.get("/api/v1/auth/sessions").await.expect(200);
}

/// Answers that need no database: what is refused, or known, before anything is looked up.
fn needs_nothing(path: &str) -> bool {
    path.ends_with("/jwks") || path.ends_with("/capability") || path.ends_with("/validate")
}

#[tokio::test]
async fn while_the_database_is_gone_everybody_is_told_to_come_again_and_nobody_that_they_are_not_signed_in()
 {
    let house = House::new().await;
    let mut routes = routes(&house).await;
    let description = house.client.get("/openapi.json").await.expect(200).json();
    for (path, item) in description["paths"].as_object().unwrap() {
        if path.starts_with("/api/v1/") && item.get("get").is_some() && !needs_nothing(path) {
            routes.push(Route {
                method: Method::GET,
                path: path.clone(),
                is_native: false,
            });
        }
    }
    for path in [
        "get-session",
        "token",
        "list-sessions",
        "list-accounts",
        "one-time-token/generate",
        "passkey/list-user-passkeys",
        "multi-session/list-device-sessions",
    ] {
        routes.push(Route {
            method: Method::GET,
            path: format!("/api/auth/{path}"),
            is_native: true,
        });
    }
    let ada = person(&house, 0).await;
    let fields = json!({"email": "person0@example.com", "password": PASSWORD, "name": "Ada", "otp": "123456",
        "newPassword": PASSWORD, "currentPassword": PASSWORD, "newEmail": "new@example.com", "token": "x",
        "code": "123456", "type": "sign-in", "id": "x", "accountId": "x"});
    house.database.db.close();
    let mut unavailable = 0;
    for route in &routes {
        let is_reading = route.method == Method::GET;
        let body = (!is_reading).then(|| {
            if route.is_native {
                fields.clone()
            } else {
                json!({})
            }
        });
        let answer = ada.send(route.method.clone(), &route.path, body).await;
        let status = answer.status.as_u16();
        let text = answer.text();
        assert!(
            status != 401 && status != 500,
            "{} {status} {text:.300}",
            route.path
        );
        if status == 503 {
            refused(route, "no database", &answer, &[503]);
            assert!(!answer.header("retry-after").is_empty(), "{}", route.path);
            assert_eq!(
                answer.json()["code"],
                "SERVICE_UNAVAILABLE",
                "{}",
                route.path
            );
            unavailable += 1;
        } else {
            // Refused for its fields, before the database was asked.
            assert!(
                status == 400 || (status == 200 && (is_reading || needs_nothing(&route.path))),
                "{} {status} {text:.300}",
                route.path
            );
        }
        // The cookie of somebody signed in stays.
        assert!(ada.cookie("mana.session_token").is_some(), "{}", route.path);
    }
    assert!(unavailable > 40, "{unavailable}");
}
