//! Backup, restore and upgrade of a private cluster.

use std::fs;
use std::os::unix::fs::MetadataExt;

use platform::private_postgres::{
    DataError, Options, PrivatePostgres, StartError, backup, restore, upgrade,
};

use crate::private_postgres::{Scratch, connect};

async fn fill(postgres: &PrivatePostgres) {
    let client = connect(&postgres.url()).await;
    client
        .batch_execute(
            "CREATE ROLE mana_app NOLOGIN; GRANT mana_app TO mana_owner;
             CREATE SCHEMA auth; GRANT USAGE ON SCHEMA auth TO mana_app;
             CREATE TABLE auth.rows (id text PRIMARY KEY, owner text NOT NULL);
             ALTER TABLE auth.rows ENABLE ROW LEVEL SECURITY; ALTER TABLE auth.rows FORCE ROW LEVEL SECURITY;
             CREATE POLICY own ON auth.rows TO mana_app
               USING (owner = current_setting('mana.actor', true)) WITH CHECK (owner = current_setting('mana.actor', true));
             GRANT SELECT, INSERT ON auth.rows TO mana_app;
             BEGIN; SET LOCAL ROLE mana_app; SELECT set_config('mana.actor', 'a', true);
             INSERT INTO auth.rows SELECT 'row' || n, 'a' FROM generate_series(1, 1000) n; COMMIT",
        )
        .await
        .unwrap();
}

async fn check_filled(postgres: &PrivatePostgres) {
    let mut client = connect(&postgres.url()).await;
    let counted = "SELECT count(*)::int FROM auth.rows";
    assert_eq!(
        client
            .query_one(counted, &[])
            .await
            .unwrap()
            .get::<_, i32>(0),
        0,
        "no actor, no row"
    );
    let tx = client.transaction().await.unwrap();
    tx.batch_execute("SET LOCAL ROLE mana_app; SELECT set_config('mana.actor', 'a', true)")
        .await
        .unwrap();
    assert_eq!(
        tx.query_one(counted, &[]).await.unwrap().get::<_, i32>(0),
        1000
    );
    tx.commit().await.unwrap();
    // The owner may still do what a later migration needs.
    client
        .batch_execute("ALTER TABLE auth.rows ADD COLUMN later int; CREATE ROLE mana_other; DROP ROLE mana_other")
        .await
        .unwrap();
    client
        .batch_execute("GRANT mana_app TO mana_owner")
        .await
        .unwrap();
}

#[tokio::test]
async fn a_backup_restores_on_an_empty_machine() {
    let scratch = Scratch::new();
    let postgres = PrivatePostgres::start(scratch.options("data"))
        .await
        .unwrap();
    fill(&postgres).await;
    fs::write(
        scratch.0.join("data/secrets/kek"),
        "the server's own secret",
    )
    .unwrap();
    // Beside the running server, then of a stopped one.
    let (hot, cold) = (scratch.0.join("hot.tar"), scratch.0.join("cold.tar"));
    backup(scratch.options("data"), &hot).await.unwrap();
    postgres.stop().await;
    backup(scratch.options("data"), &cold).await.unwrap();
    assert_eq!(fs::metadata(&hot).unwrap().mode() & 0o777, 0o600);
    let error = restore(&hot, scratch.options("data")).await.unwrap_err();
    assert!(matches!(error, DataError::NotEmpty { .. }), "{error}");
    fs::remove_dir_all(scratch.0.join("data")).unwrap();

    // What reading the configuration makes on an empty machine is no hindrance.
    fs::create_dir_all(scratch.0.join("from-cold/secrets")).unwrap();
    fs::write(scratch.0.join("from-cold/secrets/kek"), "just made").unwrap();
    for (file, name) in [(hot, "from-hot"), (cold, "from-cold")] {
        restore(&file, scratch.options(name)).await.unwrap();
        let data = scratch.0.join(name);
        assert_eq!(
            fs::read_to_string(data.join("secrets/kek")).unwrap(),
            "the server's own secret"
        );
        let owner = fs::metadata(&data).unwrap().uid();
        assert_eq!(fs::metadata(data.join("secrets/kek")).unwrap().uid(), owner);
        let postgres = PrivatePostgres::start(scratch.options(name)).await.unwrap();
        check_filled(&postgres).await;
        postgres.stop().await;
    }
}

#[tokio::test]
async fn what_is_no_backup_leaves_an_empty_folder() {
    let scratch = Scratch::new();
    let error = backup(scratch.options("none"), &scratch.0.join("x.tar"))
        .await
        .unwrap_err();
    assert!(matches!(error, DataError::NoCluster { .. }), "{error}");
    let file = scratch.0.join("wrong.tar");
    fs::write(
        &file,
        "not a tar file, but long enough to look at".repeat(40),
    )
    .unwrap();
    fs::create_dir_all(scratch.0.join("data/secrets")).unwrap();
    for _ in 0..2 {
        let error = restore(&file, scratch.options("data")).await.unwrap_err();
        assert!(matches!(error, DataError::NotABackup { .. }), "{error}");
        assert!(scratch.0.join("data/secrets").exists());
    }
    PrivatePostgres::start(scratch.options("data"))
        .await
        .unwrap()
        .stop()
        .await;
}

#[tokio::test]
async fn a_restore_that_was_cut_off_is_not_taken_for_a_new_folder() {
    let scratch = Scratch::new();
    let data_dir = scratch.0.join("data");
    fs::create_dir_all(data_dir.join("secrets")).unwrap();
    fs::create_dir_all(data_dir.join("restore.unfinished/postgres")).unwrap();
    let error = PrivatePostgres::start(scratch.options("data"))
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            StartError::Unfinished {
                command: "restore",
                ..
            }
        ),
        "{error}"
    );
}

/// Needs two majors on the machine; with one it proves the refusal.
#[tokio::test]
async fn an_upgrade_moves_to_the_newest_major_and_keeps_the_old() {
    let scratch = Scratch::new();
    let oldest = fs::read_dir("/usr/lib/postgresql")
        .ok()
        .and_then(|versions| {
            let dirs = versions
                .filter_map(Result::ok)
                .map(|version| version.path().join("bin"));
            dirs.filter(|dir| dir.join("initdb").exists()).min()
        });
    let options = Options {
        binaries: oldest,
        ..scratch.options("data")
    };
    let postgres = PrivatePostgres::start(options).await.unwrap();
    let before = postgres.major();
    fill(&postgres).await;
    postgres.stop().await;
    match upgrade(scratch.options("data")).await {
        Ok(kept) => assert!(kept.join("PG_VERSION").exists()),
        Err(DataError::NothingNewer { folder }) => assert_eq!(folder, before),
        Err(error) => panic!("{error}"),
    }
    let postgres = PrivatePostgres::start(scratch.options("data"))
        .await
        .unwrap();
    check_filled(&postgres).await;
    postgres.stop().await;
}
