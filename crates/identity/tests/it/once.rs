//! Single-use tokens beside sign-in links: one-time tokens, changes of an address, deletions. One of many wins, and late is
//! late.

use crate::harness::{House, PASSWORD};
use crate::steps::{
    at_once, browser, copies, is_signed_in, link_to, native, sign_in, sign_up, who,
};
use serde_json::json;
use testkit::Client;

const ADA: &str = "ada@example.com";
const NEW: &str = "new@example.com";
const GENERATE: &str = "/api/auth/one-time-token/generate";
const VERIFY: &str = "one-time-token/verify";

#[tokio::test]
async fn of_parallel_uses_of_a_one_time_token_one_wins() {
    let house = House::new().await;
    let ada = sign_up(&house, ADA).await;
    let token = ada.get(GENERATE).await.expect(200).json();
    let clients = (0..8).map(|_| browser(&house)).collect();
    assert_eq!(at_once(clients, VERIFY, &token, 200).await, 1);
    // Three minutes.
    let token = ada.get(GENERATE).await.expect(200).json();
    house.clock.advance_seconds(181);
    let late = browser(&house);
    native(&late, VERIFY, token).await.expect(400);
    assert!(!is_signed_in(&late).await);
    // Nor after the session.
    let token = ada.get(GENERATE).await.expect(200).json();
    native(&ada, "sign-out", json!({})).await.expect(200);
    native(&late, VERIFY, token).await.expect(400);
}

/// Follows a link in many browsers at once; how many were not led to a refusal.
async fn followed(clients: Vec<Client>, link: &str) -> usize {
    let mut waiting = tokio::task::JoinSet::new();
    for client in clients {
        let link = link.to_owned();
        waiting.spawn(async move { client.get(&link).await.expect(302) });
    }
    let answers = waiting.join_all().await;
    let is_fine = |answer: &&testkit::Answer| !answer.header("location").contains("error=");
    answers.iter().filter(is_fine).count()
}

#[tokio::test]
async fn both_links_of_a_changed_address_work_once_and_for_a_day() {
    let house = House::new().await;
    let ada = sign_up(&house, ADA).await;
    house
        .sql("update auth.users set email_verified = true")
        .await;
    let ask = async || {
        let body = json!({"newEmail": NEW});
        native(&ada, "change-email", body).await.expect(200);
        link_to(&house, ADA, "verify-email").await
    };
    let late = ask().await;
    house.clock.advance_seconds(86_400);
    let led = browser(&house).get(&late).await.expect(302);
    assert!(led.header("location").contains("error=TOKEN_EXPIRED"));

    let confirm = ask().await;
    assert_eq!(followed(copies(&house, &ada, 5), &confirm).await, 1);
    assert_eq!(house.mails(NEW).await.len(), 1);
    assert_eq!(who(&ada).await["user"]["email"], ADA);
    let take = link_to(&house, NEW, "verify-email").await;
    assert_eq!(followed(copies(&house, &ada, 5), &take).await, 1);
    let changed =
        format!("select count(*) from auth.users where email = '{NEW}' and email_verified");
    assert_eq!(house.number(&changed).await, 1);
    sign_in(&browser(&house), NEW).await.expect(200);
    sign_in(&browser(&house), ADA).await.expect(401);
}

#[tokio::test]
async fn of_two_who_want_one_address_the_first_to_prove_it_gets_it() {
    let house = House::new().await;
    let mut links = Vec::new();
    for email in [ADA, "eve@example.com"] {
        let client = sign_up(&house, email).await;
        let body = json!({"newEmail": NEW});
        native(&client, "change-email", body).await.expect(200);
        let link = link_to(&house, NEW, "verify-email").await;
        links.push((client, link));
    }
    let mut waiting = tokio::task::JoinSet::new();
    for (client, link) in links {
        waiting.spawn(async move { client.get(&link).await.expect(302) });
    }
    let answers = waiting.join_all().await;
    let is_fine = |answer: &&testkit::Answer| !answer.header("location").contains("error=");
    assert_eq!(answers.iter().filter(is_fine).count(), 1);
    let owners = format!("select count(*) from auth.users where email = '{NEW}'");
    assert_eq!(house.number(&owners).await, 1);
}

#[tokio::test]
async fn a_session_of_before_a_rule_of_verification_reads_and_gets_no_tokens() {
    let house = House::new().await;
    let ada = sign_up(&house, ADA).await;
    let strict = house
        .again_with(&[("REQUIRE_EMAIL_VERIFICATION", "true")])
        .await
        .unwrap();
    let ada = ada.at(&strict.client);
    let read = ada.get("/api/auth/get-session").await.expect(200);
    assert_eq!(read.json()["user"]["email"], ADA);
    assert_eq!(read.header("set-auth-jwt"), "");
    let read = ada.get("/api/v1/auth/session").await.expect(200);
    assert_eq!(read.header("set-auth-jwt"), "");
    let refused = ada.get("/api/auth/token").await.expect(403);
    assert_eq!(refused.json()["code"], "EMAIL_NOT_VERIFIED");
    ada.post("/api/v1/auth/session-to-token", json!({}))
        .await
        .problem(403, "EMAIL_NOT_VERIFIED");
    // Until the address is proved.
    native(&ada, "send-verification-email", json!({"email": ADA}))
        .await
        .expect(200);
    let link = link_to(&strict, ADA, "verify-email").await;
    ada.get(&link).await.expect(302);
    ada.get("/api/auth/token").await.expect(200);
    let body = json!({"email": ADA, "password": PASSWORD});
    strict.ask("login", body).await.expect(200);
}
