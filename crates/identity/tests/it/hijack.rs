//! Account pre-hijacking: whoever registers somebody else's address first keeps no way into the account once its owner has
//! proved the mailbox.

use crate::harness::{ADA, House};
use crate::steps::{browser, code_to, enrol, link_to, native, query_of, sign_in, sign_up};
use serde_json::{Value, json};
use testkit::{Answer, BASE_URL, Client, Kind, SoftPasskey};

const NEXT: &str = "another fine password";
const PASSKEYS: &str = "select count(*) from auth.passkeys";

/// The body that registers a new passkey.
async fn planting(eve: &Client) -> (SoftPasskey, Value) {
    let device = SoftPasskey::new(Kind::P256, BASE_URL);
    let path = "/api/auth/passkey/generate-register-options";
    let options = eve.get(path).await.expect(200).json();
    let body = json!({"response": device.register(&options)});
    (device, body)
}

async fn plant(eve: &Client) -> SoftPasskey {
    let (device, body) = planting(eve).await;
    let path = "passkey/verify-registration";
    native(eve, path, body).await.expect(200);
    device
}

async fn enter(house: &House, device: &mut SoftPasskey) -> Answer {
    let browser = browser(house);
    let path = "/api/auth/passkey/generate-authenticate-options";
    let options = browser.get(path).await.expect(200).json();
    let body = json!({"response": device.sign(&options)});
    native(&browser, "passkey/verify-authentication", body).await
}

async fn reset_by_link(house: &House) {
    let ada = browser(house);
    let wish = json!({"email": ADA, "redirectTo": "/new"});
    native(&ada, "request-password-reset", wish)
        .await
        .expect(200);
    let link = ada.get(&link_to(house, ADA, "reset-password").await).await;
    let token = query_of(link.expect(302).header("location"), "token");
    let body = json!({"token": token, "newPassword": NEXT});
    native(&ada, "reset-password", body).await.expect(200);
}

#[tokio::test]
async fn a_reset_by_link_takes_the_passkeys_of_before_the_proof_and_none_of_after() {
    let house = House::new().await;
    let mut device = plant(&sign_up(&house, ADA).await).await;
    reset_by_link(&house).await;
    enter(&house, &mut device).await.expect(401);
    assert_eq!(house.number(PASSKEYS).await, 0);

    house
        .sql("update auth.users set email_verified = true")
        .await;
    let ada = browser(&house);
    let body = json!({"email": ADA, "password": NEXT});
    native(&ada, "sign-in/email", body).await.expect(200);
    let mut device = plant(&ada).await;
    reset_by_link(&house).await;
    // It waits for its person, but is not gone.
    let refused = enter(&house, &mut device).await.expect(403);
    assert_eq!(refused.json()["code"], "PASSKEY_SUSPENDED");
    assert_eq!(house.number(PASSKEYS).await, 1);
}

#[tokio::test]
async fn a_reset_by_code_takes_every_way_in_of_before_the_proof() {
    let house = House::new().await;
    let eve = sign_up(&house, ADA).await;
    let mut device = plant(&eve).await;
    enrol(&house, &eve).await;
    let ada = browser(&house);
    let wish = json!({"email": ADA});
    native(&ada, "email-otp/request-password-reset", wish)
        .await
        .expect(200);
    let code = code_to(&house, ADA).await;
    let body = json!({"email": ADA, "otp": code, "password": NEXT});
    native(&ada, "email-otp/reset-password", body)
        .await
        .expect(200);
    enter(&house, &mut device).await.expect(401);
    sign_in(&browser(&house), ADA).await.expect(401);
    let body = json!({"email": ADA, "password": NEXT});
    let entered = native(&ada, "sign-in/email", body).await.expect(200).json();
    assert_eq!(entered["user"]["emailVerified"], true, "{entered}");
}

/// Waits until somebody waits for a lock of this database.
async fn until_somebody_waits<T>(house: &House, who: &tokio::task::JoinHandle<T>) {
    let waiting = "select count(*) from pg_locks where not granted
        and (database is null or database = (select oid from pg_database where datname = current_database()))";
    while house.number(waiting).await == 0 {
        assert!(!who.is_finished(), "nobody waited");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_passkey_of_a_session_that_ends_meanwhile_is_not_kept() {
    let house = House::new().await;
    let eve = sign_up(&house, ADA).await;
    let (_, body) = planting(&eve).await;
    let mut other = house.database.superuser().await;
    let proof = other.transaction().await.unwrap();
    for statement in [
        "update auth.users set email_verified = true",
        "update auth.sessions set revoked_at = now()",
    ] {
        proof.execute(statement, &[]).await.unwrap();
    }
    let path = "passkey/verify-registration";
    let planted = tokio::spawn(async move { native(&eve, path, body).await });
    until_somebody_waits(&house, &planted).await;
    proof.commit().await.unwrap();
    planted.await.unwrap().expect(401);
    assert_eq!(house.number(PASSKEYS).await, 0);
}

#[tokio::test]
async fn a_passkey_that_is_being_kept_during_the_proof_goes_too() {
    let house = House::new().await;
    sign_up(&house, ADA).await;
    let ada = browser(&house);
    native(&ada, "sign-in/magic-link", json!({"email": ADA}))
        .await
        .expect(200);
    let link = link_to(&house, ADA, "magic-link").await;
    let mut other = house.database.superuser().await;
    let planting = other.transaction().await.unwrap();
    for statement in [
        "select from auth.users for share",
        "insert into auth.passkeys (id, user_id, credential_id, public_key, device_type)
         select 'p', id, 'c', 'k', 'singleDevice' from auth.users",
    ] {
        planting.execute(statement, &[]).await.unwrap();
    }
    let followed = tokio::spawn(async move { ada.get(&link).await });
    until_somebody_waits(&house, &followed).await;
    planting.commit().await.unwrap();
    followed.await.unwrap().expect(302);
    assert_eq!(house.number(PASSKEYS).await, 0);
}
