//! Nobody learns who has an account: known and unknown addresses get the same status, headers, size and time. Only
//! `POST /api/v1/auth/register` tells, by the 409 of its contract.

use crate::harness::{House, PASSWORD, WRONG};
use crate::steps::{browser, native, sign_up};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;
use testkit::{Answer, Client};
use tokio::time::Instant;

const PAIRS: usize = 200;
/// So many pairs are under way at a time where answers mostly wait.
const AT_ONCE: usize = 16;
const HASHES: [(&str, &str); 2] = [("PASSWORD_MEMORY_KIB", "19456"), ("PASSWORD_PASSES", "2")];

/// A house with everybody whose address begins with "known", all with one password.
async fn populated(settings: &[(&str, &str)]) -> House {
    let house = House::with(settings).await;
    house.register("known@example.com").await;
    house
        .sql(
            "insert into auth.users select (jsonb_populate_record(u, jsonb_build_object(
                 'id', 'u' || n, 'email', 'known' || lpad(n::text, 4, '0') || '@example.com'))).*
             from auth.users u, generate_series(0, 399) n;
             insert into auth.accounts select (jsonb_populate_record(a, jsonb_build_object(
                 'id', 'a' || n, 'account_id', 'u' || n, 'user_id', 'u' || n))).*
             from auth.accounts a, generate_series(0, 399) n",
        )
        .await;
    house
}

/// Everything of an answer but the words that name the person.
fn shape(answer: &Answer) -> (u16, usize, BTreeSet<String>, Vec<String>) {
    let headers = answer.headers.keys().map(ToString::to_string).collect();
    let body = answer.json();
    let fields = |value: &Value| -> Vec<String> {
        let object = value.as_object();
        object.map_or_else(Vec::new, |object| object.keys().cloned().collect())
    };
    let mut keys = fields(&body);
    keys.extend(fields(&body["user"]));
    (answer.status.as_u16(), answer.body.len(), headers, keys)
}

type Body = fn(&str) -> Value;

/// Asks for somebody known and somebody unknown in turns; the medians of both.
async fn medians(
    house: &House,
    path: &'static str,
    body: Body,
    at_once: usize,
    round: usize,
) -> [Duration; 2] {
    let mut workers = tokio::task::JoinSet::new();
    for worker in 0..at_once {
        let client = browser(house);
        workers.spawn(async move {
            let mut times = Vec::new();
            for number in (worker..PAIRS).step_by(at_once) {
                let mut pair = [Duration::ZERO; 2];
                let mut shapes = [None, None];
                let first = number % 2;
                for who in [first, 1 - first] {
                    let beginning = ["known", "fresh"][who];
                    let number = round * PAIRS + number;
                    let email = format!("{beginning}{number:04}@example.com");
                    let sent = Instant::now();
                    let answer = client.post(path, body(&email)).await;
                    pair[who] = sent.elapsed();
                    shapes[who] = Some(shape(&answer));
                }
                assert_eq!(shapes[0], shapes[1], "{path}");
                times.push(pair);
            }
            times
        });
    }
    let times: Vec<[Duration; 2]> = workers.join_all().await.into_iter().flatten().collect();
    assert_eq!(times.len(), PAIRS);
    [0, 1].map(|who| {
        let mut own: Vec<Duration> = times.iter().map(|pair| pair[who]).collect();
        own.sort();
        own[PAIRS / 2]
    })
}

/// Panics unless the medians are within a tenth of each other; a busy machine has a second try.
async fn looks_alike(house: &House, path: &'static str, body: Body) {
    look_alike(house, path, body, AT_ONCE).await;
}

async fn look_alike(house: &House, path: &'static str, body: Body, at_once: usize) {
    let mut seen = Vec::new();
    for round in 0..2 {
        let [known, unknown] = medians(house, path, body, at_once, round).await;
        if known.abs_diff(unknown) * 10 <= known.max(unknown) {
            return;
        }
        seen.push((known, unknown));
    }
    panic!("{path}: known and unknown addresses take {seen:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_sign_in_looks_alike() {
    let house = populated(&HASHES).await;
    let body: Body = |email| json!({"email": email, "password": WRONG});
    look_alike(&house, "/api/v1/auth/login", body, 2).await;
    // The other surface asks the same service: its words alone are its own.
    let client = browser(&house);
    let path = "/api/auth/sign-in/email";
    let known = client.post(path, body("known@example.com")).await;
    let unknown = client.post(path, body("fresh@example.com")).await;
    assert_eq!(shape(&known), shape(&unknown));
    assert_eq!(known.body, unknown.body);
}

/// The floor hides what one check takes, a busy server does not: known and unknown addresses have to cost the same.
#[tokio::test]
async fn a_refused_password_costs_a_hash_whoever_s_it_is() {
    let house = House::new().await;
    house.register("known@example.com").await;
    let kept = "insert into auth.accounts (id, account_id, provider_id, user_id)
        select 'other', 'other', 'github', id from auth.users";
    // The client of Better Auth hears that a password is too long before anything is looked up.
    for (path, too_long) in [
        ("/api/v1/auth/login", (401, 1)),
        ("/api/auth/sign-in/email", (400, 0)),
    ] {
        let mut costs = Vec::new();
        let mut ask = async |email: &str, password: &str, status| {
            let before = house.identity.hashes_done();
            let body = json!({"email": email, "password": password});
            browser(&house).post(path, body).await.expect(status);
            costs.push(house.identity.hashes_done() - before);
        };
        // Once for the measuring of the kinds in use.
        ask("warm@example.com", WRONG, 401).await;
        let long = "x".repeat(100_000);
        for (password, status) in [(WRONG, 401), ("\u{fb01}", 401), (&long, too_long.0)] {
            for email in ["known@example.com", "fresh@example.com"] {
                ask(email, password, status).await;
            }
        }
        let long = too_long.1;
        assert_eq!(costs[1..], [1, 1, 1, 1, long, long], "{path}");
        house.sql("delete from auth.login_attempts").await;
    }
    // Somebody without a password is as an unknown address.
    house.sql(kept).await;
    house
        .sql("delete from auth.accounts where provider_id = 'credential'")
        .await;
    let before = house.identity.hashes_done();
    house
        .try_login("known@example.com", WRONG)
        .await
        .expect(401);
    assert_eq!(house.identity.hashes_done() - before, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forgotten_password_looks_alike() {
    let house = populated(&[]).await;
    let body: Body = |email| json!({"email": email});
    looks_alike(&house, "/api/v1/auth/forgot-password", body).await;
    looks_alike(&house, "/api/auth/request-password-reset", body).await;
    looks_alike(&house, "/api/auth/email-otp/request-password-reset", body).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_magic_link_and_a_code_look_alike() {
    let house = populated(&[]).await;
    let body: Body = |email| json!({"email": email});
    looks_alike(&house, "/api/auth/sign-in/magic-link", body).await;
    let body: Body = |email| json!({"email": email, "type": "sign-in"});
    let path = "/api/auth/email-otp/send-verification-otp";
    looks_alike(&house, path, body).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_verification_mail_looks_alike() {
    let house = populated(&[]).await;
    let body: Body = |email| json!({"email": email});
    looks_alike(&house, "/api/v1/auth/resend-verification", body).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registration_looks_alike_where_addresses_are_proved() {
    let mut settings = HASHES.to_vec();
    settings.push(("REQUIRE_EMAIL_VERIFICATION", "true"));
    let house = populated(&settings).await;
    let body: Body = |email| json!({"name": "Somebody", "email": email, "password": PASSWORD});
    // Few at a time: a queue for the hashes would hide a difference.
    look_alike(&house, "/api/auth/sign-up/email", body, 2).await;
}

/// The codes of five wrong guesses at a mailed code.
async fn guesses(client: &Client, path: &str, body: &Value) -> Vec<Value> {
    let mut codes = Vec::new();
    for _ in 0..5 {
        let answer = native(client, path, body.clone()).await;
        codes.push(answer.json()["code"].clone());
    }
    codes
}

#[tokio::test]
async fn counted_guesses_look_alike() {
    let house = House::new().await;
    let ada = sign_up(&house, "known@example.com").await;
    let before = house.mails("known@example.com").await.len();
    for purpose in ["email-verification", "sign-in", "forget-password"] {
        let mut seen = Vec::new();
        for who in ["known", "fresh"] {
            let email = format!("{who}@example.com");
            let wish = json!({"email": email, "type": purpose});
            let client = browser(&house);
            let path = "email-otp/send-verification-otp";
            native(&client, path, wish.clone()).await.expect(200);
            let mut body = wish;
            body["otp"] = json!("none");
            let path = "email-otp/check-verification-otp";
            seen.push(guesses(&client, path, &body).await);
        }
        assert_eq!(seen[0], seen[1], "{purpose}");
    }
    let mails = house.mails("known@example.com").await.len();
    assert_eq!(mails - before, 3);
    assert_eq!(
        house.mails("fresh@example.com").await.len(),
        1,
        "to sign in"
    );

    house.register("taken@example.com").await;
    let before = house.mails("taken@example.com").await.len();
    let mut seen = Vec::new();
    for who in ["taken", "free"] {
        let mut body = json!({"newEmail": format!("{who}@example.com")});
        let path = "email-otp/request-email-change";
        native(&ada, path, body.clone()).await.expect(200);
        body["otp"] = json!("none");
        seen.push(guesses(&ada, "email-otp/change-email", &body).await);
    }
    assert_eq!(seen[0], seen[1], "change");
    assert_eq!(house.mails("taken@example.com").await.len(), before);
}
