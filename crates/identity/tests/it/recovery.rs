//! A new password out of the mailbox, and what it does not open.

use crate::harness::{ADA, House, PASSWORD};
use crate::steps::{
    App, browser, challenged, code_to, link_to, native, query_of, reset, sign_in, sign_up,
    unproved, verified_with_app,
};
use serde_json::{Value, json};
use testkit::Client;

const TOTP: &str = "two-factor/verify-totp";
const BACKUP: &str = "two-factor/verify-backup-code";

async fn methods(house: &House) -> (Client, Value) {
    let client = browser(house);
    let body = sign_in(&client, ADA).await.expect(200).json();
    (client, body["twoFactorMethods"].clone())
}

async fn reset_by_code(house: &House) {
    let anyone = browser(house);
    let wish = json!({"email": ADA});
    native(&anyone, "email-otp/request-password-reset", wish)
        .await
        .expect(200);
    let code = code_to(house, ADA).await;
    let body = json!({"email": ADA, "otp": code, "password": PASSWORD});
    native(&anyone, "email-otp/reset-password", body)
        .await
        .expect(200);
}

async fn reset_on_rest(house: &House) {
    house
        .ask("forgot-password", json!({"email": ADA}))
        .await
        .expect(200);
    let link = browser(house)
        .get(&link_to(house, ADA, "reset-password").await)
        .await;
    let token = query_of(link.expect(302).header("location"), "token");
    house
        .ask(
            "reset-password",
            json!({"token": token, "newPassword": PASSWORD}),
        )
        .await
        .expect(200);
}

async fn refuses_the_mailbox(house: &House, client: &Client) {
    let refused = native(client, "two-factor/send-otp", json!({})).await;
    assert_eq!(refused.expect(400).json()["code"], "OTP_NOT_CONFIGURED");
    let refused = native(client, "two-factor/verify-otp", json!({"code": "123456"})).await;
    assert_eq!(refused.expect(400).json()["code"], "OTP_NOT_CONFIGURED");
    let login = json!({"email": ADA, "password": PASSWORD});
    let rest = browser(house).post("/api/v1/auth/login", login).await;
    assert_eq!(rest.expect(200).json()["twoFactorMethods"], json!(["totp"]));
}

#[tokio::test]
async fn a_mailed_code_does_not_complete_a_password_out_of_the_mailbox() {
    let house = House::new().await;
    let (_, app) = verified_with_app(&house, ADA).await;
    assert_eq!(methods(&house).await.1, json!(["totp", "otp"]));
    for way in 0..3 {
        match way {
            0 => reset(&house, ADA).await,
            1 => reset_by_code(&house).await,
            _ => reset_on_rest(&house).await,
        }
        let (client, offered) = methods(&house).await;
        assert_eq!(offered, json!(["totp"]), "{way}");
        refuses_the_mailbox(&house, &client).await;
        // Together with another factor the password is one of its own again.
        let (path, code) = match way {
            0 => (TOTP, app.code(&house)),
            way => (BACKUP, app.backup_codes[way].clone()),
        };
        native(&client, path, json!({"code": code}))
            .await
            .expect(200);
        assert_eq!(methods(&house).await.1, json!(["totp", "otp"]), "{way}");
        house.clock.advance_seconds(3600);
    }
}

#[tokio::test]
async fn changing_it_with_itself_does_not_take_a_password_out_of_the_mailbox() {
    let house = House::new().await;
    let ada = sign_up(&house, ADA).await;
    house
        .sql("update auth.users set email_verified = true")
        .await;
    reset(&house, ADA).await;
    let thief = browser(&house);
    sign_in(&thief, ADA).await.expect(200);
    let body = json!({"currentPassword": PASSWORD, "newPassword": "another long word"});
    native(&thief, "change-password", body).await.expect(200);
    let back = json!({"currentPassword": "another long word", "newPassword": PASSWORD});
    native(&thief, "change-password", back).await.expect(200);
    drop(ada);
    let kept = "select count(*) from auth.accounts where set_by_mail_at is not null";
    assert_eq!(house.number(kept).await, 1);
}

#[tokio::test]
async fn a_mailed_first_factor_is_no_second_one_and_meets_nothing() {
    let house = House::new().await;
    let (_, app) = verified_with_app(&house, ADA).await;
    reset(&house, ADA).await;
    let client = browser(&house);
    let wish = json!({"email": ADA, "type": "sign-in"});
    native(&client, "email-otp/send-verification-otp", wish)
        .await
        .expect(200);
    let code = code_to(&house, ADA).await;
    let body = json!({"email": ADA, "otp": code});
    let asked = native(&client, "sign-in/email-otp", body).await;
    assert_eq!(
        asked.expect(200).json()["twoFactorMethods"],
        json!(["totp"])
    );
    // The app was met, but not with the password: that stays the mailbox.
    native(&client, TOTP, json!({"code": app.code(&house)}))
        .await
        .expect(200);
    assert_eq!(methods(&house).await.1, json!(["totp"]));
}

#[tokio::test]
async fn whoever_has_the_mailbox_alone_for_a_second_factor_is_not_locked_out_by_a_reset() {
    let house = House::new().await;
    let ada = sign_up(&house, ADA).await;
    house
        .sql("update auth.users set email_verified = true")
        .await;
    let body = json!({"password": PASSWORD, "method": "otp"});
    native(&ada, "two-factor/enable", body).await.expect(200);
    reset(&house, ADA).await;
    let (client, offered) = methods(&house).await;
    assert_eq!(offered, json!(["otp"]));
    native(&client, "two-factor/send-otp", json!({}))
        .await
        .expect(200);
    let code = code_to(&house, ADA).await;
    native(&client, "two-factor/verify-otp", json!({"code": code}))
        .await
        .expect(200);
}

async fn end_everywhere(house: &House, way: usize, app: &App) {
    let client = challenged(house, ADA).await;
    native(&client, TOTP, json!({"code": app.code(house)}))
        .await
        .expect(200);
    house.clock.advance_seconds(60);
    let change = json!({"currentPassword": PASSWORD, "newPassword": PASSWORD});
    match way {
        0 => {
            native(&client, "revoke-sessions", json!({}))
                .await
                .expect(200);
        }
        1 => {
            native(&client, "revoke-other-sessions", json!({}))
                .await
                .expect(200);
        }
        2 => {
            client
                .delete("/api/v1/auth/sessions", None)
                .await
                .expect(204);
        }
        3 => {
            let all = "/api/v1/auth/sessions?includeCurrent=true";
            client.delete(all, None).await.expect(204);
        }
        4 => {
            native(&client, "change-password", change).await.expect(200);
        }
        _ => reset(house, ADA).await,
    }
}

#[tokio::test]
async fn signing_out_everywhere_voids_trusted_devices() {
    let house = House::new().await;
    let (_, app) = verified_with_app(&house, ADA).await;
    for way in 0..6 {
        let device = unproved(&house, ADA, &app).await;
        end_everywhere(&house, way, &app).await;
        let asked = sign_in(&device, ADA).await.expect(200).json();
        assert_eq!(asked["twoFactorRedirect"], true, "{way}");
        assert_eq!(device.cookie("mana.trust_device"), None, "{way}");
        house.clock.advance_seconds(3600);
    }
}
