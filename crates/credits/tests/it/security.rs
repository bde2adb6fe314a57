//! Row-level security, and what may be written by whom.

use crate::support::{World, balance, spend};
use kernel::UserId;
use platform::db::Actor;

const TABLES: [&str; 9] = [
    "accounts",
    "transfers",
    "transfer_references",
    "entries",
    "transactions",
    "usage_stats",
    "receipts",
    "checkpoints",
    "sealed_heads",
];

async fn count(world: &World, actor: Option<&Actor>, table: &str) -> i64 {
    let mut client = world.database.superuser().await;
    let tx = client.transaction().await.unwrap();
    let setting = actor.map(Actor::setting).unwrap_or_default();
    tx.execute(
        "select set_config('role', 'mana_app', true), set_config('mana.actor', $1, true)",
        &[&setting],
    )
    .await
    .unwrap();
    tx.query_one(&format!("select count(*) from credits.{table}"), &[])
        .await
        .unwrap()
        .get(0)
}

#[tokio::test]
async fn a_foreign_and_an_absent_actor_see_nothing() {
    let world = World::new().await;
    let anna = world.register("anna").await.with("idempotency-key", "k");
    spend(&anna, 10).await.expect(200);
    let own = Actor::User(UserId::new("anna"));
    let foreign = Actor::User(UserId::new("bert"));
    let admin = Actor::Admin(UserId::new("root"));
    for table in TABLES {
        assert_eq!(
            count(&world, None, table).await,
            0,
            "{table} without an actor"
        );
        assert_eq!(
            count(&world, Some(&foreign), table).await,
            0,
            "{table} for a stranger"
        );
    }
    for (table, rows) in [
        ("accounts", 1),
        ("balances", 1),
        ("transfers", 2),
        ("entries", 2),
        ("transactions", 2),
        ("usage_stats", 1),
        ("receipts", 1),
    ] {
        assert_eq!(
            count(&world, Some(&own), table).await,
            rows,
            "{table} for its owner"
        );
        assert!(
            count(&world, Some(&admin), table).await >= rows,
            "{table} for an administrator"
        );
        assert!(
            count(&world, Some(&Actor::Service), table).await >= rows,
            "{table} for the service"
        );
    }
}

#[tokio::test]
async fn every_table_forces_row_level_security() {
    let world = World::new().await;
    let superuser = world.database.superuser().await;
    let rows = superuser
        .query("select relname from pg_class where relnamespace = 'credits'::regnamespace and relkind = 'r' and not (relrowsecurity and relforcerowsecurity)", &[])
        .await
        .unwrap();
    let open: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(open, Vec::<String>::new());
}

#[tokio::test]
async fn the_application_role_writes_nothing_but_through_the_functions() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    spend(&anna, 1).await.expect(200);
    for statement in [
        "update credits.accounts set paid = 1000",
        "update credits.entries set amount = 1",
        "delete from credits.entries",
        "delete from credits.transfers",
        "update credits.transactions set amount = 0",
        "delete from credits.transactions",
        "insert into credits.transfers values (gen_random_uuid(), 'grant', 'admin', 'x', '2026-01-01')",
        "insert into credits.checkpoints (accounts) values (1)",
        "truncate credits.receipts",
        "select credits.post_transfer(gen_random_uuid(), 'free', 1, gen_random_uuid(), gen_random_uuid(), 'grant', 'admin', 'x', null, '2026-01-01')",
        "select credits.is_written(gen_random_uuid())",
    ] {
        let mut client = world.database.superuser().await;
        let tx = client.transaction().await.unwrap();
        tx.batch_execute("select set_config('role', 'mana_app', true), set_config('mana.actor', 'service', true)").await.unwrap();
        let error = tx.batch_execute(statement).await.expect_err(statement);
        assert_eq!(
            error.code().map(|code| code.code()),
            Some("42501"),
            "{statement}: {error}"
        );
    }
    world.assert_clean().await;
}

#[tokio::test]
async fn the_book_is_insert_only_even_for_a_superuser() {
    let world = World::new().await;
    world.register("anna").await;
    let superuser = world.database.superuser().await;
    for table in ["entries", "transfers", "transfer_references", "checkpoints"] {
        for statement in [
            format!("delete from credits.{table}"),
            format!("truncate credits.{table}"),
        ] {
            let error = superuser
                .batch_execute(&statement)
                .await
                .expect_err(&statement);
            assert!(error.to_string().contains("db error"), "{error}");
            assert!(
                error
                    .as_db_error()
                    .unwrap()
                    .message()
                    .contains("insert-only"),
                "{statement}"
            );
        }
    }
    let error = superuser
        .batch_execute("update credits.entries set amount = amount + 1")
        .await
        .unwrap_err();
    assert!(
        error
            .as_db_error()
            .unwrap()
            .message()
            .contains("insert-only")
    );
}

#[tokio::test]
async fn a_person_cannot_debit_another_through_the_function() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    world.register("bert").await;
    let mut client = world.database.superuser().await;
    let tx = client.transaction().await.unwrap();
    tx.batch_execute(
        "select set_config('role', 'mana_app', true), set_config('mana.actor', 'user:bert', true)",
    )
    .await
    .unwrap();
    let error = tx
        .batch_execute(
            "select credits.use_batch('2026-06-01', '2026-06-01', false, array[gen_random_uuid()], array['anna'], array[1]::bigint[],
             array['a'], array['d'], array[null]::text[], array['user:bert'], array[null]::text[], array[null]::bytea[], array[null]::text[])",
        )
        .await
        .unwrap_err();
    assert_eq!(error.code().map(|code| code.code()), Some("42501"));
    assert_eq!(balance(&anna).await["totalSpent"], 0);
}

/// Every function that runs as the ledger, how anna's is called, and whether she may.
const DEFINERS: &[(&str, &str, bool)] = &[
    (
        "open_wallet",
        "credits.open_wallet(gen_random_uuid(), gen_random_uuid(), 'anna', 150, 5, '2026-06-01')",
        true,
    ),
    ("grant_daily", "credits.grant_daily(array['anna'], '2026-06-09', '2026-06-09')", true),
    (
        "use_batch",
        "credits.use_batch('2026-06-01', '2026-06-01', false, array[gen_random_uuid()], array['anna'], array[1]::bigint[],
             array['a'], array['d'], array[null]::text[], array['user:anna'], array[null]::text[], array[null]::bytea[], array[null]::text[])",
        true,
    ),
    (
        "erase_wallet",
        "credits.erase_wallet('anna', gen_random_uuid(), gen_random_uuid(), '2026-06-01')",
        false,
    ),
    ("fold_heads", "credits.fold_heads()", false),
    (
        "keep_checkpoint",
        "credits.keep_checkpoint(0, 0, '', '{}', '', 'k', '', '2026-06-01')",
        false,
    ),
];

async fn call_as(world: &World, actor: Option<&str>, call: &str) -> Result<(), String> {
    let mut client = world.database.superuser().await;
    let tx = client.transaction().await.unwrap();
    tx.batch_execute("set local role mana_app").await.unwrap();
    if let Some(actor) = actor {
        tx.execute("select set_config('mana.actor', $1, true)", &[&actor])
            .await
            .unwrap();
    }
    match tx.batch_execute(&format!("select {call}")).await {
        Ok(()) => Ok(()),
        Err(error) => Err(error.code().unwrap().code().to_owned()),
    }
}

#[tokio::test]
async fn every_function_of_the_ledger_refuses_who_may_not_call_it() {
    let world = World::new().await;
    let anna = world.register("anna").await;
    spend(&anna, 1).await.expect(200);
    let root = world.database.superuser().await;
    let found: Vec<String> = root
        .query(
            "select distinct proname::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
             where n.nspname in ('auth', 'credits', 'platform') and prosecdef order by 1",
            &[],
        )
        .await
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    let mut known: Vec<&str> = DEFINERS.iter().map(|(name, ..)| *name).collect();
    known.sort_unstable();
    assert_eq!(found, known, "say in DEFINERS who may call it");
    for (name, call, is_hers) in DEFINERS {
        for stranger in [
            None,
            Some(""),
            Some("user:"),
            Some("user:bert"),
            Some("admin:root"),
            Some("admin:anna"),
            Some("Service"),
        ] {
            assert_eq!(
                call_as(&world, stranger, call).await,
                Err("42501".to_owned()),
                "{name} as {stranger:?}"
            );
        }
        let hers = call_as(&world, Some("user:anna"), call).await;
        assert_eq!(hers.is_ok(), *is_hers, "{name} as its owner: {hers:?}");
        call_as(&world, Some("service"), call).await.unwrap();
    }
    for nobodys in [
        "credits.grant_daily(null, '2026-06-09', '2026-06-09')",
        "credits.grant_daily('{}', '2026-06-09', '2026-06-09')",
        "credits.grant_daily(array['anna', 'bert'], '2026-06-09', '2026-06-09')",
        "credits.grant_daily(array['anna', null], '2026-06-09', '2026-06-09')",
        "credits.open_wallet(gen_random_uuid(), gen_random_uuid(), null, 150, 5, '2026-06-01')",
        // Another's receipts under her own wallet.
        "credits.use_batch('2026-06-01', '2026-06-01', false, array[gen_random_uuid()], array['anna'], array[1]::bigint[],
             array['a'], array['d'], array[null]::text[], array['user:bert'], array['k'], array['']::bytea[], array[''])",
    ] {
        let refused = call_as(&world, Some("user:anna"), nobodys).await;
        assert_eq!(refused, Err("42501".to_owned()), "{nobodys}");
    }
    world.assert_clean().await;
}

#[tokio::test]
async fn no_function_of_ours_is_open_to_everybody() {
    let world = World::new().await;
    let root = world.database.superuser().await;
    root.batch_execute(
        "create role mana_stranger_of_functions; set role mana_stranger_of_functions",
    )
    .await
    .unwrap();
    let open = root
        .query(
            "select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
             where n.nspname in ('auth', 'credits', 'platform') and has_function_privilege(p.oid, 'execute')",
            &[],
        )
        .await
        .unwrap();
    let open: Vec<String> = open.iter().map(|row| row.get(0)).collect();
    root.batch_execute("reset role; drop role mana_stranger_of_functions")
        .await
        .unwrap();
    assert_eq!(open, Vec::<String>::new());
}

#[tokio::test]
async fn no_foreign_key_leads_from_credits_to_auth_and_no_definer_trusts_the_search_path() {
    let world = World::new().await;
    let superuser = world.database.superuser().await;
    let keys = superuser
        .query("select conname from pg_constraint where contype = 'f' and connamespace = 'credits'::regnamespace and confrelid in (select oid from pg_class where relnamespace = 'auth'::regnamespace)", &[])
        .await
        .unwrap();
    assert!(keys.is_empty());
    let functions = superuser
        .query(
            "select proname, prosecdef, pg_get_userbyid(proowner), proconfig from pg_proc where pronamespace = 'credits'::regnamespace",
            &[],
        )
        .await
        .unwrap();
    assert!(!functions.is_empty());
    for row in functions {
        let (name, is_definer, owner): (String, bool, String) =
            (row.get(0), row.get(1), row.get(2));
        let config: Option<Vec<String>> = row.get(3);
        assert_eq!(owner, "mana_ledger", "{name}");
        if is_definer {
            assert!(
                config
                    .unwrap_or_default()
                    .contains(&"search_path=\"\"".to_owned()),
                "{name}"
            );
        }
    }
    let role = superuser
        .query_one("select rolcanlogin or rolbypassrls or rolsuper from pg_roles where rolname = 'mana_ledger'", &[])
        .await
        .unwrap();
    assert!(!role.get::<_, bool>(0));
}
