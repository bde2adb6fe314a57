//! The commands, end to end.

use crate::support::{Done, Home, PASSWORD, Server, free_port};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::process::Command;
use testkit::TestDatabase;

const KEK: &str = "q83vEjRWeJq83vEjRWeJq83vEjRWeJq83vEjRWeJq80=";
const OTHER_KEK: &str = "ASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4mrze8=";

/// A command on an operator's database.
fn on(home: &Home, database: &TestDatabase, arguments: &[&str]) -> Command {
    let mut command = home.command(arguments);
    command.env("DATABASE_URL", database.url.expose_secret());
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_migrates_looks_rotates_and_makes_people() {
    let home = Home::new();
    let database = TestDatabase::empty().await;
    let run = |arguments: &[&str]| Done::of(&mut on(&home, &database, arguments));
    run(&["doctor"]).fails().says("run: mana-auth migrate");
    run(&["migrate"]).succeeds().says("migrations applied");
    run(&["migrate"]).succeeds().says("up to date");

    let first = run(&["keys", "list"]).succeeds();
    assert_eq!(first.out.lines().count(), 1, "{}", first.out);
    let rotated = run(&["keys", "rotate"]).succeeds();
    assert_eq!(rotated.out.lines().count(), 2, "{}", rotated.out);
    let old = first.out.split_whitespace().next().unwrap();
    let is_published = |line: &str| line.contains(old) && line.contains("published until");
    assert!(rotated.out.lines().any(is_published), "{}", rotated.out);

    let doctor = run(&["doctor"]).succeeds();
    assert!(!doctor.out.contains("FAIL"), "{}", doctor.out);
    for name in [
        "settings",
        "secrets",
        "disk",
        "database",
        "migrations",
        "clock",
        "roles",
        "keys",
    ] {
        assert!(doctor.out.contains(name), "no {name} in {}", doctor.out);
    }

    let create = [
        "user",
        "create",
        "--email",
        "Boss@Example.com",
        "--password",
        PASSWORD,
        "--verified",
    ];
    let id = run(&create).succeeds().out.trim().to_owned();
    run(&create).fails().says("exists");
    run(&[
        "user",
        "create",
        "--email",
        "x@example.com",
        "--password",
        "short",
    ])
    .fails()
    .says("8 to 128 characters");
    run(&[
        "user",
        "create",
        "--email",
        "nobody",
        "--password",
        PASSWORD,
    ])
    .fails();
    run(&["user", "set-role", "boss@example.com", "admin"]).succeeds();
    run(&["user", "set-role", "boss@example.com", "king"])
        .fails()
        .says("king");
    run(&["user", "set-role", "ghost@example.com", "admin"])
        .fails()
        .says("ghost@example.com");
    run(&["user", "list"])
        .succeeds()
        .says(&id)
        .says("boss@example.com")
        .says("admin")
        .says("verified");
    run(&["ledger", "verify"]).succeeds().says("1 accounts");

    let server = Server::of(&mut on(&home, &database, &["serve"]));
    let person = server.sign_in("boss@example.com", &id).await;
    let balance = server
        .get("/api/v1/credits/balance", Some(&person.access))
        .await
        .expect(200);
    assert_eq!(balance.json["freeCreditsRemaining"], 150, "{balance:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_says_what_is_wrong_and_what_to_do() {
    let home = Home::new();
    let database = TestDatabase::empty().await;
    Done::of(on(&home, &database, &["keys", "list"]).env("MANA_AUTH_KEK", KEK)).succeeds();
    Done::of(
        on(&home, &database, &["doctor"])
            .env("MANA_AUTH_KEK", KEK)
            .env(
                "CORS_ORIGINS",
                "http://*.localhost:3000,https://elsewhere.example",
            )
            .env("TRUSTED_PROXIES", "0.0.0.0/0"),
    )
    .succeeds()
    .says("note  settings    TRUSTED_PROXIES trusts everybody")
    .says("note  settings    CORS_ORIGINS `http://*.localhost:3000` trusts every name below")
    .says("`https://elsewhere.example` is another site");
    let wrong = Done::of(on(&home, &database, &["doctor"]).env("MANA_AUTH_KEK", OTHER_KEK)).fails();
    let line = wrong
        .out
        .lines()
        .find(|line| line.starts_with("FAIL"))
        .unwrap();
    assert!(
        line.contains("keys") && line.contains("MANA_AUTH_KEK"),
        "{line}"
    );
    // A server with the wrong key does not start and make a new one.
    let mut serve = on(&home, &database, &["serve"]);
    Done::of(serve.env("MANA_AUTH_KEK", OTHER_KEK))
        .fails()
        .says("MANA_AUTH_KEK");

    let nowhere = format!("postgres://nobody@127.0.0.1:{}/none", free_port());
    let down = Done::of(home.command(&["doctor"]).env("DATABASE_URL", nowhere)).fails();
    let line = down
        .out
        .lines()
        .find(|line| line.starts_with("FAIL"))
        .unwrap();
    assert!(
        line.contains("database") && line.contains("DATABASE_URL"),
        "{line}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tampered_book_is_found() {
    let home = Home::new();
    let database = TestDatabase::empty().await;
    let run = |arguments: &[&str]| Done::of(&mut on(&home, &database, arguments));
    run(&[
        "user",
        "create",
        "--email",
        "a@example.com",
        "--password",
        PASSWORD,
    ])
    .succeeds();
    run(&["ledger", "verify"]).succeeds();
    let db = database.superuser().await;
    // A thief with the superuser's rights, who switches off the triggers and corrects the sums too.
    db.batch_execute(
        "set session_replication_role = replica;
         update credits.entries set amount = amount * 2, balance_after = balance_after * 2 where balance_after is not null;
         update credits.entries set amount = amount * 2 where balance_after is null;
         update credits.accounts set free = free * 2 where kind = 'user';",
    )
    .await
    .unwrap();
    run(&["ledger", "verify"]).fails().says("FAIL  chain_links");
}

#[test]
fn every_wrong_setting_is_named_at_once() {
    let home = Home::new();
    let check = || home.command(&["config", "check"]);
    Done::of(&mut check()).succeeds().says("fine");
    let mut wrong = check();
    wrong
        .env("PORT", "99999")
        .env("JWT_ACCESS_TOKEN_EXPIRY", "soon")
        .env("CORS_ORIGINS", "example")
        .env("CREDITS_DAILY_FREE", "-1")
        .env("CREDITS_SIGNUP_BONUSES", "1");
    Done::of(&mut wrong)
        .fails()
        .says("PORT")
        .says("JWT_ACCESS_TOKEN_EXPIRY")
        .says("CORS_ORIGINS")
        .says("CREDITS_DAILY_FREE")
        .says("did you mean CREDITS_SIGNUP_BONUS?");

    std::fs::write(
        home.path().join(".env"),
        "NO_SUCH_SETTING=1\nLOG_LEVEL=info\n",
    )
    .unwrap();
    Done::of(&mut check())
        .fails()
        .says("NO_SUCH_SETTING")
        .says(".env");
    std::fs::write(home.path().join(".env"), "LOG_LEVEL=a b 'c\n").unwrap();
    Done::of(&mut check()).fails().says(".env").says("quote");
    std::fs::remove_file(home.path().join(".env")).unwrap();

    let toml = home.path().join("mana.toml");
    std::fs::write(
        &toml,
        "[jwt]\nissuer = \"https://x.example\"\nshoe_size = 43\n",
    )
    .unwrap();
    Done::of(check().env("MANA_AUTH_CONFIG", &toml))
        .fails()
        .says("JWT_SHOE_SIZE");
    Done::of(home.command(&["config", "reference"]).env("PORT", "wrong"))
        .succeeds()
        .says("MANA_AUTH_KEK");
}

#[test]
fn a_development_server_does_not_start_away_from_home() {
    let home = Home::new();
    for command in [&["serve"][..], &["config", "check"]] {
        for (key, value) in [
            ("BIND_ADDRESS", "0.0.0.0"),
            ("BASE_URL", "http://auth.example.com"),
        ] {
            let mut command = home.command(command);
            command.env("ENVIRONMENT", "development").env(key, value);
            Done::of(&mut command)
                .fails()
                .says(key)
                .says("/dev/mailbox");
        }
    }
}

#[test]
fn production_refuses_secrets_that_anybody_could_guess() {
    let home = Home::new();
    let serve = || {
        let mut command = home.command(&["serve"]);
        command
            .env("BASE_URL", "https://auth.example.com")
            .env("ENVIRONMENT", "production")
            .env("REQUIRE_EMAIL_VERIFICATION", "false")
            .env_remove("PASSWORD_MEMORY_KIB")
            .env_remove("PASSWORD_PASSES");
        command
    };
    Done::of(&mut serve())
        .fails()
        .says("BETTER_AUTH_SECRET is missing; make one with: openssl rand -base64 48")
        .says("MANA_AUTH_KEK is missing; make one with: openssl rand -base64 32");
    let zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    Done::of(
        serve()
            .env("BETTER_AUTH_SECRET", "a".repeat(64))
            .env("MANA_AUTH_KEK", zeros),
    )
    .fails()
    .says("BETTER_AUTH_SECRET is too weak")
    .says("MANA_AUTH_KEK is all one byte");
    Done::of(
        serve()
            .env("BETTER_AUTH_SECRET", "changeme")
            .env("MANA_AUTH_KEK", "c2hvcnQ="),
    )
    .fails()
    .says("BETTER_AUTH_SECRET is too weak")
    .says("MANA_AUTH_KEK must be the base64 of 32 bytes");
    assert!(
        !home.data().join("postgres").exists(),
        "nothing was started"
    );
    Done::of(
        home.command(&["serve"])
            .env("BASE_URL", "https://auth.example.com"),
    )
    .fails()
    .says("ENVIRONMENT must be set");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_brings_people_and_credits_back_on_an_empty_folder() {
    let home = Home::new();
    let server = Server::start(&home);
    let person = server.person().await;
    let body = json!({"amount": 11, "appId": "faults", "description": "a use"});
    let access = Some(person.access.as_str());
    server
        .post("/api/v1/credits/use", access, body.clone())
        .await
        .expect(200);
    // Beside the running server.
    let file = home.path().join("backup.tar");
    let path = file.to_str().unwrap();
    home.run(&["backup", path]).succeeds().says("secrets");
    server
        .post("/api/v1/credits/use", access, body)
        .await
        .expect(200);
    drop(server);

    let other = Home::new();
    other.run(&["restore", path]).succeeds();
    other.run(&["restore", path]).fails().says("empty folder");
    let server = Server::start(&other);
    // Its secrets came along: the old token and cookie are still good, and so is the password.
    let balance = server
        .get("/api/v1/credits/balance", access)
        .await
        .expect(200);
    assert_eq!(balance.json["freeCreditsRemaining"], 139, "{balance:?}");
    let session = server
        .get_with_cookie("/api/v1/auth/session", &person.cookie)
        .await
        .expect(200);
    assert_eq!(
        session.json["user"]["email"],
        person.email.as_str(),
        "{session:?}"
    );
    server.sign_in(&person.email, &person.id).await;
    // Beside the running server, too.
    other.run(&["ledger", "verify"]).succeeds();
    other.run(&["doctor"]).succeeds();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openapi_is_printed_as_it_is_served() {
    let home = Home::new();
    let database = TestDatabase::empty().await;
    let printed = Done::of(&mut on(&home, &database, &["openapi"])).succeeds();
    let printed: Value = serde_json::from_str(&printed.out).unwrap();
    assert!(printed["openapi"].as_str().unwrap().starts_with("3.1"));
    let server = Server::of(&mut on(&home, &database, &["serve"]));
    let served = server.get("/openapi.json", None).await.expect(200);
    assert_eq!(printed, served.json);
    // What the edge may answer is described everywhere.
    let post = &printed["paths"]["/api/v1/auth/login"]["post"]["responses"];
    for status in ["400", "413", "415", "429", "503"] {
        assert!(
            post[status]["content"]["application/problem+json"].is_object(),
            "{status} in {post}"
        );
    }
}
