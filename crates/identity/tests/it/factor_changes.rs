//! Who may change second factors, and when a change counts.

use crate::harness::{ADA, House, PASSWORD, WRONG};
use crate::passkeys::{PASSKEYS, owner};
use crate::steps::{
    App, ask_for_app, browser, challenged, code_to, event_kinds, is_signed_in, native, other_than,
    sign_in, sign_up, unproved, verified_with_app, who,
};
use serde_json::{Value, json};
use testkit::Client;

const TOTP: &str = "two-factor/verify-totp";
const BACKUP: &str = "two-factor/verify-backup-code";
/// What changes or shows factors for a password.
const CHANGES: [&str; 3] = [
    "two-factor/disable",
    "two-factor/generate-backup-codes",
    "two-factor/get-totp-uri",
];

fn password() -> Value {
    json!({"password": PASSWORD})
}

async fn subjects(house: &House) -> Vec<String> {
    let mails = house.mails(ADA).await.into_iter();
    mails.map(|mail| mail.subject).collect()
}

async fn still_signs_in(house: &House, app: &App) {
    house.clock.advance_seconds(60);
    let asked = challenged(house, ADA).await;
    let code = json!({"code": app.code(house)});
    native(&asked, TOTP, code).await.expect(200);
    house.clock.advance_seconds(60);
}

#[tokio::test]
async fn a_session_without_the_factor_changes_no_factor() {
    let house = House::new().await;
    let (_, app) = verified_with_app(&house, ADA).await;
    let thief = unproved(&house, ADA, &app).await;
    for path in CHANGES {
        let refused = native(&thief, path, password()).await.expect(403);
        assert_eq!(refused.json()["code"], "TWO_FACTOR_REQUIRED", "{path}");
        // The password comes first: a code is not used up for a wrong one.
        let code = app.backup_codes[0].clone();
        let wrong = native(&thief, path, json!({"password": WRONG, "code": code})).await;
        assert_eq!(
            wrong.expect(400).json()["code"],
            "INVALID_PASSWORD",
            "{path}"
        );
    }
    // Nor a passkey, which would sign in alone.
    let options = "/api/auth/passkey/generate-register-options";
    let refused = thief.get(options).await.expect(403).json();
    assert_eq!(refused["code"], "TWO_FACTOR_REQUIRED");
    thief
        .post(&format!("{PASSKEYS}/register/options"), json!({}))
        .await
        .problem(403, "TWO_FACTOR_REQUIRED");
    still_signs_in(&house, &app).await;
    let asked = challenged(&house, ADA).await;
    let code = json!({"code": app.backup_codes[0]});
    native(&asked, BACKUP, code).await.expect(200);
}

#[tokio::test]
async fn a_code_along_with_the_password_or_before_it_meets_the_factor() {
    let house = House::new().await;
    let (_, app) = verified_with_app(&house, ADA).await;
    let device = unproved(&house, ADA, &app).await;
    let wrong = json!({"password": PASSWORD, "code": other_than(&app.code(&house))});
    let refused = native(&device, CHANGES[1], wrong).await.expect(401);
    assert_eq!(refused.json()["code"], "INVALID_CODE");
    let with_code = json!({"password": PASSWORD, "code": app.code(&house)});
    let fresh = native(&device, CHANGES[1], with_code).await.expect(200);
    let fresh = fresh.json()["backupCodes"].clone();
    // Met once, it stays met in this session.
    native(&device, CHANGES[2], password()).await.expect(200);

    house.clock.advance_seconds(60);
    let other = unproved(&house, ADA, &app).await;
    native(&other, CHANGES[0], password()).await.expect(403);
    native(&other, BACKUP, json!({"code": fresh[0]}))
        .await
        .expect(200);
    native(&other, CHANGES[0], password()).await.expect(200);
    assert_eq!(who(&other).await["user"]["twoFactorEnabled"], false);
}

#[tokio::test]
async fn guesses_in_a_session_are_counted_and_lock_no_sign_in() {
    let house = House::new().await;
    let (_, app) = verified_with_app(&house, ADA).await;
    let thief = unproved(&house, ADA, &app).await;
    for count in 0..10 {
        let wrong = other_than(&app.code(&house));
        let (path, body) = match count % 2 {
            0 => (TOTP, json!({"code": wrong})),
            _ => (BACKUP, json!({"code": "aaaaa-bbbbb"})),
        };
        native(&thief, path, body).await.expect(401);
    }
    let right = json!({"code": app.code(&house)});
    let locked = native(&thief, TOTP, right.clone()).await.expect(429).json();
    assert_eq!(locked["code"], "ACCOUNT_TEMPORARILY_LOCKED");
    let with_code = json!({"password": PASSWORD, "code": app.backup_codes[0]});
    native(&thief, CHANGES[0], with_code).await.expect(429);
    let kinds = event_kinds(&house, ADA).await;
    let failures = kinds.iter().filter(|kind| *kind == "TWO_FACTOR_FAILED");
    assert_eq!(failures.count(), 10);
    still_signs_in(&house, &app).await;
    house.clock.advance_seconds(901);
    let right = json!({"code": app.code(&house)});
    native(&thief, TOTP, right).await.expect(200);
    native(&thief, CHANGES[2], password()).await.expect(200);
}

#[tokio::test]
async fn an_app_in_use_is_not_replaced_under_its_owner() {
    let house = House::new().await;
    let (ada, app) = verified_with_app(&house, ADA).await;
    let refused = native(&ada, "two-factor/enable", password()).await;
    let refused = refused.expect(400).json();
    assert_eq!(
        refused,
        json!({"code": "TOTP_ALREADY_ENABLED", "message": "TOTP is already enabled"})
    );
    let wrong = native(&ada, "two-factor/enable", json!({"password": WRONG})).await;
    assert_eq!(wrong.expect(400).json()["code"], "INVALID_PASSWORD");
    still_signs_in(&house, &app).await;
}

#[tokio::test]
async fn an_abandoned_enrolment_changes_nothing() {
    let house = House::new().await;
    let ada = sign_up(&house, ADA).await;
    let by_mail = json!({"password": PASSWORD, "method": "otp"});
    native(&ada, "two-factor/enable", by_mail).await.expect(200);
    let abandoned = ask_for_app(&ada).await;
    let asked = browser(&house);
    let body = sign_in(&asked, ADA).await.expect(200).json();
    assert_eq!(body["twoFactorMethods"], json!(["otp"]));
    for (path, code, refusal) in [
        (TOTP, abandoned.code(&house), "TOTP_NOT_ENABLED"),
        (
            BACKUP,
            abandoned.backup_codes[0].clone(),
            "BACKUP_CODES_NOT_ENABLED",
        ),
    ] {
        let refused = native(&asked, path, json!({"code": code})).await;
        assert_eq!(refused.expect(400).json()["code"], refusal);
    }
    native(&asked, "two-factor/send-otp", json!({}))
        .await
        .expect(200);
    let code = json!({"code": code_to(&house, ADA).await});
    native(&asked, "two-factor/verify-otp", code)
        .await
        .expect(200);
    // Begun anew, the last one counts, and is told.
    let app = ask_for_app(&asked).await;
    let old = json!({"code": abandoned.code(&house)});
    native(&asked, TOTP, old).await.expect(401);
    native(&asked, TOTP, json!({"code": app.code(&house)}))
        .await
        .expect(200);
    assert!(
        event_kinds(&house, ADA)
            .await
            .contains(&"TWO_FACTOR_APP_ADDED".to_owned())
    );
    assert!(
        subjects(&house)
            .await
            .contains(&"Neue Authenticator-App".to_owned())
    );
    still_signs_in(&house, &app).await;
}

#[tokio::test]
async fn a_new_password_voids_an_enrolment_that_the_old_one_began() {
    let house = House::new().await;
    let ada = sign_up(&house, ADA).await;
    let begun = ask_for_app(&ada).await;
    let body = json!({"currentPassword": PASSWORD, "newPassword": WRONG});
    native(&ada, "change-password", body).await.expect(200);
    let code = json!({"code": begun.code(&house)});
    let refused = native(&ada, TOTP, code).await.expect(400).json();
    assert_eq!(refused["code"], "TOTP_NOT_ENABLED");
}

#[tokio::test]
async fn replaced_backup_codes_are_told() {
    let house = House::new().await;
    let (ada, _) = verified_with_app(&house, ADA).await;
    native(&ada, CHANGES[1], password()).await.expect(200);
    let event = "TWO_FACTOR_BACKUP_CODES_REPLACED".to_owned();
    assert!(event_kinds(&house, ADA).await.contains(&event));
    assert!(
        subjects(&house)
            .await
            .contains(&"Neue Ersatzcodes".to_owned())
    );
}

async fn switch_on(house: &House, client: &Client, way: usize) {
    match way {
        0 => {
            let app = ask_for_app(client).await;
            let code = json!({"code": app.code(house)});
            native(client, TOTP, code).await.expect(200);
        }
        1 => {
            let body = json!({"password": PASSWORD, "method": "otp"});
            native(client, "two-factor/enable", body).await.expect(200);
        }
        _ => {
            native(client, "two-factor/send-otp", json!({}))
                .await
                .expect(200);
            let code = json!({"code": code_to(house, ADA).await});
            native(client, "two-factor/verify-otp", code)
                .await
                .expect(200);
        }
    }
}

#[tokio::test]
async fn switching_a_factor_on_ends_the_other_sessions() {
    for way in 0..3 {
        let house = House::new().await;
        let ada = sign_up(&house, ADA).await;
        let (thief, tokens) = house.login(ADA).await;
        assert!(is_signed_in(&thief).await);
        switch_on(&house, &ada, way).await;
        assert!(is_signed_in(&ada).await, "{way}");
        assert!(!is_signed_in(&thief).await, "{way}");
        assert!(!house.is_valid(&tokens["accessToken"]).await, "{way}");
        house.refresh(&tokens["refreshToken"]).await.expect(401);
    }
}

#[tokio::test]
async fn a_passkey_is_not_taken_away_without_the_factor() {
    let house = House::new().await;
    let (client, _, made) = owner(&house).await;
    let app = crate::steps::enrol(&house, &client).await;
    let thief = unproved(&house, ADA, &app).await;
    let id = made["id"].as_str().unwrap();
    let path = format!("{PASSKEYS}/{id}");
    thief
        .delete(&path, None)
        .await
        .problem(403, "TWO_FACTOR_REQUIRED");
    let refused = native(&thief, "passkey/delete-passkey", json!({"id": id})).await;
    assert_eq!(refused.expect(403).json()["code"], "TWO_FACTOR_REQUIRED");
    client.delete(&path, None).await.expect(204);
}
