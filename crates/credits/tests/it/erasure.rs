//! Export and erasure (contract decision 21).

use crate::support::{GONE, World, balance, spend};
use kernel::UserId;
use platform::db::Actor;
use platform::ports::UserData;
use serde_json::Value;

#[tokio::test]
async fn an_export_holds_balance_transactions_and_statistics() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    for _ in 0..3 {
        spend(&anna, 2).await.expect(200);
    }
    let export = world.credits.export(&UserId::new("anna")).await.unwrap();
    let export: Value = serde_json::from_str(export.get()).unwrap();
    assert_eq!(export["balance"]["freeCreditsRemaining"], 144);
    assert_eq!(export["transactions"].as_array().unwrap().len(), 4);
    assert_eq!(export["usageStats"][0]["creditsUsed"], 6);
}

#[tokio::test]
async fn erasure_closes_the_wallet_and_leaves_a_clean_book_without_the_person() {
    let world = World::new().await;
    let anna = world.register("anna").await.with("idempotency-key", "k");
    let bert = world.register("bert").await;
    world.buy("anna", 100).await;
    spend(&anna, 10).await.expect(200);
    let tx = world.database.db.tx(&Actor::Service).await.unwrap();
    world
        .credits
        .erase(&tx, &UserId::new("anna"))
        .await
        .unwrap();
    world
        .credits
        .erase(&tx, &UserId::new("anna"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let superuser = world.database.superuser().await;
    for (table, column) in [
        ("accounts", "owner_id"),
        ("transactions", "user_id"),
        ("usage_stats", "user_id"),
        ("receipts", "user_id"),
    ] {
        let sql = format!("select count(*) from credits.{table} where {column} = 'anna'");
        assert_eq!(
            superuser
                .query_one(&sql, &[])
                .await
                .unwrap()
                .get::<_, i64>(0),
            0,
            "{table}"
        );
    }
    let forfeited: i64 = superuser
        .query_one(
            "select sum(amount)::bigint from credits.entries where account_id = '00000000-0000-4000-8000-000000000005'",
            &[],
        )
        .await
        .unwrap()
        .get(0);
    assert_eq!(forfeited, 240);
    spend(&anna, 1).await.problem(404, "NOT_FOUND");
    assert_eq!(balance(&bert).await["freeCreditsRemaining"], 150);
    world.assert_clean().await;
}

/// A session cache may call somebody live a moment longer than they are there.
#[tokio::test]
async fn no_wallet_opens_for_a_person_who_is_not_there() {
    let world = World::new().await;
    let gone = world.sign_in(&format!("{GONE}anna"));
    for _ in 0..3 {
        gone.get("/api/v1/credits/balance")
            .await
            .problem(401, "UNAUTHORIZED");
        spend(&gone, 1).await.problem(401, "UNAUTHORIZED");
    }
    let superuser = world.database.superuser().await;
    let rows: i64 = superuser
        .query_one(
            "select (select count(*) from credits.accounts where kind = 'user') + (select count(*) from credits.transactions)",
            &[],
        )
        .await
        .unwrap()
        .get(0);
    assert_eq!(rows, 0);
}
