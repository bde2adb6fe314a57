//! Second factors, natively and through `/api/v1/auth/login`.

use crate::harness::{House, PASSWORD};
use crate::steps::{
    App, ask_for_app, at_once, browser, challenged, code_to, copies, enrol, is_signed_in, link_to,
    native, other_than, query_of, sign_in, sign_up, who,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::Client;

const ADA: &str = "ada@example.com";
const TOTP: &str = "two-factor/verify-totp";
const BACKUP: &str = "two-factor/verify-backup-code";
const TRUST: &str = "mana.trust_device";

async fn with_app(house: &House) -> (Client, App) {
    let ada = sign_up(house, ADA).await;
    let app = enrol(house, &ada).await;
    (ada, app)
}

async fn present(client: &Client, path: &str, code: &str, status: u16) -> Value {
    let answer = native(client, path, json!({"code": code})).await;
    answer.expect(status).json()
}

#[tokio::test]
async fn an_app_counts_after_its_first_right_code() {
    let house = House::new().await;
    let ada = sign_up(&house, ADA).await;
    let app = ask_for_app(&ada).await;
    assert_eq!(who(&ada).await["user"]["twoFactorEnabled"], false);
    let other = browser(&house);
    let body = sign_in(&other, ADA).await.expect(200).json();
    assert!(body["token"].is_string(), "{body}");

    let right = app.code(&house);
    let refused = present(&ada, TOTP, &other_than(&right), 401).await;
    assert_eq!(refused["code"], "INVALID_CODE");
    assert_eq!(who(&ada).await["user"]["twoFactorEnabled"], false);
    let before = ada.cookie("mana.session_token").unwrap();
    present(&ada, TOTP, &right, 200).await;
    assert_eq!(who(&ada).await["user"]["twoFactorEnabled"], true);

    // The session of before is another one now.
    let old = browser(&house);
    old.set_cookie("mana.session_token", &before);
    assert!(!is_signed_in(&old).await);
    let asked = challenged(&house, ADA).await;
    assert!(!is_signed_in(&asked).await);
}

#[tokio::test]
async fn the_rest_login_asks_for_the_second_factor_and_its_cookie_leads_to_tokens() {
    let house = House::new().await;
    let (_, app) = with_app(&house).await;
    let client = browser(&house);
    let body =
        json!({"email": ADA, "password": PASSWORD, "deviceId": "phone", "deviceName": "A phone"});
    let answer = client.post("/api/v1/auth/login", body).await.expect(200);
    assert_eq!(
        answer.json(),
        json!({"twoFactorRedirect": true, "twoFactorMethods": ["totp", "otp"], "user": null,
            "accessToken": "", "refreshToken": "", "expiresIn": 0})
    );
    assert_eq!(client.cookie("mana.session_token"), None);
    let exchange = "/api/v1/auth/session-to-token";
    client
        .post(exchange, json!({}))
        .await
        .problem(401, "UNAUTHORIZED");
    present(&client, TOTP, &app.code(&house), 200).await;
    let pair = client.post(exchange, json!({})).await.expect(200).json();
    assert!(house.is_valid(&pair["accessToken"]).await);
    // The device of the login is that of the session.
    let sessions = client.get("/api/v1/auth/sessions").await.expect(200).json();
    let current = &sessions[0];
    assert_eq!(current["isCurrent"], true);
    assert_eq!(
        (&current["deviceId"], &current["deviceName"]),
        (&json!("phone"), &json!("A phone"))
    );
}

#[tokio::test]
async fn a_time_step_works_once() {
    let house = House::new().await;
    let (_, app) = with_app(&house).await;
    let earlier = app.code(&house);
    house.clock.advance_seconds(30);
    let code = app.code(&house);
    let first = challenged(&house, ADA).await;
    present(&first, TOTP, &code, 200).await;
    let second = challenged(&house, ADA).await;
    let refused = present(&second, TOTP, &code, 401).await;
    assert_eq!(refused["code"], "INVALID_CODE");
    // Nor one that came before.
    present(&second, TOTP, &earlier, 401).await;
    house.clock.advance_seconds(30);
    present(&second, TOTP, &app.code(&house), 200).await;
}

#[tokio::test]
async fn of_parallel_sign_ins_with_one_time_step_one_wins() {
    let house = House::new().await;
    let (_, app) = with_app(&house).await;
    let mut asked = Vec::new();
    for _ in 0..8 {
        asked.push(challenged(&house, ADA).await);
    }
    let body = json!({"code": app.code(&house)});
    assert_eq!(at_once(asked, TOTP, &body, 200).await, 1);
}

#[tokio::test]
async fn a_challenge_is_met_once() {
    let house = House::new().await;
    let (_, app) = with_app(&house).await;
    let asked = challenged(&house, ADA).await;
    let kept = copies(&house, &asked, 1).remove(0);
    present(&asked, TOTP, &app.code(&house), 200).await;
    house.clock.advance_seconds(30);
    let refused = present(&kept, TOTP, &app.code(&house), 401).await;
    assert_eq!(refused["code"], "INVALID_TWO_FACTOR_COOKIE");
    // And lives ten minutes.
    let late = challenged(&house, ADA).await;
    house.clock.advance_seconds(601);
    let refused = present(&late, TOTP, &app.code(&house), 401).await;
    assert_eq!(refused["code"], "INVALID_TWO_FACTOR_COOKIE");
}

#[tokio::test]
async fn ten_backup_codes_are_sealed_and_each_works_once() {
    let house = House::new().await;
    let (ada, app) = with_app(&house).await;
    let codes: BTreeSet<&String> = app.backup_codes.iter().collect();
    assert_eq!(codes.len(), 10);
    for code in &codes {
        let (front, back) = code.split_once('-').unwrap();
        let is_half =
            |half: &str| half.len() == 5 && half.bytes().all(|b| b.is_ascii_alphanumeric());
        assert!(is_half(front) && is_half(back), "{code}");
    }
    let stored = house
        .text("select f::text from auth.two_factor_auth f")
        .await;
    assert!(codes.iter().all(|code| !stored.contains(code.as_str())));

    let mut asked = Vec::new();
    for _ in 0..8 {
        asked.push(challenged(&house, ADA).await);
    }
    let body = json!({"code": app.backup_codes[0]});
    assert_eq!(at_once(asked, BACKUP, &body, 200).await, 1);
    let late = challenged(&house, ADA).await;
    let refused = present(&late, BACKUP, &app.backup_codes[0], 401).await;
    assert_eq!(refused["code"], "INVALID_BACKUP_CODE");
    present(&late, BACKUP, &app.backup_codes[1], 200).await;

    // New ones void the old.
    let path = "two-factor/generate-backup-codes";
    let wrong = native(&ada, path, json!({"password": "not the password"})).await;
    assert_eq!(wrong.expect(400).json()["code"], "INVALID_PASSWORD");
    let renewed = native(&ada, path, json!({"password": PASSWORD})).await;
    let renewed = renewed.expect(200).json();
    let new = renewed["backupCodes"].as_array().unwrap();
    assert_eq!(new.len(), 10);
    let later = challenged(&house, ADA).await;
    present(&later, BACKUP, &app.backup_codes[2], 401).await;
    present(&later, BACKUP, new[0].as_str().unwrap(), 200).await;
}

#[tokio::test]
async fn the_secret_is_sealed() {
    let house = House::new().await;
    let ada = sign_up(&house, ADA).await;
    let answer = native(&ada, "two-factor/enable", json!({"password": PASSWORD})).await;
    let uri = answer.expect(200).json()["totpURI"].clone();
    let secret = query_of(uri.as_str().unwrap(), "secret");
    let plain = data_encoding::BASE32_NOPAD
        .decode(secret.as_bytes())
        .unwrap();
    let stored = house
        .text("select f::text from auth.two_factor_auth f")
        .await;
    for form in [
        secret,
        String::from_utf8_lossy(&plain).into_owned(),
        data_encoding::HEXLOWER.encode(&plain),
        data_encoding::BASE64.encode(&plain),
    ] {
        assert!(!stored.contains(&form), "{form}");
    }
    // Shown again for the password alone.
    let path = "two-factor/get-totp-uri";
    let wrong = native(&ada, path, json!({"password": "not the password"})).await;
    assert_eq!(wrong.expect(400).json()["code"], "INVALID_PASSWORD");
    let shown = native(&ada, path, json!({"password": PASSWORD})).await;
    assert_eq!(shown.expect(200).json()["totpURI"], uri);
}

/// Signs in with a code and trusts the device.
async fn trusting(house: &House, app: &App) -> Client {
    let asked = challenged(house, ADA).await;
    let body = json!({"code": app.code(house), "trustDevice": true});
    native(&asked, TOTP, body).await.expect(200);
    house.clock.advance_seconds(60);
    asked
}

#[tokio::test]
async fn a_trusted_device_is_asked_no_more_and_its_cookie_changes_at_every_use() {
    let house = House::new().await;
    let (_, app) = with_app(&house).await;
    let device = trusting(&house, &app).await;
    let first = device.cookie(TRUST).unwrap();
    let body = sign_in(&device, ADA).await.expect(200).json();
    assert!(body["token"].is_string(), "{body}");
    let second = device.cookie(TRUST).unwrap();
    assert_ne!(first, second);
    // On the other surface as well.
    let login = json!({"email": ADA, "password": PASSWORD});
    let body = device.post("/api/v1/auth/login", login).await.expect(200);
    assert!(!body.json()["accessToken"].as_str().unwrap().is_empty());
    assert_ne!(device.cookie(TRUST).unwrap(), second);

    // A used one is no good, and is taken away.
    let thief = browser(&house);
    thief.set_cookie(TRUST, &first);
    let asked = sign_in(&thief, ADA).await.expect(200).json();
    assert_eq!(asked["twoFactorRedirect"], true);
    assert_eq!(thief.cookie(TRUST), None);
    let used = copies(&house, &device, 4);
    let body = json!({"email": ADA, "password": PASSWORD});
    let mut opened = 0;
    let mut waiting = tokio::task::JoinSet::new();
    for client in used {
        let body = body.clone();
        waiting.spawn(async move { native(&client, "sign-in/email", body).await.json() });
    }
    for answer in waiting.join_all().await {
        opened += usize::from(answer["token"].is_string());
    }
    assert_eq!(opened, 1, "of parallel uses one is trusted");
}

#[tokio::test]
async fn trust_is_for_one_person_and_thirty_days() {
    let house = House::new().await;
    let (_, app) = with_app(&house).await;
    let device = trusting(&house, &app).await;
    let trust = device.cookie(TRUST).unwrap();
    let eve = sign_up(&house, "eve@example.com").await;
    enrol(&house, &eve).await;
    let stolen = browser(&house);
    stolen.set_cookie(TRUST, &trust);
    let asked = sign_in(&stolen, "eve@example.com").await.expect(200).json();
    assert_eq!(asked["twoFactorRedirect"], true);
    house.clock.advance_seconds(30 * 86_400);
    let asked = sign_in(&device, ADA).await.expect(200).json();
    assert_eq!(asked["twoFactorRedirect"], true);
}

#[tokio::test]
async fn switching_it_off_needs_the_password_and_takes_trust_and_open_challenges_along() {
    let house = House::new().await;
    let (_, app) = with_app(&house).await;
    let device = trusting(&house, &app).await;
    let trust = device.cookie(TRUST).unwrap();
    let open = challenged(&house, ADA).await;
    let path = "two-factor/disable";
    let wrong = native(&device, path, json!({"password": "not the password"})).await;
    assert_eq!(wrong.expect(400).json()["code"], "INVALID_PASSWORD");
    native(&device, path, json!({})).await.expect(400);
    assert_eq!(who(&device).await["user"]["twoFactorEnabled"], true);
    let off = native(&device, path, json!({"password": PASSWORD})).await;
    off.expect(200);
    assert_eq!(who(&device).await["user"]["twoFactorEnabled"], false);
    assert_eq!(device.cookie(TRUST), None);
    let refused = present(&open, TOTP, &app.code(&house), 401).await;
    assert_eq!(refused["code"], "INVALID_TWO_FACTOR_COOKIE");

    // With a new app the old trust is not back.
    enrol(&house, &device).await;
    let old = browser(&house);
    old.set_cookie(TRUST, &trust);
    let asked = sign_in(&old, ADA).await.expect(200).json();
    assert_eq!(asked["twoFactorRedirect"], true);
}

#[tokio::test]
async fn a_code_by_mail_is_a_factor() {
    let house = House::new().await;
    let ada = sign_up(&house, ADA).await;
    let body = json!({"password": PASSWORD, "method": "otp"});
    native(&ada, "two-factor/enable", body).await.expect(200);
    assert_eq!(who(&ada).await["user"]["twoFactorEnabled"], true);
    let asked = browser(&house);
    let methods = sign_in(&asked, ADA).await.expect(200).json();
    assert_eq!(methods["twoFactorMethods"], json!(["otp"]));
    let refused = present(&asked, TOTP, "000000", 400).await;
    assert_eq!(refused["code"], "TOTP_NOT_ENABLED");

    let verify = "two-factor/verify-otp";
    native(&asked, "two-factor/send-otp", json!({}))
        .await
        .expect(200);
    let code = code_to(&house, ADA).await;
    let stored = house
        .text("select string_agg(v::text, ' ') from auth.verification v")
        .await;
    assert!(!stored.contains(&code));
    let refused = present(&asked, verify, &other_than(&code), 401).await;
    assert_eq!(refused["code"], "INVALID_CODE");
    // Bound to the sign-in that asked for it.
    let other = challenged(&house, ADA).await;
    let refused = present(&other, verify, &code, 400).await;
    assert_eq!(refused["code"], "OTP_HAS_EXPIRED");
    let racing = copies(&house, &asked, 6);
    let body = json!({"code": code});
    assert_eq!(at_once(racing, verify, &body, 200).await, 1);

    // Three minutes.
    native(&other, "two-factor/send-otp", json!({}))
        .await
        .expect(200);
    let code = code_to(&house, ADA).await;
    house.clock.advance_seconds(181);
    let refused = present(&other, verify, &code, 400).await;
    assert_eq!(refused["code"], "OTP_HAS_EXPIRED");
    // Five guesses.
    native(&other, "two-factor/send-otp", json!({}))
        .await
        .expect(200);
    let code = code_to(&house, ADA).await;
    for _ in 0..5 {
        present(&other, verify, &other_than(&code), 401).await;
    }
    let refused = present(&other, verify, &code, 400).await;
    assert_eq!(refused["code"], "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE");
}

#[tokio::test]
async fn five_wrong_codes_end_a_challenge_and_ten_in_a_row_lock_the_factors() {
    let house = House::new().await;
    let (_, app) = with_app(&house).await;
    let right = app.code(&house);
    for _ in 0..2 {
        let asked = challenged(&house, ADA).await;
        for _ in 0..5 {
            present(&asked, TOTP, &other_than(&right), 401).await;
        }
        let kept = copies(&house, &asked, 1).remove(0);
        let over = native(&asked, TOTP, json!({"code": right})).await;
        assert!(matches!(over.status.as_u16(), 400 | 429), "{}", over.text());
        assert!(!is_signed_in(&asked).await && !is_signed_in(&kept).await);
    }
    let asked = challenged(&house, ADA).await;
    let locked = native(&asked, TOTP, json!({"code": right})).await;
    assert_eq!(locked.json()["code"], "ACCOUNT_TEMPORARILY_LOCKED");
    assert!(!is_signed_in(&asked).await);
    let locked = native(&asked, BACKUP, json!({"code": app.backup_codes[0]})).await;
    assert_eq!(locked.json()["code"], "ACCOUNT_TEMPORARILY_LOCKED");
    house.clock.advance_seconds(901);
    let asked = challenged(&house, ADA).await;
    present(&asked, TOTP, &app.code(&house), 200).await;
}

#[tokio::test]
async fn parallel_guesses_of_one_challenge_are_counted_one_after_the_other() {
    let house = House::new().await;
    let (_, app) = with_app(&house).await;
    let asked = challenged(&house, ADA).await;
    let body = json!({"code": other_than(&app.code(&house))});
    let guesses = copies(&house, &asked, 12);
    assert_eq!(at_once(guesses, TOTP, &body, 401).await, 5 + 6);
    let failures = "select failed_verification_count::bigint from auth.two_factor_auth";
    assert_eq!(house.number(failures).await, 5);
}

#[tokio::test]
async fn every_path_has_a_limit_of_its_own() {
    let house = House::with(&[("RATE_LIMIT_ENABLED", "true")]).await;
    let anyone = browser(&house);
    for path in [TOTP, BACKUP, "two-factor/verify-otp"] {
        for _ in 0..3 {
            present(&anyone, path, "000000", 401).await;
        }
        let limited = native(&anyone, path, json!({"code": "000000"})).await;
        let limited = limited.expect(429);
        assert!(
            limited
                .header("ratelimit-policy")
                .contains("\"two-factor\";q=3;w=10")
        );
        assert!(limited.header("x-retry-after").parse::<u32>().unwrap() >= 1);
    }
}

#[tokio::test]
async fn a_new_password_takes_no_second_factor_away() {
    let house = House::new().await;
    let (_, app) = with_app(&house).await;
    // Of an address that is proved: else whoever set the factor up need not be its owner.
    house
        .sql("update auth.users set email_verified = true")
        .await;
    let anyone = browser(&house);
    let wish = json!({"email": ADA, "redirectTo": "/new"});
    native(&anyone, "request-password-reset", wish)
        .await
        .expect(200);
    let link = anyone
        .get(&link_to(&house, ADA, "reset-password").await)
        .await;
    let token = query_of(link.expect(302).header("location"), "token");
    let body = json!({"token": token, "newPassword": PASSWORD});
    native(&anyone, "reset-password", body).await.expect(200);
    let asked = challenged(&house, ADA).await;
    present(&asked, TOTP, &app.code(&house), 200).await;
}

#[tokio::test]
async fn every_step_is_an_event() {
    let house = House::new().await;
    let (ada, app) = with_app(&house).await;
    let asked = challenged(&house, ADA).await;
    present(&asked, TOTP, &other_than(&app.code(&house)), 401).await;
    present(&asked, TOTP, &app.code(&house), 200).await;
    let off = json!({"password": PASSWORD});
    native(&ada, "two-factor/disable", off).await.expect(200);
    let events = ada
        .get("/api/v1/auth/security-events")
        .await
        .expect(200)
        .json();
    let kinds: Vec<&str> = events
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["eventType"].as_str().unwrap())
        .collect();
    for kind in [
        "TWO_FACTOR_ENABLED",
        "LOGIN_FAILURE",
        "TWO_FACTOR_VERIFIED",
        "TWO_FACTOR_DISABLED",
    ] {
        assert!(kinds.contains(&kind), "{kind} of {kinds:?}");
    }
}
