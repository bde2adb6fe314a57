//! A mailed link or code as the first of two factors.

use crate::harness::{House, PASSWORD};
use crate::issuing::{issued, ready};
use crate::steps::{App, enrol, native, sign_up};
use serde_json::json;

#[tokio::test]
async fn a_mailed_first_factor_asks_the_app_for_the_second() {
    let house = House::new().await;
    let ada = sign_up(&house, "ada@example.com").await;
    house
        .sql("update auth.users set email_verified = true")
        .await;
    let app: App = enrol(&house, &ada).await;
    // By code.
    let request = ready(&house, "/api/auth/sign-in/email-otp", "ada@example.com").await;
    let client = request.client.clone();
    let (_, answer) = request.send(&house).await;
    assert_eq!(
        answer.expect(200).json(),
        json!({"twoFactorRedirect": true, "twoFactorMethods": ["totp"]})
    );
    // The mailbox would be the same factor once more.
    let refused = native(&client, "two-factor/send-otp", json!({})).await;
    assert_eq!(refused.expect(400).json()["code"], "OTP_NOT_CONFIGURED");
    let code = json!({"code": app.code(&house)});
    native(&client, "two-factor/verify-totp", code)
        .await
        .expect(200);
    house.clock.advance_seconds(60);
    // By link.
    let request = ready(&house, "/api/auth/magic-link/verify", "ada@example.com").await;
    let client = request.client.clone();
    let (_, answer) = request.send(&house).await;
    let location = answer.expect(302).header("location").to_owned();
    assert!(
        location.ends_with("?error=TWO_FACTOR_REQUIRED"),
        "{location}"
    );
    let code = json!({"code": app.code(&house), "trustDevice": true});
    native(&client, "two-factor/verify-totp", code)
        .await
        .expect(200);
    // A trusted device stands for the second factor here too.
    native(&client, "sign-out", json!({})).await.expect(200);
    let mut request = ready(&house, "/api/auth/magic-link/verify", "ada@example.com").await;
    request.client = client;
    let (_, answer) = request.send(&house).await;
    assert!(!issued(&[], &answer.expect(302)).is_empty());
}

#[tokio::test]
async fn whose_second_factor_is_the_mailbox_needs_the_password_as_the_first() {
    let house = House::new().await;
    let ada = sign_up(&house, "ada@example.com").await;
    house
        .sql("update auth.users set email_verified = true")
        .await;
    let body = json!({"password": PASSWORD, "method": "otp"});
    native(&ada, "two-factor/enable", body).await.expect(200);
    let request = ready(&house, "/api/auth/sign-in/email-otp", "ada@example.com").await;
    let (_, answer) = request.send(&house).await;
    assert_eq!(answer.expect(401).json()["code"], "TWO_FACTOR_REQUIRED");
    let request = ready(&house, "/api/auth/magic-link/verify", "ada@example.com").await;
    let (_, answer) = request.send(&house).await;
    assert!(
        answer
            .expect(302)
            .header("location")
            .ends_with("?error=TWO_FACTOR_REQUIRED")
    );
}
