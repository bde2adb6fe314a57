//! The first administrator's link.

use crate::harness::{House, PASSWORD};
use axum::body::Body;
use http::{Method, Request};
use serde_json::json;
use testkit::{Answer, Client};

/// The path of a fresh link.
async fn link(house: &House) -> String {
    let link = house.app.identity.make_admin_link().await.unwrap().unwrap();
    link.strip_prefix(testkit::BASE_URL).unwrap().to_owned()
}

async fn post(house: &House, link: &str, email: &str, password: &str) -> Answer {
    submit(&house.client.fresh(), link, email, password).await
}

async fn submit(client: &Client, link: &str, email: &str, password: &str) -> Answer {
    let (_, token) = link.split_once("token=").unwrap();
    let form = [
        ("token", token),
        ("email", email),
        ("name", "Grace <b>"),
        ("password", password),
    ];
    let pairs: Vec<String> = form
        .iter()
        .map(|(name, value)| {
            format!(
                "{name}={}",
                value
                    .replace(' ', "+")
                    .replace('@', "%40")
                    .replace('<', "%3C")
            )
        })
        .collect();
    let request = Request::builder()
        .method(Method::POST)
        .uri("/setup")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept-language", "en");
    client
        .raw(request.body(Body::from(pairs.join("&"))).unwrap())
        .await
}

#[tokio::test]
async fn a_link_makes_one_verified_administrator_and_is_used_up() {
    let house = House::with(&[("REQUIRE_EMAIL_VERIFICATION", "true")]).await;
    let link = link(&house).await;
    let page = house.client.get(&link).await.expect(200);
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(
        page.header("content-security-policy")
            .starts_with("default-src 'none'; style-src 'self'; form-action 'self'")
    );
    assert!(!page.text().contains("<script"));
    let made = post(&house, &link, "grace@example.com", PASSWORD)
        .await
        .expect(303);
    assert_eq!(made.header("location"), "/setup/done");
    house.client.get("/setup/done").await.expect(200);
    let (_, body) = house.login("grace@example.com").await;
    assert_eq!(body["user"]["role"], "admin");
    assert_eq!(body["user"]["emailVerified"], true);
    assert_eq!(body["user"]["name"], "Grace <b>");
    post(&house, &link, "eve@example.com", PASSWORD)
        .await
        .expect(410);
    house.client.get(&link).await.expect(410);
    assert_eq!(house.app.identity.make_admin_link().await.unwrap(), None);
}

#[tokio::test]
async fn of_parallel_uses_one_wins() {
    let house = House::new().await;
    let link = link(&house).await;
    let emails: Vec<String> = (0..8)
        .map(|number| format!("admin{number}@example.com"))
        .collect();
    let mut tasks = tokio::task::JoinSet::new();
    for email in emails {
        tasks.spawn(send(house.client.fresh(), link.clone(), email));
    }
    let mut won = 0;
    for answer in tasks.join_all().await {
        match answer.status.as_u16() {
            303 => won += 1,
            400 | 410 => {}
            other => panic!("{other}"),
        }
    }
    assert_eq!(won, 1);
}

async fn send(client: Client, link: String, email: String) -> Answer {
    submit(&client, &link, &email, PASSWORD).await
}

#[tokio::test]
async fn wrong_replaced_and_expired_links_get_a_page_that_says_so() {
    let house = House::new().await;
    house.client.get("/setup").await.expect(400);
    house.client.get("/setup?token=guess").await.expect(400);
    post(&house, "/setup?token=guess", "eve@example.com", PASSWORD)
        .await
        .expect(400);
    let first = link(&house).await;
    let second = link(&house).await;
    house.client.get(&first).await.expect(400);
    post(&house, &first, "eve@example.com", PASSWORD)
        .await
        .expect(400);
    house.clock.advance_seconds(24 * 3600 + 1);
    house.client.get(&second).await.expect(410);
    let late = post(&house, &second, "eve@example.com", PASSWORD)
        .await
        .expect(410);
    assert!(late.text().contains("mana-auth user admin-link"));
}

#[tokio::test]
async fn the_form_names_what_is_wrong_and_the_link_still_counts() {
    let house = House::new().await;
    house.register("taken@example.com").await;
    let link = link(&house).await;
    let wrong = post(&house, &link, "\"><script>", "short")
        .await
        .expect(400)
        .text();
    assert!(wrong.contains("That is not an e-mail address."), "{wrong}");
    assert!(wrong.contains("The password needs at least 8 characters."));
    assert!(
        wrong.contains("value=\"Grace &lt;b&gt;\""),
        "what was typed stays"
    );
    assert!(
        !wrong.contains("<script") && !wrong.contains("short\""),
        "{wrong}"
    );
    let taken = post(&house, &link, "taken@example.com", PASSWORD)
        .await
        .expect(409);
    assert!(
        taken
            .text()
            .contains("An account with this address exists.")
    );
    post(&house, &link, "grace@example.com", PASSWORD)
        .await
        .expect(303);
}

#[tokio::test]
async fn the_page_speaks_the_browsers_language() {
    let house = House::new().await;
    let link = link(&house).await;
    let page = |language: &'static str| {
        let client = house.client.fresh().with("accept-language", language);
        let link = link.clone();
        async move { client.get(&link).await.expect(200).text() }
    };
    assert!(page("en-GB,de;q=0.5").await.contains("First administrator"));
    assert!(page("fr,de;q=0.5").await.contains("Erstes Admin-Konto"));
}

#[tokio::test]
async fn the_link_is_no_secret_at_rest_and_people_cannot_ask_for_one() {
    let house = House::new().await;
    let link = link(&house).await;
    let (_, token) = link.split_once("token=").unwrap();
    let rows = house.database.superuser().await;
    let row = rows
        .query_one(
            "select value from auth.verification where identifier = 'setup-admin'",
            &[],
        )
        .await
        .unwrap();
    let kept: String = row.get(0);
    assert!(token.len() == 43 && kept != token && !kept.contains(token));
    let body = json!({"email": "eve@example.com", "password": PASSWORD, "role": "admin"});
    house
        .client
        .post("/api/v1/auth/register", body)
        .await
        .expect(200);
    let (_, body) = house.login("eve@example.com").await;
    assert_eq!(body["user"]["role"], "user");
}

#[tokio::test]
async fn posting_is_limited_like_registration() {
    let house = House::with(&[("RATE_LIMIT_ENABLED", "true")]).await;
    for _ in 0..5 {
        post(&house, "/setup?token=guess", "eve@example.com", PASSWORD)
            .await
            .expect(400);
    }
    post(&house, "/setup?token=guess", "eve@example.com", PASSWORD)
        .await
        .expect(429);
}
