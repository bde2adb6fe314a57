//! The signing keys: published, rotated, sealed.

use crate::harness::{ADA, House};
use identity::Keys;
use kernel::crypto::jwt::thumbprint;
use kernel::crypto::seal::SealKeys;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::{eventually, token_claims};

const OTHER_KEK: &str = "//////////////////////////////////////////8=";

async fn published(house: &House) -> Vec<Value> {
    let json = house
        .client
        .get("/api/v1/auth/jwks")
        .await
        .expect(200)
        .json();
    json["keys"].as_array().unwrap().clone()
}

fn kid_of(login: &Value) -> String {
    let (header, _) = token_claims(login["accessToken"].as_str().unwrap());
    header["kid"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_public_keys_are_on_three_paths() {
    let house = House::new().await;
    let mut bodies = BTreeSet::new();
    for path in ["/api/v1/auth/jwks", "/api/auth/jwks", "/api/oidc/jwks"] {
        let answer = house.client.get(path).await.expect(200);
        assert_eq!(answer.header("content-type"), "application/json");
        bodies.insert(answer.text());
    }
    assert_eq!(bodies.len(), 1);
    let keys = published(&house).await;
    assert_eq!(keys.len(), 1);
    let key = &keys[0];
    let x = key["x"].as_str().unwrap();
    let expected = json!({
        "alg": "EdDSA", "crv": "Ed25519", "kty": "OKP", "use": "sig", "x": x, "kid": thumbprint(x),
    });
    assert_eq!(*key, expected);
}

#[tokio::test]
async fn two_servers_that_start_at_once_share_one_key() {
    let house = House::new().await;
    house.sql("delete from auth.jwks").await;
    let (left, right) = tokio::join!(house.again(), house.again());
    assert_eq!(published(&left).await, published(&right).await);
    assert_eq!(house.number("select count(*) from auth.jwks").await, 1);
}

#[tokio::test]
async fn after_a_rotation_old_tokens_stay_valid_until_the_last_has_expired() {
    let house = House::new().await;
    let (_, _, before) = house.person(ADA).await;
    house.clock.advance_seconds(60);
    house.identity.keys().rotate().await.unwrap();
    let (_, after) = house.login(ADA).await;
    assert_ne!(kid_of(&before), kid_of(&after));
    assert!(house.is_valid(&before["accessToken"]).await);
    assert!(house.is_valid(&after["accessToken"]).await);
    let keys = published(&house).await;
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0]["kid"], kid_of(&after), "newest first");
    house.clock.advance_seconds(899);
    house.identity.keys().reload().await.unwrap();
    assert_eq!(published(&house).await.len(), 2);
    house.clock.advance_seconds(120);
    house.identity.keys().reload().await.unwrap();
    assert_eq!(published(&house).await.len(), 1);
}

#[tokio::test]
async fn a_kid_never_comes_back() {
    let house = House::new().await;
    let mut kids = BTreeSet::new();
    for _ in 0..5 {
        kids.insert(house.identity.keys().list()[0].kid.clone());
        house.clock.advance_seconds(1);
        house.identity.keys().rotate().await.unwrap();
    }
    assert_eq!(kids.len(), 5);
    assert_eq!(house.number("select count(*) from auth.jwks").await, 6);
    assert_eq!(
        house
            .number("select count(*) from auth.jwks where expires_at is null")
            .await,
        1
    );
}

#[tokio::test]
async fn keys_rotate_by_age() {
    let house = House::with(&[("JWT_KEY_ROTATION", "10d")]).await;
    let first = house.identity.keys().list()[0].kid.clone();
    house.clock.advance_seconds(10 * 86_400 - 1);
    house.identity.keys().rotate_when_due().await.unwrap();
    assert_eq!(house.identity.keys().list()[0].kid, first);
    house.clock.advance_seconds(1);
    house.identity.keys().rotate_when_due().await.unwrap();
    assert_ne!(house.identity.keys().list()[0].kid, first);
}

#[tokio::test]
async fn a_rotation_reaches_the_other_servers() {
    let here = House::new().await;
    let there = here.again().await;
    here.register(ADA).await;
    here.clock.advance_seconds(2);
    here.identity.keys().rotate().await.unwrap();
    let (_, login) = here.login(ADA).await;
    assert!(
        there.is_valid(&login["accessToken"]).await,
        "an unknown kid makes it look"
    );
    eventually("the other server to sign with the new key", async || {
        let (_, theirs) = there.login(ADA).await;
        (kid_of(&theirs) == kid_of(&login)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn private_parts_are_sealed() {
    let house = House::new().await;
    let stored = house.text("select private_key from auth.jwks").await;
    for telling in ["\"d\"", "OKP", "PRIVATE", "MC4CAQ", "3030020100", "{"] {
        assert!(!stored.contains(telling), "{stored}");
    }
    assert!(stored.contains("env-v1"), "it remembers its KEK: {stored}");
    let document = house.client.get("/api/v1/auth/jwks").await.text();
    assert!(!document.contains("\"d\""));
}

#[tokio::test]
async fn regression_7_2_a_lost_kek_gives_a_clear_error_and_a_way_out() {
    let house = House::new().await;
    let (_, _, login) = house.person(ADA).await;
    let settings = [("MANA_AUTH_KEK", OTHER_KEK), ("MANA_AUTH_KEK_ID", "env-v2")];
    let error = house.again_with(&settings).await.err().unwrap().to_string();
    for part in [
        "MANA_AUTH_KEK",
        "MANA_AUTH_KEKS_PREVIOUS",
        "keys rotate",
        &kid_of(&login),
    ] {
        assert!(error.contains(part), "{error}");
    }
    // The same id over other bytes is no better.
    assert!(
        house
            .again_with(&[("MANA_AUTH_KEK", OTHER_KEK)])
            .await
            .is_err()
    );
    let with_old = [
        settings[0],
        settings[1],
        (
            "MANA_AUTH_KEKS_PREVIOUS",
            "env-v1=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        ),
    ];
    let opened = house.again_with(&with_old).await.unwrap();
    assert!(opened.is_valid(&login["accessToken"]).await);
    // The way out: a new key, without opening the old ones.
    house.clock.advance_seconds(1);
    let config = testkit::config(&settings);
    let seal = SealKeys::new(config.secrets.kek.clone(), Vec::new());
    Keys::replace(&house.context, &house.database.db, &seal, &config.jwt)
        .await
        .unwrap();
    let recovered = house.again_with(&settings).await.unwrap();
    recovered.login(ADA).await;
    assert!(
        recovered.is_valid(&login["accessToken"]).await,
        "old tokens verify by the public part"
    );
}
