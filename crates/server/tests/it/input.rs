//! What every route makes of input that cannot be kept, cannot be read, or is larger than it looks.

use crate::harness::{House, PASSWORD};
use axum::body::Body;
use http::{Method, Request};
use serde_json::{Value, json};
use testkit::{Answer, Client};

const LOGIN: &str = "/api/v1/auth/login";
const EVENTS: &str = "/api/v1/auth/security-events";
const TRANSACTIONS: &str = "/api/v1/credits/transactions";

fn field_of(problem: &Value) -> &str {
    problem["errors"][0]["field"].as_str().unwrap_or_default()
}

async fn post_raw(client: &Client, path: &str, body: impl Into<Body>) -> Answer {
    let request = Request::post(path).header("content-type", "application/json");
    client.raw(request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn json_with_a_byte_order_mark_is_read_on_both_surfaces() {
    let house = House::new().await;
    house.register("ada@example.com").await;
    let body = json!({"email": "ada@example.com", "password": PASSWORD}).to_string();
    let marked = format!("\u{feff}{body}");
    for path in [LOGIN, "/api/auth/sign-in/email"] {
        let answer = post_raw(&house.client.fresh(), path, marked.clone()).await;
        answer.expect(200);
        // One mark; a second is part of what follows, which is no JSON.
        let twice = format!("\u{feff}{marked}");
        let answer = post_raw(&house.client.fresh(), path, twice).await;
        answer.expect(400);
    }
    let list = post_raw(&house.client, LOGIN, "\u{feff}[]").await;
    assert_eq!(field_of(&list.problem(400, "VALIDATION")), "body");
}

#[tokio::test]
async fn a_body_is_bounded_by_its_shape_before_anything_is_built_of_it() {
    let house = House::new().await;
    let (_, ada) = house.person("ada@example.com").await;
    let deep = |open: &str, close: &str, depth| {
        format!(
            "{{\"metadata\":{}1{}}}",
            open.repeat(depth),
            close.repeat(depth)
        )
    };
    let bodies = [
        deep("[", "]", 100),
        deep("{\"a\":", "}", 100),
        format!("{{\"metadata\":[{}]}}", vec!["[]"; 60_000].join(",")),
        format!("{{\"metadata\":[{}]}}", vec!["{\"\":0}"; 30_000].join(",")),
        format!("{{\"metadata\":[{}]}}", vec!["0"; 100_000].join(",")),
        format!("{{{}}}", vec!["\"a\":0"; 40_000].join(",")),
    ];
    for body in bodies {
        for path in [
            "/api/v1/credits/use",
            "/api/v1/auth/login",
            "/api/auth/sign-in/email",
            "/api/auth/sign-out",
        ] {
            let answer = post_raw(&ada, path, body.clone()).await.expect(400);
            let text = answer.text();
            let is_named =
                text.contains("is nested too deeply") || text.contains("holds too many values");
            assert!(is_named, "{path} {body:.40} {text}");
        }
    }
    let form = Request::post("/api/auth/sign-in/email")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(vec!["a=1"; 5_000].join("&")));
    house.client.raw(form.unwrap()).await.expect(400);
    // What people send passes.
    let metadata = json!({"list": vec![1; 2_000], "deep": {"a": [{"b": [{"c": 1}]}]}});
    let body = json!({"amount": 1, "appId": "x", "description": "x", "metadata": metadata});
    ada.post("/api/v1/credits/use", body).await.expect(200);
}

#[tokio::test]
async fn u0000_in_a_query_is_a_400_that_names_it_on_both_surfaces() {
    let house = House::new().await;
    let (_, ada) = house.person("ada@example.com").await;
    let answer = ada.get(&format!("{EVENTS}?cursor=a%00b")).await;
    assert_eq!(field_of(&answer.problem(400, "VALIDATION")), "cursor");
    let answer = ada.get(&format!("{EVENTS}?a%00b=1")).await;
    assert_eq!(field_of(&answer.problem(400, "VALIDATION")), "query");
    for path in [
        "verify-email?tok%00en=a",
        "verify-email?token=x&callbackURL=/x%00",
        "magic-link/verify?token=x&callbackURL=%00",
        "reset-password/x?callbackURL=%00",
        "get-session?disableRefresh=%00",
        "delete-user/callback?token=x&callbackURL=%00",
        "error?error=%00",
    ] {
        let answer = ada.get(&format!("/api/auth/{path}")).await.expect(400);
        assert_eq!(answer.json()["code"], "VALIDATION_ERROR", "{path}");
    }
}

#[tokio::test]
async fn cursors_numbers_and_times_beyond_the_database_are_a_400_that_names_them() {
    let house = House::new().await;
    let (_, ada) = house.person("ada@example.com").await;
    let encode = |text: &str| data_encoding::BASE64URL_NOPAD.encode(text.as_bytes());
    let id = "019a0000-0000-7000-8000-000000000000";
    for path in [EVENTS, TRANSACTIONS] {
        for millis in [
            "8210266876799999",
            "-8334601228800000",
            "9223372036854775807",
            "-9223372036854775808",
            "253402300800000",
            "-62135596800001",
            "99999999999999999999",
            "infinity",
            "-infinity",
            "1e3",
            "",
        ] {
            let cursor = encode(&format!("{millis}:{id}"));
            let answer = ada.get(&format!("{path}?cursor={cursor}")).await;
            assert_eq!(
                field_of(&answer.problem(400, "VALIDATION")),
                "cursor",
                "{millis}"
            );
        }
        for cursor in ["0:a\0b", "0:", "0", ":", "0:not-an-id"] {
            let answer = ada.get(&format!("{path}?cursor={}", encode(cursor))).await;
            assert_eq!(
                field_of(&answer.problem(400, "VALIDATION")),
                "cursor",
                "{cursor:?}"
            );
        }
        for (millis, what) in [
            ("0", "1970"),
            ("253402300799999", "9999"),
            ("-62135596800000", "1"),
        ] {
            let cursor = encode(&format!("{millis}:{id}"));
            let answer = ada.get(&format!("{path}?cursor={cursor}")).await;
            assert_eq!(answer.status, 200, "the year {what}");
        }
    }
    let ends = [
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
        "-9223372036854775809",
        "-1",
        "1.5",
        "1e3",
        "0x10",
        "NaN",
        "%FF",
        "",
    ];
    for value in ends {
        for (path, name) in [
            (EVENTS, "limit"),
            (TRANSACTIONS, "offset"),
            ("/api/v1/credits/usage-stats", "days"),
        ] {
            let answer = ada.get(&format!("{path}?{name}={value}")).await;
            assert_eq!(
                field_of(&answer.problem(400, "VALIDATION")),
                name,
                "{value}"
            );
        }
        let answer = ada.get(&format!("{TRANSACTIONS}?limit={value}")).await;
        assert!(
            matches!(answer.status.as_u16(), 200 | 400),
            "{value} {}",
            answer.text()
        );
    }
    for amount in [
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551616",
        "-9223372036854775809",
        "1e400",
        "1e18",
        "0.5",
        "1000000001",
        "0",
        "-0",
    ] {
        let body = format!(r#"{{"amount":{amount},"appId":"x","description":"x"}}"#);
        let answer = post_raw(&ada, "/api/v1/credits/use", body).await;
        answer.problem(400, "VALIDATION");
    }
}

/// A value that no parameter of its type takes.
fn bad_values(schema: &Value) -> &'static [&'static str] {
    match schema["type"].as_str().or(schema["type"][0].as_str()) {
        Some("integer") => &["x", "", "1.5", "99999999999999999999", "%FF", "%00"],
        Some("boolean") => &["x", "", "%FF", "%00"],
        _ => &["%00", "%FF"],
    }
}

#[tokio::test]
async fn every_rejection_of_a_path_or_query_is_a_problem_that_names_it() {
    let house = House::new().await;
    house.register("ada@example.com").await;
    let (browser, _) = house.login("ada@example.com").await;
    let ada = browser.with("origin", testkit::BASE_URL);
    let description = house.client.get("/openapi.json").await.expect(200).json();
    let (mut paths, mut queries) = (0, 0);
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let body = operation
                .get("requestBody")
                .map(|_| json!({"friendlyName": "x"}));
            if path.contains("{id}") {
                for bad in ["%ff", "%00", "a%00b", "%c3%28", "%ed%a0%80"] {
                    let path = path.replace("{id}", bad);
                    let answer = ada.send(method.clone(), &path, body.clone()).await;
                    let problem = answer.problem(400, "VALIDATION");
                    assert_eq!(field_of(&problem), "id", "{method} {path} {problem}");
                    paths += 1;
                }
                for odd in [
                    "%zz",
                    "%",
                    "%2",
                    "%2e%2e%2fx",
                    "%20",
                    "%F0%9F%98%80",
                    "x%0d%0ay",
                ] {
                    let path = path.replace("{id}", odd);
                    let answer = ada.send(method.clone(), &path, body.clone()).await;
                    let status = answer.status.as_u16();
                    assert!(matches!(status, 400 | 404), "{method} {path} {status}");
                    assert_eq!(
                        answer.header("content-type"),
                        "application/problem+json",
                        "{path}"
                    );
                }
            }
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                if parameter["in"] != "query" || !path.starts_with("/api/v1/") {
                    continue;
                }
                let name = parameter["name"].as_str().unwrap();
                let bad = bad_values(&parameter["schema"])
                    .iter()
                    .map(|bad| format!("{name}={bad}"));
                let doubled = format!("{name}=1&{name}=1");
                for query in bad.chain([doubled]) {
                    let answer = ada
                        .send(method.clone(), &format!("{path}?{query}"), body.clone())
                        .await;
                    let problem = answer.problem(400, "VALIDATION");
                    assert_eq!(field_of(&problem), name, "{path}?{query} {problem}");
                    queries += 1;
                }
            }
        }
    }
    assert!(paths >= 15 && queries >= 20, "{paths} {queries}");
    // Nobody's path and method are problems too.
    for (method, path, status) in [
        (Method::GET, "/api/v1/nothing", 404),
        (Method::GET, "/api/v1/auth/sessions/a/b", 404),
        (Method::PATCH, "/api/v1/auth/login", 405),
        (Method::GET, "/api/v1/auth/%ff", 404),
    ] {
        let answer = ada.send(method, path, None).await;
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{path}"
        );
        answer.expect(status);
    }
}

#[tokio::test]
async fn a_header_that_a_route_cannot_read_is_a_problem_that_names_it() {
    let house = House::new().await;
    let (_, ada) = house.person("ada@example.com").await;
    let body = json!({"amount": 1, "appId": "x", "description": "x"}).to_string();
    let long = "x".repeat(300);
    for bad in [
        b"\xff".as_slice(),
        "schl\u{fc}ssel".as_bytes(),
        b"",
        long.as_bytes(),
    ] {
        let request = Request::post("/api/v1/credits/use")
            .header("content-type", "application/json")
            .header(
                "idempotency-key",
                http::HeaderValue::from_bytes(bad).unwrap(),
            );
        let answer = ada
            .raw(request.body(Body::from(body.clone())).unwrap())
            .await;
        assert_eq!(
            field_of(&answer.problem(400, "VALIDATION")),
            "Idempotency-Key"
        );
    }
    let request = Request::post(LOGIN).header(
        "content-type",
        http::HeaderValue::from_bytes(b"text/\xff").unwrap(),
    );
    let answer = house
        .client
        .raw(request.body(Body::from("{}")).unwrap())
        .await;
    answer.problem(415, "UNSUPPORTED_MEDIA_TYPE");
}
