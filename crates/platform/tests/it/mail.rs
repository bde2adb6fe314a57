//! Mails through a real SMTP server with STARTTLS and authentication, and their survival while it is down.

use crate::private_postgres::Scratch;
use crate::tls::{certificates, free_port};
use kernel::crypto::seal::SealKeys;
use kernel::text::{EmailAddress, Locale};
use platform::config::{MailConfig, SmtpConfig, SmtpSecurity};
use platform::db::Actor;
use platform::jobs::{Jobs, Registry};
use platform::mail::{Button, Letter, Mailer};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use testkit::{ManualClock, TestDatabase, context};

/// An SMTP server that ends with the test.
struct Server(Child);

impl Server {
    fn start(port: u16, folder: &Path) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/smtp_server.py");
        let mut child = Command::new("python3")
            .args([
                script,
                &port.to_string(),
                "server.pem",
                "server.key",
                "mails",
            ])
            .current_dir(folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 runs; script/test provides aiosmtpd");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert_eq!(
            line.trim(),
            "ready",
            "script/bootstrap --test installs aiosmtpd"
        );
        Self(child)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn config(port: u16, folder: &Path, password: &str) -> MailConfig {
    MailConfig {
        smtp: Some(SmtpConfig {
            host: "localhost".to_owned(),
            port,
            security: SmtpSecurity::StartTls,
            ca_file: Some(folder.join("ca.pem")),
            credentials: Some(("mana".to_owned(), password.to_owned().into())),
        }),
        from: "Mana <noreply@example.com>".to_owned(),
        brand_name: "Mana".to_owned(),
        brand_color: "#2f5bd7".to_owned(),
    }
}

fn letter() -> Letter {
    Letter {
        title: "Bestätige deine Adresse".to_owned(),
        greeting: "Hallo Ada,".to_owned(),
        paragraphs: vec!["Grüße".to_owned()],
        code: None,
        button: Some(Button {
            label: "Los".to_owned(),
            link: "https://auth.example/x?token=t&callbackURL=%2F".to_owned(),
        }),
        aside: None,
        footer: "Ende".to_owned(),
    }
}

#[tokio::test]
async fn a_mail_survives_the_mail_server_being_down_and_leaves_encrypted_and_authenticated() {
    let scratch = Scratch::new();
    certificates(&scratch.0);
    let database = TestDatabase::new().await;
    let clock = ManualClock::now_ish();
    let context = context(&clock);
    let jobs = Arc::new(Jobs::new(database.db.clone(), context.clone()));
    let seal = Arc::new(SealKeys::new(("env-v1".to_owned(), [7; 32]), vec![]));
    let port = free_port();
    let config = config(port, &scratch.0, "a secret");
    let mailer =
        Arc::new(Mailer::new(config, true, jobs.clone(), seal, context.clock.clone()).unwrap());
    let mut registry = Registry::default();
    mailer.register(&mut registry);

    // A mail of a transaction that is rolled back never leaves.
    let tx = database.db.tx(&Actor::Service).await.unwrap();
    let to = EmailAddress::parse("ada@example.com").unwrap();
    mailer.post(&tx, &to, Locale::De, &letter()).await.unwrap();
    drop(tx);
    let tx = database.db.tx(&Actor::Service).await.unwrap();
    mailer.post(&tx, &to, Locale::De, &letter()).await.unwrap();
    tx.commit().await.unwrap();

    // Nothing of the mail stands readable in the queue.
    let superuser = database.superuser().await;
    let row = superuser
        .query_one("select payload::text from platform.jobs", &[])
        .await
        .unwrap();
    assert!(!row.get::<_, String>(0).contains("ada@example.com"));

    // The server is down: the job waits for its next try.
    assert_eq!(jobs.run_due(&registry).await.unwrap(), 1);
    assert_eq!(jobs.counts().await.unwrap(), (1, 0));
    let server = Server::start(port, &scratch.0);
    assert_eq!(
        jobs.run_due(&registry).await.unwrap(),
        0,
        "not before its time"
    );
    clock.advance_seconds(60);
    assert_eq!(jobs.run_due(&registry).await.unwrap(), 1);
    assert_eq!(jobs.counts().await.unwrap(), (0, 0));
    drop(server);

    let mails = std::fs::read_to_string(scratch.0.join("mails")).unwrap();
    let mails: Vec<serde_json::Value> = mails
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(mails.len(), 1);
    let mail = mails.first().unwrap();
    assert_eq!(mail["to"][0], "ada@example.com");
    assert_eq!(mail["from"], "noreply@example.com");
    assert_eq!(mail["subject"], "Bestätige deine Adresse");
    let id = mail["message_id"].as_str().unwrap();
    assert!(id.starts_with('<') && id.ends_with("@example.com>"), "{id}");
    assert_eq!(mail["is_encrypted"], true);
    assert_eq!(mail["is_authenticated"], true);
    for part in ["text", "html"] {
        let body = mail[part].as_str().unwrap();
        assert!(
            body.contains("https://auth.example/x?token=t&callbackURL=%2F"),
            "{body}"
        );
        assert!(body.contains("Grüße"), "{body}");
    }
}

#[tokio::test]
async fn a_server_with_an_unknown_certificate_gets_no_mail_and_no_password() {
    let scratch = Scratch::new();
    certificates(&scratch.0);
    let other = Scratch::new();
    certificates(&other.0);
    let database = TestDatabase::new().await;
    let clock = ManualClock::now_ish();
    let context = context(&clock);
    let jobs = Arc::new(Jobs::new(database.db.clone(), context.clone()));
    let seal = Arc::new(SealKeys::new(("env-v1".to_owned(), [7; 32]), vec![]));
    let port = free_port();
    let _server = Server::start(port, &scratch.0);
    let config = config(port, &other.0, "a secret");
    let mailer =
        Arc::new(Mailer::new(config, true, jobs.clone(), seal, context.clock.clone()).unwrap());
    let mut registry = Registry::default();
    mailer.register(&mut registry);
    let tx = database.db.tx(&Actor::Service).await.unwrap();
    mailer
        .post(
            &tx,
            &EmailAddress::parse("ada@example.com").unwrap(),
            Locale::En,
            &letter(),
        )
        .await
        .unwrap();
    tx.commit().await.unwrap();
    jobs.run_due(&registry).await.unwrap();
    assert_eq!(jobs.counts().await.unwrap(), (1, 0));
    assert!(!scratch.0.join("mails").exists());
}

#[tokio::test]
async fn a_password_that_the_mail_server_refuses_loses_no_mail() {
    let scratch = Scratch::new();
    certificates(&scratch.0);
    let database = TestDatabase::new().await;
    let clock = ManualClock::now_ish();
    let context = context(&clock);
    let jobs = Arc::new(Jobs::new(database.db.clone(), context.clone()));
    let seal = Arc::new(SealKeys::new(("env-v1".to_owned(), [7; 32]), vec![]));
    let port = free_port();
    let _server = Server::start(port, &scratch.0);
    let registry = |password| {
        let config = config(port, &scratch.0, password);
        let mailer = Mailer::new(
            config,
            true,
            jobs.clone(),
            seal.clone(),
            context.clock.clone(),
        );
        let mailer = Arc::new(mailer.unwrap());
        let mut registry = Registry::default();
        mailer.register(&mut registry);
        (mailer, registry)
    };
    let (mailer, wrong) = registry("another");
    let to = EmailAddress::parse("ada@example.com").unwrap();
    let tx = database.db.tx(&Actor::Service).await.unwrap();
    mailer.post(&tx, &to, Locale::De, &letter()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(jobs.run_due(&wrong).await.unwrap(), 1);
    assert_eq!(jobs.counts().await.unwrap(), (1, 0));

    // The operator mends the setting and starts again.
    let (_, right) = registry("a secret");
    clock.advance_seconds(60);
    assert_eq!(jobs.run_due(&right).await.unwrap(), 1);
    assert_eq!(jobs.counts().await.unwrap(), (0, 0));
    assert!(scratch.0.join("mails").exists());
}

#[tokio::test]
async fn a_mailbox_that_does_not_exist_is_given_up_and_its_address_is_not_noted() {
    let scratch = Scratch::new();
    certificates(&scratch.0);
    let database = TestDatabase::new().await;
    let clock = ManualClock::now_ish();
    let context = context(&clock);
    let jobs = Arc::new(Jobs::new(database.db.clone(), context.clone()));
    let seal = Arc::new(SealKeys::new(("env-v1".to_owned(), [7; 32]), vec![]));
    let port = free_port();
    let _server = Server::start(port, &scratch.0);
    let config = config(port, &scratch.0, "a secret");
    let mailer =
        Arc::new(Mailer::new(config, true, jobs.clone(), seal, context.clock.clone()).unwrap());
    let mut registry = Registry::default();
    mailer.register(&mut registry);
    let to = EmailAddress::parse("gone@example.com").unwrap();
    let tx = database.db.tx(&Actor::Service).await.unwrap();
    mailer.post(&tx, &to, Locale::De, &letter()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(jobs.run_due(&registry).await.unwrap(), 1);
    assert_eq!(jobs.counts().await.unwrap(), (0, 1));
    let superuser = database.superuser().await;
    let reason = "select last_error from platform.jobs";
    let reason: String = superuser.query_one(reason, &[]).await.unwrap().get(0);
    assert!(reason.contains("no such mailbox"), "{reason}");
    assert!(!reason.contains("gone@example.com"), "{reason}");
}
