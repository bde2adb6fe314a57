//! Row-level security of every table, walked in the catalogue: a table that nobody classified fails.

use crate::harness::House;
use platform::db::{Actor, Tx};
use queries::client::GenericClient;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::error::SqlState;

/// Whose rows a table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    /// A person's: they see theirs, nobody else's.
    Theirs(&'static str),
    /// A person's, told by a join; the same rule.
    TheirsByJoin,
    /// The server's alone: no person sees a row.
    Servers,
}

use Holds::{Servers, Theirs, TheirsByJoin};

const TABLES: &[(&str, Holds)] = &[
    ("auth.accounts", Theirs("user_id")),
    ("auth.jwks", Servers),
    ("auth.known_devices", Theirs("user_id")),
    ("auth.login_attempts", Servers),
    ("auth.mail_quotas", Servers),
    ("auth.passkeys", Theirs("user_id")),
    ("auth.password_kinds", Servers),
    ("auth.refresh_tokens", Theirs("user_id")),
    ("auth.security_events", Theirs("user_id")),
    ("auth.sessions", Theirs("user_id")),
    ("auth.two_factor_auth", Theirs("user_id")),
    ("auth.user_settings", Theirs("user_id")),
    ("auth.users", Theirs("id")),
    ("auth.verification", Servers),
    ("credits.accounts", Theirs("owner_id")),
    ("credits.checkpoints", Servers),
    ("credits.entries", TheirsByJoin),
    ("credits.receipts", Theirs("user_id")),
    ("credits.sealed_heads", Servers),
    ("credits.transactions", Theirs("user_id")),
    ("credits.transfer_references", TheirsByJoin),
    ("credits.transfers", TheirsByJoin),
    ("credits.usage_stats", Theirs("user_id")),
    ("platform.jobs", Servers),
    ("platform.schedules", Servers),
];

/// The migrator's own list, which no transaction of the server may touch.
const UNREACHABLE: &str = "platform.refinery_schema_history";

async fn lived_in() -> (House, String, String) {
    let house = House::new().await;
    let mut ids = Vec::new();
    for name in ["ada", "bob"] {
        let email = format!("{name}@example.com");
        let (id, client) = house.person(&email).await;
        let spend =
            json!({"amount": 3, "appId": "chat", "description": "x", "idempotencyKey": name});
        client.post("/api/v1/credits/use", spend).await.expect(200);
        let wrong = json!({"email": email, "password": "not the password"});
        house
            .client
            .fresh()
            .post("/api/v1/auth/login", wrong)
            .await
            .expect(401);
        ids.push(id);
    }
    // What only commands, jobs and later features fill.
    let root = house.database.superuser().await;
    root.batch_execute(
        "insert into auth.verification (id, identifier, value, expires_at) values ('v', 'i', 'x', now());
         insert into auth.mail_quotas (subject, free_at) values ('s', now());
         insert into auth.two_factor_auth (id, user_id, enabled, verified) select 'f' || id, id, false, false from auth.users;
         insert into auth.passkeys (id, user_id, credential_id, public_key, device_type)
             select 'p' || id, id, 'c' || id, '', 'singleDevice' from auth.users;
         insert into credits.checkpoints (accounts, entries, heads_hash, system_sums, previous_seal, key_id, seal, created_at)
             values (0, 0, '', '{}', '', 'k', '', now());
         insert into credits.sealed_heads (account_id, sequence, hash) values (gen_random_uuid(), 1, '');
         insert into credits.transfer_references (reference, transfer_id) select 'r:' || id, id from credits.transfers;
         insert into platform.jobs (id, kind, payload, run_at, created_at) values (gen_random_uuid(), 'k', '{}', now(), now());
         insert into platform.schedules (kind, last_slot) values ('k', 1)",
    )
    .await
    .unwrap();
    let bob = ids.pop().unwrap();
    (house, ids.pop().unwrap(), bob)
}

async fn count(tx: &Tx, table: &str, condition: &str) -> Result<i64, tokio_postgres::Error> {
    let statement = tx
        .prepare(&format!("select count(*) from {table} where {condition}"))
        .await?;
    Ok(tx.query_one(&statement, &[]).await?.get(0))
}

async fn count_as(house: &House, actor: &Actor, table: &str, condition: &str) -> i64 {
    let tx = house.database.db.tx(actor).await.unwrap();
    count(&tx, table, condition).await.unwrap()
}

#[tokio::test]
async fn every_table_is_classified_and_forces_row_level_security() {
    let (house, _, _) = lived_in().await;
    let root = house.database.superuser().await;
    let rows = root
        .query(
            "select n.nspname || '.' || c.relname, c.relrowsecurity, c.relforcerowsecurity
             from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where c.relkind in ('r', 'p') and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'",
            &[],
        )
        .await
        .unwrap();
    let found: BTreeMap<String, (bool, bool)> = rows
        .iter()
        .map(|row| (row.get(0), (row.get(1), row.get(2))))
        .filter(|(name, _): &(String, _)| name != UNREACHABLE)
        .collect();
    let known: BTreeSet<&str> = TABLES.iter().map(|(name, _)| *name).collect();
    let names: BTreeSet<&str> = found.keys().map(String::as_str).collect();
    assert_eq!(names, known, "classify every table in TABLES");
    for (table, security) in &found {
        assert_eq!(*security, (true, true), "{table} must ENABLE and FORCE");
    }
    let views = root
        .query(
            "select n.nspname || '.' || c.relname, coalesce(array_to_string(c.reloptions, ','), '')
             from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where c.relkind in ('v', 'm') and n.nspname in ('auth', 'credits', 'platform')",
            &[],
        )
        .await
        .unwrap();
    for view in views {
        let (name, options): (String, String) = (view.get(0), view.get(1));
        assert!(
            options.contains("security_invoker=true"),
            "{name} {options}"
        );
    }
}

#[tokio::test]
async fn every_table_refuses_an_absent_actor() {
    let (house, _, _) = lived_in().await;
    for (table, _) in TABLES {
        assert!(
            count_as(&house, &Actor::Service, table, "true").await > 0,
            "{table} has rows to hide"
        );
        assert_eq!(
            count_as(&house, &Actor::Nobody, table, "true").await,
            0,
            "{table}"
        );
    }
    for actor in ["", "user:", "admin", "Service", "user:%"] {
        for (table, _) in TABLES {
            let mut root = house.database.superuser().await;
            let tx = root.transaction().await.unwrap();
            tx.batch_execute(&format!(
                "set local role mana_app; select set_config('mana.actor', '{actor}', true)"
            ))
            .await
            .unwrap();
            let row = tx
                .query_one(&format!("select count(*) from {table}"), &[])
                .await
                .unwrap();
            assert_eq!(row.get::<_, i64>(0), 0, "{table} as `{actor}`");
        }
    }
    // A connection that never heard of the setting.
    let root = house.database.superuser().await;
    root.batch_execute("set role mana_app").await.unwrap();
    for (table, _) in TABLES {
        let row = root
            .query_one(&format!("select count(*) from {table}"), &[])
            .await
            .unwrap();
        assert_eq!(row.get::<_, i64>(0), 0, "{table}");
    }
}

#[tokio::test]
async fn every_table_refuses_a_foreign_actor() {
    let (house, ada, bob) = lived_in().await;
    let as_bob = Actor::User(kernel::UserId::new(bob.clone()));
    for (table, holds) in TABLES {
        let all = count_as(&house, &Actor::Service, table, "true").await;
        let seen = count_as(&house, &as_bob, table, "true").await;
        match holds {
            Theirs(column) => {
                let condition = format!("{column} = '{ada}'");
                assert!(
                    count_as(&house, &Actor::Service, table, &condition).await > 0,
                    "{table}"
                );
                assert_eq!(
                    count_as(&house, &as_bob, table, &condition).await,
                    0,
                    "{table}"
                );
                let own = format!("{column} = '{bob}'");
                assert_eq!(
                    count_as(&house, &as_bob, table, &own).await,
                    seen,
                    "{table}"
                );
                assert!(seen > 0, "{table} shows people their own");
            }
            TheirsByJoin => assert!(0 < seen && seen < all, "{table} {seen} of {all}"),
            Servers => assert_eq!(seen, 0, "{table}"),
        }
    }
}

#[tokio::test]
async fn no_actor_changes_what_is_not_theirs() {
    let (house, ada, bob) = lived_in().await;
    let as_bob = Actor::User(kernel::UserId::new(bob.clone()));
    for (table, holds) in TABLES {
        let condition = match holds {
            Theirs(column) => format!("{column} = '{ada}'"),
            TheirsByJoin | Servers => "true".to_owned(),
        };
        for actor in [
            &as_bob,
            &Actor::Nobody,
            &Actor::Admin(kernel::UserId::new(bob.clone())),
        ] {
            let before = count_as(&house, &Actor::Service, table, "true").await;
            let tx = house.database.db.tx(actor).await.unwrap();
            let delete = format!("delete from {table} where {condition}");
            assert_spares(&tx, &delete, &format!("{table} {actor:?}")).await;
            drop(tx);
            assert_eq!(
                count_as(&house, &Actor::Service, table, "true").await,
                before
            );
        }
    }
    let tx = house.database.db.tx(&as_bob).await.unwrap();
    let stolen = tx
        .prepare("update auth.sessions set user_id = $1")
        .await
        .unwrap();
    let error = tx.execute(&stolen, &[&ada]).await.unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE));
}

/// A statement finds no row it may change, or is refused for lack of a right: any other failure proves nothing.
async fn assert_spares(tx: &Tx, statement: &str, name: &str) {
    // Planning does not ask for rights, so a statement that is wrong fails here.
    let statement = tx.prepare(statement).await.unwrap();
    match tx.execute(&statement, &[]).await {
        Ok(changed) => assert_eq!(changed, 0, "{name}"),
        Err(error) => assert_eq!(
            error.code(),
            Some(&SqlState::INSUFFICIENT_PRIVILEGE),
            "{name}: {error}"
        ),
    }
}

#[tokio::test]
async fn the_roles_own_nothing_and_bypass_nothing() {
    let house = House::new().await;
    let root = house.database.superuser().await;
    let roles = root
        .query(
            "select rolname, rolsuper, rolbypassrls, rolcanlogin from pg_roles where rolname in ('mana_app', 'mana_ledger')",
            &[],
        )
        .await
        .unwrap();
    assert_eq!(roles.len(), 2);
    for role in roles {
        let flags: [bool; 3] = [role.get(1), role.get(2), role.get(3)];
        assert_eq!(flags, [false; 3], "{}", role.get::<_, String>(0));
    }
    let owned = root
        .query_one("select count(*) from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = 'mana_app'", &[])
        .await
        .unwrap();
    assert_eq!(owned.get::<_, i64>(0), 0);
    // A function that runs as its owner looks nothing up by a path of the caller's.
    let loose = root
        .query(
            "select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
             where n.nspname in ('auth', 'credits', 'platform') and p.prosecdef
               and not coalesce(array_to_string(p.proconfig, ','), '') like '%search_path=%'",
            &[],
        )
        .await
        .unwrap();
    assert!(loose.is_empty(), "{loose:?}");
    let tx = house.database.db.tx(&Actor::Service).await.unwrap();
    let error = count(&tx, UNREACHABLE, "true").await.unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE));
}

#[tokio::test]
async fn regression_7_1_45_enums_live_with_their_tables_and_know_every_label() {
    let house = House::new().await;
    let root = house.database.superuser().await;
    let labels = root
        .query(
            "select n.nspname || '.' || t.typname, string_agg(e.enumlabel, ',' order by e.enumsortorder)
             from pg_enum e join pg_type t on t.oid = e.enumtypid join pg_namespace n on n.oid = t.typnamespace group by 1",
            &[],
        )
        .await
        .unwrap();
    let labels: BTreeMap<String, String> =
        labels.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(labels["auth.user_role"], "user,admin,service");
    assert_eq!(
        labels["auth.access_tier"],
        "guest,public,beta,alpha,founder"
    );
    assert_eq!(labels["auth.user_kind"], "human,persona,system");
    assert!(
        labels
            .keys()
            .all(|name| name.starts_with("auth.") || name.starts_with("credits."))
    );
}
