//! Bodies as clients really send them, and characters that no column takes.

use crate::support::{Home, PASSWORD, Server};
use secrecy::ExposeSecret;
use serde_json::json;
use testkit::TestDatabase;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_sends_ten_megabytes_first_reads_its_413() {
    let home = Home::new();
    let database = TestDatabase::empty().await;
    let mut command = home.command(&["serve"]);
    let server = Server::of(command.env("DATABASE_URL", database.url.expose_secret()));
    let address = server.base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let body = vec![b'x'; 10_000_000];
    let head = format!(
        "POST /api/v1/auth/login HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&body).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(
        answer.contains("\"code\":\"PAYLOAD_TOO_LARGE\""),
        "{answer}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_character_that_postgresql_cannot_keep_is_a_400_that_names_the_field() {
    let home = Home::new();
    let database = TestDatabase::empty().await;
    let mut command = home.command(&["serve"]);
    let server = Server::of(command.env("DATABASE_URL", database.url.expose_secret()));
    let person = server.person().await;
    for field in ["deviceId", "deviceName"] {
        let mut body = json!({"email": person.email, "password": PASSWORD});
        body[field] = json!("a\0b");
        let answer = server
            .post("/api/v1/auth/login", None, body)
            .await
            .expect(400);
        assert_eq!(answer.json["errors"][0]["field"], field, "{answer:?}");
    }
}
