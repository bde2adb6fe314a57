//! What happened to others, one negative test or more per class, each with the advisories it answers.
//!
//! | Class | Advisories | Test |
//! |---|---|---|
//! | Redirects | CVE-2023-6291, CVE-2024-1132, CVE-2024-52289, CVE-2026-3872 | `identity::advisories::cve_2023_6291_no_link_leads_to_another_place` |
//! | Redirects | CVE-2024-8883 | `platform/src/http/origin.rs::cve_2024_8883_redirect_tricks_are_refused` |
//! | Redirects, mailed | CVE-2023-6291 | `identity::links::links_lead_to_allow_listed_origins_alone` |
//! | Single use | GHSA-7w99-5wm4-3g79, CVE-2026-4282 | `identity::links::of_parallel_uses_of_a_magic_link_one_wins` |
//! | Single use | GHSA-7w99-5wm4-3g79 | `identity::links::a_code_signs_in_once` |
//! | Single use | GHSA-7w99-5wm4-3g79 | `identity::second_factor::of_parallel_sign_ins_with_one_time_step_one_wins` |
//! | Refresh | CVE-2026-1035, GHSA-392p, GHSA-pw9m | `identity::refresh::regression_7_2_fifty_parallel_refreshes_get_the_same_valid_child_and_nobody_is_logged_out` |
//! | Refresh | CVE-2022-3916, CVE-2026-9802 | `identity::sessions::regression_7_2_a_revoked_session_is_refused_everywhere_within_a_second` |
//! | Session fixation | CVE-2026-7507, CVE-2024-7341 | `identity::advisories::cve_2026_7507_no_session_of_before_becomes_that_of_a_sign_in` |
//! | Session fixation | CVE-2023-6787 | `identity::advisories::cve_2023_6787_a_proof_gives_the_session_another_token` |
//! | JWT | CVE-2022-23539, CVE-2026-23552 | `identity::tokens::cve_2015_9235_no_other_algorithm_is_taken` |
//! | Mass assignment | CVE-2026-27946 | `identity::advisories::cve_2026_27946_no_body_changes_a_privileged_column` |
//! | Ownership | CVE-2026-41427, GHSA-fmh4 | `identity::advisories::cve_2026_41427_what_is_somebody_elses_is_not_there` |
//! | Proxy trust | CVE-2026-40575, CVE-2026-76835 | `identity::advisories::cve_2026_40575_forged_headers_of_a_proxy_change_nothing` |
//! | Proxy trust | CVE-2026-40575 | `server::limits::regression_7_2_a_raw_forwarded_header_is_neither_trusted_nor_stored` |
//! | Parser | Kanidm's depth, 128-character cap | `identity::advisories::a_password_of_a_megabyte_is_refused_before_it_is_hashed` |
//! | Unicode | GHSA-7rqj | `identity::advisories::ghsa_7rqj_an_address_that_only_looks_the_same_is_none` |
//! | Unicode, case | GHSA-7rqj | `identity::advisories::ghsa_7rqj_letter_case_makes_no_second_account` |
//! | Fail-open | GHSA-8fpg | `server::faults::a_stopped_database_is_503_and_its_return_needs_no_restart` |
//! | Policy while refreshing | Rauthy 0.32.4, Pocket ID 978ac87 | `identity::issuing::no_issuing_route_issues_to_somebody_banned` |
//! | Stale links | Supabase 2.196 | `identity::links::a_reset_link_lives_an_hour_and_ends_with_any_later_change` |
//! | Passkey origin | webauthn-rs `badexample.com` | `identity::passkeys::advisory_webauthn_rs_origin_suffix_only_our_exact_origins_count` |

use crate::harness::{House, PASSWORD};
use crate::steps::{browser, enrol, is_signed_in, native, sign_in, sign_up, who};
use http::Method;
use serde_json::{Value, json};
use testkit::Client;

const ADA: &str = "ada@example.com";
const NEXT: &str = "another fine password";
const COOKIE: &str = "mana.session_token";

/// Prefix, user information, dot segments, double encoding, case, fragment, tab, backslash, dot as a wildcard, port.
const ELSEWHERE: &[&str] = &[
    "https://app.example.evil.example",
    "https://app.example@evil.example",
    "https://app.example:pw@evil.example/",
    "https://app.example%2eevil.example",
    "https://evil.example/..;/https://app.example",
    "https://evil.example#https://app.example",
    "https://evil.example?https://app.example",
    "https:/evil.example",
    "https:\\\\evil.example",
    "https://appxexample",
    "https://app.example:8443",
    "http://app.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "/%5cevil.example",
    "/%2Fevil.example",
    "/\t/evil.example",
    "\u{1}https://app.example",
    "HTTPS://EVIL.EXAMPLE",
    "javascript://app.example/%0aalert(1)",
    "data:text/html,x",
    "app://app.example",
];

#[tokio::test]
async fn cve_2023_6291_no_link_leads_to_another_place() {
    let house = House::with(&[("CORS_ORIGINS", "https://app.example")]).await;
    let ada = sign_up(&house, ADA).await;
    let anyone = browser(&house);
    for evil in ELSEWHERE {
        for (path, field) in [
            ("sign-in/email", "callbackURL"),
            ("sign-up/email", "callbackURL"),
            ("sign-in/magic-link", "callbackURL"),
            ("sign-in/magic-link", "errorCallbackURL"),
            ("sign-in/magic-link", "newUserCallbackURL"),
            ("request-password-reset", "redirectTo"),
            ("send-verification-email", "callbackURL"),
        ] {
            let mut body = json!({"name": "Ada", "email": ADA, "password": PASSWORD});
            body[field] = json!(evil);
            let answer = native(&anyone, path, body).await;
            let led = answer.header("location");
            assert_eq!((answer.status.as_u16(), led), (403, ""), "{path} {evil}");
        }
        for (path, field) in [
            ("change-email", "callbackURL"),
            ("delete-user", "callbackURL"),
        ] {
            let mut body = json!({"newEmail": "new@example.com"});
            body[field] = json!(evil);
            native(&ada, path, body).await.expect(403);
        }
        let query = kernel::crypto::cookie::percent_encode(evil);
        for path in [
            "magic-link/verify?token=x&",
            "verify-email?token=x&",
            "reset-password/x?",
            "delete-user/callback?token=x&",
        ] {
            let path = format!("/api/auth/{path}callbackURL={query}");
            let answer = ada.get(&path).await.expect(403);
            assert_eq!(answer.header("location"), "", "{path}");
        }
    }
    assert!(is_signed_in(&ada).await);
    assert_eq!(house.mails("new@example.com").await.len(), 0);
}

#[tokio::test]
async fn cve_2026_7507_no_session_of_before_becomes_that_of_a_sign_in() {
    let house = House::new().await;
    sign_up(&house, ADA).await;
    let eve = sign_up(&house, "eve@example.com").await;
    let planted = eve.cookie(COOKIE).unwrap();
    for path in ["/api/auth/sign-in/email", "/api/v1/auth/login"] {
        // Eve's own session, one that never was, and one that is not signed.
        for value in [planted.as_str(), "never.was", "%00"] {
            let victim = browser(&house);
            victim.set_cookie(COOKIE, value);
            let body = json!({"email": ADA, "password": PASSWORD});
            victim.post(path, body).await.expect(200);
            assert_ne!(victim.cookie(COOKIE).unwrap(), value);
            assert_eq!(who(&victim).await["user"]["email"], ADA);
        }
    }
    assert_eq!(who(&eve).await["user"]["email"], "eve@example.com");
}

#[tokio::test]
async fn cve_2023_6787_a_proof_gives_the_session_another_token() {
    let house = House::new().await;
    let ada = sign_up(&house, ADA).await;
    let is_dead = async |value: String| {
        let old = browser(&house);
        old.set_cookie(COOKIE, &value);
        !is_signed_in(&old).await
    };
    let first = ada.cookie(COOKIE).unwrap();
    enrol(&house, &ada).await;
    let second = ada.cookie(COOKIE).unwrap();
    assert_ne!(first, second);
    assert!(is_dead(first).await);
    let body =
        json!({"currentPassword": PASSWORD, "newPassword": NEXT, "revokeOtherSessions": true});
    native(&ada, "change-password", body).await.expect(200);
    assert_ne!(ada.cookie(COOKIE).unwrap(), second);
    assert!(is_dead(second).await);
    assert!(is_signed_in(&ada).await);
}

/// What only the service sets, by every name that some generation of clients knew.
fn with_privileges(mut body: Value) -> Value {
    let privileges = json!({"role": "admin", "tier": "founder", "accessTier": "founder", "access_tier": "founder",
        "emailVerified": true, "email_verified": true, "kind": "system", "id": "chosen", "userId": "chosen",
        "banned": false, "banExpires": null, "deletedAt": null, "twoFactorEnabled": true, "two_factor_enabled": true,
        "createdAt": "2020-01-01T00:00:00.000Z", "isAdmin": true});
    let fields = body.as_object_mut().unwrap();
    fields.extend(privileges.as_object().unwrap().clone());
    body
}

const PRIVILEGED: &str =
    "select string_agg(concat_ws(' ', id, role, access_tier, kind, email_verified, banned,
    deleted_at, two_factor_enabled, created_at), ';' order by created_at, id) from auth.users";

#[tokio::test]
async fn cve_2026_27946_no_body_changes_a_privileged_column() {
    let house = House::new().await;
    let eve = sign_up(&house, "eve@example.com").await;
    let before = house.text(PRIVILEGED).await;
    let password = json!({"password": PASSWORD});
    let changed = json!({"currentPassword": PASSWORD, "newPassword": PASSWORD});
    for (path, body) in [
        ("/api/auth/update-user", json!({"name": "Eve"})),
        ("/api/auth/update-session", json!({"name": "Eve"})),
        ("/api/auth/change-password", changed.clone()),
        ("/api/auth/verify-password", password.clone()),
        ("/api/auth/two-factor/enable", password),
        (
            "/api/auth/send-verification-email",
            json!({"email": "eve@example.com"}),
        ),
        (
            "/api/auth/sign-in/email",
            json!({"email": "eve@example.com", "password": PASSWORD}),
        ),
        ("/api/auth/revoke-other-sessions", json!({})),
        ("/api/v1/auth/profile", json!({"name": "Eve"})),
        ("/api/v1/auth/change-password", changed),
        (
            "/api/v1/auth/login",
            json!({"email": "eve@example.com", "password": PASSWORD}),
        ),
        (
            "/api/v1/auth/resend-verification",
            json!({"email": "eve@example.com"}),
        ),
    ] {
        let answer = eve.post(path, with_privileges(body.clone())).await;
        assert!(!answer.status.is_server_error(), "{path}");
        // One at a time too, because one surface refuses what it does not know.
        for (name, value) in with_privileges(json!({})).as_object().unwrap() {
            let mut body = body.clone();
            body[name] = value.clone();
            eve.post(path, body).await;
        }
        assert_eq!(house.text(PRIVILEGED).await, before, "{path}");
    }
    // People who are made on the way are nothing more than others.
    let plain = "select count(*) from auth.users where role <> 'user' or access_tier <> 'public' or kind <> 'human'
        or email_verified or two_factor_enabled or id = 'chosen' or created_at < '2026-01-01'";
    for (number, path) in ["/api/auth/sign-up/email", "/api/v1/auth/register"]
        .iter()
        .enumerate()
    {
        for (name, value) in with_privileges(json!({})).as_object().unwrap() {
            let name_of = name.to_ascii_lowercase().replace('_', "-");
            let mut body = json!({"name": "Mallory", "email": format!("{name_of}{number}@example.com"), "password": PASSWORD});
            body[name] = value.clone();
            let answer = browser(&house).post(path, body).await;
            assert!(
                matches!(answer.status.as_u16(), 200 | 400),
                "{path} {name} {}",
                answer.text()
            );
        }
    }
    assert_eq!(house.number(plain).await, 0);
}

#[tokio::test]
async fn cve_2026_41427_what_is_somebody_elses_is_not_there() {
    let house = House::new().await;
    let ada = sign_up(&house, ADA).await;
    let eve = sign_up(&house, "eve@example.com").await;
    let session = who(&ada).await["session"].clone();
    let id = session["id"].as_str().unwrap();
    let foreign = format!("/api/v1/auth/sessions/{id}");
    let unknown = "/api/v1/auth/sessions/no-such-session";
    let (foreign, unknown) = (
        eve.delete(&foreign, None).await,
        eve.delete(unknown, None).await,
    );
    assert_eq!(foreign.status, 404);
    assert_eq!(foreign.json()["code"], unknown.json()["code"]);
    let accounts = ada.get("/api/auth/list-accounts").await.expect(200).json();
    for (path, body) in [
        ("unlink-account", json!({"accountId": accounts[0]["id"]})),
        ("revoke-session", json!({"token": session["token"]})),
        ("revoke-session", json!({"token": id})),
        (
            "multi-session/set-active",
            json!({"sessionToken": session["token"]}),
        ),
        (
            "multi-session/revoke",
            json!({"sessionToken": session["token"]}),
        ),
        ("passkey/delete-passkey", json!({"id": id})),
        ("passkey/update-passkey", json!({"id": id, "name": "Mine"})),
    ] {
        let answer = native(&eve, path, body).await;
        assert_ne!(answer.status, 403, "{path}");
        assert!(!answer.text().contains(ADA), "{path} {}", answer.text());
    }
    for (path, who_is) in [
        ("/api/v1/auth/sessions", &eve),
        ("/api/v1/auth/security-events", &eve),
    ] {
        let listed = who_is.get(path).await.expect(200).text();
        assert!(!listed.contains(id) && !listed.contains(ADA), "{path}");
    }
    assert_eq!(who(&ada).await["session"]["id"], id);
    assert_eq!(who(&eve).await["user"]["email"], "eve@example.com");
}

#[tokio::test]
async fn cve_2026_40575_forged_headers_of_a_proxy_change_nothing() {
    let house = House::new().await;
    sign_up(&house, ADA).await;
    let forged = |name: &'static str, value: &str| browser(&house).with(name, value);
    for (name, value) in [
        ("x-forwarded-for", "203.0.113.9"),
        ("x-real-ip", "203.0.113.9"),
        ("forwarded", "for=203.0.113.9;host=evil.example;proto=https"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-uri", "/health"),
        ("x-original-url", "/health"),
        ("x-rewrite-url", "/health"),
        ("x-forwarded-user", ADA),
        ("x-forwarded-email", ADA),
        ("x-auth-request-user", ADA),
        ("host", "evil.example"),
    ] {
        let client = forged(name, value);
        // Nobody becomes somebody by it.
        client
            .get("/api/v1/auth/profile")
            .await
            .problem(401, "UNAUTHORIZED");
        assert!(!is_signed_in(&client).await, "{name}");
        // Neither cookies nor mailed links follow it.
        let signed_in = sign_in(&client, ADA).await.expect(200);
        let cookie = signed_in.header("set-cookie");
        assert!(
            cookie.starts_with("mana.session_token=") && !cookie.contains("Secure"),
            "{name}"
        );
        assert_eq!(
            who(&client).await["session"]["ipAddress"],
            "127.0.0.1",
            "{name}"
        );
        let wish = json!({"email": ADA});
        native(&client, "request-password-reset", wish)
            .await
            .expect(200);
        let mails = house.mails(ADA).await;
        assert!(
            mails.iter().all(|mail| !mail.text.contains("evil.example")),
            "{name}"
        );
    }
    // Nor does an Origin check.
    let evil = house
        .client
        .fresh()
        .with("origin", "https://evil.example")
        .with("x-forwarded-host", "evil.example")
        .with("host", "evil.example");
    let refused = sign_in(&evil, ADA).await.expect(403);
    assert_eq!(refused.json()["code"], "INVALID_ORIGIN");
}

#[tokio::test]
async fn a_password_of_a_megabyte_is_refused_before_it_is_hashed() {
    let house = House::new().await;
    sign_up(&house, ADA).await;
    let long = "x".repeat(200_000);
    let huge = "x".repeat(2_200_000);
    let anyone = browser(&house);
    for (path, status) in [
        ("/api/auth/sign-up/email", 400),
        ("/api/v1/auth/register", 400),
        ("/api/auth/sign-in/email", 400),
        ("/api/v1/auth/login", 401),
    ] {
        let body = |password: &str| {
            let mut body = json!({"email": "eve@example.com", "password": password});
            if path.ends_with("sign-up/email") {
                body["name"] = json!("Eve");
            }
            body
        };
        anyone.post(path, body(&long)).await.expect(status);
        anyone.post(path, body(&huge)).await.expect(413);
    }
    let people = house.number("select count(*) from auth.users").await;
    assert_eq!(people, 1);
}

/// Addresses that a mail server or a reader could take for another one.
const LOOKALIKES: &[&str] = &[
    "ada\u{ff20}example.com",
    "ada@example\u{ff0e}com",
    "ada@example\u{3002}com",
    "\u{430}da@example.com",
    "ad\u{0430}@example.com",
    "a\u{200b}da@example.com",
    "a\u{ad}da@example.com",
    "ada@e\u{445}ample.com",
    "ada@\u{ff45}xample.com",
    "\u{202e}ada@example.com",
    "ada@example.com\u{0}",
    "ada@example.com\r\nBcc: eve@example.com",
    "ada@example.com,eve@example.com",
    "ada@example.com;eve@example.com",
    "ada@example.com@evil.example",
    "ada%40evil.example@example.com",
    "\"ada\"@example.com",
    "ada(comment)@example.com",
    "<ada@example.com>",
    "ada@[127.0.0.1]",
    "ada@example.com.",
    "ada@.example.com",
    "a\u{301}da@example.com",
];

#[tokio::test]
async fn ghsa_7rqj_an_address_that_only_looks_the_same_is_none() {
    let house = House::new().await;
    sign_up(&house, ADA).await;
    let mails = house.mails(ADA).await.len();
    let refuses = async |client: &Client, path: &str, body: Value| {
        let answer = client.send(Method::POST, path, Some(body.clone())).await;
        assert!(
            matches!(answer.status.as_u16(), 400 | 401),
            "{path} {body} {}",
            answer.text()
        );
    };
    for address in LOOKALIKES {
        let anyone = browser(&house);
        let body = json!({"email": address});
        let credentials = json!({"email": address, "password": PASSWORD});
        let named = json!({"name": "Eve", "email": address, "password": PASSWORD});
        refuses(&anyone, "/api/auth/sign-up/email", named.clone()).await;
        refuses(&anyone, "/api/v1/auth/register", named).await;
        refuses(&anyone, "/api/auth/sign-in/email", credentials.clone()).await;
        refuses(&anyone, "/api/v1/auth/login", credentials).await;
        refuses(&anyone, "/api/auth/sign-in/magic-link", body.clone()).await;
        refuses(&anyone, "/api/auth/request-password-reset", body.clone()).await;
        refuses(&anyone, "/api/v1/auth/forgot-password", body).await;
    }
    assert_eq!(house.number("select count(*) from auth.users").await, 1);
    assert_eq!(house.mails(ADA).await.len(), mails);
}

#[tokio::test]
async fn ghsa_7rqj_letter_case_makes_no_second_account() {
    let house = House::new().await;
    sign_up(&house, "Ada@Example.COM").await;
    for address in ["ADA@EXAMPLE.COM", "ada@example.com", "aDa@eXample.com"] {
        let body = json!({"email": address, "password": PASSWORD});
        house
            .ask("register", body.clone())
            .await
            .problem(409, "EMAIL_ALREADY_REGISTERED");
        let named = json!({"name": "Eve", "email": address, "password": NEXT});
        let taken = native(&browser(&house), "sign-up/email", named).await;
        taken.expect(422);
        let known = house.ask("login", body).await.expect(200).json();
        assert_eq!(known["user"]["email"], ADA);
        let wish = json!({"email": address});
        native(&browser(&house), "sign-in/magic-link", wish)
            .await
            .expect(200);
    }
    assert_eq!(house.number("select count(*) from auth.users").await, 1);
}
