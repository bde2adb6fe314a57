//! Passkeys on `/api/v1` (contract accounts §1.4; WebAuthn L3 §7), with a software authenticator.

use crate::harness::{ADA, House, fields};
use serde_json::{Value, json};
use testkit::{Answer, BASE_URL, Client, Kind, SoftPasskey};

pub(crate) const PASSKEYS: &str = "/api/v1/auth/passkeys";

pub(crate) async fn options(client: &Client, ceremony: &str) -> (Value, Value) {
    let path = format!("{PASSKEYS}/{ceremony}/options");
    let body = client.post(&path, json!({})).await.expect(200).json();
    (body["options"].clone(), body["challengeId"].clone())
}

pub(crate) async fn add(client: &Client, device: &SoftPasskey, name: &str) -> Answer {
    let (options, challenge) = options(client, "register").await;
    let credential = device.register(&options);
    let body = json!({"challengeId": challenge, "credential": credential, "friendlyName": name});
    client
        .post(&format!("{PASSKEYS}/register/verify"), body)
        .await
}

pub(crate) async fn enter(house: &House, device: &mut SoftPasskey) -> Answer {
    let client = house.client.fresh();
    let (options, challenge) = options(&client, "authenticate").await;
    let body = json!({"challengeId": challenge, "credential": device.sign(&options)});
    client
        .post(&format!("{PASSKEYS}/authenticate/verify"), body)
        .await
}

pub(crate) fn device() -> SoftPasskey {
    SoftPasskey::new(Kind::P256, BASE_URL)
}

/// A person with one passkey.
pub(crate) async fn owner(house: &House) -> (Client, SoftPasskey, Value) {
    let (_, client, _) = house.person(ADA).await;
    let device = device();
    let made = add(&client, &device, "Laptop").await.expect(200).json();
    (client, device, made)
}

#[tokio::test]
async fn a_passkey_is_registered_listed_used_renamed_and_deleted() {
    let house = House::new().await;
    let (client, mut device, made) = owner(&house).await;
    assert_eq!(made["credentialId"], device.credential_id());
    assert_eq!(made["friendlyName"], "Laptop");
    assert_eq!(made["deviceType"], "singleDevice");

    house.clock.advance_seconds(60);
    let body = enter(&house, &mut device).await.expect(200).json();
    assert_eq!(body["user"]["email"], ADA);
    assert!(house.is_valid(&body["accessToken"]).await);
    assert!(
        house
            .refresh(&body["refreshToken"])
            .await
            .status
            .is_success()
    );

    let list = client.get(PASSKEYS).await.expect(200).json();
    assert_eq!(list[0]["lastUsedAt"], "2026-06-01T12:01:00.000Z");
    assert_eq!(list[0]["backedUp"], false);
    let path = format!("{PASSKEYS}/{}", made["id"].as_str().unwrap());
    let patch = http::Method::PATCH;
    for name in [json!({"friendlyName": "Phone"}), json!({"name": " Key "})] {
        let answer = client.send(patch.clone(), &path, Some(name)).await;
        assert_eq!(answer.expect(200).json(), json!({"success": true}));
    }
    let list = client.get(PASSKEYS).await.json();
    assert_eq!(list[0]["friendlyName"], "Key");
    client.delete(&path, None).await.expect(204);
    client.delete(&path, None).await.problem(404, "NOT_FOUND");
    enter(&house, &mut device)
        .await
        .problem(401, "PASSKEY_VERIFICATION_FAILED");
    let events = house
        .text("select string_agg(event_type, ',' order by event_type) from auth.security_events where event_type like 'PASSKEY%'")
        .await;
    assert_eq!(
        events,
        "PASSKEY_DELETED,PASSKEY_LOGIN_SUCCESS,PASSKEY_REGISTERED,PASSKEY_RENAMED,PASSKEY_RENAMED"
    );
}

#[tokio::test]
async fn keys_of_every_offered_kind_work() {
    let house = House::new().await;
    let (_, client, _) = house.person(ADA).await;
    for kind in [Kind::Ed25519, Kind::P256, Kind::Rsa] {
        let mut device = SoftPasskey::new(kind, BASE_URL);
        add(&client, &device, "x").await.expect(200);
        enter(&house, &mut device).await.expect(200);
        enter(&house, &mut device).await.expect(200);
    }
}

#[tokio::test]
async fn what_browsers_are_asked_for_makes_discoverable_verified_passkeys() {
    let house = House::new().await;
    let (client, device, _) = owner(&house).await;
    let (creation, _) = options(&client, "register").await;
    let selection = &creation["authenticatorSelection"];
    assert_eq!(selection["residentKey"], "required");
    assert_eq!(selection["requireResidentKey"], true);
    assert_eq!(selection["userVerification"], "required");
    assert_eq!(selection["authenticatorAttachment"], Value::Null);
    assert_eq!(creation["attestation"], "none");
    assert_eq!(creation["rp"], json!({"id": "localhost", "name": "Mana"}));
    assert_eq!(
        creation["excludeCredentials"][0]["id"],
        device.credential_id()
    );
    let (again, _) = options(&client, "register").await;
    assert_eq!(creation["user"], again["user"], "one handle per person");
    assert_ne!(creation["challenge"], again["challenge"]);
    let (request, _) = options(&house.client.fresh(), "authenticate").await;
    assert_eq!(request["userVerification"], "required");
    assert_eq!(request["allowCredentials"], Value::Null, "any passkey");
    let capability = house.client.get(&format!("{PASSKEYS}/capability")).await;
    assert_eq!(
        capability.expect(200).json(),
        json!({"enabled": true, "conditionalUIAvailable": true, "rpId": "localhost"})
    );
}

#[tokio::test]
async fn a_challenge_works_once_for_five_minutes_for_its_person_and_ceremony() {
    let house = House::new().await;
    let (client, mut device, _) = owner(&house).await;
    let verify = format!("{PASSKEYS}/authenticate/verify");
    let nobody = house.client.fresh();
    let (request, challenge) = options(&nobody, "authenticate").await;
    let body = json!({"challengeId": challenge, "credential": device.sign(&request)});
    nobody.post(&verify, body.clone()).await.expect(200);
    let replay = nobody.post(&verify, body).await;
    assert_eq!(
        fields(&replay.problem(400, "TOKEN_INVALID")),
        ["challengeId"]
    );

    let (request, challenge) = options(&nobody, "authenticate").await;
    let late = json!({"challengeId": challenge, "credential": device.sign(&request)});
    house.clock.advance_seconds(301);
    nobody
        .post(&verify, late)
        .await
        .problem(400, "TOKEN_INVALID");

    // Of the other ceremony, and of another person.
    let (creation, challenge) = options(&client, "register").await;
    let crossed = json!({"challengeId": challenge, "credential": device.sign(&json!({
        "rpId": "localhost", "challenge": creation["challenge"]}))});
    nobody
        .post(&verify, crossed)
        .await
        .problem(400, "TOKEN_INVALID");
    let (_, eve, _) = house.person("eve@example.com").await;
    let (creation, challenge) = options(&client, "register").await;
    let other = self::device();
    let stolen = json!({"challengeId": challenge, "credential": other.register(&creation)});
    eve.post(&format!("{PASSKEYS}/register/verify"), stolen)
        .await
        .problem(400, "TOKEN_INVALID");
    assert_eq!(eve.get(PASSKEYS).await.json(), json!([]));
}

#[tokio::test]
async fn of_parallel_uses_of_one_answer_exactly_one_signs_in() {
    let house = House::new().await;
    let (_, mut device, _) = owner(&house).await;
    let client = house.client.fresh();
    let (request, challenge) = options(&client, "authenticate").await;
    let body = json!({"challengeId": challenge, "credential": device.sign(&request)});
    let path = format!("{PASSKEYS}/authenticate/verify");
    let tries = (0..8).map(|_| {
        let (client, path, body) = (house.client.fresh(), path.clone(), body.clone());
        tokio::spawn(async move { client.post(&path, body).await.status.as_u16() })
    });
    let mut statuses = Vec::new();
    for attempt in tries.collect::<Vec<_>>() {
        statuses.push(attempt.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400, 400, 400, 400, 400, 400, 400]);
}

/// Suffixes and prefixes of our origin, another port, another scheme: webauthn-rs `badexample.com` (origin checked by suffix).
#[tokio::test]
async fn advisory_webauthn_rs_origin_suffix_only_our_exact_origins_count() {
    let house = House::with(&[
        ("BASE_URL", "https://auth.example.com"),
        ("WEBAUTHN_RP_ID", "example.com"),
        ("CORS_ORIGINS", "https://app.example.com"),
        ("COOKIE_DOMAIN", ".example.com"),
    ])
    .await;
    house.register(ADA).await;
    let client = house
        .client
        .fresh()
        .with("origin", "https://auth.example.com");
    let login = json!({"email": ADA, "password": crate::harness::PASSWORD});
    client.post("/api/v1/auth/login", login).await.expect(200);
    let mut device = SoftPasskey::new(Kind::P256, "https://app.example.com");
    add(&client, &device, "x").await.expect(200);
    enter(&house, &mut device).await.expect(200);
    for foreign in [
        "https://badexample.com",
        "https://auth.badexample.com",
        "https://example.com.evil.net",
        "https://evil.example.com",
        "http://app.example.com",
        "https://app.example.com:8443",
        "https://app.example.com.",
        "null",
        "",
    ] {
        device.origin = foreign.to_owned();
        enter(&house, &mut device)
            .await
            .problem(401, "PASSKEY_VERIFICATION_FAILED");
        let other = SoftPasskey::new(Kind::P256, foreign);
        let refused = add(&client, &other, "x").await;
        refused.problem(400, "PASSKEY_VERIFICATION_FAILED");
        house.clock.advance_seconds(61);
    }
}

type Spoil = fn(&mut SoftPasskey);

#[tokio::test]
async fn what_the_authenticator_says_has_to_fit() {
    let house = House::new().await;
    let (client, mut device, _) = owner(&house).await;
    let spoil: [(&str, Spoil); 6] = [
        ("relying party", |device| {
            device.rp_id = Some("example.com".to_owned())
        }),
        ("challenge", |device| {
            device.challenge = Some("AAAA".to_owned())
        }),
        ("not present", |device| device.flags = 0x04),
        ("not verified", |device| device.flags = 0x01),
        ("backed up but not eligible", |device| device.flags = 0x15),
        ("in a foreign frame", |device| device.is_framed = true),
    ];
    for (what, spoil) in spoil {
        house.clock.advance_seconds(61);
        spoil(&mut device);
        let answer = enter(&house, &mut device).await;
        assert_eq!(answer.status, 401, "{what}: {}", answer.text());
        let mut other = self::device();
        spoil(&mut other);
        let answer = add(&client, &other, "x").await;
        assert_eq!(answer.status, 400, "{what}: {}", answer.text());
        device.rp_id = None;
        device.challenge = None;
        device.flags = 0x05;
        device.is_framed = false;
    }
    let mut thief = self::device();
    thief.id.clone_from(&device.id);
    enter(&house, &mut thief)
        .await
        .problem(401, "PASSKEY_VERIFICATION_FAILED");
    enter(&house, &mut device).await.expect(200);
    assert_eq!(house.number("select count(*) from auth.passkeys").await, 1);
}

#[tokio::test]
async fn a_counter_that_does_not_go_on_is_refused_and_an_event() {
    let house = House::new().await;
    let (_, mut device, _) = owner(&house).await;
    device.counter = 10;
    enter(&house, &mut device).await.expect(200);
    device.step = 0;
    enter(&house, &mut device)
        .await
        .problem(401, "PASSKEY_VERIFICATION_FAILED");
    let events = "select count(*) from auth.security_events where event_type = 'PASSKEY_COUNTER_REGRESS' and user_id is not null";
    assert_eq!(house.number(events).await, 1);
    device.step = 1;
    enter(&house, &mut device).await.expect(200);
}

#[tokio::test]
async fn an_authenticator_that_counts_nothing_works_for_ever() {
    let house = House::new().await;
    let (_, mut device, _) = owner(&house).await;
    device.step = 0;
    enter(&house, &mut device).await.expect(200);
    enter(&house, &mut device).await.expect(200);
}

#[tokio::test]
async fn ten_failures_within_a_minute_block_one_credential_for_five_and_nothing_else() {
    let house = House::new().await;
    let (client, mut device, _) = owner(&house).await;
    let mut second = self::device();
    add(&client, &second, "x").await.expect(200);
    device.origin = "https://evil.example".to_owned();
    for _ in 0..10 {
        enter(&house, &mut device).await.expect(401);
        house.clock.advance_seconds(5);
    }
    device.origin = BASE_URL.to_owned();
    let blocked = enter(&house, &mut device).await;
    assert_eq!(blocked.header("retry-after"), "295");
    blocked.problem(429, "RATE_LIMITED");
    enter(&house, &mut second).await.expect(200);
    house.login(ADA).await;
    // A refused try does not prolong the block.
    house.clock.advance_seconds(294);
    enter(&house, &mut device).await.expect(429);
    house.clock.advance_seconds(1);
    enter(&house, &mut device).await.expect(200);
}

#[tokio::test]
async fn a_credential_belongs_to_one_person_once() {
    let house = House::new().await;
    let (client, device, _) = owner(&house).await;
    let again = add(&client, &device, "x").await.problem(409, "CONFLICT");
    assert_eq!(fields(&again), ["credential"]);
    let (_, eve, _) = house.person("eve@example.com").await;
    add(&eve, &device, "x").await.problem(409, "CONFLICT");
}

#[tokio::test]
async fn somebody_elses_passkey_is_not_found() {
    let house = House::new().await;
    let (_, mut device, made) = owner(&house).await;
    let (_, eve, _) = house.person("eve@example.com").await;
    for id in [made["id"].as_str().unwrap(), "unknown"] {
        let path = format!("{PASSKEYS}/{id}");
        let name = Some(json!({"friendlyName": "Mine"}));
        eve.send(http::Method::PATCH, &path, name)
            .await
            .problem(404, "NOT_FOUND");
        eve.delete(&path, None).await.problem(404, "NOT_FOUND");
    }
    enter(&house, &mut device).await.expect(200);
}

#[tokio::test]
async fn the_last_way_in_is_never_deleted_not_even_by_two_at_once() {
    let settings = [
        ("MAGIC_LINK_ENABLED", "false"),
        ("EMAIL_CODE_ENABLED", "false"),
    ];
    let house = House::with(&settings).await;
    let (client, first, made) = owner(&house).await;
    let mut second = self::device();
    let other = add(&client, &second, "x").await.expect(200).json();
    house.sql("delete from auth.accounts").await;
    let path = |made: &Value| format!("{PASSKEYS}/{}", made["id"].as_str().unwrap());
    let (one, two) = (path(&made), path(&other));
    let (left, right) = tokio::join!(client.delete(&one, None), client.delete(&two, None));
    let mut statuses = [left.status.as_u16(), right.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
    let left = house.text("select credential_id from auth.passkeys").await;
    let survivor = if left == second.credential_id() {
        &mut second
    } else {
        &mut { first }
    };
    enter(&house, survivor).await.expect(200);
}

#[tokio::test]
async fn a_passkey_may_go_where_a_mailed_link_still_signs_in() {
    let house = House::new().await;
    let (client, _, made) = owner(&house).await;
    house.sql("delete from auth.accounts").await;
    let path = format!("{PASSKEYS}/{}", made["id"].as_str().unwrap());
    client.delete(&path, None).await.expect(204);
}

#[tokio::test]
async fn an_old_session_has_to_sign_in_again_before_it_adds_a_passkey() {
    let house = House::new().await;
    let (_, client, _) = house.person(ADA).await;
    let (creation, challenge) = options(&client, "register").await;
    house.clock.advance_seconds(86_401);
    let body = json!({"challengeId": challenge, "credential": device().register(&creation)});
    let verify = format!("{PASSKEYS}/register/verify");
    client
        .post(&verify, body)
        .await
        .problem(403, "SESSION_NOT_FRESH");
    let begin = format!("{PASSKEYS}/register/options");
    let refused = client.post(&begin, json!({})).await;
    refused.problem(403, "SESSION_NOT_FRESH");
}

#[tokio::test]
async fn who_may_not_have_a_session_gets_none_by_passkey() {
    let house = House::new().await;
    let (_, mut device, _) = owner(&house).await;
    house.sql("update auth.users set banned = true").await;
    enter(&house, &mut device)
        .await
        .problem(403, "ACCOUNT_BANNED");
    house
        .sql("update auth.users set banned = false, deleted_at = now()")
        .await;
    enter(&house, &mut device)
        .await
        .problem(401, "PASSKEY_VERIFICATION_FAILED");
    let sessions = house.number("select count(*) from auth.sessions").await;
    assert_eq!(sessions, 1, "the one of the password");
}

/// A verified person with a possession: nothing more is asked for.
#[tokio::test]
async fn a_passkey_counts_as_both_factors() {
    let house = House::new().await;
    let (_, mut device, _) = owner(&house).await;
    house
        .sql("update auth.users set two_factor_enabled = true")
        .await;
    let body = enter(&house, &mut device).await.expect(200).json();
    assert!(house.is_valid(&body["accessToken"]).await);
}

#[tokio::test]
async fn both_spellings_of_clients_work_and_the_cookie_names_the_challenge() {
    let house = House::new().await;
    let (_, client, _) = house.person(ADA).await;
    let mut device = device();
    let (creation, _) = options(&client, "register").await;
    let body = json!({"response": device.register(&creation), "name": "Laptop"});
    client
        .post(&format!("{PASSKEYS}/register/verify"), body)
        .await
        .expect(200);
    let nobody = house.client.fresh();
    let (request, _) = options(&nobody, "authenticate").await;
    let answer = nobody
        .post(
            &format!("{PASSKEYS}/authenticate/verify"),
            json!({"response": device.sign(&request)}),
        )
        .await
        .expect(200);
    assert!(
        nobody.cookie("mana.session_token").is_some(),
        "{}",
        answer.text()
    );
    assert!(nobody.cookie("mana.better-auth-passkey").is_none());
}

#[tokio::test]
async fn bad_input_names_the_field() {
    let house = House::new().await;
    let (client, _, made) = owner(&house).await;
    let register = format!("{PASSKEYS}/register/verify");
    let enter = format!("{PASSKEYS}/authenticate/verify");
    let long = "x".repeat(101);
    for (path, body, field) in [
        (&register, json!({}), "credential"),
        (&register, json!({"credential": "x"}), "credential"),
        (
            &register,
            json!({"credential": {}, "response": {}}),
            "response",
        ),
        (
            &register,
            json!({"credential": {}, "name": long}),
            "friendlyName",
        ),
        (
            &register,
            json!({"credential": {}, "userId": "x"}),
            "userId",
        ),
        (&enter, json!({"credential": {}}), "challengeId"),
        (&enter, json!({"challengeId": 5}), "challengeId"),
        (&enter, json!({"challengeId": "x"}), "credential"),
    ] {
        let answer = client.post(path, body.clone()).await;
        assert_eq!(answer.status, 400, "{body} {}", answer.text());
        assert_eq!(fields(&answer.json()), [field], "{body}");
    }
    let path = format!("{PASSKEYS}/{}", made["id"].as_str().unwrap());
    for body in [
        json!({}),
        json!({"name": "  "}),
        json!({"friendlyName": long}),
    ] {
        let answer = client.send(http::Method::PATCH, &path, Some(body)).await;
        assert_eq!(fields(&answer.problem(400, "VALIDATION")), ["friendlyName"]);
    }
}

/// Malformed answers of a browser: never a 5xx, never a passkey.
#[tokio::test]
async fn malformed_credentials_are_refused() {
    let house = House::new().await;
    let (client, mut device, _) = owner(&house).await;
    let members = ["id", "rawId", "type", "response"];
    let inner = [
        "clientDataJSON",
        "attestationObject",
        "authenticatorData",
        "signature",
    ];
    for (outer, name) in members
        .map(|name| (true, name))
        .into_iter()
        .chain(inner.map(|name| (false, name)))
    {
        for value in [Value::Null, json!(5), json!("x"), json!("AAAA"), json!({})] {
            house.clock.advance_seconds(61);
            let spoil = |mut credential: Value| {
                if outer {
                    credential[name] = value.clone();
                } else if credential["response"].get(name).is_some() {
                    credential["response"][name] = value.clone();
                }
                credential
            };
            let (creation, challenge) = options(&client, "register").await;
            let new = self::device();
            let credential = new.register(&creation);
            let spoilt = spoil(credential.clone());
            if spoilt != credential {
                let body = json!({"challengeId": challenge, "credential": spoilt});
                let answer = client
                    .post(&format!("{PASSKEYS}/register/verify"), body)
                    .await;
                assert_eq!(answer.status, 400, "{name} {value} {}", answer.text());
            }
            let (request, challenge) = options(&client, "authenticate").await;
            let credential = device.sign(&request);
            let spoilt = spoil(credential.clone());
            if spoilt != credential {
                let body = json!({"challengeId": challenge, "credential": spoilt});
                let answer = client
                    .post(&format!("{PASSKEYS}/authenticate/verify"), body)
                    .await;
                assert_eq!(answer.status, 401, "{name} {value} {}", answer.text());
            }
        }
    }
    assert_eq!(house.number("select count(*) from auth.passkeys").await, 1);
}

#[tokio::test]
async fn switched_off_they_are_not_there() {
    let house = House::with(&[("PASSKEY_ENABLED", "false")]).await;
    let (_, client, _) = house.person(ADA).await;
    let capability = client.get(&format!("{PASSKEYS}/capability")).await.json();
    assert_eq!(capability["enabled"], false);
    for path in ["register/options", "authenticate/options"] {
        client
            .post(&format!("{PASSKEYS}/{path}"), json!({}))
            .await
            .problem(404, "PASSKEY_NOT_ENABLED");
    }
    client
        .get("/api/auth/passkey/list-user-passkeys")
        .await
        .expect(404);
}

/// Whoever registered somebody else's address first keeps no way into it (advisory class: account pre-hijacking).
#[tokio::test]
async fn a_proved_mailbox_takes_the_passkeys_of_whoever_registered_it_before() {
    let house = House::new().await;
    let (_, mut device, _) = owner(&house).await;
    let body = json!({"email": ADA});
    let nobody = house.client.fresh();
    nobody
        .post("/api/auth/sign-in/magic-link", body)
        .await
        .expect(200);
    let mails = house.mails(ADA).await;
    let link = mails.iter().find_map(|mail| {
        let start = mail.text.find("/api/auth/magic-link/verify")?;
        mail.text[start..].split_whitespace().next()
    });
    let path = link.unwrap().to_owned();
    nobody.get(&path).await.expect(302);
    enter(&house, &mut device)
        .await
        .problem(401, "PASSKEY_VERIFICATION_FAILED");
}
