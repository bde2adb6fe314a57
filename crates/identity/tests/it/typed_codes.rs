//! Codes as people type them.

use crate::harness::{ADA, House, PASSWORD};
use crate::steps::{
    browser, challenged, code_to, native, other_than, sign_in, sign_up, verified_with_app,
};
use serde_json::json;

/// With a blank, a dash that is none of ASCII, and a line's end.
fn spaced(code: &str) -> String {
    let (front, back) = code.split_at(code.len() / 2);
    format!(" {front}\u{a0}\u{2013} {back}\n")
}

#[tokio::test]
async fn blanks_and_dashes_in_codes_of_the_app_and_backup_codes_are_ignored() {
    let house = House::new().await;
    let (_, app) = verified_with_app(&house, ADA).await;
    let asked = challenged(&house, ADA).await;
    let code = json!({"code": spaced(&app.code(&house))});
    native(&asked, "two-factor/verify-totp", code)
        .await
        .expect(200);
    for (number, written) in [
        app.backup_codes[0].replace('-', ""),
        app.backup_codes[1].replace('-', " "),
        spaced(&app.backup_codes[2]),
    ]
    .iter()
    .enumerate()
    {
        let asked = challenged(&house, ADA).await;
        let path = "two-factor/verify-backup-code";
        native(&asked, path, json!({"code": written}))
            .await
            .expect(200);
        // In no spelling twice.
        let again = challenged(&house, ADA).await;
        let used = json!({"code": app.backup_codes[number]});
        native(&again, path, used).await.expect(401);
    }
}

#[tokio::test]
async fn blanks_and_dashes_in_mailed_codes_are_ignored() {
    let house = House::new().await;
    let ada = sign_up(&house, ADA).await;
    let send = |purpose: &str| json!({"email": ADA, "type": purpose});
    let path = "email-otp/send-verification-otp";
    native(&ada, path, send("email-verification"))
        .await
        .expect(200);
    let code = spaced(&code_to(&house, ADA).await);
    for way in ["email-otp/check-verification-otp", "email-otp/verify-email"] {
        let body = json!({"email": ADA, "type": "email-verification", "otp": code});
        native(&browser(&house), way, body).await.expect(200);
    }
    native(&ada, path, send("sign-in")).await.expect(200);
    let body = json!({"email": ADA, "otp": spaced(&code_to(&house, ADA).await)});
    native(&browser(&house), "sign-in/email-otp", body)
        .await
        .expect(200);
    native(&ada, path, send("forget-password"))
        .await
        .expect(200);
    let code = spaced(&code_to(&house, ADA).await);
    let body = json!({"email": ADA, "otp": code, "password": PASSWORD});
    native(&ada, "email-otp/reset-password", body)
        .await
        .expect(200);

    let ada = browser(&house);
    sign_in(&ada, ADA).await.expect(200);
    let body = json!({"password": PASSWORD, "method": "otp"});
    native(&ada, "two-factor/enable", body).await.expect(200);
    let asked = challenged(&house, ADA).await;
    native(&asked, "two-factor/send-otp", json!({}))
        .await
        .expect(200);
    let code = json!({"code": spaced(&code_to(&house, ADA).await)});
    native(&asked, "two-factor/verify-otp", code)
        .await
        .expect(200);
}

#[tokio::test]
async fn a_refused_code_counts_once_however_it_is_written() {
    let house = House::new().await;
    let (_, app) = verified_with_app(&house, ADA).await;
    let asked = challenged(&house, ADA).await;
    let wrong = spaced(&other_than(&app.code(&house)));
    native(&asked, "two-factor/verify-totp", json!({"code": wrong}))
        .await
        .expect(401);
    let path = "two-factor/verify-backup-code";
    native(&asked, path, json!({"code": "aaaaa bbbbb"}))
        .await
        .expect(401);
    let failures = "select failed_verification_count::bigint from auth.two_factor_auth";
    assert_eq!(house.number(failures).await, 2);
    let tries =
        "select (value::jsonb->>'tries')::bigint from auth.verification where kind = 'two-factor'";
    assert_eq!(house.number(tries).await, 2);
    for nothing in ["", " ", "-"] {
        let body = json!({"code": nothing});
        native(&asked, "two-factor/verify-totp", body)
            .await
            .expect(401);
    }
    assert_eq!(house.number(tries).await, 5);
}
