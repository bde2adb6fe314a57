//! Links that move an account: alone they act only where its person is signed in, elsewhere a page asks, and nobody is
//! signed in by them.

use crate::harness::{House, PASSWORD};
use crate::pages::{assert_is_page, hidden, submit, submit_with};
use crate::steps::{browser, enrol, is_signed_in, link_to, native, sign_in, sign_up, who};
use http::Method;
use serde_json::json;
use testkit::{Answer, BASE_URL, Client, Kind, SoftPasskey};

const EVE: &str = "eve@example.com";
const VICTIM: &str = "victim@example.com";
const NEXT: &str = "another fine password";
const PAGE: &str = "/change-email";

/// Eve asks for the victim's address on either surface; the link that the victim is mailed.
async fn asked(house: &House, eve: &Client, surface: &str) -> String {
    let body = json!({"newEmail": VICTIM});
    let path = format!("/api/{surface}/change-email");
    eve.post(&path, body).await.expect(200);
    link_to(house, VICTIM, "verify-email").await
}

/// The page that a link leads to where nobody is signed in.
async fn page_of(client: &Client, link: &str) -> (String, Answer) {
    let led = client.get(link).await.expect(302);
    let path = led
        .header("location")
        .trim_start_matches(BASE_URL)
        .to_owned();
    assert!(path.starts_with(&format!("{PAGE}?token=")), "{path}");
    assert!(led.headers.get("set-cookie").is_none(), "{:?}", led.headers);
    let page = client.get(&path).await.expect(200);
    assert_is_page(&page);
    (path, page)
}

async fn address_of(house: &House, name: &str) -> String {
    let query = format!("select email from auth.users where name = '{name}'");
    house.text(&query).await
}

#[tokio::test]
async fn a_stranger_gets_no_address_by_a_bare_get() {
    for surface in ["auth", "v1/auth"] {
        let house = House::new().await;
        let eve = sign_up(&house, EVE).await;
        let link = asked(&house, &eve, surface).await;
        let victim = browser(&house);
        // A scanner, a second click, and a browser that is signed in as somebody else.
        let bob = sign_up(&house, "bob@example.com").await;
        for client in [&victim, &victim, &bob] {
            let (path, page) = page_of(client, &link).await;
            let text = page.text();
            assert!(text.contains("Ada") && text.contains(EVE) && text.contains(VICTIM));
            assert!(text.contains("01.06.2026 um 12:00 UTC"), "{text}");
            for path in [&link, &path] {
                client.send(Method::HEAD, path, None).await;
            }
        }
        assert!(!is_signed_in(&victim).await);
        assert_eq!(who(&bob).await["user"]["email"], "bob@example.com");
        let held = format!("select count(*) from auth.users where email = '{VICTIM}'");
        assert_eq!(house.number(&held).await, 0);
    }
}

#[tokio::test]
async fn the_button_takes_what_an_unproved_stranger_left_and_signs_nobody_in() {
    let house = House::new().await;
    let eve = sign_up(&house, EVE).await;
    let device = SoftPasskey::new(Kind::P256, BASE_URL);
    let options = "/api/auth/passkey/generate-register-options";
    let options = eve.get(options).await.expect(200).json();
    let body = json!({"response": device.register(&options)});
    let path = "passkey/verify-registration";
    native(&eve, path, body).await.expect(200);
    enrol(&house, &eve).await;
    let link = asked(&house, &eve, "auth").await;
    let victim = browser(&house);
    let (_, page) = page_of(&victim, &link).await;
    let token = hidden(&page, "token");
    let done = submit(&victim, PAGE, &[("token", &token)])
        .await
        .expect(303);
    let next = done.header("location").to_owned();
    assert!(next.starts_with("/reset-password?token="), "{next}");
    assert!(!is_signed_in(&victim).await && !is_signed_in(&eve).await);
    assert_eq!(address_of(&house, "Ada").await, VICTIM);
    sign_in(&browser(&house), VICTIM).await.expect(401);
    for table in ["passkeys", "two_factor_auth", "accounts", "known_devices"] {
        let query = format!("select count(*) from auth.{table}");
        assert_eq!(house.number(&query).await, 0, "{table}");
    }
    let token = hidden(&victim.get(&next).await.expect(200), "token");
    let fields = [("token", token.as_str()), ("password", NEXT)];
    submit(&victim, "/reset-password", &fields)
        .await
        .expect(303);
    let body = json!({"email": VICTIM, "password": NEXT});
    let entered = native(&victim, "sign-in/email", body).await.expect(200);
    assert_eq!(entered.json()["user"]["emailVerified"], true);
}

#[tokio::test]
async fn a_proved_account_moves_by_two_buttons_and_keeps_its_password() {
    let house = House::new().await;
    let ada = sign_up(&house, EVE).await;
    house
        .sql("update auth.users set email_verified = true")
        .await;
    let body = json!({"newEmail": VICTIM, "callbackURL": "/moved"});
    native(&ada, "change-email", body).await.expect(200);
    let link = link_to(&house, EVE, "verify-email").await;
    let phone = browser(&house);
    let (path, page) = page_of(&phone, &link).await;
    assert!(page.text().contains("Änderung zustimmen"));
    let english = phone.clone().with("accept-language", "en");
    let english = english.get(&path).await.expect(200).text();
    assert!(english.contains("Agree to the change"), "{english}");
    let token = hidden(&page, "token");
    let fields = [
        ("token", token.as_str()),
        ("callbackURL", "https://evil.example"),
    ];
    for headers in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("origin", "https://evil.example")],
    ] {
        let foreign = submit_with(&house.client.fresh(), PAGE, &fields, headers).await;
        foreign.problem(403, "INVALID_ORIGIN");
    }
    assert!(house.mails(VICTIM).await.is_empty());
    let led = submit(&phone, PAGE, &fields).await.expect(303);
    assert_eq!(led.header("location"), "/change-confirmed");
    submit(&phone, PAGE, &fields).await.expect(400);
    assert!(is_signed_in(&ada).await);

    let link = link_to(&house, VICTIM, "verify-email").await;
    let (_, page) = page_of(&phone, &link).await;
    let token = hidden(&page, "token");
    let fields = [("token", token.as_str()), ("callbackURL", "/moved")];
    let led = submit(&phone, PAGE, &fields).await.expect(303);
    assert_eq!(led.header("location"), "/moved");
    assert!(!is_signed_in(&ada).await && !is_signed_in(&phone).await);
    sign_in(&browser(&house), VICTIM).await.expect(200);
}

#[tokio::test]
async fn where_its_person_is_signed_in_a_link_moves_the_account_at_once() {
    let house = House::new().await;
    let ada = sign_up(&house, EVE).await;
    let link = asked(&house, &ada, "auth").await;
    ada.get(&link).await.expect(302);
    let session = who(&ada).await;
    assert_eq!(session["user"]["email"], VICTIM);
    assert_eq!(session["user"]["emailVerified"], true);
    sign_in(&browser(&house), VICTIM).await.expect(200);
}

#[tokio::test]
async fn an_app_that_follows_on_its_own_is_told_to_sign_in() {
    let house = House::new().await;
    let eve = sign_up(&house, EVE).await;
    let link = asked(&house, &eve, "auth").await;
    let bare = link.split('&').next().unwrap();
    let refused = browser(&house).get(bare).await.expect(401);
    assert_eq!(refused.json()["code"], "UNAUTHORIZED");
    let page = browser(&house).with("accept", "text/html,*/*;q=0.8");
    page_of(&page, bare).await;
}

#[tokio::test]
async fn pages_of_links_that_do_nothing_are_calm() {
    let house = House::new().await;
    let eve = sign_up(&house, EVE).await;
    let link = asked(&house, &eve, "auth").await;
    let verify = link_to(&house, EVE, "verify-email").await;
    let token = crate::steps::query_of(&verify, "token");
    let client = browser(&house);
    for page in [PAGE, "/not-me"] {
        for query in ["", "?token=", "?token=%22%3E%3Cscript%3E"] {
            let answer = client.get(&format!("{page}{query}")).await.expect(400);
            assert_is_page(&answer);
            assert!(answer.text().contains("Dieser Link gilt nicht"));
        }
        submit(&client, page, &[("token", "x")]).await.expect(400);
    }
    // What only proves an address moves nothing.
    submit(&client, PAGE, &[("token", &token)])
        .await
        .expect(400);
    let (path, page) = page_of(&client, &link).await;
    let token = hidden(&page, "token");
    house.clock.advance_seconds(86_400);
    client.get(&path).await.expect(400);
    submit(&client, PAGE, &[("token", &token)])
        .await
        .expect(400);
}

#[tokio::test]
async fn a_person_who_is_gone_changes_no_address() {
    let house = House::new().await;
    let (id, ada, _) = house.person(EVE).await;
    // Still in the session cache.
    ada.get("/api/v1/auth/session").await.expect(200);
    house
        .sql(&format!(
            "update auth.users set deleted_at = now() where id = '{id}'"
        ))
        .await;
    let body = json!({"newEmail": VICTIM});
    ada.post("/api/v1/auth/change-email", body.clone())
        .await
        .problem(401, "UNAUTHORIZED");
    native(&ada, "change-email", body).await.expect(401);
    let body = json!({"name": "Eve"});
    ada.post("/api/v1/auth/profile", body.clone())
        .await
        .problem(401, "UNAUTHORIZED");
    native(&ada, "update-user", body).await.expect(401);
    let body = json!({"newEmail": VICTIM});
    native(&ada, "email-otp/request-email-change", body)
        .await
        .expect(401);
    let body = json!({"currentPassword": PASSWORD, "newPassword": NEXT});
    ada.post("/api/v1/auth/change-password", body)
        .await
        .problem(401, "UNAUTHORIZED");
    assert!(house.mails(VICTIM).await.is_empty());
    let left =
        "select count(*) from auth.verification where kind <> 'verify-email' and kind <> 'not-me'";
    assert_eq!(house.number(left).await, 0);
}
