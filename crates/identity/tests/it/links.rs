//! Mailed links and codes: used once, too late, by many at once, from elsewhere, malformed, and while no mail leaves.

use crate::harness::{House, PASSWORD};
use crate::steps::{
    at_once, browser, code_to, copies, is_signed_in, link_to, native, other_than, query_of,
    sign_in, sign_up, who,
};
use serde_json::{Value, json};
use testkit::{Answer, Client};

const ADA: &str = "ada@example.com";
const EVIL: &str = "https://evil.example";
const NEXT: &str = "another fine password";
const SEND_LINK: &str = "sign-in/magic-link";
const SEND_CODE: &str = "email-otp/send-verification-otp";
const BY_CODE: &str = "sign-in/email-otp";

async fn signs_in(house: &House, password: &str) -> u16 {
    let body = json!({"email": ADA, "password": password});
    let answer = native(&browser(house), "sign-in/email", body).await;
    answer.status.as_u16()
}

/// Asks for a magic link and reads the mail.
async fn magic_link(house: &House, wish: Value) -> String {
    native(&browser(house), SEND_LINK, wish).await.expect(200);
    link_to(house, ADA, "magic-link").await
}

/// Follows a link in browsers of their own at once; where each was led.
async fn followed_at_once(clients: Vec<Client>, link: &str) -> Vec<Answer> {
    let mut waiting = tokio::task::JoinSet::new();
    for client in clients {
        let link = link.to_owned();
        waiting.spawn(async move { client.get(&link).await });
    }
    waiting.join_all().await
}

fn sets_a_session(answer: &Answer) -> bool {
    let mut cookies = answer.headers.get_all("set-cookie").iter();
    cookies.any(|cookie| {
        let text = cookie.to_str().unwrap();
        text.starts_with("mana.session_token=") && !text.starts_with("mana.session_token=;")
    })
}

#[tokio::test]
async fn a_magic_link_works_once_from_either_path_and_for_strangers() {
    let house = House::new().await;
    for path in [SEND_LINK, "magic-link/send-magic-link"] {
        let wish = json!({"email": ADA, "name": "Ada", "callbackURL": "/home", "newUserCallbackURL": "/new"});
        native(&browser(&house), path, wish).await.expect(200);
        let people = "select count(*) from auth.users";
        let before = house.number(people).await;
        let link = link_to(&house, ADA, "magic-link").await;
        let anyone = browser(&house);
        let led = anyone.get(&link).await.expect(302);
        let target = if before == 0 { "/new" } else { "/home" };
        assert!(led.header("location").ends_with(target));
        assert_eq!(who(&anyone).await["user"]["emailVerified"], true);
        assert_eq!(house.number(people).await, 1);

        let again = browser(&house);
        let led = again.get(&link).await.expect(302);
        assert!(led.header("location").ends_with("?error=INVALID_TOKEN"));
        assert!(!is_signed_in(&again).await);
    }
}

#[tokio::test]
async fn of_parallel_uses_of_a_magic_link_one_wins() {
    let house = House::new().await;
    let link = magic_link(&house, json!({"email": ADA})).await;
    let clients = (0..8).map(|_| browser(&house)).collect();
    let answers = followed_at_once(clients, &link).await;
    assert!(answers.iter().all(|answer| answer.status == 302));
    let won = answers.iter().filter(|answer| sets_a_session(answer));
    assert_eq!(won.count(), 1);
    assert_eq!(house.number("select count(*) from auth.sessions").await, 1);
}

#[tokio::test]
async fn a_magic_link_lives_ten_minutes_and_ends_with_a_new_password_or_address() {
    let house = House::new().await;
    let ada = sign_up(&house, ADA).await;
    let link = magic_link(&house, json!({"email": ADA})).await;
    house.clock.advance_seconds(600);
    let late = browser(&house);
    late.get(&link).await.expect(302);
    assert!(!is_signed_in(&late).await);

    let link = magic_link(&house, json!({"email": ADA})).await;
    let body = json!({"currentPassword": PASSWORD, "newPassword": NEXT});
    native(&ada, "change-password", body).await.expect(200);
    let late = browser(&house);
    late.get(&link).await.expect(302);
    assert!(!is_signed_in(&late).await);

    let link = magic_link(&house, json!({"email": ADA})).await;
    change_address(&house, &ada, "new@example.com").await;
    let late = browser(&house);
    late.get(&link).await.expect(302);
    assert!(!is_signed_in(&late).await);
}

/// Changes the address of somebody; a proved one is asked first.
async fn change_address(house: &House, client: &Client, to: &str) {
    let user = who(client).await["user"].clone();
    let body = json!({"newEmail": to});
    native(client, "change-email", body).await.expect(200);
    if user["emailVerified"] == true {
        let old = user["email"].as_str().unwrap();
        let link = link_to(house, old, "verify-email").await;
        client.get(&link).await.expect(302);
    }
    let link = link_to(house, to, "verify-email").await;
    client.get(&link).await.expect(302);
    assert_eq!(who(client).await["user"]["email"], to);
}

#[tokio::test]
async fn asking_for_mails_is_refused_to_other_sites_and_in_other_forms() {
    let house = House::new().await;
    sign_up(&house, ADA).await;
    let before = house.mails(ADA).await.len();
    let evil = house.client.fresh().with("origin", EVIL);
    for (path, body) in [
        (SEND_LINK, json!({"email": ADA})),
        ("magic-link/send-magic-link", json!({"email": ADA})),
        (SEND_CODE, json!({"email": ADA, "type": "sign-in"})),
    ] {
        let refused = native(&evil, path, body).await.expect(403);
        assert_eq!(refused.json()["code"], "INVALID_ORIGIN", "{path}");
    }
    let own = browser(&house);
    for (path, body) in [
        (SEND_LINK, json!({"email": ADA, "callbackURL": EVIL})),
        (SEND_LINK, json!({"email": ADA, "newUserCallbackURL": EVIL})),
        (
            SEND_LINK,
            json!({"email": ADA, "errorCallbackURL": "//evil.example"}),
        ),
        (
            "send-verification-email",
            json!({"email": ADA, "callbackURL": "https://localhost:3001@evil.example"}),
        ),
        (
            "request-password-reset",
            json!({"email": ADA, "redirectTo": "/\\evil.example"}),
        ),
    ] {
        let refused = native(&own, path, body).await.expect(403);
        assert!(
            refused.json()["code"]
                .as_str()
                .unwrap()
                .starts_with("INVALID_"),
            "{path}"
        );
    }
    let long = "x".repeat(300);
    for (path, body) in [
        (SEND_LINK, json!({})),
        (SEND_LINK, json!({"email": 1})),
        (SEND_LINK, json!({"email": "nobody"})),
        (SEND_LINK, json!({"email": ADA, "name": long})),
        (SEND_LINK, json!({"email": ADA, "callbackURL": 5})),
        (SEND_LINK, json!({"email": format!("{long}@example.com")})),
        (SEND_CODE, json!({"email": ADA})),
        (SEND_CODE, json!({"email": ADA, "type": "nonsense"})),
        (BY_CODE, json!({"email": ADA})),
        (BY_CODE, json!({"email": ADA, "otp": long})),
        (BY_CODE, json!({"email": ADA, "otp": 123_456})),
        (
            "email-otp/reset-password",
            json!({"email": ADA, "otp": "123456"}),
        ),
        ("reset-password", json!({"newPassword": NEXT})),
        (
            "reset-password",
            json!({"newPassword": NEXT, "token": long}),
        ),
        ("request-password-reset", json!({"email": "nobody"})),
        ("send-verification-email", json!({"email": "nobody"})),
    ] {
        native(&own, path, body).await.expect(400);
    }
    for path in [
        "/api/auth/magic-link/verify",
        "/api/auth/verify-email",
        "/api/auth/reset-password/x",
    ] {
        own.get(path).await.expect(400);
    }
    assert_eq!(house.mails(ADA).await.len(), before);
}

#[tokio::test]
async fn links_lead_to_allow_listed_origins_alone() {
    let house = House::with(&[("CORS_ORIGINS", "https://app.example")]).await;
    let anyone = browser(&house);
    let link = magic_link(
        &house,
        json!({"email": ADA, "callbackURL": "https://app.example/in"}),
    )
    .await;
    let token = query_of(&link, "token");
    for evil in [
        "https://evil.example",
        "https://app.example.evil.example",
        "https://app.example@evil.example",
        "//evil.example",
        "/%5Cevil.example",
        "%252F%252Fevil.example",
        "javascript:alert(1)",
    ] {
        let evil = kernel::crypto::cookie::percent_encode(evil);
        for path in ["magic-link/verify", "verify-email"] {
            let path = format!("/api/auth/{path}?token={token}&callbackURL={evil}");
            anyone.get(&path).await.expect(403);
        }
        let path = format!("/api/auth/reset-password/{token}?callbackURL={evil}");
        anyone.get(&path).await.expect(403);
    }
    // None of these used it up.
    let led = anyone.get(&link).await.expect(302);
    assert_eq!(led.header("location"), "https://app.example/in");
}

#[tokio::test]
async fn a_code_signs_in_once() {
    let house = House::new().await;
    let anyone = browser(&house);
    let wish = json!({"email": ADA, "type": "sign-in"});
    native(&anyone, SEND_CODE, wish).await.expect(200);
    let code = code_to(&house, ADA).await;
    // For another purpose it is none.
    let body = json!({"email": ADA, "otp": code, "password": NEXT});
    for path in ["email-otp/verify-email", "email-otp/reset-password"] {
        let refused = native(&anyone, path, body.clone()).await.expect(400);
        assert_eq!(refused.json()["code"], "INVALID_OTP");
    }
    let body = json!({"email": ADA, "otp": code});
    let clients = copies(&house, &anyone, 8);
    assert_eq!(at_once(clients, BY_CODE, &body, 200).await, 1);
    let again = native(&anyone, BY_CODE, body).await.expect(400);
    assert_eq!(again.json()["code"], "INVALID_OTP");
    assert_eq!(house.number("select count(*) from auth.users").await, 1);
    assert_eq!(house.number("select count(*) from auth.sessions").await, 1);
}

#[tokio::test]
async fn a_code_lives_five_minutes_and_bears_three_guesses_however_they_come() {
    let house = House::new().await;
    let anyone = browser(&house);
    let wish = json!({"email": ADA, "type": "sign-in"});
    native(&anyone, SEND_CODE, wish.clone()).await.expect(200);
    let code = code_to(&house, ADA).await;
    house.clock.advance_seconds(300);
    let late = native(&anyone, BY_CODE, json!({"email": ADA, "otp": code})).await;
    assert_eq!(late.expect(400).json()["code"], "OTP_EXPIRED");

    native(&anyone, SEND_CODE, wish.clone()).await.expect(200);
    let code = code_to(&house, ADA).await;
    let wrong = json!({"email": ADA, "otp": other_than(&code)});
    let clients = copies(&house, &anyone, 10);
    at_once(clients, BY_CODE, &wrong, 400).await;
    let right = json!({"email": ADA, "otp": code});
    let answer = native(&anyone, BY_CODE, right).await;
    assert!(answer.status.is_client_error(), "{}", answer.text());

    // A newer code voids the older one.
    native(&anyone, SEND_CODE, wish.clone()).await.expect(200);
    let older = code_to(&house, ADA).await;
    native(&anyone, SEND_CODE, wish).await.expect(200);
    let newer = code_to(&house, ADA).await;
    let body = |code: &str| json!({"email": ADA, "otp": code});
    if older != newer {
        native(&anyone, BY_CODE, body(&older)).await.expect(400);
    }
    native(&anyone, BY_CODE, body(&newer)).await.expect(200);
}

#[tokio::test]
async fn a_code_sets_a_new_password_from_either_path() {
    let house = House::new().await;
    let ada = sign_up(&house, ADA).await;
    for (path, password) in [
        ("email-otp/request-password-reset", NEXT),
        ("forget-password/email-otp", "a third fine password"),
    ] {
        let anyone = browser(&house);
        native(&anyone, path, json!({"email": ADA}))
            .await
            .expect(200);
        let code = code_to(&house, ADA).await;
        let reset = "email-otp/reset-password";
        let body = |password: &str| json!({"email": ADA, "otp": code, "password": password});
        // A password that is refused does not use the code up.
        native(&anyone, reset, body("short")).await.expect(400);
        let clients = copies(&house, &anyone, 4);
        assert_eq!(at_once(clients, reset, &body(password), 200).await, 1);
        assert_eq!(signs_in(&house, password).await, 200);
    }
    assert!(!is_signed_in(&ada).await);
    assert_eq!(signs_in(&house, PASSWORD).await, 401);
}

#[tokio::test]
async fn magic_links_and_codes_can_be_switched_off() {
    let off = [
        ("MAGIC_LINK_ENABLED", "false"),
        ("EMAIL_CODE_ENABLED", "false"),
    ];
    let house = House::with(&off).await;
    let anyone = browser(&house);
    for path in [
        SEND_LINK,
        "magic-link/send-magic-link",
        SEND_CODE,
        BY_CODE,
        "email-otp/check-verification-otp",
        "email-otp/verify-email",
        "email-otp/request-password-reset",
        "forget-password/email-otp",
        "email-otp/reset-password",
        "email-otp/request-email-change",
        "email-otp/change-email",
    ] {
        let body = json!({"email": ADA, "type": "sign-in", "otp": "123456"});
        let answer = native(&anyone, path, body).await.expect(404);
        assert!(answer.body.is_empty(), "{path}");
    }
    anyone
        .get("/api/auth/magic-link/verify?token=x")
        .await
        .expect(404);
}

#[tokio::test]
async fn a_verification_link_proves_the_address_and_signs_in_once() {
    let house = House::with(&[("REQUIRE_EMAIL_VERIFICATION", "true")]).await;
    sign_up(&house, ADA).await;
    let refused = sign_in(&browser(&house), ADA).await.expect(403);
    assert_eq!(refused.json()["code"], "EMAIL_NOT_VERIFIED");
    let link = link_to(&house, ADA, "verify-email").await;
    let clients: Vec<Client> = (0..6).map(|_| browser(&house)).collect();
    let answers = followed_at_once(clients, &link).await;
    // A scanner may have been first: whoever comes later is led on as well, but not signed in.
    for answer in &answers {
        assert_eq!(answer.status, 302);
        assert!(
            answer.header("location").contains("/verified?notMe="),
            "{:?}",
            answer.headers
        );
    }
    let opened = answers.iter().filter(|answer| sets_a_session(answer));
    assert_eq!(opened.count(), 1);
    sign_in(&browser(&house), ADA).await.expect(200);
}

#[tokio::test]
async fn a_verification_link_lives_a_day_and_proves_one_address() {
    let house = House::new().await;
    let ada = sign_up(&house, ADA).await;
    let link = link_to(&house, ADA, "verify-email").await;
    house.clock.advance_seconds(86_400);
    let led = browser(&house).get(&link).await.expect(302);
    assert!(led.header("location").ends_with("error=TOKEN_EXPIRED"));
    assert_eq!(who(&ada).await["user"]["emailVerified"], false);

    native(&ada, "send-verification-email", json!({"email": ADA}))
        .await
        .expect(200);
    let link = link_to(&house, ADA, "verify-email").await;
    change_address(&house, &ada, "new@example.com").await;
    let led = browser(&house).get(&link).await.expect(302);
    assert!(led.header("location").ends_with("error=INVALID_TOKEN"));
    // Somebody else takes the old address: the old link is nothing to them.
    sign_up(&house, ADA).await;
    browser(&house).get(&link).await.expect(302);
    let proved =
        format!("select count(*) from auth.users where email = '{ADA}' and email_verified");
    assert_eq!(house.number(&proved).await, 0);
}

/// Asks for a reset and follows the mail to the app; the token it is given.
async fn reset_token(house: &House) -> String {
    let wish = json!({"email": ADA, "redirectTo": "/new"});
    native(&browser(house), "request-password-reset", wish)
        .await
        .expect(200);
    let link = link_to(house, ADA, "reset-password").await;
    let led = browser(house).get(&link).await.expect(302);
    query_of(led.header("location"), "token")
}

#[tokio::test]
async fn a_reset_works_once_on_either_surface_and_ends_every_session() {
    let house = House::new().await;
    let ada = sign_up(&house, ADA).await;
    let token = reset_token(&house).await;
    let short = json!({"token": token, "newPassword": "short"});
    native(&ada, "reset-password", short).await.expect(400);
    let clients = copies(&house, &browser(&house), 6);
    let body = json!({"token": token, "newPassword": NEXT});
    assert_eq!(at_once(clients, "reset-password", &body, 200).await, 1);
    let replayed = native(&browser(&house), "reset-password", body.clone()).await;
    assert_eq!(replayed.expect(400).json()["code"], "INVALID_TOKEN");
    house
        .ask("reset-password", body)
        .await
        .problem(400, "TOKEN_INVALID");
    assert!(!is_signed_in(&ada).await);
    assert_eq!(signs_in(&house, PASSWORD).await, 401);
    assert_eq!(signs_in(&house, NEXT).await, 200);

    let token = reset_token(&house).await;
    let body = json!({"token": token, "newPassword": PASSWORD});
    house.ask("reset-password", body).await.expect(200);
    assert_eq!(signs_in(&house, PASSWORD).await, 200);
}

#[tokio::test]
async fn a_reset_link_lives_an_hour_and_ends_with_any_later_change() {
    let house = House::new().await;
    let ada = sign_up(&house, ADA).await;
    let refused = async |token: &str| {
        let body = json!({"token": token, "newPassword": NEXT});
        let answer = native(&browser(&house), "reset-password", body).await;
        assert_eq!(answer.expect(400).json()["code"], "INVALID_TOKEN");
    };
    let token = reset_token(&house).await;
    house.clock.advance_seconds(3600);
    refused(&token).await;

    let (first, second) = (reset_token(&house).await, reset_token(&house).await);
    let body = json!({"token": second, "newPassword": PASSWORD});
    native(&browser(&house), "reset-password", body)
        .await
        .expect(200);
    refused(&first).await;

    let token = reset_token(&house).await;
    assert!(!is_signed_in(&ada).await);
    let again = browser(&house);
    sign_in(&again, ADA).await.expect(200);
    change_address(&house, &again, "new@example.com").await;
    refused(&token).await;
}

#[tokio::test]
async fn the_rest_surface_leads_links_of_other_places_to_our_own() {
    let house = House::new().await;
    house.register(ADA).await;
    for wish in [
        json!({"email": ADA, "redirectTo": EVIL}),
        json!({"email": ADA}),
    ] {
        house.ask("forgot-password", wish).await.expect(200);
        let link = link_to(&house, ADA, "reset-password").await;
        let led = browser(&house).get(&link).await.expect(302);
        let location = led.header("location");
        let own = format!("{}/reset-password?token=", testkit::BASE_URL);
        assert!(location.starts_with(&own), "{location}");
    }
    let wish = json!({"email": ADA, "sourceAppUrl": EVIL});
    house.ask("resend-verification", wish).await.expect(200);
    let link = link_to(&house, ADA, "verify-email").await;
    assert!(!link.contains("evil"), "{link}");
}

#[tokio::test]
async fn while_no_mail_leaves_people_are_answered_and_the_mails_wait() {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
        .to_string();
    let house = House::with(&[
        ("SMTP_HOST", "127.0.0.1"),
        ("SMTP_PORT", &port),
        ("SMTP_SECURITY", "none"),
    ])
    .await;
    let ada = sign_up(&house, ADA).await;
    let anyone = browser(&house);
    for (path, body) in [
        (SEND_LINK, json!({"email": ADA})),
        (SEND_CODE, json!({"email": ADA, "type": "sign-in"})),
        ("request-password-reset", json!({"email": ADA})),
        ("send-verification-email", json!({"email": ADA})),
    ] {
        native(&anyone, path, body).await.expect(200);
    }
    assert!(is_signed_in(&ada).await);
    let waiting = "select count(*) from platform.jobs where kind = 'mail.send' and dead_at is null";
    let before = house.number(waiting).await;
    assert!(before >= 5, "{before}");
    let mut registry = platform::jobs::Registry::default();
    house.mailer.register(&mut registry);
    while house.jobs.run_due(&registry).await.unwrap() > 0 {}
    assert_eq!(house.number(waiting).await, before);
    // They wait sealed.
    let stored = house
        .text("select string_agg(j::text, ' ') from platform.jobs j")
        .await;
    assert!(!stored.contains("callbackURL") && !stored.contains(ADA));
}
