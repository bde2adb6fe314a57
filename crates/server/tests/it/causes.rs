//! What the log tells an operator: the cause of a failure of ours, on both surfaces, and what a setting leaves out.

use crate::harness::House;
use http::Method;
use serde_json::json;
use std::io::Write;
use std::sync::{Arc, Mutex};
use tracing::subscriber::DefaultGuard;

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Kept {
    /// Keeps what this test's thread logs, on which its whole server runs, as long as the guard lives.
    fn start() -> (Self, DefaultGuard) {
        let kept = Self::default();
        let writer = kept.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_writer(move || writer.clone())
            .finish();
        (kept, tracing::subscriber::set_default(subscriber))
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_named_and_an_address_that_is_none_are_told_of_once() {
    let (kept, _guard) = Kept::start();
    let house = House::with(&[("TRUSTED_PROXIES", "10.0.0.1")]).await;
    let stranger = house.client.fresh().from_ip("203.0.113.9");
    let proxy = house.client.fresh().from_ip("10.0.0.1");
    stranger.get("/health/live").await.expect(200);
    assert!(!kept.text().contains("TRUSTED_PROXIES"));
    for number in 0..3 {
        let address = format!("198.51.100.{number}");
        let client = stranger.clone().with("x-forwarded-for", &address);
        client.get("/health/live").await.expect(200);
        let client = proxy
            .clone()
            .with("x-forwarded-for", &format!("unknown-{number}"));
        client.get("/health/live").await.expect(200);
    }
    assert_eq!(
        kept.text().matches("TRUSTED_PROXIES does not name").count(),
        1
    );
    assert_eq!(kept.text().matches("that is no address").count(), 1);
}

#[tokio::test]
async fn a_500_always_logs_its_cause() {
    let (kept, _guard) = Kept::start();
    let house = House::new().await;
    house.register("ada@example.com").await;
    let (client, _) = house.login("ada@example.com").await;
    let client = client.with("origin", testkit::BASE_URL);
    let root = house.database.superuser().await;
    root.batch_execute(
        "alter table auth.security_events rename column metadata to moved;
         alter table auth.passkeys rename column name to called",
    )
    .await
    .unwrap();
    let wish =
        json!({"email": "ada@example.com", "password": crate::harness::PASSWORD, "name": "Ada"});
    for (method, path) in [
        (Method::GET, "/api/auth/passkey/list-user-passkeys"),
        (Method::POST, "/api/auth/sign-in/email"),
        (Method::POST, "/api/auth/request-password-reset"),
        (Method::GET, "/api/v1/auth/passkeys"),
        (Method::GET, "/api/v1/auth/security-events"),
        (Method::POST, "/api/v1/auth/login"),
    ] {
        kept.0.lock().unwrap().clear();
        let mut body = wish.clone();
        if path.ends_with("login") {
            body.as_object_mut().unwrap().remove("name");
        }
        let body = (method == Method::POST).then_some(body);
        let answer = client.send(method, path, body).await;
        assert_eq!(answer.status, 500, "{path} {}", answer.text());
        assert!(
            !answer.text().contains("column"),
            "{path} {}",
            answer.text()
        );
        let log = kept.text();
        let line = log
            .lines()
            .find(|line| line.contains("\"why\""))
            .unwrap_or_default();
        assert!(line.contains("column"), "{path}: {log}");
    }
}
