//! What a passkey's answer and key must be (WebAuthn L3 §7.1, §7.2), on both surfaces.

use crate::harness::{ADA, House, fields};
use crate::passkeys::{PASSKEYS, add, device, enter, options, owner};
use crate::steps::{browser, native, sign_in};
use ciborium::Value as Cbor;
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use testkit::{Client, SoftPasskey};

async fn enter_natively(house: &House, device: &mut SoftPasskey) -> testkit::Answer {
    let client = browser(house);
    let path = "/api/auth/passkey/generate-authenticate-options";
    let options = client.get(path).await.expect(200).json();
    let body = json!({"response": device.sign(&options)});
    native(&client, "passkey/verify-authentication", body).await
}

async fn handle_of(client: &Client) -> Value {
    let (creation, _) = options(client, "register").await;
    creation["user"]["id"].clone()
}

#[tokio::test]
async fn a_passkey_that_names_another_owner_signs_nobody_in() {
    let house = House::new().await;
    let (client, mut device, _) = owner(&house).await;
    let own = handle_of(&client).await;
    let (_, eve, _) = house.person("eve@example.com").await;
    let padded = json!(format!("{}=", own.as_str().unwrap()));
    for fine in [Value::Null, json!(""), own.clone(), padded] {
        device.user_handle = Some(fine);
        enter(&house, &mut device).await.expect(200);
        enter_natively(&house, &mut device).await.expect(200);
    }
    let mut longer = BASE64URL_NOPAD
        .decode(own.as_str().unwrap().as_bytes())
        .unwrap();
    longer.push(0);
    for wrong in [
        handle_of(&eve).await,
        json!(BASE64URL_NOPAD.encode(&longer)),
        json!(BASE64URL_NOPAD.encode(b"ada")),
        json!("no base64url!"),
        json!(7),
    ] {
        device.user_handle = Some(wrong.clone());
        enter(&house, &mut device)
            .await
            .problem(401, "PASSKEY_VERIFICATION_FAILED");
        let refused = enter_natively(&house, &mut device).await;
        let refused = refused.expect(400).json();
        assert_eq!(refused["code"], "AUTHENTICATION_FAILED", "{wrong}");
        house.clock.advance_seconds(61);
    }
}

fn cose(members: Vec<(i64, Cbor)>) -> Vec<u8> {
    let map = members.into_iter();
    let map = map
        .map(|(label, value)| (Cbor::from(label), value))
        .collect();
    let mut bytes = Vec::new();
    ciborium::into_writer(&Cbor::Map(map), &mut bytes).unwrap();
    bytes
}

fn ed25519(key: [u8; 32]) -> Vec<u8> {
    let key = Cbor::Bytes(key.to_vec());
    cose(vec![
        (1, 1.into()),
        (3, (-8).into()),
        (-1, 6.into()),
        (-2, key),
    ])
}

fn p256(x: u8, y: u8) -> Vec<u8> {
    let part = |byte| Cbor::Bytes(vec![byte; 32]);
    cose(vec![
        (1, 2.into()),
        (3, (-7).into()),
        (-1, 1.into()),
        (-2, part(x)),
        (-3, part(y)),
    ])
}

fn rsa(modulus: Vec<u8>, exponent: &[u8]) -> Vec<u8> {
    let exponent = Cbor::Bytes(exponent.to_vec());
    cose(vec![
        (1, 3.into()),
        (3, (-257).into()),
        (-1, Cbor::Bytes(modulus)),
        (-2, exponent),
    ])
}

#[tokio::test]
async fn keys_that_can_never_verify_are_refused_at_registration() {
    let house = House::new().await;
    house.person(ADA).await;
    let client = browser(&house);
    sign_in(&client, ADA).await.expect(200);
    let mut small_order = [0; 32];
    small_order[0] = 1;
    for key in [
        ed25519([0; 32]),
        ed25519(small_order),
        ed25519([0xff; 32]),
        p256(0, 0),
        p256(1, 1),
        p256(0xff, 0xff),
        rsa(vec![0; 256], &[1, 0, 1]),
        rsa(vec![0xff; 256], &[1]),
        rsa(vec![0xff; 256], &[2]),
        rsa(vec![0xff; 256], &[0]),
        rsa(vec![0xff; 256], &[]),
        rsa(vec![0xff; 256], &[0xff; 256]),
        rsa(vec![0xfe; 256], &[1, 0, 1]),
        rsa(vec![0xff; 64], &[1, 0, 1]),
        rsa(vec![0xff; 1025], &[1, 0, 1]),
    ] {
        let mut device = device();
        device.public_key = Some(key.clone());
        let refused = add(&client, &device, "x").await;
        let refused = refused.problem(400, "PASSKEY_VERIFICATION_FAILED");
        assert_eq!(fields(&refused), ["credential"]);

        let path = "/api/auth/passkey/generate-register-options";
        let options = client.get(path).await.expect(200).json();
        let body = json!({"response": device.register(&options)});
        let refused = native(&client, "passkey/verify-registration", body).await;
        let refused = refused.expect(400).json();
        assert_eq!(
            refused["code"], "FAILED_TO_VERIFY_REGISTRATION",
            "{key:02x?}"
        );
    }
    assert_eq!(client.get(PASSKEYS).await.json(), json!([]));
}
