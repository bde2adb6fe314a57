//! More uses than the ledger can take for the moment.

use crate::support::{World, balance, use_body};
use serde_json::json;
use testkit::Client;
use tokio::task::JoinSet;

async fn status(client: Client, metadata: usize) -> (u16, String) {
    let mut body = use_body(1);
    body["metadata"] = json!({"text": "x".repeat(metadata)});
    let answer = client.post("/api/v1/credits/use", body).await;
    (
        answer.status.as_u16(),
        answer.header("retry-after").to_owned(),
    )
}

/// Sends more uses than there is room for while nothing can be booked.
async fn flood(room: usize, metadata: usize) {
    const TOO_MANY: usize = 50;
    let world = World::new().await;
    let anna = world.register("anna").await;
    world.buy("anna", 10_000).await;
    let root = world.database.superuser().await;
    root.batch_execute("begin; select from credits.accounts where owner_id = 'anna' for update")
        .await
        .unwrap();
    let mut uses = JoinSet::new();
    for _ in 0..room + TOO_MANY {
        uses.spawn(status(anna.clone(), metadata));
    }
    // Those that are turned away answer at once, although nothing moves.
    for _ in 0..TOO_MANY {
        let (status, retry_after) = uses.join_next().await.unwrap().unwrap();
        assert_eq!(status, 503);
        assert_ne!(retry_after, "");
    }
    root.batch_execute("commit").await.unwrap();
    let mut booked = 0;
    while let Some(answer) = uses.join_next().await {
        assert_eq!(answer.unwrap().0, 200);
        booked += 1;
    }
    assert_eq!(booked, room);
    assert_eq!(balance(&anna).await["totalSpent"], json!(booked));
    assert_eq!(
        status(anna.clone(), metadata).await.0,
        200,
        "there is room again"
    );
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uses_that_wait_are_bounded_in_number_and_the_rest_is_told_to_come_again() {
    flood(4096, 10).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uses_that_wait_are_bounded_by_what_they_hold() {
    // 16 MiB, at 15 KiB of metadata and 4 KiB of their own.
    flood(16 * 1024 / 19, 16_000).await;
}
