//! Deleting an account after a grace.

use crate::harness::{ADA, House, PASSWORD};
use platform::jobs::Registry;
use serde_json::json;
use tokio::task::JoinSet;

async fn run_jobs(house: &House) {
    let mut registry = Registry::default();
    house.identity.jobs(&mut registry);
    while house.jobs.run_due(&registry).await.unwrap() > 0 {}
}

#[tokio::test]
async fn a_deleted_account_is_closed_at_once_and_erased_after_its_grace() {
    let house = House::with(&[("ACCOUNT_DELETION_GRACE_DAYS", "14")]).await;
    let (_, client, login) = house.person(ADA).await;
    let body = json!({"password": PASSWORD});
    client
        .delete("/api/v1/auth/account", Some(body))
        .await
        .expect(200);
    client
        .get("/api/v1/auth/profile")
        .await
        .problem(401, "UNAUTHORIZED");
    house
        .refresh(&login["refreshToken"])
        .await
        .problem(401, "TOKEN_INVALID");
    house
        .try_login(ADA, PASSWORD)
        .await
        .problem(401, "INVALID_CREDENTIALS");
    let event = "select count(*) from auth.security_events where event_type = 'ACCOUNT_DELETED' and user_id is not null";
    assert_eq!(house.number(event).await, 1);

    house.clock.advance_seconds(13 * 86_400);
    run_jobs(&house).await;
    assert_eq!(house.number("select count(*) from auth.users").await, 1);
    house.clock.advance_seconds(86_400 + 3_600);
    run_jobs(&house).await;
    for table in [
        "users",
        "accounts",
        "sessions",
        "refresh_tokens",
        "user_settings",
    ] {
        let query = format!("select count(*) from auth.{table}");
        assert_eq!(house.number(&query).await, 0, "{table}");
    }
    house.register(ADA).await;
}

#[tokio::test]
async fn an_account_that_is_deleted_twice_at_once_is_told_of_once() {
    let house = House::new().await;
    let (_, client, _) = house.person(ADA).await;
    let mut at_once = JoinSet::new();
    for _ in 0..6 {
        let client = client.clone();
        at_once.spawn(async move {
            let body = json!({"password": PASSWORD});
            let answer = client.delete("/api/v1/auth/account", Some(body)).await;
            assert!(!answer.status.is_server_error(), "{}", answer.status);
        });
    }
    at_once.join_all().await;
    let mails = house.mails(ADA).await;
    let told = mails
        .iter()
        .filter(|mail| mail.subject == "Dein Konto wurde gelöscht");
    assert_eq!(told.count(), 1);
}
