//! `verify` names every kind of tampering.

use crate::support::{World, spend};
use platform::jobs::{Jobs, Registry};

async fn tampered(statement: &str) -> Vec<&'static str> {
    let world = World::new().await;
    let anna = world.register("anna").await.with("idempotency-key", "k");
    world.buy("anna", 100).await;
    spend(&anna, 160).await.expect(200);
    let mut registry = Registry::default();
    world.credits.jobs(&mut registry);
    let jobs = Jobs::new(world.database.db.clone(), world.context.clone());
    jobs.run_due(&registry).await.unwrap();
    let report = world.report().await;
    assert!(report.is_clean(), "{report:?}");
    assert_eq!(
        (report.accounts, report.transfers, report.checkpoints),
        (1, 3, 1)
    );
    let superuser = world.database.superuser().await;
    superuser
        .batch_execute(&format!(
            "set session_replication_role = replica; {statement}"
        ))
        .await
        .unwrap();
    world
        .report()
        .await
        .checks
        .iter()
        .filter(|check| !check.differences.is_empty())
        .map(|check| check.name)
        .collect()
}

#[tokio::test]
async fn a_changed_balance_is_found() {
    let found =
        tampered("update credits.accounts set paid = paid + 1 where owner_id = 'anna'").await;
    assert_eq!(found, ["balances_sum"]);
}

#[tokio::test]
async fn a_changed_entry_is_found_by_the_chain() {
    let found = tampered(
        "update credits.entries set created_at = created_at - interval '1 day' where sequence = 2",
    )
    .await;
    assert_eq!(found, ["chain_links"]);
}

#[tokio::test]
async fn a_changed_amount_is_found_more_than_once() {
    let found = tampered("update credits.entries set amount = amount + 1 where sequence = 1").await;
    assert_eq!(
        found,
        [
            "transfers_balanced",
            "balances_sum",
            "chain_links",
            "transactions_booked"
        ]
    );
}

#[tokio::test]
async fn a_missing_last_entry_is_found() {
    let found = tampered("delete from credits.entries where sequence = 4").await;
    assert!(
        found.contains(&"chain_heads") && found.contains(&"sealed_heads_kept"),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_missing_transfer_is_found() {
    assert_eq!(
        tampered("delete from credits.transfers where kind = 'usage'").await,
        ["transfers_complete"]
    );
}

#[tokio::test]
async fn a_changed_transaction_is_found() {
    let found = tampered("update credits.transactions set amount = -1, balance_after = balance_before - 1 where type = 'usage'").await;
    assert_eq!(found, ["transactions_booked", "spending_sums"]);
}

#[tokio::test]
async fn a_hidden_transaction_is_found() {
    let found = tampered("delete from credits.transactions where type = 'usage'").await;
    assert_eq!(
        found,
        ["transfers_shown", "spending_sums", "receipts_backed"]
    );
}

#[tokio::test]
async fn a_wallet_of_a_person_who_is_not_there_is_found() {
    let found = tampered(
        "update credits.accounts set owner_id = 'gone-anna' where owner_id = 'anna';
         update credits.transactions set user_id = 'gone-anna';
         update credits.usage_stats set user_id = 'gone-anna';
         update credits.receipts set user_id = 'gone-anna'",
    )
    .await;
    assert_eq!(found, ["owners_exist"]);
}

#[tokio::test]
async fn rows_of_a_person_without_a_wallet_are_found() {
    for table in ["transactions", "usage_stats", "receipts"] {
        let column = match table {
            "transactions" => {
                "id, type, amount, balance_before, balance_after, app_id, description, created_at"
            }
            "usage_stats" => "app_id, credits_used, uses, date",
            _ => "caller, operation, key, request_hash, answer, created_at",
        };
        let values = match table {
            "transactions" => "gen_random_uuid(), 'bonus', 1, 0, 1, 'a', 'd', now()",
            "usage_stats" => "'a', 1, 1, now()",
            _ => "'c', 'other', 'k2', '', '', now()",
        };
        let found = tampered(&format!(
            "insert into credits.{table} (user_id, {column}) values ('nobody', {values})"
        ))
        .await;
        assert_eq!(found, ["personal_rows_owned"], "{table}");
    }
}

#[tokio::test]
async fn changed_statistics_are_found() {
    assert_eq!(
        tampered("update credits.usage_stats set credits_used = 0").await,
        ["spending_sums"]
    );
}

/// Rewriting the whole chain consistently needs more than the database.
#[tokio::test]
async fn a_rewritten_chain_is_found_by_the_checkpoint() {
    let found = tampered(
        "update credits.entries set created_at = '2020-01-01' where sequence = 4;
         update credits.entries set hash = credits.entry_hash(previous_hash, account_id, sequence, transfer_id, bucket, amount, balance_after, lot_id, created_at) where sequence = 4;
         update credits.accounts a set head_hash = e.hash from credits.entries e where e.account_id = a.id and e.sequence = 4",
    )
    .await;
    assert_eq!(found, ["sealed_heads_kept"]);
    let found = tampered(
        "update credits.entries set created_at = '2020-01-01' where sequence = 4;
         update credits.entries set hash = credits.entry_hash(previous_hash, account_id, sequence, transfer_id, bucket, amount, balance_after, lot_id, created_at) where sequence = 4;
         update credits.accounts a set head_hash = e.hash from credits.entries e where e.account_id = a.id and e.sequence = 4;
         update credits.sealed_heads h set hash = a.head_hash from credits.accounts a where a.id = h.account_id",
    )
    .await;
    assert_eq!(found, ["checkpoints_signed"]);
}

#[tokio::test]
async fn receipts_are_gone_after_seven_days_and_the_key_is_free_again() {
    let world = World::new().await;
    let anna = world.register("anna").await.with("idempotency-key", "k");
    spend(&anna, 1).await.expect(200);
    let mut registry = Registry::default();
    world.credits.jobs(&mut registry);
    let jobs = Jobs::new(world.database.db.clone(), world.context.clone());
    world.clock.advance_seconds(7 * 86_400 - 1);
    jobs.run_due(&registry).await.unwrap();
    assert_eq!(
        spend(&anna, 1)
            .await
            .expect(200)
            .header("idempotency-replayed"),
        "true"
    );
    world.clock.advance_seconds(3601);
    jobs.run_due(&registry).await.unwrap();
    assert_eq!(
        spend(&anna, 1)
            .await
            .expect(200)
            .header("idempotency-replayed"),
        ""
    );
    world.assert_clean().await;
}
