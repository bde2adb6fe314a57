//! What the log says of a request, and what it never says.

use crate::harness::{House, PASSWORD};
use axum::body::Body;
use http::Request;
use serde_json::json;
use std::cell::{Cell, RefCell};
use std::io::Write;

thread_local! {
    /// What this test's thread logged.
    static KEPT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static IS_KEEPING: Cell<bool> = const { Cell::new(false) };
}

/// Keeps what is logged on a thread that asked for it.
struct Keeper;

impl Write for Keeper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if IS_KEEPING.get() {
            KEPT.with_borrow_mut(|kept| kept.extend_from_slice(bytes));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn regression_7_2_no_address_password_or_token_is_logged() {
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(|| Keeper)
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    // The test's runtime has one thread: everything it runs logs here.
    IS_KEEPING.set(true);
    let house = House::new().await;
    house.register("ada.secret@example.com").await;
    let (client, login) = house.login("ada.secret@example.com").await;
    let wrong = json!({"email": "ada.secret@example.com", "password": "wrong-horse"});
    for _ in 0..6 {
        house
            .client
            .fresh()
            .post("/api/v1/auth/login", wrong.clone())
            .await;
    }
    let again = json!({"email": "ada.secret@example.com", "password": PASSWORD});
    house
        .client
        .fresh()
        .post("/api/v1/auth/register", again)
        .await
        .expect(409);
    let body = json!({"refreshToken": login["refreshToken"]});
    house
        .client
        .fresh()
        .post("/api/v1/auth/refresh", body.clone())
        .await
        .expect(200);
    house.clock.advance_seconds(60);
    house
        .client
        .fresh()
        .post("/api/v1/auth/refresh", body)
        .await
        .expect(401);
    let bearer = house.client.bearer(login["accessToken"].as_str().unwrap());
    bearer.get("/api/v1/auth/profile?token=query-secret").await;
    client.get("/api/v1/auth/session").await;
    let path = "/reset-password?token=query-secret";
    client.get(path).await.expect(400);
    let form =
        Request::post("/reset-password").body(Body::from("token=form-secret&password=new-horse"));
    client.raw(form.unwrap()).await.expect(400);

    let log = String::from_utf8(KEPT.take()).unwrap();
    assert!(log.lines().count() > 10, "{log}");
    let line = log
        .lines()
        .find(|line| line.contains("\"status\":429"))
        .unwrap();
    for part in [
        "\"level\":\"WARN\"",
        "\"route\":\"/api/v1/auth/login\"",
        "\"method\":\"POST\"",
        "ACCOUNT_LOCKED",
        "\"ip\":\"127.0.0.1\"",
    ] {
        assert!(line.contains(part), "{part} in {line}");
    }
    let cookie = client.cookie("mana.session_token").unwrap_or_default();
    let secrets = [
        "ada.secret@",
        PASSWORD,
        "wrong-horse",
        "query-secret",
        "form-secret",
        "new-horse",
        login["accessToken"].as_str().unwrap(),
        login["refreshToken"].as_str().unwrap(),
        login["token"].as_str().unwrap(),
        testkit::AUTH_SECRET,
        "argon2id",
    ];
    for secret in secrets {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    assert!(cookie.is_empty() || !log.contains(&cookie));
}
