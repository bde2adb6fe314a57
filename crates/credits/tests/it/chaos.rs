//! Random histories against a model, and connections that die under the ledger.

use crate::support::{World, balance, spend, use_body};
use kernel::chance;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::Duration;
use testkit::SeededRandom;
use tokio::task::JoinSet;

#[derive(Default)]
struct Model {
    free: i64,
    paid: i64,
    spent: i64,
    is_granted_today: bool,
}

impl Model {
    fn grant(&mut self) {
        if !self.is_granted_today {
            self.is_granted_today = true;
            self.free += 5;
        }
    }

    fn spend(&mut self, amount: i64) -> bool {
        self.grant();
        if self.free + self.paid < amount {
            return false;
        }
        let from_free = amount.min(self.free);
        self.free -= from_free;
        self.paid -= amount - from_free;
        self.spent += amount;
        true
    }
}

#[tokio::test]
async fn a_random_history_ends_where_a_plain_model_of_it_ends() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    let random = SeededRandom::fresh();
    let mut model = Model {
        free: 150,
        is_granted_today: true,
        ..Model::default()
    };
    let mut keys: Vec<(String, i64)> = Vec::new();
    for step in 0..300 {
        let [kind, size, ..] = chance::bytes::<8>(random.as_ref());
        let amount = i64::from(size % 60) + 1;
        match kind % 10 {
            0 => {
                world.clock.advance_seconds(86_400);
                model.is_granted_today = false;
            }
            1 => {
                world.buy("anna", amount).await;
                model.paid += amount;
            }
            2 => {
                balance(&anna).await;
                model.grant();
            }
            3 if !keys.is_empty() => {
                let (key, amount) = keys[usize::from(size) % keys.len()].clone();
                let keyed = anna.clone().with("idempotency-key", &key);
                let again = spend(&keyed, amount).await.expect(200);
                assert_eq!(again.header("idempotency-replayed"), "true");
                model.grant();
            }
            4..6 => {
                let key = format!("key-{step}");
                let keyed = anna.clone().with("idempotency-key", &key);
                let is_done = spend(&keyed, amount).await.status == 200;
                assert_eq!(is_done, model.spend(amount));
                if is_done {
                    keys.push((key, amount));
                }
            }
            _ => assert_eq!(
                spend(&anna, amount).await.status == 200,
                model.spend(amount)
            ),
        }
    }
    model.grant();
    let shown = balance(&anna).await;
    assert_eq!(shown["freeCreditsRemaining"], model.free);
    assert_eq!(shown["balance"], model.paid);
    assert_eq!(shown["totalSpent"], model.spent);
    world.assert_clean().await;
}

/// Every acknowledged use is in the book, and every key is there once, though connections die at any moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_use_is_lost_or_doubled_while_connections_die() {
    let world = World::new().await;
    for number in 0..6 {
        world.register(&format!("p{number}")).await;
        world.buy(&format!("p{number}"), 1_000_000).await;
    }
    let mut tasks = JoinSet::new();
    for number in 0..24 {
        let client = world.sign_in(&format!("p{}", number % 6));
        tasks.spawn(async move {
            let mut acknowledged: Vec<Value> = Vec::new();
            for round in 0..40 {
                let mut body = use_body(1);
                body["idempotencyKey"] = json!(format!("{number}-{round}"));
                loop {
                    let answer = client.post("/api/v1/credits/use", body.clone()).await;
                    match answer.status.as_u16() {
                        200 => {
                            acknowledged.push(answer.json()["transaction"]["id"].clone());
                            break;
                        }
                        503 => tokio::time::sleep(Duration::from_millis(5)).await,
                        other => panic!("{other} {}", answer.text()),
                    }
                }
            }
            acknowledged
        });
    }
    let superuser = world.database.superuser().await;
    let mut acknowledged: Vec<Value> = Vec::new();
    while !tasks.is_empty() {
        superuser
            .execute(
                "select pg_terminate_backend(pid) from pg_stat_activity
                 where datname = current_database() and pid <> pg_backend_pid() and random() < 0.5",
                &[],
            )
            .await
            .unwrap();
        tokio::time::sleep(Duration::from_millis(15)).await;
        while let Some(done) = tasks.try_join_next() {
            acknowledged.extend(done.unwrap());
        }
    }
    let ids: HashSet<String> = acknowledged.iter().map(ToString::to_string).collect();
    assert_eq!(ids.len(), 24 * 40, "each use has its own transaction");
    let row = superuser
        .query_one(
            "select count(*), count(distinct idempotency_key) from credits.transactions where type = 'usage'",
            &[],
        )
        .await
        .unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (960, 960));
    world.assert_clean().await;
}

/// An answer of the ledger that cannot be read would not read better a second time, and the call may be booked.
#[tokio::test]
async fn an_unreadable_answer_of_the_ledger_is_a_fault_and_is_not_asked_for_again() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    let root = world.database.superuser().await;
    root.batch_execute(
        "create sequence credits.calls;
         grant usage on sequence credits.calls to mana_ledger;
         create or replace function credits.use_batch(
             p_now timestamptz, p_day_start timestamptz, p_is_retry boolean,
             p_transfer_id uuid[], p_user_id text[], p_amount bigint[], p_app_id text[], p_description text[], p_metadata text[],
             p_caller text[], p_key text[], p_request_hash bytea[], p_answer_head text[])
         returns table (ordinal integer, outcome text, balance_before bigint, balance_after bigint, paid bigint, free bigint,
                        total_spent bigint, answer bytea)
         language plpgsql security definer set search_path = '' as $$
         begin
             perform nextval('credits.calls');
             return query select null::integer, null::text, null::bigint, null::bigint, null::bigint, null::bigint, null::bigint, null::bytea;
         end $$",
    )
    .await
    .unwrap();
    spend(&anna, 1).await.problem(500, "INTERNAL");
    let calls: i64 = root
        .query_one("select last_value from credits.calls", &[])
        .await
        .unwrap()
        .get(0);
    assert_eq!(calls, 1);
}
