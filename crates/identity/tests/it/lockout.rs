//! Lockout: five failures within fifteen minutes lock for thirty, whoever the address belongs to.

use crate::harness::{ADA, House, PASSWORD, WRONG};
use std::sync::Arc;
use testkit::Answer;

async fn fail_five_times(house: &House, email: &str) {
    for _ in 0..5 {
        house
            .try_login(email, WRONG)
            .await
            .problem(401, "INVALID_CREDENTIALS");
    }
}

fn locked_for(answer: Answer, seconds: u64) {
    assert_eq!(answer.header("retry-after"), seconds.to_string());
    let problem = answer.problem(429, "ACCOUNT_LOCKED");
    assert_eq!(problem["retryAfterSec"], seconds);
    assert_eq!(problem["retryAfter"], seconds);
    assert_eq!(problem["remainingSeconds"], seconds);
}

#[tokio::test]
async fn regression_7_1_43_failures_are_recorded_and_the_sixth_login_is_a_429() {
    let house = House::new().await;
    house.register(ADA).await;
    fail_five_times(&house, ADA).await;
    let counted = "select count(*) from auth.login_attempts where email = 'ada@example.com'";
    assert_eq!(house.number(counted).await, 5);
    locked_for(house.try_login(ADA, PASSWORD).await, 1800);
    locked_for(house.try_login(ADA, WRONG).await, 1800);
    assert_eq!(
        house.number(counted).await,
        5,
        "locked attempts add nothing"
    );
}

#[tokio::test]
async fn regression_7_2_the_lock_lasts_thirty_minutes_from_the_last_failure() {
    let house = House::new().await;
    house.register(ADA).await;
    for _ in 0..5 {
        house.try_login(ADA, WRONG).await.expect(401);
        house.clock.advance_seconds(120);
    }
    // The last failure is two minutes old.
    locked_for(house.try_login(ADA, PASSWORD).await, 1680);
    house.clock.advance_seconds(1679);
    locked_for(house.try_login(ADA, PASSWORD).await, 1);
    house.clock.advance_seconds(1);
    house.try_login(ADA, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn after_the_lock_the_count_starts_again() {
    let house = House::new().await;
    house.register(ADA).await;
    fail_five_times(&house, ADA).await;
    house.clock.advance_seconds(1800);
    fail_five_times(&house, ADA).await;
    locked_for(house.try_login(ADA, PASSWORD).await, 1800);
}

#[tokio::test]
async fn failures_further_apart_than_the_window_do_not_add_up() {
    let house = House::new().await;
    house.register(ADA).await;
    for _ in 0..12 {
        house.try_login(ADA, WRONG).await.expect(401);
        house.clock.advance_seconds(226);
    }
    house.try_login(ADA, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn regression_7_2_letter_case_and_spaces_make_no_other_bucket() {
    let house = House::new().await;
    house.register(ADA).await;
    for email in [
        ADA,
        "ADA@example.com",
        "Ada@Example.Com",
        " ada@example.com",
        "ada@EXAMPLE.com ",
    ] {
        house.try_login(email, WRONG).await.expect(401);
    }
    locked_for(house.try_login(ADA, PASSWORD).await, 1800);
}

#[tokio::test]
async fn an_unknown_address_locks_alike() {
    let house = House::new().await;
    house.register(ADA).await;
    let mut answers = Vec::new();
    for email in [ADA, "nobody@example.com"] {
        fail_five_times(&house, email).await;
        let answer = house.try_login(email, WRONG).await;
        answers.push(answer.text());
        locked_for(answer, 1800);
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn a_success_clears_the_count() {
    let house = House::new().await;
    house.register(ADA).await;
    for _ in 0..3 {
        for _ in 0..4 {
            house.try_login(ADA, WRONG).await.expect(401);
        }
        house.try_login(ADA, PASSWORD).await.expect(200);
        assert_eq!(
            house
                .number("select count(*) from auth.login_attempts")
                .await,
            0
        );
    }
}

#[tokio::test]
async fn another_address_is_not_locked_along() {
    let house = House::new().await;
    house.register(ADA).await;
    house.register("bob@example.com").await;
    fail_five_times(&house, ADA).await;
    house
        .try_login("bob@example.com", PASSWORD)
        .await
        .expect(200);
}

#[tokio::test]
async fn parallel_guesses_learn_no_more_than_the_lock_allows() {
    let house = Arc::new(House::new().await);
    house.register(ADA).await;
    let guesses: Vec<_> = (0..40)
        .map(|number| {
            let house = house.clone();
            tokio::spawn(async move {
                house
                    .try_login(ADA, &format!("guess number {number}"))
                    .await
            })
        })
        .collect();
    let mut told = 0;
    for guess in guesses {
        let answer = guess.await.unwrap();
        if answer.status == 401 {
            told += 1;
        } else {
            locked_for(answer, 1800);
        }
    }
    assert_eq!(told, 5);
    let counted = "select count(*) from auth.login_attempts";
    assert_eq!(house.number(counted).await, 5);
    locked_for(house.try_login(ADA, PASSWORD).await, 1800);
}

#[tokio::test]
async fn a_lock_outlives_a_restart_and_holds_on_every_server() {
    let house = House::new().await;
    house.register(ADA).await;
    let other = house.again().await;
    for number in 0..5 {
        let server = if number % 2 == 0 { &house } else { &other };
        server.try_login(ADA, WRONG).await.expect(401);
    }
    locked_for(house.try_login(ADA, PASSWORD).await, 1800);
    locked_for(other.try_login(ADA, PASSWORD).await, 1800);
}

#[tokio::test]
async fn a_lock_does_not_end_sessions_that_are_open() {
    let house = House::new().await;
    let (_, client, _) = house.person(ADA).await;
    fail_five_times(&house, ADA).await;
    let session = client.get("/api/v1/auth/session").await.expect(200).json();
    assert_eq!(session["user"]["email"], ADA);
}
