use crate::support::{World, spend, use_body};
use serde_json::{Value, json};

#[tokio::test]
async fn without_parameters_there_are_at_most_50_newest_first() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    for _ in 0..55 {
        world.clock.advance_seconds(1);
        spend(&anna, 1).await.expect(200);
    }
    let answer = anna.get("/api/v1/credits/transactions").await.expect(200);
    let rows = answer.json();
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 50);
    assert_eq!(rows[0]["balanceAfter"], 95);
    assert_ne!(answer.header("x-next-cursor"), "");
    let all = anna
        .get("/api/v1/credits/transactions?limit=100000")
        .await
        .expect(200);
    assert_eq!(
        all.json().as_array().unwrap().len(),
        56,
        "a large limit is cut to 200, not refused"
    );
    assert_eq!(all.header("x-next-cursor"), "");
    let tail = anna
        .get("/api/v1/credits/transactions?limit=10&offset=50")
        .await
        .expect(200)
        .json();
    assert_eq!(tail.as_array().unwrap().len(), 6);
    assert_eq!(tail[5]["type"], "bonus");
}

#[tokio::test]
async fn a_cursor_walks_the_whole_list_though_rows_are_added() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    // All in one millisecond: the id decides.
    for _ in 0..25 {
        spend(&anna, 1).await.expect(200);
    }
    let mut seen: Vec<Value> = Vec::new();
    let mut path = "/api/v1/credits/transactions?limit=7".to_owned();
    loop {
        let answer = anna.get(&path).await.expect(200);
        seen.extend(
            answer
                .json()
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["id"].clone()),
        );
        let next = answer.header("x-next-cursor");
        if next.is_empty() {
            break;
        }
        path = format!("/api/v1/credits/transactions?limit=7&cursor={next}");
        world.clock.advance_seconds(1);
        spend(&anna, 1).await.expect(200);
    }
    assert_eq!(seen.len(), 26);
    seen.sort_by_key(ToString::to_string);
    seen.dedup();
    assert_eq!(seen.len(), 26);
}

#[tokio::test]
async fn bad_parameters_are_400_and_named() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    for (query, field) in [
        ("limit=abc", "limit"),
        ("limit=0", "limit"),
        ("limit=-1", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("offset=-1", "offset"),
        ("offset=abc", "offset"),
        ("offset=1000001", "offset"),
        ("cursor=nonsense", "cursor"),
        ("cursor=YTpi", "cursor"),
        ("cursor=YTpi&offset=1", "cursor"),
    ] {
        let problem = anna
            .get(&format!("/api/v1/credits/transactions?{query}"))
            .await
            .problem(400, "VALIDATION");
        assert_eq!(problem["errors"][0]["field"], field, "{query} {problem}");
    }
    for query in ["days=0", "days=367", "days=x"] {
        let problem = anna
            .get(&format!("/api/v1/credits/usage-stats?{query}"))
            .await
            .problem(400, "VALIDATION");
        assert_eq!(problem["errors"][0]["field"], "days", "{query}");
    }
}

#[tokio::test]
async fn usage_is_summed_by_app_and_day() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    spend(&anna, 3).await.expect(200);
    let mut other = use_body(10);
    other["appId"] = json!("images");
    anna.post("/api/v1/credits/use", other).await.expect(200);
    spend(&anna, 4).await.expect(200);
    world.clock.advance_seconds(86_400);
    spend(&anna, 5).await.expect(200);
    let stats = anna
        .get("/api/v1/credits/usage-stats")
        .await
        .expect(200)
        .json();
    assert_eq!(stats["total"], json!({"creditsUsed": 22, "uses": 4}));
    assert_eq!(
        stats["apps"],
        json!([{"appId": "chat", "creditsUsed": 12, "uses": 3}, {"appId": "images", "creditsUsed": 10, "uses": 1}])
    );
    assert_eq!(stats["days"][0]["date"], "2026-06-02");
    assert_eq!(stats["days"][1]["creditsUsed"], 17);
    assert_eq!(stats["days"][1]["apps"].as_array().unwrap().len(), 2);
    let today = anna
        .get("/api/v1/credits/usage-stats?days=1")
        .await
        .expect(200)
        .json();
    assert_eq!(today["from"], "2026-06-02");
    assert_eq!(today["total"]["creditsUsed"], 5);
}
