//! The mails about a sign-in on a new device, second factors and passkeys.

use crate::harness::{ADA, House, PASSWORD};
use crate::mailed::{code_in, link_in};
use crate::passkeys::{PASSKEYS, owner};
use http::StatusCode;
use serde_json::json;
use testkit::{BASE_URL, Client};
use tokio::task::JoinSet;

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 \
     (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";
const EDGE: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
     Chrome/125.0.0.0 Safari/537.36 Edg/125.0.0.0";
const TITLE: &str = "Anmeldung auf einem neuen Gerät";

fn on(house: &House, agent: &str) -> Client {
    house
        .client
        .fresh()
        .with("origin", BASE_URL)
        .with("user-agent", agent)
}

async fn login(client: &Client) {
    let body = json!({"email": ADA, "password": PASSWORD});
    client.post("/api/v1/auth/login", body).await.expect(200);
}

/// The texts of the mails about new devices.
async fn told(house: &House) -> Vec<String> {
    let mails = house.mails(ADA).await;
    let told = mails.into_iter().filter(|mail| mail.subject == TITLE);
    told.map(|mail| mail.text).collect()
}

#[tokio::test]
async fn a_new_device_is_told_of_once_and_the_first_one_never() {
    let house = House::new().await;
    let body = json!({"email": ADA, "password": PASSWORD, "name": "<b>Ada</b>"});
    house.ask("register", body).await.expect(200);
    login(&on(&house, FIREFOX)).await;
    login(&on(&house, FIREFOX).from_ip("127.0.99.1")).await;
    assert!(told(&house).await.is_empty());

    login(&on(&house, SAFARI).from_ip("203.0.113.7")).await;
    login(&on(&house, SAFARI).from_ip("203.0.113.7")).await;
    let texts = told(&house).await;
    assert_eq!(texts.len(), 1);
    let wanted = "Safari auf iPhone, Adresse 203.0.113.7, am 01.06.2026 um 12:00 UTC.";
    assert!(texts[0].contains(wanted), "{}", texts[0]);
    let mails = house.mails(ADA).await;
    let mail = mails.iter().find(|mail| mail.subject == TITLE).unwrap();
    assert!(!mail.html.contains("<b>Ada"), "{}", mail.html);
    assert!(mail.html.contains("203.0.113.7"));

    // The same browser from elsewhere is news, the same app from elsewhere is not.
    login(&on(&house, FIREFOX).from_ip("198.51.100.1")).await;
    assert_eq!(told(&house).await.len(), 2);
    let phone = json!({"email": ADA, "password": PASSWORD, "deviceId": "phone-1"});
    for (ip, count) in [("192.0.2.1", 3), ("198.51.100.9", 3)] {
        let client = on(&house, SAFARI).from_ip(ip);
        let path = "/api/v1/auth/login";
        client.post(path, phone.clone()).await.expect(200);
        assert_eq!(told(&house).await.len(), count);
    }
}

#[tokio::test]
async fn sign_ins_at_once_on_a_new_device_give_one_mail() {
    let house = House::new().await;
    house.register(ADA).await;
    login(&on(&house, FIREFOX)).await;
    let mut at_once = JoinSet::new();
    for _ in 0..8 {
        let client = on(&house, SAFARI);
        at_once.spawn(async move { login(&client).await });
    }
    at_once.join_all().await;
    let sessions = "select count(*) from auth.sessions where user_agent like '%iPhone%'";
    assert_eq!(house.number(sessions).await, 8);
    assert_eq!(told(&house).await.len(), 1);
}

#[tokio::test]
async fn a_failed_sign_in_makes_no_device_known() {
    let house = House::new().await;
    house.register(ADA).await;
    login(&on(&house, FIREFOX)).await;
    let wrong = json!({"email": ADA, "password": "battery horse correct"});
    let client = on(&house, SAFARI);
    client.post("/api/v1/auth/login", wrong).await.expect(401);
    assert!(told(&house).await.is_empty());
    assert_eq!(
        house
            .number("select count(*) from auth.known_devices where fingerprint not like 'mark:%'")
            .await,
        1
    );
}

#[tokio::test]
async fn every_way_in_tells_and_a_replaced_session_does_not() {
    let house = House::new().await;
    house.register(ADA).await;
    let verify = link_in(&house.mails(ADA).await.pop().unwrap());
    login(&on(&house, FIREFOX)).await;

    // The verification link signs in where nobody is.
    let tablet = on(&house, "tablet");
    assert_eq!(tablet.get(&verify).await.status, StatusCode::FOUND);
    assert_eq!(told(&house).await.len(), 1);

    let body = json!({"email": ADA});
    let client = on(&house, SAFARI);
    let path = "/api/auth/sign-in/magic-link";
    client.post(path, body).await.expect(200);
    let link = link_in(&house.mails(ADA).await.pop().unwrap());
    assert_eq!(client.get(&link).await.status, StatusCode::FOUND);
    assert_eq!(told(&house).await.len(), 2);

    let client = on(&house, EDGE);
    let body = json!({"email": ADA, "type": "sign-in"});
    let path = "/api/auth/email-otp/send-verification-otp";
    client.post(path, body).await.expect(200);
    let code = code_in(&house.mails(ADA).await.pop().unwrap());
    let body = json!({"email": ADA, "otp": code});
    let path = "/api/auth/sign-in/email-otp";
    client.post(path, body).await.expect(200);
    assert_eq!(told(&house).await.len(), 3);

    // The session that takes another's place is nobody new.
    let elsewhere = client.with("user-agent", "another agent");
    let body = json!({"currentPassword": PASSWORD, "newPassword": "another fine password",
        "revokeOtherSessions": true});
    let path = "/api/auth/change-password";
    elsewhere.post(path, body).await.expect(200);
    assert_eq!(told(&house).await.len(), 3);
}

#[tokio::test]
async fn a_second_factor_that_goes_on_or_off_is_told_once() {
    let house = House::new().await;
    house.register(ADA).await;
    let client = on(&house, FIREFOX);
    login(&client).await;
    let count = async |word: &str| {
        let mails = house.mails(ADA).await;
        let subject = format!("Zweiter Faktor {word}");
        mails.iter().filter(|mail| mail.subject == subject).count()
    };
    for _ in 0..2 {
        let body = json!({"password": PASSWORD, "method": "otp"});
        let path = "/api/auth/two-factor/enable";
        client.post(path, body).await.expect(200);
    }
    assert_eq!(
        (count("eingeschaltet").await, count("ausgeschaltet").await),
        (1, 0)
    );
    for _ in 0..2 {
        let path = "/api/auth/two-factor/disable";
        let body = json!({"password": PASSWORD});
        client.post(path, body).await.expect(200);
    }
    assert_eq!(
        (count("eingeschaltet").await, count("ausgeschaltet").await),
        (1, 1)
    );
}

#[tokio::test]
async fn a_passkey_that_comes_or_goes_is_told_by_mail() {
    let house = House::new().await;
    let (client, _, made) = owner(&house).await;
    let titles = |mails: Vec<platform::mail::Mail>| {
        let about = mails.into_iter().map(|mail| mail.subject);
        about
            .filter(|subject| subject.contains("Passkey"))
            .collect::<Vec<_>>()
    };
    assert_eq!(titles(house.mails(ADA).await), ["Neuer Passkey"]);
    let path = format!("{PASSKEYS}/{}", made["id"].as_str().unwrap());
    client.delete(&path, None).await.expect(204);
    assert_eq!(
        titles(house.mails(ADA).await),
        ["Neuer Passkey", "Passkey gelöscht"]
    );
}
