//! What the database itself refuses.

use crate::support::World;

async fn refused(world: &World, statement: &str) -> Option<String> {
    let superuser = world.database.superuser().await;
    let error = superuser
        .batch_execute(statement)
        .await
        .expect_err(statement);
    error
        .as_db_error()
        .and_then(|error| error.constraint())
        .map(ToOwned::to_owned)
}

#[tokio::test]
async fn a_balance_never_goes_below_zero() {
    let world = World::new().await;
    world.register("anna").await;
    for column in ["paid", "free", "held"] {
        let constraint = refused(
            &world,
            &format!("update credits.accounts set {column} = -1 where kind = 'user'"),
        )
        .await;
        assert_eq!(constraint.as_deref(), Some("accounts_balances_check"));
    }
}

#[tokio::test]
async fn entries_that_do_not_sum_to_zero_are_refused() {
    let world = World::new().await;
    let constraint = refused(
        &world,
        "insert into credits.entries (transfer_id, line, account_id, bucket, amount, created_at) values
         (gen_random_uuid(), 1, '00000000-0000-4000-8000-000000000001', 'system', 5, '2026-01-01')",
    )
    .await;
    assert_eq!(constraint.as_deref(), Some("entries_balanced_check"));
}

#[tokio::test]
async fn a_reference_happens_once_for_ever() {
    let world = World::new().await;
    world.register("anna").await;
    let post = "select credits.post_transfer(a.id, 'paid', 1, '00000000-0000-4000-8000-000000000002', gen_random_uuid(), 'purchase', 'system', 'purchase', 'purchase:pi_1', '2026-01-01') from credits.accounts a where a.owner_id = 'anna'";
    let superuser = world.database.superuser().await;
    superuser.batch_execute(post).await.unwrap();
    assert_eq!(
        refused(&world, post).await.as_deref(),
        Some("transfer_references_pkey")
    );
}

#[tokio::test]
async fn a_retry_of_a_written_batch_answers_and_writes_nothing() {
    let world = World::new().await;
    world.register("anna").await;
    let superuser = world.database.superuser().await;
    let call = |is_retry: bool| {
        format!(
            "set mana.actor = 'service';
             select * from credits.use_batch('2026-06-01T13:00:00Z', '2026-06-01', {is_retry}, array['01980000-0000-7000-8000-000000000001']::uuid[],
             array['anna'], array[10]::bigint[], array['a'], array['d'], array[null]::text[], array['user:anna'], array[null]::text[],
             array[null]::bytea[], array[null]::text[])"
        )
    };
    for is_retry in [true, true] {
        let messages = superuser.simple_query(&call(is_retry)).await.unwrap();
        let row = messages
            .iter()
            .find_map(|message| match message {
                tokio_postgres::SimpleQueryMessage::Row(row) => Some(row),
                _ => None,
            })
            .unwrap();
        assert_eq!(row.get("outcome"), Some("done"));
        assert_eq!(row.get("balance_before"), Some("150"));
        assert_eq!(row.get("balance_after"), Some("140"));
    }
    assert_eq!(
        refused(&world, &call(false)).await.as_deref(),
        Some("transfers_pkey")
    );
    world.assert_clean().await;
}
