//! "This was not me": the owner of a mailbox takes over an account that somebody else made with their address.

use crate::harness::{ADA, House};
use crate::pages::{assert_is_page, hidden, submit, submit_with};
use crate::steps::{
    browser, code_to, enrol, is_signed_in, link_to, native, query_of, sign_in, sign_up,
};
use platform::mail::Mail;
use serde_json::{Value, json};
use testkit::{BASE_URL, Client, Kind, SoftPasskey};

const NEXT: &str = "another fine password";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

fn way_out(mail: &Mail) -> String {
    let start = format!("{BASE_URL}/not-me?token=");
    let link = mail.text.lines().find(|line| line.starts_with(&start));
    link.unwrap().trim_start_matches(BASE_URL).to_owned()
}

/// Takes over and sets a password; the page that offers it may be any.
async fn take_over(house: &House, page: &str) -> Client {
    let owner = browser(house);
    let page = owner.get(page).await.expect(200);
    assert_is_page(&page);
    let token = hidden(&page, "token");
    let foreign = [("sec-fetch-site", "cross-site")];
    let refused = submit_with(&owner, "/not-me", &[("token", &token)], &foreign).await;
    refused.problem(403, "INVALID_ORIGIN");
    let done = submit(&owner, "/not-me", &[("token", &token)])
        .await
        .expect(303);
    let next = done.header("location").to_owned();
    assert!(!is_signed_in(&owner).await);
    submit(&owner, "/not-me", &[("token", &token)])
        .await
        .expect(400);
    let token = hidden(&owner.get(&next).await.expect(200), "token");
    let fields = [("token", token.as_str()), ("password", NEXT)];
    submit(&owner, "/reset-password", &fields).await.expect(303);
    let body = json!({"email": ADA, "password": NEXT});
    native(&owner, "sign-in/email", body).await.expect(200);
    owner
}

#[tokio::test]
async fn the_mail_says_who_made_the_account_and_the_button_puts_them_out() {
    let house = House::new().await;
    let eve = browser(&house).with("user-agent", FIREFOX);
    let body = json!({"name": "Eve", "email": ADA, "password": crate::harness::PASSWORD});
    native(&eve, "sign-up/email", body).await.expect(200);
    let device = SoftPasskey::new(Kind::P256, BASE_URL);
    let options = "/api/auth/passkey/generate-register-options";
    let options = eve.get(options).await.expect(200).json();
    let body = json!({"response": device.register(&options)});
    let path = "passkey/verify-registration";
    native(&eve, path, body).await.expect(200);
    enrol(&house, &eve).await;
    let mail = house.mails(ADA).await.remove(0);
    let made = "am 01.06.2026 um 12:00 UTC angelegt: Firefox auf Linux.";
    assert!(mail.text.contains(made), "{}", mail.text);
    assert!(mail.html.contains("/not-me?token="));
    let way_out = way_out(&mail);
    // The owner proved the address before they saw that the account is not theirs, and its maker changed the password.
    let link = link_to(&house, ADA, "verify-email").await;
    let seen = browser(&house).get(&link).await.expect(302);
    let change = json!({"currentPassword": crate::harness::PASSWORD, "newPassword": "a third fine password"});
    native(&eve, "change-password", change).await.expect(200);
    let page = seen
        .header("location")
        .trim_start_matches(BASE_URL)
        .to_owned();
    let proved = browser(&house).get(&page).await.expect(200);
    assert_is_page(&proved);
    assert!(proved.text().contains("Firefox auf Linux") && proved.text().contains("bestätigt"));
    let english = browser(&house).with("accept-language", "en");
    let english = english.get(&way_out).await.expect(200).text();
    assert!(english.contains("This was not me") && english.contains("Firefox on Linux"));

    let owner = take_over(&house, &page).await;
    assert!(!is_signed_in(&eve).await);
    sign_in(&browser(&house), ADA).await.expect(401);
    for table in ["passkeys", "two_factor_auth"] {
        let query = format!("select count(*) from auth.{table}");
        assert_eq!(house.number(&query).await, 0, "{table}");
    }
    assert!(is_signed_in(&owner).await);
    browser(&house).get(&way_out).await.expect(400);
    // Nothing that was proved before is taken back, and the page of the old link is calm.
    assert_is_page(&browser(&house).get(&page).await.expect(200));
    let events = "select count(*) from auth.security_events where event_type = 'ACCOUNT_RECLAIMED'";
    assert_eq!(house.number(events).await, 1);
}

#[tokio::test]
async fn the_way_out_works_before_the_proof_for_three_days_and_once() {
    let house = House::new().await;
    sign_up(&house, ADA).await;
    let way_out = way_out(&house.mails(ADA).await.remove(0));
    house.clock.advance_seconds(259_199);
    let page = browser(&house).get(&way_out).await.expect(200);
    let token = hidden(&page, "token");
    let mut at_once = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let (client, token) = (browser(&house), token.clone());
        at_once.spawn(async move {
            let answer = submit(&client, "/not-me", &[("token", &token)]).await;
            answer.status.as_u16()
        });
    }
    let mut answers = at_once.join_all().await;
    answers.sort_unstable();
    assert_eq!(answers, [303, 400, 400, 400, 400, 400]);

    let house = House::new().await;
    sign_up(&house, ADA).await;
    let way_out = self::way_out(&house.mails(ADA).await.remove(0));
    house.clock.advance_seconds(259_200);
    browser(&house).get(&way_out).await.expect(400);
}

#[tokio::test]
async fn mails_that_ask_for_the_proof_again_offer_the_way_out() {
    let house = House::new().await;
    let eve = sign_up(&house, ADA).await;
    house.mails(ADA).await;
    let body = json!({"email": ADA});
    house.ask("resend-verification", body).await.expect(200);
    let again = way_out(&house.mails(ADA).await.pop().unwrap());
    let body = json!({"email": ADA, "type": "email-verification"});
    let path = "email-otp/send-verification-otp";
    native(&eve, path, body).await.expect(200);
    let by_code = way_out(&house.mails(ADA).await.pop().unwrap());
    assert_eq!(again, by_code);
    take_over(&house, &by_code).await;
    assert!(!is_signed_in(&eve).await);
}

async fn by_magic_link(house: &House) {
    let wish = json!({"email": ADA});
    let ada = browser(house);
    native(&ada, "sign-in/magic-link", wish).await.expect(200);
    let link = link_to(house, ADA, "magic-link").await;
    ada.get(&link).await.expect(302);
}

async fn by_code(house: &House) {
    let wish = json!({"email": ADA, "type": "sign-in"});
    let ada = browser(house);
    let path = "email-otp/send-verification-otp";
    native(&ada, path, wish).await.expect(200);
    let body = json!({"email": ADA, "otp": code_to(house, ADA).await});
    native(&ada, "sign-in/email-otp", body).await.expect(200);
}

async fn by_reset_link(house: &House, on_v1: bool) {
    let ada = browser(house);
    let wish = json!({"email": ADA, "redirectTo": "/new"});
    let path = "request-password-reset";
    native(&ada, path, wish).await.expect(200);
    let link = link_to(house, ADA, "reset-password").await;
    let led = ada.get(&link).await.expect(302);
    let token = query_of(led.header("location"), "token");
    let body = json!({"token": token, "newPassword": NEXT});
    if on_v1 {
        house.ask("reset-password", body).await.expect(200);
    } else {
        native(&ada, "reset-password", body).await.expect(200);
    }
}

async fn by_reset_code(house: &House) {
    let ada = browser(house);
    let path = "email-otp/request-password-reset";
    let wish = json!({"email": ADA});
    native(&ada, path, wish).await.expect(200);
    let body = json!({"email": ADA, "otp": code_to(house, ADA).await, "password": NEXT});
    let path = "email-otp/reset-password";
    native(&ada, path, body).await.expect(200);
}

#[tokio::test]
async fn every_proof_of_a_mailbox_proves_it_and_takes_what_was_left_there() {
    for proof in 0..5 {
        let house = House::new().await;
        let eve = sign_up(&house, ADA).await;
        let device = SoftPasskey::new(Kind::P256, BASE_URL);
        let options = "/api/auth/passkey/generate-register-options";
        let options = eve.get(options).await.expect(200).json();
        let body = json!({"response": device.register(&options)});
        let path = "passkey/verify-registration";
        native(&eve, path, body).await.expect(200);
        enrol(&house, &eve).await;
        match proof {
            0 => by_magic_link(&house).await,
            1 => by_code(&house).await,
            2 => by_reset_link(&house, false).await,
            3 => by_reset_link(&house, true).await,
            _ => by_reset_code(&house).await,
        }
        assert!(!is_signed_in(&eve).await, "{proof}");
        sign_in(&browser(&house), ADA).await.expect(401);
        let left = "select (select count(*) from auth.passkeys) + (select count(*) from auth.two_factor_auth)
            + (select count(*) from auth.users where not email_verified or two_factor_enabled)";
        assert_eq!(house.number(left).await, 0, "{proof}");
    }
}

#[tokio::test]
async fn a_reset_of_a_proved_account_takes_no_factor() {
    let house = House::new().await;
    let ada = sign_up(&house, ADA).await;
    house
        .sql("update auth.users set email_verified = true")
        .await;
    enrol(&house, &ada).await;
    by_reset_link(&house, false).await;
    let factors = "select count(*) from auth.two_factor_auth";
    assert_eq!(house.number(factors).await, 1);
    let body = json!({"email": ADA, "password": NEXT});
    let asked: Value = native(&browser(&house), "sign-in/email", body).await.json();
    assert_eq!(asked["twoFactorRedirect"], true);
}
