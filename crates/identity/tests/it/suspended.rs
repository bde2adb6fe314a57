//! A reset by mail puts out whoever registered a passkey lately, until its person says that it is theirs.

use crate::harness::{ADA, House};
use crate::passkeys::{PASSKEYS, add, device, enter, owner};
use crate::steps::{browser, code_to, enrol, event_kinds, native, reset, sign_in};
use serde_json::{Value, json};
use testkit::{Client, SoftPasskey};

const DAY: i64 = 86_400;
const PAGE: &str = "/passkeys/confirm";

async fn verified_owner(house: &House) -> (Client, SoftPasskey, Value) {
    let owned = owner(house).await;
    house
        .sql("update auth.users set email_verified = true")
        .await;
    owned
}

async fn signed_in(house: &House) -> Client {
    let client = browser(house);
    sign_in(&client, ADA).await.expect(200);
    client
}

async fn suspended(client: &Client) -> Vec<bool> {
    let list = client.get(PASSKEYS).await.expect(200).json();
    let list = list.as_array().unwrap().iter();
    list.map(|passkey| passkey["suspended"].as_bool().unwrap())
        .collect()
}

fn confirmation(made: &Value) -> String {
    format!("{PASSKEYS}/{}/confirm", made["id"].as_str().unwrap())
}

async fn enter_natively(house: &House, device: &mut SoftPasskey) -> testkit::Answer {
    let client = browser(house);
    let path = "/api/auth/passkey/generate-authenticate-options";
    let options = client.get(path).await.expect(200).json();
    let body = json!({"response": device.sign(&options)});
    native(&client, "passkey/verify-authentication", body).await
}

#[tokio::test]
async fn a_reset_by_mail_suspends_passkeys_of_the_last_thirty_days() {
    let house = House::new().await;
    let (client, mut old, _) = verified_owner(&house).await;
    house.clock.advance_seconds(31 * DAY);
    let client = {
        drop(client);
        signed_in(&house).await
    };
    let mut young = device();
    add(&client, &young, "Thief's phone").await.expect(200);
    reset(&house, ADA).await;

    enter(&house, &mut young)
        .await
        .problem(403, "PASSKEY_SUSPENDED");
    let refused = enter_natively(&house, &mut young).await.expect(403);
    assert_eq!(refused.json()["code"], "PASSKEY_SUSPENDED");
    enter(&house, &mut old).await.expect(200);
    let client = signed_in(&house).await;
    assert_eq!(suspended(&client).await, [false, true]);
    // The native list keeps its shape.
    let native_list = client.get("/api/auth/passkey/list-user-passkeys").await;
    let native_list = native_list.expect(200).json();
    assert_eq!(native_list[1].get("suspended"), None);
    assert_eq!(native_list.as_array().unwrap().len(), 2);
    let mails = house.mails(ADA).await;
    let mail = mails
        .iter()
        .find(|mail| mail.subject == "Passkeys ausgesetzt");
    let text = &mail.unwrap().text;
    assert!(
        text.contains("Thief's phone") && text.contains(PAGE),
        "{text}"
    );
    assert!(!text.contains("Laptop"), "{text}");
    let kinds = event_kinds(&house, ADA).await;
    assert!(kinds.contains(&"PASSKEYS_SUSPENDED".to_owned()));
}

#[tokio::test]
async fn a_reset_by_a_mailed_code_suspends_too() {
    let house = House::new().await;
    let (client, mut device, _) = verified_owner(&house).await;
    let wish = json!({"email": ADA});
    native(&client, "email-otp/request-password-reset", wish)
        .await
        .expect(200);
    let code = code_to(&house, ADA).await;
    let body = json!({"email": ADA, "otp": code, "password": crate::harness::PASSWORD});
    native(&client, "email-otp/reset-password", body)
        .await
        .expect(200);
    enter(&house, &mut device)
        .await
        .problem(403, "PASSKEY_SUSPENDED");
}

#[tokio::test]
async fn without_another_factor_the_new_password_confirms_and_the_mailbox_does_not() {
    let house = House::new().await;
    let (client, mut device, made) = verified_owner(&house).await;
    house.clock.advance_seconds(1);
    let mut other = self::device();
    let also = add(&client, &other, "Key").await.expect(200).json();
    reset(&house, ADA).await;
    let mailbox = browser(&house);
    let wish = json!({"email": ADA, "type": "sign-in"});
    native(&mailbox, "email-otp/send-verification-otp", wish)
        .await
        .expect(200);
    let code = code_to(&house, ADA).await;
    native(
        &mailbox,
        "sign-in/email-otp",
        json!({"email": ADA, "otp": code}),
    )
    .await
    .expect(200);
    let path = confirmation(&made);
    mailbox
        .post(&path, json!({}))
        .await
        .problem(403, "TWO_FACTOR_REQUIRED");
    house
        .client
        .fresh()
        .post(&path, json!({}))
        .await
        .expect(401);

    let owner = signed_in(&house).await;
    owner.post(&path, json!({})).await.expect(204);
    owner.post(&path, json!({})).await.expect(404);
    assert_eq!(suspended(&owner).await, [false, true]);
    owner
        .post(&confirmation(&also), json!({}))
        .await
        .expect(204);
    enter(&house, &mut device).await.expect(200);
    enter(&house, &mut other).await.expect(200);
    let kinds = event_kinds(&house, ADA).await;
    assert!(kinds.contains(&"PASSKEY_CONFIRMED".to_owned()));
}

#[tokio::test]
async fn an_older_passkey_or_the_second_factor_confirms_where_there_is_one() {
    let house = House::new().await;
    let (_, mut old, _) = verified_owner(&house).await;
    house.clock.advance_seconds(31 * DAY);
    let client = signed_in(&house).await;
    let mut young = device();
    let made = add(&client, &young, "Phone").await.expect(200).json();
    reset(&house, ADA).await;
    let by_password = signed_in(&house).await;
    let path = confirmation(&made);
    by_password
        .post(&path, json!({}))
        .await
        .problem(403, "TWO_FACTOR_REQUIRED");
    let body = enter(&house, &mut old).await.expect(200).json();
    let proved = crate::harness::bearer(&house, &body);
    // Not for ever, and nobody else's.
    house
        .person("eve@example.com")
        .await
        .1
        .post(&path, json!({}))
        .await
        .expect(404);
    house
        .clock
        .advance_seconds(house.config.sessions.fresh_age_seconds);
    let late = enter(&house, &mut old).await.expect(200).json();
    proved.post(&path, json!({})).await.expect(401);
    let proved = crate::harness::bearer(&house, &late);
    proved.post(&path, json!({})).await.expect(204);
    enter(&house, &mut young).await.expect(200);
}

#[tokio::test]
async fn with_a_second_factor_the_password_alone_confirms_nothing() {
    let house = House::new().await;
    let (client, mut device, made) = verified_owner(&house).await;
    let app = enrol(&house, &client).await;
    reset(&house, ADA).await;
    let owner = browser(&house);
    sign_in(&owner, ADA).await.expect(200);
    let code = json!({"code": app.code(&house)});
    native(&owner, "two-factor/verify-totp", code)
        .await
        .expect(200);
    owner
        .post(&confirmation(&made), json!({}))
        .await
        .expect(204);
    enter(&house, &mut device).await.expect(200);
}

#[tokio::test]
async fn a_suspended_passkey_is_no_way_in_that_another_could_lean_on() {
    let house = House::new().await;
    let (_, _, old) = verified_owner(&house).await;
    house.clock.advance_seconds(31 * DAY);
    let client = signed_in(&house).await;
    let young = add(&client, &device(), "Phone").await.expect(200).json();
    reset(&house, ADA).await;
    let off = house
        .again_with(&[
            ("MAGIC_LINK_ENABLED", "false"),
            ("EMAIL_CODE_ENABLED", "false"),
        ])
        .await
        .unwrap();
    let client = signed_in(&off).await;
    house.sql("update auth.accounts set password = null").await;
    let path = |made: &Value| format!("{PASSKEYS}/{}", made["id"].as_str().unwrap());
    client
        .delete(&path(&old), None)
        .await
        .problem(409, "CONFLICT");
    // What lets nobody in may go at any time.
    client.delete(&path(&young), None).await.expect(204);
}

#[tokio::test]
async fn the_page_asks_for_each_and_its_button_confirms() {
    let house = House::new().await;
    let (_, mut device, made) = verified_owner(&house).await;
    reset(&house, ADA).await;
    let stranger = browser(&house).get(PAGE).await.expect(401);
    assert!(stranger.text().contains("Melde dich zuerst an"));
    let owner = signed_in(&house).await.with("accept-language", "en");
    let page = owner.get(PAGE).await.expect(200).text();
    assert!(
        page.contains("Laptop") && page.contains("<button"),
        "{page}"
    );
    let form = |id: &str| {
        http::Request::post(PAGE)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("id={id}").into())
            .unwrap()
    };
    let id = made["id"].as_str().unwrap();
    let foreign = owner.clone().with("origin", "https://evil.example");
    let refused = foreign.raw(form(id)).await;
    assert!(refused.status.is_client_error(), "{}", refused.status);
    assert_eq!(suspended(&owner).await, [true]);
    let done = owner.raw(form(id)).await.expect(303);
    assert_eq!(done.header("location"), PAGE);
    assert!(owner.get(PAGE).await.text().contains("Nothing to confirm"));
    enter(&house, &mut device).await.expect(200);
}
