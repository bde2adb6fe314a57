//! A password that changes while it is being checked: nobody gets in with the old one.

use crate::harness::{ADA, House, PASSWORD};
use serde_json::{Value, json};
use testkit::Answer;

/// Signs in natively or on v1 while somebody else's transaction changes the password: it is checked against the old hash
/// and has to wait with the rest.
async fn sign_in_during_a_change(house: &House, path: &'static str) -> Answer {
    let mut other = house.database.superuser().await;
    let change = other.transaction().await.unwrap();
    let statement = "update auth.accounts set password = 'another' || password";
    change.execute(statement, &[]).await.unwrap();
    let client = house.client.fresh();
    let body = json!({"email": ADA, "password": PASSWORD});
    let sign_in = tokio::spawn(async move { client.post(path, body).await });
    let waiting = "select count(*) from pg_locks where not granted
        and (database is null or database = (select oid from pg_database where datname = current_database()))";
    while house.number(waiting).await == 0 {
        assert!(!sign_in.is_finished(), "nobody waited");
        tokio::task::yield_now().await;
    }
    change.commit().await.unwrap();
    sign_in.await.unwrap()
}

#[tokio::test]
async fn a_sign_in_that_began_before_the_change_opens_no_session() {
    let house = House::new().await;
    house.register(ADA).await;
    let refused = sign_in_during_a_change(&house, "/api/v1/auth/login").await;
    refused.problem(401, "INVALID_CREDENTIALS");
    assert_eq!(house.number("select count(*) from auth.sessions").await, 0);
}

#[tokio::test]
async fn a_sign_in_that_began_before_the_change_asks_for_no_second_factor() {
    let house = House::new().await;
    let (_, client, _) = house.person(ADA).await;
    let body = json!({"password": PASSWORD, "method": "otp"});
    let path = "/api/auth/two-factor/enable";
    client.post(path, body).await.expect(200);
    let refused = sign_in_during_a_change(&house, "/api/auth/sign-in/email").await;
    let refused = refused.expect(401);
    assert_eq!(refused.json()["code"], "INVALID_EMAIL_OR_PASSWORD");
    assert_eq!(refused.json()["twoFactorRedirect"], Value::Null);
    let challenges = "select count(*) from auth.verification where kind = 'two-factor'";
    assert_eq!(house.number(challenges).await, 0);
}

#[tokio::test]
async fn a_hash_that_is_replaced_at_sign_in_is_the_one_that_counts() {
    let house = House::new().await;
    house.register(ADA).await;
    // Hashes that cost less than they should are replaced, whatever made them.
    let dear = House::again_with(&house, &[("PASSWORD_MEMORY_KIB", "128")])
        .await
        .unwrap();
    let before = house.text("select password from auth.accounts").await;
    dear.login(ADA).await;
    let after = house.text("select password from auth.accounts").await;
    assert_ne!(before, after);
    dear.login(ADA).await;
    assert_eq!(
        house.text("select password from auth.accounts").await,
        after
    );
}
