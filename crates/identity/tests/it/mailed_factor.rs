//! Mailed codes as a second factor can be switched off (ASVS 6.3.6 forbids them at its highest level).

use crate::harness::{ADA, House, PASSWORD};
use serde_json::json;
use testkit::{BASE_URL, Client};

const OFF: [(&str, &str); 1] = [("TWO_FACTOR_EMAIL_ENABLED", "false")];

async fn challenged(house: &House) -> (Client, serde_json::Value) {
    let client = house.client.fresh().with("origin", BASE_URL);
    let body = json!({"email": ADA, "password": PASSWORD});
    let answer = client.post("/api/auth/sign-in/email", body).await;
    (client, answer.expect(200).json())
}

#[tokio::test]
async fn switched_off_nobody_sets_it_up() {
    let house = House::with(&OFF).await;
    let (_, client, _) = house.person(ADA).await;
    let body = json!({"password": PASSWORD, "method": "otp"});
    for (path, body) in [("enable", body), ("send-otp", json!({}))] {
        let path = format!("/api/auth/two-factor/{path}");
        let refused = client.post(&path, body).await.expect(400).json();
        assert_eq!(refused["code"], "OTP_NOT_CONFIGURED");
    }
}

#[tokio::test]
async fn switched_off_it_is_not_offered_beside_an_app_but_locks_nobody_out() {
    let house = House::new().await;
    let (_, client, _) = house.person(ADA).await;
    let body = json!({"password": PASSWORD, "method": "otp"});
    client
        .post("/api/auth/two-factor/enable", body)
        .await
        .expect(200);
    let off = house.again_with(&OFF).await.unwrap();
    let (client, body) = challenged(&off).await;
    assert_eq!(body["twoFactorMethods"], json!(["otp"]), "the only factor");
    client
        .post("/api/auth/two-factor/send-otp", json!({}))
        .await
        .expect(200);
    house
        .sql("update auth.two_factor_auth set secret = 'x', verified = true")
        .await;
    let (client, body) = challenged(&off).await;
    assert_eq!(body["twoFactorMethods"], json!(["totp"]));
    let refused = client
        .post("/api/auth/two-factor/send-otp", json!({}))
        .await;
    assert_eq!(refused.expect(400).json()["code"], "OTP_NOT_CONFIGURED");
}
