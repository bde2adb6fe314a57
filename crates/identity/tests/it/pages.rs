//! The small pages behind mailed links: no link ends in a 404, none needs a script, none tells a token.

use crate::harness::{ADA, House, PASSWORD};
use crate::mailed::link_in;
use axum::body::Body;
use http::{Method, Request};
use serde_json::json;
use testkit::{Answer, BASE_URL, Client};

const NEXT: &str = "another fine password";

async fn last_link(house: &House, to: &str) -> String {
    link_in(&house.mails(to).await.pop().unwrap())
}

/// Where a redirect on our own site leads.
fn target(answer: &Answer) -> String {
    let location = answer.header("location");
    location.trim_start_matches(BASE_URL).to_owned()
}

pub(crate) async fn submit(client: &Client, path: &str, fields: &[(&str, &str)]) -> Answer {
    submit_with(client, path, fields, &[("sec-fetch-site", "same-origin")]).await
}

pub(crate) async fn submit_with(
    client: &Client,
    path: &str,
    fields: &[(&str, &str)],
    headers: &[(&str, &str)],
) -> Answer {
    let body: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header("content-type", "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    client.raw(request.body(Body::from(body)).unwrap()).await
}

/// The value of a hidden field.
pub(crate) fn hidden(page: &Answer, name: &str) -> String {
    let text = page.text();
    let start = format!("name=\"{name}\" value=\"");
    let (_, rest) = text.split_once(&start).unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[track_caller]
pub(crate) fn assert_is_page(page: &Answer) {
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(page.header("cache-control"), "no-store");
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'self'; form-action 'self'"));
    assert!(!page.text().contains("<script"));
}

/// A person and the page their reset link leads to.
async fn asked() -> (House, String) {
    let house = House::new().await;
    house.register(ADA).await;
    // Mails that are due together leave in any order.
    house.mails(ADA).await;
    house
        .ask("forgot-password", json!({"email": ADA}))
        .await
        .expect(200);
    let link = last_link(&house, ADA).await;
    let page = target(&house.client.get(&link).await.expect(302));
    assert!(page.starts_with("/reset-password?token="), "{page}");
    (house, page)
}

#[tokio::test]
async fn a_reset_link_leads_to_a_form_that_sets_the_password() {
    let (house, path) = asked().await;
    let before = house.login(ADA).await.0;
    let client = house.client.fresh();
    let page = client.get(&path).await.expect(200);
    assert_is_page(&page);
    assert!(page.text().contains("<html lang=\"de\">"));
    let english = client.clone().with("accept-language", "en-GB, de;q=0.5");
    let english = english.get(&path).await.expect(200).text();
    assert!(english.contains("<html lang=\"en\">") && english.contains("Set password"));
    client.get("/pages.css").await.expect(200);

    let token = hidden(&page, "token");
    let fields = [("token", token.as_str()), ("password", NEXT)];
    let done = submit(&client, "/reset-password", &fields)
        .await
        .expect(303);
    assert_eq!(done.header("location"), "/reset-password/done");
    let done = client.get("/reset-password/done").await.expect(200);
    assert_is_page(&done);
    house.try_login(ADA, PASSWORD).await.expect(401);
    house.try_login(ADA, NEXT).await.expect(200);
    let session = before.get("/api/v1/auth/session").await.expect(200).json();
    assert_eq!(session, json!(null));

    // The link was used.
    for answer in [
        client.get(&path).await,
        submit(&client, "/reset-password", &fields).await,
    ] {
        let text = answer.expect(400).text();
        assert!(text.contains("Dieser Link gilt nicht"), "{text}");
        assert!(!text.contains(&token) && !text.contains("<form"));
    }
}

#[tokio::test]
async fn a_password_that_is_too_short_or_long_leaves_the_form_open() {
    let (house, path) = asked().await;
    let client = house.client.fresh();
    let token = hidden(&client.get(&path).await.expect(200), "token");
    for (password, text) in [
        ("seven77".to_owned(), "mindestens 8 Zeichen"),
        ("x".repeat(129), "höchstens 128 Zeichen"),
        (String::new(), "mindestens 8 Zeichen"),
    ] {
        let fields = [("token", token.as_str()), ("password", password.as_str())];
        let page = submit(&client, "/reset-password", &fields)
            .await
            .expect(400);
        assert_is_page(&page);
        assert!(page.text().contains(text));
        assert!(page.text().contains("aria-invalid=\"true\""));
        assert_eq!(hidden(&page, "token"), token);
        assert!(password.is_empty() || !page.text().contains(&password));
    }
    let fields = [("token", token.as_str()), ("password", NEXT)];
    submit(&client, "/reset-password", &fields)
        .await
        .expect(303);
}

#[tokio::test]
async fn links_that_do_nothing_get_a_calm_page_whatever_they_carry() {
    let (house, path) = asked().await;
    let client = house.client.fresh();
    let odd = "/reset-password?token=%22%3E%3Cscript%3E";
    for path in [
        "/reset-password",
        "/reset-password?error=INVALID_TOKEN",
        odd,
    ] {
        let page = client.get(path).await.expect(400);
        assert_is_page(&page);
        assert!(page.text().contains("Dieser Link gilt nicht"));
    }
    let fields = [("token", "guess"), ("password", "short")];
    let page = submit(&client, "/reset-password", &fields)
        .await
        .expect(400);
    assert!(!page.text().contains("mindestens"));
    house.clock.advance_seconds(3601);
    client.get(&path).await.expect(400);
    let (_, token) = path.split_once("token=").unwrap();
    let fields = [("token", token), ("password", NEXT)];
    submit(&client, "/reset-password", &fields)
        .await
        .expect(400);
    house.try_login(ADA, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    let (house, path) = asked().await;
    let client = house.client.fresh();
    let token = hidden(&client.get(&path).await.expect(200), "token");
    let fields = [("token", token.as_str()), ("password", NEXT)];
    for headers in [
        &[("sec-fetch-site", "cross-site"), ("origin", BASE_URL)][..],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example")],
        &[("referer", "https://evil.example/page")],
    ] {
        let answer = submit_with(&client, "/reset-password", &fields, headers).await;
        answer.problem(403, "INVALID_ORIGIN");
    }
    let long = "x".repeat(9000);
    let fields = [("token", token.as_str()), ("password", long.as_str())];
    submit(&client, "/reset-password", &fields)
        .await
        .expect(413);
    // What browsers make of a page without referrer.
    let headers = [("origin", "null"), ("sec-fetch-site", "same-origin")];
    let fields = [("token", token.as_str()), ("password", NEXT)];
    let done = submit_with(&client, "/reset-password", &fields, &headers).await;
    done.expect(303);
}

#[tokio::test]
async fn of_forms_sent_at_once_one_sets_the_password() {
    let (house, path) = asked().await;
    let token = hidden(&house.client.get(&path).await.expect(200), "token");
    let mut at_once = tokio::task::JoinSet::new();
    for number in 0..6 {
        let (client, token) = (house.client.fresh(), token.clone());
        at_once.spawn(async move {
            let password = format!("{NEXT} {number}");
            let fields = [("token", token.as_str()), ("password", password.as_str())];
            submit(&client, "/reset-password", &fields)
                .await
                .status
                .as_u16()
        });
    }
    let mut answers = at_once.join_all().await;
    answers.sort_unstable();
    assert_eq!(answers, [303, 400, 400, 400, 400, 400]);
}

#[tokio::test]
async fn no_mailed_link_ends_in_a_404() {
    let house = House::with(&[("REQUIRE_EMAIL_VERIFICATION", "true")]).await;
    house.register(ADA).await;
    let mut ends = Vec::new();
    let verify = last_link(&house, ADA).await;
    let browser = house.client.fresh().with("origin", BASE_URL);
    ends.push(target(&browser.get(&verify).await.expect(302)));
    for (path, body) in [
        ("sign-in/magic-link", json!({"email": ADA})),
        ("request-password-reset", json!({"email": ADA})),
        ("change-email", json!({"newEmail": "new@example.com"})),
    ] {
        let path = format!("/api/auth/{path}");
        browser.post(&path, body).await.expect(200);
        let link = last_link(&house, ADA).await;
        ends.push(target(&browser.get(&link).await.expect(302)));
    }
    let link = last_link(&house, "new@example.com").await;
    ends.push(target(&browser.get(&link).await.expect(302)));
    // The same links a second time.
    ends.push(target(&browser.get(&link).await.expect(302)));
    for end in ends {
        let page = house.client.fresh().get(&end).await;
        assert!(matches!(page.status.as_u16(), 200 | 400), "{end}");
        assert_is_page(&page);
    }
}

#[tokio::test]
async fn a_deletion_link_asks_first_and_only_its_person() {
    let house = House::with(&[("REQUIRE_EMAIL_VERIFICATION", "true")]).await;
    let mut browsers = Vec::new();
    for email in [ADA, "eve@example.com"] {
        house.register(email).await;
        let verify = last_link(&house, email).await;
        let browser = house.client.fresh().with("origin", BASE_URL);
        browser.get(&verify).await.expect(302);
        browsers.push(browser);
    }
    let [ada, eve] = browsers.try_into().ok().unwrap();
    ada.post("/api/auth/delete-user", json!({}))
        .await
        .expect(200);
    let link = last_link(&house, ADA).await;
    let stranger = house.client.fresh();
    let page = stranger.get(&link).await.expect(401);
    assert_is_page(&page);
    assert!(page.text().contains("Melde dich zuerst an"));
    eve.get(&link).await.expect(400);
    let page = ada.get(&link).await.expect(200);
    assert_is_page(&page);
    assert!(page.text().contains(ADA));
    let token = hidden(&page, "token");
    let fields = [
        ("token", token.as_str()),
        ("callbackURL", "https://evil.example"),
    ];
    submit(&stranger, "/delete-account", &fields)
        .await
        .expect(401);
    submit(&eve, "/delete-account", &fields).await.expect(400);
    let headers = [("sec-fetch-site", "cross-site")];
    let answer = submit_with(&ada, "/delete-account", &fields, &headers).await;
    answer.problem(403, "INVALID_ORIGIN");
    assert_eq!(house.number("select count(*) from auth.users").await, 2);
    let gone = submit(&ada, "/delete-account", &fields).await.expect(303);
    assert_eq!(gone.header("location"), "/account-deleted");
    assert_eq!(house.number("select count(*) from auth.users").await, 1);
    assert_is_page(&ada.get("/account-deleted").await.expect(200));
    assert_eq!(ada.cookie("mana.session_token"), None);
}

#[tokio::test]
async fn where_an_app_is_configured_links_lead_there_on_both_surfaces() {
    let house = House::with(&[("FRONTEND_URL", "https://app.example/start")]).await;
    house.register(ADA).await;
    let verify = last_link(&house, ADA).await;
    let client = house.client.fresh().with("origin", BASE_URL);
    let end = client.get(&verify).await.expect(302);
    assert_eq!(end.header("location"), "https://app.example/start");
    let reset = "https://app.example/reset-password?token=";
    for (path, body, end) in [
        ("v1/auth/forgot-password", json!({"email": ADA}), reset),
        ("auth/request-password-reset", json!({"email": ADA}), reset),
        (
            "auth/request-password-reset",
            json!({"email": ADA, "redirectTo": ""}),
            reset,
        ),
        (
            "auth/sign-in/magic-link",
            json!({"email": ADA}),
            "https://app.example/start",
        ),
        (
            "auth/change-email",
            json!({"newEmail": "new@example.com", "callbackURL": ""}),
            "https://app.example/start",
        ),
    ] {
        client.post(&format!("/api/{path}"), body).await.expect(200);
        let link = last_link(&house, ADA).await;
        let answer = client.get(&link).await.expect(302);
        let location = answer.header("location");
        assert!(location.starts_with(end), "{path}: {location}");
    }
}
