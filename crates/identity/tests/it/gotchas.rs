//! What is easily got wrong on the Better Auth surface (contract better-auth §6), line by line. Lines 4, 8 and 9 are about
//! social sign-in, organisations and administration, which are not here yet.
//!
//! | Line | What | Proved by |
//! |---|---|---|
//! | 1 | 404 with an empty body for unknown paths, methods and slashes | `e2e::transport/unknown paths and methods are 404 with an empty body` |
//! | 2 | get-session is never a 401 | `identity::gotchas::gotcha_2_get_session_is_null_and_in_no_cache` |
//! | 2 | | `e2e::session/get-session: cookies that are no session` |
//! | 3 | Errors are flat | `identity::gotchas::gotcha_3_errors_are_flat` |
//! | 5 | Cookies are signed as there | `kernel/src/crypto/cookie.rs::contract_vector_signs_and_verifies` |
//! | 5 | | `identity::login::regression_7_2_login_sets_the_cookie_signed_as_better_auth_signs_it` |
//! | 6 | The salt of scrypt is the text | `identity::login::a_scrypt_hash_of_the_predecessor_verifies_and_is_upgraded` |
//! | 7 | A second sign-up: 422, or as if it were the first | `identity::compat::where_addresses_are_proved_sign_up_does_not_tell_who_is_known` |
//! | 7 | | `e2e::core/sign-up: e-mails` |
//! | 10 | `status` here, `success` there | `identity::gotchas::gotcha_10_status_and_success_are_where_clients_look_for_them` |
//! | 11 | New cookie, old token in the body | `identity::advisories::cve_2023_6787_a_proof_gives_the_session_another_token` |
//! | 11 | | `e2e::password/change-password and revoke the other sessions` |
//! | 11 | | `e2e::two-factor/TOTP: enable, sign in, disable` |
//! | 12 | 429 in words of its own | `identity::gotchas::gotcha_12_a_429_is_json_in_words_of_its_own` |
//! | 12 | | `e2e::limits/sign-in` |
//! | 13 | Issuer and audience | `identity::tokens::regression_7_1_23_the_issuer_is_one_setting` |
//! | 13 | | `e2e::jwt/token and keys` |
//! | 14 | Short-lived rows are taken once | `identity::links::of_parallel_uses_of_a_magic_link_one_wins` |
//! | 14 | The newest counts | `identity::links::a_code_lives_five_minutes_and_bears_three_guesses_however_they_come` |
//! | 15 | What is not on HTTP | `identity::gotchas::gotcha_15_what_a_server_calls_itself_is_not_on_http` |

use crate::harness::{House, PASSWORD};
use crate::steps::{browser, native, sign_in, sign_up};
use serde_json::{Value, json};

const ADA: &str = "ada@example.com";

#[tokio::test]
async fn gotcha_2_get_session_is_null_and_in_no_cache() {
    let house = House::new().await;
    let forged = browser(&house);
    forged.set_cookie("mana.session_token", "made.up");
    let ended = sign_up(&house, ADA).await;
    let cookie = ended.cookie("mana.session_token").unwrap();
    native(&ended, "sign-out", json!({})).await.expect(200);
    ended.set_cookie("mana.session_token", &cookie);
    let bearer = house.client.bearer("nobodys-token");
    for client in [browser(&house), forged, ended, bearer] {
        let answer = client.get("/api/auth/get-session").await.expect(200);
        assert_eq!(answer.body, b"null");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("content-type"), "application/json");
    }
}

#[tokio::test]
async fn gotcha_3_errors_are_flat() {
    let house = House::new().await;
    let ada = sign_up(&house, ADA).await;
    let wrong = json!({"email": ADA, "password": "not the password"});
    for (path, body) in [
        ("sign-in/email", wrong),
        ("sign-in/email", json!({})),
        (
            "sign-up/email",
            json!({"name": "A", "email": ADA, "password": PASSWORD}),
        ),
        (
            "change-password",
            json!({"newPassword": "x", "currentPassword": "y"}),
        ),
        ("update-user", json!({"email": "new@example.com"})),
        ("update-user", json!({})),
        (
            "reset-password",
            json!({"newPassword": PASSWORD, "token": "x"}),
        ),
        ("two-factor/verify-totp", json!({"code": "000000"})),
        ("one-time-token/verify", json!({"token": "x"})),
        ("unlink-account", json!({"accountId": "x"})),
    ] {
        let answer = native(&ada, path, body).await;
        assert!(answer.status.is_client_error(), "{path}");
        let body = answer.json();
        let object = body.as_object().unwrap();
        assert!(object.values().all(Value::is_string), "{path} {body}");
        let mut names = object.keys();
        assert!(
            names.all(|name| name == "message" || name == "code"),
            "{path} {body}"
        );
        assert!(object.contains_key("message"), "{path} {body}");
    }
}

#[tokio::test]
async fn gotcha_10_status_and_success_are_where_clients_look_for_them() {
    let house = House::new().await;
    let ada = sign_up(&house, ADA).await;
    let email = json!({"email": ADA});
    for (path, body, wanted) in [
        (
            "update-user",
            json!({"name": "Ada"}),
            json!({"status": true}),
        ),
        (
            "verify-password",
            json!({"password": PASSWORD}),
            json!({"status": true}),
        ),
        (
            "send-verification-email",
            email.clone(),
            json!({"status": true}),
        ),
        (
            "change-email",
            json!({"newEmail": "new@example.com"}),
            json!({"status": true}),
        ),
        ("sign-in/magic-link", email.clone(), json!({"status": true})),
        (
            "revoke-session",
            json!({"token": "x"}),
            json!({"status": true}),
        ),
        ("revoke-other-sessions", json!({}), json!({"status": true})),
        (
            "two-factor/disable",
            json!({"password": PASSWORD}),
            json!({"status": true}),
        ),
        (
            "email-otp/send-verification-otp",
            json!({"email": ADA, "type": "sign-in"}),
            json!({"success": true}),
        ),
        (
            "email-otp/request-password-reset",
            email,
            json!({"success": true}),
        ),
        ("revoke-sessions", json!({}), json!({"status": true})),
        ("sign-out", json!({}), json!({"success": true})),
    ] {
        let answer = native(&ada, path, body).await.expect(200);
        assert_eq!(answer.json(), wanted, "{path}");
    }
    let bob = sign_up(&house, "bob@example.com").await;
    let deleted = native(&bob, "delete-user", json!({"password": PASSWORD})).await;
    let wanted = json!({"success": true, "message": "User deleted"});
    assert_eq!(deleted.expect(200).json(), wanted);
}

#[tokio::test]
async fn gotcha_12_a_429_is_json_in_words_of_its_own() {
    let house = House::with(&[("RATE_LIMIT_ENABLED", "true")]).await;
    let anyone = browser(&house);
    for _ in 0..10 {
        sign_in(&anyone, "nobody@example.com").await;
    }
    let limited = sign_in(&anyone, "somebody@example.com").await.expect(429);
    assert_eq!(limited.header("content-type"), "application/json");
    let seconds: u32 = limited.header("x-retry-after").parse().unwrap();
    assert!((1..=60).contains(&seconds));
    assert_eq!(
        limited.json(),
        json!({"message": "Too many requests. Please try again later."})
    );
}

#[tokio::test]
async fn gotcha_15_what_a_server_calls_itself_is_not_on_http() {
    let house = House::new().await;
    let ada = sign_up(&house, ADA).await;
    for path in [
        "set-password",
        "organization/add-member",
        "api-key/verify",
        "sign-jwt",
        "verify-jwt",
        "two-factor/view-backup-codes",
        "two-factor/generate-totp",
        "email-otp/create-verification-otp",
        "email-otp/get-verification-otp",
    ] {
        let body = json!({"userId": "x", "newPassword": PASSWORD, "email": ADA, "type": "sign-in"});
        native(&ada, path, body).await.expect(404);
        ada.get(&format!("/api/auth/{path}")).await.expect(404);
    }
}
