//! How much is mailed to one mailbox: over all kinds, to all its tags, and never so little that its owner is kept out.

use crate::harness::{ADA, House, PASSWORD, WRONG};
use crate::mailed::{code_in, link_in};
use crate::steps::{is_signed_in, native};
use serde_json::{Value, json};
use testkit::{BASE_URL, Client};

const LIMITED: [(&str, &str); 1] = [("RATE_LIMIT_ENABLED", "true")];
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

/// A stranger at an address of their own.
fn stranger(house: &House, number: usize) -> Client {
    let ip = format!("203.{}.113.{}", number / 200, number % 200);
    house.client.fresh().with("origin", BASE_URL).from_ip(&ip)
}

/// Everything that mails when somebody asks, by path below `/api/`.
fn asking(email: &str) -> Vec<(&'static str, Value)> {
    let code = |purpose| json!({"email": email, "type": purpose});
    let send = "auth/email-otp/send-verification-otp";
    vec![
        ("auth/sign-in/magic-link", json!({"email": email})),
        (send, code("sign-in")),
        (send, code("forget-password")),
        (send, code("email-verification")),
        ("auth/request-password-reset", json!({"email": email})),
        (
            "auth/email-otp/request-password-reset",
            json!({"email": email}),
        ),
        ("auth/forget-password/email-otp", json!({"email": email})),
        ("auth/send-verification-email", json!({"email": email})),
        ("v1/auth/forgot-password", json!({"email": email})),
        ("v1/auth/resend-verification", json!({"email": email})),
    ]
}

#[tokio::test]
async fn one_budget_bounds_all_kinds_and_all_tags_of_a_mailbox() {
    let house = House::with(&LIMITED).await;
    house.register(ADA).await;
    let mut number = 0;
    for _ in 0..4 {
        for tag in ["", "+1", "+2"] {
            let email = ADA.replace('@', &format!("{tag}@"));
            for (path, body) in asking(&email) {
                number += 1;
                let client = stranger(&house, number);
                client.post(&format!("/api/{path}"), body).await.expect(200);
            }
            // A registration mails too, and so does a change of somebody else's address.
            let eve = stranger(&house, number);
            let email = format!("ada+{number}@example.com");
            let body = json!({"name": "Eve", "email": email, "password": PASSWORD});
            eve.post("/api/auth/sign-up/email", body).await.expect(200);
            let body = json!({"newEmail": format!("ada+new{number}@example.com")});
            eve.post("/api/auth/change-email", body).await.expect(200);
        }
    }
    house.do_jobs().await;
    let all = house.mailer.mailbox().unwrap().list();
    let theirs = all.iter().filter(|(_, mail)| mail.to.starts_with("ada"));
    // Six, and three of them once more.
    assert_eq!(theirs.count(), 9);
}

#[tokio::test]
async fn strangers_take_nobodys_mailed_sign_in_away() {
    let house = House::with(&LIMITED).await;
    house.register(ADA).await;
    house
        .sql("update auth.users set email_verified = true")
        .await;
    let ada = house.client.fresh().with("origin", BASE_URL);
    let ada = ada.with("user-agent", FIREFOX);
    let body = json!({"email": ADA, "password": PASSWORD});
    native(&ada, "sign-in/email", body).await.expect(200);
    native(&ada, "sign-out", json!({})).await.expect(200);
    // A day of somebody who asks for everything every ten minutes.
    let mut number = 0;
    for _ in 0..12 {
        for (path, body) in asking(ADA) {
            number += 1;
            let client = stranger(&house, number);
            client.post(&format!("/api/{path}"), body).await.expect(200);
        }
        house.clock.advance_seconds(600);
    }
    // The browser that was signed in before.
    house.mails(ADA).await;
    let before = house.mails(ADA).await.len();
    let body = json!({"email": ADA});
    native(&ada, "sign-in/magic-link", body).await.expect(200);
    let mails = house.mails(ADA).await;
    assert_eq!(mails.len(), before + 1);
    ada.get(&link_in(mails.last().unwrap())).await.expect(302);
    assert!(is_signed_in(&ada).await);
    // A live session, wherever it goes.
    let travelling = ada
        .clone()
        .from_ip("198.51.100.7")
        .with("user-agent", "other");
    let body = json!({"email": ADA, "type": "sign-in"});
    let path = "email-otp/send-verification-otp";
    native(&travelling, path, body).await.expect(200);
    assert_eq!(house.mails(ADA).await.len(), before + 2);
}

#[tokio::test]
async fn asking_again_brings_the_same_link_or_code_while_it_lives() {
    let house = House::with(&LIMITED).await;
    house.register(ADA).await;
    let secret = |mail: &platform::mail::Mail| {
        if mail.text.contains(BASE_URL) && !mail.text.contains("fünf Minuten") {
            link_in(mail)
        } else {
            code_in(mail)
        }
    };
    for (kind, (path, body)) in asking(ADA).into_iter().enumerate() {
        house.sql("delete from auth.mail_quotas").await;
        let before = house.mails(ADA).await.len();
        for number in 0..12 {
            let client = stranger(&house, kind * 12 + number);
            let path = format!("/api/{path}");
            client.post(&path, body.clone()).await.expect(200);
            house.do_jobs().await;
        }
        let mails = house.mails(ADA).await;
        let mails = &mails[before..];
        assert_eq!(mails.len(), 9, "{path}");
        let first = secret(&mails[0]);
        assert!(mails.iter().all(|mail| secret(mail) == first), "{path}");
    }
    // The last one works.
    let client = stranger(&house, 199);
    house.sql("delete from auth.mail_quotas").await;
    let body = json!({"email": ADA});
    let path = "sign-in/magic-link";
    native(&client, path, body).await.expect(200);
    let link = link_in(&house.mails(ADA).await.pop().unwrap());
    client.get(&link).await.expect(302);
    assert!(is_signed_in(&client).await);
}

#[tokio::test]
async fn a_code_that_is_mailed_again_keeps_its_guesses_and_ends_in_time() {
    let house = House::new().await;
    let client = stranger(&house, 0);
    let ask = async || {
        let body = json!({"email": ADA, "type": "sign-in"});
        let path = "email-otp/send-verification-otp";
        native(&client, path, body).await.expect(200);
        code_in(&house.mails(ADA).await.pop().unwrap())
    };
    let guess = async |code: &str| {
        let body = json!({"email": ADA, "otp": code});
        let answer = native(&client, "sign-in/email-otp", body).await;
        answer.json()["code"].clone()
    };
    let first = ask().await;
    let wrong = crate::steps::other_than(&first);
    assert_eq!(guess(&wrong).await, "INVALID_OTP");
    assert_eq!(ask().await, first);
    assert_eq!(guess(&wrong).await, "INVALID_OTP");
    assert_eq!(guess(&wrong).await, "INVALID_OTP");
    // No more guesses: the next one is new.
    let second = ask().await;
    assert_ne!(second, first);
    // Mailed again it lives as long as its mail says, but is not kept alive for ever.
    house.clock.advance_seconds(299);
    assert_eq!(ask().await, second);
    house.clock.advance_seconds(299);
    let third = ask().await;
    assert_ne!(third, second);
    assert_eq!(guess(&second).await, "INVALID_OTP");
    assert_eq!(guess(&third).await, Value::Null);
    assert!(is_signed_in(&client).await);
}

#[tokio::test]
async fn past_the_budget_a_new_account_is_made_and_its_link_waits() {
    let house = House::with(&LIMITED).await;
    for number in 0..6 {
        let body = json!({"email": ADA});
        let client = stranger(&house, number);
        // Of addresses that nobody has only sign-ins are mailed.
        native(&client, "sign-in/magic-link", body)
            .await
            .expect(200);
    }
    house.register(ADA).await;
    let before = house.mails(ADA).await.len();
    assert_eq!(before, 6);
    let body = json!({"email": ADA});
    house.ask("resend-verification", body).await.expect(200);
    let mails = house.mails(ADA).await;
    assert_eq!(mails.len(), 7);
    let client = stranger(&house, 9);
    client.get(&link_in(&mails[6])).await.expect(302);
    assert!(is_signed_in(&client).await);
}

#[tokio::test]
async fn notices_have_a_budget_that_strangers_do_not_touch() {
    let house = House::with(&LIMITED).await;
    house.register(ADA).await;
    for number in 0..20 {
        let body = json!({"email": ADA, "password": WRONG});
        let client = stranger(&house, number);
        native(&client, "sign-in/email", body).await;
        let body = json!({"email": ADA});
        native(&client, "request-password-reset", body)
            .await
            .expect(200);
    }
    house.clock.advance_seconds(3600);
    let before = house.mails(ADA).await.len();
    // Whoever knows the password makes devices at will.
    for number in 0..20 {
        let body = json!({"email": ADA, "password": PASSWORD});
        native(
            &stranger(&house, 1000 + number * 200),
            "sign-in/email",
            body,
        )
        .await
        .expect(200);
    }
    let told = house.mails(ADA).await.len() - before;
    assert_eq!(told, 12);
    let (client, _) = house.login(ADA).await;
    let body = json!({"currentPassword": PASSWORD, "newPassword": "another fine password"});
    let path = "/api/v1/auth/change-password";
    client.post(path, body).await.expect(200);
    let last = house.mails(ADA).await.pop().unwrap();
    assert_eq!(last.subject, "Dein Passwort wurde geändert");
}

#[tokio::test]
async fn an_international_domain_is_one_mailbox_however_it_is_written() {
    let house = House::new().await;
    let typed = "Ada@Bücher.example";
    let held = "ada@xn--bcher-kva.example";
    let body = json!({"email": typed, "password": PASSWORD});
    let made = house.ask("register", body.clone()).await.expect(200).json();
    assert_eq!(made["email"], "ada@bücher.example");
    assert_eq!(made["user"]["email"], "ada@bücher.example");
    assert_eq!(house.text("select email from auth.users").await, held);
    house
        .ask("register", json!({"email": held, "password": PASSWORD}))
        .await
        .problem(409, "EMAIL_ALREADY_REGISTERED");
    for email in [typed, held] {
        house.try_login(email, PASSWORD).await.expect(200);
        let client = stranger(&house, 0);
        let body = json!({"email": email, "password": PASSWORD});
        let answer = native(&client, "sign-in/email", body)
            .await
            .expect(200)
            .json();
        assert_eq!(answer["user"]["email"], "ada@bücher.example");
        let body = json!({"email": email});
        native(&client, "sign-in/magic-link", body)
            .await
            .expect(200);
    }
    assert!(house.mails(held).await.len() >= 3);
    for bad in [
        "ada@bücher",
        "ada\u{ff20}example.com",
        "a@b.de\u{ff20}c.de",
        "ädä@example.com",
    ] {
        let body = json!({"email": bad, "password": PASSWORD});
        let problem = house
            .ask("register", body.clone())
            .await
            .problem(400, "VALIDATION");
        assert_eq!(crate::harness::fields(&problem), ["email"]);
        let body = json!({"name": "A", "email": bad, "password": PASSWORD});
        native(&stranger(&house, 1), "sign-up/email", body)
            .await
            .expect(400);
    }
}

#[tokio::test]
async fn pictures_are_links_on_both_surfaces() {
    let house = House::new().await;
    let (_, client, _) = house.person(ADA).await;
    let native_client = stranger(&house, 0);
    for (number, bad) in [
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "/ada.png",
        "http://",
        "https://a b/",
    ]
    .into_iter()
    .enumerate()
    {
        let body = json!({"image": bad});
        client
            .post("/api/v1/auth/profile", body.clone())
            .await
            .problem(400, "VALIDATION");
        native(&client, "update-user", body).await.expect(400);
        let body = json!({"name": "A", "email": format!("a{number}@example.com"), "password": PASSWORD, "image": bad});
        native(&native_client, "sign-up/email", body)
            .await
            .expect(400);
        let body = json!({"email": ADA, "otp": "123456", "image": bad});
        let refused = native(&native_client, "sign-in/email-otp", body)
            .await
            .expect(400);
        assert_eq!(refused.json()["code"], "VALIDATION_ERROR");
    }
    let body = json!({"image": "https://images.example/ada.png"});
    native(&client, "update-user", body).await.expect(200);
    let body = json!({"image": ""});
    native(&client, "update-user", body).await.expect(200);
    assert_eq!(
        house
            .number("select count(*) from auth.users where image is not null")
            .await,
        0
    );
}

#[tokio::test]
async fn what_opens_a_session_leaves_one_event() {
    let house = House::new().await;
    house.register(ADA).await;
    let events = async || {
        let query =
            "select coalesce(string_agg(event_type, ',' order by id), '') from auth.security_events
            where event_type in ('LOGIN_SUCCESS', 'EMAIL_VERIFIED')";
        let found = house.text(query).await;
        house
            .sql("delete from auth.security_events where event_type <> 'REGISTER'")
            .await;
        found
    };
    let link = link_in(&house.mails(ADA).await.pop().unwrap());
    let client = stranger(&house, 0);
    client.get(&link).await.expect(302);
    assert!(is_signed_in(&client).await);
    assert_eq!(events().await, "EMAIL_VERIFIED");
    client.get(&link).await.expect(302);
    assert_eq!(events().await, "");
    let body = json!({"email": ADA, "password": PASSWORD});
    native(&client, "sign-in/email", body).await.expect(200);
    assert_eq!(events().await, "LOGIN_SUCCESS");
    let body = json!({"currentPassword": PASSWORD, "newPassword": "another fine password", "revokeOtherSessions": true});
    native(&client, "change-password", body).await.expect(200);
    assert_eq!(events().await, "");
}
