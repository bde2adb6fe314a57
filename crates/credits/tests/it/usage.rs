use crate::support::{World, app, balance, config, credits_on, spend, use_body};
use serde_json::{Value, json};
use testkit::Client;

#[tokio::test]
async fn a_use_answers_the_transaction_and_the_new_balance() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    world.clock.advance_seconds(1);
    let mut body = use_body(10);
    body["metadata"] = json!({"model": "large", "tokens": 12});
    let answer = anna.post("/api/v1/credits/use", body).await.expect(200);
    assert_eq!(answer.header("idempotency-replayed"), "");
    let used = answer.json();
    assert_eq!(used["success"], true);
    assert_eq!(
        used["newBalance"],
        json!({"balance": 0, "freeCreditsRemaining": 140, "totalSpent": 10})
    );
    let transaction = &used["transaction"];
    assert_eq!(transaction["type"], "usage");
    assert_eq!(transaction["status"], "completed");
    assert_eq!(transaction["amount"], -10);
    assert_eq!(transaction["balanceBefore"], 150);
    assert_eq!(transaction["balanceAfter"], 140);
    assert_eq!(transaction["createdAt"], "2026-06-01T12:00:01.000Z");
    assert_eq!(
        transaction["metadata"],
        json!({"model": "large", "tokens": 12})
    );
    let rows = anna
        .get("/api/v1/credits/transactions?limit=1")
        .await
        .expect(200)
        .json();
    assert_eq!(
        &rows[0], transaction,
        "the list shows what the use answered"
    );
    world.assert_clean().await;
}

#[tokio::test]
async fn free_credits_go_before_paid_ones() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    world.buy("anna", 100).await;
    let used = spend(&anna, 160).await.expect(200).json();
    assert_eq!(used["transaction"]["balanceBefore"], 250);
    assert_eq!(
        used["newBalance"],
        json!({"balance": 90, "freeCreditsRemaining": 0, "totalSpent": 160})
    );
    let used = spend(&anna, 90).await.expect(200).json();
    assert_eq!(
        used["newBalance"],
        json!({"balance": 0, "freeCreditsRemaining": 0, "totalSpent": 250})
    );
    world.assert_clean().await;
}

#[tokio::test]
async fn too_little_is_402_with_required_and_available_and_changes_nothing() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    let problem = spend(&anna, 151).await.problem(402, "INSUFFICIENT_CREDITS");
    assert_eq!(
        problem["details"],
        json!({"required": 151, "available": 150})
    );
    assert_eq!(balance(&anna).await["freeCreditsRemaining"], 150);
    world.assert_clean().await;
}

#[tokio::test]
async fn without_a_wallet_a_use_is_404() {
    let world = World::new().await;
    spend(&world.sign_in("nobody-yet"), 1)
        .await
        .problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn without_a_credential_everything_is_401() {
    let world = World::new().await;
    let nobody = world.nobody();
    spend(&nobody, 1).await.problem(401, "UNAUTHORIZED");
    for path in ["balance", "transactions", "usage-stats"] {
        nobody
            .get(&format!("/api/v1/credits/{path}"))
            .await
            .problem(401, "UNAUTHORIZED");
    }
}

/// Contract G.2: negative and fractional amounts are refused, and everything else that is no use.
#[tokio::test]
async fn bad_input_is_400_and_names_the_field() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    let long = "x".repeat(1001);
    let cases = [
        ("amount", json!({"amount": 0})),
        ("amount", json!({"amount": -5})),
        ("amount", json!({"amount": 1.5})),
        ("amount", json!({"amount": "10"})),
        ("amount", json!({"amount": 1_000_000_001_i64})),
        ("amount", json!({"amount": 1e30})),
        ("amount", json!({"amount": null})),
        ("appId", json!({"appId": ""})),
        ("appId", json!({"appId": "x".repeat(101)})),
        ("appId", json!({"appId": "nul\u{0}"})),
        ("description", json!({"description": ""})),
        ("description", json!({"description": long})),
        ("description", json!({"description": 7})),
        ("idempotencyKey", json!({"idempotencyKey": ""})),
        ("idempotencyKey", json!({"idempotencyKey": "k".repeat(256)})),
        ("metadata", json!({"metadata": [1]})),
        ("metadata", json!({"metadata": {"a": "\u{0}"}})),
        ("metadata", json!({"metadata": {"a": "x".repeat(17_000)}})),
        (
            "creditSource.type",
            json!({"creditSource": {"type": "guild"}}),
        ),
        ("userId", json!({"userId": "someone-else"})),
    ];
    for (field, change) in cases {
        let mut body = use_body(1);
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let problem = anna
            .post("/api/v1/credits/use", body)
            .await
            .problem(400, "VALIDATION");
        let named = problem["errors"][0]["field"].as_str().unwrap();
        assert_eq!(named, field, "{change} {problem}");
    }
    for field in ["amount", "appId", "description"] {
        let mut body = use_body(1);
        body.as_object_mut().unwrap().remove(field);
        let problem = anna
            .post("/api/v1/credits/use", body)
            .await
            .problem(400, "VALIDATION");
        assert_eq!(problem["errors"][0]["field"], field);
    }
    assert_eq!(balance(&anna).await["freeCreditsRemaining"], 150);
}

#[tokio::test]
async fn an_escaped_backslash_before_u0000_is_harmless() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    let mut body = use_body(1);
    body["metadata"] = json!({"path": "\\u0000"});
    anna.post("/api/v1/credits/use", body).await.expect(200);
}

#[tokio::test]
async fn a_repeated_key_replays_the_first_answer_byte_for_byte() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    let keyed = anna.clone().with("idempotency-key", "order-1");
    let mut body = use_body(10);
    body["metadata"] = json!({"ä": "\"quoted\"", "n": 1.5});
    let first = keyed
        .post("/api/v1/credits/use", body.clone())
        .await
        .expect(200);
    assert_eq!(first.header("idempotency-replayed"), "");
    spend(&anna, 1).await.expect(200);
    world.clock.advance_seconds(3600);
    let again = keyed
        .post("/api/v1/credits/use", body.clone())
        .await
        .expect(200);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.header("content-type"), "application/json");
    assert_eq!(again.text(), first.text());
    // The field means the same as the header.
    body["idempotencyKey"] = json!("order-1");
    let by_field = anna.post("/api/v1/credits/use", body).await.expect(200);
    assert_eq!(by_field.body, first.body);
    assert_eq!(balance(&anna).await["totalSpent"], 11);
    world.assert_clean().await;
}

#[tokio::test]
async fn header_and_field_must_agree() {
    let world = World::new().await;
    let anna = world.register("anna").await.with("idempotency-key", "a");
    let mut body = use_body(1);
    body["idempotencyKey"] = json!("b");
    let problem = anna
        .post("/api/v1/credits/use", body.clone())
        .await
        .problem(400, "VALIDATION");
    assert_eq!(problem["errors"][0]["field"], "idempotencyKey");
    body["idempotencyKey"] = json!("a");
    anna.post("/api/v1/credits/use", body).await.expect(200);
}

/// Contract G.2: the key is scoped per user, and another payload is refused.
#[tokio::test]
async fn a_key_belongs_to_one_person_and_one_request() {
    let world = World::new().await;
    let anna = world.register("anna").await.with("idempotency-key", "k");
    let bert = world.register("bert").await.with("idempotency-key", "k");
    spend(&anna, 10).await.expect(200);
    spend(&anna, 11)
        .await
        .problem(422, "IDEMPOTENCY_KEY_REUSED");
    let other = spend(&bert, 10).await.expect(200);
    assert_eq!(other.header("idempotency-replayed"), "");
    assert_eq!(other.json()["transaction"]["userId"], "bert");
    world.assert_clean().await;
}

#[tokio::test]
async fn a_402_releases_the_key() {
    let world = World::new().await;
    let anna = world.register("anna").await.with("idempotency-key", "k");
    spend(&anna, 200).await.problem(402, "INSUFFICIENT_CREDITS");
    world.buy("anna", 100).await;
    let used = spend(&anna, 200).await.expect(200);
    assert_eq!(used.header("idempotency-replayed"), "");
    world.assert_clean().await;
}

/// Contract G.2: the same key in parallel gives a replay and not a 500.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_parallel_uses_with_one_key_are_one_debit_and_fifty_equal_answers() {
    let world = World::new().await;
    let anna = world.register("anna").await.with("idempotency-key", "once");
    let answers = in_parallel(50, |_| anna.clone(), 7).await;
    let first = &answers[0].2;
    assert!(
        answers
            .iter()
            .all(|(status, _, body)| *status == 200 && body == first)
    );
    let fresh = answers
        .iter()
        .filter(|(_, is_replayed, _)| !is_replayed)
        .count();
    assert_eq!(fresh, 1);
    assert_eq!(balance(&anna).await["totalSpent"], 7);
    world.assert_clean().await;
}

/// The same over three servers of one database, where only its locks can tell.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_key_over_several_replicas_is_one_debit() {
    let world = World::new().await;
    world.register("anna").await;
    let replicas: Vec<Client> = (0..3)
        .map(|_| {
            let credits = credits_on(&world.database.db, &world.context, config(150, 5));
            Client::new(app(&credits))
                .with("x-test-user", "anna")
                .with("idempotency-key", "once")
        })
        .collect();
    let answers = in_parallel(45, |number| replicas[number % 3].clone(), 7).await;
    let first = &answers[0].2;
    assert!(
        answers
            .iter()
            .all(|(status, _, body)| *status == 200 && body == first)
    );
    assert_eq!(balance(&world.sign_in("anna")).await["totalSpent"], 7);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_200_parallel_uses_of_1_on_150_exactly_150_succeed() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    world.clock.advance_seconds(1);
    let answers = in_parallel(200, |_| anna.clone(), 1).await;
    assert_eq!(
        answers.iter().filter(|(status, ..)| *status == 200).count(),
        150
    );
    assert_eq!(
        answers.iter().filter(|(status, ..)| *status == 402).count(),
        50
    );
    let mut afters: Vec<i64> = answers
        .iter()
        .filter(|(status, ..)| *status == 200)
        .map(|(_, _, body)| {
            serde_json::from_slice::<Value>(body).unwrap()["transaction"]["balanceAfter"]
                .as_i64()
                .unwrap()
        })
        .collect();
    afters.sort_unstable();
    assert_eq!(
        afters,
        (0..150).collect::<Vec<_>>(),
        "each has its own answer"
    );
    let rows = anna
        .get("/api/v1/credits/transactions?limit=150")
        .await
        .expect(200)
        .json();
    let listed: Vec<i64> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["balanceAfter"].as_i64().unwrap())
        .collect();
    assert_eq!(
        listed, afters,
        "of one millisecond, yet in the order of the book"
    );
    assert_eq!(balance(&anna).await["freeCreditsRemaining"], 0);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_replicas_over_many_wallets_keep_the_book() {
    let world = World::new().await;
    for number in 0..8 {
        world.register(&format!("p{number}")).await;
    }
    let replicas: Vec<Client> = (0..3)
        .map(|_| {
            Client::new(app(&credits_on(
                &world.database.db,
                &world.context,
                config(150, 5),
            )))
        })
        .collect();
    let answers = in_parallel(
        400,
        |number| {
            replicas[number % 3]
                .fresh()
                .with("x-test-user", &format!("p{}", number % 8))
        },
        4,
    )
    .await;
    // 50 uses of 4 on 150: 37 fit.
    assert_eq!(
        answers.iter().filter(|(status, ..)| *status == 200).count(),
        37 * 8
    );
    assert_eq!(
        answers.iter().filter(|(status, ..)| *status == 402).count(),
        13 * 8
    );
    world.assert_clean().await;
}

/// A client that goes away cannot stop a debit half way, nor lose it.
#[tokio::test]
async fn a_client_that_goes_away_does_not_cut_a_debit_short() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    for _ in 0..20 {
        let request = spend(&anna, 1);
        let _ = tokio::time::timeout(std::time::Duration::from_micros(300), request).await;
    }
    world.credits.drain().await;
    let shown = balance(&anna).await;
    let spent = shown["totalSpent"].as_i64().unwrap();
    assert_eq!(shown["freeCreditsRemaining"].as_i64().unwrap(), 150 - spent);
    world.assert_clean().await;
}

#[tokio::test]
async fn one_faulty_use_does_not_spoil_those_gathered_with_it() {
    let world = World::new().await;
    world.register("anna").await;
    world.register("bert").await;
    let superuser = world.database.superuser().await;
    superuser
        .batch_execute(
            "alter table credits.transactions add constraint fault check (app_id <> 'faulty')",
        )
        .await
        .unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..20 {
        let client = world.sign_in(if number % 2 == 0 { "anna" } else { "bert" });
        tasks.spawn(async move {
            let mut body = use_body(1);
            if number == 7 {
                body["appId"] = json!("faulty");
            }
            client
                .post("/api/v1/credits/use", body)
                .await
                .status
                .as_u16()
        });
    }
    let mut statuses = Vec::new();
    while let Some(status) = tasks.join_next().await {
        statuses.push(status.unwrap());
    }
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 19);
    assert_eq!(statuses.iter().filter(|status| **status == 500).count(), 1);
    world.assert_clean().await;
}

#[tokio::test]
async fn a_lost_connection_is_asked_again_and_debits_once() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    let superuser = world.database.superuser().await;
    for number in 0..10 {
        spend(&anna, 1).await.expect(200);
        // The pool's idle connections die under it; the next use meets a dead one.
        superuser
            .execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()", &[])
            .await
            .unwrap();
        assert_eq!(spend(&anna, 1).await.status, 200, "round {number}");
    }
    assert_eq!(balance(&anna).await["totalSpent"], 20);
    world.assert_clean().await;
}

#[tokio::test]
async fn without_the_database_a_use_is_503_with_retry_after() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    world.database.db.close();
    let answer = spend(&anna, 1).await;
    assert_ne!(answer.header("retry-after"), "");
    answer.problem(503, "SERVICE_UNAVAILABLE");
    anna.get("/api/v1/credits/balance")
        .await
        .problem(503, "SERVICE_UNAVAILABLE");
}

async fn in_parallel(
    count: usize,
    client: impl Fn(usize) -> Client,
    amount: i64,
) -> Vec<(u16, bool, Vec<u8>)> {
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..count {
        let client = client(number);
        tasks.spawn(async move {
            let answer = spend(&client, amount).await;
            (
                answer.status.as_u16(),
                answer.header("idempotency-replayed") == "true",
                answer.body,
            )
        });
    }
    tasks.join_all().await
}
