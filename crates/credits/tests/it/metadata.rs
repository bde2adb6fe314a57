//! What an app sends along with a use: kept as it was sent, and never dearer to read than to send.

use crate::support::{World, use_body};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use testkit::{Answer, Client};

/// A use with metadata as text.
async fn spend_with(client: &Client, metadata: &str) -> Answer {
    let body = format!(r#"{{"amount":1,"appId":"chat","description":"x","metadata":{metadata}}}"#);
    let request = Request::post("/api/v1/credits/use").header("content-type", "application/json");
    client.raw(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn metadata_keeps_its_digits_in_the_answer_the_list_the_replay_and_the_export() {
    use platform::ports::UserData;
    let world = World::new().await;
    let anna = world.register("anna").await;
    let sent = r#"{"id":9007199254740993,"big":123456789012345678901234567890,"one":1.0,"e":1E2,"z":-0,"z":"\u0041"}"#;
    let keyed = anna.clone().with("idempotency-key", "k");
    let first = spend_with(&keyed, sent).await.expect(200);
    assert!(first.text().contains(sent), "{}", first.text());
    let again = spend_with(&keyed, sent).await.expect(200);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.text(), first.text());
    let list = anna.get("/api/v1/credits/transactions").await.expect(200);
    assert!(list.text().contains(sent), "{}", list.text());
    let user = kernel::UserId::new("anna");
    let export = world.credits.export(&user).await.unwrap();
    assert!(export.get().contains(sent), "{}", export.get());
    world.assert_clean().await;
}

#[tokio::test]
async fn two_different_bodies_never_count_as_one() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    for (number, (one, other)) in [
        ("9007199254740993", "9007199254740992"),
        ("18446744073709551615", "18446744073709551616"),
        (
            "100000000000000000000000000001",
            "100000000000000000000000000002",
        ),
        ("1.0", "1"),
        ("0.1", "0.10000000000000001"),
        ("-0", "0"),
        ("1e-400", "0"),
        ("\"1\"", "1"),
        (r#"{"x":1,"x":2}"#, r#"{"x":2}"#),
    ]
    .into_iter()
    .enumerate()
    {
        let keyed = anna.clone().with("idempotency-key", &number.to_string());
        let wrap = |value: &str| format!(r#"{{"v":{value}}}"#);
        spend_with(&keyed, &wrap(one)).await.expect(200);
        spend_with(&keyed, &wrap(other))
            .await
            .problem(422, "IDEMPOTENCY_KEY_REUSED");
        let again = spend_with(&keyed, &wrap(one)).await.expect(200);
        assert_eq!(again.header("idempotency-replayed"), "true", "{one}");
    }
    world.assert_clean().await;
}

#[tokio::test]
async fn metadata_whose_shape_costs_more_than_its_bytes_is_refused_by_name() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(40), "]".repeat(40));
    let many = format!(r#"{{"a":[{}0]}}"#, "0,".repeat(4500));
    let wide = format!(r#"{{"a":"{}"}}"#, "x".repeat(16 * 1024));
    let long = format!(r#"{{"a":{}}}"#, "1".repeat(1000));
    for bad in [
        deep.as_str(),
        &many,
        &wide,
        &long,
        r#"{"a":1e400}"#,
        r#"{"a":"\u0000"}"#,
        r#"{"\u0000":1}"#,
        r#"{"a":"\ud800"}"#,
        "[]",
        "3",
        "\"text\"",
    ] {
        let problem = spend_with(&anna, bad).await.problem(400, "VALIDATION");
        assert_eq!(problem["errors"][0]["field"], "metadata", "{bad:.60}");
    }
}

/// What is far beyond is not even looked at field by field.
#[tokio::test]
async fn metadata_without_end_is_refused_before_anything_is_built_of_it() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    for bad in [
        format!(r#"{{"a":{}{}}}"#, "[".repeat(7000), "]".repeat(7000)),
        format!(r#"{{"a":[{}0]}}"#, "0,".repeat(7000)),
    ] {
        spend_with(&anna, &bad).await.problem(400, "VALIDATION");
    }
}

/// `1e308` is written out by jsonb: 16 KiB of such numbers would be 0.8 MB in every list.
#[tokio::test]
async fn what_is_small_to_send_is_small_to_read() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    let sent = format!(r#"{{"a":[{}0]}}"#, "1e308,".repeat(2600));
    for _ in 0..20 {
        spend_with(&anna, &sent).await.expect(200);
    }
    let list = anna.get("/api/v1/credits/transactions").await.expect(200);
    assert!(list.text().len() < 21 * (sent.len() + 1000));
}

async fn walk(client: &Client, start: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut path = format!("/api/v1/credits/transactions?{start}");
    loop {
        let page = client.get(&path).await.expect(200);
        assert!(page.text().len() < 600 * 1024, "{}", page.text().len());
        let rows = page.json();
        assert!(!rows.as_array().unwrap().is_empty());
        all.extend(rows.as_array().unwrap().clone());
        let cursor = page.header("x-next-cursor");
        if cursor.is_empty() {
            return all;
        }
        path = format!("/api/v1/credits/transactions?limit=200&cursor={cursor}");
    }
}

#[tokio::test]
async fn a_page_is_bounded_by_bytes_and_its_cursor_goes_on_from_where_it_stopped() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    let wide = format!(r#"{{"a":"{}"}}"#, "x".repeat(16_000));
    for _ in 0..100 {
        spend_with(&anna, &wide).await.expect(200);
    }
    for start in ["limit=200", "limit=200&offset=0", "limit=60"] {
        let all = walk(&anna, start).await;
        let mut ids: Vec<_> = all.iter().map(|row| row["id"].to_string()).collect();
        ids.dedup();
        assert_eq!(ids.len(), 101, "{start}");
    }
    // Wide descriptions fill a page as well.
    let bert = world.register("bert").await;
    for _ in 0..140 {
        let mut body = use_body(1);
        body["description"] = json!("\u{10ffff}".repeat(1000));
        bert.post("/api/v1/credits/use", body).await.expect(200);
    }
    assert_eq!(walk(&bert, "limit=200").await.len(), 141);
}

/// Rows from before metadata was kept as text.
#[tokio::test]
async fn older_metadata_is_still_shown_and_bounded() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    world.clock.advance_seconds(1);
    for _ in 0..3 {
        spend_with(&anna, "{}").await.expect(200);
    }
    let root = world.database.superuser().await;
    root.batch_execute(
        "update credits.transactions set metadata_text = null,
             metadata = jsonb_build_object('a', (select jsonb_agg(1e1000::numeric) from generate_series(1, 600)))
         where type = 'usage'",
    )
    .await
    .unwrap();
    let page = anna.get("/api/v1/credits/transactions").await.expect(200);
    assert!(!page.header("x-next-cursor").is_empty());
    let digits = format!("1{}", "0".repeat(1000));
    assert!(page.text().contains(&digits));
    assert_eq!(page.text().matches("balanceBefore").count(), 1);
}

#[tokio::test]
async fn statistics_of_very_many_apps_are_bounded_and_still_add_up() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    spend_with(&anna, "{}").await.expect(200);
    let root = world.database.superuser().await;
    root.batch_execute(
        "insert into credits.usage_stats (user_id, app_id, credits_used, uses, date)
         select 'anna', repeat('x', 90) || n, n, 1, '2026-06-01' from generate_series(1, 20000) n",
    )
    .await
    .unwrap();
    let answer = anna.get("/api/v1/credits/usage-stats").await.expect(200);
    assert!(
        answer.text().len() < 2 * 1024 * 1024,
        "{}",
        answer.text().len()
    );
    let stats = answer.json();
    assert_eq!(
        stats["total"],
        json!({"creditsUsed": 200_010_001_i64, "uses": 20_001})
    );
    let apps = stats["apps"].as_array().unwrap();
    assert_eq!(
        apps.iter()
            .map(|app| app["uses"].as_i64().unwrap())
            .sum::<i64>(),
        20_001
    );
    assert!(apps.iter().any(|app| app["appId"] == "other"));
    assert!(
        apps.iter()
            .any(|app| app["appId"] == format!("{}20000", "x".repeat(90)))
    );
}
