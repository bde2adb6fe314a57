//! The development mailbox stays at home: for this machine, under a name of its own.

use crate::harness::House;
use axum::body::Body;
use http::Request;
use testkit::{Answer, Client};

const PATH: &str = "/dev/mailbox";

async fn ask(client: &Client, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(PATH);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    client.raw(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn the_development_mailbox_answers_nobody_without_a_loopback_address_and_host() {
    let house = House::with(&[("TRUSTED_PROXIES", "127.0.0.1")]).await;
    let near = house.client.fresh();
    for host in [
        "localhost:3001",
        "localhost",
        "127.0.0.1:3001",
        "[::1]:3001",
        "app.localhost",
        "LOCALHOST",
    ] {
        ask(&near, &[("host", host)]).await.expect(200);
    }
    ask(&near.clone().from_ip("::1"), &[("host", "localhost")])
        .await
        .expect(200);
    ask(
        &near.clone().from_ip("::ffff:127.0.0.1"),
        &[("host", "localhost")],
    )
    .await
    .expect(200);
    // Names that a page elsewhere can give itself.
    for host in [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "auth.example:3001",
        "10.0.0.1",
        "0.0.0.0:3001",
        "",
        "local host",
    ] {
        ask(&near, &[("host", host)])
            .await
            .problem(404, "NOT_FOUND");
    }
    // Strangers, directly or through something on this machine.
    for ip in ["203.0.113.7", "10.0.0.1", "2001:db8::1", "0.0.0.0"] {
        let far = near.clone().from_ip(ip);
        ask(&far, &[("host", "localhost")])
            .await
            .problem(404, "NOT_FOUND");
    }
    for (name, value) in [
        ("x-forwarded-for", "203.0.113.7"),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-host", "auth.example"),
        ("forwarded", "for=203.0.113.7"),
    ] {
        let answer = ask(&near, &[("host", "localhost"), (name, value)]).await;
        answer.problem(404, "NOT_FOUND");
    }
}
