use crate::support::{World, balance, config, spend};
use serde_json::json;

#[tokio::test]
async fn a_new_person_has_the_bonus_and_no_grant_on_the_signup_day() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    let shown = json!({"balance": 0, "freeCreditsRemaining": 150, "totalEarned": 0, "totalSpent": 0, "dailyFreeCredits": 5});
    assert_eq!(balance(&anna).await, shown);
    assert_eq!(balance(&anna).await, shown);
    world.assert_clean().await;
}

#[tokio::test]
async fn the_signup_ledger_row_says_before_0_after_150() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    let rows = anna
        .get("/api/v1/credits/transactions")
        .await
        .expect(200)
        .json();
    let row = &rows[0];
    assert_eq!(row["type"], "bonus");
    assert_eq!(row["amount"], 150);
    assert_eq!(row["balanceBefore"], 0);
    assert_eq!(row["balanceAfter"], 150);
    assert_eq!(row["appId"], "system");
    assert_eq!(row["description"], "Signup bonus");
    assert_eq!(rows.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_configured_0_means_0_and_writes_no_row() {
    let world = World::with(config(0, 0)).await;
    let anna = world.register("anna").await;
    assert_eq!(balance(&anna).await["freeCreditsRemaining"], 0);
    world.clock.advance_seconds(86_400);
    let shown = balance(&anna).await;
    assert_eq!(shown["freeCreditsRemaining"], 0);
    assert_eq!(shown["dailyFreeCredits"], 0);
    let rows = anna
        .get("/api/v1/credits/transactions")
        .await
        .expect(200)
        .json();
    assert_eq!(rows, json!([]));
    world.assert_clean().await;
}

#[tokio::test]
async fn the_daily_grant_comes_once_per_calendar_day_and_missed_days_give_one() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    world.clock.set("2026-06-01T23:59:59.999Z");
    assert_eq!(balance(&anna).await["freeCreditsRemaining"], 150);
    world.clock.set("2026-06-02T00:00:00Z");
    let shown = balance(&anna).await;
    assert_eq!(shown["freeCreditsRemaining"], 155);
    assert_eq!(shown["totalEarned"], 0);
    assert_eq!(balance(&anna).await["freeCreditsRemaining"], 155);
    world.clock.set("2026-06-20T08:00:00Z");
    assert_eq!(balance(&anna).await["freeCreditsRemaining"], 160);
    let rows = anna
        .get("/api/v1/credits/transactions?limit=1")
        .await
        .expect(200)
        .json();
    assert_eq!(rows[0]["description"], "Daily free credits");
    assert_eq!(rows[0]["balanceBefore"], 155);
    assert_eq!(rows[0]["balanceAfter"], 160);
    world.assert_clean().await;
}

#[tokio::test]
async fn the_daily_grant_comes_before_a_use_too() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    world.clock.advance_seconds(86_400);
    let used = spend(&anna, 155).await.expect(200).json();
    assert_eq!(used["transaction"]["balanceBefore"], 155);
    assert_eq!(used["newBalance"]["freeCreditsRemaining"], 0);
    let rows = anna
        .get("/api/v1/credits/transactions")
        .await
        .expect(200)
        .json();
    let kinds: Vec<_> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["usage", "bonus", "bonus"]);
    world.assert_clean().await;
}

#[tokio::test]
async fn the_day_is_the_one_of_the_configured_time_zone() {
    let mut berlin = config(0, 5);
    berlin.timezone = "Europe/Berlin".to_owned();
    let world = World::with(berlin).await;
    let anna = world.register("anna").await;
    world.clock.set("2026-06-01T21:59:59Z");
    assert_eq!(balance(&anna).await["freeCreditsRemaining"], 0);
    world.clock.set("2026-06-01T22:00:00Z");
    assert_eq!(balance(&anna).await["freeCreditsRemaining"], 5);
}

async fn free(client: &testkit::Client) -> i64 {
    balance(client).await["freeCreditsRemaining"]
        .as_i64()
        .unwrap()
}

#[tokio::test]
async fn a_clock_that_was_ahead_neither_stops_the_daily_grant_nor_doubles_it() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    world.clock.set("2030-01-10T12:00:00Z");
    assert_eq!(free(&anna).await, 155);
    // The signup day counts as granted, whatever the clock showed meanwhile.
    world.clock.set("2026-06-01T13:00:00Z");
    assert_eq!(free(&anna).await, 155);
    world.clock.set("2026-06-02T09:00:00Z");
    assert_eq!(free(&anna).await, 160);
    assert_eq!(free(&anna).await, 160);
    // Back and forth within a day and over its ends, by balance and by use.
    for moment in [
        "2026-06-02T23:59:59Z",
        "2026-06-02T00:00:00Z",
        "2026-06-01T12:00:00Z",
        "2026-06-02T12:00:00Z",
        "2030-01-10T00:00:00Z",
        "2026-06-02T08:00:00Z",
    ] {
        world.clock.set(moment);
        spend(&anna, 1).await.expect(200);
        let left = free(&anna).await;
        assert_eq!(left, free(&anna).await, "{moment}");
    }
    assert_eq!(free(&anna).await, 154);
    world.clock.set("2026-06-03T08:00:00Z");
    spend(&anna, 1).await.expect(200);
    assert_eq!(free(&anna).await, 158);
    // The day that was given too early is not given again.
    world.clock.set("2030-01-09T12:00:00Z");
    assert_eq!(free(&anna).await, 163);
    world.clock.set("2030-01-10T12:00:00Z");
    assert_eq!(free(&anna).await, 163);
    world.clock.set("2030-01-11T12:00:00Z");
    assert_eq!(free(&anna).await, 168);
    world.assert_clean().await;
}

#[tokio::test]
async fn a_wallet_opened_while_the_clock_was_ahead_gets_its_daily_grant() {
    let world = World::new().await;
    world.clock.set("2030-01-10T12:00:00Z");
    let anna = world.register("anna").await;
    world.clock.set("2026-06-01T12:00:00Z");
    assert_eq!(free(&anna).await, 155);
    assert_eq!(free(&anna).await, 155);
    world.clock.set("2026-06-02T12:00:00Z");
    spend(&anna, 1).await.expect(200);
    assert_eq!(free(&anna).await, 159);
    world.assert_clean().await;
}

/// Two servers whose clocks differ a little, the day's first call at the one that is ahead.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn clocks_that_differ_grant_once() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    let mut tasks = tokio::task::JoinSet::new();
    world.clock.set("2026-06-02T00:00:05Z");
    for number in 0..40 {
        let anna = anna.clone();
        if number == 20 {
            world.clock.set("2026-06-02T00:00:01Z");
        }
        tasks.spawn(async move { balance(&anna).await });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    assert_eq!(free(&anna).await, 155);
    world.assert_clean().await;
}

#[tokio::test]
async fn a_wallet_that_never_had_a_daily_grant_gets_one() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    let root = world.database.superuser().await;
    root.batch_execute(
        "update credits.accounts set last_daily_reset_at = null, created_at = '2026-01-01' where owner_id = 'anna'",
    )
    .await
    .unwrap();
    assert_eq!(free(&anna).await, 155);
    assert_eq!(free(&anna).await, 155);
}

/// Contract G.2: daily reset, concurrent GETs grant once and never lose a debit.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_balances_and_uses_grant_once_and_lose_no_debit() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    world.clock.advance_seconds(86_400);
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..60 {
        let anna = anna.clone();
        tasks.spawn(async move {
            if number % 2 == 0 {
                balance(&anna).await;
            } else {
                spend(&anna, 1).await.expect(200);
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let shown = balance(&anna).await;
    assert_eq!(shown["freeCreditsRemaining"], 150 + 5 - 30);
    assert_eq!(shown["totalSpent"], 30);
    world.assert_clean().await;
}

/// The first call of an imported person has the same shape as every later one (contract A.1.1).
#[tokio::test]
async fn an_imported_person_gets_a_wallet_at_the_first_look() {
    let world = World::new().await;
    let imported = world.sign_in("imported");
    assert_eq!(balance(&imported).await["freeCreditsRemaining"], 150);
    spend(&imported, 1).await.expect(200);
    world.assert_clean().await;
}

#[tokio::test]
async fn a_second_registration_of_a_wallet_changes_nothing() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    spend(&anna, 20).await.expect(200);
    world.register("anna").await;
    assert_eq!(balance(&anna).await["freeCreditsRemaining"], 130);
    world.assert_clean().await;
}
