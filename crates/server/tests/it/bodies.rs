//! Bodies, fields and headers that are not what they should be: a 4xx that names what is wrong, never a 5xx.

use crate::harness::{House, PASSWORD};
use axum::body::Body;
use http::Request;
use serde_json::json;
use testkit::{Answer, Client};

const REGISTER: &str = "/api/v1/auth/register";
const LOGIN: &str = "/api/v1/auth/login";

/// A raw POST with a content type.
async fn post_raw(client: &Client, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
    let request = Request::post(path).header("content-type", kind);
    client.raw(request.body(body.into()).unwrap()).await
}

fn field_of(problem: &serde_json::Value) -> &str {
    problem["errors"][0]["field"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn bodies_that_are_no_json_are_refused_by_name() {
    let house = House::new().await;
    let anyone = &house.client;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "",
    ] {
        post_raw(anyone, LOGIN, kind, "{}")
            .await
            .problem(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    let kind = "application/json; charset=utf-8";
    for bad in [
        "",
        "{",
        "{\"email\":",
        "nope",
        "{\"email\":1}}",
        "{'email':1}",
        &"[".repeat(5000),
    ] {
        let problem = post_raw(anyone, LOGIN, kind, bad.to_owned())
            .await
            .problem(400, "VALIDATION");
        assert!(!field_of(&problem).is_empty(), "{bad:.20} {problem}");
    }
    let problem = post_raw(anyone, LOGIN, kind, vec![b'"', 0xff, 0xfe, b'"']).await;
    let problem = problem.problem(400, "VALIDATION");
    assert_eq!(problem["errors"][0]["message"], "is not UTF-8");
    for whole in ["[]", "3", "\"text\"", "null"] {
        let problem = post_raw(anyone, LOGIN, kind, whole)
            .await
            .problem(400, "VALIDATION");
        assert!(!field_of(&problem).is_empty(), "{whole} {problem}");
    }
}

#[tokio::test]
async fn a_body_of_ten_megabytes_is_refused_announced_or_not() {
    let house = House::new().await;
    let big = format!("{{\"email\":\"{}\"}}", "x".repeat(10 * 1024 * 1024));
    let announced = Request::post(LOGIN)
        .header("content-type", "application/json")
        .header("content-length", big.len());
    let answer = house
        .client
        .raw(announced.body(Body::from(big.clone())).unwrap())
        .await;
    answer.problem(413, "PAYLOAD_TOO_LARGE");
    post_raw(&house.client, LOGIN, "application/json", big.clone())
        .await
        .problem(413, "PAYLOAD_TOO_LARGE");
    // A route with an optional body reads it through the same door.
    post_raw(
        &house.client,
        "/api/v1/auth/logout",
        "application/json",
        big,
    )
    .await
    .problem(413, "PAYLOAD_TOO_LARGE");
}

#[tokio::test]
async fn a_wrong_missing_unknown_or_doubled_field_is_named() {
    let house = House::new().await;
    let good = json!({"email": "ada@example.com", "password": PASSWORD});
    for (change, field) in [
        (json!({"email": 1}), "email"),
        (json!({"email": null}), "email"),
        (json!({"password": []}), "password"),
        (json!({"name": {}}), "name"),
        (json!({"surprise": 1}), "surprise"),
    ] {
        let mut body = good.clone();
        body.as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        let problem = house
            .client
            .post(REGISTER, body)
            .await
            .problem(400, "VALIDATION");
        assert_eq!(field_of(&problem), field, "{problem}");
    }
    for field in ["email", "password"] {
        let mut body = good.clone();
        body.as_object_mut().unwrap().remove(field);
        for path in [REGISTER, LOGIN] {
            let problem = house
                .client
                .post(path, body.clone())
                .await
                .problem(400, "VALIDATION");
            assert_eq!(field_of(&problem), field);
        }
    }
    let doubled =
        "{\"email\":\"a@example.com\",\"email\":\"b@example.com\",\"password\":\"12345678\"}";
    let answer = post_raw(&house.client, REGISTER, "application/json", doubled).await;
    assert_eq!(field_of(&answer.problem(400, "VALIDATION")), "email");
    let (_, ada) = house.person("ada@example.com").await;
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=x", "limit"),
        ("limit=201", "limit"),
        ("cursor=%00", "cursor"),
        ("page=1", "page"),
    ] {
        let answer = ada
            .get(&format!("/api/v1/auth/security-events?{query}"))
            .await;
        assert_eq!(
            field_of(&answer.problem(400, "VALIDATION")),
            field,
            "{query}"
        );
    }
}

#[tokio::test]
async fn no_text_a_client_can_send_makes_a_server_error() {
    let house = House::new().await;
    let (_, ada) = house.person("ada@example.com").await;
    let nasty = [
        "\u{0}",
        "a\u{0}b",
        "\u{feff}",
        "\u{202e}evil",
        "'; drop table auth.users; --",
        "\u{1F600}",
        "\\u0000",
        "%00",
        "\u{7f}",
    ];
    let long = "x".repeat(70_000);
    for text in nasty.iter().copied().chain([long.as_str()]) {
        for body in [
            json!({"email": text, "password": PASSWORD}),
            json!({"email": "ada@example.com", "password": text}),
            json!({"email": "ada@example.com", "password": PASSWORD, "deviceId": text}),
            json!({"email": "ada@example.com", "password": PASSWORD, "deviceName": text}),
            json!({"email": "bob@example.com", "password": PASSWORD, "name": text}),
            json!({"email": "bob@example.com", "password": PASSWORD, "sourceAppUrl": text}),
            json!({"token": text}),
            json!({"refreshToken": text}),
            json!({"amount": 1, "appId": text, "description": "x"}),
            json!({"amount": 1, "appId": "x", "description": text}),
            json!({"amount": 1, "appId": "x", "description": "x", "idempotencyKey": text}),
            json!({"amount": 1, "appId": "x", "description": "x", "metadata": {text: text}}),
        ] {
            for path in [
                REGISTER,
                LOGIN,
                "/api/v1/auth/refresh",
                "/api/v1/auth/validate",
                "/api/v1/credits/use",
                "/api/v1/auth/logout",
            ] {
                // Without the bearer on logout, which would end the session that the other routes use.
                let client = if path.ends_with("logout") {
                    house.client.fresh()
                } else {
                    ada.clone()
                };
                let answer = client.post(path, body.clone()).await;
                assert!(
                    !answer.status.is_server_error(),
                    "{path} {body:.80} {}",
                    answer.text()
                );
            }
        }
    }
}

#[tokio::test]
async fn odd_headers_make_no_server_error() {
    let house = House::new().await;
    let long = "x".repeat(60_000);
    for (name, value) in [
        ("authorization", b"Bearer \xff\xfe".as_slice()),
        ("authorization", long.as_bytes()),
        ("cookie", b"mana.session_token=\xff"),
        ("cookie", b"=; ;;=;mana.session_token"),
        ("cookie", long.as_bytes()),
        ("user-agent", b"\xff"),
        ("accept-language", b"\xff;q=\xff"),
        ("origin", b"\xff"),
        ("x-forwarded-for", b"\xff, ::::"),
        ("x-request-id", b"\xff\xff\xff\xff\xff\xff\xff\xff"),
        ("idempotency-key", b"\xff"),
        ("content-length", b"-1"),
    ] {
        for path in [
            LOGIN,
            REGISTER,
            "/api/v1/auth/logout",
            "/api/v1/credits/use",
        ] {
            let value = http::HeaderValue::from_bytes(value).unwrap();
            let request = Request::post(path)
                .header("content-type", "application/json")
                .header(name, value);
            let body = json!({"email": "ada@example.com", "password": PASSWORD}).to_string();
            let answer = house
                .client
                .fresh()
                .raw(request.body(body.into()).unwrap())
                .await;
            assert!(
                !answer.status.is_server_error(),
                "{path} {name} {}",
                answer.text()
            );
        }
    }
}

#[tokio::test]
async fn regression_7_1_29_a_body_is_parsed_once_whatever_its_length() {
    let house = House::new().await;
    for (number, padding) in [0_usize, 1, 4096, 8191, 8192, 65_536]
        .into_iter()
        .enumerate()
    {
        let email = format!("person{number}@example.com");
        let body = format!(
            "{}{{\"email\":\"{email}\",\"password\":\"{PASSWORD}\"}}\n",
            " ".repeat(padding)
        );
        post_raw(&house.client, REGISTER, "application/json", body)
            .await
            .expect(200);
    }
}
