//! SIGTERM, one server per data folder, and who the process is.

use crate::support::{Answer, Done, Home, Server, eventually, wait_until};
use serde_json::json;
use std::time::{Duration, Instant};

const PROMPT: Duration = Duration::from_secs(30);

/// Settings of a real production server, whose readiness lingers at shutdown.
fn production(home: &Home) -> std::process::Command {
    let mut command = home.command(&["serve"]);
    command
        .env("ENVIRONMENT", "production")
        .env("BASE_URL", "https://auth.example.com")
        .env("BIND_ADDRESS", "127.0.0.1")
        .env("REQUIRE_EMAIL_VERIFICATION", "false")
        .env(
            "BETTER_AUTH_SECRET",
            "wXk2/9rPq0Yc7sLmB4vTzN8hJdFgA1eUoI6tQyRk",
        )
        .env(
            "MANA_AUTH_KEK",
            "q83vEjRWeJq83vEjRWeJq83vEjRWeJq83vEjRWeJq80=",
        )
        .env_remove("PASSWORD_MEMORY_KIB")
        .env_remove("PASSWORD_PASSES");
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_turns_readiness_off_finishes_requests_and_stops_postgresql_last() {
    let home = Home::new();
    let mut server = Server::of(&mut production(&home));
    let person = server.person().await;
    check_identity(&server);
    server.get("/health/ready", None).await.expect(200);

    // A use that cannot finish while somebody else holds the wallet.
    let mut db = home.superuser().await;
    let holder = db.transaction().await.unwrap();
    holder
        .query(
            "select 1 from credits.accounts where owner_id = $1 for update",
            &[&person.id],
        )
        .await
        .unwrap();
    let body = json!({"amount": 7, "appId": "faults", "description": "a use"});
    let access = Some(person.access.as_str());
    let slow = tokio::spawn(Answer::of(server.request(
        "/api/v1/credits/use",
        access,
        &body,
    )));
    let watcher = home.superuser().await;
    eventually("the use waits for the wallet", PROMPT, async || {
        let query = "select 1 from pg_stat_activity where wait_event_type = 'Lock'";
        watcher.query_opt(query, &[]).await.unwrap()
    })
    .await;

    server.terminate();
    let ready = eventually("readiness is off", PROMPT, async || {
        let answer = server.get("/health/ready", None).await;
        (answer.status == 503).then_some(answer)
    })
    .await;
    assert_eq!(
        ready.json["checks"]["shutdown"]["status"], "error",
        "{ready:?}"
    );
    eventually("new connections are refused", PROMPT, async || {
        tokio::net::TcpStream::connect(server.base.trim_start_matches("http://"))
            .await
            .is_err()
            .then_some(())
    })
    .await;
    assert!(server.is_running(), "the use is not finished yet");
    holder.rollback().await.unwrap();
    slow.await.unwrap().expect(200);
    let status = server.end();
    assert_eq!(status.code(), Some(0), "{status}\n{}", server.log());
    assert_eq!(home.postmaster(), None, "PostgreSQL was stopped in order");

    let server = Server::of(&mut production(&home));
    let balance = server
        .get("/api/v1/credits/balance", access)
        .await
        .expect(200);
    assert_eq!(balance.json["freeCreditsRemaining"], 143, "{balance:?}");
}

/// Started as root, the process is somebody else by now.
fn check_identity(server: &Server) {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("Uid:"))
        .unwrap();
    let ids: Vec<&str> = line.split_whitespace().skip(1).collect();
    assert!(!ids.contains(&"0"), "{line}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_use_whose_client_left_finishes_before_the_server_ends() {
    let home = Home::new();
    let mut server = Server::start(&home);
    let person = server.person().await;
    let mut db = home.superuser().await;
    let holder = db.transaction().await.unwrap();
    holder
        .query(
            "select 1 from credits.accounts where owner_id = $1 for update",
            &[&person.id],
        )
        .await
        .unwrap();
    let body = json!({"amount": 9, "appId": "faults", "description": "a use"});
    let request = server.request("/api/v1/credits/use", Some(&person.access), &body);
    let leaving = tokio::spawn(Answer::attempt(request));
    let watcher = home.superuser().await;
    eventually("the use waits for the wallet", PROMPT, async || {
        let query = "select 1 from pg_stat_activity where wait_event_type = 'Lock'";
        watcher.query_opt(query, &[]).await.unwrap()
    })
    .await;
    leaving.abort();
    server.terminate();
    wait_until("the shutdown has begun", || {
        server.log().contains("shutting down")
    });
    assert!(server.is_running());
    holder.rollback().await.unwrap();
    assert_eq!(server.end().code(), Some(0));

    let server = Server::start(&home);
    let balance = server
        .get("/api/v1/credits/balance", Some(&person.access))
        .await
        .expect(200);
    assert_eq!(balance.json["freeCreditsRemaining"], 141, "{balance:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_server_on_a_data_folder_is_refused_and_a_restart_is_quick() {
    let home = Home::new();
    let mut server = Server::start(&home);
    let pid = server.pid().to_string();
    home.run(&["serve"])
        .fails()
        .says("another mana-auth")
        .says(&pid)
        .says("DATA_DIR");
    server.get("/health/ready", None).await.expect(200);

    let port = server.base.rsplit(':').next().unwrap().to_owned();
    let other = Home::new();
    Done::of(other.command(&["serve"]).env("PORT", &port))
        .fails()
        .says("PORT")
        .says(&port);

    server.terminate();
    assert_eq!(server.end().code(), Some(0));
    let started = Instant::now();
    let server = Server::start(&home);
    server.get("/health", None).await.expect(200);
    // A debug build on a busy machine; bench/ measures the real time.
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "{:?}",
        started.elapsed()
    );
}
