//! Faults of the predecessor that must not come back (contract accounts §7), line by line.
//!
//! Lines that belong to parts that are not here yet: invitations (7.1.8), the OpenID provider (7.1.15 to 22), settings
//! (7.1.39), statistics (7.1.44), onboarding, vault, organisations, API keys, administration and Matrix (7.2).
//!
//! | Line | What | Proved by |
//! |---|---|---|
//! | 7.1.1 | A fresh token passes every guard | `server::flow::regression_7_1_1_a_freshly_issued_token_passes_every_guard` |
//! | 7.1.2 | Ids are text | `server::flow::regression_7_1_2_user_ids_are_text_of_any_form_in_every_column` |
//! | 7.1.3 | No name | `identity::register::regression_7_1_3_a_name_is_not_needed` |
//! | 7.1.4 | A forgotten password sends a mail | `identity::known_faults::regression_7_1_4_a_forgotten_password_sends_a_mail` |
//! | 7.1.5 | The reset link ends at the app | `identity::known_faults::regression_7_1_5_a_reset_link_ends_at_the_page_of_the_app_with_its_token` |
//! | 7.1.5 | Paths in links | `identity::known_faults::regression_7_1_5_a_path_in_a_mailed_link_is_one_of_the_app` |
//! | 7.1.6 | The verification link resolves | `identity::known_faults::regression_7_1_6_and_37_a_verification_link_leads_to_its_callback` |
//! | 7.1.7 | Signing up sends it | `identity::known_faults::regression_7_1_7_registering_sends_the_verification_mail` |
//! | 7.1.9 | Headers let apps in | `server::edge::regression_7_1_9_security_headers_are_there_and_do_not_block_other_origins` |
//! | 7.1.10 | Migrations run again | `server::database::regression_7_1_10_migrating_twice_is_a_no_op` |
//! | 7.1.11 | Limits hold | `server::limits::regression_7_1_11_sign_in_is_limited_to_ten_a_minute_and_address` |
//! | 7.1.12 | Privileged fields | `identity::register::regression_7_1_12_privileged_fields_are_ignored` |
//! | 7.1.12 | Those of a profile | `identity::known_faults::regression_7_1_12_privileged_fields_of_a_profile_are_ignored` |
//! | 7.1.13 | Redirects of the verification | `identity::links::the_rest_surface_leads_links_of_other_places_to_our_own` |
//! | 7.1.14 | One minimum | `identity::known_faults::regression_7_1_14_one_password_minimum_wherever_one_is_set` |
//! | 7.1.23 | One issuer | `identity::tokens::regression_7_1_23_the_issuer_is_one_setting` |
//! | 7.1.24 | get-session without a prefix | `server::flow::regression_7_1_24_get_session_is_reachable_without_a_prefix` |
//! | 7.1.25 | Refresh tokens work | `identity::refresh::regression_7_1_25_every_refresh_token_that_is_handed_out_works` |
//! | 7.1.26 | One family of keys | `server::flow::regression_7_1_26_a_refreshed_token_is_signed_by_the_same_key_family` |
//! | 7.1.27 | No doubled prefix | `server::flow::regression_7_1_27_no_path_has_a_doubled_prefix` |
//! | 7.1.28 | The health check's path | `server::flow::regression_7_1_28_the_health_check_path_exists` |
//! | 7.1.29 | Bodies are parsed once | `server::bodies::regression_7_1_29_a_body_is_parsed_once_whatever_its_length` |
//! | 7.1.30 | One name for the person | `server::flow::regression_7_1_30_every_handler_sees_the_same_person` |
//! | 7.1.31 | Unverified: 403, not counted | `identity::login::regression_7_1_31_an_unverified_address_is_a_403_that_does_not_count` |
//! | 7.1.32 | Trusted origins pass CORS | `server::edge::regression_7_1_32_every_trusted_origin_passes_cors` |
//! | 7.1.33 | SameSite=None with a domain | `identity::login::regression_7_1_33_a_cookie_domain_makes_the_cookie_travel_between_sites` |
//! | 7.1.33 | Sibling hosts | `server::sso::a_sign_in_on_one_host_serves_its_siblings_and_a_sign_out_ends_it_everywhere` |
//! | 7.1.34 | No call to ourselves | `server::flow::regression_7_1_34_validation_needs_no_call_to_ourselves` |
//! | 7.1.35 | session-to-token | `identity::sessions::regression_7_1_35_the_cookie_is_exchanged_for_tokens` |
//! | 7.1.36 | The tier's claim | `identity::login::regression_7_1_36_tier_claim_equals_access_tier` |
//! | 7.1.37 | The callback counts | `identity::known_faults::regression_7_1_6_and_37_a_verification_link_leads_to_its_callback` |
//! | 7.1.38 | 409 | `identity::register::regression_7_1_38_registering_an_existing_address_is_a_conflict` |
//! | 7.1.41 | The secure cookie's name | `identity::login::regression_7_1_41_the_secure_cookie_works_under_its_name_with_an_https_address` |
//! | 7.1.42 | Events | `identity::events::regression_7_1_42_one_register_and_one_login_success_exactly` |
//! | 7.1.43 | Failures are recorded | `identity::lockout::regression_7_1_43_failures_are_recorded_and_the_sixth_login_is_a_429` |
//! | 7.1.45 | Enums | `server::rls::regression_7_1_45_enums_live_with_their_tables_and_know_every_label` |
//! | 7.1.46 | A lost database is a 503 | `identity::login::regression_7_1_46_a_lost_database_is_a_503_and_counts_against_nobody` |
//! | 7.1.46 | On every route | `server::matrix::while_the_database_is_gone_everybody_is_told_to_come_again_and_nobody_that_they_are_not_signed_in` |
//! | 7.1.48 | Trailing slash | `server::edge::regression_7_1_48_a_trailing_slash_leads_to_the_path_without_it` |
//! | 7.2 | Role of a login, `sid` | `identity::login::regression_7_2_the_sid_of_a_login_is_its_session` |
//! | 7.2 | Role and tier of a refresh | `identity::refresh::regression_7_2_role_and_tier_of_a_refresh_come_from_the_database` |
//! | 7.2 | A wrong password is a 401 | `identity::login::regression_7_2_a_wrong_password_is_a_401_and_an_unknown_address_looks_alike` |
//! | 7.2 | A wrong reset token is a 400 | `identity::known_faults::regression_7_2_a_wrong_reset_token_is_no_server_error` |
//! | 7.2 | A bearer works everywhere | `identity::sessions::regression_7_2_the_bearer_answers_the_session_without_its_credential` |
//! | 7.2 | Old hashes: change and deletion | `identity::known_faults::regression_7_2_a_bcrypt_password_changes_itself_and_deletes_the_account` |
//! | 7.2 | A refreshed session lives on | `identity::refresh::regression_7_2_a_refreshed_session_does_not_end_after_a_quarter_of_an_hour` |
//! | 7.2 | Revoked, banned, deleted | `identity::sessions::regression_7_2_a_revoked_session_is_refused_everywhere_within_a_second` |
//! | 7.2 | Deleted people | `identity::login::regression_7_2_a_deleted_person_cannot_sign_in_and_looks_unknown` |
//! | 7.2 | Refresh is atomic | `identity::refresh::regression_7_2_fifty_parallel_refreshes_get_the_same_valid_child_and_nobody_is_logged_out` |
//! | 7.2 | Reuse is noticed | `identity::refresh::regression_7_2_reuse_after_the_grace_revokes_the_family_and_no_other_session` |
//! | 7.2 | A new password ends sessions | `identity::links::a_reset_works_once_on_either_surface_and_ends_every_session` |
//! | 7.2 | And the lockout | `identity::known_faults::regression_7_2_a_reset_ends_the_lockout` |
//! | 7.2 | A pretended sign-up | `identity::known_faults::regression_7_2_a_pretended_sign_up_leaves_nothing` |
//! | 7.2 | change-email, deletion | `identity::mailed::an_address_changed_on_v1_voids_links_and_ends_other_sessions` |
//! | 7.2 | Security events | `identity::events::regression_7_2_events_are_read_in_pages_and_nobody_elses` |
//! | 7.2 | Sign-out by what a client has | `identity::sessions::regression_7_2_signing_out_by_bearer_cookie_or_refresh_token_ends_that_session_alone` |
//! | 7.2 | Cookies of login and second factor | `identity::second_factor::the_rest_login_asks_for_the_second_factor_and_its_cookie_leads_to_tokens` |
//! | 7.2 | Passkeys | `identity::passkeys::a_passkey_is_registered_listed_used_renamed_and_deleted` |
//! | 7.2 | Second factors go on | `identity::second_factor::an_app_counts_after_its_first_right_code` |
//! | 7.2 | Lockout: time | `identity::lockout::regression_7_2_the_lock_lasts_thirty_minutes_from_the_last_failure` |
//! | 7.2 | Lockout: letter case | `identity::lockout::regression_7_2_letter_case_and_spaces_make_no_other_bucket` |
//! | 7.2 | Reset links and restarts | `identity::known_faults::regression_7_2_a_reset_link_outlives_a_restart_and_letter_case` |
//! | 7.2 | HTML in mails | `identity::known_faults::regression_7_2_a_name_is_no_html_in_a_mail` |
//! | 7.2 | Default keys in production | `platform/src/config/tests.rs::production_refuses_missing_weak_and_all_zero_secrets` |
//! | 7.2 | Forwarded addresses | `server::limits::regression_7_2_a_raw_forwarded_header_is_neither_trusted_nor_stored` |
//! | 7.2 | Addresses in logs | `server::logs::regression_7_2_no_address_password_or_token_is_logged` |
//! | 7.2 | The daily limit | `identity::register::regression_7_2_the_daily_limit_holds_in_a_race_and_ends_at_midnight_utc` |

use crate::harness::{House, PASSWORD, WRONG};
use crate::steps::{browser, code_to, is_signed_in, link_to, native, query_of, sign_in, sign_up};
use serde_json::json;

const ADA: &str = "ada@example.com";
const NEXT: &str = "another fine password";

#[tokio::test]
async fn regression_7_1_4_a_forgotten_password_sends_a_mail() {
    let house = House::new().await;
    house.register(ADA).await;
    let before = house.mails(ADA).await.len();
    let body = json!({"email": ADA});
    house.ask("forgot-password", body.clone()).await.expect(200);
    assert_eq!(house.mails(ADA).await.len(), before + 1);
    native(&browser(&house), "request-password-reset", body)
        .await
        .expect(200);
    assert_eq!(house.mails(ADA).await.len(), before + 2);
}

const APP: [(&str, &str); 2] = [
    ("FRONTEND_URL", "https://app.example"),
    ("CORS_ORIGINS", "https://app.example"),
];

#[tokio::test]
async fn regression_7_1_5_a_reset_link_ends_at_the_page_of_the_app_with_its_token() {
    let house = House::with(&APP).await;
    house.register(ADA).await;
    let body = json!({"email": ADA});
    house.ask("forgot-password", body).await.expect(200);
    let link = link_to(&house, ADA, "reset-password").await;
    let led = browser(&house).get(&link).await.expect(302);
    let location = led.header("location");
    let page = "https://app.example/reset-password?token=";
    assert!(location.starts_with(page), "{location}");
    let body = json!({"token": query_of(location, "token"), "newPassword": NEXT});
    house.ask("reset-password", body).await.expect(200);
    house.try_login(ADA, NEXT).await.expect(200);
}

#[tokio::test]
async fn regression_7_1_6_and_37_a_verification_link_leads_to_its_callback() {
    let house = House::with(&APP).await;
    let anyone = browser(&house);
    let source = "https://app.example/welcome?from=mail";
    let body = json!({"name": "Ada", "email": ADA, "password": PASSWORD, "callbackURL": source});
    native(&anyone, "sign-up/email", body).await.expect(200);
    let link = link_to(&house, ADA, "verify-email").await;
    let led = browser(&house).get(&link).await.expect(302);
    assert_eq!(led.header("location"), source);
    let proved = "select count(*) from auth.users where email_verified";
    assert_eq!(house.number(proved).await, 1);
    // On the other surface by its own name.
    let source = "https://app.example/in";
    let body = json!({"email": "bob@example.com", "password": PASSWORD, "sourceAppUrl": source});
    house.ask("register", body).await.expect(200);
    let link = link_to(&house, "bob@example.com", "verify-email").await;
    let led = browser(&house).get(&link).await.expect(302);
    assert_eq!(led.header("location"), source);
}

#[tokio::test]
async fn regression_7_1_7_registering_sends_the_verification_mail() {
    let house = House::with(&[("REQUIRE_EMAIL_VERIFICATION", "true")]).await;
    house.register(ADA).await;
    sign_up(&house, "bob@example.com").await;
    for email in [ADA, "bob@example.com"] {
        assert_eq!(house.mails(email).await.len(), 1);
        let link = link_to(&house, email, "verify-email").await;
        browser(&house).get(&link).await.expect(302);
        house.try_login(email, PASSWORD).await.expect(200);
    }
}

#[tokio::test]
async fn regression_7_1_14_one_password_minimum_wherever_one_is_set() {
    let house = House::new().await;
    let ada = sign_up(&house, ADA).await;
    let (short, fine) = ("1234567", "12345678");
    let body = |password: &str| json!({"currentPassword": PASSWORD, "newPassword": password});
    native(&ada, "change-password", body(short))
        .await
        .expect(400);
    let rest = "/api/v1/auth/change-password";
    ada.post(rest, body(short))
        .await
        .problem(400, "WEAK_PASSWORD");
    native(&ada, "change-password", body(fine))
        .await
        .expect(200);
    for (native_path, wish) in [("sign-up/email", "bob"), ("", "eve")] {
        for (password, is_fine) in [(short, false), (fine, true)] {
            let email = format!("{wish}@example.com");
            let answer = if native_path.is_empty() {
                house
                    .ask("register", json!({"email": email, "password": password}))
                    .await
            } else {
                let body = json!({"name": "B", "email": email, "password": password});
                native(&browser(&house), native_path, body).await
            };
            assert_eq!(answer.status == 200, is_fine, "{wish} {password}");
        }
    }
    house
        .ask("forgot-password", json!({"email": ADA}))
        .await
        .expect(200);
    let link = link_to(&house, ADA, "reset-password").await;
    let led = browser(&house).get(&link).await.expect(302);
    let token = query_of(led.header("location"), "token");
    let body = |password: &str| json!({"token": token, "newPassword": password});
    house
        .ask("reset-password", body(short))
        .await
        .problem(400, "WEAK_PASSWORD");
    native(&browser(&house), "reset-password", body(short))
        .await
        .expect(400);
    house.ask("reset-password", body(fine)).await.expect(200);
    let by_code = "email-otp/request-password-reset";
    native(&browser(&house), by_code, json!({"email": ADA}))
        .await
        .expect(200);
    let code = code_to(&house, ADA).await;
    let body = |password: &str| json!({"email": ADA, "otp": code, "password": password});
    native(&browser(&house), "email-otp/reset-password", body(short))
        .await
        .expect(400);
    native(&browser(&house), "email-otp/reset-password", body(fine))
        .await
        .expect(200);
}

#[tokio::test]
async fn regression_7_2_a_wrong_reset_token_is_no_server_error() {
    let house = House::new().await;
    let long = "x".repeat(5_000);
    for token in ["x", "", "%00", "\u{0}", &long] {
        let body = json!({"token": token, "newPassword": NEXT});
        house
            .ask("reset-password", body.clone())
            .await
            .problem(400, "TOKEN_INVALID");
        let refused = native(&browser(&house), "reset-password", body).await;
        assert_eq!(refused.expect(400).json()["code"], "INVALID_TOKEN");
    }
}

#[tokio::test]
async fn regression_7_2_a_bcrypt_password_changes_itself_and_deletes_the_account() {
    let house = House::new().await;
    let ada = sign_up(&house, ADA).await;
    let old = async || {
        let hash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
        let change = format!("update auth.accounts set password = '{hash}'");
        house.sql(&change).await;
    };
    old().await;
    let body = json!({"currentPassword": "U*U", "newPassword": NEXT});
    let rest = "/api/v1/auth/change-password";
    ada.post(rest, body).await.expect(200);
    old().await;
    let body = json!({"currentPassword": "U*U", "newPassword": NEXT});
    native(&ada, "change-password", body).await.expect(200);
    old().await;
    let wrong = json!({"password": WRONG});
    let path = "/api/v1/auth/account";
    ada.delete(path, Some(wrong))
        .await
        .problem(401, "INVALID_CREDENTIALS");
    let right = json!({"password": "U*U"});
    ada.delete(path, Some(right)).await.expect(200);
    assert_eq!(house.number("select count(*) from auth.users").await, 0);
}

#[tokio::test]
async fn regression_7_2_a_reset_ends_the_lockout() {
    let house = House::new().await;
    house.register(ADA).await;
    for _ in 0..5 {
        house.try_login(ADA, WRONG).await;
    }
    house
        .try_login(ADA, PASSWORD)
        .await
        .problem(429, "ACCOUNT_LOCKED");
    house
        .ask("forgot-password", json!({"email": ADA}))
        .await
        .expect(200);
    let link = link_to(&house, ADA, "reset-password").await;
    let led = browser(&house).get(&link).await.expect(302);
    let token = query_of(led.header("location"), "token");
    let body = json!({"token": token, "newPassword": NEXT});
    house.ask("reset-password", body).await.expect(200);
    house.try_login(ADA, NEXT).await.expect(200);
}

#[tokio::test]
async fn regression_7_2_a_pretended_sign_up_leaves_nothing() {
    let house = House::with(&[("REQUIRE_EMAIL_VERIFICATION", "true")]).await;
    sign_up(&house, ADA).await;
    let everything = "select concat_ws(' ',
        (select string_agg(u::text, ';') from auth.users u), (select string_agg(a::text, ';') from auth.accounts a),
        (select count(*) from auth.sessions), (select count(*) from auth.verification),
        (select count(*) from platform.jobs))";
    let before = house.text(everything).await;
    let body = json!({"name": "Eve", "email": ADA, "password": NEXT, "image": "https://evil.example/x.png"});
    let pretended = native(&browser(&house), "sign-up/email", body).await;
    let pretended = pretended.expect(200).json();
    assert_eq!(pretended["user"]["email"], ADA);
    assert_eq!(house.text(everything).await, before);
}

#[tokio::test]
async fn regression_7_2_a_reset_link_outlives_a_restart_and_letter_case() {
    let house = House::with(&APP).await;
    house.register(ADA).await;
    let page = "https://app.example/new-password";
    let body = json!({"email": "ADA@Example.com", "redirectTo": page});
    house.ask("forgot-password", body).await.expect(200);
    let link = link_to(&house, ADA, "reset-password").await;
    let there = house.again().await;
    let led = browser(&there).get(&link).await.expect(302);
    let location = led.header("location");
    assert!(
        location.starts_with(&format!("{page}?token=")),
        "{location}"
    );
    let body = json!({"token": query_of(location, "token"), "newPassword": NEXT});
    there.ask("reset-password", body).await.expect(200);
    house.try_login(ADA, NEXT).await.expect(200);
}

#[tokio::test]
async fn regression_7_2_a_name_is_no_html_in_a_mail() {
    let house = House::new().await;
    let anyone = browser(&house);
    let name = "<img src=x onerror=alert(1)>\r\nBcc: eve@example.com";
    let body = json!({"name": name, "email": ADA, "password": PASSWORD});
    native(&anyone, "sign-up/email", body).await;
    if !is_signed_in(&anyone).await {
        // Refused already: then with the tag alone.
        let body =
            json!({"name": "<img src=x onerror=alert(1)>", "email": ADA, "password": PASSWORD});
        native(&anyone, "sign-up/email", body).await.expect(200);
    }
    for (path, body) in [
        ("request-password-reset", json!({"email": ADA})),
        ("sign-in/magic-link", json!({"email": ADA})),
        (
            "email-otp/send-verification-otp",
            json!({"email": ADA, "type": "sign-in"}),
        ),
    ] {
        native(&anyone, path, body).await.expect(200);
    }
    sign_in(&anyone, ADA).await.expect(200);
    let mails = house.mails(ADA).await;
    assert!(mails.len() >= 4);
    for mail in mails {
        assert!(!mail.html.contains("<img src=x"), "{}", mail.html);
        assert!(!mail.subject.contains(['\r', '\n']), "{}", mail.subject);
    }
}

#[tokio::test]
async fn regression_7_1_12_privileged_fields_of_a_profile_are_ignored() {
    let house = House::new().await;
    let ada = sign_up(&house, ADA).await;
    let body = json!({"name": "Ada L.", "role": "admin", "tier": "founder", "accessTier": "founder",
        "kind": "system", "emailVerified": true});
    let path = "/api/v1/auth/profile";
    let changed = ada.post(path, body).await.expect(200).json();
    assert_eq!(changed["user"]["name"], "Ada L.");
    let person = "select concat_ws(' ', role, access_tier, kind, email_verified) from auth.users";
    assert_eq!(house.text(person).await, "user public human f");
    let odd = json!({"name": "Ada", "nickname": "A"});
    ada.post(path, odd).await.problem(400, "VALIDATION");
}

#[tokio::test]
async fn regression_7_1_5_a_path_in_a_mailed_link_is_one_of_the_app() {
    let house = House::with(&APP).await;
    let anyone = browser(&house);
    let body =
        json!({"name": "Ada", "email": ADA, "password": PASSWORD, "callbackURL": "/welcome"});
    native(&anyone, "sign-up/email", body).await.expect(200);
    let body = json!({"email": ADA, "redirectTo": "/new-password"});
    native(&anyone, "request-password-reset", body)
        .await
        .expect(200);
    let body = json!({"email": ADA, "callbackURL": "/in?a=1", "errorCallbackURL": "/oops"});
    native(&anyone, "sign-in/magic-link", body)
        .await
        .expect(200);
    for (beginning, target) in [
        ("verify-email", "https://app.example/welcome"),
        ("reset-password", "https://app.example/new-password?token="),
        ("magic-link", "https://app.example/in?a=1"),
        ("magic-link", "https://app.example/oops?error=INVALID_TOKEN"),
    ] {
        let link = link_to(&house, ADA, beginning).await;
        let led = browser(&house).get(&link).await.expect(302);
        let location = led.header("location");
        assert!(location.starts_with(target), "{location}");
    }
}
